#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/json-text.h"

JsonNode *
rheo_cli_dup_table_json (const RheoTable *table)
{
  g_autofree char *text = rheo_table_dup_json (table);

  return rheo_json_parse (text, -1, rheo_table_get_title (table), NULL);
}

/* One-dimensional columns with the axis of `first`. */
static gboolean
are_beside (const RheoColumn *first, const RheoColumn *column)
{
  return column->n_dims <= 1 && column->n_dims == first->n_dims && strcmp (column->axes, first->axes) == 0
         && rheo_column_get_length (column) == rheo_column_get_length (first);
}

static gboolean
lies_beside (const RheoTable *table, int i)
{
  return are_beside (rheo_table_get_column (table, 0), rheo_table_get_column (table, i));
}

static char *
dup_cell (const RheoColumn *column, int64_t i)
{
  double value = rheo_column_get_number (column, i);

  if (column->type == RHEO_STRING)
    return g_strdup (rheo_column_get_string (column, i));
  if (isnan (value))
    return g_strdup ("–");
  return g_strdup_printf ("%.5g", value);
}

void
rheo_cli_print_padded (const char *text, glong width, gboolean right)
{
  glong pad = MAX (0, width - g_utf8_strlen (text, -1));

  printf ("%*s%s%*s", right ? (int) pad : 0, "", text, right ? 0 : (int) pad, "");
}

static glong
find_width (const RheoColumn *column)
{
  glong width = g_utf8_strlen (column->key, -1);

  for (int64_t i = 0; i < rheo_column_get_length (column); i++)
    {
      g_autofree char *cell = dup_cell (column, i);

      width = MAX (width, g_utf8_strlen (cell, -1));
    }
  return width;
}

static void
print_number (const RheoColumn *column, glong width)
{
  g_autofree char *cell = dup_cell (column, 0);

  rheo_cli_print_padded (column->key, width, FALSE);
  printf (" %s%s%s\n", cell, column->unit[0] != '\0' ? " " : "", column->unit);
}

/* One row of the table per line of text; a table of one row is turned. */
static void
print_turned (const RheoTable *table)
{
  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    if (lies_beside (table, i))
      print_number (rheo_table_get_column (table, i), 24);
}

static void
print_rows (const RheoTable *table, int64_t n)
{
  for (int64_t r = -1; r < n; r++)
    {
      const char *gap = "";

      for (int i = 0; i < rheo_table_get_n_columns (table); i++)
        {
          const RheoColumn *column = rheo_table_get_column (table, i);
          g_autofree char *cell = NULL;

          if (!lies_beside (table, i))
            continue;
          cell = r < 0 ? g_strdup (column->key) : dup_cell (column, r);
          fputs (gap, stdout);
          rheo_cli_print_padded (cell, find_width (column), column->type != RHEO_STRING);
          gap = "  ";
        }
      putchar ('\n');
    }
}

/* A number of its own beside columns. */
static gboolean
is_single (const RheoColumn *column)
{
  return column->n_dims == 0;
}

static void
print_singles (const RheoTable *table)
{
  glong width = 0;

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    if (is_single (rheo_table_get_column (table, i)))
      width = MAX (width, g_utf8_strlen (rheo_table_get_column (table, i)->key, -1));
  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    if (is_single (rheo_table_get_column (table, i)))
      print_number (rheo_table_get_column (table, i), width);
  if (width > 0)
    putchar ('\n');
}

void
rheo_cli_print_table (const RheoTable *table)
{
  int64_t n = rheo_table_get_n_columns (table) > 0 ? rheo_column_get_length (rheo_table_get_column (table, 0)) : 0;
  const gboolean beside = n > 0 && !is_single (rheo_table_get_column (table, 0));
  gboolean told = FALSE;

  if (beside)
    print_singles (table);
  if (n == 1)
    print_turned (table);
  else if (n > 0)
    print_rows (table, n);
  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);

      if (lies_beside (table, i) || (beside && is_single (column)))
        continue;
      if (!told)
        fputs (_ ("\nMore columns, for --column or as series of a plot:\n"), stdout);
      told = TRUE;
      rheo_cli_print_padded (column->key, 32, FALSE);
      printf (" %s (%s)\n", column->label, column->axes);
    }
}

static void
add_copy (RheoTable *to, const RheoColumn *column)
{
  rheo_table_add_copy (to, column->key, column->label, column->unit, column->axes, column->type, column->dims,
                       column->data);
}

/* The columns side by side with `first`, as a table of their own. */
static RheoTable *
dup_group (const RheoTable *table, const RheoColumn *first)
{
  RheoTable *group = rheo_table_new (rheo_table_get_title (table));

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    if (are_beside (first, rheo_table_get_column (table, i)))
      add_copy (group, rheo_table_get_column (table, i));
  return group;
}

/* A matrix with the columns that tell what stands along its dimensions. */
static RheoTable *
dup_matrix (const RheoTable *table, const RheoColumn *matrix)
{
  RheoTable *group = rheo_table_new (rheo_table_get_title (table));
  g_auto (GStrv) axes = g_strsplit (matrix->axes, " ", -1);

  for (int dim = 0; dim < matrix->n_dims; dim++)
    {
      const RheoColumn *along = rheo_table_find (table, axes[dim]);

      if (along != NULL && along->n_dims == 1 && along->dims[0] == matrix->dims[dim]
          && rheo_table_find (group, along->key) == NULL)
        add_copy (group, along);
    }
  add_copy (group, matrix);
  return group;
}

gboolean
rheo_cli_write_table (const RheoTable *table, const char *column, const char *path, GError **error)
{
  const RheoColumn *chosen = column != NULL ? rheo_table_find (table, column) : NULL;
  const gboolean matrix = chosen != NULL && chosen->n_dims == 2;
  g_autoptr (RheoTable) group = NULL;

  if (!g_str_has_suffix (path, ".csv") || rheo_table_get_n_columns (table) == 0 || (column != NULL && !matrix))
    return rheo_table_write (table, column, path, error);
  group = matrix ? dup_matrix (table, chosen) : dup_group (table, rheo_table_get_column (table, 0));
  return rheo_table_write (group, NULL, path, error);
}

/* Names of the axes of one-dimensional columns. */
static char *
dup_axes (const RheoTable *table)
{
  g_autoptr (GPtrArray) axes = g_ptr_array_new ();

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);

      if (column->n_dims == 1 && !g_ptr_array_find_with_equal_func (axes, column->axes, g_str_equal, NULL))
        g_ptr_array_add (axes, (void *) column->axes);
    }
  g_ptr_array_add (axes, NULL);
  return g_strjoinv (", ", (char **) axes->pdata);
}

gboolean
rheo_cli_write_axis (const RheoTable *table, const char *axis, const char *path, GError **error)
{
  g_autofree char *axes = NULL;

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);

      if (column->n_dims == 1 && g_str_equal (column->axes, axis))
        {
          g_autoptr (RheoTable) group = dup_group (table, column);

          return rheo_table_write (group, NULL, path, error);
        }
    }
  axes = dup_axes (table);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("--axis is \"%s\"; the result has columns over %s."), axis, axes);
}

void
rheo_cli_keep_result (const RheoRun *run, const char *id, int64_t iteration, const char *config, RheoTable *table)
{
  g_autoptr (GError) error = NULL;

  if (rheo_run_get_state (run) == RHEO_RUN_RUNNING)
    g_printerr (_ ("%s goes on, so the result is not kept in it.\n"), rheo_run_get_path (run));
  else if (!rheo_run_add_analysis (rheo_run_get_path (run), id, iteration, config, table, &error))
    g_printerr (_ ("The result is not kept in the run: %s\n"), error->message);
}
