/* Optimisers, schedules, and the bits of a whole update, on a net that is nothing but its arrays. With --bench: the time
 * of one update of a million weights. */
#include "config.h"

#include "array-net.h"

/* --- optimisers --------------------------------------------------------------------------------------------------- */

/* The equations of torch.optim 2.0, one number at a time. */
typedef struct
{
  double w, m, v;
} Number;

static void
reference (const RheoOptimiser *c, Number *x, double g, double lr, int t)
{
  if (c->kind == RHEO_OPTIMISER_ADAMW)
    x->w *= 1 - lr * c->weight_decay;
  else
    g += c->weight_decay * x->w;
  switch (c->kind)
    {
    case RHEO_OPTIMISER_SGD:
      x->w -= lr * g;
      break;
    case RHEO_OPTIMISER_MOMENTUM:
      x->m = t == 1 ? g : c->momentum * x->m + g;
      x->w -= lr * (c->nesterov ? g + c->momentum * x->m : x->m);
      break;
    case RHEO_OPTIMISER_RMSPROP:
      x->v = c->alpha * x->v + (1 - c->alpha) * g * g;
      x->w -= lr * g / (sqrt (x->v) + c->eps);
      break;
    default:
      x->m += (1 - c->beta1) * (g - x->m);
      x->v = c->beta2 * x->v + (1 - c->beta2) * g * g;
      x->w -= lr / (1 - pow (c->beta1, t)) * x->m / (sqrt (x->v) / sqrt (1 - pow (c->beta2, t)) + c->eps);
    }
}

static void
check_optimiser (RheoOptimiser c, int n_threads)
{
  g_autoptr (RheoNet) net = net_new (n_threads);
  g_autoptr (RheoUpdater) u = NULL;
  g_autoptr (GError) error = NULL;
  Number *x[3];
  RheoUpdate facts;
  const double tolerance = sizeof (RheoReal) == sizeof (float) ? 2e-5 : 1e-12;
  const int n_steps = 12;

  add (net, "rec.weight", 130, 301, FALSE);
  add (net, "rec.bias", 1, 40001, FALSE);
  add (net, "out.weight", 37, 2, FALSE)->lr_scale = 2;
  for (int i = 0; i < 3; i++)
    {
      const RheoTrainable *t = &net->trainable[i];

      x[i] = g_new0 (Number, t->n_rows * t->width);
      for (int64_t k = 0; k < t->n_rows * t->width; k++)
        x[i][k].w = (double) t->value[k / t->width * t->stride + k % t->width];
    }
  u = rheo_updater_new (net, &c, "optimiser", 1, &error);
  g_assert_no_error (error);
  for (int step = 1; step <= n_steps; step++)
    {
      double squares = 0, scale = 1;

      draw_gradient (net, (uint32_t) step);
      for (int i = 0; i < 3; i++)
        for (int64_t k = 0; k < net->trainable[i].n_rows * net->trainable[i].stride; k++)
          squares += (double) net->g[i][k] * (double) net->g[i][k];
      if (c.clip > 0)
        scale = MIN (1, c.clip / (sqrt (squares) + 1e-6));
      rheo_updater_step (u, &c, &net->grad, step, &facts);
      g_assert_true (facts.finite);
      g_assert_cmpfloat_with_epsilon (facts.norm, sqrt (squares), 1e-9 * facts.norm);
      g_assert_cmpfloat_with_epsilon (facts.scale, scale, 1e-12);
      g_assert_cmpfloat (facts.lr, ==, c.lr);
      for (int i = 0; i < 3; i++)
        {
          const RheoTrainable *t = &net->trainable[i];

          for (int64_t k = 0; k < t->n_rows * t->width; k++)
            {
              const int64_t at = k / t->width * t->stride + k % t->width;

              reference (&c, &x[i][k], scale * (double) net->g[i][at], c.lr * t->lr_scale, step);
              g_assert_cmpfloat_with_epsilon ((double) t->value[at], x[i][k].w, tolerance);
            }
          for (int64_t row = 0; row < t->n_rows; row++)
            for (int k = t->width; k < t->stride; k++)
              g_assert_true (t->value[row * t->stride + k] == 0);
        }
    }
  g_assert_cmpint (net->n_weights_changed, ==, n_steps);
  g_assert_cmpint (net->n_masks_changed, ==, 0);
  for (int i = 0; i < 3; i++)
    g_free (x[i]);
}

static void
test_optimisers (void)
{
  for (int kind = RHEO_OPTIMISER_SGD; kind <= RHEO_OPTIMISER_RMSPROP; kind++)
    {
      RheoOptimiser c = defaults (kind, 0.01);

      check_optimiser (c, 1);
      c.weight_decay = 0.1;
      check_optimiser (c, 2);
      c.clip = 50;
      c.nesterov = TRUE;
      c.momentum = 0.8;
      c.beta1 = 0.8;
      c.beta2 = 0.99;
      c.alpha = 0.9;
      c.eps = 1e-4;
      check_optimiser (c, 3);
    }
}

/* Where no gradient has ever come, nothing moves. */
static void
test_zero_gradient (void)
{
  for (int kind = RHEO_OPTIMISER_SGD; kind <= RHEO_OPTIMISER_RMSPROP; kind++)
    {
      const RheoOptimiser c = defaults (kind, 0.1);
      g_autoptr (RheoNet) net = net_new (1);
      RheoTrainable *t = add (net, "w", 1, 3, FALSE);
      const RheoReal before = t->value[1];
      g_autoptr (RheoUpdater) u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
      RheoUpdate facts;

      for (int i = 0; i < 3; i++)
        rheo_updater_step (u, &c, &net->grad, i, &facts);
      g_assert_true (t->value[1] == before);
      g_assert_cmpfloat (facts.norm, ==, 0);
    }
}

static void
test_not_finite (void)
{
  const RheoReal bad[] = { NAN, INFINITY, -INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const RheoOptimiser c = defaults (RHEO_OPTIMISER_ADAM, 0.1);
      g_autoptr (RheoNet) net = net_new (1);
      RheoTrainable *t = add (net, "w", 2, 3, FALSE);
      g_autofree RheoReal *before = g_memdup2 (t->value, (gsize) (2 * t->stride) * sizeof (RheoReal));
      g_autoptr (RheoUpdater) u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
      RheoUpdate facts;

      draw_gradient (net, 0);
      net->g[0][t->stride + 2] = bad[i];
      rheo_updater_step (u, &c, &net->grad, 0, &facts);
      g_assert_false (facts.finite);
      g_assert_cmpmem (t->value, (size_t) (2 * t->stride) * sizeof (RheoReal), before,
                       (size_t) (2 * t->stride) * sizeof (RheoReal));
      g_assert_cmpint (*(int64_t *) rheo_net_find_array (net, "optimiser.updates")->data, ==, 0);
      g_assert_cmpint (net->n_weights_changed, ==, 0);
    }
}

static void
test_frozen (void)
{
  const RheoOptimiser c = defaults (RHEO_OPTIMISER_SGD, 1);
  g_autoptr (RheoNet) net = net_new (1);
  RheoTrainable *a = add (net, "a", 1, 2, TRUE), *b = add (net, "b", 1, 2, FALSE);
  g_autoptr (RheoUpdater) u = NULL;
  RheoUpdate facts;
  RheoReal before_a = a->value[0], before_b = b->value[0];

  a->lr_scale = 0;
  a->proj->keep.non_negative = true;
  net->g[0][0] = 3;
  net->g[1][0] = 4;
  u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
  rheo_updater_step (u, &c, &net->grad, 0, &facts);
  g_assert_true (a->value[0] == before_a);
  g_assert_true (b->value[0] == before_b - 4);
  g_assert_cmpfloat (facts.norm, ==, 4);
  g_assert_cmpfloat (facts.norms[0], ==, 3);
  g_assert_cmpfloat (facts.norms[1], ==, 4);
}

static void
test_parameter_range (void)
{
  const RheoOptimiser c = defaults (RHEO_OPTIMISER_SGD, 1);
  g_autoptr (RheoNet) net = net_new (1);
  RheoTrainable *t = add (net, "hidden.tau", 1, 3, FALSE);
  g_autoptr (RheoUpdater) u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
  RheoUpdate facts;

  t->lo = 1;
  t->hi = 20;
  for (int i = 0; i < 3; i++)
    t->value[i] = 10;
  net->g[0][0] = 100;
  net->g[0][1] = -100;
  rheo_updater_step (u, &c, &net->grad, 0, &facts);
  g_assert_true (t->value[0] == 1 && t->value[1] == 20 && t->value[2] == 10);
}

/* --- schedules ---------------------------------------------------------------------------------------------------- */

static double
rate_at (RheoUpdater *u, RheoNet *net, const RheoOptimiser *c, int64_t iteration)
{
  RheoUpdate facts;

  rheo_updater_step (u, c, &net->grad, iteration, &facts);
  return facts.lr;
}

static void
test_schedules (void)
{
  RheoOptimiser c = defaults (RHEO_OPTIMISER_SGD, 0.8);
  g_autoptr (RheoNet) net = net_new (1);
  g_autoptr (RheoUpdater) u = NULL;

  add (net, "w", 1, 1, FALSE);
  u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
  g_assert_cmpfloat (rate_at (u, net, &c, 1000), ==, 0.8);

  c.schedule.kind = RHEO_SCHEDULE_STEP;
  c.schedule.every = 10;
  c.schedule.factor = 0.5;
  g_assert_cmpfloat (rate_at (u, net, &c, 0), ==, 0.8);
  g_assert_cmpfloat (rate_at (u, net, &c, 9), ==, 0.8);
  g_assert_cmpfloat (rate_at (u, net, &c, 10), ==, 0.4);
  g_assert_cmpfloat_with_epsilon (rate_at (u, net, &c, 39), 0.1, 1e-12);
  c.schedule.min = 0.25;
  g_assert_cmpfloat_with_epsilon (rate_at (u, net, &c, 39), 0.2, 1e-12);

  c.schedule.kind = RHEO_SCHEDULE_COSINE;
  c.schedule.min = 0.1;
  g_assert_cmpfloat_with_epsilon (rate_at (u, net, &c, 0), 0.8, 1e-12);
  g_assert_cmpfloat_with_epsilon (rate_at (u, net, &c, 5), 0.8 * 0.55, 1e-12);
  g_assert_cmpfloat_with_epsilon (rate_at (u, net, &c, 10), 0.08, 1e-12);
  g_assert_cmpfloat_with_epsilon (rate_at (u, net, &c, 11), 0.08, 1e-12);
}

static void
test_schedule_of_updates (void)
{
  RheoOptimiser c = defaults (RHEO_OPTIMISER_SGD, 1);
  g_autoptr (RheoNet) net = net_new (1);
  g_autoptr (RheoUpdater) u = NULL;

  add (net, "w", 1, 1, FALSE);
  u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
  c.schedule.kind = RHEO_SCHEDULE_STEP;
  c.schedule.updates = TRUE;
  c.schedule.every = 3;
  c.schedule.factor = 0.1;
  for (int i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon (rate_at (u, net, &c, 0), pow (0.1, i / 3), 1e-12);
}

static void
test_plateau (void)
{
  RheoOptimiser c = defaults (RHEO_OPTIMISER_SGD, 1);
  g_autoptr (RheoNet) net = net_new (1);
  g_autoptr (RheoUpdater) u = NULL;
  /* patience 2: the third loss in a row that is not better lowers the rate (ReduceLROnPlateau of PyTorch). */
  const double losses[] = { 3, 2, 2, 1.9999, 2.5, 2, 2, 2, 1, 1, 1, 1 };
  const double rates[] = { 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125 };

  add (net, "w", 1, 1, FALSE);
  u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
  c.schedule.kind = RHEO_SCHEDULE_PLATEAU;
  c.schedule.patience = 2;
  c.schedule.factor = 0.5;
  c.schedule.threshold = 1e-3;
  for (guint i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      rheo_updater_note_loss (u, &c, losses[i]);
      g_assert_cmpfloat (rate_at (u, net, &c, 0), ==, rates[i]);
    }
  c.schedule.min = 0.2;
  g_assert_cmpfloat (rate_at (u, net, &c, 0), ==, 0.2);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static RheoNet *
big_net (int n_threads, int8_t *sign, int n)
{
  RheoNet *net = net_new (n_threads);
  RheoTrainable *t = add_signed (net, n, n * 17 / 20, 0.2, sign);

  t->proj->keep.rewire = RHEO_REWIRE_REPLACE;
  t->proj->keep.sigma = 0.5;
  t->proj->keep.negative_scale = 10;
  add (net, "rec.bias", 1, n, FALSE);
  return net;
}

static void
assert_same (const RheoNet *a, const RheoNet *b)
{
  for (int i = 0; i < a->n_trainables; i++)
    {
      const size_t bytes = (size_t) (a->trainable[i].n_rows * a->trainable[i].stride) * sizeof (RheoReal);

      g_assert_cmpmem (a->trainable[i].value, bytes, b->trainable[i].value, bytes);
    }
  g_assert_cmpint ((int) a->arrays->len, ==, (int) b->arrays->len);
  for (guint i = 0; i < a->arrays->len; i++)
    {
      const RheoNetArray *x = g_ptr_array_index (a->arrays, i), *y = g_ptr_array_index (b->arrays, i);

      g_assert_cmpmem (x->data, array_bytes (x), y->data, array_bytes (y));
    }
}

static void
test_threads_and_resume (void)
{
  enum
  {
    N = 260
  };
  RheoOptimiser c = defaults (RHEO_OPTIMISER_ADAM, 0.1);
  int8_t sign[N];
  g_autoptr (RheoNet) one = big_net (1, sign, N), three = big_net (3, sign, N);
  g_autoptr (RheoUpdater) u1 = NULL, u3 = NULL;
  RheoUpdate f1, f3;

  c.clip = 10;
  c.schedule.kind = RHEO_SCHEDULE_PLATEAU;
  c.schedule.patience = 1;
  u1 = rheo_updater_new (one, &c, "optimiser", 5, NULL);
  u3 = rheo_updater_new (three, &c, "optimiser", 5, NULL);
  for (uint32_t step = 0; step < 8; step++)
    {
      draw_gradient (one, step);
      draw_gradient (three, step);
      rheo_updater_step (u1, &c, &one->grad, step, &f1);
      rheo_updater_step (u3, &c, &three->grad, step, &f3);
      g_assert_true (f1.norm == f3.norm && f1.lr == f3.lr);
      rheo_updater_note_loss (u1, &c, 1);
      rheo_updater_note_loss (u3, &c, 1);
      g_assert_cmpmem (f1.kept, sizeof *f1.kept, f3.kept, sizeof *f3.kept);
      assert_same (one, three);
      /* A new updater goes on from the arrays of the net alone. */
      if (step == 3)
        {
          rheo_updater_free (u3);
          u3 = rheo_updater_new (three, &c, "optimiser", 5, NULL);
        }
    }
  g_assert_cmpfloat (f1.lr, <, 0.1);
}

/* Two optimisers of one net keep apart. */
static void
test_two (void)
{
  const RheoOptimiser c = defaults (RHEO_OPTIMISER_MOMENTUM, 1);
  g_autoptr (RheoNet) net = net_new (1);
  g_autoptr (RheoUpdater) a = NULL, b = NULL;

  add (net, "w", 2, 2, FALSE);
  a = rheo_updater_new (net, &c, "actor", 1, NULL);
  b = rheo_updater_new (net, &c, "critic", 1, NULL);
  g_assert_nonnull (rheo_net_find_array (net, "actor.mean.w"));
  g_assert_nonnull (rheo_net_find_array (net, "critic.mean.w"));
  g_assert_null (rheo_net_find_array (net, "critic.square.w"));
}

static int
bench (void)
{
  for (int n_threads = 1; n_threads <= 2; n_threads++)
    for (int signs = 0; signs < 2; signs++)
      {
        enum
        {
          N = 1000
        };
        const RheoOptimiser c = defaults (RHEO_OPTIMISER_ADAM, 0.005);
        g_autoptr (RheoNet) net = net_new (n_threads);
        int8_t sign[N];
        g_autoptr (RheoUpdater) u = NULL;
        double best = G_MAXDOUBLE;
        RheoUpdate facts;

        if (signs)
          add_signed (net, N, 850, 0.194, sign);
        else
          add (net, "rec.weight", N, N, TRUE);
        draw_gradient (net, 1);
        u = rheo_updater_new (net, &c, "optimiser", 1, NULL);
        for (int i = 0; i < 60; i++)
          {
            gint64 t = g_get_monotonic_time ();

            rheo_updater_step (u, &c, &net->grad, i, &facts);
            best = MIN (best, (double) (g_get_monotonic_time () - t) * 1e-3);
          }
        g_print ("adam, a million weights%s, %d thread%s: %.2f ms\n", signs ? " with mask and signs" : "", n_threads,
                 n_threads == 1 ? "" : "s", best);
      }
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc > 1 && strcmp (argv[1], "--bench") == 0)
    return bench ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/optimisers", test_optimisers);
  g_test_add_func ("/update/zero-gradient", test_zero_gradient);
  g_test_add_func ("/update/not-finite", test_not_finite);
  g_test_add_func ("/update/frozen", test_frozen);
  g_test_add_func ("/update/parameter-range", test_parameter_range);
  g_test_add_func ("/update/schedules", test_schedules);
  g_test_add_func ("/update/schedule-of-updates", test_schedule_of_updates);
  g_test_add_func ("/update/plateau", test_plateau);
  g_test_add_func ("/update/threads-and-resume", test_threads_and_resume);
  g_test_add_func ("/update/two", test_two);
  return g_test_run ();
}
