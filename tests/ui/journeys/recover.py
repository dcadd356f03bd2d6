#!/usr/bin/python3
"""The program is killed while it trains; the next start offers to go on from the last checkpoint."""

import sys

from journey import Journey

me = Journey(*sys.argv[1:3])
me.start()
me.click_at(me.get("push button", "Run 3-bit flip-flop"))
path = me.wait("a run file", me.run_files)[0]
me.wait("a checkpoint", lambda: len(me.info(path).get("checkpoints", [])) >= 1)
me.kill()
reached = me.info(path)["iterations"]
me.step("it was killed after batch %d" % reached)
me.start()
me.press("Resume")
me.limit(1)
me.step("one click resumes it")
me.wait("a batch beyond", lambda: me.info(path).get("iterations", 0) > reached)
me.step("it goes on beyond where it was killed")
me.press("Stop")
me.get("push button", "Run")
me.close()
me.done()
