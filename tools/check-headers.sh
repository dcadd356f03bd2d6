#!/usr/bin/env bash
# Compiles every header alone: as C those that no source of the same name begins with, which the build has then done; those
# shared with CUDA also as C++, and with nvcc where there is one.
# Speaks TAP. Usage: check-headers.sh [TREE]; CC, CXX and NVCC name the compilers, an empty NVCC none.
set -uo pipefail

cd -- "${1:-$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/..}" || exit 2
read -ra flags < <(pkg-config --cflags glib-2.0 gio-unix-2.0 json-glib-1.0 hdf5 cairo pangocairo libadwaita-1 gtksourceview-5)
flags+=(-Isrc -Wall -Wextra -Wno-unused-parameter -Wno-unused-function -Wno-missing-field-initializers -Werror -fsyntax-only)
shared=(src/engine/{types,cells,plan,kernels,device,card,rng}.h)
for header in src/engine/cells/*.h; do
  [ ! -f "$header" ] || shared+=("$header")
done
nvcc=$(command -v "${NVCC-nvcc}")
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT

# begins_source HEADER: its source includes it first, after config.h, which only defines words.
begins_source ()
{
  local source=${1%.h}.c line
  [ -f "$source" ] || return 1
  while read -r line; do
    case $line in
      '#include "config.h"') ;;
      "#include \"${1##*/}\"" | "#include \"${1#src/}\"") return 0 ;;
      '#include '*) return 1 ;;
    esac
  done <"$source"
  return 1
}

alone ()
{
  local header=$1
  shift
  printf '#include "%s"\n' "${header#src/}" | "$@" "${flags[@]}" -
}

c_alone ()
{
  alone "$1" "${CC:-gcc}" -std=gnu11 -x c
}

cxx_alone ()
{
  alone "$1" "${CXX:-g++}" -std=c++20 -x c++
}

all_with_nvcc ()
{
  local header
  for header in "${shared[@]}"; do
    printf '#include "%s"\n' "${header#src/}"
  done >"$folder/all.cu"
  "$nvcc" -std=c++20 -Isrc -Werror all-warnings -o "$folder/all.o" -c "$folder/all.cu"
}

names=()
points=()
while read -r header; do
  if ! begins_source "$header"; then
    points+=("c_alone $header")
    names+=("$header alone as C")
  fi
done < <(find src -name '*.h' | sort)
for header in "${shared[@]}"; do
  points+=("cxx_alone $header")
  names+=("$header alone as C++")
done
if [ -n "$nvcc" ]; then
  points+=(all_with_nvcc)
  names+=("the shared headers with nvcc")
fi

# As many at a time as there are processors; each keeps what the compiler says, and marks what went well.
workers=$(nproc)
for ((worker = 0; worker < workers; worker++)); do
  for ((i = worker; i < ${#points[@]}; i += workers)); do
    # shellcheck disable=SC2086
    ${points[i]} >"$folder/$i.said" 2>&1 && : >"$folder/$i.ok"
  done &
done
wait

echo "1..$((${#points[@]} + (${#nvcc} == 0)))"
for ((i = 0; i < ${#points[@]}; i++)); do
  sed 's/^/# /' "$folder/$i.said"
  [ -f "$folder/$i.ok" ] || printf 'not '
  echo "ok $((i + 1)) ${names[i]}"
done
[ -n "$nvcc" ] || echo "ok $((i + 1)) the shared headers with nvcc # SKIP nvcc is not installed"
