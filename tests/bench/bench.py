#!/usr/bin/env python3
"""Measures training steps of Rheobase and of its peers in one run, in turn, so that both meet the same machine.

Usage: bench.py [--rounds N] [--steps N] [--seconds S] [--minutes M] [--with-pypi] [WORKLOAD ...]

First a peer runs for two steps in each of its configurations (threads, BLAS threads, Debian's PyTorch, and PyPI's where
build-bench/venv has it; --with-pypi makes that: 5 GB); on its other workloads it runs in the fastest one of each PyTorch
and number of threads. Then the fastest ones and Rheobase take turns, until the medians of two rounds agree, all rounds are done or the
workload's share of the minutes is over. With all workloads measured, docs/benchmarks.md is written anew.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time

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


PROBE = 2     # steps that tell which configuration is fast
ALIKE = 0.05  # medians of two rounds that differ by less agree


def run(command, **environment):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS_", "OMP_"))}
    env.update(environment)
    done = subprocess.run(command, cwd=TREE, env=env, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.decode().splitlines()[-1])


class Contender:
    """A program in one configuration, and the step times it has shown so far."""

    def __init__(self, name, threads, call, group=None):
        self.name, self.threads, self.call, self.group = name, threads, call, group
        self.seconds, self.rounds, self.steps, self.facts = [], [], 0, None

    def measure(self, steps):
        self.facts = self.call(steps)
        self.seconds += self.facts["seconds"]
        self.rounds.append(statistics.median(self.facts["seconds"]))

    def begin(self, options):
        """From here on it counts: as many steps in a round as the time allows, at least three."""
        self.steps = max(3, min(options.steps, int(options.seconds / self.median)))
        self.seconds, self.rounds = [], []

    @property
    def agrees(self):
        return len(self.rounds) > 1 and max(self.rounds[-2:]) <= (1 + ALIKE) * min(self.rounds[-2:])

    @property
    def median(self):
        return statistics.median(self.seconds)

    def __str__(self):
        return "%s (median %.1f ms, fastest %.1f ms)" % (self.name, 1e3 * self.median, 1e3 * min(self.seconds))


def ours(workload, threads):
    command = [CLI, "bench", workload, "--threads", str(threads), "--json", "--steps"]
    return Contender("Rheobase, %d thread%s" % (threads, "s"[:threads > 1]), threads,
                     lambda steps: run(command + [str(steps)])["workloads"][0])


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


def peers(script, n_cores):
    # Debian's PyTorch calls OpenBLAS, which has threads of its own; PyPI's has a library inside that follows PyTorch's.
    builds = [("Debian", "/usr/bin/python3", blas_settings())]
    if os.path.exists(os.path.join(VENV, "bin", "python")):
        builds.append(("PyPI", os.path.join(VENV, "bin", "python"), [{}]))
    found = []
    for origin, python, settings in builds:
        command = [python, os.path.join(TREE, "tests", "bench", script[0]), *script[1:]]
        for threads in sorted({1, n_cores}):
            for setting in settings:
                total = threads if origin == "PyPI" or "OPENBLAS_NUM_THREADS" in setting else n_cores
                name = ", ".join(["%s's PyTorch" % origin, "%d thread%s" % (threads, "s"[:threads > 1])]
                                 + ["%s=%s" % item for item in sorted(setting.items())])
                found.append(Contender(name, total, lambda steps, c=command + ["--threads", str(threads)], e=setting:
                                       run(c + ["--steps", str(steps), "--warm-up", str(min(3, (steps + 1) // 2))],
                                           **e), (origin, threads, total)))
    return found


def say(text):
    print(text, file=sys.stderr, flush=True)


def set_up_pypi():
    if not os.path.exists(os.path.join(VENV, "bin", "python")):
        subprocess.run(["/usr/bin/python3", "-m", "venv", VENV], check=True)
    subprocess.run([os.path.join(VENV, "bin", "pip"), "install", "--quiet", "torch", "numpy"], check=True)


def measure(workload, n_cores, options, until, fast):
    """Rows (threads, ours, fastest peer) for one thread and for all cores. fast: names of the configurations that were the
    fastest of their PyTorch and numbers of threads before, by script."""
    title, script = WORKLOADS[workload]
    say("%s: %s" % (workload, title))
    candidates = [peer for peer in peers(script, n_cores) if peer.name in fast.get(script[0], (peer.name,))]
    for peer in candidates:
        peer.measure(PROBE)
        say("  " + str(peer))
    groups = {peer.group for peer in candidates}
    fast.setdefault(script[0], {min((peer for peer in candidates if peer.group == group), key=lambda peer: peer.median).name
                                for group in groups})
    rows = []
    for threads in sorted({1, n_cores}):
        fitting = [peer for peer in candidates if peer.threads <= threads]
        rows.append((threads, ours(workload, threads), min(fitting, key=lambda peer: peer.median)))
    contenders = list(dict.fromkeys(one for _, mine, peer in rows for one in (mine, peer)))
    for one in contenders:
        if not one.seconds:
            one.measure(PROBE)
        one.begin(options)
    longest = 0
    for number in range(options.rounds):
        start = time.monotonic()
        for one in contenders:
            one.measure(one.steps)
        for _, mine, peer in rows:
            say("  round %d: %s; %s" % (number + 1, mine, peer))
        longest = max(longest, time.monotonic() - start)
        if all(one.agrees for one in contenders) or time.monotonic() + longest > until:
            break
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
is spelt out without autograd (`tests/bench/`). On its first workload it runs in every configuration (1 and all threads,
with and without `OPENBLAS_NUM_THREADS=1` and the `OPENBLAS_CORETYPE` that fits the processor, Debian's PyTorch{pypi}), on
the others in the fastest one of each PyTorch and number of threads; the fastest of all then takes turns with Rheobase, up to {rounds} rounds of
{steps} steps or {seconds:g} s each. Given is the median step, in brackets the fastest. Ratio: the peer's median over ours, above 1 Rheobase is faster. In a row of
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
    parser.add_argument("--steps", type=int, default=40, help="of a round, at most")
    parser.add_argument("--seconds", type=float, default=2.5, help="of a round of one program, at most")
    parser.add_argument("--minutes", type=float, default=7, help="after which no further round begins")
    parser.add_argument("--with-pypi", action="store_true", help="install PyPI's PyTorch into build-bench/venv (5 GB)")
    parser.add_argument("workload", nargs="*", choices=[[], *WORKLOADS])
    options = parser.parse_args()
    if options.with_pypi:
        set_up_pypi()
    n_cores = len(os.sched_getaffinity(0))
    load = "%.2f" % os.getloadavg()[0]
    chosen = options.workload or list(WORKLOADS)
    start, fast, results = time.monotonic(), {}, {}
    for number, name in enumerate(chosen):
        until = start + 60 * options.minutes * (number + 1) / len(chosen)
        results[name] = measure(name, n_cores, options, until, fast)
    print(table(results))
    print()
    print(speeds(results))
    if set(chosen) == set(WORKLOADS):
        facts = next(iter(results.values()))[0][1].facts
        page = PAGE.format(table=table(results), speeds=speeds(results), rounds=options.rounds, steps=options.steps,
                           seconds=options.seconds,
                           pypi=" and PyPI's" if os.path.exists(VENV) else "", cpu=cpu_model(), cores=n_cores,
                           system="%s %s" % (platform.system(), platform.release()), load=load,
                           version=facts["version"])
        with open(os.path.join(TREE, "docs", "benchmarks.md"), "w", encoding="utf-8") as file:
            file.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
