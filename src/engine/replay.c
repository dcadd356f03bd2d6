#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "replay.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conditions.h"
#include "trainer.h"

struct RheoReplay
{
  RheoTrainer *trainer;
  RheoNet *net;
  const RheoTask *task;
  int n_conditions, batch;
  const RheoLoss *loss; /* that classes are told by; NULL: targets are signals */
  double *scratch;      /* of the loss */
};

static RheoReplay *
open_replay (const RheoRecord *record, gboolean classes, const char *sentence, GError **error)
{
  g_autoptr (RheoReplay) replay = g_new0 (RheoReplay, 1);
  const RheoComponent *task = rheo_experiment_get_component (record->experiment, RHEO_SLOT_TASK);
  const RheoShape *shape;

  replay->trainer = rheo_trainer_new (record->experiment, error);
  if (replay->trainer == NULL)
    return NULL;
  replay->net = rheo_trainer_get_net (replay->trainer);
  replay->task = (const RheoTask *) task;
  replay->batch = rheo_experiment_get_run (record->experiment)->batch;
  shape = rheo_replay_get_shape (replay);
  if ((shape->n_classes > 0) != classes || shape->swapped || replay->task->fill == NULL)
    {
      rheo_fail (error, RHEO_ERROR_UNSUPPORTED, sentence, _ (task->title));
      return NULL;
    }
  replay->n_conditions = rheo_conditions_count (rheo_replay_get_conditions (replay));
  return rheo_net_load (replay->net, record->weights, TRUE, error) ? g_steal_pointer (&replay) : NULL;
}

RheoReplay *
rheo_replay_new (const RheoRecord *record, GError **error)
{
  return open_replay (record, FALSE, _ ("This needs a task with targets over time; %s has none."), error);
}

RheoReplay *
rheo_replay_new_classes (const RheoRecord *record, GError **error)
{
  g_autoptr (RheoReplay) replay = open_replay (record, TRUE, _ ("This needs a task with classes; %s has none."), error);
  const RheoComponent *rule = rheo_experiment_get_component (record->experiment, RHEO_SLOT_RULE);
  const RheoBatch sizes = { .n_out = replay != NULL ? rheo_net_get_plan (replay->net)->n_out : 0 };
  void *at = NULL;

  if (replay == NULL)
    return NULL;
  if (rheo_params_find (rule->params, (void *) rheo_trainer_get_rule (replay->trainer)->config, "loss.kind", "rule",
                        &at, NULL)
      == NULL)
    {
      rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("This needs a rule with a loss; %s has none."), _ (rule->title));
      return NULL;
    }
  replay->loss = (const RheoLoss *) ((const char *) at - G_STRUCT_OFFSET (RheoLoss, kind));
  replay->scratch = g_new0 (double, rheo_loss_scratch (&sizes));
  return g_steal_pointer (&replay);
}

void
rheo_replay_free (RheoReplay *replay)
{
  if (replay == NULL)
    return;
  g_clear_pointer (&replay->trainer, rheo_trainer_free);
  g_free (replay->scratch);
  g_free (replay);
}

const RheoTask *
rheo_replay_get_task (const RheoReplay *replay)
{
  return replay->task;
}

const RheoSeries *
rheo_replay_get_conditions (const RheoReplay *replay)
{
  return rheo_feed_get_conditions (rheo_trainer_get_feed (replay->trainer));
}

const RheoShape *
rheo_replay_get_shape (const RheoReplay *replay)
{
  return &rheo_trainer_get_rule (replay->trainer)->shape;
}

const RheoNet *
rheo_replay_get_net (const RheoReplay *replay)
{
  return replay->net;
}

int
rheo_replay_get_n_valid (const RheoReplay *replay, int otherwise)
{
  const RheoShape *shape = rheo_replay_get_shape (replay);

  return shape->n_valid > 0 ? shape->n_valid : otherwise;
}

int
rheo_replay_find_condition (const RheoReplay *replay, const char *key)
{
  for (int i = 0; i < replay->n_conditions; i++)
    if (strcmp (rheo_replay_get_conditions (replay)[i].key, key) == 0)
      return i;
  return -1;
}

void
rheo_replay_add_names (const RheoReplay *replay, gboolean target, RheoTable *out)
{
  const RheoShape *shape = rheo_replay_get_shape (replay);
  const int64_t n = target ? shape->n_out : shape->n_in;
  const void *config = rheo_experiment_get_values (rheo_trainer_get_experiment (replay->trainer), RHEO_SLOT_TASK);
  const char *const *labels = replay->task->labels != NULL ? replay->task->labels (config, target) : NULL;
  const char *key = target ? "out" : "in";
  RheoColumn *names = rheo_table_add (out, key, target ? N_ ("Outputs") : N_ ("Inputs"), "", key, RHEO_STRING, &n);

  for (int i = 0; i < n; i++)
    {
      g_autofree char *number = g_strdup_printf ("%d", i + 1);

      rheo_table_set_words (out, names, i, labels != NULL && labels[0] != NULL ? *labels++ : number);
    }
}

/* --- running ------------------------------------------------------------------------------------------------------ */
static RheoReplaySignal
of_batch (const RheoReal *all, const RheoBatch *batch, int row, int n)
{
  return (RheoReplaySignal){ all + (gsize) row * (gsize) batch->n_steps * (gsize) n, n, n };
}

static RheoReplaySignal
of_tape (const RheoReplay *replay, const RheoTapeLane *lane, int i_pop, int row)
{
  const RheoPop *pop = &rheo_net_get_plan (replay->net)->pop[i_pop];
  const RheoReal *out = lane->pop[i_pop].out;

  if (lane->pop[i_pop].bits != NULL)
    return (RheoReplaySignal){ NULL, 0, pop->n_units };
  return (RheoReplaySignal){ out + (gsize) row * (gsize) pop->stride, (int64_t) lane->n_rows * pop->stride,
                             pop->n_units };
}

static void
hand_out (RheoReplay *replay, const RheoBatch *batch, const RheoTapeLane *lane, const RheoReplayRun *run)
{
  g_autofree double *condition = g_new (double, MAX (replay->n_conditions, 1));

  for (int k = 0; k < lane->n_rows && lane->row0 + k < batch->n_rows; k++)
    {
      const int row = lane->row0 + k;
      RheoReplayTrial trial = { .index = batch->item[row],
                                .length = batch->length[row],
                                .condition = condition,
                                .weight =
                                    batch->weight != NULL ? batch->weight + (gsize) row * (gsize) batch->n_steps : NULL,
                                .label = -1,
                                .predicted = -1,
                                .output = of_tape (replay, lane, rheo_net_get_plan (replay->net)->out_pop, k),
                                .rate = of_tape (replay, lane, 0, k) };

      if (batch->input != NULL)
        trial.input = of_batch (batch->input, batch, row, batch->n_in);
      for (int i = 0; i < replay->n_conditions; i++)
        condition[i] = rheo_batch_get_condition (batch, row, i);
      if (batch->target != NULL)
        {
          trial.target = of_batch (batch->target, batch, row, batch->n_out);
          rheo_loss_fit_row (batch, row, trial.output.first, trial.output.step, &trial.fit);
        }
      if (replay->loss != NULL)
        {
          trial.label = batch->label[row];
          rheo_loss_row (replay->loss, batch, row, 1, trial.output.first, NULL, trial.output.step, replay->scratch,
                         &trial.predicted);
        }
      run->each (run->data, &trial);
    }
}

static bool
is_cancelled (void *data)
{
  return atomic_load ((const atomic_bool *) data);
}

/* Lanes whose tapes fit into memory together, one group after the other. */
static gboolean
run_batch (RheoReplay *replay, const RheoBatch *batch, const RheoReplayRun *run)
{
  const int n_lanes = rheo_net_get_n_lanes (replay->net), wave = rheo_net_get_wave (replay->net);
  RheoRollout r = rheo_rule_rollout (rheo_trainer_get_rule (replay->trainer), batch, RHEO_ROLL_TAPE);

  if (!(run->noise > 0))
    r.flags &= ~(unsigned) RHEO_ROLL_NOISE;
  r.noise_scale = run->noise;
  r.acts = run->acts;
  r.n_acts = run->n_acts;
  r.start = run->start;
  r.stop = run->cancelled != NULL ? is_cancelled : NULL;
  r.stop_data = (void *) run->cancelled;
  for (int lane0 = 0; lane0 < n_lanes && rheo_net_get_lane (replay->net, lane0)->row0 < batch->n_rows; lane0 += wave)
    {
      const RheoTape *tape;

      r.lane0 = lane0;
      r.n_lanes = 0;
      while (r.n_lanes < wave && lane0 + r.n_lanes < n_lanes
             && rheo_net_get_lane (replay->net, lane0 + r.n_lanes)->row0 < batch->n_rows)
        r.n_lanes++;
      if (!rheo_rollout (replay->net, &r))
        return FALSE;
      tape = rheo_net_get_tape (replay->net);
      for (int i = 0; i < r.n_lanes; i++)
        hand_out (replay, batch, &tape->lane[i], run);
    }
  return TRUE;
}

gboolean
rheo_replay_run (RheoReplay *replay, const RheoReplayRun *run, GError **error)
{
  const uint32_t n_batches = (uint32_t) ((run->n + replay->batch - 1) / replay->batch);

  for (int done = 0, k = 0; done < run->n; done += replay->batch, k++)
    {
      /* Rows of a batch have noise of their own, and so do batches. */
      RheoBatch *batch =
          rheo_feed_new_batch (rheo_trainer_get_feed (replay->trainer), run->set, run->draw * n_batches + (uint32_t) k,
                               run->first + done, MIN (replay->batch, run->n - done), error);
      gboolean whole = batch != NULL && run_batch (replay, batch, run);

      if (batch == NULL)
        return FALSE;
      rheo_batch_free (batch);
      if (!whole)
        return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
    }
  return TRUE;
}
