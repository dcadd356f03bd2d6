/* Plots of a spiking network that plays: spikes of several populations, rewards, weights over training, running means. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "plot/plot-figure.h"
#include "plot/plot-kind.h"
#include "scene.h"

static RheoTable *
numbers_of (PlotScene *scene)
{
  g_autoptr (GError) error = NULL;
  RheoTable *table = rheo_plot_dup_numbers (scene->spec, &error);

  g_assert_no_error (error);
  return table;
}

/* All spikes are there, each in its population with its own number, in order and at its time. */
static void
test_stack (void)
{
  PlotScene *scene = scene_find ("populations");
  g_autoptr (RheoTable) table = numbers_of (scene);
  const RheoColumn *t = rheo_table_find (table, "t"), *unit = rheo_table_find (table, "unit");
  const RheoColumn *class = rheo_table_find (table, "class");
  const int64_t n = rheo_column_get_length (t);
  int64_t all = 0, em = 0, k = 0;
  const RheoColumn *spikes = NULL;

  for (int i = 0; i < scene->spec->n_bindings; i++)
    {
      const RheoColumn *c = scene->spec->binding[i].column;

      for (int64_t j = 0; g_str_has_suffix (c->key, ".spikes") && j < rheo_column_get_length (c); j++)
        all += rheo_column_get_number (c, j) != 0;
      if (g_str_equal (c->key, "EM.spikes"))
        spikes = c;
    }
  g_assert_cmpint (n, ==, all);
  g_assert_cmpstr (t->unit, ==, "s");
  for (int64_t i = 0; i < n; i++)
    {
      const char *name = rheo_column_get_string (class, i);
      const int u = (int) rheo_column_get_number (unit, i);
      const double step = (rheo_column_get_number (t, i) - 400.02) * 1000 / 0.6;

      if (i > 0)
        g_assert_cmpfloat (rheo_column_get_number (t, i), >=, rheo_column_get_number (t, i - 1));
      if (!g_str_has_prefix (name, "EM "))
        continue;
      em++;
      g_assert_cmpstr (name, ==, u < 20 ? "EM left" : "EM right");
      g_assert_cmpfloat (rheo_column_get_number (spikes, lround (step) * 40 + u), ==, 1);
    }
  for (int64_t j = 0; j < rheo_column_get_length (spikes); j++)
    k += rheo_column_get_number (spikes, j) != 0;
  g_assert_cmpint (em, ==, k);
  scene_free (scene);
}

/* The first population is the highest, its first unit too; where the pointer is tells class and number, but no unit that other
 * plots know. */
static void
test_stack_pick (void)
{
  PlotScene *scene = scene_find ("populations");
  RheoRect area;
  RheoPlotAxis x, y;
  RheoPlotPick pick;

  rheo_plot_layout (scene->spec, scene->width, scene->height, &area, &x, &y);
  g_assert_cmpfloat_with_epsilon (x.lo, 400.02, 1e-9);
  g_assert_cmpfloat_with_epsilon (x.hi, 400.02 + 1200 * 0.0006, 1e-9);
  g_assert_cmpstr (x.unit, ==, "s");
  g_assert_cmpfloat (y.hi, ==, 200);
  /* Units 25 of EM are 80 + 40 + 20 + 25 from the top. */
  rheo_plot_pick (scene->spec, scene->width, scene->height, area.x + area.width * 0.999,
                  area.y + area.height * 165.5 / 200, &pick);
  g_assert_true (g_str_has_prefix (pick.text, "Unit "));
  g_assert_nonnull (strstr (pick.text, "EM right"));
  g_assert_cmpint (pick.unit, ==, -1);
  scene_free (scene);
}

/* Without the length of a step there is no time. */
static void
test_stack_steps (void)
{
  PlotScene *scene = scene_find ("populations");
  g_autoptr (GError) error = NULL;
  RheoRect area;
  RheoPlotAxis x, y;

  g_assert_true (rheo_plot_set (scene->spec, "step", "0", &error));
  rheo_plot_layout (scene->spec, scene->width, scene->height, &area, &x, &y);
  g_assert_cmpfloat (x.lo, ==, 0);
  g_assert_cmpfloat (x.hi, ==, 1200);
  scene_free (scene);
}

static void
test_bars (void)
{
  PlotScene *scene = scene_find ("bars");
  g_autoptr (RheoTable) table = numbers_of (scene);
  const RheoColumn *time = rheo_table_find (table, "time"), *value = rheo_table_find (table, "value");
  const RheoColumn *reward = scene->spec->binding[0].column;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (rheo_column_get_length (time), ==, 60);
  g_assert_true (isnan (rheo_column_get_number (value, 0)));
  for (int i = 1; i < 60; i++)
    {
      g_assert_cmpfloat_with_epsilon (rheo_column_get_number (time, i), 0.0498 * i, 1e-9);
      g_assert_cmpfloat (rheo_column_get_number (value, i), ==, rheo_column_get_number (reward, i));
    }
  g_assert_true (rheo_plot_set (scene->spec, "episode", "1", &error));
  g_assert_false (rheo_plot_check (scene->spec, &error));
  scene_free (scene);
}

/* Each density has the area 1 but for its tails, and times ascend from the bottom. */
static void
test_ridges (void)
{
  PlotScene *scene = scene_find ("ridges");
  g_autoptr (RheoTable) table = numbers_of (scene);
  const RheoColumn *iteration = rheo_table_find (table, "iteration"), *value = rheo_table_find (table, "value");
  const RheoColumn *density = rheo_table_find (table, "density");
  const int64_t n = rheo_column_get_length (value), per = n / 10;

  for (int64_t i = 0; i < n; i += per)
    {
      const double step = rheo_column_get_number (value, i + 1) - rheo_column_get_number (value, i);
      double sum = 0;

      for (int64_t k = i; k < i + per; k++)
        {
          g_assert_cmpfloat (rheo_column_get_number (iteration, k), ==, rheo_column_get_number (iteration, i));
          sum += rheo_column_get_number (density, k) * step;
        }
      g_assert_cmpfloat_with_epsilon (sum, 1, 0.03);
    }
  g_assert_cmpstr (rheo_plot_get_title (scene->spec), ==, "Weights over training");
  scene_free (scene);
}

static void
test_running_mean (void)
{
  const double y[] = { 1, 3, NAN, 5, 7 }, mean[] = { 1, 2, 3, 5, 6 };
  const int64_t n = G_N_ELEMENTS (y);
  g_autoptr (RheoTable) table = rheo_table_new ("Metrics"), out = NULL;
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));
  g_autoptr (GError) error = NULL;
  const RheoColumn *column;

  rheo_table_add_copy (table, "y", "Rate", "", "iteration", RHEO_F64, &n, y);
  g_assert_true (rheo_plot_bind (spec, "y", table, "y", NULL, &error));
  g_assert_true (rheo_plot_set (spec, "smooth", "2", &error));
  out = rheo_plot_dup_numbers (spec, &error);
  g_assert_no_error (error);
  column = rheo_table_get_column (out, rheo_table_get_n_columns (out) - 1);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat (rheo_column_get_number (column, i), ==, mean[i]);
}

/* --- figures of results ------------------------------------------------------------------------------------------- */
/* Two runs: dots of both, then a line of both, called after the runs and in their colours; the range is that of the task. */
static void
test_figure (void)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, "course", NULL);
  g_autoptr (GError) error = NULL;
  const RheoFigure *figure = rheo_plot_figure_find ("course", analysis->figures, "performance", &error);
  g_autoptr (GPtrArray) tables = scene_tables ("courses");
  static const char *const names[] = { "one", "two" };
  static const int styles[] = { 3, 1 };
  g_autoptr (RheoPlotSpec) spec = NULL;
  RheoTable *empty[] = { rheo_table_new ("") };
  static const char *const keys[] = { "length", "length", "mean-100", "mean-100" };
  static const RheoFigure lacking = { "lacking", "", "nothing mean-100" };

  g_assert_no_error (error);
  spec = rheo_plot_figure (figure, (RheoTable *const *) tables->pdata, names, 2, styles, "mean-100");
  g_assert_cmpint (rheo_plot_count (spec, "y"), ==, 4);
  g_assert_cmpint (rheo_plot_count (spec, "x"), ==, 2);
  g_assert_cmpint (rheo_plot_count (spec, "mark"), ==, 0);
  for (int i = 0; i < 4; i++)
    {
      const RheoPlotBinding *b = rheo_plot_find (spec, "y", i);

      g_assert_cmpstr (b->column->key, ==, keys[i]);
      g_assert_cmpstr (b->label, ==, names[i % 2]);
      g_assert_cmpint (b->style, ==, styles[i % 2]);
    }
  g_assert_cmpfloat_with_epsilon (spec->y.hi, 510, 1e-9);
  g_assert_cmpstr (spec->subtitle, ==, "Mean of 100");
  g_assert_null (rheo_plot_figure (figure, empty, names, 1, NULL, NULL));
  g_assert_null (rheo_plot_figure (&lacking, (RheoTable *const *) tables->pdata, names, 2, NULL, NULL));
  g_assert_null (rheo_plot_figure_find ("course", analysis->figures, "nothing", &error));
  g_assert_true (g_str_has_prefix (error->message, "The analysis course has no figure “nothing”. It has performance,"));
  rheo_table_unref (empty[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot-play/stack", test_stack);
  g_test_add_func ("/plot-play/stack-pick", test_stack_pick);
  g_test_add_func ("/plot-play/stack-steps", test_stack_steps);
  g_test_add_func ("/plot-play/bars", test_bars);
  g_test_add_func ("/plot-play/ridges", test_ridges);
  g_test_add_func ("/plot-play/running-mean", test_running_mean);
  g_test_add_func ("/plot-play/figure", test_figure);
  return g_test_run ();
}
