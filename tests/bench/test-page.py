#!/usr/bin/env python3
"""Tests of the page of benchmarks, from figures that nobody measured. Usage: test-page.py RHEOBASE-CLI; speaks TAP."""

import subprocess
import sys

import bench
import page

FAMILIES, ORDER = bench.FAMILIES, bench.ORDER
HERE = {"cpu": "A processor", "cores": 2, "system": "Linux 6", "load": 0.1, "version": "0.1.0"}
THERE = dict(HERE, cpu="Another processor")
done = []


def ok(sentence, good):
    done.append(good)
    print("%s %d - %s" % ("ok" if good else "not ok", len(done), sentence))


def row(workload, ours, peer, threads=2, conditions=HERE, memory=300e6, **more):
    return dict({"workload": workload, "threads": threads, "ours": {"median": ours, "fastest": ours, "memory": 20e6},
                 "peer": peer and {"median": peer, "fastest": peer, "memory": memory, "name": "PyTorch 0"},
                 "dense-gflop": 1.0, "events-gflop": 0.1, "sgemm-gflops": 50.0, "conditions": conditions}, **more)


def workloads_of(cli):
    said = subprocess.run([cli, "bench", "-"], stderr=subprocess.PIPE, env={"LC_ALL": "C"}, check=False).stderr.decode()
    return said.splitlines()[0].split("there are ")[1].rstrip(".").split(", ")


def main():
    ok("Every workload of the program is measured beside its peer", sorted(workloads_of(sys.argv[1])) == sorted(ORDER))

    figures = {"rows": [], "profiles": {}}
    page.merge(figures, [row("robot-256", 0.01, 0.1), row("robot-1000", 0.01, 0.02, threads=1), row("robot-1000", 0.01, 0.02),
                         row("sorn-5000", 0.01, None), row("of-old", 1, 1)], {"robot-1000": [["add_rows", 0.25]]}, ORDER)
    ok("Rows are in the order of the workloads, and those of workloads that are no more go",
       [one["workload"] for one in figures["rows"]] == ["robot-1000", "robot-1000", "robot-256", "sorn-5000"])
    text = page.text_of(FAMILIES, figures, "")
    ok("A ratio is the peer's time over ours, beside the aim", "| robot-256 | 2 | 10 ms (10 ms) | 100 ms (100 ms) | 10 (5) |" in text)
    ok("and told apart where it is below", "| **2** (3) | 100 GFLOP/s | 200 % | 10 GFLOP/s | 20 MB | 300 MB |" in text)
    ok("A workload without a peer has no ratio", "| sorn-5000 | 2 | 10 ms (10 ms) |  |  | 100 GFLOP/s |" in text)
    ok("Where an aim is missed a profile tells the time",
       "### robot-1000: 2 times as fast, asked 3\n" in text and "| `add_rows` | 25 % |" in text and "### robot-256" not in text)

    wrote = text.replace("<!-- kept: robot-1000 -->\n", "<!-- kept: robot-1000 -->\nRows are added.\n")
    wrote = wrote.replace("<!-- kept: notes -->\n", "<!-- kept: notes -->\nA quiet night.\n")
    page.merge(figures, [row("robot-256", 0.02, 0.1, conditions=THERE)], {}, ORDER)
    again = page.text_of(FAMILIES, figures, wrote)
    ok("What was measured anew takes the place of what was there", "| robot-256 | 2 | 20 ms (20 ms) |" in again and "| robot-256 | 2 | 10" not in again)
    ok("and the rest stays", "| robot-1000 | 1 | 10 ms (10 ms) |" in again and "| `add_rows` | 25 % |" in again)
    ok("Text that was written by hand stays", "Rows are added.\n<!-- end -->" in again and "A quiet night.\n<!-- end -->" in again)
    ok("The page written again is the same", page.text_of(FAMILIES, figures, again) == again)
    ok("Each machine is named with what was measured on it", "A processor, 2 cores, Linux 6, load average 0.1 before the run, Rheobase "
       "0.1.0: robot-1000, sorn-5000." in again and "0.1.0: robot-256." in again)

    page.merge(figures, [row("robot-1000", 0.01, 0.1), row("robot-1000", 0.01, 0.02, threads=1)], {}, ORDER)
    ok("With all cores an aim counts", not page.aims(FAMILIES, figures["rows"]))
    ok("and the analysis stays where it is reached", "Rows are added." in page.text_of(FAMILIES, figures, again))
    figures["kernels"] = {"compiler": "1.2", "rows": [{"kernel": "loop, lif", "arch": "sm_80", "registers": 60, "frame": 0,
                                                       "stores": 0, "loads": 0, "shared": 0}]}
    text = page.text_of(FAMILIES, figures, again + "<!-- kept: kernels -->\nOf a card.\n<!-- end -->\n")
    ok("Kernels of cards have a section, with what was written about them",
       "| loop, lif | 60 | 0 | 0, 0 | 0 |" in text and text.count("Of a card.\n<!-- end -->") == 1)
    figures = {"rows": [row("shd-lif-128", 0.01, 0.1, memory=50e6)], "profiles": {}}
    ok("Spoken digits are to take a third of the peer's memory",
       page.aims(FAMILIES, figures["rows"]) == {"shd-lif-128": "20 MB, asked a third of 50 MB"})
    figures["rows"][0]["forms"] = [{"name": "PyTorch 0, by-hand", "median": 0.2, "memory": 1e8}]
    figures["rows"][0]["facts"] = ["An epoch takes a second."]
    text = page.text_of(FAMILIES, figures, "")
    ok("Other forms of a peer are beside it", "| shd-lif-128 | PyTorch 0, by-hand | 200 ms | 20 | 100 MB |" in text)
    ok("and what else was found", "- An epoch takes a second.\n" in text)
    print("1..%d" % len(done))
    return not all(done)


if __name__ == "__main__":
    sys.exit(main())
