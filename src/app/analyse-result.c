#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-result.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "app/plot-toasts.h"
#include "app/result-grid.h"
#include "app/result-plots.h"
#include "app/result-table.h"
#include "app/run-text.h"
#include "app/window.h"
#include "widgets/common.h"
#include "widgets/plot-card.h"

#define MOST_REST 4     /* plots that no kind knows by itself */
#define PLOT_HEIGHT 290 /* px of one among several */
#define PLOT_WIDTH 300  /* px from which on two stand beside each other */
#define SPACE_WIDTH 480
#define TABLE_HEIGHT 214

struct _RheoAnalyseResult
{
  GtkWidget parent_instance;
  GtkWidget *scroll, *box, *facts, *plots, *table_card, *table_title, *sheet_choice, *view, *check, *check_icon,
      *check_text, *check_odd, *check_cost, *more;
  RheoPlotGroup *group;
  GPtrArray *cards; /* borrowed */
  GPtrArray *specs; /* RheoPlotSpec, what the cards show */
  RheoTable *table;
  GPtrArray *sheets;
  char *folder, *stem; /* of figures and tables */
  int64_t point, n_points;
};

G_DEFINE_FINAL_TYPE (RheoAnalyseResult, rheo_analyse_result, GTK_TYPE_WIDGET)

enum
{
  PICKED,
  MORE,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* --- facts --------------------------------------------------------------------------------------------------------------- */

static void
show_facts (RheoAnalyseResult *result, const RheoAnalysis *analysis)
{
  g_auto (GStrv) facts = rheo_result_dup_facts (result->table, analysis);
  g_autoptr (GString) markup = g_string_new (NULL);

  for (int i = 0; facts[i] != NULL && facts[i + 1] != NULL; i += 2)
    {
      g_autoptr (GString) label = g_string_new (facts[i]);
      g_autofree char *one = NULL;

      /* A number and what it is stand in one line. */
      g_string_replace (label, " ", "\302\240", 0);
      one = g_markup_printf_escaped ("%s<b>%s</b>\302\240<span alpha=\"72%%\">%s</span>", i > 0 ? "     " : "",
                                     facts[i + 1], label->str);

      g_string_append (markup, one);
    }
  gtk_label_set_markup (GTK_LABEL (result->facts), markup->str);
  gtk_widget_set_visible (result->facts, facts[0] != NULL);
}

static int
count_unstable (const RheoColumn *unstable, int n)
{
  int count = 0;

  for (int64_t i = 0; i < rheo_column_get_length (unstable); i++)
    count += (int) rheo_column_get_number (unstable, i) == n;
  return count;
}

char *
rheo_analyse_dup_check (const RheoTable *table, gboolean *complete)
{
  const RheoColumn *sum = rheo_table_find (table, "index-sum"), *unstable = rheo_table_find (table, "unstable");
  g_autoptr (GString) terms = g_string_new (NULL);
  int total, n_terms = 0, most = 0;

  if (sum == NULL || unstable == NULL || g_strcmp0 (rheo_table_get_note (table, "index"), "holds") != 0)
    return NULL;
  total = (int) rheo_column_get_number (sum, 0);
  for (int64_t i = 0; i < rheo_column_get_length (unstable); i++)
    most = MAX (most, (int) rheo_column_get_number (unstable, i));
  for (int n = 0; n <= most; n++)
    {
      const int count = count_unstable (unstable, n);

      if (count == 0)
        continue;
      g_string_append_printf (terms,
                              n_terms > 0 ? " %s %d"
                              : n % 2     ? "%s%d"
                                          : "%s%d",
                              n % 2         ? "\342\210\222"
                              : n_terms > 0 ? "+"
                                            : "",
                              count);
      n_terms++;
    }
  *complete = total == 1;
  if (*complete && n_terms > 1)
    return g_strdup_printf (_ ("Index sum %s = +1. The list can be complete."), terms->str);
  if (*complete)
    return g_strdup (_ ("Index sum +1. The list can be complete."));
  {
    g_autofree char *is = rheo_number_with_minus (g_strdup_printf ("%d", total));

    return g_strdup_printf (_ ("Index sum %s, should be +1. Points are missing."), is);
  }
}

static void
show_check (RheoAnalyseResult *result)
{
  gboolean complete = TRUE;
  g_autofree char *text = rheo_analyse_dup_check (result->table, &complete);

  const char *starts = rheo_table_get_note (result->table, "starts");
  const char *seconds = rheo_table_get_note (result->table, "seconds");
  g_autofree char *cost = starts != NULL && seconds != NULL
                              ? g_strdup_printf (_ ("%s starts · %.1f s"), starts, g_ascii_strtod (seconds, NULL))
                              : NULL;

  gtk_label_set_text (GTK_LABEL (result->check_cost), cost != NULL ? cost : "");
  gtk_widget_set_visible (result->check_odd, complete && result->n_points % 2 == 1);
  gtk_widget_set_visible (result->check, text != NULL);
  gtk_widget_set_visible (result->more, !complete);
  if (text == NULL)
    return;
  gtk_label_set_text (GTK_LABEL (result->check_text), text);
  gtk_image_set_from_icon_name (GTK_IMAGE (result->check_icon),
                                complete ? "object-select-symbolic" : "dialog-warning-symbolic");
  gtk_widget_remove_css_class (result->check_icon, complete ? "warning" : "success");
  gtk_widget_add_css_class (result->check_icon, complete ? "success" : "warning");
}

/* --- points -------------------------------------------------------------------------------------------------------------- */

static gboolean
shows_points (const RheoAnalyseResult *result, const RheoColumn *column)
{
  return result->n_points > 0 && column->n_dims > 0 && column->dims[0] == result->n_points
         && g_str_has_prefix (column->axes, "point");
}

static void
choose (RheoAnalyseResult *result, int64_t point, gboolean tell)
{
  if (point == result->point)
    return;
  result->point = point;
  for (guint i = 0; i < result->cards->len; i++)
    rheo_plot_view_set_point (rheo_plot_card_get_view (result->cards->pdata[i]), point);
  if (result->sheets->len > 0
      && g_str_equal (
          ((RheoResultSheet *) result->sheets->pdata[gtk_drop_down_get_selected (GTK_DROP_DOWN (result->sheet_choice))])
              ->axis,
          "point"))
    rheo_result_table_choose (RHEO_RESULT_TABLE (result->view), point);
  if (tell)
    g_signal_emit (result, signals[PICKED], 0, (gint64) point);
}

static void
on_picked (RheoPlotView *view, int binding, gint64 index, double x, double y, RheoAnalyseResult *result)
{
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (view);

  if (binding < 0 && result->n_points > 0)
    choose (result, -1, TRUE);
  else if (spec != NULL && binding >= 0 && binding < spec->n_bindings
           && shows_points (result, spec->binding[binding].column) && index < result->n_points)
    choose (result, index, TRUE);
}

static void
on_row (RheoResultTable *view, gint64 row, RheoAnalyseResult *result)
{
  const guint sheet = gtk_drop_down_get_selected (GTK_DROP_DOWN (result->sheet_choice));

  if (sheet < result->sheets->len && g_str_equal (((RheoResultSheet *) result->sheets->pdata[sheet])->axis, "point")
      && result->n_points > 0)
    choose (result, row, TRUE);
}

/* --- plots --------------------------------------------------------------------------------------------------------------- */

static void
add_card (RheoAnalyseResult *result, RheoPlotSpec *spec, const char *subtitle)
{
  GtkWidget *card = rheo_plot_card_new (result->group);
  RheoPlotView *view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));
  const char *title = spec->title != NULL ? spec->title : _ (spec->kind->base.title);
  g_autofree char *low = g_ascii_strdown (title, -1), *stem = NULL;

  g_strcanon (low, "abcdefghijklmnopqrstuvwxyz0123456789", '-');
  stem = g_strdup_printf ("%s-%s", result->stem, low);
  if (spec->subtitle == NULL)
    spec->subtitle = g_intern_string (subtitle);
  rheo_plot_view_set_name (view, title, stem, result->folder);
  rheo_plot_toasts_follow (view);
  g_signal_connect (view, "picked", G_CALLBACK (on_picked), result);
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), rheo_plot_spec_dup (spec));
  rheo_result_grid_append (RHEO_RESULT_GRID (result->plots), card);
  g_ptr_array_add (result->cards, card);
  g_ptr_array_add (result->specs, rheo_plot_spec_dup (spec));
}

/* The spectrum of points stands with the chosen one. */
static gboolean
is_detail (const RheoAnalyseResult *result, const RheoPlotSpec *spec)
{
  return result->n_points > 0 && g_str_equal (spec->kind->base.id, "spectrum");
}

/* Puts pictures of the same sort into the cards that there are. FALSE: they are of other sorts. */
static gboolean
renew_plots (RheoAnalyseResult *result, const GPtrArray *specs, const char *subtitle)
{
  if (specs->len != result->specs->len)
    return FALSE;
  for (guint i = 0; i < specs->len; i++)
    if (((const RheoPlotSpec *) specs->pdata[i])->kind != ((const RheoPlotSpec *) result->specs->pdata[i])->kind)
      return FALSE;
  g_ptr_array_set_size (result->specs, 0);
  for (guint i = 0; i < specs->len; i++)
    {
      RheoPlotSpec *spec = specs->pdata[i];

      spec->subtitle = g_intern_string (subtitle);
      rheo_plot_card_take_spec (result->cards->pdata[i], rheo_plot_spec_dup (spec));
      g_ptr_array_add (result->specs, rheo_plot_spec_dup (spec));
    }
  return TRUE;
}

/* RheoPlotSpec, what has a card. */
static GPtrArray *
dup_plots (RheoAnalyseResult *result, const RheoAnalyseOrigin *origin)
{
  int n_own;
  g_autoptr (GPtrArray) all = rheo_result_dup_plots (result->table, origin->analysis->base.id, origin->unit, &n_own);
  GPtrArray *specs = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_plot_spec_free);

  for (guint i = 0; i < all->len; i++)
    if ((i < (guint) n_own || (n_own == 0 && i < MOST_REST)) && !is_detail (result, all->pdata[i]))
      {
        RheoPlotSpec *spec = rheo_plot_spec_dup (all->pdata[i]);

        /* Two of one name are told apart by their kinds, on screen and as files. */
        if (specs->len > 0 && g_strcmp0 (spec->title, ((RheoPlotSpec *) specs->pdata[specs->len - 1])->title) == 0)
          spec->title = NULL;
        g_ptr_array_add (specs, spec);
      }
  return specs;
}

static void
show_plots (RheoAnalyseResult *result, const RheoAnalyseOrigin *origin, gboolean same)
{
  g_autoptr (GPtrArray) specs = dup_plots (result, origin);
  g_autofree char *subtitle = g_strdup_printf ("%s %" PRId64, origin->unit, origin->iteration);
  gboolean in_space;

  if (same && renew_plots (result, specs, subtitle))
    return;

  g_ptr_array_set_size (result->cards, 0);
  g_ptr_array_set_size (result->specs, 0);
  rheo_result_grid_clear (RHEO_RESULT_GRID (result->plots));
  for (guint i = 0; i < specs->len; i++)
    add_card (result, specs->pdata[i], subtitle);
  /* A figure in space keeps the width where there is not much of it, and others stand below it. */
  in_space = specs->len > 0 && rheo_plot_can_turn (specs->pdata[0]);
  for (guint i = 0; i < result->cards->len; i++)
    {
      gtk_widget_set_size_request (result->cards->pdata[i], 260, -1);
      if (result->cards->len > 1)
        rheo_widget_set_text_height (result->cards->pdata[i], PLOT_HEIGHT);
    }
  rheo_result_grid_set_card_width (RHEO_RESULT_GRID (result->plots), in_space ? SPACE_WIDTH : PLOT_WIDTH);
  gtk_widget_set_visible (result->plots, result->cards->len > 0);
}

/* The same figure with other paths of trials; NULL: it has none. */
static RheoPlotSpec *
new_with_paths (const RheoPlotSpec *spec, RheoTable *paths)
{
  g_autoptr (RheoPlotSpec) with = rheo_plot_spec_new (spec->kind);

  memcpy (with->values, spec->values, spec->kind->base.config_size);
  with->title = spec->title;
  with->subtitle = spec->subtitle;
  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoPlotBinding *b = &spec->binding[i];

      if (!g_str_equal (b->role, "path") && !rheo_plot_bind (with, b->role, b->table, b->column->key, b->label, NULL))
        return NULL;
    }
  return rheo_plot_bind (with, "path", paths, "path", NULL, NULL) && rheo_plot_check (with, NULL)
             ? g_steal_pointer (&with)
             : NULL;
}

void
rheo_analyse_result_set_paths (RheoAnalyseResult *result, RheoTable *paths)
{
  for (guint i = 0; i < result->cards->len; i++)
    {
      const RheoPlotSpec *own = result->specs->pdata[i];
      RheoPlotSpec *spec;

      if (!g_str_equal (own->kind->base.id, "scatter"))
        continue;
      spec = paths != NULL && rheo_table_find (paths, "path") != NULL ? new_with_paths (own, paths) : NULL;
      rheo_plot_card_take_spec (result->cards->pdata[i], spec != NULL ? spec : rheo_plot_spec_dup (own));
    }
}

void
rheo_analyse_result_export_all (RheoAnalyseResult *result)
{
  for (guint i = 0; i < result->cards->len; i++)
    g_action_group_activate_action (rheo_plot_view_get_actions (rheo_plot_card_get_view (result->cards->pdata[i])),
                                    "export", NULL);
}

/* --- tables -------------------------------------------------------------------------------------------------------------- */

static void
show_sheet (RheoAnalyseResult *result)
{
  const guint i = gtk_drop_down_get_selected (GTK_DROP_DOWN (result->sheet_choice));

  if (result->sheets == NULL || i >= result->sheets->len)
    return;
  rheo_result_table_show (RHEO_RESULT_TABLE (result->view), result->table, result->sheets, i);
  gtk_label_set_text (GTK_LABEL (result->table_title), ((RheoResultSheet *) result->sheets->pdata[i])->title);
}

static void
show_tables (RheoAnalyseResult *result, const RheoAnalysis *analysis)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  g_clear_pointer (&result->sheets, g_ptr_array_unref);
  result->sheets = rheo_result_dup_sheets (result->table, analysis);
  for (guint i = 0; i < result->sheets->len; i++)
    gtk_string_list_append (names, ((RheoResultSheet *) result->sheets->pdata[i])->title);
  g_signal_handlers_block_by_func (result->sheet_choice, show_sheet, result);
  gtk_drop_down_set_model (GTK_DROP_DOWN (result->sheet_choice), G_LIST_MODEL (names));
  g_signal_handlers_unblock_by_func (result->sheet_choice, show_sheet, result);
  gtk_widget_set_visible (result->sheet_choice, result->sheets->len > 1);
  gtk_widget_set_visible (result->table_title, result->sheets->len == 1);
  gtk_widget_set_visible (result->table_card, result->sheets->len > 0);
  show_sheet (result);
}

static void
copy_table (RheoAnalyseResult *result)
{
  g_autofree char *text = rheo_result_table_dup_text (RHEO_RESULT_TABLE (result->view));

  if (text != NULL)
    gtk_widget_activate_action (GTK_WIDGET (result), "win.copy-text", "s", text);
}

/* --- writing a table ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  RheoTable *table;
  char *folder, *path;
} Writing;

static void
free_writing (gpointer data)
{
  Writing *writing = data;

  rheo_table_unref (writing->table);
  g_free (writing->folder);
  g_free (writing->path);
  g_free (writing);
}

static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Writing *writing = data;
  GError *error = NULL;

  g_mkdir_with_parents (writing->folder, 0777);
  if (rheo_table_write (writing->table, NULL, writing->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
written (GObject *object, GAsyncResult *res, gpointer data)
{
  const Writing *writing = g_task_get_task_data (G_TASK (res));
  g_autoptr (GError) error = NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (object));
  g_autofree char *name = g_path_get_basename (writing->path), *text = NULL, *action = NULL;

  if (!g_task_propagate_boolean (G_TASK (res), &error))
    text = g_strdup (error->message);
  else
    text = g_strdup_printf (_ ("Saved %s"), name);
  if (!RHEO_IS_APP_WINDOW (root))
    return;
  action = g_action_print_detailed_name ("win.show-file", g_variant_new_string (writing->path));
  rheo_app_window_toast (RHEO_APP_WINDOW (root), text, error == NULL ? _ ("Show") : NULL,
                         error == NULL ? action : NULL);
}

static void
save_table (RheoAnalyseResult *result)
{
  RheoTable *table = rheo_result_table_dup_table (RHEO_RESULT_TABLE (result->view));
  const guint i = gtk_drop_down_get_selected (GTK_DROP_DOWN (result->sheet_choice));
  g_autoptr (GTask) task = NULL;
  Writing *writing;

  if (table == NULL)
    return;
  writing = g_new0 (Writing, 1);
  writing->table = table;
  writing->folder = g_strdup (result->folder);
  writing->path = g_strdup_printf ("%s/%s-%s.csv", result->folder, result->stem,
                                   ((RheoResultSheet *) result->sheets->pdata[i])->axis);
  task = g_task_new (result, NULL, written, NULL);
  g_task_set_task_data (task, writing, free_writing);
  g_task_run_in_thread (task, write_thread);
}

/* --- the widget ---------------------------------------------------------------------------------------------------------- */

RheoTable *
rheo_analyse_result_get_table (RheoAnalyseResult *result)
{
  return result->table;
}

gboolean
rheo_analyse_result_has_points (RheoAnalyseResult *result)
{
  return result->table != NULL && result->n_points > 0;
}

int64_t
rheo_analyse_result_get_point (RheoAnalyseResult *result)
{
  return result->point;
}

void
rheo_analyse_result_choose (RheoAnalyseResult *result, int64_t point)
{
  choose (result, point, TRUE);
}

/* Of another table the point that is nearest to the chosen one; -1: none is chosen, or there is none. */
static int64_t
find_nearest (RheoAnalyseResult *result, const RheoTable *table)
{
  const RheoColumn *old = result->table != NULL ? rheo_result_find_points (result->table) : NULL;
  const RheoColumn *new = rheo_result_find_points (table);
  double least = INFINITY;
  int64_t nearest = -1;

  if (result->point < 0 || old == NULL || new == NULL || old->dims[1] != new->dims[1])
    return -1;
  for (int64_t k = 0; k < new->dims[0]; k++)
    {
      double far = 0;

      for (int64_t i = 0; i < new->dims[1]; i++)
        far = hypot (far, rheo_column_get_number (new, k * new->dims[1] + i)
                              - rheo_column_get_number (old, result->point * new->dims[1] + i));
      if (far < least)
        {
          least = far;
          nearest = k;
        }
    }
  return nearest;
}

static void
show (RheoAnalyseResult *result, RheoTable *table, const RheoAnalyseOrigin *origin, gboolean same)
{
  const RheoColumn *points;
  g_autofree char *name = NULL;

  if (table != NULL)
    rheo_table_ref (table);
  rheo_result_table_show (RHEO_RESULT_TABLE (result->view), NULL, NULL, 0);
  g_clear_pointer (&result->sheets, g_ptr_array_unref);
  g_clear_pointer (&result->table, rheo_table_unref);
  result->table = table;
  result->point = -1;
  if (table == NULL)
    return;
  points = rheo_result_find_points (table);
  result->n_points = points != NULL ? points->dims[0] : 0;
  g_free (result->folder);
  g_free (result->stem);
  name = g_strdup (origin->result != NULL ? origin->result : origin->analysis->base.id);
  g_strdelimit (name, "/", '-');
  result->folder = rheo_run_dup_figures (origin->run_path);
  result->stem = g_strdup_printf ("%s-%s", origin->run_name, name);
  show_facts (result, origin->analysis);
  show_plots (result, origin, same);
  show_tables (result, origin->analysis);
  show_check (result);
  /* Without plots the table has all the room, and the other way round. */
  gtk_widget_set_vexpand (result->table_card, result->cards->len == 0);
  gtk_widget_set_size_request (result->table_card, -1, result->cards->len == 0 ? -1 : TABLE_HEIGHT);
}

void
rheo_analyse_result_show (RheoAnalyseResult *result, RheoTable *table, const RheoAnalyseOrigin *origin)
{
  show (result, table, origin, FALSE);
}

void
rheo_analyse_result_renew (RheoAnalyseResult *result, RheoTable *table, const RheoAnalyseOrigin *origin)
{
  const int64_t nearest = find_nearest (result, table);

  show (result, table, origin, TRUE);
  choose (result, nearest, FALSE);
}

static void
dispose (GObject *object)
{
  RheoAnalyseResult *result = RHEO_ANALYSE_RESULT (object);

  if (result->scroll != NULL)
    rheo_result_table_show (RHEO_RESULT_TABLE (result->view), NULL, NULL, 0);
  g_clear_pointer (&result->scroll, gtk_widget_unparent);
  g_clear_pointer (&result->sheets, g_ptr_array_unref);
  g_clear_pointer (&result->table, rheo_table_unref);
  g_clear_object (&result->group);
  G_OBJECT_CLASS (rheo_analyse_result_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoAnalyseResult *result = RHEO_ANALYSE_RESULT (object);

  g_ptr_array_unref (result->cards);
  g_ptr_array_unref (result->specs);
  g_free (result->folder);
  g_free (result->stem);
  G_OBJECT_CLASS (rheo_analyse_result_parent_class)->finalize (object);
}

static void
rheo_analyse_result_class_init (RheoAnalyseResultClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  signals[PICKED] = g_signal_new ("picked", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[MORE] =
      g_signal_new ("more", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
new_icon_button (const char *icon, const char *name, GCallback clicked, RheoAnalyseResult *result)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", clicked, result);
  return button;
}

static void
on_more (RheoAnalyseResult *result)
{
  g_signal_emit (result, signals[MORE], 0);
}

static GtkWidget *
make_check (RheoAnalyseResult *result)
{
  result->check = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  result->check_icon = gtk_image_new ();
  result->check_text = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (result->check_text), 0);
  gtk_label_set_wrap (GTK_LABEL (result->check_text), TRUE);
  gtk_label_set_selectable (GTK_LABEL (result->check_text), TRUE);
  result->check_odd = gtk_label_new (_ ("The total is odd, as it must be."));
  gtk_label_set_xalign (GTK_LABEL (result->check_odd), 0);
  gtk_label_set_ellipsize (GTK_LABEL (result->check_odd), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (result->check_odd, TRUE);
  gtk_widget_set_halign (result->check_odd, GTK_ALIGN_START);
  gtk_widget_add_css_class (result->check_odd, "dim-label");
  gtk_widget_add_css_class (result->check_odd, "caption");
  result->check_cost = gtk_label_new (NULL);
  gtk_widget_set_hexpand (result->check_cost, TRUE);
  gtk_widget_set_halign (result->check_cost, GTK_ALIGN_END);
  gtk_widget_add_css_class (result->check_cost, "dim-label");
  gtk_widget_add_css_class (result->check_cost, "caption");
  gtk_widget_add_css_class (result->check_cost, "tabular");
  result->more = gtk_button_new_with_label (_ ("Search more"));
  gtk_widget_set_tooltip_text (result->more, _ ("Search again from four times as many starts, keeping what was found"));
  g_signal_connect_swapped (result->more, "clicked", G_CALLBACK (on_more), result);
  gtk_box_append (GTK_BOX (result->check), result->check_icon);
  gtk_box_append (GTK_BOX (result->check), result->check_text);
  gtk_box_append (GTK_BOX (result->check), result->check_odd);
  gtk_box_append (GTK_BOX (result->check), result->check_cost);
  gtk_box_append (GTK_BOX (result->check), result->more);
  gtk_widget_add_css_class (result->check, "analyse-check");
  return result->check;
}

static GtkWidget *
make_table (RheoAnalyseResult *result)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *space = gtk_label_new (NULL);

  result->table_card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (result->table_card, "card");
  gtk_widget_set_overflow (result->table_card, GTK_OVERFLOW_HIDDEN);
  result->table_title = gtk_label_new (NULL);
  gtk_widget_add_css_class (result->table_title, "heading");
  result->sheet_choice = gtk_drop_down_new (NULL, NULL);
  gtk_widget_add_css_class (result->sheet_choice, "flat");
  gtk_widget_set_tooltip_text (result->sheet_choice, _ ("Which numbers the table shows"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (result->sheet_choice), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Table"),
                                  -1);
  g_signal_connect_swapped (result->sheet_choice, "notify::selected", G_CALLBACK (show_sheet), result);
  gtk_widget_set_hexpand (space, TRUE);
  gtk_box_append (GTK_BOX (head), result->table_title);
  gtk_box_append (GTK_BOX (head), result->sheet_choice);
  gtk_box_append (GTK_BOX (head), space);
  gtk_box_append (GTK_BOX (head),
                  new_icon_button ("edit-copy-symbolic", _ ("Copy rows"), G_CALLBACK (copy_table), result));
  gtk_box_append (GTK_BOX (head),
                  new_icon_button ("document-save-symbolic", _ ("Save table as CSV"), G_CALLBACK (save_table), result));
  gtk_widget_add_css_class (head, "card-header");
  gtk_box_append (GTK_BOX (result->table_card), head);
  result->view = rheo_result_table_new ();
  gtk_widget_set_vexpand (result->view, TRUE);
  g_signal_connect (result->view, "picked", G_CALLBACK (on_row), result);
  gtk_box_append (GTK_BOX (result->table_card), result->view);
  gtk_box_append (GTK_BOX (result->table_card), make_check (result));
  return result->table_card;
}

static void
rheo_analyse_result_init (RheoAnalyseResult *result)
{
  result->cards = g_ptr_array_new ();
  result->specs = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_plot_spec_free);
  result->group = rheo_plot_group_new ();
  result->point = -1;
  result->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  result->facts = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (result->facts), 0);
  gtk_label_set_wrap (GTK_LABEL (result->facts), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (result->facts), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (result->facts), TRUE);
  gtk_widget_add_css_class (result->facts, "tabular");
  result->plots = rheo_result_grid_new ();
  gtk_widget_set_vexpand (result->plots, TRUE);
  gtk_box_append (GTK_BOX (result->box), result->facts);
  gtk_box_append (GTK_BOX (result->box), result->plots);
  gtk_box_append (GTK_BOX (result->box), make_table (result));
  gtk_widget_add_css_class (result->box, "analyse-result");
  /* What does not fit scrolls as a whole, so that no plot is cut off by the table. */
  result->scroll = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (result->scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (result->scroll), result->box);
  gtk_widget_set_parent (result->scroll, GTK_WIDGET (result));
}

GtkWidget *
rheo_analyse_result_new (void)
{
  return g_object_new (RHEO_TYPE_ANALYSE_RESULT, NULL);
}
