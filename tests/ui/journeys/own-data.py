#!/usr/bin/python3
"""A file with data of one's own is opened, its arrays have their roles, and one click trains on them."""

import os
import sys

from journey import Journey

me = Journey(*sys.argv[1:3])
path = os.path.join(me.home, "hand.csv")
with open(path, "w", encoding="ascii") as file:
    file.write("trial,x1,x2,y\n")
    for line in range(1200):
        file.write("%d,%g,%g,%g\n" % (line // 30, line % 7, line % 5, line % 3))
me.start(path)
# The toast with its roles may have gone before a slow walk through the window comes to it.
me.get("label", "hand")
me.get("label", "Trials from a file")
me.step("Set up has the data")
me.press("Run")
me.limit(1)
run = me.wait("a run file", me.run_files)[0]
me.wait("an epoch", lambda: me.info(run).get("iterations", 0) >= 1)
me.step("one click trains on them")
me.close()
me.done()
