#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "json-text.h"
#include "rng.h"

void
rheo_sweep_point_clear (RheoSweepPoint *point)
{
  g_free (point->text);
  g_strfreev (point->values);
  g_strfreev (point->set);
}

void
rheo_sweep_axis_free (RheoSweepAxis *axis)
{
  if (axis == NULL)
    return;
  for (int i = 0; i < axis->n; i++)
    rheo_sweep_point_clear (&axis->points[i]);
  g_free (axis->points);
  g_strfreev (axis->columns);
  g_strfreev (axis->keys);
  g_free (axis->word);
  g_free (axis->label);
  g_free (axis->unit);
  g_free (axis->symbol);
  g_free (axis);
}

/* --- pieces of JSON ------------------------------------------------------------------------------------------- */

gboolean
rheo_sweep_check_keys (JsonObject *object, const char *const *known, const char *where, GError **error)
{
  g_autoptr (GList) keys = json_object_get_members (object);
  g_autofree char *joined = g_strjoinv (", ", (char **) known);

  for (GList *key = keys; key != NULL; key = key->next)
    if (!g_strv_contains (known, key->data))
      {
        const char *near = rheo_nearest (key->data, known);

        if (near != NULL)
          return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no key \"%s\"; the nearest is \"%s\"."), where,
                            (const char *) key->data, near);
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no key \"%s\"; it may have %s."), where,
                          (const char *) key->data, joined);
      }
  return TRUE;
}

char *
rheo_sweep_dup_value_text (JsonNode *node)
{
  char number[RHEO_NUMBER_SIZE];
  GString *text;

  if (JSON_NODE_HOLDS_OBJECT (node))
    return rheo_json_dup_text (node, FALSE);
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      text = g_string_new (NULL);
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          JsonNode *element = json_array_get_element (array, i);

          if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) == G_TYPE_STRING)
            {
              g_string_free (text, TRUE);
              return rheo_json_dup_text (node, FALSE);
            }
          g_string_append_printf (text, i > 0 ? " %s" : "%s",
                                  rheo_number_text (json_node_get_double (element), number));
        }
      return g_string_free (text, FALSE);
    }
  if (!JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "true" : "false");
  return g_strdup (rheo_number_text (json_node_get_double (node), number));
}

static gboolean
read_text (JsonObject *object, const char *key, const char *where, char **text, GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING
      || *json_node_get_string (node) == '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.%s is no text."), where, key);
  g_free (*text);
  *text = g_strdup (json_node_get_string (node));
  return TRUE;
}

gboolean
rheo_sweep_read_whole (JsonObject *object, const char *key, const char *where, gint64 min, gint64 max, gint64 *value,
                       GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < min
      || json_node_get_int (node) > max)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s%s%s is no whole number from %" PRId64 " to %" PRId64 "."),
                      where, *where != '\0' ? "." : "", key, min, max);
  *value = json_node_get_int (node);
  return TRUE;
}

/* --- points --------------------------------------------------------------------------------------------------- */

/* An axis while it is read. */
typedef struct
{
  RheoSweepAxis *axis;
  GArray *points;  /* RheoSweepPoint */
  GPtrArray *keys; /* owned */
  const char *where;
} Reading;

static void
add_key (Reading *reading, const char *key)
{
  if (!g_ptr_array_find_with_equal_func (reading->keys, key, g_str_equal, NULL))
    g_ptr_array_add (reading->keys, g_strdup (key));
}

/* Takes set. */
static void
add_point (Reading *reading, const char *text, const char *value, char **set)
{
  RheoSweepPoint point = { .text = g_strdup (text), .values = g_new0 (char *, 2), .set = set };
  double number;

  point.values[0] = g_strdup (value);
  point.number = rheo_number_parse (value, &number) ? number : NAN;
  g_array_append_val (reading->points, point);
}

static gboolean
has_point (const Reading *reading, const char *text)
{
  for (guint i = 0; i < reading->points->len; i++)
    if (g_str_equal (g_array_index (reading->points, RheoSweepPoint, i).text, text))
      return TRUE;
  return FALSE;
}

static void
add_value (Reading *reading, const char *text, const char *value)
{
  char **set = g_new0 (char *, 2);

  set[0] = g_strconcat (reading->axis->columns[0], "=", value, NULL);
  add_point (reading, text, value, set);
}

/* {"name": "diagonal", "set": {KEY: VALUE, ...}}, or with "value" instead of "set" where the axis has a key. */
static gboolean
add_named (Reading *reading, JsonObject *object, gboolean has_key, const char *where, GError **error)
{
  static const char *const known[] = { "name", "set", "value", NULL };
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) set = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GList) keys = NULL;
  JsonNode *node = json_object_get_member (object, "set"), *value = json_object_get_member (object, "value");

  if (!rheo_sweep_check_keys (object, known, where, error) || !read_text (object, "name", where, &name, error))
    return FALSE;
  if (name == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no \"name\"."), where);
  if (has_point (reading, name))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s: there are two values \"%s\"."), reading->where, name);
  if (value != NULL && node == NULL && has_key)
    {
      g_autofree char *text = rheo_sweep_dup_value_text (value);

      if (text == NULL)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.value is no value."), where);
      add_value (reading, name, text);
      g_array_index (reading->points, RheoSweepPoint, reading->points->len - 1).number = NAN;
      return TRUE;
    }
  if (value != NULL || node == NULL || !JSON_NODE_HOLDS_OBJECT (node)
      || json_object_get_size (json_node_get_object (node)) == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("%s needs \"set\", an object of key paths and values, as in {\"name\": \"%s\", \"set\": "
                         "{\"run.batch\": 10}}."),
                      where, name);
  keys = json_object_get_members (json_node_get_object (node));
  for (GList *key = keys; key != NULL; key = key->next)
    {
      g_autofree char *text =
          rheo_sweep_dup_value_text (json_object_get_member (json_node_get_object (node), key->data));

      if (text == NULL)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.set: %s is no value."), where, (const char *) key->data);
      add_key (reading, key->data);
      g_ptr_array_add (set, g_strconcat (key->data, "=", text, NULL));
    }
  g_ptr_array_add (set, NULL);
  add_point (reading, name, name, (char **) g_ptr_array_steal (set, NULL));
  g_array_index (reading->points, RheoSweepPoint, reading->points->len - 1).number = NAN;
  return TRUE;
}

static gboolean
read_list (Reading *reading, JsonNode *node, const char *key, gboolean has_key, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.%s is no list of values."), reading->where, key);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      g_autofree char *where = g_strdup_printf ("%s.%s[%u]", reading->where, key, i), *text = NULL;

      if (JSON_NODE_HOLDS_OBJECT (element)
          && (!has_key || json_object_has_member (json_node_get_object (element), "name")))
        {
          if (!add_named (reading, json_node_get_object (element), has_key, where, error))
            return FALSE;
          continue;
        }
      text = has_key ? rheo_sweep_dup_value_text (element) : NULL;
      if (text == NULL)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is no value."), where);
      if (has_point (reading, text))
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s: there are two values \"%s\"."), reading->where, text);
      add_value (reading, text, text);
    }
  return TRUE;
}

/* --- ranges --------------------------------------------------------------------------------------------------- */

typedef enum
{
  LINEAR,
  LOG,
  RANDOM,
  RANDOM_LOG,
  N_RANGES,
} Range;

static const char *const range_keys[] = { "linear", "log", "random", "random-log" };

/* So many digits as a person would write, and the ends as they are. */
static double
range_value (Range range, double lo, double hi, int i, int n, gint64 seed)
{
  gboolean log_scale = range == LOG || range == RANDOM_LOG, drawn = range == RANDOM || range == RANDOM_LOG;
  const RheoRng rng = { .seed = (uint64_t) seed, .stream = RHEO_STREAM_ANALYSIS };
  double share = drawn ? rheo_rng_uniform (rng, 0, (uint32_t) i) : n > 1 ? (double) i / (n - 1) : 0;
  char text[RHEO_NUMBER_SIZE];

  if (!drawn && i == 0)
    return lo;
  if (!drawn && i == n - 1)
    return hi;
  g_ascii_formatd (text, sizeof text, log_scale || drawn ? "%.3g" : "%.12g",
                   log_scale ? lo * pow (hi / lo, share) : lo + (hi - lo) * share);
  return g_ascii_strtod (text, NULL);
}

static gboolean
read_range (Reading *reading, JsonObject *object, Range range, const RheoParam *row, GError **error)
{
  JsonNode *node = json_object_get_member (object, range_keys[range]);
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gint64 count = 0, seed = 1;
  double ends[2];

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      g_autofree char *text = rheo_sweep_dup_value_text (json_array_get_element (array, i));

      if (json_array_get_length (array) != 2 || text == NULL || !rheo_number_parse (text, &ends[i]))
        array = NULL;
    }
  if (array == NULL || json_array_get_length (array) != 2 || ends[0] >= ends[1])
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("%s.%s is no pair of numbers, the lower one first, as in [1, 100]."), reading->where,
                      range_keys[range]);
  if ((range == LOG || range == RANDOM_LOG) && ends[0] <= 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.%s begins at %g; a logarithmic range begins above 0."),
                      reading->where, range_keys[range], ends[0]);
  if (!rheo_sweep_read_whole (object, "count", reading->where, 2, RHEO_SWEEP_MAX_ROWS, &count, error)
      || !rheo_sweep_read_whole (object, "seed", reading->where, 0, G_MAXINT, &seed, error))
    return FALSE;
  if (count == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no \"count\": how many values lie in the range."),
                      reading->where);
  reading->axis->log = range == LOG || range == RANDOM_LOG;
  for (int i = 0; i < count; i++)
    {
      double value = range_value (range, ends[0], ends[1], i, (int) count, seed);
      char text[RHEO_NUMBER_SIZE];

      rheo_number_text (row != NULL && row->type == RHEO_INT ? round (value) : value, text);
      add_value (reading, text, text);
    }
  return TRUE;
}

/* Whole numbers of a range may come twice; each is wanted once. */
static void
drop_repeated (GArray *points)
{
  for (guint i = 0; i < points->len; i++)
    for (guint k = 0; k < i; k++)
      if (g_str_equal (g_array_index (points, RheoSweepPoint, i).text, g_array_index (points, RheoSweepPoint, k).text))
        {
          g_array_remove_index (points, i--);
          break;
        }
}

/* --- axes ----------------------------------------------------------------------------------------------------- */

static void
clear_point (gpointer data)
{
  rheo_sweep_point_clear (data);
}

static void
name_axis (RheoSweepAxis *axis, const char *key, const RheoParam *row)
{
  const char *dot = strrchr (key, '.');

  axis->columns = g_new0 (char *, 2);
  axis->columns[0] = g_strdup (key);
  if (axis->word == NULL)
    {
      g_autofree char *object = dot != NULL ? g_strndup (key, (gsize) (dot - key)) : NULL;
      const char *before = object != NULL ? strrchr (object, '.') : NULL;

      /* "model.id" is called "model", "model.layers.0.units" "units". */
      axis->word = dot != NULL && (g_str_equal (dot, ".id") || g_str_equal (dot, ".kind"))
                       ? g_strdup (before != NULL ? before + 1 : object)
                       : g_strdup (dot != NULL ? dot + 1 : key);
    }
  if (axis->label == NULL)
    axis->label = g_strdup (row != NULL && row->label != NULL ? row->label : axis->word);
  axis->unit = g_strdup (row != NULL && row->unit != NULL ? row->unit : "");
}

/* Text, numbers and names of several axes as one. */
static void
merge_points (RheoSweepAxis *axis, GPtrArray *members)
{
  RheoSweepAxis *first = g_ptr_array_index (members, 0);
  g_autoptr (GStrvBuilder) columns = g_strv_builder_new (), keys = g_strv_builder_new ();

  for (guint m = 0; m < members->len; m++)
    {
      RheoSweepAxis *member = g_ptr_array_index (members, m);

      g_strv_builder_addv (columns, (const char **) member->columns);
      g_strv_builder_addv (keys, (const char **) member->keys);
    }
  axis->columns = g_strv_builder_end (columns);
  axis->keys = g_strv_builder_end (keys);
  axis->n = first->n;
  axis->points = g_new0 (RheoSweepPoint, axis->n);
  for (int i = 0; i < axis->n; i++)
    {
      g_autoptr (GStrvBuilder) values = g_strv_builder_new (), set = g_strv_builder_new ();
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint m = 0; m < members->len; m++)
        {
          const RheoSweepPoint *point = &((RheoSweepAxis *) g_ptr_array_index (members, m))->points[i];

          g_strv_builder_addv (values, (const char **) point->values);
          g_strv_builder_addv (set, (const char **) point->set);
          g_string_append_printf (text, m > 0 ? ", %s" : "%s", point->text);
        }
      axis->points[i] = (RheoSweepPoint){ g_strdup (text->str), g_strv_builder_end (values), g_strv_builder_end (set),
                                          first->points[i].number };
    }
}

static gboolean
read_together (RheoSweepAxis *axis, JsonNode *node, const RheoExperiment *base, const char *where, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_sweep_axis_free);
  g_autoptr (GString) words = g_string_new (NULL);
  RheoSweepAxis *first;

  if (array == NULL || json_array_get_length (array) < 2)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.together is no list of two or more axes."), where);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autofree char *inside = g_strdup_printf ("%s.together[%u]", where, i);
      RheoSweepAxis *member;

      if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i))
          && json_object_has_member (json_array_get_object_element (array, i), "together"))
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds another \"together\"; one list takes them all."),
                          inside);
      member = rheo_sweep_axis_read (json_array_get_element (array, i), base, inside, error);
      if (member == NULL)
        return FALSE;
      g_ptr_array_add (members, member);
      first = g_ptr_array_index (members, 0);
      if (member->n != first->n)
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("%s: what varies together has as many values; %s has %d, %s has %d."), where,
                          first->columns[0], first->n, member->columns[0], member->n);
      g_string_append_printf (words, i > 0 ? "-%s" : "%s", member->word);
    }
  first = g_ptr_array_index (members, 0);
  merge_points (axis, members);
  if (axis->word == NULL)
    axis->word = g_strdup (words->str);
  if (axis->label == NULL)
    axis->label = g_strdup (first->label);
  axis->unit = g_strdup (first->unit);
  axis->log = first->log;
  return TRUE;
}

static gboolean
read_points (RheoSweepAxis *axis, JsonObject *object, const char *key, const RheoParam *row, const char *where,
             GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoSweepPoint));
  Reading reading = { axis, points, keys, where };
  int n_kinds = 0;
  gsize n;

  g_array_set_clear_func (points, clear_point);
  if (key != NULL)
    add_key (&reading, key);
  if (json_object_has_member (object, "values"))
    {
      n_kinds++;
      if (!read_list (&reading, json_object_get_member (object, "values"), "values", key != NULL, error))
        return FALSE;
    }
  for (Range range = 0; range < N_RANGES; range++)
    if (json_object_has_member (object, range_keys[range]))
      {
        n_kinds++;
        if (!read_range (&reading, object, range, row, error))
          return FALSE;
      }
  if (n_kinds > 1 || (n_kinds == 0 && key != NULL))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s needs one of values, linear, log, random and random-log."),
                      where);
  if (json_object_has_member (object, "conditions")
      && !read_list (&reading, json_object_get_member (object, "conditions"), "conditions", FALSE, error))
    return FALSE;
  if (strstr (where, ".together[") == NULL)
    drop_repeated (points);
  g_ptr_array_add (keys, NULL);
  axis->keys = (char **) g_ptr_array_steal (keys, NULL);
  axis->points = g_array_steal (points, &n);
  axis->n = (int) n;
  return TRUE;
}

RheoSweepAxis *
rheo_sweep_axis_read (JsonNode *node, const RheoExperiment *base, const char *where, GError **error)
{
  static const char *const known[] = { "key",  "values",     "linear",   "log",   "random", "random-log", "count",
                                       "seed", "conditions", "together", "label", "short",  "symbol",     NULL };
  g_autoptr (RheoSweepAxis) axis = g_new0 (RheoSweepAxis, 1);
  g_autofree char *key = NULL;
  const RheoParam *row = NULL;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      rheo_fail (error, RHEO_ERROR_INVALID,
                 _ ("%s is no object, as in {\"key\": \"run.batch\", \"values\": [10, 50]}."), where);
      return NULL;
    }
  object = json_node_get_object (node);
  if (!rheo_sweep_check_keys (object, known, where, error) || !read_text (object, "key", where, &key, error)
      || !read_text (object, "label", where, &axis->label, error)
      || !read_text (object, "short", where, &axis->word, error)
      || !read_text (object, "symbol", where, &axis->symbol, error))
    return NULL;
  if (json_object_has_member (object, "together"))
    {
      if (key != NULL || json_object_has_member (object, "values") || json_object_has_member (object, "conditions"))
        {
          rheo_fail (error, RHEO_ERROR_INVALID,
                     _ ("%s has \"together\" and something else that varies; that is two axes."), where);
          return NULL;
        }
      if (!read_together (axis, json_object_get_member (object, "together"), base, where, error))
        return NULL;
    }
  else
    {
      if (key == NULL && !json_object_has_member (object, "conditions"))
        {
          rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no \"key\", \"conditions\" or \"together\"."), where);
          return NULL;
        }
      /* Keys of a component that another axis chooses are not there yet; the check of the rows knows better. */
      row = key != NULL ? rheo_experiment_find (base, key, NULL, NULL) : NULL;
      name_axis (axis, key != NULL ? key : axis->label != NULL ? axis->label : "condition", row);
      if (!read_points (axis, object, key, row, where, error))
        return NULL;
    }
  if (axis->symbol == NULL)
    axis->symbol = g_strdup (axis->word);
  return g_steal_pointer (&axis);
}

RheoSweepAxis *
rheo_sweep_seeds_read (JsonNode *node, const RheoExperiment *base, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) described = json_node_new (JSON_NODE_OBJECT);
  RheoSweepAxis *axis;

  json_object_set_string_member (object, "key", "run.seed");
  if (JSON_NODE_HOLDS_ARRAY (node))
    json_object_set_member (object, "values", json_node_copy (node));
  else
    {
      JsonArray *seeds = json_array_new ();
      gint64 n = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
                     ? json_node_get_int (node)
                     : 0;

      json_object_set_array_member (object, "values", seeds);
      if (n < 1 || n > RHEO_SWEEP_MAX_ROWS)
        {
          rheo_fail (error, RHEO_ERROR_INVALID,
                     _ ("seeds is no number of seeds from 1 to %d, and no list of seeds, as in [1, 2, 3]."),
                     RHEO_SWEEP_MAX_ROWS);
          return NULL;
        }
      for (gint64 i = 0; i < n; i++)
        json_array_add_int_element (seeds, rheo_experiment_get_run (base)->seed + i);
    }
  json_node_set_object (described, object);
  axis = rheo_sweep_axis_read (described, base, "seeds", error);
  if (axis != NULL)
    axis->seeds = TRUE;
  return axis;
}
