"""What scipy says of every column of golden/small_reference.csv against golden/small_current.csv.

Usage: python scripts/golden/small_tables.py   (needs scipy, pandas, statsmodels)
"""
import json
import platform
from pathlib import Path

import numpy as np
import pandas as pd
import scipy
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

GOLDEN = Path(__file__).parents[2] / "packages/drift/golden"


def read(name):
    # Text stays text: "NA" and "null" would be categories like any other.
    return pd.read_csv(GOLDEN / name, keep_default_na=False, na_values=[""])


def ks(reference, current):
    result = stats.ks_2samp(reference.dropna(), current.dropna())
    return {"method": "kolmogorov-smirnov", "statistic": result.statistic, "pValue": result.pvalue}


def chi2(reference, current):
    table = pd.crosstab(
        np.r_[np.zeros(reference.notna().sum()), np.ones(current.notna().sum())],
        pd.concat([reference.dropna(), current.dropna()]).astype(str).to_numpy(),
    ).to_numpy()
    table = pool_rare(table)
    if table.shape[1] == 1:
        return {"method": "chi-squared", "statistic": 0.0, "pValue": 1.0}
    result = stats.chi2_contingency(table, correction=False)
    return {"method": "chi-squared", "statistic": result.statistic, "pValue": result.pvalue}


def pool_rare(table):
    """Pools the rarest categories until none, the pool included, is expected fewer than five times."""
    table = table[:, np.argsort(table.sum(axis=0), kind="stable")]
    smallest_share = table.sum(axis=1).min() / table.sum()
    expected = table.sum(axis=0) * smallest_share
    if expected[0] >= 5:
        return table
    for k in range(1, table.shape[1]):
        if k == table.shape[1] - 1 or (expected[:k].sum() >= 5 and expected[k] >= 5):
            return np.c_[table[:, :k].sum(axis=1), table[:, k:]]
    return table


def missing(reference, current):
    counts = [reference.isna().sum(), current.isna().sum()]
    if sum(counts) == 0:
        return None
    return proportions_ztest(counts, [len(reference), len(current)])[1]


reference, current = read("small_reference.csv"), read("small_current.csv")
columns = {}
for name in reference.columns:
    numeric = pd.api.types.is_numeric_dtype(reference[name]) and reference[name].dtype != bool
    columns[name] = (ks if numeric else chi2)(reference[name], current[name])
    columns[name]["missingPValue"] = missing(reference[name], current[name])

tests = [(c, "adjustedPValue", c["pValue"]) for c in columns.values()]
tests += [(c, "adjustedMissingPValue", c["missingPValue"]) for c in columns.values() if c["missingPValue"]]
adjusted = multipletests([p for _, _, p in tests], method="fdr_bh")[1]
for (column, field, _), p in zip(tests, adjusted):
    column[field] = p

meta = {
    "generator": "scripts/golden/small_tables.py",
    "call": "ks_2samp(reference, current); chi2_contingency(table, correction=False), rare categories pooled; proportions_ztest of the missing; multipletests(method='fdr_bh')",
    "versions": {"python": platform.python_version(), "scipy": scipy.__version__, "numpy": np.__version__},
}
(GOLDEN / "small-tables.json").write_text(json.dumps({"meta": meta, "columns": columns}, indent=1) + "\n")
