/* Whether this nvcc and its host compiler go together, and cuBLAS is there: compiled when the build is set up, never run. */
#include <cublas_v2.h>

__global__ void
trial (float *x)
{
  x[threadIdx.x] = 0;
}
