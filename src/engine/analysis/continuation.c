#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/axes.h"
#include "engine/branch.h"
#include "engine/field-trials.h"
#include "engine/fixed.h"

/* Where the fixed points of a rate network go when one of its inputs is turned up, where they meet, come and lose their
 * stability (ctrnn spec 4.4). Points are searched for at some values of the input; through each a curve is followed as far as
 * the values go, and points that lie on a curve already are left out. */

#define MOST_AXES 12
#define MOST_CURVES 1000 /* beyond which no more crossings are looked at */

typedef struct
{
  RheoAxesChoice axes;
  double input[64];
  int n_input, channel, n_searches, n_steps;
  double from, to, step;
  RheoPointSearch search;
  int trials, seed;
  gboolean crossings;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, channel, "vary", .label = N_ ("Input that is turned up"), .def = 1, .min = 1, .max = 1e6,
              .soft_min = 1, .soft_max = 10,
              .help = N_ ("Its number, counted from 1: a stimulus, or the cue of a context.")),
  RHEO_P_REAL (Config, from, "from", .label = N_ ("From"), .def = -1, .min = -1e6, .max = 1e6, .soft_min = -2,
               .soft_max = 2, .help = N_ ("Its first value.")),
  RHEO_P_REAL (Config, to, "to", .label = N_ ("To"), .def = 1, .min = -1e6, .max = 1e6, .soft_min = -2, .soft_max = 2,
               .help = N_ ("Its last value.")),
  RHEO_P_REALS (Config, input, n_input, "input", .label = N_ ("Other inputs"), .def_text = "", .min = -1e6, .max = 1e6,
                .help =
                    N_ ("One number for each input, of which that of the one that is turned up does not count; none: "
                        "zero.")),
  RHEO_P_INT (Config, n_searches, "searches", .label = N_ ("Searches"), .def = 5, .min = 1, .max = 1000, .soft_min = 1,
              .soft_max = 21,
              .help =
                  N_ ("At so many values of the input, from first to last, fixed points are searched for: curves that "
                      "reach neither end are found in between.")),
  RHEO_P_BOOL (Config, crossings, "crossings", .label = N_ ("Follow crossing curves"), .def = TRUE,
               .help = N_ ("At a branch point the other curve through it is followed, too.")),
  RHEO_P_BLOCK (Config, search, RheoPointSearch, "search", rheo_point_search_rows, .label = N_ ("Search")),
  RHEO_P_BLOCK (Config, axes, RheoAxesChoice, "axes", rheo_axes_rows, .label = N_ ("Axes")),
  RHEO_P_REAL (Config, step, "step", .label = N_ ("Largest step"), .def = 0.02, .min = 1e-5, .max = 0.5,
               .soft_min = 0.001, .soft_max = 0.1,
               .help = N_ ("Along a curve, where 1 is the whole way from the first value to the last."),
               .flags = RHEO_ADVANCED | RHEO_LOG),
  RHEO_P_INT (Config, n_steps, "steps", .label = N_ ("Steps of a curve"), .def = 2000, .min = 10, .max = 1e6,
              .soft_min = 100, .soft_max = 10000, .help = N_ ("In each direction, at most."), .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, trials, "trials", .label = N_ ("Trials for starts"), .def = 32, .min = 1, .max = 10000,
              .soft_min = 1, .soft_max = 256,
              .help = N_ ("The search starts near states of so many trials of the task, too."), .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, seed, "seed", .label = N_ ("Seed"), .def = 1, .min = 0, .max = 2147483647,
              .help = N_ ("Of the random starts."), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const char *const event_words[] = { N_ ("Fold"), N_ ("Branch point"), N_ ("Hopf point"), NULL };

static const RheoSeries series[] = {
  { .key = "n-curves", .label = N_ ("Curves"), .help = N_ ("Of fixed points."), .unit = "", .axes = "" },
  { .key = "n-folds",
    .label = N_ ("Folds"),
    .help = N_ ("Where two fixed points meet and are gone (saddle-node)."),
    .unit = "",
    .axes = "" },
  { .key = "n-branch-points",
    .label = N_ ("Branch points"),
    .help = N_ ("Where a real eigenvalue passes zero and the curve goes on: pitchforks and crossings."),
    .unit = "",
    .axes = "" },
  { .key = "n-hopf",
    .label = N_ ("Hopf points"),
    .help = N_ ("Where a pair of eigenvalues passes the imaginary axis."),
    .unit = "",
    .axes = "" },
  { .key = "n-lost",
    .label = N_ ("Curves not followed to their end"),
    .help = N_ ("Steps ran out, or became too short."),
    .unit = "",
    .axes = "" },
  { .key = "value",
    .label = N_ ("Input"),
    .help = N_ ("Value of the input that is turned up."),
    .unit = "",
    .axes = "sample" },
  { .key = "curve", .label = N_ ("Curve"), .help = N_ ("Counted from 1."), .unit = "", .axes = "sample" },
  { .key = "place", .label = N_ ("Place"), .help = N_ ("Along the axes."), .unit = "", .axes = "sample direction" },
  { .key = "unstable",
    .label = N_ ("Unstable modes"),
    .help = N_ ("Eigenvalues with positive real part."),
    .unit = "",
    .axes = "sample" },
  { .key = "largest",
    .label = N_ ("Largest real part"),
    .help = N_ ("Of the eigenvalues of the Jacobian."),
    .unit = N_ ("1/τ"),
    .axes = "sample",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "event",
    .label = N_ ("Event"),
    .help = N_ ("0: fold, 1: branch point, 2: Hopf point."),
    .unit = "",
    .axes = "event",
    .words = event_words },
  { .key = "event-value",
    .label = N_ ("Input"),
    .help = N_ ("Value at which it happens."),
    .unit = "",
    .axes = "event" },
  { .key = "event-curve", .label = N_ ("Curve"), .help = N_ ("On which it is."), .unit = "", .axes = "event" },
  { .key = "event-before",
    .label = N_ ("Unstable modes before"),
    .help = N_ ("On the side where the curve begins."),
    .unit = "",
    .axes = "event" },
  { .key = "event-after",
    .label = N_ ("Unstable modes behind"),
    .help = N_ ("On the side where the curve ends."),
    .unit = "",
    .axes = "event" },
  { .key = "event-crossing",
    .label = N_ ("Crossing curve"),
    .help = N_ ("Its number, where it was found at this branch point; else 0."),
    .unit = "",
    .axes = "event" },
  { .key = "event-period",
    .label = N_ ("Period"),
    .help = N_ ("Of the oscillation that begins or ends at a Hopf point."),
    .unit = N_ ("τ"),
    .axes = "event" },
  { .key = "event-place",
    .label = N_ ("Place"),
    .help = N_ ("Along the axes."),
    .unit = "",
    .axes = "event direction" },
  { .key = "event-state", .label = N_ ("State"), .help = N_ ("Of each unit."), .unit = "", .axes = "event unit" },
  { .key = "input",
    .label = N_ ("Other inputs"),
    .help = N_ ("That of the one that is turned up does not count."),
    .unit = "",
    .axes = "in" },
  { .key = "vary",
    .label = N_ ("Input that is turned up"),
    .help = N_ ("Its number, counted from 1."),
    .unit = "",
    .axes = "" },
  RHEO_AXES_SERIES,
  { NULL },
};

static RheoColumn *
add (RheoTable *out, const char *key, RheoType type, const int64_t *dims)
{
  return rheo_result_add (out, series, key, type, dims);
}

/* --- curves ------------------------------------------------------------------------------------------------------- */
static void
free_branch (gpointer data)
{
  rheo_branch_free (data);
}

static gboolean
is_on_any (const GPtrArray *branches, const RheoBranchPlan *plan, double value, const double *x)
{
  for (guint k = 0; k < branches->len; k++)
    if (rheo_branch_passes (branches->pdata[k], plan, value, x, 1e-4))
      return TRUE;
  return FALSE;
}

/* Progress of one search of several, and of the curves behind it. */
typedef struct
{
  void (*progress) (void *data, double fraction);
  void *data;
  double from, share;
} Part;

static void
tell (void *data, double fraction)
{
  const Part *part = data;

  if (part->progress != NULL)
    part->progress (part->data, part->from + part->share * fraction);
}

/* Where a curve was found. */
typedef struct
{
  int from, event, curve; /* curve counted from 1 */
} Crossing;

/* The curve through x at a value, unless it is known. FALSE: cancelled. */
static gboolean
add_curve (const RheoBranchPlan *plan, double value, const double *x, GPtrArray *branches, int *n_lost,
           const atomic_bool *cancelled, GError **error)
{
  g_autoptr (GError) why = NULL;
  RheoBranch *branch;

  if (cancelled != NULL && atomic_load (cancelled))
    return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
  if (is_on_any (branches, plan, value, x))
    return TRUE;
  branch = rheo_branch_follow (plan, value, x, cancelled, &why);
  if (branch == NULL && g_error_matches (why, RHEO_ERROR, RHEO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  *n_lost += branch == NULL || branch->lost;
  if (branch != NULL)
    g_ptr_array_add (branches, branch);
  return TRUE;
}

/* Curves through what is found at one value. FALSE: cancelled. */
static gboolean
add_curves (const RheoBranchPlan *plan, double value, const RheoPoints *points, GPtrArray *branches, int *n_lost,
            Part *part, const atomic_bool *cancelled, GError **error)
{
  for (guint k = 0; k < points->point->len; k++)
    {
      tell (part, (double) k / points->point->len);
      if (!add_curve (plan, value, g_array_index (points->point, RheoPoint, k).x, branches, n_lost, cancelled, error))
        return FALSE;
    }
  return TRUE;
}

/* Curves that leave those that are known at their branch points, and those that leave these. FALSE: cancelled. */
static gboolean
add_crossings (const RheoBranchPlan *plan, GPtrArray *branches, GArray *crossings, int *n_lost,
               const atomic_bool *cancelled, GError **error)
{
  const int n = plan->field->n;
  g_autofree double *x = g_new (double, 2 * n);

  for (guint b = 0; b < branches->len && branches->len < MOST_CURVES; b++)
    for (guint k = 0; k < ((RheoBranch *) branches->pdata[b])->event->len; k++)
      {
        double values[2];
        const int n_found = rheo_branch_switch (plan, branches->pdata[b], k, values, x);

        for (int i = 0; i < n_found; i++)
          {
            const guint before = branches->len;
            const Crossing crossing = { (int) b, (int) k, (int) before + 1 };

            if (!add_curve (plan, values[i], x + i * n, branches, n_lost, cancelled, error))
              return FALSE;
            if (branches->len > before)
              g_array_append_val (crossings, crossing);
          }
      }
  return TRUE;
}

/* RheoBranch; NULL: cancelled. */
static GPtrArray *
find_curves (const Config *c, const RheoBranchPlan *plan, int n_states, const double *states, GArray *crossings,
             int *n_lost, Part part, const atomic_bool *cancelled, GError **error)
{
  const RheoField *field = plan->field;
  g_autoptr (GPtrArray) branches = g_ptr_array_new_with_free_func (free_branch);
  g_autofree double *starts = g_new (double, (gsize) c->search.n_starts *(gsize) field->n);
  g_autofree double *u = g_memdup2 (plan->u, sizeof *u * (gsize) field->n_in);

  rheo_points_starts (field, c->search.spread, n_states, states, (RheoRng){ .seed = (uint64_t) c->seed },
                      c->search.n_starts, starts);
  for (int k = 0; k < c->n_searches; k++)
    {
      const double value = c->n_searches > 1 ? c->from + (c->to - c->from) * k / (c->n_searches - 1) : c->from;
      g_autoptr (RheoPoints) points = NULL;

      u[plan->channel] = value;
      part.share = 0.5 / c->n_searches;
      part.from = 2 * k * part.share;
      points =
          rheo_points_search (field, &c->search, u, c->search.n_starts, starts, NULL, tell, &part, cancelled, error);
      if (points == NULL)
        return NULL;
      part.from += part.share;
      if (!add_curves (plan, value, points, branches, n_lost, &part, cancelled, error))
        return NULL;
    }
  if (c->crossings && !add_crossings (plan, branches, crossings, n_lost, cancelled, error))
    return NULL;
  return g_steal_pointer (&branches);
}

/* --- the result --------------------------------------------------------------------------------------------------- */
static void
add_samples (RheoTable *out, const GPtrArray *branches, const RheoAxes *axes)
{
  int64_t n = 0, at = 0;
  double *value, *place, *largest;
  int32_t *curve, *unstable;

  for (guint b = 0; b < branches->len; b++)
    n += ((const RheoBranch *) branches->pdata[b])->sample->len;
  value = add (out, "value", RHEO_F64, &n)->data;
  curve = add (out, "curve", RHEO_I32, &n)->data;
  unstable = add (out, "unstable", RHEO_I32, &n)->data;
  largest = add (out, "largest", RHEO_F64, &n)->data;
  place = add (out, "place", RHEO_F64, (int64_t[]){ n, axes->n })->data;
  for (guint b = 0; b < branches->len; b++)
    {
      const GArray *samples = ((const RheoBranch *) branches->pdata[b])->sample;

      for (guint k = 0; k < samples->len; k++, at++)
        {
          const RheoBranchSample *sample = &g_array_index (samples, RheoBranchSample, k);

          value[at] = sample->value;
          curve[at] = (int32_t) b + 1;
          unstable[at] = sample->n_unstable;
          largest[at] = sample->largest;
          rheo_axes_project (axes, 1, sample->x, place + at * axes->n);
        }
    }
}

static void
add_events (RheoTable *out, const GPtrArray *branches, const GArray *crossings, const RheoAxes *axes)
{
  int64_t n = 0, at = 0;
  int count[3] = { 0 };
  double *value, *place, *state, *period;
  int32_t *kind, *curve, *before, *after, *crossing;

  for (guint b = 0; b < branches->len; b++)
    n += ((const RheoBranch *) branches->pdata[b])->event->len;
  kind = add (out, "event", RHEO_I32, &n)->data;
  value = add (out, "event-value", RHEO_F64, &n)->data;
  curve = add (out, "event-curve", RHEO_I32, &n)->data;
  before = add (out, "event-before", RHEO_I32, &n)->data;
  after = add (out, "event-after", RHEO_I32, &n)->data;
  crossing = add (out, "event-crossing", RHEO_I32, &n)->data;
  period = add (out, "event-period", RHEO_F64, &n)->data;
  place = add (out, "event-place", RHEO_F64, (int64_t[]){ n, axes->n })->data;
  state = add (out, "event-state", RHEO_F64, (int64_t[]){ n, axes->n_units })->data;
  for (guint b = 0; b < branches->len; b++)
    {
      const GArray *events = ((const RheoBranch *) branches->pdata[b])->event;

      for (guint k = 0; k < events->len; k++, at++)
        {
          const RheoBranchEvent *event = &g_array_index (events, RheoBranchEvent, k);

          kind[at] = event->kind;
          count[event->kind]++;
          value[at] = event->at.value;
          curve[at] = (int32_t) b + 1;
          before[at] = event->before;
          after[at] = event->after;
          for (guint i = 0; i < crossings->len; i++)
            {
              const Crossing *c = &g_array_index (crossings, Crossing, i);

              if (c->from == (int) b && c->event == (int) k)
                crossing[at] = c->curve;
            }
          period[at] = event->kind == RHEO_EVENT_HOPF && event->at.frequency > 0 ? 2 * G_PI / event->at.frequency : NAN;
          memcpy (state + at * axes->n_units, event->at.x, sizeof *state * (gsize) axes->n_units);
          rheo_axes_project (axes, 1, event->at.x, place + at * axes->n);
        }
    }
  rheo_result_add_number (out, series, "n-folds", count[RHEO_EVENT_FOLD]);
  rheo_result_add_number (out, series, "n-branch-points", count[RHEO_EVENT_BRANCH]);
  rheo_result_add_number (out, series, "n-hopf", count[RHEO_EVENT_HOPF]);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *record = &records[n_records - 1];
  g_autoptr (RheoField) field = rheo_field_new (record->experiment, record->weights, error);
  g_autoptr (RheoFieldTrials) trials = NULL;
  g_autoptr (RheoAxes) axes = NULL;
  g_autoptr (GPtrArray) branches = NULL;
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (Crossing));
  g_autofree double *states = NULL, *zero = NULL;
  RheoBranchPlan plan;
  int n_states = 0, n_lost = 0;

  if (field == NULL)
    return FALSE;
  if (c->n_input > 0 && c->n_input != field->n_in)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("input has %d numbers, but the network has %d inputs."), c->n_input,
                      field->n_in);
  if (c->channel > field->n_in)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no input %d; the network has %d."), c->channel,
                      field->n_in);
  trials = rheo_field_trials_new_spread (record->experiment, field, c->trials, error);
  if (trials == NULL)
    return FALSE;
  states = rheo_field_trials_dup_states (trials, field, &n_states);
  axes = rheo_axes_new (&c->axes, "out1", FALSE, 1, MOST_AXES, field, n_states, states, error);
  if (axes == NULL)
    return FALSE;
  rheo_axes_turn_alike (axes, previous);
  zero = g_new0 (double, field->n_in);
  plan = (RheoBranchPlan){ .field = field,
                           .u = c->n_input > 0 ? c->input : zero,
                           .channel = c->channel - 1,
                           .from = c->from,
                           .to = c->to,
                           .step = c->step,
                           .n_steps = c->n_steps };
  branches =
      find_curves (c, &plan, n_states, states, crossings, &n_lost, (Part){ progress, progress_data }, cancelled, error);
  if (branches == NULL)
    return FALSE;
  rheo_result_add_number (out, series, "n-curves", branches->len);
  add_events (out, branches, crossings, axes);
  rheo_result_add_number (out, series, "n-lost", n_lost);
  rheo_result_add_number (out, series, "vary", c->channel);
  add_samples (out, branches, axes);
  memcpy (add (out, "input", RHEO_F64, (int64_t[]){ field->n_in })->data, plan.u, sizeof *plan.u * (gsize) field->n_in);
  rheo_axes_add (axes, series, out);
  return TRUE;
}

static gboolean
check (const void *config, GError **error)
{
  const Config *c = config;

  if (c->from == c->to)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("from and to must differ."));
  if (c->search.method != 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Only roots can be followed: method must be roots."));
  return rheo_axes_check (&c->axes, error);
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;
  const double n = rheo_analysis_count_rates (experiment) / 50.0;

  return (0.2 * c->n_searches + 0.04 / c->step) * n * n * n;
}

const RheoAnalysis rheo_analysis_continuation = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "continuation",
            .title = N_ ("Continuation"),
            .summary =
                N_ ("Where the fixed points of a rate network go when an input is turned up, where they meet, and "
                    "where they become unstable."),
            .cite = "Keller 1977; Allgower & Georg 2003",
            .config_size = sizeof (Config),
            .params = params,
            .series = series,
            .check = check },
  .wants = RHEO_WANTS_WEIGHTS,
  .fits = rheo_analysis_fits_rates,
  .estimate = estimate,
  .run = run,
};
