/* Metrics of a run of any length in memory that does not grow: extremes, order, the newest value, a run that goes on. */
#include "config.h"

#include <math.h>

#include "app/live-metrics.h"
#include "plot/plot.h"

static RheoTable *
numbers_of (double loss, double valid)
{
  RheoTable *table = rheo_table_new ("Metrics");

  rheo_table_add_copy (table, "loss", "Loss", "", "", RHEO_F64, NULL, &loss);
  rheo_table_set_note (table, "loss", "train.loss");
  if (!isnan (valid))
    rheo_table_add_copy (table, "valid.loss", "Loss", "", "", RHEO_F64, NULL, &valid);
  return table;
}

/* A value for each iteration; every tenth is validated. */
static double
loss_at (int64_t i)
{
  return i == 77777 ? 50 : i == 123456 ? -50 : sin ((double) i * 0.7);
}

static void
add (RheoLiveMetrics *metrics, int64_t from, int64_t to)
{
  for (int64_t i = from; i <= to; i++)
    {
      g_autoptr (RheoTable) numbers = numbers_of (loss_at (i), i % 10 == 0 ? (double) i : NAN);

      rheo_live_metrics_add (metrics, i, numbers);
    }
}

static double
value_at (RheoLiveMetrics *metrics, const char *name, int64_t row)
{
  const RheoColumn *column = rheo_table_find (rheo_live_metrics_get_table (metrics), name);

  g_assert_nonnull (column);
  return rheo_column_get_number (column, row < 0 ? rheo_column_get_length (column) + row : row);
}

static int64_t
length (RheoLiveMetrics *metrics)
{
  return rheo_column_get_length (rheo_table_find (rheo_live_metrics_get_table (metrics), "iteration"));
}

static void
check_ascending (RheoLiveMetrics *metrics)
{
  for (int64_t k = 1; k < length (metrics); k++)
    g_assert_cmpfloat (value_at (metrics, "iteration", k - 1), <, value_at (metrics, "iteration", k));
}

/* Row of the extreme value: sign 1 the largest, -1 the smallest. */
static int64_t
extreme (RheoLiveMetrics *metrics, const char *name, int sign)
{
  int64_t found = 0;

  for (int64_t k = 1; k < length (metrics); k++)
    if (sign * value_at (metrics, name, k) > sign * value_at (metrics, name, found)
        || isnan (value_at (metrics, name, found)))
      found = k;
  return found;
}

static void
test_few (void)
{
  g_autoptr (RheoLiveMetrics) metrics = rheo_live_metrics_new ();

  g_assert_null (rheo_live_metrics_get_table (metrics));
  add (metrics, 1, 1000);
  g_assert_cmpint (length (metrics), ==, 1000);
  for (int64_t k = 0; k < 1000; k++)
    {
      g_assert_cmpfloat (value_at (metrics, "iteration", k), ==, (double) (k + 1));
      g_assert_cmpfloat (value_at (metrics, "train.loss", k), ==, loss_at (k + 1));
      g_assert_cmpint (isnan (value_at (metrics, "valid.loss", k)), ==, (k + 1) % 10 != 0);
    }
  g_assert_cmpint (rheo_live_metrics_get_n (metrics), ==, 2);
  g_assert_cmpstr (rheo_live_metrics_get_name (metrics, 0), ==, "train.loss");
}

static void
check_long (RheoLiveMetrics *metrics, int64_t n)
{
  int64_t at, n_valid = 0;

  g_assert_cmpint (length (metrics), <=, RHEO_LIVE_ROWS + 3);
  g_assert_cmpint (length (metrics), >, RHEO_LIVE_ROWS / 2);
  check_ascending (metrics);
  /* No peak is lost, and it lies where it was but for the length of a stretch. */
  at = extreme (metrics, "train.loss", 1);
  g_assert_cmpfloat (value_at (metrics, "train.loss", at), ==, 50);
  g_assert_cmpfloat (fabs (value_at (metrics, "iteration", at) - 77777), <, 4.0 * (double) n / RHEO_LIVE_ROWS);
  at = extreme (metrics, "train.loss", -1);
  g_assert_cmpfloat (value_at (metrics, "train.loss", at), ==, -50);
  g_assert_cmpfloat (fabs (value_at (metrics, "iteration", at) - 123456), <, 4.0 * (double) n / RHEO_LIVE_ROWS);
  /* What is measured now and then is not lost beside what is measured always. */
  for (int64_t k = 0; k < length (metrics); k++)
    if (!isnan (value_at (metrics, "valid.loss", k)))
      {
        g_assert_cmpfloat (fabs (value_at (metrics, "valid.loss", k) - value_at (metrics, "iteration", k)), <,
                           4.0 * (double) n / RHEO_LIVE_ROWS);
        n_valid++;
      }
  g_assert_cmpint (n_valid, >, RHEO_LIVE_ROWS / 8);
  /* The newest one is there as it was. */
  g_assert_cmpfloat (value_at (metrics, "iteration", -1), ==, (double) n);
  g_assert_cmpfloat (value_at (metrics, "train.loss", -1), ==, loss_at (n));
}

static void
test_long (void)
{
  g_autoptr (RheoLiveMetrics) metrics = rheo_live_metrics_new ();

  add (metrics, 1, 250000);
  check_long (metrics, 250000);
  for (int64_t i = 250001; i < 250100; i++)
    {
      add (metrics, i, i);
      check_long (metrics, i);
    }
}

static RheoTable *
stored (int64_t n)
{
  RheoTable *table = rheo_table_new ("Metrics");
  int64_t *iteration = rheo_table_add (table, "iteration", "Iteration", "", "iteration", RHEO_I64, &n)->data;
  double *seconds = rheo_table_add (table, "seconds", "Seconds", "s", "iteration", RHEO_F64, &n)->data;
  double *valid = rheo_table_add (table, "valid.loss", "Loss", "", "iteration", RHEO_F64, &n)->data;
  double *loss = rheo_table_add (table, "train.loss", "Loss", "", "iteration", RHEO_F64, &n)->data;

  for (int64_t k = 0; k < n; k++)
    {
      iteration[k] = k + 1;
      seconds[k] = 0.1 * (double) k;
      loss[k] = loss_at (k + 1);
      valid[k] = (k + 1) % 10 == 0 ? (double) (k + 1) : NAN;
    }
  return table;
}

static void
put_stored_before (RheoLiveMetrics *metrics, int64_t n)
{
  g_autoptr (RheoLiveMetrics) earlier = rheo_live_metrics_new ();
  g_autoptr (RheoTable) table = stored (n);

  rheo_live_metrics_add_stored (earlier, table);
  rheo_live_metrics_put_before (metrics, earlier);
}

/* The file may have got rows of the run that goes on, while it was read. */
static void
test_further (void)
{
  g_autoptr (RheoLiveMetrics) metrics = rheo_live_metrics_new ();

  add (metrics, 101, 120);
  put_stored_before (metrics, 110);
  add (metrics, 121, 200);
  g_assert_cmpint (length (metrics), ==, 200);
  for (int64_t k = 0; k < 200; k++)
    {
      g_assert_cmpfloat (value_at (metrics, "iteration", k), ==, (double) (k + 1));
      g_assert_cmpfloat (value_at (metrics, "train.loss", k), ==, loss_at (k + 1));
    }
  g_assert_null (rheo_table_find (rheo_live_metrics_get_table (metrics), "seconds"));
  g_assert_cmpstr (rheo_live_metrics_get_name (metrics, 0), ==, "train.loss");
}

static void
test_far (void)
{
  g_autoptr (RheoLiveMetrics) metrics = rheo_live_metrics_new (), fresh = rheo_live_metrics_new ();

  add (metrics, 200001, 200010);
  put_stored_before (metrics, 200005);
  add (metrics, 200011, 400000);
  check_long (metrics, 400000);
  put_stored_before (fresh, 250001);
  check_long (fresh, 250001);
}

/* Numbers that are exported say what their rows stand for. */
static void
test_numbers (void)
{
  g_autoptr (RheoLiveMetrics) metrics = rheo_live_metrics_new ();
  const int64_t n[] = { 16000, 40000 };
  const char *const head[] = { "Iteration", "Iteration, smallest and largest of each 8" };

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));
      g_autoptr (RheoTable) numbers = NULL;

      add (metrics, i == 0 ? 1 : n[i - 1] + 1, n[i]);
      g_assert_true (rheo_plot_bind (spec, "y", rheo_live_metrics_get_table (metrics), "train.loss", NULL, NULL));
      numbers = rheo_plot_dup_numbers (spec, NULL);
      g_assert_cmpstr (rheo_table_find (numbers, "x")->label, ==, head[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live-metrics/numbers", test_numbers);
  g_test_add_func ("/live-metrics/few", test_few);
  g_test_add_func ("/live-metrics/long", test_long);
  g_test_add_func ("/live-metrics/further", test_further);
  g_test_add_func ("/live-metrics/far", test_far);
  return g_test_run ();
}
