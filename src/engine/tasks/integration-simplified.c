#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/trial.h"

/* Integration of a single pulse, whose length goes from nothing to almost half of the trial (Engel laboratory). */

typedef struct
{
  int n_steps, n_trials;
  double gain;
  const char *mask;
} IntegrationSimple;

static const RheoParam params[] = {
  RHEO_P_STEPS (IntegrationSimple, n_steps, 200),
  RHEO_P_REAL (IntegrationSimple, gain, "gain", .label = N_ ("Gain"), .def = 0.01, .min = 1e-6, .max = 1000,
               .soft_min = 0.001, .soft_max = 1, .help = N_ ("Factor on the sum of the input over time.")),
  RHEO_P_INT (IntegrationSimple, n_trials, "n-trials", .label = N_ ("Trials"), .def = 256, .min = 2, .max = 1e6,
              .soft_min = 2, .soft_max = 1000,
              .help = N_ ("Half of them on each channel, with pulses from short to long.")),
  RHEO_P_MASK (IntegrationSimple, mask, .def_text = "all", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "sum",
    .label = N_ ("Sum"),
    .help = N_ ("Of the input over the trial, times the gain."),
    .unit = "",
    .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const IntegrationSimple *c = config;

  if (c->n_steps < 24)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.n-steps is %d, but the longest pulse needs at least 24 steps."), c->n_steps);
  return rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const IntegrationSimple *c = config;

  *out = (RheoShape){ .n_in = 3, .n_out = 2, .n_steps = c->n_steps, .n_trials = c->n_trials, .n_valid = c->n_trials };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const IntegrationSimple *c = config;
  double sum = 0;

  trial->n_steps = c->n_steps;
  rheo_trial_pulse (draw, c->n_trials, c->n_steps, trial->input);
  for (int t = 0; t < c->n_steps; t++)
    {
      sum += (double) trial->input[3 * t] - (double) trial->input[3 * t + 1];
      rheo_trial_set (trial->target, 2, c->n_steps, sum > 0 ? 0 : 1, t, t + 1, c->gain * fabs (sum));
    }
  trial->condition[0] = c->gain * sum;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { N_ ("up"), N_ ("down"), N_ ("constant"), NULL };
  static const char *const outputs[] = { N_ ("up"), N_ ("down"), NULL };

  return target ? outputs : inputs;
}

const RheoTask rheo_task_integration_simplified = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "integration-simplified",
            .title = N_ ("Integration of a pulse"),
            .summary = N_ ("Add up one pulse and hold the sum."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (IntegrationSimple),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
