/* Thread: any; a source belongs to whoever made it. */
/* Fills a plot with series by name, wherever they come from: a stored run, or the frames of one that goes on. */
#pragma once

#include "plot.h"

typedef struct
{
  void *data;
  const char *name;    /* of the run: in legends when there are several */
  const char *unit;    /* of an iteration, for axes and subtitles: "epoch"; NULL: "iteration" */
  int budget;          /* iterations; 0: not known */
  double dt_ms;        /* length of a step; 0: the task has no physical time */
  const char *outputs; /* names of the task's outputs, separated by ";"; NULL or "": they have none */
  /* Names of all series, in the text column "series". NULL with an error. */
  RheoTable *(*list) (void *data, GError **error);
  /* The table that holds a series, and the key of its column there. at: an iteration; -1 the newest. */
  RheoTable *(*read) (void *data, const char *series, int64_t at, const char **key, GError **error);
  /* The iteration that "first", "middle", "last" or a number means. */
  gboolean (*find) (void *data, const char *word, int64_t *at, GError **error);
} RheoPlotSource;

/* Binds series to the roles of the kind.
 * from: "[ROLE=]SERIES[@ITERATION]" each, NULL-ended; without ROLE the first role whose axes fit and that is free. NULL:
 * what the kind shows by itself (RheoPlotRole.from).
 * at: iterations for what has none of its own, NULL-ended; NULL: those of the role (RheoPlotRole.at), else the newest.
 * What belongs to a series comes along (RheoPlotRole.with). Title, subtitle, names of axes, and the parameters "budget",
 * "step", "names" and "references" are filled in from what the sources know; whoever wants others sets them afterwards. FALSE: a
 * series, role or iteration is not there; the message says what is. */
gboolean rheo_plot_fill (RheoPlotSpec *spec, const RheoPlotSource *sources, int n_sources, const char *const *from,
                         const char *const *at, GError **error);
/* Names of the series of a source that rheo_plot_fill would show, without roles and iterations; of those that come along
 * only what has a name of its own. NULL-ended, yours. */
char **rheo_plot_dup_names (const RheoPlotKind *kind, const RheoPlotSource *source, const char *const *from);
