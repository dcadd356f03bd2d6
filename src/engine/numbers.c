#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "numbers.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "store-private.h"

#define MAGIC "\223NUMPY"

static gboolean
fail_count (const char *name, int n_max, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s has more numbers than the %d that fit here."), name, n_max);
}

/* --- NPY ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char kind; /* f, i, u, or b for truth values */
  int width; /* bytes of a number */
  gboolean fortran;
  int n_dims;
  int64_t dims[RHEO_MAX_DIMS], n;
  const char *data;
} Npy;

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
  return kind == 'u' ? (double) (guint64) whole : (double) whole;
}

static gboolean
read_type (const char *header, Npy *npy)
{
  const char *type = strstr (header, "'descr': '");

  if (type == NULL || (type[10] != '<' && type[10] != '|') || type[11] == '\0' || strchr ("fiub", type[11]) == NULL)
    return FALSE;
  npy->kind = type[11];
  npy->width = (int) g_ascii_strtoll (type + 12, NULL, 10);
  npy->fortran = strstr (header, "'fortran_order': True") != NULL;
  if (npy->kind == 'f')
    return npy->width == 4 || npy->width == 8;
  return npy->width == 1 || (npy->kind != 'b' && (npy->width == 2 || npy->width == 4 || npy->width == 8));
}

/* FALSE: not "(2, 3)", or more numbers than there are bytes. */
static gboolean
read_dims (const char *header, gsize bytes, Npy *npy)
{
  const char *at = strstr (header, "'shape': (");
  const guint64 room = bytes / (gsize) npy->width;

  if (at == NULL)
    return FALSE;
  npy->n = 1;
  for (at += strlen ("'shape': ("); *at != ')';)
    {
      char *end;
      const guint64 dim = g_ascii_strtoull (at, &end, 10);

      if (end == at || npy->n_dims == RHEO_MAX_DIMS || (dim > 0 && (guint64) npy->n > room / dim))
        return FALSE;
      npy->dims[npy->n_dims++] = (int64_t) dim;
      npy->n *= (int64_t) dim;
      for (at = end; *at == ',' || *at == ' ';)
        at++;
    }
  return TRUE;
}

static gboolean
read_head (const char *data, gsize size, const char *name, Npy *npy, GError **error)
{
  gsize length = size > 10 ? (guchar) data[8] + 256u * (guchar) data[9] : 0, start = 10;
  g_autofree char *header = NULL;

  *npy = (Npy){ 0 };
  if (size > 12 && data[6] > 1)
    {
      length += 65536u * (guchar) data[10] + 16777216u * (guchar) data[11];
      start = 12;
    }
  if (length == 0 || length > size - start)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is no whole NPY file."), name);
  header = g_strndup (data + start, length);
  if (!read_type (header, npy))
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s holds something else than real or whole numbers."), name);
  npy->data = data + start + length;
  if (!read_dims (header, size - start - length, npy))
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is no whole NPY file of at most %d dimensions."), name,
                      RHEO_MAX_DIMS);
  return TRUE;
}

/* In C order, whatever the order in the file. */
static void
take_numbers (const Npy *npy, double *out)
{
  int64_t at[RHEO_MAX_DIMS] = { 0 };

  for (int64_t i = 0; i < npy->n; i++)
    {
      int64_t from = i;

      if (npy->fortran)
        {
          from = 0;
          for (int k = npy->n_dims - 1; k >= 0; k--)
            from = from * npy->dims[k] + at[k];
          for (int k = npy->n_dims - 1; k >= 0 && ++at[k] == npy->dims[k]; k--)
            at[k] = 0;
        }
      out[i] = read_number (npy->data + (gsize) from * (gsize) npy->width, npy->kind, npy->width);
    }
}

static gboolean
parse_npy (const char *data, gsize size, const char *name, int n_max, GArray *numbers, GError **error)
{
  Npy npy;

  if (!read_head (data, size, name, &npy, error))
    return FALSE;
  if (npy.n > n_max)
    return fail_count (name, n_max, error);
  g_array_set_size (numbers, (guint) npy.n);
  take_numbers (&npy, (double *) (void *) numbers->data);
  return TRUE;
}

static gboolean
fail_memory (const char *path, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the numbers of %s."), path);
}

gboolean
rheo_numbers_parse_npy (const char *data, gsize size, const char *name, RheoTable *table, const char *key,
                        GError **error)
{
  static const char *const axes[] = { "", "dim1", "dim1 dim2", "dim1 dim2 dim3", "dim1 dim2 dim3 dim4" };
  RheoColumn *column;
  Npy npy;

  if (size < strlen (MAGIC) || memcmp (data, MAGIC, strlen (MAGIC)) != 0)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is no whole NPY file."), name);
  if (!read_head (data, size, name, &npy, error))
    return FALSE;
  column = rheo_table_add (table, key, key, "", axes[npy.n_dims], RHEO_F64, npy.dims);
  if (column == NULL)
    return fail_memory (name, error);
  take_numbers (&npy, column->data);
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

/* --- text with a head --------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *path;
  char separator; /* ' ': any blanks */
  GStrv head;
  int n_columns, n_lines, i_trial; /* column that says which trial, -1: none */
  GArray *values;                  /* double [line][column]; NaN where nothing stands */
  int n_trials, n_steps;           /* the longest trial's */
  GArray *lengths;                 /* int [trial] */
} Sheet;

static void
clear_sheet (Sheet *sheet)
{
  g_strfreev (sheet->head);
  g_clear_pointer (&sheet->values, g_array_unref);
  g_clear_pointer (&sheet->lengths, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sheet, clear_sheet)

static GStrv
split_line (char *line, char separator)
{
  GStrv words;

  if (separator != ' ')
    words = g_strsplit (line, (char[]){ separator, 0 }, -1);
  else
    words = g_regex_split_simple ("[ \t]+", g_strstrip (line), 0, 0);
  for (int i = 0; words[i] != NULL; i++)
    {
      char *word = g_strstrip (words[i]);
      const gsize n = strlen (word);

      if (n >= 2 && word[0] == '"' && word[n - 1] == '"')
        {
          memmove (word, word + 1, n - 2);
          word[n - 2] = '\0';
        }
    }
  return words;
}

static gboolean
read_line (Sheet *sheet, char *line, int number, GError **error)
{
  g_auto (GStrv) words = split_line (line, sheet->separator);
  const int n = (int) g_strv_length (words);

  if (n != sheet->n_columns)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("Line %2$d of %1$s has %3$d values, but its head has %4$d."),
                      sheet->path, number, n, sheet->n_columns);
  for (int i = 0; i < n; i++)
    {
      char *end;
      double v = *words[i] != '\0' ? g_ascii_strtod (words[i], &end) : NAN;

      if (*words[i] != '\0' && *end != '\0')
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("Line %2$d of %1$s has “%3$.30s”, which is no number."),
                          sheet->path, number, words[i]);
      g_array_append_val (sheet->values, v);
    }
  sheet->n_lines++;
  return TRUE;
}

static double
get_value (const Sheet *sheet, int line, int column)
{
  return g_array_index (sheet->values, double, (gsize) line *(gsize) sheet->n_columns + (gsize) column);
}

static const char *const trial_names[] = { "trial", "episode", "demonstration", NULL };

/* Trials are stretches of lines with the same number in the column "trial". */
static void
find_trials (Sheet *sheet)
{
  int first = 0;

  for (int line = 1; line <= sheet->n_lines; line++)
    {
      const int length = line - first;

      if (line < sheet->n_lines
          && (sheet->i_trial < 0
              || get_value (sheet, line, sheet->i_trial) == get_value (sheet, first, sheet->i_trial)))
        continue;
      g_array_append_val (sheet->lengths, length);
      sheet->n_steps = MAX (sheet->n_steps, length);
      sheet->n_trials++;
      first = line;
    }
}

/* Where the first line has numbers already, columns are called 1, 2, 3 ... */
static gboolean
number_columns (char **head)
{
  double v;

  for (int i = 0; head[i] != NULL; i++)
    if (!is_number (head[i], &v))
      return FALSE;
  for (int i = 0; head[i] != NULL; i++)
    {
      g_free (head[i]);
      head[i] = g_strdup_printf ("%d", i + 1);
    }
  return TRUE;
}

/* Whether a column with this head is one of an array: its name, or with a number behind it. */
static gboolean
is_channel (const char *head, const char *name)
{
  const char *rest = head + strlen (name);

  if (g_str_equal (name, RHEO_NUMBERS_ALL))
    return TRUE;
  if (!g_str_has_prefix (head, name))
    return FALSE;
  rest += strspn (rest, "._-[ ");
  rest += strspn (rest, "0123456789");
  rest += *rest == ']';
  return *rest == '\0';
}

static gboolean
take_array (const Sheet *sheet, const char *name, RheoTable *table, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (name, ",", -1);
  g_autofree int *columns = g_new (int, sheet->n_columns *(int) (g_strv_length (parts) + 1));
  RheoColumn *column;
  double *out;
  int n = 0, line = 0;

  for (char **part = parts; *part != NULL; part++)
    {
      const int before = n;

      g_strstrip (*part);
      for (int i = 0; i < sheet->n_columns; i++)
        if (is_channel (sheet->head[i], *part) && (i != sheet->i_trial || !g_str_equal (*part, RHEO_NUMBERS_ALL)))
          columns[n++] = i;
      if (n == before)
        return TRUE;
    }
  if (n == 0)
    return TRUE;
  column = rheo_table_add (table, name, name, "", "trial step channel", RHEO_F64,
                           (int64_t[]){ sheet->n_trials, sheet->n_steps, n });
  if (column == NULL)
    return fail_memory (sheet->path, error);
  out = column->data;
  for (int trial = 0; trial < sheet->n_trials; trial++)
    {
      const int length = g_array_index (sheet->lengths, int, trial);

      for (int k = 0; k < sheet->n_steps * n; k++)
        *out++ = k / n < length ? get_value (sheet, line + k / n, columns[k % n]) : NAN;
      line += length;
    }
  return TRUE;
}

static char
find_separator (const char *head)
{
  return strchr (head, ';') != NULL ? ';' : strchr (head, ',') != NULL ? ',' : ' ';
}

static gboolean
read_text (const char *path, const char *data, gsize size, const char *const *names, RheoTable *table, GError **error)
{
  g_auto (Sheet) sheet = { .path = path,
                           .i_trial = -1,
                           .values = g_array_new (FALSE, FALSE, sizeof (double)),
                           .lengths = g_array_new (FALSE, FALSE, sizeof (int)) };
  g_autofree char *list = NULL;
  int number = 0;

  if (memchr (data, '\0', size) != NULL || !g_utf8_validate (data, (gssize) size, NULL))
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is no HDF5, NPZ or NPY file, and no text either."), path);
  for (gsize at = 0; at < size;)
    {
      const char *end = memchr (data + at, '\n', size - at);
      const gsize length = end != NULL ? (gsize) (end - data) - at : size - at;
      g_autofree char *line = g_strndup (data + at, length);

      at += length + 1;
      number++;
      if (*g_strchomp (line) == '\0')
        continue;
      if (sheet.head == NULL)
        {
          sheet.separator = find_separator (line);
          sheet.head = split_line (line, sheet.separator);
          sheet.n_columns = (int) g_strv_length (sheet.head);
          if (!number_columns (sheet.head))
            continue;
        }
      if (!read_line (&sheet, line, number, error))
        return FALSE;
    }
  if (sheet.n_lines == 0)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s holds no numbers."), path);
  for (int k = 0; trial_names[k] != NULL && sheet.i_trial < 0; k++)
    for (int i = 0; i < sheet.n_columns; i++)
      if (g_str_equal (sheet.head[i], trial_names[k]))
        sheet.i_trial = i;
  find_trials (&sheet);
  for (int i = 0; names[i] != NULL; i++)
    if (rheo_table_find (table, names[i]) == NULL && !take_array (&sheet, names[i], table, error))
      return FALSE;
  list = g_strjoinv (", ", sheet.head);
  rheo_table_set_note (table, "names", list);
  rheo_table_set_note (table, "axes", "trial step channel");
  rheo_table_add_copy (table, RHEO_NUMBERS_LENGTHS, RHEO_NUMBERS_LENGTHS, "", "trial", RHEO_I32,
                       (int64_t[]){ sheet.n_trials }, sheet.lengths->data);
  return TRUE;
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static GMappedFile *
map_file (const char *path, GError **error)
{
  GMappedFile *file;
  g_autoptr (GError) local = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      rheo_fail (error, RHEO_ERROR_IO, _ ("%s is not a file."), path);
      return NULL;
    }
  file = g_mapped_file_new (path, FALSE, &local);
  if (file == NULL)
    rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be read: %s."), path,
               g_strerror (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? ENOENT : EACCES));
  return file;
}

/* The folder of one NPY file holds the others. */
static gboolean
read_beside (const char *path, const char *const *names, RheoTable *table, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GString) list = g_string_new (NULL);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, ".npy"))
      g_string_append_printf (list, "%s%.*s", list->len > 0 ? ", " : "", (int) strlen (file) - 4, file);
  rheo_table_set_note (table, "names", list->str);
  for (int i = 0; names[i] != NULL; i++)
    {
      g_autofree char *base = g_strconcat (names[i], ".npy", NULL), *full = g_build_filename (folder, base, NULL);
      g_autoptr (GMappedFile) mapped = NULL;

      if (rheo_table_find (table, names[i]) != NULL || !g_file_test (full, G_FILE_TEST_EXISTS))
        continue;
      mapped = map_file (full, error);
      if (mapped == NULL
          || !rheo_numbers_parse_npy (g_mapped_file_get_contents (mapped), g_mapped_file_get_length (mapped), full,
                                      table, names[i], error))
        return FALSE;
    }
  return TRUE;
}

/* A block of the writer's own may come before an HDF5 file. */
static gboolean
is_hdf5 (const char *data, gsize size)
{
  for (gsize at = 0; at + 8 <= size; at = at == 0 ? 512 : 2 * at)
    if (memcmp (data + at, "\211HDF\r\n\032\n", 8) == 0)
      return TRUE;
  return FALSE;
}

RheoTable *
rheo_numbers_read (const char *path, const char *const *names, GError **error)
{
  g_autoptr (GMappedFile) file = map_file (path, error);
  g_autoptr (RheoTable) table = rheo_table_new (path);
  const char *data;
  gboolean good;
  gsize size;

  if (file == NULL)
    return NULL;
  data = g_mapped_file_get_contents (file);
  size = g_mapped_file_get_length (file);
  if (size == 0)
    good = rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s holds no numbers."), path);
  else if (is_hdf5 (data, size))
    good = rheo_h5_read_arrays (path, names, table, error);
  else if (size > 4 && memcmp (data, "PK\3\4", 4) == 0)
    good = rheo_npz_read (path, data, size, names, table, error);
  else if (size > strlen (MAGIC) && memcmp (data, MAGIC, strlen (MAGIC)) == 0)
    good = read_beside (path, names, table, error);
  else
    good = read_text (path, data, size, names, table, error);
  return good ? g_steal_pointer (&table) : NULL;
}
