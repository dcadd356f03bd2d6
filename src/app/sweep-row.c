#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/sweep-row.h"

#include <glib/gi18n-lib.h>

int
rheo_sweep_count_left (const RheoSweepSight *sight)
{
  return sight->count[RHEO_ROW_WAITING] + sight->count[RHEO_ROW_RUNNING];
}

static const char *
state_of (RheoSweepWatch *watch, const char **class)
{
  const RheoSweepSight *sight = rheo_sweep_watch_get (watch);

  *class = "";
  if (sight == NULL)
    return _ ("Reading");
  if (rheo_sweep_watch_is_driving (watch))
    {
      *class = "running";
      return _ ("Running");
    }
  if (rheo_sweep_count_left (sight) == 0)
    return _ ("Done");
  return rheo_sweep_watch_is_paused (watch) ? _ ("Paused") : _ ("Waiting");
}

char *
rheo_sweep_dup_size (RheoSweep *sweep)
{
  const RheoComponent *rule = rheo_experiment_get_component (rheo_sweep_get_experiment (sweep), RHEO_SLOT_RULE);
  const RheoSweepAxis *last = rheo_sweep_get_axis (sweep, rheo_sweep_get_n_axes (sweep) - 1);
  int n_seeds = last->seeds ? last->n : 1, n_points = rheo_sweep_get_n_rows (sweep) / n_seeds;
  g_autofree char *points = g_strdup_printf (ngettext ("%d point", "%d points", (gulong) n_points), n_points);
  g_autofree char *seeds = g_strdup_printf (ngettext ("%d seed", "%d seeds", (gulong) n_seeds), n_seeds);

  return g_strdup_printf ("%s · %s × %s", rule != NULL ? _ (rule->title) : "", points, seeds);
}

void
rheo_sweep_row_update (GtkWidget *row, RheoSweepWatch *watch)
{
  GtkWidget *state = g_object_get_data (G_OBJECT (row), "state");
  const char *class;
  const char *text = state_of (watch, &class);
  const char *classes[] = { "run-state", class, NULL };

  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (state)), text) == 0)
    return;
  gtk_label_set_label (GTK_LABEL (state), text);
  gtk_widget_set_css_classes (state, classes);
}

GtkWidget *
rheo_sweep_row_new (gpointer item, gpointer unused)
{
  RheoSweepWatch *watch = item;
  RheoSweep *sweep = rheo_sweep_watch_get_sweep (watch);
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0),
            *title = gtk_label_new (rheo_sweep_get_shown_title (sweep));
  g_autofree char *size = rheo_sweep_dup_size (sweep);
  GtkWidget *below = gtk_label_new (size), *state = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (GTK_LABEL (below), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (below), 0);
  gtk_widget_add_css_class (below, "caption");
  gtk_widget_add_css_class (below, "dim-label");
  gtk_widget_set_hexpand (names, TRUE);
  gtk_widget_set_valign (state, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (names), title);
  gtk_box_append (GTK_BOX (names), below);
  gtk_box_append (GTK_BOX (box), names);
  gtk_box_append (GTK_BOX (box), state);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data (G_OBJECT (row), "watch", watch);
  g_object_set_data (G_OBJECT (row), "state", state);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  rheo_sweep_get_shown_title (sweep), -1);
  rheo_sweep_row_update (row, watch);
  return row;
}
