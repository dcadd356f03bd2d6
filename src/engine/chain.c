#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "chain.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

typedef struct
{
  RheoRun *run;
  char *name;
  int64_t last; /* iteration up to which it counts */
} Link;

struct RheoChain
{
  GArray *link; /* Link, oldest first */
};

/* --- parents ------------------------------------------------------------------------------------------------------ */
static Link
link_of (RheoRun *run, int64_t last)
{
  g_autofree char *base = g_path_get_basename (rheo_run_get_path (run));

  return (Link){ run, g_str_has_suffix (base, ".h5") ? g_strndup (base, strlen (base) - 3) : g_strdup (base), last };
}

static gboolean
is_in (const GArray *links, const char *id)
{
  for (guint i = 0; i < links->len; i++)
    if (g_strcmp0 (rheo_run_get_id (g_array_index (links, Link, i).run), id) == 0)
      return TRUE;
  return FALSE;
}

/* The run with this id in a folder; NULL: there is none. */
static RheoRun *
find_run (const char *folder, const char *id)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (RheoRun) run = g_str_has_suffix (name, ".h5") ? rheo_run_open (path, NULL) : NULL;

      if (run != NULL && g_strcmp0 (rheo_run_get_id (run), id) == 0)
        return g_steal_pointer (&run);
    }
  return NULL;
}

RheoChain *
rheo_chain_new (RheoRun *run)
{
  RheoChain *chain = g_new0 (RheoChain, 1);
  g_autofree char *folder = g_path_get_dirname (rheo_run_get_path (run));
  Link link = link_of (run, G_MAXINT64);
  const char *parent;
  int64_t at;

  chain->link = g_array_new (FALSE, FALSE, sizeof (Link));
  g_array_append_val (chain->link, link);
  while ((parent = rheo_run_get_parent (g_array_index (chain->link, Link, 0).run, &at)) != NULL
         && !is_in (chain->link, parent))
    {
      RheoRun *older = find_run (folder, parent);

      if (older == NULL)
        break;
      link = link_of (older, at);
      g_array_prepend_val (chain->link, link);
    }
  return chain;
}

void
rheo_chain_free (RheoChain *chain)
{
  if (chain == NULL)
    return;
  for (guint i = 0; i < chain->link->len; i++)
    {
      if (i + 1 < chain->link->len)
        rheo_run_free (g_array_index (chain->link, Link, i).run);
      g_free (g_array_index (chain->link, Link, i).name);
    }
  g_array_unref (chain->link);
  g_free (chain);
}

int
rheo_chain_get_n (const RheoChain *chain)
{
  return (int) chain->link->len;
}

const char *
rheo_chain_get_name (const RheoChain *chain, int file)
{
  return g_array_index (chain->link, Link, file).name;
}

const RheoExperiment *
rheo_chain_get_experiment (const RheoChain *chain, int file)
{
  return rheo_run_get_experiment (g_array_index (chain->link, Link, file).run);
}

gboolean
rheo_chain_is_whole (const RheoChain *chain)
{
  return rheo_run_get_parent (g_array_index (chain->link, Link, 0).run, NULL) == NULL;
}

/* --- logs --------------------------------------------------------------------------------------------------------- */
/* Rows of the first `last` iterations. A row of metrics tells how many are finished with it, one of a log how many were when it
 * began; both only grow. */
static int64_t
count_rows (const RheoTable *table, const char *log, int64_t last)
{
  const double most = (double) last - (log != NULL);

  const RheoColumn *iteration = rheo_table_find (table, "iteration");
  int64_t n = iteration != NULL ? rheo_column_get_length (iteration) : 0;

  while (n > 0 && rheo_column_get_number (iteration, n - 1) > most)
    n--;
  return n;
}

/* A log of numbers: one for each row. */
static void
copy_column (const RheoColumn *from, int64_t n, RheoColumn *to, int64_t at)
{
  const size_t size = rheo_type_size (to->type);

  if (from != NULL && from->type == to->type && rheo_column_get_length (from) >= n)
    memcpy ((char *) to->data + (size_t) at * size, from->data, (size_t) n * size);
  else if (to->type == RHEO_F64)
    for (int64_t i = 0; i < n; i++)
      ((double *) to->data)[at + i] = NAN;
}

static RheoTable *
join (const GPtrArray *parts, const int64_t *n_rows)
{
  const RheoTable *newest = parts->pdata[parts->len - 1];
  RheoTable *all = rheo_table_new (rheo_table_get_plain_title (newest));
  int64_t n = 0, at = 0;
  int32_t *file;

  for (guint i = 0; i < parts->len; i++)
    n += n_rows[i];
  for (int k = 0; k < rheo_table_get_n_columns (newest); k++)
    {
      const RheoColumn *like = rheo_table_get_column (newest, k);
      RheoColumn *column =
          rheo_table_add (all, like->key, like->plain_label, like->plain_unit, like->axes, like->type, &n);

      column->lo = like->lo;
      column->hi = like->hi;
      column->flags = like->flags;
      at = 0;
      for (guint i = 0; i < parts->len; at += n_rows[i], i++)
        copy_column (rheo_table_find (parts->pdata[i], like->key), n_rows[i], column, at);
    }
  file = rheo_table_add (all, RHEO_CHAIN_FILE, N_ ("Run file"), "", "iteration", RHEO_I32, &n)->data;
  for (guint i = 0; i < parts->len; i++)
    for (int64_t r = 0; r < n_rows[i]; r++)
      *file++ = (int32_t) i;
  return all;
}

RheoTable *
rheo_chain_dup_log (RheoChain *chain, const char *log, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_table_unref);
  g_autofree int64_t *n_rows = g_new0 (int64_t, chain->link->len);

  for (guint i = 0; i < chain->link->len; i++)
    {
      const Link *link = &g_array_index (chain->link, Link, i);
      RheoTable *part = rheo_run_dup_metrics (link->run, log, error);

      if (part == NULL)
        return NULL;
      n_rows[i] = count_rows (part, log, link->last);
      g_ptr_array_add (parts, part);
    }
  return join (parts, n_rows);
}
