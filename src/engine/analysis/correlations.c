#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/analysis.h"
#include "engine/fits.h"
#include "engine/linalg.h"
#include "engine/result-rows.h"
#include "engine/spike-record.h"

/* Which units of a population fire together: Pearson's coefficients of each pair over all steps, and the dimension of what they
 * do together, of the eigenvalues l of the covariance
 *
 *   participation ratio = (sum l)² / sum l²  (1: all along one direction; the number of units: alike and independent) */

enum
{
  MOST_BARS = 100,
};

typedef struct
{
  RheoSpikeChoice spikes;
  int most_units;
} Config;

static const RheoParam params[] = {
  RHEO_SPIKE_ROWS (Config, spikes),
  RHEO_P_INT (Config, most_units, "most-units", .label = N_ ("Units at most"), .def = 500, .min = 2, .max = 5000,
              .soft_min = 10, .soft_max = 2000,
              .help = N_ ("Of more units as many are taken, in equal steps. The time grows with the third power: some "
                          "seconds for 1000.")),
  RHEO_P_END,
};

enum
{
  UNITS,
  CONSTANT,
  MEAN,
  MEAN_ALL,
  PARTICIPATION,
  N_MEASURES,
};

static const RheoSeries series[] = {
  [UNITS] = { "units", N_ ("Units"), N_ ("That were taken."), "", "row" },
  [CONSTANT] = { "constant", N_ ("Constant units"), N_ ("Units that never fire, or in each step."), "", "row" },
  [MEAN] = { "mean-correlation", N_ ("Mean correlation"),
             N_ ("Of pairs of different units that are not constant (Pearson)."), "", "row",
             .flags = RHEO_SERIES_SIGNED },
  [MEAN_ALL] = { "mean-correlation-all", N_ ("Mean correlation with the diagonal"),
                 N_ ("Sum of all coefficients over the square of the number of units, as in the Python package sorn. "
                     "Not defined where a unit is constant."),
                 "", "row", .flags = RHEO_SERIES_SIGNED },
  [PARTICIPATION] = { "participation-ratio", N_ ("Participation ratio"),
                      N_ ("Dimension of the activity: squared sum of the eigenvalues of the covariance over the sum of "
                          "their squares."),
                      "", "row" },
  { "from", N_ ("Correlation"), N_ ("Lower edges of bars."), "", "row bar" },
  { "to", N_ ("Correlation"), N_ ("Upper edges of bars."), "", "row bar" },
  { "height", N_ ("Pairs of units"), N_ ("With such a coefficient."), "", "row bar" },
  { "unit", N_ ("Unit"), N_ ("Which were taken, where that is not each."), "", "unit" },
  { "correlation", N_ ("Correlation"),
    N_ ("Pearson's coefficient of each pair, in the last record; missing where a unit is constant."), "", "unit unit",
    .flags = RHEO_SERIES_SIGNED | RHEO_SERIES_SHOW },
  { "class", N_ ("Class"), N_ ("Of the unit, where the network has classes."), "", "unit" },
  { "variance-share", N_ ("Share of the variance"),
    N_ ("Along each principal direction of the activity, in the last record."), "", "component" },
  { "note", N_ ("Note"), N_ ("What is not defined, and why."), "", "row" },
  { NULL },
};

typedef struct
{
  const RheoSpikes *spikes;
  int64_t n, *unit;
  double *covariance, *correlation; /* [n][n] */
  double *variance;                 /* [n] eigenvalues in descending order; NULL: there are none */
} Units;

/* --- numbers --------------------------------------------------------------------------------------------------- */
static void
clear_units (Units *u)
{
  g_free (u->unit);
  g_free (u->covariance);
  g_free (u->correlation);
  g_free (u->variance);
}

/* FALSE: there are no steps. */
static gboolean
fill_units (Units *u, const RheoSpikes *spikes, int most)
{
  const gsize n = (gsize) (u->n = MIN (spikes->n_units, most));

  u->spikes = spikes;
  u->unit = g_new (int64_t, MAX (1, n));
  u->covariance = g_new0 (double, MAX (1, n * n));
  u->correlation = g_new (double, MAX (1, n * n));
  for (int64_t i = 0; i < u->n; i++)
    u->unit[i] = i * spikes->n_units / u->n;
  if (!rheo_spikes_covariance (spikes, u->n, u->unit, u->covariance))
    {
      for (gsize i = 0; i < n * n; i++)
        u->correlation[i] = NAN;
      return FALSE;
    }
  rheo_correlation (u->n, u->covariance, u->correlation);
  return TRUE;
}

/* The eigenvalues, of which the covariance is gone then. */
static double
find_participation (Units *u)
{
  g_autofree double *direction = g_new (double, MAX (1, (gsize) u->n * (gsize) u->n));
  g_autofree double *variance = g_new (double, MAX (1, u->n));
  double sum = 0, squares = 0;

  if (u->n == 0 || !rheo_directions ((int) u->n, u->covariance, (int) u->n, direction, variance))
    return NAN;
  for (int64_t i = 0; i < u->n; i++)
    {
      variance[i] = MAX (variance[i], 0); /* rounding */
      sum += variance[i];
      squares += variance[i] * variance[i];
    }
  if (!(sum > 0))
    return NAN;
  u->variance = g_steal_pointer (&variance);
  return sum * sum / squares;
}

static int
compare_numbers (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
add_distribution (RheoResultRows *rows, const Units *u)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree double *edge = NULL, *height = NULL;
  double lo, hi, width;
  int n_bars;

  for (int64_t i = 0; i < u->n; i++)
    for (int64_t j = 0; j < i; j++)
      if (!isnan (u->correlation[i * u->n + j]))
        g_array_append_val (all, u->correlation[i * u->n + j]);
  if (all->len == 0)
    return;
  qsort (all->data, all->len, sizeof (double), compare_numbers);
  lo = g_array_index (all, double, 0);
  hi = g_array_index (all, double, all->len - 1);
  n_bars = rheo_bins_choose (all->len, (const double *) all->data, MOST_BARS);
  width = hi > lo ? (hi - lo) / n_bars : 0.01;
  if (hi <= lo)
    {
      n_bars = 1;
      lo -= width / 2;
    }
  edge = g_new (double, n_bars + 1);
  height = g_new (double, n_bars);
  for (int b = 0; b <= n_bars; b++)
    edge[b] = lo + b * width;
  edge[n_bars] = MAX (edge[n_bars], hi);
  rheo_bins_count (n_bars, edge, all->len, (const double *) all->data, height);
  rheo_result_rows_append (rows, "from", n_bars, edge);
  rheo_result_rows_append (rows, "to", n_bars, edge + 1);
  rheo_result_rows_append (rows, "height", n_bars, height);
}

static const char *
explain (const Units *u, const double *value, gboolean any_steps)
{
  if (!any_steps)
    return N_ ("Undefined: there are no steps");
  if (value[CONSTANT] == (double) u->n)
    return N_ ("Undefined: all units are constant");
  if (value[CONSTANT] == (double) u->n - 1)
    return N_ ("Correlation undefined: only one unit is not constant");
  if (value[CONSTANT] > 0)
    return N_ ("With the diagonal undefined: units are constant");
  return "";
}

static void
describe (RheoResultRows *rows, const RheoSpikePlace *place, Units *u, gboolean any_steps)
{
  double *value = rheo_result_rows_add (rows, place->record, place->part);

  value[UNITS] = (double) u->n;
  value[CONSTANT] = 0;
  for (int64_t i = 0; i < u->n; i++)
    value[CONSTANT] += isnan (u->correlation[i * u->n + i]);
  value[MEAN] = rheo_correlation_mean (u->n, u->correlation);
  value[MEAN_ALL] = rheo_correlation_mean_all (u->n, u->correlation);
  value[PARTICIPATION] = any_steps ? find_participation (u) : NAN;
  rheo_result_rows_set_text (rows, "note", explain (u, value, any_steps));
  add_distribution (rows, u);
}

/* --- matrix and spectrum --------------------------------------------------------------------------------------- */
static void
add_classes (RheoTable *out, const RheoSpikePlace *place, const Units *u)
{
  const RheoColumn *class;
  g_auto (GStrv) names = rheo_result_dup_classes (place->record->probe, place->part, u->spikes->n_units, &class);
  const char **to = names != NULL ? rheo_result_add (out, series, "class", RHEO_STRING, &u->n)->data : NULL;

  for (int64_t i = 0; i < u->n && names != NULL; i++)
    {
      const double k = rheo_column_get_number (class, u->unit[i]);

      to[i] = rheo_table_keep (out, k >= 0 && k < g_strv_length (names) ? names[(int) k] : "");
    }
}

static void
add_matrix (RheoTable *out, const Units *u)
{
  const int64_t dims[] = { u->n, u->n };
  float *to = rheo_result_add (out, series, "correlation", RHEO_F32, dims)->data;

  for (int64_t i = 0; i < u->n * u->n; i++)
    to[i] = (float) u->correlation[i];
  if (u->n < u->spikes->n_units)
    {
      int64_t *unit = rheo_result_add (out, series, "unit", RHEO_I64, &u->n)->data;

      for (int64_t i = 0; i < u->n; i++)
        unit[i] = u->unit[i];
    }
  if (u->variance != NULL)
    {
      double *share = rheo_result_add (out, series, "variance-share", RHEO_F64, &u->n)->data, sum = 0;

      for (int64_t i = 0; i < u->n; i++)
        sum += u->variance[i];
      for (int64_t i = 0; i < u->n; i++)
        share[i] = u->variance[i] / sum;
    }
}

/* The matrix is that of one population: the one that is named, else the first. */
static gboolean
visit (const RheoSpikeReport *report, const RheoSpikePlace *place, const RheoSpikeRecord *spikes, GError **error)
{
  const Config *config = report->config;
  Units u = { NULL };
  const gboolean any_steps = fill_units (&u, &spikes->spikes, config->most_units);

  describe (report->rows, place, &u, any_steps);
  if (place->last && place->i_part == 0)
    {
      add_matrix (report->curves, &u);
      add_classes (report->curves, place, &u);
    }
  clear_units (&u);
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  RheoSpikeReport report = { .config = config,
                             .choice = &((const Config *) config)->spikes,
                             .series = series,
                             .part_key = "part",
                             .visit = visit,
                             .records = records,
                             .n_records = n_records };

  return rheo_spike_report (&report, out, progress, progress_data, cancelled, error);
}

const RheoAnalysis rheo_analysis_correlations = {
  .base = {
    .kind = RHEO_KIND_ANALYSIS,
    .version = 1,
    .id = "correlations",
    .title = N_ ("Correlations of units"),
    .summary = N_ ("Pearson's coefficients of the spikes of each pair of units, and the dimension of their activity."),
    .config_size = sizeof (Config),
    .params = params,
    .series = series,
  },
  .fits = rheo_analysis_fits_spikes,
  .wants = RHEO_WANTS_PROBE,
  .run = run,
};
