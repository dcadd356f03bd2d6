/* The CUDA module in plain C++, with the host in place of a card. */
#include "gpu/gpu-net.cu"

#include "gpu/gpu-backward.cu"
#include "gpu/gpu-forward.cu"
#include "gpu/gpu-module.cu"
#include "gpu/gpu-weights.cu"
