/* Thread: main; files are read by tasks. */
/* What is in the file of a run, as a tree that is read as it is opened. */
#pragma once

#include <gtk/gtk.h>

#include "engine/store-tree.h"

/* An open file that tasks share. */
typedef struct RheoTreeFile RheoTreeFile;
RheoTreeFile *rheo_tree_file_ref (RheoTreeFile *file); /* any thread */
void rheo_tree_file_unref (RheoTreeFile *file);        /* any thread; the last one closes it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoTreeFile, rheo_tree_file_unref)
RheoTree *
rheo_tree_file_get (RheoTreeFile *file); /* its functions may be called by any thread, at most one at a time */

#define RHEO_TYPE_NODE_ITEM (rheo_node_item_get_type ())
G_DECLARE_FINAL_TYPE (RheoNodeItem, rheo_node_item, RHEO, NODE_ITEM, GObject)
const RheoNode *rheo_node_item_get_node (RheoNodeItem *item);

#define RHEO_TYPE_FILE_TREE (rheo_file_tree_get_type ())
G_DECLARE_FINAL_TYPE (RheoFileTree, rheo_file_tree, RHEO, FILE_TREE, GtkWidget)

/* Signal "selected" (void): another node, or none. */
GtkWidget *rheo_file_tree_new (void);
/* NULL: none. Reading begins at once; what was shown stays until the file is open. */
void rheo_file_tree_show (RheoFileTree *tree, const char *path);
/* The file that is shown, and the selected node; NULL: none. Borrowed. */
RheoTreeFile *rheo_file_tree_get_file (RheoFileTree *tree);
RheoNodeItem *rheo_file_tree_get_selected (RheoFileTree *tree);
/* "300 × 50 × 2"; "" for one number. Yours. */
char *rheo_node_dup_shape (const RheoNode *node);
