#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "eligible.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cells/cuba.h"
#include "cells/lif.h"
#include "error.h"
#include "frozen.h"
#include "online.h"

/* h: the states of a unit that have a derivative, z: its spike, x_i: source i. Each step, from one-step derivatives of the
 * unit j, a_j and b_j:
 *
 *   h_ji <- a_j h_ji + c_j z_ji + b_j x_i,   z_ji <- a'_j h_ji + c'_j z_ji + b'_j x_i    of the step before on the right
 *   e_ji <- k e_ji + g z_ji                    as the read-out, or the filter before it, makes of spikes
 *   dE/dW_ij += L_j e_ji,   L_j = sum over o of B_jo dE/dy_o
 *
 * Where a and b are the same for all units and nothing goes through the reset (c = 0), h_ji = h_i: a vector. */

#define MAX_STATES 2
#define MAX_STATES_OF_CELL 8

/* One-step derivatives of a state or of the spike, [unit]. */
typedef struct
{
  RheoReal *state[MAX_STATES], *spike, *port[RHEO_MAX_PORTS];
} Derivative;

/* Weights into the layer: those of a projection, or its bias, which is one source that is always 1. */
typedef struct
{
  const RheoProj *proj;
  gboolean bias;
  int trainable, n;            /* sources */
  RheoReal *value;             /* the weights, [source][stride] */
  RheoReal *before;            /* the same before a change; NULL: the units have no synapses */
  RheoReal *x;                 /* [source] of the step */
  RheoReal *state[MAX_STATES]; /* [row][source], or [row][source][stride] where units differ */
  RheoReal *spike;             /* z_ji [row][source][stride]; NULL: not needed */
  RheoReal *trace;             /* e_ji [row][source][stride]; NULL: the read-out keeps nothing */
} Group;

struct RheoEligible
{
  RheoRule *rule;
  const RheoBatch *batch;
  const RheoSurrogate *surrogate;
  int pop, stride, n_states, synapse; /* index of the state that filters currents, -1: none */
  int state[MAX_STATES];              /* of the cell */
  gboolean shared;
  RheoReal keep, gain;
  int readout, of_weight, of_bias; /* projection and its trainables, -1: not trained */
  GArray *groups;                  /* Group */
  RheoSources sources;             /* of the read-out */
  RheoReal *ones;                  /* [row]: the same of its bias */
  Derivative of[MAX_STATES + 1];   /* the last: of the spike */
  RheoReal *buffer, *signal, *d_out, *d_before, *d_state[MAX_STATES_OF_CELL], *d_current[RHEO_MAX_PORTS];
  int n_rows;
};

/* --- what fits ---------------------------------------------------------------------------------------------------- */

/* Whether one-step derivatives are the same for all units and none is of the spike before. */
static gboolean
is_shared (const RheoPop *pop)
{
  const RheoLif *lif = pop->derived;

  if (g_str_equal (pop->cell->id, "cuba-lif"))
    return !((const RheoCuba *) pop->derived)->differentiate;
  if (lif->differentiate || (lif->counts && lif->hold)
      || (lif->reset != RHEO_LIF_SUBTRACT && lif->reset != RHEO_LIF_NONE))
    return FALSE;
  for (int i = 1; i < pop->n_units; i++)
    if (pop->param[0][i] != pop->param[0][0] || (lif->synaptic && pop->param[2][i] != pop->param[2][0]))
      return FALSE;
  return TRUE;
}

static gboolean
find_states (RheoEligible *e)
{
  const RheoCell *cell = rheo_net_get_plan (e->rule->net)->pop[e->pop].cell;
  static const char *const known[] = { "cuba-lif", "lif", "lif-synaptic", NULL };

  e->synapse = -1;
  if (!g_strv_contains (known, cell->id))
    return FALSE;
  for (int k = 0; cell->states[k] != NULL; k++)
    if (g_str_equal (cell->states[k], "membrane") || g_str_equal (cell->states[k], "synapse"))
      {
        if (g_str_equal (cell->states[k], "synapse"))
          e->synapse = e->n_states;
        e->state[e->n_states++] = k;
      }
  return TRUE;
}

/* The layer that the read-out sees, itself or through a filter of its spikes. */
static gboolean
find_layer (RheoEligible *e)
{
  const RheoPlan *plan = rheo_net_get_plan (e->rule->net);
  g_autoptr (GError) ignored = NULL;
  RheoReal decay;
  const RheoProj *p;

  e->readout = rheo_frozen_find_readout (e->rule->net, &decay, &ignored);
  if (e->readout < 0)
    return FALSE;
  p = &plan->proj[e->readout];
  if (p->form != RHEO_DENSE || p->delay != 0 || p->flags & RHEO_PROJ_CUT)
    return FALSE;
  e->keep = decay;
  e->gain = 1;
  e->pop = p->from;
  if (g_str_equal (plan->pop[p->from].cell->id, "filter"))
    {
      const RheoFilter *filter = plan->pop[p->from].derived;
      int n = 0;

      if (decay != 0)
        return FALSE;
      for (int i = 0; i < plan->n_projs; i++)
        if (plan->proj[i].to == p->from)
          {
            e->pop = plan->proj[i].from;
            n += plan->proj[i].form == RHEO_ONE_TO_ONE && plan->proj[i].delay == 0 && e->pop >= 0 ? 1 : 2;
          }
      if (n != 1)
        return FALSE;
      e->keep = filter->keep;
      e->gain = filter->gain;
    }
  rheo_sources_init (&e->sources, e->rule->net, e->readout, decay);
  return find_states (e);
}

static gboolean
add_group (RheoEligible *e, int trainable, const RheoTrainable *t)
{
  const gboolean bias = t->value == t->proj->bias;
  const gsize n = bias ? 1 : (gsize) t->proj->n_pre, rows = (gsize) e->n_rows, all = n * (gsize) e->stride;
  Group g = { .proj = t->proj, .bias = bias, .trainable = trainable, .n = (int) n, .value = t->value };
  gboolean there;

  if (t->proj->to != e->pop || t->proj->form != RHEO_DENSE || t->proj->noise != 0 || t->proj->lag != NULL)
    return FALSE;
  g.x = g_new0 (RheoReal, n);
  if (bias)
    g.x[0] = 1;
  there = TRUE;
  for (int s = 0; s < e->n_states; s++)
    {
      g.state[s] = g_try_malloc0_n (rows * (e->shared ? n : all), sizeof (RheoReal));
      there = there && g.state[s] != NULL;
    }
  if (!e->shared)
    g.spike = g_try_malloc0_n (rows * all, sizeof (RheoReal));
  if (e->keep != 0)
    g.trace = g_try_malloc0_n (rows * all, sizeof (RheoReal));
  if (e->synapse >= 0)
    g.before = g_try_malloc0_n (all, sizeof (RheoReal));
  g_array_append_val (e->groups, g);
  return there && (e->shared || g.spike != NULL) && (e->keep == 0 || g.trace != NULL)
         && (e->synapse < 0 || g.before != NULL);
}

static void
clear_group (gpointer data)
{
  Group *g = data;

  g_free (g->x);
  for (int s = 0; s < MAX_STATES; s++)
    g_free (g->state[s]);
  g_free (g->spike);
  g_free (g->trace);
  g_free (g->before);
}

static RheoReal *
cut (RheoReal **from, int n)
{
  RheoReal *to = *from;

  *from += n;
  return to;
}

static void
make_buffers (RheoEligible *e)
{
  const RheoPop *pop = &rheo_net_get_plan (e->rule->net)->pop[e->pop];
  const int n_of = e->n_states + 1 + pop->cell->n_ports;
  RheoReal *at;

  at = e->buffer = g_new0 (
      RheoReal, (gsize) e->stride * (gsize) ((e->n_states + 1) * n_of + 3 + MAX_STATES_OF_CELL + pop->cell->n_ports));
  for (int q = 0; q <= e->n_states; q++)
    {
      for (int s = 0; s < e->n_states; s++)
        e->of[q].state[s] = cut (&at, e->stride);
      e->of[q].spike = cut (&at, e->stride);
      for (int p = 0; p < pop->cell->n_ports; p++)
        e->of[q].port[p] = cut (&at, e->stride);
    }
  e->signal = cut (&at, e->stride);
  e->d_out = cut (&at, e->stride);
  e->d_before = cut (&at, e->stride);
  for (int s = 0; s < MAX_STATES_OF_CELL; s++)
    e->d_state[s] = cut (&at, e->stride);
  for (int p = 0; p < pop->cell->n_ports; p++)
    e->d_current[p] = cut (&at, e->stride);
  e->ones = g_new0 (RheoReal, e->n_rows);
}

RheoEligible *
rheo_eligible_new (RheoRule *rule, GError **error)
{
  RheoNet *net = rule->net;
  g_autoptr (RheoEligible) e = g_new0 (RheoEligible, 1);

  e->rule = rule;
  e->of_weight = e->of_bias = -1;
  e->n_rows = rheo_frozen_count_rows (net);
  e->groups = g_array_new (FALSE, FALSE, sizeof (Group));
  g_array_set_clear_func (e->groups, clear_group);
  if (rule->shape.events || !find_layer (e))
    {
      rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                 _ ("rule.update = step needs signals as inputs, integrate-and-fire units, and a linear or leaky "
                    "read-out of one layer of them that nothing goes back from; use rule.update = trial."));
      return NULL;
    }
  e->stride = rheo_net_get_plan (net)->pop[e->pop].stride;
  e->shared = is_shared (&rheo_net_get_plan (net)->pop[e->pop]);
  make_buffers (e);
  for (int k = 0; k < rheo_net_get_n_trainables (net); k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, k);

      if (t->lr_scale == 0)
        continue;
      if (t->proj == NULL || (t->proj->to != e->pop && t->proj != rheo_net_get_proj (net, e->readout))
          || (t->proj->to == e->pop && (t->proj->form != RHEO_DENSE || t->proj->noise != 0 || t->proj->lag != NULL)))
        {
          rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                     _ ("rule.update = step trains the weights of one layer of units and of its read-out, and %s is "
                        "something else; use rule.update = trial."),
                     t->name);
          return NULL;
        }
      if (t->proj->to != e->pop && t->value == t->proj->bias)
        e->of_bias = k;
      else if (t->proj->to != e->pop)
        e->of_weight = k;
      else if (!add_group (e, k, t))
        {
          rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for what synapses are eligible for."));
          return NULL;
        }
    }
  return g_steal_pointer (&e);
}

void
rheo_eligible_free (RheoEligible *e)
{
  if (e == NULL)
    return;
  g_array_unref (e->groups);
  rheo_sources_release (&e->sources);
  g_free (e->buffer);
  g_free (e->ones);
  g_free (e);
}

/* --- steps -------------------------------------------------------------------------------------------------------- */
void
rheo_eligible_begin (RheoEligible *e, const RheoBatch *batch, const RheoSurrogate *surrogate)
{
  const gsize rows = (gsize) batch->n_rows;

  e->batch = batch;
  e->surrogate = surrogate;
  rheo_sources_clear (&e->sources, batch->n_rows);
  memset (e->ones, 0, sizeof (RheoReal) * rows);
  for (guint i = 0; i < e->groups->len; i++)
    {
      Group *g = &g_array_index (e->groups, Group, i);
      const gsize n = rows * (gsize) g->n, all = n * (gsize) e->stride;

      for (int s = 0; s < e->n_states; s++)
        memset (g->state[s], 0, sizeof (RheoReal) * (e->shared ? n : all));
      if (g->spike != NULL)
        memset (g->spike, 0, sizeof (RheoReal) * all);
      if (g->trace != NULL)
        memset (g->trace, 0, sizeof (RheoReal) * all);
    }
}

/* One-step derivatives of a state (q) or, as the last one, of the spike: back through the cell from it alone. */
static void
derive (RheoEligible *e, const RheoTapeLane *lane, int row, int64_t at, int q)
{
  const RheoPop *pop = &rheo_net_get_plan (e->rule->net)->pop[e->pop];
  const RheoTapePop *tape = &lane->pop[e->pop];
  const int n_tape = pop->cell->n_tape (pop->derived);
  const gsize here = (gsize) (at * lane->n_rows + row - lane->row0) * (gsize) e->stride,
              next = here + (gsize) lane->n_rows * (gsize) e->stride, size = sizeof (RheoReal) * (gsize) e->stride;
  RheoReal *now[MAX_STATES_OF_CELL], *no_param[MAX_STATES_OF_CELL] = { NULL };
  const RheoReal *before[MAX_STATES_OF_CELL];
  const RheoSlice s = { .n_units = pop->n_units,
                        .n_rows = 1,
                        .stride = e->stride,
                        .param = (const RheoReal *const *) pop->param,
                        .state = e->d_state,
                        .tape = now,
                        .tape_before = before,
                        .surrogate = e->surrogate,
                        .d_out = e->d_out,
                        .d_current = e->d_current,
                        .d_out_before = e->d_before,
                        .d_param = no_param };

  for (int k = 0; k < n_tape; k++)
    {
      before[k] = tape->tape[k] + here;
      now[k] = tape->tape[k] + next;
    }
  memset (e->d_before, 0, size);
  for (int k = 0; k < MAX_STATES_OF_CELL; k++)
    memset (e->d_state[k], 0, size);
  for (int j = 0; j < e->stride; j++)
    {
      e->d_out[j] = q == e->n_states ? 1 : 0;
      if (q < e->n_states)
        e->d_state[e->state[q]][j] = 1;
    }
  pop->cell->adjoint (pop->derived, &s);
  for (int k = 0; k < e->n_states; k++)
    memcpy (e->of[q].state[k], e->d_state[e->state[k]], size);
  memcpy (e->of[q].spike, e->d_before, size);
  for (int p = 0; p < pop->cell->n_ports; p++)
    memcpy (e->of[q].port[p], e->d_current[p], size);
}

/* What the sources of a group give. */
static void
look (const RheoEligible *e, const Group *g, int row, int64_t t, int64_t at)
{
  const RheoBatch *batch = e->batch;
  const int64_t from = t - g->proj->delay;

  if (g->bias)
    return;
  if (g->proj->from >= 0)
    rheo_tape_copy_out (e->rule->net, g->proj->from, row, at - g->proj->delay, g->x);
  else if (from < 0)
    memset (g->x, 0, sizeof (RheoReal) * (gsize) g->n);
  else
    memcpy (g->x, batch->input + ((gsize) row * (gsize) batch->n_steps + (gsize) from) * (gsize) g->n,
            sizeof (RheoReal) * (gsize) g->n);
}

/* One source whose h is the same for all units. trace NULL: e is z. */
RHEO_MULTI static void
add_shared (int n, const Derivative *spike, int port, const RheoReal *h, RheoReal x, RheoReal keep, RheoReal gain,
            const RheoReal *signal, RheoReal *trace, RheoReal *grad)
{
  const RheoReal *a0 = spike->state[0], *a1 = spike->state[1] != NULL ? spike->state[1] : a0, *b = spike->port[port];
  const RheoReal h0 = h[0], h1 = h[1];

  if (trace == NULL)
    {
      RHEO_IVDEP
      for (int j = 0; j < n; j++)
        grad[j] += signal[j] * gain * (a0[j] * h0 + a1[j] * h1 + b[j] * x);
      return;
    }
  RHEO_IVDEP
  for (int j = 0; j < n; j++)
    {
      const RheoReal kept = keep * trace[j] + gain * (a0[j] * h0 + a1[j] * h1 + b[j] * x);

      trace[j] = kept;
      grad[j] += signal[j] * kept;
    }
}

/* One source with an h for each unit; h1 NULL: one state. */
RHEO_MULTI static void
go_on (int n, const Derivative *of, int port, RheoReal x, RheoReal *h0, RheoReal *h1, RheoReal *z)
{
  const Derivative *last = of + (h1 != NULL ? 2 : 1);
  const RheoReal *a = of[0].state[0], *c = of[0].spike, *b = of[0].port[port];
  const RheoReal *of_z = last->state[0], *c_z = last->spike, *b_z = last->port[port];

  if (h1 == NULL)
    {
      RHEO_IVDEP
      for (int j = 0; j < n; j++)
        {
          const RheoReal h = h0[j], spike = z[j];

          h0[j] = a[j] * h + c[j] * spike + b[j] * x;
          z[j] = of_z[j] * h + c_z[j] * spike + b_z[j] * x;
        }
      return;
    }
  for (int j = 0; j < n; j++)
    {
      const RheoReal h = h0[j], other = h1[j], spike = z[j];

      h0[j] = a[j] * h + of[0].state[1][j] * other + c[j] * spike + b[j] * x;
      h1[j] = of[1].state[0][j] * h + of[1].state[1][j] * other + of[1].spike[j] * spike + of[1].port[port][j] * x;
      z[j] = of_z[j] * h + last->state[1][j] * other + c_z[j] * spike + b_z[j] * x;
    }
}

/* The trace of one source, and its product with the signal. trace NULL: e is z. */
RHEO_MULTI static void
add_single (int n, RheoReal keep, RheoReal gain, const RheoReal *signal, const RheoReal *z, RheoReal *trace,
            RheoReal *grad)
{
  if (trace == NULL)
    {
      RHEO_IVDEP
      for (int j = 0; j < n; j++)
        grad[j] += signal[j] * gain * z[j];
      return;
    }
  RHEO_IVDEP
  for (int j = 0; j < n; j++)
    {
      trace[j] = keep * trace[j] + gain * z[j];
      grad[j] += signal[j] * trace[j];
    }
}

/* state += (now - before) h; h of the source, or of the source and each unit. */
RHEO_MULTI static void
add_change (int n, const RheoReal *now, const RheoReal *before, const RheoReal *h, gboolean each, RheoReal *state)
{
  const RheoReal one = h[0];

  if (each)
    {
      RHEO_IVDEP
      for (int j = 0; j < n; j++)
        state[j] += (now[j] - before[j]) * h[j];
      return;
    }
  RHEO_IVDEP
  for (int j = 0; j < n; j++)
    state[j] += (now[j] - before[j]) * one;
}

static void
see_shared (RheoEligible *e, const Group *g, int row, RheoReal *grad)
{
  const int n_states = e->n_states, port = g->proj->port;

  for (int i = 0; i < g->n; i++)
    {
      const gsize at = (gsize) row * (gsize) g->n + (gsize) i;
      RheoReal h[MAX_STATES] = { 0 }, *trace = g->trace != NULL ? g->trace + at * (gsize) e->stride : NULL;

      for (int s = 0; s < n_states; s++)
        h[s] = g->state[s][at];
      add_shared (e->stride, &e->of[n_states], port, h, g->x[i], e->keep, e->gain, e->signal, trace,
                  grad + (gsize) i * (gsize) e->stride);
      for (int q = 0; q < n_states; q++)
        {
          RheoReal sum = e->of[q].port[port][0] * g->x[i];

          for (int s = 0; s < n_states; s++)
            sum += e->of[q].state[s][0] * h[s];
          g->state[q][at] = sum;
        }
    }
}

static void
see_single (RheoEligible *e, const Group *g, int row, RheoReal *grad)
{
  for (int i = 0; i < g->n; i++)
    {
      const gsize at = ((gsize) row * (gsize) g->n + (gsize) i) * (gsize) e->stride;
      RheoReal *z = g->spike + at;

      go_on (e->stride, e->of, g->proj->port, g->x[i], g->state[0] + at, e->n_states > 1 ? g->state[1] + at : NULL, z);
      add_single (e->stride, e->keep, e->gain, e->signal, z, g->trace != NULL ? g->trace + at : NULL,
                  grad + (gsize) i * (gsize) e->stride);
    }
}

/* The read-out, and what its errors say to the units. */
static void
see_readout (RheoEligible *e, int row, int64_t at, const RheoReal *error, RheoGrad *grad)
{
  const RheoProj *p = rheo_net_get_proj (e->rule->net, e->readout);
  const RheoReal *back = p->feedback != NULL ? p->feedback : p->weight, *x;

  rheo_sources_see (&e->sources, e->rule->net, row, at);
  x = e->sources.x + (gsize) row * (gsize) p->n_pre;
  e->ones[row] = e->sources.decay * e->ones[row] + 1;
  for (int k = 0; k < p->n_post && e->of_bias >= 0; k++)
    grad->value[e->of_bias][k] += e->ones[row] * error[k];
  for (int j = 0; j < p->n_pre; j++)
    {
      RheoReal sum = 0;

      for (int k = 0; k < p->n_post; k++)
        sum += back[(gsize) j * (gsize) p->stride + (gsize) k] * error[k];
      e->signal[j] = sum;
      for (int k = 0; k < p->n_post && e->of_weight >= 0; k++)
        grad->value[e->of_weight][(gsize) j * (gsize) p->stride + (gsize) k] += x[j] * error[k];
    }
}

void
rheo_eligible_see (RheoEligible *e, int row, int64_t t, int64_t at, const RheoReal *error, RheoGrad *grad)
{
  const RheoTape *tape = rheo_net_get_tape (e->rule->net);
  const RheoTapeLane *lane = tape->lane;

  while (row >= lane->row0 + lane->n_rows)
    lane++;
  for (int q = 0; q <= e->n_states; q++)
    derive (e, lane, row, at, q);
  see_readout (e, row, at, error, grad);
  for (guint i = 0; i < e->groups->len; i++)
    {
      const Group *g = &g_array_index (e->groups, Group, i);

      look (e, g, row, t, at);
      if (e->shared)
        see_shared (e, g, row, grad->value[g->trainable]);
      else
        see_single (e, g, row, grad->value[g->trainable]);
    }
}

/* --- changes of the weights --------------------------------------------------------------------------------------- */
void
rheo_eligible_mark (RheoEligible *e)
{
  for (guint i = 0; i < e->groups->len && e->synapse >= 0; i++)
    {
      const Group *g = &g_array_index (e->groups, Group, i);

      memcpy (g->before, g->value, sizeof (RheoReal) * (gsize) g->n * (gsize) e->stride);
    }
}

/* state += dW h, of the synapses. */
static void
follow (RheoEligible *e, const Group *g, int row, RheoReal *state)
{
  for (int i = 0; i < g->n; i++)
    {
      const gsize at = (gsize) row * (gsize) g->n + (gsize) i;
      const RheoReal *now = g->value + (gsize) i * (gsize) e->stride, *before = g->before + (now - g->value);
      const RheoReal *h = g->state[e->synapse] + (e->shared ? at : at * (gsize) e->stride);

      if (e->shared && h[0] == 0)
        continue;
      add_change (e->stride, now, before, h, !e->shared, state);
    }
}

void
rheo_eligible_follow (RheoEligible *e, int n_rows)
{
  int i_lane = 0;

  if (e->synapse < 0)
    return;
  for (int row = 0; row < n_rows; row++)
    {
      const RheoLane *lane = rheo_net_get_lane (e->rule->net, i_lane);

      while (row >= lane->row0 + lane->n_rows)
        lane = rheo_net_get_lane (e->rule->net, ++i_lane);
      for (guint i = 0; i < e->groups->len; i++)
        follow (e, &g_array_index (e->groups, Group, i), row,
                lane->pop[e->pop].state[e->state[e->synapse]] + (gsize) (row - lane->row0) * (gsize) e->stride);
    }
}
