#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "metrics.h"

#include <math.h>

typedef struct
{
  char *name;
  const RheoSeries *series;
  double mean, weight;
} Metric;

struct RheoMetrics
{
  GArray *all;       /* Metric */
  GHashTable *index; /* name (of the metric) -> index + 1 */
};

static void
clear_metric (gpointer data)
{
  g_free (((Metric *) data)->name);
}

static Metric *
metric (const RheoMetrics *m, int i)
{
  return &g_array_index (m->all, Metric, i);
}

RheoMetrics *
rheo_metrics_new (void)
{
  RheoMetrics *m = g_new0 (RheoMetrics, 1);

  m->all = g_array_new (FALSE, TRUE, sizeof (Metric));
  g_array_set_clear_func (m->all, clear_metric);
  m->index = g_hash_table_new (g_str_hash, g_str_equal);
  return m;
}

void
rheo_metrics_free (RheoMetrics *m)
{
  if (m == NULL)
    return;
  g_hash_table_destroy (m->index);
  g_array_unref (m->all);
  g_free (m);
}

/* Takes name. */
static int
declare (RheoMetrics *m, char *name, const RheoSeries *series)
{
  int i = rheo_metrics_find (m, name);
  Metric new_metric = { .name = name, .series = series };

  if (i >= 0)
    {
      g_free (name);
      return i;
    }
  g_array_append_val (m->all, new_metric);
  g_hash_table_insert (m->index, name, GINT_TO_POINTER ((int) m->all->len));
  return (int) m->all->len - 1;
}

int
rheo_metrics_declare (RheoMetrics *m, const char *prefix, const RheoSeries *series, const char *const *classes)
{
  int first = -1;

  if (prefix == NULL)
    return declare (m, g_strdup (series->key), series);
  if (!(series->flags & (RHEO_SERIES_BY_CLASS | RHEO_SERIES_BY_PROJECTION)) || classes == NULL || classes[0] == NULL)
    return declare (m, g_strconcat (prefix, ".", series->key, NULL), series);
  for (int c = 0; classes[c] != NULL; c++)
    {
      int i = declare (m, g_strconcat (prefix, ".", series->key, ".", classes[c], NULL), series);

      if (c == 0)
        first = i;
    }
  return first;
}

int
rheo_metrics_get_n (const RheoMetrics *m)
{
  return (int) m->all->len;
}

const char *
rheo_metrics_get_name (const RheoMetrics *m, int i)
{
  return metric (m, i)->name;
}

const RheoSeries *
rheo_metrics_get_series (const RheoMetrics *m, int i)
{
  return metric (m, i)->series;
}

int
rheo_metrics_find (const RheoMetrics *m, const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (m->index, name)) - 1;
}

/* A running mean, so that what never changes keeps its digits. */
static void
add_mean (Metric *metric, double value, double weight)
{
  metric->weight += weight;
  if (metric->weight > 0 && isfinite (metric->mean))
    metric->mean += (value - metric->mean) * (weight / metric->weight);
}

void
rheo_metrics_add (RheoMetrics *m, const char *name, double value, double weight)
{
  int i = rheo_metrics_find (m, name);

  if (i < 0)
    {
      g_critical ("metric %s was not declared", name);
      return;
    }
  add_mean (metric (m, i), value, weight);
}

void
rheo_metrics_add_key (RheoMetrics *m, const char *prefix, const char *key, double value, double weight)
{
  char name[256];

  g_snprintf (name, sizeof name, "%s.%s", prefix, key);
  rheo_metrics_add (m, name, value, weight);
}

double
rheo_metrics_get (const RheoMetrics *m, int i)
{
  return metric (m, i)->weight > 0 ? metric (m, i)->mean : NAN;
}

void
rheo_metrics_clear (RheoMetrics *m)
{
  for (int i = 0; i < rheo_metrics_get_n (m); i++)
    metric (m, i)->mean = metric (m, i)->weight = 0;
}

RheoMetrics *
rheo_metrics_dup_declared (const RheoMetrics *m)
{
  RheoMetrics *copy = rheo_metrics_new ();

  for (int i = 0; i < rheo_metrics_get_n (m); i++)
    declare (copy, g_strdup (metric (m, i)->name), metric (m, i)->series);
  return copy;
}

void
rheo_metrics_take (RheoMetrics *m, RheoMetrics *from)
{
  g_assert (m->all->len == from->all->len);
  for (int i = 0; i < rheo_metrics_get_n (m); i++)
    if (metric (from, i)->weight > 0)
      add_mean (metric (m, i), metric (from, i)->mean, metric (from, i)->weight);
  rheo_metrics_clear (from);
}

void
rheo_metrics_get_state (const RheoMetrics *m, double *state)
{
  for (int i = 0; i < rheo_metrics_get_n (m); i++)
    {
      state[2 * i] = metric (m, i)->mean;
      state[2 * i + 1] = metric (m, i)->weight;
    }
}

void
rheo_metrics_set_state (RheoMetrics *m, const double *state)
{
  for (int i = 0; i < rheo_metrics_get_n (m); i++)
    {
      metric (m, i)->mean = state[2 * i];
      metric (m, i)->weight = state[2 * i + 1];
    }
}
