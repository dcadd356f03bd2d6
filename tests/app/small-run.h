/* Small stored runs, made as the program makes them. */
#pragma once

#include <glib/gstdio.h>

#include "engine/trainer.h"

G_GNUC_UNUSED static RheoExperiment *
small_experiment (const char *more)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *experiment = rheo_experiment_load ("robot-trajectory", &error);
  g_auto (GStrv) words = g_strsplit (more, " ", -1);

  g_assert_no_error (error);
  rheo_experiment_set_all (experiment,
                           (const char *const[]){ "model.layers.0.units=24", "task.n-trials=40", "task.n-valid=20",
                                                  "run.batch=20", "run.threads=1", "run.budget=4",
                                                  "run.record=", "run.record-every=1", "run.checkpoint=2", NULL },
                           &error);
  g_assert_no_error (error);
  rheo_experiment_set_all (experiment, (const char *const *) words, &error);
  g_assert_no_error (error);
  return experiment;
}

/* Snapshots of 0 to 4, checkpoints of 2 and 4. more: "KEY=VALUE KEY=VALUE". */
G_GNUC_UNUSED static void
small_run (const char *path, const char *more)
{
  g_autoptr (RheoExperiment) experiment = small_experiment (more);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTrainer) trainer = rheo_trainer_new (experiment, &error);
  RheoStop stop = RHEO_STOP_NONE;

  g_assert_no_error (error);
  rheo_trainer_create_run (trainer, path, &error);
  while (error == NULL && stop == RHEO_STOP_NONE)
    rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
  g_assert_no_error (error);
  rheo_trainer_close_run (trainer, stop, &error);
  g_assert_no_error (error);
}
