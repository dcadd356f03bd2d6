/* Thread: engine; workers of the team inside a window. */
/* Inside of the CPU device. A lane runs its whole window on one worker: chunk of steps by chunk, stage by stage, and
 * step by step where populations depend on each other. */
#pragma once

#include "denormals.h"
#include "kernels.h"
#include "net-private.h"
#include "team.h"

#include <stdatomic.h>

/* Above this fraction of nonzero sources a product is done as a dense one. Chosen by counting, never by timing. */
#define RHEO_DENSE_ABOVE 0.25
/* The same for weight gradients. */
#define RHEO_DENSE_GRADIENT_ABOVE 0.15
/* The same where sources are spikes, whose products and gradients need no factors. */
#define RHEO_DENSE_SPIKES_ABOVE 0.35
/* Above this fraction of units that hear a gradient all are given theirs. */
#define RHEO_DENSE_ADJOINT_ABOVE 0.4
/* Rows that share weights read once are worth lists: for products by events; for adjoints of what is heard. */
#define RHEO_LEAST_SHARED 4
#define RHEO_LEAST_CHOSEN 16
/* Lists with fewer events than this cost more than what they add. */
#define RHEO_LONG_LIST 12
/* Moments that one tile of a weight gradient takes: in RHEO_COLUMNS columns their deltas stay in the first-level cache, or in
 * the second-level one where lists would be short. */
#define RHEO_MOMENTS 128
#define RHEO_MOST_MOMENTS 512
#define RHEO_COLUMNS (4 * RHEO_PAD)
/* Room for lists of a worker: lists made at a time, and what is in them. */
#define RHEO_FIRST 257
#define RHEO_EVENTS 16384
/* So many sources or targets are taken one by one. */
#define RHEO_FEW 8
/* Dense matrices with sides up to here have gradients lane by lane, and products that begin with a bias. */
#define RHEO_SMALL 128
/* Lists of events with learnt delays that are made at a time: the more, the fewer are looked at twice. */
#define RHEO_LAGGED_LISTS 512
/* Sources of an item of the weights pass. */
#define RHEO_TILE 128

/* Nonzero places of a masked or sparse projection, for products that skip the rest. Sorted by block of targets (so that
 * a block's deltas stay in the first-level cache), source, target. */
typedef struct RheoProjIndex
{
  int n_blocks, block; /* targets per block */
  int64_t n;
  int64_t *first;  /* [n_blocks * n_pre + 1] */
  int32_t *target; /* [n] */
  int64_t *place;  /* [n] in weight */
  RheoReal *w;     /* [n] copies of the weights */
} RheoProjIndex;

/* Buffers of one worker for one population. */
typedef struct
{
  RheoReal *current[RHEO_MAX_PORTS]; /* [chunk][row][stride] */
  RheoReal *out[2];                  /* of this step and the one before, by step modulo 2 */
  uint64_t *bits;                    /* [depth + chunk][row][word]: windows without a tape */
  RheoReal *graded;                  /* [depth + chunk][row][stride] */
  RheoReal **tape;                   /* [2][row][stride] each */
  RheoReal *noise;                   /* [step of noise_steps][row][stride] */
  RheoReal *d_out;                   /* [chunk][row][stride] */
  RheoReal *d_before;                /* [row][stride] */
  RheoReal **d_state;                /* [row][stride] each */
} RheoCpuPop;

typedef struct
{
  RheoCpuPop pop[RHEO_MAX_POPS];
  RheoReal *source, *product; /* [chunk][row][widest] */
  RheoReal *whole, *row;      /* [row][widest], [widest] */
  RheoReal *across, *back;    /* transposed: [widest][padded rows] */
  int32_t *list;              /* [widest] */
  int32_t *first;             /* lists of events: [widest or RHEO_FIRST, and 2] */
  uint16_t *event;            /* [RHEO_EVENTS or most_chosen] */
  uint64_t *heard;            /* [row][word] of the widest */
  RheoReal *tile;             /* deltas of a tile: [RHEO_MOST_MOMENTS and rows][RHEO_COLUMNS] */
  /* Where delays are learnt: lists of events, [RHEO_LAGGED_LISTS and rows and 2], and these with their shares in the two
   * steps of a RheoTap, [most_lagged + 1]; sums of deltas in these steps, [2][widest][RHEO_COLUMNS]. */
  int32_t *first_lagged;
  uint16_t *lagged;
  RheoReal *now, *next, *heard_sum;
} RheoCpuWork;

/* When what a source with a learnt delay sends is heard: so many steps later and in the step after that, and in which
 * shares. */
typedef struct
{
  int step;
  RheoReal now, next;
} RheoTap;

/* One lane's share of what the weights pass adds up. */
typedef struct
{
  RheoReal **d_param[RHEO_MAX_POPS]; /* per cell->params, NULL where not trained */
} RheoCpuLane;

/* When each unit of a source was active, or first heard where its delay is learnt, in one lane. Moments are counted from
 * `depth` steps before the window on, (t + depth) rows + row, and listed by tiles of n_moments of them, within which they
 * are counted from its first. */
typedef struct
{
  int depth, n_tiles, n_moments;
  bool dense;     /* too often, or graded: not listed */
  int32_t *first; /* [tile][unit, and 2]: moment[first[j]] .. moment[first[j + 1] - 1] of unit j; NULL: nobody asks */
  uint16_t *moment;
} RheoCpuEvents;

/* So many rank-one updates of a projection from spiking units wait for each other. */
#define RHEO_QUEUE 32

/* Rank-one updates that wait (rheo_proj_rank1, rheo_proj_rank1_traced). */
typedef struct
{
  RheoReal *pre, *post; /* one row: [update][padded pre]; [update][stride], the rate
                           in it, and a row of zeros */
  RheoReal *self;       /* [padded pre] twice: what waits for the diagonal; a copy of it */
  int n_waiting;
  bool traced;        /* pre is spikes filtered twice: */
  RheoTraces filter;  /* its numbers */
  RheoReal *x, *rest; /* [padded pre]: filtered once, at the first update; [stride] */
  uint32_t *when;     /* [pre]: bit k: a spike came in at update k, but for the first */
  RheoReal **sum;     /* more rows: [lane] -> [pre][stride], or NULL */
  atomic_bool summed;
} RheoCpuQueue;

struct RheoCpu
{
  RheoNet *net;
  const RheoKernels *kernels;
  int n_threads, chunk, widest, padded_rows;
  int most_chosen;  /* units times rows that an adjoint of what is heard may list */
  int most_lagged;  /* events with learnt delays that a product may list; 0: there are none */
  int noise_steps;  /* noise of populations is drawn for so many steps at once */
  int64_t capacity; /* steps that the tape holds */
  RheoCpuWork *work;
  RheoCpuLane *lane;
  RheoReal *bias[RHEO_MAX_POPS][RHEO_MAX_PORTS]; /* sum over the projections */
  RheoReal *turned[RHEO_MAX_PROJS];              /* weights as [post][padded pre], or NULL */
  RheoTap *tap[RHEO_MAX_PROJS];                  /* of learnt delays, in this window: [pre], or NULL */
  RheoCpuQueue queue[RHEO_MAX_PROJS];
  /* [lane of the wave][population, then the input, then projections with learnt delays] */
  RheoCpuEvents (*events)[RHEO_MAX_POPS + 1 + RHEO_MAX_PROJS];
  bool graded[RHEO_MAX_POPS];      /* in this window out is kept as numbers, not as bits */
  bool changed[RHEO_MAX_PROJS];    /* in this window a source signal differs from out */
  RheoReal ***share;               /* [lane of the wave][trainable]: its gradient of small arrays */
  GArray *items;                   /* list of the weights pass, kept for its memory */
  GPtrArray *blocks, *tape_blocks; /* what forget frees; what a longer window replaces */
  /* Per lane of the wave: bits and out with depth steps before the window, d_out, currents and deltas [lane][port]. What only
   * some windows need is made on first use. */
  uint64_t **tape_bits[RHEO_MAX_POPS];
  RheoReal **tape_out[RHEO_MAX_POPS], **tape_d_out[RHEO_MAX_POPS], **tape_current[RHEO_MAX_POPS],
      **tape_delta[RHEO_MAX_POPS];
  bool lends;                   /* lanes run on the tapes of their threads */
  bool alone;                   /* the window is one lane with one trial */
  void *beside;                 /* of a device that works beside this one (device-cuda.c) */
  atomic_bool stopped, starved; /* `stop` said so; a local rule's sum found no memory */
};

/* One lane in one window. */
typedef struct
{
  RheoCpu *cpu;
  RheoNet *net;
  const RheoWindow *w;
  const RheoLane *lane;
  RheoTapeLane *tape; /* NULL: none */
  RheoCpuWork *work;
  int n_rows;
  int64_t n_steps;
  int64_t base;                   /* step of the window at which the logs start */
  uint64_t *bits[RHEO_MAX_POPS];  /* log of out, from step `base` on; depth steps before it as well */
  RheoReal *out[RHEO_MAX_POPS];   /* the same for graded ones */
  RheoSlice slice[RHEO_MAX_POPS]; /* what is the same in all steps; the rest is of the last one */
  RheoReal *d_out[RHEO_MAX_POPS]; /* on the way back: of this chunk of steps */
} RheoLaneRun;

static inline bool
rheo_proj_is_small (const RheoProj *p)
{
  return p->form == RHEO_DENSE && p->n_pre <= RHEO_SMALL && p->n_post <= RHEO_SMALL;
}

/* A large matrix from units whose gradient may be asked for here and there only. */
static inline bool
rheo_proj_may_skip (const RheoNet *net, const RheoProj *p)
{
  return p->from >= 0 && p->form == RHEO_DENSE && !rheo_proj_is_small (p) && p->n_post >= RHEO_SMALL
         && net->pop[p->from].cell->hears != NULL && rheo_kernel_direct_pays ();
}

RheoLaneRun rheo_lane_run (RheoCpu *cpu, const RheoWindow *w, int i_lane, int thread);
/* As it leaves its source: no intervention, noise or lag. */
static inline bool
rheo_cpu_carries_out (const RheoCpu *cpu, int i_proj)
{
  return !cpu->changed[i_proj] && cpu->net->proj[i_proj].lag == NULL;
}

/* Rows of the lane whose trial goes on at step t of the window. */
int rheo_lane_running (const RheoLaneRun *run, int64_t t);
/* Source signals of a projection for n steps of the window from t on, units j0 .. j0 + n_units - 1, as numbers with
 * interventions and noise: [step][row][ld]. */
void rheo_lane_source (const RheoLaneRun *run, int i_proj, int64_t t, int n, int j0, int n_units, int ld, RheoReal *to);
/* Adds what a projection carries in n steps from t on to dst [step][row][stride of the target]; start: a row that all of
 * them begin with in place of what lies in dst, or NULL. */
void rheo_lane_product (const RheoLaneRun *run, int i_proj, int64_t t, int n, const RheoReal *start, RheoReal *dst);
/* Its spikes, or the events of the input, that reach the projection at step t: *bits, or where they are NULL *list, with
 * its length. */
int rheo_lane_active (const RheoLaneRun *run, const RheoProj *p, int64_t t, int row, const uint64_t **bits,
                      const int32_t **list);
void rheo_rows_fill (int n_rows, int stride, const RheoReal *row, RheoReal *to);
/* Adds its adjoint to dst [step][row][stride of the source]. */
void rheo_lane_adjoint (const RheoLaneRun *run, int i_proj, int64_t t, int n, RheoReal *dst);
void rheo_bits_expand (int n, const uint64_t *bits, RheoReal *out);
int64_t rheo_bits_count (int64_t n_words, const uint64_t *bits);

/* What comes before a window: states and outputs anew where it asks for them, the log and the tape of the step before; and what
 * is kept of it for the next one. */
void rheo_lane_begin (RheoLaneRun *run);
void rheo_lane_end (RheoLaneRun *run);
/* Keeps the sentence for rheo_cpu_sync; false. */
bool rheo_cpu_fail (RheoDevice *dev, const char *sentence);
const char *rheo_cpu_sync (RheoDevice *dev);
bool rheo_cpu_forward (RheoDevice *dev, const RheoWindow *w);
bool rheo_cpu_backward (RheoDevice *dev, const RheoWindow *w);
/* Asks w->stop until it has said so once. */
bool rheo_cpu_is_stopped (RheoCpu *cpu, const RheoWindow *w);
/* Forward, w->on_lane and backward, each lane on one worker while its tape is in the cache. */
bool rheo_cpu_by_lane (RheoDevice *dev, const RheoWindow *w);
bool rheo_cpu_weights (RheoDevice *dev, const RheoWindow *w, RheoGrad *g);

/* device-cpu-events.c: lists by unit. first [n_units + 2]; a list is begun, all is counted, divided, and put in the same
 * order; then unit j has first[j] .. first[j + 1] - 1. rheo_lists_divide returns the end of the last. */
void rheo_lists_begin (int n_units, int32_t *first);
void rheo_lists_count (int n, const int32_t *list, int32_t *first);
int32_t rheo_lists_divide (int n_units, int32_t start, int32_t *first);
void rheo_lists_put (int n, const int32_t *list, uint16_t event, int32_t *first, uint16_t *to);
/* Adds what spikes, so many in all, or events of the input bring through a dense projection, for n steps from t on. */
void rheo_lane_add_events (const RheoLaneRun *run, int i_proj, int64_t t, int n, int64_t n_spikes, RheoReal *dst);
/* Adds the adjoint of one step, from n_rows rows of delta, for the source's units that hear it at step t alone. false: they
 * are too many, and nothing is done. */
bool rheo_lane_adjoint_heard (const RheoLaneRun *run, int i_proj, int64_t t, int n_rows, const RheoReal *delta,
                              RheoReal *dst);
/* device-cpu-lags.c: learnt delays. */
void rheo_cpu_tap (RheoCpu *cpu, const RheoWindow *w);
/* Adds what n steps from t on hear of events. false: they are too many, or no events, and nothing is done. */
bool rheo_lane_add_lagged (const RheoLaneRun *run, int i_proj, int64_t t, int n, RheoReal *dst);
/* Source signals as rheo_lane_source gives them, before interventions and noise. */
void rheo_lane_lagged (const RheoLaneRun *run, int i_proj, int64_t t, int n, int j0, int n_units, int ld, RheoReal *to);
/* Adds what n steps of the target from t on (steps of undelayed sources) send back, product [step][row][stride], to dst,
 * of n_dst steps of the source from t_dst on. */
void rheo_lane_lag_back (const RheoLaneRun *run, int i_proj, int64_t t, int n, const RheoReal *product, int64_t t_dst,
                         int n_dst, RheoReal *dst);
/* Adds a lane's gradient of the lags to `to` [pre]. */
void rheo_lane_lag_gradient (const RheoLaneRun *run, int i_proj, RheoReal *to);
/* Puts into events, whose sizes are set, when each source is heard, from the step before the window on. */
void rheo_lane_list_lagged (const RheoLaneRun *run, int i_proj, RheoCpuEvents *events);
/* Adds the gradient of some columns of the weights to `to` [pre][stride], or NULL; sets of_lags [pre], or NULL, to the
 * gradient of the lags that is theirs. */
void rheo_lane_lagged_gradient (const RheoLaneRun *run, int i_proj, const RheoCpuEvents *events, int column,
                                int n_columns, RheoReal *to, RheoReal *of_lags);
/* device-cpu-queue.c: changes of weights by local rules. */
void rheo_cpu_end_window (RheoCpu *cpu);
void rheo_cpu_free_queues (RheoCpu *cpu);
/* Adds to c what waiting updates make of the sources in list, each of them 1. */
void rheo_cpu_add_waiting (const RheoCpu *cpu, int proj, int n_list, const int32_t *list, RheoReal *c);
/* Puts what waits for the projection into its weights. */
void rheo_cpu_flush_proj (RheoCpu *cpu, int proj);
/* device-cpu-weights.c */
bool rheo_cpu_make_events (RheoCpu *cpu, int64_t n_steps); /* for windows so long */
/* Deltas of the moments of a tile, in some columns [moment][RHEO_COLUMNS]; 0 where they lie outside of the window, and
 * behind the last column. first: moment of the window at which the tile begins. */
void rheo_lane_take_deltas (const RheoLaneRun *run, const RheoProj *p, int64_t first, int n_of_tile, int column,
                            int n_columns, RheoReal *to);
void rheo_cpu_free_events (RheoCpu *cpu);
/* A lane's share of the gradient of small arrays, after its way back. */
void rheo_lane_gradient (const RheoLaneRun *run);
/* Whether it is all there is to the gradient. */
bool rheo_cpu_is_small (const RheoWindow *w);
bool rheo_cpu_make_shares (RheoCpu *cpu, const RheoWindow *w);
/* device-cpu-index.c: copies made from weights and masks. */
bool rheo_cpu_refresh (RheoCpu *cpu);
void rheo_cpu_free_indexes (RheoCpu *cpu);
/* device-cpu.c: a tape for so many steps. */
bool rheo_cpu_tape (RheoCpu *cpu, int64_t n_steps);
/* A tape for each thread, and its loan to a lane of the wave, whose own pop is to be given back. FALSE: no memory. */
bool rheo_cpu_make_thread_tapes (RheoCpu *cpu, const RheoWindow *w);
void rheo_cpu_lend_tape (RheoCpu *cpu, const RheoWindow *w, int i_lane, int thread);
/* What holds for all lanes of a window, and what it needs beyond the usual tape. FALSE: no memory. */
bool rheo_cpu_begin (RheoCpu *cpu, const RheoWindow *w);
void rheo_cpu_classify (RheoCpu *cpu, const RheoWindow *w);
