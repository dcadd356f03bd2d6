/* Moving pictures of environments. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/scene.h"
#include "plot/plot.h"

#define N_EPISODES 2
#define N_MOMENTS 6

/* An agent that goes right by 0.1 a step, in the second episode up and only for three steps; and a button. */
static RheoTable *
make_table (void)
{
  const int64_t dims[] = { N_EPISODES, N_MOMENTS, 2, RHEO_SCENE_NUMBERS }, n = N_EPISODES;
  const int32_t length[] = { 6, 4 };
  const double score[] = { 7.5, 0 };
  RheoTable *table = rheo_table_new ("Record");
  float *to = rheo_table_add (table, "scene.items", "Scene", "", "episode time item number", RHEO_F32, dims)->data;

  for (int e = 0; e < N_EPISODES; e++)
    for (int t = 0; t < N_MOMENTS; t++)
      {
        const float way = 0.1f * (float) MIN (t, length[e] - 1);
        const float item[2][RHEO_SCENE_NUMBERS] = {
          { RHEO_SCENE_CIRCLE, RHEO_SCENE_PLACE, -0.5f, 0.5f, 0.1f, 0 },
          { RHEO_SCENE_CIRCLE, RHEO_SCENE_AGENT, e == 0 ? way : 0, e == 0 ? 0 : way, 0.02f, 1 },
        };

        memcpy (to, item, sizeof item);
        to += 2 * RHEO_SCENE_NUMBERS;
      }
  rheo_table_add_copy (table, "scene.length", "Moments", "", "episode", RHEO_I32, &n, length);
  rheo_table_add_copy (table, "scene.score", "score", "", "episode", RHEO_F64, &n, score);
  rheo_table_set_note (table, "scene.bounds", "-1 -1 1 1");
  rheo_table_set_note (table, "scene.unit", "");
  rheo_table_set_note (table, "scene.names", "button\tagent");
  return table;
}

static RheoPlotSpec *
make_spec (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = make_table ();
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("scene", &error));

  g_assert_no_error (error);
  g_assert_true (rheo_plot_bind (spec, "items", table, "scene.items", NULL, &error));
  g_assert_true (rheo_plot_bind (spec, "length", table, "scene.length", NULL, &error));
  g_assert_true (rheo_plot_bind (spec, "score", table, "scene.score", NULL, &error));
  return spec;
}

static void
test_moments (void)
{
  g_autoptr (RheoPlotSpec) spec = make_spec ();
  g_autoptr (GError) error = NULL;
  double ms;

  g_assert_cmpint (rheo_plot_count_moments (spec, &ms), ==, 6);
  g_assert_cmpfloat (ms, ==, 25);
  g_assert_true (rheo_plot_set (spec, "step", "20", &error));
  g_assert_true (rheo_plot_set (spec, "pace", "2", &error));
  g_assert_true (rheo_plot_set (spec, "episode", "1", &error));
  g_assert_cmpint (rheo_plot_count_moments (spec, &ms), ==, 4);
  g_assert_cmpfloat (ms, ==, 10);
  g_assert_true (rheo_plot_set (spec, "episode", "2", &error));
  g_assert_false (rheo_plot_check (spec, &error));
  g_assert_nonnull (strstr (error->message, "there are 2"));
}

static void
test_words (void)
{
  g_autoptr (RheoPlotSpec) spec = make_spec (), empty = rheo_plot_spec_new (spec->kind);
  g_autofree char *text = rheo_plot_dup_subtitle (spec), *none = rheo_plot_dup_subtitle (empty);
  RheoRect area;
  RheoPlotAxis x, y;

  g_assert_cmpstr (text, ==, "episode 1 of 2 · score 7.5");
  g_assert_cmpstr (none, ==, ""); /* before there are data */
  rheo_plot_layout (spec, 300, 300, &area, &x, &y);
  g_assert_cmpfloat (x.lo, ==, -1);
  g_assert_cmpfloat (y.hi, ==, 1);
  g_assert_cmpstr (x.unit, ==, "a.u.");
}

/* Under the pointer is the way as far as it was gone. */
static void
test_pick (void)
{
  g_autoptr (RheoPlotSpec) spec = make_spec ();
  RheoRect area;
  RheoPlotAxis x, y;
  RheoPlotPick pick;
  double at_x, at_y;

  rheo_plot_layout (spec, 300, 300, &area, &x, &y);
  at_x = area.x + area.width * 1.5 / 2; /* 0.5 */
  at_y = area.y + area.height / 2;
  rheo_plot_pick (spec, 300, 300, at_x, at_y, &pick);
  g_assert_cmpint (pick.index, ==, 5);
  g_assert_cmpstr (pick.text, ==, "Step 5: 0.5, 0");
  spec->moment = 1;
  rheo_plot_pick (spec, 300, 300, at_x, at_y, &pick);
  g_assert_cmpint (pick.binding, ==, -1);
}

static char *
sum_of (const RheoPlotSpec *spec)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 300, 300);
  cairo_t *cr = cairo_create (image);
  char *sum;

  rheo_plot_draw (spec, cr, 300, 300);
  cairo_destroy (cr);
  cairo_surface_flush (image);
  sum = g_compute_checksum_for_data (G_CHECKSUM_MD5, cairo_image_surface_get_data (image), 4 * 300 * 300);
  cairo_surface_destroy (image);
  return sum;
}

/* Each moment looks different, the end like no moment at all, and what is beyond it like the end. */
static void
test_pictures (void)
{
  g_autoptr (RheoPlotSpec) spec = make_spec ();
  g_autofree char *all = sum_of (spec), *first = NULL, *second = NULL, *last = NULL, *beyond = NULL;

  spec->moment = 0;
  first = sum_of (spec);
  spec->moment = 1;
  second = sum_of (spec);
  spec->moment = 5;
  last = sum_of (spec);
  spec->moment = 50;
  beyond = sum_of (spec);
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpstr (second, !=, last);
  g_assert_cmpstr (last, ==, all);
  g_assert_cmpstr (beyond, ==, all);
}

static void
test_numbers (void)
{
  g_autoptr (RheoPlotSpec) spec = make_spec ();
  g_autoptr (RheoTable) table = NULL;

  g_assert_true (rheo_plot_set (spec, "episode", "1", NULL));
  table = spec->kind->numbers (spec);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (table, "y")), ==, 4);
  g_assert_cmpfloat_with_epsilon (rheo_column_get_number (rheo_table_find (table, "y"), 3), 0.3, 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/moments", test_moments);
  g_test_add_func ("/scene/words", test_words);
  g_test_add_func ("/scene/pick", test_pick);
  g_test_add_func ("/scene/pictures", test_pictures);
  g_test_add_func ("/scene/numbers", test_numbers);
  return g_test_run ();
}
