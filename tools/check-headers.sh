#!/usr/bin/env bash
# Compiles every header alone: all as C, those shared with CUDA also as C++, and with nvcc where there is one.
# Speaks TAP. Usage: check-headers.sh [TREE]
set -uo pipefail

cd -- "${1:-$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/..}" || exit 2
read -ra flags < <(pkg-config --cflags glib-2.0 gio-unix-2.0 json-glib-1.0 hdf5 cairo pangocairo libadwaita-1 gtksourceview-5)
flags+=(-Isrc -Wall -Wextra -Wno-unused-parameter -Wno-unused-function -Wno-missing-field-initializers -Werror -fsyntax-only)
shared=(src/engine/{types,cells,plan,kernels,device,rng}.h)
for header in src/engine/cells/*.h; do
  [ ! -f "$header" ] || shared+=("$header")
done
mapfile -t headers < <(find src -name '*.h' | sort)
nvcc=$(command -v nvcc)
number=0
echo "1..$((${#headers[@]} + ${#shared[@]} + 1))"

# point NAME COMMAND ...: one test; what the command says goes before it as a comment.
point ()
{
  local name=$1 out
  shift
  number=$((number + 1))
  if out=$("$@" 2>&1); then
    echo "ok $number $name"
  else
    printf '%s\n' "$out" | sed 's/^/# /'
    echo "not ok $number $name"
  fi
}

compile ()
{
  local header=$1
  shift
  printf '#include "%s"\n' "${header#src/}" | "$@" "${flags[@]}" -
}

for header in "${headers[@]}"; do
  point "$header alone as C" compile "$header" "${CC:-gcc}" -std=gnu11 -x c
done
for header in "${shared[@]}"; do
  point "$header alone as C++" compile "$header" "${CXX:-g++}" -std=c++20 -x c++
done

all_with_nvcc ()
{
  local folder status=0
  folder=$(mktemp -d)
  for header in "${shared[@]}"; do
    printf '#include "%s"\n' "${header#src/}"
  done >"$folder/all.cu"
  "$nvcc" -std=c++20 -Isrc -Werror all-warnings -o "$folder/all.o" -c "$folder/all.cu" || status=1
  rm -rf -- "$folder"
  return "$status"
}
if [ -n "$nvcc" ]; then
  point "the shared headers with nvcc" all_with_nvcc
else
  echo "ok $((number + 1)) the shared headers with nvcc # SKIP nvcc is not installed"
fi
