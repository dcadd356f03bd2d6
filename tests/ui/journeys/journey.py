"""The real program as a user meets it: a window found by what assistive tools see, a pointer and keys.

A journey is a file beside this one that makes a Journey, acts, and ends with done(). Each runs under xvfb-run and
dbus-run-session with a home of its own, and speaks TAP: step() is one line.
"""

import fnmatch
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# Seconds until a journey gives up waiting; nothing is slept through. A sanitizer takes its time.
LIMIT = 900 if "RHEO_TEST_SLOW" in os.environ else 90


def words_of(node, what):
    try:
        return (node.get_name() if what == "name" else node.get_role_name()) or ""
    except GLib.Error:
        return ""


def walk(node):
    """The nodes below, with those that vanish meanwhile left out."""
    yield node
    try:
        children = [node.get_child_at_index(i) for i in range(node.get_child_count())]
    except GLib.Error:
        return
    for child in children:
        if child is not None:
            yield from walk(child)


def is_shown(node):
    """GTK 4.8 says "visible" of widgets on hidden pages as well; those have no size."""
    try:
        box = node.get_extents(Atspi.CoordType.WINDOW)
        return box.width > 0 and box.height > 0
    except GLib.Error:
        return False


def is_sensitive(node):
    try:
        return node.get_state_set().contains(Atspi.StateType.SENSITIVE)
    except GLib.Error:
        return False


class Journey:
    def __init__(self, program, cli):
        self.program, self.cli = program, cli
        self.home = tempfile.mkdtemp(prefix="rheo-journey-")
        self.runs = os.path.join(self.home, "Rheobase", "runs")
        self.log = os.path.join(self.home, "log")
        self.clicks = self.steps = 0
        self.process = self.node = None

    # --- program -----------------------------------------------------------------------------------------------------

    def start(self, *arguments):
        env = dict(os.environ, HOME=self.home, XDG_DATA_HOME=self.home, XDG_CACHE_HOME=self.home,
                   XDG_CONFIG_HOME=self.home, GSETTINGS_BACKEND="keyfile", GTK_A11Y="atspi", GDK_BACKEND="x11",
                   GSK_RENDERER="cairo", LC_ALL="C.UTF-8")
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen([self.program, *arguments], env=env, stdout=out, stderr=out)
        self.wait("its window", self.windows)
        Atspi.init()
        self.node = self.wait("the program at the desk of assistive tools", self.find_program)
        self.wait("its buttons", lambda: self.find("push button", None))
        self.clicks = 0

    def find_program(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            node = desktop.get_child_at_index(i)
            if node is not None and node.get_process_id() == self.process.pid:
                return node
        return None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        self.key("ctrl+q")
        self.wait("the end of the program", lambda: self.process.poll() is not None)
        if self.process.returncode != 0:
            self.fail("the program ended with %d" % self.process.returncode)

    # --- what there is -----------------------------------------------------------------------------------------------

    def find(self, role, name):
        """The first shown node with the role and the name (None: any); * in a name stands for anything."""
        self.node.clear_cache()
        for node in walk(self.node):
            if role in (None, words_of(node, "role")) and is_shown(node) \
                    and (name is None or fnmatch.fnmatchcase(words_of(node, "name"), name)):
                return node
        return None

    def get(self, role, name):
        return self.wait('a %s "%s"' % (role, name), lambda: self.find(role, name))

    def ready(self, role, name):
        node = self.find(role, name)
        return node if node and is_sensitive(node) else None

    def gone(self, role, name):
        self.wait('no %s "%s"' % (role, name), lambda: self.find(role, name) is None)

    def run_files(self):
        return sorted(glob.glob(os.path.join(self.runs, "*.h5")) + [p[:-len(".parts")] for p in
                      glob.glob(os.path.join(self.runs, "*.h5.parts"))], key=os.path.basename)

    def info(self, path):
        out = subprocess.run([self.cli, "info", path, "--json"], stdout=subprocess.PIPE, text=True, check=False).stdout
        return json.loads(out.splitlines()[-1]) if out else {}

    def wait(self, what, condition, limit=LIMIT):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            if self.process.poll() is not None:
                found = condition()
                return found if found else self.fail("waiting for %s: the program ended with %d"
                                                     % (what, self.process.returncode))
            time.sleep(0.05)
        return self.fail("waited in vain for " + what)

    # --- hands -------------------------------------------------------------------------------------------------------

    def xdo(self, *words):
        subprocess.run(["xdotool", *map(str, words)], check=True, stdout=subprocess.DEVNULL)

    def click_at(self, node, button=1, part=0.5, down=0.5):
        self.xdo("mousemove", *self.place(node, part, down), "click", button)
        self.clicks += 1

    def point_at(self, node):
        self.xdo("mousemove", *self.place(node))

    def drag(self, node, start, end):
        """From one part of its width to another, as one click."""
        self.xdo("mousemove", *self.place(node, start), "mousedown", 1)
        self.xdo("mousemove", *self.place(node, (start + end) / 2))
        self.xdo("mousemove", *self.place(node, end), "mouseup", 1)
        self.clicks += 1

    def place(self, node, part=0.5, down=0.5):
        """Where the node lies on the screen. Coordinates are those of the window; menus have windows of their own."""
        box = self.settled(node)
        x, y = self.corner(node)
        return x + box.x + int(box.width * part), y + box.y + int(box.height * down)

    def settled(self, node):
        """Its box in the window once it stays: a row that has just been inserted or reused is laid out a frame later."""
        seen = []

        def stays():
            box = node.get_extents(Atspi.CoordType.WINDOW)
            seen.append((box.x, box.y, box.width, box.height))
            return box if len(seen) > 3 and len(set(seen[-4:])) == 1 else None

        return self.wait("a place that stays", stays)

    def limit(self, most):
        if self.clicks > most:
            self.fail("it took %d clicks" % self.clicks)

    def windows(self):
        return subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                              stdout=subprocess.PIPE, text=True, check=False).stdout.split()

    def corner(self, node):
        """Of the window that has the node: a dialog is one beside that of the program, and has its title."""
        windows = self.windows()
        while node.get_parent() is not None and words_of(node.get_parent(), "role") != "application":
            node = node.get_parent()
        title = words_of(node, "name")
        windows = [w for w in windows if subprocess.run(["xdotool", "getwindowname", w], stdout=subprocess.PIPE, text=True,
                                                        check=False).stdout.strip() == title] or windows
        if not windows:
            return 0, 0
        text = subprocess.run(["xdotool", "getwindowgeometry", "--shell", windows[0]], stdout=subprocess.PIPE,
                              text=True, check=True).stdout
        place = dict(line.split("=") for line in text.splitlines())
        return int(place["X"]), int(place["Y"])

    def press(self, name, role="push button"):
        """A click as assistive tools do it."""
        node = self.wait('a sensitive %s "%s"' % (role, name), lambda: self.ready(role, name))
        node.get_action_iface().do_action(0)
        self.clicks += 1

    def key(self, keys):
        self.xdo("key", keys)

    # --- words -------------------------------------------------------------------------------------------------------

    def step(self, sentence):
        self.steps += 1
        print("ok %d %s" % (self.steps, sentence), flush=True)

    def fail(self, why):
        print("not ok %d %s" % (self.steps + 1, why))
        print("1..%d" % (self.steps + 1))
        for node in walk(self.node) if self.node else []:
            if is_shown(node) and words_of(node, "name"):
                print('# %s "%s"' % (words_of(node, "role"), words_of(node, "name")))
        with open(self.log, encoding="utf-8", errors="replace") as log:
            print("".join("# " + line for line in log))
        if self.process.poll() is None:
            self.process.kill()
        sys.stdout.flush()
        sys.exit(1)

    def experiment(self, title, **run):
        """An experiment file that trains a small network."""
        path = os.path.join(self.home, "small.json")
        with open(path, "w", encoding="utf-8") as out:
            json.dump({"format": 1, "title": title,
                       "task": {"id": "robot-trajectory", "n-trials": 400, "n-valid": 100},
                       "model": {"id": "lif", "layers": [{"units": 64}]},
                       "rule": {"id": "bptt", "optimiser": {"lr": 0.002}},
                       "run": dict({"seed": 1, "budget": 100000, "batch": 50, "record-every": 1000}, **run)}, out)
        return path

    def train(self, name, *sets, experiment="robot-clean"):
        """A finished run in the folder of runs."""
        os.makedirs(self.runs, exist_ok=True)
        path = os.path.join(self.runs, name + ".h5")
        words = [word for setting in sets for word in ("--set", setting)]
        subprocess.run([self.cli, "train", experiment, "--out", path, *words], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return path

    def done(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            critical = [line for line in log if "CRITICAL" in line]
        if critical:
            self.fail("the program said: " + critical[0].strip())
        print("1..%d" % self.steps)
        shutil.rmtree(self.home)
