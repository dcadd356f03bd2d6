#!/usr/bin/env bash
# What scripts read is the same in every locale.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/tiny.sh"

localedef -i de_DE -f UTF-8 "$folder/de_DE.UTF-8" >/dev/null 2>&1
if [ "$(LOCPATH=$folder LC_ALL=de_DE.UTF-8 locale decimal_point 2>/dev/null)" != , ]; then
  echo "1..0 # SKIP localedef cannot make de_DE.UTF-8 here"
  exit 0
fi

# What was printed, less what differs from run to run.
without_times () { sed 's/"\(run\|seconds\|trials-per-second\)" *: *[^,}]*//g' "$out"; }

# Everything that a run gives, without the times, in a folder.
all ()
{
  mkdir "$1"
  run train tiny.json --out "$1/a.h5" --set rule.optimiser.lr=0.0125 --json
  without_times >"$1/train.json"
  run show tiny.json --set rule.optimiser.lr=0.0125
  cp "$out" "$1/show.json"
  run evaluate "$1/a.h5" --json
  without_times >"$1/evaluate.json"
  run analyse "$1/a.h5" weight-stats --out "$1/weights.csv"
  run plot "$1/a.h5" line --from train.loss --out "$1/loss.svg" --numbers "$1/loss.csv"
  code=$?
  rm "$1"/a.h5*
}
same () { cmp "c/$1" "de/$1" && [ -s "c/$1" ]; }

all c
export LOCPATH=$folder LC_ALL=de_DE.UTF-8
all de
ok "A figure can be drawn" exits 0
ok "The result of training is the same" same train.json
ok "and the experiment" same show.json
ok "and the scores" same evaluate.json
ok "and a table" same weights.csv
ok "and the numbers of a figure" same loss.csv
run show tiny.json --set rule.optimiser.lr=0,0125
ok "A comma is no decimal point on the command line" exits 2
done_testing
