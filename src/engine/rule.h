/* Thread: engine (on_step, on_spike: the lane's thread). */
/* A learning rule: it drives, the engine loops. A component with at least one of gradient, on_step, on_spike, iterate. */
#pragma once

#include "component.h"
#include "metrics.h"
#include "rollout.h"

typedef struct RheoTrainer RheoTrainer;

/* A rule at work. */
typedef struct
{
  const struct RheoRuleType *type;
  const void *config; /* the trainer's copy: LIVE changes appear between batches */
  RheoNet *net;
  RheoTrainer *trainer;
  void *priv; /* the rule's own, freed by release */
} RheoRule;

typedef struct RheoRuleType
{
  RheoComponent base;
  const char *unit; /* what one iteration is called where no data set says "epoch": "batch", "episode", "generation" */
  gboolean (*setup) (RheoRule *rule, RheoTrainer *trainer, GError **error); /* asks for KEEP arrays, further nets */
  gboolean (*gradient) (RheoRule *rule, const RheoBatch *batch, RheoGrad *out, RheoMetrics *m); /* FALSE: stopped */
  void (*on_step) (RheoRule *rule, RheoLane *lane, int64_t t);
  void (*on_spike) (RheoRule *rule, RheoLane *lane, int unit, double time_ms);
  void (*on_reward) (RheoRule *rule, RheoLane *lane, double reward, int action, bool done);
  gboolean (*iterate) (RheoRule *rule, RheoMetrics *m, GError **error); /* drivers; NULL: gradient and update */
  /* Scores a batch that was just rolled out with TAPE, without a gradient: loss, accuracy, rates (validation). */
  void (*evaluate) (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m);
  void (*release) (RheoRule *rule);
} RheoRuleType;
