#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/tiny.sh"

run train tiny.json --out a.h5
run train tiny.json --out b.h5 --set run.seed=2
run analyse a.h5 weight-stats
ok "An analysis ends with 0" exits 0
ok "It prints a row for each projection" [ "$(grep -c '^a  ' "$out")" -eq 3 ]
ok "and names the columns that do not fit beside them" printed "rec.eigenvalue-re"
run analyse a.h5 weight-stats --json
ok "JSON has the table" json 'd["analysis"] == "weight-stats" and d["runs"] == ["a.h5"] and len(d["tables"]) == 1'
ok "with the spectral radius of the recurrent projection alone" json \
  '[v is None for v in [c for c in d["tables"][0]["columns"] if c["key"] == "spectral-radius"][0]["data"]] == [True, False, True]'
run info a.h5 --json
ok "Results are kept in the run" json 'd["analyses"] == ["weight-stats/1", "weight-stats/2"]'
run analyse a.h5 weight-stats --at all --set projection=rec --set spectrum=false --out change.csv
ok "Each snapshot gives a row" [ "$(wc -l <change.csv)" -eq 5 ]
ok "and stdout stays empty when a file is written" [ ! -s "$out" ]
ok "and the weights have changed more and more" python3 - <<'PYTHON'
import csv, sys
rows = list(csv.DictReader(open("change.csv")))
key = [k for k in rows[0] if "Relative change" in k or k == "relative-change"][0]
v = [float(r[key]) for r in rows[1:]]
sys.exit(0 if v == sorted(v) and v[0] > 0 else 1)
PYTHON
run analyse a.h5 b.h5 spike-stats --json
ok "Two runs make one table" json \
  '[c for c in d["tables"][0]["columns"] if c["key"] == "run"][0]["data"] == ["a", "b"]'
run analyse a.h5 spike-stats --at first --at last --out s.json
ok "Words for iterations" python3 -c '
import json, sys
d = json.load(open("s.json"))
sys.exit([c for c in d["columns"] if c["key"] == "iteration"][0]["data"] != [1, 4])'
run analyse a.h5 spike-stats --out rate.npy --column hidden.unit-rate
ok "One column as a NumPy file" python3 -c '
import sys
d = open("rate.npy", "rb").read()
sys.exit(not (d[:6] == b"\x93NUMPY" and b"(24, )" in d[:128]))'

run analyse a.h5 spike-stat
ok "An unknown analysis names the nearest" exits 2
ok "with a sentence" said '"spike-stats"'
run analyse a.h5 spike-stats --set windw=3
ok "An unknown key names the nearest" exits 2
ok "with a sentence" said '"window"'
run analyse a.h5 spike-stats --set window=0
ok "A value out of range is wrong usage" exits 2
run analyse a.h5 spike-stats --set window
ok "A setting without a value is wrong usage" fails 2 '"window" is no assignment; write KEY=VALUE.'
run analyse a.h5 spike-stats --set population=out
ok "A population that is not there is named, with those that are" \
  fails 1 'There is no population "out" in the run. It has hidden.'
run analyse a.h5 spike-stats --at 3
ok "A checkpoint has no recorded trials" exits 1
ok "and the message names the snapshots" said "0, 1, 2, 4"
run analyse a.h5 weight-stats --at 3
ok "but it has weights" exits 0
run analyse a.h5 spike-stats --out x.txt
ok "An ending that is not known is a failure" exits 1
ok "and the message names those that are" said ".csv, .json, .npy and .h5"
run analyse a.h5 spike-stats --out x.csv --column hidden.rates
ok "A column that is not there is a failure" exits 1
ok "and the message names those that are" said "hidden.unit-rate"
run analyse a.h5 spike-stats --column rate
ok "A column without a file is wrong usage" fails 2 '--column belongs to --out.'
run analyse a.h5 spike-stats --out nowhere/x.csv
ok "A folder that is not there is a failure" exits 1
run analyse spike-stats
ok "A run is needed" fails 2 'A word is missing behind analyse.'

cat >choice.json <<'JSON'
{"format": 1, "title": "Tiny choice", "task": {"id": "cddm", "n-steps": 30, "cue-off": 30, "stimulus-on": 5,
  "stimulus-off": 30, "decision-on": 15, "decision-off": 30, "coherences": [0.8], "mask": "all"},
 "model": {"id": "ctrnn", "units": 8, "tau": 4},
 "rule": {"id": "bptt", "optimiser": {"lr": 0.3}},
 "run": {"seed": 1, "budget": 12, "batch": 18, "record-every": 4, "validate": 1, "keep": "best", "threads": 1}}
JSON
run train choice.json --out c.h5
run analyse c.h5 trials --at 12 --json
last=$(python3 -c 'import json; print(json.load(open(".out"))["metrics"]["r2"])')
run evaluate c.h5 --data valid --json
best=$(python3 -c 'import json; print(json.load(open(".out"))["metrics"]["r2"])')
run analyse c.h5 trials --json
ok "A finished run is analysed with its best network, as it is evaluated" json "abs(d['metrics']['r2'] - $best) < 1e-6"
ok "which is not the last one" json "abs(d['metrics']['r2'] - $last) > 1e-3"
cat >conditions.lua <<'LUA'
function shape () return { inputs = 1, outputs = 1, steps = 10, conditions = { "side", "load" } } end
function trial (index)
  local side = index % 2 * 2 - 1
  local input, target = zeros (10, 1), zeros (10, 1)
  for t = 1, 10 do input[t][1], target[t][1] = side, side end
  return { input = input, target = target, conditions = { side = side, load = index } }
end
LUA
run train choice.json --set task.id=task-script --set task.file=conditions.lua --set run.budget=1 --out s.h5
run analyse s.h5 responses --set by=side --json
ok "Trials of a script are grouped by the conditions that it names" json \
  '[c["data"] for t in d["tables"] for c in t["columns"] if c["key"] == "group"] == [["Side -1", "Side 1"]]'
run analyse s.h5 trials --set by=load --set paths=8 --json
ok "and so are their paths" json '[len(c["data"]) for t in d["tables"] for c in t["columns"] if c["key"] == "group"] == [8]'
run analyse s.h5 responses --set by=colour
ok "Others are refused with those that there are" said "It has: side, load."
run analyse c.h5 psychometric --set repeats=3
ok "As text single numbers come first, with their values" printed "ratio-motion"
ok "and what is fitted is a table" printed "slope-lo"
run analyse c.h5 psychometric --set repeats=3 --json
ok "Psychometric functions of a task with contexts" exits 0
run analyse c.h5 fixed-points --set search.starts=40 --set trials=4
run analyse c.h5 causes --set action=nothing --set start=@fixed-points/state:0 --json
ok "Trials begin in a stored point" json "abs(d['metrics']['r2-after'] - d['metrics']['r2-before']) < 1e-9"
run analyse c.h5 causes --set units=I --set start=@fixed-points/state:9999
ok "A point that is not there is refused" exits 1
ok "with those that are" said "there are 0 to"
run analyse c.h5 causes --set units=E-I
ok "Units that are none are refused" exits 1
ok "with what may stand there" said "no class of units"
run analyse c.h5 causes --set start=@fixed-points/stat:0
ok "A series that is not there is refused" exits 1
run analyse c.h5 spike-stats
ok "A network without spikes has no statistics of them" exits 1
run analyse b.h5 psychometric
ok "A task without contexts has no psychometric functions" exits 1

run train sorn-default --set run.budget=1 --set model.units=20 --out free.h5
run analyse free.h5 trials
ok "Trials of a task without targets are refused with a sentence" said "targets over time"

# --- classes and what they are taken for ------------------------------------------------------------------------
cat >digits.json <<'JSON'
{"format": 1, "title": "Digits",
 "task": {"id": "data-shd", "source": "synthetic", "n-train": 40, "n-test": 60, "n-steps": 20},
 "model": {"id": "lif", "layers": [{"units": 8}]}, "rule": {"id": "bptt"}, "run": {"budget": 1, "batch": 20, "threads": 1}}
JSON
run train digits.json --out digits.h5
run analyse digits.h5 confusion --axis pair --out pairs.csv
run analyse digits.h5 confusion --column confusion --out matrix.csv
ok "Confused pairs are written with the names of classes, as the matrix counts them" python3 - <<'PYTHON'
import csv
pairs, matrix = list(csv.reader(open("pairs.csv")))[1:], list(csv.reader(open("matrix.csv")))
names = matrix[0][1:]
wrong = {(r[0], n): float(v) for r in matrix[1:] for n, v in zip(names, r[1:]) if n != r[0] and float(v) > 0}
assert "zero" in names and "neun" in names and sum(wrong.values()) > 0
assert {(p[0], p[1]): float(p[2]) for p in pairs} == wrong
assert all(float(p[3]) == float(p[2]) / 3 for p in pairs)
assert [float(p[2]) for p in pairs] == sorted(wrong.values(), reverse=True)
PYTHON
run analyse digits.h5 confusion --axis unit --out units.csv
ok "An axis that no column has is refused with those there are" said '--axis is "unit"; the result has columns over class'

done_testing
