"""A rate network on a cognitive task in PyTorch, written to be fast: the peer of `rheobase-cli bench flip-flop-50` and its
like.

Back-propagation through time spelt out, without autograd: one product per step there and one back, everything that does
not depend on the step before over all steps at once, every result into a buffer that is there already. Noise of units and
inputs is drawn anew in each step. Mean squared error, small rates, input and output weights at right angles, Adam.

Prints one JSON object: seconds of each training step, and what ran it.
"""

import argparse
import json
import math
import resource
import time

import torch

# Units of input and output, trials, steps, activation, whether weights have signs that they keep, weight of small rates.
PROBLEMS = {
    "flip-flop": {"n_in": 3, "n_out": 3, "batch": 256, "n_steps": 200, "activation": "tanh", "signs": False, "rate": 0.1},
    "cddm": {"n_in": 6, "n_out": 2, "batch": 242, "n_steps": 750, "activation": "relu", "signs": True, "rate": 0.3},
    "memory": {"n_in": 3, "n_out": 2, "batch": 396, "n_steps": 320, "activation": "tanh", "signs": False, "rate": 0.1},
    "large": {"n_in": 3, "n_out": 3, "batch": 128, "n_steps": 300, "activation": "tanh", "signs": False, "rate": 0.1},
}
NOISE = 0.03
ALPHA = 0.1


def forth(drive, h, w, noise, relu):
    """Activity and next state of one step."""
    a = torch.addmm(drive, h, w)
    a = a.clamp(min=0) if relu else a.tanh()
    return a, torch.lerp(h, a, ALPHA) + noise


def back(slope, carry, grad, w):
    """Delta of one step, and the gradient of the state before it."""
    delta = slope * carry * ALPHA
    return delta, torch.addmm(grad, delta, w) + (1 - ALPHA) * carry


class RateNet:
    """compiled: steps by torch.compile, not by products into buffers that are there."""

    def __init__(self, n_units, problem, compiled=False):
        self.compiled = (torch.compile(forth, dynamic=False), torch.compile(back, dynamic=False)) if compiled else None
        self.problem = problem
        b, t, n = problem["batch"], problem["n_steps"], n_units
        self.w_in = torch.randn(problem["n_in"], n) / math.sqrt(n)
        self.w_rec = torch.randn(n, n) / math.sqrt(n)
        self.w_out = torch.randn(n, problem["n_out"]) / math.sqrt(n)
        self.sign = torch.ones(n, 1)
        if problem["signs"]:
            self.sign[int(0.8 * n):] = -1
            for w in (self.w_in, self.w_rec, self.w_out):
                w.abs_()
            self.w_rec.mul_(self.sign)
        self.weights = (self.w_in, self.w_rec, self.w_out)
        self.h = torch.zeros(t + 1, b, n)
        self.slope, self.delta, self.grad = (torch.empty(t, b, n) for _ in range(3))
        self.drive, self.noise = torch.empty(t, b, n), torch.empty(t, b, n)
        self.carry, self.scratch = torch.empty(b, n), torch.empty(b, n)
        self.relu = problem["activation"] == "relu"

    def step(self, x, target):
        """Loss and gradients of a batch, x: [step, trial, input], target: [step, trial, output]."""
        p, h, t = self.problem, self.h, x.shape[0]
        amount = math.sqrt(2 / ALPHA) * NOISE
        seen = x + amount * torch.randn_like(x)
        self.noise.normal_(0, ALPHA * amount)
        torch.matmul(seen, self.w_in, out=self.drive)
        for i in range(t):
            a = self.slope[i]
            if self.compiled:
                found = self.compiled[0](self.drive[i], h[i], self.w_rec, self.noise[i], self.relu)
                a.copy_(found[0])
                h[i + 1].copy_(found[1])
                continue
            torch.addmm(self.drive[i], h[i], self.w_rec, out=a)
            if self.relu:
                a.clamp_(min=0)
            else:
                a.tanh_()
            torch.lerp(h[i], a, ALPHA, out=h[i + 1])
            h[i + 1].add_(self.noise[i])
        # The read-out sees the state before the step's input has acted.
        rates = h[:-1]
        y = torch.matmul(rates, self.w_out)
        error = y.sub_(target)
        loss = error.square().mean() + p["rate"] * rates.square().mean()
        error.mul_(2 / error.numel())
        if self.relu:
            torch.gt(self.slope, 0, out=self.slope)
        else:
            torch.square(self.slope, out=self.slope).neg_().add_(1)
        torch.matmul(error, self.w_out.t(), out=self.grad)
        self.grad.add_(rates, alpha=2 * p["rate"] / rates.numel())
        carry, turned = self.carry.zero_(), self.w_rec.t()
        for i in range(t - 1, -1, -1):
            # carry: gradient of h[i + 1].
            if self.compiled:
                found = self.compiled[1](self.slope[i], carry, self.grad[i], turned)
                self.delta[i].copy_(found[0])
                carry.copy_(found[1])
                continue
            torch.mul(self.slope[i], carry, out=self.delta[i]).mul_(ALPHA)
            torch.addmm(self.grad[i], self.delta[i], turned, out=self.scratch)
            carry.mul_(1 - ALPHA).add_(self.scratch)
        delta, states = self.delta.flatten(0, 1), rates.flatten(0, 1)
        grads = [seen.flatten(0, 1).t() @ delta, states.t() @ delta, states.t() @ error.flatten(0, 1)]
        return loss + self.keep_apart(grads), grads

    def keep_apart(self, grads):
        """Overlap of the directions of input and output weights; its gradient is added."""
        with torch.enable_grad():
            w_in, w_out = self.w_in.detach().requires_grad_(), self.w_out.detach().requires_grad_()
            columns = torch.nn.functional.normalize(torch.cat([w_in.t(), w_out], 1), dim=0)
            cosines = columns.t() @ columns
            overlap = 0.3 * (cosines - torch.diag(torch.diagonal(cosines))).norm()
            by_in, by_out = torch.autograd.grad(overlap, (w_in, w_out))
        grads[0].add_(by_in)
        grads[2].add_(by_out)
        return overlap.detach()

    def constrain(self):
        if self.problem["signs"]:
            self.w_in.clamp_(min=0)
            self.w_out.clamp_(min=0)
            self.w_rec.mul_(self.sign).clamp_(min=0).mul_(self.sign)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problem", choices=list(PROBLEMS), default="flip-flop")
    parser.add_argument("--form", choices=("by-hand", "compile"), default="by-hand")
    parser.add_argument("--units", type=int, default=50)
    parser.add_argument("--batch", type=int, help="trials, if other than the problem has")
    parser.add_argument("--device", default="cpu", help="cpu or cuda, which needs PyTorch 2")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.set_grad_enabled(False)
    torch.manual_seed(1)

    if options.device != "cpu":
        torch.set_default_device(options.device)
    problem = dict(PROBLEMS[options.problem])
    problem["batch"] = options.batch or problem["batch"]
    net = RateNet(options.units, problem, options.form == "compile")
    parameters = [torch.nn.Parameter(w) for w in net.weights]
    net.w_in, net.w_rec, net.w_out = (p.data for p in parameters)
    net.weights = parameters
    optimiser = torch.optim.Adam(parameters, lr=0.002, weight_decay=5e-6)
    x = torch.rand(problem["n_steps"], problem["batch"], problem["n_in"])
    target = torch.rand(problem["n_steps"], problem["batch"], problem["n_out"]).round_()
    finish = torch.cuda.synchronize if options.device != "cpu" else lambda: None
    if options.device != "cpu":
        torch.set_default_device(None)  # what is made in a step follows its tensors
    seconds, losses = [], []
    for step in range(options.warm_up + options.steps):
        start = time.perf_counter()
        loss, grads = net.step(x, target)
        for parameter, grad in zip(parameters, grads):
            parameter.grad = grad
        optimiser.step()
        net.constrain()
        finish()
        if step >= options.warm_up:
            seconds.append(time.perf_counter() - start)
        losses.append(loss.item())
    print(json.dumps({
        "peer": "PyTorch %s" % torch.__version__, "threads": options.threads, "units": options.units, "form": options.form,
        "seconds": seconds, "loss": losses[-1], "first-loss": losses[0],
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "blas": next((line.strip(" -") for line in torch.__config__.show().splitlines() if "BLAS" in line or "MKL" in line), ""),
    }))


if __name__ == "__main__":
    main()
