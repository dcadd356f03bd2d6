#!/usr/bin/env python3
"""The sensorimotor network of event-driven cells in NEURON, driven by a script of inputs, as JSON: seconds of wall and of processor
for one simulated second, and the spikes of each population, which say that the work is the same.

Usage: peer_intf7.py [--seed N] [--script A|B|C] [--actions N]

With neuron 8.2.2, in the folder where nrnivmodl has compiled tests/bench/neuron. Script A has one input all the time, B changes it at each of 200
actions, C learns with a reward at each action besides.
"""

import argparse
import json
import resource
import time

from neuron import h

UNITS = {"ES": 80, "EA": 40, "IA": 10, "IAL": 10, "EM": 40, "IM": 10, "IML": 10}
HASH = {"ES": 1185376205, "EA": 3865307828, "IA": 679141568, "IAL": 1817017127, "EM": 2360397331, "IM": 65925465,
        "IML": 3102807791}
AM, NM, GA, AM2, NM2, GA2 = range(6)
FAST, SLOW = (1.8, 2.2), (3, 12)
# Source, target, synapses of a target, (receptor, weight, range of delays).
LINKS = [("ES", "EA", 25, (AM2, 10, FAST), (NM2, 0.196, FAST)), ("EA", "EM", 20, (AM2, 6.5, FAST), (NM2, 0.1, FAST))]
for first, fast, slow, n, weight in (("EA", "IA", "IAL", 15, 5.94), ("EM", "IM", "IML", 16, 2.94)):
    LINKS += [(first, fast, n, (AM2, 5.85, FAST), (NM2, 0.0585, FAST)),
              (first, slow, n, (AM2, weight, FAST), (NM2, 0.294, FAST)),
              (fast, first, 4, (GA, 18, FAST)), (fast, fast, 1, (GA, 4.5, FAST)), (fast, slow, 2, (GA, 4.5, FAST)),
              (slow, first, 4, (GA2, 5, SLOW)), (slow, fast, 2, (GA2, 2.25, SLOW)), (slow, slow, 1, (GA2, 5.5, SLOW))]
FIRST = {name: sum(list(UNITS.values())[:i]) for i, name in enumerate(UNITS)}
TICK, TICKS = 0.6, 83
CONSTANT = (10, 10, 9, 9)


def stream(*place):
    numbers = h.Random()
    numbers.Random123(*place)
    return numbers


def sources(link, post, seed):
    """Distinct cells of the source population, never the target itself."""
    name, _, n = link[:3]
    numbers = stream(HASH[name], post, seed)
    numbers.discunif(0, UNITS[name] - 1)  # draws one, which does not count
    drawn = []
    while len(drawn) <= n:
        cell = FIRST[name] + int(numbers.repick())
        if cell not in drawn:
            drawn.append(cell)
    return [drawn[n] if cell == post else cell for cell in drawn[:n]]


class Network:
    def __init__(self, seed, learns):
        self.cells, self.inputs, self.joints, self.plastic, self.pairings = [], [], [], [], []
        for name, n in UNITS.items():
            for _ in range(n):
                cell = h.BenchCell()
                if name[0] == "I":
                    cell.ahp, cell.tau_ahp, cell.refractory = 0.5, 50, 2.5
                    cell.block, cell.tau_level, cell.jump = -10, 1.5, 0.25
                    cell.rest, cell.level = (-65, -47) if "L" in name else (-63, -40)
                self.cells.append(cell)
        delays = stream(1982994830, 931351090, seed)
        self.tell = []
        for i in range(UNITS["ES"]):
            self.inputs.append(h.BenchInput())
            self.join(self.inputs[i], self.cells[i], 35, AM, delays.uniform(0.8, 1.2))
            self.tell.append(h.NetCon(None, self.inputs[i]))
        for link in LINKS:
            for post in range(FIRST[link[1]], FIRST[link[1]] + UNITS[link[1]]):
                for pre in sources(link, post, seed):
                    for receptor, weight, delay in link[3:]:
                        self.synapse(pre, post, receptor, weight, delay, seed, learns)
        self.plastic.sort(key=lambda one: one[:2])
        self.spikes, self.who, self.ears = h.Vector(), h.Vector(), []
        for i, cell in enumerate(self.cells):
            self.ears.append(h.NetCon(cell, None))
            self.ears[i].record(self.spikes, self.who, i)

    def join(self, pre, post, weight, receptor, delay):
        joint = h.NetCon(pre, post)
        joint.delay, joint.weight[0], joint.weight[1] = delay, weight, receptor
        self.joints.append(joint)
        return joint

    def synapse(self, pre, post, receptor, weight, delay, seed, learns):
        numbers = stream(pre, post, seed)
        plastic = receptor == AM2 and pre < 120 and (80 <= post < 120 or 140 <= post < 180)
        strength = numbers.uniform(0.5 * weight, 1.5 * weight) if plastic else weight
        joint = self.join(self.cells[pre], self.cells[post], strength, receptor, numbers.uniform(*delay))
        if not plastic:
            return
        pairing = h.BenchPairing() if learns else None
        self.plastic.append((post, pre, joint, pairing))
        if learns:
            h.setpointer(joint._ref_weight[0], "strength", pairing)
            for side, cell in ((1, pre), (2, post)):
                notice = h.NetCon(self.cells[cell], pairing)
                notice.delay, notice.weight[0] = 1, side
                self.pairings.append(notice)

    def means(self, side):
        """Mean weight of the plastic synapses of each cell; side 0: that come in, 1: that go out."""
        all_of = {}
        for one in self.plastic:
            all_of.setdefault(one[side], []).append(one[2].weight[0])
        return {cell: sum(values) / len(values) for cell, values in all_of.items()}

    def normalise(self, kept):
        now = self.means(0)
        for post, _, joint, _ in self.plastic:
            joint.weight[0] *= kept[post] / now[post]

    def reward(self, value, action, kept):
        now = self.means(1)
        factor = {}
        for pre, mean in now.items():
            ratio = kept[pre] / mean if value < 0 else mean / kept[pre]
            factor[pre] = value * min(max(ratio, 0.1), 2)
        for post, pre, _, pairing in self.plastic:
            if post >= 140:
                pairing.reward(factor[pre] * (1 if (post - 140) // 20 == action else -0.8))

    def show(self, bins, before):
        for i in {20 * d + b for d, b in enumerate(bins)} ^ {20 * d + b for d, b in enumerate(before)}:
            self.tell[i].weight[0] = 20 if i in [20 * d + b for d, b in enumerate(bins)] else 1e12
            self.tell[i].event(int(h.t) + 1)


def play(network, script, n):
    parallel = h.ParallelContext()
    parallel.set_maxstep(10)
    kept_in, kept_out = network.means(0), network.means(1)
    before = ()
    for k in range(1, n + 1):
        parallel.psolve(h.t + TICKS * TICK)
        if script == "C":
            if k % 5 != 2:
                network.reward((k % 5 - 2) * 0.4, k % 2, kept_out)
            if k % 60 == 0:
                for one in network.plastic:
                    one[3].forget()
        bins = CONSTANT if script == "A" else tuple((7 * k + 5 * d) % 20 for d in range(4))
        network.show(bins, before)
        before = bins
        if script == "C" and k % 25 == 0:
            network.normalise(kept_in)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1394398)
    parser.add_argument("--script", choices="ABC", default="B")
    parser.add_argument("--actions", type=int, default=200)
    options = parser.parse_args()
    h.dt = TICK
    network = Network(options.seed, options.script == "C")
    h.finitialize()
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
    play(network, options.script, options.actions)
    wall, user = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_utime - used
    seconds = options.actions * TICKS * TICK / 1000
    who = [int(i) for i in network.who]
    print(json.dumps({"wall": wall / seconds, "user": user / seconds,
                      "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                      "spikes": [sum(FIRST[name] <= i < FIRST[name] + n for i in who) for name, n in UNITS.items()],
                      "votes": [sum(140 + 20 * a <= i < 160 + 20 * a for i in who) for a in range(2)],
                      "weights": sum(one[2].weight[0] for one in network.plastic)}))


if __name__ == "__main__":
    main()
