#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "trainer-private.h"

/* What the trainer measures itself, whatever the rule. */
static const RheoSeries baseline_series = { .key = "baseline",
                                            .label = N_ ("Constant prediction"),
                                            .help = N_ ("Loss of the best answer that never changes."),
                                            .unit = "",
                                            .axes = "",
                                            .flags = RHEO_SERIES_LOWER_IS_BETTER };
static const RheoSeries lr_series = { .key = "lr",
                                      .label = N_ ("Learning rate"),
                                      .help = N_ ("With the schedule."),
                                      .unit = "",
                                      .axes = "",
                                      .flags = RHEO_SERIES_LOG };
static const RheoSeries norm_series = { .key = "grad-norm",
                                        .label = N_ ("Gradient norm"),
                                        .help = N_ ("Euclidean norm, before clipping."),
                                        .unit = "",
                                        .axes = "",
                                        .flags = RHEO_SERIES_LOG };
static const RheoSeries speed_series = { .key = "trials-per-second",
                                         .label = N_ ("Speed"),
                                         .help = N_ ("Training trials per second of wall time."),
                                         .unit = N_ ("trials/s"),
                                         .axes = "" };
static const RheoSeries kept_series[] = {
  { .key = "sparsity",
    .label = N_ ("Sparsity"),
    .help = N_ ("Fraction of the weights that are 0."),
    .unit = "",
    .axes = "",
    .hi = 1 },
  { .key = "false-neg",
    .label = N_ ("Negative weights of excitatory units"),
    .help = N_ ("That the update made and the constraint set to 0, per update."),
    .unit = "",
    .axes = "" },
  { .key = "false-pos",
    .label = N_ ("Positive weights of inhibitory units"),
    .help = N_ ("That the update made and the constraint set to 0, per update."),
    .unit = "",
    .axes = "" },
};

static const RheoSeries score_series = { .key = "score",
                                         .label = N_ ("Score"),
                                         .help = N_ ("Mean over the trials of what the task's own function gives."),
                                         .unit = "",
                                         .axes = "",
                                         .flags = RHEO_SERIES_SHOW };

static const RheoSeries right_series[] = {
  { .key = "train-accuracy",
    .label = N_ ("Training accuracy"),
    .help = N_ ("Fraction of the training trials of the epoch that were told rightly, while they were learned."),
    .unit = "",
    .axes = "",
    .hi = 1 },
  { .key = "test-accuracy",
    .label = N_ ("Test accuracy"),
    .help = N_ ("Fraction of the test trials that are told rightly."),
    .unit = "",
    .axes = "",
    .hi = 1 },
};

static gboolean
is_kept (const RheoProj *proj)
{
  return proj->keep.mask != NULL || proj->keep.sign != NULL;
}

void
rheo_trainer_declare_score (const RheoTrainer *trainer, RheoSet set, RheoMetrics *m)
{
  if (trainer->shape.scored)
    rheo_metrics_declare (m, rheo_set_prefix (set),
                          trainer->task->judged != NULL ? trainer->task->judged : &score_series, NULL);
}

void
rheo_trainer_declare_metrics (RheoTrainer *trainer)
{
  const RheoPlan *plan = rheo_net_get_plan (trainer->net);
  RheoMetrics *m = trainer->metrics;

  if (trainer->rule.type->evaluate != NULL)
    rheo_trainer_declare_score (trainer, RHEO_SET_VALID, m);
  for (gsize k = 0; k < G_N_ELEMENTS (right_series) && rheo_trainer_tests (trainer); k++)
    rheo_metrics_declare (m, NULL, &right_series[k], NULL);
  if (trainer->run->validate > 0)
    rheo_trainer_declare_measures (trainer, RHEO_SET_VALID, m);
  if (!isnan (trainer->baseline))
    rheo_metrics_declare (m, "task", trainer->task->reference != NULL ? trainer->task->reference : &baseline_series,
                          NULL);
  if (trainer->updater != NULL)
    {
      for (int i = 0; i < plan->n_projs; i++)
        {
          if (plan->proj[i].flags & RHEO_PROJ_TRAIN)
            rheo_metrics_declare (m, plan->proj[i].name, &norm_series, NULL);
          for (gsize k = 0; k < G_N_ELEMENTS (kept_series) && is_kept (&plan->proj[i]); k++)
            rheo_metrics_declare (m, plan->proj[i].name, &kept_series[k], NULL);
        }
      rheo_metrics_declare (m, "rule", &norm_series, NULL);
      rheo_metrics_declare (m, "rule", &lr_series, NULL);
    }
  rheo_metrics_declare (m, "run", &speed_series, NULL);
}

gboolean
rheo_trainer_tests (const RheoTrainer *trainer)
{
  return trainer->shape.n_test > 0 && trainer->shape.n_classes > 0 && trainer->run->validate > 0
         && trainer->rule.type->evaluate != NULL;
}

void
rheo_trainer_add_accuracy (RheoTrainer *trainer, const RheoMetrics *from, RheoSet set)
{
  const RheoSeries *to = &right_series[set == RHEO_SET_TRAIN ? 0 : 1];
  g_autofree char *name = g_strconcat (rheo_set_prefix (set), ".accuracy", NULL);
  const int i = rheo_metrics_find (from, name);
  const double value = i >= 0 ? rheo_metrics_get (from, i) : NAN;

  if (isfinite (value))
    rheo_metrics_add (trainer->metrics, to->key, value, 1);
}

gboolean
rheo_trainer_tells (const RheoTrainer *trainer)
{
  return trainer->shape.n_classes > 0 && trainer->run->validate > 0 && trainer->rule.type->flows;
}

RheoSet
rheo_trainer_get_told_set (const RheoTrainer *trainer)
{
  return rheo_trainer_tests (trainer) && !trainer->shape.valid_is_test ? RHEO_SET_TEST : RHEO_SET_VALID;
}

void
rheo_trainer_add_told (const RheoTrainer *trainer, RheoTable *table)
{
  const char *const *names = trainer->shape.labels;

  if (names != NULL && (int) g_strv_length ((char **) names) != trainer->shape.n_classes)
    names = NULL;
  if (trainer->told != NULL)
    rheo_told_add_columns (trainer->told, names, rheo_net_get_plan (trainer->net), table);
}

void
rheo_trainer_add_update (RheoTrainer *trainer, const RheoUpdate *update, double weight)
{
  const RheoPlan *plan = rheo_net_get_plan (trainer->net);
  RheoMetrics *m = trainer->of_batch;

  for (int k = 0; k < rheo_net_get_n_trainables (trainer->net); k++)
    {
      const RheoTrainable *trainable = rheo_net_get_trainable (trainer->net, k);
      if (trainable->proj != NULL && trainable->value == trainable->proj->weight)
        rheo_metrics_add_key (m, trainable->proj->name, "grad-norm", update->norms[k], weight);
    }
  for (int i = 0; i < plan->n_projs; i++)
    if (is_kept (&plan->proj[i]))
      {
        const RheoKept *kept = &update->kept[i];
        rheo_metrics_add_key (m, plan->proj[i].name, "sparsity", (double) kept->n_zero / kept->n_weights, weight);
        rheo_metrics_add_key (m, plan->proj[i].name, "false-neg", kept->false_neg, weight);
        rheo_metrics_add_key (m, plan->proj[i].name, "false-pos", kept->false_pos, weight);
      }
  rheo_metrics_add_key (m, "rule", "grad-norm", update->norm, weight);
  rheo_metrics_add_key (m, "rule", "lr", update->lr, weight);
}

void
rheo_trainer_add_batch (RheoTrainer *trainer, double weight, double seconds)
{
  double spent = MAX (seconds, 1e-9);

  if (!isnan (trainer->baseline))
    rheo_metrics_add_key (trainer->of_batch, "task", "baseline", trainer->baseline, weight);
  /* Weighted with the time, the mean is all trials over all time. */
  rheo_metrics_add_key (trainer->of_batch, "run", "trials-per-second", weight / spent, spent);
}

/* The name without what comes before its key. */
static const char *
bare (const char *name)
{
  const char *dot = strchr (name, '.');

  return dot != NULL ? dot + 1 : name;
}

/* TRUE when no other metric before this one has the same bare key; those of training come first. */
static gboolean
has_bare_name (const RheoMetrics *m, int i)
{
  const char *name = rheo_metrics_get_name (m, i), *key = bare (name);
  gboolean train = g_str_has_prefix (name, "train.");

  for (int k = 0; k < rheo_metrics_get_n (m); k++)
    {
      const char *other = rheo_metrics_get_name (m, k);
      if (k != i && strcmp (bare (other), key) == 0 && (!train || g_str_has_prefix (other, "train.")))
        return FALSE;
    }
  return TRUE;
}

RheoTable *
rheo_trainer_dup_last_metrics (const RheoTrainer *trainer)
{
  RheoTable *table = rheo_table_new (N_ ("Metrics"));
  const RheoMetrics *m = trainer->metrics;

  for (int train = 1; train >= 0; train--)
    for (int i = 0; i < rheo_metrics_get_n (m); i++)
      {
        const char *name = rheo_metrics_get_name (m, i);
        const RheoSeries *series = rheo_metrics_get_series (m, i);
        RheoColumn *column;

        if (g_str_has_prefix (name, "train.") != train)
          continue;
        column = rheo_table_add_copy (table, has_bare_name (m, i) ? bare (name) : name, series->label, series->unit, "",
                                      RHEO_F64, NULL, &trainer->last[i]);
        column->lo = series->lo;
        column->hi = series->hi;
        column->flags = series->flags;
        if (strcmp (column->key, name) != 0)
          rheo_table_set_note (table, column->key, name);
      }
  return table;
}
