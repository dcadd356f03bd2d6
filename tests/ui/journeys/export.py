#!/usr/bin/python3
"""A figure with its numbers, from the menu of a plot and by its key; the numbers are those of the run."""

import csv
import glob
import os
import sys

from journey import Journey

me = Journey(*sys.argv[1:3])
me.start(me.experiment("Small robot", budget=40))
me.key("F5")
me.get("label", "Done in *")
path = me.run_files()[0]


def figures(ending):
    return sorted(glob.glob(os.path.join(me.runs, "figures", "*" + ending)))


def check(figure, numbers):
    with open(figure, encoding="utf-8") as text:
        if "<svg" not in text.read():
            me.fail(figure + " is no SVG")
    with open(numbers, encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    wanted = me.info(path)["metrics"]
    for column, name in ("Training (a.u.)", "train.loss"), ("Validation (a.u.)", "valid.loss"):
        if abs(float(rows[-1][column]) - wanted[name]) > 1e-6 * wanted[name]:
            me.fail("%s: %s, and the run has %s %g" % (numbers, rows[-1], name, wanted[name]))


me.point_at(me.get("image", "Loss, line plot"))
me.key("ctrl+e")
me.wait("the figure and its numbers", lambda: figures(".svg") and figures(".csv"))
check(*(os.path.join(me.runs, "figures", "robot-lif-seed1-loss-epoch-40" + ending) for ending in (".svg", ".csv")))
me.step("Ctrl+E writes the plot under the pointer with its numbers, which are those of the run")
me.key("ctrl+alt+e")
me.wait("numbers alone", lambda: len(figures(".csv")) == 2)
if len(figures(".svg")) != 1:
    me.fail("there are %s" % figures(".svg"))
me.step("Ctrl+Alt+E writes its numbers alone")
me.clicks = 0
me.click_at(me.get("push button", "Menu of Loss"))
me.press("Export figure", "menu item")
me.wait("a second figure with its numbers", lambda: len(figures(".svg")) == 2 and len(figures(".csv")) == 3)
me.limit(2)
me.step("%d clicks in its menu do so too, and leave the first as it is" % me.clicks)
me.close()
me.done()
