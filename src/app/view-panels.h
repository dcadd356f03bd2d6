/* Thread: any. */
/* The plots that an experiment's dashboard names ("view"), filled from whatever source there is. */
#pragma once

#include "engine/experiment.h"
#include "plot/plot-source.h"

typedef struct
{
  char *kind;
  char **from; /* as of rheo_plot_fill; NULL: what the kind shows by itself */
  char **set;  /* "key=value" */
} RheoViewPanel;

/* Panels of the view, in their order, without those of unknown kinds; yours (g_ptr_array_unref). Empty: none. */
GPtrArray *rheo_view_dup_panels (const RheoExperiment *experiment);

/* Whether all its series are curves over iterations, which do not change with the iteration that is looked at. metrics:
 * names of series that are metrics; NULL: none are known. */
gboolean rheo_panel_is_over_training (const RheoViewPanel *panel, const RheoTable *metrics);

/* A spec for the panel. at: the state of training that is wanted; -1: the newest. Kinds that show stages of training show
 * the first and that one; metrics show all iterations. metrics: names of series that are metrics (may be NULL).
 * What cannot be filled gives an empty spec that says so, or NULL with an error where error is not NULL. */
RheoPlotSpec *rheo_panel_fill (const RheoViewPanel *panel, const RheoPlotSource *sources, int n_sources, int64_t at,
                               const RheoTable *metrics, GError **error);
