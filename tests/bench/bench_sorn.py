#!/usr/bin/env python3
"""Measures steps of self-organising networks with plasticity, and the Python package sorn beside them, in turn, on one core.

Usage: bench_sorn.py [--rounds N] [--with-pypi] [--write]

With --with-pypi an environment with the package is made in build-bench/sorn; without one there, Rheobase is measured alone.
--write puts the table into docs/benchmarks-sorn.md.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess

TREE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
CLI = os.path.join(TREE, "build", "src", "cli", "rheobase-cli")
VENV = os.path.join(TREE, "build-bench", "sorn")
PACKAGES = ["sorn==0.7.3", "numpy<1.25", "matplotlib<3.7", "networkx<3.2", "pandas<2.2", "scipy", "seaborn", "tqdm",
            "configparser"]
# Workload, units, steps of an iteration, iterations of a round, steps of the package in a round (0: too slow).
WORKLOADS = (("sorn-200", 200, 100, 50, 100), ("sorn-1000", 1000, 100, 20, 5), ("sorn-5000", 5000, 100, 10, 0),
             ("sorn-10000", 10000, 100, 5, 0), ("sorn-50000", 50000, 10, 5, 0))
TEXT = """# Self-organising networks

Written by `tests/bench/bench_sorn.py --with-pypi --write` on %s, %s. One core; medians of %d rounds, in which both programs took
turns. A step has all five rules on. 200 units: the package's mode, with ten inputs; more units: the published mode, where the number
of new synapses in a step grows with the number of pairs (0.1 at 200 units, 250 at 10,000, 6,250 at 50,000), so that the step of the
largest network is mostly that. Above 5,000 units the connections from excitatory to inhibitory units are sparse. The package is
timed by processor time, which leaves out what other programs took.

| excitatory units | Rheobase, a step | package sorn 0.7.3, a step | ratio |
|---|---|---|---|
"""


def ours(workload, iterations, steps):
    command = [CLI, "bench", workload, "--threads", "1", "--json", "--steps", str(iterations)]
    facts = json.loads(subprocess.run(command, cwd=TREE, stdout=subprocess.PIPE, check=True).stdout)
    return facts["workloads"][0]["median"] / steps


def package(units, steps):
    command = [os.path.join(VENV, "bin", "python"), os.path.join(TREE, "tests", "bench", "peer_sorn.py"), "--units",
               str(units), "--steps", str(steps)]
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    done = subprocess.run(command, cwd=TREE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(done.stdout.decode().splitlines()[-1])["seconds"]


def shown(seconds):
    return "%.3g ms" % (1e3 * seconds) if seconds >= 1e-3 else "%.3g µs" % (1e6 * seconds)


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        return next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), platform.machine())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--with-pypi", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    python = os.path.join(VENV, "bin", "python")
    if options.with_pypi and not os.path.exists(python):
        subprocess.run(["python3", "-m", "venv", VENV], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    rows = []
    for workload, units, steps, iterations, peer_steps in WORKLOADS:
        mine, theirs = [], []
        for _ in range(options.rounds):
            mine.append(ours(workload, iterations, steps))
            if peer_steps > 0 and os.path.exists(python):
                theirs.append(package(units, peer_steps))
        own = statistics.median(mine)
        peer = statistics.median(theirs) if theirs else None
        rows.append("| %s | %s | %s | %s |" % (f"{units:,}", shown(own), shown(peer) if peer else "",
                                               f"{round(peer / own, -2):,.0f}" if peer else ""))
        print(rows[-1], flush=True)
    if options.write:
        text = TEXT % (processor(), platform.system(), options.rounds)
        with open(os.path.join(TREE, "docs", "benchmarks-sorn.md"), "w", encoding="utf-8") as out:
            out.write(text + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
