#!/usr/bin/python3
"""A stored run is opened at an earlier iteration, branched there, and the branch is run."""

import os
import subprocess
import sys

from journey import Journey

me = Journey(*sys.argv[1:3])
os.makedirs(me.runs)
stored = os.path.join(me.runs, "first.h5")
subprocess.run([me.cli, "train", "robot-clean", "--out", stored, "--set", "run.budget=6", "--set", "run.checkpoint=2",
                "--set", "run.record-every=2",
                "--set", "run.record=2 4", "--set", "model.layers.0.units=32"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
me.start()
me.click_at(me.get("page tab", "Runs"))
me.click_at(me.get("label", "first"))
me.get("push button", "Branch from here")
me.step("a click opens a run")
before = len(me.run_files())
me.press("Previous snapshot*")
me.press("Branch from here")
bar = me.get("label", "Continues first from *").get_name()
if bar != "Continues first from epoch 4":
    me.fail(bar)
me.step("Set up has its settings and says where it goes on")
me.press("Run")
me.wait("the file of the branch", lambda: len(me.run_files()) > before)
me.step("the branch is a run of its own")
me.limit(5)
me.close()
me.done()
