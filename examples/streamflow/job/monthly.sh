#!/bin/sh
# The monthly job: one snapshot against the one before it.
#   sh job/monthly.sh 2001-01-31 2001-02-28 [--fail-on action]
# TIDEGAUGE_DATABASE_URL, MLFLOW_TRACKING_URI and MLFLOW_EXPERIMENT_NAME say where; tidegauge.config.json says the rest.
# In a project of your own it is: npx tidegauge drift --reference 2001-01-31 --current 2001-02-28 --mlflow
set -eu
reference=$1 current=$2
shift 2
cd "$(dirname "$0")/.."
exec node --conditions=tidegauge-source --import tsx ../../packages/cli/src/bin.ts drift \
  --reference "$reference" --current "$current" ${MLFLOW_TRACKING_URI:+--mlflow} "$@"
