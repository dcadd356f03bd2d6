#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "json-text.h"
#include "store.h"

#define BUFFER (1 << 16)

/* A file behind a buffer, or the buffer alone (fd -1); `code` is the first errno. */
typedef struct
{
  int fd, code;
  GString *text;
} Sink;

static void
flush (Sink *out)
{
  size_t done = 0;

  if (out->fd < 0)
    return;
  while (out->code == 0 && done < out->text->len)
    {
      ssize_t n = write (out->fd, out->text->str + done, out->text->len - done);

      if (n >= 0)
        done += (size_t) n;
      else if (errno != EINTR)
        out->code = errno;
    }
  g_string_truncate (out->text, 0);
}

static void
put_bytes (Sink *out, const void *bytes, size_t n)
{
  for (size_t done = 0; done < n; done += BUFFER)
    {
      g_string_append_len (out->text, (const char *) bytes + done, (gssize) MIN (n - done, BUFFER));
      if (out->text->len >= BUFFER)
        flush (out);
    }
}

static void
put (Sink *out, const char *text)
{
  put_bytes (out, text, strlen (text));
}

static void
put_char (Sink *out, int c)
{
  g_string_append_c (out->text, (char) c);
}

static void G_GNUC_PRINTF (2, 3) put_format (Sink *out, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (out->text, format, args);
  va_end (args);
}

G_STATIC_ASSERT (RHEO_ELEMENT_SIZE == RHEO_NUMBER_SIZE);

const char *
rheo_column_get_text (const RheoColumn *column, int64_t i, char text[RHEO_ELEMENT_SIZE])
{
  switch (column->type)
    {
    case RHEO_F32:
      return rheo_float_text (((const float *) column->data)[i], text);
    case RHEO_F64:
      return rheo_number_text (((const double *) column->data)[i], text);
    case RHEO_I64:
      g_snprintf (text, RHEO_NUMBER_SIZE, "%" PRId64, ((const int64_t *) column->data)[i]);
      return text;
    case RHEO_U64:
      g_snprintf (text, RHEO_NUMBER_SIZE, "%" PRIu64, ((const uint64_t *) column->data)[i]);
      return text;
    case RHEO_I32:
    case RHEO_U8:
    case RHEO_U16:
      g_snprintf (text, RHEO_NUMBER_SIZE, "%d", (int) rheo_column_get_number (column, i));
      return text;
    case RHEO_STRING:
    default:
      return rheo_column_get_string (column, i);
    }
}

/* --- csv ------------------------------------------------------------------------------------------------------- */

static void
put_cell (Sink *out, const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL)
    {
      put (out, text);
      return;
    }
  put_char (out, '"');
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"')
        put_char (out, '"');
      put_char (out, *c);
    }
  put_char (out, '"');
}

static char *
dup_heading (const RheoColumn *column, gboolean with_key)
{
  const char *label = *column->label != '\0' ? column->label : column->key;
  g_autofree char *unit = *column->unit != '\0' ? g_strdup_printf (" (%s)", column->unit) : g_strdup ("");

  return with_key ? g_strdup_printf ("%s: %s%s", column->key, label, unit) : g_strconcat (label, unit, NULL);
}

static gboolean
label_is_unique (GPtrArray *columns, const RheoColumn *column)
{
  for (guint i = 0; i < columns->len; i++)
    {
      const RheoColumn *other = g_ptr_array_index (columns, i);

      if (other != column && g_str_equal (other->label, column->label))
        return FALSE;
    }
  return TRUE;
}

static void
write_side_by_side (GPtrArray *columns, Sink *out)
{
  int64_t n = columns->len > 0 ? rheo_column_get_length (g_ptr_array_index (columns, 0)) : 0;
  char text[RHEO_NUMBER_SIZE];

  for (guint c = 0; c < columns->len; c++)
    {
      const RheoColumn *column = g_ptr_array_index (columns, c);
      g_autofree char *heading = dup_heading (column, !label_is_unique (columns, column));

      if (c > 0)
        put_char (out, ',');
      put_cell (out, heading);
    }
  put_char (out, '\n');
  for (int64_t i = 0; i < n; i++)
    {
      for (guint c = 0; c < columns->len; c++)
        {
          if (c > 0)
            put_char (out, ',');
          put_cell (out, rheo_column_get_text (g_ptr_array_index (columns, c), i, text));
        }
      put_char (out, '\n');
    }
}

/* The column that tells what stands along a dimension of a matrix, by the name of its axis; or NULL. */
static const RheoColumn *
find_along (const GPtrArray *columns, const RheoColumn *matrix, int dim)
{
  g_auto (GStrv) axes = g_strsplit (matrix->axes, " ", -1);

  for (guint i = 0; i < columns->len; i++)
    {
      const RheoColumn *column = g_ptr_array_index (columns, i);

      if (column->n_dims == 1 && column->dims[0] == matrix->dims[dim] && g_str_equal (column->key, axes[dim]))
        return column;
    }
  return NULL;
}

/* A matrix and what stands along its two dimensions, and nothing else. */
static const RheoColumn *
find_matrix (const GPtrArray *columns)
{
  const RheoColumn *matrix = NULL;
  guint n = 0;

  for (guint i = 0; i < columns->len && matrix == NULL; i++)
    if (((const RheoColumn *) g_ptr_array_index (columns, i))->n_dims == 2)
      matrix = g_ptr_array_index (columns, i);
  for (int dim = 0; matrix != NULL && dim < 2; dim++)
    n += find_along (columns, matrix, dim) != NULL;
  return matrix != NULL && n + 1 == columns->len ? matrix : NULL;
}

static void
put_along (Sink *out, const RheoColumn *along, int64_t i)
{
  char text[RHEO_NUMBER_SIZE];

  if (along != NULL)
    put_cell (out, rheo_column_get_text (along, i, text));
  else
    put_format (out, "%" PRId64, i);
}

/* First line: heading and axes, then the name or index of each column; first cell of a line: that of the row. */
static void
write_matrix (const GPtrArray *columns, const RheoColumn *column, Sink *out)
{
  const RheoColumn *down = find_along (columns, column, 0), *across = find_along (columns, column, 1);
  g_autofree char *heading = dup_heading (column, FALSE);
  g_auto (GStrv) axes = g_strsplit (column->axes, " ", -1);
  g_autofree char *corner = g_strdup_printf (_ ("%s: lines %s, columns %s"), heading, axes[0], axes[1]);
  char text[RHEO_NUMBER_SIZE];

  put_cell (out, corner);
  for (int64_t j = 0; j < column->dims[1]; j++)
    {
      put_char (out, ',');
      put_along (out, across, j);
    }
  put_char (out, '\n');
  for (int64_t i = 0; i < column->dims[0]; i++)
    {
      put_along (out, down, i);
      for (int64_t j = 0; j < column->dims[1]; j++)
        {
          put_char (out, ',');
          put_cell (out, rheo_column_get_text (column, i * column->dims[1] + j, text));
        }
      put_char (out, '\n');
    }
}

static char *
dup_keys (GPtrArray *columns)
{
  GString *keys = g_string_new (NULL);

  for (guint i = 0; i < columns->len; i++)
    g_string_append_printf (keys, "%s%s", i > 0 ? ", " : "", ((RheoColumn *) g_ptr_array_index (columns, i))->key);
  return g_string_free (keys, FALSE);
}

static gboolean
check_csv (GPtrArray *columns, const char *path, GError **error)
{
  g_autofree char *keys = dup_keys (columns);
  const RheoColumn *first = columns->len > 0 ? g_ptr_array_index (columns, 0) : NULL;

  if ((columns->len == 1 && first->n_dims <= 2) || find_matrix (columns) != NULL)
    return TRUE;
  if (columns->len == 1)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s cannot hold %s, which has %d dimensions; write .npy or .json."),
                      path, first->key, first->n_dims);
  for (guint i = 0; i < columns->len; i++)
    {
      const RheoColumn *column = g_ptr_array_index (columns, i);

      if (column->n_dims > 1)
        return rheo_fail (
            error, RHEO_ERROR_INVALID,
            _ ("%s cannot hold %s beside others, because it has %d dimensions; choose one of %s, or write "
               ".json."),
            path, column->key, column->n_dims, keys);
      if (rheo_column_get_length (column) != rheo_column_get_length (first))
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("%s cannot hold %s and %s side by side, because they differ in length; choose one of %s, "
                             "or write .json."),
                          path, first->key, column->key, keys);
    }
  return TRUE;
}

static void
write_csv (const RheoTable *table, GPtrArray *columns, Sink *out)
{
  const RheoColumn *matrix = find_matrix (columns);

  if (matrix != NULL)
    write_matrix (columns, matrix, out);
  else
    write_side_by_side (columns, out);
}

/* --- json ------------------------------------------------------------------------------------------------------ */

static void
put_string (Sink *out, const char *text)
{
  g_autoptr (GString) quoted = g_string_new (NULL);

  rheo_json_append_string (quoted, text);
  put (out, quoted->str);
}

static void
put_array (Sink *out, const RheoColumn *column, int dim, int64_t *next)
{
  char text[RHEO_NUMBER_SIZE];

  if (dim == column->n_dims)
    {
      int64_t i = (*next)++;

      if (column->type == RHEO_STRING)
        put_string (out, rheo_column_get_string (column, i));
      else
        put (out, isfinite (rheo_column_get_number (column, i)) ? rheo_column_get_text (column, i, text) : "null");
      return;
    }
  put_char (out, '[');
  for (int64_t i = 0; i < column->dims[dim]; i++)
    {
      if (i > 0)
        put (out, ", ");
      put_array (out, column, dim + 1, next);
    }
  put_char (out, ']');
}

static void
write_json (const RheoTable *table, GPtrArray *columns, Sink *out)
{
  static const char *const types[] = { "f32", "f64", "i32", "i64", "u8", "u16", "u64", "string" };
  const char *const *notes = rheo_table_get_note_keys (table);
  char text[RHEO_NUMBER_SIZE];

  put (out, "{\"title\": ");
  put_string (out, rheo_table_get_title (table));
  put (out, ",\n \"notes\": {");
  for (int i = 0; notes[i] != NULL; i++)
    {
      put (out, i > 0 ? ", " : "");
      put_string (out, notes[i]);
      put (out, ": ");
      put_string (out, rheo_table_get_note (table, notes[i]));
    }
  put (out, "},\n \"columns\": [");
  for (guint c = 0; c < columns->len; c++)
    {
      const RheoColumn *column = g_ptr_array_index (columns, c);
      int64_t next = 0;

      put (out, c > 0 ? ",\n  {\"key\": " : "\n  {\"key\": ");
      put_string (out, column->key);
      put (out, ", \"label\": ");
      put_string (out, column->label);
      put (out, ", \"unit\": ");
      put_string (out, column->unit);
      put (out, ", \"axes\": ");
      put_string (out, column->axes);
      put_format (out, ", \"type\": \"%s\", \"dims\": [", types[column->type]);
      for (int i = 0; i < column->n_dims; i++)
        put_format (out, "%s%" PRId64, i > 0 ? ", " : "", column->dims[i]);
      put_format (out, "], \"lo\": %s", isfinite (column->lo) ? rheo_number_text (column->lo, text) : "null");
      put_format (out,
                  ", \"hi\": %s,\n   \"data\": ", isfinite (column->hi) ? rheo_number_text (column->hi, text) : "null");
      put_array (out, column, 0, &next);
      put_char (out, '}');
    }
  put (out, "]}\n");
}

/* --- npy ------------------------------------------------------------------------------------------------------- */

static gboolean
check_npy (GPtrArray *columns, const char *path, GError **error)
{
  g_autofree char *keys = dup_keys (columns);

  if (columns->len != 1)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds one column; choose one of %s."), path, keys);
  if (((const RheoColumn *) g_ptr_array_index (columns, 0))->type == RHEO_STRING)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s cannot hold %s, which is text; write .csv or .json."), path,
                      keys);
  return TRUE;
}

/* NumPy's format 1.0: magic, version, length of the header, a Python dict padded so that the data start at a multiple
 * of 64 bytes. */
static void
write_npy (const RheoTable *table, GPtrArray *columns, Sink *out)
{
  static const char *const types[] = { "f4", "f8", "i4", "i8", "u1", "u2", "u8" };
  const RheoColumn *column = g_ptr_array_index (columns, 0);
  const char order = column->type == RHEO_U8 ? '|' : G_BYTE_ORDER == G_LITTLE_ENDIAN ? '<' : '>';
  g_autoptr (GString) header = g_string_new (NULL);
  size_t n = (size_t) rheo_column_get_length (column);

  g_string_append_printf (header, "{'descr': '%c%s', 'fortran_order': False, 'shape': (", order, types[column->type]);
  for (int i = 0; i < column->n_dims; i++)
    g_string_append_printf (header, "%" PRId64 ", ", column->dims[i]);
  g_string_append (header, "), }");
  while ((10 + header->len + 1) % 64 != 0)
    g_string_append_c (header, ' ');
  g_string_append_c (header, '\n');

  put_bytes (out, "\x93NUMPY\x01\x00", 8);
  put_char (out, (int) (header->len & 0xff));
  put_char (out, (int) (header->len >> 8));
  put_bytes (out, header->str, header->len);
  put_bytes (out, column->data, rheo_type_size (column->type) * n);
}

/* --- all ------------------------------------------------------------------------------------------------------- */

static const struct
{
  const char *ending;
  gboolean (*check) (GPtrArray *columns, const char *path, GError **error); /* NULL: takes everything */
  void (*write) (const RheoTable *table, GPtrArray *columns, Sink *out);
} formats[] = {
  { ".csv", check_csv, write_csv },
  { ".json", NULL, write_json },
  { ".npy", check_npy, write_npy },
};

static GPtrArray *
choose_columns (const RheoTable *table, const char *key, const char *path, GError **error)
{
  g_autoptr (GPtrArray) columns = g_ptr_array_new ();
  g_autofree char *keys = NULL;

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    g_ptr_array_add (columns, (gpointer) rheo_table_get_column (table, i));
  if (key == NULL)
    return g_steal_pointer (&columns);
  keys = dup_keys (columns);
  g_ptr_array_set_size (columns, 0);
  if (rheo_table_find (table, key) == NULL)
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no column \"%s\" to write to %s; there are %s."), key, path,
                 keys);
      return NULL;
    }
  g_ptr_array_add (columns, (gpointer) rheo_table_find (table, key));
  return g_steal_pointer (&columns);
}

static RheoTable *
dup_column (const RheoTable *table, const RheoColumn *column)
{
  RheoTable *one = rheo_table_new (rheo_table_get_plain_title (table));

  rheo_table_add_copy (one, column->key, column->plain_label, column->plain_unit, column->axes, column->type,
                       column->dims, column->data);
  return one;
}

static gboolean
fail_write (const char *path, int code, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be written: %s."), path, g_strerror (code));
}

gboolean
rheo_table_write (const RheoTable *table, const char *key, const char *path, GError **error)
{
  g_autoptr (GPtrArray) columns = choose_columns (table, key, path, error);
  g_autofree char *beside = g_strconcat (path, ".XXXXXX", NULL);
  guint f = 0;
  Sink out = { 0 };

  if (columns == NULL)
    return FALSE;
  if (g_str_has_suffix (path, ".h5"))
    {
      g_autoptr (RheoTable) one = key != NULL ? dup_column (table, columns->pdata[0]) : NULL;

      return rheo_store_write_table (one != NULL ? one : table, path, error);
    }
  while (f < G_N_ELEMENTS (formats) && !g_str_has_suffix (path, formats[f].ending))
    f++;
  if (f == G_N_ELEMENTS (formats))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has an unknown ending; allowed are .csv, .json, .npy and .h5."),
                      path);
  if (formats[f].check != NULL && !formats[f].check (columns, path, error))
    return FALSE;

  out.fd = g_mkstemp_full (beside, O_WRONLY | O_CLOEXEC, 0666);
  if (out.fd < 0)
    return fail_write (path, errno, error);
  out.text = g_string_sized_new (2 * BUFFER);
  formats[f].write (table, columns, &out);
  flush (&out);
  g_string_free (out.text, TRUE);
  if (close (out.fd) != 0 && out.code == 0)
    out.code = errno;
  if (out.code == 0 && g_rename (beside, path) != 0)
    out.code = errno;
  if (out.code != 0)
    {
      g_unlink (beside);
      return fail_write (path, out.code, error);
    }
  return TRUE;
}

char *
rheo_table_dup_json (const RheoTable *table)
{
  g_autoptr (GPtrArray) columns = choose_columns (table, NULL, NULL, NULL);
  Sink out = { .fd = -1, .text = g_string_new (NULL) };

  write_json (table, columns, &out);
  return g_string_free (out.text, FALSE);
}
