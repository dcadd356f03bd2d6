/* Recursive least squares against the ridge regression of all samples at once, solved by LAPACK in double. */
#include "rollout-net.h"

#include "engine/linalg.h"
#include "engine/rls.h"

#define N_SAMPLES 120
#define N_UNITS 70
#define ALPHA 0.5

static double samples[N_SAMPLES][N_UNITS], wanted[N_SAMPLES][2 * N_UNITS];

static void
draw (void)
{
  const RheoRng rng = { .seed = 4, .stream = RHEO_STREAM_TASK };

  for (int s = 0; s < N_SAMPLES; s++)
    {
      /* Correlated sources: what is common to them is large. */
      const double common = rheo_rng_normal (rng, 0, (uint32_t) s);

      for (int j = 0; j < N_UNITS; j++)
        samples[s][j] = (RheoReal) (common + 0.5 * rheo_rng_normal (rng, 1, (uint32_t) (s * N_UNITS + j)));
      for (int i = 0; i < 2 * N_UNITS; i++)
        wanted[s][i] = rheo_rng_normal (rng, 2, (uint32_t) (s * 2 * N_UNITS + i));
    }
}

/* One population of N_UNITS with a recurrent projection, and a read-out of as many. */
static RheoNet *
make_net (RheoForm form, double density, bool mask, bool no_self)
{
  const RheoLif lif = { .reset = RHEO_LIF_SUBTRACT, .driver = RHEO_LIF_SPIKE, .counts = true, .counter = 2 };
  NetConfig config = {
    .pop = { { .name = "one", .cell = &rheo_cell_lif, .lif = lif, .n_units = N_UNITS, .param = { 0.8, 0.8 } },
             { .name = "out", .cell = &rheo_cell_linear, .n_units = 3 } },
    .proj = { { .proj = { .name = "rec", .from = 0, .to = 0, .delay = 1, .form = form, .keep.no_self = no_self },
                .scale = 0.3,
                .density = density,
                .mask = mask },
              { .proj = { .name = "out", .from = 0, .to = 1 }, .scale = 0.3 } },
  };
  g_autoptr (Trials) trials = trials_new (1, 2, 3, 3, 0, false);

  return net_of (device, &config, trials, 1);
}

/* Where the weight of a pair is, or NULL. */
static RheoReal *
weight_at (const RheoProj *p, int pre, int post)
{
  if (p->form == RHEO_SPARSE)
    {
      for (int64_t s = p->syn_first[pre]; s < p->syn_first[pre + 1]; s++)
        if (p->syn_post[s] == post)
          return p->weight + s;
      return NULL;
    }
  if ((p->keep.mask != NULL && p->keep.mask[pre * p->stride + post] == 0) || (p->keep.no_self && pre == post))
    return NULL;
  return p->weight + pre * p->stride + post;
}

static double
drive (const RheoProj *p, const double *x, int post)
{
  double sum = 0;

  for (int j = 0; j < p->n_pre; j++)
    sum += weight_at (p, j, post) != NULL ? (double) *weight_at (p, j, post) * x[j] : 0;
  return sum;
}

/* Weights of a target by the normal equations, in order of its sources. */
static int
solve_ridge (const RheoProj *p, const double *w0, int post, int column, int n_samples, double *solution)
{
  static double a[N_UNITS * N_UNITS];
  int source[N_UNITS], n = 0;

  for (int j = 0; j < p->n_pre; j++)
    if (weight_at (p, j, post) != NULL)
      source[n++] = j;
  for (int k = 0; k < n; k++)
    {
      solution[k] = ALPHA * w0[source[k]];
      for (int s = 0; s < n_samples; s++)
        solution[k] += samples[s][source[k]] * wanted[s][column];
      for (int l = 0; l < n; l++)
        {
          a[k * n + l] = k == l ? ALPHA : 0;
          for (int s = 0; s < n_samples; s++)
            a[k * n + l] += samples[s][source[k]] * samples[s][source[l]];
        }
    }
  g_assert_true (rheo_solve_positive (n, a, 1, solution));
  return n;
}

static void
check_ridge (const RheoProj *p, const double *w0, int column, int n_samples)
{
  const double near = is_double ? 1e-10 : 1e-4;
  double worst = 0, squares = 0;
  int n_all = 0;

  for (int post = 0; post < p->n_post; post++)
    {
      double solution[N_UNITS];
      const int n = solve_ridge (p, w0 + post * p->n_pre, post, column + post, n_samples, solution);

      for (int j = 0, k = 0; j < p->n_pre; j++)
        if (weight_at (p, j, post) != NULL)
          {
            worst = MAX (worst, fabs ((double) *weight_at (p, j, post) - solution[k]));
            squares += solution[k] * solution[k];
            k++;
          }
      n_all += n;
    }
  g_test_message ("%s: largest difference %.2g of a root mean square of %.2g", p->name, worst, sqrt (squares / n_all));
  g_assert_cmpfloat (worst, <, near * sqrt (squares / n_all));
}

static void
copy_weights (const RheoProj *p, double *to)
{
  for (int post = 0; post < p->n_post; post++)
    for (int j = 0; j < p->n_pre; j++)
      to[post * p->n_pre + j] = weight_at (p, j, post) != NULL ? (double) *weight_at (p, j, post) : 0;
}

/* All samples, so many at a time, with errors of the weights of the moment. finish: what waits is applied each time. */
static void
fit_all (RheoNet *net, RheoRls *rls, int n_projs, int n_samples, int at_a_time, bool finish)
{
  RheoReal x[8 * RHEO_PADDED (N_UNITS)], error[2][8 * RHEO_PADDED (N_UNITS)];
  RheoReal *errors[] = { error[0], error[1] };
  const int ld = RHEO_PADDED (N_UNITS), lds[] = { ld, ld };

  for (int s = 0; s < n_samples; s += at_a_time)
    {
      for (int k = 0; k < at_a_time; k++)
        {
          int column = 0;

          for (int j = 0; j < N_UNITS; j++)
            x[k * ld + j] = (RheoReal) samples[s + k][j];
          for (int i = 0; i < n_projs; column += rheo_net_get_proj (net, i++)->n_post)
            for (int post = 0; post < rheo_net_get_proj (net, i)->n_post; post++)
              error[i][k * ld + post] =
                  (RheoReal) (drive (rheo_net_get_proj (net, i), samples[s + k], post) - wanted[s + k][column + post]);
        }
      rheo_rls_fit (rls, at_a_time, x, ld, NULL, errors, lds);
      /* What is left of the errors is that of the new weights. */
      for (int k = 0; k < at_a_time; k++)
        for (int post = 0; post < rheo_net_get_proj (net, 0)->n_post; post++)
          check_close ("error", post, (double) error[0][k * ld + post],
                       drive (rheo_net_get_proj (net, 0), samples[s + k], post) - wanted[s + k][post],
                       is_double ? 1e-9 : 1e-4);
      if (finish)
        rheo_rls_finish (rls);
    }
  rheo_rls_finish (rls);
}

typedef struct
{
  RheoForm form;
  double density;
  bool mask;
  int at_a_time, n_groups;
  bool no_self;
} Case;

static const Case cases[] = {
  { RHEO_DENSE, 0, false, 1, 1 },          { RHEO_DENSE, 0, false, 4, 1 },       { RHEO_DENSE, 0.3, true, 1, N_UNITS },
  { RHEO_SPARSE, 0.3, false, 4, N_UNITS }, { RHEO_DENSE, 0, false, 1, 1, true }, { RHEO_DENSE, 0, false, 4, 1, true },
};

static void
check_forms (gconstpointer data)
{
  const Case *c = data;
  const RheoRlsConfig config = { .alpha = ALPHA };
  const int projs[] = { 0, 1 };
  g_autoptr (RheoNet) net = make_net (c->form, c->density, c->mask, c->no_self);
  g_autoptr (GError) error = NULL;
  /* Both in one where all have the same sources. */
  const int n_projs = c->density == 0 ? 2 : 1;
  g_autoptr (RheoRls) rls = rheo_rls_new (net, "rls", projs, n_projs, &config, &error);
  static double w0[2][N_UNITS * N_UNITS];

  for (int i = 0; c->no_self && i < N_UNITS; i++)
    rheo_net_get_proj (net, 0)->weight[i * rheo_net_get_proj (net, 0)->stride + i] = 0;
  g_assert_no_error (error);
  g_assert_cmpint (rheo_rls_get_n_groups (rls), ==, c->n_groups);
  for (int i = 0; i < n_projs; i++)
    copy_weights (rheo_net_get_proj (net, i), w0[i]);
  fit_all (net, rls, n_projs, N_SAMPLES, c->at_a_time, false);
  for (int i = 0; i < n_projs; i++)
    check_ridge (rheo_net_get_proj (net, i), w0[i], i * N_UNITS, N_SAMPLES);
  for (int j = 0; c->mask && j < N_UNITS; j++)
    for (int post = 0; post < N_UNITS; post++)
      g_assert_true (weight_at (rheo_net_get_proj (net, 0), j, post) != NULL
                     || rheo_net_get_proj (net, 0)->weight[j * rheo_net_get_proj (net, 0)->stride + post] == 0);
}

/* P is in the net: another block goes on where one has stopped, with the same bits. */
static void
check_resume (void)
{
  const RheoRlsConfig config = { .alpha = ALPHA };
  const int proj = 0;
  g_autoptr (RheoNet) straight = make_net (RHEO_DENSE, 0, false, false),
                      halves = make_net (RHEO_DENSE, 0, false, false);
  g_autoptr (RheoNet) second = make_net (RHEO_DENSE, 0, false, false);
  g_autoptr (RheoRls) all = rheo_rls_new (straight, "rls", &proj, 1, &config, NULL);
  g_autoptr (RheoRls) first = rheo_rls_new (halves, "rls", &proj, 1, &config, NULL);
  g_autoptr (RheoRls) rest = rheo_rls_new (second, "rls", &proj, 1, &config, NULL);
  g_autoptr (RheoTable) table = rheo_table_new ("Checkpoint");
  g_autoptr (GError) error = NULL;

  fit_all (straight, all, 1, 40, 1, false);
  fit_all (straight, all, 1, 40, 1, false);
  fit_all (halves, first, 1, 40, 1, true);
  rheo_net_save (halves, FALSE, table);
  rheo_net_load (second, table, FALSE, &error);
  g_assert_no_error (error);
  fit_all (second, rest, 1, 40, 1, false);
  for (int i = 0; i < N_UNITS * rheo_net_get_proj (second, 0)->stride; i++)
    g_assert_true (rheo_net_get_proj (straight, 0)->weight[i] == rheo_net_get_proj (second, 0)->weight[i]);
}

/* One matrix for all units of a masked projection: not the exact solution, but the mask holds and errors fall. */
static void
check_shared (void)
{
  const RheoRlsConfig config = { .alpha = ALPHA, .sharing = RHEO_RLS_SHARED };
  const int proj = 0;
  g_autoptr (RheoNet) net = make_net (RHEO_DENSE, 0.8, true, false);
  g_autoptr (RheoRls) rls = rheo_rls_new (net, "rls", &proj, 1, &config, NULL);
  const RheoProj *p = rheo_net_get_proj (net, 0);
  RheoReal x[RHEO_PADDED (N_UNITS)], error[RHEO_PADDED (N_UNITS)], *errors[] = { error };
  const int ld = RHEO_PADDED (N_UNITS);
  double before = 0, after = 0;

  g_assert_cmpint (rheo_rls_get_n_groups (rls), ==, 1);
  for (int pass = 0; pass < 20; pass++)
    for (int s = 0; s < 20; s++)
      {
        for (int j = 0; j < N_UNITS; j++)
          x[j] = (RheoReal) samples[s][j];
        for (int post = 0; post < N_UNITS; post++)
          {
            const double e = drive (p, samples[s], post) - wanted[s][post];

            error[post] = (RheoReal) e;
            before += pass == 0 ? e * e : 0;
            after += pass == 19 ? e * e : 0;
          }
        rheo_rls_fit (rls, 1, x, ld, NULL, errors, &ld);
      }
  rheo_rls_finish (rls);
  g_assert_cmpfloat (after, <, 0.15 * before);
  for (int j = 0; j < N_UNITS; j++)
    for (int post = 0; post < N_UNITS; post++)
      g_assert_true (weight_at (p, j, post) != NULL || p->weight[j * p->stride + post] == 0);
}

int
main (int argc, char *argv[])
{
  const char *why = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  device = rheo_device_new ("cpu", 2, &why);
  draw ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/rls/ridge-%u", i);

      g_test_add_data_func (path, &cases[i], check_forms);
    }
  g_test_add_func ("/rls/resume", check_resume);
  g_test_add_func ("/rls/shared", check_shared);
  status = g_test_run ();
  rheo_device_free (device);
  return status;
}
