#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* The square of a number that is shown first (Engel laboratory). */

typedef struct
{
  int n_steps, stimulus[2], decision[2], n_values;
  const char *mask;
} SquareNumber;

static const RheoParam params[] = {
  RHEO_P_STEPS (SquareNumber, n_steps, 120),
  RHEO_P_WINDOW (SquareNumber, stimulus, "stimulus", N_ ("Stimulus on"), N_ ("Stimulus off"), 10, 60),
  RHEO_P_WINDOW (SquareNumber, decision, "decision", N_ ("Decision on"), N_ ("Decision off"), 60, 120),
  RHEO_P_INT (SquareNumber, n_values, "values", .label = N_ ("Numbers"), .def = 256, .min = 2, .max = 100000,
              .soft_min = 2, .soft_max = 512, .help = N_ ("How many there are, evenly spaced from 0 to 1.")),
  RHEO_P_MASK (SquareNumber, mask, .def_text = "all", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "number", .label = N_ ("Number"), .help = N_ ("From 0 to 1."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const SquareNumber *c = config;

  return rheo_window_check (c->stimulus, "stimulus", c->n_steps, error)
         && rheo_window_check (c->decision, "decision", c->n_steps, error)
         && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const SquareNumber *c = config;

  *out = (RheoShape){ .n_in = 2, .n_out = 1, .n_steps = c->n_steps, .n_trials = c->n_values, .n_valid = c->n_values };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const SquareNumber *c = config;
  const double x = rheo_trial_which (draw, c->n_values) / (c->n_values - 1.0);

  trial->n_steps = c->n_steps;
  rheo_trial_set (trial->input, 2, c->n_steps, 0, c->stimulus[0], c->stimulus[1], x);
  rheo_trial_set (trial->input, 2, c->n_steps, 1, c->stimulus[0], c->stimulus[1], 1);
  rheo_trial_set (trial->target, 1, c->n_steps, 0, c->decision[0], c->decision[1], x * x);
  trial->condition[0] = x;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { N_ ("number"), N_ ("shown"), NULL };
  static const char *const outputs[] = { N_ ("square"), NULL };

  return target ? outputs : inputs;
}

const RheoTask rheo_task_square_number = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "square-number",
            .title = N_ ("Square of a number"),
            .summary = N_ ("Give the square of a number after it is gone."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (SquareNumber),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
