#include "config.h"

#include "scene-numbers.h"

#include <math.h>
#include <string.h>

/* A cube of 27 points as three bits hold them, and trials along its edges. other: shrunk, under another input. */
static RheoTable *
fixed_points (gboolean other)
{
  RheoTable *t = rheo_table_new ("Fixed points");
  const int64_t n = 27, in = 3, place_dims[] = { n, 3 }, mode_dims[] = { n, 40 }, path_dims[] = { 6, 60, 3 };
  guint64 s = 21;
  double *input = reals (t, "input", "Input", "", "in", in);
  double *place = rheo_table_add (t, "place", "Place", "", "point direction", RHEO_F64, place_dims)->data;
  int32_t *unstable = rheo_table_add (t, "unstable", "Unstable modes", "", "point", RHEO_I32, &n)->data;
  int32_t *kind = rheo_table_add (t, "kind", "Kind", "", "point", RHEO_I32, &n)->data;
  double *q = reals (t, "q", "Speed", "", "point", n);
  double *re = rheo_table_add (t, "eigenvalue-re", "Real part", "1/τ", "point mode", RHEO_F64, mode_dims)->data;
  double *im = rheo_table_add (t, "eigenvalue-im", "Imaginary part", "1/τ", "point mode", RHEO_F64, mode_dims)->data;
  double *path = rheo_table_add (t, "path", "Path", "", "trial time direction", RHEO_F64, path_dims)->data;

  input[1] = other;
  for (int i = 0; i < n; i++)
    {
      const int bit[] = { i % 3 - 1, i / 3 % 3 - 1, i / 9 - 1 };

      for (int k = 0; k < 3; k++)
        {
          place[3 * i + k] = bit[k] * (other ? 2 : 5 - k) + 0.15 * normal (&s);
          unstable[i] += bit[k] == 0;
        }
      kind[i] = i == 14 ? 2 : unstable[i] > 0;
      q[i] = i == 3 ? 1e-29 : pow (10, -9 + i * 0.2);
      for (int k = 0; k < 40; k++)
        {
          const gboolean grows = k < unstable[i];

          re[40 * i + k] = grows ? 0.7 - 0.2 * k : k % 2 == 0 ? -1.2 + 0.3 * normal (&s) : re[40 * i + k - 1];
          im[40 * i + k] = grows || unstable[i] % 2 != 0 ? 0 : k % 2 == 0 ? 0.4 * uniform (&s) : -im[40 * i + k - 1];
          /* Pairs need both of their members. */
          if (k == unstable[i] && k % 2 != 0)
            re[40 * i + k] = -0.6, im[40 * i + k] = 0;
        }
    }
  for (int trial = 0; trial < 6; trial++)
    for (int step = 0; step < 60; step++)
      for (int k = 0; k < 3; k++)
        {
          const double side = (trial >> k & 1 ? 1 : -1) * (5 - k);
          const double turn = tanh ((step - 30) / 4.0);

          path[(trial * 60 + step) * 3 + k] =
              trial == 5 && step > 50 ? NAN : (trial % 3 == k ? turn * side : side) + 0.1 * normal (&s);
        }
  return t;
}

/* Two wells: x' = x - x^3, y' = -y + x / 4. */
static RheoTable *
wells (void)
{
  enum
  {
    N = 21
  };
  RheoTable *t = rheo_table_new ("Flow field");
  const int64_t dims[] = { N, N }, place_dims[] = { 3, 2 }, path_dims[] = { 4, 50, 2 }, n = 3;
  double *x = reals (t, "x", "Place along x", "", "x", N), *y = reals (t, "y", "Place along y", "", "y", N);
  double *vx = rheo_table_add (t, "velocity-x", "Velocity along x", "1/τ", "y x", RHEO_F64, dims)->data;
  double *vy = rheo_table_add (t, "velocity-y", "Velocity along y", "1/τ", "y x", RHEO_F64, dims)->data;
  double *q = rheo_table_add (t, "q", "Speed q", "", "y x", RHEO_F64, dims)->data;
  double *place = rheo_table_add (t, "place", "Place", "", "point direction", RHEO_F64, place_dims)->data;
  int32_t *kind = rheo_table_add (t, "kind", "Kind", "", "point", RHEO_I32, &n)->data;
  double *away = reals (t, "away", "Distance from the plane", "", "point", n);
  double *path = rheo_table_add (t, "path", "Path", "", "trial time direction", RHEO_F64, path_dims)->data;

  for (int i = 0; i < N; i++)
    {
      x[i] = -1.6 + 3.2 * i / (N - 1);
      y[i] = -1.2 + 2.4 * i / (N - 1);
    }
  for (int i = 0; i < N * N; i++)
    {
      const double a = x[i % N], b = y[i / N];

      vx[i] = a - a * a * a;
      vy[i] = a / 4 - b;
      q[i] = vx[i] * vx[i] + vy[i] * vy[i];
    }
  for (int i = 0; i < 3; i++)
    {
      place[2 * i] = i - 1;
      place[2 * i + 1] = (i - 1) / 4.0;
      kind[i] = i == 1;
      away[i] = i == 2 ? 0.4 : 0;
    }
  for (int k = 0; k < 4; k++)
    {
      double a = k % 2 == 0 ? -0.1 : 0.15, b = k < 2 ? -1 : 1;

      for (int step = 0; step < 50; step++)
        {
          path[(k * 50 + step) * 2] = k == 3 && step > 40 ? NAN : a;
          path[(k * 50 + step) * 2 + 1] = b;
          a += 0.1 * (a - a * a * a);
          b += 0.1 * (a / 4 - b);
        }
    }
  return t;
}

/* An S of fixed points u = x^3 - x and a second curve, which loses its stability to an oscillation. */
static RheoTable *
curves (void)
{
  enum
  {
    N = 61
  };
  RheoTable *t = rheo_table_new ("Continuation");
  const int64_t place_dims[] = { 2 * N, 1 }, n_events = 3, event_dims[] = { n_events, 1 }, n = 2 * N;
  const double fold = 1 / sqrt (3);
  double *value = reals (t, "value", "Input", "", "sample", n);
  int32_t *curve = rheo_table_add (t, "curve", "Curve", "", "sample", RHEO_I32, &n)->data;
  int32_t *unstable = rheo_table_add (t, "unstable", "Unstable modes", "", "sample", RHEO_I32, &n)->data;
  double *place = rheo_table_add (t, "place", "Place", "", "sample direction", RHEO_F64, place_dims)->data;
  int32_t *event = rheo_table_add (t, "event", "Event", "", "event", RHEO_I32, &n_events)->data;
  double *at = reals (t, "event-value", "Input", "", "event", n_events);
  double *event_place = rheo_table_add (t, "event-place", "Place", "", "event direction", RHEO_F64, event_dims)->data;
  const int32_t vary = 2;

  rheo_table_add_copy (t, "vary", "Input that is turned up", "", "", RHEO_I32, NULL, &vary);
  for (int i = 0; i < N; i++)
    {
      const double x = -1.4 + 2.8 * i / (N - 1);

      value[i] = x * x * x - x;
      place[i] = x;
      curve[i] = 1;
      unstable[i] = fabs (x) < fold;
      value[N + i] = -1 + 2.0 * i / (N - 1);
      place[N + i] = 2 + 0.3 * value[N + i];
      curve[N + i] = 2;
      unstable[N + i] = value[N + i] > 0.2 ? 2 : 0;
    }
  for (int i = 0; i < 2; i++)
    {
      event_place[i] = i == 0 ? -fold : fold;
      at[i] = pow (event_place[i], 3) - event_place[i];
    }
  event[2] = 2;
  at[2] = 0.2;
  event_place[2] = 2.06;
  return t;
}

/* Two contexts of a line, or a ring of points of which some rest. */
static RheoTable *
attractor (gboolean ring)
{
  RheoTable *t = rheo_table_new ("Line attractor");
  const int64_t n = 31, n_in = 3, dims[] = { 2, n }, in_dims[] = { 2, n_in };
  double *along = reals (t, "along", ring ? "Along the shape" : "Along the line", "", "point", n);
  double *q = ring ? reals (t, "q", "Speed", "", "point", n)
                   : rheo_table_add (t, "q", "Speed", "", "context point", RHEO_F64, dims)->data;

  for (int i = 0; i < (int) (ring ? n : 2 * n); i++)
    {
      const double u = (double) (i % n) / 30;

      along[i % n] = ring ? fmod (7 * u, 1) : u;
      q[i] = ring && i % 8 == 3 ? 1e-31 : pow (10, -6 + 2 * cos (9 * u + i / n));
    }
  if (ring)
    *(double *) rheo_table_add (t, "shape", "Shape", "", "", RHEO_F64, NULL)->data = 2;
  else
    {
      double *inputs = rheo_table_add (t, "inputs", "Inputs", "", "context in", RHEO_F64, in_dims)->data;

      inputs[0] = inputs[4] = 1;
    }
  return t;
}

void
scene_add_dynamics (const char *name, GPtrArray *tables)
{
  if (strcmp (name, "fixed-points") == 0)
    {
      g_ptr_array_add (tables, fixed_points (FALSE));
      g_ptr_array_add (tables, fixed_points (TRUE));
    }
  else if (strcmp (name, "line-attractor") == 0)
    {
      g_ptr_array_add (tables, attractor (FALSE));
      g_ptr_array_add (tables, attractor (TRUE));
    }
  else if (strcmp (name, "wells") == 0)
    g_ptr_array_add (tables, wells ());
  else if (strcmp (name, "curves") == 0)
    g_ptr_array_add (tables, curves ());
}
