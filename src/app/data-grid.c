#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/data-grid.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/run-text.h"
#include "widgets/common.h"
#include "widgets/keys.h"
#include "widgets/number-text.h"

#define BLOCK 64           /* rows that are read at once */
#define MAX_BLOCKS 64      /* that are kept */
#define HEAD_WIDTH 58      /* px, of the row heads; as all widths here where text has its usual size */
#define CELL_WIDTH 82      /* px */
#define MAX_COLUMNS 24     /* that are shown side by side */
#define MAX_TEXT 80        /* characters of a text in a cell */
#define MAX_COPIED 1000000 /* numbers */

/* --- rows -------------------------------------------------------------------------------------------------------- */

#define RHEO_TYPE_GRID_ROWS (rheo_grid_rows_get_type ())
G_DECLARE_FINAL_TYPE (RheoGridRows, rheo_grid_rows, RHEO, GRID_ROWS, GObject)

/* As many rows as the set has; they know nothing but their position. */
struct _RheoGridRows
{
  GObject parent_instance;
  guint n;
};

static GType
get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  return RHEO_GRID_ROWS (model)->n;
}

static gpointer
get_item (GListModel *model, guint position)
{
  return position < RHEO_GRID_ROWS (model)->n ? g_object_new (G_TYPE_OBJECT, NULL) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (RheoGridRows, rheo_grid_rows, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
rheo_grid_rows_class_init (RheoGridRowsClass *class)
{
}

static void
rheo_grid_rows_init (RheoGridRows *rows)
{
}

/* --- the widget -------------------------------------------------------------------------------------------------- */

struct _RheoDataGrid
{
  GtkWidget parent_instance;
  GtkWidget *scrolled, *bar;
  GtkColumnView *view;
  GtkMultiSelection *selection;
  GtkAdjustment *across; /* first column that is shown */
  RheoTreeFile *file;
  RheoNodeItem *node;
  int64_t fixed[RHEO_TREE_MAX_DIMS];
  int64_t n_rows, n_columns;
  GHashTable *blocks; /* number of the block -> char ** of its cells, or NULL while they are read */
  GHashTable *cells;  /* GtkListItem that show numbers */
  guint generation;   /* of what is shown: blocks of an older one are dropped */
  guint fit;
  int width;
};

G_DEFINE_FINAL_TYPE (RheoDataGrid, rheo_data_grid, GTK_TYPE_WIDGET)

static guint trouble_signal;
static const char column_key[] = "rheo-grid-column";

static int
first_column (RheoDataGrid *grid)
{
  return (int) gtk_adjustment_get_value (grid->across);
}

static int
n_shown (RheoDataGrid *grid)
{
  return (int) gtk_adjustment_get_page_size (grid->across);
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

/* A piece of the set that a task reads as texts. */
typedef struct
{
  RheoTreeFile *file;
  RheoNodeItem *node;
  int64_t start[RHEO_TREE_MAX_DIMS], count[RHEO_TREE_MAX_DIMS];
  int64_t n;
  gboolean exact; /* for the clipboard */
  guint generation;
  gint64 block;
} Piece;

static void
free_piece (Piece *piece)
{
  rheo_tree_file_unref (piece->file);
  g_object_unref (piece->node);
  g_free (piece);
}

static char *
dup_cell (const RheoNode *node, double value, gboolean exact)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (exact)
    return g_strdup (g_ascii_dtostr (number, sizeof number, value));
  if (node->whole && fabs (value) < 1e15)
    return rheo_number_dup_fixed (value, 0);
  if (!isfinite (value))
    return rheo_run_dup_number (value);
  if (value != 0 && (fabs (value) < 1e-3 || fabs (value) >= 1e6))
    return rheo_number_with_minus (g_strdup_printf ("%.3e", value));
  return rheo_number_dup_fixed (value, fabs (value) < 10 ? 4 : fabs (value) < 1000 ? 3 : 1);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Piece *piece = data;
  const RheoNode *node = rheo_node_item_get_node (piece->node);
  RheoTree *tree = rheo_tree_file_get (piece->file);
  GError *error = NULL;
  g_autofree double *numbers = NULL;
  g_auto (GStrv) texts = NULL;

  if (node->kind == RHEO_NODE_TEXT)
    {
      texts = rheo_tree_read_texts (tree, node->path, piece->start, piece->count, &error);
      for (int i = 0; !piece->exact && texts != NULL && texts[i] != NULL; i++)
        if (g_utf8_strlen (texts[i], -1) > MAX_TEXT)
          {
            g_autofree char *whole = texts[i];
            g_autofree char *start = g_utf8_substring (whole, 0, MAX_TEXT);

            texts[i] = g_strconcat (start, "…", NULL);
          }
    }
  else
    {
      numbers = g_new (double, piece->n + 1);
      if (rheo_tree_read_numbers (tree, node->path, piece->start, piece->count, numbers, &error))
        texts = g_new0 (char *, piece->n + 1);
      for (int64_t i = 0; texts != NULL && i < piece->n; i++)
        texts[i] = dup_cell (node, numbers[i], piece->exact);
    }
  if (texts != NULL)
    g_task_return_pointer (task, g_steal_pointer (&texts), (GDestroyNotify) g_strfreev);
  else
    g_task_return_error (task, error);
}

/* Rows and columns of what is shown, as a piece of the set. */
static Piece *
new_piece (RheoDataGrid *grid, int64_t row, int64_t n_rows, int64_t column, int64_t n_columns)
{
  const RheoNode *node = rheo_node_item_get_node (grid->node);
  Piece *piece = g_new0 (Piece, 1);

  piece->file = rheo_tree_file_ref (grid->file);
  piece->node = g_object_ref (grid->node);
  piece->generation = grid->generation;
  piece->n = n_rows * n_columns;
  for (int i = 0; i < node->n_dims - 2; i++)
    {
      piece->start[i] = grid->fixed[i];
      piece->count[i] = 1;
    }
  if (node->n_dims > 0)
    {
      int rows = MAX (node->n_dims - 2, 0);

      piece->start[rows] = row;
      piece->count[rows] = n_rows;
    }
  if (node->n_dims > 1)
    {
      piece->start[node->n_dims - 1] = column;
      piece->count[node->n_dims - 1] = n_columns;
    }
  return piece;
}

static void show_cell (RheoDataGrid *grid, GtkListItem *cell);

static void
on_block_read (GObject *source, GAsyncResult *result, gpointer data)
{
  RheoDataGrid *grid = RHEO_DATA_GRID (source);
  Piece *piece = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) texts = g_task_propagate_pointer (G_TASK (result), &error);
  GHashTableIter iter;
  gpointer cell;

  if (piece->generation != grid->generation)
    return;
  if (texts == NULL)
    {
      g_signal_emit (grid, trouble_signal, 0, error->message);
      return;
    }
  g_hash_table_replace (grid->blocks, g_memdup2 (&piece->block, sizeof piece->block), g_steal_pointer (&texts));
  g_hash_table_iter_init (&iter, grid->cells);
  while (g_hash_table_iter_next (&iter, &cell, NULL))
    if (gtk_list_item_get_position (cell) / BLOCK == piece->block)
      show_cell (grid, cell);
}

/* Texts of a block; NULL: it is being read. */
static char **
get_block (RheoDataGrid *grid, gint64 block)
{
  g_autoptr (GTask) task = NULL;
  gpointer texts = NULL;
  Piece *piece;

  if (g_hash_table_lookup_extended (grid->blocks, &block, NULL, &texts))
    return texts;
  if (g_hash_table_size (grid->blocks) >= MAX_BLOCKS)
    g_hash_table_remove_all (grid->blocks);
  g_hash_table_replace (grid->blocks, g_memdup2 (&block, sizeof block), NULL);
  piece = new_piece (grid, block * BLOCK, MIN (BLOCK, grid->n_rows - block * BLOCK), first_column (grid),
                     MIN (n_shown (grid), grid->n_columns - first_column (grid)));
  piece->block = block;
  task = g_task_new (grid, NULL, on_block_read, NULL);
  g_task_set_task_data (task, piece, (GDestroyNotify) free_piece);
  g_task_run_in_thread (task, read_in_thread);
  return NULL;
}

/* --- cells ------------------------------------------------------------------------------------------------------- */

static void
show_cell (RheoDataGrid *grid, GtkListItem *cell)
{
  int column = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (cell), column_key));
  int n = (int) MIN (n_shown (grid), grid->n_columns - first_column (grid));
  guint row = gtk_list_item_get_position (cell);
  char **texts = row < grid->n_rows && column < n ? get_block (grid, row / BLOCK) : NULL;

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (cell)),
                      texts != NULL ? texts[(row % BLOCK) * (guint) n + (guint) column] : "");
}

static GtkWidget *
new_label (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  rheo_label_hold_numbers (GTK_LABEL (label));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "tabular");
  return label;
}

static void
setup_cell (GtkListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  g_object_set_data (G_OBJECT (cell), column_key, g_object_get_data (G_OBJECT (factory), column_key));
  gtk_list_item_set_child (cell, new_label ());
}

static void
bind_cell (GtkListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  RheoDataGrid *grid = data;

  g_hash_table_add (grid->cells, cell);
  show_cell (grid, cell);
}

static void
unbind_cell (GtkListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  g_hash_table_remove (RHEO_DATA_GRID (data)->cells, cell);
}

static void
setup_head (GtkListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  GtkWidget *label = new_label ();

  gtk_widget_add_css_class (label, "dim-label");
  gtk_list_item_set_child (cell, label);
}

static void
bind_head (GtkListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  g_autofree char *text = g_strdup_printf ("%u", gtk_list_item_get_position (cell));

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (cell)), text);
}

/* --- columns ----------------------------------------------------------------------------------------------------- */

static void
add_column (RheoDataGrid *grid, int number)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new ("", factory);

  if (number < 0)
    {
      g_signal_connect (factory, "setup", G_CALLBACK (setup_head), NULL);
      g_signal_connect (factory, "bind", G_CALLBACK (bind_head), NULL);
      rheo_column_set_text_width (column, HEAD_WIDTH);
    }
  else
    {
      g_object_set_data (G_OBJECT (factory), column_key, GINT_TO_POINTER (number));
      g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), NULL);
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), grid);
      g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), grid);
      gtk_column_view_column_set_expand (column, TRUE);
    }
  gtk_column_view_append_column (grid->view, column);
}

static void
set_titles (RheoDataGrid *grid)
{
  GListModel *columns = gtk_column_view_get_columns (grid->view);

  for (guint i = 1; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      g_autofree char *title =
          grid->n_columns > 1 ? g_strdup_printf ("%d", first_column (grid) + (int) i - 1) : g_strdup (_ ("Value"));

      gtk_column_view_column_set_title (column, title);
    }
}

/* All cells anew: other columns, other numbers. */
static void
reload (RheoDataGrid *grid)
{
  GHashTableIter iter;
  gpointer cell;

  grid->generation++;
  g_hash_table_remove_all (grid->blocks);
  set_titles (grid);
  g_hash_table_iter_init (&iter, grid->cells);
  while (grid->node != NULL && g_hash_table_iter_next (&iter, &cell, NULL))
    show_cell (grid, cell);
}

/* As many columns as there is room for. */
static void
fit_columns (RheoDataGrid *grid)
{
  GListModel *columns = gtk_column_view_get_columns (grid->view);
  gboolean is_text = grid->node != NULL && rheo_node_item_get_node (grid->node)->kind == RHEO_NODE_TEXT;
  int width = (int) (grid->width / rheo_text_scale ());
  int room = is_text ? 1 : CLAMP ((width - HEAD_WIDTH) / CELL_WIDTH, 1, MAX_COLUMNS);
  int wanted = (int) MIN (room, grid->n_columns);

  gtk_adjustment_configure (grid->across, CLAMP (first_column (grid), 0, MAX (grid->n_columns - wanted, 0)), 0,
                            (double) grid->n_columns, 1, MAX (wanted - 1, 1), wanted);
  gtk_widget_set_visible (grid->bar, grid->n_columns > wanted);
  /* Blocks hold as many columns as were shown when they were read; new columns ask for theirs at once. */
  grid->generation++;
  g_hash_table_remove_all (grid->blocks);
  while ((int) g_list_model_get_n_items (columns) - 1 > wanted)
    {
      g_autoptr (GtkColumnViewColumn) last = g_list_model_get_item (columns, g_list_model_get_n_items (columns) - 1);

      gtk_column_view_remove_column (grid->view, last);
    }
  while ((int) g_list_model_get_n_items (columns) - 1 < wanted)
    add_column (grid, (int) g_list_model_get_n_items (columns) - 1);
  reload (grid);
}

void
rheo_data_grid_show (RheoDataGrid *grid, RheoTreeFile *file, RheoNodeItem *item, const int64_t *fixed)
{
  const RheoNode *node = item != NULL ? rheo_node_item_get_node (item) : NULL;
  gboolean same = item == grid->node && item != NULL;
  g_autoptr (RheoGridRows) rows = NULL;

  if (fixed != NULL)
    memcpy (grid->fixed, fixed, sizeof grid->fixed);
  if (same)
    {
      reload (grid);
      return;
    }
  /* No cell may ask for numbers of the old set through the new one. */
  gtk_multi_selection_set_model (grid->selection, NULL);
  g_clear_pointer (&grid->file, rheo_tree_file_unref);
  g_set_object (&grid->node, item);
  grid->file = file != NULL ? rheo_tree_file_ref (file) : NULL;
  grid->n_rows = node == NULL ? 0 : node->n_dims == 0 ? 1 : node->dims[MAX (node->n_dims - 2, 0)];
  grid->n_columns = node == NULL ? 0 : node->n_dims < 2 ? 1 : node->dims[node->n_dims - 1];
  gtk_adjustment_set_value (grid->across, 0);
  fit_columns (grid);
  rows = g_object_new (RHEO_TYPE_GRID_ROWS, NULL);
  rows->n = (guint) MIN (grid->n_columns > 0 ? grid->n_rows : 0, (int64_t) G_MAXINT);
  gtk_multi_selection_set_model (grid->selection, G_LIST_MODEL (rows));
}

/* --- copying ----------------------------------------------------------------------------------------------------- */

static void
on_copied (GObject *source, GAsyncResult *result, gpointer data)
{
  Piece *piece = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) texts = g_task_propagate_pointer (G_TASK (result), &error);
  g_autoptr (GString) rows = g_string_new (NULL);
  int n_dims = rheo_node_item_get_node (piece->node)->n_dims;
  int64_t n = n_dims > 1 ? piece->count[n_dims - 1] : 1;

  if (texts == NULL)
    {
      g_signal_emit (source, trouble_signal, 0, error->message);
      return;
    }
  for (int64_t i = 0; texts[i] != NULL; i++)
    g_string_append_printf (rows, "%s%c", texts[i], (i + 1) % n == 0 ? '\n' : '\t');
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (source)), rows->str);
}

/* From the first selected row to the last, with all columns. */
static void
act_copy (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoDataGrid *grid = RHEO_DATA_GRID (widget);
  g_autoptr (GtkBitset) bits = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (grid->selection));
  g_autoptr (GTask) task = NULL;
  int64_t first, n;
  Piece *piece;

  if (grid->node == NULL || gtk_bitset_is_empty (bits))
    return;
  first = gtk_bitset_get_minimum (bits);
  n = CLAMP (MAX_COPIED / grid->n_columns, 1, (int64_t) gtk_bitset_get_maximum (bits) - first + 1);
  piece = new_piece (grid, first, n, 0, grid->n_columns);
  piece->exact = TRUE;
  task = g_task_new (grid, NULL, on_copied, NULL);
  g_task_set_task_data (task, piece, (GDestroyNotify) free_piece);
  g_task_run_in_thread (task, read_in_thread);
}

/* --- construction ------------------------------------------------------------------------------------------------ */

static gboolean
on_fit (gpointer data)
{
  RheoDataGrid *grid = data;

  grid->fit = 0;
  fit_columns (grid);
  return G_SOURCE_REMOVE;
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RheoDataGrid *grid = RHEO_DATA_GRID (widget);
  int bar = 0;

  if (gtk_widget_get_visible (grid->bar))
    gtk_widget_measure (grid->bar, GTK_ORIENTATION_VERTICAL, -1, &bar, NULL, NULL, NULL);
  gtk_widget_allocate (grid->scrolled, width, MAX (height - bar, 0), baseline, NULL);
  if (bar > 0)
    gtk_widget_allocate (grid->bar, width, bar, -1,
                         gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT (0, (float) (height - bar))));
  /* Columns cannot come and go while sizes are given out. */
  if (width != grid->width && grid->fit == 0)
    grid->fit = g_idle_add (on_fit, grid);
  grid->width = width;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? HEAD_WIDTH + CELL_WIDTH : 60;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? HEAD_WIDTH + 4 * CELL_WIDTH : 200;
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, RheoDataGrid *grid)
{
  if (dx == 0)
    return FALSE;
  gtk_adjustment_set_value (grid->across, round (gtk_adjustment_get_value (grid->across) + (dx > 0 ? 1 : -1)));
  return TRUE;
}

static gboolean
on_across_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  RheoDataGrid *grid = RHEO_DATA_GRID (widget);
  int by;

  g_variant_get (arguments, "(i)", &by);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    by = -by;
  gtk_adjustment_set_value (grid->across, gtk_adjustment_get_value (grid->across) + by);
  return TRUE;
}

static void
dispose (GObject *object)
{
  RheoDataGrid *grid = RHEO_DATA_GRID (object);

  grid->generation++;
  g_clear_handle_id (&grid->fit, g_source_remove);
  g_clear_pointer (&grid->scrolled, gtk_widget_unparent);
  g_clear_pointer (&grid->bar, gtk_widget_unparent);
  g_clear_object (&grid->selection);
  g_clear_object (&grid->node);
  g_clear_object (&grid->across);
  g_clear_pointer (&grid->file, rheo_tree_file_unref);
  G_OBJECT_CLASS (rheo_data_grid_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_hash_table_unref (RHEO_DATA_GRID (object)->blocks);
  g_hash_table_unref (RHEO_DATA_GRID (object)->cells);
  G_OBJECT_CLASS (rheo_data_grid_parent_class)->finalize (object);
}

static void
rheo_data_grid_class_init (RheoDataGridClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget->size_allocate = size_allocate;
  widget->measure = measure;
  gtk_widget_class_install_action (widget, "table.copy", NULL, act_copy);
  gtk_widget_class_add_binding (widget, GDK_KEY_Right, GDK_CONTROL_MASK, on_across_key, "(i)", 1);
  gtk_widget_class_add_binding (widget, GDK_KEY_Left, GDK_CONTROL_MASK, on_across_key, "(i)", -1);
  trouble_signal = g_signal_new ("trouble", RHEO_TYPE_DATA_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 G_TYPE_STRING);
}

static void
on_across (RheoDataGrid *grid)
{
  double whole = round (gtk_adjustment_get_value (grid->across));

  if (whole != gtk_adjustment_get_value (grid->across))
    gtk_adjustment_set_value (grid->across, whole);
  else if (grid->node != NULL)
    reload (grid);
}

static void
rheo_data_grid_init (RheoDataGrid *grid)
{
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_HORIZONTAL | GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);

  rheo_keys_add (GTK_WIDGET (grid), RHEO_KEYS_TABLE);
  grid->blocks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_strfreev);
  grid->cells = g_hash_table_new (NULL, NULL);
  grid->selection = gtk_multi_selection_new (NULL);
  grid->view = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (g_object_ref (grid->selection))));
  gtk_column_view_set_show_row_separators (grid->view, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (grid->view), "data-grid");
  gtk_accessible_update_property (GTK_ACCESSIBLE (grid->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Numbers"), -1);
  add_column (grid, -1);
  grid->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (grid->scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (grid->scrolled), GTK_WIDGET (grid->view));
  gtk_widget_set_parent (grid->scrolled, GTK_WIDGET (grid));
  grid->across = g_object_ref_sink (gtk_adjustment_new (0, 0, 0, 1, 1, 0));
  g_signal_connect_swapped (grid->across, "value-changed", G_CALLBACK (on_across), grid);
  grid->bar = gtk_scrollbar_new (GTK_ORIENTATION_HORIZONTAL, grid->across);
  gtk_accessible_update_property (GTK_ACCESSIBLE (grid->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Columns"), -1);
  gtk_widget_set_parent (grid->bar, GTK_WIDGET (grid));
  g_signal_connect_object (scroll, "scroll", G_CALLBACK (on_scroll), grid, 0);
  gtk_widget_add_controller (GTK_WIDGET (grid), scroll);
}

GtkWidget *
rheo_data_grid_new (void)
{
  return g_object_new (RHEO_TYPE_DATA_GRID, NULL);
}
