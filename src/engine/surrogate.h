/* Thread: any. */
/* The surrogate derivative as a block of a rule's config (rsnn spec 2.5). The rule hands what rheo_surrogate_derive makes
 * of it to rheo_net_set_surrogate. */
#pragma once

#include "cells.h"
#include "param.h"

typedef struct
{
  int kind; /* RheoSurrogateKind */
  double alpha;
  double slope;
  double width_triangular, height;
  double width_boxcar;
  double sigma, gamma;
  double lobe, spread;
  double rate;
  double slope_sparse, width_sparse;
} RheoSurrogateConfig;

extern const RheoParam rheo_surrogate_rows[];

RheoSurrogate rheo_surrogate_derive (const RheoSurrogateConfig *config);
