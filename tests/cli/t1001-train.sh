#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/tiny.sh"

run train tiny.json --out a.h5 --json
ok "A training ends with 0" exits 0
ok "The result names the file, the reason, the iterations and the last metrics" \
  json '(d["run"], d["stop"], d["iterations"]) == ("a.h5", "budget", 4) and d["metrics"]["loss"] > 0 < d["seconds"]'
cp "$out" a.json
ok "Progress goes to stderr, a line per epoch" [ "$(grep -c '^epoch [1-4] of 4, loss ' "$err")" -eq 4 ]
ok "The last line says that it is done" said "Done: 4 iterations in"
ok "The run is one file" [ -f a.h5 -a ! -e a.h5.parts ]
ok "Any HDF5 tool reads it" bash -c 'h5dump -H a.h5 | grep -q "DATASET \"rec.weight\""'

run train tiny.json --out b.h5 --json --threads 2
loss () { python3 -c 'import json,sys; print(json.loads(open(sys.argv[1]).readlines()[-1])["metrics"]["loss"])' "$1"; }
ok "Two threads give the same bits as one" [ "$(loss a.json)" = "$(loss "$out")" ]
run train tiny.json --out c.h5 --json --set run.seed=2
ok "Another seed gives another network" [ "$(loss a.json)" != "$(loss "$out")" ]

run train tiny.json
ok "Without --out the run gets a name in runs, printed on stdout" printed "runs/tiny-seed1.h5"
run train tiny.json
ok "The next one gets another name" printed "runs/tiny-seed1-2.h5"
ok "Both are there" [ -f runs/tiny-seed1.h5 -a -f runs/tiny-seed1-2.h5 ]

run train tiny.json --out a.h5
ok "A run that exists is not overwritten" exits 1
ok "and the message names it" said "a.h5"
run train
ok "Without an experiment it says what is missing" fails 2 'train needs an experiment, or --resume with a run.'
run train no-such-experiment
ok "An experiment that is not there is a failure" exits 1
run train tiny.json --set rule.optimiser.lrr=1
ok "An unknown key names the nearest and ends with 2" fails 2 'rule.optimiser has no key "lrr"; the nearest is "lr".'
run train tiny.json --set rule.optimiser.lr=nan
ok "A value that is no number is refused with 2" exits 2
ok "and the message names key and range" said "rule.optimiser.lr"
run train tiny.json --set model.layers.0.units=0
ok "A value out of range is refused with 2" exits 2
run train tiny.json --threads -3
ok "A negative number of threads is refused with 2" exits 2
run train tiny.json --at 3
ok "--at without --resume is refused" fails 2 '--at belongs to --resume.'
run train tiny.json --out tiny.json/run.h5
ok "A folder that cannot be is a failure" exits 1
ok "and the message names the path" said "tiny.json/run.h5"
run train tiny.json --out /proc/rheobase.h5
ok "A folder that cannot be written is a failure" exits 1
ok "and the message names it" said "/proc/rheobase.h5"

run train tiny.json --out d.h5 --json --set rule.optimiser.lr=1 --set rule.optimiser.kind=sgd --set run.budget=200
ok "A network that diverges ends with 3" exits 3
ok "and says so" said "Diverged"
ok "and in which batch, and why" grep -q "^Batch [0-9]*: the " "$err"
ok "and the result says so" json 'd["stop"] == "diverged"'
run info d.h5 --json
ok "and so does the file" json 'd["stop"] == "diverged" and d["state"] == "finished"'

for signal in INT TERM; do
  start_long "s$signal.h5" --json
  kill -"$signal" "$pid"
  wait "$pid"
  code=$? out=$folder/s$signal.h5.out err=$folder/s$signal.h5.err
  ok "SIG$signal ends a training with 130" exits 130
  ok "and says how to go on" said "to go on: rheobase-cli train --resume s$signal.h5"
  ok "and the result says that somebody stopped it" json 'd["stop"] == "user" and d["iterations"] >= 1'
  iterations=$(python3 -c 'import json,sys; print(json.loads(open(sys.argv[1]).readlines()[-1])["iterations"])' "$out")
  out=$folder/.out err=$folder/.err
  run info "s$signal.h5" --json
  ok "and the file has a checkpoint of that very place" json "d['checkpoints'][-1]['iteration'] == $iterations"
done

ok "On a terminal progress is a bar" python3 - "$cli" <<'PYTHON'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "train", "tiny.json", "--out", "bar.h5"])
text = b""
try:
    while True:
        text += os.read(fd, 4096)
except OSError:
    pass
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(0 if status == 0 and b"\r[####################] epoch 4 of 4, loss " in text and b"Done: " in text else 1)
PYTHON

start_long twice.h5
kill -INT "$pid"
kill -INT "$pid"
wait "$pid"
code=$?
ok "Two signals end it with 130 as well" exits 130
run info twice.h5
ok "and the run can be read" exits 0

done_testing
