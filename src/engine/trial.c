#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "trial.h"

#include <glib/gi18n-lib.h>
#include <limits.h>
#include <math.h>

/* --- masks -------------------------------------------------------------------------------------------------------- */

/* The next range of a mask, and where to read on. FALSE: not a range. */
static gboolean
read_range (const char **text, int *from, int *to)
{
  char *end;
  gint64 a = g_ascii_strtoll (*text, &end, 10), b;

  if (end == *text || *end != ':')
    return FALSE;
  *text = end + 1;
  b = g_ascii_strtoll (*text, &end, 10);
  if (end == *text || (*end != '\0' && *end != ' ' && *end != ','))
    return FALSE;
  *text = end;
  *from = (int) CLAMP (a, 0, INT_MAX);
  *to = (int) CLAMP (b, 0, INT_MAX);
  return a >= 0 && b > a;
}

static void
skip_space (const char **text)
{
  while (**text == ' ' || **text == ',')
    ++*text;
}

static gboolean
is_all (const char *mask)
{
  return g_str_equal (mask, "all");
}

gboolean
rheo_mask_check (const char *mask, int n_steps, GError **error)
{
  const char *text = mask;
  int from, to;
  gboolean reaches = is_all (mask);

  for (skip_space (&text); !is_all (mask) && *text != '\0'; skip_space (&text))
    {
      if (!read_range (&text, &from, &to))
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("task.mask is \"%s\", but all or ranges of steps such as \"0:250 500:750\" are allowed."),
                          mask);
      reaches |= from < n_steps;
    }
  if (!reaches)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.mask is \"%s\" and leaves none of the %d steps of a trial to learn from."), mask,
                      n_steps);
  return TRUE;
}

gboolean
rheo_window_check (const int window[2], const char *key, int n_steps, GError **error)
{
  if (window[0] >= window[1])
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.%s-on is %d and must be less than task.%s-off, which is %d."),
                      key, window[0], key, window[1]);
  if (window[1] > n_steps)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.%s-off is %d, but a trial has only %d steps (task.n-steps)."),
                      key, window[1], n_steps);
  return TRUE;
}

void
rheo_mask_apply (const char *mask, int n_steps, RheoReal *weight)
{
  int t = is_all (mask) ? n_steps : 0;

  while (t < n_steps)
    {
      const char *text = mask;
      int from, to, covered = t, next = n_steps;

      for (skip_space (&text); *text != '\0' && read_range (&text, &from, &to); skip_space (&text))
        if (from > t)
          next = MIN (next, from);
        else
          covered = MAX (covered, to);
      for (; t < next && covered <= t; t++)
        weight[t] = 0;
      t = MAX (t, covered);
    }
}

/* --- signals ------------------------------------------------------------------------------------------------------ */
void
rheo_trial_set (RheoReal *signal, int width, int n_steps, int channel, int t0, int t1, double value)
{
  for (int t = MAX (t0, 0); t < MIN (t1, n_steps); t++)
    signal[(gsize) t * (gsize) width + (gsize) channel] = (RheoReal) value;
}

void
rheo_trial_code (double angle, int n, double *code)
{
  const double arc = 2 * G_PI / n, turns = angle / (2 * G_PI), inside = (turns - floor (turns)) * 2 * G_PI / arc;
  const int k = MIN ((int) inside, n - 1);

  for (int i = 0; i < n; i++)
    code[i] = 0;
  code[k] = 1 - (inside - k);
  code[(k + 1) % n] = inside - k;
}

void
rheo_trial_set_code (RheoReal *signal, int width, int n_steps, int first, int n, int t0, int t1, double angle)
{
  double code[64];

  g_assert (n <= (int) G_N_ELEMENTS (code));
  rheo_trial_code (angle, n, code);
  for (int i = 0; i < n; i++)
    rheo_trial_set (signal, width, n_steps, first + i, t0, t1, code[i]);
}

/* --- conditions --------------------------------------------------------------------------------------------------- */
int
rheo_trial_which (const RheoDraw *draw, int n)
{
  const double golden = 0.6180339887498949, at = draw->index * golden;

  return draw->set == RHEO_SET_PROBE ? (int) ((at - floor (at)) * n) : draw->index % n;
}

RheoDraw
rheo_trial_group (const RheoDraw *draw, int repeats)
{
  RheoDraw group = *draw;

  if (draw->set != RHEO_SET_PROBE)
    group.index = draw->index / repeats;
  group.rng.item = (uint32_t) group.index;
  return group;
}

/* --- integration -------------------------------------------------------------------------------------------------- */
void
rheo_trial_blocks (RheoRng rng, int n_steps, const double amplitude[2], int least, int rest, double mean,
                   RheoReal *input)
{
  int t0 = 0, t1;

  for (uint32_t i = 0; t0 < n_steps; t0 = t1, i += 2)
    {
      const double a = amplitude[0] + (amplitude[1] - amplitude[0]) * rheo_rng_uniform (rng, 0, i);

      t1 = rheo_trial_next (rng, 0, i + 1, t0, least + rest, mean);
      rheo_trial_set (input, 3, n_steps, a >= 0 ? 0 : 1, t0, t1 - rest, fabs (a));
    }
  rheo_trial_set (input, 3, n_steps, 2, 0, n_steps, 1);
}

void
rheo_trial_pulse (const RheoDraw *draw, int n_trials, int n_steps, RheoReal *input)
{
  const int half = MAX (n_trials / 2, 1), which = rheo_trial_which (draw, n_trials);
  const int length = (int) ((double) (which % half) / half * (n_steps / 2 - 10));

  rheo_trial_set (input, 3, n_steps, which < half ? 0 : 1, 10, 10 + length, 1);
  rheo_trial_set (input, 3, n_steps, 2, 0, n_steps, 1);
}

gboolean
rheo_amplitude_check (const double amplitude[2], GError **error)
{
  return amplitude[0] < amplitude[1]
         || rheo_fail (error, RHEO_ERROR_INVALID,
                       _ ("task.lowest is %g and must be less than task.highest, which is %g."), amplitude[0],
                       amplitude[1]);
}

/* --- random times ------------------------------------------------------------------------------------------------- */
int
rheo_trial_offset (RheoRng rng, uint32_t step, uint32_t index, int w)
{
  return w > 0 ? (int) rheo_rng_below (rng, step, index, (uint32_t) (2 * w)) - w : 0;
}

int
rheo_trial_next (RheoRng rng, uint32_t step, uint32_t index, int last, int least, double mean)
{
  const double wait = floor (-mean * log (rheo_rng_uniform (rng, step, index)));

  return (int) MIN (last + least + wait, INT_MAX / 2);
}
