/* Thread: any. */
/* Sound into spikes of 700 channels, in the order of the chain of Cramer et al. (2022, IEEE Trans. Neural Netw. Learn. Syst.
 * 33:2744): basilar membrane, hair cells, bushy cells.
 *
 *   middle ear        a high-pass of first order
 *   basilar membrane  gammatone filters of order 4 (Patterson et al. 1992), one per channel, as cascades of complex one-pole
 *                     filters (Hohmann 2002, Acta Acustica 88:433), with bandwidths and places after Glasberg & Moore (1990,
 *                     Hear. Res. 47:103); these in place of the hydrodynamic model of Sieroka et al. (2006)
 *   hair cells        pools of transmitter (Meddis 1986, J. Acoust. Soc. Am. 79:702); 40 in a channel see the same movement,
 *                     and their fibres fire at random and rest for a millisecond after that
 *   bushy cells       one leaky integrate-and-fire unit per channel, which needs many fibres to fire at once */
#pragma once

#include <glib.h>

#include "types.h"

#define RHEO_COCHLEA_CHANNELS 700
#define RHEO_COCHLEA_STEP 0.00025 /* seconds, to the nearest number of samples: what lies between spikes */
#define RHEO_COCHLEA_MIN_RATE 16000
#define RHEO_COCHLEA_MAX_RATE 48000
#define RHEO_COCHLEA_UNIT_LEVEL 30 /* dB SPL of a sound whose root mean square is 1 */

/* Hz of a channel: 0 is the lowest. */
double rheo_cochlea_get_frequency (int channel);

/* The spikes of a sound of n samples, `rate` a second, 20 minutes at most, take the place of what is in times (float, seconds,
 * ascending, of half precision) and units (int32_t, channel). Each number is drawn by its address: step, channel. The cells
 * have been in silence for long when the sound begins. */
void rheo_cochlea_hear (const float *sound, int n, double rate, RheoRng rng, GArray *times, GArray *units);
