/* Thread: engine. */
/* Block: a pass over a batch with weights as they are, and how far its outputs are from their targets; for rules that change
 * weights while trials run, and those that force a network to follow a target. */
#pragma once

#include "rule.h"

/* Rows of a rule's series. */
#define RHEO_SERIES_MSE                                                                                                \
  {                                                                                                                    \
    .key = "mse", .label = N_ ("Mean squared error"),                                                                  \
    .help = N_ ("Of the outputs, over all outputs and steps that count, with weights as they are after the batch."),   \
    .unit = N_ ("a.u."), .axes = "", .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_LOG | RHEO_SERIES_SHOW         \
  }
#define RHEO_SERIES_NMSE                                                                                               \
  {                                                                                                                    \
    .key = "nmse", .label = N_ ("Normalised error"),                                                                   \
    .help = N_ ("Mean squared error over the variance of the targets: 1 is as good as their mean."), .unit = "",       \
    .axes = "", .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_LOG                                                 \
  }
#define RHEO_SERIES_LIMIT                                                                                              \
  {                                                                                                                    \
    .key = "read-out-limit", .label = N_ ("Read-out limit"),                                                           \
    .help = N_ ("Mean squared error of the best linear read-out of the target network."), .unit = N_ ("a.u."),         \
    .axes = "", .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_LOG                                                 \
  }
#define RHEO_SERIES_ONLINE_MSE                                                                                         \
  {                                                                                                                    \
    .key = "online-mse", .label = N_ ("Error while learning"),                                                         \
    .help = N_ ("Mean squared error of the outputs in the same trials while the weights change."),                     \
    .unit = N_ ("a.u."), .axes = "", .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_LOG                            \
  }

typedef struct
{
  RheoReal *out; /* [row][step][out] of the last batch */
  int n_out;
} RheoFrozen;

/* Room for the largest batch of the net. */
void rheo_frozen_init (RheoFrozen *frozen, const RheoNet *net);
void rheo_frozen_release (RheoFrozen *frozen);

/* Whether the rule runs this batch with noise: in training, and else where it is told to. */
gboolean rheo_frozen_has_noise (const RheoRule *rule, const RheoBatch *batch);
int rheo_frozen_count_rows (const RheoNet *net); /* of the largest batch */
/* A rollout of the whole batch, with the noise that the rule has for it, and its waves: rheo_frozen_next_wave before each
 * run; FALSE: there is none. */
RheoRollout rheo_frozen_rollout (const RheoRule *rule, const RheoBatch *batch, unsigned flags);
gboolean rheo_frozen_next_wave (const RheoNet *net, RheoRollout *r);
/* Rows of the wave on the tape that the batch has: from *first up to what is returned. */
int rheo_frozen_rows_of_wave (const RheoNet *net, const RheoBatch *batch, int *first);
/* The projection that feeds the read-out, and the decay of what the read-out makes of it (0: a linear one). -1 with an error
 * where the output is not a linear function of the sources of one dense or sparse projection. */
int rheo_frozen_find_readout (const RheoNet *net, RheoReal *decay, GError **error);
/* Outputs of a window that lies on the tape, of the lanes of its wave; t0: its first step in the trials. */
void rheo_frozen_collect (RheoFrozen *frozen, const RheoNet *net, const RheoBatch *batch, int64_t t0);
/* Runs whole trials, wave by wave; on_wave (may be NULL) sees each tape. *fit: errors of the outputs. FALSE: stopped. */
gboolean rheo_frozen_run (RheoFrozen *frozen, const RheoRule *rule, const RheoBatch *batch,
                          void (*on_wave) (void *data, const RheoBatch *batch), void *data, RheoFit *fit);
/* The same from outputs that were collected. */
RheoFit rheo_frozen_fit (const RheoFrozen *frozen, const RheoBatch *batch);
/* RheoRuleType.evaluate of a rule whose series begin with those of the error (series[0] and [1]): scores the batch, keeps its
 * outputs as those of the rule. */
gboolean rheo_frozen_evaluate (RheoFrozen *frozen, RheoRule *rule, const RheoBatch *batch, const RheoSeries *series,
                               RheoMetrics *m);
/* Declares n series of such a rule in training, and those of the error in validation. */
void rheo_frozen_declare (RheoRule *rule, const RheoSeries *series, int n);
/* "<set>.mse" and "<set>.nmse", declared by the rule. */
void rheo_frozen_report (const RheoFit *fit, const RheoBatch *batch, RheoMetrics *m);
double rheo_frozen_weight (const RheoBatch *batch); /* trials that a metric of the batch stands for */
double rheo_frozen_mse (const RheoFit *fit);
