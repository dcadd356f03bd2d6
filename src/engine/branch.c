#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "branch.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "linalg.h"
#include "rng.h"

/* A place on a curve is z = (x / sqrt (n), s) with value = from + s (to - from): all parts are of one size. A step goes along
 * the tangent t, and comes back to the curve across it: F (x, s) = 0 and t' (z - z') = 0 by Newton's method. */

enum
{
  N_NEWTON = 12,
  N_EASY = 4,    /* corrections after which steps grow */
  N_HALVES = 40, /* of a step, to find an event */
};

#define LEAST_STEP 1e-7
#define MOST_TURN 0.95 /* cosine of the angle between tangents of neighbours */
#define KINK 1e-4      /* a curve that turns within such a step has a corner, as rectified units make them */

typedef struct
{
  const RheoBranchPlan *plan;
  int n;
  double scale; /* of x */
  double *u, *f, *jac, *by_input, *a, *b, *re, *im;
} Tracer;

static Tracer *
tracer_new (const RheoBranchPlan *plan)
{
  Tracer *t = g_new0 (Tracer, 1);
  const gsize n = (gsize) plan->field->n, n_in = (gsize) plan->field->n_in;

  t->plan = plan;
  t->n = (int) n;
  t->scale = sqrt ((double) n);
  t->u = g_memdup2 (plan->u, sizeof *t->u * n_in);
  t->f = g_new (double, n);
  t->jac = g_new (double, n *n);
  t->by_input = g_new (double, n *n_in);
  t->a = g_new (double, (n + 1) * (n + 1));
  t->b = g_new (double, n + 1);
  t->re = g_new (double, n);
  t->im = g_new (double, n);
  return t;
}

static void
tracer_free (Tracer *t)
{
  g_free (t->u);
  g_free (t->f);
  g_free (t->jac);
  g_free (t->by_input);
  g_free (t->a);
  g_free (t->b);
  g_free (t->re);
  g_free (t->im);
  g_free (t);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tracer, tracer_free)

static double
value_of (const Tracer *t, const double *z)
{
  return t->plan->from + z[t->n] * (t->plan->to - t->plan->from);
}

/* F and its derivatives at z; x is left in b. */
static void
look (Tracer *t, const double *z)
{
  const RheoField *field = t->plan->field;
  g_autofree double *work = g_new (double, RHEO_FIELD_WORK (field, 1));

  for (int i = 0; i < t->n; i++)
    t->b[i] = t->scale * z[i];
  t->u[t->plan->channel] = value_of (t, z);
  rheo_field_eval (field, 1, t->b, t->u, 0, t->f, NULL, work);
  rheo_field_jacobian (field, t->b, t->u, t->jac, t->by_input);
}

/* The derivatives of F by z with the row `last` below them, into a. */
static void
set_matrix (Tracer *t, const double *last)
{
  const int n = t->n, m = n + 1, n_in = t->plan->field->n_in;

  for (int i = 0; i < n; i++)
    {
      for (int j = 0; j < n; j++)
        t->a[(gsize) i * (gsize) m + (gsize) j] = t->scale * t->jac[(gsize) i * (gsize) n + (gsize) j];
      t->a[(gsize) i * (gsize) m + (gsize) n] =
          t->by_input[(gsize) i * (gsize) n_in + (gsize) t->plan->channel] * (t->plan->to - t->plan->from);
    }
  memcpy (t->a + (gsize) n * (gsize) m, last, sizeof *last * (gsize) m);
}

static double
dot (int n, const double *a, const double *b)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* The tangent of the curve at z, of length 1, on the side of `before`. FALSE: there is none, or several. */
static gboolean
find_tangent (Tracer *t, const double *z, const double *before, double *tangent)
{
  const int m = t->n + 1;
  double size;

  look (t, z);
  set_matrix (t, before);
  memset (tangent, 0, sizeof *tangent * (gsize) m);
  tangent[t->n] = 1;
  if (!rheo_solve (m, t->a, tangent))
    return FALSE;
  size = sqrt (dot (m, tangent, tangent));
  for (int i = 0; i < m; i++)
    tangent[i] /= size;
  return isfinite (size) && size > 0;
}

/* Back to the curve within the plane across a direction through z. Returns how many steps that took; 0: it did not come. */
static int
correct (Tracer *t, const double *across, double *z)
{
  const int n = t->n, m = n + 1;
  double size;

  for (int k = 1; k <= N_NEWTON; k++)
    {
      double moved = 0;

      look (t, z);
      set_matrix (t, across);
      for (int i = 0; i < n; i++)
        t->b[i] = -t->f[i];
      t->b[n] = 0;
      if (!rheo_solve (m, t->a, t->b))
        return 0;
      for (int i = 0; i < m; i++)
        {
          z[i] += t->b[i];
          moved += t->b[i] * t->b[i];
        }
      size = sqrt (dot (m, z, z));
      if (!isfinite (moved))
        return 0;
      if (sqrt (moved) < 1e-11 * (1 + size))
        return k;
    }
  return 0;
}

static RheoBranchSample
sample_at (Tracer *t, const double *z)
{
  RheoBranchSample sample = {
    .value = value_of (t, z), .x = g_new (double, t->n), .largest = -INFINITY, .nearest = INFINITY
  };

  look (t, z);
  memcpy (sample.x, t->b, sizeof *sample.x * (gsize) t->n);
  if (!rheo_eigenvalues (t->n, t->jac, t->re, t->im))
    {
      sample.largest = NAN;
      return sample;
    }
  for (int i = 0; i < t->n; i++)
    {
      sample.n_unstable += t->re[i] > 0;
      sample.n_real += t->re[i] > 0 && t->im[i] == 0;
      if (fabs (t->re[i]) < fabs (sample.nearest))
        sample.nearest = t->re[i];
      if (t->re[i] > sample.largest)
        {
          sample.largest = t->re[i];
          sample.frequency = fabs (t->im[i]);
        }
    }
  return sample;
}

static void
clear_sample (gpointer data)
{
  g_free (((RheoBranchSample *) data)->x);
}

static void
clear_event (gpointer data)
{
  g_free (((RheoBranchEvent *) data)->at.x);
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

/* A place with its tangent. */
typedef struct
{
  double *z, *tangent; /* [n + 1] */
  RheoBranchSample sample;
} Place;

/* A step of a length from a place. FALSE: too far, or lost; n_corrections: how hard it was. */
static gboolean
try_step (Tracer *t, const Place *from, double length, Place *to, int *n_corrections)
{
  const int m = t->n + 1;

  for (int i = 0; i < m; i++)
    to->z[i] = from->z[i] + length * from->tangent[i];
  *n_corrections = correct (t, from->tangent, to->z);
  return *n_corrections > 0 && find_tangent (t, to->z, from->tangent, to->tangent)
         && (length < KINK || dot (m, from->tangent, to->tangent) > MOST_TURN);
}

/* Rectified units make corners, at which a curve may even turn back. Ahead of one the field has the derivatives of the other
 * side, and these the tangent of the curve that goes on there. */
static gboolean
turn_corner (Tracer *t, const Place *from, Place *to)
{
  const int m = t->n + 1;
  g_autofree double *ahead = g_new (double, m), *tangent = g_new (double, m);

  for (int i = 0; i < m; i++)
    ahead[i] = from->z[i] + KINK / 10 * from->tangent[i];
  if (!find_tangent (t, ahead, from->tangent, tangent))
    return FALSE;
  for (int sign = -1; sign <= 1; sign += 2)
    {
      double moved, back = 0;

      for (int i = 0; i < m; i++)
        {
          ahead[i] = sign * tangent[i];
          to->z[i] = from->z[i] + KINK * ahead[i];
        }
      if (correct (t, ahead, to->z) == 0)
        continue;
      for (int i = 0; i < m; i++)
        ahead[i] = to->z[i] - from->z[i];
      moved = sqrt (dot (m, ahead, ahead));
      back = -dot (m, ahead, from->tangent) / moved;
      if (moved > KINK / 10 && moved < 10 * KINK && back < 0.999 && find_tangent (t, to->z, ahead, to->tangent))
        return TRUE;
    }
  return FALSE;
}

/* The curve turns back between two neighbours. */
static gboolean
turns (const Tracer *t, const Place *a, const Place *b)
{
  return (a->tangent[t->n] > 0) != (b->tangent[t->n] > 0);
}

/* What lies between two neighbours; -1: nothing. A curve that turns back and stays as stable as it was does so on another
 * one: it is the outer one of a pitchfork. */
static int
event_between (const Tracer *t, const Place *a, const Place *b)
{
  if (turns (t, a, b))
    return a->sample.n_unstable != b->sample.n_unstable ? RHEO_EVENT_FOLD : RHEO_EVENT_BRANCH;
  if (a->sample.n_unstable == b->sample.n_unstable)
    return -1;
  return (a->sample.n_unstable - b->sample.n_unstable) % 2 == 0 && a->sample.n_real == b->sample.n_real
             ? RHEO_EVENT_HOPF
             : RHEO_EVENT_BRANCH;
}

/* The event on the way from a to b, a step of a length away, by halves as far as Newton's method goes, which may fail at a
 * branch point itself, and from there along a line on which the eigenvalue passes 0. `middle` is room for a place. */
static void
find_event (Tracer *t, const Place *a, const Place *b, double length, int kind, Place *middle, GArray *events)
{
  const gsize size = sizeof *a->sample.x * (gsize) t->n;
  const gboolean is_turn = turns (t, a, b);
  RheoBranchEvent event = { .kind = kind, .before = a->sample.n_unstable, .after = b->sample.n_unstable };
  RheoBranchSample side[2] = { a->sample, b->sample };
  double lo = 0, hi = length, share = 1;
  int n_corrections;

  for (int k = 0; k < 2; k++)
    side[k].x = g_memdup2 (side[k].x, size);
  for (int k = 0; k < N_HALVES && hi - lo > 1e-9; k++)
    {
      const double at = (lo + hi) / 2;
      RheoBranchSample sample;
      gboolean beyond;

      if (!try_step (t, a, at, middle, &n_corrections))
        break;
      sample = sample_at (t, middle->z);
      beyond = is_turn ? turns (t, a, middle) : a->sample.n_unstable != sample.n_unstable;
      clear_sample (&side[beyond]);
      side[beyond] = sample;
      *(beyond ? &hi : &lo) = at;
    }
  if (!is_turn && (side[0].nearest > 0) != (side[1].nearest > 0))
    share = side[0].nearest / (side[0].nearest - side[1].nearest);
  event.at = side[1];
  event.at.value = side[0].value + share * (side[1].value - side[0].value);
  for (int i = 0; i < t->n; i++)
    event.at.x[i] = side[0].x[i] + share * (side[1].x[i] - side[0].x[i]);
  clear_sample (&side[0]);
  g_array_append_val (events, event);
}

static Place *
place_new (int n)
{
  Place *place = g_new0 (Place, 1);

  place->z = g_new (double, n + 1);
  place->tangent = g_new (double, n + 1);
  return place;
}

static void
place_free (Place *place)
{
  g_free (place->z);
  g_free (place->tangent);
  g_free (place);
}

/* At an end of the values: the point there, from the place before. FALSE: it is not found. */
static gboolean
stop_at (Tracer *t, double end, const Place *from, Place *to)
{
  const int n = t->n;
  const double share = (end - from->z[n]) / (to->z[n] - from->z[n]);
  g_autofree double *across = g_new0 (double, n + 1);

  for (int i = 0; i < n; i++)
    to->z[i] = from->z[i] + share * (to->z[i] - from->z[i]);
  to->z[n] = end;
  across[n] = 1;
  return correct (t, across, to->z) > 0 && find_tangent (t, to->z, from->tangent, to->tangent);
}

typedef enum
{
  WAY_ENDED,
  WAY_CLOSED,
  WAY_LOST,
  WAY_CANCELLED,
} Way;

static gboolean
is_back (const Tracer *t, const double *z, const double *start, double step)
{
  double sum = 0;

  for (int i = 0; i <= t->n; i++)
    sum += (z[i] - start[i]) * (z[i] - start[i]);
  return sqrt (sum) < step;
}

/* From `at`, whose tangent says where to; samples and events are appended. at and the others are used up. */
static Way
follow (Tracer *t, Place *at, GArray *samples, GArray *events, const atomic_bool *cancelled)
{
  const RheoBranchPlan *plan = t->plan;
  const int n = t->n;
  g_autofree double *start = g_memdup2 (at->z, sizeof *at->z * (gsize) (n + 1));
  Place *to = place_new (n), *middle = place_new (n), *room[] = { at, to, middle };
  double step = plan->step / 4;
  Way way = WAY_LOST;

  for (int k = 0; k < plan->n_steps; k++)
    {
      gboolean is_end = FALSE;
      int n_corrections, kind;
      Place *swap;

      if (cancelled != NULL && atomic_load (cancelled))
        {
          way = WAY_CANCELLED;
          break;
        }
      while (!try_step (t, at, step, to, &n_corrections) && step > LEAST_STEP)
        step /= 2;
      if (step <= LEAST_STEP && !turn_corner (t, at, to))
        break;
      step = MAX (step, KINK);
      if (to->z[n] < 0 || to->z[n] > 1)
        {
          const double end = to->z[n] < 0 ? 0 : 1;

          is_end = TRUE;
          if (at->z[n] == end || !stop_at (t, end, at, to))
            {
              way = WAY_ENDED;
              break;
            }
        }
      to->sample = sample_at (t, to->z);
      /* Two events in one step would be taken for one. */
      if (abs (to->sample.n_unstable - at->sample.n_unstable) > 2 && step > 1e-4 && !is_end)
        {
          clear_sample (&to->sample);
          step /= 2;
          continue;
        }
      kind = event_between (t, at, to);
      if (kind >= 0)
        find_event (t, at, to, step, kind, middle, events);
      g_array_append_val (samples, to->sample);
      swap = at;
      at = to;
      to = swap;
      if (is_end || (k > 8 && is_back (t, at->z, start, step)))
        {
          way = is_end ? WAY_ENDED : WAY_CLOSED;
          break;
        }
      if (n_corrections <= N_EASY)
        step = MIN (1.5 * step, plan->step);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (room); i++)
    place_free (room[i]);
  return way;
}

/* --- a curve ------------------------------------------------------------------------------------------------------ */
static Place *
start_at (Tracer *t, double value, const double *x)
{
  const int n = t->n;
  g_autofree double *up = g_new0 (double, n + 1);
  Place *place = place_new (n);

  for (int i = 0; i < n; i++)
    place->z[i] = x[i] / t->scale;
  place->z[n] = (value - t->plan->from) / (t->plan->to - t->plan->from);
  up[n] = 1;
  if (correct (t, up, place->z) > 0 && find_tangent (t, place->z, up, place->tangent))
    return place;
  place_free (place);
  return NULL;
}

static void
reverse (GArray *array)
{
  const gsize size = g_array_get_element_size (array);
  g_autofree char *swap = g_malloc (size);

  for (guint i = 0, k = array->len; k > i + 1; i++, k--)
    {
      char *a = array->data + i * size, *b = array->data + (k - 1) * size;

      memcpy (swap, a, size);
      memcpy (a, b, size);
      memcpy (b, swap, size);
    }
}

static RheoBranch *
branch_new (void)
{
  RheoBranch *branch = g_new0 (RheoBranch, 1);

  branch->sample = g_array_new (FALSE, FALSE, sizeof (RheoBranchSample));
  branch->event = g_array_new (FALSE, FALSE, sizeof (RheoBranchEvent));
  g_array_set_clear_func (branch->sample, clear_sample);
  g_array_set_clear_func (branch->event, clear_event);
  return branch;
}

RheoBranch *
rheo_branch_follow (const RheoBranchPlan *plan, double value, const double *x, const atomic_bool *cancelled,
                    GError **error)
{
  g_autoptr (Tracer) t = tracer_new (plan);
  g_autoptr (RheoBranch) branch = branch_new ();

  /* First against the values; then what was found is turned round, and it goes on from the beginning. */
  for (int forwards = 0; forwards < 2 && !branch->closed; forwards++)
    {
      Place *at = start_at (t, value, x);
      RheoBranchSample first;
      Way way;

      if (at == NULL)
        {
          rheo_fail (error, RHEO_ERROR_INVALID, _ ("No curve of fixed points could be followed from there."));
          return NULL;
        }
      for (int i = 0; forwards == 0 && i <= plan->field->n; i++)
        at->tangent[i] = -at->tangent[i];
      at->sample = sample_at (t, at->z);
      if (forwards == 0)
        g_array_append_val (branch->sample, at->sample);
      first = at->sample;
      way = follow (t, at, branch->sample, branch->event, cancelled);
      if (forwards == 1)
        clear_sample (&first);
      if (way == WAY_CANCELLED)
        {
          rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
          return NULL;
        }
      branch->closed = way == WAY_CLOSED;
      branch->lost = branch->lost || way == WAY_LOST;
      if (forwards == 0 && !branch->closed)
        {
          reverse (branch->sample);
          reverse (branch->event);
          for (guint k = 0; k < branch->event->len; k++)
            {
              RheoBranchEvent *event = &g_array_index (branch->event, RheoBranchEvent, k);
              const int before = event->before;

              event->before = event->after;
              event->after = before;
            }
        }
    }
  return g_steal_pointer (&branch);
}

/* --- switching ---------------------------------------------------------------------------------------------------- */

/* At a branch point the derivatives of F by z have two null vectors: one is the tangent of the curve that is known. Beside it,
 * along the other one, a step leads off that curve, and Newton's method across it to the curve that crosses. */
enum
{
  N_INVERSE = 6,
  N_SHORTER = 6, /* halves of a step, before it is given up */
};

#define NO_KERNEL 0.01 /* per tau: an eigenvalue that passes 0 without being it */

/* v becomes what is null of the matrix m x m, orthogonal to `other` (or NULL), by inverse iteration. FALSE: it cannot. */
static gboolean
find_null (int m, const double *normal, const double *other, double *v)
{
  g_autofree double *a = g_new (double, (gsize) m *(gsize) m);

  for (int k = 0; k < N_INVERSE; k++)
    {
      double size;

      memcpy (a, normal, sizeof *a * (gsize) m * (gsize) m);
      if (!rheo_solve_positive (m, a, 1, v))
        return FALSE;
      if (other != NULL)
        {
          const double along = dot (m, v, other);

          for (int i = 0; i < m; i++)
            v[i] -= along * other[i];
        }
      size = sqrt (dot (m, v, v));
      if (!isfinite (size) || size == 0)
        return FALSE;
      for (int i = 0; i < m; i++)
        v[i] /= size;
    }
  return TRUE;
}

/* From the point to the nearest sample of its curve that is not in the same place. FALSE: there is none. */
static gboolean
find_secant (const Tracer *t, const RheoBranch *branch, const double *z, double *secant)
{
  const int n = t->n, m = n + 1;
  g_autofree double *away = g_new (double, m);
  double nearest = INFINITY;

  for (guint k = 0; k < branch->sample->len; k++)
    {
      const RheoBranchSample *sample = &g_array_index (branch->sample, RheoBranchSample, k);
      double far;

      for (int i = 0; i < n; i++)
        away[i] = sample->x[i] / t->scale - z[i];
      away[n] = (sample->value - t->plan->from) / (t->plan->to - t->plan->from) - z[n];
      far = sqrt (dot (m, away, away));
      if (far < t->plan->step / 10 || far >= nearest)
        continue;
      nearest = far;
      memcpy (secant, away, sizeof *away * (gsize) m);
    }
  return isfinite (nearest);
}

/* The null vector beside the tangent. FALSE: there is none. */
static gboolean
find_crossing (Tracer *t, const RheoBranch *branch, const double *z, double *crossing)
{
  const int m = t->n + 1;
  const RheoRng rng = { .stream = RHEO_STREAM_ANALYSIS };
  g_autofree double *none = g_new0 (double, m), *tangent = g_new (double, m), *image = g_new (double, m);
  g_autofree double *normal = g_new (double, (gsize) m *(gsize) m);
  double trace = 0;

  look (t, z);
  set_matrix (t, none);
  rheo_multiply (true, false, m, m, m, 1, t->a, t->a, 0, normal);
  for (int i = 0; i < m; i++)
    trace += normal[(gsize) i * (gsize) m + (gsize) i];
  for (int i = 0; i < m; i++)
    {
      normal[(gsize) i * (gsize) m + (gsize) i] += 1e-13 * trace;
      crossing[i] = rheo_rng_normal (rng, 5, (uint32_t) i);
    }
  if (!find_secant (t, branch, z, tangent) || !find_null (m, normal, NULL, tangent)
      || !find_null (m, normal, tangent, crossing))
    return FALSE;
  rheo_multiply (false, false, m, 1, m, 1, t->a, crossing, 0, image);
  return sqrt (dot (m, image, image)) < NO_KERNEL * t->scale;
}

int
rheo_branch_switch (const RheoBranchPlan *plan, const RheoBranch *branch, guint event, double *values, double *x)
{
  g_autoptr (Tracer) t = tracer_new (plan);
  const RheoBranchEvent *at = &g_array_index (branch->event, RheoBranchEvent, event);
  const int n = t->n, m = n + 1;
  g_autofree double *z = g_new (double, m), *crossing = g_new (double, m), *to = g_new (double, m);
  int n_found = 0;

  for (int i = 0; i < n; i++)
    z[i] = at->at.x[i] / t->scale;
  z[n] = (at->at.value - plan->from) / (plan->to - plan->from);
  if (at->kind != RHEO_EVENT_BRANCH || !find_crossing (t, branch, z, crossing))
    return 0;
  for (int sign = -1; sign <= 1; sign += 2)
    {
      double step = plan->step;

      for (int k = 0; k < N_SHORTER; k++, step /= 2)
        {
          double off = 0;

          for (int i = 0; i < m; i++)
            to[i] = z[i] + sign * step * crossing[i];
          if (correct (t, crossing, to) == 0)
            continue;
          for (int i = 0; i < m; i++)
            off += pow (to[i] - z[i] - sign * step * crossing[i], 2);
          if (sqrt (off) > step / 2 || to[n] < 0 || to[n] > 1)
            continue;
          values[n_found] = value_of (t, to);
          for (int i = 0; i < n; i++)
            x[n_found * n + i] = t->scale * to[i];
          n_found++;
          break;
        }
    }
  return n_found;
}

void
rheo_branch_free (RheoBranch *branch)
{
  if (branch == NULL)
    return;
  g_array_unref (branch->sample);
  g_array_unref (branch->event);
  g_free (branch);
}

gboolean
rheo_branch_passes (const RheoBranch *branch, const RheoBranchPlan *plan, double value, const double *x, double same)
{
  g_autoptr (Tracer) t = tracer_new (plan);
  const int n = t->n;
  const double near = same * (1 + sqrt (dot (n, x, x)));
  g_autofree double *z = g_new (double, n + 1), *across = g_new0 (double, n + 1);

  across[n] = 1;
  for (guint k = 0; k + 1 < branch->sample->len; k++)
    {
      const RheoBranchSample *a = &g_array_index (branch->sample, RheoBranchSample, k), *b = a + 1;
      const double share = b->value != a->value ? (value - a->value) / (b->value - a->value) : 0;
      double sum = 0, away = 0, apart = 0;

      if (share < -1e-9 || share > 1 + 1e-9)
        continue;
      for (int i = 0; i < n; i++)
        {
          const double here = a->x[i] + share * (b->x[i] - a->x[i]);

          z[i] = here / t->scale;
          away += (here - x[i]) * (here - x[i]);
          apart += (b->x[i] - a->x[i]) * (b->x[i] - a->x[i]);
        }
      if (sqrt (away) > sqrt (apart) + near)
        continue;
      z[n] = (value - plan->from) / (plan->to - plan->from);
      if (correct (t, across, z) == 0)
        continue;
      for (int i = 0; i < n; i++)
        sum += pow (t->scale * z[i] - x[i], 2);
      if (sqrt (sum) <= near)
        return TRUE;
    }
  return FALSE;
}
