/* Thread: engine; while a window runs, that of its only lane. */
/* Synapses that come and go: those of a sparse projection with the flag RHEO_PROJ_PLASTIC. A synapse lies at a place of
 * its source: weight[place] and syn_post[place] of the projection, where the places syn_first[j] .. syn_first[j] +
 * syn_count[j] - 1 of source j are taken, in any order, and the rest are free. Here each target also knows its places, so
 * that both a source's and a target's synapses are found without a search. Places, not this index, are saved; everything
 * that is summed over a target goes in the order of its places, so that a run that goes on gives the same bits. */
#pragma once

#include "net.h"

typedef struct
{
  int n, room;
  int64_t *place; /* [n], ascending */
} RheoSynapsesOf;

typedef struct
{
  RheoNet *net;
  RheoProj *proj; /* the net's */
  int i_proj;
  int64_t n;          /* synapses */
  RheoSynapsesOf *to; /* [target] */
  unsigned replaced;
} RheoSynapses;

/* proj: a projection of the net that is PLASTIC. The net is borrowed. */
RheoSynapses *rheo_synapses_new (RheoNet *net, int proj);
void rheo_synapses_free (RheoSynapses *synapses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSynapses, rheo_synapses_free)
/* After the net may have been loaded. */
void rheo_synapses_refresh (RheoSynapses *synapses);

/* The place of the synapse from pre to post; -1: there is none. */
int64_t rheo_synapses_find (const RheoSynapses *synapses, int pre, int post);
/* A new synapse where there is none. FALSE: no memory. May move the places of all. */
gboolean rheo_synapses_add (RheoSynapses *synapses, int pre, int post, RheoReal weight);
/* Takes the synapse of source pre at `place` away; the last one of the source then lies there. */
void rheo_synapses_remove (RheoSynapses *synapses, int pre, int64_t place);
/* The weights of a target, divided by their sum; where that is 0 nothing changes. */
void rheo_synapses_normalise (RheoSynapses *synapses, int post);
/* A pair of units without a synapse, pre not post, uniformly drawn with the numbers (rng, step, index ...). FALSE: none is
 * left. For a projection of a population to itself. */
gboolean rheo_synapses_draw_free (const RheoSynapses *synapses, RheoRng rng, uint32_t step, uint32_t index, int *pre,
                                  int *post);
