/* Histograms with fits: panels, axes, legends, what is under the pointer, numbers. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "scene.h"

#define WIDTH 680
#define HEIGHT 280

static const double mu = -2.454, sigma = 0.839; /* of the scene */

static double
density (double w)
{
  return exp (-0.5 * pow ((log (w) - mu) / sigma, 2)) / (w * sigma * sqrt (2 * G_PI));
}

static double
to_pixel (const RheoPlotPanel *panel, double v)
{
  const double u = panel->x.log ? log (v / panel->x.lo) / log (panel->x.hi / panel->x.lo)
                                : (v - panel->x.lo) / (panel->x.hi - panel->x.lo);

  return panel->area.x + u * panel->area.width;
}

static void
test_axes (void)
{
  PlotScene *scene = scene_find ("log-normal");
  RheoPlotPanel panel[RHEO_PLOT_MAX_PANELS];

  /* Side by side, with one y; only the linear axis takes limits. */
  g_assert_cmpint (rheo_plot_panels (scene->spec, WIDTH, HEIGHT, panel), ==, 2);
  g_assert_false (panel[0].x.log || panel[0].groups);
  g_assert_true (panel[1].x.log && panel[1].groups);
  g_assert_cmpfloat (panel[0].y.hi, ==, panel[1].y.hi);
  g_assert_cmpfloat_with_epsilon (panel[0].area.width, panel[1].area.width, 8);
  g_assert_cmpfloat_with_epsilon (panel[1].x.lo, 0.01, 1e-12);
  g_assert_cmpfloat_with_epsilon (panel[1].x.hi, 1, 1e-12);
  scene->spec->x.lo = 0;
  scene->spec->x.hi = 0.3;
  rheo_plot_panels (scene->spec, WIDTH, HEIGHT, panel);
  g_assert_cmpfloat (panel[0].x.hi, ==, 0.3);
  g_assert_cmpfloat_with_epsilon (panel[1].x.hi, 1, 1e-12);
  scene->spec->x.hi = 0;
  /* Below each other in a high figure. */
  rheo_plot_panels (scene->spec, HEIGHT, WIDTH, panel);
  g_assert_cmpfloat (panel[1].area.y, >, panel[0].area.y + panel[0].area.height);
  g_assert_true (rheo_plot_set (scene->spec, "x-axis", "log", NULL));
  g_assert_cmpint (rheo_plot_panels (scene->spec, WIDTH, HEIGHT, panel), ==, 1);
  g_assert_true (panel[0].x.log && !panel[0].groups);
  scene_free (scene);
}

/* A tail that is left out makes the linear axis shorter, a class that is hidden the range of all. */
static void
test_range (void)
{
  PlotScene *strengths = scene_find ("log-normal"), *degrees = scene_find ("degrees");
  RheoPlotPanel before[RHEO_PLOT_MAX_PANELS], after[RHEO_PLOT_MAX_PANELS];

  rheo_plot_panels (strengths->spec, WIDTH, HEIGHT, before);
  g_assert_true (rheo_plot_set (strengths->spec, "tail", "5", NULL));
  rheo_plot_panels (strengths->spec, WIDTH, HEIGHT, after);
  g_assert_cmpfloat (after[0].x.hi, <, before[0].x.hi);
  /* The curve still has its room: 0.5 % of its top. */
  g_assert_cmpfloat (density (after[0].x.hi), <, 0.006 * density (exp (mu - sigma * sigma)));
  g_assert_cmpfloat (after[1].x.hi, ==, before[1].x.hi);

  rheo_plot_panels (degrees->spec, WIDTH, HEIGHT, before);
  g_assert_true (before[0].x.whole);
  degrees->spec->hidden = 2;
  rheo_plot_panels (degrees->spec, WIDTH, HEIGHT, after);
  g_assert_cmpfloat (after[0].x.hi, <, before[0].x.hi);
  scene_free (strengths);
  scene_free (degrees);
}

static void
test_legend (void)
{
  PlotScene *strengths = scene_find ("log-normal"), *degrees = scene_find ("degrees");
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];

  g_assert_cmpint (rheo_plot_entries (strengths->spec, entry), ==, 4);
  g_assert_cmpstr (entry[0].label, ==, "Log-normal distribution");
  g_assert_cmpstr (entry[1].label, ==, "Mode 0.0425");
  g_assert_cmpstr (entry[3].label, ==, "Mean 0.122");
  g_assert_true (rheo_plot_set (strengths->spec, "marks", "false", NULL));
  g_assert_cmpint (rheo_plot_entries (strengths->spec, entry), ==, 1);
  g_assert_true (rheo_plot_set (strengths->spec, "fit", "false", NULL));
  g_assert_cmpint (rheo_plot_entries (strengths->spec, entry), ==, 0);
  g_assert_cmpint (rheo_plot_entries (degrees->spec, entry), ==, 3);
  g_assert_cmpstr (entry[0].label, ==, "E");
  g_assert_cmpstr (entry[1].label, ==, "I");
  scene_free (strengths);
  scene_free (degrees);
}

static void
test_pick (void)
{
  PlotScene *strengths = scene_find ("log-normal"), *degrees = scene_find ("degrees");
  RheoPlotPanel panel[RHEO_PLOT_MAX_PANELS];
  RheoPlotPick pick;
  const double median = exp (mu);

  rheo_plot_panels (strengths->spec, WIDTH, HEIGHT, panel);
  for (int i = 0; i < 2; i++)
    {
      const double foot = panel[i].area.y + panel[i].area.height - 5;

      rheo_plot_pick (strengths->spec, WIDTH, HEIGHT, to_pixel (&panel[i], median), foot, &pick);
      g_assert_cmpint (pick.binding, ==, 0);
      g_assert_cmpfloat_with_epsilon (pick.x, median, 1e-12);
      g_assert_cmpfloat_with_epsilon (pick.y, density (median), 2e-3 * density (median));
      g_assert_true (g_str_has_prefix (pick.text, "Median 0.0859: "));
      /* Above the curve there is no line any more, but a bin. */
      rheo_plot_pick (strengths->spec, WIDTH, HEIGHT, to_pixel (&panel[i], median), panel[i].area.y + 5, &pick);
      g_assert_null (strstr (pick.text, "Median"));
      g_assert_nonnull (strstr (pick.text, " to "));
    }
  rheo_plot_pick (strengths->spec, WIDTH, HEIGHT, 1, 1, &pick);
  g_assert_cmpint (pick.binding, <, 0);

  rheo_plot_panels (degrees->spec, WIDTH, HEIGHT, panel);
  rheo_plot_pick (degrees->spec, WIDTH, HEIGHT, to_pixel (&panel[0], 22), panel[0].area.y + 20, &pick);
  g_assert_nonnull (strstr (pick.text, "E 21.5 to 22.5: "));
  g_assert_nonnull (strstr (pick.text, "I 21.5 to 22.5: "));
  scene_free (strengths);
  scene_free (degrees);
}

/* One below the other, so that a file of columns can hold all of them. */
static void
test_numbers (void)
{
  PlotScene *scene = scene_find ("log-normal");
  g_autoptr (RheoTable) numbers = rheo_plot_dup_numbers (scene->spec, NULL);
  const RheoColumn *what = rheo_table_find (numbers, "what"), *from = rheo_table_find (numbers, "from"),
                   *to = rheo_table_find (numbers, "to"), *value = rheo_table_find (numbers, "value");
  const double mode = exp (mu - sigma * sigma);
  double share[2] = { 0, 0 };
  int n_curve = 0, n_rest = 0;

  for (int64_t i = 0; i < rheo_column_get_length (what); i++)
    {
      const char *word = rheo_column_get_string (what, i);
      const double v = rheo_column_get_number (value, i);

      if (g_str_has_suffix (word, "bin"))
        share[strcmp (word, "bin") != 0] += v * (rheo_column_get_number (to, i) - rheo_column_get_number (from, i));
      else if (strcmp (word, "curve") == 0)
        n_curve++;
      else if (strcmp (word, "mode") == 0)
        g_assert_cmpfloat_with_epsilon (v, density (mode), 2e-3 * density (mode));
      else if (strcmp (word, "sigma") == 0)
        g_assert_cmpfloat (v, ==, sigma);
      else
        n_rest++;
    }
  g_assert_cmpfloat_with_epsilon (share[0], 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (share[1], 1, 1e-9);
  g_assert_cmpint (n_curve, ==, 101);
  g_assert_cmpint (n_rest, ==, 4); /* median, mean, mu, distance */
  scene_free (scene);
}

/* Bins without edges, and rows of different numbers, are told of. */
static void
test_check (void)
{
  g_autoptr (RheoTable) t = rheo_table_new ("");
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("distribution", NULL));
  g_autoptr (GError) error = NULL;

  rheo_table_add (t, "height", "", "", "row bin", RHEO_F64, (const int64_t[]){ 1, 3 });
  rheo_table_add (t, "from", "", "", "row bin", RHEO_F64, (const int64_t[]){ 1, 3 });
  rheo_table_add (t, "to", "", "", "row bin", RHEO_F64, (const int64_t[]){ 1, 2 });
  g_assert_true (rheo_plot_bind (spec, "height", t, "height", NULL, NULL));
  g_assert_true (rheo_plot_bind (spec, "from", t, "from", NULL, NULL));
  g_assert_true (rheo_plot_bind (spec, "to", t, "to", NULL, NULL));
  g_assert_false (rheo_plot_check (spec, &error));
  g_assert_nonnull (strstr (error->message, "\"to\""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/distribution/axes", test_axes);
  g_test_add_func ("/distribution/range", test_range);
  g_test_add_func ("/distribution/legend", test_legend);
  g_test_add_func ("/distribution/pick", test_pick);
  g_test_add_func ("/distribution/numbers", test_numbers);
  g_test_add_func ("/distribution/check", test_check);
  return g_test_run ();
}
