#!/usr/bin/env bash
# Every figure of a run comes from one command.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/tiny.sh"

run train tiny.json --out a.h5 --set model.layers.0.classes=e-pv-sst-htr --set model.constraints.signs=true
run train tiny.json --out b.h5 --set run.seed=2
[ -s a.h5 ] && [ -s b.h5 ] || sed 's/^/# /' "$err"

# SENTENCE OPTION ...: draws a PNG, an SVG and the numbers, and looks at them.
figure ()
{
  local sentence=$1
  shift
  rm -f f.png f.svg f.csv
  run plot "$@" --out f.png --dpi 100 --numbers f.csv
  ok "$sentence" [ "$code" -eq 0 -a "$(head -c 4 f.png 2>/dev/null | tail -c 3)" = PNG -a "$(wc -c <f.png)" -gt 1500 ]
  ok "its numbers are there" [ "$(wc -l <f.csv)" -gt 1 ]
  run plot "$@" --out f.svg
  ok "and it is a clean SVG" bash -c 'xmllint --noout f.svg'
  svg=f.svg
}
rows () { [ "$(wc -l <f.csv)" -eq "$1" ]; }

figure "A look at the data: targets of five trials" a.h5 trials
ok "with a row per step" rows 13
figure "Sample convergence: target and prediction over time" a.h5 trajectory --at last --set layout=time
figure "Trajectories over time, three stages in columns" a.h5 trajectory --set layout=time
ok "at the beginning, in the middle and at the end" bash -c \
  'head -n 1 f.csv | grep -q "prediction 1 x.*prediction 2 x.*prediction 3 y"'
figure "Trajectories in the plane, three stages side by side" a.h5 trajectory --set arrange=equal
figure "Raster, early" a.h5 raster --at first
figure "Raster, late" a.h5 raster --at last
for layer in in rec out; do
  figure "Gradient of $layer as a heat map" a.h5 heat-map --from $layer.gradient
  figure "Change of the weights of $layer as a heat map" a.h5 heat-map --from $layer.change
done
figure "Violins of changes and gradients" a.h5 violin --set transform=log1p-abs
figure "Histogram of weights with a log-normal fit" a.h5 histogram --from rec.weight --set fit=log-normal
figure "Loss with the constant prediction" a.h5 line
ok "for training and validation" bash -c 'head -n 1 f.csv | grep -q "raining.*alidation"'
for series in hidden.rate train.fano train.branching rec.sparsity rule.grad-norm; do
  figure "$series over epochs" a.h5 line --from $series
  ok "with a row per epoch" rows 5
done
figure "Sign flips over batches" a.h5 line --from batch/rec.false-neg --from batch/rec.false-pos
ok "with a row per batch" rows 17
figure "Losses of two runs" a.h5 b.h5 line --from train.loss
ok "each under its name" bash -c 'head -n 1 f.csv | grep -q "a.*b"'
run train cartpole-stdp-rl --set rule.duration=100 --out play.h5
run train --resume play.h5 --set rule.duration=200 --out more.h5
figure "Performance of a run and of the one that went on from it" play.h5 more.h5 course/performance
ok "each under its name" bash -c 'grep -q "^play," f.csv && grep -q "^more," f.csv'
figure "Undecided actions of a chain of runs" more.h5 course/undecided
run analyse more.h5 course --out course.json
ok "Every episode of both is there, and what changed" python3 - <<'PYTHON'
import json
columns = {c["key"]: c for c in json.load(open("course.json"))["columns"]}
assert columns["episode"]["dims"][0] == columns["episodes"]["data"][0] > columns["begins-episode"]["data"][0]
assert columns["files"]["data"] == [2] and columns["what"]["data"] == ["more"]
assert (columns["setting"]["data"], columns["after"]["data"]) == (["rule.duration"], ["200"])
PYTHON
run analyse play.h5 more.h5 course --out both.json
ok "Two runs have curves of their own" bash -c 'grep -q "\"play.length\"" both.json && grep -q "\"more.length\"" both.json'
run analyse a.h5 spike-stats --at all
figure "A result of an analysis over epochs" a.h5 line --from spike-stats/fano
figure "Firing rate over time, from an analysis" a.h5 line --from spike-stats/hidden.time-rate
for analysis in degrees weight-distribution intervals; do
  run analyse a.h5 $analysis --at first --at last
  figure "Histograms with fits of $analysis" a.h5 distribution --from $analysis/height
  ok "of each class at both iterations" bash -c 'grep -q "E, Iteration 1" f.csv && grep -q "Htr, Iteration 4" f.csv'
done
figure "A heat map of a difference between two epochs" a.h5 heat-map --from matrix=rec.weight@4 --from minus=rec.weight@1

run analyse a.h5 correlations
for series in rec.weight correlations/correlation; do
  run plot a.h5 graph --from $series --set absolute=true --out f.pdf
  ok "A graph of $series names the classes of its units" bash -c '[ "$(pdftotext f.pdf - | grep -cwE "PV|SST|Htr")" -ge 2 ]'
done
run train sorn-default --out s.h5 --set run.budget=1
figure "Weights of a list of synapses as a graph" s.h5 graph --from ee.weight
ok "with two edges for each unit" bash -c '[ "$(wc -l <f.csv)" -gt 300 ] && [ "$(wc -l <f.csv)" -le 401 ]'
run plot s.h5 graph --from ei.weight --out x.png
ok "Weights between two groups are no graph" fails 1 '"ei.weight" joins two groups of units. A graph needs pairs of the same units: correlations or recurrent weights.'

for seed in 1 2; do
  run train cartpole-stdp-rl --out p$seed.h5 --set rule.duration=20 --set run.seed=$seed
done
run analyse p1.h5 connection-matrix
figure "All projections as one matrix" p1.h5 heat-map --from connection-matrix/matrix
ok "with a row for each cell that sends" rows 281
figure "Connection probability" p1.h5 heat-map --from connection-matrix/probability
ok "with a row for each population" rows 9
run analyse p1.h5 weight-histograms --at all
figure "Histograms over training" p1.h5 ridges --from weight-histograms/height
ok "of the cells of each action" bash -c 'grep -q "EA-EM-ampa, left" f.csv && grep -q "EA-EM-ampa, right" f.csv'
run analyse p1.h5 p2.h5 weight-histograms --keep
figure "Histograms of two runs" p1.h5 distribution --from weight-histograms/height --set x-axis=log
ok "each under its name" bash -c 'grep -q ", p1" f.csv && grep -q ", p2" f.csv'
run analyse p1.h5 receptive-fields
figure "Receptive fields" p1.h5 ranges
ok "with a row for each input cell" rows 81

run plot a.h5 line --out f.pdf --size 200x100 --theme light --title "My title"
ok "A PDF with a title of one's own" bash -c 'pdftotext f.pdf - | grep -q "My title"'

run plot a.h5 lin --out x.png
ok "An unknown kind names the nearest" exits 2
ok "with a sentence" said '"line"'
run plot a.h5 line --from train.los --out x.png
ok "An unknown series names the nearest" exits 1
ok "and lists what the run has" said 'the nearest is "train.loss". It has iteration, batch, seconds, train.loss'
run plot a.h5 raster --from rec.weight --out x.png
ok "A series that does not fit is a failure" exits 1
ok "and the message says what would" said "wants a column of"
run plot a.h5 line --from who=train.loss --out x.png
ok "An unknown role is a failure" exits 1
ok "and the message names those there are" said 'has no role "who"'
run plot a.h5 raster --at 3 --out x.png
ok "An iteration without a snapshot is a failure" exits 1
ok "and the message names those that have one" said "0, 1, 2, 4"
run plot a.h5 raster --at soon --out x.png
ok "A word that is no iteration is a failure" \
  fails 1 '"soon" is no iteration; allowed are whole numbers from 0 on, first, middle, last and shares of the run such as 25%.'
run plot a.h5 course/performance --out x.png
ok "A figure of a result that the run cannot have is a failure" exits 1
run plot a.h5 course/nothing --out x.png
ok "An unknown figure is wrong usage" exits 2
ok "and the message names those there are" said "It has performance, lengths"
run plot a.h5 course/performance --at 2 --out x.png
ok "A figure of a result has no iteration" exits 2
run plot a.h5 line --set log-z=true --out x.png
ok "An unknown value of the plot names the nearest" exits 2
run plot a.h5 line --set log-y=maybe --out x.png
ok "A wrong value of the plot is wrong usage" exits 2
run plot a.h5 line
ok "Without --out it says what is missing" exits 2
run plot a.h5 line --out x.gif
ok "A figure that lies in a plane does not turn" fails 1 "Only figures in space turn; this one has no camera."
run plot a.h5 line --out x.bmp
ok "An ending that is not known is a failure" exits 1
ok "and the message names those that are" said ".svg"
run plot a.h5 line --out nowhere/x.png
ok "A folder that is not there is a failure" exits 1
ok "and the message names the file" said "nowhere/x.png"
run plot a.h5 line --out x.png --size 1x1
ok "A size out of range is wrong usage" fails 2 '--size is "1x1"; write WIDTHxHEIGHT in mm, 10 to 2000 each.'
run plot a.h5 line --out x.png --dpi 1e9
ok "A resolution out of range is wrong usage" exits 2
run plot a.h5 line --out x.png --theme pink
ok "An unknown theme is wrong usage" fails 2 '--theme is "pink"; allowed are print, light and dark.'
ok "No figure was left behind" [ ! -e x.png ]

done_testing
