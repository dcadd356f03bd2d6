#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/live-tables.h"

#include <glib/gi18n-lib.h>

/* Frames of past iterations are kept up to this size, and thinned to this number: 4 MB for a stream. */
#define SMALL_FRAME (64 * 1024)
#define MOST_KEPT 64

typedef struct
{
  int64_t iteration;
  RheoTable *table;
} Kept;

typedef struct
{
  RheoTable *newest;
  GArray *kept;    /* Kept, ascending */
  int64_t spacing; /* iterations that lie between two of them at least, but for the first two */
} Frames;

struct RheoLiveTables
{
  RheoTable *streams;
  GHashTable *frames; /* name -> Frames */
  RheoLiveMetrics *metrics;
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

static RheoTable *list_series (void *data, GError **error);
static RheoTable *read_series (void *data, const char *name, int64_t at, const char **key, GError **error);
static gboolean find_iteration (void *data, const char *word, int64_t *at, GError **error);

RheoLiveTables *
rheo_live_tables_new (void)
{
  RheoLiveTables *tables = g_new0 (RheoLiveTables, 1);

  tables->frames = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_frames);
  tables->metrics = rheo_live_metrics_new ();
  tables->source = (RheoPlotSource){ .data = tables, .list = list_series, .read = read_series, .find = find_iteration };
  return tables;
}

void
rheo_live_tables_free (RheoLiveTables *tables)
{
  if (tables == NULL)
    return;
  g_clear_pointer (&tables->streams, rheo_table_unref);
  g_hash_table_unref (tables->frames);
  rheo_live_metrics_free (tables->metrics);
  g_free (tables->unit);
  g_free (tables);
}

void
rheo_live_tables_reset (RheoLiveTables *tables)
{
  g_hash_table_remove_all (tables->frames);
  rheo_live_metrics_free (tables->metrics);
  tables->metrics = rheo_live_metrics_new ();
  rheo_live_tables_set_streams (tables, NULL, NULL, 0, NULL);
}

void
rheo_live_tables_set_streams (RheoLiveTables *tables, RheoTable *streams, const char *unit, int budget,
                              const char *outputs)
{
  const char *dt = streams != NULL ? rheo_table_get_note (streams, "dt") : NULL;

  g_clear_pointer (&tables->streams, rheo_table_unref);
  tables->streams = streams != NULL ? rheo_table_ref (streams) : NULL;
  g_free (tables->unit);
  tables->unit = g_strdup (unit);
  tables->source.unit = tables->unit;
  tables->source.budget = budget;
  tables->source.dt_ms = dt != NULL ? g_ascii_strtod (dt, NULL) : 0;
  tables->source.outputs = g_intern_string (outputs);
}

void
rheo_live_tables_set_budget (RheoLiveTables *tables, int budget)
{
  tables->source.budget = budget;
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

/* Those that stay lie as evenly over the run as before. The first may be the net before training. */
static void
thin (Frames *frames)
{
  guint n = 2;

  frames->spacing = MAX (1, 2 * frames->spacing);
  for (guint i = 2; i < frames->kept->len; i++)
    {
      Kept *kept = &g_array_index (frames->kept, Kept, i);

      if (kept->iteration - g_array_index (frames->kept, Kept, n - 1).iteration < frames->spacing)
        rheo_table_unref (kept->table);
      else
        g_array_index (frames->kept, Kept, n++) = *kept;
    }
  for (guint i = n; i < frames->kept->len; i++)
    g_array_index (frames->kept, Kept, i).table = NULL;
  g_array_set_size (frames->kept, n);
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
  if (frames->kept->len > 1 && kept.iteration - last->iteration < frames->spacing)
    return;
  rheo_table_ref (frame);
  g_array_append_val (frames->kept, kept);
  while (frames->kept->len > MOST_KEPT)
    thin (frames);
}

RheoLiveMetrics *
rheo_live_tables_get_metrics (RheoLiveTables *tables)
{
  return tables->metrics;
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

  for (int i = 0; i < rheo_live_metrics_get_n (tables->metrics); i++)
    g_ptr_array_add (names, (gpointer) rheo_live_metrics_get_name (tables->metrics, i));
  for (int64_t i = 0; streams != NULL && i < rheo_column_get_length (streams); i++)
    g_ptr_array_add (names, (gpointer) rheo_column_get_string (streams, i));
  n = names->len;
  rheo_table_add_copy (list, "series", _ ("Series"), "", "series", RHEO_STRING, &n, names->pdata);
  return list;
}

/* Frame of the stream at an iteration, or the nearest one that is there; -1 the newest. */
static RheoTable *
frame_at (const Frames *frames, int64_t at)
{
  RheoTable *near = frames->newest;
  int64_t distance = at < 0 ? 0 : ABS (iteration_of (near) - at);

  for (guint i = 0; i < frames->kept->len; i++)
    {
      const Kept *kept = &g_array_index (frames->kept, Kept, i);

      if (ABS (kept->iteration - at) < distance)
        {
          near = kept->table;
          distance = ABS (kept->iteration - at);
        }
    }
  return near;
}

/* The frame that has a column: that of the stream of this name, else, as some streams bring others along, the latest. */
static RheoTable *
find_frame (RheoLiveTables *tables, const char *name, int64_t at)
{
  const Frames *own = g_hash_table_lookup (tables->frames, name);
  RheoTable *found = own != NULL ? frame_at (own, at) : NULL;
  GHashTableIter iter;
  gpointer value;

  if (found != NULL && rheo_table_find (found, name) != NULL)
    return found;
  found = NULL;
  g_hash_table_iter_init (&iter, tables->frames);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RheoTable *frame = frame_at (value, at);

      if (frame != NULL && rheo_table_find (frame, name) != NULL
          && (found == NULL || iteration_of (frame) > iteration_of (found)))
        found = frame;
    }
  return found;
}

static RheoTable *
read_series (void *data, const char *name, int64_t at, const char **key, GError **error)
{
  RheoLiveTables *tables = data;
  RheoTable *metrics = rheo_live_metrics_get_table (tables->metrics), *frame;

  if (at < 0 && metrics != NULL && rheo_table_find (metrics, name) != NULL)
    {
      *key = rheo_table_find (metrics, name)->key;
      return rheo_table_ref (metrics);
    }
  frame = find_frame (tables, name, at);
  if (frame != NULL)
    {
      *key = rheo_table_find (frame, name)->key;
      return rheo_table_ref (frame);
    }
  rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is nothing of %s yet."), name);
  return NULL;
}

static gboolean
find_iteration (void *data, const char *word, int64_t *at, GError **error)
{
  int64_t first = 0, last = -1;
  GHashTableIter iter;
  gpointer value;

  /* Of the stream that was watched over most of the run. */
  g_hash_table_iter_init (&iter, ((RheoLiveTables *) data)->frames);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Frames *frames = value;
      const GArray *kept = frames->kept;
      const int64_t newest = iteration_of (frames->newest);
      int64_t oldest;

      if (kept->len == 0)
        continue;
      /* The net before training says little: the first iteration after it, where it is there. */
      oldest = g_array_index (kept, Kept, kept->len > 1 && g_array_index (kept, Kept, 0).iteration == 0).iteration;
      if (newest - oldest > last - first || last < 0)
        {
          first = oldest;
          last = newest;
        }
    }
  if (last < 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is nothing to show yet."));
  *at = g_str_equal (word, "first")    ? first
        : g_str_equal (word, "middle") ? first + (last - first) / 2
        : g_str_equal (word, "last")   ? last
        : g_str_has_suffix (word, "%") ? first + (int64_t) ((double) (last - first) * g_ascii_strtod (word, NULL) / 100)
                                       : g_ascii_strtoll (word, NULL, 10);
  return TRUE;
}
