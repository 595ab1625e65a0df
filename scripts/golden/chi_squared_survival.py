"""P(X >= x) of the chi-squared distribution in 60 digits, rounded to the nearest double."""

from mpmath import gammainc, mp, mpf
from scipy.stats import chi2

from golden_file import write_golden

DEGREES_OF_FREEDOM = [1, 2, 3, 5, 10, 30, 100, 199, 300, 1000, 3000, 10000]
PROBABILITIES = [0.999, 0.9, 0.5, 0.1, 0.05, 0.01, 1e-3, 1e-5, 1e-8, 1e-12, 1e-16, 1e-20]
FAR_TAIL = [1e-50, 1e-100, 1e-200, 1e-300]

mp.dps = 60


def survival(x, degrees_of_freedom):
    return float(gammainc(mpf(degrees_of_freedom) / 2, mpf(x) / 2, regularized=True))


def quantile(p, degrees_of_freedom):
    """Where to test: about the p-quantile from above, in 12 digits. scipy's isf is not exact in the far
    tail, which does not matter here."""
    return float(f"{chi2.isf(p, degrees_of_freedom):.12g}")


def rows():
    for degrees_of_freedom in DEGREES_OF_FREEDOM:
        for p in PROBABILITIES + FAR_TAIL:
            x = quantile(p, degrees_of_freedom)
            yield [x, degrees_of_freedom, survival(x, degrees_of_freedom)]
        # Close to 0, where nearly all of the mass lies above.
        x = 1e-6 * degrees_of_freedom
        yield [x, degrees_of_freedom, survival(x, degrees_of_freedom)]


if __name__ == "__main__":
    write_golden(
        "chi-squared-survival",
        "mpmath.gammainc(dof / 2, x / 2, regularized=True); rows are [x, dof, survival]",
        ["mpmath", "scipy"],
        rows=rows(),
    )
