"""The report of Evidently 0.7 (DataDriftPreset), column by column and as a whole, on tables of every kind of column.

Usage: PYTHONHASHSEED=0 python scripts/golden/evidently_07_report.py   (pip install -r requirements-evidently.txt)

`evidently_report.py` reads the tables from here and adds what 0.4 says of them.
"""

import logging
import warnings
from statistics import NormalDist

import numpy as np
import pandas as pd

from golden_file import write_golden

warnings.filterwarnings("ignore")

from evidently import Report  # noqa: E402
from evidently.presets import DataDriftPreset  # noqa: E402

logging.disable(logging.WARNING)
random = np.random.default_rng(20260204)

# Above 1000 values of the reference Evidently changes from tests to distances.
SIZES = {"small": (160, 120), "large": (1010, 100)}

COMMON = "the of and to in a is that for it as was with be by on not he his but at are this have from".split()
TOPICS = {
    "weather": "rain wind cloud storm sunny forecast cold warm degrees humid frost thunder breeze".split(),
    "money": "bank loan credit interest account payment invoice budget market price stock bond".split(),
}


def floats(values):
    return [float(f"{x:.3g}") for x in values]


def normal(n, shift=0.0, scale=1.0):
    return floats(random.normal(shift, scale, n))


def quantiles(n, mean=0.0, deviation=1.0):
    law = NormalDist(mean, deviation)
    return floats(law.inv_cdf((i + 0.5) / n) for i in range(n))


def pick(values, n, weights=None):
    p = None if weights is None else np.array(weights) / sum(weights)
    return [values[i] for i in random.choice(len(values), n, p=p)]


def with_gaps(values, share):
    """Missing with that probability, but at least once and neither at the start nor at the end."""
    gaps = random.random(len(values)) < share
    gaps[1], gaps[0], gaps[-1] = True, False, False
    return [None if gap else value for gap, value in zip(gaps, values)]


def replaced(values, *changes):
    values = list(values)
    for i, value in changes:
        values[i] = value
    return values


def documents(n, topic):
    words = COMMON + TOPICS[topic] * 2
    return [" ".join(pick(words, 4)) for _ in range(n)]


def days(n, start):
    return [day.isoformat() + "T00:00:00.000Z" for day in pd.date_range(start, periods=n, freq="D").date]


def everywhere(n, m):
    """Columns for both sizes: (name, kind, reference, current)."""
    yield "normal_same", "number", normal(n), normal(m)
    yield "normal_shift", "number", normal(n), normal(m, 0.6)
    yield "floats_of_two_values", "number", pick([0.5, 1.5], n), pick([0.5, 1.5], m, [2, 1])
    yield "floats_of_four_values", "number", pick([0.5, 1.5, 2.5, 4.0], n), pick([0.5, 1.5, 2.5, 4.0], m, [1, 1, 1, 2])
    yield "floats_of_eight_values", "number", pick([k + 0.5 for k in range(8)], n), pick([k + 0.5 for k in range(8)], m)
    yield "integers_of_two_values", "number", pick([0, 1], n), pick([0, 1], m, [3, 2])
    yield "integers_of_five_values", "number", pick([*range(5)], n), pick([*range(5)], m)
    yield "integers_of_ten_values", "number", pick([*range(10)], n), replaced(pick([*range(10)], m), *enumerate(range(10)))
    yield "integers_of_eleven_values", "number", pick([*range(11)], n), replaced(pick([*range(11)], m), *enumerate(range(11)))
    yield "integers_with_missing", "number", pick([*range(5)], n), with_gaps(pick([*range(5)], m, [1, 2, 3, 4, 5]), 0.1)
    yield "integers_that_narrow", "number", pick([*range(40)], n), pick([*range(4)], m)
    yield "integers_that_widen", "number", pick([*range(4)], n), pick([*range(40)], m)
    yield "boolean", "boolean", pick([True, False], n), pick([True, False], m, [3, 2])
    yield "boolean_missing_before", "boolean", with_gaps(pick([True, False], n), 0.1), pick([True, False], m)
    yield "many_categories", "text", pick([f"c{k}" for k in range(25)], n), pick([f"c{k}" for k in range(25)], m)
    yield "category_with_missing", "text", with_gaps(pick([*"abc"], n), 0.1), with_gaps(pick([*"abc"], m), 0.4)
    yield "new_category", "text", pick([*"ab"], n), replaced(pick([*"ab"], m), (3, "c"), (4, "c"))
    yield "constant_integer", "number", [7] * n, [7] * m
    yield "constant_changed", "text", ["a"] * n, ["b"] * m
    yield "number_with_missing", "number", with_gaps(normal(n), 0.1), with_gaps(normal(m, 0.3), 0.5)
    yield "infinite_and_missing", "number", replaced(normal(n), (0, np.inf), (1, None)), replaced(
        normal(m, 0.5), (5, -np.inf), (6, None)
    )
    yield "infinite_both", "number", replaced(normal(n), (5, np.inf)), replaced(normal(m, 0.9), (5, np.inf))
    yield "infinite_reference", "number", replaced(pick([*range(3)], n), (5, np.inf)), pick([*range(3)], m)
    yield "text_same", "text", documents(n, "weather"), documents(m, "weather")
    yield "text_changed", "text", documents(n, "weather"), documents(m, "money")
    yield "huge", "number", [x * 1e300 for x in normal(n)], [x * 1e300 for x in normal(m, 1)]
    yield "tiny", "number", floats(random.normal(0, 5e-5, n)), floats(random.normal(3e-5, 5e-5, m))
    yield "numbers_then_text", "mixed", pick([1, 2, 3], n), pick(["1", "2"], m)


def small_only(n, m):
    yield "constant_float", "number", [2.5] * n, [2.5] * m
    yield "lost_category", "text", replaced(pick([*"abc"], n), (0, "d")), pick([*"abc"], m)
    yield "prose_that_repeats", "text", pick(["it has rained all day long", "it was dry all day long"], n), pick(
        ["it has rained all day long", "it was dry all day long"], m
    )
    yield "two_categories", "text", pick(["x", "y"], n), pick(["x", "y"], m, [1, 2])
    yield "lognormal", "number", floats(np.exp(random.normal(0, 1, n))), floats(np.exp(random.normal(0.2, 1.2, m)))
    yield "boolean_missing_after", "boolean", pick([True, False], n), with_gaps(pick([True, False], m), 0.1)
    yield "few_categories", "text", pick([*"abcd"], n), pick([*"abcd"], m)
    yield "constant_category", "text", ["a"] * n, ["a"] * m
    yield "ids", "text", [f"u{k:04}" for k in range(n)], [f"u{k:04}" for k in range(n, n + m)]
    yield "letters", "text", pick([chr(k) for k in range(0x61, 0x7B)], n), [chr(k) for k in range(0x4E00, 0x4E00 + m)]
    yield "date", "date", days(n, "2025-01-01"), days(m, "2025-06-01")
    yield "empty_after", "number", normal(n), [None] * m
    yield "empty_before", "number", [None] * n, normal(m)
    yield "only_infinite_after", "number", normal(n), replaced([np.inf] * m, (0, None))
    yield "text_then_numbers", "mixed", pick(["1", "2"], n), normal(m)
    yield "numbers_then_prose", "mixed", [*range(n)], documents(m, "money")
    yield "one_number_then_one_text", "mixed", [1] * n, ["1"] * m
    yield "text_within_numbers", "mixed", pick([*"ab"], n), [1, *pick([*"ab"], m - 2), 2]
    yield "numbers_within_text", "mixed", pick([*"ab"], n), ["a", *pick([1, "b"], m - 2), "a"]
    yield "booleans_within_text", "mixed", pick([*"ab"], n), ["a", *pick([True, "b"], m - 2), "a"]
    yield "booleans_then_integers", "mixed", pick([True, False], n), pick([0, 1], m, [2, 1])
    yield "booleans_then_floats", "mixed", pick([True, False], n), normal(m)
    yield "numbers_then_booleans", "mixed", pick([0, 1], n), pick([True, False], m)


def at_the_edge(n):
    """The last reference that is small, and the first that is large."""
    yield f"floats_{n}", "number", [k % 50 / 2 for k in range(n)], [k % 40 / 2 for k in range(60)]
    yield f"categories_{n}", "text", [*("abc" * n)[:n]], [*"abbcc" * 12]


def verdict_cases():
    """(method, name, kind, reference, current): clear-cut, since these scores are random or of another model."""
    n, m = 90, 80
    yield "TVD", "same", "text", [*"abcd"] * 20, [*"abcd"] * 15 + ["a"]
    yield "TVD", "same, many", "text", [*"abcdefghijkl"] * 8, [*"abcdefghijkl"] * 7 + [*"aab"]
    yield "TVD", "other shares", "text", pick([*"abcd"], n), pick([*"abcd"], m, [6, 2, 1, 1])
    yield "TVD", "a new category", "text", pick([*"abc"], n), pick([*"abcd"], m, [1, 1, 1, 3])
    yield "TVD", "a lost category", "text", pick([*"abc"], n), pick([*"ab"], m)
    yield "empirical_mmd", "same", "number", quantiles(n), quantiles(m)
    yield "empirical_mmd", "same, large unit", "number", quantiles(n, 5e3, 200), quantiles(m, 5e3, 200)
    yield "empirical_mmd", "shift", "number", normal(n), normal(m, 1.0)
    yield "empirical_mmd", "scale", "number", normal(n), normal(m, 0, 3)
    yield "empirical_mmd", "two humps", "number", normal(n), normal(m // 2, -2, 0.3) + normal(m // 2, 2, 0.3)
    texts = [
        ("same topic", documents(200, "weather"), documents(180, "weather")),
        ("same topic, other size", documents(240, "money"), documents(120, "money")),
        ("other topic", documents(100, "weather"), documents(90, "money")),
    ]
    for name, reference, current in texts:
        for method in ["perc_text_content_drift", "abs_text_content_drift"]:
            yield method, name, "text", reference, current


def to_pandas(kind, values):
    """As pandas infers it: a missing number is NaN, and makes whole numbers floats."""
    return pd.Series(pd.to_datetime(values).tz_localize(None)) if kind == "date" else pd.Series(values)


def to_json(values):
    return [("Infinity" if x > 0 else "-Infinity") if isinstance(x, float) and np.isinf(x) else x for x in values]


def run(reference, current, **options):
    """The metrics of a report, and the flag of each column, which only its tests hold."""
    report = Report([DataDriftPreset(**options)], include_tests=True)
    result = report.run(pd.DataFrame(current), pd.DataFrame(reference)).dict()
    count, *metrics = result["metrics"]
    flags = {test["metric_config"]["params"].get("column"): str(test["status"]) for test in result["tests"]}
    return count["value"], {
        metric["config"]["column"]: {
            "method": metric["config"]["method"],
            "threshold": metric["config"]["threshold"],
            "score": float(metric["value"]),
            "drifted": flags[metric["config"]["column"]].endswith("FAIL"),
        }
        for metric in metrics
    }


def outcome(kind, reference, current, **options):
    # Beside a column that is always there: a report without columns raises.
    sides = [{"x": to_pandas(kind, side), "other": np.arange(0.0, len(side))} for side in (reference, current)]
    try:
        return run(*sides, **options)[1].get("x", {"left_out": True})
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:90]}


def columns():
    for size, (n, m) in SIZES.items():
        made = [*everywhere(n, m), *(small_only(n, m) if size == "small" else [])]
        made += at_the_edge(1000 if size == "small" else 1001)
        for name, kind, reference, current in made:
            yield {
                "size": size,
                "name": name,
                "kind": kind,
                **outcome(kind, reference, current),
                "reference": to_json(reference),
                "current": to_json(current),
            }


def from_json(values):
    return [float(x) if x in ("Infinity", "-Infinity") else x for x in values]


def share_of(rows):
    sides = [
        {row["name"]: to_pandas(row["kind"], from_json(row[side])) for row in rows} for side in ("reference", "current")
    ]
    value, found = run(*sides)
    assert all(found[row["name"]]["score"] == row["score"] for row in rows if "score" in row)
    return {"columns": [row["name"] for row in rows], **value}


# Its count keeps infinities that its flags have set aside, and leaves out booleans that became floats.
AT_ODDS = {"infinite_both", "infinite_reference", "booleans_then_floats"}


def reports(rows):
    """The shares of whole tables, and of the large column whose count denies its own flag."""
    fit = [row for row in rows if "error" not in row]
    for size in SIZES:
        rows_of_table = [row for row in fit if row["size"] == size and len(row["reference"]) == SIZES[size][0]]
        agreeing = [row for row in rows_of_table if row["name"] not in AT_ODDS]
        yield {"size": size, "at_odds": False, **share_of(agreeing)}
    yield {"size": "large", "at_odds": True, **share_of([r for r in fit if (r["size"], r["name"]) == ("large", "infinite_both")])}


def verdicts():
    """One row a data set, with the outcome of each method that it is for."""
    rows = {}
    for method, name, kind, reference, current in verdict_cases():
        np.random.seed(0)  # empirical_mmd takes numpy's global state
        row = rows.setdefault(
            (kind, name), {"name": name, "kind": kind, "methods": {}, "reference": reference, "current": current}
        )
        row["methods"][method] = outcome(kind, reference, current, per_column_method={"x": method})
    return rows.values()


if __name__ == "__main__":
    rows = list(columns())
    write_golden(
        "evidently-0.7-report",
        "Report([DataDriftPreset()], include_tests=True).run(current, reference), each column beside one other; "
        "verdicts: DataDriftPreset(per_column_method={column: method})",
        ["evidently", "numpy", "pandas", "scipy", "scikit-learn"],
        columns=rows,
        reports=reports(rows),
        verdicts=verdicts(),
    )
