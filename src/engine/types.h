/* Thread: any. */
/* The words that every layer shares, the GPU kernels included: plain C11 that is also C++, no GLib. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef RHEO_DOUBLE
typedef double RheoReal; /* gradient and golden tests */
#else
typedef float RheoReal;
#endif

#define RHEO_ALIGN 64                                     /* bytes: rows of dense weights and all buffers */
#define RHEO_PAD ((int) (RHEO_ALIGN / sizeof (RheoReal))) /* numbers in one aligned block */
#define RHEO_PADDED(n) (((n) + RHEO_PAD - 1) / RHEO_PAD * RHEO_PAD)

#if defined __GNUC__ && !defined __CUDACC__
#define RHEO_ALWAYS_INLINE static inline __attribute__ ((always_inline))
#elif defined __CUDACC__
#define RHEO_ALWAYS_INLINE static __host__ __device__ __forceinline__
#else
#define RHEO_ALWAYS_INLINE static inline
#endif

/* Units that a cell takes at a time: up to n, but a thread of a card has one. */
#if defined __CUDACC__ || defined RHEO_SHIM
#define RHEO_STRIP(n) 1
#else
#define RHEO_STRIP(n) (n)
#endif

/* A function of a cell header: not every file that includes it calls all of them. */
#if defined __CUDACC__
#define RHEO_CELL_FUNCTION static __host__ __device__ __forceinline__ __attribute__ ((unused))
#elif defined __GNUC__
#define RHEO_CELL_FUNCTION static __attribute__ ((unused))
#else
#define RHEO_CELL_FUNCTION static
#endif

/* Inner loops are built for several instruction sets; the best is chosen when the program starts. Not under
 * ThreadSanitizer, whose runtime is not there yet when gcc's resolvers run. */
#if defined __x86_64__ && defined __linux__ && defined __GNUC__ && !defined __clang__ && !defined __CUDACC__           \
    && !defined __SANITIZE_THREAD__
#define RHEO_MULTI __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RHEO_MULTI
#endif

/* Before a loop whose arrays do not overlap: it vectorises without run-time checks. */
#if defined __GNUC__ && !defined __clang__ && !defined __CUDACC__
#define RHEO_IVDEP _Pragma ("GCC ivdep")
#else
#define RHEO_IVDEP
#endif

/* An addressed random generator: a value, not a state. The same (seed, stream, iteration, item) and
 * (step, index) give the same number on any thread, lane, device, and after a resume (rng.h). */
typedef struct
{
  uint64_t seed;
  uint32_t stream;    /* who draws: RheoStream */
  uint32_t iteration; /* when: batches done since the start of the run; 0 for what is drawn once */
  uint32_t item;      /* for whom: trial, projection, member ... */
} RheoRng;

/* Sizes that a task imposes on a network. */
typedef struct
{
  int n_in, n_out;
  int n_steps;        /* longest trial */
  int n_trials;       /* a fixed data set of so many training trials; 0: trials are drawn without end */
  int n_valid;        /* a fixed validation set of so many trials; 0: drawn without end */
  int n_test;         /* a test set of so many trials, from which nothing is learned or chosen; 0: none */
  bool valid_is_test; /* the validation trials are these */
  int n_classes;      /* targets are labels 0 .. n_classes - 1; 0: targets are signals [step][out] */
  double dt_ms;       /* length of a step; 0: the task has no physical time */
  bool events;        /* inputs are lists of events, not dense signals */
  bool scored;        /* the task judges outputs itself (RheoTask.score) */
  int n_hints; /* so many inputs, the last ones, are for making targets alone (RheoBatch.hint); not with swapped axes or events */
  int n_episodes, episode_steps; /* an environment: episodes of a validation, and the longest, in actions */
  int hold;                      /* an environment: steps of the network that an action lasts; 0: one */
  size_t carried;                /* an environment: so many of the last bytes of its state go on to the next episode */
  const char *const *labels;     /* names of outputs, NULL-ended, borrowed from the task; or NULL */
  bool swapped; /* batches are turned: a row is a step of the trials, a step of the network is a trial (rsnn Q1) */
} RheoShape;

typedef struct RheoNet RheoNet;
typedef struct RheoDevice RheoDevice;
