#!/usr/bin/env bash
# For a machine with a real GPU: whether everything computes right there by WebGPU, and how fast. Needs Node and npm; nothing else is installed
# outside of this folder. Prints a line of JSON for each thing: send them on.
#
#   bash tools/gpu-check.sh                        # versions, adapter, tests on the device, PPO steps of GPT-2's size
#   bash tools/gpu-check.sh --python venv/bin/python   # beside them the same steps in PyTorch on CUDA (tools/bench/baseline/requirements.txt)
#
# Takes some ten minutes, and 6 GB of the GPU's memory.
set -euo pipefail
cd "$(dirname "$0")/.."
test -d node_modules || npm ci --ignore-scripts >&2
exec node tools/gpu-check.mjs "$@"
