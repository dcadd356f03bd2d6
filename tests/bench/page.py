"""docs/benchmarks.json, what was measured, and docs/benchmarks.md, the page that tells it. Text between <!-- kept: NAME --> and
<!-- end --> is written by hand and kept."""

import json
import os
import re

import cards
from cards import table
from frame import TREE, rounded, shown

FIGURES = os.path.join(TREE, "docs", "benchmarks.json")
PAGE = os.path.join(TREE, "docs", "benchmarks.md")
KEPT = re.compile(r"<!-- kept: ([a-z0-9-]+) -->\n(.*?)<!-- end -->", re.S)
HEAVY = 1 / 3  # of the peer's memory is what ours may take

INTRO = """# Benchmarks

Written by `./dev bench` from what it has measured (`docs/benchmarks.json`); run it again to have the figures of your machine, or
`./dev bench WORKLOAD...` to measure some anew. Text between `<!-- kept -->` marks is written by hand and stays.

Each workload meets its peer in the same run: they take turns. Given is the median, in brackets the fastest. **Ratio**: the peer's
median over ours, above 1 Rheobase is faster; in bold where it is below the aim, which is in brackets. **As dense**: the work of the
network were every product dense, per second; it may exceed what the machine can multiply, because silent units and absent synapses
are skipped. **Share**: that against square products of 1024 by the same BLAS on as many threads. **Done**: the work that is left
then, per second. **Memory**: peak of the process, ours and the peer's.

"""


def read(path):
    """What was measured before: {"rows": [...], "profiles": {workload: [[function, share]]}}."""
    if not os.path.exists(path):
        return {"rows": [], "profiles": {}}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def merge(figures, rows, profiles, order):
    """Rows and profile of a workload that was measured anew take the place of its old ones; workloads that are no more go."""
    new = {one["workload"] for one in rows}
    both = [one for one in figures["rows"] if one["workload"] not in new] + rows
    figures["rows"] = sorted((one for one in both if one["workload"] in order),
                             key=lambda one: (order.index(one["workload"]), one["threads"]))
    old = {name: shares for name, shares in figures["profiles"].items() if name in order and name not in new}
    figures["profiles"] = {**old, **profiles}


def write(path, figures):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=1, ensure_ascii=False)
        file.write("\n")


# --- tables -----------------------------------------------------------------------------------------------------------------

def ratio(row):
    return row["peer"]["median"] / row["ours"]["median"] if row["peer"] else None


def least(families, row):
    return next(family.WORKLOADS[row["workload"]][-1] for family in families if row["workload"] in family.WORKLOADS)


def aims(families, rows):
    """Workloads whose aim is missed: a ratio with all cores, and memory beside the peer's. {workload: what is missed}"""
    missed = {}
    for row in rows:
        aim = least(families, row)
        if row["peer"] is None or aim is None or any(one["workload"] == row["workload"] and one["threads"] > row["threads"]
                                                     for one in rows):
            continue
        if ratio(row) < aim:
            missed[row["workload"]] = "%s times as fast, asked %s" % (rounded(ratio(row)), rounded(aim))
        elif row["workload"].startswith("shd") and row["ours"]["memory"] > HEAVY * row["peer"]["memory"]:
            missed[row["workload"]] = "%.0f MB, asked a third of %.0f MB" % (row["ours"]["memory"] / 1e6,
                                                                            row["peer"]["memory"] / 1e6)
    return missed


def cells(row, aim):
    ours, peer = row["ours"], row["peer"]
    line = [row["workload"], "%d" % row["threads"], "%s (%s)" % (shown(ours["median"]), shown(ours["fastest"]))]
    if peer:
        text = ("%s" if aim is None or ratio(row) >= aim else "**%s**") % rounded(ratio(row))
        line += ["%s (%s)" % (shown(peer["median"]), shown(peer["fastest"])),
                 text + (" (%s)" % rounded(aim) if aim is not None else "")]
    else:
        line += ["", ""]
    if row["dense-gflop"] > 0:
        speed = row["dense-gflop"] / ours["median"]
        line += ["%s GFLOP/s" % rounded(speed), "%s %%" % rounded(100 * speed / row["sgemm-gflops"]),
                 "%s GFLOP/s" % rounded(row["events-gflop"] / ours["median"])]
    else:
        line += ["", "", ""]
    return line + ["%.0f MB" % (ours["memory"] / 1e6), "%.0f MB" % (peer["memory"] / 1e6) if peer else ""]


def overview(families, rows):
    return table(["workload", "threads", "Rheobase", "fastest peer", "ratio", "as dense", "share", "done", "memory", "peer's"],
                 [cells(row, least(families, row)) for row in rows])


def section(family, rows):
    rows = [row for row in rows if row["workload"] in family.WORKLOADS]
    seen = {row["workload"]: family.WORKLOADS[row["workload"]][0] for row in rows}
    text = "## %s\n\n%s\n\n" % (family.TITLE, family.NOTES)
    text += "\n".join("- `%s`: %s." % item for item in seen.items()) + "\n\n"
    if any(row["peer"] for row in rows):
        text += table(["workload", "threads", "the peer that was fastest"],
                      [[row["workload"], "%d" % row["threads"], row["peer"]["name"]] for row in rows if row["peer"]]) + "\n"
    forms = [[row["workload"], one["name"], shown(one["median"]), rounded(one["median"] / row["ours"]["median"]),
              "%.0f MB" % (one["memory"] / 1e6)] for row in rows for one in row.get("forms", [])]
    if forms:
        text += ("Other forms of the peer, each in its fastest configuration, some steps only; ratio: to Rheobase on all cores.\n\n"
                 + table(["workload", "peer", "a step", "ratio", "memory"], forms) + "\n")
    for row in rows:
        text += "".join("- %s\n" % fact for fact in row.get("facts", []))
    return text.rstrip() + "\n\n"


def below(families, figures, kept):
    missed = aims(families, figures["rows"])
    text = "## Where the time goes\n\n"
    text += "%s Shares of the processor's time in training steps on one thread, by perf, functions with most of it first.\n\n" % (
        "Of workloads that miss their aim, and others that something was written about." if missed else "No workload misses its aim.")
    for name in sorted({*missed, *figures["profiles"], *kept} - {"notes", *cards.KEPT}):
        if name not in missed and not kept.get(name, "").strip():
            continue
        text += "### %s%s\n\n" % (name, ": %s" % missed[name] if name in missed else "")
        if figures["profiles"].get(name):
            text += table(["function", "share"], [["`%s`" % function, "%.0f %%" % (100 * share)]
                                                  for function, share in figures["profiles"][name]]) + "\n"
        text += "<!-- kept: %s -->\n%s<!-- end -->\n\n" % (name, kept.get(name, ""))
    return text


def conditions(rows):
    """One line for each machine and load under which rows were measured."""
    groups = {}
    for row in rows:
        groups.setdefault(json.dumps(row["conditions"], sort_keys=True), []).append(row["workload"])
    lines = []
    for key, names in groups.items():
        facts = dict(json.loads(key), names=", ".join(dict.fromkeys(names)))
        lines.append("- {cpu}, {cores} cores, {system}, load average {load} before the run, Rheobase {version}: {names}.\n"
                     .format(**facts))
    return "## Conditions\n\n" + "".join(lines)


def text_of(families, figures, before):
    """The page. before: the one that is there, for what was written by hand."""
    kept = dict(KEPT.findall(before))
    rows = figures["rows"]
    text = INTRO + overview(families, rows) + "\n<!-- kept: notes -->\n%s<!-- end -->\n\n" % kept.get("notes", "")
    for family in families:
        if any(row["workload"] in family.WORKLOADS for row in rows):
            text += section(family, rows)
    return text + cards.training(figures, kept) + cards.kernels(figures, kept) + below(families, figures, kept) + conditions(rows)
