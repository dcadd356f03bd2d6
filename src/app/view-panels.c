#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/view-panels.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/json-text.h"

static void
free_panel (gpointer data)
{
  RheoViewPanel *panel = data;

  g_free (panel->kind);
  g_strfreev (panel->from);
  g_strfreev (panel->set);
  g_free (panel);
}

/* Text as rheo_plot_set takes it: lists with commas. */
static void
append_value (GString *text, JsonNode *node)
{
  char number[RHEO_NUMBER_SIZE];

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          g_string_append (text, i > 0 ? "," : "");
          append_value (text, json_array_get_element (array, i));
        }
    }
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    g_string_append (text, json_node_get_string (node));
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append (text, json_node_get_boolean (node) ? "true" : "false");
  else if (JSON_NODE_HOLDS_VALUE (node))
    g_string_append (text, rheo_number_text (json_node_get_double (node), number));
}

static void
add_value (JsonObject *object, const char *key, JsonNode *node, gpointer data)
{
  GString *text = g_string_new (key);

  g_string_append_c (text, '=');
  append_value (text, node);
  g_strv_builder_add (data, text->str);
  g_string_free (text, TRUE);
}

static char **
dup_strings (JsonNode *node)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        if (json_node_get_value_type (json_array_get_element (array, i)) == G_TYPE_STRING)
          g_strv_builder_add (builder, json_array_get_string_element (array, i));
    }
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    g_strv_builder_add (builder, json_node_get_string (node));
  return g_strv_builder_end (builder);
}

static void
add_panel (GPtrArray *panels, JsonObject *object)
{
  const char *kind = json_object_get_string_member_with_default (object, "plot", "");
  JsonNode *set = json_object_get_member (object, "set");
  RheoViewPanel *panel;

  if (rheo_plot_kind_find (kind, NULL) == NULL)
    return;
  panel = g_new0 (RheoViewPanel, 1);
  panel->kind = g_strdup (kind);
  panel->from = dup_strings (json_object_get_member (object, "from"));
  if (set != NULL && JSON_NODE_HOLDS_OBJECT (set))
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

      json_object_foreach_member (json_node_get_object (set), add_value, builder);
      panel->set = g_strv_builder_end (builder);
    }
  g_ptr_array_add (panels, panel);
}

GPtrArray *
rheo_view_dup_panels (const RheoExperiment *experiment)
{
  const char *view = rheo_experiment_get_view (experiment);
  g_autoptr (JsonNode) node = view != NULL ? rheo_json_parse (view, -1, "view", NULL) : NULL;
  GPtrArray *panels = g_ptr_array_new_with_free_func (free_panel);
  JsonNode *live;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return panels;
  live = json_object_get_member (json_node_get_object (node), "live");
  if (live == NULL || !JSON_NODE_HOLDS_ARRAY (live))
    return panels;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (live)); i++)
    {
      JsonNode *element = json_array_get_element (json_node_get_array (live), i);

      if (JSON_NODE_HOLDS_OBJECT (element))
        add_panel (panels, json_node_get_object (element));
    }
  return panels;
}

gboolean
rheo_panel_is_over_training (const RheoViewPanel *panel, const RheoTable *metrics)
{
  if (panel->from == NULL || metrics == NULL || !g_str_equal (panel->kind, "line"))
    return FALSE;
  for (int i = 0; panel->from[i] != NULL; i++)
    {
      const char *equals = strchr (panel->from[i], '=');

      if (rheo_table_find (metrics, equals != NULL ? equals + 1 : panel->from[i]) == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_stages (const RheoPlotKind *kind)
{
  for (const RheoPlotRole *role = kind->roles; role->key != NULL; role++)
    if (role->at != NULL)
      return TRUE;
  return FALSE;
}

/* The part of the name in which two series differ: "train" of train.loss and valid.loss. Yours; NULL: they do not. */
static char *
dup_part (const char *key, const char *other)
{
  g_auto (GStrv) a = g_strsplit (key, ".", -1), b = g_strsplit (other, ".", -1);

  for (int i = 0; a[i] != NULL; i++)
    if (b[i] == NULL || !g_str_equal (a[i], b[i]))
      return g_strdup (a[i]);
  return NULL;
}

/* Each run has one style, which the legend names by it; where a run has several curves, these need names too. */
static void
name_curves (RheoPlotSpec *spec, const RheoPlotSource *sources, int n_sources)
{
  const char *labels[RHEO_PLOT_MAX_COLUMNS];

  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoPlotBinding *binding = &spec->binding[i];

      labels[i] = binding->label;
      for (int k = 0; k < spec->n_bindings && labels[i] == binding->label && binding->label != NULL; k++)
        if (binding->role == spec->binding[k].role && binding->label == spec->binding[k].label)
          {
            g_autofree char *part = dup_part (binding->column->key, spec->binding[k].column->key);
            g_autofree char *label = part != NULL ? g_strdup_printf ("%s, %s", part, binding->label) : NULL;

            labels[i] = label != NULL ? g_intern_string (label) : binding->label;
          }
    }
  for (int i = 0; i < spec->n_bindings; i++)
    {
      for (int k = 0; k < n_sources && labels[i] != NULL; k++)
        {
          g_autofree char *end = g_strconcat (", ", sources[k].name, NULL);

          if (g_str_equal (labels[i], sources[k].name) || g_str_has_suffix (labels[i], end))
            spec->binding[i].style = k;
        }
      spec->binding[i].label = labels[i];
    }
}

RheoPlotSpec *
rheo_panel_fill (const RheoViewPanel *panel, const RheoPlotSource *sources, int n_sources, int64_t at,
                 const RheoTable *metrics, GError **error)
{
  const RheoPlotKind *kind = rheo_plot_kind_find (panel->kind, NULL);
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (kind);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, at);
  const char *const one[] = { number, NULL }, *const stages[] = { "first", number, NULL };
  const char *const newest[] = { "last", NULL };
  const char *const *when = rheo_panel_is_over_training (panel, metrics)   ? NULL
                            : at < 0 && n_sources > 1 && has_stages (kind) ? newest
                            : at < 0                                       ? NULL
                            : has_stages (kind)                            ? stages
                                                                           : one;
  g_autoptr (GError) why = NULL;

  if (!rheo_plot_fill (spec, sources, n_sources, (const char *const *) panel->from, when, &why))
    {
      if (error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return NULL;
        }
      g_clear_pointer (&spec, rheo_plot_spec_free);
      spec = rheo_plot_spec_new (kind);
      spec->title = g_intern_string (_ (kind->base.title));
      spec->empty = g_intern_string (at < 0 ? _ ("Not recorded") : _ ("Not recorded at this iteration"));
      return g_steal_pointer (&spec);
    }
  if (n_sources > 1)
    name_curves (spec, sources, n_sources);
  for (int i = 0; panel->set != NULL && panel->set[i] != NULL; i++)
    {
      const char *equals = strchr (panel->set[i], '=');
      g_autofree char *key = g_strndup (panel->set[i], (gsize) (equals - panel->set[i]));

      rheo_plot_set (spec, key, equals + 1, NULL);
    }
  return g_steal_pointer (&spec);
}
