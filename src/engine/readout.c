#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "readout.h"

#include <glib/gi18n-lib.h>

#include "cells/readout.h"

static const char *const kinds[] = { "linear", "leaky", NULL };

const RheoParam rheo_readout_rows[] = {
  RHEO_P_CHOICE (RheoReadout, kind, "kind", kinds, .label = N_ ("Read-out"), .def = RHEO_READOUT_LEAKY,
                 .help = N_ ("What the output makes of its current: passes it on, or integrates it and forgets.")),
  RHEO_P_REAL (RheoReadout, decay, "decay", .label = N_ ("Decay"), .def = 0.9, .min = 0, .max = 1,
               .help = N_ ("Share of its value that the output keeps from one step to the next."),
               .when = "kind=leaky"),
  RHEO_P_REAL (RheoReadout, initial, "initial", .label = N_ ("Initial value"), .def = 0, .min = -1e6, .max = 1e6,
               .soft_min = -10, .soft_max = 10, .help = N_ ("Value of the output before the first step."),
               .when = "kind=leaky"),
  RHEO_P_END,
};

int
rheo_readout_add (const RheoReadout *config, RheoNet *net, int n)
{
  const RheoLeakyReadout leaky = { .initial = (RheoReal) config->initial };

  if (config->kind == RHEO_READOUT_LEAKY)
    return rheo_net_pop (net, "out", &rheo_cell_leaky_readout, &leaky, sizeof leaky, n, 0, NULL, NULL);
  return rheo_net_pop (net, "out", &rheo_cell_linear, NULL, 0, n, 0, NULL, NULL);
}

void
rheo_readout_init (const RheoReadout *config, RheoNet *net)
{
  const RheoPop *pop = &rheo_net_get_plan (net)->pop[rheo_net_find_pop (net, "out")];

  for (int i = 0; config->kind == RHEO_READOUT_LEAKY && i < pop->n_units; i++)
    pop->param[0][i] = (RheoReal) config->decay;
}

void
rheo_readout_derive (const RheoReadout *config, RheoNet *net)
{
  if (config->kind == RHEO_READOUT_LEAKY)
    ((RheoLeakyReadout *) rheo_net_get_derived (net, rheo_net_find_pop (net, "out")))->initial =
        (RheoReal) config->initial;
}
