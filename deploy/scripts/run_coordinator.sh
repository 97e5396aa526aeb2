#!/usr/bin/env bash
# Runs a coordinator in the foreground: run_coordinator.sh CONFIG_FILE
set -euo pipefail
if [ $# -ne 1 ]; then
    echo "Usage: $(basename "$0") CONFIG_FILE" >&2
    exit 2
fi
exec "$(dirname "${BASH_SOURCE[0]}")/../../nsfl" run coordinator --config_file "$1"
