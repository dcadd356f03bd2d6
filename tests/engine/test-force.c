/* Rules of recursive least squares at work in the trainer. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/linalg.h"
#include "engine/task.h"
#include "trainer-of.h"

static const bool is_double = sizeof (RheoReal) == sizeof (double);

/* Spikes through a leaky read-out with a start and a bias of its own; batches of several rows. */
static const char lif[] =
    "{\"format\": 1, \"task\": {\"id\": \"robot-trajectory\", \"n-trials\": 6, \"n-valid\": 2, \"n-steps\": 12},"
    " \"model\": {\"id\": \"lif\", \"layers\": [{\"units\": 30}], \"out\": {\"kind\": \"normal\", \"sd\": 1,"
    " \"bias\": \"constant\", \"bias-value\": 0.5}, \"read-out\": {\"kind\": \"leaky\", \"decay\": 0.8, \"initial\": "
    "2}},"
    " \"rule\": {\"id\": \"force\", \"rls\": {\"alpha\": 0.5}},"
    " \"run\": {\"seed\": 1, \"budget\": 4, \"batch\": 6, \"lane-rows\": 2, \"threads\": 2}}";

/* Adds what a row of the batch contributes to the normal equations of the read-out. */
static void
add_row (RheoNet *net, const RheoBatch *batch, int row, double decay, double *a, double *b, int n_out)
{
  const RheoProj *p = rheo_net_get_proj (net, rheo_net_find_proj (net, "out"));
  const int n = p->n_pre;
  g_autofree double *x = g_new0 (double, n);

  for (int t = 0; t < batch->length[row]; t++)
    {
      const RheoReal *out = rheo_tape_get_output (net, row, t);

      for (int j = 0; j < n; j++)
        x[j] = decay * x[j] + rheo_tape_get_spike (net, p->from, row, t, j);
      for (int i = 0; i < n_out; i++)
        {
          double wanted = (double) batch->target[((int64_t) row * batch->n_steps + t) * n_out + i] - (double) out[i];

          for (int j = 0; j < n; j++)
            wanted += (double) p->weight[j * p->stride + i] * x[j];
          for (int j = 0; j < n; j++)
            b[i * n + j] += x[j] * wanted;
        }
      for (int j = 0; j < n; j++)
        for (int k = 0; k < n; k++)
          a[j * n + k] += x[j] * x[k];
    }
}

/* Where nothing goes back from the read-out, one pass of FORCE is the ridge regression of all that was seen. */
static void
check_ridge (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (lif, NULL);
  RheoNet *net = rheo_trainer_get_net (trainer);
  const RheoProj *p = rheo_net_get_proj (net, rheo_net_find_proj (net, "out"));
  const int n = p->n_pre, n_out = p->n_post;
  g_autoptr (GError) error = NULL;
  RheoBatch *batch = rheo_feed_new_batch (rheo_trainer_get_feed (trainer), RHEO_SET_TRAIN, 0, 0, 6, &error);
  const RheoRollout r = rheo_rule_rollout (rheo_trainer_get_rule (trainer), batch, RHEO_ROLL_TAPE);
  g_autofree double *a = g_new0 (double, n *n), *b = g_new0 (double, n *n_out), *copy = NULL;
  double worst = 0, most = 0;

  g_assert_no_error (error);
  for (int j = 0; j < n; j++)
    {
      a[j * n + j] = 0.5;
      for (int i = 0; i < n_out; i++)
        b[i * n + j] = 0.5 * (double) p->weight[j * p->stride + i];
    }
  g_assert_true (rheo_rollout (net, &r));
  for (int row = 0; row < 6; row++)
    add_row (net, batch, row, 0.8, a, b, n_out);
  rheo_batch_free (batch);

  g_assert_cmpint (step (trainer), ==, RHEO_STOP_NONE);
  for (int i = 0; i < n_out; i++)
    {
      g_clear_pointer (&copy, g_free);
      copy = g_memdup2 (a, sizeof *a * (gsize) (n * n));
      g_assert_true (rheo_solve_positive (n, copy, 1, b + i * n));
      for (int j = 0; j < n; j++)
        {
          worst = MAX (worst, fabs (b[i * n + j] - (double) p->weight[j * p->stride + i]));
          most = MAX (most, fabs (b[i * n + j]));
        }
    }
  g_test_message ("largest difference %.2g of weights up to %.2g", worst, most);
  g_assert_cmpfloat (worst, <, (is_double ? 1e-9 : 1e-3) * most);
}

/* Without a loss the mean squared error ends a run early. */
static void
check_early_stop (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (lif, "rule.stop.target-loss=1e6");

  g_assert_cmpint (step (trainer), ==, RHEO_STOP_SOLVED);
}

/* A batch that is given up leaves nothing behind, wherever that happens. */
static void
check_interrupt (gconstpointer json)
{
  g_autoptr (RheoTrainer) straight = trainer_of (json, NULL), broken = trainer_of (json, NULL);
  g_autoptr (GError) error = NULL;
  int n_broken = 0;

  for (int i = 0; i < 3; i++)
    {
      RheoStop stop;

      step (straight);
      for (int after = 1;; after += 7)
        {
          const int64_t batch = rheo_trainer_get_place (broken).batch;
          int left = after;

          rheo_trainer_step (broken, ask, &left, &stop, &error);
          g_assert_no_error (error);
          if (rheo_trainer_get_place (broken).batch > batch)
            break;
          n_broken++;
        }
      /* What the validation has left to do. */
      while (rheo_trainer_get_place (broken).iteration < rheo_trainer_get_place (straight).iteration)
        step (broken);
    }
  g_assert_cmpint (n_broken, >, 5);
  assert_same_run (straight, broken);
}

/* --- full-FORCE and target spikes --------------------------------------------------------------------------------- */

#define RATES                                                                                                          \
  "\"model\": {\"id\": \"ctrnn\", \"units\": 40, \"equation\": \"current\", \"activation\": \"tanh\","                 \
  " \"io-non-negative\": false, \"spectral-radius\": 1.5, \"noise-rec\": 0, \"noise-in\": 0.01,"                       \
  " \"weights\": \"newest\", "
#define TASK "{\"format\": 1, \"task\": {\"id\": \"trajectory\", \"outputs\": 2, \"n-steps\": 40}, "
#define RUN "\"run\": {\"seed\": 1, \"budget\": 100, \"batch\": 3, \"lane-rows\": 2, \"threads\": 2, \"validate\": 2}}"
#define FULL_FORCE "\"rule\": {\"id\": \"full-force\", \"rls\": {\"every\": 3}}, "

static const char dense[] = TASK RATES "\"dale\": false}, " FULL_FORCE RUN;
static const char masked[] = TASK RATES "\"dale\": false, \"density\": 0.3}, " FULL_FORCE RUN;
static const char signs[] = TASK RATES "\"dale\": true, \"density\": 0.5}, " FULL_FORCE RUN;
static const char spiking[] = TASK "\"model\": {\"id\": \"cuba-lif\", \"units\": 40}, \"rule\": {\"id\": "
                                   "\"full-force\", \"target\": {\"sd\": 8}}, " RUN;
static const char spikes[] = TASK
    "\"model\": {\"id\": \"cuba-lif\", \"units\": 40}, \"rule\": {\"id\": \"ltts\", \"target\": {\"sd\": 8}}, " RUN;
#define FOLLOW "\"model\": {\"id\": \"cuba-lif\", \"units\": 40}, \"rule\": {\"id\": \"ltts\", \"units\": 12, "
static const char some[] = TASK FOLLOW "\"target\": {\"sd\": 8}}, " RUN;
static const char own[] = TASK FOLLOW "\"read-out\": \"own\", \"ridge\": 1e-6, \"target\": {\"sd\": 8}}, " RUN;
#define STEPS                                                                                                          \
  TASK FOLLOW                                                                                                          \
      "\"update\": \"step\", \"target\": {\"sd\": 8}, \"errors\": \"filtered-spikes\", \"optimiser\": {\"kind\": "     \
      "\"adam\", \"lr\": 0.01, \"schedule\": {\"kind\": \"step\", \"every\": 50, \"count-updates\": true}}, "
static const char steps[] = STEPS "\"read-out\": \"own-descent\"}, " RUN;
static const char random_steps[] = STEPS "\"feedback\": \"random\", \"rank\": 5}, " RUN;
static const char feedback[] = TASK RATES "\"dale\": false, \"feedback\": {\"kind\": \"uniform\"}}, "
                                          "\"rule\": {\"id\": \"force\", \"rls\": {\"every\": 2}}, " RUN;

static void
check_resume (gconstpointer json)
{
  g_autoptr (RheoTrainer) straight = trainer_of (json, NULL), first = trainer_of (json, NULL);
  g_autoptr (RheoTrainer) second = trainer_of (json, NULL);
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 5; i++)
    step (straight);
  for (int i = 0; i < 3; i++)
    step (first);
  table = rheo_trainer_dup_checkpoint (first);
  rheo_trainer_load_checkpoint (second, table, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 2; i++)
    step (second);
  assert_same_run (straight, second);
}

/* Weights that a mask keeps apart stay 0, signs stay, and all others learn. */
static void
check_constraints (gconstpointer json)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (json, NULL);
  RheoNet *net = rheo_trainer_get_net (trainer);
  const RheoProj *p = rheo_net_get_proj (net, rheo_net_find_proj (net, "rec"));
  const gsize n = (gsize) p->n_pre * (gsize) p->stride;
  g_autofree RheoReal *before = g_memdup2 (p->weight, sizeof *before * n);
  int n_changed = 0, n_kept = 0;

  for (int i = 0; i < 4; i++)
    step (trainer);
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      {
        const gsize at = (gsize) j * (gsize) p->stride + (gsize) i;

        if (p->keep.mask[at] == 0 || i == j)
          {
            g_assert_true (p->weight[at] == 0);
            n_kept++;
          }
        else
          n_changed += p->weight[at] != before[at];
        if (p->keep.sign != NULL)
          g_assert_true (p->keep.sign[j] * p->weight[at] >= 0);
      }
  g_assert_cmpint (n_kept, >, 400);
  g_assert_cmpint (n_changed, >, 200);
}

static double
last (RheoTrainer *trainer, const char *name)
{
  g_autoptr (RheoTable) table = rheo_trainer_dup_last_metrics (trainer);
  const RheoColumn *column = rheo_table_find (table, name);

  g_assert_nonnull (column);
  return rheo_column_get_number (column, 0);
}

/* Units that do not follow keep their weights. A read-out that is fitted to what they all give is the better one while the
 * spikes are far from those of the target. */
static void
check_some_follow (void)
{
  g_autoptr (RheoTrainer) one = trainer_of (some, NULL), two = trainer_of (own, NULL);
  RheoNet *net = rheo_trainer_get_net (one);
  const RheoProj *p = rheo_net_get_proj (net, rheo_net_find_proj (net, "rec"));
  g_autofree RheoReal *before = g_memdup2 (p->weight, sizeof *before * (gsize) p->n_pre * (gsize) p->stride);
  int n_changed = 0;

  for (int i = 0; i < 4; i++)
    {
      step (one);
      step (two);
    }
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      {
        const gsize at = (gsize) j * (gsize) p->stride + (gsize) i;

        if (i < 12)
          n_changed += p->weight[at] != before[at];
        else
          g_assert_true (p->weight[at] == before[at]);
      }
  g_assert_cmpint (n_changed, >, 200);
  g_assert_cmpfloat (last (two, "mse"), <, 0.9 * last (one, "mse"));
}

/* How the recurrent weights [pre][post] change in one batch. Yours. */
static double *
dup_change (const char *json, const char *const *assignments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (json, "test", &error);
  g_autoptr (RheoTrainer) trainer = NULL;
  g_autofree RheoReal *before = NULL;
  const RheoProj *p;
  double *change;

  g_assert_no_error (error);
  rheo_experiment_set_all (experiment, assignments, &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  p = rheo_net_get_proj (rheo_trainer_get_net (trainer), rheo_net_find_proj (rheo_trainer_get_net (trainer), "rec"));
  before = g_memdup2 (p->weight, sizeof *before * (gsize) p->n_pre * (gsize) p->stride);
  step (trainer);
  change = g_new (double, p->n_pre * p->n_post);
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      change[j * p->n_post + i] = (double) p->weight[j * p->stride + i] - (double) before[j * p->stride + i];
  return change;
}

/* Where updates are so small that none sees what the others did, all the steps of three trials of 40 are one of their batch. */
static void
check_steps (gconstpointer more)
{
  const char *const one[] = { more,
                              "model.self-connections=false",
                              "rule.optimiser.kind=sgd",
                              "rule.update=step",
                              "rule.optimiser.lr=0.0002",
                              "rule.optimiser.schedule.kind=none",
                              NULL };
  const char *const all[] = { more,
                              "model.self-connections=false",
                              "rule.optimiser.kind=sgd",
                              "rule.update=batch",
                              "rule.optimiser.lr=0.024",
                              "rule.optimiser.schedule.kind=none",
                              NULL };
  g_autofree double *a = dup_change (random_steps, one), *b = dup_change (random_steps, all);
  double aa = 0, bb = 0, difference = 0;

  for (int i = 0; i < 40 * 40; i++)
    {
      aa += a[i] * a[i];
      bb += b[i] * b[i];
      difference += (a[i] - b[i]) * (a[i] - b[i]);
    }
  g_test_message ("norms %.3g and %.3g, of the difference %.2g", sqrt (aa), sqrt (bb), sqrt (difference));
  g_assert_cmpfloat (bb, >, 0);
  g_assert_cmpfloat (sqrt (difference), <, 0.02 * sqrt (bb));
}

/* The target network is that of goal: one without learning is as far from it. */
static void
check_same_target (void)
{
  g_autoptr (RheoTrainer) one = trainer_of (
      TASK
      "\"model\": {\"id\": \"cuba-lif\", \"units\": 40, \"self-connections\": false}, \"rule\": {\"id\": \"goal\", "
      "\"lr\": 0, \"target\": {\"sd\": 8}}, " RUN,
      NULL);
  g_autoptr (RheoTrainer) two = trainer_of (
      TASK
      "\"model\": {\"id\": \"cuba-lif\", \"units\": 40, \"self-connections\": false}, \"rule\": {\"id\": \"ltts\", "
      "\"optimiser\": {\"lr\": 0}, \"target\": {\"sd\": 8}}, " RUN,
      NULL);

  step (one);
  step (two);
  g_assert_cmpfloat (last (one, "spike-error"), >, 20);
  g_assert_cmpfloat (last (one, "spike-error"), ==, last (two, "spike-error"));
}

/* What a rule does not go with says so. */
static void
check_refusals (void)
{
  static const struct
  {
    const char *json, *assignment, *word;
  } refused[] = {
    { dense, "model.feedback.kind=uniform", "model.feedback.kind" },
    { dense, "model.activation=relu", "bounds" },
    { dense, "rule.id=ltts", "spikes" },
    { steps, "model.id=lif", "rule.update" },
    { lif, "task.id=go-no-go", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (refused[i].json, "test", &error);
      g_autoptr (RheoTrainer) trainer = NULL;

      g_assert_no_error (error);
      rheo_experiment_set_all (experiment, (const char *const[]){ refused[i].assignment, NULL }, &error);
      g_assert_no_error (error);
      trainer = rheo_trainer_new (experiment, &error);
      g_assert_true ((trainer == NULL) == (refused[i].word != NULL));
      if (refused[i].word != NULL)
        g_assert_nonnull (strstr (error->message, refused[i].word));
    }
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name, *json;
  } all[] = { { "force-spiking", lif },    { "force", feedback }, { "full-force", dense },
              { "masked", masked },        { "signs", signs },    { "spiking", spiking },
              { "target-spikes", spikes }, { "steps", steps },    { "random-steps", random_steps } };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/force/ridge", check_ridge);
  g_test_add_func ("/force/early-stop", check_early_stop);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autofree char *interrupt = g_strconcat ("/force/interrupt/", all[i].name, NULL);
      g_autofree char *resume = g_strconcat ("/force/resume/", all[i].name, NULL);

      g_test_add_data_func (interrupt, all[i].json, check_interrupt);
      g_test_add_data_func (resume, all[i].json, check_resume);
    }
  g_test_add_data_func ("/force/mask", masked, check_constraints);
  g_test_add_data_func ("/force/signs", signs, check_constraints);
  g_test_add_func ("/force/some-follow", check_some_follow);
  g_test_add_data_func ("/force/steps/filtered", "rule.errors=filtered-spikes", check_steps);
  g_test_add_data_func ("/force/steps/likelihood", "rule.errors=likelihood", check_steps);
  g_test_add_func ("/force/same-target", check_same_target);
  g_test_add_func ("/force/refusals", check_refusals);
  return g_test_run ();
}
