/* Thread: main. */
/* What the pages of the window share. The window owns it; it lives as long as the pages. */
#pragma once

#include <gio/gio.h>

#include "app/document.h"
#include "app/library.h"
#include "app/run-queue.h"
#include "app/session.h"
#include "app/sweeps.h"

typedef struct
{
  GSettings *settings;
  RheoDocument *document; /* the next run */
  RheoSession *session;   /* the current run */
  RheoLibrary *library;   /* stored runs */
  RheoRunQueue *queue;    /* runs that wait for the current one */
  RheoSweeps *sweeps;     /* many runs, beside it */
} RheoContext;

/* What pages ask the window for, as actions of the window ("win.…"), so that menus, buttons, toasts and tests use the
 * same names:
 *   run, step, stop          as the header's buttons
 *   view (s)                 "setup", "live", "analyse", "runs", "sweeps"
 *   open (s)                 a run file, an experiment or data of the user's own, by path
 *   export-reference         the experiment as a configuration of the published CartPole program
 *   train-as (s)             another kind of training of that configuration, as in engine/reference.h
 *   use-data (s)             data of the user's own become the task of Set up
 *   use-synthetic (b)        the task of Set up takes data that are made up; TRUE: and the run begins
 *   start (s)                loads a ready-made experiment by name and runs it
 *   show-run (s)             opens a run file in Runs
 *   analyse (s)              opens a run file in Analyse
 *   resume (s)               goes on with a run file
 *   go-on (s)                the same, and then with the runs that waited for it; "": only with these
 *   further ((ss))           goes on with a run file, with settings as JSON
 *   branch ((sx))            run file and iteration: Set up with the stored settings
 *   edit-script (s)          opens a script in the editor, by path
 *   new-script (s)           a new one there, which begins as an example
 *   save-script              what is open there
 *   new-sweep                asks what is varied
 *   sweep-value (s)          the same, with a value by key path
 *   show-form                Set up with what it describes
 *   tell (s)                 a toast
 *   search                   the focus goes to the search of the view
 *   copy-text (s)            to the clipboard
 *   show-file (s)            in the file manager */
