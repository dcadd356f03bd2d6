#!/usr/bin/env python3
"""Measures the network of event-driven cells that plays with a pole on a cart, NEURON with the same network beside it, in turn, and
how evolution uses two cores.

Usage: bench_cartpole.py [--rounds N] [--with-pypi] [--write]

With --with-pypi an environment with NEURON is made in build-bench/neuron; without one there, Rheobase is measured alone. --write
puts what comes out into docs/benchmarks-cartpole.md.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile

TREE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
CLI = os.path.join(TREE, "build", "src", "cli", "rheobase-cli")
VENV = os.path.join(TREE, "build-bench", "neuron")
PYTHON = os.path.join(VENV, "bin", "python")
PACKAGES = ["neuron==8.2.2", "numpy<2", "setuptools<80"]
# What is measured, workload, steps of a round, script of the peer.
ROWS = (("Without learning", "cartpole-spiking", 200, "B"), ("STDP-RL", "cartpole-stdp-rl", 100, "C"))
# Spikes of each population that a script comes to with the default seed, in the published program as here.
SPIKES = {"B": [2468, 2426, 467, 1258, 3035, 1090, 775], "C": [2468, 2426, 467, 1258, 3029, 1095, 777]}
GENERATIONS = 40
TEXT = """# A pole on a cart: event-driven cells

Written by `tests/bench/bench_cartpole.py --with-pypi --write` on %(cpu)s, %(system)s, %(cores)d cores
(load %(before)s before, %(after)s after). %(rounds)d rounds, in which the programs took turns: median, and the best in brackets.
*Clock* is what passed on the wall, *processor* the user time of all threads, which leaves out what other programs took.

## A simulated second

200 cells, 5680 synapses, about 25,000 events in a simulated second. Rheobase plays whole episodes, with environment, critic and, in
the second row, all of learning; without learning pairings are still noted. NEURON 8.2.2 runs the same network, synapse by synapse,
from cells written in its own language (`tests/bench/neuron`), 10 simulated seconds of the scripted inputs of the golden tests; all
spike counts are those of Rheobase and of the published program, or nothing is written. Nothing is polled there and there is no
environment, so this is less work than the published program does. The two columns are not the same second: the scripts make cells
fire about 1.3 times as often as episodes do, so the ratios are too high; on the scripts themselves `test-intf7` bounds what Rheobase
takes by 2.2 ms without and 3.1 ms with learning, with its counting of spikes.

| | Rheobase, clock | processor | NEURON, clock | processor | ratio of processor |
|---|---|---|---|---|---|
%(table)s

Training with STDP-RL for 500 simulated seconds (experiment `cartpole-stdp-rl`, with its run file) takes %(training)s on the clock.

## Evolution

%(generations)d generations of experiment `cartpole-evolution`: 10 members, 5 episodes each; the same numbers each time. Where other
programs fill the cores (a load above their number) clocks do not show what a second core brings; processor time shows what sharing
out costs.

| | clock | processor | faster than one thread |
|---|---|---|---|
%(evolution)s
"""


def used():
    times = os.times()
    return times.elapsed, times.children_user


def measured(command, **how):
    """Seconds on the clock and of processors that a command took."""
    before = used()
    subprocess.run(command, cwd=TREE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, **how)
    after = used()
    return after[0] - before[0], after[1] - before[1]


def ours(workload, steps):
    command = [CLI, "bench", workload, "--threads", "1", "--json", "--steps", str(steps)]
    facts = json.loads(subprocess.run(command, cwd=TREE, stdout=subprocess.PIPE, check=True).stdout)["workloads"][0]
    return facts["total"] / facts["lived"], facts["processor"] / facts["lived"]


def neuron(script):
    command = [PYTHON, os.path.join(TREE, "tests", "bench", "peer_intf7.py"), "--script", script]
    done = subprocess.run(command, cwd=VENV, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    facts = json.loads(done.stdout.decode().splitlines()[-1])
    if facts["spikes"] != SPIKES[script]:
        raise SystemExit("NEURON does not do the same work: %s" % facts["spikes"])
    return facts["wall"], facts["user"]


def train(folder, experiment, threads, ranks, *settings):
    path = os.path.join(folder, "run.h5")
    command = [CLI, "train", experiment, "--out", path, "--quiet", "--set", "run.threads=%d" % threads]
    for setting in settings:
        command += ["--set", setting]
    if ranks > 1:
        command = ["mpirun", "-q", "--oversubscribe", "--bind-to", "none", "-n", str(ranks)] + command
    taken = measured(command, env=dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1"))
    os.remove(path)
    return taken


def shown(values, factor, unit):
    return "%.3g (%.3g) %s" % (factor * statistics.median(values), factor * min(values), unit)


def columns(pairs, factor, unit):
    return [shown([pair[k] for pair in pairs], factor, unit) for k in range(2)]


def median(pairs, k):
    return statistics.median(pair[k] for pair in pairs)


def prepare():
    if not os.path.exists(PYTHON):
        subprocess.run(["python3", "-m", "venv", VENV], check=True)
        subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    environment = dict(os.environ, PATH=os.path.join(VENV, "bin") + ":" + os.environ["PATH"])
    subprocess.run(["nrnivmodl", os.path.join(TREE, "tests", "bench", "neuron")], cwd=VENV, env=environment,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def load():
    return "%.1f" % os.getloadavg()[0]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        return next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), platform.machine())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--with-pypi", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.with_pypi:
        prepare()
    facts = {"cpu": processor(), "system": platform.system(), "cores": os.cpu_count(), "rounds": options.rounds,
             "generations": GENERATIONS, "before": load()}
    table = []
    for title, workload, steps, script in ROWS:
        mine, theirs = [], []
        for _ in range(options.rounds):
            mine.append(ours(workload, steps))
            if os.path.exists(PYTHON):
                theirs.append(neuron(script))
        peer = columns(theirs, 1e3, "ms") + ["%.0f" % (median(theirs, 1) / median(mine, 1))] if theirs else ["", "", ""]
        table.append("| " + " | ".join([title] + columns(mine, 1e3, "ms") + peer) + " |")
        print(table[-1], flush=True)
    ways = [("One thread", 1, 1), ("Two threads", 2, 1)]
    if shutil.which("mpirun"):
        ways.append(("Two processes under mpirun, one thread each", 1, 2))
    taken = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        training = [train(folder, "cartpole-stdp-rl", 1, 1)[0] for _ in range(options.rounds)]
        for _ in range(options.rounds):
            for way in ways:
                taken[way].append(train(folder, "cartpole-evolution", way[1], way[2], "run.budget=%d" % GENERATIONS))
    evolution = ["| " + " | ".join([way[0]] + columns(taken[way], 1, "s")
                                   + ["%.2f" % (median(taken[ways[0]], 0) / median(taken[way], 0))]) + " |" for way in ways]
    print("\n".join(evolution))
    facts.update(table="\n".join(table), training=shown(training, 1, "s"), evolution="\n".join(evolution), after=load())
    if options.write:
        with open(os.path.join(TREE, "docs", "benchmarks-cartpole.md"), "w", encoding="utf-8") as out:
            out.write(TEXT % facts)


if __name__ == "__main__":
    main()
