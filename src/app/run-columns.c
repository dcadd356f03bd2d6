#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-list-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/family.h"
#include "app/run-search.h"
#include "app/run-text.h"
#include "widgets/common.h"
#include "widgets/number-text.h"
#include "widgets/sparkline.h"
#include "widgets/tooltip.h"

#define SECONDS_OF_DAY (24 * 60 * 60)

typedef struct
{
  const char *id, *title;
  int width;       /* at text scale 1, with the padding of a cell */
  int importance;  /* the least important is the first to go when there is no room; 0: always there */
  gboolean at_end; /* numbers */
  GtkWidget *(*make) (void);
  void (*show) (GtkWidget *cell, const RheoRunFacts *facts);
  int (*compare) (const RheoRunFacts *a, const RheoRunFacts *b);
} Column;

/* What a factory needs. */
typedef struct
{
  const Column *column;
  RheoRunList *list;
} Maker;

/* Data of a cell, of a column or of its rows. */
static const char item_key[] = "rheo-item", column_key[] = "rheo-column", wanted_key[] = "rheo-wanted",
                  width_key[] = "rheo-width", scale_key[] = "rheo-scale";

/* --- cells ------------------------------------------------------------------------------------------------------- */

static GtkWidget *
make_text (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  return label;
}

static GtkWidget *
make_number (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  rheo_label_hold_numbers (GTK_LABEL (label));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "tabular");
  return label;
}

static GtkWidget *
make_dim (void)
{
  GtkWidget *label = make_text ();

  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
make_name (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = make_text ();
  GtkWidget *star = gtk_image_new_from_icon_name ("starred-symbolic");

  gtk_widget_add_css_class (label, "run-name");
  gtk_widget_add_css_class (star, "run-star");
  gtk_accessible_update_property (GTK_ACCESSIBLE (star), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Star"), -1);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), star);
  return box;
}

static void
show_name (GtkWidget *cell, const RheoRunFacts *facts)
{
  GtkWidget *label = gtk_widget_get_first_child (cell);

  gtk_label_set_text (GTK_LABEL (label), facts->name);
  rheo_tooltip_keep (label, facts->state == RHEO_ITEM_BROKEN ? facts->error : facts->name);
  gtk_widget_set_visible (gtk_widget_get_next_sibling (label), rheo_run_is_starred (facts));
}

static void
show_text (GtkWidget *cell, const char *text)
{
  gtk_label_set_text (GTK_LABEL (cell), text);
  rheo_tooltip_keep (cell, *text != '\0' ? text : NULL);
}

static void
show_task (GtkWidget *cell, const RheoRunFacts *facts)
{
  show_text (cell, facts->state == RHEO_ITEM_BROKEN ? "–" : facts->task);
}

static void
show_rule (GtkWidget *cell, const RheoRunFacts *facts)
{
  const RheoComponent *rule =
      facts->state != RHEO_ITEM_BROKEN ? rheo_component_find (RHEO_KIND_RULE, facts->rule_id, NULL) : NULL;

  show_text (cell, facts->state == RHEO_ITEM_BROKEN ? "–" : facts->rule);
  /* The whole title stays in the tooltip. */
  if (rule != NULL)
    gtk_label_set_text (GTK_LABEL (cell), rheo_component_get_short_title (rule));
}

static gboolean
is_known (const RheoRunFacts *facts)
{
  return facts->state != RHEO_ITEM_READING && facts->state != RHEO_ITEM_BROKEN;
}

/* A dash where nothing will come, nothing where it is still being read. */
static char *
dup_unknown (const RheoRunFacts *facts)
{
  return g_strdup (facts->state == RHEO_ITEM_BROKEN ? "–" : "");
}

static void
show_seed (GtkWidget *cell, const RheoRunFacts *facts)
{
  g_autofree char *text = is_known (facts) ? g_strdup_printf ("%d", facts->seed) : dup_unknown (facts);

  gtk_label_set_text (GTK_LABEL (cell), text);
}

static GtkWidget *
make_progress (void)
{
  return rheo_sparkline_new ();
}

static void
show_progress (GtkWidget *cell, const RheoRunFacts *facts)
{
  g_autofree char *best = rheo_run_dup_best (facts);
  g_autofree char *label = g_strdup_printf (_ ("Progress, best %s"), best);

  rheo_sparkline_set_values (RHEO_SPARKLINE (cell), facts->progress, facts->n_progress,
                             facts->state == RHEO_ITEM_DIVERGED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* The number, and small and dim what it measures. */
static void
show_best (GtkWidget *cell, const RheoRunFacts *facts)
{
  g_autofree char *number = is_known (facts) ? rheo_run_dup_number (facts->best) : dup_unknown (facts);
  g_autofree char *markup = g_markup_printf_escaped ("%s <span size=\"85%%\" alpha=\"65%%\">%s</span>", number,
                                                     rheo_run_get_best_label (facts));

  gtk_label_set_markup (GTK_LABEL (cell), markup);
}

static void
show_iterations (GtkWidget *cell, const RheoRunFacts *facts)
{
  g_autofree char *text = is_known (facts) ? rheo_run_dup_iterations (facts) : dup_unknown (facts);
  g_autofree char *at = rheo_number_dup_count (facts->iteration), *budget = rheo_number_dup_count (facts->budget);
  g_autofree char *tip = g_strdup_printf (_ ("%s %s of %s"), facts->unit, at, budget);

  gtk_label_set_text (GTK_LABEL (cell), text);
  rheo_tooltip_keep (cell, *facts->unit != '\0' ? tip : NULL);
}

static GtkWidget *
make_state (void)
{
  GtkWidget *pill = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *icon = gtk_image_new (), *label = gtk_label_new (NULL);

  gtk_image_set_pixel_size (GTK_IMAGE (icon), 12);
  gtk_widget_add_css_class (pill, "run-state");
  gtk_widget_set_halign (pill, GTK_ALIGN_START);
  gtk_widget_set_valign (pill, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (pill), icon);
  gtk_box_append (GTK_BOX (pill), label);
  return pill;
}

static void
show_state (GtkWidget *cell, const RheoRunFacts *facts)
{
  static const struct
  {
    const char *word, *icon, *class;
  } states[] = {
    [RHEO_ITEM_READING] = { N_ ("Reading"), "content-loading-symbolic", NULL },
    [RHEO_ITEM_DONE] = { N_ ("Done"), "object-select-symbolic", NULL },
    [RHEO_ITEM_SOLVED] = { N_ ("Solved"), "starred-symbolic", "solved" },
    [RHEO_ITEM_STOPPED] = { N_ ("Stopped"), "media-playback-stop-symbolic", NULL },
    [RHEO_ITEM_DIVERGED] = { N_ ("Diverged"), "dialog-warning-symbolic", "diverged" },
    [RHEO_ITEM_RUNNING] = { N_ ("Running"), "media-playback-start-symbolic", "running" },
    [RHEO_ITEM_PAUSED] = { N_ ("Paused"), "media-playback-pause-symbolic", "running" },
    [RHEO_ITEM_INTERRUPTED] = { N_ ("Interrupted"), "process-stop-symbolic", "interrupted" },
    [RHEO_ITEM_BROKEN] = { NULL, "dialog-warning-symbolic", "interrupted" },
  };
  static const char *const faults[] = {
    [RHEO_FAULT_DAMAGED] = N_ ("Damaged"), [RHEO_FAULT_FOREIGN] = N_ ("Not a run"), [RHEO_FAULT_NEWER] = N_ ("Newer")
  };
  GtkWidget *icon = gtk_widget_get_first_child (cell), *label = gtk_widget_get_last_child (cell);

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), states[facts->state].icon);
  gtk_label_set_text (GTK_LABEL (label),
                      _ (facts->state == RHEO_ITEM_BROKEN ? faults[facts->fault] : states[facts->state].word));
  for (size_t i = 0; i < G_N_ELEMENTS (states); i++)
    if (states[i].class != NULL)
      gtk_widget_remove_css_class (cell, states[i].class);
  if (states[facts->state].class != NULL)
    gtk_widget_add_css_class (cell, states[facts->state].class);
  rheo_tooltip_set (cell, *facts->error != '\0' ? facts->error : NULL);
}

static void
show_date (GtkWidget *cell, const RheoRunFacts *facts)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (facts->created);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *text = NULL;
  g_autofree char *whole = NULL;

  if (facts->created == 0 || then == NULL)
    {
      show_text (cell, "");
      return;
    }
  whole = g_date_time_format (then, "%c");
  if (rheo_item_is_going (facts->state))
    text = g_strdup (_ ("now"));
  else if (g_date_time_get_year (then) != g_date_time_get_year (now))
    text = g_date_time_format (then, "%b %Y");
  else if (g_date_time_get_day_of_year (then) != g_date_time_get_day_of_year (now))
    /* Translators: day and month for g_date_time_format, as in "5 Nov" */
    text = g_date_time_format (then, C_ ("date", "%-e %b"));
  else
    text = g_date_time_format (then, "%H:%M");
  gtk_label_set_text (GTK_LABEL (cell), text);
  rheo_tooltip_keep (cell, whole);
}

/* --- order ------------------------------------------------------------------------------------------------------- */

static int
compare_names (const RheoRunFacts *a, const RheoRunFacts *b)
{
  return g_utf8_collate (a->name, b->name);
}

static int
compare_tasks (const RheoRunFacts *a, const RheoRunFacts *b)
{
  return g_utf8_collate (a->task, b->task);
}

static int
compare_rules (const RheoRunFacts *a, const RheoRunFacts *b)
{
  return g_utf8_collate (a->rule, b->rule);
}

static int
compare_seeds (const RheoRunFacts *a, const RheoRunFacts *b)
{
  return (a->seed > b->seed) - (a->seed < b->seed);
}

/* What is not known comes after everything. */
static int
compare_bests (const RheoRunFacts *a, const RheoRunFacts *b)
{
  if (isnan (a->best) || isnan (b->best))
    return isnan (a->best) - isnan (b->best);
  return (a->best > b->best) - (a->best < b->best);
}

static int
compare_iterations (const RheoRunFacts *a, const RheoRunFacts *b)
{
  return (a->iteration > b->iteration) - (a->iteration < b->iteration);
}

static int
compare_states (const RheoRunFacts *a, const RheoRunFacts *b)
{
  return (int) a->state - (int) b->state;
}

static int
compare_dates (const RheoRunFacts *a, const RheoRunFacts *b)
{
  return (a->created > b->created) - (a->created < b->created);
}

static const Column columns[] = {
  { "name", N_ ("Name"), 140, 0, FALSE, make_name, show_name, compare_names },
  { "task", N_ ("Task"), 112, 4, FALSE, make_text, show_task, compare_tasks },
  { "rule", N_ ("Rule"), 96, 1, FALSE, make_text, show_rule, compare_rules },
  { "seed", N_ ("Seed"), 42, 3, TRUE, make_number, show_seed, compare_seeds },
  { "progress", N_ ("Progress"), 76, 5, FALSE, make_progress, show_progress, NULL },
  { "best", N_ ("Best"), 104, 7, TRUE, make_number, show_best, compare_bests },
  { "iterations", N_ ("Epochs"), 58, 6, TRUE, make_number, show_iterations, compare_iterations },
  { "state", N_ ("State"), 104, 0, FALSE, make_state, show_state, compare_states },
  { "date", N_ ("Date"), 58, 2, FALSE, make_dim, show_date, compare_dates },
};
static const Column tick_column = { "tick", "", 30, 0, FALSE, NULL, NULL, NULL };

/* --- factories --------------------------------------------------------------------------------------------------- */

static void
on_item_changed (RheoRunItem *item, GtkListItem *row)
{
  const Column *column = g_object_get_data (G_OBJECT (row), column_key);

  column->show (gtk_list_item_get_child (row), rheo_run_item_get_facts (item));
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *row, Maker *maker)
{
  g_object_set_data (G_OBJECT (row), column_key, (gpointer) maker->column);
  gtk_list_item_set_child (row, maker->column->make ());
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *row, Maker *maker)
{
  RheoRunItem *item = gtk_list_item_get_item (row);

  g_object_set_data (G_OBJECT (gtk_list_item_get_child (row)), item_key, item);
  g_signal_connect (item, "changed", G_CALLBACK (on_item_changed), row);
  on_item_changed (item, row);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *row, Maker *maker)
{
  RheoRunItem *item = gtk_list_item_get_item (row);

  g_signal_handlers_disconnect_by_func (item, on_item_changed, row);
  g_object_set_data (G_OBJECT (gtk_list_item_get_child (row)), item_key, NULL);
}

/* --- ticks ------------------------------------------------------------------------------------------------------- */

static void
on_toggled (GtkCheckButton *button, Maker *maker)
{
  RheoRunItem *item = g_object_get_data (G_OBJECT (button), item_key);

  if (item != NULL)
    rheo_run_list_set_ticked (maker->list, item, gtk_check_button_get_active (button));
}

static void
on_tick_setup (GtkListItemFactory *factory, GtkListItem *row, Maker *maker)
{
  GtkWidget *button = gtk_check_button_new ();

  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Tick for Compare"));
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), maker);
  gtk_list_item_set_child (row, button);
}

static void
on_ticked (RheoRunList *list, GtkListItem *row)
{
  gtk_check_button_set_active (GTK_CHECK_BUTTON (gtk_list_item_get_child (row)),
                               rheo_run_list_get_ticked (list, gtk_list_item_get_item (row)));
}

static void
on_tick_bind (GtkListItemFactory *factory, GtkListItem *row, Maker *maker)
{
  RheoRunItem *item = gtk_list_item_get_item (row);
  GtkWidget *button = gtk_list_item_get_child (row);
  g_autofree char *label = g_strdup_printf (_ ("Tick %s"), rheo_run_item_get_facts (item)->name);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  on_ticked (maker->list, row);
  g_object_set_data (G_OBJECT (button), item_key, item);
  g_signal_connect (maker->list, "ticked", G_CALLBACK (on_ticked), row);
}

static void
on_tick_unbind (GtkListItemFactory *factory, GtkListItem *row, Maker *maker)
{
  g_signal_handlers_disconnect_by_func (maker->list, on_ticked, row);
  g_object_set_data (G_OBJECT (gtk_list_item_get_child (row)), item_key, NULL);
}

/* --- all columns ------------------------------------------------------------------------------------------------- */

static int
compare_items (gconstpointer a, gconstpointer b, gpointer data)
{
  const Column *column = data;
  const RheoRunFacts *x = rheo_run_item_get_facts ((RheoRunItem *) a), *y = rheo_run_item_get_facts ((RheoRunItem *) b);
  int order = column->compare (x, y);

  return order != 0 ? order : strcmp (x->path, y->path);
}

/* Of text, in per cent. */
static int
get_scale (void)
{
  return (int) lround (100 * rheo_text_scale ());
}

static int
column_width (const Column *column, int scale)
{
  return (column->width * scale + 99) / 100;
}

static GtkColumnViewColumn *
new_column (const Column *column, RheoRunList *list)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *made = gtk_column_view_column_new (*column->title != '\0' ? _ (column->title) : "", factory);
  const gboolean is_name = g_str_equal (column->id, "name");
  Maker *maker = g_new (Maker, 1);

  *maker = (Maker){ column, list };
  g_object_set_data_full (G_OBJECT (factory), "maker", maker, g_free);
  g_object_set_data (G_OBJECT (made), column_key, (gpointer) column);
  if (column->make != NULL)
    {
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), maker);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), maker);
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), maker);
      gtk_column_view_column_set_resizable (made, TRUE);
    }
  else
    {
      g_signal_connect (factory, "setup", G_CALLBACK (on_tick_setup), maker);
      g_signal_connect (factory, "bind", G_CALLBACK (on_tick_bind), maker);
      g_signal_connect (factory, "unbind", G_CALLBACK (on_tick_unbind), maker);
    }
  if (column->compare != NULL)
    {
      g_autoptr (GtkSorter) sorter = GTK_SORTER (
          gtk_custom_sorter_new ((GCompareDataFunc) (void (*) (void)) compare_items, (gpointer) column, NULL));

      gtk_column_view_column_set_sorter (made, sorter);
    }
  /* They share what is left; a name has no least width. */
  gtk_column_view_column_set_expand (made, is_name || g_str_equal (column->id, "task"));
  if (!is_name)
    gtk_column_view_column_set_fixed_width (made, column_width (column, get_scale ()));
  return made;
}

static void
set_wanted (GtkColumnViewColumn *column, gboolean value)
{
  g_object_set_data (G_OBJECT (column), wanted_key, GINT_TO_POINTER (value));
}

static gboolean
is_wanted (GtkColumnViewColumn *column)
{
  return g_object_get_data (G_OBJECT (column), wanted_key) != NULL;
}

static const Column *
get_column (GtkColumnViewColumn *column)
{
  return g_object_get_data (G_OBJECT (column), column_key);
}

static void
remember (GtkColumnView *view)
{
  GSettings *settings = g_object_get_data (G_OBJECT (view), "settings");
  GListModel *list = gtk_column_view_get_columns (view);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  /* A view that goes loses its columns one by one. */
  if (gtk_widget_get_root (GTK_WIDGET (view)) == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (list, i);

      if (is_wanted (column) && get_column (column) != &tick_column)
        g_ptr_array_add (ids, (gpointer) get_column (column)->id);
    }
  g_ptr_array_add (ids, NULL);
  if (settings != NULL)
    g_settings_set_strv (settings, "run-columns", (const char *const *) ids->pdata);
}

/* As it was drawn to, or as it is made. */
static int
get_width (GtkColumnViewColumn *column)
{
  int own = gtk_column_view_column_get_fixed_width (column);

  if (own <= 0)
    own = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (column), width_key));
  return own > 0 ? own : column_width (get_column (column), get_scale ());
}

/* What was drawn is kept when the list is left. */
static void
remember_widths (GtkColumnView *view)
{
  GSettings *settings = g_object_get_data (G_OBJECT (view), "settings");
  GListModel *list = gtk_column_view_get_columns (view);
  GVariantBuilder widths;

  g_variant_builder_init (&widths, G_VARIANT_TYPE ("a{si}"));
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (list, i);
      const int width = get_width (column);

      if (width != column_width (get_column (column), get_scale ()))
        g_variant_builder_add (&widths, "{si}", get_column (column)->id, (int) lround (width / rheo_text_scale ()));
    }
  g_settings_set_value (settings, "run-column-widths", g_variant_builder_end (&widths));
}

static void
restore_widths (GtkColumnView *view, GSettings *settings)
{
  g_autoptr (GVariant) widths = g_settings_get_value (settings, "run-column-widths");
  GListModel *list = gtk_column_view_get_columns (view);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (list, i);
      int width;

      if (g_variant_lookup (widths, get_column (column)->id, "i", &width) && width > 0)
        gtk_column_view_column_set_fixed_width (column, (int) lround (width * rheo_text_scale ()));
    }
}

/* GTK 4.8 keeps the room of a hidden column that has a width of its own: it is put aside until the column is back. */
static void
set_shown (GtkColumnViewColumn *column, gboolean shown)
{
  if (shown == gtk_column_view_column_get_visible (column))
    return;
  gtk_column_view_column_set_visible (column, shown);
  if (g_str_equal (get_column (column)->id, "name"))
    return;
  if (!shown)
    g_object_set_data (G_OBJECT (column), width_key, GINT_TO_POINTER (get_width (column)));
  gtk_column_view_column_set_fixed_width (column, shown ? get_width (column) : -1);
}

void
rheo_run_columns_fit (GtkColumnView *view, int width)
{
  GListModel *list = gtk_column_view_get_columns (view);
  guint n = g_list_model_get_n_items (list);
  int needed = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (list, i);

      needed += is_wanted (column) ? get_width (column) : 0;
    }
  for (int importance = 0; importance < 8; importance++)
    for (guint i = 0; i < n; i++)
      {
        g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (list, i);
        const Column *about = get_column (column);
        gboolean fits = importance == 0 || needed <= width || width <= 0;

        if (about->importance != importance)
          continue;
        set_shown (column, is_wanted (column) && fits);
        if (is_wanted (column) && !fits)
          needed -= get_width (column);
      }
}

/* Columns grow and shrink with the text in them. */
static void
on_scale (GtkColumnView *view)
{
  GListModel *list = gtk_column_view_get_columns (view);
  const int before = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (view), scale_key)), now = get_scale ();

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (list, i);
      const int old = get_width (column);
      const gboolean as_made = old == column_width (get_column (column), before);
      const int width = as_made ? column_width (get_column (column), now) : old * now / before;

      if (gtk_column_view_column_get_fixed_width (column) > 0)
        gtk_column_view_column_set_fixed_width (column, width);
      else if (g_object_get_data (G_OBJECT (column), width_key) != NULL)
        g_object_set_data (G_OBJECT (column), width_key, GINT_TO_POINTER (width));
    }
  g_object_set_data (G_OBJECT (view), scale_key, GINT_TO_POINTER (now));
  rheo_run_columns_fit (view, gtk_widget_get_width (GTK_WIDGET (view)));
}

static void
on_toggle_column (GSimpleAction *action, GVariant *state, gpointer data)
{
  GtkColumnView *view = data;
  GListModel *list = gtk_column_view_get_columns (view);

  g_simple_action_set_state (action, state);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (list, i);

      if (g_str_equal (get_column (column)->id, g_action_get_name (G_ACTION (action))))
        set_wanted (column, g_variant_get_boolean (state));
    }
  rheo_run_columns_fit (view, gtk_widget_get_width (GTK_WIDGET (view)));
  remember (view);
}

static gboolean
strv_contains (char **list, const char *word)
{
  return list == NULL || g_strv_contains ((const char *const *) list, word);
}

static void
add_header_menu (GtkColumnView *view, char **wanted)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  GListModel *list = gtk_column_view_get_columns (view);

  for (size_t i = 0; i < G_N_ELEMENTS (columns); i++)
    if (!g_str_equal (columns[i].id, "name"))
      {
        g_autoptr (GSimpleAction) action = g_simple_action_new_stateful (
            columns[i].id, NULL, g_variant_new_boolean (strv_contains (wanted, columns[i].id)));
        g_autofree char *name = g_strconcat ("columns.", columns[i].id, NULL);

        g_signal_connect (action, "change-state", G_CALLBACK (on_toggle_column), view);
        g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
        g_menu_append (menu, _ (columns[i].title), name);
      }
  gtk_widget_insert_action_group (GTK_WIDGET (view), "columns", G_ACTION_GROUP (group));
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (list, i);

      gtk_column_view_column_set_header_menu (column, G_MENU_MODEL (menu));
    }
}

static void
append (GtkColumnView *view, const Column *column, RheoRunList *list, gboolean value)
{
  g_autoptr (GtkColumnViewColumn) made = new_column (column, list);

  set_wanted (made, value);
  gtk_column_view_append_column (view, made);
  if (column->at_end)
    rheo_column_view_end_title (view);
  if (g_str_equal (column->id, "date"))
    gtk_column_view_sort_by_column (view, made, GTK_SORT_DESCENDING);
}

static const Column *
find_column (const char *id)
{
  for (size_t i = 0; i < G_N_ELEMENTS (columns); i++)
    if (g_str_equal (columns[i].id, id))
      return &columns[i];
  return NULL;
}

void
rheo_run_columns_add (RheoRunList *list, GtkColumnView *view, GSettings *settings)
{
  g_auto (GStrv) wanted = settings != NULL ? g_settings_get_strv (settings, "run-columns") : NULL;

  append (view, &tick_column, list, TRUE);
  if (!strv_contains (wanted, "name") || wanted == NULL)
    append (view, &columns[0], list, TRUE);
  for (int i = 0; wanted != NULL && wanted[i] != NULL; i++)
    if (find_column (wanted[i]) != NULL && !g_strv_contains ((const char *const *) wanted + i + 1, wanted[i]))
      append (view, find_column (wanted[i]), list, TRUE);
  for (size_t i = 1; i < G_N_ELEMENTS (columns); i++)
    if (wanted == NULL || !strv_contains (wanted, columns[i].id))
      append (view, &columns[i], list, wanted == NULL);
  if (settings != NULL)
    {
      g_object_set_data_full (G_OBJECT (view), "settings", g_object_ref (settings), g_object_unref);
      restore_widths (view, settings);
      g_signal_connect (view, "unmap", G_CALLBACK (remember_widths), NULL);
    }
  add_header_menu (view, wanted);
  rheo_run_columns_fit (view, 0);
  g_object_set_data (G_OBJECT (view), scale_key, GINT_TO_POINTER (get_scale ()));
  rheo_text_scale_watch (view, G_CALLBACK (on_scale));
  g_signal_connect_object (gtk_column_view_get_columns (view), "items-changed", G_CALLBACK (remember), view,
                           G_CONNECT_SWAPPED);
}

static RheoRunItem *
item_of (GtkWidget *widget)
{
  return widget != NULL ? g_object_get_data (G_OBJECT (widget), item_key) : NULL;
}

RheoRunItem *
rheo_run_columns_find_item (GtkWidget *widget)
{
  /* From inside a cell upwards; a place beside the cells lies in a row, whose cells are below it. */
  for (; widget != NULL && !GTK_IS_COLUMN_VIEW (widget); widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *child = gtk_widget_get_first_child (widget);
      RheoRunItem *item = item_of (widget);

      if (item == NULL)
        item = item_of (child);
      if (item == NULL && child != NULL)
        item = item_of (gtk_widget_get_first_child (child));
      if (item != NULL)
        return item;
    }
  return NULL;
}
