#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "json-text.h"

#include <math.h>
#include <string.h>

#define LINE_WIDTH 100

/* "1e-06" and "1e+20" become "1e-6" and "1e20". */
static void
trim_exponent (char *text)
{
  char *e = strchr (text, 'e');
  char *from, *to;

  if (e == NULL)
    return;
  from = to = e + 1;
  if (*from == '+')
    from++;
  else if (*from == '-')
    *to++ = *from++;
  while (*from == '0' && from[1] != '\0')
    from++;
  memmove (to, from, strlen (from) + 1);
}

static gboolean
special_text (double v, char *text)
{
  if (isfinite (v))
    return FALSE;
  g_strlcpy (text, isnan (v) ? "nan" : v > 0 ? "inf" : "-inf", RHEO_NUMBER_SIZE);
  return TRUE;
}

const char *
rheo_number_text (double v, char text[RHEO_NUMBER_SIZE])
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };

  if (special_text (v, text))
    return text;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (text, RHEO_NUMBER_SIZE, formats[i], v);
      if (g_ascii_strtod (text, NULL) == v)
        break;
    }
  trim_exponent (text);
  return text;
}

const char *
rheo_float_text (float v, char text[RHEO_NUMBER_SIZE])
{
  static const char *const formats[] = { "%.6g", "%.7g", "%.8g", "%.9g" };

  if (special_text (v, text))
    return text;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (text, RHEO_NUMBER_SIZE, formats[i], v);
      if ((float) g_ascii_strtod (text, NULL) == v)
        break;
    }
  trim_exponent (text);
  return text;
}

gboolean
rheo_number_parse (const char *text, double *v)
{
  char *end;
  double number;

  while (g_ascii_isspace (*text))
    text++;
  /* strtod alone would also take "nan", "inf" and hexadecimal numbers. */
  if (strspn (text, "+-.0123456789eE") == 0 || text[strspn (text, "+-.0123456789eE \t\r\n")] != '\0')
    return FALSE;
  number = g_ascii_strtod (text, &end);
  if (end == text || !isfinite (number))
    return FALSE;
  while (g_ascii_isspace (*end))
    end++;
  if (*end != '\0')
    return FALSE;
  *v = number;
  return TRUE;
}

void
rheo_json_append_number (GString *out, double v)
{
  char text[RHEO_NUMBER_SIZE];

  g_string_append (out, isfinite (v) ? rheo_number_text (v, text) : "null");
}

void
rheo_json_append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c++)
    switch (*c)
      {
      case '"':
        g_string_append (out, "\\\"");
        break;
      case '\\':
        g_string_append (out, "\\\\");
        break;
      case '\n':
        g_string_append (out, "\\n");
        break;
      case '\t':
        g_string_append (out, "\\t");
        break;
      default:
        if ((guchar) *c < 0x20 || *c == 0x7f)
          g_string_append_printf (out, "\\u%04x", *c);
        else
          g_string_append_c (out, *c);
      }
  g_string_append_c (out, '"');
}

static void append_node (GString *out, JsonNode *node, int indent);

static void
append_value (GString *out, JsonNode *node)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    rheo_json_append_string (out, json_node_get_string (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else if (type == G_TYPE_INT64)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
  else
    rheo_json_append_number (out, json_node_get_double (node));
}

static void
new_line (GString *out, int indent)
{
  g_string_append_c (out, '\n');
  for (int i = 0; i < indent; i++)
    g_string_append (out, "  ");
}

static gboolean
is_plain_array (JsonNode *node)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!JSON_NODE_HOLDS_VALUE (json_array_get_element (array, i)))
      return FALSE;
  return array != NULL && json_array_get_length (array) > 0;
}

/* Numbers and texts fill the lines. */
static void
append_plain_array (GString *out, JsonArray *array, int indent)
{
  gsize start;

  g_string_append_c (out, '[');
  new_line (out, indent + 1);
  start = out->len;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gsize before = out->len;

      append_value (out, json_array_get_element (array, i));
      if (i + 1 < json_array_get_length (array))
        g_string_append_c (out, ',');
      if (before > start && out->len - start + 2 * (gsize) (indent + 1) > LINE_WIDTH)
        {
          g_autofree char *element = g_strdup (out->str + before);

          g_string_truncate (out, before - 1);
          new_line (out, indent + 1);
          start = out->len;
          g_string_append (out, element);
        }
      if (i + 1 < json_array_get_length (array))
        g_string_append_c (out, ' ');
    }
  new_line (out, indent);
  g_string_append_c (out, ']');
}

/* indent < 0: everything on one line. */
static void
append_container (GString *out, JsonNode *node, int indent)
{
  gboolean is_object = JSON_NODE_HOLDS_OBJECT (node);
  int inner = indent < 0 ? -1 : indent + 1;
  const char *separator = "";

  g_string_append_c (out, is_object ? '{' : '[');
  if (is_object)
    {
      JsonObjectIter iter;
      const char *key;
      JsonNode *member;

      json_object_iter_init_ordered (&iter, json_node_get_object (node));
      while (json_object_iter_next_ordered (&iter, &key, &member))
        {
          g_string_append (out, separator);
          separator = indent < 0 ? ", " : ",";
          if (inner >= 0)
            new_line (out, inner);
          rheo_json_append_string (out, key);
          g_string_append (out, ": ");
          append_node (out, member, inner);
        }
    }
  else
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          g_string_append (out, separator);
          separator = indent < 0 ? ", " : ",";
          if (inner >= 0)
            new_line (out, inner);
          append_node (out, json_array_get_element (array, i), inner);
        }
    }
  if (inner >= 0 && *separator != '\0')
    new_line (out, indent);
  g_string_append_c (out, is_object ? '}' : ']');
}

static void
append_node (GString *out, JsonNode *node, int indent)
{
  gsize start = out->len, column;
  const char *line;

  if (JSON_NODE_HOLDS_NULL (node))
    g_string_append (out, "null");
  else if (JSON_NODE_HOLDS_VALUE (node))
    append_value (out, node);
  else
    {
      append_container (out, node, -1);
      if (indent < 0)
        return;
      line = g_strrstr_len (out->str, (gssize) start, "\n");
      column = line != NULL ? (gsize) (out->str + out->len - line) : out->len;
      if (column <= LINE_WIDTH && indent > 0)
        return;
      g_string_truncate (out, start);
      if (is_plain_array (node))
        append_plain_array (out, json_node_get_array (node), indent);
      else
        append_container (out, node, indent);
    }
}

char *
rheo_json_dup_text (JsonNode *node, gboolean pretty)
{
  GString *out = g_string_new (NULL);

  append_node (out, node, pretty ? 0 : -1);
  if (pretty)
    g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}
