/* The model of units that adapt: what its two cells take and refuse, how their parameters begin and where they stay, layers of
 * both kinds, values that change while a run goes on, and runs that are gone on with. */
#include "config.h"

#include <math.h>

#include "engine/cells/adlif.h"
#include "trainer-of.h"

#define RUN(layers)                                                                                                    \
  "{\"format\": 1, \"task\": {\"id\": \"data-shd\", \"source\": \"synthetic\", \"n-train\": 12, \"n-test\": 4, "       \
  "\"bin\": 20, \"n-steps\": 40}, \"model\": {\"id\": \"alif\", \"layers\": [" layers "]}, \"rule\": {\"id\": "        \
  "\"bptt\", \"loss\": {\"kind\": \"cross-entropy\", \"reduce\": \"max\"}, \"optimiser\": {\"kind\": \"adam\", "       \
  "\"lr\": 0.01, \"clip\": 0}, \"surrogate\": {\"kind\": \"slayer\"}}, \"run\": {\"batch\": 4, \"seed\": 2}}"
#define WITH_CURRENT "{\"units\": 20, \"cell\": \"symplectic-euler\"}"
#define WITH_THRESHOLD "{\"units\": 20}"

static const char *const one = RUN (WITH_CURRENT), *const other = RUN (WITH_THRESHOLD);
static const char *const params[] = { "hidden.tau-u", "hidden.tau-w", "hidden.a", "hidden.b" };
static const double ends[][2] = { { 5, 25 }, { 60, 300 }, { 0, 1 }, { 0, 2 } };

static const RheoReal *
numbers (RheoTrainer *trainer, const char *name)
{
  const RheoNetArray *array = rheo_net_find_array (rheo_trainer_get_net (trainer), name);

  g_assert_nonnull (array);
  return array->data;
}

static const RheoTrainable *
find_trainable (RheoTrainer *trainer, const char *name)
{
  RheoNet *net = rheo_trainer_get_net (trainer);

  for (int i = 0; i < rheo_net_get_n_trainables (net); i++)
    if (g_str_equal (rheo_net_get_trainable (net, i)->name, name))
      return rheo_net_get_trainable (net, i);
  return NULL;
}

/* Rows of the other cell are no values of this one. */
static void
check_rows (void)
{
  static const char *const of_threshold[] = {
    "threshold=1", "adaptation=1",      "resistance=1",         "tau-m=5", "tau-m-sd=1", "tau-adp=50", "tau-adp-sd=1",
    "least-tau=1", "random-start=true", "initial-adaptation=1", NULL
  };
  static const char *const of_current[] = { "spike-threshold=1",      "tau-u=5", "tau-w=50", "a=1", "b=1", "q=1",
                                            "learn-adaptation=false", NULL };

  for (const char *const *row = of_threshold; *row != NULL; row++)
    {
      g_autofree char *words = g_strconcat ("model.layers.0.", *row, NULL);

      assert_refused (one, words, "model.layers.0.cell");
      g_clear_pointer (&words, g_free);
      words = g_strconcat ("model.layers.0.cell=adaptive-threshold model.layers.0.", *row, NULL);
      rheo_trainer_free (trainer_of (one, words));
    }
  for (const char *const *row = of_current; *row != NULL; row++)
    {
      g_autofree char *words = g_strconcat ("model.layers.0.", *row, NULL);

      assert_refused (other, words, "model.layers.0.cell");
      rheo_trainer_free (trainer_of (one, words));
    }
}

static void
check_refusals (void)
{
  assert_refused (one, "model.layers.0.tau-u=9,5", "model.layers.0.tau-u must be one number");
  assert_refused (one, "model.layers.0.tau-w=", "model.layers.0.tau-w must be one number");
  assert_refused (one, "model.layers.0.a=1,0", "model.layers.0.a must be one number");
  assert_refused (one, "model.layers.0.b=2,1", "model.layers.0.b must be one number");
  /* q a tanh (1 / 10) tanh (1 / 120) is 1 at q a = 1204.03. */
  assert_refused (one, "model.layers.0.q=1205", "1204.03");
  rheo_trainer_free (trainer_of (one, "model.layers.0.q=1203"));
  rheo_trainer_free (trainer_of (one, "model.layers.0.q=2406 model.layers.0.a=0,0.5"));
  assert_refused (other, "model.layers.0.tau-adp-sd=1,2,3", "model.layers.0.tau-adp");
}

/* The limit of check_refusals: below it a membrane that was pushed comes to rest, above it swings up. */
static void
check_stability (void)
{
  const RheoAdlif cell[] = { { .theta = 1e30f, .q = 1190 }, { .theta = 1e30f, .q = 1220 } };
  RheoReal u[RHEO_PAD], w[RHEO_PAD], input[RHEO_PAD], out[RHEO_PAD], tape_v[RHEO_PAD], tape_w[RHEO_PAD];
  RheoReal param[RHEO_ADLIF_PARAMS][RHEO_PAD];
  RheoReal *state[] = { u, w }, *current[] = { input }, *tape[] = { tape_v, tape_w };
  const RheoReal *given[] = { param[0], param[1], param[2], param[3] };
  const RheoSlice s = { .n_units = 1,
                        .n_rows = 1,
                        .stride = RHEO_PAD,
                        .param = given,
                        .state = state,
                        .current = current,
                        .out = out,
                        .tape = tape };

  for (int i = 0; i < 2; i++)
    {
      for (int k = 0; k < RHEO_PAD; k++)
        {
          u[k] = 1;
          w[k] = input[k] = 0;
          param[0][k] = 5;
          param[1][k] = 60;
          param[2][k] = param[3][k] = 1;
        }
      for (int t = 0; t < 100; t++)
        rheo_cell_adlif.forward (&cell[i], &s);
      if (i == 0)
        g_assert_cmpfloat (fabs ((double) u[0]), <, 1e-3);
      else
        g_assert_cmpfloat (fabs ((double) u[0]), >, 1e3);
    }
}

static void
check_draws (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (one, "model.layers.0.units=400"), fixed = NULL;

  for (guint k = 0; k < G_N_ELEMENTS (params); k++)
    {
      const RheoReal *x = numbers (trainer, params[k]);
      const double width = ends[k][1] - ends[k][0];
      double mean = 0, squares = 0, together = 0;

      for (int i = 0; i < 400; i++)
        {
          const double share = ((double) x[i] - ends[k][0]) / width;

          g_assert_cmpfloat (share, >=, 0);
          g_assert_cmpfloat (share, <=, 1);
          mean += share / 400;
          squares += share * share / 400;
          together += share
                      * (((double) numbers (trainer, params[(k + 1) % 4])[i] - ends[(k + 1) % 4][0])
                         / (ends[(k + 1) % 4][1] - ends[(k + 1) % 4][0]))
                      / 400;
        }
      g_assert_cmpfloat_with_epsilon (mean, 0.5, 0.06);
      g_assert_cmpfloat_with_epsilon (squares, 1.0 / 3, 0.06);
      g_assert_cmpfloat_with_epsilon (together, 0.25, 0.04); /* independent */
    }
  fixed = trainer_of (one, "model.layers.0.tau-u=7 model.layers.0.a=0.5,0.5 model.layers.0.learn-adaptation=true");
  for (int i = 0; i < 20; i++)
    {
      g_assert_cmpfloat ((double) numbers (fixed, "hidden.tau-u")[i], ==, 7);
      g_assert_cmpfloat ((double) numbers (fixed, "hidden.a")[i], ==, 0.5);
    }
  g_assert_null (find_trainable (fixed, "hidden.tau-u"));
  g_assert_null (find_trainable (fixed, "hidden.a"));
  g_assert_nonnull (find_trainable (fixed, "hidden.tau-w"));
  g_assert_nonnull (find_trainable (fixed, "hidden.b"));
}

/* The first step of Adam is the learning rate, as a share of the range; and no step leaves it. */
static void
check_ranges (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (one, "run.batch=12 model.layers.0.in.sd=3");
  g_autoptr (RheoTrainer) fast = trainer_of (one, "rule.optimiser.lr=0.7");
  g_autoptr (RheoTrainer) frozen =
      trainer_of (one, "model.layers.0.learn-tau=false model.layers.0.learn-adaptation=false");
  gboolean at_end[4][2] = { { FALSE } };

  for (guint k = 0; k < G_N_ELEMENTS (params); k++)
    g_assert_null (find_trainable (frozen, params[k]));
  for (guint k = 0; k < G_N_ELEMENTS (params); k++)
    {
      g_autofree RheoReal *before = g_memdup2 (numbers (trainer, params[k]), 20 * sizeof *before);
      g_autoptr (RheoTrainer) stepped = trainer_of (one, "run.batch=12 model.layers.0.in.sd=3");
      const double width = ends[k][1] - ends[k][0];
      double most = 0;

      step (stepped);
      for (int i = 0; i < 20; i++)
        most = MAX (most, fabs ((double) numbers (stepped, params[k])[i] - (double) before[i]));
      g_assert_cmpfloat_with_epsilon (most / (0.01 * width), 1, 1e-2);
    }
  for (int n = 0; n < 8; n++)
    {
      step (fast);
      for (int k = 0; k < 4; k++)
        for (int i = 0; i < 20; i++)
          {
            const double x = (double) numbers (fast, params[k])[i];

            g_assert_cmpfloat (x, >=, ends[k][0]);
            g_assert_cmpfloat (x, <=, ends[k][1]);
            for (int end = 0; end < 2; end++)
              at_end[k][end] = at_end[k][end] || x == ends[k][end];
          }
    }
  for (int k = 0; k < 4; k++)
    g_assert_true (at_end[k][0] && at_end[k][1]);
}

static void
check_layers (void)
{
  static const char *const both = RUN (WITH_CURRENT ", " WITH_THRESHOLD);
  g_autoptr (RheoTrainer) trainer = trainer_of (both, "model.delays.kind=axonal model.delays.max=3");
  g_autoptr (RheoTable) kept = rheo_trainer_dup_checkpoint (trainer);

  g_assert_cmpstr (rheo_table_find (kept, "hidden1.tau-u")->unit, ==, "steps");
  g_assert_cmpstr (rheo_table_find (kept, "hidden1.b")->unit, ==, "");
  g_assert_nonnull (find_trainable (trainer, "hidden1.tau-u"));
  g_assert_nonnull (find_trainable (trainer, "hidden1.b"));
  g_assert_nonnull (find_trainable (trainer, "hidden2.tau-adp"));
  g_assert_null (find_trainable (trainer, "hidden2.tau-u"));
  g_assert_nonnull (numbers (trainer, "hidden1.adaptation"));
  assert_resumes (both, "run.validate=2 model.delays.kind=axonal model.delays.max=3", 2, 4);
  assert_resumes (one, "run.validate=2 rule.window=7", 2, 4);
}

/* Values that are LIVE act from the next batch on, within the limit of check_refusals. */
static void
check_live (void)
{
  static const char *const changes[][2] = { { "model.layers.0.q", "0" }, { "model.layers.0.spike-threshold", "1000" } };
  g_autoptr (RheoTrainer) trainer = trainer_of (one, "model.layers.0.in.sd=6 rule.optimiser.lr=0 run.batch=12");
  g_autoptr (GError) error = NULL;
  double rate[3];

  step (trainer);
  rate[0] = metric (trainer, "rate");
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (rheo_trainer_set (trainer, changes[i][0], changes[i][1], &error));
      step (trainer);
      rate[i + 1] = metric (trainer, "rate");
    }
  g_assert_cmpfloat (rate[0], >, 0.01);
  g_assert_cmpfloat (rate[1], >, 1.2 * rate[0]);
  g_assert_cmpfloat (rate[2], ==, 0);
  g_assert_false (rheo_trainer_set (trainer, "model.layers.0.q", "1205", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alif/rows", check_rows);
  g_test_add_func ("/alif/refusals", check_refusals);
  g_test_add_func ("/alif/stability", check_stability);
  g_test_add_func ("/alif/draws", check_draws);
  g_test_add_func ("/alif/ranges", check_ranges);
  g_test_add_func ("/alif/layers", check_layers);
  g_test_add_func ("/alif/live", check_live);
  return g_test_run ();
}
