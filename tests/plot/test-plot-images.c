/* Scenes against stored images.
 *   test-plot-images --tap              compares
 *   test-plot-images --write DIR [--scale S] [SCENE ...]   draws the images anew (all scenes by default)
 *   test-plot-images --bench            times of drawing */
#include "config.h"

#include <cairo-pdf.h>
#include <glib/gstdio.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scene.h"

static const char *dir; /* tests/plot */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
scene_files (void)
{
  g_autofree char *folder = g_build_filename (dir, "scenes", NULL);
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) d = g_dir_open (folder, 0, NULL);
  const char *name;

  while (d != NULL && (name = g_dir_read_name (d)) != NULL)
    if (g_str_has_suffix (name, ".json"))
      g_ptr_array_add (files, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (files, compare_names);
  return files;
}

/* Images are stored and compared in 16 shades a channel: a third smaller, and all that the eye needs. */
static cairo_surface_t *
draw_coarse (const PlotScene *scene, RheoPlotThemeId theme, double scale)
{
  cairo_surface_t *image = scene_draw (scene, theme, scale);
  int w = cairo_image_surface_get_width (image), h = cairo_image_surface_get_height (image);

  cairo_surface_flush (image);
  for (int y = 0; y < h; y++)
    {
      guint8 *p = cairo_image_surface_get_data (image) + (gsize) y * cairo_image_surface_get_stride (image);

      for (int x = 0; x < 4 * w; x++)
        p[x] = (guint8) ((p[x] + 8) / 17 * 17);
    }
  cairo_surface_mark_dirty (image);
  return image;
}

/* --- comparing --------------------------------------------------------------------------------------------------- */
/* Rasterisers differ in rounding between versions: few pixels may differ much, all a little. */
#define MUCH 48
#define FEW 0.006
#define LITTLE 1.2

static gboolean
same_image (cairo_surface_t *a, cairo_surface_t *b, char **why)
{
  int w = cairo_image_surface_get_width (a), h = cairo_image_surface_get_height (a);
  int64_t much = 0;
  double sum = 0;

  if (w != cairo_image_surface_get_width (b) || h != cairo_image_surface_get_height (b))
    {
      *why = g_strdup ("the size differs");
      return FALSE;
    }
  cairo_surface_flush (a);
  cairo_surface_flush (b);
  for (int y = 0; y < h; y++)
    {
      const guint8 *p = cairo_image_surface_get_data (a) + (gsize) y * cairo_image_surface_get_stride (a);
      const guint8 *q = cairo_image_surface_get_data (b) + (gsize) y * cairo_image_surface_get_stride (b);

      for (int x = 0; x < w; x++)
        {
          int most = 0;

          for (int k = 0; k < 3; k++)
            most = MAX (most, abs (p[4 * x + k] - q[4 * x + k]));
          sum += most;
          much += most > MUCH;
        }
    }
  *why = g_strdup_printf ("%.2f %% of the pixels differ much, the mean difference is %.2f of 255",
                          100.0 * (double) much / (w * h), sum / (w * h));
  return (double) much <= FEW * w * h && sum <= LITTLE * w * h;
}

typedef struct
{
  char *path;
  RheoPlotThemeId theme;
} Case;

static void
check_image (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;
  PlotScene *scene = scene_load (c->path, &error);
  g_autofree char *name = NULL, *stored = NULL, *why = NULL;
  cairo_surface_t *now, *then;

  g_assert_no_error (error);
  name = g_strdup_printf ("%s-%s.png", scene->name, scene_theme_name (c->theme));
  stored = g_build_filename (dir, "images", name, NULL);
  now = draw_coarse (scene, c->theme, 1);
  then = cairo_image_surface_create_from_png (stored);
  g_assert_cmpint (cairo_surface_status (then), ==, CAIRO_STATUS_SUCCESS);
  if (!same_image (now, then, &why))
    {
      cairo_surface_write_to_png (now, name);
      g_test_message ("%s differs from the stored image: %s; the new one is %s here", name, why, name);
      g_test_fail ();
    }
  cairo_surface_destroy (now);
  cairo_surface_destroy (then);
  scene_free (scene);
}

/* Twice the same spec, once with what it has worked out before: the same bits. */
static void
check_repeat (gconstpointer data)
{
  const Case *c = data;
  PlotScene *scene = scene_load (c->path, NULL), *again;
  cairo_surface_t *first, *second;

  g_assert_nonnull (scene);
  first = scene_draw (scene, c->theme, 1);
  second = scene_draw (scene, c->theme, 1);
  cairo_surface_flush (first);
  cairo_surface_flush (second);
  g_assert_cmpmem (cairo_image_surface_get_data (first),
                   (gsize) cairo_image_surface_get_stride (first) * cairo_image_surface_get_height (first),
                   cairo_image_surface_get_data (second),
                   (gsize) cairo_image_surface_get_stride (second) * cairo_image_surface_get_height (second));
  cairo_surface_destroy (second);
  again = scene_load (c->path, NULL);
  second = scene_draw (again, c->theme, 1);
  cairo_surface_flush (second);
  g_assert_cmpmem (cairo_image_surface_get_data (first),
                   (gsize) cairo_image_surface_get_stride (first) * cairo_image_surface_get_height (first),
                   cairo_image_surface_get_data (second),
                   (gsize) cairo_image_surface_get_stride (second) * cairo_image_surface_get_height (second));
  cairo_surface_destroy (first);
  cairo_surface_destroy (second);
  scene_free (scene);
  scene_free (again);
}

static gboolean
font_is_there (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoFontDescription *wanted = pango_font_description_from_string ("Cantarell 9"), *got;
  PangoFont *font = pango_context_load_font (context, wanted);
  gboolean there;

  got = pango_font_describe (font);
  there = g_strcmp0 (pango_font_description_get_family (got), "Cantarell") == 0;
  pango_font_description_free (got);
  pango_font_description_free (wanted);
  g_object_unref (font);
  g_object_unref (context);
  return there;
}

static void
no_font (void)
{
  g_test_skip ("the font Cantarell is not installed");
}

static void
add_tests (void)
{
  g_autoptr (GPtrArray) files = scene_files ();

  if (!font_is_there ())
    {
      g_test_add_func ("/plot/images", no_font);
      return;
    }
  g_assert_cmpuint (files->len, >, 10);
  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GError) error = NULL;
      PlotScene *scene = scene_load (files->pdata[i], &error);

      if (scene == NULL)
        g_error ("%s: %s", (char *) files->pdata[i], error->message);
      for (int theme = 0; theme <= RHEO_THEME_PRINT; theme++)
        if (scene->themes & 1u << theme)
          {
            Case *c = g_new0 (Case, 1);
            g_autofree char *name = g_strdup_printf ("/plot/images/%s/%s", scene->name, scene_theme_name (theme));
            g_autofree char *repeat = g_strconcat ("/plot/repeat/", scene->name, NULL);

            c->path = g_strdup (files->pdata[i]);
            c->theme = theme;
            g_test_add_data_func (name, c, check_image);
            if (scene->themes >> theme == 1)
              g_test_add_data_func (repeat, c, check_repeat);
          }
      scene_free (scene);
    }
}

/* --- drawing anew ------------------------------------------------------------------------------------------------ */
static int
write_images (int argc, char **argv)
{
  const char *out = argv[2];
  double scale = 1;
  int first = 3;
  g_autoptr (GPtrArray) files = scene_files ();

  if (argc > 4 && strcmp (argv[3], "--scale") == 0)
    {
      scale = g_ascii_strtod (argv[4], NULL);
      first = 5;
    }
  g_mkdir_with_parents (out, 0755);
  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GError) error = NULL;
      PlotScene *scene = scene_load (files->pdata[i], &error);
      gboolean wanted = first == argc;

      if (scene == NULL)
        {
          g_printerr ("%s: %s\n", (char *) files->pdata[i], error->message);
          return 1;
        }
      for (int k = first; k < argc; k++)
        wanted = wanted || strcmp (argv[k], scene->name) == 0;
      for (int theme = 0; theme <= RHEO_THEME_PRINT && wanted; theme++)
        if (scene->themes & 1u << theme)
          {
            g_autofree char *name = g_strdup_printf ("%s-%s.png", scene->name, scene_theme_name (theme));
            g_autofree char *path = g_build_filename (out, name, NULL);
            cairo_surface_t *image = scale == 1 ? draw_coarse (scene, theme, 1) : scene_draw (scene, theme, scale);

            if (cairo_surface_write_to_png (image, path) != CAIRO_STATUS_SUCCESS)
              g_printerr ("%s cannot be written.\n", path);
            cairo_surface_destroy (image);
          }
      scene_free (scene);
    }
  return 0;
}

/* --- timing ------------------------------------------------------------------------------------------------------ */
/* Of this process alone, so that a busy machine does not count. */
static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

static void
time_one (const char *what, RheoPlotSpec *spec, double width, double height)
{
  double best = INFINITY, first = 0;

  for (int i = 0; i < 9; i++)
    {
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) width, (int) height);
      cairo_t *cr = cairo_create (surface);
      double start = cpu_ms ();

      rheo_plot_draw (spec, cr, width, height);
      cairo_surface_flush (surface);
      if (i == 0)
        first = cpu_ms () - start;
      else
        best = MIN (best, cpu_ms () - start);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
  g_print ("%-44s first %7.2f ms   again %7.2f ms\n", what, first, best);
}

static int
bench (void)
{
  g_autoptr (GPtrArray) files = scene_files (), tables = scene_tables ("events");
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("raster", NULL));

  /* The first text of a process loads fonts. */
  {
    PlotScene *scene = scene_load (files->pdata[0], NULL);

    cairo_surface_destroy (scene_draw (scene, RHEO_THEME_LIGHT, 1));
    scene_free (scene);
  }
  rheo_plot_bind (spec, "t", tables->pdata[0], "t", NULL, NULL);
  rheo_plot_bind (spec, "unit", tables->pdata[0], "unit", NULL, NULL);
  rheo_plot_bind (spec, "class", tables->pdata[0], "hidden.class", NULL, NULL);
  time_one ("raster, 1,000,000 spikes, 1200x600", spec, 1200, 600);
  {
    g_autoptr (RheoPlotSpec) line = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));

    rheo_plot_bind (line, "y", tables->pdata[0], "unit", NULL, NULL);
    rheo_plot_bind (line, "x", tables->pdata[0], "t", NULL, NULL);
    time_one ("line, 1,000,000 samples, 1200x600", line, 1200, 600);
  }
  for (guint i = 0; i < files->len; i++)
    {
      PlotScene *scene = scene_load (files->pdata[i], NULL);
      g_autofree char *what = g_strdup_printf ("%s, %gx%g", scene->name, scene->width, scene->height);

      time_one (what, scene->spec, scene->width, scene->height);
      scene_free (scene);
    }
  return 0;
}

int
main (int argc, char **argv)
{
  dir = g_getenv ("RHEO_TEST_PLOT");
  if (dir == NULL)
    dir = ".";
  if (argc > 2 && strcmp (argv[1], "--write") == 0)
    return write_images (argc, argv);
  if (argc > 1 && strcmp (argv[1], "--bench") == 0)
    return bench ();
  g_test_init (&argc, &argv, NULL);
  add_tests ();
  return g_test_run ();
}
