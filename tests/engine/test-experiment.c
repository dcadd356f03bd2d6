#include "config.h"

#include "engine/analysis.h"
#include "engine/experiment.h"
#include "engine/json-text.h"
#include "engine/net.h"
#include "engine/rule.h"
#include "engine/task.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- components of the test's own registry (double/registry.h) -------------------------------------------------- */

typedef struct
{
  double tau, gain;
} Layer;

typedef struct
{
  Layer layers[4];
  int n_layers;
  int kind;
  double slope;
} Lif;

typedef struct
{
  double noise;
  const char *file;
} Reach;

static const char *const kinds[] = { "step", "smooth", NULL };

static const RheoParam layer_rows[] = {
  RHEO_P_REAL (Layer, tau, "tau", .def = 20, .min = 1, .max = 100, .unit = "ms"),
  RHEO_P_REAL (Layer, gain, "gain", .def = 0.1, .max = 10),
  RHEO_P_END,
};
static const RheoParam lif_rows[] = {
  RHEO_P_LIST (Lif, layers, n_layers, Layer, "layers", layer_rows, .def_text = "1", .min = 1),
  RHEO_P_CHOICE (Lif, kind, "kind", kinds),
  RHEO_P_REAL (Lif, slope, "slope", .def = 4, .min = 0, .max = 100, .when = "kind=smooth"),
  RHEO_P_END,
};
static const RheoParam reach_rows[] = {
  RHEO_P_REAL (Reach, noise, "noise", .def = 0, .min = 0, .max = 1),
  RHEO_P_PATH (Reach, file, "file"),
  RHEO_P_END,
};
static const RheoPreset lif_presets[] = {
  { "deep", "Deep", "{\"layers\": [{\"tau\": 5}, {\"tau\": 10}], \"kind\": \"smooth\", \"slope\": 7}" },
  { NULL },
};

static gboolean
check_reach (const void *config, GError **error)
{
  const Reach *reach = config;

  if (reach->noise == 0.5)
    return rheo_fail (error, RHEO_ERROR_INVALID, "task.noise is 0.5; allowed is anything else.");
  return TRUE;
}

/* Version 1 had one layer, whose key was "time-constant". */
static gboolean
upgrade_lif (unsigned from, GHashTable *values, GError **error)
{
  JsonNode *old = g_hash_table_lookup (values, "time-constant");

  g_assert_cmpuint (from, ==, 1);
  if (old == NULL)
    return TRUE;
  g_hash_table_insert (values, g_strdup ("layers.0.tau"), json_node_copy (old));
  g_hash_table_insert (values, g_strdup ("layers.1.tau"), json_node_copy (old));
  return g_hash_table_remove (values, "time-constant");
}

extern const RheoTask rheo_task_reach, rheo_task_pole;
extern const RheoModel rheo_model_lif;
extern const RheoRuleType rheo_rule_bptt, rheo_rule_stdp;

const RheoTask rheo_task_reach = { .base = { .kind = RHEO_KIND_TASK,
                                             .version = 1,
                                             .id = "reach",
                                             .title = "Reaching",
                                             .config_size = sizeof (Reach),
                                             .params = reach_rows,
                                             .gives = RHEO_TRIALS,
                                             .check = check_reach } };
const RheoTask rheo_task_pole = {
  .base = { .kind = RHEO_KIND_TASK, .version = 1, .id = "pole", .title = "Pole", .gives = RHEO_EPISODES }
};
const RheoModel rheo_model_lif = { .base = { .kind = RHEO_KIND_MODEL,
                                             .version = 2,
                                             .id = "lif",
                                             .title = "LIF",
                                             .config_size = sizeof (Lif),
                                             .params = lif_rows,
                                             .presets = lif_presets,
                                             .gives = RHEO_SPIKES | RHEO_ADJOINT,
                                             .upgrade = upgrade_lif } };
const RheoRuleType rheo_rule_bptt = { .base = { .kind = RHEO_KIND_RULE,
                                                .version = 2,
                                                .id = "bptt",
                                                .title = "BPTT",
                                                .gives = RHEO_GRADIENT | RHEO_CARRIES,
                                                .needs = RHEO_TRIALS | RHEO_ADJOINT } };
const RheoRuleType rheo_rule_stdp = {
  .base = { .kind = RHEO_KIND_RULE, .version = 1, .id = "stdp", .title = "STDP", .gives = RHEO_LOCAL }
};

/* --- tests ------------------------------------------------------------------------------------------------------- */

static const char full[] = "{\"format\": 1, \"title\": \"A \\\"test\\\"\","
                           " \"task\": {\"id\": \"reach\", \"version\": 1, \"noise\": 0.1, \"file\": \"a/b\"},"
                           " \"model\": {\"id\": \"lif\", \"version\": 2, \"layers\": [{\"tau\": 7.7}, {}, {}],"
                           " \"kind\": \"smooth\", \"slope\": 0.30000000000000004},"
                           " \"rule\": {\"id\": \"bptt\"}, \"plasticity\": {\"id\": \"stdp\"}, \"compare\": null,"
                           " \"run\": {\"seed\": 5, \"record\": [1, 3], \"keep\": \"best\"},"
                           " \"view\": {\"live\": [{\"plot\": \"line\", \"from\": [\"train.loss\"], \"set\": {},"
                           " \"at\": [0, 0, 3, 2]}]}}";

static RheoExperiment *
parse (const char *json)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *experiment = rheo_experiment_parse (json, "test.json", &error);

  g_assert_no_error (error);
  return experiment;
}

static void
assert_value (const RheoExperiment *experiment, const char *path, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = rheo_experiment_dup_value (experiment, path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (value, ==, expected);
}

static void
test_new (void)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  const RheoRunRows *run = rheo_experiment_get_run (experiment);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (run->seed, ==, 1);
  g_assert_cmpstr (run->device, ==, "auto");
  g_assert_cmpint (run->budget, ==, 20);
  g_assert_cmpint (run->batch, ==, 50);
  g_assert_cmpint (run->memory, ==, 1000);
  g_assert_cmpint (run->n_record, ==, 4);
  g_assert_cmpfloat (run->record[3], ==, 10);
  g_assert_cmpint (run->record_every, ==, 10);
  g_assert_cmpint (run->checkpoint, ==, 5);
  g_assert_cmpint (run->validate, ==, 1);
  g_assert_cmpint (run->n_probe, ==, 8);
  g_assert_cmpint (run->keep, ==, RHEO_KEEP_LAST);
  g_assert_null (rheo_experiment_get_component (experiment, RHEO_SLOT_TASK));
  g_assert_null (rheo_experiment_get_view (experiment));
  g_assert_false (rheo_experiment_check (experiment, &error));
  g_assert_cmpstr (error->message, ==,
                   "The experiment has no task; set task.id (\"rheobase-cli list tasks\" names them).");
}

static void
test_round_trip (void)
{
  g_autoptr (RheoExperiment) experiment = parse (full), again = NULL, copy = NULL;
  g_autofree char *json = rheo_experiment_dup_json (experiment), *json_again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (rheo_experiment_get_title (experiment), ==, "A \"test\"");
  assert_value (experiment, "task.id", "reach");
  assert_value (experiment, "task.file", "a/b");
  assert_value (experiment, "model.layers.0.tau", "7.7");
  assert_value (experiment, "model.layers.2.tau", "20");
  assert_value (experiment, "model.slope", "0.30000000000000004");
  assert_value (experiment, "plasticity.id", "stdp");
  assert_value (experiment, "compare.id", "none");
  assert_value (experiment, "run.record", "1 3");
  assert_value (experiment, "run.budget", "20");
  g_assert_true (rheo_experiment_check (experiment, &error));
  g_assert_no_error (error);

  again = parse (json);
  g_assert_true (rheo_experiment_equal (experiment, again));
  json_again = rheo_experiment_dup_json (again);
  g_assert_cmpstr (json, ==, json_again);
  g_assert_true (strstr (json, "\"gain\": 0.1}") != NULL); /* defaults are written out */
  g_assert_true (strstr (json, "\"budget\": 20") != NULL);
  g_assert_cmpstr (rheo_experiment_get_view (again), ==, rheo_experiment_get_view (experiment));

  copy = rheo_experiment_dup (experiment);
  g_assert_true (rheo_experiment_equal (experiment, copy));
  g_assert_true (rheo_experiment_set (copy, "model.layers.1.tau", "3", NULL));
  assert_value (experiment, "model.layers.1.tau", "20");
  g_assert_false (rheo_experiment_equal (experiment, copy));
}

static void
test_off_rows (void)
{
  g_autoptr (RheoExperiment) experiment =
      parse ("{\"format\": 1, \"model\": {\"id\": \"lif\", \"slope\": 9}}"); /* read though it is off */
  g_autofree char *json = rheo_experiment_dup_json (experiment);

  g_assert_null (strstr (json, "slope"));
  g_assert_true (rheo_experiment_set (experiment, "model.kind", "smooth", NULL));
  assert_value (experiment, "model.slope", "9");
}

static void
test_refused_files (void)
{
  static const struct
  {
    const char *json, *message;
  } cases[] = {
    { "[]", "f.json holds no JSON object, so this is no experiment." },
    { "{}", "f.json: There is no format, so this is no experiment; the newest is 1." },
    { "{\"format\": 2}", "f.json: format is 2; this program knows formats up to 1. A newer Rheobase has written it." },
    { "{\"format\": \"1\"}", "f.json: format is \"1\"; allowed is a whole number from 1 on." },
    { "{\"format\": 1, \"modle\": {}}", "f.json: The experiment has no key \"modle\"; the nearest is \"model\"." },
    { "{\"format\": 1, \"model\": {\"tau\": 1}}", "f.json: model has no id, so it is not known which model is meant." },
    { "{\"format\": 1, \"model\": {\"id\": \"lfi\"}}", "f.json: There is no model \"lfi\"; the nearest is \"lif\"." },
    { "{\"format\": 1, \"model\": {\"id\": \"lif\", \"version\": 3}}",
      "f.json: model.version is 3; this program knows LIF up to 2. A newer Rheobase has written it." },
    { "{\"format\": 1, \"rule\": {\"id\": \"bptt\", \"version\": 1}}",
      "f.json: rule.version is 1; BPTT can only read version 2." },
    { "{\"format\": 1, \"model\": {\"id\": \"lif\", \"layers\": [{\"tua\": 1}]}}",
      "f.json: model.layers.0 has no key \"tua\"; the nearest is \"tau\"." },
    { "{\"format\": 1, \"run\": {\"seed\": -1}}", "f.json: run.seed is -1; allowed is 0 or more." },
    { "{\"format\": 1, \"run\": 1}", "f.json: run is 1; allowed is an object." },
    { "{\"format\": 1, \"title\": 1}", "f.json: title is 1; allowed is any text." },
    { "{\"format\": 1, \"model\": {\"id\": \"lif\", \"preset\": \"dep\"}}",
      "f.json: model.preset is \"dep\"; allowed is one of deep." },
    { "{\"format\": 1, \"view\": {\"live\": [{\"from\": \"x\"}]}}",
      "f.json: view.live.0 is {\"from\": \"x\"}; allowed is an object with the name of a plot." },
    { "{\"format\": 1, \"view\": {\"live\": [{\"plot\": \"line\", \"at\": [4, 0, 3, 1]}]}}",
      "f.json: view.live.0.at reaches beyond the last of the 6 columns." },
    { "{\"format\": 1, \"view\": {\"live\": [{\"plot\": \"line\", \"form\": \"x\"}]}}",
      "f.json: view.live.0 has no key \"form\"; the nearest is \"from\"." },
    { "{\"format\": 1,\n \"run\": {\"seed\": }}",
      "f.json, line 2: this is not JSON: a value was expected, not \"}\"." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (rheo_experiment_parse (cases[i].json, "f.json", &error));
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static void
test_upgrade (void)
{
  g_autoptr (RheoExperiment) experiment = parse (
      "{\"format\": 1, \"model\": {\"id\": \"lif\", \"version\": 1, \"time-constant\": 12, \"kind\": \"smooth\"}}");

  assert_value (experiment, "model.layers", "[{\"tau\": 12, \"gain\": 0.1}, {\"tau\": 12, \"gain\": 0.1}]");
  assert_value (experiment, "model.kind", "smooth");
}

static void
test_set (void)
{
  static const struct
  {
    const char *path, *text, *message;
  } cases[] = {
    { "task.noise", "0.5", "task.noise cannot be used: the experiment has no task. Set task.id first." },
    { "tsk.noise", "0.5", "There is no key \"tsk.noise\"; the nearest to \"tsk\" is \"task\"." },
    { "noise", "0.5", "There is no key \"noise\"; keys start with task, model, rule, plasticity, compare or run." },
    { "model", "{}", "model is a whole object; add one of its keys, as in model.id." },
    { "run", "{}", "run is a whole object; add one of its keys, as in run.seed." },
    { "model.id", "lfi", "model.id: There is no model \"lfi\"; the nearest is \"lif\"." },
    { "model.preset", "x", "model.preset is \"x\"; allowed is one of deep." },
    { "rule.preset", "x", "rule.preset is \"x\"; BPTT has no presets." },
    { "rule.lr", "1", "rule has no key \"lr\"; it has none at all." },
    { "model.layers.1.tau", "x", "model.layers has no element 1; it has 1, counted from 0." },
    { "model.layers.0.tau", "x", "model.layers.0.tau is \"x\"; allowed is 1 to 100 ms." },
    { "run.sed", "1", "run has no key \"sed\"; the nearest is \"seed\"." },
    { "title", "\xff", "title is not UTF-8 text." },
  };
  g_autoptr (RheoExperiment) experiment =
      parse ("{\"format\": 1, \"model\": {\"id\": \"lif\"}, \"rule\": {\"id\": \"bptt\"}}");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (rheo_experiment_set (experiment, cases[i].path, cases[i].text, &error));
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
  g_assert_true (rheo_experiment_set (experiment, "title", "New", NULL));
  assert_value (experiment, "title", "New");
  g_assert_true (rheo_experiment_set (experiment, "model.preset", "deep", NULL));
  assert_value (experiment, "model.layers.1.tau", "10");
  assert_value (experiment, "model.slope", "7");
  g_assert_true (rheo_experiment_set (experiment, "model.id", "lif", NULL));
  assert_value (experiment, "model.layers.0.tau", "20");
  g_assert_true (rheo_experiment_set (experiment, "compare.id", "bptt", NULL));
  g_assert_true (rheo_experiment_set (experiment, "compare.id", "none", NULL));
  g_assert_null (rheo_experiment_get_component (experiment, RHEO_SLOT_COMPARE));
}

static void
test_set_all (void)
{
  static const char *const good[] = { "model.slope=3",         "model.kind=smooth",
                                      "model.layers.1.gain=2", "model.preset=deep",
                                      "model.id=lif",          "title=a=b",
                                      "run.record=[4, 5]",     NULL };
  static const char *const off[] = { "model.id=lif", "model.slope=3", NULL };
  static const char *const no_equal[] = { "model.slope", NULL };
  static const char *const half[] = { "run.seed=9", "run.budget=0", NULL };
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_experiment_set_all (experiment, good, &error));
  g_assert_no_error (error);
  assert_value (experiment, "model.slope", "3");
  assert_value (experiment, "model.layers.0.tau", "5");
  assert_value (experiment, "model.layers.1.gain", "2");
  assert_value (experiment, "title", "a=b");
  assert_value (experiment, "run.record", "4 5");

  g_assert_false (rheo_experiment_set_all (experiment, off, &error));
  g_assert_cmpstr (error->message, ==,
                   "model.slope is not used while model.kind is step; it needs model.kind to be smooth.");
  assert_value (experiment, "model.kind", "smooth"); /* nothing of a refused list is done */
  g_clear_error (&error);
  g_assert_false (rheo_experiment_set_all (experiment, no_equal, &error));
  g_assert_cmpstr (error->message, ==, "\"model.slope\" is no assignment; write KEY=VALUE, as in run.seed=2.");
  g_clear_error (&error);
  g_assert_false (rheo_experiment_set_all (experiment, half, &error));
  assert_value (experiment, "run.seed", "1");
}

static void
test_check (void)
{
  static const struct
  {
    const char *path, *text, *message;
  } cases[] = {
    { "run.record", "1 2.5", "run.record has 2.5; allowed are whole numbers of iterations." },
    { "run.device", "gpu", "run.device is \"gpu\"; allowed is auto, cpu, cuda, or cuda: and a number." },
    { "run.device", "cuda:x", "run.device is \"cuda:x\"; allowed is auto, cpu, cuda, or cuda: and a number." },
    { "run.device", "cuda:1", NULL },
    { "task.noise", "0.5", "task.noise is 0.5; allowed is anything else." },
    { "task.id", "pole", "BPTT needs a task that gives trials with targets. Pole gives rewards." },
    { "plasticity.id", "bptt",
      "BPTT needs a plasticity rule that can be called inside a rollout. BPTT gives trials in which a local rule can "
      "change the network, a gradient." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RheoExperiment) experiment = parse (full);
      g_autoptr (GError) error = NULL;

      g_assert_true (rheo_experiment_set (experiment, cases[i].path, cases[i].text, &error));
      g_assert_cmpint (rheo_experiment_check (experiment, &error), ==, cases[i].message == NULL);
      g_assert_cmpstr (error != NULL ? error->message : NULL, ==, cases[i].message);
    }
}

static void
test_diff (void)
{
  static const char *const changes[] = { "run.seed=6", "model.layers=[{\"tau\": 7.7}, {}]", "title=x", NULL };
  g_autoptr (RheoExperiment) a = parse (full), b = parse (full);
  g_auto (GStrv) none = rheo_experiment_diff (a, b);
  g_auto (GStrv) lines = NULL;

  g_assert_null (none[0]);
  g_assert_true (rheo_experiment_set_all (b, changes, NULL));
  lines = rheo_experiment_diff (a, b);
  g_assert_cmpint (g_strv_length (lines), ==, 3);
  g_assert_cmpstr (lines[0], ==, "model.layers.2.tau\t20\t");
  g_assert_cmpstr (lines[1], ==, "model.layers.2.gain\t0.1\t");
  g_assert_cmpstr (lines[2], ==, "run.seed\t5\t6");
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rheobase-experiment-XXXXXX", NULL);
  g_autofree char *experiments = g_build_filename (folder, "experiments", NULL);
  g_autofree char *path = g_build_filename (experiments, "my-reach.json", NULL);
  g_autofree char *big = g_build_filename (folder, "big.json", NULL);
  g_autofree char *blanks = g_strnfill ((16 << 20) + 1, ' ');
  g_autofree char *data = g_strdup (g_getenv ("RHEO_DATA")), *expected = NULL;
  g_autoptr (RheoExperiment) experiment = parse (full), by_name = NULL, by_path = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;

  g_assert_cmpint (g_mkdir (experiments, 0777), ==, 0);
  g_assert_true (rheo_experiment_save (experiment, path, &error));
  g_assert_no_error (error);
  g_setenv ("RHEO_DATA", folder, TRUE);
  names = rheo_experiment_names ();
  g_assert_true (g_strv_contains ((const char *const *) names, "my-reach"));
  by_name = rheo_experiment_load ("my-reach", &error);
  g_assert_no_error (error);
  by_path = rheo_experiment_load (path, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_experiment_equal (by_name, experiment) && rheo_experiment_equal (by_path, experiment));

  g_assert_null (rheo_experiment_load ("my-reech", &error));
  g_assert_cmpstr (error->message, ==,
                   "There is no experiment \"my-reech\", ready-made or as a file; the nearest is \"my-reach\".");
  g_clear_error (&error);
  g_assert_null (rheo_experiment_load ("./no.json", &error));
  g_assert_cmpstr (error->message, ==, "./no.json could not be read: there is no such file.");
  g_clear_error (&error);
  g_assert_null (rheo_experiment_load (folder, &error));
  g_assert_true (strstr (error->message, "could not be read: Is a directory.") != NULL);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (big, blanks, -1, NULL));
  g_assert_null (rheo_experiment_load (big, &error));
  expected = g_strdup_printf ("%s is larger than 16 MB, so this is no experiment.", big);
  g_assert_cmpstr (error->message, ==, expected);
  g_clear_error (&error);
  g_assert_false (rheo_experiment_save (experiment, "/no/such/folder.json", &error));
  g_assert_true (g_str_has_prefix (error->message, "/no/such/folder.json could not be written: "));

  if (data != NULL)
    g_setenv ("RHEO_DATA", data, TRUE);
  g_unlink (path);
  g_unlink (big);
  g_rmdir (experiments);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/new", test_new);
  g_test_add_func ("/experiment/round-trip", test_round_trip);
  g_test_add_func ("/experiment/off-rows", test_off_rows);
  g_test_add_func ("/experiment/refused-files", test_refused_files);
  g_test_add_func ("/experiment/upgrade", test_upgrade);
  g_test_add_func ("/experiment/set", test_set);
  g_test_add_func ("/experiment/set-all", test_set_all);
  g_test_add_func ("/experiment/check", test_check);
  g_test_add_func ("/experiment/diff", test_diff);
  g_test_add_func ("/experiment/files", test_files);
  return g_test_run ();
}
