#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "regular.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "kernels.h"

static const char *const orth_choices[] = { "inputs-outputs", "inputs", NULL };

const RheoParam rheo_regular_rows[] = {
  RHEO_P_REAL (RheoRegular, orth, "orthogonality", .label = N_ ("Orthogonality"), .max = 1e6, .soft_max = 1,
               .help = N_ ("Weight of the overlap between the weights of different inputs and outputs."),
               .flags = RHEO_LIVE),
  RHEO_P_CHOICE (RheoRegular, orth_of, "orthogonality-of", orth_choices, .label = N_ ("Orthogonality of"),
                 .help = N_ ("Which weights are kept apart: those of inputs and outputs, or of inputs alone."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_REAL (RheoRegular, rate, "rate", .label = N_ ("Small rates"), .max = 1e6, .soft_max = 1,
               .help = N_ ("Weight of the mean rate, raised to a power."), .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoRegular, power, "power", .label = N_ ("Power"), .def = 2, .min = 1, .max = 10, .soft_min = 1,
               .soft_max = 4, .help = N_ ("Rates are raised to it before the mean is taken."), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

/* One column: the weights between one input or output and all units of a population. */
typedef struct
{
  int trainable;     /* of the net */
  int64_t place, by; /* of its first number, and from one to the next */
  gboolean is_input;
} Column;

struct RheoRegularWork
{
  RheoNet *net;
  const RheoRegular *config;
  int pop, n_units; /* the population with rates; -1: none */
  Column *column;
  int n_columns;
  double *row_rate; /* [row] of the net */
  double norm;      /* units, steps and trials */
  double *unit;     /* [column][unit]: columns of length 1 */
  double *length;   /* [column] */
  double *cosine;   /* [column][column], 0 on the diagonal */
};

/* --- what there is ------------------------------------------------------------------------------------------------ */
static void
find_columns (RheoRegularWork *w)
{
  const RheoPlan *plan = rheo_net_get_plan (w->net);
  GArray *columns = g_array_new (FALSE, FALSE, sizeof (Column));

  for (int k = 0; k < rheo_net_get_n_trainables (w->net); k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (w->net, k);
      const RheoProj *p = t->proj;
      const gboolean weights = p != NULL && t->value == p->weight && p->form == RHEO_DENSE;

      if (weights && p->from == RHEO_INPUT && p->to == w->pop)
        for (int j = 0; j < p->n_pre; j++)
          {
            const Column column = { k, (int64_t) j * p->stride, 1, TRUE };
            g_array_append_val (columns, column);
          }
      if (weights && p->from == w->pop && p->to == plan->out_pop)
        for (int i = 0; i < p->n_post; i++)
          {
            const Column column = { k, i, p->stride, FALSE };
            g_array_append_val (columns, column);
          }
    }
  w->n_columns = (int) columns->len;
  w->column = (Column *) g_array_free (columns, FALSE);
}

RheoRegularWork *
rheo_regular_new (RheoNet *net)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  RheoRegularWork *w = g_new0 (RheoRegularWork, 1);

  w->net = net;
  w->pop = -1;
  for (int i = 0; i < plan->n_pops && w->pop < 0; i++)
    if (i != plan->out_pop && !plan->pop[i].cell->spikes)
      w->pop = i;
  if (w->pop < 0)
    return w;
  w->n_units = plan->pop[w->pop].n_units;
  find_columns (w);
  w->row_rate = g_new0 (double, rheo_net_get_lane (net, rheo_net_get_n_lanes (net) - 1)->row0
                                    + rheo_net_get_lane (net, rheo_net_get_n_lanes (net) - 1)->n_rows);
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
  g_free (w->column);
  g_free (w->row_rate);
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
  return w->pop >= 0 && config->rate > 0;
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
}

/* Rates of a row at a step of the tape; where they lie in `of`: the tape's out or d_out. */
static RheoReal *
rates (const RheoRegularWork *w, const RheoTapeLane *lane, RheoReal *of, int64_t t, int row)
{
  return of
         + ((gsize) t * (gsize) lane->n_rows + (gsize) (row - lane->row0))
               * (gsize) rheo_net_get_plan (w->net)->pop[w->pop].stride;
}

/* Steps of the tape whose rates count: the last rates of a trial reach no output. */
static int64_t
n_counted (const RheoRegularWork *w, const RheoBatch *batch, int row, int64_t t0)
{
  return CLAMP (batch->length[row] - 1 - t0, 0, rheo_net_get_tape (w->net)->n_steps);
}

static int
n_rows_of (const RheoBatch *batch, const RheoTapeLane *lane)
{
  return CLAMP (batch->n_rows - lane->row0, 0, lane->n_rows);
}

void
rheo_regular_add (RheoRegularWork *w, const RheoBatch *batch, int i_lane, int64_t t0)
{
  const RheoTape *tape = rheo_net_get_tape (w->net);
  const RheoTapeLane *lane = &tape->lane[i_lane - tape->lane0];

  if (!rheo_regular_uses_rates (w, w->config))
    return;
  for (int row = lane->row0; row < lane->row0 + n_rows_of (batch, lane); row++)
    for (int64_t t = 0; t < n_counted (w, batch, row, t0); t++)
      {
        const RheoReal *r = rates (w, lane, lane->pop[w->pop].out, t, row);
        double sum = 0;

        if (w->config->power == 2)
          sum = rheo_kernels_fast.sum_squares (w->n_units, r);
        else
          for (int i = 0; i < w->n_units; i++)
            sum += pow (fabs ((double) r[i]), w->config->power);
        w->row_rate[row] += sum;
      }
}

void
rheo_regular_gradient (RheoRegularWork *w, const RheoBatch *batch, int i_lane, int64_t t0)
{
  const RheoTape *tape = rheo_net_get_tape (w->net);
  const RheoTapeLane *lane = &tape->lane[i_lane - tape->lane0];
  const double scale = w->config->rate * w->config->power / w->norm;

  if (!rheo_regular_uses_rates (w, w->config))
    return;
  for (int row = lane->row0; row < lane->row0 + n_rows_of (batch, lane); row++)
    for (int64_t t = 0; t < n_counted (w, batch, row, t0); t++)
      {
        const RheoReal *r = rates (w, lane, lane->pop[w->pop].out, t, row);
        RheoReal *g = rates (w, lane, lane->pop[w->pop].d_out, t, row);

        if (w->config->power == 2)
          rheo_kernels_fast.axpy (w->n_units, (RheoReal) scale, r, g);
        else
          for (int i = 0; i < w->n_units; i++)
            g[i] += (RheoReal) (scale * copysign (pow (fabs ((double) r[i]), w->config->power - 1), (double) r[i]));
      }
}

/* --- weights ------------------------------------------------------------------------------------------------------ */

/* Columns of length 1 and their cosines. Returns the Frobenius norm of what is beside the diagonal. */
static double
measure_columns (RheoRegularWork *w)
{
  double squares = 0;

  for (int a = 0; a < w->n_columns; a++)
    {
      const Column *c = &w->column[a];
      const RheoReal *value = rheo_net_get_trainable (w->net, c->trainable)->value + c->place;
      double *unit = w->unit + (gsize) a * (gsize) w->n_units, sum = 0;

      for (int i = 0; i < w->n_units; i++)
        sum += (double) value[i * c->by] * (double) value[i * c->by];
      w->length[a] = MAX (sqrt (sum), 1e-8);
      for (int i = 0; i < w->n_units; i++)
        unit[i] = (double) value[i * c->by] / w->length[a];
      for (int b = 0; b < a; b++)
        {
          const double *other = w->unit + (gsize) b * (gsize) w->n_units;
          const gboolean counts = w->config->orth_of == 0 || (c->is_input && w->column[b].is_input);
          double cosine = 0;

          for (int i = 0; counts && i < w->n_units; i++)
            cosine += unit[i] * other[i];
          w->cosine[a * w->n_columns + b] = w->cosine[b * w->n_columns + a] = cosine;
          squares += 2 * cosine * cosine;
        }
    }
  return sqrt (squares);
}

double
rheo_regular_value (RheoRegularWork *w, const RheoBatch *batch)
{
  double rate = 0;

  for (int row = 0; rheo_regular_uses_rates (w, w->config) && row < batch->n_rows; row++)
    rate += w->row_rate[row];
  return w->config->rate * rate / w->norm
         + (w->config->orth > 0 && w->n_columns > 0 ? w->config->orth * measure_columns (w) : 0);
}

void
rheo_regular_weights (RheoRegularWork *w, RheoGrad *grad)
{
  g_autofree double *slope = g_new (double, MAX (w->n_units, 1));
  double norm;

  if (w->config->orth <= 0 || w->n_columns == 0)
    return;
  norm = MAX (measure_columns (w), 1e-12);
  for (int a = 0; a < w->n_columns; a++)
    {
      const Column *c = &w->column[a];
      const double *unit = w->unit + (gsize) a * (gsize) w->n_units;
      RheoReal *out = grad->value[c->trainable] + c->place;
      double along = 0;

      for (int i = 0; i < w->n_units; i++)
        slope[i] = 0;
      for (int b = 0; b < w->n_columns; b++)
        for (int i = 0; b != a && i < w->n_units; i++)
          slope[i] += 2 * w->cosine[a * w->n_columns + b] / norm * w->unit[(gsize) b * (gsize) w->n_units + (gsize) i];
      for (int i = 0; i < w->n_units; i++)
        along += slope[i] * unit[i];
      for (int i = 0; i < w->n_units; i++)
        out[i * c->by] += (RheoReal) (w->config->orth * (slope[i] - along * unit[i]) / w->length[a]);
    }
}
