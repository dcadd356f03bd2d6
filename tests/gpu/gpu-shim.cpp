/* The host in place of a card: kernels run block by block and thread by thread, products are BLAS's. */

#include "gpu/gpu-module.cuh"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define MOST_THREADS 64
#define STACK (256 * 1024)

struct RheoCard
{
  size_t used;
  bool starved;
};

thread_local GpuIndex blockIdx, threadIdx, blockDim;
thread_local void *gpu_shim_shared;

/* --- threads ---------------------------------------------------------------------------------------------------------- */

static int n_fibres = 1;
static bool backwards;
static size_t shared_limit = 96 * 1024, memory_limit = (size_t) 1 << 32;

/* Blocks of so many fibres, which run from barrier to barrier in order of their numbers or against it; 1: none. Shared memory
 * of a block, and memory of the card, in bytes. */
extern "C" void
gpu_shim_set (int n_threads, bool against, size_t shared, size_t memory)
{
  n_fibres = n_threads < MOST_THREADS ? n_threads : MOST_THREADS;
  backwards = against;
  shared_limit = shared;
  memory_limit = memory;
}

static size_t n_put, n_got;
static int n_products;

/* Products of matrices since the last call. */
extern "C" int
gpu_shim_products (void)
{
  const int n = n_products;

  n_products = 0;
  return n;
}

/* Bytes that went to the card and came from it since the last call. */
extern "C" void
gpu_shim_crossed (size_t *to, size_t *from)
{
  *to = n_put;
  *from = n_got;
  n_put = n_got = 0;
}

typedef struct
{
  ucontext_t scheduler, fibre[MOST_THREADS];
  bool done[MOST_THREADS];
  unsigned now;
  char *stack;
  void (*body) (void *data);
  void *data;
} Fibres;

static thread_local Fibres *fibres;

static void
begin_fibre (void)
{
  const unsigned me = fibres->now;

  fibres->body (fibres->data);
  fibres->done[me] = true;
  swapcontext (&fibres->fibre[me], &fibres->scheduler);
}

void
gpu_shim_barrier (void)
{
  const unsigned me = threadIdx.x;

  if (fibres != NULL)
    swapcontext (&fibres->fibre[me], &fibres->scheduler);
}

/* All fibres go from one barrier to the next, or to the end, in turn. */
static void
run_block (unsigned n, void (*body) (void *data), void *data)
{
  volatile unsigned n_left = n; /* contexts are left and come back */

  fibres->body = body;
  fibres->data = data;
  for (unsigned i = 0; i < n; i++)
    {
      fibres->done[i] = false;
      getcontext (&fibres->fibre[i]);
      fibres->fibre[i].uc_stack.ss_sp = fibres->stack + (size_t) i * STACK;
      fibres->fibre[i].uc_stack.ss_size = STACK;
      fibres->fibre[i].uc_link = NULL;
      makecontext (&fibres->fibre[i], begin_fibre, 0);
    }
  while (n_left > 0)
    for (unsigned k = 0; k < n; k++)
      {
        const unsigned i = backwards ? n - 1 - k : k;

        if (fibres->done[i])
          continue;
        threadIdx.x = fibres->now = i;
        swapcontext (&fibres->scheduler, &fibres->fibre[i]);
        n_left = n_left - fibres->done[i];
      }
}

void
gpu_shim_run (unsigned n_x, unsigned n_y, unsigned n_threads, size_t shared, void (*body) (void *data), void *data)
{
  const unsigned n = n_threads < (unsigned) n_fibres ? n_threads : (unsigned) n_fibres;

  gpu_shim_shared = calloc (1, shared + 1);
  threadIdx.x = threadIdx.y = 0;
  blockDim.x = n;
  blockDim.y = 1;
  if (n > 1)
    {
      fibres = (Fibres *) calloc (1, sizeof *fibres);
      fibres->stack = (char *) malloc ((size_t) n * STACK);
    }
  for (blockIdx.y = 0; blockIdx.y < n_y; blockIdx.y++)
    for (blockIdx.x = 0; blockIdx.x < n_x; blockIdx.x++)
      if (n > 1)
        run_block (n, body, data);
      else
        body (data);
  if (n > 1)
    {
      free (fibres->stack);
      free (fibres);
      fibres = NULL;
    }
  free (gpu_shim_shared);
}

/* --- the card --------------------------------------------------------------------------------------------------------- */

int
gpu_count (const char **why)
{
  return 1;
}

RheoCard *
gpu_open (int i_card, const char **why)
{
  if (i_card == 0)
    return (RheoCard *) calloc (1, sizeof (RheoCard));
  *why = N_ ("The card does not answer.");
  return NULL;
}

void
gpu_close (RheoCard *card)
{
  free (card);
}

const char *
gpu_get_name (const RheoCard *card)
{
  return "host in place of a card";
}

size_t
gpu_get_free (const RheoCard *card)
{
  return memory_limit > card->used ? memory_limit - card->used : 0;
}

size_t
gpu_shared_limit (const RheoCard *card)
{
  return shared_limit;
}

const char *
gpu_sync (RheoCard *card)
{
  const bool starved = card->starved;

  card->starved = false;
  return starved ? N_ ("There is not enough memory on the card.") : NULL;
}

void
gpu_no_room (RheoCard *card)
{
  card->starved = true;
}

/* Its size stands before each block. */
void *
gpu_alloc (RheoCard *card, size_t bytes)
{
  size_t *block =
      bytes <= gpu_get_free (card) ? (size_t *) aligned_alloc (RHEO_ALIGN, RHEO_PADDED (bytes + RHEO_ALIGN)) : NULL;

  if (block == NULL)
    return NULL;
  memset (block, 0, bytes + RHEO_ALIGN);
  *block = bytes;
  card->used += bytes;
  return (char *) block + RHEO_ALIGN;
}

void
gpu_free (RheoCard *card, void *block)
{
  size_t *size = (size_t *) (void *) ((char *) block - RHEO_ALIGN);

  if (block == NULL)
    return;
  card->used -= *size;
  free (size);
}

void
gpu_zero (RheoCard *card, void *block, size_t bytes)
{
  memset (block, 0, bytes);
}

/* A card would refuse it. */
static void
check_apart (size_t apart, size_t bytes, size_t n)
{
  if (n > 1 && apart < bytes)
    abort ();
}

void
gpu_put (RheoCard *card, void *to, size_t apart, const void *from, size_t bytes, size_t n)
{
  check_apart (apart, bytes, n);
  n_put += n * bytes;
  for (size_t i = 0; i < n; i++)
    memcpy ((char *) to + i * apart, (const char *) from + i * bytes, bytes);
}

void
gpu_get (RheoCard *card, void *to, const void *from, size_t apart, size_t bytes, size_t n)
{
  check_apart (apart, bytes, n);
  n_got += n * bytes;
  for (size_t i = 0; i < n; i++)
    memcpy ((char *) to + i * bytes, (const char *) from + i * apart, bytes);
}

void
gpu_gemm (RheoCard *card, bool ta, bool tb, int64_t m, int64_t n, int64_t k, const RheoReal *a, int64_t lda,
          const RheoReal *b, int64_t ldb, RheoReal beta, RheoReal *c, int64_t ldc)
{
  n_products++;
#ifdef RHEO_DOUBLE
  cblas_dgemm
#else
  cblas_sgemm
#endif
      (CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, (int) m, (int) n, (int) k, 1, a,
       (int) lda, b, (int) ldb, beta, c, (int) ldc);
}
