#!/usr/bin/env bash
# Plays those who meet this repository first: who installs one package, who trains by the README, who makes a page that trains (where there is
# Chromium), who contributes to one package. Each begins in an empty folder with an empty npm cache; what each took is printed, and at last how many came through.
set -euo pipefail
cd "$(dirname "$0")/.."
exec node_modules/.bin/tsx tools/newcomer/main.ts
