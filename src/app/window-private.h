/* Thread: main. */
/* Parts of the window: window.c builds it and keeps its header up to date, window-actions.c does what is asked of it,
 * window-notices.c tells of trouble in a bar under the header, window-close.c ends it. */
#pragma once

#include "app/analyse-page.h"
#include "app/live-page.h"
#include "app/runs-page.h"
#include "app/script-page.h"
#include "app/setup-page.h"
#include "app/sweeps-page.h"
#include "app/window.h"

struct _RheoAppWindow
{
  AdwApplicationWindow parent_instance;
  RheoContext context;
  AdwToastOverlay *toasts;
  AdwViewStack *stack;
  GtkStack *setup; /* "start", "form" and "script" */
  RheoSetupPage *setup_page;
  RheoScriptPage *script_page;
  RheoLivePage *live_page;
  RheoAnalysePage *analyse_page;
  RheoRunsPage *runs_page;
  RheoSweepsPage *sweeps_page;
  GtkButton *run;
  GtkWidget *run_icon, *run_label;
  GtkWidget *step, *stop, *undo, *redo, *export_all, *menu_button;
  GtkInfoBar *bar;
  GtkWidget *bar_icon, *bar_title, *bar_text, *bar_details, *bar_buttons;
  GtkFileChooserNative *chooser; /* while it is open */
  gboolean closing, asked_interrupted, resuming;
  gboolean left;               /* the run that met a fault can go on from a checkpoint */
  RheoEngineState shown_state; /* of the session, in the header */
  gboolean shown_run;
  guint close_limit, next; /* next: the run that begins soon */
  GPtrArray *focused;      /* owned: what has the focus, and what had it until a moment ago */
  guint let_go;
  gint64 started; /* monotonic time at which the current run began */
};

/* window.c */
void rheo_app_window_update (RheoAppWindow *window); /* the header's buttons */
void rheo_app_window_show_form (RheoAppWindow *window);
void rheo_app_window_show_script (RheoAppWindow *window);
void rheo_app_window_show_view (RheoAppWindow *window, const char *name);

/* window-actions.c */
void rheo_app_window_add_actions (RheoAppWindow *window);
/* Begins a run and clears what an earlier one left in the bar. show: Live. FALSE: refused, which the bar tells. */
gboolean rheo_app_window_begin (RheoAppWindow *window, const RheoExperiment *experiment, const RheoStart *how,
                                gboolean show);
/* The bar tells why a run was not begun. */
void rheo_app_window_tell_refused (RheoAppWindow *window, const GError *error);
/* As preferred, where the experiment leaves it open. */
void rheo_app_window_set_threads (RheoAppWindow *window, RheoExperiment *experiment);
/* Starts what Set up describes. paused: waits for a step. */
gboolean rheo_app_window_start (RheoAppWindow *window, gboolean paused);

/* A file that is no run could not be opened. */
void rheo_app_window_tell_unopened (RheoAppWindow *window, const char *path, const GError *error);
typedef void (*RheoAppWindowChosen) (RheoAppWindow *window, const char *path);
/* Makes window->chooser, to be shown with rheo_chooser_show; nothing where there is one already. */
void rheo_app_window_choose (RheoAppWindow *window, const char *title, GtkFileChooserAction action, const char *accept,
                             RheoAppWindowChosen chosen);

/* window-data.c */
/* Reads data of the user's own and has Set up learn them. */
void rheo_app_window_use_data (RheoAppWindow *window, const char *path);
/* Set up takes data that are made up, where its task can. run: and begins. */
void rheo_app_window_use_synthetic (RheoAppWindow *window, gboolean run);

/* window-reference.c */
/* export-reference, and train-as (s): a word of rheo_reference_kinds. */
void rheo_app_window_add_reference_actions (RheoAppWindow *window);
/* A configuration of the published program was opened; it can be read for other kinds of training. */
void rheo_app_window_tell_imported (RheoAppWindow *window);

/* window-script.c */
void rheo_app_window_add_script_actions (RheoAppWindow *window);
/* Starts what Set up describes, once its script is saved. paused: one step. */
void rheo_app_window_save_and_start (RheoAppWindow *window, gboolean paused);
void rheo_app_window_leave_script (RheoAppWindow *window);

/* window-notices.c */
typedef struct
{
  const char *label, *action; /* detailed action; or NULL */
} RheoNoticeButton;
/* A bar with a bold title, a sentence and up to three buttons, label NULL ends them. Dismissed by its close button, by
 * any of its buttons, or by the next one. */
void rheo_app_window_notice (RheoAppWindow *window, GtkMessageType type, const char *title, const char *text,
                             const RheoNoticeButton *buttons);
void rheo_app_window_clear_notice (RheoAppWindow *window);
/* A file was saved, or could not be: error. buttons: what then can be done, or NULL. */
void rheo_app_window_tell_saved (RheoAppWindow *window, const char *path, const GError *error,
                                 const RheoNoticeButton *buttons);
/* A notification of the desktop, where nobody looks at the program, of what began a while ago (monotonic time). id: a later one
 * replaces it; action: of the application, with a text. */
typedef struct
{
  const char *id, *title, *body, *action, *target;
} RheoNews;
void rheo_app_window_tell_desktop (RheoAppWindow *window, gint64 began, const RheoNews *news);
GtkWidget *rheo_app_window_make_bar (RheoAppWindow *window);
/* The current run has ended. */
void rheo_app_window_tell_end (RheoAppWindow *window);
/* A run that a killed program may have left behind. */
void rheo_app_window_tell_interrupted (RheoAppWindow *window, RheoRunItem *item);

/* window-queue.c */
void rheo_app_window_follow_queue (RheoAppWindow *window);
/* Runs that waited when an earlier window was closed or killed: how many there are, and what becomes of them. */
int rheo_app_window_count_left (RheoAppWindow *window);
void rheo_app_window_start_left (RheoAppWindow *window);
void rheo_app_window_forget_left (RheoAppWindow *window);
/* The current run has ended: the next one that waits begins, unless the user or a fault ended it. */
void rheo_app_window_go_on (RheoAppWindow *window);

/* window-resume.c */
/* Begins as soon as the settings have been read. with_left: then the runs that waited for it too. */
void rheo_app_window_resume (RheoAppWindow *window, const char *path, gboolean with_left);

/* window-sweeps.c */
void rheo_app_window_follow_sweeps (RheoAppWindow *window); /* actions and toasts */

/* window-close.c */
gboolean rheo_app_window_close_request (GtkWindow *window);
