/* What Set up shows of an experiment before it runs, without a window. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/preview.h"
#include "app/settings.h"
#include "app/speed.h"
#include "app/trial-plot.h"

static RheoExperiment *
experiment_of (const char *settings)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *experiment = rheo_experiment_load ("robot-trajectory", &error);
  g_auto (GStrv) words = g_strsplit (settings, " ", -1);

  g_assert_no_error (error);
  if (*settings != '\0')
    rheo_experiment_set_all (experiment, (const char *const *) words, &error);
  g_assert_no_error (error);
  return experiment;
}

static RheoPreview *
make (const char *settings, int trial, RheoPreviewTask *task)
{
  g_autoptr (RheoExperiment) experiment = experiment_of (settings);

  return rheo_preview_make (experiment, trial, task, NULL);
}

static double
number (const RheoPreview *preview, const char *key, int64_t i)
{
  return rheo_column_get_number (rheo_table_find (preview->signals, key), i);
}

static void
test_trial (void)
{
  g_autoptr (RheoPreview) preview = make ("", 2, NULL), other = make ("", 3, NULL);
  const RheoColumn *input, *target;

  g_assert_null (preview->problem);
  g_assert_cmpint (preview->trial, ==, 2);
  g_assert_cmpint (preview->n_trials, ==, 1000);
  g_assert_cmpstr (preview->inputs, ==, "ω0;ω1");
  g_assert_cmpstr (preview->targets, ==, "x;y");
  input = rheo_table_find (preview->signals, "input");
  target = rheo_table_find (preview->signals, "target");
  g_assert_cmpint (input->dims[0], ==, 30);
  g_assert_cmpint (input->dims[1], ==, 2);
  g_assert_cmpstr (input->unit, ==, "rad/s");
  g_assert_cmpint (target->dims[0], ==, 30);
  g_assert_cmpstr (target->unit, ==, "");
  g_assert_cmpfloat (number (preview, "input", 5), !=, number (other, "input", 5));
  g_assert_cmpstr (preview->unit, ==, "epoch");
  g_assert_cmpint (preview->facts.n_trained, ==, 1006002);
  g_assert_cmpstr (preview->device, ==, "auto takes the CPU, no card: This program was built without CUDA.");
}

/* With samples as time the picture of a trial is the same. */
static void
test_path (void)
{
  static const char *const names[] = { "robot-trajectory", "cddm-short", "memory-anti-angle", "flip-flop-3bit" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (names[i], &error);
      g_autoptr (RheoPreview) preview = rheo_preview_make (experiment, 0, NULL, NULL);

      g_assert_no_error (error);
      g_assert_cmpint (rheo_preview_is_path (preview), ==, i == 0);
    }
}

/* A task without targets: signals that come in, or words where there are none. */
static void
test_input_alone (void)
{
  static const struct
  {
    const char *name, *set, *value;
    int n_in;
    gboolean empty;
  } cases[] = {
    { "sorn-package", "task.channels", "3", 3, FALSE },    { "sorn-default", "task.kind", "none", 10, TRUE },
    { "sorn-default", "task.channels", "0", 0, TRUE },     { "sorn-package", "task.channels", "0", 0, TRUE },
    { "sorn-default", "task.kind", "one-hot", 10, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (cases[i].name, NULL);
      g_autoptr (RheoPreview) preview = NULL;
      RheoPlotSpec *spec;

      g_assert_true (rheo_experiment_set (experiment, cases[i].set, cases[i].value, NULL));
      preview = rheo_preview_make (experiment, 0, NULL, NULL);
      g_assert_null (preview->problem);
      g_assert_cmpint (rheo_table_find (preview->signals, "input")->dims[0], ==, 100);
      g_assert_cmpint (rheo_table_find (preview->signals, "input")->dims[1], ==, cases[i].n_in);
      g_assert_null (rheo_table_find (preview->signals, "target"));
      g_assert_nonnull (preview->network);
      spec = rheo_trial_plot_new (preview->signals, preview->label, preview->inputs, preview->targets, preview->dt_ms);
      if (cases[i].empty)
        {
          g_assert_cmpstr (spec->empty, ==, "No input: the network is left to itself.");
          g_assert_cmpint (spec->binding[0].column->dims[0], ==, 0);
        }
      else
        g_assert_true (spec->binding[0].column == rheo_table_find (preview->signals, "input"));
      rheo_plot_spec_free (spec);
    }
}

/* An environment has no trials, but a network and what a run takes; what stands in the way of a run is told. */
static void
test_environment (void)
{
  static const char *const names[] = { "sorn-cartpole", "sorn-cartpole-documented" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (names[i], NULL);
      g_autoptr (RheoPreview) preview = rheo_preview_make (experiment, 0, NULL, NULL), wrong = NULL;
      const RheoColumn *items;

      g_assert_true (preview->plays);
      g_assert_null (preview->problem);
      g_assert_null (preview->signals);
      g_assert_nonnull (preview->network);
      items = rheo_table_find (preview->scene, "scene.items");
      g_assert_cmpint (items->dims[0], ==, 1);
      g_assert_cmpint (items->dims[1], ==, 1);
      g_assert_cmpint (preview->facts.n_units, ==, 60);
      g_assert_cmpint (preview->facts.n_trained, ==, 50 * 2);
      g_assert_cmpstr (preview->unit, ==, "episode");
      g_assert_cmpfloat (rheo_preview_measure (experiment, NULL), >, 0);
      g_assert_true (rheo_experiment_set (experiment, "task.code", "population", NULL));
      g_assert_true (rheo_experiment_set (experiment, "task.levels", "", NULL));
      wrong = rheo_preview_make (experiment, 0, NULL, NULL);
      g_assert_nonnull (strstr (wrong->problem, "task.levels"));
      g_assert_null (wrong->network);
      g_assert_null (wrong->scene);
    }
}

static void
test_turned (void)
{
  g_autoptr (RheoPreview) plain = make ("", 4, NULL), turned = make ("task.time-axis=samples", 4, NULL);

  g_assert_null (turned->problem);
  for (int64_t i = 0; i < 60; i++)
    {
      g_assert_cmpfloat (number (plain, "input", i), ==, number (turned, "input", i));
      g_assert_cmpfloat (number (plain, "target", i), ==, number (turned, "target", i));
    }
}

static void
test_task_is_shared (void)
{
  g_autoptr (RheoPreview) first = make ("", 0, NULL);
  g_autoptr (RheoPreview) same = make ("model.layers.0.units=50", 0, first->task);
  g_autoptr (RheoPreview) other = make ("task.n-steps=40", 0, first->task);

  g_assert_true (same->task == first->task);
  g_assert_true (other->task != first->task);
  g_assert_cmpint (rheo_table_find (other->signals, "input")->dims[0], ==, 40);
}

static void
test_fewer_trials (void)
{
  g_autoptr (RheoPreview) preview = make ("task.n-trials=60", 900, NULL);

  g_assert_null (preview->problem);
  g_assert_cmpint (preview->trial, ==, 59);
}

static void
test_problem (void)
{
  static const struct
  {
    const char *set, *says;
    gboolean trial, network; /* can still be drawn */
  } cases[] = {
    { "task.n-periods=20", "task.n-periods", FALSE, FALSE },
    { "run.batch=2000", "run.batch", TRUE, TRUE },
    { "model.layers.0.beta=0.5,0.6", "model.layers.0.beta", TRUE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RheoExperiment) experiment = experiment_of ("");
      g_autoptr (RheoPreview) preview = NULL;
      g_auto (GStrv) pair = g_strsplit (cases[i].set, "=", 2);

      g_assert_true (rheo_experiment_set (experiment, pair[0], pair[1], NULL));
      preview = rheo_preview_make (experiment, 0, NULL, NULL);
      g_assert_nonnull (preview->problem);
      g_assert_nonnull (strstr (preview->problem, cases[i].says));
      g_assert_cmpint (preview->signals != NULL, ==, cases[i].trial);
      g_assert_cmpint (preview->network != NULL, ==, cases[i].network);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (RheoExperiment) experiment = experiment_of ("");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_null (rheo_preview_make (experiment, 0, NULL, cancellable));
  g_assert_cmpfloat (rheo_preview_measure (experiment, cancellable), ==, 0);
}

static void
test_speed (void)
{
  g_autoptr (RheoExperiment) small = experiment_of ("model.layers.0.units=64 run.threads=1");
  g_autoptr (RheoExperiment) large = experiment_of ("model.layers.0.units=16384 run.threads=1");
  g_autoptr (RheoExperiment) wide = experiment_of ("model.layers.0.units=64 run.threads=2");
  g_autoptr (RheoPreview) of_small = rheo_preview_make (small, 0, NULL, NULL);
  g_autoptr (RheoPreview) of_large = rheo_preview_make (large, 0, of_small->task, NULL);
  g_autofree char *source = NULL, *again = NULL, *third = NULL;
  double speed;

  g_assert_cmpint (of_small->n_threads, ==, 1);
  g_assert_cmpfloat (rheo_speed_find (small, &of_small->facts, &source), ==, 0);
  g_assert_true (rheo_speed_is_wanted (small, &of_small->facts));
  g_assert_false (rheo_speed_is_wanted (large, &of_large->facts));
  speed = rheo_preview_measure (small, NULL);
  g_assert_cmpfloat (speed, >, 0);
  rheo_speed_add (small, &of_small->facts, speed);
  g_assert_false (rheo_speed_is_wanted (small, &of_small->facts));
  g_assert_true (rheo_speed_is_wanted (wide, &of_small->facts));
  g_assert_cmpfloat (rheo_speed_find (small, &of_small->facts, &source), ==, speed);
  g_assert_nonnull (strstr (source, "64 units"));
  g_assert_cmpfloat (rheo_speed_find (large, &of_large->facts, &again), ==, speed);
  g_assert_cmpfloat (rheo_speed_find (wide, &of_small->facts, &third), ==, 2 * speed);
}

/* The same is told after the next start, and a run has the last word. */
static void
test_speed_kept (void)
{
  g_autoptr (RheoExperiment) small = experiment_of ("model.layers.0.units=64 run.threads=1");
  g_autoptr (RheoPreview) preview = rheo_preview_make (small, 0, NULL, NULL);
  g_autoptr (GSettings) settings = rheo_settings_new ();
  g_autoptr (GVariant) kept = NULL;
  g_autofree char *source = NULL, *again = NULL;

  rheo_speed_use_settings (settings);
  g_assert_true (rheo_speed_is_wanted (small, &preview->facts));
  rheo_speed_add (small, &preview->facts, 2e9);
  rheo_speed_use_settings (settings);
  g_assert_false (rheo_speed_is_wanted (small, &preview->facts));
  g_assert_cmpfloat (rheo_speed_find (small, &preview->facts, &source), ==, 2e9);
  rheo_speed_add (small, &preview->facts, 3e9);
  rheo_speed_use_settings (settings);
  g_assert_cmpfloat (rheo_speed_find (small, &preview->facts, &again), ==, 3e9);
  kept = g_settings_get_value (settings, "speeds");
  g_assert_cmpint (g_variant_n_children (kept), ==, 1);
  rheo_speed_use_settings (NULL);
}

static void
test_durations (void)
{
  static const struct
  {
    double seconds;
    const char *text;
  } cases[] = { { 0.00018, "0.18 ms" }, { 0.012, "12 ms" },     { 0.38, "0.4 s" }, { 4.2, "4.2 s" },
                { 31.3, "31 s" },       { 1, "1 s" },           { 3, "3 s" },      { 240, "4 min" },
                { 7800, "2 h 10 min" }, { 86400 * 5, "5 days" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = rheo_speed_dup_duration (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_estimates (void)
{
  static const struct
  {
    double seconds;
    const char *text;
  } cases[] = { { 28, "30 s" },    { 31.3, "30 s" },  { 77, "80 s" },    { 82, "80 s" },        { 11, "10 s" },
                { 0.27, "0.3 s" }, { 8, "8 s" },      { 93.5, "2 min" }, { 240, "4 min" },      { 1.4, "1.5 s" },
                { 700, "10 min" }, { 0.01, "0.1 s" }, { 620, "10 min" }, { 7800, "2 h 10 min" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = rheo_speed_dup_estimate (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preview/trial", test_trial);
  g_test_add_func ("/preview/path", test_path);
  g_test_add_func ("/preview/input-alone", test_input_alone);
  g_test_add_func ("/preview/environment", test_environment);
  g_test_add_func ("/preview/turned", test_turned);
  g_test_add_func ("/preview/task-is-shared", test_task_is_shared);
  g_test_add_func ("/preview/fewer-trials", test_fewer_trials);
  g_test_add_func ("/preview/problem", test_problem);
  g_test_add_func ("/preview/cancelled", test_cancelled);
  g_test_add_func ("/preview/speed", test_speed);
  g_test_add_func ("/preview/speed-kept", test_speed_kept);
  g_test_add_func ("/preview/estimates", test_estimates);
  g_test_add_func ("/preview/durations", test_durations);
  return g_test_run ();
}
