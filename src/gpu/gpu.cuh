/* Thread: engine. C++. */
/* Kernels and memory of a card, or of the host in its place (RHEO_SHIM): the same sources are then plain C++, so that their
 * arithmetic is tested where there is no card.
 *
 * A kernel strides over its work by the size of its block and asks for a barrier where threads read what others wrote. On
 * the host a block has one thread or, to find barriers that are missing, several fibres (gpu_shim_set). */
#pragma once

#include "../engine/card.h"

#ifdef RHEO_SHIM

#define GPU_KERNEL static void
#define GPU_WIDE_KERNEL GPU_KERNEL
#define GPU_DEVICE static inline
#define GPU_POPCOUNT(word) __builtin_popcount (word)
#define GPU_COUNT(place) (++*(place))

struct GpuIndex
{
  unsigned x, y;
};
extern thread_local GpuIndex blockIdx, threadIdx, blockDim;
extern thread_local void *gpu_shim_shared;

void gpu_shim_barrier (void);
/* body (data) for every thread of every block. */
void gpu_shim_run (unsigned n_x, unsigned n_y, unsigned n_threads, size_t shared, void (*body) (void *data),
                   void *data);

template <typename Body>
static inline void
gpu_shim_launch (unsigned n_x, unsigned n_y, unsigned n_threads, size_t shared, Body body)
{
  gpu_shim_run (
      n_x, n_y, n_threads, shared, [] (void *data) { (*(Body *) data) (); }, &body);
}

#define GPU_BARRIER() gpu_shim_barrier ()
#define GPU_SHARED(name) RheoReal *name = (RheoReal *) gpu_shim_shared
#define GPU_LAUNCH(card, kernel, n_x, n_y, n_threads, shared, ...)                                                     \
  gpu_shim_launch (n_x, n_y, n_threads, shared, [=] { kernel (__VA_ARGS__); })

#else

#include <cuda_runtime.h>

#define GPU_KERNEL static __global__ void
/* Of blocks of any size: a thread may have as many registers as a block of GPU_WIDEST has for each. */
#define GPU_WIDE_KERNEL static __global__ void __launch_bounds__ (GPU_WIDEST, 1)
#define GPU_DEVICE static __device__ __forceinline__
#define GPU_POPCOUNT(word) __popc (word)
#define GPU_COUNT(place) atomicAdd ((unsigned long long *) (place), 1ull)
#define GPU_BARRIER() __syncthreads ()
#define GPU_SHARED(name) extern __shared__ __align__ (16) RheoReal name[]

/* The card becomes that of the thread: CUDA has it per thread, and another one may have opened the card. */
cudaStream_t gpu_stream (RheoCard *card);
/* Keeps the first error. */
void gpu_note (RheoCard *card, cudaError_t error);

/* More shared memory than a kernel has unasked must be asked for. */
/* clang-format off */
#define GPU_LAUNCH(card, kernel, n_x, n_y, n_threads, shared, ...)                                                     \
  do                                                                                                                   \
    {                                                                                                                  \
      if ((shared) > 48 * 1024)                                                                                        \
        gpu_note (card, cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) (shared)));   \
      kernel<<<dim3 (n_x, n_y), n_threads, shared, gpu_stream (card)>>> (__VA_ARGS__);                                 \
      gpu_note (card, cudaGetLastError ());                                                                            \
    }                                                                                                                  \
  while (0)
/* clang-format on */

#endif

/* --- memory and products (gpu-card.cu) ------------------------------------------------------------------------------ */
/* Zeroed; NULL: no memory. */
void *gpu_alloc (RheoCard *card, size_t bytes);
void gpu_free (RheoCard *card, void *block);
/* Memory was asked for in vain: gpu_sync will say so. */
void gpu_no_room (RheoCard *card);
void gpu_zero (RheoCard *card, void *block, size_t bytes);
/* n blocks of `bytes`, which lie `apart` bytes on the card (not asked for where n is 1) and side by side in the program. They
 * return when the program's memory may change. */
void gpu_put (RheoCard *card, void *to, size_t apart, const void *from, size_t bytes, size_t n);
void gpu_get (RheoCard *card, void *to, const void *from, size_t apart, size_t bytes, size_t n);
/* c (m x n) = beta c + op (a) op (b), inner size k, as RheoKernels.gemm, on the card's arrays. */
void gpu_gemm (RheoCard *card, bool ta, bool tb, int64_t m, int64_t n, int64_t k, const RheoReal *a, int64_t lda,
               const RheoReal *b, int64_t ldb, RheoReal beta, RheoReal *c, int64_t ldc);
/* Bytes of shared memory that a block may have. */
size_t gpu_shared_limit (const RheoCard *card);
