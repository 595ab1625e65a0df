"""What scipy and statsmodels say of two samples, case by case: distances, rank tests, tests of means."""

import warnings
from fractions import Fraction

import numpy as np
from scipy import stats
from statsmodels.stats.weightstats import ztest

from golden_file import write_golden

warnings.simplefilter("ignore")
random = np.random.default_rng(20260202)
ALTERNATIVES = {"two-sided": "two-sided", "less": "smaller", "greater": "larger"}


def normal(n, shift=0.0, scale=1.0):
    return [float(f"{x:.6g}") for x in random.normal(shift, scale, n)]


def progression(start, step, length):
    """Large samples stay small in the file: start, start + step, ..."""
    return {"start": start, "step": step, "length": length}


def values(sample):
    if isinstance(sample, dict):
        return sample["start"] + sample["step"] * np.arange(sample["length"])
    return np.asarray(sample, dtype=float)


def samples():
    yield "equal sizes", normal(10), normal(10)
    yield "unequal sizes", normal(12), normal(9, 1)
    yield "twenty", normal(20), normal(20, 0.3)
    yield "twenty against nineteen", normal(20), normal(19, 1)
    yield "twenty-one", normal(21), normal(21, -0.5)
    yield "eight against many", normal(8), normal(60, 1)
    yield "other scale", normal(70), normal(90, 0, 3)
    yield "a hundred", normal(100), normal(150, 0.4)
    yield "two against three", [1.0, 2.0], [1.5, 2.5, 3.5]
    yield "far tail", normal(60), normal(60, 9)
    yield "far tail, many", progression(0, 1, 3000), progression(2000.25, 1, 2500)
    yield "ties", [1, 1, 2, 2, 2, 3, 4, 4, 5, 5], [2, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 7]
    yield "ties, few against few", [1, 1, 2, 3, 3], [2, 3, 3, 4, 4, 6]
    yield "counts", random.poisson(3, 60).tolist(), random.poisson(4, 80).tolist()
    yield "binary", random.binomial(1, 0.3, 40).tolist(), random.binomial(1, 0.6, 50).tolist()
    yield "rounded to halves", (np.round(2 * random.normal(0, 1, 50)) / 2).tolist(), (
        np.round(2 * random.normal(0.3, 1, 50)) / 2
    ).tolist()
    yield "constant against varying", [0.0] * 20, normal(25)
    same = normal(15)
    yield "identical", same, same[::-1]
    yield "zeros of both signs", [-0.0, 0.0, 1.0, 1.0, -1.0], [0.0, -0.0, -0.0, 1.0, 2.0, 2.0]
    yield "far from zero", [x + 1e6 for x in normal(40)], [x + 1e6 for x in normal(50, 0.7)]
    yield "tiny unit", [x * 1e-30 for x in normal(40)], [x * 1e-30 for x in normal(50, 0.7)]
    yield "many", progression(0, 1, 20000), progression(130.25, 1.01, 15000)


def both_ways(statistic, p_value):
    return {"statistic": float(statistic), "pValue": float(p_value)}


def cramer_von_mises(x, y):
    """The statistic in rational numbers: scipy's own loses digits to cancellation on large samples."""
    n, m = len(x), len(y)
    ranks = [Fraction(r) for r in stats.rankdata(np.concatenate([np.sort(x), np.sort(y)]))]
    u = n * sum((r - i - 1) ** 2 for i, r in enumerate(ranks[:n]))
    u += m * sum((r - i - 1) ** 2 for i, r in enumerate(ranks[n:]))
    exact = u / (n * m * (n + m)) - Fraction(4 * n * m - 1, 6 * (n + m))
    return both_ways(exact, stats.cramervonmises_2samp(x, y).pvalue)


def anderson_darling(x, y):
    result = stats.anderson_ksamp([x, y], variant="midrank")
    return {"statistic": float(result.statistic), "cappedPValue": float(result.pvalue)}


def epps_singleton(x, y):
    if min(len(x), len(y)) < 5 or stats.iqr(np.concatenate([x, y])) == 0 or len(set(x) | set(y)) < 5:
        return None
    return both_ways(*stats.epps_singleton_2samp(x, y))


def mann_whitney(x, y):
    tests = {a: both_ways(*stats.mannwhitneyu(x, y, alternative=a)) for a in ALTERNATIVES}
    plain = stats.mannwhitneyu(x, y, use_continuity=False)
    return tests | {"without continuity correction": both_ways(*plain)}


def t_test(x, y, equal_variances):
    def one(alternative):
        result = stats.ttest_ind(x, y, equal_var=equal_variances, alternative=alternative)
        return both_ways(result.statistic, result.pvalue) | {"degreesOfFreedom": float(result.df)}

    return {a: one(a) for a in ALTERNATIVES}


def z_test(x, y):
    return {
        ours: both_ways(*ztest(x, y, alternative=theirs, usevar="unequal"))
        for ours, theirs in ALTERNATIVES.items()
    }


def maximum_mean_discrepancy(x, y):
    n, m = len(x), len(y)
    if n + m > 300:
        return None
    z = np.concatenate([x, y])
    distances = np.abs(z[:, None] - z[None, :])
    pairs = distances[np.triu_indices(n + m, 1)]
    bandwidth = float(np.median(pairs[pairs > 0]))
    kernel = np.exp(-(distances**2) / (2 * bandwidth**2))
    within = (kernel[:n, :n].sum() - n) / (n * (n - 1))
    without = (kernel[n:, n:].sum() - m) / (m * (m - 1))
    statistic = within + without - 2 * kernel[:n, n:].mean()
    return {"statistic": float(statistic), "bandwidth": bandwidth}


def cases():
    for name, reference, current in samples():
        x, y = values(reference), values(current)
        yield {
            "name": name,
            "reference": reference,
            "current": current,
            "wassersteinDistance": float(stats.wasserstein_distance(x, y)),
            "standardDeviation": float(np.std(x)),
            "energyDistance": float(stats.energy_distance(x, y)),
            "cramerVonMises": cramer_von_mises(x, y),
            "andersonDarling": anderson_darling(x, y),
            "mannWhitneyU": mann_whitney(x, y),
            "studentT": t_test(x, y, True),
            "welchT": t_test(x, y, False),
            "zTest": z_test(x, y),
            "eppsSingleton": epps_singleton(x, y),
            "maximumMeanDiscrepancy": maximum_mean_discrepancy(x, y),
        }


if __name__ == "__main__":
    write_golden(
        "two-samples",
        "scipy.stats: wasserstein_distance, energy_distance, cramervonmises_2samp, anderson_ksamp(variant='midrank'), "
        "mannwhitneyu, ttest_ind, epps_singleton_2samp; statsmodels ztest(usevar='unequal'); numpy for the discrepancy; "
        "a progression is start + step * numpy.arange(length)",
        ["numpy", "scipy", "statsmodels"],
        cases=cases(),
    )
