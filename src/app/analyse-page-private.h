/* Thread: main. */
/* Parts of the Analyse page: analyse-page.c knows what is chosen and shown, analyse-build.c puts the page together,
 * analyse-remove.c takes results out of their file, analyse-times.c follows a run and shows results of earlier times. */
#pragma once

#include <adwaita.h>

#include "app/analyse-follow.h"
#include "app/analyse-page.h"
#include "app/analyse-values.h"
#include "app/study.h"

struct _RheoAnalysePage
{
  GtkWidget parent_instance;
  RheoContext *context;
  RheoStudy *study;
  RheoAnalyseValues *values;
  GtkWidget *stack, *broken, *side, *side_button, *list, *chooser, *scrubber, *inputs, *options, *again, *centre;
  GtkWidget *pane, *pane_button, *pane_stack; /* AdwFlap at the end, and what is in it */
  GtkWidget *point, *lesion;
  int64_t iteration; /* of the network of the result on screen */
  RheoAnalyseFollow *follow;
  GtkWidget *follow_button, *times, *time, *every_box, *every;
  gboolean times_at_end; /* the newest result that following brings is shown */
  GtkWidget *form, *busy_text, *busy_bar, *cancel, *trouble, *result;
  const RheoAnalysis *analysis; /* chosen; NULL: none yet */
  char *shown;                  /* name of the stored result on screen, or NULL */
  GHashTable *hidden;           /* names of results that go when their toast does */
  GCancellable *working;        /* of what is computed or loaded; NULL: nothing */
  gboolean computing;
  gboolean waits;   /* the analysis was chosen while the run was still being read */
  gboolean at_end;  /* the newest network is looked at, also when there is a newer one */
  gboolean follows; /* the run in Live is opened when there is one */
  guint renew;
};

/* analyse-page.c */
void rheo_analyse_page_on_moved (RheoAnalysePage *page);
void rheo_analyse_page_update (RheoAnalysePage *page);
/* "choose", "form", "busy", "trouble", "units" or "result". */
void rheo_analyse_page_show_centre (RheoAnalysePage *page, const char *name);
void rheo_analyse_page_toast (RheoAnalysePage *page, const char *text);
void rheo_analyse_page_on_analysis (RheoAnalysePage *page, const char *id);
void rheo_analyse_page_on_result (RheoAnalysePage *page, const char *name);
void rheo_analyse_page_on_options (RheoAnalysePage *page);
void rheo_analyse_page_on_start (RheoAnalysePage *page);
void rheo_analyse_page_on_cancel (RheoAnalysePage *page);
void rheo_analyse_page_on_input (RheoAnalysePage *page, const char *numbers);
void rheo_analyse_page_on_more (RheoAnalysePage *page);
void rheo_analyse_page_on_effect (RheoAnalysePage *page);
void rheo_analyse_page_on_keep (RheoAnalysePage *page, const char *config);
void rheo_analyse_page_on_point (RheoAnalysePage *page, gint64 point);

/* Another time of the same analysis: axes, camera and the chosen point stay. */
void rheo_analyse_page_renew_result (RheoAnalysePage *page, RheoTable *table, const char *name, int64_t iteration);

/* analyse-times.c */
GtkWidget *rheo_analyse_page_new_times (RheoAnalysePage *page);
void rheo_analyse_page_update_follow (RheoAnalysePage *page);
void rheo_analyse_page_on_follow (RheoAnalysePage *page);
void rheo_analyse_page_on_time (RheoAnalysePage *page);
void rheo_analyse_page_on_followed (RheoAnalysePage *page, gint64 iteration);
void rheo_analyse_page_on_follow_ended (RheoAnalysePage *page);
/* Something else is looked at: nothing is followed, and earlier times are forgotten. */
void rheo_analyse_page_leave_times (RheoAnalysePage *page);

/* analyse-build.c */
void rheo_analyse_page_build (RheoAnalysePage *page);

/* analyse-remove.c */
void rheo_analyse_page_remove (RheoAnalysePage *page, const char *name);
