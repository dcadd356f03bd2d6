/* Networks on a card, with the host in its place: threads of a block, shared memory and memory as little as it may be, and
 * whole training iterations beside those of the processor. */
#include "../engine/some-nets.h"
#include "../engine/trainer-of.h"

#include "engine/experiment.h"

#include <gmodule.h>

typedef void (*SetShim) (int n_threads, bool against, size_t shared, size_t memory);
typedef void (*GetCrossed) (size_t *to, size_t *from);
typedef int (*GetProducts) (void);

#define ENOUGH ((size_t) 1 << 30)
#define SHARED (96 * 1024)

static RheoDevice *device;
static GModule *module; /* the one that the device has opened */
static SetShim set_shim;
static GetCrossed get_crossed;
static GetProducts get_products;

static double
tolerance (void)
{
  return sizeof (RheoReal) == sizeof (double) ? 1e-12 : 2e-4;
}

/* Two layers that hear themselves, one of them with a delay of two steps, and units that hear each other in a circle. */
static NetConfig
layers (void)
{
  const RheoLif lif = {
    .reset = RHEO_LIF_SUBTRACT, .driver = RHEO_LIF_MEMBRANE, .differentiate = true, .learn_beta = true
  };
  const PopConfig hidden = {
    .cell = &rheo_cell_lif, .lif = lif, .n_units = 37, .param = { 0.8, 1 }, .spread = 0.1, .train = true
  };
  NetConfig config = {
    .pop = { hidden,
             { .name = "hidden2",
               .cell = &rheo_cell_alif,
               .alif = { .b0 = (RheoReal) 0.1, .beta = (RheoReal) 1.8, .resistance = 1 },
               .n_units = 21,
               .param = { 5, 20 },
               .spread = 1,
               .train = true },
             { .name = "out",
               .cell = &rheo_cell_average_readout,
               .n_units = 3,
               .param = { 4 },
               .spread = 1,
               .train = true } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 0.8, .bias = true },
              { .proj = { .name = "rec1", .from = 0, .to = 0, .delay = 1 }, .scale = 0.2 },
              { .proj = { .name = "ff", .from = 0, .to = 1 }, .scale = 0.5, .bias = true },
              { .proj = { .name = "rec2", .from = 1, .to = 1, .delay = 2 }, .scale = 0.2 },
              { .proj = { .name = "out", .from = 1, .to = 2 }, .scale = 1, .bias = true } },
  };

  config.pop[0].name = "hidden1";
  return config;
}

static RheoGrad *
run (const NetConfig *config, const Trials *trials, RheoNet **net)
{
  const RheoSurrogate surrogate = { .kind = RHEO_SURROGATE_FAST_SIGMOID, .slope = 5 };
  const RheoRollout r = { .batch = &trials->batch,
                          .t1 = trials->batch.n_steps,
                          .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };

  *net = net_of (device, config, trials, 3);
  rheo_net_set_surrogate (*net, &surrogate);
  return gradient_of (*net, &r);
}

/* Fibres in order and against it, between barriers: where one is missing, something is read before it is written. */
static void
test_barriers (void)
{
  const NetConfig config = layers ();
  g_autoptr (Trials) trials = trials_new (7, 12, 5, 3, 0.3, true);
  g_autoptr (RheoNet) net = NULL;
  RheoGrad *one;

  trials->length[6] = 8;
  one = run (&config, trials, &net);
  for (int n = 2; n <= 33; n += 31)
    for (int against = 0; against < 2; against++)
      {
        g_autoptr (RheoNet) another = NULL;
        RheoGrad *grad;

        set_shim (n, against, SHARED, ENOUGH);
        grad = run (&config, trials, &another);
        assert_same_bits (net, grad, one);
        rheo_grad_free (grad);
      }
  set_shim (1, false, SHARED, ENOUGH);
  rheo_grad_free (one);
}

/* Weights in shared memory, in the card's, and step by step. */
static void
test_shared (void)
{
  static const size_t limits[] = { SHARED, 4096, 0 };
  const RheoSurrogate surrogate = { .kind = RHEO_SURROGATE_FAST_SIGMOID, .slope = 5 };
  const NetConfig config = layers ();
  g_autoptr (Trials) trials = trials_new (5, 9, 5, 3, 0, false);
  const RheoRollout r = { .batch = &trials->batch,
                          .t1 = 9,
                          .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE | RHEO_ROLL_D_OUT };

  trials->length[4] = 5;
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr (RheoNet) net = NULL;

      set_shim (1, false, limits[i], ENOUGH);
      net = net_of (device, &config, trials, 2);
      g_assert_cmpfloat (check_against_reference (net, &surrogate, &r, tolerance ()), >, 0.02);
    }
  set_shim (1, false, SHARED, ENOUGH);
}

/* Share of units of a population that spike in a step. */
static double
density_of (RheoNet *net, const Trials *trials, int pop)
{
  const int n_units = rheo_net_get_plan (net)->pop[pop].n_units;
  int n = 0;

  for (int row = 0; row < trials->batch.n_rows; row++)
    for (int t = 0; t < trials->batch.n_steps; t++)
      for (int k = 0; k < n_units; k++)
        n += tape_out (net, pop, row, t, k) > 0;
  return (double) n / (double) (trials->batch.n_rows * trials->batch.n_steps * n_units);
}

/* Few spikes are added one by one, many go through a product of matrices. */
static void
test_density (void)
{
  static const double densities[] = { 0.01, 0.9 };
  const RheoSurrogate surrogate = { .kind = RHEO_SURROGATE_FAST_SIGMOID, .slope = 5 };
  NetConfig config = layers ();
  int n_other[2], n_dense[2];

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (Trials) trials = trials_new (6, 12, 5, 3, densities[i], true);
      const RheoRollout r = { .batch = &trials->batch, .t1 = 12, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
      g_autoptr (RheoNet) net = NULL;

      config.proj[0].scale = 4 * densities[i];
      net = net_of (device, &config, trials, 3);
      get_products ();
      check_against_reference (net, &surrogate, &r, tolerance ());
      n_dense[i] = (densities[i] > 1 / 16.0) + (density_of (net, trials, 0) > 1 / 16.0)
                   + (density_of (net, trials, 1) > 1 / 16.0);
      n_other[i] = get_products () - n_dense[i];
    }
  g_assert_cmpint (n_dense[0], <, 2);
  g_assert_cmpint (n_dense[1], >, 1);
  g_assert_cmpint (n_other[0], ==, n_other[1]);
}

/* Three windows, the last one shorter than a delay. Bytes that came from the card. */
static size_t
run_windows (RheoNet *net, const Trials *trials, unsigned read_pops, RheoGrad *grad)
{
  static const int ends[] = { 0, 5, 11, 12 };
  size_t to, from;

  get_crossed (&to, &from);
  for (int i = 0; i < 3; i++)
    {
      const RheoRollout r = { .batch = &trials->batch,
                              .t0 = ends[i],
                              .t1 = ends[i + 1],
                              .flags = RHEO_ROLL_TAPE | (i == 0 ? RHEO_ROLL_RESET : 0),
                              .read_pops = read_pops };

      add_gradient (net, &r, grad);
    }
  get_crossed (&to, &from);
  return from;
}

/* Values that nobody reads stay on the card, but for those that the next window begins with. */
static void
test_crossing (void)
{
  const NetConfig config = {
    .pop = { { .name = "hidden", .cell = &rheo_cell_leaky_readout, .n_units = 40, .param = { 0.8 }, .train = true },
             { .name = "out", .cell = &rheo_cell_leaky_readout, .n_units = 3, .param = { 0.6 }, .train = true } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 0.8, .bias = true },
              { .proj = { .name = "out", .from = 0, .to = 1, .delay = 2 }, .scale = 1, .bias = true } },
  };
  g_autoptr (Trials) trials = trials_new (6, 12, 5, 3, 0.3, false);
  g_autoptr (RheoNet) all = net_of (device, &config, trials, 3), few = net_of (device, &config, trials, 3);
  RheoGrad *a = rheo_net_new_grad (all), *b = rheo_net_new_grad (few);
  const size_t n_all = run_windows (all, trials, 0, a), n_few = run_windows (few, trials, 1u << 1, b);
  const size_t step = sizeof (RheoReal) * 6 * (size_t) rheo_net_get_plan (all)->pop[0].stride;

  assert_same_bits (all, a, b);
  for (int t = 0, row = 0; row < 6; row++)
    for (int k = 0; k < 3; k++)
      check_close ("out", k, tape_out (few, 1, row, t, k), tape_out (all, 1, row, t, k), 0);
  /* Of the windows of 5, 6 and 1 steps the last 2, 2 and 1 come. */
  g_assert_cmpuint (n_all - n_few, ==, (5 - 2 + 6 - 2) * step);
  rheo_grad_free (a);
  rheo_grad_free (b);
}

/* --- training ------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *name, *words;
  double looser; /* than others, in double */
  enum
  {
    ANYWHERE,
    ON_CARD,
    ON_PROCESSOR,
  } where;      /* weights are updated */
  int n_counts; /* metrics of constraints at least */
} Training;

static double
allowed (const Training *given)
{
  return sizeof (RheoReal) == sizeof (double) ? 1e-12 * given->looser : 1e-5;
}

/* What the optimiser keeps beside the weights. */
static void
compare_moments (const Training *given, const RheoNet *a, const RheoNet *b)
{
  g_autoptr (RheoTable) x = rheo_table_new ("net"), y = rheo_table_new ("net");

  rheo_net_save (a, FALSE, x);
  rheo_net_save (b, FALSE, y);
  for (int i = 0; i < rheo_table_get_n_columns (x); i++)
    {
      const RheoColumn *p = rheo_table_get_column (x, i), *q = rheo_table_get_column (y, i);
      double apart = 0, size = 0;

      if (!g_str_has_prefix (p->key, "optimiser."))
        continue;
      for (int64_t k = 0; k < rheo_column_get_length (p); k++)
        {
          const double d = rheo_column_get_number (p, k) - rheo_column_get_number (q, k);

          apart += d * d;
          size += rheo_column_get_number (q, k) * rheo_column_get_number (q, k);
        }
      if (!(sqrt (apart) <= 10 * allowed (given) * (1e-3 + sqrt (size))))
        g_error ("%s: %g apart, of %g", p->key, sqrt (apart), sqrt (size));
    }
}

/* Counts of what masks and signs did. How many there are. */
static int
compare_counts (RheoTrainer *card, RheoTrainer *processor)
{
  const RheoMetrics *a = rheo_trainer_get_metrics (card), *b = rheo_trainer_get_metrics (processor);
  int n = 0;

  for (int i = 0; i < rheo_metrics_get_n (a); i++)
    {
      const char *name = rheo_metrics_get_name (a, i);
      const double x = rheo_metrics_get (a, i), y = rheo_metrics_get (b, i);

      if ((!g_str_has_suffix (name, ".sparsity") && !g_str_has_suffix (name, ".false-neg")) || isnan (y))
        continue;
      g_assert_cmpfloat_with_epsilon (x, y, 1e-5 * (1 + y)); /* a weight may be 0 but for rounding */
      n += y > 0;
    }
  return n;
}

/* Some iterations of a ready-made experiment, made small. Lanes that the card takes at a time. */
static int
compare (const Training *given)
{
  g_autofree char *here = g_strconcat (given->words, " run.device=cuda", NULL),
                  *there = g_strconcat (given->words, " run.device=cpu", NULL);
  g_autoptr (RheoTrainer) card = trainer_named (given->name, here), processor = trainer_named (given->name, there);
  RheoNet *a = rheo_trainer_get_net (card), *b = rheo_trainer_get_net (processor);
  size_t to, from;
  double moved = 0;

  g_assert_cmpstr (rheo_net_get_device (a)->ops->id, ==, "cuda");
  for (int i = 0; i < 3; i++)
    {
      g_assert_cmpint (step (card), ==, RHEO_STOP_NONE);
      g_assert_cmpint (step (processor), ==, RHEO_STOP_NONE);
    }
  for (int i = 0; i < rheo_net_get_n_trainables (a); i++)
    {
      const RheoTrainable *x = rheo_net_get_trainable (a, i), *y = rheo_net_get_trainable (b, i);
      double apart = 0, size = 0;

      for (int64_t row = 0; row < x->n_rows; row++)
        for (int k = 0; k < x->width; k++)
          {
            const double p = (double) x->value[row * x->stride + k], q = (double) y->value[row * y->stride + k];

            apart += (p - q) * (p - q);
            size += q * q;
          }
      moved += size;
      if (!(sqrt (apart) <= allowed (given) * (1 + sqrt (size))))
        g_error ("%s: %g apart, of %g", x->name, sqrt (apart), sqrt (size));
    }
  g_assert_cmpfloat (moved, >, 0);
  compare_moments (given, a, b);
  g_assert_cmpint (compare_counts (card, processor), >=, given->n_counts);
  get_crossed (&to, &from);
  g_assert_nonnull (rheo_trainer_get_grad (card));
  get_crossed (&to, &from);
  g_assert_true (given->where == ANYWHERE || (from > 0) == (given->where == ON_CARD));
  return rheo_net_get_wave (a);
}

static void
test_training (gconstpointer data)
{
  const Training *training = data;

  if (sizeof (RheoReal) == sizeof (float) && training->looser > 1)
    {
      g_test_skip ("a membrane that is rounded otherwise turns spikes");
      return;
    }
  compare (training);
}

/* A card that holds a part of the batch at a time, and one that has no room at all. */
static void
test_memory (void)
{
  const RheoShape shape = { .n_in = 5, .n_out = 3, .n_steps = 12 };
  const RheoNetSize size = { .n_rows = 12, .lane_rows = 3, .memory = 100 };
  const NetConfig config = layers ();
  const Training waves = { "robot-clean", "model.layers.0.units=40 run.batch=48 task.n-trials=96 task.n-valid=8", 1 };
  g_autoptr (RheoNet) net = NULL;
  g_autoptr (GError) error = NULL;

  set_shim (1, false, SHARED, 300 * 1024 * sizeof (RheoReal));
  g_assert_cmpint (compare (&waves), <, 6);
  set_shim (1, false, SHARED, 20 * 1024);
  net = rheo_net_new (&config_model, &config, &shape, device, &size, 1, &error);
  g_assert_null (net);
  g_assert_nonnull (error);
  set_shim (1, false, SHARED, ENOUGH);
}

/* Adam divides small gradients by themselves; those of a and b are small. */
static const Training trainings[] = {
  { "robot-clean", "model.layers.0.units=40 run.batch=8 task.n-trials=40 task.n-valid=8", 1 },
  { "flip-flop-3bit", "model.units=30 run.batch=12 task.n-steps=40", 1 },
  { "bptt-3d", "model.units=30 task.n-steps=40", 1 },
  { "shd-lif-synthetic", "model.layers.0.units=40 run.batch=20 task.n-train=60 task.n-test=20", 1 },
  { "shd-eprop-synthetic", "model.layers.0.units=40 run.batch=20 task.n-train=60 task.n-test=20", 1 },
  { "shd-alif-synthetic", "model.layers.0.units=24 model.layers.1.units=16 run.batch=20 task.n-train=60 task.n-test=20",
    1 },
  { "shd-adlif-synthetic",
    "model.layers.0.units=24 model.layers.1.units=16 run.batch=20 task.n-train=60 task.n-test=20", 100 },
};

#define CLEAN "model.layers.0.units=24 run.batch=8 task.n-trials=40 task.n-valid=8 "
#define SIGNED "run.batch=8 task.n-trials=40 task.n-valid=8 task.n-steps=12 "

/* Optimisers and constraints. */
static const Training updates[] = {
  { "robot-clean", CLEAN "rule.optimiser.kind=sgd rule.optimiser.lr=0.01 rule.optimiser.clip=0.1", 1, ON_CARD },
  { "robot-clean",
    CLEAN "rule.optimiser.kind=momentum rule.optimiser.nesterov=true rule.optimiser.lr=0.01 "
          "rule.optimiser.weight-decay=0.01",
    1, ON_CARD },
  { "robot-clean", CLEAN "rule.optimiser.kind=rmsprop", 10, ON_CARD },
  { "robot-clean", CLEAN "rule.optimiser.kind=adamw rule.optimiser.weight-decay=0.01", 10, ON_CARD },
  { "robot-clean", CLEAN "rule.frozen=rec", 10, ON_CARD },
  { "robot-trajectory", SIGNED "rule.optimiser.kind=sgd rule.optimiser.lr=50 rule.optimiser.clip=1", 10, ON_CARD, 2 },
  { "robot-trajectory-upstream", SIGNED "rule.optimiser.kind=sgd rule.optimiser.lr=50 rule.optimiser.clip=1", 10,
    ON_PROCESSOR, 1 },
};

/* A gradient to which the processor has added is the program's, whoever goes on. */
static void
test_both (void)
{
  const RheoSurrogate surrogate = { .kind = RHEO_SURROGATE_FAST_SIGMOID, .slope = 5 };
  const RheoIntervention act = { .kind = RHEO_ACT_SCALE, .pop = 0, .proj = -1, .t1 = 12, .value = 0.5 };
  const NetConfig config = layers ();
  g_autoptr (Trials) trials = trials_new (6, 12, 5, 3, 0.3, true);
  const RheoRollout on_card = { .batch = &trials->batch, .t1 = 12, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  RheoRollout on_processor = on_card;
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 3);
  RheoGrad *plain = rheo_net_new_grad (net), *stays = rheo_net_new_grad (net);

  on_processor.acts = &act;
  on_processor.n_acts = 1;
  rheo_net_set_surrogate (net, &surrogate);
  for (int first = 0; first < 2; first++)
    {
      rheo_grad_clear (plain, net);
      rheo_grad_clear (stays, net);
      stays->may_stay = true;
      for (int i = 0; i < 2; i++)
        {
          add_gradient (net, i == first ? &on_card : &on_processor, plain);
          add_gradient (net, i == first ? &on_card : &on_processor, stays);
        }
      g_assert_cmpint (stays->place, ==, RHEO_GRAD_HERE);
      assert_same_bits (net, plain, stays);
    }
  rheo_grad_free (plain);
  rheo_grad_free (stays);
}

/* What is recorded of the way back comes from the card. */
static void
test_record (void)
{
  static const char here[] = "model.layers.0.units=40 run.batch=20 task.n-train=60 task.n-test=20 run.device=cuda";
  static const char there[] = "model.layers.0.units=40 run.batch=20 task.n-train=60 task.n-test=20 run.device=cpu";
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTrainer) card = trainer_named ("shd-lif-synthetic", here);
  g_autoptr (RheoTrainer) processor = trainer_named ("shd-lif-synthetic", there);
  g_autoptr (RheoTable) a = NULL, b = NULL;
  static const char *const keys[] = { "hidden.gradient-size", "hidden.gradient-share", "hidden.surrogate" };

  do_steps (card, 1);
  do_steps (processor, 1);
  a = rheo_trainer_dup_record (card, &error);
  b = rheo_trainer_dup_record (processor, &error);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const RheoColumn *x = rheo_table_find (a, keys[i]), *y = rheo_table_find (b, keys[i]);
      double largest = 0;

      g_assert_true (x != NULL && y != NULL);
      for (int64_t k = 0; k < rheo_column_get_length (x); k++)
        {
          largest = MAX (largest, fabs (rheo_column_get_number (y, k)));
          g_assert_cmpfloat_with_epsilon (rheo_column_get_number (x, k), rheo_column_get_number (y, k),
                                          1e-4 * MAX (largest, 1e-6));
        }
      g_assert_cmpfloat (largest, >, 0);
    }
}

/* --- which device --------------------------------------------------------------------------------------------------------- */

#define SMALL "model.layers.0.units=24 run.batch=10 task.n-trials=20 task.n-valid=8 "

/* The same can be told from the experiment before it runs. */
static void
assert_foretold (RheoTrainer *trainer, const char *why)
{
  const char *reason;
  g_autofree char *card =
      rheo_trainer_dup_card (rheo_trainer_get_experiment (trainer), &rheo_trainer_get_rule (trainer)->shape, &reason);

  g_assert_cmpstr (reason, ==, why);
  g_assert_true ((card == NULL) == (why != NULL));
}

/* What auto takes, and why not the card. */
static void
test_choice (void)
{
  static const struct
  {
    const char *name, *words, *device, *part;
  } cases[] = {
    { "robot-clean", SMALL, "cuda", NULL },
    { "robot-clean", SMALL "run.device=cpu", "cpu", NULL },
    { "shd-lif-synthetic", "task.n-train=64 task.n-test=20 model.delays.kind=axonal", "cpu", "delays" },
    { "eprop-3d", "task.n-steps=20 rule.update=step", "cpu", "updates" },
    { "bptt-3d", "task.n-steps=20 rule.dropout.kind=dead", "cpu", "drop-out" },
    { "button-food-ltts", "", "cpu", "local rules" },
    { "sorn-counting", "", "cpu", "local rules" },
    { "cartpole-untrained", "", "cpu", "local rules" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RheoTrainer) trainer = trainer_named (cases[i].name, cases[i].words);
      const char *why;

      g_assert_cmpstr (rheo_net_get_device (rheo_trainer_get_net (trainer))->ops->id, ==, cases[i].device);
      rheo_trainer_get_device (trainer, &why);
      g_assert_true ((why != NULL) == (cases[i].part != NULL));
      if (why != NULL)
        g_assert_nonnull (strstr (why, cases[i].part));
      if (strstr (cases[i].words, "run.device") == NULL)
        assert_foretold (trainer, why);
    }
}

/* A card that is asked for by name is taken or nothing is. */
static void
test_refusals (void)
{
  static const char *const words[][3] = {
    { "sorn-counting", "run.device=cuda", "local rules" },
    { "robot-clean", "run.device=cuda:3", "of this number" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (words[i][0], &error);
      g_autoptr (RheoTrainer) trainer = NULL;

      g_assert_true (rheo_experiment_set_all (experiment, (const char *const[]){ words[i][1], NULL }, &error));
      trainer = rheo_trainer_new (experiment, &error);
      g_assert_null (trainer);
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_DEVICE);
      g_assert_nonnull (strstr (error->message, "run.device"));
      g_assert_nonnull (strstr (error->message, words[i][2]));
    }
}

/* Memory that ends in the middle of a run ends it with a sentence; what was learned before stays. */
static void
test_fault (void)
{
  g_autoptr (RheoTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;
  RheoStop stop;
  RheoReal weight;
  const RheoProj *p;

  trainer = trainer_named ("robot-clean", SMALL);
  p = rheo_net_get_proj (rheo_trainer_get_net (trainer), 0);
  weight = p->weight[0];
  set_shim (1, false, SHARED, 0);
  g_assert_false (rheo_trainer_step (trainer, NULL, NULL, &stop, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_DEVICE);
  g_assert_nonnull (strstr (error->message, "memory on the card"));
  g_assert_true (p->weight[0] >= weight && p->weight[0] <= weight);
  set_shim (1, false, SHARED, ENOUGH);
  g_assert_cmpint (step (trainer), ==, RHEO_STOP_NONE);
}

/* A run of one device goes on on the other. */
static void
test_resume (void)
{
  const char *const devices[] = { "auto", "cpu" };
  g_autofree char *folder = g_dir_make_tmp ("rheobase-card-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  double sum[2] = { 0 };

  for (int first = 0; first < 2; first++)
    {
      g_autofree char *here = g_strconcat (SMALL "run.device=", devices[first], NULL);
      g_autofree char *there = g_strconcat (SMALL "run.device=", devices[1 - first], NULL);
      g_autoptr (RheoTrainer) begun = trainer_named ("robot-clean", here),
                              goes_on = trainer_named ("robot-clean", there);
      g_autoptr (GError) error = NULL;
      const RheoProj *p = rheo_net_get_proj (rheo_trainer_get_net (goes_on), 0);

      g_assert_true (rheo_trainer_create_run (begun, path, &error));
      do_steps (begun, 2);
      g_assert_true (rheo_trainer_close_run (begun, RHEO_STOP_USER, &error));
      rheo_trainer_resume_run (goes_on, path, -1, &error);
      g_assert_no_error (error);
      do_steps (goes_on, 2);
      for (int k = 0; k < p->n_post; k++)
        sum[first] += (double) p->weight[k];
      g_assert_true (rheo_trainer_close_run (goes_on, RHEO_STOP_USER, &error));
      g_unlink (path);
    }
  g_rmdir (folder);
  g_assert_cmpfloat_with_epsilon (sum[0], sum[1], sizeof (RheoReal) == sizeof (double) ? 1e-11 : 1e-4);
}

int
main (int argc, char **argv)
{
  const char *why = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  module = g_module_open (g_getenv ("RHEO_CUDA_MODULE"), 0);
  g_assert_true (module != NULL && g_module_symbol (module, "gpu_shim_set", (gpointer *) &set_shim)
                 && g_module_symbol (module, "gpu_shim_crossed", (gpointer *) &get_crossed)
                 && g_module_symbol (module, "gpu_shim_products", (gpointer *) &get_products));
  device = rheo_device_new ("cuda", 2, &why);
  if (device == NULL)
    g_error ("no device: %s", why);
  g_test_add_func ("/card/barriers", test_barriers);
  g_test_add_func ("/card/shared-memory", test_shared);
  g_test_add_func ("/card/density", test_density);
  g_test_add_func ("/card/crossing", test_crossing);
  g_test_add_func ("/card/memory", test_memory);
  for (guint i = 0; i < G_N_ELEMENTS (trainings); i++)
    {
      g_autofree char *path = g_strconcat ("/card/training/", trainings[i].name, NULL);

      g_test_add_data_func (path, &trainings[i], test_training);
    }
  for (guint i = 0; i < G_N_ELEMENTS (updates); i++)
    {
      g_autofree char *path = g_strdup_printf ("/card/update/%u", i);

      g_test_add_data_func (path, &updates[i], test_training);
    }
  g_test_add_func ("/card/both", test_both);
  g_test_add_func ("/card/record", test_record);
  g_test_add_func ("/card/choice", test_choice);
  g_test_add_func ("/card/refusals", test_refusals);
  g_test_add_func ("/card/fault", test_fault);
  g_test_add_func ("/card/resume", test_resume);
  status = g_test_run ();
  rheo_device_free (device);
  g_module_close (module);
  return status;
}
