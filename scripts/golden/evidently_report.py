"""The report of Evidently 0.4 (DataDriftPreset): on golden/small_*.csv, as it is and repeated to more rows, and on
each column of golden/evidently-0.7-report.json, which is made first.

Usage: PYTHONHASHSEED=0 python scripts/golden/evidently_report.py   (pip install -r requirements-evidently-0.4.txt)
"""

import json
import logging
import warnings

from evidently import ColumnMapping
from evidently.metric_preset import DataDriftPreset
from evidently.report import Report
import numpy as np
import pandas as pd

from golden_file import GOLDEN, write_golden

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

# Above 1000 reference rows Evidently changes from tests to distances: the same rows, four times over.
REPEATS = {"small": 1, "large": 4}


def read(name, repeats):
    table = pd.read_csv(GOLDEN / name, keep_default_na=False, na_values=[""])
    return pd.concat([table] * repeats, ignore_index=True)


def run(reference, current, mapping=None, **options):
    report = Report(metrics=[DataDriftPreset(**options)])
    report.run(reference_data=reference, current_data=current, column_mapping=mapping)
    dataset, table = [m["result"] for m in report.as_dict()["metrics"]]
    return dataset, {
        name: {
            "stattest_name": column["stattest_name"],
            "threshold": column["stattest_threshold"],
            "score": float(column["drift_score"]),
            "drifted": bool(column["drift_detected"]),
        }
        for name, column in table["drift_by_columns"].items()
    }


def cases():
    for size, repeats in REPEATS.items():
        dataset, columns = run(read("small_reference.csv", repeats), read("small_current.csv", repeats))
        yield {
            "size": size,
            "repeats": repeats,
            "share_of_drifted_columns": dataset["share_of_drifted_columns"],
            "dataset_drift": dataset["dataset_drift"],
            "columns": [{"name": name, **column} for name, column in columns.items()],
        }


def to_pandas(kind, values):
    if kind == "date":
        return pd.Series(pd.to_datetime(values).tz_localize(None))
    return pd.Series([float(x) if x in ("Infinity", "-Infinity") else x for x in values])


def outcome(row, mapping=None, **options):
    # Beside a column that is always there: a report without columns raises.
    sides = [
        pd.DataFrame({"x": to_pandas(row["kind"], row[side]), "other": np.arange(0.0, len(row[side]))})
        for side in ("reference", "current")
    ]
    try:
        return run(*sides, mapping, **options)[1].get("x", {"left_out": True})
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:90]}


def columns(tables):
    for row in tables["columns"]:
        yield {"size": row["size"], "name": row["name"], **outcome(row)}


def verdicts(tables):
    for row in tables["verdicts"]:
        for method in row["methods"]:
            np.random.seed(0)  # empirical_mmd takes numpy's global state
            mapping = ColumnMapping(text_features=["x"]) if "text" in method else None
            options = {"per_column_stattest": {"x": method}}
            yield {"name": row["name"], "kind": row["kind"], "method": method, **outcome(row, mapping, **options)}


if __name__ == "__main__":
    tables = json.loads((GOLDEN / "evidently-0.7-report.json").read_text())
    write_golden(
        "evidently-report",
        "Report([DataDriftPreset()]).run(reference_data, current_data); verdicts: "
        "DataDriftPreset(per_column_stattest={column: method}), texts declared",
        ["evidently", "numpy", "pandas", "scipy", "scikit-learn"],
        cases=cases(),
        columns=columns(tables),
        verdicts=verdicts(tables),
    )
