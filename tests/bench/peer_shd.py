#!/usr/bin/python3
"""Networks that tell spoken digits from 700 channels of spikes, in PyTorch: the peer of `rheobase-cli bench shd-*`.

Usage: peer_shd.py [--model lif|alif] [--form FORM] [--units N] [--trial-steps T] [--batch B]
                   [--occupancy SHARE] [--threads N] [--steps N]
       peer_shd.py --check      all forms that are installed come to the same loss and gradients

One layer of leaky integrate-and-fire units (fast sigmoid, reset by subtraction, leaky read-out, the highest score in time) or two
of adaptive ones (multi-Gaussian, time constants that are learnt, averaging read-out, sum of softmax), cross-entropy, Adam. Inputs
are random spikes, as many as there are in the recordings. The work is the same in each form:

by-hand   back-propagation through time spelt out: one product per step there and one back, all else over all steps at once
autograd  the way back by PyTorch; time is split off once, products of input and read-out run over all steps at once
compile   the same with torch.compile for the step of a layer
snntorch  cells of the package snnTorch, which has no adaptive ones (lif only)

Prints one JSON object: seconds of each training step, and what ran it.
"""

import argparse
import importlib.util
import json
import math
import resource
import time

import torch

from peer_robot import adam

CHANNELS, CLASSES = 700, 20
DECAY = math.exp(-10 / 20)  # of a membrane of 20 ms in a step of 10 ms
STEEP = 10                  # of the fast sigmoid
REST, ADAPT = 0.01, 1.8     # threshold of an adaptive unit that was silent, and how it rises
FORMS = ("by-hand", "autograd", "compile", "snntorch")


def multi_gaussian(v):
    """Of width 0.5 and height 0.5, with lobes below zero six times as wide."""
    def normal(at, sd):
        return (v - at).square_().mul_(-0.5 / sd**2).exp_().div_(sd * math.sqrt(2 * math.pi))
    return normal(0, 0.5).mul_(1.15).sub_(normal(0.5, 3), alpha=0.15).sub_(normal(-0.5, 3), alpha=0.15).mul_(0.5)


class FastSigmoidSpike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return (v > 0).to(v.dtype)

    @staticmethod
    def backward(ctx, grad):
        v, = ctx.saved_tensors
        return v.abs().mul_(STEEP).add_(1).square_().reciprocal_().mul_(grad)


class MultiGaussianSpike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return (v > 0).to(v.dtype)

    @staticmethod
    def backward(ctx, grad):
        v, = ctx.saved_tensors
        return multi_gaussian(v).mul_(grad)


def smooth_fast_sigmoid(v):
    """A spike whose slope is the surrogate's, written so that a compiler sees through it."""
    soft = v / (1 + STEEP * v.abs())
    return (v > 0).to(v.dtype) + soft - soft.detach()


def smooth_multi_gaussian(v):
    def below(at, sd):
        return 0.5 * torch.erf((v - at) / (sd * math.sqrt(2)))
    soft = 0.5 * (1.15 * below(0, 0.5) - 0.15 * below(0.5, 3) - 0.15 * below(-0.5, 3))
    return (v > 0).to(v.dtype) + soft - soft.detach()


def lif_step(drive, m, s, rec, spike):
    """Membrane and spikes. The reset is not differentiated."""
    m = torch.addmm(torch.add(drive - s.detach(), m, alpha=DECAY), s, rec)
    return m, spike(m - 1)


def alif_step(drive, m, b, s, rec, alpha, rho, spike):
    b = torch.lerp(s, b, rho)
    threshold = REST + ADAPT * b
    m = torch.addcmul(torch.lerp(torch.addmm(drive, s, rec), m, alpha), threshold, s, value=-1)
    return m, b, spike(m - threshold)


class LifLayer:
    """Weights [input, unit] and [unit, unit], none of them a bias."""

    def __init__(self, n_in, n):
        self.w = torch.randn(n_in, n) * (2 / math.sqrt(n_in))
        self.rec = torch.randn(n, n) * (0.5 / math.sqrt(n))
        self.spike, self.step = FastSigmoidSpike.apply, lif_step
        self.smooth = smooth_fast_sigmoid

    names = ("w", "rec")

    def autograd(self, x):
        m = s = x.new_zeros(x.shape[1], self.rec.shape[0])
        spikes = []
        for drive in (x @ self.w).unbind(0):
            m, s = self.step(drive, m, s, self.rec, self.spike)
            spikes.append(s)
        return torch.stack(spikes)

    def there(self, x):
        """Spikes [step, trial, unit]; x and membranes are kept for the way back."""
        drive = x @ self.w
        self.x, self.m, self.s = x, drive, torch.empty_like(drive)
        reset = self.rec - torch.eye(self.rec.shape[0], device=x.device)
        for t in range(len(x)):
            m = drive[t]
            if t > 0:
                m.add_(drive[t - 1], alpha=DECAY).addmm_(self.s[t - 1], reset)
            torch.gt(m, 1, out=self.s[t])
        return self.s

    def back(self, grad):
        """Gradients of the parameters from those of the spikes, which are lost, and what to hand to the layer below."""
        slope, back = self.m.sub_(1).abs_().mul_(STEEP).add_(1).square_().reciprocal_(), self.rec.t()
        grad[-1].mul_(slope[-1])
        for t in range(len(grad) - 2, -1, -1):
            grad[t].addmm_(grad[t + 1], back).mul_(slope[t]).add_(grad[t + 1], alpha=DECAY)
        delta = grad.flatten(0, 1)
        return [self.x.flatten(0, 1).t() @ delta, self.s[:-1].flatten(0, 1).t() @ grad[1:].flatten(0, 1)], delta


class AlifLayer:
    """Besides the weights a bias, and time constants of membrane and adaptation in steps."""

    def __init__(self, n_in, n):
        self.w = torch.nn.init.xavier_uniform_(torch.empty(n_in, n))
        self.rec = torch.nn.init.orthogonal_(torch.empty(n, n))
        self.bias = torch.zeros(n)
        self.tau_m, self.tau_adp = 20 + 5 * torch.randn(n), 150 + 10 * torch.randn(n)
        self.spike, self.step = MultiGaussianSpike.apply, alif_step
        self.smooth = smooth_multi_gaussian

    names = ("w", "rec", "bias", "tau_m", "tau_adp")

    def decays(self):
        return torch.exp(-1 / self.tau_m), torch.exp(-1 / self.tau_adp)

    def autograd(self, x):
        alpha, rho = self.decays()
        m = b = s = x.new_zeros(x.shape[1], self.rec.shape[0])
        spikes = []
        for drive in (x @ self.w + self.bias).unbind(0):
            m, b, s = self.step(drive, m, b, s, self.rec, alpha, rho, self.spike)
            spikes.append(s)
        return torch.stack(spikes)

    def there(self, x):
        current = torch.matmul(x, self.w).add_(self.bias)
        n = len(x)
        # First of each: before the first step.
        m, b, s, threshold = (current.new_zeros(n + 1, *current.shape[1:]) for _ in range(4))
        alpha, rho = self.decays()
        for t in range(n):
            current[t].addmm_(s[t], self.rec)
            torch.lerp(s[t], b[t], rho, out=b[t + 1])
            torch.mul(b[t + 1], ADAPT, out=threshold[t + 1]).add_(REST)
            torch.lerp(current[t], m[t], alpha, out=m[t + 1]).addcmul_(threshold[t + 1], s[t], value=-1)
            torch.gt(m[t + 1], threshold[t + 1], out=s[t + 1])
        self.x, self.current, self.m, self.b, self.s, self.threshold = x, current, m, b, s, threshold
        return s[1:]

    def back(self, grad):
        m, b, s, threshold = self.m, self.b, self.s, self.threshold
        slope, back = multi_gaussian(m[1:] - threshold[1:]), self.rec.t()
        alpha, rho = self.decays()
        delta, gated, fall = (torch.empty_like(grad) for _ in range(3))
        d, l = torch.zeros_like(grad[0]), torch.zeros_like(grad[0])
        gain, share, minus = 1 - alpha, 1 - rho, threshold.neg_()
        for t in range(len(grad) - 1, -1, -1):
            psi = grad[t].mul_(slope[t])
            torch.add(psi, d, out=delta[t])
            psi.addcmul_(delta[t], s[t])
            torch.sub(l, psi, alpha=ADAPT, out=fall[t])
            torch.mul(delta[t], gain, out=gated[t])
            torch.mul(delta[t], alpha, out=d)
            torch.mul(fall[t], rho, out=l)
            if t > 0:
                grad[t - 1].addmm_(gated[t], back).addcmul_(minus[t + 1], delta[t]).addcmul_(share, fall[t])
        d_alpha = m[:-1].sub_(self.current).mul_(delta).sum((0, 1))
        d_rho = b[:-1].sub_(s[:-1]).mul_(fall).sum((0, 1))
        flat = gated.flatten(0, 1)
        return [self.x.flatten(0, 1).t() @ flat, s[:-1].flatten(0, 1).t() @ flat, flat.sum(0),
                d_alpha * alpha / self.tau_m**2, d_rho * rho / self.tau_adp**2], flat


def ages_of(n, device):
    """Steps from the second to the first of each pair."""
    steps = torch.arange(n, device=device)
    return steps[:, None] - steps[None]


class LifReadOut:
    def __init__(self, n):
        self.w = torch.randn(n, CLASSES) / math.sqrt(n)

    names = ("w",)

    def loss(self, current, target):
        n = len(current)
        ages = ages_of(n, current.device)
        kernel = DECAY ** ages.clamp(min=0) * (ages >= 0)
        u = (kernel @ current.flatten(1)).view_as(current)
        return torch.nn.functional.cross_entropy(u.max(0).values, target)


class AlifReadOut:
    def __init__(self, n):
        self.w = torch.nn.init.xavier_uniform_(torch.empty(n, CLASSES))
        self.bias = (torch.rand(CLASSES) * 2 - 1) / math.sqrt(n)
        self.tau = 20 + 5 * torch.randn(CLASSES)

    names = ("w", "bias", "tau")

    def loss(self, current, target):
        n = len(current)
        ages = ages_of(n, current.device)
        decay = -1 / self.tau
        kernel = torch.exp(decay[:, None, None] * ages.clamp(min=0)) * (ages >= 0) * (1 - torch.exp(decay))[:, None, None]
        u = torch.bmm(kernel, (current + self.bias).permute(2, 0, 1))
        return torch.nn.functional.cross_entropy(u[:, 11:].softmax(0).sum(1).t(), target)


class Product(torch.nn.Module):
    def __init__(self, w):
        super().__init__()
        self.w = w

    def forward(self, x):
        return x @ self.w


class Net:
    def __init__(self, model, n_units):
        kind, read_out, n_layers = {"lif": (LifLayer, LifReadOut, 1), "alif": (AlifLayer, AlifReadOut, 2)}[model]
        self.layers = [kind(n_units if i else CHANNELS, n_units) for i in range(n_layers)]
        self.out = read_out(n_units)
        for part in [*self.layers, self.out]:
            for name in part.names:
                setattr(part, name, torch.nn.Parameter(getattr(part, name)))

    def parameters(self):
        return [getattr(part, name) for part in [*self.layers, self.out] for name in part.names]

    def autograd(self, x, target):
        for layer in self.layers:
            x = layer.autograd(x)
        loss = self.out.loss(x @ self.out.w, target)
        loss.backward()
        return loss, x

    def by_hand(self, x, target):
        with torch.no_grad():
            for layer in self.layers:
                x = layer.there(x)
            current = x @ self.out.w
        current.requires_grad_()
        loss = self.out.loss(current, target)
        own = [getattr(self.out, name) for name in self.out.names[1:]]
        grad, *rest = torch.autograd.grad(loss, [current, *own])
        with torch.no_grad():
            found = [[x.flatten(0, 1).t() @ grad.flatten(0, 1), *rest]]
            grad = grad @ self.out.w.t()
            for i in range(len(self.layers) - 1, -1, -1):
                grads, delta = self.layers[i].back(grad)
                found.insert(0, grads)
                if i > 0:
                    grad = (delta @ self.layers[i].w.t()).view(*grad.shape[:2], -1)
        for parameter, one in zip(self.parameters(), sum(found, [])):
            parameter.grad = one
        return loss.detach(), x

    def snntorch(self):
        """The same in cells of snnTorch: a function like autograd, with the same parameters."""
        import snntorch
        n, layer = self.out.w.shape[0], self.layers[0]
        cell = snntorch.RLeaky(beta=DECAY, linear_features=n, reset_mechanism="subtract",
                               spike_grad=snntorch.surrogate.fast_sigmoid(slope=STEEP))
        cell.recurrent = Product(layer.rec)
        read_out = snntorch.Leaky(beta=DECAY, reset_mechanism="none")

        def step(x, target):
            s, m = cell.init_rleaky()
            u, spikes, scores = read_out.init_leaky(), [], []
            for one in x.unbind(0):
                s, m = cell(one @ layer.w, s, m)
                _, u = read_out(s @ self.out.w, u)
                spikes.append(s)
                scores.append(u)
            loss = torch.nn.functional.cross_entropy(torch.stack(scores).max(0).values, target)
            loss.backward()
            return loss, torch.stack(spikes)
        return step

    def form(self, name):
        if name == "snntorch":
            return self.snntorch()
        if name == "compile":
            for layer in self.layers:
                layer.spike, layer.step = layer.smooth, torch.compile(layer.step, dynamic=False)
        return self.by_hand if name == "by-hand" else self.autograd


def batch_of(n_steps, n_trials, share):
    return (torch.rand(n_steps, n_trials, CHANNELS) < share).float(), torch.randint(CLASSES, (n_trials,))


def installed(form, model):
    return ((form != "compile" or hasattr(torch, "compile"))
            and (form != "snntorch" or model == "lif" and importlib.util.find_spec("snntorch") is not None))


def check():
    """Relative differences between forms, of loss and gradients; an error where they are more than rounding."""
    for model in ("lif", "alif"):
        torch.manual_seed(1)
        net, (x, target) = Net(model, 40), batch_of(60, 8, 0.095)
        found = {}
        for form in [name for name in FORMS if installed(name, model)]:
            for parameter in net.parameters():
                parameter.grad = None
            loss, _ = net.form(form)(x.clone(), target)
            found[form] = [loss.item()] + [p.grad.clone() for p in net.parameters()]
            theirs, mine = found["by-hand"], found[form]
            worst = max([abs(mine[0] - theirs[0]) / abs(theirs[0])]
                        + [float((a - b).norm() / b.norm()) for a, b in zip(mine[1:], theirs[1:])])
            print("%-5s %-9s loss %.6f, largest relative difference %.1e" % (model, form, mine[0], worst))
            if not worst < 1e-4:
                raise SystemExit("%s of %s does other work than by-hand." % (form, model))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=("lif", "alif"), default="lif")
    parser.add_argument("--form", choices=FORMS, default="by-hand")
    parser.add_argument("--units", type=int, default=128)
    parser.add_argument("--trial-steps", type=int, default=100)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--occupancy", type=float, default=0.095, help="share of inputs that are spikes; of 250 steps 0.04")
    parser.add_argument("--device", default="cpu", help="cpu or cuda, which needs PyTorch 2")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    if options.check:
        return check()
    torch.manual_seed(1)
    finish = torch.cuda.synchronize if options.device != "cpu" else lambda: None
    if options.device != "cpu":
        torch.set_default_device(options.device)

    net = Net(options.model, options.units)
    step_of, parameters = net.form(options.form), net.parameters()
    optimiser = adam(parameters, 0.001 if options.model == "lif" else 0.01)
    batches = [batch_of(options.trial_steps, options.batch, options.occupancy) for _ in range(2)]
    if options.device != "cpu":
        torch.set_default_device(None)  # what is made in a step follows its tensors
    seconds, loss, spikes = [], None, None
    for step in range(options.warm_up + options.steps):
        x, target = batches[step % 2]
        start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        loss, spikes = step_of(x, target)
        optimiser.step()
        if options.model == "alif":
            with torch.no_grad():
                for tau in (net.out.tau, *(one for layer in net.layers for one in (layer.tau_m, layer.tau_adp))):
                    tau.clamp_(min=1)
        finish()
        if step >= options.warm_up:
            seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "peer": "PyTorch %s" % torch.__version__, "threads": options.threads, "units": options.units, "form": options.form,
        "seconds": seconds, "loss": loss.item(), "rate": spikes.detach().mean().item(),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "blas": next((line.strip(" -") for line in torch.__config__.show().splitlines() if "BLAS" in line or "MKL" in line), ""),
    }))
    return 0


if __name__ == "__main__":
    main()
