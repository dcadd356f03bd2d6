/* A second implementation of networks, for tests: number by number in double, with the chain rule applied by a tape of
 * scalar operations. Slow, and as close to the equations of the cells' headers as C lets it be. It reads sizes, weights and
 * options from the net that it is compared with, and nothing else. */
#pragma once

#include "engine/cells/adlif.h"
#include "engine/cells/alif.h"
#include "engine/cells/cuba.h"
#include "engine/cells/lif.h"
#include "engine/cells/readout.h"
#include "engine/rollout.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* --- a tape of scalars ---------------------------------------------------------------------------------------- */

typedef struct
{
  double value, grad;
  int a, b;
  double d_a, d_b; /* derivatives by a and b */
} Scalar;

typedef struct
{
  GArray *scalar;
} Chain;

static inline int
node (Chain *chain, double value, int a, double d_a, int b, double d_b)
{
  const Scalar s = { value, 0, a, b, d_a, d_b };

  g_array_append_val (chain->scalar, s);
  return (int) chain->scalar->len - 1;
}

static inline Scalar *
at (const Chain *chain, int i)
{
  return &g_array_index (chain->scalar, Scalar, i);
}

static inline double
value (const Chain *chain, int i)
{
  return at (chain, i)->value;
}

static inline int
leaf (Chain *chain, double v)
{
  return node (chain, v, -1, 0, -1, 0);
}

static inline int
add (Chain *chain, int a, int b)
{
  return node (chain, value (chain, a) + value (chain, b), a, 1, b, 1);
}

static inline int
subtract (Chain *chain, int a, int b)
{
  return node (chain, value (chain, a) - value (chain, b), a, 1, b, -1);
}

static inline int
multiply (Chain *chain, int a, int b)
{
  return node (chain, value (chain, a) * value (chain, b), a, value (chain, b), b, value (chain, a));
}

static inline int
times (Chain *chain, int a, double factor)
{
  return node (chain, value (chain, a) * factor, a, factor, -1, 0);
}

static inline int
detach (Chain *chain, int a)
{
  return leaf (chain, value (chain, a));
}

static inline void
chain_rule (Chain *chain)
{
  for (int i = (int) chain->scalar->len - 1; i >= 0; i--)
    {
      const Scalar *s = at (chain, i);

      if (s->a >= 0)
        at (chain, s->a)->grad += s->grad * s->d_a;
      if (s->b >= 0)
        at (chain, s->b)->grad += s->grad * s->d_b;
    }
}

/* --- surrogates, from rsnn spec 2.5 ----------------------------------------------------------------------------- */

static inline double
normal_density (double v, double mean, double sd)
{
  return exp (-(v - mean) * (v - mean) / (2 * sd * sd)) / (sd * sqrt (2 * G_PI));
}

static inline double
surrogate_of (const RheoSurrogate *s, double v)
{
  switch (s->kind)
    {
    case RHEO_SURROGATE_ARCTAN:
      return s->slope / 2 / (1 + pow (G_PI * s->slope * v / 2, 2));
    case RHEO_SURROGATE_FAST_SIGMOID:
      return 1 / pow (1 + s->slope * fabs (v), 2);
    case RHEO_SURROGATE_SIGMOID:
      return s->slope * exp (-s->slope * fabs (v)) / pow (1 + exp (-s->slope * fabs (v)), 2);
    case RHEO_SURROGATE_TRIANGULAR:
      return s->scale * fmax (0, 1 - fabs (v) / s->width);
    case RHEO_SURROGATE_BOXCAR:
      return fabs (v) < s->width ? 1 / (2 * s->width) : 0;
    case RHEO_SURROGATE_GAUSSIAN:
      return s->scale * normal_density (v, 0, s->width);
    case RHEO_SURROGATE_MULTI_GAUSSIAN:
      return s->scale
             * ((1 + s->lobe) * normal_density (v, 0, s->width)
                - s->lobe * normal_density (v, s->width, s->spread * s->width)
                - s->lobe * normal_density (v, -s->width, s->spread * s->width));
    case RHEO_SURROGATE_SLAYER:
      return s->scale * exp (-s->slope * fabs (v));
    case RHEO_SURROGATE_SPARSE_FAST_SIGMOID:
      return fabs (v) < s->width ? 1 / pow (1 + s->slope * fabs (v), 2) : 0;
    default:
      return 1;
    }
}

/* --- a smooth cell, so that finite differences hold ------------------------------------------------------------- */

/* a <- decay a + I0 + I1² / 2 + self out_(t-1),   out = a / sqrt (1 + a²) */
#define SMOOTH_START 0.3
#define SMOOTH_OUT 0.25

static int
smooth_n_tape (const void *derived)
{
  return 2;
}

static void
smooth_reset (const void *derived, const RheoSlice *s, RheoRng rng)
{
  for (int i = 0; i < s->n_rows * s->stride; i++)
    {
      s->state[0][i] = (RheoReal) SMOOTH_START;
      s->out[i] = (RheoReal) SMOOTH_OUT;
    }
}

static void
smooth_first_tape (const void *derived, const RheoSlice *s)
{
  memcpy (s->tape[0], s->state[0], sizeof (RheoReal) * (size_t) (s->n_rows * s->stride));
}

static void
smooth_forward (const void *derived, const RheoSlice *s)
{
  for (int i = 0; i < s->n_rows * s->stride; i++)
    {
      const RheoReal side = s->current[1][i];
      const RheoReal a = s->param[0][i % s->stride] * s->state[0][i] + s->current[0][i] + side * side / 2
                         + s->param[1][i % s->stride] * s->out_before[i];

      s->state[0][i] = s->tape[0][i] = a;
      s->tape[1][i] = side;
      s->out[i] = a / (RheoReal) sqrt (1 + (double) (a * a));
    }
}

static void
smooth_adjoint (const void *derived, const RheoSlice *s)
{
  for (int i = 0; i < s->n_rows * s->stride; i++)
    {
      const double out = (double) s->out[i];
      const RheoReal delta = s->d_out[i] * (RheoReal) pow (1 - out * out, 1.5) + s->state[0][i];
      const int unit = i % s->stride;

      s->d_current[0][i] = delta;
      s->d_current[1][i] = delta * s->tape[1][i];
      s->state[0][i] = s->param[0][unit] * delta;
      s->d_out_before[i] += s->param[1][unit] * delta;
      if (s->d_param[0] != NULL)
        s->d_param[0][unit] += delta * s->tape_before[0][i];
      if (s->d_param[1] != NULL)
        s->d_param[1][unit] += delta * s->out_before[i];
    }
}

static const char *const smooth_params[] = { "decay", "self", NULL };
static const char *const smooth_states[] = { "a", NULL };

static const RheoCell smooth_cell = { .id = "smooth",
                                      .params = smooth_params,
                                      .states = smooth_states,
                                      .n_ports = 2,
                                      .n_tape = smooth_n_tape,
                                      .adjoint_out = true,
                                      .reset = smooth_reset,
                                      .adjoint_before = true,
                                      .first_tape = smooth_first_tape,
                                      .forward = smooth_forward,
                                      .adjoint = smooth_adjoint };

/* --- the network ------------------------------------------------------------------------------------------------ */

typedef struct
{
  RheoNet *net;
  const RheoPlan *plan;
  RheoSurrogate surrogate;
  Chain chain;
  int *weight[RHEO_MAX_PROJS], *bias[RHEO_MAX_PROJS],
      *lag[RHEO_MAX_PROJS]; /* nodes: dense [pre][post], sparse [synapse], one-to-one [unit] */
  int *param[RHEO_MAX_POPS][4];
  int *out[RHEO_MAX_POPS]; /* [row][step][unit] */
  int n_rows, n_steps;
  int window;    /* steps */
  double margin; /* least distance of a membrane from its threshold */
} Reference;

/* State of a unit. */
typedef struct
{
  int m, i;
  double r;
  bool fired;
} Unit;

static inline int *
leaves (Reference *ref, const RheoReal *from, int n_rows, int width, int stride)
{
  int *to = g_new (int, MAX (n_rows * width, 1));

  for (int row = 0; row < n_rows; row++)
    for (int k = 0; k < width; k++)
      to[row * width + k] = leaf (&ref->chain, (double) from[row * stride + k]);
  return to;
}

static inline int
crossing (Reference *ref, int m, int threshold)
{
  const double v = value (&ref->chain, m) - value (&ref->chain, threshold), g = surrogate_of (&ref->surrogate, v);

  ref->margin = fmin (ref->margin, fabs (v));
  return node (&ref->chain, v > 0 ? 1 : 0, m, g, threshold, -g);
}

/* What the reset takes away where it happens. */
static inline int
taken (Reference *ref, const RheoLif *c, int b, int old, int threshold)
{
  switch (c->reset)
    {
    case RHEO_LIF_SUBTRACT:
      return threshold;
    case RHEO_LIF_ZERO:
      return b;
    case RHEO_LIF_PULL:
      return subtract (&ref->chain, old, leaf (&ref->chain, (double) c->v_reset));
    default:
      return leaf (&ref->chain, 0);
    }
}

static inline int
lif_step (Reference *ref, const RheoLif *c, int beta, int threshold, int alpha, int current, Unit *u, int spike_before)
{
  Chain *chain = &ref->chain;
  int reset, m, b, spike;
  bool open;

  u->r = fmax (u->r - 1, 0);
  open = !c->counts || u->r == 0;
  if (c->synaptic)
    current = u->i = add (chain, multiply (chain, alpha, u->i), current);
  b = c->hold && !open ? u->m : add (chain, multiply (chain, beta, u->m), current);
  m = b;
  if (c->driver != RHEO_LIF_AT_ONCE)
    {
      reset = c->driver == RHEO_LIF_MEMBRANE ? crossing (ref, u->m, threshold) : spike_before;
      if (!c->differentiate)
        reset = detach (chain, reset);
      m = subtract (chain, b, multiply (chain, reset, taken (ref, c, b, u->m, threshold)));
    }
  spike = crossing (ref, m, threshold);
  if (!open)
    spike = leaf (chain, 0);
  u->fired = value (chain, spike) > 0;
  if (c->counts && u->fired)
    u->r = (double) c->counter;
  u->m = m;
  if (c->driver == RHEO_LIF_AT_ONCE)
    {
      reset = c->differentiate ? spike : detach (chain, spike);
      u->m = subtract (chain, m, multiply (chain, reset, taken (ref, c, m, m, threshold)));
    }
  return spike;
}

/* After the header of cells/cuba.h; u->m and u->i: membrane and current of the synapses. */
static inline int
cuba_step (Reference *ref, const RheoCuba *c, int threshold, int current, int spikes, Unit *u, int spike_before)
{
  Chain *chain = &ref->chain;
  int m;

  u->i = add (chain, times (chain, u->i, (double) c->keep_synapse), times (chain, spikes, (double) c->gain_synapse));
  m = add (chain, add (chain, current, u->i), leaf (chain, (double) c->bias));
  m = add (chain, times (chain, u->m, (double) c->keep_membrane), times (chain, m, (double) c->gain_membrane));
  if (!c->differentiate)
    spike_before = detach (chain, spike_before);
  u->m = add (chain, m, times (chain, spike_before, (double) c->reset));
  return crossing (ref, u->m, threshold);
}

/* e^(-1 / tau) */
static inline int
decay_of (Chain *chain, int tau)
{
  const double t = value (chain, tau);

  return node (chain, exp (-1 / t), tau, exp (-1 / t) / (t * t), -1, 0);
}

/* keep x + (1 - keep) y */
static inline int
drift (Chain *chain, int keep, int x, int y)
{
  return add (chain, y, multiply (chain, keep, subtract (chain, x, y)));
}

/* After the header of cells/alif.h; u->m and u->i: membrane and adaptation. */
static inline int
alif_step (Reference *ref, const RheoAlif *c, int tau_m, int tau_adp, int current, Unit *u, int spike_before)
{
  Chain *chain = &ref->chain;
  int threshold;

  u->i = drift (chain, decay_of (chain, tau_adp), u->i, spike_before);
  threshold = add (chain, leaf (chain, (double) c->b0), times (chain, u->i, (double) c->beta));
  u->m = drift (chain, decay_of (chain, tau_m), u->m, times (chain, current, (double) c->resistance));
  u->m = subtract (chain, u->m, multiply (chain, threshold, spike_before));
  return crossing (ref, u->m, threshold);
}

/* After the header of cells/adlif.h; u->m and u->i: membrane and adaptation. param: nodes of its parameters. */
static inline int
adlif_step (Reference *ref, const RheoAdlif *c, const int *param, int current, Unit *u)
{
  Chain *chain = &ref->chain;
  const int v = drift (chain, decay_of (chain, param[0]), u->m, subtract (chain, current, u->i));
  const int spike = crossing (ref, v, leaf (chain, (double) c->theta));
  int drive;

  u->m = times (chain, v, 1 - value (chain, spike));
  drive = add (chain, multiply (chain, param[2], u->m), multiply (chain, param[3], spike));
  u->i = drift (chain, decay_of (chain, param[1]), u->i, times (chain, drive, (double) c->q));
  return spike;
}

static inline bool
act_holds (const RheoIntervention *act, int kind, int t, int unit)
{
  if (act->kind != kind || t < act->t0 || t >= act->t1)
    return false;
  for (int k = 0; act->units != NULL && k < act->n_units; k++)
    if (act->units[k] == unit)
      return true;
  return act->units == NULL;
}

static inline int
forced (Reference *ref, const RheoRollout *r, int pop, int row, int t, int unit, int out)
{
  const RheoSignal *clamp = r->clamp;
  Chain *chain = &ref->chain;

  if (clamp != NULL && clamp->pop == pop && (clamp->unit_on == NULL || clamp->unit_on[unit]))
    out = leaf (chain, (double) clamp->value[(row * ref->n_steps + t) * ref->plan->pop[pop].n_units + unit]);
  for (int i = 0; i < r->n_acts; i++)
    if (r->acts[i].pop == pop)
      {
        if (act_holds (&r->acts[i], RHEO_ACT_SILENCE, t, unit))
          out = leaf (chain, 0);
        if (act_holds (&r->acts[i], RHEO_ACT_CLAMP, t, unit))
          out = leaf (chain, r->acts[i].value);
        if (act_holds (&r->acts[i], RHEO_ACT_SCALE, t, unit))
          out = times (chain, out, r->acts[i].value);
      }
  return out;
}

static inline double
given (const RheoRollout *r, const RheoProj *p, int row, int t, int unit)
{
  const RheoBatch *batch = r->batch;
  const int place = row * batch->n_steps + t;
  double n = 0;

  if (t < 0 || t >= batch->length[row])
    return 0;
  if (p->from == RHEO_TEACHER)
    return r->teacher != NULL ? (double) r->teacher->value[place * p->n_pre + unit] : 0;
  if (batch->input != NULL)
    return (double) batch->input[place * batch->n_in + unit];
  for (int64_t e = batch->event_first[place]; e < batch->event_first[place + 1]; e++)
    n += batch->event_unit[e] == unit;
  return n;
}

static inline bool
is_leaky (const RheoCell *cell)
{
  return g_str_equal (cell->id, "leaky") || g_str_equal (cell->id, "average");
}

static inline double
initial_out (const RheoPop *pop)
{
  return pop->cell == &smooth_cell ? SMOOTH_OUT
         : is_leaky (pop->cell)    ? (double) ((const RheoLeakyReadout *) pop->derived)->initial
                                   : 0;
}

/* What a unit gave so many steps before step t, or initially: from another window it comes without its past. */
static inline int
out_before (Reference *ref, int pop, int row, int t, int steps, int unit, double initially)
{
  const int from = t - steps;
  int out;

  if (from < 0)
    return leaf (&ref->chain, initially);
  out = ref->out[pop][(row * ref->n_steps + from) * ref->plan->pop[pop].n_units + unit];
  return from / ref->window < t / ref->window ? detach (&ref->chain, out) : out;
}

/* Signal of source j that left for projection i so many steps before step t. */
static inline int
sent (Reference *ref, const RheoRollout *r, int i, int row, int t, int steps, int j)
{
  const RheoProj *p = &ref->plan->proj[i];

  if (p->from < 0)
    return leaf (&ref->chain, given (r, p, row, t - steps, j));
  return out_before (ref, p->from, row, t, steps, j, initial_out (&ref->plan->pop[p->from]));
}

/* The same after a lag: between two steps, on the straight line. */
static inline int
lagged (Reference *ref, const RheoRollout *r, int i, int row, int t, int j)
{
  Chain *chain = &ref->chain;
  const int lag = ref->lag[i][j], whole = (int) floor (value (chain, lag)), steps = ref->plan->proj[i].delay + whole;
  const int near = sent (ref, r, i, row, t, steps, j), far = sent (ref, r, i, row, t, steps + 1, j);

  return add (chain, near, multiply (chain, subtract (chain, lag, leaf (chain, whole)), subtract (chain, far, near)));
}

/* Signal of source j as projection i carries it at step t, and what it is worth to the gradient. */
static inline int
carried (Reference *ref, const RheoRollout *r, int i, int row, int t, int j)
{
  const RheoProj *p = &ref->plan->proj[i];
  int x = p->lag != NULL ? lagged (ref, r, i, row, t, j) : sent (ref, r, i, row, t, p->delay, j);

  for (int k = 0; k < r->n_acts; k++)
    if (r->acts[k].proj == i && act_holds (&r->acts[k], RHEO_ACT_SCALE, t, j))
      x = times (&ref->chain, x, r->acts[k].value);
  return p->flags & RHEO_PROJ_CUT ? detach (&ref->chain, x) : x;
}

static inline int
product (Reference *ref, const RheoProj *p, int i, int place, int x)
{
  const int w = ref->weight[i][place];
  const double back = p->feedback == NULL     ? value (&ref->chain, w)
                      : p->form == RHEO_DENSE ? (double) p->feedback[place / p->n_post * p->stride + place % p->n_post]
                                              : (double) p->feedback[place];

  return node (&ref->chain, value (&ref->chain, w) * value (&ref->chain, x), w, value (&ref->chain, x), x, back);
}

static inline int
current_of (Reference *ref, const RheoRollout *r, int pop, int port, int row, int t, int unit)
{
  Chain *chain = &ref->chain;
  const RheoSignal *teacher = r->teacher;
  int sum = leaf (chain, 0);

  for (int i = 0; i < ref->plan->n_projs; i++)
    {
      const RheoProj *p = &ref->plan->proj[i];

      if (p->to != pop || p->port != port)
        continue;
      if (p->bias != NULL)
        sum = add (chain, sum, ref->bias[i][unit]);
      for (int j = 0; j < p->n_pre; j++)
        {
          if (p->form == RHEO_ONE_TO_ONE && j == unit)
            sum = add (chain, sum, product (ref, p, i, j, carried (ref, r, i, row, t, j)));
          if (p->form == RHEO_DENSE)
            sum = add (chain, sum, product (ref, p, i, j * p->n_post + unit, carried (ref, r, i, row, t, j)));
          for (int64_t s = p->form == RHEO_SPARSE ? p->syn_first[j] : 0;
               p->form == RHEO_SPARSE && s < p->syn_first[j + 1]; s++)
            if (p->syn_post[s] == unit)
              sum = add (chain, sum, product (ref, p, i, (int) s, carried (ref, r, i, row, t, j)));
        }
    }
  if (teacher != NULL && teacher->pop == pop && teacher->port == port
      && (teacher->unit_on == NULL || teacher->unit_on[unit]))
    sum = add (chain, sum,
               leaf (chain, (double) teacher->value[(row * ref->n_steps + t) * ref->plan->pop[pop].n_units + unit]));
  for (int i = 0; i < r->n_acts; i++)
    if (r->acts[i].pop == pop && port == 0 && act_holds (&r->acts[i], RHEO_ACT_ADD, t, unit))
      sum = add (chain, sum, leaf (chain, r->acts[i].value));
  return sum;
}

static inline int
graded_step (Reference *ref, const RheoRollout *r, int pop, int row, int t, int unit, Unit *u)
{
  const RheoPop *p = &ref->plan->pop[pop];
  const int current = current_of (ref, r, pop, 0, row, t, unit);
  Chain *chain = &ref->chain;
  int side, before;
  double a;

  if (g_str_equal (p->cell->id, "leaky"))
    return u->m = add (chain, multiply (chain, ref->param[pop][0][unit], u->m), current);
  if (g_str_equal (p->cell->id, "average"))
    return u->m = drift (chain, decay_of (chain, ref->param[pop][0][unit]), u->m, current);
  if (g_str_equal (p->cell->id, "filter"))
    {
      const RheoFilter *c = p->derived;

      return u->m = add (chain, times (chain, u->m, (double) c->keep), times (chain, current, (double) c->gain));
    }
  if (p->cell != &smooth_cell)
    return current;
  side = current_of (ref, r, pop, 1, row, t, unit);
  before = out_before (ref, pop, row, t, 1, unit, SMOOTH_OUT);
  u->m = add (chain, multiply (chain, ref->param[pop][0][unit], u->m), current);
  u->m = add (chain, u->m, times (chain, multiply (chain, side, side), 0.5));
  u->m = add (chain, u->m, multiply (chain, ref->param[pop][1][unit], before));
  a = value (chain, u->m);
  return node (chain, a / sqrt (1 + a * a), u->m, pow (1 + a * a, -1.5), -1, 0);
}

static inline bool
is_cuba (const RheoPop *pop)
{
  return g_str_equal (pop->cell->id, "cuba-lif");
}

static inline bool
is_alif (const RheoPop *pop)
{
  return g_str_equal (pop->cell->id, "alif");
}

static inline bool
is_adlif (const RheoPop *pop)
{
  return g_str_equal (pop->cell->id, "adlif");
}

/* Runs all steps from the start of the trials. No gradient goes back from a window as long as that of the rollout to the one
 * before. */
static inline Reference
reference_run (RheoNet *net, const RheoSurrogate *surrogate, const RheoRollout *r)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  Reference ref = { .net = net,
                    .plan = plan,
                    .surrogate = *surrogate,
                    .chain = { g_array_new (FALSE, FALSE, sizeof (Scalar)) },
                    .n_rows = r->batch->n_rows,
                    .n_steps = r->batch->n_steps,
                    .window = (int) (r->t1 - r->t0),
                    .margin = INFINITY };
  Unit *unit[RHEO_MAX_POPS];
  int *own[RHEO_MAX_POPS];

  for (int i = 0; i < plan->n_projs; i++)
    {
      const RheoProj *p = &plan->proj[i];

      ref.weight[i] = p->form == RHEO_DENSE ? leaves (&ref, p->weight, p->n_pre, p->n_post, p->stride)
                      : p->form == RHEO_SPARSE
                          ? leaves (&ref, p->weight, 1, (int) p->syn_first[p->n_pre], (int) p->syn_first[p->n_pre])
                          : leaves (&ref, p->weight, 1, p->n_post, p->n_post);
      ref.lag[i] = p->lag != NULL ? leaves (&ref, p->lag, 1, p->n_pre, p->n_pre) : NULL;
      ref.bias[i] = p->bias != NULL ? leaves (&ref, p->bias, 1, p->n_post, p->n_post) : NULL;
    }
  for (int i = 0; i < plan->n_pops; i++)
    {
      const RheoPop *pop = &plan->pop[i];

      for (int k = 0; pop->cell->params[k] != NULL; k++)
        ref.param[i][k] = leaves (&ref, pop->param[k], 1, pop->n_units, pop->n_units);
      ref.out[i] = g_new (int, ref.n_rows *ref.n_steps * pop->n_units);
      own[i] = g_new (int, pop->n_units);
      unit[i] = g_new (Unit, pop->n_units);
    }
  for (int row = 0; row < ref.n_rows; row++)
    {
      for (int i = 0; i < plan->n_pops; i++)
        for (int k = 0; k < plan->pop[i].n_units; k++)
          {
            const RheoPop *pop = &plan->pop[i];
            const double initial = is_alif (pop) || is_adlif (pop) ? 0
                                   : is_cuba (pop)                 ? (double) ((const RheoCuba *) pop->derived)->start
                                   : pop->cell->spikes             ? (double) ((const RheoLif *) pop->derived)->initial
                                   : pop->cell == &smooth_cell     ? SMOOTH_START
                                                                   : initial_out (pop);

            const double second = is_alif (pop) ? (double) ((const RheoAlif *) pop->derived)->initial_b : 0;

            unit[i][k] = (Unit){ leaf (&ref.chain, initial), leaf (&ref.chain, second), 0, false };
            own[i][k] = leaf (&ref.chain, 0);
          }
      for (int t = 0; t < ref.n_steps; t++)
        for (int i = 0; i < plan->n_pops; i++)
          for (int k = 0; k < plan->pop[i].n_units; k++)
            {
              const RheoPop *pop = &plan->pop[i];
              int *out = &ref.out[i][(row * ref.n_steps + t) * pop->n_units + k];

              if (t % ref.window == 0)
                {
                  unit[i][k].m = detach (&ref.chain, unit[i][k].m);
                  unit[i][k].i = detach (&ref.chain, unit[i][k].i);
                  own[i][k] = detach (&ref.chain, own[i][k]);
                }

              if (t >= r->batch->length[row])
                {
                  *out = leaf (&ref.chain, 0);
                  continue;
                }
              if (is_alif (pop))
                *out = alif_step (&ref, pop->derived, ref.param[i][0][k], ref.param[i][1][k],
                                  current_of (&ref, r, i, 0, row, t, k), &unit[i][k],
                                  out_before (&ref, i, row, t, 1, k, 0));
              else if (is_adlif (pop))
                {
                  const int param[] = { ref.param[i][0][k], ref.param[i][1][k], ref.param[i][2][k],
                                        ref.param[i][3][k] };

                  *out = adlif_step (&ref, pop->derived, param, current_of (&ref, r, i, 0, row, t, k), &unit[i][k]);
                }
              else if (is_cuba (pop))
                *out = cuba_step (&ref, pop->derived, ref.param[i][0][k], current_of (&ref, r, i, 0, row, t, k),
                                  current_of (&ref, r, i, 1, row, t, k), &unit[i][k],
                                  out_before (&ref, i, row, t, 1, k, 0));
              else if (pop->cell->spikes)
                {
                  const RheoLif *c = pop->derived;
                  const int current = current_of (&ref, r, i, 0, row, t, k);

                  /* A unit's reset follows its own spike, even where its output was forced. */
                  own[i][k] = lif_step (&ref, c, ref.param[i][0][k], ref.param[i][1][k],
                                        c->synaptic ? ref.param[i][2][k] : -1, current, &unit[i][k], own[i][k]);
                  *out = own[i][k];
                }
              else
                *out = graded_step (&ref, r, i, row, t, k, &unit[i][k]);
              *out = forced (&ref, r, i, row, t, k, *out);
            }
    }
  for (int i = 0; i < plan->n_pops; i++)
    {
      g_free (own[i]);
      g_free (unit[i]);
    }
  return ref;
}

static inline double
reference_out (const Reference *ref, int pop, int row, int t, int k)
{
  return value (&ref->chain, ref->out[pop][(row * ref->n_steps + t) * ref->plan->pop[pop].n_units + k]);
}

static inline void
reference_free (Reference *ref)
{
  for (int i = 0; i < ref->plan->n_projs; i++)
    {
      g_free (ref->weight[i]);
      g_free (ref->bias[i]);
      g_free (ref->lag[i]);
    }
  for (int i = 0; i < ref->plan->n_pops; i++)
    {
      for (int k = 0; k < 4; k++)
        g_free (ref->param[i][k]);
      g_free (ref->out[i]);
    }
  g_array_unref (ref->chain.scalar);
}
