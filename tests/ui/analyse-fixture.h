/* Thread: main. */
/* The real window with the Analyse page, and a small network in a file of its own. */
#pragma once

#include "ui-test.h"

#include "app/analyse-page-private.h"

typedef struct
{
  char *folder, *path;
  RheoAppWindow *window;
  GtkWidget *page, *result;
} AnalyseFixture;

/* A stored run of a few units, hardly trained: what matters is that it has fixed points. */
void analyse_small_rates (const char *path);
/* For g_test_add; data NULL: with a network of 12 units, trained for 4 batches; else there is no file yet. */
void analyse_set_up (AnalyseFixture *f, gconstpointer data);
void analyse_tear_down (AnalyseFixture *f, gconstpointer data);
void analyse_open (AnalyseFixture *f); /* the file, in Analyse */
/* A row of the list at the side, by its name. */
void analyse_click (AnalyseFixture *f, const char *name);
RheoTable *analyse_get_table (AnalyseFixture *f); /* on screen; or NULL */
gboolean analyse_has_result (gpointer fixture);   /* for ui_wait */
