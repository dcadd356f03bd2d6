#!/usr/bin/env bash
# The sources are laid out as clang-format 14 does it (./dev format); other versions differ in details, so they skip.
set -uo pipefail

cd -- "${1:-$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/..}" || exit 2
if ! clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
  echo "clang-format 14 is not installed."
  exit 77
fi
find src tests \( -name '*.c' -o -name '*.h' -o -name '*.cu' -o -name '*.cuh' -o -name '*.cpp' \) -print0 | xargs -0 -r clang-format --dry-run -Werror --
