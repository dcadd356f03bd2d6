#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/logistic.h"
#include "engine/replay.h"

/* Choices by the coherences of two senses in two contexts (ctrnn spec 4.1): every condition of the task again and again with
 * noise; the choice is what the outputs say at the last step. Pooled over the other sense, shares of choices are fitted by a
 * logistic function with lapses. */

enum
{
  N_SENSES = 2,
  N_FIT = 101, /* places along a fitted curve */
};

typedef struct
{
  int repeats, seed;
  double noise, most_lapse;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, repeats, "repeats", .label = N_ ("Repeats"), .def = 31, .min = 1, .max = 100000, .soft_min = 1,
              .soft_max = 200, .help = N_ ("Trials of each condition, with other noise each time.")),
  RHEO_P_REAL (Config, noise, "noise", .label = N_ ("Noise"), .def = 1, .min = 0, .max = 1000, .soft_max = 4,
               .help = N_ ("Times that of the training.")),
  RHEO_P_REAL (Config, most_lapse, "lapse-limit", .label = N_ ("Largest lapse"), .def = 0.1, .min = 0, .max = 0.4,
               .help =
                   N_ ("Share of choices against all evidence that the fit allows on either side, where the trials are "
                       "significantly more likely with lapses than without."),
               .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, seed, "seed", .label = N_ ("Seed"), .def = 1, .min = 0, .max = 2147483647,
              .help = N_ ("Of the noise."), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

#define PARAMETER(k, l, h)                                                                                             \
  { .key = k, .label = l, .help = h, .unit = "", .axes = "curve" },                                                    \
      { .key = k "-lo", .label = N_ ("Lower end of the interval"), .help = h, .unit = "", .axes = "curve" },           \
  {                                                                                                                    \
    .key = k "-hi", .label = N_ ("Upper end of the interval"), .help = h, .unit = "", .axes = "curve"                  \
  }

static const RheoSeries series[] = {
  { .key = "correct",
    .label = N_ ("Correct choices"),
    .help = N_ ("Share of the trials with evidence."),
    .unit = "",
    .axes = "",
    .hi = 1 },
  { .key = "ratio-motion",
    .label = N_ ("Slope ratio, motion context"),
    .help = N_ ("Slope of motion over that of colour, in absolute values, where motion counts."),
    .unit = "",
    .axes = "" },
  { .key = "ratio-colour",
    .label = N_ ("Slope ratio, colour context"),
    .help = N_ ("Slope of colour over that of motion, in absolute values, where colour counts."),
    .unit = "",
    .axes = "" },
  { .key = "context",
    .label = N_ ("Context"),
    .help = N_ ("0: motion counts, 1: colour counts."),
    .unit = "",
    .axes = "context" },
  { .key = "colour",
    .label = N_ ("Colour coherence"),
    .help = N_ ("Positive: to the right."),
    .unit = "",
    .axes = "colour" },
  { .key = "motion",
    .label = N_ ("Motion coherence"),
    .help = N_ ("Positive: to the right."),
    .unit = "",
    .axes = "motion" },
  { .key = "right",
    .label = N_ ("Right choices"),
    .help = N_ ("Share of the trials; no choice counts half."),
    .unit = "",
    .axes = "context colour motion",
    .hi = 1,
    .flags = RHEO_SERIES_SIGNED | RHEO_SERIES_SHOW },
  { .key = "error",
    .label = N_ ("Squared error"),
    .help = N_ ("Summed over outputs, mean over the steps that count and over trials."),
    .unit = "",
    .axes = "context colour motion",
    .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_SHOW },
  { .key = "curve",
    .label = N_ ("Evidence"),
    .help = N_ ("The sense that a curve is over."),
    .unit = "",
    .axes = "curve" },
  { .key = "panel", .label = N_ ("Context"), .help = N_ ("The context of a curve."), .unit = "", .axes = "curve" },
  { .key = "level",
    .label = N_ ("Coherence"),
    .help = N_ ("Positive: to the right."),
    .unit = "",
    .axes = "curve level" },
  { .key = "share",
    .label = N_ ("Right choices"),
    .help = N_ ("Over all levels of the other sense."),
    .unit = "",
    .axes = "curve level",
    .hi = 1 },
  { .key = "share-lo",
    .label = N_ ("Lower end of the interval"),
    .help = N_ ("95 %, binomial (Wilson)."),
    .unit = "",
    .axes = "curve level",
    .hi = 1 },
  { .key = "share-hi",
    .label = N_ ("Upper end of the interval"),
    .help = N_ ("95 %, binomial (Wilson)."),
    .unit = "",
    .axes = "curve level",
    .hi = 1 },
  { .key = "fit-level",
    .label = N_ ("Coherence"),
    .help = N_ ("Along the fitted curves."),
    .unit = "",
    .axes = "curve place" },
  { .key = "fit",
    .label = N_ ("Fitted right choices"),
    .help = N_ ("Logistic function with two lapses, of maximum likelihood."),
    .unit = "",
    .axes = "curve place",
    .hi = 1 },
  PARAMETER ("bias", N_ ("Bias"), N_ ("Log odds of a right choice without evidence; interval of 95 %.")),
  PARAMETER (
      "slope", N_ ("Slope"),
      N_ ("Log odds for each unit of coherence; interval of 95 %, from the Fisher information. Where choices are "
          "without exception any steep slope fits, and only the lower end is known.")),
  PARAMETER ("lapse-left", N_ ("Lapses on the left"), N_ ("Right choices where all evidence is for the left.")),
  PARAMETER ("lapse-right", N_ ("Lapses on the right"), N_ ("Left choices where all evidence is for the right.")),
  { NULL },
};

static RheoColumn *
add (RheoTable *out, const char *key, const int64_t *dims)
{
  return rheo_result_add (out, series, key, RHEO_F64, dims);
}

/* --- choices ------------------------------------------------------------------------------------------------------ */
/* What was shown, and what became of it. */
typedef struct
{
  double context, level[N_SENSES], choice, error;
} Choice;

typedef struct
{
  int i_context, i_sense[N_SENSES];
  GArray *choices; /* Choice */
  /* One task's trials may come in any order. */
  void (*progress) (void *data, double fraction);
  void *progress_data;
  double n_wanted;
} Collector;

static void
collect (void *data, const RheoReplayTrial *trial)
{
  Collector *to = data;
  const RheoReal *last = trial->output.first + (trial->length - 1) * trial->output.step;
  const double side = (double) last[0] - (trial->output.n > 1 ? (double) last[1] : 0);
  Choice choice = { .context = trial->condition[to->i_context], .choice = (side > 0) - (side < 0) };
  double weight = trial->fit.n / trial->output.n;

  for (int k = 0; k < N_SENSES; k++)
    choice.level[k] = trial->condition[to->i_sense[k]];
  choice.error = weight > 0 ? trial->fit.error / weight : 0;
  g_array_append_val (to->choices, choice);
  if (to->progress != NULL && to->choices->len % 64 == 0)
    to->progress (to->progress_data, to->choices->len / to->n_wanted);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* All values of a member of the choices in ascending order: doubles. */
static GArray *
distinct (const GArray *choices, gsize offset)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (double));
  guint n = 0;

  for (guint i = 0; i < choices->len; i++)
    g_array_append_vals (all, (const char *) &g_array_index (choices, Choice, i) + offset, 1);
  g_array_sort (all, compare_numbers);
  for (guint i = 0; i < all->len; i++)
    if (i == 0 || g_array_index (all, double, i) != g_array_index (all, double, n - 1))
      g_array_index (all, double, n++) = g_array_index (all, double, i);
  g_array_set_size (all, n);
  return all;
}

static int64_t
place_of (const GArray *levels, double value)
{
  int64_t i = 0;

  while (g_array_index (levels, double, i) != value)
    i++;
  return i;
}

/* --- results ------------------------------------------------------------------------------------------------------ */
typedef struct
{
  const GArray *choices, *contexts, *levels[N_SENSES]; /* motion, colour */
} Levels;

static void
add_levels (RheoTable *out, const char *key, const GArray *levels)
{
  const int64_t n = levels->len;

  memcpy (add (out, key, &n)->data, levels->data, sizeof (double) * levels->len);
}

static void
add_maps (RheoTable *out, const Levels *l)
{
  const int64_t dims[] = { l->contexts->len, l->levels[1]->len, l->levels[0]->len };
  double *right = add (out, "right", dims)->data, *error = add (out, "error", dims)->data;
  g_autofree double *n = g_new0 (double, dims[0] * dims[1] * dims[2]);
  double correct = 0, with_evidence = 0;

  for (guint i = 0; i < l->choices->len; i++)
    {
      const Choice *c = &g_array_index (l->choices, Choice, i);
      const int64_t context = place_of (l->contexts, c->context);
      const int64_t at =
          (context * dims[1] + place_of (l->levels[1], c->level[1])) * dims[2] + place_of (l->levels[0], c->level[0]);
      const double evidence = c->level[(int) c->context];

      n[at]++;
      right[at] += (c->choice + 1) / 2;
      error[at] += c->error;
      with_evidence += evidence != 0;
      correct += evidence * c->choice > 0;
    }
  for (int64_t i = 0; i < dims[0] * dims[1] * dims[2]; i++)
    {
      right[i] /= n[i];
      error[i] /= n[i];
    }
  rheo_result_add_number (out, series, "correct", correct / with_evidence);
}

static void
add_parameter (RheoTable *out, const char *key, int parameter, int64_t n, const RheoLogistic *fits)
{
  g_autofree char *lo_key = g_strconcat (key, "-lo", NULL), *hi_key = g_strconcat (key, "-hi", NULL);
  double *value = add (out, key, &n)->data, *lo = add (out, lo_key, &n)->data, *hi = add (out, hi_key, &n)->data;

  for (int64_t i = 0; i < n; i++)
    {
      value[i] = fits[i].value[parameter];
      lo[i] = fits[i].lo[parameter];
      hi[i] = fits[i].hi[parameter];
    }
}

static RheoColumn *
add_names (RheoTable *out, const char *key, int64_t n)
{
  return rheo_result_add (out, series, key, RHEO_STRING, &n);
}

/* Shares over one sense in one context, pooled over the other, and the function that fits them. */
static void
fit_curve (const Levels *l, guint context, int sense, double most_lapse, double *share, double *lo, double *hi,
           RheoLogistic *fit)
{
  const GArray *levels = l->levels[sense];
  g_autofree double *n = g_new0 (double, levels->len), *right = g_new0 (double, levels->len);

  for (guint i = 0; i < l->choices->len; i++)
    {
      const Choice *c = &g_array_index (l->choices, Choice, i);
      const int64_t at = place_of (levels, c->level[sense]);

      if (c->context != g_array_index (l->contexts, double, context))
        continue;
      n[at]++;
      right[at] += (c->choice + 1) / 2;
    }
  for (guint i = 0; i < levels->len; i++)
    {
      share[i] = right[i] / n[i];
      rheo_share_interval (n[i], right[i], &lo[i], &hi[i]);
    }
  if (!rheo_logistic_fit ((int) levels->len, (const double *) levels->data, n, right, most_lapse, fit))
    for (int k = 0; k < RHEO_LOGISTIC_N; k++)
      fit->value[k] = fit->lo[k] = fit->hi[k] = NAN;
}

/* Of a slope without bounds the end of its interval that there is. */
static double
steepness (const RheoLogistic *fit)
{
  const double value = fit->value[RHEO_LOGISTIC_SLOPE], lo = fit->lo[RHEO_LOGISTIC_SLOPE],
               hi = fit->hi[RHEO_LOGISTIC_SLOPE];

  return fabs (isnan (hi) && !isnan (lo) ? lo : isnan (lo) && !isnan (hi) ? hi : value);
}

static void
add_curves (RheoTable *out, const Levels *l, const Config *config)
{
  static const char *const senses[N_SENSES] = { N_ ("Motion"), N_ ("Colour") };
  static const char *const contexts[N_SENSES] = { N_ ("Motion counts"), N_ ("Colour counts") };
  const int64_t n = (int64_t) l->contexts->len * N_SENSES, width = MAX (l->levels[0]->len, l->levels[1]->len);
  const int64_t dims[] = { n, width }, fit_dims[] = { n, N_FIT };
  RheoColumn *name = add_names (out, "curve", n), *panel = add_names (out, "panel", n);
  double *level = add (out, "level", dims)->data, *share = add (out, "share", dims)->data;
  double *lo = add (out, "share-lo", dims)->data, *hi = add (out, "share-hi", dims)->data;
  double *fit_level = add (out, "fit-level", fit_dims)->data, *fitted = add (out, "fit", fit_dims)->data;
  g_autofree RheoLogistic *fits = g_new0 (RheoLogistic, n);

  for (int64_t i = 0; i < n * width; i++)
    level[i] = share[i] = lo[i] = hi[i] = NAN;
  for (int64_t k = 0; k < n; k++)
    {
      const guint context = (guint) (k / N_SENSES);
      const int sense = (int) (k % N_SENSES);
      const GArray *levels = l->levels[sense];
      const double first = g_array_index (levels, double, 0), last = g_array_index (levels, double, levels->len - 1);

      rheo_table_set_words (out, name, k, senses[sense]);
      rheo_table_set_words (out, panel, k, contexts[(int) g_array_index (l->contexts, double, context)]);
      memcpy (level + k * width, levels->data, sizeof (double) * levels->len);
      fit_curve (l, context, sense, config->most_lapse, share + k * width, lo + k * width, hi + k * width, &fits[k]);
      for (int i = 0; i < N_FIT; i++)
        {
          fit_level[k * N_FIT + i] = first + (last - first) * i / (N_FIT - 1);
          fitted[k * N_FIT + i] = rheo_logistic_value (&fits[k], fit_level[k * N_FIT + i]);
        }
    }
  add_parameter (out, "slope", RHEO_LOGISTIC_SLOPE, n, fits);
  add_parameter (out, "bias", RHEO_LOGISTIC_BIAS, n, fits);
  add_parameter (out, "lapse-left", RHEO_LOGISTIC_LAPSE_LO, n, fits);
  add_parameter (out, "lapse-right", RHEO_LOGISTIC_LAPSE_HI, n, fits);
  for (guint context = 0; context < l->contexts->len; context++)
    {
      const int relevant = (int) g_array_index (l->contexts, double, context);
      const RheoLogistic *pair = fits + context * N_SENSES;

      rheo_result_add_number (out, series, relevant == 0 ? "ratio-motion" : "ratio-colour",
                              steepness (&pair[relevant]) / steepness (&pair[1 - relevant]));
    }
}

/* --- the analysis ------------------------------------------------------------------------------------------------- */
static gboolean
has (const RheoSeries *conditions, const char *key)
{
  for (; conditions != NULL && conditions->key != NULL; conditions++)
    if (strcmp (conditions->key, key) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
check_task (const RheoTask *task, const RheoSeries *conditions, const RheoShape *shape, GError **error)
{
  if (!has (conditions, "context") || !has (conditions, "motion") || !has (conditions, "colour"))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("This needs a task whose trials have a context and coherences of motion and colour, such as "
                         "cddm; those of %s have not."),
                      task->base.id);
  return shape == NULL || shape->n_out <= 2
         || rheo_fail (error, RHEO_ERROR_INVALID,
                       _ ("A choice between two sides needs one or two outputs; the network has %d."), shape->n_out);
}

/* A task that says only when it is open what its trials are is taken for one that fits: run looks again. */
static gboolean
fits (const RheoExperiment *experiment, GError **error)
{
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  RheoShape shape = { 0 };

  if (task->get_conditions != NULL)
    return TRUE;
  if (task->open == NULL)
    task->shape (rheo_experiment_get_values (experiment, RHEO_SLOT_TASK), NULL, &shape);
  return check_task (task, task->conditions, task->open == NULL ? &shape : NULL, error);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  g_autoptr (RheoReplay) replay = rheo_replay_new (&records[n_records - 1], error);
  g_autoptr (GArray) choices = g_array_new (FALSE, FALSE, sizeof (Choice));
  g_autoptr (GArray) contexts = NULL, motion = NULL, colour = NULL;
  Collector collector = { .choices = choices, .progress = progress, .progress_data = progress_data };
  RheoReplayRun what = {
    .set = RHEO_SET_VALID, .noise = c->noise, .each = collect, .data = &collector, .cancelled = cancelled
  };

  if (replay == NULL)
    return FALSE;
  if (!check_task (rheo_replay_get_task (replay), rheo_replay_get_conditions (replay), rheo_replay_get_shape (replay),
                   error))
    return FALSE;
  collector.i_context = rheo_replay_find_condition (replay, "context");
  collector.i_sense[0] = rheo_replay_find_condition (replay, "motion");
  collector.i_sense[1] = rheo_replay_find_condition (replay, "colour");
  what.n = rheo_replay_get_n_valid (replay, 200);
  collector.n_wanted = (double) what.n * c->repeats;
  for (int k = 0; k < c->repeats; k++)
    {
      what.draw = (uint32_t) c->seed * 100003u + (uint32_t) k;
      if (!rheo_replay_run (replay, &what, error))
        return FALSE;
    }
  contexts = distinct (choices, G_STRUCT_OFFSET (Choice, context));
  for (guint i = 0; i < contexts->len; i++)
    if (g_array_index (contexts, double, i) != 0 && g_array_index (contexts, double, i) != 1)
      return rheo_fail (
          error, RHEO_ERROR_INVALID,
          _ ("The context of a trial is %g; allowed are 0, where motion counts, and 1, where colour does."),
          g_array_index (contexts, double, i));
  motion = distinct (choices, G_STRUCT_OFFSET (Choice, level[0]));
  colour = distinct (choices, G_STRUCT_OFFSET (Choice, level[1]));
  {
    const Levels levels = { choices, contexts, { motion, colour } };

    add_curves (out, &levels, c);
    add_levels (out, "context", contexts);
    add_levels (out, "colour", colour);
    add_levels (out, "motion", motion);
    add_maps (out, &levels);
  }
  return TRUE;
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;

  return rheo_analysis_estimate_trials (experiment, c->repeats * MAX (rheo_experiment_get_run (experiment)->batch, 1));
}

const RheoAnalysis rheo_analysis_psychometric = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "psychometric",
            .title = N_ ("Psychometric functions"),
            .summary = N_ ("Choices by the strength of what counts and of what does not, in both contexts, with fitted "
                           "slopes and lapses."),
            .cite = "Mante et al. 2013; Wichmann & Hill 2001",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .about = RHEO_ABOUT_TASK,
  .wants = RHEO_WANTS_WEIGHTS,
  .fits = fits,
  .estimate = estimate,
  .run = run,
};
