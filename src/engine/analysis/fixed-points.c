#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/axes.h"
#include "engine/field-trials.h"
#include "engine/fixed.h"
#include "engine/topology.h"

/* Fixed and slow points of a rate network under one input or several, one search for each: where they are, how they attract
 * and repel, and whether the list can be complete (ctrnn spec 4.2). Trials of the task are shown along the same axes. */

#define MOST_AXES 12
#define N_ANGLES 2

typedef struct
{
  RheoPointSearch search;
  RheoAxesChoice axes;
  double input[64];
  int n_input;
  int trials, shown, seed;
} Config;

static const RheoParam params[] = {
  RHEO_P_REALS (
      Config, input, n_input, "input", .label = N_ ("Input"), .def_text = "", .min = -1e6, .max = 1e6,
      .help = N_ ("What the network sees all the time: one number for each input; none: zero. More inputs, one behind "
                  "the other, are searched one by one.")),
  RHEO_P_BLOCK (Config, search, RheoPointSearch, "search", rheo_point_search_rows, .label = N_ ("Search")),
  RHEO_P_INT (Config, trials, "trials", .label = N_ ("Trials for starts"), .def = 32, .min = 0, .max = 10000,
              .soft_max = 256, .help = N_ ("The search starts near states of so many trials of the task, too."),
              .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, shown, "paths", .label = N_ ("Trials to show"), .def = 8, .min = 0, .max = 1000, .soft_max = 32,
              .help = N_ ("Paths of so many trials are kept with the result.")),
  RHEO_P_BLOCK (Config, axes, RheoAxesChoice, "axes", rheo_axes_rows, .label = N_ ("Axes")),
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
  { .key = "place", .label = N_ ("Place"), .help = N_ ("Along the axes."), .unit = "", .axes = "point direction" },
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
  RHEO_AXES_SERIES,
  { .key = "path",
    .label = N_ ("Path"),
    .help = N_ ("Of a trial, along the axes."),
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
  { .key = "plane-angle",
    .label = N_ ("Angles of the plane to the read-out"),
    .help = N_ ("Between the plane of the points and what all outputs see together: both 90 where no output sees it."),
    .unit = N_ ("degrees"),
    .axes = "angle" },
  { .key = "input", .label = N_ ("Input"), .help = N_ ("That the points belong to."), .unit = "", .axes = "in" },
  { .key = "inputs", .label = N_ ("Inputs"), .help = N_ ("One for each search."), .unit = "", .axes = "condition in" },
  { .key = "condition",
    .label = N_ ("Input’s number"),
    .help = N_ ("Under which of several inputs the point was found."),
    .unit = "",
    .axes = "point" },
  { .key = "points-of",
    .label = N_ ("Points of an input"),
    .help = N_ ("How many were found."),
    .unit = "",
    .axes = "condition" },
  { .key = "stable-of",
    .label = N_ ("Stable points of an input"),
    .help = N_ ("Of them, those that attract."),
    .unit = "",
    .axes = "condition" },
  { .key = "index-of",
    .label = N_ ("Index sum of an input"),
    .help = N_ ("As for one input alone."),
    .unit = "",
    .axes = "condition" },
  { .key = "unseen-of",
    .label = N_ ("Points of an input not found"),
    .help = N_ ("As for one input alone."),
    .unit = "",
    .axes = "condition" },
  { .key = "shape-of",
    .label = N_ ("Shape of an input’s points"),
    .help = N_ ("0: none, 1: line, 2: ring."),
    .unit = "",
    .axes = "condition" },
  { .key = "shape-share-of",
    .label = N_ ("Told by neighbours, of an input"),
    .help = N_ ("As for one input alone."),
    .unit = "",
    .axes = "condition" },
  { .key = "plane-angle-of",
    .label = N_ ("Angles of an input’s plane to the read-out"),
    .help = N_ ("As for one input alone."),
    .unit = N_ ("degrees"),
    .axes = "condition angle" },
  { NULL },
};

static RheoColumn *
add (RheoTable *out, const char *key, RheoType type, const int64_t *dims)
{
  return rheo_result_add (out, series, key, type, dims);
}

/* The searches of a result, one for each input. */
typedef struct
{
  const RheoField *field;
  RheoPoints **search;
  int n_searches, n_points; /* n_points: of all */
} Found;

static void
found_free (Found *found)
{
  for (int k = 0; k < found->n_searches; k++)
    g_clear_pointer (&found->search[k], rheo_points_free);
  g_free (found->search);
  g_free (found);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Found, found_free)

static void
add_points (RheoTable *out, const Found *found)
{
  const RheoField *field = found->field;
  const int64_t n = found->n_points, by_unit[] = { n, field->n }, by_out[] = { n, field->n_out };
  double *q = add (out, "q", RHEO_F64, &n)->data, *largest = add (out, "largest", RHEO_F64, &n)->data;
  int32_t *unstable = add (out, "unstable", RHEO_I32, &n)->data, *kind = add (out, "kind", RHEO_I32, &n)->data;
  int32_t *hits = add (out, "hits", RHEO_I32, &n)->data;
  int32_t *condition = found->n_searches > 1 ? add (out, "condition", RHEO_I32, &n)->data : NULL;
  double *state = add (out, "state", RHEO_F64, by_unit)->data, *output = add (out, "output", RHEO_F64, by_out)->data;
  double *re = add (out, "eigenvalue-re", RHEO_F64, by_unit)->data;
  double *im = add (out, "eigenvalue-im", RHEO_F64, by_unit)->data;
  int64_t k = 0;

  for (int c = 0; c < found->n_searches; c++)
    for (guint p = 0; p < found->search[c]->point->len; p++, k++)
      {
        const RheoPoint *point = &g_array_index (found->search[c]->point, RheoPoint, p);

        q[k] = point->q;
        largest[k] = point->largest;
        unstable[k] = point->n_unstable;
        kind[k] = point->kind;
        hits[k] = point->hits;
        if (condition != NULL)
          condition[k] = c;
        memcpy (state + k * field->n, point->x, sizeof *state * (gsize) field->n);
        rheo_field_output (field, point->x, output + k * field->n_out);
        memcpy (re + k * field->n, point->re, sizeof *re * (gsize) field->n);
        memcpy (im + k * field->n, point->im, sizeof *im * (gsize) field->n);
      }
}

/* Adds one number for each search; key is that for one input alone, and behind "-of" that for several. */
static double *
add_each (RheoTable *out, const char *key, const Found *found, int64_t width)
{
  const int64_t dims[] = { found->n_searches, width };
  g_autofree char *each = g_strconcat (key, "-of", NULL);

  return add (out, found->n_searches > 1 ? each : key, RHEO_F64, found->n_searches > 1 ? dims : &dims[1])->data;
}

/* Points that are met apart from each other, each at rest and with no direction in which it hardly moves, are no line or
 * ring, however they lie. */
static gboolean
is_continuous (const RheoPoints *points)
{
  guint n = 0;

  for (guint k = 0; k < points->point->len; k++)
    {
      const RheoPoint *point = &g_array_index (points->point, RheoPoint, k);

      n += point->kind == RHEO_POINT_MARGINAL || point->q > RHEO_POINT_EXACT;
    }
  return 2 * n >= points->point->len;
}

/* Whether the points lie on a line or ring, and what the read-out sees of it. */
static void
add_shapes (RheoTable *out, const Found *found)
{
  const RheoField *field = found->field;
  const int64_t n = found->n_points, n_out = field->n_out;
  const gboolean several = found->n_searches > 1;
  double *along = add (out, "along", RHEO_F64, &n)->data;
  double *angle = several ? NULL : add (out, "read-out-angle", RHEO_F64, &n_out)->data;
  double *plane = add_each (out, "plane-angle", found, N_ANGLES);
  double *shape = add_each (out, "shape", found, 1), *share = add_each (out, "shape-share", found, 1);
  const double *state = rheo_table_find (out, "state")->data;

  for (int c = 0; c < found->n_searches; c++)
    {
      const int n_points = (int) found->search[c]->point->len;
      RheoCloud cloud;

      rheo_cloud_init (&cloud, n_points, field->n, state);
      if (!is_continuous (found->search[c]))
        cloud.kind = RHEO_SHAPE_NONE;
      shape[c] = cloud.kind;
      share[c] = cloud.kind != RHEO_SHAPE_NONE ? cloud.share : NAN;
      for (int k = 0; k < n_points; k++)
        *along++ = cloud.kind != RHEO_SHAPE_NONE ? cloud.along[k] : NAN;
      for (int64_t o = 0; angle != NULL && o < n_out; o++)
        angle[o] =
            cloud.kind != RHEO_SHAPE_NONE ? rheo_cloud_angle (&cloud, field->n, field->w_out + o * field->n) : NAN;
      plane[c * N_ANGLES] = plane[c * N_ANGLES + 1] = NAN;
      if (cloud.kind != RHEO_SHAPE_NONE)
        rheo_cloud_angles (&cloud, field->n, field->n_out, field->w_out, plane + c * N_ANGLES);
      state += (gsize) n_points * (gsize) field->n;
      rheo_cloud_clear (&cloud);
    }
}

/* How many there are, and what tells whether they are all. */
static void
add_counts (RheoTable *out, const Found *found, double q_max)
{
  double *unseen_of = found->n_searches > 1 ? add_each (out, "unseen", found, 1) : NULL;
  double *points_of =
      found->n_searches > 1 ? add (out, "points-of", RHEO_F64, (int64_t[]){ found->n_searches })->data : NULL;
  double *stable_of =
      found->n_searches > 1 ? add (out, "stable-of", RHEO_F64, (int64_t[]){ found->n_searches })->data : NULL;
  double *index_of =
      found->n_searches > 1 ? add (out, "index-of", RHEO_F64, (int64_t[]){ found->n_searches })->data : NULL;
  int n_stable = 0, index = 0;
  double unseen = 0;

  for (int c = 0; c < found->n_searches; c++)
    {
      const RheoPoints *points = found->search[c];
      int stable = 0;

      for (guint k = 0; k < points->point->len; k++)
        stable += g_array_index (points->point, RheoPoint, k).kind == RHEO_POINT_STABLE;
      n_stable += stable;
      index += rheo_points_index_sum (points, q_max);
      unseen += rheo_points_unseen (points);
      if (points_of == NULL)
        continue;
      points_of[c] = points->point->len;
      stable_of[c] = stable;
      index_of[c] = rheo_points_index_sum (points, q_max);
      unseen_of[c] = rheo_points_unseen (points);
    }
  rheo_result_add_number (out, series, "n-points", found->n_points);
  rheo_result_add_number (out, series, "n-stable", n_stable);
  rheo_result_add_number (out, series, "index-sum", index);
  rheo_result_add_number (out, series, "unseen", unseen);
}

/* Axes, and the places of points and trials along them (from the origin of states). */
static gboolean
add_places (RheoTable *out, const Found *found, const RheoAxesChoice *choice, const RheoFieldTrials *trials,
            int n_states, const double *states, int n_shown, const RheoTable *previous, GError **error)
{
  const RheoField *field = found->field;
  const double *all = rheo_table_find (out, "state")->data;
  static const char *const otherwise[] = { "pc1", "pc1 pc2", "pc1 pc2 pc3" };
  const gboolean by_states = n_states > 0;
  g_autoptr (RheoAxes) axes = NULL;
  const int n_paths = MIN (n_shown, trials->n_trials);

  if (n_states + found->n_points == 0)
    return TRUE;
  axes = rheo_axes_new (choice, otherwise[MIN (field->n, 3) - 1], TRUE, 1, MOST_AXES, field,
                        by_states ? n_states : found->n_points, by_states ? states : all, error);
  if (axes == NULL)
    return FALSE;
  rheo_axes_turn_alike (axes, previous);
  rheo_axes_add (axes, series, out);
  rheo_axes_project (axes, found->n_points, all,
                     add (out, "place", RHEO_F64, (int64_t[]){ found->n_points, axes->n })->data);
  rheo_field_trials_project (trials, axes, n_paths,
                             add (out, "path", RHEO_F64, (int64_t[]){ n_paths, trials->n_steps, axes->n })->data);
  return TRUE;
}

/* Points of an earlier result of the same network under the same input. NULL: there is none. */
static RheoPoints *
warm_points (const RheoTable *previous, const RheoField *field, const double *u)
{
  const RheoColumn *state = previous != NULL ? rheo_table_find (previous, "state") : NULL;
  const RheoColumn *input = previous != NULL ? rheo_table_find (previous, "input") : NULL;
  const RheoColumn *inputs = previous != NULL ? rheo_table_find (previous, "inputs") : NULL;
  const RheoColumn *condition = previous != NULL ? rheo_table_find (previous, "condition") : NULL;
  const RheoColumn *from = inputs != NULL && condition != NULL ? inputs : input;
  RheoPoints *points;
  int64_t wanted = -1;

  if (from == NULL || state == NULL || state->n_dims != 2 || state->dims[1] != field->n
      || rheo_column_get_length (from) % field->n_in != 0)
    return NULL;
  for (int64_t c = 0; c < rheo_column_get_length (from) / field->n_in && wanted < 0; c++)
    {
      wanted = c;
      for (int j = 0; j < field->n_in; j++)
        if (rheo_column_get_number (from, c * field->n_in + j) != u[j])
          wanted = -1;
    }
  if (wanted < 0)
    return NULL;
  points = g_new0 (RheoPoints, 1);
  points->field = field;
  /* The states stay the table's: nothing is cleared. */
  points->point = g_array_new (FALSE, TRUE, sizeof (RheoPoint));
  for (int64_t k = 0; k < state->dims[0]; k++)
    if (from == input || rheo_column_get_number (condition, k) == wanted)
      {
        const RheoPoint point = { .x = (double *) state->data + k * field->n };

        g_array_append_val (points->point, point);
      }
  return points;
}

/* Progress of one search of several. */
typedef struct
{
  void (*progress) (void *data, double fraction);
  void *data;
  int done, n;
} Part;

static void
tell_part (void *data, double fraction)
{
  const Part *part = data;

  part->progress (part->data, (part->done + fraction) / part->n);
}

/* NULL: cancelled. */
static Found *
search_all (const Config *c, const RheoField *field, int n_states, const double *states, const RheoTable *previous,
            Part *part, const atomic_bool *cancelled, GError **error)
{
  g_autofree double *starts = g_new (double, (gsize) c->search.n_starts *(gsize) field->n);
  g_autofree double *zero = g_new0 (double, field->n_in);
  g_autoptr (Found) found = g_new0 (Found, 1);

  rheo_points_starts (field, c->search.spread, c->trials > 0 ? n_states : 0, states,
                      (RheoRng){ .seed = (uint64_t) c->seed }, c->search.n_starts, starts);
  found->field = field;
  found->n_searches = part->n = MAX (c->n_input / field->n_in, 1);
  found->search = g_new0 (RheoPoints *, found->n_searches);
  for (int k = 0; k < found->n_searches; k++)
    {
      const double *u = c->n_input > 0 ? c->input + k * field->n_in : zero;
      g_autoptr (RheoPoints) warm = warm_points (previous, field, u);

      part->done = k;
      found->search[k] = rheo_points_search (field, &c->search, u, c->search.n_starts, starts, warm,
                                             part->progress != NULL ? tell_part : NULL, part, cancelled, error);
      if (found->search[k] == NULL)
        return NULL;
      found->n_points += (int) found->search[k]->point->len;
    }
  return g_steal_pointer (&found);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *record = &records[n_records - 1];
  g_autoptr (RheoField) field = rheo_field_new (record->experiment, record->weights, error);
  g_autoptr (RheoFieldTrials) trials = NULL;
  g_autoptr (Found) found = NULL;
  g_autofree double *states = NULL;
  g_autofree char *tried = NULL;
  int n_tried = 0;
  Part part = { .progress = progress, .data = progress_data };
  int n_states = 0;
  int64_t dims[2];

  if (field == NULL)
    return FALSE;
  if (c->n_input % field->n_in != 0)
    return rheo_fail (
        error, RHEO_ERROR_INVALID,
        _ ("input has %d numbers, but the network has %d inputs: so many are needed, or so many for each of "
           "several searches."),
        c->n_input, field->n_in);
  trials = rheo_field_trials_new_spread (record->experiment, field, MAX (c->trials, c->shown), error);
  if (trials == NULL)
    return FALSE;
  states = rheo_field_trials_dup_states (trials, field, &n_states);
  found = search_all (c, field, n_states, states, previous, &part, cancelled, error);
  if (found == NULL)
    return FALSE;

  for (int k = 0; k < found->n_searches; k++)
    n_tried += found->search[k]->n_tried;
  tried = g_strdup_printf ("%d", n_tried);
  rheo_table_set_note (out, "starts", tried);
  add_counts (out, found, MIN (c->search.q_max, RHEO_POINT_EXACT));
  rheo_table_set_note (out, "index",
                       field->is_bounded && c->search.method == 0 && found->n_searches == 1 ? "holds" : "");
  dims[0] = found->n_searches;
  dims[1] = field->n_in;
  for (int k = 0; k < found->n_searches; k++)
    {
      static const char *const keys[] = { "input", "inputs" };
      const gboolean several = found->n_searches > 1;

      if (k == 0)
        add (out, keys[several], RHEO_F64, several ? dims : &dims[1]);
      memcpy ((double *) rheo_table_find (out, keys[several])->data + k * field->n_in, found->search[k]->u,
              sizeof (double) * (gsize) field->n_in);
    }
  add_points (out, found);
  add_shapes (out, found);
  return add_places (out, found, &c->axes, trials, n_states, states, c->shown, previous, error);
}

static gboolean
check (const void *config, GError **error)
{
  return rheo_axes_check (&((const Config *) config)->axes, error);
}

/* Roots are found one after the other and stop early; slow points go downhill all together. */
static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;
  const double n = rheo_analysis_count_rates (experiment) / 50.0;

  return c->search.method == 0 ? 1.5e-3 * MIN (c->search.n_starts, 400) * n * n * n : 5e-4 * c->search.n_starts * n * n;
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
            .series = series,
            .check = check },
  .wants = RHEO_WANTS_WEIGHTS,
  .fits = rheo_analysis_fits_rates,
  .estimate = estimate,
  .run = run,
};
