#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/dashboard-cell.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app/plot-toasts.h"

RheoDashboardCell *
rheo_dashboard_cell_new (RheoContext *context, RheoDashboardPanel *panel, RheoPlotGroup *group)
{
  RheoDashboardCell *cell = g_new0 (RheoDashboardCell, 1);

  cell->context = context;
  cell->panel = panel;
  cell->kind = rheo_plot_kind_find (panel->plot, NULL);
  cell->card = g_object_ref_sink (rheo_plot_card_new (group));
  rheo_plot_view_set_patient (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card)), TRUE);
  cell->dirty = TRUE;
  cell->stages = cell->kind != NULL && cell->kind->roles[0].at != NULL;
  rheo_plot_card_set_movable (RHEO_PLOT_CARD (cell->card), TRUE);
  rheo_plot_toasts_follow (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card)));
  if (panel->options != NULL)
    rheo_plot_view_set_options (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card)), panel->options);
  return cell;
}

void
rheo_dashboard_cell_free (RheoDashboardCell *cell)
{
  rheo_dashboard_cell_forget (cell);
  if (gtk_widget_get_parent (cell->card) != NULL)
    gtk_widget_unparent (cell->card);
  g_clear_object (&cell->actions);
  g_object_unref (cell->card);
  g_free (cell);
}

/* --- what it shows --------------------------------------------------------------------------------------------- */

static void
set_watched (RheoDashboardCell *cell, gboolean watched)
{
  if (cell->watched == watched)
    return;
  cell->watched = watched;
  for (int i = 0; cell->streams != NULL && cell->streams[i] != NULL; i++)
    if (watched)
      rheo_session_watch (cell->context->session, cell->streams[i]);
    else
      rheo_session_unwatch (cell->context->session, cell->streams[i]);
}

void
rheo_dashboard_cell_forget (RheoDashboardCell *cell)
{
  set_watched (cell, FALSE);
  g_clear_pointer (&cell->streams, g_strfreev);
  cell->dirty = TRUE;
}

/* Kinds over training take the metric where a stream has the same name. */
static gboolean
is_over_training (const RheoPlotKind *kind)
{
  for (const RheoPlotRole *role = kind->roles; role->key != NULL; role++)
    if (g_strcmp0 (role->with, "axis") == 0)
      return TRUE;
  return FALSE;
}

static int
find_stream (RheoSession *session, const char *name)
{
  RheoTable *streams = rheo_session_get_streams (session);
  const RheoColumn *names = streams != NULL ? rheo_table_find (streams, "stream") : NULL;

  for (int64_t i = 0; names != NULL && i < rheo_column_get_length (names); i++)
    if (g_strcmp0 (rheo_column_get_string (names, i), name) == 0)
      return (int) i;
  return -1;
}

/* Which streams the panel needs is known once the run has said what it has. */
static void
find_streams (RheoDashboardCell *cell)
{
  RheoSession *session = cell->context->session;
  RheoTable *streams = rheo_session_get_streams (session);
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;

  if (cell->streams != NULL || streams == NULL || cell->kind == NULL)
    return;
  names = rheo_plot_dup_names (cell->kind, rheo_session_get_source (session), (const char *const *) cell->panel->from);
  for (int i = 0; names[i] != NULL; i++)
    {
      int row = find_stream (session, names[i]);
      const char *axes = row >= 0 ? rheo_column_get_string (rheo_table_find (streams, "axes"), row) : NULL;

      if (axes != NULL && (!is_over_training (cell->kind) || strchr (axes, ' ') != NULL || g_str_equal (axes, "time")))
        g_strv_builder_add (found, names[i]);
    }
  cell->streams = g_strv_builder_end (found);
}

void
rheo_dashboard_cell_watch (RheoDashboardCell *cell, gboolean visible)
{
  find_streams (cell);
  if (cell->streams != NULL)
    set_watched (cell, visible || cell->stages);
}

gboolean
rheo_dashboard_cell_shows (RheoDashboardCell *cell, const char *stream)
{
  return cell->streams != NULL && g_strv_contains ((const char *const *) cell->streams, stream);
}

gboolean
rheo_dashboard_cell_shows_metrics (RheoDashboardCell *cell)
{
  return cell->streams == NULL || cell->streams[0] == NULL;
}

/* --- specs ----------------------------------------------------------------------------------------------------- */

static void
set_values (RheoPlotSpec *spec, const char *json)
{
  g_autoptr (JsonNode) root = json != NULL ? json_from_string (json, NULL) : NULL;
  g_autoptr (GList) keys = NULL;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  keys = json_object_get_members (json_node_get_object (root));
  for (GList *l = keys; l != NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (json_node_get_object (root), l->data);
      g_autofree char *text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                                  ? json_node_dup_string (node)
                                  : json_to_string (node, FALSE);

      rheo_plot_set (spec, l->data, text, NULL);
    }
}

/* Why there is nothing to see. */
static char *
dup_empty (RheoDashboardCell *cell, const GError *error)
{
  RheoSession *session = cell->context->session;
  g_auto (GStrv) names = NULL;

  if (cell->kind == NULL)
    return g_strdup_printf (_ ("There is no plot \"%s\"."), cell->panel->plot);
  if (rheo_session_get_streams (session) == NULL)
    return g_strdup (rheo_session_is_going (session) ? _ ("Preparing the data…") : _ ("Nothing has run yet"));
  names = rheo_plot_dup_names (cell->kind, rheo_session_get_source (session), (const char *const *) cell->panel->from);
  for (int i = 0; names[i] != NULL; i++)
    if (g_str_has_suffix (names[i], ".gradient") && find_stream (session, names[i]) < 0)
      return g_strdup (_ ("This rule has no gradient."));
  if (rheo_session_get_place (session).iteration == 0 || error == NULL || rheo_session_is_going (session))
    return g_strdup_printf (_ ("After the first %s"), rheo_session_get_unit (session));
  return g_strdup (error->message);
}

/* "trial 3 · epoch 12" where what is shown is one trial of several. */
static void
add_trial (RheoPlotSpec *spec)
{
  const char *note = spec->n_bindings > 0 ? rheo_table_get_note (spec->binding[0].table, "trial") : NULL;
  g_autofree char *trial = NULL, *text = NULL;

  if (note == NULL)
    return;
  trial = g_strdup_printf (_ ("trial %d"), atoi (note) + 1);
  text = spec->subtitle != NULL ? g_strconcat (trial, " · ", spec->subtitle, NULL) : g_strdup (trial);
  spec->subtitle = g_intern_string (text);
}

/* "trial 3 · last good, epoch 8": after a divergence. */
static void
add_good (RheoDashboardCell *cell, RheoPlotSpec *spec)
{
  RheoSession *session = cell->context->session;
  g_autofree char *text = NULL;

  if (rheo_session_get_state (session) != RHEO_ENGINE_STOPPED || rheo_session_get_stop (session) != RHEO_STOP_DIVERGED
      || spec->subtitle == NULL || rheo_table_get_note (spec->binding[0].table, "iteration") == NULL)
    return;
  text = g_strdup_printf (_ ("last good, %s"), spec->subtitle);
  spec->subtitle = g_intern_string (text);
}

/* "Firing rate" -> "firing-rate": two plots of one kind get files of their own. */
static char *
dup_file_name (const char *title)
{
  g_autofree char *plain = g_str_to_ascii (title, NULL), *low = g_ascii_strdown (plain, -1);
  GString *name = g_string_new (NULL);

  for (const char *c = low; *c != '\0'; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (name, *c);
    else if (name->len > 0 && name->str[name->len - 1] != '-')
      g_string_append_c (name, '-');
  return g_string_free (name, FALSE);
}

const char *
rheo_dashboard_panel_guess_title (const RheoDashboardPanel *panel)
{
  static const char *const words[][2] = {
    { "spikes", N_ ("Spikes") },  { "rate", N_ ("Firing rate") },     { "value", N_ ("Output") },
    { "weight", N_ ("Weights") }, { "change", N_ ("Weight change") }, { "gradient", N_ ("Gradient") },
    { "loss", N_ ("Loss") },      { "accuracy", N_ ("Accuracy") },    { "confusion", N_ ("Confusion matrix") },
  };
  const char *from = panel->from != NULL && panel->from[0] != NULL ? panel->from[0] : "";
  g_auto (GStrv) parts = g_strsplit (from, ".", -1);
  const RheoPlotKind *kind = rheo_plot_kind_find (panel->plot, NULL);

  /* Stages of training are called after their kind. */
  if (kind == NULL || kind->roles[0].at != NULL)
    return NULL;
  /* "hidden.rate", and "hidden.rate.E" of a class of cells; "test-accuracy". */
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *end = g_strconcat ("-", words[i][0], NULL);

      if (g_strv_contains ((const char *const *) parts + (parts[0] != NULL), words[i][0])
          || (parts[0] != NULL && parts[1] == NULL && g_str_has_suffix (from, end)))
        return _ (words[i][1]);
    }
  return NULL;
}

void
rheo_dashboard_cell_refresh (RheoDashboardCell *cell)
{
  RheoSession *session = cell->context->session;
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (cell->kind);
  RheoPlotView *view = rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card));
  g_autoptr (GError) error = NULL;

  cell->dirty = FALSE;
  cell->shown_at = g_get_monotonic_time ();
  if (cell->kind != NULL)
    set_values (spec, cell->panel->set);
  if (cell->kind == NULL
      || !rheo_plot_fill (spec, rheo_session_get_source (session), 1, (const char *const *) cell->panel->from, NULL,
                          &error))
    {
      g_autofree char *empty = dup_empty (cell, error);
      const char *title = rheo_dashboard_cell_get_title (cell);

      g_clear_pointer (&spec, rheo_plot_spec_free);
      spec = rheo_plot_spec_new (cell->kind);
      if (cell->kind != NULL)
        set_values (spec, cell->panel->set);
      spec->title = g_intern_string (title);
      spec->empty = g_intern_string (empty);
    }
  else
    {
      add_good (cell, spec);
      add_trial (spec);
    }
  if (rheo_session_get_path (session) != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (rheo_session_get_path (session));
      g_autofree char *figures = g_build_filename (folder, "figures", NULL);
      g_autofree char *file = g_path_get_basename (rheo_session_get_path (session));
      g_autofree char *stem = g_strndup (file, strlen (file) - (g_str_has_suffix (file, ".h5") ? 3 : 0));
      g_autofree char *plot = dup_file_name (spec->title), *name = g_strdup_printf ("%s-%s", stem, plot);

      rheo_plot_view_set_name (view, spec->title, name, figures);
    }
  else
    rheo_plot_view_set_name (view, spec->title, cell->panel->plot, NULL);
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (cell->card), g_steal_pointer (&spec));
}

const char *
rheo_dashboard_cell_get_title (RheoDashboardCell *cell)
{
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card)));

  if (spec != NULL && spec->title != NULL)
    return spec->title;
  if (rheo_dashboard_panel_guess_title (cell->panel) != NULL)
    return rheo_dashboard_panel_guess_title (cell->panel);
  return cell->kind != NULL ? _ (cell->kind->base.title) : cell->panel->plot;
}

void
rheo_dashboard_cell_set_marks (RheoDashboardCell *cell, const GPtrArray *marks)
{
  g_autofree double *at = g_new0 (double, marks->len + 1);
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < marks->len; i++)
    {
      const RheoSessionMark *mark = marks->pdata[i];

      at[i] = mark->iteration;
      g_ptr_array_add (labels, g_strdup_printf ("%s %s", mark->path, mark->text));
    }
  rheo_plot_view_set_marks (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card)), at,
                            (const char *const *) labels->pdata, (int) marks->len);
}
