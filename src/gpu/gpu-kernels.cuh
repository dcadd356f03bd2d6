/* Thread: engine. C++. */
/* All there is beside memory and products, which the card and the host have apart. */
#pragma once

#include "gpu-backward.cu"
#include "gpu-forward.cu"
#include "gpu-module.cu"
#include "gpu-net.cu"
#include "gpu-update.cu"
#include "gpu-weights.cu"
