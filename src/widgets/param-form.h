/* Thread: main. */
/* A section of a form: rows for a table of parameters, whatever they are. Blocks that are named by their kind lie open, other
 * blocks, list elements and advanced values behind expanders; their rows are made when they are first looked at. */
#pragma once

#include "widgets/param-row.h"

#define RHEO_TYPE_PARAM_FORM (rheo_param_form_get_type ())
G_DECLARE_FINAL_TYPE (RheoParamForm, rheo_param_form, RHEO, PARAM_FORM, AdwBin)

/* Signal "help" (RheoParamRow): help was opened on a row; "fold" (b): a page took the place of the rows, or gave it back.
 * prefix: of all paths ("model"); host is borrowed and outlives the form. */
GtkWidget *rheo_param_form_new (const char *prefix, const RheoParamHost *host);
/* title, summary, and what stands at the end of the heading (may be NULL). */
void rheo_param_form_set_heading (RheoParamForm *form, const char *title, const char *summary, GtkWidget *suffix);
/* A row before all others with a path of its own ("title"); before the first update. */
void rheo_param_form_add_first (RheoParamForm *form, const RheoParam *param, const char *path);
/* given: RheoTrait of the experiment's components (rheo_components_give); rows that need others are hidden.
 * Shows values (a struct of the table), and makes the rows anew where the table or the length of a list is another. values is
 * only looked at during the call. */
void rheo_param_form_update (RheoParamForm *form, const RheoParam *rows, const void *values, uint64_t given);
/* Leaves only rows that match all words (in lower case; label, key, help, unit, block) and, where only_changed, that differ
 * from their reference. words NULL: any. The number of rows left. The form hides itself when that is 0. */
int rheo_param_form_filter (RheoParamForm *form, const char *const *words, gboolean only_changed);
/* Opens what is around the row and gives it the focus. NULL: no such row now. */
RheoParamRow *rheo_param_form_show (RheoParamForm *form, const char *path);
/* The row of a path where it has been made; NULL. */
RheoParamRow *rheo_param_form_find (RheoParamForm *form, const char *path);
