/* Thread: any. Plain C, no GLib. */
/* Statistics of recorded spike trains. Variances and standard deviations divide by n. A value that is not defined is NaN; each
 * function says when. Trials are independent: nothing is taken from one into the next. */
#pragma once

#include "types.h"

/* Spikes of a population. Borrowed. */
typedef struct
{
  const uint8_t *spike; /* [trial][time][unit]; what is not 0 is a spike */
  int64_t n_trials, n_time, n_units;
  const int64_t *from, *to; /* [trial] the steps from .. to - 1 count; both NULL: all of n_time */
} RheoSpikes;

/* A series of whole numbers for each trial, one trial after the other: the spikes of a population in each step. Borrowed. */
typedef struct
{
  const int32_t *value;
  int64_t n_trials;
  const int64_t *length; /* [trial] */
} RheoCounts;

/* --- spikes ---------------------------------------------------------------------------------------------------- */
int64_t rheo_spikes_steps (const RheoSpikes *spikes, int64_t trial); /* that count; trial -1: of all */
/* Spikes of a trial in the order of time, then units: step (from the start of the trial) and unit of each. unit -1: of all
 * units. time and fired may be NULL. The number of spikes. */
int64_t rheo_spikes_list (const RheoSpikes *spikes, int64_t trial, int64_t unit, int64_t *time, int32_t *fired);
/* Spikes of each unit, count [n_units]. The sum of all. */
int64_t rheo_spikes_count (const RheoSpikes *spikes, int64_t *count);
/* Mean number of spikes in so many steps (1: the rate per step) of a unit with n_spikes of them. NaN: no steps. */
double rheo_spikes_rate (const RheoSpikes *spikes, int64_t n_spikes, double bin);
/* Activity F: spikes of all units in consecutive bins of `bin` steps of a trial; steps that are left over at its end are
 * dropped. active NULL: only counts. The number of bins. */
int64_t rheo_spikes_activity (const RheoSpikes *spikes, int64_t trial, int64_t bin, int32_t *active);

/* Steps between consecutive spikes of a unit, trial by trial; unit -1: of all units, one after the other. interval: room for as
 * many numbers as there are spikes. The number of intervals. */
int64_t rheo_spikes_intervals (const RheoSpikes *spikes, int64_t unit, int64_t *interval);
/* Mean and coefficient of variation, sd over mean, of intervals. NaN: there are none; cv: fewer than 2. */
void rheo_intervals_measure (int64_t n, const int64_t *interval, double *mean, double *cv);

/* Mean, variance, and variance over mean (Fano factor, returned) of the spikes of a unit in consecutive windows of `window`
 * steps; steps that are left over at the end of a trial are dropped. All NaN: no window; the factor NaN: no spikes. */
double rheo_spikes_fano (const RheoSpikes *spikes, int64_t unit, int64_t window, double *mean, double *variance);

/* Spike source entropy -sum p ln p / ln n of the shares p of n units in all spikes: 1 when all fire alike, 0 when one fires
 * alone; 0 ln 0 = 0. NaN: no spikes, or fewer than 2 units. */
double rheo_spikes_entropy (int64_t n, const int64_t *count);

/* Units that differ between a trial of one recording and a trial of another, at each step that counts in both: distance
 * [n_time]. The number of steps; -1: the populations are of different sizes. */
int64_t rheo_spikes_distance (const RheoSpikes *a, int64_t trial_a, const RheoSpikes *b, int64_t trial_b,
                              int32_t *distance);

/* Covariance over all steps of n units, unit [n]: covariance [n][n]. FALSE: no memory, or no steps. */
bool rheo_spikes_covariance (const RheoSpikes *spikes, int64_t n, const int64_t *unit, double *covariance);

/* Synchrony chi: root of the variance over time of the mean over units, over the mean of the variances of single units: 0 for
 * many independent units, 1 when all fire together (Golomb & Hansel 2000). count: of rheo_spikes_count. NaN: all units are
 * constant. */
double rheo_spikes_synchrony (const RheoSpikes *spikes, const int64_t *count);

/* --- correlation ----------------------------------------------------------------------------------------------- */
/* Pearson's coefficients [n][n] of a covariance [n][n]; NaN for pairs with a constant unit, 1 on the rest of the diagonal. */
void rheo_correlation (int64_t n, const double *covariance, double *correlation);
/* Mean over pairs of different units that both vary. NaN: there are none. */
double rheo_correlation_mean (int64_t n, const double *correlation);
/* Sum over all entries, the diagonal included, over n². NaN: a unit is constant. */
double rheo_correlation_mean_all (int64_t n, const double *correlation);

/* --- activity -------------------------------------------------------------------------------------------------- */
/* Over all trials together. NaN: no values. */
void rheo_counts_measure (const RheoCounts *counts, double *mean, double *sd);
/* Standard deviation of the differences of neighbouring values. NaN: there are none. */
double rheo_counts_smoothness (const RheoCounts *counts);
/* The same over the magnitude of the mean difference, which is only what lies between the first and the last value. NaN: they
 * are equal, or there are no differences. */
double rheo_counts_relative_smoothness (const RheoCounts *counts);
/* Pearson's coefficient of F(t) and F(t + lag), each with the mean of the part of the series that it is from. NaN: fewer than 2
 * pairs, or a part is constant. */
double rheo_counts_autocorrelation (const RheoCounts *counts, int64_t lag);
/* Avalanches: bins without a gap whose value is above the threshold, with a bin before and after them that is not. Size: the sum
 * of the values; duration: the number of bins. size and duration NULL: only counts. The number of avalanches. */
int64_t rheo_counts_avalanches (const RheoCounts *counts, double threshold, int64_t *size, int64_t *duration);
