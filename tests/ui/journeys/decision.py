#!/usr/bin/python3
"""The whole way through widgets: a decision task is opened and learned until R² is above .95, its fixed points are found, one
is clicked for its eigenvalues, trials start there, and the figure in space is exported. Slow: it really learns.

RHEO_SHOTS: a folder for pictures of the window on the way."""

import glob
import os
import subprocess
import sys

from journey import Journey, is_shown, walk, words_of

R2 = 0.95
LEARNED = 1500  # seconds

me = Journey(*sys.argv[1:3])
shots = os.environ.get("RHEO_SHOTS")


def shot(name):
    if shots:
        subprocess.run(["import", "-window", "root", os.path.join(shots, name + ".png")], check=True)


def r2():
    files = me.run_files()
    return (me.info(files[0]).get("metrics") or {}).get("valid.r2") or 0 if files else 0


me.start(os.path.join(os.environ["RHEO_DATA"], "experiments", "cddm-short.json"))
me.get("push button", "Run")
shot("decision-1-setup")
me.step("the experiment is open in Set up")

me.click_at(me.get("push button", "Run"))
me.get("push button", "Pause")
me.wait("R² above %g" % R2, lambda: r2() > R2, LEARNED)
shot("decision-2-live")
me.press("Stop")
me.get("push button", "Run")
me.step("it runs until R² is %.3f" % r2())

me.clicks = 0
me.click_at(me.get("page tab", "Analyse"))
me.click_at(me.get("list item", "Fixed points"))
figure = me.wait("the figure", lambda: me.find("image", "Fixed points, *"), LEARNED)
shot("decision-3-points")
me.step("two clicks find its fixed points")

table = me.get("tree table", "Points")
me.click_at(me.wait("a row of the table", lambda: next((node for node in walk(table) if is_shown(node)
                                                        and words_of(node, "role") == "table cell"), None)))
me.get("label", "Point [0-9]*")
me.get("image", "Spectrum of point *")
me.get("list item", "Mode 1: *")
me.limit(3)
shot("decision-4-point")
me.step("a third one shows the eigenvalues and modes of a point")

me.press("Start trials here")
me.get("label", "R² * → *")
shot("decision-5-trials")
me.press("Push along mode 1")
me.get("label", "Point [0-9]*, pushed along mode 1")
me.get("label", "R² * → *")
me.step("trials start there and are pushed along a mode, with the score before and after")

me.drag(figure, 0.3, 0.45)
shot("decision-6-turned")
me.click_at(me.get("push button", "Menu of Fixed points"))
me.press("Export figure", "menu item")
me.wait("the figure and its numbers",
        lambda: glob.glob(os.path.join(me.runs, "figures", "*fixed-points*.svg"))
        and glob.glob(os.path.join(me.runs, "figures", "*fixed-points*.csv")))
if shots:
    for path in glob.glob(os.path.join(me.runs, "figures", "*fixed-points*.svg")):
        subprocess.run(["cp", path, os.path.join(shots, "decision-figure.svg")], check=True)
me.step("the figure turns under the pointer, and two clicks export it")

me.click_at(me.get("entry", "Search analyses"))
me.xdo("type", "causes")
me.click_at(me.get("list item", "Causes"))
me.get("label", "Lesion and clamp")
# Live has one of the same name, on a page before this one.
matrix = [node for node in walk(me.node) if words_of(node, "role") == "image" and is_shown(node)
          and words_of(node, "name").startswith("Recurrent weights, ")][-1]


def silence():
    """Nothing is dragged over before the picture is drawn."""
    me.drag(matrix, 0.4, 0.6)
    return me.find("label", "Units * silenced")


me.wait("units that are silenced", silence)
me.get("label", "R² * → *")
shot("decision-7-lesion")
me.step("units that are dragged over are silenced, with the score before and after")
me.close()
me.done()
