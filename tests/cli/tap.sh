# Sourced by the TAP scripts of the command line. A test is one sentence and one command that must succeed:
#   run list tasks; ok "Lists the tasks" printed "robot-trajectory"
# RHEO_CLI is the program. Each script works in a folder of its own, which is removed at the end.
set -u
export LC_ALL=C.UTF-8 LANGUAGE=en
cli=${RHEO_CLI:?the program to test}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
out=$folder/.out err=$folder/.err
n=0 failures=0 code=0

# Runs the program; leaves code, $out and $err.
run ()
{
  "$cli" "$@" >"$out" 2>"$err" </dev/null
  code=$?
}

ok ()
{
  local sentence=$1
  shift
  n=$((n + 1))
  if "$@"; then
    echo "ok $n - $sentence"
  else
    failures=$((failures + 1))
    echo "not ok $n - $sentence"
    echo "# exit code $code; failed: $*"
    sed 's/^/# stdout: /' "$out" | head -n 20
    sed 's/^/# stderr: /' "$err" | head -n 20
  fi
}

done_testing ()
{
  echo "1..$n"
  [ "$failures" -eq 0 ]
}

# --- what can be asked of the last run ---------------------------------------------------------------------------
exits () { [ "$code" -eq "$1" ]; }
printed () { grep -qF -- "$1" "$out"; }
said () { grep -qF -- "$1" "$err"; }
silent () { [ ! -s "$err" ]; }
# Exit code and the whole first line on stderr.
fails () { [ "$code" -eq "$1" ] && [ "$(head -n 1 "$err")" = "rheobase-cli: $2" ]; }
# A Python expression over d, the JSON on the last line of stdout (or all of stdout, when that is JSON).
json ()
{
  python3 - "$out" "$1" <<'PYTHON'
import json, sys
text = open(sys.argv[1], encoding="utf-8").read()
try:
    d = json.loads(text)
except ValueError:
    d = json.loads(text.strip().splitlines()[-1])
sys.exit(0 if eval(sys.argv[2]) else 1)
PYTHON
}
