"""Epochs of target-based learning beside PyTorch."""

import frame

TITLE = "Target-based learning"
PROBE = 2
# What it is, units and steps, least ratio.
WORKLOADS = {"goal-150": ("Target-based learning, 150 spiking units, 150 steps", 150, 150, 100),
             "goal-500": ("Target-based learning, 500 spiking units, 1000 steps", 500, 1000, 15)}

NOTES = """An epoch of a network that is taught a trajectory by spikes to aim at (diagonal feedback), one core. The peer does all
that does not depend on the step before at once, updates vectors in place, and changes the weights in one call
(`tests/bench/peer_goal.py`); in Debian's PyTorch or, where it is there, PyPI's, whichever is faster."""


def prepare():
    pass  # that of family_torch serves


def peers(units, n_steps):
    builds = [("Debian", frame.PYTHON)] + [("PyPI", python) for python in [frame.environment("venv")] if python]
    for origin, python in builds:
        command = [python, frame.script("peer_goal.py"), "--units", str(units), "--trial-steps", str(n_steps), "--steps"]
        yield frame.Contender(origin, 1, lambda steps, c=command: frame.run(c + [str(steps)]), most=200)


def measure(workload, options, until, memory):
    _, units, n_steps, _ = WORKLOADS[workload]
    candidates = list(peers(units, n_steps))
    for one in candidates:
        one.measure(PROBE)
        frame.say("  " + str(one))
    mine, best = frame.ours(workload, 1, most=2000), min(candidates, key=lambda one: min(one.seconds))
    frame.take_turns([mine, best], PROBE, options, until)
    return [frame.row(workload, mine, best)]
