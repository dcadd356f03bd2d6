/* Large figures in space: what the graphics card draws is what cairo draws, and where there is none nobody notices. */
#include "config.h"

#include <epoxy/gl.h>
#include <math.h>
#include <string.h>

#include "gpu/gl-points.h"
#include "plot-place.h"
#include "plot/plot-kind.h"

#define WIDTH 480
#define HEIGHT 400

/* --- made-up points -------------------------------------------------------------------------------------------------- */
static double
uniform (guint64 *state)
{
  *state = *state * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
  return (double) (*state >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53);
}

static RheoTable *
make_table (int64_t n, int64_t n_trials, int64_t n_steps)
{
  RheoTable *table = rheo_table_new ("Fixed points");
  const int64_t dims[] = { n, 3 }, path_dims[] = { n_trials, n_steps, 3 };
  guint64 s = 5;
  double *place = rheo_table_add (table, "place", "Place", "", "point direction", RHEO_F64, dims)->data;
  int32_t *unstable = rheo_table_add (table, "unstable", "Unstable modes", "", "point", RHEO_I32, &n)->data;
  int32_t *kind = rheo_table_add (table, "kind", "Kind", "", "point", RHEO_I32, &n)->data;
  double *q = rheo_table_add (table, "q", "Speed", "", "point", RHEO_F64, &n)->data;

  for (int64_t i = 0; i < n; i++)
    {
      const double a = 2 * RHEO_PLOT_PI * uniform (&s);

      place[3 * i] = 40 + 3 * cos (a) + 0.4 * uniform (&s);
      place[3 * i + 1] = 2 * sin (a) + 0.4 * uniform (&s);
      place[3 * i + 2] = -1 + sin (2 * a) + 0.4 * uniform (&s);
      unstable[i] = (int) (i % 4);
      kind[i] = i % 7 == 0 ? 2 : unstable[i] > 0;
      q[i] = pow (10, -12 + 8 * uniform (&s));
    }
  if (n_trials > 0)
    {
      double *path = rheo_table_add (table, "path", "Path", "", "trial time direction", RHEO_F64, path_dims)->data;

      for (int64_t i = 0; i < n_trials * n_steps; i++)
        {
          const double t = 6.0 * (double) (i % n_steps) / (double) n_steps, k = (double) (i / n_steps);

          path[3 * i] = i % n_steps > n_steps - 5 ? NAN : 40 + 3 * cos (t + k);
          path[3 * i + 1] = 2 * sin (1.3 * t + k);
          path[3 * i + 2] = -1 + sin (2 * t - k);
        }
    }
  return table;
}

static RheoPlotSpec *
make_spec (int64_t n, int64_t n_trials, int64_t n_steps)
{
  g_autoptr (RheoTable) table = make_table (n, n_trials, n_steps);
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("scatter", NULL));

  g_assert_true (rheo_plot_bind (spec, "points", table, "place", NULL, NULL));
  g_assert_true (rheo_plot_bind (spec, "unstable", table, "unstable", NULL, NULL));
  g_assert_true (rheo_plot_bind (spec, "kind", table, "kind", NULL, NULL));
  g_assert_true (rheo_plot_bind (spec, "speed", table, "q", NULL, NULL));
  if (n_trials > 0)
    g_assert_true (rheo_plot_bind (spec, "path", table, "path", NULL, NULL));
  return spec;
}

/* --- OpenGL without a window ------------------------------------------------------------------------------------------- */
static GdkGLContext *context; /* NULL: there is none here */
static RheoGlPoints *gl;

static gboolean
has_gl (void)
{
  const char *why = NULL;

  if (context == NULL)
    {
      context = gdk_display_create_gl_context (gdk_display_get_default (), NULL);
      if (context != NULL && !gdk_gl_context_realize (context, NULL))
        g_clear_object (&context);
    }
  if (context != NULL)
    {
      gdk_gl_context_make_current (context);
      gl = gl != NULL ? gl : rheo_gl_points_new (&why);
    }
  if (gl == NULL)
    g_test_skip ("there is no OpenGL here");
  return gl != NULL;
}

/* Frame by cairo, points by OpenGL; of the background of the theme. */
static cairo_surface_t *
draw_by_gl (RheoPlotSpec *spec, int scale, int every)
{
  const int width = WIDTH * scale, height = HEIGHT * scale;
  g_autofree guint8 *pixels = g_malloc ((gsize) (4 * width * height));
  RheoCloud *cloud;
  RheoCloudLook look;
  cairo_surface_t *image;
  GLuint frame, target;

  spec->cloud_from = 1;
  image = rheo_plot_paint_image (spec, WIDTH, HEIGHT, scale);
  cloud = rheo_plot_dup_cloud (spec, WIDTH, HEIGHT, &look);
  spec->cloud_from = 0;
  g_assert_nonnull (cloud);
  gdk_gl_context_make_current (context);
  glGenFramebuffers (1, &frame);
  glGenRenderbuffers (1, &target);
  glBindFramebuffer (GL_FRAMEBUFFER, frame);
  glBindRenderbuffer (GL_RENDERBUFFER, target);
  glRenderbufferStorage (GL_RENDERBUFFER, GL_RGBA8, width, height);
  glFramebufferRenderbuffer (GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, target);
  rheo_gl_points_draw (gl, cloud, &look, WIDTH, HEIGHT, scale, every);
  glReadPixels (0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  g_assert_cmpint (glGetError (), ==, GL_NO_ERROR);
  glBindFramebuffer (GL_FRAMEBUFFER, 0);
  glDeleteFramebuffers (1, &frame);
  glDeleteRenderbuffers (1, &target);
  rheo_cloud_unref (cloud);
  cairo_surface_flush (image);
  for (int y = 0; y < height; y++)
    {
      uint32_t *to = (uint32_t *) (void *) (cairo_image_surface_get_data (image)
                                            + (gsize) y * (gsize) cairo_image_surface_get_stride (image));

      for (int x = 0; x < width; x++)
        {
          const guint8 *from = pixels + 4 * ((height - 1 - y) * width + x);
          uint32_t out = 0xff;

          for (int k = 0; k < 3; k++)
            out = out << 8 | MIN (255u, from[k] + (to[x] >> (16 - 8 * k) & 255) * (255u - from[3]) / 255);
          to[x] = out;
        }
    }
  cairo_surface_mark_dirty (image);
  return image;
}

/* --- two pictures ------------------------------------------------------------------------------------------------------ */
static int
channel (cairo_surface_t *image, int x, int y, int k)
{
  const uint32_t *row = (const uint32_t *) (void *) (cairo_image_surface_get_data (image)
                                                     + (gsize) y * (gsize) cairo_image_surface_get_stride (image));

  return row[x] >> (16 - 8 * k) & 255;
}

/* How far the colour at x, y of one is from those at most a pixel away in the other: inside what lies between them. */
static int
differ (cairo_surface_t *one, cairo_surface_t *other, int x, int y)
{
  int most = 0;

  for (int k = 0; k < 3; k++)
    {
      const int v = channel (one, x, y, k);
      int lo = 255, hi = 0;

      for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
          {
            const int w = channel (other, x + dx, y + dy, k);

            lo = MIN (lo, w);
            hi = MAX (hi, w);
          }
      most = MAX (most, MAX (lo - v, v - hi));
    }
  return most;
}

/* Share of the pixels that are another colour than anything within a pixel, and the mean difference of all, of 255. */
static double
compare (cairo_surface_t *one, cairo_surface_t *other, double *mean)
{
  const int width = cairo_image_surface_get_width (one), height = cairo_image_surface_get_height (one);
  double sum = 0;
  int n = 0;

  g_assert_cmpint (width, ==, cairo_image_surface_get_width (other));
  g_assert_cmpint (height, ==, cairo_image_surface_get_height (other));
  for (int y = 1; y < height - 1; y++)
    for (int x = 1; x < width - 1; x++)
      {
        n += MAX (differ (one, other, x, y), differ (other, one, x, y)) > 40;
        for (int k = 0; k < 3; k++)
          sum += abs (channel (one, x, y, k) - channel (other, x, y, k)) / 3.0;
      }
  *mean = sum / width / height;
  return (double) n / width / height;
}

static void
keep (cairo_surface_t *image, const char *name)
{
  const char *folder = g_getenv ("RHEO_SHOTS");
  g_autofree char *path = folder != NULL ? g_strdup_printf ("%s/cloud-%s.png", folder, name) : NULL;

  if (path != NULL)
    cairo_surface_write_to_png (image, path);
}

/* --- the same picture ---------------------------------------------------------------------------------------------------- */
static void
test_same (void)
{
  static const struct
  {
    const char *name;
    int n, n_trials, scale;
    RheoPlotThemeId theme;
    const char *key, *value;
    double azimuth, elevation, zoom;
    int picked, hidden, point;
  } cases[] = {
    { "few", 40, 0, 1, RHEO_THEME_LIGHT, NULL, NULL, 0, 0, 1, -1, 0, 5 },
    { "sharp", 40, 0, 2, RHEO_THEME_LIGHT, NULL, NULL, 100, -60, 1, -1, 0, 5 },
    { "some", 600, 0, 1, RHEO_THEME_DARK, NULL, NULL, 20, 10, 1, -1, 0, -1 },
    { "many", 6000, 0, 1, RHEO_THEME_LIGHT, "perspective", "1", 0, 0, 1, -1, 0, 17 },
    { "paths", 40, 12, 1, RHEO_THEME_LIGHT, NULL, NULL, -50, 0, 1, -1, 0, -1 },
    { "time", 40, 12, 1, RHEO_THEME_DARK, "colour", "time", 0, 0, 1, -1, 0, -1 },
    { "speed", 300, 0, 1, RHEO_THEME_LIGHT, "colour", "q", 0, 0, 1, -1, 0, -1 },
    { "picked", 300, 3, 1, RHEO_THEME_LIGHT, NULL, NULL, 0, 0, 1, 2, 0, -1 },
    { "hidden", 300, 3, 1, RHEO_THEME_LIGHT, NULL, NULL, 0, 0, 1, -1, 5, -1 },
    { "close", 300, 3, 1, RHEO_THEME_LIGHT, "equal-scale", "false", 0, 0, 4, -1, 0, -1 },
  };

  if (!has_gl ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RheoPlotSpec) spec = make_spec (cases[i].n, cases[i].n_trials, 200);
      g_autofree char *a = g_strconcat (cases[i].name, "-cairo", NULL), *b = g_strconcat (cases[i].name, "-gl", NULL);
      cairo_surface_t *image, *other, *turned;
      double mean, far_mean, share, far;

      spec->theme = cases[i].theme;
      spec->azimuth = cases[i].azimuth;
      spec->elevation = cases[i].elevation;
      spec->zoom = cases[i].zoom;
      spec->picked = cases[i].picked;
      spec->hidden = (uint64_t) cases[i].hidden;
      spec->point = cases[i].point;
      if (cases[i].key != NULL)
        g_assert_true (rheo_plot_set (spec, cases[i].key, cases[i].value, NULL));
      image = rheo_plot_paint_image (spec, WIDTH, HEIGHT, cases[i].scale);
      other = draw_by_gl (spec, cases[i].scale, 1);
      spec->azimuth += 2;
      turned = draw_by_gl (spec, cases[i].scale, 1);
      share = compare (image, other, &mean);
      far = compare (image, turned, &far_mean);
      keep (image, a);
      keep (other, b);
      g_test_message ("%s: %.3f%% of the pixels differ, %.3f on average; turned by 2 degrees %.3f%%, %.3f",
                      cases[i].name, 100 * share, mean, 100 * far, far_mean);
      g_assert_cmpfloat (share, <, 5e-4);
      g_assert_cmpfloat (mean, <, 0.7);
      /* The measure sees what is in another place. */
      g_assert_cmpfloat (far, >, 10 * share);
      g_assert_cmpfloat (far_mean, >, 2 * mean);
      cairo_surface_destroy (image);
      cairo_surface_destroy (other);
      cairo_surface_destroy (turned);
    }
}

/* In a hurry one point in so many is drawn, where it would be in the whole picture, and all of few. */
static void
test_part (void)
{
  static const int sizes[] = { 1000, 12000 };

  if (!has_gl ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (RheoPlotSpec) spec = make_spec (sizes[i], 0, 0);
      cairo_surface_t *all = draw_by_gl (spec, 1, 1), *part = draw_by_gl (spec, 1, 100);
      double mean, share = compare (all, part, &mean);

      keep (part, i == 0 ? "few-part" : "many-part");
      if (i == 0)
        g_assert_cmpfloat (mean, ==, 0);
      else
        {
          g_assert_cmpfloat (mean, >, 0.2);
          g_assert_cmpfloat (share, <, 0.05);
        }
      cairo_surface_destroy (all);
      cairo_surface_destroy (part);
    }
}

/* Each shape alone: where its middle is and how much it covers. */
static void
test_shapes (void)
{
  if (!has_gl ())
    return;
  for (int i = 0; i < 8; i++)
    {
      g_autoptr (RheoPlotSpec) spec = make_spec (8, 0, 0), bare = NULL;
      cairo_surface_t *image[2], *paper;
      double sum[2], x[2], y[2];

      /* One of them: the others are hidden by their shapes. */
      g_assert_true (rheo_plot_set (spec, "colour", "modes", NULL));
      {
        RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];
        const int n = rheo_plot_entries (spec, entry);

        spec->hidden = (1u << n) - 1;
        bare = rheo_plot_spec_dup (spec);
        if (i < n)
          spec->hidden &= ~((uint64_t) 1 << i);
      }
      image[0] = rheo_plot_paint_image (spec, WIDTH, HEIGHT, 1);
      image[1] = draw_by_gl (spec, 1, 1);
      paper = rheo_plot_paint_image (bare, WIDTH, HEIGHT, 1);
      for (int k = 0; k < 2; k++)
        {
          sum[k] = x[k] = y[k] = 0;
          /* Below the words, which the hidden series change. */
          for (int py = 60; py < HEIGHT; py++)
            for (int px = 0; px < WIDTH; px++)
              {
                double ink = 0;

                for (int c = 0; c < 3; c++)
                  ink += abs (channel (image[k], px, py, c) - channel (paper, px, py, c));
                sum[k] += ink;
                x[k] += ink * px;
                y[k] += ink * py;
              }
          cairo_surface_destroy (image[k]);
        }
      cairo_surface_destroy (paper);
      g_test_message ("shape %d: ink %.0f and %.0f, at %.2f %.2f and %.2f %.2f", i, sum[0], sum[1], x[0] / sum[0],
                      y[0] / sum[0], x[1] / sum[1], y[1] / sum[1]);
      if (sum[0] == 0)
        {
          g_assert_cmpfloat (sum[1], ==, 0);
          continue;
        }
      NEAR (sum[1] / sum[0], 1, 0.04);
      NEAR (x[0] / sum[0], x[1] / sum[1], 0.15);
      NEAR (y[0] / sum[0], y[1] / sum[1], 0.15);
    }
}

/* Points behind others come first, also after the cloud has been turned round. */
static void
test_depth (void)
{
  const int64_t dims[] = { 2, 3 }, n = 2;
  g_autoptr (RheoTable) table = rheo_table_new ("Two");
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("scatter", NULL));

  if (!has_gl ())
    return;
  rheo_table_add_copy (table, "place", "", "", "point direction", RHEO_F64, dims, (double[]){ 1, 0, 0, -1, 0, 0 });
  rheo_table_add_copy (table, "unstable", "", "", "point", RHEO_I32, &n, (int32_t[]){ 0, 1 });
  rheo_plot_bind (spec, "points", table, "place", NULL, NULL);
  rheo_plot_bind (spec, "unstable", table, "unstable", NULL, NULL);
  rheo_plot_set (spec, "elevation", "0", NULL);
  rheo_plot_set (spec, "azimuth", "0", NULL);
  for (int side = 0; side < 2; side++)
    {
      cairo_surface_t *image, *other;
      double mean;

      spec->azimuth = 180 * side;
      image = rheo_plot_paint_image (spec, WIDTH, HEIGHT, 1);
      other = draw_by_gl (spec, 1, 1);
      g_assert_cmpfloat (compare (image, other, &mean), <, 5e-5);
      cairo_surface_destroy (image);
      cairo_surface_destroy (other);
    }
}

/* --- in a window --------------------------------------------------------------------------------------------------------- */
static gboolean
has_cloud (gpointer view)
{
  return ((RheoPlotView *) view)->cloud != NULL && ((RheoPlotView *) view)->picture->cloud != NULL;
}

static cairo_surface_t *
shoot (RheoPlotView *view)
{
  GtkWidget *widget = GTK_WIDGET (view);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  GtkSnapshot *snapshot;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  place_settle (view);
  snapshot = gtk_snapshot_new ();
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 1, 1, 1, 1 }, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, width, height));
  gdk_texture_download (texture, cairo_image_surface_get_data (image), (gsize) cairo_image_surface_get_stride (image));
  cairo_surface_mark_dirty (image);
  return image;
}

static void
show_many (Place *p)
{
  place_init (p, "scatter", NULL);
  g_assert_null (p->view->cloud);
  rheo_plot_view_take_spec (p->view, make_spec (5000, 4, 100));
  ui_wait (place_has_picture, p->view);
  place_settle (p->view);
}

/* A click finds the point that is drawn there, and it gets its ring. */
static void
check_click (Place *p)
{
  RheoPlotPick pick = { .binding = -1 };
  double x = 0, y = 0;

  for (y = 60; y < 240 && !pick.point; y += 3)
    for (x = 60; x < 400 && !pick.point; x += 3)
      rheo_plot_pick (p->view->spec, gtk_widget_get_width (GTK_WIDGET (p->view)),
                      gtk_widget_get_height (GTK_WIDGET (p->view)), x, y, &pick);
  g_assert_true (pick.point);
  p->n_picked = 0;
  rheo_plot_view_click (p->view, x - 3, y - 3);
  place_settle (p->view);
  g_assert_cmpint (p->n_picked, ==, 1);
  g_assert_cmpint (p->view->point, ==, pick.index);
}

static void
test_view (void)
{
  Place p;
  cairo_surface_t *by_gl, *by_cairo, *turned;
  RheoPlotSpec *figure;
  double mean, share, before;

  if (!has_gl ())
    return;
  gdk_gl_context_clear_current ();
  show_many (&p);
  ui_wait (has_cloud, p.view);
  by_gl = shoot (p.view);
  keep (by_gl, "view-gl");
  before = p.view->picture->look->m[0][0];
  rheo_plot_view_turn (p.view, 40, 10);
  turned = shoot (p.view);
  g_assert_cmpfloat (p.view->picture->look->m[0][0], !=, before);
  g_assert_cmpfloat (compare (by_gl, turned, &mean), >, 0.01);
  check_click (&p);
  g_assert_false (isnan (p.view->picture->look->ring[0]));
  /* What goes into files is drawn by cairo. */
  figure = rheo_plot_view_dup_figure (p.view, RHEO_THEME_PRINT);
  g_assert_cmpint (figure->cloud_from, ==, 0);
  rheo_plot_spec_free (figure);
  /* A small figure after a large one needs no card. */
  rheo_plot_view_take_spec (p.view, place_spec ("scatter"));
  ui_wait (place_has_picture, p.view);
  place_settle (p.view);
  g_assert_null (p.view->picture->cloud);
  g_assert_false (gtk_widget_get_child_visible (p.view->cloud));
  place_clear (&p);

  g_setenv ("RHEO_GL", "0", TRUE);
  show_many (&p);
  g_assert_null (p.view->cloud);
  g_assert_null (p.view->picture->cloud);
  by_cairo = shoot (p.view);
  keep (by_cairo, "view-cairo");
  check_click (&p);
  place_clear (&p);
  g_unsetenv ("RHEO_GL");

  share = compare (by_gl, by_cairo, &mean);
  g_test_message ("in the window: %.3f%% differ, %.3f on average", 100 * share, mean);
  g_assert_cmpfloat (share, <, 1e-3);
  cairo_surface_destroy (by_gl);
  cairo_surface_destroy (by_cairo);
  cairo_surface_destroy (turned);
}

/* Where OpenGL is missing, or ends while a figure is shown, the points are there all the same. */
static void
test_without (void)
{
  Place p;
  cairo_surface_t *image, *empty;
  RheoPlotSpec *spec;
  double mean;

  show_many (&p);
  if (p.view->cloud != NULL)
    {
      g_signal_emit_by_name (p.view->cloud, "failed");
      place_settle (p.view);
    }
  g_assert_null (p.view->cloud);
  g_assert_null (p.view->picture->cloud);
  image = shoot (p.view);
  spec = make_spec (5000, 4, 100);
  spec->hidden = ~(uint64_t) 0;
  rheo_plot_view_take_spec (p.view, spec);
  ui_wait (place_has_picture, p.view);
  p.view->hidden = ~(uint64_t) 0;
  rheo_plot_view_redraw (p.view);
  empty = shoot (p.view);
  g_assert_cmpfloat (compare (image, empty, &mean), >, 0.01);
  cairo_surface_destroy (image);
  cairo_surface_destroy (empty);
  place_clear (&p);
}

/* Milliseconds for a frame of a turning figure. */
static void
test_speed (void)
{
  static const int sizes[] = { 1000, 3000, 10000, 50000, 200000 };

  if (!g_test_perf () || !has_gl ())
    {
      g_test_skip ("measured with -m perf");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (RheoPlotSpec) spec = make_spec (sizes[i], 0, 0);
      const int n = sizes[i] > 20000 ? 3 : 10;
      gint64 start;
      double by_cairo, by_gl;

      cairo_surface_destroy (rheo_plot_paint_image (spec, WIDTH, HEIGHT, 1));
      start = g_get_monotonic_time ();
      for (int k = 0; k < n; k++)
        {
          spec->azimuth += 3;
          cairo_surface_destroy (rheo_plot_paint_image (spec, WIDTH, HEIGHT, 1));
        }
      by_cairo = (double) (g_get_monotonic_time () - start) / 1000 / n;
      cairo_surface_destroy (draw_by_gl (spec, 1, 1));
      start = g_get_monotonic_time ();
      for (int k = 0; k < n; k++)
        {
          spec->azimuth += 3;
          cairo_surface_destroy (draw_by_gl (spec, 1, 1));
        }
      by_gl = (double) (g_get_monotonic_time () - start) / 1000 / n;
      g_test_message ("%d points: %.1f ms by cairo, %.1f ms by %s, with reading back", sizes[i], by_cairo, by_gl,
                      (const char *) glGetString (GL_RENDERER));
    }
}

int
main (int argc, char **argv)
{
  int result;

  ui_test_init (&argc, &argv);
  g_test_add_func ("/cloud/same", test_same);
  g_test_add_func ("/cloud/shapes", test_shapes);
  g_test_add_func ("/cloud/part", test_part);
  g_test_add_func ("/cloud/depth", test_depth);
  g_test_add_func ("/cloud/speed", test_speed);
  g_test_add_func ("/cloud/view", test_view);
  g_test_add_func ("/cloud/without", test_without);
  result = ui_test_run ();
  if (gl != NULL)
    {
      gdk_gl_context_make_current (context);
      rheo_gl_points_free (gl);
    }
  g_clear_object (&context);
  return result;
}
