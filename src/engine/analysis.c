#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "analysis.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* --- inside an analysis ---------------------------------------------------------------------------------------- */
void
rheo_result_add_rows (RheoTable *out, const char *part_key, const char *part_label, const RheoSeries *series,
                      const RheoResultRow *rows, int n_rows)
{
  int64_t n = n_rows;
  g_autofree const char **run = g_new (const char *, MAX (1, n)), **part = g_new (const char *, MAX (1, n));
  g_autofree int64_t *iteration = g_new (int64_t, MAX (1, n));
  g_autofree double *value = g_new (double, MAX (1, n));

  for (int64_t r = 0; r < n; r++)
    {
      run[r] = rows[r].record->name;
      iteration[r] = rows[r].record->iteration;
      part[r] = rows[r].part;
    }
  rheo_table_add_copy (out, "run", _ ("Run"), "", "row", RHEO_STRING, &n, run);
  rheo_table_add_copy (out, "iteration", _ ("Iteration"), "", "row", RHEO_I64, &n, iteration);
  rheo_table_add_copy (out, part_key, part_label, "", "row", RHEO_STRING, &n, part);
  for (int k = 0; series[k].key != NULL && strcmp (series[k].axes, "row") == 0; k++)
    {
      RheoColumn *column;

      for (int64_t r = 0; r < n; r++)
        value[r] = rows[r].value[k];
      column = rheo_table_add_copy (out, series[k].key, _ (series[k].label),
                                    series[k].unit[0] != '\0' ? _ (series[k].unit) : "", "row", RHEO_F64, &n, value);
      column->lo = series[k].lo;
      column->hi = series[k].hi;
      column->flags = series[k].flags;
    }
}

char **
rheo_result_parts (const RheoTable *table, const char *suffix, const char *only, const char *option, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *list = NULL;

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const char *key = rheo_table_get_column (table, i)->key;

      if (g_str_has_suffix (key, suffix))
        g_ptr_array_add (all, g_strndup (key, strlen (key) - strlen (suffix)));
    }
  g_ptr_array_add (all, NULL);
  if (all->len == 1)
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run has no series \"…%s\"."), suffix);
      return NULL;
    }
  list = g_strjoinv (", ", (char **) all->pdata);
  if (only == NULL || only[0] == '\0')
    return (char **) g_ptr_array_free (g_steal_pointer (&all), FALSE);
  for (guint i = 0; i + 1 < all->len; i++)
    if (strcmp (g_ptr_array_index (all, i), only) == 0)
      {
        char **one = g_new0 (char *, 2);

        one[0] = g_strdup (only);
        return one;
      }
  rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no %s \"%s\" in the run. It has %s."), option, only, list);
  return NULL;
}

const RheoColumn *
rheo_result_column (const RheoTable *table, const char *part, const char *suffix)
{
  g_autofree char *key = g_strconcat (part, suffix, NULL);

  return rheo_table_find (table, key);
}
