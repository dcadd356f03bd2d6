#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "result-rows.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct
{
  const RheoRecord *record;
  char *part;
  double *value;
  char **text;   /* [series], "" where nothing was set */
  GArray **list; /* [series] of double */
} Row;

struct RheoResultRows
{
  const RheoSeries *series;
  int n_series, n_numbers;
  GPtrArray *row; /* Row */
};

RheoResultRows *
rheo_result_rows_new (const RheoSeries *series)
{
  RheoResultRows *rows = g_new0 (RheoResultRows, 1);

  rows->series = series;
  while (series[rows->n_series].key != NULL)
    rows->n_series++;
  while (rows->n_numbers < rows->n_series && strcmp (series[rows->n_numbers].axes, "row") == 0)
    rows->n_numbers++;
  rows->row = g_ptr_array_new ();
  return rows;
}

void
rheo_result_rows_free (RheoResultRows *rows)
{
  if (rows == NULL)
    return;
  for (guint r = 0; r < rows->row->len; r++)
    {
      Row *row = rows->row->pdata[r];

      for (int k = 0; k < rows->n_series; k++)
        {
          g_free (row->text[k]);
          g_array_unref (row->list[k]);
        }
      g_free (row->part);
      g_free (row->value);
      g_free (row->text);
      g_free (row->list);
      g_free (row);
    }
  g_ptr_array_unref (rows->row);
  g_free (rows);
}

double *
rheo_result_rows_add (RheoResultRows *rows, const RheoRecord *record, const char *part)
{
  Row *row = g_new0 (Row, 1);

  row->record = record;
  row->part = g_strdup (part);
  row->value = g_new (double, MAX (1, rows->n_numbers));
  row->text = g_new (char *, rows->n_series);
  row->list = g_new (GArray *, rows->n_series);
  for (int k = 0; k < rows->n_numbers; k++)
    row->value[k] = NAN;
  for (int k = 0; k < rows->n_series; k++)
    {
      row->text[k] = g_strdup ("");
      row->list[k] = g_array_new (FALSE, FALSE, sizeof (double));
    }
  g_ptr_array_add (rows->row, row);
  return row->value;
}

static int
find_series (const RheoResultRows *rows, const char *key)
{
  int k = 0;

  while (strcmp (rows->series[k].key, key) != 0)
    k++;
  return k;
}

static Row *
get_newest (RheoResultRows *rows)
{
  return rows->row->pdata[rows->row->len - 1];
}

void
rheo_result_rows_set_text (RheoResultRows *rows, const char *key, const char *english)
{
  char **text = &get_newest (rows)->text[find_series (rows, key)];

  g_free (*text);
  *text = g_strdup (english);
}

void
rheo_result_rows_append (RheoResultRows *rows, const char *key, int n, const double *v)
{
  g_array_append_vals (get_newest (rows)->list[find_series (rows, key)], v, (guint) MAX (n, 0));
}

static void
write_texts (const RheoResultRows *rows, int k, RheoTable *out)
{
  const int64_t n = rows->row->len;
  RheoColumn *column = rheo_result_add (out, rows->series, rows->series[k].key, RHEO_STRING, &n);

  for (int64_t r = 0; r < n; r++)
    rheo_table_set_words (out, column, r, ((const Row *) rows->row->pdata[r])->text[k]);
}

static void
write_lists (const RheoResultRows *rows, int k, RheoTable *out)
{
  int64_t dims[] = { rows->row->len, 1 };
  double *to;

  for (guint r = 0; r < rows->row->len; r++)
    dims[1] = MAX (dims[1], ((const Row *) rows->row->pdata[r])->list[k]->len);
  to = rheo_result_add (out, rows->series, rows->series[k].key, RHEO_F64, dims)->data;
  for (guint r = 0; r < rows->row->len; r++)
    {
      const GArray *list = ((const Row *) rows->row->pdata[r])->list[k];

      for (int64_t i = 0; i < dims[1]; i++)
        *to++ = i < list->len ? g_array_index (list, double, i) : NAN;
    }
}

void
rheo_result_rows_write (const RheoResultRows *rows, const char *part_key, const char *part_label, RheoTable *out)
{
  g_autofree RheoResultRow *row = g_new (RheoResultRow, MAX (1, rows->row->len));

  for (guint r = 0; r < rows->row->len; r++)
    {
      const Row *from = rows->row->pdata[r];

      row[r] = (RheoResultRow){ from->record, from->part, from->value };
    }
  rheo_result_add_rows (out, part_key, part_label, rows->series, row, (int) rows->row->len);
  for (int k = rows->n_numbers; k < rows->n_series; k++)
    if (strcmp (rows->series[k].axes, "row") == 0)
      write_texts (rows, k, out);
    else if (g_str_has_prefix (rows->series[k].axes, "row "))
      write_lists (rows, k, out);
}

void
rheo_result_add_all (RheoTable *out, const RheoTable *table)
{
  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *from = rheo_table_get_column (table, i);
      RheoColumn *column = rheo_table_add_copy (out, from->key, from->plain_label, from->plain_unit, from->axes,
                                                from->type, from->dims, from->data);

      column->lo = from->lo;
      column->hi = from->hi;
      column->flags = from->flags;
    }
}

/* --- names ---------------------------------------------------------------------------------------------------------- */
gboolean
rheo_result_is_one_run (const RheoRecord *records, int n_records)
{
  for (int i = 1; i < n_records; i++)
    if (!g_str_equal (records[i].name, records[0].name))
      return FALSE;
  return TRUE;
}

static gboolean
is_only_of_run (const RheoRecord *records, int n_records, int i)
{
  for (int k = 0; k < n_records; k++)
    if (k != i && g_str_equal (records[k].name, records[i].name))
      return FALSE;
  return TRUE;
}

char *
rheo_result_dup_name (const RheoRecord *records, int n_records, int i)
{
  if (rheo_result_is_one_run (records, n_records))
    return g_strdup_printf ("%" PRId64, records[i].iteration);
  if (is_only_of_run (records, n_records, i))
    return g_strdup (records[i].name);
  return g_strdup_printf ("%s, %" PRId64, records[i].name, records[i].iteration);
}
