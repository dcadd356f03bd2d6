#!/usr/bin/python3
"""A self-organising network runs; one of its rules is switched off and on again while it does; then correlations of its units are
drawn, a perturbation is followed, and its figure exported."""

import glob
import json
import os
import sys

from journey import Journey

me = Journey(*sys.argv[1:3])

with open(os.path.join(os.environ["RHEO_DATA"], "experiments", "sorn-default.json"), encoding="utf-8") as text:
    experiment = json.load(text)
experiment["title"] = "Small network"
experiment["model"].update({"units": 60, "lambda-ee": 10})
experiment["run"].update({"budget": 10000000, "record": [1], "record-every": 1000, "checkpoint": 1000})
path = os.path.join(me.home, "network.json")
with open(path, "w", encoding="utf-8") as out:
    json.dump(experiment, out)

me.start(path)
me.key("F5")
me.get("label", "Block *")
for name in ("Spikes of exc", "Recurrent weights", "Excitatory thresholds"):
    me.get("label", name)
me.step("a network runs, and Live shows it")

for k in range(2):
    me.click_at(me.get("check box", "STDP"))
    me.get("label", "changed at *")
me.click_at(me.get("push button", "Stop"))
run = me.wait("a run file", me.run_files)[0]
me.get("push button", "Run")
journal = me.wait("two entries in the journal", lambda: [line for line in me.info(run)["journal"]
                                                         if line["key"] == "rule.stdp.on"])
if [line["new"] for line in journal] != ["false", "true"]:
    me.fail("the journal holds %s" % journal)
me.step("STDP is switched off and on while it runs, and the run knows")

me.click_at(me.get("page tab", "Analyse"))
me.click_at(me.get("list item", "Correlations of units"))
me.click_at(me.get("push button", "Start"))
me.get("image", "Correlation, graph")
me.get("image", "*, heat map")
me.step("the graph of its correlations is drawn, and all of them beside it")

me.click_at(me.get("entry", "Search analyses"))
me.xdo("type", "perturb")
me.click_at(me.get("list item", "Perturbation"))
figure = me.get("image", "Hamming distance*")
me.point_at(figure)
me.key("ctrl+e")
me.wait("the figure and its numbers", lambda: glob.glob(os.path.join(me.runs, "figures", "*.svg"))
        and glob.glob(os.path.join(me.runs, "figures", "*.csv")))
me.step("a perturbation is followed, and its figure written")
me.close()
me.done()
