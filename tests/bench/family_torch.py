"""Training steps beside PyTorch: robot trajectory, networks of rates, spoken digits."""

import os
import subprocess
import tempfile

import frame

TITLE = "Training steps"
PROBE = 2
PACKAGES = ("torch", "numpy", "snntorch")
SHD = (("shd-lif-128", "lif", 128, 100, 8), ("shd-lif-1000", "lif", 1000, 100, 5), ("shd-lif-1000-250", "lif", 1000, 250, 5),
       ("shd-alif", "alif", 128, 100, 8), ("shd-alif-250", "alif", 128, 250, 8))

# What it is, script of the peer and its words, or None where Rheobase runs alone, the forms that the peer has, least ratio.
WORKLOADS = {
    "robot-1000": ("Robot trajectory, 1000 spiking units", ["peer_robot.py", "--units", "1000"], (), 3),
    "robot-256": ("Robot trajectory, 256 spiking units", ["peer_robot.py", "--units", "256"], (), 5),
    "flip-flop-50": ("Flip-flop, 50 rate units", ["peer_rate.py", "--problem", "flip-flop", "--units", "50"], (), 5),
    "flip-flop-100": ("Flip-flop, 100 rate units", ["peer_rate.py", "--problem", "flip-flop", "--units", "100"], (), 5),
    "cddm-100": ("Context-dependent decision, 100 rate units", ["peer_rate.py", "--problem", "cddm", "--units", "100"], (), 5),
    "memory-50": ("Memory of an angle, 50 rate units", ["peer_rate.py", "--problem", "memory", "--units", "50"], (), 5),
    "rate-1000": ("Flip-flop, 1000 rate units, 300 steps", ["peer_rate.py", "--problem", "large", "--units", "1000"], (), 1.6),
}
for name, model, units, n_steps, least in SHD:
    WORKLOADS[name] = ("Spoken digits, %s, %d steps" % ("%d spiking units" % units if model == "lif" else
                                                        "2 x %d adaptive units" % units, n_steps),
                       ["peer_shd.py", "--model", model, "--units", str(units), "--trial-steps", str(n_steps),
                        "--occupancy", "0.095" if n_steps == 100 else "0.04"], ("by-hand", "autograd"), least)
for name in ("shd-lif-128", "shd-lif-1000", "shd-alif"):
    WORKLOADS[name + "-delays"] = (WORKLOADS[name][0] + ", learnt delays", None, (), None)
EPOCH = 8156  # trials of the published training set
# Forms of PyPI's packages that are measured beside, once.
OTHERS = {"shd-lif-128": ("compile", "snntorch"), "shd-lif-1000": ("compile", "snntorch")}

NOTES = """A training step is forward, backward, Adam, mask and signs on one batch: 50 trials of 30 steps (robot), 256 of 200
(flip-flop), 242 of 750 (decision), 396 of 320 (memory), 128 of 300 (1000 rate units), noise included, 64 of 100 or 250 (spoken
digits, made-up ones, `task.source=synthetic`; the peer gets random spikes, as many). The peer does the same work in eager
PyTorch, written to be fast: time is split off once, what can runs over all steps at once, and for rate networks and spoken digits
the way back is spelt out without autograd (`tests/bench/`). It runs in every configuration (1 and all threads, with and without
`OPENBLAS_NUM_THREADS=1` and the `OPENBLAS_CORETYPE` that fits the processor, Debian's PyTorch and, where it is there, PyPI's; on
further workloads of a script in the fastest one of each PyTorch and number of threads); the fastest one then takes turns with
Rheobase. In a row of 1 thread the peer's BLAS has one thread too. Delays that are learnt have no peer."""


def prepare():
    frame.make_environment("venv", PACKAGES)


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


def peer(origin, python, words, form, threads, setting):
    # Debian's PyTorch calls OpenBLAS, which has threads of its own; PyPI's has a library inside that follows PyTorch's.
    total = threads if origin == "PyPI" or "OPENBLAS_NUM_THREADS" in setting else frame.n_cores()
    name = ", ".join([origin] + [form] * (form is not None) + ["%d thread%s" % (threads, "s"[:threads > 1])]
                     + ["%s=%s" % item for item in sorted(setting.items())])
    command = [python, frame.script(words[0]), *words[1:], "--threads", str(threads)]
    if form is not None:
        command += ["--form", form]
    return frame.Contender(name, total,
                           lambda steps: frame.run(command + ["--steps", str(steps), "--warm-up",
                                                              str(min(3, (steps + 1) // 2))], **setting),
                           (origin, form, threads, total))


def peers(words, forms):
    builds = [("Debian", frame.PYTHON, blas_settings())]
    if frame.environment("venv"):
        builds.append(("PyPI", frame.environment("venv"), [{}]))
    return [peer(origin, python, words, form, threads, setting) for origin, python, settings in builds
            for form in forms or (None,) for threads in frame.threads_to_try() for setting in settings]


def fastest(candidates):
    return min(candidates, key=lambda one: min(one.seconds))


def epoch(rows):
    """What an epoch of as many trials as the recordings have takes, read from such a file, and the peer's from its steps."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([frame.CLI, "make-data", "shd-synthetic", "--out", folder, "--train", str(EPOCH), "--test", "20"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        command = [frame.CLI, "train", "shd-alif-synthetic", "--out", os.path.join(folder, "run.h5"), "--quiet", "--json"]
        for setting in ("task.source=files", "task.path=" + folder, "task.bin=4", "task.n-steps=250", "run.batch=64",
                        "run.budget=1", "run.validate=0", "run.record="):
            command += ["--set", setting]
        facts = frame.run(command)
    return ["An epoch of 8,156 trials of 250 steps, 2 x 128 adaptive units, on all cores: %s, trained whole, from a file as the "
            "recordings have it. The peer takes %s as far as its steps tell, without what reading takes."
            % (frame.shown(facts["seconds"]), frame.shown(rows[-1]["peer"]["median"] * -(-EPOCH // 64)))]


def measure(workload, options, until, memory):
    """Rows. memory: names of the configurations that were the fastest of their kind before, by script."""
    _, words, forms, _ = WORKLOADS[workload]
    if words is None:
        alone = [frame.ours(workload, threads) for threads in frame.threads_to_try()]
        frame.take_turns(alone, PROBE, options, until)
        return [frame.row(workload, mine, None) for mine in alone]
    candidates = [one for one in peers(words, forms) if one.name in memory.get(words[0], (one.name,))]
    for one in candidates:
        one.measure(PROBE)
        frame.say("  " + str(one))
    memory.setdefault(words[0], {fastest([one for one in candidates if one.group == group]).name
                                 for group in {one.group for one in candidates}})
    pairs = [(frame.ours(workload, threads), fastest([one for one in candidates if one.threads <= threads]))
             for threads in frame.threads_to_try()]
    frame.take_turns(list(dict.fromkeys(one for pair in pairs for one in pair)), PROBE, options, until)
    rows = [frame.row(workload, mine, best) for mine, best in pairs]
    others = []
    if frame.environment("venv"):
        for form in OTHERS.get(workload, ()):
            others += [peer("PyPI", frame.environment("venv"), words, form, threads, {}) for threads in frame.threads_to_try()]
        for one in others:
            one.measure(PROBE + 1)
            frame.say("  " + str(one))
    best = {}
    for one in candidates + others:
        kind = one.group[:2]
        best[kind] = fastest([best.get(kind, one), one])
    if forms:
        rows[-1]["forms"] = [{"name": "%s, %s" % (one.facts["peer"], one.name), "median": one.median,
                              "memory": one.facts["memory"]} for one in best.values()]
    if workload == "shd-alif-250":
        rows[-1]["facts"] = epoch(rows)
    return rows
