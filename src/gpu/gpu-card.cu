/* Cards: memory, products, errors. */

#include "gpu.cuh"
#include "gpu-module.cuh"

#include <cublas_v2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct RheoCard
{
  char name[256];
  int number;
  cudaStream_t stream;
  cublasHandle_t products;
  cudaError_t error;
  bool product_failed;
  size_t shared_limit;
};

void
gpu_note (RheoCard *card, cudaError_t error)
{
  if (card->error == cudaSuccess)
    card->error = error;
}

static thread_local int chosen = -1; /* the card that calls of this thread go to */

static cudaError_t
choose (int number)
{
  const cudaError_t error = chosen == number ? cudaSuccess : cudaSetDevice (number);

  chosen = error == cudaSuccess ? number : -1;
  return error;
}

cudaStream_t
gpu_stream (RheoCard *card)
{
  gpu_note (card, choose (card->number));
  return card->stream;
}

int
gpu_count (const char **why)
{
  int n = 0;
  const cudaError_t error = cudaGetDeviceCount (&n);

  if (error == cudaErrorInsufficientDriver)
    *why = N_ ("None was found, or its driver is missing or too old.");
  else if (error != cudaSuccess || n == 0)
    *why = N_ ("None was found.");
  return error == cudaSuccess ? n : 0;
}

RheoCard *
gpu_open (int i_card, const char **why)
{
  RheoCard *card = (RheoCard *) calloc (1, sizeof *card);
  cudaDeviceProp facts;

  if (card == NULL)
    {
      *why = N_ ("There is not enough memory.");
      return NULL;
    }
  if (choose (i_card) != cudaSuccess || cudaGetDeviceProperties (&facts, i_card) != cudaSuccess
      || cudaStreamCreate (&card->stream) != cudaSuccess)
    {
      *why = N_ ("The card does not answer.");
      free (card);
      return NULL;
    }
  if (cublasCreate (&card->products) != CUBLAS_STATUS_SUCCESS)
    {
      *why = N_ ("The library cuBLAS does not start on this card.");
      cudaStreamDestroy (card->stream);
      free (card);
      return NULL;
    }
  cublasSetStream (card->products, card->stream);
  /* Products keep single precision: gradients are compared with those of the processor. */
  cublasSetMathMode (card->products, CUBLAS_PEDANTIC_MATH);
  snprintf (card->name, sizeof card->name, "%s", facts.name);
  card->number = i_card;
  card->shared_limit = facts.sharedMemPerBlockOptin;
  return card;
}

void
gpu_close (RheoCard *card)
{
  choose (card->number);
  cublasDestroy (card->products);
  cudaStreamDestroy (card->stream);
  free (card);
}

const char *
gpu_get_name (const RheoCard *card)
{
  return card->name;
}

size_t
gpu_get_free (const RheoCard *card)
{
  size_t left = 0, all = 0;

  return choose (card->number) == cudaSuccess && cudaMemGetInfo (&left, &all) == cudaSuccess ? left : 0;
}

size_t
gpu_shared_limit (const RheoCard *card)
{
  return card->shared_limit;
}

const char *
gpu_sync (RheoCard *card)
{
  const cudaError_t late = cudaStreamSynchronize (gpu_stream (card)),
                    error = card->error != cudaSuccess ? card->error : late;
  const bool failed = card->product_failed;

  card->error = cudaSuccess;
  card->product_failed = false;
  if (error == cudaErrorMemoryAllocation)
    return N_ ("There is not enough memory on the card.");
  if (error != cudaSuccess)
    return N_ ("The card has failed.");
  return failed ? N_ ("A product of matrices has failed on the card.") : NULL;
}

void *
gpu_alloc (RheoCard *card, size_t bytes)
{
  void *block = NULL;

  if (choose (card->number) != cudaSuccess || cudaMalloc (&block, bytes > 0 ? bytes : 1) != cudaSuccess)
    {
      cudaGetLastError (); /* the caller says so */
      return NULL;
    }
  gpu_zero (card, block, bytes);
  return block;
}

void
gpu_no_room (RheoCard *card)
{
  gpu_note (card, cudaErrorMemoryAllocation);
}

void
gpu_free (RheoCard *card, void *block)
{
  gpu_stream (card);
  cudaFree (block);
}

void
gpu_zero (RheoCard *card, void *block, size_t bytes)
{
  if (bytes > 0)
    gpu_note (card, cudaMemsetAsync (block, 0, bytes, gpu_stream (card)));
}

/* Distances in memory have a limit that single blocks may pass, and must not be below the size of a block. */
static void
copy (RheoCard *card, void *to, size_t to_apart, const void *from, size_t from_apart, size_t bytes, size_t n,
      cudaMemcpyKind kind)
{
  const cudaStream_t stream = gpu_stream (card);

  if (bytes == 0)
    return;
  gpu_note (card, n == 1 ? cudaMemcpyAsync (to, from, bytes, kind, stream)
                         : cudaMemcpy2DAsync (to, to_apart, from, from_apart, bytes, n, kind, stream));
  gpu_note (card, cudaStreamSynchronize (stream));
}

void
gpu_put (RheoCard *card, void *to, size_t apart, const void *from, size_t bytes, size_t n)
{
  copy (card, to, apart, from, bytes, bytes, n, cudaMemcpyHostToDevice);
}

void
gpu_get (RheoCard *card, void *to, const void *from, size_t apart, size_t bytes, size_t n)
{
  copy (card, to, bytes, from, apart, bytes, n, cudaMemcpyDeviceToHost);
}

/* cuBLAS has its matrices column by column: there the same memory is turned over, and c' = op (b)' op (a)'. */
void
gpu_gemm (RheoCard *card, bool ta, bool tb, int64_t m, int64_t n, int64_t k, const RheoReal *a, int64_t lda,
          const RheoReal *b, int64_t ldb, RheoReal beta, RheoReal *c, int64_t ldc)
{
  const RheoReal one = 1;

  gpu_stream (card);
  if (cublasSgemm (card->products, tb ? CUBLAS_OP_T : CUBLAS_OP_N, ta ? CUBLAS_OP_T : CUBLAS_OP_N, (int) n, (int) m,
                   (int) k, &one, b, (int) ldb, a, (int) lda, &beta, c, (int) ldc)
      != CUBLAS_STATUS_SUCCESS)
    card->product_failed = true;
}
