#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/number-file.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAGIC "\223NUMPY"

static gboolean
fail_count (const char *name, int n_max, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s has more numbers than the %d that fit here."), name, n_max);
}

/* --- NPY ------------------------------------------------------------------------------------------------------- */

static double
read_number (const char *at, char kind, int size)
{
  gint64 whole = 0;
  float single;
  double number;

  if (kind == 'f' && size == 4)
    {
      memcpy (&single, at, sizeof single);
      return single;
    }
  if (kind == 'f')
    {
      memcpy (&number, at, sizeof number);
      return number;
    }
  /* Little-endian: the low bytes come first; the last one carries the sign. */
  memcpy (&whole, at, (size_t) size);
  if (kind == 'i' && size < 8 && (at[size - 1] & 0x80))
    whole -= (gint64) 1 << (8 * size);
  return (double) whole;
}

static gboolean
parse_npy (const char *data, gsize size, const char *name, int n_max, GArray *numbers, GError **error)
{
  gsize length = size > 10 ? (guchar) data[8] + 256u * (guchar) data[9] : 0, start = 10;
  g_autofree char *header = NULL;
  char *type;
  int width;

  if (size > 12 && data[6] > 1)
    {
      length += 65536u * (guchar) data[10] + 16777216u * (guchar) data[11];
      start = 12;
    }
  if (length == 0 || length > size - start)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is no whole NPY file."), name);
  header = g_strndup (data + start, length);
  type = strstr (header, "'descr': '");
  if (type == NULL || (type[10] != '<' && type[10] != '|') || strchr ("fiu", type[11]) == NULL)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s holds something else than real or whole numbers."), name);
  width = (int) g_ascii_strtoll (type + 12, NULL, 10);
  if ((type[11] == 'f' && width != 4 && width != 8)
      || (type[11] != 'f' && width != 1 && width != 2 && width != 4 && width != 8)
      || strstr (header, "'fortran_order': True") != NULL)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s holds something else than real or whole numbers."), name);
  start += length;
  if ((size - start) / (gsize) width > (gsize) n_max)
    return fail_count (name, n_max, error);
  for (; start + (gsize) width <= size; start += (gsize) width)
    {
      double v = read_number (data + start, type[11], width);

      g_array_append_val (numbers, v);
    }
  return TRUE;
}

/* --- text ------------------------------------------------------------------------------------------------------ */

static gboolean
is_number (const char *word, double *v)
{
  char *end;

  *v = g_ascii_strtod (word, &end);
  return end != word && *end == '\0' && isfinite (*v);
}

/* A first line without any number is a header. */
static gboolean
parse_text (const char *data, gsize size, const char *name, int n_max, GArray *numbers, GError **error)
{
  g_autofree char *text = g_strndup (data, size);
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      g_auto (GStrv) words = g_strsplit_set (*line, ",; \t", -1);
      gboolean header = line == lines;
      double v;

      for (char **word = words; *word != NULL; word++)
        header = header && !is_number (*word, &v);
      for (char **word = words; *word != NULL && !header; word++)
        {
          if (**word == '\0')
            continue;
          if (!is_number (*word, &v))
            return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s has \"%.30s\", which is no number."), name, *word);
          if (numbers->len == (guint) n_max)
            return fail_count (name, n_max, error);
          g_array_append_val (numbers, v);
        }
    }
  return TRUE;
}

GArray *
rheo_numbers_parse (const char *data, gsize size, const char *name, int n_max, GError **error)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  gboolean npy = size >= strlen (MAGIC) && memcmp (data, MAGIC, strlen (MAGIC)) == 0;

  if (!(npy ? parse_npy : parse_text) (data, size, name, n_max, numbers, error))
    return NULL;
  if (numbers->len == 0)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s holds no numbers."), name);
      return NULL;
    }
  return g_steal_pointer (&numbers);
}
