#include "config.h"

#include "scene-numbers.h"

enum
{
  N_BINS = 40,
  N_PLACES = 101,
};

/* Columns of so many rows, all NaN. */
typedef struct
{
  RheoTable *table;
  double *from, *to, *height, *place, *fit;
} Rows;

static double *
add (RheoTable *t, const char *key, const char *label, const char *axes, int64_t n_rows, int64_t n)
{
  double *v = rheo_table_add (t, key, label, "", axes, RHEO_F64, (const int64_t[]){ n_rows, n })->data;

  for (int64_t i = 0; i < n_rows * n; i++)
    v[i] = NAN;
  return v;
}

static Rows
make_rows (const char *title, const char *x, const char *y, const char *fit, int64_t n)
{
  RheoTable *t = rheo_table_new (title);

  return (Rows){ t,
                 add (t, "from", x, "row bin", n, N_BINS),
                 add (t, "to", x, "row bin", n, N_BINS),
                 add (t, "height", y, "row bin", n, N_BINS),
                 add (t, "fit-place", x, "row place", n, N_PLACES),
                 add (t, "fit", fit, "row place", n, N_PLACES) };
}

static double
bell (double x, double mean, double sd)
{
  return exp (-0.5 * (x - mean) * (x - mean) / (sd * sd)) / (sd * sqrt (2 * PI));
}

/* Incoming and outgoing connections of two classes. */
RheoTable *
scene_degrees (void)
{
  static const double mean[] = { 19.46, 27.9, 19.9, 31.6 }, sd[] = { 1.07, 2.2, 4.06, 3.3 };
  static const int64_t n_rows = 4;
  Rows rows = make_rows ("Connections of units", "Number of connections", "Probability", "Normal distribution", n_rows);
  guint64 s = 3;

  for (int r = 0; r < n_rows; r++)
    {
      const int n = r % 2 == 0 ? 160 : 40, first = (int) (mean[r] - 4 * sd[r]);
      const int width = r == 3 ? 2 : 1, n_bins = (int) (8 * sd[r] / width) + 1;

      for (int i = 0; i < n_bins; i++)
        {
          rows.from[r * N_BINS + i] = first + i * width - 0.5;
          rows.to[r * N_BINS + i] = first + (i + 1) * width - 0.5;
          rows.height[r * N_BINS + i] = 0;
        }
      for (int k = 0; k < n; k++)
        {
          const int i = ((int) lround (mean[r] + sd[r] * normal (&s)) - first) / width;

          rows.height[r * N_BINS + CLAMP (i, 0, n_bins - 1)] += 1.0 / n / width;
        }
      for (int i = 0; i < N_PLACES; i++)
        {
          rows.place[r * N_PLACES + i] = mean[r] + sd[r] * 8 * (i / (N_PLACES - 1.0) - 0.5);
          rows.fit[r * N_PLACES + i] = bell (rows.place[r * N_PLACES + i], mean[r], sd[r]);
        }
    }
  rheo_table_add_copy (rows.table, "mu", "Mean", "", "row", RHEO_F64, &n_rows, mean);
  rheo_table_add_copy (rows.table, "sigma", "Standard deviation", "", "row", RHEO_F64, &n_rows, sd);
  rheo_table_add_copy (rows.table, "side", "Connections", "", "row", RHEO_STRING, &n_rows,
                       (const char *const[]){ "Incoming", "Incoming", "Outgoing", "Outgoing" });
  rheo_table_add_copy (rows.table, "class", "Cell class", "", "row", RHEO_STRING, &n_rows,
                       (const char *const[]){ "E", "I", "E", "I" });
  return rows.table;
}

/* Weights on a linear and on a logarithmic axis. */
RheoTable *
scene_strengths (void)
{
  static const double mu = -2.454, sigma = 0.839, lo = 0.01, hi = 1;
  static const int64_t one = 1;
  const int n = 1700;
  Rows rows =
      make_rows ("Distribution of weights", "Connection strength", "Probability density", "Log-normal distribution", 1);
  RheoTable *t = rows.table;
  double *from = add (t, "log-from", "Connection strength", "row logbin", 1, N_BINS),
         *to = add (t, "log-to", "Connection strength", "row logbin", 1, N_BINS),
         *height = add (t, "log-height", "Probability density", "row logbin", 1, N_BINS),
         *fit = add (t, "log-fit", "Log-normal distribution", "row place", 1, N_PLACES);
  guint64 s = 5;

  for (int i = 0; i < N_BINS; i++)
    {
      rows.from[i] = lo + (hi - lo) * i / N_BINS;
      rows.to[i] = lo + (hi - lo) * (i + 1) / N_BINS;
      from[i] = lo * pow (hi / lo, (double) i / N_BINS);
      to[i] = lo * pow (hi / lo, (i + 1.0) / N_BINS);
      rows.height[i] = height[i] = 0;
    }
  for (int k = 0; k < n; k++)
    {
      const double drawn = exp (mu + sigma * normal (&s)), w = CLAMP (drawn, lo, hi * 0.999);
      const int i = (int) ((w - lo) / (hi - lo) * N_BINS), j = (int) (log (w / lo) / log (hi / lo) * N_BINS);

      rows.height[i] += 1 / (n * (rows.to[i] - rows.from[i]));
      height[j] += 1 / (n * (to[j] - from[j]));
    }
  for (int i = 0; i < N_PLACES; i++)
    {
      rows.place[i] = lo * pow (hi / lo, i / (N_PLACES - 1.0));
      rows.fit[i] = fit[i] = bell (log (rows.place[i]), mu, sigma) / rows.place[i];
    }
  reals (t, "mu", "Log-normal μ", "", "row", one)[0] = mu;
  reals (t, "sigma", "Log-normal σ", "", "row", one)[0] = sigma;
  reals (t, "distance", "Distance from log-normal", "", "row", one)[0] = 0.042;
  reals (t, "mode", "Mode", "", "row", one)[0] = exp (mu - sigma * sigma);
  reals (t, "median", "Median", "", "row", one)[0] = exp (mu);
  reals (t, "mean", "Mean", "", "row", one)[0] = exp (mu + sigma * sigma / 2);
  return t;
}

/* Intervals between spikes; of a second population there is no fit. */
RheoTable *
scene_intervals (void)
{
  static const int64_t n_rows = 2;
  static const double a[] = { 130, NAN }, b[] = { 0.11, NAN }, c[] = { 0.9, NAN }, cv[] = { 0.83, 0 };
  static const double mean[] = { 9.95, 20 };
  Rows rows = make_rows ("Intervals between spikes", "ISI", "Frequency", "Exponential fit", n_rows);
  double *at = add (rows.table, "at", "ISI", "row bin", n_rows, N_BINS);
  guint64 s = 8;

  for (int i = 0; i < N_BINS; i++)
    {
      const double mean_count = a[0] * exp (-b[0] * (i + 1)) - c[0];
      const double count = round (mean_count + sqrt (MAX (mean_count, 1)) * normal (&s));

      rows.from[i] = i + 0.5;
      rows.to[i] = i + 1.5;
      at[i] = i + 1;
      rows.height[i] = MAX (0, count);
    }
  for (int i = 0; i < N_PLACES; i++)
    {
      rows.place[i] = 1 + (N_BINS - 1) * i / (N_PLACES - 1.0);
      rows.fit[i] = a[0] * exp (-b[0] * rows.place[i]) - c[0];
    }
  rows.from[N_BINS] = 19.5;
  rows.to[N_BINS] = 20.5;
  at[N_BINS] = 20;
  rows.height[N_BINS] = 48;
  rheo_table_add_copy (rows.table, "a", "Fit, a", "", "row", RHEO_F64, &n_rows, a);
  rheo_table_add_copy (rows.table, "b", "Fit, b", "", "row", RHEO_F64, &n_rows, b);
  rheo_table_add_copy (rows.table, "c", "Fit, c", "", "row", RHEO_F64, &n_rows, c);
  rheo_table_add_copy (rows.table, "cv", "Coefficient of variation", "", "row", RHEO_F64, &n_rows, cv);
  rheo_table_add_copy (rows.table, "mean", "Mean", "steps", "row", RHEO_F64, &n_rows, mean);
  rheo_table_add_copy (rows.table, "note", "Note", "", "row", RHEO_STRING, &n_rows,
                       (const char *const[]){ "", "No fit: all intervals are alike" });
  rheo_table_add_copy (rows.table, "part", "Population", "", "row", RHEO_STRING, &n_rows,
                       (const char *const[]){ "rec", "clock" });
  return rows.table;
}

/* Sizes of avalanches that follow a power law, and durations that are too few for a fit. */
RheoTable *
scene_avalanches (void)
{
  static const double alpha[] = { 1.6, NAN }, error[] = { 0.04, NAN }, x_min[] = { 3, NAN },
                      distance[] = { 0.021, NAN };
  static const int64_t n_rows = 2;
  Rows rows = make_rows ("Avalanches", "Size or duration", "Probability", "Power law", n_rows);
  double *at = add (rows.table, "at", "Size or duration", "row bin", n_rows, N_BINS);
  guint64 s = 9;

  for (int i = 0; i < 24; i++)
    {
      const double x = pow (10, i / 8.0), drawn = exp (0.15 * normal (&s));

      rows.from[i] = x / 1.15;
      rows.to[i] = x * 1.15;
      at[i] = x;
      rows.height[i] = 0.5 * pow (MAX (x, 2.2), -1.6) * drawn;
    }
  for (int i = 0; i < 4; i++)
    {
      rows.from[N_BINS + i] = i + 0.5;
      rows.to[N_BINS + i] = i + 1.5;
      at[N_BINS + i] = i + 1;
      rows.height[N_BINS + i] = 0.5 / (1 << i);
    }
  for (int i = 0; i < N_PLACES; i++)
    {
      rows.place[i] = 3 * pow (250, i / (N_PLACES - 1.0));
      rows.fit[i] = 0.5 * pow (rows.place[i], -1.6);
    }
  for (int i = 0; i < rheo_table_get_n_columns (rows.table); i++)
    ((RheoColumn *) rheo_table_get_column (rows.table, i))->flags |= RHEO_SERIES_LOG;
  rheo_table_add_copy (rows.table, "alpha", "Exponent α", "", "row", RHEO_F64, &n_rows, alpha);
  rheo_table_add_copy (rows.table, "alpha-error", "Standard error of α", "", "row", RHEO_F64, &n_rows, error);
  rheo_table_add_copy (rows.table, "x-min", "Least value", "", "row", RHEO_F64, &n_rows, x_min);
  rheo_table_add_copy (rows.table, "distance", "Distance from the power law", "", "row", RHEO_F64, &n_rows, distance);
  rheo_table_add_copy (rows.table, "side", "Of", "", "row", RHEO_STRING, &n_rows,
                       (const char *const[]){ "Size", "Duration" });
  rheo_table_add_copy (rows.table, "note", "Note", "", "row", RHEO_STRING, &n_rows,
                       (const char *const[]){ "", "No fit: too few avalanches" });
  return rows.table;
}

/* Correlations of forty units in two groups, of which one unit never fires: small ones, and ones on the diagonal. */
RheoTable *
scene_correlations (void)
{
  enum
  {
    N = 40,
    SILENT = 12
  };
  RheoTable *t = rheo_table_new ("Correlations of units");
  RheoColumn *column =
      rheo_table_add (t, "correlation", "Correlation", "", "unit unit", RHEO_F32, (const int64_t[]){ N, N });
  float *c = column->data;
  guint64 s = 21;

  column->flags = RHEO_SERIES_SIGNED;
  for (int i = 0; i < N; i++)
    for (int j = 0; j <= i; j++)
      {
        const double r = (i < 25) == (j < 25) ? 0.06 + 0.03 * normal (&s) : -0.02 + 0.03 * normal (&s);

        c[i * N + j] = c[j * N + i] = i == SILENT || j == SILENT ? NAN : i == j ? 1 : (float) r;
      }
  return t;
}

/* --- pairs of units ---------------------------------------------------------------------------------------------- */
/* Correlations of groups of units, and weights of a network that is small enough to count its edges. */
RheoTable *
scene_pairs (void)
{
  static const float ring[6][6] = { { 0, 0.9f, 0, 0, 0, -0.7f }, { 0, 0.5f, 0.8f, 0, 0, 0 }, { 0, 0, 0, 0.6f, 0, 0 },
                                    { 0.4f, 0, 0, 0, 0, 0 },     { 0, 0, 0, 0, 0, 0 },       { 0.2f, 0, 0, 0, 0, 0 } };
  RheoTable *t = rheo_table_new ("Pairs");
  const int64_t n = 60, dims[] = { n, n }, few[] = { 6, 6 };
  float *c = rheo_table_add (t, "correlation", "Correlation", "", "unit unit", RHEO_F32, dims)->data;
  guint64 s = 17;

  ((RheoColumn *) rheo_table_find (t, "correlation"))->flags = RHEO_SERIES_SIGNED;
  for (int i = 0; i < n; i++)
    for (int k = 0; k <= i; k++)
      c[i * n + k] = c[k * n + i] =
          i == k ? 1 : (float) (0.03 * normal (&s) + (i / 12 == k / 12 ? 0.09 * uniform (&s) : 0));
  rheo_table_add_copy (t, "rec.weight", "Weight", "", "pre post", RHEO_F32, few, ring);
  return t;
}
