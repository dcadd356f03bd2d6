#!/usr/bin/python3
"""Random clicks and keys on the real program, the same for the same seed.

monkey.py PROGRAM [--minutes 10] [--seed 1] [--gdb]: starts the program under the X server of DISPLAY, with a message bus,
a window manager (openbox, where it is installed) and a folder of its own for everything that it keeps. Fails when the
program crashes, hangs, says something critical, or keeps growing. Ends with one line of figures. Needs xdotool; run it
under xvfb-run. As root it lets the program run as nobody, because it may come to a file chooser. --gdb stops at the
first critical and tells where it came from.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME, PLACE = "org.rheobase.Rheobase", "/org/rheobase/Rheobase"
KEYS = ["Tab", "shift+Tab", "Return", "space", "Escape", "Up", "Down", "Left", "Right", "Page_Up", "Page_Down", "Home", "End",
        "F1", "F2", "F5", "F8", "shift+F5", "F9", "F10", "F11", "Menu", "shift+F10", "ctrl+z", "ctrl+shift+z", "ctrl+f",
        "ctrl+e", "ctrl+shift+e", "ctrl+alt+e", "ctrl+c", "ctrl+n", "ctrl+comma", "ctrl+question", "alt+1", "alt+2", "alt+3", "alt+4",
        "plus", "minus", "0", "f", "1", "5", "BackSpace", "Delete", "a", "e", "ctrl+a", "ctrl+b", "alt+Left", "alt+Right",
        "alt+shift+Right", "shift+Right", "shift+Down"]
BATCH = 8      # actions between two looks at the program
AGAIN = 12     # batches after which its window is shown again
PATIENCE = 30  # seconds that it may take to answer, on a busy machine; more is a hang
SETTLED = 150  # seconds after a start from which on growth counts: pages, fonts and icons are loaded by then
GROWTH = 40    # MB that the least of the second half of the rest may lie above that of the first
NOBODY = 65534
MANAGER = "<openbox_config xmlns='http://openbox.org/3.4/rc'><focus><focusNew>yes</focusNew></focus></openbox_config>"
# What GTK 4.8 was seen to say without a mistake of ours being found.
KNOWN = [
    # Seen when our window was moved off the screen and F10 opened the main menu.
    "gdk_monitor_get_geometry: assertion 'GDK_IS_MONITOR (monitor)' failed",
    # GTK's own file chooser, closed before its idle callback for a right click came: seen with its stack.
    "gtk_widget_compute_bounds: assertion 'GTK_IS_WIDGET (widget)' failed",
    # GTK's own file chooser, the head of a column clicked while its list has no model yet: seen with its stack.
    *("gtk_tree_sortable_%s: assertion 'GTK_IS_TREE_SORTABLE (sortable)' failed" % verb
      for verb in ("get_sort_column_id", "has_default_sort_func", "set_sort_column_id")),
    # Both seen in a small program without our code.
    "gdk_surface_get_device_position: assertion 'GDK_IS_SURFACE (surface)' failed",
    "_gtk_widget_find_at_coords: assertion 'GDK_IS_SURFACE (surface)' failed",
]


def actions(rng, width, height):
    """Words for xdotool. Escape comes often, because a dialog would keep everything else away."""
    def move():
        return "mousemove %d %d" % (rng.randrange(width), rng.randrange(height))

    kind = rng.random()
    if kind < 0.42:
        return "%s click %d" % (move(), rng.choice([1, 1, 1, 1, 3]))
    if kind < 0.50:
        return "%s mousedown 1 %s %s mouseup 1" % (move(), move(), move())
    if kind < 0.58:
        return "%s click %d" % (move(), rng.choice([4, 5]))
    if kind < 0.63:
        return "%s click --repeat 2 1" % move()
    if kind < 0.68:
        return "key Escape"
    return "key " + rng.choice(KEYS)


class Program:
    def __init__(self, options):
        self.options = options
        self.folder = tempfile.mkdtemp(prefix="rheo-monkey-")
        self.log = os.path.join(self.folder, "log")
        self.user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
        self.env = dict(os.environ, HOME=self.folder, XDG_DATA_HOME=self.folder, XDG_CACHE_HOME=self.folder,
                        XDG_CONFIG_HOME=self.folder, XDG_RUNTIME_DIR=self.folder, GSETTINGS_BACKEND="memory",
                        G_DEBUG="fatal-criticals" if options.gdb else "")
        self.lend_display()
        self.helpers = []
        self.bus = self.start_bus()
        if shutil.which("openbox"):
            self.helpers.append(self.start_manager())
        self.process = None

    def start_manager(self):
        """With no keys and no menus of its own."""
        path = os.path.join(self.folder, "openbox.xml")
        with open(path, "w", encoding="utf-8") as out:
            out.write(MANAGER)
        return subprocess.Popen(["openbox", "--config-file", path], env=self.env, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, **self.user)

    def lend_display(self):
        if "XAUTHORITY" in os.environ:
            self.env["XAUTHORITY"] = shutil.copy(os.environ["XAUTHORITY"], os.path.join(self.folder, "authority"))
            if self.user:
                os.chown(self.env["XAUTHORITY"], NOBODY, NOBODY)
        if self.user:
            os.chown(self.folder, NOBODY, NOBODY)

    def start_bus(self):
        daemon = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"], env=self.env,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **self.user)
        self.helpers.append(daemon)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()
        if self.user:
            os.setegid(NOBODY)
            os.seteuid(NOBODY)
        bus = Gio.DBusConnection.new_for_address_sync(
            self.env["DBUS_SESSION_BUS_ADDRESS"], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        if self.user:
            os.seteuid(0)
            os.setegid(0)
        return bus

    def start(self):
        words = [self.options.program]
        if self.options.gdb:
            words = ["gdb", "-batch", "-ex", "handle SIGPIPE nostop noprint", "-ex", "run", "-ex", "bt 60", "-ex",
                     "thread apply all bt 12", "--args"] + words
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(words, env=self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **self.user)
        end = time.monotonic() + 2 * PATIENCE
        while self.answer() is None and self.is_there() and time.monotonic() < end:
            time.sleep(0.1)

    def is_there(self):
        return self.process.poll() is None

    def call(self, method, arguments):
        try:
            self.bus.call_sync(NAME, PLACE, "org.gtk.Actions", method, arguments, None, Gio.DBusCallFlags.NO_AUTO_START,
                               PATIENCE * 1000, None)
            return True
        except GLib.Error:
            return False

    def show(self):
        """It may have been minimised."""
        try:
            self.bus.call_sync(NAME, PLACE, "org.freedesktop.Application", "Activate", GLib.Variant("(a{sv})", ({},)), None,
                               Gio.DBusCallFlags.NO_AUTO_START, PATIENCE * 1000, None)
        except GLib.Error:
            pass

    def answer(self):
        """Seconds until its main loop answers; None: it did not."""
        before = time.monotonic()
        return time.monotonic() - before if self.call("List", None) else None

    def pid(self):
        """Of the program itself, which gdb has started when it is there."""
        if not self.options.gdb:
            return self.process.pid
        out = subprocess.run(["pgrep", "-P", str(self.process.pid)], stdout=subprocess.PIPE, text=True, check=False).stdout
        return int(out.split()[0]) if out else 0

    def memory_mb(self):
        try:
            with open("/proc/%d/status" % self.pid(), encoding="ascii") as status:
                return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS")), None)
        except OSError:
            return None

    def tell_place(self):
        """Where every thread of a program that hangs is, into its log, where gdb is installed."""
        if shutil.which("gdb") and not self.options.gdb:
            with open(self.log, "ab") as out:
                subprocess.run(["gdb", "-batch", "-p", str(self.pid()), "-ex", "thread apply all bt 40"], stdin=subprocess.DEVNULL,
                               stdout=out, stderr=subprocess.DEVNULL, check=False, timeout=10 * PATIENCE)

    def quit(self):
        """As the desktop does it. Closing finishes the iteration and writes a checkpoint."""
        self.call("Activate", GLib.Variant("(sava{sv})", ("quit", [], {})))
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            return False
        return True

    def complaints(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            lines = [re.sub(r"\(.*?:\d+\): | \d\d:\d\d:\d\d\.\d+", "", line.strip()) for line in log]
        bad = [line for line in lines if re.search(r"CRITICAL|Sanitizer|runtime error|received signal SIG(SEGV|ABRT|BUS|FPE|ILL)", line)
               and not any(known in line for known in KNOWN)]
        return ["%s (%d times)" % (line, bad.count(line)) for line in sorted(set(bad))][:30]

    def shut(self):
        for helper in reversed(self.helpers):
            helper.terminate()
            helper.wait()


def growth(samples):
    """MB between the least of the two halves of what was measured after the start: [(seconds, MB)]. What a run and its plots
    take is given back; what leaks is not, so the least grows with it."""
    late = [mb for at, mb in samples if at > SETTLED]
    half = len(late) // 2
    return min(late[half:]) - min(late[:half]) if half >= 5 else 0.0


def geometry():
    out = subprocess.run(["xdotool", "getdisplaygeometry"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return map(int, out.split())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gdb", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    width, height = geometry()
    program = Program(options)
    wrong, lives, n_actions, slowest = [], [], 0, 0.0
    end = time.monotonic() + 60 * options.minutes
    while time.monotonic() < end and not wrong:
        program.start()
        began, samples = time.monotonic(), []
        lives.append(samples)
        while time.monotonic() < end and program.is_there() and not wrong:
            words = [actions(rng, width, height) for _ in range(BATCH)]
            n_actions += BATCH
            if n_actions % (BATCH * AGAIN) == 0:
                program.show()
            subprocess.run(["xdotool", "-"], input="\n".join(words) + "\n", text=True, check=False, timeout=60,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            answer = program.answer()
            memory = program.memory_mb()
            if answer is None and program.is_there():
                time.sleep(1)
                if program.is_there():
                    wrong.append("it did not answer for %d s" % PATIENCE)
                    program.tell_place()
            else:
                slowest = max(slowest, answer or 0)
            if memory:
                samples.append((time.monotonic() - began, memory))
        if program.is_there() and not program.quit():
            wrong.append("it did not close within %d s" % PATIENCE)
        if program.process.returncode != 0:
            wrong.append("it ended with %d" % program.process.returncode)
        if growth(samples) > GROWTH:
            wrong.append("it grew by %.0f MB" % growth(samples))
    program.shut()
    wrong += program.complaints()
    longest = max(lives, key=len)
    print("seed %d: %d actions, %d starts, slowest answer %.1f s; longest life %.0f s, %.0f MB at first, %.0f MB at most, "
          "%.0f MB at last, growth %.0f MB" % (options.seed, n_actions, len(lives), slowest, longest[-1][0] if longest else 0,
                                               longest[0][1] if longest else 0, max((mb for _, mb in longest), default=0),
                                               longest[-1][1] if longest else 0, growth(longest)))
    for line in wrong:
        print("wrong: " + line)
    if wrong:
        print("The program's words: " + program.log)
    else:
        shutil.rmtree(program.folder)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
