/* Thread: any, inside RHEO_H5_SCOPE. */
/* What store-tree.c (sets of HDF5 files) and store-tree-run.c (which file holds what of a run) share. */
#pragma once

#include "store-tree.h"

#include "store-h5-private.h"

struct RheoTree
{
  char *path;
  RheoH5Id file;      /* below 0: a run that has only parts */
  RheoIndex *index;   /* of a run with parts; NULL: the file is all there is */
  GHashTable *tables; /* path ("/metrics") -> RheoTable of records */
};

/* The records that lie at a path ("/metrics", "/logs/batch", "/journal") of a run with parts. Borrowed; NULL: others. */
RheoTable *rheo_tree_find_records (RheoTree *tree, const char *path);
/* One column of them. */
const RheoColumn *rheo_tree_find_record_column (RheoTree *tree, const char *path);
/* Names of what a group of a run with parts holds, where file and parts are seen together; NULL: it lies in one file. */
char **rheo_tree_list_overlay (RheoTree *tree, const char *path);
/* The file that holds a path: tree->file, or that of a part, which the caller closes (*part). -1: none. */
hid_t rheo_tree_file_of (RheoTree *tree, const char *path, RheoH5Id *part);

/* The object at a path, by hard links only. -1: not there. */
hid_t rheo_tree_open_object (hid_t file, const char *path);
gboolean rheo_tree_fail_missing (const RheoTree *tree, const char *path, GError **error);
/* The experiment of a run with parts, which is not in a file of HDF5. */
gboolean rheo_tree_is_config (const RheoTree *tree, const char *path);
