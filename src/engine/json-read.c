#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "json-text.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* The parser of json-glib takes comments and other languages' quotes, wraps whole numbers round, lets halves of
 * surrogate pairs through as broken UTF-8, keeps the last of two equal keys, and runs out of stack on deep nesting. */

#define MAX_DEPTH 64

typedef struct
{
  const char *at, *end;
  const char *start, *origin;
  GError **error;
} Reader;

static JsonNode *read_value (Reader *r, int depth);

static int
get_line (const Reader *r)
{
  int line = 1;

  for (const char *c = r->start; c < r->at; c++)
    line += *c == '\n';
  return line;
}

/* NULL, so that a caller can return it. */
static JsonNode *
fail (Reader *r, const char *what)
{
  rheo_fail (r->error, RHEO_ERROR_FORMAT, _ ("%s, line %d: this is not JSON: %s."), r->origin, get_line (r), what);
  return NULL;
}

static JsonNode *
fail_expected (Reader *r, const char *expected)
{
  g_autofree char *what = NULL, *found = NULL;

  if (r->at >= r->end)
    what = g_strdup_printf (_ ("it ends where %s was expected"), expected);
  else
    {
      found = g_strndup (r->at, (gsize) (MIN (g_utf8_next_char (r->at), r->end) - r->at));
      what = g_strdup_printf (_ ("%s was expected, not \"%s\""), expected, found);
    }
  return fail (r, what);
}

static void
skip_blanks (Reader *r)
{
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
    r->at++;
}

static gboolean
take (Reader *r, char c)
{
  if (r->at >= r->end || *r->at != c)
    return FALSE;
  r->at++;
  return TRUE;
}

static gboolean
read_hex (Reader *r, gunichar *c)
{
  *c = 0;
  for (int i = 0; i < 4; i++, r->at++)
    {
      if (r->at >= r->end || !g_ascii_isxdigit (*r->at))
        {
          fail_expected (r, _ ("four hexadecimal digits"));
          return FALSE;
        }
      *c = 16 * *c + (gunichar) g_ascii_xdigit_value (*r->at);
    }
  return TRUE;
}

/* Behind the backslash. */
static gboolean
read_escape (Reader *r, GString *out)
{
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  const char *name = r->at < r->end && *r->at != '\0' ? strchr (names, *r->at) : NULL;
  gunichar c, low;

  if (name != NULL)
    {
      g_string_append_c (out, values[name - names]);
      r->at++;
      return TRUE;
    }
  if (!take (r, 'u'))
    {
      fail_expected (r, _ ("an escape such as \\n"));
      return FALSE;
    }
  if (!read_hex (r, &c))
    return FALSE;
  if (c >= 0xd800 && c < 0xdc00 && take (r, '\\') && take (r, 'u'))
    {
      if (!read_hex (r, &low))
        return FALSE;
      if (low >= 0xdc00 && low < 0xe000)
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
  if (c == 0 || (c >= 0xd800 && c < 0xe000))
    {
      fail (r, _ ("an escape stands for no character"));
      return FALSE;
    }
  g_string_append_unichar (out, c);
  return TRUE;
}

static char *
read_string (Reader *r)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (!take (r, '"'))
    {
      fail_expected (r, _ ("a text in double quotes"));
      return NULL;
    }
  while (r->at < r->end && *r->at != '"')
    {
      if ((guchar) *r->at < 0x20)
        {
          fail (r, _ ("a text has no closing quote on its line"));
          return NULL;
        }
      if (take (r, '\\'))
        {
          if (!read_escape (r, out))
            return NULL;
        }
      else
        g_string_append_c (out, *r->at++);
    }
  if (!take (r, '"'))
    {
      fail_expected (r, "\"");
      return NULL;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
skip_digits (Reader *r)
{
  const char *first = r->at;

  while (r->at < r->end && g_ascii_isdigit (*r->at))
    r->at++;
  if (r->at > first)
    return TRUE;
  fail_expected (r, _ ("a digit"));
  return FALSE;
}

static JsonNode *
read_number (Reader *r)
{
  const char *first = r->at;
  gboolean whole = TRUE;
  g_autofree char *text = NULL;
  gint64 integer;
  double number;

  take (r, '-');
  if (!take (r, '0') && !skip_digits (r))
    return NULL;
  if (take (r, '.'))
    {
      whole = FALSE;
      if (!skip_digits (r))
        return NULL;
    }
  if (take (r, 'e') || take (r, 'E'))
    {
      whole = FALSE;
      if (!take (r, '+'))
        take (r, '-');
      if (!skip_digits (r))
        return NULL;
    }
  text = g_strndup (first, (gsize) (r->at - first));
  if (whole && g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &integer, NULL))
    return json_node_init_int (json_node_alloc (), integer);
  number = g_ascii_strtod (text, NULL);
  if (!isfinite (number))
    return fail (r, _ ("a number is too large"));
  return json_node_init_double (json_node_alloc (), number);
}

static gboolean
read_member (Reader *r, JsonObject *object, int depth)
{
  g_autofree char *key = NULL;
  JsonNode *value;

  skip_blanks (r);
  key = read_string (r);
  if (key == NULL)
    return FALSE;
  if (json_object_has_member (object, key))
    {
      g_autofree char *what = g_strdup_printf (_ ("the key \"%s\" stands there twice"), key);

      fail (r, what);
      return FALSE;
    }
  skip_blanks (r);
  if (!take (r, ':'))
    {
      fail_expected (r, "\":\"");
      return FALSE;
    }
  value = read_value (r, depth);
  if (value == NULL)
    return FALSE;
  json_object_set_member (object, key, value);
  return TRUE;
}

static JsonNode *
read_object (Reader *r, int depth)
{
  g_autoptr (JsonObject) object = json_object_new ();

  skip_blanks (r);
  if (!take (r, '}'))
    {
      do
        if (!read_member (r, object, depth))
          return NULL;
      while (skip_blanks (r), take (r, ','));
      if (!take (r, '}'))
        return fail_expected (r, _ ("\",\" or \"}\""));
    }
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
read_array (Reader *r, int depth)
{
  g_autoptr (JsonArray) array = json_array_new ();

  skip_blanks (r);
  if (!take (r, ']'))
    {
      do
        {
          JsonNode *element = read_value (r, depth);

          if (element == NULL)
            return NULL;
          json_array_add_element (array, element);
        }
      while (skip_blanks (r), take (r, ','));
      if (!take (r, ']'))
        return fail_expected (r, _ ("\",\" or \"]\""));
    }
  return json_node_init_array (json_node_alloc (), array);
}

static gboolean
take_word (Reader *r, const char *word)
{
  size_t n = strlen (word);

  if ((size_t) (r->end - r->at) < n || strncmp (r->at, word, n) != 0)
    return FALSE;
  r->at += n;
  return TRUE;
}

static JsonNode *
read_value (Reader *r, int depth)
{
  g_autofree char *text = NULL;

  skip_blanks (r);
  if (depth >= MAX_DEPTH)
    return fail (r, _ ("it is nested too deeply"));
  if (take (r, '{'))
    return read_object (r, depth + 1);
  if (take (r, '['))
    return read_array (r, depth + 1);
  if (r->at < r->end && (*r->at == '-' || g_ascii_isdigit (*r->at)))
    return read_number (r);
  if (r->at < r->end && *r->at == '"')
    {
      text = read_string (r);
      return text != NULL ? json_node_init_string (json_node_alloc (), text) : NULL;
    }
  if (take_word (r, "true"))
    return json_node_init_boolean (json_node_alloc (), TRUE);
  if (take_word (r, "false"))
    return json_node_init_boolean (json_node_alloc (), FALSE);
  if (take_word (r, "null"))
    return json_node_init_null (json_node_alloc ());
  return fail_expected (r, _ ("a value"));
}

JsonNode *
rheo_json_parse (const char *text, gssize length, const char *origin, GError **error)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  Reader r = { .at = text, .end = text + n, .start = text, .origin = origin, .error = error };
  g_autoptr (JsonNode) node = NULL;

  if (!g_utf8_validate (text, (gssize) n, NULL))
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is not UTF-8 text."), origin);
      return NULL;
    }
  skip_blanks (&r);
  if (r.at == r.end)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is empty; JSON was expected."), origin);
      return NULL;
    }
  node = read_value (&r, 0);
  if (node == NULL)
    return NULL;
  skip_blanks (&r);
  if (r.at < r.end)
    return fail_expected (&r, _ ("the end"));
  return g_steal_pointer (&node);
}
