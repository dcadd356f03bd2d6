#!/usr/bin/env python3
"""Measures training steps of Rheobase and of its peers in one run, in turn, so that both meet the same machine.

Usage: bench.py [--rounds N] [--steps N] [--with-pypi] [WORKLOAD ...]

First every peer runs once in each of its configurations (threads, BLAS threads, Debian's PyTorch, and PyPI's where
build-bench/venv has it; --with-pypi makes that: 5 GB). Then the fastest configurations and Rheobase alternate. With
all workloads measured, docs/benchmarks.md is written anew.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys

TREE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
CLI = os.path.join(TREE, "build", "src", "cli", "rheobase-cli")
VENV = os.path.join(TREE, "build-bench", "venv")

# Name: title, and the peer that does the same work.
WORKLOADS = {
    "robot-1000": ("robot-trajectory, 1000 spiking units", ["peer_robot.py", "--units", "1000"]),
    "robot-256": ("robot-trajectory, 256 spiking units", ["peer_robot.py", "--units", "256"]),
    "flip-flop-50": ("flip-flop, 50 rate units", ["peer_rate.py", "--problem", "flip-flop", "--units", "50"]),
    "flip-flop-100": ("flip-flop, 100 rate units", ["peer_rate.py", "--problem", "flip-flop", "--units", "100"]),
    "cddm-100": ("context-dependent decision, 100 rate units", ["peer_rate.py", "--problem", "cddm", "--units", "100"]),
    "memory-50": ("memory of an angle, 50 rate units", ["peer_rate.py", "--problem", "memory", "--units", "50"]),
    "rate-1000": ("flip-flop, 1000 rate units, 300 steps", ["peer_rate.py", "--problem", "large", "--units", "1000"]),
}


def run(command, **environment):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS_", "OMP_"))}
    env.update(environment)
    done = subprocess.run(command, cwd=TREE, env=env, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.decode().splitlines()[-1])


class Contender:
    """A program in one configuration, and the step times it has shown so far."""

    def __init__(self, name, threads, call):
        self.name, self.threads, self.call = name, threads, call
        self.seconds, self.facts = [], None

    def measure(self):
        self.facts = self.call()
        self.seconds += self.facts["seconds"]

    @property
    def median(self):
        return statistics.median(self.seconds)

    def __str__(self):
        return "%s (median %.1f ms, fastest %.1f ms)" % (self.name, 1e3 * self.median, 1e3 * min(self.seconds))


def ours(workload, threads, steps):
    command = [CLI, "bench", workload, "--threads", str(threads), "--steps", str(steps), "--json"]
    return Contender("Rheobase, %d thread%s" % (threads, "s"[:threads > 1]), threads,
                     lambda: run(command)["workloads"][0])


def blas_settings():
    """Environments for OpenBLAS: its threads, and the core for processors that it does not know and runs slowly on."""
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        flags = next((line.split() for line in info if line.startswith("flags")), [])
    cores = [{}]
    for flag, core in (("avx512dq", "SkylakeX"), ("avx2", "Haswell")):
        if flag in flags:
            cores.append({"OPENBLAS_CORETYPE": core})
            break
    return [dict(threads, **core) for core in cores for threads in ({}, {"OPENBLAS_NUM_THREADS": "1"})]


def peers(script, n_cores, steps):
    # Debian's PyTorch calls OpenBLAS, which has threads of its own; PyPI's has a library inside that follows PyTorch's.
    builds = [("Debian", "/usr/bin/python3", blas_settings())]
    if os.path.exists(os.path.join(VENV, "bin", "python")):
        builds.append(("PyPI", os.path.join(VENV, "bin", "python"), [{}]))
    found = []
    for origin, python, settings in builds:
        command = [python, os.path.join(TREE, "tests", "bench", script[0]), *script[1:], "--steps", str(steps)]
        for threads in sorted({1, n_cores}):
            for setting in settings:
                total = threads if origin == "PyPI" or "OPENBLAS_NUM_THREADS" in setting else n_cores
                name = ", ".join(["%s's PyTorch" % origin, "%d thread%s" % (threads, "s"[:threads > 1])]
                                 + ["%s=%s" % item for item in sorted(setting.items())])
                found.append(Contender(name, total,
                                       lambda c=command + ["--threads", str(threads)], e=setting: run(c, **e)))
    return found


def say(text):
    print(text, file=sys.stderr, flush=True)


def set_up_pypi():
    if not os.path.exists(os.path.join(VENV, "bin", "python")):
        subprocess.run(["/usr/bin/python3", "-m", "venv", VENV], check=True)
    subprocess.run([os.path.join(VENV, "bin", "pip"), "install", "--quiet", "torch", "numpy"], check=True)


def measure(workload, n_cores, rounds, steps):
    """Rows (threads, ours, fastest peer) for one thread and for all cores."""
    title, script = WORKLOADS[workload]
    say("%s: %s" % (workload, title))
    candidates = peers(script, n_cores, steps)
    for peer in candidates:
        peer.measure()
        say("  " + str(peer))
    rows = []
    for threads in sorted({1, n_cores}):
        fitting = [peer for peer in candidates if peer.threads <= threads]
        rows.append((threads, ours(workload, threads, steps), min(fitting, key=lambda peer: peer.median)))
    for _, _, peer in rows:
        peer.seconds = []
    for number in range(rounds):
        for _, mine, peer in rows:
            mine.measure()
            peer.measure()
            say("  round %d: %s; %s" % (number + 1, mine, peer))
    return rows


def cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def table(results):
    lines = ["| workload | threads | Rheobase | fastest peer | ratio |", "|---|---|---|---|---|"]
    for workload, rows in results.items():
        for threads, mine, peer in rows:
            lines.append("| %s | %d | %.1f ms (%.1f) | %.1f ms (%.1f): %s %s | %.2f |" % (
                workload, threads, 1e3 * mine.median, 1e3 * min(mine.seconds), 1e3 * peer.median,
                1e3 * min(peer.seconds), peer.name, peer.facts["peer"].split()[-1], peer.median / mine.median))
    return "\n".join(lines)


def speeds(results):
    lines = ["| workload | threads | dense work a step | as dense | events | share of sgemm | memory | peer's memory |",
             "|---|---|---|---|---|---|---|---|"]
    for workload, rows in results.items():
        for threads, mine, peer in rows:
            f = mine.facts
            lines.append("| %s | %d | %.2f GFLOP | %.0f GFLOP/s | %.0f GFLOP/s | %.0f %% of %.0f GFLOP/s | %.0f MB | %.0f MB |" % (
                workload, threads, f["dense-gflop"], f["dense-gflop"] / mine.median, f["events-gflop"] / mine.median,
                100 * f["dense-gflop"] / mine.median / f["sgemm-gflops"], f["sgemm-gflops"], f["memory"] / 1e6,
                peer.facts["memory"] / 1e6))
    return "\n".join(lines)


PAGE = """# Benchmarks

Written by `./dev bench`; run it again to have the figures of your machine.

One training step is forward, backward, Adam, mask and signs on one batch: 50 trials of 30 steps (robot), 256 of 200
(flip-flop), 242 of 750 (decision), 396 of 320 (memory), 128 of 300 (1000 rate units), noise included. The peer does the
same work in eager PyTorch, written to be fast: what can runs over all steps at once, and for rate networks the way back
is spelt out without autograd (`tests/bench/`). It runs in every configuration (1 and all threads, with and without `OPENBLAS_NUM_THREADS=1`
and the `OPENBLAS_CORETYPE` that fits the processor, Debian's PyTorch{pypi}); the fastest one then takes turns with Rheobase, {rounds} rounds of {steps} steps each. Given is
the median step, in brackets the fastest. Ratio: the peer's median over ours, above 1 Rheobase is faster. In a row of
1 thread the peer's BLAS has one thread too.

{table}

As dense: the work of the network were every product dense, per second; it may exceed what the machine can multiply,
because silent units and absent synapses are skipped. Events: the work that is left then, per second. Share of sgemm: "as dense"
against square products of 1024 by the same BLAS on the same number of threads. Memory: peak of the process.

{speeds}

Conditions: {cpu}, {cores} cores, {system}; load average {load} before the run; Rheobase {version}.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--with-pypi", action="store_true", help="install PyPI's PyTorch into build-bench/venv (5 GB)")
    parser.add_argument("workload", nargs="*", choices=[[], *WORKLOADS])
    options = parser.parse_args()
    if options.with_pypi:
        set_up_pypi()
    n_cores = len(os.sched_getaffinity(0))
    load = "%.2f" % os.getloadavg()[0]
    chosen = options.workload or list(WORKLOADS)
    results = {name: measure(name, n_cores, options.rounds, options.steps) for name in chosen}
    print(table(results))
    print()
    print(speeds(results))
    if set(chosen) == set(WORKLOADS):
        facts = next(iter(results.values()))[0][1].facts
        page = PAGE.format(table=table(results), speeds=speeds(results), rounds=options.rounds, steps=options.steps,
                           pypi=" and PyPI's" if os.path.exists(VENV) else "", cpu=cpu_model(), cores=n_cores,
                           system="%s %s" % (platform.system(), platform.release()), load=load,
                           version=facts["version"])
        with open(os.path.join(TREE, "docs", "benchmarks.md"), "w", encoding="utf-8") as file:
            file.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
