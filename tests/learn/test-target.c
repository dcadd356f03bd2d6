/* FORCE, full-FORCE and target spikes learn trajectories: the mean squared error of the network left to itself, over the
 * variance of the target, is below 0.05 for each of three seeds. And an agent learns by example. */
#include "config.h"

#include "engine/trainer.h"

#define N_SEEDS 3
#define MOST 0.05

typedef struct
{
  const char *name, *model, *rule;
  int outputs, budget;
} Case;

#define RATES                                                                                                          \
  "\"id\": \"ctrnn\", \"units\": 150, \"equation\": \"current\", \"activation\": \"tanh\", \"dale\": false, "          \
  "\"io-non-negative\": false, \"spectral-radius\": 1.5, \"noise-rec\": 0, \"noise-in\": 0, \"weights\": \"newest\""
#define SPIKES "\"id\": \"cuba-lif\", \"units\": 600"
#define BACK(range) ", \"feedback\": {\"kind\": \"uniform\", \"range\": " #range "}"
#define FORCE "\"id\": \"force\", \"rls\": {\"alpha\": 0.1, \"every\": 2}"
#define FULL "\"id\": \"full-force\", \"rls\": {\"alpha\": 0.1, \"every\": 2}"
#define FULL_SPIKES "\"id\": \"full-force\", \"target\": {\"sd\": 8}, \"rls\": {\"alpha\": 5}, \"tau-filter\": 2"

static const Case cases[] = {
  { "force-1d", RATES BACK (1), FORCE, 1, 60 },
  { "force-3d", RATES BACK (1), FORCE, 3, 60 },
  { "full-force-1d", RATES, FULL, 1, 60 },
  { "full-force-3d", RATES, FULL, 3, 60 },
  { "force-spiking-1d", SPIKES BACK (20), "\"id\": \"force\"", 1, 60 },
  { "force-spiking-3d", SPIKES BACK (20), "\"id\": \"force\"", 3, 60 },
  { "full-force-spiking-1d", SPIKES, FULL_SPIKES, 1, 100 },
  { "full-force-spiking-3d", SPIKES, FULL_SPIKES, 3, 100 },
};

static RheoTrainer *
make_trainer (const char *json, int seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment =
      json[0] == '{' ? rheo_experiment_parse (json, "test", &error) : rheo_experiment_load (json, &error);
  g_autofree char *assignment = g_strdup_printf ("run.seed=%d", seed);
  RheoTrainer *trainer;

  g_assert_no_error (error);
  rheo_experiment_set_all (experiment, (const char *const[]){ assignment, NULL }, &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  return trainer;
}

static double
get (const RheoTable *metrics, const char *key)
{
  const RheoColumn *column = rheo_table_find (metrics, key);

  g_assert_nonnull (column);
  return rheo_column_get_number (column, 0);
}

static RheoTable *
train (RheoTrainer *trainer)
{
  RheoStop stop = RHEO_STOP_NONE;

  while (stop == RHEO_STOP_NONE)
    {
      g_autoptr (GError) error = NULL;

      rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (stop, ==, RHEO_STOP_BUDGET);
  return rheo_trainer_dup_last_metrics (trainer);
}

static void
check_learns (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *json =
      g_strdup_printf ("{\"format\": 1, \"task\": {\"id\": \"trajectory\", \"outputs\": %d}, \"model\": {%s}, "
                       "\"rule\": {%s}, \"run\": {\"budget\": %d, \"batch\": 1, \"validate\": 0, \"threads\": 1}}",
                       c->outputs, c->model, c->rule, c->budget);

  for (int seed = 1; seed <= N_SEEDS; seed++)
    {
      g_autoptr (RheoTrainer) trainer = make_trainer (json, seed);
      g_autoptr (RheoTable) metrics = train (trainer);

      g_test_message ("%s, seed %d: %.4f", c->name, seed, get (metrics, "nmse"));
      g_assert_cmpfloat (get (metrics, "nmse"), <, MOST);
    }
}

/* Every spike of the target, and with them its read-out. */
static void
check_spikes (void)
{
  for (int seed = 1; seed <= N_SEEDS; seed++)
    {
      g_autoptr (RheoTrainer) trainer = make_trainer ("ltts-3d", seed);
      g_autoptr (RheoTable) metrics = train (trainer);

      g_test_message ("seed %d: %.4f of %.4f, %g spikes", seed, get (metrics, "mse"), get (metrics, "read-out-limit"),
                      get (metrics, "spike-error"));
      g_assert_cmpfloat (get (metrics, "spike-error"), <=, 2);
      g_assert_cmpfloat (get (metrics, "nmse"), <, MOST);
    }
}

static double
clone (int units)
{
  g_autoptr (RheoTrainer) trainer = make_trainer ("button-food-ltts", 1);
  g_autofree char *text = g_strdup_printf ("%d", units);
  g_autoptr (RheoTable) metrics = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_dup (rheo_trainer_get_experiment (trainer));

  g_clear_pointer (&trainer, rheo_trainer_free);
  rheo_experiment_set (experiment, "rule.units", text, &error);
  rheo_experiment_set (experiment, "run.validate", "250", &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  metrics = train (trainer);
  g_test_message ("%d units: score %.2f, button %.2f", units, get (metrics, "score"), get (metrics, "unlocked"));
  return get (metrics, "score");
}

/* The more units follow the target, the better an agent does. */
static void
check_cloning (void)
{
  const double all = clone (300), third = clone (100), few = clone (34);

  g_assert_cmpfloat (all, >, 2 * third);
  g_assert_cmpfloat (third, >, 2 * few);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/target/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], check_learns);
    }
  g_test_add_func ("/target/spikes", check_spikes);
  g_test_add_func ("/target/cloning", check_cloning);
  return g_test_run ();
}
