/* Thread: engine (on_step, on_spike: the lane's thread). */
/* A learning rule: it drives, the engine loops. A component with at least one of gradient, on_step, on_spike, iterate. */
#pragma once

#include "component.h"
#include "experiment.h"
#include "loss.h"
#include "metrics.h"
#include "play.h"
#include "rollout.h"
#include "stop.h"
#include "table.h"
#include "told.h"
#include "update.h"

typedef struct RheoTrainer RheoTrainer;

/* Whether trials that are only scored are run with the noise of the training. */
typedef enum
{
  RHEO_NOISE_AS_SET, /* as the rule's own rows say */
  RHEO_NOISE_NEVER,
  RHEO_NOISE_ALWAYS,
} RheoNoise;

/* A rule at work. */
typedef struct RheoRule
{
  const struct RheoRuleType *type;
  const void *config; /* the trainer's copy: LIVE changes appear between batches */
  RheoNet *net;
  RheoTrainer *trainer;
  RheoShape shape;        /* of the task; trials of the net may be turned (swapped) */
  RheoMetrics *metrics;   /* setup declares here what the rule will add: "train.loss", "valid.loss" ... */
  void *priv;             /* the rule's own, freed by release */
  const RheoBatch *batch; /* in iterate: the trials of this batch, lent by the trainer */
  /* What every rollout of the rule carries: see rheo_rule_rollout. Set by the trainer. */
  uint64_t seed;
  const RheoIntervention *acts;
  int n_acts;
  bool (*stop) (void *data);
  void *stop_data;
  gboolean drives; /* set by setup of a type with both: iterate is called, not gradient */
  struct RheoRule
      *plasticity; /* the local rule of the slot plasticity, whose on_step goes into rollouts with LEARN; or NULL */
  int n_lived;     /* set by iterate: episodes of the batch, where they are not its rows; 0: they are */
  gboolean beside; /* this is that rule: it has no metrics of its own */
  RheoNoise noise; /* of evaluate */
  RheoFit fit;     /* of the last batch that was scored, where there are targets over time; n is 0 elsewhere */
  GArray *
      steps; /* double: rows of RheoRuleType.steps that an iteration adds; the trainer writes and clears them; or NULL */
  RheoTold *told;         /* what evaluate adds trials with labels to; NULL: nobody asks */
  const RheoReal *output; /* [row][step][out] of the last batch that evaluate scored, valid until the next one */
} RheoRule;

/* A rollout of a whole batch from the start of its trials, with the noise, interventions and stop of this moment; with
 * RHEO_ROLL_LEARN the rule of the slot plasticity learns. */
RheoRollout rheo_rule_rollout (const RheoRule *rule, const RheoBatch *batch, unsigned flags);
/* The same for episodes: how they are played, and what the rule of the slot plasticity hears of it. */
void rheo_rule_learn_in (const RheoRule *rule, RheoPlay *play, const RheoBatch *batch, unsigned flags);
/* Metrics of runs of this experiment tell of single episodes: each iteration is one. FALSE with an error. */
gboolean rheo_rule_tells_episodes (const RheoExperiment *experiment, GError **error);
/* Weights that carry the targets into a target network, [out][unit], normal with this sd; the same for all rules of a seed. */
void rheo_rule_draw_teacher (const RheoRule *rule, double sd, int n_out, int n_units, RheoReal *weight);
/* "train", "valid", "test", "probe": what comes before the key of a metric of the batch. */
const char *rheo_set_prefix (int set);

typedef struct RheoRuleType
{
  RheoComponent base;
  const char *unit; /* what one iteration is called where no data set says "epoch": "batch", "episode", "generation" */
  /* Writes what `auto` in config means for the task, before setup; NULL: nothing is automatic. */
  void (*resolve) (void *config, const RheoShape *shape);
  gboolean (*setup) (RheoRule *rule, RheoTrainer *trainer, GError **error); /* asks for KEEP arrays, further nets */
  gboolean (*gradient) (RheoRule *rule, const RheoBatch *batch, RheoGrad *out, RheoMetrics *m); /* FALSE: stopped */
  /* A card may run its windows as config is: nothing happens between their steps, and no unit is held. NULL: never. */
  bool (*on_card) (const void *config);
  /* After the trainer's update of the weights, for what follows them. NULL: nothing does. */
  void (*updated) (RheoRule *rule, const RheoUpdate *update);
  void (*on_step) (RheoRule *rule, RheoLane *lane, int64_t t);
  void (*on_spike) (RheoRule *rule, RheoLane *lane, int unit, double time_ms);
  /* Beside another rule, in episodes with RHEO_ROLL_LEARN (rheo_rule_learn_in): the network begins anew; an action was
   * answered, and the episode may be over. NULL: nothing is done. */
  void (*on_start) (RheoRule *rule);
  void (*on_reward) (RheoRule *rule, double reward, int action, bool over);
  gboolean (*iterate) (
      RheoRule *rule, RheoMetrics *m,
      GError **error); /* drivers, see batch; NULL: gradient and update; with both see RheoRule.drives */
  /* Rolls a batch out and scores it without a gradient: "<prefix>.loss", ".accuracy" ..., declared in m where they are
   * not yet. FALSE: stopped. NULL: nothing to score. */
  gboolean (*evaluate) (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m);
  /* Blocks of config: how an update is made of a gradient, by the trainer or, for drivers, by rheo_trainer_update; when it
   * ends the run early. NULL: not at all. */
  const RheoOptimiser *(*optimiser) (const void *config);
  const RheoStopRows *(*early_stop) (const void *config);
  /* What stands for the loss where there is none: it is to be low; NaN: nothing yet. *solved: the run may end. NULL: the
   * loss, or the mean squared error. */
  double (*aim) (const RheoRule *rule, gboolean *solved);
  /* Share of what the rule's own values allow (simulated time), 1 and more: the run is over, as when its budget is. NULL:
   * only the budget counts. */
  double (*spent) (const RheoRule *rule);
  /* The network goes on from iteration to iteration as one long run: its state is kept, a batch is one trial, and what is
   * recorded and shown is what the last one left on the tape, not probe trials. A local rule of the slot plasticity has this
   * too: its network is one, and a batch one trial. */
  bool goes_on;
  bool flows;  /* it learns from whole trials: record adds what gradient-flow.h tells, evaluate what told.h asks */
  bool shares; /* iterate shares its work out among the ranks of a run (ranks.h); others run in one process */
  /* Arrays of the net, not weights, that the rule changes and one may watch; ended by a key NULL. Or NULL. */
  const RheoSeries *changes;
  /* A log of what happens more than once in an iteration; a row BY_CLASS stands for one column for each output. Ended by a key
   * NULL. NULL: none. */
  const RheoSeries *steps;
  const char
      *steps_log; /* its name in the run file: "step" of every step or action, "member" of networks that are tried */
  /* More columns of a record, from the tape that the batch left. NULL: none. */
  void (*record) (RheoRule *rule, const RheoBatch *batch, RheoTable *table);
  void (*release) (RheoRule *rule);
} RheoRuleType;
