/* Receptive fields and the critic of the pole on a cart, against the values of the published program. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/critic.h"
#include "engine/encoder.h"

RHEO_ENCODER_ROWS (rows, 0, 1, 1);

static RheoEncoder
encoder (int code)
{
  RheoEncoder e;

  rheo_params_reset (rows, &e);
  e.code = code;
  return e;
}

/* --- receptive fields --------------------------------------------------------------------------------------------- */
static int
bin_of (const RheoEncoder *e, double value)
{
  double bound[RHEO_MAX_BINS];
  RheoReal to[RHEO_MAX_BINS];
  const int n = rheo_encoder_get_bounds (e, bound);
  int bin = -1;

  rheo_encoder_encode (e, n, bound, value, to);
  for (int i = 0; i < rheo_encoder_count (e); i++)
    if (to[i] > 0)
      {
        g_assert_cmpint (bin, ==, -1);
        g_assert_cmpfloat ((double) to[i], ==, 1);
        bin = i;
      }
  return bin;
}

static void
test_normal (void)
{
  static const double lower[] = { -1.64485363, -1.28155157, -1.03643339, -0.84162123, -0.67448975,
                                  -0.52440051, -0.38532047, -0.25334710, -0.12566135 };
  const RheoEncoder e = encoder (RHEO_CODE_NORMAL);
  double bound[RHEO_MAX_BINS];

  g_assert_cmpint (rheo_encoder_get_bounds (&e, bound), ==, 19);
  for (int i = 0; i < 9; i++)
    {
      g_assert_cmpfloat_with_epsilon (bound[i], lower[i], 6e-9);
      g_assert_cmpfloat_with_epsilon (bound[18 - i], -lower[i], 6e-9);
    }
  g_assert_cmpfloat_with_epsilon (bound[9], 0, 1e-15);
  g_assert_cmpint (bin_of (&e, -100), ==, 0);
  g_assert_cmpint (bin_of (&e, 100), ==, 19);
  g_assert_cmpint (bin_of (&e, bound[12]), ==, 12);
  g_assert_cmpint (bin_of (&e, nextafter (bound[12], 10)), ==, 13);
}

static void
test_bins (void)
{
  RheoEncoder e = encoder (RHEO_CODE_EVEN);

  e.bins = 4;
  g_assert_cmpint (bin_of (&e, -1), ==, 0);
  g_assert_cmpint (bin_of (&e, 0.6), ==, 3);
  g_assert_cmpint (bin_of (&e, 1), ==, -1);
  g_assert_cmpint (bin_of (&e, -1.01), ==, -1);

  e = encoder (RHEO_CODE_INTERVALS);
  g_assert_cmpint (rheo_encoder_count (&e), ==, 2);
  g_assert_cmpint (bin_of (&e, -5), ==, 0);
  g_assert_cmpint (bin_of (&e, 0), ==, 0);
  g_assert_cmpint (bin_of (&e, 0.01), ==, 1);
  g_assert_cmpint (bin_of (&e, 5), ==, 1);
  e.standardise = TRUE;
  e.mean = 3;
  g_assert_cmpint (bin_of (&e, 2.9), ==, 0);
  g_assert_cmpint (bin_of (&e, 3.1), ==, 1);
}

static double
rate (int code, double limit, double scale, double value)
{
  RheoEncoder e = encoder (code);
  RheoReal to;

  e.min = -limit;
  e.max = limit;
  e.scale = scale;
  rheo_encoder_encode (&e, 0, NULL, value, &to);
  return 150 * (double) to;
}

static void
test_scalars (void)
{
  const double near = sizeof (RheoReal) == 4 ? 1e-5 : 6e-9;
  RheoEncoder e = encoder (RHEO_CODE_LOG);
  g_autoptr (GError) error = NULL;
  RheoReal to;

  g_assert_cmpfloat_with_epsilon (rate (RHEO_CODE_LINEAR, 0.7, 1, 0.19), 95.35714286, near);
  g_assert_cmpfloat_with_epsilon (rate (RHEO_CODE_SIGMOID, 2, 1, 0.19), 84.32733355, near);
  g_assert_cmpfloat_with_epsilon (rate (RHEO_CODE_LINEAR, 0.2, 1, 0.19), 146.25, near);
  g_assert_cmpfloat_with_epsilon (rate (RHEO_CODE_SIGMOID, 2.5, 1, 0.19), 83.37413618, near);
  g_assert_cmpfloat_with_epsilon (rate (RHEO_CODE_SCALED, 4, 2, 0.38), 84.32733355, near);
  g_assert_cmpfloat_with_epsilon (rate (RHEO_CODE_LINEAR, 0.2, 1, 7), 150, near);
  g_assert_cmpfloat_with_epsilon (rate (RHEO_CODE_LINEAR, 0.2, 1, -7), 0, near);

  g_assert_false (rheo_encoder_check (&e, "task.angle", &error));
  g_assert_cmpstr (error->message, ==, "task.angle.min is -1; a logarithm needs more than 0.");
  g_clear_error (&error);
  e.code = RHEO_CODE_SIGMOID;
  e.min = 50;
  e.max = 60;
  g_assert_false (rheo_encoder_check (&e, "task.angle", &error));
  g_assert_cmpstr (error->message, ==,
                   "task.angle.min (50) and task.angle.max (60) give the same rate: between them the code is flat.");
  e.code = RHEO_CODE_LOG;
  e.min = 1;
  e.max = 100;
  g_assert_true (rheo_encoder_check (&e, "task.angle", NULL));
  rheo_encoder_encode (&e, 0, NULL, 10, &to);
  g_assert_cmpfloat_with_epsilon ((double) to, 0.5, 1e-7);
}

/* --- the critic --------------------------------------------------------------------------------------------------- */
static const double mean[] = { 0, 0, 0, 0 }, sd[] = { 1, 0.5, 0.1, 0.8 };
static const double leaning[] = { 0, 0, 0.05, -0.3 }, better[] = { 0, 0, 0.04, -0.1 }, still[] = { 1, 1, 0.009, 0.009 };

static RheoCritic
critic (void)
{
  RheoCritic c;

  rheo_params_reset (rheo_critic_params, &c);
  return c;
}

static double
judge (const RheoCritic *c, RheoCriticState *s, const double *before, const double *now, gboolean undecided)
{
  RheoCriticState own = { 0 };

  return rheo_critic_judge (
      c, s != NULL ? s : &own,
      &(RheoCriticStep){ .before = before, .now = now, .mean = mean, .sd = sd, .undecided = undecided });
}

static void
test_change (void)
{
  const double turned[] = { 0, 0, 0.04, 0.1 };
  RheoCritic c = critic ();

  g_assert_cmpfloat_with_epsilon (judge (&c, NULL, leaning, better, FALSE), 0.73437072, 6e-9);
  g_assert_cmpfloat_with_epsilon (judge (&c, NULL, better, leaning, FALSE), -0.48958048, 6e-9);
  g_assert_cmpfloat_with_epsilon (judge (&c, NULL, leaning, better, TRUE), -0.666667, 6e-7);
  g_assert_cmpfloat (judge (&c, NULL, leaning, still, FALSE), ==, 1);
  g_assert_cmpfloat (judge (&c, NULL, still, leaning, FALSE), ==, 0);
  g_assert_cmpfloat (judge (&c, NULL, still, leaning, TRUE), ==, 0);
  g_assert_cmpfloat_with_epsilon (judge (&c, NULL, leaning, turned, FALSE), 0.73437072, 6e-9);
  c.clear_flips = TRUE;
  g_assert_cmpfloat (judge (&c, NULL, leaning, turned, FALSE), ==, 0);
  c = critic ();
  c.reward_factor = 0;
  g_assert_cmpfloat (judge (&c, NULL, leaning, better, TRUE), ==, -1);
  c = critic ();
  c.punish_factor = 0.5;
  g_assert_cmpfloat_with_epsilon (judge (&c, NULL, better, leaning, FALSE), -0.48958048 / 2, 6e-9);
  c = critic ();
  c.gain = 100;
  g_assert_cmpfloat (judge (&c, NULL, leaning, better, FALSE), ==, 1);
  g_assert_cmpfloat (judge (&c, NULL, better, leaning, FALSE), ==, -1);
}

static void
test_weighted (void)
{
  RheoCritic c = critic ();

  c.weighted = TRUE;
  c.weight[3] = 2;
  /* sqrt (0.5^2 + 0.75^2) - sqrt (0.4^2 + 0.25^2), times 3 and 1.5, cut. */
  c.gain = 0.3;
  g_assert_cmpfloat_with_epsilon (judge (&c, NULL, leaning, better, FALSE),
                                  0.45 * (sqrt (0.25 + 0.5625) - sqrt (0.16 + 0.0625)), 1e-12);
}

static void
test_ends (void)
{
  const RheoCriticStep fell = { .before = leaning, .now = better, .mean = mean, .sd = sd, .over = true, .fell = true };
  RheoCriticStep lasted = fell;
  RheoCriticState s = { 0 };
  RheoCritic c = critic ();

  lasted.fell = false;
  g_assert_cmpfloat (rheo_critic_judge (&c, &s, &fell), ==, 0);
  c.punish_falls = TRUE;
  g_assert_cmpfloat (rheo_critic_judge (&c, &s, &fell), ==, -1);
  g_assert_cmpfloat (rheo_critic_judge (&c, &s, &lasted), ==, 0);
  c = critic ();
  c.kind = RHEO_CRITIC_STEPS;
  g_assert_cmpfloat (rheo_critic_judge (&c, &s, &fell), ==, -0.958);
  g_assert_cmpfloat (judge (&c, NULL, leaning, better, FALSE), ==, 1.5);
  g_assert_cmpfloat (judge (&c, NULL, leaning, better, TRUE), ==, 1);
}

static void
test_policy (void)
{
  const double right[] = { 0.1, 0, 0.05, 0 }, left[] = { -0.1, 0, 0.05, 0 }, upright[] = { 0, 0, 0.02, -0.1 };
  RheoCritic c = critic ();

  c.kind = RHEO_CRITIC_POLICY;
  g_assert_cmpfloat (judge (&c, NULL, leaning, right, FALSE), ==, 1);
  g_assert_cmpfloat_with_epsilon (judge (&c, NULL, leaning, left, FALSE), -1 / 1.5, 1e-12);
  g_assert_cmpfloat (judge (&c, NULL, upright, left, FALSE), ==, 1);
  g_assert_cmpfloat_with_epsilon (judge (&c, NULL, upright, right, FALSE), -1 / 1.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (judge (&c, NULL, upright, left, TRUE), -1 / 1.5, 1e-12);
}

/* Of 4 looked at, 2 are enough: 0.73 the first two times, then times (2 - 2 + 1) / (2 + 1), (3 - 3 + 1) / 4; the other sign
 * is rare. */
static void
test_modulated (void)
{
  static const double factor[] = { 1, 1, 1.0 / 3, 1.0 / 4 };
  RheoCriticState s = { 0 };
  RheoCritic c = critic ();

  c.modulated = TRUE;
  c.modulation_steps = 4;
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (judge (&c, &s, leaning, better, FALSE), 0.73437072 * factor[i], 6e-9);
  g_assert_cmpfloat_with_epsilon (judge (&c, &s, better, leaning, FALSE), -0.48958048, 6e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/encoder/normal", test_normal);
  g_test_add_func ("/encoder/bins", test_bins);
  g_test_add_func ("/encoder/scalars", test_scalars);
  g_test_add_func ("/critic/change", test_change);
  g_test_add_func ("/critic/weighted", test_weighted);
  g_test_add_func ("/critic/ends", test_ends);
  g_test_add_func ("/critic/policy", test_policy);
  g_test_add_func ("/critic/modulated", test_modulated);
  return g_test_run ();
}
