"""P(D >= steps / nm) of the two-sample Kolmogorov-Smirnov distances: lattice paths, counted in integers."""

from fractions import Fraction
from itertools import accumulate
from math import comb, gcd

from scipy.stats._stats_py import _attempt_exact_2kssamp

from golden_file import write_golden


def survival(n, m, steps, ends=None, one_sided=False):
    """1 - (paths from (0, 0) to (n, m) that are nowhere so far off) / (all paths).

    Given ties, paths are looked at where a block of equal values ends: where i + j is among the ends.
    """
    ends = None if ends is None else set(ends)
    inside = [0] * (m + 1)
    for i in range(n + 1):
        for j in range(m + 1):
            difference = i * m - j * n if one_sided else abs(i * m - j * n)
            if difference >= steps and (ends is None or i + j in ends):
                inside[j] = 0
            elif i == 0 and j == 0:
                inside[j] = 1
            else:
                inside[j] = (inside[j] if i > 0 else 0) + (inside[j - 1] if j > 0 else 0)
    return float(1 - Fraction(inside[m], comb(n + m, n)))


SIZES = [(1, 1), (1, 4), (5, 5), (7, 5), (10, 15), (20, 30), (50, 50), (60, 61), (100, 99), (200, 150)]
SHARES = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8, 1]


def exact_rows():
    for n, m in SIZES:
        divisor = gcd(n, m)
        reachable = n * m // divisor
        for h in sorted({max(1, round(share * reachable)) for share in SHARES}):
            yield [n, m, h * divisor, survival(n, m, h * divisor)]


def one_sided_rows():
    for n, m in SIZES:
        divisor = gcd(n, m)
        reachable = n * m // divisor
        for h in sorted({max(1, round(share * reachable)) for share in SHARES}):
            yield [n, m, h * divisor, survival(n, m, h * divisor, one_sided=True)]


def blocks(*sizes):
    """The ends of blocks of these sizes."""
    return list(accumulate(sizes))


TIES = [
    (10, 12, blocks(1, 2, 3, 2, 6, 4, 3, 1)),
    (20, 30, blocks(25, 25)),
    (40, 50, blocks(49, 41)),
    (30, 30, blocks(1, 1, 40, 3, 5, 10)),
    (60, 80, blocks(4, 15, 27, 31, 28, 17, 10, 5, 2, 1)),
    (50, 45, blocks(*[5] * 19)),
    (25, 40, blocks(*[1] * 65)),
    (15, 12, blocks(27)),
    (100, 90, blocks(*[1] * 30, 130, *[1] * 30)),
]


def tied_rows():
    for n, m, ends in TIES:
        assert ends[-1] == n + m
        for share in [0.1, 0.2, 0.3, 0.5, 1]:
            steps = max(1, round(share * n * m))
            yield {
                "n": n,
                "m": m,
                "ends": ends,
                "steps": steps,
                "twoSided": survival(n, m, steps, ends),
                "oneSided": survival(n, m, steps, ends, one_sided=True),
            }


def scipy_rows():
    for n, m, h in [
        (1000, 1001, 50050), (1000, 1001, 100100), (10000, 100, 1000), (5000, 7500, 450),
        (10000, 9999, 999900), (10000, 10000, 200), (10000, 10000, 2500),
        (9000, 10000, 9000),
    ]:
        divisor = gcd(n, m)
        reachable = n * m // divisor
        ok, _, p = _attempt_exact_2kssamp(n, m, divisor, h / reachable, "two-sided")
        assert ok, (n, m, h)
        yield [n, m, h * divisor, float(p)]


if __name__ == "__main__":
    write_golden(
        "kolmogorov-two-sample",
        "exact: lattice paths counted in Python integers; scipy: what ks_2samp(method='exact') calls, "
        "_attempt_exact_2kssamp(n, m, gcd, D, 'two-sided'); rows are [n, m, nm D, survival]; oneSided: the paths "
        "with i m - j n < nm D; tied: looked at where a block of equal values ends",
        ["scipy"],
        exact=exact_rows(),
        oneSided=one_sided_rows(),
        tied=tied_rows(),
        scipy=scipy_rows(),
    )
