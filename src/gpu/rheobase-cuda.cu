/* The CUDA module, as one source: kernels are the same in tests/gpu/card-shim.cpp. */
#include "gpu-card.cu"
#include "gpu-kernels.cuh"
