"""scipy.stats.false_discovery_control with its default, Benjamini-Hochberg."""

import numpy as np
from scipy.stats import false_discovery_control

from golden_file import write_golden

random = np.random.default_rng(20260103)


def families():
    yield "one", [0.03]
    yield "a few small ones", [
        0.823585, 0.781058, 0.800766, 0.46098, 0.670876, 0.246932, 0.676314, 0.139237, 0.788417,
        0.312675, 0.529349, 0.829802, 1e-05, 0.001, 0.004, 0.0101, 0.03, 0.03,
    ]
    yield "ties", [0.02, 0.02, 0.02, 0.5, 0.5, 1.0]
    yield "the ends of the range", [0.0, 1.0, 5e-324, 1e-300, 0.5]
    yield "all ones", [1.0] * 5
    yield "uniform", [float(f"{p:.6g}") for p in random.uniform(size=40)]
    yield "uniform and small", [float(f"{p:.6g}") for p in random.uniform(size=40) ** 6]


def cases():
    for name, p_values in families():
        adjusted = false_discovery_control(p_values).tolist()
        yield {"name": name, "pValues": p_values, "adjusted": adjusted}


if __name__ == "__main__":
    write_golden(
        "benjamini-hochberg",
        "scipy.stats.false_discovery_control(pValues)",
        ["numpy", "scipy"],
        cases=cases(),
    )
