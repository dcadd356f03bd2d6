#!/usr/bin/python3
"""Spoken digits are to be learned whose files are not there: the made-up ones are taken, adaptive units learn them until more than
70 % of the test words are told, and the confusion matrix is looked at and exported."""

import glob
import json
import os
import sys

from journey import Journey

me = Journey(*sys.argv[1:3])

with open(os.path.join(os.environ["RHEO_DATA"], "experiments", "shd-alif.json"), encoding="utf-8") as text:
    experiment = json.load(text)
experiment["title"] = "Digits"
experiment["task"].update({"bin": 10, "n-steps": 100})
experiment["run"].update({"budget": 8})
path = os.path.join(me.home, "digits.json")
with open(path, "w", encoding="utf-8") as out:
    json.dump(experiment, out)

me.start(path)
me.key("F5")
me.click_at(me.get("push button", "Use synthetic data"))
me.step("files that are missing are asked for, and made-up words taken instead")

for name in ("Confusion matrix*", "Spikes*", "Accuracy*"):
    me.get("image", name)
run = me.wait("a run file", me.run_files, limit=120)[0]
metrics = me.info(run)["metrics"]
if not metrics["test-accuracy"] > 0.7:
    me.fail("only %s of the test words are told" % metrics["test-accuracy"])
me.step("more than 70 % of the test words are told")

figure = me.get("image", "Confusion matrix*")
me.point_at(figure)
me.key("ctrl+e")
numbers = me.wait("the figure and its numbers", lambda: glob.glob(os.path.join(me.runs, "figures", "*.svg"))
                  and glob.glob(os.path.join(me.runs, "figures", "*.csv")))[0]
with open(numbers, encoding="utf-8") as text:
    words = text.read()
for word in ("zero", "neun"):
    if word not in words:
        me.fail("%s does not name the class %s" % (numbers, word))
me.step("the confusion matrix is exported with the names of the digits")
me.close()
me.done()
