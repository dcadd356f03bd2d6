/* Thread: engine. */
/* Learnt delays as a block of a model's config: axonal ones, one real number for each source of the feed-forward
 * connections into a layer (RheoProj.lag in plan.h), so that spikes stay events: each is heard in the two steps around its
 * arrival, in shares that sum to 1. The gradient of a delay is that of this interpolation. After Shrestha & Orchard 2018,
 * SLAYER (one delay for each axon), and Hammouamri, Khalfaoui-Hassani & Masquelier 2024, Learning delays in spiking neural
 * networks using dilated convolutions with learnable spacings (a learning rate of their own, whole steps when tested). */
#pragma once

#include "net.h"

typedef enum
{
  RHEO_DELAYS_NONE,
  RHEO_DELAYS_AXONAL,
} RheoDelaysKind;

typedef struct
{
  int kind;        /* RheoDelaysKind */
  int most;        /* steps */
  int initial;     /* 0: all 0; 1: uniform between 0 and most */
  double rate;     /* factor on the learning rate */
  gboolean rounds; /* whole steps outside of training */
} RheoDelays;

/* Address of the delays of a projection, beside those of weights and time constants. */
#define RHEO_ITEM_OF_DELAYS(proj) (0x20000u + (uint32_t) (proj))

extern const RheoParam rheo_delays_rows[];

/* Before rheo_net_join: what the projection is to have. */
void rheo_delays_ask (const RheoDelays *config, RheoProj *proj);
/* Draws those of all projections that have some; called by the model's init. */
void rheo_delays_init (const RheoDelays *config, RheoNet *net, RheoRng rng);
