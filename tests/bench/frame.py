"""What the parts of the benchmark share: programs that take turns, environments of Python packages, the machine."""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.normpath(os.path.join(HERE, "..", ".."))
CLI = os.path.join(TREE, "build", "src", "cli", "rheobase-cli")
FOLDER = os.path.join(TREE, "build-bench")
PYTHON = "/usr/bin/python3"  # the one that Debian's packages are for

ALIKE = 0.05  # medians of two rounds that differ by less agree


class Failed(Exception):
    """A program that could not do its work; the message says which."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command, folder=TREE, **environment):
    """The JSON object on the last line that a program prints."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS_", "OMP_"))}
    env.update(environment)
    done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failed("%s failed: %s" % (" ".join(command), done.stderr.decode().strip()[-600:]))
    return json.loads(done.stdout.decode().splitlines()[-1])


def script(name):
    return os.path.join(HERE, name)


class Contender:
    """A program in one configuration, and the times it has shown so far. call (n) does n steps and gives facts with
    "seconds", the times of what is compared, one or more."""

    def __init__(self, name, threads, call, group=None, most=40):
        self.name, self.threads, self.call, self.group, self.most = name, threads, call, group, most
        self.seconds, self.rounds, self.steps, self.facts = [], [], 0, None

    def measure(self, steps):
        self.facts = self.call(steps)
        self.seconds += self.facts["seconds"]
        self.rounds.append(statistics.median(self.facts["seconds"]))

    def begin(self, seconds):
        """From here on it counts: as many steps in a round as the time allows, at least three."""
        self.steps = max(3, min(self.most, int(seconds / max(self.facts.get("step", self.median), 1e-6))))
        self.seconds, self.rounds = [], []

    @property
    def agrees(self):
        return len(self.rounds) > 1 and max(self.rounds[-2:]) <= (1 + ALIKE) * min(self.rounds[-2:])

    @property
    def median(self):
        return statistics.median(self.seconds)

    def __str__(self):
        return "%s (median %s, fastest %s)" % (self.name, shown(self.median), shown(min(self.seconds)))


def take_turns(contenders, probe, options, until):
    """Rounds in which each has its turn, until the medians of two rounds agree, all rounds are done or the time is over."""
    for one in contenders:
        if not one.seconds:
            one.measure(probe)
        one.begin(options.seconds)
    longest = 0
    for number in range(options.rounds):
        start = time.monotonic()
        for one in contenders:
            one.measure(one.steps)
        say("  round %d: %s" % (number + 1, "; ".join(map(str, contenders))))
        longest = max(longest, time.monotonic() - start)
        if all(one.agrees for one in contenders) or time.monotonic() + longest > until:
            break


def ours(workload, threads, seconds=lambda facts: facts["seconds"], per=1, most=40, words=()):
    """Rheobase. seconds: those that are compared, from what the program tells; per: as many of what is compared make a step; words:
    more of its command line."""
    def call(steps):
        facts = run([CLI, "bench", workload, "--threads", str(threads), "--json", "--steps", str(steps), *words])["workloads"][0]
        work = {key: facts[key] / per for key in ("dense-gflop", "events-gflop")}
        return dict(facts, **work, seconds=[one / per for one in seconds(facts)], step=facts["median"])
    return Contender("Rheobase, %d thread%s" % (threads, "s"[:threads > 1]), threads, call, most=most)


def row(workload, mine, peer):
    """What is kept of a comparison: plain numbers, in seconds, bytes and GFLOP."""
    def figures(one, **more):
        return dict(median=one.median, fastest=min(one.seconds), memory=one.facts["memory"], **more)
    found = {"workload": workload, "threads": mine.threads, "ours": figures(mine),
             "peer": figures(peer, name="%s, %s" % (peer.facts["peer"], peer.name)) if peer else None}
    found.update({key: mine.facts[key] for key in ("dense-gflop", "events-gflop", "sgemm-gflops")})
    return found


# --- environments of packages from PyPI -------------------------------------------------------------------------------------

def environment(name):
    """The Python of an environment that is there, or None."""
    python = os.path.join(FOLDER, name, "bin", "python")
    return python if os.path.exists(python) else None


def make_environment(name, packages):
    if environment(name) is None:
        subprocess.run([PYTHON, "-m", "venv", os.path.join(FOLDER, name)], check=True)
    subprocess.run([environment(name), "-m", "pip", "install", "--quiet", *packages], check=True)


# --- the machine ------------------------------------------------------------------------------------------------------------

def n_cores():
    return len(os.sched_getaffinity(0))


def threads_to_try():
    return sorted({1, n_cores()})


def conditions():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        cpu = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), platform.machine())
    return {"cpu": cpu, "cores": n_cores(), "system": "%s %s" % (platform.system(), platform.release()),
            "load": round(os.getloadavg()[0], 1)}


def profile(workload, steps):
    """[[function, share of the processor's time]] of training steps on one thread, by perf; None where it cannot."""
    data = os.path.join(FOLDER, "perf.data")
    if shutil.which("perf") is None:
        return None
    os.makedirs(FOLDER, exist_ok=True)
    done = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "1999", "-k", "mono", "-o", data, CLI, "bench",
                           workload, "--threads", "1", "--json", "--steps", str(steps)], cwd=TREE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        return None
    facts = json.loads(done.stdout.decode().splitlines()[-1])["workloads"][0]
    report = subprocess.run(["perf", "report", "-i", data, "--no-children", "--stdio", "--fields",
                             "overhead,symbol", "-t", ";", "--time",
                             "%.6f,%.6f" % (facts["began"], facts["ended"])], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, check=False).stdout.decode()
    os.remove(data)
    shares = []
    for line in report.splitlines():
        words = line.strip().split(";")
        if len(words) >= 2 and words[0].strip().endswith("%"):
            name = words[1].split("]", 1)[-1].strip().split(".arch_")[0].split(".constprop")[0].split(".isra")[0]
            shares.append([name, round(float(words[0].strip().rstrip("%")) / 100, 4)])
    return [one for one in shares[:12] if one[1] >= 0.01] or None


def shown(seconds):
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            break
    return "%s %s" % (rounded(seconds * factor), unit)


def rounded(x):
    """Three digits that count."""
    return "%.0f" % x if x >= 100 else "%.3g" % x
