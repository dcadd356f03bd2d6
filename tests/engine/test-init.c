/* Initial weights: laws, connections, signs. Bounds are five standard errors unless they say otherwise. */
#include "config.h"

#include "array-net.h"
#include "engine/init.h"
#include "engine/linalg.h"

static RheoInit
values (const RheoParam *rows)
{
  RheoInit c = { 0 };

  rheo_params_reset (rows, &c);
  return c;
}

/* A net with one projection of n_pre x n_post from population `from` to population 1, with mask and bias. */
static RheoNet *
one_proj (int from, int n_pre, int n_post)
{
  RheoNet *net = net_new (1);
  RheoTrainable *w = add (net, "weight", n_pre, n_post, TRUE), *b = add (net, "bias", 1, n_post, FALSE);

  /* What was there before must not show. */
  for (int i = 0; i < n_pre * w->stride; i++)
    w->value[i] = 777;
  w->proj->from = from;
  w->proj->to = 1;
  w->proj->bias = b->value;
  w->proj->keep.mask = g_new0 (uint8_t, n_pre * w->stride);
  net->pop[0].n_units = n_pre;
  net->pop[1].n_units = n_post;
  return net;
}

static double
weight (const RheoNet *net, int j, int i)
{
  return (double) net->proj[0].weight[j * net->proj[0].stride + i];
}

typedef struct
{
  int64_t n, n_connected;
  double mean, sd, least, most; /* of the connected ones */
} Facts;

/* Also: the mask tells what is connected, and padding is 0. */
static Facts
facts_of (const RheoNet *net, gboolean logarithm)
{
  const RheoProj *p = &net->proj[0];
  Facts f = { .n = (int64_t) p->n_pre * p->n_post, .least = G_MAXDOUBLE, .most = -G_MAXDOUBLE };
  double sum = 0, squares = 0;

  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->stride; i++)
      {
        const double w = weight (net, j, i), x = logarithm ? log (fabs (w)) : w;

        if (i >= p->n_post || !p->keep.mask[j * p->stride + i])
          {
            g_assert_true (w == 0);
            continue;
          }
        f.n_connected++;
        sum += x;
        squares += x * x;
        f.least = MIN (f.least, x);
        f.most = MAX (f.most, x);
      }
  f.mean = sum / (double) f.n_connected;
  f.sd = sqrt (squares / (double) f.n_connected - f.mean * f.mean);
  return f;
}

/* A normal law of n numbers: mean and standard deviation. */
static void
assert_law (Facts f, double mean, double sd)
{
  const double n = (double) f.n_connected;

  g_assert_cmpfloat (fabs (f.mean - mean), <, 5 * sd / sqrt (n));
  g_assert_cmpfloat (fabs (f.sd - sd), <, 5 * sd / sqrt (2 * n));
}

static void
test_lognormal_count (void)
{
  const RheoInit c = values (rheo_init_rows);
  double all = 0;

  for (uint64_t seed = 1; seed <= 6; seed++)
    {
      g_autoptr (RheoNet) net = one_proj (RHEO_INPUT, 2, 1000);
      Facts f;

      rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = seed });
      f = facts_of (net, TRUE);
      g_assert_cmpint (f.n_connected, ==, 320);
      assert_law (f, -0.64, 0.51);
      f = facts_of (net, FALSE);
      g_assert_cmpfloat (f.least, >, 0);
      all += f.mean / 6;
    }
  /* Mean and standard deviation of the law itself: 0.6005 and 0.327. */
  g_assert_cmpfloat (fabs (all - 0.6005), <, 5 * 0.327 / sqrt (6 * 320));
}

/* The exact number is spread evenly over all pairs. */
static void
test_count_is_even (void)
{
  RheoInit c = values (rheo_init_rows);
  g_autofree int *seen = g_new0 (int, 12 * 20);
  const int n_seeds = 2000;
  double chi2 = 0;

  for (uint64_t seed = 1; seed <= (uint64_t) n_seeds; seed++)
    {
      g_autoptr (RheoNet) net = one_proj (RHEO_INPUT, 12, 20);

      rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = seed });
      g_assert_cmpint (facts_of (net, TRUE).n_connected, ==, 38);
      for (int k = 0; k < 12 * 20; k++)
        seen[k] += weight (net, k / 20, k % 20) != 0;
    }
  for (int k = 0; k < 12 * 20; k++)
    {
      const double expected = n_seeds * 38 / 240.;

      /* Each place is binomial; places share 38 a time, so the sum has 239 degrees of freedom. */
      chi2 += (seen[k] - expected) * (seen[k] - expected) / (expected * (1 - 38 / 240.)) * 239 / 240;
    }
  g_assert_cmpfloat (fabs (chi2 - 239), <, 5 * sqrt (2 * 239));
  c.density = 1;
  {
    g_autoptr (RheoNet) net = one_proj (RHEO_INPUT, 12, 20);

    rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = 1 });
    g_assert_cmpint (facts_of (net, TRUE).n_connected, ==, 240);
  }
}

/* The recurrent matrix of the robot network: 850, 60, 45 and 45 units of four classes. */
static void
test_classes (void)
{
  const int first[5] = { 0, 850, 910, 955, 1000 };
  const double p[4][4] = { { 0.16, 0.395, 0.182, 0.105 },
                           { 0.411, 0.451, 0.03, 0.22 },
                           { 0.424, 0.857, 0.082, 0.77 },
                           { 0.087, 0.02, 0.0625, 0.028 } };
  const RheoInit c = values (rheo_init_recurrent_rows);
  int8_t sign[1000];

  for (int j = 0; j < 1000; j++)
    sign[j] = j < 850 ? 1 : -1;
  for (uint64_t seed = 1; seed <= 3; seed++)
    {
      g_autoptr (RheoNet) net = one_proj (1, 1000, 1000);
      double logs[2] = { 0 }, squares[2] = { 0 };
      int64_t n[2] = { 0 }, n_zero = 0;

      net->pop[1].n_classes = 4;
      net->pop[1].class_first = first;
      rheo_init_proj (&c, net, 0, sign, (RheoRng){ .seed = seed });
      for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++)
          {
            const double size = (first[a + 1] - first[a]) * (double) (first[b + 1] - first[b]);
            int64_t n_block = 0;

            for (int j = first[a]; j < first[a + 1]; j++)
              for (int i = first[b]; i < first[b + 1]; i++)
                {
                  const double w = weight (net, j, i);

                  n_zero += w == 0;
                  if (w == 0)
                    continue;
                  n_block++;
                  g_assert_true (a == 0 ? w > 0 : w < 0);
                  logs[a > 0] += log (fabs (w));
                  squares[a > 0] += log (fabs (w)) * log (fabs (w));
                  n[a > 0]++;
                }
            g_assert_cmpfloat (fabs ((double) n_block - p[a][b] * size), <, 5 * sqrt (p[a][b] * (1 - p[a][b]) * size));
          }
      g_assert_cmpfloat (fabs ((double) n_zero / 1e6 - 0.806), <, 0.003);
      for (int k = 0; k < 2; k++)
        {
          const double m = (double) n[k], mean = logs[k] / m;

          g_assert_cmpfloat (fabs (mean + 0.64 - (k == 1 ? log (10) : 0)), <, 5 * 0.51 / sqrt (m));
          g_assert_cmpfloat (fabs (sqrt (squares[k] / m - mean * mean) - 0.51), <, 5 * 0.51 / sqrt (2 * m));
        }
      facts_of (net, TRUE);
      /* Upstream allows self-connections: 16 % of 850 and a few. */
      n_zero = 0;
      for (int j = 0; j < 1000; j++)
        n_zero += weight (net, j, j) == 0;
      g_assert_cmpint (n_zero, <, 1000);
    }
}

static void
test_laws (void)
{
  const struct
  {
    int kind;
    gboolean per_fan_in;
    double a, b;     /* sd, mean; range; gain */
    double mean, sd; /* expected */
    double largest;  /* of a uniform law */
  } laws[] = {
    { RHEO_INIT_NORMAL, FALSE, 0.7, 0.25, 0.25, 0.7, 0 },
    { RHEO_INIT_NORMAL, TRUE, 0.3, 0, 0, 0.3 / sqrt (300), 0 },
    { RHEO_INIT_UNIFORM, TRUE, 2, 0, 0, 2 / sqrt (300) / sqrt (3), 2 / sqrt (300) },
    { RHEO_INIT_UNIFORM, FALSE, 0.5, 0, 0, 0.5 / sqrt (3), 0.5 },
    { RHEO_INIT_XAVIER_UNIFORM, FALSE, 2, 0, 0, 2 * sqrt (2. / 500), 2 * sqrt (6. / 500) },
    { RHEO_INIT_XAVIER_NORMAL, FALSE, 1, 0, 0, sqrt (2. / 500), 0 },
    { RHEO_INIT_KAIMING_NORMAL, FALSE, 1, 0, 0, sqrt (2. / 300), 0 },
  };

  for (guint k = 0; k < G_N_ELEMENTS (laws); k++)
    for (uint64_t seed = 1; seed <= 3; seed++)
      {
        RheoInit c = values (rheo_init_rows);
        g_autoptr (RheoNet) net = one_proj (RHEO_INPUT, 300, 200);
        Facts f;

        c.kind = laws[k].kind;
        c.connect = RHEO_CONNECT_ALL;
        c.per_fan_in = laws[k].per_fan_in;
        c.sd = c.range = c.gain = laws[k].a;
        c.mean = laws[k].b;
        rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = seed });
        f = facts_of (net, FALSE);
        g_assert_cmpint (f.n_connected, ==, 60000);
        assert_law (f, laws[k].mean, laws[k].sd);
        if (laws[k].largest > 0)
          {
            g_assert_cmpfloat (MAX (f.most, -f.least), <=, laws[k].largest * (1 + 1e-6));
            g_assert_cmpfloat (MIN (f.most, -f.least), >, 0.999 * laws[k].largest);
          }
      }
}

static void
test_constant (void)
{
  RheoInit c = values (rheo_init_rows);
  g_autoptr (RheoNet) net = one_proj (RHEO_INPUT, 10, 10);
  Facts f;

  c.kind = RHEO_INIT_CONSTANT;
  c.value = 0.5;
  c.connect = RHEO_CONNECT_CHANCE;
  c.density = 0.5;
  rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = 1 });
  f = facts_of (net, FALSE);
  g_assert_true (f.least == 0.5 && f.most == 0.5);
  g_assert_cmpfloat (fabs ((double) f.n_connected - 50), <, 25);
  /* Connections of weight 0 are connections: they may grow. */
  c.value = 0;
  rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = 1 });
  g_assert_cmpint (facts_of (net, FALSE).n_connected, ==, f.n_connected);
}

static void
check_orthogonal (int n_pre, int n_post)
{
  RheoInit c = values (rheo_init_rows);
  const int n = MIN (n_pre, n_post);
  double trace = 0;
  const int n_seeds = 100;

  c.kind = RHEO_INIT_ORTHOGONAL;
  c.connect = RHEO_CONNECT_ALL;
  c.gain = 1.5;
  for (uint64_t seed = 1; seed <= (uint64_t) n_seeds; seed++)
    {
      g_autoptr (RheoNet) net = one_proj (RHEO_INPUT, n_pre, n_post);

      rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = seed });
      facts_of (net, FALSE);
      for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
          {
            double sum = 0;

            for (int k = 0; k < MAX (n_pre, n_post); k++)
              sum +=
                  n_pre <= n_post ? weight (net, a, k) * weight (net, b, k) : weight (net, k, a) * weight (net, k, b);
            g_assert_cmpfloat_with_epsilon (sum, a == b ? 2.25 : 0, sizeof (RheoReal) == sizeof (float) ? 1e-5 : 1e-12);
          }
      for (int k = 0; k < n; k++)
        trace += weight (net, k, k) / 1.5;
    }
  /* Uniform over orthogonal matrices: entries have mean 0 and variance 1 / max (n_pre, n_post). The Q of LAPACK without
   * the signs of R does not. */
  g_assert_cmpfloat (fabs (trace / n_seeds), <, 5 * sqrt ((double) n / MAX (n_pre, n_post) / n_seeds));
}

static void
test_orthogonal (void)
{
  check_orthogonal (10, 10);
  check_orthogonal (6, 15);
  check_orthogonal (15, 6);
  check_orthogonal (1, 3);
  check_orthogonal (1, 1);
}

static void
test_no_self (void)
{
  RheoInit c = values (rheo_init_recurrent_rows);
  const int connects[] = { RHEO_CONNECT_ALL, RHEO_CONNECT_COUNT, RHEO_CONNECT_CHANCE, RHEO_CONNECT_RING };
  const int64_t expected[] = { 50 * 49, 400, -1, -1 };

  c.no_self = TRUE;
  for (guint k = 0; k < G_N_ELEMENTS (connects); k++)
    {
      g_autoptr (RheoNet) net = one_proj (1, 50, 50), input = one_proj (RHEO_INPUT, 50, 50);
      int n_self = 0;

      c.connect = connects[k];
      rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = 1 });
      for (int j = 0; j < 50; j++)
        g_assert_true (weight (net, j, j) == 0);
      if (expected[k] >= 0)
        g_assert_cmpint (facts_of (net, FALSE).n_connected, ==, expected[k]);
      g_assert_cmpint (facts_of (net, FALSE).n_connected, >, 0);
      /* The input is not the population, even if it has as many lines. */
      rheo_init_proj (&c, input, 0, NULL, (RheoRng){ .seed = 1 });
      for (int j = 0; j < 50; j++)
        n_self += weight (input, j, j) != 0;
      g_assert_cmpint (n_self, >, 0);
    }
}

static double
radius_of (const RheoNet *net, int n)
{
  g_autofree double *a = g_new (double, n *n), *re = g_new (double, n), *im = g_new (double, n);
  double largest = 0;

  for (int k = 0; k < n * n; k++)
    a[k] = weight (net, k / n, k % n);
  g_assert_true (rheo_eigenvalues (n, a, re, im));
  for (int i = 0; i < n; i++)
    largest = MAX (largest, hypot (re[i], im[i]));
  return largest;
}

static void
test_radius (void)
{
  RheoInit c = values (rheo_init_recurrent_rows);
  g_autoptr (RheoNet) net = one_proj (1, 60, 60), plain = one_proj (1, 60, 60);
  double ratio = 0;

  c.kind = RHEO_INIT_NORMAL;
  c.connect = RHEO_CONNECT_CHANCE;
  c.density = 0.3;
  rheo_init_proj (&c, plain, 0, NULL, (RheoRng){ .seed = 1 });
  c.radius = 0.9;
  rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = 1 });
  g_assert_cmpfloat_with_epsilon (radius_of (net, 60), 0.9, 1e-4);
  facts_of (net, FALSE);
  for (int k = 0; k < 3600; k++)
    if (weight (plain, k / 60, k % 60) != 0)
      {
        if (ratio == 0)
          ratio = weight (net, k / 60, k % 60) / weight (plain, k / 60, k % 60);
        g_assert_cmpfloat_with_epsilon (weight (net, k / 60, k % 60) / weight (plain, k / 60, k % 60), ratio, 1e-5);
      }
  /* The circular law: N (0, g² / H) on 30 % of the pairs has radius g sqrt (0.3). */
  g_assert_cmpfloat (fabs (radius_of (plain, 60) / sqrt (0.3) - 1), <, 0.25);
  /* Nothing to scale. */
  c.kind = RHEO_INIT_CONSTANT;
  c.value = 0;
  rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = 1 });
  g_assert_true (weight (net, 3, 4) == 0);
}

static void
test_ring (void)
{
  RheoInit c = values (rheo_init_recurrent_rows);
  const int n = 400;

  c.connect = RHEO_CONNECT_RING;
  c.peak = 0.8;
  c.reach = 0.07;
  for (uint64_t seed = 1; seed <= 3; seed++)
    {
      g_autoptr (RheoNet) net = one_proj (1, n, n);

      rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = seed });
      /* All pairs of one distance, the way round included. */
      for (int lag = 0; lag <= n / 2; lag += 10)
        {
          const double d = (double) lag / n, p = 0.8 * exp (-d * d / (2 * 0.07 * 0.07));
          int count = 0;

          for (int j = 0; j < n; j++)
            count += (weight (net, j, (j + lag) % n) != 0) + (weight (net, j, (j + n - lag) % n) != 0);
          g_assert_cmpfloat (fabs (count - 2 * n * p), <=, 5 * sqrt (2 * n * p * (1 - p)) * (lag == 0 ? 2 : 1) + 1);
        }
    }
}

static void
test_sheet (void)
{
  RheoInit c = values (rheo_init_recurrent_rows);
  const int side = 20, n = side * side;
  g_autoptr (RheoNet) net = one_proj (1, n, n);
  double expected = 0, variance = 0;
  int count = 0, n_far = 0;

  c.connect = RHEO_CONNECT_SHEET;
  c.peak = 1;
  c.reach = 0.1;
  rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = 1 });
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++)
      {
        const double dx = (double) (j % side - i % side) / side, dy = (double) (j / side - i / side) / side;
        const double p = exp (-(dx * dx + dy * dy) / (2 * 0.1 * 0.1));

        expected += p;
        variance += p * (1 - p);
        count += weight (net, j, i) != 0;
        n_far += dx * dx + dy * dy > 0.6 * 0.6 && weight (net, j, i) != 0;
        g_assert_true (i != j || weight (net, j, i) != 0);
      }
  g_assert_cmpfloat (fabs (count - expected), <, 5 * sqrt (variance));
  /* exp (-18) a pair: no wrap around the edges. */
  g_assert_cmpint (n_far, ==, 0);
}

static void
test_bias (void)
{
  RheoInit c = values (rheo_init_rows);
  g_autoptr (RheoNet) net = one_proj (RHEO_INPUT, 2, 1000);
  const RheoReal *bias = net->proj[0].bias;
  double sum = 0, squares = 0, most = 0;

  rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = 1 });
  for (int i = 0; i < 1000; i++)
    {
      sum += (double) bias[i] / 1000;
      squares += (double) bias[i] * (double) bias[i] / 1000;
      most = MAX (most, fabs ((double) bias[i]));
    }
  g_assert_cmpfloat (most, <, 0.7072);
  g_assert_cmpfloat (most, >, 0.7);
  g_assert_cmpfloat (fabs (sum), <, 5 * sqrt (0.5 / 3 / 1000));
  g_assert_cmpfloat (fabs (squares - 0.5 / 3), <, 5 * 0.5 * sqrt (4. / 45 / 1000));
  c.bias = RHEO_BIAS_ZERO;
  rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = 1 });
  g_assert_true (bias[0] == 0 && bias[999] == 0);
  c.bias = RHEO_BIAS_CONSTANT;
  c.bias_value = 0.55;
  rheo_init_proj (&c, net, 0, NULL, (RheoRng){ .seed = 1 });
  g_assert_true (bias[0] == (RheoReal) 0.55 && bias[999] == (RheoReal) 0.55);
}

/* The seed and the projection decide, nothing else. */
static void
test_address (void)
{
  const RheoInit c = values (rheo_init_rows);
  g_autoptr (RheoNet) a = one_proj (RHEO_INPUT, 20, 30), b = one_proj (RHEO_INPUT, 20, 30);
  const size_t bytes = 20 * (size_t) a->proj[0].stride * sizeof (RheoReal);
  RheoTrainable *second;

  rheo_init_proj (&c, a, 0, NULL, (RheoRng){ .seed = 1 });
  rheo_init_proj (&c, b, 0, NULL, (RheoRng){ .seed = 1, .stream = 5, .iteration = 6, .item = 7 });
  g_assert_cmpmem (a->proj[0].weight, bytes, b->proj[0].weight, bytes);
  rheo_init_proj (&c, b, 0, NULL, (RheoRng){ .seed = 2 });
  g_assert_true (memcmp (a->proj[0].weight, b->proj[0].weight, bytes) != 0);
  second = add (a, "second", 20, 30, TRUE);
  second->proj->to = 1;
  second->proj->from = RHEO_INPUT;
  rheo_init_proj (&c, a, 1, NULL, (RheoRng){ .seed = 1 });
  g_assert_true (memcmp (a->proj[0].weight, a->proj[1].weight, bytes) != 0);
}

static void
test_one_to_one (void)
{
  RheoInit c = values (rheo_init_rows);
  g_autoptr (RheoNet) net = net_new (1);
  RheoTrainable *t = add (net, "weight", 1, 500, TRUE);
  int8_t sign[500];
  double logs = 0;

  t->proj->form = RHEO_ONE_TO_ONE;
  t->proj->to = 1;
  t->proj->n_pre = 500;
  net->pop[1].n_units = 500;
  for (int i = 0; i < 500; i++)
    sign[i] = i < 250 ? 1 : -1;
  rheo_init_proj (&c, net, 0, sign, (RheoRng){ .seed = 1 });
  for (int i = 0; i < 500; i++)
    {
      g_assert_true (i < 250 ? t->value[i] > 0 : t->value[i] < 0);
      logs += log (fabs ((double) t->value[i])) - (i < 250 ? 0 : log (10));
    }
  g_assert_cmpfloat (fabs (logs / 500 + 0.64), <, 5 * 0.51 / sqrt (500));
}

static void
test_check (void)
{
  RheoInit c = values (rheo_init_recurrent_rows);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (c.n_chance, ==, 16);
  g_assert_true (rheo_init_check (&c, 4, 4, "model.recurrent", &error));
  g_assert_no_error (error);
  g_assert_false (rheo_init_check (&c, 4, 2, "model.recurrent", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "model.recurrent.class-chance"));
  g_assert_nonnull (strstr (error->message, "16"));
  g_clear_error (&error);
  c.n_chance = 1;
  g_assert_true (rheo_init_check (&c, 0, 0, "model.recurrent", &error));
  c.kind = RHEO_INIT_ORTHOGONAL;
  g_assert_false (rheo_init_check (&c, 0, 0, "model.recurrent", &error));
  g_assert_nonnull (strstr (error->message, "model.recurrent.connect"));
  c.connect = RHEO_CONNECT_ALL;
  g_assert_true (rheo_init_check (&c, 0, 0, "model.recurrent", NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/init/lognormal-count", test_lognormal_count);
  g_test_add_func ("/init/count-is-even", test_count_is_even);
  g_test_add_func ("/init/classes", test_classes);
  g_test_add_func ("/init/laws", test_laws);
  g_test_add_func ("/init/constant", test_constant);
  g_test_add_func ("/init/orthogonal", test_orthogonal);
  g_test_add_func ("/init/no-self", test_no_self);
  g_test_add_func ("/init/radius", test_radius);
  g_test_add_func ("/init/ring", test_ring);
  g_test_add_func ("/init/sheet", test_sheet);
  g_test_add_func ("/init/bias", test_bias);
  g_test_add_func ("/init/address", test_address);
  g_test_add_func ("/init/one-to-one", test_one_to_one);
  g_test_add_func ("/init/check", test_check);
  return g_test_run ();
}
