/* Thread: main; files are read by a thread of the source. */
/* The plots of one or more stored runs, for any iteration that they kept. Requests never wait: the newest wins, what was
 * read is kept as long as there is room, and neighbours of what is shown are read ahead. */
#pragma once

#include <gio/gio.h>

#include "engine/store.h"
#include "plot/plot.h"

/* What is known of one of the runs. */
typedef struct
{
  char *path, *name;
  char *error; /* why it cannot be read, one sentence; else NULL and what follows is there */
  RheoExperiment *experiment;
  RheoRunState state;
  char *stop_reason; /* or NULL */
  const char *unit;  /* interned; "epoch" */
  int budget;        /* iterations that it was to have, or had when it was over */
  int64_t iteration; /* of the newest metrics */
  double seconds;
  double *epochs; /* iterations with a snapshot */
  int n_epochs;
  double *checkpoints;
  int n_checkpoints;
  char **analyses; /* "id/n" */
} RheoRunContents;

#define RHEO_TYPE_RUN_SOURCE (rheo_run_source_get_type ())
G_DECLARE_FINAL_TYPE (RheoRunSource, rheo_run_source, RHEO, RUN_SOURCE, GObject)

/* Signals:
 * "opened" (void)    contents have been read, or read again
 * "ready" (x at)     plots of what was asked for last are there; of one run they come as they are made
 * paths: NULL-ended; with several runs the plots lie over each other, and those that cannot are left out. */
RheoRunSource *rheo_run_source_new (const char *const *paths);
/* Reads the files again: a run that goes on, or one that was changed. What was shown last is asked for again. */
void rheo_run_source_reload (RheoRunSource *source);
/* at: iteration of a snapshot or checkpoint; -1: the newest of each run. */
void rheo_run_source_request (RheoRunSource *source, int64_t at);
/* Panels that are on screen, a bit each: their plots are made first, the others when nothing newer is asked for. At the
 * start all are. */
void rheo_run_source_set_seen (RheoRunSource *source, uint64_t panels);
/* NULL before "opened". Valid until the next "opened". */
const RheoRunContents *rheo_run_source_get_contents (RheoRunSource *source, int run);
/* Specs of what was "ready" last, one for each panel of the first run's dashboard, NULL where it is still being made;
 * borrowed until the next "ready". */
const GPtrArray *rheo_run_source_get_specs (RheoRunSource *source);
gboolean rheo_run_source_is_complete (RheoRunSource *source); /* none is NULL */
/* How much may be kept, in bytes of tables. */
void rheo_run_source_set_room (RheoRunSource *source, gsize bytes);
/* For tests: how often plots have been made from files. */
int rheo_run_source_get_n_made (RheoRunSource *source);
/* For tests: how often the files had been opened when plots were made last, since the source opened the runs. */
int rheo_run_source_get_n_opened (RheoRunSource *source);
/* For tests: called by the thread before a series is read for the plots of an iteration. */
typedef void (*RheoRunSourceProbe) (int64_t at, const char *series, gpointer data);
void rheo_run_source_set_probe (RheoRunSource *source, RheoRunSourceProbe probe, gpointer data);
