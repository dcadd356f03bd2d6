#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-values.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PREFIX "analysis."

struct RheoAnalyseValues
{
  RheoParamHost host;
  GHashTable *configs; /* RheoAnalysis -> config, owned */
  const RheoAnalysis *analysis;
  void *defaults; /* of the chosen one */
  void (*changed) (gpointer data);
  gpointer data;
};

static const RheoParam *
find (RheoAnalyseValues *values, void *config, const char *path, void **at)
{
  if (values->analysis == NULL || !g_str_has_prefix (path, PREFIX))
    return NULL;
  return rheo_params_find (values->analysis->base.params, config, path + strlen (PREFIX), values->analysis->base.id, at,
                           NULL);
}

static char *
dup_text (RheoAnalyseValues *values, void *config, const char *path)
{
  void *at;
  const RheoParam *row = config != NULL ? find (values, config, path, &at) : NULL;

  return row != NULL ? rheo_param_dup_text (row, at) : NULL;
}

static char *
dup_value (gpointer data, const char *path)
{
  return dup_text (data, rheo_analyse_values_get (data), path);
}

static char *
dup_reference (gpointer data, const char *path)
{
  return dup_text (data, ((RheoAnalyseValues *) data)->defaults, path);
}

static gboolean
is_changed (gpointer data, const char *path)
{
  g_autofree char *value = dup_value (data, path), *reference = dup_reference (data, path);

  return g_strcmp0 (value, reference) != 0;
}

static gboolean
set (gpointer data, const char *path, const char *text, const char *label, GError **error)
{
  RheoAnalyseValues *values = data;
  void *at;
  const RheoParam *row = find (values, rheo_analyse_values_get (values), path, &at);

  if (row == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no value %s."), path);
  if (!rheo_param_set_text (row, at, text, path, error))
    return FALSE;
  values->changed (values->data);
  return TRUE;
}

static void
reset (gpointer data, const char *path, const char *label)
{
  g_autofree char *text = dup_reference (data, path);

  if (text != NULL)
    set (data, path, text, label, NULL);
}

static void
insert (gpointer data, const char *path, const char *label)
{
  RheoAnalyseValues *values = data;
  void *at;
  const RheoParam *row = find (values, rheo_analyse_values_get (values), path, &at);

  if (row != NULL && rheo_param_insert (row, at, rheo_param_get_count (row, at), path, NULL))
    values->changed (values->data);
}

static void
take_out (gpointer data, const char *path, int i, const char *label)
{
  RheoAnalyseValues *values = data;
  void *at;
  const RheoParam *row = find (values, rheo_analyse_values_get (values), path, &at);

  if (row != NULL && rheo_param_remove (row, at, i, path, NULL))
    values->changed (values->data);
}

static const char *
get_lock (gpointer data, const char *path, const RheoParam *param)
{
  void *at;
  const RheoParam *row = param->type == RHEO_LIST ? find (data, rheo_analyse_values_get (data), path, &at) : NULL;

  return row != NULL && rheo_param_get_count (row, at) >= row->n_max ? _ ("There are as many as there can be.") : NULL;
}

static void *
new_config (const RheoAnalysis *analysis)
{
  void *config = g_malloc0 (MAX (analysis->base.config_size, 1));

  rheo_params_reset (analysis->base.params, config);
  return config;
}

void
rheo_analyse_values_choose (RheoAnalyseValues *values, const RheoAnalysis *analysis)
{
  if (analysis == values->analysis)
    return;
  values->analysis = analysis;
  g_clear_pointer (&values->defaults, g_free);
  if (analysis == NULL)
    return;
  values->defaults = new_config (analysis);
  if (g_hash_table_lookup (values->configs, analysis) == NULL)
    g_hash_table_insert (values->configs, (gpointer) analysis, new_config (analysis));
}

const RheoParamHost *
rheo_analyse_values_get_host (RheoAnalyseValues *values)
{
  return &values->host;
}

void *
rheo_analyse_values_get (RheoAnalyseValues *values)
{
  return values->analysis != NULL ? g_hash_table_lookup (values->configs, values->analysis) : NULL;
}

void
rheo_analyse_values_take_json (RheoAnalyseValues *values, const char *json)
{
  g_autoptr (JsonNode) node = json != NULL ? json_from_string (json, NULL) : NULL;
  void *config = rheo_analyse_values_get (values);

  if (config == NULL || node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  rheo_params_reset (values->analysis->base.params, config);
  rheo_params_set_json (values->analysis->base.params, config, json_node_get_object (node), values->analysis->base.id,
                        NULL);
  values->changed (values->data);
}

gboolean
rheo_analyse_values_check (RheoAnalyseValues *values, GError **error)
{
  const RheoComponent *component = &values->analysis->base;

  return component->check == NULL || component->check (rheo_analyse_values_get (values), error);
}

RheoAnalyseValues *
rheo_analyse_values_new (void (*changed) (gpointer data), gpointer data)
{
  RheoAnalyseValues *values = g_new0 (RheoAnalyseValues, 1);

  values->host =
      (RheoParamHost){ dup_value, dup_reference, is_changed, set, reset, insert, take_out, get_lock, values };
  values->configs = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  values->changed = changed;
  values->data = data;
  return values;
}

void
rheo_analyse_values_free (RheoAnalyseValues *values)
{
  g_hash_table_unref (values->configs);
  g_free (values->defaults);
  g_free (values);
}
