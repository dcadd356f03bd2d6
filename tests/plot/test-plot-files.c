#include "config.h"

#include <cairo-pdf.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "scene.h"

/* --- files ----------------------------------------------------------------------------------------------------------- */
static char *
slurp (const char *path, gsize *length)
{
  char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, length, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_only (const char *folder, const char *name)
{
  g_autoptr (GDir) d = g_dir_open (folder, 0, NULL);
  const char *found;

  while ((found = g_dir_read_name (d)) != NULL)
    if (g_str_has_suffix (found, ".part"))
      g_error ("%s was left behind beside %s", found, name);
}

static void
start_element (GMarkupParseContext *context, const char *element, const char **names, const char **values,
               gpointer data, GError **error)
{
  ++*(int *) data;
}

static void
test_export (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rheo-plot-XXXXXX", NULL);
  static const char *const scenes[] = { "loss",      "spikes", "trajectory", "violins", "heat-map",
                                        "histogram", "sweep",  "scatter",    "spectrum" };
  static const char *const endings[] = { "png", "svg", "pdf" };
  g_autofree char *pdftotext = g_find_program_in_path ("pdftotext");

  for (gsize i = 0; i < G_N_ELEMENTS (scenes); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (endings); k++)
      {
        PlotScene *scene = scene_find (scenes[i]);
        g_autofree char *path = g_strdup_printf ("%s/%s.%s", folder, scenes[i], endings[k]);
        g_autoptr (GError) error = NULL;
        g_autofree char *first = NULL, *second = NULL;
        gsize n_first, n_second;

        scene->spec->theme = RHEO_THEME_PRINT;
        g_assert_true (rheo_plot_export (scene->spec, path, 120, 80, 150, &error));
        g_assert_no_error (error);
        first = slurp (path, &n_first);
        g_assert_true (rheo_plot_export (scene->spec, path, 120, 80, 150, &error));
        second = slurp (path, &n_second);
        g_assert_cmpmem (first, n_first, second, n_second);
        if (k == 0)
          {
            cairo_surface_t *image = cairo_image_surface_create_from_png (path);

            g_assert_cmpint (cairo_image_surface_get_width (image), ==, 709);
            g_assert_cmpint (cairo_image_surface_get_height (image), ==, 472);
            cairo_surface_destroy (image);
          }
        else if (k == 1)
          {
            GMarkupParser parser = { .start_element = start_element };
            int n_elements = 0;
            GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, &n_elements, NULL);

            g_assert_true (g_markup_parse_context_parse (context, first, (gssize) n_first, &error));
            g_assert_true (g_markup_parse_context_end_parse (context, &error));
            g_assert_cmpint (n_elements, >, 20);
            g_markup_parse_context_free (context);
          }
        else
          {
            g_assert_cmpint (strncmp (first, "%PDF-", 5), ==, 0);
            if (pdftotext != NULL)
              {
                const char *argv[] = { pdftotext, path, "-", NULL };
                g_autofree char *text = NULL;

                g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, &text, NULL, NULL, &error));
                g_assert_nonnull (strstr (text, scene->spec->title));
              }
          }
        g_remove (path);
        scene_free (scene);
      }
  assert_only (folder, "figures");
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_export_errors (void)
{
  PlotScene *scene = scene_find ("loss");
  g_autofree char *folder = g_dir_make_tmp ("rheo-plot-XXXXXX", NULL);
  g_autofree char *odd = g_build_filename (folder, "a.gif", NULL),
                  *nowhere = g_build_filename (folder, "no", "a.png", NULL);
  g_autofree char *good = g_build_filename (folder, "a.png", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (rheo_plot_export (scene->spec, odd, 120, 80, 150, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (rheo_plot_export (scene->spec, nowhere, 120, 80, 150, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
  g_clear_error (&error);
  g_assert_false (rheo_plot_export (scene->spec, good, 120, NAN, 150, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (rheo_plot_export (scene->spec, good, 120, 80, 99999, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_assert_false (g_file_test (good, G_FILE_TEST_EXISTS));
  assert_only (folder, "a.png");
  g_rmdir (folder);
  scene_free (scene);
}

static void
test_export_numbers (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rheo-plot-XXXXXX", NULL);
  static const struct
  {
    const char *scene, *has;
  } cases[] = {
    { "loss", "Training" },
    { "many", "Seed 8" },
    { "spikes", "SST" },
    { "trajectory", "prediction" },
    { "trajectory-compare", "Time step" },
    { "violins", "Rec" },
    { "heat-map", "pre" },
    { "histogram", "count" },
    { "seeds", "lower edge" },
    { "few-spikes", "Time (ms)" },
    { "outputs", "Bit 2" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PlotScene *scene = scene_find (cases[i].scene);
      g_autofree char *csv = g_strdup_printf ("%s/%s.csv", folder, cases[i].scene);
      g_autofree char *npy = g_strdup_printf ("%s/%s.npy", folder, cases[i].scene);
      g_autofree char *text = NULL, *bytes = NULL;
      g_autoptr (GError) error = NULL;
      gsize n;

      g_assert_true (rheo_plot_export_numbers (scene->spec, csv, &error));
      g_assert_no_error (error);
      text = slurp (csv, &n);
      if (strstr (text, cases[i].has) == NULL)
        g_error ("the numbers of %s hold no “%s”: %.300s", cases[i].scene, cases[i].has, text);
      g_assert_true (rheo_plot_export_numbers (scene->spec, npy, &error));
      g_assert_no_error (error);
      bytes = slurp (npy, &n);
      g_assert_cmpint (memcmp (bytes, "\x93NUMPY", 6), ==, 0);
      g_remove (csv);
      g_remove (npy);
      scene_free (scene);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* --- text is whole and apart ------------------------------------------------------------------------------------------ */
typedef struct
{
  double x0, y0, x1, y1;
  const char *text;
} Word;

static double
number_after (const char *line, const char *key)
{
  const char *at = strstr (line, key);

  g_assert_nonnull (at);
  return g_ascii_strtod (at + strlen (key), NULL);
}

static int
check_words (const char *what, GArray *words, double width, double height)
{
  int n_wrong = 0;

  for (guint i = 0; i < words->len; i++)
    {
      Word *a = &g_array_index (words, Word, i);

      if (a->x0 < -0.6 || a->y0 < -1.5 || a->x1 > width + 0.6 || a->y1 > height + 1.5)
        {
          g_test_message ("%s: %s leaves the page of %g x %g", what, a->text, width, height);
          n_wrong++;
        }
      for (guint k = 0; k < i; k++)
        {
          Word *b = &g_array_index (words, Word, k);
          /* Boxes are as high as the font's tallest letters: figures take three fifths of them. */
          double x = MIN (a->x1, b->x1) - MAX (a->x0, b->x0), y = MIN (a->y1, b->y1) - MAX (a->y0, b->y0);
          double least_x = MIN (a->x1 - a->x0, b->x1 - b->x0), least_y = MIN (a->y1 - a->y0, b->y1 - b->y0);

          if (x > 0.12 * least_x && y > 0.36 * least_y)
            {
              g_test_message ("%s: %s over %s", what, a->text, b->text);
              n_wrong++;
            }
        }
    }
  g_array_unref (words);
  return n_wrong;
}

/* All scenes at many sizes, one on a page; then the boxes of all words, as pdftotext sees them. */
static void
test_text (void)
{
  static const double sizes[][3] = { { 420, 300, 1 }, { 280, 200, 1 },   { 230, 170, 1 },
                                     { 190, 140, 1 }, { 150, 110, 1 },   { 110, 220, 1 },
                                     { 450, 110, 1 }, { 620, 420, 1.5 }, { 340, 260, 1.3 } };
  g_autofree char *pdftotext = g_find_program_in_path ("pdftotext");
  g_autofree char *folder = NULL, *pdf = NULL, *scenes = g_build_filename (g_getenv ("RHEO_TEST_PLOT"), "scenes", NULL);
  g_autofree char *out = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (scenes, 0, NULL);
  const char *name;
  int n_wrong = 0, n_words = 0, page = -1;
  double width = 0, height = 0;
  cairo_surface_t *surface;
  GArray *words = NULL;

  if (pdftotext == NULL)
    {
      g_test_skip ("pdftotext is not installed");
      return;
    }
  folder = g_dir_make_tmp ("rheo-plot-XXXXXX", NULL);
  pdf = g_build_filename (folder, "a.pdf", NULL);
  surface = cairo_pdf_surface_create (pdf, 100, 100);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (scenes, name, NULL);
      PlotScene *scene = scene_load (path, NULL);

      g_assert_nonnull (scene);
      for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          /* Bitmaps of 300 dpi take most of the time: of the large pages one with each is enough. */
          gboolean skip = i != 1 && sizes[i][0] * sizes[i][1] > 40000
                          && (g_str_has_prefix (name, "heat-map") || g_str_has_prefix (name, "spikes"));
          RheoPlotThemeId theme = i % 2 == 0 ? RHEO_THEME_LIGHT : RHEO_THEME_PRINT;
          double unit = theme == RHEO_THEME_PRINT ? 0.75 : 1;
          cairo_t *cr;

          if (skip)
            continue;
          cairo_pdf_surface_set_size (surface, sizes[i][0] * unit, sizes[i][1] * unit);
          cr = cairo_create (surface);
          scene->spec->font_scale = sizes[i][2];
          scene->spec->theme = theme;
          rheo_plot_draw (scene->spec, cr, sizes[i][0] * unit, sizes[i][1] * unit);
          cairo_show_page (cr);
          cairo_destroy (cr);
          g_ptr_array_add (pages,
                           g_strdup_printf ("%s, %g x %g, text %g", name, sizes[i][0], sizes[i][1], sizes[i][2]));
        }
      scene_free (scene);
    }
  cairo_surface_destroy (surface);
  {
    const char *argv[] = { pdftotext, "-bbox", pdf, "-", NULL };

    g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, &out, NULL, NULL, &error));
  }
  lines = g_strsplit (out, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], "<page ") != NULL)
      {
        width = number_after (lines[i], "width=\"");
        height = number_after (lines[i], "height=\"");
        words = g_array_new (FALSE, FALSE, sizeof (Word));
        page++;
      }
    else if (strstr (lines[i], "<word ") != NULL)
      {
        Word w = { number_after (lines[i], "xMin=\""), number_after (lines[i], "yMin=\""),
                   number_after (lines[i], "xMax=\""), number_after (lines[i], "yMax=\""), lines[i] };

        g_array_append_val (words, w);
      }
    else if (strstr (lines[i], "</page>") != NULL)
      {
        n_words += (int) words->len;
        n_wrong += check_words (pages->pdata[page], words, width, height);
      }
  g_assert_cmpint (page + 1, ==, pages->len);
  g_remove (pdf);
  g_rmdir (folder);
  g_assert_cmpint (n_words, >, 1000);
  g_assert_cmpint (n_wrong, ==, 0);
}

/* --- a system without fonts ------------------------------------------------------------------------------------------ */
static void
without_fonts (void)
{
  PlotScene *scene = scene_find ("rates");
  g_autoptr (GError) error = NULL;
  cairo_surface_t *image;
  int n_blue = 0;

  g_assert_false (rheo_plot_export (scene->spec, "never-written.png", 120, 80, 150, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED);
  image = scene_draw (scene, RHEO_THEME_LIGHT, 1);
  cairo_surface_flush (image);
  for (int y = 0; y < cairo_image_surface_get_height (image); y++)
    for (int x = 0; x < cairo_image_surface_get_width (image); x++)
      {
        const guint8 *p = cairo_image_surface_get_data (image) + y * cairo_image_surface_get_stride (image) + 4 * x;

        n_blue += p[0] > 180 && p[2] < 80;
      }
  g_assert_cmpint (n_blue, >, 50);
  cairo_surface_destroy (image);
  scene_free (scene);
}

static void
test_without_fonts (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rheo-plot-XXXXXX", NULL);
  g_autofree char *conf = g_build_filename (folder, "fonts.conf", NULL);
  g_autofree char *before = g_strdup (g_getenv ("FONTCONFIG_FILE"));

  g_assert_true (g_file_set_contents (conf,
                                      "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"urn:fontconfig:fonts.dtd\">"
                                      "<fontconfig><dir>/nowhere</dir></fontconfig>",
                                      -1, NULL));
  g_setenv ("FONTCONFIG_FILE", conf, TRUE);
  g_test_trap_subprocess ("/plot/without-fonts/subprocess", 0, G_TEST_SUBPROCESS_DEFAULT);
  if (before != NULL)
    g_setenv ("FONTCONFIG_FILE", before, TRUE);
  else
    g_unsetenv ("FONTCONFIG_FILE");
  g_test_trap_assert_passed ();
  g_remove (conf);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/export", test_export);
  g_test_add_func ("/plot/export-errors", test_export_errors);
  g_test_add_func ("/plot/export-numbers", test_export_numbers);
  g_test_add_func ("/plot/text", test_text);
  g_test_add_func ("/plot/without-fonts", test_without_fonts);
  g_test_add_func ("/plot/without-fonts/subprocess", without_fonts);
  return g_test_run ();
}
