#!/usr/bin/env bash
# tools/new-component starts a component of each kind in a copy of the tree: it builds, is listed, and passes the tests of
# the registry and of style as it stands. Speaks TAP. Usage: new-component.sh TREE
set -uo pipefail

tree=$1
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
number=0

# point SENTENCE COMMAND ...: one test; what the command says is shown when it fails.
point ()
{
  local sentence=$1
  shift
  number=$((number + 1))
  if "$@" >"$scratch/log" 2>&1; then
    echo "ok $number $sentence"
  else
    tail -n 30 "$scratch/log" | sed 's/^/# /'
    echo "not ok $number $sentence"
  fi
}

listed ()
{
  build/src/cli/rheobase-cli list "$1" | grep -q "^ *scratch-$2 "
}

echo 1..17
mkdir "$scratch/tree"
cp -r -- "$tree"/{meson.build,meson_options.txt,src,data,po,tests,tools,.clang-format} "$scratch/tree"
cd -- "$scratch/tree" || exit 1
for kind in task model rule analysis plot; do
  point "Starts a component of the kind $kind" tools/new-component "$kind" "scratch-$kind"
done
refused () { ! tools/new-component "$@"; }
point "Refuses a name that is taken" refused task scratch-task
point "Refuses a kind that is not there" refused cell scratch-cell
point "Refuses a name with capitals" refused task Scratch
point "The files are laid out as the others" tools/check-format.sh
point "They keep to the rules of sources" tools/check-source.sh
point "They keep to the layers" tools/check-layers.py
meson setup -Dwerror=true build >"$scratch/setup" 2>&1
point "The tree with them builds without a warning" ninja -C build src/cli/rheobase-cli tests/test-registry
point "They pass the tests of the registry" env RHEO_DATA="$PWD/data" build/tests/test-registry
export RHEO_DATA=$PWD/data
point "The task is listed" listed tasks task
point "The model is listed" listed models model
point "The rule is listed" listed rules rule
point "The plot kind is listed" listed plots plot
