#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define TRIES 5 /* to read what a writer replaces meanwhile */

struct RheoRun
{
  RheoIndex *index;
  gboolean locked;
  int n_again; /* indices that were made while reading */
  RheoExperiment *experiment;
  int64_t *epochs;
  RheoPlace *checkpoints;
};

RheoRun *
rheo_run_open (const char *path, GError **error)
{
  RheoIndex *index = rheo_index_new (path, error);
  RheoRun *run;

  if (index == NULL)
    return NULL;
  run = g_new0 (RheoRun, 1);
  run->index = index;
  run->locked = rheo_parts_is_locked (index->parts);
  run->experiment = rheo_experiment_parse (index->experiment, path, error);
  if (run->experiment == NULL)
    {
      rheo_run_free (run);
      return NULL;
    }
  run->epochs = g_new0 (int64_t, index->epochs->len + 1);
  run->checkpoints = g_new0 (RheoPlace, index->checkpoints->len + 1);
  for (guint i = 0; i < index->epochs->len; i++)
    run->epochs[i] = g_array_index (index->epochs, RheoItem, i).place.iteration;
  for (guint i = 0; i < index->checkpoints->len; i++)
    run->checkpoints[i] = g_array_index (index->checkpoints, RheoItem, i).place;
  return run;
}

void
rheo_run_free (RheoRun *run)
{
  if (run == NULL)
    return;
  rheo_index_free (run->index);
  rheo_experiment_free (run->experiment);
  g_free (run->epochs);
  g_free (run->checkpoints);
  g_free (run);
}

void
rheo_run_hold (RheoRun *run)
{
  if (run->index->hold == NULL)
    run->index->hold = rheo_hold_new ();
}

int
rheo_run_get_n_opened (const RheoRun *run)
{
  return run->n_again + (run->index->hold != NULL ? rheo_hold_get_n_opened (run->index->hold) : 0);
}

RheoRunState
rheo_run_get_state (const RheoRun *run)
{
  if (run->locked)
    return RHEO_RUN_RUNNING;
  return run->index->stop_reason != NULL ? RHEO_RUN_FINISHED : RHEO_RUN_INTERRUPTED;
}

gboolean
rheo_run_is_written (const char *path)
{
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);

  return rheo_parts_is_locked (parts);
}

const char *
rheo_run_get_path (const RheoRun *run)
{
  return run->index->path;
}

const char *
rheo_run_get_id (const RheoRun *run)
{
  return run->index->run_id;
}

const char *
rheo_run_get_parent (const RheoRun *run, int64_t *iteration)
{
  if (iteration != NULL)
    *iteration = run->index->parent_iteration;
  return run->index->parent;
}

const char *
rheo_run_get_stop_reason (const RheoRun *run)
{
  return run->index->stop_reason;
}

const char *
rheo_run_get_created (const RheoRun *run)
{
  return run->index->created != NULL ? run->index->created : "";
}

RheoStoreDevice
rheo_run_get_device (const RheoRun *run)
{
  return (RheoStoreDevice){ run->index->device, run->index->device_reason };
}

double
rheo_run_get_seconds (const RheoRun *run)
{
  return run->index->seconds;
}

RheoPlace
rheo_run_get_place (const RheoRun *run)
{
  return run->index->place;
}

const RheoExperiment *
rheo_run_get_experiment (const RheoRun *run)
{
  return run->experiment;
}

const int64_t *
rheo_run_get_epochs (const RheoRun *run, int *n)
{
  *n = (int) run->index->epochs->len;
  return run->epochs;
}

const RheoPlace *
rheo_run_get_checkpoints (const RheoRun *run, int *n)
{
  *n = (int) run->index->checkpoints->len;
  return run->checkpoints;
}

char **
rheo_run_dup_analyses (const RheoRun *run)
{
  GArray *items = run->index->analyses;
  char **names = g_new0 (char *, items->len + 1);

  for (guint i = 0; i < items->len; i++)
    names[i] = g_strdup (g_array_index (items, RheoItem, i).name + strlen ("analysis/"));
  return names;
}

/* --- tables ------------------------------------------------------------------------------------------------ */

/* A writer may fold the parts, and a next one begin, while somebody reads. What was read from an index that is out of
 * date is read again from a new one. */
typedef RheoTable *(*Read) (const RheoIndex *index, const char *name, const char *const *keys, GError **error);

/* An item that is there lacks a column: it will not come, and a new index of a long run takes as long as a snapshot. */
static gboolean
is_final (const RheoIndex *index, const char *name, const GError *why)
{
  return name != NULL && g_error_matches (why, RHEO_ERROR, RHEO_ERROR_INVALID) && rheo_index_find (index, name) != NULL
         && rheo_index_is_current (index);
}

static RheoTable *
read_current (RheoRun *run, Read read, const char *name, const char *const *keys, GError **error)
{
  g_autoptr (RheoIndex) fresh = NULL;
  g_autoptr (GError) why = NULL;
  const RheoIndex *index = run->index;
  RheoTable *table = read (index, name, keys, &why);

  for (int i = 0; i < TRIES && (table == NULL || !rheo_index_is_current (index)); i++)
    {
      RheoIndex *next;

      if (table == NULL && is_final (index, name, why))
        break;
      next = rheo_index_new (index->path, NULL);
      run->n_again++;
      if (next == NULL)
        break;
      rheo_index_free (fresh);
      index = fresh = next;
      rheo_table_unref (g_steal_pointer (&table));
      g_clear_error (&why);
      table = read (index, name, keys, &why);
      /* What a writer has just replaced is gone, or lacks what was listed a moment ago; anything else will not change. */
      if (table == NULL && !g_error_matches (why, RHEO_ERROR, RHEO_ERROR_IO) && rheo_index_is_current (index)
          && rheo_index_has_its_file (index))
        break;
    }
  if (table == NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return table;
}

static RheoTable *
read_log (const RheoIndex *index, const char *name, const char *const *keys, GError **error)
{
  return rheo_index_read_log (index, name, keys, error);
}

static RheoTable *
read_journal (const RheoIndex *index, const char *name, const char *const *keys, GError **error)
{
  return rheo_index_read_journal (index, error);
}

static RheoTable *
read_item (const RheoIndex *index, const char *name, const char *const *keys, GError **error)
{
  const RheoItem *item = rheo_index_find (index, name);

  if (item != NULL)
    return rheo_index_read_item (index, item, keys, error);
  rheo_index_fail_missing (index,
                           g_str_has_prefix (name, "epochs/")       ? index->epochs
                           : g_str_has_prefix (name, "checkpoint/") ? index->checkpoints
                                                                    : index->analyses,
                           name, error);
  return NULL;
}

RheoTable *
rheo_run_dup_metrics (RheoRun *run, const char *log, GError **error)
{
  if (log != NULL && !g_ptr_array_find_with_equal_func (run->index->logs, log, g_str_equal, NULL))
    {
      g_autofree char **names = g_new0 (char *, run->index->logs->len + 1);
      g_autofree char *list = NULL;

      for (guint i = 0; i < run->index->logs->len; i++)
        names[i] = g_ptr_array_index (run->index->logs, i);
      list = g_strjoinv (", ", names);
      if (*names != NULL)
        rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds no log “%s”. It holds %s."), run->index->path, log, list);
      else
        rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds no log “%s”, and no other log."), run->index->path, log);
      return NULL;
    }
  return read_current (run, read_log, log, NULL, error);
}

RheoTable *
rheo_run_read_metrics (RheoRun *run, const char *const *keys, GError **error)
{
  static const char *const fixed[] = { "iteration", "batch", "seconds" };
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (all, (gpointer) fixed[i]);
  for (int i = 0; keys[i] != NULL; i++)
    g_ptr_array_add (all, (gpointer) keys[i]);
  g_ptr_array_add (all, NULL);
  return read_current (run, read_log, NULL, (const char *const *) all->pdata, error);
}

RheoTable *
rheo_run_dup_journal (RheoRun *run, GError **error)
{
  return read_current (run, read_journal, NULL, NULL, error);
}

RheoTable *
rheo_run_read_epoch (RheoRun *run, int64_t iteration, const char *const *keys, GError **error)
{
  g_autofree char *name = g_strdup_printf ("epochs/%" G_GINT64_FORMAT, iteration);

  return read_current (run, read_item, name, keys, error);
}

RheoTable *
rheo_run_read_checkpoint (RheoRun *run, RheoPlace place, GError **error)
{
  g_autofree char *name = g_strdup_printf ("checkpoint/%" G_GINT64_FORMAT, place.batch);

  return read_current (run, read_item, name, NULL, error);
}

RheoTable *
rheo_run_read_analysis (RheoRun *run, const char *name, GError **error)
{
  g_autofree char *path = g_strconcat ("analysis/", name, NULL);

  return read_current (run, read_item, path, NULL, error);
}

/* --- adding ------------------------------------------------------------------------------------------------ */

static gboolean
add_analysis (const char *path, const char *parts, const char *id, int64_t iteration, const char *config,
              RheoTable *table, GError **error)
{
  g_autoptr (RheoIndex) index = rheo_index_new (path, error);
  g_autofree char *group = NULL;
  g_autofree char *name = NULL;
  int64_t n;

  if (index == NULL)
    return FALSE;
  n = rheo_index_last_analysis (index, id) + 1;
  group = g_strdup_printf ("analysis/%s/%" G_GINT64_FORMAT, id, n);
  name = g_strdup_printf ("analysis-%s-%" G_GINT64_FORMAT ".h5", id, n);
  /* Parts of a run that was not folded get one more; without those it is seen only once it is in the file. */
  if (!index->has_parts)
    rheo_parts_clear (parts);
  if (rheo_part_write (&(RheoPart){ parts, name, group, table, FALSE, iteration, -1, -1, config }, error))
    {
      rheo_index_add_analysis (index, id, n, name);
      if (rheo_index_fold (index, error))
        return TRUE;
    }
  if (!index->has_parts)
    rheo_parts_clear (parts);
  return FALSE;
}

static gboolean
remove_analysis (const char *path, const char *name, GError **error)
{
  g_autoptr (RheoIndex) index = rheo_index_new (path, error);

  if (index == NULL)
    return FALSE;
  if (!rheo_index_remove_analysis (index, name))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run holds no result %s."), name);
  return rheo_index_fold (index, error);
}

gboolean
rheo_run_remove_analysis (const char *path, const char *name, GError **error)
{
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);
  int lock = rheo_parts_lock (path, parts, error);
  gboolean ok;

  if (lock < 0)
    return FALSE;
  ok = remove_analysis (path, name, error);
  rheo_parts_unlock (parts, lock);
  return ok;
}

gboolean
rheo_run_add_analysis (const char *path, const char *id, int64_t iteration, const char *config_json, RheoTable *table,
                       GError **error)
{
  g_autofree char *parts = g_strconcat (path, ".parts", NULL);
  gboolean ok;
  int lock;

  if (!rheo_part_check_id (id, error) || !rheo_part_check_table (table, error))
    return FALSE;
  lock = rheo_parts_lock (path, parts, error);
  if (lock < 0)
    return FALSE;
  ok = add_analysis (path, parts, id, iteration, config_json, table, error);
  rheo_parts_unlock (parts, lock);
  return ok;
}
