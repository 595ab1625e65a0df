"""P(Z >= z) of the standard normal distribution in 60 digits, and its logarithm, rounded to the nearest double."""

from mpmath import erfc, log, log1p, mp, mpf, sqrt

from golden_file import write_golden

mp.dps = 60
Z = [-38, -8, -3, -1.5, -1.26, -1.25, -0.5, -1e-8, 0, 1e-300, 1e-8, 0.25, 0.5, 1, 1.25, 1.2500001, 1.4, 1.644853626951]
Z += [1.959963984540054, 2, 2.2, 2.5, 3, 3.7, 4, 5, 6, 7, 8, 8.5, 9, 10, 12, 15.3, 20, 25, 30.1, 33.3, 35, 36.9, 37, 37.5]
FAR = [38.5, 40, 100, 1e3, 1e6, 1e100]


def survival(z):
    return erfc(mpf(z) / sqrt(mpf(2))) / 2


def rows():
    for z in Z:
        value = log1p(-survival(-z)) if z < 0 else log(survival(z))
        yield [z, float(survival(z)), float(value)]
    for z in FAR:
        # erfc has an exponent of its own, as large as it takes; beyond 1e6 the leading term is exact to 1e-200.
        value = log(survival(z)) if z <= 1e6 else -(mpf(z) ** 2) / 2
        yield [z, float(survival(z)) if z < 1e6 else 0.0, float(value)]


if __name__ == "__main__":
    write_golden(
        "normal-survival",
        "mpmath.erfc(z / sqrt(2)) / 2; rows are [z, survival, ln survival]",
        ["mpmath"],
        rows=rows(),
    )
