"""What MLflow's own client reads of an experiment, as JSON on standard output.

    python read-runs.py <tracking URI> <experiment> [<registered model>]
"""
import json
import sys

import mlflow
from mlflow.entities import ViewType
from mlflow.tracking import MlflowClient


def artifacts(client, run_id, path=None):
    found = {}
    for one in client.list_artifacts(run_id, path):
        if one.is_dir:
            found.update(artifacts(client, run_id, one.path))
        else:
            with open(client.download_artifacts(run_id, one.path), encoding="utf-8") as file:
                found[one.path] = file.read()
    return found


def run_of(client, run):
    # Each one is a request.
    history = {key: [[m.value, m.timestamp, m.step] for m in client.get_metric_history(run.info.run_id, key)]
               for key in ("drift_share", "current_rows", "drift_effect/age") if key in run.data.metrics}
    return {
        "id": run.info.run_id,
        "name": run.info.run_name,
        "status": run.info.status,
        "stage": run.info.lifecycle_stage,
        "startTime": run.info.start_time,
        "endTime": run.info.end_time,
        "metrics": run.data.metrics,
        "history": history,
        "params": run.data.params,
        "tags": run.data.tags,
        "artifacts": artifacts(client, run.info.run_id) if run.info.lifecycle_stage == "active" else {},
    }


uri, name, *models = sys.argv[1:]
mlflow.set_tracking_uri(uri)
client = MlflowClient(tracking_uri=uri, registry_uri=uri)
experiments = [one for one in client.search_experiments(view_type=ViewType.ALL) if one.name == name]
runs = client.search_runs([one.experiment_id for one in experiments], run_view_type=ViewType.ALL) if experiments else []
versions = {version.version: version.tags for model in models for version in client.search_model_versions(f"name='{model}'")}
json.dump({
    "experiments": [one.experiment_id for one in experiments],
    "runs": [run_of(client, run) for run in runs],
    "versions": versions,
}, sys.stdout)
