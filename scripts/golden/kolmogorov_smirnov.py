"""scipy.stats.ks_2samp with its defaults, exact up to 10 000 values a side and finite n above; and its options."""

import numpy as np
from scipy.stats import ks_2samp

from golden_file import write_golden

random = np.random.default_rng(20260101)


def normal(n, shift=0.0, scale=1.0):
    return [float(f"{x:.6g}") for x in random.normal(shift, scale, n)]


def progression(start, step, length):
    """Large samples stay small in the file: start, start + step, …"""
    return {"start": start, "step": step, "length": length}


def values(sample):
    if isinstance(sample, dict):
        return sample["start"] + sample["step"] * np.arange(sample["length"])
    return np.asarray(sample, dtype=float)


def samples():
    yield "equal sizes", normal(10), normal(10)
    yield "unequal sizes", normal(12), normal(9, 1)
    yield "sizes with a common divisor", normal(30), normal(45)
    yield "a hundred", normal(100), normal(150, 0.4)
    yield "one value each", [1.0], [2.0]
    yield "one value against many", [0.1], normal(30)
    yield "two against three", [1.0, 2.0], [1.5, 2.5, 3.5]
    yield "far tail, equal sizes", normal(60), normal(60, 9)
    yield "far tail, unequal sizes", normal(150), normal(131, 12)
    yield "ties", [1, 1, 2, 2, 2, 3, 4, 4, 5, 5], [2, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 7]
    yield "counts", random.poisson(3, 60).tolist(), random.poisson(4, 80).tolist()
    yield "binary", random.binomial(1, 0.3, 40).tolist(), random.binomial(1, 0.6, 50).tolist()
    yield "rounded to halves", (np.round(2 * random.normal(0, 1, 50)) / 2).tolist(), (
        np.round(2 * random.normal(0.3, 1, 50)) / 2
    ).tolist()
    yield "constants, equal", [3.0] * 8, [3.0] * 11
    yield "constants, apart", [3.0] * 8, [4.0] * 11
    yield "constant against varying", [0.0] * 20, normal(20)
    same = normal(15)
    yield "identical", same, same[::-1]
    yield "zeros of both signs", [-0.0, 0.0, 1.0, 1.0, -1.0], [0.0, -0.0, -0.0, 1.0, 2.0, 2.0]
    yield "extreme magnitudes", [-1e308, 1e-308, 5e-324, 1e308], [0.0, 1e-320, 1e300]
    yield "10000, exact", progression(0, 1, 10000), progression(37.25, 0.99, 10000)
    yield "9999 of 10000, exact", progression(0, 1, 10000), progression(37.25, 0.99, 9999)
    yield "10001, finite n", progression(0, 1, 10001), progression(37.25, 0.99, 10000)
    yield "unequal sizes, finite n", progression(0, 1, 20000), progression(130.25, 1.3, 15000)
    yield "a tenth, finite n", progression(0, 1, 50000), progression(400.5, 1.25, 40000)
    yield "far tail, finite n", progression(0, 1, 30000), progression(3000, 1, 30000)
    yield "beyond doubles, finite n", progression(0, 1, 30000), progression(15000, 1, 30000)
    yield "few against many, finite n", progression(1, 700, 25), progression(0, 1, 20001)
    yield "rounds half to even, finite n", progression(0, 1, 20001), progression(175.5, 1, 20001)


def cases():
    for name, reference, current in samples():
        result = ks_2samp(values(reference), values(current))
        yield {
            "name": name,
            "reference": reference,
            "current": current,
            "statistic": float(result.statistic),
            "pValue": float(result.pvalue),
        }


def option_samples():
    yield "shifted", normal(14), normal(11, 0.8)
    yield "narrower", normal(20, 0, 2), normal(20)
    yield "apart", normal(9), normal(13, 20)
    yield "reference above throughout", [5.0, 6.0, 7.0], [1.0, 2.0, 3.0, 4.0]
    yield "a hundred", normal(100), normal(120, -0.3)


def option_cases():
    for name, reference, current in option_samples():
        for alternative in ["two-sided", "less", "greater"]:
            for method, theirs in [("exact", "exact"), ("asymptotic", "asymp")]:
                result = ks_2samp(reference, current, alternative=alternative, method=theirs)
                yield {
                    "name": f"{name}, {alternative}, {method}",
                    "reference": reference,
                    "current": current,
                    "options": {"alternative": alternative, "method": method},
                    "statistic": float(result.statistic),
                    "pValue": float(result.pvalue),
                    "location": float(result.statistic_location),
                    "sign": int(result.statistic_sign),
                }


# Copied from a session of R 4.2.2 (psmirnov, exact, two-sided); good to 1e-11, as it forms 1 - cdf.
TIES_IN_R = [
    ("ties", [1, 2, 2, 3, 3, 3, 4, 5, 7, 8],
     [2, 3, 3, 5, 6, 6, 6, 7, 8, 9, 9, 10], 0.09657525137400569),
    ("counts", [2, 7, 2, 4, 3, 1, 5, 7, 3, 5, 1, 0, 1, 3, 4, 5, 0, 1, 5, 2, 4, 5, 5, 6, 4, 4, 2, 4, 3, 4, 4, 2, 6, 2, 1, 1, 2, 5, 3, 8, 5, 4, 6, 5, 3, 6, 1, 4, 6, 2, 3, 2, 7, 5, 0, 3, 1, 6, 6, 9],
     [3, 3, 2, 4, 3, 4, 4, 3, 7, 5, 5, 4, 4, 2, 3, 2, 7, 5, 7, 4, 4, 4, 4, 3, 6, 4, 6, 5, 4, 4, 6, 4, 4, 8, 6, 3, 6, 3, 5, 8, 8, 4, 6, 3, 6, 4, 7, 5, 5, 4, 9, 2, 5, 10, 5, 4, 5, 5, 9, 9, 7, 7, 8, 3, 11, 6, 5, 7, 8, 3, 3, 8, 6, 2, 5, 6, 8, 5, 8, 6], 0.0034152428023673798),
    ("binary", [0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0],
     [1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1], 0.010690462147825652),
    ("zeros of both signs", [-0.0, 0, 1, 1, 2.5],
     [0, 0, 1, 3.5, 4, -1], 0.5670995670995693),
]


def tied_cases():
    for name, reference, current, p in TIES_IN_R:
        yield {"name": name, "reference": reference, "current": current, "pValue": p}


if __name__ == "__main__":
    write_golden(
        "kolmogorov-smirnov",
        "scipy.stats.ks_2samp(reference, current); a progression is start + step * numpy.arange(length); "
        "tiesInR: the exact two-sided p-value given the ties, by psmirnov of R 4.2.2, which forms 1 - cdf",
        ["numpy", "scipy"],
        cases=cases(),
        options=option_cases(),
        tiesInR=tied_cases(),
    )
