#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "json-text.h"

#define N_WAITING 2 /* jobs in the queue, beside the one that is being written */

/* Metrics (name NULL) or a log. */
typedef struct
{
  char *name, *path;
  int fd, n_columns;
} Log;

typedef struct
{
  RheoPartKind kind; /* EPOCH, CHECKPOINT or ANALYSIS */
  RheoPlace place;
  gboolean marked;
  char *id, *config; /* of an analysis */
  int64_t n;
  RheoTable *table;
} Job;

struct RheoStore
{
  char *path, *parts, *run_id;
  int lock;
  RheoIndex *before; /* of the file that is resumed, or NULL */
  GPtrArray *logs;   /* Log */
  int journal;       /* -1: nothing in it yet */
  double seconds;
  GHashTable *analyses; /* id -> last number */

  pthread_t writer;
  gboolean has_writer;
  pthread_mutex_t mutex;  /* of everything below, and of the lists of open files above */
  pthread_cond_t changed; /* something was queued or finished */
  Job queue[N_WAITING];
  int n_queued;
  gboolean busy, quit;
  GError *failure; /* first one that nobody was told of */
};

static void
free_log (gpointer data)
{
  Log *log = data;

  close (log->fd);
  g_free (log->name);
  g_free (log->path);
  g_free (log);
}

static void
clear_job (Job *job)
{
  rheo_table_unref (job->table);
  g_free (job->id);
  g_free (job->config);
}

/* --- the writer thread ------------------------------------------------------------------------------------- */

static char *
checkpoint_name (RheoPlace place, gboolean marked)
{
  return g_strdup_printf ("checkpoint-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "%s.h5", place.iteration, place.batch,
                          marked ? "-marked" : "");
}

static void
remove_checkpoint (const RheoStore *store, RheoPlace place)
{
  g_autofree char *name = checkpoint_name (place, FALSE);
  g_autofree char *path = g_build_filename (store->parts, name, NULL);

  g_unlink (path);
}

static int
compare_batches (gconstpointer a, gconstpointer b)
{
  const RheoPartName *x = a, *y = b;

  return (x->batch < y->batch) - (x->batch > y->batch);
}

/* All but the newest and the marked ones. */
static void
remove_old_checkpoints (const RheoStore *store)
{
  g_autoptr (GArray) found = g_array_new (FALSE, TRUE, sizeof (RheoPartName));
  g_autoptr (GDir) folder = g_dir_open (store->parts, 0, NULL);
  const char *file;

  while (folder != NULL && (file = g_dir_read_name (folder)) != NULL)
    {
      RheoPartName part = rheo_part_parse (file);

      g_clear_pointer (&part.name, g_free);
      if (part.kind == RHEO_PART_CHECKPOINT)
        g_array_append_val (found, part);
    }
  g_array_sort (found, compare_batches);
  for (guint i = RHEO_N_CHECKPOINTS; i < found->len; i++)
    {
      const RheoPartName *part = &g_array_index (found, RheoPartName, i);

      if (!part->marked)
        remove_checkpoint (store, (RheoPlace){ part->iteration, part->batch });
    }
}

/* Records on disk for good, not only in the system's memory. */
static gboolean
sync_records (RheoStore *store, GError **error)
{
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (int));

  pthread_mutex_lock (&store->mutex);
  for (guint i = 0; i < store->logs->len; i++)
    g_array_append_val (files, ((Log *) g_ptr_array_index (store->logs, i))->fd);
  if (store->journal >= 0)
    g_array_append_val (files, store->journal);
  pthread_mutex_unlock (&store->mutex);
  for (guint i = 0; i < files->len; i++)
    if (fdatasync (g_array_index (files, int, i)) < 0)
      return rheo_fail_system (store->parts, errno, TRUE, error);
  return TRUE;
}

static gboolean
write_checkpoint (RheoStore *store, const Job *job, RheoPart *part, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *group = g_strdup_printf ("checkpoint/%" G_GINT64_FORMAT, job->place.batch);
  g_autofree char *marked_name = checkpoint_name (job->place, TRUE);
  g_autofree char *marked_path = g_build_filename (store->parts, marked_name, NULL);

  /* A mark stays when the same place is saved again. */
  part->marked = job->marked || g_file_test (marked_path, G_FILE_TEST_EXISTS);
  part->part = name = checkpoint_name (job->place, part->marked);
  part->group = group;
  part->batch = job->place.batch;
  part->plain = TRUE;
  /* What was recorded before a checkpoint must be there with it, after a power cut too. */
  if (!sync_records (store, error) || !rheo_part_write (part, error))
    return FALSE;
  if (part->marked)
    remove_checkpoint (store, job->place);
  remove_old_checkpoints (store);
  return TRUE;
}

static gboolean
write_job (RheoStore *store, const Job *job, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *group = NULL;
  RheoPart part = { store->parts, NULL, NULL, job->table, FALSE, job->place.iteration, -1, -1, job->config };

  if (job->kind == RHEO_PART_CHECKPOINT)
    return write_checkpoint (store, job, &part, error);
  if (job->kind == RHEO_PART_EPOCH)
    {
      part.part = name = g_strdup_printf ("epoch-%" G_GINT64_FORMAT ".h5", job->place.iteration);
      part.group = group = g_strdup_printf ("epochs/%" G_GINT64_FORMAT, job->place.iteration);
    }
  else
    {
      part.part = name = g_strdup_printf ("analysis-%s-%" G_GINT64_FORMAT ".h5", job->id, job->n);
      part.group = group = g_strdup_printf ("analysis/%s/%" G_GINT64_FORMAT, job->id, job->n);
    }
  return rheo_part_write (&part, error);
}

static void *
run_writer (void *data)
{
  RheoStore *store = data;

  pthread_mutex_lock (&store->mutex);
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      Job job;

      while (store->n_queued == 0 && !store->quit)
        pthread_cond_wait (&store->changed, &store->mutex);
      if (store->n_queued == 0)
        break;
      job = store->queue[0];
      store->n_queued--;
      memmove (store->queue, store->queue + 1, (size_t) store->n_queued * sizeof job);
      store->busy = TRUE;
      pthread_cond_broadcast (&store->changed);
      pthread_mutex_unlock (&store->mutex);
      write_job (store, &job, &error);
      clear_job (&job);
      pthread_mutex_lock (&store->mutex);
      store->busy = FALSE;
      if (error != NULL && store->failure == NULL)
        store->failure = g_steal_pointer (&error);
      pthread_cond_broadcast (&store->changed);
    }
  pthread_mutex_unlock (&store->mutex);
  return NULL;
}

/* Signals are for the threads of the program. */
static gboolean
start_writer (RheoStore *store, GError **error)
{
  sigset_t all, before;
  int code;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  code = pthread_create (&store->writer, NULL, run_writer, store);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (code != 0)
    return rheo_fail_system (store->path, code, TRUE, error);
  store->has_writer = TRUE;
  return TRUE;
}

/* TRUE: nothing went wrong that was not told yet. The caller holds the mutex. */
static gboolean
tell_failure (RheoStore *store, GError **error)
{
  if (store->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&store->failure));
  return FALSE;
}

static gboolean
tell_failure_locked (RheoStore *store, GError **error)
{
  gboolean ok;

  pthread_mutex_lock (&store->mutex);
  ok = tell_failure (store, error);
  pthread_mutex_unlock (&store->mutex);
  return ok;
}

/* Takes the job. */
static gboolean
enqueue (RheoStore *store, Job job, GError **error)
{
  gboolean ok = rheo_part_check_table (job.table, error);

  pthread_mutex_lock (&store->mutex);
  ok = ok && tell_failure (store, error);
  if (ok)
    {
      while (store->n_queued == N_WAITING)
        pthread_cond_wait (&store->changed, &store->mutex);
      store->queue[store->n_queued++] = job;
      pthread_cond_broadcast (&store->changed);
    }
  pthread_mutex_unlock (&store->mutex);
  if (!ok)
    clear_job (&job);
  return ok;
}

gboolean
rheo_store_put_epoch (RheoStore *store, int64_t iteration, RheoTable *table, GError **error)
{
  g_return_val_if_fail (iteration >= 0, FALSE);
  return enqueue (store, (Job){ RHEO_PART_EPOCH, { iteration, 0 }, .table = rheo_table_ref (table) }, error);
}

gboolean
rheo_store_put_checkpoint (RheoStore *store, RheoPlace place, RheoTable *table, gboolean marked, GError **error)
{
  g_return_val_if_fail (place.iteration >= 0 && place.batch >= 0, FALSE);
  return enqueue (store, (Job){ RHEO_PART_CHECKPOINT, place, marked, .table = rheo_table_ref (table) }, error);
}

static int64_t *
count_analyses (RheoStore *store, const char *id)
{
  int64_t *last = g_hash_table_lookup (store->analyses, id);

  if (last == NULL)
    {
      last = g_new0 (int64_t, 1);
      *last = store->before != NULL ? rheo_index_last_analysis (store->before, id) : 0;
      g_hash_table_insert (store->analyses, g_strdup (id), last);
    }
  return last;
}

int64_t
rheo_store_get_last_analysis (RheoStore *store, const char *id)
{
  return *count_analyses (store, id);
}

gboolean
rheo_store_put_analysis (RheoStore *store, const char *id, int64_t iteration, const char *config_json, RheoTable *table,
                         GError **error)
{
  if (!rheo_part_check_id (id, error))
    return FALSE;
  return enqueue (store,
                  (Job){ RHEO_PART_ANALYSIS,
                         { iteration, 0 },
                         FALSE,
                         g_strdup (id),
                         g_strdup (config_json),
                         ++*count_analyses (store, id),
                         rheo_table_ref (table) },
                  error);
}

gboolean
rheo_store_sync (RheoStore *store, GError **error)
{
  gboolean ok;

  pthread_mutex_lock (&store->mutex);
  while (store->n_queued > 0 || store->busy)
    pthread_cond_wait (&store->changed, &store->mutex);
  ok = tell_failure (store, error);
  pthread_mutex_unlock (&store->mutex);
  return ok && sync_records (store, error);
}

/* --- records ----------------------------------------------------------------------------------------------- */

static Log *
find_log (const RheoStore *store, const char *name)
{
  for (guint i = 0; i < store->logs->len; i++)
    {
      Log *log = g_ptr_array_index (store->logs, i);

      if (g_strcmp0 (log->name, name) == 0)
        return log;
    }
  return NULL;
}

/* A run that goes on keeps its columns. */
static gboolean
check_columns (const RheoStore *store, const char *log, const RheoStoreColumn *columns, int n, GError **error)
{
  static const char *const fixed[] = { "iteration", "batch", "seconds", NULL };
  g_auto (GStrv) had = store->before != NULL ? rheo_index_dup_columns (store->before, log) : NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *old_list = NULL;
  g_autofree char *new_list = NULL;

  for (int i = 0; i < n; i++)
    {
      if (!rheo_part_check_key (columns[i].name, error))
        return FALSE;
      if (g_strv_contains (fixed, columns[i].name))
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("“%s” is a column of every record."), columns[i].name);
      for (int j = 0; j < i; j++)
        if (g_str_equal (columns[i].name, columns[j].name))
          return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There are two columns “%s”."), columns[i].name);
      g_ptr_array_add (names, (char *) columns[i].name);
    }
  g_ptr_array_add (names, NULL);
  if (had == NULL || g_strv_equal ((const char *const *) had, (const char *const *) names->pdata))
    return TRUE;
  old_list = g_strjoinv (", ", had);
  new_list = g_strjoinv (", ", (char **) names->pdata);
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("%s cannot go on: it holds the columns %s, and the experiment now gives %s."), store->path,
                    old_list, new_list);
}

gboolean
rheo_store_declare (RheoStore *store, const char *log, const RheoStoreColumn *columns, int n, GError **error)
{
  g_autofree char *head = rheo_log_dup_head (columns, n);
  g_autofree char *file = log != NULL ? g_strconcat ("log-", log, NULL) : g_strdup ("metrics");
  g_autofree char *path = g_build_filename (store->parts, file, NULL);
  Log *made;
  int fd;

  g_return_val_if_fail (find_log (store, log) == NULL, FALSE);
  g_return_val_if_fail (log == NULL || rheo_part_valid_name (log), FALSE);
  if (!check_columns (store, log, columns, n, error))
    return FALSE;
  fd = rheo_log_create (path, head, error);
  if (fd < 0)
    return FALSE;
  made = g_new0 (Log, 1);
  made->name = g_strdup (log);
  made->path = g_steal_pointer (&path);
  made->fd = fd;
  made->n_columns = n;
  pthread_mutex_lock (&store->mutex);
  g_ptr_array_add (store->logs, made);
  pthread_mutex_unlock (&store->mutex);
  return TRUE;
}

static void
put_word (uint8_t *payload, int i, const void *value)
{
  uint64_t word;

  memcpy (&word, value, sizeof word);
  word = GUINT64_TO_LE (word);
  memcpy (payload + 8 * i, &word, sizeof word);
}

gboolean
rheo_store_append (RheoStore *store, const char *log, RheoPlace place, double seconds, const double *values,
                   GError **error)
{
  const Log *to = find_log (store, log);
  g_autofree uint8_t *payload = NULL;

  g_return_val_if_fail (to != NULL, FALSE);
  if (!tell_failure_locked (store, error))
    return FALSE;
  payload = g_malloc ((size_t) (to->n_columns + RHEO_N_FIXED) * 8);
  put_word (payload, 0, &place.iteration);
  put_word (payload, 1, &place.batch);
  put_word (payload, 2, &seconds);
  for (int i = 0; i < to->n_columns; i++)
    put_word (payload, RHEO_N_FIXED + i, &values[i]);
  store->seconds = MAX (store->seconds, seconds);
  return rheo_log_append (to->fd, to->path, payload, (size_t) (to->n_columns + RHEO_N_FIXED) * 8, error);
}

gboolean
rheo_store_journal (RheoStore *store, RheoPlace place, const char *key, const char *old_value, const char *new_value,
                    GError **error)
{
  g_autofree char *path = g_build_filename (store->parts, "journal", NULL);
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  const char *const texts[] = { key, old_value != NULL ? old_value : "", new_value != NULL ? new_value : "" };

  if (!tell_failure_locked (store, error))
    return FALSE;
  if (store->journal < 0)
    {
      int fd = rheo_log_create (path, RHEO_JOURNAL_HEAD, error);

      if (fd < 0)
        return FALSE;
      pthread_mutex_lock (&store->mutex);
      store->journal = fd;
      pthread_mutex_unlock (&store->mutex);
    }
  g_byte_array_set_size (payload, 16);
  put_word (payload->data, 0, &place.iteration);
  put_word (payload->data, 1, &place.batch);
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_byte_array_append (payload, (const guint8 *) texts[i], (guint) strlen (texts[i]) + 1);
  return rheo_log_append (store->journal, path, payload->data, payload->len, error);
}

/* --- beginning and end ------------------------------------------------------------------------------------- */

static RheoStore *
new_store (const char *path)
{
  RheoStore *store = g_new0 (RheoStore, 1);

  store->path = g_strdup (path);
  store->parts = g_strconcat (path, ".parts", NULL);
  store->lock = -1;
  store->journal = -1;
  store->logs = g_ptr_array_new_with_free_func (free_log);
  store->analyses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  pthread_mutex_init (&store->mutex, NULL);
  pthread_cond_init (&store->changed, NULL);
  return store;
}

/* Ends the thread after what is queued, closes the files of the records. */
static void
stop_writing (RheoStore *store)
{
  if (store->has_writer)
    {
      pthread_mutex_lock (&store->mutex);
      store->quit = TRUE;
      pthread_cond_broadcast (&store->changed);
      pthread_mutex_unlock (&store->mutex);
      pthread_join (store->writer, NULL);
      store->has_writer = FALSE;
    }
  g_ptr_array_set_size (store->logs, 0);
  if (store->journal >= 0)
    close (store->journal);
  store->journal = -1;
}

static void
free_store (RheoStore *store)
{
  if (store == NULL)
    return;
  stop_writing (store);
  if (store->lock >= 0)
    rheo_parts_unlock (store->parts, store->lock);
  rheo_index_free (store->before);
  g_ptr_array_unref (store->logs);
  g_hash_table_destroy (store->analyses);
  g_clear_error (&store->failure);
  pthread_cond_destroy (&store->changed);
  pthread_mutex_destroy (&store->mutex);
  g_free (store->path);
  g_free (store->parts);
  g_free (store->run_id);
  g_free (store);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoStore, free_store)

static void
add_text (GString *json, const char *key, const char *value)
{
  g_string_append_printf (json, ",\n  \"%s\": ", key);
  rheo_json_append_string (json, value);
}

/* Writes what makes the parts a run, "run.json" last. */
static gboolean
begin (RheoStore *store, const RheoExperiment *experiment, const char *parent, int64_t parent_iteration,
       const char *created, RheoPlace base, const RheoStoreDevice *device, GError **error)
{
  g_autofree char *text = rheo_experiment_dup_json (experiment);
  g_autofree char *session = g_uuid_string_random ();
  g_autoptr (GString) json = g_string_new (NULL);
  const RheoRunRows *rows = rheo_experiment_get_run ((RheoExperiment *) experiment);

  g_string_append_printf (json, "{\n  \"format\": %d", RHEO_STORE_FORMAT);
  add_text (json, "app-version", RHEO_VERSION);
  add_text (json, "run-id", store->run_id);
  add_text (json, "session", session);
  if (parent != NULL)
    {
      add_text (json, "parent-run-id", parent);
      g_string_append_printf (json, ",\n  \"parent-iteration\": %" G_GINT64_FORMAT, parent_iteration);
    }
  if (base.batch >= 0)
    g_string_append_printf (json,
                            ",\n  \"resumed-iteration\": %" G_GINT64_FORMAT ",\n  \"resumed-batch\": %" G_GINT64_FORMAT,
                            base.iteration, base.batch);
  add_text (json, "created", created);
  add_text (json, "host", g_get_host_name ());
  if (device != NULL)
    add_text (json, "device", device->name);
  if (device != NULL && device->reason != NULL)
    add_text (json, "device-reason", device->reason);
  g_string_append_printf (json, ",\n  \"seed\": %d\n}\n", rows->seed);
  return rheo_parts_write_text (store->parts, "experiment.json", text, error)
         && rheo_parts_write_text (store->parts, "run.json", json->str, error) && start_writer (store, error);
}

static gboolean
check_new (const RheoStore *store, GError **error)
{
  g_autofree char *run = g_build_filename (store->parts, "run.json", NULL);

  if (g_file_test (store->path, G_FILE_TEST_EXISTS))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("%s exists already."), store->path);
  if (g_file_test (run, G_FILE_TEST_EXISTS) && !rheo_parts_is_locked (store->parts))
    return rheo_fail (error, RHEO_ERROR_IO,
                      _ ("%s exists already: an interrupted run, which lies in %s. Resume it or remove that folder."),
                      store->path, store->parts);
  return TRUE;
}

RheoStore *
rheo_store_create (const char *path, const RheoExperiment *experiment, const char *parent, int64_t parent_iteration,
                   const RheoStoreDevice *device, GError **error)
{
  g_autoptr (RheoStore) store = new_store (path);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *created = g_date_time_format (now, "%FT%T%:z");

  if (!check_new (store, error))
    return NULL;
  store->lock = rheo_parts_lock (path, store->parts, error);
  if (store->lock < 0)
    return NULL;
  /* Another process may have come and gone in between. */
  if (!check_new (store, error))
    return NULL;
  rheo_parts_clear (store->parts);
  store->run_id = g_uuid_string_random ();
  if (!begin (store, experiment, parent, parent_iteration, created, (RheoPlace){ -1, -1 }, device, error))
    {
      rheo_parts_clear (store->parts);
      return NULL;
    }
  return g_steal_pointer (&store);
}

RheoStore *
rheo_store_resume (const char *path, RheoPlace at, const RheoExperiment *experiment, const RheoStoreDevice *device,
                   GError **error)
{
  g_autoptr (RheoStore) store = new_store (path);
  g_autofree char *name = g_strdup_printf ("checkpoint/%" G_GINT64_FORMAT, at.batch);
  g_autoptr (RheoIndex) index = rheo_index_new (path, error);
  const RheoItem *item;

  /* Looked at before it is locked too: nothing is made beside a file that is not there. */
  if (index == NULL)
    return NULL;
  store->lock = rheo_parts_lock (path, store->parts, error);
  if (store->lock < 0)
    return NULL;
  rheo_index_free (index);
  index = rheo_index_new (path, error);
  if (index == NULL)
    return NULL;
  item = rheo_index_find (index, name);
  if (item == NULL || item->place.iteration != at.iteration)
    {
      rheo_index_fail_missing (index, index->checkpoints, name, error);
      return NULL;
    }
  if (!rheo_index_fold (index, error))
    return NULL;
  store->before = rheo_index_new (path, error);
  if (store->before == NULL)
    return NULL;
  store->run_id = g_strdup (store->before->run_id);
  store->seconds = 0;
  if (!begin (store, experiment, store->before->parent, store->before->parent_iteration,
              store->before->created != NULL ? store->before->created : "", at, device, error))
    {
      rheo_parts_clear (store->parts);
      return NULL;
    }
  return g_steal_pointer (&store);
}

static gboolean
fold (RheoStore *store, GError **error)
{
  g_autoptr (RheoIndex) index = rheo_index_new (store->path, error);

  return index != NULL && rheo_index_fold (index, error);
}

static gboolean
write_stop (const RheoStore *store, const char *reason, GError **error)
{
  g_autoptr (GString) json = g_string_new ("{\n  \"reason\": ");

  rheo_json_append_string (json, reason);
  g_string_append (json, ",\n  \"seconds\": ");
  rheo_json_append_number (json, store->seconds);
  g_string_append (json, "\n}\n");
  return rheo_parts_write_text (store->parts, "stop.json", json->str, error);
}

gboolean
rheo_store_close (RheoStore *store, const char *stop_reason, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (store == NULL)
    return TRUE;
  stop_writing (store);
  if (stop_reason == NULL || write_stop (store, stop_reason, &why))
    fold (store, &why);
  /* What the writer could not save comes first; the rest was folded all the same. */
  if (store->failure != NULL)
    {
      g_clear_error (&why);
      why = g_steal_pointer (&store->failure);
    }
  free_store (store);
  if (why == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

void
rheo_store_discard (RheoStore *store)
{
  stop_writing (store);
  rheo_parts_clear (store->parts);
  unlink (store->path);
  free_store (store);
}

const char *
rheo_store_get_path (const RheoStore *store)
{
  return store->path;
}

const char *
rheo_store_get_run_id (const RheoStore *store)
{
  return store->run_id;
}
