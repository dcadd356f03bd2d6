#!/usr/bin/env python3
"""Epochs of target-based learning (diagonal feedback) in eager PyTorch, as fast as eager calls make it: the peer of
`rheobase-cli bench goal-*`.

Usage: peer_goal.py [--units N] [--trial-steps T] [--steps EPOCHS]

What does not depend on the step before (input currents, outputs, errors of spikes) is done for all steps at once, vectors
are updated in place, and the weight update is one call.
"""

import argparse
import json
import resource
import time

import torch

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--units", type=int, default=150)
parser.add_argument("--trial-steps", type=int, default=150)
parser.add_argument("--steps", type=int, default=20, help="epochs")
options = parser.parse_args()
UNITS, STEPS, EPOCHS = options.units, options.trial_steps, options.steps
OUTPUTS, INPUTS = 3, 5
EM, ES, EO = (float(torch.exp(torch.tensor(-1.0 / tau))) for tau in (8, 2, 5))

torch.set_num_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(1)
torch.set_grad_enabled(False)


def currents():
    """Of the clock and the bias, all steps."""
    span = (STEPS - 1) // INPUTS
    x = torch.zeros(STEPS - 1, INPUTS)
    for k in range(INPUTS):
        x[k * span:(k + 1) * span, k] = 1
    return x @ (22 * torch.randn(INPUTS, UNITS)) - 4


def epoch(w, given, target, spikes, read_out, y, rate):
    v, z = torch.full((UNITS,), -4.0), torch.zeros(UNITS)
    s, p, r = torch.zeros(UNITS), torch.zeros(UNITS), torch.zeros(UNITS)
    all_z, all_r = torch.zeros(STEPS, UNITS), torch.zeros(STEPS, UNITS)
    for t in range(STEPS - 1):
        s.mul_(ES).add_(z, alpha=1 - ES)
        p.mul_(EM).add_(s, alpha=1 - EM)
        v.mul_(EM).add_(torch.addmv(given[t], w, s), alpha=1 - EM).add_(z, alpha=-20)
        z = torch.gt(v, 0, out=all_z[t + 1])
        r.mul_(EO).add_(z, alpha=1 - EO)
        all_r[t + 1] = r
        psi = torch.sigmoid(v)
        q = torch.sub(target[t + 1], r).mul_(psi).mul_(1 - psi)
        w.addr_(q, p, alpha=rate)
        w.fill_diagonal_(0)
    return float((y - all_r @ read_out).square().mean()), float((all_z - spikes).abs().sum())


def main():
    given, w = currents(), torch.randn(UNITS, UNITS)
    spikes = (torch.rand(STEPS, UNITS) < 0.055).float()
    target = torch.zeros(STEPS, UNITS)
    for t in range(1, STEPS):
        target[t] = EO * target[t - 1] + (1 - EO) * spikes[t]
    read_out, y = torch.randn(UNITS, OUTPUTS) / UNITS**0.5, torch.randn(STEPS, OUTPUTS)
    seconds = []
    for _ in range(1 + EPOCHS):
        began = time.perf_counter()
        mse, distance = epoch(w, given, target, spikes, read_out, y, 1.0)
        seconds.append(time.perf_counter() - began)
    print(json.dumps({"peer": "PyTorch %s" % torch.__version__, "threads": torch.get_num_threads(), "seconds": seconds[1:],
                      "mse": mse, "spike-error": distance,
                      "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


main()
