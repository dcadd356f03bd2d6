/* The table that the program looks up. */

#include "gpu-module.cuh"

#include "card-build.h"

extern "C"
{
  extern const RheoCardOps rheo_card_ops;

  const RheoCardOps rheo_card_ops = {
    RHEO_CARD_BUILD,   gpu_count,       gpu_open,       gpu_close,     gpu_get_name,    gpu_get_free,
    gpu_sync,          gpu_can,         gpu_bytes,      gpu_make,      gpu_forget,      gpu_put_weights,
    gpu_put_constants, gpu_begin,       gpu_put_block,  gpu_get_block, gpu_run_forward, gpu_clear_d_out,
    gpu_run_backward,  gpu_run_weights, gpu_clear_sums, gpu_get_sums,  gpu_square_sums, gpu_put_moments,
    gpu_get_moments,   gpu_update,
  };
}
