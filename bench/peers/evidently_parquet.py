"""What `tidegauge drift` does, by Evidently: two Parquet files in, a report as HTML out."""

import sys

import pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset

reference, current, html = sys.argv[1:]
sides = [Dataset.from_pandas(pd.read_parquet(path)) for path in (current, reference)]
Report([DataDriftPreset()]).run(*sides).save_html(html)
