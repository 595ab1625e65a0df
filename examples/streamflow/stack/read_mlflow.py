"""What MLflow's own client has of an experiment, as JSON on standard output.

    python read_mlflow.py <tracking URI> <experiment>
"""
import hashlib
import json
import pathlib
import sys

from mlflow.tracking import MlflowClient


def artifacts(client, run_id, path=None):
    found = {}
    for one in client.list_artifacts(run_id, path):
        if one.is_dir:
            found.update(artifacts(client, run_id, one.path))
        else:
            content = pathlib.Path(client.download_artifacts(run_id, one.path)).read_bytes()
            found[one.path] = hashlib.sha256(content).hexdigest()
    return found


uri, name = sys.argv[1:]
client = MlflowClient(tracking_uri=uri)
experiment = client.get_experiment_by_name(name)
runs = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"])
json.dump([{
    "name": run.info.run_name,
    "status": run.info.status,
    "metrics": run.data.metrics,
    "params": run.data.params,
    "tags": run.data.tags,
    "artifacts": artifacts(client, run.info.run_id),
} for run in runs], sys.stdout)
