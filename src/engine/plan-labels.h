/* Thread: any. */
/* What people call the parts of a network: titles of plots, axes and columns of run files begin with these words. In English,
 * as label.h says. */
#pragma once

#include "plan.h"

typedef enum
{
  RHEO_LABEL_SPIKES,
  RHEO_LABEL_RATE,
  RHEO_LABEL_OUTPUT,
  RHEO_LABEL_GRADIENT_SIZE,  /* of the populations that gradients pass through: all but the read-out */
  RHEO_LABEL_GRADIENT_SHARE, /* the same */
  RHEO_LABEL_SURROGATE,
} RheoPopLabel;

/* "Recurrent weights" where the network has one projection of that sort, else "Weights of rec2". Yours (g_free). */
char *rheo_plan_dup_weight_label (const RheoPlan *plan, int proj);
/* "Spikes" where one population spikes, else "Spikes of hidden2"; "Output" is that of the read-out. Yours (g_free). */
char *rheo_plan_dup_pop_label (const RheoPlan *plan, int pop, RheoPopLabel what);
