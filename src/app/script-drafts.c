#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/script-drafts.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "app/behind.h"

typedef struct
{
  char *file, *text;
} Draft;

static GThreadPool *pool; /* of one thread, so that the newest text comes last */

static char *
dup_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "rheobase", "drafts", NULL);
}

static char *
dup_file (const char *path)
{
  g_autofree char *folder = dup_folder (), *sum = NULL, *name = NULL;

  sum = path != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1) : g_strdup ("new");
  name = g_strconcat (sum, ".lua", NULL);
  return g_build_filename (folder, name, NULL);
}

static void
write_draft (gpointer data, gpointer user_data)
{
  Draft *draft = data;
  g_autofree char *folder = dup_folder ();
  g_autoptr (GError) error = NULL;

  if (draft->text == NULL)
    g_unlink (draft->file);
  else if (g_mkdir_with_parents (folder, 0700) != 0 || !g_file_set_contents (draft->file, draft->text, -1, &error))
    g_message ("What was typed cannot be kept in %s: %s", folder, error != NULL ? error->message : g_strerror (errno));
  g_free (draft->file);
  g_free (draft->text);
  g_free (draft);
  rheo_behind_end ();
}

void
rheo_script_drafts_keep (const char *path, const char *text)
{
  Draft *draft = g_new0 (Draft, 1);

  if (pool == NULL)
    pool = g_thread_pool_new (write_draft, NULL, 1, FALSE, NULL);
  draft->file = dup_file (path);
  draft->text = g_strdup (text);
  rheo_behind_begin ();
  g_thread_pool_push (pool, draft, NULL);
}

char *
rheo_script_drafts_read (const char *path)
{
  g_autofree char *file = dup_file (path);
  char *text = NULL;

  if (!g_file_get_contents (file, &text, NULL, NULL))
    return NULL;
  if (!g_utf8_validate (text, -1, NULL))
    g_clear_pointer (&text, g_free);
  return text;
}

void
rheo_script_drafts_finish (void)
{
  if (pool == NULL)
    return;
  rheo_behind_wait (RHEO_BEHIND_LIMIT);
  g_thread_pool_free (g_steal_pointer (&pool), FALSE, FALSE);
}
