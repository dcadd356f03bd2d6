/* Thread: main. */
/* All analyses by what they are about, and below the chosen one its results in the file. */
#pragma once

#include <adwaita.h>

#include "app/study.h"

#define RHEO_TYPE_ANALYSE_LIST (rheo_analyse_list_get_type ())
G_DECLARE_FINAL_TYPE (RheoAnalyseList, rheo_analyse_list, RHEO, ANALYSE_LIST, AdwBin)

/* Signals: "analysis" (s id): one was clicked; "result" (s name); "remove" (s name). */
GtkWidget *rheo_analyse_list_new (void);
/* at: iteration that is looked at. id, result: what is chosen, or NULL. hidden: names of results that are about to be
 * removed, or NULL. */
void rheo_analyse_list_update (RheoAnalyseList *list, RheoStudy *study, int64_t at, const char *id, const char *result,
                               GHashTable *hidden);
void rheo_analyse_list_search (RheoAnalyseList *list); /* the focus goes there */
