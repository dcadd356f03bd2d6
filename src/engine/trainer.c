#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "trainer-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <time.h>

#include "kernels.h"
#include "ranks.h"

#define DIVERGED_ABOVE 1e6 /* times the loss of the first batch */

const char *
rheo_stop_name (RheoStop stop)
{
  static const char *const names[] = { "none", "budget", "solved", "diverged", "user", "patience" };

  g_return_val_if_fail ((gsize) stop < G_N_ELEMENTS (names), NULL);
  return names[stop];
}

double
rheo_trainer_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

/* --- making one --------------------------------------------------------------------------------------------------- */
static gboolean
make_task (RheoTrainer *trainer, GError **error)
{
  const void *config = rheo_experiment_get_values (trainer->experiment, RHEO_SLOT_TASK);
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (trainer->experiment, RHEO_SLOT_TASK);

  if (task->open != NULL && !task->open (config, (uint64_t) trainer->run->seed, &trainer->task_data, error))
    return FALSE;
  trainer->task = task;
  task->shape (config, trainer->task_data, &trainer->shape);
  if (task->labels != NULL)
    trainer->shape.labels = task->labels (config, TRUE);
  trainer->baseline = task->baseline != NULL ? task->baseline (config, trainer->task_data, NULL) : NAN;
  trainer->feed = rheo_feed_new (task, config, trainer->task_data, &trainer->shape, trainer->run->batch,
                                 (uint64_t) trainer->run->seed, error);
  return trainer->feed != NULL;
}

static gboolean
make_net (RheoTrainer *trainer, GError **error)
{
  const RheoModel *model = (const RheoModel *) rheo_experiment_get_component (trainer->experiment, RHEO_SLOT_MODEL);
  RheoRunRows *run = trainer->run;
  RheoNetSize size = { rheo_feed_get_n_rows (trainer->feed), run->lane_rows, run->memory };
  RheoShape shape = trainer->shape;
  int n_probe = MIN (run->n_probe, run->batch);

  shape.n_steps = rheo_feed_get_n_steps (trainer->feed);
  trainer->net = rheo_net_new (model, rheo_experiment_get_values (trainer->experiment, RHEO_SLOT_MODEL), &shape,
                               trainer->device, &size, (uint64_t) run->seed, error);
  if (trainer->net == NULL)
    return FALSE;

  int n_lanes = rheo_net_get_n_lanes (trainer->net), wave = rheo_net_get_wave (trainer->net);
  if (trainer->shape.swapped && wave < n_lanes)
    {
      double need = (double) rheo_net_get_facts (trainer->net).tape / wave * n_lanes / 1e6;
      return rheo_fail (error, RHEO_ERROR_INVALID,
                        _ ("run.memory is %d MB, but with samples as time the whole batch must fit into it: at least "
                           "%.0f MB are needed."),
                        run->memory, ceil (need) + 1);
    }
  /* The probe is looked at as a whole, so it must fit into one wave. */
  if (!trainer->shape.swapped)
    {
      const RheoLane *lane = rheo_net_get_lane (trainer->net, wave - 1);
      n_probe = MIN (n_probe, lane->row0 + lane->n_rows);
    }
  if (trainer->shape.n_valid > 0)
    n_probe = MIN (n_probe, trainer->shape.n_valid);
  run->n_probe = n_probe;
  run->lane_rows = rheo_net_get_lane (trainer->net, 0)->n_rows;
  return TRUE;
}

static gboolean
gives_scores (const RheoTrainer *trainer)
{
  return trainer->shape.scored && trainer->task->judged == NULL;
}

gboolean
rheo_trainer_init_plasticity (RheoTrainer *trainer, RheoNet *net, RheoRule *rule, GError **error)
{
  const RheoRuleType *type =
      (const RheoRuleType *) rheo_experiment_get_component (trainer->experiment, RHEO_SLOT_PLASTICITY);

  *rule = (RheoRule){ .type = type };
  if (type == NULL)
    return TRUE;
  *rule = (RheoRule){ .type = type,
                      .config = rheo_experiment_get_values (trainer->experiment, RHEO_SLOT_PLASTICITY),
                      .net = net,
                      .trainer = trainer,
                      .shape = trainer->shape,
                      .seed = (uint64_t) trainer->run->seed,
                      .beside = TRUE };
  return type->setup (rule, trainer, error);
}

void
rheo_trainer_release_plasticity (RheoRule *rule)
{
  if (rule->type != NULL)
    rule->type->release (rule);
}

static gboolean
make_rule (RheoTrainer *trainer, GError **error)
{
  const RheoRuleType *type = (const RheoRuleType *) rheo_experiment_get_component (trainer->experiment, RHEO_SLOT_RULE);
  void *config = rheo_experiment_get_values (trainer->experiment, RHEO_SLOT_RULE);

  if (rheo_ranks_get_n () > 1 && !type->shares)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("%s runs in one process, but %d were started together."),
                      _ (type->base.title), rheo_ranks_get_n ());
  if (type->resolve != NULL)
    type->resolve (config, &trainer->shape);
  trainer->metrics = rheo_metrics_new ();
  trainer->rule = (RheoRule){ .type = type,
                              .config = config,
                              .net = trainer->net,
                              .trainer = trainer,
                              .shape = trainer->shape,
                              .metrics = trainer->metrics,
                              .plasticity = trainer->plasticity.type != NULL ? &trainer->plasticity : NULL,
                              .seed = (uint64_t) trainer->run->seed };
  if (type->setup != NULL && !type->setup (&trainer->rule, trainer, error))
    return FALSE;
  if (type->early_stop != NULL && type->early_stop (config)->target_score != 0
      && (!gives_scores (trainer) || trainer->run->validate == 0))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      gives_scores (trainer)
                          ? _ ("rule.stop.target-score is for scores of validations, but run.validate "
                               "is 0: there are none.")
                          : _ ("rule.stop.target-score is set, but the task gives no scores; a script "
                               "needs a function score."));
  trainer->rule.drives = type->iterate != NULL && (type->gradient == NULL || trainer->rule.drives);
  g_return_val_if_fail (trainer->rule.drives || (type->gradient != NULL && type->optimiser != NULL), FALSE);
  if (type->optimiser != NULL)
    {
      trainer->updater =
          rheo_updater_new (trainer->net, type->optimiser (config), "optimiser", (uint64_t) trainer->run->seed, error);
      if (trainer->updater == NULL)
        return FALSE;
    }
  if (!trainer->rule.drives)
    trainer->grad = rheo_net_new_grad (trainer->net);
  if (trainer->grad != NULL)
    trainer->grad->may_stay = true;
  return TRUE;
}

/* TRUE: the rule of the slot wants one long run. */
static gboolean
goes_on (const RheoTrainer *trainer, RheoSlot slot)
{
  const RheoRuleType *type = (const RheoRuleType *) rheo_experiment_get_component (trainer->experiment, slot);

  return type != NULL && type->goes_on;
}

static gboolean
check_keep (const RheoTrainer *trainer, GError **error)
{
  const RheoPlan *plan = rheo_net_get_plan (trainer->net);

  for (int i = 0; i < plan->n_projs; i++)
    if (trainer->run->keep == RHEO_KEEP_BEST && (plan->proj[i].flags & RHEO_PROJ_PLASTIC))
      return rheo_fail (error, RHEO_ERROR_INVALID,
                        _ ("run.keep = best is not for a network whose synapses come and go; use last."));
  return TRUE;
}

RheoTrainer *
rheo_trainer_new (const RheoExperiment *experiment, GError **error)
{
  g_autoptr (RheoTrainer) trainer = g_new0 (RheoTrainer, 1);
  int n;

  trainer->experiment = rheo_experiment_dup (experiment);
  trainer->run = rheo_experiment_get_run (trainer->experiment);
  trainer->first_loss = NAN;
  trainer->new_at = -1;
  trainer->acts_text = g_strdup ("[]");
  rheo_stop_begin (&trainer->stop);
  if (!rheo_experiment_check (trainer->experiment, error))
    return NULL;
  if (goes_on (trainer, RHEO_SLOT_RULE) || goes_on (trainer, RHEO_SLOT_PLASTICITY))
    trainer->run->batch = 1;
  if (!make_task (trainer, error) || !rheo_trainer_make_device (trainer, error) || !make_net (trainer, error)
      || !rheo_trainer_make_compare (trainer, error)
      || !rheo_trainer_init_plasticity (trainer, trainer->net, &trainer->plasticity, error)
      || !make_rule (trainer, error) || !check_keep (trainer, error))
    return NULL;
  if (trainer->rule.type->goes_on)
    trainer->past = rheo_past_new (trainer->net);
  if (trainer->rule.type->steps != NULL)
    trainer->rule.steps = g_array_new (FALSE, FALSE, sizeof (double));
  rheo_trainer_make_film (trainer);
  if (trainer->run->keep == RHEO_KEEP_BEST)
    rheo_trainer_add_best (trainer);
  rheo_trainer_declare_metrics (trainer);
  rheo_trainer_declare_compare (trainer);

  trainer->of_batch = rheo_metrics_dup_declared (trainer->metrics);
  n = rheo_metrics_get_n (trainer->metrics);
  if (rheo_trainer_tells (trainer))
    trainer->told = rheo_told_new (trainer->shape.n_classes, rheo_net_get_plan (trainer->net));
  trainer->last = g_new (double, n);
  trainer->row = g_new0 (double, n);
  trainer->logged = g_array_new (FALSE, FALSE, sizeof (int));
  for (int i = 0; i < n; i++)
    {
      const char *name = rheo_metrics_get_name (trainer->metrics, i);
      trainer->last[i] = NAN;
      if (!g_str_has_prefix (name, "valid.") && !g_str_has_prefix (name, "run.") && !g_str_has_prefix (name, "task."))
        g_array_append_val (trainer->logged, i);
    }
  return g_steal_pointer (&trainer);
}

void
rheo_trainer_free (RheoTrainer *trainer)
{
  if (trainer == NULL)
    return;
  if (trainer->store != NULL)
    {
      /* Given up without close_run: the parts stay, as after a crash. */
      g_autoptr (GError) error = NULL;
      if (!rheo_store_close (trainer->store, NULL, &error))
        g_warning ("%s", error->message);
    }
  rheo_trainer_let_go (trainer);
  rheo_told_free (trainer->told);
  rheo_past_free (trainer->past);
  g_clear_pointer (&trainer->rule.steps, g_array_unref);
  g_clear_pointer (&trainer->played, g_byte_array_unref);
  rheo_film_free (trainer->film);
  rheo_batch_free (trainer->probe);
  rheo_play_free_batch (trainer->lived);
  rheo_trainer_free_compare (trainer->compare);
  if (trainer->rule.type != NULL && trainer->rule.type->release != NULL)
    trainer->rule.type->release (&trainer->rule);
  rheo_trainer_release_plasticity (&trainer->plasticity);
  g_clear_pointer (&trainer->updater, rheo_updater_free);
  g_clear_pointer (&trainer->grad, rheo_grad_free);
  g_clear_pointer (&trainer->feed, rheo_feed_free);
  g_clear_pointer (&trainer->net, rheo_net_free);
  g_clear_pointer (&trainer->device, rheo_device_free);
  if (trainer->task != NULL && trainer->task->close != NULL)
    trainer->task->close (trainer->task_data);
  rheo_metrics_free (trainer->metrics);
  rheo_metrics_free (trainer->of_batch);
  g_clear_pointer (&trainer->logged, g_array_unref);
  g_free (trainer->last);
  g_free (trainer->row);
  for (int i = 0; i < trainer->n_acts; i++)
    g_free ((int32_t *) trainer->acts[i].units);
  g_free (trainer->acts);
  g_free (trainer->acts_text);
  g_free (trainer->why_diverged);
  g_free (trainer->why_diverged_plain);
  rheo_experiment_free (trainer->experiment);
  g_free (trainer);
}

/* --- one batch ------------------------------------------------------------------------------------------------------ */
static double
of_batch (const RheoTrainer *trainer, const char *name)
{
  int i = rheo_metrics_find (trainer->of_batch, name);

  return i >= 0 ? rheo_metrics_get (trainer->of_batch, i) : NAN;
}

/* why: in English. */
static gboolean
diverge (RheoTrainer *trainer, const char *why)
{
  const int64_t batch = trainer->place.batch + 1;

  g_free (trainer->why_diverged);
  g_free (trainer->why_diverged_plain);
  /* Translators: the window shows what stands behind the colon and blank as a sentence of its own. */
  trainer->why_diverged = g_strdup_printf (_ ("Batch %" PRId64 ": %s"), batch, _ (why));
  trainer->why_diverged_plain = g_strdup_printf ("Batch %" PRId64 ": %s", batch, why);
  return FALSE;
}

/* What the rule makes small: its loss, or where it has none the mean squared error. */
static const char *
loss_key (const RheoMetrics *m)
{
  return rheo_metrics_find (m, "train.loss") >= 0 ? "loss" : "mse";
}

gboolean
rheo_trainer_update (RheoTrainer *trainer, RheoGrad *grad)
{
  rheo_updater_step (trainer->updater, trainer->rule.type->optimiser (trainer->rule.config), grad,
                     trainer->place.iteration, &trainer->facts);
  return trainer->facts.finite;
}

/* FALSE: the loss or the gradient has left all bounds; nothing was changed then. */
static gboolean
update (RheoTrainer *trainer, double weight)
{
  const RheoRuleType *type = trainer->rule.type;
  g_autofree char *name = g_strconcat ("train.", loss_key (trainer->of_batch), NULL);
  double loss = of_batch (trainer, name);
  int i_loss = rheo_metrics_find (trainer->of_batch, name);

  if (i_loss >= 0 && !isfinite (loss))
    return diverge (trainer, N_ ("the loss is not a finite number."));
  if (i_loss >= 0 && isnan (trainer->first_loss))
    trainer->first_loss = fabs (loss);
  if (i_loss >= 0 && trainer->first_loss > 0 && fabs (loss) > DIVERGED_ABOVE * trainer->first_loss)
    return diverge (trainer, N_ ("the loss is more than a million times that of the first batch."));
  if (trainer->updater == NULL)
    return TRUE;
  if (trainer->grad != NULL && !rheo_trainer_update (trainer, trainer->grad))
    return diverge (trainer, N_ ("the gradient is not finite."));
  if (trainer->grad != NULL && type->updated != NULL)
    type->updated (&trainer->rule, &trainer->facts);
  rheo_trainer_add_update (trainer, &trainer->facts, weight);
  trainer->has_grad = trainer->grad != NULL;
  return TRUE;
}

/* *stopped: interrupted, and nothing was changed. */
static gboolean
train_batch (RheoTrainer *trainer, gboolean *stopped, RheoStop *stop, GError **error)
{
  const RheoRuleType *type = trainer->rule.type;
  const RheoBatch *batch;
  double began = rheo_trainer_now (), weight;
  gboolean done;

  rheo_trainer_let_go (trainer);
  batch = rheo_feed_take (trainer->feed, trainer->place.batch, error);
  if (batch == NULL)
    return FALSE;
  weight = batch->swapped ? batch->n_steps : batch->n_rows;
  if (!rheo_trainer_begin_compare (trainer, batch))
    done = FALSE;
  else if (trainer->rule.drives)
    {
      g_autoptr (GError) local = NULL;
      trainer->rule.batch = batch;
      done = type->iterate (&trainer->rule, trainer->of_batch, &local);
      trainer->rule.batch = NULL;
      if (trainer->rule.n_lived > 0)
        weight = trainer->rule.n_lived;
      if (local != NULL)
        {
          rheo_feed_give (trainer->feed, batch);
          rheo_metrics_clear (trainer->of_batch);
          if (g_error_matches (local, RHEO_ERROR, RHEO_ERROR_CANCELLED))
            {
              *stop = RHEO_STOP_USER; /* of another rank */
              return TRUE;
            }
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  else
    {
      trainer->has_grad = FALSE;
      rheo_grad_clear (trainer->grad, trainer->net);
      done = type->gradient (&trainer->rule, batch, trainer->grad, trainer->of_batch);
    }
  if (done && type->goes_on)
    {
      trainer->held = batch;
      if (!rheo_trainer_shows_past (trainer))
        rheo_past_take (trainer->past, batch, 0, batch->n_steps);
    }
  else
    rheo_feed_give (trainer->feed, batch);
  if (!done)
    {
      rheo_metrics_clear (trainer->of_batch);
      *stopped = TRUE;
      return rheo_trainer_check_device (trainer, error);
    }
  done = update (trainer, weight);
  if (!rheo_trainer_check_device (trainer, error))
    return FALSE;
  if (!done)
    {
      rheo_metrics_clear (trainer->of_batch);
      *stop = RHEO_STOP_DIVERGED;
      return TRUE;
    }
  rheo_trainer_end_compare (trainer, weight);
  rheo_trainer_add_batch (trainer, weight, rheo_trainer_now () - began);

  trainer->place.batch++;
  if (trainer->store != NULL && !rheo_trainer_write_batch (trainer, error))
    return FALSE;
  if (trainer->rule.steps != NULL)
    g_array_set_size (trainer->rule.steps, 0);
  rheo_metrics_take (trainer->metrics, trainer->of_batch);
  return TRUE;
}

/* --- one iteration -------------------------------------------------------------------------------------------------- */
gboolean
rheo_trainer_is_finite (const RheoTrainer *trainer)
{
  for (int k = 0; k < rheo_net_get_n_trainables (trainer->net); k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (trainer->net, k);

      if (!isfinite (rheo_kernels_fast.sum_squares (t->n_rows, t->stride, t->width, t->value)))
        return FALSE;
    }
  return TRUE;
}

/* What the task itself says of the outputs of a batch. FALSE without an error: interrupted. */
static gboolean
judge_outputs (RheoTrainer *trainer, const RheoBatch *batch, int n, RheoMetrics *m, GError **error)
{
  g_autofree double *scores = g_new (double, n);
  char name[32];

  if (!rheo_feed_score (trainer->feed, batch, trainer->rule.output, trainer->rule.stop, trainer->rule.stop_data, scores,
                        error))
    return FALSE;
  rheo_trainer_declare_score (trainer, batch->set, m);
  g_snprintf (name, sizeof name, "%s.%s", rheo_set_prefix (batch->set),
              trainer->task->judged != NULL ? trainer->task->judged->key : "score");
  for (int i = 0; i < n; i++)
    rheo_metrics_add (m, name, scores[i], 1);
  return TRUE;
}

/* judged: by the task too, where it does. FALSE without an error: interrupted. */
static gboolean
score (RheoTrainer *trainer, RheoSet set, uint32_t iteration, int first, int n, gboolean judged, RheoMetrics *m,
       GError **error)
{
  RheoBatch *batch = rheo_feed_new_batch (trainer->feed, set, iteration, first, n, error);
  gboolean done;

  if (batch == NULL)
    return FALSE;
  done = trainer->rule.type->evaluate (&trainer->rule, batch, m)
         && (!judged || !trainer->shape.scored || judge_outputs (trainer, batch, n, m, error));
  rheo_batch_free (batch);
  return done;
}

static gboolean
score_set (RheoTrainer *trainer, RheoSet set, int n, gboolean judged, RheoMetrics *m, GError **error)
{
  gboolean done = TRUE;

  if (trainer->told != NULL && rheo_trainer_get_told_set (trainer) == set)
    {
      rheo_told_clear (trainer->told);
      trainer->rule.told = trainer->told;
    }
  for (int first = 0; first < n && done; first += trainer->run->batch)
    done = score (trainer, set, (uint32_t) trainer->place.batch, first, MIN (trainer->run->batch, n - first), judged, m,
                  error);
  trainer->rule.told = NULL;
  return done;
}

/* The test trials, from which nothing is learned or chosen. Where the validation trials are the same, they were scored. */
static gboolean
test (RheoTrainer *trainer, GError **error)
{
  g_autoptr (RheoMetrics) m = rheo_metrics_new ();
  const gboolean own = !trainer->shape.valid_is_test;

  if (own && !score_set (trainer, RHEO_SET_TEST, trainer->shape.n_test, FALSE, m, error))
    return FALSE;
  rheo_trainer_add_accuracy (trainer, trainer->metrics, RHEO_SET_TRAIN);
  rheo_trainer_add_accuracy (trainer, own ? m : trainer->metrics, own ? RHEO_SET_TEST : RHEO_SET_VALID);
  return TRUE;
}

static gboolean
validate (RheoTrainer *trainer, GError **error)
{
  const int n = trainer->shape.n_valid > 0 ? trainer->shape.n_valid : trainer->run->batch;

  if (trainer->rule.type->evaluate != NULL && !score_set (trainer, RHEO_SET_VALID, n, TRUE, trainer->metrics, error))
    return FALSE;
  if (rheo_trainer_tests (trainer) && !test (trainer, error))
    return FALSE;
  return rheo_trainer_play_set (trainer, RHEO_SET_VALID, 0, trainer->shape.n_episodes, trainer->metrics, NULL);
}

static double
of_iteration (const RheoTrainer *trainer, const char *prefix, const char *key)
{
  char name[64];
  int i;

  g_snprintf (name, sizeof name, "%s.%s", prefix, key);
  i = rheo_metrics_find (trainer->metrics, name);
  return i >= 0 ? rheo_metrics_get (trainer->metrics, i) : NAN;
}

static void
judge (RheoTrainer *trainer, RheoStop *stop)
{
  static const RheoStopRows none;
  const RheoRuleType *type = trainer->rule.type;
  const RheoStopRows *rows = type->early_stop != NULL ? type->early_stop (trainer->rule.config) : &none;
  gboolean validates = trainer->run->validate > 0 && type->evaluate != NULL, better, solved = FALSE;
  const char *watched = rows->watch == 2 || (rows->watch == 0 && validates) ? "valid" : "train";
  RheoStopMeasures measures = { .loss = of_iteration (trainer, watched, loss_key (trainer->metrics)),
                                .accuracy = of_iteration (trainer, watched, "accuracy"),
                                .r2 = of_iteration (trainer, watched, "r2"),
                                .score = of_iteration (trainer, "valid", "score") };

  if (type->aim != NULL)
    measures.loss = type->aim (&trainer->rule, &solved);
  if (solved)
    *stop = RHEO_STOP_SOLVED;
  if (isnan (measures.loss))
    return;
  switch (rheo_stop_judge (rows, &trainer->stop, trainer->place.iteration, &measures, &better))
    {
    case RHEO_VERDICT_SOLVED:
      *stop = RHEO_STOP_SOLVED;
      break;
    case RHEO_VERDICT_NO_BETTER:
      *stop = RHEO_STOP_PATIENCE;
      break;
    case RHEO_VERDICT_GO_ON:
      break;
    }
  if (better && trainer->run->keep == RHEO_KEEP_BEST)
    {
      rheo_trainer_keep_best (trainer);
      trainer->has_best = TRUE;
    }
  if (trainer->updater != NULL)
    rheo_updater_note_loss (trainer->updater, type->optimiser (trainer->rule.config), measures.loss);
}

static gboolean
end_iteration (RheoTrainer *trainer, RheoStop *stop, GError **error)
{
  int64_t iteration = trainer->place.iteration + 1;
  gboolean last = iteration >= rheo_trainer_budget_at (trainer, iteration);
  gboolean validates =
      trainer->run->validate > 0 && (trainer->rule.type->evaluate != NULL || rheo_trainer_is_played (trainer));

  if (!rheo_trainer_is_finite (trainer))
    {
      diverge (trainer, N_ ("a weight is not a finite number."));
      *stop = RHEO_STOP_DIVERGED;
      return TRUE;
    }
  if (validates && (last || iteration % trainer->run->validate == 0))
    {
      g_autoptr (GError) local = NULL;
      g_autofree double *means = g_new (double, 2 * rheo_metrics_get_n (trainer->metrics));
      rheo_metrics_get_state (trainer->metrics, means);
      if (!validate (trainer, &local))
        {
          /* Interrupted: the next step comes back here. */
          rheo_metrics_set_state (trainer->metrics, means);
          if (local == NULL)
            return TRUE;
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  trainer->place.iteration = iteration;
  judge (trainer, stop);
  if (*stop == RHEO_STOP_NONE && last)
    *stop = RHEO_STOP_BUDGET;
  for (int i = 0; i < rheo_metrics_get_n (trainer->metrics); i++)
    trainer->last[i] = rheo_metrics_get (trainer->metrics, i);
  rheo_metrics_clear (trainer->metrics);
  return trainer->store == NULL || rheo_trainer_write_iteration (trainer, *stop != RHEO_STOP_NONE, error);
}

gboolean
rheo_trainer_step (RheoTrainer *trainer, bool (*interrupt) (void *data), void *data, RheoStop *stop, GError **error)
{
  int64_t n_batches = rheo_feed_get_n_batches (trainer->feed);
  double began = rheo_trainer_now ();
  gboolean stopped = FALSE, good = TRUE;

  *stop = RHEO_STOP_NONE;
  trainer->rule.stop = interrupt;
  trainer->rule.stop_data = data;
  trainer->rule.acts = trainer->acts;
  trainer->rule.n_acts = trainer->n_acts;
  /* After an interruption in the validation only the end of the iteration is left to do. */
  if (trainer->place.batch < (trainer->place.iteration + 1) * n_batches)
    good = train_batch (trainer, &stopped, stop, error);
  if (good && !stopped && *stop == RHEO_STOP_NONE && trainer->place.batch == (trainer->place.iteration + 1) * n_batches)
    {
      trainer->seconds += rheo_trainer_now () - began;
      began = rheo_trainer_now ();
      good = end_iteration (trainer, stop, error);
    }
  trainer->rule.stop = NULL;
  trainer->seconds += rheo_trainer_now () - began;
  return good;
}

static gboolean
evaluate (RheoTrainer *trainer, RheoSet set, int first, int n, gboolean judged, RheoMetrics *m, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (trainer->rule.type->evaluate == NULL)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("%s cannot score trials."), _ (trainer->rule.type->base.title));
  trainer->rule.acts = trainer->acts;
  trainer->rule.n_acts = trainer->n_acts;
  if (score (trainer, set, (uint32_t) trainer->place.batch, first, n, judged, m, &local))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local)); /* nothing interrupts it, so there is one */
  return FALSE;
}

gboolean
rheo_trainer_evaluate (RheoTrainer *trainer, RheoSet set, int first, int n, RheoMetrics *m, GError **error)
{
  return evaluate (trainer, set, first, n, TRUE, m, error);
}

gboolean
rheo_trainer_measure_r2 (RheoTrainer *trainer, RheoSet set, int n, gboolean noisy, double *r2, GError **error)
{
  g_autoptr (RheoMetrics) m = rheo_metrics_new ();
  const RheoNoise as_was = trainer->rule.noise;
  RheoFit fit = { 0 };
  gboolean done = TRUE;

  trainer->rule.noise = noisy ? RHEO_NOISE_ALWAYS : RHEO_NOISE_NEVER;
  for (int first = 0; first < n && done; first += trainer->run->batch)
    {
      trainer->rule.fit = (RheoFit){ 0 };
      done = evaluate (trainer, set, first, MIN (trainer->run->batch, n - first), FALSE, m, error);
      rheo_loss_fit_add (&fit, &trainer->rule.fit);
    }
  trainer->rule.noise = as_was;
  *r2 = rheo_loss_r2 (&fit);
  return done;
}

/* --- LIVE values ------------------------------------------------------------------------------------------------------ */
gboolean
rheo_trainer_apply (RheoTrainer *trainer, const char *path, const char *text, char **old, GError **error)
{
  g_autoptr (RheoExperiment) copy = rheo_experiment_dup (trainer->experiment);
  g_autofree char *before = NULL;
  const RheoParam *row = rheo_experiment_find (copy, path, NULL, error);

  if (row == NULL)
    return FALSE;
  if (!(row->flags & RHEO_LIVE))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("%s cannot be changed while the run goes on; stop it, change the value and start anew."),
                      path);
  before = rheo_experiment_dup_value (copy, path, error);
  if (before == NULL || !rheo_experiment_set (copy, path, text, error) || !rheo_experiment_check (copy, error))
    return FALSE;
  rheo_experiment_set (trainer->experiment, path, text, NULL);
  if (g_str_has_prefix (path, "model."))
    {
      rheo_net_derive (trainer->net, rheo_experiment_get_values (trainer->experiment, RHEO_SLOT_MODEL));
      rheo_trainer_derive_compare (trainer);
    }
  else if (g_str_has_prefix (path, "task."))
    {
      rheo_feed_restart (trainer->feed, rheo_experiment_get_values (trainer->experiment, RHEO_SLOT_TASK));
      g_clear_pointer (&trainer->probe, rheo_batch_free);
    }
  if (old != NULL)
    *old = g_steal_pointer (&before);
  return TRUE;
}

/* --- getters ---------------------------------------------------------------------------------------------------------- */
RheoPlace
rheo_trainer_get_place (const RheoTrainer *trainer)
{
  return trainer->place;
}

int
rheo_trainer_get_n_batches (const RheoTrainer *trainer)
{
  return rheo_feed_get_n_batches (trainer->feed);
}

const char *
rheo_trainer_get_unit (const RheoTrainer *trainer)
{
  return trainer->shape.n_trials > 0 ? N_ ("epoch") : trainer->rule.type->unit;
}

const RheoExperiment *
rheo_trainer_get_experiment (const RheoTrainer *trainer)
{
  return trainer->experiment;
}

RheoNet *
rheo_trainer_get_net (RheoTrainer *trainer)
{
  return trainer->net;
}

RheoRule *
rheo_trainer_get_rule (RheoTrainer *trainer)
{
  return &trainer->rule;
}

RheoFeed *
rheo_trainer_get_feed (RheoTrainer *trainer)
{
  return trainer->feed;
}

RheoTeam *
rheo_trainer_get_team (RheoTrainer *trainer)
{
  return trainer->device->team;
}

const RheoMetrics *
rheo_trainer_get_metrics (const RheoTrainer *trainer)
{
  return trainer->metrics;
}

const RheoGrad *
rheo_trainer_get_grad (const RheoTrainer *trainer)
{
  if (!trainer->has_grad)
    return NULL;
  rheo_net_fetch_grad (trainer->net, trainer->grad);
  return trainer->grad;
}

const char *
rheo_trainer_get_divergence (const RheoTrainer *trainer)
{
  return trainer->why_diverged;
}

double
rheo_trainer_get_seconds (const RheoTrainer *trainer)
{
  return trainer->seconds;
}
