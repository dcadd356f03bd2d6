/* What the tests of the time loop share: a net of two spiking layers, its rollout, and comparison bit by bit. */
#pragma once

#include "some-nets.h"

#define N_STEPS 10
#define N_ROWS 5

static RheoDevice *device;
static const RheoSurrogate arctan = { .kind = RHEO_SURROGATE_ARCTAN, .slope = 2 };
static const bool is_double = sizeof (RheoReal) == sizeof (double);

static inline double
tolerance (void)
{
  return is_double ? 1e-11 : 2e-4;
}

/* Two spiking layers and a read-out; the first is recurrent with two delays. */
static inline NetConfig
spiking_net (void)
{
  const RheoLif lif = { .reset = RHEO_LIF_SUBTRACT, .driver = RHEO_LIF_SPIKE, .counts = true, .counter = 2 };

  return (NetConfig){
    .pop = { { .name = "one", .cell = &rheo_cell_lif, .lif = lif, .n_units = 70, .param = { 0.8, 0.8 }, .spread = 0.1 },
             { .name = "two", .cell = &rheo_cell_lif, .lif = lif, .n_units = 20, .param = { 0.7, 0.6 }, .spread = 0.1 },
             { .name = "out", .cell = &rheo_cell_leaky_readout, .n_units = 2, .param = { 0.8 } } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 0.5, .bias = true },
              { .proj = { .name = "rec", .from = 0, .to = 0, .delay = 1 }, .scale = 0.15, .bias = true },
              { .proj = { .name = "slow", .from = 0, .to = 0, .delay = 4 }, .scale = 0.1 },
              { .proj = { .name = "ff", .from = 0, .to = 1 }, .scale = 0.3, .bias = true },
              { .proj = { .name = "late", .from = 0, .to = 1, .delay = 2 }, .scale = 0.2 },
              { .proj = { .name = "out", .from = 1, .to = 2 }, .scale = 0.5, .bias = true } },
  };
}

static inline ProjConfig *
proj_of (NetConfig *config, const char *name)
{
  for (ProjConfig *p = config->proj; p < config->proj + MAX_OF; p++)
    if (g_strcmp0 (p->proj.name, name) == 0)
      return p;
  g_assert_not_reached ();
}

static inline RheoRollout
whole (const Trials *trials)
{
  return (RheoRollout){
    .batch = &trials->batch, .t1 = trials->batch.n_steps, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE, .seed = 1
  };
}

/* Gradients and outputs in all bits, or nearly. */
static inline void
check_same (RheoNet *a, RheoNet *b, const RheoRollout *r, double near)
{
  RheoGrad *of_a = gradient_of (a, r), *of_b = gradient_of (b, r);
  const RheoPlan *plan = rheo_net_get_plan (a);

  for (int i = 0; i < plan->n_pops; i++)
    for (int row = 0; row < r->batch->n_rows; row++)
      for (int t = 0; t < (int) (r->t1 - r->t0); t++)
        for (int k = 0; k < plan->pop[i].n_units; k++)
          if (near == 0)
            g_assert_true (tape_out (a, i, row, t, k) == tape_out (b, i, row, t, k));
          else
            check_close (plan->pop[i].name, k, tape_out (a, i, row, t, k), tape_out (b, i, row, t, k), near);
  for (int i = 0; i < of_a->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (a, i);

      for (int64_t k = 0; k < t->n_rows * t->stride; k++)
        if (near == 0)
          g_assert_true (of_a->value[i][k] == of_b->value[i][k]);
        else
          check_close (t->name, (int) k, (double) of_a->value[i][k], (double) of_b->value[i][k], near);
    }
  rheo_grad_free (of_a);
  rheo_grad_free (of_b);
}
