#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/connections.h"
#include "engine/fits.h"

/* Counts of synapses of each target (incoming) and each source (outgoing), as a density over whole numbers, beside the normal
 * distribution of greatest likelihood. */

enum
{
  MOST_BINS = 400,
  N_PLACES = 201, /* along a fitted curve */
};

typedef struct
{
  const char *projection;
  gboolean by_class;
  int bins;
} Config;

static const RheoParam params[] = {
  RHEO_P_TEXT (Config, projection, "projection", .label = N_ ("Projection"), .def_text = "",
               .help = N_ ("Name of one projection (rec); empty: the recurrent ones, or all where there are none.")),
  RHEO_P_BOOL (Config, by_class, "by-class", .label = N_ ("By cell class"), .def = TRUE,
               .help = N_ ("Incoming connections by the class of the target, outgoing ones by that of the source.")),
  RHEO_P_INT (Config, bins, "bins", .label = N_ ("Bins"), .max = MOST_BINS, .soft_max = 100,
              .help = N_ ("At most so many, each as wide as a whole number. 0: from the spread and number of the units "
                          "(Freedman and Diaconis 1981).")),
  RHEO_P_END,
};

enum
{
  UNITS,
  MU,
  SIGMA,
  LEAST,
  MOST,
  N_MEASURES,
};

static const RheoSeries series[] = {
  [UNITS] = { "units", N_ ("Units"), N_ ("Units whose connections are counted."), "", "row" },
  [MU] = { "mu", N_ ("Mean"), N_ ("Connections of a unit; of greatest likelihood."), "", "row" },
  [SIGMA] = { "sigma", N_ ("Standard deviation"), N_ ("Over all units, not n − 1; of greatest likelihood."), "",
              "row" },
  [LEAST] = { "lowest", N_ ("Fewest"), N_ ("Connections of a unit."), "", "row" },
  [MOST] = { "highest", N_ ("Most"), N_ ("Connections of a unit."), "", "row" },
  { "from", N_ ("Number of connections"), N_ ("Lower edges of bins."), "", "row bin" },
  { "to", N_ ("Number of connections"), N_ ("Upper edges of bins."), "", "row bin" },
  { "height", N_ ("Probability"), N_ ("Share of the units, over the width of the bin."), "", "row bin" },
  { "fit-place", N_ ("Number of connections"), N_ ("Along the fitted curves."), "", "row place" },
  { "fit", N_ ("Normal distribution"), N_ ("Its density."), "", "row place" },
  { "side", N_ ("Connections"), N_ ("Incoming: of targets; outgoing: of sources."), "", "row" },
  { "class", N_ ("Cell class"), NULL, "", "row" },
  { NULL },
};

/* Bins around whole numbers. sorted: the counts. */
static void
add_histogram (RheoResultRows *rows, int bins, int64_t n, const double *sorted)
{
  const double span = sorted[n - 1] - sorted[0] + 1;
  const int wanted = bins > 0 ? bins : rheo_bins_choose (n, sorted, MOST_BINS);
  const double width = MAX (1, bins > 0 ? ceil (span / wanted) : round (span / wanted));
  const int n_bins = (int) ceil (span / width);
  g_autofree double *edge = g_new (double, n_bins + 1), *height = g_new (double, n_bins);

  for (int i = 0; i <= n_bins; i++)
    edge[i] = sorted[0] - 0.5 + i * width;
  rheo_bins_count (n_bins, edge, n, sorted, height);
  for (int i = 0; i < n_bins; i++)
    height[i] /= (double) n * width;
  rheo_result_rows_append (rows, "from", n_bins, edge);
  rheo_result_rows_append (rows, "to", n_bins, edge + 1);
  rheo_result_rows_append (rows, "height", n_bins, height);
}

static void
add_curve (RheoResultRows *rows, const RheoNormal *normal, double least, double most)
{
  const double from = MAX (-0.5, MIN (least - 0.5, normal->mean - 4 * normal->sd));
  const double until = MAX (most + 0.5, normal->mean + 4 * normal->sd);

  for (int i = 0; i < N_PLACES && normal->sd > 0; i++)
    {
      const double x = from + (until - from) * i / (N_PLACES - 1), y = rheo_normal_density (normal, x);

      rheo_result_rows_append (rows, "fit-place", 1, &x);
      rheo_result_rows_append (rows, "fit", 1, &y);
    }
}

/* One side of a projection. */
typedef struct
{
  const RheoRecord *record;
  const char *projection, *side, *population;
} Side;

/* count [n] is sorted. */
static void
add_row (RheoResultRows *rows, const Config *config, const Side *side, const char *class, int64_t n, double *count)
{
  double *value = rheo_result_rows_add (rows, side->record, side->projection);
  RheoNormal normal;

  rheo_result_rows_set_text (rows, "side", side->side);
  rheo_result_rows_set_text (rows, "class", class);
  rheo_normal_fit (n, count, &normal);
  value[UNITS] = (double) n;
  value[MU] = normal.mean;
  value[SIGMA] = normal.sd;
  if (n == 0)
    return;
  value[LEAST] = count[0];
  value[MOST] = count[n - 1];
  add_histogram (rows, config->bins, n, count);
  add_curve (rows, &normal, value[LEAST], value[MOST]);
}

/* All units of the population, or those of each class. */
static void
add_side (RheoResultRows *rows, const Config *config, const Side *side, int64_t n, double *count)
{
  const RheoColumn *class = NULL;
  g_auto (GStrv) names = config->by_class && side->population != NULL
                             ? rheo_result_dup_classes (side->record->weights, side->population, n, &class)
                             : NULL;
  g_autofree double *some = g_new (double, MAX (1, n));

  if (names == NULL)
    add_row (rows, config, side, "", n, count);
  for (int k = 0; names != NULL && names[k] != NULL; k++)
    {
      int64_t n_some = 0;

      for (int64_t i = 0; i < n; i++)
        if (rheo_column_get_number (class, i) == k)
          some[n_some++] = count[i];
      add_row (rows, config, side, names[k], n_some, some);
    }
}

static void
add_projection (RheoResultRows *rows, const void *config, const RheoRecord *record, const char *part,
                const RheoConnections *synapses)
{
  const RheoTable *weights = record->weights;
  const Side incoming = { record, part, N_ ("Incoming"), rheo_connections_to (weights, part) };
  const Side outgoing = { record, part, N_ ("Outgoing"), rheo_connections_from (weights, part) };
  g_autofree double *in = g_new (double, MAX (1, synapses->n_post)), *out = g_new (double, MAX (1, synapses->n_pre));

  rheo_connections_count (synapses, in, out);
  add_side (rows, config, &incoming, synapses->n_post, in);
  add_side (rows, config, &outgoing, synapses->n_pre, out);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoConnectionsReport report = { c, c->projection, series, add_projection, records, n_records };

  return rheo_connections_report (&report, out, progress, progress_data, cancelled, error);
}

const RheoAnalysis rheo_analysis_degrees = {
  .base = {
    .kind = RHEO_KIND_ANALYSIS,
    .version = 1,
    .id = "degrees",
    .title = N_ ("Connections of units"),
    .summary = N_ ("How many incoming and outgoing connections units have, with a normal distribution."),
    .config_size = sizeof (Config),
    .params = params,
    .series = series,
  },
  .wants = RHEO_WANTS_WEIGHTS,
  .run = run,
};
