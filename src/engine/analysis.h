/* Thread: tasks (never the engine's): works on copies or finished files. */
/* An analysis takes records and gives a table. A component. */
#pragma once

#include "experiment.h"
#include "net.h"
#include "table.h"

/* A network at an iteration with its experiment and series, of the live run or of a stored one. */
typedef struct
{
  const RheoExperiment *experiment;
  const char *name; /* of the run */
  int64_t iteration;
  const RheoTable *weights; /* checkpoint or snapshot arrays of the net; or NULL */
  const RheoTable *probe;   /* recorded probe trials at the iteration: spikes, inputs, outputs, targets; or NULL */
  const RheoTable *metrics; /* all metrics so far; or NULL */
} RheoRecord;

typedef struct
{
  RheoComponent base;
  unsigned wants; /* RHEO_WANTS_*: what a record must hold */
  gboolean (*run) (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous,
                   RheoTable *out, void (*progress) (void *data, double fraction), void *progress_data,
                   const volatile gint *cancelled, GError **error);
} RheoAnalysis;

enum
{
  RHEO_WANTS_WEIGHTS = 1 << 0,
  RHEO_WANTS_PROBE = 1 << 1,
  RHEO_WANTS_METRICS = 1 << 2,
};
