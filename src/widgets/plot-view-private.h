/* Thread: main. */
/* What the files of the plot view share. */
#pragma once

#include <math.h>

#include "widgets/plot-cloud-area.h"
#include "widgets/plot-picture.h"
#include "widgets/plot-view.h"

struct _RheoPlotView
{
  GtkWidget parent_instance;
  RheoPlotGroup *group;

  /* What was given and what is on screen. A spec is drawn by one thread at a time: while the worker has it, spec is NULL
   * and lent points to it, for reading what never changes. */
  RheoPlotSpec *base;     /* as given, of what is shown */
  RheoPlotSpec *incoming; /* newer than base, not yet shown */
  RheoPlotSpec *spec;     /* base with options, limits and all that the user did */
  const RheoPlotSpec *lent;
  RheoPlotPicture *picture;
  gboolean stale;              /* the picture does not show spec any more */
  gboolean anew;               /* the axes of what comes need not hold what was there */
  gboolean rebuild;            /* spec does not show base with all options any more */
  gint64 cost_new, cost_again; /* µs of drawing: a new spec, the same once more */
  gboolean busy;               /* the worker has a spec of this view */
  gboolean again;              /* one that it had before */
  gboolean disposed;
  guint tick;
  GtkWidget *cloud;  /* over the picture, where that leaves points to it; NULL: none yet */
  gboolean no_cloud; /* the card failed: this view is done with it */

  /* What the user did. */
  GHashTable *options;                  /* key -> text */
  RheoPlotLimits limits[RHEO_N_LIMITS]; /* of the zoom */
  RheoPlotLimits grown[RHEO_N_LIMITS];  /* what the axes have held so far */
  RheoPlotPanel *natural;               /* frames before zooming; NULL: not zoomed */
  int n_natural;
  uint64_t hidden;
  int picked;
  double azimuth, elevation, closer; /* of the camera: degrees turned, and a factor */
  RheoPlotPlaces *places;            /* of what can be moved, as last drawn; NULL: there is nothing */
  int64_t moving;                    /* what the pointer drags; -1: nothing */
  int64_t point;                     /* ringed; -1: none */
  int point_set;
  gboolean held;
  gboolean plays;               /* moving pictures move */
  double speed, rest_ms;        /* rheo_plot_view_set_speed */
  gboolean patient;             /* what comes while one moves waits for its end */
  int moment;                   /* shown; -1: the end */
  guint playing;                /* tick callback; 0: it stands */
  gint64 played_at, play_began; /* µs of the frame clock */
  RheoPlotPick marked;          /* the selected point or cell; binding -1: none */
  int marked_panel;

  /* The reading line. */
  GtkWidget *reading; /* label */
  gboolean is_reading;
  gboolean has_line, has_point;                    /* at read_x, in data; at a point of the picture */
  double read_x, point_x, point_y, mark_x, mark_y; /* mark: what is ringed, or where the line begins that is marked */
  gboolean marks_line;
  double mark_end_x, mark_end_y;
  gboolean by_keys;
  int read_panel;
  /* What was asked while the worker had the spec: steps of the line, the place under the pointer, a click. */
  GArray *later_steps; /* of int dx, dy */
  gboolean later_read, later_click;
  double later_x, later_y;

  /* The pointer. */
  double pointer_x, pointer_y; /* NaN: outside */
  double zoom_start;           /* of a pinch: scale at the last step */
  gboolean panning, boxing, turning;
  RheoRect box;
  gboolean chooses; /* a drag chooses units instead of zooming */
  gboolean *chosen; /* [n_chosen] by unit, or NULL */
  int n_chosen;
  GtkEventController *hover_keys; /* shortcuts that act on the plot under the pointer */

  double cursor; /* iteration; NaN: none */
  RheoTable *marks;
  char *name, *stem, *folder, *label; /* label: as assistive tools know it */
  GMenu *menu;
  GMenu *series;     /* its section: hide one, or show it again */
  char *series_text; /* what it lists */
  GMenuModel *extra;
  GSimpleActionGroup *actions;
  GtkWidget *popover, *full, *numbers, *options_window, *turn_window;
  RheoPlotView *mirror; /* in the full-screen window */
  gboolean is_mirror;
  guint describe; /* timer of the description */
};

/* --- plot-view.c */
void rheo_plot_view_redraw (RheoPlotView *view);  /* the same spec, drawn anew */
void rheo_plot_view_rebuild (RheoPlotView *view); /* options or what was given have changed */
/* Options, limits, names: a mirror starts as what it mirrors is. */
void rheo_plot_view_copy_state (RheoPlotView *from, RheoPlotView *to);
/* FALSE, and nothing changed: the text does not fit the parameter. text NULL: as it was given. */
gboolean rheo_plot_view_set_option (RheoPlotView *view, const char *key, const char *text, GError **error);
/* A copy for a file: the look of theme, title row, nothing picked. NULL: there is nothing. */
RheoPlotSpec *rheo_plot_view_dup_figure (RheoPlotView *view, RheoPlotThemeId theme);

/* --- plot-view-cloud.c */
/* From how many points on spec leaves them to the graphics card; 0: never. */
int rheo_plot_view_cloud_from (RheoPlotView *view, const RheoPlotSpec *spec);
/* What the picture leaves out comes over it; not while a frame is drawn. */
void rheo_plot_view_adopt_cloud (RheoPlotView *view);
void rheo_plot_view_snapshot_cloud (RheoPlotView *view, GtkSnapshot *snapshot);

/* --- plot-view-zoom.c */
int rheo_plot_view_panel_at (RheoPlotView *view, double x, double y); /* -1: none */
void rheo_plot_view_zoom_box (RheoPlotView *view, int panel, const RheoRect *box);
/* factor < 1: closer. Around x, y; which axes: along x unless `y` is set; planes both. */
void rheo_plot_view_zoom (RheoPlotView *view, double x, double y, double factor, gboolean along_y, gboolean both);
void rheo_plot_view_pan (RheoPlotView *view, int panel, double dx, double dy);
void rheo_plot_view_fit (RheoPlotView *view);
/* TRUE: it shows a figure in space, whose camera drags and keys move. */
gboolean rheo_plot_view_can_turn (RheoPlotView *view);
void rheo_plot_view_turn (RheoPlotView *view, double azimuth, double elevation); /* degrees more */
gboolean rheo_plot_view_is_zoomed (RheoPlotView *view);
void rheo_plot_view_follow (RheoPlotView *view); /* what comes before the next picture counts from the new limits */
void rheo_plot_view_apply_limits (RheoPlotView *view, RheoPlotSpec *spec);

/* --- plot-view-move.c */
/* A drag that begins here moves what it finds. FALSE: there is nothing to move. */
gboolean rheo_plot_view_grab (RheoPlotView *view, double x, double y);
void rheo_plot_view_drag (RheoPlotView *view, double x, double y);
/* A picture was drawn from spec: what comes goes on from there. */
void rheo_plot_view_adopt_places (RheoPlotView *view, const RheoPlotSpec *spec);

/* --- plot-view-play.c */
/* Lets a moving picture move, where it may. */
void rheo_plot_view_play (RheoPlotView *view);
void rheo_plot_view_set_plays (RheoPlotView *view, gboolean plays);
/* TRUE: what came has to wait. */
gboolean rheo_plot_view_is_in_play (RheoPlotView *view);

/* --- plot-view-units.c */
/* Units that a box means. FALSE: no axis counts units there. */
gboolean rheo_plot_view_find_units (RheoPlotView *view, int panel, const RheoRect *box, int *first, int *last);
void rheo_plot_view_snapshot_units (RheoPlotView *view, GtkSnapshot *snapshot, const GdkRGBA *colour);

/* --- plot-view-read.c */
void rheo_plot_view_read_at (RheoPlotView *view, double x, double y); /* where the pointer is */
void rheo_plot_view_read_step (RheoPlotView *view, int dx, int dy);   /* arrow keys */
void rheo_plot_view_read_again (RheoPlotView *view);                  /* the picture has changed */
void rheo_plot_view_catch_up (RheoPlotView *view);                    /* the worker is done: what waited for it */
void rheo_plot_view_stop_reading (RheoPlotView *view);
void rheo_plot_view_click (RheoPlotView *view, double x, double y);
void rheo_plot_view_unselect (RheoPlotView *view);
void rheo_plot_view_init_reading (RheoPlotView *view);
void rheo_plot_view_join_group (RheoPlotView *view);
void rheo_plot_view_snapshot_over (RheoPlotView *view, GtkSnapshot *snapshot);
/* Between views of a group; axis NULL: nobody reads. */
void rheo_plot_group_read (RheoPlotGroup *group, RheoPlotView *from, const RheoPlotAxis *axis, double x);

/* --- plot-view-input.c */
void rheo_plot_view_init_input (RheoPlotView *view);
/* What keys do; dx, dy: -1, 0 or 1. */
void rheo_plot_view_zoom_by_key (RheoPlotView *view, gboolean closer);
void rheo_plot_view_read_by_key (RheoPlotView *view, int dx, int dy);
void rheo_plot_view_pan_by_key (RheoPlotView *view, int dx, int dy);

/* --- plot-menu.c */
void rheo_plot_view_init_actions (RheoPlotView *view);
void rheo_plot_view_popup (RheoPlotView *view, double x, double y);
void rheo_plot_view_update_actions (RheoPlotView *view);
/* Up and down scroll the page where the reading line has one way only. */
void rheo_plot_view_allow_across (RheoPlotView *view, gboolean allowed);

/* --- plot-describe.c */
void rheo_plot_view_describe (RheoPlotView *view); /* name and, when focused, description for assistive tools */
