#!/usr/bin/python3
"""A spiking network balances a pole: watched in slow motion, paused, gone on with at full speed; then a checkpoint of it is evaluated,
and the run compared with another. It does not learn, so that episodes stay short."""

import json
import os
import re
import sys

from journey import Journey, words_of

me = Journey(*sys.argv[1:3])


def episode():
    """Of how many it is the turn, as the line above the plots says."""
    return int(re.match(r"Episode ([0-9,]+) ", words_of(me.get("label", "Episode * of *"), "name")).group(1).replace(",", ""))


def show_at(moves):
    """Some choices further up or down."""
    me.click_at(me.get("combo box", "Show at"))
    for move in moves:
        me.key(move)
    me.key("Return")


me.train("other", "run.seed=2", "rule.duration=20", "rule.learn=false", experiment="cartpole-stdp-rl")
with open(os.path.join(os.environ["RHEO_DATA"], "experiments", "cartpole-stdp-rl.json"), encoding="utf-8") as text:
    experiment = json.load(text)
experiment["title"] = "Long balance"
experiment["rule"].update({"duration": 1000000, "learn": False})
experiment["run"].update({"budget": 10000000, "record": [1], "record-every": 1000, "checkpoint": 100})
path = os.path.join(me.home, "balance.json")
with open(path, "w", encoding="utf-8") as out:
    json.dump(experiment, out)

me.start(path)
me.key("F5")
me.wait("a hundred episodes", lambda: episode() > 100)
for name in ("Scene", "Spikes", "Length of an episode", "Reward", "Weights over training", "Rate"):
    me.get("label", name)
me.step("a network balances a pole, and Live shows it")

show_at(["Up", "Up", "Up"])
me.wait("slow motion", lambda: episode() == episode())
before = episode()
me.get("label", "Scene")
me.click_at(me.get("push button", "Pause"))
me.get("label", "Episode * · paused")
if episode() > before + 2:
    me.fail("slow motion went from episode %d to %d" % (before, episode()))
me.step("in slow motion it does one episode after the other, and pauses")

show_at(["Down", "Down", "Down"])
me.click_at(me.get("push button", "Resume"))
me.wait("a hundred episodes more", lambda: episode() > before + 100)
me.click_at(me.get("push button", "Stop"))
me.get("push button", "Run")
run = next(path for path in me.run_files() if not path.endswith("other.h5"))
if not me.wait("its checkpoints", lambda: me.info(run).get("checkpoints")):
    me.fail("the run has no checkpoint")
me.step("it goes on at full speed, and stops")

me.click_at(me.get("page tab", "Analyse"))
me.click_at(me.get("entry", "Search analyses"))
me.xdo("type", "evaluations")
me.click_at(me.get("list item", "Evaluations"))
me.get("image", "Length of an episode, *")
me.get("label", "random")
me.step("a checkpoint is evaluated, beside random actions and the network at the start")

me.click_at(me.get("page tab", "Runs"))
me.click_at(me.get("check box", "Tick other"))
me.get("label", "1 run ticked")
me.click_at(me.get("check box", "Tick %s" % os.path.basename(run)[:-len(".h5")]))
me.get("label", "2 runs ticked")
me.click_at(me.wait("Compare", lambda: me.ready("push button", "Compare")))
me.get("label", "Compare 2 runs")
me.get("image", "Length of an episode, *")
me.get("label", "* fresh trials each, same trials*")
me.step("two runs stand beside each other, with their results on the same trials")
me.close()
me.done()
