#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "rule.h"

#include <glib/gi18n-lib.h>

#define TEACHER_ITEM (1u << 16) /* of the rule's random numbers */

const char *
rheo_set_prefix (int set)
{
  static const char *const names[] = { "train", "valid", "test", "probe" };

  return names[set];
}

static void
learn_beside (void *data, RheoLane *lane, int64_t t)
{
  RheoRule *plasticity = data;

  plasticity->type->on_step (plasticity, lane, t);
}

static void
spike_beside (void *data, RheoLane *lane, int unit, double time)
{
  RheoRule *plasticity = data;

  plasticity->type->on_spike (plasticity, lane, unit, time);
}

static void
answer_beside (void *data, const RheoPlay *play, double reward, const void *state, bool over)
{
  RheoRule *plasticity = data;
  bool undecided;

  plasticity->type->on_reward (plasticity, reward, play->task->taken (play->config, state, &undecided), over);
}

RheoRollout
rheo_rule_rollout (const RheoRule *rule, const RheoBatch *batch, unsigned flags)
{
  const gboolean learns = (flags & RHEO_ROLL_LEARN) != 0 && rule->plasticity != NULL;

  if (learns)
    rule->plasticity->batch = batch;
  return (RheoRollout){ .batch = batch,
                        .t1 = batch->n_steps,
                        .flags = flags | RHEO_ROLL_RESET | RHEO_ROLL_NOISE,
                        .noise_scale = 1,
                        .acts = rule->acts,
                        .n_acts = rule->n_acts,
                        .seed = rule->seed,
                        .on_step = learns && rule->plasticity->type->on_step != NULL ? learn_beside : NULL,
                        .on_step_data = rule->plasticity,
                        .on_spike = learns && rule->plasticity->type->on_spike != NULL ? spike_beside : NULL,
                        .on_spike_data = rule->plasticity,
                        .stop = rule->stop,
                        .stop_data = rule->stop_data };
}

void
rheo_rule_learn_in (const RheoRule *rule, RheoPlay *play, const RheoBatch *batch, unsigned flags)
{
  RheoRule *plasticity = flags & RHEO_ROLL_LEARN ? rule->plasticity : NULL;

  play->how = rheo_rule_rollout (rule, batch, flags);
  if (plasticity == NULL)
    return;
  if (!play->goes_on && plasticity->type->on_start != NULL)
    plasticity->type->on_start (plasticity);
  if (plasticity->type->on_reward != NULL && play->task->taken != NULL)
    {
      play->learn = answer_beside;
      play->learn_data = plasticity;
    }
}

gboolean
rheo_rule_tells_episodes (const RheoExperiment *experiment, GError **error)
{
  const RheoRuleType *rule = (const RheoRuleType *) rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);

  if (g_str_equal (rule->unit, "episode") && (rule->goes_on || rheo_experiment_get_run (experiment)->batch == 1))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("Single episodes are not known here: an iteration of this run has many of them (rule %s, "
                       "run.batch = %d)."),
                    rule->base.id, rheo_experiment_get_run (experiment)->batch);
}

void
rheo_rule_draw_teacher (const RheoRule *rule, double sd, int n_out, int n_units, RheoReal *weight)
{
  const RheoRng rng = { .seed = rule->seed, .stream = RHEO_STREAM_RULE, .item = TEACHER_ITEM };

  for (int o = 0; o < n_out; o++)
    for (int i = 0; i < n_units; i++)
      *weight++ = (RheoReal) (sd * rheo_rng_normal (rng, (uint32_t) o, (uint32_t) i));
}
