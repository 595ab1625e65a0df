"""statsmodels' proportions_ztest of pooled variance, and mpmath where its p loses digits."""

from mpmath import erfc, mp, mpf, sqrt
from statsmodels.stats.proportion import proportions_ztest

from golden_file import write_golden

mp.dps = 40

COUNTS = {
    "small": (2, 10, 5, 6),
    "200 a side": (80, 200, 110, 200),
    "fell": (110, 200, 80, 200),
    "equal shares": (10, 20, 30, 60),
    "a zero": (0, 10, 4, 10),
    "disjoint": (0, 100, 100, 100),
    "100 000 a side": (49877, 100_000, 50500, 100_000),
    "far tail": (10, 1000, 400, 1000),
    "farther tail": (10, 1010, 1000, 1010),
    "rare": (3, 100_000, 9, 40_000),
    "unequal sizes": (40, 400, 63, 300),
}


def cases():
    for name, (count_n, n, count_m, m) in COUNTS.items():
        z, p = proportions_ztest([count_n, count_m], [n, m])
        share = mpf(count_n + count_m) / (n + m)
        exact = (mpf(count_n) / n - mpf(count_m) / m) / sqrt(share * (1 - share) * (mpf(1) / n + mpf(1) / m))
        yield {
            "name": name,
            "counts": [count_n, n, count_m, m],
            "statistic": float(exact),
            "pValue": float(erfc(abs(exact) / sqrt(2))),
            "statsmodelsStatistic": float(z),
            "statsmodelsPValue": float(p),
        }


if __name__ == "__main__":
    write_golden(
        "two-proportion-z",
        "statsmodels.stats.proportion.proportions_ztest([count_n, count_m], [n, m]); "
        "statistic and pValue: mpmath, erfc(abs(z) / sqrt(2))",
        ["mpmath", "scipy", "statsmodels"],
        cases=cases(),
    )
