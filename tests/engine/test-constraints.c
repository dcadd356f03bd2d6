/* Constraints and rewiring after an update, on a net that is nothing but its arrays. */
#include "config.h"

#include "array-net.h"

/* --- constraints -------------------------------------------------------------------------------------------------- */

static void
test_mask_and_signs (void)
{
  enum
  {
    N = 300,
    N_EXC = 240
  };
  const RheoOptimiser c = defaults (RHEO_OPTIMISER_SGD, 0.3);
  g_autoptr (RheoNet) net = net_new (2);
  int8_t sign[N];
  RheoTrainable *t = add_signed (net, N, N_EXC, 0.3, sign);
  const uint8_t *mask = t->proj->keep.mask;
  g_autoptr (RheoUpdater) u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
  g_autofree RheoReal *expected = g_memdup2 (t->value, (gsize) (N * t->stride) * sizeof (RheoReal));
  RheoKept kept = { .n_weights = N * N };
  RheoUpdate facts;

  add (net, "unconstrained", 4, 4, FALSE);
  draw_gradient (net, 1);
  net->n_trainables = 1;
  /* By coincidence exactly 0, and connected: counts as a zero. */
  expected[0] = t->value[0] = 0;
  net->g[0][0] = 0;
  for (int j = 0; j < N; j++)
    for (int i = 0; i < N; i++)
      {
        RheoReal *w = &expected[j * t->stride + i];

        *w -= (RheoReal) 0.3 * net->g[0][j * t->stride + i];
        if (!mask[j * t->stride + i])
          *w = 0;
        kept.n_zero += *w == 0;
        if (j < N_EXC && *w < 0)
          {
            *w = 0;
            kept.false_neg++;
          }
        if (j >= N_EXC && *w > 0)
          {
            *w = 0;
            kept.false_pos++;
          }
      }
  rheo_updater_step (u, &c, &net->grad, 0, &facts);
  for (int j = 0; j < N; j++)
    for (int i = 0; i < N; i++)
      g_assert_cmpfloat_with_epsilon ((double) t->value[j * t->stride + i], (double) expected[j * t->stride + i], 1e-6);
  g_assert_cmpint (kept.false_neg, >, 1000);
  g_assert_cmpint (kept.false_pos, >, 200);
  g_assert_cmpmem (&facts.kept[0], sizeof kept, &kept, sizeof kept);
  g_assert_cmpmem (&facts.kept_signed, sizeof kept, &kept, sizeof kept);
  net->n_trainables = 2;
}

/* Reflective weights move as |p| does when p, free of bounds, is what Adam moves; sticky ones stop short of zero, and what a
 * mask holds has no momentum. */
static void
test_boundaries (void)
{
  enum
  {
    N = 20,
    STEPS = 30
  };
  const RheoOptimiser c = defaults (RHEO_OPTIMISER_ADAM, 0.2);

  for (int boundary = RHEO_BOUNDARY_STICKY; boundary <= RHEO_BOUNDARY_REFLECTIVE; boundary++)
    {
      g_autoptr (RheoNet) net = net_new (1);
      int8_t sign[N];
      RheoTrainable *t = add_signed (net, N, N / 2, 0.7, sign);
      const uint8_t *mask = t->proj->keep.mask;
      g_autoptr (RheoUpdater) u = NULL;
      g_autofree double *p = g_new (double, N *N), *m = g_new0 (double, N *N), *v = g_new0 (double, N *N);
      int n_tiny = 0, n_turned = 0;
      RheoUpdate facts;

      t->proj->keep.boundary = boundary;
      u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
      for (int k = 0; k < N * N; k++)
        p[k] = (double) t->value[k / N * t->stride + k % N];
      for (int s = 1; s <= STEPS; s++)
        {
          draw_gradient (net, (uint32_t) s);
          for (int k = 0; k < N * N; k++)
            {
              const double g = (double) net->g[0][k / N * t->stride + k % N] * (p[k] * sign[k / N] < 0 ? -1 : 1);

              m[k] = c.beta1 * m[k] + (1 - c.beta1) * g;
              v[k] = c.beta2 * v[k] + (1 - c.beta2) * g * g;
              p[k] -= c.lr * (m[k] / (1 - pow (c.beta1, s))) / (sqrt (v[k] / (1 - pow (c.beta2, s))) + c.eps);
            }
          rheo_updater_step (u, &c, &net->grad, s - 1, &facts);
        }
      for (int k = 0; k < N * N; k++)
        {
          const double w = (double) t->value[k / N * t->stride + k % N];

          if (!mask[k / N * t->stride + k % N])
            {
              g_assert_cmpfloat (w, ==, 0);
              continue;
            }
          g_assert_cmpfloat (w * sign[k / N], >, 0);
          n_tiny += fabs (w) < 1e-11;
          n_turned += p[k] * sign[k / N] < 0;
          if (boundary == RHEO_BOUNDARY_REFLECTIVE)
            g_assert_cmpfloat_with_epsilon (w, sign[k / N] * fabs (p[k]), sizeof (RheoReal) == 8 ? 1e-9 : 2e-3);
        }
      g_assert_cmpint (boundary == RHEO_BOUNDARY_REFLECTIVE ? n_turned : n_tiny, >, 20);
    }
}

static void
test_self_and_range (void)
{
  const RheoOptimiser c = defaults (RHEO_OPTIMISER_SGD, 1);
  g_autoptr (RheoNet) net = net_new (1);
  RheoTrainable *t = add (net, "rec.weight", 20, 20, TRUE), *in = add (net, "in.weight", 20, 20, TRUE);
  g_autoptr (RheoUpdater) u = NULL;
  RheoUpdate facts;

  t->proj->keep.no_self = true;
  t->proj->keep.lo = -0.5;
  t->proj->keep.hi = 0.75;
  in->proj->from = RHEO_INPUT;
  in->proj->keep.no_self = true;
  in->proj->keep.non_negative = true;
  u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
  draw_gradient (net, 1);
  rheo_updater_step (u, &c, &net->grad, 0, &facts);
  for (int j = 0; j < 20; j++)
    for (int i = 0; i < 20; i++)
      {
        const RheoReal w = t->value[j * t->stride + i], v = in->value[j * in->stride + i];

        g_assert_true (w >= (RheoReal) -0.5 && w <= (RheoReal) 0.75 && v >= 0);
        g_assert_true (i != j || w == 0);
      }
  /* From the input to a population there is no self. */
  g_assert_true (in->value[0] != 0 || in->value[in->stride + 1] != 0 || in->value[2 * in->stride + 2] != 0);
  g_assert_cmpint (facts.kept[0].n_zero, ==, 20);
  g_assert_cmpint (facts.kept_signed.n_weights, ==, 0);
}

/* Signs of sources where weights are lists: one per unit, and synapses sorted by source. */
static void
test_signs_of_lists (void)
{
  enum
  {
    N = 70000
  };
  const RheoOptimiser c = defaults (RHEO_OPTIMISER_SGD, 1);
  g_autoptr (RheoNet) net = net_new (2);
  RheoTrainable *one = add (net, "one.weight", 1, 6, TRUE), *list = add (net, "list.weight", 1, N, TRUE);
  const int8_t sign[6] = { 1, -1, 0, 1, -1, -1 };
  /* Source 1 has no synapse, source 3 more than one piece of work. */
  const int64_t first[7] = { 0, 10, 10, 500, 60000, 60001, N };
  g_autofree RheoReal *before = NULL;
  g_autoptr (RheoUpdater) u = NULL;
  int64_t false_neg = 0, false_pos = 0;
  RheoUpdate facts;

  one->proj->form = RHEO_ONE_TO_ONE;
  one->proj->n_pre = 6;
  list->proj->form = RHEO_SPARSE;
  list->proj->n_pre = 6;
  list->proj->syn_first = first;
  one->proj->keep.sign = list->proj->keep.sign = sign;
  before = g_memdup2 (list->value, N * sizeof (RheoReal));
  u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
  rheo_updater_step (u, &c, &net->grad, 0, &facts);
  for (int i = 0; i < 6; i++)
    g_assert_true (sign[i] * one->value[i] >= 0);
  for (int j = 0; j < 6; j++)
    for (int64_t s = first[j]; s < first[j + 1]; s++)
      {
        const gboolean wrong = sign[j] * before[s] < 0;

        g_assert_true (list->value[s] == (wrong ? 0 : before[s]));
        false_neg += wrong && sign[j] > 0;
        false_pos += wrong && sign[j] < 0;
      }
  g_assert_cmpint (facts.kept[1].false_neg, ==, false_neg);
  g_assert_cmpint (facts.kept[1].false_pos, ==, false_pos);
  g_assert_cmpint (facts.kept[1].n_weights, ==, N);
}

/* --- rewiring ----------------------------------------------------------------------------------------------------- */

static void
check_replace (int n, double density, gboolean no_self)
{
  const RheoOptimiser c = defaults (RHEO_OPTIMISER_ADAM, 0.2);
  g_autoptr (RheoNet) net = net_new (3);
  g_autofree int8_t *sign = g_new (int8_t, n);
  const int n_exc = n * 4 / 5;
  RheoTrainable *t = add_signed (net, n, n_exc, density, sign);
  RheoConstraint *keep = &t->proj->keep;
  const size_t size = (size_t) n * (size_t) t->stride;
  g_autoptr (RheoUpdater) u = NULL;
  int64_t n_replaced[2] = { 0 };
  double sum[2] = { 0 }, squares[2] = { 0 };

  if (no_self)
    for (int j = 0; j < n; j++)
      {
        keep->mask[j * t->stride + j] = 0;
        t->value[j * t->stride + j] = 0;
      }
  keep->no_self = no_self;
  keep->rewire = RHEO_REWIRE_REPLACE;
  keep->mu = -0.64;
  keep->sigma = 0.51;
  keep->negative_scale = 10;
  u = rheo_updater_new (net, &c, "optimiser", 9, NULL);
  for (uint32_t step = 0; step < 6; step++)
    {
      g_autofree uint8_t *before = g_memdup2 (keep->mask, size);
      const RheoNetArray *mean = rheo_net_find_array (net, "optimiser.mean.rec.weight");
      const RheoNetArray *square = rheo_net_find_array (net, "optimiser.square.rec.weight");
      int64_t n_lost[2] = { 0 }, n_new[2] = { 0 }, n_possible = 0;
      RheoUpdate facts;

      draw_gradient (net, step);
      rheo_updater_step (u, &c, &net->grad, step, &facts);
      for (int j = 0; j < n; j++)
        for (int i = 0; i < n; i++)
          {
            const int kind = j >= n_exc, at = j * t->stride + i;
            const double w = (double) t->value[at];
            const size_t moment = (size_t) (j * n + i);

            g_assert_cmpint (keep->mask[at], <=, 1);
            g_assert_true (kind == 0 ? w >= 0 : w <= 0);
            g_assert_true (keep->mask[at] || w == 0);
            n_possible += !before[at] && !(no_self && i == j) && kind == 0;
            if (keep->mask[at] == before[at])
              continue;
            /* Lost or new: both start without moments. */
            g_assert_true (((RheoReal *) mean->data)[moment] == 0);
            g_assert_true (((RheoReal *) square->data)[moment] == 0);
            if (before[at])
              {
                n_lost[kind]++;
                continue;
              }
            n_new[kind]++;
            g_assert_true (w != 0 && !(no_self && i == j));
            sum[kind] += log (fabs (w)) - (kind == 0 ? 0 : log (10));
            squares[kind] += pow (log (fabs (w)) - (kind == 0 ? 0 : log (10)), 2);
            n_replaced[kind]++;
          }
      g_assert_cmpint (n_lost[0], ==, facts.kept[0].false_neg);
      g_assert_cmpint (n_lost[1], ==, facts.kept[0].false_pos);
      g_assert_cmpint (n_new[0] + n_new[1], ==, facts.kept[0].n_new);
      g_assert_cmpint (n_new[0], ==, MIN (n_lost[0], n_possible));
      if (density < 0.9)
        g_assert_cmpint (n_new[1], ==, n_lost[1]);
      g_assert_cmpint (net->n_masks_changed + net->n_weights_changed, ==, (int) step + 1);
    }
  g_assert_cmpint (net->n_masks_changed, >, 0);
  if (n >= 100)
    for (int kind = 0; kind < 2; kind++)
      {
        const double m = (double) n_replaced[kind], average = sum[kind] / m;

        g_assert_cmpfloat (m, >, 100);
        /* Five standard errors of the mean and of the variance of the logarithm. */
        g_assert_cmpfloat (fabs (average + 0.64), <, 5 * 0.51 / sqrt (m));
        g_assert_cmpfloat (fabs (squares[kind] / m - average * average - 0.51 * 0.51), <,
                           5 * 0.51 * 0.51 * sqrt (2 / m));
      }
}

static void
test_replace (void)
{
  check_replace (150, 0.2, FALSE);
  check_replace (120, 0.5, TRUE);
  /* Hardly a free place, and none at all. */
  check_replace (12, 0.97, TRUE);
  check_replace (10, 2, FALSE);
}

/* Upstream: exactly one loss brings one synapse of the other kind, without the factor of inhibition. */
static void
test_rewire_upstream (void)
{
  for (int n_lost = 0; n_lost <= 3; n_lost++)
    for (int kind = 0; kind < 2; kind++)
      {
        enum
        {
          N = 40,
          N_EXC = 30
        };
        const RheoOptimiser c = defaults (RHEO_OPTIMISER_SGD, 1);
        g_autoptr (RheoNet) net = net_new (2);
        int8_t sign[N];
        RheoTrainable *t = add_signed (net, N, N_EXC, 0.3, sign);
        RheoConstraint *keep = &t->proj->keep;
        g_autofree uint8_t *mask = g_memdup2 (keep->mask, (gsize) (N * t->stride));
        g_autofree RheoReal *before = NULL;
        g_autoptr (RheoUpdater) u = NULL;
        int n_changed = 0, n_made = 0;
        RheoUpdate facts;

        keep->rewire = RHEO_REWIRE_UPSTREAM;
        keep->mu = -0.64;
        keep->sigma = 0.51;
        keep->negative_scale = 10;
        u = rheo_updater_new (net, &c, "optimiser", 4, NULL);
        for (int i = 0, n = 0; n < n_lost; i++)
          if (mask[kind * N_EXC * t->stride + i])
            {
              net->g[0][kind * N_EXC * t->stride + i] = (RheoReal) (kind == 0 ? 100 : -100);
              n++;
            }
        before = g_memdup2 (t->value, (gsize) (N * t->stride) * sizeof (RheoReal));
        rheo_updater_step (u, &c, &net->grad, 0, &facts);
        g_assert_cmpint (kind == 0 ? facts.kept[0].false_neg : facts.kept[0].false_pos, ==, n_lost);
        g_assert_cmpint (facts.kept[0].n_new, ==, n_lost == 1);
        for (int j = 0; j < N; j++)
          for (int i = 0; i < N; i++)
            {
              const double w = (double) t->value[j * t->stride + i], w0 = (double) before[j * t->stride + i];

              if (w == w0)
                continue;
              n_changed++;
              if (w == 0)
                continue;
              n_made++;
              g_assert_true (w0 == 0);
              g_assert_cmpint (j >= N_EXC, ==, kind == 0);
              g_assert_true (kind == 0 ? w < 0 : w > 0);
              /* Within five sigma of exp (mu): not ten times as strong. */
              g_assert_cmpfloat (fabs (log (fabs (w)) + 0.64), <, 5 * 0.51);
            }
        g_assert_cmpint (n_made, ==, n_lost == 1);
        g_assert_cmpint (n_changed, ==, n_lost + (n_lost == 1));
        g_assert_cmpmem (keep->mask, (size_t) (N * t->stride), mask, (size_t) (N * t->stride));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/constraints/mask-and-signs", test_mask_and_signs);
  g_test_add_func ("/constraints/self-and-range", test_self_and_range);
  g_test_add_func ("/constraints/boundaries", test_boundaries);
  g_test_add_func ("/constraints/signs-of-lists", test_signs_of_lists);
  g_test_add_func ("/constraints/replace", test_replace);
  g_test_add_func ("/constraints/rewire-upstream", test_rewire_upstream);
  return g_test_run ();
}
