/* A folder of its own for each test, and the path of a file in it. */
#pragma once

#include "store-samples.h"

typedef struct
{
  char *folder, *path;
} Fixture;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = make_folder ();
  f->path = g_build_filename (f->folder, "file.h5", NULL);
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->path);
}
