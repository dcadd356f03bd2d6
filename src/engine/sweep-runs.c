#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "store.h"

/* The axis of a sweep that goes on with runs that there are: a value for each of them. */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
add_folder (const char *path, GPtrArray *paths, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".h5"))
      g_ptr_array_add (paths, g_build_filename (path, name, NULL));
  g_ptr_array_sort (paths, compare_names);
  return paths->len > 0 || rheo_fail (error, RHEO_ERROR_INVALID, _ ("continue: there are no runs in %s."), path);
}

/* Looked for beside the sweep, then where the program runs. */
static char *
dup_path (const char *folder, const char *name)
{
  g_autofree char *beside = folder != NULL && !g_path_is_absolute (name) ? g_build_filename (folder, name, NULL) : NULL;

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_EXISTS))
    return g_canonicalize_filename (beside, NULL);
  return g_canonicalize_filename (name, NULL);
}

static gboolean
is_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         && *json_node_get_string (node) != '\0';
}

static gboolean
list_paths (JsonNode *node, const char *folder, GPtrArray *paths, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (is_text (node))
    {
      g_autofree char *path = dup_path (folder, json_node_get_string (node));

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        return add_folder (path, paths, error);
      g_ptr_array_add (paths, g_steal_pointer (&path));
      return TRUE;
    }
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!is_text (json_array_get_element (array, i)))
      array = NULL;
    else
      g_ptr_array_add (paths, dup_path (folder, json_array_get_string_element (array, i)));
  return paths->len > 0
         || rheo_fail (error, RHEO_ERROR_INVALID,
                       _ ("continue is neither a folder with runs nor a list of run files."));
}

static gboolean
add_run (RheoSweepAxis *axis, int i, const char *path, GError **error)
{
  RheoSweepPoint *point = &axis->points[i];
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (RheoRun) run = rheo_run_open (path, error);
  int n;

  if (run == NULL)
    {
      g_prefix_error (error, "continue: ");
      return FALSE;
    }
  if (rheo_run_get_state (run) == RHEO_RUN_RUNNING)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("continue: %s is still being trained."), path);
  rheo_run_get_checkpoints (run, &n);
  if (n == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("continue: %s has no checkpoint to go on from."), path);
  if (g_str_has_suffix (base, ".h5"))
    base[strlen (base) - strlen (".h5")] = '\0';
  for (int k = 0; k < i; k++)
    if (g_str_equal (axis->points[k].text, base))
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("continue: two runs are called %s."), base);
  *point = (RheoSweepPoint){ .text = g_strdup (base), .set = g_new0 (char *, 1), .number = NAN };
  point->values = g_new0 (char *, 2);
  point->values[0] = g_strdup (base);
  return TRUE;
}

RheoSweepAxis *
rheo_sweep_runs_read (JsonNode *node, const char *folder, char ***paths, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RheoSweepAxis) axis = g_new0 (RheoSweepAxis, 1);

  if (!list_paths (node, folder, list, error))
    return NULL;
  axis->columns = g_new0 (char *, 2);
  axis->columns[0] = g_strdup ("continued");
  axis->keys = g_new0 (char *, 1);
  axis->word = g_strdup ("from");
  axis->symbol = g_strdup ("from");
  axis->label = g_strdup (N_ ("Continued run"));
  axis->unit = g_strdup ("");
  axis->n = (int) list->len;
  axis->points = g_new0 (RheoSweepPoint, axis->n);
  for (int i = 0; i < axis->n; i++)
    if (!add_run (axis, i, g_ptr_array_index (list, i), error))
      return NULL;
  g_ptr_array_add (list, NULL);
  *paths = (char **) g_ptr_array_steal (list, NULL);
  return g_steal_pointer (&axis);
}
