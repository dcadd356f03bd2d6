#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/result-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "widgets/common.h"
#include "widgets/keys.h"

/* --- rows ---------------------------------------------------------------------------------------------------------------- */
#define RHEO_TYPE_RESULT_ROW (rheo_result_row_get_type ())
G_DECLARE_FINAL_TYPE (RheoResultTableRow, rheo_result_row, RHEO, RESULT_ROW, GObject)

struct _RheoResultTableRow
{
  GObject parent_instance;
  int64_t row;
};

G_DEFINE_FINAL_TYPE (RheoResultTableRow, rheo_result_row, G_TYPE_OBJECT)

static void
rheo_result_row_class_init (RheoResultTableRowClass *class)
{
}

static void
rheo_result_row_init (RheoResultTableRow *row)
{
}

/* --- the table ----------------------------------------------------------------------------------------------------------- */

struct _RheoResultTable
{
  GtkWidget parent_instance;
  GtkWidget *scroll, *view;
  GtkMultiSelection *selection;
  GListStore *rows;
  RheoTable *table;
  GPtrArray *sheets;
  const RheoResultSheet *sheet;
  gboolean quiet; /* the selection changes by itself */
};

G_DEFINE_FINAL_TYPE (RheoResultTable, rheo_result_table, GTK_TYPE_WIDGET)

static guint picked_signal;

static int64_t
row_of (gpointer item)
{
  return ((RheoResultTableRow *) item)->row;
}

static gboolean
is_text (const RheoResultField *field)
{
  return field->words != NULL || (field->column != NULL && field->column->type == RHEO_STRING);
}

static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, const RheoResultField *field)
{
  GtkWidget *label = gtk_label_new (NULL);

  if (is_text (field))
    gtk_label_set_xalign (GTK_LABEL (label), 0);
  else
    rheo_label_hold_numbers (GTK_LABEL (label));
  /* Numbers are never cut: what has no room is reached by scrolling. */
  gtk_label_set_ellipsize (GTK_LABEL (label), is_text (field) ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_label_set_width_chars (GTK_LABEL (label), is_text (field) ? 13 : -1);
  gtk_widget_add_css_class (label, "tabular");
  gtk_list_item_set_child (item, label);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, const RheoResultField *field)
{
  g_autofree char *text = rheo_result_field_dup_text (field, row_of (gtk_list_item_get_item (item)));

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

/* What is not a number comes after everything. */
static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const RheoResultField *field = data;
  const int64_t i = row_of ((gpointer) a), j = row_of ((gpointer) b);
  double x, y;

  if (field->column != NULL && field->column->type == RHEO_STRING)
    {
      g_autofree char *s = rheo_result_field_dup_text (field, i), *t = rheo_result_field_dup_text (field, j);

      return g_utf8_collate (s, t);
    }
  x = rheo_result_field_get (field, i);
  y = rheo_result_field_get (field, j);
  if (isnan (x) || isnan (y))
    return isnan (x) - isnan (y);
  return (x > y) - (x < y);
}

static void
add_column (RheoResultTable *view, RheoResultField *field)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column =
      gtk_column_view_column_new (field->upper != NULL ? _ ("Interval") : field->title, factory);
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, field, NULL));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), field);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), field);
  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, field->column != NULL);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (view->view), column);
  if (!is_text (field))
    rheo_column_view_end_title (GTK_COLUMN_VIEW (view->view));
}

/* --- choosing ------------------------------------------------------------------------------------------------------------ */

static void
on_selection (GtkSelectionModel *model, guint position, guint n, RheoResultTable *view)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (model);
  guint64 size = gtk_bitset_get_size (selected);

  if (view->quiet || size > 1)
    return;
  if (size == 0)
    g_signal_emit (view, picked_signal, 0, (gint64) -1);
  else
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (model), gtk_bitset_get_nth (selected, 0));

      g_signal_emit (view, picked_signal, 0, (gint64) row_of (item));
    }
}

void
rheo_result_table_choose (RheoResultTable *view, int64_t row)
{
  GListModel *model = G_LIST_MODEL (view->selection);
  const guint n = view->selection != NULL ? g_list_model_get_n_items (model) : 0;

  view->quiet = TRUE;
  if (view->selection != NULL && row < 0)
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (view->selection));
  for (guint i = 0; i < n && row >= 0; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);

      if (row_of (item) != row)
        continue;
      gtk_selection_model_select_item (GTK_SELECTION_MODEL (view->selection), i, TRUE);
      /* The list inside the view knows how to scroll. */
      gtk_widget_activate_action (gtk_widget_get_last_child (view->view), "list.scroll-to-item", "u", i);
      break;
    }
  view->quiet = FALSE;
}

/* --- copying ------------------------------------------------------------------------------------------------------------- */

static void
append_row (const RheoResultSheet *sheet, int64_t row, GString *out)
{
  for (guint i = 0; i < sheet->fields->len; i++)
    {
      const RheoResultField *field = sheet->fields->pdata[i];
      g_autofree char *text =
          field->words != NULL ? rheo_result_field_dup_text (field, row) : rheo_result_field_dup_plain (field, row);

      g_string_append_printf (out, "%s%c", text, i + 1 < sheet->fields->len ? '\t' : '\n');
    }
}

char *
rheo_result_table_dup_text (RheoResultTable *view)
{
  g_autoptr (GtkBitset) selected = NULL;
  GString *out;
  guint n;

  if (view->sheet == NULL)
    return NULL;
  out = g_string_new (NULL);
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (view->selection));
  n = g_list_model_get_n_items (G_LIST_MODEL (view->selection));
  for (guint i = 0; i < view->sheet->fields->len; i++)
    g_string_append_printf (out, "%s%c", ((const RheoResultField *) view->sheet->fields->pdata[i])->title,
                            i + 1 < view->sheet->fields->len ? '\t' : '\n');
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (view->selection), i);

      if (gtk_bitset_is_empty (selected) || gtk_bitset_contains (selected, i))
        append_row (view->sheet, row_of (item), out);
    }
  return g_string_free (out, FALSE);
}

RheoTable *
rheo_result_table_dup_table (RheoResultTable *view)
{
  RheoTable *out;

  if (view->sheet == NULL)
    return NULL;
  out = rheo_table_new (view->sheet->title);
  for (guint i = 0; i < view->sheet->fields->len; i++)
    {
      const RheoResultField *field = view->sheet->fields->pdata[i];
      const gboolean text = field->column != NULL && field->column->type == RHEO_STRING;
      g_autofree char *key = field->column == NULL ? g_strdup ("number")
                             : field->stride > 1 ? g_strdup_printf ("%s-%d", field->column->key, (int) field->first + 1)
                                                 : g_strdup (field->column->key);
      RheoColumn *column = rheo_table_add (out, key, field->title, "", view->sheet->axis, text ? RHEO_STRING : RHEO_F64,
                                           &view->sheet->n_rows);

      for (int64_t row = 0; row < view->sheet->n_rows; row++)
        if (text)
          {
            g_autofree char *s = rheo_result_field_dup_text (field, row);

            ((const char **) column->data)[row] = rheo_table_keep (out, s);
          }
        else
          ((double *) column->data)[row] = rheo_result_field_get (field, row);
    }
  return out;
}

static void
act_copy (GtkWidget *widget, const char *name, GVariant *target)
{
  g_autofree char *text = rheo_result_table_dup_text (RHEO_RESULT_TABLE (widget));

  if (text != NULL)
    gtk_widget_activate_action (widget, "win.copy-text", "s", text);
}

/* --- the widget ---------------------------------------------------------------------------------------------------------- */

static void
forget (RheoResultTable *view)
{
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (view->view));

  /* Cells go before the fields that they show. */
  gtk_column_view_set_model (GTK_COLUMN_VIEW (view->view), NULL);
  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (GTK_COLUMN_VIEW (view->view), column);
    }
  g_clear_object (&view->selection);
  g_clear_object (&view->rows);
  view->sheet = NULL;
  g_clear_pointer (&view->sheets, g_ptr_array_unref);
  g_clear_pointer (&view->table, rheo_table_unref);
}

void
rheo_result_table_show (RheoResultTable *view, RheoTable *table, GPtrArray *sheets, guint i)
{
  GtkSortListModel *sorted;
  GtkSorter *sorter;

  forget (view);
  if (table == NULL || i >= sheets->len)
    return;
  view->table = rheo_table_ref (table);
  view->sheets = g_ptr_array_ref (sheets);
  view->sheet = sheets->pdata[i];
  view->rows = g_list_store_new (RHEO_TYPE_RESULT_ROW);
  for (int64_t row = 0; row < view->sheet->n_rows; row++)
    {
      g_autoptr (RheoResultTableRow) item = g_object_new (RHEO_TYPE_RESULT_ROW, NULL);

      item->row = row;
      g_list_store_append (view->rows, item);
    }
  for (guint k = 0; k < view->sheet->fields->len; k++)
    if (!((const RheoResultField *) view->sheet->fields->pdata[k])->aside)
      add_column (view, view->sheet->fields->pdata[k]);
  sorter = gtk_column_view_get_sorter (GTK_COLUMN_VIEW (view->view));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (view->rows)), g_object_ref (sorter));
  view->selection = gtk_multi_selection_new (G_LIST_MODEL (sorted));
  g_signal_connect_object (view->selection, "selection-changed", G_CALLBACK (on_selection), view, 0);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (view->view), GTK_SELECTION_MODEL (view->selection));
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->view), GTK_ACCESSIBLE_PROPERTY_LABEL, view->sheet->title, -1);
}

static void
dispose (GObject *object)
{
  RheoResultTable *view = RHEO_RESULT_TABLE (object);

  if (view->scroll != NULL)
    forget (view);
  g_clear_pointer (&view->scroll, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_result_table_parent_class)->dispose (object);
}

static void
rheo_result_table_class_init (RheoResultTableClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget, "table.copy", NULL, act_copy);
  picked_signal = g_signal_new ("picked", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
rheo_result_table_init (RheoResultTable *view)
{
  view->scroll = gtk_scrolled_window_new ();
  view->view = gtk_column_view_new (NULL);
  gtk_widget_add_css_class (view->view, "data-table");
  gtk_widget_add_css_class (GTK_WIDGET (view), "result-table");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (view->scroll), view->view);
  rheo_scroll_from_start (GTK_SCROLLED_WINDOW (view->scroll));
  gtk_widget_set_parent (view->scroll, GTK_WIDGET (view));
  rheo_keys_add (GTK_WIDGET (view), RHEO_KEYS_TABLE);
}

GtkWidget *
rheo_result_table_new (void)
{
  return g_object_new (RHEO_TYPE_RESULT_TABLE, NULL);
}
