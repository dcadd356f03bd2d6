#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Context-dependent decision making (Mante, Sussillo, Shenoy & Newsome 2013, with the times of the Engel laboratory): a cue
 * says whether motion or colour counts, both are shown, and the sign of the one that counts must be told. As published, the
 * sensory and the decision window open one step early. */

#define MAX_LEVELS 15

typedef struct
{
  int n_steps, cue[2], stimulus[2], decision[2];
  int n_outputs;
  gboolean is_signed;
  double level[MAX_LEVELS];
  int n_levels;
  double zero_target;
  const char *mask;
} Cddm;

static const RheoParam params[] = {
  RHEO_P_STEPS (Cddm, n_steps, 750),
  RHEO_P_WINDOW (Cddm, cue, "cue", N_ ("Cue on"), N_ ("Cue off"), 0, 750),
  RHEO_P_WINDOW (Cddm, stimulus, "stimulus", N_ ("Stimulus on"), N_ ("Stimulus off"), 250, 750),
  RHEO_P_WINDOW (Cddm, decision, "decision", N_ ("Decision on"), N_ ("Decision off"), 500, 750),
  RHEO_P_REALS (Cddm, level, n_levels, "coherences", .label = N_ ("Coherences"), .def_text = "0.05 0.1 0.2 0.4 0.8",
                .min = 0, .max = 1, .help = N_ ("Strengths of motion and colour: each with both signs, and zero.")),
  RHEO_P_INT (Cddm, n_outputs, "outputs", .label = N_ ("Outputs"), .def = 2, .min = 1, .max = 2,
              .help = N_ ("One output for each choice, or one whose sign is the choice.")),
  RHEO_P_BOOL (Cddm, is_signed, "signed", .label = N_ ("Signed inputs"),
               .help = N_ ("One input each for motion and colour, positive or negative, instead of two."),
               .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Cddm, zero_target, "zero-target", .label = N_ ("Target without evidence"), .def = 0, .min = 0, .max = 1,
               .help = N_ ("Of both outputs where the coherence that counts is zero."), .flags = RHEO_ADVANCED),
  RHEO_P_MASK (Cddm, mask, .def_text = "0:250 500:750", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "classic", N_ ("Classic, 750 steps"),
    "{\"n-steps\": 750, \"cue-on\": 0, \"cue-off\": 750, \"stimulus-on\": 250, \"stimulus-off\": 750, "
    "\"decision-on\": 500, \"decision-off\": 750, \"coherences\": [0.05, 0.1, 0.2, 0.4, 0.8], \"outputs\": 2, "
    "\"signed\": false, \"zero-target\": 0, \"mask\": \"0:250 500:750\"}" },
  { "short", N_ ("Short, 300 steps"),
    "{\"n-steps\": 300, \"cue-on\": 0, \"cue-off\": 300, \"stimulus-on\": 100, \"stimulus-off\": 300, "
    "\"decision-on\": 200, \"decision-off\": 300, \"coherences\": [0.2, 0.4, 0.8], \"outputs\": 2, "
    "\"signed\": false, \"zero-target\": 0, \"mask\": \"0:100 200:300\"}" },
  { "newest", N_ ("Newest, 15 coherences"),
    "{\"n-steps\": 300, \"cue-on\": 0, \"cue-off\": 300, \"stimulus-on\": 100, \"stimulus-off\": 300, "
    "\"decision-on\": 200, \"decision-off\": 300, "
    "\"coherences\": [0.015625, 0.03125, 0.0625, 0.125, 0.25, 0.5, 1], \"outputs\": 2, \"signed\": false, "
    "\"zero-target\": 0.5, \"mask\": \"0:100 200:300\"}" },
  { "mante", N_ ("Signed inputs"),
    "{\"n-steps\": 300, \"cue-on\": 0, \"cue-off\": 300, \"stimulus-on\": 100, \"stimulus-off\": 300, "
    "\"decision-on\": 200, \"decision-off\": 300, \"outputs\": 1, \"signed\": true, \"mask\": \"0:100 200:300\"}" },
  { NULL },
};

static const RheoSeries conditions[] = {
  { .key = "context",
    .label = N_ ("Context"),
    .help = N_ ("0: motion counts, 1: colour counts."),
    .unit = "",
    .axes = "" },
  { .key = "motion", .label = N_ ("Motion coherence"), .help = N_ ("Positive: to the right."), .unit = "", .axes = "" },
  { .key = "colour", .label = N_ ("Colour coherence"), .help = N_ ("Positive: to the right."), .unit = "", .axes = "" },
  { .key = "choice",
    .label = N_ ("Correct choice"),
    .help = N_ ("Sign of the coherence that counts."),
    .unit = "",
    .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const Cddm *c = config;

  for (int i = 1; i < c->n_levels; i++)
    if (c->level[i] <= c->level[i - 1])
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.coherences must grow from one number to the next."));
  if (c->n_levels == 0 || c->level[0] == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.coherences needs at least one number above zero; zero itself is always shown too."));
  return rheo_window_check (c->cue, "cue", c->n_steps, error)
         && rheo_window_check (c->stimulus, "stimulus", c->n_steps, error)
         && rheo_window_check (c->decision, "decision", c->n_steps, error)
         && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const Cddm *c = config;

  const int n = 2 * c->n_levels + 1;

  *out = (RheoShape){ .n_in = c->is_signed ? 4 : 6,
                      .n_out = c->n_outputs,
                      .n_steps = c->n_steps,
                      .n_trials = 2 * n * n,
                      .n_valid = 2 * n * n };
}

/* Levels in ascending order: -strong .. -weak, 0, weak .. strong. */
static double
level_at (const Cddm *c, int i)
{
  return i < c->n_levels ? -c->level[c->n_levels - 1 - i] : i == c->n_levels ? 0 : c->level[i - c->n_levels - 1];
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Cddm *c = config;
  const int n = 2 * c->n_levels + 1, width = trial->n_in, which = rheo_trial_which (draw, 2 * n * n),
            context = which / (n * n);
  const double relevant = level_at (c, which / n % n), other = level_at (c, which % n);
  const double shown[2] = { context == 0 ? relevant : other, context == 0 ? other : relevant };
  const int from = MAX (c->stimulus[0] - 1, 0), first = MAX (c->decision[0] - 1, 0);
  const int choice = (relevant > 0) - (relevant < 0);

  trial->n_steps = c->n_steps;
  rheo_trial_set (trial->input, width, c->n_steps, context, c->cue[0], c->cue[1], 1);
  for (int k = 0; k < 2; k++)
    if (c->is_signed)
      rheo_trial_set (trial->input, width, c->n_steps, 2 + k, from, c->stimulus[1], shown[k]);
    else
      {
        rheo_trial_set (trial->input, width, c->n_steps, 2 + 2 * k, from, c->stimulus[1], (1 + shown[k]) / 2);
        rheo_trial_set (trial->input, width, c->n_steps, 3 + 2 * k, from, c->stimulus[1], (1 - shown[k]) / 2);
      }
  if (c->n_outputs == 1)
    rheo_trial_set (trial->target, 1, c->n_steps, 0, first, c->decision[1], choice);
  else
    for (int k = 0; k < 2; k++)
      rheo_trial_set (trial->target, 2, c->n_steps, k, first, c->decision[1],
                      choice == 0 ? c->zero_target : (choice > 0) == (k == 0));
  trial->condition[0] = context;
  trial->condition[1] = shown[0];
  trial->condition[2] = shown[1];
  trial->condition[3] = choice;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const pairs[] = { N_ ("motion cue"),
                                       N_ ("colour cue"),
                                       N_ ("motion right"),
                                       N_ ("motion left"),
                                       N_ ("colour right"),
                                       N_ ("colour left"),
                                       NULL };
  static const char *const signs[] = { N_ ("motion cue"), N_ ("colour cue"), N_ ("motion"), N_ ("colour"), NULL };
  static const char *const choices[] = { N_ ("right"), N_ ("left"), NULL }, *const choice[] = { N_ ("choice"), NULL };
  const Cddm *c = config;

  return target ? (c->n_outputs == 1 ? choice : choices) : c->is_signed ? signs : pairs;
}

const RheoTask rheo_task_cddm = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "cddm",
            .title = N_ ("Context-dependent decision"),
            .summary = N_ ("Tell the sign of motion or of colour, whichever a cue asks for."),
            .cite = "Mante et al. 2013; Engel laboratory, trainRNNbrain",
            .config_size = sizeof (Cddm),
            .params = params,
            .presets = presets,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
