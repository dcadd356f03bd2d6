#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/tiny.sh"

run train tiny.json --out a.h5 --json
valid=$(python3 -c 'import json; print(json.loads(open(".out").readlines()[-1])["metrics"]["valid.loss"])')
run evaluate a.h5 --json --data valid
ok "An evaluation ends with 0" exits 0
ok "Its loss on the validation set is that of the training" json "abs(d['metrics']['loss'] / $valid - 1) < 1e-5"
ok "with a 95 % interval around it" json \
  'd["intervals"]["loss"][0] < d["metrics"]["loss"] < d["intervals"]["loss"][1]'
ok "and the score of every trial" json \
  'd["trials"] == 20 and len([c for c in d["tables"][0]["columns"] if c["key"] == "valid.loss"][0]["data"]) == 20'
ok "The interval is Student's over those trials" python3 - "$out" <<'PYTHON'
import json, statistics, sys
d = json.loads(open(sys.argv[1]).read())
x = [c for c in d["tables"][0]["columns"] if c["key"] == "valid.loss"][0]["data"]
half = 2.093024 * statistics.stdev(x) / len(x) ** 0.5
lo, hi = d["intervals"]["loss"]
sys.exit(0 if abs((hi - lo) / 2 / half - 1) < 1e-4 else 1)
PYTHON
run evaluate a.h5 --json --data valid
first=$(python3 -c 'import json; print(json.load(open(".out"))["metrics"]["loss"])')
run evaluate a.h5 --json --data valid
ok "The same trials give the same score" json "d['metrics']['loss'] == $first"
run info a.h5 --json
ok "Evaluations are kept in the run" json 'd["analyses"] == ["evaluate/1", "evaluate/2", "evaluate/3"]'

run evaluate a.h5 --json --data train --trials 7
ok "Another set and another number of trials" json 'd["trials"] == 7 and d["iteration"] == 4'
run evaluate a.h5 --json --at 3 --data valid
ok "An older checkpoint has another score" json "d['iteration'] == 3 and d['metrics']['loss'] != $first"
run evaluate a.h5 --json --at 1 --data valid
ok "A snapshot will do where there is no checkpoint" json "d['iteration'] == 1 and d['metrics']['loss'] != $first"
run evaluate a.h5 --json --data valid --set task.valid-seed=5
ok "With other settings the trials are others" json "d['metrics']['loss'] != $first"
run evaluate a.h5
ok "As text it is a table" printed "test.loss"

run evaluate a.h5 --at 77
ok "An iteration that is not there is a failure" exits 1
ok "and the message names it" said "77"
run evaluate a.h5 --data tset
ok "An unknown set is wrong usage" fails 2 '--data is "tset"; allowed are train, valid, test and probe.'
run evaluate a.h5 --trials -4
ok "A negative number of trials is wrong usage" fails 2 '--trials is -4; allowed is 0 or more.'
run evaluate a.h5 --data valid --trials 21
ok "More trials than there are is a failure" \
  fails 1 '--trials is 21, but Robot trajectory has 20 trials in the set "valid".'
run evaluate a.h5 --set task.n-stepz=2
ok "An unknown key names the nearest" fails 2 'task has no key "n-stepz"; the nearest is "n-steps".'
run evaluate a.h5 --set model.layers.0.units=30
ok "A network of another size does not take the weights" exits 1
ok "and the message names the array" said "weight"

cat >bits.json <<'JSON'
{"format": 1, "title": "Tiny flip-flop", "task": {"id": "flip-flop", "n-steps": 20},
 "model": {"id": "ctrnn", "units": 8, "dale": false, "io-non-negative": false, "activation": "tanh", "noise-rec": 0.5},
 "rule": {"id": "bptt"}, "run": {"seed": 1, "budget": 2, "batch": 12, "keep": "last", "threads": 1}}
JSON
run train bits.json --out b.h5 --json
valid=$(python3 -c 'import json; print(json.loads(open(".out").readlines()[-1])["metrics"]["valid.r2"])')
run evaluate b.h5 --json --data valid --trials 12
ok "R² is that of all trials together, as in validation" json "abs(d['metrics']['r2'] - $valid) < 1e-6"
ok "which is not the mean of those of single trials, and has no interval" json \
  'abs([c for c in d["tables"][0]["columns"] if c["key"] == "mean"][0]["data"][2] - d["metrics"]["r2"]) > 1e-3 \
   and "r2" not in d["intervals"]'
ok "With the noise of the training it is another" json "abs(d['metrics']['r2-noisy'] - d['metrics']['r2']) > 1e-3"
run evaluate b.h5 --json --trials 12 --set run.batch=12
whole=$(python3 -c 'import json; print(json.load(open(".out"))["metrics"]["r2"])')
run evaluate b.h5 --json --trials 12 --set run.batch=5
ok "It does not depend on the batches" json "abs(d['metrics']['r2'] - $whole) < 1e-9"

# --- scores of the task's own -----------------------------------------------------------------------------------------
cat >mine.lua <<'LUA'
function shape () return { inputs = 1, outputs = 1, steps = 5 } end
function trial (index) return { input = zeros (5, 1), target = zeros (5, 1), index = index } end
LUA
cat >scored.lua <<'LUA'
function score (given, output) return given.index + 0 * output[5][1] end
LUA
cat mine.lua scored.lua >with.lua
script="--set task.id=task-script --set run.budget=2 --set run.validate=2"
run train tiny.json $script --set task.file=mine.lua --out mine.h5
run evaluate mine.h5 --json --data valid --trials 5
ok "A script without a function score has no such metric" json '"loss" in d["metrics"] and "score" not in d["metrics"]'
run train tiny.json $script --set task.file=with.lua --out with.h5 --json
ok "With one the validation has it, and nothing else" python3 - "$out" <<'PYTHON'
import json, sys
m = json.loads(open(sys.argv[1]).readlines()[-1])["metrics"]
sys.exit(0 if m["score"] == 4.5 and "train.score" not in m else 1)
PYTHON
run evaluate with.h5 --json --data valid --trials 5
ok "Its mean over the trials is a metric, with an interval" json \
  'd["metrics"]["score"] == 2 and d["intervals"]["score"][0] < 2 < d["intervals"]["score"][1]'
ok "and so is that of each trial" json \
  '[c for c in d["tables"][0]["columns"] if c["key"] == "valid.score"][0]["data"] == [0, 1, 2, 3, 4]'
run train tiny.json $script --set task.file=with.lua --set run.validate=1 --set run.budget=9 \
  --set rule.stop.target-score=4.5 --out solved.h5
run info solved.h5 --json
ok "A run stops once the score is as high as was asked for" json 'd["iterations"] == 1 and d["stop"] == "solved"'
run train tiny.json $script --set task.file=mine.lua --set rule.stop.target-score=1 --out none.h5
ok "which is refused where nothing is scored" said "a script needs a function score"
run train tiny.json $script --set task.file=with.lua --set run.validate=0 --set rule.stop.target-score=1 --out none.h5
ok "or never" said "run.validate is 0"
(cat mine.lua && echo && echo 'function score (given) return given.index < 3 and 1 or 0 / 0 end') >wrong.lua
run evaluate with.h5 --data valid --trials 5 --set task.file=wrong.lua
ok "A score that is no number is said with file, line and trial" said "Trial 3 of the validation set"
ok "as with any error of a script" said "wrong.lua, line 4: score () must give a finite number"

done_testing
