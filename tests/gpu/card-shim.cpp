/* The CUDA module in plain C++, with the host in place of a card. */
#include "gpu/gpu-kernels.cuh"
