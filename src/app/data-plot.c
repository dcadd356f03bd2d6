#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/data-plot.h"

#include <adwaita.h>
#include <string.h>

#include "app/plot-toasts.h"
#include "app/run-text.h"
#include "widgets/common.h"
#include "widgets/plot-card.h"

#define MAX_LINES 12 /* columns of a matrix over time that are drawn as lines */

/* Kind and role that show a column best. */
static const char *
choose_kind (const RheoColumn *column, const char **role)
{
  gboolean over_time = g_str_has_prefix (column->axes, "time ");

  if (column->n_dims == 1)
    {
      *role = "y";
      return "line";
    }
  if (g_str_equal (column->axes, "time unit") && (column->flags & RHEO_SERIES_BITS) != 0)
    {
      *role = "spikes";
      return "raster";
    }
  if (over_time && column->dims[1] <= MAX_LINES)
    {
      *role = "y";
      return "line";
    }
  *role = "matrix";
  return "heat-map";
}

/* Iterations of a metric or log, which lie beside it. */
static void
bind_iterations (RheoPlotSpec *spec, RheoTree *tree, const RheoNode *node)
{
  g_autofree char *group = g_path_get_dirname (node->path);
  g_autofree char *path = g_build_path ("/", group, "iteration", NULL);
  g_autoptr (RheoTable) table = NULL;

  if (!g_str_equal (group, "/metrics") && !g_str_has_prefix (group, "/logs/"))
    return;
  table = rheo_tree_read_table (tree, path, 0, NULL, NULL);
  if (table != NULL)
    rheo_plot_bind (spec, "x", table, "iteration", NULL, NULL);
}

RheoPlotSpec *
rheo_data_plot_new (RheoTree *tree, const RheoNode *node, int n_fixed, const int64_t *fixed, GError **error)
{
  g_autoptr (RheoTable) table = rheo_tree_read_table (tree, node->path, n_fixed, fixed, error);
  g_autoptr (RheoPlotSpec) spec = NULL;
  const RheoColumn *column;
  const char *kind, *role;

  if (table == NULL)
    return NULL;
  column = rheo_table_get_column (table, 0);
  kind = choose_kind (column, &role);
  spec = rheo_plot_spec_new (rheo_plot_kind_find (kind, NULL));
  if (!rheo_plot_bind (spec, role, table, column->key, NULL, error))
    return NULL;
  if (g_str_equal (role, "y") && column->n_dims == 1)
    bind_iterations (spec, tree, node);
  spec->title = g_intern_string (*node->description != '\0' ? node->description : node->name);
  return rheo_plot_check (spec, error) ? g_steal_pointer (&spec) : NULL;
}

static gboolean
on_escape (GtkWidget *window, GVariant *arguments, gpointer data)
{
  gtk_window_close (GTK_WINDOW (window));
  return TRUE;
}

void
rheo_data_plot_present (GtkWidget *from, RheoPlotSpec *spec, const RheoNode *node, const char *run)
{
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *name = rheo_run_dup_stem (run), *folder = rheo_run_dup_figures (run);
  GtkWidget *header = adw_header_bar_new (), *title = adw_window_title_new (node->path, name);
  GtkWidget *card = rheo_plot_card_new (NULL);
  GtkEventController *keys = gtk_shortcut_controller_new ();
  g_autofree char *stem = g_strdup_printf ("%s-%s", name, node->name);

  gtk_window_set_title (GTK_WINDOW (window), node->path);
  gtk_window_set_default_size (GTK_WINDOW (window), 640, 460);
  rheo_window_stand_beside (GTK_WINDOW (window), from);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), title);
  gtk_box_append (GTK_BOX (box), header);
  rheo_plot_view_set_name (rheo_plot_card_get_view (RHEO_PLOT_CARD (card)), spec->title, stem, folder);
  rheo_plot_toasts_follow (rheo_plot_card_get_view (RHEO_PLOT_CARD (card)));
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), spec);
  gtk_widget_set_vexpand (card, TRUE);
  gtk_widget_add_css_class (card, "plot-window");
  gtk_box_append (GTK_BOX (box), card);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_callback_action_new (on_escape, NULL, NULL)));
  gtk_widget_add_controller (window, keys);
  gtk_window_present (GTK_WINDOW (window));
}
