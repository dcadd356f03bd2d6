/* Thread: main. */
/* Every key of the program and where it acts, once: widgets take their keys from here, and the window of shortcuts lists
 * them. Keys that belong to the toolkit or to a dialog (Tab, Enter, Esc) have no place in it. */
#pragma once

#include <gtk/gtk.h>

typedef enum
{
  RHEO_KEYS_WINDOW, /* anywhere in the window: accelerators of the program */
  RHEO_KEYS_FIELD,  /* in a row of a form */
  RHEO_KEYS_RUNS,   /* in the list of runs */
  RHEO_KEYS_RUN,    /* in the opened run */
  RHEO_KEYS_TABLE,  /* in a table of numbers */
  RHEO_KEYS_PLOT,   /* on a plot */
  RHEO_KEYS_HOVER,  /* on the plot under the pointer, wherever the focus is */
  RHEO_KEYS_FULL,   /* in the window of a plot that fills the screen */
  RHEO_KEYS_CARD,   /* in a card of the dashboard */
  RHEO_KEYS_SCRIPT, /* in the editor of scripts */
} RheoKeysPlace;

typedef struct
{
  RheoKeysPlace place;
  const char *key;    /* as gtk_accelerator_parse reads it; NULL ends a list */
  const char *action; /* detailed name; the place must have it */
} RheoKey;

typedef struct
{
  const char *group; /* a group begins; NULL: the one before goes on */
  const char *title; /* what its keys do */
  RheoKey keys[8];
} RheoKeysRow;

/* As they are listed, untranslated; n: how many. */
const RheoKeysRow *rheo_keys_get_rows (int *n);
/* The first key of the action in the place; NULL: it has none. */
const char *rheo_keys_find (RheoKeysPlace place, const char *action);
/* Keys of the place, as a controller that is still to be added to a widget; also those of the keypad that mean the same. A
 * key whose action is disabled goes on to the widgets above. */
GtkEventController *rheo_keys_new (RheoKeysPlace place);
/* Gives them to a widget. */
void rheo_keys_add (GtkWidget *widget, RheoKeysPlace place);
