#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/field-trials.h"
#include "engine/fixed.h"
#include "engine/linalg.h"
#include "engine/topology.h"

/* Fixed and slow points of a rate network under one input: where they are, how they attract and repel, and whether the list
 * can be complete (ctrnn spec 4.2). Trials of the task are shown in the same principal directions. */

#define N_DIRECTIONS 3

typedef struct
{
  RheoPointSearch search;
  double input[64];
  int n_input;
  int trials, shown, seed;
} Config;

static const RheoParam params[] = {
  RHEO_P_REALS (Config, input, n_input, "input", .label = N_ ("Input"), .def_text = "", .min = -1e6, .max = 1e6,
                .help = N_ ("What the network sees all the time: one number for each input; none: zero.")),
  RHEO_P_BLOCK (Config, search, RheoPointSearch, "search", rheo_point_search_rows, .label = N_ ("Search")),
  RHEO_P_INT (Config, trials, "trials", .label = N_ ("Trials for starts"), .def = 32, .min = 0, .max = 10000,
              .soft_max = 256, .help = N_ ("The search starts near states of so many trials of the task, too."),
              .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, shown, "paths", .label = N_ ("Trials to show"), .def = 8, .min = 0, .max = 1000, .soft_max = 32,
              .help = N_ ("Paths of so many trials are kept with the result.")),
  RHEO_P_INT (Config, seed, "seed", .label = N_ ("Seed"), .def = 1, .min = 0, .max = 2147483647,
              .help = N_ ("Of the random starts."), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const char *const kind_words[] = { N_ ("Stable"), N_ ("Unstable"), N_ ("Marginal"), NULL };
static const char *const shape_words[] = { N_ ("None"), N_ ("Line"), N_ ("Ring"), NULL };

static const RheoSeries series[] = {
  { .key = "n-points", .label = N_ ("Points"), .help = N_ ("How many were found."), .unit = "", .axes = "" },
  { .key = "n-stable",
    .label = N_ ("Stable points"),
    .help = N_ ("Of them, those that attract."),
    .unit = "",
    .axes = "" },
  { .key = "index-sum",
    .label = N_ ("Index sum"),
    .help =
        N_ ("Points with an even number of positive real eigenvalues less those with an odd number. Where rates are "
            "bounded it is 1 if the list is complete."),
    .unit = "",
    .axes = "" },
  { .key = "unseen",
    .label = N_ ("Points not found"),
    .help = N_ ("Estimate from how many points were met once and twice (Chao 1984)."),
    .unit = "",
    .axes = "" },
  { .key = "q",
    .label = N_ ("Speed"),
    .help = N_ ("Squared length of the field."),
    .unit = "",
    .axes = "point",
    .flags = RHEO_SERIES_LOG },
  { .key = "unstable",
    .label = N_ ("Unstable modes"),
    .help = N_ ("Eigenvalues with positive real part."),
    .unit = "",
    .axes = "point" },
  { .key = "largest",
    .label = N_ ("Largest real part"),
    .help = N_ ("Of the eigenvalues of the Jacobian."),
    .unit = N_ ("1/τ"),
    .axes = "point",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "kind",
    .label = N_ ("Kind"),
    .help = N_ ("0: stable, 1: unstable, 2: marginal."),
    .unit = "",
    .axes = "point",
    .words = kind_words },
  { .key = "hits", .label = N_ ("Met"), .help = N_ ("Starts that led to the point."), .unit = "", .axes = "point" },
  { .key = "state", .label = N_ ("State"), .help = N_ ("Of each unit."), .unit = "", .axes = "point unit" },
  { .key = "output",
    .label = N_ ("Output"),
    .help = N_ ("What the read-out makes of it."),
    .unit = "",
    .axes = "point out" },
  { .key = "place",
    .label = N_ ("Place"),
    .help = N_ ("Along the principal directions of the trials, or of the points where there are no trials."),
    .unit = "",
    .axes = "point direction" },
  { .key = "eigenvalue-re",
    .label = N_ ("Eigenvalue, real part"),
    .help = N_ ("Of the Jacobian, in descending order."),
    .unit = N_ ("1/τ"),
    .axes = "point mode" },
  { .key = "eigenvalue-im",
    .label = N_ ("Eigenvalue, imaginary part"),
    .help = N_ ("Of the Jacobian, in descending order of the real part."),
    .unit = N_ ("1/τ"),
    .axes = "point mode" },
  { .key = "direction",
    .label = N_ ("Principal direction"),
    .help = N_ ("Of states of trials, in order of their variance."),
    .unit = "",
    .axes = "direction unit" },
  { .key = "path",
    .label = N_ ("Path"),
    .help = N_ ("Of a trial, along the directions."),
    .unit = "",
    .axes = "trial time direction" },
  { .key = "shape",
    .label = N_ ("Shape"),
    .help = N_ ("Of all points: 0: none, 1: line, 2: ring."),
    .unit = "",
    .axes = "",
    .words = shape_words },
  { .key = "shape-share",
    .label = N_ ("Told by neighbours"),
    .help = N_ ("Share of the variance of the points that their neighbours on the line or ring tell."),
    .unit = "",
    .axes = "" },
  { .key = "along",
    .label = N_ ("Along the shape"),
    .help = N_ ("From one end of the line to the other, or once around the ring."),
    .unit = "",
    .axes = "point" },
  { .key = "read-out-angle",
    .label = N_ ("Angle to the read-out"),
    .help = N_ ("Between the plane of the points and the weights of each output; 90: the output does not see it."),
    .unit = N_ ("degrees"),
    .axes = "out" },
  { .key = "input", .label = N_ ("Input"), .help = N_ ("That the points belong to."), .unit = "", .axes = "in" },
  { NULL },
};

static RheoColumn *
add (RheoTable *out, const char *key, RheoType type, const int64_t *dims)
{
  return rheo_result_add (out, series, key, type, dims);
}

static void
add_points (RheoTable *out, const RheoPoints *points)
{
  const RheoField *field = points->field;
  const int64_t n = points->point->len, by_unit[] = { n, field->n }, by_out[] = { n, field->n_out };
  double *q = add (out, "q", RHEO_F64, &n)->data, *largest = add (out, "largest", RHEO_F64, &n)->data;
  int32_t *unstable = add (out, "unstable", RHEO_I32, &n)->data, *kind = add (out, "kind", RHEO_I32, &n)->data;
  int32_t *hits = add (out, "hits", RHEO_I32, &n)->data;
  double *state = add (out, "state", RHEO_F64, by_unit)->data, *output = add (out, "output", RHEO_F64, by_out)->data;
  double *re = add (out, "eigenvalue-re", RHEO_F64, by_unit)->data;
  double *im = add (out, "eigenvalue-im", RHEO_F64, by_unit)->data;
  g_autofree double *jac = g_new (double, (gsize) field->n *(gsize) field->n);
  g_autofree double *right = g_new (double, 2 * (gsize) field->n * (gsize) field->n);
  g_autofree double *left = g_new (double, 2 * (gsize) field->n * (gsize) field->n);

  for (int64_t k = 0; k < n; k++)
    {
      const RheoPoint *point = &g_array_index (points->point, RheoPoint, k);

      q[k] = point->q;
      largest[k] = point->largest;
      unstable[k] = point->n_unstable;
      kind[k] = point->kind;
      hits[k] = point->hits;
      memcpy (state + k * field->n, point->x, sizeof *state * (gsize) field->n);
      rheo_field_output (field, point->x, output + k * field->n_out);
      rheo_field_jacobian (field, point->x, points->u, jac, NULL);
      if (!rheo_eigen (field->n, jac, re + k * field->n, im + k * field->n, right, left))
        for (int i = 0; i < field->n; i++)
          re[k * field->n + i] = im[k * field->n + i] = NAN;
    }
}

/* Whether the points lie on a line or ring, and what the read-out sees of it. */
static void
add_shape (RheoTable *out, const RheoPoints *points)
{
  const RheoField *field = points->field;
  const int64_t n = points->point->len, n_out = field->n_out;
  double *along = add (out, "along", RHEO_F64, &n)->data, *angle = add (out, "read-out-angle", RHEO_F64, &n_out)->data;
  const double *state = rheo_table_find (out, "state")->data;
  RheoCloud cloud;

  rheo_cloud_init (&cloud, (int) n, field->n, state);
  rheo_result_add_number (out, series, "shape", cloud.kind);
  rheo_result_add_number (out, series, "shape-share", cloud.share);
  for (int64_t k = 0; k < n; k++)
    along[k] = cloud.kind != RHEO_SHAPE_NONE ? cloud.along[k] : NAN;
  for (int64_t o = 0; o < n_out; o++)
    angle[o] = cloud.kind != RHEO_SHAPE_NONE ? rheo_cloud_angle (&cloud, field->n, field->w_out + o * field->n) : NAN;
  rheo_cloud_clear (&cloud);
}

/* Principal directions of states, and the places of points and trials along them (from the origin of states). */
static gboolean
add_places (RheoTable *out, const RheoPoints *points, const RheoFieldTrials *trials, int n_states, const double *states,
            int n_shown, GError **error)
{
  const RheoField *field = points->field;
  const int n_points = (int) points->point->len, n_directions = MIN (N_DIRECTIONS, field->n);
  const int64_t dims[] = { n_directions, field->n }, place_dims[] = { n_points, n_directions };
  const int64_t path_dims[] = { MIN (n_shown, trials->n_trials), trials->n_steps, n_directions };
  double *direction = add (out, "direction", RHEO_F64, dims)->data,
         *place = add (out, "place", RHEO_F64, place_dims)->data;
  double *path = add (out, "path", RHEO_F64, path_dims)->data;
  g_autofree double *mean = g_new (double, field->n), *all = g_new (double, MAX (n_points, 1) * (gsize) field->n);
  double variance[N_DIRECTIONS];

  for (int k = 0; k < n_points; k++)
    memcpy (all + (gsize) k * (gsize) field->n, g_array_index (points->point, RheoPoint, k).x,
            sizeof *all * (gsize) field->n);
  if (n_states + n_points == 0)
    return TRUE;
  if (!rheo_principal (n_states > 0 ? n_states : n_points, field->n, n_states > 0 ? states : all, n_directions, mean,
                       direction, variance))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The principal directions of the states could not be found."));
  rheo_multiply (false, true, n_points, n_directions, field->n, 1, all, direction, 0, place);
  rheo_multiply (false, true, (int) (path_dims[0] * path_dims[1]), n_directions, field->n, 1, trials->state, direction,
                 0, path);
  for (int k = 0; k < path_dims[0]; k++)
    for (int t = trials->length[k]; t < trials->n_steps; t++)
      for (int d = 0; d < n_directions; d++)
        path[((gsize) k * (gsize) trials->n_steps + (gsize) t) * (gsize) n_directions + (gsize) d] = NAN;
  return TRUE;
}

/* Points of an earlier result of the same network under the same input. NULL: there is none. */
static RheoPoints *
warm_points (const RheoTable *previous, const RheoField *field, const double *u)
{
  const RheoColumn *state = previous != NULL ? rheo_table_find (previous, "state") : NULL;
  const RheoColumn *input = state != NULL ? rheo_table_find (previous, "input") : NULL;
  RheoPoints *points;

  if (input == NULL || state->n_dims != 2 || state->dims[1] != field->n
      || rheo_column_get_length (input) != field->n_in)
    return NULL;
  for (int j = 0; j < field->n_in; j++)
    if (rheo_column_get_number (input, j) != u[j])
      return NULL;
  points = g_new0 (RheoPoints, 1);
  points->field = field;
  /* The states stay the table's: nothing is cleared. */
  points->point = g_array_new (FALSE, TRUE, sizeof (RheoPoint));
  for (int64_t k = 0; k < state->dims[0]; k++)
    {
      const RheoPoint point = { .x = (double *) state->data + k * field->n };

      g_array_append_val (points->point, point);
    }
  return points;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *record = &records[n_records - 1];
  g_autoptr (RheoField) field = rheo_field_new (record->experiment, record->weights, error);
  g_autoptr (RheoFieldTrials) trials = NULL;
  g_autoptr (RheoPoints) points = NULL, warm = NULL;
  g_autofree double *u = NULL, *states = NULL, *starts = NULL;
  int n_states = 0, n_stable = 0;
  int64_t n_in;

  if (field == NULL)
    return FALSE;
  if (c->n_input != 0 && c->n_input != field->n_in)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("input has %d numbers, but the network has %d inputs."), c->n_input,
                      field->n_in);
  trials = rheo_field_trials_new (record->experiment, field, MAX (c->trials, c->shown), error);
  if (trials == NULL)
    return FALSE;
  states = rheo_field_trials_dup_states (trials, field, &n_states);
  u = g_new0 (double, field->n_in);
  memcpy (u, c->input, sizeof *u * (gsize) c->n_input);
  starts = g_new (double, (gsize) c->search.n_starts *(gsize) field->n);
  rheo_points_starts (field, c->search.spread, c->trials > 0 ? n_states : 0, states,
                      (RheoRng){ .seed = (uint64_t) c->seed }, c->search.n_starts, starts);
  warm = warm_points (previous, field, u);
  points = rheo_points_search (field, &c->search, u, c->search.n_starts, starts, warm, progress, progress_data,
                               cancelled, error);
  if (points == NULL)
    return FALSE;

  for (guint k = 0; k < points->point->len; k++)
    n_stable += g_array_index (points->point, RheoPoint, k).kind == RHEO_POINT_STABLE;
  rheo_result_add_number (out, series, "n-points", points->point->len);
  rheo_result_add_number (out, series, "n-stable", n_stable);
  rheo_result_add_number (out, series, "index-sum", rheo_points_index_sum (points, c->search.q_max));
  rheo_result_add_number (out, series, "unseen", rheo_points_unseen (points));
  rheo_table_set_note (out, "index", field->is_bounded && c->search.method == 0 ? "holds" : "");
  n_in = field->n_in;
  memcpy (add (out, "input", RHEO_F64, &n_in)->data, u, sizeof *u * (gsize) field->n_in);
  add_points (out, points);
  add_shape (out, points);
  return add_places (out, points, trials, n_states, states, c->shown, error);
}

/* Roots are found one after the other and stop early; slow points go downhill all together. */
static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;
  const double n = rheo_analysis_count_rates (experiment) / 50.0;

  return c->search.method == 0 ? 1.5e-3 * MIN (c->search.n_starts, 400) * n * n * n : 1.5e-3 * c->search.n_starts * n;
}

const RheoAnalysis rheo_analysis_fixed_points = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "fixed-points",
            .title = N_ ("Fixed points"),
            .summary =
                N_ ("States in which a rate network stays, or nearly stays, under a constant input, and how they "
                    "attract and repel."),
            .cite = "Sussillo & Barak 2013; Golub & Sussillo 2018",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_WEIGHTS,
  .fits = rheo_analysis_fits_rates,
  .estimate = estimate,
  .run = run,
};
