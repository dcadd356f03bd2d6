#!/usr/bin/env python3
"""Tests of the benchmark of cards, from figures that nobody measured. Usage: test-gpu.py RHEOBASE-CLI; speaks TAP."""

import contextlib
import io
import os
import sys

import bench
import cards
import frame
import gpu
import page

CAN = {"peer": "PyTorch 9", "card": "A card", "compiles": True, "gemm-gflops": 50e3, "memory-gbs": 2000.0}
done = []


def ok(sentence, good):
    done.append(good)
    print("%s %d - %s" % ("ok" if good else "not ok", len(done), sentence))


class Program:
    """Stands for one that has run."""

    def __init__(self, name, seconds):
        self.name, self.seconds, self.facts = name, seconds, {"version": "0.1.0", "dense-gflop": 100.0, "device": "cuda"}
        self.median = sorted(seconds)[len(seconds) // 2]


def row(name, seconds, others, can=CAN):
    return gpu.row(name, "A card", Program("Rheobase", seconds), [Program(*one) for one in others], can)


def without_card():
    """What the program says, and how it ends."""
    heard = io.StringIO()
    sys.argv = ["gpu.py", "--no-page"]
    with contextlib.redirect_stderr(heard):
        return gpu.main(), heard.getvalue()


def main():
    frame.CLI = os.path.abspath(sys.argv[1])
    os.environ.update(RHEO_CUDA_MODULE="none", LC_ALL="C")
    ok("Where there is no card nothing is measured, and it says so",
       without_card() == (1, "There is no graphics card here that Rheobase can use: nothing was measured. "
                         "This program was built without CUDA.\n"))

    # 2 trials of 3 steps with 4 inputs and 5 units of 5 arrays: 2 * 3 * (4 + 25) numbers of 4 bytes, there and back.
    ok("A step moves inputs and arrays once there and once back", gpu.least_bytes((2, 3, 4, 5)) == 1392)
    forms = {name: [one.name for one in gpu.peers(gpu.WORKLOADS[name][2], dict(CAN, compiles=compiles))]
             for name, compiles in (("cddm-100", True), ("shd-alif", False))}
    ok("Each form of the peer runs that the script and PyTorch have",
       forms == {"cddm-100": ["by-hand", "compile"], "shd-alif": ["by-hand", "autograd"]})

    figures = {"rows": [], "profiles": {}}
    cards.merge(figures, row("shd-alif", [0.01], []), list(gpu.WORKLOADS))
    cards.merge(figures, row("flip-flop-100", [0.005, 0.01, 0.02], [("by-hand", [0.03]), ("compile", [0.02])]), list(gpu.WORKLOADS))
    cards.merge(figures, row("shd-alif", [0.02], [("by-hand", [0.01])], None), list(gpu.WORKLOADS))
    ok("A workload that was measured anew takes the place of its old row",
       [(one["workload"], one["ours"]["median"]) for one in figures["card"]] == [("flip-flop-100", 0.01), ("shd-alif", 0.02)])
    text = page.text_of(bench.FAMILIES, figures, "<!-- kept: card -->\nA warm card.\n<!-- end -->\n")
    # 100 GFLOP in 10 ms are 10 of 50 TFLOP/s; 2 * 4 * 256 * 200 * 503 bytes in 10 ms are 20.6 of 2000 GB/s.
    ok("A ratio is the peer's time over ours, and shares are those of what the card can do",
       "| workload | Rheobase | eager | ratio | torch.compile | ratio | of products | of memory |\n" in text
       and "| flip-flop-100 | 10 ms (5 ms) | 30 ms (30 ms) | 3 | 20 ms (20 ms) | 2 | 20 % | 1.03 % |\n" in text)
    ok("A form that did not run and limits that nobody measured leave their cells empty",
       "| shd-alif | 20 ms (20 ms) | 10 ms (10 ms) | 0.5 |  |  |  |  |\n" in text)
    ok("Each row names the card", "- flip-flop-100: A card, Rheobase 0.1.0, PyTorch 9; products 50 TFLOP/s, memory 2000 GB/s.\n"
       in text and "- shd-alif: A card, Rheobase 0.1.0, alone.\n" in text)
    ok("The page keeps them and what was written by hand", text.count("A warm card.") == 1
       and page.text_of(bench.FAMILIES, figures, text) == text)
    print("1..%d" % len(done))
    return not all(done)


if __name__ == "__main__":
    sys.exit(main())
