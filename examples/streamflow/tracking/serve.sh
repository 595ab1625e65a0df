#!/bin/sh
# MLflow's tracking server: runs in a file of SQLite, artifacts in a folder, which it hands on.
# HOST, PORT and MLFLOW_DATA are its settings.
set -eu
mkdir -p "$MLFLOW_DATA/artifacts"
export GIT_PYTHON_REFRESH=quiet PYTHONDONTWRITEBYTECODE=1
exec mlflow server --host "$HOST" --port "$PORT" --workers 1 \
  --backend-store-uri "sqlite:///$MLFLOW_DATA/mlflow.db" \
  --serve-artifacts --artifacts-destination "$MLFLOW_DATA/artifacts"
