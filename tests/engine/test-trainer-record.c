/* What the trainer records, the effect of penalties, and the ready-made experiments. */
#include "config.h"

#include "engine/series.h"
#include "robot-run.h"

/* --- records ------------------------------------------------------------------------------------------------------------- */
static void
assert_dims (const RheoTable *table, const char *key, const char *axes, int64_t a, int64_t b, int64_t c)
{
  const RheoColumn *column = rheo_table_find (table, key);
  const int64_t dims[] = { a, b, c };

  if (column == NULL)
    g_error ("there is no column %s", key);
  g_assert_cmpstr (column->axes, ==, axes);
  for (int i = 0; i < column->n_dims; i++)
    g_assert_cmpint (column->dims[i], ==, dims[i]);
}

/* Naive measures of the spikes of one trial [time][unit], as the network sees time. */
static void
measure (const uint8_t *spikes, int n_steps, int n_units, double *rate, double *synchrony, double *branching)
{
  int n = 0, before = 0;

  *rate = *synchrony = *branching = 0;
  for (int t = 0; t < n_steps; t++)
    {
      int active = 0;
      for (int k = 0; k < n_units; k++)
        {
          active += spikes[t * n_units + k];
          if (t > 0)
            *synchrony += spikes[t * n_units + k] != spikes[(t - 1) * n_units + k];
        }
      *rate += (double) active / (n_steps * n_units);
      if (t > 0 && before > 0)
        {
          *branching += (double) active / before;
          n++;
        }
      before = active;
    }
  *branching /= MAX (n, 1);
}

static void
test_record (void)
{
  for (int swapped = 0; swapped < 2; swapped++)
    {
      g_autoptr (RheoTrainer) trainer =
          make (swapped ? "task.time-axis=samples run.budget=1" : "rule.activity.branching=all-steps run.budget=1");
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoTable) first = rheo_trainer_dup_record (trainer, &error), table = NULL;
      RheoMetrics *m = rheo_metrics_new ();
      const RheoColumn *input, *spikes, *rates, *value, *target;
      double loss = 0, rate = 0, synchrony = 0, branching = 0;

      g_assert_null (rheo_table_find (first, "rec.gradient"));
      step (trainer);
      table = rheo_trainer_dup_record (trainer, &error);
      g_assert_no_error (error);
      assert_dims (table, "in.weight", "pre post", 2, 40, 0);
      assert_dims (table, "rec.weight", "pre post", 40, 40, 0);
      assert_dims (table, "out.bias", "post", 2, 0, 0);
      assert_dims (table, "rec.gradient", "pre post", 40, 40, 0);
      assert_dims (table, "hidden.spikes", "trial time unit", 4, 12, 40);
      assert_dims (table, "hidden.rate", "trial unit", 4, 40, 0);
      assert_dims (table, "out.value", "trial time unit", 4, 12, 2);
      assert_dims (table, "task.input", "trial time in", 4, 12, 2);
      assert_dims (table, "task.target", "trial time out", 4, 12, 2);
      assert_dims (table, "task.length", "trial", 4, 0, 0);
      assert_dims (table, "hidden.class", "unit", 40, 0, 0);
      assert_dims (table, "rec.sign", "pre", 40, 0, 0);
      g_assert_cmpstr (rheo_table_get_note (table, "hidden.classes"), ==, "E PV SST Htr");

      /* Trials are those of the task, whichever way the batch was turned. */
      input = rheo_table_find (table, "task.input");
      target = rheo_table_find (table, "task.target");
      for (int i = 0; i < 4; i++)
        {
          RheoBatch *batch = rheo_feed_new_batch (rheo_trainer_get_feed (trainer), RHEO_SET_VALID, 0, i, 1, &error);
          for (int t = 0; t < 12; t++)
            {
              g_assert_cmpfloat (rheo_column_get_number (input, (i * 12 + t) * 2 + 1), ==, batch->input[2 * t + 1]);
              g_assert_cmpfloat (rheo_column_get_number (target, (i * 12 + t) * 2), ==, batch->target[2 * t]);
            }
          rheo_batch_free (batch);
        }

      /* Scores of the probe are those of what was recorded. */
      rheo_trainer_evaluate (trainer, RHEO_SET_PROBE, 0, 4, m, &error);
      g_assert_no_error (error);
      spikes = rheo_table_find (table, "hidden.spikes");
      rates = rheo_table_find (table, "hidden.rate");
      value = rheo_table_find (table, "out.value");
      for (int64_t i = 0; i < rheo_column_get_length (value); i++)
        loss += pow (rheo_column_get_number (value, i) - rheo_column_get_number (target, i), 2) / (4 * 12);
      g_assert_cmpfloat_with_epsilon (rheo_metrics_get (m, rheo_metrics_find (m, "probe.loss")), loss, 1e-4 * loss);
      for (int64_t i = 0; i < rheo_column_get_length (rates); i++)
        rate += rheo_column_get_number (rates, i) / (4 * 40);
      g_assert_cmpfloat_with_epsilon (rheo_metrics_get (m, rheo_metrics_find (m, "probe.rate")), rate, 1e-6);
      if (!swapped)
        {
          for (int i = 0; i < 4; i++)
            {
              double r, s, b;
              measure ((const uint8_t *) spikes->data + i * 12 * 40, 12, 40, &r, &s, &b);
              synchrony += s / 4;
              branching += b / 4;
            }
          g_assert_cmpfloat_with_epsilon (rheo_metrics_get (m, rheo_metrics_find (m, "probe.synchrony")), synchrony,
                                          1e-9);
          g_assert_cmpfloat_with_epsilon (rheo_metrics_get (m, rheo_metrics_find (m, "probe.branching")), branching,
                                          1e-9);
        }
      rheo_metrics_free (m);
    }
}

/* A penalty on the rate moves the rate. */
static void
test_penalty (void)
{
#define CLEAN "model.preset=clean model.layers.0.units=40 task.input-scale=0.02 rule.preset=clean run.budget=20 "
  g_autoptr (RheoTrainer) plain = make (CLEAN "rule.penalty.rate=0");
  g_autoptr (RheoTrainer) low = make (CLEAN "rule.penalty.rate=1e4 rule.penalty.rate-target=0.01");

  finish (plain);
  finish (low);
  g_assert_cmpfloat (fabs (last (low, "rate") - 0.01), <, 0.5 * fabs (last (plain, "rate") - 0.01));
  g_assert_cmpfloat_with_epsilon (last (low, "loss"), last (low, "task-loss") + 1e4 * last (low, "rate-loss"), 1e-6);
}

/* Each ready-made experiment runs, and its run file has every series that its dashboard shows. */
/* Values that are offered while the run goes on are there and may change. */
static void
check_values (const RheoExperiment *e, JsonNode *values)
{
  for (guint i = 0; values != NULL && i < json_array_get_length (json_node_get_array (values)); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *path = json_array_get_string_element (json_node_get_array (values), i);
      const RheoParam *row = rheo_experiment_find (e, path, NULL, &error);

      g_assert_no_error (error);
      g_assert_true ((row->flags & RHEO_LIVE) != 0);
    }
}

static void
test_experiments (void)
{
  static const char *const small[][2] = {
    { "model.layers.0.units", "30" }, { "model.units", "30" },        { "task.n-trials", "100" },
    { "task.n-valid", "20" },         { "run.batch", "5" },           { "run.budget", "1" },
    { "task.per-letter", "2" },       { "task.source", "synthetic" }, { "task.n-train", "20" },
    { "task.n-test", "20" }
  };
  g_auto (GStrv) names = rheo_experiment_names ();

  g_assert_cmpint (g_strv_length (names), >=, 10);
  for (int i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) e = rheo_experiment_load (names[i], &error);
      g_autofree char *file = g_strconcat (names[i], ".h5", NULL), *path = temp (file);
      g_autoptr (RheoTrainer) trainer = NULL;
      g_autoptr (RheoRun) run = NULL;
      g_autoptr (RheoSeriesReader) reader = NULL;
      g_autoptr (JsonNode) view = NULL;
      JsonArray *panels;

      g_assert_no_error (error);
      g_assert_nonnull (rheo_experiment_get_view (e));
      view = json_from_string (rheo_experiment_get_view (e), &error);
      for (guint k = 0; k < G_N_ELEMENTS (small); k++)
        if (rheo_experiment_find (e, small[k][0], NULL, NULL) != NULL)
          {
            rheo_experiment_set (e, small[k][0], small[k][1], &error);
            g_assert_no_error (error);
          }
      trainer = rheo_trainer_new (e, &error);
      g_assert_no_error (error);
      create (trainer, path);
      close_run (trainer, finish (trainer));
      run = open_run (path);
      reader = rheo_series_reader_new (run);
      panels = json_object_get_array_member (json_node_get_object (view), "live");
      check_values (e, json_object_get_member (json_node_get_object (view), "values"));
      g_assert_cmpint (json_array_get_length (panels), ==, 6);
      for (guint p = 0; p < 6; p++)
        {
          JsonNode *from = json_object_get_member (json_array_get_object_element (panels, p), "from");
          guint n = JSON_NODE_HOLDS_ARRAY (from) ? json_array_get_length (json_node_get_array (from)) : 1;
          for (guint k = 0; k < n; k++)
            {
              const char *name = JSON_NODE_HOLDS_ARRAY (from)
                                     ? json_array_get_string_element (json_node_get_array (from), k)
                                     : json_node_get_string (from);
              const char *key, *equals = strchr (name, '=');
              g_autoptr (RheoTable) table =
                  rheo_series_read (reader, equals != NULL ? equals + 1 : name, -1, &key, &error);
              g_assert_no_error (error);
              g_assert_nonnull (rheo_table_find (table, key));
            }
        }
    }
}

/* Units that keep nothing and see no one get gradient exactly where the window of the surrogate lets it through, of height 1. */
static void
test_flow (void)
{
  g_autoptr (RheoTrainer) trainer =
      make ("model.preset=clean model.layers.0.units=64 model.layers.0.recurrent=none model.layers.0.reset=none "
            "model.layers.0.beta=[0] task.input-scale=0.02 task.time-axis=steps rule.surrogate.kind=boxcar "
            "rule.surrogate.half-width=0.5 rule.penalty.rate=3");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = NULL;
  const float *size, *share, *slope;
  double total = 0;

  step (trainer);
  table = rheo_trainer_dup_record (trainer, &error);
  g_assert_no_error (error);
  assert_dims (table, "hidden.gradient-size", "time", 12, 0, 0);
  size = rheo_table_find (table, "hidden.gradient-size")->data;
  share = rheo_table_find (table, "hidden.gradient-share")->data;
  slope = rheo_table_find (table, "hidden.surrogate")->data;
  for (int t = 0; t < 12; t++)
    {
      g_assert_cmpfloat_with_epsilon (share[t], slope[t], 1e-6);
      g_assert_true ((size[t] > 0) == (share[t] > 0));
      total += (double) share[t] / 12;
    }
  g_assert_cmpfloat (total, >, 0.05);
  g_assert_cmpfloat (total, <, 0.95);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trainer/record", test_record);
  g_test_add_func ("/trainer/flow", test_flow);
  g_test_add_func ("/trainer/penalty", test_penalty);
  g_test_add_func ("/trainer/experiments", test_experiments);
  return g_test_run ();
}
