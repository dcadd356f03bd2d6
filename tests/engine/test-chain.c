/* Runs that were branched from others, as one training. */
#include "config.h"

#include <math.h>

#include "engine/chain.h"
#include "store-samples.h"

/* A run whose metric and log count its iterations first .. last; its id is yours. */
static char *
write_run (const char *path, const char *parent, int first, int last, const char *seed)
{
  static const RheoStoreColumn metric[] = { { "train.episode-length", "Length", "steps" }, { "train.new", "New", "" } };
  static const RheoStoreColumn step[] = { { "reward", "Reward", "" } };
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  g_autoptr (GError) error = NULL;
  RheoStore *store;
  char *id;

  g_assert_true (rheo_experiment_set (experiment, "run.seed", seed, &error));
  store = rheo_store_create (path, experiment, parent, first - 1, NULL, &error);
  g_assert_no_error (error);
  /* The first run lacks the second metric. */
  g_assert_true (rheo_store_declare (store, NULL, metric, parent == NULL ? 1 : 2, &error));
  g_assert_true (rheo_store_declare (store, "step", step, 1, &error));
  for (int i = first; i <= last; i++)
    {
      const double value[] = { 10 * i, i }, reward = i;

      for (int k = 0; k < 2; k++)
        g_assert_true (rheo_store_append (store, "step", (RheoPlace){ i - 1, i }, i, &reward, &error));
      g_assert_true (rheo_store_append (store, NULL, (RheoPlace){ i, i }, i, value, &error));
    }
  id = g_strdup (rheo_store_get_run_id (store));
  g_assert_true (rheo_store_close (store, "budget", &error));
  g_assert_no_error (error);
  return id;
}

static double
number (const RheoTable *table, const char *key, int64_t i)
{
  return rheo_column_get_number (rheo_table_find (table, key), i);
}

/* 1 to 6, from 4 on 5 to 9, from 7 on 8 and 9: of each what the next one went on from. */
static void
test_chain (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = make_folder ();
  g_autofree char *a = g_build_filename (dir, "a.h5", NULL), *b = g_build_filename (dir, "b.h5", NULL);
  g_autofree char *c = g_build_filename (dir, "c.h5", NULL), *other = g_build_filename (dir, "other.h5", NULL);
  g_autofree char *id_a = write_run (a, NULL, 1, 6, "1"), *id_b = write_run (b, id_a, 5, 9, "1");
  g_autofree char *id_c = write_run (c, id_b, 8, 9, "3"), *id_other = write_run (other, NULL, 1, 2, "1");
  g_autoptr (RheoRun) run = open_run (c);
  g_autoptr (RheoChain) chain = rheo_chain_new (run);
  g_autoptr (RheoTable) metrics = rheo_chain_dup_log (chain, NULL, &error), steps = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (rheo_chain_get_n (chain), ==, 3);
  g_assert_true (rheo_chain_is_whole (chain));
  g_assert_cmpstr (rheo_chain_get_name (chain, 0), ==, "a");
  g_assert_cmpstr (rheo_chain_get_name (chain, 2), ==, "c");
  g_assert_cmpint (rheo_experiment_get_run (rheo_chain_get_experiment (chain, 2))->seed, ==, 3);
  g_assert_cmpint ((int) rheo_column_get_length (rheo_table_find (metrics, "iteration")), ==, 9);
  for (int i = 0; i < 9; i++)
    {
      g_assert_cmpfloat (number (metrics, "iteration", i), ==, i + 1);
      g_assert_cmpfloat (number (metrics, "train.episode-length", i), ==, 10 * (i + 1));
      g_assert_cmpfloat (number (metrics, RHEO_CHAIN_FILE, i), ==, i < 4 ? 0 : i < 7 ? 1 : 2);
      g_assert_true (i < 4 ? isnan (number (metrics, "train.new", i)) : number (metrics, "train.new", i) == i + 1);
    }
  steps = rheo_chain_dup_log (chain, "step", &error);
  g_assert_no_error (error);
  g_assert_cmpint ((int) rheo_column_get_length (rheo_table_find (steps, "reward")), ==, 18);
  for (int i = 0; i < 18; i++)
    {
      g_assert_cmpfloat (number (steps, "reward", i), ==, i / 2 + 1);
      g_assert_cmpfloat (number (steps, RHEO_CHAIN_FILE, i), ==, i < 8 ? 0 : i < 14 ? 1 : 2);
    }
  g_assert_null (rheo_chain_dup_log (chain, "none", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  remove_tree (dir);
}

/* A parent that is gone. */
static void
test_broken (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = make_folder ();
  g_autofree char *b = g_build_filename (dir, "b.h5", NULL), *id = write_run (b, "no-such-run", 5, 9, "1");
  g_autoptr (RheoRun) run = open_run (b);
  g_autoptr (RheoChain) chain = rheo_chain_new (run);
  g_autoptr (RheoTable) metrics = rheo_chain_dup_log (chain, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (rheo_chain_get_n (chain), ==, 1);
  g_assert_false (rheo_chain_is_whole (chain));
  g_assert_cmpint ((int) rheo_column_get_length (rheo_table_find (metrics, "iteration")), ==, 5);
  remove_tree (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain/whole", test_chain);
  g_test_add_func ("/chain/broken", test_broken);
  return g_test_run ();
}
