#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/sweep-cell.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/plot-toasts.h"
#include "widgets/common.h"
#include "widgets/plot-card.h"
#include "widgets/tooltip.h"
#include "widgets/wrap-row.h"

#define CURVES_HEIGHT 200

struct _RheoSweepCell
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *box, *title, *seeds, *card, *error, *open, *like, *again, *next;
  RheoPlotGroup *group;
  RheoSweepWatch *watch;
  GArray *rows; /* int */
  char *shown;  /* what the curves are of: rows, states and metric */
  GCancellable *reading;
};

G_DEFINE_FINAL_TYPE (RheoSweepCell, rheo_sweep_cell, GTK_TYPE_WIDGET)

static int
row_of (RheoSweepCell *cell, guint i)
{
  return g_array_index (cell->rows, int, i);
}

/* --- curves ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  GPtrArray *paths, *labels, *tables;
  char *metric;
} Curves;

static void
free_curves (gpointer data)
{
  Curves *curves = data;

  g_ptr_array_unref (curves->paths);
  g_ptr_array_unref (curves->labels);
  g_ptr_array_unref (curves->tables);
  g_free (curves->metric);
  g_free (curves);
}

static void
read_curves (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Curves *curves = data;
  const char *const keys[] = { curves->metric, NULL };

  for (guint i = 0; i < curves->paths->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      g_autoptr (RheoRun) run = rheo_run_open (g_ptr_array_index (curves->paths, i), NULL);
      RheoTable *table = run != NULL ? rheo_run_read_metrics (run, keys, NULL) : NULL;

      if (table != NULL && rheo_table_find (table, curves->metric) == NULL)
        g_clear_pointer (&table, rheo_table_unref);
      g_ptr_array_add (curves->tables, table != NULL ? table : rheo_table_new (""));
    }
  g_task_return_boolean (task, TRUE);
}

static void
curves_read (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoSweepCell *cell = RHEO_SWEEP_CELL (object);
  Curves *curves = g_task_get_task_data (G_TASK (result));
  RheoPlotSpec *spec;

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  spec = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));
  for (guint i = 0; i < curves->tables->len; i++)
    {
      RheoTable *table = g_ptr_array_index (curves->tables, i);

      if (rheo_table_find (table, curves->metric) == NULL)
        continue;
      rheo_plot_bind (spec, "y", table, curves->metric, g_ptr_array_index (curves->labels, i), NULL);
      rheo_plot_bind (spec, "x", table, "iteration", NULL, NULL);
    }
  spec->empty = g_intern_string (_ ("After the first iteration"));
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (cell->card), spec);
}

static char *
dup_seed_label (RheoSweepCell *cell, int row)
{
  RheoSweep *sweep = rheo_sweep_watch_get_sweep (cell->watch);
  const RheoSweepAxis *last = rheo_sweep_get_axis (sweep, rheo_sweep_get_n_axes (sweep) - 1);

  if (!last->seeds)
    return rheo_sweep_dup_row_title (sweep, row);
  return g_strdup_printf (_ ("Seed %s"),
                          last->points[rheo_sweep_get_point (sweep, row, rheo_sweep_get_n_axes (sweep) - 1)].text);
}

static void
show_curves (RheoSweepCell *cell, const char *metric)
{
  g_autoptr (GTask) task = NULL;
  Curves *curves = g_new0 (Curves, 1);

  g_cancellable_cancel (cell->reading);
  g_clear_object (&cell->reading);
  cell->reading = g_cancellable_new ();
  curves->paths = g_ptr_array_new_with_free_func (g_free);
  curves->labels = g_ptr_array_new_with_free_func (g_free);
  curves->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_table_unref);
  curves->metric = g_strdup (metric);
  for (guint i = 0; i < cell->rows->len && i < RHEO_SWEEP_MAX_CURVES; i++)
    {
      g_ptr_array_add (curves->paths, rheo_sweep_dup_path (rheo_sweep_watch_get_sweep (cell->watch), row_of (cell, i)));
      g_ptr_array_add (curves->labels, dup_seed_label (cell, row_of (cell, i)));
    }
  task = g_task_new (cell, cell->reading, curves_read, NULL);
  g_task_set_task_data (task, curves, free_curves);
  g_task_run_in_thread (task, read_curves);
}

/* --- what can be done -------------------------------------------------------------------------------------------- */

static void
on_like (GtkButton *button, RheoSweepCell *cell)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *experiment =
      rheo_sweep_dup_experiment (rheo_sweep_watch_get_sweep (cell->watch), row_of (cell, 0), &error);

  if (experiment == NULL)
    return;
  rheo_document_take (cell->context->document, experiment);
  gtk_widget_activate_action (GTK_WIDGET (cell), "win.show-form", NULL);
}

static void
on_again (GtkButton *button, RheoSweepCell *cell)
{
  rheo_sweep_watch_again (cell->watch, &g_array_index (cell->rows, int, 0), (int) cell->rows->len);
}

static void
on_next (GtkButton *button, RheoSweepCell *cell)
{
  rheo_sweep_watch_put_first (cell->watch, &g_array_index (cell->rows, int, 0), (int) cell->rows->len);
}

static GMenuModel *
new_run_menu (RheoSweepCell *cell, const RheoSweepSight *sight)
{
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < cell->rows->len && i < 50; i++)
    {
      const RheoRowFacts *facts = &sight->facts[row_of (cell, i)];
      g_autofree char *path = rheo_sweep_dup_path (rheo_sweep_watch_get_sweep (cell->watch), row_of (cell, i)),
                      *label = dup_seed_label (cell, row_of (cell, i));
      GMenuItem *item;

      if (facts->budget == 0)
        continue;
      item = g_menu_item_new (label, NULL);
      g_menu_item_set_action_and_target (item, "win.show-run", "s", path);
      g_menu_append_item (menu, item);
      g_object_unref (item);
    }
  return G_MENU_MODEL (menu);
}

static void
update_buttons (RheoSweepCell *cell, const RheoSweepSight *sight)
{
  g_autoptr (GMenuModel) menu = new_run_menu (cell, sight);
  gboolean any_run = g_menu_model_get_n_items (menu) > 0, waits = FALSE, runs = FALSE;

  for (guint i = 0; i < cell->rows->len; i++)
    {
      waits = waits || sight->facts[row_of (cell, i)].state == RHEO_ROW_WAITING;
      runs = runs || sight->facts[row_of (cell, i)].state == RHEO_ROW_RUNNING;
    }
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (cell->open), menu);
  gtk_widget_set_sensitive (cell->open, any_run);
  rheo_tooltip_set (cell->open, any_run ? _ ("Show a run in Runs") : _ ("None of them has begun"));
  gtk_widget_set_sensitive (cell->again, any_run && !runs);
  rheo_tooltip_set (cell->again, runs      ? _ ("They are running")
                                 : any_run ? _ ("Throw these runs away and train them from the start")
                                           : _ ("None of them has begun"));
  gtk_widget_set_sensitive (cell->next, waits);
  rheo_tooltip_set (cell->next, waits ? _ ("These runs come before the others") : _ ("None of them waits"));
}

/* --- showing ----------------------------------------------------------------------------------------------------- */

void
rheo_sweep_cell_show (RheoSweepCell *cell, RheoSweepWatch *watch, const int *rows, int n, const char *metric)
{
  const RheoSweepSight *sight = watch != NULL ? rheo_sweep_watch_get (watch) : NULL;
  g_autoptr (GString) shown = g_string_new (metric);
  g_autofree char *title = NULL, *count = NULL, *figures = NULL;
  const char *error = NULL;

  gtk_widget_set_visible (GTK_WIDGET (cell), n > 0 && sight != NULL);
  if (n == 0 || sight == NULL)
    return;
  g_set_object (&cell->watch, watch);
  g_array_set_size (cell->rows, 0);
  g_array_append_vals (cell->rows, rows, (guint) n);
  g_string_append_printf (shown, "%p", watch);
  for (int i = 0; i < n; i++)
    {
      const RheoRowFacts *facts = &sight->facts[rows[i]];

      g_string_append_printf (shown, " %d:%d:%d", rows[i], (int) facts->state, (int) facts->iteration);
      error = error != NULL ? error : facts->error;
    }
  title = rheo_sweep_dup_rows_title (rheo_sweep_watch_get_sweep (watch), rows, n);
  count = g_strdup_printf (ngettext ("%d run", "%d runs", (gulong) n), n);
  gtk_label_set_label (GTK_LABEL (cell->title), title);
  gtk_label_set_label (GTK_LABEL (cell->seeds), count);
  gtk_widget_set_visible (cell->error, error != NULL);
  gtk_label_set_label (GTK_LABEL (cell->error), error != NULL ? error : "");
  update_buttons (cell, sight);
  if (g_strcmp0 (shown->str, cell->shown) == 0)
    return;
  g_free (cell->shown);
  cell->shown = g_strdup (shown->str);
  figures = g_build_filename (rheo_sweep_get_folder (rheo_sweep_watch_get_sweep (watch)), "figures", NULL);
  rheo_plot_view_set_name (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card)), _ ("Curves of the cell"),
                           "sweep-curves", figures);
  if (*metric != '\0')
    show_curves (cell, metric);
}

/* --- the widget -------------------------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  RheoSweepCell *cell = RHEO_SWEEP_CELL (object);

  g_cancellable_cancel (cell->reading);
  g_clear_object (&cell->reading);
  g_clear_object (&cell->watch);
  g_clear_object (&cell->group);
  g_clear_pointer (&cell->box, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_sweep_cell_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoSweepCell *cell = RHEO_SWEEP_CELL (object);

  g_array_unref (cell->rows);
  g_free (cell->shown);
  G_OBJECT_CLASS (rheo_sweep_cell_parent_class)->finalize (object);
}

static void
rheo_sweep_cell_class_init (RheoSweepCellClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
add_button (GtkWidget *row, const char *label, GCallback clicked, RheoSweepCell *cell)
{
  GtkWidget *button = rheo_text_button_new (label, NULL);

  g_signal_connect (button, "clicked", clicked, cell);
  rheo_wrap_row_insert_before (RHEO_WRAP_ROW (row), button, NULL);
  return button;
}

static void
rheo_sweep_cell_init (RheoSweepCell *cell)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *buttons = rheo_wrap_row_new (6);

  cell->rows = g_array_new (FALSE, FALSE, sizeof (int));
  cell->group = rheo_plot_group_new ();
  cell->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  cell->title = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (cell->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (cell->title), 0);
  gtk_widget_add_css_class (cell->title, "heading");
  cell->seeds = gtk_label_new (NULL);
  gtk_widget_add_css_class (cell->seeds, "dim-label");
  gtk_box_append (GTK_BOX (head), cell->title);
  gtk_box_append (GTK_BOX (head), cell->seeds);
  cell->card = rheo_plot_card_new (cell->group);
  rheo_widget_set_text_height (cell->card, CURVES_HEIGHT);
  rheo_plot_toasts_follow (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card)));
  cell->error = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (cell->error), TRUE);
  gtk_label_set_selectable (GTK_LABEL (cell->error), TRUE);
  gtk_label_set_xalign (GTK_LABEL (cell->error), 0);
  gtk_widget_add_css_class (cell->error, "error");
  cell->open = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (cell->open), _ ("Open runs"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell->open), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Open runs"), -1);
  rheo_wrap_row_insert_before (RHEO_WRAP_ROW (buttons), cell->open, NULL);
  cell->like = add_button (buttons, _ ("Set up like this"), G_CALLBACK (on_like), cell);
  cell->again = add_button (buttons, _ ("Run again"), G_CALLBACK (on_again), cell);
  cell->next = add_button (buttons, _ ("Run next"), G_CALLBACK (on_next), cell);
  gtk_box_append (GTK_BOX (cell->box), head);
  gtk_box_append (GTK_BOX (cell->box), cell->card);
  gtk_box_append (GTK_BOX (cell->box), cell->error);
  gtk_box_append (GTK_BOX (cell->box), buttons);
  gtk_widget_set_parent (cell->box, GTK_WIDGET (cell));
  gtk_widget_set_visible (GTK_WIDGET (cell), FALSE);
}

GtkWidget *
rheo_sweep_cell_new (RheoContext *context)
{
  RheoSweepCell *cell = g_object_new (RHEO_TYPE_SWEEP_CELL, NULL);

  cell->context = context;
  return GTK_WIDGET (cell);
}
