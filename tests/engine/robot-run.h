/* Small robot networks for tests of the trainer. */
#pragma once

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "trainer-of.h"

#define N_BATCHES 3 /* per epoch */

static const char *const json =
    "{\"format\": 1, \"title\": \"test\","
    "\"task\": {\"id\": \"robot-trajectory\", \"n-trials\": 60, \"n-valid\": 24, \"n-steps\": 12},"
    "\"model\": {\"id\": \"lif\"}, \"rule\": {\"id\": \"bptt\"},"
    "\"run\": {\"seed\": 3, \"threads\": 1, \"budget\": 4, \"batch\": 20, \"probe\": 4, \"lane-rows\": 4}}";

G_GNUC_UNUSED static RheoExperiment *
experiment (const char *more)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *e = rheo_experiment_parse (json, "test", &error);
  g_auto (GStrv) all = NULL;

  g_assert_no_error (error);
  all = g_strsplit ("model.preset=robot-upstream model.layers.0.units=40 rule.preset=upstream", " ", -1);
  rheo_experiment_set_all (e, (const char *const *) all, &error);
  g_assert_no_error (error);
  if (more != NULL)
    {
      g_auto (GStrv) words = g_strsplit (more, " ", -1);
      rheo_experiment_set_all (e, (const char *const *) words, &error);
      g_assert_no_error (error);
    }
  return e;
}

G_GNUC_UNUSED static RheoTrainer *
make (const char *more)
{
  g_autoptr (RheoExperiment) e = experiment (more);
  g_autoptr (GError) error = NULL;
  RheoTrainer *trainer = rheo_trainer_new (e, &error);

  g_assert_no_error (error);
  return trainer;
}

G_GNUC_UNUSED static RheoStop
steps (RheoTrainer *trainer, int n)
{
  RheoStop stop = RHEO_STOP_NONE;

  for (int i = 0; i < n && stop == RHEO_STOP_NONE; i++)
    stop = step (trainer);
  return stop;
}

G_GNUC_UNUSED static RheoStop
finish (RheoTrainer *trainer)
{
  return steps (trainer, 1000);
}

G_GNUC_UNUSED static double
last (RheoTrainer *trainer, const char *key)
{
  g_autoptr (RheoTable) table = rheo_trainer_dup_last_metrics (trainer);
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  return rheo_column_get_number (column, 0);
}

G_GNUC_UNUSED static char *
temp (const char *name)
{
  static char *folder;

  if (folder == NULL)
    folder = g_dir_make_tmp ("rheo-trainer-XXXXXX", NULL);
  return g_build_filename (folder, name, NULL);
}

G_GNUC_UNUSED static void
create (RheoTrainer *trainer, const char *path)
{
  g_autoptr (GError) error = NULL;

  rheo_trainer_create_run (trainer, path, &error);
  g_assert_no_error (error);
}

G_GNUC_UNUSED static void
close_run (RheoTrainer *trainer, RheoStop stop)
{
  g_autoptr (GError) error = NULL;

  rheo_trainer_close_run (trainer, stop, &error);
  g_assert_no_error (error);
}

G_GNUC_UNUSED static RheoRun *
open_run (const char *path)
{
  g_autoptr (GError) error = NULL;
  RheoRun *run = rheo_run_open (path, &error);

  g_assert_no_error (error);
  return run;
}
