#!/bin/sh
# Feast over the snapshots: its views are applied, the online store is filled, the feature server answers.
# HOST, PORT, FEAST_DATA and the variables of PostgreSQL's clients are its settings.
set -eu
cd "$(dirname "$0")"
export FEAST_USAGE=False PYTHONDONTWRITEBYTECODE=1
feast apply
feast materialize 2001-01-01T00:00:00 2001-12-31T00:00:00
# By default its only worker ends after a thousand requests, and nobody answers while the next one starts.
exec feast serve --host "$HOST" --port "$PORT" --no-access-log --max-requests 0
