#!/usr/bin/env python3
"""Writes shd/shd_train.h5 and shd/shd_test.h5, small files in the layout of the Spiking Heidelberg Digits as h5py writes it,
and prints the numbers that tests/engine/test-spike-file.c holds them against: make-shd.py (needs h5py)."""

import os

import h5py
import numpy

WORDS = "zero one two three four five six seven eight nine null eins zwei drei vier fuenf sechs sieben acht neun".split()


def draw(state):
    """A linear congruential generator, so that the files do not depend on that of a library."""
    return (1664525 * state + 1013904223) % 2**32


def write(path, n_trials, speakers, state):
    times, units, labels, said = [], [], [], []
    for i in range(n_trials):
        t, u = [], []
        for _ in range(60 + 7 * (i % 5)):
            state = draw(state)
            t.append(state / 2**32 * (0.9 if i % 4 else 1.3))
            state = draw(state)
            u.append(state // 2**16 % 700)
        times.append(numpy.sort(numpy.array(t)).astype(numpy.float16))
        units.append(numpy.array(u, dtype=numpy.uint16))
        labels.append((7 * i) % 20)
        said.append(speakers[i % len(speakers)])
    units[0][:2] = 0, 699
    with h5py.File(path, "w") as file:
        spikes = file.create_group("spikes")
        for name, lists, kind in ("times", times, numpy.float16), ("units", units, numpy.uint16):
            data = spikes.create_dataset(name, (n_trials,), dtype=h5py.vlen_dtype(numpy.dtype(kind)))
            for i, one in enumerate(lists):
                data[i] = one
        file["labels"] = numpy.array(labels, dtype=numpy.uint16)
        file["extra/speaker"] = numpy.array(said, dtype=numpy.uint16)
        file["extra/keys"] = numpy.array(WORDS, dtype="S")
        for name in "gender", "age", "body_height":
            file["extra/meta_info/" + name] = numpy.arange(12, dtype=numpy.float32)
    print(os.path.basename(path))
    for i in (0, 3, n_trials - 1):
        print("  trial %d: %d spikes, sum of times %.6f, sum of units %d, label %d, speaker %d, times %.9g %.9g, units %d %d" % (
            i, len(times[i]), times[i].astype(numpy.float64).sum(), units[i].astype(int).sum(), labels[i], said[i],
            times[i][0], times[i][-1], units[i][0], units[i][-1]))
    print("  all: %d spikes, sum of times %.6f, sum of units %d" % (
        sum(map(len, times)), sum(one.astype(numpy.float64).sum() for one in times), sum(int(one.sum()) for one in units)))
    for dt, n in (4, 250), (10, 100), (14, 100):
        corrected, upstream = 0, 0
        checked = 0
        for one, unit in zip(times, units):
            # Half the numbers of the file as they are, in steps of dt.
            step = numpy.floor(one.astype(numpy.float64) * 1000 / dt).astype(int)
            corrected += len({(s, u) for s, u in zip(step, unit) if s < n})
            # The published conversion: step i takes what is not taken yet up to i dt, compared as halves.
            left = numpy.ones(len(one), dtype=bool)
            for i in range(n):
                now = left & (one <= numpy.float16(i * dt / 1000))
                found = {700 - int(u) for u in unit[now] if u > 0}
                upstream += len(found)
                checked += sum((i + 1) * column for column in found)
                left &= ~now
        print("  %d ms, %d steps: %d cells corrected, %d upstream, sum of (step + 1) column %d" % (
            dt, n, corrected, upstream, checked))


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shd")
    write(os.path.join(folder, "shd_train.h5"), 24, [0, 1, 2, 3, 6, 7], 1)
    write(os.path.join(folder, "shd_test.h5"), 10, [4, 5, 4, 0], 2)


if __name__ == "__main__":
    main()
