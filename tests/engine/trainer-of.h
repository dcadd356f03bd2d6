/* A run of an experiment that is written down as text. */
#pragma once

#include <string.h>

#include "engine/trainer.h"

/* words: values to set, "rule.lr=1 run.seed=2", or NULL. */
static inline RheoTrainer *
trainer_of (const char *json, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) e = rheo_experiment_parse (json, "test", &error);
  g_auto (GStrv) word = g_strsplit (words != NULL ? words : "", " ", -1);
  RheoTrainer *trainer;

  g_assert_no_error (error);
  rheo_experiment_set_all (e, (const char *const *) word, &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (e, &error);
  g_assert_no_error (error);
  return trainer;
}

static inline RheoStop
step (RheoTrainer *trainer)
{
  g_autoptr (GError) error = NULL;
  RheoStop stop;

  rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
  g_assert_no_error (error);
  return stop;
}

/* Of the last iteration. */
static inline double
metric (RheoTrainer *trainer, const char *key)
{
  g_autoptr (RheoTable) table = rheo_trainer_dup_last_metrics (trainer);
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  return rheo_column_get_number (column, 0);
}

/* Everything of a checkpoint but wall times. */
static inline void
assert_same_run (RheoTrainer *a, RheoTrainer *b)
{
  g_autoptr (RheoTable) x = rheo_trainer_dup_checkpoint (a), y = rheo_trainer_dup_checkpoint (b);

  for (int i = 0; i < rheo_table_get_n_columns (x); i++)
    {
      const RheoColumn *p = rheo_table_get_column (x, i), *q = rheo_table_find (y, p->key);

      if (g_str_has_prefix (p->key, "trainer.") || p->type == RHEO_STRING)
        continue;
      g_assert_cmpint ((int) rheo_column_get_length (p), ==, (int) rheo_column_get_length (q));
      if (memcmp (p->data, q->data, (gsize) rheo_column_get_length (p) * rheo_type_size (p->type)) != 0)
        g_error ("%s differs", p->key);
    }
}

/* For rheo_trainer_step: stops when it was asked so often. */
static inline bool
ask (void *data)
{
  return --*(int *) data < 0;
}
