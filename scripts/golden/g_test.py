"""scipy.stats.chi2_contingency with the log-likelihood ratio, both without digits lost from mpmath."""

import numpy as np
from mpmath import gammainc, log, mp, mpf
from scipy.stats import chi2_contingency

from chi_squared import TABLES
from golden_file import write_golden

mp.dps = 40


def statistic(table):
    (n, m), total = map(sum, table), sum(map(sum, table))
    terms = [
        mpf(observed) * log(mpf(observed) * total / ((a + b) * size))
        for a, b in zip(*table)
        for observed, size in ((a, n), (b, m))
        if observed
    ]
    return 2 * sum(terms)


def cases():
    for name, table in TABLES.items():
        result = chi2_contingency(np.array(table), correction=False, lambda_="log-likelihood")
        g = statistic(table)
        yield {
            "name": name,
            "reference": table[0],
            "current": table[1],
            "statistic": float(g),
            "pValue": float(gammainc(mpf(result.dof) / 2, g / 2, regularized=True)),
            "scipyStatistic": float(result.statistic),
            "scipyPValue": float(result.pvalue),
            "degreesOfFreedom": int(result.dof),
            "smallestExpectedCount": float(result.expected_freq.min()),
        }


if __name__ == "__main__":
    write_golden(
        "g-test",
        "scipy.stats.chi2_contingency([reference, current], correction=False, lambda_='log-likelihood'); "
        "statistic: mpmath, 2 * sum(observed * log(observed / expected)); "
        "pValue: mpmath.gammainc(dof / 2, statistic / 2, regularized=True)",
        ["mpmath", "numpy", "scipy"],
        cases=cases(),
    )
