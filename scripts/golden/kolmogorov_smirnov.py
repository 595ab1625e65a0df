"""scipy.stats.ks_2samp with its defaults: exact up to 10 000 values a side, finite n above."""

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


if __name__ == "__main__":
    write_golden(
        "kolmogorov-smirnov",
        "scipy.stats.ks_2samp(reference, current); a progression is start + step * numpy.arange(length)",
        ["numpy", "scipy"],
        cases=cases(),
    )
