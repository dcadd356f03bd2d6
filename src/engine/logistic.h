/* Thread: any. Plain C, no GLib. */
/* Psychometric functions: shares of choices as a logistic function of evidence, with lapses, and binomial intervals.
 *
 *   P (x) = g + (1 - g - l) / (1 + exp (-(a + b x)))
 *
 * Fitted by maximum likelihood: Fisher scoring, the lapses kept between 0 and a limit (Wichmann & Hill 2001a), and at 0
 * where they do not make the data significantly more likely (likelihood ratio, 5 %): a flat curve says nothing about them.
 * Intervals are those of Wald, 95 %, from the inverse of the expected (Fisher) information. */
#pragma once

#include <stdbool.h>

enum
{
  RHEO_LOGISTIC_BIAS,     /* a: log odds without evidence */
  RHEO_LOGISTIC_SLOPE,    /* b: log odds for each unit of evidence */
  RHEO_LOGISTIC_LAPSE_LO, /* g: share where all evidence is against */
  RHEO_LOGISTIC_LAPSE_HI, /* l: what is missing where all evidence is for it */
  RHEO_LOGISTIC_N,
};

typedef struct
{
  /* NaN in lo or hi: a lapse at one of its limits, or what the data do not bound. Of a slope that fits the better the
   * steeper it is only the end nearer to zero is a number. */
  double value[RHEO_LOGISTIC_N], lo[RHEO_LOGISTIC_N], hi[RHEO_LOGISTIC_N];
  double log_likelihood;
} RheoLogistic;

/* chosen[i] of trials[i] trials at x[i], whole or half (no choice: half a trial of each). most: largest lapse, below 0.5.
 * FALSE: there are fewer than two places with trials. */
bool rheo_logistic_fit (int n, const double *x, const double *trials, const double *chosen, double most,
                        RheoLogistic *fit);
double rheo_logistic_value (const RheoLogistic *fit, double x);

/* Wilson's 95 % interval of a share. */
void rheo_share_interval (double trials, double chosen, double *lo, double *hi);
