/* Thread: any. */
/* Inside an analysis of the course of training: where one run file follows the other, and what was changed there. */
#pragma once

#include "analysis.h"

/* Rows of the series of an analysis. RHEO_CHAIN_BEGINS (along): column "begins-<along>", places on that axis where a file begins. */
#define RHEO_CHAIN_BEGINS(along)                                                                                       \
  {                                                                                                                    \
    "begins-" along, N_ ("First in a run file"), N_ ("Of each file but the first; counted from 1."), "", "file"        \
  }
#define RHEO_CHAIN_SERIES                                                                                              \
  { "what", N_ ("Run file"), N_ ("That begins there."), "", "file" },                                                  \
      { "changed-in", N_ ("Run file"), N_ ("That began with other settings."), "", "change" },                         \
      { "setting", N_ ("Setting"), N_ ("That differs from the run file before."), "", "change" },                      \
      { "before", N_ ("Before"), N_ ("Value in the run file before."), "", "change" },                                 \
  {                                                                                                                    \
    "after", N_ ("After"), N_ ("Value in this run file."), "", "change"                                                \
  }

/* Column "begins-<along>" of a log with a row for each place. divisor: of so many rows in a place. Nothing where there is one
 * file. part: as of rheo_result_add_part, or NULL. */
void rheo_result_add_begins (RheoTable *out, const RheoSeries *series, const char *part, const RheoTable *log,
                             const char *along, int divisor);
/* Columns "what" and those of the settings that differ from file to file, where there are any. */
void rheo_result_add_trace (RheoTable *out, const RheoSeries *series, const char *part, const RheoRecord *record);
/* Column of places 1 .. n along its own axis. */
void rheo_result_add_places (RheoTable *out, const RheoSeries *series, const char *part, const char *key, int64_t n);

/* What stands before the columns of a record where there are several: the name of its run, with a number where that is not the
 * first of its name. NULL: there is one record. Yours. */
char *rheo_records_dup_part (const RheoRecord *records, int n_records, int i);
/* How many run files the record is from. */
int rheo_record_count_files (const RheoRecord *record);
/* In English (N_): what is to be said of the files; "" where all is well. */
const char *rheo_record_tell_chain (const RheoRecord *record);
/* Steps after which an episode ends at the latest; 0: not known. */
int rheo_record_get_longest (const RheoRecord *record);
