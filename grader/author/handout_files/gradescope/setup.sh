#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image of the autograder.
set -euo pipefail
root=${GRADE_AUTOGRADER:-/autograder}

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends git libseccomp2

# The newest Python that torch is built for; the oldest image has none of its own, but a package.
python=$(compgen -c | grep -E '^python3\.1[1-4]$' | sort -V | tail -n 1 || true)
if [ -z "$python" ]; then
    apt-get install -y -qq --no-install-recommends python3.11
    python=python3.11
fi
apt-get install -y -qq --no-install-recommends "$python-venv" || "$python" -c 'import ensurepip'

cd "$root/source"
"$python" -I -m venv "$root/grade"
"$root/grade/bin/python" -I -m pip install --no-cache-dir --only-binary :all: --requirement requirements.txt
