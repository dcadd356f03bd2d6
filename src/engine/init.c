#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "init.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "linalg.h"

static const char *const kinds[] = { "lognormal",     "normal",         "uniform",  "orthogonal", "xavier-uniform",
                                     "xavier-normal", "kaiming-normal", "constant", NULL };
static const char *const connects[] = { "all", "count", "chance", "classes", "ring", "sheet", NULL };
static const char *const biases[] = { "none", "zero", "uniform", "constant", NULL };

/* Probabilities between excitatory, PV, SST and Htr cells of the robot network of Zhu et al. */
#define CORTEX "0.16 0.395 0.182 0.105 0.411 0.451 0.03 0.22 0.424 0.857 0.082 0.77 0.087 0.02 0.0625 0.028"

#define VALUE_ROWS(KIND)                                                                                               \
  RHEO_P_CHOICE (RheoInit, kind, "kind", kinds, .label = N_ ("Initial weights"), .def = KIND,                          \
                 .help = N_ ("Law that the weights are drawn from.")),                                                 \
      RHEO_P_REAL (RheoInit, mu, "mu", .label = N_ ("Mean of the logarithm"),                                          \
                   .help = N_ ("Of weights whose logarithm is normally distributed."), .def = -0.64, .min = -50,       \
                   .max = 50, .soft_min = -3, .soft_max = 3, .when = "kind=lognormal"),                                \
      RHEO_P_REAL (RheoInit, sigma, "sigma", .label = N_ ("Standard deviation of the logarithm"),                      \
                   .help = N_ ("Of weights whose logarithm is normally distributed."), .def = 0.51, .min = 0,          \
                   .max = 20, .soft_min = 0, .soft_max = 2, .when = "kind=lognormal"),                                 \
      RHEO_P_REAL (RheoInit, mean, "mean", .label = N_ ("Mean"), .help = N_ ("Of normally distributed weights."),      \
                   .def = 0, .min = -1e6, .max = 1e6, .soft_min = -1, .soft_max = 1, .when = "kind=normal"),           \
      RHEO_P_REAL (RheoInit, sd, "sd", .label = N_ ("Standard deviation"),                                             \
                   .help = N_ ("Of normally distributed weights."), .def = 1, .min = 0, .max = 1e6, .soft_min = 0,     \
                   .soft_max = 2, .when = "kind=normal"),                                                              \
      RHEO_P_REAL (RheoInit, range, "range", .label = N_ ("Range"), .help = N_ ("Largest weight, of either sign."),    \
                   .def = 1, .min = 0, .max = 1e6, .soft_min = 0, .soft_max = 2, .when = "kind=uniform"),              \
      RHEO_P_BOOL (RheoInit, per_fan_in, "per-fan-in", .label = N_ ("Scale with the number of sources"),               \
                   .help = N_ ("Divides by the square root of the number of sources."), .def = TRUE,                   \
                   .when = "kind=normal|uniform"),                                                                     \
      RHEO_P_REAL (RheoInit, gain, "gain", .label = N_ ("Gain"), .help = N_ ("Factor on what the law gives."),         \
                   .def = 1, .min = 0, .max = 1e6, .soft_min = 0, .soft_max = 3,                                       \
                   .when = "kind=orthogonal|xavier-uniform|xavier-normal|kaiming-normal"),                             \
      RHEO_P_REAL (RheoInit, value, "value", .label = N_ ("Value"), .help = N_ ("Weight of every connection."),        \
                   .def = 0, .min = -1e6, .max = 1e6, .soft_min = -1, .soft_max = 1, .when = "kind=constant")

#define CONNECT_ROWS(DEF)                                                                                              \
  RHEO_P_CHOICE (RheoInit, connect, "connect", connects, .label = N_ ("Connections"), .def = DEF,                      \
                 .help = N_ ("Which pairs are connected: all, an exact share, each by chance, by the classes of both " \
                             "units, or by their distance.")),                                                         \
      RHEO_P_REAL (RheoInit, density, "density", .label = N_ ("Share of connected pairs"),                             \
                   .help = N_ ("Of all pairs of a source and a target."), .def = 0.16, .min = 0, .max = 1,             \
                   .when = "connect=count|chance"),                                                                    \
      RHEO_P_REALS (RheoInit, chance, n_chance, "class-chance", .label = N_ ("Probabilities by class"),                \
                    .help =                                                                                            \
                        N_ ("For each class of sources the probability of a connection to each class of targets."),    \
                    .def_text = CORTEX, .min = 0, .max = 1, .when = "connect=classes"),                                \
      RHEO_P_REAL (RheoInit, peak, "peak", .label = N_ ("Probability at distance 0"),                                  \
                   .help = N_ ("It falls with the distance as a bell."), .def = 0.5, .min = 0, .max = 1,               \
                   .when = "connect=ring|sheet"),                                                                      \
      RHEO_P_REAL (RheoInit, reach, "reach", .label = N_ ("Reach"),                                                    \
                   .help = N_ ("Standard deviation of the distance, where the ring or the side of the sheet is 1."),   \
                   .def = 0.1, .min = 1e-4, .max = 10, .soft_min = 0.01, .soft_max = 0.5,                              \
                   .when = "connect=ring|sheet"),                                                                      \
      RHEO_P_REAL (RheoInit, inhibition, "inhibition", .label = N_ ("Strength of inhibition"),                         \
                   .help = N_ ("What weights of inhibitory sources are multiplied by, beside their sign."), .def = 10, \
                   .min = 0, .max = 1e6, .soft_min = 1, .soft_max = 20)

#define BIAS_ROWS(DEF)                                                                                                 \
  RHEO_P_CHOICE (RheoInit, bias, "bias", biases, .label = N_ ("Bias"), .def = DEF,                                     \
                 .help = N_ ("Initial bias of each target: none at all, zero, drawn from the range of plus or minus "  \
                             "one over the root of the number of sources, or one value.")),                            \
      RHEO_P_REAL (RheoInit, bias_value, "bias-value", .label = N_ ("Bias value"),                                     \
                   .help = N_ ("Initial bias of every target."), .def = 0, .min = -1e6, .max = 1e6, .soft_min = -1,    \
                   .soft_max = 1, .when = "bias=constant")

const RheoParam rheo_init_rows[] = {
  VALUE_ROWS (RHEO_INIT_LOGNORMAL),
  CONNECT_ROWS (RHEO_CONNECT_COUNT),
  BIAS_ROWS (RHEO_BIAS_UNIFORM),
  RHEO_P_END,
};

const RheoParam rheo_init_plain_rows[] = {
  VALUE_ROWS (RHEO_INIT_NORMAL),
  CONNECT_ROWS (RHEO_CONNECT_ALL),
  BIAS_ROWS (RHEO_BIAS_ZERO),
  RHEO_P_END,
};

#define RECURRENT_ROWS                                                                                                 \
  RHEO_P_BOOL (RheoInit, no_self, "no-self", .label = N_ ("No self-connections"),                                      \
               .help = N_ ("Leaves out connections of a unit with itself.")),                                          \
      RHEO_P_REAL (RheoInit, radius, "spectral-radius", .label = N_ ("Spectral radius"),                               \
                   .help = N_ ("Scales all weights so that the largest eigenvalue has this modulus; 0 leaves them."),  \
                   .def = 0, .min = 0, .max = 1000, .soft_min = 0, .soft_max = 2)

const RheoParam rheo_init_recurrent_rows[] = {
  VALUE_ROWS (RHEO_INIT_LOGNORMAL),
  CONNECT_ROWS (RHEO_CONNECT_CLASSES),
  RECURRENT_ROWS,
  BIAS_ROWS (RHEO_BIAS_UNIFORM),
  RHEO_P_END,
};

const RheoParam rheo_init_plain_recurrent_rows[] = {
  VALUE_ROWS (RHEO_INIT_NORMAL),
  CONNECT_ROWS (RHEO_CONNECT_ALL),
  RECURRENT_ROWS,
  BIAS_ROWS (RHEO_BIAS_NONE),
  RHEO_P_END,
};

gboolean
rheo_init_check (const RheoInit *config, int n_pre_classes, int n_post_classes, const char *path, GError **error)
{
  const int n_pre = MAX (n_pre_classes, 1), n_post = MAX (n_post_classes, 1);

  if (config->connect == RHEO_CONNECT_CLASSES && config->n_chance != n_pre * n_post)
    return rheo_fail (
        error, RHEO_ERROR_INVALID,
        _ ("%s.class-chance has %d numbers, but %d classes of sources and %d classes of targets need %d."), path,
        config->n_chance, n_pre, n_post, n_pre * n_post);
  if (config->kind == RHEO_INIT_ORTHOGONAL && config->connect != RHEO_CONNECT_ALL)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("%s.kind is orthogonal, which needs all connections: %s.connect must be all."), path, path);
  return TRUE;
}

/* --- draws ------------------------------------------------------------------------------------------------------ */

/* What a number is drawn for: the top of the step, over the row. */
typedef enum
{
  VALUE,
  CONNECTION,
  BIAS,
} Draw;

static uint32_t
step_of (Draw what, int row)
{
  return (uint32_t) what << 28 | (uint32_t) row;
}

static double
place_on_ring (int i, int n)
{
  return (double) i / n;
}

static void
place_on_sheet (int i, int n, double *x, double *y)
{
  const int side = (int) ceil (sqrt (n));

  *x = (i % side + 0.5) / side;
  *y = (i / side + 0.5) / side;
}

static int
class_of (const RheoPop *pop, int unit)
{
  int k = 0;

  while (pop != NULL && k + 1 < pop->n_classes && unit >= pop->class_first[k + 1])
    k++;
  return k;
}

/* Probability of a connection. */
static double
chance (const RheoInit *c, const RheoProj *p, const RheoPop *pre, const RheoPop *post, int j, int i)
{
  double x0, y0, x1, y1, square;

  switch (c->connect)
    {
    case RHEO_CONNECT_CHANCE:
      return c->density;
    case RHEO_CONNECT_CLASSES:
      return c->chance[class_of (pre, j) * MAX (post->n_classes, 1) + class_of (post, i)];
    case RHEO_CONNECT_RING:
      x0 = fabs (place_on_ring (j, p->n_pre) - place_on_ring (i, p->n_post));
      x0 = MIN (x0, 1 - x0);
      square = x0 * x0;
      break;
    case RHEO_CONNECT_SHEET:
      place_on_sheet (j, p->n_pre, &x0, &y0);
      place_on_sheet (i, p->n_post, &x1, &y1);
      square = (x0 - x1) * (x0 - x1) + (y0 - y1) * (y0 - y1);
      break;
    default:
      return 1;
    }
  return c->peak * exp (-square / (2 * c->reach * c->reach));
}

/* Pairs that may be connected, taken in order, each with the chance that leaves every choice of the wanted number as
 * likely (selection sampling, Knuth). */
typedef struct
{
  int64_t n_wanted, n_left;
} Selection;

static void
connect_row (const RheoInit *c, const RheoProj *p, const RheoPop *pre, const RheoPop *post, RheoRng rng, int j,
             Selection *selection, uint8_t *connected)
{
  const uint32_t step = step_of (CONNECTION, j);

  for (int i = 0; i < p->n_post; i++)
    {
      connected[i] = 0;
      if (c->no_self && p->from == p->to && i == j)
        continue;
      if (c->connect == RHEO_CONNECT_COUNT)
        {
          connected[i] =
              rheo_rng_uniform (rng, step, (uint32_t) i) * (double) selection->n_left < (double) selection->n_wanted;
          selection->n_wanted -= connected[i];
          selection->n_left--;
        }
      else if (c->connect == RHEO_CONNECT_ALL)
        connected[i] = 1;
      else
        connected[i] = rheo_rng_uniform (rng, step, (uint32_t) i) < chance (c, p, pre, post, j, i);
    }
}

static void
draw_row (const RheoInit *c, int fan_in, int fan_out, RheoRng rng, int row, int n, RheoReal *w)
{
  const uint32_t step = step_of (VALUE, row);
  const double scale = c->per_fan_in ? 1 / sqrt (fan_in) : 1, sum = fan_in + fan_out;
  double sd = 0, range = 0;

  switch (c->kind)
    {
    case RHEO_INIT_LOGNORMAL:
      rheo_rng_normals (rng, step, 0, n, w);
      for (int i = 0; i < n; i++)
        w[i] = (RheoReal) exp (c->mu + c->sigma * (double) w[i]);
      return;
    case RHEO_INIT_CONSTANT:
      for (int i = 0; i < n; i++)
        w[i] = (RheoReal) c->value;
      return;
    case RHEO_INIT_UNIFORM:
      range = c->range * scale;
      break;
    case RHEO_INIT_XAVIER_UNIFORM:
      range = c->gain * sqrt (6 / sum);
      break;
    case RHEO_INIT_NORMAL:
      sd = c->sd * scale;
      break;
    case RHEO_INIT_XAVIER_NORMAL:
      sd = c->gain * sqrt (2 / sum);
      break;
    case RHEO_INIT_KAIMING_NORMAL:
      sd = c->gain * sqrt (2. / fan_in);
      break;
    }
  if (c->kind == RHEO_INIT_UNIFORM || c->kind == RHEO_INIT_XAVIER_UNIFORM)
    {
      for (int i = 0; i < n; i++)
        w[i] = (RheoReal) (range * (2 * rheo_rng_uniform (rng, step, (uint32_t) i) - 1));
      return;
    }
  rheo_rng_normals (rng, step, 0, n, w);
  for (int i = 0; i < n; i++)
    w[i] = (RheoReal) ((c->kind == RHEO_INIT_NORMAL ? c->mean : 0) + sd * (double) w[i]);
}

/* --- whole matrices ----------------------------------------------------------------------------------------------- */

static void
draw_orthogonal (const RheoInit *c, RheoProj *p, RheoRng rng)
{
  const int m = MAX (p->n_pre, p->n_post), n = MIN (p->n_pre, p->n_post);
  g_autofree double *a = g_new (double, (gsize) m *(gsize) n);
  g_autofree double *work = g_new (double, RHEO_ORTHONORMAL_WORK (n));
  g_autofree RheoReal *column = g_new (RheoReal, m);

  for (int k = 0; k < n; k++)
    {
      rheo_rng_normals (rng, step_of (VALUE, k), 0, m, column);
      for (int i = 0; i < m; i++)
        a[(size_t) k * (size_t) m + (size_t) i] = (double) column[i];
    }
  rheo_orthonormal (m, n, a, work);
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      p->weight[(size_t) j * (size_t) p->stride + (size_t) i] =
          (RheoReal) (c->gain
                      * (p->n_post == m ? a[(size_t) j * (size_t) m + (size_t) i]
                                        : a[(size_t) i * (size_t) m + (size_t) j]));
}

void
rheo_init_set_radius (RheoProj *p, double radius)
{
  const int n = p->n_pre;
  g_autofree double *a = g_new (double, (gsize) n *(gsize) n);
  g_autofree double *re = g_new (double, n), *im = g_new (double, n);
  double largest = 0;

  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++)
      a[(size_t) j * (size_t) n + (size_t) i] = (double) p->weight[(size_t) j * (size_t) p->stride + (size_t) i];
  if (!rheo_eigenvalues (n, a, re, im))
    return;
  for (int i = 0; i < n; i++)
    largest = MAX (largest, hypot (re[i], im[i]));
  if (largest == 0)
    return;
  for (size_t i = 0; i < (size_t) n * (size_t) p->stride; i++)
    p->weight[i] = (RheoReal) ((double) p->weight[i] * radius / largest);
}

static void
give_sign (const RheoInit *c, int sign, int n, RheoReal *w)
{
  const double factor = sign < 0 ? -c->inhibition : 1;

  for (int i = 0; sign != 0 && i < n; i++)
    w[i] = (RheoReal) (factor * fabs ((double) w[i]));
}

static void
fill_dense (const RheoInit *c, RheoProj *p, const RheoPop *pre, const RheoPop *post, const int8_t *sign, RheoRng rng)
{
  const bool self = c->no_self && p->from == p->to;
  const int64_t n_pairs = (int64_t) p->n_pre * p->n_post;
  Selection selection = { .n_wanted = (int64_t) floor (c->density * (double) n_pairs),
                          .n_left = n_pairs - (self ? p->n_pre : 0) };
  g_autofree uint8_t *connected = g_new (uint8_t, p->n_post);

  if (c->kind == RHEO_INIT_ORTHOGONAL)
    draw_orthogonal (c, p, rng);
  for (int j = 0; j < p->n_pre; j++)
    {
      RheoReal *w = p->weight + (size_t) j * (size_t) p->stride;

      if (c->kind != RHEO_INIT_ORTHOGONAL)
        draw_row (c, p->n_pre, p->n_post, rng, j, p->n_post, w);
      if (sign != NULL)
        give_sign (c, sign[j], p->n_post, w);
      connect_row (c, p, pre, post, rng, j, &selection, connected);
      for (int i = 0; i < p->n_post; i++)
        w[i] = connected[i] ? w[i] : 0;
      memset (w + p->n_post, 0, (size_t) (p->stride - p->n_post) * sizeof *w);
      if (p->keep.mask != NULL)
        memcpy (p->keep.mask + (size_t) j * (size_t) p->stride, connected, (size_t) p->n_post);
    }
  if (c->radius > 0 && p->n_pre == p->n_post)
    rheo_init_set_radius (p, c->radius);
}

static void
fill_bias (const RheoInit *c, RheoProj *p, RheoRng rng)
{
  const double range = 1 / sqrt (p->n_pre);

  for (int i = 0; i < p->n_post; i++)
    p->bias[i] = (RheoReal) (c->bias == RHEO_BIAS_UNIFORM
                                 ? range * (2 * rheo_rng_uniform (rng, step_of (BIAS, 0), (uint32_t) i) - 1)
                             : c->bias == RHEO_BIAS_CONSTANT ? c->bias_value
                                                             : 0);
}

void
rheo_init_proj (const RheoInit *config, RheoNet *net, int i_proj, const int8_t *sign, RheoRng rng)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  RheoProj *p = rheo_net_get_proj (net, i_proj);

  g_assert (p->form != RHEO_SPARSE);
  rng.stream = RHEO_STREAM_INIT;
  rng.iteration = 0;
  rng.item = (uint32_t) i_proj;
  if (p->form == RHEO_DENSE)
    fill_dense (config, p, p->from >= 0 ? &plan->pop[p->from] : NULL, &plan->pop[p->to], sign, rng);
  else
    {
      draw_row (config, 1, 1, rng, 0, p->n_post, p->weight);
      for (int i = 0; sign != NULL && i < p->n_post; i++)
        give_sign (config, sign[i], 1, &p->weight[i]);
    }
  if (p->bias != NULL)
    fill_bias (config, p, rng);
}

/* --- what will be drawn ------------------------------------------------------------------------------------------- */
#define SAMPLES 48 /* units of each class that stand for all of it, where the distance counts */

/* Units of a class are first .. last - 1; where there are no classes, all. */
static void
class_limits (const RheoPop *pop, int k, int n_all, int *first, int *last)
{
  const bool has = pop != NULL && pop->n_classes > 0;

  *first = has ? pop->class_first[k] : 0;
  *last = has ? pop->class_first[k + 1] : n_all;
}

static double
mean_chance (const RheoInit *c, const RheoProj *p, const RheoPop *pre, const RheoPop *post, int j_class, int i_class)
{
  int j0, j1, i0, i1, n = 0;
  double sum = 0;

  class_limits (pre, j_class, p->n_pre, &j0, &j1);
  class_limits (post, i_class, p->n_post, &i0, &i1);
  if (j0 == j1 || i0 == i1)
    return 0;
  if (c->connect != RHEO_CONNECT_RING && c->connect != RHEO_CONNECT_SHEET)
    return chance (c, p, pre, post, j0, i0);
  for (int j = 0; j < MIN (j1 - j0, SAMPLES); j++)
    for (int i = 0; i < MIN (i1 - i0, SAMPLES * SAMPLES); i++, n++)
      sum += chance (c, p, pre, post, j0 + (int) ((int64_t) j * (j1 - j0) / MIN (j1 - j0, SAMPLES)),
                     i0 + (int) ((int64_t) i * (i1 - i0) / MIN (i1 - i0, SAMPLES * SAMPLES)));
  return sum / n;
}

static double
expected_share (const RheoInit *c, const RheoProj *p, const RheoPop *pre, const RheoPop *post, int j_class, int i_class)
{
  const double n_pairs = (double) p->n_pre * p->n_post;
  const bool self = c->no_self && p->from == p->to;
  int first, last;

  if (p->form == RHEO_ONE_TO_ONE)
    {
      class_limits (post, i_class, p->n_post, &first, &last);
      return j_class == i_class && last > first ? 1.0 / (last - first) : 0;
    }
  if (c->connect == RHEO_CONNECT_COUNT)
    return MIN (floor (c->density * n_pairs), n_pairs - (self ? p->n_pre : 0)) / n_pairs;
  class_limits (post, i_class, p->n_post, &first, &last);
  return mean_chance (c, p, pre, post, j_class, i_class)
         * (self && j_class == i_class && last > first ? 1 - 1.0 / (last - first) : 1);
}

void
rheo_init_expect (const RheoInit *config, RheoNet *net, int i_proj, const int8_t *sign)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoProj *p = rheo_net_get_proj (net, i_proj);
  const RheoPop *pre = p->from >= 0 ? &plan->pop[p->from] : NULL, *post = &plan->pop[p->to];
  const int n_pre = pre != NULL ? MAX (pre->n_classes, 1) : 1, n_post = MAX (post->n_classes, 1);
  g_autofree double *share = g_new (double, (gsize) n_pre *(gsize) n_post);
  g_autofree int8_t *signs = g_new0 (int8_t, n_pre);

  for (int j = 0; j < n_pre; j++)
    {
      int first, last;

      class_limits (pre, j, p->n_pre, &first, &last);
      signs[j] = sign != NULL && last > first ? sign[first] : 0;
      for (int i = 0; i < n_post; i++)
        share[j * n_post + i] = expected_share (config, p, pre, post, j, i);
    }
  rheo_net_expect (net, i_proj, share, sign != NULL ? signs : NULL);
}
