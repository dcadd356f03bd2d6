#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "judged.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "task.h"

static const RheoTask *
task_of (const RheoPlayed *played)
{
  return (const RheoTask *) rheo_experiment_get_component (
      rheo_trainer_get_experiment (rheo_played_get_trainer (played)), RHEO_SLOT_TASK);
}

static int
get_longest (const RheoPlayed *played)
{
  return rheo_net_get_shape (rheo_trainer_get_net (rheo_played_get_trainer (played)))->episode_steps;
}

gboolean
rheo_judged_fits (const RheoExperiment *experiment, GError **error)
{
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  int n = 0;

  if (!rheo_played_fits (experiment, error))
    return FALSE;
  while (task->observed != NULL && task->observed[n].key != NULL)
    n++;
  return n == RHEO_CRITIC_NUMBERS
         || rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is not a pole on a cart: critics judge nothing else."),
                       _ (task->base.title));
}

RheoPlayed *
rheo_judged_play (const RheoRecord *record, int n, void (*progress) (void *data, double fraction), void *progress_data,
                  const atomic_bool *cancelled, GError **error)
{
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = n };
  g_autoptr (RheoPlayed) played = NULL;
  const int *length;
  int n_episodes, n_whole = 0;

  if (!rheo_judged_fits (record->experiment, error))
    return NULL;
  played = rheo_played_new_of_record (record, &how, error);
  if (played == NULL || !rheo_played_run (played, progress, progress_data, cancelled, error))
    return NULL;
  length = rheo_played_get_lengths (played, &n_episodes);
  for (int i = 0; i < n_episodes; i++)
    n_whole += length[i] == get_longest (played);
  if (n_whole == 0)
    {
      rheo_fail (error, RHEO_ERROR_INVALID,
                 _ ("None of the %d episodes of %s lasts %d steps, and a critic is judged by such episodes. A network "
                    "that plays better has some."),
                 n_episodes, record->name, get_longest (played));
      return NULL;
    }
  return g_steal_pointer (&played);
}

RheoJudged
rheo_judge_values (int64_t n, const double *value)
{
  double sum = 0;
  int64_t n_positive = 0, n_other = 0;

  for (int64_t i = 0; i < n; i++)
    {
      sum += value[i];
      n_positive += value[i] > 0;
      n_other += value[i] != 0;
    }
  return (RheoJudged){ .mean = n > 0 ? sum / (double) n : NAN,
                       .ratio = n_other > 0 ? (double) n_positive / (double) n_other : NAN,
                       .n = n };
}

RheoJudged
rheo_judge_played (const RheoPlayed *played, const RheoCritic *critic, GArray *value, GArray *episode)
{
  const RheoTask *task = task_of (played);
  const RheoExperiment *experiment = rheo_trainer_get_experiment (rheo_played_get_trainer (played));
  const RheoEncoder *e =
      task->encoders != NULL ? task->encoders (rheo_experiment_get_values (experiment, RHEO_SLOT_TASK)) : NULL;
  const int longest = get_longest (played);
  double mean[RHEO_CRITIC_NUMBERS] = { 0 }, sd[RHEO_CRITIC_NUMBERS];
  const guint first = value->len;
  int64_t n;
  const RheoPlayedAction *a = rheo_played_get_actions (played, &n);
  int n_episodes;
  const int *length = rheo_played_get_lengths (played, &n_episodes);
  RheoCriticState state = { 0 };

  for (int k = 0; k < RHEO_CRITIC_NUMBERS; k++)
    {
      mean[k] = e != NULL ? e[k].mean : 0;
      sd[k] = e != NULL ? e[k].sd : 1;
    }
  /* All steps are judged, in order: what a critic remembers is of all of them. */
  for (int64_t i = 0; i < n; i++)
    {
      const gboolean whole = a[i].episode < n_episodes && length[a[i].episode] == longest;
      const RheoCriticStep step = { .before = rheo_played_get_before (played, i),
                                    .now = rheo_played_get_after (played, i),
                                    .mean = mean,
                                    .sd = sd,
                                    .undecided = a[i].undecided,
                                    .over = a[i].over,
                                    .fell = a[i].over && !whole };
      const double v = rheo_critic_judge (critic, &state, &step);

      if (!whole || a[i].undecided || a[i].step == 0 || a[i].step == longest - 1)
        continue;
      g_array_append_val (value, v);
      if (episode != NULL)
        g_array_append_val (episode, a[i].episode);
    }
  return rheo_judge_values (value->len - first, &g_array_index (value, double, first));
}
