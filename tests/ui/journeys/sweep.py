#!/usr/bin/python3
"""A network with an inner target: its rank and time constant are changed, it learns, and a small sweep over both follows."""

import sys

from journey import Journey

me = Journey(*sys.argv[1:3])
me.start()


def change(words, label, value):
    """In Set up, found by its name."""
    me.click_at(me.get("entry", "Search parameters"))
    me.key("ctrl+a")
    me.xdo("type", words)
    me.wait("what matches alone", lambda: me.find("label", label) and me.find("label", "Outputs") is None)
    me.click_at(me.get("spin button", label + "*"))
    me.key("ctrl+a")
    me.xdo("type", value)
    me.key("Return")
    me.get("push button", "Reset, " + label)


me.click_at(me.get("label", "Three-dimensional trajectory, target-based"))
me.click_at(me.get("entry", "Search parameters"))
me.xdo("type", "feedback matrix")
me.click_at(me.get("push button", "Feedback matrix"))
me.key("Down")
me.key("Return")
me.get("push button", "Reset, Feedback matrix")
change("rank", "Rank", "150")
change("time constant of the", "Time constant of the read-out", "8")
me.step("rank and time constant are changed")

me.clicks = 0
me.click_at(me.get("push button", "Run"))
path = me.wait("a run file", me.run_files)[0]
me.get("label", "Done in *")
found = me.info(path)
if found["experiment"]["rule"]["rank"] != 150 or found["experiment"]["model"]["tau-out"] != 8:
    me.fail("the run has the values %s" % found["experiment"]["rule"])
if not found["metrics"]["train.spike-error"] < 500:
    me.fail("%s spikes are wrong at the end" % found["metrics"]["train.spike-error"])
for name in ("Outputs", "Spikes", "Mean squared error", "Spike error", "Spikes of the inner target"):
    me.get("label", name)
me.limit(1)
me.step("it learns the spikes of its target, and Live shows them")

me.click_at(me.get("page tab", "Set up"))
me.clicks = 0
me.click_at(me.get("label", "Time constant of the read-out"), 3)
me.get("menu item", "Sweep this value…")
for key in ("Down", "Down", "Down", "Return"):
    me.key(key)
me.click_at(me.get("text", "Time constant of the read-out"))
me.key("ctrl+a")
me.xdo("type", "5, 20")
me.click_at(me.get("push button", "Vary a value…"))
me.get("entry", "Search values")
me.xdo("type", "rank")
me.key("Return")
me.click_at(me.get("text", "Rank"))
me.key("ctrl+a")
me.xdo("type", "3, 150")
me.click_at(me.get("spin button", "Seeds"), part=0.1)
me.key("ctrl+a")
me.xdo("type", "1")
me.key("Return")
me.click_at(me.get("push button", "Start 4 runs"))
me.get("label", "4 of 4 runs")
me.limit(6)
me.step("a sweep of four runs takes %d clicks" % me.clicks)

me.clicks = 0
# The title of the map; the cell lies below it, at the left.
me.click_at(me.get("label", "Mean squared error over *"), part=0.3, down=12)
me.get("label", "tau-out 5 · rank 3*")
me.step("a click on a cell of the map shows its run")
me.click_at(me.get("push button", "Open runs"))
me.get("menu item", "*")
me.key("Return")
me.get("push button", "Branch from here")
me.get("label", "tau-out-5_rank-3_seed-1*")
me.step("and the run opens in Runs")
me.limit(2)
me.close()
me.done()
