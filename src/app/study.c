#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/study.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/behind.h"
#include "app/run-facts.h"
#include "app/run-text.h"
#include "engine/store-tree.h"
#include "engine/team.h"

#define SAVED_US (20 * G_USEC_PER_SEC) /* that a checkpoint may take to come to the disk */
#define LOOK_US (20 * 1000)
#define PROGRESS 50 /* ms */
#define BEHIND 3    /* times that a thread gives way to stand behind the workers of a training */

/* What has been read of the file. */
typedef struct
{
  char *error;
  RheoExperiment *experiment;
  char *unit;
  GArray *snapshots, *checkpoints; /* double */
  GPtrArray *results;
} Contents;

/* A result that the engine was given for the file. */
typedef struct
{
  char *path, *config;
  int64_t iteration;
} Kept;

struct _RheoStudy
{
  GObject parent_instance;
  RheoSession *session; /* weak: tasks may hold the study longer than the window lives */
  char *path, *name;
  Contents *contents;
  GCancellable *reading;
  GQueue kept; /* Kept, in the order in which the engine tells of them */
};

G_DEFINE_FINAL_TYPE (RheoStudy, rheo_study, G_TYPE_OBJECT)

static guint opened_signal;

static void
free_kept (gpointer data)
{
  Kept *kept = data;

  g_free (kept->path);
  g_free (kept->config);
  g_free (kept);
}

/* --- reading ---------------------------------------------------------------------------------------------------------- */

static void
free_result (gpointer data)
{
  RheoStudyResult *result = data;

  g_free (result->name);
  g_free (result->id);
  g_free (result->config);
  g_free (result);
}

static void
free_contents (gpointer data)
{
  Contents *contents = data;

  g_free (contents->error);
  g_free (contents->unit);
  g_clear_pointer (&contents->experiment, rheo_experiment_free);
  g_array_unref (contents->snapshots);
  g_array_unref (contents->checkpoints);
  g_ptr_array_unref (contents->results);
  g_free (contents);
}

static const char *
find_attribute (char **attributes, const char *name)
{
  for (int i = 0; attributes != NULL && attributes[i] != NULL && attributes[i + 1] != NULL; i += 2)
    if (g_str_equal (attributes[i], name))
      return attributes[i + 1];
  return NULL;
}

/* Only what stands beside the numbers. */
static void
list_results (RheoRun *run, GPtrArray *results)
{
  g_auto (GStrv) names = rheo_run_dup_analyses (run);
  g_autoptr (RheoTree) tree = names[0] != NULL ? rheo_tree_open (rheo_run_get_path (run), NULL) : NULL;

  for (int i = 0; names[i] != NULL; i++)
    {
      RheoStudyResult *result = g_new0 (RheoStudyResult, 1);
      const char *slash = strrchr (names[i], '/');
      g_autofree char *path = g_strconcat ("/analysis/", names[i], NULL);
      g_auto (GStrv) attributes = tree != NULL ? rheo_tree_dup_attributes (tree, path) : NULL;
      const char *iteration = find_attribute (attributes, "iteration");

      result->name = g_strdup (names[i]);
      result->id = slash != NULL ? g_strndup (names[i], (gsize) (slash - names[i])) : g_strdup (names[i]);
      result->n = slash != NULL ? atoi (slash + 1) : 0;
      result->iteration = iteration != NULL ? g_ascii_strtoll (iteration, NULL, 10) : -1;
      result->config = g_strdup (find_attribute (attributes, "config"));
      g_ptr_array_add (results, result);
    }
}

static void
read_run (RheoRun *run, Contents *contents)
{
  int n;
  const int64_t *epochs = rheo_run_get_epochs (run, &n);
  const RheoPlace *places;

  contents->experiment = rheo_experiment_dup (rheo_run_get_experiment (run));
  contents->unit = rheo_run_dup_unit (run);
  for (int i = 0; i < n; i++)
    {
      const double at = (double) epochs[i];

      g_array_append_val (contents->snapshots, at);
    }
  places = rheo_run_get_checkpoints (run, &n);
  for (int i = 0; i < n; i++)
    {
      const double at = (double) places[i].iteration;

      if (i == 0 || places[i].iteration != places[i - 1].iteration)
        g_array_append_val (contents->checkpoints, at);
    }
  list_results (run, contents->results);
}

static void
read_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (path, &error);
  Contents *contents = g_new0 (Contents, 1);

  contents->snapshots = g_array_new (FALSE, FALSE, sizeof (double));
  contents->checkpoints = g_array_new (FALSE, FALSE, sizeof (double));
  contents->results = g_ptr_array_new_with_free_func (free_result);
  if (run != NULL)
    read_run (run, contents);
  else
    contents->error = g_strdup (error->message);
  g_task_return_pointer (task, contents, free_contents);
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoStudy *study = RHEO_STUDY (object);
  Contents *contents = g_task_propagate_pointer (G_TASK (result), NULL);

  if (contents == NULL || g_task_get_cancellable (G_TASK (result)) != study->reading)
    {
      g_clear_pointer (&contents, free_contents);
      return;
    }
  g_clear_object (&study->reading);
  g_clear_pointer (&study->contents, free_contents);
  study->contents = contents;
  g_signal_emit (study, opened_signal, 0);
}

static void
stop_reading (RheoStudy *study)
{
  if (study->reading != NULL)
    g_cancellable_cancel (study->reading);
  g_clear_object (&study->reading);
}

void
rheo_study_reload (RheoStudy *study)
{
  g_autoptr (GTask) task = NULL;

  stop_reading (study);
  if (study->path == NULL)
    return;
  study->reading = g_cancellable_new ();
  task = g_task_new (study, study->reading, on_read, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_strdup (study->path), g_free);
  g_task_run_in_thread (task, read_thread);
}

void
rheo_study_open (RheoStudy *study, const char *path)
{
  if (g_strcmp0 (path, study->path) != 0)
    {
      g_clear_pointer (&study->contents, free_contents);
      g_free (study->path);
      g_free (study->name);
      study->path = g_strdup (path);
      study->name = path != NULL ? rheo_run_dup_stem (path) : NULL;
    }
  rheo_study_reload (study);
}

/* --- what there is ---------------------------------------------------------------------------------------------------- */

const char *
rheo_study_get_path (RheoStudy *study)
{
  return study->path;
}

const char *
rheo_study_get_name (RheoStudy *study)
{
  return study->name;
}

const char *
rheo_study_get_error (RheoStudy *study)
{
  return study->contents != NULL ? study->contents->error : NULL;
}

gboolean
rheo_study_is_live (RheoStudy *study)
{
  return study->path != NULL && study->session != NULL && rheo_session_is_going (study->session)
         && g_strcmp0 (rheo_session_get_path (study->session), study->path) == 0;
}

const RheoExperiment *
rheo_study_get_experiment (RheoStudy *study)
{
  return study->contents != NULL ? study->contents->experiment : NULL;
}

const char *
rheo_study_get_unit (RheoStudy *study)
{
  return study->contents != NULL && study->contents->unit != NULL ? study->contents->unit : "iteration";
}

static const double *
get_numbers (const GArray *array, int *n)
{
  *n = array != NULL ? (int) array->len : 0;
  return array != NULL ? (const double *) array->data : NULL;
}

const double *
rheo_study_get_snapshots (RheoStudy *study, int *n)
{
  return get_numbers (study->contents != NULL ? study->contents->snapshots : NULL, n);
}

const double *
rheo_study_get_checkpoints (RheoStudy *study, int *n)
{
  return get_numbers (study->contents != NULL ? study->contents->checkpoints : NULL, n);
}

const GPtrArray *
rheo_study_get_results (RheoStudy *study)
{
  return study->contents != NULL ? study->contents->results : NULL;
}

const RheoStudyResult *
rheo_study_find (RheoStudy *study, const char *name)
{
  const GPtrArray *results = rheo_study_get_results (study);

  for (guint i = 0; results != NULL && i < results->len; i++)
    if (g_strcmp0 (((const RheoStudyResult *) results->pdata[i])->name, name) == 0)
      return results->pdata[i];
  return NULL;
}

static gboolean
has (const GArray *array, int64_t at)
{
  for (guint i = 0; i < array->len; i++)
    if ((int64_t) g_array_index (array, double, i) == at)
      return TRUE;
  return FALSE;
}

gboolean
rheo_study_allows (RheoStudy *study, const RheoAnalysis *analysis, int64_t at, GError **error)
{
  const Contents *contents = study->contents;

  if (contents == NULL || contents->experiment == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      contents != NULL ? _ ("The run cannot be read.") : _ ("The run is being read."));
  if (!rheo_analysis_fits (analysis, contents->experiment, error))
    return FALSE;
  if ((analysis->wants & RHEO_WANTS_PROBE) != 0
      && (at < 0 ? contents->snapshots->len == 0 : !has (contents->snapshots, at)))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      contents->snapshots->len == 0
                          ? _ ("This needs recorded trials, and the run keeps none.")
                          : _ ("This needs recorded trials, which are not kept of this iteration."));
  if ((analysis->wants & RHEO_WANTS_WEIGHTS) != 0 && !rheo_study_is_live (study)
      && contents->snapshots->len + contents->checkpoints->len == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run holds no network yet."));
  return TRUE;
}

/* --- computing -------------------------------------------------------------------------------------------------------- */

void
rheo_study_answer_free (RheoStudyAnswer *answer)
{
  if (answer == NULL)
    return;
  g_clear_pointer (&answer->table, rheo_table_unref);
  g_free (answer->path);
  g_free (answer->name);
  g_free (answer->config);
  g_free (answer->loss);
  g_free (answer);
}

typedef struct
{
  const RheoAnalysis *analysis;
  void *config;
  char *path;
  int64_t at;
  gboolean live;
  unsigned how; /* RHEO_STUDY_* */
  RheoTable *previous;
  RheoSession *session; /* while it is waited for */
  gulong note_handler, changed_handler;
  GCancellable *cancellable;
  gulong cancel_handler;
  RheoStudyProgress progress;
  gpointer data;
  /* Told by the thread. */
  atomic_bool cancelled;
  atomic_int percent;
} Job;

static void
free_job (gpointer data)
{
  Job *job = data;

  g_free (job->config);
  g_free (job->path);
  g_clear_pointer (&job->previous, rheo_table_unref);
  if (job->cancel_handler != 0)
    g_signal_handler_disconnect (job->cancellable, job->cancel_handler);
  g_clear_object (&job->cancellable);
  g_free (job);
}

static void
note_progress (void *data, double fraction)
{
  atomic_store (&((Job *) data)->percent, (int) (1000 * CLAMP (fraction, 0, 1)));
}

static gboolean
has_checkpoint (RheoRun *run, int64_t at)
{
  int n;
  const RheoPlace *places = rheo_run_get_checkpoints (run, &n);

  return n > 0 && places[n - 1].iteration >= at;
}

/* A checkpoint that the engine has just made may still be on its way to the disk. */
static RheoRun *
open_run (const Job *job, GError **error)
{
  const gint64 until = g_get_monotonic_time () + SAVED_US;

  for (;;)
    {
      g_autoptr (RheoRun) run = rheo_run_open (job->path, error);

      if (run == NULL || !job->live || has_checkpoint (run, job->at))
        return g_steal_pointer (&run);
      if (atomic_load (&job->cancelled) || g_get_monotonic_time () > until)
        {
          rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("The network could not be saved for the analysis."));
          return NULL;
        }
      g_usleep (LOOK_US);
    }
}

char *
rheo_study_dup_config (const RheoAnalysis *analysis, const void *config)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, rheo_params_dup_json (analysis->base.params, config));
  return json_to_string (node, FALSE);
}

/* The name that it got: the newest of its analysis. */
static char *
dup_newest (const char *path, const char *id)
{
  g_autoptr (RheoRun) run = rheo_run_open (path, NULL);
  g_auto (GStrv) names = run != NULL ? rheo_run_dup_analyses (run) : NULL;
  g_autofree char *prefix = g_strconcat (id, "/", NULL);
  char *newest = NULL;

  for (int i = 0; names != NULL && names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], prefix))
      {
        g_free (newest);
        newest = g_strdup (names[i]);
      }
  return newest;
}

/* Into the file; while the engine writes that it is left to it. */
static void
keep_answer (const Job *job, RheoStudyAnswer *answer)
{
  g_autofree char *config = rheo_study_dup_config (job->analysis, job->config);
  g_autoptr (GError) error = NULL;

  if (rheo_run_is_written (job->path))
    answer->config = g_steal_pointer (&config);
  else if (rheo_run_add_analysis (job->path, job->analysis->base.id, answer->iteration, config, answer->table, &error))
    answer->name = dup_newest (job->path, job->analysis->base.id);
  else
    answer->loss = g_strdup (error->message);
}

static void
compute (GTask *task)
{
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (RheoRun) run = open_run (job, &error);
  g_autoptr (RheoStoredRecord) stored = NULL;
  g_autoptr (RheoStudyAnswer) answer = g_new0 (RheoStudyAnswer, 1);
  g_autofree char *seconds = NULL;
  gint64 begun;

  if (run != NULL && job->previous == NULL)
    job->previous = rheo_analysis_read_previous (job->analysis, job->config, run, &error);
  if (run != NULL && error == NULL)
    stored = rheo_stored_record_new (run, job->at, job->analysis->wants, &error);
  answer->table = rheo_table_new (job->analysis->base.title);
  answer->path = g_strdup (job->path);
  begun = g_get_monotonic_time ();
  if (stored == NULL
      || !job->analysis->run (job->config, rheo_stored_record_get (stored), 1, job->previous, answer->table,
                              note_progress, job, &job->cancelled, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  seconds = g_strdup_printf ("%.3f", (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC);
  rheo_table_set_note (answer->table, "seconds", seconds);
  answer->iteration = rheo_stored_record_get (stored)->iteration;
  g_clear_pointer (&stored, rheo_stored_record_free);
  g_clear_pointer (&run, rheo_run_free);
  /* From here on it is too late to cancel: what is kept is told, too. */
  if (!g_task_set_return_on_cancel (task, FALSE))
    return;
  if ((job->how & RHEO_STUDY_KEEP) != 0)
    keep_answer (job, answer);
  g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) rheo_study_answer_free);
}

/* Behind the workers of a training, which give way to those of the window already. */
static gpointer
compute_behind (gpointer task)
{
  for (int i = 0; i < BEHIND; i++)
    rheo_team_give_way ();
  compute (task);
  return NULL;
}

/* Who has given way cannot take it back, so threads that are lent to others stay as they are. */
static void
compute_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;

  rheo_behind_begin ();
  if ((job->how & RHEO_STUDY_GIVE_WAY) != 0)
    g_thread_join (g_thread_new ("rheo-behind", compute_behind, task));
  else
    compute (task);
  rheo_behind_end ();
}

static gboolean
show_progress (gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);

  if (g_task_get_completed (task) || atomic_load (&job->cancelled))
    return G_SOURCE_REMOVE;
  job->progress (atomic_load (&job->percent) / 1000.0, job->data);
  return G_SOURCE_CONTINUE;
}

static void
run_in_thread (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  if (job->progress != NULL)
    g_timeout_add_full (G_PRIORITY_DEFAULT, PROGRESS, show_progress, g_object_ref (task), g_object_unref);
  g_task_run_in_thread (task, compute_thread);
}

static void
stop_listening (Job *job)
{
  g_clear_signal_handler (&job->note_handler, job->session);
  g_clear_signal_handler (&job->changed_handler, job->session);
  g_clear_object (&job->session);
}

/* The run as it is now lies in its file, or will in a moment. */
static void
on_saved (RheoSession *session, const char *key, const char *text, gboolean refused, GTask *task)
{
  Job *job = g_task_get_task_data (task);

  if (!g_str_equal (key, "checkpoint"))
    return;
  stop_listening (job);
  job->at = refused ? -1 : g_ascii_strtoll (text, NULL, 10);
  job->live = !refused;
  run_in_thread (task);
  g_object_unref (task);
}

/* It has ended meanwhile: what it left is the newest. */
static void
on_ended (RheoSession *session, GTask *task)
{
  Job *job = g_task_get_task_data (task);

  if (rheo_session_is_going (session))
    return;
  job->at = rheo_session_get_place (session).iteration;
  stop_listening (job);
  run_in_thread (task);
  g_object_unref (task);
}

/* Where the thread has not begun nobody else would tell. */
static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  Job *job = g_task_get_task_data (task);

  atomic_store (&job->cancelled, true);
  if (job->session == NULL)
    return;
  stop_listening (job);
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

static void
wait_for_snapshot (GTask *task, RheoSession *session)
{
  Job *job = g_task_get_task_data (task);

  g_object_ref (task);
  job->session = g_object_ref (session);
  job->note_handler = g_signal_connect (job->session, "note", G_CALLBACK (on_saved), task);
  job->changed_handler = g_signal_connect (job->session, "changed", G_CALLBACK (on_ended), task);
  rheo_session_checkpoint (job->session);
}

void
rheo_study_compute_async (RheoStudy *study, const RheoAnalysis *analysis, const void *config, int64_t at,
                          RheoTable *previous, unsigned how, GCancellable *cancellable, RheoStudyProgress progress,
                          GAsyncReadyCallback done, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (study, cancellable, done, data);
  Job *job = g_new0 (Job, 1);

  g_return_if_fail (study->path != NULL);
  job->analysis = analysis;
  job->config = g_memdup2 (config, MAX (analysis->base.config_size, 1));
  job->path = g_strdup (study->path);
  job->at = at;
  job->how = how;
  job->previous = previous != NULL ? rheo_table_ref (previous) : NULL;
  job->progress = progress;
  job->data = data;
  g_task_set_task_data (task, job, free_job);
  /* Whoever cancels is told at once; the thread ends by itself. */
  g_task_set_return_on_cancel (task, TRUE);
  if (cancellable != NULL)
    {
      job->cancellable = g_object_ref (cancellable);
      job->cancel_handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
    }
  if (at < 0 && rheo_study_is_live (study) && (analysis->wants & RHEO_WANTS_PROBE) == 0)
    wait_for_snapshot (task, study->session);
  else
    run_in_thread (task);
}

RheoStudyAnswer *
rheo_study_compute_finish (RheoStudy *study, GAsyncResult *result, GError **error)
{
  RheoStudyAnswer *answer = g_task_propagate_pointer (G_TASK (result), error);
  const Job *job = g_task_get_task_data (G_TASK (result));
  Kept *kept;

  if (answer == NULL || answer->config == NULL)
    return answer;
  if (study->session == NULL || !rheo_session_is_going (study->session)
      || g_strcmp0 (rheo_session_get_path (study->session), answer->path) != 0)
    {
      answer->loss = g_strdup (_ ("Another program writes the run, so the result is not kept in it."));
      return answer;
    }
  kept = g_new0 (Kept, 1);
  kept->path = g_strdup (answer->path);
  kept->iteration = answer->iteration;
  kept->config = g_strdup (answer->config);
  g_queue_push_tail (&study->kept, kept);
  rheo_session_keep_analysis (study->session, job->analysis->base.id, answer->iteration, answer->config, answer->table);
  return answer;
}

/* What the engine has put into the file is listed at once: it comes to the disk in a moment. */
static void
on_note (RheoSession *session, const char *key, const char *text, gboolean refused, RheoStudy *study)
{
  Kept *kept = g_str_equal (key, "analysis") ? g_queue_pop_head (&study->kept) : NULL;
  const char *slash = strrchr (text, '/');

  if (kept == NULL)
    return;
  if (!refused && slash != NULL && study->contents != NULL && g_strcmp0 (study->path, kept->path) == 0)
    {
      RheoStudyResult *result = g_new0 (RheoStudyResult, 1);

      result->name = g_strdup (text);
      result->id = g_strndup (text, (gsize) (slash - text));
      result->n = atoi (slash + 1);
      result->iteration = kept->iteration;
      result->config = g_strdup (kept->config);
      g_ptr_array_add (study->contents->results, result);
      g_signal_emit (study, opened_signal, 0);
    }
  free_kept (kept);
}

/* --- results of the file ---------------------------------------------------------------------------------------------- */

typedef struct
{
  char *path, *name;
} Which;

static void
free_which (gpointer data)
{
  Which *which = data;

  g_free (which->path);
  g_free (which->name);
  g_free (which);
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Which *which = data;
  GError *error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (which->path, &error);
  RheoTable *table = run != NULL ? rheo_run_read_analysis (run, which->name, &error) : NULL;

  if (table != NULL)
    g_task_return_pointer (task, table, (GDestroyNotify) rheo_table_unref);
  else
    g_task_return_error (task, error);
}

void
rheo_study_load_async (RheoStudy *study, const char *name, GCancellable *cancellable, GAsyncReadyCallback done,
                       gpointer data)
{
  g_autoptr (GTask) task = g_task_new (study, cancellable, done, data);
  Which *which = g_new0 (Which, 1);

  which->path = g_strdup (study->path);
  which->name = g_strdup (name);
  g_task_set_task_data (task, which, free_which);
  g_task_run_in_thread (task, load_thread);
}

RheoTable *
rheo_study_load_finish (RheoStudy *study, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- life ------------------------------------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  RheoStudy *study = RHEO_STUDY (object);

  stop_reading (study);
  if (study->session != NULL)
    g_signal_handlers_disconnect_by_data (study->session, study);
  g_clear_weak_pointer (&study->session);
  G_OBJECT_CLASS (rheo_study_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoStudy *study = RHEO_STUDY (object);

  g_clear_pointer (&study->contents, free_contents);
  g_queue_clear_full (&study->kept, free_kept);
  g_free (study->path);
  g_free (study->name);
  G_OBJECT_CLASS (rheo_study_parent_class)->finalize (object);
}

static void
rheo_study_class_init (RheoStudyClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  opened_signal =
      g_signal_new ("opened", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_study_init (RheoStudy *study)
{
  g_queue_init (&study->kept);
}

RheoStudy *
rheo_study_new (RheoSession *session)
{
  RheoStudy *study = g_object_new (RHEO_TYPE_STUDY, NULL);

  g_set_weak_pointer (&study->session, session);
  g_signal_connect (session, "note", G_CALLBACK (on_note), study);
  return study;
}
