"""Limiting laws of the Cramér-von Mises and Anderson-Darling statistics: tails by Smirnov's alternating integrals in
30 digits, rounded to the nearest double."""

from mpmath import cos, exp, linspace, log, mp, mpf, pi, quad, sin, sqrt

from golden_file import write_golden

mp.dps = 30
CRAMER_VON_MISES = [0.02, 0.05, 0.1, 0.2, 0.3, 0.46136, 0.7, 1, 2, 4, 6, 8, 10, 20, 30, 60, 100, 139]
ANDERSON_DARLING = [0.1, 0.3, 0.5, 1.0, 1.933, 2.492, 3.878, 6.0, 10.0, 15.0, 20.0, 50, 100, 300, 680]
FAR = [200, 1000, 20000]


def alternating(integrand, x):
    """sum over k of (-1)^(k-1) times the integral of integrand(k, t) / sqrt(cos(pi t / 2)), t = cos(angle)"""
    total = mpf(0)
    for k in range(1, 80):

        def f(angle):
            cosine = sin(pi * min(sin(angle / 2) ** 2, cos(angle / 2) ** 2))
            return sin(angle) / sqrt(cosine) * integrand(k, -cos(angle), x)

        pieces = 40 if x < 50 else 200 if x < 500 else 2000
        term = quad(f, linspace(0, pi, pieces + 1), method="gauss-legendre")
        total += term if k % 2 else -term
        if term < mpf(10) ** -25 * total:
            return total


def cramer_von_mises(k, t, x):
    z = (2 * k - mpf(1) / 2) * pi + pi / 2 * t
    return exp(-z * z * x / 2) / sqrt(z)


def anderson_darling(k, t, x):
    w = 4 * k + t
    u = (w * w - 1) / 4
    return exp(-u * x / 2) * w / 2 / sqrt(pi * u)


def rows(points, integrand):
    for x in points + FAR:
        value = alternating(integrand, mpf(x))
        yield [x, float(value) if value > mpf(10) ** -300 else 0.0, float(log(value))]


if __name__ == "__main__":
    write_golden(
        "quadratic-forms",
        "mpmath.quad of Smirnov's alternating integrals; rows are [x, survival, ln survival]",
        ["mpmath"],
        cramerVonMises=rows(CRAMER_VON_MISES, cramer_von_mises),
        andersonDarling=rows(ANDERSON_DARLING, anderson_darling),
    )
