#include "config.h"

#include "analyse-fixture.h"

#include <glib/gstdio.h>

#include "app/analyse-result.h"
#include "app/settings.h"
#include "engine/trainer.h"

void
analyse_small_rates (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("flip-flop-3bit", &error);
  g_autoptr (RheoTrainer) trainer = NULL;
  RheoStop stop = RHEO_STOP_NONE;

  g_assert_no_error (error);
  rheo_experiment_set_all (experiment,
                           (const char *const[]){ "model.units=12", "run.batch=16", "run.threads=1", "run.budget=4",
                                                  "run.record=", "run.record-every=2", "run.checkpoint=2", NULL },
                           &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  rheo_trainer_create_run (trainer, path, &error);
  while (error == NULL && stop == RHEO_STOP_NONE)
    rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
  g_assert_no_error (error);
  rheo_trainer_close_run (trainer, stop, &error);
  g_assert_no_error (error);
}

void
analyse_set_up (AnalyseFixture *f, gconstpointer data)
{
  g_autoptr (GSettings) settings = rheo_settings_new ();

  f->folder = g_build_filename (ui_test_folder (), "analyse", NULL);
  f->path = g_build_filename (f->folder, "rates.h5", NULL);
  g_assert_cmpint (g_mkdir_with_parents (f->folder, 0700), ==, 0);
  if (data == NULL)
    analyse_small_rates (f->path);
  g_settings_set_string (settings, "runs-folder", f->folder);
  f->window = ui_window_new ();
  f->page = ui_find_type (GTK_WIDGET (f->window), RHEO_TYPE_ANALYSE_PAGE);
  f->result = ui_find_type (f->page, RHEO_TYPE_ANALYSE_RESULT);
}

void
analyse_tear_down (AnalyseFixture *f, gconstpointer data)
{
  ui_window_close (f->window);
  g_remove (f->path);
  g_free (f->path);
  g_free (f->folder);
}

void
analyse_open (AnalyseFixture *f)
{
  g_autofree char *action = g_action_print_detailed_name ("win.analyse", g_variant_new_string (f->path));

  ui_activate (GTK_WIDGET (f->window), action);
  ui_settle (GTK_WIDGET (f->window));
}

void
analyse_click (AnalyseFixture *f, const char *name)
{
  GtkWidget *row = ui_get (f->page, GTK_TYPE_LIST_BOX_ROW, name);

  g_signal_emit_by_name (gtk_widget_get_parent (row), "row-activated", row);
}

RheoTable *
analyse_get_table (AnalyseFixture *f)
{
  return rheo_analyse_result_get_table (RHEO_ANALYSE_RESULT (f->result));
}

gboolean
analyse_has_result (gpointer data)
{
  return analyse_get_table (data) != NULL && gtk_widget_get_mapped (((AnalyseFixture *) data)->result);
}
