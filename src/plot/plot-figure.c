#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot/plot-figure.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "plot/plot-kind.h"

#define MARGIN 1.02 /* of a range, so that dots on its end are seen whole */

typedef struct
{
  const RheoFigure *figure;
  RheoTable *const *tables;
  const char *const *names;
  const int *styles;
  int n;
  RheoPlotSpec *spec;
} Making;

const RheoFigure *
rheo_plot_figure_find (const char *analysis, const RheoFigure *figures, const char *key, GError **error)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (const RheoFigure *f = figures; f != NULL && f->key != NULL; f++)
    {
      if (g_str_equal (f->key, key))
        return f;
      g_string_append_printf (all, "%s%s", all->len > 0 ? ", " : "", f->key);
    }
  if (all->len == 0)
    rheo_fail (error, RHEO_ERROR_INVALID, _ ("The analysis %s has no figures of its own."), analysis);
  else
    rheo_fail (error, RHEO_ERROR_INVALID, _ ("The analysis %s has no figure “%s”. It has %s."), analysis, key,
               all->str);
  return NULL;
}

static gboolean
has_numbers (const RheoColumn *column)
{
  for (int64_t i = 0; i < rheo_column_get_length (column); i++)
    if (isfinite (rheo_column_get_number (column, i)))
      return TRUE;
  return FALSE;
}

/* Keys of the columns that a word means, "*.votes" more than one; in the first result that has them. */
static GPtrArray *
match (const Making *making, const char *word)
{
  GPtrArray *keys = g_ptr_array_new ();

  for (int r = 0; r < making->n && keys->len == 0; r++)
    for (int k = 0; k < rheo_table_get_n_columns (making->tables[r]); k++)
      {
        const RheoColumn *column = rheo_table_get_column (making->tables[r], k);

        if (column->n_dims == 1 && g_pattern_match_simple (word, column->key))
          g_ptr_array_add (keys, column->key);
      }
  return keys;
}

/* What a column is called among others of the same table: its part, or its label. */
static char *
dup_name (const RheoColumn *column)
{
  const char *dot = strrchr (column->key, '.');

  return dot != NULL ? g_strndup (column->key, (gsize) (dot - column->key)) : g_strdup (column->label);
}

static void
bind (Making *making, int run, const char *key, int style, gboolean alone)
{
  RheoTable *table = making->tables[run];
  const RheoColumn *column = rheo_table_find (table, key);
  g_autofree char *name = column != NULL ? dup_name (column) : NULL, *label = NULL;
  gboolean again = FALSE;

  /* Where there is none, the others go on as if there were. */
  if (column == NULL || !has_numbers (column))
    return;
  if (making->n > 1)
    label = alone ? g_strdup (making->names[run]) : g_strdup_printf ("%s, %s", name, making->names[run]);
  else if (strrchr (key, '.') != NULL)
    label = g_steal_pointer (&name);
  if (!rheo_plot_bind (making->spec, "y", table, key, label, NULL))
    return;
  making->spec->binding[making->spec->n_bindings - 1].style = style;
  for (int i = 0; i < making->spec->n_bindings; i++)
    again = again || (making->spec->binding[i].table == table && g_str_equal (making->spec->binding[i].role, "x"));
  if (!again && rheo_table_find (table, column->axes) != NULL)
    rheo_plot_bind (making->spec, "x", table, column->axes, NULL, NULL);
}

/* Of one run each column has a colour, of several each run, and its lines differ in dashes. What lies behind is plainest; a
 * part has the colour that its name has everywhere. */
static int
style_of (const GPtrArray *keys, int k, int first, int end)
{
  return strchr (keys->pdata[k], '.') != NULL ? -1 : first + end - 1 - k;
}

/* Dots first, then lines; of each column all runs. */
static int
bind_all (Making *making, const GPtrArray *keys, int first, int end, gboolean alone)
{
  const int n_before = rheo_plot_count (making->spec, "y");

  for (int k = first; k < end; k++)
    for (int r = 0; r < making->n; r++)
      {
        const int own = making->styles != NULL ? making->styles[r] : r;

        bind (making, r, keys->pdata[k],
              making->n == 1 ? style_of (keys, k, first, end) : own + RHEO_N_STYLES * (k - first), alone);
      }
  return rheo_plot_count (making->spec, "y") - n_before;
}

static void
set_range (Making *making, const char *key)
{
  double hi = 0;

  for (int r = 0; r < making->n; r++)
    {
      const RheoColumn *column = rheo_table_find (making->tables[r], key);

      hi = column != NULL ? MAX (hi, column->hi) : hi;
    }
  making->spec->y.hi = hi * MARGIN;
}

static void
bind_marks (Making *making)
{
  const char *key = making->figure->marks;

  /* Of several runs nobody would know whose they are. */
  if (making->n == 1 && key != NULL && rheo_table_find (making->tables[0], key) != NULL)
    rheo_plot_bind (making->spec, "mark", making->tables[0], key, NULL, NULL);
}

RheoPlotSpec *
rheo_plot_figure (const RheoFigure *figure, RheoTable *const *tables, const char *const *names, int n,
                  const int *styles, const char *line)
{
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));
  g_auto (GStrv) words = g_strsplit (figure->columns, " ", -1);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  Making making = { figure, tables, names, styles, n, spec };
  g_autofree char *dots = NULL;
  int n_dots = 0, n_found;

  for (int w = 0; words[w] != NULL; w++)
    {
      g_autoptr (GPtrArray) found = NULL;

      if (w < figure->n_dots ? n > RHEO_N_STYLES : line != NULL && !g_str_equal (words[w], line))
        continue;
      found = match (&making, words[w]);
      if (w == 0 && found->len == 0)
        return NULL;
      g_ptr_array_extend (keys, found, NULL, NULL);
      n_dots += w < figure->n_dots ? (int) found->len : 0;
    }
  n_found = bind_all (&making, keys, 0, n_dots, n_dots == 1);
  dots = g_strdup_printf ("%d", n_found);
  rheo_plot_set (spec, "dots", dots, NULL);
  n_found += bind_all (&making, keys, n_dots, (int) keys->len, (int) keys->len - n_dots == 1);
  if (n_found == 0)
    return NULL;
  bind_marks (&making);
  rheo_plot_set (spec, "markers", "no", NULL);
  rheo_plot_set (spec, "mark-ends", n > 1 ? "true" : "false", NULL);
  if (figure->whole)
    set_range (&making, keys->pdata[0]);
  spec->title = g_intern_string (_ (figure->title));
  if (n == 1 && names != NULL)
    spec->subtitle = g_intern_string (names[0]);
  else if (line != NULL)
    spec->subtitle = g_intern_string (rheo_plot_find (spec, "y", rheo_plot_count (spec, "y") - 1)->column->label);
  return g_steal_pointer (&spec);
}
