/* Thread: any; the experiment must not change meanwhile. */
/* What an experiment describes, by counting alone: the network as boxes and arrows, and what a run of it takes. Nothing
 * of the size of the network is allocated or drawn. */
#pragma once

#include "experiment.h"
#include "table.h"
#include "task.h"

typedef struct
{
  int64_t n_units;     /* of all populations but the read-out */
  int64_t n_trained;   /* weights, biases and parameters of cells that are trained */
  double n_pairs;      /* pairs of units that a projection lies between ... */
  double n_connected;  /* ... and those that are expected to be connected */
  double batch_flop;   /* additions and multiplications of a training batch, were every product dense */
  double epoch_flop;   /* the same of an iteration, with its validation */
  int n_batches;       /* per iteration */
  double memory, file; /* bytes of the running network with its batches; of the run file at the end. Both roughly */
} RheoSketchFacts;

/* shape: of the opened task. Task, model and rule must be there. The table for a plot of the kind "network":
 *   of each box, axis "node": node.name (text), node.part (text: the population), node.group (I32: number of the
 *     population; -1 the input, -2 a teacher), node.kind (I32: RheoSketchNode), node.units (I64)
 *   of each arrow, axis "link": link.name (text: the projection), link.from, link.to (I32: boxes), link.pairs (F64),
 *     link.share (F64: of pairs that are connected), link.sign (I32: -1, 0, +1), link.delay (I32: steps),
 *     link.single (I32: 1 where each unit is connected with one alone)
 * A population with classes has a box for each, and an arrow for each pair of classes with connections. */
RheoTable *rheo_sketch_new (const RheoExperiment *experiment, const RheoShape *shape, RheoSketchFacts *facts,
                            GError **error);

/* Names of the channels of inputs or targets, in the language of the user; "" where the task names none. Yours. */
char *rheo_sketch_dup_labels (const RheoTask *task, const void *config, gboolean target, const char *separator);

/* Those of the task's outputs, separated by ";". Yours. */
char *rheo_sketch_dup_outputs (const RheoExperiment *experiment);

typedef enum
{
  RHEO_SKETCH_INPUT,
  RHEO_SKETCH_UNITS,
  RHEO_SKETCH_OUTPUT,
  RHEO_SKETCH_TEACHER,
} RheoSketchNode;
