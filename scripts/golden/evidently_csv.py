"""The report of Evidently 0.7 (DataDriftPreset) on CSV files, as pandas reads them: a floating point number that is
written without a fraction, and a date, are what their text says.

Usage: PYTHONHASHSEED=0 python scripts/golden/evidently_csv.py   (pip install -r requirements-evidently.txt)

The files hold anes96, a data set of statsmodels (American National Election Study of 1996, public domain), and columns
of dates that are made up here. They are written beside the golden file.
"""

import warnings

import numpy as np
import pandas as pd

from golden_file import PACKAGES, write_golden

warnings.filterwarnings("ignore")

import statsmodels.api as sm  # noqa: E402

from evidently_07_report import run  # noqa: E402

GOLDEN = PACKAGES / "cli" / "golden"
SIDES = ["reference", "current"]
random = np.random.default_rng(20261129)


def tables():
    """Both halves of the study, with columns of dates: few, many, as somebody in Europe writes them, with a gap."""
    study = sm.datasets.anes96.load_pandas().data
    half = len(study) // 2
    for start, side in [(0, study[:half]), (6, study[half:])]:
        n = len(side)
        days = pd.Timestamp("2026-01-05") + pd.to_timedelta(random.integers(start, start + 12, n), unit="D")
        moments = pd.Timestamp("2026-01-05") + pd.to_timedelta(random.integers(0, 10**7, n), unit="s")
        yield side.reset_index(drop=True).assign(
            day=days.strftime("%Y-%m-%d"),
            moment=moments.strftime("%Y-%m-%d %H:%M:%S"),
            european=days.strftime("%d.%m.%Y"),
            gap=[None if i % 9 == 4 else day for i, day in enumerate(days.strftime("%Y-%m-%d"))],
            pupil=side["educ"].to_numpy() < 3,
        )


def as_whole(table):
    """Without the `.0`: pandas reads integers again."""
    return table.assign(**{c: table[c].astype(int) for c in table if table[c].dtype == float and (table[c] % 1 == 0).all()})


def outcomes(name, made):
    GOLDEN.mkdir(exist_ok=True)
    paths = [GOLDEN / f"anes96_{name}_{side}.csv" for side in SIDES]
    for table, path in zip(made, paths):
        table.to_csv(path, index=False)
    read = [pd.read_csv(path) for path in paths]
    count, columns = run(*read)
    yield {
        "files": [path.name for path in paths],
        "share": count["share"],
        "dtypes": {c: str(t) for c, t in read[1].dtypes.items()},
        "columns": [{"name": c, **columns.get(c, {"left_out": True})} for c in read[0]],
    }


if __name__ == "__main__":
    made = list(tables())
    write_golden(
        "evidently-0.7-csv",
        "Report([DataDriftPreset()], include_tests=True).run(pandas.read_csv(current), pandas.read_csv(reference))",
        ["evidently", "numpy", "pandas", "scipy", "scikit-learn", "statsmodels"],
        package="cli",
        reports=[*outcomes("floats", made), *outcomes("whole", [as_whole(table) for table in made])],
    )
