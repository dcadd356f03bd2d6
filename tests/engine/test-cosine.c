/* The slot "compare": cosines between the update of the running rule and the gradient of another. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/rule.h"
#include "trainer-of.h"

static const char *const json =
    "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"robot-trajectory\", \"n-trials\": 24, \"n-valid\": 12,"
    " \"n-steps\": 20, \"input-scale\": 0.02}, \"model\": {\"id\": \"lif\"},"
    " \"rule\": {\"id\": \"bptt\"}, \"run\": {\"seed\": 3, \"threads\": 1, \"budget\": 40, \"batch\": 12,"
    " \"lane-rows\": 4, \"validate\": 0}}";

static RheoExperiment *
experiment (const char *more)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *e = rheo_experiment_parse (json, "test", &error);
  g_autofree char *all =
      g_strconcat ("model.preset=clean model.layers.0.units=20 model.layers.0.rec.sd=2 ", more, NULL);
  g_auto (GStrv) words = g_strsplit (all, " ", -1);

  g_assert_no_error (error);
  rheo_experiment_set_all (e, (const char *const *) words, &error);
  g_assert_no_error (error);
  return e;
}

static RheoTrainer *
make (const RheoExperiment *e)
{
  g_autoptr (GError) error = NULL;
  RheoTrainer *trainer = rheo_trainer_new (e, &error);

  g_assert_no_error (error);
  return trainer;
}

static RheoTrainer *
make_with (const char *more)
{
  g_autoptr (RheoExperiment) e = experiment (more);

  return make (e);
}

/* An iteration has two batches. */
static void
iterate (RheoTrainer *trainer)
{
  step (trainer);
  step (trainer);
}

static double
last (RheoTrainer *trainer, const char *key)
{
  g_autoptr (RheoTable) table = rheo_trainer_dup_last_metrics (trainer);

  g_assert_nonnull (rheo_table_find (table, key));
  return rheo_column_get_number (rheo_table_find (table, key), 0);
}

/* Between gradients of one array of two networks, or of all (NULL). */
static double
cosine (RheoNet *net, const RheoGrad *a, const RheoGrad *b, const char *name)
{
  double ab = 0, aa = 0, bb = 0;

  for (int i = 0; i < a->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);

      for (int k = 0; k < t->n_rows * t->stride && (name == NULL || g_str_equal (name, t->name)); k++)
        {
          const double x = (double) a->value[i][k], y = (double) b->value[i][k];

          ab += x * y;
          aa += x * x;
          bb += y * y;
        }
    }
  return ab / sqrt (aa * bb);
}

/* --- what it says --------------------------------------------------------------------------------------------------- */

static void
check_itself (void)
{
  g_autoptr (RheoTrainer) trainer = make_with ("compare.id=bptt");

  iterate (trainer);
  g_assert_cmpfloat_with_epsilon (last (trainer, "cosine"), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (last (trainer, "cosine.in"), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (last (trainer, "cosine.rec"), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (last (trainer, "cosine.out"), 1, 1e-9);
}

static void
check_another (void)
{
  g_autoptr (RheoTrainer) both = make_with ("rule.id=eprop compare.id=bptt"), one = make_with ("rule.id=eprop"),
                          other = make_with ("rule.id=bptt");
  RheoNet *net = rheo_trainer_get_net (one);
  double expected;

  step (one);
  step (other);
  iterate (both);
  expected = cosine (net, rheo_trainer_get_grad (one), rheo_trainer_get_grad (other), "rec.weight");
  g_assert_cmpfloat (expected, <, 0.999);
  g_assert_cmpfloat_with_epsilon (last (both, "cosine.rec"), expected, 1e-6);
  expected = cosine (net, rheo_trainer_get_grad (one), rheo_trainer_get_grad (other), NULL);
  g_assert_cmpfloat_with_epsilon (last (both, "cosine"), expected, 1e-6);
}

/* What is not trained is not compared. */
static void
check_frozen (void)
{
  g_autoptr (RheoTrainer) trainer = make_with ("rule.frozen=in compare.id=bptt");

  g_assert_cmpint (rheo_metrics_find (rheo_trainer_get_metrics (trainer), "rule.cosine.in"), <, 0);
  g_assert_cmpint (rheo_metrics_find (rheo_trainer_get_metrics (trainer), "rule.cosine.rec"), >=, 0);
}

/* --- a rule that changes weights itself ------------------------------------------------------------------------------- */

static double
pattern (int i, int64_t k)
{
  return 0.001 * cos ((double) (7 * i + k));
}

static gboolean
push (RheoRule *rule, RheoMetrics *m, GError **error)
{
  for (int i = 0; i < rheo_net_get_n_trainables (rule->net); i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (rule->net, i);

      for (int64_t k = 0; k < t->n_rows * t->stride; k++)
        t->value[k] -= (RheoReal) pattern (i, k);
    }
  rheo_net_weights_changed (rule->net);
  return TRUE;
}

static const RheoRuleType pushing = {
  .base = { .kind = RHEO_KIND_RULE, .version = 1, .id = "pushing", .title = "Pushing", .summary = "", .cite = "" },
  .unit = "batch",
  .iterate = push,
};

/* Its update is how far the weights went, and the gradient that of the weights they went from. */
static void
check_driver (void)
{
  g_autoptr (RheoExperiment) e = experiment ("compare.id=bptt");
  g_autoptr (RheoTrainer) trainer = NULL, bptt = make_with ("rule.id=bptt");
  RheoNet *net = rheo_trainer_get_net (bptt);
  RheoGrad *expected = rheo_net_new_grad (net);

  rheo_experiment_set_component (e, RHEO_SLOT_RULE, &pushing.base);
  trainer = make (e);
  iterate (trainer);
  step (bptt);
  for (int i = 0; i < expected->n; i++)
    for (int64_t row = 0; row < rheo_net_get_trainable (net, i)->n_rows; row++)
      for (int k = 0; k < rheo_net_get_trainable (net, i)->width; k++)
        {
          const int64_t at = row * rheo_net_get_trainable (net, i)->stride + k;

          expected->value[i][at] = (RheoReal) pattern (i, at);
        }
  g_assert_cmpfloat_with_epsilon (last (trainer, "cosine.rec"),
                                  cosine (net, expected, rheo_trainer_get_grad (bptt), "rec.weight"), 1e-3);
  rheo_grad_free (expected);
}

/* --- what it leaves alone, and when it looks --------------------------------------------------------------------------- */

static void
check_untouched (void)
{
  g_autoptr (RheoTrainer) with = make_with ("rule.id=eprop compare.id=bptt compare.surrogate.kind=boxcar"),
                          without = make_with ("rule.id=eprop");
  RheoNet *a = rheo_trainer_get_net (with), *b = rheo_trainer_get_net (without);

  for (int i = 0; i < 3; i++)
    {
      iterate (with);
      iterate (without);
    }
  g_assert_cmpint (rheo_net_get_n_arrays (a), ==, rheo_net_get_n_arrays (b));
  for (int i = 0; i < rheo_net_get_n_trainables (a); i++)
    {
      const RheoTrainable *x = rheo_net_get_trainable (a, i), *y = rheo_net_get_trainable (b, i);
      const gsize size = sizeof (RheoReal) * (gsize) (x->n_rows * x->stride);

      g_assert_cmpmem (x->value, size, y->value, size);
    }
  g_assert_cmpfloat (last (with, "loss"), ==, last (without, "loss"));
}

static void
check_live (void)
{
  g_autoptr (RheoTrainer) trainer = make_with ("rule.id=eprop compare.id=bptt run.compare=3");
  g_autoptr (GError) error = NULL;

  for (int i = 1; i <= 4; i++)
    {
      iterate (trainer);
      g_assert_true (isnan (last (trainer, "cosine")) == (i != 3));
    }
  rheo_trainer_set (trainer, "run.compare", "1", &error);
  g_assert_no_error (error);
  iterate (trainer);
  g_assert_false (isnan (last (trainer, "cosine")));
  rheo_trainer_set (trainer, "run.compare", "0", &error);
  g_assert_no_error (error);
  iterate (trainer);
  g_assert_true (isnan (last (trainer, "cosine")));
}

/* A value of the model that changes while the run goes on reaches both. */
static void
check_live_model (void)
{
  g_autoptr (RheoTrainer) trainer = make_with ("compare.id=bptt model.layers.0.noise=0.1");
  g_autoptr (GError) error = NULL;

  iterate (trainer);
  rheo_trainer_set (trainer, "model.layers.0.noise", "0.5", &error);
  g_assert_no_error (error);
  iterate (trainer);
  g_assert_cmpfloat_with_epsilon (last (trainer, "cosine"), 1, 1e-9);
}

static bool
always (void *data)
{
  return true;
}

static void
check_interrupt (void)
{
  g_autoptr (RheoTrainer) trainer = make_with ("rule.id=eprop compare.id=bptt"), whole = make_with ("rule.id=eprop");
  g_autoptr (GError) error = NULL;
  RheoStop stop;

  g_assert_true (rheo_trainer_step (trainer, always, NULL, &stop, &error));
  g_assert_cmpint (stop, ==, RHEO_STOP_NONE);
  g_assert_cmpint ((int) rheo_trainer_get_place (trainer).batch, ==, 0);
  iterate (trainer);
  iterate (whole);
  g_assert_cmpfloat (last (trainer, "loss"), ==, last (whole, "loss"));
  g_assert_false (isnan (last (trainer, "cosine")));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compare/itself", check_itself);
  g_test_add_func ("/compare/another", check_another);
  g_test_add_func ("/compare/frozen", check_frozen);
  g_test_add_func ("/compare/driver", check_driver);
  g_test_add_func ("/compare/untouched", check_untouched);
  g_test_add_func ("/compare/live", check_live);
  g_test_add_func ("/compare/live-model", check_live_model);
  g_test_add_func ("/compare/interrupt", check_interrupt);
  return g_test_run ();
}
