/* Thread: engine. */
/* Inside of a network, for net*.c, rollout.c, intervene.c and the CPU device. */
#pragma once

#include "net.h"
#include "rollout.h"

/* What must be made anew before the next rollout. */
enum
{
  RHEO_STALE_MASKS = 1 << 1,
  RHEO_STALE_CARD = 1 << 2,    /* what a card has of them */
  RHEO_STALE_MOMENTS = 1 << 3, /* what a card has of the optimiser's running means */
  RHEO_STALE_INDEX = 1 << 0,   /* what the processor makes of weights */
  RHEO_STALE_WEIGHTS = RHEO_STALE_INDEX | RHEO_STALE_CARD,
};

typedef struct
{
  const char *param;
  double lo, hi, rate;
} RheoNetTrainParam;

/* What a population has beyond what the plan shows. */
typedef struct
{
  size_t derived_size;
  int depth; /* steps of out that later steps look back to: the longest delay, at least 1 */
  int n_states, n_params, n_tape;
  RheoReal *state_base[8]; /* [row][stride] of the whole batch */
  RheoReal *history;       /* out before the next step: [depth][row][stride], entry 0 is the last step */
  bool feeds;              /* a projection starts here */
  GArray *trained;         /* RheoNetTrainParam */
} RheoNetPop;

struct RheoNet
{
  const RheoModel *model;
  void *config; /* copy */
  RheoShape shape;
  RheoDevice *device;
  RheoNetSize size;
  uint64_t seed;
  int wave;

  RheoPlan plan;
  RheoPop pop[RHEO_MAX_POPS];
  RheoNetPop more[RHEO_MAX_POPS];
  RheoProj proj[RHEO_MAX_PROJS];
  bool with_bias[RHEO_MAX_PROJS], with_mask[RHEO_MAX_PROJS];
  int64_t n_synapses[RHEO_MAX_PROJS]; /* of sparse projections; PLASTIC: places */
  unsigned replaced[RHEO_MAX_PROJS];  /* PLASTIC: counts how often all synapses became others (load) */
  double *share[RHEO_MAX_PROJS]; /* [class of the source][class of the target], or NULL: all pairs (rheo_net_expect) */
  int8_t *sign[RHEO_MAX_PROJS];  /* [class of the source], or NULL */
  int stage_first[RHEO_MAX_POPS + 1], stage_pop[RHEO_MAX_POPS], stage_of[RHEO_MAX_POPS];

  GPtrArray *arrays;     /* RheoNetArray, in order of declaration */
  GPtrArray *trainables; /* RheoTrainable */
  GPtrArray *kept;       /* other blocks that are freed with the net (rheo_net_free) */
  bool starved;          /* an array found no memory */
  bool sketched;         /* there are no buffers (rheo_net_sketch) */
  size_t bytes[RHEO_USE_SCRATCH + 1];

  RheoLane *lane;
  int n_lanes;
  RheoSurrogate surrogate;
  unsigned stale; /* RHEO_STALE_* */

  RheoTape tape;     /* filled in by the device */
  size_t tape_bytes; /* of the lanes of one wave */
  double tape_needs; /* the same before it is known to be there */
  void *on_device;   /* the device's own */
  void *clock;       /* RheoModel.wind; NULL: not yet */
};

/* The clock of a model that has one is there. */
void rheo_net_wind (RheoNet *net);
void rheo_net_unwind (RheoNet *net);

double rheo_net_physical_memory (void); /* bytes */
/* Aligned and zeroed; NULL: no memory. Free with rheo_net_release (NULL is fine). */
void *rheo_net_alloc (size_t bytes);
void rheo_net_release (void *block);
/* Frees the block with the net; NULL passes through. */
void *rheo_net_keep (RheoNet *net, void *block);
RheoNetArray *rheo_net_add_array (RheoNet *net, char *name, char *label, const char *unit, const char *axes,
                                  RheoType type, RheoUse use, int n_dims, const int64_t *dims, int64_t stride,
                                  GError **error);
int64_t rheo_net_array_rows (const RheoNetArray *array); /* rows of the last dimension */
/* Everything of layout but the weights; used by new and dup. */
RheoNet *rheo_net_lay_out (const RheoModel *model, const void *config, const RheoShape *shape, RheoDevice *device,
                           const RheoNetSize *size, uint64_t seed, GError **error);
gboolean rheo_net_prepare (RheoNet *net, GError **error);
gboolean rheo_net_make_weight (RheoNet *net, RheoProj *p, GError **error);

/* --- net-synapses.c: places of projections whose synapses come and go ------------------------------------------ */
/* New free places for all sources; the order of the synapses stays. FALSE: no memory, nothing has changed. */
gboolean rheo_net_make_room (RheoNet *net, int proj);
int64_t rheo_net_count_synapses (const RheoNet *net, int proj);
/* Whether the synapses of a table are possible in this network. TRUE for other projections. */
gboolean rheo_net_check_synapses (const RheoNet *net, int proj, const RheoTable *table, GError **error);
/* The arrays of the projection have got other sizes or numbers. */
void rheo_net_adopt_synapses (RheoNet *net, int proj);
/* FALSE: no memory. For arrays that grow. */
gboolean rheo_net_resize_array (RheoNet *net, RheoNetArray *array, int64_t n);
/* Pairs of a projection that are connected when it is drawn, as layout announced them. */
double rheo_net_expected (const RheoNet *net, int proj);

typedef struct RheoCpu RheoCpu;
/* Everything that waits (rheo_net_flush). */
void rheo_cpu_flush (RheoCpu *cpu);
/* Works out wave, tape_needs and tape_bytes. */
void rheo_cpu_size_tape (RheoNet *net);
void rheo_cpu_queue (RheoCpu *cpu, int proj, const RheoLane *lane, const RheoReal *pre, const RheoReal *post,
                     RheoReal rate);
void rheo_cpu_queue_traced (RheoCpu *cpu, int proj, const RheoLane *lane, const RheoTraces *traces,
                            const RheoReal *post);

/* --- intervene.c: interventions as the device applies them ------------------------------------------------ */
/* TRUE when out of the population may be other than 0 and 1 in the window. */
bool rheo_acts_make_graded (const RheoWindow *w, int pop);
/* TRUE when the signal that the projection carries differs from out of its source. */
bool rheo_acts_change_source (const RheoWindow *w, int proj);
/* All arrays below are [row][stride] and start at row row0 of the batch; steps are those of the batch. Scratch has room
 * for one row. */
/* Currents of port 0 of a population. */
void rheo_acts_on_current (const RheoWindow *w, int pop, int64_t step, int row0, int n_rows, RheoReal *current,
                           int stride, RheoReal *scratch);
/* Outputs: clamp signal first, then interventions in their order. */
void rheo_acts_on_out (const RheoWindow *w, int pop, int64_t step, int row0, int n_rows, RheoReal *out, int stride);
/* Its adjoint: the gradient with respect to what the cell gave. */
void rheo_acts_on_d_out (const RheoWindow *w, int pop, int64_t step, int row0, int n_rows, RheoReal *d_out, int stride);
/* What a projection carries to its target in n_steps steps, step_size numbers apart: noise added, sources scaled. The same
 * numbers whenever called. */
void rheo_acts_on_source (const RheoWindow *w, int proj, int64_t step, int n_steps, int64_t step_size, int row0,
                          int n_rows, int stride, RheoReal *source);
/* Adjoint of the scaling. */
void rheo_acts_on_d_source (const RheoWindow *w, int proj, int64_t step, int n_rows, int stride, RheoReal *d_source);
/* Where the normals of a population begin (rng.h). */
uint32_t rheo_acts_first_normal (const RheoNet *net, int pop);
/* Normals for the cell of a population, times the noise scale of the window; of n_steps steps, step_size apart. */
void rheo_acts_noise (const RheoWindow *w, int pop, int64_t step, int n_steps, int64_t step_size, int row0, int n_rows,
                      RheoReal *out);
