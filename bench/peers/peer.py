"""numpy, scipy and pandas as peers: see serve.py."""

import warnings

import numpy as np
import pandas as pd
from scipy import stats
from serve import columns, labels, serve

# anderson_ksamp warns where p leaves its table.
warnings.simplefilter("ignore")


def of_columns(call):
    """A call of the values instead of their names."""
    return lambda *names: call(*(columns[name] for name in names))


def kolmogorov_smirnov(reference, current):
    test = stats.ks_2samp(reference, current)
    return {"statistic": float(test.statistic), "pValue": float(test.pvalue)}


def population_stability_index(reference, current, bins=10):
    edges = np.quantile(reference, np.linspace(0, 1, bins + 1))
    # Values beyond the reference's range belong to the outermost bins.
    edges[0], edges[-1] = -np.inf, np.inf
    p, q = (
        (np.histogram(values, edges)[0] + 0.5) / (len(values) + bins / 2)
        for values in (reference, current)
    )
    return {"statistic": float(np.sum((p - q) * np.log(p / q)))}


def wasserstein(reference, current):
    return {"statistic": float(stats.wasserstein_distance(reference, current))}


def six_statistics(reference, current):
    ks = stats.ks_2samp(reference, current)
    cvm = stats.cramervonmises_2samp(reference, current)
    ad = stats.anderson_ksamp([reference, current], variant="midrank")
    mwu = stats.mannwhitneyu(reference, current)
    return {
        "ks": float(ks.statistic),
        "ksP": float(ks.pvalue),
        "cvm": float(cvm.statistic),
        "ad": float(ad.statistic),
        "adP": float(ad.pvalue),
        "mwu": float(mwu.statistic),
        "mwuP": float(mwu.pvalue),
        "wasserstein": float(stats.wasserstein_distance(reference, current)),
        "energy": float(stats.energy_distance(reference, current)),
    }


series = {}


def as_text(*names):
    for name in names:
        series[name] = pd.Series(labels(columns[name]), dtype=object)


def as_categorical(*names):
    for name in names:
        series[name] = pd.Series(labels(columns[name]), dtype="category")


def homogeneity(*names):
    counts = pd.concat([series[name].value_counts() for name in names], axis=1).fillna(0)
    test = stats.chi2_contingency(counts, correction=False)
    return {
        "statistic": float(test.statistic),
        "pValue": float(test.pvalue),
        "degreesOfFreedom": int(test.dof),
    }


def joined_counts(*names):
    """The least that a comparison of many categories takes: both sides counted, and the counts side by side."""
    counts = pd.concat([series[name].value_counts() for name in names], axis=1, keys=names, join="outer").fillna(0)
    reference, current = (counts[name].to_numpy() for name in names)
    return {
        "n": float(reference.sum()),
        "m": float(current.sum()),
        "mostFrequent": float(reference.max()),
        "unmet": float(((reference == 0) & (current > 0)).sum()),
    }


serve(
    packages=["numpy", "scipy", "pandas"],
    calls={
        "scipy ks_2samp": of_columns(kolmogorov_smirnov),
        "numpy quantile + histogram": of_columns(population_stability_index),
        "scipy wasserstein_distance": of_columns(wasserstein),
        "scipy, six functions": of_columns(six_statistics),
        "pandas value_counts, outer join": joined_counts,
        "pandas value_counts, scipy chi2_contingency": homogeneity,
    },
    preparations={"text": as_text, "categorical": as_categorical},
)
