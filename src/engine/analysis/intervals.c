#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/analysis.h"
#include "engine/fits.h"
#include "engine/result-rows.h"
#include "engine/spike-record.h"

/* Intervals between the spikes of a unit within trials, of one unit or of many, and the exponential decay a exp (-b x) - c
 * that fits how often each length occurs with the least squares. */

enum
{
  N_PLACES = 201, /* along a fitted curve */
};

enum
{
  STYLE_WHOLE,
  STYLE_PACKAGE,
};

typedef struct
{
  RheoSpikeChoice spikes;
  int unit, style, bins, fit_from;
  gboolean by_class;
} Config;

static const char *const style_choices[] = { "whole", "package", NULL };

static const RheoParam params[] = {
  RHEO_SPIKE_ROWS (Config, spikes),
  RHEO_P_INT (Config, unit, "unit", .label = N_ ("Unit"), .def = -1, .min = -1, .max = 1000000000, .soft_max = 1000,
              .help = N_ ("Counted from 0; −1: the intervals of all units together.")),
  RHEO_P_BOOL (Config, by_class, "by-class", .label = N_ ("By cell class"), .def = TRUE,
               .help = N_ ("One distribution for the units of each class.")),
  RHEO_P_CHOICE (Config, style, "style", style_choices, .label = N_ ("Bins"), .max = STYLE_PACKAGE,
                 .help = N_ ("whole: one for each number of steps, and a fit that starts from the first count and the "
                             "mean interval. package: of equal widths without the first, at their lower edges, and a "
                             "fit that starts from 1, 1, 1, as in the Python package sorn.")),
  RHEO_P_INT (Config, bins, "bins", .label = N_ ("Number of bins"), .def = 20, .min = 2, .max = 10000, .soft_min = 2,
              .soft_max = 100, .when = "style=package",
              .help = N_ ("From the shortest to the longest interval, with the first, which is left out.")),
  RHEO_P_INT (Config, fit_from, "fit-from", .label = N_ ("Fitted from"), .unit = N_ ("steps"), .def = 1, .min = 1,
              .max = 1000000, .soft_min = 1, .soft_max = 20,
              .help =
                  N_ ("Shorter intervals are shown and not fitted: where units are refractory the counts first rise.")),
  RHEO_P_END,
};

enum
{
  INTERVALS,
  MEAN,
  SD,
  CV,
  UNIT_CV,
  SHORTEST,
  LONGEST,
  A,
  B,
  C,
  EXPLAINED,
  N_MEASURES,
};

static const RheoSeries series[] = {
  [INTERVALS] = { "intervals", N_ ("Intervals"), N_ ("Between spikes of the same unit in the same trial."), "", "row" },
  [MEAN] = { "mean", N_ ("Mean"), N_ ("Length of the intervals."), N_ ("steps"), "row" },
  [SD] = { "sd", N_ ("Standard deviation"), N_ ("Over all intervals, not n − 1."), N_ ("steps"), "row" },
  [CV] = { "cv", N_ ("Coefficient of variation"), N_ ("Standard deviation over mean of all intervals together."), "",
           "row" },
  [UNIT_CV] = { "unit-cv", N_ ("Coefficient of variation of units"),
                N_ ("Mean over units with at least two intervals."), "", "row" },
  [SHORTEST] = { "lowest", N_ ("Shortest interval"), NULL, N_ ("steps"), "row" },
  [LONGEST] = { "highest", N_ ("Longest interval"), NULL, N_ ("steps"), "row" },
  [A] = { "a", N_ ("Fit, a"), N_ ("Of a exp (−b x) − c."), "", "row" },
  [B] = { "b", N_ ("Fit, b"), N_ ("Of a exp (−b x) − c, for each step."), "", "row" },
  [C] = { "c", N_ ("Fit, c"), N_ ("Of a exp (−b x) − c."), "", "row" },
  [EXPLAINED] = { "explained", N_ ("Explained variance"), N_ ("Of the counts, by the fit."), "", "row", 0, 1 },
  { "from", N_ ("ISI"), N_ ("Lower edges of bins."), N_ ("steps"), "row bin" },
  { "to", N_ ("ISI"), N_ ("Upper edges of bins."), N_ ("steps"), "row bin" },
  { "at", N_ ("ISI"), N_ ("Where in its bin the fit has a count."), N_ ("steps"), "row bin" },
  { "height", N_ ("Frequency"), N_ ("Intervals in a bin."), "", "row bin" },
  { "fit-place", N_ ("ISI"), N_ ("Along the fitted curves."), N_ ("steps"), "row place" },
  { "fit", N_ ("Exponential fit"), N_ ("a exp (−b x) − c."), "", "row place" },
  { "class", N_ ("Units"), N_ ("A cell class or one unit; empty: all."), "", "row" },
  { "note", N_ ("Note"), N_ ("Why there is no fit."), "", "row" },
  { NULL },
};

/* --- intervals -------------------------------------------------------------------------------------------------------- */
/* Appends those of a unit to all; interval: room for one in each step. */
static void
collect (const RheoSpikes *spikes, int64_t unit, int64_t *interval, GArray *all)
{
  const int64_t n = rheo_spikes_intervals (spikes, unit, interval);

  for (int64_t i = 0; i < n; i++)
    {
      const double v = (double) interval[i];

      g_array_append_val (all, v);
    }
}

/* --- histogram and fit ------------------------------------------------------------------------------------------------- */
/* Bins of the width 1 around whole numbers, or of equal widths without the first. */
static int
make_bins (const Config *config, int64_t n, const double *sorted, double **edge, double **at, double **count)
{
  const gboolean package = config->style == STYLE_PACKAGE;
  const double least = sorted[0], most = sorted[n - 1];
  const int n_all = package ? config->bins : (int) (most - least) + 1;
  const double width = package ? (most - least) / n_all : 1, first = package ? least : least - 0.5;
  const int skip = package ? 1 : 0;
  g_autofree double *all = g_new (double, n_all);

  *edge = g_new (double, n_all + 1);
  *at = g_new (double, n_all);
  *count = g_new (double, n_all);
  for (int i = 0; i <= n_all; i++)
    (*edge)[i] = first + i * width;
  (*edge)[n_all] = MAX ((*edge)[n_all], most);
  rheo_bins_count (n_all, *edge, n, sorted, all);
  for (int i = skip; i < n_all; i++)
    {
      (*at)[i - skip] = package ? trunc ((*edge)[i]) : least + i;
      (*count)[i - skip] = all[i];
      (*edge)[i - skip] = (*edge)[i];
    }
  (*edge)[n_all - skip] = (*edge)[n_all];
  return n_all - skip;
}

static const char *
explain (RheoDecayEnd end)
{
  static const char *const words[] = {
    [RHEO_DECAY_FOUND] = "",
    [RHEO_DECAY_FEW] = N_ ("No fit: fewer than 4 bins"),
    [RHEO_DECAY_DIVERGED] = N_ ("No fit: the search does not end"),
    [RHEO_DECAY_OTHER] = N_ ("No fit: no exponential decay"),
  };

  return words[end];
}

static void
add_fit (RheoResultRows *rows, const Config *config, double *value, int n, const double *at, const double *count)
{
  RheoDecay fit = { 1, 1, 1, 0 };
  RheoDecayEnd end;

  for (; n > 1 && at[0] < config->fit_from; n--, at++, count++)
    ;
  if (config->style == STYLE_WHOLE)
    fit = (RheoDecay){ count[0], 1 / value[MEAN], 0, 0 };
  end = rheo_decay_fit (n, at, count, &fit);
  rheo_result_rows_set_text (rows, "note", explain (end));
  value[A] = fit.a;
  value[B] = fit.b;
  value[C] = fit.c;
  value[EXPLAINED] = fit.explained;
  for (int i = 0; i < N_PLACES && end == RHEO_DECAY_FOUND; i++)
    {
      const double x = at[0] + (at[n - 1] - at[0]) * i / (N_PLACES - 1), y = rheo_decay_value (&fit, x);

      rheo_result_rows_append (rows, "fit-place", 1, &x);
      rheo_result_rows_append (rows, "fit", 1, &y);
    }
}

static void
add_histogram (RheoResultRows *rows, const Config *config, double *value, int64_t n, const double *sorted)
{
  g_autofree double *edge = NULL, *at = NULL, *count = NULL;
  int n_bins;

  if (config->style == STYLE_PACKAGE && !(sorted[n - 1] > sorted[0]))
    {
      rheo_result_rows_set_text (rows, "note", N_ ("No fit: all intervals are alike"));
      return;
    }
  n_bins = make_bins (config, n, sorted, &edge, &at, &count);
  rheo_result_rows_append (rows, "from", n_bins, edge);
  rheo_result_rows_append (rows, "to", n_bins, edge + 1);
  rheo_result_rows_append (rows, "at", n_bins, at);
  rheo_result_rows_append (rows, "height", n_bins, count);
  if (sorted[n - 1] > sorted[0])
    add_fit (rows, config, value, n_bins, at, count);
  else
    rheo_result_rows_set_text (rows, "note", N_ ("No fit: all intervals are alike"));
}

/* Some units of a population. */
typedef struct
{
  const RheoSpikePlace *place;
  const RheoSpikes *spikes;
  const char *name;
  const RheoColumn *class; /* NULL: all units, or one */
  int64_t wanted;          /* class or unit; -1: all */
} Group;

static gboolean
is_in (const Group *group, int64_t unit)
{
  if (group->class != NULL)
    return rheo_column_get_number (group->class, unit) == (double) group->wanted;
  return group->wanted < 0 || unit == group->wanted;
}

static void
add_group (RheoResultRows *rows, const Config *config, const Group *group)
{
  double *value = rheo_result_rows_add (rows, group->place->record, group->place->part), cv = 0;
  g_autofree int64_t *interval = g_new (int64_t, MAX (1, rheo_spikes_steps (group->spikes, -1)));
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  int64_t n_cv = 0;
  RheoNormal whole;

  rheo_result_rows_set_text (rows, "class", group->name);
  for (int64_t i = 0; i < group->spikes->n_units; i++)
    {
      const guint before = all->len;
      RheoNormal own;

      if (!is_in (group, i))
        continue;
      collect (group->spikes, i, interval, all);
      if (all->len - before < 2)
        continue;
      rheo_normal_fit (all->len - before, (double *) all->data + before, &own);
      cv += own.sd / own.mean;
      n_cv++;
    }
  value[INTERVALS] = all->len;
  if (all->len == 0)
    {
      rheo_result_rows_set_text (rows, "note", N_ ("No intervals: no unit has two spikes in a trial"));
      return;
    }
  rheo_normal_fit (all->len, (double *) all->data, &whole);
  value[MEAN] = whole.mean;
  value[SD] = whole.sd;
  value[CV] = all->len > 1 ? whole.sd / whole.mean : NAN;
  value[UNIT_CV] = n_cv > 0 ? cv / (double) n_cv : NAN;
  value[SHORTEST] = g_array_index (all, double, 0);
  value[LONGEST] = g_array_index (all, double, all->len - 1);
  add_histogram (rows, config, value, all->len, (const double *) all->data);
}

static gboolean
visit (const RheoSpikeReport *report, const RheoSpikePlace *place, const RheoSpikeRecord *record, GError **error)
{
  const Config *config = report->config;
  const RheoColumn *class = NULL;
  Group group = { .place = place, .spikes = &record->spikes, .name = "", .wanted = config->unit };
  g_autofree char *unit = NULL;
  g_auto (GStrv) names = NULL;

  if (config->unit >= group.spikes->n_units)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no unit %d in \"%s\"; it has %d units, from 0 on."),
                      config->unit, place->part, (int) group.spikes->n_units);
  if (config->by_class && config->unit < 0)
    names = rheo_result_dup_classes (place->record->probe, place->part, group.spikes->n_units, &class);
  if (config->unit >= 0)
    group.name = unit = g_strdup_printf ("%s %d", N_ ("Unit"), config->unit);
  if (names == NULL)
    add_group (report->rows, config, &group);
  group.class = class;
  for (int k = 0; names != NULL && names[k] != NULL; k++)
    {
      group.wanted = k;
      group.name = names[k];
      add_group (report->rows, config, &group);
    }
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

const RheoAnalysis rheo_analysis_intervals = {
  .base = {
    .kind = RHEO_KIND_ANALYSIS,
    .version = 1,
    .id = "intervals",
    .title = N_ ("Intervals between spikes"),
    .summary = N_ ("How often intervals of each length occur, with an exponential fit and their coefficient of variation."),
    .config_size = sizeof (Config),
    .params = params,
    .series = series,
  },
  .fits = rheo_analysis_fits_spikes,
  .wants = RHEO_WANTS_PROBE,
  .run = run,
};
