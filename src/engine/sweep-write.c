#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

#include "json-text.h"

#define EXPERIMENT_FILE "experiment.json"

/* The runs by name, so that others may come into their folder; what they share is set in each. */
static void
set_runs (const RheoSweep *sweep, JsonObject *object)
{
  JsonArray *runs = json_array_new ();

  for (char **path = sweep->starts; *path != NULL; path++)
    json_array_add_string_element (runs, *path);
  json_object_set_array_member (object, "continue", runs);
  if (sweep->set != NULL)
    json_object_set_member (object, "set", json_node_copy (sweep->set));
}

/* Beside it lies experiment.json, so that a ready-made experiment may change without changing a sweep. */
static char *
dup_json (const RheoSweep *sweep)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "format", RHEO_SWEEP_FORMAT);
  json_object_set_string_member (object, "title", sweep->title);
  if (sweep->starts != NULL)
    set_runs (sweep, object);
  else
    json_object_set_string_member (object, "experiment", EXPERIMENT_FILE);
  if (sweep->axes != NULL)
    json_object_set_member (object, "axes", json_node_copy (sweep->axes));
  if (sweep->seeds != NULL)
    json_object_set_member (object, "seeds", json_node_copy (sweep->seeds));
  if (sweep->conditions != NULL)
    json_object_set_member (object, "where", json_node_copy (sweep->conditions));
  if (sweep->choose > 0)
    json_object_set_int_member (object, "choose", sweep->choose);
  if (sweep->drawn != NULL)
    json_object_set_member (object, "draw", json_node_copy (sweep->drawn));
  if (sweep->choose > 0 || sweep->drawn != NULL)
    json_object_set_int_member (object, "seed", sweep->seed);
  json_object_set_string_member (object, "order", rheo_sweep_orders[sweep->order]);
  if (sweep->mark != NULL)
    json_object_set_member (object, "marks", json_node_copy (sweep->mark));
  json_node_take_object (node, object);
  return rheo_json_dup_text (node, TRUE);
}

gboolean
rheo_sweep_equal (const RheoSweep *a, const RheoSweep *b)
{
  if (!rheo_experiment_equal (a->experiment, b->experiment) || a->n_rows != b->n_rows)
    return FALSE;
  for (int row = 0; row < a->n_rows; row++)
    {
      g_auto (GStrv) of_a = NULL, of_b = NULL;

      if (!g_str_equal (a->names[row], b->names[row])
          || g_strcmp0 (rheo_sweep_get_start (a, row), rheo_sweep_get_start (b, row)) != 0)
        return FALSE;
      of_a = rheo_sweep_dup_settings (a, row);
      of_b = rheo_sweep_dup_settings (b, row);
      if (!g_strv_equal ((const char *const *) of_a, (const char *const *) of_b))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_file (const char *path, const char *text, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
                                &local))
    return TRUE;
  return rheo_fail (error,
                    g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? RHEO_ERROR_NO_SPACE : RHEO_ERROR_IO,
                    _ ("%s cannot be written: %s."), path, local->message);
}

/* The children read the file; sweep.json may name an experiment that has changed since. */
static gboolean
is_same_experiment (const RheoSweep *sweep, const char *path, GError **error)
{
  g_autoptr (RheoExperiment) there = rheo_experiment_load (path, error);

  if (there == NULL)
    return FALSE;
  if (rheo_experiment_equal (there, sweep->experiment))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("%s, which the runs were made of, is no longer the experiment of %s; choose another folder."),
                    path, sweep->origin);
}

gboolean
rheo_sweep_create (RheoSweep *sweep, const char *folder, GError **error)
{
  g_autofree char *file = g_build_filename (folder, RHEO_SWEEP_FILE, NULL),
                  *experiment = g_build_filename (folder, EXPERIMENT_FILE, NULL), *text = NULL, *json = NULL;

  if (g_mkdir_with_parents (folder, 0777) != 0)
    return rheo_fail (error, RHEO_ERROR_IO, _ ("The folder %s cannot be made: %s."), folder, g_strerror (errno));
  if (rheo_sweep_is_folder (folder))
    {
      g_autoptr (RheoSweep) there = rheo_sweep_load (folder, error);

      if (there == NULL)
        return FALSE;
      if (!rheo_sweep_equal (sweep, there))
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds another sweep; choose another folder."), folder);
    }
  text = rheo_experiment_dup_json (sweep->experiment);
  json = dup_json (sweep);
  /* sweep.json is what makes it a sweep: it comes last. One that was written by hand stays as it is. */
  if (!rheo_sweep_is_folder (folder) && (!write_file (experiment, text, error) || !write_file (file, json, error)))
    return FALSE;
  if (!g_file_test (experiment, G_FILE_TEST_IS_REGULAR) ? !write_file (experiment, text, error)
                                                        : !is_same_experiment (sweep, experiment, error))
    return FALSE;
  g_free (sweep->folder);
  sweep->folder = g_strdup (folder);
  return TRUE;
}
