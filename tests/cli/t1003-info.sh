#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/tiny.sh"

run train tiny.json --out a.h5 --json
loss=$(python3 -c 'import json; print(json.loads(open(".out").readlines()[-1])["metrics"]["loss"])')
run info a.h5
ok "A run is described" exits 0
ok "with its state and why it ended" printed "finished (budget)"
ok "its title" printed "Tiny robot"
ok "its task, model and rule" printed "robot-trajectory"
ok "its progress" printed "4 of 4 iterations, 16 batches"
ok "what computed it" printed "Device       CPU, 1 thread, no card: This program was built without CUDA."
ok "its metrics" printed "train.loss"
ok "its snapshots" printed "Snapshots    0 1 2 4"
ok "and its checkpoints" printed "Checkpoints  3 4"
ok "and nothing on stderr" silent
run info a.h5 --json
ok "JSON has the state" json 'd["state"] == "finished" and d["stop"] == "budget" and d["iterations"] == 4'
ok "and the last metrics, as training gave them" json "d['metrics']['train.loss'] == $loss"
ok "and the best, with its iteration" json \
  'd["best"]["train.loss"]["value"] <= d["metrics"]["train.loss"] and 1 <= d["best"]["train.loss"]["iteration"] <= 4'
ok "and no best of what is neither good nor bad" json '"hidden.rate" not in d["best"]'
ok "and places to go back to" json \
  'd["epochs"] == [0, 1, 2, 4] and [c["iteration"] for c in d["checkpoints"]] == [3, 4]'
ok "and the whole experiment with defaults" json \
  'd["experiment"]["task"]["n-trials"] == 40 and "lr" in d["experiment"]["rule"]["optimiser"]'
ok "and its size" json 'd["bytes"] > 1000'
ok "and the device that computed it, and why" json \
  'd["device"] == "CPU, 1 thread" and d["device-reason"] == "This program was built without CUDA."'
ok "and no parent" json '"parent" not in d'

start_long long.h5
run info long.h5 --json
ok "A run that goes on can be described" json 'd["state"] == "running" and d["stop"] is None'
ok "with its device" json 'd["device"] == "CPU, 1 thread" and "CUDA" in d["device-reason"]'
ok "up to its newest epoch" json 'd["iterations"] >= 1'
run info long.h5
ok "also as text" printed "running"
run analyse long.h5 spike-stats
ok "A run that goes on can be analysed" exits 0
ok "though the result is not kept in it" said "long.h5 goes on, so the result is not kept in it."
run evaluate long.h5
ok "and evaluated" exits 0
run plot long.h5 line --out long.png
ok "and drawn" [ "$code" -eq 0 -a -s long.png ]
kill -INT "$pid"
wait "$pid"
ok "and none of this disturbs it" [ "$?" -eq 130 ]

run info
ok "Without a run it says what is missing" fails 2 'A word is missing behind info.'
run info a.h5 b.h5
ok "One run at a time" fails 2 'info has a word too many: "b.h5".'

done_testing
