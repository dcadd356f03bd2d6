#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "component.h"

#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <string.h>

#include "analysis.h"
#include "net.h"
#include "rule.h"
#include "task.h"

#define TYPE_task RheoTask
#define TYPE_model RheoModel
#define TYPE_rule RheoRuleType
#define TYPE_analysis RheoAnalysis

#define RHEO_COMPONENT(kind, name) extern const TYPE_##kind rheo_##kind##_##name;
#include "registry.h"
#undef RHEO_COMPONENT

#define RHEO_COMPONENT(kind, name) &rheo_##kind##_##name.base,
static const RheoComponent *const all[] = {
#include "registry.h"
  NULL,
};
#undef RHEO_COMPONENT

static const RheoComponent *by_kind[RHEO_N_KINDS][G_N_ELEMENTS (all)];

static void
sort_by_kind (void)
{
  int n[RHEO_N_KINDS] = { 0 };

  for (int i = 0; all[i] != NULL; i++)
    by_kind[all[i]->kind][n[all[i]->kind]++] = all[i];
}

const RheoComponent *const *
rheo_components (RheoKind kind)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  g_return_val_if_fail ((int) kind >= 0 && kind < RHEO_N_KINDS, NULL);
  pthread_once (&once, sort_by_kind);
  return by_kind[kind];
}

const RheoComponent *
rheo_component_find (RheoKind kind, const char *id, GError **error)
{
  return rheo_component_find_in (rheo_components (kind), kind, id, error);
}

const RheoComponent *
rheo_component_find_in (const RheoComponent *const *list, RheoKind kind, const char *id, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autofree char *joined = NULL;
  const char *near;

  for (int i = 0; list[i] != NULL; i++)
    {
      if (g_str_equal (list[i]->id, id))
        return list[i];
      g_ptr_array_add (ids, (gpointer) list[i]->id);
    }
  g_ptr_array_add (ids, NULL);
  near = rheo_nearest (id, (const char *const *) ids->pdata);
  joined = g_strjoinv (", ", (char **) ids->pdata);
  if (near != NULL)
    rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no %s \"%s\"; the nearest is \"%s\"."), rheo_kind_name (kind),
               id, near);
  else if (ids->len > 1)
    rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no %s \"%s\"; there is %s."), rheo_kind_name (kind), id, joined);
  else
    rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no %s \"%s\"; this build has none."), rheo_kind_name (kind), id);
  return NULL;
}

const char *
rheo_kind_name (RheoKind kind)
{
  static const char *const names[RHEO_N_KINDS] = { "task", "model", "rule", "analysis", "plot" };

  return names[kind];
}

const char *
rheo_kind_plural (RheoKind kind)
{
  static const char *const names[RHEO_N_KINDS] = { "tasks", "models", "rules", "analyses", "plots" };

  return names[kind];
}

/* Optimal string alignment distance: insertions, deletions, exchanges of a letter and of two neighbours. */
static int
edit_distance (const char *a, const char *b)
{
  int n = (int) strlen (a), m = (int) strlen (b);
  g_autofree int *rows = g_new (int, 3 * (m + 1));
  int *before = rows, *last = rows + m + 1, *row = rows + 2 * (m + 1);

  for (int j = 0; j <= m; j++)
    last[j] = j;
  for (int i = 1; i <= n; i++)
    {
      int *oldest = before;

      row[0] = i;
      for (int j = 1; j <= m; j++)
        {
          row[j] = MIN (last[j - 1] + (a[i - 1] != b[j - 1]), MIN (last[j], row[j - 1]) + 1);
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            row[j] = MIN (row[j], before[j - 2] + 1);
        }
      before = last;
      last = row;
      row = oldest;
    }
  return last[m];
}

const char *
rheo_nearest (const char *word, const char *const *words)
{
  const char *nearest = NULL;
  int least = G_MAXINT;
  size_t n = strlen (word);

  if (n == 0 || n > 100)
    return NULL;
  for (int i = 0; words[i] != NULL; i++)
    {
      size_t m = strlen (words[i]);
      int distance = edit_distance (word, words[i]);
      gboolean part = n >= 3 && (g_str_has_prefix (words[i], word) || g_str_has_suffix (words[i], word));

      if (distance < least && (part || distance <= (int) (MAX (n, m) + 2) / 3))
        {
          least = distance;
          nearest = words[i];
        }
    }
  return nearest;
}

/* --- what goes together ---------------------------------------------------------------------------------------- */

typedef struct
{
  const RheoComponent *component;
  uint64_t gives;
} Side;

static const struct
{
  RheoTrait trait;
  RheoKind owner;
  const char *needed; /* %s: who needs it */
} needs[] = {
  { RHEO_SPIKES, RHEO_KIND_MODEL, N_ ("%s needs a model whose units emit spikes.") },
  { RHEO_RATES, RHEO_KIND_MODEL, N_ ("%s needs a model whose units have rates.") },
  { RHEO_ADJOINT, RHEO_KIND_MODEL, N_ ("%s needs a model with a gradient through time.") },
  { RHEO_EVENTS, RHEO_KIND_MODEL, N_ ("%s needs a model with a clock of its own.") },
  { RHEO_TRIALS, RHEO_KIND_TASK, N_ ("%s needs a task that gives trials with targets.") },
  { RHEO_LABELS, RHEO_KIND_TASK, N_ ("%s needs a task whose targets are class labels.") },
  { RHEO_SIGNALS, RHEO_KIND_TASK, N_ ("%s needs a task whose targets are signals over time.") },
  { RHEO_EPISODES, RHEO_KIND_TASK, N_ ("%s needs a task that gives rewards.") },
  { RHEO_ACTIONS, RHEO_KIND_TASK, N_ ("%s needs a task in which one of some actions is taken in each step.") },
  { RHEO_SCORES, RHEO_KIND_TASK, N_ ("%s needs a task that scores outputs itself.") },
  { RHEO_BOUNDED, RHEO_KIND_MODEL,
    N_ ("%s needs a model whose units keep within bounds (tanh, sigmoid or spikes) and whose recurrent weights may "
        "have any value.") },
  { RHEO_THRESHOLDS, RHEO_KIND_MODEL, N_ ("%s needs a model of spiking units whose thresholds stay.") },
  { RHEO_CURRENTS, RHEO_KIND_MODEL, N_ ("%s needs a model of spiking units with synaptic currents.") },
  { RHEO_PLASTIC, RHEO_KIND_MODEL, N_ ("%s needs a model whose synapses come and go.") },
  { RHEO_REPEATS, RHEO_KIND_TASK, N_ ("%s needs a task that gives the same trials in each epoch.") },
  { RHEO_INPUT_ONLY, RHEO_KIND_TASK, N_ ("%s needs a task that gives input without targets.") },
  { RHEO_LOCAL, RHEO_KIND_RULE, N_ ("%s needs a plasticity rule that can be called inside a rollout.") },
  { RHEO_CARRIES, RHEO_KIND_RULE, N_ ("%s needs a rule that lets it change the network while trials run.") },
  { RHEO_PLAYS, RHEO_KIND_RULE, N_ ("%s needs a rule that learns from episodes it plays.") },
  { RHEO_GRADIENT, RHEO_KIND_RULE, N_ ("%s needs a rule to compare with that computes a gradient.") },
};

static const struct
{
  RheoTrait trait;
  const char *given;
} givens[] = {
  { RHEO_LABELS, N_ ("trials with class labels") },
  { RHEO_SIGNALS, N_ ("trials with target signals") },
  { RHEO_TRIALS, N_ ("trials with targets") },
  { RHEO_EPISODES, N_ ("rewards") },
  { RHEO_ACTIONS, N_ ("actions to choose from") },
  { RHEO_SCORES, N_ ("scores of outputs") },
  { RHEO_REPEATS, N_ ("the same trials in each epoch") },
  { RHEO_INPUT_ONLY, N_ ("input without targets") },
  { RHEO_SPIKES, N_ ("spikes") },
  { RHEO_ADJOINT, N_ ("a gradient through time") },
  { RHEO_EVENTS, N_ ("a clock of its own") },
  { RHEO_LOCAL, N_ ("updates inside each rollout") },
  { RHEO_CARRIES, N_ ("trials in which a local rule can change the network") },
  { RHEO_PLAYS, N_ ("learning from episodes") },
  { RHEO_GRADIENT, N_ ("a gradient") },
  { RHEO_RATES, N_ ("rates") },
  { RHEO_THRESHOLDS, N_ ("spikes above thresholds that stay") },
  { RHEO_CURRENTS, N_ ("synaptic currents") },
  { RHEO_BOUNDED, N_ ("units within bounds whatever the weights are") },
  { RHEO_PLASTIC, N_ ("synapses that come and go") },
};

static Side
side (const RheoComponent *component, const void *config)
{
  uint64_t gives = 0;

  if (component != NULL)
    gives = component->gives_now != NULL && config != NULL ? component->gives_now (config) : component->gives;
  return (Side){ component, gives };
}

uint64_t
rheo_components_give (const RheoSlots *slots)
{
  return side (slots->task, slots->task_config).gives | side (slots->model, slots->model_config).gives
         | side (slots->rule, slots->rule_config).gives | side (slots->plasticity, slots->plasticity_config).gives
         | side (slots->compare, slots->compare_config).gives | (slots->compare != NULL ? RHEO_COMPARED : 0)
         | (slots->rule != NULL ? RHEO_LEARNS : 0);
}

static char *
dup_gives (const Side *other)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *joined = NULL;
  uint64_t gives = other->gives;

  if (gives & (RHEO_LABELS | RHEO_SIGNALS))
    gives &= ~(uint64_t) RHEO_TRIALS;
  for (guint i = 0; i < G_N_ELEMENTS (givens); i++)
    if (gives & givens[i].trait)
      g_ptr_array_add (words, (gpointer) _ (givens[i].given));
  g_ptr_array_add (words, NULL);
  if (words->len == 1)
    return g_strdup_printf (_ ("%s gives nothing of the kind."), other->component->title);
  joined = g_strjoinv (", ", (char **) words->pdata);
  return g_strdup_printf (_ ("%s gives %s."), other->component->title, joined);
}

const char *
rheo_trait_title (RheoTrait trait)
{
  for (guint i = 0; i < G_N_ELEMENTS (givens); i++)
    if (givens[i].trait == trait)
      return _ (givens[i].given);
  g_return_val_if_reached ("");
}

static gboolean
lacks (const RheoComponent *who, uint64_t wanted, RheoKind owner, const Side *other, RheoMisfit *misfit)
{
  if (who == NULL || other->component == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (needs); i++)
    if (needs[i].owner == owner && (wanted & needs[i].trait) && !(other->gives & needs[i].trait))
      {
        *misfit = (RheoMisfit){ who, other->component, needs[i].trait };
        return TRUE;
      }
  return FALSE;
}

gboolean
rheo_components_find_misfit (const RheoSlots *slots, RheoMisfit *misfit)
{
  const Side task = side (slots->task, slots->task_config), model = side (slots->model, slots->model_config),
             rule = side (slots->rule, slots->rule_config),
             plasticity = side (slots->plasticity, slots->plasticity_config),
             compare = side (slots->compare, slots->compare_config);
  const RheoComponent *all_slots[] = { slots->task, slots->model, slots->rule, slots->plasticity, slots->compare };

  if (lacks (slots->rule, RHEO_LOCAL, RHEO_KIND_RULE, &plasticity, misfit)
      || lacks (slots->rule, RHEO_GRADIENT, RHEO_KIND_RULE, &compare, misfit)
      || lacks (slots->task, slots->task != NULL ? slots->task->needs : 0, RHEO_KIND_RULE, &rule, misfit))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (all_slots); i++)
    {
      uint64_t wanted = all_slots[i] != NULL ? all_slots[i]->needs : 0;

      if (lacks (all_slots[i], wanted, RHEO_KIND_TASK, &task, misfit)
          || lacks (all_slots[i], wanted, RHEO_KIND_MODEL, &model, misfit))
        return TRUE;
    }
  return lacks (slots->plasticity, RHEO_CARRIES, RHEO_KIND_RULE, &rule, misfit);
}

gboolean
rheo_components_fit (const RheoSlots *slots, GError **error)
{
  g_autofree char *needed = NULL, *given = NULL;
  RheoMisfit misfit;
  Side other;

  if (!rheo_components_find_misfit (slots, &misfit))
    return TRUE;
  other = side (misfit.whom, misfit.whom == slots->task         ? slots->task_config
                             : misfit.whom == slots->model      ? slots->model_config
                             : misfit.whom == slots->rule       ? slots->rule_config
                             : misfit.whom == slots->plasticity ? slots->plasticity_config
                                                                : slots->compare_config);
  for (guint i = 0; i < G_N_ELEMENTS (needs); i++)
    if (needs[i].trait == misfit.trait)
      needed = g_strdup_printf (_ (needs[i].needed), misfit.who->title);
  given = dup_gives (&other);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s %s"), needed, given);
}
