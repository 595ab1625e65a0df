"""What Evidently 0.4's Report.as_dict() is for a DataDriftPreset: some columns and rows of the drift package's
golden/small_*.csv, as they are and repeated to more rows, with a target, a prediction and an own drift_share.

Usage: PYTHONHASHSEED=0 python scripts/golden/evidently_as_dict.py   (pip install -r requirements-evidently-0.4.txt)
"""

import json
import logging
import platform
import warnings
from importlib.metadata import version
from pathlib import Path

from evidently import ColumnMapping
from evidently.metric_preset import DataDriftPreset
from evidently.report import Report
import numpy as np
import pandas as pd

from golden_file import GOLDEN

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

TARGET = Path(__file__).resolve().parents[2] / "packages" / "reporters" / "golden" / "evidently-as-dict.json"
COLUMNS = ["norm_shift", "norm_same", "nan_num", "int4", "const", "cat_shift", "cat_new", "cat_same", "cat_const"]
# Above 1000 reference rows Evidently changes from tests to distances: the same rows, eight times over.
CASES = [
    {"name": "tests", "repeats": 1, "drift_share": 0.5},
    {"name": "distances", "repeats": 8, "drift_share": 0.5},
    {"name": "another share", "repeats": 1, "drift_share": 0.3},
]


def read(name, rows):
    table = pd.read_csv(GOLDEN / name, keep_default_na=False, na_values=[""])
    return table[COLUMNS].head(rows)


def plain(value):
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value if value is None or isinstance(value, (str, int, float, bool)) else plain(vars(value))


def cells(table):
    return {name: [None if pd.isna(x) else plain(x) for x in table[name]] for name in table}


def as_dict(reference, current, repeats, drift_share):
    report = Report(metrics=[DataDriftPreset(drift_share=drift_share)])
    report.run(
        reference_data=pd.concat([reference] * repeats, ignore_index=True),
        current_data=pd.concat([current] * repeats, ignore_index=True),
        column_mapping=ColumnMapping(target="cat_shift", prediction="cat_same"),
    )
    return plain(report.as_dict())


if __name__ == "__main__":
    reference, current = read("small_reference.csv", 160), read("small_current.csv", 120)
    packages = ["evidently", "numpy", "pandas", "scipy"]
    parts = {
        "meta": {
            "generator": "scripts/golden/evidently_as_dict.py",
            "versions": {"python": platform.python_version()} | {p: version(p) for p in packages},
            "call": "Report([DataDriftPreset(drift_share)]).run(reference, current, "
            "ColumnMapping(target='cat_shift', prediction='cat_same')); as_dict()",
        },
        "reference": cells(reference),
        "current": cells(current),
        "cases": [
            {**case, "as_dict": as_dict(reference, current, case["repeats"], case["drift_share"])} for case in CASES
        ],
    }
    lines = [f"  {json.dumps(key)}: {json.dumps(part, allow_nan=False)}" for key, part in parts.items()]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n")
