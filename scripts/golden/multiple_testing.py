"""statsmodels' multipletests, Holm's and Bonferroni's adjustment."""

from statsmodels.stats.multitest import multipletests

from benjamini_hochberg import families
from golden_file import write_golden


def cases():
    for name, p_values in families():
        yield {
            "name": name,
            "pValues": p_values,
            **{method: multipletests(p_values, method=method)[1].tolist() for method in ("holm", "bonferroni")},
        }


if __name__ == "__main__":
    write_golden(
        "multiple-testing",
        "statsmodels.stats.multitest.multipletests(pValues, method)[1]",
        ["numpy", "scipy", "statsmodels"],
        cases=cases(),
    )
