#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "gradient-flow.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "plan-labels.h"

/* What a step of all lanes adds up to. */
typedef struct
{
  double squares, active, slope;
  int64_t n; /* units of all rows that still go on */
} Sum;

/* Rows are sorted by length: those that still go on come first. */
static int
count_running (const RheoBatch *batch, const RheoTapeLane *lane, int64_t t)
{
  int n = 0;

  while (n < lane->n_rows && lane->row0 + n < batch->n_rows && t < batch->length[lane->row0 + n])
    n++;
  return n;
}

static void
add_deltas (const RheoPop *pop, const RheoTapeLane *lane, const RheoTapePop *tape, int64_t t, int n_rows, Sum *sum)
{
  for (int row = 0; row < n_rows; row++)
    {
      const gsize at = (gsize) (t * lane->n_rows + row) * (gsize) pop->stride;

      for (int k = 0; k < pop->n_units; k++)
        {
          double squares = 0;

          for (int port = 0; port < pop->cell->n_ports; port++)
            squares += (double) tape->delta[port][at + (gsize) k] * tape->delta[port][at + (gsize) k];
          sum->squares += squares;
          sum->active += squares > 0;
        }
      sum->n += pop->n_units;
    }
}

static void
add_slopes (const RheoPop *pop, const RheoTapeLane *lane, const RheoTapePop *tape, const RheoSurrogate *surrogate,
            int64_t t, int n_rows, RheoReal *g, Sum *sum)
{
  const int n_tape = pop->cell->n_tape (pop->derived);
  g_autofree RheoReal **of_step = g_new (RheoReal *, n_tape);
  const RheoSlice slice = { .n_units = pop->n_units,
                            .n_rows = n_rows,
                            .stride = pop->stride,
                            .param = (const RheoReal *const *) pop->param,
                            .tape = of_step,
                            .surrogate = surrogate };

  for (int k = 0; k < n_tape; k++) /* entry 0 is the step before the window */
    of_step[k] = tape->tape[k] + (gsize) (t + 1) * (gsize) lane->n_rows * (gsize) pop->stride;
  pop->cell->slope (pop->derived, &slice, g);
  for (int row = 0; row < n_rows; row++)
    for (int k = 0; k < pop->n_units; k++)
      sum->slope += g[(gsize) row * (gsize) pop->stride + (gsize) k];
}

static float *
add_column (const RheoPlan *plan, int i_pop, RheoPopLabel what, const char *key, const char *unit, int64_t n_steps,
            RheoTable *table)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", plan->pop[i_pop].name, key);
  g_autofree char *label = rheo_plan_dup_pop_label (plan, i_pop, what);

  return rheo_table_add (table, name, label, unit, "time", RHEO_F32, &n_steps)->data;
}

static void
add_pop (const RheoNet *net, const RheoBatch *batch, const RheoSurrogate *surrogate, int i_pop, RheoTable *table)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoTape *tape = rheo_net_get_tape (net);
  const RheoPop *pop = &plan->pop[i_pop];
  const gboolean spikes = pop->cell->spikes && pop->cell->slope != NULL;
  float *size = add_column (plan, i_pop, RHEO_LABEL_GRADIENT_SIZE, "gradient-size", "", tape->n_steps, table);
  float *share = add_column (plan, i_pop, RHEO_LABEL_GRADIENT_SHARE, "gradient-share", "", tape->n_steps, table);
  float *slope = spikes ? add_column (plan, i_pop, RHEO_LABEL_SURROGATE, "surrogate", "", tape->n_steps, table) : NULL;
  g_autofree RheoReal *g = spikes ? g_new (RheoReal, (gsize) tape->lane[0].n_rows * (gsize) pop->stride) : NULL;

  for (int64_t t = 0; t < tape->n_steps; t++)
    {
      Sum sum = { 0 };

      for (int i = 0; i < tape->n_lanes; i++)
        {
          const RheoTapeLane *lane = &tape->lane[i];
          const int n_rows = count_running (batch, lane, t);

          if (n_rows == 0)
            continue;
          add_deltas (pop, lane, &lane->pop[i_pop], t, n_rows, &sum);
          if (spikes)
            add_slopes (pop, lane, &lane->pop[i_pop], surrogate, t, n_rows, g, &sum);
        }
      size[t] = (float) sqrt (sum.squares / (double) MAX (sum.n, 1));
      share[t] = (float) (sum.active / (double) MAX (sum.n, 1));
      if (spikes)
        slope[t] = (float) (sum.slope / (double) MAX (sum.n, 1));
    }
}

void
rheo_gradient_flow_add (const RheoNet *net, const RheoBatch *batch, const RheoSurrogate *surrogate, RheoTable *table)
{
  const RheoPlan *plan = rheo_net_get_plan (net);

  for (int i = 0; i < plan->n_pops; i++)
    if (i != plan->out_pop)
      add_pop (net, batch, surrogate, i, table);
}
