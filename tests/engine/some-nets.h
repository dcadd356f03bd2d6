/* Small networks written down as tables, trials for them, and the comparison with the reference. */
#pragma once

#include "reference-net.h"

/* --- nets to compare ------------------------------------------------------------------------------------------ */

#define MAX_OF 6

typedef struct
{
  const char *name;
  const RheoCell *cell;
  RheoLif lif;
  RheoAlif alif;
  RheoAdlif adlif;
  double initial; /* leaky, average */
  int n_units;
  double param[4], spread; /* of the cell's parameters: middle and half of the range */
  bool train;              /* all of them */
} PopConfig;

typedef struct
{
  RheoProj proj;
  double scale, density;  /* density 0: all */
  bool bias, mask, fixed; /* fixed: weights and bias are not trained */
} ProjConfig;

/* A net as a test writes it down. Weights are drawn by name of projection, source and target alone, so that dense, masked
 * and sparse forms of it are the same net. */
typedef struct
{
  PopConfig pop[MAX_OF];
  ProjConfig proj[MAX_OF];
} NetConfig;

static inline RheoRng
rng_of (const char *name)
{
  return (RheoRng){ .seed = 5, .stream = RHEO_STREAM_INIT, .item = g_str_hash (name) };
}

static inline gboolean
config_layout (const void *config, const RheoShape *shape, RheoNet *net, GError **error)
{
  const NetConfig *c = config;

  for (const PopConfig *p = c->pop; p < c->pop + MAX_OF && p->name != NULL; p++)
    {
      const RheoLeakyReadout leaky = { .initial = (RheoReal) p->initial };
      const bool adapts = g_str_equal (p->cell->id, "alif"), has_current = g_str_equal (p->cell->id, "adlif");
      const void *const derived = is_leaky (p->cell) ? (const void *) &leaky
                                  : adapts           ? (const void *) &p->alif
                                  : has_current      ? (const void *) &p->adlif
                                                     : &p->lif;
      const int pop = rheo_net_pop (net, p->name, p->cell, derived,
                                    is_leaky (p->cell) ? sizeof leaky
                                    : adapts           ? sizeof p->alif
                                    : has_current      ? sizeof p->adlif
                                                       : sizeof p->lif,
                                    p->n_units, 0, NULL, NULL);

      for (int k = 0; p->train && p->cell->params[k] != NULL && k < (has_current ? 4 : 2); k++)
        rheo_net_train_param (net, pop, p->cell->params[k], 0, 0);
    }
  for (const ProjConfig *p = c->proj; p < c->proj + MAX_OF && p->proj.name != NULL; p++)
    {
      RheoProj proj = p->proj;

      proj.flags |= p->fixed ? 0 : RHEO_PROJ_TRAIN | RHEO_PROJ_TRAIN_BIAS;
      rheo_net_join (net, &proj, p->bias, p->mask);
    }
  return TRUE;
}

static inline bool
connected (const ProjConfig *p, int pre, int post)
{
  return p->density == 0
         || rheo_rng_uniform (rng_of (p->proj.name), 1000 + (uint32_t) pre, (uint32_t) post) < p->density;
}

static inline RheoReal
weight_of (const ProjConfig *p, int pre, int post)
{
  return (RheoReal) (p->scale * rheo_rng_normal (rng_of (p->proj.name), (uint32_t) pre, (uint32_t) post));
}

static inline void
init_proj (const ProjConfig *c, RheoNet *net, int i)
{
  RheoProj *p = rheo_net_get_proj (net, i);

  if (p->form == RHEO_SPARSE)
    {
      g_autoptr (GArray) pre = g_array_new (FALSE, FALSE, sizeof (int32_t));
      g_autoptr (GArray) post = g_array_new (FALSE, FALSE, sizeof (int32_t));

      /* Backwards: any order is allowed. */
      for (int32_t k = p->n_post - 1; k >= 0; k--)
        for (int32_t j = 0; j < p->n_pre; j++)
          if (connected (c, j, k))
            {
              g_array_append_val (pre, j);
              g_array_append_val (post, k);
            }
      g_assert_true (
          rheo_net_set_synapses (net, i, pre->len, (int32_t *) (void *) pre->data, (int32_t *) (void *) post->data));
    }
  for (int j = 0; j < p->n_pre; j++)
    if (p->form == RHEO_ONE_TO_ONE)
      p->weight[j] = weight_of (c, j, j);
    else if (p->form == RHEO_SPARSE)
      for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
        p->weight[s] = weight_of (c, j, p->syn_post[s]);
    else
      for (int k = 0; k < p->n_post; k++)
        {
          p->weight[j * p->stride + k] = connected (c, j, k) ? weight_of (c, j, k) : 0;
          if (p->keep.mask != NULL)
            p->keep.mask[j * p->stride + k] = connected (c, j, k);
        }
  for (int j = 0; p->lag != NULL && j < p->n_pre; j++)
    p->lag[j] = (RheoReal) (p->most_lag * rheo_rng_uniform (rng_of (p->name), 6000, (uint32_t) j));
  for (int k = 0; p->bias != NULL && k < p->n_post; k++)
    p->bias[k] = (RheoReal) (0.3 * rheo_rng_normal (rng_of (p->name), 5000, (uint32_t) k));
}

static inline void
config_init (const void *config, RheoNet *net, RheoRng rng)
{
  const NetConfig *c = config;
  const RheoPlan *plan = rheo_net_get_plan (net);

  for (int i = 0; i < plan->n_projs; i++)
    init_proj (&c->proj[i], net, i);
  for (int i = 0; i < plan->n_pops; i++)
    for (int k = 0; plan->pop[i].cell->params[k] != NULL; k++)
      for (int unit = 0; unit < plan->pop[i].n_units; unit++)
        plan->pop[i].param[k][unit] =
            (RheoReal) (c->pop[i].param[k]
                        + c->pop[i].spread
                              * (2 * rheo_rng_uniform (rng_of (plan->pop[i].name), (uint32_t) k, (uint32_t) unit) - 1));
}

static const RheoModel config_model = {
  .base = { .kind = RHEO_KIND_MODEL, .id = "test", .config_size = sizeof (NetConfig) },
  .layout = config_layout,
  .init = config_init,
};

/* --- trials --------------------------------------------------------------------------------------------------- */

typedef struct
{
  RheoBatch batch;
  RheoReal *input;
  int64_t *first;
  int32_t *unit;
  int *length;
} Trials;

/* density 0: normals; else ones in that share of the places, as numbers or as events. */
static inline Trials *
trials_new (int n_rows, int n_steps, int n_in, int n_out, double density, bool events)
{
  const RheoRng rng = { .seed = 9, .stream = RHEO_STREAM_TASK };
  Trials *t = g_new0 (Trials, 1);
  int64_t n = 0;

  t->input = g_new0 (RheoReal, n_rows * n_steps * n_in);
  t->first = g_new0 (int64_t, n_rows * n_steps + 1);
  t->unit = g_new0 (int32_t, n_rows * n_steps * n_in + 1);
  t->length = g_new (int, n_rows);
  for (int row = 0; row < n_rows; row++)
    {
      t->length[row] = n_steps;
      for (int step = 0; step < n_steps; step++)
        {
          for (int i = 0; i < n_in; i++)
            {
              const int place = (row * n_steps + step) * n_in + i;
              const bool on = rheo_rng_uniform (rng, 1, (uint32_t) place) < density;

              t->input[place] = density > 0 ? on : (RheoReal) rheo_rng_normal (rng, 0, (uint32_t) place);
              if (on)
                t->unit[n++] = i;
            }
          t->first[row * n_steps + step + 1] = n;
        }
    }
  t->batch = (RheoBatch){ .n_rows = n_rows,
                          .n_steps = n_steps,
                          .n_in = n_in,
                          .n_out = n_out,
                          .length = t->length,
                          .input = events ? NULL : t->input,
                          .event_first = events ? t->first : NULL,
                          .event_unit = events ? t->unit : NULL };
  return t;
}

static inline void
trials_free (Trials *t)
{
  g_free (t->input);
  g_free (t->first);
  g_free (t->unit);
  g_free (t->length);
  g_free (t);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Trials, trials_free)

static inline RheoNet *
net_of (RheoDevice *device, const NetConfig *config, const Trials *t, int lane_rows)
{
  const RheoShape shape = { .n_in = t->batch.n_in, .n_out = t->batch.n_out, .n_steps = t->batch.n_steps };
  const RheoNetSize size = { .n_rows = t->batch.n_rows, .lane_rows = lane_rows, .memory = 100 };
  g_autoptr (GError) error = NULL;
  RheoNet *net = rheo_net_new (&config_model, config, &shape, device, &size, 1, &error);

  g_assert_no_error (error);
  return net;
}

/* The gradient that the tests give to out: anything will do. hidden: of the other populations. */
static inline double
cotangent (int pop, int row, int t, int unit)
{
  return sin (1 + 3 * pop + 0.7 * row + 1.3 * t + 2.1 * unit);
}

static inline double
d_out_of (const RheoPlan *plan, unsigned flags, int pop, int row, int t, int unit)
{
  return pop == plan->out_pop      ? cotangent (pop, row, t, unit)
         : flags & RHEO_ROLL_D_OUT ? 0.1 * cotangent (pop, row, t, unit)
                                   : 0;
}

/* Rollout, gradient of sum (cotangent out) added, with the net's tape left behind. */
static inline void
add_gradient (RheoNet *net, const RheoRollout *r, RheoGrad *grad)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoTape *tape = rheo_net_get_tape (net);

  g_assert_true (rheo_rollout (net, r));
  for (int l = 0; l < tape->n_lanes; l++)
    for (int i = 0; i < plan->n_pops; i++)
      {
        const RheoTapePop *p = &tape->lane[l].pop[i];
        const int n_rows = tape->lane[l].n_rows, row0 = tape->lane[l].row0;

        g_assert_true ((p->d_out != NULL) == (i == plan->out_pop || r->flags & RHEO_ROLL_D_OUT));
        for (int64_t t = 0; p->d_out != NULL && t < tape->n_steps; t++)
          for (int row = 0; row < n_rows && row0 + row < r->batch->n_rows; row++)
            for (int k = 0; r->t0 + t < r->batch->length[row0 + row] && k < plan->pop[i].n_units; k++)
              p->d_out[(t * n_rows + row) * plan->pop[i].stride + k] +=
                  (RheoReal) d_out_of (plan, r->flags, i, row0 + row, (int) (r->t0 + t), k);
      }
  g_assert_true (rheo_backprop (net, r, grad));
}

/* Yours (rheo_grad_free). */
static inline RheoGrad *
gradient_of (RheoNet *net, const RheoRollout *r)
{
  RheoGrad *grad = rheo_net_new_grad (net);

  add_gradient (net, r, grad);
  return grad;
}

static inline void
assert_same_bits (RheoNet *net, const RheoGrad *a, const RheoGrad *b)
{
  for (int i = 0; i < a->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);
      const size_t size = sizeof (RheoReal) * (size_t) (t->n_rows * t->stride);

      g_assert_cmpmem (a->value[i], size, b->value[i], size);
    }
}

static inline double
tape_out (RheoNet *net, int pop, int row, int t, int k)
{
  const RheoTape *tape = rheo_net_get_tape (net);
  int l = 0;

  while (row >= tape->lane[l].row0 + tape->lane[l].n_rows)
    l++;
  if (tape->lane[l].pop[pop].bits != NULL)
    return rheo_tape_get_spike (net, pop, row, t, k);
  return (double) tape->lane[l]
      .pop[pop]
      .out[(t * tape->lane[l].n_rows + row - tape->lane[l].row0) * rheo_net_get_plan (net)->pop[pop].stride + k];
}

static inline void
check_close (const char *what, int i, double got, double wanted, double tolerance)
{
  if (!(fabs (got - wanted) <= tolerance * (1 + fabs (wanted))))
    g_error ("%s[%d] is %.12g, should be %.12g", what, i, got, wanted);
}

/* The gradient of all trainables against what the chain rule has left with the reference. */
static inline void
check_gradient (RheoNet *net, const Reference *ref, const RheoGrad *grad, double tolerance)
{
  const RheoPlan *plan = ref->plan;

  for (int i = 0; i < grad->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);
      const int proj = t->proj != NULL ? (int) (t->proj - plan->proj) : -1;
      const int *nodes = NULL;

      if (proj >= 0)
        nodes = t->value == t->proj->weight ? ref->weight[proj] : ref->bias[proj];
      if (t->lag_of != NULL)
        nodes = ref->lag[t->lag_of - plan->proj];
      for (int k = 0; proj < 0 && nodes == NULL; k++)
        if (plan->pop[t->pop].param[k] == t->value)
          nodes = ref->param[t->pop][k];
      for (int64_t row = 0; row < t->n_rows; row++)
        for (int k = 0; k < t->width; k++)
          check_close (t->name, (int) row * t->width + k, (double) grad->value[i][row * t->stride + k],
                       at (&ref->chain, nodes[row * t->width + k])->grad, tolerance);
    }
}

/* Outputs of all populations and the gradient of all trainables against the reference, window by window where that of the
 * rollout is shorter than the trials. Returns the mean rate of the first population, so that a test can see to it that
 * something happens. */
static inline double
check_against_reference (RheoNet *net, const RheoSurrogate *surrogate, const RheoRollout *r, double tolerance)
{
  Reference ref = reference_run (net, surrogate, r);
  const RheoPlan *plan = ref.plan;
  RheoGrad *grad = rheo_net_new_grad (net);
  RheoRollout now = *r;
  double rate = 0;

  rheo_net_set_surrogate (net, surrogate);
  for (; now.t0 < ref.n_steps; now.t0 = now.t1, now.flags &= ~(unsigned) RHEO_ROLL_RESET)
    {
      now.t1 = MIN (now.t0 + ref.window, ref.n_steps);
      add_gradient (net, &now, grad);
      for (int i = 0; i < plan->n_pops; i++)
        for (int row = 0; row < ref.n_rows; row++)
          for (int t = (int) now.t0; t < now.t1; t++)
            for (int k = 0; k < plan->pop[i].n_units; k++)
              {
                const double out = tape_out (net, i, row, t - (int) now.t0, k);
                const double wanted = reference_out (&ref, i, row, t, k);

                if (i == 0)
                  rate += wanted / (ref.n_rows * ref.n_steps * plan->pop[0].n_units);
                check_close (plan->pop[i].name, k, out, wanted, tolerance);
                if (t < r->batch->length[row])
                  at (&ref.chain, ref.out[i][(row * ref.n_steps + t) * plan->pop[i].n_units + k])->grad +=
                      d_out_of (plan, r->flags, i, row, t, k);
              }
    }
  chain_rule (&ref.chain);
  check_gradient (net, &ref, grad, tolerance);
  rheo_grad_free (grad);
  reference_free (&ref);
  return rate;
}
