#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Repeat constant inputs, one number for each channel (Engel laboratory). */

typedef struct
{
  int n_steps, channels, n_trials;
  const char *mask;
} Identity;

static const RheoParam params[] = {
  RHEO_P_STEPS (Identity, n_steps, 100),
  RHEO_P_INT (Identity, channels, "channels", .label = N_ ("Channels"), .def = 2, .min = 1, .max = 64, .soft_min = 1,
              .soft_max = 8, .help = N_ ("Inputs, and as many outputs.")),
  RHEO_P_FIXED (Identity, n_trials, 0),
  RHEO_P_MASK (Identity, mask, .def_text = "all", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "number", .label = N_ ("First number"), .help = N_ ("Of the first channel."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const Identity *c = config;

  return rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const Identity *c = config;

  *out = (RheoShape){ .n_in = c->channels, .n_out = c->channels, .n_steps = c->n_steps, .n_trials = c->n_trials };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Identity *c = config;

  trial->n_steps = c->n_steps;
  for (int k = 0; k < c->channels; k++)
    {
      const double x = rheo_rng_uniform (draw->rng, 0, (uint32_t) k);

      rheo_trial_set (trial->input, c->channels, c->n_steps, k, 0, c->n_steps, x);
      rheo_trial_set (trial->target, c->channels, c->n_steps, k, 0, c->n_steps, x);
      if (k == 0)
        trial->condition[0] = x;
    }
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

const RheoTask rheo_task_identity = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "identity",
            .title = N_ ("Identity"),
            .summary = N_ ("Give back what comes in."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (Identity),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .shape = shape,
  .fill = fill,
};
