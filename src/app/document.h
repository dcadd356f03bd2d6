/* Thread: main. */
/* The experiment that Set up describes, with an unlimited undo list. Every change goes through it. */
#pragma once

#include <gio/gio.h>

#include "engine/experiment.h"

#define RHEO_TYPE_DOCUMENT (rheo_document_get_type ())
G_DECLARE_FINAL_TYPE (RheoDocument, rheo_document, RHEO, DOCUMENT, GObject)

/* Starts with the first ready-made experiment.
 * Signal "changed" (void): values, components or what they are compared with changed.
 * Properties, with notify: "undo-label", "redo-label" (text of the step, "threshold 1.0"; NULL: nothing to undo),
 * "problem" (one sentence that says why it cannot run, from the program's own check or noted; NULL: it can), "n-changed",
 * "modified" (differs from what was last saved or loaded). */
RheoDocument *rheo_document_new (void);

const RheoExperiment *rheo_document_get_experiment (RheoDocument *document);
/* The ready-made experiment (or the file) that values are compared with and reset to; never NULL. Values of another
 * component than it has are compared with the component's defaults. */
const RheoExperiment *rheo_document_get_reference (RheoDocument *document);
const char *rheo_document_get_name (RheoDocument *document); /* ready-made name; NULL: a file or a run */
/* Where it was opened or saved; NULL, also for what was read from a configuration of the published CartPole program. */
const char *rheo_document_get_path (RheoDocument *document);
/* TRUE: its task is a script of the user's, task.file. */
gboolean rheo_document_has_script (RheoDocument *document);
const char *rheo_document_get_problem (RheoDocument *document);
/* What stands in the way of a run though the values alone are right, found where the task's data are known. The problem
 * until the next change, unless the values have one; NULL: there is nothing. */
void rheo_document_note_problem (RheoDocument *document, const char *problem);

/* A key path of the experiment ("model.layers.0.units", "task.id"). Undoable; changes of one path within a second are one
 * step. FALSE: refused, the old value stays. label: of the row, for the undo list; NULL: the path. */
gboolean rheo_document_set (RheoDocument *document, const char *path, const char *text, const char *label,
                            GError **error);
/* To the value of the reference; of "rule.id": the component and all its values. path NULL: everything. */
gboolean rheo_document_reset (RheoDocument *document, const char *path, const char *label, GError **error);
/* A list gets a new element i, a copy of the one before it, or loses element i. Undoable. */
gboolean rheo_document_insert (RheoDocument *document, const char *path, int i, const char *label, GError **error);
gboolean rheo_document_remove (RheoDocument *document, const char *path, int i, const char *label, GError **error);
/* A value, a list whose length changed, or "rule.id"; any of a block or slot: how many in it. */
gboolean rheo_document_is_changed (RheoDocument *document, const char *path);
int rheo_document_count_changed (RheoDocument *document, const char *path);
char **rheo_document_dup_changed (RheoDocument *document); /* paths, sorted; yours (g_strfreev) */
char *rheo_document_dup_reference_text (RheoDocument *document, const char *path); /* what reset would set; yours */

/* A ready-made experiment by name, or a file. Undoable. */
gboolean rheo_document_load (RheoDocument *document, const char *name_or_path, GError **error);
/* The first components that go together, with their defaults. Undoable. */
void rheo_document_load_new (RheoDocument *document);
/* An experiment that was made elsewhere, with the title that it has. Takes it. Undoable. */
void rheo_document_take (RheoDocument *document, RheoExperiment *experiment);
/* The settings of a run, read in a thread. iteration >= 0: the next run goes on from that checkpoint (a branch), until
 * start_fresh or another experiment is loaded. Undoable. */
void rheo_document_load_run_async (RheoDocument *document, const char *run_path, int64_t iteration,
                                   GAsyncReadyCallback done, gpointer data);
gboolean rheo_document_load_run_finish (RheoDocument *document, GAsyncResult *result, GError **error);
const char *rheo_document_get_branch (RheoDocument *document, int64_t *iteration); /* path of the run, or NULL */
/* What an iteration of that run is called, in the language of the user; NULL: no branch. */
const char *rheo_document_get_branch_unit (RheoDocument *document);
void rheo_document_start_fresh (RheoDocument *document);
gboolean rheo_document_save (RheoDocument *document, const char *path, GError **error);
/* The dashboard of the experiment, JSON as in rheo_experiment_set_view; not in the undo list. */
void rheo_document_set_view (RheoDocument *document, const char *json);

void rheo_document_undo (RheoDocument *document);
void rheo_document_redo (RheoDocument *document);
