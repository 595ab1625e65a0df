"""P(X >= x) of the noncentral chi-squared distribution: its Poisson mixture in 50 digits."""

from mpmath import exp, gammainc, log, loggamma, mp, mpf, sqrt
from scipy.stats import ncx2

from golden_file import write_golden

DEGREES_OF_FREEDOM = [1, 2, 5, 20, 228]
NONCENTRALITIES = [0.01, 0.5, 3, 30, 1000, 100000]
PROBABILITIES = [0.999, 0.975, 0.5, 0.025, 1e-6]

mp.dps = 50


def survival(x, degrees_of_freedom, noncentrality):
    mean, y = mpf(noncentrality) / 2, mpf(x) / 2
    reach = 16 * sqrt(mean) + 80
    j = max(0, int(mean - reach))
    a = mpf(degrees_of_freedom) / 2 + j
    q = gammainc(a, y, regularized=True)
    step = exp(a * log(y) - y - loggamma(a + 1))
    weight = exp(j * log(mean) - mean - loggamma(j + 1))
    total = mpf(0)
    while j <= mean + reach:
        total += weight * q
        q += step
        a += 1
        step *= y / a
        j += 1
        weight *= mean / j
    return float(total)


def rows():
    for k in DEGREES_OF_FREEDOM:
        for noncentrality in NONCENTRALITIES:
            for p in PROBABILITIES:
                x = float(f"{ncx2.isf(p, k, noncentrality):.12g}")
                yield [x, k, noncentrality, survival(x, k, noncentrality)]


if __name__ == "__main__":
    write_golden(
        "noncentral-chi-squared",
        "Poisson mixture of mpmath.gammainc; rows are [x, dof, noncentrality, survival]",
        ["mpmath", "scipy"],
        rows=rows(),
    )
