#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/lesson.h"

/* Back-propagation through time with surrogate gradients (Werbos 1990; Neftci, Mostafa & Zenke 2019). Trials longer than
 * the window are walked through in windows: the state goes on, the gradient ends at the window's first step. */

typedef struct
{
  RheoLesson lesson;
  RheoOptimiser optimiser;
  RheoStopRows stop;
} Bptt;

static const RheoParam bptt_params[] = {
  RHEO_P_LESSON_LOSS (Bptt, lesson),
  RHEO_P_LESSON_OPTIMISER (Bptt, optimiser),
  RHEO_P_LESSON_SURROGATE (Bptt, lesson),
  RHEO_P_LESSON_PENALTY (Bptt, lesson),
  RHEO_P_BLOCK (Bptt, lesson.regular, RheoRegular, "regularisation", rheo_regular_rows, .label = N_ ("Regularisation"),
                .words = N_ ("regularization, regularizer"), .needs = RHEO_RATES),
  RHEO_P_BLOCK (Bptt, lesson.dropout, RheoDropout, "dropout", rheo_dropout_rows, .label = N_ ("Drop-out"),
                .words = N_ ("dropout"), .flags = RHEO_ADVANCED, .needs = RHEO_RATES),
  RHEO_P_BOOL (Bptt, lesson.task_safe, "task-safe", .label = N_ ("Task first"),
               .help = N_ ("Penalties and regularisation give up what of their gradient is against that of the task. "
                           "Training then takes twice as long."),
               .flags = RHEO_ADVANCED | RHEO_LIVE),
  RHEO_P_LESSON_NOISE (Bptt, lesson),
  RHEO_P_BOOL (Bptt, lesson.annealing, "noise-annealing", .label = N_ ("Noise grows"),
               .help = N_ ("The noise of the training comes in slowly: it has half its size after a third of the run."),
               .flags = RHEO_ADVANCED | RHEO_LIVE),
  RHEO_P_INT (Bptt, lesson.window, "window", .label = N_ ("Truncation window"), .unit = N_ ("steps"),
              .help = N_ ("The gradient goes back so many steps at most; 0: to the start of the trial."),
              .words = N_ ("truncated backpropagation through time"), .max = 1e6, .soft_max = 500),
  RHEO_P_LESSON_FROZEN (Bptt, lesson),
  RHEO_P_LESSON_STOP (Bptt, stop),
  RHEO_P_LESSON_TARGET (Bptt, lesson),
  RHEO_P_LESSON_ACTIVITY (Bptt, lesson),
  RHEO_P_END,
};

static bool
bptt_on_card (const void *config)
{
  return ((const Bptt *) config)->lesson.dropout.kind == 0;
}

static gboolean
bptt_setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  rule->priv = rheo_lesson_new (rule, &((const Bptt *) rule->config)->lesson, error);
  return rule->priv != NULL;
}

static gboolean
bptt_gradient (RheoRule *rule, const RheoBatch *batch, RheoGrad *out, RheoMetrics *m)
{
  return rheo_lesson_gradient (rule->priv, batch, out, m);
}

static gboolean
bptt_evaluate (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m)
{
  return rheo_lesson_evaluate (rule->priv, batch, m);
}

static void
bptt_record (RheoRule *rule, const RheoBatch *batch, RheoTable *table)
{
  rheo_lesson_record (rule->priv, batch, table);
}

static void
bptt_release (RheoRule *rule)
{
  rheo_lesson_free (rule->priv);
}

static void
bptt_resolve (void *config, const RheoShape *shape)
{
  rheo_loss_resolve (&((Bptt *) config)->lesson.loss, shape);
}

static const RheoOptimiser *
bptt_optimiser (const void *config)
{
  return &((const Bptt *) config)->optimiser;
}

static const RheoStopRows *
bptt_early_stop (const void *config)
{
  return &((const Bptt *) config)->stop;
}

#define RATES                                                                                                          \
  "\"loss\": {\"kind\": \"mse\", \"outputs\": \"mean\"}, \"window\": 0, \"noise-annealing\": false, "                  \
  "\"dropout\": {\"kind\": \"none\"}"
#define ADAM "\"kind\": \"adam\", \"beta1\": 0.9, \"beta2\": 0.999, \"eps\": 1e-8, \"schedule\": {\"kind\": \"none\"}"
#define NO_OTHERS                                                                                                      \
  "\"power\": 2, \"cap-in\": 0, \"cap-recurrent\": 0, \"cap-out\": 0, \"output-variability\": 0, "                     \
  "\"rate-inequality\": 0, \"input-inequality\": 0, \"steady-input\": 0, \"clustering\": 0, \"tail-energy\": 0"

static const RheoPreset bptt_presets[] = {
  { "upstream", N_ ("As published: Adam 0.005, arctan surrogate"),
    "{\"loss\": {\"kind\": \"mse\"}, \"optimiser\": {\"kind\": \"adam\", \"lr\": 0.005, \"beta1\": 0.9, "
    "\"beta2\": 0.999, \"eps\": 1e-8, \"clip\": 0, \"schedule\": {\"kind\": \"none\"}}, "
    "\"surrogate\": {\"kind\": \"arctan\", \"alpha\": 2}, \"penalty\": {\"rate\": 0, \"lower\": 0, \"upper\": 0}, "
    "\"window\": 0, \"activity\": {\"window\": 10, \"lag\": 1, \"branching\": \"truncated\"}}" },
  { "clean", N_ ("Adam 0.002, fast sigmoid"),
    "{\"loss\": {\"kind\": \"auto\"}, \"optimiser\": {\"kind\": \"adam\", \"lr\": 0.002}, "
    "\"surrogate\": {\"kind\": \"fast-sigmoid\", \"slope\": 10}, \"window\": 0}" },
  /* The generations of the program for rate networks; learning rates of the classic one are those of each experiment. */
  { "classic", N_ ("Rates, classic"),
    "{" RATES ", \"optimiser\": {" ADAM ", \"lr\": 0.02, \"weight-decay\": 5e-6, \"clip\": 0}, "
    "\"regularisation\": {" NO_OTHERS ", \"orthogonality\": 0.3, \"orthogonality-of\": \"inputs-outputs\", "
    "\"orthogonality-as\": \"sum\", \"rate\": 0.3, \"recurrent-sparsity\": 0, \"rate-magnitude\": 0}, "
    "\"task-safe\": false}" },
  { "middle", N_ ("Rates, middle"),
    "{" RATES ", \"optimiser\": {" ADAM ", \"lr\": 0.005, \"weight-decay\": 5e-6, \"clip\": 0}, "
    "\"regularisation\": {" NO_OTHERS ", \"orthogonality\": 0.3, \"orthogonality-of\": \"inputs\", "
    "\"orthogonality-as\": \"sum\", \"rate\": 0, \"recurrent-sparsity\": 0, \"rate-magnitude\": 0}, "
    "\"task-safe\": false}" },
  { "newest", N_ ("Rates, newest"),
    "{" RATES ", \"optimiser\": {" ADAM ", \"lr\": 0.001, \"weight-decay\": 1e-6, \"clip\": 50}, "
    "\"regularisation\": {" NO_OTHERS ", \"orthogonality\": 0, \"orthogonality-of\": \"inputs\", "
    "\"orthogonality-as\": \"mean\", \"rate\": 0, \"recurrent-sparsity\": 0.05, \"recurrent-inputs\": 20, "
    "\"rate-magnitude\": 0.2, \"rate-cap\": 0.3, \"rate-power\": 3}, \"task-safe\": true}" },
  { NULL },
};

const RheoRuleType rheo_rule_bptt = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "bptt",
            .title = N_ ("Backpropagation through time"),
            .summary =
                N_ ("Gradient descent on the loss, back through the steps of each trial; where units spike, a smooth "
                    "derivative stands in for that of the spike."),
            .cite = "Werbos 1990; for spikes: Neftci, Mostafa & Zenke 2019",
            .config_size = sizeof (Bptt),
            .params = bptt_params,
            .presets = bptt_presets,
            .series = rheo_lesson_series,
            .gives = RHEO_GRADIENT,
            .needs = RHEO_TRIALS | RHEO_ADJOINT },
  .unit = N_ ("batch"),
  .resolve = bptt_resolve,
  .setup = bptt_setup,
  .gradient = bptt_gradient,
  .on_card = bptt_on_card,
  .evaluate = bptt_evaluate,
  .optimiser = bptt_optimiser,
  .early_stop = bptt_early_stop,
  .flows = true,
  .record = bptt_record,
  .release = bptt_release,
};
