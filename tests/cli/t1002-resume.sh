#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/tiny.sh"

metrics () { python3 -c 'import json,sys; d = json.loads(open(sys.argv[1]).readlines()[-1])["metrics"]
print(sorted((k, v) for k, v in d.items() if "per-second" not in k))' "$1"; }

run train tiny.json --out whole.h5 --json --set run.budget=8
metrics "$out" >whole
run train tiny.json --out parts.h5 --json
run train --resume parts.h5 --set run.budget=8 --json
ok "A finished run goes on when its budget grows" json 'd["stop"] == "budget" and d["iterations"] == 8'
metrics "$out" >parts
ok "and gives the same numbers as a run without a break" cmp -s whole parts
run train --resume parts.h5 --json
ok "A run that has done its budget has nothing left to do" json 'd["iterations"] == 8'
ok "and that is no failure" exits 0
metrics "$out" >parts
ok "and its last metrics are still told" cmp -s whole parts

start_long stopped.h5
kill -INT "$pid"
wait "$pid"
run info stopped.h5 --json
at=$(python3 -c 'import json; print(json.load(open(".out"))["iterations"])')
run train --resume stopped.h5 --set run.budget=$((at + 3)) --out on.h5 --json
metrics "$out" >on
run train tiny.json --set run.budget=$((at + 3)) --out straight.h5 --json
metrics "$out" >straight
ok "A run that was interrupted goes on as if it had not been" cmp -s on straight

start_long killed.h5
kill -9 "$pid"
wait "$pid" 2>/dev/null
run info killed.h5 --json
ok "A killed run counts as interrupted" json 'd["state"] == "interrupted" and d["stop"] is None'
at=$(python3 -c 'import json; print(json.load(open(".out"))["checkpoints"][-1]["iteration"])')
run train --resume killed.h5 --set run.budget=$((at + 2)) --json
ok "and can be resumed" exits 0
metrics "$out" >killed
run train tiny.json --set run.budget=$((at + 2)) --out straight2.h5 --json
metrics "$out" >straight2
ok "with the same numbers as without the kill" cmp -s killed straight2
ok "and is one file again" [ ! -e killed.h5.parts ]

run train --resume whole.h5 --at 7 --out branch.h5 --json --set rule.optimiser.lr=0.001
ok "Another --out makes a branch" json 'd["run"] == "branch.h5" and d["iterations"] == 8'
run info branch.h5 --json
ok "that knows where it comes from" json 'd["parent"]["iteration"] == 7'
run info whole.h5 --json
ok "and leaves its parent alone" json 'd["iterations"] == 8 and d["stop"] == "budget"'
run train --resume whole.h5 --at 7 --json
ok "Going on from an older checkpoint drops what came after it" json 'd["iterations"] == 8'
metrics "$out" >again
ok "and does it again with the same numbers" cmp -s whole again

run train --resume whole.h5 --at 3
ok "A checkpoint that is not there is a failure" exits 1
ok "and the message names the iterations that are" said "7, 8"
run train --resume whole.h5 --at -5
ok "A negative iteration is wrong usage" fails 2 '--at is -5; allowed is 0 or more.'
run train tiny.json --resume whole.h5
ok "An experiment beside --resume is wrong usage" \
  fails 2 'A resumed run has its experiment: "tiny.json" is a word too many.'
run train --resume whole.h5 --set model.layers.0.units=30
ok "A network of another size does not take the checkpoint" exits 1
run train --resume whole.h5 --set run.bugdet=9
ok "An unknown key is wrong usage" fails 2 'run has no key "bugdet"; the nearest is "budget".'

start_long busy.h5
run train --resume busy.h5
ok "A run that goes on cannot be resumed beside it" exits 1
ok "and the message names it" said "busy.h5"
kill -INT "$pid"
wait "$pid"

run train --resume none.h5
ok "A run that is not there is a failure" exits 1
ok "and the message names it" said "none.h5"
head -c 3000 whole.h5 >short.h5
run train --resume short.h5
ok "A run that is cut short is a failure" exits 1
ok "and the message names it" said "short.h5"
run train --resume tiny.json
ok "A file that is no run is a failure" exits 1
ok "and the message names it" said "tiny.json"
done_testing
