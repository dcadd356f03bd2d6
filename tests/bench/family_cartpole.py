"""The network of event-driven cells that plays with a pole on a cart, beside NEURON with the same network; and how evolution
uses the cores."""

import os
import shutil
import statistics
import subprocess
import tempfile

import frame

TITLE = "A pole on a cart: event-driven cells"
PACKAGES = ("neuron==8.2.2", "numpy<2", "setuptools<80")
# What it is, script of the peer (none: evolution), least ratio.
WORKLOADS = {"cartpole-spiking": ("Pole on a cart, without learning, a simulated second", "B", 80),
             "cartpole-stdp-rl": ("Pole on a cart, STDP-RL, a simulated second", "C", 80),
             "cartpole-evolution": ("Pole on a cart, evolution, a simulated second", None, None)}
# Spikes of each population that a script comes to with the default seed, in the published program as here.
SPIKES = {"B": [2468, 2426, 467, 1258, 3035, 1090, 775], "C": [2468, 2426, 467, 1258, 3029, 1095, 777]}
GENERATIONS = 40

NOTES = """200 cells, 5680 synapses, about 25,000 events in a simulated second, by processor time, which leaves out what other
programs took. Rheobase plays whole episodes, with environment, critic and, in the second row, all of learning; without learning
pairings are still noted. NEURON 8.2.2 runs the same network, synapse by synapse, from cells written in its own language
(`tests/bench/neuron`), 10 simulated seconds of the scripted inputs of the golden tests; all spike counts are those of Rheobase and
of the published program, or nothing is written. Nothing is polled there and there is no environment, so this is less work than the
published program does. The two columns are not the same second: the scripts make cells fire about 1.3 times as often as episodes
do, so the ratios are too high; on the scripts themselves `test-intf7` bounds what Rheobase takes by 2.2 ms without and 3.1 ms with
learning, with its counting of spikes."""


def prepare():
    if frame.environment("neuron") is None:
        frame.make_environment("neuron", PACKAGES)
    home = os.path.join(frame.FOLDER, "neuron")
    path = os.path.join(home, "bin") + ":" + os.environ["PATH"]
    subprocess.run([os.path.join(home, "bin", "nrnivmodl"), frame.script("neuron")], cwd=home, env=dict(os.environ, PATH=path),
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def neuron(letter):
    def call(_):
        facts = frame.run([frame.environment("neuron"), frame.script("peer_intf7.py"), "--script", letter],
                          os.path.join(frame.FOLDER, "neuron"))
        if facts["spikes"] != SPIKES[letter]:
            raise frame.Failed("NEURON does not do the same work: %s" % facts["spikes"])
        return dict(facts, seconds=[facts["user"]], peer="NEURON 8.2.2")
    return frame.Contender("1 thread", 1, call)


def train(folder, experiment, threads, ranks, *settings):
    """Seconds on the clock and of processors."""
    path = os.path.join(folder, "run.h5")
    command = [frame.CLI, "train", experiment, "--out", path, "--quiet", "--set", "run.threads=%d" % threads]
    for setting in settings:
        command += ["--set", setting]
    if ranks > 1:
        command = ["mpirun", "-q", "--oversubscribe", "--bind-to", "none", "-n", str(ranks)] + command
    before = os.times()
    subprocess.run(command, cwd=frame.TREE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
                   env=dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1"))
    after = os.times()
    os.remove(path)
    return after.elapsed - before.elapsed, after.children_user - before.children_user


def evolution(options):
    """Facts to be told, of whole trainings with their run files."""
    ways = [("one thread", 1, 1), ("two threads", 2, 1)]
    if shutil.which("mpirun"):
        ways.append(("two processes under mpirun, one thread each", 1, 2))
    taken = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        whole = train(folder, "cartpole-stdp-rl", 1, 1)[0]
        for _ in range(min(options.rounds, 2)):
            for way in ways:
                taken[way].append(train(folder, "cartpole-evolution", way[1], way[2], "run.budget=%d" % GENERATIONS))
    facts = ["Training with STDP-RL for 500 simulated seconds (experiment `cartpole-stdp-rl`, with its run file) takes %s."
             % frame.shown(whole)]
    alone = min(one[0] for one in taken[ways[0]])
    for way in ways:
        clock = min(one[0] for one in taken[way])
        facts.append("%d generations of evolution, 10 members with 5 episodes each, on %s: %s, %s of processors, %.2f times as "
                     "fast as on one thread." % (GENERATIONS, way[0], frame.shown(clock),
                                                 frame.shown(statistics.median(one[1] for one in taken[way])), alone / clock))
    return facts


def measure(workload, options, until, memory):
    letter = WORKLOADS[workload][1]

    def second(facts):
        return [facts["processor"] / facts["lived"]]
    if letter is None:
        mine = [frame.ours(workload, threads, second, most=10) for threads in frame.threads_to_try()]
        frame.take_turns(mine, 1, options, until)
        rows = [frame.row(workload, one, None) for one in mine]
        rows[-1]["facts"] = evolution(options)
        return rows
    mine, peer = frame.ours(workload, 1, second, most=200), neuron(letter) if frame.environment("neuron") else None
    frame.take_turns([mine] + [peer] * (peer is not None), 3, options, until)
    return [frame.row(workload, mine, peer)]
