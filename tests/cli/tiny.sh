# A network and a task so small that a run takes a fraction of a second.
cat >tiny.json <<'JSON'
{"format": 1, "title": "Tiny robot",
 "task": {"id": "robot-trajectory", "n-trials": 40, "n-valid": 20, "n-steps": 12, "input-scale": 0.02},
 "model": {"id": "lif", "layers": [{"units": 24}]},
 "rule": {"id": "bptt", "optimiser": {"lr": 0.01}},
 "run": {"seed": 1, "budget": 4, "batch": 10, "record": [1, 2], "checkpoint": 1, "probe": 5, "threads": 1}}
JSON
# Waits until a program that runs has written a line with this text; gives up when the program has ended.
await_line () # PID FILE TEXT
{
  until grep -qF -- "$3" "$2" 2>/dev/null; do
    kill -0 "$1" 2>/dev/null || { grep -qF -- "$3" "$2"; return; }
    sleep 0.02
  done
}
# Starts a training of many epochs in the background and waits for its sixth, when checkpoints are on disk for sure: two
# may wait to be written. Leaves pid.
start_long () # OUT [OPTION ...]
{
  local out=$1
  shift
  "$cli" train tiny.json --set run.budget=100000 --out "$out" "$@" >"$out.out" 2>"$out.err" </dev/null &
  pid=$!
  await_line "$pid" "$out.err" "epoch 6 of"
}
