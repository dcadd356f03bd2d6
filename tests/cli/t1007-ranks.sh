#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

if ! command -v mpirun >/dev/null || [ ! -e "${RHEO_MPI:-}" ]; then
  echo "1..0 # SKIP mpirun or the module for MPI is not there"
  exit 0
fi
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

cat >small.json <<'JSON'
{"format": 1, "task": {"id": "cartpole"}, "model": {"id": "sorn", "units": 50},
 "rule": {"id": "evolution", "population": 7, "episodes": 2, "evaluate-every": 2, "evaluation-samples": 3},
 "plasticity": {"id": "sorn-plasticity"},
 "run": {"seed": 2, "budget": 6, "batch": 1, "threads": 1, "checkpoint": 1, "validate": 3}}
JSON

# N ARGUMENT ...: as run, in N processes.
ranks ()
{
  local n=$1
  shift
  mpirun -q --oversubscribe --bind-to none -n "$n" "$cli" "$@" >"$out" 2>"$err" </dev/null
  code=$?
}
# RUN.h5 N: all that the checkpoint after iteration N holds but times.
numbers ()
{
  python3 - "$cli" "$1" <<'PYTHON'
import json, subprocess, sys
d = json.loads(subprocess.run([sys.argv[1], "info", sys.argv[2], "--json"], capture_output=True, text=True).stdout)
print(sorted((k, v) for k, v in d["metrics"].items() if "per-second" not in k))
PYTHON
  h5dump -y -g "/checkpoint/$2" "$1" | grep -v -e HDF5 -e GROUP | sed '/trainer.numbers/,/^   }/d;/trainer.last/,/^   }/d;/trainer.means/,/^   }/d'
}

run train small.json --out one.h5 --json
ranks 2 train small.json --out two.h5 --json
ok "Two processes train one run" json 'd["run"] == "two.h5" and d["iterations"] == 6'
ok "and only one of them speaks" [ "$(wc -l <"$out")" -eq 1 ]
numbers one.h5 6 >one
numbers two.h5 6 >two
ok "with the same numbers as one" cmp -s one two
ok "of which there are many" [ "$(wc -l <one)" -gt 200 ]
ranks 3 train small.json --out three.h5 --set run.budget=3 --json
ranks 2 train --resume three.h5 --set run.budget=6 --json
ok "A run goes on with another number of processes" json 'd["iterations"] == 6'
numbers three.h5 6 >three
ok "and the numbers are the same again" cmp -s one three

# As srun tells of ranks, instead of mpirun.
cat >srun <<'SH'
export SLURM_STEP_NUM_TASKS="$OMPI_COMM_WORLD_SIZE" SLURM_PROCID="$OMPI_COMM_WORLD_RANK"
unset OMPI_COMM_WORLD_SIZE OMPI_COMM_WORLD_RANK
exec "$@"
SH
mpirun -q --oversubscribe --bind-to none -n 2 bash srun "$cli" train small.json --out four.h5 --json >"$out" 2>"$err" </dev/null
ok "Processes that srun started train one run" json 'd["run"] == "four.h5" and d["iterations"] == 6'
numbers four.h5 6 >four
ok "with the same numbers" cmp -s one four
SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=0 run train small.json --out five.h5
ok "Processes that do not meet say so" said "but MPI knows of 1"

ranks 2 train small.json --set rule.population=1
ok "What is wrong is said once" [ "$(grep -c rule.population "$err")" -eq 1 ]
ok "and is a failure" [ "$code" -ne 0 ]
ranks 2 train small.json --out two.h5
ok "A file that only the first process meets ends all" said "two.h5"
ok "with a failure" exits 1
ranks 2 train robot-trajectory --set run.budget=1
ok "A rule that cannot be shared says so" said "runs in one process, but 2 were started together."

mpirun -q --oversubscribe --bind-to none -n 2 "$cli" train small.json --set run.budget=1000000 --out long.h5 \
  >"$out" 2>"$err" </dev/null &
pid=$!
until grep -q "generation 4 of" "$err"; do
  kill -0 "$pid" || break
  sleep 0.02
done
kill -INT "$pid"
wait "$pid"
run info long.h5 --json
ok "Ctrl+C ends all, after a checkpoint" json 'd["state"] != "running" and d["iterations"] >= 4'
at=$(python3 -c 'import json; print(json.load(open(".out"))["iterations"])')
ranks 2 train --resume long.h5 --set run.budget=$((at + 1)) --json
ok "from which the run goes on" json "d['iterations'] == $at + 1"
done_testing
