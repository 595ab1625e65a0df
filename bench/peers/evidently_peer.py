"""Evidently's DataDriftPreset as a peer: see serve.py."""

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
from serve import columns, labels, serve

datasets = {}


def as_dataset(name, *kinds):
    """Of the columns `name` + 0, 1, …, of which kinds[i] is `numeric` or `categorical`."""
    names = {
        kind: [f"x{i}" for i, other in enumerate(kinds) if other == kind]
        for kind in ("numeric", "categorical")
    }
    table = {}
    for i, kind in enumerate(kinds):
        values = columns.pop(f"{name}{i}")
        table[f"x{i}"] = values if kind == "numeric" else pd.Series(labels(values), dtype=object)
    definition = DataDefinition(
        numerical_columns=names["numeric"], categorical_columns=names["categorical"]
    )
    datasets[name] = Dataset.from_pandas(pd.DataFrame(table), definition)


def data_drift(reference, current):
    report = Report([DataDriftPreset()]).run(datasets[current], datasets[reference]).dict()
    return {
        metric["config"]["column"]: float(metric["value"])
        for metric in report["metrics"]
        if metric["config"]["type"] == "evidently:metric_v2:ValueDrift"
    }


serve(
    packages=["numpy", "scipy", "pandas", "evidently"],
    calls={"Evidently DataDriftPreset": data_drift},
    preparations={"dataset": as_dataset},
)
