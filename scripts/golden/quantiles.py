"""Quantiles of the normal, chi-squared and Student t distributions in 50 digits, rounded to the nearest double."""

from mpmath import betainc, erfc, exp, findroot, gammainc, log, loggamma, mp, mpf, sqrt
from scipy.stats import chi2, norm, t, ttest_ind

from golden_file import write_golden

mp.dps = 50

LOW = [1e-300, 1e-100, 1e-30, 1e-16, 1e-12, 1e-8, 1e-5, 1e-3, 0.01, 0.05, 0.2, 0.24, 0.26, 0.4, 0.49, 0.499999, 0.5 - 2**-40]
# 1 - p has to be exact in both places, so that both sides are asked for the same p.
HIGH = [0.5 + 2**-40, 0.500001, 0.51, 0.6, 0.74, 0.76, 0.8, 0.9, 0.95, 0.975, 0.99, 0.999, 1 - 1e-5, 1 - 1e-8, 1 - 2**-40, 1 - 2**-53]
CHI_SQUARED = [1, 2, 3, 4, 9, 10, 30, 99, 300, 1000, 10000]
STUDENT_T = [1, 1.5, 2, 3, 7.25, 10, 30, 99, 1000, 10000.5]


def below(probability, p, low, high):
    """Where an increasing function of ln x reaches p: bisected in ln x, then by Newton's secants in all digits."""
    low, high = log(mpf(low)), log(mpf(high))
    # scipy, which says where to look, is not right in all tails.
    while probability(exp(low)) >= p:
        low -= 1 + abs(low) / 10
    while probability(exp(high)) < p:
        high += 1 + abs(high) / 10
    for _ in range(60):
        middle = (low + high) / 2
        if probability(exp(middle)) < p:
            low = middle
        else:
            high = middle
    return exp(findroot(lambda u: probability(exp(u)) - p, (low, high), solver="secant", tol=1e-90, verify=False))


def normal():
    for p in LOW + HIGH:
        tail = min(mpf(p), 1 - mpf(p))
        about = abs(norm.ppf(float(tail)))
        x = below(lambda z: -erfc(z / sqrt(mpf(2))) / 2, -tail, about * 0.99, about * 1.01)
        yield [p, float(x if p > 0.5 else -x)]


def lower_gamma(a, x):
    """P(a, x) by its power series: mpmath's own gives up where x is large."""
    term = total = 1 / a
    k = 1
    while term > total * mpf(10) ** -mp.dps:
        term *= x / (a + k)
        total += term
        k += 1
    return total * exp(a * log(x) - x - loggamma(a))


def chi_squared():
    for k in CHI_SQUARED:
        a = mpf(k) / 2
        for p in LOW + HIGH:
            about = chi2.ppf(p, k)
            if not about > 1e-290:
                continue
            if p < 0.5:
                x = below(lambda x: lower_gamma(a, x / 2), mpf(p), about * 0.9, about * 1.1)
            else:
                x = below(lambda x: -gammainc(a, x / 2, regularized=True), mpf(p) - 1, about * 0.9, about * 1.1)
            yield [p, k, float(x)]


def student_t():
    for k in STUDENT_T:
        for p in LOW + HIGH:
            tail = min(mpf(p), 1 - mpf(p))
            about = abs(t.ppf(float(tail), k))
            if not about < 1e290:
                continue
            x = below(lambda x: -betainc(mpf(k) / 2, 0.5, 0, k / (k + x * x), regularized=True) / 2, -tail, about * 0.9, about * 1.1)
            yield [p, k, float(x if p > 0.5 else -x)]


MEANS = [
    ([1, 2, 3], [4, 6, 8], 0.95),
    ([1, 2, 3], [4, 6, 8], 0.5),
    ([0.1, 0.2, 0.4, 0.1], [0.1, 0.3], 0.99),
    ([1700000000001, 1700000000007, 1700000000003], [1700000000004, 1700000000009, 1700000000010, 1700000000002], 0.9),
    ([(7 * i) % 101 for i in range(300)], [(11 * i) % 97 + 3 for i in range(200)], 0.95),
    ([(7 * i) % 101 for i in range(300)], [(11 * i) % 97 + 3 for i in range(200)], 0.999999),
]


def mean_differences():
    for reference, current, confidence in MEANS:
        # scipy loses digits far from zero, of which the difference does not depend.
        near = [[x - reference[0] for x in sample] for sample in (current, reference)]
        interval = ttest_ind(*near, equal_var=False).confidence_interval(confidence)
        yield {
            "reference": reference,
            "current": current,
            "confidence": confidence,
            "low": float(interval.low),
            "high": float(interval.high),
        }


if __name__ == "__main__":
    write_golden(
        "quantiles",
        "mpmath.findroot on erfc, gammainc and betainc; rows are [p, quantile] or [p, dof, quantile]; "
        "scipy.stats.ttest_ind(current - reference[0], reference - reference[0], equal_var=False).confidence_interval(confidence)",
        ["mpmath", "scipy"],
        normal=normal(),
        chiSquared=chi_squared(),
        studentT=student_t(),
        meanDifferences=mean_differences(),
    )
