#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Integration of an angular velocity that changes from block to block; the outputs are a triangular population code of the
 * angle (Engel laboratory). */

typedef struct
{
  int n_steps, least, n_trials, channels;
  double gain, amplitude[2], blocks;
  const char *mask;
} AngleIntegration;

static const RheoParam params[] = {
  RHEO_P_STEPS (AngleIntegration, n_steps, 220),
  RHEO_P_REAL (AngleIntegration, gain, "gain", .label = N_ ("Gain"), .def = 0.15, .min = 1e-6, .max = 1000,
               .soft_min = 0.001, .soft_max = 1, .help = N_ ("Factor on the sum of the input over time.")),
  RHEO_P_REAL (AngleIntegration, amplitude[0], "lowest", .label = N_ ("Lowest amplitude"), .def = -1, .min = -1000,
               .max = 1000, .soft_min = -2, .soft_max = 2,
               .help = N_ ("Amplitudes of the blocks are drawn from here on.")),
  RHEO_P_REAL (AngleIntegration, amplitude[1], "highest", .label = N_ ("Highest amplitude"), .def = 1, .min = -1000,
               .max = 1000, .soft_min = -2, .soft_max = 2, .help = N_ ("Up to this number.")),
  RHEO_P_REAL (
      AngleIntegration, blocks, "blocks", .label = N_ ("Blocks per trial"), .def = 10, .min = 0.01, .max = 10000,
      .soft_min = 1, .soft_max = 30,
      .help =
          N_ ("The mean length of a block, beyond the shortest, is the length of the trial divided by this number.")),
  RHEO_P_INT (AngleIntegration, least, "shortest", .label = N_ ("Shortest block"), .unit = N_ ("steps"), .def = 10,
              .min = 1, .max = 100000, .soft_min = 1, .soft_max = 100, .help = N_ ("Blocks are at least so long.")),
  RHEO_P_INT (AngleIntegration, channels, "channels", .label = N_ ("Output channels"), .def = 6, .min = 2, .max = 64,
              .soft_min = 2, .soft_max = 16, .help = N_ ("Channels of the code of the angle.")),
  RHEO_P_FIXED (AngleIntegration, n_trials, 0),
  RHEO_P_MASK (AngleIntegration, mask, .def_text = "10:220", .flags = RHEO_ADVANCED),
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
  const AngleIntegration *c = config;

  return rheo_amplitude_check (c->amplitude, error) && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const AngleIntegration *c = config;

  *out = (RheoShape){ .n_in = 3, .n_out = c->channels, .n_steps = c->n_steps, .n_trials = c->n_trials };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const AngleIntegration *c = config;
  double sum = 0;

  trial->n_steps = c->n_steps;
  rheo_trial_blocks (draw->rng, c->n_steps, c->amplitude, c->least, 0, c->n_steps / c->blocks, trial->input);
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

const RheoTask rheo_task_angle_integration = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "angle-integration",
            .title = N_ ("Integration of an angle"),
            .summary = N_ ("Keep track of a direction from its angular velocity."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (AngleIntegration),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
