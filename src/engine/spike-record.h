/* Thread: any. */
/* Which of the recorded spikes an analysis is about, and where they lie in a record. */
#pragma once

#include "analysis.h"
#include "result-rows.h"
#include "spike-trains.h"

/* What is asked for: rows of a config (RHEO_SPIKE_ROWS). */
typedef struct
{
  const char *population; /* "": all that spike */
  int trial;              /* -1: all */
  int first, last;        /* steps of each trial; negative ones count from its end */
} RheoSpikeChoice;

/* c: the config, f: its RheoSpikeChoice. */
#define RHEO_SPIKE_POPULATION_ROW(c, f)                                                                                \
  RHEO_P_TEXT (c, f.population, "population", .label = N_ ("Population"), .def_text = "",                              \
               .help = N_ ("Name of one spiking population (hidden); empty: all of them."))
#define RHEO_SPIKE_STEP_ROWS(c, f)                                                                                     \
  RHEO_P_INT (c, f.first, "first", .label = N_ ("First step"), .def = 0, .min = -1e9, .max = 1e9, .soft_min = -1000,   \
              .soft_max = 1000, .help = N_ ("Of each trial, counted from 0; −1000: the last thousand steps.")),        \
      RHEO_P_INT (c, f.last, "last", .label = N_ ("Last step"), .def = -1, .min = -1e9, .max = 1e9, .soft_min = -1000, \
                  .soft_max = 1000, .help = N_ ("−1: to the end of each trial."))
#define RHEO_SPIKE_ROWS(c, f)                                                                                          \
  RHEO_SPIKE_POPULATION_ROW (c, f),                                                                                    \
      RHEO_P_INT (c, f.trial, "trial", .label = N_ ("Trial"), .def = -1, .min = -1, .max = 1e9, .soft_max = 99,        \
                  .help = N_ ("Which recorded trial, counted from 0; −1: all of them together.")),                     \
      RHEO_SPIKE_STEP_ROWS (c, f)

/* The spikes of a population as a record holds them, the steps that are asked for. */
typedef struct
{
  RheoSpikes spikes; /* lie in the record, which must live as long */
  int64_t *from, *to;
} RheoSpikeRecord;

/* part: the population. Yours. NULL with an error: the series is no recording of spikes, or there is no such trial or step. */
RheoSpikeRecord *rheo_spike_record_new (const RheoTable *probe, const char *part, const RheoSpikeChoice *choice,
                                        GError **error);
void rheo_spike_record_free (RheoSpikeRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSpikeRecord, rheo_spike_record_free)

/* One population of one record. part: its name, one of n_parts of the record, counted from 0. last: of the last record. */
typedef struct
{
  const RheoRecord *record;
  const char *part;
  int i_part, n_parts;
  gboolean last;
} RheoSpikePlace;

/* A result with rows for the populations of all records, in order, and curves beside them. */
typedef struct RheoSpikeReport RheoSpikeReport;
/* FALSE with an error: the result cannot be made. */
typedef gboolean (*RheoSpikeVisit) (const RheoSpikeReport *report, const RheoSpikePlace *place,
                                    const RheoSpikeRecord *spikes, GError **error);
struct RheoSpikeReport
{
  const void *config;
  const RheoSpikeChoice *choice;
  const RheoSeries *series;
  const char *part_key; /* of the populations: see rheo_result_rows_write */
  RheoSpikeVisit visit;
  const RheoRecord *records;
  int n_records;
  RheoResultRows *rows; /* made by rheo_spike_report, as are curves: to be filled by visit */
  RheoTable *curves;
};

/* The rest is what RheoAnalysis.run gets. FALSE with an error: there is nothing to look at, visit gave one, or cancelled. */
gboolean rheo_spike_report (RheoSpikeReport *report, RheoTable *out, void (*progress) (void *data, double fraction),
                            void *progress_data, const atomic_bool *cancelled, GError **error);

/* Activity of all trials in bins of so many steps: value and length are yours (rheo_spike_record_clear_counts). */
RheoCounts rheo_spike_record_dup_counts (const RheoSpikeRecord *record, int64_t bin);
void rheo_spike_record_clear_counts (RheoCounts *counts);
