#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/live-tables.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Frames of past iterations are kept up to this size, and thinned to this number. */
#define SMALL_FRAME (64 * 1024)
#define MOST_KEPT 256

typedef struct
{
  int64_t iteration;
  RheoTable *table;
} Kept;

typedef struct
{
  char *name, *label, *unit;
  double lo, hi;
  unsigned flags;
  GArray *values; /* double, a value for each iteration; NaN where there is none */
} Metric;

typedef struct
{
  RheoTable *newest;
  GArray *kept; /* Kept, ascending */
} Frames;

struct RheoLiveTables
{
  RheoTable *streams;
  GHashTable *frames; /* name -> Frames */
  GPtrArray *metrics; /* Metric */
  GArray *iterations; /* int64_t */
  RheoTable *all;     /* of the metrics, made when it is asked for */
  RheoPlotSource source;
  char *unit;
};

/* --- owning ---------------------------------------------------------------------------------------------------- */

static void
clear_kept (gpointer data)
{
  g_clear_pointer (&((Kept *) data)->table, rheo_table_unref);
}

static void
free_frames (gpointer data)
{
  Frames *frames = data;

  g_clear_pointer (&frames->newest, rheo_table_unref);
  g_array_unref (frames->kept);
  g_free (frames);
}

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

static RheoTable *list_series (void *data, GError **error);
static RheoTable *read_series (void *data, const char *name, int64_t at, const char **key, GError **error);
static gboolean find_iteration (void *data, const char *word, int64_t *at, GError **error);

RheoLiveTables *
rheo_live_tables_new (void)
{
  RheoLiveTables *tables = g_new0 (RheoLiveTables, 1);

  tables->frames = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_frames);
  tables->metrics = g_ptr_array_new_with_free_func (free_metric);
  tables->iterations = g_array_new (FALSE, FALSE, sizeof (int64_t));
  tables->source = (RheoPlotSource){ .data = tables, .list = list_series, .read = read_series, .find = find_iteration };
  return tables;
}

void
rheo_live_tables_free (RheoLiveTables *tables)
{
  if (tables == NULL)
    return;
  g_clear_pointer (&tables->streams, rheo_table_unref);
  g_clear_pointer (&tables->all, rheo_table_unref);
  g_hash_table_unref (tables->frames);
  g_ptr_array_unref (tables->metrics);
  g_array_unref (tables->iterations);
  g_free (tables->unit);
  g_free (tables);
}

void
rheo_live_tables_reset (RheoLiveTables *tables, const char *unit, int budget)
{
  g_hash_table_remove_all (tables->frames);
  g_ptr_array_set_size (tables->metrics, 0);
  g_array_set_size (tables->iterations, 0);
  g_clear_pointer (&tables->all, rheo_table_unref);
  rheo_live_tables_set_streams (tables, NULL, unit, budget);
}

void
rheo_live_tables_set_streams (RheoLiveTables *tables, RheoTable *streams, const char *unit, int budget)
{
  g_clear_pointer (&tables->streams, rheo_table_unref);
  tables->streams = streams != NULL ? rheo_table_ref (streams) : NULL;
  g_free (tables->unit);
  tables->unit = g_strdup (unit);
  tables->source.unit = tables->unit;
  tables->source.budget = budget;
}

/* --- metrics --------------------------------------------------------------------------------------------------- */

/* Of a column; its earlier values are unknown. */
static Metric *
metric_of (RheoLiveTables *tables, const char *name, const RheoColumn *column)
{
  Metric *metric;
  const double none = NAN;

  for (guint i = 0; i < tables->metrics->len; i++)
    {
      metric = tables->metrics->pdata[i];
      if (g_str_equal (metric->name, name))
        return metric;
    }
  metric = g_new0 (Metric, 1);
  metric->name = g_strdup (name);
  metric->label = g_strdup (column->label);
  metric->unit = g_strdup (column->unit);
  metric->lo = column->lo;
  metric->hi = column->hi;
  metric->flags = column->flags;
  metric->values = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < tables->iterations->len; i++)
    g_array_append_val (metric->values, none);
  g_ptr_array_add (tables->metrics, metric);
  return metric;
}

void
rheo_live_tables_add_metrics (RheoLiveTables *tables, int64_t iteration, const RheoTable *metrics)
{
  const guint row = tables->iterations->len;

  g_array_append_val (tables->iterations, iteration);
  for (guint i = 0; i < tables->metrics->len; i++)
    {
      Metric *metric = tables->metrics->pdata[i];
      const double none = NAN;

      g_array_append_val (metric->values, none);
    }
  for (int i = 0; i < rheo_table_get_n_columns (metrics); i++)
    {
      const RheoColumn *column = rheo_table_get_column (metrics, i);
      const char *full = rheo_table_get_note (metrics, column->key);
      Metric *metric = metric_of (tables, full != NULL ? full : column->key, column);

      g_array_index (metric->values, double, row) = rheo_column_get_number (column, 0);
    }
  g_clear_pointer (&tables->all, rheo_table_unref);
}

void
rheo_live_tables_add_stored (RheoLiveTables *tables, const RheoTable *stored)
{
  const RheoColumn *iteration = rheo_table_find (stored, "iteration");
  const int64_t first = tables->iterations->len > 0 ? g_array_index (tables->iterations, int64_t, 0) : G_MAXINT64;
  guint n = 0;

  if (iteration == NULL)
    return;
  while (n < rheo_column_get_length (iteration) && rheo_column_get_number (iteration, n) < (double) first)
    n++;
  for (int i = 0; i < rheo_table_get_n_columns (stored); i++)
    {
      const RheoColumn *column = rheo_table_get_column (stored, i);

      if (column->type == RHEO_F64 && !g_str_equal (column->key, "seconds"))
        metric_of (tables, column->key, column);
    }
  for (guint i = 0; i < tables->metrics->len; i++)
    {
      Metric *metric = tables->metrics->pdata[i];
      const RheoColumn *column = rheo_table_find (stored, metric->name);
      g_autofree double *values = g_new (double, MAX (1, n));

      for (guint k = 0; k < n; k++)
        values[k] = column != NULL ? rheo_column_get_number (column, k) : NAN;
      g_array_prepend_vals (metric->values, values, n);
    }
  for (guint k = n; k-- > 0;)
    {
      const int64_t at = (int64_t) rheo_column_get_number (iteration, k);

      g_array_prepend_val (tables->iterations, at);
    }
  g_clear_pointer (&tables->all, rheo_table_unref);
}

RheoTable *
rheo_live_tables_get_metrics (RheoLiveTables *tables)
{
  const int64_t n = tables->iterations->len;

  if (tables->all != NULL || n == 0)
    return tables->all;
  tables->all = rheo_table_new (_ ("Metrics"));
  rheo_table_add_copy (tables->all, "iteration", _ ("Iteration"), "", "iteration", RHEO_I64, &n,
                       tables->iterations->data);
  for (guint i = 0; i < tables->metrics->len; i++)
    {
      const Metric *metric = tables->metrics->pdata[i];
      RheoColumn *column = rheo_table_add_copy (tables->all, metric->name, metric->label, metric->unit, "iteration",
                                                RHEO_F64, &n, metric->values->data);

      column->lo = metric->lo;
      column->hi = metric->hi;
      column->flags = metric->flags;
    }
  return tables->all;
}

/* --- frames ---------------------------------------------------------------------------------------------------- */

static int64_t
iteration_of (const RheoTable *frame)
{
  const char *note = rheo_table_get_note (frame, "iteration");

  return note != NULL ? g_ascii_strtoll (note, NULL, 10) : 0;
}

static gboolean
is_small (const RheoTable *frame)
{
  size_t size = 0;

  for (int i = 0; i < rheo_table_get_n_columns (frame); i++)
    {
      const RheoColumn *column = rheo_table_get_column (frame, i);

      size += (size_t) rheo_column_get_length (column) * rheo_type_size (column->type);
    }
  return size <= SMALL_FRAME;
}

void
rheo_live_tables_add_frame (RheoLiveTables *tables, const char *stream, RheoTable *frame)
{
  Frames *frames = g_hash_table_lookup (tables->frames, stream);
  Kept kept = { iteration_of (frame), frame };
  Kept *last;

  if (frames == NULL)
    {
      frames = g_new0 (Frames, 1);
      frames->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
      g_array_set_clear_func (frames->kept, clear_kept);
      g_hash_table_insert (tables->frames, g_strdup (stream), frames);
    }
  rheo_table_ref (frame);
  g_clear_pointer (&frames->newest, rheo_table_unref);
  frames->newest = frame;
  if (!is_small (frame))
    return;
  last = frames->kept->len > 0 ? &g_array_index (frames->kept, Kept, frames->kept->len - 1) : NULL;
  if (last != NULL && last->iteration == kept.iteration)
    {
      rheo_table_ref (frame);
      rheo_table_unref (last->table);
      last->table = frame;
      return;
    }
  rheo_table_ref (frame);
  g_array_append_val (frames->kept, kept);
  /* The first one stays, of the others every second. */
  for (guint i = 1; frames->kept->len > MOST_KEPT && i < frames->kept->len - 1; i++)
    g_array_remove_index (frames->kept, i);
}

RheoTable *
rheo_live_tables_get_streams (RheoLiveTables *tables)
{
  return tables->streams;
}

RheoTable *
rheo_live_tables_get_frame (RheoLiveTables *tables, const char *stream)
{
  const Frames *frames = g_hash_table_lookup (tables->frames, stream);

  return frames != NULL ? frames->newest : NULL;
}

/* --- the source ------------------------------------------------------------------------------------------------ */

const RheoPlotSource *
rheo_live_tables_get_source (RheoLiveTables *tables)
{
  return &tables->source;
}

static RheoTable *
list_series (void *data, GError **error)
{
  RheoLiveTables *tables = data;
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const RheoColumn *streams = tables->streams != NULL ? rheo_table_find (tables->streams, "stream") : NULL;
  RheoTable *list = rheo_table_new (_ ("Series"));
  int64_t n;

  for (guint i = 0; i < tables->metrics->len; i++)
    g_ptr_array_add (names, ((Metric *) tables->metrics->pdata[i])->name);
  for (int64_t i = 0; streams != NULL && i < rheo_column_get_length (streams); i++)
    g_ptr_array_add (names, (gpointer) rheo_column_get_string (streams, i));
  n = names->len;
  rheo_table_add_copy (list, "series", _ ("Series"), "", "series", RHEO_STRING, &n, names->pdata);
  return list;
}

/* Frame of the stream at an iteration, or at the nearest one that is kept; -1 the newest. */
static RheoTable *
frame_at (const Frames *frames, int64_t at)
{
  const Kept *near = NULL;

  if (at < 0 || iteration_of (frames->newest) == at)
    return frames->newest;
  for (guint i = 0; i < frames->kept->len; i++)
    {
      const Kept *kept = &g_array_index (frames->kept, Kept, i);

      if (near == NULL || ABS (kept->iteration - at) < ABS (near->iteration - at))
        near = kept;
    }
  return near != NULL ? near->table : NULL;
}

static RheoTable *
read_series (void *data, const char *name, int64_t at, const char **key, GError **error)
{
  RheoLiveTables *tables = data;
  RheoTable *metrics = rheo_live_tables_get_metrics (tables);
  GHashTableIter iter;
  gpointer value;

  if (at < 0 && metrics != NULL && rheo_table_find (metrics, name) != NULL)
    {
      *key = rheo_table_find (metrics, name)->key;
      return rheo_table_ref (metrics);
    }
  g_hash_table_iter_init (&iter, tables->frames);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RheoTable *frame = frame_at (value, at);
      const RheoColumn *column = frame != NULL ? rheo_table_find (frame, name) : NULL;

      if (column != NULL)
        {
          *key = column->key;
          return rheo_table_ref (frame);
        }
    }
  rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is nothing of %s yet."), name);
  return NULL;
}

/* Iterations of the stream of which most are kept. */
static const GArray *
longest (RheoLiveTables *tables)
{
  const GArray *found = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, tables->frames);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (found == NULL || ((Frames *) value)->kept->len > found->len)
      found = ((Frames *) value)->kept;
  return found != NULL && found->len > 0 ? found : NULL;
}

static gboolean
find_iteration (void *data, const char *word, int64_t *at, GError **error)
{
  const GArray *kept = longest (data);

  if (kept == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is nothing to show yet."));
  if (g_str_equal (word, "first"))
    /* The net before training says little: the first iteration after it, where it is there. */
    *at = g_array_index (kept, Kept, kept->len > 1 && g_array_index (kept, Kept, 0).iteration == 0 ? 1 : 0).iteration;
  else if (g_str_equal (word, "middle"))
    *at = g_array_index (kept, Kept, kept->len / 2).iteration;
  else if (g_str_equal (word, "last"))
    *at = g_array_index (kept, Kept, kept->len - 1).iteration;
  else
    *at = g_ascii_strtoll (word, NULL, 10);
  return TRUE;
}
