#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/library-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/behind.h"
#include "app/run-facts.h"

#define SETTLE 200     /* ms that changes of the folder are collected before it is looked at */
#define WATCH 2000     /* ms between looks at runs that another process writes */
#define CHUNK 16       /* runs that a task reads before it hands them over */
#define KEEP 2000      /* runs that have been read before the cache is written anew */
#define MAX_SUFFIX 999 /* of names for new runs */

static GType get_item_type (GListModel *model);
static guint get_n_items (GListModel *model);
static gpointer get_item (GListModel *model, guint position);

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (RheoLibrary, rheo_library, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  READ,
  LEFT,
  TROUBLE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return RHEO_TYPE_RUN_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return RHEO_LIBRARY (model)->visible->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *visible = RHEO_LIBRARY (model)->visible;

  return position < visible->len ? g_object_ref (g_ptr_array_index (visible, position)) : NULL;
}

void
rheo_library_tell_read (RheoLibrary *library)
{
  g_signal_emit (library, signals[READ], 0);
}

void
rheo_library_tell_left (RheoLibrary *library, RheoRunItem *item)
{
  const RheoItemState state = rheo_run_item_get_facts (item)->state;

  if (rheo_run_item_get_ticket (item) == 0 && (state == RHEO_ITEM_INTERRUPTED || state == RHEO_ITEM_STOPPED))
    g_signal_emit (library, signals[LEFT], 0, item);
}

/* --- the list ---------------------------------------------------------------------------------------------------- */

static int
compare_items (gconstpointer a, gconstpointer b)
{
  RheoRunItem *x = *(RheoRunItem *const *) a, *y = *(RheoRunItem *const *) b;
  gint64 x_time = rheo_run_item_get_stamp (x)->time, y_time = rheo_run_item_get_stamp (y)->time;

  if (x_time != y_time)
    return x_time > y_time ? -1 : 1;
  return strcmp (rheo_run_item_get_facts (x)->path, rheo_run_item_get_facts (y)->path);
}

static gboolean
is_in_order (GPtrArray *items)
{
  for (guint i = 1; i < items->len; i++)
    if (compare_items (&items->pdata[i - 1], &items->pdata[i]) > 0)
      return FALSE;
  return TRUE;
}

/* Puts all runs that are to be seen in order, and tells of what differs between the first and the last change. */
void
rheo_library_update_visible (RheoLibrary *library)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&library->visible);
  g_autoptr (GHashTable) listed = g_hash_table_new (NULL, NULL);
  GPtrArray *new = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;
  guint first = 0, last = 0;

  /* Those that are in the list come in its order, which seldom changes: then nothing is to be sorted. */
  for (guint i = 0; i < old->len; i++)
    {
      RheoRunItem *item = g_ptr_array_index (old, i);

      if (rheo_run_item_get_ticket (item) == 0
          && g_hash_table_lookup (library->runs, rheo_run_item_get_facts (item)->path) == item)
        {
          g_ptr_array_add (new, g_object_ref (item));
          g_hash_table_add (listed, item);
        }
    }
  g_hash_table_iter_init (&iter, library->runs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (rheo_run_item_get_ticket (value) == 0 && !g_hash_table_contains (listed, value))
      g_ptr_array_add (new, g_object_ref (value));
  if (!is_in_order (new))
    g_ptr_array_sort (new, compare_items);
  library->visible = new;
  while (first < MIN (old->len, new->len) && g_ptr_array_index (old, first) == g_ptr_array_index (new, first))
    first++;
  while (last < MIN (old->len, new->len) - first
         && g_ptr_array_index (old, old->len - 1 - last) == g_ptr_array_index (new, new->len - 1 - last))
    last++;
  if (old->len != new->len || first < old->len)
    g_list_model_items_changed (G_LIST_MODEL (library), first, old->len - first - last, new->len - first - last);
}

/* Runs that another process writes do not change the folder, only their parts. */
static gboolean
on_watch (gpointer data)
{
  RheoLibrary *library = data;

  library->watch = 0;
  rheo_library_look (library);
  return G_SOURCE_REMOVE;
}

void
rheo_library_watch_running (RheoLibrary *library)
{
  for (guint i = 0; i < library->visible->len && library->watch == 0; i++)
    if (rheo_run_item_get_stamp (g_ptr_array_index (library->visible, i))->held)
      library->watch = g_timeout_add (WATCH, on_watch, library);
}

/* --- cache ------------------------------------------------------------------------------------------------------- */

static gboolean
is_worth_keeping (RheoRunItem *item)
{
  return rheo_run_item_is_read (item) && rheo_run_item_get_stamp (item)->parts == 0
         && rheo_run_item_get_facts (item)->state != RHEO_ITEM_BROKEN;
}

static void
write_cache_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  rheo_library_write_cache (g_object_get_data (G_OBJECT (task), "folder"), data);
  rheo_behind_end ();
  g_task_return_boolean (task, TRUE);
}

static void
keep (RheoLibrary *library)
{
  g_autoptr (GTask) task = NULL;
  GPtrArray *runs;
  GHashTableIter iter;
  gpointer value;

  if (!library->unkept)
    return;
  library->unkept = FALSE;
  library->n_unkept = 0;
  runs = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_found_free);
  g_hash_table_iter_init (&iter, library->runs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (is_worth_keeping (value))
      {
        RheoFound *run = g_new0 (RheoFound, 1);

        run->path = g_strdup (rheo_run_item_get_facts (value)->path);
        run->stamp = *rheo_run_item_get_stamp (value);
        run->value = g_variant_ref (rheo_run_item_get_value (value));
        g_ptr_array_add (runs, run);
      }
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_object_set_data_full (G_OBJECT (task), "folder", g_strdup (library->folder), g_free);
  g_task_set_task_data (task, runs, (GDestroyNotify) g_ptr_array_unref);
  rheo_behind_begin ();
  g_task_run_in_thread (task, write_cache_in_thread);
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  guint generation;
  GPtrArray *items; /* RheoRunItem */
  GPtrArray *found; /* RheoFound: the stamps that items had, and what was read */
} Chunk;

static void
free_chunk (Chunk *chunk)
{
  g_ptr_array_unref (chunk->items);
  g_ptr_array_unref (chunk->found);
  g_free (chunk);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Chunk *chunk = data;

  for (guint i = 0; i < chunk->found->len; i++)
    {
      RheoFound *found = g_ptr_array_index (chunk->found, i);

      found->value = rheo_run_facts_read (found->path);
    }
  g_task_return_boolean (task, TRUE);
}

static void
on_chunk_read (GObject *source, GAsyncResult *result, gpointer data)
{
  RheoLibrary *library = RHEO_LIBRARY (source);
  Chunk *chunk = g_task_get_task_data (G_TASK (result));

  library->reading = FALSE;
  for (guint i = 0; i < chunk->items->len && chunk->generation == library->generation; i++)
    {
      RheoRunItem *item = g_ptr_array_index (chunk->items, i);
      RheoFound *found = g_ptr_array_index (chunk->found, i);

      /* Renamed meanwhile: it is the same run. Changed meanwhile: it is read once more. */
      rheo_run_item_set_read (item, rheo_run_stamp_equal (rheo_run_item_get_stamp (item), &found->stamp));
      rheo_run_item_set_value (item, found->value);
      rheo_library_tell_left (library, item);
      library->unkept = library->unkept || is_worth_keeping (item);
    }
  /* What has been read of ten thousand runs is not lost when the window is closed meanwhile. */
  library->n_unkept += chunk->items->len;
  if (library->n_unkept >= KEEP)
    keep (library);
  rheo_library_tell_read (library);
  rheo_library_read_next (library);
}

void
rheo_library_read_next (RheoLibrary *library)
{
  g_autoptr (GTask) task = NULL;
  Chunk *chunk;
  GHashTableIter iter;
  gpointer value;

  if (library->reading)
    return;
  chunk = g_new0 (Chunk, 1);
  chunk->generation = library->generation;
  chunk->items = g_ptr_array_new_with_free_func (g_object_unref);
  chunk->found = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_found_free);
  g_hash_table_iter_init (&iter, library->runs);
  while (chunk->items->len < CHUNK && g_hash_table_iter_next (&iter, NULL, &value))
    if (!rheo_run_item_is_read (value))
      {
        RheoFound *found = g_new0 (RheoFound, 1);

        found->path = g_strdup (rheo_run_item_get_facts (value)->path);
        found->stamp = *rheo_run_item_get_stamp (value);
        g_ptr_array_add (chunk->items, g_object_ref (value));
        g_ptr_array_add (chunk->found, found);
      }
  if (chunk->items->len == 0)
    {
      free_chunk (chunk);
      keep (library);
      return;
    }
  library->reading = TRUE;
  task = g_task_new (library, NULL, on_chunk_read, NULL);
  g_task_set_task_data (task, chunk, (GDestroyNotify) free_chunk);
  g_task_run_in_thread (task, read_in_thread);
}

/* --- looking into the folder --------------------------------------------------------------------------------------- */

typedef struct
{
  guint generation;
  char *folder;
  gboolean use_cache;
} Look;

static void
free_look (Look *look)
{
  g_free (look->folder);
  g_free (look);
}

static void
scan_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look *look = data;

  g_task_return_pointer (task, rheo_library_scan (look->folder, look->use_cache), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer data)
{
  RheoLibrary *library = RHEO_LIBRARY (source);
  Look *look = g_task_get_task_data (G_TASK (result));
  GPtrArray *found = g_task_propagate_pointer (G_TASK (result), NULL);

  rheo_library_take (library, found, look->generation);
}

void
rheo_library_look (RheoLibrary *library)
{
  g_autoptr (GTask) task = NULL;
  Look *look;

  if (library->scanning)
    {
      library->scan_again = TRUE;
      return;
    }
  library->scanning = TRUE;
  look = g_new0 (Look, 1);
  look->generation = library->generation;
  look->folder = g_strdup (library->folder);
  look->use_cache = !library->listed;
  task = g_task_new (library, NULL, on_scanned, NULL);
  g_task_set_task_data (task, look, (GDestroyNotify) free_look);
  g_task_run_in_thread (task, scan_in_thread);
}

static gboolean
on_settled (gpointer data)
{
  RheoLibrary *library = data;

  library->settle = 0;
  rheo_library_look (library);
  return G_SOURCE_REMOVE;
}

static void
on_folder_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer data)
{
  RheoLibrary *library = data;

  if (library->settle == 0)
    library->settle = g_timeout_add (SETTLE, on_settled, library);
}

/* --- the object ---------------------------------------------------------------------------------------------------- */

static void
close_folder (RheoLibrary *library)
{
  GHashTableIter iter;
  gpointer value;

  if (library->monitor != NULL)
    g_file_monitor_cancel (library->monitor);
  g_clear_object (&library->monitor);
  keep (library);
  /* What is being read meanwhile comes to nothing. */
  library->generation++;
  g_clear_handle_id (&library->settle, g_source_remove);
  g_clear_handle_id (&library->watch, g_source_remove);
  rheo_library_drop_taking (library);
  g_hash_table_iter_init (&iter, library->runs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (rheo_run_item_get_ticket (value) != 0)
      rheo_run_files_trash (rheo_run_item_get_facts (value)->path, NULL);
  g_hash_table_remove_all (library->runs);
}

void
rheo_library_shut (RheoLibrary *library)
{
  close_folder (library);
}

static void
dispose (GObject *object)
{
  RheoLibrary *library = RHEO_LIBRARY (object);

  close_folder (library);
  G_OBJECT_CLASS (rheo_library_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoLibrary *library = RHEO_LIBRARY (object);

  g_free (library->folder);
  g_hash_table_unref (library->runs);
  g_ptr_array_unref (library->visible);
  G_OBJECT_CLASS (rheo_library_parent_class)->finalize (object);
}

static void
rheo_library_class_init (RheoLibraryClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[READ] = g_signal_new ("read", RHEO_TYPE_LIBRARY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEFT] = g_signal_new ("left", RHEO_TYPE_LIBRARY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                RHEO_TYPE_RUN_ITEM);
  signals[TROUBLE] = g_signal_new ("trouble", RHEO_TYPE_LIBRARY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_STRING);
}

static void
rheo_library_init (RheoLibrary *library)
{
  library->runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  library->visible = g_ptr_array_new_with_free_func (g_object_unref);
}

RheoLibrary *
rheo_library_new (const char *folder)
{
  RheoLibrary *library = g_object_new (RHEO_TYPE_LIBRARY, NULL);

  rheo_library_set_folder (library, folder);
  return library;
}

const char *
rheo_library_get_folder (RheoLibrary *library)
{
  return library->folder;
}

void
rheo_library_set_folder (RheoLibrary *library, const char *folder)
{
  g_autofree char *path = g_canonicalize_filename (folder, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  if (g_strcmp0 (path, library->folder) == 0)
    return;
  close_folder (library);
  g_free (library->folder);
  library->folder = g_steal_pointer (&path);
  library->listed = FALSE;
  rheo_library_update_visible (library);
  library->monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (library->monitor != NULL)
    g_signal_connect_object (library->monitor, "changed", G_CALLBACK (on_folder_changed), library, 0);
  rheo_library_look (library);
}

#define LONGEST_TASK 40 /* characters of a file's name */

/* "reach-left" of the file /data/reach left.csv that a task reads. */
static char *
dup_file_words (const char *file)
{
  g_autofree char *name = g_path_get_basename (file), *whole = NULL;
  char *end = strrchr (name, '.');

  if (end != NULL && end > name)
    *end = '\0';
  whole = g_utf8_make_valid (name, -1);
  g_strdelimit (whole, " \t\n", '-');
  return g_utf8_strlen (whole, -1) > LONGEST_TASK ? g_utf8_substring (whole, 0, LONGEST_TASK)
                                                  : g_steal_pointer (&whole);
}

/* What is learned: of one's own data the file, else the first words of the id, as many as say something: "robot" of
 * "robot-trajectory", "3-bit" of "3-bit-flip-flop". */
static char *
dup_task_words (const RheoExperiment *experiment)
{
  const RheoComponent *component = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  g_autofree char *file = rheo_experiment_dup_value (experiment, "task.file", NULL);
  const char *id = component != NULL ? component->id : "run";
  const char *end = strlen (id) > 3 ? strchr (id + 3, '-') : NULL;

  if (file != NULL && *file != '\0')
    return dup_file_words (file);
  return end != NULL ? g_strndup (id, (gsize) (end - id)) : g_strdup (id);
}

char *
rheo_library_dup_new_path (RheoLibrary *library, const RheoExperiment *experiment, GError **error)
{
  g_autofree char *task = dup_task_words (experiment);
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  int seed = rheo_experiment_get_run (experiment)->seed;

  if (g_mkdir_with_parents (library->folder, 0777) != 0)
    {
      rheo_fail (error, RHEO_ERROR_IO, _ ("The folder %s cannot be made: %s."), library->folder, g_strerror (errno));
      return NULL;
    }
  for (int i = 1; i <= MAX_SUFFIX; i++)
    {
      g_autofree char *end = i > 1 ? g_strdup_printf ("-%d", i) : g_strdup ("");
      g_autofree char *name = g_strdup_printf ("%s-%s-seed%d%s.h5", task, model != NULL ? model->id : "net", seed, end);
      g_autofree char *path = g_build_filename (library->folder, name, NULL);
      g_autofree char *parts = g_strconcat (path, ".parts", NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (parts, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds %d runs of this experiment with seed %d. Choose another folder."),
             library->folder, MAX_SUFFIX, seed);
  return NULL;
}

RheoRunItem *
rheo_library_find (RheoLibrary *library, const char *path)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  RheoRunItem *item = g_hash_table_lookup (library->runs, whole);

  return item != NULL && rheo_run_item_get_ticket (item) == 0 ? item : NULL;
}

void
rheo_library_refresh (RheoLibrary *library)
{
  rheo_library_look (library);
}

gboolean
rheo_library_is_busy (RheoLibrary *library)
{
  return library->scanning || library->reading || library->settle != 0;
}

/* --- what is done with runs ---------------------------------------------------------------------------------------- */

gboolean
rheo_library_rename (RheoLibrary *library, RheoRunItem *item, const char *name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *old = g_strdup (rheo_run_item_get_facts (item)->path);
  g_autofree char *path = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, library->runs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (names, (gpointer) rheo_run_item_get_facts (value)->name);
  g_ptr_array_add (names, NULL);
  path = rheo_run_files_rename (old, name, (const char *const *) names->pdata, error);
  if (path == NULL)
    return FALSE;
  g_object_ref (item);
  g_hash_table_remove (library->runs, old);
  g_hash_table_insert (library->runs, g_strdup (path), item);
  rheo_run_item_set_path (item, path);
  library->unkept = TRUE;
  rheo_library_look (library);
  return TRUE;
}

gboolean
rheo_library_set_tags (RheoLibrary *library, RheoRunItem *item, const char *const *tags, GError **error)
{
  static const char *const none[] = { NULL };

  if (!rheo_run_tags_write (rheo_run_item_get_facts (item)->path, tags, error))
    return FALSE;
  rheo_run_item_set_tags (item, tags != NULL ? tags : none);
  rheo_library_tell_read (library);
  return TRUE;
}

guint
rheo_library_trash (RheoLibrary *library, GPtrArray *items)
{
  guint ticket = library->last_ticket + 1;

  for (guint i = 0; i < items->len; i++)
    if (!rheo_run_is_written (rheo_run_item_get_facts (g_ptr_array_index (items, i))->path))
      {
        rheo_run_item_set_ticket (g_ptr_array_index (items, i), ticket);
        library->last_ticket = ticket;
      }
  if (library->last_ticket != ticket)
    return 0;
  rheo_library_update_visible (library);
  return ticket;
}

/* Items of a ticket (RheoRunItem). */
static GPtrArray *
list_ticket (RheoLibrary *library, guint ticket)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, library->runs);
  while (ticket != 0 && g_hash_table_iter_next (&iter, NULL, &value))
    if (rheo_run_item_get_ticket (value) == ticket)
      g_ptr_array_add (items, g_object_ref (value));
  return items;
}

void
rheo_library_trash_undo (RheoLibrary *library, guint ticket)
{
  g_autoptr (GPtrArray) items = list_ticket (library, ticket);

  for (guint i = 0; i < items->len; i++)
    rheo_run_item_set_ticket (g_ptr_array_index (items, i), 0);
  rheo_library_update_visible (library);
}

typedef struct
{
  GPtrArray *items, *paths; /* RheoRunItem, char * */
  char **troubles;          /* one for each path, or NULL */
} Leaving;

static void
free_leaving (Leaving *leaving)
{
  for (guint i = 0; i < leaving->paths->len; i++)
    g_free (leaving->troubles[i]);
  g_free (leaving->troubles);
  g_ptr_array_unref (leaving->items);
  g_ptr_array_unref (leaving->paths);
  g_free (leaving);
}

static void
trash_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Leaving *leaving = data;

  for (guint i = 0; i < leaving->paths->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!rheo_run_files_trash (g_ptr_array_index (leaving->paths, i), &error))
        leaving->troubles[i] = g_strdup (error->message);
    }
  g_task_return_boolean (task, TRUE);
}

/* A run that could not go is seen again. */
static void
on_trashed (GObject *source, GAsyncResult *result, gpointer data)
{
  RheoLibrary *library = RHEO_LIBRARY (source);
  Leaving *leaving = g_task_get_task_data (G_TASK (result));

  for (guint i = 0; i < leaving->items->len; i++)
    {
      RheoRunItem *item = g_ptr_array_index (leaving->items, i);
      const char *path = g_ptr_array_index (leaving->paths, i);

      rheo_run_item_set_ticket (item, 0);
      if (leaving->troubles[i] != NULL)
        g_signal_emit (library, signals[TROUBLE], 0, leaving->troubles[i]);
      else if (g_hash_table_lookup (library->runs, path) == item)
        g_hash_table_remove (library->runs, path);
    }
  library->unkept = TRUE;
  rheo_library_update_visible (library);
  rheo_library_look (library);
}

void
rheo_library_trash_commit (RheoLibrary *library, guint ticket)
{
  Leaving *leaving = g_new0 (Leaving, 1);
  g_autoptr (GTask) task = g_task_new (library, NULL, on_trashed, NULL);

  leaving->items = list_ticket (library, ticket);
  leaving->paths = g_ptr_array_new_with_free_func (g_free);
  leaving->troubles = g_new0 (char *, leaving->items->len + 1);
  for (guint i = 0; i < leaving->items->len; i++)
    {
      /* Too late to undo. */
      rheo_run_item_set_ticket (g_ptr_array_index (leaving->items, i), G_MAXUINT);
      g_ptr_array_add (leaving->paths,
                       g_strdup (rheo_run_item_get_facts (g_ptr_array_index (leaving->items, i))->path));
    }
  g_task_set_task_data (task, leaving, (GDestroyNotify) free_leaving);
  if (leaving->items->len > 0)
    g_task_run_in_thread (task, trash_in_thread);
}
