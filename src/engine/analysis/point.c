#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/field-trials.h"
#include "engine/linalg.h"

/* One state of a rate network taken apart (ctrnn spec 4.2): where the field moves it, and the modes of small pushes, in both
 * descriptions of the network. Rates r and currents h = W r + W_in u + b obey the same equation; their Jacobians have the
 * same eigenvalues but other vectors. */

typedef struct
{
  int from;
  double state[1024];
  int n_state;
  int trial, step, result, point;
  double input[64];
  int n_input;
} Config;

static const char *const from_choices[] = { "state", "trial", "result", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (Config, from, "from", from_choices, .label = N_ ("Taken from"),
                 .help =
                     N_ ("A state that is given; one that a trial without noise goes through; or a fixed point that "
                         "was found.")),
  RHEO_P_REALS (Config, state, n_state, "state", .label = N_ ("State"), .def_text = "", .min = -1e6, .max = 1e6,
                .help = N_ ("One number for each unit; none: zero."), .when = "from=state"),
  RHEO_P_REALS (Config, input, n_input, "input", .label = N_ ("Input"), .def_text = "", .min = -1e6, .max = 1e6,
                .help = N_ ("What the network sees all the time: one number for each input; none: zero."),
                .when = "from=state"),
  RHEO_P_INT (Config, trial, "trial", .label = N_ ("Trial"), .def = 0, .min = 0, .max = 1e5, .soft_max = 1000,
              .help = N_ ("Of the validation set, from 0."), .when = "from=trial"),
  RHEO_P_INT (Config, step, "step", .label = N_ ("Step"), .def = 0, .min = 0, .max = 1e6, .soft_max = 1000,
              .help = N_ ("Of the trial, from 0. The input is that of the step."), .when = "from=trial"),
  RHEO_P_INT (Config, result, "result", .label = N_ ("Result"), .def = 0, .min = 0, .max = 1e6, .soft_max = 100,
              .help = N_ ("Of fixed-points, by its number in the run; 0: the newest."), .when = "from=result"),
  RHEO_P_INT (Config, point, "point", .label = N_ ("Point"), .def = 1, .min = 1, .max = 1e6, .soft_min = 1,
              .soft_max = 100,
              .help = N_ ("Of the result, counted from 1 as in its table. The input is that of the result."),
              .when = "from=result"),
  RHEO_P_END,
};

static const RheoSeries series[] = {
  { .key = "q", .label = N_ ("Speed"), .help = N_ ("Squared length of the field."), .unit = "", .axes = "" },
  { .key = "input", .label = N_ ("Input"), .help = N_ ("That the state is under."), .unit = "", .axes = "in" },
  { .key = "state", .label = N_ ("State"), .help = N_ ("Of each unit."), .unit = "", .axes = "unit" },
  { .key = "field",
    .label = N_ ("Field"),
    .help = N_ ("How fast the state moves, and where."),
    .unit = N_ ("1/τ"),
    .axes = "unit",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "output", .label = N_ ("Output"), .help = N_ ("What the read-out makes of it."), .unit = "", .axes = "out" },
  { .key = "jacobian",
    .label = N_ ("Jacobian"),
    .help = N_ ("How the field changes with the state."),
    .unit = N_ ("1/τ"),
    .axes = "to from",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "by-input",
    .label = N_ ("Field by input"),
    .help = N_ ("How the field changes with the input."),
    .unit = N_ ("1/τ"),
    .axes = "to in",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "eigenvalue-re",
    .label = N_ ("Eigenvalue, real part"),
    .help = N_ ("Of the Jacobian, in descending order."),
    .unit = N_ ("1/τ"),
    .axes = "mode" },
  { .key = "eigenvalue-im",
    .label = N_ ("Eigenvalue, imaginary part"),
    .help = N_ ("Of the Jacobian, in descending order of the real part."),
    .unit = N_ ("1/τ"),
    .axes = "mode" },
  { .key = "time-constant",
    .label = N_ ("Time constant"),
    .help = N_ ("In which a mode decays; below zero where it grows."),
    .unit = N_ ("ms"),
    .axes = "mode" },
  { .key = "frequency",
    .label = N_ ("Oscillation frequency"),
    .help = N_ ("With which a mode turns."),
    .unit = N_ ("Hz"),
    .axes = "mode" },
  { .key = "right-rate",
    .label = N_ ("Right vectors, rates"),
    .help = N_ ("Where a mode moves the rates: real and imaginary part."),
    .unit = "",
    .axes = "mode unit part",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "left-rate",
    .label = N_ ("Left vectors, rates"),
    .help = N_ ("What moves a mode, as rates: real and imaginary part."),
    .unit = "",
    .axes = "mode unit part",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "right-current",
    .label = N_ ("Right vectors, currents"),
    .help = N_ ("Where a mode moves the currents: real and imaginary part."),
    .unit = "",
    .axes = "mode unit part",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "left-current",
    .label = N_ ("Left vectors, currents"),
    .help = N_ ("What moves a mode, as currents: real and imaginary part."),
    .unit = "",
    .axes = "mode unit part",
    .flags = RHEO_SERIES_SIGNED },
  { NULL },
};

static RheoColumn *
add (RheoTable *out, const char *key, const int64_t *dims)
{
  return rheo_result_add (out, series, key, RHEO_F64, dims);
}

static gboolean
take_given (const Config *c, const RheoField *field, double *x, double *u, GError **error)
{
  if (c->n_state != 0 && c->n_state != field->n)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("state has %d numbers, but the network has %d units."), c->n_state,
                      field->n);
  if (c->n_input != 0 && c->n_input != field->n_in)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("input has %d numbers, but the network has %d inputs."), c->n_input,
                      field->n_in);
  memcpy (x, c->state, sizeof *x * (gsize) c->n_state);
  memcpy (u, c->input, sizeof *u * (gsize) c->n_input);
  return TRUE;
}

static gboolean
take_trial (const Config *c, const RheoField *field, const RheoExperiment *experiment, double *x, double *u,
            GError **error)
{
  g_autoptr (RheoFieldTrials) trials = rheo_field_trials_new (experiment, field, c->trial + 1, error);
  gsize at;

  if (trials == NULL)
    return FALSE;
  if (c->trial >= trials->n_trials)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("trial is %d, but the last one is %d."), c->trial,
                      trials->n_trials - 1);
  if (c->step >= trials->length[c->trial])
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("step is %d, but the last one of the trial is %d."), c->step,
                      trials->length[c->trial] - 1);
  at = (gsize) c->trial * (gsize) trials->n_steps + (gsize) c->step;
  memcpy (x, trials->state + at * (gsize) field->n, sizeof *x * (gsize) field->n);
  memcpy (u, trials->input + at * (gsize) field->n_in, sizeof *u * (gsize) field->n_in);
  return TRUE;
}

static gboolean
take_found (const Config *c, const RheoField *field, const RheoTable *previous, int64_t iteration, double *x, double *u,
            GError **error)
{
  const RheoColumn *state = previous != NULL ? rheo_table_find (previous, "state") : NULL;
  /* Where there were several inputs, one of them for each point. */
  const RheoColumn *condition = previous != NULL ? rheo_table_find (previous, "condition") : NULL;
  const RheoColumn *input =
      previous != NULL ? rheo_table_find (previous, condition != NULL ? "inputs" : "input") : NULL;
  int64_t which = 0;
  const char *of = previous != NULL ? rheo_table_get_note (previous, "iteration") : NULL;

  if (state == NULL || input == NULL || state->n_dims != 2 || state->dims[1] != field->n
      || rheo_column_get_length (input) % field->n_in != 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no result with points of this network."));
  if (of != NULL && g_ascii_strtoll (of, NULL, 10) != iteration)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("The points belong to the network of iteration %s, not to that of iteration %" PRId64 "."), of,
                      iteration);
  if (c->point > state->dims[0])
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("point is %d, but the last one is %d."), c->point,
                      (int) state->dims[0]);
  for (int i = 0; i < field->n; i++)
    x[i] = rheo_column_get_number (state, (int64_t) (c->point - 1) * field->n + i);
  if (condition != NULL)
    which = (int64_t) rheo_column_get_number (condition, c->point - 1);
  if (which < 0 || (which + 1) * field->n_in > rheo_column_get_length (input))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no result with points of this network."));
  for (int j = 0; j < field->n_in; j++)
    u[j] = rheo_column_get_number (input, which * field->n_in + j);
  return TRUE;
}

static const char *
builds_on (const void *config, int *n)
{
  const Config *c = config;

  *n = c->result;
  return c->from == 2 ? "fixed-points" : NULL;
}

/* Eigenvalues and vectors of a Jacobian, which is overwritten. */
static gboolean
set_modes (int n, double *jac, double *re, double *im, double *right, double *left, GError **error)
{
  return rheo_eigen (n, jac, re, im, right, left)
         || rheo_fail (error, RHEO_ERROR_INVALID, _ ("The eigenvalues at the state could not be found."));
}

static gboolean
add_modes (RheoTable *out, const RheoField *field, const double *x, const double *u, const double *jac, GError **error)
{
  const int64_t n = field->n, by_part[] = { n, n, 2 };
  double *re = add (out, "eigenvalue-re", &n)->data, *im = add (out, "eigenvalue-im", &n)->data;
  double *constant = add (out, "time-constant", &n)->data, *frequency = add (out, "frequency", &n)->data;
  double *right[] = { add (out, "right-rate", by_part)->data, add (out, "right-current", by_part)->data };
  double *left[] = { add (out, "left-rate", by_part)->data, add (out, "left-current", by_part)->data };
  const int own = field->law.is_current ? 1 : 0;
  g_autofree double *matrix = g_new (double, (gsize) (n * n));

  rheo_field_other_jacobian (field, x, u, matrix);
  if (!set_modes (field->n, matrix, re, im, right[1 - own], left[1 - own], error))
    return FALSE;
  memcpy (matrix, jac, sizeof *matrix * (gsize) (n * n));
  if (!set_modes (field->n, matrix, re, im, right[own], left[own], error))
    return FALSE;
  for (int k = 0; k < n; k++)
    {
      constant[k] = -field->law.tau_ms / re[k];
      frequency[k] = fabs (im[k]) / (2 * G_PI * field->law.tau_ms) * 1000;
    }
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *record = &records[n_records - 1];
  g_autoptr (RheoField) field = rheo_field_new (record->experiment, record->weights, error);
  g_autofree double *work = NULL;
  double *x, *u, *f, *jac, q = 0;
  int64_t n, n_in, n_out;

  if (field == NULL)
    return FALSE;
  n = field->n;
  n_in = field->n_in;
  n_out = field->n_out;
  x = add (out, "state", &n)->data;
  u = add (out, "input", &n_in)->data;
  if (!(c->from == 0   ? take_given (c, field, x, u, error)
        : c->from == 1 ? take_trial (c, field, record->experiment, x, u, error)
                       : take_found (c, field, previous, record->iteration, x, u, error)))
    return FALSE;
  work = g_new (double, RHEO_FIELD_WORK (field, 1));
  f = add (out, "field", &n)->data;
  rheo_field_eval (field, 1, x, u, 0, f, NULL, work);
  for (int i = 0; i < n; i++)
    q += f[i] * f[i];
  rheo_result_add_number (out, series, "q", q);
  rheo_field_output (field, x, add (out, "output", &n_out)->data);
  jac = add (out, "jacobian", (const int64_t[]){ n, n })->data;
  rheo_field_jacobian (field, x, u, jac, add (out, "by-input", (const int64_t[]){ n, n_in })->data);
  return add_modes (out, field, x, u, jac, error);
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const double n = rheo_analysis_count_rates (experiment);

  return 0.1 + 1e-7 * n * n * n;
}

const RheoAnalysis rheo_analysis_point = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "point",
            .title = N_ ("Modes of a state"),
            .summary = N_ ("Where a state of a rate network moves, and how small pushes grow, decay and turn there."),
            .cite = "Sussillo & Barak 2013",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_WEIGHTS,
  .fits = rheo_analysis_fits_rates,
  .builds_on = builds_on,
  .estimate = estimate,
  .run = run,
};
