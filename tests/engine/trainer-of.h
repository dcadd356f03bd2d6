/* A run of an experiment that is written down as text. */
#pragma once

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
