#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "json-text.h"

#define SAME 1e-3 /* relative: 7.743 finds the 7.742637 of a logarithmic axis */

void
rheo_sweep_mark_clear (gpointer mark)
{
  RheoSweepMark *m = mark;

  g_free (m->name);
  g_free (m->point);
}

/* By name, as "diagonal", or by number. */
static int
find_point (const RheoSweepAxis *axis, int column, const char *text)
{
  const double number = g_ascii_strtod (text, NULL);

  for (int i = 0; i < axis->n; i++)
    {
      const RheoSweepPoint *point = &axis->points[i];

      if (g_str_equal (point->values[column], text) || g_str_equal (point->text, text))
        return i;
      if (!isnan (point->number) && number != 0
          && fabs (g_ascii_strtod (point->values[column], NULL) - number) < SAME * fabs (number))
        return i;
    }
  return -1;
}

static gboolean
read_place (const RheoSweep *sweep, const char *where, JsonObject *at, int *point, GError **error)
{
  g_autoptr (GList) keys = json_object_get_members (at);

  for (GList *key = keys; key != NULL; key = key->next)
    {
      g_autofree char *text = rheo_sweep_dup_value_text (json_object_get_member (at, key->data));
      int column, a = rheo_sweep_find_axis (sweep, key->data, &column);

      if (a < 0)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.at: %s is not varied."), where, (const char *) key->data);
      point[a] = text != NULL ? find_point (rheo_sweep_get_axis (sweep, a), column, text) : -1;
      if (point[a] < 0)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.at: %s is no value of %s in this sweep."), where,
                          text != NULL ? text : "null", (const char *) key->data);
    }
  return TRUE;
}

static gboolean
read_mark (const RheoSweep *sweep, const char *where, JsonNode *node, RheoSweepMark *mark, GError **error)
{
  static const char *const known[] = { "name", "at", NULL };
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *name = object != NULL ? json_object_get_member (object, "name") : NULL,
           *at = object != NULL ? json_object_get_member (object, "at") : NULL;
  const int n = rheo_sweep_get_n_axes (sweep);

  if (object != NULL && !rheo_sweep_check_keys (object, known, where, error))
    return FALSE;
  if (name == NULL || !JSON_NODE_HOLDS_VALUE (name) || json_node_get_value_type (name) != G_TYPE_STRING
      || *json_node_get_string (name) == '\0' || at == NULL || !JSON_NODE_HOLDS_OBJECT (at))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("%s is no mark, as {\"name\": \"small\", \"at\": {\"run.batch\": 10}}."), where);
  mark->name = g_strdup (json_node_get_string (name));
  mark->point = g_new (int, n);
  for (int a = 0; a < n; a++)
    mark->point[a] = -1;
  return read_place (sweep, where, json_node_get_object (at), mark->point, error);
}

gboolean
rheo_sweep_marks_read (const RheoSweep *sweep, JsonNode *node, GArray *marks, GError **error)
{
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (node != NULL && array == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("marks is no list, as in [{\"name\": \"small\", \"at\": "
                         "{\"run.batch\": 10}}]."));
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      g_autofree char *where = g_strdup_printf ("marks[%u]", i);
      RheoSweepMark mark = { 0 };
      const gboolean ok = read_mark (sweep, where, json_array_get_element (array, i), &mark, error);

      g_array_append_val (marks, mark);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}
