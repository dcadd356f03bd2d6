#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Exclusive or of two values, each shown on one of two channels (Engel laboratory). */

typedef struct
{
  int n_steps, stimulus[2], decision[2], repeats;
  const char *mask;
} Xor;

static const RheoParam params[] = {
  RHEO_P_STEPS (Xor, n_steps, 150),
  RHEO_P_WINDOW (Xor, stimulus, "stimulus", N_ ("Stimulus on"), N_ ("Stimulus off"), 0, 150),
  RHEO_P_WINDOW (Xor, decision, "decision", N_ ("Decision on"), N_ ("Decision off"), 15, 150),
  RHEO_P_INT (Xor, repeats, "repeats", .label = N_ ("Repeats"), .def = 64, .min = 1, .max = 100000, .soft_min = 1,
              .soft_max = 256, .help = N_ ("How often each of the four conditions is in the set."),
              .flags = RHEO_ADVANCED),
  RHEO_P_MASK (Xor, mask, .def_text = "15:150", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "first", .label = N_ ("First value"), .help = N_ ("0 or 1."), .unit = "", .axes = "" },
  { .key = "second", .label = N_ ("Second value"), .help = N_ ("0 or 1."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const Xor *c = config;

  return rheo_window_check (c->stimulus, "stimulus", c->n_steps, error)
         && rheo_window_check (c->decision, "decision", c->n_steps, error)
         && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const Xor *c = config;

  *out = (RheoShape){
    .n_in = 4, .n_out = 2, .n_steps = c->n_steps, .n_trials = 4 * c->repeats, .n_valid = 4 * c->repeats
  };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Xor *c = config;
  const int which = rheo_trial_which (draw, 4), first = which / 2, second = which % 2;

  trial->n_steps = c->n_steps;
  rheo_trial_set (trial->input, 4, c->n_steps, first, c->stimulus[0], c->stimulus[1], 1);
  rheo_trial_set (trial->input, 4, c->n_steps, 2 + second, c->stimulus[0], c->stimulus[1], 1);
  rheo_trial_set (trial->target, 2, c->n_steps, first == second, c->decision[0], c->decision[1], 1);
  trial->condition[0] = first;
  trial->condition[1] = second;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { N_ ("first 0"), N_ ("first 1"), N_ ("second 0"), N_ ("second 1"), NULL };
  static const char *const outputs[] = { N_ ("different"), N_ ("equal"), NULL };

  return target ? outputs : inputs;
}

const RheoTask rheo_task_xor = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "xor",
            .title = N_ ("Exclusive or"),
            .summary = N_ ("Tell whether two values differ."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (Xor),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
