#!/usr/bin/python3
"""A value is changed in Set up and the run has it; another is changed while it learns; it pauses, steps and stops."""

import sys

from journey import Journey

me = Journey(*sys.argv[1:3])
me.start(me.experiment("Small robot"))
me.click_at(me.get("page tab", "Live"))
me.clicks = 0
me.click_at(me.get("page tab", "Set up"))
me.click_at(me.get("spin button", "Training trials"))
me.key("ctrl+a")
me.xdo("type", "500")
me.key("Return")
me.get("push button", "Reset, Training trials")
me.step("a changed value can be reset")
me.click_at(me.get("push button", "Run"))
me.get("push button", "Pause")
me.limit(3)
path = me.wait("a run file", me.run_files)[0]
me.wait("its first epoch", lambda: me.info(path).get("iterations", 0) >= 1)
me.step("it runs after %d clicks" % me.clicks)

me.clicks = 0
slider = me.wait("a sensitive slider", lambda: me.ready("slider", "Learning rate"))
me.drag(slider, slider.get_value_iface().get_current_value(), 0.9)
me.get("label", "changed at epoch *")
me.limit(1)
me.wait("the change in the file", lambda: me.info(path).get("journal"))
change = me.info(path)["journal"][-1]
if change["key"] != "rule.optimiser.lr" or not float(change["new"]) > 0.002:
    me.fail("the file has the change %s" % change)
me.wait("an epoch with it", lambda: me.info(path)["metrics"]["rule.lr"] > 0.002)
me.step("the learning rate changes while it learns, with one drag, and the file says so")

me.key("F5")
me.get("push button", "Resume")
before = me.info(path)["iterations"]
me.step("F5 pauses it")
me.key("F8")
me.wait("one more epoch", lambda: me.info(path)["iterations"] == before + 1)
me.step("F8 goes one epoch on")
me.key("shift+F5")
me.get("push button", "Run")
trials = me.info(path)["experiment"]["task"]["n-trials"]
if trials != 500:
    me.fail("the run has %s trials" % trials)
me.step("Shift+F5 stops it; the run has the changed value")
me.close()
me.done()
