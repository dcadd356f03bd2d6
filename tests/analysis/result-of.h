/* Results of analyses on records that a test makes. */
#pragma once

#include "engine/analysis.h"

static inline const RheoAnalysis *
find (const char *id)
{
  const RheoComponent *component = rheo_component_find (RHEO_KIND_ANALYSIS, id, NULL);

  g_assert_nonnull (component);
  return (const RheoAnalysis *) component;
}

/* Runs an analysis with its default values, changed by words "key=text key=text" (or NULL). */
static inline RheoTable *
run_with (const char *id, const RheoRecord *records, int n, const char *words, GError **error)
{
  const RheoAnalysis *analysis = find (id);
  g_autofree void *config = g_malloc0 (analysis->base.config_size);
  g_autoptr (RheoTable) out = rheo_table_new (analysis->base.title);
  g_auto (GStrv) word = g_strsplit (words != NULL ? words : "", " ", -1);

  rheo_params_reset (analysis->base.params, config);
  for (int i = 0; word[i] != NULL; i++)
    {
      g_auto (GStrv) side = g_strsplit (word[i], "=", 2);
      void *at;
      const RheoParam *row = rheo_params_find (analysis->base.params, config, side[0], "", &at, NULL);

      g_assert_true (rheo_param_set_text (row, at, side[1], side[0], NULL));
    }
  if (!analysis->run (config, records, n, NULL, out, NULL, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&out);
}

/* The same with one value (or NULL). */
static inline RheoTable *
run (const char *id, const RheoRecord *records, int n, const char *key, const char *text, GError **error)
{
  g_autofree char *word = key != NULL ? g_strconcat (key, "=", text, NULL) : NULL;

  return run_with (id, records, n, word, error);
}

static inline double
get (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  g_assert_cmpint (i, <, rheo_column_get_length (column));
  return rheo_column_get_number (column, i);
}
