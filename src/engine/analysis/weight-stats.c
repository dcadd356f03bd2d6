#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/fits.h"
#include "engine/linalg.h"

typedef struct
{
  const char *projection;
  gboolean spectrum;
} Config;

static const RheoParam params[] = {
  RHEO_P_TEXT (Config, projection, "projection", .label = N_ ("Projection"), .def_text = "",
               .help = N_ ("Name of one projection (rec); empty: all of them.")),
  RHEO_P_BOOL (Config, spectrum, "spectrum", .label = N_ ("Eigenvalues"), .def = 1,
               .help = N_ ("Eigenvalues and spectral radius of recurrent projections. The time grows with the third "
                           "power of the number of units: about seconds for 1000 units.")),
  RHEO_P_END,
};

enum
{
  N_PRE,
  N_POST,
  SYNAPSES,
  DENSITY,
  MEAN,
  SD,
  LOWEST,
  HIGHEST,
  VIOLATIONS,
  LOG_MEAN,
  LOG_SD,
  LOG_DISTANCE,
  RADIUS,
  CHANGE,
  CHANGE_REL,
  N_MEASURES,
};

static const RheoSeries series[] = {
  [N_PRE] = { "n-pre", N_ ("Sources"), N_ ("Units that the projection comes from."), "", "row" },
  [N_POST] = { "n-post", N_ ("Targets"), N_ ("Units that the projection goes to."), "", "row" },
  [SYNAPSES] = { "synapses", N_ ("Synapses"), N_ ("Weights that are not zero."), "", "row" },
  [DENSITY] = { "density", N_ ("Density"), N_ ("Synapses over sources times targets."), "", "row", 0, 1 },
  [MEAN] = { "mean", N_ ("Mean weight"), N_ ("Over synapses."), "", "row", .flags = RHEO_SERIES_SIGNED },
  [SD] = { "sd", N_ ("Standard deviation"), N_ ("Over synapses, unbiased."), "", "row" },
  [LOWEST] = { "lowest", N_ ("Lowest weight"), NULL, "", "row", .flags = RHEO_SERIES_SIGNED },
  [HIGHEST] = { "highest", N_ ("Highest weight"), NULL, "", "row", .flags = RHEO_SERIES_SIGNED },
  [VIOLATIONS] = { "sign-violations", N_ ("Sign violations"),
                   N_ ("Synapses whose sign is not that of their source; no number where sources have no sign."), "",
                   "row" },
  [LOG_MEAN] = { "log-mean", N_ ("Log-normal μ"), N_ ("Mean of the logarithm of the magnitude of synapses."), "",
                 "row" },
  [LOG_SD] = { "log-sd", N_ ("Log-normal σ"), N_ ("Standard deviation of the logarithm, by maximum likelihood."), "",
               "row" },
  [LOG_DISTANCE] = { "log-distance", N_ ("Distance from log-normal"),
                     N_ ("Largest gap between the distribution of magnitudes and the fitted one "
                         "(Kolmogorov and Smirnov)."),
                     "", "row", 0, 1 },
  [RADIUS] = { "spectral-radius", N_ ("Spectral radius"),
               N_ ("Largest magnitude of an eigenvalue; recurrent projections only."), "", "row" },
  [CHANGE] = { "change", N_ ("Mean change"), N_ ("Mean magnitude of the change since training began."), "", "row" },
  [CHANGE_REL] = { "relative-change", N_ ("Relative change"),
                   N_ ("Root sum of squares of the change over that of the weights when training began."), "", "row" },
  { "in-degree", N_ ("In-degree"), N_ ("Synapses of each target, in the last record."), "", "post" },
  { "out-degree", N_ ("Out-degree"), N_ ("Synapses of each source, in the last record."), "", "pre" },
  { "eigenvalue-re", N_ ("Eigenvalue, real part"), N_ ("In the last record, largest magnitude first."), "", "mode" },
  { "eigenvalue-im", N_ ("Eigenvalue, imaginary part"), N_ ("In the last record, largest magnitude first."), "",
    "mode" },
  { NULL },
};

/* log_size is sorted. */
static void
fit_log_normal (double *log_size, int64_t n, double *value)
{
  RheoNormal fit;

  rheo_normal_fit (n, log_size, &fit);
  value[LOG_MEAN] = fit.mean;
  value[LOG_SD] = fit.sd;
  value[LOG_DISTANCE] = fit.distance;
}

static void
describe (const RheoColumn *weight, const RheoColumn *first, const RheoColumn *sign, const RheoColumn *start,
          double *value)
{
  int64_t n_pre = weight->dims[0], n_post = weight->n_dims > 1 ? weight->dims[1] : 1, n = n_pre * n_post;
  int64_t n_synapses = 0, source = 0;
  double sum = 0, squares = 0, moved = 0, moved_squares = 0, start_squares = 0;
  g_autofree double *log_size = g_new (double, MAX (1, n));

  value[N_PRE] = (double) n_pre;
  value[N_POST] = (double) (weight->n_dims > 1 ? n_post : n_pre);
  if (first != NULL)
    {
      value[N_PRE] = (double) (rheo_column_get_length (first) - 1);
      value[N_POST] = NAN; /* a list of synapses does not tell how many targets have none */
    }
  value[VIOLATIONS] = sign != NULL ? 0 : NAN;
  for (int64_t i = 0; i < n; i++)
    {
      double w = rheo_column_get_number (weight, i);

      while (first != NULL && rheo_column_get_number (first, source + 1) <= (double) i)
        source++;
      if (first == NULL)
        source = i / n_post;
      if (start != NULL)
        {
          double w0 = rheo_column_get_number (start, i);

          moved += fabs (w - w0);
          moved_squares += (w - w0) * (w - w0);
          start_squares += w0 * w0;
        }
      if (w == 0)
        continue;
      log_size[n_synapses++] = log (fabs (w));
      sum += w;
      if (!(w >= value[LOWEST])) /* it begins as no number */
        value[LOWEST] = w;
      if (!(w <= value[HIGHEST]))
        value[HIGHEST] = w;
      if (sign != NULL)
        value[VIOLATIONS] += w * rheo_column_get_number (sign, source) < 0;
    }
  value[SYNAPSES] = (double) n_synapses;
  value[DENSITY] = n > 0 && first == NULL ? (double) n_synapses / (double) n : NAN;
  if (start != NULL && n > 0)
    {
      value[CHANGE] = moved / (double) n;
      value[CHANGE_REL] = start_squares > 0 ? sqrt (moved_squares / start_squares) : NAN;
    }
  if (n_synapses == 0)
    return;
  value[MEAN] = sum / (double) n_synapses;
  for (int64_t i = 0; i < n; i++)
    {
      double w = rheo_column_get_number (weight, i);

      if (w != 0)
        squares += (w - value[MEAN]) * (w - value[MEAN]);
    }
  value[SD] = n_synapses > 1 ? sqrt (squares / (double) (n_synapses - 1)) : NAN;
  fit_log_normal (log_size, n_synapses, value);
}

static gboolean
is_recurrent (const RheoTable *weights, const RheoColumn *weight, const char *part)
{
  g_autofree char *from = g_strconcat (part, ".from", NULL), *to = g_strconcat (part, ".to", NULL);
  const char *source = rheo_table_get_note (weights, from), *target = rheo_table_get_note (weights, to);

  return weight->n_dims == 2 && weight->dims[0] == weight->dims[1] && source != NULL && g_strcmp0 (source, target) == 0;
}

typedef struct
{
  double re, im;
} Eigenvalue;

static int
compare_sizes (const void *a, const void *b)
{
  const Eigenvalue *x = a, *y = b;
  double p = hypot (x->re, x->im), q = hypot (y->re, y->im);

  if (p != q)
    return p < q ? 1 : -1;
  return (x->im < y->im) - (x->im > y->im);
}

/* NULL: the eigenvalues do not converge. */
static Eigenvalue *
find_spectrum (const RheoColumn *weight)
{
  int n = (int) weight->dims[0];
  g_autofree double *a = g_new (double, (gsize) n *(gsize) n), *re = g_new (double, n), *im = g_new (double, n);
  g_autofree Eigenvalue *spectrum = g_new (Eigenvalue, n);

  for (int64_t i = 0; i < (int64_t) n * n; i++)
    a[i] = rheo_column_get_number (weight, i);
  if (!rheo_eigenvalues (n, a, re, im))
    return NULL;
  for (int i = 0; i < n; i++)
    spectrum[i] = (Eigenvalue){ re[i], im[i] };
  qsort (spectrum, (size_t) n, sizeof *spectrum, compare_sizes);
  return g_steal_pointer (&spectrum);
}

static void
add_column (RheoTable *out, const char *part, const char *key, RheoType type, int64_t n, const void *data)
{
  g_autofree char *name = g_strconcat (part, ".", key, NULL);
  const RheoSeries *row = series;

  while (strcmp (row->key, key) != 0)
    row++;
  rheo_table_add_copy (out, name, row->label, row->unit, row->axes, type, &n, data);
}

static void
add_degrees (RheoTable *out, const char *part, const RheoColumn *weight)
{
  int64_t n_pre = weight->dims[0], n_post = weight->dims[1];
  g_autofree int32_t *in = g_new0 (int32_t, n_post), *from = g_new0 (int32_t, n_pre);

  for (int64_t j = 0; j < n_pre; j++)
    for (int64_t i = 0; i < n_post; i++)
      if (rheo_column_get_number (weight, j * n_post + i) != 0)
        {
          in[i]++;
          from[j]++;
        }
  add_column (out, part, "in-degree", RHEO_I32, n_post, in);
  add_column (out, part, "out-degree", RHEO_I32, n_pre, from);
}

static void
add_spectrum (RheoTable *out, const char *part, const Eigenvalue *spectrum, int64_t n)
{
  g_autofree double *re = g_new (double, n), *im = g_new (double, n);

  for (int64_t i = 0; i < n; i++)
    {
      re[i] = spectrum[i].re;
      im[i] = spectrum[i].im;
    }
  add_column (out, part, "eigenvalue-re", RHEO_F64, n, re);
  add_column (out, part, "eigenvalue-im", RHEO_F64, n, im);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  g_autoptr (GArray) rows = g_array_new (FALSE, TRUE, sizeof (RheoResultRow));
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GPtrArray) spectra = g_ptr_array_new_with_free_func (g_free); /* of the last record */

  for (int r = 0; r < n_records; r++)
    {
      const RheoTable *weights = records[r].weights;
      char **parts = rheo_result_parts (weights, ".weight", c->projection, "projection", error);

      if (parts == NULL)
        return FALSE;
      g_ptr_array_add (names, parts);
      for (int p = 0; parts[p] != NULL; p++)
        {
          const RheoColumn *weight = rheo_result_column (weights, parts[p], ".weight"), *start = NULL, *first = NULL;
          g_autofree Eigenvalue *spectrum = NULL;
          double *value = g_new (double, N_MEASURES);
          RheoResultRow row = { &records[r], parts[p], value };

          if (cancelled != NULL && atomic_load (cancelled))
            return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
          for (int i = 0; i < N_MEASURES; i++)
            value[i] = NAN;
          g_ptr_array_add (kept, value);
          if (records[r].start != NULL)
            start = rheo_result_column (records[r].start, parts[p], ".weight");
          if (start != NULL && rheo_column_get_length (start) != rheo_column_get_length (weight))
            start = NULL;
          if (strcmp (weight->axes, "synapse") == 0)
            first = rheo_result_column (weights, parts[p], ".first");
          describe (weight, first, rheo_result_column (weights, parts[p], ".sign"), start, value);
          if (c->spectrum && is_recurrent (weights, weight, parts[p]))
            spectrum = find_spectrum (weight);
          if (spectrum != NULL && weight->dims[0] > 0)
            value[RADIUS] = hypot (spectrum[0].re, spectrum[0].im);
          g_array_append_val (rows, row);
          if (r == n_records - 1)
            g_ptr_array_add (spectra, g_steal_pointer (&spectrum));
          if (progress != NULL)
            progress (progress_data, (r + (p + 1.0) / g_strv_length (parts)) / n_records);
        }
    }
  rheo_result_add_rows (out, "projection", N_ ("Projection"), series, (const RheoResultRow *) rows->data,
                        (int) rows->len);
  for (guint p = 0; p < spectra->len; p++)
    {
      const char *part = ((char **) g_ptr_array_index (names, names->len - 1))[p];
      const RheoColumn *weight = rheo_result_column (records[n_records - 1].weights, part, ".weight");

      if (weight->n_dims == 2)
        add_degrees (out, part, weight);
      if (g_ptr_array_index (spectra, p) != NULL)
        add_spectrum (out, part, g_ptr_array_index (spectra, p), weight->dims[0]);
    }
  return TRUE;
}

const RheoAnalysis rheo_analysis_weight_stats = {
  .base = {
    .kind = RHEO_KIND_ANALYSIS,
    .version = 1,
    .id = "weight-stats",
    .title = N_ ("Weights"),
    .summary = N_ ("Density, distribution, signs, degrees, eigenvalues and change of the weights of each projection."),
    .config_size = sizeof (Config),
    .params = params,
    .series = series,
  },
  .wants = RHEO_WANTS_WEIGHTS,
  .run = run,
};
