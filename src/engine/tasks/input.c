#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/task.h"

/* Input without targets: each trial is a block of an endless signal, drawn anew in every step. */

enum
{
  KIND_NONE,
  KIND_UNIFORM,
  KIND_NORMAL,
};

static const char *const kind_choices[] = { "none", "uniform", "normal", NULL };

typedef struct
{
  int kind, channels, n_steps;
  double lo, hi, mean, sd;
} Input;

static const RheoParam params[] = {
  RHEO_P_CHOICE (Input, kind, "kind", kind_choices, .label = N_ ("Input"),
                 .help = N_ ("What the channels carry: nothing, or numbers that are drawn in every step."), .def = 1),
  RHEO_P_INT (Input, channels, "channels", .label = N_ ("Channels"), .help = N_ ("Inputs of the network."),
              .words = N_ ("inputs, input units"), .def = 10, .max = 100000, .soft_max = 100),
  RHEO_P_INT (Input, n_steps, "n-steps", .label = N_ ("Length of a block"), .unit = N_ ("steps"),
              .help = N_ ("Steps that are run at once, and shown and recorded together."), .def = 100, .min = 1,
              .max = 1000000, .soft_min = 10, .soft_max = 1000, .flags = RHEO_LOG),
  RHEO_P_REAL (Input, lo, "lowest", .label = N_ ("Lowest"), .help = N_ ("Of the uniform draw."), .min = -1e6,
               .max = 1e6, .soft_min = -1, .soft_max = 1, .when = "kind=uniform", .flags = RHEO_LIVE),
  RHEO_P_REAL (Input, hi, "highest", .label = N_ ("Highest"), .help = N_ ("Of the uniform draw."), .def = 1,
               .min = -1e6, .max = 1e6, .soft_min = -1, .soft_max = 1, .when = "kind=uniform", .flags = RHEO_LIVE),
  RHEO_P_REAL (Input, mean, "mean", .label = N_ ("Mean"), .help = N_ ("Of the normal draw."), .min = -1e6, .max = 1e6,
               .soft_min = -1, .soft_max = 1, .when = "kind=normal", .flags = RHEO_LIVE),
  RHEO_P_REAL (Input, sd, "sd", .label = N_ ("Spread"), .help = N_ ("Standard deviation of the normal draw."), .def = 1,
               .max = 1e6, .soft_max = 2, .when = "kind=normal", .flags = RHEO_LIVE),
  RHEO_P_END,
};

static gboolean
check (const void *config, GError **error)
{
  const Input *c = config;

  if (c->kind == KIND_UNIFORM && c->lo > c->hi)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.lowest is %g and must not be above task.highest, which is %g."), c->lo, c->hi);
  return TRUE;
}

static void
shape (const void *config, const void *data, RheoShape *shape)
{
  const Input *c = config;

  *shape = (RheoShape){ .n_in = c->channels, .n_steps = c->n_steps };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Input *c = config;

  for (int t = 0; c->kind != KIND_NONE && t < trial->n_steps; t++)
    for (int k = 0; k < c->channels; k++)
      trial->input[t * c->channels + k] =
          (RheoReal) (c->kind == KIND_UNIFORM
                          ? c->lo + (c->hi - c->lo) * rheo_rng_uniform (draw->rng, (uint32_t) t, (uint32_t) k)
                          : c->mean + c->sd * rheo_rng_normal (draw->rng, (uint32_t) t, (uint32_t) k));
  return TRUE;
}

const RheoTask rheo_task_input = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "input",
            .title = N_ ("Input alone"),
            .summary = N_ ("Input without targets, or none at all, for networks that organise themselves."),
            .config_size = sizeof (Input),
            .params = params,
            .gives = RHEO_INPUT_ONLY,
            .check = check },
  .shape = shape,
  .fill = fill,
};
