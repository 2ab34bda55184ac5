#!/bin/sh
# Makes the environment once, then opens adreport in the browser. Everything stays on this machine.
# On a Mac: the first time, right click and Open. On Linux: sh start.command
cd "$(dirname "$0")" || exit 1

fail() {
  printf '\n%s\n' "$@" >&2
  exit 1
}

if [ ! -f .venv/ready ] || [ requirements.lock -nt .venv/ready ]; then
  for PYTHON in python3 python3.14 python3.13 python3.12 python3.11 none; do
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
  done
  [ "$PYTHON" = none ] && fail "adreport needs Python 3.11 or newer, which is not on this machine yet." \
    "Take it from https://www.python.org/downloads/ and open start.command again."
  echo "Setting up adreport, once. This takes some minutes and needs the internet."
  [ -x .venv/bin/python ] || "$PYTHON" -m venv .venv || fail "On Debian or Ubuntu, python3-venv is needed as well."
  .venv/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock &&
    .venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e . ||
    fail "adreport could not be set up; the lines above tell why. Most often the internet or a proxy is in the way."
  touch .venv/ready
fi
exec .venv/bin/python -m adreport.cli start "$@"
