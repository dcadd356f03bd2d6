#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/sweeps-page-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/plot-toasts.h"
#include "app/speed.h"
#include "app/sweep-cell.h"
#include "app/sweep-queue.h"
#include "app/sweep-row.h"
#include "widgets/common.h"
#include "widgets/plot-card.h"
#include "widgets/tooltip.h"
#include "widgets/wrap-row.h"

#define LEFT_WIDTH 300
#define RIGHT_WIDTH 312
#define LEFT_NARROW 240
#define RIGHT_NARROW 276
#define NARROW 1100 /* px below which the sides are narrower */

G_DEFINE_FINAL_TYPE (RheoSweepsPage, rheo_sweeps_page, GTK_TYPE_WIDGET)

/* --- what is asked of the results ---------------------------------------------------------------------------------- */

static void
select_rows (RheoSweepsPage *page)
{
  const RheoSweepSight *sight = sight_of (page);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (int));

  for (int row = 0; sight != NULL && page->selected >= 0 && row < sight->n_rows; row++)
    if (rheo_sweeps_page_get_cell (page, sight, row) == page->selected)
      g_array_append_val (rows, row);
  rheo_sweep_cell_show (RHEO_SWEEP_CELL (page->cell), page->watch, (const int *) (gpointer) rows->data, (int) rows->len,
                        sight != NULL ? sight->view.metric : "");
}

void
rheo_sweeps_page_select (RheoSweepsPage *page, int64_t cell)
{
  page->selected = cell;
  rheo_plot_view_set_point (rheo_plot_card_get_view (RHEO_PLOT_CARD (page->card)), cell);
  select_rows (page);
}

static void
on_asked (RheoSweepsPage *page)
{
  const RheoSweepSight *sight = sight_of (page);
  RheoSweepView view;
  guint metric;

  if (page->filling || sight == NULL)
    return;
  view = sight->view;
  metric = gtk_drop_down_get_selected (GTK_DROP_DOWN (page->metric));
  if (page->metrics != NULL && metric < g_strv_length (page->metrics))
    g_strlcpy (view.metric, page->metrics[metric], sizeof view.metric);
  view.reduction = (RheoReduction) gtk_drop_down_get_selected (GTK_DROP_DOWN (page->reduction));
  view.measure = (RheoMeasure) gtk_drop_down_get_selected (GTK_DROP_DOWN (page->measure));
  view.n = (int) gtk_spin_button_get_value (GTK_SPIN_BUTTON (page->n_last));
  view.threshold = gtk_spin_button_get_value (GTK_SPIN_BUTTON (page->threshold));
  view.x = (int) gtk_drop_down_get_selected (GTK_DROP_DOWN (page->across));
  view.y = (int) gtk_drop_down_get_selected (GTK_DROP_DOWN (page->up)) - 1;
  if (view.y == view.x)
    view.y = -1;
  view.form = (RheoSweepForm) gtk_drop_down_get_selected (GTK_DROP_DOWN (page->form));
  /* Seeds alone are no axes. */
  if (view.form == RHEO_SWEEP_ALL && rheo_sweep_get_axis (sweep_of (page), 0)->seeds)
    view.form = RHEO_SWEEP_MAP;
  gtk_widget_set_visible (page->n_last, view.measure == RHEO_MEASURE_MEAN);
  gtk_widget_set_visible (page->threshold, view.measure == RHEO_MEASURE_REACHED);
  if (view.x != sight->view.x || view.y != sight->view.y || view.form != sight->view.form)
    rheo_sweeps_page_select (page, -1);
  rheo_sweep_watch_look (page->watch, &view);
}

/* "Mean rate, EM": the part of the network that a metric is of stands behind the second dot of its key. */
static char *
dup_metric_name (const char *key, const char *label)
{
  const char *dot = strchr (key, '.'), *part = dot != NULL ? strchr (dot + 1, '.') : NULL;

  if (g_str_has_prefix (key, "valid."))
    return g_strdup_printf (_ ("%s, validation"), label);
  return part != NULL ? g_strdup_printf ("%s, %s", label, part + 1) : g_strdup (label);
}

static void
fill_metrics (RheoSweepsPage *page, const RheoSweepSight *sight)
{
  const RheoColumn *key = rheo_table_find (sight->metrics, "metric"),
                   *label = rheo_table_find (sight->metrics, "label");
  int64_t n = rheo_column_get_length (key);
  g_autoptr (GtkStringList) names = NULL;
  guint selected = GTK_INVALID_LIST_POSITION;

  if (page->metrics != NULL && g_strv_length (page->metrics) == n)
    return;
  g_strfreev (page->metrics);
  page->metrics = g_new0 (char *, n + 1);
  names = gtk_string_list_new (NULL);
  for (int64_t i = 0; i < n; i++)
    {
      g_autofree char *text = dup_metric_name (rheo_column_get_string (key, i), rheo_column_get_string (label, i));

      page->metrics[i] = g_strdup (rheo_column_get_string (key, i));
      gtk_string_list_append (names, text);
      if (g_str_equal (page->metrics[i], sight->view.metric))
        selected = (guint) i;
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (page->metric), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (page->metric), selected);
}

/* Axes of the sweep, in the drop-downs that say which are shown. */
static void
fill_axes (RheoSweepsPage *page, const RheoSweepSight *sight)
{
  g_autoptr (GtkStringList) across = gtk_string_list_new (NULL), up = gtk_string_list_new (NULL);
  int n = rheo_sweep_get_n_axes (sweep_of (page)), n_varied = 0;

  gtk_string_list_append (up, _ ("Nothing"));
  for (int a = 0; a < n; a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep_of (page), a);

      n_varied += !axis->seeds;

      gtk_string_list_append (across, _ (axis->label));
      gtk_string_list_append (up, _ (axis->label));
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (page->across), G_LIST_MODEL (across));
  gtk_drop_down_set_model (GTK_DROP_DOWN (page->up), G_LIST_MODEL (up));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (page->across), (guint) sight->view.x);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (page->up), (guint) (sight->view.y + 1));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (page->form), sight->view.form);
  gtk_widget_set_visible (page->axes_row, n_varied > 2 && sight->view.form == RHEO_SWEEP_MAP);
}

/* --- the sides --------------------------------------------------------------------------------------------------- */

static void
show_varied (RheoSweepsPage *page)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (page->varied)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (page->varied), child);
  for (int a = 0; a < rheo_sweep_get_n_axes (sweep_of (page)); a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep_of (page), a);
      GtkWidget *row = adw_action_row_new ();
      g_autofree char *values = axis->n == 1 ? g_strdup (axis->points[0].text)
                                             : g_strdup_printf (_ ("%d values, %s … %s"), axis->n, axis->points[0].text,
                                                                axis->points[axis->n - 1].text);
      g_autofree char *title = g_markup_escape_text (axis->seeds ? _ ("Seed") : _ (axis->label), -1),
                      *escaped = g_markup_escape_text (values, -1);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
      gtk_widget_set_tooltip_text (row, axis->columns[0]);
      gtk_list_box_append (GTK_LIST_BOX (page->varied), row);
    }
}

static void
show_strip (RheoSweepsPage *page, const RheoSweepSight *sight)
{
  int done = sight->n_rows - rheo_sweep_count_left (sight), failed = sight->count[RHEO_ROW_FAILED];
  gboolean driving = rheo_sweep_watch_is_driving (page->watch), left = rheo_sweep_count_left (sight) > 0;
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *rate = NULL, *left_text = NULL;
  double share = done;

  for (int row = 0; row < sight->n_rows; row++)
    if (sight->facts[row].state == RHEO_ROW_RUNNING && sight->facts[row].budget > 0)
      share += (double) sight->facts[row].iteration / sight->facts[row].budget;
  g_string_append_printf (words, ngettext ("%d of %d run", "%d of %d runs", (gulong) sight->n_rows), done,
                          sight->n_rows);
  if (failed > 0)
    g_string_append_printf (words, _ (" · %d failed"), failed);
  gtk_label_set_label (GTK_LABEL (page->words), words->str);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (page->progress), CLAMP (share / sight->n_rows, 0, 1));
  if (!isnan (sight->run_seconds))
    {
      g_autofree char *each = rheo_speed_dup_duration (sight->run_seconds);

      rate = g_strdup_printf (_ ("%d at a time · %s each"), sight->jobs, each);
    }
  gtk_label_set_label (GTK_LABEL (page->rate), rate != NULL ? rate : "");
  if (driving && !isnan (sight->left) && sight->left > 0)
    {
      g_autofree char *time = rheo_speed_dup_duration (sight->left);

      left_text = g_strdup_printf (_ ("%s left"), time);
    }
  gtk_label_set_label (GTK_LABEL (page->left), left_text != NULL ? left_text : "");
  gtk_button_set_label (GTK_BUTTON (page->pause), driving ? _ ("Pause sweep") : _ ("Go on"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->pause), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  driving ? _ ("Pause sweep") : _ ("Go on"), -1);
  gtk_widget_set_sensitive (page->pause, driving || left);
  rheo_tooltip_set (page->pause, driving ? _ ("The runs end after a checkpoint")
                                 : left  ? _ ("Runs that began go on at their checkpoints")
                                         : _ ("All runs are done"));
  gtk_widget_set_sensitive (page->retry, failed > 0);
  rheo_tooltip_set (page->retry, failed > 0 ? _ ("Runs that could not run are tried once more") : _ ("No run failed"));
}

static void
update (RheoSweepsPage *page)
{
  const RheoSweepSight *sight = sight_of (page);

  for (GtkWidget *row = gtk_widget_get_first_child (page->list); row != NULL; row = gtk_widget_get_next_sibling (row))
    rheo_sweep_row_update (row, g_object_get_data (G_OBJECT (row), "watch"));
  if (sight == NULL)
    return;
  page->filling = TRUE;
  fill_metrics (page, sight);
  fill_axes (page, sight);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (page->jobs), sight->jobs);
  page->filling = FALSE;
  show_strip (page, sight);
  rheo_sweeps_page_show_map (page, sight);
  rheo_sweeps_page_show_best (page, sight);
  rheo_sweep_queue_show (RHEO_SWEEP_QUEUE (page->queue), page->watch);
  select_rows (page);
}

void
rheo_sweeps_page_show (RheoSweepsPage *page, RheoSweepWatch *watch)
{
  g_autofree char *size = NULL;

  if (watch == page->watch)
    return;
  g_clear_signal_handler (&page->changed, page->watch);
  g_set_object (&page->watch, watch);
  g_clear_pointer (&page->metrics, g_strfreev);
  page->selected = -1;
  rheo_plot_view_begin (rheo_plot_card_get_view (RHEO_PLOT_CARD (page->card)));
  rheo_plot_view_set_point (rheo_plot_card_get_view (RHEO_PLOT_CARD (page->card)), -1);
  if (watch == NULL)
    return;
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), "sweeps");
  size = rheo_sweep_dup_size (sweep_of (page));
  gtk_label_set_label (GTK_LABEL (page->title), rheo_sweep_get_shown_title (sweep_of (page)));
  gtk_label_set_label (GTK_LABEL (page->subtitle), size);
  show_varied (page);
  page->changed = g_signal_connect_swapped (watch, "changed", G_CALLBACK (update), page);
  for (GtkWidget *row = gtk_widget_get_first_child (page->list); row != NULL; row = gtk_widget_get_next_sibling (row))
    if (g_object_get_data (G_OBJECT (row), "watch") == watch)
      gtk_list_box_select_row (GTK_LIST_BOX (page->list), GTK_LIST_BOX_ROW (row));
  update (page);
  rheo_sweep_watch_look (watch, NULL);
}

/* --- what the user does ------------------------------------------------------------------------------------------ */

static void
on_row_selected (GtkListBox *list, GtkListBoxRow *row, RheoSweepsPage *page)
{
  if (row != NULL)
    rheo_sweeps_page_show (page, g_object_get_data (G_OBJECT (row), "watch"));
}

static void
on_picked (RheoPlotView *view, int binding, gint64 index, double x, double y, RheoSweepsPage *page)
{
  const RheoSweepSight *sight = sight_of (page);

  if (sight == NULL)
    return;
  /* Boxes and curves are of many points. */
  if (sight->view.form == RHEO_SWEEP_BOXES || sight->view.form == RHEO_SWEEP_CURVES)
    binding = -1;
  /* On the line the point is counted among those that have a value. */
  if (binding >= 0 && sight->view.form == RHEO_SWEEP_MAP && sight->view.y < 0
      && rheo_sweeps_page_is_numeric (rheo_sweep_get_axis (sweep_of (page), sight->view.x)))
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep_of (page), sight->view.x);

      index = -1;
      for (int i = 0; i < axis->n; i++)
        if (axis->points[i].number == x)
          index = i;
    }
  rheo_sweeps_page_select (page, binding >= 0 ? index : -1);
}

static void
on_row_chosen (RheoSweepQueueView *queue, int row, RheoSweepsPage *page)
{
  const RheoSweepSight *sight = sight_of (page);

  if (sight != NULL)
    rheo_sweeps_page_select (page, rheo_sweeps_page_get_cell (page, sight, row));
}

static void
on_pause (GtkButton *button, RheoSweepsPage *page)
{
  if (page->watch == NULL)
    return;
  if (rheo_sweep_watch_is_driving (page->watch))
    rheo_sweeps_pause (page->context->sweeps, page->watch);
  else
    rheo_sweeps_start (page->context->sweeps, page->watch);
}

static void
on_jobs (RheoSweepsPage *page)
{
  if (!page->filling && page->watch != NULL)
    rheo_sweep_watch_set_jobs (page->watch, gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (page->jobs)));
}

static void
on_retry (GtkButton *button, RheoSweepsPage *page)
{
  if (page->watch != NULL)
    rheo_sweep_watch_again (page->watch, NULL, 0);
}

/* In a task: all runs are read once more, by a reader of its own. */
static void
write_table (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  RheoSweep *sweep = g_object_get_data (G_OBJECT (task), "sweep");
  g_autoptr (RheoSweepState) state = rheo_sweep_state_new (sweep);
  g_autoptr (RheoSweepResults) results = rheo_sweep_results_new (state);
  GError *error = NULL;

  rheo_sweep_state_look (state);
  rheo_sweep_results_read (results);
  if (rheo_sweep_results_write (results, data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
table_written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_path_get_basename (g_task_get_task_data (G_TASK (result))), *text = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    text = g_strdup_printf (_ ("Saved %s"), name);
  gtk_widget_activate_action (GTK_WIDGET (object), "win.tell", "s", text != NULL ? text : error->message);
}

static void
on_export_chosen (GtkNativeDialog *dialog, int response, RheoSweepsPage *page)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GTask) task = NULL;

  if (response != GTK_RESPONSE_ACCEPT || page->watch == NULL)
    return;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  task = g_task_new (page, NULL, table_written, NULL);
  g_object_set_data_full (G_OBJECT (task), "sweep", rheo_sweep_ref (sweep_of (page)),
                          (GDestroyNotify) rheo_sweep_unref);
  g_task_set_task_data (task, g_file_get_path (file), g_free);
  g_task_run_in_thread (task, write_table);
}

static void
on_export (GtkButton *button, RheoSweepsPage *page)
{
  g_clear_object (&page->chooser);
  page->chooser = gtk_file_chooser_native_new (_ ("Export table"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (page))),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), _ ("Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (page->chooser), "results.tsv");
  g_signal_connect (page->chooser, "response", G_CALLBACK (on_export_chosen), page);
  rheo_chooser_show (page->chooser);
}

static void
on_list_changed (RheoSweepsPage *page)
{
  RheoSweeps *sweeps = page->context->sweeps;
  gboolean there = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (sweeps)); i++)
    {
      g_autoptr (RheoSweepWatch) watch = g_list_model_get_item (G_LIST_MODEL (sweeps), i);

      there = there || watch == page->watch;
    }
  if (!there)
    {
      g_autoptr (RheoSweepWatch) first = g_list_model_get_item (G_LIST_MODEL (sweeps), 0);

      rheo_sweeps_page_show (page, first);
    }
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), page->watch != NULL ? "sweeps" : "empty");
}

/* --- building ---------------------------------------------------------------------------------------------------- */

static GtkWidget *
new_drop_down (RheoSweepsPage *page, const char *name, const char *const *words)
{
  GtkWidget *drop = gtk_drop_down_new_from_strings (words);

  gtk_accessible_update_property (GTK_ACCESSIBLE (drop), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (drop, name);
  g_signal_connect_swapped (drop, "notify::selected", G_CALLBACK (on_asked), page);
  return drop;
}

static GtkWidget *
new_spin (RheoSweepsPage *page, const char *name, double least, double most, double step, guint digits,
          GCallback changed)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (least, most, step);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), digits);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (spin, name);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (spin, "value-changed", changed, page);
  return spin;
}

static GtkWidget *
new_label (const char *class, float xalign)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

static GtkWidget *
new_strip (RheoSweepsPage *page)
{
  GtkWidget *strip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18), *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_widget_add_css_class (strip, "strip");
  page->title = new_label ("heading", 0);
  page->subtitle = new_label ("caption", 0);
  gtk_widget_add_css_class (page->subtitle, "dim-label");
  gtk_box_append (GTK_BOX (names), page->title);
  gtk_box_append (GTK_BOX (names), page->subtitle);
  gtk_widget_set_valign (names, GTK_ALIGN_CENTER);
  page->words = new_label (NULL, 0);
  page->rate = new_label ("dim-label", 0.5);
  page->left = new_label ("run-place", 1);
  gtk_widget_set_hexpand (page->rate, TRUE);
  gtk_box_append (GTK_BOX (line), page->words);
  gtk_box_append (GTK_BOX (line), page->rate);
  gtk_box_append (GTK_BOX (line), page->left);
  page->progress = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Runs done"), -1);
  gtk_box_append (GTK_BOX (middle), line);
  gtk_box_append (GTK_BOX (middle), page->progress);
  gtk_widget_set_hexpand (middle, TRUE);
  gtk_widget_set_valign (middle, GTK_ALIGN_CENTER);
  page->pause = gtk_button_new_with_label (_ ("Pause sweep"));
  gtk_widget_set_valign (page->pause, GTK_ALIGN_CENTER);
  g_signal_connect (page->pause, "clicked", G_CALLBACK (on_pause), page);
  gtk_box_append (GTK_BOX (strip), names);
  gtk_box_append (GTK_BOX (strip), middle);
  gtk_box_append (GTK_BOX (strip), page->pause);
  return strip;
}

static void
set_side_width (GtkWidget *side, int width)
{
  adw_clamp_set_maximum_size (ADW_CLAMP (side), width);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (side), width);
  gtk_widget_set_size_request (side, width, -1);
}

/* As wide as it is meant to be, whatever the texts in it would like. */
static GtkWidget *
new_side (GtkWidget *child, int width)
{
  GtkWidget *side = adw_clamp_new ();

  adw_clamp_set_child (ADW_CLAMP (side), child);
  set_side_width (side, width);
  return side;
}

/* Of the experiment in Set up; a ready-made one from its menu. */
static GtkWidget *
new_new (void)
{
  GtkWidget *button = adw_split_button_new (), *content = adw_button_content_new ();
  g_autoptr (GMenu) menu = g_menu_new (), section = g_menu_new ();
  g_auto (GStrv) names = rheo_sweep_names ();

  for (char **name = names; *name != NULL; name++)
    {
      g_autoptr (RheoSweep) sweep = rheo_sweep_load (*name, NULL);
      g_autoptr (GMenuItem) item = NULL;

      if (sweep == NULL)
        continue;
      item = g_menu_item_new (rheo_sweep_get_shown_title (sweep), NULL);
      g_menu_item_set_action_and_target (item, "win.ready-sweep", "s", *name);
      g_menu_append_item (section, item);
    }
  g_menu_append_section (menu, _ ("Ready-made"), G_MENU_MODEL (section));
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), _ ("New sweep"));
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "list-add-symbolic");
  adw_split_button_set_child (ADW_SPLIT_BUTTON (button), content);
  adw_split_button_set_menu_model (ADW_SPLIT_BUTTON (button), G_MENU_MODEL (menu));
  adw_split_button_set_dropdown_tooltip (ADW_SPLIT_BUTTON (button), _ ("Ready-made sweeps"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.new-sweep");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_set_margin_start (button, 9);
  gtk_widget_set_margin_top (button, 9);
  return button;
}

static GtkWidget *
new_left (RheoSweepsPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *button = new_new ();

  page->list = gtk_list_box_new ();
  gtk_widget_add_css_class (page->list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Sweeps"), -1);
  g_signal_connect (page->list, "row-selected", G_CALLBACK (on_row_selected), page);
  page->queue = rheo_sweep_queue_view_new ();
  gtk_widget_set_vexpand (page->queue, TRUE);
  g_signal_connect (page->queue, "chosen", G_CALLBACK (on_row_chosen), page);
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), page->list);
  gtk_box_append (GTK_BOX (box), page->queue);
  gtk_widget_add_css_class (box, "view");
  page->left_side = new_side (box, LEFT_WIDTH);
  return page->left_side;
}

static GtkWidget *
new_middle (RheoSweepsPage *page)
{
  static const char *const reductions[] = { N_ ("Mean of seeds"), N_ ("Median of seeds"), N_ ("Best of seeds"),
                                            N_ ("Spread of seeds") };
  static const char *const measures[] = { N_ ("Last value"), N_ ("Best value"), N_ ("Mean of the last"),
                                          N_ ("First at or below") };
  const char *reduction_words[] = { _ (reductions[0]), _ (reductions[1]), _ (reductions[2]), _ (reductions[3]), NULL };
  const char *measure_words[] = { _ (measures[0]), _ (measures[1]), _ (measures[2]), _ (measures[3]), NULL };
  const char *const none[] = { NULL };
  const char *const forms[] = { _ ("Map"), _ ("Parallel axes"), _ ("Boxes"), _ ("Curves"), NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *controls = rheo_wrap_row_new (6);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  RheoPlotView *view;

  page->reduction = new_drop_down (page, _ ("What is shown of the seeds"), reduction_words);
  page->metric = new_drop_down (page, _ ("Metric"), none);
  page->measure = new_drop_down (page, _ ("Which number of a run"), measure_words);
  page->n_last = new_spin (page, _ ("How many of the last iterations"), 1, 100000, 1, 0, G_CALLBACK (on_asked));
  page->threshold = new_spin (page, _ ("Threshold"), -1e9, 1e9, 0.01, 4, G_CALLBACK (on_asked));
  gtk_widget_set_visible (page->n_last, FALSE);
  gtk_widget_set_visible (page->threshold, FALSE);
  page->axes_row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  page->form = new_drop_down (page, _ ("How the points are shown"), forms);
  page->across = new_drop_down (page, _ ("Along x"), none);
  page->up = new_drop_down (page, _ ("Along y"), none);
  gtk_box_append (GTK_BOX (page->axes_row), page->across);
  gtk_box_append (GTK_BOX (page->axes_row), page->up);
  for (GtkWidget **child = (GtkWidget *[]){ page->reduction, page->metric, page->measure, page->n_last, page->threshold,
                                            page->form, page->axes_row, NULL };
       *child != NULL; child++)
    rheo_wrap_row_insert_before (RHEO_WRAP_ROW (controls), *child, NULL);
  page->group = rheo_plot_group_new ();
  page->card = rheo_plot_card_new (page->group);
  view = rheo_plot_card_get_view (RHEO_PLOT_CARD (page->card));
  gtk_widget_set_vexpand (page->card, TRUE);
  rheo_widget_set_text_height (page->card, RHEO_SWEEP_MAP_HEIGHT);
  rheo_plot_toasts_follow (view);
  g_signal_connect (view, "picked", G_CALLBACK (on_picked), page);
  page->legend = new_label ("dim-label", 0);
  gtk_widget_add_css_class (page->legend, "caption");
  gtk_label_set_ellipsize (GTK_LABEL (page->legend), PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap (GTK_LABEL (page->legend), TRUE);
  page->best = new_label (NULL, 0);
  gtk_widget_add_css_class (page->best, "card");
  gtk_widget_add_css_class (page->best, "compare-card");
  gtk_box_append (GTK_BOX (box), controls);
  gtk_box_append (GTK_BOX (box), page->card);
  gtk_box_append (GTK_BOX (box), page->legend);
  gtk_box_append (GTK_BOX (box), page->best);
  gtk_widget_add_css_class (box, "run-pane");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_hexpand (scrolled, TRUE);
  return scrolled;
}

static GtkWidget *
new_heading (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  return label;
}

static GtkWidget *
new_right (RheoSweepsPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *scrolled = gtk_scrolled_window_new ();
  GtkWidget *runs = gtk_list_box_new (), *row = adw_action_row_new (), *buttons = rheo_wrap_row_new (6);
  g_autofree char *cores = g_strdup_printf (
      ngettext ("of %u processor core", "of %u processor cores", g_get_num_processors ()), g_get_num_processors ());

  page->cell = rheo_sweep_cell_new (page->context);
  page->varied = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (page->varied), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (page->varied, "boxed-list");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (runs), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (runs, "boxed-list");
  page->jobs = new_spin (page, _ ("Runs at the same time"), 1, 1024, 1, 0, G_CALLBACK (on_jobs));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("At the same time"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), cores);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), page->jobs);
  gtk_list_box_append (GTK_LIST_BOX (runs), row);
  page->retry = rheo_text_button_new (_ ("Retry failed runs"), NULL);
  g_signal_connect (page->retry, "clicked", G_CALLBACK (on_retry), page);
  page->export = rheo_text_button_new (_ ("Export table…"), NULL);
  g_signal_connect (page->export, "clicked", G_CALLBACK (on_export), page);
  rheo_wrap_row_insert_before (RHEO_WRAP_ROW (buttons), page->retry, NULL);
  rheo_wrap_row_insert_before (RHEO_WRAP_ROW (buttons), page->export, NULL);
  gtk_box_append (GTK_BOX (box), page->cell);
  gtk_box_append (GTK_BOX (box), new_heading (_ ("Varied")));
  gtk_box_append (GTK_BOX (box), page->varied);
  gtk_box_append (GTK_BOX (box), new_heading (_ ("Runs")));
  gtk_box_append (GTK_BOX (box), runs);
  gtk_box_append (GTK_BOX (box), buttons);
  gtk_widget_add_css_class (box, "run-pane");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_add_css_class (scrolled, "setup-pane");
  page->right_side = new_side (scrolled, RIGHT_WIDTH);
  return page->right_side;
}

static GtkWidget *
new_empty (void)
{
  GtkWidget *empty = adw_status_page_new (), *button = gtk_button_new_with_label (_ ("New sweep"));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "rheobase-sweeps-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _ ("No sweeps yet"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty),
                                   _ ("A sweep runs one experiment over many values or seeds."));
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.new-sweep");
  adw_status_page_set_child (ADW_STATUS_PAGE (empty), button);
  return empty;
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RheoSweepsPage *page = RHEO_SWEEPS_PAGE (widget);

  if (page->narrow != (width < NARROW))
    {
      page->narrow = width < NARROW;
      set_side_width (page->left_side, page->narrow ? LEFT_NARROW : LEFT_WIDTH);
      set_side_width (page->right_side, page->narrow ? RIGHT_NARROW : RIGHT_WIDTH);
    }
  gtk_widget_allocate (page->stack, width, height, baseline, NULL);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  gtk_widget_measure (RHEO_SWEEPS_PAGE (widget)->stack, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
dispose (GObject *object)
{
  RheoSweepsPage *page = RHEO_SWEEPS_PAGE (object);

  if (page->watch != NULL)
    g_clear_signal_handler (&page->changed, page->watch);
  g_clear_object (&page->watch);
  g_clear_object (&page->chooser);
  g_clear_object (&page->group);
  g_clear_pointer (&page->metrics, g_strfreev);
  g_clear_pointer (&page->stack, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_sweeps_page_parent_class)->dispose (object);
}

static void
rheo_sweeps_page_class_init (RheoSweepsPageClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WIDGET_CLASS (class)->size_allocate = size_allocate;
  GTK_WIDGET_CLASS (class)->measure = measure;
}

static void
rheo_sweeps_page_init (RheoSweepsPage *page)
{
  page->selected = -1;
}

GtkWidget *
rheo_sweeps_page_new (RheoContext *context)
{
  RheoSweepsPage *page = g_object_new (RHEO_TYPE_SWEEPS_PAGE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *strip;

  page->context = context;
  strip = new_strip (page);
  gtk_box_append (GTK_BOX (columns), new_left (page));
  gtk_box_append (GTK_BOX (columns), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (columns), new_middle (page));
  gtk_box_append (GTK_BOX (columns), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (columns), new_right (page));
  gtk_widget_set_vexpand (columns, TRUE);
  gtk_box_append (GTK_BOX (box), strip);
  gtk_box_append (GTK_BOX (box), columns);
  page->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (page->stack), new_empty (), "empty");
  gtk_stack_add_named (GTK_STACK (page->stack), box, "sweeps");
  gtk_stack_set_hhomogeneous (GTK_STACK (page->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (page->stack), FALSE);
  gtk_widget_set_parent (page->stack, GTK_WIDGET (page));
  gtk_list_box_bind_model (GTK_LIST_BOX (page->list), G_LIST_MODEL (context->sweeps), rheo_sweep_row_new, page, NULL);
  g_signal_connect_object (context->sweeps, "items-changed", G_CALLBACK (on_list_changed), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (context->sweeps, "changed", G_CALLBACK (update), page, G_CONNECT_SWAPPED);
  on_list_changed (page);
  return GTK_WIDGET (page);
}
