#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "readout.h"

#include <glib/gi18n-lib.h>

#include "cells/readout.h"

static const char *const kinds[] = { "linear", "leaky", "average", NULL };

const RheoParam rheo_readout_rows[] = {
  RHEO_P_CHOICE (RheoReadout, kind, "kind", kinds, .label = N_ ("Read-out"), .def = RHEO_READOUT_LEAKY,
                 .help =
                     N_ ("What the output makes of its current: passes it on; integrates it and forgets; or averages "
                         "it over the time constant.")),
  RHEO_P_REAL (RheoReadout, decay, "decay", .label = N_ ("Decay"), .def = 0.9, .min = 0, .max = 1,
               .help = N_ ("Share of its value that the output keeps from one step to the next."),
               .when = "kind=leaky"),
  RHEO_P_REAL (RheoReadout, initial, "initial", .label = N_ ("Initial value"), .def = 0, .min = -1e6, .max = 1e6,
               .soft_min = -10, .soft_max = 10, .help = N_ ("Value of the output before the first step."),
               .when = "kind=leaky|average"),
  RHEO_P_REAL (RheoReadout, tau, "tau", .label = N_ ("Time constant"), .unit = N_ ("steps"), .def = 20, .min = 0.05,
               .max = 1e5, .soft_min = 1, .soft_max = 200, .when = "kind=average",
               .help = N_ ("How long the output remembers its current: mean over the outputs, before training."),
               .flags = RHEO_LOG),
  RHEO_P_REAL (RheoReadout, tau_sd, "tau-sd", .label = N_ ("Spread of time constants"), .unit = N_ ("steps"),
               .max = 1e5, .soft_max = 20, .when = "kind=average",
               .help = N_ ("Standard deviation of the normal draw.")),
  RHEO_P_BOOL (RheoReadout, learn_tau, "learn-tau", .label = N_ ("Learn time constants"), .def = TRUE,
               .when = "kind=average", .help = N_ ("Trains the time constant of each output.")),
  RHEO_P_REAL (RheoReadout, tau_least, "least-tau", .label = N_ ("Least time constant"), .unit = N_ ("steps"), .def = 1,
               .max = 1000, .soft_max = 5, .when = "kind=average", .flags = RHEO_ADVANCED,
               .help =
                   N_ ("Time constants are kept from falling below it. 0: they are free, and training fails when one "
                       "passes zero.")),
  RHEO_P_BOOL (RheoReadout, random_start, "random-start", .label = N_ ("Start at random values"),
               .when = "kind=average",
               .help = N_ ("Outputs begin each trial anywhere between 0 and 1, in place of the initial value, also "
                           "when the network is tested."),
               .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static RheoLeakyReadout
cell_of (const RheoReadout *config)
{
  return (RheoLeakyReadout){ .initial = (RheoReal) config->initial,
                             .random_start = config->kind == RHEO_READOUT_AVERAGE && config->random_start };
}

int
rheo_readout_add (const RheoReadout *config, RheoNet *net, int n)
{
  const RheoLeakyReadout leaky = cell_of (config);
  int pop;

  if (config->kind == RHEO_READOUT_LINEAR)
    return rheo_net_pop (net, "out", &rheo_cell_linear, NULL, 0, n, 0, NULL, NULL);
  pop = rheo_net_pop (net, "out",
                      config->kind == RHEO_READOUT_LEAKY ? &rheo_cell_leaky_readout : &rheo_cell_average_readout,
                      &leaky, sizeof leaky, n, 0, NULL, NULL);
  if (config->kind == RHEO_READOUT_AVERAGE && config->learn_tau)
    rheo_net_train_param (net, pop, "tau", config->tau_least, config->tau_least > 0 ? RHEO_TAU_MOST : 0);
  return pop;
}

void
rheo_readout_draw_tau (double mean, double sd, double least, RheoRng rng, uint32_t item, int n, RheoReal *tau)
{
  rng.stream = RHEO_STREAM_INIT;
  rng.item = item;
  for (int i = 0; i < n; i++)
    {
      const double drawn = mean + (sd > 0 ? sd * rheo_rng_normal (rng, RHEO_STEP_BEFORE, (uint32_t) i) : 0);

      tau[i] = (RheoReal) CLAMP (drawn, least, RHEO_TAU_MOST);
    }
}

void
rheo_readout_init (const RheoReadout *config, RheoNet *net, RheoRng rng)
{
  const int out = rheo_net_find_pop (net, "out");
  const RheoPop *pop = &rheo_net_get_plan (net)->pop[out];

  for (int i = 0; config->kind == RHEO_READOUT_LEAKY && i < pop->n_units; i++)
    pop->param[0][i] = (RheoReal) config->decay;
  if (config->kind == RHEO_READOUT_AVERAGE)
    rheo_readout_draw_tau (config->tau, config->tau_sd, config->tau_least, rng, RHEO_ITEM_OF_TAU (out), pop->n_units,
                           pop->param[0]);
}

void
rheo_readout_derive (const RheoReadout *config, RheoNet *net)
{
  if (config->kind != RHEO_READOUT_LINEAR)
    *(RheoLeakyReadout *) rheo_net_get_derived (net, rheo_net_find_pop (net, "out")) = cell_of (config);
}
