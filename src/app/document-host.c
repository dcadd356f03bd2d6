#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/document-host.h"

#include <glib/gi18n-lib.h>

#include "app/script-examples.h"

static char *
dup_value (gpointer data, const char *path)
{
  return rheo_experiment_dup_value (rheo_document_get_experiment (data), path, NULL);
}

static char *
dup_reference (gpointer data, const char *path)
{
  return rheo_document_dup_reference_text (data, path);
}

static gboolean
is_changed (gpointer data, const char *path)
{
  return rheo_document_is_changed (data, path);
}

static gboolean
set (gpointer data, const char *path, const char *text, const char *label, GError **error)
{
  return rheo_document_set (data, path, text, label, error);
}

static void
reset (gpointer data, const char *path, const char *label)
{
  rheo_document_reset (data, path, label, NULL);
}

static int
count_elements (RheoDocument *document, const char *path)
{
  void *at;
  const RheoParam *param = rheo_experiment_find (rheo_document_get_experiment (document), path, &at, NULL);

  return param != NULL ? rheo_param_get_count (param, at) : 0;
}

static void
insert (gpointer data, const char *path, const char *label)
{
  rheo_document_insert (data, path, count_elements (data, path), label, NULL);
}

static void
take_out (gpointer data, const char *path, int i, const char *label)
{
  rheo_document_remove (data, path, i, label, NULL);
}

static const char *
get_lock (gpointer data, const char *path, const RheoParam *param)
{
  if (rheo_document_get_branch (data, NULL) != NULL && !(param->flags & RHEO_LIVE) && !g_str_has_prefix (path, "rule.")
      && !g_str_equal (path, "run.budget") && !g_str_equal (path, "title"))
    return _ ("Fixed, because this run goes on from a checkpoint.");
  if (param->type == RHEO_LIST && count_elements (data, path) >= param->n_max)
    return _ ("There are as many as there can be.");
  return NULL;
}

static const char *
get_editor (gpointer data, const char *path, const RheoParam *param, GMenuModel **make)
{
  if (!rheo_document_has_script (data) || !g_str_equal (path, "task.file"))
    return NULL;
  *make = rheo_script_examples_new_menu ("win.new-script");
  return "win.edit-script";
}

void
rheo_document_init_host (RheoDocument *document, RheoParamHost *host)
{
  *host = (RheoParamHost){ dup_value, dup_reference, is_changed, set,        reset, insert,
                           take_out,  get_lock,      document,   get_editor, TRUE };
}
