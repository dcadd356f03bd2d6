#!/usr/bin/python3
"""Checks that Rheobase and the peer of the rate networks do the same work: from the same weights, on the same trials and
without noise, both say the same loss and the same lengths of the gradients of input, recurrent and output weights.

Usage: agree.py [PROBLEM ...]      problems of peer_rate.py; without any, those of the benchmark
Needs python3-torch and python3-h5py. Exit code 1 where a number differs by more than one part in ten thousand.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import h5py
import numpy
import torch

import peer_rate

TREE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
CLI = os.path.join(TREE, "build", "src", "cli", "rheobase-cli")
EXPERIMENTS = {"flip-flop": "flip-flop-3bit", "cddm": "cddm", "memory": "memory-anti-angle"}
N_TRIALS, N_STEPS = 64, 100
MOST = 1e-4


def train_once(name, folder, problem):
    """One iteration on trials from a file, which are returned with the path of the run and its metrics."""
    draw = numpy.random.default_rng(1)
    x = draw.random((N_TRIALS, N_STEPS, problem["n_in"]), dtype=numpy.float32)
    target = draw.random((N_TRIALS, N_STEPS, problem["n_out"]), dtype=numpy.float32).round()
    with h5py.File(os.path.join(folder, "trials.h5"), "w") as f:
        f["input"], f["target"] = x, target
    with open(os.path.join(TREE, "data", "experiments", EXPERIMENTS[name] + ".json"), encoding="utf-8") as f:
        experiment = json.load(f)
    experiment["task"] = {"id": "task-table", "file": os.path.join(folder, "trials.h5"),
                          "axes": "trial-step-channel", "held-out": 0}
    experiment["model"].update({"noise-rec": 0, "noise-in": 0})
    experiment["run"] = {"seed": 1, "budget": 1, "batch": N_TRIALS, "checkpoint": 1, "validate": 1}
    with open(os.path.join(folder, "experiment.json"), "w", encoding="utf-8") as f:
        json.dump(experiment, f)
    run = os.path.join(folder, "run.h5")
    done = subprocess.run([CLI, "train", f.name, "--out", run, "--json"], stdout=subprocess.PIPE, check=True,
                          env=dict(os.environ, RHEO_DATA=os.path.join(TREE, "data")))
    return x, target, run, json.loads(done.stdout.decode().splitlines()[-1])["metrics"]


def of_peer(run, problem, x, target):
    with h5py.File(run) as f:
        weights = [torch.from_numpy(f["checkpoint/0"][name][()]) for name in ("in.weight", "rec.weight", "out.weight")]
    net = peer_rate.RateNet(weights[1].shape[0], problem)
    net.w_in, net.w_rec, net.w_out = weights
    # The peer has its noise in its step: none of it is left.
    peer_rate.NOISE = 0
    loss, grads = net.step(*(torch.from_numpy(a).transpose(0, 1).contiguous() for a in (x, target)))
    return [loss.item()] + [grad.norm().item() for grad in grads]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("problem", nargs="*", default=list(EXPERIMENTS))
    torch.set_grad_enabled(False)
    worst = 0
    for name in parser.parse_args().problem:
        problem = dict(peer_rate.PROBLEMS[name], batch=N_TRIALS, n_steps=N_STEPS)
        with tempfile.TemporaryDirectory() as folder:
            x, target, run, metrics = train_once(name, folder, problem)
            theirs = of_peer(run, problem, x, target)
        ours = [metrics[key] for key in ("loss", "in.grad-norm", "rec.grad-norm", "out.grad-norm")]
        for what, a, b in zip(("loss", "input gradient", "recurrent gradient", "output gradient"), ours, theirs):
            print("%-10s %-20s Rheobase %.7g, peer %.7g" % (name, what, a, b))
            worst = max(worst, abs(a - b) / abs(b))
    print("Largest relative difference: %.1e" % worst)
    return worst > MOST


if __name__ == "__main__":
    sys.exit(main())
