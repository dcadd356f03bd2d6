#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-source.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/compare-figures.h"
#include "app/compare-plots.h"
#include "app/view-panels.h"
#include "engine/series.h"
#include "engine/sketch.h"
#include "plot/plot-kind.h"
#include "plot/plot-source.h"

#define ROOM ((gsize) 256 << 20)
#define NOTHING G_MININT64
#define REST 150000 /* µs after a jump in which nothing is read ahead: what it has brought is being drawn */
#define STEP 3      /* snapshots; what goes further is a jump */

/* The plots of one iteration. */
typedef struct
{
  int64_t at;
  gsize bytes;
  GPtrArray *specs;
} Kept;

/* What the thread and the main thread share; it goes with the last of the two. */
typedef struct
{
  gatomicrefcount refs;
  GMutex lock;
  GCond changed;
  char **paths;
  int n_runs;
  gboolean quit, reload;
  int64_t wanted;
  uint64_t seen; /* a bit for each panel that is on screen */
  gsize room;
  GQueue kept; /* newest use first */
  gsize used;
  int n_made, n_opened;
  RheoRunSourceProbe probe;
  gpointer probe_data;
  RheoRunContents *opened; /* for the main thread to take */
  GPtrArray *ready;
  int64_t ready_at;
  guint idle;
  RheoRunSource *owner; /* NULL once it has gone */
} Shared;

/* A run as the thread reads it. */
typedef struct
{
  char *path, *name, *outputs;
  RheoRun *run;
  RheoSeriesReader *reader;
  RheoTable *metrics;
  Shared *shared;
  int64_t at;     /* what plots are made of */
  gboolean stale; /* something newer was wanted meanwhile: what was made has gaps */
} Reader;

struct _RheoRunSource
{
  GObject parent_instance;
  Shared *shared;
  GThread *thread;
  RheoRunContents *contents;
  GPtrArray *specs;
  int64_t at; /* asked for last */
};

G_DEFINE_FINAL_TYPE (RheoRunSource, rheo_run_source, G_TYPE_OBJECT)

enum
{
  OPENED,
  READY,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- what is kept ------------------------------------------------------------------------------------------------- */
static void
free_kept (gpointer data)
{
  Kept *kept = data;

  g_ptr_array_unref (kept->specs);
  g_free (kept);
}

static void
free_contents (RheoRunContents *contents, int n)
{
  for (int i = 0; contents != NULL && i < n; i++)
    {
      g_free (contents[i].path);
      g_free (contents[i].name);
      g_free (contents[i].error);
      rheo_experiment_free (contents[i].experiment);
      g_free (contents[i].stop_reason);
      g_free (contents[i].epochs);
      g_free (contents[i].checkpoints);
      g_strfreev (contents[i].analyses);
    }
  g_free (contents);
}

static void
release (Shared *shared)
{
  if (!g_atomic_ref_count_dec (&shared->refs))
    return;
  g_queue_clear_full (&shared->kept, free_kept);
  free_contents (shared->opened, shared->n_runs);
  g_clear_pointer (&shared->ready, g_ptr_array_unref);
  g_strfreev (shared->paths);
  g_mutex_clear (&shared->lock);
  g_cond_clear (&shared->changed);
  g_free (shared);
}

/* A spec belongs to one thread, so each side has copies of its own; the tables are shared. */
static GPtrArray *
dup_specs (const GPtrArray *specs)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_plot_spec_free);

  for (guint i = 0; i < specs->len; i++)
    {
      const RheoPlotSpec *spec = g_ptr_array_index (specs, i);

      g_ptr_array_add (copy, spec != NULL ? rheo_plot_spec_dup (spec) : NULL);
    }
  return copy;
}

static gsize
count_bytes (const GPtrArray *specs)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  gsize bytes = 0;

  for (guint i = 0; i < specs->len; i++)
    {
      const RheoPlotSpec *spec = g_ptr_array_index (specs, i);

      for (int k = 0; k < spec->n_bindings; k++)
        {
          const RheoTable *table = spec->binding[k].table;

          for (int c = 0; g_hash_table_add (seen, (gpointer) table) && c < rheo_table_get_n_columns (table); c++)
            {
              const RheoColumn *column = rheo_table_get_column (table, c);

              bytes += (gsize) rheo_column_get_length (column) * rheo_type_size (column->type);
            }
        }
    }
  return bytes;
}

/* Locked. NULL: not kept. */
static GPtrArray *
find_kept (Shared *shared, int64_t at)
{
  for (GList *link = shared->kept.head; link != NULL; link = link->next)
    if (((Kept *) link->data)->at == at)
      {
        g_queue_unlink (&shared->kept, link);
        g_queue_push_head_link (&shared->kept, link);
        return ((Kept *) link->data)->specs;
      }
  return NULL;
}

/* Locked. The last one stays however large it is. */
static void
keep (Shared *shared, int64_t at, GPtrArray *specs, gsize bytes)
{
  Kept *kept = g_new0 (Kept, 1);

  *kept = (Kept){ at, bytes, specs };
  g_queue_push_head (&shared->kept, kept);
  shared->used += bytes;
  while (shared->used > shared->room && shared->kept.length > 1)
    {
      Kept *oldest = g_queue_pop_tail (&shared->kept);

      shared->used -= oldest->bytes;
      free_kept (oldest);
    }
}

/* --- the thread: files -------------------------------------------------------------------------------------------- */
static RheoTable *
list_series (void *data, GError **error)
{
  return rheo_series_list (((Reader *) data)->reader, error);
}

/* Locked. What is being made is not wanted any more. */
static gboolean
is_stale (const Shared *shared, int64_t at)
{
  return shared->quit || shared->reload || (shared->wanted != NOTHING && shared->wanted != at);
}

/* A plot has many series, and one of a large network takes as long as all else: a newer request waits for one of them at
 * most. */
static RheoTable *
read_series (void *data, const char *series, int64_t at, const char **key, GError **error)
{
  Reader *reader = data;
  Shared *shared = reader->shared;
  RheoRunSourceProbe probe;
  gpointer probe_data;

  g_mutex_lock (&shared->lock);
  probe = shared->probe;
  probe_data = shared->probe_data;
  g_mutex_unlock (&shared->lock);
  if (probe != NULL)
    probe (reader->at, series, probe_data);
  g_mutex_lock (&shared->lock);
  /* Also when the same is asked for again before it is looked at. */
  reader->stale = reader->stale || is_stale (shared, reader->at);
  g_mutex_unlock (&shared->lock);
  if (!reader->stale)
    return rheo_series_read (reader->reader, series, at, key, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
  return NULL;
}

static gboolean
find_iteration (void *data, const char *word, int64_t *at, GError **error)
{
  return rheo_series_find_iteration (((Reader *) data)->reader, word, at, error);
}

static void
clear_reader (Reader *reader)
{
  g_clear_pointer (&reader->metrics, rheo_table_unref);
  g_clear_pointer (&reader->reader, rheo_series_reader_free);
  g_clear_pointer (&reader->run, rheo_run_free);
  g_clear_pointer (&reader->outputs, g_free);
}

static void
tell_contents (Reader *reader, RheoRunContents *contents)
{
  const RheoPlace *places;
  const int64_t *epochs;
  const char *unit = rheo_series_get_unit (reader->reader);

  contents->experiment = rheo_experiment_dup (rheo_run_get_experiment (reader->run));
  contents->state = rheo_run_get_state (reader->run);
  contents->stop_reason = g_strdup (rheo_run_get_stop_reason (reader->run));
  contents->unit = g_intern_string (unit != NULL ? unit : _ ("iteration"));
  contents->budget = rheo_series_get_budget (reader->reader);
  contents->iteration = rheo_run_get_place (reader->run).iteration;
  contents->seconds = rheo_run_get_seconds (reader->run);
  epochs = rheo_run_get_epochs (reader->run, &contents->n_epochs);
  contents->epochs = g_new (double, contents->n_epochs + 1);
  for (int i = 0; i < contents->n_epochs; i++)
    contents->epochs[i] = (double) epochs[i];
  places = rheo_run_get_checkpoints (reader->run, &contents->n_checkpoints);
  contents->checkpoints = g_new (double, contents->n_checkpoints + 1);
  for (int i = 0; i < contents->n_checkpoints; i++)
    contents->checkpoints[i] = (double) places[i].iteration;
  contents->analyses = rheo_run_dup_analyses (reader->run);
}

static void
open_run (Reader *reader, RheoRunContents *contents)
{
  g_autoptr (GError) error = NULL;

  clear_reader (reader);
  contents->path = g_strdup (reader->path);
  contents->name = g_strdup (reader->name);
  reader->run = rheo_run_open (reader->path, &error);
  if (reader->run == NULL)
    {
      contents->error = g_strdup (error->message);
      return;
    }
  rheo_run_hold (reader->run);
  reader->outputs = rheo_sketch_dup_outputs (rheo_run_get_experiment (reader->run));
  reader->reader = rheo_series_reader_new (reader->run);
  reader->metrics = rheo_run_dup_metrics (reader->run, NULL, NULL);
  tell_contents (reader, contents);
}

/* --- the thread: plots -------------------------------------------------------------------------------------------- */
static gboolean tell (gpointer data);

/* Locked. */
static void
wake_main (Shared *shared)
{
  if (shared->idle == 0 && shared->owner != NULL)
    {
      g_atomic_ref_count_inc (&shared->refs);
      shared->idle = g_idle_add_full (G_PRIORITY_DEFAULT, tell, shared, (GDestroyNotify) release);
    }
}

/* Locked. Copies for the main thread. */
static void
publish (Shared *shared, int64_t at, const GPtrArray *specs)
{
  g_clear_pointer (&shared->ready, g_ptr_array_unref);
  shared->ready = dup_specs (specs);
  shared->ready_at = at;
  wake_main (shared);
}

static int
get_sources (Reader *readers, int n_runs, RheoPlotSource *sources)
{
  int n = 0;

  for (int i = 0; i < n_runs; i++)
    {
      const char *dt;

      if (readers[i].run == NULL)
        continue;
      dt = rheo_series_get_note (readers[i].reader, "dt");
      sources[n++] = (RheoPlotSource){ .data = &readers[i],
                                       .name = n_runs > 1 ? readers[i].name : NULL,
                                       .unit = rheo_series_get_unit (readers[i].reader),
                                       .dt_ms = dt != NULL ? g_ascii_strtod (dt, NULL) : 0,
                                       .outputs = readers[i].outputs,
                                       .budget = rheo_series_get_budget (readers[i].reader),
                                       .list = list_series,
                                       .read = read_series,
                                       .find = find_iteration };
    }
  return n;
}

static gboolean
is_seen (uint64_t seen, guint panel)
{
  return panel >= 64 || (seen >> panel & 1) != 0;
}

typedef struct
{
  const RheoViewPanel *panel;
  guint index;
  gboolean seen;
} Turn;

/* First those on screen; of them those with few series, so that they are drawn while the others are read. */
static int
compare_turns (const void *a, const void *b)
{
  const Turn *x = a, *y = b;
  const int n_x = x->panel->from != NULL ? (int) g_strv_length (x->panel->from) : 0;
  const int n_y = y->panel->from != NULL ? (int) g_strv_length (y->panel->from) : 0;

  return x->seen != y->seen ? y->seen - x->seen : n_x != n_y ? n_x - n_y : (int) x->index - (int) y->index;
}

/* The panels of one run in their turns, told one by one where they are shown. */
static GPtrArray *
make_panels (Shared *shared, const GPtrArray *panels, const RheoPlotSource *source, int64_t at, gboolean shown)
{
  GPtrArray *specs = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_plot_spec_free);
  g_autofree Turn *turns = g_new (Turn, panels->len);
  Reader *reader = source->data;

  g_mutex_lock (&shared->lock);
  for (guint i = 0; i < panels->len; i++)
    turns[i] = (Turn){ g_ptr_array_index (panels, i), i, is_seen (shared->seen, i) };
  g_mutex_unlock (&shared->lock);
  qsort (turns, panels->len, sizeof *turns, compare_turns);
  g_ptr_array_set_size (specs, (int) panels->len);
  for (guint k = 0; k < panels->len && !reader->stale; k++)
    {
      RheoPlotSpec *spec = rheo_panel_fill (turns[k].panel, source, 1, at, reader->metrics, NULL);

      specs->pdata[turns[k].index] = spec;
      rheo_plot_share (spec);
      g_mutex_lock (&shared->lock);
      reader->stale = reader->stale || is_stale (shared, at);
      /* What is read ahead may be asked for meanwhile. */
      shown = shown || shared->wanted == at;
      if (shown && !reader->stale && k + 1 < panels->len)
        publish (shared, at, specs);
      g_mutex_unlock (&shared->lock);
      /* There is time for it; what is waited for is worked out where it is drawn, while the next is read. */
      if (!shown && !reader->stale)
        rheo_plot_prepare (spec);
    }
  return specs;
}

/* Of those that get_sources gives. */
static RheoExperiment *const *
get_experiments (Reader *readers, int n_runs, RheoExperiment **experiments)
{
  for (int i = 0, n = 0; i < n_runs; i++)
    if (readers[i].run != NULL)
      experiments[n++] = (RheoExperiment *) rheo_run_get_experiment (readers[i].run);
  return experiments;
}

/* NULL: something newer is wanted. */
static GPtrArray *
make_specs (Shared *shared, Reader *readers, int64_t at, gboolean shown)
{
  g_autofree RheoPlotSource *sources = g_new0 (RheoPlotSource, shared->n_runs);
  g_autofree RheoExperiment **experiments = g_new0 (RheoExperiment *, shared->n_runs);
  g_autofree RheoRun **runs = g_new0 (RheoRun *, shared->n_runs);
  g_autoptr (GPtrArray) panels = NULL;
  GPtrArray *specs;
  int n;

  for (int i = 0; i < shared->n_runs; i++)
    {
      readers[i].at = at;
      readers[i].stale = FALSE;
    }
  n = get_sources (readers, shared->n_runs, sources);
  if (n == 0)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_plot_spec_free);
  panels = rheo_view_dup_panels (rheo_run_get_experiment (((Reader *) sources[0].data)->run));
  specs = n > 1 ? rheo_compare_dup_plots (panels, sources, get_experiments (readers, shared->n_runs, experiments), n,
                                          ((Reader *) sources[0].data)->metrics)
                : make_panels (shared, panels, sources, at, shown);
  for (int i = 0; i < n; i++)
    runs[i] = ((Reader *) sources[i].data)->run;
  if (n > 1)
    rheo_compare_add_figures (specs, runs, sources, n);
  for (guint i = 0; n > 1 && i < specs->len; i++)
    rheo_plot_share (g_ptr_array_index (specs, i));
  for (int i = 0; i < shared->n_runs && specs != NULL; i++)
    if (readers[i].stale)
      g_clear_pointer (&specs, g_ptr_array_unref);
  return specs;
}

/* Locked. */
static gboolean
is_kept (Shared *shared, int64_t at)
{
  for (GList *link = shared->kept.head; link != NULL; link = link->next)
    if (((Kept *) link->data)->at == at)
      return TRUE;
  return FALSE;
}

/* The first snapshot at an iteration or after it. */
static int
find_epoch (const RheoRunContents *contents, int64_t at)
{
  int here = 0;

  while (here < contents->n_epochs && contents->epochs[here] < (double) at)
    here++;
  return here;
}

/* Locked. The snapshot near `at` that is not kept yet and will be wanted soonest; NOTHING: there is none, or no room.
 * direction: where the scrubber went last, 1 or -1. */
static int64_t
find_neighbour (Shared *shared, const RheoRunContents *contents, int64_t at, int direction)
{
  static const int steps[] = { 1, -1, 2, 3 };
  const gsize each = shared->used / MAX (shared->kept.length, 1);
  gsize left = each > 0 ? shared->room / each : G_MAXUINT;
  const int here = find_epoch (contents, at);

  for (size_t k = 0; k < G_N_ELEMENTS (steps); k++)
    {
      const int step = steps[k] * direction;
      const gboolean between = here == contents->n_epochs || contents->epochs[here] != (double) at;
      const int i = here + step - (between && step > 0);

      if (i < 0 || i >= contents->n_epochs)
        continue;
      /* What is shown has its place too. */
      if (left-- <= 1)
        break;
      if (!is_kept (shared, (int64_t) contents->epochs[i]))
        return (int64_t) contents->epochs[i];
    }
  return NOTHING;
}

/* Locked, and again when it returns. */
static void
make (Shared *shared, Reader *readers, int64_t at, gboolean shown)
{
  GPtrArray *specs = shown ? find_kept (shared, at) : NULL;

  if (specs == NULL)
    {
      gsize bytes;

      g_mutex_unlock (&shared->lock);
      specs = make_specs (shared, readers, at, shown);
      bytes = specs != NULL ? count_bytes (specs) : 0;
      g_mutex_lock (&shared->lock);
      if (specs == NULL)
        return;
      keep (shared, at, specs, bytes);
      shared->n_made++;
      shared->n_opened = 0;
      for (int i = 0; i < shared->n_runs; i++)
        shared->n_opened += readers[i].run != NULL ? rheo_run_get_n_opened (readers[i].run) : 0;
    }
  if (shown)
    publish (shared, at, specs);
}

/* Locked, and again when it returns. */
static RheoRunContents *
open_all (Shared *shared, Reader *readers)
{
  RheoRunContents *mine = g_new0 (RheoRunContents, shared->n_runs), *theirs = g_new0 (RheoRunContents, shared->n_runs);

  g_mutex_unlock (&shared->lock);
  for (int i = 0; i < shared->n_runs; i++)
    {
      open_run (&readers[i], &theirs[i]);
      mine[i].epochs = g_memdup2 (theirs[i].epochs, sizeof (double) * theirs[i].n_epochs);
      mine[i].n_epochs = theirs[i].n_epochs;
    }
  g_mutex_lock (&shared->lock);
  g_queue_clear_full (&shared->kept, free_kept);
  shared->used = 0;
  free_contents (shared->opened, shared->n_runs);
  shared->opened = theirs;
  wake_main (shared);
  return mine;
}

static gpointer
work (gpointer data)
{
  Shared *shared = data;
  g_autofree Reader *readers = g_new0 (Reader, shared->n_runs);
  RheoRunContents *contents = NULL;
  int64_t shown = NOTHING;
  int direction = 1;
  gint64 rest = 0;

  for (int i = 0; i < shared->n_runs; i++)
    {
      g_autofree char *base = g_path_get_basename (shared->paths[i]);

      readers[i].shared = shared;
      readers[i].path = shared->paths[i];
      readers[i].name = g_str_has_suffix (base, ".h5") ? g_strndup (base, strlen (base) - 3) : g_strdup (base);
    }
  g_mutex_lock (&shared->lock);
  while (!shared->quit)
    {
      int64_t ahead;
      gboolean far;

      if (shared->reload)
        {
          /* What was being made for the old state is asked for again. */
          if (shared->wanted == NOTHING && shown != NOTHING)
            shared->wanted = shown;
          shared->reload = FALSE;
          free_contents (contents, shared->n_runs);
          contents = open_all (shared, readers);
        }
      else if (shared->wanted != NOTHING)
        {
          direction = shown == NOTHING || shared->wanted == shown ? direction : shared->wanted > shown ? 1 : -1;
          far = shown == NOTHING || ABS (find_epoch (contents, shared->wanted) - find_epoch (contents, shown)) > STEP;
          shown = shared->wanted;
          shared->wanted = NOTHING;
          make (shared, readers, shown, TRUE);
          rest = far ? g_get_monotonic_time () + REST : 0;
        }
      else if (g_get_monotonic_time () < rest)
        g_cond_wait_until (&shared->changed, &shared->lock, rest);
      else if (shown >= 0 && (ahead = find_neighbour (shared, &contents[0], shown, direction)) != NOTHING)
        make (shared, readers, ahead, FALSE);
      else
        g_cond_wait (&shared->changed, &shared->lock);
    }
  g_mutex_unlock (&shared->lock);
  for (int i = 0; i < shared->n_runs; i++)
    {
      clear_reader (&readers[i]);
      g_free (readers[i].name);
    }
  free_contents (contents, shared->n_runs);
  release (shared);
  return NULL;
}

/* --- the main thread ---------------------------------------------------------------------------------------------- */
static gboolean
tell (gpointer data)
{
  Shared *shared = data;
  RheoRunContents *opened;
  GPtrArray *ready;
  g_autoptr (RheoRunSource) source = NULL;
  int64_t at;

  g_mutex_lock (&shared->lock);
  shared->idle = 0;
  opened = g_steal_pointer (&shared->opened);
  ready = g_steal_pointer (&shared->ready);
  at = shared->ready_at;
  source = shared->owner != NULL ? g_object_ref (shared->owner) : NULL;
  g_mutex_unlock (&shared->lock);
  if (source == NULL)
    {
      free_contents (opened, shared->n_runs);
      g_clear_pointer (&ready, g_ptr_array_unref);
      return G_SOURCE_REMOVE;
    }
  if (opened != NULL)
    {
      free_contents (source->contents, shared->n_runs);
      source->contents = opened;
      g_signal_emit (source, signals[OPENED], 0);
    }
  if (ready != NULL && at == source->at)
    {
      g_clear_pointer (&source->specs, g_ptr_array_unref);
      source->specs = ready;
      g_signal_emit (source, signals[READY], 0, at);
    }
  else
    g_clear_pointer (&ready, g_ptr_array_unref);
  return G_SOURCE_REMOVE;
}

void
rheo_run_source_request (RheoRunSource *source, int64_t at)
{
  Shared *shared = source->shared;

  source->at = at;
  g_mutex_lock (&shared->lock);
  shared->wanted = at;
  g_cond_signal (&shared->changed);
  g_mutex_unlock (&shared->lock);
}

void
rheo_run_source_reload (RheoRunSource *source)
{
  Shared *shared = source->shared;

  g_mutex_lock (&shared->lock);
  shared->reload = TRUE;
  shared->wanted = source->at;
  g_cond_signal (&shared->changed);
  g_mutex_unlock (&shared->lock);
}

void
rheo_run_source_set_seen (RheoRunSource *source, uint64_t panels)
{
  g_mutex_lock (&source->shared->lock);
  source->shared->seen = panels;
  g_mutex_unlock (&source->shared->lock);
}

const RheoRunContents *
rheo_run_source_get_contents (RheoRunSource *source, int run)
{
  return source->contents != NULL ? &source->contents[run] : NULL;
}

const GPtrArray *
rheo_run_source_get_specs (RheoRunSource *source)
{
  return source->specs;
}

gboolean
rheo_run_source_is_complete (RheoRunSource *source)
{
  return source->specs != NULL && !g_ptr_array_find (source->specs, NULL, NULL);
}

void
rheo_run_source_set_room (RheoRunSource *source, gsize bytes)
{
  g_mutex_lock (&source->shared->lock);
  source->shared->room = bytes;
  g_cond_signal (&source->shared->changed);
  g_mutex_unlock (&source->shared->lock);
}

int
rheo_run_source_get_n_made (RheoRunSource *source)
{
  int n;

  g_mutex_lock (&source->shared->lock);
  n = source->shared->n_made;
  g_mutex_unlock (&source->shared->lock);
  return n;
}

int
rheo_run_source_get_n_opened (RheoRunSource *source)
{
  int n;

  g_mutex_lock (&source->shared->lock);
  n = source->shared->n_opened;
  g_mutex_unlock (&source->shared->lock);
  return n;
}

void
rheo_run_source_set_probe (RheoRunSource *source, RheoRunSourceProbe probe, gpointer data)
{
  g_mutex_lock (&source->shared->lock);
  source->shared->probe = probe;
  source->shared->probe_data = data;
  g_mutex_unlock (&source->shared->lock);
}

/* The thread may be in the middle of a large file: nobody waits for it. */
static void
finalize (GObject *object)
{
  RheoRunSource *source = RHEO_RUN_SOURCE (object);
  int n_runs = source->shared->n_runs;

  free_contents (source->contents, n_runs);
  g_clear_pointer (&source->specs, g_ptr_array_unref);
  g_mutex_lock (&source->shared->lock);
  source->shared->owner = NULL;
  source->shared->quit = TRUE;
  g_cond_signal (&source->shared->changed);
  g_mutex_unlock (&source->shared->lock);
  g_thread_unref (source->thread);
  release (source->shared);
  G_OBJECT_CLASS (rheo_run_source_parent_class)->finalize (object);
}

static void
rheo_run_source_class_init (RheoRunSourceClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[OPENED] =
      g_signal_new ("opened", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
rheo_run_source_init (RheoRunSource *source)
{
  source->at = NOTHING;
}

RheoRunSource *
rheo_run_source_new (const char *const *paths)
{
  RheoRunSource *source = g_object_new (RHEO_TYPE_RUN_SOURCE, NULL);
  Shared *shared = g_new0 (Shared, 1);

  g_atomic_ref_count_init (&shared->refs);
  g_atomic_ref_count_inc (&shared->refs); /* of the thread */
  g_mutex_init (&shared->lock);
  g_cond_init (&shared->changed);
  g_queue_init (&shared->kept);
  shared->paths = g_strdupv ((char **) paths);
  shared->n_runs = (int) g_strv_length (shared->paths);
  shared->room = ROOM;
  shared->wanted = NOTHING;
  shared->seen = UINT64_MAX;
  shared->reload = TRUE;
  shared->owner = source;
  source->shared = shared;
  source->thread = g_thread_new ("run source", work, shared);
  return source;
}
