/* Thread: any. */
/* Places of the nodes of a graph: a force layout. */
#pragma once

#include <stdint.h>

typedef struct
{
  int32_t a, b;
} RheoGraphLink;

/* Fruchterman and Reingold (1991), Software: Practice and Experience 21: nodes push each other away by k^2 / d, links pull
 * by d^2 / k, and moves grow smaller. What is far is one node for each cell of a grid. A weak pull to the middle keeps
 * parts that are not joined together. x, y: [n] where nodes start, in 0 .. 1 and all different; on return around there.
 * fixed: [n] nodes that stay, or NULL: none. The same input gives the same places. */
void rheo_graph_layout (int n, const RheoGraphLink *link, int64_t n_links, const uint8_t *fixed, float *x, float *y);
/* The same from where nodes stand already, after a change: none moves farther than RHEO_GRAPH_DRIFT. */
#define RHEO_GRAPH_DRIFT 0.1f
void rheo_graph_relax (int n, const RheoGraphLink *link, int64_t n_links, const uint8_t *fixed, float *x, float *y);
/* Where a node starts: the same whatever other nodes there are. */
void rheo_graph_start (uint64_t seed, int64_t node, float *x, float *y);
