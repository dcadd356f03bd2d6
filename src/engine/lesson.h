/* Thread: engine. */
/* Block: a batch on its way through the network and back, for rules that learn from the error of whole trials: forward,
 * window by window and wave by wave, loss and penalties, scores, and the gradient that rheo_backprop gives. Which way it
 * goes is said by the projections (RHEO_PROJ_CUT, feedback). A rule shows the rows that it needs; the others stay 0, which
 * is off. */
#pragma once

#include "activity.h"
#include "dropout.h"
#include "inner.h"
#include "loss.h"
#include "penalty.h"
#include "regular.h"
#include "rule.h"
#include "surrogate.h"

typedef struct
{
  RheoLoss loss;
  RheoPenalty penalty;
  RheoRegular regular;
  RheoDropout dropout;
  gboolean noisy_validation, annealing, task_safe;
  RheoSurrogateConfig surrogate;
  int window; /* steps that the gradient goes back at most; 0: to the start of the trial */
  const char *frozen;
  RheoActivityConfig activity;
  gboolean inner_target; /* the read-out begins as the rule goal fits it, and spikes are held against its target */
  RheoInner inner;
} RheoLesson;

/* Rows that all such rules have. S: the config of the rule; f: its RheoLesson, RheoOptimiser or
 * RheoStopRows. What changes weights or ends a run is of no account in a rule that is only compared. */
#define RHEO_P_LESSON_LOSS(S, f) RHEO_P_BLOCK (S, f.loss, RheoLoss, "loss", rheo_loss_rows, .label = N_ ("Loss"))
#define RHEO_P_LESSON_SURROGATE(S, f)                                                                                  \
  RHEO_P_BLOCK (S, f.surrogate, RheoSurrogateConfig, "surrogate", rheo_surrogate_rows,                                 \
                .label = N_ ("Surrogate derivative"), .needs = RHEO_SPIKES)
#define RHEO_P_LESSON_PENALTY(S, f)                                                                                    \
  RHEO_P_BLOCK (S, f.penalty, RheoPenalty, "penalty", rheo_penalty_rows, .label = N_ ("Penalties on activity"),        \
                .needs = RHEO_SPIKES)
#define RHEO_P_LESSON_NOISE(S, f)                                                                                      \
  RHEO_P_BOOL (S, f.noisy_validation, "noisy-validation", .label = N_ ("Noise in validation"), .needs = RHEO_LEARNS,   \
               .help = N_ ("Validation trials are run with the noise of the training."), .flags = RHEO_ADVANCED)
#define RHEO_P_LESSON_FROZEN(S, f)                                                                                     \
  RHEO_P_TEXT (S, f.frozen, "frozen", .label = N_ ("Frozen projections"), .needs = RHEO_LEARNS,                        \
               .help = N_ ("Names of projections that are not trained, separated by spaces, such as \"in rec\"."),     \
               .def_text = "")
#define RHEO_P_LESSON_ACTIVITY(S, f)                                                                                   \
  RHEO_P_BLOCK (S, f.activity, RheoActivityConfig, "activity", rheo_activity_rows,                                     \
                .label = N_ ("Measures of activity"), .needs = RHEO_SPIKES | RHEO_LEARNS, .flags = RHEO_ADVANCED)

#define RHEO_P_LESSON_OPTIMISER(S, f)                                                                                  \
  RHEO_P_BLOCK (S, f, RheoOptimiser, "optimiser", rheo_optimiser_rows, .label = N_ ("Optimiser"), .needs = RHEO_LEARNS)
#define RHEO_P_LESSON_STOP(S, f)                                                                                       \
  RHEO_P_BLOCK (S, f, RheoStopRows, "stop", rheo_stop_rows, .label = N_ ("Early stop"),                                \
                .words = N_ ("early stopping"), .needs = RHEO_LEARNS)

#define RHEO_P_LESSON_TARGET(S, f)                                                                                     \
  RHEO_P_BOOL (S, f.inner_target, "inner-target", .label = N_ ("Compare with an inner target"),                        \
               .help =                                                                                                 \
                   N_ ("The read-out begins fitted to the spikes that the targets evoke in the network, and spikes "   \
                       "are counted against these, as in target-based learning."),                                     \
               .flags = RHEO_ADVANCED, .needs = RHEO_CURRENTS | RHEO_REPEATS | RHEO_SIGNALS),                          \
      RHEO_P_BLOCK (S, f.inner, RheoInner, "target", rheo_inner_rows, .label = N_ ("Inner target"),                    \
                    .when = "inner-target=true", .flags = RHEO_ADVANCED,                                               \
                    .needs = RHEO_CURRENTS | RHEO_REPEATS | RHEO_SIGNALS)

extern const RheoSeries rheo_lesson_series[]; /* ends with key NULL */

typedef struct RheoLessonWork RheoLessonWork;

/* In a rule's setup: declares the metrics, freezes projections. rule and config are borrowed. NULL with an error. */
RheoLessonWork *rheo_lesson_new (RheoRule *rule, const RheoLesson *config, GError **error);
void rheo_lesson_free (RheoLessonWork *work);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoLessonWork, rheo_lesson_free)

/* As RheoRuleType.gradient and .evaluate. */
gboolean rheo_lesson_gradient (RheoLessonWork *work, const RheoBatch *batch, RheoGrad *out, RheoMetrics *m);
gboolean rheo_lesson_evaluate (RheoLessonWork *work, const RheoBatch *batch, RheoMetrics *m);
/* As RheoRuleType.record: how the gradient of the loss of these trials runs back through time (gradient-flow.h). */
void rheo_lesson_record (RheoLessonWork *work, const RheoBatch *batch, RheoTable *table);
