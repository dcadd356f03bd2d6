/* Thread: engine; workers of the team read it while a window runs. */
/* A network as plain data: what a device sees. Plain C11 that is also C++, no GLib. Owned by RheoNet (net.h). */
#pragma once

#include "cells.h"
#include "rng.h"

#define RHEO_INPUT (-1)   /* `from` of a projection: the input of the trial */
#define RHEO_TEACHER (-2) /* `from` of a projection: the teacher signal of the rollout */
#define RHEO_MAX_POPS 16
#define RHEO_MAX_PROJS 48
#define RHEO_MAX_PORTS 4

typedef enum
{
  RHEO_DENSE,  /* [pre][stride of post] */
  RHEO_SPARSE, /* [synapse], sorted by source, then target; PLASTIC: places in any order within a source, some free */
  RHEO_ONE_TO_ONE, /* [unit] */
} RheoForm;

typedef enum
{
  RHEO_REWIRE_NONE,
  RHEO_REWIRE_UPSTREAM, /* only where one synapse was lost, signs swapped, the mask stays (rsnn Q7) */
  RHEO_REWIRE_REPLACE,  /* each clamped synapse is replaced by a new one of its kind; mask and moments follow (dense
                         * projections with signs and a mask) */
} RheoRewire;

/* What becomes of a weight whose sign an update would change. */
typedef enum
{
  RHEO_BOUNDARY_CLAMP,      /* 0 */
  RHEO_BOUNDARY_STICKY,     /* 1e-12 of its own sign; moments of what a mask holds at 0 are 0 too */
  RHEO_BOUNDARY_REFLECTIVE, /* the same distance back, and its momentum turns round: as if the weight were |parameter| */
} RheoBoundary;

/* Holds after every update, by any rule. */
typedef struct
{
  uint8_t *mask;      /* [pre][stride]: 0 keeps the weight at 0; NULL: none */
  const int8_t *sign; /* [pre]: +1 keeps >= 0, -1 keeps <= 0, 0 free; NULL: all free */
  bool non_negative, no_self;
  double lo, hi;           /* range; both 0: none */
  double bias_lo, bias_hi; /* of the bias; both 0: none */
  int boundary;            /* RheoBoundary */
  int rewire;              /* RheoRewire */
  double mu, sigma;        /* log-normal magnitude of new synapses */
  double negative_scale;   /* factor on new synapses of sources with sign -1 */
} RheoConstraint;

enum /* RheoProj.flags */
{
  RHEO_PROJ_TRAIN = 1 << 0,
  RHEO_PROJ_CUT = 1 << 1,     /* no gradient flows through it to its source (e-prop) */
  RHEO_PROJ_PLASTIC = 1 << 2, /* synapses come and go */
  RHEO_PROJ_TRAIN_BIAS = 1 << 3,
};

typedef struct
{
  const char *name;   /* "in", "rec", "out": unique in the net */
  int from, to, port; /* populations, or RHEO_INPUT, RHEO_TEACHER; port: which current of the target */
  int delay;          /* steps; 0 = same step, to a later population */
  double noise;       /* sd of noise on the source signal */
  int form;           /* RheoForm */
  int n_pre, n_post, stride;
  RheoReal *weight, *bias;  /* dense: [pre][stride], rows aligned; bias [post] or NULL */
  const int64_t *syn_first; /* sparse: synapses of source j are syn_first[j] .. syn_first[j + 1] - 1; [pre + 1] */
  const int32_t *syn_post;  /* sparse: their targets */
  const int32_t *syn_count; /* PLASTIC: so many places of each source are synapses, the first ones; the others are free:
                             * weight 0, target 0; NULL: all are */
  const RheoReal *feedback; /* same shape as weight; replaces it in the adjoint (random feedback), or NULL */
  RheoConstraint keep;
  unsigned flags;
  /* Axonal delays that are learnt, of a dense projection that is not the teacher's: what source j sends is heard lag[j]
   * steps later, beside `delay`, as x(t - lag) = (1 - f) x(t - k) + f x(t - k - 1) with k whole and lag = k + f, so that
   * d x(t - lag) / d lag = x(t - k - 1) - x(t - k). [pre], 0 .. most_lag; NULL with most_lag 0: none. */
  RheoReal *lag;
  int most_lag;
  bool rounds;                 /* outside of training lags are rounded to whole steps */
  double lag_rate;             /* factor on their learning rate; 0: they are not trained */
  struct RheoProjIndex *index; /* made by the net: nonzero places of a masked or sparse projection (device-cpu.c) */
} RheoProj;

typedef struct
{
  const char *name;  /* "hidden1", "out": unique in the net */
  const char *title; /* what a sketch calls it, N_(); NULL: the name */
  const RheoCell *cell;
  const void *derived; /* the cell's constants, owned by the net */
  int n_units, stride;
  int n_classes;          /* 0: one kind of unit */
  const int *class_first; /* [n_classes + 1] */
  const char *const *class_names;
  RheoReal *const *param; /* per cell->params: [n_units] */
  unsigned train_params;  /* bit k: param k is trained */
} RheoPop;

/* A fixed slice of the batch with its own state rows. What local rules see. */
typedef struct
{
  int n_rows, n_running; /* rows; those whose trial still goes on at this step */
  RheoReal **state;      /* per cell->states: [row][stride] */
  RheoReal **current;    /* per port */
  RheoReal *out, *out_before;
} RheoLanePop;

typedef struct RheoLane
{
  int index, row0, n_rows;   /* rows row0 .. row0 + n_rows - 1 of the batch */
  RheoLanePop *pop;          /* per population */
  struct RheoLaneWork *work; /* the device's own buffers */
} RheoLane;

/* Trials side by side. Owned by the feed; lent to a rollout. */
typedef struct
{
  int n_rows, n_steps; /* rows sorted by length, longest first; n_steps = longest */
  int n_in, n_out, n_hints;
  const int *length;          /* [row]: steps of each trial */
  const RheoReal *input;      /* dense: [row][step][in]; NULL where inputs are events */
  const int64_t *event_first; /* events: [row * n_steps + step] .. next: places in event_unit; [rows * steps + 1] */
  const int32_t *event_unit;
  const RheoReal *hint; /* [row][step][n_hints]: the last inputs, which are 0 in `input` (RheoShape.n_hints); or NULL */
  const RheoReal *target; /* [row][step][out], or NULL */
  const RheoReal *weight; /* [row][step]: weight of the step in the loss; NULL: all 1 */
  const int32_t *label;   /* [row], or NULL */
  const int32_t *item;    /* [row]: index in the data set (swapped: [step]) */
  bool swapped;           /* rows are time points and steps are trials (rsnn Q1) */
  int hold;               /* each dense input lasts so many steps: [row][step / hold][in]; 0: one */
  uint32_t iteration;     /* address of its random numbers */
  int set;                /* RheoSet */
} RheoBatch;

/* A signal given to one population from outside: [row][step][unit], steps as in the batch. */
typedef struct
{
  int pop, port; /* teacher with pop -1: carried by the projections from RHEO_TEACHER alone, n_out numbers a step */
  const RheoReal *value;
  const uint8_t *unit_on; /* [unit]: 0 leaves the unit alone; NULL: all */
} RheoSignal;

/* Where one population begins in all rows, in place of what its cell says: the first state and what it gives, [unit]. */
typedef struct
{
  int pop;
  const RheoReal *state, *out;
} RheoOrigin;

typedef enum
{
  RHEO_ACT_SILENCE, /* out = 0 */
  RHEO_ACT_CLAMP,   /* out = value */
  RHEO_ACT_ADD,     /* current += value */
  RHEO_ACT_SCALE,   /* pop: out *= value; proj: weights *= value */
  RHEO_ACT_NOISE,   /* current += value * normal */
  RHEO_ACT_DROP,    /* each unit silent for the whole trial with probability value */
} RheoActKind;

typedef struct
{
  int kind;             /* RheoActKind */
  int pop, proj;        /* one of them; the other is -1 */
  const int32_t *units; /* of the population, or sources of the projection; NULL: all */
  int n_units;
  int64_t t0, t1; /* steps t0 .. t1 - 1 */
  double value;
} RheoIntervention;

enum /* RheoRollout.flags */
{
  RHEO_ROLL_RESET = 1 << 0, /* state starts anew; else it goes on from the last window */
  RHEO_ROLL_NOISE = 1 << 1,
  RHEO_ROLL_TAPE = 1 << 2,
  RHEO_ROLL_LEARN = 1 << 3,    /* call the local rule after each step */
  RHEO_ROLL_CURRENTS = 1 << 4, /* keep the currents on the tape */
  RHEO_ROLL_D_OUT = 1 << 5,    /* a d_out for every population, not for the read-out alone (penalties on activity) */
};

/* What a rollout leaves, per lane and population; owned by the net, valid until the next rollout with TAPE.
 * All arrays are [t][row][stride] with t from 0 (= t0 of the window); `before` entries stand for the step before. */
typedef struct
{
  uint64_t *bits; /* spiking cells: out as bits, [t][row][n_words]; NULL: see out (graded cells; spiking cells whose
                   * out an intervention or clamp made graded) */
  int n_words;
  RheoReal *out;
  RheoReal **tape;    /* n_tape arrays, each [t + 1][row][stride]: entry 0 is the step before the window */
  RheoReal **current; /* per port, when asked for */
  RheoReal *d_out;    /* gradient of out: the loss adds to it before backprop; NULL: see RHEO_ROLL_D_OUT; its numbers
                       * are gone after rheo_rollout_by_lane */
  RheoReal **delta;   /* per port, after backprop */
  int64_t n_spikes;   /* counted while packing */
} RheoTapePop;

typedef struct
{
  int n_rows, row0;
  RheoTapePop *pop;
} RheoTapeLane;

typedef struct
{
  int n_lanes, n_pops;
  int64_t n_steps;    /* steps of the window */
  RheoTapeLane *lane; /* of the lanes of the wave, indexed by lane - lane0 */
  int lane0;
} RheoTape;

typedef struct RheoPlan
{
  int n_pops, n_projs, n_in, n_out;
  const RheoPop *pop;
  RheoProj *proj;
  int out_pop;            /* the read-out */
  int n_stages;           /* groups of populations that must be stepped together, in order */
  const int *stage_first; /* [n_stages + 1] into stage_pop */
  const int *stage_pop;
} RheoPlan;

/* One gradient: as many arrays as the net has trainables (net.h), same shapes. */
typedef enum
{
  RHEO_GRAD_CLEAR, /* all 0, or of the processor alone */
  RHEO_GRAD_HERE,  /* in value */
  RHEO_GRAD_AWAY,  /* on the card, and value is 0: rheo_net_fetch_grad brings it */
} RheoGradPlace;

typedef struct RheoGrad
{
  int n;
  RheoReal **value;
  bool may_stay; /* whoever reads it fetches it first */
  int place;     /* RheoGradPlace */
} RheoGrad;
