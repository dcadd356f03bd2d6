/* Thread: main. */
/* What a dashboard shows and in which order: a value with one owner, kept as JSON for each kind of experiment. */
#pragma once

#include <glib.h>

#include "engine/experiment.h"
#include "engine/table.h"

typedef struct
{
  char *plot;    /* id of its kind */
  char **from;   /* as in rheo_plot_fill; NULL: what the kind shows by itself */
  char *set;     /* parameters of the kind, a JSON object; or NULL */
  char *options; /* what the user chose on top, "key=value" lines; or NULL */
  gboolean wide, shown;
} RheoDashboardPanel;

typedef struct
{
  GPtrArray *panels; /* of RheoDashboardPanel; owned */
  int columns;       /* 0: by the width */
  char **values;     /* key paths of the LIVE values that are shown; NULL: the first ones */
  gboolean open;     /* nobody has said what is shown: metrics that ask for a place get one */
} RheoDashboardLayout;

RheoDashboardPanel *rheo_dashboard_panel_new (const char *plot, const char *const *from);

/* From the experiment's view; without one from what its model and task give, and open. */
RheoDashboardLayout *rheo_dashboard_layout_new (const RheoExperiment *experiment);
/* Lines for the metrics that are flagged to be shown and that no panel has; training and validation together. FALSE: there
 * was nothing to add. */
gboolean rheo_dashboard_layout_add_metrics (RheoDashboardLayout *layout, const RheoTable *metrics);
/* NULL: it is not what dup_json gives. */
RheoDashboardLayout *rheo_dashboard_layout_parse (const char *json);
char *rheo_dashboard_layout_dup_json (const RheoDashboardLayout *layout);
void rheo_dashboard_layout_free (RheoDashboardLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoDashboardLayout, rheo_dashboard_layout_free)

/* Task, model and rule: experiments of one kind share a layout. */
char *rheo_experiment_dup_kind (const RheoExperiment *experiment);
