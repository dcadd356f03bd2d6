#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Decision from memory: a short stimulus on one of two channels, with jitter, or none at all; when the cue comes the network
 * tells which it was (Engel laboratory). */

typedef struct
{
  int n_steps, stimulus[2], decision[2], jitter, repeats;
  const char *mask;
} MemoryDm;

static const RheoParam params[] = {
  RHEO_P_STEPS (MemoryDm, n_steps, 157),
  RHEO_P_WINDOW (MemoryDm, stimulus, "stimulus", N_ ("Stimulus on"), N_ ("Stimulus off"), 7, 37),
  RHEO_P_WINDOW (MemoryDm, decision, "decision", N_ ("Decision on"), N_ ("Decision off"), 110, 157),
  RHEO_P_INT (MemoryDm, jitter, "jitter", .label = N_ ("Jitter"), .unit = N_ ("steps"), .def = 7, .max = 10000,
              .soft_max = 30, .help = N_ ("The stimulus comes so many steps earlier or later at most.")),
  RHEO_P_INT (MemoryDm, repeats, "repeats", .label = N_ ("Repeats"), .def = 64, .min = 1, .max = 100000, .soft_min = 1,
              .soft_max = 256, .help = N_ ("How often each of the three conditions is in the set."),
              .flags = RHEO_ADVANCED),
  RHEO_P_MASK (MemoryDm, mask, .def_text = "all", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "direction",
    .label = N_ ("Direction"),
    .help = N_ ("0 or 1; -1 without a stimulus."),
    .unit = "",
    .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const MemoryDm *c = config;

  return rheo_window_check (c->stimulus, "stimulus", c->n_steps, error)
         && rheo_window_check (c->decision, "decision", c->n_steps, error)
         && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const MemoryDm *c = config;

  *out = (RheoShape){
    .n_in = 3, .n_out = 2, .n_steps = c->n_steps, .n_trials = 3 * c->repeats, .n_valid = 3 * c->repeats
  };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const MemoryDm *c = config;
  const int which = rheo_trial_which (draw, 3), late = rheo_trial_offset (draw->rng, 0, 0, c->jitter);

  trial->n_steps = c->n_steps;
  if (which < 2)
    {
      rheo_trial_set (trial->input, 3, c->n_steps, which, c->stimulus[0] + late, c->stimulus[1] + late, 1);
      rheo_trial_set (trial->target, 2, c->n_steps, which, c->decision[0], c->decision[1], 1);
    }
  rheo_trial_set (trial->input, 3, c->n_steps, 2, c->decision[0], c->decision[1], 1);
  trial->condition[0] = which < 2 ? which : -1;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { N_ ("first"), N_ ("second"), N_ ("go"), NULL };
  static const char *const outputs[] = { N_ ("first"), N_ ("second"), NULL };

  return target ? outputs : inputs;
}

const RheoTask rheo_task_memory_dm = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "memory-dm",
            .title = N_ ("Decision from memory"),
            .summary = N_ ("Tell after a long delay on which channel a short stimulus came."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (MemoryDm),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
