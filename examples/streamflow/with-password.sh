#!/bin/sh
# Runs a command with the database's password, which is made at the first start and lies in a file of the stack's own.
set -eu
if [ -n "${PASSWORD_FILE:-}" ]; then
  PGPASSWORD=$(cat "$PASSWORD_FILE")
  export PGPASSWORD
fi
exec "$@"
