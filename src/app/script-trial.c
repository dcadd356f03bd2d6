#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/script-trial.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/rng.h"
#include "engine/task.h"
#include "plot/plot-kind.h"

void
rheo_script_trial_free (RheoScriptTrial *trial)
{
  if (trial == NULL)
    return;
  g_free (trial->problem);
  g_free (trial->conditions);
  g_clear_pointer (&trial->signals, rheo_table_unref);
  g_free (trial);
}

static bool
is_cancelled (void *data)
{
  return g_cancellable_is_cancelled (data);
}

static char *
dup_problem (const RheoScriptFault *fault, double time_limit)
{
  switch (fault->status)
    {
    case RHEO_SCRIPT_ENDLESS:
      return g_strdup (_ ("This does not come to an end."));
    case RHEO_SCRIPT_MEMORY:
      return g_strdup (_ ("The script takes more than 256 MiB of memory."));
    case RHEO_SCRIPT_LATE:
      return g_strdup_printf (_ ("The script takes more than its time limit of %g s."), time_limit);
    case RHEO_SCRIPT_GONE:
      return g_strdup (*fault->words != '\0' ? fault->words : _ ("The process that runs the script has ended."));
    default:
      return g_strdup (fault->words);
    }
}

/* FALSE: something in it is no number to learn from. */
static gboolean
are_finite (RheoScriptTrial *trial, const char *what, const double *numbers, int width)
{
  for (int i = 0; i < trial->shape.n_steps * width; i++)
    if (!isfinite (numbers[i]))
      {
        trial->problem = g_strdup_printf (_ ("%s of trial %d is not a finite number at step %d."), what,
                                          trial->trial + 1, i / width + 1);
        return FALSE;
      }
  return TRUE;
}

static char *
dup_conditions (const RheoScriptShape *shape, const double *values)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < shape->n_conditions; i++)
    {
      char number[40];

      g_string_append_printf (text, "%s%s %s", i > 0 ? ", " : "", shape->condition[i],
                              isnan (values[i]) ? "–" : rheo_plot_number_short (values[i], 4, number, sizeof number));
    }
  return shape->n_conditions > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
take_numbers (RheoScriptTrial *trial, const double *numbers)
{
  const RheoScriptShape *s = &trial->shape;
  const int64_t in[] = { s->n_steps, s->n_in }, out[] = { s->n_steps, s->n_out };
  const double *target = numbers + s->n_steps * s->n_in, *weight = target + s->n_steps * s->n_out;
  RheoTable *table;

  if (!are_finite (trial, "input", numbers, s->n_in) || !are_finite (trial, "target", target, s->n_out)
      || !are_finite (trial, "mask", weight, 1))
    return;
  table = trial->signals = rheo_table_new (_ ("One trial"));
  rheo_table_add_copy (table, "input", _ ("Input"), "", "time in", RHEO_F64, in, numbers);
  rheo_table_add_copy (table, "target", _ ("Target"), "", "time out", RHEO_F64, out, target);
  rheo_table_add_copy (table, "weight", _ ("Weight in the loss"), "", "time", RHEO_F64, in, weight);
  for (int t = 0; t < s->n_steps; t++)
    trial->n_counting += weight[t] != 0;
  trial->conditions = dup_conditions (s, weight + s->n_steps);
}

/* The answer that cannot be better, so that the score can be looked at before anything is trained. */
static void
take_score (RheoScriptTrial *trial, RheoScript *script, RheoRng rng)
{
  const double *target = rheo_table_find (trial->signals, "target")->data;

  if (trial->shape.scored && !rheo_script_score (script, trial->trial, rng, target, &trial->score, NULL))
    trial->score = NAN;
}

RheoScriptTrial *
rheo_script_trial_make (const char *text, double time_limit, int seed, int trial, GCancellable *cancellable)
{
  g_autoptr (RheoScriptTrial) made = g_new0 (RheoScriptTrial, 1);
  g_autoptr (RheoScript) script = rheo_script_new ("script", text, strlen (text), time_limit);
  const RheoRng rng = { (uint64_t) seed, RHEO_STREAM_TASK | (uint32_t) RHEO_SET_TRAIN << 8, 0, (uint32_t) trial };
  const double *numbers = NULL;
  gint64 start;

  made->trial = trial;
  made->score = NAN;
  rheo_script_set_cancel (script, is_cancelled, cancellable);
  if (rheo_script_load (script, NULL))
    {
      made->shape = *rheo_script_get_shape (script);
      start = g_get_monotonic_time ();
      numbers = rheo_script_make_trial (script, trial, rng, NULL);
      made->seconds = 1e-6 * (double) (g_get_monotonic_time () - start);
    }
  if (g_cancellable_is_cancelled (cancellable))
    return NULL;
  if (numbers != NULL)
    take_numbers (made, numbers);
  if (made->signals != NULL)
    take_score (made, script, rng);
  if (g_cancellable_is_cancelled (cancellable))
    return NULL;
  if (made->problem == NULL && rheo_script_get_fault (script)->status != RHEO_SCRIPT_GOOD)
    {
      made->problem = dup_problem (rheo_script_get_fault (script), time_limit);
      made->line = rheo_script_get_fault (script)->line;
    }
  return g_steal_pointer (&made);
}
