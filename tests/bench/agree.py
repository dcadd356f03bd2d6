#!/usr/bin/python3
"""Checks that Rheobase and the peers of rate networks and of spoken digits do the same work: from the same weights, on the same
trials and without noise, both say the same loss and the same lengths of the gradients.

Usage: agree.py [PROBLEM ...]      without any, all
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
import peer_shd

TREE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
CLI = os.path.join(TREE, "build", "src", "cli", "rheobase-cli")
N_TRIALS, N_STEPS = 64, 100
MOST = 1e-4


def train_once(folder, experiment, task):
    """One iteration on trials that lie in the folder. Returns the checkpoint before it and its metrics."""
    with open(os.path.join(TREE, "data", "experiments", experiment + ".json"), encoding="utf-8") as f:
        experiment = json.load(f)
    experiment["task"] = task
    if "noise-rec" in experiment["model"]:
        experiment["model"].update({"noise-rec": 0, "noise-in": 0})
    if experiment["model"]["id"] == "lif":
        experiment["model"]["layers"][0]["differentiate-reset"] = False
    experiment["run"] = {"seed": 1, "budget": 1, "batch": N_TRIALS, "checkpoint": 1, "validate": 1}
    with open(os.path.join(folder, "experiment.json"), "w", encoding="utf-8") as f:
        json.dump(experiment, f)
    path = os.path.join(folder, "run.h5")
    done = subprocess.run([CLI, "train", f.name, "--out", path, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=True, env=dict(os.environ, RHEO_DATA=os.path.join(TREE, "data")))
    with h5py.File(path) as f:
        arrays = {name: torch.from_numpy(one[()]) for name, one in f["checkpoint/0"].items()
                  if isinstance(one, h5py.Dataset) and one.dtype == numpy.float32}
    return arrays, json.loads(done.stdout.decode().splitlines()[-1])["metrics"]


# --- networks of rates ------------------------------------------------------------------------------------------------------

RATES = {"flip-flop": "flip-flop-3bit", "cddm": "cddm", "memory": "memory-anti-angle"}


def rate(name, folder):
    """[(what, ours, the peer's)]"""
    problem = dict(peer_rate.PROBLEMS[name], batch=N_TRIALS, n_steps=N_STEPS)
    draw = numpy.random.default_rng(1)
    x = draw.random((N_TRIALS, N_STEPS, problem["n_in"]), dtype=numpy.float32)
    target = draw.random((N_TRIALS, N_STEPS, problem["n_out"]), dtype=numpy.float32).round()
    with h5py.File(os.path.join(folder, "trials.h5"), "w") as f:
        f["input"], f["target"] = x, target
    arrays, metrics = train_once(folder, RATES[name], {"id": "task-table", "file": os.path.join(folder, "trials.h5"),
                                                      "axes": "trial-step-channel", "held-out": 0})
    weights = [arrays[key] for key in ("in.weight", "rec.weight", "out.weight")]
    net = peer_rate.RateNet(weights[1].shape[0], problem)
    net.w_in, net.w_rec, net.w_out = weights
    # The peer has its noise in its step: none of it is left.
    peer_rate.NOISE = 0
    with torch.no_grad():
        loss, grads = net.step(*(torch.from_numpy(a).transpose(0, 1).contiguous() for a in (x, target)))
    return [("loss", metrics["loss"], loss)] + [(key, metrics[key], grad.norm()) for key, grad in
                                                zip(("in.grad-norm", "rec.grad-norm", "out.grad-norm"), grads)]


# --- spoken digits ----------------------------------------------------------------------------------------------------------

# Experiment, model and units of the peer, and the array of ours for each of its parameters.
OUT = [("out.weight", "w")]
LIF = [[("in.weight", "w"), ("rec.weight", "rec")]]
ALIF = [[("%s.weight" % below, "w"), ("rec%d.weight" % i, "rec"), ("%s.bias" % below, "bias"), ("hidden%d.tau-m" % i, "tau_m"),
         ("hidden%d.tau-adp" % i, "tau_adp")] for i, below in ((1, "in"), (2, "ff2"))]
DIGITS = {"lif": ("shd-lif-synthetic", LIF, OUT),
          "alif": ("shd-alif-synthetic", ALIF, OUT + [("out.bias", "bias"), ("out.tau", "tau")])}


def write_digits(path, n, draw):
    """A file in the layout of the data set; returns its spikes as [step, trial, channel] and labels. A step is 10 ms."""
    x = draw.random((N_STEPS, n, peer_shd.CHANNELS)) < 0.095
    labels = draw.integers(peer_shd.CLASSES, size=n)
    with h5py.File(path, "w") as f:
        times = f.create_dataset("spikes/times", (n,), h5py.vlen_dtype(numpy.float16))
        units = f.create_dataset("spikes/units", (n,), h5py.vlen_dtype(numpy.uint16))
        for i in range(n):
            step, channel = numpy.nonzero(x[:, i])
            times[i], units[i] = ((step + 0.5) / 100).astype(numpy.float16), channel.astype(numpy.uint16)
        f["labels"] = labels.astype(numpy.uint16)
        f["extra/speaker"] = numpy.zeros(n, numpy.uint16)
        f["extra/keys"] = numpy.array([b"class %d" % k for k in range(peer_shd.CLASSES)])
    return torch.from_numpy(x).float(), torch.from_numpy(labels)


def digits(name, folder):
    draw = numpy.random.default_rng(1)
    x, target = write_digits(os.path.join(folder, "shd_train.h5"), N_TRIALS, draw)
    write_digits(os.path.join(folder, "shd_test.h5"), 20, draw)
    experiment, layers, out = DIGITS[name]
    arrays, metrics = train_once(folder, experiment, {"id": "data-shd", "source": "files", "path": folder, "bin": 10,
                                                      "n-steps": N_STEPS})
    net = peer_shd.Net(name, arrays["out.weight"].shape[0])
    pairs = [(key, part, attribute) for part, keys in zip([*net.layers, net.out], [*layers, out]) for key, attribute in keys]
    for key, part, attribute in pairs:
        setattr(part, attribute, torch.nn.Parameter(arrays[key].clone()))
    loss, _ = net.by_hand(x, target)
    found = [("loss", metrics["loss"], loss)]
    for key, part, attribute in pairs:
        if key.endswith(".weight"):
            metric = key.replace(".weight", ".grad-norm")
            found.append((metric, metrics[metric], getattr(part, attribute).grad.norm()))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problem", nargs="*", default=[*RATES, *DIGITS])
    worst = 0
    for name in parser.parse_args().problem:
        with tempfile.TemporaryDirectory() as folder:
            found = (rate if name in RATES else digits)(name, folder)
        for what, a, b in found:
            print("%-10s %-15s Rheobase %.7g, peer %.7g" % (name, what, a, float(b)))
            worst = max(worst, abs(a - float(b)) / abs(float(b)))
    print("Largest relative difference: %.1e" % worst)
    return worst > MOST


if __name__ == "__main__":
    sys.exit(main())
