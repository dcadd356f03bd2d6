/* Thread: engine. */
/* A network: populations joined by projections, and every number that belongs to it. A model declares them in
 * `layout`; then the net allocates and owns every buffer, and the engine does products, delays, sparse and dense
 * paths, teacher currents, clamps, lesions, adjoints and weight gradients, once for all models. */
#pragma once

#include "component.h"
#include "device.h"
#include "plan.h"
#include "table.h"

typedef enum
{
  RHEO_USE_WEIGHT,  /* trained or learned: in checkpoints and snapshots */
  RHEO_USE_CONST,   /* set by init, may be written by local rules (thresholds): in checkpoints */
  RHEO_USE_STATE,   /* one per row: in checkpoints */
  RHEO_USE_KEEP,    /* a rule's or optimiser's: in checkpoints */
  RHEO_USE_SCRATCH, /* not kept */
} RheoUse;

typedef struct
{
  char *name, *label, *unit, *axes; /* "rec.weight", "Weights of rec", "", "pre post" */
  RheoType type;
  RheoUse use;
  int n_dims;
  int64_t dims[RHEO_MAX_DIMS];
  int64_t stride; /* numbers between rows of the last dimension (padded dense weights), else dims[last] */
  bool grows;     /* synapses that come and go: dims and data may change (rheo_net_make_room) */
  void *data;     /* owned by the net, aligned */
} RheoNetArray;

/* One trained array: what the optimiser walks over. */
typedef struct
{
  const char *name; /* "rec.weight", "rec.bias", "hidden1.beta" */
  RheoReal *value;
  int64_t n_rows; /* rows of `width` numbers, `stride` apart */
  int width, stride;
  RheoProj *proj;   /* whose weight or bias, or NULL */
  int pop;          /* whose parameter, or -1 */
  RheoProj *lag_of; /* whose delays, with proj NULL and pop -1; or NULL */
  double lo, hi;    /* range of a cell parameter, both 0: none */
  double lr_scale;  /* factor on the learning rate; 0: frozen */
} RheoTrainable;

typedef struct RheoModel RheoModel;
typedef struct RheoFieldLaw RheoFieldLaw; /* field.h */

/* Rows of the batch, trials per lane (0: chosen from the network), and MB that tapes may take. */
typedef struct
{
  int n_rows, lane_rows, memory;
} RheoNetSize;

/* layout of config, allocation, init with seed. shape->n_steps is the longest window (swapped axes taken into account:
 * steps are what the net walks over). NULL with an error (memory, unsupported by the device). */
RheoNet *rheo_net_new (const RheoModel *model, const void *config, const RheoShape *shape, RheoDevice *device,
                       const RheoNetSize *size, uint64_t seed, GError **error);
void rheo_net_free (RheoNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoNet, rheo_net_free)

/* A description alone: populations, projections and sizes of what would be trained. Nothing is drawn and there is no
 * buffer: weights, parameters and values of trainables are NULL. For rheo_net_get_plan, rheo_net_get_trainable,
 * rheo_net_get_share and rheo_net_get_facts, which then counts connections as rheo_net_expect announced them. */
RheoNet *rheo_net_sketch (const RheoModel *model, const void *config, const RheoShape *shape, const RheoNetSize *size,
                          GError **error);

/* --- inside RheoModel.layout ------------------------------------------------------------------------------- */
/* Adds a population of n_units cells; derived_size bytes of constants are copied. class_first and class_names are
 * copied; n_classes 0: one kind. Returns its index. The last population added is the read-out. */
int rheo_net_pop (RheoNet *net, const char *name, const RheoCell *cell, const void *derived, size_t derived_size,
                  int n_units, int n_classes, const int *class_first, const char *const *class_names);
/* What people call a population: N_(), kept as it is. Without it that is its name. */
void rheo_net_title_pop (RheoNet *net, int pop, const char *title);
/* The cell's parameter `param` of a population: trained, with a range (both 0: none). */
void rheo_net_train_param (RheoNet *net, int pop, const char *param, double lo, double hi);
/* The same with a factor on its learning rate. */
void rheo_net_train_param_at (RheoNet *net, int pop, const char *param, double lo, double hi, double rate);
/* Adds a projection described by proj (name, from, to, port, delay, noise, form, keep without mask, flags, most_lag,
 * rounds, lag_rate); the net fills sizes and buffers. with_bias, with_mask: allocate them. Returns its index. */
int rheo_net_join (RheoNet *net, const RheoProj *proj, bool with_bias, bool with_mask);
/* What init will draw, for counting on a description: the share of all pairs that are connected, [class of the source]
 * [class of the target], and the sign of the weights of each class of sources (-1, 0: either, +1; NULL: either); where a
 * population has no classes there is one. Copied. Without it all pairs count. rheo_init_expect says it for a RheoInit. */
void rheo_net_expect (RheoNet *net, int proj, const double *share, const int8_t *sign);
/* The synapses of a projection of the form RHEO_SPARSE, from sources pre[] to targets post[], each pair once, in any
 * order; their weights are 0. Called by init, which writes the weights afterwards through rheo_net_get_proj. With
 * RHEO_PROJ_PLASTIC each source also has free places (synapses.h). FALSE: no memory, and rheo_net_new will fail. */
gboolean rheo_net_set_synapses (RheoNet *net, int proj, int64_t n, const int32_t *pre, const int32_t *post);
/* Adds a named array. data is zeroed and may be read once layout has returned (rheo_net_find_array). */
void rheo_net_array (RheoNet *net, const char *name, const char *label, const char *unit, const char *axes,
                     RheoType type, RheoUse use, const int64_t *dims);

#define RHEO_CARRIED "play.carried" /* what environments hand on from one episode to the next (RheoShape.carried) */

/* Adds plain bytes for each row of the batch, aligned, which belong to its state: [row][byte]. */
void rheo_net_state_bytes (RheoNet *net, const char *name, const char *label, size_t n);

/* --- afterwards -------------------------------------------------------------------------------------------- */
const RheoPlan *rheo_net_get_plan (const RheoNet *net);
const RheoShape *rheo_net_get_shape (const RheoNet *net);
RheoDevice *rheo_net_get_device (const RheoNet *net);
int rheo_net_find_pop (const RheoNet *net, const char *name);  /* -1: none */
int rheo_net_find_proj (const RheoNet *net, const char *name); /* -1: none */
RheoProj *rheo_net_get_proj (RheoNet *net, int i);
RheoNetArray *rheo_net_find_array (RheoNet *net, const char *name); /* NULL: none */
/* All arrays but SCRATCH in order of declaration; KEEP arrays may be added by rules in setup at any time before the
 * first iteration. */
int rheo_net_get_n_arrays (const RheoNet *net);
RheoNetArray *rheo_net_get_array (RheoNet *net, int i);
int rheo_net_get_n_trainables (const RheoNet *net);
RheoTrainable *rheo_net_get_trainable (RheoNet *net, int i);
RheoGrad *rheo_net_new_grad (const RheoNet *net);
void rheo_grad_free (RheoGrad *grad);
void rheo_grad_clear (RheoGrad *grad, const RheoNet *net);
/* A gradient that a card keeps comes to where the program looks. */
void rheo_net_fetch_grad (RheoNet *net, RheoGrad *grad);
int rheo_net_get_n_lanes (const RheoNet *net);
int rheo_net_get_wave (const RheoNet *net); /* lanes whose tapes fit into run.memory at once */
RheoLane *rheo_net_get_lane (RheoNet *net, int i);
gboolean rheo_net_has_clock (const RheoNet *net); /* its model runs events (RheoModel.advance) */
void rheo_net_set_surrogate (RheoNet *net, const RheoSurrogate *surrogate); /* copied */
const RheoTape *rheo_net_get_tape (const RheoNet *net);
/* Derived constants again, after a LIVE change of the model's values. */
void rheo_net_derive (RheoNet *net, const void *config);
/* After weights or cell parameters were written from outside (optimiser, load, a local rule): copies are made anew at
 * the next rollout. Every update calls it. */
void rheo_net_weights_changed (RheoNet *net);
/* Running means of the optimiser come from the device, and are about to change. */
void rheo_net_take_moments (RheoNet *net);
/* The same after masks changed too (rewiring). */
void rheo_net_masks_changed (RheoNet *net);
/* Bytes of weights, state, tapes: for the sketch and the memory check. */
typedef struct
{
  size_t weights, state, tape;
  int64_t n_trained, n_connected;
} RheoNetFacts;
RheoNetFacts rheo_net_get_facts (const RheoNet *net);
/* As announced by rheo_net_expect, 1 and 0 where nothing was: share of connected pairs between two classes, and sign of
 * the weights of a class of sources. */
double rheo_net_get_share (const RheoNet *net, int proj, int pre_class, int post_class);
int rheo_net_get_sign (const RheoNet *net, int proj, int pre_class);

/* All arrays but SCRATCH as a table (padding removed), and back. load checks names, types and sizes: a snapshot of
 * another network is an error that names the array. weights_only: USE_WEIGHT and USE_CONST only. */
void rheo_net_save (const RheoNet *net, gboolean weights_only, RheoTable *table);
gboolean rheo_net_load (RheoNet *net, const RheoTable *table, gboolean weights_only, GError **error);
/* The states (RHEO_USE_STATE): added to copy, or back from it. */
void rheo_net_copy_states (RheoNet *net, GByteArray *copy, gboolean back);
/* What the arrays mean: adds "<pop>.class" [unit] (U8) with the note "<pop>.classes" = "E PV SST Htr", "<proj>.sign"
 * [pre] (I32: -1, 0, +1) where sources have signs, and the notes "<proj>.from" and "<proj>.to": a population, "input" or
 * "teacher". Columns that are there already stay. */
void rheo_net_describe (const RheoNet *net, RheoTable *table);
/* A second net of the same layout with copies of all arrays but states, for batches of n_rows (analysis, compare,
 * probes); on the same device, or another one, which must outlive it. */
RheoNet *rheo_net_dup (const RheoNet *net, int n_rows, GError **error);
RheoNet *rheo_net_dup_on (const RheoNet *net, RheoDevice *device, int n_rows, GError **error);
/* All arrays of such a copy, or of the original, that the other net has too and whose use is a bit of `uses` (1 <<
 * RHEO_USE_WEIGHT ...) become as they are there. */
gboolean rheo_net_take (RheoNet *net, const RheoNet *from, unsigned uses, GError **error);

/* --- model: a component ------------------------------------------------------------------------------------ */
struct RheoModel
{
  RheoComponent base;
  gboolean (*layout) (const void *config, const RheoShape *shape, RheoNet *net, GError **error);
  void (*init) (const void *config, RheoNet *net, RheoRng rng);
  /* Writes the populations' derived constants (rheo_net_get_derived) and the noise of projections, and nothing else: the first time it is called,
   * right after layout, there are no buffers yet. Again after a LIVE change. NULL: layout wrote them. */
  void (*derive) (const void *config, RheoNet *net);
  /* What the model is to analyses of its dynamics (field.h); NULL: its dynamics are not smooth. */
  void (*law) (const void *config, RheoFieldLaw *law);
  /* RHEO_EVENTS, a network with its own clock: it runs its events itself, through the time of a stretch of steps; nothing
   * else is done for its populations. clock: what all rows share, made from the arrays of the net when it is first needed
   * and after they were loaded. false: it found no room for what it does. NULL: an ordinary network. */
  void *(*wind) (const void *config, RheoNet *net);
  bool (*advance) (void *clock, const RheoTurn *turn);
  void (*unwind) (void *clock);
};
/* Writable constants of a population, for RheoModel.derive. */
void *rheo_net_get_derived (RheoNet *net, int pop);
