#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/field.h"
#include "engine/linalg.h"
#include "engine/replay.h"

/* What a network needs: the same trials, with the same noise, on a copy of it as it is and with some units silenced, held,
 * made noisy or pushed, or with the state pushed along a vector; from the model's initial state or from a given one, such as
 * a fixed point. */

#define MAX_UNITS 1024
#define MAX_SHOWN 12

enum
{
  DO_SILENCE,
  DO_CLAMP,
  DO_NOISE,
  DO_PUSH,
  DO_NOTHING,
};

typedef struct
{
  int action, steps[2], n_trials, n_shown, seed;
  double value, noise;
  const char *units;
  double along[MAX_UNITS], start[MAX_UNITS];
  int n_along, n_start;
} Config;

static const char *const action_choices[] = { "silence", "clamp", "noise", "push", "nothing", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (Config, action, "action", action_choices, .label = N_ ("What is done"), .max = DO_NOTHING,
                 .help =
                     N_ ("Units are silenced, held at a rate, get noise in their current, or get a constant current; "
                         "a push may also go along a vector.")),
  RHEO_P_TEXT (Config, units, "units", .label = N_ ("Units"), .def_text = "",
               .help =
                   N_ ("Numbers from 0 on, ranges or names of classes, with blanks between: \"3 7 10-19\" or \"I\". "
                       "None: all.")),
  RHEO_P_REAL (Config, value, "value", .label = N_ ("Strength"), .def = 0.5, .min = -1e6, .max = 1e6, .soft_min = -2,
               .soft_max = 2, .when = "action=clamp|noise|push",
               .help = N_ ("The rate at which units are held, the standard deviation of the noise at each step, or the "
                           "current of each unit; along a vector, its length.")),
  RHEO_P_REALS (Config, along, n_along, "along", .label = N_ ("Along"), .def_text = "", .min = -1e300, .max = 1e300,
                .when = "action=push",
                .help = N_ ("One number for each unit, such as a mode: the push is shared out like that. None: all get "
                            "the same.")),
  RHEO_P_INT (Config, steps[0], "from-step", .label = N_ ("From step"), .def = 0, .min = 0, .max = 100000,
              .soft_max = 1000, .help = N_ ("Of a trial, counted from 0.")),
  RHEO_P_INT (Config, steps[1], "to-step", .label = N_ ("To step"), .def = 0, .min = 0, .max = 100000, .soft_max = 1000,
              .help = N_ ("The step after the last; 0: to the end.")),
  RHEO_P_REALS (Config, start, n_start, "start", .label = N_ ("Start"), .def_text = "", .min = -1e6, .max = 1e6,
                .help =
                    N_ ("State in which all trials begin, one number for each unit, such as a fixed point. None: as "
                        "the model says. Where nothing else is done, the trials before begin as the model says.")),
  RHEO_P_INT (Config, n_trials, "trials", .label = N_ ("Trials"), .def = 0, .min = 0, .max = 1e6, .soft_max = 1000,
              .help = N_ ("Of the validation set; 0: all of it, or 200 where it has no end.")),
  RHEO_P_REAL (Config, noise, "network-noise", .label = N_ ("Noise of the network"), .def = 1, .min = 0, .max = 1000,
               .soft_max = 4, .help = N_ ("Times that of the training.")),
  RHEO_P_INT (Config, n_shown, "shown", .label = N_ ("Trials to show"), .def = 6, .min = 0, .max = MAX_SHOWN,
              .soft_max = MAX_SHOWN, .help = N_ ("Outputs of so many trials are kept with the result.")),
  RHEO_P_INT (Config, seed, "seed", .label = N_ ("Seed"), .def = 1, .min = 0, .max = 2147483647,
              .help = N_ ("Of the noise."), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries series[] = {
  { .key = "r2-before", .label = N_ ("R² before"), .help = N_ ("Of all trials together."), .unit = "", .axes = "" },
  { .key = "r2-after", .label = N_ ("R² after"), .help = N_ ("Of all trials together."), .unit = "", .axes = "" },
  { .key = "error-before",
    .label = N_ ("Squared error before"),
    .help = N_ ("Mean over outputs, steps that count and trials."),
    .unit = "",
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER },
  { .key = "error-after",
    .label = N_ ("Squared error after"),
    .help = N_ ("Mean over outputs, steps that count and trials."),
    .unit = "",
    .axes = "",
    .flags = RHEO_SERIES_LOWER_IS_BETTER },
  { .key = "change",
    .label = N_ ("Change of the error"),
    .help = N_ ("Mean over trials of what is added to the squared error of each."),
    .unit = "",
    .axes = "",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "change-lo",
    .label = N_ ("Lower end of the 95 % interval"),
    .help = N_ ("Of the change (Student's t)."),
    .unit = "",
    .axes = "" },
  { .key = "change-hi",
    .label = N_ ("Upper end of the 95 % interval"),
    .help = N_ ("Of the change (Student's t)."),
    .unit = "",
    .axes = "" },
  { .key = "unit", .label = N_ ("Unit"), .help = N_ ("That something is done to."), .unit = "", .axes = "unit" },
  { .key = "trial-before",
    .label = N_ ("Squared error before"),
    .help = N_ ("Of each trial."),
    .unit = "",
    .axes = "scored" },
  { .key = "trial-after",
    .label = N_ ("Squared error after"),
    .help = N_ ("Of each trial."),
    .unit = "",
    .axes = "scored" },
  { .key = "trial", .label = N_ ("Trial"), .help = N_ ("In the validation set."), .unit = "", .axes = "trial" },
  { .key = "output",
    .label = N_ ("Output after"),
    .help = N_ ("Of the network."),
    .unit = "",
    .axes = "trial time out" },
  { .key = "before",
    .label = N_ ("Output before"),
    .help = N_ ("Of the network."),
    .unit = "",
    .axes = "trial time out" },
  { .key = "target",
    .label = N_ ("Target"),
    .help = N_ ("At the steps that count."),
    .unit = "",
    .axes = "trial time out" },
  { .key = "path",
    .label = N_ ("Path after"),
    .help = N_ ("Of the rates of a trial, along the directions of the fixed points that it was asked from."),
    .unit = "",
    .axes = "trial time direction" },
  { .key = "path-before",
    .label = N_ ("Path before"),
    .help = N_ ("Of the rates of a trial, along the directions of the fixed points that it was asked from."),
    .unit = "",
    .axes = "trial time direction" },
  { NULL },
};

static RheoColumn *
add (RheoTable *out, const char *key, RheoType type, const int64_t *dims)
{
  return rheo_result_add (out, series, key, type, dims);
}

/* --- units -------------------------------------------------------------------------------------------------------- */
/* Marks the units of a class of the population. FALSE: there is none of this name. */
static gboolean
mark_class (const RheoPop *pop, const char *word, uint8_t *on)
{
  for (int k = 0; k < pop->n_classes; k++)
    if (strcmp (pop->class_names[k], word) == 0)
      {
        memset (on + pop->class_first[k], 1, (gsize) (pop->class_first[k + 1] - pop->class_first[k]));
        return TRUE;
      }
  return FALSE;
}

static gboolean
mark_range (const RheoPop *pop, const char *word, uint8_t *on, GError **error)
{
  char *end;
  const gint64 first = g_ascii_strtoll (word, &end, 10);
  gint64 last = first;

  if (end != word && *end == '-')
    {
      word = end + 1;
      last = g_ascii_strtoll (word, &end, 10);
    }
  if (end == word || *end != '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("units has \"%s\", which is no number, no range such as 10-19 and no class of units."), word);
  if (first < 0 || last < first || last >= pop->n_units)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("units goes from %d to %d; allowed are 0 to %d."), (int) first,
                      (int) last, pop->n_units - 1);
  memset (on + first, 1, (gsize) (last - first + 1));
  return TRUE;
}

/* Numbers of the units that are named, int32_t. */
static GArray *
find_units (const RheoPop *pop, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, " ,", -1);
  g_autofree uint8_t *on = g_new0 (uint8_t, pop->n_units);
  GArray *units;
  gboolean any = FALSE;

  for (int i = 0; words[i] != NULL; i++)
    {
      if (words[i][0] == '\0')
        continue;
      any = TRUE;
      if (!mark_class (pop, words[i], on) && !mark_range (pop, words[i], on, error))
        return NULL;
    }
  units = g_array_new (FALSE, FALSE, sizeof (int32_t));
  for (int32_t i = 0; i < pop->n_units; i++)
    if (!any || on[i])
      g_array_append_val (units, i);
  return units;
}

/* RheoIntervention; those of single units are borrowed from the list. */
static GArray *
make_acts (const Config *c, const GArray *units, GError **error)
{
  static const int kinds[] = { RHEO_ACT_SILENCE, RHEO_ACT_CLAMP, RHEO_ACT_NOISE, RHEO_ACT_ADD };
  g_autoptr (GArray) acts = g_array_new (FALSE, FALSE, sizeof (RheoIntervention));
  RheoIntervention act = { .proj = -1,
                           .units = (const int32_t *) units->data,
                           .n_units = (int) units->len,
                           .t0 = c->steps[0],
                           .t1 = c->steps[1] > 0 ? c->steps[1] : G_MAXINT32,
                           .value = c->value };
  double length = 0;

  if (c->action == DO_NOTHING)
    return g_steal_pointer (&acts);
  act.kind = kinds[c->action];
  if (c->action != DO_PUSH || c->n_along == 0)
    {
      g_array_append_val (acts, act);
      return g_steal_pointer (&acts);
    }
  for (guint k = 0; k < units->len; k++)
    length = hypot (length, c->along[g_array_index (units, int32_t, k)]);
  if (!(length > 0))
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("along is zero for all of the units, so it has no direction."));
      return NULL;
    }
  for (guint k = 0; k < units->len; k++)
    {
      act.units = &g_array_index (units, int32_t, k);
      act.n_units = 1;
      act.value = c->value * c->along[g_array_index (units, int32_t, k)] / length;
      g_array_append_val (acts, act);
    }
  return g_steal_pointer (&acts);
}

/* --- trials ------------------------------------------------------------------------------------------------------- */
typedef struct
{
  RheoFit fit;
  double *error; /* of each trial, mean over outputs and steps that count */
  int n_trials, n_shown, n_steps;
  float *output, *target;  /* target NULL: not wanted */
  const double *direction; /* [n_directions][unit] of what is to be seen of the rates, or NULL */
  int n_directions;
  float *path;
} Score;

/* Those that are shown lie evenly among all. */
static int
shown_trial (int k, int n_shown, int n_trials)
{
  return (int) ((int64_t) k * n_trials / n_shown);
}

static void
add_path (Score *to, int row, const RheoReplayTrial *trial)
{
  for (int t = 0; t < trial->length; t++)
    for (int d = 0; d < to->n_directions; d++)
      {
        const double *direction = to->direction + (gsize) d * (gsize) trial->rate.n;
        double place = 0;

        for (int i = 0; i < trial->rate.n; i++)
          place += direction[i] * (double) trial->rate.first[t * trial->rate.step + i];
        to->path[((gsize) row * (gsize) to->n_steps + (gsize) t) * (gsize) to->n_directions + (gsize) d] =
            (float) place;
      }
}

static void
collect (void *data, const RheoReplayTrial *trial)
{
  Score *to = data;
  const int n = trial->output.n;
  int row = 0;

  rheo_loss_fit_add (&to->fit, &trial->fit);
  to->error[trial->index] = trial->fit.n > 0 ? trial->fit.error / trial->fit.n : NAN;
  while (row < to->n_shown && shown_trial (row, to->n_shown, to->n_trials) != trial->index)
    row++;
  for (int t = 0; row < to->n_shown && t < trial->length; t++)
    for (int k = 0; k < n; k++)
      {
        const gsize at = ((gsize) row * (gsize) to->n_steps + (gsize) t) * (gsize) n + (gsize) k;

        to->output[at] = (float) trial->output.first[t * trial->output.step + k];
        if (to->target != NULL && (trial->weight == NULL || trial->weight[t] > 0))
          to->target[at] = (float) trial->target.first[t * trial->target.step + k];
      }
  if (row < to->n_shown && to->path != NULL)
    add_path (to, row, trial);
}

/* Room for the outputs that are kept; beyond the end of a trial, and where a target does not count, there is nothing. */
static float *
new_signal (const int64_t *dims)
{
  const int64_t n = dims[0] * dims[1] * dims[2];
  float *all = g_new (float, MAX (n, 1));

  for (int64_t i = 0; i < n; i++)
    all[i] = NAN;
  return all;
}

/* directions: of the rates, [direction][unit]; or NULL. */
static void
score_init (Score *score, int n_trials, const int64_t *dims, const RheoColumn *directions, gboolean target)
{
  const int64_t path_dims[] = { dims[0], dims[1], directions != NULL ? directions->dims[0] : 0 };

  *score = (Score){ .error = g_new (double, n_trials),
                    .n_trials = n_trials,
                    .n_shown = (int) dims[0],
                    .n_steps = (int) dims[1],
                    .output = new_signal (dims),
                    .target = target ? new_signal (dims) : NULL,
                    .direction = directions != NULL ? directions->data : NULL,
                    .n_directions = (int) path_dims[2],
                    .path = directions != NULL ? new_signal (path_dims) : NULL };
}

static void
score_clear (Score *score)
{
  g_free (score->error);
  g_free (score->output);
  g_free (score->target);
  g_free (score->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Score, score_clear)

static void
add_signal (RheoTable *out, const char *key, const int64_t *dims, const float *from)
{
  memcpy (add (out, key, RHEO_F32, dims)->data, from, sizeof *from * (gsize) (dims[0] * dims[1] * dims[2]));
}

static void
add_scores (RheoTable *out, const Score *before, const Score *after, int n)
{
  g_autofree double *change = g_new (double, n);
  double mean, lo, hi;

  for (int i = 0; i < n; i++)
    change[i] = after->error[i] - before->error[i];
  rheo_mean_interval (change, n, &mean, &lo, &hi);
  rheo_result_add_number (out, series, "r2-before", rheo_loss_r2 (&before->fit));
  rheo_result_add_number (out, series, "r2-after", rheo_loss_r2 (&after->fit));
  rheo_result_add_number (out, series, "error-before", before->fit.error / before->fit.n);
  rheo_result_add_number (out, series, "error-after", after->fit.error / after->fit.n);
  rheo_result_add_number (out, series, "change", mean);
  rheo_result_add_number (out, series, "change-lo", lo);
  rheo_result_add_number (out, series, "change-hi", hi);
}

static void
add_result (RheoTable *out, const Score *before, const Score *after, int n_trials, const int64_t *dims,
            const GArray *units)
{
  const int64_t n = n_trials, n_units = units->len;
  int32_t *trial;

  add_scores (out, before, after, n_trials);
  memcpy (add (out, "unit", RHEO_I32, &n_units)->data, units->data, sizeof (int32_t) * units->len);
  memcpy (add (out, "trial-before", RHEO_F64, &n)->data, before->error, sizeof (double) * (gsize) n);
  memcpy (add (out, "trial-after", RHEO_F64, &n)->data, after->error, sizeof (double) * (gsize) n);
  trial = add (out, "trial", RHEO_I32, dims)->data;
  for (int64_t i = 0; i < dims[0]; i++)
    trial[i] = shown_trial ((int) i, (int) dims[0], n_trials);
  add_signal (out, "output", dims, after->output);
  add_signal (out, "before", dims, before->output);
  add_signal (out, "target", dims, before->target);
  if (after->path != NULL)
    {
      const int64_t path_dims[] = { dims[0], dims[1], after->n_directions };

      add_signal (out, "path", path_dims, after->path);
      add_signal (out, "path-before", path_dims, before->path);
    }
}

/* --- a start ------------------------------------------------------------------------------------------------------ */
/* What a state gives: itself, or its activation where states are currents. */
static gboolean
set_start (const Config *c, const RheoRecord *record, RheoReal *state, RheoReal *rate, GError **error)
{
  g_autoptr (RheoField) field = rheo_field_new (record->experiment, record->weights, error);
  double slope[MAX_UNITS], y[MAX_UNITS];

  if (field == NULL)
    return FALSE;
  field->law.activate (field->config, c->n_start, c->start, y, slope);
  for (int i = 0; i < c->n_start; i++)
    {
      state[i] = (RheoReal) c->start[i];
      rate[i] = (RheoReal) (field->law.is_current ? y[i] : c->start[i]);
    }
  return TRUE;
}

/* In which paths can be told: those of fixed points whose states are rates. */
static const RheoColumn *
find_directions (const RheoTable *previous, const RheoRecord *record, int n_units)
{
  const RheoColumn *direction = previous != NULL ? rheo_table_find (previous, "direction") : NULL;
  g_autoptr (RheoField) field = NULL;

  if (direction == NULL || direction->type != RHEO_F64 || direction->n_dims != 2 || direction->dims[1] != n_units)
    return NULL;
  field = rheo_field_new (record->experiment, record->weights, NULL);
  return field != NULL && !field->law.is_current ? direction : NULL;
}

static gboolean
check_sizes (const Config *c, int n_units, GError **error)
{
  if (c->n_start != 0 && c->n_start != n_units)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("start has %d numbers, but the network has %d units."), c->n_start,
                      n_units);
  if (c->action == DO_PUSH && c->n_along != 0 && c->n_along != n_units)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("along has %d numbers, but the network has %d units."), c->n_along,
                      n_units);
  return TRUE;
}

static gboolean
check (const void *config, GError **error)
{
  const Config *c = config;

  return c->steps[1] == 0 || c->steps[1] > c->steps[0]
         || rheo_fail (error, RHEO_ERROR_INVALID, _ ("to-step is %d and must come after from-step, which is %d."),
                       c->steps[1], c->steps[0]);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *record = &records[n_records - 1];
  g_autoptr (RheoReplay) replay = rheo_replay_new (record, error);
  const RheoPop *pop = replay != NULL ? rheo_net_get_plan (rheo_replay_get_net (replay))->pop : NULL;
  g_autoptr (GArray) units = pop != NULL ? find_units (pop, c->units, error) : NULL;
  g_autoptr (GArray) acts = NULL;
  g_auto (Score) before = { 0 }, after = { 0 };
  RheoReal state[MAX_UNITS], rate[MAX_UNITS];
  int64_t dims[3];
  const RheoColumn *directions;
  const RheoOrigin start = { .pop = 0, .state = state, .out = rate };
  RheoReplayRun what = { .set = RHEO_SET_VALID,
                         .draw = (uint32_t) c->seed,
                         .noise = c->noise,
                         .start = c->n_start > 0 && c->action != DO_NOTHING ? &start : NULL,
                         .each = collect,
                         .cancelled = cancelled };

  if (units == NULL || !check_sizes (c, pop->n_units, error))
    return FALSE;
  acts = make_acts (c, units, error);
  if (acts == NULL || (c->n_start > 0 && !set_start (c, record, state, rate, error)))
    return FALSE;
  what.n = rheo_replay_get_n_valid (replay, c->n_trials > 0 ? c->n_trials : 200);
  if (c->n_trials > 0)
    what.n = MIN (what.n, c->n_trials);
  dims[0] = MIN (c->n_shown, what.n);
  dims[1] = rheo_replay_get_shape (replay)->n_steps;
  dims[2] = rheo_replay_get_shape (replay)->n_out;
  directions = find_directions (previous, record, pop->n_units);
  score_init (&before, what.n, dims, directions, TRUE);
  score_init (&after, what.n, dims, directions, FALSE);
  what.data = &before;
  if (!rheo_replay_run (replay, &what, error))
    return FALSE;
  if (progress != NULL)
    progress (progress_data, 0.5);
  what.data = &after;
  what.start = c->n_start > 0 ? &start : NULL;
  what.acts = (const RheoIntervention *) acts->data;
  what.n_acts = (int) acts->len;
  if (!rheo_replay_run (replay, &what, error))
    return FALSE;
  add_result (out, &before, &after, what.n, dims, units);
  rheo_replay_add_names (replay, TRUE, out);
  return TRUE;
}

const RheoAnalysis rheo_analysis_causes = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "causes",
            .title = N_ ("Causes"),
            .summary =
                N_ ("The score before and after units are silenced, held, made noisy or pushed, also along a mode "
                    "and from a given state."),
            .cite = "",
            .config_size = sizeof (Config),
            .params = params,
            .series = series,
            .check = check },
  .about = RHEO_ABOUT_CAUSES,
  .wants = RHEO_WANTS_WEIGHTS,
  .run = run,
};
