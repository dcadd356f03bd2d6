#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Decision that may be blocked: the sign of a stimulus must be told unless the cue says not to. As published, the sensory and
 * the decision window open one step early (Engel laboratory). */

#define MAX_LEVELS 64

typedef struct
{
  int n_steps, cue[2], stimulus[2], decision[2];
  double level[MAX_LEVELS];
  int n_levels;
  const char *mask;
} BlockDm;

static const RheoParam params[] = {
  RHEO_P_STEPS (BlockDm, n_steps, 300),
  RHEO_P_WINDOW (BlockDm, cue, "cue", N_ ("Cue on"), N_ ("Cue off"), 0, 300),
  RHEO_P_WINDOW (BlockDm, stimulus, "stimulus", N_ ("Stimulus on"), N_ ("Stimulus off"), 100, 300),
  RHEO_P_WINDOW (BlockDm, decision, "decision", N_ ("Decision on"), N_ ("Decision off"), 200, 300),
  RHEO_P_REALS (BlockDm, level, n_levels, "coherences", .label = N_ ("Coherences"),
                .def_text = "-0.8 -0.4 -0.2 -0.1 -0.05 0 0.05 0.1 0.2 0.4 0.8", .min = -1, .max = 1,
                .help = N_ ("Strengths of the stimulus; the sign is the answer.")),
  RHEO_P_MASK (BlockDm, mask, .def_text = "0:100 200:300", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "blocked", .label = N_ ("Blocked"), .help = N_ ("1: no answer is wanted."), .unit = "", .axes = "" },
  { .key = "coherence", .label = N_ ("Coherence"), .help = N_ ("Strength of the stimulus."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const BlockDm *c = config;

  if (c->n_levels == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.coherences needs at least one number."));
  return rheo_window_check (c->cue, "cue", c->n_steps, error)
         && rheo_window_check (c->stimulus, "stimulus", c->n_steps, error)
         && rheo_window_check (c->decision, "decision", c->n_steps, error)
         && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const BlockDm *c = config;

  *out = (RheoShape){
    .n_in = 2, .n_out = 1, .n_steps = c->n_steps, .n_trials = 2 * c->n_levels, .n_valid = 2 * c->n_levels
  };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const BlockDm *c = config;
  const int which = rheo_trial_which (draw, 2 * c->n_levels);
  const gboolean blocked = which < c->n_levels;
  const double level = c->level[which % c->n_levels];

  trial->n_steps = c->n_steps;
  if (blocked)
    rheo_trial_set (trial->input, 2, c->n_steps, 0, c->cue[0], c->cue[1], 1);
  else
    rheo_trial_set (trial->target, 1, c->n_steps, 0, MAX (c->decision[0] - 1, 0), c->decision[1],
                    (level > 0) - (level < 0));
  rheo_trial_set (trial->input, 2, c->n_steps, 1, MAX (c->stimulus[0] - 1, 0), c->stimulus[1], level);
  trial->condition[0] = blocked;
  trial->condition[1] = level;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { N_ ("block"), N_ ("stimulus"), NULL };
  static const char *const outputs[] = { N_ ("choice"), NULL };

  return target ? outputs : inputs;
}

const RheoTask rheo_task_block_dm = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "block-dm",
            .title = N_ ("Decision that may be blocked"),
            .summary = N_ ("Tell the sign of a stimulus unless a cue forbids it."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (BlockDm),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
