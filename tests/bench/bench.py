#!/usr/bin/env python3
"""Measures every workload of Rheobase and its peer in one run, in turn, so that both meet the same machine.

Usage: bench.py [--rounds N] [--seconds S] [--minutes M] [--with-pypi] [--no-page] [WORKLOAD ...]

A peer is first tried in each of its configurations. The fastest one and Rheobase then take turns, until the medians of two rounds
agree, all rounds are done or the workload's share of the minutes is over. Peers from PyPI (PyTorch with snnTorch, 5 GB; sorn;
NEURON) are there when build-bench/ has their environments; --with-pypi makes those. What is measured goes into
docs/benchmarks.json, with what was there about other workloads, and docs/benchmarks.md is written from it. Where an aim is missed
perf, if it is installed, tells where the time goes.
"""

import argparse
import os
import subprocess
import sys
import time

import family_cartpole
import family_goal
import family_sorn
import family_torch
import frame
import page

FAMILIES = (family_torch, family_goal, family_sorn, family_cartpole)
ORDER = [name for family in FAMILIES for name in family.WORKLOADS]


def profile(rows):
    """Where the time goes, where the rows miss their aim: {workload: shares}."""
    found = {}
    for name in page.aims(FAMILIES, rows):
        one = next(row for row in rows if row["workload"] == name)
        shares = frame.profile(name, max(10, min(2000, int(4 / one["ours"]["median"]))))
        if shares is not None:
            found[name] = shares
    return found


def keep(rows, profiles):
    """Into the figures, and the page anew."""
    figures = page.read(page.FIGURES)
    page.merge(figures, rows, profiles, ORDER)
    publish(figures)


def publish(figures):
    """Figures, and the page that tells them, into docs/."""
    page.write(page.FIGURES, figures)
    before = ""
    if os.path.exists(page.PAGE):
        with open(page.PAGE, encoding="utf-8") as file:
            before = file.read()
    with open(page.PAGE, "w", encoding="utf-8") as file:
        file.write(page.text_of(FAMILIES, figures, before))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.5, help="of a round of one program, at most")
    parser.add_argument("--minutes", type=float, default=20, help="after which no further round begins")
    parser.add_argument("--with-pypi", action="store_true", help="make the environments of peers from PyPI (6 GB)")
    parser.add_argument("--no-page", action="store_true", help="print the table and leave docs/ alone")
    parser.add_argument("workload", nargs="*", choices=[[], *ORDER], metavar="WORKLOAD")
    options = parser.parse_args()
    chosen = [name for name in ORDER if name in options.workload] or ORDER
    if options.with_pypi:
        for family in FAMILIES:
            if any(name in family.WORKLOADS for name in chosen):
                family.prepare()
    conditions = frame.conditions()
    conditions["version"] = frame.run([frame.CLI, "bench", ORDER[0], "--steps", "1", "--json"])["workloads"][0]["version"]
    start, memory, rows, failed = time.monotonic(), {}, [], False
    for number, name in enumerate(chosen):
        family = next(family for family in FAMILIES if name in family.WORKLOADS)
        frame.say("%s: %s" % (name, family.WORKLOADS[name][0]))
        until = start + 60 * options.minutes * (number + 1) / len(chosen)
        try:
            found = [dict(row, conditions=conditions) for row in family.measure(name, options, until, memory)]
        except (frame.Failed, subprocess.CalledProcessError) as failure:
            frame.say(str(failure))
            failed = True
            continue
        rows += found
        if not options.no_page:
            keep(found, profile(found))
    print(page.overview(FAMILIES, rows))
    return failed


if __name__ == "__main__":
    sys.exit(main())
