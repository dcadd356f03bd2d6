#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Go or no go: answer when the cue comes if the stimulus is above one half (Engel laboratory). */

typedef struct
{
  int n_steps, stimulus[2], cue[2], n_values;
  const char *mask;
} GoNoGo;

static const RheoParam params[] = {
  RHEO_P_STEPS (GoNoGo, n_steps, 60),
  RHEO_P_WINDOW (GoNoGo, stimulus, "stimulus", N_ ("Stimulus on"), N_ ("Stimulus off"), 0, 60),
  RHEO_P_WINDOW (GoNoGo, cue, "cue", N_ ("Cue on"), N_ ("Cue off"), 30, 60),
  RHEO_P_INT (GoNoGo, n_values, "values", .label = N_ ("Stimuli"), .def = 256, .min = 2, .max = 100000, .soft_min = 2,
              .soft_max = 512, .help = N_ ("How many there are, evenly spaced from 0 to 1.")),
  RHEO_P_MASK (GoNoGo, mask, .def_text = "10:30 40:60", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "stimulus", .label = N_ ("Stimulus"), .help = N_ ("Strength, from 0 to 1."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const GoNoGo *c = config;

  return rheo_window_check (c->stimulus, "stimulus", c->n_steps, error)
         && rheo_window_check (c->cue, "cue", c->n_steps, error) && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const GoNoGo *c = config;

  *out = (RheoShape){ .n_in = 3, .n_out = 1, .n_steps = c->n_steps, .n_trials = c->n_values, .n_valid = c->n_values };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const GoNoGo *c = config;
  const double v = rheo_trial_which (draw, c->n_values) / (c->n_values - 1.0);

  trial->n_steps = c->n_steps;
  rheo_trial_set (trial->input, 3, c->n_steps, 0, c->stimulus[0], c->stimulus[1], v);
  rheo_trial_set (trial->input, 3, c->n_steps, 1, c->cue[0], c->cue[1], 1);
  rheo_trial_set (trial->input, 3, c->n_steps, 2, 0, c->n_steps, 1);
  rheo_trial_set (trial->target, 1, c->n_steps, 0, c->cue[0], c->cue[1], v > 0.5);
  trial->condition[0] = v;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { N_ ("stimulus"), N_ ("go"), N_ ("constant"), NULL };
  static const char *const outputs[] = { N_ ("answer"), NULL };

  return target ? outputs : inputs;
}

const RheoTask rheo_task_go_no_go = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "go-no-go",
            .title = N_ ("Go or no go"),
            .summary = N_ ("Answer to strong stimuli and keep still for weak ones."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (GoNoGo),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
