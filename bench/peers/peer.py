"""The Python side of a benchmark: reads one JSON command a line on stdin, answers one JSON line on stdout.

{"generate": "normal", "parameters": [0, 1], "seed": 1, "size": 1000, "name": "a", "path": "…"}
    draws a column, keeps it by its name and writes it to the path as raw float64
{"call": "ks_2samp", "columns": ["a", "b"]}
    runs the call and answers {"seconds": CPU seconds of this process, "result": …}
{"versions": true}
"""

import json
import platform
import sys
import time

import numpy as np
import scipy
from scipy.stats import ks_2samp


def mostly_one_value(random, size):
    """0 in 95 of 100 rows, a normal deviate in the others."""
    return np.where(random.random(size) < 0.95, 0.0, random.normal(size=size))


def draw(kind, parameters, seed, size):
    random = np.random.default_rng(seed)
    if kind == "mostly-one-value":
        return mostly_one_value(random, size)
    return getattr(random, kind)(*parameters, size).astype(np.float64)


def kolmogorov_smirnov(reference, current):
    test = ks_2samp(reference, current)
    return {"statistic": float(test.statistic), "pValue": float(test.pvalue)}


def population_stability_index(reference, current, bins=10):
    edges = np.quantile(reference, np.linspace(0, 1, bins + 1))
    # Values beyond the reference's range belong to the outermost bins.
    edges[0], edges[-1] = -np.inf, np.inf
    p, q = (
        (np.histogram(values, edges)[0] + 0.5) / (len(values) + bins / 2)
        for values in (reference, current)
    )
    return {"statistic": float(np.sum((p - q) * np.log(p / q)))}


CALLS = {"ks_2samp": kolmogorov_smirnov, "quantile + histogram": population_stability_index}
columns = {}


def answer(command):
    if "versions" in command:
        return {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
    if "generate" in command:
        column = draw(command["generate"], command["parameters"], command["seed"], command["size"])
        column.tofile(command["path"])
        columns[command["name"]] = column
        return {}
    call = CALLS[command["call"]]
    arguments = [columns[name] for name in command["columns"]]
    start = time.process_time()
    result = call(*arguments)
    return {"seconds": time.process_time() - start, "result": result}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
