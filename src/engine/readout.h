/* Thread: engine. */
/* The read-out of a network as a block of a model's config: what the last population makes of its current. */
#pragma once

#include "net.h"

typedef enum
{
  RHEO_READOUT_LINEAR,  /* out = I */
  RHEO_READOUT_LEAKY,   /* u <- decay u + I, out = u */
  RHEO_READOUT_AVERAGE, /* u <- a u + (1 - a) I, out = u; a = exp (-1 / tau), tau can be learnt */
} RheoReadoutKind;

typedef struct
{
  int kind; /* RheoReadoutKind */
  double decay, initial;
  double tau, tau_sd, tau_least; /* steps */
  gboolean learn_tau, random_start;
} RheoReadout;

extern const RheoParam rheo_readout_rows[];

#define RHEO_TAU_MOST 1e6 /* steps: the largest time constant */
/* Address of the time constants of a population, beside those of projections. */
#define RHEO_ITEM_OF_TAU(pop) (0x10000u + 2 * (uint32_t) (pop))

/* Adds the population "out" with n units. Returns its index. */
int rheo_readout_add (const RheoReadout *config, RheoNet *net, int n);
/* Its parameters; called by the model's init. */
void rheo_readout_init (const RheoReadout *config, RheoNet *net, RheoRng rng);
/* Time constants of n units: normal draws of mean and sd, no less than `least`, addressed by rng.seed and item. */
void rheo_readout_draw_tau (double mean, double sd, double least, RheoRng rng, uint32_t item, int n, RheoReal *tau);
/* Its derived constants; called by the model's derive. */
void rheo_readout_derive (const RheoReadout *config, RheoNet *net);
