#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "engine/connections.h"
#include "engine/fits.h"

/* How the weights of projections spread, before, during and after training and in several runs: histograms whose bins are the
 * same for all times and runs, so that they can be laid over or above each other. */

enum
{
  MOST_BINS = 400,
};

#define LOWEST 0.01 /* of the bins on a logarithmic axis: what is weaker is in the first one, which begins at 0 */
#define DECADES 2   /* they cover at least */

typedef struct
{
  const char *projections;
  gboolean before, by_class;
  int bins, log_bins;
} Config;

static const RheoParam params[] = {
  RHEO_P_TEXT (Config, projections, "projections", .label = N_ ("Projections"), .def_text = "",
               .help =
                   N_ ("Names with * (*-ampa), separated by spaces; empty: those that training changed, or all where "
                       "none has changed.")),
  RHEO_P_BOOL (Config, before, "before", .label = N_ ("Before training too"), .def = TRUE,
               .help = N_ ("The weights with which training of the first run began, where they are stored.")),
  RHEO_P_BOOL (Config, by_class, "by-class", .label = N_ ("By cell class"), .def = TRUE,
               .help = N_ ("One histogram for each class of targets, such as the cells that vote for an action.")),
  RHEO_P_INT (Config, bins, "bins", .label = N_ ("Bins"), .def = 30, .min = 2, .max = MOST_BINS, .soft_min = 10,
              .soft_max = 100, .help = N_ ("From the smallest to the largest weight of a projection.")),
  RHEO_P_INT (
      Config, log_bins, "log-bins", .label = N_ ("Bins on a logarithmic axis"), .def = 50, .min = 2, .max = MOST_BINS,
      .soft_min = 10, .soft_max = 100,
      .help = N_ ("The first begins at 0; the others go up to the largest weight, from 0.01 where that is above 1.")),
  RHEO_P_END,
};

enum
{
  SYNAPSES,
  MEAN,
  SD,
};

static const RheoSeries series[] = {
  [SYNAPSES] = { "synapses", N_ ("Synapses"), N_ ("Those of weight 0 too."), "", "row" },
  [MEAN] = { "mean-weight", N_ ("Mean weight"), N_ ("Over synapses."), "", "row" },
  [SD] = { "sd", N_ ("Standard deviation"), N_ ("Of weights, over all synapses, not n − 1."), "", "row" },
  { "from", N_ ("Weight"), N_ ("Lower edges of bins."), "", "row bin" },
  { "to", N_ ("Weight"), N_ ("Upper edges of bins."), "", "row bin" },
  { "height", N_ ("Synapses"), N_ ("In a bin."), "", "row bin" },
  { "log-from", N_ ("Weight"), N_ ("Lower edges of bins that are alike on a logarithmic axis."), "", "row logbin" },
  { "log-to", N_ ("Weight"), N_ ("Upper edges of bins that are alike on a logarithmic axis."), "", "row logbin" },
  { "log-height", N_ ("Synapses"), N_ ("In a bin; of weights below 0 the magnitude counts."), "", "row logbin" },
  { "side", N_ ("Cells"), N_ ("Class of the targets."), "", "row" },
  { NULL },
};

/* --- edges -------------------------------------------------------------------------------------------------------- */
typedef struct
{
  double lo, hi, most; /* most: magnitude */
} Limits;

static void
take (Limits *limits, const RheoConnections *list)
{
  for (int64_t i = 0; i < list->n; i++)
    {
      limits->lo = MIN (limits->lo, list->weight[i]);
      limits->hi = MAX (limits->hi, list->weight[i]);
      limits->most = MAX (limits->most, fabs (list->weight[i]));
    }
}

/* [bins + 1] */
static double *
dup_edges (const Limits *limits, int bins)
{
  const gboolean alike = !(limits->hi > limits->lo);
  const double pad = alike ? 0.5 : 0, lo = limits->lo - pad, hi = limits->hi + pad;
  double *edge = g_new (double, bins + 1);

  for (int i = 0; i <= bins; i++)
    edge[i] = lo + (hi - lo) * i / bins;
  edge[bins] = hi;
  return edge;
}

/* 0, then powers of ten at equal distances. */
static double *
dup_log_edges (const Limits *limits, int bins)
{
  const double hi = log10 (limits->most), lo = MIN (log10 (LOWEST), hi - DECADES);
  double *edge = g_new (double, bins + 1);

  edge[0] = 0;
  for (int i = 1; i <= bins; i++)
    edge[i] = pow (10, lo + (hi - lo) * (i - 1) / (bins - 1));
  edge[bins] = limits->most;
  return edge;
}

/* --- histograms --------------------------------------------------------------------------------------------------- */
typedef struct
{
  const Config *config;
  RheoResultRows *rows;
  const double *edge, *log_edge;
} Work;

static void
add_row (const Work *work, const RheoRecord *record, const char *part, const char *side, int64_t n, double *w)
{
  const int bins = work->config->bins, log_bins = work->config->log_bins;
  g_autofree double *height = g_new0 (double, bins), *log_height = g_new0 (double, log_bins);
  double *value = rheo_result_rows_add (work->rows, record, part);

  rheo_result_rows_set_text (work->rows, "side", side);
  value[SYNAPSES] = (double) n;
  if (n > 0)
    {
      value[MEAN] = gsl_stats_mean (w, 1, (size_t) n);
      value[SD] = gsl_stats_sd_with_fixed_mean (w, 1, (size_t) n, value[MEAN]);
    }
  rheo_bins_count (bins, work->edge, n, w, height);
  for (int64_t i = 0; i < n; i++)
    w[i] = fabs (w[i]);
  rheo_bins_count (log_bins, work->log_edge, n, w, log_height);
  rheo_result_rows_append (work->rows, "from", bins, work->edge);
  rheo_result_rows_append (work->rows, "to", bins, work->edge + 1);
  rheo_result_rows_append (work->rows, "height", bins, height);
  rheo_result_rows_append (work->rows, "log-from", log_bins, work->log_edge);
  rheo_result_rows_append (work->rows, "log-to", log_bins, work->log_edge + 1);
  rheo_result_rows_append (work->rows, "log-height", log_bins, log_height);
}

/* Of targets of one class (-1: all). */
static void
add_class (const Work *work, const RheoRecord *record, const char *part, const RheoConnections *list,
           const RheoColumn *class, int k, const char *name)
{
  g_autofree double *w = g_new (double, MAX (list->n, 1));
  int64_t n = 0;

  for (int64_t i = 0; i < list->n; i++)
    if (k < 0 || rheo_column_get_number (class, list->post[i]) == k)
      w[n++] = list->weight[i];
  add_row (work, record, part, name, n, w);
}

/* All times of a projection, class by class. */
static void
add_part (Work *work, const RheoRecord *records, int n, const char *part, GPtrArray *lists)
{
  const RheoRecord *last = &records[n - 1];
  const char *to = rheo_connections_to (last->weights, part);
  Limits limits = { INFINITY, -INFINITY, 0 };
  g_autofree double *edge = NULL, *log_edge = NULL;
  const RheoColumn *class = NULL;
  g_auto (GStrv) names = NULL;
  int64_t n_post = G_MAXINT64;

  for (int i = 0; i < n; i++)
    {
      const RheoConnections *list = g_ptr_array_index (lists, i);

      take (&limits, list);
      n_post = MIN (n_post, list->n_post);
    }
  if (!(limits.most > 0))
    return;
  work->edge = edge = dup_edges (&limits, work->config->bins);
  work->log_edge = log_edge = dup_log_edges (&limits, work->config->log_bins);
  if (work->config->by_class && to != NULL)
    names = rheo_result_dup_classes (last->weights, to, n_post, &class);
  for (int k = names != NULL ? 0 : -1; k < 0 || names[k] != NULL; k++)
    {
      for (int i = 0; i < n; i++)
        add_class (work, &records[i], part, g_ptr_array_index (lists, i), class, k, k >= 0 ? names[k] : "");
      if (k < 0)
        break;
    }
}

/* --- which ones --------------------------------------------------------------------------------------------------- */
/* Lists of synapses in all records. NULL with an error. */
static GPtrArray *
read_lists (const RheoRecord *records, int n, const char *part, GError **error)
{
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_connections_free);

  for (int i = 0; i < n; i++)
    {
      RheoConnections *list = rheo_connections_new_silent (records[i].weights, part, error);

      if (list == NULL)
        return NULL;
      if (i > 0 && list->n_post != ((const RheoConnections *) lists->pdata[0])->n_post)
        {
          rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has other sizes in %s than in %s."), part, records[i].name,
                     records[0].name);
          rheo_connections_free (list);
          return NULL;
        }
      g_ptr_array_add (lists, list);
    }
  return g_steal_pointer (&lists);
}

static gboolean
has_changed (const GPtrArray *lists)
{
  const RheoConnections *a = lists->pdata[0];

  for (guint k = 1; k < lists->len; k++)
    {
      const RheoConnections *b = lists->pdata[k];

      if (a->n != b->n)
        return TRUE;
      for (int64_t i = 0; i < a->n; i++)
        if (a->weight[i] != b->weight[i])
          return TRUE;
    }
  return FALSE;
}

/* The start of the first run, where it is not among the records already, and these. Names and weights are borrowed. */
static RheoRecord *
dup_records (const Config *c, const RheoRecord *records, int *n)
{
  RheoRecord *all = g_new (RheoRecord, *n + 1);
  const gboolean add = c->before && records[0].start != NULL && records[0].iteration > 0;

  all[0] = records[0];
  all[0].weights = records[0].start;
  all[0].iteration = 0;
  for (int i = 0; i < *n; i++)
    all[i + add] = records[i];
  *n += add;
  return all;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  int n = n_records, n_parts, n_changed = 0;
  g_autofree RheoRecord *all = dup_records (c, records, &n);
  g_auto (GStrv) part = rheo_connections_dup_named (all[n - 1].weights, c->projections, error);
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (series);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  Work work = { .config = c, .rows = rows };

  n_parts = part != NULL ? (int) g_strv_length (part) : 0;
  for (int i = 0; i < n_parts; i++)
    {
      GPtrArray *one = read_lists (all, n, part[i], error);

      if (one == NULL)
        return FALSE;
      g_ptr_array_add (lists, one);
      n_changed += has_changed (one);
      progress (progress_data, (i + 1.0) / n_parts);
    }
  if (n_parts == 0)
    return FALSE;
  for (int i = 0; i < n_parts; i++)
    if (*c->projections != '\0' || n_changed == 0 || has_changed (lists->pdata[i]))
      add_part (&work, all, n, part[i], lists->pdata[i]);
  rheo_result_rows_write (rows, "part", N_ ("Projection"), out);
  return TRUE;
}

const RheoAnalysis rheo_analysis_weight_histograms = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "weight-histograms",
            .title = N_ ("Weights over training"),
            .summary = N_ ("Histograms of the weights that training changed, at several times and of several runs, in "
                           "bins that are common to all."),
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_WEIGHTS,
  .run = run,
};
