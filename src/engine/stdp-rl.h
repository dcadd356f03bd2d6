/* Thread: a lane's, and engine between windows. */
/* Spike-timing-dependent reinforcement learning of a network with its own clock (Haşegan et al. 2022, Front. Comput. Neurosci.
 * 16:1017284; Neymotin et al. 2013, Neural Comput. 25:3263). T: when a synapse hears of a spike of its source or target, `late`
 * after it, whatever its delay; a: the time of the last such notice of the other side:
 *
 *   source, after the target:  1 ms < T - a <= window:  anti = T        target, after the source:  hebb = T
 *   R: reward of the synapse,  dw = R (w_hebb e_hebb + w_anti e_anti),  e = 1 for `length` after hebb or anti, or exp (-t / length)
 *
 * The synapses are those of all projections with RHEO_PROJ_TRAIN. Those at the cells that vote for actions (the sources of the
 * projection to the read-out) have the reward if they vote for the one that was taken, and minus that times `opposite` if not. */
#pragma once

#include "net.h"

enum
{
  RHEO_REWARD_ALL,    /* all synapses alike */
  RHEO_REWARD_MOTOR,  /* those at voting cells */
  RHEO_REWARD_CHOSEN, /* those at cells that voted for the action */
  RHEO_REWARD_BOTH,   /* these, and the others with the opposite sign */
};

enum
{
  RHEO_BALANCE_OFF,
  RHEO_BALANCE_SENDERS,  /* strong senders learn more from rewards and less from punishments */
  RHEO_BALANCE_REVERSED, /* and the other way round */
};

/* Weights with their gain; times in ms. */
typedef struct
{
  double w_hebb, w_anti, length_hebb, length_anti, window_hebb, window_anti;
  double w_min, w_max, late, quiet;                /* quiet: notices before this time do not count */
  double stdp_hebb, stdp_anti, tau_hebb, tau_anti; /* without reward, 1 ms after the pairing */
  gboolean exponential, soft, stdp;
  int target, balance;
  gboolean elsewhere; /* synapses that are not at voting cells learn too, with the reward times `discount` */
  double chosen, opposite, discount, balance_min, balance_max;
  gboolean gain_control;
  int gain_steps, gain_every;
  double gain_change, rate_motor, rate_other, step; /* target rates in Hz; length of a step as counted */
} RheoStdpRlHow;

typedef struct RheoStdpRl RheoStdpRl;

/* Adds KEEP arrays to the net, which hold everything that a resumed run needs. gain_steps: of how. NULL: no memory. */
RheoStdpRl *rheo_stdp_rl_new (RheoNet *net, int gain_steps);
void rheo_stdp_rl_free (RheoStdpRl *s);
int rheo_stdp_rl_count_synapses (const RheoStdpRl *s);

/* Anew, as at the start of a run: no traces, mean weights as they are now are what normalisation keeps. */
void rheo_stdp_rl_begin (RheoStdpRl *s);
/* Cell `unit` of all populations in order has fired; in order of time. */
void rheo_stdp_rl_spike (RheoStdpRl *s, const RheoStdpRlHow *how, int unit, double time);
/* Notices up to `time` reach their synapses; then traces are as a reward at that time finds them. */
void rheo_stdp_rl_hear (RheoStdpRl *s, const RheoStdpRlHow *how, double time);
/* No trace is left. */
void rheo_stdp_rl_clear (RheoStdpRl *s);
void rheo_stdp_rl_reward (RheoStdpRl *s, const RheoStdpRlHow *how, double reward, int action, double time);
/* Rates over the last steps move the mean weights that normalisation keeps. Once a step, the first one left out; n_done:
 * steps before this one. */
void rheo_stdp_rl_control (RheoStdpRl *s, const RheoStdpRlHow *how, int64_t n_done);
/* Rate in Hz that this brings the cells of a unit's group to; NaN: none. */
double rheo_stdp_rl_get_target (const RheoStdpRl *s, const RheoStdpRlHow *how, int unit);
/* The weights that come in at each cell have their mean again. */
void rheo_stdp_rl_normalise (RheoStdpRl *s);
