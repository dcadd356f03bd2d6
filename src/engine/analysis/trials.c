#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/conditions.h"
#include "engine/field-trials.h"
#include "engine/replay.h"

/* A look at random trials (ctrnn spec 4.1): inputs, targets where they count, and what the network makes of them; and the
 * score of the whole validation set, with and without noise. R² is that of all trials together, since trials with a constant
 * target have none of their own. Of rate networks also the paths of trials through state space, along axes of one's choice. */

#define MAX_TRIALS 64
#define MAX_AXES 12

typedef struct
{
  int n_trials, n_scored, seed, n_paths;
  double noise;
  const char *by;
  RheoAxesChoice axes;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, n_trials, "trials", .label = N_ ("Trials"), .def = 6, .min = 1, .max = MAX_TRIALS, .soft_min = 1,
              .soft_max = 12, .help = N_ ("So many of the validation set, chosen at random.")),
  RHEO_P_REAL (Config, noise, "noise", .label = N_ ("Noise"), .def = 1, .min = 0, .max = 1000, .soft_max = 4,
               .help = N_ ("In the trials that are shown: times that of the training.")),
  RHEO_P_INT (Config, n_scored, "scored", .label = N_ ("Trials for the score"), .def = 200, .min = 1, .max = 1e6,
              .soft_min = 1, .soft_max = 1000,
              .help = N_ ("Where the validation set has no end; else all of it is scored."), .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, seed, "seed", .label = N_ ("Seed"), .def = 1, .min = 0, .max = 2147483647,
              .help = N_ ("Of the choice of trials and of the noise.")),
  RHEO_P_INT (Config, n_paths, "paths", .label = N_ ("Paths"), .def = 32, .min = 0, .max = 10000, .soft_max = 128,
              .help = N_ ("The ways of so many trials through state space are kept, without noise; 0: none."),
              .needs = RHEO_RATES),
  RHEO_P_TEXT (Config, by, "by", .label = N_ ("Conditions of the paths"), .def_text = "",
               .help =
                   N_ ("Names of the task's conditions by which paths are coloured, with blanks between; none: those "
                       "with few values."),
               .needs = RHEO_RATES),
  RHEO_P_BLOCK (Config, axes, RheoAxesChoice, "axes", rheo_axes_rows, .label = N_ ("Axes of the paths"),
                .needs = RHEO_RATES),
  RHEO_P_END,
};

static const RheoSeries series[] = {
  { .key = "r2",
    .label = N_ ("R², without noise"),
    .help = N_ ("Of all trials of the validation set together."),
    .unit = "",
    .axes = "" },
  { .key = "r2-noisy",
    .label = N_ ("R², with noise"),
    .help = N_ ("The same with the noise of the training."),
    .unit = "",
    .axes = "" },
  { .key = "error",
    .label = N_ ("Mean squared error, without noise"),
    .help = N_ ("Over outputs, steps that count and trials."),
    .unit = "",
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER },
  { .key = "error-noisy",
    .label = N_ ("Mean squared error, with noise"),
    .help = N_ ("Over outputs, steps that count and trials."),
    .unit = "",
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER },
  { .key = "trial", .label = N_ ("Trial"), .help = N_ ("In the validation set."), .unit = "", .axes = "trial" },
  { .key = "trial-r2",
    .label = N_ ("R²"),
    .help = N_ ("Of the trial alone; missing where its target does not vary."),
    .unit = "",
    .axes = "trial" },
  { .key = "length", .label = N_ ("Steps"), .help = N_ ("Of the trial."), .unit = "", .axes = "trial" },
  { .key = "in", .label = N_ ("Inputs"), .help = N_ ("What the task calls them."), .unit = "", .axes = "in" },
  { .key = "out", .label = N_ ("Outputs"), .help = N_ ("What the task calls them."), .unit = "", .axes = "out" },
  { .key = "output", .label = N_ ("Output"), .help = N_ ("Of the network."), .unit = "", .axes = "trial time out" },
  { .key = "target",
    .label = N_ ("Target"),
    .help = N_ ("At the steps that count."),
    .unit = "",
    .axes = "trial time out" },
  { .key = "input", .label = N_ ("Input"), .help = N_ ("Without noise."), .unit = "", .axes = "trial time in" },
  { .key = "path",
    .label = N_ ("Path"),
    .help = N_ ("Of a trial without noise, along the axes."),
    .unit = "",
    .axes = "path time direction" },
  { .key = "place",
    .label = N_ ("State at the end"),
    .help = N_ ("Where a path ends, along the axes."),
    .unit = "",
    .axes = "path direction" },
  { .key = "condition",
    .label = N_ ("Condition’s number"),
    .help = N_ ("Of the trial of a path, in the list of conditions."),
    .unit = "",
    .axes = "path" },
  { .key = "path-condition",
    .label = N_ ("Condition of the path"),
    .help = N_ ("Of the trial of a path, in the list of conditions."),
    .unit = "",
    .axes = "path" },
  RHEO_AXES_SERIES,
  { NULL },
};

static RheoColumn *
add (RheoTable *out, const char *key, RheoType type, const int64_t *dims)
{
  return rheo_result_add (out, series, key, type, dims);
}

/* --- trials that are shown ---------------------------------------------------------------------------------------- */
typedef struct
{
  int row, n_steps;
  int32_t *index, *length;
  double *r2;
  float *input, *target, *output;
} Shown;

static void
copy_signal (const RheoReplaySignal *from, int length, const RheoReal *weight, float *to)
{
  for (int t = 0; t < length; t++)
    for (int k = 0; k < from->n && from->first != NULL; k++)
      if (weight == NULL || weight[t] > 0)
        to[(gsize) t * (gsize) from->n + (gsize) k] = (float) from->first[t * from->step + k];
}

static void
show (void *data, const RheoReplayTrial *trial)
{
  Shown *to = data;
  const gsize first = (gsize) to->row * (gsize) to->n_steps;

  to->index[to->row] = trial->index;
  to->length[to->row] = trial->length;
  to->r2[to->row] = rheo_loss_r2 (&trial->fit);
  copy_signal (&trial->input, trial->length, NULL, to->input + first * (gsize) trial->input.n);
  copy_signal (&trial->output, trial->length, NULL, to->output + first * (gsize) trial->output.n);
  copy_signal (&trial->target, trial->length, trial->weight, to->target + first * (gsize) trial->target.n);
}

/* Beyond the end of a trial, and where a target does not count, there is nothing. */
static float *
add_signal (RheoTable *out, const char *key, int n_trials, int n_steps, int width)
{
  const int64_t dims[] = { n_trials, n_steps, width };
  float *all = add (out, key, RHEO_F32, dims)->data;

  for (int64_t i = 0; i < dims[0] * dims[1] * dims[2]; i++)
    all[i] = NAN;
  return all;
}

static gboolean
add_trials (RheoTable *out, RheoReplay *replay, const Config *c, const atomic_bool *cancelled, GError **error)
{
  const RheoShape *shape = rheo_replay_get_shape (replay);
  const int n_valid = rheo_replay_get_n_valid (replay, c->n_scored), n = MIN (c->n_trials, n_valid);
  const int64_t dims[] = { n };
  const RheoRng rng = { .seed = (uint64_t) c->seed, .stream = RHEO_STREAM_ANALYSIS };
  g_autofree int *order = g_new (int, n_valid);
  Shown shown = { .n_steps = shape->n_steps,
                  .index = add (out, "trial", RHEO_I32, dims)->data,
                  .r2 = add (out, "trial-r2", RHEO_F64, dims)->data,
                  .length = add (out, "length", RHEO_I32, dims)->data,
                  .output = add_signal (out, "output", n, shape->n_steps, shape->n_out),
                  .target = add_signal (out, "target", n, shape->n_steps, shape->n_out),
                  .input = add_signal (out, "input", n, shape->n_steps, shape->n_in) };
  RheoReplayRun what = {
    .set = RHEO_SET_VALID, .n = 1, .noise = c->noise, .each = show, .data = &shown, .cancelled = cancelled
  };

  rheo_replay_add_names (replay, FALSE, out);
  rheo_replay_add_names (replay, TRUE, out);
  rheo_rng_permute (rng, 0, n_valid, order);
  for (shown.row = 0; shown.row < n; shown.row++)
    {
      what.first = order[shown.row];
      what.draw = (uint32_t) c->seed * MAX_TRIALS + (uint32_t) shown.row;
      if (!rheo_replay_run (replay, &what, error))
        return FALSE;
    }
  return TRUE;
}

/* --- paths -------------------------------------------------------------------------------------------------------- */
/* The states are those of fixed points and flow fields, so that figures of them can be laid side by side. */
static gboolean
add_paths (RheoTable *out, const RheoRecord *record, const RheoSeries *conditions, const Config *c,
           const RheoTable *previous, GError **error)
{
  static const char *const otherwise[] = { "pc1", "pc1 pc2", "pc1 pc2 pc3" };
  g_autoptr (RheoField) field = rheo_field_new (record->experiment, record->weights, error);
  g_autoptr (RheoFieldTrials) trials =
      field != NULL ? rheo_field_trials_new_spread (record->experiment, field, c->n_paths, error) : NULL;
  g_autoptr (RheoAxes) axes = NULL;
  g_autofree double *states = NULL;
  g_autofree int *group = NULL;
  double *path, *place, *condition[2];
  int64_t n;
  int n_states;

  if (trials == NULL)
    return FALSE;
  states = rheo_field_trials_dup_states (trials, field, &n_states);
  axes = rheo_axes_new (&c->axes, otherwise[MIN (field->n, 3) - 1], TRUE, 1, MAX_AXES, field, n_states, states, error);
  group = g_new (int, trials->n_trials);
  if (axes == NULL
      || rheo_conditions_add_groups (conditions, trials->n_trials, trials->condition, c->by, out, group, error) < 0)
    return FALSE;
  rheo_axes_turn_alike (axes, previous);
  n = trials->n_trials;
  path = add (out, "path", RHEO_F64, (int64_t[]){ n, trials->n_steps, axes->n })->data;
  place = add (out, "place", RHEO_F64, (int64_t[]){ n, axes->n })->data;
  condition[0] = add (out, "condition", RHEO_F64, &n)->data;
  condition[1] = add (out, "path-condition", RHEO_F64, &n)->data;
  rheo_field_trials_project (trials, axes, (int) n, path);
  for (int64_t k = 0; k < n; k++)
    {
      const int64_t last = k * trials->n_steps + trials->length[k] - 1;

      memcpy (place + k * axes->n, path + last * axes->n, sizeof *place * (gsize) axes->n);
      condition[0][k] = condition[1][k] = group[k];
    }
  rheo_axes_add (axes, series, out);
  return TRUE;
}

/* --- the score ---------------------------------------------------------------------------------------------------- */
static void
add_fit (void *data, const RheoReplayTrial *trial)
{
  rheo_loss_fit_add (data, &trial->fit);
}

static gboolean
score (RheoReplay *replay, const Config *c, double noise, const atomic_bool *cancelled, RheoFit *fit, GError **error)
{
  const RheoReplayRun what = { .set = RHEO_SET_VALID,
                               .n = rheo_replay_get_n_valid (replay, c->n_scored),
                               .draw = (uint32_t) c->seed,
                               .noise = noise,
                               .each = add_fit,
                               .data = fit,
                               .cancelled = cancelled };

  *fit = (RheoFit){ 0 };
  return rheo_replay_run (replay, &what, error);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *record = &records[n_records - 1];
  g_autoptr (RheoReplay) replay = rheo_replay_new (record, error);
  RheoFit clean, noisy;

  if (replay == NULL || !score (replay, c, 0, cancelled, &clean, error)
      || !score (replay, c, 1, cancelled, &noisy, error))
    return FALSE;
  if (clean.n == 0)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("This needs a task with targets over time; %s has none."),
                      _ (rheo_experiment_get_component (record->experiment, RHEO_SLOT_TASK)->title));
  rheo_result_add_number (out, series, "r2", rheo_loss_r2 (&clean));
  rheo_result_add_number (out, series, "r2-noisy", rheo_loss_r2 (&noisy));
  rheo_result_add_number (out, series, "error", clean.error / clean.n);
  rheo_result_add_number (out, series, "error-noisy", noisy.error / noisy.n);
  return add_trials (out, replay, c, cancelled, error)
         && (c->n_paths == 0 || !rheo_analysis_fits_rates (record->experiment, NULL)
             || add_paths (out, record, rheo_replay_get_conditions (replay), c, previous, error));
}

static gboolean
check (const void *config, GError **error)
{
  return rheo_axes_check (&((const Config *) config)->axes, error);
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;

  return rheo_analysis_estimate_trials (experiment, c->n_trials + c->n_scored + c->n_paths);
}

const RheoAnalysis rheo_analysis_trials = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "trials",
            .title = N_ ("Random trials"),
            .summary =
                N_ ("Inputs, targets and outputs of some trials, their paths through state space, and the score of "
                    "all with and without noise."),
            .config_size = sizeof (Config),
            .params = params,
            .series = series,
            .check = check },
  .about = RHEO_ABOUT_TASK,
  .wants = RHEO_WANTS_WEIGHTS,
  .estimate = estimate,
  .run = run,
};
