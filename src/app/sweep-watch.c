#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/sweep-watch.h"

#include <math.h>

#include "app/behind.h"
#include "engine/sweep-drive.h"
#include "engine/sweep-played.h"

#define LOOK_EVERY 0.4 /* seconds between looks while runs go on */

struct _RheoSweepWatch
{
  GObject parent_instance;
  RheoSweep *sweep;
  RheoSweepSight *sight; /* of the main thread */
  gboolean paused;
  int n_written; /* runs in results.tsv; of the thread */
  gint64 began;  /* monotonic time; 0: never */
  guint idle;    /* of the main thread: the news that wait are told soon */

  GMutex lock; /* of everything below */
  GCond cond;
  gboolean wanted, looked_for, shut; /* runs are wanted; a look is wanted; it ends */
  GArray *again;                     /* rows (int) that begin anew; -1: all that failed */
  RheoSweepView view;
  RheoSweepDrive *drive; /* while there is one */
  RheoSweepSight *news;  /* for the main thread; or NULL */
  gboolean ended;
  char *trouble;
};

G_DEFINE_FINAL_TYPE (RheoSweepWatch, rheo_sweep_watch, G_TYPE_OBJECT)

enum
{
  CHANGED,
  ENDED,
  TROUBLE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
free_sight (RheoSweepSight *sight)
{
  if (sight == NULL)
    return;
  for (int row = 0; row < sight->n_rows; row++)
    {
      g_free (sight->facts[row].stop);
      g_free (sight->facts[row].error);
    }
  g_free (sight->facts);
  g_free (sight->sequence);
  g_clear_pointer (&sight->metrics, rheo_table_unref);
  g_clear_pointer (&sight->map, rheo_table_unref);
  g_clear_pointer (&sight->boxes, rheo_table_unref);
  g_clear_pointer (&sight->curves, g_ptr_array_unref);
  g_clear_pointer (&sight->curve_rows, g_array_unref);
  g_free (sight);
}

/* --- the thread -------------------------------------------------------------------------------------------------- */

static gboolean
tell (gpointer data)
{
  RheoSweepWatch *watch = data;
  g_autofree char *trouble = NULL;
  RheoSweepSight *news;
  gboolean ended;

  g_mutex_lock (&watch->lock);
  watch->idle = 0;
  news = g_steal_pointer (&watch->news);
  trouble = g_steal_pointer (&watch->trouble);
  ended = watch->ended;
  watch->ended = FALSE;
  g_mutex_unlock (&watch->lock);
  g_object_ref (watch);
  if (news != NULL)
    {
      free_sight (watch->sight);
      watch->sight = news;
    }
  g_signal_emit (watch, signals[CHANGED], 0);
  if (trouble != NULL)
    g_signal_emit (watch, signals[TROUBLE], 0, trouble);
  if (ended)
    g_signal_emit (watch, signals[ENDED], 0);
  g_object_unref (watch);
  return G_SOURCE_REMOVE;
}

/* With the lock. */
static void
tell_later (RheoSweepWatch *watch)
{
  if (watch->idle == 0 && !watch->shut)
    watch->idle = g_idle_add (tell, watch);
}

static void
see_runs (RheoSweepWatch *watch, RheoSweepState *state, RheoSweepSight *sight)
{
  double seconds = 0;

  sight->n_rows = rheo_sweep_get_n_rows (watch->sweep);
  sight->facts = g_new0 (RheoRowFacts, sight->n_rows);
  for (int row = 0; row < sight->n_rows; row++)
    {
      sight->facts[row] = *rheo_sweep_state_get (state, row);
      sight->facts[row].stop = g_strdup (sight->facts[row].stop);
      sight->facts[row].error = g_strdup (sight->facts[row].error);
      sight->count[sight->facts[row].state]++;
      seconds += sight->facts[row].state == RHEO_ROW_DONE ? sight->facts[row].seconds : 0;
    }
  sight->run_seconds = sight->count[RHEO_ROW_DONE] > 0 ? seconds / sight->count[RHEO_ROW_DONE] : NAN;
}

/* Of lengths of episodes where the metric has no course. */
static void
read_curves (RheoSweepWatch *watch, RheoSweepSight *sight)
{
  const char *const keys[] = { rheo_sweep_is_played (sight->view.metric) ? "train.episode-length" : sight->view.metric,
                               NULL };

  sight->curve = g_intern_string (keys[0]);
  sight->curves = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_table_unref);
  sight->curve_rows = g_array_new (FALSE, FALSE, sizeof (int));
  for (int row = 0; row < sight->n_rows && sight->curves->len < RHEO_SWEEP_MAX_CURVES; row++)
    {
      g_autofree char *path = rheo_sweep_dup_path (watch->sweep, row);
      g_autoptr (RheoRun) run = sight->facts[row].state == RHEO_ROW_DONE ? rheo_run_open (path, NULL) : NULL;
      RheoTable *table = run != NULL ? rheo_run_read_metrics (run, keys, NULL) : NULL;

      if (table == NULL)
        continue;
      g_ptr_array_add (sight->curves, table);
      g_array_append_val (sight->curve_rows, row);
    }
}

/* What is done is in the table, so that it can be read meanwhile. */
static void
write_results (RheoSweepWatch *watch, const RheoSweepSight *sight, RheoSweepResults *results)
{
  const int n = sight->count[RHEO_ROW_DONE] + sight->count[RHEO_ROW_DIVERGED];
  g_autofree char *path = NULL;

  if (n == watch->n_written)
    return;
  path = g_build_filename (rheo_sweep_get_folder (watch->sweep), "results.tsv", NULL);
  if (rheo_sweep_results_write (results, path, NULL))
    watch->n_written = n;
}

static void
see (RheoSweepWatch *watch, RheoSweepState *state, RheoSweepResults *results, RheoSweepDrive *drive)
{
  RheoSweepSight *sight = g_new0 (RheoSweepSight, 1);
  RheoSweepQueue queue;
  RheoSweepAsk ask;
  const char *metric;

  rheo_sweep_results_read (results);
  see_runs (watch, state, sight);
  rheo_sweep_queue_read (watch->sweep, &queue);
  sight->sequence = rheo_sweep_queue_dup_sequence (watch->sweep, &queue);
  sight->jobs = queue.jobs > 0 ? queue.jobs : (int) g_get_num_processors ();
  rheo_sweep_queue_clear (&queue);
  g_mutex_lock (&watch->lock);
  sight->view = watch->view;
  g_mutex_unlock (&watch->lock);
  metric = rheo_sweep_results_choose (results, sight->view.metric);
  g_strlcpy (sight->view.metric, metric != NULL ? metric : "", sizeof sight->view.metric);
  ask = (RheoSweepAsk){ sight->view.metric, sight->view.measure, sight->view.n, sight->view.threshold };
  sight->map = sight->view.form != RHEO_SWEEP_MAP
                   ? rheo_sweep_results_dup_points (results, &ask, sight->view.reduction)
                   : rheo_sweep_results_dup_map (results, &ask, sight->view.x, sight->view.y, sight->view.reduction);
  if (sight->view.form == RHEO_SWEEP_BOXES)
    sight->boxes = rheo_sweep_results_dup_boxes (results, watch->sweep, &ask);
  if (sight->view.form == RHEO_SWEEP_CURVES)
    read_curves (watch, sight);
  if (drive != NULL)
    write_results (watch, sight, results);
  sight->metrics = rheo_sweep_results_dup_metrics (results);
  sight->left = drive != NULL ? rheo_sweep_drive_get_left (drive) : NAN;
  g_mutex_lock (&watch->lock);
  free_sight (watch->news);
  watch->news = sight;
  tell_later (watch);
  g_mutex_unlock (&watch->lock);
}

static void
begin_anew (RheoSweepWatch *watch, RheoSweepState *state)
{
  g_autoptr (GArray) rows = NULL;

  g_mutex_lock (&watch->lock);
  rows = g_steal_pointer (&watch->again);
  g_mutex_unlock (&watch->lock);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      int row = g_array_index (rows, int, i);

      for (int r = 0; row < 0 && r < rheo_sweep_get_n_rows (watch->sweep); r++)
        rheo_sweep_clear_failed (watch->sweep, r, NULL);
      if (row >= 0)
        rheo_sweep_forget (watch->sweep, row, NULL);
    }
  if (rows != NULL)
    rheo_sweep_state_look (state);
}

/* TRUE: go on. */
static gboolean
drive_once (RheoSweepWatch *watch, RheoSweepState *state, RheoSweepResults *results)
{
  g_autoptr (GError) error = NULL;
  gboolean goes_on = rheo_sweep_drive_step (watch->drive, LOOK_EVERY, NULL, NULL, &error);

  for (int row = 0; row < rheo_sweep_get_n_rows (watch->sweep); row++)
    if (rheo_sweep_state_get (state, row)->state == RHEO_ROW_RUNNING
        || (goes_on && rheo_sweep_drive_has_child (watch->drive, row)))
      rheo_sweep_state_look_at (state, row);
  if (error != NULL)
    {
      rheo_sweep_drive_stop (watch->drive);
      g_mutex_lock (&watch->lock);
      watch->wanted = FALSE;
      watch->trouble = g_strdup (error->message);
      g_mutex_unlock (&watch->lock);
    }
  return goes_on;
}

static void
drive (RheoSweepWatch *watch, RheoSweepState *state, RheoSweepResults *results)
{
  RheoSweepDrive *mine = rheo_sweep_drive_new (state, &(RheoSweepPlan){ .nice = 10 });
  gboolean goes_on = TRUE, shut = FALSE;

  g_mutex_lock (&watch->lock);
  watch->drive = mine;
  g_mutex_unlock (&watch->lock);
  while (goes_on && !shut)
    {
      gboolean wanted;

      g_mutex_lock (&watch->lock);
      wanted = watch->wanted;
      shut = watch->shut;
      g_mutex_unlock (&watch->lock);
      if (!wanted || shut)
        rheo_sweep_drive_stop (mine);
      begin_anew (watch, state);
      /* Once more after it is to end: children are told by a step. */
      goes_on = drive_once (watch, state, results);
      if (!shut)
        see (watch, state, results, mine);
    }
  g_mutex_lock (&watch->lock);
  watch->ended = watch->wanted;
  watch->wanted = FALSE;
  watch->drive = NULL;
  g_mutex_unlock (&watch->lock);
  rheo_sweep_drive_free (mine);
  if (!shut)
    see (watch, state, results, NULL);
}

static void
serve (RheoSweepWatch *watch)
{
  g_autoptr (RheoSweepState) state = rheo_sweep_state_new (watch->sweep);
  g_autoptr (RheoSweepResults) results = rheo_sweep_results_new (state);

  for (;;)
    {
      gboolean wanted;

      g_mutex_lock (&watch->lock);
      while (!watch->shut && !watch->looked_for && !watch->wanted && watch->again == NULL)
        g_cond_wait (&watch->cond, &watch->lock);
      wanted = watch->wanted;
      watch->looked_for = FALSE;
      if (watch->shut)
        {
          g_mutex_unlock (&watch->lock);
          return;
        }
      g_mutex_unlock (&watch->lock);
      begin_anew (watch, state);
      rheo_sweep_state_look (state);
      see (watch, state, results, NULL);
      if (wanted)
        drive (watch, state, results);
    }
}

static gpointer
work (gpointer data)
{
  serve (data);
  g_object_unref (data);
  rheo_behind_end ();
  return NULL;
}

/* --- the main thread --------------------------------------------------------------------------------------------- */

/* With the lock. */
static void
wake (RheoSweepWatch *watch)
{
  g_cond_signal (&watch->cond);
  if (watch->drive != NULL)
    rheo_sweep_drive_wake (watch->drive);
}

static void
change_queue (RheoSweepWatch *watch, void (*change) (RheoSweepWatch *watch, RheoSweepQueue *queue, gconstpointer data),
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  RheoSweepQueue queue;

  rheo_sweep_queue_read (watch->sweep, &queue);
  change (watch, &queue, data);
  if (!rheo_sweep_queue_write (watch->sweep, &queue, &error))
    g_signal_emit (watch, signals[TROUBLE], 0, error->message);
  rheo_sweep_queue_clear (&queue);
  g_mutex_lock (&watch->lock);
  watch->looked_for = TRUE;
  wake (watch);
  g_mutex_unlock (&watch->lock);
}

static void
set_paused (RheoSweepWatch *watch, RheoSweepQueue *queue, gconstpointer data)
{
  queue->paused = watch->paused = *(const gboolean *) data;
}

static void
set_wanted (RheoSweepWatch *watch, gboolean wanted)
{
  const gboolean paused = !wanted;

  g_mutex_lock (&watch->lock);
  watch->wanted = wanted;
  wake (watch);
  g_mutex_unlock (&watch->lock);
  if (watch->paused != paused)
    change_queue (watch, set_paused, &paused);
  g_signal_emit (watch, signals[CHANGED], 0);
}

gint64
rheo_sweep_watch_get_began (RheoSweepWatch *watch)
{
  return watch->began;
}

void
rheo_sweep_watch_start (RheoSweepWatch *watch)
{
  watch->began = g_get_monotonic_time ();
  set_wanted (watch, TRUE);
}

void
rheo_sweep_watch_pause (RheoSweepWatch *watch)
{
  set_wanted (watch, FALSE);
}

gboolean
rheo_sweep_watch_is_driving (RheoSweepWatch *watch)
{
  gboolean driving;

  g_mutex_lock (&watch->lock);
  driving = watch->wanted;
  g_mutex_unlock (&watch->lock);
  return driving;
}

gboolean
rheo_sweep_watch_is_paused (RheoSweepWatch *watch)
{
  return watch->paused;
}

void
rheo_sweep_watch_look (RheoSweepWatch *watch, const RheoSweepView *view)
{
  g_mutex_lock (&watch->lock);
  if (view != NULL)
    watch->view = *view;
  watch->looked_for = TRUE;
  wake (watch);
  g_mutex_unlock (&watch->lock);
}

static void
set_jobs (RheoSweepWatch *watch, RheoSweepQueue *queue, gconstpointer data)
{
  queue->jobs = *(const int *) data;
}

void
rheo_sweep_watch_set_jobs (RheoSweepWatch *watch, int jobs)
{
  change_queue (watch, set_jobs, &jobs);
}

typedef struct
{
  const int *rows;
  int n;
} Rows;

static void
put_first (RheoSweepWatch *watch, RheoSweepQueue *queue, gconstpointer data)
{
  const Rows *rows = data;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (int i = 0; i < rows->n; i++)
    g_strv_builder_add (names, rheo_sweep_get_name (watch->sweep, rows->rows[i]));
  if (queue->first != NULL)
    g_strv_builder_addv (names, (const char **) queue->first);
  g_strfreev (queue->first);
  queue->first = g_strv_builder_end (names);
}

void
rheo_sweep_watch_put_first (RheoSweepWatch *watch, const int *rows, int n)
{
  change_queue (watch, put_first, &(Rows){ rows, n });
}

void
rheo_sweep_watch_again (RheoSweepWatch *watch, const int *rows, int n)
{
  const int all = -1;

  g_mutex_lock (&watch->lock);
  if (watch->again == NULL)
    watch->again = g_array_new (FALSE, FALSE, sizeof (int));
  if (rows == NULL)
    g_array_append_val (watch->again, all);
  else
    g_array_append_vals (watch->again, rows, (guint) n);
  g_mutex_unlock (&watch->lock);
  rheo_sweep_watch_start (watch);
}

RheoSweep *
rheo_sweep_watch_get_sweep (RheoSweepWatch *watch)
{
  return watch->sweep;
}

const RheoSweepSight *
rheo_sweep_watch_get (RheoSweepWatch *watch)
{
  return watch->sight;
}

void
rheo_sweep_watch_shut (RheoSweepWatch *watch)
{
  g_mutex_lock (&watch->lock);
  if (!watch->shut)
    {
      rheo_behind_begin ();
      watch->shut = TRUE;
      if (watch->drive != NULL)
        rheo_sweep_drive_stop (watch->drive);
      wake (watch);
      g_clear_handle_id (&watch->idle, g_source_remove);
    }
  g_mutex_unlock (&watch->lock);
}

static void
finalize (GObject *object)
{
  RheoSweepWatch *watch = RHEO_SWEEP_WATCH (object);

  free_sight (watch->sight);
  free_sight (watch->news);
  g_clear_pointer (&watch->again, g_array_unref);
  g_free (watch->trouble);
  g_mutex_clear (&watch->lock);
  g_cond_clear (&watch->cond);
  rheo_sweep_unref (watch->sweep);
  G_OBJECT_CLASS (rheo_sweep_watch_parent_class)->finalize (object);
}

static void
rheo_sweep_watch_class_init (RheoSweepWatchClass *class)
{
  const GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TROUBLE] =
      g_signal_new ("trouble", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rheo_sweep_watch_init (RheoSweepWatch *watch)
{
  g_mutex_init (&watch->lock);
  g_cond_init (&watch->cond);
}

RheoSweepWatch *
rheo_sweep_watch_new (RheoSweep *sweep)
{
  RheoSweepWatch *watch = g_object_new (RHEO_TYPE_SWEEP_WATCH, NULL);
  RheoSweepQueue queue;
  int best = 0, second = -1, n_varied = 0;

  watch->sweep = rheo_sweep_ref (sweep);
  rheo_sweep_queue_read (sweep, &queue);
  watch->paused = queue.paused;
  rheo_sweep_queue_clear (&queue);
  /* The two longest axes, without seeds where there are others. */
  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep, a);

      n_varied += !axis->seeds;
      if (a == 0 || axis->seeds)
        continue;
      if (axis->n > rheo_sweep_get_axis (sweep, best)->n)
        {
          second = best;
          best = a;
        }
      else if (second < 0 || axis->n > rheo_sweep_get_axis (sweep, second)->n)
        second = a;
    }
  watch->view = (RheoSweepView){ .n = 10,
                                 .x = second >= 0 ? MAX (best, second) : best,
                                 .y = second >= 0 ? MIN (best, second) : -1,
                                 .form = n_varied > 2 ? RHEO_SWEEP_ALL : RHEO_SWEEP_MAP };
  watch->looked_for = TRUE;
  g_thread_unref (g_thread_new ("sweep", work, g_object_ref (watch)));
  return watch;
}
