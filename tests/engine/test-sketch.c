/* What is counted on a description against networks that are really made. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/net.h"
#include "engine/sketch.h"
#include "engine/trainer.h"

static RheoExperiment *
experiment_of (const char *const *settings)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *experiment = rheo_experiment_load ("robot-trajectory", &error);

  g_assert_no_error (error);
  rheo_experiment_set_all (experiment, settings, &error);
  g_assert_no_error (error);
  return experiment;
}

static void
shape_of (const RheoExperiment *experiment, RheoShape *shape)
{
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);

  task->shape (rheo_experiment_get_values (experiment, RHEO_SLOT_TASK), NULL, shape);
}

static RheoTable *
sketch (const RheoExperiment *experiment, RheoSketchFacts *facts)
{
  g_autoptr (GError) error = NULL;
  RheoShape shape;
  RheoTable *table;

  shape_of (experiment, &shape);
  table = rheo_sketch_new (experiment, &shape, facts, &error);
  g_assert_no_error (error);
  return table;
}

static double
number (const RheoTable *table, const char *key, int64_t i)
{
  return rheo_column_get_number (rheo_table_find (table, key), i);
}

#define SMALL "task.n-trials=40", "task.n-valid=10", "run.batch=10", "run.threads=1"

static const char *const plain[] = { SMALL, "model.preset=clean", "model.layers.0.units=50", NULL };
static const char *const cortex[] = { SMALL, "model.layers.0.units=300", NULL };
static const char *const stack[] = { SMALL,
                                     "model.preset=clean",
                                     "model.layers=[{\"units\": 40, \"classes\": \"e-i\", \"learn-beta\": true},"
                                     " {\"units\": 30, \"recurrent\": \"one-to-one\"}, {\"units\": 20, "
                                     "\"recurrent\": \"none\"}]",
                                     "model.constraints.mask=true",
                                     "model.layers.0.rec.connect=ring",
                                     NULL };
static const char *const turned[] = { SMALL, "task.time-axis=samples", "model.layers.0.units=60", NULL };
static const char *const lonely[] = { SMALL,
                                      "model.preset=clean",
                                      "model.layers.0.units=64",
                                      "model.constraints.mask=true",
                                      "model.layers.0.rec.connect=sheet",
                                      "model.layers.0.rec.no-self=true",
                                      NULL };

static const struct
{
  const char *name;
  const char *const *settings;
} nets[] = {
  { "plain", plain }, { "cortex", cortex }, { "stack", stack }, { "turned", turned }, { "sheet", lonely },
};

static double
count_nonzero (const RheoProj *p)
{
  double n = 0;

  if (p->form == RHEO_ONE_TO_ONE)
    return p->n_post;
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      n += p->weight[(size_t) j * (size_t) p->stride + (size_t) i] != 0;
  return n;
}

static void
test_counts (gconstpointer data)
{
  g_autoptr (RheoExperiment) experiment = experiment_of (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTrainer) trainer = rheo_trainer_new (experiment, &error);
  RheoSketchFacts facts;
  g_autoptr (RheoTable) table = sketch (experiment, &facts);
  const RheoPlan *plan;
  RheoNetFacts real;
  double connected = 0, pairs = 0;
  int64_t units = 0;

  g_assert_no_error (error);
  plan = rheo_net_get_plan (rheo_trainer_get_net (trainer));
  real = rheo_net_get_facts (rheo_trainer_get_net (trainer));
  g_assert_cmpint (facts.n_trained, ==, real.n_trained);
  g_assert_cmpint (facts.n_batches, ==, rheo_trainer_get_n_batches (trainer));
  for (int i = 0; i < plan->n_projs; i++)
    {
      connected += count_nonzero (&plan->proj[i]);
      pairs += (double) plan->proj[i].n_pre * plan->proj[i].n_post;
    }
  for (int i = 0; i + 1 < plan->n_pops; i++)
    units += plan->pop[i].n_units;
  g_assert_cmpint (facts.n_units, ==, units);
  g_assert_cmpfloat (facts.n_pairs, ==, pairs);
  /* Five standard deviations of as many coins. */
  g_assert_cmpfloat (fabs (facts.n_connected - connected), <=, 5 * sqrt (pairs * 0.25) + 1);
  /* What runs holds at least the network itself. */
  g_assert_cmpfloat (facts.memory, >=, (double) (real.weights + real.state + real.tape));
}

/* A description without buffers has the sizes of one with them. */
static void
test_sizes (gconstpointer data)
{
  g_autoptr (RheoExperiment) experiment = experiment_of (data);
  const RheoModel *model = (const RheoModel *) rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  const void *config = rheo_experiment_get_values (experiment, RHEO_SLOT_MODEL);
  const RheoNetSize size = { 10, 0, 1000 };
  RheoDevice *device = rheo_device_new ("cpu", 1, NULL);
  RheoShape shape;
  RheoNet *made, *drawn;
  RheoNetFacts a, b;

  shape_of (experiment, &shape);
  made = rheo_net_new (model, config, &shape, device, &size, 1, NULL);
  drawn = rheo_net_sketch (model, config, &shape, &size, NULL);
  a = rheo_net_get_facts (made);
  b = rheo_net_get_facts (drawn);
  g_assert_cmpuint (a.weights, ==, b.weights);
  g_assert_cmpuint (a.state, ==, b.state);
  g_assert_cmpuint (a.tape, ==, b.tape);
  g_assert_cmpint (rheo_net_get_n_lanes (made), ==, rheo_net_get_n_lanes (drawn));
  g_assert_cmpint (rheo_net_get_wave (made), ==, rheo_net_get_wave (drawn));
  g_assert_cmpint (rheo_net_get_n_trainables (made), ==, rheo_net_get_n_trainables (drawn));
  for (int i = 0; i < rheo_net_get_n_trainables (made); i++)
    {
      const RheoTrainable *s = rheo_net_get_trainable (made, i), *t = rheo_net_get_trainable (drawn, i);

      g_assert_cmpstr (s->name, ==, t->name);
      g_assert_cmpint (s->n_rows * s->width, ==, t->n_rows * t->width);
      g_assert_null (t->value);
    }
  rheo_net_free (made);
  rheo_net_free (drawn);
  rheo_device_free (device);
}

static void
test_boxes (void)
{
  g_autoptr (RheoExperiment) experiment = experiment_of (cortex);
  RheoSketchFacts facts;
  g_autoptr (RheoTable) table = sketch (experiment, &facts);
  const RheoColumn *names = rheo_table_find (table, "node.name");
  static const char *const wanted[] = { "ω0, ω1", "E", "PV", "SST", "Htr", "x, y" };
  gboolean inhibited = FALSE;

  g_assert_cmpint (rheo_column_get_length (names), ==, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpstr (rheo_column_get_string (names, i), ==, wanted[i]);
  g_assert_cmpfloat (number (table, "node.units", 1), ==, 255);
  g_assert_cmpfloat (number (table, "node.kind", 0), ==, RHEO_SKETCH_INPUT);
  g_assert_cmpfloat (number (table, "node.kind", 5), ==, RHEO_SKETCH_OUTPUT);
  for (int64_t k = 0; k < rheo_column_get_length (rheo_table_find (table, "link.from")); k++)
    if (number (table, "link.from", k) == 2 && number (table, "link.to", k) == 1)
      {
        inhibited = TRUE;
        g_assert_cmpfloat (number (table, "link.sign", k), ==, -1);
        g_assert_cmpfloat (number (table, "link.share", k), ==, 0.411);
      }
  g_assert_true (inhibited);
}

/* Without targets there is no read-out: every population is of units, and both kinds of units are named. */
static void
test_no_targets (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("sorn-default", &error);
  RheoSketchFacts facts;
  g_autoptr (RheoTable) table = sketch (experiment, &facts);
  const RheoColumn *names = rheo_table_find (table, "node.name");
  static const char *const wanted[] = { "Input", "Excitatory", "Inhibitory" };
  static const double units[] = { 10, 200, 40 };
  static const struct
  {
    const char *name;
    double from, to, sign, share;
  } links[] = { { "ee", 1, 1, 1, 0.1 }, { "ei", 2, 1, -1, 0.2 }, { "ie", 1, 2, 1, 1 }, { "in", 0, 1, 0, 0.005 } };

  g_assert_no_error (error);
  g_assert_cmpint (rheo_column_get_length (names), ==, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_assert_cmpstr (rheo_column_get_string (names, i), ==, wanted[i]);
      g_assert_cmpfloat (number (table, "node.units", i), ==, units[i]);
      g_assert_cmpfloat (number (table, "node.kind", i), ==, i == 0 ? RHEO_SKETCH_INPUT : RHEO_SKETCH_UNITS);
    }
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (table, "link.from")), ==, G_N_ELEMENTS (links));
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_assert_cmpstr (rheo_column_get_string (rheo_table_find (table, "link.name"), i), ==, links[i].name);
      g_assert_cmpfloat (number (table, "link.from", i), ==, links[i].from);
      g_assert_cmpfloat (number (table, "link.to", i), ==, links[i].to);
      g_assert_cmpfloat (number (table, "link.sign", i), ==, links[i].sign);
      g_assert_cmpfloat (number (table, "link.share", i), ==, links[i].share);
    }
  g_assert_cmpint (facts.n_units, ==, 240);
  g_assert_cmpint (facts.n_trained, ==, 0);
}

/* With neither input nor targets there are the units alone. */
static void
test_no_input (void)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("sorn-default", NULL);
  RheoSketchFacts facts;
  g_autoptr (RheoTable) table = NULL;

  g_assert_true (rheo_experiment_set (experiment, "task.channels", "0", NULL));
  table = sketch (experiment, &facts);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (table, "node.name")), ==, 2);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (table, "link.from")), ==, 3);
  g_assert_cmpint (facts.n_units, ==, 240);
}

/* A network that no machine here could hold costs nothing to describe. */
static void
test_large (void)
{
  static const char *const settings[] = { "model.layers.0.units=65536", NULL };
  g_autoptr (RheoExperiment) experiment = experiment_of (settings);
  RheoSketchFacts facts;
  g_autoptr (RheoTable) table = sketch (experiment, &facts);

  g_assert_cmpfloat ((double) facts.n_trained, ==, 65536.0 * 65536 + 6 * 65536 + 2);
  g_assert_cmpfloat (facts.memory, >, 3 * 4.0 * 65536 * 65536);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (nets); i++)
    {
      g_autofree char *counts = g_strdup_printf ("/sketch/counts/%s", nets[i].name);
      g_autofree char *sizes = g_strdup_printf ("/sketch/sizes/%s", nets[i].name);

      g_test_add_data_func (counts, nets[i].settings, test_counts);
      g_test_add_data_func (sizes, nets[i].settings, test_sizes);
    }
  g_test_add_func ("/sketch/boxes", test_boxes);
  g_test_add_func ("/sketch/no-targets", test_no_targets);
  g_test_add_func ("/sketch/no-input", test_no_input);
  g_test_add_func ("/sketch/large", test_large);
  return g_test_run ();
}
