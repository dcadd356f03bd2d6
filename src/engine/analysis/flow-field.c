#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/axes.h"
#include "engine/field-trials.h"
#include "engine/fixed.h"

/* The vector field F (x, u) of a rate network under a constant input u (ctrnn spec 4.2), in a plane o + a d1 + b d2 of its
 * states: velocity along the two axes d1, d2, and q = |F|^2 with all that points out of the plane. Where both velocities are
 * zero the state may still leave the plane; how far fixed points are from it is told with them. */

enum
{
  ORIGIN_STATES,
  ORIGIN_ZERO,
  ORIGIN_POINT,
};

#define MOST_GRID 400

typedef struct
{
  RheoAxesChoice axes;
  double input[64];
  int n_input;
  int origin, point, grid;
  double margin;
  gboolean find;
  RheoPointSearch search;
  int trials, shown, seed;
} Config;

static const char *const origin_choices[] = { "states", "zero", "point", NULL };

static const RheoParam params[] = {
  RHEO_P_REALS (Config, input, n_input, "input", .label = N_ ("Input"), .def_text = "", .min = -1e6, .max = 1e6,
                .help = N_ ("What the network sees all the time: one number for each input; none: zero.")),
  RHEO_P_BLOCK (Config, axes, RheoAxesChoice, "axes", rheo_axes_rows, .label = N_ ("Axes of the plane")),
  RHEO_P_CHOICE (Config, origin, "origin", origin_choices, .label = N_ ("The plane goes through"), .max = ORIGIN_POINT,
                 .help = N_ ("The mean of the states of trials, the state zero, or a fixed point.")),
  RHEO_P_INT (Config, point, "point", .label = N_ ("Fixed point"), .def = 1, .min = 1, .max = 1e6, .soft_min = 1,
              .soft_max = 50, .when = "origin=point",
              .help = N_ ("Its number in the table of fixed points, counted from 1.")),
  RHEO_P_INT (Config, grid, "grid", .label = N_ ("Grid"), .def = 60, .min = 3, .max = MOST_GRID, .soft_min = 20,
              .soft_max = 120, .help = N_ ("States along each axis at which the field is looked at.")),
  RHEO_P_REAL (Config, margin, "margin", .label = N_ ("Margin"), .def = 0.15, .min = 0, .max = 100, .soft_max = 1,
               .help = N_ ("The plane is shown as far as trials and fixed points go, and by this share farther.")),
  RHEO_P_BOOL (Config, find, "find-points", .label = N_ ("Find fixed points"), .def = TRUE,
               .help = N_ ("Under the same input, to be shown in the plane.")),
  RHEO_P_BLOCK (Config, search, RheoPointSearch, "search", rheo_point_search_rows, .label = N_ ("Search"),
                .when = "find-points=true"),
  RHEO_P_INT (Config, trials, "trials", .label = N_ ("Trials"), .def = 32, .min = 1, .max = 10000, .soft_min = 1,
              .soft_max = 256,
              .help = N_ ("Axes, extent and starts of the search come from states of so many trials of the task."),
              .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, shown, "paths", .label = N_ ("Trials to show"), .def = 8, .min = 0, .max = 1000, .soft_max = 32,
              .help = N_ ("Paths of so many trials are kept with the result.")),
  RHEO_P_INT (Config, seed, "seed", .label = N_ ("Seed"), .def = 1, .min = 0, .max = 2147483647,
              .help = N_ ("Of the random starts."), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const char *const kind_words[] = { N_ ("Stable"), N_ ("Unstable"), N_ ("Marginal"), NULL };

static const RheoSeries series[] = {
  { .key = "n-points", .label = N_ ("Points"), .help = N_ ("How many were found."), .unit = "", .axes = "" },
  { .key = "n-stable",
    .label = N_ ("Stable points"),
    .help = N_ ("Of them, those that attract."),
    .unit = "",
    .axes = "" },
  { .key = "slowest",
    .label = N_ ("Slowest in the plane"),
    .help = N_ ("Least squared length of the field on the grid."),
    .unit = "",
    .axes = "" },
  { .key = "velocity-x",
    .label = N_ ("Velocity along x"),
    .help = N_ ("Of the state, along the first axis."),
    .unit = N_ ("1/τ"),
    .axes = "y x",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "velocity-y",
    .label = N_ ("Velocity along y"),
    .help = N_ ("Of the state, along the second axis."),
    .unit = N_ ("1/τ"),
    .axes = "y x",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "q",
    .label = N_ ("Speed q"),
    .help = N_ ("Squared length of the field, out of the plane, too."),
    .unit = "",
    .axes = "y x",
    .flags = RHEO_SERIES_LOG },
  { .key = "x", .label = N_ ("Place along x"), .help = N_ ("Along the first axis."), .unit = "", .axes = "x" },
  { .key = "y", .label = N_ ("Place along y"), .help = N_ ("Along the second axis."), .unit = "", .axes = "y" },
  { .key = "place", .label = N_ ("Place"), .help = N_ ("Along the axes."), .unit = "", .axes = "point direction" },
  { .key = "away",
    .label = N_ ("Distance from the plane"),
    .help = N_ ("As share of the longer side of the plane."),
    .unit = "",
    .axes = "point" },
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
  { .key = "state", .label = N_ ("State"), .help = N_ ("Of each unit."), .unit = "", .axes = "point unit" },
  { .key = "path",
    .label = N_ ("Path"),
    .help = N_ ("Of a trial, along the axes."),
    .unit = "",
    .axes = "trial time direction" },
  { .key = "origin",
    .label = N_ ("Origin of the plane"),
    .help = N_ ("A state that lies in it."),
    .unit = "",
    .axes = "unit" },
  { .key = "input", .label = N_ ("Input"), .help = N_ ("Under which the field is."), .unit = "", .axes = "in" },
  RHEO_AXES_SERIES,
  { NULL },
};

static RheoColumn *
add (RheoTable *out, const char *key, RheoType type, const int64_t *dims)
{
  return rheo_result_add (out, series, key, type, dims);
}

/* What the plane is made of. */
typedef struct
{
  const RheoField *field;
  const double *u, *origin;
  RheoAxes *axes;
  double lo[2], hi[2];
} Plane;

static void
widen (Plane *plane, int n_places, const double *place)
{
  for (int k = 0; k < n_places; k++)
    for (int d = 0; d < 2; d++)
      if (isfinite (place[2 * k + d]))
        {
          plane->lo[d] = MIN (plane->lo[d], place[2 * k + d]);
          plane->hi[d] = MAX (plane->hi[d], place[2 * k + d]);
        }
}

/* A share more on all sides, and no side shorter than a tenth of the other. */
static void
pad (Plane *plane, double margin)
{
  const double longer = MAX (MAX (plane->hi[0] - plane->lo[0], plane->hi[1] - plane->lo[1]), 1e-6);

  for (int d = 0; d < 2; d++)
    {
      const double more =
          MAX (margin * (plane->hi[d] - plane->lo[d]), (0.1 * longer - plane->hi[d] + plane->lo[d]) / 2);

      plane->lo[d] -= more;
      plane->hi[d] += more;
    }
}

static double
at_grid (const Plane *plane, int d, int i, int n)
{
  return plane->lo[d] + (plane->hi[d] - plane->lo[d]) * i / (n - 1);
}

/* One row of the grid at a time. FALSE: cancelled. */
static gboolean
add_field (RheoTable *out, const Plane *plane, int n_grid, void (*progress) (void *data, double fraction),
           void *progress_data, const atomic_bool *cancelled)
{
  const RheoField *field = plane->field;
  const int n = field->n;
  const double *axis[2] = { plane->axes->direction, plane->axes->direction + n };
  const int64_t dims[] = { n_grid, n_grid };
  double *velocity[2] = { add (out, "velocity-x", RHEO_F64, dims)->data,
                          add (out, "velocity-y", RHEO_F64, dims)->data };
  double *q = add (out, "q", RHEO_F64, dims)->data, *xs = add (out, "x", RHEO_F64, dims)->data;
  double *ys = add (out, "y", RHEO_F64, dims)->data, middle[2], slowest = INFINITY;
  g_autofree double *x = g_new (double, (gsize) n *(gsize) n_grid), *f = g_new (double, (gsize) n *(gsize) n_grid);
  g_autofree double *along = g_new (double, 2 * (gsize) n_grid);
  g_autofree double *work = g_new (double, RHEO_FIELD_WORK (field, n_grid));

  rheo_axes_project (plane->axes, 1, plane->origin, middle);
  for (int i = 0; i < n_grid; i++)
    {
      xs[i] = at_grid (plane, 0, i, n_grid);
      ys[i] = at_grid (plane, 1, i, n_grid);
    }
  for (int row = 0; row < n_grid; row++)
    {
      if (cancelled != NULL && atomic_load (cancelled))
        return FALSE;
      for (int k = 0; k < n_grid; k++)
        for (int i = 0; i < n; i++)
          x[k * n + i] = plane->origin[i] + (xs[k] - middle[0]) * axis[0][i] + (ys[row] - middle[1]) * axis[1][i];
      rheo_field_eval (field, n_grid, x, plane->u, 0, f, NULL, work);
      rheo_axes_project (plane->axes, n_grid, f, along);
      for (int k = 0; k < n_grid; k++)
        {
          const gsize at = (gsize) row * (gsize) n_grid + (gsize) k;

          velocity[0][at] = along[2 * k];
          velocity[1][at] = along[2 * k + 1];
          q[at] = 0;
          for (int i = 0; i < n; i++)
            q[at] += f[k * n + i] * f[k * n + i];
          slowest = MIN (slowest, q[at]);
        }
      if (progress != NULL)
        progress (progress_data, 0.8 + 0.2 * (row + 1) / n_grid);
    }
  rheo_result_add_number (out, series, "slowest", slowest);
  return TRUE;
}

static void
add_points (RheoTable *out, const Plane *plane, const RheoPoints *points)
{
  const RheoField *field = plane->field;
  const int64_t n = points->point->len, by_unit[] = { n, field->n }, by_axis[] = { n, 2 };
  const double longer = MAX (plane->hi[0] - plane->lo[0], plane->hi[1] - plane->lo[1]);
  double *place = add (out, "place", RHEO_F64, by_axis)->data, *away = add (out, "away", RHEO_F64, &n)->data;
  int32_t *unstable = add (out, "unstable", RHEO_I32, &n)->data, *kind = add (out, "kind", RHEO_I32, &n)->data;
  double *largest = add (out, "largest", RHEO_F64, &n)->data, *state = add (out, "state", RHEO_F64, by_unit)->data;
  int n_stable = 0;

  for (int64_t k = 0; k < n; k++)
    {
      const RheoPoint *point = &g_array_index (points->point, RheoPoint, k);
      double off[2], sum = 0;
      g_autofree double *from = g_new (double, field->n);

      for (int i = 0; i < field->n; i++)
        from[i] = point->x[i] - plane->origin[i];
      rheo_axes_project (plane->axes, 1, from, off);
      for (int i = 0; i < field->n; i++)
        sum += from[i] * from[i];
      away[k] = sqrt (MAX (sum - off[0] * off[0] - off[1] * off[1], 0)) / longer;
      rheo_axes_project (plane->axes, 1, point->x, place + 2 * k);
      unstable[k] = point->n_unstable;
      kind[k] = point->kind;
      largest[k] = point->largest;
      memcpy (state + k * field->n, point->x, sizeof *state * (gsize) field->n);
      n_stable += point->kind == RHEO_POINT_STABLE;
    }
  rheo_result_add_number (out, series, "n-points", (double) n);
  rheo_result_add_number (out, series, "n-stable", n_stable);
}

/* The search takes most of the time. */
typedef struct
{
  void (*progress) (void *data, double fraction);
  void *data;
} Part;

static void
tell (void *data, double fraction)
{
  const Part *part = data;

  if (part->progress != NULL)
    part->progress (part->data, 0.8 * fraction);
}

/* Empty where none are asked for; NULL: cancelled. */
static RheoPoints *
find_points (const Config *c, const RheoField *field, const double *u, int n_states, const double *states, Part *part,
             const atomic_bool *cancelled, GError **error)
{
  const int n = c->find ? c->search.n_starts : 0;
  g_autofree double *starts = g_new (double, (gsize) MAX (n, 1) * (gsize) field->n);

  rheo_points_starts (field, c->search.spread, n_states, states, (RheoRng){ .seed = (uint64_t) c->seed }, n, starts);
  return rheo_points_search (field, &c->search, u, n, starts, NULL, tell, part, cancelled, error);
}

/* A state in the plane. Yours; NULL with a sentence. */
static double *
dup_origin (const Config *c, const RheoField *field, int n_states, const double *states, const RheoPoints *points,
            GError **error)
{
  g_autofree double *origin = g_new0 (double, field->n);

  if (c->origin == ORIGIN_POINT && c->point > (int) points->point->len)
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no fixed point %d; %d were found."), c->point,
                 (int) points->point->len);
      return NULL;
    }
  if (c->origin == ORIGIN_POINT)
    memcpy (origin, g_array_index (points->point, RheoPoint, c->point - 1).x, sizeof *origin * (gsize) field->n);
  for (int k = 0; c->origin == ORIGIN_STATES && k < n_states; k++)
    for (int i = 0; i < field->n; i++)
      origin[i] += states[(gsize) k * (gsize) field->n + (gsize) i] / n_states;
  return g_steal_pointer (&origin);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *record = &records[n_records - 1];
  g_autoptr (RheoField) field = rheo_field_new (record->experiment, record->weights, error);
  g_autoptr (RheoFieldTrials) trials = NULL;
  g_autoptr (RheoPoints) points = NULL;
  g_autoptr (RheoAxes) axes = NULL;
  g_autofree double *states = NULL, *origin = NULL, *zero = NULL, *place = NULL;
  Part part = { progress, progress_data };
  Plane plane = { .lo = { INFINITY, INFINITY }, .hi = { -INFINITY, -INFINITY } };
  int n_states = 0, n_paths;

  if (field == NULL)
    return FALSE;
  if (c->n_input > 0 && c->n_input != field->n_in)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("input has %d numbers, but the network has %d inputs."), c->n_input,
                      field->n_in);
  trials = rheo_field_trials_new_spread (record->experiment, field, MAX (c->trials, c->shown), error);
  if (trials == NULL)
    return FALSE;
  states = rheo_field_trials_dup_states (trials, field, &n_states);
  zero = g_new0 (double, field->n_in);
  plane.field = field;
  plane.u = c->n_input > 0 ? c->input : zero;
  points = find_points (c, field, plane.u, n_states, states, &part, cancelled, error);
  if (points == NULL)
    return FALSE;
  axes = rheo_axes_new (&c->axes, "pc1 pc2", TRUE, 2, 2, field, n_states, states, error);
  origin = axes != NULL ? dup_origin (c, field, n_states, states, points, error) : NULL;
  if (origin == NULL)
    return FALSE;
  rheo_axes_turn_alike (axes, previous);
  plane.axes = axes;
  plane.origin = origin;

  n_paths = MIN (c->shown, trials->n_trials);
  place = g_new (double, 2 * (gsize) n_states);
  rheo_axes_project (axes, n_states, states, place);
  widen (&plane, n_states, place);
  for (guint k = 0; k < points->point->len; k++)
    {
      rheo_axes_project (axes, 1, g_array_index (points->point, RheoPoint, k).x, place);
      widen (&plane, 1, place);
    }
  pad (&plane, c->margin);
  add_points (out, &plane, points);
  if (!add_field (out, &plane, c->grid, progress, progress_data, cancelled))
    return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
  rheo_field_trials_project (trials, axes, n_paths,
                             add (out, "path", RHEO_F64, (int64_t[]){ n_paths, trials->n_steps, 2 })->data);
  memcpy (add (out, "origin", RHEO_F64, (int64_t[]){ field->n })->data, origin, sizeof *origin * (gsize) field->n);
  memcpy (add (out, "input", RHEO_F64, (int64_t[]){ field->n_in })->data, plane.u,
          sizeof *plane.u * (gsize) field->n_in);
  rheo_axes_add (axes, series, out);
  return TRUE;
}

static gboolean
check (const void *config, GError **error)
{
  const Config *c = config;

  if (c->axes.orthogonal == RHEO_AXES_AS_THEY_ARE)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The axes of a plane must be orthogonal."));
  if (c->origin == ORIGIN_POINT && !c->find)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A plane through a fixed point needs find-points."));
  return rheo_axes_check (&c->axes, error);
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;
  const double n = rheo_analysis_count_rates (experiment) / 50.0;

  return (c->find ? 0.2 * n * n * n : 0) + 2e-6 * c->grid * c->grid * n * n;
}

const RheoAnalysis rheo_analysis_flow_field = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "flow-field",
            .title = N_ ("Flow field"),
            .summary = N_ ("Where the states of a rate network are driven in a plane, how fast, and the fixed points "
                           "and trials in it."),
            .cite = "Sussillo & Barak 2013",
            .config_size = sizeof (Config),
            .params = params,
            .series = series,
            .check = check },
  .wants = RHEO_WANTS_WEIGHTS,
  .fits = rheo_analysis_fits_rates,
  .estimate = estimate,
  .run = run,
};
