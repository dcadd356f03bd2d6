#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/family.h"

#include <glib/gi18n-lib.h>

const char *
rheo_component_get_short_title (const RheoComponent *component)
{
  static const struct
  {
    RheoKind kind;
    const char *id, *title;
  } shorter[] = {
    { RHEO_KIND_RULE, "bptt", N_ ("BPTT") },
    { RHEO_KIND_RULE, "goal", N_ ("GOAL") },
    { RHEO_KIND_RULE, "ltts", N_ ("LTTS") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shorter); i++)
    if (component->kind == shorter[i].kind && g_str_equal (component->id, shorter[i].id))
      return _ (shorter[i].title);
  return _ (component->title);
}

const char *
rheo_experiment_get_family (const RheoExperiment *experiment)
{
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  const RheoComponent *rule = rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);

  if (task == NULL || model == NULL || rule == NULL)
    return _ ("Other");
  if ((task->gives & RHEO_EPISODES) && !(task->gives & RHEO_TRIALS))
    return _ ("Reward and evolution");
  if (rule->gives & RHEO_LOCAL)
    return _ ("Self-organising");
  if (!(model->gives & RHEO_SPIKES))
    return _ ("Rate networks");
  return rule->gives & RHEO_GRADIENT ? _ ("Spiking, gradient") : _ ("Target-based");
}
