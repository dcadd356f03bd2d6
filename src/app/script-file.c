#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/script-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/script-drafts.h"

#define MOST_BYTES (1 << 20) /* of a script: what is larger was chosen by mistake */

struct _RheoScriptFile
{
  GObject parent_instance;
  char *path; /* NULL: none yet */
  char *etag; /* of what was read or written last; NULL: nothing was */
  GFileMonitor *monitor;
  int n_busy; /* reads and writes that go on */
  gboolean look_again;
};

G_DEFINE_FINAL_TYPE (RheoScriptFile, rheo_script_file, G_TYPE_OBJECT)

static guint changed_signal;

/* --- what is on disk ------------------------------------------------------------------------------------------------- */

static void
looked (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (RheoScriptFile) file = data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (object), result, NULL);
  g_autofree char *path = g_file_get_path (G_FILE (object));
  const char *etag = info != NULL ? g_file_info_get_etag (info) : NULL;

  if (file->n_busy > 0)
    file->look_again = TRUE;
  /* A file that has gone is written anew when it is saved. */
  else if (etag != NULL && file->etag != NULL && g_strcmp0 (path, file->path) == 0 && !g_str_equal (etag, file->etag))
    g_signal_emit (file, changed_signal, 0);
}

void
rheo_script_file_look (RheoScriptFile *file)
{
  g_autoptr (GFile) at = file->path != NULL ? g_file_new_for_path (file->path) : NULL;

  if (at != NULL && file->etag != NULL)
    g_file_query_info_async (at, G_FILE_ATTRIBUTE_ETAG_VALUE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL, looked,
                             g_object_ref (file));
}

static void
follow (RheoScriptFile *file, const char *path)
{
  g_autoptr (GFile) at = path != NULL ? g_file_new_for_path (path) : NULL;

  if (g_strcmp0 (path, file->path) != 0 || (file->monitor == NULL && path != NULL))
    {
      char *own = g_strdup (path);

      g_free (file->path);
      file->path = own;
      g_clear_object (&file->monitor);
      if (at != NULL)
        file->monitor = g_file_monitor_file (at, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
      if (file->monitor != NULL)
        g_signal_connect_object (file->monitor, "changed", G_CALLBACK (rheo_script_file_look), file, G_CONNECT_SWAPPED);
    }
}

static void
end_work (RheoScriptFile *file)
{
  file->n_busy--;
  if (file->n_busy > 0 || !file->look_again)
    return;
  file->look_again = FALSE;
  rheo_script_file_look (file);
}

/* --- reading ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *path, *text, *draft, *etag;
} Reading;

static void
free_reading (gpointer data)
{
  Reading *reading = data;

  g_free (reading->path);
  g_free (reading->text);
  g_free (reading->draft);
  g_free (reading->etag);
  g_free (reading);
}

static gboolean
read_text (Reading *r, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (r->path);
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, NULL, error);
  g_autofree char *name = g_path_get_basename (r->path);
  gsize size;

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR && g_file_info_get_size (info) <= MOST_BYTES)
    {
      if (!g_file_load_contents (file, NULL, &r->text, &size, &r->etag, error))
        return FALSE;
      if (size <= MOST_BYTES && g_utf8_validate (r->text, (gssize) size, NULL))
        return TRUE;
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("%s is not a text of at most 1 MiB in UTF-8."), name);
  return FALSE;
}

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reading *r = data;
  g_autoptr (GError) error = NULL;

  if (r->path != NULL && !read_text (r, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  r->draft = rheo_script_drafts_read (r->path);
  if (g_strcmp0 (r->draft, r->text) == 0)
    g_clear_pointer (&r->draft, g_free);
  g_task_return_boolean (task, TRUE);
}

void
rheo_script_file_read_async (RheoScriptFile *file, GAsyncReadyCallback done, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (file, NULL, done, data);
  Reading *reading = g_new0 (Reading, 1);

  reading->path = g_strdup (file->path);
  file->n_busy++;
  g_task_set_task_data (task, reading, free_reading);
  g_task_run_in_thread (task, read_thread);
}

char *
rheo_script_file_read_finish (RheoScriptFile *file, GAsyncResult *result, char **draft, GError **error)
{
  Reading *r = g_task_get_task_data (G_TASK (result));
  const gboolean good = g_task_propagate_boolean (G_TASK (result), error);

  if (good)
    {
      g_free (file->etag);
      file->etag = g_steal_pointer (&r->etag);
      follow (file, file->path);
      *draft = g_steal_pointer (&r->draft);
    }
  end_work (file);
  return good ? (r->text != NULL ? g_steal_pointer (&r->text) : g_strdup ("")) : NULL;
}

/* --- writing ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *path, *etag;
} Writing;

static void
free_writing (gpointer data)
{
  Writing *writing = data;

  g_free (writing->path);
  g_free (writing->etag);
  g_free (writing);
}

static void
written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Writing *writing = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_file_replace_contents_finish (G_FILE (object), result, &writing->etag, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
rheo_script_file_write_async (RheoScriptFile *file, const char *path, const char *text, gboolean over,
                              GAsyncReadyCallback done, gpointer data)
{
  const gboolean same = path == NULL || g_strcmp0 (path, file->path) == 0;
  g_autoptr (GFile) to = g_file_new_for_path (same ? file->path : path);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  GTask *task = g_task_new (file, NULL, done, data);
  Writing *writing = g_new0 (Writing, 1);

  writing->path = g_file_get_path (to);
  file->n_busy++;
  g_task_set_task_data (task, writing, free_writing);
  g_file_replace_contents_bytes_async (to, bytes, same && !over ? file->etag : NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                       written, task);
}

gboolean
rheo_script_file_write_finish (RheoScriptFile *file, GAsyncResult *result, GError **error)
{
  Writing *writing = g_task_get_task_data (G_TASK (result));
  const gboolean good = g_task_propagate_boolean (G_TASK (result), error);

  if (good)
    {
      g_free (file->etag);
      file->etag = g_steal_pointer (&writing->etag);
      rheo_script_drafts_keep (file->path, NULL);
      follow (file, writing->path);
    }
  end_work (file);
  return good;
}

/* --- the object ------------------------------------------------------------------------------------------------------- */

static void
finalize (GObject *object)
{
  RheoScriptFile *file = RHEO_SCRIPT_FILE (object);

  g_clear_object (&file->monitor);
  g_free (file->path);
  g_free (file->etag);
  G_OBJECT_CLASS (rheo_script_file_parent_class)->finalize (object);
}

static void
rheo_script_file_class_init (RheoScriptFileClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  changed_signal =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_script_file_init (RheoScriptFile *file)
{
}

RheoScriptFile *
rheo_script_file_new (const char *path)
{
  RheoScriptFile *file = g_object_new (RHEO_TYPE_SCRIPT_FILE, NULL);

  file->path = path != NULL ? g_canonicalize_filename (path, NULL) : NULL;
  return file;
}

const char *
rheo_script_file_get_path (RheoScriptFile *file)
{
  return file->path;
}

char *
rheo_script_file_dup_name (RheoScriptFile *file)
{
  return file->path != NULL ? g_path_get_basename (file->path) : g_strdup (_ ("New script"));
}
