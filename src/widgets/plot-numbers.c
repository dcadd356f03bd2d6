#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-numbers.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "plot/plot-kind.h"
#include "widgets/common.h"
#include "widgets/keys.h"
#include "widgets/plot-rows.h"

/* --- rows as a list model: made when they are looked at ----------------------------------------------------------- */
#define RHEO_TYPE_PLOT_ROW (rheo_plot_row_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotRow, rheo_plot_row, RHEO, PLOT_ROW, GObject)

struct _RheoPlotRow
{
  GObject parent_instance;
  int64_t row;
};

G_DEFINE_FINAL_TYPE (RheoPlotRow, rheo_plot_row, G_TYPE_OBJECT)

static void
rheo_plot_row_class_init (RheoPlotRowClass *class)
{
}

static void
rheo_plot_row_init (RheoPlotRow *row)
{
}

#define RHEO_TYPE_PLOT_ROW_LIST (rheo_plot_row_list_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotRowList, rheo_plot_row_list, RHEO, PLOT_ROW_LIST, GObject)

struct _RheoPlotRowList
{
  GObject parent_instance;
  RheoTable *table;
  RheoPlotRows rows;
};

static GType
get_item_type (GListModel *model)
{
  return RHEO_TYPE_PLOT_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return (guint) MIN (RHEO_PLOT_ROW_LIST (model)->rows.n_rows, G_MAXUINT);
}

static gpointer
get_item (GListModel *model, guint position)
{
  RheoPlotRow *row;

  if (position >= get_n_items (model))
    return NULL;
  row = g_object_new (RHEO_TYPE_PLOT_ROW, NULL);
  row->row = position;
  return row;
}

static void
model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (RheoPlotRowList, rheo_plot_row_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, model_init))

static void
list_finalize (GObject *object)
{
  rheo_table_unref (RHEO_PLOT_ROW_LIST (object)->table);
  G_OBJECT_CLASS (rheo_plot_row_list_parent_class)->finalize (object);
}

static void
rheo_plot_row_list_class_init (RheoPlotRowListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = list_finalize;
}

static void
rheo_plot_row_list_init (RheoPlotRowList *list)
{
}

/* --- the window ----------------------------------------------------------------------------------------------------- */
#define RHEO_TYPE_PLOT_NUMBERS (rheo_plot_numbers_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotNumbers, rheo_plot_numbers, RHEO, PLOT_NUMBERS, AdwWindow)

struct _RheoPlotNumbers
{
  AdwWindow parent_instance;
  RheoPlotRowList *list; /* borrowed from the selection */
  GtkSelectionModel *selection;
  GtkWidget *body, *copy, *title;
};

G_DEFINE_FINAL_TYPE (RheoPlotNumbers, rheo_plot_numbers, ADW_TYPE_WINDOW)

static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (GPOINTER_TO_INT (data))
    rheo_label_hold_numbers (GTK_LABEL (label));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  RheoPlotRowList *list = g_object_get_data (G_OBJECT (factory), "list");
  RheoPlotRow *row = gtk_list_item_get_item (item);
  g_autoptr (GString) text = g_string_new (NULL);
  int column = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (factory), "column"));

  rheo_plot_rows_append (&list->rows, row->row, column, text);
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text->str);
}

static void
add_column (GtkColumnView *table, RheoPlotRowList *list, int column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autofree char *title = rheo_plot_rows_dup_title (&list->rows, column);
  g_autoptr (GtkColumnViewColumn) view_column = gtk_column_view_column_new (title, factory);

  g_object_set_data (G_OBJECT (factory), "list", list);
  g_object_set_data (G_OBJECT (factory), "column", GINT_TO_POINTER (column));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell),
                    GINT_TO_POINTER (rheo_plot_rows_is_number (&list->rows, column)));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), NULL);
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_column_set_expand (view_column, TRUE);
  gtk_column_view_append_column (table, view_column);
  if (rheo_plot_rows_is_number (&list->rows, column))
    rheo_column_view_end_title (table);
}

static void
copy_rows (RheoPlotNumbers *window)
{
  g_autoptr (GString) text = NULL;
  g_autoptr (GtkBitset) selected = NULL;
  GtkBitsetIter iter;
  guint row;

  if (window->list == NULL)
    return;
  selected = gtk_selection_model_get_selection (window->selection);
  text = g_string_new (NULL);
  rheo_plot_rows_append_titles (&window->list->rows, text);
  /* Nothing selected means all. */
  if (gtk_bitset_is_empty (selected))
    for (int64_t i = 0; i < window->list->rows.n_rows; i++)
      rheo_plot_rows_append_row (&window->list->rows, i, text);
  else
    for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &row); more;
         more = gtk_bitset_iter_next (&iter, &row))
      rheo_plot_rows_append_row (&window->list->rows, row, text);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (window)), text->str);
}

static void
act_copy (GtkWidget *widget, const char *name, GVariant *target)
{
  copy_rows (RHEO_PLOT_NUMBERS (widget));
}

static void
selection_changed (GtkSelectionModel *selection, guint position, guint n, RheoPlotNumbers *window)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (selection);
  guint64 size = gtk_bitset_get_size (selected);
  g_autofree char *text = NULL;

  text = size == 0 ? g_strdup (_ ("Copy all"))
                   : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Copy %u row", "Copy %u rows", (gulong) size),
                                      (guint) size);
  gtk_button_set_label (GTK_BUTTON (window->copy), text);
}

static void
show_table (RheoPlotNumbers *window, RheoTable *table)
{
  RheoPlotRowList *list = g_object_new (RHEO_TYPE_PLOT_ROW_LIST, NULL);
  GtkWidget *scroller = gtk_scrolled_window_new (), *view;
  g_autofree char *subtitle = NULL;
  char number[40];

  list->table = table;
  rheo_plot_rows_init (&list->rows, table);
  window->list = list;
  window->selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (list)));
  g_signal_connect_object (window->selection, "selection-changed", G_CALLBACK (selection_changed), window, 0);
  view = gtk_column_view_new (window->selection);
  gtk_widget_add_css_class (view, "data-table");
  gtk_column_view_set_show_column_separators (GTK_COLUMN_VIEW (view), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Numbers"), -1);
  for (int i = 0; i < list->rows.n_columns; i++)
    add_column (GTK_COLUMN_VIEW (view), list, i);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  rheo_scroll_from_start (GTK_SCROLLED_WINDOW (scroller));
  gtk_widget_set_vexpand (scroller, TRUE);
  adw_bin_set_child (ADW_BIN (window->body), scroller);
  subtitle = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s row", "%s rows", (gulong) list->rows.n_rows),
                              rheo_plot_number ((double) list->rows.n_rows, 0, number, sizeof number));
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (window->title), subtitle);
  gtk_widget_set_sensitive (window->copy, TRUE);
}

/* --- making the table ----------------------------------------------------------------------------------------------- */
static void
make_table (GTask *task, gpointer source, gpointer spec, GCancellable *cancellable)
{
  GError *error = NULL;
  RheoTable *table = rheo_plot_dup_numbers (spec, &error);

  if (table != NULL)
    g_task_return_pointer (task, table, (GDestroyNotify) rheo_table_unref);
  else
    g_task_return_error (task, error);
}

static void
made_table (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoPlotNumbers *window = RHEO_PLOT_NUMBERS (object);
  g_autoptr (GError) error = NULL;
  RheoTable *table = g_task_propagate_pointer (G_TASK (result), &error);

  if (table != NULL)
    show_table (window, table);
  else
    {
      GtkWidget *page = adw_status_page_new ();

      adw_status_page_set_title (ADW_STATUS_PAGE (page), error->message);
      adw_bin_set_child (ADW_BIN (window->body), page);
    }
}

static void
rheo_plot_numbers_class_init (RheoPlotNumbersClass *class)
{
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (class), "table.copy", NULL, act_copy);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (class), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rheo_plot_numbers_init (RheoPlotNumbers *window)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 560, 520);
  window->title = adw_window_title_new (_ ("Numbers"), NULL);
  window->copy = gtk_button_new_with_label (_ ("Copy all"));
  gtk_widget_set_sensitive (window->copy, FALSE);
  gtk_widget_set_tooltip_text (window->copy, _ ("Copies rows, separated by tabs"));
  g_signal_connect_swapped (window->copy, "clicked", G_CALLBACK (copy_rows), window);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), window->title);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), window->copy);
  window->body = adw_bin_new ();
  gtk_widget_set_vexpand (window->body, TRUE);
  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (spinner, 32, 32);
  adw_bin_set_child (ADW_BIN (window->body), spinner);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), window->body);
  adw_window_set_content (ADW_WINDOW (window), box);
  rheo_keys_add (GTK_WIDGET (window), RHEO_KEYS_TABLE);
}

GtkWidget *
rheo_plot_numbers_new (RheoPlotSpec *spec, const char *name)
{
  RheoPlotNumbers *window = g_object_new (RHEO_TYPE_PLOT_NUMBERS, NULL);
  g_autoptr (GTask) task = g_task_new (window, NULL, made_table, NULL);
  const char *what = name != NULL ? name : spec->title != NULL ? spec->title : _ ("Plot");
  g_autofree char *title = g_strdup_printf (_ ("Numbers of %s"), what);

  gtk_window_set_title (GTK_WINDOW (window), title);
  adw_window_title_set_title (ADW_WINDOW_TITLE (window->title), what);
  g_task_set_task_data (task, spec, (GDestroyNotify) rheo_plot_spec_free);
  g_task_run_in_thread (task, make_table);
  return GTK_WIDGET (window);
}
