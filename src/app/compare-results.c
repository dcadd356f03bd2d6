#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/compare-results.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/evaluate.h"

static void
free_difference (gpointer data)
{
  RheoDifference *difference = data;

  g_free (difference->key);
  g_free (difference->label);
  g_strfreev (difference->values);
  g_free (difference);
}

/* --- settings --------------------------------------------------------------------------------------------------------- */
static char *
dup_label (const RheoExperiment *experiment, const char *key)
{
  void *at;
  const RheoParam *row = rheo_experiment_find (experiment, key, &at, NULL);

  static const struct
  {
    const char *key, *label;
  } components[] = { { "task.id", N_ ("Task") },
                     { "model.id", N_ ("Model") },
                     { "rule.id", N_ ("Rule") },
                     { "plasticity.id", N_ ("Plasticity") },
                     { "compare.id", N_ ("Compared rule") } };

  for (size_t i = 0; i < G_N_ELEMENTS (components); i++)
    if (g_str_equal (components[i].key, key))
      return g_strdup (_ (components[i].label));
  if (row == NULL || row->label == NULL)
    return NULL;
  if (row->unit != NULL && *row->unit != '\0')
    return g_strdup_printf ("%s (%s)", _ (row->label), _ (row->unit));
  return g_strdup (_ (row->label));
}

static RheoDifference *
new_difference (const char *key, RheoExperiment *const *experiments, int n)
{
  RheoDifference *difference = g_new0 (RheoDifference, 1);

  difference->key = g_strdup (key);
  difference->values = g_new0 (char *, n + 1);
  for (int i = 0; i < n; i++)
    {
      if (difference->label == NULL)
        difference->label = dup_label (experiments[i], key);
      difference->values[i] = rheo_experiment_dup_value (experiments[i], key, NULL);
      if (difference->values[i] == NULL)
        difference->values[i] = g_strdup (_ ("not used"));
    }
  if (difference->label == NULL)
    difference->label = g_strdup (key);
  for (int i = 1; i < n; i++)
    difference->differs = difference->differs || !g_str_equal (difference->values[i], difference->values[0]);
  return difference;
}

typedef struct
{
  GPtrArray *keys;
  GHashTable *seen;
} Keys;

static void
add_key (Keys *keys, const char *key)
{
  char *mine;

  if (g_hash_table_contains (keys->seen, key))
    return;
  mine = g_strdup (key);
  g_hash_table_add (keys->seen, mine);
  g_ptr_array_add (keys->keys, mine);
}

static gboolean
visit_row (const char *path, const RheoParam *row, void *at, gpointer data)
{
  add_key (data, path);
  return TRUE;
}

GPtrArray *
rheo_compare_dup_settings (RheoExperiment *const *experiments, int n)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (free_difference);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  Keys keys = { names, seen };

  for (int s = 0; s < RHEO_N_SLOTS; s++)
    for (int i = 0; i < n; i++)
      {
        const RheoComponent *component = rheo_experiment_get_component (experiments[i], s);
        g_autofree char *id = g_strconcat (rheo_slot_names[s], ".id", NULL);

        if (component == NULL)
          continue;
        add_key (&keys, id);
        rheo_params_visit (component->params, rheo_experiment_get_values (experiments[i], s), rheo_slot_names[s],
                           visit_row, &keys);
      }
  rheo_params_visit (rheo_run_params, rheo_experiment_get_run (experiments[0]), "run", visit_row, &keys);
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (all, new_difference (g_ptr_array_index (names, i), experiments, n));
  return all;
}

/* --- in words --------------------------------------------------------------------------------------------------------- */
enum
{
  IN_TASK = 1,
  IN_MODEL = 2,
  IN_RULE = 4,
  IN_RUN = 8,
  IN_SEED = 16,
};

static int
where_differ (const RheoExperiment *a, const RheoExperiment *b)
{
  g_auto (GStrv) lines = rheo_experiment_diff (a, b);
  int where = 0;

  for (int i = 0; lines[i] != NULL; i++)
    where |= g_str_has_prefix (lines[i], "run.seed\t") ? IN_SEED
             : g_str_has_prefix (lines[i], "task.")    ? IN_TASK
             : g_str_has_prefix (lines[i], "model.")   ? IN_MODEL
             : g_str_has_prefix (lines[i], "run.")     ? IN_RUN
                                                       : IN_RULE;
  return where;
}

int
rheo_compare_group (RheoExperiment *const *experiments, int n, int *group)
{
  int n_groups = 0;

  for (int i = 0; i < n; i++)
    {
      group[i] = -1;
      for (int k = 0; k < i && group[i] < 0; k++)
        if ((where_differ (experiments[i], experiments[k]) & ~IN_SEED) == 0)
          group[i] = group[k];
      if (group[i] < 0)
        group[i] = n_groups++;
    }
  for (int i = 0; i < n && n_groups == 1; i++)
    group[i] = i;
  return n_groups == 1 ? n : n_groups;
}

/* "robot-seed1" with seed 7: "robot-seed7"; what has no seed in its name gets one. */
static char *
dup_seed_name (const char *name, int seed)
{
  g_autoptr (GRegex) words = g_regex_new ("seed\\d+(-\\d+)?$", 0, 0, NULL);
  g_autofree char *bare = g_regex_replace_literal (words, name, -1, 0, "", 0, NULL);
  gboolean dash = g_str_has_suffix (bare, "-");

  return g_strdup_printf ("%s%sseed%d", bare, dash || *bare == '\0' ? "" : "-", seed);
}

GPtrArray *
rheo_compare_dup_more (RheoExperiment *const *experiments, const char *const *names, int n, int n_seeds,
                       char ***new_names)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GPtrArray *more = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_experiment_free);
  int last = 0;

  for (int i = 0; i < n; i++)
    last = MAX (last, rheo_experiment_get_run (experiments[i])->seed);
  for (int s = 1; s <= n_seeds; s++)
    for (int i = 0; i < n; i++)
      {
        g_autofree char *name = NULL;
        gboolean again = FALSE;

        for (int k = 0; k < i; k++)
          again = again || (where_differ (experiments[i], experiments[k]) & ~IN_SEED) == 0;
        if (again)
          continue;
        g_ptr_array_add (more, rheo_experiment_dup (experiments[i]));
        rheo_experiment_get_run (g_ptr_array_index (more, more->len - 1))->seed = last + s;
        name = dup_seed_name (names[i], last + s);
        g_strv_builder_add (builder, name);
      }
  *new_names = g_strv_builder_end (builder);
  return more;
}

/* Fewest seeds among runs that are alike but for the seed. */
static int
count_seeds (RheoExperiment *const *experiments, int n)
{
  int fewest = n;

  for (int i = 0; i < n; i++)
    {
      g_autoptr (GHashTable) seeds = g_hash_table_new (NULL, NULL);

      for (int k = 0; k < n; k++)
        if ((where_differ (experiments[i], experiments[k]) & ~IN_SEED) == 0)
          g_hash_table_add (seeds, GINT_TO_POINTER (rheo_experiment_get_run (experiments[k])->seed));
      fewest = MIN (fewest, (int) g_hash_table_size (seeds));
    }
  return fewest;
}

/* "the rule and its settings and the seed". */
static char *
join_places (int where, const char *const *names, int n)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < n; i++)
    if (where & (1 << i))
      {
        where &= ~(1 << i);
        g_string_append (text, text->len == 0 ? "" : where == 0 ? _ (" and ") : ", ");
        g_string_append (text, _ (names[i]));
      }
  return g_string_free (text, FALSE);
}

char *
rheo_compare_dup_conclusion (RheoExperiment *const *experiments, int n)
{
  static const char *const places[] = { N_ ("the task"), N_ ("the model"), N_ ("the rule and its settings"),
                                        N_ ("the settings of the run"), N_ ("the seed") };
  static const char *const things[] = { N_ ("task"), N_ ("model"), N_ ("rule"), N_ ("settings of the run"),
                                        N_ ("seed") };
  g_autofree char *from = NULL, *same = NULL, *spread = NULL;
  int where = 0, seeds = count_seeds (experiments, n);

  for (int i = 1; i < n; i++)
    where |= where_differ (experiments[0], experiments[i]);
  if (where == 0)
    return g_strdup (_ ("All settings and the seed are equal: the runs are repetitions of each other."));
  if (where == IN_SEED)
    return g_strdup_printf (ngettext ("Only the seed differs: the difference shows the spread over %d seed.",
                                      "Only the seed differs: the difference shows the spread over %d seeds.", seeds),
                            seeds);
  from = join_places (where, places, G_N_ELEMENTS (places));
  same = join_places (~where & (IN_TASK | IN_MODEL | IN_RULE | IN_SEED), things, G_N_ELEMENTS (things));
  spread = seeds == 1 ? g_strdup (_ ("One seed says little about spread."))
                      : g_strdup_printf (ngettext ("%d seed stands behind each.", "%d seeds stand behind each.", seeds),
                                         seeds);
  if (*same == '\0')
    return g_strdup_printf (_ ("The difference comes from %s. %s"), from, spread);
  return g_strdup_printf (_ ("Same %s, so the difference comes from %s. %s"), same, from, spread);
}

char *
rheo_compare_dup_obstacle (RheoExperiment *const *experiments, int n)
{
  for (int i = 1; i < n; i++)
    {
      const RheoComponent *a = rheo_experiment_get_component (experiments[0], RHEO_SLOT_TASK);
      const RheoComponent *b = rheo_experiment_get_component (experiments[i], RHEO_SLOT_TASK);

      if (a != b)
        return g_strdup_printf (_ ("The runs learn different tasks, %s and %s, so their scores mean different things."),
                                _ (a->title), _ (b->title));
      if (where_differ (experiments[0], experiments[i]) & IN_TASK)
        return g_strdup (_ ("The settings of the task differ, so there are no trials that are the same for all."));
    }
  return NULL;
}

/* --- scores ----------------------------------------------------------------------------------------------------------- */

/* The run as an experiment that draws its trials as the first one does. */
static RheoExperiment *
dup_alike (const RheoExperiment *experiment, const RheoExperiment *first)
{
  RheoExperiment *alike = rheo_experiment_dup (experiment);

  rheo_experiment_get_run (alike)->seed = rheo_experiment_get_run (first)->seed;
  rheo_experiment_get_run (alike)->batch = rheo_experiment_get_run (first)->batch;
  rheo_experiment_get_run (alike)->threads = 1;
  rheo_experiment_get_run (alike)->lane_rows = 0;
  return alike;
}

static RheoTable *
score_one (RheoRun *run, const RheoExperiment *first, int n_trials, int base, int share, int *done,
           GCancellable *cancellable, GError **error)
{
  g_autoptr (RheoExperiment) alike = dup_alike (rheo_run_get_experiment (run), first);
  const RheoEvaluationHow how = { .at = -1, .changed = TRUE, .set = RHEO_SET_TEST, .n_trials = n_trials };
  g_autoptr (RheoEvaluation) evaluation = rheo_evaluation_new (run, alike, &how, error);

  if (evaluation == NULL)
    return NULL;
  while (rheo_evaluation_get_progress (evaluation) < 1)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !rheo_evaluation_step (evaluation, error))
        return NULL;
      g_atomic_int_set (done, base + (int) (share * rheo_evaluation_get_progress (evaluation)));
    }
  return rheo_evaluation_dup_table (evaluation);
}

GPtrArray *
rheo_compare_score (const char *const *paths, int n_trials, int *done, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_table_unref);
  g_autoptr (RheoExperiment) first = NULL;
  int n = (int) g_strv_length ((char **) paths);

  for (int i = 0; i < n; i++)
    {
      g_autoptr (RheoRun) run = rheo_run_open (paths[i], error);
      RheoTable *table;

      if (run == NULL)
        return NULL;
      if (first == NULL)
        first = rheo_experiment_dup (rheo_run_get_experiment (run));
      table = score_one (run, first, n_trials, 1000 * i / n, 1000 / n, done, cancellable, error);
      if (table == NULL)
        return NULL;
      g_ptr_array_add (tables, table);
    }
  return g_steal_pointer (&tables);
}
