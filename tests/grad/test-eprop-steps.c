/* E-prop with updates while trials run, against its form at the end of trials and against plain loops. */
#include "config.h"

#include "eprop-net.h"

static const double same = sizeof (RheoReal) == sizeof (double) ? 1e-9 : 1e-5;

static void
assert_close (const RheoTrainable *t, const RheoReal *a, const RheoReal *b)
{
  double largest = 0;

  for (int k = 0; k < t->n_rows * t->width; k++)
    largest = fmax (largest, fabs ((double) a[k / t->width * t->stride + k % t->width]));
  g_assert_cmpfloat (largest, >, 1e-5);
  for (int k = 0; k < t->n_rows * t->width; k++)
    {
      const gsize at = (gsize) (k / t->width * t->stride + k % t->width);

      g_assert_cmpfloat_with_epsilon ((double) a[at], (double) b[at], same * largest);
    }
}

static RheoGrad *
gradient_as (RheoTrainer *trainer)
{
  RheoRule *rule = rheo_trainer_get_rule (trainer);
  g_autoptr (RheoMetrics) m = rheo_metrics_dup_declared (rule->metrics);
  RheoGrad *grad = rheo_net_new_grad (rheo_trainer_get_net (trainer));
  const RheoBatch *batch = rheo_feed_take (rheo_trainer_get_feed (trainer), 0, NULL);

  g_assert_true (rule->type->gradient (rule, batch, grad, m));
  rheo_feed_give (rheo_trainer_get_feed (trainer), batch);
  return grad;
}

typedef struct
{
  const char *more;
  int every; /* steps of a window */
} Form;

/* The sum over the steps with weights that stay is what goes back at the end of the trials. */
static void
check_forward (gconstpointer data)
{
  static const Form of_lif[] = {
    { "run.seed=3", 1 },
    { "run.seed=3", 7 },
    { "run.lane-rows=2", 1000 },
    { "model.layers.0.classes=one model.layers.0.beta=0.9", 1 },
    { "model.layers.0.classes=one model.layers.0.beta=0.9 model.layers.0.synaptic=true model.layers.0.alpha=0.6", 1 },
    { "model.layers.0.synaptic=true model.layers.0.alpha=0.6", 1 },
    { "model.layers.0.differentiate-reset=true", 1 },
    { "model.layers.0.reset=zero", 1 },
    { "model.layers.0.reset=zero model.layers.0.differentiate-reset=true", 1 },
    { "model.layers.0.reset=pull model.layers.0.reset-potential=-0.3", 1 },
    { "model.layers.0.reset=none", 1 },
    { "model.layers.0.reset-by=membrane model.layers.0.differentiate-reset=true", 1 },
    { "model.layers.0.reset-by=at-once model.layers.0.reset=zero model.layers.0.differentiate-reset=true", 1 },
    { "model.layers.0.refractory=hold model.layers.0.refractory-time=3", 1 },
    { "model.layers.0.refractory=gate model.layers.0.refractory-time=3 model.layers.0.classes=one "
      "model.layers.0.beta=0.9",
      1 },
    { "model.layers.0.recurrent=none", 1 },
    { "model.read-out.kind=linear", 1 },
    { "rule.feedback.kind=random", 1 },
    { "rule.feedback.kind=adaptive", 4 },
    { NULL },
  };
  static const Form of_cuba[] = {
    { "run.seed=3", 1 },
    { "run.seed=3", 4 },
    { "model.differentiate-reset=true", 1 },
    { "model.integration=euler rule.feedback.kind=random", 1 },
    { NULL },
  };

  for (const Form *form = data != NULL ? of_cuba : of_lif; form->more != NULL; form++)
    {
      g_autofree char *online = g_strdup_printf ("rule.update=step rule.every=%d %s", form->every, form->more);
      g_autoptr (RheoTrainer) a = trainer_of (data != NULL ? cuba_json : json, form->more),
                              b = trainer_of (data != NULL ? cuba_json : json, online);
      RheoGrad *back = gradient_as (a), *forward = gradient_as (b);

      g_test_message ("%s", online);
      for (int i = 0; i < back->n; i++)
        assert_close (rheo_net_get_trainable (rheo_trainer_get_net (a), i), back->value[i], forward->value[i]);
      rheo_grad_free (back);
      rheo_grad_free (forward);
    }
}

/* One update for all steps is that at the end of the trials. */
static void
check_whole (gconstpointer data)
{
  static const char *const often = "rule.feedback.kind=adaptive rule.update=step rule.every=1000",
                           *const once = "rule.feedback.kind=adaptive";
  g_autoptr (RheoTrainer) a = trainer_of (data, once), b = trainer_of (data, often);

  step (a);
  step (b);
  for (int i = 0; i < rheo_net_get_n_trainables (rheo_trainer_get_net (a)); i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (rheo_trainer_get_net (a), i);

      assert_close (t, t->value, rheo_net_get_trainable (rheo_trainer_get_net (b), i)->value);
    }
}

/* Weights that change at each step, against plain loops in which spikes that have arrived meet the weights of the moment. */
static void
check_cuba_online (void)
{
  static const char *const more =
      "rule.update=step run.batch=1 rule.optimiser.kind=sgd rule.optimiser.lr=4 rule.optimiser.clip=0";
  g_autoptr (RheoTrainer) trainer = trainer_of (cuba_json, more);
  RheoNet *net = rheo_trainer_get_net (trainer);
  g_autofree CubaSum *sum = g_new0 (CubaSum, 1), *weights = g_new0 (CubaSum, 1), *learned = g_new0 (CubaSum, 1);
  RheoReal y[CUBA_STEPS * N_OUT], errors[CUBA_STEPS * N_OUT] = { 0 };
  double unused[N_UNITS][N_OUT], moved = 0;
  const RheoBatch *batch = rheo_feed_take (rheo_trainer_get_feed (trainer), 0, NULL);

  cuba_take (net, weights, unused, "out.weight");
  for (int k = 0; k < N_UNITS; k++)
    for (int j = 0; j < N_UNITS; j++)
      moved -= weights->rec[k][j];
  cuba_trial (weights, NULL, batch, 0, errors, y, 4, sum);
  rheo_feed_give (rheo_trainer_get_feed (trainer), batch);
  step (trainer);
  cuba_take (net, learned, unused, "out.weight");
  for (int k = 0; k < N_UNITS; k++)
    for (int j = 0; j < N_UNITS; j++)
      moved += weights->rec[k][j];
  g_assert_cmpfloat (fabs (moved), >, 0.01);
  for (gsize k = 0; k < sizeof *learned / sizeof (double); k++)
    g_assert_cmpfloat_with_epsilon (((double *) learned)[k], ((double *) weights)[k], 20 * same);
}

static bool
stop_soon (void *data)
{
  return --*(int *) data < 0;
}

/* A batch that is given up leaves nothing behind. */
static void
check_given_up (void)
{
  static const char *const more = "rule.update=step rule.feedback.kind=adaptive";
  g_autoptr (RheoTrainer) plain = make (more), stopped = make (more);
  g_autoptr (GError) error = NULL;
  RheoStop stop;
  int left = 12;

  step (plain);
  step (stopped);
  step (plain);
  rheo_trainer_step (stopped, stop_soon, &left, &stop, &error);
  g_assert_no_error (error);
  g_assert_cmpint (left, <, 0);
  step (stopped);
  assert_same_arrays (rheo_trainer_get_net (plain), rheo_trainer_get_net (stopped));
}

static void
check_step_misfits (void)
{
  static const char *const misfits[][2] = {
    { "rule.penalty.rate=1", "not used while rule.update is step" },
    { "model.layers.0.learn-beta=true", "hidden.beta is something else" },
    { "model.layers.0.recurrent=one-to-one", "rec.weight is something else" },
    { "model.feedback.kind=uniform", "nothing goes back from" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (misfits); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) e = rheo_experiment_parse (json, "test", &error);

      g_assert_no_error (error);
      if (rheo_experiment_set_all (e, (const char *const[]){ "rule.update=step", misfits[i][0], NULL }, &error))
        g_assert_null (rheo_trainer_new (e, &error));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, misfits[i][1]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/eprop-steps/sum", NULL, check_forward);
  g_test_add_data_func ("/eprop-steps/sum-cuba", "cuba", check_forward);
  g_test_add_data_func ("/eprop-steps/whole", json, check_whole);
  g_test_add_data_func ("/eprop-steps/whole-cuba", cuba_json, check_whole);
  g_test_add_func ("/eprop-steps/cuba", check_cuba_online);
  g_test_add_data_func ("/eprop-steps/resume", "rule.update=step rule.feedback.kind=adaptive", check_resume);
  g_test_add_func ("/eprop-steps/given-up", check_given_up);
  g_test_add_func ("/eprop-steps/misfits", check_step_misfits);
  return g_test_run ();
}
