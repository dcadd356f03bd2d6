#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "table.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "label.h"
#include "types.h"

struct RheoTable
{
  atomic_int n_refs;
  char *title, *plain_title;
  GPtrArray *columns;   /* RheoColumn * */
  GPtrArray *note_keys; /* NULL-ended */
  GHashTable *notes;
  GStringChunk *texts;
};

static void
free_column (gpointer data)
{
  RheoColumn *column = data;

  g_free (column->key);
  g_free (column->label);
  g_free (column->unit);
  g_free (column->plain_label);
  g_free (column->plain_unit);
  g_free (column->axes);
  free (column->data);
  g_free (column->plain);
  g_free (column);
}

RheoTable *
rheo_table_new (const char *title)
{
  RheoTable *table = g_new0 (RheoTable, 1);

  atomic_init (&table->n_refs, 1);
  table->plain_title = g_strdup (title != NULL ? title : "");
  table->title = rheo_label_dup_shown (table->plain_title);
  table->columns = g_ptr_array_new_with_free_func (free_column);
  table->note_keys = g_ptr_array_new ();
  g_ptr_array_add (table->note_keys, NULL);
  table->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  table->texts = g_string_chunk_new (256);
  return table;
}

RheoTable *
rheo_table_ref (RheoTable *table)
{
  atomic_fetch_add_explicit (&table->n_refs, 1, memory_order_relaxed);
  return table;
}

void
rheo_table_unref (RheoTable *table)
{
  if (table == NULL || atomic_fetch_sub_explicit (&table->n_refs, 1, memory_order_acq_rel) != 1)
    return;
  g_ptr_array_unref (table->columns);
  g_ptr_array_unref (table->note_keys);
  g_hash_table_destroy (table->notes);
  g_string_chunk_free (table->texts);
  g_free (table->title);
  g_free (table->plain_title);
  g_free (table);
}

static int
count_words (const char *text)
{
  int n = 0;

  for (const char *c = text; *c != '\0'; c++)
    if (*c != ' ' && (c == text || c[-1] == ' '))
      n++;
  return n;
}

RheoColumn *
rheo_table_add (RheoTable *table, const char *key, const char *label, const char *unit, const char *axes, RheoType type,
                const int64_t *dims)
{
  RheoColumn *column;
  size_t bytes = rheo_type_size (type);
  int n_dims = count_words (axes != NULL ? axes : "");

  g_return_val_if_fail (key != NULL && n_dims <= RHEO_MAX_DIMS && (n_dims == 0 || dims != NULL), NULL);
  g_return_val_if_fail (rheo_table_find (table, key) == NULL, NULL);
  for (int i = 0; i < n_dims; i++)
    {
      g_return_val_if_fail (dims[i] >= 0 && !__builtin_mul_overflow (bytes, (size_t) dims[i], &bytes), NULL);
      g_return_val_if_fail (bytes <= G_MAXSSIZE - RHEO_ALIGN, NULL);
    }

  column = g_new0 (RheoColumn, 1);
  column->key = g_strdup (key);
  column->plain_label = g_strdup (label != NULL ? label : "");
  column->plain_unit = g_strdup (unit != NULL ? unit : "");
  column->label = rheo_label_dup_shown (column->plain_label);
  column->unit = rheo_label_dup_shown (column->plain_unit);
  column->axes = g_strdup (axes != NULL ? axes : "");
  column->type = type;
  column->n_dims = n_dims;
  for (int i = 0; i < n_dims; i++)
    column->dims[i] = dims[i];
  if (posix_memalign (&column->data, RHEO_ALIGN, MAX (bytes, 1)) != 0)
    {
      column->data = NULL;
      free_column (column);
      return NULL;
    }
  memset (column->data, 0, MAX (bytes, 1));
  g_ptr_array_add (table->columns, column);
  return column;
}

RheoColumn *
rheo_table_add_copy (RheoTable *table, const char *key, const char *label, const char *unit, const char *axes,
                     RheoType type, const int64_t *dims, const void *data)
{
  RheoColumn *column = rheo_table_add (table, key, label, unit, axes, type, dims);
  int64_t n;

  if (column == NULL)
    return NULL;
  n = rheo_column_get_length (column);
  if (type == RHEO_STRING)
    for (int64_t i = 0; i < n; i++)
      ((const char **) column->data)[i] = rheo_table_keep (table, ((const char *const *) data)[i]);
  else if (n > 0)
    memcpy (column->data, data, (size_t) n * rheo_type_size (type));
  return column;
}

const char *
rheo_table_keep (RheoTable *table, const char *text)
{
  return text != NULL ? g_string_chunk_insert (table->texts, text) : NULL;
}

void
rheo_table_set_words (RheoTable *table, RheoColumn *column, int64_t i, const char *english)
{
  g_autofree char *shown = rheo_label_dup_shown_group (english);

  if (column->plain == NULL)
    column->plain = g_new0 (const char *, rheo_column_get_length (column));
  column->plain[i] = rheo_table_keep (table, english);
  ((const char **) column->data)[i] = rheo_table_keep (table, shown);
}

void
rheo_table_set_note (RheoTable *table, const char *key, const char *value)
{
  char *mine = g_strdup (key);

  /* The key that the hash table holds stays when a value is replaced. */
  if (!g_hash_table_contains (table->notes, key))
    g_ptr_array_insert (table->note_keys, (int) table->note_keys->len - 1, mine);
  g_hash_table_insert (table->notes, mine, g_strdup (value));
}

const char *
rheo_table_get_note (const RheoTable *table, const char *key)
{
  return g_hash_table_lookup (table->notes, key);
}

const char *const *
rheo_table_get_note_keys (const RheoTable *table)
{
  return (const char *const *) table->note_keys->pdata;
}

const char *
rheo_table_get_title (const RheoTable *table)
{
  return table->title;
}

const char *
rheo_table_get_plain_title (const RheoTable *table)
{
  return table->plain_title;
}

int
rheo_table_get_n_columns (const RheoTable *table)
{
  return (int) table->columns->len;
}

const RheoColumn *
rheo_table_get_column (const RheoTable *table, int i)
{
  g_return_val_if_fail (i >= 0 && i < (int) table->columns->len, NULL);
  return g_ptr_array_index (table->columns, i);
}

const RheoColumn *
rheo_table_find (const RheoTable *table, const char *key)
{
  for (guint i = 0; i < table->columns->len; i++)
    {
      const RheoColumn *column = g_ptr_array_index (table->columns, i);

      if (g_str_equal (column->key, key))
        return column;
    }
  return NULL;
}

size_t
rheo_type_size (RheoType type)
{
  static const size_t sizes[] = { [RHEO_F32] = 4, [RHEO_F64] = 8, [RHEO_I32] = 4, [RHEO_I64] = 8,
                                  [RHEO_U8] = 1,  [RHEO_U16] = 2, [RHEO_U64] = 8, [RHEO_STRING] = sizeof (char *) };

  return sizes[type];
}

int64_t
rheo_column_get_length (const RheoColumn *column)
{
  int64_t n = 1;

  for (int i = 0; i < column->n_dims; i++)
    n *= column->dims[i];
  return n;
}

double
rheo_column_get_number (const RheoColumn *column, int64_t i)
{
  switch (column->type)
    {
    case RHEO_F32:
      return (double) ((const float *) column->data)[i];
    case RHEO_F64:
      return ((const double *) column->data)[i];
    case RHEO_I32:
      return ((const int32_t *) column->data)[i];
    case RHEO_I64:
      return (double) ((const int64_t *) column->data)[i];
    case RHEO_U8:
      return ((const uint8_t *) column->data)[i];
    case RHEO_U16:
      return ((const uint16_t *) column->data)[i];
    case RHEO_U64:
      return (double) ((const uint64_t *) column->data)[i];
    case RHEO_STRING:
    default:
      return NAN;
    }
}

const char *
rheo_column_get_string (const RheoColumn *column, int64_t i)
{
  const char *text = column->type == RHEO_STRING ? ((const char *const *) column->data)[i] : NULL;

  return text != NULL ? text : "";
}
