#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/file-tree.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "widgets/common.h"
#include "widgets/number-text.h"

#define TIMES "\u00d7"
#define NAME_WIDTH 126
#define SHAPE_WIDTH 120
#define TYPE_WIDTH 104

/* --- an open file ------------------------------------------------------------------------------------------------ */

struct RheoTreeFile
{
  RheoTree *tree;
};

static RheoTreeFile *
new_file (RheoTree *tree)
{
  RheoTreeFile *file = g_atomic_rc_box_new (RheoTreeFile);

  file->tree = tree;
  return file;
}

RheoTreeFile *
rheo_tree_file_ref (RheoTreeFile *file)
{
  return g_atomic_rc_box_acquire (file);
}

static void
close_file (RheoTreeFile *file)
{
  rheo_tree_close (file->tree);
}

void
rheo_tree_file_unref (RheoTreeFile *file)
{
  g_atomic_rc_box_release_full (file, (GDestroyNotify) close_file);
}

RheoTree *
rheo_tree_file_get (RheoTreeFile *file)
{
  return file->tree;
}

/* --- nodes ------------------------------------------------------------------------------------------------------- */

struct _RheoNodeItem
{
  GObject parent_instance;
  RheoNode *node;
};

G_DEFINE_FINAL_TYPE (RheoNodeItem, rheo_node_item, G_TYPE_OBJECT)

static void
finalize_node (GObject *object)
{
  rheo_node_free (RHEO_NODE_ITEM (object)->node);
  G_OBJECT_CLASS (rheo_node_item_parent_class)->finalize (object);
}

static void
rheo_node_item_class_init (RheoNodeItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize_node;
}

static void
rheo_node_item_init (RheoNodeItem *item)
{
}

static RheoNodeItem *
new_item (RheoNode *node)
{
  RheoNodeItem *item = g_object_new (RHEO_TYPE_NODE_ITEM, NULL);

  item->node = node;
  return item;
}

const RheoNode *
rheo_node_item_get_node (RheoNodeItem *item)
{
  return item->node;
}

char *
rheo_node_dup_shape (const RheoNode *node)
{
  g_autoptr (GString) shape = g_string_new (NULL);

  for (int i = 0; i < node->n_dims; i++)
    {
      g_autofree char *n = rheo_number_dup_count (node->dims[i]);

      g_string_append_printf (shape, "%s%s", i > 0 ? " " TIMES " " : "", n);
    }
  return g_string_free (g_steal_pointer (&shape), FALSE);
}

/* "22 snapshots": what the groups of a run hold, in its own words. */
static char *
dup_count (const RheoNode *node)
{
  int n = (int) MIN (node->n_children, (int64_t) G_MAXINT);

  if (g_str_equal (node->path, "/metrics") || g_str_has_prefix (node->path, "/logs/"))
    return g_strdup_printf (ngettext ("%d series", "%d series", n), n);
  if (g_str_equal (node->path, "/epochs"))
    return g_strdup_printf (ngettext ("%d snapshot", "%d snapshots", n), n);
  if (g_str_equal (node->path, "/checkpoint"))
    return g_strdup_printf (ngettext ("%d kept", "%d kept", n), n);
  if (g_str_has_prefix (node->path, "/epochs/") || g_str_has_prefix (node->path, "/checkpoint/"))
    return g_strdup_printf (ngettext ("%d data set", "%d data sets", n), n);
  return g_strdup_printf (ngettext ("%d item", "%d items", n), n);
}

/* --- the widget -------------------------------------------------------------------------------------------------- */

struct _RheoFileTree
{
  GtkWidget parent_instance;
  GtkWidget *title, *facts, *copy, *stack, *message;
  GtkColumnView *view;
  GtkColumnViewColumn *shape, *type;
  GtkAdjustment *room; /* its page is as wide as the tree */
  guint fitting;
  GtkSingleSelection *selection;
  char *path;
  RheoTreeFile *file;
  GCancellable *opening;
};

G_DEFINE_FINAL_TYPE (RheoFileTree, rheo_file_tree, GTK_TYPE_WIDGET)

static guint selected_signal;

static void
on_selected (RheoFileTree *tree)
{
  g_signal_emit (tree, selected_signal, 0);
}

/* --- reading children -------------------------------------------------------------------------------------------- */

typedef struct
{
  RheoTreeFile *file;
  char *path; /* in the file; NULL: the file itself is opened first */
  char *run;
  guint64 size; /* of the file, bytes */
} Reading;

static void
free_reading (Reading *reading)
{
  g_clear_pointer (&reading->file, rheo_tree_file_unref);
  g_free (reading->path);
  g_free (reading->run);
  g_free (reading);
}

static void
list_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reading *reading = data;
  GError *error = NULL;
  GPtrArray *nodes = rheo_tree_list (rheo_tree_file_get (reading->file), reading->path, &error);

  if (nodes != NULL)
    g_task_return_pointer (task, nodes, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/* Takes the nodes. */
static void
fill_store (GListStore *store, GPtrArray *nodes)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < nodes->len; i++)
    g_ptr_array_add (items, new_item (g_ptr_array_index (nodes, i)));
  g_ptr_array_set_free_func (nodes, NULL);
  g_ptr_array_unref (nodes);
  g_list_store_splice (store, 0, 0, items->pdata, items->len);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  GPtrArray *nodes = g_task_propagate_pointer (G_TASK (result), NULL);

  if (nodes != NULL)
    fill_store (G_LIST_STORE (source), nodes);
}

/* Children of a group: an empty list that fills itself. */
static GListModel *
make_children (gpointer item, gpointer data)
{
  RheoTreeFile *file = data;
  const RheoNode *node = rheo_node_item_get_node (item);
  g_autoptr (GTask) task = NULL;
  GListStore *store;
  Reading *reading;

  if (node->kind != RHEO_NODE_GROUP || node->n_children == 0)
    return NULL;
  store = g_list_store_new (RHEO_TYPE_NODE_ITEM);
  reading = g_new0 (Reading, 1);
  reading->file = rheo_tree_file_ref (file);
  reading->path = g_strdup (node->path);
  task = g_task_new (store, NULL, on_listed, NULL);
  g_task_set_task_data (task, reading, (GDestroyNotify) free_reading);
  g_task_run_in_thread (task, list_in_thread);
  return G_LIST_MODEL (store);
}

/* --- opening ----------------------------------------------------------------------------------------------------- */

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reading *reading = data;
  GError *error = NULL;
  RheoTree *tree = rheo_tree_open (reading->run, &error);
  GPtrArray *nodes;
  GStatBuf facts;

  if (g_stat (reading->run, &facts) == 0)
    reading->size = (guint64) facts.st_size;
  if (tree != NULL)
    reading->file = new_file (tree);
  nodes = tree != NULL ? rheo_tree_list (tree, "/", &error) : NULL;
  if (nodes != NULL)
    g_task_return_pointer (task, nodes, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
show_message (RheoFileTree *tree, const char *text, gboolean is_error)
{
  gtk_label_set_selectable (GTK_LABEL (tree->message), is_error);
  gtk_label_set_text (GTK_LABEL (tree->message), text);
  gtk_stack_set_visible_child_name (GTK_STACK (tree->stack), "message");
}

static void
clear_file (RheoFileTree *tree)
{
  gtk_single_selection_set_model (tree->selection, NULL);
  g_clear_pointer (&tree->file, rheo_tree_file_unref);
}

/* "ff3-n50-seed1.h5 · 6.3 MB" */
static void
show_facts (RheoFileTree *tree, guint64 size)
{
  g_autofree char *base = g_path_get_basename (tree->path);
  g_autofree char *bytes = g_format_size (size);
  g_autofree char *text = size > 0 ? g_strdup_printf ("%s · %s", base, bytes) : g_strdup (base);

  gtk_label_set_text (GTK_LABEL (tree->facts), text);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  RheoFileTree *tree = RHEO_FILE_TREE (source);
  Reading *reading = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GPtrArray *nodes = g_task_propagate_pointer (G_TASK (result), &error);
  g_autoptr (GtkTreeListModel) model = NULL;
  GListStore *store;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  clear_file (tree);
  if (nodes == NULL)
    {
      show_message (tree, error->message, TRUE);
      on_selected (tree);
      return;
    }
  tree->file = rheo_tree_file_ref (reading->file);
  show_facts (tree, reading->size);
  store = g_list_store_new (RHEO_TYPE_NODE_ITEM);
  fill_store (store, nodes);
  model = gtk_tree_list_model_new (G_LIST_MODEL (store), FALSE, FALSE, make_children, rheo_tree_file_ref (tree->file),
                                   (GDestroyNotify) rheo_tree_file_unref);
  gtk_single_selection_set_model (tree->selection, G_LIST_MODEL (model));
  gtk_stack_set_visible_child_name (GTK_STACK (tree->stack), "tree");
  on_selected (tree);
}

void
rheo_file_tree_show (RheoFileTree *tree, const char *path)
{
  g_autofree char *base = path != NULL ? g_path_get_basename (path) : NULL;
  g_autoptr (GTask) task = NULL;
  Reading *reading;

  g_free (tree->path);
  tree->path = g_strdup (path);
  if (tree->opening != NULL)
    g_cancellable_cancel (tree->opening);
  g_clear_object (&tree->opening);
  gtk_label_set_text (GTK_LABEL (tree->facts), base != NULL ? base : "");
  gtk_widget_set_tooltip_text (tree->facts, path);
  gtk_widget_set_visible (tree->copy, path != NULL);
  if (path == NULL)
    {
      clear_file (tree);
      show_message (tree, _ ("Select a run to see what is in its file."), FALSE);
      on_selected (tree);
      return;
    }
  tree->opening = g_cancellable_new ();
  reading = g_new0 (Reading, 1);
  reading->run = g_strdup (path);
  task = g_task_new (tree, tree->opening, on_opened, NULL);
  g_task_set_task_data (task, reading, (GDestroyNotify) free_reading);
  g_task_run_in_thread (task, open_in_thread);
}

RheoTreeFile *
rheo_file_tree_get_file (RheoFileTree *tree)
{
  return tree->file;
}

RheoNodeItem *
rheo_file_tree_get_selected (RheoFileTree *tree)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (tree->selection);
  g_autoptr (RheoNodeItem) item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  return item; /* the row holds it */
}

/* --- rows -------------------------------------------------------------------------------------------------------- */

static void
setup_name (GtkListItemFactory *factory, GtkListItem *row, gpointer data)
{
  GtkWidget *expander = gtk_tree_expander_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), label);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (row, expander);
}

static RheoNodeItem *
dup_item (GtkListItem *row)
{
  return gtk_tree_list_row_get_item (gtk_list_item_get_item (row));
}

static void
bind_name (GtkListItemFactory *factory, GtkListItem *row, gpointer data)
{
  GtkWidget *expander = gtk_list_item_get_child (row);
  GtkWidget *box = gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander));
  g_autoptr (RheoNodeItem) item = dup_item (row);
  const RheoNode *node = rheo_node_item_get_node (item);

  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (expander), gtk_list_item_get_item (row));
  gtk_image_set_from_icon_name (GTK_IMAGE (gtk_widget_get_first_child (box)),
                                node->kind == RHEO_NODE_GROUP  ? "folder-symbolic"
                                : node->kind == RHEO_NODE_TEXT ? "text-x-generic-symbolic"
                                                               : "x-office-spreadsheet-symbolic");
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (box)), node->name);
  gtk_widget_set_tooltip_text (expander, *node->description != '\0' ? node->description : NULL);
}

static void
setup_dim (GtkListItemFactory *factory, GtkListItem *row, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_list_item_set_child (row, label);
}

static void
bind_shape (GtkListItemFactory *factory, GtkListItem *row, gpointer data)
{
  g_autoptr (RheoNodeItem) item = dup_item (row);
  g_autofree char *shape = rheo_node_dup_shape (rheo_node_item_get_node (item));

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (row)), shape);
}

static void
bind_type (GtkListItemFactory *factory, GtkListItem *row, gpointer data)
{
  g_autoptr (RheoNodeItem) item = dup_item (row);
  const RheoNode *node = rheo_node_item_get_node (item);
  g_autofree char *count = node->kind == RHEO_NODE_GROUP ? dup_count (node) : NULL;

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (row)), count != NULL                         ? count
                                                                 : g_str_equal (node->path, "/config") ? "JSON"
                                                                                                       : node->type);
}

static void
on_activated (RheoFileTree *tree, guint position)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (tree->selection), position);

  gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
}

static void
on_copy (RheoFileTree *tree)
{
  if (tree->path != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (tree)), tree->path);
}

/* --- construction ------------------------------------------------------------------------------------------------ */

typedef void (*RowFunc) (GtkListItemFactory *factory, GtkListItem *row, gpointer data);

/* The column belongs to the view. */
static GtkColumnViewColumn *
add_column (RheoFileTree *tree, const char *title, RowFunc setup, RowFunc bind)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (title, factory);

  g_signal_connect (factory, "setup", G_CALLBACK (setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), NULL);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_append_column (tree->view, column);
  return column;
}

/* GTK 4.8 keeps the room of a hidden column that has a width of its own. */
static void
show_column (GtkColumnViewColumn *column, gboolean shown, double width)
{
  gtk_column_view_column_set_visible (column, shown);
  gtk_column_view_column_set_fixed_width (column, shown ? (int) ceil (width) : -1);
}

/* Names come first: a narrow tree leaves the type out, and then the shape, which the numbers beside it say too. */
static void
fit (RheoFileTree *tree)
{
  const double scale = rheo_text_scale (), width = gtk_adjustment_get_page_size (tree->room);

  if (gtk_widget_in_destruction (GTK_WIDGET (tree)))
    return;
  show_column (tree->type, width >= (NAME_WIDTH + SHAPE_WIDTH + TYPE_WIDTH) * scale, TYPE_WIDTH * scale);
  show_column (tree->shape, width >= (NAME_WIDTH + SHAPE_WIDTH) * scale, SHAPE_WIDTH * scale);
}

static gboolean
on_fit (gpointer data)
{
  RheoFileTree *tree = data;

  tree->fitting = 0;
  fit (tree);
  return G_SOURCE_REMOVE;
}

/* Columns cannot come and go while sizes are given out. */
static void
on_room (RheoFileTree *tree)
{
  if (tree->fitting == 0)
    tree->fitting = g_idle_add (on_fit, tree);
}

static GtkWidget *
make_header (RheoFileTree *tree)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_add_css_class (header, "file-header");
  tree->title = gtk_label_new (_ ("File"));
  gtk_widget_add_css_class (tree->title, "heading");
  tree->facts = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (tree->facts), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (tree->facts), 0);
  gtk_widget_set_hexpand (tree->facts, TRUE);
  gtk_widget_add_css_class (tree->facts, "dim-label");
  tree->copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  gtk_widget_add_css_class (tree->copy, "flat");
  gtk_widget_set_tooltip_text (tree->copy, _ ("Copy the path of the file"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (tree->copy), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copy the path of the file"), -1);
  g_signal_connect_swapped (tree->copy, "clicked", G_CALLBACK (on_copy), tree);
  gtk_box_append (GTK_BOX (header), tree->title);
  gtk_box_append (GTK_BOX (header), tree->facts);
  gtk_box_append (GTK_BOX (header), tree->copy);
  return header;
}

static void
dispose (GObject *object)
{
  RheoFileTree *tree = RHEO_FILE_TREE (object);
  GtkWidget *child;

  if (tree->opening != NULL)
    g_cancellable_cancel (tree->opening);
  g_clear_object (&tree->opening);
  g_clear_handle_id (&tree->fitting, g_source_remove);
  if (tree->selection != NULL)
    {
      g_signal_handlers_disconnect_by_data (tree->selection, tree);
      clear_file (tree);
    }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&tree->selection);
  G_OBJECT_CLASS (rheo_file_tree_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (RHEO_FILE_TREE (object)->path);
  G_OBJECT_CLASS (rheo_file_tree_parent_class)->finalize (object);
}

static void
rheo_file_tree_class_init (RheoFileTreeClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
  selected_signal =
      g_signal_new ("selected", RHEO_TYPE_FILE_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_file_tree_init (RheoFileTree *tree)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (tree))),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_parent (make_header (tree), GTK_WIDGET (tree));
  tree->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (tree->selection, FALSE);
  gtk_single_selection_set_can_unselect (tree->selection, TRUE);
  g_signal_connect_swapped (tree->selection, "notify::selected-item", G_CALLBACK (on_selected), tree);
  tree->view = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (g_object_ref (tree->selection))));
  gtk_column_view_set_show_row_separators (tree->view, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (tree->view), "file-tree");
  gtk_accessible_update_property (GTK_ACCESSIBLE (tree->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("What is in the file"),
                                  -1);
  gtk_column_view_column_set_expand (add_column (tree, _ ("Name"), setup_name, bind_name), TRUE);
  tree->shape = add_column (tree, _ ("Shape"), setup_dim, bind_shape);
  tree->type = add_column (tree, _ ("Type"), setup_dim, bind_type);
  tree->room = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scrolled));
  g_signal_connect_object (tree->room, "notify::page-size", G_CALLBACK (on_room), tree, G_CONNECT_SWAPPED);
  rheo_text_scale_watch (tree, G_CALLBACK (fit));
  /* What is there says itself what it is. */
  gtk_widget_set_visible (gtk_widget_get_first_child (GTK_WIDGET (tree->view)), FALSE);
  g_signal_connect_swapped (tree->view, "activate", G_CALLBACK (on_activated), tree);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (tree->view));
  tree->message = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (tree->message), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (tree->message), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (tree->message), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (tree->message, "dim-label");
  gtk_widget_set_margin_start (tree->message, 12);
  gtk_widget_set_margin_end (tree->message, 12);
  tree->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (tree->stack, TRUE);
  gtk_stack_add_named (GTK_STACK (tree->stack), tree->message, "message");
  gtk_stack_add_named (GTK_STACK (tree->stack), scrolled, "tree");
  gtk_widget_set_parent (tree->stack, GTK_WIDGET (tree));
  rheo_file_tree_show (tree, NULL);
}

GtkWidget *
rheo_file_tree_new (void)
{
  return g_object_new (RHEO_TYPE_FILE_TREE, NULL);
}
