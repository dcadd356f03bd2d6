#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-list-private.h"

#include <glib/gi18n-lib.h>

#include "app/run-search.h"
#include "app/run-text.h"
#include "widgets/common.h"

#define INCREMENTAL 2000 /* runs from which on a search goes through them bit by bit, and sorting too */
#define SETTLE 500       /* ms that news of runs are collected before they are sorted and searched anew */

struct _RheoRunList
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *scrolled, *menu;
  GtkColumnView *view;
  GtkFilter *filter;
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  GtkMultiSelection *selection;
  RheoRunSearch *search;
  char *task_id;
  GHashTable *ticked; /* RheoRunItem */
  guint fit, settle;
  int width;
};

G_DEFINE_FINAL_TYPE (RheoRunList, rheo_run_list, GTK_TYPE_WIDGET)

enum
{
  SELECTED,
  OPENED,
  TICKED,
  COUNTED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- what is shown ----------------------------------------------------------------------------------------------- */

static gboolean
is_shown (gpointer item, gpointer data)
{
  RheoRunList *list = data;
  const RheoRunFacts *facts = rheo_run_item_get_facts (item);

  return (list->task_id == NULL || g_str_equal (facts->task_id, list->task_id))
         && (list->search == NULL || rheo_run_search_match (list->search, facts));
}

static void
apply_filter (RheoRunList *list)
{
  gboolean wanted = list->search != NULL || list->task_id != NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list->context->library));

  gtk_filter_list_model_set_incremental (list->filtered, n > INCREMENTAL);
  if (!wanted || gtk_filter_list_model_get_filter (list->filtered) == NULL)
    gtk_filter_list_model_set_filter (list->filtered, wanted ? list->filter : NULL);
  else
    gtk_filter_changed (list->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

gboolean
rheo_run_list_set_search (RheoRunList *list, const char *text, GError **error)
{
  g_autofree char *words = g_strstrip (g_strdup (text));
  RheoRunSearch *search = *words != '\0' ? rheo_run_search_new (words, error) : NULL;

  if (search == NULL && *words != '\0')
    return FALSE;
  if (search == NULL && list->search == NULL)
    return TRUE;
  rheo_run_search_free (list->search);
  list->search = search;
  apply_filter (list);
  return TRUE;
}

void
rheo_run_list_set_task (RheoRunList *list, const char *task_id)
{
  if (g_strcmp0 (task_id, list->task_id) == 0)
    return;
  g_free (list->task_id);
  list->task_id = g_strdup (task_id);
  apply_filter (list);
}

gboolean
rheo_run_list_is_searching (RheoRunList *list)
{
  return gtk_filter_list_model_get_pending (list->filtered) > 0;
}

guint
rheo_run_list_get_n_shown (RheoRunList *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (list->filtered));
}

/* Sorting anew makes all rows anew, and the place that one had scrolled to is lost. */
static gboolean
is_in_order (RheoRunList *list)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (list->view);
  GListModel *runs = G_LIST_MODEL (list->sorted);
  g_autoptr (RheoRunItem) before = g_list_model_get_item (runs, 0);

  for (guint i = 1; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (runs, i);

      if (gtk_sorter_compare (sorter, before, item) > 0)
        return FALSE;
      g_set_object (&before, item);
    }
  return TRUE;
}

static gboolean
on_settled (gpointer data)
{
  RheoRunList *list = data;

  /* Sorting that has not ended yet need not begin anew. */
  if (gtk_sort_list_model_get_pending (list->sorted) > 0)
    return G_SOURCE_CONTINUE;
  list->settle = 0;
  if (list->search != NULL || list->task_id != NULL)
    apply_filter (list);
  if (!is_in_order (list))
    gtk_sorter_changed (gtk_column_view_get_sorter (list->view), GTK_SORTER_CHANGE_DIFFERENT);
  return G_SOURCE_REMOVE;
}

static void
on_read (RheoRunList *list)
{
  if (list->settle == 0)
    list->settle = g_timeout_add (SETTLE, on_settled, list);
}

static void
on_counted (RheoRunList *list)
{
  gtk_sort_list_model_set_incremental (list->sorted, rheo_run_list_get_n_shown (list) > INCREMENTAL);
  g_signal_emit (list, signals[COUNTED], 0);
}

/* --- selection and ticks ----------------------------------------------------------------------------------------- */

static void
on_selected (RheoRunList *list)
{
  g_signal_emit (list, signals[SELECTED], 0);
}

static void
on_activated (RheoRunList *list, guint position)
{
  g_autoptr (RheoRunItem) item = g_list_model_get_item (G_LIST_MODEL (list->selection), position);

  if (item != NULL)
    g_signal_emit (list, signals[OPENED], 0, item);
}

GPtrArray *
rheo_run_list_dup_selected (RheoRunList *list)
{
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (list->selection));
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < gtk_bitset_get_size (bits); i++)
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (list->selection), gtk_bitset_get_nth (bits, i)));
  return items;
}

static guint
find_position (RheoRunList *list, RheoRunItem *item)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list->selection));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RheoRunItem) other = g_list_model_get_item (G_LIST_MODEL (list->selection), i);

      if (other == item)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

gboolean
rheo_run_list_select (RheoRunList *list, RheoRunItem *item)
{
  guint position = find_position (list, item);

  if (position == GTK_INVALID_LIST_POSITION)
    return FALSE;
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (list->selection), position, TRUE);
  return TRUE;
}

static gboolean
is_stored (RheoRunList *list, RheoRunItem *item)
{
  return rheo_library_find (list->context->library, rheo_run_item_get_facts (item)->path) == item;
}

GPtrArray *
rheo_run_list_dup_ticked (RheoRunList *list)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *all = G_LIST_MODEL (list->context->library);

  for (guint i = 0; g_hash_table_size (list->ticked) > 0 && i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (all, i);

      if (g_hash_table_contains (list->ticked, item) && is_stored (list, item))
        g_ptr_array_add (items, g_steal_pointer (&item));
    }
  return items;
}

gboolean
rheo_run_list_get_ticked (RheoRunList *list, RheoRunItem *item)
{
  return g_hash_table_contains (list->ticked, item);
}

void
rheo_run_list_set_ticked (RheoRunList *list, RheoRunItem *item, gboolean ticked)
{
  if (ticked == rheo_run_list_get_ticked (list, item))
    return;
  if (ticked)
    g_hash_table_add (list->ticked, g_object_ref (item));
  else
    g_hash_table_remove (list->ticked, item);
  g_signal_emit (list, signals[TICKED], 0);
}

void
rheo_run_list_untick_all (RheoRunList *list)
{
  g_hash_table_remove_all (list->ticked);
  g_signal_emit (list, signals[TICKED], 0);
}

/* --- menu -------------------------------------------------------------------------------------------------------- */

static void
popup_at (RheoRunList *list, const GdkRectangle *spot)
{
  gtk_popover_set_pointing_to (GTK_POPOVER (list->menu), spot);
  gtk_popover_popup (GTK_POPOVER (list->menu));
}

static void
on_right_click (GtkGestureClick *gesture, int n, double x, double y, RheoRunList *list)
{
  GtkWidget *below = gtk_widget_pick (GTK_WIDGET (list), x, y, GTK_PICK_DEFAULT);
  RheoRunItem *item = rheo_run_columns_find_item (below);
  guint position = item != NULL ? find_position (list, item) : GTK_INVALID_LIST_POSITION;

  if (position == GTK_INVALID_LIST_POSITION)
    return;
  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (list->selection), position))
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (list->selection), position, TRUE);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_at (list, &(GdkRectangle){ (int) x, (int) y, 1, 1 });
}

void
rheo_run_list_get_spot (RheoRunList *list, GdkRectangle *spot)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (list)));
  double x = 60, y = 60, height = 1;

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (list)) && rheo_run_columns_find_item (focus) != NULL)
    {
      gtk_widget_translate_coordinates (focus, GTK_WIDGET (list), 60, 0, &x, &y);
      height = gtk_widget_get_height (focus);
    }
  *spot = (GdkRectangle){ (int) x, (int) y, 1, (int) height };
}

void
rheo_run_list_popup_menu (RheoRunList *list)
{
  GdkRectangle spot;

  rheo_run_list_get_spot (list, &spot);
  popup_at (list, &spot);
}

static void
act_menu (GtkWidget *widget, const char *name, GVariant *target)
{
  rheo_run_list_popup_menu (RHEO_RUN_LIST (widget));
}

static void
act_copy (GtkWidget *widget, const char *name, GVariant *target)
{
  g_autoptr (GPtrArray) items = rheo_run_list_dup_selected (RHEO_RUN_LIST (widget));
  g_autofree char *rows = rheo_run_dup_rows (items);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), rows);
}

/* --- the widget -------------------------------------------------------------------------------------------------- */

static gboolean
on_fit (gpointer data)
{
  RheoRunList *list = data;

  list->fit = 0;
  rheo_run_columns_fit (list->view, list->width);
  return G_SOURCE_REMOVE;
}

/* Rows are made of what is seen at all: a folder of ten thousand runs is listed while one looks at another view. */
static void
map (GtkWidget *widget)
{
  RheoRunList *list = RHEO_RUN_LIST (widget);

  if (gtk_column_view_get_model (list->view) == NULL)
    gtk_column_view_set_model (list->view, GTK_SELECTION_MODEL (list->selection));
  GTK_WIDGET_CLASS (rheo_run_list_parent_class)->map (widget);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RheoRunList *list = RHEO_RUN_LIST (widget);

  gtk_widget_allocate (list->scrolled, width, height, baseline, NULL);
  gtk_popover_present (GTK_POPOVER (list->menu));
  /* Columns cannot come and go while sizes are given out. */
  if (width != list->width && list->fit == 0)
    list->fit = g_idle_add (on_fit, list);
  list->width = width;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  gtk_widget_measure (RHEO_RUN_LIST (widget)->scrolled, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
dispose (GObject *object)
{
  RheoRunList *list = RHEO_RUN_LIST (object);

  GtkWidget *child;

  g_clear_handle_id (&list->fit, g_source_remove);
  g_clear_handle_id (&list->settle, g_source_remove);
  /* A question about a run may still be open beside the table and its menu. */
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&list->selection);
  g_clear_object (&list->filter);
  G_OBJECT_CLASS (rheo_run_list_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoRunList *list = RHEO_RUN_LIST (object);

  rheo_run_search_free (list->search);
  g_free (list->task_id);
  g_hash_table_unref (list->ticked);
  G_OBJECT_CLASS (rheo_run_list_parent_class)->finalize (object);
}

static void
rheo_run_list_class_init (RheoRunListClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget->map = map;
  widget->size_allocate = size_allocate;
  widget->measure = measure;
  signals[SELECTED] =
      g_signal_new ("selected", RHEO_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OPENED] = g_signal_new ("opened", RHEO_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  RHEO_TYPE_RUN_ITEM);
  signals[TICKED] = g_signal_new ("ticked", RHEO_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[COUNTED] =
      g_signal_new ("counted", RHEO_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget, "run-list.menu", NULL, act_menu);
  gtk_widget_class_install_action (widget, "run-list.copy", NULL, act_copy);
}

static void
rheo_run_list_init (RheoRunList *list)
{
  list->ticked = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

static void
make_models (RheoRunList *list)
{
  list->filter = GTK_FILTER (gtk_custom_filter_new (is_shown, list, NULL));
  list->filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (list->context->library)), NULL);
  list->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  list->sorted =
      gtk_sort_list_model_new (G_LIST_MODEL (list->filtered), g_object_ref (gtk_column_view_get_sorter (list->view)));
  list->selection = gtk_multi_selection_new (G_LIST_MODEL (list->sorted));
  g_signal_connect_object (list->selection, "selection-changed", G_CALLBACK (on_selected), list, G_CONNECT_SWAPPED);
  g_signal_connect_object (list->filtered, "items-changed", G_CALLBACK (on_counted), list, G_CONNECT_SWAPPED);
  g_signal_connect_object (list->filtered, "notify::pending", G_CALLBACK (on_counted), list, G_CONNECT_SWAPPED);
  g_signal_connect_object (list->context->library, "read", G_CALLBACK (on_read), list, G_CONNECT_SWAPPED);
}

GtkWidget *
rheo_run_list_new (RheoContext *context, GMenuModel *menu)
{
  RheoRunList *list = g_object_new (RHEO_TYPE_RUN_LIST, NULL);
  GtkGesture *click = gtk_gesture_click_new ();

  list->context = context;
  make_models (list);
  gtk_column_view_set_reorderable (list->view, TRUE);
  gtk_column_view_set_show_row_separators (list->view, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (list->view), "run-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Runs"), -1);
  rheo_run_columns_add (list, list->view, context->settings);
  g_signal_connect_object (list->view, "activate", G_CALLBACK (on_activated), list, G_CONNECT_SWAPPED);
  list->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (list->scrolled), GTK_WIDGET (list->view));
  gtk_widget_set_parent (list->scrolled, GTK_WIDGET (list));
  list->menu = gtk_popover_menu_new_from_model (menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (list->menu), FALSE);
  gtk_widget_set_halign (list->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (list->menu, GTK_WIDGET (list));
  rheo_popover_return_focus (list->menu, GTK_WIDGET (list->view));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (on_right_click), list, 0);
  gtk_widget_add_controller (GTK_WIDGET (list), GTK_EVENT_CONTROLLER (click));
  return GTK_WIDGET (list);
}
