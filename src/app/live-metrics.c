#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/live-metrics.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "plot/plot.h"

typedef struct
{
  char *name, *label, *unit;
  double lo, hi;
  unsigned flags;
  GArray *values; /* double, one for each row */
} Metric;

/* Rows up to `settled` are pairs that stand for 2 * stride iterations each. What follows is the pair in the making, of
 * `pending` iterations: at most two rows and the newest one. */
struct RheoLiveMetrics
{
  GPtrArray *metrics; /* Metric */
  GArray *iterations; /* int64_t */
  guint settled;
  int64_t stride, pending;
  RheoTable *table; /* made when it is asked for */
};

static void
free_metric (gpointer data)
{
  Metric *metric = data;

  g_free (metric->name);
  g_free (metric->label);
  g_free (metric->unit);
  g_array_unref (metric->values);
  g_free (metric);
}

RheoLiveMetrics *
rheo_live_metrics_new (void)
{
  RheoLiveMetrics *m = g_new0 (RheoLiveMetrics, 1);

  m->metrics = g_ptr_array_new_with_free_func (free_metric);
  m->iterations = g_array_new (FALSE, FALSE, sizeof (int64_t));
  m->stride = 1;
  return m;
}

void
rheo_live_metrics_free (RheoLiveMetrics *m)
{
  if (m == NULL)
    return;
  g_clear_pointer (&m->table, rheo_table_unref);
  g_ptr_array_unref (m->metrics);
  g_array_unref (m->iterations);
  g_free (m);
}

/* --- columns --------------------------------------------------------------------------------------------------- */

static Metric *
find (const RheoLiveMetrics *m, const char *name)
{
  for (guint i = 0; i < m->metrics->len; i++)
    if (g_str_equal (((Metric *) m->metrics->pdata[i])->name, name))
      return m->metrics->pdata[i];
  return NULL;
}

static void
append_none (GArray *values, guint n)
{
  const double none = NAN;

  for (guint i = 0; i < n; i++)
    g_array_append_val (values, none);
}

/* The metric of that name; what it was before is not known. */
static Metric *
declare (RheoLiveMetrics *m, const Metric *like)
{
  Metric *metric = find (m, like->name);

  if (metric != NULL)
    return metric;
  metric = g_new (Metric, 1);
  *metric = *like;
  metric->name = g_strdup (like->name);
  metric->label = g_strdup (like->label);
  metric->unit = g_strdup (like->unit);
  metric->values = g_array_new (FALSE, FALSE, sizeof (double));
  append_none (metric->values, m->iterations->len);
  g_ptr_array_add (m->metrics, metric);
  return metric;
}

static Metric *
declare_column (RheoLiveMetrics *m, const char *name, const RheoColumn *column)
{
  return declare (m, &(Metric){ .name = (char *) name,
                                .label = column->label,
                                .unit = column->unit,
                                .lo = column->lo,
                                .hi = column->hi,
                                .flags = column->flags });
}

/* --- rows ------------------------------------------------------------------------------------------------------ */

/* Writes the extremes of n values to to[0] and to[1], which may be the first of them. A single value stays in its half. */
static void
fold_values (const double *values, guint n, double *to)
{
  double first = NAN, second = NAN;
  guint lowest = n, highest = n;

  for (guint i = 0; i < n; i++)
    if (!isnan (values[i]))
      {
        if (lowest == n || values[i] < values[lowest])
          lowest = i;
        if (highest == n || values[i] >= values[highest])
          highest = i;
      }
  if (lowest != highest)
    {
      first = values[MIN (lowest, highest)];
      second = values[MAX (lowest, highest)];
    }
  else if (lowest < n)
    *(lowest < (n + 1) / 2 ? &first : &second) = values[lowest];
  to[0] = first;
  to[1] = second;
}

/* Leaves two of n rows from a row on, at the place of the row `to`. */
static void
fold_rows (RheoLiveMetrics *m, guint from, guint n, guint to)
{
  int64_t *iterations = (int64_t *) m->iterations->data;
  const int64_t first = iterations[from];
  const int64_t middle = n % 2 == 0 ? iterations[from + n / 2] : (first + iterations[from + n - 1] + 1) / 2;

  iterations[to] = first;
  iterations[to + 1] = middle;
  for (guint i = 0; i < m->metrics->len; i++)
    {
      double *values = (double *) ((Metric *) m->metrics->pdata[i])->values->data;

      fold_values (values + from, n, values + to);
    }
}

static void
cut (RheoLiveMetrics *m, guint n)
{
  g_array_set_size (m->iterations, n);
  for (guint i = 0; i < m->metrics->len; i++)
    g_array_set_size (((Metric *) m->metrics->pdata[i])->values, n);
}

/* Of two settled pairs one is left; nothing is pending. */
static void
halve (RheoLiveMetrics *m)
{
  guint n = 0;

  for (guint from = 0; from < m->settled; from += 4, n += 2)
    fold_rows (m, from, MIN (4, m->settled - from), n);
  cut (m, n);
  m->settled = n;
  m->stride *= 2;
}

/* A row at the end, of NaN so far. */
static guint
append_row (RheoLiveMetrics *m, int64_t iteration)
{
  const guint n = m->iterations->len - m->settled;

  if (n > 2)
    {
      fold_rows (m, m->settled, n, m->settled);
      cut (m, m->settled + 2);
    }
  if (m->pending == 2 * m->stride)
    {
      m->pending = 0;
      m->settled += 2;
      if (m->settled >= RHEO_LIVE_ROWS)
        halve (m);
    }
  m->pending++;
  g_array_append_val (m->iterations, iteration);
  for (guint i = 0; i < m->metrics->len; i++)
    append_none (((Metric *) m->metrics->pdata[i])->values, 1);
  g_clear_pointer (&m->table, rheo_table_unref);
  return m->iterations->len - 1;
}

void
rheo_live_metrics_add (RheoLiveMetrics *m, int64_t iteration, const RheoTable *numbers)
{
  const guint row = append_row (m, iteration);

  for (int i = 0; i < rheo_table_get_n_columns (numbers); i++)
    {
      const RheoColumn *column = rheo_table_get_column (numbers, i);
      const char *full = rheo_table_get_note (numbers, column->key);
      const Metric *metric = declare_column (m, full != NULL ? full : column->key, column);

      g_array_index (metric->values, double, row) = rheo_column_get_number (column, 0);
    }
}

void
rheo_live_metrics_add_stored (RheoLiveMetrics *m, const RheoTable *stored)
{
  const RheoColumn *iteration = rheo_table_find (stored, "iteration");
  g_autoptr (GPtrArray) columns = g_ptr_array_new (), metrics = g_ptr_array_new ();

  if (iteration == NULL)
    return;
  for (int i = 0; i < rheo_table_get_n_columns (stored); i++)
    {
      const RheoColumn *column = rheo_table_get_column (stored, i);

      if (column->type != RHEO_F64 || g_str_equal (column->key, "seconds"))
        continue;
      g_ptr_array_add (columns, (gpointer) column);
      g_ptr_array_add (metrics, declare_column (m, column->key, column));
    }
  for (int64_t k = 0; k < rheo_column_get_length (iteration); k++)
    {
      const guint row = append_row (m, (int64_t) rheo_column_get_number (iteration, k));

      for (guint i = 0; i < columns->len; i++)
        g_array_index (((Metric *) metrics->pdata[i])->values, double, row) =
            rheo_column_get_number (columns->pdata[i], k);
    }
}

void
rheo_live_metrics_put_before (RheoLiveMetrics *m, const RheoLiveMetrics *earlier)
{
  g_autoptr (RheoLiveMetrics) whole = rheo_live_metrics_new ();
  const int64_t *there = (const int64_t *) m->iterations->data;
  RheoLiveMetrics later;
  guint n = earlier->iterations->len;

  while (n > 0 && m->iterations->len > 0 && g_array_index (earlier->iterations, int64_t, n - 1) >= there[0])
    n--;
  for (guint i = 0; i < m->metrics->len; i++)
    declare (whole, m->metrics->pdata[i]);
  for (guint i = 0; i < earlier->metrics->len; i++)
    declare (whole, earlier->metrics->pdata[i]);
  g_array_append_vals (whole->iterations, earlier->iterations->data, n);
  for (guint i = 0; i < whole->metrics->len; i++)
    {
      const Metric *metric = whole->metrics->pdata[i], *old = find (earlier, metric->name);

      if (old != NULL)
        g_array_append_vals (metric->values, old->values->data, n);
      else
        append_none (metric->values, n);
    }
  whole->stride = earlier->stride;
  whole->settled = n - n % 2;
  whole->pending = n % 2;
  for (guint k = 0; k < m->iterations->len; k++)
    {
      const guint row = append_row (whole, there[k]);

      for (guint i = 0; i < m->metrics->len; i++)
        g_array_index (((Metric *) whole->metrics->pdata[i])->values, double, row) =
            g_array_index (((Metric *) m->metrics->pdata[i])->values, double, k);
    }
  later = *m;
  *m = *whole;
  *whole = later;
}

/* --- reading --------------------------------------------------------------------------------------------------- */

int
rheo_live_metrics_get_n (const RheoLiveMetrics *m)
{
  return (int) m->metrics->len;
}

const char *
rheo_live_metrics_get_name (const RheoLiveMetrics *m, int i)
{
  return ((Metric *) m->metrics->pdata[i])->name;
}

RheoTable *
rheo_live_metrics_get_table (RheoLiveMetrics *m)
{
  const int64_t n = m->iterations->len;

  if (m->table != NULL || n == 0)
    return m->table;
  m->table = rheo_table_new (_ ("Metrics"));
  if (m->stride > 1)
    {
      g_autofree char *each = g_strdup_printf ("%" PRId64, 2 * m->stride);

      rheo_table_set_note (m->table, RHEO_NOTE_EXTREMES, each);
    }
  rheo_table_add_copy (m->table, "iteration", _ ("Iteration"), "", "iteration", RHEO_I64, &n, m->iterations->data);
  for (guint i = 0; i < m->metrics->len; i++)
    {
      const Metric *metric = m->metrics->pdata[i];
      RheoColumn *column = rheo_table_add_copy (m->table, metric->name, metric->label, metric->unit, "iteration",
                                                RHEO_F64, &n, metric->values->data);

      column->lo = metric->lo;
      column->hi = metric->hi;
      column->flags = metric->flags;
    }
  return m->table;
}
