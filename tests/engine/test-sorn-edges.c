/* Self-organising networks at the edges of what can be asked for: each runs as one would expect, or is refused with a sentence
 * that names the value. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "trainer-of.h"

static RheoTrainer *
make (const char *name, const char *assignment, GError **error)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load (name, error);
  g_auto (GStrv) words = g_strsplit (assignment, " ", -1);

  if (experiment == NULL || !rheo_experiment_set_all (experiment, (const char *const *) words, error))
    return NULL;
  return rheo_trainer_new (experiment, error);
}

/* Synapses of a projection; all are numbers between 0 and 1, none leads from a unit of "ee" to itself, and what comes in at a
 * unit adds up to 1, or to 0 where nothing is left. scaled: whether it is to. */
static int64_t
check_synapses (RheoTrainer *trainer, const char *name, gboolean scaled)
{
  RheoNet *net = rheo_trainer_get_net (trainer);
  const RheoProj *p = rheo_net_get_proj (net, rheo_net_find_proj (net, name));
  g_autofree double *sum = g_new0 (double, p->n_post);
  int64_t n = 0;

  for (int j = 0; j < p->n_pre; j++)
    for (int64_t s = p->syn_first[j]; s < p->syn_first[j] + p->syn_count[j]; s++, n++)
      {
        g_assert_cmpfloat ((double) p->weight[s], >, 0);
        g_assert_cmpfloat ((double) p->weight[s], <=, 1 + 1e-6);
        g_assert_false (p->keep.no_self && p->syn_post[s] == j);
        sum[p->syn_post[s]] += (double) p->weight[s];
      }
  for (int i = 0; scaled && i < p->n_post; i++)
    g_assert_true (sum[i] == 0 || fabs (sum[i] - 1) < 1e-5);
  return n;
}

static void
check_thresholds (RheoTrainer *trainer)
{
  const RheoPop *exc = &rheo_net_get_plan (rheo_trainer_get_net (trainer))->pop[0];

  for (int i = 0; i < exc->n_units; i++)
    g_assert_true (isfinite ((double) exc->param[0][i]));
}

/* Each unit has an input, which is strong: all fire in every step, and a target of 2 nu / ne = 2 pulls thresholds down to 0. */
static void
test_all_driven (void)
{
  g_autoptr (RheoTrainer) trainer =
      trainer_named ("sorn-package", "model.units=50 task.channels=50 task.lowest=9 task.highest=9");

  do_steps (trainer, 2);
  g_assert_cmpfloat (metric (trainer, "rate-e"), ==, 1);
  g_assert_cmpfloat (metric (trainer, "threshold-mean"), ==, 0);
  check_synapses (trainer, "ee", TRUE);
}

/* Without inputs there is no projection of them, and a target of 2 nu / ne = 0 lets thresholds only rise. */
static void
test_none_driven (void)
{
  g_autoptr (RheoTrainer) published = trainer_named ("sorn-default", "task.channels=0"),
                          package = trainer_named ("sorn-package", "task.channels=0");
  double before;

  g_assert_cmpint (rheo_net_find_proj (rheo_trainer_get_net (published), "in"), <, 0);
  do_steps (published, 5);
  g_assert_cmpfloat (metric (published, "rate-e"), >, 0.01);
  do_steps (package, 1);
  before = metric (package, "threshold-mean");
  do_steps (package, 5);
  g_assert_cmpfloat (metric (package, "threshold-mean"), >=, before);
}

/* More partners than there are: all of them. */
static void
test_all_partners (void)
{
  static const char *const degrees[] = { "binomial", "normal" };

  for (guint k = 0; k < G_N_ELEMENTS (degrees); k++)
    {
      g_autofree char *words =
          g_strdup_printf ("model.units=10 task.channels=1 model.lambda-ee=60000 model.lambda-ei=60000 model.ie=sparse "
                           "model.lambda-ie=60000 model.degrees=%s",
                           degrees[k]);
      g_autoptr (RheoTrainer) trainer = trainer_named ("sorn-default", words);
      RheoNet *net = rheo_trainer_get_net (trainer);
      const RheoProj *ie = rheo_net_get_proj (net, rheo_net_find_proj (net, "ie"));

      g_assert_cmpint (check_synapses (trainer, "ee", TRUE), ==, 10 * 9);
      g_assert_cmpint (check_synapses (trainer, "ei", TRUE), ==, 2 * 10);
      g_assert_cmpint (ie->syn_first[ie->n_pre], ==, 10 * 2);
      do_steps (trainer, 2);
      check_synapses (trainer, "ee", TRUE);
    }
}

/* Where nothing is drawn, 50 blocks of one step are one block of 50. */
static void
test_single_steps (void)
{
  static const char common[] = "model.noise=0 model.start=0.5 rule.sp.on=false task.channels=0 ";
  g_autofree char *singly = g_strconcat (common, "task.n-steps=1", NULL),
                  *together = g_strconcat (common, "task.n-steps=50", NULL);
  g_autoptr (RheoTrainer) one = trainer_named ("sorn-default", singly),
                          other = trainer_named ("sorn-default", together);
  static const char *const name[] = { "ee.weight", "ei.weight", "exc.threshold", "exc.out", "inh.out" };

  do_steps (one, 50);
  do_steps (other, 1);
  for (guint k = 0; k < G_N_ELEMENTS (name); k++)
    {
      const RheoNetArray *a = rheo_net_find_array (rheo_trainer_get_net (one), name[k]),
                         *b = rheo_net_find_array (rheo_trainer_get_net (other), name[k]);
      const gsize n = sizeof (RheoReal) * (gsize) a->dims[a->n_dims - 1];

      g_assert_cmpint (a->dims[a->n_dims - 1], ==, b->dims[b->n_dims - 1]);
      g_assert_cmpmem (a->data, n, b->data, n);
    }
  g_assert_cmpfloat (metric (one, "rate-e"), >, 0);
  g_assert_cmpfloat (metric (one, "rate-e"), ==, metric (other, "rate-e"));
}

/* New synapses are made as long as there is a pair without one, and none after that. */
static void
test_no_free_pair (void)
{
  static const char common[] = "model.units=10 task.channels=1 rule.stdp.on=false rule.sp.per-pair=false ";
  g_autofree char *fills = g_strconcat (common, "model.lambda-ee=1 rule.sp.chance=3", NULL),
                  *full = g_strconcat (common, "model.ee=all rule.sp.chance=1000", NULL);
  g_autoptr (RheoTrainer) first = trainer_named ("sorn-default", fills), other = trainer_named ("sorn-default", full);
  const int64_t before = check_synapses (first, "ee", TRUE);

  do_steps (first, 1);
  g_assert_cmpfloat (metric (first, "made"), ==, 90 - before);
  g_assert_cmpint (check_synapses (first, "ee", TRUE), ==, 90);
  do_steps (first, 1);
  g_assert_cmpfloat (metric (first, "made"), ==, 0);
  do_steps (other, 2);
  g_assert_cmpfloat (metric (other, "made"), ==, 0);
  g_assert_cmpint (check_synapses (other, "ee", TRUE), ==, 90);
}

/* The smallest network, and one that loses nearly all of its synapses: columns stay empty, nothing is not a number. */
static void
test_few (void)
{
  static const char *const words[] = {
    "model.units=2 task.channels=2",
    "model.units=2 task.channels=2 rule.sp.chance=1000 rule.stdp.rate=1",
    "model.units=6 task.channels=2 model.lambda-ee=1 model.lambda-ei=1 rule.sp.on=false rule.stdp.rate=1 "
    "rule.istdp.rate=1 rule.ss.inhibitory=true rule.istdp.at-zero=lose",
  };
  static const char *const name[] = { "sorn-default", "sorn-package" };

  for (guint k = 0; k < 2 * G_N_ELEMENTS (words); k++)
    {
      g_autoptr (RheoTrainer) trainer = trainer_named (name[k % 2], words[k / 2]);

      for (int i = 0; i < 20; i++)
        {
          do_steps (trainer, 1);
          check_synapses (trainer, "ee", TRUE);
          check_synapses (trainer, "ei", k / 2 == 2 || k % 2 == 1);
          check_thresholds (trainer);
        }
      g_assert_true (isfinite (metric (trainer, "rate-e")) && isfinite (metric (trainer, "rate-i")));
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *words, *says;
  } cases[] = {
    { "model.units=1", "model.units is 1" },
    { "model.units=50 task.channels=51", "model.units is 50" },
    { "model.lambda-ee=0", "model.lambda-ee is 0" },
    { "model.inhibitory=0", "model.inhibitory is 0" },
    { "model.te-min=2", "model.te-min (2)" },
    { "task.n-steps=0", "task.n-steps is 0" },
    { "task.channels=-1", "task.channels is -1" },
    { "run.budget=0", "run.budget is 0" },
    { "rule.sp.chance=-1", "rule.sp.chance is -1" },
    { "rule.ip.clip=true rule.ip.lowest=2", "rule.ip.lowest (2)" },
    /* 40 thousand million synapses. */
    { "model.units=200000 model.ee=all", "not enough memory" },
    { "model.units=200000 model.degrees=normal model.lambda-ee=60000", "not enough memory" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoTrainer) trainer = make ("sorn-default", cases[i].words, &error);

      g_assert_null (trainer);
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i].says) == NULL)
        g_error ("\"%s\" says nothing of \"%s\"", error->message, cases[i].says);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sorn-edges/all-driven", test_all_driven);
  g_test_add_func ("/sorn-edges/none-driven", test_none_driven);
  g_test_add_func ("/sorn-edges/all-partners", test_all_partners);
  g_test_add_func ("/sorn-edges/single-steps", test_single_steps);
  g_test_add_func ("/sorn-edges/no-free-pair", test_no_free_pair);
  g_test_add_func ("/sorn-edges/few", test_few);
  g_test_add_func ("/sorn-edges/refused", test_refused);
  return g_test_run ();
}
