/* Thread: main; files are read by tasks. */
/* Stored runs: the files of one folder, as a list that keeps itself up to date (GListModel of RheoRunItem, newest first).
 * What was read of a file is kept by its size and time of change, so that a thousand runs open at once. */
#pragma once

#include <gio/gio.h>

#include "engine/store.h"

#define RHEO_TYPE_RUN_ITEM (rheo_run_item_get_type ())
G_DECLARE_FINAL_TYPE (RheoRunItem, rheo_run_item, RHEO, RUN_ITEM, GObject)

typedef enum
{
  RHEO_ITEM_READING,
  RHEO_ITEM_DONE, /* stop reason budget or patience */
  RHEO_ITEM_SOLVED,
  RHEO_ITEM_STOPPED, /* by the user */
  RHEO_ITEM_DIVERGED,
  RHEO_ITEM_RUNNING,
  RHEO_ITEM_PAUSED, /* the run of this program, while it waits */
  RHEO_ITEM_INTERRUPTED,
  RHEO_ITEM_BROKEN, /* cannot be opened: fault and error say why */
} RheoItemState;

typedef enum
{
  RHEO_FAULT_DAMAGED,
  RHEO_FAULT_FOREIGN, /* no run file */
  RHEO_FAULT_NEWER,   /* of a newer Rheobase */
} RheoItemFault;

typedef struct
{
  const char *path, *name;         /* name: of the file, without ending */
  const char *id;                  /* of the run, the same for ever */
  const char *title;               /* of the experiment */
  const char *task, *model, *rule; /* titles */
  const char *task_id, *model_id, *rule_id;
  int seed;
  int64_t iteration;
  int64_t checkpoint; /* iteration of the newest one; -1: none */
  int budget;
  const char *unit;                   /* "epoch" */
  double best;                        /* of the loss or score; NaN */
  const char *best_label, *best_unit; /* "loss" */
  gboolean lower_is_better;
  const double *progress; /* for the sparkline */
  int n_progress;
  RheoItemState state;
  RheoItemFault fault;     /* BROKEN */
  const char *error;       /* BROKEN: one sentence */
  gint64 created;          /* seconds since 1970 */
  guint64 size;            /* bytes */
  const char *const *tags; /* NULL-ended; "star" is the star */
} RheoRunFacts;

/* Somebody writes it. */
static inline gboolean
rheo_item_is_going (RheoItemState state)
{
  return state == RHEO_ITEM_RUNNING || state == RHEO_ITEM_PAUSED;
}

/* Whether a run that goes on waits now, which its file does not tell. */
void rheo_run_item_set_paused (RheoRunItem *item, gboolean paused);
/* Borrowed until the item says "changed" (signal, void). */
const RheoRunFacts *rheo_run_item_get_facts (RheoRunItem *item);

#define RHEO_TYPE_LIBRARY (rheo_library_get_type ())
G_DECLARE_FINAL_TYPE (RheoLibrary, rheo_library, RHEO, LIBRARY, GObject)

/* When the last reference may be held by a task that still reads: what waits for the trash goes there now, and what has been
 * read is kept (behind.h). */
void rheo_library_shut (RheoLibrary *library);
/* Signals of a library:
 * "read" (void)             facts of runs have been read or changed; at most once for a batch of them
 * "left" (RheoRunItem)      a run has been read that was interrupted or stopped
 * "trouble" (s sentence)    what was asked for earlier could not be done: a run that cannot go to the trash */
RheoLibrary *rheo_library_new (const char *folder);
const char *rheo_library_get_folder (RheoLibrary *library);
/* Another folder; it is made when the first run is written. */
void rheo_library_set_folder (RheoLibrary *library, const char *folder);
/* A path in the folder that is not taken: task, model and seed of the experiment. Makes the folder. */
char *rheo_library_dup_new_path (RheoLibrary *library, const RheoExperiment *experiment, GError **error);
RheoRunItem *rheo_library_find (RheoLibrary *library, const char *path); /* borrowed; NULL: not in the folder */
/* Looks again: after a run has ended. */
void rheo_library_refresh (RheoLibrary *library);
/* TRUE until what is in the folder has been listed and read. */
gboolean rheo_library_is_busy (RheoLibrary *library);

/* The file with its parts, tags and exported figures. Refused with a sentence: a name that is taken or cannot be one, and
 * a run that is being written. */
gboolean rheo_library_rename (RheoLibrary *library, RheoRunItem *item, const char *name, GError **error);
/* Kept beside the run (docs/run-file.md). tags NULL or empty: none. */
gboolean rheo_library_set_tags (RheoLibrary *library, RheoRunItem *item, const char *const *tags, GError **error);
/* Hides the runs (RheoRunItem) now; they go to the trash when `commit` is called or the library goes, and come back on
 * `undo`. Runs that are being written are left alone; 0: that was all of them. */
guint rheo_library_trash (RheoLibrary *library, GPtrArray *items);
void rheo_library_trash_undo (RheoLibrary *library, guint ticket);
void rheo_library_trash_commit (RheoLibrary *library, guint ticket);
