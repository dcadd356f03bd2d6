#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/result-plots.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-figure.h"

#define MOST_MATRIX (4 << 20) /* numbers */

typedef struct
{
  RheoTable *table;
  char *prefix; /* "fixed-points/1/" */
  RheoTable *names;
} Source;

/* --- the result as a source of series --------------------------------------------------------------------------------- */

static RheoTable *
list (void *data, GError **error)
{
  return rheo_table_ref (((Source *) data)->names);
}

static RheoTable *
read_series (void *data, const char *series, int64_t at, const char **key, GError **error)
{
  const Source *source = data;
  const char *name = g_str_has_prefix (series, source->prefix) ? series + strlen (source->prefix) : NULL;

  if (name == NULL || rheo_table_find (source->table, name) == NULL)
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("The result has no \"%s\"."), series);
      return NULL;
    }
  *key = rheo_table_find (source->table, name)->key;
  return rheo_table_ref (source->table);
}

static gboolean
find (void *data, const char *word, int64_t *at, GError **error)
{
  *at = -1;
  return TRUE;
}

static RheoTable *
dup_names (const Source *source)
{
  const int64_t n = rheo_table_get_n_columns (source->table);
  RheoTable *names = rheo_table_new ("names");
  const char **series = rheo_table_add (names, "series", "", "", "series", RHEO_STRING, &n)->data;

  for (int64_t i = 0; i < n; i++)
    {
      g_autofree char *name = g_strconcat (source->prefix, rheo_table_get_column (source->table, (int) i)->key, NULL);

      series[i] = rheo_table_keep (names, name);
    }
  return names;
}

/* --- plots -------------------------------------------------------------------------------------------------------------- */

static gboolean
shows_results (const RheoPlotKind *kind)
{
  for (const RheoPlotRole *role = kind->roles; role->key != NULL; role++)
    if (role->from != NULL && strchr (role->from, '/') != NULL)
      return TRUE;
  return FALSE;
}

static RheoPlotSpec *
fill (const RheoPlotKind *kind, const RheoPlotSource *source, const char *series)
{
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (kind);
  const char *const from[] = { series, NULL };

  if (!rheo_plot_fill (spec, source, 1, series != NULL ? from : NULL, NULL, NULL) || !rheo_plot_check (spec, NULL)
      || !rheo_plot_has_data (spec))
    return NULL;
  return g_steal_pointer (&spec);
}

static void
add_figures (GPtrArray *specs, RheoTable *table, const char *id)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, id, NULL);

  for (const RheoFigure *f = analysis != NULL ? analysis->figures : NULL; f != NULL && f->key != NULL; f++)
    {
      RheoPlotSpec *spec = rheo_plot_figure (f, &table, NULL, 1, NULL, NULL);

      if (spec != NULL)
        g_ptr_array_add (specs, spec);
    }
}

/* A graph joins the strongest pairs alone, so the whole matrix stands beside it. */
static gboolean
is_bound (const GPtrArray *specs, guint n, const RheoColumn *column)
{
  for (guint i = 0; i < n; i++)
    {
      const RheoPlotSpec *spec = specs->pdata[i];

      for (int b = 0; b < spec->n_bindings && !g_str_equal (spec->kind->base.id, "graph"); b++)
        if (spec->binding[b].column == column)
          return TRUE;
    }
  return FALSE;
}

/* A curve needs an axis on which one place comes after the other. */
static gboolean
is_curve (const RheoTable *table, const RheoColumn *column)
{
  static const char *const no_order[] = { "row", "point", "out", "in", "sample", "event", "x", "y", "pair", NULL };

  return column->n_dims == 1 && column->type != RHEO_STRING && column->dims[0] > 2
         && (!g_strv_contains (no_order, column->axes) || rheo_table_find (table, "along") != NULL)
         && strcmp (column->key, column->axes) != 0 && strcmp (column->key, "along") != 0;
}

static gboolean
is_matrix (const RheoColumn *column)
{
  return (column->n_dims == 2 || column->n_dims == 3) && column->type != RHEO_STRING && column->dims[0] > 1
         && column->dims[1] > 1 && rheo_column_get_length (column) <= MOST_MATRIX;
}

/* Over time, of groups that have names: lines. */
static gboolean
has_lines (const RheoColumn *column)
{
  return column->n_dims == 2 && g_str_has_prefix (column->axes, "group ");
}

/* marked: only what the analysis marks as worth showing (RHEO_SERIES_SHOW). */
static void
add_rest (GPtrArray *specs, const RheoTable *table, const RheoPlotSource *source, const char *prefix, gboolean marked)
{
  const RheoPlotKind *line = rheo_plot_kind_find ("line", NULL), *matrix = rheo_plot_kind_find ("heat-map", NULL);
  const guint n_own = specs->len;

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);
      g_autofree char *name = g_strconcat (prefix, column->key, NULL);
      RheoPlotSpec *spec = NULL;

      if (is_bound (specs, n_own, column) || (marked && (column->flags & RHEO_SERIES_SHOW) == 0))
        continue;
      if (is_curve (table, column))
        spec = fill (line, source, name);
      else if (is_matrix (column))
        spec = fill (has_lines (column) ? line : matrix, source, name);
      if (spec != NULL)
        g_ptr_array_add (specs, spec);
    }
}

GPtrArray *
rheo_result_dup_plots (RheoTable *table, const char *id, const char *unit, int *n_own)
{
  GPtrArray *specs = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_plot_spec_free);
  const RheoComponent *const *kinds = rheo_plot_kinds ();
  g_autofree char *prefix = g_strconcat (id, "/1/", NULL);
  g_autoptr (RheoTable) names = NULL;
  Source data = { table, prefix, NULL };
  const RheoPlotSource source = { .data = &data, .unit = unit, .list = list, .read = read_series, .find = find };

  data.names = names = dup_names (&data);
  add_figures (specs, table, id);
  for (int i = 0; kinds[i] != NULL; i++)
    {
      const RheoPlotKind *kind = (const RheoPlotKind *) kinds[i];
      RheoPlotSpec *spec = shows_results (kind) ? fill (kind, &source, NULL) : NULL;

      if (spec != NULL)
        g_ptr_array_add (specs, spec);
    }
  add_rest (specs, table, &source, prefix, TRUE);
  *n_own = (int) specs->len;
  add_rest (specs, table, &source, prefix, FALSE);
  return specs;
}

const RheoColumn *
rheo_result_find_points (const RheoTable *table)
{
  const RheoColumn *state = rheo_table_find (table, "state"), *input = rheo_table_find (table, "input");

  if (input == NULL)
    input = rheo_table_find (table, "inputs");
  return state != NULL && input != NULL && state->n_dims == 2 ? state : NULL;
}
