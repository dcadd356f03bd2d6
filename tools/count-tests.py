#!/usr/bin/env python3
"""Counts single tests in meson's log and prints "N passed, N failed, N skipped"; exits 1 unless all is well.

A program that speaks TAP counts once per test point, any other program once. Points that were planned and never came
(the program died) have failed. Usage: count-tests.py testlog.json
"""

import json
import re
import sys

POINT = re.compile(r"^(not )?ok\b(?:[^#\\]|\\.)*(?:#\s*(skip|todo)\b)?", re.IGNORECASE)
PLAN = re.compile(r"^1\.\.(\d+)")


def count(test):
    """(passed, failed, skipped) of one entry of the log."""
    passed = failed = skipped = 0
    planned = None
    for line in test.get("stdout", "").splitlines():
        plan = PLAN.match(line)
        if plan:
            planned = int(plan.group(1))
        point = POINT.match(line)
        if point:
            wrong, directive = point.group(1), (point.group(2) or "").lower()
            if directive == "skip":
                skipped += 1
            elif wrong and directive != "todo":
                failed += 1
            else:
                passed += 1
    result = test["result"]
    if planned is None:
        passed = failed = skipped = 0
        if result == "SKIP":
            skipped = 1
        elif result in ("OK", "EXPECTEDFAIL"):
            passed = 1
        else:
            failed = 1
    else:
        if planned == 0:
            skipped += 1
        failed += max(0, planned - passed - failed - skipped)
        if failed == 0 and result not in ("OK", "SKIP", "EXPECTEDFAIL"):
            failed = 1
    return passed, failed, skipped


def main():
    total = [0, 0, 0]
    try:
        with open(sys.argv[1], encoding="utf-8") as log:
            for line in log:
                total = [a + b for a, b in zip(total, count(json.loads(line)))]
    except OSError:
        pass  # no test ran: the zero below says so
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 0 if total[0] > 0 and total[1] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
