#!/usr/bin/python3
"""A network that has learned to decide is taken apart: its fixed points are found, one is clicked, its eigenvalues and modes
are there, and the figure in space is turned and exported."""

import glob
import json
import os
import sys

from journey import Journey, is_shown, walk, words_of

me = Journey(*sys.argv[1:3])

with open(os.path.join(os.environ["RHEO_DATA"], "experiments", "cddm-short.json"), encoding="utf-8") as text:
    experiment = json.load(text)
experiment["title"] = "Small decisions"
experiment["model"]["units"] = 20
experiment["run"].update({"budget": 12, "batch": 49, "record-every": 6, "checkpoint": 6})
path = os.path.join(me.home, "decisions.json")
with open(path, "w", encoding="utf-8") as out:
    json.dump(experiment, out)

me.start(path)
me.key("F5")
me.get("label", "Done in *")
me.step("a network learns")

me.clicks = 0
me.click_at(me.get("page tab", "Analyse"))
me.click_at(me.get("list item", "Fixed points"))
figure = me.get("image", "Fixed points, *")
me.step("two clicks find its fixed points")


me.get("list item", "Fixed points, 1 · epoch 12")
table = me.get("tree table", "Points")
me.click_at(me.wait("a row of the table", lambda: next((node for node in walk(table) if is_shown(node)
                                                        and words_of(node, "role") == "table cell"), None)))
me.get("label", "Point [0-9]*")
me.get("image", "Spectrum of point *")
me.get("list item", "Mode 1: *")
me.limit(3)
me.step("a third one shows the eigenvalues and modes of a point")

me.drag(figure, 0.3, 0.45)
me.click_at(me.get("push button", "Menu of Fixed points"))
me.press("Export figure", "menu item")
found = me.wait("the figure and its numbers",
                lambda: glob.glob(os.path.join(me.runs, "figures", "*fixed-points*.svg"))
                and glob.glob(os.path.join(me.runs, "figures", "*fixed-points*.csv")))
with open(glob.glob(os.path.join(me.runs, "figures", "*fixed-points*.svg"))[0], encoding="utf-8") as text:
    if "<svg" not in text.read():
        me.fail("the figure is no SVG")
me.step("the figure turns under the pointer, and two clicks export it")

held = me.info(me.run_files()[0])
if "fixed-points/1" not in json.dumps(held):
    me.fail("the run file holds %s" % held)
me.step("the result lies in the run file")
me.close()
me.done()
