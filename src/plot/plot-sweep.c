#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-sweep.h"

#include <glib/gi18n-lib.h>

RheoPlotSpec *
rheo_plot_sweep_boxes (RheoTable *table, const char *title)
{
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("boxes", NULL));
  gboolean sets = TRUE;

  for (int pass = 0; pass < 2; pass++)
    for (int c = 0; c < rheo_table_get_n_columns (table); c++)
      {
        const RheoColumn *column = rheo_table_get_column (table, c);
        const gboolean by = g_str_has_prefix (column->key, "by.");

        sets = sets && !by;
        if (by == (pass == 1) && spec->n_bindings < RHEO_PLOT_MAX_COLUMNS)
          rheo_plot_bind (spec, by ? "by" : "values", table, column->key, column->label, NULL);
      }
  if (sets && rheo_table_get_n_columns (table) > 1)
    spec->y.label = g_intern_string (_ ("Length of an episode"));
  spec->title = g_intern_string (title);
  return spec;
}

RheoPlotSpec *
rheo_plot_sweep_curves (RheoTable *const *tables, const char *const *names, int n, const char *metric, int window,
                        const char *title)
{
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));
  g_autofree char *width = g_strdup_printf ("%d", window);

  for (int i = 0; i < n; i++)
    {
      if (rheo_table_find (tables[i], metric) == NULL || spec->n_bindings + 2 > RHEO_PLOT_MAX_COLUMNS)
        continue;
      rheo_plot_bind (spec, "y", tables[i], metric, names[i], NULL);
      rheo_plot_bind (spec, "x", tables[i], "iteration", NULL, NULL);
    }
  rheo_plot_set (spec, "smooth", width, NULL);
  spec->title = g_intern_string (title);
  return spec;
}
