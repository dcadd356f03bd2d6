#include "config.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot/plot-kind.h"
#include "random-numbers.h"
#include "scene.h"

#define MINUS "\xe2\x88\x92"

static RheoPlotSpec *
spec_of (const char *kind)
{
  const RheoPlotKind *k = rheo_plot_kind_find (kind, NULL);

  g_assert_nonnull (k);
  return rheo_plot_spec_new (k);
}

/* --- kinds ------------------------------------------------------------------------------------------------------- */
static void
test_kinds (void)
{
  g_autoptr (GError) error = NULL;
  int n = 0;

  for (const RheoComponent *const *c = rheo_plot_kinds (); *c != NULL; c++, n++)
    {
      const RheoPlotKind *kind = (const RheoPlotKind *) *c;
      g_autofree guint8 *values = g_malloc0 ((*c)->config_size);

      g_assert_cmpint ((*c)->kind, ==, RHEO_KIND_PLOT);
      g_assert_true (rheo_plot_kind_find ((*c)->id, NULL) == kind);
      g_assert_nonnull ((*c)->title);
      g_assert_nonnull ((*c)->summary);
      g_assert_nonnull (kind->draw);
      g_assert_nonnull (kind->pick);
      g_assert_nonnull (kind->numbers);
      g_assert_true ((kind->prepare == NULL) == (kind->release == NULL));
      g_assert_nonnull (kind->roles[0].key);
      rheo_params_reset ((*c)->params, values);
      for (const RheoParam *row = (*c)->params; row->key != NULL; row++)
        {
          g_autofree char *text = rheo_param_dup_text (row, values);

          g_assert_nonnull (row->label);
          g_assert_nonnull (row->help);
          g_assert_true (rheo_param_set_text (row, values, text, row->key, &error));
          g_assert_no_error (error);
        }
    }
  g_assert_cmpint (n, >=, 6);
  g_assert_null (rheo_plot_kind_find ("rastr", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "raster"));
}

static void
test_bind (void)
{
  g_autoptr (GPtrArray) tables = scene_tables ("loss"), weights = scene_tables ("robot");
  g_autoptr (RheoPlotSpec) spec = spec_of ("heat-map");
  g_autoptr (RheoPlotSpec) line = spec_of ("line");
  g_autoptr (GError) error = NULL;

  g_assert_false (rheo_plot_check (spec, &error));
  g_assert_nonnull (strstr (error->message, "matrix"));
  g_clear_error (&error);
  g_assert_false (rheo_plot_bind (spec, "cells", tables->pdata[0], "train.loss", NULL, &error));
  g_assert_nonnull (strstr (error->message, "matrix"));
  g_clear_error (&error);
  g_assert_false (rheo_plot_bind (spec, "matrix", tables->pdata[0], "no.such", NULL, &error));
  g_assert_nonnull (strstr (error->message, "no.such"));
  g_clear_error (&error);
  g_assert_false (rheo_plot_bind (spec, "matrix", tables->pdata[0], "train.loss", NULL, &error));
  g_assert_nonnull (strstr (error->message, "iteration"));
  g_clear_error (&error);
  g_assert_true (rheo_plot_bind (spec, "matrix", weights->pdata[0], "out.value", NULL, NULL));
  g_assert_false (rheo_plot_bind (spec, "matrix", weights->pdata[1], "out.value", NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (rheo_plot_check (spec, NULL));
  g_assert_false (rheo_plot_set (spec, "percentle", "98", &error));
  g_assert_nonnull (strstr (error->message, "percentile"));
  g_clear_error (&error);
  g_assert_false (rheo_plot_set (spec, "percentile", "20", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);

  {
    g_autofree char *whole = rheo_plot_dup_subtitle (spec), *slice = NULL;
    g_autoptr (RheoTable) numbers = NULL;

    g_assert_cmpstr (whole, ==, "Trial 1 of 1–4");
    g_assert_true (rheo_plot_set (spec, "slice", "3", NULL));
    spec->subtitle = "epoch 2";
    slice = rheo_plot_dup_subtitle (spec);
    g_assert_cmpstr (slice, ==, "epoch 2 · Trial 4 of 1–4");
    numbers = rheo_plot_dup_numbers (spec, NULL);
    g_assert_nonnull (strstr (rheo_table_get_column (numbers, 0)->label, ", Trial 4 of 1–4"));
  }
  g_assert_true (rheo_plot_set (spec, "slice", "4", NULL));
  g_assert_false (rheo_plot_check (spec, &error));
  g_assert_nonnull (strstr (error->message, "there are 4"));
  g_clear_error (&error);

  /* A role for many takes 32 columns and then refuses. */
  for (int i = 0; i < RHEO_PLOT_MAX_COLUMNS; i++)
    g_assert_true (rheo_plot_bind (line, "y", tables->pdata[0], "train.loss", NULL, NULL));
  g_assert_false (rheo_plot_bind (line, "y", tables->pdata[0], "train.loss", NULL, &error));
}

/* A spec keeps its tables alive; a copy is on its own. */
static void
test_copy (void)
{
  GPtrArray *tables = scene_tables ("loss");
  RheoPlotSpec *spec = spec_of ("line"), *copy;
  RheoRect a, b;
  RheoPlotAxis x, y, x2, y2;

  g_assert_true (rheo_plot_bind (spec, "y", tables->pdata[0], "train.loss", NULL, NULL));
  g_ptr_array_unref (tables);
  rheo_plot_layout (spec, 400, 300, &a, &x, &y);
  copy = rheo_plot_spec_dup (spec);
  g_assert_true (rheo_plot_set (copy, "log-y", "true", NULL));
  rheo_plot_layout (copy, 400, 300, &b, &x2, &y2);
  g_assert_false (y.log);
  g_assert_true (y2.log);
  rheo_plot_spec_free (spec);
  rheo_plot_layout (copy, 400, 300, &b, &x2, &y2);
  g_assert_true (y2.log);
  rheo_plot_spec_free (copy);
}

/* --- numbers and ticks ------------------------------------------------------------------------------------------- */
static void
test_numbers (void)
{
  char s[64];

  g_assert_cmpstr (rheo_plot_number (1234567, 0, s, sizeof s), ==, "1,234,567");
  g_assert_cmpstr (rheo_plot_number (-1000.5, 1, s, sizeof s), ==, MINUS "1,000.5");
  g_assert_cmpstr (rheo_plot_number (-0.001, 1, s, sizeof s), ==, "0.0");
  g_assert_cmpstr (rheo_plot_number (999, 0, s, sizeof s), ==, "999");
  g_assert_cmpstr (rheo_plot_number (NAN, 0, s, sizeof s), ==, "–");
  g_assert_cmpstr (rheo_plot_number_short (16.03, 4, s, sizeof s), ==, "16.03");
  g_assert_cmpstr (rheo_plot_number_short (20, 4, s, sizeof s), ==, "20");
  g_assert_cmpstr (rheo_plot_number_short (0.5, 4, s, sizeof s), ==, "0.5");
  g_assert_cmpstr (rheo_plot_number_short (9.9996, 3, s, sizeof s), ==, "10");
  g_assert_cmpstr (rheo_plot_number_short (0.00018, 2, s, sizeof s), ==, "0.00018");
  g_assert_cmpstr (rheo_plot_number_short (-2.5e-9, 2, s, sizeof s), ==, MINUS "2.5×10⁻⁹");
  g_assert_cmpstr (rheo_plot_number_short (1e8, 3, s, sizeof s), ==, "10⁸");
  g_assert_cmpstr (rheo_plot_number_short (123456, 3, s, sizeof s), ==, "123,456");
}

static void
test_numbers_exact (void)
{
  char s[64];

  g_assert_cmpstr (rheo_plot_number_exact (0.07, 3, s, sizeof s), ==, "0.0700");
  g_assert_cmpstr (rheo_plot_number_exact (0.07, 2, s, sizeof s), ==, "0.070");
  g_assert_cmpstr (rheo_plot_number_exact (0.007047, 3, s, sizeof s), ==, "0.00705");
  g_assert_cmpstr (rheo_plot_number_exact (0.0007047, 3, s, sizeof s), ==, "0.000705");
  g_assert_cmpstr (rheo_plot_number_exact (0.000007047, 3, s, sizeof s), ==, "7.05×10⁻⁶");
  g_assert_cmpstr (rheo_plot_number_exact (-0.00004, 1, s, sizeof s), ==, MINUS "4×10⁻⁵");
  g_assert_cmpstr (rheo_plot_number_exact (9.996, 3, s, sizeof s), ==, "10.0");
  g_assert_cmpstr (rheo_plot_number_exact (1e30, 2, s, sizeof s), ==, "1.0×10³⁰");
  g_assert_cmpstr (rheo_plot_number_exact (0, 3, s, sizeof s), ==, "0");
  g_assert_cmpstr (rheo_plot_number_exact (1234, 0, s, sizeof s), ==, "1,234");
}

/* One number that is long takes a digit from all; each number has room then. */
static void
test_digits_fitting (void)
{
  static const double v[] = { 0.12, 0.0791, NAN, 0.07, 0.007047, INFINITY }, whole[] = { 3, 12, 100 };
  g_autoptr (RheoPlotSpec) spec = spec_of ("cells");
  RheoPlotCanvas canvas;
  double wide, middle, narrow;

  rheo_plot_canvas_init (&canvas, spec, NULL, 400, 300);
  rheo_plot_text_size (&canvas, RHEO_TEXT_TICK, "0.00705", &wide, NULL);
  rheo_plot_text_size (&canvas, RHEO_TEXT_TICK, "0.0070", &middle, NULL);
  rheo_plot_text_size (&canvas, RHEO_TEXT_TICK, "0.007", &narrow, NULL);
  g_assert_cmpfloat (narrow, <, middle);
  g_assert_cmpint (rheo_plot_digits_fitting (&canvas, RHEO_TEXT_TICK, v, 6, wide), ==, 3);
  g_assert_cmpint (rheo_plot_digits_fitting (&canvas, RHEO_TEXT_TICK, v, 6, (wide + middle) / 2), ==, 2);
  g_assert_cmpint (rheo_plot_digits_fitting (&canvas, RHEO_TEXT_TICK, v, 6, (middle + narrow) / 2), ==, 1);
  g_assert_cmpint (rheo_plot_digits_fitting (&canvas, RHEO_TEXT_TICK, v, 4, (wide + middle) / 2), ==, 3);
  g_assert_cmpint (rheo_plot_digits_fitting (&canvas, RHEO_TEXT_TICK, whole, 3, wide), ==, 0);
  rheo_plot_canvas_release (&canvas);
}

static char *
ticks_of (double lo, double hi, gboolean log, gboolean whole, int wanted)
{
  RheoPlotAxis axis = { .lo = lo, .hi = hi, .log = log, .whole = whole };
  RheoTicks t;
  g_autoptr (GString) s = g_string_new (NULL);

  rheo_plot_ticks (&axis, wanted, &t);
  for (int i = 0; i < t.n; i++)
    g_string_append_printf (s, "%s%s", i > 0 ? " " : "", t.label[i]);
  return g_string_free (g_steal_pointer (&s), FALSE);
}

static void
test_ticks (void)
{
  static const struct
  {
    double lo, hi;
    gboolean log, whole;
    const char *labels;
  } cases[] = {
    { 0, 20, FALSE, TRUE, "0 5 10 15 20" },
    { 0, 1, FALSE, FALSE, "0.0 0.2 0.4 0.6 0.8 1.0" },
    { -1, 1, FALSE, FALSE, MINUS "1.0 " MINUS "0.5 0.0 0.5 1.0" },
    { 0, 3, FALSE, TRUE, "0 1 2 3" },
    { 0, 1000, FALSE, TRUE, "0 200 400 600 800 1,000" },
    { 999.5, -0.5, FALSE, TRUE, "0 200 400 600 800" },
    { 0, 2e-7, FALSE, FALSE, "0 0.5×10⁻⁷ 1.0×10⁻⁷ 1.5×10⁻⁷ 2.0×10⁻⁷" },
    { 0.001, 1000, TRUE, FALSE, "0.001 0.01 0.1 1 10 100 1,000" },
    { 1e-9, 1e-3, TRUE, FALSE, "10⁻⁹ 10⁻⁸ 10⁻⁷ 10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³" },
    { 1, 10, TRUE, FALSE, "1 2 5 10" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *labels = ticks_of (cases[i].lo, cases[i].hi, cases[i].log, cases[i].whole, 5);

      g_assert_cmpstr (labels, ==, cases[i].labels);
    }
}

/* Whatever the limits: ticks lie inside, ascend, are 4 to 7 where 5 are wanted, and their labels differ. */
static void
test_ticks_any (void)
{
  for (int i = 0; i < 3000; i++)
    {
      double lo = (uniform () - 0.5) * pow (10, -8 + 16 * uniform ());
      double hi = lo + fabs (lo) * pow (10, -2 + 4 * uniform ()) + 1e-12;
      RheoPlotAxis axis = { .lo = lo, .hi = hi };
      RheoTicks t;

      rheo_plot_axis_nice (&axis);
      g_assert_cmpfloat (axis.lo, <=, lo + 1e-9 * fabs (hi - lo));
      g_assert_cmpfloat (axis.hi, >=, hi - 1e-9 * fabs (hi - lo));
      /* Never more than a third of the axis is empty on either side. */
      g_assert_cmpfloat (axis.hi - axis.lo, <, 1.5 * (hi - lo));
      rheo_plot_ticks (&axis, 5, &t);
      g_assert_cmpint (t.n, >=, 3);
      g_assert_cmpint (t.n, <=, 8);
      for (int k = 0; k < t.n; k++)
        {
          g_assert_cmpfloat (t.at[k], >=, axis.lo - 1e-9 * (hi - lo));
          g_assert_cmpfloat (t.at[k], <=, axis.hi + 1e-9 * (hi - lo));
          g_assert_true (k == 0 || t.at[k] > t.at[k - 1]);
          g_assert_cmpstr (t.label[k], !=, k > 0 ? t.label[k - 1] : "");
        }
    }
}

/* --- data ---------------------------------------------------------------------------------------------------------- */
/* Copies of a spec that shares have what one of them has worked out, until they say something else. */
static void
test_shared (void)
{
  const int64_t n = 50;
  g_autoptr (RheoTable) table = rheo_table_new ("t");
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("violin", NULL)), *copy, *other;

  for (int k = 0; k < 2; k++)
    {
      float *v = rheo_table_add (table, k == 0 ? "a" : "b", "", "", "i", RHEO_F32, &n)->data;

      for (int64_t i = 0; i < n; i++)
        v[i] = (float) normal ();
    }
  g_assert_true (rheo_plot_bind (spec, "values", table, "a", NULL, NULL));
  copy = rheo_plot_spec_dup (spec);
  g_assert_true (rheo_plot_get_prepared (copy) != rheo_plot_get_prepared (spec));
  rheo_plot_spec_free (copy);

  rheo_plot_share (spec);
  copy = rheo_plot_spec_dup (spec);
  other = rheo_plot_spec_dup (copy);
  g_assert_true (rheo_plot_get_prepared (copy) == rheo_plot_get_prepared (spec));
  rheo_plot_spec_free (spec);
  g_assert_true (rheo_plot_get_prepared (other) == rheo_plot_get_prepared (copy));
  g_assert_true (rheo_plot_bind (other, "values", table, "b", NULL, NULL));
  g_assert_true (rheo_plot_get_prepared (other) != rheo_plot_get_prepared (copy));
  rheo_plot_spec_free (other);

  rheo_plot_prepare (copy);
  other = rheo_plot_spec_dup (copy);
  g_assert_true (rheo_plot_set (copy, "tail", "2", NULL));
  g_assert_true (rheo_plot_get_prepared (other) != rheo_plot_get_prepared (copy));
  rheo_plot_spec_free (copy);
  rheo_plot_spec_free (other);

  /* Without data there is nothing to work out. */
  spec = rheo_plot_spec_new (rheo_plot_kind_find ("violin", NULL));
  rheo_plot_prepare (spec);
  rheo_plot_spec_free (spec);
}

static void
test_decimate (void)
{
  int64_t n = 50000;
  g_autoptr (RheoTable) table = rheo_table_new ("t");
  double *y = rheo_table_add (table, "y", "y", "", "time", RHEO_F64, &n)->data;
  RheoPlotAxis xa = { .lo = 0, .hi = (double) (n - 1) }, ya = { .lo = -10, .hi = 10 };
  RheoRect area = { 10, 20, 300, 200 };
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
  g_autoptr (GArray) thin = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
  double lo[2][302], hi[2][302];
  RheoVector v;
  int gaps = 0;

  for (int64_t i = 0; i < n; i++)
    y[i] = sin ((double) i * 0.0003) * 5 + 0.2 * normal ();
  y[777] = 9.5;
  y[31234] = -9.5;
  for (int64_t i = 20000; i < 20900; i++)
    y[i] = NAN;
  v = rheo_vector (rheo_table_find (table, "y"));
  rheo_plot_decimate (NULL, 0, 1, &v, &xa, &ya, &area, 0, all);
  rheo_plot_decimate (NULL, 0, 1, &v, &xa, &ya, &area, 1, thin);
  g_assert_cmpuint (all->len, ==, 50000 - 900 + 1);
  g_assert_cmpuint (thin->len, <, 4 * 302);
  for (int k = 0; k < 2; k++)
    {
      GArray *a = k == 0 ? all : thin;

      for (int i = 0; i < 302; i++)
        {
          lo[k][i] = INFINITY;
          hi[k][i] = -INFINITY;
        }
      for (guint i = 0; i < a->len; i++)
        {
          RheoPoint p = g_array_index (a, RheoPoint, i);
          int column = (int) floor (p.x - area.x);

          if (isnan (p.x))
            {
              gaps += k;
              continue;
            }
          lo[k][column] = MIN (lo[k][column], p.y);
          hi[k][column] = MAX (hi[k][column], p.y);
        }
    }
  g_assert_cmpint (gaps, ==, 1);
  for (int i = 0; i < 302; i++)
    {
      g_assert_true (lo[0][i] == lo[1][i]);
      g_assert_true (hi[0][i] == hi[1][i]);
    }
}

/* Columns of pixels of a figure in which a flat line of which every fifth number is there is drawn, of 300. */
static int
count_columns (const char *x_key)
{
  g_autoptr (RheoPlotSpec) spec = spec_of ("line");
  const int64_t n = 100;
  g_autoptr (RheoTable) table = rheo_table_new ("t");
  int64_t *x = rheo_table_add (table, x_key, x_key, "", x_key, RHEO_I64, &n)->data;
  double *y = rheo_table_add (table, "y", "y", "", x_key, RHEO_F64, &n)->data;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 300, 200);
  cairo_t *cr = cairo_create (surface);
  int blue = 0;

  for (int64_t i = 0; i < n; i++)
    {
      x[i] = i;
      y[i] = i % 5 == 0 ? 3 : NAN;
    }
  g_assert_true (rheo_plot_bind (spec, "x", table, x_key, NULL, NULL));
  g_assert_true (rheo_plot_bind (spec, "y", table, "y", NULL, NULL));
  g_assert_true (rheo_plot_bind (spec, "y", table, "y", NULL, NULL));
  rheo_plot_draw (spec, cr, 300, 200);
  cairo_surface_flush (surface);
  for (int column = 0; column < 300; column++)
    {
      gboolean found = FALSE;

      for (int row = 0; row < 200 && !found; row++)
        {
          const guint8 *q =
              cairo_image_surface_get_data (surface) + row * cairo_image_surface_get_stride (surface) + 4 * column;

          found = q[0] > q[2] + 40;
        }
      blue += found;
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return blue;
}

/* What is measured every so many iterations is a line; what is missing over time is a gap. */
static void
test_now_and_then (void)
{
  g_assert_cmpint (count_columns ("iteration"), >, 120);
  g_assert_cmpint (count_columns ("time"), <, 20);
}

static void
test_spread (void)
{
  double at[] = { 10, 11, 12, 100 };

  g_assert_true (rheo_plot_spread (at, 4, 10, 0, 200));
  g_assert_cmpfloat_with_epsilon (at[0], 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (at[1], 11, 1e-9);
  g_assert_cmpfloat_with_epsilon (at[2], 21, 1e-9);
  g_assert_cmpfloat_with_epsilon (at[3], 100, 1e-9);
  g_assert_false (rheo_plot_spread (at, 4, 100, 0, 200));
}

static void
test_room (void)
{
  RheoRect area = { 100, 50, 400, 200 };
  RheoRoom room;
  double x, y;

  rheo_room_init (&room, &area);
  g_assert_true (rheo_room_find (&room, 80, 30, &x, &y));
  g_assert_cmpfloat (x, ==, 420);
  g_assert_cmpfloat (y, ==, 50);
  rheo_room_take_line (&room, 100, 60, 500, 60);
  g_assert_true (rheo_room_find (&room, 80, 30, &x, &y));
  g_assert_cmpfloat (y, >, 60);
  rheo_room_take (&room, &area);
  g_assert_false (rheo_room_find (&room, 80, 30, &x, &y));
  g_assert_false (rheo_room_is_free (&room, &(RheoRect){ 490, 100, 50, 10 }));
  rheo_room_clear (&room);
}

/* --- drawing never fails --------------------------------------------------------------------------------------------- */
static RheoTable *
odd_table (int which)
{
  static const double bad[] = { NAN, INFINITY, -INFINITY, 0, -1, 1e300, -1e300, 1e-300, 5 };
  RheoTable *t = rheo_table_new ("odd");
  int64_t n = which == 0 ? 0 : which == 1 ? 1 : 9, m[] = { n, n }, c[] = { 2, n, n };
  double *a = rheo_table_add (t, "a", "", "", "time", RHEO_F64, &n)->data;
  double *b = rheo_table_add (t, "b", "", "", "time", RHEO_F64, &n)->data;
  double *w = rheo_table_add (t, "w", "", "", "x y", RHEO_F64, m)->data;
  double *s = rheo_table_add (t, "s", "", "", "trial time unit", RHEO_F64, c)->data;

  for (int64_t i = 0; i < n; i++)
    {
      a[i] = which == 3 ? 7 : bad[i];
      b[i] = which == 3 ? 7 : bad[(i + 4) % 9];
    }
  for (int64_t i = 0; i < n * n; i++)
    w[i] = which == 3 ? 7 : which == 4 ? NAN : bad[i % 9];
  for (int64_t i = 0; i < 2 * n * n; i++)
    s[i] = which == 3 ? 7 : bad[i % 9];
  rheo_table_add (t, "u", "", "", "unit", RHEO_STRING, &n);
  return t;
}

static void
draw_at (const RheoPlotSpec *spec, double width, double height)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, MAX ((int) width, 1), MAX ((int) height, 1));
  cairo_t *cr = cairo_create (surface);
  RheoPlotPick pick;

  rheo_plot_draw (spec, cr, width, height);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  for (int i = 0; i < 9; i++)
    rheo_plot_pick (spec, width, height, width * (i % 3 + 0.5) / 3, height * (i / 3 + 0.5) / 3, &pick);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_odd (void)
{
  static const double size[][2] = { { 0, 0 }, { 1, 1 }, { 3, 200 }, { 200, 3 }, { 40, 30 }, { 300, 200 } };

  for (const RheoComponent *const *c = rheo_plot_kinds (); *c != NULL; c++)
    for (int which = 0; which < 5; which++)
      for (int how = 0; how < 4; how++)
        {
          const RheoPlotKind *kind = (const RheoPlotKind *) *c;
          g_autoptr (RheoTable) table = odd_table (which);
          g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (kind);
          static const char *const keys[] = { "s", "w", "a", "b", "u" };

          /* Every column into every role that takes it. */
          for (const RheoPlotRole *r = kind->roles; r->key != NULL && how > 0; r++)
            for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
              rheo_plot_bind (spec, r->key, table, keys[(k + how) % G_N_ELEMENTS (keys)], NULL, NULL);
          for (const RheoParam *row = kind->base.params; row->key != NULL && how == 3; row++)
            if (row->type == RHEO_BOOL || row->type == RHEO_CHOICE)
              rheo_plot_set (spec, row->key, row->type == RHEO_BOOL ? "true" : row->choices[1], NULL);
          spec->theme = which % 3;
          for (gsize k = 0; k < G_N_ELEMENTS (size); k++)
            draw_at (spec, size[k][0], size[k][1]);
          spec->x.lo = NAN;
          spec->y.hi = INFINITY;
          spec->colour.lo = 3;
          spec->title = spec->subtitle = "A title that is far too long for any figure of this size to hold in one row";
          draw_at (spec, 300, 200);
        }
  draw_at (NULL, 300, 200);
  {
    g_autoptr (RheoPlotSpec) none = rheo_plot_spec_new (NULL);

    draw_at (none, 300, 200);
  }
}

/* --- hover ----------------------------------------------------------------------------------------------------------- */
static void
test_pick (void)
{
  static const struct
  {
    const char *scene, *has;
    double x, y; /* share of the area */
  } cases[] = {
    { "loss", "Epoch 6: ", 0.3, 0.8 },
    { "spikes", ", E: spike at step 15", 0.5, 0.5 },
    { "spikes", "Htr", 0.5, 0.005 },
    { "heat-map", "From unit 499, To unit 249: ", 0.4999, 0.2499 },
    { "sweep", "missing", 0.9, 0.98 },
    { "cells", "e-prop: Time constant", 0.99, 0.99 },
    { "parallel", "Learning rate 0.001, Time constant 15, Rank diagonal: 0.0048", 0.53, 0.272 },
    { "violins", "n = 2,000", 0.2, 0.7 },
    { "boxes", "Best mean of 100 (10): median 120, quartiles 102 and 131", 0.2, 0.5 },
    { "boxes-by", "Who is rewarded both (16): median ", 0.94, 0.2 },
    { "histogram", "0.1", 0.08, 0.9 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PlotScene *scene = scene_find (cases[i].scene);
      RheoPlotAxis x, y;
      RheoRect a;
      RheoPlotPick pick;

      rheo_plot_layout (scene->spec, scene->width, scene->height, &a, &x, &y);
      rheo_plot_pick (scene->spec, scene->width, scene->height, a.x + cases[i].x * a.width, a.y + cases[i].y * a.height,
                      &pick);
      g_assert_cmpint (pick.binding, >=, 0);
      if (strstr (pick.text, cases[i].has) == NULL)
        g_error ("%s says “%s”, not “%s”", cases[i].scene, pick.text, cases[i].has);
      rheo_plot_pick (scene->spec, scene->width, scene->height, -5, -5, &pick);
      g_assert_cmpint (pick.binding, ==, -1);
      scene_free (scene);
    }
}

/* A target that is zero but for rounding does not cut off what is drawn in the rows that share its axis. */
static void
test_flat_target (void)
{
  const int64_t dims[] = { 1, 3, 2 };
  static const float target[] = { 0, 0, -1, 1e-16f, -2, 0 }, output[] = { 0.1f, 0.35f, -1, 0.4f, -2, -9 };
  g_autoptr (RheoTable) table = rheo_table_new ("Outputs");
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("trajectory", NULL));
  RheoPlotAxis x = { 0 }, y = { .lo = INFINITY, .hi = -INFINITY }, colour = { 0 };

  rheo_table_add_copy (table, "target", "", "", "trial time out", RHEO_F32, dims, target);
  rheo_table_add_copy (table, "value", "", "", "trial time out", RHEO_F32, dims, output);
  g_assert_true (rheo_plot_bind (spec, "target", table, "target", NULL, NULL));
  g_assert_true (rheo_plot_bind (spec, "prediction", table, "value", NULL, NULL));
  g_assert_true (rheo_plot_set (spec, "layout", "time", NULL));
  spec->kind->range (spec, &x, &y, &colour);
  g_assert_cmpfloat (y.hi, >=, 0.4);
  /* what is far off does not squeeze the rest */
  g_assert_cmpfloat (y.lo, >, -5);
}

/* Trials over time are lines over time, one for each trial; other matrices have their lines side by side. */
static void
test_trials_over_time (void)
{
  static const double count[] = { 9, 8, 7, 6, 5, 19, 18, 17, 16, 15 };

  for (int over_time = 0; over_time < 2; over_time++)
    {
      g_autoptr (RheoTable) table = rheo_table_new ("Counts");
      g_autoptr (RheoPlotSpec) spec = spec_of ("line");
      RheoPlotAxis x = { .lo = INFINITY, .hi = -INFINITY }, y = x, colour = x;
      RheoPlotPick pick;

      rheo_table_add_copy (table, "count", "Count", "", over_time ? "trial time" : "epoch unit", RHEO_F64,
                           (const int64_t[]){ 2, 5 }, count);
      g_assert_true (rheo_plot_bind (spec, "y", table, "count", NULL, NULL));
      spec->kind->range (spec, &x, &y, &colour);
      g_assert_cmpstr (x.label, ==, over_time ? "Time step" : "Epoch");
      g_assert_cmpfloat (x.hi, >=, over_time ? 4 : 1);
      g_assert_true (rheo_plot_read (spec, &x, 1, &pick));
      g_assert_nonnull (strstr (pick.text, over_time ? "18" : "19"));
      g_assert_true ((strstr (pick.text, "15") != NULL) == !over_time);
    }
}

/* A field whose places along an axis are no numbers, or all the same, has nothing under the pointer. */
static void
test_pick_nowhere (void)
{
  static const double ends[][2] = { { NAN, NAN }, { 0, NAN }, { -INFINITY, INFINITY }, { 1, 1 } };
  const int64_t four[] = { 4 }, grid[] = { 4, 4 };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr (RheoTable) table = rheo_table_new ("Field");
      g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("flow", NULL));
      double *x = rheo_table_add (table, "x", "x", "", "x", RHEO_F64, four)->data;
      double *y = rheo_table_add (table, "y", "y", "", "y", RHEO_F64, four)->data;
      double *u = rheo_table_add (table, "u", "u", "", "y x", RHEO_F64, grid)->data;
      RheoPlotPick pick;

      for (int k = 0; k < 16; k++)
        {
          x[k % 4] = ends[i][0] + (ends[i][1] - ends[i][0]) * (k % 4) / 3.0;
          y[k % 4] = k % 4;
          u[k] = k;
        }
      for (const char *const *role = (const char *const[]){ "x", "y", "vx", "vy", NULL }; *role != NULL; role++)
        rheo_plot_bind (spec, *role, table, (*role)[0] == 'v' ? "u" : *role, NULL, NULL);
      rheo_plot_pick (spec, 300, 200, 150, 100, &pick);
      g_assert_cmpint (pick.binding, ==, -1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/kinds", test_kinds);
  g_test_add_func ("/plot/bind", test_bind);
  g_test_add_func ("/plot/copy", test_copy);
  g_test_add_func ("/plot/numbers", test_numbers);
  g_test_add_func ("/plot/numbers-exact", test_numbers_exact);
  g_test_add_func ("/plot/digits-fitting", test_digits_fitting);
  g_test_add_func ("/plot/ticks", test_ticks);
  g_test_add_func ("/plot/ticks-any", test_ticks_any);
  g_test_add_func ("/plot/shared", test_shared);
  g_test_add_func ("/plot/decimate", test_decimate);
  g_test_add_func ("/plot/spread", test_spread);
  g_test_add_func ("/plot/now-and-then", test_now_and_then);
  g_test_add_func ("/plot/room", test_room);
  g_test_add_func ("/plot/odd", test_odd);
  g_test_add_func ("/plot/pick", test_pick);
  g_test_add_func ("/plot/flat-target", test_flat_target);
  g_test_add_func ("/plot/trials-over-time", test_trials_over_time);
  g_test_add_func ("/plot/pick-nowhere", test_pick_nowhere);
  return g_test_run ();
}
