"""Student's t, Welch's t and z of samples far from zero, by mpmath: scipy rounds each mean first, and is as far off as
its difference is small beside them. A sample is offset + (i² · multiplier mod modulus) / divisor, exact as doubles."""

from mpmath import betainc, erfc, mp, mpf, sqrt

from golden_file import write_golden

mp.dps = 60

EPOCH = 1_700_000_000_000
# name: (reference, current), each (n, offset, multiplier, modulus, divisor)
SAMPLES = {
    "epoch milliseconds": ((200, EPOCH, 7, 1009, 1), (150, EPOCH + 40, 11, 1013, 1)),
    "epoch milliseconds, small spread": ((500, EPOCH, 3, 17, 4), (400, EPOCH, 5, 19, 4)),
    "epoch milliseconds, 20 000 a side": ((20_000, EPOCH, 7, 10_007, 1), (20_000, EPOCH + 30, 11, 10_009, 1)),
    "epoch nanoseconds": ((300, EPOCH * 1000, 7, 1009, 1), (300, EPOCH * 1000 + 70, 13, 1009, 1)),
    "at 1e15": ((100, 10**15, 7, 101, 8), (120, 10**15 + 1, 11, 103, 8)),
    "at 1e15, a step of the doubles": ((1000, 10**15, 7, 5, 8), (1000, 10**15, 3, 7, 8)),
    "at −1e15": ((100, -(10**15), 7, 101, 8), (120, 1 - 10**15, 11, 103, 8)),
    "near zero": ((100, 0, 7, 101, 8), (120, 1, 11, 103, 8)),
    "far apart": ((100, 10**15, 7, 101, 8), (120, 10**12, 11, 103, 8)),
    "far tail": ((2000, EPOCH, 7, 1009, 1), (2000, EPOCH + 300, 11, 1009, 1)),
}


def sample(n, offset, multiplier, modulus, divisor):
    return [mpf(offset) + mpf((i * i * multiplier) % modulus) / divisor for i in range(n)]


def moments(x):
    mean = sum(x) / len(x)
    return mean, sum((v - mean) ** 2 for v in x)


def t_two_sided(t, df):
    return betainc(mpf(df) / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True)


def cases():
    for name, (before, after) in SAMPLES.items():
        x, y = sample(*before), sample(*after)
        assert all(mpf(float(v)) == v for v in x + y), name
        n, m = len(x), len(y)
        (mean_x, squares_x), (mean_y, squares_y) = moments(x), moments(y)
        difference = mean_x - mean_y
        pooled = (squares_x + squares_y) / (n + m - 2)
        student = difference / sqrt(pooled * (mpf(1) / n + mpf(1) / m))
        of_x, of_y = squares_x / (n - 1) / n, squares_y / (m - 1) / m
        welch = difference / sqrt(of_x + of_y)
        df = (of_x + of_y) ** 2 / (of_x**2 / (n - 1) + of_y**2 / (m - 1))
        fields = ["n", "offset", "multiplier", "modulus", "divisor"]
        yield {
            "name": name,
            "reference": dict(zip(fields, before)),
            "current": dict(zip(fields, after)),
            "studentT": {"statistic": float(student), "pValue": float(t_two_sided(student, n + m - 2))},
            "welchT": {
                "statistic": float(welch),
                "pValue": float(t_two_sided(welch, df)),
                "degreesOfFreedom": float(df),
            },
            "zTest": {"statistic": float(welch), "pValue": float(erfc(abs(welch) / sqrt(2)))},
        }


if __name__ == "__main__":
    write_golden(
        "mean-differences",
        "mpmath, 60 digits: difference of means / standard error; betainc(df / 2, 1 / 2, 0, df / (df + t²)), erfc(|z| / √2)",
        ["mpmath"],
        cases=cases(),
    )
