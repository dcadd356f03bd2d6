#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "trainer-private.h"

#include <glib/gi18n-lib.h>

/* What runs step by step or from event to event does so on the processor. NULL: all of it may be elsewhere. */
static const char *
find_local (const RheoExperiment *experiment)
{
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const RheoRuleType *rule = (const RheoRuleType *) rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);

  if (rule->on_card == NULL || rheo_experiment_get_component (experiment, RHEO_SLOT_PLASTICITY) != NULL)
    return N_ ("local rules run on the processor.");
  if (!rule->on_card (rheo_experiment_get_values (experiment, RHEO_SLOT_RULE)))
    return N_ ("drop-out and updates within trials run on the processor.");
  return (task->gives & RHEO_EPISODES) != 0 ? N_ ("environments run on the processor.") : NULL;
}

/* Why the card is not for a run of n_rows rows of n_steps steps; *why NULL: it is. The network is only described for it. FALSE:
 * it cannot be. */
static gboolean
find_obstacle (RheoDevice *card, const RheoExperiment *experiment, const RheoShape *task, int n_steps, int n_rows,
               const char **why, GError **error)
{
  const RheoModel *model = (const RheoModel *) rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  const RheoRunRows *run = rheo_experiment_get_run (experiment);
  const RheoNetSize size = { n_rows, run->lane_rows, run->memory };
  g_autoptr (RheoNet) sketch = NULL;
  RheoShape shape = *task;

  *why = find_local (experiment);
  if (*why != NULL)
    return TRUE;
  shape.n_steps = n_steps;
  sketch = rheo_net_sketch (model, rheo_experiment_get_values (experiment, RHEO_SLOT_MODEL), &shape, &size, error);
  if (sketch == NULL)
    return FALSE;
  if (card->ops->can (card, rheo_net_get_plan (sketch), why))
    *why = NULL;
  return TRUE;
}

static gboolean
take (RheoTrainer *trainer, const char *name, const char **why, GError **error)
{
  g_clear_pointer (&trainer->device, rheo_device_free);
  trainer->device = rheo_device_new (name, trainer->run->threads, why);
  return trainer->device != NULL
         || rheo_fail (error, RHEO_ERROR_DEVICE, _ ("run.device = %s cannot be used: %s"), name,
                       *why != NULL ? _ (*why) : _ ("it is not there."));
}

gboolean
rheo_trainer_make_device (RheoTrainer *trainer, GError **error)
{
  const char *asked = trainer->run->device, *why = NULL;

  if (!take (trainer, asked, &why, error))
    return FALSE;
  if (trainer->device->card != NULL)
    {
      if (!find_obstacle (trainer->device, trainer->experiment, &trainer->shape, rheo_feed_get_n_steps (trainer->feed),
                          rheo_feed_get_n_rows (trainer->feed), &why, error))
        return FALSE;
      if (why != NULL && !g_str_equal (asked, "auto"))
        return rheo_fail (error, RHEO_ERROR_DEVICE, _ ("run.device = %s cannot be used: %s Allowed are auto and cpu."),
                          asked, _ (why));
      trainer->device_reason = why;
      if (why != NULL)
        return take (trainer, "cpu", &why, error);
    }
  else if (g_str_equal (asked, "auto"))
    trainer->device_reason = why;
  return TRUE;
}

char *
rheo_trainer_dup_card (const RheoExperiment *experiment, const RheoShape *shape, const char **reason)
{
  const int n_batch = rheo_experiment_get_run (experiment)->batch;
  const char *why = NULL;
  RheoDevice *device = rheo_device_new ("auto", 1, &why);
  char *name = NULL;

  if (device != NULL && device->card != NULL
      && find_obstacle (device, experiment, shape, shape->swapped ? n_batch : shape->n_steps,
                        shape->swapped ? shape->n_steps : n_batch, &why, NULL)
      && why == NULL)
    name = g_strdup (device->name);
  rheo_device_free (device);
  *reason = why != NULL ? _ (why) : NULL;
  return name;
}

gboolean
rheo_trainer_check_device (RheoTrainer *trainer, GError **error)
{
  const char *fault = trainer->device->ops->sync (trainer->device);

  return fault == NULL || rheo_fail (error, RHEO_ERROR_DEVICE, _ ("%s gave up: %s"), trainer->device->name, _ (fault));
}

const char *
rheo_trainer_get_device (const RheoTrainer *trainer, const char **reason)
{
  *reason = trainer->device_reason != NULL ? _ (trainer->device_reason) : NULL;
  return trainer->device->name;
}
