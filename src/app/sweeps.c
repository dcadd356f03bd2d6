#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/sweeps.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _RheoSweeps
{
  GObject parent_instance;
  GListStore *list;
  char *folder;
  GCancellable *reading;
  gboolean shut;
};

static void list_model_init (GListModelInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (RheoSweeps, rheo_sweeps, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  CHANGED,
  RESUMED,
  ENDED,
  TROUBLE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return RHEO_TYPE_SWEEP_WATCH;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (RHEO_SWEEPS (model)->list));
}

static gpointer
get_item (GListModel *model, guint i)
{
  return g_list_model_get_item (G_LIST_MODEL (RHEO_SWEEPS (model)->list), i);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* --- turns ------------------------------------------------------------------------------------------------------- */

static gboolean
has_left (RheoSweepWatch *watch)
{
  const RheoSweepSight *sight = rheo_sweep_watch_get (watch);

  return sight != NULL && sight->count[RHEO_ROW_WAITING] + sight->count[RHEO_ROW_RUNNING] > 0;
}

/* The oldest one that may go on, where none does. */
static void
start_next (RheoSweeps *sweeps)
{
  RheoSweepWatch *next = NULL;

  for (guint i = 0; i < get_n_items (G_LIST_MODEL (sweeps)); i++)
    {
      g_autoptr (RheoSweepWatch) watch = g_list_model_get_item (G_LIST_MODEL (sweeps), i);

      if (sweeps->shut || rheo_sweep_watch_is_driving (watch))
        return;
      if (!rheo_sweep_watch_is_paused (watch) && has_left (watch))
        next = watch;
    }
  if (next == NULL)
    return;
  if (g_object_steal_data (G_OBJECT (next), "found") != NULL)
    g_signal_emit (sweeps, signals[RESUMED], 0, next);
  rheo_sweep_watch_start (next);
}

static void
on_changed (RheoSweepWatch *watch, RheoSweeps *sweeps)
{
  start_next (sweeps);
  g_signal_emit (sweeps, signals[CHANGED], 0);
}

static void
on_ended (RheoSweepWatch *watch, RheoSweeps *sweeps)
{
  g_signal_emit (sweeps, signals[ENDED], 0, watch);
}

static void
on_trouble (RheoSweepWatch *watch, const char *text, RheoSweeps *sweeps)
{
  rheo_sweep_watch_pause (watch);
  g_signal_emit (sweeps, signals[TROUBLE], 0, text);
}

/* found: by looking into the folder. Borrowed. */
static RheoSweepWatch *
add (RheoSweeps *sweeps, RheoSweep *sweep, gboolean found)
{
  g_autoptr (RheoSweepWatch) watch = rheo_sweep_watch_new (sweep);

  if (found)
    g_object_set_data (G_OBJECT (watch), "found", GINT_TO_POINTER (TRUE));
  g_signal_connect_object (watch, "changed", G_CALLBACK (on_changed), sweeps, 0);
  g_signal_connect_object (watch, "ended", G_CALLBACK (on_ended), sweeps, 0);
  g_signal_connect_object (watch, "trouble", G_CALLBACK (on_trouble), sweeps, 0);
  g_list_store_insert (sweeps->list, 0, watch);
  return watch;
}

RheoSweepWatch *
rheo_sweeps_add (RheoSweeps *sweeps, RheoSweep *sweep, GError **error)
{
  g_autofree char *name = g_strdup (rheo_sweep_get_title (sweep)), *folder = NULL;

  for (char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isalnum (g_utf8_get_char (c)) && g_utf8_get_char (c) < 128)
      *c = '-';
  if (*name == '\0')
    {
      g_free (name);
      name = g_strdup ("sweep");
    }
  for (int i = 1; folder == NULL || g_file_test (folder, G_FILE_TEST_EXISTS); i++)
    {
      g_autofree char *numbered = i == 1 ? g_strdup (name) : g_strdup_printf ("%s-%d", name, i);

      g_free (folder);
      folder = g_build_filename (sweeps->folder, numbered, NULL);
    }
  return rheo_sweep_create (sweep, folder, error) ? add (sweeps, sweep, FALSE) : NULL;
}

void
rheo_sweeps_start (RheoSweeps *sweeps, RheoSweepWatch *wanted)
{
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (sweeps)); i++)
    {
      g_autoptr (RheoSweepWatch) watch = g_list_model_get_item (G_LIST_MODEL (sweeps), i);

      if (watch != wanted && rheo_sweep_watch_is_driving (watch))
        rheo_sweep_watch_pause (watch);
    }
  rheo_sweep_watch_start (wanted);
}

void
rheo_sweeps_pause (RheoSweeps *sweeps, RheoSweepWatch *watch)
{
  rheo_sweep_watch_pause (watch);
}

/* --- the folder -------------------------------------------------------------------------------------------------- */

static int
compare_times (gconstpointer a, gconstpointer b, gpointer times)
{
  gint64 *x = g_hash_table_lookup (times, *(char *const *) a), *y = g_hash_table_lookup (times, *(char *const *) b);

  return (*x > *y) - (*x < *y);
}

/* Sweeps of a folder, oldest first. */
static void
read_folder (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_sweep_unref);
  g_autoptr (GHashTable) times = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (data, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      char *path = g_build_filename (data, name, NULL);
      g_autofree char *description = g_build_filename (path, RHEO_SWEEP_FILE, NULL);
      g_autoptr (GFile) file = g_file_new_for_path (description);
      g_autoptr (GFileInfo) info =
          g_file_query_info (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, G_FILE_QUERY_INFO_NONE, NULL, NULL);

      g_ptr_array_add (paths, path);
      if (info == NULL)
        g_ptr_array_set_size (paths, (int) paths->len - 1);
      else
        {
          gint64 time = (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);

          g_hash_table_insert (times, path, g_memdup2 (&time, sizeof time));
        }
    }
  g_ptr_array_sort_with_data (paths, compare_times, times);
  for (guint i = 0; i < paths->len; i++)
    {
      RheoSweep *sweep = rheo_sweep_load (g_ptr_array_index (paths, i), NULL);

      if (sweep != NULL)
        g_ptr_array_add (found, sweep);
    }
  g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
}

static void
folder_read (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GPtrArray) found = g_task_propagate_pointer (G_TASK (result), NULL);
  RheoSweeps *sweeps = RHEO_SWEEPS (object);

  if (found == NULL)
    return;
  for (guint i = 0; i < found->len; i++)
    add (sweeps, g_ptr_array_index (found, i), TRUE);
  g_signal_emit (sweeps, signals[CHANGED], 0);
}

static void
forget_all (RheoSweeps *sweeps)
{
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (sweeps)); i++)
    {
      g_autoptr (RheoSweepWatch) watch = g_list_model_get_item (G_LIST_MODEL (sweeps), i);

      g_signal_handlers_disconnect_by_data (watch, sweeps);
      rheo_sweep_watch_shut (watch);
    }
  g_list_store_remove_all (sweeps->list);
}

void
rheo_sweeps_set_folder (RheoSweeps *sweeps, const char *runs_folder)
{
  g_autoptr (GTask) task = NULL;

  g_cancellable_cancel (sweeps->reading);
  g_clear_object (&sweeps->reading);
  forget_all (sweeps);
  g_free (sweeps->folder);
  sweeps->folder = g_build_filename (runs_folder, "sweeps", NULL);
  sweeps->reading = g_cancellable_new ();
  task = g_task_new (sweeps, sweeps->reading, folder_read, NULL);
  g_task_set_task_data (task, g_strdup (sweeps->folder), g_free);
  g_task_run_in_thread (task, read_folder);
}

void
rheo_sweeps_shut (RheoSweeps *sweeps)
{
  sweeps->shut = TRUE;
  g_cancellable_cancel (sweeps->reading);
  forget_all (sweeps);
}

static void
items_changed (GListModel *list, guint position, guint removed, guint added, RheoSweeps *sweeps)
{
  g_list_model_items_changed (G_LIST_MODEL (sweeps), position, removed, added);
}

static void
finalize (GObject *object)
{
  RheoSweeps *sweeps = RHEO_SWEEPS (object);

  g_clear_object (&sweeps->reading);
  g_clear_object (&sweeps->list);
  g_free (sweeps->folder);
  G_OBJECT_CLASS (rheo_sweeps_parent_class)->finalize (object);
}

static void
rheo_sweeps_class_init (RheoSweepsClass *class)
{
  const GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESUMED] =
      g_signal_new ("resumed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, RHEO_TYPE_SWEEP_WATCH);
  signals[ENDED] =
      g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, RHEO_TYPE_SWEEP_WATCH);
  signals[TROUBLE] =
      g_signal_new ("trouble", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rheo_sweeps_init (RheoSweeps *sweeps)
{
  sweeps->list = g_list_store_new (RHEO_TYPE_SWEEP_WATCH);
  g_signal_connect (sweeps->list, "items-changed", G_CALLBACK (items_changed), sweeps);
}

RheoSweeps *
rheo_sweeps_new (const char *runs_folder)
{
  RheoSweeps *sweeps = g_object_new (RHEO_TYPE_SWEEPS, NULL);

  rheo_sweeps_set_folder (sweeps, runs_folder);
  return sweeps;
}
