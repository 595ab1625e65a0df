"""What every peer does: reads one JSON command a line on stdin, answers one JSON line on stdout.

{"generate": "normal", "parameters": [0, 1], "seed": 1, "size": 1000, "name": "a", "path": "…"}
    draws a column, keeps it by its name and writes it to the path as raw float64
{"prepare": "text", "names": ["a", "b"]}
    runs a function outside the timer
{"call": "scipy ks_2samp", "names": ["a", "b"]}
    runs the call and answers {"seconds": CPU seconds of this process, "result": …}
{"versions": true}
"""

import json
import platform
import sys
import time
from importlib.metadata import version

import numpy as np

columns = {}


def mostly_one_value(random, size):
    """0 in 95 of 100 rows, a normal deviate in the others."""
    return np.where(random.random(size) < 0.95, 0.0, random.normal(size=size))


def draw(kind, parameters, seed, size):
    random = np.random.default_rng(seed)
    if kind == "mostly-one-value":
        return mostly_one_value(random, size)
    return getattr(random, kind)(*parameters, size).astype(np.float64)


def labels(codes):
    """Text for whole numbers: each side makes it for itself, and alike; one object for a category, as a reader has it."""
    distinct, places = np.unique(codes, return_inverse=True)
    return np.array([f"category {code:.0f}" for code in distinct], dtype=object)[places]


def serve(packages, calls, preparations={}):
    """
    packages -- whose versions are printed
    calls -- by name: takes the names of drawn columns, answers what can be JSON; this is timed
    preparations -- the same, and is not
    """

    def answer(command):
        if "versions" in command:
            return {"python": platform.python_version(), **{name: version(name) for name in packages}}
        if "generate" in command:
            column = draw(command["generate"], command["parameters"], command["seed"], command["size"])
            column.tofile(command["path"])
            columns[command["name"]] = column
            return {}
        if "prepare" in command:
            preparations[command["prepare"]](*command["names"])
            return {}
        call = calls[command["call"]]
        start = time.process_time()
        result = call(*command["names"])
        return {"seconds": time.process_time() - start, "result": result}

    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
