#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-values.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "widgets/number-text.h"

#define PREFIX "analysis."
#define ONE_STEP G_USEC_PER_SEC
#define LONGEST_VALUE 24

/* Values as they were before, or after, a step. */
typedef struct
{
  void *config;
  char *label;
} Step;

/* What is kept of one analysis. */
typedef struct
{
  void *config;
  GPtrArray *undo, *redo; /* Step */
  char *last_path;        /* of the newest step, while it may grow */
  gint64 last_time;
} Own;

struct RheoAnalyseValues
{
  RheoParamHost host;
  GHashTable *all; /* RheoAnalysis -> Own */
  const RheoAnalysis *analysis;
  void *defaults; /* of the chosen one */
  void (*changed) (gpointer data);
  gpointer data;
};

/* --- steps --------------------------------------------------------------------------------------------------------------- */

static void
free_step (gpointer data)
{
  Step *step = data;

  g_free (step->config);
  g_free (step->label);
  g_free (step);
}

static void
free_own (gpointer data)
{
  Own *own = data;

  g_free (own->config);
  g_ptr_array_unref (own->undo);
  g_ptr_array_unref (own->redo);
  g_free (own->last_path);
  g_free (own);
}

static Own *
get_own (RheoAnalyseValues *values)
{
  return values->analysis != NULL ? g_hash_table_lookup (values->all, values->analysis) : NULL;
}

static gsize
get_size (RheoAnalyseValues *values)
{
  return MAX (values->analysis->base.config_size, 1);
}

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

/* "trials 16"; a long text without its value. */
static char *
dup_label (RheoAnalyseValues *values, const char *path, const char *label)
{
  g_autofree char *shown = rheo_label_dup_inner (label != NULL ? label : path);
  g_autofree char *value = path != NULL ? dup_text (values, rheo_analyse_values_get (values), path) : NULL;

  if (value == NULL || *value == '\0' || g_utf8_strlen (value, -1) > LONGEST_VALUE)
    return g_steal_pointer (&shown);
  return g_strdup_printf ("%s %s", shown, value);
}

/* After values have changed. before: as they were; taken over. path NULL: of several values. */
static void
take_step (RheoAnalyseValues *values, void *before, const char *path, const char *label)
{
  Own *own = get_own (values);
  const gint64 now = g_get_monotonic_time ();
  const gboolean same = path != NULL && g_strcmp0 (path, own->last_path) == 0 && now - own->last_time < ONE_STEP;
  Step *step;

  if (memcmp (before, own->config, get_size (values)) == 0)
    {
      g_free (before);
      return;
    }
  step = same ? own->undo->pdata[own->undo->len - 1] : g_new0 (Step, 1);
  if (same)
    g_free (before);
  else
    {
      step->config = before;
      g_ptr_array_add (own->undo, step);
    }
  g_free (step->label);
  step->label = dup_label (values, path, label);
  g_ptr_array_set_size (own->redo, 0);
  g_free (own->last_path);
  own->last_path = g_strdup (path);
  own->last_time = now;
  values->changed (values->data);
}

static void
move_step (RheoAnalyseValues *values, GPtrArray *from, GPtrArray *to)
{
  Own *own = get_own (values);
  Step *step;
  void *before = own->config;

  if (from->len == 0)
    return;
  step = g_ptr_array_steal_index (from, from->len - 1);
  own->config = step->config;
  step->config = before;
  g_ptr_array_add (to, step);
  g_clear_pointer (&own->last_path, g_free);
  values->changed (values->data);
}

static const char *
get_label (const GPtrArray *steps)
{
  return steps->len > 0 ? ((const Step *) steps->pdata[steps->len - 1])->label : NULL;
}

const char *
rheo_analyse_values_get_undo_label (RheoAnalyseValues *values)
{
  return get_own (values) != NULL ? get_label (get_own (values)->undo) : NULL;
}

const char *
rheo_analyse_values_get_redo_label (RheoAnalyseValues *values)
{
  return get_own (values) != NULL ? get_label (get_own (values)->redo) : NULL;
}

void
rheo_analyse_values_undo (RheoAnalyseValues *values)
{
  if (get_own (values) != NULL)
    move_step (values, get_own (values)->undo, get_own (values)->redo);
}

void
rheo_analyse_values_redo (RheoAnalyseValues *values)
{
  if (get_own (values) != NULL)
    move_step (values, get_own (values)->redo, get_own (values)->undo);
}

/* --- values -------------------------------------------------------------------------------------------------------------- */

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

static void *
dup_config (RheoAnalyseValues *values)
{
  return g_memdup2 (rheo_analyse_values_get (values), get_size (values));
}

static gboolean
set (gpointer data, const char *path, const char *text, const char *label, GError **error)
{
  RheoAnalyseValues *values = data;
  void *at;
  const RheoParam *row = find (values, rheo_analyse_values_get (values), path, &at);

  g_autofree void *before = NULL;

  if (row == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no value %s."), path);
  before = dup_config (values);
  if (!rheo_param_set_text (row, at, text, path, error))
    return FALSE;
  take_step (values, g_steal_pointer (&before), path, label);
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

  g_autofree void *before = dup_config (values);

  if (row != NULL && rheo_param_insert (row, at, rheo_param_get_count (row, at), path, NULL))
    take_step (values, g_steal_pointer (&before), NULL, label);
}

static void
take_out (gpointer data, const char *path, int i, const char *label)
{
  RheoAnalyseValues *values = data;
  void *at;
  const RheoParam *row = find (values, rheo_analyse_values_get (values), path, &at);

  g_autofree void *before = dup_config (values);

  if (row != NULL && rheo_param_remove (row, at, i, path, NULL))
    take_step (values, g_steal_pointer (&before), NULL, label);
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
  if (g_hash_table_lookup (values->all, analysis) == NULL)
    {
      Own *own = g_new0 (Own, 1);

      own->config = new_config (analysis);
      own->undo = g_ptr_array_new_with_free_func (free_step);
      own->redo = g_ptr_array_new_with_free_func (free_step);
      g_hash_table_insert (values->all, (gpointer) analysis, own);
    }
}

const RheoParamHost *
rheo_analyse_values_get_host (RheoAnalyseValues *values)
{
  return &values->host;
}

void *
rheo_analyse_values_get (RheoAnalyseValues *values)
{
  const Own *own = get_own (values);

  return own != NULL ? own->config : NULL;
}

void
rheo_analyse_values_take_json (RheoAnalyseValues *values, const char *json)
{
  g_autoptr (JsonNode) node = json != NULL ? json_from_string (json, NULL) : NULL;
  void *config = rheo_analyse_values_get (values), *before;

  if (config == NULL || node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  before = dup_config (values);
  rheo_params_reset (values->analysis->base.params, config);
  rheo_params_set_json (values->analysis->base.params, config, json_node_get_object (node), values->analysis->base.id,
                        NULL);
  take_step (values, before, NULL, _ ("values of a stored result"));
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
  values->all = g_hash_table_new_full (NULL, NULL, NULL, free_own);
  values->changed = changed;
  values->data = data;
  return values;
}

void
rheo_analyse_values_free (RheoAnalyseValues *values)
{
  g_hash_table_unref (values->all);
  g_free (values->defaults);
  g_free (values);
}
