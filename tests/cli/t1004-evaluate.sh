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
run evaluate a.h5 --json --at -1 --data valid
ok "Counted from the end the newest is the last one" json "d['iteration'] == 4 and d['metrics']['loss'] == $first"
run evaluate a.h5 --json --at -2 --data valid
ok "and the one before has an older iteration" json "d['iteration'] == 3 and d['metrics']['loss'] != $first"
run evaluate a.h5 --at -99
ok "Too far back is a failure that says what is there" said "so none is number 99 from the end. They are of the iterations 0,"
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

# --- episodes ---------------------------------------------------------------------------------------------------------
run train cartpole-stdp-rl --set rule.duration=20 --out play.h5
run evaluate play.h5 --json --trials 7 --out steps.json
ok "Episodes of a test are scored and kept" json 'd["trials"] == 7 and d["metrics"]["mean-episode"] > 10'
ok "with all that happened: a row for each action, in episodes as long as their scores" python3 - "$out" steps.json <<'PYTHON'
import json, sys
columns = lambda t: {c["key"]: c["data"] for c in t["columns"]}
length = columns(json.load(open(sys.argv[1]))["tables"][0])["test.episode-length"]
d = columns(json.load(open("steps.json")))
n = len(d["action"])
good = d["length"] == length and sum(length) == n
good = good and all(abs(t / (i + 1) - 49.8) < 1e-9 for i, t in enumerate(d["time"]))
good = good and all((l == r) == bool(u) for l, r, u in zip(d["votes.left"], d["votes.right"], d["undecided"]))
good = good and all(u or a == (r > l) for a, l, r, u in zip(d["action"], d["votes.left"], d["votes.right"], d["undecided"]))
good = good and all(d["step"][i + 1] == 1 or d["next.angle"][i] == d["angle"][i + 1] for i in range(n - 1))
good = good and len(d["spike.unit"]) > 3 * n and max(d["spike.unit"]) < 200 and d["spike.time"] == sorted(d["spike.time"])
good = good and sum(d["votes.left"]) == sum(140 <= u < 160 for u in d["spike.unit"])
sys.exit(0 if good else 1)
PYTHON
run evaluate play.h5 --json --duration 4 --out steps.csv
ok "Simulated seconds end it too" json '0 < d["trials"] < 8'
ok "which are 80 actions of 49.8 ms, in a table without spikes" test "$(wc -l <steps.csv)" -eq 81
run evaluate play.h5 --trials 3 --set task.rerun-episode=2 --out steps.csv
ok "One start again and again" test "$(grep -c ,1, steps.csv)" -ge 3
ok "is the same observation each time" test "$(awk -F, '$3 == 1 { print $9, $10, $11, $12 }' steps.csv | sort -u | wc -l)" -eq 1
run evaluate play.h5 --trials 3 --out seed1.csv
run evaluate play.h5 --trials 3 --set run.seed=42 --out seed42.csv
ok "Another seed draws other starts" test "$(head -n 2 seed1.csv | cut -d, -f9-12)" != "$(head -n 2 seed42.csv | cut -d, -f9-12)"
run evaluate play.h5 --trials 2 --out angle.npy --column angle
ok "One column as an array of doubles" grep -aq "'<f8'" angle.npy
run evaluate play.h5 --trials 2 --out steps.h5
ok "All columns as an HDF5 file" test "$(head -c 4 steps.h5 | tail -c 3)" = HDF
run evaluate play.h5 --trials 2 --out play.h5
ok "but never in place of a run" fails 1 "play.h5 is a run; write to another file."
run evaluate play.h5 --duration 0.2
ok "A time without an episode has no score" fails 1 "No episode came to its end in 0.2 s."
run evaluate play.h5 --duration -3
ok "A time before 0 is wrong usage" exits 2
run analyse play.h5 states --set grain=10 --json
ok "States that are made up have preferred actions" json \
  'len([c for c in d["tables"][0]["columns"] if c["key"] == "right.votes"][0]["data"]) == 16'
ok "which are drawn" test "$("$cli" plot play.h5 heat-map --from states/angle-turning.share --out f.png && head -c 4 f.png | tail -c 3)" = PNG
run evaluate play.h5 --best-training
ok "The best 100 episodes want more of them" said "more than 100 are needed"
run evaluate a.h5 --out steps.csv
ok "What is no environment has no actions to write" said "is not an environment in which one of some actions is taken"

done_testing
