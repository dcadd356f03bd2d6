#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/dashboard-layout.h"

#include <string.h>

static void
free_panel (gpointer data)
{
  RheoDashboardPanel *panel = data;

  g_free (panel->plot);
  g_strfreev (panel->from);
  g_free (panel->set);
  g_free (panel->options);
  g_free (panel);
}

RheoDashboardPanel *
rheo_dashboard_panel_new (const char *plot, const char *const *from)
{
  RheoDashboardPanel *panel = g_new0 (RheoDashboardPanel, 1);

  panel->plot = g_strdup (plot);
  panel->from = from != NULL && from[0] != NULL ? g_strdupv ((char **) from) : NULL;
  panel->shown = TRUE;
  return panel;
}

static RheoDashboardLayout *
new_empty (void)
{
  RheoDashboardLayout *layout = g_new0 (RheoDashboardLayout, 1);

  layout->panels = g_ptr_array_new_with_free_func (free_panel);
  return layout;
}

void
rheo_dashboard_layout_free (RheoDashboardLayout *layout)
{
  if (layout == NULL)
    return;
  g_ptr_array_unref (layout->panels);
  g_strfreev (layout->values);
  g_free (layout);
}

/* --- JSON ------------------------------------------------------------------------------------------------------ */

/* A text, or an array of texts; NULL: neither. */
static char **
dup_texts (JsonNode *node)
{
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  JsonArray *array;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_string (node) != NULL)
    {
      g_strv_builder_add (texts, json_node_get_string (node));
      return g_strv_builder_end (texts);
    }
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (json_node_get_value_type (json_array_get_element (array, i)) == G_TYPE_STRING)
      g_strv_builder_add (texts, json_array_get_string_element (array, i));
  return g_strv_builder_end (texts);
}

/* Reading order of a panel of an experiment's view; -1: it stays behind the ones before. */
static int
place_of (JsonObject *object, gboolean *wide)
{
  JsonArray *at = json_object_has_member (object, "at") ? json_object_get_array_member (object, "at") : NULL;

  if (at == NULL || json_array_get_length (at) != 4)
    return -1;
  *wide = json_array_get_int_element (at, 2) > 3;
  return (int) (json_array_get_int_element (at, 1) * 8 + json_array_get_int_element (at, 0));
}

typedef struct
{
  RheoDashboardPanel *panel;
  int place;
} Placed;

static int
compare_places (const void *a, const void *b)
{
  return ((const Placed *) a)->place - ((const Placed *) b)->place;
}

static RheoDashboardPanel *
read_panel (JsonObject *object)
{
  const char *plot = json_object_get_string_member_with_default (object, "plot", NULL);
  g_auto (GStrv) from = dup_texts (json_object_get_member (object, "from"));
  JsonNode *set = json_object_get_member (object, "set");
  RheoDashboardPanel *panel;

  if (plot == NULL)
    return NULL;
  panel = rheo_dashboard_panel_new (plot, (const char *const *) from);
  if (set != NULL && JSON_NODE_HOLDS_OBJECT (set))
    panel->set = json_to_string (set, FALSE);
  panel->options = g_strdup (json_object_get_string_member_with_default (object, "options", NULL));
  panel->wide = json_object_get_boolean_member_with_default (object, "wide", FALSE);
  panel->shown = json_object_get_boolean_member_with_default (object, "shown", TRUE);
  return panel;
}

RheoDashboardLayout *
rheo_dashboard_layout_parse (const char *json)
{
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  g_autoptr (GArray) placed = g_array_new (FALSE, FALSE, sizeof (Placed));
  RheoDashboardLayout *layout;
  JsonObject *object;
  JsonNode *live;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  object = json_node_get_object (root);
  live = json_object_get_member (object, "live");
  if (live == NULL || !JSON_NODE_HOLDS_ARRAY (live))
    return NULL;
  layout = new_empty ();
  for (guint i = 0; i < json_array_get_length (json_node_get_array (live)); i++)
    {
      JsonNode *node = json_array_get_element (json_node_get_array (live), i);
      Placed one = { NULL };
      gboolean wide = FALSE;

      one.panel = JSON_NODE_HOLDS_OBJECT (node) ? read_panel (json_node_get_object (node)) : NULL;
      if (one.panel == NULL)
        continue;
      one.place = place_of (json_node_get_object (node), &wide);
      one.panel->wide = one.panel->wide || wide;
      if (one.place < 0)
        one.place = placed->len > 0 ? g_array_index (placed, Placed, placed->len - 1).place : 0;
      g_array_append_val (placed, one);
    }
  g_array_sort (placed, compare_places);
  for (guint i = 0; i < placed->len; i++)
    g_ptr_array_add (layout->panels, g_array_index (placed, Placed, i).panel);
  layout->columns = (int) CLAMP (json_object_get_int_member_with_default (object, "columns", 0), 0, 4);
  layout->values = dup_texts (json_object_get_member (object, "values"));
  return layout;
}

static void
add_texts (JsonBuilder *builder, const char *key, char **texts)
{
  if (texts == NULL)
    return;
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (int i = 0; texts[i] != NULL; i++)
    json_builder_add_string_value (builder, texts[i]);
  json_builder_end_array (builder);
}

char *
rheo_dashboard_layout_dup_json (const RheoDashboardLayout *layout)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "live");
  json_builder_begin_array (builder);
  for (guint i = 0; i < layout->panels->len; i++)
    {
      const RheoDashboardPanel *panel = layout->panels->pdata[i];

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "plot");
      json_builder_add_string_value (builder, panel->plot);
      add_texts (builder, "from", panel->from);
      if (panel->set != NULL)
        {
          json_builder_set_member_name (builder, "set");
          json_builder_add_value (builder, json_from_string (panel->set, NULL));
        }
      if (panel->options != NULL && panel->options[0] != '\0')
        {
          json_builder_set_member_name (builder, "options");
          json_builder_add_string_value (builder, panel->options);
        }
      json_builder_set_member_name (builder, "wide");
      json_builder_add_boolean_value (builder, panel->wide);
      json_builder_set_member_name (builder, "shown");
      json_builder_add_boolean_value (builder, panel->shown);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "columns");
  json_builder_add_int_value (builder, layout->columns);
  add_texts (builder, "values", layout->values);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* --- what an experiment begins with ---------------------------------------------------------------------------- */

static void
add_kind (RheoDashboardLayout *layout, const char *plot)
{
  g_ptr_array_add (layout->panels, rheo_dashboard_panel_new (plot, NULL));
}

static gboolean
has_series (const RheoDashboardLayout *layout, const char *key)
{
  for (guint i = 0; i < layout->panels->len; i++)
    {
      char **from = ((RheoDashboardPanel *) layout->panels->pdata[i])->from;

      for (int k = 0; from != NULL && from[k] != NULL; k++)
        if (g_str_has_suffix (from[k], key))
          return TRUE;
    }
  return FALSE;
}

gboolean
rheo_dashboard_layout_add_metrics (RheoDashboardLayout *layout, const RheoTable *metrics)
{
  gboolean any = FALSE;

  for (int i = 0; i < rheo_table_get_n_columns (metrics); i++)
    {
      const RheoColumn *column = rheo_table_get_column (metrics, i);
      const char *key = strchr (column->key, '.');
      g_autofree char *valid = NULL;
      const char *from[] = { column->key, NULL, NULL };

      /* The loss has a panel from the start. */
      if ((column->flags & RHEO_SERIES_SHOW) == 0 || key == NULL || g_str_equal (key, ".loss")
          || has_series (layout, key))
        continue;
      valid = g_strconcat ("valid", key, NULL);
      if (g_str_has_prefix (column->key, "train.") && rheo_table_find (metrics, valid) != NULL)
        from[1] = valid;
      g_ptr_array_add (layout->panels, rheo_dashboard_panel_new ("line", from));
      any = TRUE;
    }
  return any;
}

RheoDashboardLayout *
rheo_dashboard_layout_new (const RheoExperiment *experiment)
{
  const char *view = rheo_experiment_get_view (experiment);
  RheoDashboardLayout *layout = view != NULL ? rheo_dashboard_layout_parse (view) : NULL;
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);

  if (layout != NULL && layout->panels->len > 0)
    return layout;
  rheo_dashboard_layout_free (layout);
  layout = new_empty ();
  layout->open = TRUE;
  if (model != NULL && (model->gives & RHEO_SPIKES) != 0)
    add_kind (layout, "raster");
  if (task != NULL && (task->gives & RHEO_SIGNALS) != 0)
    add_kind (layout, "trajectory");
  add_kind (layout, "line");
  add_kind (layout, "violin");
  add_kind (layout, "heat-map");
  return layout;
}

char *
rheo_experiment_dup_kind (const RheoExperiment *experiment)
{
  static const RheoSlot slots[] = { RHEO_SLOT_TASK, RHEO_SLOT_MODEL, RHEO_SLOT_RULE };
  GString *kind = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (slots); i++)
    {
      const RheoComponent *component = rheo_experiment_get_component (experiment, slots[i]);

      g_string_append_printf (kind, "%s%s", i > 0 ? " " : "", component != NULL ? component->id : "-");
    }
  return g_string_free (kind, FALSE);
}
