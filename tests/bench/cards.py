"""Sections of the page of benchmarks about graphics cards: what kernels take there, and training beside PyTorch."""

from frame import rounded, shown

LIMITS = (("sm_86, sm_120", 99), ("sm_80", 163), ("sm_90", 227))  # KB of shared memory that a block may ask for
PAD, REAL = 16, 4  # numbers that rows are a multiple of, and bytes of one

KERNELS = """## Kernels of the card

What the compiler (CUDA %s) makes of the kernels of the module, by `tests/gpu/resources.py`: registers of a thread on each chip;
**frame**: bytes that a thread has in memory beside them, and **spilled**: bytes of it that registers had no room for, stored and
loaded, both where they are most; **shared**: bytes of shared memory that are fixed. `loop` and `loop_back` run blocks of up to 1024
threads and so may have 64 registers.

"""
ROOM = """Besides, `loop` and `loop_back` ask for shared memory when they start: for n units a row of their values and words of 32 of
their spikes, and the n x n recurrent weights where they fit. What has more units than that reads the weights from the card's
memory at each step (spiking units, forwards), or goes through a product of matrices for each step (rates, and all units backwards).

"""

KEPT = ("kernels", "card")  # text that is written by hand in these sections

TRAINING = """## Training on a graphics card

Training steps as above, on the card, by `tests/bench/gpu.py`; Rheobase and PyTorch on the same card take turns. Given is the median,
in brackets the fastest; **ratio**: the peer's median over ours. What the card can do is measured by the peer. **Of products**: the work
of the network were every product dense, against square products in single precision; **of memory**: what a step has to move at
least (inputs and, of each unit and step, current, output, tape, gradient and delta, written and read), against copies.

"""


def table(head, lines):
    return "\n".join(["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *lines]]) + "\n"


def padded(n):
    return -(-n // PAD) * PAD


def room(n):
    """Bytes of shared memory of `loop` with the weights of n units (gpu_loop_room in src/gpu/gpu-net.cu)."""
    return REAL * (padded(n) + padded(-(-n // 32)) + n * padded(n))


def most_units(limit):
    """That stay in `limit` bytes with their weights."""
    n = 0
    while room(n + 1) <= limit:
        n += 1
    return n


def kept_text(kept, name):
    return "<!-- kept: %s -->\n%s<!-- end -->\n\n" % (name, kept.get(name, ""))


def kernels(figures, kept):
    """The section, or "" where nothing was compiled."""
    found = figures.get("kernels")
    if not found:
        return ""
    chips = list(dict.fromkeys(row["arch"] for row in found["rows"]))
    lines = []
    for name in dict.fromkeys(row["kernel"] for row in found["rows"]):
        rows = {row["arch"]: row for row in found["rows"] if row["kernel"] == name}
        most = {key: max(row[key] for row in rows.values()) for key in ("frame", "stores", "loads", "shared")}
        lines.append([name, *("%d" % rows[arch]["registers"] if arch in rows else "" for arch in chips), "%d" % most["frame"],
                      "%d, %d" % (most["stores"], most["loads"]), "%d" % most["shared"]])
    text = KERNELS % found["compiler"] + table(["kernel", *chips, "frame", "spilled", "shared"], lines) + "\n" + ROOM
    text += table(["chip", "shared memory of a block", "weights stay in it up to"],
                  [[chip, "%d KB" % size, "%d units" % most_units(1024 * size)] for chip, size in LIMITS]) + "\n"
    if "all-major" in found:
        text += "The module for all major architectures compiles without a warning, in %s.\n\n" % shown(found["all-major"])
    return text + kept_text(kept, "kernels")


# --- training -------------------------------------------------------------------------------------------------------------

def merge(figures, row, order):
    """A workload that was measured anew takes the place of its old row."""
    rows = [one for one in figures.get("card", []) if one["workload"] != row["workload"]] + [row]
    figures["card"] = sorted((one for one in rows if one["workload"] in order), key=lambda one: order.index(one["workload"]))


def time_of(one):
    return "%s (%s)" % (shown(one["median"]), shown(one["fastest"]))


def share(work, seconds, limit):
    """Of the limit, both a second."""
    return "%s %%" % rounded(100 * work / seconds / limit)


def training(figures, kept):
    """The section, or "" where nothing was measured."""
    rows = figures.get("card")
    if not rows:
        return ""
    forms = list(dict.fromkeys(form for row in rows for form in row["peers"]))
    lines = []
    for row in rows:
        ours, line = row["ours"]["median"], [row["workload"], time_of(row["ours"])]
        for form in forms:
            peer = row["peers"].get(form)
            line += [time_of(peer), rounded(peer["median"] / ours)] if peer else ["", ""]
        can = row["limits"]
        line += [share(row["dense-gflop"], ours, can["gemm-gflops"]),
                 share(row["bytes"] / 1e9, ours, can["memory-gbs"])] if can else ["", ""]
        lines.append(line)
    head = ["workload", "Rheobase", *sum(([form, "ratio"] for form in forms), []), "of products", "of memory"]
    text = TRAINING + table(head, lines) + "\n"
    for row in rows:
        can = row["limits"]
        text += "- %s: %s, Rheobase %s" % (row["workload"], row["card"], row["version"])
        text += (", %s; products %s TFLOP/s, memory %s GB/s.\n" % (can["peer"], rounded(can["gemm-gflops"] / 1e3),
                                                                rounded(can["memory-gbs"])) if can else ", alone.\n")
    return text + "\n" + kept_text(kept, "card")
