#!/usr/bin/env python3
"""Prints a header that names the build of a program and its CUDA module: a sum over the headers that both must agree on.

Usage: card-build.py VERSION HEADER...
"""

import hashlib
import sys

digest = hashlib.sha256()
for path in sys.argv[2:]:
    with open(path, "rb") as header:
        digest.update(header.read())
name = "%s %s" % (sys.argv[1], digest.hexdigest()[:16])
print('#ifdef RHEO_DOUBLE\n#define RHEO_CARD_BUILD "%s double"\n#else\n#define RHEO_CARD_BUILD "%s"\n#endif' % (name, name))
