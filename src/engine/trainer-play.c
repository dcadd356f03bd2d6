#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "play.h"
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
                     .seed = (uint64_t) trainer->run->seed,
                     .acts = trainer->acts,
                     .n_acts = trainer->n_acts,
                     .stop = trainer->rule.stop,
                     .stop_data = trainer->rule.stop_data };
}

gboolean
rheo_trainer_play_set (RheoTrainer *trainer, RheoSet set, int first, int n, RheoMetrics *m)
{
  g_autofree int *index = g_new (int, MAX (n, 1));
  g_autofree double *value = g_new0 (double, (gsize) MAX (n, 1) * RHEO_MAX_MEASURES);
  const RheoPlay play = play_of (trainer, set, n, index);
  const double *v = value;

  if (!rheo_trainer_is_played (trainer))
    return TRUE;
  for (int i = 0; i < n; i++)
    index[i] = first + i;
  if (!rheo_play (&play, value))
    return FALSE;
  rheo_trainer_declare_measures (trainer, set, m);
  for (int i = 0; i < n; i++)
    for (const RheoSeries *measure = trainer->task->measures; measure->key != NULL; measure++)
      rheo_metrics_add_key (m, rheo_set_prefix (set), measure->key, *v++, 1);
  return TRUE;
}

void
rheo_trainer_play (RheoTrainer *trainer, RheoSet set, int first, int n, RheoMetrics *m)
{
  rheo_trainer_play_set (trainer, set, first, n, m); /* nothing interrupts it */
}

gboolean
rheo_trainer_has_scene (const RheoTrainer *trainer)
{
  return rheo_trainer_is_played (trainer) && trainer->task->scene != NULL && trainer->shape.n_episodes > 0;
}

void
rheo_trainer_record_play (RheoTrainer *trainer, RheoTable *table)
{
  const int there = trainer->shape.n_episodes, n = MIN (N_WATCHED, there);
  int index[N_WATCHED];
  RheoPlay play = play_of (trainer, RHEO_SET_VALID, n, index);

  if (!rheo_trainer_has_scene (trainer))
    return;
  play.stop = NULL;
  /* Spread over all of them: the first, the last, and some between. */
  for (int i = 0; i < n; i++)
    index[i] = n > 1 ? (int) ((int64_t) i * (there - 1) / (n - 1)) : 0;
  rheo_play_record (&play, table);
}
