/* Thread: any that owns the network. */
/* Block: what of a network evolves (evolve.h), in pieces that lie in it. */
#pragma once

#include "evolve.h"
#include "net.h"

/* Names of the projections that evolve, from a text with blanks or commas between, in *named (yours, g_strfreev); NULL of an
 * empty one: all that is trained, biases and values of cells too. FALSE: the network has no such projection. */
gboolean rheo_genome_read (const RheoNet *net, const char *text, char ***named, GError **error);
/* RheoEvolvePiece, of this network: those of a copy of it have the same addresses. Valid as long as its synapses stay. */
GArray *rheo_genome_list (char **named, RheoNet *net);
/* What holds after every change of what evolves: constraints, ranges, and no weight where there is no synapse. */
void rheo_genome_hold (char **named, RheoNet *net);
/* Of all numbers but 0, which places without a synapse hold; *n: so many. */
double rheo_genome_mean (const GArray *pieces, gsize *n);
/* The numbers of all pieces: added to copy, or back from it. */
void rheo_genome_copy (const GArray *pieces, GByteArray *copy, gboolean back);
