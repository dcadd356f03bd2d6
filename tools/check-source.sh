#!/usr/bin/env bash
# Plain checks over the sources: each line printed is a place that breaks a rule. Usage: check-source.sh [TREE]
set -uo pipefail
export LC_ALL=C.UTF-8

tools=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
cd -- "${1:-$tools/..}" || exit 2
wrong=0

# All text files of ours, and the C sources among them. A tree without git (a release archive) is searched as it lies.
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  mapfile -t all < <(git ls-files --cached --others --exclude-standard)
else
  mapfile -t all < <(find . -type f -not -path './build*' -not -path './runs/*' -not -path './.git/*' | sed 's,^\./,,')
fi
text=() sources=() engine=()
for file in "${all[@]}"; do
  [ -f "$file" ] || continue
  case $file in
    LICENSE | tests/data/* | tests/*/data/*) continue ;;
    *.c | *.h | *.in | *.cu | *.cuh | *.cpp | *.py | *.sh | *.md | *.json | *.build | *.txt | dev | .ci/run | tools/*) text+=("$file") ;;
  esac
  case $file in
    *.c | *.h | *.cu | *.cuh | *.cpp) sources+=("$file") ;;
  esac
  case $file in
    src/engine/*.c | src/engine/*.h) engine+=("$file") ;;
  esac
done
if [ ${#sources[@]} -eq 0 ]; then
  echo "No sources in $PWD."
  exit 2
fi

say ()
{
  printf '%s\n' "$1"
  wrong=1
}

# forbid WORDS PATTERN FILE ...: no line may match the Perl pattern.
forbid ()
{
  local words=$1 pattern=$2 hits
  shift 2
  [ $# -gt 0 ] || return 0
  hits=$(grep -nHP -e "$pattern" -- "$@")
  [ -z "$hits" ] || say "$(printf '%s\n' "$hits" | cut -c1-160 | sed "s|\$|  <- $words|")"
}

# The same for a pattern that may span lines.
forbid_across ()
{
  local words=$1 pattern=$2 file hits
  shift 2
  for file in "$@"; do
    hits=$(grep -oPz -e "$pattern" -- "$file" | tr '\0\n' '\n ' | cut -c1-100)
    [ -z "$hits" ] || say "$(printf '%s\n' "$hits" | sed "s|^|$file: |;s|\$|  <- $words|")"
  done
}

forbid "tab" '\t' "${text[@]}"
forbid "space at the end of the line" '\s+$' "${text[@]}"
forbid "work left undone" '\b(TO''DO|FIX''ME|XX''X)\b' "${text[@]}"
forbid "path of one machine" '(?<![\w.])/(home|root)/\w' "${text[@]}"
for file in "${text[@]}"; do
  [ ! -s "$file" ] || [ -z "$(tail -c 1 -- "$file")" ] || say "$file: no newline at the end"
done

mapfile -t ours < <(printf '%s\n' "${sources[@]}" | grep '^src/')
forbid "random numbers come from rng.h" '\b(s?rand|s?random|[dlm]rand48|g_random_\w+|g_rand_\w+) \(' "${ours[@]}"
forbid "the engine does not print" '\b(v?f?printf|f?puts|putchar|perror|g_print|g_printerr) \(' "${engine[@]}"
forbid "the engine never ends the program" '\b(abort|exit|_exit|g_error) \(' "${engine[@]}"
forbid "fmaxf and fminf stop vectorising: use ?:" '\bf(max|min)f? \(' "${engine[@]}"
forbid "locks and counters of the engine are of pthread and C11" '\b(g_mutex_|g_cond_|g_rec_mutex_|g_rw_lock_|g_atomic_)\w+ \(' "${engine[@]}"

# Words for the user go through gettext.
forbid "label, help, title and summary in N_()" '\.(label|help|title|summary) = "[^"]' "${ours[@]}"
forbid_across "the message in _()" 'rheo_fail \([^;"]*?, RHEO_ERROR_[A-Z]+,\s*"[^"]*"' "${ours[@]}"

# Files hold English: label.h.
forbid_across "a table's words in N_(), it translates them itself" \
  '\b(rheo_table_(new|add|add_copy|set_words)|rheo_result_add_rows|rheo_net_(add_)?array) \([^;]*?[^\w]_ \(' "${engine[@]}"

# xgettext knows PRId64, but cuts the message at a macro of GLib, so that its translation is never found.
forbid_across "in _() PRId64 stands for G_GINT64_FORMAT" '\b(_|N_|ngettext) \([^;)]*?\bG_G\w+_FORMAT' "${ours[@]}"

if [ -f po/POTFILES.in ] && ! diff <("$tools/list-translatable.sh" "$PWD") po/POTFILES.in; then
  say "po/POTFILES.in: these sources with words for the user differ from the list; ./dev format writes it anew"
fi

for file in "${sources[@]}"; do
  lines=$(wc -l <"$file")
  [ "$lines" -le 800 ] || say "$file: $lines lines, 800 are allowed"
  case $file in
    src/engine/*) domain=rheo-engine ;;
    src/plot/*) domain=rheo-plot ;;
    src/widgets/*) domain=rheo-widgets ;;
    src/app/*) domain=rheo-app ;;
    src/cli/*) domain=rheo-cli ;;
    *) continue ;;
  esac
  case $file in
    *.c)
      [ "$(head -n 1 -- "$file")" = "#define G_LOG_DOMAIN \"$domain\"" ] \
        || say "$file:1: the first line is #define G_LOG_DOMAIN \"$domain\""
      [ "$(grep -m 1 -E '^ *# *include' -- "$file")" = '#include "config.h"' ] || say "$file: config.h is included first"
      ;;
    *.h)
      [[ "$(head -n 1 -- "$file")" == '/* Thread: '* ]] || say "$file:1: the first line is /* Thread: ... */"
      grep -q '^#pragma once$' -- "$file" || say "$file: #pragma once is missing"
      ;;
  esac
done
exit "$wrong"
