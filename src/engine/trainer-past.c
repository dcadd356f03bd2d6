#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json-text.h"
#include "past.h"
#include "plan-labels.h"
#include "trainer-private.h"

#define MOST_STEPS 1000  /* what is kept: measures of spike trains want about as much */
#define MOST_TIME 2000.0 /* or so many ms, where steps have a time ... */
#define LONGEST 10000    /* ... which may be so many steps */

#define STEPS "past.steps"

#define REAL_TYPE (sizeof (RheoReal) == sizeof (double) ? RHEO_F64 : RHEO_F32)

/* One signal of the last steps, a ring: numbers, or spikes as bits. */
typedef struct
{
  int width, n_words;
  RheoReal *value; /* [step][width], or NULL */
  uint64_t *bits;  /* [step][n_words], or NULL */
} Ring;

struct RheoPast
{
  const RheoNet *net;
  int most;        /* at least a block */
  int64_t n_done;  /* that are known */
  int64_t *n_ever; /* since the network began, over resumes; NULL: nobody asks */
  Ring pop[RHEO_MAX_POPS], input, target;
};

static Ring
ring_new (int width, int most, gboolean spikes)
{
  const int n_words = (width + 63) / 64;

  return (Ring){ .width = width,
                 .n_words = n_words,
                 .value = spikes ? NULL : g_new0 (RheoReal, MAX ((gsize) width * (gsize) most, 1)),
                 .bits = spikes ? g_new0 (uint64_t, (gsize) n_words * (gsize) most) : NULL };
}

RheoPast *
rheo_past_new (RheoNet *net)
{
  const int64_t one = 1;
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoShape *shape = rheo_net_get_shape (net);
  RheoPast *past = g_new0 (RheoPast, 1);

  past->net = net;
  past->most = MAX (MOST_STEPS, shape->n_steps);
  if (shape->dt_ms > 0)
    past->most = MAX (past->most, (int) MIN (MOST_TIME / shape->dt_ms, LONGEST));
  for (int i = 0; i < plan->n_pops; i++)
    past->pop[i] = ring_new (plan->pop[i].n_units, past->most, plan->pop[i].cell->spikes);
  past->input = ring_new (shape->n_in, past->most, FALSE);
  past->target = ring_new (shape->n_out, past->most, FALSE);
  if (rheo_net_has_clock (net))
    {
      rheo_net_array (net, STEPS, N_ ("Steps done"), "", "number", RHEO_I64, RHEO_USE_KEEP, &one);
      past->n_ever = rheo_net_find_array (net, STEPS)->data;
    }
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
      g_free (past->pop[i].bits);
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

/* Step t of the tape, row 0. */
static void
take_pop (const RheoPast *past, int i_pop, int64_t t, gsize at)
{
  const RheoTapeLane *lane = &rheo_net_get_tape (past->net)->lane[0];
  const RheoTapePop *tape = &lane->pop[i_pop];
  const Ring *ring = &past->pop[i_pop];
  uint64_t *to = ring->bits + at * (gsize) ring->n_words;

  if (ring->value != NULL)
    rheo_tape_copy_out (past->net, i_pop, 0, t, ring->value + at * (gsize) ring->width);
  else if (tape->bits != NULL)
    memcpy (to, tape->bits + t * lane->n_rows * tape->n_words, sizeof *to * (gsize) ring->n_words);
  else
    {
      memset (to, 0, sizeof *to * (gsize) ring->n_words);
      for (int k = 0; k < ring->width; k++)
        to[k / 64] |= (uint64_t) rheo_tape_get_spike (past->net, i_pop, 0, t, k) << k % 64;
    }
}

/* Step t of row 0; of events so many as there are. */
static void
take_input (const RheoBatch *batch, int hold, int64_t t, gsize n_in, RheoReal *to)
{
  if (batch->input != NULL)
    memcpy (to, batch->input + (gsize) (t / hold) * n_in, sizeof *to * n_in);
  else
    {
      memset (to, 0, sizeof *to * n_in);
      for (int64_t e = batch->event_first[t]; e < batch->event_first[t + 1]; e++)
        to[batch->event_unit[e]]++;
    }
}

void
rheo_past_take (RheoPast *past, const RheoBatch *batch, int64_t t0, int64_t t1)
{
  const RheoPlan *plan = rheo_net_get_plan (past->net);
  const int hold = MAX (batch->hold, 1);

  for (int64_t t = t0; t < t1; t++, past->n_done++)
    {
      const gsize at = (gsize) (past->n_done % past->most);
      const gsize n_in = (gsize) past->input.width, n_out = (gsize) past->target.width;

      for (int i = 0; i < plan->n_pops; i++)
        take_pop (past, i, t - t0, at);
      take_input (batch, hold, t, n_in, past->input.value + at * n_in);
      if (batch->target != NULL)
        memcpy (past->target.value + at * n_out, batch->target + (gsize) t * n_out, sizeof (RheoReal) * n_out);
    }
  if (past->n_ever != NULL)
    *past->n_ever += t1 - t0;
}

void
rheo_past_note_start (const RheoPast *past, RheoTable *table)
{
  const double dt_ms = rheo_net_get_shape (past->net)->dt_ms;
  char text[RHEO_NUMBER_SIZE];

  if (past->n_ever != NULL && dt_ms > 0)
    rheo_table_set_note (table, "start",
                         rheo_number_text ((double) (*past->n_ever - rheo_past_get_n (past)) * dt_ms, text));
}

int
rheo_past_get_n (const RheoPast *past)
{
  return (int) MIN (past->n_done, past->most);
}

/* Numbers first .. first + count - 1 of each step, the oldest one first; bits become bytes. */
static void
copy_ring (const RheoPast *past, const Ring *ring, int64_t first, int64_t count, void *to)
{
  const int n = rheo_past_get_n (past);
  const int64_t oldest = past->n_done - n;

  for (int t = 0; t < n; t++)
    {
      const gsize at = (gsize) ((oldest + t) % past->most);
      const uint64_t *bits = ring->bits + at * (gsize) ring->n_words;
      uint8_t *spike = (uint8_t *) to + (gsize) t * (gsize) count;

      if (ring->value != NULL)
        memcpy ((RheoReal *) to + (gsize) t * (gsize) count, ring->value + at * (gsize) ring->width + first,
                sizeof (RheoReal) * (gsize) count);
      for (int64_t k = 0; ring->bits != NULL && k < count; k++)
        spike[k] = bits[(first + k) / 64] >> (first + k) % 64 & 1;
    }
}

void
rheo_past_copy (const RheoPast *past, int pop, int64_t first, int64_t count, void *to)
{
  copy_ring (past, pop < 0 ? &past->input : &past->pop[pop], first, count, to);
}

static RheoColumn *
add_ring (const RheoPast *past, const Ring *ring, const char *key, const char *label, const char *axes,
          RheoTable *table)
{
  const int64_t dims[] = { 1, rheo_past_get_n (past), ring->width };
  RheoColumn *column = rheo_table_add (table, key, label, "", axes, ring->bits != NULL ? RHEO_U8 : REAL_TYPE, dims);

  copy_ring (past, ring, 0, ring->width, column->data);
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
    if (past->pop[i].bits != NULL)
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
  rheo_past_note_start (past, table);
}
