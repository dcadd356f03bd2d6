#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
best=$here/../data/neurosim-seed-1394398.json

# --- configurations ----------------------------------------------------------------------------------------------
run show "$best"
ok "A configuration of the published program is an experiment" exits 0
ok "with its values" json 'd["model"]["seed"] == 1394398 and d["task"]["critic"]["turning-weight"] == 0.4'
ok "and keeps what has no effect" json 'd["reference"]["sim"]["seeds"]["stim"] == 1'
run train "$best" --set rule.duration=5 --out short.h5 --json --quiet
ok "It is trained like any other" json '5 <= d["metrics"]["time"] < 40'
run import "$best" --training evolution --out evolution.json
ok "Read for evolution it becomes a file" exits 0
run show evolution.json
ok "with the values of that section" json 'd["rule"]["id"] == "evolution" and d["run"]["budget"] == 500'
run export evolution.json --set rule.sigma=0.2 --out back.json
ok "and goes back with what was changed" eval 'python3 -c "
import json
a, b = json.load(open(\"$best\")), json.load(open(\"back.json\"))
assert b[\"env\"].pop(\"seed\") == 1
assert b.pop(\"rheobase\") == {\"training\": \"evolution\"}
assert b[\"ES\"].pop(\"sigma\") == 0.2 and a[\"ES\"].pop(\"sigma\") == 0.1
assert a == b"'
run export cartpole-stdp-rl --out ready.json
ok "A ready-made experiment has a configuration" exits 0
run export xor --out other.json
ok "Another network has none" said "The published program has the task cartpole"
ok "and no file is left" eval '[ ! -e other.json ]'
sed 's/"angv_bias"/"angv_bais"/' "$best" >wrong.json
run show wrong.json
ok "A key that is not known is told with its file" \
  fails 1 'wrong.json: There is no key "critic.angv_bais"; the nearest to "angv_bais" is "angv_bias".'
run import "$best" --training luck --out a.json
ok "A training that there is not is told" exits 2
run import "$best"
ok "Without a file nothing is done" exits 2

# --- a folder of text files --------------------------------------------------------------------------------------
run train cartpole-stdp-rl --set rule.duration=60 --set run.record-every=10 --out run.h5 --quiet
run export run.h5 --out folder
ok "A run becomes a folder of text files" exits 0
ok "of the exact form" eval 'python3 - <<PYTHON
import json, re
lines = lambda name: open("folder/" + name).read().splitlines()
actions, votes, episodes = lines("ActionsRewards.txt"), lines("MotorOutputs.txt"), lines("ActionsPerEpisode.txt")
assert all(re.fullmatch(r"\d+\.\d\t[01]\.0\t-?\d\.\d{5}", l) for l in actions)
assert all(re.fullmatch(r"\d+\.\d\t\d+\.0\t\d+\.0", l) for l in votes)
assert all(re.fullmatch(r"\t\d+\.0", l) for l in episodes)
# An action each 49.8 ms; votes from the second one on, at the same times.
for k, l in enumerate(actions): assert abs(float(l.split("\t")[0]) - 49.8 * (k + 1)) < 0.051
assert [l.split("\t")[0] for l in actions[1:]] == [l.split("\t")[0] for l in votes]
assert sum(float(l) for l in episodes) == len(actions)
# Where votes differ the side with more of them was played.
for a, v in zip(actions[1:], votes):
    left, right = map(float, v.split("\t")[1:])
    assert left == right or float(a.split("\t")[1]) == (left < right)
weights, final = json.load(open("folder/synWeights.json")), json.load(open("folder/synWeights_final.json"))
rows = [(int(pre), int(post), w) for pre, d in weights.items() for post, w in d.items()]
assert len(rows) == 1800 and {80 <= b < 120 and a < 80 or 140 <= b < 180 and 80 <= a < 120 for a, b, w in rows} == {True}
assert all(w[0][0] == 0 and [t for t, x in w] == sorted({t for t, x in w}) for a, b, w in rows)
assert abs(sum(w[0][1] for a, b, w in rows) - 14953.682707) < 1e-3
assert all(final[str(a)][str(b)] == [w[-1]] for a, b, w in rows)
assert rows[0][2][-1][0] == float(actions[-1].split("\t")[0])
assert json.load(open("folder/backupcfg_sim.json"))["sim"]["seeds"]["conn"] == 1394398
PYTHON'
run export run.h5 --out folder
ok "What is there is not replaced" said "folder/backupcfg_sim.json is there already."
touch folder/mine
run export run.h5 --replace --out folder
ok "unless that is wanted" exits 0
ok "and other files stay" eval '[ -e folder/mine ]'

run train cartpole-evolution --set run.budget=2 --set rule.population=3 --set run.record-every=1 --out es.h5 --quiet
run export es.h5 --out es
ok "An evolution has its generations" eval 'python3 - <<PYTHON
import json
rows = [[float(x) for x in l.split("\t")] for l in open("es/es_train.txt").read().splitlines()]
assert len(rows) == 2 and all(len(r) == 6 and r[0] == 5 and r[3] <= r[1] <= r[4] and r[3] <= r[2] <= r[4] for r in rows)
assert abs(rows[0][5] - 14953.682707 / 1800) < 1e-5
weights = json.load(open("es/synWeights.json"))
assert [t for t, w in weights["1"]["80"]] == [0, 1, 2]
PYTHON'
ok "and no actions" eval '[ ! -e es/ActionsRewards.txt ]'
run train cartpole-evol-stdp --set run.budget=1 --set rule.population=2 --out both.h5 --quiet
run export both.h5 --out both
ok "With learning it has fourteen columns" eval 'python3 - <<PYTHON
rows = [[float(x) for x in l.split(",")] for l in open("both/STDP_es_train.csv").read().splitlines()]
assert len(rows) == 1 and len(rows[0]) == 14 and rows[0][10] == rows[0][13] and abs(rows[0][8] - 8.3076) < 1e-4
PYTHON'

# --- lists of weights --------------------------------------------------------------------------------------------
run export run.h5 --at 0 --out first.txt
ok "The weights of a snapshot become a list" eval '[ "$(wc -l <first.txt)" = 1800 ]'
ok "in the order of targets, then of sources" eval 'python3 - <<PYTHON
w = [float(l) for l in open("first.txt")]
near = lambda a, b: abs(a - b) < 1e-6
assert near(w[0], 9.92710899) and near(w[1], 13.20865107) and near(w[4], 6.71021396)
assert near(w[1000], 9.21790167) and near(w[1001], 4.74768408) and near(w[1002], 6.15610868)
PYTHON'
run export run.h5 --at -1 --out last.txt
run export run.h5 --out newest.txt
ok "Counted from the end -1 is the newest" cmp -s last.txt newest.txt
run export run.h5 --at -2 --out before.txt
ok "and -2 another one" eval '[ -s before.txt ] && ! cmp -s last.txt before.txt'
python3 -c '
import struct
w = [4 + 0.001 * i for i in range(1800)]
head = "{\"descr\": \"<f8\", \"fortran_order\": False, \"shape\": (1800,), }".replace(chr(34), chr(39)).encode()
head += b" " * (-(len(head) + 11) % 64) + b"\n"
open("w.npy", "wb").write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + struct.pack("<1800d", *w))
open("w.csv", "w").write(",".join(map(repr, w)))'
for kind in npy csv; do
  run import w.$kind --into cartpole-stdp-rl --out $kind.h5
  ok "A list in .$kind becomes a run that was not trained yet" exits 0
  run export $kind.h5 --out $kind.txt
  ok "with these weights" eval 'python3 -c "
w = [float(l) for l in open(\"$kind.txt\")]
assert len(w) == 1800 and all(abs(x - 4 - 0.001 * i) < 1e-5 for i, x in enumerate(w))"'
done
run import folder/synWeights.json --into cartpole-stdp-rl --out snapshots.h5
ok "The weights of a folder can begin a run too" exits 0
run export snapshots.h5 --out snapshots.txt
ok "the last ones" cmp -s snapshots.txt last.txt
sed 's/"0": {"[0-9]*"/"0": {"79"/' folder/synWeights_final.json >moved.json
run import moved.json --into cartpole-stdp-rl --out a.h5
ok "A synapse that is not there is told" said "moved.json has no weight of the synapse from cell 0 to cell"
echo '{"0": [1], "1": {"80": [[0, "x"]]}}' >few.json
run import few.json --into cartpole-stdp-rl --out a.h5
ok "and what is no such file" exits 1
run train --resume npy.h5 --out trained.h5 --set rule.duration=30 --quiet
ok "A training begins with it" exits 0
run export trained.h5 --out trained.txt
ok "and normalises to the means it began with" eval 'python3 -c "
w = [float(l) for l in open(\"trained.txt\")]
for k in range(0, 1000, 25): assert abs(sum(w[k:k + 25]) / 25 - 4 - 0.001 * (k + 12)) < 1e-3"'
run export trained.h5 --at 0 --out again.npy
run import again.npy --into cartpole-evolution --out evolve.h5
ok "An evolution can begin with it as well" exits 0
head -n 1799 first.txt >few.txt
run import few.txt --into cartpole-stdp-rl --out a.h5
ok "A weight too few is told" fails 1 "few.txt has 1799 numbers; the network has 1800 weights that learn."
sed '3s/.*/-1/' first.txt >negative.txt
run import negative.txt --into cartpole-stdp-rl --out a.h5
ok "A negative one too" fails 1 "Weight 3 of negative.txt is -1; allowed are finite numbers from 0 on."
sed '3s/.*/nan/' first.txt >nan.txt
run import nan.txt --into cartpole-stdp-rl --out a.h5
ok "What is no number too" exits 1
run import nothing.npy --into cartpole-stdp-rl --out a.h5
ok "and a file that is not there" said "nothing.npy could not be read"
run import first.txt --into xor --out a.h5
ok "A network without such synapses is told" said "no single synapses that learn"
ok "and no run is left" eval '[ ! -e a.h5 ]'
run import first.txt --into cartpole-stdp-rl --out npy.h5
ok "A run is never replaced" exits 1

done_testing
