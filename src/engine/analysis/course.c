#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/fits.h"
#include "engine/result-rows.h"
#include "engine/rule.h"

/* How a run that plays went: lengths of its episodes with running medians and a running mean, and, where every action is in
 * the run file, rewards, undecided actions and the balance of votes, over windows of actions. A window of S ends before the
 * place where it is shown; the last full one is left out of curves, as in the published program. */

enum
{
  EPISODES,
  MEDIAN_21,
  MEDIAN_51,
  MEDIAN_101,
  MEAN_100,
  LONGEST,
  REWARDED,
  UNDECIDED,
  N_MEASURES,
};

typedef struct
{
  int window, slow;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, window, "window", .label = N_ ("Window of rewards"), .unit = N_ ("actions"), .def = 50, .min = 2,
              .max = 1000000, .soft_min = 10, .soft_max = 1000,
              .help = N_ ("The share of rewards is that of so many actions.")),
  RHEO_P_INT (Config, slow, "slow-window", .label = N_ ("Window of actions"), .unit = N_ ("actions"), .def = 1000,
              .min = 2, .max = 1000000, .soft_min = 10, .soft_max = 10000,
              .help = N_ ("Undecided actions and votes are means of so many actions.")),
  RHEO_P_END,
};

static const RheoSeries series[] = {
  [EPISODES] = { "episodes", N_ ("Episodes"), N_ ("That were played."), "", "row" },
  [MEDIAN_21] = { "max-median-21", N_ ("Best median of 21"), N_ ("Of so many episodes in a row; 0: there are fewer."),
                  N_ ("steps"), "row" },
  [MEDIAN_51] = { "max-median-51", N_ ("Best median of 51"), N_ ("Of so many episodes in a row; 0: there are fewer."),
                  N_ ("steps"), "row" },
  [MEDIAN_101] = { "max-median-101", N_ ("Best median of 101"),
                   N_ ("Of so many episodes in a row; 0: there are fewer."), N_ ("steps"), "row" },
  [MEAN_100] = { "max-mean-100", N_ ("Best mean of 100"), N_ ("Of so many episodes in a row; 0: there are fewer."),
                 N_ ("steps"), "row" },
  [LONGEST] = { "longest", N_ ("Longest episode"), N_ ("Of all."), N_ ("steps"), "row" },
  [REWARDED] = { "rewarded", N_ ("Rewarded actions"), N_ ("Share with a reward above 0."), "", "row", 0, 1 },
  [UNDECIDED] = { "undecided", N_ ("Undecided actions"), N_ ("Share with equal votes."), "", "row", 0, 1 },
  { "episode", N_ ("Episode"), N_ ("Counted from 1."), "", "episode" },
  { "length", N_ ("Length of an episode"), N_ ("In the last run."), N_ ("steps"), "episode" },
  { "median-21", N_ ("Median of 21"), N_ ("Of the episodes before."), N_ ("steps"), "episode",
    .flags = RHEO_SERIES_SHOW },
  { "median-51", N_ ("Median of 51"), N_ ("Of the episodes before."), N_ ("steps"), "episode" },
  { "median-101", N_ ("Median of 101"), N_ ("Of the episodes before."), N_ ("steps"), "episode",
    .flags = RHEO_SERIES_SHOW },
  { "mean-100", N_ ("Mean of 100"), N_ ("Of the episodes before."), N_ ("steps"), "episode",
    .flags = RHEO_SERIES_SHOW },
  { "action", N_ ("Action"), N_ ("Counted from 1."), "", "action" },
  { "reward-share", N_ ("Rewarded actions"), N_ ("Share with a reward above 0, of the actions before."), "", "action",
    0, 1, RHEO_SERIES_SHOW },
  { "undecided-share", N_ ("Undecided actions"), N_ ("Share with equal votes, of the actions before."), "", "action", 0,
    1, RHEO_SERIES_SHOW },
  { "vote-difference", N_ ("Difference of votes"),
    N_ ("Between the two actions with most votes, whichever they are; mean of the actions before."), N_ ("spikes"),
    "action" },
  { "first-share", N_ ("First action"), N_ ("Its share of the decided actions before."), "", "action", 0, 1 },
  { NULL },
};

static const RheoSeries *
find_series (const char *key)
{
  const RheoSeries *row = series;

  while (!g_str_equal (row->key, key))
    row++;
  return row;
}

/* --- windows ------------------------------------------------------------------------------------------------------ */
/* A curve: each window stands one place after its end. */
static void
add_curve (RheoTable *out, const char *key, int64_t n, const double *v, int s, gboolean median)
{
  g_autofree double *moved = rheo_dup_moving (n, v, s, median);
  double *to = rheo_result_add (out, find_series (key), key, RHEO_F64, &n)->data;

  for (int64_t i = 0; i < n; i++)
    to[i] = i >= s ? moved[i - 1] : NAN;
}

static void
add_places (RheoTable *out, const char *key, int64_t n)
{
  double *to = rheo_result_add (out, find_series (key), key, RHEO_F64, &n)->data;

  for (int64_t i = 0; i < n; i++)
    to[i] = (double) i + 1;
}

/* --- a run -------------------------------------------------------------------------------------------------------- */
/* NULL: the column is not there. [n], yours. */
static double *
dup_column (const RheoTable *table, const char *key, int64_t *n)
{
  const RheoColumn *column = table != NULL ? rheo_table_find (table, key) : NULL;
  double *v;

  *n = column != NULL ? rheo_column_get_length (column) : 0;
  if (column == NULL)
    return NULL;
  v = g_new (double, MAX (*n, 1));
  for (int64_t i = 0; i < *n; i++)
    v[i] = rheo_column_get_number (column, i);
  return v;
}

/* What each action is for a mean. */
typedef struct
{
  int64_t n;
  double *rewarded, *undecided, *difference; /* [action] */
  double *first;                             /* [decided action]: 1 where it was the first one */
  int64_t *decided;                          /* [action]: decided ones so far */
} Actions;

static void
actions_clear (Actions *a)
{
  g_free (a->rewarded);
  g_free (a->undecided);
  g_free (a->difference);
  g_free (a->first);
  g_free (a->decided);
}

/* Of the two largest votes of an action. */
static double
difference_at (const RheoTable *steps, int64_t i)
{
  double most = -1, second = -1;

  for (int k = 0; k < rheo_table_get_n_columns (steps); k++)
    {
      const RheoColumn *column = rheo_table_get_column (steps, k);
      double votes;

      if (!g_str_has_prefix (column->key, "votes."))
        continue;
      votes = rheo_column_get_number (column, i);
      second = votes > most ? most : MAX (second, votes);
      most = MAX (most, votes);
    }
  return second >= 0 ? most - second : 0;
}

static gboolean
read_actions (const RheoTable *steps, Actions *a)
{
  int64_t n_reward, n_undecided, n_action, n_decided = 0;
  g_autofree double *reward = dup_column (steps, "reward", &n_reward);
  g_autofree double *action = dup_column (steps, "action", &n_action);

  a->undecided = dup_column (steps, "undecided", &n_undecided);
  if (reward == NULL || action == NULL || a->undecided == NULL)
    return FALSE;
  a->n = MIN (MIN (n_reward, n_action), n_undecided);
  a->rewarded = g_new (double, MAX (a->n, 1));
  a->difference = g_new (double, MAX (a->n, 1));
  a->first = g_new (double, MAX (a->n, 1));
  a->decided = g_new (int64_t, MAX (a->n, 1));
  for (int64_t i = 0; i < a->n; i++)
    {
      a->rewarded[i] = reward[i] > 0;
      a->difference[i] = difference_at (steps, i);
      if (a->undecided[i] == 0)
        a->first[n_decided++] = action[i] == 0;
      a->decided[i] = n_decided;
    }
  return TRUE;
}

static double
mean (int64_t n, const double *v)
{
  double sum = 0;

  for (int64_t i = 0; i < n; i++)
    sum += v[i];
  return n > 0 ? sum / (double) n : NAN;
}

static void
add_actions (const Config *c, const Actions *a, RheoTable *out)
{
  const int64_t n_decided = a->n > 0 ? a->decided[a->n - 1] : 0;
  g_autofree double *first = rheo_dup_moving (n_decided, a->first, c->slow, FALSE);
  double *to;

  add_places (out, "action", a->n);
  add_curve (out, "reward-share", a->n, a->rewarded, c->window, FALSE);
  add_curve (out, "undecided-share", a->n, a->undecided, c->slow, FALSE);
  add_curve (out, "vote-difference", a->n, a->difference, c->slow, FALSE);
  to = rheo_result_add (out, find_series ("first-share"), "first-share", RHEO_F64, &a->n)->data;
  for (int64_t i = 0; i < a->n; i++)
    to[i] = a->decided[i] >= c->slow ? first[a->decided[i] - 1] : NAN;
}

static gboolean
measure (const Config *c, const RheoRecord *record, gboolean curves, RheoResultRows *rows, RheoTable *out,
         GError **error)
{
  static const int windows[] = { 21, 51, 101 };
  static const char *const keys[] = { "median-21", "median-51", "median-101" };
  int64_t n;
  g_autofree double *length = dup_column (record->metrics, "train.episode-length", &n);
  Actions actions = { 0 };
  double *value;

  if (length == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("%s has no lengths of episodes: it is not a run that plays an environment."), record->name);
  value = rheo_result_rows_add (rows, record, "train");
  value[EPISODES] = (double) n;
  value[LONGEST] = 0;
  for (int64_t i = 0; i < n; i++)
    value[LONGEST] = MAX (value[LONGEST], length[i]);
  for (gsize k = 0; k < G_N_ELEMENTS (windows); k++)
    value[MEDIAN_21 + k] = rheo_find_best_window (n, length, windows[k], TRUE);
  value[MEAN_100] = rheo_find_best_window (n, length, 100, FALSE);
  if (read_actions (record->steps, &actions))
    {
      value[REWARDED] = mean (actions.n, actions.rewarded);
      value[UNDECIDED] = mean (actions.n, actions.undecided);
    }
  if (curves)
    {
      add_places (out, "episode", n);
      memcpy (rheo_result_add (out, find_series ("length"), "length", RHEO_F64, &n)->data, length,
              sizeof *length * (gsize) n);
      for (gsize k = 0; k < G_N_ELEMENTS (windows); k++)
        add_curve (out, keys[k], n, length, windows[k], TRUE);
      add_curve (out, "mean-100", n, length, 100, FALSE);
      if (actions.rewarded != NULL)
        add_actions (c, &actions, out);
    }
  actions_clear (&actions);
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (series);
  g_autoptr (RheoTable) curves = rheo_table_new ("");

  for (int i = 0; i < n_records; i++)
    {
      if (!measure (config, &records[i], i == n_records - 1, rows, curves, error))
        return FALSE;
      progress (progress_data, (i + 1.0) / n_records);
    }
  rheo_result_rows_write (rows, "part", N_ ("Part"), out);
  rheo_result_add_all (out, curves);
  return TRUE;
}

static gboolean
fits (const RheoExperiment *experiment, GError **error)
{
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);

  if ((task->gives & RHEO_EPISODES) == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is not an environment: there are no episodes."),
                      _ (task->title));
  return rheo_rule_tells_episodes (experiment, error);
}

const RheoAnalysis rheo_analysis_course = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "course",
            .title = N_ ("Course of training"),
            .summary = N_ ("Lengths of episodes with running medians, rewards, undecided actions and the balance of "
                           "votes of a run that plays."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_METRICS | RHEO_WANTS_STEPS,
  .about = RHEO_ABOUT_TASK,
  .fits = fits,
  .run = run,
};
