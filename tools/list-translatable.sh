#!/usr/bin/env bash
# The sources with words for the user, one a line: what po/POTFILES.in must hold. Usage: list-translatable.sh [TREE]
set -euo pipefail
export LC_ALL=C

cd -- "${1:-$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/..}"
{
  grep -rlE '\b(_|N_|C_|NC_|ngettext) ?\(' --include='*.c' --include='*.cu' --include='*.ui' src data
  # Rows that several components share.
  grep -rlE '\bN_ ?\("' --include='*.h' src
} | sort
