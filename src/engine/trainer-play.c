#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "trainer-private.h"

#define N_WATCHED 4 /* episodes in a record */

gboolean
rheo_trainer_is_played (const RheoTrainer *trainer)
{
  return trainer->task->measures != NULL;
}

void
rheo_trainer_declare_measures (const RheoTrainer *trainer, RheoSet set, RheoMetrics *m)
{
  for (int k = 0; rheo_trainer_is_played (trainer) && trainer->task->measures[k].key != NULL; k++)
    rheo_metrics_declare (m, rheo_set_prefix (set), &trainer->task->measures[k], NULL);
}

/* Without trials a network with its own clock lives one episode after the other. */
static gboolean
runs_on (const RheoTrainer *trainer)
{
  return rheo_net_has_clock (trainer->net) && trainer->task->fill == NULL;
}

static RheoPlay
play_of (RheoTrainer *trainer, RheoSet set, int n, const int *index)
{
  return (RheoPlay){ .net = trainer->net,
                     .task = trainer->task,
                     .config = rheo_experiment_get_values (trainer->experiment, RHEO_SLOT_TASK),
                     .data = trainer->task_data,
                     .shape = &trainer->shape,
                     .set = set,
                     .n = n,
                     .index = index,
                     .runs_on = runs_on (trainer),
                     .how = { .seed = (uint64_t) trainer->run->seed,
                              .acts = trainer->acts,
                              .n_acts = trainer->n_acts,
                              .stop = trainer->rule.stop,
                              .stop_data = trainer->rule.stop_data } };
}

static void
take (void *data, const RheoBatch *batch, int64_t t0, int64_t t1)
{
  rheo_past_take (((RheoTrainer *) data)->past, batch, t0, t1);
}

RheoPlay
rheo_trainer_get_play (RheoTrainer *trainer, const RheoBatch *batch)
{
  RheoPlay play = play_of (trainer, RHEO_SET_TRAIN, batch->n_rows, NULL);

  play.iteration = batch->iteration;
  play.ran_data = trainer;
  if (rheo_trainer_shows_past (trainer))
    play.ran = take;
  play.film = trainer->film;
  if (trainer->film != NULL)
    rheo_film_clear (trainer->film, (int64_t) batch->iteration + 1);
  return play;
}

/* Where a rule lives episodes its network may go on from one to the next: what is played between them leaves no trace. */
static gboolean
leaves_states (const RheoTrainer *trainer)
{
  return trainer->task->fill != NULL;
}

static GByteArray *
dup_states (const RheoTrainer *trainer)
{
  GByteArray *copy = g_byte_array_new ();

  if (!leaves_states (trainer))
    rheo_net_copy_states (trainer->net, copy, FALSE);
  return copy;
}

static void
put_states_back (RheoTrainer *trainer, GByteArray *copy)
{
  if (!leaves_states (trainer))
    rheo_net_copy_states (trainer->net, copy, TRUE);
  g_byte_array_unref (copy);
}

/* Which episodes of a validation are shown: the first, the last, and some between. */
static int
choose_watched (const RheoTrainer *trainer, int most, int *index)
{
  const int there = trainer->shape.n_episodes, n = MIN (N_WATCHED, there);

  for (int i = 0; i < n; i++)
    index[i] = n > 1 ? (int) ((int64_t) i * (there - 1) / (n - 1)) : 0;
  return MIN (n, most);
}

/* Episodes of a set that follow those of the last call are the same run, where the network runs on from one to the next. */
static gboolean
go_on (RheoTrainer *trainer, int first)
{
  if (first == 0 || trainer->played == NULL || trainer->n_played != first)
    return FALSE;
  rheo_net_copy_states (trainer->net, trainer->played, TRUE);
  return TRUE;
}

static void
stay (RheoTrainer *trainer, int n_played)
{
  g_clear_pointer (&trainer->played, g_byte_array_unref);
  trainer->n_played = n_played;
  if (n_played > 0 && runs_on (trainer))
    {
      trainer->played = g_byte_array_new ();
      rheo_net_copy_states (trainer->net, trainer->played, FALSE);
    }
}

static void
take_hooks (RheoPlay *play, const RheoPlay *hooks)
{
  play->begin = hooks->begin;
  play->choose = hooks->choose;
  play->reward = hooks->reward;
  play->hook_data = hooks->hook_data;
  play->ran = hooks->ran;
  play->ran_data = hooks->ran_data;
  play->how.on_spike = hooks->how.on_spike;
  play->how.on_spike_data = hooks->how.on_spike_data;
}

gboolean
rheo_trainer_play_set (RheoTrainer *trainer, RheoSet set, int first, int n, RheoMetrics *m, const RheoPlay *hooks)
{
  g_autofree int *index = g_new (int, MAX (n, 1));
  g_autofree double *value = g_new0 (double, (gsize) MAX (n, 1) * RHEO_MAX_MEASURES);
  RheoPlay play = play_of (trainer, set, n, index);
  const double *v = value;

  GByteArray *states;
  gboolean done;

  if (!rheo_trainer_is_played (trainer))
    return TRUE;
  for (int i = 0; i < n; i++)
    index[i] = first + i;
  if (hooks != NULL)
    take_hooks (&play, hooks);
  states = dup_states (trainer);
  play.goes_on = go_on (trainer, first);
  done = rheo_play (&play, value);
  stay (trainer, done ? first + n : 0);
  put_states_back (trainer, states);
  if (!done)
    return FALSE;
  rheo_trainer_declare_measures (trainer, set, m);
  for (int i = 0; i < n; i++)
    for (const RheoSeries *measure = trainer->task->measures; measure->key != NULL; measure++)
      rheo_metrics_add_key (m, rheo_set_prefix (set), measure->key, *v++, 1);
  return TRUE;
}

void
rheo_trainer_play (RheoTrainer *trainer, RheoSet set, int first, int n, RheoMetrics *m, const RheoPlay *hooks)
{
  rheo_trainer_play_set (trainer, set, first, n, m, hooks); /* nothing interrupts it */
}

gboolean
rheo_trainer_has_scene (const RheoTrainer *trainer)
{
  return rheo_trainer_is_played (trainer) && trainer->task->scene != NULL && trainer->shape.n_episodes > 0;
}

double
rheo_trainer_get_lived (const RheoTrainer *trainer)
{
  g_autoptr (RheoTable) metrics = rheo_trainer_is_played (trainer) ? rheo_trainer_dup_last_metrics (trainer) : NULL;
  const RheoColumn *length = metrics != NULL ? rheo_table_find (metrics, "episode-length") : NULL;
  const double step = trainer->shape.dt_ms > 0 ? trainer->shape.dt_ms * MAX (trainer->shape.hold, 1) : RHEO_SCENE_STEP;

  return length != NULL ? rheo_column_get_number (length, 0) * step / 1000 : 0;
}

gboolean
rheo_trainer_has_actions (const RheoTrainer *trainer)
{
  return rheo_trainer_has_scene (trainer) && trainer->task->taken != NULL;
}

void
rheo_trainer_make_film (RheoTrainer *trainer)
{
  const void *config = rheo_experiment_get_values (trainer->experiment, RHEO_SLOT_TASK);

  if (rheo_trainer_shows_past (trainer) && rheo_trainer_has_scene (trainer))
    trainer->film = rheo_film_new (trainer->task, config, trainer->task_data, &trainer->shape, 1);
}

void
rheo_trainer_record_play (RheoTrainer *trainer, RheoTable *table)
{
  int index[N_WATCHED];
  RheoPlay play = play_of (trainer, RHEO_SET_VALID, choose_watched (trainer, N_WATCHED, index), index);
  GByteArray *states;

  if (!rheo_trainer_has_scene (trainer))
    return;
  if (trainer->film != NULL && rheo_film_has_ended (trainer->film))
    {
      rheo_film_add (trainer->film, table);
      return;
    }
  play.how.stop = NULL;
  states = dup_states (trainer);
  rheo_play_record (&play, table);
  put_states_back (trainer, states);
}

const RheoBatch *
rheo_trainer_live_probe (RheoTrainer *trainer)
{
  int index[N_WATCHED];
  RheoPlay play = play_of (trainer, RHEO_SET_VALID, choose_watched (trainer, trainer->run->n_probe, index), index);
  GByteArray *states = dup_states (trainer);
  RheoRollout r;

  play.runs_on = FALSE; /* they are rolled out side by side again */
  g_clear_pointer (&trainer->lived, rheo_play_free_batch);
  trainer->lived = rheo_play_batch (&play);
  r = play.how;
  r.batch = trainer->lived;
  r.t1 = trainer->lived->n_steps;
  r.flags = RHEO_ROLL_TAPE | RHEO_ROLL_RESET;
  r.n_lanes = rheo_net_get_wave (trainer->net);
  r.stop = NULL;
  rheo_rollout (trainer->net, &r);
  put_states_back (trainer, states);
  return trainer->lived;
}
