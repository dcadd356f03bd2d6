#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-rows.h"

void
rheo_plot_rows_init (RheoPlotRows *rows, const RheoTable *table)
{
  int n = rheo_table_get_n_columns (table);

  *rows = (RheoPlotRows){ .table = table, .n_columns = n };
  for (int i = 0; i < n; i++)
    {
      const RheoColumn *c = rheo_table_get_column (table, i);

      rows->n_rows = MAX (rows->n_rows, rheo_column_get_length (c));
      rows->matrix = rows->matrix || (n == 1 && c->n_dims == 2);
    }
  if (rows->matrix)
    rows->n_columns = 3;
}

static const RheoColumn *
column_of (const RheoPlotRows *rows, int column)
{
  return rheo_table_get_column (rows->table, rows->matrix ? 0 : column);
}

char *
rheo_plot_rows_dup_title (const RheoPlotRows *rows, int column)
{
  const RheoColumn *c = column_of (rows, column);
  const char *label = c->label != NULL && *c->label != '\0' ? c->label : c->key;

  if (rows->matrix && column < 2)
    {
      g_auto (GStrv) words = g_strsplit (c->axes, " ", 2);

      return g_strdup (words[column]);
    }
  return c->unit != NULL && *c->unit != '\0' ? g_strdup_printf ("%s (%s)", label, c->unit) : g_strdup (label);
}

gboolean
rheo_plot_rows_is_number (const RheoPlotRows *rows, int column)
{
  return column_of (rows, column)->type != RHEO_STRING;
}

static void
append_element (const RheoColumn *c, int64_t i, GString *out)
{
  char text[RHEO_ELEMENT_SIZE];
  const char *s = i < rheo_column_get_length (c) ? rheo_column_get_text (c, i, text) : NULL;

  g_string_append (out, s != NULL ? s : "");
}

void
rheo_plot_rows_append (const RheoPlotRows *rows, int64_t row, int column, GString *out)
{
  const RheoColumn *c = column_of (rows, column);

  if (!rows->matrix || column == 2)
    append_element (c, row, out);
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT,
                            column == 0 ? (gint64) (row / MAX (c->dims[1], 1)) : (gint64) (row % MAX (c->dims[1], 1)));
}

void
rheo_plot_rows_append_titles (const RheoPlotRows *rows, GString *out)
{
  for (int i = 0; i < rows->n_columns; i++)
    {
      g_autofree char *title = rheo_plot_rows_dup_title (rows, i);

      g_string_append_printf (out, "%s%c", title, i + 1 < rows->n_columns ? '\t' : '\n');
    }
}

void
rheo_plot_rows_append_row (const RheoPlotRows *rows, int64_t row, GString *out)
{
  for (int i = 0; i < rows->n_columns; i++)
    {
      rheo_plot_rows_append (rows, row, i, out);
      g_string_append_c (out, i + 1 < rows->n_columns ? '\t' : '\n');
    }
}

char *
rheo_plot_rows_dup_text (const RheoTable *table)
{
  GString *out = g_string_new (NULL);
  RheoPlotRows rows;

  rheo_plot_rows_init (&rows, table);
  if (rows.matrix)
    {
      const RheoColumn *c = rheo_table_get_column (table, 0);

      for (int64_t r = 0; r < c->dims[0]; r++)
        for (int64_t k = 0; k < c->dims[1]; k++)
          {
            append_element (c, r * c->dims[1] + k, out);
            g_string_append_c (out, k + 1 < c->dims[1] ? '\t' : '\n');
          }
      return g_string_free (out, FALSE);
    }
  rheo_plot_rows_append_titles (&rows, out);
  for (int64_t r = 0; r < rows.n_rows; r++)
    rheo_plot_rows_append_row (&rows, r, out);
  return g_string_free (out, FALSE);
}
