#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "fixed.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_multiroots.h>
#include <math.h>
#include <string.h>

#include "linalg.h"

static const char *const methods[] = { "roots", "slow", NULL };

const RheoParam rheo_point_search_rows[] = {
  RHEO_P_CHOICE (RheoPointSearch, method, "method", methods, .label = N_ ("Method"),
                 .help =
                     N_ ("Roots of the field, by Powell's hybrid method; or points at which it is slow, by descent.")),
  RHEO_P_INT (RheoPointSearch, n_starts, "starts", .label = N_ ("Starts"), .def = 1000, .min = 1, .max = 1e6,
              .soft_min = 100, .soft_max = 5000, .help = N_ ("From how many states the search starts, at most.")),
  RHEO_P_INT (RheoPointSearch, patience, "patience", .label = N_ ("Patience"), .def = 150, .max = 1e6, .soft_max = 1000,
              .help = N_ ("Ends after so many starts without a new point; 0: never."), .when = "method=roots"),
  RHEO_P_REAL (RheoPointSearch, q_max, "largest-speed", .label = N_ ("Largest speed"), .def = 1e-12, .min = 0,
               .max = 1e6, .soft_min = 1e-14, .soft_max = 0.1, .flags = RHEO_LOG,
               .help = N_ ("A point counts up to this squared length of the field (q).")),
  RHEO_P_REAL (RheoPointSearch, same, "same", .label = N_ ("Same point"), .def = 1e-4, .min = 1e-12, .max = 1,
               .help = N_ ("Points nearer to each other than this share of their length are one."),
               .flags = RHEO_ADVANCED | RHEO_LOG),
  RHEO_P_REAL (RheoPointSearch, margin, "margin", .label = N_ ("Margin"), .unit = N_ ("1/τ"), .def = 0.01, .min = 0,
               .max = 10, .soft_max = 0.1,
               .help = N_ ("A point is marginal where its largest real part is no farther from zero."),
               .flags = RHEO_ADVANCED),
  RHEO_P_REAL (RheoPointSearch, spread, "spread", .label = N_ ("Spread of the starts"), .def = 1, .min = 0, .max = 1000,
               .soft_max = 20,
               .help = N_ ("Standard deviation of the noise added to states of trials, and of random states.")),
  RHEO_P_REAL (
      RheoPointSearch, outlier, "outlier", .label = N_ ("Outliers"), .def = 10, .min = 0, .max = 1e6, .soft_max = 50,
      .help = N_ ("Points farther from the middle of the starts than so many times their mean distance are left "
                  "out; 0: none is."),
      .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (RheoPointSearch, mirror, "mirror", .label = N_ ("Mirror images"), .def = TRUE,
               .help =
                   N_ ("Without input and bias, an odd activation makes points come in pairs: the other one is added."),
               .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static gboolean
is_cancelled (const atomic_bool *cancelled)
{
  return cancelled != NULL && atomic_load (cancelled);
}

/* --- one root ----------------------------------------------------------------------------------------------------- */
typedef struct
{
  const RheoField *field;
  const double *u;
  double *work;
} Problem;

static int
root_f (const gsl_vector *x, void *data, gsl_vector *f)
{
  const Problem *p = data;

  rheo_field_eval (p->field, 1, x->data, p->u, 0, f->data, NULL, p->work);
  return GSL_SUCCESS;
}

static int
root_df (const gsl_vector *x, void *data, gsl_matrix *jac)
{
  const Problem *p = data;

  rheo_field_jacobian (p->field, x->data, p->u, jac->data, NULL);
  return GSL_SUCCESS;
}

static int
root_fdf (const gsl_vector *x, void *data, gsl_vector *f, gsl_matrix *jac)
{
  root_f (x, data, f);
  return root_df (x, data, jac);
}

static double
length (int n, const double *x)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += x[i] * x[i];
  return sqrt (sum);
}

double
rheo_point_solve (const RheoField *field, const double *u, double *x, const atomic_bool *cancelled)
{
  const int n = field->n, most = 100 * (n + 1);
  g_autofree double *work = g_new (double, RHEO_FIELD_WORK (field, 1));
  Problem problem = { field, u, work };
  gsl_multiroot_function_fdf system = { root_f, root_df, root_fdf, (size_t) n, &problem };
  gsl_multiroot_fdfsolver *solver;
  gsl_vector_view start = gsl_vector_view_array (x, (size_t) n);

  rheo_gsl_keep_quiet ();
  solver = gsl_multiroot_fdfsolver_alloc (gsl_multiroot_fdfsolver_hybridsj, (size_t) n);
  gsl_multiroot_fdfsolver_set (solver, &system, &start.vector);
  for (int i = 0; i < most && !is_cancelled (cancelled) && gsl_multiroot_fdfsolver_iterate (solver) == GSL_SUCCESS; i++)
    if (length (n, solver->f->data) < 1e-13 * (1 + length (n, solver->x->data)))
      break;
  memcpy (x, solver->x->data, sizeof *x * (gsize) n);
  gsl_multiroot_fdfsolver_free (solver);
  return rheo_field_speed (field, x, u);
}

/* --- slow points -------------------------------------------------------------------------------------------------- */

/* Solves (J'J + damping) step = -J'f; where across is given, with across' step = 0 besides, by a border of it. a: room for
 * (n + 1)^2 numbers. FALSE: there is no such step. */
static gboolean
damped_step (int n, const double *normal, double damping, const double *slope, const double *across, double *a,
             double *step)
{
  const int m = across != NULL ? n + 1 : n;

  for (int i = 0; i < n; i++)
    {
      memcpy (a + (gsize) i * (gsize) m, normal + (gsize) i * (gsize) n, sizeof *a * (gsize) n);
      a[(gsize) i * (gsize) m + (gsize) i] += damping;
      step[i] = -slope[i];
      if (across != NULL)
        a[(gsize) i * (gsize) m + (gsize) n] = a[(gsize) n * (gsize) m + (gsize) i] = across[i];
    }
  if (across != NULL)
    a[(gsize) m * (gsize) m - 1] = step[n] = 0;
  return across != NULL ? rheo_solve (m, a, step) : rheo_solve_positive (m, a, 1, step);
}

double
rheo_point_polish (const RheoField *field, const double *u, const double *across, int n_steps, double *x,
                   const atomic_bool *cancelled)
{
  const int n = field->n;
  const gsize square = (gsize) n * (gsize) n;
  const double own = across != NULL ? length (n, across) : 0;
  g_autofree double *jac = g_new (double, square), *normal = g_new (double, square);
  g_autofree double *a = g_new (double, square + 2 * (gsize) n + 1), *unit = own > 0 ? g_new (double, n) : NULL;
  g_autofree double *f = g_new (double, n), *step = g_new (double, n + 1), *tried = g_new (double, n);
  g_autofree double *slope = g_new (double, n), *work = g_new (double, RHEO_FIELD_WORK (field, 1));
  double damping = 1e-3, q = rheo_field_speed (field, x, u);

  for (int i = 0; unit != NULL && i < n; i++)
    unit[i] = across[i] / own;
  for (int t = 0; t < n_steps && q > 1e-28 && damping < 1e12 && !is_cancelled (cancelled); t++)
    {
      double next;

      rheo_field_eval (field, 1, x, u, 0, f, NULL, work);
      rheo_field_jacobian (field, x, u, jac, NULL);
      rheo_multiply (true, false, n, n, n, 1, jac, jac, 0, normal);
      rheo_multiply (true, false, n, 1, n, 1, jac, f, 0, slope);
      do
        {
          next = INFINITY;
          if (damped_step (n, normal, damping, slope, unit, a, step))
            {
              for (int i = 0; i < n; i++)
                tried[i] = x[i] + step[i];
              next = rheo_field_speed (field, tried, u);
            }
          damping = next < q ? damping / 10 : damping * 10;
        }
      while (!(next < q) && damping < 1e12);
      if (next < q)
        {
          const gboolean done = q - next < 1e-9 * q;

          memcpy (x, tried, sizeof *x * (gsize) n);
          q = next;
          if (done)
            break;
        }
    }
  return q;
}

/* --- the list ----------------------------------------------------------------------------------------------------- */
static void
clear_point (gpointer data)
{
  RheoPoint *point = data;

  g_free (point->x);
  g_free (point->re);
}

/* Where a point lies along the direction of the list: points farther apart than that are not the same. */
typedef struct
{
  double along;
  int point;
} Mark;

static RheoPoints *
points_new (const RheoField *field, const double *u)
{
  RheoPoints *points = g_new0 (RheoPoints, 1);

  points->field = field;
  points->u = g_memdup2 (u, sizeof *u * (gsize) field->n_in);
  points->point = g_array_new (FALSE, TRUE, sizeof (RheoPoint));
  g_array_set_clear_func (points->point, clear_point);
  points->order = g_array_new (FALSE, FALSE, sizeof (Mark));
  points->probe = g_new (double, field->n);
  for (int i = 0; i < field->n; i++)
    points->probe[i] = rheo_rng_normal ((RheoRng){ .stream = RHEO_STREAM_ANALYSIS }, 3, (uint32_t) i) / sqrt (field->n);
  return points;
}

void
rheo_points_free (RheoPoints *points)
{
  if (points == NULL)
    return;
  g_free (points->u);
  g_array_unref (points->point);
  g_clear_pointer (&points->order, g_array_unref);
  g_free (points->probe);
  g_free (points);
}

static double
along (const RheoPoints *points, const double *x)
{
  double sum = 0;

  for (int i = 0; i < points->field->n; i++)
    sum += points->probe[i] * x[i];
  return sum;
}

/* The first mark that is not before a place. */
static guint
find_mark (const RheoPoints *points, double at)
{
  guint lo = 0, hi = points->order->len;

  while (lo < hi)
    {
      const guint middle = (lo + hi) / 2;

      if (g_array_index (points->order, Mark, middle).along < at)
        lo = middle + 1;
      else
        hi = middle;
    }
  return lo;
}

/* The point that x is, or -1; of several the first. Only those that are near along the direction are looked at. */
static int
find_point (const RheoPoints *points, const double *x, double same)
{
  const int n = points->field->n;
  const double near = same * (1 + length (n, x)), reach = near * length (n, points->probe), at = along (points, x);
  int found = -1;

  for (guint k = find_mark (points, at - reach); k < points->order->len; k++)
    {
      const Mark *mark = &g_array_index (points->order, Mark, k);
      const double *y = g_array_index (points->point, RheoPoint, mark->point).x;
      double sum = 0;

      if (mark->along > at + reach)
        break;
      for (int i = 0; i < n && sum <= near * near; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
      if (sum <= near * near && (found < 0 || mark->point < found))
        found = mark->point;
    }
  return found;
}

static void
put_mark (RheoPoints *points, int point)
{
  const Mark mark = { along (points, g_array_index (points->point, RheoPoint, point).x), point };

  g_array_insert_val (points->order, find_mark (points, mark.along), mark);
}

static void
take_mark (RheoPoints *points, int point)
{
  guint k = find_mark (points, along (points, g_array_index (points->point, RheoPoint, point).x));

  while (g_array_index (points->order, Mark, k).point != point)
    k++;
  g_array_remove_index (points->order, k);
}

/* Eigenvalues in descending order of their real parts, a pair with its positive imaginary part first. */
static void
find_eigenvalues (const RheoPoints *points, RheoPoint *point)
{
  const int n = points->field->n;
  g_autofree double *jac = g_new (double, (gsize) n *(gsize) n), *re = g_new (double, n), *im = g_new (double, n);

  point->re = g_new (double, 2 * (gsize) n);
  point->im = point->re + n;
  rheo_field_jacobian (points->field, point->x, points->u, jac, NULL);
  if (!rheo_eigenvalues (n, jac, re, im))
    {
      for (int i = 0; i < 2 * n; i++)
        point->re[i] = NAN;
      return;
    }
  for (int k = 0; k < n; k++)
    {
      int j = k;

      for (; j > 0 && (re[k] > point->re[j - 1] || (re[k] == point->re[j - 1] && im[k] > point->im[j - 1])); j--)
        {
          point->re[j] = point->re[j - 1];
          point->im[j] = point->im[j - 1];
        }
      point->re[j] = re[k];
      point->im[j] = im[k];
    }
}

static void
classify (const RheoPoints *points, RheoPoint *point, double margin)
{
  find_eigenvalues (points, point);
  point->largest = point->re[0];
  for (int i = 0; i < points->field->n && point->re[i] > 0; i++)
    {
      point->n_unstable++;
      point->n_real += point->im[i] == 0;
    }
  point->kind = fabs (point->largest) <= margin ? RHEO_POINT_MARGINAL
                : point->largest < 0            ? RHEO_POINT_STABLE
                                                : RHEO_POINT_UNSTABLE;
}

/* TRUE: it is new. */
static gboolean
add_point (RheoPoints *points, const RheoPointSearch *search, const double *x, double q, gboolean mirrored)
{
  const int n = points->field->n, there = find_point (points, x, search->same);
  RheoPoint *old = there >= 0 ? &g_array_index (points->point, RheoPoint, there) : NULL;
  RheoPoint point = { .q = q, .hits = !mirrored, .mirrored = mirrored };

  if (old != NULL)
    {
      old->hits += !mirrored;
      old->mirrored = old->mirrored && mirrored;
      if (q < old->q)
        {
          take_mark (points, there);
          memcpy (old->x, x, sizeof *x * (gsize) n);
          old->q = q;
          put_mark (points, there);
        }
      return FALSE;
    }
  point.x = g_memdup2 (x, sizeof *x * (gsize) n);
  g_array_append_val (points->point, point);
  put_mark (points, (int) points->point->len - 1);
  return TRUE;
}

static gboolean
has_input (const RheoPoints *points)
{
  for (int j = 0; j < points->field->n_in; j++)
    if (points->u[j] != 0)
      return TRUE;
  return FALSE;
}

/* Distances from the middle of the starts. */
typedef struct
{
  double *middle, mean;
} Range;

static Range
range_of (int n, int n_starts, const double *starts)
{
  Range range = { g_new0 (double, n), 0 };

  for (int k = 0; k < n_starts; k++)
    for (int i = 0; i < n; i++)
      range.middle[i] += starts[(gsize) k * (gsize) n + (gsize) i] / n_starts;
  for (int k = 0; k < n_starts; k++)
    {
      double sum = 0;

      for (int i = 0; i < n; i++)
        sum += pow (starts[(gsize) k * (gsize) n + (gsize) i] - range.middle[i], 2);
      range.mean += sqrt (sum) / n_starts;
    }
  return range;
}

static gboolean
is_far (const Range *range, double outlier, int n, const double *x)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += (x[i] - range->middle[i]) * (x[i] - range->middle[i]);
  return outlier > 0 && range->mean > 0 && sqrt (sum) > outlier * range->mean;
}

/* One end of the search: kept where it is slow enough and not far away. TRUE: it is new. */
static gboolean
take (RheoPoints *points, const RheoPointSearch *search, const Range *range, const double *x, double q)
{
  const int n = points->field->n;
  g_autofree double *image = NULL;
  gboolean is_new;

  points->n_tried++;
  if (!(q <= search->q_max))
    return FALSE;
  if (is_far (range, search->outlier, n, x))
    {
      points->n_far++;
      return FALSE;
    }
  points->n_accepted++;
  is_new = add_point (points, search, x, q, FALSE);
  if (search->mirror && points->field->is_odd && !has_input (points))
    {
      image = g_new (double, n);
      for (int i = 0; i < n; i++)
        image[i] = -x[i];
      is_new |= add_point (points, search, image, q, TRUE);
    }
  return is_new;
}

static gboolean
cancelled_error (GError **error)
{
  return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
}

/* Of the progress of a search, what goes downhill has this share, and what is polished then. */
#define DESCENT_SHARE 0.3
#define POLISH_SHARE 0.4

typedef struct
{
  void (*progress) (void *data, double fraction);
  void *data;
  double from, share;
} Part;

static void
tell_part (void *data, double fraction)
{
  Part *part = data;

  if (part->progress != NULL)
    part->progress (part->data, part->from + part->share * fraction);
}

static gboolean
search_roots (RheoPoints *points, const RheoPointSearch *search, const Range *range, int n_starts, const double *starts,
              void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled,
              GError **error)
{
  const int n = points->field->n;
  Part part = { progress, progress_data, 0, DESCENT_SHARE + POLISH_SHARE };
  g_autofree double *x = g_new (double, n);
  int waited = 0;

  for (int k = 0;
       k < n_starts && (search->patience == 0 || waited < search->patience || rheo_points_unseen (points) >= 1); k++)
    {
      if (is_cancelled (cancelled))
        return cancelled_error (error);
      memcpy (x, starts + (gsize) k * (gsize) n, sizeof *x * (gsize) n);
      waited =
          take (points, search, range, x, rheo_point_solve (points->field, points->u, x, cancelled)) ? 0 : waited + 1;
      tell_part (&part, (k + 1.0) / n_starts);
    }
  return TRUE;
}

#define DESCENT_STEPS 400
#define POLISH_STEPS 12

static gboolean
search_slow (RheoPoints *points, const RheoPointSearch *search, const Range *range, int n_starts, const double *starts,
             void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled,
             GError **error)
{
  const int n = points->field->n;
  g_autofree double *x = g_memdup2 (starts, sizeof *starts * (gsize) n_starts * (gsize) n);
  g_autofree gboolean *at_rest = g_new0 (gboolean, n_starts);

  Part part = { progress, progress_data, 0, DESCENT_SHARE };

  if (!rheo_points_descend (points->field, points->u, n_starts, DESCENT_STEPS, x, at_rest, tell_part, &part, cancelled))
    return cancelled_error (error);
  part = (Part){ progress, progress_data, DESCENT_SHARE, POLISH_SHARE };
  for (int k = 0; k < n_starts; k++)
    {
      double *at = x + (gsize) k * (gsize) n, q = rheo_field_speed (points->field, at, points->u);

      if (is_cancelled (cancelled))
        return cancelled_error (error);
      /* On a line or ring of slow points a polished one would run along it to its slowest. */
      if (!(q <= search->q_max && at_rest[k]))
        q = rheo_point_polish (points->field, points->u, NULL, POLISH_STEPS, at, cancelled);
      take (points, search, range, at, q);
      tell_part (&part, (k + 1.0) / n_starts);
    }
  return TRUE;
}

static int
compare_points (gconstpointer a, gconstpointer b)
{
  const RheoPoint *p = a, *q = b;

  return p->n_unstable != q->n_unstable ? p->n_unstable - q->n_unstable
                                        : (p->largest > q->largest) - (p->largest < q->largest);
}

RheoPoints *
rheo_points_search (const RheoField *field, const RheoPointSearch *search, const double *u, int n_starts,
                    const double *starts, const RheoPoints *warm, void (*progress) (void *data, double fraction),
                    void *progress_data, const atomic_bool *cancelled, GError **error)
{
  g_autoptr (RheoPoints) points = points_new (field, u);
  Range range = range_of (field->n, n_starts, starts);
  Part part = { progress, progress_data, DESCENT_SHARE + POLISH_SHARE, 1 - DESCENT_SHARE - POLISH_SHARE };
  g_autofree double *x = g_new (double, field->n);
  gboolean done;

  for (guint k = 0; warm != NULL && k < warm->point->len && !is_cancelled (cancelled); k++)
    {
      memcpy (x, g_array_index (warm->point, RheoPoint, k).x, sizeof *x * (gsize) field->n);
      take (points, search, &range, x,
            search->method == 0 ? rheo_point_solve (field, u, x, cancelled)
                                : rheo_point_polish (field, u, NULL, POLISH_STEPS, x, cancelled));
    }
  done = (search->method == 0 ? search_roots : search_slow) (points, search, &range, n_starts, starts, progress,
                                                             progress_data, cancelled, error);
  g_free (range.middle);
  if (!done)
    return NULL;
  for (guint k = 0; k < points->point->len; k++)
    {
      if (is_cancelled (cancelled))
        {
          cancelled_error (error);
          return NULL;
        }
      classify (points, &g_array_index (points->point, RheoPoint, k), search->margin);
      tell_part (&part, (k + 1.0) / points->point->len);
    }
  g_array_sort (points->point, compare_points);
  return g_steal_pointer (&points);
}

/* --- starts ------------------------------------------------------------------------------------------------------- */
void
rheo_points_starts (const RheoField *field, double spread, int n_states, const double *states, RheoRng rng, int n,
                    double *out)
{
  rng.stream = RHEO_STREAM_ANALYSIS;
  for (int k = 0; k < n; k++)
    {
      const int way = n_states > 0 ? k % 3 : 2;
      double *x = out + (gsize) k * (gsize) field->n;
      const double *a = NULL, *b = NULL;
      double share = 0;

      rng.item = (uint32_t) k;
      if (way < 2)
        {
          a = states + (gsize) rheo_rng_below (rng, 1, 0, (uint32_t) n_states) * (gsize) field->n;
          b = states + (gsize) rheo_rng_below (rng, 1, 1, (uint32_t) n_states) * (gsize) field->n;
          share = way == 1 ? rheo_rng_uniform (rng, 1, 2) : 0;
        }
      for (int i = 0; i < field->n; i++)
        x[i] = (a != NULL ? (1 - share) * a[i] + share * b[i] : 0)
               + (way == 1 ? 0 : spread) * rheo_rng_normal (rng, 0, (uint32_t) i);
    }
}

/* --- what the list says ------------------------------------------------------------------------------------------- */
int
rheo_points_index_sum (const RheoPoints *points, double q_max)
{
  int sum = 0;

  for (guint k = 0; k < points->point->len; k++)
    {
      const RheoPoint *point = &g_array_index (points->point, RheoPoint, k);

      if (point->q <= q_max)
        sum += point->n_real % 2 == 0 ? 1 : -1;
    }
  return sum;
}

double
rheo_points_unseen (const RheoPoints *points)
{
  double once = 0, twice = 0;

  for (guint k = 0; k < points->point->len; k++)
    {
      const RheoPoint *point = &g_array_index (points->point, RheoPoint, k);

      once += point->hits == 1;
      twice += point->hits == 2;
    }
  /* An image counts as seen: its pair was. */
  return once > 1 ? once * (once - 1) / (2 * (twice + 1)) : 0;
}
