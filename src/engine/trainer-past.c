#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plan-labels.h"
#include "trainer-private.h"

#define MOST_STEPS 1000 /* what is kept: measures of spike trains want about as much */

#define REAL_TYPE (sizeof (RheoReal) == sizeof (double) ? RHEO_F64 : RHEO_F32)

/* One signal of the last steps, a ring: numbers, or 0 and 1 as bytes. */
typedef struct
{
  int width;
  RheoReal *value; /* [step][width], or NULL */
  uint8_t *spike;  /* [step][width], or NULL */
} Ring;

struct RheoPast
{
  const RheoNet *net;
  int most; /* at least a block */
  int64_t n_done;
  Ring pop[RHEO_MAX_POPS], input, target;
};

static Ring
ring_new (int width, int most, gboolean spikes)
{
  const gsize n = (gsize) width * (gsize) most;

  return (Ring){ .width = width,
                 .value = spikes ? NULL : g_new0 (RheoReal, MAX (n, 1)),
                 .spike = spikes ? g_new0 (uint8_t, MAX (n, 1)) : NULL };
}

RheoPast *
rheo_past_new (const RheoNet *net)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoShape *shape = rheo_net_get_shape (net);
  RheoPast *past = g_new0 (RheoPast, 1);

  past->net = net;
  past->most = MAX (MOST_STEPS, shape->n_steps);
  for (int i = 0; i < plan->n_pops; i++)
    past->pop[i] = ring_new (plan->pop[i].n_units, past->most, plan->pop[i].cell->spikes);
  past->input = ring_new (shape->n_in, past->most, FALSE);
  past->target = ring_new (shape->n_out, past->most, FALSE);
  return past;
}

void
rheo_past_free (RheoPast *past)
{
  if (past == NULL)
    return;
  for (int i = 0; i < RHEO_MAX_POPS; i++)
    {
      g_free (past->pop[i].value);
      g_free (past->pop[i].spike);
    }
  g_free (past->input.value);
  g_free (past->target.value);
  g_free (past);
}

void
rheo_past_clear (RheoPast *past)
{
  if (past != NULL)
    past->n_done = 0;
}

void
rheo_past_take (RheoPast *past, const RheoBatch *batch)
{
  const RheoPlan *plan = rheo_net_get_plan (past->net);

  for (int t = 0; t < batch->n_steps; t++, past->n_done++)
    {
      const gsize at = (gsize) (past->n_done % past->most);

      for (int i = 0; i < plan->n_pops; i++)
        {
          const Ring *ring = &past->pop[i];
          const gsize first = at * (gsize) ring->width;

          for (int k = 0; ring->spike != NULL && k < ring->width; k++)
            ring->spike[first + (gsize) k] = rheo_tape_get_spike (past->net, i, 0, t, k) != 0;
          if (ring->value != NULL)
            rheo_tape_copy_out (past->net, i, 0, t, ring->value + first);
        }
      memcpy (past->input.value + at * (gsize) past->input.width, batch->input + (gsize) t * (gsize) past->input.width,
              sizeof (RheoReal) * (gsize) past->input.width);
      if (batch->target != NULL)
        memcpy (past->target.value + at * (gsize) past->target.width,
                batch->target + (gsize) t * (gsize) past->target.width, sizeof (RheoReal) * (gsize) past->target.width);
    }
}

int
rheo_past_get_n (const RheoPast *past)
{
  return (int) MIN (past->n_done, past->most);
}

/* The oldest step first. */
static RheoColumn *
add_ring (const RheoPast *past, const Ring *ring, const char *key, const char *label, const char *axes,
          RheoTable *table)
{
  const int n = rheo_past_get_n (past), oldest = past->n_done > past->most ? (int) (past->n_done % past->most) : 0;
  const int64_t dims[] = { 1, n, ring->width };
  const gsize size = ring->spike != NULL ? 1 : sizeof (RheoReal), row = size * (gsize) ring->width;
  const char *from = ring->spike != NULL ? (const char *) ring->spike : (const char *) ring->value;
  RheoColumn *column = rheo_table_add (table, key, label, "", axes, ring->spike != NULL ? RHEO_U8 : REAL_TYPE, dims);

  memcpy (column->data, from + (gsize) oldest * row, (gsize) (n - oldest) * row);
  memcpy ((char *) column->data + (gsize) (n - oldest) * row, from, (gsize) oldest * row);
  return column;
}

static void
add_spikes (const RheoPast *past, int i_pop, RheoTable *table)
{
  const RheoPlan *plan = rheo_net_get_plan (past->net);
  const RheoPop *pop = &plan->pop[i_pop];
  const int64_t dims[] = { 1, pop->n_units };
  const int n = rheo_past_get_n (past);
  g_autofree char *key = g_strconcat (pop->name, ".spikes", NULL), *rate_key = g_strconcat (pop->name, ".rate", NULL);
  g_autofree char *label = rheo_plan_dup_pop_label (plan, i_pop, RHEO_LABEL_SPIKES);
  g_autofree char *rate_label = rheo_plan_dup_pop_label (plan, i_pop, RHEO_LABEL_RATE);
  RheoColumn *column = add_ring (past, &past->pop[i_pop], key, label, "trial time unit", table);
  const uint8_t *spike = column->data;
  float *rate;

  column->hi = 1;
  column->flags = RHEO_SERIES_BITS;
  rate = rheo_table_add (table, rate_key, rate_label, N_ ("spikes/step"), "trial unit", RHEO_F32, dims)->data;
  for (int t = 0; t < n; t++)
    for (int k = 0; k < pop->n_units; k++)
      rate[k] += (float) *spike++ / (float) n;
}

void
rheo_past_add (const RheoPast *past, RheoTable *table)
{
  const RheoPlan *plan = rheo_net_get_plan (past->net);
  const int64_t one = 1;
  const int32_t length = rheo_past_get_n (past);

  for (int i = 0; i < plan->n_pops; i++)
    if (past->pop[i].spike != NULL)
      add_spikes (past, i, table);
    else
      {
        g_autofree char *key = g_strconcat (plan->pop[i].name, ".value", NULL);
        g_autofree char *label = rheo_plan_dup_pop_label (plan, i, RHEO_LABEL_OUTPUT);

        add_ring (past, &past->pop[i], key, label, "trial time unit", table);
      }
  add_ring (past, &past->input, "task.input", N_ ("Input"), "trial time in", table);
  if (past->target.width > 0)
    add_ring (past, &past->target, "task.target", N_ ("Target"), "trial time out", table);
  rheo_table_add_copy (table, "task.length", N_ ("Steps"), "", "trial", RHEO_I32, &one, &length);
}
