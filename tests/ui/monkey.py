#!/usr/bin/python3
"""Random clicks and keys on the real program, the same for the same seed.

monkey.py PROGRAM [--minutes 10] [--seed 1]: starts the program under the X server of DISPLAY with a folder of its own for
everything that it keeps, and fails when it crashes, hangs, says something critical, or keeps growing. Ends with one line
of figures. Needs xdotool; run it under xvfb-run.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

KEYS = ["Tab", "shift+Tab", "Return", "space", "Escape", "Up", "Down", "Left", "Right", "Page_Up", "Page_Down", "Home", "End",
        "F1", "F5", "F8", "shift+F5", "F9", "F10", "Menu", "ctrl+z", "ctrl+shift+z", "ctrl+f", "ctrl+e", "ctrl+c",
        "alt+1", "alt+2", "alt+3", "plus", "minus", "0", "f", "1", "5", "BackSpace", "Delete", "a", "e", "ctrl+b",
        "alt+Left", "alt+Right", "alt+shift+Right"]


def xdo(*words):
    subprocess.run(["xdotool", *map(str, words)], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   timeout=20)


def memory_mb(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return 0.0


def geometry():
    out = subprocess.run(["xdotool", "getdisplaygeometry"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return map(int, out.split())


def act(rng, width, height):
    kind = rng.random()
    if kind < 0.45:
        xdo("mousemove", rng.randrange(width), rng.randrange(height), "click", rng.choice([1, 1, 1, 1, 3]))
    elif kind < 0.55:
        xdo("mousemove", rng.randrange(width), rng.randrange(height), "mousedown", 1,
            "mousemove", rng.randrange(width), rng.randrange(height), "mouseup", 1)
    elif kind < 0.65:
        xdo("mousemove", rng.randrange(width), rng.randrange(height), "click", rng.choice([4, 5]))
    elif kind < 0.70:
        xdo("mousemove", rng.randrange(width), rng.randrange(height), "click", "--repeat", 2, 1)
    else:
        xdo("key", rng.choice(KEYS))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    folder = tempfile.mkdtemp(prefix="rheo-monkey-")
    log = os.path.join(folder, "log")
    env = dict(os.environ, HOME=folder, XDG_DATA_HOME=folder, XDG_CACHE_HOME=folder, XDG_CONFIG_HOME=folder,
               GSETTINGS_BACKEND="memory", G_DEBUG="")
    width, height = geometry()
    wrong = []
    starts = n_acts = 0
    growth = []
    end = time.monotonic() + 60 * options.minutes
    while time.monotonic() < end and not wrong:
        starts += 1
        with open(log, "ab") as out:
            program = subprocess.Popen([options.program], env=env, stdout=out, stderr=out)
        time.sleep(3)
        first = None
        part = min(end, time.monotonic() + 180)
        while time.monotonic() < part and program.poll() is None:
            act(rng, width, height)
            n_acts += 1
            if n_acts % 50 == 0 and program.poll() is None:
                now = memory_mb(program.pid)
                first = first or now
                growth.append(now - first)
        if program.poll() is None:
            # Closing finishes the iteration and writes a checkpoint.
            xdo("key", "Escape", "key", "Escape", "key", "ctrl+q")
            try:
                program.wait(20)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
                wrong.append("it did not close within 20 s")
        if program.returncode not in (0, -9):
            wrong.append("it ended with %d" % program.returncode)
    with open(log, encoding="utf-8", errors="replace") as out:
        wrong += sorted({line.strip() for line in out if "CRITICAL" in line or "Sanitizer" in line})[:20]
    print("%d actions, %d starts, most growth %.0f MB" % (n_acts, starts, max(growth, default=0)))
    for line in wrong:
        print("wrong: " + line)
    if not wrong:
        shutil.rmtree(folder)
    else:
        print("The program's words: " + log)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
