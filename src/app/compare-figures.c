#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/compare-figures.h"

#include "app/compare-plots.h"
#include "app/compare-results.h"
#include "engine/analysis.h"
#include "plot/plot-figure.h"
#include "plot/plot-kind.h"

/* Takes no longer than reading: nothing is played or measured again. */
static gboolean
is_quick (const RheoAnalysis *analysis)
{
  return (analysis->wants & ~(unsigned) (RHEO_WANTS_METRICS | RHEO_WANTS_STEPS | RHEO_WANTS_CHAIN)) == 0;
}

/* NULL: it does not fit all of them. */
static GPtrArray *
dup_results (const RheoAnalysis *analysis, RheoRun *const *runs, int n)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_table_unref);

  for (int i = 0; i < n; i++)
    if (!rheo_analysis_fits (analysis, rheo_run_get_experiment (runs[i]), NULL))
      return NULL;
  for (int i = 0; i < n; i++)
    {
      RheoTable *table = rheo_analysis_read_or_run (analysis, runs[i], NULL);

      if (table == NULL)
        return NULL;
      g_ptr_array_add (tables, table);
    }
  return g_steal_pointer (&tables);
}

static void
add_figure (GPtrArray *specs, const RheoFigure *figure, const GPtrArray *tables, const char *const *names,
            const int *style)
{
  g_auto (GStrv) lines = g_strsplit (figure->compare != NULL ? figure->compare : "", " ", -1);
  const int n = (int) tables->len;

  for (int i = 0; lines[i] != NULL; i++)
    {
      RheoPlotSpec *spec =
          *lines[i] != '\0' ? rheo_plot_figure (figure, (RheoTable *const *) tables->pdata, names, n, style, lines[i])
                            : NULL;

      if (spec == NULL)
        continue;
      /* So many names would hide the curves; the colours are named above them. */
      if (n > RHEO_N_STYLES)
        rheo_plot_set (spec, "labels", "none", NULL);
      g_ptr_array_add (specs, spec);
    }
}

void
rheo_compare_add_figures (GPtrArray *specs, RheoRun *const *runs, const RheoPlotSource *sources, int n)
{
  const RheoComponent *const *all = rheo_components (RHEO_KIND_ANALYSIS);
  g_autofree RheoExperiment **experiments = g_new0 (RheoExperiment *, (gsize) n);
  g_autofree const char **whole = g_new0 (const char *, (gsize) n + 1);
  g_autofree int *group = g_new0 (int, n), *each = g_new0 (int, n);
  g_auto (GStrv) names = NULL;

  for (int i = 0; i < n; i++)
    {
      experiments[i] = (RheoExperiment *) rheo_run_get_experiment (runs[i]);
      whole[i] = sources[i].name;
      each[i] = i;
    }
  names = rheo_compare_dup_names (whole, each, n, n);
  rheo_compare_group (experiments, n, group);
  for (int i = 0; all[i] != NULL; i++)
    {
      const RheoAnalysis *analysis = (const RheoAnalysis *) all[i];
      g_autoptr (GPtrArray) tables =
          analysis->figures != NULL && is_quick (analysis) ? dup_results (analysis, runs, n) : NULL;

      for (const RheoFigure *f = analysis->figures; tables != NULL && f->key != NULL; f++)
        add_figure (specs, f, tables, (const char *const *) names, group);
    }
}
