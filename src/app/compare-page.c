#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/compare-page.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/compare-chips.h"
#include "app/compare-plots.h"
#include "app/compare-results.h"
#include "app/compare-tables.h"
#include "app/plot-toasts.h"
#include "app/run-source.h"
#include "app/run-text.h"
#include "app/seeds-bar.h"
#include "engine/evaluate.h"
#include "widgets/common.h"
#include "widgets/plot-card.h"

#define CARD_HEIGHT 320
#define CARD_WIDTH 240
#define POLL 100    /* ms between looks at the progress */
#define WIDE 900    /* px from which the tables stand side by side */
#define NARROW 1000 /* px below which the strip says less */

struct _RheoComparePage
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *box, *title, *chips, *by_iteration, *by_time, *export, *plots, *more_plots, *tables, *only, *settings,
      *settings_count, *results, *results_count, *conclusion, *seeds;
  GtkWidget *busy, *bar, *trouble, *no_plots;
  RheoPlotGroup *group;
  GPtrArray *cards; /* borrowed */
  char **paths;
  RheoRunSource *source;
  GCancellable *cancellable; /* of the scores that are being made; or NULL */
  int *done;                 /* belongs to the worker, valid while `cancellable` is there */
  guint poll, fold;
  int width, n_first;         /* n_first: plots above the tables */
  RheoCompareColumns columns; /* n 0: not known yet */
  GPtrArray *scores;          /* tables; NULL: none yet */
};

G_DEFINE_FINAL_TYPE (RheoComparePage, rheo_compare_page, GTK_TYPE_WIDGET)

enum
{
  BACK,
  OPEN,
  ADD,
  REMOVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static const RheoRunContents *
contents_of (RheoComparePage *page, int run)
{
  return rheo_run_source_get_contents (page->source, run);
}

/* --- columns -------------------------------------------------------------------------------------------------------- */

static void
clear_columns (RheoComparePage *page)
{
  g_free ((gpointer) page->columns.experiments);
  g_free ((gpointer) page->columns.group);
  g_strfreev ((char **) page->columns.names);
  g_strfreev ((char **) page->columns.tips);
  page->columns = (RheoCompareColumns){ 0 };
}

static void
make_columns (RheoComparePage *page, int n)
{
  RheoExperiment **experiments = g_new0 (RheoExperiment *, (guint) n);
  g_autofree const char **whole = g_new0 (const char *, (guint) n + 1);
  int *group = g_new0 (int, (guint) n);
  char **tips;
  int n_groups;

  for (int i = 0; i < n; i++)
    {
      experiments[i] = contents_of (page, i)->experiment;
      whole[i] = contents_of (page, i)->name;
    }
  n_groups = rheo_compare_group (experiments, n, group);
  tips = g_new0 (char *, (guint) n_groups + 1);
  for (int i = 0; i < n; i++)
    {
      char *before = tips[group[i]];

      tips[group[i]] = before != NULL ? g_strconcat (before, "\n", whole[i], NULL) : g_strdup (whole[i]);
      g_free (before);
    }
  clear_columns (page);
  page->columns = (RheoCompareColumns){ n,
                                        n_groups,
                                        experiments,
                                        group,
                                        (const char *const *) rheo_compare_dup_names (whole, group, n, n_groups),
                                        (const char *const *) tips };
}

/* --- tables --------------------------------------------------------------------------------------------------------- */

static void
show_settings (RheoComparePage *page)
{
  gboolean only = gtk_switch_get_active (GTK_SWITCH (page->only));
  g_autofree char *differ = NULL, *equal = NULL, *text = NULL;
  int n_differ, n_equal;

  if (page->columns.n == 0)
    return;
  rheo_compare_show_settings (page->settings, &page->columns, only, &n_differ, &n_equal);
  differ = g_strdup_printf (ngettext ("%d differs", "%d differ", n_differ), n_differ);
  equal = g_strdup_printf (ngettext ("%d is equal", "%d are equal", n_equal), n_equal);
  text = g_strdup_printf (_ ("%s, %s"), differ, equal);
  gtk_label_set_text (GTK_LABEL (page->settings_count), text);
}

/* "Best epoch" of the curve that comes first, which is a loss where there is one. */
static double
find_best (RheoComparePage *page, int run)
{
  const GPtrArray *specs = rheo_run_source_get_specs (page->source);
  g_autofree const char **whole = g_new0 (const char *, page->columns.n + 1);
  g_autofree int *each = g_new0 (int, page->columns.n);
  g_auto (GStrv) names = NULL;

  for (int i = 0; i < page->columns.n; i++)
    {
      whole[i] = contents_of (page, i)->name;
      each[i] = i;
    }
  names = rheo_compare_dup_names (whole, each, page->columns.n, page->columns.n);
  return specs != NULL && specs->len > 0 ? rheo_compare_find_best (g_ptr_array_index (specs, 0), names[run]) : NAN;
}

static void
show_results (RheoComparePage *page)
{
  g_autofree double *best = g_new (double, (gsize) page->columns.n), *seconds = g_new (double, (gsize) page->columns.n);
  const RheoColumn *count;
  int trials, seeds = rheo_compare_count_seeds (&page->columns);
  g_autofree char *text = NULL;

  if (page->scores == NULL)
    return;
  count = rheo_table_find (g_ptr_array_index (page->scores, 0), "n");
  trials = rheo_column_get_length (count) > 0 ? (int) rheo_column_get_number (count, 0) : 0;
  for (int i = 0; i < page->columns.n; i++)
    {
      const RheoRunContents *contents = contents_of (page, i);

      best[i] = find_best (page, i);
      seconds[i] = contents->iteration > 0 ? contents->seconds / (double) contents->iteration : NAN;
    }
  if (seeds > 1)
    text = g_strdup_printf (_ ("%d fresh trials each, same trials; means and intervals over %d seeds"), trials, seeds);
  else
    text = g_strdup_printf (ngettext ("%d fresh trial each, same trial", "%d fresh trials each, same trials", trials),
                            trials);
  gtk_label_set_text (GTK_LABEL (page->results_count), text);
  rheo_compare_show_results (page->results, &page->columns, page->scores, best, seconds, contents_of (page, 0)->unit);
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
    {
      page->scores = g_steal_pointer (&tables);
      show_results (page);
    }
  else
    gtk_label_set_text (GTK_LABEL (page->results_count), error->message);
}

static void
start_scoring (RheoComparePage *page)
{
  Work *work = g_new0 (Work, 1);
  g_autoptr (GTask) task = NULL;

  g_clear_pointer (&page->scores, g_ptr_array_unref);
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

/* --- plots ---------------------------------------------------------------------------------------------------------- */

static void
on_export_all (RheoComparePage *page)
{
  for (guint i = 0; i < page->cards->len; i++)
    g_action_group_activate_action (
        rheo_plot_view_get_actions (rheo_plot_card_get_view (g_ptr_array_index (page->cards, i))), "export", NULL);
}

/* As many as there is room for. */
static int
count_columns (RheoComparePage *page)
{
  int width = (int) (page->width / rheo_text_scale ());

  return width >= RHEO_FULL_HD ? 4 : width >= 1160 ? 3 : width >= 760 ? 2 : 1;
}

static void
add_card (RheoComparePage *page, const RheoPlotSpec *spec)
{
  GtkWidget *card = rheo_plot_card_new (page->group);
  RheoPlotView *view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));
  const char *name = rheo_plot_get_title (spec);
  gboolean by_time = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (page->by_time));
  g_autofree char *whole = g_strjoin ("-", "compare", name, spec->subtitle, NULL), *stem = g_ascii_strdown (whole, -1);
  g_autofree char *folder = rheo_run_dup_figures (page->paths[0]);

  g_strcanon (stem, "abcdefghijklmnopqrstuvwxyz0123456789", '-');
  gtk_widget_set_size_request (card, CARD_WIDTH, -1);
  rheo_widget_set_text_height (card, CARD_HEIGHT);
  gtk_widget_set_hexpand (card, TRUE);
  rheo_plot_view_set_name (view, name, stem, folder);
  rheo_plot_toasts_follow (view);
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), rheo_compare_dup_aligned (spec, by_time));
  gtk_flow_box_insert (GTK_FLOW_BOX (page->more_plots), card, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (card), FALSE);
  g_ptr_array_add (page->cards, card);
}

static void
clear_flow (GtkWidget *flow)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (flow)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (flow), child);
}

static void
clear_cards (RheoComparePage *page)
{
  g_ptr_array_set_size (page->cards, 0);
  clear_flow (page->plots);
  clear_flow (page->more_plots);
}

static void
set_per_line (GtkWidget *flow, int n)
{
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (flow), (guint) n);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), (guint) n);
}

/* A row of them stands above the tables. */
static void
deal_cards (RheoComparePage *page)
{
  page->n_first = MAX (2, count_columns (page));
  for (int i = 0; i < (int) page->cards->len; i++)
    {
      g_autoptr (GtkWidget) child = g_object_ref (gtk_widget_get_parent (page->cards->pdata[i]));
      GtkWidget *from = gtk_widget_get_parent (child), *to = i < page->n_first ? page->plots : page->more_plots;

      if (from == to)
        continue;
      gtk_flow_box_remove (GTK_FLOW_BOX (from), child);
      gtk_flow_box_insert (GTK_FLOW_BOX (to), child, i < page->n_first ? i : i - page->n_first);
    }
}

/* As there is room for, once the page has a width. */
static void
lay_out (RheoComparePage *page)
{
  int width = (int) (page->width / rheo_text_scale ()), n = count_columns (page);

  if (page->width == 0)
    return;
  deal_cards (page);
  set_per_line (page->plots, CLAMP ((int) page->cards->len, 1, MIN (n, MAX (page->n_first, 1))));
  set_per_line (page->more_plots, n);
  set_per_line (page->tables, width >= WIDE ? 2 : 1);
  gtk_widget_set_visible (page->title, width >= NARROW);
  gtk_widget_set_visible (page->more_plots, (int) page->cards->len > page->n_first);
}

static void
on_align (RheoComparePage *page)
{
  const GPtrArray *specs = page->source != NULL ? rheo_run_source_get_specs (page->source) : NULL;
  gboolean by_time = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (page->by_time));

  for (guint i = 0; specs != NULL && i < page->cards->len && i < specs->len; i++)
    if (rheo_compare_is_over_training (g_ptr_array_index (specs, i)))
      rheo_plot_card_take_spec (g_ptr_array_index (page->cards, i),
                                rheo_compare_dup_aligned (g_ptr_array_index (specs, i), by_time));
}

static void
on_ready (RheoComparePage *page)
{
  const GPtrArray *specs = rheo_run_source_get_specs (page->source);
  gboolean any = FALSE;

  clear_cards (page);
  for (guint i = 0; i < specs->len; i++)
    {
      add_card (page, g_ptr_array_index (specs, i));
      any = any || rheo_compare_is_over_training (g_ptr_array_index (specs, i));
    }
  gtk_widget_set_visible (page->no_plots, specs->len == 0);
  gtk_widget_set_sensitive (page->export, specs->len > 0);
  gtk_widget_set_sensitive (page->by_time, any);
  gtk_widget_set_tooltip_text (page->by_time, any ? _ ("Curves over the time that each run took")
                                                  : _ ("There are no curves over training"));
  lay_out (page);
  show_results (page); /* which name the best iteration of curves */
}

/* --- runs ----------------------------------------------------------------------------------------------------------- */

static char *
dup_capital (const char *text)
{
  g_autofree char *first = g_utf8_substring (text, 0, 1), *upper = g_utf8_strup (first, -1);

  return g_strconcat (upper, g_utf8_next_char (text), NULL);
}

static void
on_opened (RheoComparePage *page)
{
  int n = (int) g_strv_length (page->paths);
  g_autofree char *conclusion = NULL, *obstacle = NULL, *unit = NULL;
  g_autofree const char **names = g_new0 (const char *, (guint) n + 1);

  for (int i = 0; i < n; i++)
    if (contents_of (page, i)->error != NULL)
      {
        gtk_label_set_text (GTK_LABEL (page->trouble), contents_of (page, i)->error);
        gtk_widget_set_visible (page->trouble, TRUE);
        gtk_label_set_text (GTK_LABEL (page->conclusion), "");
        return;
      }
  make_columns (page, n);
  rheo_compare_chips_show (RHEO_COMPARE_CHIPS (page->chips), &page->columns, (const char *const *) page->paths);
  unit = dup_capital (contents_of (page, 0)->unit);
  gtk_button_set_label (GTK_BUTTON (page->by_iteration), unit);
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->by_iteration), GTK_ACCESSIBLE_PROPERTY_LABEL, unit, -1);
  show_settings (page);
  conclusion = rheo_compare_dup_conclusion (page->columns.experiments, n);
  gtk_label_set_text (GTK_LABEL (page->conclusion), conclusion);
  for (int i = 0; i < n; i++)
    names[i] = contents_of (page, i)->name;
  rheo_seeds_bar_show (RHEO_SEEDS_BAR (page->seeds), page->columns.experiments, names, n);
  obstacle = rheo_compare_dup_obstacle (page->columns.experiments, n);
  if (obstacle != NULL)
    gtk_label_set_text (GTK_LABEL (page->results_count), obstacle);
  else
    start_scoring (page);
}

const char *const *
rheo_compare_page_get_paths (RheoComparePage *page)
{
  return (const char *const *) page->paths;
}

void
rheo_compare_page_show (RheoComparePage *page, const char *const *paths)
{
  g_autofree char *title = NULL;
  char **before = page->paths;

  rheo_compare_page_stop (page);
  page->paths = g_strdupv ((char **) paths);
  g_strfreev (before);
  title = g_strdup_printf (_ ("Compare %u runs"), g_strv_length (page->paths));
  gtk_label_set_text (GTK_LABEL (page->title), title);
  clear_cards (page);
  clear_columns (page);
  g_clear_pointer (&page->scores, g_ptr_array_unref);
  rheo_compare_table_clear (page->settings);
  rheo_compare_table_clear (page->results);
  rheo_compare_chips_show (RHEO_COMPARE_CHIPS (page->chips), NULL, NULL);
  rheo_seeds_bar_show (RHEO_SEEDS_BAR (page->seeds), NULL, NULL, 0);
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

/* --- construction --------------------------------------------------------------------------------------------------- */

static void
on_back (RheoComparePage *page)
{
  rheo_compare_page_stop (page);
  g_signal_emit (page, signals[BACK], 0);
}

static void
on_chip_open (RheoComparePage *page, const char *path)
{
  g_signal_emit (page, signals[OPEN], 0, path);
}

static void
on_chip_add (RheoComparePage *page, const char *path)
{
  g_signal_emit (page, signals[ADD], 0, path);
}

static void
on_chip_remove (RheoComparePage *page, const char *const *paths)
{
  g_signal_emit (page, signals[REMOVE], 0, paths);
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
make_align (RheoComparePage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *label = gtk_label_new (_ ("Align by"));

  page->by_iteration = gtk_toggle_button_new_with_label (_ ("Epoch"));
  page->by_time = gtk_toggle_button_new_with_label (_ ("Time"));
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (page->by_time), GTK_TOGGLE_BUTTON (page->by_iteration));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (page->by_iteration), TRUE);
  gtk_widget_set_tooltip_text (page->by_iteration, _ ("Curves over the iterations of training"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->by_time), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Time"), -1);
  g_signal_connect_object (page->by_time, "toggled", G_CALLBACK (on_align), page, G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_end (label, 6);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), page->by_iteration);
  gtk_box_append (GTK_BOX (box), page->by_time);
  gtk_widget_add_css_class (box, "align-by");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
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
  page->chips = rheo_compare_chips_new (page->context);
  gtk_widget_set_hexpand (page->chips, TRUE);
  gtk_widget_set_valign (page->chips, GTK_ALIGN_CENTER);
  g_signal_connect_object (page->chips, "open", G_CALLBACK (on_chip_open), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->chips, "add", G_CALLBACK (on_chip_add), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->chips, "remove", G_CALLBACK (on_chip_remove), page, G_CONNECT_SWAPPED);
  page->export = new_button (_ ("Export all"), "document-save-symbolic", G_CALLBACK (on_export_all), page);
  gtk_widget_set_tooltip_text (page->export, _ ("Write every plot beside the first run, with its numbers"));
  gtk_box_append (GTK_BOX (strip), back);
  gtk_box_append (GTK_BOX (strip), page->title);
  gtk_box_append (GTK_BOX (strip), page->chips);
  gtk_box_append (GTK_BOX (strip), make_align (page));
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

/* A card with a title, a line about it, something at its end, and a table. */
static GtkWidget *
make_table_card (const char *title, GtkWidget **count, GtkWidget *end, GtkWidget **table)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *head = new_words ("heading");
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "compare-card");
  gtk_widget_set_valign (card, GTK_ALIGN_START);
  gtk_label_set_text (GTK_LABEL (head), title);
  *count = new_words ("dim-label");
  gtk_widget_add_css_class (*count, "caption");
  gtk_widget_set_hexpand (*count, TRUE);
  *table = rheo_compare_table_new ();
  gtk_box_append (GTK_BOX (line), head);
  gtk_box_append (GTK_BOX (line), *count);
  if (end != NULL)
    gtk_box_append (GTK_BOX (line), end);
  gtk_box_append (GTK_BOX (card), line);
  gtk_box_append (GTK_BOX (card), *table);
  return card;
}

static GtkWidget *
new_flow (void)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 10);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 10);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
  gtk_widget_add_css_class (flow, "cards");
  return flow;
}

static GtkWidget *
make_only (RheoComparePage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9), *label = gtk_label_new (_ ("Only differences"));

  page->only = gtk_switch_new ();
  gtk_switch_set_active (GTK_SWITCH (page->only), TRUE);
  gtk_widget_set_valign (page->only, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->only), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Only differences"),
                                  -1);
  g_signal_connect_object (page->only, "notify::active", G_CALLBACK (show_settings), page, G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), page->only);
  return box;
}

static GtkWidget *
make_results (RheoComparePage *page)
{
  GtkWidget *results = make_table_card (_ ("Results"), &page->results_count, NULL, &page->results);

  page->busy = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  page->bar = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Scoring"), -1);
  gtk_widget_set_hexpand (page->bar, TRUE);
  gtk_widget_set_valign (page->bar, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (page->busy), page->bar);
  gtk_box_append (GTK_BOX (page->busy), new_button (_ ("Cancel"), NULL, G_CALLBACK (on_cancel), page));
  gtk_widget_set_visible (page->busy, FALSE);
  gtk_box_append (GTK_BOX (results), page->busy);
  return results;
}

static GtkWidget *
make_conclusion (RheoComparePage *page)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  page->conclusion = new_words (NULL);
  gtk_label_set_selectable (GTK_LABEL (page->conclusion), TRUE);
  gtk_widget_set_hexpand (page->conclusion, TRUE);
  page->seeds = rheo_seeds_bar_new (page->context);
  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (card, "compare-card");
  gtk_box_append (GTK_BOX (card), gtk_image_new_from_icon_name ("dialog-information-symbolic"));
  gtk_box_append (GTK_BOX (card), page->conclusion);
  gtk_box_append (GTK_BOX (card), page->seeds);
  return card;
}

static void
append_table (RheoComparePage *page, GtkWidget *card)
{
  gtk_flow_box_insert (GTK_FLOW_BOX (page->tables), card, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (card), FALSE);
}

static GtkWidget *
make_content (RheoComparePage *page)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10), *scroll = gtk_scrolled_window_new ();
  GtkWidget *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);

  gtk_widget_add_css_class (content, "run-pane");
  page->trouble = new_words ("warning-box");
  page->plots = new_flow ();
  page->tables = new_flow ();
  page->more_plots = new_flow ();
  page->no_plots = new_words ("dim-label");
  gtk_label_set_text (GTK_LABEL (page->no_plots), _ ("These runs have no plots in common."));
  gtk_box_append (GTK_BOX (left),
                  make_table_card (_ ("Settings"), &page->settings_count, make_only (page), &page->settings));
  gtk_box_append (GTK_BOX (left), make_conclusion (page));
  append_table (page, left);
  append_table (page, make_results (page));
  gtk_box_append (GTK_BOX (content), page->trouble);
  gtk_box_append (GTK_BOX (content), page->plots);
  gtk_box_append (GTK_BOX (content), page->no_plots);
  gtk_box_append (GTK_BOX (content), page->tables);
  gtk_box_append (GTK_BOX (content), page->more_plots);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), content);
  gtk_widget_set_vexpand (scroll, TRUE);
  return scroll;
}

/* --- the widget ----------------------------------------------------------------------------------------------------- */

static gboolean
on_fold (gpointer data)
{
  ((RheoComparePage *) data)->fold = 0;
  lay_out (data);
  return G_SOURCE_REMOVE;
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RheoComparePage *page = RHEO_COMPARE_PAGE (widget);

  gtk_widget_allocate (page->box, width, height, baseline, NULL);
  /* Not while sizes are given out. */
  if (width != page->width && page->fold == 0)
    page->fold = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_fold, page, NULL);
  page->width = width;
}

/* Narrower than the columns of now ask for: there are fewer then. */
static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  gtk_widget_measure (RHEO_COMPARE_PAGE (widget)->box, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, 360);
}

/* Scoring keeps the page until it is done, also after the window has gone. */
static void
unroot (GtkWidget *widget)
{
  rheo_compare_page_stop (RHEO_COMPARE_PAGE (widget));
  GTK_WIDGET_CLASS (rheo_compare_page_parent_class)->unroot (widget);
}

static void
dispose (GObject *object)
{
  RheoComparePage *page = RHEO_COMPARE_PAGE (object);

  g_clear_handle_id (&page->fold, g_source_remove);
  g_clear_object (&page->source);
  g_clear_object (&page->group);
  g_clear_pointer (&page->box, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_compare_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoComparePage *page = RHEO_COMPARE_PAGE (object);

  clear_columns (page);
  g_clear_pointer (&page->scores, g_ptr_array_unref);
  g_ptr_array_unref (page->cards);
  g_strfreev (page->paths);
  G_OBJECT_CLASS (rheo_compare_page_parent_class)->finalize (object);
}

static void
rheo_compare_page_class_init (RheoComparePageClass *class)
{
  static const char *const names[] = { [OPEN] = "open", [ADD] = "add", [REMOVE] = "remove" };
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  GTK_WIDGET_CLASS (class)->size_allocate = size_allocate;
  GTK_WIDGET_CLASS (class)->measure = measure;
  GTK_WIDGET_CLASS (class)->unroot = unroot;
  signals[BACK] = g_signal_new ("back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  for (int i = OPEN; i <= REMOVE; i++)
    signals[i] = g_signal_new (names[i], type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                               i == REMOVE ? G_TYPE_STRV : G_TYPE_STRING);
}

static void
rheo_compare_page_init (RheoComparePage *page)
{
  page->cards = g_ptr_array_new ();
  page->group = rheo_plot_group_new ();
}

GtkWidget *
rheo_compare_page_new (RheoContext *context)
{
  RheoComparePage *page = g_object_new (RHEO_TYPE_COMPARE_PAGE, NULL);

  page->context = context;
  page->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (page->box), make_strip (page));
  gtk_box_append (GTK_BOX (page->box), make_content (page));
  gtk_widget_set_parent (page->box, GTK_WIDGET (page));
  return GTK_WIDGET (page);
}
