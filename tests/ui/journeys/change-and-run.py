#!/usr/bin/python3
"""A value is changed in Set up; the run has it, pauses, goes on by steps, and stops."""

import sys

from journey import Journey

me = Journey(*sys.argv[1:3])
me.start()
me.press("New experiment")
me.click_at(me.get("spin button", "Training trials"))
me.key("ctrl+a")
me.xdo("type", "500")
me.key("Return")
me.get("push button", "Reset")
me.step("a changed value can be reset")
me.key("F5")
me.get("push button", "Pause")
path = me.wait("a run file", me.run_files)[0]
me.wait("its first epoch", lambda: me.info(path).get("iterations", 0) >= 1)
me.step("F5 runs it")
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
