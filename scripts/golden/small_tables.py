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
    )
    if table.shape[1] == 1:
        return {"method": "chi-squared", "statistic": 0.0, "pValue": 1.0}
    result = stats.chi2_contingency(table.to_numpy(), correction=False)
    return {"method": "chi-squared", "statistic": result.statistic, "pValue": result.pvalue}


reference, current = read("small_reference.csv"), read("small_current.csv")
columns = {}
for name in reference.columns:
    numeric = pd.api.types.is_numeric_dtype(reference[name]) and reference[name].dtype != bool
    columns[name] = (ks if numeric else chi2)(reference[name], current[name])

adjusted = multipletests([c["pValue"] for c in columns.values()], method="fdr_bh")[1]
for column, p in zip(columns.values(), adjusted):
    column["adjustedPValue"] = p

meta = {
    "generator": "scripts/golden/small_tables.py",
    "call": "ks_2samp(reference, current); chi2_contingency(table, correction=False); multipletests(method='fdr_bh')",
    "versions": {"python": platform.python_version(), "scipy": scipy.__version__, "numpy": np.__version__},
}
(GOLDEN / "small-tables.json").write_text(json.dumps({"meta": meta, "columns": columns}, indent=1) + "\n")
