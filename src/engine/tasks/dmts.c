#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Delayed match to sample: two stimuli with a delay between them, then a decision whether they were the same (with the times
 * of the Engel laboratory). */

typedef struct
{
  int n_steps, sample[2], match[2], decision[2], jitter, repeats, n_outputs;
  gboolean cued;
  const char *mask;
} Dmts;

static const RheoParam params[] = {
  RHEO_P_STEPS (Dmts, n_steps, 120),
  RHEO_P_WINDOW (Dmts, sample, "sample", N_ ("Sample on"), N_ ("Sample off"), 15, 45),
  RHEO_P_WINDOW (Dmts, match, "match", N_ ("Match on"), N_ ("Match off"), 60, 90),
  RHEO_P_WINDOW (Dmts, decision, "decision", N_ ("Decision on"), N_ ("Decision off"), 90, 120),
  RHEO_P_INT (Dmts, jitter, "jitter", .label = N_ ("Jitter"), .unit = N_ ("steps"), .max = 10000, .soft_max = 30,
              .help = N_ ("Sample and match each come so many steps earlier or later at most.")),
  RHEO_P_BOOL (Dmts, cued, "cue", .label = N_ ("Decision cue"), .help = N_ ("An input says when to decide.")),
  RHEO_P_INT (Dmts, n_outputs, "outputs", .label = N_ ("Outputs"), .def = 2, .min = 1, .max = 2,
              .help = N_ ("One for match and one for the rest, or one for match alone.")),
  RHEO_P_INT (Dmts, repeats, "repeats", .label = N_ ("Repeats"), .def = 64, .min = 1, .max = 100000, .soft_min = 1,
              .soft_max = 256, .help = N_ ("How often each of the four pairs is in the set."), .flags = RHEO_ADVANCED),
  RHEO_P_MASK (Dmts, mask, .def_text = "0:60 90:120", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "classic", N_ ("Classic, 120 steps"),
    "{\"n-steps\": 120, \"sample-on\": 15, \"sample-off\": 45, \"match-on\": 60, \"match-off\": 90, "
    "\"decision-on\": 90, \"decision-off\": 120, \"jitter\": 0, \"cue\": false, \"outputs\": 2, \"repeats\": 64, "
    "\"mask\": \"0:60 90:120\"}" },
  { "newest", N_ ("Newest, with jitter and cue"),
    "{\"n-steps\": 140, \"sample-on\": 10, \"sample-off\": 20, \"match-on\": 80, \"match-off\": 90, "
    "\"decision-on\": 100, \"decision-off\": 140, \"jitter\": 10, \"cue\": true, \"outputs\": 1, \"repeats\": 64, "
    "\"mask\": \"0:100 110:140\"}" },
  { NULL },
};

static const RheoSeries conditions[] = {
  { .key = "sample", .label = N_ ("Sample"), .help = N_ ("0 or 1."), .unit = "", .axes = "" },
  { .key = "match", .label = N_ ("Match stimulus"), .help = N_ ("0 or 1."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const Dmts *c = config;

  return rheo_window_check (c->sample, "sample", c->n_steps, error)
         && rheo_window_check (c->match, "match", c->n_steps, error)
         && rheo_window_check (c->decision, "decision", c->n_steps, error)
         && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const Dmts *c = config;

  *out = (RheoShape){ .n_in = c->cued ? 3 : 2,
                      .n_out = c->n_outputs,
                      .n_steps = c->n_steps,
                      .n_trials = 4 * c->repeats,
                      .n_valid = 4 * c->repeats };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Dmts *c = config;
  const int which = rheo_trial_which (draw, 4), sample = which / 2, match = which % 2;
  const int late = rheo_trial_offset (draw->rng, 0, 0, c->jitter),
            later = rheo_trial_offset (draw->rng, 0, 1, c->jitter);

  trial->n_steps = c->n_steps;
  rheo_trial_set (trial->input, trial->n_in, c->n_steps, sample, c->sample[0] + late, c->sample[1] + late, 1);
  rheo_trial_set (trial->input, trial->n_in, c->n_steps, match, c->match[0] + later, c->match[1] + later, 1);
  if (c->cued)
    rheo_trial_set (trial->input, trial->n_in, c->n_steps, 2, c->decision[0], c->decision[1], 1);
  if (sample == match || c->n_outputs == 2)
    rheo_trial_set (trial->target, c->n_outputs, c->n_steps, sample != match, c->decision[0], c->decision[1], 1);
  trial->condition[0] = sample;
  trial->condition[1] = match;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const cued[] = { N_ ("stimulus 1"), N_ ("stimulus 2"), N_ ("cue"), NULL };
  static const char *const inputs[] = { N_ ("stimulus 1"), N_ ("stimulus 2"), NULL };
  static const char *const two[] = { N_ ("match"), N_ ("no match"), NULL }, *const one[] = { N_ ("match"), NULL };
  const Dmts *c = config;

  return target ? (c->n_outputs == 2 ? two : one) : c->cued ? cued : inputs;
}

const RheoTask rheo_task_dmts = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "dmts",
            .title = N_ ("Delayed match to sample"),
            .summary = N_ ("Remember a stimulus over a delay and tell whether the next one is the same."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (Dmts),
            .params = params,
            .presets = presets,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
