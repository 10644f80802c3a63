#!/usr/bin/env bash
# Make .venv and install what is missing. First argument: base (run the platform) or test (run its tests too).
# Does nothing, in well under three seconds, when there is nothing to do.
set -euo pipefail
cd "$(dirname "$0")/.."
level=${1:-base}
packages=(fonts-noto-cjk)
if [ "$level" = test ]; then
  packages+=(chromium fonts-noto-cjk poppler-utils postgresql openssl procps)
fi

python=$(command -v python3.11 || command -v python3 || true)
if [ -z "$python" ] || ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  packages+=(python3 python3-venv)
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "error: packages-missing: as root, run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo "Installing Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  python=$(command -v python3.11 || command -v python3)
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "error: python-too-old: Python 3.11 or newer is needed, found $("$python" --version)" >&2
  exit 1
fi

stamp=.venv/.installed
wanted=$(cat requirements/*.txt pyproject.toml dev/install.sh | sha256sum | cut -d' ' -f1)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  exit 0
fi
echo "Installing Python packages into .venv (pinned, with hashes)"
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/build.txt
.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/test.txt
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
echo "$wanted" > "$stamp"
