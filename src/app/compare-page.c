#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/compare-page.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/compare-results.h"
#include "app/run-source.h"
#include "app/run-text.h"
#include "engine/evaluate.h"
#include "widgets/plot-card.h"
#include "widgets/common.h"

#define CARD_HEIGHT 320
#define CARD_WIDTH 380
#define POLL 100 /* ms between looks at the progress */

struct _RheoComparePage
{
  GtkWidget parent_instance;
  GtkWidget *box, *title, *export, *plots, *settings, *settings_count, *results, *results_count, *conclusion;
  GtkWidget *busy, *bar, *trouble, *no_plots;
  RheoPlotGroup *group;
  GPtrArray *cards; /* borrowed */
  char **paths;
  RheoRunSource *source;
  GCancellable *cancellable; /* of the scores that are being made; or NULL */
  int *done;                 /* belongs to the worker, valid while `cancellable` is there */
  guint poll;
  int n_exporting;
};

G_DEFINE_FINAL_TYPE (RheoComparePage, rheo_compare_page, GTK_TYPE_WIDGET)

enum
{
  BACK,
  TROUBLE,
  SAVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- tables ---------------------------------------------------------------------------------------------------------- */

static void
clear_grid (GtkWidget *grid)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (grid)) != NULL)
    gtk_grid_remove (GTK_GRID (grid), child);
}

static void
put (GtkWidget *grid, int column, int row, const char *text, const char *class, gboolean number)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), number ? 1 : 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), row > 0);
  gtk_widget_set_hexpand (label, TRUE);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  gtk_grid_attach (GTK_GRID (grid), label, column, row, 1, 1);
}

static void
put_names (RheoComparePage *page, GtkWidget *grid, const char *first, gboolean number)
{
  put (grid, 0, 0, first, "heading", FALSE);
  for (int i = 0; page->paths[i] != NULL; i++)
    put (grid, i + 1, 0, rheo_run_source_get_contents (page->source, i)->name, "heading", number);
}

static void
show_settings (RheoComparePage *page, RheoExperiment **experiments, int n)
{
  g_autoptr (GPtrArray) differences = rheo_compare_dup_differences (experiments, n);
  g_autofree char *count =
      differences->len == 0
          ? g_strdup (_ ("All settings are equal"))
          : g_strdup_printf (ngettext ("%u differs", "%u differ", differences->len), differences->len);

  clear_grid (page->settings);
  gtk_label_set_text (GTK_LABEL (page->settings_count), count);
  if (differences->len == 0)
    return;
  put_names (page, page->settings, _ ("Parameter"), FALSE);
  for (guint r = 0; r < differences->len; r++)
    {
      const RheoDifference *difference = g_ptr_array_index (differences, r);

      put (page->settings, 0, (int) r + 1, difference->label, NULL, FALSE);
      gtk_widget_set_tooltip_text (gtk_grid_get_child_at (GTK_GRID (page->settings), 0, (int) r + 1), difference->key);
      for (int i = 0; i < n; i++)
        put (page->settings, i + 1, (int) r + 1, difference->values[i],
             i > 0 && !g_str_equal (difference->values[i], difference->values[0]) ? "differs" : "monospace-small",
             FALSE);
    }
}

/* "3.48 (3.31 … 3.65)" */
static char *
dup_interval (double mean, double lo, double hi, gboolean sign)
{
  g_autofree char *a = rheo_run_dup_number (mean), *b = rheo_run_dup_number (lo), *c = rheo_run_dup_number (hi);
  const char *plus = sign && mean > 0 ? "+" : "";

  return isfinite (lo) ? g_strdup_printf ("%s%s (%s … %s)", plus, a, b, c) : g_strdup_printf ("%s%s", plus, a);
}

static void
put_metric (RheoComparePage *page, GPtrArray *tables, int64_t i, int row)
{
  const RheoTable *first = g_ptr_array_index (tables, 0);
  const char *name = rheo_column_get_string (rheo_table_find (first, "metric"), i);
  const RheoColumn *column = rheo_table_find (first, name);
  g_autofree char *label =
      *column->unit != '\0' ? g_strdup_printf ("%s (%s)", column->label, column->unit) : g_strdup (column->label);
  int n = (int) tables->len;

  put (page->results, 0, row, label, NULL, FALSE);
  for (int k = 0; k < n; k++)
    {
      const RheoTable *table = g_ptr_array_index (tables, k);
      const RheoColumn *names = rheo_table_find (table, "metric");
      g_autofree char *text = g_strdup ("–");
      g_autofree char *change = NULL;
      double mean, lo, hi;

      for (int64_t j = 0; j < rheo_column_get_length (names); j++)
        if (g_str_equal (rheo_column_get_string (names, j), name))
          {
            g_free (text);
            text = dup_interval (rheo_column_get_number (rheo_table_find (table, "mean"), j),
                                 rheo_column_get_number (rheo_table_find (table, "lo"), j),
                                 rheo_column_get_number (rheo_table_find (table, "hi"), j), FALSE);
          }
      put (page->results, k + 1, row, text, "tabular", TRUE);
      if (k == 0)
        continue;
      change = rheo_evaluation_difference (first, table, name, &mean, &lo, &hi) > 1 ? dup_interval (mean, lo, hi, TRUE)
                                                                                    : g_strdup ("–");
      put (page->results, n + k, row, change, "tabular", TRUE);
    }
}

static void
show_results (RheoComparePage *page, GPtrArray *tables)
{
  const RheoTable *first = g_ptr_array_index (tables, 0);
  const RheoColumn *names = rheo_table_find (first, "metric"), *count = rheo_table_find (first, "n");
  int n = (int) tables->len, trials = rheo_column_get_length (count) > 0 ? (int) rheo_column_get_number (count, 0) : 0;
  g_autofree char *text =
      g_strdup_printf (ngettext ("%d fresh trial, the same for all; mean and 95 %% interval",
                                 "%d fresh trials, the same for all; mean and 95 %% interval", trials),
                       trials);

  clear_grid (page->results);
  gtk_label_set_text (GTK_LABEL (page->results_count), text);
  put_names (page, page->results, _ ("Measure"), TRUE);
  for (int k = 1; k < n; k++)
    {
      g_autofree char *head =
          n == 2 ? g_strdup (_ ("Difference (95 %)"))
                 : g_strdup_printf (_ ("%s less the first"), rheo_run_source_get_contents (page->source, k)->name);

      put (page->results, n + k, 0, head, "heading", TRUE);
    }
  for (int64_t i = 0; i < rheo_column_get_length (names); i++)
    put_metric (page, tables, i, (int) i + 1);
}

/* --- scoring --------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char **paths;
  int done; /* atomic */
} Work;

static void
free_work (gpointer data)
{
  g_strfreev (((Work *) data)->paths);
  g_free (data);
}

static void
score (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  GPtrArray *tables = rheo_compare_score ((const char *const *) work->paths, 0, &work->done, cancellable, &error);

  if (tables != NULL)
    g_task_return_pointer (task, tables, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static gboolean
on_poll (gpointer data)
{
  RheoComparePage *page = data;

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (page->bar), g_atomic_int_get (page->done) / 1000.0);
  return G_SOURCE_CONTINUE;
}

/* What still goes on in the worker comes to nothing. */
void
rheo_compare_page_stop (RheoComparePage *page)
{
  g_cancellable_cancel (page->cancellable);
  g_clear_object (&page->cancellable);
  g_clear_handle_id (&page->poll, g_source_remove);
  page->done = NULL;
  gtk_widget_set_visible (page->busy, FALSE);
}

static void
on_cancel (RheoComparePage *page)
{
  rheo_compare_page_stop (page);
  gtk_label_set_text (GTK_LABEL (page->results_count), _ ("Cancelled"));
}

static void
on_scored (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoComparePage *page = RHEO_COMPARE_PAGE (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tables = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != page->cancellable)
    return; /* of runs that are no longer shown */
  rheo_compare_page_stop (page);
  if (tables != NULL)
    show_results (page, tables);
  else
    gtk_label_set_text (GTK_LABEL (page->results_count), error->message);
}

static void
start_scoring (RheoComparePage *page)
{
  Work *work = g_new0 (Work, 1);
  g_autoptr (GTask) task = NULL;

  page->cancellable = g_cancellable_new ();
  task = g_task_new (page, page->cancellable, on_scored, NULL);
  work->paths = g_strdupv (page->paths);
  page->done = &work->done;
  g_task_set_task_data (task, work, free_work);
  gtk_label_set_text (GTK_LABEL (page->results_count), _ ("Scoring each network on the same fresh trials"));
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (page->bar), 0);
  gtk_widget_set_visible (page->busy, TRUE);
  page->poll = g_timeout_add (POLL, on_poll, page);
  g_task_run_in_thread (task, score);
}

/* --- plots ----------------------------------------------------------------------------------------------------------- */

static void
on_exported (RheoComparePage *page, const char *path)
{
  page->n_exporting = MAX (page->n_exporting - 1, 0);
  if (page->n_exporting == 0)
    g_signal_emit (page, signals[SAVED], 0, path);
}

static void
on_export_failed (RheoComparePage *page, const char *sentence)
{
  page->n_exporting = MAX (page->n_exporting - 1, 0);
  g_signal_emit (page, signals[TROUBLE], 0, sentence);
}

static void
on_export_all (RheoComparePage *page)
{
  page->n_exporting = (int) page->cards->len;
  for (guint i = 0; i < page->cards->len; i++)
    g_action_group_activate_action (
        rheo_plot_view_get_actions (rheo_plot_card_get_view (g_ptr_array_index (page->cards, i))), "export", NULL);
}

static void
add_card (RheoComparePage *page, const RheoPlotSpec *spec)
{
  GtkWidget *card = rheo_plot_card_new (page->group);
  RheoPlotView *view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));
  const char *name = spec->title != NULL ? spec->title : _ (spec->kind->base.title);
  g_autofree char *low = g_ascii_strdown (name, -1), *stem = NULL;
  g_autofree char *parent = g_path_get_dirname (page->paths[0]), *folder = g_build_filename (parent, "figures", NULL);

  g_strcanon (low, "abcdefghijklmnopqrstuvwxyz0123456789", '-');
  stem = g_strconcat ("compare-", low, NULL);
  gtk_widget_set_size_request (card, CARD_WIDTH, CARD_HEIGHT);
  gtk_widget_set_hexpand (card, TRUE);
  rheo_plot_view_set_name (view, name, stem, folder);
  g_signal_connect_object (view, "exported", G_CALLBACK (on_exported), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "export-failed", G_CALLBACK (on_export_failed), page, G_CONNECT_SWAPPED);
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), rheo_plot_spec_dup (spec));
  gtk_flow_box_insert (GTK_FLOW_BOX (page->plots), card, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (card), FALSE);
  g_ptr_array_add (page->cards, card);
}

static void
clear_cards (RheoComparePage *page)
{
  GtkWidget *child;

  g_ptr_array_set_size (page->cards, 0);
  while ((child = gtk_widget_get_first_child (page->plots)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (page->plots), child);
}

static void
on_ready (RheoComparePage *page)
{
  const GPtrArray *specs = rheo_run_source_get_specs (page->source);

  clear_cards (page);
  for (guint i = 0; i < specs->len; i++)
    add_card (page, g_ptr_array_index (specs, i));
  gtk_widget_set_visible (page->no_plots, specs->len == 0);
  gtk_widget_set_sensitive (page->export, specs->len > 0);
}

static void
on_opened (RheoComparePage *page)
{
  int n = (int) g_strv_length (page->paths);
  g_autofree RheoExperiment **experiments = g_new0 (RheoExperiment *, n);
  g_autofree char *conclusion = NULL, *obstacle = NULL;

  for (int i = 0; i < n; i++)
    {
      const RheoRunContents *contents = rheo_run_source_get_contents (page->source, i);

      if (contents->error != NULL)
        {
          gtk_label_set_text (GTK_LABEL (page->trouble), contents->error);
          gtk_widget_set_visible (page->trouble, TRUE);
          return;
        }
      experiments[i] = contents->experiment;
    }
  show_settings (page, experiments, n);
  conclusion = rheo_compare_dup_conclusion (experiments, n);
  gtk_label_set_text (GTK_LABEL (page->conclusion), conclusion);
  obstacle = rheo_compare_dup_obstacle (experiments, n);
  if (obstacle != NULL)
    gtk_label_set_text (GTK_LABEL (page->results_count), obstacle);
  else
    start_scoring (page);
}

void
rheo_compare_page_show (RheoComparePage *page, const char *const *paths)
{
  g_autofree char *title = NULL;

  rheo_compare_page_stop (page);
  g_strfreev (page->paths);
  page->paths = g_strdupv ((char **) paths);
  title = g_strdup_printf (_ ("Compare %u runs"), g_strv_length (page->paths));
  gtk_label_set_text (GTK_LABEL (page->title), title);
  clear_cards (page);
  clear_grid (page->settings);
  clear_grid (page->results);
  gtk_label_set_text (GTK_LABEL (page->settings_count), "");
  gtk_label_set_text (GTK_LABEL (page->results_count), "");
  gtk_label_set_text (GTK_LABEL (page->conclusion), _ ("Reading…"));
  gtk_widget_set_visible (page->trouble, FALSE);
  gtk_widget_set_visible (page->no_plots, FALSE);
  gtk_widget_set_sensitive (page->export, FALSE);
  if (page->source != NULL)
    g_signal_handlers_disconnect_by_data (page->source, page);
  g_clear_object (&page->source);
  page->source = rheo_run_source_new (paths);
  g_signal_connect_object (page->source, "opened", G_CALLBACK (on_opened), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->source, "ready", G_CALLBACK (on_ready), page, G_CONNECT_SWAPPED);
  rheo_run_source_request (page->source, -1);
}

/* --- construction ---------------------------------------------------------------------------------------------------- */

static void
on_back (RheoComparePage *page)
{
  rheo_compare_page_stop (page);
  g_signal_emit (page, signals[BACK], 0);
}

static GtkWidget *
new_button (const char *label, const char *icon, GCallback clicked, RheoComparePage *page)
{
  GtkWidget *button = rheo_text_button_new (label, icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", clicked, page, G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
make_strip (RheoComparePage *page)
{
  GtkWidget *strip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *back;

  gtk_widget_add_css_class (strip, "strip");
  back = new_button (_ ("Runs"), "go-previous-symbolic", G_CALLBACK (on_back), page);
  gtk_widget_add_css_class (back, "flat");
  page->title = gtk_label_new (NULL);
  gtk_widget_add_css_class (page->title, "heading");
  gtk_label_set_xalign (GTK_LABEL (page->title), 0);
  gtk_widget_set_hexpand (page->title, TRUE);
  page->export = new_button (_ ("Export all"), "document-save-symbolic", G_CALLBACK (on_export_all), page);
  gtk_widget_set_tooltip_text (page->export, _ ("Write every plot beside the first run, with its numbers"));
  gtk_box_append (GTK_BOX (strip), back);
  gtk_box_append (GTK_BOX (strip), page->title);
  gtk_box_append (GTK_BOX (strip), page->export);
  return strip;
}

static GtkWidget *
new_words (const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

/* A card with a title, a line about it, and a table. */
static GtkWidget *
make_table_card (const char *title, GtkWidget **count, GtkWidget **grid)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *head = new_words ("heading");

  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "compare-card");
  gtk_label_set_text (GTK_LABEL (head), title);
  *count = new_words ("dim-label");
  *grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (*grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (*grid), 6);
  gtk_box_append (GTK_BOX (card), head);
  gtk_box_append (GTK_BOX (card), *count);
  gtk_box_append (GTK_BOX (card), *grid);
  return card;
}

static GtkWidget *
make_content (RheoComparePage *page)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10), *scroll = gtk_scrolled_window_new (), *results;

  gtk_widget_add_css_class (content, "run-pane");
  page->trouble = new_words ("warning-box");
  page->plots = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (page->plots), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (page->plots), 4);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (page->plots), 10);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (page->plots), 10);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (page->plots), TRUE);
  page->no_plots = new_words ("dim-label");
  gtk_label_set_text (GTK_LABEL (page->no_plots), _ ("These runs have no plots in common."));
  page->conclusion = new_words (NULL);
  gtk_label_set_selectable (GTK_LABEL (page->conclusion), TRUE);
  results = make_table_card (_ ("Results"), &page->results_count, &page->results);
  page->busy = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  page->bar = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Scoring"), -1);
  gtk_widget_set_hexpand (page->bar, TRUE);
  gtk_widget_set_valign (page->bar, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (page->busy), page->bar);
  gtk_box_append (GTK_BOX (page->busy), new_button (_ ("Cancel"), NULL, G_CALLBACK (on_cancel), page));
  gtk_widget_set_visible (page->busy, FALSE);
  gtk_box_append (GTK_BOX (results), page->busy);
  gtk_box_append (GTK_BOX (content), page->trouble);
  gtk_box_append (GTK_BOX (content), page->conclusion);
  gtk_box_append (GTK_BOX (content), page->plots);
  gtk_box_append (GTK_BOX (content), page->no_plots);
  gtk_box_append (GTK_BOX (content), make_table_card (_ ("Settings"), &page->settings_count, &page->settings));
  gtk_box_append (GTK_BOX (content), results);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), content);
  gtk_widget_set_vexpand (scroll, TRUE);
  return scroll;
}

/* --- the widget ------------------------------------------------------------------------------------------------------ */

static void
dispose (GObject *object)
{
  RheoComparePage *page = RHEO_COMPARE_PAGE (object);

  if (page->box != NULL)
    rheo_compare_page_stop (page);
  g_clear_object (&page->source);
  g_clear_object (&page->group);
  g_clear_pointer (&page->box, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_compare_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_ptr_array_unref (RHEO_COMPARE_PAGE (object)->cards);
  g_strfreev (RHEO_COMPARE_PAGE (object)->paths);
  G_OBJECT_CLASS (rheo_compare_page_parent_class)->finalize (object);
}

static void
rheo_compare_page_class_init (RheoComparePageClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  signals[BACK] =
      g_signal_new ("back", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TROUBLE] = g_signal_new ("trouble", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rheo_compare_page_init (RheoComparePage *page)
{
  page->cards = g_ptr_array_new ();
  page->group = rheo_plot_group_new ();
  page->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (page->box), make_strip (page));
  gtk_box_append (GTK_BOX (page->box), make_content (page));
  gtk_widget_set_parent (page->box, GTK_WIDGET (page));
}

GtkWidget *
rheo_compare_page_new (void)
{
  return g_object_new (RHEO_TYPE_COMPARE_PAGE, NULL);
}
