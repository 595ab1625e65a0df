"""The report of Evidently 0.4 (DataDriftPreset) on golden/small_*.csv, as it is and repeated to more rows.

Usage: python scripts/golden/evidently_report.py   (needs evidently==0.4.40, which brings scipy and pandas)
"""

from evidently.metric_preset import DataDriftPreset
from evidently.report import Report
import pandas as pd

from golden_file import GOLDEN, write_golden

# Above 1000 reference rows Evidently changes from tests to distances: the same rows, four times over.
REPEATS = {"small": 1, "large": 4}


def read(name, repeats):
    table = pd.read_csv(GOLDEN / name, keep_default_na=False, na_values=[""])
    return pd.concat([table] * repeats, ignore_index=True)


def cases():
    for size, repeats in REPEATS.items():
        report = Report(metrics=[DataDriftPreset()])
        report.run(
            reference_data=read("small_reference.csv", repeats),
            current_data=read("small_current.csv", repeats),
        )
        dataset, table = [m["result"] for m in report.as_dict()["metrics"]]
        yield {
            "size": size,
            "repeats": repeats,
            "share_of_drifted_columns": dataset["share_of_drifted_columns"],
            "dataset_drift": dataset["dataset_drift"],
            "columns": [
                {
                    "name": name,
                    "stattest_name": column["stattest_name"],
                    "threshold": column["stattest_threshold"],
                    "score": float(column["drift_score"]),
                    "drifted": bool(column["drift_detected"]),
                }
                for name, column in table["drift_by_columns"].items()
            ],
        }


if __name__ == "__main__":
    write_golden(
        "evidently-report",
        "Report([DataDriftPreset()]).run(reference_data, current_data)",
        ["evidently", "numpy", "pandas", "scipy"],
        cases=cases(),
    )
