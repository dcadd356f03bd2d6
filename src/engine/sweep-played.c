#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-played.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "fits.h"

#define PREFIX "play."
#define RATE "train.rate."

static const struct
{
  const char *key, *label;
  int size;
  gboolean median;
} windows[] = {
  { PREFIX "max-mean-100", N_ ("Best mean of 100"), 100, FALSE },
  { PREFIX "max-median-21", N_ ("Best median of 21"), 21, TRUE },
  { PREFIX "max-median-51", N_ ("Best median of 51"), 51, TRUE },
  { PREFIX "max-median-101", N_ ("Best median of 101"), 101, TRUE },
};

gboolean
rheo_sweep_is_played (const char *metric)
{
  return g_str_has_prefix (metric, PREFIX);
}

gboolean
rheo_sweep_is_best (const char *metric)
{
  return g_str_has_prefix (metric, PREFIX "max-");
}

/* Over all episodes, each as long as it was. */
static double
mean_rate (const RheoColumn *rate, const RheoColumn *length)
{
  double sum = 0, time = 0;

  for (int64_t i = 0; i < rheo_column_get_length (rate); i++)
    {
      const double r = rheo_column_get_number (rate, i), l = rheo_column_get_number (length, i);

      if (isnan (r) || isnan (l))
        continue;
      sum += r * l;
      time += l;
    }
  return time > 0 ? sum / time : NAN;
}

static void
add_number (RheoTable *out, const char *key, const char *label, const char *unit, double value)
{
  *(double *) rheo_table_add (out, key, label, unit, "", RHEO_F64, NULL)->data = value;
}

RheoTable *
rheo_sweep_played (const RheoTable *metrics)
{
  const RheoColumn *length = rheo_table_find (metrics, "train.episode-length");
  const int64_t n = length != NULL ? rheo_column_get_length (length) : 0;
  g_autofree double *v = g_new (double, MAX (n, 1));
  RheoTable *out;

  if (length == NULL)
    return NULL;
  out = rheo_table_new ("");
  for (int64_t i = 0; i < n; i++)
    v[i] = rheo_column_get_number (length, i);
  for (gsize i = 0; i < G_N_ELEMENTS (windows); i++)
    add_number (out, windows[i].key, windows[i].label, length->plain_unit,
                rheo_find_best_window (n, v, windows[i].size, windows[i].median));
  for (int c = 0; c < rheo_table_get_n_columns (metrics); c++)
    {
      const RheoColumn *rate = rheo_table_get_column (metrics, c);
      g_autofree char *key = NULL;

      if (!g_str_has_prefix (rate->key, RATE))
        continue;
      key = g_strconcat (PREFIX "mean-rate.", rate->key + strlen (RATE), NULL);
      add_number (out, key, N_ ("Mean rate"), rate->plain_unit, mean_rate (rate, length));
    }
  return out;
}
