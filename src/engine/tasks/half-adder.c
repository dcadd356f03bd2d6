#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Half adder: the sum of two bits. The published task gives no carry; it can be had as a second output (Engel laboratory). */

typedef struct
{
  int n_steps, stimulus[2], decision[2], repeats;
  gboolean carry;
  const char *mask;
} HalfAdder;

static const RheoParam params[] = {
  RHEO_P_STEPS (HalfAdder, n_steps, 150),
  RHEO_P_WINDOW (HalfAdder, stimulus, "stimulus", N_ ("Stimulus on"), N_ ("Stimulus off"), 0, 150),
  RHEO_P_WINDOW (HalfAdder, decision, "decision", N_ ("Decision on"), N_ ("Decision off"), 30, 120),
  RHEO_P_INT (HalfAdder, repeats, "repeats", .label = N_ ("Repeats"), .def = 64, .min = 1, .max = 100000, .soft_min = 1,
              .soft_max = 256, .help = N_ ("How often each of the four conditions is in the set."),
              .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (HalfAdder, carry, "carry", .label = N_ ("Carry"),
               .help = N_ ("A second output tells whether both bits are 1.")),
  RHEO_P_MASK (HalfAdder, mask, .def_text = "30:150", .flags = RHEO_ADVANCED),
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
  const HalfAdder *c = config;

  return rheo_window_check (c->stimulus, "stimulus", c->n_steps, error)
         && rheo_window_check (c->decision, "decision", c->n_steps, error)
         && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const HalfAdder *c = config;

  *out = (RheoShape){
    .n_in = 2, .n_out = c->carry ? 2 : 1, .n_steps = c->n_steps, .n_trials = 4 * c->repeats, .n_valid = 4 * c->repeats
  };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const HalfAdder *c = config;
  const int which = rheo_trial_which (draw, 4), first = which / 2, second = which % 2;

  trial->n_steps = c->n_steps;
  rheo_trial_set (trial->input, 2, c->n_steps, 0, c->stimulus[0], c->stimulus[1], first);
  rheo_trial_set (trial->input, 2, c->n_steps, 1, c->stimulus[0], c->stimulus[1], second);
  rheo_trial_set (trial->target, trial->n_out, c->n_steps, 0, c->decision[0], c->decision[1], (first + second) % 2);
  if (c->carry)
    rheo_trial_set (trial->target, 2, c->n_steps, 1, c->decision[0], c->decision[1], first && second);
  trial->condition[0] = first;
  trial->condition[1] = second;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { N_ ("first"), N_ ("second"), NULL };
  static const char *const sum[] = { N_ ("sum"), NULL };
  static const char *const both[] = { N_ ("sum"), N_ ("carry"), NULL };

  return !target ? inputs : ((const HalfAdder *) config)->carry ? both : sum;
}

const RheoTask rheo_task_half_adder = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "half-adder",
            .title = N_ ("Half adder"),
            .summary = N_ ("Add two bits."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (HalfAdder),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
