#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "evaluate.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "fits.h"
#include "linalg.h"
#include "task.h"

const char *const rheo_set_names[] = { "train", "valid", "test", "probe", NULL };

struct RheoEvaluation
{
  RheoTrainer *trainer;
  RheoPlayed *played; /* NULL: nothing is kept */
  RheoMetrics *metrics;
  RheoSet set;
  int n_judged; /* trials that there are; with more episodes than trials the others are played only */
  int n_trials, chunk, n_steps, done; /* chunk: where samples are time, a whole batch is one sequence */
  double time;                        /* n_steps is as many as it takes; 0: it does not count */
  int64_t iteration;
  GPtrArray *scores; /* GArray of double, [done], of each metric */
  double r2[2];      /* clean and noisy; NaN: not measured */
};

#define TRIES 10

/* While a run goes on its newest checkpoint may be replaced between the look and the reading. */
static RheoTable *
read_newest (const char *path, int64_t *iteration, GError **error)
{
  for (int i = 1;; i++)
    {
      int n = 0;
      g_autoptr (RheoRun) run = rheo_run_open (path, error);
      const RheoPlace *places = run != NULL ? rheo_run_get_checkpoints (run, &n) : NULL;
      RheoTable *table;

      if (run == NULL)
        return NULL;
      if (n == 0)
        {
          rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds no checkpoint yet."), path);
          return NULL;
        }
      *iteration = places[n - 1].iteration;
      table = rheo_run_read_checkpoint (run, places[n - 1], i < TRIES ? NULL : error);
      if (table != NULL || i >= TRIES)
        return table;
    }
}

/* The weights of the checkpoint of `at`, or of its snapshot. With other settings it is another experiment, so only
 * weights are taken over. */
static gboolean
load (RheoEvaluation *e, RheoRun *run, int64_t at, gboolean changed, GError **error)
{
  int n;
  const RheoPlace *places = rheo_run_get_checkpoints (run, &n);
  const RheoPlace *place = NULL;
  g_autoptr (RheoTable) table = NULL;

  for (int i = 0; i < n; i++)
    if (at < 0 || places[i].iteration == at)
      place = &places[i];
  if (place != NULL)
    {
      e->iteration = place->iteration;
      table = rheo_run_read_checkpoint (run, *place, at < 0 ? NULL : error);
      if (table == NULL && at < 0)
        table = read_newest (rheo_run_get_path (run), &e->iteration, error);
      if (table == NULL)
        return FALSE;
      return changed ? rheo_net_load (rheo_trainer_get_net (e->trainer), table, TRUE, error)
                     : rheo_trainer_load_checkpoint (e->trainer, table, error);
    }
  if (at < 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds no checkpoint yet."), rheo_run_get_path (run));
  e->iteration = at;
  table = rheo_run_read_epoch (run, at, NULL, error);
  return table != NULL && rheo_net_load (rheo_trainer_get_net (e->trainer), table, TRUE, error);
}

static gboolean
choose_trials (RheoEvaluation *e, int wanted, GError **error)
{
  const RheoExperiment *experiment = rheo_trainer_get_experiment (e->trainer);
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const RheoShape *shape = rheo_net_get_shape (rheo_trainer_get_net (e->trainer));
  int there = e->set == RHEO_SET_TRAIN                       ? shape->n_trials
              : e->set == RHEO_SET_TEST && shape->n_test > 0 ? shape->n_test
                                                             : shape->n_valid;

  /* Episodes of an environment are played beside the trials; there may be more of them. */
  e->n_judged = there > 0 ? there : G_MAXINT;
  there = there > 0 ? MAX (there, shape->n_episodes) : 0;
  e->n_trials = wanted > 0 ? wanted : there > 0 ? there : 200;
  if (((const RheoTask *) task)->fill == NULL)
    e->n_judged = 0; /* episodes alone, drawn without end */
  if (there > 0 && e->n_trials > there)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("--trials is %d, but %s has %d trials in the set \"%s\"."), wanted,
                      _ (task->title), there, rheo_set_names[e->set]);
  e->chunk = shape->swapped ? MIN (rheo_experiment_get_run (experiment)->batch, e->n_trials) : 1;
  e->n_steps = e->n_trials / e->chunk;
  return TRUE;
}

/* --- which network ------------------------------------------------------------------------------------------------- */
/* Iterations with a checkpoint or snapshot, ascending. */
static GArray *
list_stored (const RheoRun *run)
{
  int n_epochs, n_places, e = 0, p = 0;
  const int64_t *epochs = rheo_run_get_epochs (run, &n_epochs);
  const RheoPlace *places = rheo_run_get_checkpoints (run, &n_places);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (int64_t));

  while (e < n_epochs || p < n_places)
    {
      const int64_t next =
          p == n_places || (e < n_epochs && epochs[e] < places[p].iteration) ? epochs[e] : places[p].iteration;

      g_array_append_val (all, next);
      while (e < n_epochs && epochs[e] == next)
        e++;
      while (p < n_places && places[p].iteration == next)
        p++;
    }
  return all;
}

gboolean
rheo_evaluation_find_from_end (const RheoRun *run, int64_t index, int64_t *at, GError **error)
{
  g_autoptr (GArray) all = list_stored (run);
  g_autoptr (GString) list = g_string_new (NULL);

  if (-index <= (int64_t) all->len)
    {
      *at = g_array_index (all, int64_t, (int64_t) all->len + index);
      return TRUE;
    }
  for (guint i = 0; i < all->len; i++)
    g_string_append_printf (list, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", g_array_index (all, int64_t, i));
  if (all->len == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds neither snapshots nor checkpoints yet."),
                      rheo_run_get_path (run));
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("%s holds %d networks, so none is number %" PRId64 " from the end. They are of the iterations "
                       "%s."),
                    rheo_run_get_path (run), (int) all->len, -index, list->str);
}

#define BEST_OF 100 /* episodes */

/* The end of the best episodes in a row; n is more than BEST_OF. */
static int64_t
find_best_end (int64_t n, const double *length)
{
  g_autofree double *moved = rheo_dup_moving (n, length, BEST_OF, TRUE);
  int64_t best = BEST_OF - 1;

  for (int64_t i = BEST_OF; i < n - 1; i++)
    if (moved[i] > moved[best])
      best = i;
  return best + 1;
}

/* Simulated time of so many actions, in s, as rules count it; -1: they do not. */
static double
counted_time (const RheoExperiment *experiment, double n_actions)
{
  const RheoComponent *rule = rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);
  void *at = NULL;
  const RheoParam *row = rheo_params_find (rule->params, rheo_experiment_get_values (experiment, RHEO_SLOT_RULE),
                                           "gain-step-time", "rule", &at, NULL);

  return row != NULL ? n_actions * rheo_param_get_number (row, at) / 1000 : -1;
}

gboolean
rheo_evaluation_find_best (RheoRun *run, int64_t *at, GError **error)
{
  g_autoptr (RheoTable) metrics = NULL;
  const RheoColumn *length, *time;
  g_autofree double *lengths = NULL;
  g_autoptr (GArray) all = list_stored (run);
  double n_actions = 0, last;
  int64_t n, end;

  if (!rheo_rule_tells_episodes (rheo_run_get_experiment (run), error))
    return FALSE;
  metrics = rheo_run_dup_metrics (run, NULL, error);
  if (metrics == NULL)
    return FALSE;
  length = rheo_table_find (metrics, "train.episode-length");
  time = rheo_table_find (metrics, "train.time");
  n = length != NULL ? rheo_column_get_length (length) : 0;
  if (n <= BEST_OF)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has %d episodes; more than %d are needed."),
                      rheo_run_get_path (run), (int) n, BEST_OF);
  lengths = g_new (double, n);
  for (int64_t i = 0; i < n; i++)
    lengths[i] = rheo_column_get_number (length, i);
  end = find_best_end (n, lengths);
  for (int64_t i = 0; i < end; i++)
    n_actions += lengths[i];
  last = counted_time (rheo_run_get_experiment (run), n_actions);
  *at = 0;
  for (guint i = 0; i < all->len; i++)
    {
      const int64_t there = g_array_index (all, int64_t, i);

      if (there <= end || (time != NULL && there <= n && rheo_column_get_number (time, there - 1) <= last))
        *at = there;
    }
  return TRUE;
}

/* --- an evaluation ------------------------------------------------------------------------------------------------- */
static gboolean
make_played (RheoEvaluation *e, const RheoEvaluationHow *how, GError **error)
{
  const RheoPlayedHow played = {
    .set = e->set, .n = how->time > 0 ? how->n_trials : e->n_trials, .time = how->time, .spikes = how->spikes
  };

  e->time = how->time;
  if (how->time > 0 || how->keeps)
    e->played = rheo_played_new (e->trainer, &played, error);
  return e->played != NULL || (how->time == 0 && !how->keeps);
}

RheoEvaluation *
rheo_evaluation_new (RheoRun *run, const RheoExperiment *experiment, const RheoEvaluationHow *how, GError **error)
{
  g_autoptr (RheoEvaluation) e = g_new0 (RheoEvaluation, 1);

  e->set = how->set;
  e->r2[0] = e->r2[1] = NAN;
  e->metrics = rheo_metrics_new ();
  e->scores = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  e->trainer = rheo_trainer_new (experiment, error);
  if (e->trainer == NULL || !choose_trials (e, how->n_trials, error) || !load (e, run, how->at, how->changed, error)
      || !make_played (e, how, error))
    return NULL;
  return g_steal_pointer (&e);
}

void
rheo_evaluation_free (RheoEvaluation *e)
{
  if (e == NULL)
    return;
  rheo_played_free (e->played);
  g_clear_pointer (&e->trainer, rheo_trainer_free);
  rheo_metrics_free (e->metrics);
  g_ptr_array_unref (e->scores);
  g_free (e);
}

RheoNet *
rheo_evaluation_get_net (RheoEvaluation *e)
{
  return rheo_trainer_get_net (e->trainer);
}

int64_t
rheo_evaluation_get_iteration (const RheoEvaluation *e)
{
  return e->iteration;
}

int
rheo_evaluation_get_n_trials (const RheoEvaluation *e)
{
  return e->time > 0 ? e->done : e->n_trials;
}

double
rheo_evaluation_get_progress (const RheoEvaluation *e)
{
  if (e->time > 0)
    return rheo_played_is_done (e->played) ? 1 : rheo_played_get_time (e->played) / e->time;
  return (double) e->done / e->n_steps;
}

const RheoPlayed *
rheo_evaluation_get_played (const RheoEvaluation *e)
{
  return e->played;
}

/* The scores of a step that was done. */
static void
add_scores (RheoEvaluation *e)
{
  static const double none = NAN;

  while ((int) e->scores->len < rheo_metrics_get_n (e->metrics))
    {
      GArray *all = g_array_new (FALSE, FALSE, sizeof (double));

      for (int k = 0; k < e->done; k++)
        g_array_append_val (all, none);
      g_ptr_array_add (e->scores, all);
    }
  for (int i = 0; i < (int) e->scores->len; i++)
    {
      const double score = rheo_metrics_get (e->metrics, i);

      g_array_append_val ((GArray *) g_ptr_array_index (e->scores, i), score);
    }
  e->done++;
}

gboolean
rheo_evaluation_step (RheoEvaluation *e, GError **error)
{
  const int c = e->done;

  rheo_metrics_clear (e->metrics);
  if (e->played != NULL)
    {
      if (rheo_played_next (e->played, e->metrics))
        add_scores (e);
      return e->done > 0
             || rheo_fail (error, RHEO_ERROR_INVALID, _ ("No episode came to its end in %g s."), e->time / 1000);
    }
  g_return_val_if_fail (c < e->n_steps, TRUE);
  if (c * e->chunk < e->n_judged
      && !rheo_trainer_evaluate (e->trainer, e->set, c * e->chunk, e->chunk, e->metrics, error))
    return FALSE;
  rheo_trainer_play (e->trainer, e->set, c * e->chunk, e->chunk, e->metrics, NULL);
  add_scores (e);
  return TRUE;
}

gboolean
rheo_evaluation_measure_r2 (RheoEvaluation *e, GError **error)
{
  const RheoShape *shape = rheo_net_get_shape (rheo_trainer_get_net (e->trainer));

  for (int noisy = 0; noisy < 2 && shape->n_classes == 0; noisy++)
    if (!rheo_trainer_measure_r2 (e->trainer, e->set, MIN (e->n_trials, e->n_judged), noisy, &e->r2[noisy], error))
      return FALSE;
  return TRUE;
}

static const double *
scores_of (const RheoEvaluation *e, int i)
{
  return (const void *) ((GArray *) g_ptr_array_index (e->scores, i))->data;
}

/* Rows of the table. */
typedef struct
{
  int64_t n;
  const char **name;
  double *mean, *lo, *hi;
  int64_t *count;
} Rows;

static void
add_row (Rows *rows, const char *name, double value, int64_t count)
{
  rows->name[rows->n] = name;
  rows->mean[rows->n] = value;
  rows->lo[rows->n] = rows->hi[rows->n] = NAN;
  rows->count[rows->n++] = count;
}

/* Of episodes: their lengths are spread widely, so that a mean alone says little. */
static void
add_lengths (const RheoEvaluation *e, Rows *rows)
{
  static const char *const names[] = { "lower-quartile-episode", "median-episode", "upper-quartile-episode" };
  g_autofree char *key = g_strconcat (rheo_set_names[e->set], ".episode-length", NULL);
  const int i = rheo_metrics_find (e->metrics, key);
  double quartile[G_N_ELEMENTS (names)];

  if (i < 0 || e->done == 0)
    return;
  rheo_quartiles (e->done, scores_of (e, i), quartile);
  add_row (rows, "mean-episode", rows->mean[i], rows->count[i]);
  for (gsize k = 0; k < G_N_ELEMENTS (names); k++)
    add_row (rows, names[k], quartile[k], rows->count[i]);
}

#define MORE_ROWS 6 /* than metrics */

RheoTable *
rheo_evaluation_dup_table (const RheoEvaluation *e)
{
  RheoTable *table = rheo_table_new (N_ ("Evaluation"));
  static const char *const r2_names[] = { "r2", "r2-noisy" };
  const int64_t n = e->scores->len, n_scores = e->done;
  g_autofree const char **name = g_new0 (const char *, n + MORE_ROWS);
  g_autofree double *mean = g_new (double, n + MORE_ROWS), *lo = g_new (double, n + MORE_ROWS);
  g_autofree double *hi = g_new (double, n + MORE_ROWS);
  g_autofree int64_t *count = g_new0 (int64_t, n + MORE_ROWS);
  g_autofree char *iteration = g_strdup_printf ("%" G_GINT64_FORMAT, e->iteration);
  Rows rows = { .n = n, .name = name, .mean = mean, .lo = lo, .hi = hi, .count = count };

  for (int i = 0; i < n; i++)
    {
      name[i] = rheo_metrics_get_name (e->metrics, i);
      count[i] = rheo_mean_interval (scores_of (e, i), e->done, &mean[i], &lo[i], &hi[i]);
    }
  for (int k = 0; k < 2; k++)
    if (isfinite (e->r2[k]))
      add_row (&rows, r2_names[k], e->r2[k], rheo_evaluation_get_n_trials (e));
  add_lengths (e, &rows);
  rheo_table_add_copy (table, "metric", N_ ("Metric"), "", "metric", RHEO_STRING, &rows.n, name);
  rheo_table_add_copy (table, "mean", N_ ("Mean"), "", "metric", RHEO_F64, &rows.n, mean);
  /* xgettext:no-c-format */
  rheo_table_add_copy (table, "lo", N_ ("Lower end of the 95 % interval"), "", "metric", RHEO_F64, &rows.n, lo);
  /* xgettext:no-c-format */
  rheo_table_add_copy (table, "hi", N_ ("Upper end of the 95 % interval"), "", "metric", RHEO_F64, &rows.n, hi);
  rheo_table_add_copy (table, "n", e->chunk > 1 ? N_ ("Batches") : N_ ("Trials"), "", "metric", RHEO_I64, &rows.n,
                       count);
  for (int i = 0; i < n; i++)
    {
      const RheoSeries *series = rheo_metrics_get_series (e->metrics, i);

      rheo_table_add_copy (table, name[i], series->label, series->unit, e->chunk > 1 ? "batch" : "trial", RHEO_F64,
                           &n_scores, scores_of (e, i));
    }
  rheo_table_set_note (table, "iteration", iteration);
  return table;
}

int
rheo_evaluation_difference (const RheoTable *a, const RheoTable *b, const char *metric, double *mean, double *lo,
                            double *hi)
{
  const RheoColumn *x = rheo_table_find (a, metric), *y = rheo_table_find (b, metric);
  int n = x != NULL && y != NULL ? (int) MIN (rheo_column_get_length (x), rheo_column_get_length (y)) : 0;
  g_autofree double *difference = g_new (double, n + 1);

  for (int i = 0; i < n; i++)
    difference[i] = rheo_column_get_number (y, i) - rheo_column_get_number (x, i);
  return rheo_mean_interval (difference, n, mean, lo, hi);
}
