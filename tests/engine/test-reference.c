#include "config.h"

#include "engine/reference-private.h"

#include <string.h>

#include "engine/json-text.h"
#include "engine/ready.h"

/* Configurations of the published program: the one with its defaults, which comes with the program, and the one of its best
 * network, in tests/data. */

static JsonNode *
read_json (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  JsonNode *root;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  root = rheo_json_parse (text, -1, path, &error);
  g_assert_no_error (error);
  return root;
}

static JsonNode *
read_best (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("RHEO_TEST_DATA"), "neurosim-seed-1394398.json", NULL);

  return read_json (path);
}

static RheoExperiment *
take (JsonNode *root, RheoReferenceKind kind)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *experiment = rheo_reference_import (json_node_get_object (root), kind, &error);

  g_assert_no_error (error);
  g_assert_true (rheo_experiment_check (experiment, &error));
  return experiment;
}

static RheoExperiment *
import_best (RheoReferenceKind kind)
{
  g_autoptr (JsonNode) root = read_best ();

  return take (root, kind);
}

static JsonNode *export(const RheoExperiment *experiment)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = rheo_reference_dup_json (experiment, &error);
  JsonNode *root;

  g_assert_no_error (error);
  root = rheo_json_parse (text, -1, "export", &error);
  g_assert_no_error (error);
  return root;
}

/* A member of a path, or NULL. */
static JsonNode *
at (JsonNode *root, const char *path)
{
  return rheo_reference_find (root, path);
}

static void
put (JsonNode *root, const char *path, const char *json)
{
  const char *last = strrchr (path, '.');
  g_autofree char *around = last != NULL ? g_strndup (path, (gsize) (last - path)) : NULL;
  JsonNode *object = around != NULL ? at (root, around) : root;

  g_assert_nonnull (object);
  json_object_set_member (json_node_get_object (object), last != NULL ? last + 1 : path,
                          rheo_json_parse (json, -1, path, NULL));
}

static void
assert_refused (const char *path, const char *json, const char *message)
{
  g_autoptr (JsonNode) root = read_best ();
  g_autoptr (GError) error = NULL;

  put (root, path, json);
  g_assert_null (rheo_reference_import (json_node_get_object (root), RHEO_REFERENCE_AS_WRITTEN, &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==, message);
}

static void
assert_value (const RheoExperiment *experiment, const char *path, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = rheo_experiment_dup_value (experiment, path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

/* All that differs, key by key. */
static void
assert_differences (RheoExperiment *experiment, const char *name, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) ready = rheo_experiment_load (name, &error);
  g_auto (GStrv) lines = NULL;
  g_autofree char *all = NULL;

  g_assert_no_error (error);
  lines = rheo_experiment_diff (ready, experiment);
  all = g_strjoinv ("\n", lines);
  g_assert_cmpstr (g_strdelimit (all, "\t", ' '), ==, expected);
}

static void
test_defaults (void)
{
  g_autofree char *path = rheo_ready_find ("reference", "neurosim-cartpole");
  g_autoptr (JsonNode) root = read_json (path);
  g_autoptr (RheoExperiment) stdp = take (root, RHEO_REFERENCE_AS_WRITTEN);
  g_autoptr (RheoExperiment) evolution = take (root, RHEO_REFERENCE_EVOLUTION);

  /* Of the ready-made ones the network has another number; here 500 s end a run, not 300 episodes. */
  assert_differences (stdp, "cartpole-stdp-rl", "model.seed 1394398 1\nrun.budget 300 1500");
  assert_differences (evolution, "cartpole-evolution",
                      "model.seed 1394398 1\nrule.episodes 5 1\nrule.evaluate-every 0 5\nrun.budget 250 1500\n"
                      "run.checkpoint 25 100");
}

static void
test_best (void)
{
  g_autoptr (RheoExperiment) stdp = import_best (RHEO_REFERENCE_AS_WRITTEN);
  g_autoptr (RheoExperiment) evolution = import_best (RHEO_REFERENCE_EVOLUTION);
  g_autoptr (RheoExperiment) both = import_best (RHEO_REFERENCE_EVOLUTION_STDP);

  assert_differences (stdp, "cartpole-stdp-rl",
                      "task.critic.turning-weight 0.7 0.4\nrule.opposite-factor 0.8 1\nrun.budget 300 1500");
  assert_differences (evolution, "cartpole-evolution", "run.budget 250 500\nrun.checkpoint 25 50");
  assert_differences (both, "cartpole-evol-stdp",
                      "task.critic.turning-weight 0.7 0.4\nrule.before-episodes 1 0\nrule.learning-episodes 5 1\n"
                      "rule.after-episodes 3 1\nplasticity.opposite-factor 0.8 1\nrun.budget 250 1500\n"
                      "run.checkpoint 25 50");
}

static void
test_recognised (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("RHEO_TEST_DATA"), "neurosim-seed-1394398.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load (path, &error);

  g_assert_no_error (error);
  assert_value (experiment, "model.seed", "1394398");
}

/* What other words stand for. */
static void
test_words (void)
{
  static const struct
  {
    const char *theirs, *json, *ours, *value;
  } words[] = {
    { "env.name", "\"CartPole-v0\"", "task.limit", "v0" },
    { "critic.type", "\"theta_omega_policy\"", "task.critic.kind", "policy" },
    { "critic.type", "\"allpos\"", "task.critic.last-reward", "-0.958" },
    { "critic.clear_flips", "1", "task.critic.clear-flips", "true" },
    { "critic.modulation", "{\"type\": \"linear\", \"steps\": 40}", "task.critic.modulation-steps", "40" },
    { "critic.biases", "{\"loc\": 0.5}", "task.critic.weight-position", "0.5" },
    { "critic.biases", "{\"loc\": 0.5}", "task.critic.weight-turning", "1" },
    { "sim.targetedRL", "0", "rule.target", "all" },
    { "sim.targetedRL", "1", "rule.target", "motor" },
    { "sim.targetedRL", "2", "rule.target", "chosen" },
    { "sim.normalizeByOutputBalancing", "0", "rule.balance", "off" },
    { "sim.normalizeInStepSize", "7", "rule.normalise-every", "7" },
    { "sim.tstepPerAction", "20", "task.steps-per-action", "33" },
    { "sim.duration", "2000", "run.budget", "6000" },
    { "net.nsloc_version", "\"NSLOC_V1\"", "model.generator", "after-interval" },
    { "net.deactivateNMDA", "1", "model.nmda", "false" },
    { "net.Gain.EE", "2.5", "rule.gain", "2.5" },
    { "net.Gain.EE", "2.5", "model.gain-ee", "2.5" },
    { "net.cmat.ES.EA", "{\"p\": 0.3, \"AM2\": 5}", "model.es-ea.in-degree", "24" },
    { "net.cmat.IA.EA", "{\"conv\": 3, \"GA\": 9}", "model.ia-ea.share", "0.3" },
    { "net.cmat.IA", "{}", "model.ia-ea.share", "0" },
    { "net.delays.soma", "[2, 3]", "model.delay-max", "3" },
    { "env.seed", "42", "run.seed", "42" },
    { "env.rerunEpisode", "3", "task.rerun-episode", "3" },
    { "rheobase", "{\"task.episodes\": \"7\"}", "task.episodes", "7" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (JsonNode) root = read_best ();
      g_autoptr (RheoExperiment) experiment = NULL;

      put (root, words[i].theirs, words[i].json);
      experiment = take (root, RHEO_REFERENCE_STDP_RL);
      assert_value (experiment, words[i].ours, words[i].value);
    }
}

static void
test_fields (void)
{
  g_autoptr (JsonNode) root = read_best (), written = NULL;
  g_autoptr (RheoExperiment) experiment = NULL, again = NULL;

  put (root, "env.observation_map",
       "[{\"type\": \"linear\", \"min\": -0.7, \"max\": 0.7}, {\"type\": \"sigmoid_div\", \"min\": -2, \"max\": 2, "
       "\"scale\": 0.5}, {\"type\": \"rf_intervals\", \"bins\": 3, \"intervals\": [-1, -0.5, 0.5, 1]}, "
       "{\"type\": \"rf_evensplit\", \"bins\": 5, \"min\": -3, \"max\": 3}]");
  experiment = take (root, RHEO_REFERENCE_STDP_RL);
  assert_value (experiment, "task.position.code", "linear");
  assert_value (experiment, "task.position.max", "0.7");
  assert_value (experiment, "task.velocity.code", "sigmoid-scaled");
  assert_value (experiment, "task.velocity.scale", "0.5");
  assert_value (experiment, "task.angle.code", "intervals");
  assert_value (experiment, "task.angle.bounds", "-1 -0.5 0.5 1");
  assert_value (experiment, "task.angle.standardise", "false");
  assert_value (experiment, "task.turning.code", "even");
  assert_value (experiment, "task.turning.bins", "5");

  /* And other ones in their place. */
  g_assert_true (rheo_experiment_set (experiment, "task.angle.bounds", "-2 0 2", NULL));
  g_assert_true (rheo_experiment_set (experiment, "task.angle.standardise", "true", NULL));
  g_assert_true (rheo_experiment_set (experiment, "task.turning.code", "normal", NULL));
  written = export(experiment);
  g_assert_cmpint (json_node_get_int (at (written, "env.observation_map.2.bins")), ==, 2);
  again = take (written, RHEO_REFERENCE_AS_WRITTEN);
  g_assert_true (rheo_experiment_equal (experiment, again));
}

static void
test_refused (void)
{
  assert_refused ("critic.angv_bais", "0.4",
                  "There is no key \"critic.angv_bais\"; the nearest to \"angv_bais\" is \"angv_bias\".");
  assert_refused ("net.cmat.ES.IA", "{\"conv\": 5}",
                  "There is no key \"net.cmat.ES.IA\"; the nearest to \"IA\" is \"EA\".");
  assert_refused ("sim.duration", "\"long\"", "sim.duration is \"long\"; allowed is a number.");
  assert_refused ("sim.duration", "-3", "sim.duration: rule.duration is -3; allowed is 0 to 1000000000 s.");
  assert_refused ("sim.normalizeSynInputs", "2", "sim.normalizeSynInputs is 2; allowed is 0 or 1.");
  assert_refused ("sim.seeds.conn", "0", "sim.seeds.conn is 0; allowed is a whole number from 1 on.");
  assert_refused ("sim.targetedRL", "4", "sim.targetedRL is 4; allowed is 0, 1, 2, 3.");
  assert_refused ("sim.normalizeOutBalMinMax", "[1]", "sim.normalizeOutBalMinMax is [1]; allowed is a list of 2.");
  assert_refused ("sim.tstepPerAction", "0.1", "sim.tstepPerAction is 0.1; allowed is a time of at least sim.dt.");
  assert_refused ("critic", "[]", "critic is []; allowed is an object.");
  assert_refused ("net.ECellModel", "\"IntFire4\"", "net.ECellModel is \"IntFire4\"; allowed is \"INTF7\".");
  assert_refused ("env.mock", "1", "env.mock is 1; allowed is 0.");
  assert_refused ("pop_to_moves.EM", "[\"RIGHT\", \"LEFT\"]",
                  "pop_to_moves.EM is [\"RIGHT\", \"LEFT\"]; allowed is [\"LEFT\", \"RIGHT\"].");
  assert_refused (
      "simtype.ResumeSim", "1",
      "simtype.ResumeSim is on, but weights are not read with a configuration. Set it to 0, put the weights "
      "into a run with \"rheobase-cli import\", and train from that.");
  assert_refused ("rheobase", "{\"rule.balance\": \"off\"}",
                  "rheobase.rule.balance cannot stand there; that section has keys of run alone.");
  assert_refused ("rheobase", "{\"training\": \"luck\"}",
                  "rheobase.training is \"luck\"; allowed is stdp-rl, evolution, evolution-stdp.");
}

/* An episode after learning is what members are judged by. */
static void
test_no_judgement (void)
{
  g_autoptr (JsonNode) root = read_best ();
  g_autoptr (GError) error = NULL;

  put (root, "STDP_ES.gamma_iters", "0");
  g_assert_null (rheo_reference_import (json_node_get_object (root), RHEO_REFERENCE_EVOLUTION_STDP, &error));
  g_assert_cmpstr (error->message, ==,
                   "STDP_ES.gamma_iters: rule.after-episodes is 0; allowed is 1 to 10000 episodes.");
}

static void
test_noise (void)
{
  g_autoptr (JsonNode) root = read_best ();
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (GError) error = NULL;

  put (root, "noise", "{\"EA\": {\"AM2\": {\"w\": 3.9, \"rate\": 200}}}");
  experiment = take (root, RHEO_REFERENCE_STDP_RL);
  assert_value (experiment, "model.noise-rate", "0");
  put (root, "net.noiseDamping.E", "0.5");
  g_assert_null (rheo_reference_import (json_node_get_object (root), RHEO_REFERENCE_STDP_RL, &error));
  g_assert_true (g_str_has_prefix (error->message, "noise has input for single populations and receptors"));
}

/* Whatever stands in a place of another type: a sentence that names it, or it has no effect. */
static void
spoil (JsonNode *root, JsonNode *node, const char *path)
{
  static const char *const wrong[] = { "\"x\"", "[[1]]", "{\"x\": {}}", "-1e300", "null" };
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GList) members = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return;
  members = json_object_get_members (json_node_get_object (node));
  for (GList *l = members; l != NULL; l = l->next)
    g_ptr_array_add (names, g_strdup (l->data));
  for (guint k = 0; k < names->len; k++)
    {
      const char *name = g_ptr_array_index (names, k);
      g_autofree char *inner = *path != '\0' ? g_strconcat (path, ".", name, NULL) : g_strdup (name);
      JsonNode *was = json_node_copy (json_object_get_member (json_node_get_object (node), name));

      for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
        for (int kind = RHEO_REFERENCE_STDP_RL; kind <= (i == 0 ? RHEO_REFERENCE_EVOLUTION_STDP : 1); kind++)
          {
            g_autoptr (GError) error = NULL;
            g_autoptr (RheoExperiment) experiment = NULL;

            json_object_set_member (json_node_get_object (node), name, rheo_json_parse (wrong[i], -1, "", NULL));
            experiment = rheo_reference_import (json_node_get_object (root), (RheoReferenceKind) kind, &error);
            g_assert_true ((experiment == NULL) == (error != NULL));
            if (error != NULL && strstr (error->message, name) == NULL)
              g_error ("%s = %s: %s", inner, wrong[i], error->message);
          }
      json_object_set_member (json_node_get_object (node), name, json_node_copy (was));
      spoil (root, json_object_get_member (json_node_get_object (node), name), inner);
      json_node_unref (was);
    }
}

static void
test_garbage (void)
{
  g_autoptr (JsonNode) root = read_best ();

  spoil (root, root, "");
}

static void
test_kept (void)
{
  g_autoptr (JsonNode) root = read_best (), written = NULL;
  g_autoptr (RheoExperiment) experiment = NULL, copy = NULL, again = NULL;
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;

  put (root, "sim.seeds.stim", "77");
  put (root, "sim.sleeptrial", "[\"a\", 0.5]");
  put (root, "STDP-RL.AMPAI.RLon", "1");
  put (root, "net.delays.dend", "[4, 5]");
  experiment = take (root, RHEO_REFERENCE_STDP_RL);
  /* Through a file of ours. */
  json = rheo_experiment_dup_json (experiment);
  copy = rheo_experiment_parse (json, "copy", &error);
  g_assert_no_error (error);
  g_assert_true (rheo_experiment_set (copy, "rule.window", "5", &error));
  written = export(copy);
  g_assert_cmpint (json_node_get_int (at (written, "sim.seeds.stim")), ==, 77);
  g_assert_cmpstr (json_node_get_string (at (written, "sim.sleeptrial.0")), ==, "a");
  g_assert_cmpint (json_node_get_int (at (written, "STDP-RL.AMPAI.RLon")), ==, 1);
  g_assert_cmpint (json_node_get_int (at (written, "net.delays.dend.1")), ==, 5);
  g_assert_cmpint (json_node_get_int (at (written, "STDP_ES.iterations")), ==, 1500);
  g_assert_cmpint (json_node_get_int (at (written, "STDP-RL.AMPA.RLwindhebb")), ==, 5);
  again = take (written, RHEO_REFERENCE_AS_WRITTEN);
  g_assert_true (rheo_experiment_equal (copy, again));
}

/* Another value that the experiment may have there. FALSE: there is none. */
static gboolean
change (RheoExperiment *experiment, const char *path)
{
  g_autofree char *was = rheo_experiment_dup_value (experiment, path, NULL);
  const double v = g_ascii_strtod (was, NULL);
  void *value;
  const RheoParam *row = rheo_experiment_find (experiment, path, &value, NULL);
  g_autoptr (GPtrArray) tries = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; row->choices != NULL && row->choices[i] != NULL; i++)
    g_ptr_array_add (tries, g_strdup (row->choices[i]));
  g_ptr_array_add (tries, g_strdup (*was == 't' ? "false" : "true"));
  for (int i = 0; i < 4; i++)
    {
      const double other[] = { v + 1, v * 1.25, v - 1, 0.25 };
      char text[RHEO_NUMBER_SIZE];

      g_ptr_array_add (tries, g_strdup (rheo_number_text (other[i], text)));
    }
  for (guint i = 0; i < tries->len; i++)
    if (!g_str_equal (g_ptr_array_index (tries, i), was)
        && rheo_experiment_set (experiment, path, g_ptr_array_index (tries, i), NULL))
      {
        if (rheo_experiment_check (experiment, NULL))
          return TRUE;
        g_assert_true (rheo_experiment_set (experiment, path, was, NULL));
      }
  return FALSE;
}

/* Every key of the table, both ways: another value of ours is another one of theirs, and that is ours again. */
static void
test_both_ways (gconstpointer data)
{
  const RheoReferenceKind kind = (RheoReferenceKind) GPOINTER_TO_INT (data);
  int n = 0;

  for (const RheoKey *key = rheo_reference_keys; key->theirs != NULL; key++)
    {
      g_autofree char *ours = rheo_reference_dup_ours (key, kind);
      g_autoptr (RheoExperiment) experiment = NULL, again = NULL;
      g_autoptr (JsonNode) written = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      /* What all kinds have is tried with the first. Two of ours have one key there: they must agree. Steps of the
       * network are whole ones. */
      if (ours == NULL || (kind != RHEO_REFERENCE_STDP_RL && key->by == 0) || key->form == RHEO_KEY_LAST
          || g_str_has_suffix (key->ours, ".bounds") || g_str_equal (key->theirs, "net.Gain.EE")
          || g_str_equal (key->theirs, "sim.tstepPerAction") || g_str_equal (key->theirs, "sim.dt"))
        continue;
      experiment = import_best (kind);
      if (!change (experiment, ours))
        g_error ("%s cannot be changed", ours);
      text = rheo_reference_dup_json (experiment, &error);
      /* A value without a place there is told. */
      if (text == NULL && g_str_has_suffix (ours, ".balance"))
        continue;
      g_assert_no_error (error);
      written = rheo_json_parse (text, -1, ours, NULL);
      again = take (written, RHEO_REFERENCE_AS_WRITTEN);
      if (!rheo_experiment_equal (experiment, again))
        g_error ("%s is not what it was", ours);
      n++;
    }
  g_assert_cmpint (n, >, kind == RHEO_REFERENCE_STDP_RL ? 150 : 9);
}

static void
test_agree (void)
{
  g_autoptr (RheoExperiment) experiment = import_best (RHEO_REFERENCE_STDP_RL);
  g_autoptr (JsonNode) written = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_experiment_set (experiment, "model.gain-ee", "3", NULL));
  g_assert_null (rheo_reference_dup_json (experiment, &error));
  g_assert_cmpstr (error->message, ==,
                   "rule.gain is 2, for which configurations of the published program have no place; allowed is 3.");
  g_assert_true (rheo_experiment_set (experiment, "rule.gain", "3", NULL));
  written = export(experiment);
  g_assert_cmpint (json_node_get_int (at (written, "net.Gain.EE")), ==, 3);
}

static void
test_no_place (void)
{
  g_autoptr (RheoExperiment) experiment = import_best (RHEO_REFERENCE_STDP_RL), other = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_experiment_set (experiment, "rule.balance", "reversed", NULL));
  g_assert_null (rheo_reference_dup_json (experiment, &error));
  g_assert_cmpstr (error->message, ==,
                   "rule.balance is reversed, for which configurations of the published program have no place; allowed "
                   "is senders.");
  g_clear_error (&error);
  other = rheo_experiment_load ("sorn-cartpole", &error);
  g_assert_no_error (error);
  g_assert_null (rheo_reference_dup_json (other, &error));
  g_assert_cmpint (error->code, ==, RHEO_ERROR_UNSUPPORTED);
}

/* Our own values come along. */
static void
test_own (void)
{
  g_autoptr (RheoExperiment) experiment = import_best (RHEO_REFERENCE_EVOLUTION), again = NULL, trained = NULL;
  g_autoptr (JsonNode) written = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_experiment_set (experiment, "run.threads", "3", NULL));
  g_assert_true (rheo_experiment_set (experiment, "rule.random-numbers", "independent", NULL));
  written = export(experiment);
  g_assert_cmpstr (json_node_get_string (at (written, "rheobase.training")), ==, "evolution");
  again = take (written, RHEO_REFERENCE_AS_WRITTEN);
  g_assert_true (rheo_experiment_equal (experiment, again));
  trained = rheo_reference_dup_as (again, RHEO_REFERENCE_STDP_RL, &error);
  g_assert_no_error (error);
  assert_value (trained, "rule.id", "stdp-rl");
  assert_value (trained, "rule.duration", "500");
}

/* Experiments that come ready-made have a configuration too, made from the defaults. */
static void
test_ready_made (void)
{
  static const char *const ready[] = { "cartpole-stdp-rl", "cartpole-evolution", "cartpole-evol-stdp" };

  for (guint i = 0; i < G_N_ELEMENTS (ready); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (ready[i], &error), again = NULL;
      g_autoptr (JsonNode) written = export(experiment);

      again = take (written, RHEO_REFERENCE_AS_WRITTEN);
      g_assert_true (rheo_experiment_equal (experiment, again));
      g_assert_cmpint (json_node_get_int (at (written, "sim.seeds.conn")), ==, 1394398);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reference/defaults", test_defaults);
  g_test_add_func ("/reference/best", test_best);
  g_test_add_func ("/reference/recognised", test_recognised);
  g_test_add_func ("/reference/words", test_words);
  g_test_add_func ("/reference/fields", test_fields);
  g_test_add_func ("/reference/refused", test_refused);
  g_test_add_func ("/reference/no-judgement", test_no_judgement);
  g_test_add_func ("/reference/noise", test_noise);
  g_test_add_func ("/reference/garbage", test_garbage);
  g_test_add_func ("/reference/kept", test_kept);
  g_test_add_data_func ("/reference/both-ways/stdp-rl", GINT_TO_POINTER (RHEO_REFERENCE_STDP_RL), test_both_ways);
  g_test_add_data_func ("/reference/both-ways/evolution", GINT_TO_POINTER (RHEO_REFERENCE_EVOLUTION), test_both_ways);
  g_test_add_data_func ("/reference/both-ways/evolution-stdp", GINT_TO_POINTER (RHEO_REFERENCE_EVOLUTION_STDP),
                        test_both_ways);
  g_test_add_func ("/reference/agree", test_agree);
  g_test_add_func ("/reference/no-place", test_no_place);
  g_test_add_func ("/reference/own", test_own);
  g_test_add_func ("/reference/ready-made", test_ready_made);
  return g_test_run ();
}
