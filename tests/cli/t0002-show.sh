#!/usr/bin/env bash
. "$(dirname "$0")/tap.sh"

run show robot-trajectory
ok "Shows a ready-made experiment" exits 0
ok "It is JSON of the format that is read" json 'd["format"] == 1 and d["task"]["id"] == "robot-trajectory"'
ok "Versions of the components are written" json 'all(d[k]["version"] >= 1 for k in ("task", "model", "rule"))'
ok "Defaults are written out" json 'd["run"]["lane-rows"] == 0 and d["run"]["device"] == "auto"'
ok "Numbers are as short as they read back equal" printed '"dt-step": 1e-5'
ok "Nothing is said on stderr" silent
cp "$out" first.json

run show first.json
ok "What was shown can be shown again" cmp -s "$out" first.json
run show /dev/stdin
ok "An empty pipe is no experiment" fails 1 '/dev/stdin is empty; JSON was expected.'

run show robot-trajectory --set run.seed=7 --set rule.optimiser.lr=0.02 --set model.layers.0.units=50
ok "Settings are taken" json \
  'd["run"]["seed"] == 7 and d["rule"]["optimiser"]["lr"] == 0.02 and d["model"]["layers"][0]["units"] == 50'
run show robot-trajectory --set "run.record=1 2 3"
ok "Numbers may be separated by blanks" json 'd["run"]["record"] == [1, 2, 3]'
run show robot-trajectory --set "run.record=[4, 5]"
ok "Or be a JSON array" json 'd["run"]["record"] == [4, 5]'
run show robot-trajectory --set "run.record=4"
ok "Or be one number" json 'd["run"]["record"] == [4]'
run show robot-trajectory --set 'model.layers=[{"units": 30}, {"units": 20}]'
ok "A list may be replaced whole" json '[l["units"] for l in d["model"]["layers"]] == [30, 20]'
run show robot-trajectory --set task.n-steps=9 --set task.preset=nonlinear
ok "Presets come before single values, whatever their order" \
  json 'd["task"]["n-steps"] == 9 and d["task"]["dt-step"] == 1e-3'
run show robot-trajectory --set task.id=robot-trajectory --set task.n-steps=9
ok "Choosing a component starts from its defaults" json 'd["task"]["id"] == "robot-trajectory" and d["task"]["n-steps"] == 9'

run show robot-trajectory --set rule.optimiser.lr=-1
ok "A value out of range is refused with key, value and range" said "rule.optimiser.lr is -1; allowed is "
ok "That is wrong usage" exits 2
run show robot-trajectory --set rule.optimiser.lr=nan
ok "Not a number is no number" said 'rule.optimiser.lr is "nan"; allowed is '
run show robot-trajectory --set rule.optimiser.kind=adan
ok "A wrong choice lists the choices" said 'rule.optimiser.kind is "adan"; allowed is one of '
run show robot-trajectory --set rule.optimizer.lr=1
ok "A wrong key names the nearest" fails 2 'rule has no key "optimizer"; the nearest is "optimiser".'
run show robot-trajectory --set rule.optimiser.momentum=0.5
ok "A key that other values switch off is refused" said 'rule.optimiser.momentum is not used while rule.optimiser.kind is adam'
run show robot-trajectory --set rule.optimiser.kind=momentum --set rule.optimiser.momentum=0.5
ok "With the value that switches it on it is taken" json 'd["rule"]["optimiser"]["momentum"] == 0.5'
run show robot-trajectory --set model.layers.3.units=5
ok "An element that is not there is told" fails 2 'model.layers has no element 3; it has 1, counted from 0.'
run show robot-trajectori
ok "A wrong name gives the nearest" \
  fails 1 'There is no experiment "robot-trajectori", ready-made or as a file; the nearest is "robot-trajectory".'

for name in $(python3 -c '
import json, subprocess, sys
all = json.loads(subprocess.run([sys.argv[1], "list", "experiments", "--json"], stdout=subprocess.PIPE).stdout)
print(*(e["id"] for e in all["experiments"]))' "$cli"); do
  run show "$name"
  ok "The ready-made experiment $name is sound" exits 0
done

done_testing
