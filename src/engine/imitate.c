#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "imitate.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "cells/cuba.h"
#include "kernels.h"
#include "trainer.h"

#define FEEDBACK_ITEM (1u << 17) /* of the rule's random numbers */

static const RheoReal *
find_threshold (const RheoPop *pop)
{
  for (int k = 0; pop->cell->params[k] != NULL; k++)
    if (g_str_equal (pop->cell->params[k], "threshold"))
      return pop->param[k];
  return NULL;
}

gboolean
rheo_imitate_init (RheoImitate *imitate, const RheoImitateConfig *config, const RheoTarget *target, int n,
                   uint64_t seed, GError **error)
{
  const RheoPop *pop = &rheo_net_get_plan (target->net)->pop[target->pop];
  const RheoRng rng = { .seed = seed, .stream = RHEO_STREAM_RULE, .item = FEEDBACK_ITEM };

  *imitate = (RheoImitate){ .config = config, .n = n, .zero = find_threshold (pop), .keep = exp (-1 / config->tau) };
  if (!pop->cell->spikes || imitate->zero == NULL)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("The recurrent units do not spike, so there are no spikes to aim at."));
  imitate->wanted = g_new0 (double, n);
  imitate->own = g_new0 (double, n);
  imitate->error = g_new0 (double, n);
  imitate->signal = g_new0 (double, n);
  if (config->random)
    {
      imitate->between = g_new0 (double, config->rank);
      imitate->random = g_new (double, (gsize) config->rank *(gsize) n);
      for (int k = 0; k < config->rank; k++)
        for (int i = 0; i < n; i++)
          imitate->random[(gsize) k * (gsize) n + (gsize) i] =
              rheo_rng_normal (rng, (uint32_t) k, (uint32_t) i) / sqrt (config->rank);
    }
  return TRUE;
}

void
rheo_imitate_release (RheoImitate *imitate)
{
  g_free (imitate->wanted);
  g_free (imitate->own);
  g_free (imitate->error);
  g_free (imitate->signal);
  g_free (imitate->random);
  g_free (imitate->between);
  g_clear_pointer (&imitate->grad, rheo_grad_free);
}

void
rheo_imitate_begin (RheoImitate *imitate)
{
  memset (imitate->wanted, 0, sizeof (double) * (gsize) imitate->n);
  memset (imitate->own, 0, sizeof (double) * (gsize) imitate->n);
}

/* L = G'G e. */
static void
send_back (RheoImitate *imitate)
{
  const gsize n = (gsize) imitate->n;

  memset (imitate->signal, 0, sizeof (double) * n);
  for (int k = 0; k < imitate->config->rank; k++)
    {
      const double *row = imitate->random + (gsize) k * n;
      double by = 0;

      for (gsize i = 0; i < n; i++)
        by += row[i] * imitate->error[i];
      for (gsize i = 0; i < n; i++)
        imitate->signal[i] += by * row[i];
    }
}

const double *
rheo_imitate_step (RheoImitate *imitate, const RheoReal *membrane, const RheoReal *target)
{
  const gboolean filtered = imitate->config->errors == RHEO_ERRORS_FILTERED;
  const double width = imitate->config->width, keep = imitate->keep;

  for (int i = 0; i < imitate->n; i++)
    {
      const double v = (double) membrane[i] - (double) imitate->zero[i];

      imitate->n_wrong += (v > 0) != (target[i] > 0);
      if (filtered)
        {
          imitate->wanted[i] = keep * imitate->wanted[i] + (1 - keep) * (double) target[i];
          imitate->own[i] = keep * imitate->own[i] + (1 - keep) * (v > 0);
          imitate->error[i] = imitate->wanted[i] - imitate->own[i];
          imitate->signal[i] = imitate->error[i] / imitate->n;
        }
      else
        {
          const double chance = v >= 0 ? 1 / (1 + exp (-v / width)) : exp (v / width) / (1 + exp (v / width));

          imitate->signal[i] = (double) target[i] - chance;
        }
    }
  if (filtered && imitate->random != NULL)
    send_back (imitate);
  return imitate->signal;
}

/* --- step by step ------------------------------------------------------------------------------------------------- */

/* The trainable whose values these are. */
static int
find_trainable (RheoNet *net, const RheoReal *weight)
{
  int k = 0;

  while (rheo_net_get_trainable (net, k)->value != weight)
    k++;
  return k;
}

/* As cells/cuba.h has it, but that the weights act on spikes that have arrived: their changes do so at once. Units that are
 * not held have weights that stay, so they do what the tape says. */
static gboolean
learn_row (RheoImitate *imitate, RheoRule *rule, const RheoTarget *target, const RheoBatch *batch, int row,
           RheoReal *scratch, gboolean *finite)
{
  const RheoProj *p = rheo_net_get_proj (rule->net, target->rec);
  const RheoCuba *c = rheo_net_get_plan (rule->net)->pop[target->pop].derived;
  const int n = p->n_pre, n_held = imitate->n;
  RheoReal *seen = scratch, *s = seen + n, *eligible = s + n, *v = eligible + n, *current = v + n;
  RheoReal *grad = imitate->grad->value[find_trainable (rule->net, p->weight)];

  rheo_imitate_begin (imitate);
  memset (s, 0, sizeof *s * 2 * (gsize) n);
  for (int i = 0; i < n_held; i++)
    v[i] = c->start;
  for (int64_t t = 0; t < batch->length[row]; t++)
    {
      const gsize at = ((gsize) row * (gsize) batch->n_steps + (gsize) t) * (gsize) n;
      const RheoReal *in = rheo_tape_get_current (rule->net, target->pop, 0, row, t);
      const double *signal;

      if (rule->stop != NULL && rule->stop (rule->stop_data))
        return FALSE;
      rheo_tape_copy_out (rule->net, target->pop, row, t - 1, seen);
      memset (current, 0, sizeof *current * (gsize) n_held);
      for (int j = 0; j < n; j++)
        {
          s[j] = c->keep_synapse * s[j] + c->gain_synapse * seen[j];
          eligible[j] = c->keep_membrane * eligible[j] + c->gain_membrane * s[j];
          rheo_kernels_fast.axpy (n_held, s[j], p->weight + (gsize) j * (gsize) p->stride, current);
        }
      for (int i = 0; i < n_held; i++)
        v[i] = c->keep_membrane * v[i] + c->gain_membrane * (in[i] + current[i] + c->bias) + c->reset * seen[i];
      signal = rheo_imitate_step (imitate, v, target->out + at);
      for (int j = 0; j < n; j++)
        for (int i = 0; i < n_held; i++)
          grad[(gsize) j * (gsize) p->stride + (gsize) i] = -eligible[j] * (RheoReal) signal[i];
      if (!rheo_trainer_update (rule->trainer, imitate->grad))
        {
          *finite = FALSE;
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
rheo_imitate_learn (RheoImitate *imitate, RheoRule *rule, const RheoTarget *target, const RheoBatch *batch,
                    gboolean *finite)
{
  g_autofree RheoReal *scratch = g_new (RheoReal, 5 * (gsize) target->n_units);
  int row, end;

  if (imitate->grad == NULL)
    imitate->grad = rheo_net_new_grad (rule->net);
  for (end = rheo_frozen_rows_of_wave (rule->net, batch, &row); row < end; row++)
    if (!learn_row (imitate, rule, target, batch, row, scratch, finite))
      return FALSE;
  return TRUE;
}
