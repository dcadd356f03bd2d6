"""The spiking robot-trajectory network in eager PyTorch, written to be fast: the peer of `rheobase-cli bench robot-*`.

Delayed-reset LIF cells with refractory time, arctan surrogate, four cell classes, log-normal sparse weights, summed
squared error of x and y, Adam, then the mask and the signs of the recurrent weights. Time is split off once (unbind),
input and read-out products run over all steps at once, and nothing is sliced inside the loop.

Prints one JSON object: seconds of each training step, and what ran it.
"""

import argparse
import json
import math
import resource
import time

import numpy as np
import torch

N_STEPS, BATCH, N_TRIALS = 30, 50, 1000
THRESHOLD, RESET, REFRACTORY = -55.0, 70.0, 2.5
CLASSES = ("E", "PV", "SST", "Htr")
LEAK = {"E": 0.85, "PV": 0.7, "SST": 0.3, "Htr": 0.6}
CONNECT = {"E": (0.16, 0.395, 0.182, 0.105), "PV": (0.411, 0.451, 0.03, 0.22), "SST": (0.424, 0.857, 0.082, 0.77),
           "Htr": (0.087, 0.02, 0.0625, 0.028)}


def trajectories(n_trials, seed):
    """Inputs (two angular velocities) and targets (x, y in 1 .. 10) of a two-link arm, [trial, step, 2] each."""
    rng = np.random.RandomState(seed)
    t = np.linspace(0, 2 * np.pi, N_STEPS)[:, None]
    inputs, targets = [], []
    for _ in range(n_trials):
        period0, phase0, size0 = rng.rand(5) * 0.7 + 0.3, rng.rand(5) * 2 * np.pi, rng.rand(5) * 75
        phase1, _, period1 = rng.rand(5) * 2 * np.pi, rng.rand(5), rng.rand(5) * 0.7 + 0.3
        speed0 = (size0 * np.sin(t / period0 + phase0)).sum(1)
        parts = np.sin(t / period1 + phase1)
        speed1 = (40 * parts / np.ptp(parts, axis=0)).sum(1)
        angle0 = 1e-5 * np.cumsum(speed0)
        angle1 = angle0 + 1e-5 * np.cumsum(speed1) + np.pi / 2
        place = np.stack([np.cos(angle0) + np.cos(angle1), np.sin(angle0) + np.sin(angle1)], 1)
        low, high = place.min(0), place.max(0)
        inputs.append(np.stack([speed0, speed1], 1))
        targets.append(1 + 9 * (place - low) / (high - low))
    return torch.tensor(np.array(inputs), dtype=torch.float32), torch.tensor(np.array(targets), dtype=torch.float32)


class Spike(torch.autograd.Function):
    """Spikes of units that are not refractory; backwards the arctan surrogate 1 / (1 + (pi v)^2)."""

    @staticmethod
    def forward(ctx, v, free):
        ctx.save_for_backward(v, free)
        return (v > 0).to(v.dtype).mul_(free)

    @staticmethod
    def backward(ctx, grad):
        v, free = ctx.saved_tensors
        return (v * math.pi).square_().add_(1).reciprocal_().mul_(grad).mul_(free), None


class RobotNet(torch.nn.Module):
    def __init__(self, n_units):
        super().__init__()
        n_inhibitory = n_units - round(0.85 * n_units)
        n_pv, n_sst = round(0.4 * n_inhibitory), round(0.3 * n_inhibitory)
        sizes = (n_units - n_inhibitory, n_pv, n_sst, n_inhibitory - n_pv - n_sst)
        self.n_excitatory = sizes[0]
        magnitude = torch.distributions.LogNormal(-0.64, 0.51)
        blocks = []
        for pre, n_pre in zip(CLASSES, sizes):
            column = [magnitude.sample((n_post, n_pre)) * (torch.rand(n_post, n_pre) < p)
                      for n_post, p in zip(sizes, CONNECT[pre])]
            blocks.append(torch.cat(column) * (1 if pre == "E" else -10))
        weight = torch.cat(blocks, 1)
        self.mask = (weight != 0).float()
        self.leak = torch.cat([torch.full((n,), LEAK[name]) for name, n in zip(CLASSES, sizes)])
        self.w_rec = torch.nn.Parameter(weight)
        self.w_in = torch.nn.Parameter(self.scatter(magnitude, n_units, 2))
        self.w_out = torch.nn.Parameter(self.scatter(magnitude, 2, n_units))
        self.b_in = torch.nn.Parameter((torch.rand(n_units) * 2 - 1) / math.sqrt(2))
        self.b_rec = torch.nn.Parameter((torch.rand(n_units) * 2 - 1) / math.sqrt(n_units))
        self.b_out = torch.nn.Parameter((torch.rand(2) * 2 - 1) / math.sqrt(n_units))

    @staticmethod
    def scatter(magnitude, n_post, n_pre):
        weight = torch.zeros(n_post * n_pre)
        chosen = torch.randperm(n_post * n_pre)[:int(n_post * n_pre * 0.16)]
        weight[chosen] = magnitude.sample((len(chosen),))
        return weight.view(n_post, n_pre)

    def forward(self, x):
        """x: [step, trial, 2]. Returns the outputs [step, trial, 2] and the spikes [step, trial, unit]."""
        drive = torch.nn.functional.linear(x, self.w_in, self.b_in + self.b_rec).unbind(0)
        recurrent = self.w_rec.t()
        m = torch.zeros(x.shape[1], self.leak.shape[0])
        s, wait = None, torch.zeros_like(m)
        spikes = []
        for current in drive:
            with torch.no_grad():
                wait = (wait - 1).clamp_(min=0)
                reset = (m > THRESHOLD).to(m.dtype)
                pull = reset * RESET
                keep = self.leak - reset
                free = (wait == 0).to(m.dtype)
            if s is not None:
                current = torch.addmm(current, s, recurrent)
            m = torch.addcmul(current - pull, keep, m)
            s = Spike.apply(m - THRESHOLD, free)
            spikes.append(s)
            with torch.no_grad():
                wait = torch.maximum(wait, s * REFRACTORY)
        spikes = torch.stack(spikes)
        return torch.nn.functional.linear(spikes, self.w_out, self.b_out), spikes

    @torch.no_grad()
    def constrain(self):
        self.w_rec.mul_(self.mask)
        self.w_rec[:, :self.n_excitatory].clamp_(min=0)
        self.w_rec[:, self.n_excitatory:].clamp_(max=0)


def adam(parameters, lr):
    """The fastest of the variants that this version of PyTorch has on the CPU."""
    for options in ({"fused": True}, {"foreach": True}, {}):
        try:
            optimiser = torch.optim.Adam(parameters, lr=lr, **options)
            for p in parameters:
                p.grad = torch.zeros_like(p)
            optimiser.step()
            return torch.optim.Adam(parameters, lr=lr, **options)
        except (RuntimeError, TypeError):
            continue
    raise RuntimeError("no Adam")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--warm-up", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)

    inputs, targets = trajectories(N_TRIALS, 3000)
    net = RobotNet(options.units)
    parameters = list(net.parameters())
    optimiser = adam(parameters, 0.005)
    net.constrain()
    seconds, rates, losses = [], [], []
    for step in range(options.warm_up + options.steps):
        rows = torch.randperm(N_TRIALS)[:BATCH]
        x, target = inputs[rows].transpose(0, 1).contiguous(), targets[rows].transpose(0, 1).contiguous()
        start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        y, spikes = net(x)
        loss = torch.nn.functional.mse_loss(y, target) * 2
        loss.backward()
        optimiser.step()
        net.constrain()
        if step >= options.warm_up:
            seconds.append(time.perf_counter() - start)
        losses.append(loss.item())
        rates.append(spikes.detach().mean().item())
    print(json.dumps({
        "peer": "PyTorch %s" % torch.__version__, "threads": options.threads, "units": options.units,
        "seconds": seconds, "loss": losses[-1], "rate": rates[-1],
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "blas": next((line.strip(" -") for line in torch.__config__.show().splitlines() if "BLAS" in line or "MKL" in line), ""),
    }))


if __name__ == "__main__":
    main()
