#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Delayed decision: a stimulus on one of two channels, and after a delay a cue to tell which it was. In catch trials only the
 * cue comes (Engel laboratory). */

typedef struct
{
  int n_steps, stimulus[2], decision[2], repeats;
  gboolean catches;
  const char *mask;
} DelayDm;

static const RheoParam params[] = {
  RHEO_P_STEPS (DelayDm, n_steps, 150),
  RHEO_P_WINDOW (DelayDm, stimulus, "stimulus", N_ ("Stimulus on"), N_ ("Stimulus off"), 10, 40),
  RHEO_P_WINDOW (DelayDm, decision, "decision", N_ ("Decision on"), N_ ("Decision off"), 100, 150),
  RHEO_P_BOOL (DelayDm, catches, "catch-trials", .label = N_ ("Catch trials"), .def = TRUE,
               .help = N_ ("A third of the trials has a cue without a stimulus.")),
  RHEO_P_INT (DelayDm, repeats, "repeats", .label = N_ ("Repeats"), .def = 64, .min = 1, .max = 100000, .soft_min = 1,
              .soft_max = 256, .help = N_ ("How often each condition is in the set."), .flags = RHEO_ADVANCED),
  RHEO_P_MASK (DelayDm, mask, .def_text = "all", .flags = RHEO_ADVANCED),
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
  const DelayDm *c = config;

  return rheo_window_check (c->stimulus, "stimulus", c->n_steps, error)
         && rheo_window_check (c->decision, "decision", c->n_steps, error)
         && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const DelayDm *c = config;

  const int n = (c->catches ? 3 : 2) * c->repeats;

  *out = (RheoShape){ .n_in = 3, .n_out = 2, .n_steps = c->n_steps, .n_trials = n, .n_valid = n };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const DelayDm *c = config;
  const int which = rheo_trial_which (draw, c->catches ? 3 : 2), direction = which < 2 ? which : -1;

  trial->n_steps = c->n_steps;
  if (direction >= 0)
    {
      rheo_trial_set (trial->input, 3, c->n_steps, direction, c->stimulus[0], c->stimulus[1], 1);
      rheo_trial_set (trial->target, 2, c->n_steps, direction, c->decision[0], c->decision[1], 1);
    }
  rheo_trial_set (trial->input, 3, c->n_steps, 2, c->decision[0], c->decision[1], 1);
  trial->condition[0] = direction;
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

const RheoTask rheo_task_delay_dm = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "delay-dm",
            .title = N_ ("Delayed decision"),
            .summary = N_ ("Remember on which channel a stimulus came and tell after a delay."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (DelayDm),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
