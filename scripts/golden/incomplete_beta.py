"""I_x(a, b) in 60 digits, rounded to the nearest double; also as the F and Student's t distributions use it."""

from mpmath import exp, log, loggamma, mp, mpf
from scipy.stats import f, t

from golden_file import write_golden

mp.dps = 60
PROBABILITIES = [0.4, 0.05, 1e-3, 1e-8, 1e-16, 1e-50, 1e-100, 1e-200, 1e-300]
T_DEGREES = [0.7, 1, 2, 3, 5, 10, 17.3, 30, 100, 1000, 10000, 1000000]
F_DEGREES = [(1, 5), (2, 10), (3, 100), (10, 10), (5, 1000), (100, 10000), (4, 1000000)]
F_RATIOS = [0.05, 0.7, 1.0, 1.9, 4.5, 12.0, 37.5, 300.0]


def regularised(a, b, x, y):
    """From the side that does not cancel, by the continued fraction 26.5.8 of Abramowitz and Stegun."""
    if x * (a + b + 2) > a + 1:
        return 1 - regularised(b, a, y, x)
    prefactor = exp(a * log(x) + b * log(y) + loggamma(a + b) - loggamma(a) - loggamma(b)) / a
    return prefactor / fraction(a, b, x)


def fraction(a, b, x):
    """1 + d1 / (1 + d2 / (1 + ...)), by its convergents."""
    p0, p1, q0, q1 = mpf(1), mpf(1), mpf(0), mpf(1)
    for k in range(1, 100000):
        m = k // 2
        if k % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        p0, p1, q0, q1 = p1, p1 + d * p0, q1, q1 + d * q0
        p0, p1, q0, q1 = p0 / q1, p1 / q1, q0 / q1, mpf(1)
        if k > 4 and abs(p1 * q0 - p0) < abs(p0) * mpf(10) ** -45:
            return p1
    raise ArithmeticError((a, b, x))


def beta_rows():
    for a, b, x in [
        (0.5, 0.5, 0.3),
        (2, 3, 0.1),
        (10, 20, 0.4),
        (0.1, 5, 0.01),
        (100, 200, 0.3),
        (1000, 2000, 0.35),
        (5, 0.5, 0.999),
        (100000.0, 200000.0, 0.3334),
        (0.5, 500000, 1e-6),
        (1000, 1, 0.5),
    ]:
        # y is what a caller would pass: 1 - x in doubles.
        yield [a, b, x, 1 - x, float(regularised(mpf(a), mpf(b), mpf(x), 1 - mpf(x)))]


def f_rows():
    for a, b in F_DEGREES:
        for x in F_RATIOS:
            x_exact = mpf(b) / (b + a * mpf(x))
            value = regularised(mpf(b) / 2, mpf(a) / 2, x_exact, 1 - x_exact)
            if value > mpf(10) ** -300:
                yield [x, a, b, float(value)]


def t_survival(x, degrees_of_freedom):
    square = mpf(x) ** 2
    v = mpf(degrees_of_freedom)
    return regularised(v / 2, mpf(1) / 2, v / (v + square), square / (v + square)) / 2


def t_rows():
    for v in T_DEGREES:
        for p in PROBABILITIES:
            # Where to test; in the far tail scipy's quantile is rough or infinite, which does not matter here.
            x = float(f"{t.isf(p, v):.12g}")
            if 0 < x < 1e150:
                value = t_survival(x, v)
                if value > mpf(10) ** -300:
                    yield [x, v, float(value), float(log(value))]
    for x, v in [(0.0, 5), (0.001, 7), (1e-8, 3), (1e200, 1), (1e120, 2), (1000, 1000), (1e6, 50), (1e5, 1e6), (1e200, 7)]:
        yield [x, v, float(t_survival(x, v)), float(log(t_survival(x, v)))]


if __name__ == "__main__":
    write_golden(
        "incomplete-beta",
        "regularised incomplete beta function in 60 digits of mpmath; rows are [a, b, x, 1 - x, I], [F, dof, dof, survival], "
        "[t, dof, survival, ln survival]",
        ["mpmath", "scipy"],
        beta=beta_rows(),
        f=f_rows(),
        t=t_rows(),
    )
