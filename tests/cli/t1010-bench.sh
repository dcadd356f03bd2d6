#!/usr/bin/env bash
. "$(dirname "$0")/tap.sh"

run bench sorn-200 cartpole-spiking --steps 3 --threads 1 --json
ok "Training steps are measured" exits 0
ok "in the order asked for" json '[w["workload"] for w in d["workloads"]] == ["sorn-200", "cartpole-spiking"]'
ok "each step for itself" json 'all(len(w["seconds"]) == 3 and min(w["seconds"]) == w["fastest"] > 0 for w in d["workloads"])'
ok "with the middle one" json 'all(sorted(w["seconds"])[1] == w["median"] for w in d["workloads"])'
ok "within the time that a profiler is told" json \
  'all(0 < w["total"] <= (w["ended"] - w["began"]) * 1.001 for w in d["workloads"])'
ok "Networks that are trained on batches say their work, those that play how long they lived" json \
  'd["workloads"][0]["dense-gflop"] > d["workloads"][0]["events-gflop"] > 0 and d["workloads"][1]["lived"] > 0'
ok "on the processor unless another device is asked for" json 'all(w["device"] == "cpu" for w in d["workloads"])'
run bench flip-flop-50 --steps 1 --threads 1 --set run.batch=8 --set task.n-steps=10 --device auto --json
ok "Values of the experiment can be changed" json 'd["workloads"][0]["dense-gflop"] < 0.01'
ok "The device that was used is told, not the word for it" json 'd["workloads"][0]["device"] == "cpu"'
RHEO_CUDA_MODULE=none run bench flip-flop-50 --steps 1 --device cuda
ok "A card that is not there cannot be measured" fails 1 "run.device = cuda cannot be used: This program was built without CUDA."
run bench dance
ok "There is no other workload than those that are named" eval 'exits 2 && said "robot-1000, robot-256" && said "goal-150"'
run bench --steps 0
ok "No steps cannot be measured" fails 2 "--steps is 0; 1 to 1000000 are allowed."

done_testing
