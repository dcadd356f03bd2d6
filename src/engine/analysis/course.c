#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/fits.h"
#include "engine/result-chain.h"
#include "engine/result-rows.h"
#include "engine/rolling.h"
#include "engine/rule.h"

/* How a run that plays went, and the runs that it was branched from: lengths of its episodes with running medians and means, and,
 * where every action is in the run file, rewards, undecided actions and votes, over windows of actions. A window stands where
 * it ends. */

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
  FILES,
};

typedef struct
{
  int window, short_window, slow, short_slow, group;
} Config;

#define WINDOW(f, k, d, u, l, h)                                                                                       \
  RHEO_P_INT (Config, f, k, .label = l, .unit = u, .def = d, .min = 2, .max = 1000000, .soft_min = 10,                 \
              .soft_max = 10000, .help = h)

static const RheoParam params[] = {
  WINDOW (window, "window", 50, N_ ("actions"), N_ ("Window of rewards"),
          N_ ("The share of rewards is that of so many actions.")),
  WINDOW (short_window, "short-window", 25, N_ ("actions"), N_ ("Short window of rewards"),
          N_ ("The same for a second curve.")),
  WINDOW (slow, "slow-window", 1000, N_ ("actions"), N_ ("Window of actions"),
          N_ ("Undecided actions and votes are means of so many actions.")),
  WINDOW (short_slow, "short-slow-window", 100, N_ ("actions"), N_ ("Short window of actions"),
          N_ ("The same for a second curve.")),
  WINDOW (group, "group", 10, N_ ("episodes"), N_ ("Episodes in a group"),
          N_ ("Groups of so many are held beside the generations of an evolution.")),
  RHEO_P_END,
};

#define BEST(k, l)                                                                                                     \
  {                                                                                                                    \
    k, l, N_ ("Of so many episodes in a row; 0: there are fewer."), N_ ("steps"), "row"                                \
  }
#define OF_EPISODES(k, l)                                                                                              \
  {                                                                                                                    \
    k, l, N_ ("Of the episodes before."), N_ ("steps"), "episode"                                                      \
  }
#define OF_GROUP(k, l)                                                                                                 \
  {                                                                                                                    \
    k, l, N_ ("Of the episodes of a group."), N_ ("steps"), "bundle"                                                   \
  }

static const RheoSeries series[] = {
  [EPISODES] = { "episodes", N_ ("Episodes"), N_ ("That were played."), "", "row" },
  [MEDIAN_21] = BEST ("max-median-21", N_ ("Best median of 21")),
  [MEDIAN_51] = BEST ("max-median-51", N_ ("Best median of 51")),
  [MEDIAN_101] = BEST ("max-median-101", N_ ("Best median of 101")),
  [MEAN_100] = BEST ("max-mean-100", N_ ("Best mean of 100")),
  [LONGEST] = { "longest", N_ ("Longest episode"), N_ ("Of all."), N_ ("steps"), "row" },
  [REWARDED] = { "rewarded", N_ ("Rewarded actions"), N_ ("Share with a reward above 0."), "", "row", 0, 1 },
  [UNDECIDED] = { "undecided", N_ ("Undecided actions"), N_ ("Share with equal votes."), "", "row", 0, 1 },
  [FILES] = { "files", N_ ("Run files"), N_ ("With those that the run was branched from."), "", "row" },
  { "note", N_ ("Note"), N_ ("Where the first run is not known."), "", "row" },
  { "episode", N_ ("Episode"), N_ ("Counted from 1."), "", "episode" },
  { "length", N_ ("Length of an episode"), N_ ("Steps until it was over."), N_ ("steps"), "episode" },
  OF_EPISODES ("median-21", N_ ("Median of 21")),
  OF_EPISODES ("median-51", N_ ("Median of 51")),
  OF_EPISODES ("median-100", N_ ("Median of 100")),
  OF_EPISODES ("median-101", N_ ("Median of 101")),
  OF_EPISODES ("mean-100", N_ ("Mean of 100")),
  { "bundle", N_ ("Group of episodes"), N_ ("Counted from 1."), "", "bundle" },
  OF_GROUP ("group-max", N_ ("Longest")),
  OF_GROUP ("group-mean", N_ ("Mean")),
  OF_GROUP ("group-min", N_ ("Shortest")),
  { "group-rolling", N_ ("Mean of 100 groups"), N_ ("Of the groups before."), N_ ("steps"), "bundle" },
  { "action", N_ ("Step"), N_ ("Actions, counted from 1."), "", "action" },
  { "reward", N_ ("Reward"), N_ ("Of each action."), "", "action" },
  { "reward-share-short", N_ ("Rewarded, short window"), N_ ("Share with a reward above 0, of the actions before."), "",
    "action", 0, 1 },
  { "reward-share", N_ ("Rewarded actions"), N_ ("Share with a reward above 0, of the actions before."), "", "action",
    0, 1 },
  { "undecided-share-short", N_ ("Undecided, short window"), N_ ("Share with equal votes, of the actions before."), "",
    "action", 0, 1 },
  { "undecided-share", N_ ("Undecided actions"), N_ ("Share with equal votes, of the actions before."), "", "action", 0,
    1 },
  { "vote-difference-short", N_ ("Difference, short window"),
    N_ ("Between the two actions with most votes, whichever they are; mean of the actions before."), N_ ("spikes"),
    "action" },
  { "vote-difference", N_ ("Difference of votes"),
    N_ ("Between the two actions with most votes, whichever they are; mean of the actions before."), N_ ("spikes"),
    "action" },
  { "decided-difference-short", N_ ("Decided, short window"), N_ ("The same, where votes were not equal."),
    N_ ("spikes"), "action" },
  { "decided-difference", N_ ("Difference of votes, decided"), N_ ("The same, where votes were not equal."),
    N_ ("spikes"), "action" },
  { "votes", N_ ("Votes"), N_ ("For an action; mean of the actions before."), N_ ("spikes"), "action" },
  { "credit", N_ ("Reward of an action"),
    N_ ("What it got where it was taken, and 0 elsewhere; mean of the actions before."), "", "action" },
  { "first-share", N_ ("First action"), N_ ("Its share of those of the actions before that were decided."), "",
    "action", 0, 1 },
  RHEO_CHAIN_BEGINS ("episode"),
  RHEO_CHAIN_BEGINS ("bundle"),
  RHEO_CHAIN_BEGINS ("action"),
  RHEO_CHAIN_SERIES,
  { NULL },
};

static const RheoFigure figures[] = {
  { "performance", N_ ("Performance in training"), "length median-100 mean-100", 1, "begins-episode",
    "median-100 mean-100", .whole = TRUE },
  { "lengths", N_ ("Lengths of episodes"), "median-21 median-51 median-101 length", 0, "begins-episode" },
  { "groups", N_ ("Groups of episodes"), "group-max group-mean group-min group-rolling", 3, "begins-bundle",
    .whole = TRUE },
  { "rewards", N_ ("Share of rewards"), "reward-share reward-share-short", 0, "begins-action",
    "reward-share reward-share-short" },
  { "reward-values", N_ ("Rewards"), "reward", 1, "begins-action" },
  { "undecided", N_ ("Undecided actions"), "undecided-share undecided-share-short", 0, "begins-action",
    "undecided-share undecided-share-short" },
  { "votes", N_ ("Votes"), "*.votes", 0, "begins-action" },
  { "credit", N_ ("Reward of each action"), "*.credit", 0, "begins-action" },
  { "balance", N_ ("Share of the first action"), "first-share", 0, "begins-action", "first-share" },
  { "difference", N_ ("Difference of votes"), "vote-difference vote-difference-short", 0, "begins-action" },
  { "decided-difference", N_ ("Difference of votes where decided"), "decided-difference decided-difference-short", 0,
    "begins-action" },
  { NULL },
};

/* Where curves of one record go. */
typedef struct
{
  const Config *config;
  const char *part; /* or NULL */
  RheoTable *out;
} Curves;

static double *
add_column (const Curves *curves, const char *key, int64_t n)
{
  return rheo_result_add_part (curves->out, series, curves->part, key, RHEO_F64, &n)->data;
}

static void
add_curve (const Curves *curves, const char *key, int64_t n, const double *v, int size, gboolean median)
{
  rheo_rolling (n, v, size, median, size, add_column (curves, key, n));
}

/* --- episodes ----------------------------------------------------------------------------------------------------- */
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

/* Whole groups alone. */
static void
add_groups (const Curves *curves, int64_t n_episodes, const double *length, double most)
{
  static const char *const keys[] = { "group-max", "group-mean", "group-min" };
  const int size = curves->config->group;
  const int64_t n = n_episodes / size;
  double *to[G_N_ELEMENTS (keys)];

  if (n == 0)
    return;
  rheo_result_add_places (curves->out, series, curves->part, "bundle", n);
  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    {
      RheoColumn *column = rheo_result_add_part (curves->out, series, curves->part, keys[k], RHEO_F64, &n);

      column->hi = most;
      to[k] = column->data;
    }
  for (int64_t i = 0; i < n; i++)
    {
      const double *v = length + i * size;

      to[0][i] = to[2][i] = v[0];
      to[1][i] = 0;
      for (int k = 0; k < size; k++)
        {
          to[0][i] = MAX (to[0][i], v[k]);
          to[1][i] += v[k] / size;
          to[2][i] = MIN (to[2][i], v[k]);
        }
    }
  add_curve (curves, "group-rolling", n, to[1], 100, FALSE);
}

static void
add_episodes (const Curves *curves, const RheoRecord *record, int64_t n, const double *length)
{
  static const int windows[] = { 21, 51, 100, 101 };
  static const char *const keys[] = { "median-21", "median-51", "median-100", "median-101" };
  const double most = rheo_record_get_longest (record);
  RheoColumn *column;

  rheo_result_add_places (curves->out, series, curves->part, "episode", n);
  column = rheo_result_add_part (curves->out, series, curves->part, "length", RHEO_F64, &n);
  column->hi = most;
  memcpy (column->data, length, sizeof *length * (gsize) n);
  for (gsize k = 0; k < G_N_ELEMENTS (windows); k++)
    add_curve (curves, keys[k], n, length, windows[k], TRUE);
  add_curve (curves, "mean-100", n, length, 100, FALSE);
  add_groups (curves, n, length, most);
  rheo_result_add_begins (curves->out, series, curves->part, record->metrics, "episode", 1);
  if (n >= curves->config->group)
    rheo_result_add_begins (curves->out, series, curves->part, record->metrics, "bundle", curves->config->group);
}

/* --- actions ------------------------------------------------------------------------------------------------------ */
/* [action] each. */
typedef struct
{
  int64_t n;
  double *reward, *action, *rewarded, *undecided, *difference, *apart, *first, *decided;
} Actions;

static void
actions_clear (Actions *a)
{
  g_free (a->reward);
  g_free (a->action);
  g_free (a->rewarded);
  g_free (a->undecided);
  g_free (a->difference);
  g_free (a->apart);
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
  int64_t n_reward, n_undecided, n_action;

  a->reward = dup_column (steps, "reward", &n_reward);
  a->action = dup_column (steps, "action", &n_action);
  a->undecided = dup_column (steps, "undecided", &n_undecided);
  if (a->reward == NULL || a->action == NULL || a->undecided == NULL)
    return FALSE;
  a->n = MIN (MIN (n_reward, n_action), n_undecided);
  a->rewarded = g_new (double, MAX (a->n, 1));
  a->difference = g_new (double, MAX (a->n, 1));
  a->apart = g_new (double, MAX (a->n, 1));
  a->first = g_new (double, MAX (a->n, 1));
  a->decided = g_new (double, MAX (a->n, 1));
  for (int64_t i = 0; i < a->n; i++)
    {
      a->rewarded[i] = a->reward[i] > 0;
      a->difference[i] = difference_at (steps, i);
      a->apart[i] = a->difference[i] > 0;
      a->first[i] = a->action[i] == 0;
      a->decided[i] = a->undecided[i] == 0;
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

/* Two curves for each action: its votes, and the reward that it got. */
static void
add_each (const Curves *curves, const RheoTable *steps, const Actions *a)
{
  g_autofree double *v = g_new (double, MAX (a->n, 1));
  int action = 0;

  for (int k = 0; k < rheo_table_get_n_columns (steps); k++)
    {
      const RheoColumn *column = rheo_table_get_column (steps, k);
      const char *name = column->key + strlen ("votes.");
      g_autofree char *part = NULL;
      Curves mine = *curves;

      if (!g_str_has_prefix (column->key, "votes."))
        continue;
      mine.part = part = curves->part != NULL ? g_strconcat (curves->part, ".", name, NULL) : g_strdup (name);
      for (int64_t i = 0; i < a->n; i++)
        v[i] = rheo_column_get_number (column, i);
      add_curve (&mine, "votes", a->n, v, curves->config->slow, FALSE);
      for (int64_t i = 0; i < a->n; i++)
        v[i] = a->action[i] == action ? a->reward[i] : 0;
      add_curve (&mine, "credit", a->n, v, curves->config->slow, FALSE);
      action++;
    }
}

static void
add_actions (const Curves *curves, const RheoTable *steps, const Actions *a)
{
  const Config *c = curves->config;

  rheo_result_add_places (curves->out, series, curves->part, "action", a->n);
  memcpy (add_column (curves, "reward", a->n), a->reward, sizeof *a->reward * (gsize) a->n);
  add_curve (curves, "reward-share-short", a->n, a->rewarded, c->short_window, FALSE);
  add_curve (curves, "reward-share", a->n, a->rewarded, c->window, FALSE);
  add_curve (curves, "undecided-share-short", a->n, a->undecided, c->short_slow, FALSE);
  add_curve (curves, "undecided-share", a->n, a->undecided, c->slow, FALSE);
  add_curve (curves, "vote-difference-short", a->n, a->difference, c->short_slow, FALSE);
  add_curve (curves, "vote-difference", a->n, a->difference, c->slow, FALSE);
  rheo_rolling_among (a->n, a->difference, a->apart, c->short_slow,
                      add_column (curves, "decided-difference-short", a->n));
  rheo_rolling_among (a->n, a->difference, a->apart, c->slow, add_column (curves, "decided-difference", a->n));
  rheo_rolling_among (a->n, a->first, a->decided, c->slow, add_column (curves, "first-share", a->n));
  add_each (curves, steps, a);
  rheo_result_add_begins (curves->out, series, curves->part, steps, "action", 1);
}

/* --- a run -------------------------------------------------------------------------------------------------------- */
static void
sum_up (const RheoRecord *record, int64_t n, const double *length, const Actions *actions, double *value)
{
  static const int windows[] = { 21, 51, 101 };

  value[EPISODES] = (double) n;
  value[LONGEST] = 0;
  for (int64_t i = 0; i < n; i++)
    value[LONGEST] = MAX (value[LONGEST], length[i]);
  for (gsize k = 0; k < G_N_ELEMENTS (windows); k++)
    value[MEDIAN_21 + k] = rheo_find_best_window (n, length, windows[k], TRUE);
  value[MEAN_100] = rheo_find_best_window (n, length, 100, FALSE);
  value[FILES] = rheo_record_count_files (record);
  if (actions->rewarded == NULL)
    return;
  value[REWARDED] = mean (actions->n, actions->rewarded);
  value[UNDECIDED] = mean (actions->n, actions->undecided);
}

static gboolean
measure (const Curves *curves, const RheoRecord *record, RheoResultRows *rows, GError **error)
{
  int64_t n;
  g_autofree double *length = dup_column (record->metrics, "train.episode-length", &n);
  Actions actions = { 0 };

  if (length == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("%s has no lengths of episodes: it is not a run that plays an environment."), record->name);
  add_episodes (curves, record, n, length);
  if (read_actions (record->steps, &actions))
    add_actions (curves, record->steps, &actions);
  rheo_result_add_trace (curves->out, series, curves->part, record);
  sum_up (record, n, length, &actions, rheo_result_rows_add (rows, record, "train"));
  rheo_result_rows_set_text (rows, "note", rheo_record_tell_chain (record));
  actions_clear (&actions);
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (series);
  g_autoptr (RheoTable) table = rheo_table_new ("");

  for (int i = 0; i < n_records; i++)
    {
      g_autofree char *part = rheo_records_dup_part (records, n_records, i);
      const Curves curves = { config, part, table };

      if (!measure (&curves, &records[i], rows, error))
        return FALSE;
      progress (progress_data, (i + 1.0) / n_records);
    }
  rheo_result_rows_write (rows, "part", N_ ("Part"), out);
  rheo_result_add_all (out, table);
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
  .wants = RHEO_WANTS_METRICS | RHEO_WANTS_STEPS | RHEO_WANTS_CHAIN,
  .about = RHEO_ABOUT_TASK,
  .fits = fits,
  .run = run,
  .figures = figures,
};
