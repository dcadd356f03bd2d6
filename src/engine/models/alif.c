#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/cells/adlif.h"
#include "engine/cells/alif.h"
#include "engine/layers.h"

/* Layers of integrate-and-fire units that adapt and whose time constants are learnt: each layer sees the spikes of the one before
 * in the same step and its own of the step before. Units have thresholds that rise with their spikes, as in Yin, Corradi & Bohte
 * 2021 (cells/alif.h), or adaptation currents, as in Baronig, Ferrand, Sabathiel & Legenstein 2025 (cells/adlif.h). */

#define MAX_GROUPS 8

enum
{
  CELL_THRESHOLD,
  CELL_CURRENT,
};

static const char *const cell_choices[] = { "adaptive-threshold", "symplectic-euler", NULL };

/* Least and largest number of a parameter of all units: one is both. */
typedef struct
{
  double end[2];
  int n;
} Span;

typedef struct
{
  int units, cell;
  gboolean recurrent;
  double threshold, adaptation, resistance;
  double tau_m[MAX_GROUPS], tau_m_sd[MAX_GROUPS], tau_adp[MAX_GROUPS], tau_adp_sd[MAX_GROUPS];
  int n_tau_m, n_tau_m_sd, n_tau_adp, n_tau_adp_sd;
  gboolean learn_tau;
  double tau_least, initial_b;
  gboolean random_start;
  double theta, q;
  Span tau_u, tau_w, a, b;
  gboolean learn_adaptation;
  RheoInit in, rec;
} Layer;

typedef struct
{
  Layer layer[RHEO_MAX_LAYERS];
  int n_layers;
  RheoLayersRows rows;
} Alif;

#define THRESHOLD .when = "cell=adaptive-threshold"
#define CURRENT .when = "cell=symplectic-euler"

#define TAU(f, n, key, d, l, h)                                                                                        \
  RHEO_P_REALS (Layer, f, n, key, .label = l, .unit = N_ ("steps"), .def_text = d, .min = 0.05, .max = 1e5,            \
                .soft_min = 1, .soft_max = 500, .help = h, THRESHOLD)
#define SPREAD(f, n, key, d, l)                                                                                        \
  RHEO_P_REALS (Layer, f, n, key, .label = l, .unit = N_ ("steps"), .def_text = d, .max = 1e5, .soft_max = 50,         \
                .help = N_ ("Standard deviation of the normal draw: one number, or one for each group."), THRESHOLD)
#define SPAN(f, key, d, lo, hi, soft_lo, soft_hi, l, u)                                                                \
  RHEO_P_REALS (Layer, f.end, f.n, key, .label = l, .unit = u, .def_text = d, .min = lo, .max = hi,                    \
                .soft_min = soft_lo, .soft_max = soft_hi, CURRENT,                                                     \
                .help = N_ ("Least and largest: units begin anywhere between them and stay there. The learning rate "  \
                            "is a share of this range. One number: it is that of all units, and is not learnt."))

static const RheoParam layer_rows[] = {
  RHEO_P_INT (Layer, units, "units", .label = N_ ("Units"), .help = N_ ("How many units the layer has."),
              .words = N_ ("neurons, cells, hidden size, size of the network"), .def = 128, .min = 1, .max = 65536,
              .soft_min = 16, .soft_max = 2048, .flags = RHEO_LOG),
  RHEO_P_CHOICE (Layer, cell, "cell", cell_choices, .label = N_ ("What adapts"),
                 .help = N_ ("The threshold, which rises with each spike; or a current against the input, which "
                             "spikes and membrane drive, in steps of the symplectic Euler method."),
                 .words = N_ ("adLIF, adaptive leaky integrate-and-fire, subthreshold adaptation, oscillation")),
  RHEO_P_BOOL (Layer, recurrent, "recurrent", .label = N_ ("Recurrent connections"), .def = TRUE,
               .help = N_ ("Units of the layer are connected with each other.")),
  RHEO_P_REAL (Layer, threshold, "threshold", .label = N_ ("Threshold at rest"), .def = 0.01, .min = -1000, .max = 1000,
               .soft_min = 0, .soft_max = 2,
               .help = N_ ("Membrane potential above which a unit fires that has long been "
                           "silent. At a spike the membrane falls by the threshold."),
               THRESHOLD, .flags = RHEO_LIVE),
  RHEO_P_REAL (Layer, adaptation, "adaptation", .label = N_ ("Adaptation"), .def = 1.8, .max = 1000, .soft_max = 3,
               .help =
                   N_ ("How much the threshold of a unit would rise that fires in each step. 0: it does not adapt."),
               .words = N_ ("beta, spike-frequency adaptation"), THRESHOLD, .flags = RHEO_LIVE),
  RHEO_P_REAL (Layer, resistance, "resistance", .label = N_ ("Membrane resistance"), .def = 1, .min = 1e-3, .max = 1000,
               .soft_min = 0.1, .soft_max = 10, .help = N_ ("Factor on the current."), THRESHOLD,
               .flags = RHEO_ADVANCED | RHEO_LIVE),
  TAU (tau_m, n_tau_m, "tau-m", "20", N_ ("Membrane time constant"),
       N_ ("Mean before training: one number, or one for each of up to 8 groups of equal size.")),
  SPREAD (tau_m_sd, n_tau_m_sd, "tau-m-sd", "5", N_ ("Spread of membrane time constants")),
  TAU (tau_adp, n_tau_adp, "tau-adp", "150", N_ ("Time constant of the adaptation"),
       N_ ("How long a raised threshold takes to fall: mean before training, one number or one for each group.")),
  SPREAD (tau_adp_sd, n_tau_adp_sd, "tau-adp-sd", "10", N_ ("Spread of adaptation time constants")),
  RHEO_P_REAL (Layer, theta, "spike-threshold", .label = N_ ("Threshold"), .def = 1, .max = 1000, .soft_max = 5,
               .help = N_ ("Membrane potential above which a unit fires. At a spike the membrane falls to 0."), CURRENT,
               .flags = RHEO_LIVE),
  SPAN (tau_u, "tau-u", "5 25", 0.05, 1e5, 1, 100, N_ ("Membrane time constants"), N_ ("steps")),
  SPAN (tau_w, "tau-w", "60 300", 0.05, 1e5, 1, 500, N_ ("Time constants of the adaptation"), N_ ("steps")),
  SPAN (a, "a", "0 1", 0, 1000, 0, 2, N_ ("Adaptation by the membrane"), NULL),
  SPAN (b, "b", "0 2", 0, 1000, 0, 5, N_ ("Adaptation by spikes"), NULL),
  RHEO_P_REAL (Layer, q, "q", .label = N_ ("Scale of the adaptation"), .def = 120, .max = 1e6, .soft_max = 500, CURRENT,
               .help =
                   N_ ("Factor on both: what a membrane of 1 or firing in each step would bring the current to, for a "
                       "unit with the number 1."),
               .flags = RHEO_LIVE),
  RHEO_P_BOOL (Layer, learn_tau, "learn-tau", .label = N_ ("Learn time constants"), .def = TRUE,
               .help = N_ ("Trains both time constants of each unit.")),
  RHEO_P_BOOL (Layer, learn_adaptation, "learn-adaptation", .label = N_ ("Learn the adaptation"), .def = TRUE,
               .help = N_ ("Trains what membrane and spikes of each unit add to its adaptation."), CURRENT),
  RHEO_P_REAL (Layer, tau_least, "least-tau", .label = N_ ("Least time constant"), .unit = N_ ("steps"), .def = 1,
               .max = 1000, .soft_max = 5, THRESHOLD, .flags = RHEO_ADVANCED,
               .help =
                   N_ ("Time constants are kept from falling below it. 0: they are free, and training fails when one "
                       "passes zero.")),
  RHEO_P_REAL (Layer, initial_b, "initial-adaptation", .label = N_ ("Initial adaptation"), .def = 0, .max = 1000,
               .soft_max = 1, .help = N_ ("State of the adaptation before the first step of a trial."), THRESHOLD,
               .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (Layer, random_start, "random-start", .label = N_ ("Start at random membranes"),
               .help =
                   N_ ("Membranes begin each trial anywhere between 0 and 1, in place of 0, also when the network is "
                       "tested."),
               THRESHOLD, .flags = RHEO_ADVANCED),
  RHEO_P_BLOCK (Layer, in, RheoInit, "in", rheo_init_plain_rows, .label = N_ ("Input connections")),
  RHEO_P_BLOCK (Layer, rec, RheoInit, "rec", rheo_init_plain_recurrent_rows, .label = N_ ("Within the layer"),
                .when = "recurrent=true"),
  RHEO_P_END,
};

static const RheoParam params[] = {
  RHEO_P_LIST (Alif, layer, n_layers, Layer, "layers", layer_rows, .label = N_ ("Layers"), .def_text = "1", .min = 1,
               .help = N_ ("From the input on: each layer is fed by the one before.")),
  RHEO_P_LAYERS (Alif, rows),
  RHEO_P_END,
};

#define XAVIER "{\"kind\": \"xavier-uniform\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"zero\"}"
#define GLOROT "{\"kind\": \"xavier-normal\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"zero\"}"
#define ORTHOGONAL "{\"kind\": \"orthogonal\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"zero\"}"
#define KAIMING "{\"kind\": \"kaiming-normal\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"zero\"}"
#define OUT(kind) "{\"kind\": \"" kind "\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"uniform\"}"

#define DIGITS(start)                                                                                                  \
  "{\"units\": 128, \"cell\": \"adaptive-threshold\", \"recurrent\": true, \"threshold\": 0.01, \"adaptation\": 1.8, " \
  "\"resistance\": 1, \"tau-m\": "                                                                                     \
  "[20], "                                                                                                             \
  "\"tau-m-sd\": [5], \"tau-adp\": [150], \"tau-adp-sd\": [10], \"learn-tau\": true, " start ", \"in\": " XAVIER       \
  ", \"rec\": " ORTHOGONAL "}"
#define UNIFORM "{\"kind\": \"uniform\", \"range\": 1, \"per-fan-in\": true, \"connect\": \"all\", \"bias\": \"zero\"}"
#define CURRENTS                                                                                                       \
  "{\"units\": 360, \"cell\": \"symplectic-euler\", \"recurrent\": true, \"spike-threshold\": 1, "                     \
  "\"tau-u\": [5, 25], \"tau-w\": [60, 300], \"a\": [0, 1], \"b\": [0, 2], \"q\": 120, \"learn-tau\": true, "          \
  "\"learn-adaptation\": true, \"in\": " UNIFORM                                                                       \
  ", \"rec\": {\"kind\": \"orthogonal\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"none\"}}"
#define AVERAGE(tau, sd, start)                                                                                        \
  "{\"kind\": \"average\", \"tau\": " tau ", \"tau-sd\": " sd ", \"learn-tau\": true, " start "}"
#define COMMANDS(recurrent, rec)                                                                                       \
  "{\"units\": 256, \"cell\": \"adaptive-threshold\", \"recurrent\": " recurrent                                       \
  ", \"threshold\": 1.6, \"adaptation\": 0.184, \"resistance\": 1, "                                                   \
  "\"tau-m\": [20], \"tau-m-sd\": [5], \"tau-adp\": [200], \"tau-adp-sd\": [50], \"learn-tau\": true, "                \
  "\"least-tau\": 1, \"initial-adaptation\": 1.6, \"random-start\": false, \"in\": " GLOROT rec "}"
#define QUIET "\"least-tau\": 1, \"initial-adaptation\": 0, \"random-start\": false"
#define NOISY "\"least-tau\": 0, \"initial-adaptation\": 0.01, \"random-start\": true"

static const RheoPreset presets[] = {
  { "shd", N_ ("Spoken digits, 2 × 128"),
    "{\"layers\": [" DIGITS (QUIET) ", " DIGITS (QUIET) "], \"out\": " OUT (
        "xavier-uniform") ", \"read-out\": " AVERAGE ("20", "5",
                                                      "\"least-tau\": 1, \"random-start\": "
                                                      "false, \"initial\": 0") "}" },
  { "shd-upstream", N_ ("Spoken digits, 2 × 128, as published"),
    "{\"layers\": [" DIGITS (NOISY) ", " DIGITS (NOISY) "], \"out\": " OUT (
        "xavier-uniform") ", \"read-out\": " AVERAGE ("20", "5", "\"least-tau\": 0, \"random-start\": true") "}" },
  { "speech-commands", N_ ("Speech commands, 2 × 256"),
    "{\"layers\": [" COMMANDS ("false", "") ", " COMMANDS ("true", ", \"rec\": " KAIMING) "], \"out\": " OUT (
        "xavier-normal") ", \"read-out\": " AVERAGE ("10", "1",
                                                     "\"least-tau\": 1, \"random-start\": false, "
                                                     "\"initial\": 0") "}" },
  { "shd-current", N_ ("Spoken digits, 2 × 360, adaptation currents"),
    "{\"layers\": [" CURRENTS ", " CURRENTS "], \"out\": " UNIFORM
    ", \"read-out\": {\"kind\": \"average\", \"tau\": 15, \"tau-sd\": 0, \"learn-tau\": false, \"random-start\": "
    "false, "
    "\"initial\": 0}}" },
  { NULL },
};

/* Spreads: one for all groups, or one for each. */
static gboolean
check_groups (int layer, const char *key, int n, int n_sd, GError **error)
{
  if (n > 0 && (n_sd == 1 || n_sd == n))
    return TRUE;
  return rheo_fail (
      error, RHEO_ERROR_INVALID,
      _ ("model.layers.%d.%s has %d numbers and model.layers.%d.%s-sd has %d: there must be at least one of the "
         "first, and of the second one, or as many."),
      layer, key, n, layer, key, n_sd);
}

static gboolean
check_span (int layer, const char *key, const Span *span, GError **error)
{
  if (span->n == 1 || (span->n == 2 && span->end[0] <= span->end[1]))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("model.layers.%d.%s must be one number, or the least and the largest in this order."), layer,
                    key);
}

static double
least (const Span *span)
{
  return span->end[0];
}

static double
largest (const Span *span)
{
  return span->end[span->n - 1];
}

static gboolean
check_current (int i, const Layer *layer, GError **error)
{
  double growth;

  if (!check_span (i, "tau-u", &layer->tau_u, error) || !check_span (i, "tau-w", &layer->tau_w, error)
      || !check_span (i, "a", &layer->a, error) || !check_span (i, "b", &layer->b, error))
    return FALSE;
  growth = layer->q * largest (&layer->a) * tanh (0.5 / least (&layer->tau_u)) * tanh (0.5 / least (&layer->tau_w));
  if (growth < 1)
    return TRUE;
  return rheo_fail (
      error, RHEO_ERROR_INVALID,
      _ ("model.layers.%d lets membranes swing up without end: q times the largest a, %g, must be below %g "
         "with time constants as short as tau-u %g and tau-w %g."),
      i, layer->q * largest (&layer->a), layer->q * largest (&layer->a) / growth, least (&layer->tau_u),
      least (&layer->tau_w));
}

static RheoLayers
layers_of (const Alif *alif)
{
  RheoLayers layers = { .rows = &alif->rows, .n = alif->n_layers };

  for (int i = 0; i < alif->n_layers; i++)
    layers.layer[i] = (RheoLayer){ .in = &alif->layer[i].in,
                                   .rec = alif->layer[i].recurrent ? &alif->layer[i].rec : NULL,
                                   .n_classes = 1 };
  return layers;
}

static gboolean
check (const void *config, GError **error)
{
  const Alif *alif = config;
  const RheoLayers layers = layers_of (alif);

  for (int i = 0; i < alif->n_layers; i++)
    {
      const Layer *layer = &alif->layer[i];

      if (layer->cell == CELL_CURRENT
              ? !check_current (i, layer, error)
              : !check_groups (i, "tau-m", layer->n_tau_m, layer->n_tau_m_sd, error)
                    || !check_groups (i, "tau-adp", layer->n_tau_adp, layer->n_tau_adp_sd, error))
        return FALSE;
    }
  return rheo_layers_check (&layers, error);
}

static RheoAlif
threshold_of (const Layer *layer)
{
  return (RheoAlif){ .b0 = (RheoReal) layer->threshold,
                     .beta = (RheoReal) layer->adaptation,
                     .resistance = (RheoReal) layer->resistance,
                     .initial_b = (RheoReal) layer->initial_b,
                     .random_start = layer->random_start };
}

static RheoAdlif
current_of (const Layer *layer)
{
  return (RheoAdlif){ .theta = (RheoReal) layer->theta, .q = (RheoReal) layer->q };
}

/* The spans of rheo_adlif_params. */
static const Span *
span_of (const Layer *layer, int k)
{
  const Span *const span[RHEO_ADLIF_PARAMS] = { &layer->tau_u, &layer->tau_w, &layer->a, &layer->b };

  return span[k];
}

static void
add_current (const Layer *layer, const char *name, RheoNet *net)
{
  const RheoAdlif cell = current_of (layer);
  const int pop = rheo_net_pop (net, name, &rheo_cell_adlif, &cell, sizeof cell, layer->units, 0, NULL, NULL);

  for (int k = 0; k < RHEO_ADLIF_PARAMS; k++)
    {
      const Span *span = span_of (layer, k);

      if ((k < 2 ? layer->learn_tau : layer->learn_adaptation) && least (span) < largest (span))
        rheo_net_train_param_at (net, pop, rheo_adlif_params[k], least (span), largest (span),
                                 largest (span) - least (span));
    }
}

static void
add_threshold (const Layer *layer, const char *name, RheoNet *net)
{
  const RheoAlif cell = threshold_of (layer);
  const int pop = rheo_net_pop (net, name, &rheo_cell_alif, &cell, sizeof cell, layer->units, 0, NULL, NULL);

  for (int k = 0; k < 2 && layer->learn_tau; k++)
    rheo_net_train_param (net, pop, rheo_alif_params[k], layer->tau_least, layer->tau_least > 0 ? RHEO_TAU_MOST : 0);
}

static gboolean
layout (const void *config, const RheoShape *shape, RheoNet *net, GError **error)
{
  const Alif *alif = config;
  const RheoLayers layers = layers_of (alif);

  for (int i = 0; i < alif->n_layers; i++)
    {
      const Layer *layer = &alif->layer[i];
      g_autofree char *name = rheo_layers_dup_name (alif->n_layers, "hidden", i);

      (layer->cell == CELL_CURRENT ? add_current : add_threshold) (layer, name, net);
    }
  rheo_layers_join (&layers, net, shape->n_out);
  return TRUE;
}

/* Groups are runs of units, as equal in size as can be. */
static void
draw_tau (const double *mean, int n, const double *sd, int n_sd, double least, RheoRng rng, uint32_t item, int n_units,
          RheoReal *tau)
{
  for (int k = 0; k < n; k++)
    {
      const int first = n_units * k / n, end = n_units * (k + 1) / n;

      rheo_readout_draw_tau (mean[k], sd[n_sd > 1 ? k : 0], least, rng, item + ((uint32_t) k << 20), end - first,
                             tau + first);
    }
}

static void
draw_span (const Span *span, RheoRng rng, uint32_t item, int n_units, RheoReal *to)
{
  rng.stream = RHEO_STREAM_INIT;
  rng.item = item;
  for (int i = 0; i < n_units; i++)
    to[i] = (RheoReal) (least (span)
                        + (largest (span) - least (span)) * rheo_rng_uniform (rng, RHEO_STEP_BEFORE, (uint32_t) i));
}

static void
init (const void *config, RheoNet *net, RheoRng rng)
{
  const Alif *alif = config;
  const RheoLayers layers = layers_of (alif);

  for (int i = 0; i < alif->n_layers; i++)
    {
      const Layer *l = &alif->layer[i];
      RheoReal *const *param = rheo_net_get_plan (net)->pop[i].param;
      const uint32_t item = RHEO_ITEM_OF_TAU (i);

      for (int k = 0; k < RHEO_ADLIF_PARAMS && l->cell == CELL_CURRENT; k++)
        draw_span (span_of (l, k), rng, item + ((uint32_t) k << 20), l->units, param[k]);
      if (l->cell == CELL_CURRENT)
        continue;
      draw_tau (l->tau_m, l->n_tau_m, l->tau_m_sd, l->n_tau_m_sd, l->tau_least, rng, item, l->units, param[0]);
      draw_tau (l->tau_adp, l->n_tau_adp, l->tau_adp_sd, l->n_tau_adp_sd, l->tau_least, rng, item + 1, l->units,
                param[1]);
    }
  rheo_layers_init (&layers, net, rng);
}

static void
derive (const void *config, RheoNet *net)
{
  const Alif *alif = config;

  for (int i = 0; i < alif->n_layers; i++)
    if (alif->layer[i].cell == CELL_CURRENT)
      *(RheoAdlif *) rheo_net_get_derived (net, i) = current_of (&alif->layer[i]);
    else
      *(RheoAlif *) rheo_net_get_derived (net, i) = threshold_of (&alif->layer[i]);
  rheo_readout_derive (&alif->rows.readout, net);
}

const RheoModel rheo_model_alif = {
  .base = {
    .kind = RHEO_KIND_MODEL,
    .version = 1,
    .id = "alif",
    .title = N_ ("Adaptive integrate-and-fire"),
    .summary = N_ ("Recurrent layers of integrate-and-fire units that adapt, by thresholds that rise with their spikes or "
                   "by currents, and whose time constants are learnt, with a leaky read-out."),
    .cite = "Yin, Corradi & Bohte 2021, Accurate and efficient time-domain classification with adaptive spiking "
            "recurrent neural networks; Baronig, Ferrand, Sabathiel & Legenstein 2025, Advancing spatio-temporal "
            "processing through adaptation in spiking neural networks",
    .config_size = sizeof (Alif),
    .params = params,
    .presets = presets,
    .gives = RHEO_SPIKES | RHEO_ADJOINT | RHEO_BOUNDED,
    .check = check,
  },
  .layout = layout,
  .init = init,
  .derive = derive,
};
