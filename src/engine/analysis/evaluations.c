#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/fits.h"
#include "engine/played.h"
#include "engine/result-rows.h"

/* How long episodes last that networks play with learning off: at several times of training, of several runs, before it, and where
 * actions are drawn at random; and whether two of them differ (one-way analysis of variance). */

#define SPREADS_DIFFER 2 /* ratio of standard deviations from which variances are too unequal to be compared */

enum
{
  EPISODES,
  MEAN,
  SD,
  LEAST,
  LOWER,
  MEDIAN,
  UPPER,
  LONGEST,
  N_MEASURES,
};

enum
{
  SCALE_LINEAR,
  SCALE_LOG,
};

typedef struct
{
  int n, scale;
  gboolean random, before;
} Config;

static const char *const scale_choices[] = { "linear", "log", NULL };

static const RheoParam params[] = {
  RHEO_P_INT (Config, n, "episodes", .label = N_ ("Episodes"), .def = 100, .min = 2, .max = 100000, .soft_min = 10,
              .soft_max = 1000, .help = N_ ("Of each network, with the same starts.")),
  RHEO_P_BOOL (Config, random, "random", .label = N_ ("Random actions"), .def = TRUE,
               .help = N_ ("The same starts with actions that are drawn at random, to compare with.")),
  RHEO_P_BOOL (Config, before, "before", .label = N_ ("Before training"), .def = TRUE,
               .help = N_ ("Each run as it was before it learned, too.")),
  RHEO_P_CHOICE (Config, scale, "compared", scale_choices, .label = N_ ("Compared as"), .def = SCALE_LOG,
                 .help = N_ ("Lengths are spread less unevenly on a logarithmic scale.")),
  RHEO_P_END,
};

static const RheoSeries series[] = {
  [EPISODES] = { "episodes", N_ ("Episodes"), N_ ("That were played."), "", "row" },
  [MEAN] = { "mean", N_ ("Mean"), N_ ("Of the lengths."), N_ ("steps"), "row" },
  [SD] = { "sd", N_ ("Standard deviation"), N_ ("Of the lengths, of these episodes alone."), N_ ("steps"), "row" },
  [LEAST] = { "least", N_ ("Shortest"), N_ ("Of all episodes."), N_ ("steps"), "row" },
  [LOWER] = { "lower-quartile", N_ ("Lower quartile"), N_ ("Of the lengths."), N_ ("steps"), "row" },
  [MEDIAN] = { "median", N_ ("Median"), N_ ("Of the lengths."), N_ ("steps"), "row" },
  [UPPER] = { "upper-quartile", N_ ("Upper quartile"), N_ ("Of the lengths."), N_ ("steps"), "row" },
  [LONGEST] = { "longest", N_ ("Longest"), N_ ("Of all episodes."), N_ ("steps"), "row" },
  { "length", N_ ("Length of an episode"), N_ ("Of each episode, one network after the other."), N_ ("steps"),
    "sample" },
  { "network", N_ ("Network"), N_ ("That played it."), "", "sample" },
  { "checkpoint", N_ ("Iteration"), N_ ("Of several networks of one run, in order."), "", "checkpoint" },
  { "mean-over", N_ ("Mean"), N_ ("Of the lengths, at each iteration."), N_ ("steps"), "checkpoint" },
  { "median-over", N_ ("Median"), N_ ("Of the lengths, at each iteration."), N_ ("steps"), "checkpoint" },
  { "sd-over", N_ ("Standard deviation"), N_ ("Of the lengths, at each iteration."), N_ ("steps"), "checkpoint" },
  { "first", N_ ("One"), N_ ("That is compared."), "", "pair" },
  { "second", N_ ("Other"), N_ ("With which it is."), "", "pair" },
  { "f", "F", N_ ("Variance between both over the variance within."), "", "pair" },
  { "p", "p", N_ ("How often lengths of one kind would differ as much."), "", "pair", 0, 1 },
  { "stars", N_ ("Stars"), N_ ("One each for p below 0.05, 0.01, 0.005, 0.001 and 0.0001."), "", "pair" },
  { "remark", N_ ("Remark"), N_ ("Why a pair is not compared."), "", "pair" },
  { NULL },
};

static const RheoFigure figures[] = {
  { .key = "performance", .title = N_ ("Evaluations over training"), .columns = "mean-over median-over sd-over" },
  { NULL },
};

/* --- playing ------------------------------------------------------------------------------------------------------ */
typedef struct
{
  RheoRecord record; /* of the network that played */
  char *name;
  double *length; /* [n] */
  int n;
} Played;

static void
clear_played (gpointer data)
{
  g_free (((Played *) data)->name);
  g_free (((Played *) data)->length);
}

/* What the analysis goes through, and how far it is. */
typedef struct
{
  const Config *config;
  int seed;       /* of the starts of all: that of the first run */
  GArray *played; /* Played */
  int n_all;
  void (*progress) (void *data, double fraction);
  void *progress_data;
  const atomic_bool *cancelled;
} Work;

static gboolean
go_on (const Work *work, int n, GError **error)
{
  if (work->cancelled != NULL && atomic_load (work->cancelled))
    return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
  if (work->progress != NULL)
    work->progress (work->progress_data,
                    (work->played->len + (double) n / work->config->n) / (double) MAX (work->n_all, 1));
  return TRUE;
}

/* weights: the start of the record, or its own; NULL: none. Takes the name. */
static void
add (Work *work, const RheoRecord *record, const RheoTable *weights, char *name, const double *length, int n)
{
  Played played = { .record = *record, .name = name, .n = n };

  played.length = g_memdup2 (length, sizeof *length * (gsize) n);
  played.record.weights = weights;
  if (weights != record->weights)
    played.record.iteration = 0;
  g_array_append_val (work->played, played);
}

/* The network with these weights. Takes the name. */
static gboolean
play_network (Work *work, const RheoRecord *record, const RheoTable *weights, char *name, GError **error)
{
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = work->config->n };
  g_autoptr (RheoExperiment) experiment = rheo_experiment_dup (record->experiment);
  RheoRecord now = *record;
  g_autoptr (RheoPlayed) played = NULL;
  g_autofree double *length = g_new0 (double, work->config->n);
  g_autofree char *owned = name;
  const int *steps;
  int n;

  rheo_experiment_get_run (experiment)->seed = work->seed;
  now.experiment = experiment;
  now.weights = weights;
  played = rheo_played_new_of_record (&now, &how, error);
  if (played == NULL)
    return FALSE;
  for (int i = 0; i < work->config->n; i++)
    if (!go_on (work, i, error))
      return FALSE;
    else
      rheo_played_next (played, NULL);
  steps = rheo_played_get_lengths (played, &n);
  for (int i = 0; i < n; i++)
    length[i] = steps[i];
  add (work, record, weights, g_steal_pointer (&owned), length, n);
  return TRUE;
}

typedef struct
{
  int n_actions;
  uint64_t seed;
} Random;

static void
choose_at_random (void *data, int episode, int row, int t, RheoReal *action)
{
  const Random *random = data;
  const RheoRng rng = { .seed = random->seed, .stream = RHEO_STREAM_ANALYSIS, .item = (uint32_t) episode };

  memset (action, 0, sizeof *action * (gsize) random->n_actions);
  action[rheo_rng_below (rng, (uint32_t) t, 0, (uint32_t) random->n_actions)] = 1;
}

static gboolean
play_at_random (Work *work, const RheoRecord *record, GError **error)
{
  g_autoptr (RheoTrainer) trainer = rheo_trainer_new (record->experiment, error);
  g_autofree double *length = g_new0 (double, work->config->n);
  gboolean going = TRUE;
  RheoMetrics *m;
  Random random;

  if (trainer == NULL)
    return FALSE;
  random = (Random){ rheo_net_get_shape (rheo_trainer_get_net (trainer))->n_out,
                     (uint64_t) rheo_experiment_get_run (record->experiment)->seed };
  m = rheo_metrics_new ();
  for (int i = 0; i < work->config->n && going; i++)
    {
      /* Hooks count the episodes of one call. */
      RheoPlay hooks = { .choose = choose_at_random, .hook_data = &random };

      random.seed += (uint64_t) i << 32;
      rheo_metrics_clear (m);
      rheo_trainer_play (trainer, RHEO_SET_TEST, i, 1, m, &hooks);
      length[i] = rheo_metrics_get (m, rheo_metrics_find (m, "test.episode-length"));
      going = go_on (work, i + 1, error);
    }
  rheo_metrics_free (m);
  if (!going)
    return FALSE;
  add (work, record, NULL, g_strdup (_ ("random")), length, work->config->n);
  return TRUE;
}

/* --- what is played ----------------------------------------------------------------------------------------------- */
static gboolean
is_first_of_run (const RheoRecord *records, int i)
{
  for (int k = 0; k < i; k++)
    if (g_str_equal (records[k].name, records[i].name))
      return FALSE;
  return TRUE;
}

static gboolean
has_before (const Config *c, const RheoRecord *records, int i)
{
  return c->before && records[i].start != NULL && records[i].iteration > 0 && is_first_of_run (records, i);
}

static gboolean
play_all (Work *work, const RheoRecord *records, int n_records, GError **error)
{
  const Config *c = work->config;
  const gboolean one = rheo_result_is_one_run (records, n_records);

  work->n_all = n_records + c->random;
  for (int i = 0; i < n_records; i++)
    work->n_all += has_before (c, records, i);
  if (c->random && !play_at_random (work, &records[0], error))
    return FALSE;
  for (int i = 0; i < n_records; i++)
    {
      char *before = one ? g_strdup (_ ("before")) : g_strdup_printf (_ ("%s, before"), records[i].name);

      if (!has_before (c, records, i))
        g_free (before);
      else if (!play_network (work, &records[i], records[i].start, before, error))
        return FALSE;
      if (!play_network (work, &records[i], records[i].weights, rheo_result_dup_name (records, n_records, i), error))
        return FALSE;
    }
  return TRUE;
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */
/* value [N_MEASURES]. */
static void
measure (const Played *p, double *value)
{
  double quartile[3] = { NAN, NAN, NAN };

  if (p->n > 0)
    rheo_quartiles (p->n, p->length, quartile);
  value[EPISODES] = p->n;
  value[MEAN] = p->n > 0 ? gsl_stats_mean (p->length, 1, (size_t) p->n) : NAN;
  value[SD] = p->n > 0 ? gsl_stats_sd_with_fixed_mean (p->length, 1, (size_t) p->n, value[MEAN]) : NAN;
  value[LEAST] = p->n > 0 ? gsl_stats_min (p->length, 1, (size_t) p->n) : NAN;
  value[LONGEST] = p->n > 0 ? gsl_stats_max (p->length, 1, (size_t) p->n) : NAN;
  value[LOWER] = quartile[0];
  value[MEDIAN] = quartile[1];
  value[UPPER] = quartile[2];
}

static void
add_row (RheoResultRows *rows, const Played *p)
{
  measure (p, rheo_result_rows_add (rows, &p->record, p->name));
}

static void
add_lengths (const Work *work, RheoTable *out)
{
  g_autoptr (GArray) length = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GPtrArray) network = g_ptr_array_new ();
  int64_t n;

  for (guint i = 0; i < work->played->len; i++)
    {
      const Played *p = &g_array_index (work->played, Played, i);

      g_array_append_vals (length, p->length, (guint) p->n);
      for (int k = 0; k < p->n; k++)
        g_ptr_array_add (network, p->name);
    }
  n = length->len;
  memcpy (rheo_result_add (out, series, "length", RHEO_F64, &n)->data, length->data, sizeof (double) * length->len);
  rheo_table_add_copy (out, "network", N_ ("Network"), "", "sample", RHEO_STRING, &n, network->pdata);
}

static int
compare_iterations (const void *a, const void *b)
{
  const int64_t x = (*(const Played *const *) a)->record.iteration, y = (*(const Played *const *) b)->record.iteration;

  return (x > y) - (x < y);
}

/* Curves over the training of a run of which several networks were played. */
static void
add_course (const Work *work, gboolean one_run, RheoTable *out)
{
  g_autoptr (GPtrArray) trained = g_ptr_array_new ();
  double *at, *mean, *median, *sd;
  int64_t n;

  for (guint i = 0; i < work->played->len; i++)
    if (g_array_index (work->played, Played, i).record.weights != NULL)
      g_ptr_array_add (trained, &g_array_index (work->played, Played, i));
  n = trained->len;
  if (!one_run || n < 2)
    return;
  qsort (trained->pdata, trained->len, sizeof (gpointer), compare_iterations);
  at = rheo_result_add (out, series, "checkpoint", RHEO_F64, &n)->data;
  mean = rheo_result_add (out, series, "mean-over", RHEO_F64, &n)->data;
  median = rheo_result_add (out, series, "median-over", RHEO_F64, &n)->data;
  sd = rheo_result_add (out, series, "sd-over", RHEO_F64, &n)->data;
  for (int64_t i = 0; i < n; i++)
    {
      const Played *p = trained->pdata[i];
      double value[N_MEASURES];

      measure (p, value);
      at[i] = (double) p->record.iteration;
      mean[i] = value[MEAN];
      median[i] = value[MEDIAN];
      sd[i] = value[SD];
    }
}

typedef struct
{
  double f, p;
  int stars;
  const char *remark; /* in English; "": none */
} Pair;

/* One-way analysis of variance of two groups (Fisher 1925). */
static Pair
compare (const Config *c, const Played *a, const Played *b)
{
  static const double limits[] = { 0.05, 0.01, 0.005, 0.001, 0.0001 };
  const Played *group[2] = { a, b };
  Pair pair = { NAN, NAN, 0, "" };
  double mean[2], squares[2], sd[2], all;

  for (int k = 0; k < 2; k++)
    {
      const size_t n = (size_t) group[k]->n;
      g_autofree double *v = g_new (double, n + 1);

      if (n < 2)
        return pair;
      for (size_t i = 0; i < n; i++)
        v[i] = c->scale == SCALE_LOG ? log2 (group[k]->length[i]) : group[k]->length[i];
      mean[k] = gsl_stats_mean (v, 1, n);
      squares[k] = gsl_stats_tss_m (v, 1, n, mean[k]);
      sd[k] = sqrt (squares[k] / (double) n);
    }
  if (MAX (sd[0], sd[1]) >= SPREADS_DIFFER * MIN (sd[0], sd[1]))
    {
      pair.remark = N_ ("Spreads differ by a factor of 2 or more");
      return pair;
    }
  all = (a->n * mean[0] + b->n * mean[1]) / (a->n + b->n);
  pair.f =
      (a->n * pow (mean[0] - all, 2) + b->n * pow (mean[1] - all, 2)) / ((squares[0] + squares[1]) / (a->n + b->n - 2));
  pair.p = gsl_cdf_fdist_Q (pair.f, 1, a->n + b->n - 2);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    pair.stars += pair.p < limits[i];
  return pair;
}

static void
add_pairs (const Work *work, RheoTable *out)
{
  const int n = (int) work->played->len;
  const int64_t n_pairs = (int64_t) n * (n - 1) / 2;
  g_autofree const char **first = g_new (const char *, n_pairs + 1), **second = g_new (const char *, n_pairs + 1);
  g_autofree const char **remark = g_new (const char *, n_pairs + 1);
  g_autoptr (RheoTable) columns = rheo_table_new ("");
  double *f = rheo_result_add (columns, series, "f", RHEO_F64, &n_pairs)->data;
  double *p = rheo_result_add (columns, series, "p", RHEO_F64, &n_pairs)->data;
  int32_t *stars = rheo_result_add (columns, series, "stars", RHEO_I32, &n_pairs)->data;
  int64_t at = 0;

  for (int i = 0; i < n; i++)
    for (int k = i + 1; k < n; k++, at++)
      {
        const Played *a = &g_array_index (work->played, Played, i), *b = &g_array_index (work->played, Played, k);
        const Pair pair = compare (work->config, a, b);

        first[at] = a->name;
        second[at] = b->name;
        remark[at] = *pair.remark != '\0' ? _ (pair.remark) : "";
        f[at] = pair.f;
        p[at] = pair.p;
        stars[at] = pair.stars;
      }
  rheo_table_add_copy (out, "first", N_ ("One"), "", "pair", RHEO_STRING, &n_pairs, first);
  rheo_table_add_copy (out, "second", N_ ("Other"), "", "pair", RHEO_STRING, &n_pairs, second);
  rheo_result_add_all (out, columns);
  rheo_table_add_copy (out, "remark", N_ ("Remark"), "", "pair", RHEO_STRING, &n_pairs, remark);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (series);
  Work work = { .config = config,
                .seed = rheo_experiment_get_run (records[0].experiment)->seed,
                .played = g_array_new (FALSE, FALSE, sizeof (Played)),
                .progress = progress,
                .progress_data = progress_data,
                .cancelled = cancelled };
  gboolean done;

  g_array_set_clear_func (work.played, clear_played);
  done = play_all (&work, records, n_records, error);
  if (done)
    {
      for (guint i = 0; i < work.played->len; i++)
        add_row (rows, &g_array_index (work.played, Played, i));
      rheo_result_rows_write (rows, "part", N_ ("Network"), out);
      add_lengths (&work, out);
      add_course (&work, rheo_result_is_one_run (records, n_records), out);
      add_pairs (&work, out);
    }
  g_array_unref (work.played);
  return done;
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;

  /* A hundred actions of an event-driven network of 200 cells take about 10 ms. */
  return 0.01 * c->n * (1 + c->random + c->before);
}

const RheoAnalysis rheo_analysis_evaluations = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "evaluations",
            .title = N_ ("Evaluations"),
            .summary = N_ ("Lengths of episodes that networks play with learning off: at several times of training, of "
                           "several runs, before it, and at random; and whether they differ."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .figures = figures,
  .wants = RHEO_WANTS_WEIGHTS,
  .about = RHEO_ABOUT_TASK,
  .fits = rheo_played_fits,
  .estimate = estimate,
  .run = run,
};
