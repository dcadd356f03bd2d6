/* Thread: any. */
/* Block: what a step of the pole on a cart was worth, after Haşegan et al. 2022, Front. Comput. Neurosci. 16:1017284. o: the
 * observation, position x, velocity, angle theta, angular velocity omega; L: how far from upright and still:
 *
 *   L (o) = sqrt (theta^2 + b omega^2),   r = g (L (o_before) - L (o))
 */
#pragma once

#include <stdbool.h>

#include "param.h"

#define RHEO_CRITIC_QUEUE 1000
#define RHEO_CRITIC_NUMBERS 4

typedef enum
{
  RHEO_CRITIC_CHANGE, /* of L; largest at once where the pole gets nearly upright and still, 0 while it is */
  RHEO_CRITIC_POLICY, /* whether the cart went to the side to which the pole leans */
  RHEO_CRITIC_STEPS,  /* the same for each step but undecided and last ones */
} RheoCriticKind;

typedef struct
{
  int kind, modulation_steps;
  double turning_weight, gain, max_reward, reward_factor, punish_factor, weight[RHEO_CRITIC_NUMBERS], last;
  gboolean clear_flips, weighted, modulated, punish_falls;
} RheoCritic;

extern const RheoParam rheo_critic_params[];

/* Plain bytes: rewards before modulation, a ring. */
typedef struct
{
  int n, next;
  float reward[RHEO_CRITIC_QUEUE];
} RheoCriticState;

/* What is judged: mean and sd of the numbers in play are for `weighted`. */
typedef struct
{
  const double *before, *now; /* [4] */
  const double *mean, *sd;
  bool undecided, over, fell; /* fell: over, before the time was */
} RheoCriticStep;

double rheo_critic_judge (const RheoCritic *c, RheoCriticState *state, const RheoCriticStep *step);
