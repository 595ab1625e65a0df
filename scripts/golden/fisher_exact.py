"""Fisher's exact test in exact arithmetic, and what scipy.stats.fisher_exact makes of it."""

from fractions import Fraction
from math import comb

import numpy as np
from mpmath import mp, mpf
from scipy.stats import fisher_exact

from golden_file import write_golden

mp.dps = 50
random = np.random.default_rng(20260104)

TABLES = {
    "tea": [[3, 1], [1, 3]],
    "small": [[8, 2], [1, 5]],
    "a zero": [[10, 0], [6, 4]],
    "disjoint": [[3, 0], [0, 3]],
    "one value each": [[1, 0], [0, 1]],
    "equal": [[10, 10], [10, 10]],
    "tied tails, equal sizes": [[2, 18], [9, 11]],
    "tied tails, half of each category": [[7, 23], [13, 7]],
    "at the mode": [[20, 40], [10, 20]],
    "tied tails, sizes far apart": [[0, 4], [15, 34]],
    "tied with the mode": [[0, 2], [12, 23]],
    "two modes": [[2, 3], [3, 2]],
    "one tail alone": [[0, 50], [3, 7]],
    "sizes far apart": [[1, 2], [300, 9000]],
    "200": [[120, 80], [90, 110]],
    "far tail": [[190, 10], [10, 190]],
    "farther tail": [[500, 10], [10, 500]],
    "5000": [[2600, 2400], [2450, 2550]],
    "a rare category": [[4990, 10], [2975, 25]],
    "first category missing": [[0, 10], [0, 7]],
    "second category missing": [[10, 0], [7, 0]],
    "100 000": [[50123, 49877], [49500, 50500]],
}


def tables():
    yield from TABLES.items()
    for i in range(40):
        yield f"random {i}", random.integers(0, [[3, 9, 40, 300][i % 4]] * 4).reshape(2, 2).tolist()


def p_value(table):
    """Integers of any size up to 20 000 values; above, 50 digits, where ties are equal to 40."""
    (a, b), (c, d) = table
    n, m, drawn = a + b, c + d, a + c
    if 0 in (drawn, b + d):
        return 1.0
    is_small = n + m <= 20_000
    # Unnormalised, by ratios: C(100000, 50000) for every count would take minutes.
    first = max(0, drawn - m)
    weights = [comb(n, first) * comb(m, drawn - first) if is_small else mpf(1)]
    for k in range(first, min(n, drawn)):
        up, down = (n - k) * (drawn - k), (k + 1) * (m - drawn + k + 1)
        weights.append(weights[-1] * up // down if is_small else weights[-1] * up / down)
    observed = weights[a - first] * (1 if is_small else 1 + mpf(10) ** -40)
    tails = sum(w for w in weights if w <= observed)
    return float(Fraction(tails, sum(weights)) if is_small else tails / sum(weights))


def cases():
    for name, table in tables():
        if 0 in map(sum, table):
            continue
        yield {
            "name": name,
            "reference": table[0],
            "current": table[1],
            "pValue": p_value(table),
            "scipyPValue": float(fisher_exact(table).pvalue),
        }


if __name__ == "__main__":
    write_golden(
        "fisher-exact",
        "scipy.stats.fisher_exact([reference, current]); pValue: the probability of all counts at most as likely "
        "as the observed one, in integers of any size, above 20 000 values in 50 digits of mpmath",
        ["mpmath", "numpy", "scipy"],
        cases=cases(),
    )
