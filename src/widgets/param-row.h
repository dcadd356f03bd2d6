/* Thread: main. */
/* One parameter in a form: title, range and default, the control for its type, a mark and a button to reset where it
 * differs from its reference, and help that opens below. */
#pragma once

#include <adwaita.h>

#include "engine/param.h"

/* Where values come from and go to; paths are those of the experiment. */
typedef struct
{
  char *(*dup_value) (gpointer data, const char *path);     /* NULL: not there now */
  char *(*dup_reference) (gpointer data, const char *path); /* what reset would set */
  gboolean (*is_changed) (gpointer data, const char *path);
  gboolean (*set) (gpointer data, const char *path, const char *text, const char *label, GError **error);
  void (*reset) (gpointer data, const char *path, const char *label);
  void (*insert) (gpointer data, const char *path, const char *label); /* one more element at the end of a list */
  void (*remove) (gpointer data, const char *path, int i, const char *label);
  /* Why the value cannot be changed now: one sentence; NULL: it can. */
  const char *(*get_lock) (gpointer data, const char *path, const RheoParam *param);
  gpointer data;
  /* Of a file that the program can edit: the action that opens one, with its name as target, and in make (yours) items that
   * begin new ones. NULL: it cannot. Itself NULL: no file can be edited. */
  const char *(*get_editor) (gpointer data, const char *path, const RheoParam *param, GMenuModel **make);
  gboolean sweeps; /* values may be swept: the menu of a row has an item for the action win.sweep-value (s path) */
} RheoParamHost;

#define RHEO_TYPE_PARAM_ROW (rheo_param_row_get_type ())
G_DECLARE_FINAL_TYPE (RheoParamRow, rheo_param_row, RHEO, PARAM_ROW, AdwPreferencesRow)

/* Signals: "help" (b open): before the help is opened or closed; "pick" (void): the button of a parameter with many values,
 * or of a list ("Add").
 * Actions, group "param": reset, copy-key, copy-option, help, menu.
 * within: title of a block that the row is shown outside of, or NULL. param and host are borrowed and outlive the row. */
GtkWidget *rheo_param_row_new (const RheoParam *param, const char *path, const char *within, const RheoParamHost *host);
const char *rheo_param_row_get_path (RheoParamRow *row);
const RheoParam *rheo_param_row_get_param (RheoParamRow *row);
/* Shows the value that is in force now; what is being typed stays. */
void rheo_param_row_update (RheoParamRow *row);
/* What the value comes to now, at the end of the text below the title; NULL: nothing. */
void rheo_param_row_set_note (RheoParamRow *row, const char *note);
void rheo_param_row_set_help_open (RheoParamRow *row, gboolean open);
gboolean rheo_param_row_get_help_open (RheoParamRow *row);
/* The text after a refused value; the old one stays in force. */
const char *rheo_param_row_get_subtitle (RheoParamRow *row);
GtkWidget *rheo_param_row_get_control (RheoParamRow *row);
/* Of a row with many values: what its button says. */
void rheo_param_row_set_pick_label (RheoParamRow *row, const char *label);
