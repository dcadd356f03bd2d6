#include "config.h"

#include "engine/metrics.h"

#include <math.h>

static const RheoSeries loss = { .key = "loss" }, rate = { .key = "rate", .flags = RHEO_SERIES_BY_CLASS };

static void
test_means (void)
{
  RheoMetrics *m = rheo_metrics_new ();
  int i = rheo_metrics_declare (m, "train", &loss, NULL);

  g_assert_cmpint (rheo_metrics_declare (m, "train", &rate, NULL), ==, 1);
  g_assert_cmpint (rheo_metrics_declare (m, "train", &loss, NULL), ==, i);
  g_assert_cmpint (rheo_metrics_get_n (m), ==, 2);
  g_assert_true (isnan (rheo_metrics_get (m, i)));
  rheo_metrics_add (m, "train.loss", 1, 30);
  rheo_metrics_add (m, "train.loss", 4, 10);
  g_assert_cmpfloat (rheo_metrics_get (m, i), ==, 1.75);
  rheo_metrics_clear (m);
  g_assert_true (isnan (rheo_metrics_get (m, i)));
  rheo_metrics_add (m, "train.loss", INFINITY, 1);
  g_assert_true (isinf (rheo_metrics_get (m, i)));
  rheo_metrics_free (m);
}

static void
test_classes (void)
{
  static const char *const classes[] = { "exc", "inh", NULL };
  RheoMetrics *m = rheo_metrics_new ();

  rheo_metrics_declare (m, "train", &loss, classes);
  g_assert_cmpint (rheo_metrics_declare (m, "hidden", &rate, classes), ==, 1);
  g_assert_cmpint (rheo_metrics_get_n (m), ==, 3);
  g_assert_cmpstr (rheo_metrics_get_name (m, 0), ==, "train.loss");
  g_assert_cmpstr (rheo_metrics_get_name (m, 2), ==, "hidden.rate.inh");
  g_assert_true (rheo_metrics_get_series (m, 2) == &rate);
  g_assert_cmpint (rheo_metrics_find (m, "hidden.rate.exc"), ==, 1);
  g_assert_cmpint (rheo_metrics_find (m, "hidden.rate"), ==, -1);
  rheo_metrics_free (m);
}

/* Batches are added up to an iteration, which a checkpoint may cut in two. */
static void
test_batches (void)
{
  RheoMetrics *epoch = rheo_metrics_new (), *batch, *after;
  double means[2];

  rheo_metrics_declare (epoch, "train", &loss, NULL);
  batch = rheo_metrics_dup_declared (epoch);
  after = rheo_metrics_dup_declared (epoch);
  g_assert_cmpstr (rheo_metrics_get_name (batch, 0), ==, "train.loss");
  rheo_metrics_add (batch, "train.loss", 2, 1);
  rheo_metrics_take (epoch, batch);
  g_assert_true (isnan (rheo_metrics_get (batch, 0)));
  rheo_metrics_get_state (epoch, means);
  rheo_metrics_set_state (after, means);
  rheo_metrics_add (batch, "train.loss", 5, 2);
  rheo_metrics_take (after, batch);
  g_assert_cmpfloat (rheo_metrics_get (after, 0), ==, 4);

  /* What never changes keeps its digits. */
  rheo_metrics_clear (after);
  for (int i = 0; i < 20; i++)
    {
      rheo_metrics_add (batch, "train.loss", 0.002, 50);
      rheo_metrics_take (after, batch);
    }
  g_assert_cmpfloat (rheo_metrics_get (after, 0), ==, 0.002);
  rheo_metrics_free (epoch);
  rheo_metrics_free (batch);
  rheo_metrics_free (after);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metrics/means", test_means);
  g_test_add_func ("/metrics/classes", test_classes);
  g_test_add_func ("/metrics/batches", test_batches);
  return g_test_run ();
}
