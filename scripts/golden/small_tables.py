"""What scipy says of every column of golden/small_reference.csv against golden/small_current.csv.

Usage: python scripts/golden/small_tables.py   (needs scipy, pandas, statsmodels)
"""
import json
import platform
from pathlib import Path

import numpy as np
import pandas as pd
import scipy
from scipy import optimize, stats
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
    pooled, rare = pool_rare(table)
    shares = stats.chi2_contingency(pooled, correction=False) if pooled.shape[1] > 1 else None
    if shares is None and rare.shape[1] == 0:
        return {"method": "chi-squared", "statistic": 0.0, "pValue": 1.0}
    if rare.shape[1] == 0:
        return {"method": "chi-squared", "statistic": shares.statistic, "pValue": shares.pvalue}
    n, m = table.sum(axis=1)
    risen, lost = smallest_of(rare, n, m), smallest_of(rare[::-1], m, n)
    p = min(
        1,
        (shares.pvalue if shares is not None else 1) / 0.7,
        *(of_rare / 0.1 for of_rare in (risen[0], lost[0], unmet(rare, n, m))),
    )
    # What is found among the rare has a cell of its own in the statistic.
    found = {i for q, i in risen[1] + lost[1] if q <= 0.1 * 0.05}
    cells = np.c_[rare[:, sorted(found)], rare[:, [i for i in range(rare.shape[1]) if i not in found]].sum(axis=1)]
    cells = np.c_[pooled[:, 1:], cells[:, cells.sum(axis=0) > 0]]
    statistic = stats.chi2_contingency(cells, correction=False).statistic if cells.shape[1] > 1 else 0.0
    return {"method": "chi-squared", "statistic": statistic, "pValue": p}


def smallest_of(rare, n, m):
    """Fisher's one-sided test of each category for having become more frequent, times the number that could be as small."""
    totals = rare.sum(axis=0)
    reachable = stats.hypergeom.pmf(totals, n + m, m, totals)
    found = []
    for i, (before, after) in enumerate(rare.T):
        if after > totals[i] * m / (n + m):
            p = stats.hypergeom.sf(after - 1, n + m, m, totals[i])
            found.append((min(1, p * max(1, (reachable <= p * (1 + 1e-12)).sum())), i))
    return min(found, default=(1, None))[0], found


def unmet(rare, n, m):
    """Are there too many current values of categories that the reference has not? Of all, and by how often they occur."""
    classes = np.floor(np.log2(rare.sum(axis=0)))
    distinct = np.unique(classes)
    if len(distinct) == 1:
        return min(1.0, chernoff(rare, n, m))
    of_classes = [chernoff(rare[:, classes == one], n, m) for one in distinct]
    return min(1.0, 2 * chernoff(rare, n, m), *(2 * len(distinct) * p for p in of_classes))


def chernoff(rare, n, m):
    """Chernoff's bound of the current values of categories that the reference has not."""
    unmet_values = rare[1, rare[0] == 0].sum()
    totals = rare.sum(axis=0)
    chance = stats.hypergeom.pmf(totals, n + m, m, totals)
    if unmet_values <= (totals * chance).sum():
        return 1.0
    bound = lambda s: -s * unmet_values + np.logaddexp(np.log1p(-chance), np.log(chance) + s * totals).sum()
    result = optimize.minimize_scalar(bound, bounds=(0, 20), method="bounded", options={"xatol": 1e-9})
    return np.exp(result.fun)


def pool_rare(table):
    """Pools the rarest categories until none, the pool included, is expected fewer than five times: the pool, then the others."""
    table = table[:, np.argsort(table.sum(axis=0), kind="stable")]
    smallest_share = table.sum(axis=1).min() / table.sum()
    expected = table.sum(axis=0) * smallest_share
    if expected[0] >= 5 or table.shape[1] <= 2:
        return table, table[:, :0]
    for k in range(1, table.shape[1]):
        if k == table.shape[1] - 1 or (expected[:k].sum() >= 5 and expected[k] >= 5):
            return np.c_[table[:, :k].sum(axis=1), table[:, k:]], table[:, :k]


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
    "call": "ks_2samp(reference, current); chi2_contingency(table, correction=False), rare categories pooled, and of these hypergeom.sf and Chernoff's bound; proportions_ztest of the missing; multipletests(method='fdr_bh')",
    "versions": {"python": platform.python_version(), "scipy": scipy.__version__, "numpy": np.__version__},
}
(GOLDEN / "small-tables.json").write_text(json.dumps({"meta": meta, "columns": columns}, indent=1) + "\n")
