"""What a graphics card can do, by PyTorch: square products in single precision and copies within its memory.

Prints one JSON object: GFLOP/s of the fastest product, GB/s of the fastest copy (read and written), and what ran it.
"""

import json
import time

import torch

SIZE = 8192       # of the square matrices
NUMBERS = 1 << 28  # that are copied: 1 GB
ROUNDS = 10


def fastest(work):
    """Seconds, after a first time that does not count."""
    seconds = []
    for _ in range(1 + ROUNDS):
        torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])


def main():
    torch.backends.cuda.matmul.allow_tf32 = False
    a, b, c = (torch.rand(SIZE, SIZE, device="cuda") for _ in range(3))
    product = fastest(lambda: torch.mm(a, b, out=c))
    source, target = (torch.zeros(NUMBERS, device="cuda") for _ in range(2))
    copy = fastest(lambda: target.copy_(source))
    print(json.dumps({"peer": "PyTorch %s" % torch.__version__, "card": torch.cuda.get_device_name(),
                      "compiles": hasattr(torch, "compile"), "gemm-gflops": 2e-9 * SIZE**3 / product,
                      "memory-gbs": 2e-9 * 4 * NUMBERS / copy}))


if __name__ == "__main__":
    main()
