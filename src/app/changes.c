#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/changes.h"

#include <string.h>

struct RheoChanges
{
  const RheoExperiment *experiment;
  RheoExperiment *baseline; /* the reference with the components of the experiment */
  char *ids[RHEO_N_SLOTS];  /* of the reference */
  GHashTable *paths;
};

int
rheo_slot_of_id (const char *path)
{
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      gsize length = strlen (rheo_slot_names[s]);

      if (g_str_has_prefix (path, rheo_slot_names[s]) && g_str_equal (path + length, ".id"))
        return s;
    }
  return -1;
}

static void
collect (GHashTable *paths, const RheoParam *rows, const char *prefix, uint64_t given, const void *at, const void *base)
{
  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    {
      g_autofree char *path = NULL;

      if ((row->needs & ~given) != 0 || !rheo_param_active (rows, row, at))
        continue;
      path = g_strconcat (prefix, ".", row->key, NULL);
      if (row->type == RHEO_BLOCK)
        collect (paths, row->rows, path, given, rheo_param_get_inside (row, at, 0),
                 rheo_param_get_inside (row, base, 0));
      else if (row->type == RHEO_LIST)
        {
          for (int i = 0; i < rheo_param_get_count (row, at); i++)
            {
              g_autofree char *inner = g_strdup_printf ("%s.%d", path, i);

              collect (paths, row->rows, inner, given, rheo_param_get_inside (row, at, i),
                       rheo_param_get_inside (row, base, i));
            }
          if (rheo_param_get_count (row, at) != rheo_param_get_count (row, base))
            g_hash_table_add (paths, g_steal_pointer (&path));
        }
      else if (!rheo_param_equal (row, at, base))
        g_hash_table_add (paths, g_steal_pointer (&path));
    }
}

RheoChanges *
rheo_changes_new (const RheoExperiment *experiment, const RheoExperiment *reference)
{
  RheoChanges *changes = g_new0 (RheoChanges, 1);

  changes->experiment = experiment;
  changes->baseline = rheo_experiment_dup (reference);
  changes->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      const RheoComponent *component = rheo_experiment_get_component (experiment, (RheoSlot) s);
      char *id = g_strconcat (rheo_slot_names[s], ".id", NULL);

      changes->ids[s] = rheo_experiment_dup_value (reference, id, NULL);
      if (component != rheo_experiment_get_component (reference, (RheoSlot) s))
        {
          rheo_experiment_set_component (changes->baseline, (RheoSlot) s, component);
          g_hash_table_add (changes->paths, g_steal_pointer (&id));
        }
      if (component != NULL)
        collect (changes->paths, component->params, rheo_slot_names[s],
                 rheo_experiment_get_given (experiment, (RheoSlot) s),
                 rheo_experiment_get_values (experiment, (RheoSlot) s),
                 rheo_experiment_get_values (changes->baseline, (RheoSlot) s));
      g_free (id);
    }
  collect (changes->paths, rheo_run_params, "run", rheo_experiment_get_given (experiment, RHEO_N_SLOTS),
           rheo_experiment_get_run (experiment), rheo_experiment_get_run (changes->baseline));
  return changes;
}

void
rheo_changes_free (RheoChanges *changes)
{
  if (changes == NULL)
    return;
  rheo_experiment_free (changes->baseline);
  g_hash_table_unref (changes->paths);
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    g_free (changes->ids[s]);
  g_free (changes);
}

gboolean
rheo_changes_contain (const RheoChanges *changes, const char *path)
{
  return g_hash_table_contains (changes->paths, path);
}

int
rheo_changes_count (const RheoChanges *changes, const char *path)
{
  gsize length = path != NULL ? strlen (path) : 0;
  GHashTableIter iter;
  gpointer key;
  int n = 0;

  if (changes == NULL)
    return 0;
  g_hash_table_iter_init (&iter, changes->paths);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (path == NULL
        || (g_str_has_prefix (key, path) && (((char *) key)[length] == '.' || ((char *) key)[length] == '\0')))
      n++;
  return n;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
rheo_changes_dup_paths (const RheoChanges *changes)
{
  GPtrArray *paths = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, changes->paths);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (paths, g_strdup (key));
  g_ptr_array_sort (paths, compare_paths);
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (paths, FALSE);
}

/* What lies in the baseline where `at` lies in the experiment: components, and so structs, are the same. */
static void *
counterpart (const RheoChanges *changes, const void *at)
{
  const char *here = at, *run = (const char *) rheo_experiment_get_run (changes->experiment);

  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      const RheoComponent *component = rheo_experiment_get_component (changes->experiment, (RheoSlot) s);
      const char *values = rheo_experiment_get_values (changes->experiment, (RheoSlot) s);

      if (component != NULL && here >= values && here < values + component->config_size)
        return (char *) rheo_experiment_get_values (changes->baseline, (RheoSlot) s) + (here - values);
    }
  return (char *) rheo_experiment_get_run (changes->baseline) + (here - run);
}

char *
rheo_changes_dup_reference_text (const RheoChanges *changes, const char *path)
{
  int slot = rheo_slot_of_id (path);
  const RheoParam *row;
  void *at;

  if (slot >= 0)
    return g_strdup (changes->ids[slot]);
  if (g_str_equal (path, "title"))
    return g_strdup (rheo_experiment_get_title (changes->baseline));
  row = rheo_experiment_find (changes->experiment, path, &at, NULL);
  return row != NULL ? rheo_param_dup_text (row, counterpart (changes, at)) : NULL;
}
