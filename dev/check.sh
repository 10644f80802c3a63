#!/usr/bin/env bash
# Everything a machine can say about the source without running it.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff check src client tests
$bin/ruff format --check src client tests
$bin/mypy
$bin/lint-imports
$bin/djlint --lint src/zhizhao/web/templates --quiet
git ls-files -z | xargs -0 $bin/python dev/hygiene.py
$bin/python -m pytest -q -p no:cacheprovider tests/architecture
