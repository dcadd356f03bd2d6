#!/usr/bin/env python3
"""Kernels of the CUDA module keep what they work on in registers. Speaks TAP; what needs the compiler is skipped without it. Its
argument is the module in plain C++, in single precision."""

import ctypes
import sys

import resources

import cards

REGISTERS = 65536  # of a multiprocessor
WIDEST = 1024      # threads of a block
SAID = """ptxas info    : 24 bytes gmem, 8 bytes cmem[4]
ptxas info    : Compiling entry function '_Z9loop_backILi1EEv6GpuPop7GpuLoop9GpuWindow' for 'sm_80'
ptxas info    : Function properties for _Z9loop_backILi1EEv6GpuPop7GpuLoop9GpuWindow
    456 bytes stack frame, 4 bytes spill stores, 12 bytes spill loads
ptxas info    : Used 72 registers, used 1 barriers, 456 bytes cumulative stack size, 512 bytes smem, 808 bytes cmem[0]
ptxas info    : Compile time = 114.091 ms
ptxas info    : Compiling entry function '_Z4filliiPKfPf' for 'sm_80'
ptxas info    : Function properties for _Z4filliiPKfPf
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 12 registers, used 0 barriers, 376 bytes cmem[0]
"""
done = []


def ok(sentence, good, skip=""):
    done.append(good or bool(skip))
    print("%s %d - %s%s" % ("ok" if done[-1] else "not ok", len(done), sentence, skip and " # SKIP " + skip))


def of_compiler(nvcc):
    skip = "" if nvcc else "there is no nvcc"
    rows = resources.measure(nvcc, ["sm_80"]) if nvcc else []
    kernels = {row["kernel"] for row in rows}
    ok("Each cell has a kernel there and one back",
       all({"cells, " + name, "cells_back, " + name} <= kernels for name in resources.cells()), skip)
    spilling = [row["kernel"] for row in rows if row["stores"] or row["loads"]]
    ok("No kernel spills registers" + (": " + ", ".join(spilling)) * bool(spilling), not spilling, skip)
    large = [row["kernel"] for row in rows if row["frame"] > 16]
    ok("None has arrays in memory of its own" + (": " + ", ".join(large)) * bool(large), not large, skip)
    ok("Blocks of the widest loop find registers",
       all(row["registers"] * WIDEST <= REGISTERS for row in rows if row["kernel"].startswith("loop")), skip)


def main():
    rows = resources.read(SAID)
    ok("What the compiler says is read", [row["kernel"] for row in rows] == ["fill", "loop_back, alif"]
       and rows[1] == {"kernel": "loop_back, alif", "arch": "sm_80", "frame": 456, "stores": 4, "loads": 12, "registers": 72,
                       "shared": 512})
    text = cards.kernels({"kernels": {"compiler": "1.2", "rows": rows + [dict(rows[0], arch="sm_90", registers=14)]}}, {})
    ok("and told, chips side by side", "| fill | 12 | 14 | 0 | 0, 0 | 0 |\n| loop_back, alif | 72 |  | 456 | 4, 12 | 512 |\n" in text)
    # 96 units: a row of 96 numbers, 3 words in a row of 16, 96 rows of 96 weights, of 4 bytes each.
    ok("Weights have room up to a number of units", cards.room(96) == 4 * (96 + 16 + 96 * 96)
       and cards.most_units(cards.room(96)) == 96 and cards.most_units(cards.room(96) - 1) == 95)
    loop_room = ctypes.CDLL(sys.argv[1])._Z13gpu_loop_roomi
    loop_room.restype = ctypes.c_size_t
    ok("The page counts shared memory as the module does",
       all(cards.room(n) == loop_room(n) + cards.REAL * n * cards.padded(n) for n in (1, 96, 157, 300)))
    of_compiler(resources.compiler())
    print("1..%d" % len(done))
    return not all(done)


if __name__ == "__main__":
    sys.exit(main())
