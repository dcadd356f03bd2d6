/* Thread: any; several at once may share one. */
/* Spikes of trials that take long to make, to read or to put into steps, kept in 4 bytes each. */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct RheoSpikeKeep RheoSpikeKeep;

/* For trials 0 .. n_trials - 1, of which as many are kept as fit into so many bytes. */
RheoSpikeKeep *rheo_spike_keep_new (int n_trials, gsize most);
void rheo_spike_keep_free (RheoSpikeKeep *keep);

/* What was put there takes the place of what is in times (float) and units (int32_t). FALSE: it is not kept. */
gboolean rheo_spike_keep_get (const RheoSpikeKeep *keep, int trial, GArray *times, GArray *units);
/* times: of half precision, from 0; units: 0 .. 65535. What is kept already, or does not fit, is left as it is. */
void rheo_spike_keep_put (RheoSpikeKeep *keep, int trial, const GArray *times, const GArray *units);
/* The same of spikes that are in steps: int32_t each, 0 .. 65535. A trial is kept in one form or the other. */
gboolean rheo_spike_keep_get_events (const RheoSpikeKeep *keep, int trial, GArray *steps, GArray *units);
void rheo_spike_keep_put_events (RheoSpikeKeep *keep, int trial, const GArray *steps, const GArray *units);
