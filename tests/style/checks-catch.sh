#!/usr/bin/env bash
# Plants one fault at a time in a small tree and expects the tool to name the file. Speaks TAP.
# Usage: checks-catch.sh FOLDER-OF-TOOLS
set -uo pipefail

tools=$1
tree=$(mktemp -d)
trap 'rm -rf -- "$tree"' EXIT
number=0

# The smallest tree without a fault.
clean ()
{
  rm -rf -- "${tree:?}"/*
  mkdir -p "$tree"/src/engine/{cells,models,tasks} "$tree"/src/{plot,cli}
  printf '%s\n' '/* Thread: any. */' '#pragma once' '#include <glib.h>' >"$tree/src/engine/error.h"
  printf '%s\n' '/* Thread: any. */' '#pragma once' '#include <stdint.h>' >"$tree/src/engine/types.h"
  printf '%s\n' '/* Thread: any. */' '#pragma once' '#include "error.h"' >"$tree/src/engine/net.h"
  printf '%s\n' '#define G_LOG_DOMAIN "rheo-engine"' '' '#include "config.h"' '' '#include "error.h"' >"$tree/src/engine/error.c"
  printf '%s\n' '#define G_LOG_DOMAIN "rheo-plot"' '' '#include "config.h"' '' '#include <cairo.h>' >"$tree/src/plot/plot.c"
}

result ()
{
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then
    echo "ok $number $2"
  else
    echo "not ok $number $2"
  fi
}

# catches TOOL WORDS FILE LINE: the line, added to the file, makes the tool fail and name the file.
catches ()
{
  local tool=$1 words=$2 file=$3 line=$4 out status=0
  clean
  mkdir -p "$(dirname -- "$tree/$file")"
  if ! [ -f "$tree/$file" ] && [[ $file == src/engine/*.c ]]; then
    cp -- "$tree/src/engine/error.c" "$tree/$file"
  fi
  printf "$line" >>"$tree/$file"
  out=$("$tools/$tool" "$tree" 2>&1) || status=$?
  [ "$status" -eq 1 ] && grep -qF -- "$file" <<<"$out"
  result $? "$tool catches $words"
}

echo 1..40
clean
"$tools/check-layers.py" "$tree" >/dev/null
result $? "check-layers.py accepts a clean tree"
"$tools/check-source.sh" "$tree" >/dev/null
result $? "check-source.sh accepts a clean tree"

catches check-layers.py "GTK in the engine" src/engine/error.c '#include <gtk/gtk.h>\n'
catches check-layers.py "cairo in the engine" src/engine/error.c '#include <cairo.h>\n'
catches check-layers.py "HDF5 outside the store" src/engine/error.c '#include <hdf5.h>\n'
catches check-layers.py "BLAS outside kernels and device" src/engine/error.c '#include <cblas.h>\n'
catches check-layers.py "GLib in a plain header" src/engine/types.h '#include <glib.h>\n'
catches check-layers.py "an engine header with GLib in a plain header" src/engine/types.h '#include "error.h"\n'
catches check-layers.py "the plot library in the engine" src/engine/error.c '#include "plot/plot.c"\n'
catches check-layers.py "GTK in plots" src/plot/plot.c '#include <gtk/gtk.h>\n'
catches check-layers.py "the net in plots" src/plot/plot.c '#include "engine/net.h"\n'
catches check-layers.py "a cell in a task" src/engine/tasks/a.c '#include "../net.h"\n#include "../cells/lif.h"\n'
catches check-layers.py "a missing header" src/engine/error.c '#include "nowhere.h"\n'
catches check-layers.py "a folder without a rule" src/other/a.h '#include <stdint.h>\n'

catches check-source.sh "a tab" src/engine/error.c '\tint i;\n'
catches check-source.sh "a space at the end" src/engine/error.c 'int i; \n'
catches check-source.sh "a missing newline" src/engine/error.c 'int i;'
catches check-source.sh "rand" src/engine/error.c 'i = rand ();\n'
catches check-source.sh "printf in the engine" src/engine/error.c 'printf ("x");\n'
catches check-source.sh "exit in the engine" src/engine/error.c 'exit (1);\n'
catches check-source.sh "fmaxf" src/engine/error.c 'x = fmaxf (x, 0);\n'
catches check-source.sh "GMutex in the engine" src/engine/error.c 'g_mutex_lock (&m);\n'
catches check-source.sh "a label without N_()" src/engine/error.c 'x = { .label = "Rate" };\n'
catches check-source.sh "an error without _()" src/engine/error.c 'rheo_fail (error, RHEO_ERROR_INVALID,\n  "No.");\n'
catches check-source.sh "a message cut by a macro" src/engine/error.c 'f (_ ("At %%" G_GINT64_FORMAT));\n'
catches check-source.sh "work left undone" src/engine/error.c '/* TO''DO */\n'
catches check-source.sh "a path of one machine" src/engine/error.c 'open ("/ho''me/me/x");\n'
catches check-source.sh "a source that translators would miss" po/POTFILES.in 'src/engine/none.c\n'
catches check-source.sh "a wrong log domain" src/cli/a.c '#define G_LOG_DOMAIN "rheo-engine"\n#include "config.h"\n'
catches check-source.sh "config.h missing" src/cli/a.c '#define G_LOG_DOMAIN "rheo-cli"\n#include <glib.h>\n'
catches check-source.sh "a header without its thread" src/engine/a.h '#pragma once\n'
catches check-source.sh "a header without pragma once" src/engine/a.h '/* Thread: any. */\n'
catches check-source.sh "a file of 801 lines" src/engine/error.c "$(printf '/* */\\n%.0s' {1..800})"

# A tree with one message, in German.
translated ()
{
  clean
  mkdir "$tree/po"
  printf '%s\n' 'f (_ ("%d lost"));' >"$tree/src/engine/error.c"
  printf '%s\n' src/engine/error.c >"$tree/po/POTFILES.in"
  printf '%s\n' de >"$tree/po/LINGUAS"
  printf '%s\n' 'msgid ""' 'msgstr ""' '"Content-Type: text/plain; charset=UTF-8\n"' '"Language: de\n"' '' '#, c-format' \
    'msgid "%d lost"' "msgstr \"$1\"" >"$tree/po/de.po"
}

translated '%d verloren'
"$tools/translations.py" check "$tree" >/dev/null
result $? "translations.py accepts a whole translation"
printf '%s\n' 'f (_ ("New words"));' >>"$tree/src/engine/error.c"
said=$("$tools/translations.py" check "$tree")
grep -q 'not translated: "New words" src/engine/error.c' <<<"$said"
result $? "translations.py catches a message without a translation"
translated '%s verloren'
said=$("$tools/translations.py" check "$tree")
grep -q "format specifications" <<<"$said"
result $? "translations.py catches a format that differs"

# A tree with the headers that CUDA shares, and one more: its own lines, then those of its source.
header_tree ()
{
  local name
  clean
  for name in types cells plan kernels device card rng; do
    printf '%s\n' '#pragma once' >"$tree/src/engine/$name.h"
  done
  printf '%s\n' '#pragma once' "$1" 'gboolean rheo_a_is (void);' >"$tree/src/engine/a.h"
  printf "$2" >"$tree/src/engine/a.c"
  said=$(NVCC='' "$tools/check-headers.sh" "$tree")
}

header_tree '#include <glib.h>' '#include "config.h"\n#include "error.h"\n#include "a.h"\n'
grep -q '^ok [0-9]* src/engine/a.h alone as C$' <<<"$said" && ! grep -q '^not ok' <<<"$said"
result $? "check-headers.sh accepts headers that stand alone"
header_tree '' '#include "config.h"\n#include "error.h"\n#include "a.h"\n'
grep -q '^not ok [0-9]* src/engine/a.h alone as C$' <<<"$said"
result $? "check-headers.sh catches a header that lives on what its source includes before it"
header_tree '' ''
grep -q '^not ok [0-9]* src/engine/a.h alone as C$' <<<"$said"
result $? "check-headers.sh catches a header without an include"
header_tree '#include <glib.h>' '#include "config.h"\n\n#include "a.h"\n#include "error.h"\n'
grep -q '^ok' <<<"$said" && ! grep -q 'src/engine/a.h' <<<"$said"
result $? "check-headers.sh leaves a header that its source begins with to the build"
