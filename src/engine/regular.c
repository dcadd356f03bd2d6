#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "regular-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "kernels.h"
#include "rollout.h"

static const char *const orth_as_choices[] = { "sum", "mean", NULL };
static const char *const inequality_choices[] = { "concentration", "gini", NULL };
static const char *const orth_choices[] = { "inputs-outputs", "inputs", NULL };

const RheoParam rheo_regular_rows[] = {
  RHEO_P_REAL (RheoRegular, orth, "orthogonality", .label = N_ ("Orthogonality"), .max = 1e6, .soft_max = 1,
               .help = N_ ("Weight of the overlap between the weights of different inputs and outputs."),
               .flags = RHEO_LIVE),
  RHEO_P_CHOICE (RheoRegular, orth_of, "orthogonality-of", orth_choices, .label = N_ ("Orthogonality of"),
                 .help = N_ ("Which weights are kept apart: those of inputs and outputs, or of inputs alone."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_CHOICE (
      RheoRegular, orth_as, "orthogonality-as", orth_as_choices, .label = N_ ("Overlap as"),
      .help = N_ ("Overlaps of all pairs are put together by the root of the sum of their squares, or of their mean."),
      .flags = RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, rate, "rate", .label = N_ ("Small rates"), .max = 1e6, .soft_max = 1,
               .help = N_ ("Weight of the mean rate, raised to a power."), .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoRegular, power, "power", .label = N_ ("Power"), .def = 2, .min = 1, .max = 10, .soft_min = 1,
               .soft_max = 4, .help = N_ ("Rates are raised to it before the mean is taken."), .flags = RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, magnitude, "rate-magnitude", .label = N_ ("Rate magnitude"), .max = 1e6, .soft_max = 1,
               .help = N_ ("Weight of the distance of each unit’s largest rate from the wanted one."),
               .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoRegular, cap, "rate-cap", .label = N_ ("Wanted largest rate"), .def = 0.3, .min = 1e-6, .max = 1e6,
               .soft_min = 0.01, .soft_max = 1,
               .help = N_ ("In a network of 100 units; a little lower in larger ones, higher in smaller ones."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, steep, "rate-power", .label = N_ ("Power of the distance"), .def = 3, .min = 1, .max = 10,
               .soft_min = 1, .soft_max = 5, .help = N_ ("Distances from the wanted rate are raised to it."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (
      RheoRegular, sparsity, "recurrent-sparsity", .label = N_ ("Recurrent sparsity"), .max = 1e6, .soft_max = 1,
      .help = N_ ("Weight of the number of recurrent inputs that units effectively have above the wanted one."),
      .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoRegular, support, "recurrent-inputs", .label = N_ ("Wanted inputs"), .def = 20, .min = 1, .max = 1e6,
               .soft_min = 1, .soft_max = 100, .help = N_ ("Recurrent inputs per unit that are free."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, cap_in, "cap-in", .label = N_ ("Cap of input weights"), .max = 1e6, .soft_max = 1,
               .help = N_ ("Weight of the fifth power of input weights above a size that follows from those of the "
                           "network."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, cap_rec, "cap-recurrent", .label = N_ ("Cap of recurrent weights"), .max = 1e6,
               .soft_max = 1,
               .help = N_ ("Weight of the fifth power of recurrent weights above a size that follows from those of the "
                           "network; inhibitory ones may be larger."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, cap_out, "cap-out", .label = N_ ("Cap of output weights"), .max = 1e6, .soft_max = 1,
               .help = N_ ("Weight of the fifth power of output weights above a size that follows from those of the "
                           "network."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, variability, "output-variability", .label = N_ ("Output variability"), .max = 1e6,
               .soft_max = 1,
               .help = N_ ("Weight of the share of the outputs’ energy that differs from trial to trial."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, rate_inequality, "rate-inequality", .label = N_ ("Unequal rates"), .max = 1e6,
               .soft_max = 1, .help = N_ ("Weight of how unequal the mean rates of the units are."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, input_inequality, "input-inequality", .label = N_ ("Unequal inputs"), .max = 1e6,
               .soft_max = 1, .help = N_ ("Weight of how unequal the mean summed inputs of the units are."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_CHOICE (RheoRegular, inequality_as, "inequality-as", inequality_choices, .label = N_ ("Inequality as"),
                 .help = N_ ("Concentration of Herfindahl, or Gini’s index, of the soft-max of the units’ means."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, steady, "steady-input", .label = N_ ("Steady inputs"), .max = 1e6, .soft_max = 1,
               .help = N_ ("Weight of the share of the variance of summed inputs that lies between units, not between "
                           "steps and trials."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, clustering, "clustering", .label = N_ ("Clustering"), .max = 1e6, .soft_max = 1,
               .help = N_ ("Weight of the number of pairs of units whose rates are neither alike nor far apart."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, near, "cluster-near", .label = N_ ("Within a cluster"), .def = 0.1, .min = 0.001, .max = 1,
               .soft_min = 0.01, .soft_max = 0.5,
               .help = N_ ("Pairs nearer than this part of the diameter are drawn together."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, gap, "cluster-gap", .label = N_ ("Between clusters"), .def = 0.2, .min = 0.001, .max = 2,
               .soft_min = 0.01, .soft_max = 1,
               .help = N_ ("Pairs that are farther apart by this part of the diameter are left alone."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, diameter, "cluster-diameter", .label = N_ ("Diameter"), .def = 0.9, .min = 0, .max = 1,
               .help = N_ ("Share of the pairs of a class that are nearer than what is called the diameter."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, sharpness, "cluster-sharpness", .label = N_ ("Sharpness"), .def = 20, .min = 0.1,
               .max = 1000, .soft_min = 1, .soft_max = 100,
               .help = N_ ("How sharp the bends between near and far are."), .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, tail, "tail-energy", .label = N_ ("Energy of the tail"), .max = 1e6, .soft_max = 1,
               .help = N_ ("Weight of the share of the rates’ variance beyond their first principal directions."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_INT (RheoRegular, kept, "tail-from", .label = N_ ("Directions before the tail"), .def = 6, .min = 1,
              .max = 65536, .soft_min = 1, .soft_max = 20, .help = N_ ("Principal directions whose variance is free."),
              .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_END,
};

/* Of the soft maximum of rates. */
#define TEMPERATURE 0.1

double
rheo_regular_scale (int n_units)
{
  return log (101) / log (n_units + 1);
}

/* --- what there is ------------------------------------------------------------------------------------------------ */
RheoRegularWork *
rheo_regular_new (RheoNet *net)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  RheoRegularWork *w = g_new0 (RheoRegularWork, 1);
  const RheoLane *last;

  w->net = net;
  w->pop = -1;
  for (int i = 0; i < plan->n_pops && w->pop < 0; i++)
    if (i != plan->out_pop && !plan->pop[i].cell->spikes)
      w->pop = i;
  if (w->pop < 0)
    return w;
  w->n_units = plan->pop[w->pop].n_units;
  rheo_regular_find_columns (w);
  last = rheo_net_get_lane (net, rheo_net_get_n_lanes (net) - 1);
  w->n_rows = last->row0 + last->n_rows;
  w->row_rate = g_new0 (double, w->n_rows);
  w->softest = g_new0 (double, w->n_units);
  w->magnitude = g_new0 (double, w->n_units);
  w->mean_output = g_new0 (double, (gsize) rheo_net_get_shape (net)->n_steps *(gsize) plan->n_out);
  w->unit = g_new0 (double, (gsize) w->n_columns *(gsize) w->n_units);
  w->length = g_new0 (double, w->n_columns);
  w->cosine = g_new0 (double, (gsize) w->n_columns *(gsize) w->n_columns);
  return w;
}

void
rheo_regular_free (RheoRegularWork *w)
{
  if (w == NULL)
    return;
  rheo_regular_moments_free (w->moments);
  g_free (w->column);
  g_free (w->row_rate);
  g_free (w->row_top);
  g_free (w->row_sum);
  g_free (w->softest);
  g_free (w->magnitude);
  g_free (w->mean_output);
  g_free (w->unit);
  g_free (w->length);
  g_free (w->cosine);
  g_free (w);
}

gboolean
rheo_regular_is_there (const RheoRegularWork *w)
{
  return w->pop >= 0;
}

gboolean
rheo_regular_uses_rates (const RheoRegularWork *w, const RheoRegular *config)
{
  return w->pop >= 0
         && ((config->rate > 0 && config->power != 2) || config->magnitude > 0 || rheo_regular_uses_moments (config));
}

unsigned
rheo_regular_read_pops (const RheoRegularWork *w, const RheoRegular *config)
{
  const gboolean reads = config->rate > 0 || config->magnitude > 0 || rheo_regular_uses_moments (config);

  return w->pop >= 0 && reads ? 1u << w->pop : 0;
}

double
rheo_regular_pull (const RheoRegularWork *w, const RheoRegular *config, int *pop)
{
  *pop = w->pop;
  return w->pop >= 0 && config->power == 2 ? config->rate * config->power / w->norm : 0;
}

gboolean
rheo_regular_uses_batch (const RheoRegularWork *w, const RheoRegular *config)
{
  return w->pop >= 0 && (config->magnitude > 0 || config->variability > 0 || rheo_regular_uses_moments (config));
}

/* --- rates -------------------------------------------------------------------------------------------------------- */
void
rheo_regular_begin (RheoRegularWork *w, const RheoRegular *config, const RheoBatch *batch)
{
  int64_t n_steps = 0;

  w->config = config;
  for (int row = 0; row < batch->n_rows; row++)
    n_steps += batch->length[row];
  w->norm = (double) n_steps * MAX (w->n_units, 1);
  for (int row = 0; w->pop >= 0 && row < batch->n_rows; row++)
    w->row_rate[row] = 0;
  if (w->pop >= 0 && rheo_regular_uses_moments (config))
    rheo_regular_begin_moments (w);
  if (w->pop < 0 || config->magnitude <= 0)
    return;
  if (w->row_top == NULL)
    {
      w->row_top = g_new (double, (gsize) w->n_rows *(gsize) w->n_units);
      w->row_sum = g_new (double, (gsize) w->n_rows *(gsize) w->n_units);
    }
  for (gsize i = 0; i < (gsize) batch->n_rows * (gsize) w->n_units; i++)
    {
      w->row_top[i] = -INFINITY;
      w->row_sum[i] = 0;
    }
}

/* Numbers from a step of the tape to the next. */
static int64_t
step_size (const RheoRegularWork *w, const RheoTapeLane *lane)
{
  return (int64_t) lane->n_rows * rheo_net_get_plan (w->net)->pop[w->pop].stride;
}

/* Rates of a row at a step of the tape; where they lie in `of`: the tape's out or d_out. */
static RheoReal *
rates (const RheoRegularWork *w, const RheoTapeLane *lane, RheoReal *of, int64_t t, int row)
{
  return of + t * step_size (w, lane) + (int64_t) (row - lane->row0) * rheo_net_get_plan (w->net)->pop[w->pop].stride;
}

static int
n_rows_of (const RheoBatch *batch, const RheoTapeLane *lane)
{
  return CLAMP (batch->n_rows - lane->row0, 0, lane->n_rows);
}

/* Steps of a row on a tape whose rates count: the last ones of a trial reach no output. */
static int64_t
n_counted (const RheoBatch *batch, int row, int64_t t0, int64_t n_steps)
{
  return CLAMP (batch->length[row] - 1 - t0, 0, n_steps);
}

/* Takes rates of a row into the sums of exp (rate / temperature), which are kept beside the largest so far. */
static void
soften (RheoRegularWork *w, int row, const RheoReal *r)
{
  double *top = w->row_top + (gsize) row * (gsize) w->n_units, *sum = w->row_sum + (gsize) row * (gsize) w->n_units;

  for (int i = 0; i < w->n_units; i++)
    {
      const double x = (double) r[i] / TEMPERATURE;

      if (x <= top[i])
        sum[i] += exp (x - top[i]);
      else
        {
          sum[i] = sum[i] * exp (top[i] - x) + 1;
          top[i] = x;
        }
    }
}

/* Over n steps of a row; r: its rates at the first one, ld: numbers to the next step. */
static double
sum_powers (const RheoRegularWork *w, int64_t n, int64_t ld, const RheoReal *r)
{
  double sum = 0;

  if (w->config->power == 2)
    return rheo_kernels_fast.sum_squares (n, ld, w->n_units, r);
  for (int64_t t = 0; t < n; t++)
    for (int i = 0; i < w->n_units; i++)
      sum += pow (fabs ((double) r[t * ld + i]), w->config->power);
  return sum;
}

void
rheo_regular_add (RheoRegularWork *w, const RheoBatch *batch, int i_lane, int64_t t0)
{
  const RheoTape *tape = rheo_net_get_tape (w->net);
  const RheoTapeLane *lane = &tape->lane[i_lane - tape->lane0];

  if (w->pop < 0)
    return;
  if (rheo_regular_uses_moments (w->config))
    rheo_regular_add_moments (w, batch, i_lane, t0);
  for (int row = lane->row0; row < lane->row0 + n_rows_of (batch, lane); row++)
    {
      const int64_t n = n_counted (batch, row, t0, tape->n_steps);

      if (w->config->rate > 0)
        w->row_rate[row] += sum_powers (w, n, step_size (w, lane), rates (w, lane, lane->pop[w->pop].out, 0, row));
      for (int64_t t = 0; w->config->magnitude > 0 && t < n; t++)
        soften (w, row, rates (w, lane, lane->pop[w->pop].out, t, row));
    }
}

/* Soft largest rate of each unit over the whole batch: temperature (log sum exp (rate / temperature) - log n). */
static void
finish_magnitudes (RheoRegularWork *w, const RheoBatch *batch)
{
  int64_t n = 0;

  for (int row = 0; row < batch->n_rows; row++)
    n += MAX (batch->length[row] - 1, 0);
  w->n_states = n;
  for (int i = 0; i < w->n_units; i++)
    {
      double top = -INFINITY, sum = 0;

      for (int row = 0; row < batch->n_rows; row++)
        top = MAX (top, w->row_top[(gsize) row * (gsize) w->n_units + (gsize) i]);
      for (int row = 0; row < batch->n_rows; row++)
        {
          const gsize place = (gsize) row * (gsize) w->n_units + (gsize) i;

          sum += w->row_sum[place] > 0 ? w->row_sum[place] * exp (w->row_top[place] - top) : 0;
        }
      w->softest[i] = top + log (sum);
      w->magnitude[i] = n > 0 ? TEMPERATURE * (w->softest[i] - log ((double) n)) : NAN;
    }
}

static void
finish_outputs (RheoRegularWork *w, const RheoBatch *batch, const RheoReal *out)
{
  const int n = rheo_net_get_plan (w->net)->n_out;

  w->deviation = w->energy = 0;
  for (int64_t t = 0; t < batch->n_steps; t++)
    for (int k = 0; k < n; k++)
      {
        double sum = 0, *mean = &w->mean_output[t * n + k];
        int n_running = 0;

        for (int row = 0; row < batch->n_rows; row++)
          if (t < batch->length[row])
            {
              sum += (double) out[((int64_t) row * batch->n_steps + t) * n + k];
              n_running++;
            }
        *mean = n_running > 0 ? sum / n_running : 0;
        for (int row = 0; row < batch->n_rows; row++)
          if (t < batch->length[row])
            {
              const double y = (double) out[((int64_t) row * batch->n_steps + t) * n + k];

              w->deviation += (y - *mean) * (y - *mean);
              w->energy += y * y;
            }
      }
  w->energy = MAX (w->energy, 1e-12);
}

void
rheo_regular_finish (RheoRegularWork *w, const RheoBatch *batch, const RheoReal *out)
{
  if (w->pop < 0)
    return;
  if (w->config->magnitude > 0)
    finish_magnitudes (w, batch);
  if (w->config->variability > 0)
    finish_outputs (w, batch, out);
  if (rheo_regular_uses_moments (w->config))
    rheo_regular_finish_moments (w);
}

/* Relative distance of a unit's largest rate from the wanted one, above or below. */
static double
too_far (const RheoRegularWork *w, int unit, double *cap)
{
  *cap = w->config->cap * rheo_regular_scale (w->n_units);
  return w->n_states > 0 ? w->magnitude[unit] / *cap - 1 : 0;
}

static double
value_of_magnitudes (const RheoRegularWork *w)
{
  double sum = 0, cap;

  for (int i = 0; i < w->n_units; i++)
    sum += pow (fabs (too_far (w, i, &cap)), w->config->steep);
  return w->config->magnitude * sum / w->n_units;
}

/* What each unit's share in its soft largest rate is multiplied by. */
static double
slope_of_magnitude (const RheoRegularWork *w, int unit)
{
  double cap;
  const double far = too_far (w, unit, &cap);

  return w->config->magnitude * w->config->steep * copysign (pow (fabs (far), w->config->steep - 1), far)
         / (cap * w->n_units);
}

static void
gradient_of_rates (RheoRegularWork *w, const RheoReal *r, const double *slope, RheoReal *g)
{
  const double scale = w->config->rate * w->config->power / w->norm;

  if (w->config->rate > 0 && w->config->power != 2)
    for (int i = 0; i < w->n_units; i++)
      g[i] += (RheoReal) (scale * copysign (pow (fabs ((double) r[i]), w->config->power - 1), (double) r[i]));
  if (w->config->magnitude > 0)
    for (int i = 0; i < w->n_units; i++)
      g[i] += (RheoReal) (slope[i] * exp ((double) r[i] / TEMPERATURE - w->softest[i]));
}

static void
gradient_of_outputs (RheoRegularWork *w, const RheoBatch *batch, int row, int64_t t0)
{
  const RheoTape *tape = rheo_net_get_tape (w->net);
  const double scale = 2 * w->config->variability / w->energy, part = w->deviation / w->energy;
  const int n = rheo_net_get_plan (w->net)->n_out;

  for (int64_t t = 0; t < tape->n_steps && t0 + t < batch->length[row]; t++)
    {
      const RheoReal *y = rheo_tape_get_output (w->net, row, t);
      RheoReal *g = rheo_tape_get_d_output (w->net, row, t);

      for (int k = 0; k < n; k++)
        g[k] += (RheoReal) (scale * ((double) y[k] - w->mean_output[(t0 + t) * n + k] - part * (double) y[k]));
    }
}

void
rheo_regular_gradient (RheoRegularWork *w, const RheoBatch *batch, int i_lane, int64_t t0)
{
  const RheoTape *tape = rheo_net_get_tape (w->net);
  const RheoTapeLane *lane = &tape->lane[i_lane - tape->lane0];
  const gboolean of_rates = rheo_regular_uses_rates (w, w->config);
  g_autofree double *slope = NULL;

  if (of_rates && rheo_regular_uses_moments (w->config))
    rheo_regular_gradient_of_moments (w, batch, i_lane, t0);
  if (of_rates && w->config->magnitude > 0)
    {
      slope = g_new (double, w->n_units);
      for (int i = 0; i < w->n_units; i++)
        slope[i] = slope_of_magnitude (w, i);
    }
  for (int row = lane->row0; of_rates && row < lane->row0 + n_rows_of (batch, lane); row++)
    for (int64_t t = 0; t < n_counted (batch, row, t0, tape->n_steps); t++)
      gradient_of_rates (w, rates (w, lane, lane->pop[w->pop].out, t, row), slope,
                         rates (w, lane, lane->pop[w->pop].d_out, t, row));
  for (int i = 0; w->pop >= 0 && w->config->variability > 0 && i < n_rows_of (batch, lane); i++)
    gradient_of_outputs (w, batch, lane->row0 + i, t0);
}

double
rheo_regular_value (RheoRegularWork *w, const RheoBatch *batch)
{
  double rate = 0;

  if (w->pop < 0)
    return 0;
  for (int row = 0; w->config->rate > 0 && row < batch->n_rows; row++)
    rate += w->row_rate[row];
  return w->config->rate * rate / w->norm + (w->config->magnitude > 0 ? value_of_magnitudes (w) : 0)
         + (w->config->variability > 0 ? w->config->variability * w->deviation / w->energy : 0)
         + (rheo_regular_uses_moments (w->config) ? rheo_regular_value_of_moments (w) : 0)
         + rheo_regular_value_of_weights (w);
}
