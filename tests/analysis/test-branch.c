/* Fixed points followed along an input: folds and pitchforks whose values are known, closed curves, corners, both equations,
 * and the analysis of a trained network. */
#include "config.h"

#include <math.h>

#include "engine/analysis.h"
#include "engine/branch.h"
#include "field-of.h"
#include "flip-flop-net.h"

/* x = tanh (2 x + u) turns where 2 (1 - x^2) = 1. */
#define FOLD 0.53283997535355
#define PITCHFORK 0.88137358701954

static RheoBranch *
follow (const RheoBranchPlan *plan, double value, const double *x)
{
  g_autoptr (GError) error = NULL;
  RheoBranch *branch = rheo_branch_follow (plan, value, x, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (branch->lost);
  return branch;
}

static const RheoBranchEvent *
event_of (const RheoBranch *branch, guint k)
{
  g_assert_cmpint (k, <, branch->event->len);
  return &g_array_index (branch->event, RheoBranchEvent, k);
}

static const RheoBranchSample *
sample_of (const RheoBranch *branch, guint k)
{
  return &g_array_index (branch->sample, RheoBranchSample, k);
}

static RheoBranchPlan
plan_of (const RheoField *field, const double *u, double from, double to)
{
  return (RheoBranchPlan){ .field = field, .u = u, .from = from, .to = to, .step = 0.02, .n_steps = 5000 };
}

/* --- folds -------------------------------------------------------------------------------------------------------- */
static void
check_fold (gconstpointer data)
{
  const double w[] = { 2, 0, 0, 0 }, u = 0, start[] = { GPOINTER_TO_INT (data) ? -3.99 : -0.999, 0 };
  g_autoptr (RheoField) field = field_of (
      data != NULL ? "\"activation\": \"tanh\", \"equation\": \"current\"" : "\"activation\": \"tanh\"", 2, w);
  const RheoBranchPlan plan = plan_of (field, &u, -2, 2);
  g_autoptr (RheoBranch) branch = follow (&plan, -2, start);
  const RheoBranchSample *last = sample_of (branch, branch->sample->len - 1);
  gboolean there = FALSE;

  g_assert_cmpint (branch->event->len, ==, 2);
  for (guint k = 0; k < 2; k++)
    {
      const RheoBranchEvent *event = event_of (branch, k);

      g_assert_cmpint (event->kind, ==, RHEO_EVENT_FOLD);
      g_assert_cmpfloat_with_epsilon (event->at.value, k == 0 ? FOLD : -FOLD, 1e-8);
      g_assert_cmpfloat_with_epsilon (event->at.largest, 0, 1e-5);
      g_assert_cmpint (event->before, ==, k == 0 ? 0 : 1);
      g_assert_cmpint (event->after, ==, k == 0 ? 1 : 0);
    }
  g_assert_cmpfloat (sample_of (branch, 0)->value, ==, -2);
  g_assert_cmpfloat (last->value, ==, 2);
  for (guint k = 0; k < branch->sample->len; k++)
    {
      const RheoBranchSample *sample = sample_of (branch, k);

      g_assert_cmpfloat (rheo_field_speed (field, sample->x, &sample->value), <, 1e-18);
      g_assert_cmpint (sample->n_unstable, ==, sample->largest > 0);
      there = there || fabs (sample->value) < 0.1;
    }
  g_assert_true (there);
  /* The unstable point in the middle lies on the same curve, a state that is none does not. */
  g_assert_true (rheo_branch_passes (branch, &plan, 0, (const double[]){ 0, 0 }, 1e-4));
  g_assert_false (rheo_branch_passes (branch, &plan, 0, (const double[]){ 0.3, 0 }, 1e-4));
}

/* --- pitchforks --------------------------------------------------------------------------------------------------- */

/* Two units that inhibit each other and see the same: x1 = x2 = tanh u, whose difference grows where 2 (1 - x^2) > 1. */
static RheoField *
rivals (void)
{
  const double w[] = { 1, -1, -1, 1 };
  RheoField *field = field_of ("\"activation\": \"tanh\"", 2, w);

  field->w_in[0] = field->w_in[1] = 1;
  return field;
}

static void
check_pitchfork (void)
{
  const double u = 0, zero[2] = { 0 };
  g_autoptr (RheoField) field = rivals ();
  const RheoBranchPlan plan = plan_of (field, &u, -2, 2);
  g_autoptr (RheoBranch) branch = follow (&plan, 0, zero);

  g_assert_false (branch->closed);
  g_assert_cmpint (branch->event->len, ==, 2);
  for (guint k = 0; k < 2; k++)
    {
      g_assert_cmpint (event_of (branch, k)->kind, ==, RHEO_EVENT_BRANCH);
      g_assert_cmpfloat_with_epsilon (event_of (branch, k)->at.value, k == 0 ? -PITCHFORK : PITCHFORK, 1e-6);
      g_assert_cmpint (event_of (branch, k)->before, ==, k);
      g_assert_cmpint (event_of (branch, k)->after, ==, 1 - k);
    }
  for (guint k = 0; k < branch->sample->len; k++)
    for (int i = 0; i < 2; i++)
      g_assert_cmpfloat_with_epsilon (sample_of (branch, k)->x[i], tanh (sample_of (branch, k)->value), 1e-9);
}

/* The curve of those that won and lost: it goes beyond both pitchforks, folds, and comes back to them. */
static void
check_closed (void)
{
  const double u = 0, won[] = { 0.9575040240772687, -0.9575040240772687 };
  g_autoptr (RheoField) field = rivals ();
  const RheoBranchPlan plan = plan_of (field, &u, -2, 2);
  g_autoptr (RheoBranch) branch = follow (&plan, 0, won);
  const double lost[] = { won[1], won[0] };
  int n_folds = 0;

  g_assert_true (branch->closed);
  g_assert_cmpint (branch->event->len, ==, 6);
  for (guint k = 0; k < 6; k++)
    if (event_of (branch, k)->kind == RHEO_EVENT_FOLD)
      n_folds++;
    else
      {
        g_assert_cmpint (event_of (branch, k)->kind, ==, RHEO_EVENT_BRANCH);
        g_assert_cmpfloat_with_epsilon (fabs (event_of (branch, k)->at.value), PITCHFORK, 1e-6);
      }
  g_assert_cmpint (n_folds, ==, 4);
  g_assert_true (rheo_branch_passes (branch, &plan, 0, lost, 1e-4));
}

/* From the middle curve to that of those that won and lost, and from there back: both cross at the pitchforks. */
static void
check_switch (void)
{
  const double u = 0, zero[2] = { 0 }, won[] = { 0.9575040240772687, -0.9575040240772687 };
  g_autoptr (RheoField) field = rivals ();
  const RheoBranchPlan plan = plan_of (field, &u, -2, 2);
  g_autoptr (RheoBranch) middle = follow (&plan, 0, zero);
  double values[2], x[4];

  for (guint k = 0; k < 2; k++)
    {
      g_assert_cmpint (rheo_branch_switch (&plan, middle, k, values, x), ==, 2);
      for (int i = 0; i < 2; i++)
        {
          g_autoptr (RheoBranch) outer = follow (&plan, values[i], x + 2 * i);

          g_assert_cmpfloat (rheo_field_speed (field, x + 2 * i, &values[i]), <, 1e-18);
          g_assert_cmpfloat (fabs (x[2 * i] - x[2 * i + 1]), >, 1e-3);
          g_assert_false (rheo_branch_passes (middle, &plan, values[i], x + 2 * i, 1e-4));
          g_assert_true (rheo_branch_passes (outer, &plan, 0, won, 1e-4));
          for (guint e = 0; i == 0 && e < outer->event->len; e++)
            {
              double back_value[2], back[4];
              const int n = rheo_branch_switch (&plan, outer, e, back_value, back);

              g_assert_cmpint (n, ==, event_of (outer, e)->kind == RHEO_EVENT_BRANCH ? 2 : 0);
              for (int j = 0; j < n; j++)
                g_assert_cmpfloat_with_epsilon (back[2 * j], tanh (back_value[j]), 1e-9);
            }
        }
      /* What won on one side has lost on the other. */
      g_assert_cmpfloat_with_epsilon (values[0], values[1], 1e-6);
      g_assert_cmpfloat_with_epsilon (x[0], x[3], 1e-6);
      g_assert_cmpfloat_with_epsilon (x[1], x[2], 1e-6);
    }
}

/* Where nothing crosses: a corner, at which an eigenvalue jumps across 0 without being it. */
static void
check_no_switch (void)
{
  const double w[] = { 2, 0, 0, 0 }, u = 0, rest[2] = { 0 };
  g_autoptr (RheoField) field = field_of ("\"activation\": \"relu\"", 2, w);
  const RheoBranchPlan plan = plan_of (field, &u, -1, 1);
  g_autoptr (RheoBranch) branch = follow (&plan, -0.5, rest);
  double values[2], x[4];

  event_of (branch, 0);
  g_array_index (branch->event, RheoBranchEvent, 0).kind = RHEO_EVENT_BRANCH;
  g_assert_cmpint (rheo_branch_switch (&plan, branch, 0, values, x), ==, 0);
}

/* --- others ------------------------------------------------------------------------------------------------------- */

/* Two units that turn round each other stop doing so where the input drives them into saturation. */
static void
check_hopf (void)
{
  const double w[] = { 1.5, -1, 1, 1.5 }, u = 0, zero[2] = { 0 };
  g_autoptr (RheoField) field = field_of ("\"activation\": \"tanh\"", 2, w);
  const RheoBranchPlan plan = plan_of (field, &u, 0, 3);
  g_autoptr (RheoBranch) branch = follow (&plan, 0, zero);
  int n_hopf = 0;

  g_assert_cmpint (sample_of (branch, 0)->n_unstable, ==, 2);
  for (guint k = 0; k < branch->event->len; k++)
    if (event_of (branch, k)->kind == RHEO_EVENT_HOPF)
      {
        g_assert_cmpfloat_with_epsilon (event_of (branch, k)->at.largest, 0, 1e-6);
        g_assert_cmpfloat (event_of (branch, k)->at.frequency, >, 0.1);
        n_hopf++;
      }
  g_assert_cmpint (n_hopf, >=, 1);
}

/* A rectified unit: the curve of rest and that of activity meet in a corner. */
static void
check_corner (void)
{
  const double w[] = { 2, 0, 0, 0 }, u = 0, rest[2] = { 0 };
  g_autoptr (RheoField) field = field_of ("\"activation\": \"relu\"", 2, w);
  const RheoBranchPlan plan = plan_of (field, &u, -1, 1);
  g_autoptr (RheoBranch) branch = follow (&plan, -0.5, rest);

  g_assert_cmpint (branch->event->len, ==, 1);
  g_assert_cmpint (event_of (branch, 0)->kind, ==, RHEO_EVENT_FOLD);
  g_assert_cmpfloat_with_epsilon (event_of (branch, 0)->at.value, 0, 1e-3);
  g_assert_true (rheo_branch_passes (branch, &plan, -0.7, (const double[]){ 0.7, 0 }, 1e-4));
}

static void
check_cancelled (void)
{
  const double w[] = { 2, 0, 0, 0 }, u = 0, zero[2] = { 0 };
  const atomic_bool cancelled = true;
  g_autoptr (RheoField) field = field_of ("\"activation\": \"tanh\"", 2, w);
  const RheoBranchPlan plan = plan_of (field, &u, -2, 2);
  g_autoptr (GError) error = NULL;

  g_assert_null (rheo_branch_follow (&plan, 0, zero, &cancelled, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
}

/* --- the analyses ------------------------------------------------------------------------------------------------- */
static RheoTable *
analyse_net (const char *json, const RheoTable *net, const char *id, const char *const *settings,
             const atomic_bool *cancelled, GError **error)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, id, NULL);
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (json, "test", error);
  g_autoptr (RheoTable) out = rheo_table_new (analysis->base.title);
  const RheoRecord record = { .experiment = experiment, .name = "test", .weights = net };
  g_autofree void *config = g_malloc0 (analysis->base.config_size);

  rheo_params_reset (analysis->base.params, config);
  for (int i = 0; settings != NULL && settings[i] != NULL; i += 2)
    {
      void *at;
      const RheoParam *row = rheo_params_find (analysis->base.params, config, settings[i], "", &at, NULL);

      g_assert_true (rheo_param_set_text (row, at, settings[i + 1], settings[i], NULL));
    }
  if (analysis->base.check != NULL && !analysis->base.check (config, error))
    return NULL;
  return analysis->run (config, &record, 1, NULL, out, NULL, NULL, cancelled, error) ? g_steal_pointer (&out) : NULL;
}

static RheoTable *
analyse (const char *id, const char *const *settings, const atomic_bool *cancelled, GError **error)
{
  g_autoptr (RheoTable) net = flip_flop_net ();

  return analyse_net (flip_flop_json, net, id, settings, cancelled, error);
}

static double
get (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  g_assert_cmpint (i, <, rheo_column_get_length (column));
  return rheo_column_get_number (column, i);
}

/* Whatever happens at an input happens to the mirror image at the opposite one. */
static void
check_continuation (void)
{
  const char *const settings[] = { "from",     "-0.3", "to", "0.3", "vary", "2", "searches", "3", "axes.directions",
                                   "out1 pc1", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("continuation", settings, NULL, &error);
  int64_t n_events, n_samples, at_zero = 0;

  g_assert_no_error (error);
  n_events = rheo_column_get_length (rheo_table_find (table, "event"));
  n_samples = rheo_column_get_length (rheo_table_find (table, "value"));
  g_assert_cmpint (n_events, >, 3);
  g_assert_cmpfloat (get (table, "n-lost", 0), ==, 0);
  g_assert_cmpfloat (get (table, "n-folds", 0) + get (table, "n-branch-points", 0) + get (table, "n-hopf", 0), ==,
                     n_events);
  for (int64_t k = 0; k < n_events; k++)
    {
      gboolean mirrored = FALSE;

      for (int64_t j = 0; j < n_events; j++)
        mirrored = mirrored
                   || (get (table, "event", j) == get (table, "event", k)
                       && fabs (get (table, "event-value", j) + get (table, "event-value", k)) < 1e-6
                       && fabs (get (table, "event-place", 2 * j) + get (table, "event-place", 2 * k)) < 1e-4);
      g_assert_true (mirrored);
    }
  /* All 19 points without input lie on curves. */
  for (int64_t k = 1; k < n_samples; k++)
    at_zero += get (table, "curve", k) == get (table, "curve", k - 1)
               && (get (table, "value", k) > 0) != (get (table, "value", k - 1) > 0);
  g_assert_cmpint (at_zero, ==, 19);
}

/* The rivals once more: where there is but one point the search sees nothing of the curve that crosses, which is found from
 * its pitchforks alone. */
static void
check_crossings (gconstpointer data)
{
  static const char json[] = "{\"format\": 1, \"task\": {\"id\": \"flip-flop\", \"bits\": 1, \"n-steps\": 20}, "
                             "\"model\": {\"id\": \"ctrnn\", \"units\": 2, \"dale\": false, "
                             "\"io-non-negative\": false, \"activation\": \"tanh\"}, \"rule\": {\"id\": \"bptt\"}}";
  const gboolean follows = data != NULL;
  const char *const settings[] = {
    "from", "-2", "to", "2", "searches", "1", "axes.directions", "unit1", "crossings", follows ? "true" : "false", NULL
  };
  const int64_t in[] = { 1, 2 }, rec[] = { 2, 2 }, out[] = { 2, 1 };
  g_autoptr (RheoTable) net = rheo_table_new ("weights"), table = NULL;
  g_autoptr (GError) error = NULL;
  int n_crossings = 0, n_branch_points = 0;

  rheo_table_add_copy (net, "in.weight", "", "", "pre post", RHEO_F64, in, (double[]){ 1, 1 });
  rheo_table_add_copy (net, "rec.weight", "", "", "pre post", RHEO_F64, rec, (double[]){ 1, -1, -1, 1 });
  rheo_table_add_copy (net, "out.weight", "", "", "pre post", RHEO_F64, out, (double[]){ 1, -1 });
  table = analyse_net (json, net, "continuation", settings, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (get (table, "n-curves", 0), ==, follows ? 2 : 1);
  g_assert_cmpfloat (get (table, "n-folds", 0), ==, follows ? 4 : 0);
  g_assert_cmpfloat (get (table, "n-lost", 0), ==, 0);
  for (int64_t k = 0; k < rheo_column_get_length (rheo_table_find (table, "event")); k++)
    {
      if (get (table, "event", k) != RHEO_EVENT_BRANCH)
        continue;
      n_branch_points++;
      g_assert_cmpfloat_with_epsilon (fabs (get (table, "event-value", k)), PITCHFORK, 1e-6);
      if (get (table, "event-crossing", k) == 0)
        continue;
      n_crossings++;
      g_assert_cmpfloat (get (table, "event-curve", k), ==, 1);
      g_assert_cmpfloat (get (table, "event-crossing", k), ==, 2);
    }
  g_assert_cmpint (n_branch_points, ==, follows ? 4 : 2);
  g_assert_cmpint (n_crossings, ==, follows);
}

static void
check_flow (void)
{
  const char *const settings[] = {
    "grid", "11", "origin", "point", "point", "3", "axes.directions", "out1 out2", NULL
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = analyse ("flow-field", settings, NULL, &error);
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (RheoTable) net = flip_flop_net ();
  g_autoptr (RheoField) field = NULL;
  const double zero[N_IN] = { 0 };
  double x[N], f[N], work[2 * N], along[2] = { 0 }, q = 0;
  const int row = 2, column = 7;

  g_assert_no_error (error);
  experiment = rheo_experiment_parse (flip_flop_json, "test", &error);
  field = rheo_field_new (experiment, net, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (get (table, "n-points", 0), ==, 19);
  g_assert_cmpfloat_with_epsilon (get (table, "away", 2), 0, 1e-7);
  /* A place of the grid by hand. */
  for (int i = 0; i < N; i++)
    {
      x[i] = get (table, "origin", i);
      for (int d = 0; d < 2; d++)
        x[i] += get (table, "direction", d * N + i)
                * (get (table, d == 0 ? "x" : "y", d == 0 ? column : row) - get (table, "place", 2 * 2 + d));
    }
  rheo_field_eval (field, 1, x, zero, 0, f, NULL, work);
  for (int i = 0; i < N; i++)
    {
      q += f[i] * f[i];
      for (int d = 0; d < 2; d++)
        along[d] += get (table, "direction", d * N + i) * f[i];
    }
  g_assert_cmpfloat_with_epsilon (get (table, "q", row * 11 + column), q, 1e-9);
  g_assert_cmpfloat_with_epsilon (get (table, "velocity-x", row * 11 + column), along[0], 1e-9);
  g_assert_cmpfloat_with_epsilon (get (table, "velocity-y", row * 11 + column), along[1], 1e-9);
}

static void
check_refused (void)
{
  static const char *const wrong[][5] = {
    { "continuation", "vary", "4", NULL },
    { "continuation", "from", "1", NULL },
    { "continuation", "search.method", "slow", NULL },
    { "continuation", "input", "1 2", NULL },
    { "flow-field", "input", "1", NULL },
    { "flow-field", "axes.directions", "pc1", NULL },
    { "flow-field", "axes.orthogonal", "no", NULL },
  };
  const char *const far[] = { "origin", "point", "point", "50", NULL };
  const atomic_bool cancelled = true;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (analyse (wrong[i][0], wrong[i] + 1, NULL, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
      g_clear_error (&error);
    }
  g_assert_null (analyse ("flow-field", far, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (analyse ("flow-field", NULL, &cancelled, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (analyse ("continuation", NULL, &cancelled, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/branch/fold/rate", GINT_TO_POINTER (0), check_fold);
  g_test_add_data_func ("/branch/fold/current", GINT_TO_POINTER (1), check_fold);
  g_test_add_func ("/branch/pitchfork", check_pitchfork);
  g_test_add_func ("/branch/closed", check_closed);
  g_test_add_func ("/branch/switch", check_switch);
  g_test_add_func ("/branch/no-switch", check_no_switch);
  g_test_add_func ("/branch/hopf", check_hopf);
  g_test_add_func ("/branch/corner", check_corner);
  g_test_add_func ("/branch/cancelled", check_cancelled);
  g_test_add_func ("/continuation", check_continuation);
  g_test_add_data_func ("/continuation/crossings", GINT_TO_POINTER (1), check_crossings);
  g_test_add_data_func ("/continuation/no-crossings", NULL, check_crossings);
  g_test_add_func ("/flow-field", check_flow);
  g_test_add_func ("/refused", check_refused);
  return g_test_run ();
}
