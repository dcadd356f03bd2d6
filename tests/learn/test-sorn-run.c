/* Runs of self-organising networks: they go on bit for bit, and what is done to them and looked at leaves the rest alone. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "../analysis/result-of.h"
#include "../engine/trainer-of.h"

#include "engine/analysis.h"

#define BLOCK 100 /* steps of an iteration of the ready-made experiments */

/* --- going on ----------------------------------------------------------------------------------------------------- */
/* 5,000 steps are five times 1,000 with a new trainer for each, bit for bit; looking at a run does not change it. */
static void
test_resume (gconstpointer data)
{
  const char *name = data;
  g_autoptr (RheoTrainer) straight = trainer_named (name, "run.seed=3");
  g_autoptr (RheoTable) saved = NULL, wanted = NULL;
  g_autoptr (GError) error = NULL;

  do_steps (straight, 50);
  wanted = rheo_trainer_dup_checkpoint (straight);
  for (int k = 0; k < 5; k++)
    {
      g_autoptr (RheoTrainer) trainer = trainer_named (name, "run.seed=3");
      g_autoptr (RheoTable) record = NULL, after = NULL;

      if (saved != NULL)
        rheo_trainer_load_checkpoint (trainer, saved, &error);
      g_assert_no_error (error);
      record = rheo_trainer_dup_record (trainer, &error);
      g_assert_no_error (error);
      do_steps (trainer, 10);
      after = rheo_trainer_dup_record (trainer, &error);
      g_assert_no_error (error);
      g_assert_nonnull (rheo_table_find (after, "exc.recurrent"));
      g_assert_cmpint (rheo_table_find (record, "exc.spikes")->dims[1], ==, BLOCK);
      g_assert_cmpint (rheo_table_find (after, "exc.spikes")->dims[1], ==, 10 * BLOCK);
      g_clear_pointer (&saved, rheo_table_unref);
      saved = rheo_trainer_dup_checkpoint (trainer);
    }
  g_assert_cmpint (rheo_table_get_n_columns (saved), ==, rheo_table_get_n_columns (wanted));
  for (int i = 0; i < rheo_table_get_n_columns (wanted); i++)
    {
      const RheoColumn *a = rheo_table_get_column (wanted, i), *b = rheo_table_find (saved, a->key);
      const gsize n = (gsize) rheo_column_get_length (a) * (gsize) rheo_type_size (a->type);

      /* Time goes on, too. */
      if (a->type != RHEO_STRING && !g_str_has_prefix (a->key, "trainer."))
        g_assert_cmpmem (a->data, n, b->data, (gsize) rheo_column_get_length (b) * (gsize) rheo_type_size (b->type));
    }
}

/* A checkpoint that is loaded into a trainer that has run leaves nothing of that run in its records. */
static void
test_load (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_named ("sorn-default", "run.seed=2"),
                          fresh = trainer_named ("sorn-default", "run.seed=2");
  g_autoptr (RheoTable) saved = NULL, record = NULL, wanted = NULL;
  g_autoptr (GError) error = NULL;
  const RheoColumn *a, *b;

  do_steps (trainer, 3);
  saved = rheo_trainer_dup_checkpoint (trainer);
  do_steps (trainer, 4);
  rheo_trainer_load_checkpoint (trainer, saved, &error);
  rheo_trainer_load_checkpoint (fresh, saved, &error);
  g_assert_no_error (error);
  record = rheo_trainer_dup_record (trainer, &error);
  wanted = rheo_trainer_dup_record (fresh, &error);
  g_assert_no_error (error);
  a = rheo_table_find (record, "exc.spikes");
  b = rheo_table_find (wanted, "exc.spikes");
  g_assert_cmpmem (a->data, (gsize) rheo_column_get_length (a), b->data, (gsize) rheo_column_get_length (b));
}

/* Without learning nothing changes but the activity, whose noise goes on. */
static void
test_frozen (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_named ("sorn-default", "rule.learn=false");
  g_autoptr (RheoTable) before = rheo_table_new ("before"), after = rheo_table_new ("after"), metrics = NULL;

  rheo_net_save (rheo_trainer_get_net (trainer), TRUE, before);
  do_steps (trainer, 10);
  rheo_net_save (rheo_trainer_get_net (trainer), TRUE, after);
  for (int i = 0; i < rheo_table_get_n_columns (before); i++)
    {
      const RheoColumn *a = rheo_table_get_column (before, i), *b = rheo_table_find (after, a->key);
      const gsize n = (gsize) rheo_column_get_length (a) * (gsize) rheo_type_size (a->type);

      g_assert_cmpmem (a->data, n, b->data, n);
    }
  metrics = rheo_trainer_dup_last_metrics (trainer);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (metrics, "rate-e"), 0), >, 0);
}

/* --- a perturbation ----------------------------------------------------------------------------------------------- */
static double
number_of (const RheoTable *table, const char *key, int64_t i)
{
  return rheo_column_get_number (rheo_table_find (table, key), i);
}

static void
test_perturbation (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_named ("sorn-default", "run.seed=1");
  g_autoptr (RheoTable) saved = NULL, one = NULL, again = NULL, many = NULL, wrong = NULL;
  g_autoptr (GError) error = NULL;
  RheoRecord record = { .experiment = rheo_trainer_get_experiment (trainer), .name = "test" };
  double spread = 0;

  do_steps (trainer, 5);
  record.weights = saved = rheo_trainer_dup_checkpoint (trainer);
  one = run_with ("perturbation", &record, 1, "steps=150 repeats=10", &error);
  g_assert_no_error (error);
  again = run_with ("perturbation", &record, 1, "steps=150 repeats=10", &error);
  many = run_with ("perturbation", &record, 1, "steps=150 repeats=10 units=50 learn=false", &error);
  g_assert_no_error (error);
  for (int64_t t = 0; t <= 150; t++)
    {
      g_assert_cmpfloat (number_of (one, "distance", t), ==, number_of (again, "distance", t));
      g_assert_cmpfloat (number_of (one, "lowest", t), <=, number_of (one, "distance", t));
      g_assert_cmpfloat (number_of (one, "highest", t), >=, number_of (one, "distance", t) - 1e-9);
      spread += number_of (one, "distance", t);
    }
  g_assert_cmpfloat_with_epsilon (number_of (one, "distance", 0), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (number_of (many, "distance", 0), 50, 1e-9);
  g_assert_cmpfloat (spread, >, 1.5);
  g_assert_cmpfloat (number_of (many, "distance", 1), >, number_of (one, "distance", 1));
  wrong = run_with ("perturbation", &record, 1, "population=out", &error);
  g_assert_null (wrong);
  g_assert_nonnull (strstr (error->message, "allowed is exc or inh"));
  g_clear_error (&error);
  g_assert_null (run_with ("perturbation", &record, 1, "units=201", &error));
  g_assert_cmpstr (error->message, ==, "units is 201, but exc has only 200.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sorn/resume/published", "sorn-default", test_resume);
  g_test_add_data_func ("/sorn/resume/package", "sorn-package", test_resume);
  g_test_add_func ("/sorn/load", test_load);
  g_test_add_func ("/sorn/frozen", test_frozen);
  g_test_add_func ("/sorn/perturbation", test_perturbation);
  return g_test_run ();
}
