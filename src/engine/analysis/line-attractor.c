#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/axes.h"
#include "engine/field.h"
#include "engine/line.h"

/* The line of slow states along which a network gathers evidence for a choice, in both contexts (Mante, Sussillo, Shenoy &
 * Newsome 2013; ctrnn spec 4.2). Its ends are where weak evidence for either choice leads to; in between each point is the
 * slowest state across the line. The left vector l of the leading mode says what moves the state along the line.
 *
 * How far an input b counts is told in three ways. Selection, l b, is the published number: the input weights as they are.
 * An input reaches a state only through the slopes D of the units, so that what really moves the mode is l D b, here the
 * response; it is also l b of the same mode in terms of currents. In a network of rectified units, many of which are
 * silent at any time, the two have little in common. Both hold for weak inputs at one point; how far the choice at the end
 * of a whole trial grows with either coherence is tested besides. */

enum
{
  N_CONTEXTS = 2,
  N_PAIRS = 2,
  MOST_AXES = 12,
  MAX_STRENGTHS = 16,
};

typedef struct
{
  int n_points, n_steps, n_relax, relax;
  double nudge, strength[MAX_STRENGTHS];
  int n_strengths, cue_steps, stimulus_steps;
  double test[MAX_STRENGTHS];
  int n_test;
  RheoAxesChoice axes;
} Config;

static const char *const relax_choices[] = { "neutral", "nudged", NULL };

static const RheoParam params[] = {
  RHEO_P_INT (Config, n_points, "points", .label = N_ ("Points"), .def = 31, .min = 2, .max = 1000, .soft_min = 11,
              .soft_max = 101, .help = N_ ("Along the line of each context.")),
  RHEO_P_REAL (Config, nudge, "nudge", .label = N_ ("Nudge"), .def = 0.05, .min = 0, .max = 1, .soft_max = 0.5,
               .help = N_ ("The ends are reached with so much more of one and less of the other input of the pair that "
                           "counts.")),
  RHEO_P_INT (Config, n_steps, "steps", .label = N_ ("Steps to the ends"), .def = 1000, .min = 1, .max = 1e6,
              .soft_min = 100, .soft_max = 10000, .help = N_ ("With the nudge, from the initial state."),
              .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, n_relax, "relax-steps", .label = N_ ("Steps to relax"), .def = 10, .min = 0, .max = 1e6,
              .soft_max = 1000, .help = N_ ("After those with the nudge."), .flags = RHEO_ADVANCED),
  RHEO_P_CHOICE (Config, relax, "relax", relax_choices, .label = N_ ("Relax under"),
                 .help = N_ ("Neutral input; or the nudged one still, as published."), .flags = RHEO_ADVANCED),
  RHEO_P_REALS (Config, strength, n_strengths, "coherences", .label = N_ ("Coherences"), .def_text = "0.2 0.8",
                .min = 0, .max = 1, .help = N_ ("Of the paths that are kept: each with both signs, and zero.")),
  RHEO_P_INT (Config, cue_steps, "cue-steps", .label = N_ ("Steps with the cue"), .def = 250, .min = 0, .max = 1e5,
              .soft_max = 1000, .help = N_ ("Of a path, before the stimulus."), .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, stimulus_steps, "stimulus-steps", .label = N_ ("Steps with the stimulus"), .def = 500, .min = 0,
              .max = 1e5, .soft_max = 1000, .help = N_ ("Of a path, after the cue alone."), .flags = RHEO_ADVANCED),
  RHEO_P_REALS (Config, test, n_test, "test-coherences", .label = N_ ("Coherences of the test"),
                .def_text = "0.05 0.1 0.2 0.4 0.8", .min = 0, .max = 1,
                .help =
                    N_ ("What the choice depends on is tested with each, both signs and zero, of motion together with "
                        "each of colour.")),
  RHEO_P_BLOCK (Config, axes, RheoAxesChoice, "axes", rheo_axes_rows, .label = N_ ("Axes")),
  RHEO_P_END,
};

static const RheoSeries series[] = {
  { .key = "weight-ratio-motion",
    .label = N_ ("Weight ratio, motion context"),
    .help = N_ ("How many times as far the choice at the end of a trial grows with the coherence of motion as with "
                "that of colour, of all tests."),
    .unit = "",
    .axes = "" },
  { .key = "weight-ratio-colour",
    .label = N_ ("Weight ratio, colour context"),
    .help = N_ ("How many times as far the choice at the end of a trial grows with the coherence of colour as with "
                "that of motion, of all tests."),
    .unit = "",
    .axes = "" },
  { .key = "response-ratio-motion",
    .label = N_ ("Response ratio, motion context"),
    .help = N_ ("How many times as far motion moves the mode as colour when it should, through the slopes of the "
                "units, at the middle of the line."),
    .unit = "",
    .axes = "" },
  { .key = "response-ratio-colour",
    .label = N_ ("Response ratio, colour context"),
    .help = N_ ("How many times as far colour moves the mode as motion when it should, through the slopes of the "
                "units, at the middle of the line."),
    .unit = "",
    .axes = "" },
  { .key = "median-response-ratio-motion",
    .label = N_ ("Median response ratio, motion context"),
    .help = N_ ("The same, median over the points."),
    .unit = "",
    .axes = "" },
  { .key = "median-response-ratio-colour",
    .label = N_ ("Median response ratio, colour context"),
    .help = N_ ("The same, median over the points."),
    .unit = "",
    .axes = "" },
  { .key = "ratio-motion",
    .label = N_ ("Selection ratio, motion context"),
    .help = N_ ("As published: input weights of motion over those of colour along the selection vector, at the middle "
                "of the line. Weights of units that are silent there count, too, though they do nothing."),
    .unit = "",
    .axes = "" },
  { .key = "ratio-colour",
    .label = N_ ("Selection ratio, colour context"),
    .help = N_ ("As published: input weights of colour over those of motion along the selection vector, at the middle "
                "of the line. Weights of units that are silent there count, too, though they do nothing."),
    .unit = "",
    .axes = "" },
  { .key = "along",
    .label = N_ ("Along the line"),
    .help = N_ ("0: where evidence for the left ends, 1: for the right."),
    .unit = "",
    .axes = "point" },
  { .key = "q",
    .label = N_ ("Speed"),
    .help = N_ ("Squared length of the field."),
    .unit = "",
    .axes = "context point",
    .flags = RHEO_SERIES_LOG },
  { .key = "state", .label = N_ ("State"), .help = N_ ("Of each unit."), .unit = "", .axes = "context point unit" },
  { .key = "output",
    .label = N_ ("Output"),
    .help = N_ ("What the read-out makes of it."),
    .unit = "",
    .axes = "context point out" },
  { .key = "eigenvalue-re",
    .label = N_ ("Eigenvalue, real part"),
    .help = N_ ("Of the Jacobian, in descending order."),
    .unit = N_ ("1/τ"),
    .axes = "context point mode" },
  { .key = "eigenvalue-im",
    .label = N_ ("Eigenvalue, imaginary part"),
    .help = N_ ("Of the Jacobian, in descending order of the real part."),
    .unit = N_ ("1/τ"),
    .axes = "context point mode" },
  { .key = "right",
    .label = N_ ("Right vector"),
    .help = N_ ("Of the leading mode: where it moves the state."),
    .unit = "",
    .axes = "context point unit",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "left",
    .label = N_ ("Selection vector"),
    .help = N_ ("Left vector of the leading mode: what moves it."),
    .unit = "",
    .axes = "context point unit",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "selection",
    .label = N_ ("Selection"),
    .help =
        N_ ("Selection vector times the input weights of right less those of left, for motion and colour; of a mode "
            "that turns its modulus, since its phase is free."),
    .unit = "",
    .axes = "context point pair",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "response",
    .label = N_ ("Response"),
    .help =
        N_ ("The same with input weights times the slope of the activation, as they act: how the mode answers. It is "
            "the selection of the same mode in terms of currents."),
    .unit = "",
    .axes = "context point pair",
    .flags = RHEO_SERIES_SIGNED },
  RHEO_AXES_SERIES,
  { .key = "place",
    .label = N_ ("Place"),
    .help = N_ (
        "Along the axes: by themselves choice (read-out of right less left), context (weights of the first cue less "
        "the second) and stimulus (sum of the weights of the stimuli)."),
    .unit = "",
    .axes = "state direction" },
  { .key = "condition",
    .label = N_ ("Context’s number"),
    .help = N_ ("Under which cue the state was found."),
    .unit = "",
    .axes = "state" },
  { .key = "inputs",
    .label = N_ ("Inputs"),
    .help = N_ ("Cue and neutral stimulus of each context."),
    .unit = "",
    .axes = "context in" },
  { .key = "coherence",
    .label = N_ ("Coherence"),
    .help = N_ ("Of what counts, on each path; the other is zero."),
    .unit = "",
    .axes = "trial" },
  { .key = "path",
    .label = N_ ("Path"),
    .help = N_ ("Without noise, along the axes; those of the first context come first."),
    .unit = "",
    .axes = "trial time direction" },
  { .key = "path-condition", .label = N_ ("Context’s number"), .help = N_ ("Of a path."), .unit = "", .axes = "trial" },
  { .key = "motion",
    .label = N_ ("Motion coherence"),
    .help = N_ ("Positive: to the right."),
    .unit = "",
    .axes = "motion" },
  { .key = "colour",
    .label = N_ ("Colour coherence"),
    .help = N_ ("Positive: to the right."),
    .unit = "",
    .axes = "colour" },
  { .key = "choice",
    .label = N_ ("Choice"),
    .help = N_ ("Read-out of right less left at the end of a trial without noise."),
    .unit = "",
    .axes = "context colour motion",
    .flags = RHEO_SERIES_SIGNED | RHEO_SERIES_SHOW },
  { .key = "weight",
    .label = N_ ("Weight on the choice"),
    .help = N_ ("How far the choice grows with the coherence of motion and of colour: regression over all tests."),
    .unit = "",
    .axes = "context pair",
    .flags = RHEO_SERIES_SIGNED },
  { NULL },
};

static RheoColumn *
add (RheoTable *out, const char *key, const int64_t *dims)
{
  return rheo_result_add (out, series, key, RHEO_F64, dims);
}

/* Two inputs for each of motion and colour, or one that is signed. */
static gboolean
has_pairs (const RheoField *field)
{
  return field->n_in == 6;
}

/* The cue of a context, and coherences of motion and colour; coherence NULL: no stimulus. */
static void
set_input (const RheoField *field, int context, const double *coherence, double *u)
{
  memset (u, 0, sizeof *u * (gsize) field->n_in);
  u[context] = 1;
  for (int k = 0; coherence != NULL && k < N_PAIRS; k++)
    if (has_pairs (field))
      {
        u[2 + 2 * k] = (1 + coherence[k]) / 2;
        u[3 + 2 * k] = (1 - coherence[k]) / 2;
      }
    else
      u[2 + k] = coherence[k];
}

/* What evidence for right, less that for left, of a pair adds: columns of a matrix [n][n_in]. */
static void
set_difference (const RheoField *field, const double *matrix, int pair, double *out)
{
  for (int i = 0; i < field->n; i++)
    {
      const double *row = matrix + (gsize) i * (gsize) field->n_in;

      out[i] = has_pairs (field) ? row[2 + 2 * pair] - row[3 + 2 * pair] : row[2 + pair];
    }
}

static double
dot (int n, const double *a, const double *b)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* Of a left vector and an input. The phase of a complex vector is free: its modulus counts, with the sign of the real part. */
static double
product (int n, const double *re, const double *im, const double *input)
{
  const double a = dot (n, re, input), b = dot (n, im, input);

  return copysign (hypot (a, b), a);
}

/* Choice, context and stimulus. Yours. */
static char *
dup_words (const RheoField *field)
{
  g_autoptr (GString) words = g_string_new (field->n_out > 1 ? "out1-out2 in1-in2 in3" : "out1 in1-in2 in3");

  for (int j = 4; j <= field->n_in; j++)
    g_string_append_printf (words, "+in%d", j);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* Read-out of right less left. */
static void
set_choice (const RheoField *field, double *axis)
{
  for (int i = 0; i < field->n; i++)
    axis[i] = field->w_out[i] - (field->n_out > 1 ? field->w_out[field->n + i] : 0);
}

static void
set_initial (const RheoField *field, double *x)
{
  for (int i = 0; i < field->n; i++)
    x[i] = field->law.initial;
}

/* Where weak evidence for left (-1) or right (1) leads to. */
static void
find_end (const RheoField *field, const Config *c, int context, int side, double *x)
{
  double coherence[N_PAIRS] = { 0 };
  g_autofree double *u = g_new (double, field->n_in);

  set_initial (field, x);
  coherence[context] = 2 * side * c->nudge;
  set_input (field, context, coherence, u);
  rheo_field_run (field, c->n_steps, u, x, NULL);
  if (c->relax == 0)
    set_input (field, context, (const double[N_PAIRS]){ 0 }, u);
  rheo_field_run (field, c->n_relax, u, x, NULL);
}

typedef struct
{
  double *q, *state, *output, *re, *im, *right, *left, *selection, *response;
  const double *choice;
} Columns;

static gboolean
find_line (const RheoField *field, const Config *c, int context, const Columns *to, const atomic_bool *cancelled)
{
  const int n = field->n, n_points = c->n_points;
  const gsize first = (gsize) context * (gsize) n_points, size = (gsize) n;
  double *x = to->state + first * size, *right = to->right + first * size, *left = to->left + first * size;
  g_autofree double *from = g_new (double, n), *end = g_new (double, n), *u = g_new (double, field->n_in);
  g_autofree double *jac = g_new (double, size *size), *by_input = g_new (double, size *(gsize) field->n_in);
  g_autofree double *difference = g_new (double, n), *left_im = g_new (double, size *(gsize) n_points);

  find_end (field, c, context, -1, from);
  find_end (field, c, context, 1, end);
  set_input (field, context, (const double[N_PAIRS]){ 0 }, u);
  if (!rheo_line_find (field, u, from, end, n_points, x, to->q + first, cancelled))
    return FALSE;
  for (int k = 0; k < n_points; k++)
    {
      const gsize at = first + (gsize) k;

      if (cancelled != NULL && atomic_load (cancelled))
        return FALSE;
      rheo_field_output (field, to->state + at * size, to->output + at * (gsize) field->n_out);
      rheo_line_modes (field, u, to->state + at * size, to->re + at * size, to->im + at * size, to->right + at * size,
                       to->left + at * size, left_im + (gsize) k * size);
    }
  rheo_line_align (n, n_points, to->choice, right, left);
  for (int k = 0; k < n_points; k++)
    {
      rheo_field_jacobian (field, x + (gsize) k * size, u, jac, by_input);
      for (int pair = 0; pair < N_PAIRS; pair++)
        {
          const gsize at = (first + (gsize) k) * N_PAIRS + (gsize) pair;

          set_difference (field, field->w_in, pair, difference);
          to->selection[at] = product (n, left + (gsize) k * size, left_im + (gsize) k * size, difference);
          set_difference (field, by_input, pair, difference);
          to->response[at] = product (n, left + (gsize) k * size, left_im + (gsize) k * size, difference);
        }
    }
  return TRUE;
}

/* Paths through cue and stimulus, one for each strength of what counts in each context: coherences, and states [trial][step]
 * [unit], which are yours. */
static double *
run_paths (RheoTable *out, const RheoField *field, const Config *c, int n_trials, int n_steps)
{
  const int64_t n = (int64_t) N_CONTEXTS * n_trials;
  double *strength = add (out, "coherence", &n)->data;
  g_autofree double *x = g_new (double, field->n), *u = g_new (double, field->n_in);
  double *states = g_new (double, (gsize) n *(gsize) n_steps *(gsize) field->n), *to = states;

  for (int context = 0; context < N_CONTEXTS; context++)
    for (int k = 0; k < n_trials; k++, to += (gsize) n_steps * (gsize) field->n)
      {
        double coherence[N_PAIRS] = { 0 };

        coherence[context] = k < c->n_strengths   ? -c->strength[c->n_strengths - 1 - k]
                             : k > c->n_strengths ? c->strength[k - c->n_strengths - 1]
                                                  : 0;
        *strength++ = coherence[context];
        set_initial (field, x);
        set_input (field, context, NULL, u);
        rheo_field_run (field, c->cue_steps, u, x, to);
        set_input (field, context, coherence, u);
        rheo_field_run (field, c->stimulus_steps, u, x, to + (gsize) c->cue_steps * (gsize) field->n);
      }
  return states;
}

/* Where lines and paths are. */
static gboolean
add_places (RheoTable *out, const RheoField *field, const Config *c, const double *lines, GError **error)
{
  const int n_trials = 2 * c->n_strengths + 1, n_steps = c->cue_steps + c->stimulus_steps + 1;
  const int n_states = N_CONTEXTS * c->n_points;
  const int64_t n_paths = (int64_t) N_CONTEXTS * n_trials;
  g_autofree double *paths = run_paths (out, field, c, n_trials, n_steps);
  g_autofree char *words = dup_words (field);
  g_autoptr (RheoAxes) axes =
      rheo_axes_new (&c->axes, words, FALSE, 1, MOST_AXES, field, (int) n_paths * n_steps, paths, error);
  static const char *const names[] = { N_ ("Choice"), N_ ("Context"), N_ ("Stimulus") };
  double *condition, *inputs;

  if (axes == NULL)
    return FALSE;
  for (int k = 0; rheo_axes_choose_none (&c->axes) && k < axes->n; k++)
    rheo_axes_rename (axes, k, names[k]);
  rheo_axes_add (axes, series, out);
  rheo_axes_project (axes, n_states, lines, add (out, "place", (int64_t[]){ n_states, axes->n })->data);
  rheo_axes_project (axes, (int) n_paths * n_steps, paths,
                     add (out, "path", (int64_t[]){ n_paths, n_steps, axes->n })->data);
  condition = add (out, "path-condition", &n_paths)->data;
  for (int64_t k = 0; k < n_paths; k++)
    condition[k] = (double) (k / n_trials);
  condition = add (out, "condition", (int64_t[]){ n_states })->data;
  for (int k = 0; k < n_states; k++)
    condition[k] = k / c->n_points;
  inputs = add (out, "inputs", (int64_t[]){ N_CONTEXTS, field->n_in })->data;
  for (int context = 0; context < N_CONTEXTS; context++)
    set_input (field, context, (const double[N_PAIRS]){ 0 }, inputs + context * field->n_in);
  return TRUE;
}

/* Of what counts over what does not; NaN where neither acts. */
static double
ratio (const double *pair, int relevant)
{
  return fabs (pair[relevant]) / fabs (pair[1 - relevant]);
}

/* pairs: [point][pair] of one context. */
static double
median_ratio (const double *pairs, int n_points, int relevant)
{
  g_autofree double *all = g_new (double, n_points);
  gsize n = 0;

  for (int k = 0; k < n_points; k++)
    if (!isnan (all[n] = ratio (pairs + k * N_PAIRS, relevant)))
      n++;
  return n > 0 ? gsl_stats_median (all, 1, n) : NAN;
}

/* --- the test ----------------------------------------------------------------------------------------------------- */
/* Trials without noise with all pairs of coherences, which are symmetrical about zero: each weight of the regression is the
 * mean product of choice and coherence over the mean square. */
static gboolean
add_test (RheoTable *out, const RheoField *field, const Config *c, const double *axis, const atomic_bool *cancelled)
{
  const int side = 2 * c->n_test + 1, n_trials = side * side;
  const int64_t n_levels = side, by_level[] = { N_CONTEXTS, side, side }, by_pair[] = { N_CONTEXTS, N_PAIRS };
  double *motion = add (out, "motion", &n_levels)->data, *colour = add (out, "colour", &n_levels)->data;
  double *choice = add (out, "choice", by_level)->data, *weight = add (out, "weight", by_pair)->data;
  g_autofree double *x = g_new (double, (gsize) n_trials *(gsize) field->n);
  g_autofree double *u = g_new (double, (gsize) n_trials *(gsize) field->n_in);
  double square = 0;

  for (int i = 0; i < side; i++)
    {
      motion[i] = colour[i] = i < c->n_test   ? -c->test[c->n_test - 1 - i]
                              : i > c->n_test ? c->test[i - c->n_test - 1]
                                              : 0;
      square += side * motion[i] * motion[i];
    }
  for (int context = 0; context < N_CONTEXTS; context++, choice += n_trials)
    {
      set_initial (field, x);
      set_input (field, context, NULL, u);
      rheo_field_run (field, c->cue_steps, u, x, NULL);
      for (int k = 0; k < n_trials; k++)
        {
          const double coherence[N_PAIRS] = { motion[k % side], colour[k / side] };

          memcpy (x + (gsize) k * (gsize) field->n, x, k > 0 ? sizeof *x * (gsize) field->n : 0);
          set_input (field, context, coherence, u + (gsize) k * (gsize) field->n_in);
        }
      if (!rheo_field_run_all (field, c->stimulus_steps, n_trials, u, x, cancelled))
        return FALSE;
      for (int k = 0; k < n_trials; k++)
        {
          choice[k] = dot (field->n, axis, x + (gsize) k * (gsize) field->n);
          weight[context * N_PAIRS] += choice[k] * motion[k % side] / square;
          weight[context * N_PAIRS + 1] += choice[k] * colour[k / side] / square;
        }
    }
  return TRUE;
}

static void
add_ratios (RheoTable *out, const Config *c, const Columns *from)
{
  static const char *const keys[][N_CONTEXTS] = {
    { "weight-ratio-motion", "weight-ratio-colour" },
    { "response-ratio-motion", "response-ratio-colour" },
    { "median-response-ratio-motion", "median-response-ratio-colour" },
    { "ratio-motion", "ratio-colour" },
  };
  const double *weight = rheo_table_find (out, "weight")->data;
  double value[G_N_ELEMENTS (keys)][N_CONTEXTS];

  for (int context = 0; context < N_CONTEXTS; context++)
    {
      const int first = context * c->n_points, middle = first + c->n_points / 2;

      value[0][context] = ratio (weight + context * N_PAIRS, context);
      value[1][context] = ratio (from->response + middle * N_PAIRS, context);
      value[2][context] = median_ratio (from->response + first * N_PAIRS, c->n_points, context);
      value[3][context] = ratio (from->selection + middle * N_PAIRS, context);
    }
  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    for (int context = 0; context < N_CONTEXTS; context++)
      rheo_result_add_number (out, series, keys[k][context], value[k][context]);
}

static gboolean
grow (int n, const double *x)
{
  for (int i = 0; i < n; i++)
    if (x[i] <= (i > 0 ? x[i - 1] : 0))
      return FALSE;
  return TRUE;
}

static gboolean
check (const void *config, GError **error)
{
  const Config *c = config;

  if (!grow (c->n_strengths, c->strength))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("coherences must be above zero and grow from one to the next."));
  if (c->n_test == 0 || !grow (c->n_test, c->test))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("test-coherences must be one or more, above zero, and grow from one to the next."));
  return rheo_axes_check (&c->axes, error);
}

static gboolean
fits (const RheoExperiment *experiment, GError **error)
{
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);

  return rheo_analysis_fits_rates (experiment, error)
         && (strcmp (task->id, "cddm") == 0
             || rheo_fail (error, RHEO_ERROR_INVALID,
                           _ ("This needs the task cddm, where a cue says what counts; the network learned %s."),
                           task->id));
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const double n = rheo_analysis_count_rates (experiment) / 50.0;

  return 0.4 * ((const Config *) config)->n_points / 31 * n * n;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *record = &records[n_records - 1];
  g_autoptr (RheoField) field = rheo_field_new (record->experiment, record->weights, error);
  g_autofree double *choice = NULL;
  Columns to;

  if (field == NULL || !fits (record->experiment, error))
    return FALSE;
  choice = g_new (double, field->n);
  {
    const int64_t n_points = c->n_points, by_point[] = { N_CONTEXTS, c->n_points };
    const int64_t by_unit[] = { N_CONTEXTS, c->n_points, field->n };
    const int64_t by_out[] = { N_CONTEXTS, c->n_points, field->n_out };
    const int64_t by_pair[] = { N_CONTEXTS, c->n_points, N_PAIRS };
    double *along = add (out, "along", &n_points)->data;

    to = (Columns){ .q = add (out, "q", by_point)->data,
                    .state = add (out, "state", by_unit)->data,
                    .output = add (out, "output", by_out)->data,
                    .re = add (out, "eigenvalue-re", by_unit)->data,
                    .im = add (out, "eigenvalue-im", by_unit)->data,
                    .right = add (out, "right", by_unit)->data,
                    .left = add (out, "left", by_unit)->data,
                    .selection = add (out, "selection", by_pair)->data,
                    .response = add (out, "response", by_pair)->data,
                    .choice = choice };
    set_choice (field, choice);
    for (int k = 0; k < c->n_points; k++)
      along[k] = (double) k / (c->n_points - 1);
  }
  for (int context = 0; context < N_CONTEXTS; context++)
    {
      if (!find_line (field, c, context, &to, cancelled))
        return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
      if (progress != NULL)
        progress (progress_data, (context + 1.0) / N_CONTEXTS);
    }
  if (!add_test (out, field, c, choice, cancelled))
    return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
  add_ratios (out, c, &to);
  return add_places (out, field, c, to.state, error);
}

const RheoAnalysis rheo_analysis_line_attractor = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "line-attractor",
            .title = N_ ("Line attractor"),
            .summary = N_ ("States along which a network gathers evidence, and what moves it there in either context."),
            .cite = "Mante et al. 2013",
            .config_size = sizeof (Config),
            .params = params,
            .series = series,
            .check = check },
  .wants = RHEO_WANTS_WEIGHTS,
  .fits = fits,
  .estimate = estimate,
  .run = run,
};
