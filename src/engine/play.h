/* Thread: engine. */
/* The closed loop: episodes of an environment, each step answered by one step of the network. Environments stand side by
 * side in the rows of the network. */
#pragma once

#include "net.h"
#include "table.h"
#include "task.h"

typedef struct
{
  RheoNet *net; /* its weights are left alone, its states are not */
  const RheoTask *task;
  const void *config, *data; /* of the task */
  const RheoShape *shape;
  RheoSet set;
  int n;            /* episodes */
  const int *index; /* [n]: which of the set; NULL: the first n */
  uint64_t seed;
  const RheoIntervention *acts;
  int n_acts;
  bool (*stop) (void *data); /* asked by the workers of each step, or NULL */
  void *stop_data;
} RheoPlay;

/* value: [episode][measure of the task]. FALSE: stopped. */
gboolean rheo_play (const RheoPlay *play, double *value);

/* The same, and what happened as columns of a table:
 *   scene.items   episode time item number   as in scene.h, F32; the last moment is repeated to the end
 *   scene.length  episode                    moments that there are, I32
 *   scene.score   episode                    the first measure
 *   notes "scene.bounds" = "x0 y0 x1 y1", "scene.unit", "scene.names" = names of the items, separated by tabs
 * For tasks with a scene. FALSE: stopped; nothing was added. */
gboolean rheo_play_record (const RheoPlay *play, RheoTable *table);
