/* Thread: any; HDF5 calls go through one lock of the process. */
/* Any HDF5 file as a tree to look through: what is in it, and stretches of its numbers and texts. Of a run that goes on,
 * or was interrupted, the tree is that of its file overlaid with its parts. Every size is checked before memory is taken,
 * and no link to another place or file is followed. */
#pragma once

#include "error.h"
#include "table.h"

#define RHEO_TREE_MAX_DIMS 8
#define RHEO_TREE_MAX_CHILDREN 20000    /* of a group that are listed */
#define RHEO_TREE_MAX_NUMBERS (1 << 28) /* of one read */

typedef enum
{
  RHEO_NODE_GROUP,
  RHEO_NODE_NUMBERS, /* floats, integers, truth values */
  RHEO_NODE_TEXT,
  RHEO_NODE_OTHER, /* compounds, references, lists of lists ...: seen, not read */
} RheoNodeKind;

typedef struct
{
  char *name, *path; /* "/epochs/300/rec.weight" */
  RheoNodeKind kind;
  int64_t n_children; /* of a group */
  char *type;         /* "float32", "uint8", "text", "boolean", "compound" ...; "" for a group */
  gboolean whole;     /* numbers that are integers or truth values */
  int n_dims;         /* 0: one number */
  int64_t dims[RHEO_TREE_MAX_DIMS];
  char *description, *unit, *axes; /* "" where there is none */
} RheoNode;
void rheo_node_free (RheoNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoNode, rheo_node_free)

typedef struct RheoTree RheoTree;

RheoTree *rheo_tree_open (const char *path, GError **error);
void rheo_tree_close (RheoTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoTree, rheo_tree_close)

/* Children of a group ("/" is the root) as RheoNode, in the order in which they were made; at most
 * RHEO_TREE_MAX_CHILDREN. NULL: it is gone or damaged. */
GPtrArray *rheo_tree_list (RheoTree *tree, const char *path, GError **error);
RheoNode *rheo_tree_look (RheoTree *tree, const char *path, GError **error);
/* Names and values of the attributes in turn, NULL-ended; yours (g_strfreev). Long values are cut. */
char **rheo_tree_dup_attributes (RheoTree *tree, const char *path);

/* count numbers of each dimension from start on, row major, into out. FALSE: not numbers, outside the set, more than
 * RHEO_TREE_MAX_NUMBERS at once, packed in a way that this program does not read, or damaged. */
gboolean rheo_tree_read_numbers (RheoTree *tree, const char *path, const int64_t *start, const int64_t *count,
                                 double *out, GError **error);
/* The same of a text; yours (g_strfreev). */
char **rheo_tree_read_texts (RheoTree *tree, const char *path, const int64_t *start, const int64_t *count,
                             GError **error);
/* A set as a table of one column with its type, label, unit and axes: the first n_fixed dimensions are left out, taken at
 * the places `fixed`. For plots and exports. */
RheoTable *rheo_tree_read_table (RheoTree *tree, const char *path, int n_fixed, const int64_t *fixed, GError **error);
