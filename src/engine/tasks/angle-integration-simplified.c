#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Integration of an angular velocity that comes in one pulse; the outputs are a triangular population code of the angle
 * (Engel laboratory). */

typedef struct
{
  int n_steps, n_trials, channels;
  double gain;
  const char *mask;
} AngleSimple;

static const RheoParam params[] = {
  RHEO_P_STEPS (AngleSimple, n_steps, 220),
  RHEO_P_REAL (AngleSimple, gain, "gain", .label = N_ ("Gain"), .def = 0.15, .min = 1e-6, .max = 1000,
               .soft_min = 0.001, .soft_max = 1, .help = N_ ("Factor on the sum of the input over time.")),
  RHEO_P_INT (AngleSimple, n_trials, "n-trials", .label = N_ ("Trials"), .def = 120, .min = 2, .max = 1e6,
              .soft_min = 2, .soft_max = 1000,
              .help = N_ ("Half of them on each channel, with pulses from short to long.")),
  RHEO_P_INT (AngleSimple, channels, "channels", .label = N_ ("Output channels"), .def = 6, .min = 2, .max = 64,
              .soft_min = 2, .soft_max = 16, .help = N_ ("Channels of the code of the angle.")),
  RHEO_P_MASK (AngleSimple, mask, .def_text = "all", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "sum",
    .label = N_ ("Angle"),
    .help = N_ ("At the end of the trial, in radians, with all turns."),
    .unit = "",
    .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const AngleSimple *c = config;

  if (c->n_steps < 24)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.n-steps is %d, but the longest pulse needs at least 24 steps."), c->n_steps);
  return rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const AngleSimple *c = config;

  *out = (RheoShape){
    .n_in = 3, .n_out = c->channels, .n_steps = c->n_steps, .n_trials = c->n_trials, .n_valid = c->n_trials
  };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const AngleSimple *c = config;
  double sum = 0;

  trial->n_steps = c->n_steps;
  rheo_trial_pulse (draw, c->n_trials, c->n_steps, trial->input);
  for (int t = 0; t < c->n_steps; t++)
    {
      sum += (double) trial->input[3 * t] - (double) trial->input[3 * t + 1];
      rheo_trial_set_code (trial->target, c->channels, c->n_steps, 0, c->channels, t, t + 1, c->gain * sum);
    }
  trial->condition[0] = c->gain * sum;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { N_ ("left turn"), N_ ("right turn"), N_ ("constant"), NULL };

  return target ? NULL : inputs;
}

const RheoTask rheo_task_angle_integration_simplified = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "angle-integration-simplified",
            .title = N_ ("Integration of a turn"),
            .summary = N_ ("Turn once and keep the direction."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (AngleSimple),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
