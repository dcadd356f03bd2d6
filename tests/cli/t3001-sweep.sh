#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/tiny.sh"

cat >rates.json <<'JSON'
{"title": "Batch and rate", "experiment": "tiny.json", "set": {"run.budget": 3},
 "axes": [{"key": "run.batch", "values": [10, 20]},
          {"key": "rule.optimiser.lr", "log": [0.001, 0.1], "count": 3,
           "conditions": [{"name": "plain", "set": {"rule.optimiser.kind": "sgd"}}]}],
 "seeds": 2}
JSON
# Metrics of each run, without what depends on the clock.
numbers () # FOLDER
{
  python3 - "$1/results.tsv" <<'PYTHON'
import csv, sys
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"), delimiter="\t"):
    print({k: v for k, v in row.items() if k not in ("seconds", "trials-per-second")})
PYTHON
}
count () { find "$1" -name "$2" | wc -l; }

run sweep rates.json --out whole --jobs 2 --json
ok "Runs each point with each seed" json 'd["runs"] == 16 and d["done"] == 16 and d["results"] == "whole/results.tsv"'
ok "and succeeds" exits 0
ok "Each row has a run file that says what it is" [ -e whole/batch-20_lr-0.01_seed-2.h5 ]
ok "also where a value has a name" [ -e whole/batch-10_lr-plain_seed-1.h5 ]
ok "Nothing else is left over" [ "$(count whole '*.log')$(count whole '*.parts')" = 00 ]
ok "The table has a line for each run" [ "$(wc -l <whole/results.tsv)" -eq 17 ]
ok "that begins with what was varied" grep -qP "^run\trun.batch\trule.optimiser.lr\tseed\tstate\tstop\titerations" whole/results.tsv
ok "and has last and best metrics" grep -qP "\tloss\t.*\tbest.valid.loss" whole/results.tsv
run show whole/experiment.json
ok "What all runs share is kept as an experiment" json 'd["run"]["budget"] == 3'
run info whole/batch-20_lr-0.01_seed-2.h5 --json
ok "A row has its own values" json 'd["stop"] == "budget" and d["experiment"]["run"]["seed"] == 2'

run sweep rates.json --out whole
ok "A folder with runs is not gone on with unasked" exits 2
ok "and the message says how" said "with --resume they go on"
cp -p whole/batch-10_lr-0.1_seed-1.h5 before.h5
run sweep whole --resume --json
ok "A sweep that is done has nothing left to do" json 'd["done"] == 16'
ok "and no run is repeated" [ ! whole/batch-10_lr-0.1_seed-1.h5 -nt before.h5 ]

# --- killed --------------------------------------------------------------------------------------------------------
cat >long.json <<'JSON'
{"experiment": "tiny.json", "set": {"run.budget": 150}, "seeds": 2,
 "axes": [{"key": "rule.optimiser.lr", "linear": [0.01, 0.03], "count": 3}]}
JSON
run sweep long.json --out straight --jobs 2
numbers straight >straight.txt
"$cli" sweep long.json --out killed --jobs 2 >killed.out 2>killed.err </dev/null &
pid=$!
await_line "$pid" killed.err "1 of 6 runs"
# A child first: its row is run to the end by the same parent.
child=$(pgrep -P "$pid" | head -n 1)
kill -9 "$child"
await_line "$pid" killed.err "3 of 6 runs"
kill -9 "$pid"
wait "$pid" 2>/dev/null
run sweep killed --resume --jobs 2 --json
ok "A sweep whose parent and child were killed goes on" json 'd["done"] == 6 and d["failed"] == 0'
numbers killed >killed.txt
ok "and gives what it would have given without" cmp -s straight.txt killed.txt
ok "with one file for each run" [ "$(count killed '*.h5')" -eq 6 ]

"$cli" sweep long.json --out stopped --jobs 2 >stopped.out 2>stopped.err </dev/null &
pid=$!
await_line "$pid" stopped.err "1 of 6 runs"
kill -TERM "$pid"
wait "$pid"
code=$?
ok "A sweep that is interrupted says so by its exit code" exits 130
ok "leaves a table of what is done" grep -qP "\twaiting\t" stopped/results.tsv
run sweep stopped --resume --jobs 2
numbers stopped >stopped.txt
ok "and goes on to the same numbers" cmp -s straight.txt stopped.txt

# --- shares --------------------------------------------------------------------------------------------------------
run sweep rates.json --out shared --share 1/3 --jobs 2 --json
ok "A share takes every third row" json 'd["runs"] == 6 and d["done"] == 6'
run sweep shared --share 2/3 --jobs 2 --resume --json
ok "and so does the next" json 'd["runs"] == 5 and d["done"] == 5'
run sweep rates.json --out shared --share 3/3 --jobs 2 --json
ok "all of them make the whole" [ "$(count shared '*.h5')" -eq 16 ]
numbers shared >shared.txt
numbers whole >whole.txt
ok "with the same numbers" cmp -s shared.txt whole.txt
run sweep rates.json --out cluster --slurm --jobs 4
ok "A job script for Slurm is written" grep -q "^#SBATCH --array=1-4" cluster/sweep.sbatch
ok "with the share of each task" grep -q 'SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT' cluster/sweep.sbatch
ok "and it is said how to submit it" said "sbatch"
ok "and nothing is run" [ "$(count cluster '*.h5')" -eq 0 ]

# --- which points, and from where -----------------------------------------------------------------------------------
cat >chosen.json <<'JSON'
{"experiment": "tiny.json", "set": {"run.budget": 2}, "choose": 5, "seed": 3, "draw": {"task.data-seed": [1, 1000000]},
 "axes": [{"key": "run.batch", "values": [5, 10, 20]}, {"key": "task.n-trials", "values": [20, 40, 60]}],
 "where": ["run.batch != 5 or task.n-trials == 20"]}
JSON
run sweep chosen.json --out chosen --jobs 2 --json
ok "Some of the points are drawn" json 'd["runs"] == 5 and d["done"] == 5'
ok "of which the condition holds" [ ! -e chosen/batch-5_n-trials-40.h5 ]
ok "with numbers of their own in the table" [ "$(cut -f4 chosen/results.tsv | sort -u | wc -l)" -eq 6 ]
run sweep chosen.json --out drawn --share 1/2 --jobs 2
run sweep chosen.json --out drawn --share 2/2 --jobs 2
numbers chosen >chosen.txt
numbers drawn >drawn.txt
ok "Shares draw the same" cmp -s chosen.txt drawn.txt
run sweep chosen --resume --json
ok "and so does who goes on" json 'd["done"] == 5'
echo '{"continue": "chosen", "set": {"run.budget": 4}, "axes": [{"key": "run.seed", "values": [8, 9]}], "choose": 4}' >next.json
run sweep next.json --out next --jobs 2 --json
ok "Runs are gone on with" json 'd["runs"] == 4 and d["done"] == 4'
set -- next/*seed-8.h5
run info "$1" --json
ok "from where they were" json 'd["parent"] is not None and d["iterations"] == 4 and d["experiment"]["run"]["seed"] == 8'
ok "with what was theirs" json 'd["experiment"]["task"]["data-seed"] != 1'
run sweep next --resume --json
ok "in a folder that knows them" json 'd["done"] == 4'
echo '{"continue": "nowhere"}' >next.json
run sweep next.json --out nothing
ok "A run that is not there is named" said "nowhere"
echo '{"continue": "cluster"}' >next.json
run sweep next.json --out nothing
ok "and a folder without any" said "there are no runs in"

# --- what came out of it ---------------------------------------------------------------------------------------------
run results whole --of valid.loss --out best.tsv --boxes boxes.svg --curves curves.svg --curve loss --window 2
ok "Results are written and drawn" exits 0
ok "as a table of the runs" [ "$(wc -l <best.tsv)" -eq 17 ]
ok "of which the best is first" [ "$(cut -f "$(head -n 1 best.tsv | tr '\t' '\n' | grep -nx valid.loss | cut -d : -f 1)" best.tsv |
  tail -n +2 | sort -g | head -n 1)" = "$(cut -f "$(head -n 1 best.tsv | tr '\t' '\n' | grep -nx valid.loss | cut -d : -f 1)" best.tsv | sed -n 2p)" ]
ok "boxes over the values" grep -q "<svg" boxes.svg
ok "and curves" grep -q "<svg" curves.svg
run results whole --json
ok "The table is there as JSON, too" json 'd["metric"] == "valid.loss" and len(d["table"]["columns"]) > 8'
run results whole --of valid.los
ok "A metric that is not there has a nearest one" said 'the nearest is "valid.loss"'
run results rates.json
ok "and a sweep that was not begun has no results" said "no folder of a sweep"
run results cluster
ok "nor has one of which no run is done" said "None of the runs is done"

# --- what goes wrong ------------------------------------------------------------------------------------------------
cat >mixed.json <<'JSON'
{"experiment": "tiny.json", "set": {"run.budget": 2}, "axes": [{"key": "task.n-trials", "values": [40, 60]}]}
JSON
mkdir fails
run sweep mixed.json --out fails --share 1/2
mkdir fails/n-trials-60.h5.parts
echo "no run" >fails/n-trials-60.h5
run sweep fails --resume --json
ok "A run that cannot be read is a failure of its own" json 'd["failed"] == 1 and d["done"] == 1'
ok "that the exit code tells" exits 1
rm -r fails/n-trials-60.h5 fails/n-trials-60.h5.parts
echo "for a reason" >fails/n-trials-60.failed
run sweep fails --resume --json
ok "What failed is not tried again unasked" json 'd["failed"] == 1'
run sweep fails --retry --json
ok "and is when it is asked for" json 'd["done"] == 2'

sed 's/"lr": 0.01/"lr": 1000, "clip": 0, "kind": "sgd"/; s/"budget": 4/"budget": 200/' tiny.json >wild.json
echo '{"experiment": "wild.json", "seeds": [1]}' >wild-sweep.json
run sweep wild-sweep.json --out wild --json
ok "A run that diverges has a result" json 'd["diverged"] == 1 and d["failed"] == 0'
ok "and when all do the exit code says so" exits 3
ok "and the table, too" grep -qP "\tdiverged\tdiverged\t" wild/results.tsv

bad () # SENTENCE MESSAGE JSON
{
  echo "$3" >bad.json
  run sweep bad.json --out bad
  ok "$1" said "$2"
  [ "$code" -eq 1 ] && [ ! -e bad ] || ok "$1: nothing is begun" false
}
bad "A key that is not there is named" 'the nearest is "batch"' \
  '{"experiment": "tiny.json", "axes": [{"key": "run.bach", "values": [1, 2]}]}'
bad "and a value that is not allowed, with what is" "1 to 1000000" \
  '{"experiment": "tiny.json", "axes": [{"key": "run.batch", "values": [10, 0]}]}'
bad "A key belongs to one axis" "run.batch is varied twice" \
  '{"experiment": "tiny.json", "axes": [{"key": "run.batch", "values": [1, 2]}, {"key": "run.batch", "values": [3]}]}'
bad "and so does the seed" "run.seed is varied twice" \
  '{"experiment": "tiny.json", "axes": [{"key": "run.seed", "values": [1, 2]}], "seeds": 2}'
bad "What does not fit together is told before anything starts" "bptt: Backpropagation through time needs a plasticity rule" \
  '{"experiment": "tiny.json", "axes": [{"key": "plasticity.id", "values": ["none", "bptt"]}]}'
bad "A word that is not known has a nearest one" 'the nearest is "values"' \
  '{"experiment": "tiny.json", "axes": [{"key": "run.batch", "valeus": [1, 2]}]}'
bad "What varies together has as many values" "run.batch has 2, rule.optimiser.lr has 3" \
  '{"experiment": "tiny.json", "axes": [{"together": [{"key": "run.batch", "values": [1, 2]},
    {"key": "rule.optimiser.lr", "values": [0.1, 0.2, 0.3]}]}]}'
bad "A range has a count" 'has no "count"' \
  '{"experiment": "tiny.json", "axes": [{"key": "rule.optimiser.lr", "log": [0.1, 1]}]}'
bad "An experiment that is not there is named" "nowhere" '{"experiment": "nowhere", "seeds": 2}'
bad "that stands beside the name of the file" "bad.json: bach 1: run has no key" \
  '{"experiment": "tiny.json", "axes": [{"key": "run.bach", "values": [1, 2]}]}'
bad "A list without values is named" "axes[0].values is no list of values" \
  '{"experiment": "tiny.json", "axes": [{"key": "run.batch", "values": []}]}'
bad "A value belongs once to a list" 'there are two values "10"' \
  '{"experiment": "tiny.json", "axes": [{"key": "run.batch", "values": [10, 10]}]}'
bad "and a seed, too" 'there are two values "1"' '{"experiment": "tiny.json", "seeds": [1, 1]}'
run sweep tiny.json --out bad
ok "An experiment is told from a sweep" said "tiny.json is an experiment"
run sweep goal-3d --out bad
ok "a ready-made one, too" said "goal-3d is an experiment"
run sweep rates.json --out tiny.json/below
ok "A folder that cannot be made is named" said "The folder tiny.json/below cannot be made"
sed 's/\[10, 20\]/[10, 40]/' rates.json >changed.json
run sweep changed.json --out whole --resume
ok "A sweep that was changed does not go on in the folder of the old one" said "whole holds another sweep"
ok "and what was there stays" [ "$(count whole '*.h5')" -eq 16 ]
run sweep rates.json --share 4/3
ok "A share beyond the last is refused" exits 2
run sweep rates.json --out killed
ok "A folder that holds another sweep is not used" said "holds another sweep"

run sweep rates.json --estimate --json
ok "Time and room are told before anything starts" json 'd["runs"] == 16 and d["seconds"] > 0 and d["bytes"] > 10000'
run sweep whole --estimate --json
ok "and of a sweep that is done nothing is left" json 'd["runs"] == 0'

done_testing
