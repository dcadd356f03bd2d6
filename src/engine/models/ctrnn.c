#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/cells/ctrnn.h"
#include "engine/cells/readout.h"
#include "engine/feedback.h"
#include "engine/field.h"
#include "engine/init.h"
#include "engine/linalg.h"
#include "engine/net.h"

/* Continuous-time rate networks of the Engel laboratory (trainRNNbrain, Langdon & Engel), in its three generations: one
 * population, excitatory and inhibitory units or of one kind, all joined to all or embedded in space. The read-out sees the
 * state before the step's input has acted, so the last input of a trial never reaches an output. */

enum
{
  WEIGHTS_CLASSIC,
  WEIGHTS_MIDDLE,
  WEIGHTS_NEWEST,
};

enum
{
  BIAS_NONE,
  BIAS_ZERO,
  BIAS_UNIFORM,
};

enum
{
  LAYOUT_PLAIN,
  LAYOUT_SPATIAL,
};

static const char *const equation_choices[] = { "rate", "current", NULL };
static const char *const activation_choices[] = { "relu",       "tanh", "sigmoid", "softplus", "softplus-unscaled",
                                                  "leaky-relu", "gelu", NULL };
static const char *const site_choices[] = { "outside", "inside", NULL };
static const char *const weights_choices[] = { "classic", "middle", "newest", NULL };
static const char *const bias_choices[] = { "none", "zero", "uniform", NULL };
static const char *const layout_choices[] = { "plain", "spatial", NULL };
static const char *const boundary_choices[] = { "clamp", "sticky", "reflective", NULL };

typedef struct
{
  int units, equation, activation;
  double slope, shift, sharpness, leak;
  double dt, tau, gamma, initial;
  double noise_rec, noise_in, noise_out;
  int noise_site;
  gboolean dale, io_non_negative, self;
  double ratio, density, radius;
  int weights, boundary, bias;
  double bias_lo, bias_hi;
  int layout;
  double degree, input_zone, output_zone;
  RheoFeedback feedback;
} Ctrnn;

static const RheoParam params[] = {
  RHEO_P_INT (Ctrnn, units, "units", .label = N_ ("Units"), .help = N_ ("How many units the network has."),
              .words = N_ ("neurons, cells, hidden size, size of the network"), .def = 100, .min = 2, .max = 65536,
              .soft_min = 10, .soft_max = 1000, .flags = RHEO_LOG),
  RHEO_P_CHOICE (Ctrnn, equation, "equation", equation_choices, .label = N_ ("Equation"),
                 .help =
                     N_ ("What the state is: the firing rate, driven by the activation of the summed current; or the "
                         "current, whose activation is the rate.")),
  RHEO_P_CHOICE (Ctrnn, activation, "activation", activation_choices, .label = N_ ("Activation"),
                 .def = RHEO_CTRNN_RELU, .help = N_ ("From summed current to firing rate.")),
  RHEO_P_REAL (Ctrnn, slope, "slope", .label = N_ ("Slope"), .def = 1, .min = 0.001, .max = 1000, .soft_min = 0.1,
               .soft_max = 10, .help = N_ ("Factor on the current before it is activated."), .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Ctrnn, shift, "shift", .label = N_ ("Shift"), .def = 0, .min = -1000, .max = 1000, .soft_min = -1,
               .soft_max = 1, .help = N_ ("Current at which the sigmoid is one half."), .when = "activation=sigmoid"),
  RHEO_P_REAL (Ctrnn, sharpness, "sharpness", .label = N_ ("Sharpness"), .def = 5, .min = 0.01, .max = 1000,
               .soft_min = 1, .soft_max = 50, .help = N_ ("How narrow the bend of the softplus is."),
               .when = "activation=softplus|softplus-unscaled"),
  RHEO_P_REAL (Ctrnn, leak, "leak", .label = N_ ("Leak"), .def = 0.01, .min = 0, .max = 1, .soft_max = 0.2,
               .help = N_ ("Slope for negative currents."), .when = "activation=leaky-relu"),
  RHEO_P_REAL (Ctrnn, dt, "dt", .label = N_ ("Time step"), .unit = N_ ("ms"), .def = 1, .min = 1e-6, .max = 1e6,
               .soft_min = 0.1, .soft_max = 20, .help = N_ ("Length of a step.")),
  RHEO_P_REAL (Ctrnn, tau, "tau", .label = N_ ("Time constant"), .unit = N_ ("ms"), .def = 10, .min = 1e-6, .max = 1e6,
               .soft_min = 1, .soft_max = 200, .help = N_ ("Of all units; at least the time step.")),
  RHEO_P_REAL (Ctrnn, gamma, "gamma", .label = N_ ("Cubic damping"), .def = 0, .min = 0, .max = 1000, .soft_max = 0.5,
               .help = N_ ("Factor on the cube of the state, which is taken from its change."), .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Ctrnn, initial, "initial", .label = N_ ("Initial state"), .def = 0, .min = -1000, .max = 1000,
               .soft_min = -1, .soft_max = 1, .help = N_ ("Of all units, before the first step of a trial."),
               .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Ctrnn, noise_rec, "noise-rec", .label = N_ ("Recurrent noise"), .def = 0.03, .min = 0, .max = 1000,
               .soft_max = 0.3, .help = N_ ("Standard deviation that noise alone would give a unit."),
               .flags = RHEO_LIVE),
  RHEO_P_REAL (Ctrnn, noise_in, "noise-in", .label = N_ ("Input noise"), .def = 0.03, .min = 0, .max = 1000,
               .soft_max = 0.3, .help = N_ ("The same, added to each input."), .flags = RHEO_LIVE),
  RHEO_P_REAL (Ctrnn, noise_out, "noise-out", .label = N_ ("Output noise"), .def = 0, .min = 0, .max = 1000,
               .soft_max = 0.3, .help = N_ ("The same, added to each rate that the read-out sees."),
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_CHOICE (Ctrnn, noise_site, "noise-site", site_choices, .label = N_ ("Site of the noise"),
                 .help =
                     N_ ("Recurrent noise is added to the rate, outside of the activation; or to the current, inside."),
                 .when = "equation=rate", .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (Ctrnn, dale, "dale", .label = N_ ("Keep signs"), .def = TRUE,
               .help = N_ ("Units are excitatory or inhibitory and stay so (Dale's law).")),
  RHEO_P_REAL (Ctrnn, ratio, "exc-inh-ratio", .label = N_ ("Excitatory to inhibitory"), .def = 4, .min = 0.01,
               .max = 1000, .soft_min = 1, .soft_max = 10,
               .help =
                   N_ ("How many excitatory units there are for each inhibitory one; inhibitory weights are so many "
                       "times as strong."),
               .when = "dale=true"),
  RHEO_P_BOOL (Ctrnn, io_non_negative, "io-non-negative", .label = N_ ("Keep input and output positive"), .def = TRUE,
               .help = N_ ("Input and output weights stay at zero or above.")),
  RHEO_P_BOOL (Ctrnn, self, "self-connections", .label = N_ ("Self-connections"),
               .help = N_ ("Units may learn to act on themselves.")),
  RHEO_P_CHOICE (Ctrnn, layout, "layout", layout_choices, .label = N_ ("Layout"),
                 .help =
                     N_ ("All units joined to all; or units in a box, joined to their neighbours, with input at one "
                         "end and output at the other."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Ctrnn, density, "density", .label = N_ ("Density"), .def = 1, .min = 0, .max = 1,
               .help = N_ ("Share of recurrent weights that are not zero at first."), .when = "layout=plain"),
  RHEO_P_REAL (Ctrnn, radius, "spectral-radius", .label = N_ ("Spectral radius"), .def = 1.2, .min = 0, .max = 1000,
               .soft_max = 2, .help = N_ ("Largest absolute eigenvalue of the recurrent weights at first.")),
  RHEO_P_CHOICE (Ctrnn, weights, "weights", weights_choices, .label = N_ ("Initial weights"),
                 .help =
                     N_ ("Which generation of the published program they follow: classic and middle with nearly equal "
                         "input and output weights, newest with weights of both signs where signs are free. Middle and "
                         "newest read out excitatory units only, where units keep signs.")),
  RHEO_P_CHOICE (
      Ctrnn, boundary, "boundary", boundary_choices, .label = N_ ("At the boundary"),
      .help = N_ ("A weight that would change its sign is set to zero; to a tiny number of its own sign, and what "
                  "a mask holds at zero keeps no momentum; or is thrown back."),
      .flags = RHEO_ADVANCED),
  RHEO_P_CHOICE (Ctrnn, bias, "bias", bias_choices, .label = N_ ("Bias"),
                 .help = N_ ("None; or one that is learned for each unit, from zero or from a draw in the range.")),
  RHEO_P_REAL (Ctrnn, bias_lo, "bias-from", .label = N_ ("Bias from"), .def = -1, .min = -1000, .max = 1000,
               .soft_min = -2, .soft_max = 0, .help = N_ ("Lowest bias that learning may reach."),
               .when = "bias=zero|uniform"),
  RHEO_P_REAL (Ctrnn, bias_hi, "bias-to", .label = N_ ("Bias to"), .def = 1, .min = -1000, .max = 1000, .soft_min = 0,
               .soft_max = 2, .help = N_ ("Highest bias that learning may reach."), .when = "bias=zero|uniform"),
  RHEO_P_REAL (Ctrnn, degree, "degree", .label = N_ ("Mean degree at 100 units"), .def = 12, .min = 1, .max = 10000,
               .soft_min = 1, .soft_max = 50,
               .help = N_ ("How many neighbours a unit has; grows with the logarithm of the units."),
               .when = "layout=spatial"),
  RHEO_P_REAL (Ctrnn, input_zone, "input-zone", .label = N_ ("Input zone"), .def = 0.25, .min = 0.01, .max = 1,
               .help = N_ ("Units nearer than this to the front see the input."), .when = "layout=spatial"),
  RHEO_P_REAL (Ctrnn, output_zone, "output-zone", .label = N_ ("Output zone"), .def = 0.25, .min = 0.01, .max = 1,
               .help = N_ ("Units nearer than this to the back are read out."), .when = "layout=spatial"),
  RHEO_P_BLOCK (Ctrnn, feedback, RheoFeedback, "feedback", rheo_feedback_rows, .label = N_ ("Feedback"),
                .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

#define CLASSIC                                                                                                        \
  "\"equation\": \"rate\", \"weights\": \"classic\", \"boundary\": \"clamp\", \"bias\": \"none\", \"gamma\": 0, "      \
  "\"noise-rec\": 0.03, \"noise-in\": 0.03, \"noise-out\": 0, \"noise-site\": \"outside\", \"slope\": 1, "             \
  "\"spectral-radius\": 1.2, \"layout\": \"plain\""
#define NEWEST                                                                                                         \
  "\"weights\": \"newest\", \"boundary\": \"sticky\", \"bias\": \"none\", "                                            \
  "\"noise-rec\": 0.05, \"noise-in\": 0.05, \"noise-out\": 0.03, \"slope\": 1, \"spectral-radius\": 1.2"

static const RheoPreset presets[] = {
  { "classic-dale", N_ ("Classic, excitatory and inhibitory"),
    "{" CLASSIC ", \"activation\": \"relu\", \"dale\": true, \"exc-inh-ratio\": 4, \"io-non-negative\": true, "
    "\"self-connections\": false}" },
  { "classic-tanh", N_ ("Classic, signs free"),
    "{" CLASSIC ", \"activation\": \"tanh\", \"dale\": false, \"io-non-negative\": false, "
    "\"self-connections\": true}" },
  { "middle", N_ ("Middle, excitatory and inhibitory"),
    "{\"equation\": \"rate\", \"weights\": \"middle\", \"boundary\": \"clamp\", \"activation\": \"relu\", \"dale\": "
    "true, "
    "\"exc-inh-ratio\": 4, \"io-non-negative\": true, \"self-connections\": true, \"noise-rec\": 0.03, "
    "\"noise-in\": 0.03}" },
  { "newest", N_ ("Newest, excitatory and inhibitory"),
    "{" NEWEST ", \"gamma\": 0, \"equation\": \"current\", \"activation\": \"relu\", \"dale\": true, "
    "\"io-non-negative\": true, \"self-connections\": false, "
    "\"layout\": \"plain\"}" },
  { "spatial", N_ ("Newest, embedded in space"),
    "{" NEWEST ", \"equation\": \"rate\", \"units\": 300, \"activation\": \"relu\", \"dale\": true, "
    "\"io-non-negative\": true, \"self-connections\": false, \"gamma\": 0.1, \"layout\": \"spatial\", \"degree\": "
    "12}" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const Ctrnn *c = config;

  if (c->tau < c->dt)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("model.tau is %g ms, but a time constant must be at least as long as the step of %g ms "
                         "(model.dt)."),
                      c->tau, c->dt);
  if (c->bias != BIAS_NONE && c->bias_lo >= c->bias_hi)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("model.bias-from is %g and must be less than model.bias-to, which is %g."), c->bias_lo,
                      c->bias_hi);
  if (c->layout == LAYOUT_SPATIAL && c->input_zone + c->output_zone > 1)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("model.input-zone and model.output-zone are %g together and must not overlap: at most 1."),
                      c->input_zone + c->output_zone);
  return TRUE;
}

/* --- shape of the network ----------------------------------------------------------------------------------------- */

static double
noise_scale (const Ctrnn *c)
{
  return sqrt (2 * c->tau / c->dt);
}

static RheoCtrnn
cell_of (const Ctrnn *c)
{
  return (RheoCtrnn){ .activation = c->activation,
                      .is_current = c->equation == 1,
                      .inside = c->noise_site == 1,
                      .slope = (RheoReal) c->slope,
                      .shift = (RheoReal) c->shift,
                      .sharpness = (RheoReal) c->sharpness,
                      .leak = (RheoReal) c->leak,
                      .alpha = (RheoReal) (c->dt / c->tau),
                      .gamma = (RheoReal) c->gamma,
                      .noise_sd = (RheoReal) (noise_scale (c) * c->noise_rec),
                      .initial = (RheoReal) c->initial };
}

static int
n_excitatory (const Ctrnn *c)
{
  const double n = c->units * c->ratio / (c->ratio + 1);

  return (int) (c->weights == WEIGHTS_MIDDLE ? ceil (n - 1e-9) : floor (n + 1e-9));
}

/* Whether only excitatory units are read out. */
static gboolean
reads_excitatory (const Ctrnn *c)
{
  return c->dale && (c->weights != WEIGHTS_CLASSIC || c->layout == LAYOUT_SPATIAL);
}

/* Neighbours of a unit in space. */
static double
wanted_degree (const Ctrnn *c)
{
  return MIN (c->degree * log (c->units + 1) / log (101), c->units - 1);
}

/* Whether recurrent weights that are zero at first stay zero. */
static gboolean
keeps_zeros (const Ctrnn *c)
{
  return c->layout == LAYOUT_SPATIAL || (c->density < 1 && (c->dale || c->weights == WEIGHTS_NEWEST));
}

/* What init will draw, for the sketch: shares of pairs between classes and signs of sources. */
static void
expect (const Ctrnn *c, RheoNet *net, int proj, double share_e, double share_i, gboolean recurrent)
{
  const int n_e = c->dale ? n_excitatory (c) : c->units, n_i = c->units - n_e;
  const gboolean no_self = recurrent && (!c->self || !c->dale || c->weights == WEIGHTS_CLASSIC);
  const double own_e = no_self ? 1 - 1.0 / MAX (n_e, 1) : 1, own_i = no_self ? 1 - 1.0 / MAX (n_i, 1) : 1;
  const double share[] = { share_e * own_e, share_e, share_i, share_i * own_i };
  const double sources[] = { share_e, share_i };
  const int8_t sign[] = { 1, -1 }, positive[] = { 1, 1 };
  const RheoProj *p = rheo_net_get_proj (net, proj);
  const gboolean from_pop = p->from >= 0;

  rheo_net_expect (net, proj,
                   recurrent  ? share
                   : from_pop ? sources
                              : share + 1,
                   recurrent ? (c->dale ? sign : NULL) : (c->io_non_negative ? positive : NULL));
}

static gboolean
layout (const void *config, const RheoShape *shape, RheoNet *net, GError **error)
{
  static const char *const names[] = { "E", "I" };
  const Ctrnn *c = config;
  const RheoCtrnn derived = cell_of (c);
  const gboolean spatial = c->layout == LAYOUT_SPATIAL;
  const int n = c->units, n_e = c->dale ? n_excitatory (c) : n, first[] = { 0, n_e, n };
  const int64_t dims[] = { n, 3 };
  const int hidden =
      rheo_net_pop (net, "hidden", &rheo_cell_ctrnn, &derived, sizeof derived, n, c->dale ? 2 : 0, first, names);
  const int out = rheo_net_pop (net, "out", &rheo_cell_linear, NULL, 0, shape->n_out, 0, NULL, NULL);
  g_autofree int8_t *sign = g_new (int8_t, n);
  double share;
  RheoProj in = { .name = "in", .from = RHEO_INPUT, .to = hidden, .flags = RHEO_PROJ_TRAIN };
  RheoProj rec = {
    .name = "rec", .from = hidden, .to = hidden, .delay = 1, .flags = RHEO_PROJ_TRAIN | RHEO_PROJ_TRAIN_BIAS
  };
  /* One step late: see the head of the file. */
  RheoProj read = { .name = "out", .from = hidden, .to = out, .delay = 1, .flags = RHEO_PROJ_TRAIN };

  for (int i = 0; i < n; i++)
    sign[i] = i < n_e ? 1 : -1;
  in.keep.non_negative = read.keep.non_negative = c->io_non_negative;
  rec.keep.sign = c->dale ? sign : NULL;
  rec.keep.no_self = !c->self;
  in.keep.boundary = rec.keep.boundary = read.keep.boundary = c->boundary;
  if (c->bias != BIAS_NONE)
    {
      rec.keep.bias_lo = c->bias_lo;
      rec.keep.bias_hi = c->bias_hi;
    }
  share = spatial ? c->input_zone : 1;
  expect (c, net, rheo_net_join (net, &in, false, spatial), share, share, FALSE);
  share = spatial ? wanted_degree (c) / (n - 1) : 1 - ceil ((1 - c->density) * n - 1e-9) / n;
  expect (c, net, rheo_net_join (net, &rec, c->bias != BIAS_NONE, keeps_zeros (c)), share, share, TRUE);
  share = spatial ? c->output_zone * n / MAX (n_e, 1) : 1;
  expect (c, net, rheo_net_join (net, &read, false, spatial || reads_excitatory (c)), MIN (share, 1),
          reads_excitatory (c) ? 0 : MIN (share, 1), FALSE);
  rheo_feedback_add (&c->feedback, net, out, hidden);
  if (spatial)
    rheo_net_array (net, "hidden.position", N_ ("Position of hidden"), "", "unit axis", RHEO_F64, RHEO_USE_CONST, dims);
  return TRUE;
}

/* --- initial weights ---------------------------------------------------------------------------------------------- */
enum /* steps of the addressed generator, beside the row */
{
  DRAW_WEIGHT,
  DRAW_ZERO,
  DRAW_BIAS,
  DRAW_PLACE,
  DRAW_KIND,
  N_DRAWS,
};

/* Weights of one source: N (mean, sd^2), made positive or negative where sign says so. */
static void
draw_source (RheoProj *p, RheoRng rng, int j, double mean, double sd, int sign)
{
  RheoReal *w = p->weight + (size_t) j * (size_t) p->stride;

  rheo_rng_normals (rng, (uint32_t) (j * N_DRAWS + DRAW_WEIGHT), 0, p->n_post, w);
  for (int i = 0; i < p->n_post; i++)
    {
      const double value = mean + sd * (double) w[i];

      w[i] = (RheoReal) (sign != 0 ? sign * fabs (value) : value);
    }
}

/* Keeps a share of the weights of a source and sets the rest, at random places, to zero. */
static void
thin_source (RheoProj *p, RheoRng rng, int j, double density, int *order)
{
  RheoReal *w = p->weight + (size_t) j * (size_t) p->stride;
  const int n_zero = (int) ceil ((1 - density) * p->n_post - 1e-9);

  if (n_zero == 0)
    return;
  rheo_rng_permute (rng, (uint32_t) (j * N_DRAWS + DRAW_ZERO), p->n_post, order);
  for (int k = 0; k < n_zero; k++)
    w[order[k]] = 0;
}

static void
mask_zeros (RheoProj *p)
{
  for (int j = 0; p->keep.mask != NULL && j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      p->keep.mask[(size_t) j * (size_t) p->stride + (size_t) i] =
          p->weight[(size_t) j * (size_t) p->stride + (size_t) i] != 0;
}

static void
init_recurrent (const Ctrnn *c, RheoNet *net, RheoProj *p, RheoRng rng)
{
  const double root = sqrt (c->units), spread = c->layout == LAYOUT_SPATIAL ? 1 / root : 1.0 / c->units;
  const int n_e = n_excitatory (c);
  g_autofree int *order = g_new (int, c->units);

  for (int j = 0; j < c->units; j++)
    {
      if (!c->dale)
        draw_source (p, rng, j, 0, c->weights == WEIGHTS_NEWEST ? 1 / root : 1.0 / c->units, 0);
      else if (j < n_e)
        draw_source (p, rng, j, 1 / root, spread, 1);
      else
        draw_source (p, rng, j, c->ratio / root, spread, -1);
      if (c->layout == LAYOUT_PLAIN)
        thin_source (p, rng, j, c->density, order);
      if (!c->self || !c->dale || c->weights == WEIGHTS_CLASSIC)
        p->weight[(size_t) j * (size_t) p->stride + (size_t) j] = 0;
    }
  for (int i = 0; p->bias != NULL && i < c->units; i++)
    p->bias[i] =
        (RheoReal) (c->bias == BIAS_UNIFORM
                        ? c->bias_lo + (c->bias_hi - c->bias_lo) * rheo_rng_uniform (rng, DRAW_BIAS, (uint32_t) i)
                        : CLAMP (0, c->bias_lo, c->bias_hi));
}

/* Input and output weights alike. */
static void
init_outside (const Ctrnn *c, RheoProj *p, RheoRng rng)
{
  const double root = sqrt (c->units);
  const gboolean centred = c->weights == WEIGHTS_NEWEST && !c->io_non_negative;
  const double spread = centred || c->layout == LAYOUT_SPATIAL ? 1 / root : 1.0 / c->units;

  for (int j = 0; j < p->n_pre; j++)
    draw_source (p, rng, j, centred ? 0 : 1 / root, spread, c->io_non_negative ? 1 : 0);
}

/* --- units in space ----------------------------------------------------------------------------------------------- */

/* Mean number of units within a distance. */
static double
mean_degree (int n, const double *place, double radius)
{
  int64_t n_pairs = 0;

  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      {
        const double *a = place + 3 * i, *b = place + 3 * j;
        const double square =
            (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]);

        n_pairs += square <= radius * radius;
      }
  return 2.0 * (double) n_pairs / n;
}

/* Distance within which units are joined: doubled until enough are, then halved between. */
static double
find_radius (int n, const double *place, double degree)
{
  double lo = 0, hi = 0.05;

  for (int i = 0; i < 16 && mean_degree (n, place, hi) < degree; i++)
    {
      lo = hi;
      hi *= 2;
    }
  for (int i = 0; i < 16; i++)
    {
      const double middle = (lo + hi) / 2;

      if (mean_degree (n, place, middle) < degree)
        lo = middle;
      else
        hi = middle;
    }
  return hi;
}

/* Places in a box with 100 units per unit of volume, x and y as wide as that asks for; excitatory units first: those of the
 * output zone, then others by chance. */
static void
place_units (const Ctrnn *c, RheoRng rng, double *place)
{
  const double side = sqrt (c->units / 100.0);
  const int n_e = c->dale ? n_excitatory (c) : c->units;
  g_autofree double *drawn = g_new (double, 3 * (gsize) c->units);
  g_autofree int *order = g_new (int, c->units);
  int n_front = 0, n_back = c->units;

  rheo_rng_permute (rng, DRAW_KIND, c->units, order);
  for (int i = 0; i < 3 * c->units; i++)
    drawn[i] = rheo_rng_uniform (rng, DRAW_PLACE, (uint32_t) i) * (i % 3 == 2 ? 1 : side);
  for (int pass = 0; pass < 2; pass++)
    for (int k = 0; k < c->units; k++)
      {
        const double *from = drawn + 3 * (gsize) order[k];
        const gboolean in_zone = from[2] >= 1 - c->output_zone;

        if ((pass == 0) == in_zone)
          memcpy (place + 3 * (gsize) (in_zone || n_front < n_e ? n_front++ : --n_back), from, 3 * sizeof *place);
      }
}

static void
cut_distant (RheoProj *p, const double *place, double radius)
{
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      {
        const double *a = place + 3 * j, *b = place + 3 * i;

        if (hypot (hypot (a[0] - b[0], a[1] - b[1]), a[2] - b[2]) > radius)
          p->weight[(size_t) j * (size_t) p->stride + (size_t) i] = 0;
      }
}

static void
cut_zones (const Ctrnn *c, RheoProj *in, RheoProj *out, const double *place)
{
  for (int i = 0; i < c->units; i++)
    {
      for (int j = 0; place[3 * i + 2] >= c->input_zone && j < in->n_pre; j++)
        in->weight[(size_t) j * (size_t) in->stride + (size_t) i] = 0;
      if (place[3 * i + 2] < 1 - c->output_zone)
        memset (out->weight + (size_t) i * (size_t) out->stride, 0, (size_t) out->n_post * sizeof *out->weight);
    }
}

static void
init (const void *config, RheoNet *net, RheoRng rng)
{
  const Ctrnn *c = config;
  RheoProj *proj[3];

  rng.stream = RHEO_STREAM_INIT;
  rng.iteration = 0;
  for (int i = 0; i < 3; i++)
    {
      proj[i] = rheo_net_get_proj (net, i);
      rng.item = (uint32_t) i;
      if (i == 1)
        init_recurrent (c, net, proj[i], rng);
      else
        init_outside (c, proj[i], rng);
    }
  if (c->layout == LAYOUT_SPATIAL)
    {
      double *place = rheo_net_find_array (net, "hidden.position")->data;

      rng.item = 3;
      place_units (c, rng, place);
      cut_distant (proj[1], place, find_radius (c->units, place, wanted_degree (c)));
      cut_zones (c, proj[0], proj[2], place);
    }
  for (int j = n_excitatory (c); reads_excitatory (c) && j < c->units; j++)
    memset (proj[2]->weight + (size_t) j * (size_t) proj[2]->stride, 0, (size_t) proj[2]->n_post * sizeof (RheoReal));
  if (c->radius > 0)
    rheo_init_set_radius (proj[1], c->radius);
  for (int i = 0; i < 3; i++)
    mask_zeros (proj[i]);
  rheo_feedback_init (&c->feedback, net, rng);
  /* What may be learned later starts at zero: a middle mask is whole. */
  for (int j = 0; proj[1]->keep.mask != NULL && c->self && j < c->units; j++)
    proj[1]->keep.mask[(size_t) j * (size_t) proj[1]->stride + (size_t) j] = 1;
}

static void
derive (const void *config, RheoNet *net)
{
  const Ctrnn *c = config;

  *(RheoCtrnn *) rheo_net_get_derived (net, 0) = cell_of (c);
  rheo_net_get_proj (net, 0)->noise = noise_scale (c) * c->noise_in;
  rheo_net_get_proj (net, 2)->noise = noise_scale (c) * c->noise_out;
}

/* The cell's activations in double. */
static void
activate (const void *config, int n, const double *a, double *y, double *slope)
{
  const Ctrnn *c = config;
  const double k = c->slope, b = c->sharpness;

  for (int i = 0; i < n; i++)
    switch (c->activation)
      {
      case RHEO_CTRNN_TANH:
        y[i] = tanh (k * a[i]);
        slope[i] = k * (1 - y[i] * y[i]);
        break;
      case RHEO_CTRNN_SIGMOID:
        y[i] = 1 / (1 + exp (-k * (a[i] - c->shift)));
        slope[i] = k * y[i] * (1 - y[i]);
        break;
      case RHEO_CTRNN_SOFTPLUS:
      case RHEO_CTRNN_SOFTPLUS_UNSCALED:
        {
          const double scale = c->activation == RHEO_CTRNN_SOFTPLUS ? 1 / b : 1, v = b * k * a[i];

          y[i] = scale * (MAX (v, 0) + log1p (exp (-fabs (v))));
          slope[i] = scale * b * k / (1 + exp (-v));
          break;
        }
      case RHEO_CTRNN_LEAKY_RELU:
        y[i] = a[i] >= 0 ? k * a[i] : c->leak * a[i];
        slope[i] = a[i] > 0 ? k : a[i] < 0 ? c->leak : (k + c->leak) / 2;
        break;
      case RHEO_CTRNN_GELU:
        {
          const double v = k * a[i], phi = erfc (-v * G_SQRT2 / 2) / 2;

          y[i] = a[i] * phi;
          slope[i] = phi + v * exp (-v * v / 2) / sqrt (2 * G_PI);
          break;
        }
      default:
        y[i] = MAX (k * a[i], 0);
        slope[i] = a[i] > 0 ? k : a[i] < 0 ? 0 : k / 2;
      }
}

RHEO_ALWAYS_INLINE void
activate_loop (const RheoCtrnn *c, int kind, int n, const RheoReal *a, RheoReal *y, RheoReal *slope)
{
  RHEO_IVDEP
  for (int i = 0; i < n; i++)
    y[i] = rheo_ctrnn_activate (c, kind, a[i], &slope[i]);
}

RHEO_MULTI static void
activate_all (const RheoCtrnn *c, int n, const RheoReal *a, RheoReal *y, RheoReal *slope)
{
#define ACTIVATE(KIND) activate_loop (c, KIND, n, a, y, slope)
  RHEO_CTRNN_OF_KIND (c->activation, ACTIVATE);
#undef ACTIVATE
}

static void
activate_real (const void *config, int n, const RheoReal *a, RheoReal *y, RheoReal *slope)
{
  const RheoCtrnn cell = cell_of (config);

  activate_all (&cell, n, a, y, slope);
}

static void
law (const void *config, RheoFieldLaw *out)
{
  const Ctrnn *c = config;

  *out = (RheoFieldLaw){ .is_current = c->equation == 1,
                         .alpha = c->dt / c->tau,
                         .tau_ms = c->tau,
                         .gamma = c->gamma,
                         .initial = c->initial,
                         .pop = "hidden",
                         .in = "in",
                         .rec = "rec",
                         .out = "out",
                         .activate = activate,
                         .activate_real = activate_real };
}

/* A rectified unit that drives itself grows without end. */
static uint64_t
gives_now (const void *config)
{
  const Ctrnn *c = config;
  const gboolean bounded = c->activation == RHEO_CTRNN_TANH || c->activation == RHEO_CTRNN_SIGMOID;

  return RHEO_ADJOINT | RHEO_RATES | (bounded ? RHEO_BOUNDED : 0);
}

const RheoModel rheo_model_ctrnn = {
  .base = { .kind = RHEO_KIND_MODEL,
            .version = 1,
            .id = "ctrnn",
            .title = N_ ("Continuous-time rate network"),
            .summary =
                N_ ("Rate units with one time constant, excitatory and inhibitory or of one kind, joined to all or "
                    "embedded in space, with a linear read-out."),
            .cite = "Engel laboratory, trainRNNbrain; Song, Yang & Wang 2016",
            .config_size = sizeof (Ctrnn),
            .params = params,
            .presets = presets,
            .gives = RHEO_ADJOINT | RHEO_RATES | RHEO_BOUNDED,
            .gives_now = gives_now,
            .check = check },
  .layout = layout,
  .init = init,
  .derive = derive,
  .law = law,
};
