/* Thread: engine; while a window runs, that of its only lane. */
/* One step of plasticity of a self-organising recurrent network (Lazar, Pipa & Triesch 2009; Zheng, Dimitrakakis & Triesch
 * 2013). x, y: what excitatory and inhibitory units gave one step ago, x': now; j before i, k inhibitory; only existing
 * synapses change, in this order:
 *
 *   STDP    W_ji += eta (x_j x'_i - x'_j x_i), a synapse at 0 or below is lost, none is above 1
 *   IP      T_i += eta (x'_i - h), within [lo, hi] where there is a range
 *   SP      with some chance a new synapse between a pair that has none
 *   iSTDP   V_ki += -eta y_k (1 - x'_i (1 + 1 / mu)), floored, or lost at 0 or below, none is above 1
 *   SS      all that comes in at a unit is divided by its sum
 *
 * What a step touches is what it costs: synapses of units that fire, and columns of their targets. */
#pragma once

#include "synapses.h"

typedef struct
{
  bool stdp, ip, sp, istdp, scale_ee, scale_ei;
  RheoReal eta_stdp, eta_ip, eta_inhib;
  RheoReal target_ip, target_inhib; /* h, mu */
  RheoReal te_lo, te_hi;            /* range of thresholds; both 0: none */
  double new_per_step;              /* mean number of new synapses; above 1 some are certain */
  RheoReal new_weight;
  RheoReal floor_ei; /* lowest weight; 0: the synapse is lost there */
} RheoSornHow;

typedef struct
{
  RheoSynapses *ee, *ei;
  int ne, ni;
  RheoReal *threshold;                   /* [ne], the net's */
  int32_t *due;                          /* [2]: not 0: all columns of ee, of ei are to be scaled; part of the state */
  int64_t n_made, n_lost;                /* synapses of ee and ei, counted up */
  int32_t *before, *now, *inh, *touched; /* lists of units */
  uint8_t *mark;                         /* [ne] */
} RheoSorn;

/* due: an array of the net. */
void rheo_sorn_init (RheoSorn *sorn, RheoNet *net, int32_t *due);
void rheo_sorn_release (RheoSorn *sorn);
/* x_before, x [ne], y_before [ni]: 0 or 1. rng: of new synapses, at step t. */
void rheo_sorn_step (RheoSorn *sorn, const RheoSornHow *how, const RheoReal *x_before, const RheoReal *x,
                     const RheoReal *y_before, RheoRng rng, uint32_t t);
