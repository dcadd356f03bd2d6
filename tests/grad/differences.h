/* Gradients of nets against finite differences of sum (cotangent out). */
#pragma once

#include "../engine/some-nets.h"

static inline double
loss_of (RheoNet *net, const RheoRollout *r)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  double loss = 0;

  rheo_net_weights_changed (net);
  g_assert_true (rheo_rollout (net, r));
  for (int i = 0; i < plan->n_pops; i++)
    for (int row = 0; row < r->batch->n_rows; row++)
      for (int t = 0; t < r->batch->length[row]; t++)
        for (int k = 0; k < plan->pop[i].n_units; k++)
          loss += d_out_of (plan, r->flags, i, row, t, k) * tape_out (net, i, row, t, k);
  return loss;
}

/* Every so many-th number of each trainable, by central differences. */
static inline void
check_differences (RheoNet *net, const RheoRollout *r, int every, double tolerance)
{
  RheoGrad *grad = gradient_of (net, r);

  for (int i = 0; i < grad->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);

      for (int64_t place = 0; place < t->n_rows * t->width; place += every)
        {
          const int64_t at_place = place / t->width * t->stride + place % t->width;
          const double step = 1e-6, was = (double) t->value[at_place];
          double up, down;

          if (t->proj != NULL && t->value == t->proj->weight && t->proj->keep.mask != NULL
              && !t->proj->keep.mask[at_place])
            continue;
          t->value[at_place] = (RheoReal) (was + step);
          up = loss_of (net, r);
          t->value[at_place] = (RheoReal) (was - step);
          down = loss_of (net, r);
          t->value[at_place] = (RheoReal) was;
          check_close (t->name, (int) place, (double) grad->value[i][at_place], (up - down) / (2 * step), tolerance);
        }
    }
  rheo_net_weights_changed (net);
  rheo_grad_free (grad);
}
