/* Thread: engine. */
/* The weights that learn, as one list: of all synapses of projections that are trained and sparse, by the target, then by the
 * source, both counted over all populations in their order. It is the order of the published program (Haşegan et al. 2022),
 * whose 1800 weights begin with those from ES to EA. */
#pragma once

#include "net.h"

typedef struct
{
  int32_t pre, post; /* cells, counted over all populations */
  int32_t proj;
  int64_t at; /* in RheoProj.weight */
} RheoWeightPlace;

/* RheoWeightPlace, in the order of the list; empty: the network has no such synapses. Yours. */
GArray *rheo_weight_vector_list (RheoNet *net);
/* [places->len] */
void rheo_weight_vector_get (RheoNet *net, const GArray *places, double *to);
/* Reads the list from a file (text, CSV or NPY) into the network; or the last weights of {source: {target: [[time, weight],
 * ...]}}, JSON as in run-folder.h. FALSE: it cannot be read, has another number of weights, or has one below 0; the network is
 * as it was. */
gboolean rheo_weight_vector_load (RheoNet *net, const char *path, GError **error);
/* .npy, .csv or .txt: one number a line, without a head. */
gboolean rheo_weight_vector_save (RheoNet *net, const char *path, GError **error);
