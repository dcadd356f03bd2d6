/* The robot-trajectory task against the published generator: numbers and statistics of rsnn 1.2. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/task.h"

typedef struct
{
  const RheoTask *task;
  void *config, *data;
  RheoShape shape;
} Case;

static void
set (Case *c, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;
  void *at;
  const RheoParam *row = rheo_params_find (c->task->base.params, c->config, key, "task", &at, &error);

  g_assert_no_error (error);
  rheo_param_set_text (row, at, text, key, &error);
  g_assert_no_error (error);
}

static void
prepare (Case *c)
{
  c->task = (const RheoTask *) rheo_component_find (RHEO_KIND_TASK, "robot-trajectory", NULL);
  g_assert_nonnull (c->task);
  c->config = g_malloc0 (c->task->base.config_size);
  rheo_params_reset (c->task->base.params, c->config);
}

static void
open_task (Case *c)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (c->task->base.check (c->config, &error));
  c->task->open (c->config, 1, &c->data, &error);
  g_assert_no_error (error);
  c->task->shape (c->config, c->data, &c->shape);
}

static void
close_task (Case *c)
{
  c->task->close (c->data);
  c->data = NULL;
}

/* [step][in], [step][out] */
static void
fill (Case *c, RheoSet set, int index, RheoReal *input, RheoReal *target)
{
  g_autoptr (GError) error = NULL;
  RheoDraw draw = { .set = set, .index = index };
  RheoTrial trial = { .n_steps = c->shape.n_steps, .n_in = 2, .n_out = 2, .input = input, .target = target };

  c->task->fill (c->config, c->data, &draw, &trial, &error);
  g_assert_no_error (error);
  g_assert_cmpint (trial.n_steps, ==, c->shape.n_steps);
}

static void
near (double value, double expected, double relative)
{
  double eps = sizeof (RheoReal) == 4 ? 2e-7 : 0;
  g_assert_cmpfloat (fabs (value - expected), <=, (relative + eps) * fabs (expected));
}

static void
test_golden (void)
{
  /* steps 0 to 3 and 29 of samples 0 and 1 */
  static const int at[] = { 0, 1, 2, 3, 29 };
  static const double w0[] = { -78.687233318013, -92.050416013851, -93.635493450543, -82.091067851944,
                               111.594244598622 };
  static const double w1[] = { 22.374125649624, 24.649338294715, 27.344401163312, 27.768793408480, -4.255857567730 };
  static const double x[] = { 3.628910655303, 4.524743518882, 5.404613849164, 6.124507713756, 1.0 };
  static const double y[] = { 5.914033052274, 4.868685260632, 3.804858915787, 2.871890838451, 7.844077885772 };
  static const double w0_1[] = { 23.177468060760, -22.801189770734, -71.954081210717, -110.029009014465,
                                 -16.058911946357 };
  static const double x_1[] = { 2.193534074224, 2.344876644892, 3.213316608736, 4.632431051989, 10.0 };
  Case c;
  RheoReal in[60], out[60];

  prepare (&c);
  open_task (&c);
  g_assert_cmpint (c.shape.n_trials, ==, 1000);
  g_assert_cmpint (c.shape.n_valid, ==, 200);
  g_assert_false (c.shape.swapped);
  fill (&c, RHEO_SET_TRAIN, 0, in, out);
  for (int i = 0; i < 5; i++)
    {
      near (in[2 * at[i]], w0[i], 1e-9);
      near (in[2 * at[i] + 1], w1[i], 1e-9);
      near (out[2 * at[i]], x[i], 1e-6);
      near (out[2 * at[i] + 1], y[i], 1e-6);
    }
  fill (&c, RHEO_SET_TRAIN, 1, in, out);
  for (int i = 0; i < 5; i++)
    {
      near (in[2 * at[i]], w0_1[i], 1e-9);
      near (out[2 * at[i]], x_1[i], 1e-6);
    }
  close_task (&c);
  g_free (c.config);
}

static void
test_statistics (void)
{
  static const double mean[] = { -0.22, -0.067, 5.519, 5.497 }, sd[] = { 68.03, 31.85, 2.831, 2.831 };
  static const double largest[] = { 277.91, 98.54, 10, 10 };
  double sum[4] = { 0 }, squares[4] = { 0 }, max[4] = { 0 };
  const int n = 30000;
  const char *label = NULL;
  RheoReal in[60], out[60];
  Case c;

  prepare (&c);
  open_task (&c);
  for (int i = 0; i < 1000; i++)
    {
      fill (&c, RHEO_SET_TRAIN, i, in, out);
      for (int t = 0; t < 30; t++)
        {
          double v[] = { in[2 * t], in[2 * t + 1], out[2 * t], out[2 * t + 1] };
          for (int k = 0; k < 4; k++)
            {
              sum[k] += v[k];
              squares[k] += v[k] * v[k];
              max[k] = MAX (max[k], fabs (v[k]));
            }
        }
    }
  for (int k = 0; k < 4; k++)
    {
      double m = sum[k] / n;
      g_assert_cmpfloat_with_epsilon (m, mean[k], k == 0 ? 0.006 : 0.0006);
      g_assert_cmpfloat_with_epsilon (sqrt (squares[k] / n - m * m), sd[k], k < 2 ? 0.006 : 0.0006);
      g_assert_cmpfloat_with_epsilon (max[k], largest[k], 0.006);
    }
  g_assert_cmpfloat_with_epsilon (c.task->baseline (c.config, c.data, &label), 16.03, 0.006);
  g_assert_nonnull (label);
  close_task (&c);
  g_free (c.config);
}

static void
test_sets (void)
{
  RheoReal in[2][60], out[2][60];
  Case c;

  prepare (&c);
  open_task (&c);
  fill (&c, RHEO_SET_VALID, 3, in[0], out[0]);
  fill (&c, RHEO_SET_PROBE, 3, in[1], out[1]);
  g_assert_cmpmem (in[0], sizeof in[0], in[1], sizeof in[1]);
  fill (&c, RHEO_SET_TRAIN, 3, in[1], out[1]);
  g_assert_cmpint (memcmp (in[0], in[1], sizeof in[0]), !=, 0);

  g_autoptr (GError) error = NULL;
  RheoTrial trial = { .n_steps = 30, .input = in[0], .target = out[0] };
  RheoDraw draw = { .set = RHEO_SET_VALID, .index = 200 };
  g_assert_false (c.task->fill (c.config, c.data, &draw, &trial, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  close_task (&c);

  set (&c, "static", "true");
  set (&c, "input-scale", "0.02");
  open_task (&c);
  fill (&c, RHEO_SET_TRAIN, 0, in[0], out[0]);
  fill (&c, RHEO_SET_TRAIN, 999, in[1], out[1]);
  g_assert_cmpmem (in[0], sizeof in[0], in[1], sizeof in[1]);
  near (in[0][0], -78.687233318013 * 0.02, 1e-9);
  close_task (&c);
  g_free (c.config);
}

/* With a larger step the limiter keeps both joints within 90 degrees, and velocities shrink with the angles. */
static void
test_nonlinear (void)
{
  g_autofree RheoReal *in = g_new (RheoReal, 600), *out = g_new (RheoReal, 600);
  int limited[2] = { 0 };
  Case c;

  prepare (&c);
  set (&c, "n-steps", "300");
  set (&c, "dt-step", "1e-3");
  set (&c, "scaling", "workspace");
  set (&c, "time-axis", "samples");
  open_task (&c);
  g_assert_true (c.shape.swapped);
  for (int i = 0; i < 1000; i++)
    {
      double sum[2] = { 0 }, largest[2] = { 0 };
      fill (&c, RHEO_SET_TRAIN, i, in, out);
      for (int t = 0; t < 300; t++)
        {
          for (int m = 0; m < 2; m++)
            {
              sum[m] += 1e-3 * in[2 * t + m];
              largest[m] = MAX (largest[m], fabs (sum[m]));
            }
          /* Hand from the angles, brought from -2 .. 2 to 1 .. 10. */
          double a = sum[0], b = sum[0] + sum[1] + G_PI_2;
          g_assert_cmpfloat_with_epsilon (out[2 * t], 1 + 9 * (cos (a) + cos (b) + 2) / 4, 1e-4);
          g_assert_cmpfloat_with_epsilon (out[2 * t + 1], 1 + 9 * (sin (a) + sin (b) + 2) / 4, 1e-4);
        }
      for (int m = 0; m < 2; m++)
        {
          g_assert_cmpfloat (largest[m], <=, G_PI_2 + 1e-5);
          limited[m] += largest[m] > G_PI_2 - 1e-4;
        }
    }
  /* rsnn 1.2: 0.98 and 0.81 of the trials. */
  g_assert_cmpint (limited[0], >, 965);
  g_assert_cmpint (limited[0], <, 995);
  g_assert_cmpint (limited[1], >, 790);
  g_assert_cmpint (limited[1], <, 830);
  close_task (&c);
  g_free (c.config);
}

static void
test_periods (void)
{
  RheoReal in[60], out[60];
  g_autoptr (GError) error = NULL;
  Case c;

  prepare (&c);
  set (&c, "n-periods", "3");
  open_task (&c);
  fill (&c, RHEO_SET_TRAIN, 7, in, out);
  for (int i = 0; i < 40; i++)
    {
      g_assert_cmpfloat (in[i], ==, in[i + 20]);
      g_assert_cmpfloat (out[i], ==, out[i + 20]);
    }
  close_task (&c);

  set (&c, "tiling", "published");
  g_assert_false (c.task->base.check (c.config, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  set (&c, "tiling", "all");
  set (&c, "n-periods", "16");
  g_assert_false (c.task->base.check (c.config, &error));
  g_assert_nonnull (strstr (error->message, "at most 15"));
  g_free (c.config);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/robot/golden", test_golden);
  g_test_add_func ("/robot/statistics", test_statistics);
  g_test_add_func ("/robot/sets", test_sets);
  g_test_add_func ("/robot/nonlinear", test_nonlinear);
  g_test_add_func ("/robot/periods", test_periods);
  return g_test_run ();
}
