#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "dropout.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "rng.h"

/* States whose rates are looked at, about: enough for a quantile, and cheap beside a batch. */
#define N_SAMPLES 2048

enum
{
  NONE,
  DEAD,
  MUTE,
};

enum
{
  BY_NOTHING,
  BY_ACTIVITY,
  BY_READ_OUT,
};

static const char *const kinds[] = { "none", "dead", "mute", NULL };
static const char *const by_choices[] = { "uniform", "participation", "read-out", NULL };

const RheoParam rheo_dropout_rows[] = {
  RHEO_P_CHOICE (RheoDropout, kind, "kind", kinds, .label = N_ ("Kind"),
                 .help = N_ ("Units left out of a batch of the training, in rate networks: none; units that fall "
                             "silent; or units that the read-out does not see.")),
  RHEO_P_REAL (RheoDropout, rate, "rate", .label = N_ ("Share"), .def = 0.05, .min = 0, .max = 1, .soft_max = 0.5,
               .help = N_ ("Mean share of the units that is left out."), .when = "kind=dead|mute", .flags = RHEO_LIVE),
  RHEO_P_CHOICE (RheoDropout, by, "by", by_choices, .label = N_ ("Chosen by"), .when = "kind=dead|mute",
                 .help = N_ ("All units alike; or rather those that do much: by the spread and a quantile of their "
                             "rates, or by their weights to the read-out.")),
  RHEO_P_REAL (RheoDropout, sharpness, "sharpness", .label = N_ ("Preference"), .def = 1, .min = -1000, .max = 1000,
               .soft_min = 0, .soft_max = 10, .help = N_ ("How much rather; 0: not at all."),
               .when = "by=participation|read-out", .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoDropout, quantile, "quantile", .label = N_ ("Quantile of rates"), .def = 0.9, .min = 0, .max = 1,
               .help = N_ ("Of a unit’s rates over steps and trials."), .when = "by=participation",
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_END,
};

struct RheoDropoutWork
{
  RheoNet *net;
  const RheoDropout *config; /* the rule's: LIVE changes appear between batches */
  int pop, n_units;
  const RheoProj *read; /* from it to the read-out, or NULL */
  char *activity;       /* name of the array of what units do; NULL: not asked for */
  gboolean *is_out;     /* [unit] */
  int32_t *out;         /* those that are */
  double *value;        /* [unit]: scratch */
  RheoIntervention *act;
  int n_act;
  /* Samples of rates. */
  int n_rows, n_slots;
  int64_t every;
  RheoReal *sample; /* [row][slot][unit] */
  int *n_taken;     /* [row] */
  float *sorted;    /* [row * slot] */
};

static void
declare_activity (RheoDropoutWork *w)
{
  const RheoPop *pop = &rheo_net_get_plan (w->net)->pop[w->pop];
  const int64_t dims = w->n_units;
  const RheoLane *last = rheo_net_get_lane (w->net, rheo_net_get_n_lanes (w->net) - 1);
  const int64_t n_steps = rheo_net_get_shape (w->net)->n_steps;
  gsize n;

  w->activity = g_strconcat (pop->name, ".participation", NULL);
  rheo_net_array (w->net, w->activity, N_ ("What units did in the last batch"), "", "unit", RHEO_F64, RHEO_USE_KEEP,
                  &dims);
  w->n_rows = last->row0 + last->n_rows;
  w->every = MAX (1, (w->n_rows * n_steps + N_SAMPLES - 1) / N_SAMPLES);
  w->n_slots = (int) ((n_steps + w->every - 1) / w->every);
  n = (gsize) w->n_rows * (gsize) w->n_slots;
  w->sample = g_new0 (RheoReal, n * (gsize) w->n_units);
  w->sorted = g_new0 (float, n);
  w->n_taken = g_new0 (int, w->n_rows);
}

RheoDropoutWork *
rheo_dropout_new (RheoNet *net, const RheoDropout *config, GError **error)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  RheoDropoutWork *w;
  int found = -1;

  for (int i = 0; i < plan->n_pops && found < 0; i++)
    if (i != plan->out_pop && !plan->pop[i].cell->spikes)
      found = i;
  if (found < 0)
    {
      rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                 _ ("rule.dropout.kind is %s, but the units of this network emit spikes: only units with rates can be "
                    "left out. Choose none."),
                 kinds[config->kind]);
      return NULL;
    }
  w = g_new0 (RheoDropoutWork, 1);
  w->net = net;
  w->config = config;
  w->pop = found;
  w->n_units = plan->pop[found].n_units;
  for (int i = 0; i < plan->n_projs && w->read == NULL; i++)
    if (plan->proj[i].from == found && plan->proj[i].to == plan->out_pop && plan->proj[i].form == RHEO_DENSE)
      w->read = &plan->proj[i];
  w->is_out = g_new0 (gboolean, w->n_units);
  w->out = g_new0 (int32_t, w->n_units);
  w->value = g_new0 (double, w->n_units);
  if (config->by == BY_ACTIVITY)
    declare_activity (w);
  return w;
}

int
rheo_dropout_get_pop (const RheoDropoutWork *w)
{
  return w->pop;
}

void
rheo_dropout_free (RheoDropoutWork *w)
{
  if (w == NULL)
    return;
  g_free (w->activity);
  g_free (w->is_out);
  g_free (w->out);
  g_free (w->value);
  g_free (w->act);
  g_free (w->sample);
  g_free (w->n_taken);
  g_free (w->sorted);
  g_free (w);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

/* What the choice goes by. */
static void
weigh (RheoDropoutWork *w)
{
  const double *did = w->activity != NULL ? rheo_net_find_array (w->net, w->activity)->data : NULL;

  for (int i = 0; i < w->n_units; i++)
    {
      w->value[i] = did != NULL ? did[i] : 0;
      for (int k = 0; w->config->by == BY_READ_OUT && w->read != NULL && k < w->read->n_post; k++)
        w->value[i] += fabs ((double) w->read->weight[(gsize) i * (gsize) w->read->stride + (gsize) k]);
    }
}

void
rheo_dropout_begin (RheoDropoutWork *w, const RheoBatch *batch, uint64_t seed, int64_t batch_number)
{
  const RheoRng rng = { seed, RHEO_STREAM_RULE, (uint32_t) batch_number, 0 };
  const double sharpness = w->config->by == BY_NOTHING ? 0 : w->config->sharpness;
  double top = -INFINITY, sum = 0;
  int n = 0;

  weigh (w);
  for (int i = 0; i < w->n_units; i++)
    top = MAX (top, sharpness * w->value[i]);
  for (int i = 0; i < w->n_units; i++)
    {
      w->value[i] = exp (sharpness * w->value[i] - top);
      sum += w->value[i];
    }
  for (int i = 0; i < w->n_units; i++)
    {
      w->is_out[i] = rheo_rng_uniform (rng, 0, (uint32_t) i) < w->config->rate * w->n_units * w->value[i] / sum;
      if (w->is_out[i])
        w->out[n++] = i;
    }
  w->n_act = n;
  for (int row = 0; w->n_taken != NULL && row < batch->n_rows; row++)
    w->n_taken[row] = 0;
}

const RheoIntervention *
rheo_dropout_join (RheoDropoutWork *w, const RheoIntervention *acts, int n, int *n_all)
{
  const gboolean mute = w->config->kind == MUTE;

  w->act = g_renew (RheoIntervention, w->act, n + 1);
  if (n > 0)
    memcpy (w->act, acts, sizeof *acts * (gsize) n);
  *n_all = n + (w->n_act > 0 && (!mute || w->read != NULL));
  w->act[n] = (RheoIntervention){ .kind = RHEO_ACT_SILENCE,
                                  .pop = mute ? -1 : w->pop,
                                  .proj = mute ? (int) (w->read - rheo_net_get_plan (w->net)->proj) : -1,
                                  .units = w->out,
                                  .n_units = w->n_act,
                                  .t1 = G_MAXINT64 };
  return w->act;
}

/* --- what units do ------------------------------------------------------------------------------------------------ */
void
rheo_dropout_add (RheoDropoutWork *w, const RheoBatch *batch, int i_lane, int64_t t0)
{
  const RheoTape *tape = rheo_net_get_tape (w->net);
  const RheoTapeLane *lane = &tape->lane[i_lane - tape->lane0];
  const gsize stride = (gsize) rheo_net_get_plan (w->net)->pop[w->pop].stride;

  if (w->sample == NULL)
    return;
  for (int row = lane->row0; row < MIN (lane->row0 + lane->n_rows, batch->n_rows); row++)
    {
      int64_t t = (row - t0) % w->every;

      /* Each row begins at a step of its own, so that all steps of the trials are seen. */
      for (t += t < 0 ? w->every : 0; t < tape->n_steps && t0 + t < batch->length[row] - 1; t += w->every)
        memcpy (w->sample + ((gsize) row * (gsize) w->n_slots + (gsize) w->n_taken[row]++) * (gsize) w->n_units,
                lane->pop[w->pop].out + ((gsize) t * (gsize) lane->n_rows + (gsize) (row - lane->row0)) * stride,
                sizeof (RheoReal) * (gsize) w->n_units);
    }
}

/* The k-th smallest of n numbers, which change places. */
static float
select_kth (float *a, int n, int k)
{
  int lo = 0, hi = n - 1;

  while (lo < hi)
    {
      const float pivot = a[(lo + hi) / 2];
      int i = lo, j = hi;

      while (i <= j)
        {
          while (a[i] < pivot)
            i++;
          while (a[j] > pivot)
            j--;
          if (i <= j)
            {
              const float swap = a[i];

              a[i++] = a[j];
              a[j--] = swap;
            }
        }
      if (k <= j)
        hi = j;
      else if (k >= i)
        lo = i;
      else
        break;
    }
  return a[k];
}

static double
activity_of (RheoDropoutWork *w, const RheoBatch *batch, int unit)
{
  double sum = 0, squares = 0, place;
  int n = 0, below;
  float lower;

  for (int row = 0; row < batch->n_rows; row++)
    for (int k = 0; k < w->n_taken[row]; k++)
      {
        const double rate =
            (double) w->sample[((gsize) row * (gsize) w->n_slots + (gsize) k) * (gsize) w->n_units + (gsize) unit];

        sum += rate;
        squares += rate * rate;
        w->sorted[n++] = (float) fabs (rate);
      }
  if (n == 0)
    return 0;
  place = w->config->quantile * (n - 1);
  below = (int) place;
  lower = select_kth (w->sorted, n, below);
  if (below + 1 < n)
    lower += (float) (place - below) * (select_kth (w->sorted, n, below + 1) - lower);
  return sqrt (MAX (squares / n - sum / n * (sum / n), 0)) + (double) lower;
}

void
rheo_dropout_finish (RheoDropoutWork *w, const RheoBatch *batch)
{
  double *did = w->activity != NULL ? rheo_net_find_array (w->net, w->activity)->data : NULL;

  for (int i = 0; did != NULL && i < w->n_units; i++)
    if (!w->is_out[i] || w->config->kind == MUTE)
      did[i] = activity_of (w, batch, i);
}
