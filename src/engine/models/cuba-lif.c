#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/cells/cuba.h"
#include "engine/cells/readout.h"
#include "engine/feedback.h"
#include "engine/init.h"
#include "engine/net.h"

/* The network of Capone, Muratore & Paolucci 2022: one population "rec" of current-based leaky integrate-and-fire units
 * (cells/cuba.h), its filtered spikes "trace", and a linear read-out of those.
 *
 *   I_t = W_in x_(t-1),   S_t = W_rec z_(t-1),   r_t = e_o r_(t-1) + a_o z_t,   y_t = W_out r_t
 *
 * Step 0 is the state of rest: the input of a step acts on the next one, and the last input of a trial is not seen. Rules
 * that learn while a trial goes on and change W_rec by dW must add dW s to the state "synapse" of the targets, s being the
 * filtered spikes of the sources, where the change is to act on spikes that have already arrived. */

enum
{
  INTEGRATION_EXACT,
  INTEGRATION_EULER,
};

static const char *const integration_choices[] = { "exact", "euler", NULL };

typedef struct
{
  int units, integration;
  double tau_membrane, tau_synapse, tau_out, threshold, bias, initial, reset;
  double sd_in, sd_rec, sd_out;
  gboolean self, differentiate;
  RheoFeedback feedback;
} Cuba;

#define TAU(field, key, d, l, h)                                                                                       \
  RHEO_P_REAL (Cuba, field, key, .label = l, .help = h, .unit = N_ ("steps"), .def = d, .min = 0.05, .max = 1e6,       \
               .soft_min = 1, .soft_max = 100, .flags = RHEO_LOG)
#define POTENTIAL(field, key, d, l, h)                                                                                 \
  RHEO_P_REAL (Cuba, field, key, .label = l, .help = h, .unit = N_ ("a.u."), .def = d, .min = -1e6, .max = 1e6,        \
               .soft_min = -30, .soft_max = 10)
#define SPREAD(field, key, d, l, h)                                                                                    \
  RHEO_P_REAL (Cuba, field, key, .label = l, .help = h, .def = d, .max = 1e6, .soft_max = 30)

static const RheoParam params[] = {
  RHEO_P_INT (Cuba, units, "units", .label = N_ ("Units"), .help = N_ ("How many units the network has."),
              .words = N_ ("neurons, cells, hidden size, size of the network"), .def = 150, .min = 2, .max = 65536,
              .soft_min = 10, .soft_max = 1000, .flags = RHEO_LOG),
  TAU (tau_membrane, "tau-membrane", 8, N_ ("Membrane time constant"), N_ ("How long the membrane remembers.")),
  TAU (tau_synapse, "tau-synapse", 2, N_ ("Synaptic time constant"), N_ ("How long the current of a spike lasts.")),
  TAU (tau_out, "tau-out", 5, N_ ("Time constant of the read-out"), N_ ("The read-out sees spikes filtered with it.")),
  RHEO_P_CHOICE (Cuba, integration, "integration", integration_choices, .label = N_ ("Integration"),
                 .help = N_ ("Decay over a step: the exponential, or Euler's 1 - 1 / tau, which is never below zero."),
                 .flags = RHEO_ADVANCED),
  POTENTIAL (threshold, "threshold", 0, N_ ("Threshold"), N_ ("A membrane above it emits a spike.")),
  POTENTIAL (bias, "bias", -4, N_ ("Bias"), N_ ("Current that all units always get.")),
  POTENTIAL (initial, "initial", -4, N_ ("Initial membrane"), N_ ("Of all units, at the first step of a trial.")),
  POTENTIAL (reset, "reset", -20, N_ ("Reset"), N_ ("Added to the membrane in the step after a spike.")),
  SPREAD (sd_in, "sd-in", 22, N_ ("Spread of input weights"), N_ ("Standard deviation of the normal draw.")),
  SPREAD (sd_rec, "sd-rec", 1, N_ ("Spread of recurrent weights"), N_ ("Standard deviation of the normal draw.")),
  SPREAD (sd_out, "sd-out", 1, N_ ("Spread of output weights"),
          N_ ("Standard deviation of the normal draw, times the square root of the number of units.")),
  RHEO_P_BOOL (Cuba, self, "self-connections", .label = N_ ("Self-connections at first"),
               .help = N_ ("Units act on themselves until the first update, which sets these weights to zero."),
               .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (Cuba, differentiate, "differentiate-reset", .label = N_ ("Gradient through the reset"),
               .help = N_ ("Backpropagation also goes through the reset of the membrane."), .flags = RHEO_ADVANCED,
               .needs = RHEO_GRADIENT),
  RHEO_P_BLOCK (Cuba, feedback, RheoFeedback, "feedback", rheo_feedback_rows, .label = N_ ("Feedback"),
                .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

#define COMMON "\"threshold\": 0, \"bias\": -4, \"initial\": -4, \"reset\": -20, \"tau-synapse\": 2"

static const RheoPreset presets[] = {
  { "cli", N_ ("As published, command line"),
    "{" COMMON ", \"tau-membrane\": 8, \"integration\": \"exact\", \"sd-in\": 22, \"sd-rec\": 1, "
    "\"sd-out\": 1, \"self-connections\": true}" },
  { "script", N_ ("As published, no recurrence at first"),
    "{" COMMON ", \"tau-membrane\": 8, \"integration\": \"exact\", \"sd-in\": 22, \"sd-rec\": 0, "
    "\"sd-out\": 1, \"self-connections\": false}" },
  { "walker", N_ ("As published, cloning of behaviour"),
    "{" COMMON ", \"units\": 500, \"tau-membrane\": 4, \"integration\": \"euler\", \"sd-in\": 2, \"sd-rec\": 0, "
    "\"sd-out\": 0, \"self-connections\": false}" },
  { NULL },
};

/* Share that is kept over a step, and gain of what comes in. */
static void
decay (const Cuba *c, double tau, RheoReal *keep, RheoReal *gain)
{
  const double a = c->integration == INTEGRATION_EULER ? MIN (1 / tau, 1) : -expm1 (-1 / tau);

  *keep = (RheoReal) (1 - a);
  *gain = (RheoReal) a;
}

static RheoCuba
cell_of (const Cuba *c)
{
  RheoCuba cell = { .bias = (RheoReal) c->bias, .reset = (RheoReal) c->reset, .differentiate = c->differentiate };

  decay (c, c->tau_membrane, &cell.keep_membrane, &cell.gain_membrane);
  decay (c, c->tau_synapse, &cell.keep_synapse, &cell.gain_synapse);
  /* Where nothing is kept, the first membrane is what the bias gives. */
  cell.start = cell.keep_membrane > 0
                   ? (RheoReal) ((c->initial - (double) cell.gain_membrane * c->bias) / (double) cell.keep_membrane)
                   : 0;
  return cell;
}

static RheoFilter
filter_of (const Cuba *c)
{
  RheoFilter filter;

  decay (c, c->tau_out, &filter.keep, &filter.gain);
  return filter;
}

static RheoInit
normal (double sd, gboolean per_fan_in, gboolean self)
{
  RheoInit init = { 0 };

  rheo_params_reset (rheo_init_plain_rows, &init);
  init.kind = RHEO_INIT_NORMAL;
  init.sd = sd;
  init.per_fan_in = per_fan_in;
  init.no_self = !self;
  return init;
}

enum
{
  PROJ_IN,
  PROJ_REC,
  PROJ_TRACE,
  PROJ_OUT,
};

static gboolean
layout (const void *config, const RheoShape *shape, RheoNet *net, GError **error)
{
  const Cuba *c = config;
  const RheoCuba cell = cell_of (c);
  const RheoFilter filter = filter_of (c);
  const int rec = rheo_net_pop (net, "rec", &rheo_cell_cuba, &cell, sizeof cell, c->units, 0, NULL, NULL);
  const int trace = rheo_net_pop (net, "trace", &rheo_cell_filter, &filter, sizeof filter, c->units, 0, NULL, NULL);
  const int out = rheo_net_pop (net, "out", &rheo_cell_linear, NULL, 0, shape->n_out, 0, NULL, NULL);
  const RheoProj projs[] = {
    [PROJ_IN] = { .name = "in", .from = RHEO_INPUT, .to = rec, .delay = 1, .flags = RHEO_PROJ_TRAIN },
    [PROJ_REC] = { .name = "rec",
                   .from = rec,
                   .to = rec,
                   .port = 1,
                   .delay = 1,
                   .keep.no_self = true,
                   .flags = RHEO_PROJ_TRAIN },
    [PROJ_TRACE] = { .name = "trace", .from = rec, .to = trace, .form = RHEO_ONE_TO_ONE },
    [PROJ_OUT] = { .name = "out", .from = trace, .to = out, .flags = RHEO_PROJ_TRAIN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (projs); i++)
    {
      const RheoInit init = normal (1, FALSE, c->self);
      const int proj = rheo_net_join (net, &projs[i], FALSE, FALSE);

      if (projs[i].form == RHEO_DENSE)
        rheo_init_expect (&init, net, proj, NULL);
    }
  rheo_feedback_add (&c->feedback, net, out, rec);
  return TRUE;
}

static void
init (const void *config, RheoNet *net, RheoRng rng)
{
  const Cuba *c = config;
  const RheoPop *rec = &rheo_net_get_plan (net)->pop[0];
  const RheoProj *trace = rheo_net_get_proj (net, PROJ_TRACE);
  const RheoInit in = normal (c->sd_in, FALSE, TRUE), own = normal (c->sd_rec, FALSE, c->self);
  const RheoInit out = normal (c->sd_out, TRUE, TRUE);

  for (int i = 0; i < rec->n_units; i++)
    {
      rec->param[0][i] = (RheoReal) c->threshold;
      trace->weight[i] = 1;
    }
  rheo_init_proj (&in, net, PROJ_IN, NULL, rng);
  rheo_init_proj (&own, net, PROJ_REC, NULL, rng);
  rheo_init_proj (&out, net, PROJ_OUT, NULL, rng);
  rheo_feedback_init (&c->feedback, net, rng);
}

static void
derive (const void *config, RheoNet *net)
{
  *(RheoCuba *) rheo_net_get_derived (net, 0) = cell_of (config);
  *(RheoFilter *) rheo_net_get_derived (net, 1) = filter_of (config);
}

const RheoModel rheo_model_cuba_lif = {
  .base = { .kind = RHEO_KIND_MODEL,
            .version = 1,
            .id = "cuba-lif",
            .title = N_ ("Current-based integrate-and-fire"),
            .summary = N_ ("One recurrent population of leaky integrate-and-fire units with synaptic currents, and a "
                           "linear read-out of their filtered spikes."),
            .cite = "Capone, Muratore & Paolucci 2022, Error-based or target-based? A unified framework for learning "
                    "in recurrent spiking networks",
            .config_size = sizeof (Cuba),
            .params = params,
            .presets = presets,
            .gives = RHEO_SPIKES | RHEO_THRESHOLDS | RHEO_ADJOINT | RHEO_CURRENTS | RHEO_BOUNDED },
  .layout = layout,
  .init = init,
  .derive = derive,
};
