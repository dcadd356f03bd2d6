/* Thread: any. */
/* Block: chance changes of the spikes of a trial, so that a network does not learn a few trials by heart (Cramer et al. 2022;
 * blends: Nowotny, Turner & Knight 2025, Neuromorph. Comput. Eng. 5:014001). Every draw is by address: the same bits on any
 * thread, and after a run goes on. */
#pragma once

#include <glib.h>

#include "param.h"
#include "rng.h"

typedef struct
{
  double shift, jitter, drop, stretch, blend;
  int spread; /* of the shift */
} RheoSpikeAugment;

extern const RheoParam rheo_spike_augment_rows[];

/* Whether anything is changed at all. */
gboolean rheo_spike_augment_does (const RheoSpikeAugment *how);
/* Which of n trials of its class a trial is blended with; -1: it is not. rng: address of the trial and of the moment. */
int rheo_spike_augment_draw_partner (const RheoSpikeAugment *how, RheoRng rng, int n);
/* Spikes of both trials, each kept with half chance; the other trial is moved first, in time and along the channels, until its
 * mean lies at that of the trial. times: float, seconds; units: int32_t. Both are changed. */
void rheo_spike_augment_blend (RheoRng rng, int n_channels, GArray *times, GArray *units, GArray *other_times,
                               GArray *other_units);
/* Stretch, shift, jitter and drop. Times need not ascend any more; they are not below 0, and units are those of channels. */
void rheo_spike_augment_change (const RheoSpikeAugment *how, RheoRng rng, int n_channels, GArray *times, GArray *units);
