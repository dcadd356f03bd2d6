#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* Reading checks everything that has a check sum. Plain numbers have none; where the file is torn off they read as zeros,
 * so that where they lie must be looked at. */
static RheoTable *
read_whole (const RheoIndex *index, const RheoItem *item, int64_t size)
{
  g_auto (RheoH5Id) file = -1;
  g_auto (RheoH5Id) group = -1;

  if (item->part == NULL)
    {
      file = rheo_index_open_file (index, NULL);
      group = file >= 0 ? rheo_h5_open_group (file, item->name) : -1;
      if (group < 0 || !rheo_h5_ends_before (group, size))
        return NULL;
    }
  return rheo_index_read_item (index, item, NULL, NULL);
}

/* file -1: only looks. */
static gboolean
save_item (const RheoIndex *index, const RheoItem *item, RheoH5Id file, const char *to, RheoSalvage *found,
           GError **error)
{
  const gboolean is_checkpoint = g_str_has_prefix (item->name, "checkpoint/");
  g_autoptr (RheoTable) table = read_whole (index, item, found->size);
  const char *unit = table != NULL ? rheo_table_get_note (table, "unit") : NULL;
  RheoPart part = { NULL, NULL, item->name, table, is_checkpoint, item->place.iteration, -1, -1, NULL };

  if (table == NULL)
    {
      found->n_damaged++;
      return TRUE;
    }
  found->n_whole++;
  if (unit != NULL)
    g_strlcpy (found->unit, unit, sizeof found->unit);
  if (is_checkpoint)
    {
      found->checkpoint = MAX (found->checkpoint, item->place.iteration);
      part.batch = item->place.batch;
      part.marked = item->marked;
    }
  part.config = rheo_table_get_note (table, "config");
  return file < 0 || rheo_part_fill (file, &part) || rheo_h5_fail (to, error);
}

static gboolean
save_items (const RheoIndex *index, RheoH5Id file, const char *to, RheoSalvage *found, GError **error)
{
  GArray *const lists[] = { index->epochs, index->checkpoints, index->analyses };

  for (size_t i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      if (!save_item (index, &g_array_index (lists[i], RheoItem, j), file, to, found, error))
        return FALSE;
  return TRUE;
}

/* Records that cannot be read are left out. */
static void
save_records (const RheoIndex *index, RheoH5Id file)
{
  rheo_index_write_records (index, file, "metrics", NULL);
  rheo_index_write_records (index, file, "journal", NULL);
  for (guint i = 0; i < index->logs->len; i++)
    {
      g_autofree char *where = g_strconcat ("logs/", g_ptr_array_index (index->logs, i), NULL);

      rheo_index_write_records (index, file, where, NULL);
    }
}

static gboolean
write_new (RheoIndex *index, const char *to, RheoSalvage *found, GError **error)
{
  g_autofree char *temp = g_strconcat (to, ".new", NULL);
  RheoH5Id file;

  if (g_file_test (to, G_FILE_TEST_EXISTS))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("%s exists already."), to);
  /* It can go on from its checkpoint, and folding parts into it would be wrong. */
  if (found->whole > found->size || found->n_damaged > 0)
    g_clear_pointer (&index->stop_reason, g_free);
  g_clear_pointer (&index->session, g_free);
  file = rheo_h5_create (temp, rheo_index_bound (index), error);
  if (file < 0)
    return FALSE;
  if (!rheo_index_write_head (index, file))
    {
      rheo_h5_fail (to, error);
      rheo_h5_discard (&file, temp);
      return FALSE;
    }
  save_records (index, file);
  found->n_whole = found->n_damaged = 0;
  if (!save_items (index, file, to, found, error))
    {
      rheo_h5_discard (&file, temp);
      return FALSE;
    }
  return rheo_h5_finish (&file, temp, to, error);
}

gboolean
rheo_run_salvage (const char *path, const char *to, RheoSalvage *found, GError **error)
{
  g_autoptr (RheoIndex) index = rheo_index_new_torn (path, error);
  g_autoptr (RheoExperiment) experiment = NULL;
  GStatBuf facts;

  if (index == NULL)
    return FALSE;
  experiment = rheo_experiment_parse (index->experiment, path, error);
  if (experiment == NULL)
    return FALSE;
  *found = (RheoSalvage){ .whole = rheo_h5_get_whole_size (path), .checkpoint = -1 };
  found->size = g_stat (path, &facts) == 0 ? facts.st_size : 0;
  found->n_iterations = index->place.iteration;
  found->budget = rheo_experiment_get_run (experiment)->budget;
  return save_items (index, -1, to, found, error) && (to == NULL || write_new (index, to, found, error));
}
