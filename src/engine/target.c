#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "target.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "linalg.h"
#include "online.h"
#include "trainer.h"

#define LEAST_RIDGE 1e-6 /* times the mean of the diagonal */

const RheoParam rheo_target_rows[] = {
  RHEO_P_REAL (RheoTargetConfig, sd, "sd", .label = N_ ("Spread of teacher weights"), .def = 1, .max = 1e6,
               .soft_max = 30,
               .help = N_ ("Standard deviation of the weights that carry the targets into the network.")),
  RHEO_P_BOOL (RheoTargetConfig, recurrent, "recurrent", .label = N_ ("Recurrence in the target network"), .def = TRUE,
               .help = N_ ("The first recurrent weights act in the target network; or none do."),
               .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

/* --- making one --------------------------------------------------------------------------------------------------- */

/* The last matrix between units of one population. */
static int
find_recurrent (const RheoPlan *plan)
{
  for (int i = plan->n_projs - 1; i >= 0; i--)
    if (plan->proj[i].from == plan->proj[i].to && plan->proj[i].form != RHEO_ONE_TO_ONE)
      return i;
  return -1;
}

/* Steps that an input needs to a population. */
static int
find_delay (const RheoPlan *plan, int pop)
{
  for (int i = 0; i < plan->n_projs; i++)
    if (plan->proj[i].from == RHEO_INPUT && plan->proj[i].to == pop)
      return plan->proj[i].delay;
  return 0;
}

static size_t
count_weights (const RheoProj *p)
{
  return p->form == RHEO_SPARSE ? (size_t) p->syn_first[p->n_pre] : (size_t) p->n_pre * (size_t) p->stride;
}

static RheoReal *
ask_array (RheoNet *net, const char *name, const char *label, const char *axes, const int64_t *dims)
{
  const RheoType type = sizeof (RheoReal) == sizeof (float) ? RHEO_F32 : RHEO_F64;

  rheo_net_array (net, name, label, "", axes, type, RHEO_USE_KEEP, dims);
  return rheo_net_find_array (net, name)->data;
}

/* Signals over whole batches. */
static gboolean
make_signals (RheoTarget *target, gboolean with_currents, GError **error)
{
  const gsize n = (gsize) rheo_frozen_count_rows (target->net) * (gsize) rheo_net_get_shape (target->net)->n_steps
                  * (gsize) target->n_units;

  target->drive = g_try_new0 (RheoReal, n);
  target->out = g_try_new0 (RheoReal, n);
  target->current = with_currents ? g_try_new0 (RheoReal, n) : NULL;
  if (target->drive == NULL || target->out == NULL || (with_currents && target->current == NULL))
    return rheo_fail (
        error, RHEO_ERROR_MEMORY,
        _ ("There is not enough memory for the signals of the target network: %.0f MB. A smaller run.batch "
           "needs less."),
        (double) n * sizeof (RheoReal) * 3 / 1e6);
  return TRUE;
}

gboolean
rheo_target_init (RheoTarget *target, RheoRule *rule, const RheoTargetConfig *config, gboolean with_currents,
                  GError **error)
{
  const RheoPlan *plan = rheo_net_get_plan (rule->net);
  const int rec = find_recurrent (plan);
  const RheoProj *p;
  int64_t dims[2], n;
  gsize n_read;

  target->config = config;
  target->net = rule->net;
  target->readout = rheo_frozen_find_readout (rule->net, &target->decay, error);
  if (target->readout < 0)
    return FALSE;
  if (rec < 0)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("The network has no recurrent matrix: a target network shows what it should carry."));
  if (rheo_net_find_proj (rule->net, "feedback") >= 0)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("model.feedback.kind must be none: with a target network the recurrent weights learn what "
                         "feedback of the output would do."));
  p = rheo_net_get_proj (rule->net, rec);
  target->rec = rec;
  target->pop = p->to;
  target->port = p->port;
  target->teacher_port = with_currents ? p->port : 0;
  target->delay = find_delay (plan, p->to);
  target->n_units = p->n_post;
  dims[0] = plan->n_out;
  dims[1] = target->n_units;
  target->teacher = ask_array (rule->net, "target.teacher", N_ ("Weights of the teacher"), "out unit", dims);
  n = (int64_t) count_weights (p);
  target->first = ask_array (rule->net, "target.first", N_ ("First recurrent weights"), "number", &n);
  target->weights = g_new (RheoReal, n);
  n_read = (gsize) rheo_net_get_proj (rule->net, target->readout)->n_pre;
  target->a = g_new0 (double, n_read *n_read);
  target->b = g_new0 (double, n_read *(gsize) plan->n_out);
  rheo_rule_draw_teacher (rule, config->sd, plan->n_out, target->n_units, target->teacher);
  memcpy (target->first, p->weight, sizeof *target->first * (gsize) n);
  return make_signals (target, with_currents, error);
}

void
rheo_target_release (RheoTarget *target)
{
  g_free (target->weights);
  g_free (target->drive);
  g_free (target->current);
  g_free (target->out);
  g_free (target->a);
  g_free (target->b);
}

/* --- whether it must run ------------------------------------------------------------------------------------------ */
static uint64_t
mix (uint64_t hash, const void *data, gsize n)
{
  const uint8_t *byte = data;

  /* Fowler, Noll & Vo 1a. */
  for (gsize i = 0; i < n; i++)
    hash = (hash ^ byte[i]) * UINT64_C (0x100000001b3);
  return hash;
}

static gboolean
is_noisy (const RheoRule *rule, const RheoBatch *batch)
{
  const RheoPlan *plan = rheo_net_get_plan (rule->net);

  if (!rheo_frozen_has_noise (rule, batch))
    return FALSE;
  for (int i = 0; i < plan->n_projs; i++)
    if (plan->proj[i].noise > 0)
      return TRUE;
  for (int i = 0; i < plan->n_pops; i++)
    if (plan->pop[i].cell->noisy != NULL && plan->pop[i].cell->noisy (plan->pop[i].derived))
      return TRUE;
  return FALSE;
}

/* A number for all that the target network depends on; 0 where it is never twice the same. */
static uint64_t
look_at (const RheoTarget *target, const RheoRule *rule, const RheoBatch *batch)
{
  const RheoExperiment *experiment = rheo_trainer_get_experiment (rule->trainer);
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  const gsize n_steps = (gsize) batch->n_rows * (gsize) batch->n_steps;
  uint64_t hash = UINT64_C (0xcbf29ce484222325);

  if (is_noisy (rule, batch) || rule->n_acts > 0 || batch->input == NULL)
    return 0;
  hash = mix (hash, &batch->n_rows, sizeof batch->n_rows);
  hash = mix (hash, batch->length, sizeof *batch->length * (gsize) batch->n_rows);
  hash = mix (hash, batch->input, sizeof *batch->input * n_steps * (gsize) batch->n_in);
  hash = mix (hash, batch->target, sizeof *batch->target * n_steps * (gsize) batch->n_out);
  if (batch->hint != NULL)
    hash = mix (hash, batch->hint, sizeof *batch->hint * n_steps * (gsize) batch->n_hints);
  if (batch->weight != NULL)
    hash = mix (hash, batch->weight, sizeof *batch->weight * n_steps);
  hash = mix (hash, rheo_experiment_get_values ((RheoExperiment *) experiment, RHEO_SLOT_MODEL), model->config_size);
  hash = mix (hash, &target->config->recurrent, sizeof target->config->recurrent);
  return hash != 0 ? hash : 1;
}

/* --- running it --------------------------------------------------------------------------------------------------- */
static gsize
place (const RheoTarget *target, const RheoBatch *batch, int row, int64_t t)
{
  return ((gsize) row * (gsize) batch->n_steps + (gsize) t) * (gsize) target->n_units;
}

static void
make_drive (RheoTarget *target, const RheoBatch *batch)
{
  const int n = target->n_units;

  for (int row = 0; row < batch->n_rows; row++)
    for (int64_t t = 0; t < batch->n_steps; t++)
      {
        const int64_t from = (int64_t) row * batch->n_steps + t - target->delay;
        const RheoReal *y = batch->target + from * batch->n_out;
        RheoReal *to = target->drive + place (target, batch, row, t);

        memset (to, 0, sizeof *to * (gsize) n);
        for (int o = 0; o < batch->n_out && t >= target->delay; o++)
          for (int i = 0; i < n; i++)
            to[i] += y[o] * target->teacher[o * n + i];
      }
}

/* What the best read-out is made of. */
typedef struct
{
  int n, n_out;
  double *a, *b;          /* of the target */
  double squares, counts; /* of what is wanted */
  RheoSources sources;
  double *wanted; /* [out] */
} Regression;

/* The output that the sources should make at a step: the target, less what does not come from them. */
static void
add_step (Regression *r, const RheoTarget *target, const RheoBatch *batch, int row, int64_t t)
{
  const RheoProj *p = rheo_net_get_proj (target->net, target->readout);
  const RheoReal *out = rheo_tape_get_output (target->net, row, t), *x;
  const RheoReal *y = batch->target + ((gsize) row * (gsize) batch->n_steps + (gsize) t) * (gsize) r->n_out;
  const double counts = rheo_online_counts (batch, row, t);

  rheo_sources_see (&r->sources, target->net, row, t);
  x = r->sources.x + (gsize) row * (gsize) r->n;
  for (int o = 0; o < r->n_out; o++)
    r->wanted[o] = (double) y[o] - (double) out[o];
  for (int j = 0; j < r->n && counts > 0; j++)
    if (p->form == RHEO_DENSE)
      for (int o = 0; o < r->n_out; o++)
        r->wanted[o] += (double) p->weight[(gsize) j * (gsize) p->stride + (gsize) o] * (double) x[j];
    else
      for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
        r->wanted[p->syn_post[s]] += (double) p->weight[s] * (double) x[j];
  for (int j = 0; j < r->n && counts > 0; j++)
    {
      const double x_j = counts * (double) x[j];

      for (int o = 0; o < r->n_out; o++)
        r->b[(gsize) o * (gsize) r->n + (gsize) j] += x_j * r->wanted[o];
      for (int k = 0; k <= j && x_j != 0; k++)
        r->a[(gsize) j * (gsize) r->n + (gsize) k] += x_j * (double) x[k];
    }
  for (int o = 0; o < r->n_out; o++)
    {
      r->squares += counts * r->wanted[o] * r->wanted[o];
      r->counts += counts;
    }
}

/* squares - 2 w'b + w'a w, over all outputs and steps. */
static double
mean_error (const Regression *r, const double *w)
{
  double sum = r->squares;

  for (int o = 0; o < r->n_out; o++)
    for (int j = 0; j < r->n; j++)
      {
        const double *row = r->a + (gsize) j * (gsize) r->n, *own = w + (gsize) o * (gsize) r->n;
        double product = 0;

        for (int k = 0; k < r->n; k++)
          product += row[k] * own[k];
        sum += own[j] * (product - 2 * r->b[(gsize) o * (gsize) r->n + (gsize) j]);
      }
  return r->counts > 0 ? MAX (sum, 0) / r->counts : 0;
}

void
rheo_target_solve (int n, int n_out, const double *a, const double *b, double ridge, double *weights)
{
  const gsize size = (gsize) n;
  g_autofree double *copy = g_new (double, size *size);
  double trace = 0;

  for (gsize j = 0; j < size; j++)
    trace += a[j * size + j];
  for (int o = 0; o < n_out; o++)
    {
      double *w = weights + (gsize) o * size;

      memcpy (copy, a, sizeof *copy * size * size);
      for (gsize j = 0; j < size; j++)
        copy[j * size + j] += MAX (ridge, LEAST_RIDGE) * (trace > 0 ? trace / n : 1);
      memcpy (w, b + (gsize) o * size, sizeof *w * size);
      if (!rheo_solve_positive (n, copy, 1, w))
        memset (w, 0, sizeof *w * size);
    }
}

/* Down the gradient A w - b, over the number of errors (Kingma & Ba 2015). */
static void
descend (const Regression *r, const RheoTargetFit *fit, double *w)
{
  const int size = r->n * r->n_out;
  g_autofree double *gradient = g_new (double, size), *mean = g_new0 (double, size), *square = g_new0 (double, size);

  memset (w, 0, sizeof *w * (gsize) size);
  for (int k = 1; k <= fit->n_steps; k++)
    {
      memcpy (gradient, r->b, sizeof *gradient * (gsize) size);
      rheo_multiply (false, false, r->n_out, r->n, r->n, 1, w, r->a, -1, gradient);
      for (int i = 0; i < size; i++)
        {
          const double g = r->counts > 0 ? gradient[i] / r->counts : 0;

          mean[i] = 0.9 * mean[i] + 0.1 * g;
          square[i] = 0.999 * square[i] + 0.001 * g * g;
          w[i] -= fit->lr * mean[i] / (1 - pow (0.9, k)) / (sqrt (square[i] / (1 - pow (0.999, k))) + 1e-8);
        }
    }
}

/* Only half of the correlations was summed. */
static void
mirror (Regression *r)
{
  const gsize n = (gsize) r->n;

  for (gsize j = 0; j < n; j++)
    for (gsize k = 0; k < j; k++)
      r->a[k * n + j] = r->a[j * n + k];
}

static void
solve (RheoTarget *target, Regression *r)
{
  g_autofree double *w = g_new (double, (gsize) r->n *(gsize) r->n_out);

  mirror (r);
  rheo_target_solve (r->n, r->n_out, r->a, r->b, 0, w);
  target->limit = mean_error (r, w);
}

/* Currents and outputs of the wave on the tape. */
static void
collect (RheoTarget *target, const RheoBatch *batch, gboolean own, Regression *r)
{
  int row, end;

  for (end = rheo_frozen_rows_of_wave (target->net, batch, &row); row < end; row++)
    for (int64_t t = 0; t < batch->length[row]; t++)
      {
        const gsize at = place (target, batch, row, t);

        add_step (r, target, batch, row, t);
        if (own)
          continue;
        rheo_tape_copy_out (target->net, target->pop, row, t, target->out + at);
        if (target->current != NULL)
          memcpy (target->current + at, rheo_tape_get_current (target->net, target->pop, target->port, row, t),
                  sizeof *target->current * (gsize) target->n_units);
      }
}

/* The first weights for those of the moment, and back. */
static void
swap_weights (RheoTarget *target, gboolean in)
{
  RheoProj *p = rheo_net_get_proj (target->net, target->rec);
  const gsize bytes = sizeof (RheoReal) * count_weights (p);

  if (in)
    {
      memcpy (target->weights, p->weight, bytes);
      memcpy (p->weight, target->first, bytes);
      if (!target->config->recurrent)
        memset (p->weight, 0, bytes);
    }
  else
    memcpy (p->weight, target->weights, bytes);
  rheo_net_weights_changed (target->net);
}

/* own: of the network as it is, without a teacher. */
static gboolean
run_waves (RheoTarget *target, const RheoRule *rule, const RheoBatch *batch, gboolean own, Regression *regression)
{
  const RheoSignal teacher = { .pop = target->pop, .port = target->teacher_port, .value = target->drive };
  g_autofree RheoReal *input = own ? NULL : rheo_batch_dup_hinted (batch);
  RheoBatch hinted = *batch;
  RheoRollout r = rheo_frozen_rollout (rule, &hinted, target->current != NULL && !own ? RHEO_ROLL_CURRENTS : 0);

  if (input != NULL)
    hinted.input = input;
  r.teacher = own ? NULL : &teacher;
  while (rheo_frozen_next_wave (target->net, &r))
    {
      if (!rheo_rollout (target->net, &r))
        return FALSE;
      collect (target, batch, own, regression);
    }
  return TRUE;
}

gboolean
rheo_target_fit_own (RheoTarget *target, const RheoRule *rule, const RheoBatch *batch, const RheoTargetFit *fit,
                     double *weights)
{
  const int n = rheo_net_get_proj (target->net, target->readout)->n_pre;
  g_autofree double *a = g_new0 (double, (gsize) n *(gsize) n), *b = g_new0 (double, (gsize) n *(gsize) batch->n_out);
  g_autofree double *wanted = g_new0 (double, batch->n_out);
  Regression r = { .n = n, .n_out = batch->n_out, .a = a, .b = b, .wanted = wanted };
  gboolean done;

  rheo_sources_init (&r.sources, target->net, target->readout, target->decay);
  done = run_waves (target, rule, batch, TRUE, &r);
  if (done)
    {
      mirror (&r);
      if (fit->n_steps > 0)
        descend (&r, fit, weights);
      else
        rheo_target_solve (n, r.n_out, a, b, fit->ridge, weights);
    }
  rheo_sources_release (&r.sources);
  return done;
}

gboolean
rheo_target_run (RheoTarget *target, const RheoRule *rule, const RheoBatch *batch)
{
  const uint64_t seen = look_at (target, rule, batch);
  const int n = rheo_net_get_proj (target->net, target->readout)->n_pre;
  Regression r = { .n = n, .n_out = batch->n_out, .a = target->a, .b = target->b };
  gboolean done;

  if (seen != 0 && seen == target->seen)
    return TRUE;
  target->seen = 0;
  memset (target->a, 0, sizeof *target->a * (gsize) n * (gsize) n);
  memset (target->b, 0, sizeof *target->b * (gsize) n * (gsize) r.n_out);
  r.wanted = g_new0 (double, r.n_out);
  rheo_sources_init (&r.sources, target->net, target->readout, target->decay);
  make_drive (target, batch);
  swap_weights (target, TRUE);
  done = run_waves (target, rule, batch, FALSE, &r);
  swap_weights (target, FALSE);
  if (done)
    {
      solve (target, &r);
      target->seen = seen;
    }
  rheo_sources_release (&r.sources);
  g_free (r.wanted);
  return done;
}
