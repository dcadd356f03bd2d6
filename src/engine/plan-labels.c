#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "plan-labels.h"

#include <glib/gi18n-lib.h>

#include "label.h"

typedef enum
{
  SORT_OTHER,
  SORT_INPUT,
  SORT_RECURRENT,
  SORT_OUTPUT,
} Sort;

static Sort
sort_of (const RheoPlan *plan, int i)
{
  const RheoProj *proj = &plan->proj[i];

  if (proj->from == RHEO_INPUT)
    return SORT_INPUT;
  if (proj->from == proj->to)
    return SORT_RECURRENT;
  return proj->from >= 0 && proj->to == plan->out_pop && plan->n_out > 0 ? SORT_OUTPUT : SORT_OTHER;
}

char *
rheo_plan_dup_weight_label (const RheoPlan *plan, int proj)
{
  static const char *const names[] = { NULL, N_ ("Input weights"), N_ ("Recurrent weights"), N_ ("Output weights") };
  const Sort sort = sort_of (plan, proj);
  int n = 0;

  for (int i = 0; i < plan->n_projs; i++)
    n += sort_of (plan, i) == sort;
  if (n == 1 && names[sort] != NULL)
    return g_strdup (names[sort]);
  return rheo_label_dup (RHEO_LABEL_WEIGHTS, plan->proj[proj].name);
}

char *
rheo_plan_dup_pop_label (const RheoPlan *plan, int pop, RheoPopLabel what)
{
  static const char *const alone[] = { N_ ("Spikes"),
                                       N_ ("Firing rate"),
                                       N_ ("Output"),
                                       N_ ("Size of the gradient"),
                                       N_ ("Share of units that receives gradient"),
                                       N_ ("Surrogate derivative") };
  static const RheoLabelForm named[] = { RHEO_LABEL_SPIKES_OF,         RHEO_LABEL_RATE_OF,
                                         RHEO_LABEL_OUTPUT_OF,         RHEO_LABEL_GRADIENT_SIZE_OF,
                                         RHEO_LABEL_GRADIENT_SHARE_OF, RHEO_LABEL_SURROGATE_OF };
  const gboolean hidden = what == RHEO_LABEL_GRADIENT_SIZE || what == RHEO_LABEL_GRADIENT_SHARE;
  const gboolean rates = what == RHEO_LABEL_OUTPUT && pop != plan->out_pop && !plan->pop[pop].cell->spikes;
  int n = 0;

  for (int i = 0; rates && i < plan->n_pops; i++)
    n += i != plan->out_pop && !plan->pop[i].cell->spikes;
  if (rates)
    return n == 1 ? g_strdup (N_ ("Rates")) : rheo_label_dup (RHEO_LABEL_RATES_OF, plan->pop[pop].name);
  for (int i = 0; i < plan->n_pops; i++)
    n += what == RHEO_LABEL_OUTPUT ? i == plan->out_pop : hidden ? i != plan->out_pop : plan->pop[i].cell->spikes;
  if (n == 1 && (what != RHEO_LABEL_OUTPUT || pop == plan->out_pop))
    return g_strdup (alone[what]);
  return rheo_label_dup (named[what], plan->pop[pop].name);
}
