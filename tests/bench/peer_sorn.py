#!/usr/bin/env python3
"""Steps of the Python package sorn with plasticity, as JSON: processor time of one step, in seconds.

Usage: peer_sorn.py --units N --steps N      with sorn 0.7.3 and what it needs (bench.py makes such an environment)
"""

import argparse
import importlib.util
import json
import logging
import os
import resource
import sys
import time

import numpy

# The package looks for its own modules beside itself.
sys.path.append(os.path.dirname(importlib.util.find_spec("sorn").origin))
from sorn import Simulator  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--steps", type=int, default=50)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    inputs = numpy.random.rand(10, options.steps)
    began = time.process_time()
    Simulator.simulate_sorn(inputs=inputs, phase="plasticity", matrices=None, timesteps=options.steps, noise=True,
                            ne=options.units, nu=10, lambda_ee=20, lambda_ei=40)
    seconds = (time.process_time() - began) / options.steps
    print(json.dumps({"peer": "sorn 0.7.3", "seconds": [seconds],
                      "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


if __name__ == "__main__":
    main()
