#!/usr/bin/env python3
"""What the kernels of the CUDA module take on each chip, as the compiler tells; no card is needed.

Usage: resources.py [--arch ARCH]... [--all-major] [--no-page]

Prints the table, and puts it into docs/benchmarks.md (its figures into docs/benchmarks.json). --all-major also compiles the module
for every major architecture with all warnings as errors, as a release does, and notes how long that takes.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "bench"))

import bench  # noqa: E402
import cards  # noqa: E402
import frame  # noqa: E402
import page   # noqa: E402

SOURCES = os.path.join(frame.TREE, "src", "gpu")
CHIPS = ("sm_80", "sm_90", "sm_120")
CELLS = re.compile(r"X \([A-Z]+, (\w+), ")
KERNEL = re.compile(r"Compiling entry function '(\w+)' for '(\w+)'.*?(\d+) bytes stack frame, (\d+) bytes spill stores, "
                    r"(\d+) bytes spill loads.*?Used (\d+) registers([^\n]*)", re.S)


def compiler():
    """nvcc, or None."""
    return shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")


def release(nvcc):
    said = subprocess.run([nvcc, "--version"], stdout=subprocess.PIPE, check=True).stdout.decode()
    return re.search(r"release ([\d.]+)", said).group(1)


def cells():
    """Names of the cells by number."""
    with open(os.path.join(SOURCES, "gpu-net.cuh"), encoding="utf-8") as file:
        return CELLS.findall(file.read())


def short(name, names):
    """cells<0> (GpuPop, ...) becomes "cells, lif"."""
    found = re.match(r"(?:void )?(\w+)(?:<(\d+)>)?\(", name)
    return found.group(1) + (", " + names[int(found.group(2))] if found.group(2) else "")


def demangle(names):
    return subprocess.run(["c++filt"], input="\n".join(names).encode(), stdout=subprocess.PIPE,
                          check=True).stdout.decode().splitlines()


def read(said):
    """Rows from what the compiler says with -Xptxas -v: a dictionary for each kernel."""
    found, names = KERNEL.findall(said), cells()
    rows = []
    for one, name in zip(found, demangle([one[0] for one in found])):
        shared = re.search(r"(\d+) bytes smem", one[6])
        rows.append({"kernel": short(name, names), "arch": one[1], "frame": int(one[2]), "stores": int(one[3]),
                     "loads": int(one[4]), "registers": int(one[5]), "shared": int(shared.group(1)) if shared else 0})
    return sorted(rows, key=lambda row: row["kernel"])


def said_by(nvcc, *options):
    """What the compiler says of the module."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "card-build.h"), "w", encoding="utf-8") as file:
            file.write('#define RHEO_CARD_BUILD ""\n')
        done = subprocess.run([nvcc, *options, "-std=c++17", "-O3", "-I", os.path.join(frame.TREE, "src"), "-I", folder,
                               "-o", os.path.join(folder, "module"), os.path.join(SOURCES, "rheobase-cuda.cu")],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise frame.Failed("The module does not compile: %s" % done.stdout.decode().strip()[-600:])
    return done.stdout.decode()


def measure(nvcc, chips):
    return sum((read(said_by(nvcc, "-cubin", "-arch=" + arch, "-Xptxas", "-v", "-Werror", "all-warnings")) for arch in chips), [])


def all_major(nvcc):
    """Seconds that it takes; an error where there is a warning."""
    start = time.monotonic()
    said_by(nvcc, "-c", "-arch=all-major", "-Werror", "all-warnings",
            "-Xcompiler=-fPIC,-Wall,-Wextra,-Wno-unused-parameter,-Wno-missing-field-initializers")
    return time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arch", action="append", help="of sm_80, sm_90 and sm_120 by default")
    parser.add_argument("--all-major", action="store_true")
    parser.add_argument("--no-page", action="store_true", help="print the table and leave docs/ alone")
    options = parser.parse_args()
    nvcc = compiler()
    if nvcc is None:
        frame.say("There is no nvcc.")
        return 1
    try:
        found = {"compiler": release(nvcc), "rows": measure(nvcc, options.arch or CHIPS)}
        if options.all_major:
            found["all-major"] = all_major(nvcc)
    except frame.Failed as failure:
        frame.say(str(failure))
        return 1
    figures = page.read(page.FIGURES)
    figures["kernels"] = {**figures.get("kernels", {}), **found}
    print(cards.kernels(figures, {}))
    if not options.no_page:
        bench.publish(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
