#!/usr/bin/python3
"""Two stored runs beside each other: what differs, and results on the same trials with their intervals."""

import sys

from journey import Journey

me = Journey(*sys.argv[1:3])
for name, rate in ("slow", "0.002"), ("fast", "0.02"):
    me.train(name, "run.budget=3", "model.layers.0.units=24", "task.n-trials=200", "rule.optimiser.lr=" + rate)
me.start()
me.click_at(me.get("page tab", "Runs"))
me.click_at(me.get("check box", "Tick slow"))
me.get("label", "1 run ticked")
me.click_at(me.get("check box", "Tick fast"))
me.get("label", "2 runs ticked")
me.click_at(me.wait("Compare", lambda: me.ready("push button", "Compare")))
me.get("label", "Compare 2 runs")
me.limit(4)
me.step("%d clicks put two runs beside each other" % me.clicks)
me.get("label", "Learning rate")
me.get("label", "0.002")
me.get("label", "0.02")
me.step("the setting that differs is named with both values")
me.get("image", "Loss, line plot")
me.step("their losses are in one plot")
me.get("label", "* fresh trials each, same trials")
me.get("label", "* (* … *)")
me.step("the difference of their results has its interval")
me.press("Runs")
me.click_at(me.get("check box", "Tick slow"))
me.get("label", "1 run ticked")
me.step("a button leads back to the list, where they are still ticked")
me.close()
me.done()
