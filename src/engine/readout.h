/* Thread: engine. */
/* The read-out of a network as a block of a model's config: what the last population makes of its current. */
#pragma once

#include "net.h"

typedef enum
{
  RHEO_READOUT_LINEAR, /* out = I */
  RHEO_READOUT_LEAKY,  /* u <- decay u + I, out = u */
} RheoReadoutKind;

typedef struct
{
  int kind; /* RheoReadoutKind */
  double decay, initial;
} RheoReadout;

extern const RheoParam rheo_readout_rows[];

/* Adds the population "out" with n units. Returns its index. */
int rheo_readout_add (const RheoReadout *config, RheoNet *net, int n);
/* Its parameters; called by the model's init. */
void rheo_readout_init (const RheoReadout *config, RheoNet *net);
/* Its derived constants; called by the model's derive. */
void rheo_readout_derive (const RheoReadout *config, RheoNet *net);
