#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/preview.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/behind.h"
#include "engine/feed.h"
#include "engine/film.h"
#include "engine/trainer.h"

/* --- opened tasks --------------------------------------------------------------------------------------------- */
struct RheoPreviewTask
{
  const RheoTask *type;
  void *config, *data;
  int seed;
  RheoShape shape;
};

RheoPreviewTask *
rheo_preview_task_ref (RheoPreviewTask *task)
{
  return g_atomic_rc_box_acquire (task);
}

static void
clear_task (gpointer data)
{
  RheoPreviewTask *task = data;

  if (task->data != NULL && task->type->close != NULL)
    task->type->close (task->data);
  g_free (task->config);
}

void
rheo_preview_task_unref (RheoPreviewTask *task)
{
  g_atomic_rc_box_release_full (task, clear_task);
}

static RheoPreviewTask *
open_task (const RheoExperiment *experiment, RheoPreviewTask *before, GError **error)
{
  const RheoTask *type = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const void *config = rheo_experiment_get_values (experiment, RHEO_SLOT_TASK);
  const int seed = rheo_experiment_get_run (experiment)->seed;
  g_autoptr (RheoPreviewTask) task = NULL;

  if (before != NULL && before->type == type && before->seed == seed
      && rheo_params_equal (type->base.params, before->config, config))
    return rheo_preview_task_ref (before);
  task = g_atomic_rc_box_new0 (RheoPreviewTask);
  task->type = type;
  task->config = g_memdup2 (config, type->base.config_size);
  task->seed = seed;
  if (type->open != NULL && !type->open (config, (uint64_t) seed, &task->data, error))
    return NULL;
  type->shape (config, task->data, &task->shape);
  return g_steal_pointer (&task);
}

/* --- one trial ------------------------------------------------------------------------------------------------- */
static char *
dup_names (const RheoPreviewTask *task, gboolean target)
{
  return rheo_sketch_dup_labels (task->type, task->config, target, ";");
}

static const char *
unit_of (const RheoPreviewTask *task, gboolean target)
{
  const char *unit = task->type->unit != NULL ? task->type->unit (task->config, target) : NULL;

  return unit != NULL ? _ (unit) : "";
}

/* One row of a batch of one trial: with samples as time the steps are its rows, and lie in memory alike. */
static RheoTable *
table_of (const RheoPreviewTask *task, const RheoBatch *batch)
{
  const int64_t n_time = batch->swapped ? batch->n_rows : batch->length[0];
  const int64_t in[] = { n_time, batch->n_in }, out[] = { n_time, batch->n_out };
  const RheoType real = sizeof (RheoReal) == sizeof (float) ? RHEO_F32 : RHEO_F64;
  RheoTable *table = rheo_table_new (_ ("One trial"));

  if (batch->input != NULL)
    rheo_table_add_copy (table, "input", _ ("Input"), unit_of (task, FALSE), "time in", real, in, batch->input);
  else
    {
      uint8_t *to = rheo_table_add (table, "input", _ ("Channel"), _ ("events"), "time in", RHEO_U8, in)->data;

      for (int64_t t = 0; t < n_time; t++)
        for (int64_t e = batch->event_first[t]; e < batch->event_first[t + 1]; e++)
          to[t * batch->n_in + batch->event_unit[e]] = 1;
    }
  if (batch->target != NULL)
    rheo_table_add_copy (table, "target", _ ("Target"), unit_of (task, TRUE), "time out", real, out, batch->target);
  if (batch->weight != NULL && !batch->swapped)
    rheo_table_add_copy (table, "weight", _ ("Weight in the loss"), "", "time", real, &n_time, batch->weight);
  return table;
}

static gboolean
add_trial (RheoPreview *preview, int trial, int n_batch, GError **error)
{
  const RheoPreviewTask *task = preview->task;
  const gboolean fixed = task->shape.n_trials > 0;
  /* As large as in a run, so that it is refused here as there. */
  RheoFeed *feed =
      rheo_feed_new (task->type, task->config, task->data, &task->shape, n_batch, (uint64_t) task->seed, error);
  RheoBatch *batch;

  if (feed == NULL)
    return FALSE;
  preview->n_trials = task->shape.n_trials;
  preview->trial = fixed ? MIN (trial, preview->n_trials - 1) : trial;
  preview->dt_ms = task->shape.dt_ms;
  batch = rheo_feed_new_batch (feed, RHEO_SET_TRAIN, fixed ? 0 : (uint32_t) preview->trial, fixed ? preview->trial : 0,
                               1, error);
  if (batch != NULL)
    {
      preview->signals = table_of (task, batch);
      preview->inputs = dup_names (task, FALSE);
      preview->targets = dup_names (task, TRUE);
      if (batch->label != NULL && task->shape.labels != NULL)
        preview->label = g_strdup_printf (_ ("Class “%s”"), task->shape.labels[batch->label[0]]);
      else if (batch->label != NULL)
        preview->label = g_strdup_printf (_ ("Class %d of %d"), batch->label[0] + 1, task->shape.n_classes);
    }
  rheo_batch_free (batch);
  rheo_feed_free (feed);
  return batch != NULL;
}

/* --- one moment of an episode ---------------------------------------------------------------------------------- */
/* Actions in turn, until the episode or n_steps are over; the number of steps that were taken. */
static int
play (const RheoPreviewTask *task, void *state, int n_steps)
{
  const RheoDraw draw = { .set = RHEO_SET_VALID, .rng = { .seed = (uint64_t) task->seed, .stream = RHEO_STREAM_TASK } };
  g_autofree RheoReal *action = g_new0 (RheoReal, MAX (task->shape.n_out, 1));
  g_autofree RheoReal *obs = g_new0 (RheoReal, MAX (task->shape.n_in, 1));
  double reward;
  bool over = false;
  int t = 0;

  memset (state, 0, task->type->state_size);
  task->type->reset (task->config, task->data, state, &draw, obs);
  for (; t < n_steps && !over; t++)
    {
      memset (action, 0, sizeof *action * (gsize) task->shape.n_out);
      if (task->shape.n_out > 0)
        action[t % task->shape.n_out] = 1;
      memset (obs, 0, sizeof *obs * (gsize) task->shape.n_in);
      over = task->type->act (task->config, task->data, state, action, obs, &reward);
    }
  return t;
}

/* In the middle, where something has happened and nothing is over. */
static void
add_scene (RheoPreview *preview)
{
  const RheoPreviewTask *task = preview->task;
  g_autofree char *state = NULL;
  g_autoptr (RheoFilm) film = NULL;

  if (task->type->scene == NULL)
    return;
  state = g_malloc0 (MAX (task->type->state_size, 1));
  play (task, state, play (task, state, task->shape.episode_steps) / 2);
  film = rheo_film_new (task->type, task->config, task->data, &task->shape, 1);
  rheo_film_clear (film, 1);
  rheo_film_begin (film, 0, state);
  preview->scene = rheo_table_new (_ ("One episode"));
  rheo_film_add (film, preview->scene);
}

/* --- the whole ------------------------------------------------------------------------------------------------- */
void
rheo_preview_free (RheoPreview *preview)
{
  if (preview == NULL)
    return;
  g_free (preview->problem);
  g_clear_pointer (&preview->signals, rheo_table_unref);
  g_clear_pointer (&preview->scene, rheo_table_unref);
  g_free (preview->inputs);
  g_free (preview->targets);
  g_free (preview->label);
  g_free (preview->device);
  g_clear_pointer (&preview->network, rheo_table_unref);
  g_clear_pointer (&preview->task, rheo_preview_task_unref);
  g_free (preview);
}

/* The network can be drawn also where the rule does not fit, as long as its own values are right. */
static void
add_network (RheoPreview *preview, const RheoExperiment *experiment, GError **error)
{
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  const RheoRuleType *rule = (const RheoRuleType *) rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);

  if (model == NULL || rule == NULL
      || (model->check != NULL && !model->check (rheo_experiment_get_values (experiment, RHEO_SLOT_MODEL), error)))
    return;
  preview->network = rheo_sketch_new (experiment, &preview->task->shape, &preview->facts, error);
  preview->unit = preview->task->shape.n_trials > 0 ? _ ("epoch") : _ (rule->unit);
}

static char *
dup_device (const RheoExperiment *experiment, const RheoShape *shape)
{
  const char *reason;
  g_autofree char *card = rheo_trainer_dup_card (experiment, shape, &reason);

  if (card != NULL)
    return g_strdup_printf (_ ("auto takes %s"), card);
  return reason != NULL ? g_strdup_printf (_ ("auto takes the CPU, no card: %s"), reason) : NULL;
}

/* A measurement waits until no preview is being made, and for other measurements: together they would measure each other. A
 * preview never waits. */
static GMutex lock;
static GCond changed;
static int n_making; /* previews */
static gboolean measuring;

static void
note_making (int more)
{
  g_mutex_lock (&lock);
  n_making += more;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

static RheoPreview *
make (const RheoExperiment *experiment, int trial, RheoPreviewTask *task, GCancellable *cancellable)
{
  g_autoptr (RheoPreview) preview = g_new0 (RheoPreview, 1);
  g_autoptr (GError) error = NULL, later = NULL;
  const RheoComponent *type = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const int threads = rheo_experiment_get_run (experiment)->threads;
  gboolean good;

  preview->n_threads = threads > 0 ? threads : (int) g_get_num_processors ();
  preview->trial = trial;
  good = rheo_experiment_check (experiment, &error);
  /* A task whose own values are wrong cannot be opened. */
  if (type != NULL
      && (type->check == NULL || type->check (rheo_experiment_get_values (experiment, RHEO_SLOT_TASK), NULL)))
    preview->task = open_task (experiment, task, good ? &error : NULL);
  if (g_cancellable_is_cancelled (cancellable))
    return NULL;
  preview->plays = preview->task != NULL && preview->task->type->fill == NULL;
  /* Trials are shown also where something else stands in the way of a run. */
  if (preview->task != NULL && !preview->plays
      && (!good || !add_trial (preview, trial, rheo_experiment_get_run (experiment)->batch, &error)))
    add_trial (preview, trial, 1, NULL);
  if (preview->plays && good)
    add_scene (preview);
  if (g_cancellable_is_cancelled (cancellable))
    return NULL;
  if (preview->task != NULL)
    add_network (preview, experiment, &later);
  if (preview->network != NULL && error == NULL && later == NULL)
    preview->device = dup_device (experiment, &preview->task->shape);
  if (error != NULL || later != NULL)
    preview->problem = g_strdup (error != NULL ? error->message : later->message);
  return g_cancellable_is_cancelled (cancellable) ? NULL : g_steal_pointer (&preview);
}

RheoPreview *
rheo_preview_make (const RheoExperiment *experiment, int trial, RheoPreviewTask *task, GCancellable *cancellable)
{
  RheoPreview *preview;

  rheo_behind_begin ();
  note_making (1);
  preview = make (experiment, trial, task, cancellable);
  note_making (-1);
  rheo_behind_end ();
  return preview;
}

/* --- speed ------------------------------------------------------------------------------------------------------- */
#define N_STEPS 4           /* the first one warms up */
#define LONGEST_MEASURE 0.6 /* seconds after which no further batch is begun */

static bool
is_cancelled (void *data)
{
  return g_cancellable_is_cancelled (data);
}

/* Of the steps that a batch may take, those that the last one took: episodes may be over early. */
static double
get_share (RheoTrainer *trainer, const RheoShape *shape)
{
  g_autoptr (RheoTable) metrics = rheo_trainer_dup_last_metrics (trainer);
  const RheoColumn *length = metrics != NULL ? rheo_table_find (metrics, "episode-length") : NULL;

  return length != NULL && shape->episode_steps > 0 ? rheo_column_get_number (length, 0) / (double) shape->episode_steps
                                                    : 1;
}

static double
measure (const RheoExperiment *experiment, GCancellable *cancellable)
{
  static const char *const bare[] = { "run.validate=0", "run.record=", "run.record-every=0", "run.checkpoint=0", NULL };
  g_autoptr (RheoExperiment) copy = rheo_experiment_dup (experiment);
  g_autoptr (RheoTrainer) trainer = NULL;
  g_autoptr (RheoTable) sketch = NULL;
  RheoSketchFacts facts;
  RheoShape shape;
  double fastest = INFINITY, all = 0;

  if (!rheo_experiment_set_all (copy, bare, NULL))
    return 0;
  trainer = rheo_trainer_new (copy, NULL);
  if (trainer == NULL || g_cancellable_is_cancelled (cancellable))
    return 0;
  shape = rheo_trainer_get_rule (trainer)->shape;
  sketch = rheo_sketch_new (copy, &shape, &facts, NULL);
  for (int i = 0; i < N_STEPS && sketch != NULL && all < LONGEST_MEASURE; i++)
    {
      const gint64 start = g_get_monotonic_time ();
      RheoStop stop;
      double seconds;

      if (!rheo_trainer_step (trainer, is_cancelled, cancellable, &stop, NULL)
          || g_cancellable_is_cancelled (cancellable))
        return 0;
      seconds = 1e-6 * (double) (g_get_monotonic_time () - start);
      all += seconds;
      fastest = MIN (fastest, seconds / get_share (trainer, &shape));
      if (stop != RHEO_STOP_NONE)
        break;
    }
  return sketch != NULL && fastest > 0 ? facts.batch_flop / fastest : 0;
}

gboolean
rheo_preview_is_path (const RheoPreview *preview)
{
  const RheoColumn *target = preview->signals != NULL ? rheo_table_find (preview->signals, "target") : NULL;
  int64_t n_moves = 0;

  if (target == NULL || target->n_dims != 2 || target->dims[1] != 2)
    return FALSE;
  for (int64_t i = 2; i < 2 * target->dims[0]; i++)
    n_moves += rheo_column_get_number (target, i) != rheo_column_get_number (target, i - 2);
  return n_moves > target->dims[0];
}

double
rheo_preview_measure (const RheoExperiment *experiment, GCancellable *cancellable)
{
  double speed;

  g_mutex_lock (&lock);
  while (measuring || n_making > 0)
    g_cond_wait (&changed, &lock);
  measuring = TRUE;
  g_mutex_unlock (&lock);
  rheo_behind_begin ();
  speed = g_cancellable_is_cancelled (cancellable) ? 0 : measure (experiment, cancellable);
  rheo_behind_end ();
  g_mutex_lock (&lock);
  measuring = FALSE;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  return speed;
}
