#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <string.h>

#include "kernels.h"
#include "linalg.h"
#include "regular-moments.h"
#include "regular-private.h"

/* States that are multiplied at a time: their products are summed in double. */
#define N_BLOCK 64

/* A lane of the net. */
typedef struct
{
  RheoReal *block, *product, *slope; /* [N_BLOCK][n], [n][n], [N_BLOCK][n_units] */
  RheoReal *to[N_BLOCK];             /* d_out of each state */
  int n_filled;
  int64_t n_states;
  double *sum, *size, *second;
} Lane;

struct RheoRegularMoments
{
  RheoNet *net;
  RheoMoments mean;
  RheoMomentSlopes slopes;
  RheoReal *product; /* [n][n_units]: slopes.product */
  Lane *lane;
  int n_lanes;
  int rec, in; /* trainables; -1: none */
  gboolean has_products;
  double value;
};

gboolean
rheo_regular_uses_moments (const RheoRegular *c)
{
  return c->rate_inequality > 0 || c->input_inequality > 0 || c->steady > 0 || c->clustering > 0 || c->tail > 0;
}

static gboolean
needs_products (const RheoRegular *c)
{
  return c->steady > 0 || c->clustering > 0 || c->tail > 0;
}

/* --- what there is ------------------------------------------------------------------------------------------------ */
static double *
zeros (gsize n)
{
  return g_new0 (double, n);
}

static void
find_weights (RheoRegularMoments *m, int pop)
{
  m->rec = m->in = -1;
  for (int k = 0; k < rheo_net_get_n_trainables (m->net); k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (m->net, k);

      if (t->proj == NULL || t->value != t->proj->weight || t->proj->form != RHEO_DENSE || t->proj->to != pop)
        continue;
      if (t->proj->from == pop)
        m->rec = k;
      else if (t->proj->from == RHEO_INPUT)
        m->in = k;
    }
}

static RheoRegularMoments *
moments_new (RheoNet *net, int pop)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  RheoRegularMoments *m = g_new0 (RheoRegularMoments, 1);
  const gsize n_units = (gsize) plan->pop[pop].n_units, n = n_units + (gsize) plan->n_in;

  m->net = net;
  m->mean.n_units = (int) n_units;
  m->mean.n = (int) n;
  m->mean.n_classes = MAX (plan->pop[pop].n_classes, 1);
  m->mean.class_first = plan->pop[pop].n_classes > 0 ? plan->pop[pop].class_first : NULL;
  m->mean.value = zeros (n);
  m->mean.size = zeros (n_units);
  m->mean.second = zeros (n * n);
  m->mean.weight = zeros (n * n_units);
  m->slopes.value = zeros (n_units);
  m->slopes.size = zeros (n_units);
  m->slopes.product = zeros (n * n_units);
  m->slopes.weight = zeros (n * n_units);
  m->product = g_new0 (RheoReal, n * n_units);
  m->n_lanes = rheo_net_get_n_lanes (net);
  m->lane = g_new0 (Lane, m->n_lanes);
  for (int i = 0; i < m->n_lanes; i++)
    m->lane[i] = (Lane){ .block = g_new0 (RheoReal, N_BLOCK * n),
                         .product = g_new0 (RheoReal, n * n),
                         .slope = g_new0 (RheoReal, N_BLOCK * n_units),
                         .sum = zeros (n),
                         .size = zeros (n_units),
                         .second = zeros (n * n) };
  find_weights (m, pop);
  return m;
}

void
rheo_regular_moments_free (RheoRegularMoments *m)
{
  if (m == NULL)
    return;
  for (int i = 0; i < m->n_lanes; i++)
    {
      g_free (m->lane[i].block);
      g_free (m->lane[i].product);
      g_free (m->lane[i].slope);
      g_free (m->lane[i].sum);
      g_free (m->lane[i].size);
      g_free (m->lane[i].second);
    }
  g_free (m->lane);
  g_free (m->mean.value);
  g_free (m->mean.size);
  g_free (m->mean.second);
  g_free (m->mean.weight);
  g_free (m->slopes.value);
  g_free (m->slopes.size);
  g_free (m->slopes.product);
  g_free (m->slopes.weight);
  g_free (m->product);
  g_free (m);
}

void
rheo_regular_begin_moments (RheoRegularWork *w)
{
  RheoRegularMoments *m = w->moments;

  if (m == NULL)
    m = w->moments = moments_new (w->net, w->pop);
  m->has_products = needs_products (w->config);
  for (int i = 0; i < m->n_lanes; i++)
    {
      Lane *lane = &m->lane[i];

      lane->n_filled = 0;
      lane->n_states = 0;
      memset (lane->sum, 0, sizeof (double) * (gsize) m->mean.n);
      memset (lane->size, 0, sizeof (double) * (gsize) m->mean.n_units);
      memset (lane->second, 0, sizeof (double) * (gsize) m->mean.n * (gsize) m->mean.n);
    }
}

/* --- between the tape and blocks of states ------------------------------------------------------------------------ */
static void
add_block (RheoRegularMoments *m, Lane *lane)
{
  const int n = m->mean.n;

  for (int k = 0; k < lane->n_filled; k++)
    {
      const RheoReal *z = lane->block + k * n;

      for (int i = 0; i < n; i++)
        lane->sum[i] += (double) z[i];
      for (int i = 0; i < m->mean.n_units; i++)
        lane->size[i] += z[i] < 0 ? -(double) z[i] : (double) z[i];
    }
  lane->n_states += lane->n_filled;
  if (m->has_products)
    {
      rheo_kernels_fast.gemm (true, false, n, n, lane->n_filled, lane->block, n, lane->block, n, 0, lane->product, n);
      for (gsize i = 0; i < (gsize) n * (gsize) n; i++)
        lane->second[i] += (double) lane->product[i];
    }
  lane->n_filled = 0;
}

static void
give_slopes (RheoRegularMoments *m, Lane *lane)
{
  const int n = m->mean.n, n_units = m->mean.n_units;

  if (m->has_products)
    rheo_kernels_fast.gemm (false, false, lane->n_filled, n_units, n, lane->block, n, m->product, n_units, 0,
                            lane->slope, n_units);
  for (int k = 0; k < lane->n_filled; k++)
    {
      const RheoReal *z = lane->block + k * n, *by_product = lane->slope + k * n_units;

      for (int i = 0; i < n_units; i++)
        lane->to[k][i] += (RheoReal) (m->slopes.value[i] + ((z[i] > 0) - (z[i] < 0)) * m->slopes.size[i])
                          + (m->has_products ? by_product[i] : 0);
    }
  lane->n_filled = 0;
}

/* Input of a row at a step. */
static void
copy_input (const RheoBatch *batch, int row, int64_t step, RheoReal *to)
{
  const int64_t at = (int64_t) row * batch->n_steps + step;

  if (batch->input != NULL)
    {
      memcpy (to, batch->input + at * batch->n_in, sizeof *to * (gsize) batch->n_in);
      return;
    }
  memset (to, 0, sizeof *to * (gsize) batch->n_in);
  for (int64_t e = batch->event_first[at]; e < batch->event_first[at + 1]; e++)
    to[batch->event_unit[e]] += 1;
}

/* All states of a lane of the tape that count, in blocks. State t of the tape is what the input of step t + 1 meets. */
static void
walk (RheoRegularWork *w, const RheoBatch *batch, int i_lane, int64_t t0,
      void (*use) (RheoRegularMoments *m, Lane *lane))
{
  RheoRegularMoments *m = w->moments;
  const RheoTape *tape = rheo_net_get_tape (w->net);
  const RheoTapeLane *from = &tape->lane[i_lane - tape->lane0];
  const int stride = rheo_net_get_plan (w->net)->pop[w->pop].stride;
  Lane *lane = &m->lane[i_lane];

  for (int64_t t = 0; t < tape->n_steps; t++)
    for (int row = 0; row < from->n_rows; row++)
      {
        const gsize place = ((gsize) t * (gsize) from->n_rows + (gsize) row) * (gsize) stride;
        RheoReal *z = lane->block + lane->n_filled * m->mean.n;

        if (from->row0 + row >= batch->n_rows || t0 + t >= batch->length[from->row0 + row] - 1)
          continue;
        memcpy (z, from->pop[w->pop].out + place, sizeof *z * (gsize) m->mean.n_units);
        copy_input (batch, from->row0 + row, t0 + t + 1, z + m->mean.n_units);
        lane->to[lane->n_filled++] = from->pop[w->pop].d_out != NULL ? from->pop[w->pop].d_out + place : NULL;
        if (lane->n_filled == N_BLOCK)
          use (m, lane);
      }
  if (lane->n_filled > 0)
    use (m, lane);
}

void
rheo_regular_add_moments (RheoRegularWork *w, const RheoBatch *batch, int i_lane, int64_t t0)
{
  walk (w, batch, i_lane, t0, add_block);
}

void
rheo_regular_gradient_of_moments (RheoRegularWork *w, const RheoBatch *batch, int i_lane, int64_t t0)
{
  walk (w, batch, i_lane, t0, give_slopes);
}

/* --- the whole batch ---------------------------------------------------------------------------------------------- */
static void
add_scaled (gsize n, double scale, const double *from, double *to)
{
  for (gsize i = 0; i < n; i++)
    to[i] += scale * from[i];
}

/* Weights of inputs and of units onto units, as they are now. */
static void
copy_weights (RheoRegularMoments *m)
{
  const int n_units = m->mean.n_units;

  for (int part = 0; part < 2; part++)
    {
      const int k = part == 0 ? m->rec : m->in;
      const RheoProj *p = k >= 0 ? rheo_net_get_trainable (m->net, k)->proj : NULL;
      double *to = m->mean.weight + (part == 0 ? 0 : n_units * n_units);

      for (int j = 0; p != NULL && j < p->n_pre; j++)
        for (int i = 0; i < n_units; i++)
          to[j * n_units + i] = (double) p->weight[(gsize) j * (gsize) p->stride + (gsize) i];
    }
}

void
rheo_regular_finish_moments (RheoRegularWork *w)
{
  RheoRegularMoments *m = w->moments;
  const gsize n = (gsize) m->mean.n, n_units = (gsize) m->mean.n_units;
  int64_t n_states = 0;

  memset (m->mean.value, 0, sizeof (double) * n);
  memset (m->mean.size, 0, sizeof (double) * n_units);
  memset (m->mean.second, 0, sizeof (double) * n * n);
  memset (m->slopes.value, 0, sizeof (double) * n_units);
  memset (m->slopes.size, 0, sizeof (double) * n_units);
  memset (m->slopes.product, 0, sizeof (double) * n * n_units);
  memset (m->slopes.weight, 0, sizeof (double) * n * n_units);
  for (int i = 0; i < m->n_lanes; i++)
    n_states += m->lane[i].n_states;
  m->value = 0;
  if (n_states == 0)
    return;
  for (int i = 0; i < m->n_lanes; i++)
    {
      add_scaled (n, 1.0 / (double) n_states, m->lane[i].sum, m->mean.value);
      add_scaled (n_units, 1.0 / (double) n_states, m->lane[i].size, m->mean.size);
      add_scaled (n * n, 1.0 / (double) n_states, m->lane[i].second, m->mean.second);
    }
  copy_weights (m);
  m->value = rheo_regular_measure (w->config, &m->mean, &m->slopes);
  /* Each state has its share in the means. */
  for (gsize i = 0; i < n_units; i++)
    {
      m->slopes.value[i] /= (double) n_states;
      m->slopes.size[i] /= (double) n_states;
    }
  for (gsize i = 0; i < n * n_units; i++)
    m->product[i] = (RheoReal) (m->slopes.product[i] / (double) n_states);
}

double
rheo_regular_value_of_moments (const RheoRegularWork *w)
{
  return w->moments->value;
}

void
rheo_regular_weights_of_moments (RheoRegularWork *w, RheoGrad *grad)
{
  const RheoRegularMoments *m = w->moments;
  const int n_units = m->mean.n_units;

  for (int part = 0; part < 2; part++)
    {
      const int k = part == 0 ? m->rec : m->in;
      const RheoProj *p = k >= 0 ? rheo_net_get_trainable (w->net, k)->proj : NULL;
      const double *from = m->slopes.weight + (part == 0 ? 0 : n_units * n_units);

      for (int j = 0; p != NULL && j < p->n_pre; j++)
        for (int i = 0; i < n_units; i++)
          grad->value[k][(gsize) j * (gsize) p->stride + (gsize) i] += (RheoReal) from[j * n_units + i];
    }
}
