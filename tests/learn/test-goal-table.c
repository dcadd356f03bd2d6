/* The statistics of goal spec 7.3: means over five seeds of trajectories learned with feedback of several ranks and time
 * constants, within three standard deviations of the published program's equal, and the orderings that hold for it. */
#include "engine/trainer.h"

#include <math.h>

#define N_SEEDS 5
#define N_EPOCHS 1000
#define N_MEAN 20 /* epochs that a figure is the mean of */

enum
{
  FIGURE_MSE_100,
  FIGURE_MSE,
  FIGURE_DISTANCE_1,
  FIGURE_DISTANCE_100,
  FIGURE_DISTANCE,
  FIGURE_RMS,
  N_FIGURES,
  FIGURE_LIMIT = N_FIGURES,
  N_ALL,
};

typedef struct
{
  int rank, tau; /* rank 0: diagonal */
  double mean[N_FIGURES], sd[N_FIGURES];
} Published;

static const Published published[] = {
  { 0, 1, { 0.2128, 0.1879, 1663, 1421, 1289, 5.7470 }, { 0.0742, 0.0644, 120, 106, 154, 0.6459 } },
  { 3, 1, { 0.1444, 0.0917, 1774, 1830, 1836, 1.3314 }, { 0.0547, 0.0307, 166, 98, 74, 0.1633 } },
  { 150, 1, { 0.2383, 0.2216, 1682, 1505, 1482, 6.2592 }, { 0.0809, 0.0659, 138, 105, 105, 0.7094 } },
  { 0, 2, { 0.1240, 0.0618, 1701, 1448, 896, 5.0994 }, { 0.0599, 0.0396, 152, 196, 503, 0.7438 } },
  { 3, 2, { 0.0781, 0.0391, 1771, 1862, 1867, 1.2722 }, { 0.0343, 0.0119, 169, 159, 122, 0.1519 } },
  { 150, 2, { 0.1445, 0.1073, 1723, 1570, 1469, 5.2702 }, { 0.0565, 0.0392, 182, 154, 204, 0.6107 } },
  { 0, 5, { 0.0603, 0.0063, 1747, 1231, 11, 2.7894 }, { 0.0413, 0.0024, 156, 305, 20, 1.0000 } },
  { 3, 5, { 0.0457, 0.0170, 1771, 1848, 1887, 1.2589 }, { 0.0243, 0.0064, 177, 121, 130, 0.1588 } },
  { 10, 5, { 0.0589, 0.0304, 1779, 1689, 1670, 1.5760 }, { 0.0323, 0.0134, 164, 152, 149, 0.2714 } },
  { 50, 5, { 0.0778, 0.0455, 1782, 1409, 1169, 2.7515 }, { 0.0487, 0.0231, 159, 259, 229, 0.6246 } },
  { 150, 5, { 0.0740, 0.0150, 1759, 1461, 443, 3.7982 }, { 0.0458, 0.0140, 170, 291, 412, 1.1479 } },
  { 0, 20, { 0.0529, 0.0220, 1771, 1077, 3, 2.4663 }, { 0.0335, 0.0096, 162, 368, 4, 0.8283 } },
  { 3, 20, { 0.0579, 0.0318, 1787, 1860, 1895, 1.3792 }, { 0.0298, 0.0138, 178, 152, 165, 0.2387 } },
  { 150, 20, { 0.0759, 0.0370, 1801, 1547, 974, 3.9325 }, { 0.0456, 0.0144, 188, 398, 235, 1.1309 } },
  { 0, 60, { 0.0824, 0.0673, 1791, 1034, 63, 1.9509 }, { 0.0395, 0.0266, 171, 247, 53, 0.5056 } },
  { 3, 60, { 0.0938, 0.0804, 1788, 1821, 1892, 1.2711 }, { 0.0415, 0.0318, 178, 181, 192, 0.2485 } },
  { 150, 60, { 0.0940, 0.0805, 1783, 1439, 1101, 2.4095 }, { 0.0444, 0.0321, 165, 321, 231, 0.7993 } },
};

#define N_ROWS ((int) G_N_ELEMENTS (published))

static double figure[G_N_ELEMENTS (published)][N_ALL];

static void
set (RheoExperiment *experiment, const char *path, int value)
{
  g_autofree char *text = g_strdup_printf ("%d", value);
  g_autoptr (GError) error = NULL;

  rheo_experiment_set (experiment, path, text, &error);
  g_assert_no_error (error);
}

static double
get (RheoTrainer *trainer, const char *name)
{
  g_autoptr (RheoTable) last = rheo_trainer_dup_last_metrics (trainer);

  return rheo_column_get_number (rheo_table_find (last, name), 0);
}

/* Adds a run to the sums of its row. */
static void
run (int row, int seed)
{
  const Published *p = &published[row];
  double *to = figure[row];
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("goal-3d", &error);
  g_autoptr (RheoTrainer) trainer = NULL;

  g_assert_no_error (error);
  rheo_experiment_set (experiment, "rule.matrix", p->rank > 0 ? "low-rank" : "diagonal", &error);
  g_assert_no_error (error);
  if (p->rank > 0)
    set (experiment, "rule.rank", p->rank);
  set (experiment, "model.tau-out", p->tau);
  set (experiment, "run.seed", seed);
  set (experiment, "run.validate", 0);
  set (experiment, "run.budget", N_EPOCHS + 1);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  for (int epoch = 1; epoch <= N_EPOCHS; epoch++)
    {
      RheoStop stop;

      rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
      g_assert_no_error (error);
      g_assert_cmpint (stop, ==, RHEO_STOP_NONE);
      if (epoch == 1)
        to[FIGURE_DISTANCE_1] += get (trainer, "spike-error") / N_SEEDS;
      if (epoch > 100 - N_MEAN && epoch <= 100)
        {
          to[FIGURE_MSE_100] += get (trainer, "mse") / N_MEAN / N_SEEDS;
          to[FIGURE_DISTANCE_100] += get (trainer, "spike-error") / N_MEAN / N_SEEDS;
        }
      if (epoch > N_EPOCHS - N_MEAN)
        {
          to[FIGURE_MSE] += get (trainer, "mse") / N_MEAN / N_SEEDS;
          to[FIGURE_DISTANCE] += get (trainer, "spike-error") / N_MEAN / N_SEEDS;
        }
    }
  to[FIGURE_RMS] += get (trainer, "rms-weight") / N_SEEDS;
  to[FIGURE_LIMIT] += get (trainer, "read-out-limit") / N_SEEDS;
}

static const double *
of (int rank, int tau)
{
  for (int row = 0; row < N_ROWS; row++)
    if (published[row].rank == rank && published[row].tau == tau)
      return figure[row];
  g_assert_not_reached ();
}

static void
check_table (void)
{
  gboolean good = TRUE;

  for (int row = 0; row < N_ROWS; row++)
    {
      const Published *p = &published[row];

      for (int seed = 1; seed <= N_SEEDS; seed++)
        run (row, seed);
      g_test_message ("rank %d, tau %d: mse at 100 %.4f (%.4f), at 1000 %.4f (%.4f), limit %.4f; spike error at 1 %.0f "
                      "(%.0f), at 100 %.0f (%.0f), at 1000 %.0f (%.0f); rms weight %.3f (%.3f)",
                      p->rank, p->tau, figure[row][FIGURE_MSE_100], p->mean[FIGURE_MSE_100], figure[row][FIGURE_MSE],
                      p->mean[FIGURE_MSE], figure[row][FIGURE_LIMIT], figure[row][FIGURE_DISTANCE_1],
                      p->mean[FIGURE_DISTANCE_1], figure[row][FIGURE_DISTANCE_100], p->mean[FIGURE_DISTANCE_100],
                      figure[row][FIGURE_DISTANCE], p->mean[FIGURE_DISTANCE], figure[row][FIGURE_RMS],
                      p->mean[FIGURE_RMS]);
      for (int k = 0; k < N_FIGURES; k++)
        if (fabs (figure[row][k] - p->mean[k]) > 3 * p->sd[k])
          {
            g_test_message ("rank %d, tau %d: figure %d is %g instead of %g +- %g", p->rank, p->tau, k, figure[row][k],
                            p->mean[k], p->sd[k]);
            good = FALSE;
          }
    }
  g_assert_true (good);
}

/* Orderings of the means, with the figures of the table. */
static void
check_orderings (void)
{
  static const int ranks[] = { 3, 10, 50, 150 }, taus[] = { 1, 2, 20, 60 }, both[] = { 0, 150 };

  g_assert_cmpfloat (of (0, 5)[FIGURE_DISTANCE], <, 20);
  g_assert_cmpfloat (of (0, 20)[FIGURE_DISTANCE], <, 20);
  g_assert_cmpfloat (of (3, 5)[FIGURE_DISTANCE], >=, of (3, 5)[FIGURE_DISTANCE_1]);
  g_assert_cmpfloat (of (0, 5)[FIGURE_MSE], <, 1.2 * of (0, 5)[FIGURE_LIMIT]);
  g_assert_cmpfloat (of (3, 5)[FIGURE_MSE], >, 1.9 * of (3, 5)[FIGURE_LIMIT]);
  for (guint i = 0; i < G_N_ELEMENTS (ranks); i++)
    {
      g_assert_cmpfloat (of (0, 5)[FIGURE_MSE], <, of (ranks[i], 5)[FIGURE_MSE]);
      if (ranks[i] != 50)
        g_assert_cmpfloat (of (50, 5)[FIGURE_MSE], >, of (ranks[i], 5)[FIGURE_MSE]);
    }
  g_assert_cmpfloat (of (10, 5)[FIGURE_MSE], >, of (3, 5)[FIGURE_MSE]);
  for (guint k = 0; k < G_N_ELEMENTS (both); k++)
    for (guint i = 0; i < G_N_ELEMENTS (taus); i++)
      {
        g_assert_cmpfloat (of (both[k], 5)[FIGURE_MSE], <, of (both[k], taus[i])[FIGURE_MSE]);
        if (taus[i] != 1)
          g_assert_cmpfloat (of (both[k], 1)[FIGURE_MSE], >, of (both[k], taus[i])[FIGURE_MSE]);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/goal/table", check_table);
  g_test_add_func ("/goal/table-orderings", check_orderings);
  return g_test_run ();
}
