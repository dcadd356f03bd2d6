/* A run of an experiment that is written down as text. */
#pragma once

#include <glib/gstdio.h>
#include <string.h>

#include "engine/trainer.h"

/* e: becomes its own. words: values to set, "rule.lr=1 run.seed=2", or NULL. */
static inline RheoTrainer *
trainer_with (RheoExperiment *e, const char *words)
{
  g_autoptr (RheoExperiment) experiment = e;
  g_autoptr (GError) error = NULL;
  g_autofree char *clean = g_strstrip (g_strdup (words != NULL ? words : ""));
  g_auto (GStrv) word = g_strsplit (clean, " ", -1);
  RheoTrainer *trainer;

  rheo_experiment_set_all (experiment, (const char *const *) word, &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  return trainer;
}

static inline RheoTrainer *
trainer_of (const char *json, const char *words)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *e = rheo_experiment_parse (json, "test", &error);

  g_assert_no_error (error);
  return trainer_with (e, words);
}

/* Of a ready-made experiment. */
static inline RheoTrainer *
trainer_named (const char *name, const char *words)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *e = rheo_experiment_load (name, &error);

  g_assert_no_error (error);
  return trainer_with (e, words);
}

/* With those words an experiment is refused, in a sentence with that part. */
static inline void
assert_refused (const char *json, const char *words, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) e = rheo_experiment_parse (json, "test", &error);
  g_auto (GStrv) word = g_strsplit (words, " ", -1);
  g_autoptr (RheoTrainer) trainer = NULL;

  g_assert_no_error (error);
  if (rheo_experiment_set_all (e, (const char *const *) word, &error))
    trainer = rheo_trainer_new (e, &error);
  g_assert_null (trainer);
  g_assert_nonnull (error);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" says nothing of \"%s\"", error->message, part);
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

static inline void
do_steps (RheoTrainer *trainer, int n)
{
  for (int i = 0; i < n; i++)
    step (trainer);
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

/* Of the first n episodes of the test set. */
static inline double
mean_length (RheoTrainer *trainer, int n)
{
  g_autoptr (RheoMetrics) m = rheo_metrics_new ();

  rheo_trainer_play (trainer, RHEO_SET_TEST, 0, n, m, NULL);
  return rheo_metrics_get (m, rheo_metrics_find (m, "test.episode-length"));
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

/* Saved after n_before iterations and gone on with, with records and validations between: as in one go of n without any. */
static inline void
assert_resumes (const char *json, const char *words, int n_before, int n)
{
  g_autofree char *folder = g_dir_make_tmp ("rheobase-resume-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autofree char *watched = g_strdup_printf ("%s run.validate=2 run.record-every=3", words);
  g_autoptr (RheoTrainer) straight = trainer_of (json, words), first = trainer_of (json, watched);
  g_autoptr (RheoTrainer) second = trainer_of (json, watched);
  g_autoptr (GError) error = NULL;

  do_steps (straight, n);
  g_assert_true (rheo_trainer_create_run (first, path, &error));
  do_steps (first, n_before);
  g_assert_nonnull (rheo_trainer_run_probe (first, &error));
  g_assert_true (rheo_trainer_close_run (first, RHEO_STOP_USER, &error));
  rheo_trainer_resume_run (second, path, -1, &error);
  g_assert_no_error (error);
  do_steps (second, n - n_before);
  assert_same_run (straight, second);
  g_assert_true (rheo_trainer_close_run (second, RHEO_STOP_USER, &error));
  g_unlink (path);
  g_rmdir (folder);
}
