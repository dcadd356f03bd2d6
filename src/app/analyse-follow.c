#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-follow.h"

#define MOST 400    /* results kept; of more every second one is given up */
#define IN_A_RUN 50 /* where the run makes no checkpoints by itself */

struct _RheoAnalyseFollow
{
  GObject parent_instance;
  RheoSession *session;
  RheoStudy *study;
  const RheoAnalysis *analysis;
  RheoFollowConfig dup_config;
  gpointer data;
  char *path;
  int every;         /* as chosen */
  int64_t asked;     /* iteration at which the last snapshot was asked for; -1: none yet */
  gboolean on, last; /* last: the run has ended, and its last network is being looked at */
  GCancellable *working;
  GPtrArray *all;
  char *error;
};

G_DEFINE_FINAL_TYPE (RheoAnalyseFollow, rheo_analyse_follow, G_TYPE_OBJECT)

enum
{
  ADDED,
  ENDED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static void go_on (RheoAnalyseFollow *follow);

static void
free_followed (gpointer data)
{
  RheoFollowed *followed = data;

  rheo_table_unref (followed->table);
  g_free (followed->name);
  g_free (followed);
}

/* --- results ------------------------------------------------------------------------------------------------------------- */

static void
thin (RheoAnalyseFollow *follow)
{
  if (follow->all->len <= MOST)
    return;
  for (guint i = follow->all->len - 2; i > 0 && i < follow->all->len; i -= 2)
    g_ptr_array_remove_index (follow->all, i);
}

/* In the order of iterations: the best network of a run may be older than the newest. */
static void
add (RheoAnalyseFollow *follow, const RheoStudyAnswer *answer)
{
  RheoFollowed *followed = g_new0 (RheoFollowed, 1);
  guint i = 0;

  followed->iteration = answer->iteration;
  followed->table = rheo_table_ref (answer->table);
  followed->name = g_strdup (answer->name);
  while (i < follow->all->len && ((RheoFollowed *) follow->all->pdata[i])->iteration < answer->iteration)
    i++;
  if (i < follow->all->len && ((RheoFollowed *) follow->all->pdata[i])->iteration == answer->iteration)
    g_ptr_array_remove_index (follow->all, i);
  g_ptr_array_insert (follow->all, (int) i, followed);
  thin (follow);
}

const GPtrArray *
rheo_analyse_follow_get_all (RheoAnalyseFollow *follow)
{
  return follow->all;
}

const RheoFollowed *
rheo_analyse_follow_find (RheoAnalyseFollow *follow, int64_t iteration)
{
  for (guint i = 0; i < follow->all->len; i++)
    if (((RheoFollowed *) follow->all->pdata[i])->iteration == iteration)
      return follow->all->pdata[i];
  return NULL;
}

const char *
rheo_analyse_follow_get_error (RheoAnalyseFollow *follow)
{
  return follow->error;
}

/* --- computing ----------------------------------------------------------------------------------------------------------- */

static void
on_computed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (RheoAnalyseFollow) follow = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoStudyAnswer) answer = rheo_study_compute_finish (RHEO_STUDY (object), result, &error);

  if (g_task_get_cancellable (G_TASK (result)) != follow->working)
    return;
  g_clear_object (&follow->working);
  g_clear_pointer (&follow->error, g_free);
  if (answer == NULL)
    follow->error = g_strdup (error->message);
  else
    {
      add (follow, answer);
      g_signal_emit (follow, signals[ADDED], 0, answer->iteration);
    }
  if (!follow->on)
    return;
  if (answer == NULL || follow->last)
    {
      rheo_analyse_follow_stop (follow);
      g_signal_emit (follow, signals[ENDED], 0);
    }
  else
    go_on (follow);
}

/* The last network of the run is looked at once more, and that is kept in the file. */
static void
compute (RheoAnalyseFollow *follow)
{
  g_autofree void *config = follow->dup_config (follow->data);
  const RheoFollowed *newest =
      follow->all->len > 0 ? (const RheoFollowed *) follow->all->pdata[follow->all->len - 1] : NULL;

  follow->last = !rheo_study_is_live (follow->study);
  follow->asked = rheo_session_get_place (follow->session).iteration;
  follow->working = g_cancellable_new ();
  rheo_study_compute_async (follow->study, follow->analysis, config, -1, newest != NULL ? newest->table : NULL,
                            RHEO_STUDY_GIVE_WAY | (follow->last ? RHEO_STUDY_KEEP : 0), follow->working, NULL,
                            on_computed, g_object_ref (follow));
}

static void
go_on (RheoAnalyseFollow *follow)
{
  const int64_t now = rheo_session_get_place (follow->session).iteration;

  if (!follow->on || follow->working != NULL)
    return;
  if (g_strcmp0 (follow->path, rheo_study_get_path (follow->study)) != 0)
    rheo_analyse_follow_clear (follow);
  else if (!rheo_study_is_live (follow->study) || follow->asked < 0
           || now >= follow->asked + rheo_analyse_follow_get_every (follow))
    compute (follow);
}

void
rheo_analyse_follow_start (RheoAnalyseFollow *follow, const RheoAnalysis *analysis, RheoFollowConfig dup_config,
                           gpointer data)
{
  if (analysis != follow->analysis || g_strcmp0 (follow->path, rheo_study_get_path (follow->study)) != 0)
    rheo_analyse_follow_clear (follow);
  rheo_analyse_follow_stop (follow);
  g_free (follow->path);
  follow->path = g_strdup (rheo_study_get_path (follow->study));
  follow->analysis = analysis;
  follow->dup_config = dup_config;
  follow->data = data;
  follow->asked = -1;
  follow->on = TRUE;
  go_on (follow);
}

void
rheo_analyse_follow_stop (RheoAnalyseFollow *follow)
{
  if (follow->working != NULL)
    g_cancellable_cancel (follow->working);
  g_clear_object (&follow->working);
  follow->on = FALSE;
}

void
rheo_analyse_follow_clear (RheoAnalyseFollow *follow)
{
  rheo_analyse_follow_stop (follow);
  g_ptr_array_set_size (follow->all, 0);
  g_clear_pointer (&follow->error, g_free);
}

gboolean
rheo_analyse_follow_is_on (RheoAnalyseFollow *follow)
{
  return follow->on;
}

void
rheo_analyse_follow_set_every (RheoAnalyseFollow *follow, int every)
{
  follow->every = every;
  go_on (follow);
}

int
rheo_analyse_follow_get_every (RheoAnalyseFollow *follow)
{
  const RheoExperiment *experiment = rheo_study_get_experiment (follow->study);
  const RheoRunRows *run = experiment != NULL ? rheo_experiment_get_run (experiment) : NULL;

  if (follow->every > 0 || run == NULL)
    return MAX (follow->every, 1);
  return run->checkpoint > 0 ? run->checkpoint : MAX (run->budget / IN_A_RUN, 1);
}

/* --- life ---------------------------------------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  rheo_analyse_follow_stop (RHEO_ANALYSE_FOLLOW (object));
  G_OBJECT_CLASS (rheo_analyse_follow_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoAnalyseFollow *follow = RHEO_ANALYSE_FOLLOW (object);

  g_ptr_array_unref (follow->all);
  g_free (follow->path);
  g_free (follow->error);
  G_OBJECT_CLASS (rheo_analyse_follow_parent_class)->finalize (object);
}

static void
rheo_analyse_follow_class_init (RheoAnalyseFollowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[ADDED] = g_signal_new ("added", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[ENDED] =
      g_signal_new ("ended", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_analyse_follow_init (RheoAnalyseFollow *follow)
{
  follow->all = g_ptr_array_new_with_free_func (free_followed);
  follow->asked = -1;
}

RheoAnalyseFollow *
rheo_analyse_follow_new (RheoSession *session, RheoStudy *study)
{
  RheoAnalyseFollow *follow = g_object_new (RHEO_TYPE_ANALYSE_FOLLOW, NULL);

  follow->session = session;
  follow->study = study;
  g_signal_connect_object (session, "changed", G_CALLBACK (go_on), follow, G_CONNECT_SWAPPED);
  return follow;
}
