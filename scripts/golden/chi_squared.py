"""scipy.stats.chi2_contingency without the continuity correction, p from mpmath where scipy gives 0."""

import numpy as np
from mpmath import gammainc, mp, mpf
from scipy.stats import chi2_contingency

from golden_file import write_golden

mp.dps = 40

TABLES = {
    "2x2, small": [[8, 2], [1, 5]],
    "2x2": [[120, 80], [90, 110]],
    "2x2 with a zero": [[10, 0], [6, 4]],
    "2x2, large": [[50123, 49877], [49500, 50500]],
    "2x2, equal": [[10, 10], [10, 10]],
    "2x2, disjoint": [[100, 0], [0, 100]],
    "2x2, extreme": [[1000, 10], [10, 1000]],
    "2x5": [[20, 30, 25, 15, 10], [15, 20, 35, 20, 10]],
    "2x3, rare": [[100, 3, 1], [95, 6, 4]],
    "2x4, unequal sizes": [[5000, 3000, 1500, 500], [61, 22, 11, 6]],
    "2x3, a new category": [[700, 300, 0], [650, 300, 50]],
    "2x3, a lost category": [[650, 300, 50], [700, 300, 0]],
    "2x3, far tail": [[9000, 1000, 200], [1000, 9000, 300]],
    "2x50": [[100 + 3 * i for i in range(50)], [230 - 2 * i for i in range(50)]],
    "one value each": [[1, 0], [0, 1]],
    "a billion": [[500_000_000, 500_000_000], [500_050_000, 499_950_000]],
}


def cases():
    for name, table in TABLES.items():
        result = chi2_contingency(np.array(table), correction=False)
        yield {
            "name": name,
            "reference": table[0],
            "current": table[1],
            "statistic": float(result.statistic),
            "pValue": float(gammainc(mpf(result.dof) / 2, mpf(result.statistic) / 2, regularized=True)),
            "scipyPValue": float(result.pvalue),
            "degreesOfFreedom": int(result.dof),
            "smallestExpectedCount": float(result.expected_freq.min()),
        }


if __name__ == "__main__":
    write_golden(
        "chi-squared",
        "scipy.stats.chi2_contingency([reference, current], correction=False); "
        "pValue: mpmath.gammainc(dof / 2, statistic / 2, regularized=True)",
        ["mpmath", "numpy", "scipy"],
        cases=cases(),
    )
