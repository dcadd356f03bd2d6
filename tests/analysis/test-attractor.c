/* Lines of slow points: nets whose lines are known, signs of vectors, the analysis of a decision. */
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/fixed.h"
#include "engine/line.h"
#include "engine/topology.h"
#include "field-of.h"

/* --- lines -------------------------------------------------------------------------------------------------------- */

/* Two rectified units that share what they have: x1 = x2 >= 0 are fixed points, everything else falls back to them. */
static void
check_line (void)
{
  enum
  {
    N = 9
  };
  const double w[] = { 0.5, 0.5, 0.5, 0.5 }, u = 0, left[] = { 0.2, 0.4 }, right[] = { 1.2, 0.9 };
  const double step[] = { (right[0] - left[0]) / (N - 1), (right[1] - left[1]) / (N - 1) };
  g_autoptr (RheoField) field = field_of ("\"activation\": \"relu\"", 2, w);
  double x[2 * N], q[N], re[2], im[2], r[2 * N], l[2 * N], l_im[2], along[N];

  g_assert_true (rheo_line_find (field, &u, left, right, N, x, q, NULL));
  for (int k = 0; k < N; k++)
    {
      g_assert_cmpfloat (q[k], <, 1e-20);
      g_assert_cmpfloat_with_epsilon (x[2 * k], x[2 * k + 1], 1e-9);
      along[k] = step[0] * x[2 * k] + step[1] * x[2 * k + 1];
      g_assert_cmpfloat_with_epsilon (along[k], step[0] * (left[0] + k * step[0]) + step[1] * (left[1] + k * step[1]),
                                      1e-12);
      rheo_line_modes (field, &u, x + 2 * k, re, im, r + 2 * k, l + 2 * k, l_im);
      g_assert_cmpfloat_with_epsilon (re[0], 0, 1e-9);
      g_assert_true (l_im[0] == 0 && l_im[1] == 0);
      g_assert_cmpfloat_with_epsilon (re[1], -1, 1e-9);
    }
}

/* Of a mode that turns both parts of the left vector are there: l J = lambda l. */
static void
check_turning (void)
{
  const double w[] = { 0.5, -0.8, 0.3, 0.9 }, u = 0, x[] = { 0, 0 };
  g_autoptr (RheoField) field = field_of ("\"activation\": \"tanh\"", 2, w);
  double re[2], im[2], r[2], l[2], l_im[2], jac[4];

  rheo_line_modes (field, &u, x, re, im, r, l, l_im);
  rheo_field_jacobian (field, x, &u, jac, NULL);
  g_assert_cmpfloat (im[0], >, 0.1);
  for (int j = 0; j < 2; j++)
    {
      g_assert_cmpfloat_with_epsilon (l[0] * jac[j] + l[1] * jac[2 + j], re[0] * l[j] - im[0] * l_im[j], 1e-12);
      g_assert_cmpfloat_with_epsilon (l_im[0] * jac[j] + l_im[1] * jac[2 + j], re[0] * l_im[j] + im[0] * l[j], 1e-12);
    }
}

/* Where there is no fixed point, each point is the slowest of those across the line. */
static void
check_slowest (void)
{
  enum
  {
    N = 5
  };
  const double w[] = { 0.9, 0.4, -0.3, 0.6 }, u = 0.3, left[] = { -0.5, 0.1 }, right[] = { 0.6, 0.3 };
  g_autoptr (RheoField) field = field_of ("\"activation\": \"tanh\"", 2, w);
  double x[2 * N], q[N];

  g_assert_true (rheo_line_find (field, &u, left, right, N, x, q, NULL));
  for (int k = 0; k < N; k++)
    {
      g_assert_cmpfloat_with_epsilon (q[k], rheo_field_speed (field, x + 2 * k, &u), 1e-15);
      for (int side = -1; side <= 1; side += 2)
        {
          const double beside[] = { x[2 * k] - side * 1e-3 * (right[1] - left[1]),
                                    x[2 * k + 1] + side * 1e-3 * (right[0] - left[0]) };

          g_assert_cmpfloat (rheo_field_speed (field, beside, &u), >, q[k]);
        }
    }
}

static void
check_cancelled (void)
{
  const double w[] = { 0.5, 0.5, 0.5, 0.5 }, u = 0, left[] = { 0, 0 }, right[] = { 1, 1 };
  const atomic_bool cancelled = true;
  g_autoptr (RheoField) field = field_of ("\"activation\": \"relu\"", 2, w);
  double x[4], q[2];

  g_assert_false (rheo_line_find (field, &u, left, right, 2, x, q, &cancelled));
}

static void
check_signs (void)
{
  enum
  {
    N = 6
  };
  const double axis[] = { 1, 0 };
  double right[2 * N], left[2 * N];

  for (int k = 0; k < N; k++)
    {
      const double sign = k % 2 == 0 ? 1 : -1, angle = 0.25 * k;

      right[2 * k] = sign * cos (angle);
      right[2 * k + 1] = sign * sin (angle);
      left[2 * k] = 3 * right[2 * k];
      left[2 * k + 1] = 3 * right[2 * k + 1];
    }
  /* Hardly any of the last one is along the axis, and the noise of that points away: its neighbours know better. */
  right[2 * N - 2] = left[2 * N - 2] = 0.01;
  right[2 * N - 1] = left[2 * N - 1] = -1;
  rheo_line_align (2, N, axis, right, left);
  for (int k = 0; k < N; k++)
    {
      g_assert_cmpfloat (right[2 * k + 1], >=, 0);
      g_assert_cmpfloat (left[2 * k] * right[2 * k] + left[2 * k + 1] * right[2 * k + 1], >, 0);
    }
}

/* --- the analysis ------------------------------------------------------------------------------------------------- */
static double *
add_matrix (RheoTable *table, const char *key, int n_pre, int n_post)
{
  const int64_t dims[] = { n_pre, n_post };

  return rheo_table_add (table, key, "", "", "pre post", RHEO_F64, dims)->data;
}

static RheoTable *
analyse (const char *id, const RheoExperiment *experiment, const RheoTable *weights, const char *const *settings,
         GError **error)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, id, NULL);
  const RheoRecord record = { .experiment = experiment, .name = "test", .weights = weights };
  g_autofree void *config = g_malloc0 (analysis->base.config_size);
  g_autoptr (RheoTable) out = rheo_table_new (analysis->base.title);

  rheo_params_reset (analysis->base.params, config);
  for (int i = 0; settings != NULL && settings[i] != NULL; i += 2)
    {
      void *at;
      const RheoParam *row = rheo_params_find (analysis->base.params, config, settings[i], "", &at, NULL);

      g_assert_true (rheo_param_set_text (row, at, settings[i + 1], settings[i], NULL));
    }
  return analysis->run (config, &record, 1, NULL, out, NULL, NULL, NULL, error) ? g_steal_pointer (&out) : NULL;
}

static double
get (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  g_assert_cmpint (i, <, rheo_column_get_length (column));
  return rheo_column_get_number (column, i);
}

/* One rectified pair keeps its difference for each context, and the cue of the other context switches it off: a network
 * made by hand that decides by motion or by colour. Units 0, 1: motion right, left; 2, 3: colour. Silent: a fifth unit, which
 * the first and third one hear, is held where no input changes it, but has large input weights for both. */
static RheoTable *
decision_net (const char *pairs, RheoExperiment **experiment)
{
  const gboolean is_signed = g_str_equal (pairs, "signed"), is_silent = g_str_equal (pairs, "silent");
  const int n = is_silent ? 5 : 4;
  g_autofree char *text = g_strdup_printf (
      "{\"format\": 1, \"task\": {\"id\": \"cddm\", \"signed\": %s}, \"model\": {\"id\": \"ctrnn\", \"units\": %d, "
      "\"dale\": false, \"io-non-negative\": false, \"activation\": \"tanh\"}, \"rule\": {\"id\": \"bptt\"}}",
      is_signed ? "true" : "false", n);
  g_autoptr (GError) error = NULL;
  RheoTable *table = rheo_table_new ("weights");
  double *in = add_matrix (table, "in.weight", is_signed ? 4 : 6, n);
  double *rec = add_matrix (table, "rec.weight", n, n), *out = add_matrix (table, "out.weight", n, 2);

  *experiment = rheo_experiment_parse (text, "test", &error);
  g_assert_no_error (error);
  for (int context = 0; context < 2; context++)
    {
      /* The other context's cue drives both units of a pair to saturation, where neither memory nor evidence counts. */
      in[(1 - context) * n + 2 * context] = in[(1 - context) * n + 2 * context + 1] = 3;
      for (int side = 0; side < 2; side++)
        {
          const int unit = 2 * context + side;

          if (is_signed)
            in[(2 + context) * n + unit] = side == 0 ? 0.5 : -0.5;
          else
            in[(2 + 2 * context + side) * n + unit] = 1;
          rec[unit * n + unit] = 0.6;
          rec[unit * n + 2 * context + 1 - side] = -0.6;
          out[unit * 2 + side] = 1;
        }
      if (is_silent)
        {
          in[context * n + 4] = 1e6;
          in[(2 + 2 * context) * n + 4] = 3e5;
          rec[4 * n + 2 * context] = 1e-5;
        }
    }
  return table;
}

static void
check_decision (gconstpointer data)
{
  const char *pairs = data;
  RheoExperiment *made = NULL;
  g_autoptr (RheoTable) weights = decision_net (pairs, &made);
  g_autoptr (RheoExperiment) experiment = made;
  g_autoptr (GError) error = NULL;
  const char *const settings[] = { "points", "11", "coherences", "0.5", NULL };
  g_autoptr (RheoTable) table = analyse ("line-attractor", experiment, weights, settings, &error);
  const gboolean is_silent = g_str_equal (pairs, "silent");
  const int n_in = g_str_equal (pairs, "signed") ? 4 : 6, n = is_silent ? 5 : 4;

  g_assert_no_error (error);
  for (int context = 0; context < 2; context++)
    {
      const int64_t middle = context * 11 + 5;

      /* The choice grows from one end to the other. */
      for (int k = 0; k < 11; k++)
        {
          const int64_t at = context * 11 + k;

          if (k > 0)
            g_assert_cmpfloat (get (table, "place", 3 * at), >, get (table, "place", 3 * (at - 1)));
          g_assert_cmpfloat_with_epsilon (get (table, "output", 2 * at) - get (table, "output", 2 * at + 1),
                                          get (table, "place", 3 * at), 1e-12);
        }
      for (int pair = 0; pair < 2; pair++)
        {
          double sum = 0;

          for (int i = 0; i < n; i++)
            {
              const double *in = rheo_table_find (weights, "in.weight")->data;
              const double weight =
                  n_in == 4 ? in[(2 + pair) * n + i] : in[(2 + 2 * pair) * n + i] - in[(3 + 2 * pair) * n + i];

              sum += get (table, "left", middle * n + i) * weight;
            }
          g_assert_cmpfloat_with_epsilon (get (table, "selection", middle * 2 + pair), sum, 1e-12);
        }
      g_assert_cmpfloat (get (table, "selection", middle * 2 + context), >, 0);
      g_assert_cmpfloat (get (table, "eigenvalue-re", middle * n), >, -0.1);
      /* Evidence for what counts moves the state along the line, and stays. */
      for (int k = 0; k < 3; k++)
        {
          const int64_t last = ((context * 3 + k) * 751 + 750) * 3;

          g_assert_cmpfloat (get (table, "coherence", k), ==, 0.5 * (k - 1));
          g_assert_true (k == 1 ? fabs (get (table, "path", last)) < (is_silent ? 0.01 : 1e-6)
                                : get (table, "path", last) * (k - 1) > 0.1);
        }
    }
  for (int context = 0; context < 2; context++)
    {
      static const char *const contexts[] = { "motion", "colour" };
      g_autofree char *selection = g_strconcat ("ratio-", contexts[context], NULL);
      g_autofree char *response = g_strconcat ("response-ratio-", contexts[context], NULL);
      g_autofree char *weight = g_strconcat ("weight-ratio-", contexts[context], NULL);

      /* What a silent unit would hear counts as selection, but has no effect. */
      g_assert_cmpint (get (table, selection, 0) > 3, ==, !is_silent);
      g_assert_cmpfloat (get (table, response, 0), >, 3);
      g_assert_cmpfloat (get (table, weight, 0), >, 3);
    }
  for (int context = 0; context < 2; context++)
    {
      const char *name = context == 0 ? "median-response-ratio-motion" : "median-response-ratio-colour";
      const double median = get (table, name, 0);
      int above = 0, below = 0;

      for (int k = 0; k < 11; k++)
        {
          const int64_t at = (context * 11 + k) * 2;
          const double ratio =
              fabs (get (table, "response", at + context)) / fabs (get (table, "response", at + 1 - context));

          above += ratio > median;
          below += ratio < median;
        }
      g_assert_cmpint (MAX (above, below), <=, 5);
    }
}

/* The choice that is told for a pair of coherences is that of the trial, and the weights are those of least squares. */
static void
check_choices (void)
{
  const char *const settings[] = { "points", "3", "test-coherences", "0.2 0.6", "cue-steps", "20", "stimulus-steps",
                                   "60",     NULL };
  RheoExperiment *made = NULL;
  g_autoptr (RheoTable) weights = decision_net ("pairs", &made);
  g_autoptr (RheoExperiment) experiment = made;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("line-attractor", experiment, weights, settings, &error);
  g_autoptr (RheoField) field = rheo_field_new (experiment, weights, &error);

  g_assert_no_error (error);
  for (int context = 0; context < 2; context++)
    {
      const double cue[6] = { context == 0, context == 1 };
      double slope[2] = { get (table, "weight", 2 * context), get (table, "weight", 2 * context + 1) };
      double left_over[2] = { 0 };

      for (int k = 0; k < 25; k++)
        {
          const double motion = get (table, "motion", k % 5), colour = get (table, "colour", k / 5);
          const double u[6] = {
            cue[0], cue[1], (1 + motion) / 2, (1 - motion) / 2, (1 + colour) / 2, (1 - colour) / 2
          };
          const double choice = get (table, "choice", context * 25 + k);
          double x[4] = { 0 }, out[2];

          rheo_field_run (field, 20, cue, x, NULL);
          rheo_field_run (field, 60, u, x, NULL);
          rheo_field_output (field, x, out);
          g_assert_cmpfloat_with_epsilon (choice, out[0] - out[1], 1e-12);
          left_over[0] += motion * (choice - slope[0] * motion - slope[1] * colour);
          left_over[1] += colour * (choice - slope[0] * motion - slope[1] * colour);
        }
      for (int pair = 0; pair < 2; pair++)
        g_assert_cmpfloat_with_epsilon (left_over[pair], 0, 1e-12);
    }
}

/* The published way leaves the nudge on: the ends are farther out. */
static void
check_relax (void)
{
  const char *const settings[][5] = { { "relax-steps", "200", NULL },
                                      { "relax-steps", "200", "relax", "nudged", NULL } };
  RheoExperiment *made = NULL;
  g_autoptr (RheoTable) weights = decision_net ("pairs", &made);
  g_autoptr (RheoExperiment) experiment = made;
  double span[2];

  for (int k = 0; k < 2; k++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoTable) table = analyse ("line-attractor", experiment, weights, settings[k], &error);

      g_assert_no_error (error);
      span[k] = get (table, "place", 3 * 30) - get (table, "place", 0);
    }
  g_assert_cmpfloat (span[1], >, span[0] + 0.01);
}

static void
check_other_task (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) weights = rheo_table_new ("weights");
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (
      "{\"format\": 1, \"task\": {\"id\": \"flip-flop\", \"bits\": 1}, \"model\": {\"id\": \"ctrnn\", \"units\": 2}, "
      "\"rule\": {\"id\": \"bptt\"}}",
      "test", &error);

  g_assert_no_error (error);
  add_matrix (weights, "in.weight", 1, 2);
  add_matrix (weights, "rec.weight", 2, 2);
  add_matrix (weights, "out.weight", 2, 1);
  g_assert_null (analyse ("line-attractor", experiment, weights, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

/* --- shapes ------------------------------------------------------------------------------------------------------- */
typedef struct
{
  const char *name;
  double turn, width; /* part of a circle, and of its second axis; turn 0: a straight line */
  double noise;
  int kind;
} Shape;

static const Shape shapes[] = {
  { "ring", 1, 1, 0.01, RHEO_SHAPE_RING },  { "ellipse", 1, 0.3, 0.01, RHEO_SHAPE_RING },
  { "arc", 0.6, 1, 0.01, RHEO_SHAPE_LINE }, { "line", 0, 0, 0.01, RHEO_SHAPE_LINE },
  { "cloud", 0, 0, 3, RHEO_SHAPE_NONE },
};

/* In five dimensions: the plane of the first two, noise in all. Points come in no order. */
static void
check_shape (gconstpointer data)
{
  enum
  {
    M = 40,
    N = 5
  };
  const Shape *shape = data;
  double x[M * N], inside[N] = { 2, 0.5 }, across[N] = { 0, 0, 0, 0, 3 };
  RheoCloud cloud;

  for (int k = 0; k < M; k++)
    {
      const double part = (k * 7 % M) / (double) M, angle = 2 * G_PI * shape->turn * part;
      double *at = x + k * N;

      for (int i = 0; i < N; i++)
        at[i] = shape->noise * rheo_rng_normal ((RheoRng){ .seed = 5 }, 0, (uint32_t) (k * N + i));
      at[0] += shape->turn > 0 ? cos (angle) : part;
      at[1] += shape->turn > 0 ? shape->width * sin (angle) : 0;
      at[3] += 4;
    }
  rheo_cloud_init (&cloud, M, N, x);
  g_assert_cmpint (cloud.kind, ==, shape->kind);
  if (shape->kind != RHEO_SHAPE_NONE)
    g_assert_cmpfloat (cloud.share, >, 0.95);
  else
    g_assert_cmpfloat (cloud.share, <, 0.6);
  if (shape->kind == RHEO_SHAPE_RING)
    {
      g_assert_cmpfloat (rheo_cloud_angle (&cloud, N, inside), <, 3);
      g_assert_cmpfloat (rheo_cloud_angle (&cloud, N, across), >, 87);
    }
  /* Neighbours on the curve are neighbours in order, but for noise. */
  for (int k = 0; shape->kind != RHEO_SHAPE_NONE && k < M; k++)
    for (int j = 0; j < M; j++)
      if ((k * 7 % M) + 1 == j * 7 % M)
        {
          const double step = fabs (cloud.along[k] - cloud.along[j]);

          g_assert_cmpfloat (MIN (step, 1 - step), <, 3.5 / M);
        }
  rheo_cloud_clear (&cloud);
}

static void
check_few (void)
{
  const double x[] = { 0, 0, 1, 1, 2, 2 };
  RheoCloud cloud;

  rheo_cloud_init (&cloud, 3, 2, x);
  g_assert_cmpint (cloud.kind, ==, RHEO_SHAPE_NONE);
  rheo_cloud_clear (&cloud);
}

/* --- a state ------------------------------------------------------------------------------------------------------ */

/* Two units that turn around each other. */
static RheoTable *
turning_net (const char *equation, RheoExperiment **experiment)
{
  g_autofree char *text = g_strdup_printf (
      "{\"format\": 1, \"task\": {\"id\": \"flip-flop\", \"bits\": 1}, \"model\": {\"id\": \"ctrnn\", \"units\": 2, "
      "\"dale\": false, \"io-non-negative\": false, \"activation\": \"tanh\", \"equation\": \"%s\", \"tau\": 20}, "
      "\"rule\": {\"id\": \"bptt\"}}",
      equation);
  g_autoptr (GError) error = NULL;
  RheoTable *table = rheo_table_new ("weights");
  double *rec;

  *experiment = rheo_experiment_parse (text, "test", &error);
  g_assert_no_error (error);
  add_matrix (table, "in.weight", 1, 2)[1] = -1;
  rec = add_matrix (table, "rec.weight", 2, 2);
  rec[0] = rec[3] = 0.5;
  rec[1] = 2;  /* from 1 to 2 */
  rec[2] = -2; /* from 2 to 1 */
  add_matrix (table, "out.weight", 2, 1)[0] = 1;
  return table;
}

static void
check_point (gconstpointer data)
{
  RheoExperiment *made = NULL;
  g_autoptr (RheoTable) weights = turning_net (data, &made);
  g_autoptr (RheoExperiment) experiment = made;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("point", experiment, weights, NULL, &error);
  static const char *const vectors[] = { "right-rate", "right-current" };

  g_assert_no_error (error);
  g_assert_cmpfloat (get (table, "q", 0), ==, 0);
  g_assert_cmpfloat_with_epsilon (get (table, "jacobian", 1), -2, 1e-12);
  g_assert_cmpfloat_with_epsilon (get (table, "by-input", 1), -1, 1e-12);
  for (int k = 0; k < 2; k++)
    {
      g_assert_cmpfloat_with_epsilon (get (table, "eigenvalue-re", k), -0.5, 1e-9);
      g_assert_cmpfloat_with_epsilon (get (table, "eigenvalue-im", k), k == 0 ? 2 : -2, 1e-9);
      g_assert_cmpfloat_with_epsilon (get (table, "time-constant", k), 40, 1e-6);
      /* 2 radians in 20 ms. */
      g_assert_cmpfloat_with_epsilon (get (table, "frequency", k), 1000 * 2 / (2 * G_PI * 20), 1e-6);
    }
  for (guint v = 0; v < G_N_ELEMENTS (vectors); v++)
    for (int i = 0; i < 2; i++)
      g_assert_cmpfloat_with_epsilon (hypot (get (table, vectors[v], 2 * i), get (table, vectors[v], 2 * i + 1)),
                                      sqrt (0.5), 1e-9);
}

/* Away from zero both descriptions keep the spectrum, and a right vector of the rates becomes one of the currents through
 * the weights. */
static void
check_descriptions (void)
{
  const char *const settings[] = { "state", "0.3 -0.6", "input", "0.4", NULL };
  RheoExperiment *made = NULL;
  g_autoptr (RheoTable) weights = turning_net ("rate", &made);
  g_autoptr (RheoExperiment) experiment = made;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("point", experiment, weights, settings, &error);
  const double w[] = { 0.5, -2, 2, 0.5 };
  double ratio[2][2];

  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (get (table, "field", 0), -0.3 + tanh (0.15 + 1.2), 1e-12);
  g_assert_cmpfloat_with_epsilon (get (table, "output", 0), 0.3, 1e-12);
  for (int i = 0; i < 2; i++)
    {
      double re = 0, im = 0, square;
      const double h_re = get (table, "right-current", 2 * i), h_im = get (table, "right-current", 2 * i + 1);

      for (int j = 0; j < 2; j++)
        {
          re += w[2 * i + j] * get (table, "right-rate", 2 * j);
          im += w[2 * i + j] * get (table, "right-rate", 2 * j + 1);
        }
      square = h_re * h_re + h_im * h_im;
      ratio[i][0] = (re * h_re + im * h_im) / square;
      ratio[i][1] = (im * h_re - re * h_im) / square;
    }
  g_assert_cmpfloat_with_epsilon (ratio[0][0], ratio[1][0], 1e-9);
  g_assert_cmpfloat_with_epsilon (ratio[0][1], ratio[1][1], 1e-9);
}

static void
check_trial (void)
{
  const char *const settings[] = { "from", "trial", "trial", "2", "step", "150", NULL };
  const char *const late[] = { "from", "trial", "step", "100000", NULL }, *const wide[] = { "state", "1 2 3", NULL };
  RheoExperiment *made = NULL;
  g_autoptr (RheoTable) weights = turning_net ("rate", &made);
  g_autoptr (RheoExperiment) experiment = made;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("point", experiment, weights, settings, &error);
  double q = 0;

  g_assert_no_error (error);
  for (int i = 0; i < 2; i++)
    q += get (table, "field", i) * get (table, "field", i);
  g_assert_cmpfloat_with_epsilon (get (table, "q", 0), q, 1e-15);
  g_assert_cmpfloat (q, >, 0);
  g_assert_null (analyse ("point", experiment, weights, late, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (analyse ("point", experiment, weights, wide, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

/* --- several inputs in one search --------------------------------------------------------------------------------- */
static void
check_inputs (void)
{
  static const char text[] = "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"flip-flop\", \"bits\": 1, "
                             "\"n-steps\": 20}, \"model\": {\"id\": \"ctrnn\", \"units\": 2, \"dale\": false, "
                             "\"io-non-negative\": false, \"activation\": \"tanh\"}, \"rule\": {\"id\": \"bptt\"}}";
  const int64_t in[] = { 1, 2 }, rec[] = { 2, 2 }, out[] = { 2, 1 };
  const char *const both[] = { "input", "0 3", NULL }, *const one[] = { "input", "3", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (text, "test", &error);
  g_autoptr (RheoTable) net = rheo_table_new ("net"), several = NULL, single = NULL;

  g_assert_no_error (error);
  rheo_table_add_copy (net, "in.weight", "", "", "pre post", RHEO_F64, in, (double[]){ 1, 0 });
  rheo_table_add_copy (net, "rec.weight", "", "", "pre post", RHEO_F64, rec, (double[]){ 2, 0, 0, 0.5 });
  rheo_table_add_copy (net, "out.weight", "", "", "pre post", RHEO_F64, out, (double[]){ 1, 0 });
  several = analyse ("fixed-points", experiment, net, both, &error);
  g_assert_no_error (error);
  single = analyse ("fixed-points", experiment, net, one, &error);
  g_assert_no_error (error);

  /* Without input the first unit has three points, with it one; the second has one either way. */
  g_assert_cmpfloat (get (several, "n-points", 0), ==, 4);
  g_assert_cmpfloat (get (single, "n-points", 0), ==, 1);
  g_assert_null (rheo_table_find (single, "condition"));
  g_assert_null (rheo_table_find (several, "input"));
  for (int k = 0; k < 4; k++)
    g_assert_cmpfloat (get (several, "condition", k), ==, k == 3);
  for (int c = 0; c < 2; c++)
    {
      g_assert_cmpfloat (get (several, "inputs", c), ==, 3 * c);
      g_assert_cmpfloat (get (several, "points-of", c), ==, c == 0 ? 3 : 1);
      g_assert_cmpfloat (get (several, "stable-of", c), ==, c == 0 ? 2 : 1);
      g_assert_cmpfloat (get (several, "index-of", c), ==, 1);
      g_assert_cmpfloat (get (several, "state", 6 + c), ==, get (single, "state", c));
      g_assert_cmpfloat (get (several, "eigenvalue-re", 6 + c), ==, get (single, "eigenvalue-re", c));
    }
}

/* Three units on their own have three points each: a flat lattice whose points tell much of each other, but no line. */
static void
check_lattice (void)
{
  static const char text[] = "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"flip-flop\", \"bits\": 1, "
                             "\"n-steps\": 20}, \"model\": {\"id\": \"ctrnn\", \"units\": 3, \"dale\": false, "
                             "\"io-non-negative\": false, \"activation\": \"tanh\"}, \"rule\": {\"id\": \"bptt\"}}";
  const int64_t in[] = { 1, 3 }, rec[] = { 3, 3 }, out[] = { 3, 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (text, "test", &error);
  g_autoptr (RheoTable) net = rheo_table_new ("net"), table = NULL;

  g_assert_no_error (error);
  rheo_table_add_copy (net, "in.weight", "", "", "pre post", RHEO_F64, in, (double[]){ 1, 0, 0 });
  rheo_table_add_copy (net, "rec.weight", "", "", "pre post", RHEO_F64, rec,
                       (double[]){ 3, 0, 0, 0, 1.05, 0, 0, 0, 1.03 });
  rheo_table_add_copy (net, "out.weight", "", "", "pre post", RHEO_F64, out, (double[]){ 1, 0, 0 });
  table = analyse ("fixed-points", experiment, net, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (get (table, "n-points", 0), ==, 27);
  g_assert_cmpfloat (get (table, "index-sum", 0), ==, 1);
  g_assert_cmpfloat (get (table, "shape", 0), ==, RHEO_SHAPE_NONE);
  g_assert_true (isnan (get (table, "shape-share", 0)));
  g_assert_true (isnan (get (table, "along", 0)));
}

/* Angles of a plane to one direction and to two: known ones, and directions that are nearly or wholly the same. */
static void
check_angles (void)
{
  const double c = cos (G_PI / 6), s = sin (G_PI / 6);
  double plane[] = { 1, 0, 0, 0, 0, 1, 0, 0 }, angle[2];
  const RheoCloud cloud = { .plane = plane };
  const double inside[] = { 2, 0, 0, 0, 5, 1, 0, 0 }, outside[] = { 0, 0, 1, 0, 0, 0, 0, 3 };
  const double tilted[] = { 4 * c, 0, 4 * s, 0, 0, 0, 0, 1 }, twice[] = { c, 0, s, 0, 2 * c, 0, 2 * s, 0 };

  rheo_cloud_angles (&cloud, 4, 2, inside, angle);
  g_assert_cmpfloat_with_epsilon (angle[0], 0, 1e-5);
  g_assert_cmpfloat_with_epsilon (angle[1], 0, 1e-5);
  rheo_cloud_angles (&cloud, 4, 2, outside, angle);
  g_assert_cmpfloat_with_epsilon (angle[0], 90, 1e-9);
  g_assert_cmpfloat_with_epsilon (angle[1], 90, 1e-9);
  rheo_cloud_angles (&cloud, 4, 2, tilted, angle);
  g_assert_cmpfloat_with_epsilon (angle[0], 30, 1e-9);
  g_assert_cmpfloat_with_epsilon (angle[1], 90, 1e-9);
  rheo_cloud_angles (&cloud, 4, 2, twice, angle);
  g_assert_cmpfloat_with_epsilon (angle[0], 30, 1e-9);
  g_assert_cmpfloat_with_epsilon (angle[1], 90, 1e-9);
  rheo_cloud_angles (&cloud, 4, 1, tilted, angle);
  g_assert_cmpfloat_with_epsilon (angle[0], 30, 1e-9);
  g_assert_cmpfloat_with_epsilon (angle[1], 90, 1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line/fixed", check_line);
  g_test_add_func ("/line/turning", check_turning);
  g_test_add_func ("/line/slowest", check_slowest);
  g_test_add_func ("/line/cancelled", check_cancelled);
  g_test_add_func ("/line/signs", check_signs);
  g_test_add_data_func ("/line-attractor/pairs", "pairs", check_decision);
  g_test_add_data_func ("/line-attractor/signed", "signed", check_decision);
  g_test_add_data_func ("/line-attractor/silent", "silent", check_decision);
  g_test_add_func ("/line-attractor/test", check_choices);
  g_test_add_func ("/line-attractor/relax", check_relax);
  g_test_add_func ("/line-attractor/other-task", check_other_task);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *path = g_strconcat ("/shape/", shapes[i].name, NULL);

      g_test_add_data_func (path, &shapes[i], check_shape);
    }
  g_test_add_func ("/shape/few", check_few);
  g_test_add_data_func ("/point/rate", "rate", check_point);
  g_test_add_data_func ("/point/current", "current", check_point);
  g_test_add_func ("/point/descriptions", check_descriptions);
  g_test_add_func ("/point/trial", check_trial);
  g_test_add_func ("/fixed/inputs", check_inputs);
  g_test_add_func ("/fixed/lattice", check_lattice);
  g_test_add_func ("/shape/angles", check_angles);
  return g_test_run ();
}
