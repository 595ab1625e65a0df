"""Jensen-Shannon distance, Kullback-Leibler divergence, Hellinger and total variation distance, from mpmath."""

from mpmath import gammainc, log, mp, mpf, sqrt
from scipy.spatial.distance import jensenshannon

from golden_file import write_golden
from population_stability_index import TABLES, counts, numeric_samples, quantile_edges

mp.dps = 40

MORE_TABLES = {
    "equal shares": ([10, 20, 30], [100, 200, 300]),
    "nearly equal, large": ([500_000_001, 499_999_999], [500_000_000, 500_000_000]),
    "50 cells": ([100 + 3 * i for i in range(50)], [230 - 2 * i for i in range(50)]),
    "one value each": ([1, 0], [0, 1]),
    "far apart": ([9000, 1000, 200], [1000, 9000, 300]),
}


def xlogy(x, y):
    return x * log(y) if x else mpf(0)


def survival(statistic, cells):
    """Of the chi-squared limit."""
    return float(gammainc(mpf(cells - 1) / 2, statistic / 2, regularized=True)) if cells > 1 else 1.0


def divergences(reference, current):
    pairs = [(a, b) for a, b in zip(reference, current) if a + b > 0]
    n, m = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    cells = len(pairs)
    shares = [(mpf(a) / n, mpf(b) / m) for a, b in pairs]
    smoothed = [((mpf(a) + 0.5) / (n + cells / 2), (mpf(b) + 0.5) / (m + cells / 2)) for a, b in pairs]
    js = sum(xlogy(p, 2 * p / (p + q)) + xlogy(q, 2 * q / (p + q)) for p, q in shares) / 2
    kl = sum(p * log(p / q) for p, q in smoothed)
    hellinger2 = sum((sqrt(p) - sqrt(q)) ** 2 for p, q in shares) / 2
    # scipy takes the root of a rounding error where the shares are nearly equal: null where that is negative.
    scipy_js = float(jensenshannon(*zip(*pairs), base=2))
    result = {
        "cells": cells,
        "jensenShannon": float(sqrt(js / log(2))),
        "jensenShannonNat": float(sqrt(js)),
        "scipyJensenShannon": scipy_js if scipy_js == scipy_js else None,
        "kullbackLeibler": float(kl),
        "hellinger": float(sqrt(hellinger2)),
        "totalVariation": float(sum(abs(p - q) for p, q in shares) / 2),
    }
    effective = mpf(n) * m / (n + m)
    smallest_expected = min(a + b for a, b in pairs) * min(n, m) / (n + m)
    # Where cells are rare they are pooled first, which this file is not about.
    if smallest_expected >= 5:
        result["jensenShannonPValue"] = survival(8 * js * effective, cells)
        result["kullbackLeiblerPValue"] = survival(2 * kl * effective, cells)
        result["hellingerPValue"] = survival(8 * hellinger2 * effective, cells)
    return result


def count_cases():
    for name, (reference, current) in (TABLES | MORE_TABLES).items():
        yield {
            "name": name,
            "reference": reference,
            "current": current,
            **divergences(reference, current),
        }


def numeric_cases():
    for name, bins, reference, current in numeric_samples():
        inner = quantile_edges(reference, bins)[1:-1]
        yield {
            "name": name,
            "bins": bins,
            "reference": reference,
            "current": current,
            **divergences(counts(reference, inner).tolist(), counts(current, inner).tolist()),
        }


if __name__ == "__main__":
    write_golden(
        "divergences",
        "mpmath, 40 digits: the formulas, Kullback-Leibler of (counts + 0.5) / (n + 0.5 * cells); "
        "p-values: mpmath.gammainc((cells - 1) / 2, c * divergence * nm / (n + m) / 2, regularized=True), "
        "c = 8, 2, 8; scipyJensenShannon: scipy.spatial.distance.jensenshannon(reference, current, base=2); "
        "bins of numbers as in population_stability_index.py",
        ["mpmath", "numpy", "scipy"],
        counts=count_cases(),
        numeric=numeric_cases(),
    )
