#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/cells/alif.h"
#include "engine/delays.h"
#include "engine/feedback.h"
#include "engine/init.h"
#include "engine/net.h"
#include "engine/readout.h"

/* Layers of integrate-and-fire units with adaptive thresholds and time constants that are learnt, as in Yin, Corradi & Bohte
 * 2021 (cells/alif.h): each layer sees the spikes of the one before in the same step and its own of the step before. */

#define MAX_LAYERS 6
#define MAX_GROUPS 8

typedef struct
{
  int units;
  gboolean recurrent;
  double threshold, adaptation, resistance;
  double tau_m[MAX_GROUPS], tau_m_sd[MAX_GROUPS], tau_adp[MAX_GROUPS], tau_adp_sd[MAX_GROUPS];
  int n_tau_m, n_tau_m_sd, n_tau_adp, n_tau_adp_sd;
  gboolean learn_tau;
  double tau_least, initial_b;
  gboolean random_start;
  RheoInit in, rec;
} Layer;

typedef struct
{
  Layer layer[MAX_LAYERS];
  int n_layers;
  RheoInit out;
  RheoReadout readout;
  RheoFeedback feedback;
  RheoDelays delays;
} Alif;

#define TAU(f, n, key, d, l, h)                                                                                        \
  RHEO_P_REALS (Layer, f, n, key, .label = l, .unit = N_ ("steps"), .def_text = d, .min = 0.05, .max = 1e5,            \
                .soft_min = 1, .soft_max = 500, .help = h)
#define SPREAD(f, n, key, d, l)                                                                                        \
  RHEO_P_REALS (Layer, f, n, key, .label = l, .unit = N_ ("steps"), .def_text = d, .max = 1e5, .soft_max = 50,         \
                .help = N_ ("Standard deviation of the normal draw: one number, or one for each group."))

static const RheoParam layer_rows[] = {
  RHEO_P_INT (Layer, units, "units", .label = N_ ("Units"), .help = N_ ("How many units the layer has."),
              .words = N_ ("neurons, cells, hidden size, size of the network"), .def = 128, .min = 1, .max = 65536,
              .soft_min = 16, .soft_max = 2048, .flags = RHEO_LOG),
  RHEO_P_BOOL (Layer, recurrent, "recurrent", .label = N_ ("Recurrent connections"), .def = TRUE,
               .help = N_ ("Units of the layer are connected with each other.")),
  RHEO_P_REAL (Layer, threshold, "threshold", .label = N_ ("Threshold at rest"), .def = 0.01, .min = -1000, .max = 1000,
               .soft_min = 0, .soft_max = 2,
               .help = N_ ("Membrane potential above which a unit fires that has long been "
                           "silent. At a spike the membrane falls by the threshold."),
               .flags = RHEO_LIVE),
  RHEO_P_REAL (Layer, adaptation, "adaptation", .label = N_ ("Adaptation"), .def = 1.8, .max = 1000, .soft_max = 3,
               .help =
                   N_ ("How much the threshold of a unit would rise that fires in each step. 0: it does not adapt."),
               .words = N_ ("beta, spike-frequency adaptation"), .flags = RHEO_LIVE),
  RHEO_P_REAL (Layer, resistance, "resistance", .label = N_ ("Membrane resistance"), .def = 1, .min = 1e-3, .max = 1000,
               .soft_min = 0.1, .soft_max = 10, .help = N_ ("Factor on the current."),
               .flags = RHEO_ADVANCED | RHEO_LIVE),
  TAU (tau_m, n_tau_m, "tau-m", "20", N_ ("Membrane time constant"),
       N_ ("Mean before training: one number, or one for each of up to 8 groups of equal size.")),
  SPREAD (tau_m_sd, n_tau_m_sd, "tau-m-sd", "5", N_ ("Spread of membrane time constants")),
  TAU (tau_adp, n_tau_adp, "tau-adp", "150", N_ ("Time constant of the adaptation"),
       N_ ("How long a raised threshold takes to fall: mean before training, one number or one for each group.")),
  SPREAD (tau_adp_sd, n_tau_adp_sd, "tau-adp-sd", "10", N_ ("Spread of adaptation time constants")),
  RHEO_P_BOOL (Layer, learn_tau, "learn-tau", .label = N_ ("Learn time constants"), .def = TRUE,
               .help = N_ ("Trains both time constants of each unit.")),
  RHEO_P_REAL (Layer, tau_least, "least-tau", .label = N_ ("Least time constant"), .unit = N_ ("steps"), .def = 1,
               .max = 1000, .soft_max = 5, .flags = RHEO_ADVANCED,
               .help =
                   N_ ("Time constants are kept from falling below it. 0: they are free, and training fails when one "
                       "passes zero.")),
  RHEO_P_REAL (Layer, initial_b, "initial-adaptation", .label = N_ ("Initial adaptation"), .def = 0, .max = 1000,
               .soft_max = 1, .help = N_ ("State of the adaptation before the first step of a trial."),
               .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (Layer, random_start, "random-start", .label = N_ ("Start at random membranes"),
               .help =
                   N_ ("Membranes begin each trial anywhere between 0 and 1, in place of 0, also when the network is "
                       "tested."),
               .flags = RHEO_ADVANCED),
  RHEO_P_BLOCK (Layer, in, RheoInit, "in", rheo_init_plain_rows, .label = N_ ("Input connections")),
  RHEO_P_BLOCK (Layer, rec, RheoInit, "rec", rheo_init_plain_recurrent_rows, .label = N_ ("Within the layer"),
                .when = "recurrent=true"),
  RHEO_P_END,
};

static const RheoParam params[] = {
  RHEO_P_LIST (Alif, layer, n_layers, Layer, "layers", layer_rows, .label = N_ ("Layers"), .def_text = "1", .min = 1,
               .help = N_ ("From the input on: each layer is fed by the one before.")),
  RHEO_P_BLOCK (Alif, out, RheoInit, "out", rheo_init_plain_rows, .label = N_ ("Output connections")),
  RHEO_P_BLOCK (Alif, readout, RheoReadout, "read-out", rheo_readout_rows, .label = N_ ("Read-out")),
  RHEO_P_BLOCK (Alif, feedback, RheoFeedback, "feedback", rheo_feedback_rows, .label = N_ ("Feedback"),
                .flags = RHEO_ADVANCED),
  RHEO_P_BLOCK (Alif, delays, RheoDelays, "delays", rheo_delays_rows, .label = N_ ("Delays"), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

#define XAVIER "{\"kind\": \"xavier-uniform\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"zero\"}"
#define GLOROT "{\"kind\": \"xavier-normal\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"zero\"}"
#define ORTHOGONAL "{\"kind\": \"orthogonal\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"zero\"}"
#define KAIMING "{\"kind\": \"kaiming-normal\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"zero\"}"
#define OUT(kind) "{\"kind\": \"" kind "\", \"gain\": 1, \"connect\": \"all\", \"bias\": \"uniform\"}"

#define DIGITS(start)                                                                                                  \
  "{\"units\": 128, \"recurrent\": true, \"threshold\": 0.01, \"adaptation\": 1.8, \"resistance\": 1, \"tau-m\": "     \
  "[20], "                                                                                                             \
  "\"tau-m-sd\": [5], \"tau-adp\": [150], \"tau-adp-sd\": [10], \"learn-tau\": true, " start ", \"in\": " XAVIER       \
  ", \"rec\": " ORTHOGONAL "}"
#define AVERAGE(tau, sd, start)                                                                                        \
  "{\"kind\": \"average\", \"tau\": " tau ", \"tau-sd\": " sd ", \"learn-tau\": true, " start "}"
#define COMMANDS(recurrent, rec)                                                                                       \
  "{\"units\": 256, \"recurrent\": " recurrent ", \"threshold\": 1.6, \"adaptation\": 0.184, \"resistance\": 1, "      \
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
check (const void *config, GError **error)
{
  const Alif *alif = config;

  for (int i = 0; i < alif->n_layers; i++)
    {
      const Layer *layer = &alif->layer[i];
      g_autofree char *in = g_strdup_printf ("model.layers.%d.in", i);
      g_autofree char *rec = g_strdup_printf ("model.layers.%d.rec", i);

      if (!check_groups (i, "tau-m", layer->n_tau_m, layer->n_tau_m_sd, error)
          || !check_groups (i, "tau-adp", layer->n_tau_adp, layer->n_tau_adp_sd, error)
          || !rheo_init_check (&layer->in, 1, 1, in, error)
          || (layer->recurrent && !rheo_init_check (&layer->rec, 1, 1, rec, error)))
        return FALSE;
    }
  return rheo_init_check (&alif->out, 1, 1, "model.out", error);
}

static RheoAlif
cell_of (const Layer *layer)
{
  return (RheoAlif){ .b0 = (RheoReal) layer->threshold,
                     .beta = (RheoReal) layer->adaptation,
                     .resistance = (RheoReal) layer->resistance,
                     .initial_b = (RheoReal) layer->initial_b,
                     .random_start = layer->random_start };
}

static char *
name_of (const Alif *alif, const char *word, int i)
{
  return alif->n_layers == 1 ? g_strdup (word) : g_strdup_printf ("%s%d", word, i + 1);
}

static int
add_layer (const Alif *alif, int i, RheoNet *net)
{
  const Layer *layer = &alif->layer[i];
  const RheoAlif cell = cell_of (layer);
  g_autofree char *name = name_of (alif, "hidden", i);
  const int pop = rheo_net_pop (net, name, &rheo_cell_alif, &cell, sizeof cell, layer->units, 0, NULL, NULL);

  for (int k = 0; k < 2 && layer->learn_tau; k++)
    rheo_net_train_param (net, pop, rheo_alif_params[k], layer->tau_least, layer->tau_least > 0 ? RHEO_TAU_MOST : 0);
  return pop;
}

static void
join (const Alif *alif, RheoNet *net, const char *name, int from, int to, const RheoInit *init)
{
  RheoProj proj = { .name = name,
                    .from = from,
                    .to = to,
                    .delay = from == to ? 1 : 0,
                    .keep.no_self = from == to && init->no_self,
                    .flags = RHEO_PROJ_TRAIN | RHEO_PROJ_TRAIN_BIAS };

  if (from != to && to < alif->n_layers)
    rheo_delays_ask (&alif->delays, &proj);
  rheo_init_expect (init, net, rheo_net_join (net, &proj, init->bias != RHEO_BIAS_NONE, FALSE), NULL);
}

static gboolean
layout (const void *config, const RheoShape *shape, RheoNet *net, GError **error)
{
  const Alif *alif = config;
  int pop[MAX_LAYERS], out;

  for (int i = 0; i < alif->n_layers; i++)
    pop[i] = add_layer (alif, i, net);
  out = rheo_readout_add (&alif->readout, net, shape->n_out);
  for (int i = 0; i < alif->n_layers; i++)
    {
      g_autofree char *in = i == 0 ? g_strdup ("in") : g_strdup_printf ("ff%d", i + 1);
      g_autofree char *rec = name_of (alif, "rec", i);

      join (alif, net, in, i == 0 ? RHEO_INPUT : pop[i - 1], pop[i], &alif->layer[i].in);
      if (alif->layer[i].recurrent)
        join (alif, net, rec, pop[i], pop[i], &alif->layer[i].rec);
    }
  join (alif, net, "out", pop[alif->n_layers - 1], out, &alif->out);
  rheo_feedback_add (&alif->feedback, net, out, pop[alif->n_layers - 1]);
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
init (const void *config, RheoNet *net, RheoRng rng)
{
  const Alif *alif = config;
  const RheoPlan *plan = rheo_net_get_plan (net);
  int i_proj = 0;

  for (int i = 0; i < alif->n_layers; i++)
    {
      const Layer *l = &alif->layer[i];
      const RheoPop *pop = &plan->pop[i];

      draw_tau (l->tau_m, l->n_tau_m, l->tau_m_sd, l->n_tau_m_sd, l->tau_least, rng, RHEO_ITEM_OF_TAU (i), l->units,
                pop->param[0]);
      draw_tau (l->tau_adp, l->n_tau_adp, l->tau_adp_sd, l->n_tau_adp_sd, l->tau_least, rng, RHEO_ITEM_OF_TAU (i) + 1,
                l->units, pop->param[1]);
      rheo_init_proj (&l->in, net, i_proj++, NULL, rng);
      if (l->recurrent)
        rheo_init_proj (&l->rec, net, i_proj++, NULL, rng);
    }
  rheo_init_proj (&alif->out, net, i_proj, NULL, rng);
  rheo_readout_init (&alif->readout, net, rng);
  rheo_feedback_init (&alif->feedback, net, rng);
  rheo_delays_init (&alif->delays, net, rng);
}

static void
derive (const void *config, RheoNet *net)
{
  const Alif *alif = config;

  for (int i = 0; i < alif->n_layers; i++)
    *(RheoAlif *) rheo_net_get_derived (net, i) = cell_of (&alif->layer[i]);
  rheo_readout_derive (&alif->readout, net);
}

const RheoModel rheo_model_alif = {
  .base = {
    .kind = RHEO_KIND_MODEL,
    .version = 1,
    .id = "alif",
    .title = N_ ("Adaptive integrate-and-fire"),
    .summary = N_ ("Recurrent layers of integrate-and-fire units whose thresholds rise with their spikes and whose time "
                   "constants are learnt, with a leaky read-out."),
    .cite = "Yin, Corradi & Bohte 2021, Accurate and efficient time-domain classification with adaptive spiking "
            "recurrent neural networks",
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
