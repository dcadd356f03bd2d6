/* The whole connection matrix, histograms over training and receptive fields, on records made by hand. */
#include "config.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "engine/analysis.h"

static void
ignore (void *data, double fraction)
{
}

static RheoTable *
analyse (const char *id, const char *words, const RheoRecord *records, int n, GError **error)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, id, NULL);
  g_autofree void *config = g_malloc0 (MAX (analysis->base.config_size, 1));
  g_auto (GStrv) settings = g_strsplit (words, ";", -1);
  g_autoptr (RheoTable) out = rheo_table_new ("");
  static const atomic_bool cancelled;

  rheo_params_reset (analysis->base.params, config);
  for (int i = 0; settings[i] != NULL && *settings[i] != '\0'; i++)
    {
      g_auto (GStrv) pair = g_strsplit (settings[i], "=", 2);
      void *at;
      const RheoParam *row = rheo_params_find (analysis->base.params, config, pair[0], "", &at, error);

      g_assert_true (rheo_param_set_text (row, at, pair[1], pair[0], error));
    }
  return analysis->run (config, records, n, NULL, out, ignore, NULL, &cancelled, error) ? g_steal_pointer (&out) : NULL;
}

static double
number (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  g_assert_cmpint ((int) i, <, (int) rheo_column_get_length (column));
  return rheo_column_get_number (column, i);
}

static const char *
text (const RheoTable *table, const char *key, int64_t i)
{
  return rheo_column_get_string (rheo_table_find (table, key), i);
}

static void
add_list (RheoTable *t, const char *name, const char *from, const char *to, int64_t n_pre, int64_t n,
          const int64_t *first, const int32_t *target, const float *weight)
{
  const struct
  {
    const char *end;
    RheoType type;
    int64_t n;
    const void *data;
  } columns[] = { { ".weight", RHEO_F32, n, weight },
                  { ".target", RHEO_I32, n, target },
                  { ".first", RHEO_I64, n_pre + 1, first } };
  g_autofree char *from_key = g_strconcat (name, ".from", NULL), *to_key = g_strconcat (name, ".to", NULL);

  for (gsize k = 0; k < G_N_ELEMENTS (columns); k++)
    {
      g_autofree char *key = g_strconcat (name, columns[k].end, NULL);

      rheo_table_add_copy (t, key, "", "", k == 2 ? "place" : "synapse", columns[k].type, &columns[k].n,
                           columns[k].data);
    }
  rheo_table_set_note (t, from_key, from);
  rheo_table_set_note (t, to_key, to);
}

/* A (2) to B (3), of two classes: two kinds of synapses, of which one pair has both; the input to A; B to the output. */
static RheoTable *
make_record (float w0, float w1)
{
  const int64_t first[] = { 0, 2, 3 }, other[] = { 0, 0, 1 }, in[] = { 0, 1, 2 }, out[] = { 0, 1, 1, 1 }, n_b = 3;
  const int32_t target[] = { 0, 2, 1 }, other_target[] = { 1 }, in_target[] = { 0, 1 }, out_target[] = { 0 };
  const float weight[] = { w0, 4, w1 }, other_weight[] = { 0.5f }, in_weight[] = { 35, 35 }, out_weight[] = { 1 };
  const guint8 class[] = { 0, 0, 1 };
  RheoTable *t = rheo_table_new ("Record");

  add_list (t, "A-B-ampa", "A", "B", 2, 3, first, target, weight);
  add_list (t, "A-B-nmda", "A", "B", 2, 1, other, other_target, other_weight);
  add_list (t, "in", "input", "A", 2, 2, in, in_target, in_weight);
  add_list (t, "out", "B", "out", 3, 1, out, out_target, out_weight);
  rheo_table_add_copy (t, "B.class", "", "", "unit", RHEO_U8, &n_b, class);
  rheo_table_set_note (t, "B.classes", "left right");
  return t;
}

static void
test_matrix (void)
{
  g_autoptr (RheoTable) weights = make_record (2, 3), out = NULL;
  g_autoptr (GError) error = NULL;
  const RheoRecord record = { .name = "run", .weights = weights };
  const double nan_matrix[4][5] = {
    { 35, NAN, NAN, NAN, NAN }, { NAN, 35, NAN, NAN, NAN }, { NAN, NAN, 2, NAN, 4 }, { NAN, NAN, NAN, 3.5, NAN }
  };

  out = analyse ("connection-matrix", "", &record, 1, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 5; k++)
      {
        const double v = number (out, "matrix", i * 5 + k);

        g_assert_true (isnan (v) ? isnan (nan_matrix[i][k]) : v == nan_matrix[i][k]);
      }
  g_assert_cmpstr (text (out, "pre", 1), ==, "input");
  g_assert_cmpstr (text (out, "pre", 2), ==, "A");
  g_assert_cmpstr (text (out, "post", 1), ==, "A");
  g_assert_cmpstr (text (out, "post", 2), ==, "B");
  g_assert_cmpstr (text (out, "source", 1), ==, "A");
  g_assert_cmpstr (text (out, "target", 1), ==, "B");
  /* Two synapses of one pair are one connection. */
  g_assert_cmpfloat (number (out, "probability", 0), ==, 0.5);
  g_assert_cmpfloat (number (out, "probability", 1), ==, 0);
  g_assert_cmpfloat (number (out, "probability", 3), ==, 0.5);
  rheo_table_unref (g_steal_pointer (&out));

  out = analyse ("connection-matrix", "projections=*-nmda, o*", &record, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint ((int) rheo_table_find (out, "matrix")->dims[0], ==, 5); /* A, B */
  g_assert_cmpint ((int) rheo_table_find (out, "matrix")->dims[1], ==, 4); /* B, out */
  g_assert_cmpfloat (number (out, "matrix", 1 * 4 + 1), ==, 0.5);
  g_assert_cmpfloat (number (out, "matrix", 2 * 4 + 3), ==, 1);
  g_assert_null (analyse ("connection-matrix", "projections=C*", &record, 1, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

/* From 0 a change is relative to 0.0001; a synapse that has come to weigh nothing is still there. */
static void
test_change (void)
{
  g_autoptr (RheoTable) start = make_record (2, 0), weights = make_record (0, 3), out = NULL;
  g_autoptr (GError) error = NULL;
  const RheoRecord one = { .name = "run", .weights = weights, .start = start };
  const RheoRecord two[] = { { .name = "run", .weights = start }, { .name = "run", .weights = weights } };
  const char *set = "projections=A-B-ampa;show=change";

  for (int k = 0; k < 2; k++)
    {
      out = analyse ("connection-matrix", set, k == 0 ? &one : two, k + 1, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (number (out, "matrix", 0), ==, -2);
      g_assert_cmpfloat (number (out, "matrix", 2), ==, 0);
      g_assert_cmpfloat (number (out, "matrix", 4), ==, 3);
      g_assert_true (isnan (number (out, "matrix", 1)));
      g_assert_cmpfloat (number (out, "probability", 0), ==, 0.5);
      rheo_table_unref (g_steal_pointer (&out));
    }
  out = analyse ("connection-matrix", "projections=A-B-ampa;show=relative-change", &one, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (number (out, "matrix", 0), ==, -1);
  g_assert_cmpfloat_with_epsilon (number (out, "matrix", 4), 30000, 0.01);
  g_assert_null (analyse ("connection-matrix", set, &two[1], 1, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

static void
test_histograms (void)
{
  g_autoptr (RheoTable) start = make_record (2, 3), weights = make_record (0, 7), out = NULL;
  g_autoptr (GError) error = NULL;
  const RheoRecord record = { .name = "run", .iteration = 9, .weights = weights, .start = start };

  out = analyse ("weight-histograms", "bins=7;log-bins=3", &record, 1, &error);
  g_assert_no_error (error);
  /* The one projection that has changed, for each class of targets, before and after. */
  g_assert_cmpint ((int) rheo_table_find (out, "part")->dims[0], ==, 4);
  g_assert_cmpstr (text (out, "part", 0), ==, "A-B-ampa");
  g_assert_cmpstr (text (out, "side", 1), ==, "left");
  g_assert_cmpstr (text (out, "side", 2), ==, "right");
  g_assert_cmpfloat (number (out, "iteration", 0), ==, 0);
  g_assert_cmpfloat (number (out, "iteration", 1), ==, 9);
  g_assert_cmpfloat (number (out, "mean-weight", 0), ==, 2.5);
  g_assert_cmpfloat (number (out, "sd", 1), ==, 3.5);
  /* Edges 0, 1 ... 7, of all times and classes. */
  for (int i = 0; i < 7; i++)
    {
      g_assert_cmpfloat_with_epsilon (number (out, "from", 21 + i), i, 1e-12);
      g_assert_cmpfloat (number (out, "height", i), ==, i == 2 || i == 3);
      g_assert_cmpfloat (number (out, "height", 7 + i), ==, i == 0 || i == 6);
      g_assert_cmpfloat (number (out, "height", 14 + i), ==, i == 4);
    }
  /* 0, then 0.01, sqrt (0.07), 7. */
  g_assert_cmpfloat (number (out, "log-from", 0), ==, 0);
  g_assert_cmpfloat_with_epsilon (number (out, "log-from", 1), 0.01, 1e-12);
  g_assert_cmpfloat_with_epsilon (number (out, "log-from", 2), sqrt (0.07), 1e-9);
  g_assert_cmpfloat_with_epsilon (number (out, "log-to", 2), 7, 1e-9);
  g_assert_cmpfloat (number (out, "log-height", 2), ==, 2);
  g_assert_cmpfloat (number (out, "log-height", 3), ==, 1);
  g_assert_cmpfloat (number (out, "log-height", 5), ==, 1);
  rheo_table_unref (g_steal_pointer (&out));

  out = analyse ("weight-histograms", "before=false;by-class=false;projections=A-*", &record, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint ((int) rheo_table_find (out, "part")->dims[0], ==, 2);
  g_assert_cmpfloat (number (out, "synapses", 0), ==, 3);
  g_assert_cmpstr (text (out, "side", 0), ==, "");
}

static void
test_fields (void)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  g_autoptr (RheoTable) out = NULL;
  g_autoptr (GError) error = NULL;
  const RheoRecord record = { .experiment = experiment, .name = "run" };
  static const char *const play[] = { "task.id=cartpole", "model.id=intf7", "task.code=fields", NULL };
  static const char *const raw[] = { "task.code=raw", NULL };
  static const char *const other[] = { "task.angle.code=even",
                                       "task.angle.bins=4",
                                       "task.angle.min=-1",
                                       "task.angle.max=1",
                                       "task.turning.code=intervals",
                                       "task.turning.bounds=-3 -1 2 5",
                                       "task.position.code=linear",
                                       "task.turning.standardise=true",
                                       "task.turning.mean=0.5",
                                       "task.turning.sd=2",
                                       NULL };

  g_assert_true (rheo_experiment_set_all (experiment, play, &error));
  out = analyse ("receptive-fields", "", &record, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint ((int) rheo_table_find (out, "cell")->dims[0], ==, 80);
  for (int i = 1; i < 20; i++)
    {
      const double edge = 0.00529333 + 0.09129902 * gsl_cdf_ugaussian_Pinv (i / 20.0);

      g_assert_cmpfloat_with_epsilon (number (out, "low", 40 + i), edge, 1e-9);
      g_assert_cmpfloat (number (out, "high", 39 + i), ==, number (out, "from", 40 + i));
    }
  g_assert_true (isnan (number (out, "low", 40)) && isnan (number (out, "high", 59)));
  /* -1.64485363 and -1.28155157 standard deviations, and 1.75 times the distance between them. */
  g_assert_cmpfloat_with_epsilon (number (out, "from", 0), -0.00645789 - 1.64485363 - 1.75 * 0.36330206, 1e-7);
  g_assert_cmpfloat_with_epsilon (number (out, "to", 19), -0.00645789 + 1.64485363 + 1.75 * 0.36330206, 1e-7);
  g_assert_cmpstr (text (out, "part", 79), ==, "Turning");
  g_assert_cmpstr (text (out, "unit", 79), ==, "rad/s");
  rheo_table_unref (g_steal_pointer (&out));

  /* One cell for the position, twenty for the velocity, four and three for the others. */
  g_assert_true (rheo_experiment_set_all (experiment, other, &error));
  out = analyse ("receptive-fields", "", &record, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint ((int) rheo_table_find (out, "cell")->dims[0], ==, 27);
  g_assert_cmpfloat (number (out, "cell", 0), ==, 1);
  g_assert_cmpfloat (number (out, "cell", 26), ==, 27);
  g_assert_cmpfloat (number (out, "low", 20), ==, -1);
  g_assert_cmpfloat (number (out, "high", 20), ==, -0.5);
  g_assert_cmpfloat (number (out, "from", 24), ==, 0.5 + 2 * -3);
  g_assert_cmpfloat (number (out, "to", 24), ==, 0.5 + 2 * -1);
  g_assert_true (isnan (number (out, "low", 24)));
  g_assert_cmpfloat (number (out, "to", 26), ==, 0.5 + 2 * 5);

  g_assert_true (rheo_experiment_set_all (experiment, raw, &error));
  g_assert_null (analyse ("receptive-fields", "", &record, 1, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/weights/matrix", test_matrix);
  g_test_add_func ("/weights/change", test_change);
  g_test_add_func ("/weights/histograms", test_histograms);
  g_test_add_func ("/weights/fields", test_fields);
  return g_test_run ();
}
