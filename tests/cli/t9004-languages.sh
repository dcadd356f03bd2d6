#!/usr/bin/env bash
# Run files are in English, whatever the program speaks; what it shows is in the language of whoever looks.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/tiny.sh"

if ! LANGUAGE=de "$cli" --help | grep -q Befehle || ! command -v h5dump >/dev/null; then
  echo "1..0 # SKIP the German translation or h5dump is not there"
  exit 0
fi

# All words of a file, less its number, host and times.
words () { h5dump -A "$1" | grep -A9 -E 'ATTRIBUTE "(description|unit|title|note\.unit)"' | grep '(0):' | sort; }

for language in en de; do
  export LANGUAGE=$language
  run train tiny.json --out "$language.h5"
  run analyse "$language.h5" spike-stats
  run analyse "$language.h5" weight-stats
done
words en.h5 >en.words
words de.h5 >de.words
ok "A German run has the words of an English one" cmp en.words de.words
ok "They are those of labels" grep -q '"Weights of\|"Recurrent weights"' en.words
ok "of units" grep -q '"spikes/step"' en.words
ok "and of the iteration" grep -q '"epoch"' en.words

# What is shown of the file of the other language.
header () # LANGUAGE FILE SERIES
{
  LANGUAGE=$1 "$cli" plot "$2" line --from "$3" --out figure.svg --numbers figure.csv && head -n 1 figure.csv
}
shown () { [ "$(header "$1" "$2" "$3")" = "$4" ]; }
ok "The German file is shown in English" shown en de.h5 rec.grad-norm "Iterations finished,Gradient norm"
ok "The English one in German" shown de en.h5 rec.grad-norm "Fertige Iterationen,Norm des Gradienten"
done_testing
