#!/usr/bin/python3
"""From the first start to a network that learns, and its run file."""

import sys

from journey import Journey

me = Journey(*sys.argv[1:3])
me.start()
me.click_at(me.get("push button", "Run 3-bit flip-flop"))
me.get("push button", "Pause")
me.limit(2)
me.step("a network learns after %d click" % me.clicks)
path = me.wait("a run file", me.run_files)[0]
me.wait("its first batch", lambda: me.info(path).get("iterations", 0) >= 1)
me.step("the run is in its file while it goes on")
me.press("Stop")
me.get("push button", "Run")
me.step("Stop ends it, and Run is there again")
me.close()
me.step("the window closes")
me.done()
