#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "field-trials.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "conditions.h"

#define MOST_MET 500 /* different inputs that are counted */

/* All trials side by side, step by step. A trial that has ended goes on unseen. */
static void
run_trials (const RheoField *field, RheoFieldTrials *t)
{
  const gsize n = (gsize) field->n, n_trials = (gsize) t->n_trials, n_steps = (gsize) t->n_steps;
  const gsize n_in = (gsize) t->n_in, n_out = (gsize) t->n_out;
  g_autofree double *x = g_new (double, n *n_trials), *f = g_new (double, n *n_trials);
  g_autofree double *input = g_new (double, n_in *n_trials);
  g_autofree double *work = g_new (double, RHEO_FIELD_WORK (field, n_trials));

  for (gsize i = 0; i < n * n_trials; i++)
    x[i] = field->law.initial;
  for (gsize s = 0; s < n_steps; s++)
    {
      for (gsize k = 0; k < n_trials; k++)
        {
          const gsize at = k * n_steps + s;

          memcpy (input + k * n_in, t->input + at * n_in, sizeof *input * n_in);
          if ((int) s >= t->length[k])
            continue;
          memcpy (t->state + at * n, x + k * n, sizeof *x * n);
          rheo_field_output (field, x + k * n, t->output + at * n_out);
        }
      rheo_field_eval (field, t->n_trials, x, input, t->n_in, f, NULL, work);
      for (gsize i = 0; i < n * n_trials; i++)
        x[i] += field->law.alpha * f[i];
    }
}

static void
widen (int n, const RheoReal *from, double *to)
{
  for (int i = 0; i < n; i++)
    to[i] = (double) from[i];
}

static gboolean
fill_trials (RheoFieldTrials *t, const RheoTask *task, const void *config, const void *data, uint64_t seed, int n_all,
             GError **error)
{
  g_autofree RheoReal *input = g_new (RheoReal, (gsize) t->n_steps * (gsize) t->n_in);
  g_autofree RheoReal *target = g_new (RheoReal, (gsize) t->n_steps * (gsize) t->n_out);
  g_autofree RheoReal *weight = g_new (RheoReal, t->n_steps);

  for (int k = 0; k < t->n_trials; k++)
    {
      const int index = (int) ((int64_t) k * n_all / t->n_trials);
      const RheoDraw draw = { .set = RHEO_SET_VALID,
                              .index = index,
                              .rng = { seed, RHEO_STREAM_TASK | RHEO_SET_VALID << 8, 0, (uint32_t) index } };
      RheoTrial trial = { .n_steps = t->n_steps,
                          .n_in = t->n_in,
                          .n_out = t->n_out,
                          .input = input,
                          .target = target,
                          .weight = weight,
                          .condition = t->condition + (gsize) k * (gsize) t->n_conditions };

      memset (input, 0, sizeof *input * (gsize) t->n_steps * (gsize) t->n_in);
      memset (target, 0, sizeof *target * (gsize) t->n_steps * (gsize) t->n_out);
      for (int s = 0; s < t->n_steps; s++)
        weight[s] = 1;
      if (!task->fill (config, data, &draw, &trial, error))
        return FALSE;
      t->length[k] = trial.n_steps;
      widen (trial.n_steps * t->n_in, input, t->input + (gsize) k * (gsize) t->n_steps * (gsize) t->n_in);
      widen (trial.n_steps * t->n_out, target, t->target + (gsize) k * (gsize) t->n_steps * (gsize) t->n_out);
    }
  return TRUE;
}

/* n_of: trials 0 .. n_of - 1 are those to choose from, or as many as there are. field NULL: they are not run. */
static RheoFieldTrials *
trials_new (const RheoExperiment *experiment, const RheoField *field, int n_trials, int n_of, GError **error)
{
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const void *config = rheo_experiment_get_values (experiment, RHEO_SLOT_TASK);
  const uint64_t seed = (uint64_t) rheo_experiment_get_run (experiment)->seed;
  g_autoptr (RheoFieldTrials) t = g_new0 (RheoFieldTrials, 1);
  RheoShape shape;
  void *data = NULL;
  gboolean done;

  if (task->fill == NULL)
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no trials."), _ (task->base.title));
      return NULL;
    }
  if (task->open != NULL && !task->open (config, seed, &data, error))
    return NULL;
  task->shape (config, data, &shape);
  if (shape.events || (field != NULL && shape.n_in != field->n_in))
    {
      if (task->close != NULL)
        task->close (data);
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("The inputs of the task are not those of the network."));
      return NULL;
    }
  n_of = shape.n_valid > 0 ? MIN (n_of, shape.n_valid) : n_of;
  t->n_trials = MIN (n_trials, n_of);
  t->n_steps = shape.n_steps;
  t->n_in = shape.n_in;
  t->n_out = shape.n_out;
  t->n_conditions = rheo_conditions_count (rheo_conditions_get (task, data));
  t->length = g_new0 (int, t->n_trials);
  t->input = g_new0 (double, (gsize) t->n_trials *(gsize) t->n_steps *(gsize) t->n_in);
  t->target = g_new0 (double, (gsize) t->n_trials *(gsize) t->n_steps *(gsize) t->n_out);
  t->output = g_new0 (double, (gsize) t->n_trials *(gsize) t->n_steps *(gsize) t->n_out);
  t->state = g_new0 (double, (gsize) t->n_trials *(gsize) t->n_steps *(gsize) (field != NULL ? field->n : 0));
  t->condition = g_new0 (double, (gsize) t->n_trials *(gsize) MAX (t->n_conditions, 1));
  done = fill_trials (t, task, config, data, seed, n_of, error);
  if (task->close != NULL)
    task->close (data);
  if (!done)
    return NULL;
  if (field != NULL)
    run_trials (field, t);
  return g_steal_pointer (&t);
}

RheoFieldTrials *
rheo_field_trials_new (const RheoExperiment *experiment, const RheoField *field, int n_trials, GError **error)
{
  return trials_new (experiment, field, n_trials, n_trials, error);
}

RheoFieldTrials *
rheo_field_trials_new_spread (const RheoExperiment *experiment, const RheoField *field, int n_trials, GError **error)
{
  return trials_new (experiment, field, n_trials, MAX (n_trials, rheo_experiment_get_run (experiment)->batch), error);
}

RheoFieldTrials *
rheo_field_trials_new_unrun (const RheoExperiment *experiment, int n_trials, GError **error)
{
  return trials_new (experiment, NULL, n_trials, MAX (n_trials, rheo_experiment_get_run (experiment)->batch), error);
}

typedef struct
{
  const double *input;
  int steps;
} Met;

/* What is met longer comes first; nothing at all before everything else. */
static int
compare_met (gconstpointer a, gconstpointer b, gpointer n_in)
{
  const Met *met[] = { a, b };
  gboolean is_zero[2] = { TRUE, TRUE };

  for (int k = 0; k < 2; k++)
    for (int i = 0; i < GPOINTER_TO_INT (n_in); i++)
      is_zero[k] = is_zero[k] && met[k]->input[i] == 0;
  if (is_zero[0] != is_zero[1])
    return is_zero[1] - is_zero[0];
  return met[1]->steps - met[0]->steps;
}

double *
rheo_field_trials_dup_inputs (const RheoFieldTrials *t, int most, int *n)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Met));
  g_autofree double *zero = g_new0 (double, t->n_in);
  const gsize size = sizeof (double) * (gsize) t->n_in;
  const Met none = { zero, 0 };
  double *out;

  g_array_append_val (all, none);
  for (int k = 0; k < t->n_trials; k++)
    for (int s = 0; s < t->length[k] && all->len < MOST_MET; s++)
      {
        const double *input = t->input + ((gsize) k * (gsize) t->n_steps + (gsize) s) * (gsize) t->n_in;
        guint i = 0;

        while (i < all->len && memcmp (g_array_index (all, Met, i).input, input, size) != 0)
          i++;
        if (i == all->len)
          {
            const Met met = { input, 0 };

            g_array_append_val (all, met);
          }
        g_array_index (all, Met, i).steps++;
      }
  g_array_sort_with_data (all, compare_met, GINT_TO_POINTER (t->n_in));
  *n = MIN (most, (int) all->len);
  out = g_new (double, MAX (*n, 1) * t->n_in);
  for (int i = 0; i < *n; i++)
    memcpy (out + i * t->n_in, g_array_index (all, Met, i).input, size);
  return out;
}

void
rheo_field_trials_free (RheoFieldTrials *t)
{
  if (t == NULL)
    return;
  g_free (t->length);
  g_free (t->input);
  g_free (t->target);
  g_free (t->output);
  g_free (t->state);
  g_free (t->condition);
  g_free (t);
}

double *
rheo_field_trials_dup_states (const RheoFieldTrials *t, const RheoField *field, int *n)
{
  double *out;

  *n = 0;
  for (int k = 0; k < t->n_trials; k++)
    *n += t->length[k];
  out = g_new (double, (gsize) MAX (*n, 1) * (gsize) field->n);
  *n = 0;
  for (int k = 0; k < t->n_trials; *n += t->length[k], k++)
    memcpy (out + (gsize) *n * (gsize) field->n, t->state + (gsize) k * (gsize) t->n_steps * (gsize) field->n,
            sizeof *out * (gsize) t->length[k] * (gsize) field->n);
  return out;
}

void
rheo_field_trials_project (const RheoFieldTrials *t, const RheoAxes *axes, int n_paths, double *path)
{
  for (int k = 0; k < n_paths; k++)
    {
      const int trial = (int) ((int64_t) k * t->n_trials / n_paths);
      const gsize from = (gsize) trial * (gsize) t->n_steps;
      double *to = path + (gsize) k * (gsize) t->n_steps * (gsize) axes->n;

      rheo_axes_project (axes, t->n_steps, t->state + from * (gsize) axes->n_units, to);
      for (int i = t->length[trial] * axes->n; i < t->n_steps * axes->n; i++)
        to[i] = NAN;
    }
}
