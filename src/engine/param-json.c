#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "param-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "json-text.h"

#define SHOWN_LENGTH 60 /* of a refused value in a message */

/* --- what is refused ------------------------------------------------------------------------------------------- */

static char *
dup_shown (const char *text, gboolean quoted)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *start = NULL;
  const char *dots = "";

  if (g_utf8_strlen (valid, -1) > SHOWN_LENGTH)
    {
      start = g_utf8_substring (valid, 0, SHOWN_LENGTH);
      dots = "...";
    }
  return g_strdup_printf (quoted ? "\"%s%s\"" : "%s%s", start != NULL ? start : valid, dots);
}

static gboolean
fail_range (const RheoParam *row, const char *path, const char *shown, GError **error)
{
  g_autofree char *range = rheo_param_dup_range (row);

  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is %s; allowed is %s."), path, shown, range);
}

static gboolean
fail_text (const RheoParam *row, const char *path, const char *text, GError **error)
{
  g_autofree char *shown = dup_shown (text, TRUE);

  return fail_range (row, path, shown, error);
}

static gboolean
fail_node (const RheoParam *row, const char *path, JsonNode *node, GError **error)
{
  g_autofree char *text = rheo_json_dup_text (node, FALSE);
  g_autofree char *shown = dup_shown (text, FALSE);

  return fail_range (row, path, shown, error);
}

gboolean
rheo_param_check_number (const RheoParam *row, double v, const char *path, GError **error)
{
  char text[RHEO_NUMBER_SIZE];
  double lo, hi;

  rheo_param_get_limits (row, &lo, &hi);
  rheo_number_text (v, text);
  if (!isfinite (v) || v < lo || v > hi)
    return fail_range (row, path, text, error);
  if (row->type == RHEO_INT && v != floor (v))
    {
      g_autofree char *range = rheo_param_dup_range (row);

      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is %s; allowed are whole numbers, %s."), path, text, range);
    }
  return TRUE;
}

gboolean
rheo_param_check_count (const RheoParam *row, int n, const char *path, GError **error)
{
  int least = row->type == RHEO_LIST ? (int) row->min : 0;

  if (n < least || n > row->n_max)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has %d elements; allowed are %d to %d."), path, n, least,
                      row->n_max);
  return TRUE;
}

int
rheo_param_split_reals (const char *text, double *values, int n_max)
{
  g_auto (GStrv) words = g_strsplit_set (text, " ,\t\r\n", -1);
  int n = 0;

  for (char **word = words; *word != NULL; word++)
    {
      if (**word == '\0')
        continue;
      if (n >= n_max)
        n++;
      else if (!rheo_number_parse (*word, &values[n++]))
        return -1;
    }
  return n;
}

/* --- JSON ------------------------------------------------------------------------------------------------------ */

static gboolean set_node (const RheoParam *row, void *at, JsonNode *node, const char *path, GError **error);

static gboolean
node_is_number (JsonNode *node, double *v)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type == G_TYPE_INT64)
    *v = (double) json_node_get_int (node);
  else if (type == G_TYPE_DOUBLE)
    *v = json_node_get_double (node);
  else
    return FALSE;
  return TRUE;
}

static void
store_number (const RheoParam *row, void *at, double v)
{
  if (row->type == RHEO_INT)
    FIELD (at, row, int) = (int) v;
  else
    FIELD (at, row, double) = v + 0.0; /* -0 becomes 0: JSON readers lose its sign */
}

static gboolean
set_reals (const RheoParam *row, void *at, const double *values, int n, const char *path, GError **error)
{
  if (!rheo_param_check_count (row, n, path, error))
    return FALSE;
  for (int i = 0; i < n; i++)
    if (!rheo_param_check_number (row, values[i], path, error))
      return FALSE;
  memset (ELEMENT (at, row, 0), 0, sizeof (double) * (size_t) row->n_max);
  for (int i = 0; i < n; i++)
    (&FIELD (at, row, double))[i] = values[i] + 0.0;
  COUNT (at, row) = n;
  return TRUE;
}

static gboolean
set_reals_node (const RheoParam *row, void *at, JsonNode *node, const char *path, GError **error)
{
  g_autofree double *values = NULL;
  double one;
  JsonArray *array;
  int n;

  if (node_is_number (node, &one))
    return set_reals (row, at, &one, 1, path, error);
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return fail_node (row, path, node, error);
  array = json_node_get_array (node);
  n = (int) json_array_get_length (array);
  if (!rheo_param_check_count (row, n, path, error))
    return FALSE;
  values = g_new0 (double, n + 1);
  for (int i = 0; i < n; i++)
    if (!node_is_number (json_array_get_element (array, (guint) i), &values[i]))
      return fail_node (row, path, node, error);
  return set_reals (row, at, values, n, path, error);
}

/* The array replaces the list: each element starts from its defaults. Nothing changes when an element is refused. */
static gboolean
set_list_node (const RheoParam *row, void *at, JsonNode *node, const char *path, GError **error)
{
  g_autofree char *elements = NULL;
  JsonArray *array;
  int n;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return fail_node (row, path, node, error);
  array = json_node_get_array (node);
  n = (int) json_array_get_length (array);
  if (!rheo_param_check_count (row, n, path, error))
    return FALSE;
  elements = g_malloc0_n ((gsize) row->n_max, row->stride);
  for (int i = 0; i < row->n_max; i++)
    rheo_params_reset (row->rows, elements + (size_t) i * row->stride);
  for (int i = 0; i < n; i++)
    {
      JsonNode *element = json_array_get_element (array, (guint) i);
      g_autofree char *prefix = g_strdup_printf ("%s.%d", path, i);

      if (!JSON_NODE_HOLDS_OBJECT (element))
        return fail_node (row, path, node, error);
      if (!rheo_params_set_json (row->rows, elements + (size_t) i * row->stride, json_node_get_object (element), prefix,
                                 error))
        return FALSE;
    }
  memcpy (ELEMENT (at, row, 0), elements, (size_t) row->n_max * row->stride);
  COUNT (at, row) = n;
  return TRUE;
}

static gboolean
set_node (const RheoParam *row, void *at, JsonNode *node, const char *path, GError **error)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  double v;

  switch (row->type)
    {
    case RHEO_INT:
    case RHEO_REAL:
      if (!node_is_number (node, &v))
        return fail_node (row, path, node, error);
      if (!rheo_param_check_number (row, v, path, error))
        return FALSE;
      store_number (row, at, v);
      return TRUE;
    case RHEO_BOOL:
      if (type != G_TYPE_BOOLEAN)
        return fail_node (row, path, node, error);
      FIELD (at, row, gboolean) = json_node_get_boolean (node);
      return TRUE;
    case RHEO_CHOICE:
    case RHEO_TEXT:
    case RHEO_PATH:
      if (type != G_TYPE_STRING)
        return fail_node (row, path, node, error);
      return rheo_param_set_text (row, at, json_node_get_string (node), path, error);
    case RHEO_REALS:
      if (type == G_TYPE_STRING)
        return rheo_param_set_text (row, at, json_node_get_string (node), path, error);
      return set_reals_node (row, at, node, path, error);
    case RHEO_BLOCK:
      if (!JSON_NODE_HOLDS_OBJECT (node))
        return fail_node (row, path, node, error);
      return rheo_params_set_json (row->rows, &FIELD (at, row, char), json_node_get_object (node), path, error);
    case RHEO_LIST:
      return set_list_node (row, at, node, path, error);
    default:
      g_assert_not_reached ();
    }
}

gboolean
rheo_params_set_json (const RheoParam *rows, void *config, JsonObject *object, const char *prefix, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    {
      const RheoParam *row = rheo_param_row (rows, key);
      g_autofree char *path = rheo_param_join (prefix, key);

      if (row == NULL)
        return rheo_param_fail_unknown (rows, key, prefix, error);
      if (!set_node (row, config, node, path, error))
        return FALSE;
    }
  return TRUE;
}

static JsonNode *
dup_node (const RheoParam *row, const void *at)
{
  JsonNode *node = json_node_alloc ();
  JsonArray *array;

  switch (row->type)
    {
    case RHEO_INT:
      return json_node_init_int (node, FIELD (at, row, int));
    case RHEO_REAL:
      return json_node_init_double (node, FIELD (at, row, double));
    case RHEO_BOOL:
      return json_node_init_boolean (node, FIELD (at, row, gboolean));
    case RHEO_CHOICE:
      return json_node_init_string (node, row->choices[FIELD (at, row, int)]);
    case RHEO_TEXT:
    case RHEO_PATH:
      return json_node_init_string (node, FIELD (at, row, const char *));
    case RHEO_BLOCK:
      json_node_init (node, JSON_NODE_OBJECT);
      json_node_take_object (node, rheo_params_dup_json (row->rows, &FIELD (at, row, char)));
      return node;
    case RHEO_REALS:
    case RHEO_LIST:
      array = json_array_new ();
      for (int i = 0; i < COUNT (at, row); i++)
        if (row->type == RHEO_REALS)
          json_array_add_double_element (array, (&FIELD (at, row, double))[i]);
        else
          json_array_add_object_element (array, rheo_params_dup_json (row->rows, ELEMENT (at, row, i)));
      json_node_init (node, JSON_NODE_ARRAY);
      json_node_take_array (node, array);
      return node;
    default:
      g_assert_not_reached ();
    }
}

JsonObject *
rheo_params_dup_json (const RheoParam *rows, const void *config)
{
  JsonObject *object = json_object_new ();

  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    if (rheo_param_active (rows, row, config))
      json_object_set_member (object, row->key, dup_node (row, config));
  return object;
}

/* --- text ------------------------------------------------------------------------------------------------------ */

static gboolean
set_json_text (const RheoParam *row, void *at, const char *text, const char *path, GError **error)
{
  g_autoptr (JsonNode) node = rheo_json_parse (text, -1, path, error);

  return node != NULL && set_node (row, at, node, path, error);
}

gboolean
rheo_param_set_text (const RheoParam *row, void *at, const char *text, const char *path, GError **error)
{
  g_autofree double *values = NULL;
  double v;
  int n;

  if (!g_utf8_validate (text, -1, NULL))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is not UTF-8 text."), path);
  switch (row->type)
    {
    case RHEO_INT:
    case RHEO_REAL:
      if (!rheo_number_parse (text, &v))
        return fail_text (row, path, text, error);
      if (!rheo_param_check_number (row, v, path, error))
        return FALSE;
      store_number (row, at, v);
      return TRUE;
    case RHEO_BOOL:
      if (!g_str_equal (text, "true") && !g_str_equal (text, "false"))
        return fail_text (row, path, text, error);
      FIELD (at, row, gboolean) = g_str_equal (text, "true");
      return TRUE;
    case RHEO_CHOICE:
      for (int i = 0; row->choices[i] != NULL; i++)
        if (g_str_equal (text, row->choices[i]))
          {
            FIELD (at, row, int) = i;
            return TRUE;
          }
      return fail_text (row, path, text, error);
    case RHEO_TEXT:
    case RHEO_PATH:
      FIELD (at, row, const char *) = g_intern_string (text);
      return TRUE;
    case RHEO_REALS:
      if (strchr (text, '[') != NULL)
        return set_json_text (row, at, text, path, error);
      values = g_new0 (double, row->n_max + 1);
      n = rheo_param_split_reals (text, values, row->n_max);
      if (n < 0)
        return fail_text (row, path, text, error);
      return set_reals (row, at, values, n, path, error);
    case RHEO_BLOCK:
    case RHEO_LIST:
      return set_json_text (row, at, text, path, error);
    default:
      g_assert_not_reached ();
    }
}

char *
rheo_param_dup_text (const RheoParam *row, const void *at)
{
  char text[RHEO_NUMBER_SIZE];
  g_autoptr (JsonNode) node = NULL;
  GString *out;

  switch (row->type)
    {
    case RHEO_INT:
      return g_strdup_printf ("%d", FIELD (at, row, int));
    case RHEO_REAL:
      return g_strdup (rheo_number_text (FIELD (at, row, double), text));
    case RHEO_BOOL:
      return g_strdup (FIELD (at, row, gboolean) ? "true" : "false");
    case RHEO_CHOICE:
      return g_strdup (row->choices[FIELD (at, row, int)]);
    case RHEO_TEXT:
    case RHEO_PATH:
      return g_strdup (FIELD (at, row, const char *));
    case RHEO_REALS:
      out = g_string_new (NULL);
      for (int i = 0; i < COUNT (at, row); i++)
        g_string_append_printf (out, "%s%s", i > 0 ? " " : "", rheo_number_text ((&FIELD (at, row, double))[i], text));
      return g_string_free (out, FALSE);
    case RHEO_BLOCK:
    case RHEO_LIST:
      node = dup_node (row, at);
      return rheo_json_dup_text (node, FALSE);
    default:
      g_assert_not_reached ();
    }
}
