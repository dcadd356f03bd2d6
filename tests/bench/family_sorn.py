"""Steps of self-organising networks with all their rules on, beside the Python package sorn."""

import frame

TITLE = "Self-organising networks"
PACKAGES = ("sorn==0.7.3", "numpy<1.25", "matplotlib<3.7", "networkx<3.2", "pandas<2.2", "scipy", "seaborn", "tqdm",
            "configparser")
# What it is, units, steps of an iteration of ours, steps of the peer (0: too slow), least ratio.
WORKLOADS = {"sorn-%d" % units: ("Self-organising network, %s excitatory units" % f"{units:,}", units, steps, peer_steps, least)
             for units, steps, peer_steps, least in ((200, 100, 50, 1000), (1000, 100, 3, None), (5000, 100, 0, None),
                                                     (10000, 100, 0, None), (50000, 10, 0, None))}

NOTES = """A step has all five rules on; one core. 200 units: the package's mode, with ten inputs; more units: the published mode,
where the number of new synapses in a step grows with the number of pairs (0.1 at 200 units, 250 at 10,000, 6,250 at 50,000), so
that the step of the largest network is mostly that. Above 5,000 units the connections from excitatory to inhibitory units are
sparse. The peer is the package sorn 0.7.3 from PyPI, by processor time, which leaves out what other programs took; above 1,000
units it takes too long. Its memory is that of Python and all that the package loads."""


def prepare():
    frame.make_environment("sorn", PACKAGES)


def package(units, steps):
    command = [frame.environment("sorn"), frame.script("peer_sorn.py"), "--units", str(units), "--steps", str(steps)]
    # The package leaves a log where it runs.
    return frame.Contender("1 thread", 1, lambda _: frame.run(command, frame.FOLDER, OMP_NUM_THREADS="1",
                                                              OPENBLAS_NUM_THREADS="1"))


def measure(workload, options, until, memory):
    _, units, steps, peer_steps, _ = WORKLOADS[workload]
    mine = frame.ours(workload, 1, per=steps, most=200)
    peer = package(units, peer_steps) if peer_steps and frame.environment("sorn") else None
    frame.take_turns([mine] + [peer] * (peer is not None), 1, options, until)
    return [frame.row(workload, mine, peer)]
