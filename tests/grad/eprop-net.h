/* Networks for e-prop, and its definition for current-based units in plain loops. */
#pragma once

#include <math.h>
#include <string.h>

#include "engine/feed.h"
#include "engine/loss.h"
#include "../engine/trainer-of.h"

#define N_UNITS 14
#define N_IN 2
#define N_OUT 2
#define N_STEPS 30

/* model: its id and the start of its only layer; rec: its recurrent weights. */
#define EPROP(model, rec)                                                                                              \
  "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"robot-trajectory\", \"n-trials\": 60, \"n-valid\": 24,"   \
  " \"n-steps\": 30, \"input-scale\": 0.02}, \"model\": {" model ", \"in\": {\"kind\": \"normal\", \"sd\": 1,"         \
  " \"connect\": \"all\", \"bias\": \"uniform\"}, \"rec\": {\"kind\": \"normal\", \"sd\": " rec ", \"connect\": "      \
  "\"all\", \"bias\": \"uniform\"}}], \"out\": {\"kind\": \"normal\", \"sd\": 0.6, \"connect\": \"all\", \"bias\": "   \
  "\"constant\", \"bias-value\": 0.3}, \"read-out\": {\"kind\": \"leaky\", \"decay\": 0.8, \"initial\": 2}},"          \
  " \"rule\": {\"id\": \"eprop\", \"loss\": {\"kind\": \"mse\"}, \"optimiser\": {\"kind\": \"adam\", \"lr\": 0.01},"   \
  " \"surrogate\": {\"kind\": \"fast-sigmoid\", \"slope\": 3}},"                                                       \
  " \"run\": {\"seed\": 3, \"threads\": 1, \"budget\": 40, \"batch\": 6, \"lane-rows\": 4, \"validate\": 0}}"

static const char *const json =
    EPROP ("\"id\": \"lif\", \"layers\": [{\"units\": 14, \"classes\": \"e-i\", \"beta\": [0.9, 0.7],"
           " \"threshold\": 1, \"reset\": \"subtract\", \"reset-by\": \"spike\"",
           "0.4");

static const char *const cuba_json =
    "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"trajectory\", \"n-steps\": 60, \"outputs\": 2, "
    "\"inputs\": 4},"
    " \"model\": {\"id\": \"cuba-lif\", \"units\": 14, \"sd-rec\": 2, \"reset\": -10}, \"rule\": {\"id\": \"eprop\", "
    "\"loss\":"
    " {\"kind\": \"mse\"}, \"optimiser\": {\"kind\": \"adam\", \"lr\": 0.01}, \"surrogate\": {\"kind\": "
    "\"fast-sigmoid\","
    " \"slope\": 3}}, \"run\": {\"seed\": 3, \"threads\": 1, \"budget\": 40, \"batch\": 2, \"validate\": 0}}";

static inline RheoTrainer *
make (const char *more)
{
  return trainer_of (json, more);
}

static inline void
assert_same_arrays (RheoNet *net, RheoNet *other)
{
  for (int i = 0; i < rheo_net_get_n_arrays (net); i++)
    {
      const RheoNetArray *a = rheo_net_get_array (net, i), *b = rheo_net_get_array (other, i);
      const gsize n = a->n_dims == 2 ? (gsize) (a->dims[0] * a->stride) : (gsize) a->stride;

      if (a->use != RHEO_USE_STATE)
        g_assert_cmpmem (a->data, n * rheo_type_size (a->type), b->data, n * rheo_type_size (b->type));
    }
}

static inline double
weight (RheoNet *net, const char *name, int j, int i)
{
  const RheoNetArray *array = rheo_net_find_array (net, name);

  g_assert_nonnull (array);
  return (double) ((const RheoReal *) array->data)[(gsize) j * (gsize) array->stride + (gsize) i];
}

static inline void
assert_like (RheoNet *net, const RheoGrad *grad, const char *name, const double *expected)
{
  for (int i = 0; i < grad->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);
      double largest = 0;

      if (!g_str_equal (t->name, name))
        continue;
      for (int k = 0; k < t->n_rows * t->width; k++)
        largest = fmax (largest, fabs (expected[k]));
      g_assert_cmpfloat (largest, >, 1e-4);
      for (int k = 0; k < t->n_rows * t->width; k++)
        g_assert_cmpfloat_with_epsilon ((double) grad->value[i][k / t->width * t->stride + k % t->width], expected[k],
                                        (sizeof (RheoReal) == sizeof (double) ? 1e-9 : 1e-5) * largest);
      return;
    }
  g_assert_not_reached ();
}

static inline double
psi (double distance)
{
  const double x = 1 + 3 * fabs (distance);

  return 1 / (x * x);
}

/* --- the definition for current-based units ----------------------------------------------------------------------------- */

#define CUBA_IN 4
#define CUBA_STEPS 60

typedef struct
{
  double rec[N_UNITS][N_UNITS], in[CUBA_IN][N_UNITS], out[N_UNITS][N_OUT];
} CubaSum;

/* arrived: what of each source has come through its synapse; e: eligible vectors of the membrane, then filtered as the
 * read-out filters. */
typedef struct
{
  double arrived[N_UNITS], v[N_UNITS], z[N_UNITS], r[N_UNITS], x[CUBA_IN], signal[N_UNITS], post[N_UNITS];
  CubaSum e, trace;
} CubaState;

static inline void
cuba_take (RheoNet *net, CubaSum *w, double feedback[N_UNITS][N_OUT], const char *name)
{
  for (int j = 0; j < N_UNITS; j++)
    {
      for (int k = 0; k < N_UNITS; k++)
        w->rec[k][j] = weight (net, "rec.weight", k, j);
      for (int k = 0; k < CUBA_IN; k++)
        w->in[k][j] = weight (net, "in.weight", k, j);
      for (int k = 0; k < N_OUT; k++)
        {
          w->out[j][k] = weight (net, "out.weight", j, k);
          feedback[j][k] = weight (net, name, j, k);
        }
    }
}

static inline void
cuba_follow (double *e, double *trace, double source, double post, double signal, double *sum)
{
  const double m = exp (-1 / 8.0), o = exp (-1 / 5.0);

  *e = m * *e + (1 - m) * source;
  *trace = o * *trace + (1 - o) * post * *e;
  *sum += signal * *trace;
}

/* A step: outputs to y. */
static inline int
cuba_step (CubaState *s, const CubaSum *w, RheoReal *y)
{
  const double m = exp (-1 / 8.0), q = exp (-1 / 2.0), o = exp (-1 / 5.0);
  double z[N_UNITS];
  int n_spikes = 0;

  for (int j = 0; j < N_UNITS; j++)
    s->arrived[j] = q * s->arrived[j] + (1 - q) * s->z[j];
  for (int j = 0; j < N_UNITS; j++)
    {
      double current = -4;

      for (int k = 0; k < CUBA_IN; k++)
        current += s->x[k] * w->in[k][j];
      for (int k = 0; k < N_UNITS; k++)
        current += s->arrived[k] * w->rec[k][j];
      s->v[j] = m * s->v[j] + (1 - m) * current - 10 * s->z[j];
      z[j] = s->v[j] > 0;
      n_spikes += z[j] > 0;
      s->r[j] = o * s->r[j] + (1 - o) * z[j];
      s->post[j] = psi (s->v[j]);
    }
  memcpy (s->z, z, sizeof z);
  for (int k = 0; k < N_OUT; k++)
    {
      double sum = 0;

      for (int j = 0; j < N_UNITS; j++)
        sum += s->r[j] * w->out[j][k];
      y[k] = (RheoReal) sum;
    }
  return n_spikes;
}

/* With lr the weights follow the errors at each step, and feedback NULL is their own read-out. */
static inline int
cuba_trial (CubaSum *w, double feedback[N_UNITS][N_OUT], const RheoBatch *batch, int row, RheoReal *errors, RheoReal *y,
            double lr, CubaSum *sum)
{
  const double m = exp (-1 / 8.0);
  g_autofree CubaState *s = g_new0 (CubaState, 1);
  int n_spikes = 0;

  for (int j = 0; j < N_UNITS; j++)
    s->v[j] = (-4 + 4 * (1 - m)) / m;
  for (int t = 0; t < batch->length[row]; t++)
    {
      const gsize at = (gsize) row * batch->n_steps + t;

      n_spikes += cuba_step (s, w, y + t * N_OUT);
      for (int k = 0; k < N_OUT && lr > 0; k++)
        errors[t * N_OUT + k] = 2 * (y[t * N_OUT + k] - batch->target[at * N_OUT + k]) / CUBA_STEPS;
      for (int j = 0; j < N_UNITS && errors != NULL; j++)
        {
          double signal = 0;

          for (int k = 0; k < N_OUT; k++)
            {
              signal += (double) errors[t * N_OUT + k] * (feedback != NULL ? feedback : w->out)[j][k];
              sum->out[j][k] += (double) errors[t * N_OUT + k] * s->r[j];
            }
          for (int k = 0; k < N_UNITS; k++)
            cuba_follow (&s->e.rec[k][j], &s->trace.rec[k][j], s->arrived[k], s->post[j], signal, &sum->rec[k][j]);
          for (int k = 0; k < CUBA_IN; k++)
            cuba_follow (&s->e.in[k][j], &s->trace.in[k][j], s->x[k], s->post[j], signal, &sum->in[k][j]);
        }
      for (gsize k = 0; k < sizeof *sum / sizeof (double) && lr > 0; k++)
        ((double *) w)[k] -= lr * ((double *) sum)[k];
      for (int k = 0; k < N_UNITS && lr > 0; k++)
        w->rec[k][k] = 0;
      if (lr > 0)
        memset (sum, 0, sizeof *sum);
      for (int k = 0; k < CUBA_IN; k++)
        s->x[k] = (double) batch->input[at * CUBA_IN + k];
    }
  return n_spikes;
}

static inline void
check_resume (gconstpointer more)
{
  g_autoptr (RheoTrainer) whole = make (more), first = make (more), second = make (more);
  g_autoptr (RheoTable) checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 6; i++)
    step (whole);
  for (int i = 0; i < 4; i++)
    step (first);
  checkpoint = rheo_trainer_dup_checkpoint (first);
  rheo_trainer_load_checkpoint (second, checkpoint, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 2; i++)
    step (second);
  assert_same_arrays (rheo_trainer_get_net (whole), rheo_trainer_get_net (second));
}
