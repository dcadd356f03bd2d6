/* Thread: any (open and close: engine). */
/* A task: trials with targets, an environment, or both. A component (component.h). */
#pragma once

#include "component.h"
#include "encoder.h"
#include "rng.h"
#include "scene.h"

typedef enum
{
  RHEO_SET_TRAIN,
  RHEO_SET_VALID,
  RHEO_SET_TEST,
  RHEO_SET_PROBE, /* few fixed held-out trials: recorded, shown, compared over epochs */
} RheoSet;

/* Which trial is wanted. Order of calls and threads do not matter: everything random comes from rng. */
typedef struct
{
  RheoSet set;
  uint32_t iteration; /* batches done since the start; endless tasks draw a new trial for each (iteration, index) */
  int index;          /* fixed sets: index in the set; else: row of the batch */
  RheoRng rng;        /* addressed by set, iteration and index; with a fixed set by set and index */
} RheoDraw;

#define RHEO_MAX_MEASURES 8

/* Where fill writes. Arrays belong to the feed; n_steps comes in as the longest allowed and may be lowered. */
typedef struct
{
  int n_steps, n_in, n_out;
  RheoReal *input;    /* [step][in], zeroed; NULL where the task gives events */
  GArray *event_step; /* int32_t each, ascending, and ... */
  GArray *event_unit; /* ... int32_t each; NULL where the task is dense */
  RheoReal *target;   /* [step][out], zeroed; NULL where targets are labels */
  RheoReal *weight;   /* [step] of the loss, all 1 */
  int32_t label;
  double *condition; /* one for each of the task's conditions, NaN */
} RheoTrial;

typedef struct
{
  RheoComponent base;
  size_t state_size;            /* plain bytes per environment copy */
  const RheoSeries *conditions; /* recorded per trial: context, coherence, angle ...; NULL: none */
  const RheoSeries *(*get_conditions) (const void *data); /* the same of an open task, where its data say; or NULL */
  const char *const *(*labels) (const void *config,
                                gboolean target);            /* names of inputs or outputs, NULL-ended; or NULL */
  const char *(*unit) (const void *config, gboolean target); /* of inputs or targets; NULL, or gives NULL: none */
  gboolean (*open) (const void *config, uint64_t seed, void **data, GError **error); /* read-only afterwards */
  void (*close) (void *data);
  /* data NULL: of an environment alone that is not open yet, or of a task that is never opened. */
  void (*shape) (const void *config, const void *data, RheoShape *shape);
  gboolean (*fill) (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error);
  /* An environment. reset: an episode begins; draw says which, and of a set the same index begins alike. The state comes as
   * zeros, but for what the episode before it hands on (RheoShape.carried), which is to stay. action [out]
   * becomes the observation [in] of the next step, dense; n_hints inputs stay 0. TRUE: the episode is over. */
  void (*reset) (const void *config, const void *data, void *state, const RheoDraw *draw, RheoReal *obs);
  bool (*act) (const void *config, const void *data, void *state, const RheoReal *action, RheoReal *obs,
               double *reward);
  /* The action that the last step of an environment with RHEO_ACTIONS took: 0 .. n_out - 1; *undecided: outputs were equal.
   * NULL: not told. */
  int (*taken) (const void *config, const void *state, bool *undecided);
  /* What an environment shows of itself, as numbers before they are coded for a network: observed ends with a row without a
   * key; value has as many numbers. NULL: not told. */
  const RheoSeries *observed;
  void (*observe) (const void *config, const void *state, double *value);
  /* How these numbers reach the input cells where each has an encoder of its own: one for each, in order. NULL, or gives NULL:
   * otherwise. */
  const RheoEncoder *(*encoders) (const void *config);
  /* What an episode comes to, at most RHEO_MAX_MEASURES: the first is the one that is to be high. Ended by a row without a
   * key. */
  const RheoSeries *measures;
  void (*measure) (const void *config, const void *data, const void *state, double *value);
  void (*scene) (const void *config, const void *data, const void *state, RheoScene *scene); /* or NULL */
  /* How good output [step][out] is as the answer to a trial that fill made for this draw; the higher the better. Called
   * in validations and evaluations, not while learning, where the shape says `scored`: the mean is the metric "score". One
   * at a time; may run beside fill. FALSE with an error: the output cannot be judged. NULL: it never is. */
  const RheoSeries *judged; /* what that metric is where it is not "score", which runs can stop at; NULL: it is */
  gboolean (*score) (const void *config, const void *data, const RheoDraw *draw, const RheoTrial *trial,
                     const RheoReal *output, double *score, GError **error);
  double (*baseline) (const void *config, const void *data,
                      const char **label); /* loss of the best constant answer, for
                                                                                  * the reference line; or NULL */
  const RheoSeries *reference; /* what baseline gives where it is not that, with the key "baseline"; or NULL */
} RheoTask;
