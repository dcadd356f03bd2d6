#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

run trials cartpole-cloning --out all.csv --set task.bumps=5
ok "The trials of a task become a file" exits 0
ok "with a line for each step below its head" eval '[ "$(wc -l <all.csv)" = 4001 ]'
ok "and a column for each channel" eval '[ "$(head -1 all.csv)" = trial,"$(printf "input%d," {1..20})"target1,mask ]'

# Demonstrations of 60, 58, 56 ... steps.
awk -F, 'NR == 1 || (n[$1]++ < 60 - 2 * $1 && $1 < 10)' all.csv >demos.csv
for rule in goal ltts eprop bptt; do
  run train cartpole-cloning --out $rule.h5 --json --quiet --set task.id=task-table --set task.file=demos.csv \
    --set task.split=last --set task.lag=1 --set task.standardise=inputs --set model.units=30 --set run.budget=3 \
    --set run.batch=4 --set rule.id=$rule --set run.validate=1
  ok "Demonstrations of different lengths are cloned by $rule" exits 0
  ok "with a deviation of the held-out ones" json '0 < d["metrics"]["deviation"] < 10'
done
run evaluate goal.h5 --data valid --json
ok "which an evaluation gives as well" json 'd["trials"] == 2 and 0 < d["metrics"]["deviation"] < 10'

run trials cartpole-cloning --data valid --trials 2 --out two.csv
ok "Another set and another number of trials" eval '[ "$(wc -l <two.csv)" = 401 ]'
run trials cartpole-cloning
ok "Without a file nothing is done" exits 2
run trials sorn-cartpole --out a.csv
ok "An environment has no trials that could be written" exits 1
ok "and it is told why" said "depends on what the network does"
run trials sorn-default --out a.csv
ok "Input alone has no targets" said "no targets"
ok "and no file is left" eval '[ ! -e a.csv ]'
run trials cartpole-cloning --data all --out a.csv
ok "A set that is not there is told" said "all"

done_testing
