#!/usr/bin/env python3
"""Measures training on the graphics card beside PyTorch on the same card, in turn.

Usage: gpu.py [--rounds N] [--seconds S] [--minutes M] [--no-page] [WORKLOAD ...]

The peer is the PyTorch of build-bench/venv (`./dev bench --with-pypi` makes it), in each of its forms: eager, and torch.compile
where it has that. It also measures what the card can do: square products in single precision, and copies within its memory. What is
measured goes into docs/benchmarks.json and docs/benchmarks.md. Where there is no card nothing is measured, and it says so.
"""

import argparse
import json
import subprocess
import sys
import time

import bench
import cards
import frame
import page

PROBE = 3
ARRAYS = 5  # of each unit and step: current, output, tape, gradient of the output, delta


def rate(problem, units, *more):
    return ["peer_rate.py", "--problem", problem, "--units", str(units), *more]


def digits(model, units):
    return ["peer_shd.py", "--model", model, "--units", str(units), "--trial-steps", "100", "--occupancy", "0.095"]


# What it is, workload of the program and changes to it, script of the peer, trials, steps, inputs, units.
WORKLOADS = {
    "flip-flop-100": ("Flip-flop, 100 rate units", ["flip-flop-100"], rate("flip-flop", 100), (256, 200, 3, 100)),
    "cddm-100": ("Context-dependent decision, 100 rate units", ["cddm-100"], rate("cddm", 100), (242, 750, 6, 100)),
    "rate-1000": ("Flip-flop, 1000 rate units, 450 trials", ["rate-1000", "--set", "run.batch=450"],
                  rate("large", 1000, "--batch", "450"), (450, 300, 3, 1000)),
    "shd-lif-1000": ("Spoken digits, 1000 spiking units", ["shd-lif-1000"], digits("lif", 1000), (64, 100, 700, 1000)),
    "shd-alif": ("Spoken digits, 2 x 128 adaptive units", ["shd-alif"], digits("alif", 128), (64, 100, 700, 256)),
}
FORMS = {"by-hand": "eager", "autograd": "eager, autograd", "compile": "torch.compile"}


def least_bytes(size):
    """That a training step moves at least: inputs, and the arrays of each unit and step, are written once and read once."""
    n_rows, n_steps, n_in, n_units = size
    return 2 * 4 * n_rows * n_steps * (n_in + ARRAYS * n_units)


def card():
    """Name of the first one, None where there is none, and why."""
    found = next(one for one in frame.run([frame.CLI, "list", "devices", "--json"])["devices"] if one["id"] == "cuda")
    return (found["title"], None) if found["there"] else (None, found["summary"])


def limits():
    """What PyTorch measures on the card, with its version; None where it has no card or is not there."""
    python = frame.environment("venv")
    try:
        return frame.run([python, frame.script("peer_card.py")]) if python else None
    except frame.Failed as failure:
        frame.say(str(failure))
        return None


def peers(words, can):
    """Each form of the script that this PyTorch can run."""
    def contender(form):
        command = [frame.environment("venv"), frame.script(words[0]), *words[1:], "--device", "cuda", "--form", form]
        return frame.Contender(form, 1, lambda steps: frame.run(command + ["--steps", str(steps), "--warm-up", "3"]))
    forms = [form for form in FORMS if (form != "compile" or can["compiles"]) and (form != "autograd" or words[0] == "peer_shd.py")]
    return [contender(form) for form in forms]


def probed(contenders):
    """Those that work; torch.compile needs a compiler, which may not be there."""
    good = []
    for one in contenders:
        try:
            one.measure(PROBE)
            good.append(one)
        except frame.Failed as failure:
            frame.say("  " + str(failure))
    return good


def row(name, device, mine, others, can):
    """What is kept: plain numbers, in seconds, bytes and GFLOP."""
    def figures(one):
        return {"median": one.median, "fastest": min(one.seconds)}
    return {"workload": name, "card": device, "version": mine.facts["version"], "ours": figures(mine),
            "peers": {FORMS[one.name]: figures(one) for one in others}, "dense-gflop": mine.facts["dense-gflop"],
            "bytes": least_bytes(WORKLOADS[name][3]), "limits": can}


def measure(name, device, can, options, until):
    _, words, script, _ = WORKLOADS[name]
    mine = frame.ours(words[0], frame.n_cores(), words=["--device", "cuda", *words[1:]])
    others = probed(peers(script, can) if can else [])
    frame.take_turns([mine, *others], PROBE, options, until)
    if mine.facts["device"] != "cuda":
        raise frame.Failed("%s ran on the device %s." % (name, mine.facts["device"]))
    return row(name, device, mine, others, can)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.5, help="of a round of one program, at most")
    parser.add_argument("--minutes", type=float, default=10, help="after which no further round begins")
    parser.add_argument("--no-page", action="store_true", help="print the table and leave docs/ alone")
    parser.add_argument("workload", nargs="*", choices=[[], *WORKLOADS], metavar="WORKLOAD")
    options = parser.parse_args()
    device, why = card()
    if device is None:
        frame.say("There is no graphics card here that Rheobase can use: nothing was measured. %s" % why)
        return 1
    chosen = [name for name in WORKLOADS if name in options.workload] or list(WORKLOADS)
    start, can, figures, failed = time.monotonic(), limits(), page.read(page.FIGURES), False
    if can is None:
        frame.say("There is no PyTorch with CUDA in build-bench/venv: Rheobase is measured alone.")
    for number, name in enumerate(chosen):
        frame.say("%s: %s" % (name, WORKLOADS[name][0]))
        until = start + 60 * options.minutes * (number + 1) / len(chosen)
        try:
            cards.merge(figures, measure(name, device, can, options, until), list(WORKLOADS))
        except (frame.Failed, subprocess.CalledProcessError, json.JSONDecodeError) as failure:
            frame.say(str(failure))
            failed = True
    print(cards.training(figures, {}))
    if not options.no_page:
        bench.publish(figures)
    return failed


if __name__ == "__main__":
    sys.exit(main())
