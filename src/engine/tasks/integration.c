#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/trial.h"

/* Integration of evidence: blocks of random amplitude and length, positive ones on one channel and negative ones on the other;
 * the outputs follow the sum, positive or negative (Engel laboratory). */

typedef struct
{
  int n_steps, least, rest, n_trials;
  double gain, amplitude[2], blocks;
  const char *mask;
} Integration;

static const RheoParam params[] = {
  RHEO_P_STEPS (Integration, n_steps, 300),
  RHEO_P_REAL (Integration, gain, "gain", .label = N_ ("Gain"), .def = 0.01, .min = 1e-6, .max = 1000,
               .soft_min = 0.001, .soft_max = 1, .help = N_ ("Factor on the sum of the input over time.")),
  RHEO_P_REAL (Integration, amplitude[0], "lowest", .label = N_ ("Lowest amplitude"), .def = -1, .min = -1000,
               .max = 1000, .soft_min = -2, .soft_max = 2,
               .help = N_ ("Amplitudes of the blocks are drawn from here on.")),
  RHEO_P_REAL (Integration, amplitude[1], "highest", .label = N_ ("Highest amplitude"), .def = 1, .min = -1000,
               .max = 1000, .soft_min = -2, .soft_max = 2, .help = N_ ("Up to this number.")),
  RHEO_P_REAL (
      Integration, blocks, "blocks", .label = N_ ("Blocks per trial"), .def = 10, .min = 0.01, .max = 10000,
      .soft_min = 1, .soft_max = 30,
      .help =
          N_ ("The mean length of a block, beyond the shortest, is the length of the trial divided by this number.")),
  RHEO_P_INT (Integration, least, "shortest", .label = N_ ("Shortest block"), .unit = N_ ("steps"), .def = 10, .min = 1,
              .max = 100000, .soft_min = 1, .soft_max = 100, .help = N_ ("Blocks are at least so long.")),
  RHEO_P_INT (Integration, rest, "silence", .label = N_ ("Silence between blocks"), .unit = N_ ("steps"), .def = 10,
              .max = 100000, .soft_max = 100, .help = N_ ("Steps without input before the next block.")),
  RHEO_P_FIXED (Integration, n_trials, 0),
  RHEO_P_MASK (Integration, mask, .def_text = "all", .flags = RHEO_ADVANCED),
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
  const Integration *c = config;

  return rheo_amplitude_check (c->amplitude, error) && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const Integration *c = config;

  *out = (RheoShape){ .n_in = 3, .n_out = 2, .n_steps = c->n_steps, .n_trials = c->n_trials };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Integration *c = config;
  double sum = 0;

  trial->n_steps = c->n_steps;
  rheo_trial_blocks (draw->rng, c->n_steps, c->amplitude, c->least, c->rest, c->n_steps / c->blocks, trial->input);
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

const RheoTask rheo_task_integration = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "integration",
            .title = N_ ("Integration"),
            .summary = N_ ("Add up evidence for and against over time."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (Integration),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
