"""Runs Evidently's own tests over the golden tables and a few made for its corners.

Its dependencies clash with those of the other generators: pip install -r requirements-evidently.txt
"""

import warnings

import numpy as np
import pandas as pd

from golden_file import GOLDEN, write_golden

warnings.filterwarnings("ignore")

from evidently.legacy.calculations import stattests  # noqa: E402
from evidently.legacy.core import ColumnType  # noqa: E402

random = np.random.default_rng(20260105)

DIVERGENCES = {
    "psi": stattests.psi_stat_test,
    "kl_div": stattests.kl_div_stat_test,
    "jensenshannon": stattests.jensenshannon_stat_test,
    "hellinger": stattests.hellinger_stat_test,
}
CATEGORICAL = {
    "chisquare": stattests.chi_stat_test,
    "z": stattests.z_stat_test,
    "g_test": stattests.g_test,
    "fisher_exact": stattests.fisher_exact_test,
}


def read(name):
    # Text stays text: "NA" and "null" would be categories like any other.
    return pd.read_csv(GOLDEN / name, keep_default_na=False, na_values=[""])


def scores(tests, reference, current, column_type):
    for name, test in tests.items():
        try:
            score = float(test(reference.copy(), current.copy(), column_type, 0.1).drift_score)
            # NaN: chisquare of one category.
            yield name, score if score == score else "nan"
        except ValueError as error:
            yield name, {"error": str(error)[:60]}


def tables():
    """Every column as its type, and numbers of few values as categories too."""
    before, after = read("small_reference.csv"), read("small_current.csv")
    for column in before.columns:
        reference, current = before[column].dropna(), after[column].dropna()
        is_numeric = pd.api.types.is_numeric_dtype(reference) and reference.dtype != bool
        if is_numeric:
            # Floats: numpy 2 counts integers into other bins than floats, and than numpy 1 did.
            floats = [side.astype(float) for side in (reference, current)]
            yield {"column": column, "type": "numeric", **dict(scores(DIVERGENCES, *floats, ColumnType.Numerical))}
        if not is_numeric or reference.nunique() <= 15:
            all_tests = DIVERGENCES | CATEGORICAL
            yield {
                "column": column,
                "type": "categorical",
                **dict(scores(all_tests, reference, current, ColumnType.Categorical)),
            }


def numbers():
    def normal(n, shift=0.0, scale=1.0):
        return [float(f"{x:.5g}") for x in random.normal(shift, scale, n)]

    yield "20 distinct values", list(range(20)) * 3, list(range(5, 25)) * 2
    yield "21 distinct values", list(range(21)) * 3, list(range(5, 26)) * 2
    yield "64 values in all: a power of two", normal(40), normal(24, 0.5)
    yield "512 values in all", normal(256), normal(256, 0.2)
    yield "few current values", normal(100), [0.5, 0.7]
    yield "far outlier: bins empty on both sides", normal(60), normal(50) + [1000.0]
    yield "share below 0.0001", [0.0] * 12000 + normal(30, 0, 4), normal(200, 1)
    yield "large and close", [1.7e9 + x for x in normal(80)], [1.7e9 + x for x in normal(60, 1)]
    yield "small", [x * 1e-9 for x in normal(80)], [x * 1e-9 for x in normal(60, 1)]
    yield "negative zero", [-0.0, 0.0, 1.0] * 5, [0.0, 1.0, 1.0]


def numeric_cases():
    for name, reference, current in numbers():
        sides = [pd.Series(side, dtype=float) for side in (reference, current)]
        case = {"name": name, "reference": reference, "current": current}
        if len(reference) > 1000:
            # The zeros at its start are left to the reader.
            case |= {"zeros": 12000, "reference": reference[12000:]}
        yield case | dict(scores(DIVERGENCES, *sides, ColumnType.Numerical))


def categories():
    yield "equal sizes", "aaabbbcc", "aabbbbcc"
    yield "two categories", "aaaaabbb", "aabbbbbb"
    yield "a new category", "aaabbbbb", "aabbbbbc"
    yield "a lost category", "aaabbbbc", "aabbbbbb"
    yield "constant, equal", "aaaa", "aaaa"
    yield "constant, changed", "aaaa", "bbbb"
    yield "constant, then two", "aaaa", "aabb"
    yield "numbers, in the order of numbers", [10, 9, 9, 10], [10, 10, 9, 10]
    yield "first in order is rare", "bbbbbbbc", "abbbbbcc"


def category_cases():
    for name, reference, current in categories():
        sides = [pd.Series(list(side)) for side in (reference, current)]
        yield {
            "name": name,
            "reference": list(reference),
            "current": list(current),
            **dict(scores(DIVERGENCES | CATEGORICAL, *sides, ColumnType.Categorical)),
        }


SIZES = [2, 3, 4, 7, 8, 16, 31, 32, 33, 64, 100, 128, 250, 256, 512, 1000, 1024, 4096]
RANGES = [(0.0, 1.0), (0.1, 0.7), (-3.183715, 3.452466), (1.7e9, 1.7e9 + 997.3), (-1e-12, 3e-11), (-1e300, 7e299)]


def edge_cases():
    for size in SIZES:
        for low, high in RANGES:
            values = np.linspace(low, high, size)
            edges = np.histogram_bin_edges(values, bins="sturges")
            yield {"size": size, "low": low, "high": high, "edges": edges.tolist()}


if __name__ == "__main__":
    write_golden(
        "evidently",
        "evidently.legacy.calculations.stattests.<test>(reference, current, type, 0.1).drift_score, numbers as "
        "floats, missing values dropped; edges: numpy.histogram_bin_edges(numpy.linspace(low, high, size), 'sturges')",
        ["evidently", "numpy", "pandas", "scipy"],
        tables=tables(),
        numbers=numeric_cases(),
        categories=category_cases(),
        edges=edge_cases(),
    )
