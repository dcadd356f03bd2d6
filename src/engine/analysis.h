/* Thread: tasks (never the engine's): works on copies or finished files. */
/* An analysis takes records and gives a table. A component. */
#pragma once

#include <stdatomic.h>

#include "chain.h"
#include "experiment.h"
#include "figure.h"
#include "store.h"
#include "table.h"

/* A network at an iteration with its experiment and series, of the live run or of a stored one. */
typedef struct
{
  const RheoExperiment *experiment;
  const char *name; /* of the run */
  int64_t iteration;
  const RheoTable *weights; /* checkpoint or snapshot arrays of the net; or NULL */
  const RheoTable *start;   /* the same as they were when training began; or NULL */
  const RheoTable *probe;   /* recorded probe trials at the iteration: spikes, inputs, outputs, targets; or NULL */
  const RheoTable *metrics; /* all metrics so far; or NULL */
  const RheoTable *steps;   /* the log of every action (RheoRuleType.steps); or NULL, also where the run has none */
  const RheoChain *chain;   /* the run files that metrics and steps are from; NULL: this run alone */
} RheoRecord;

/* What it is about: for lists. */
typedef enum
{
  RHEO_ABOUT_AUTO, /* activity where it wants probe trials, else dynamics */
  RHEO_ABOUT_DYNAMICS,
  RHEO_ABOUT_ACTIVITY,
  RHEO_ABOUT_CAUSES,
  RHEO_ABOUT_TASK,
  RHEO_N_ABOUT,
} RheoAbout;

typedef struct
{
  RheoComponent base; /* series: the columns of the result, named as they are or "<part>.<key>" */
  unsigned wants;     /* RHEO_WANTS_*: what a record must hold */
  RheoAbout about;
  /* Whether it can be run on a network of this experiment, before anything is read; FALSE with a sentence. NULL: on any. */
  gboolean (*fits) (const RheoExperiment *experiment, GError **error);
  /* Seconds that it takes on one core, roughly. NULL: not known. */
  double (*estimate) (const void *config, const RheoExperiment *experiment);
  /* The stored result that run is to get as `previous`: id of the analysis that made it, and its number, 0: the newest.
   * NULL id: none. NULL: it takes any earlier result of its own kind, or none. */
  const char *(*builds_on) (const void *config, int *n);
  gboolean (*run) (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous,
                   RheoTable *out, void (*progress) (void *data, double fraction), void *progress_data,
                   const atomic_bool *cancelled, GError **error);
  const RheoFigure *figures; /* ends with key NULL; or NULL */
} RheoAnalysis;

enum
{
  RHEO_WANTS_WEIGHTS = 1 << 0,
  RHEO_WANTS_PROBE = 1 << 1,
  RHEO_WANTS_METRICS = 1 << 2,
  RHEO_WANTS_STEPS = 1 << 3,
  RHEO_WANTS_CHAIN = 1 << 4, /* metrics and steps are those of the runs before it, too (chain.h) */
};

/* --- inside RheoAnalysis.run ----------------------------------------------------------------------------------- */
/* Adds the column of a series, with label, unit, axes and flags from its row; the table's (rheo_table_add). */
RheoColumn *rheo_result_add (RheoTable *out, const RheoSeries *series, const char *key, RheoType type,
                             const int64_t *dims);
/* The same as "<part>.<key>"; part NULL: as it is. */
RheoColumn *rheo_result_add_part (RheoTable *out, const RheoSeries *series, const char *part, const char *key,
                                  RheoType type, const int64_t *dims);
/* The same for one number. */
void rheo_result_add_number (RheoTable *out, const RheoSeries *series, const char *key, double value);
/* One row of a result: the measures of one part (projection, population) of the network of one record. */
typedef struct
{
  const RheoRecord *record;
  const char *part;
  const double *value; /* one per leading series whose axes are "row" */
} RheoResultRow;
/* part_label: in English, marked with N_(). Adds columns "run", "iteration" and part_key, then one per leading series with axes "row". */
void rheo_result_add_rows (RheoTable *out, const char *part_key, const char *part_label, const RheoSeries *series,
                           const RheoResultRow *rows, int n_rows);
/* Names in front of the suffix (".weight") among the columns of a table, in order; only `only` when that is not empty.
 * NULL-ended, yours (g_strfreev). NULL with an error that lists the names when there is none, or not that one. */
char **rheo_result_parts (const RheoTable *table, const char *suffix, const char *only, const char *option,
                          GError **error);
/* Names of the cell classes of a population, NULL-ended, and in *class that of each unit. Yours (g_strfreev). NULL: a record does
 * not tell of n_units units in classes. */
char **rheo_result_dup_classes (const RheoTable *record, const char *population, int64_t n_units,
                                const RheoColumn **class);
/* Column "<part><suffix>", or NULL. */
const RheoColumn *rheo_result_column (const RheoTable *table, const char *part, const char *suffix);

/* A field can be made of networks of this experiment (field.h): for RheoAnalysis.fits. */
gboolean rheo_analysis_fits_rates (const RheoExperiment *experiment, GError **error);
/* Units of such a network, for RheoAnalysis.estimate; 100 where it does not say. */
int rheo_analysis_count_rates (const RheoExperiment *experiment);
/* Units of networks of this experiment spike: for RheoAnalysis.fits. */
gboolean rheo_analysis_fits_spikes (const RheoExperiment *experiment, GError **error);
/* Seconds that so many trials take on such a network, forward only, for RheoAnalysis.estimate. */
double rheo_analysis_estimate_trials (const RheoExperiment *experiment, int n_trials);

/* --- outside --------------------------------------------------------------------------------------------------- */
RheoAbout rheo_analysis_get_about (const RheoAnalysis *analysis); /* never AUTO */
/* RheoAnalysis.fits, where there is one. */
gboolean rheo_analysis_fits (const RheoAnalysis *analysis, const RheoExperiment *experiment, GError **error);

/* What RheoAnalysis.builds_on asks for, from the run that is analysed. NULL with an error: it is not there; NULL without: none
 * is asked for. */
RheoTable *rheo_analysis_read_previous (const RheoAnalysis *analysis, const void *config, RheoRun *run, GError **error);

/* A result for the end of the run: the newest that it keeps, or one that is made with default values and not kept. NULL with an
 * error. */
RheoTable *rheo_analysis_read_or_run (const RheoAnalysis *analysis, RheoRun *run, GError **error);

/* A record read from a run file, with everything that it owns. */
typedef struct RheoStoredRecord RheoStoredRecord;
/* at: an iteration with a snapshot or a checkpoint; -1: the newest that has what is wanted (RHEO_WANTS_*), which of a
 * finished run with run.keep = best is the best network, as in an evaluation. The run is borrowed. NULL with an error that
 * lists the iterations there are. */
RheoStoredRecord *rheo_stored_record_new (RheoRun *run, int64_t at, unsigned wants, GError **error);
void rheo_stored_record_free (RheoStoredRecord *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoStoredRecord, rheo_stored_record_free)
const RheoRecord *rheo_stored_record_get (const RheoStoredRecord *stored);
