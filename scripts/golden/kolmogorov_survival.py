"""P(D >= d) of the one-sample Kolmogorov-Smirnov distances, one- and two-sided."""

from math import sqrt

from mpmath import binomial, factorial, mp, mpf, matrix
from scipy.special import smirnov
from scipy.stats import kstwo

from golden_file import write_golden

mp.dps = 60


def smirnov_survival(n, d):
    """Smirnov's sum over exact terms."""
    n, d = int(n), mpf(d)
    terms = (
        binomial(n, v) * (d + mpf(v) / n) ** (v - 1) * (1 - d - mpf(v) / n) ** (n - v)
        for v in range(0, int(mp.floor(n * (1 - d))) + 1)
    )
    return float(d * sum(terms, mpf(0)))


def kolmogorov_survival(n, d):
    """One minus the middle element of Durbin's matrix power, in 60 digits: no approximation."""
    nd = n * mpf(d)
    k = int(mp.ceil(nd))
    h = k - nd
    size = 2 * k - 1
    H = matrix(size, size)
    for i in range(size):
        for j in range(min(i + 2, size)):
            H[i, j] = 1 / factorial(i - j + 1)
    for i in range(size):
        H[i, 0] -= h ** (i + 1) / factorial(i + 1)
        H[size - 1, size - 1 - i] -= h ** (i + 1) / factorial(i + 1)
    H[size - 1, 0] += max(2 * h - 1, mpf(0)) ** size / factorial(size)
    return float(1 - (H**n)[k - 1, k - 1] * factorial(n) / mpf(n) ** n)


SIZES = [1, 2, 5, 10, 20, 50, 100, 140, 141, 200, 1000, 5000, 100001, 500000]
# By z = sqrt(n) d: the centre, around the changes of method (n d^2 = 0.75, 2.2, 4), the tail.
DISTANCES = [0.3, 0.5, 0.7, 0.9, 1.1, 1.36, 1.48, 1.49, 1.99, 2.01, 3, 6, 12]


def distances(n):
    for z in DISTANCES:
        d = float(f"{z / sqrt(n):.10g}")
        if d < 1:
            yield d
    # The closed forms at both ends.
    for d in [0.7 / n, 1 - 0.5 / n]:
        yield float(f"{d:.10g}")


def scipy_rows():
    for n in SIZES:
        for d in distances(n):
            yield [n, d, float(kstwo.sf(d, n))]


def exact_rows():
    for n in [5, 20, 100, 140, 141, 200]:
        for d in distances(n):
            if 0.5 < n * d and n * d * d < 4.5:
                yield [n, d, kolmogorov_survival(n, d)]


def smirnov_rows():
    for n, d in [
        (1, 0.25), (2, 0.5), (5, 0.3), (10, 0.45), (50, 0.2), (100, 0.15), (200, 0.1), (521, 0.0001), (530, 0.001),
        (600, 0.01), (1000, 0.05), (1000, 0.2), (1000, 0.5), (1500, 0.0001), (2000, 0.0005), (3000, 0.03), (3000, 0.1), (3000, 0.3),
    ]:
        yield [n, d, smirnov_survival(n, d)]


def smirnov_scipy_rows():
    for n, d in [(50000, 0.007), (500000, 0.0025), (500000, 0.01), (1000000, 0.002), (1000000, 0.015)]:
        yield [n, d, float(smirnov(n, d))]


if __name__ == "__main__":
    write_golden(
        "kolmogorov-survival",
        "scipyTwoSided: scipy.stats.kstwo.sf(d, n); exactTwoSided: Durbin's matrix in mpmath; "
        "exactOneSided: Smirnov's sum in mpmath; scipyOneSided: scipy.special.smirnov(n, d); "
        "rows are [n, d, survival]",
        ["mpmath", "scipy"],
        scipyTwoSided=scipy_rows(),
        exactTwoSided=exact_rows(),
        exactOneSided=smirnov_rows(),
        scipyOneSided=smirnov_scipy_rows(),
    )
