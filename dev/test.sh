#!/usr/bin/env bash
# Every test: first the source itself, then what may run side by side, then what measures and wants the machine alone.
set -euo pipefail
cd "$(dirname "$0")/.."
bash dev/check.sh
workers=$(nproc)
.venv/bin/python -m pytest -n "$workers" --dist worksteal -m "not alone" --durations=15 tests
.venv/bin/python -m pytest -m alone --durations=5 tests
