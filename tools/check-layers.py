#!/usr/bin/env python3
"""Holds the layers apart: reads every #include line under src/ and says which ones its folder may not have.

The table RULES is the one place where it stands who may include whom. Usage: check-layers.py [TREE]
"""

import fnmatch
import os
import re
import sys

# What a system header belongs to. The first pattern that fits counts; everything else is the C library.
SYSTEM = [
    ("gtk", ["gtk/*", "gdk/*", "gsk/*", "graphene*", "adwaita.h", "gtksourceview/*"]),
    ("cairo", ["cairo*", "pango/*"]),
    ("json", ["json-glib/*"]),
    ("glib", ["glib*", "gio/*", "gmodule.h", "gobject/*"]),
    ("hdf5", ["hdf5*", "H5*"]),
    ("deflate", ["libdeflate.h"]),
    ("blas", ["cblas*", "lapack*", "openblas*"]),
    ("gsl", ["gsl/*"]),
    ("random123", ["Random123/*"]),
    ("cuda", ["cuda*", "cublas*", "cooperative_groups*"]),
    ("epoxy", ["epoxy/*"]),
    ("mpi", ["mpi.h"]),
    ("lua", ["lua*.h", "lauxlib.h"]),
]

PLAIN = ["types", "cells", "plan", "kernels", "optimise", "device", "card", "rng", "script-protocol"]  # C11 that is also C++, shared with CUDA


def engine(*names):
    return ["src/engine/%s.h" % name for name in names]


# Files, what of the system they may use beside the C library, which of our headers they may include, and the rule in
# words. The first row whose pattern fits a file counts.
RULES = [
    ("src/engine/cells/*", [], [*engine("cells", "rng", "types"), "src/engine/cells/*.h"],
     "a cell header has only cells.h, rng.h, types.h and other cells: it must compile under nvcc"),
    *[("src/engine/%s.h" % name, [], engine(*PLAIN), "a plain header is C11 and C++ without GLib, shared with CUDA")
      for name in PLAIN],
    ("src/engine/models/*", ["glib", "json"], ["src/engine/*.h", "src/engine/cells/*.h"],
     "a model has the engine's headers and its cells, no other component"),
    ("src/engine/analysis/*", ["glib", "json", "gsl"], ["src/engine/*.h", "src/engine/cells/*.h"],
     "an analysis has the engine's headers, no other component"),
    *[("src/engine/%s/*" % folder, ["glib", "json"], ["src/engine/*.h"],
       "a component has the engine's headers, no other component") for folder in ("rules", "tasks")],
    ("src/engine/store*", ["glib", "json", "hdf5", "deflate"], ["src/engine/*.h"],
     "the store is the one user of HDF5 and of deflate, beside files of spikes"),
    ("src/engine/spike-file*", ["glib", "hdf5"], ["src/engine/*.h"],
     "files of spikes have HDF5 under the lock of the store"),
    ("src/engine/linalg.c", ["glib", "blas", "gsl"], ["src/engine/*.h"], "linear algebra has BLAS and GSL"),
    ("src/engine/fixed.c", ["glib", "gsl"], ["src/engine/*.h"], "fixed points have the root finders of GSL"),
    ("src/engine/encoder.c", ["glib", "gsl"], ["src/engine/*.h"], "receptive fields have the quantiles of GSL"),
    ("src/engine/fits.c", ["glib", "gsl"], ["src/engine/*.h"], "fits have the least squares and distributions of GSL"),
    ("src/engine/evolve.c", ["gsl"], ["src/engine/*.h"], "evolution has the mean, the deviation and the median of GSL"),
    ("src/engine/last.c", ["glib", "gsl"], ["src/engine/*.h"], "last episodes have the median of GSL"),
    ("src/engine/power-law.c", ["glib", "gsl"], ["src/engine/*.h"], "power laws have the zeta function and minimiser of GSL"),
    *[("src/engine/%s" % name, ["glib", "blas"], ["src/engine/*.h", "src/engine/cells/*.h"], "kernels and device have BLAS")
      for name in ("kernels.c", "device-cpu*")],
    ("src/engine/readout.c", ["glib", "json"], ["src/engine/*.h", "src/engine/cells/*.h"],
     "the read-out block gives models its cells"),
    ("src/engine/loss.c", ["glib", "json"], ["src/engine/*.h", "src/engine/cells/*.h"], "the loss has the exponential of cells"),
    *[("src/engine/%s" % name, ["glib", "json"], ["src/engine/*.h", "src/engine/cells/*.h"],
       "what teaches units of one kind knows their cell") for name in ("eligible.c", "goal-step.[ch]", "imitate.c", "inner.c")],
    ("src/engine/rng*", ["glib", "random123"], ["src/engine/*.h"], "the generator is the one user of Random123"),
    ("src/engine/ranks-mpi.c", ["glib", "mpi"], ["src/engine/*.h"], "ranks are the one user of MPI"),
    ("src/engine/*", ["glib", "json"], ["src/engine/*.h", "registry.h", "card-build.h"],
     "the engine has no display: GLib and its own headers; HDF5 in store*, BLAS in kernels.c, device-cpu* and linalg.c"),
    ("src/gpu/gpu-noise.cuh", ["random123"], ["src/gpu/*.cuh"], "the generator of a card is that of the processor"),
    ("src/gpu/gpu-module.cu", [], ["src/gpu/*.cuh", "card-build.h"], "the table of the CUDA module"),
    ("src/gpu/*.cu*", ["cuda"], [*engine(*PLAIN), "src/engine/cells/*.h", "src/gpu/*.cu*"],
     "CUDA code has the plain headers of the engine and no GLib"),
    ("src/gpu/gl-points*", ["glib", "epoxy"], ["src/plot/plot-cloud.h", "src/gpu/*.h"],
     "what draws with OpenGL knows clouds and nothing else of plots"),
    ("src/gpu/*", ["glib", "cuda", "epoxy"], [*engine(*PLAIN), "src/engine/cells/*.h", "src/gpu/*.h"],
     "the GPU folder has the plain headers of the engine"),
    ("src/plot/plot-cloud.h", [], [], "a cloud is plain C, shared with what draws it by OpenGL"),
    ("src/plot/*", ["glib", "json", "cairo"],
     [*engine("types", "error", "param", "component", "connections", "figure", "scene", "table"), "src/plot/*.h", "plot-registry.h"],
     "plots have cairo and the engine's types, error, param, component, connections, figure, scene and table, nothing that runs"),
    ("src/widgets/*", ["glib", "json", "cairo", "gtk"],
     [*engine("types", "error", "param", "component", "experiment", "table", "numbers"), "src/plot/*.h", "src/gpu/gl-points.h",
      "src/widgets/*.h"],
     "widgets have GTK, plots and the engine's types, error, param, component, experiment, table and numbers"),
    ("src/app/renderer.c", ["glib", "gtk", "epoxy"], ["src/app/*.h"], "the choice of the renderer asks OpenGL who it is"),
    ("src/app/*", ["glib", "json", "cairo", "gtk"],
     ["src/engine/*.h", "src/plot/*.h", "src/widgets/*.h", "src/app/*.h"],
     "the program has GTK and public headers, no HDF5 or BLAS"),
    ("src/cli/*", ["glib", "json"], ["src/engine/*.h", "src/plot/*.h", "src/cli/*.h"],
     "the command line has the engine and plots, no display"),
    ("src/script/*", ["lua"], [*engine("types", "rng", "script-protocol"), "src/script/*.h"],
     "the script child has Lua and the engine's types, rng and script-protocol"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
GENERATED = {"config.h", "registry.h", "plot-registry.h", "card-build.h"}


def family(header):
    for name, patterns in SYSTEM:
        if any(fnmatch.fnmatchcase(header, pattern) for pattern in patterns):
            return name
    return None


def resolve(tree, path, header):
    """Our header as a path in the tree, as the compiler would find it, or None."""
    if header in GENERATED:
        return header
    for folder in (os.path.dirname(path), "src"):
        found = os.path.normpath(os.path.join(folder, header))
        if os.path.isfile(os.path.join(tree, found)):
            return found
    return None


def own_header(path, header):
    """thing.c, thing-part.c and thing.h belong together; so does thing-private.h."""
    return os.path.dirname(header) == os.path.dirname(path) and header.endswith("-private.h")


def matches(path, patterns):
    # "*" must not reach into a folder below.
    return any(fnmatch.fnmatchcase(path, p) and path.count("/") == p.count("/") for p in patterns)


def check_file(tree, path):
    rule = next((r for r in RULES if fnmatch.fnmatchcase(path, r[0])), None)
    if rule is None:
        yield 1, "no rule for this folder: add one to tools/check-layers.py"
        return
    _, systems, headers, words = rule
    with open(os.path.join(tree, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            ours, system = found.groups()
            if system:
                group = family(system)
                if group is not None and group not in systems:
                    yield number, "<%s> (%s): %s" % (system, group, words)
                continue
            header = resolve(tree, path, ours)
            if header is None:
                yield number, '"%s" is not in the tree' % ours
            elif header == "config.h" or own_header(path, header):
                continue
            elif header.endswith("-private.h"):
                yield number, '"%s": a private header belongs to its own folder' % ours
            elif not matches(header, headers):
                yield number, '"%s": %s' % (ours, words)


def main():
    tree = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    n_files = n_wrong = 0
    for folder, folders, names in os.walk(os.path.join(tree, "src")):
        folders.sort()
        for name in sorted(names):
            if not name.endswith((".c", ".h", ".cu", ".cuh")):
                continue
            path = os.path.relpath(os.path.join(folder, name), tree)
            n_files += 1
            for number, text in check_file(tree, path):
                n_wrong += 1
                print("%s:%d: %s" % (path, number, text))
    if n_files == 0:
        print("No sources under %s." % os.path.join(tree, "src"))
        return 1
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
