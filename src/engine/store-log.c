#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "json-text.h"

#define FRAME_HEAD 8         /* length and check sum */
#define MAX_FRAME (16 << 20) /* bytes */
#define MAX_COLUMNS 10000

/* --- frames ------------------------------------------------------------------------------------------------ */

static uint32_t crc_table[256];
static pthread_once_t crc_once = PTHREAD_ONCE_INIT;

static void
make_crc_table (void)
{
  for (uint32_t i = 0; i < 256; i++)
    {
      uint32_t crc = i;

      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
      crc_table[i] = crc;
    }
}

/* CRC-32C (Castagnoli), going on from the check sum of what came before (0: the start). */
static uint32_t
crc32c (uint32_t crc, const void *data, size_t size)
{
  const uint8_t *bytes = data;

  pthread_once (&crc_once, make_crc_table);
  crc = ~crc;
  for (size_t i = 0; i < size; i++)
    crc = (crc >> 8) ^ crc_table[(crc ^ bytes[i]) & 0xff];
  return ~crc;
}

static uint32_t
frame_sum (uint32_t length, const void *payload)
{
  return crc32c (crc32c (0, &length, sizeof length), payload, GUINT32_FROM_LE (length));
}

gboolean
rheo_log_append (int fd, const char *path, const void *payload, size_t size, GError **error)
{
  g_autofree uint8_t *frame = NULL;
  uint32_t length = GUINT32_TO_LE ((uint32_t) size);
  uint32_t sum;
  off_t start;
  ssize_t n;
  int code;

  if (size > MAX_FRAME)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s cannot take a record of %zu bytes; %d are allowed."), path,
                      size, MAX_FRAME);
  frame = g_malloc (FRAME_HEAD + size);
  sum = GUINT32_TO_LE (frame_sum (length, payload));
  memcpy (frame, &length, sizeof length);
  memcpy (frame + 4, &sum, sizeof sum);
  memcpy (frame + FRAME_HEAD, payload, size);
  start = lseek (fd, 0, SEEK_CUR);
  do
    n = write (fd, frame, FRAME_HEAD + size);
  while (n < 0 && errno == EINTR);
  if (n == (ssize_t) (FRAME_HEAD + size))
    return TRUE;
  code = n < 0 ? errno : ENOSPC;
  if (ftruncate (fd, start) == 0)
    lseek (fd, start, SEEK_SET);
  return rheo_fail_system (path, code, TRUE, error);
}

int
rheo_log_create (const char *path, const char *head, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

  if (fd < 0)
    rheo_fail_system (path, errno, TRUE, error);
  else if (!rheo_log_append (fd, path, head, strlen (head), error))
    {
      close (fd);
      unlink (path);
      fd = -1;
    }
  return fd;
}

/* The next whole frame at *at; NULL: none, or a torn or damaged one. */
static const uint8_t *
next_frame (const uint8_t *data, size_t size, size_t *at, size_t *length)
{
  uint32_t head[2];
  size_t n;

  if (size - *at < FRAME_HEAD)
    return NULL;
  memcpy (head, data + *at, sizeof head);
  n = GUINT32_FROM_LE (head[0]);
  if (n > MAX_FRAME || n > size - *at - FRAME_HEAD
      || frame_sum (head[0], data + *at + FRAME_HEAD) != GUINT32_FROM_LE (head[1]))
    return NULL;
  *length = n;
  *at += FRAME_HEAD + n;
  return data + *at - n;
}

static gboolean
read_file (const char *path, char **data, size_t *size, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (g_file_get_contents (path, data, size, &why))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be read: %s"), path, why->message);
}

/* --- metrics and logs -------------------------------------------------------------------------------------- */

char *
rheo_log_dup_head (const RheoStoreColumn *columns, int n)
{
  GString *head = g_string_new ("{\"format\": 1, \"columns\": [");

  for (int i = 0; i < n; i++)
    {
      g_string_append (head, i > 0 ? ", {\"name\": " : "{\"name\": ");
      rheo_json_append_string (head, columns[i].name);
      g_string_append (head, ", \"label\": ");
      rheo_json_append_string (head, columns[i].label != NULL ? columns[i].label : "");
      g_string_append (head, ", \"unit\": ");
      rheo_json_append_string (head, columns[i].unit != NULL ? columns[i].unit : "");
      g_string_append (head, ", \"lo\": ");
      rheo_json_append_number (head, columns[i].lo);
      g_string_append (head, ", \"hi\": ");
      rheo_json_append_number (head, columns[i].hi);
      g_string_append_printf (head, ", \"flags\": %u}", columns[i].flags);
    }
  g_string_append (head, "]}");
  return g_string_free (head, FALSE);
}

static void
add_fixed (RheoTable *table, const char *axis, int64_t n)
{
  rheo_table_add (table, "iteration", N_ ("Iterations finished"), "", axis, RHEO_I64, &n);
  rheo_table_add (table, "batch", N_ ("Batches done since the start"), "", axis, RHEO_I64, &n);
  rheo_table_add (table, "seconds", N_ ("Wall time of the run"), "s", axis, RHEO_F64, &n);
}

RheoTable *
rheo_log_new_table (const char *axis)
{
  RheoTable *table = rheo_table_new ("");

  add_fixed (table, axis, 0);
  return table;
}

static const char *
get_text (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : "";
}

static double
get_number (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : 0;
}

/* The columns that the head describes, with room for n rows. FALSE: it makes no sense. */
static gboolean
add_columns (RheoTable *table, JsonNode *head, const char *axis, int64_t n, int *n_columns)
{
  JsonNode *list = head != NULL && JSON_NODE_HOLDS_OBJECT (head)
                       ? json_object_get_member (json_node_get_object (head), "columns")
                       : NULL;
  JsonArray *columns;

  if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list))
    return FALSE;
  columns = json_node_get_array (list);
  if (json_array_get_length (columns) > MAX_COLUMNS)
    return FALSE;
  add_fixed (table, axis, n);
  for (guint i = 0; i < json_array_get_length (columns); i++)
    {
      JsonNode *node = json_array_get_element (columns, i);
      JsonObject *column = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *name = column != NULL ? get_text (column, "name") : "";
      RheoColumn *made;

      if (*name == '\0' || rheo_table_find (table, name) != NULL)
        return FALSE;
      made = rheo_table_add (table, name, get_text (column, "label"), get_text (column, "unit"), axis, RHEO_F64, &n);
      made->lo = get_number (column, "lo");
      made->hi = get_number (column, "hi");
      made->flags = (unsigned) CLAMP (get_number (column, "flags"), 0, G_MAXINT);
    }
  *n_columns = (int) json_array_get_length (columns);
  return TRUE;
}

static void
fill_row (RheoTable *table, int n_columns, int64_t row, const uint8_t *payload)
{
  for (int i = 0; i < n_columns + RHEO_N_FIXED; i++)
    {
      uint64_t *data = rheo_table_get_column (table, i)->data;
      uint64_t word;

      memcpy (&word, payload + 8 * i, sizeof word);
      data[row] = GUINT64_FROM_LE (word);
    }
}

/* Names and rows of the head's columns are known only after counting, so the file is walked twice. */
gboolean
rheo_log_read (const char *path, const char *axis, RheoTable **table, GError **error)
{
  g_autoptr (RheoTable) made = rheo_table_new ("");
  g_autoptr (JsonNode) head = NULL;
  g_autofree char *data = NULL;
  size_t size, at = 0, start, length, record = 0;
  const uint8_t *payload;
  int64_t n = 0;
  int n_columns;

  *table = NULL;
  if (!read_file (path, &data, &size, error))
    return FALSE;
  payload = next_frame ((const uint8_t *) data, size, &at, &length);
  if (payload == NULL)
    return TRUE;
  head = rheo_json_parse ((const char *) payload, (gssize) length, path, NULL);
  start = at;
  while ((payload = next_frame ((const uint8_t *) data, size, &at, &length)) != NULL)
    {
      if (record == 0)
        record = length;
      if (length != record)
        break;
      n++;
    }
  if (!add_columns (made, head, axis, n, &n_columns) || (n > 0 && record != 8 * (size_t) (n_columns + RHEO_N_FIXED)))
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: its columns cannot be read."), path);
  at = start;
  for (int64_t i = 0; i < n; i++)
    fill_row (made, n_columns, i, next_frame ((const uint8_t *) data, size, &at, &length));
  *table = g_steal_pointer (&made);
  return TRUE;
}

/* --- the journal ------------------------------------------------------------------------------------------- */

static RheoTable *
new_journal (int64_t n)
{
  RheoTable *table = rheo_table_new ("");

  rheo_table_add (table, "iteration", N_ ("Iterations finished"), "", "entry", RHEO_I64, &n);
  rheo_table_add (table, "batch", N_ ("Batches done since the start"), "", "entry", RHEO_I64, &n);
  rheo_table_add (table, "key", N_ ("What was changed"), "", "entry", RHEO_STRING, &n);
  rheo_table_add (table, "old", N_ ("Value before"), "", "entry", RHEO_STRING, &n);
  rheo_table_add (table, "new", N_ ("Value after"), "", "entry", RHEO_STRING, &n);
  return table;
}

RheoTable *
rheo_journal_new_table (void)
{
  return new_journal (0);
}

/* Two numbers, then key, old and new value, each ended by a zero. */
static gboolean
is_entry (const uint8_t *payload, size_t length)
{
  int n_ends = 0;

  if (length < 19 || payload[length - 1] != 0)
    return FALSE;
  for (size_t i = 16; i < length; i++)
    n_ends += payload[i] == 0;
  return n_ends == 3;
}

static void
fill_entry (RheoTable *table, int64_t row, const uint8_t *payload)
{
  const char *text = (const char *) payload + 16;

  for (int i = 0; i < 5; i++)
    {
      void *data = rheo_table_get_column (table, i)->data;
      uint64_t word;

      if (i < 2)
        {
          memcpy (&word, payload + 8 * i, sizeof word);
          ((uint64_t *) data)[row] = GUINT64_FROM_LE (word);
        }
      else
        {
          g_autofree char *valid = g_utf8_make_valid (text, -1);

          ((const char **) data)[row] = rheo_table_keep (table, valid);
          text += strlen (text) + 1;
        }
    }
}

RheoTable *
rheo_journal_read (const char *path, GError **error)
{
  g_autofree char *data = NULL;
  RheoTable *table;
  size_t size, at = 0, start, length;
  const uint8_t *payload;
  int64_t n = 0;

  if (!read_file (path, &data, &size, error))
    return NULL;
  payload = next_frame ((const uint8_t *) data, size, &at, &length);
  start = at;
  while (payload != NULL && (payload = next_frame ((const uint8_t *) data, size, &at, &length)) != NULL
         && is_entry (payload, length))
    n++;
  table = new_journal (n);
  at = start;
  for (int64_t i = 0; i < n; i++)
    fill_entry (table, i, next_frame ((const uint8_t *) data, size, &at, &length));
  return table;
}

/* --- joining ----------------------------------------------------------------------------------------------- */

static gboolean
same_columns (const RheoTable *a, const RheoTable *b)
{
  if (rheo_table_get_n_columns (a) != rheo_table_get_n_columns (b))
    return FALSE;
  for (int i = 0; i < rheo_table_get_n_columns (a); i++)
    {
      const RheoColumn *x = rheo_table_get_column (a, i), *y = rheo_table_get_column (b, i);

      if (x->type != y->type || !g_str_equal (x->key, y->key))
        return FALSE;
    }
  return TRUE;
}

static void
copy_rows (RheoTable *table, RheoColumn *to, int64_t at, const RheoColumn *from, int64_t n)
{
  size_t size = rheo_type_size (to->type);

  if (to->type == RHEO_STRING)
    for (int64_t i = 0; i < n; i++)
      ((const char **) to->data)[at + i] = rheo_table_keep (table, rheo_column_get_string (from, i));
  else if (n > 0)
    memcpy ((uint8_t *) to->data + (size_t) at * size, from->data, (size_t) n * size);
}

RheoTable *
rheo_log_join (const RheoTable *a, int64_t n, const RheoTable *b)
{
  RheoTable *table;

  if (b != NULL && !same_columns (a, b))
    return NULL;
  table = rheo_table_new (rheo_table_get_plain_title (a));
  for (int i = 0; i < rheo_table_get_n_columns (a); i++)
    {
      const RheoColumn *old = rheo_table_get_column (a, i);
      const RheoColumn *new = b != NULL ? rheo_table_get_column (b, i) : NULL;
      const RheoColumn *like = new != NULL ? new : old;
      int64_t n_rows = n + (new != NULL ? new->dims[0] : 0);
      RheoColumn *made =
          rheo_table_add (table, like->key, like->plain_label, like->plain_unit, like->axes, like->type, &n_rows);

      made->lo = like->lo;
      made->hi = like->hi;
      made->flags = like->flags;
      copy_rows (table, made, 0, old, n);
      if (new != NULL)
        copy_rows (table, made, n, new, new->dims[0]);
    }
  return table;
}
