/* Thread: engine. */
/* How a gradient runs back through time, of a tape that rheo_backprop has gone back over. Averages over the trials that still go
 * on at a step and over the units, for each population but the read-out:
 *   <pop>.gradient-size [time]   root of the mean square of dL/d current; L: the loss of the whole batch
 *   <pop>.gradient-share [time]  share of the units whose dL/d current is not 0
 *   <pop>.surrogate [time]       mean of what stands in for the derivative of the spike (spiking cells with a slope)
 * What grows or vanishes from the last step to the first is what makes long memories hard to learn (Bengio et al. 1994); compact
 * surrogates keep the share small (Perez-Nieves & Goodman 2021). */
#pragma once

#include "net.h"
#include "table.h"

/* Adds the columns. The tape holds the whole batch, whose samples are rows. */
void rheo_gradient_flow_add (const RheoNet *net, const RheoBatch *batch, const RheoSurrogate *surrogate,
                             RheoTable *table);
