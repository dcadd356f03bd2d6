#include "config.h"

#include <glib.h>

#include "plot/plot-kind.h"
#include "scene.h"

/* A canvas that draws into an image which nobody looks at. */
typedef struct
{
  cairo_surface_t *surface;
  cairo_t *cr;
  RheoPlotCanvas canvas;
} Sheet;

static void
sheet_open (Sheet *sheet, double width, double height)
{
  sheet->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);
  sheet->cr = cairo_create (sheet->surface);
  rheo_plot_canvas_init (&sheet->canvas, NULL, sheet->cr, width, height);
}

static void
sheet_close (Sheet *sheet)
{
  rheo_plot_canvas_release (&sheet->canvas);
  cairo_destroy (sheet->cr);
  cairo_surface_destroy (sheet->surface);
}

static gboolean
meet (const RheoRect *a, const RheoRect *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}

/* --- names of levels --------------------------------------------------------------------------------------------------- */
/* Curves run over all of the plot, and the last one is named at its end: the name of a level stands over a curve rather than
 * over a name. */
static void
test_level (void)
{
  const RheoRect area = { 40, 10, 300, 160 }, name = { 280, 90, 60, 16 };
  Sheet sheet;
  RheoRoom room;

  sheet_open (&sheet, 360, 200);
  rheo_room_init (&room, &area);
  for (double x = area.x; x < area.x + area.width; x += 3)
    rheo_room_take_line (&room, x, area.y, x, area.y + area.height);
  rheo_room_take (&room, &name);
  rheo_plot_label_level (&sheet.canvas, &room, 95, "target 0.02");
  g_assert_cmpint (room.n_taken, ==, 2);
  g_assert_false (meet (&room.taken[0], &room.taken[1]));
  g_assert_cmpfloat (room.taken[1].x, >=, area.x);
  g_assert_cmpfloat (room.taken[1].x + room.taken[1].width, <=, area.x + area.width);
  g_assert_cmpfloat (room.taken[1].y, >=, area.y);
  /* Two levels close by. */
  rheo_plot_label_level (&sheet.canvas, &room, 98, "random choice 0.0195");
  g_assert_cmpint (room.n_taken, ==, 3);
  for (int i = 0; i < 2; i++)
    g_assert_false (meet (&room.taken[i], &room.taken[2]));
  rheo_room_clear (&room);

  /* Nothing but text on both sides: no name is better than two that cannot be read. */
  rheo_room_init (&room, &area);
  rheo_room_take (&room, &area);
  rheo_plot_label_level (&sheet.canvas, &room, 95, "target 0.02");
  g_assert_cmpint (room.n_taken, ==, 1);
  rheo_room_clear (&room);
  sheet_close (&sheet);
}

/* Between curves there is room that is neither at an end nor in the middle. */
static void
test_level_between (void)
{
  const RheoRect area = { 0, 0, 400, 100 }, gap = { 250, 0, 100, 100 };
  Sheet sheet;
  RheoRoom room;

  sheet_open (&sheet, 400, 100);
  rheo_room_init (&room, &area);
  for (double x = 0; x < 400; x += 3)
    if (x < gap.x || x > gap.x + gap.width)
      rheo_room_take_line (&room, x, 0, x, 100);
  rheo_plot_label_level (&sheet.canvas, &room, 50, "target 1");
  g_assert_cmpint (room.n_taken, ==, 1);
  g_assert_cmpfloat (room.taken[0].x, >=, gap.x);
  g_assert_cmpfloat (room.taken[0].x + room.taken[0].width, <=, gap.x + gap.width);
  rheo_room_clear (&room);
  sheet_close (&sheet);
}

/* --- names of groups --------------------------------------------------------------------------------------------------- */
static RheoPanel
lay_out (Sheet *sheet, const char *const *groups, double width)
{
  RheoPanel panel = {
    .outer = { 0, 0, width, 200 },
    .x = { .lo = -0.5, .hi = g_strv_length ((char **) groups) - 0.5, .label = "" },
    .y = { .lo = 0, .hi = 1, .label = "" },
    .groups = groups,
  };

  rheo_panel_layout (&sheet->canvas, &panel);
  rheo_panel_draw_frame (&sheet->canvas, &panel);
  return panel;
}

/* Short names on a line, words below each other, and what is longer than its place runs upwards: nothing is cut. */
static void
test_groups (void)
{
  static const char *const one[] = { "in", "rec", "out", NULL }, *const alike[] = { "recurrent", "recurrent", NULL },
                           *const words[] = { "input to hidden", "hidden to output", NULL },
                           *const names[] = { "memory-seed-11",
                                              "memory-seed-12",
                                              "memory-seed-13",
                                              "memory-seed-14",
                                              "memory-seed-15",
                                              "memory-seed-16",
                                              NULL };
  Sheet sheet;
  RheoPanel panel;
  double row, width;

  sheet_open (&sheet, 400, 220);
  row = rheo_plot_text_height (&sheet.canvas, RHEO_TEXT_TICK);
  panel = lay_out (&sheet, one, 200);
  g_assert_false (panel.groups_up);
  g_assert_cmpfloat (panel.groups_room, <, 1.5 * row);
  /* Of one name for both there is room where one for each has none. */
  panel = lay_out (&sheet, alike, 100);
  g_assert_false (panel.groups_up);
  g_assert_cmpfloat (panel.groups_room, <, 1.5 * row);
  panel = lay_out (&sheet, words, 160);
  g_assert_false (panel.groups_up);
  g_assert_cmpfloat (panel.groups_room, >, 1.5 * row);
  g_assert_cmpfloat (panel.groups_room, <, 3.5 * row);
  panel = lay_out (&sheet, names, 200);
  rheo_plot_text_size (&sheet.canvas, RHEO_TEXT_TICK, names[0], &width, NULL);
  g_assert_true (panel.groups_up);
  g_assert_cmpfloat (panel.groups_room, >=, MIN (width, 60) - 1);
  sheet_close (&sheet);
}

static void
test_fit_middle (void)
{
  Sheet sheet;
  double width, whole;
  char *fit;

  sheet_open (&sheet, 400, 200);
  rheo_plot_text_size (&sheet.canvas, RHEO_TEXT_TICK, "robot-trajectory-seed11", &whole, NULL);
  fit = rheo_plot_text_fit_middle (&sheet.canvas, RHEO_TEXT_TICK, "robot-trajectory-seed11", whole);
  g_assert_cmpstr (fit, ==, "robot-trajectory-seed11");
  g_free (fit);
  fit = rheo_plot_text_fit_middle (&sheet.canvas, RHEO_TEXT_TICK, "robot-trajectory-seed11", 0.6 * whole);
  rheo_plot_text_size (&sheet.canvas, RHEO_TEXT_TICK, fit, &width, NULL);
  g_assert_cmpfloat (width, <=, 0.6 * whole);
  g_assert_true (g_str_has_prefix (fit, "robot"));
  g_assert_true (g_str_has_suffix (fit, "11"));
  g_free (fit);
  sheet_close (&sheet);
}

/* Violins of parts of several runs: runs in the legend, each part once, and the whole name to be read. */
static void
test_runs (void)
{
  static const char *const labels[] = { "rec, e-prop-seed1", "rec, BPTT-seed1", "out, e-prop-seed1",
                                        "out, BPTT-seed1" };
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("violin", NULL));
  g_autoptr (RheoTable) table = rheo_table_new ("weights");
  RheoPlotEntry entries[RHEO_PLOT_MAX_ENTRIES];
  RheoPlotPanel panels[RHEO_PLOT_MAX_PANELS];
  g_autoptr (GError) error = NULL;
  RheoPlotPick pick;
  int64_t n = 50;

  for (size_t i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      g_autofree char *key = g_strdup_printf ("w%d.weight", (int) i);
      float *v = rheo_table_add (table, key, "Weights", "", "synapse", RHEO_F32, &n)->data;

      for (int k = 0; k < n; k++)
        v[k] = (float) ((k * 7 + (int) i) % 50) / 10 + 1;
      rheo_plot_bind (spec, "values", table, key, labels[i], &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (rheo_plot_entries (spec, entries), ==, 2);
  g_assert_cmpstr (entries[0].label, ==, "e-prop-seed1");
  g_assert_cmpstr (entries[1].label, ==, "BPTT-seed1");
  g_assert_cmpint (rheo_plot_panels (spec, 400, 260, panels), ==, 1);
  rheo_plot_pick (spec, 400, 260, panels[0].area.x + panels[0].area.width * 0.4,
                  panels[0].area.y + panels[0].area.height / 2, &pick);
  g_assert_true (g_str_has_prefix (pick.text, "rec, BPTT-seed1: median"));
  g_assert_cmpint (pick.entry, ==, 1);
  /* A run that is hidden is not read. */
  spec->hidden = 1 << 1;
  rheo_plot_pick (spec, 400, 260, panels[0].area.x + panels[0].area.width * 0.4,
                  panels[0].area.y + panels[0].area.height / 2, &pick);
  g_assert_cmpint (pick.binding, <, 0);
  rheo_plot_spec_free (spec);
}

/* What is shown beside the same number in training and validation is called after itself, and the figure after what they
 * have in common. */
static void
test_kinds (void)
{
  static const struct
  {
    const char *key, *label, *name;
  } series[] = {
    { "train.mse", "Mean squared error", "Training" },
    { "valid.mse", "Mean squared error", "Validation" },
    { "train.limit", "Limit of the read-out", "Limit of the read-out" },
  };
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));
  g_autoptr (RheoTable) table = rheo_table_new ("metrics");
  g_autofree char *common = NULL;
  int64_t n = 5;

  for (size_t i = 0; i < G_N_ELEMENTS (series); i++)
    {
      rheo_table_add (table, series[i].key, series[i].label, "", "iteration", RHEO_F64, &n);
      g_assert_true (rheo_plot_bind (spec, "y", table, series[i].key, NULL, NULL));
    }
  for (size_t i = 0; i < G_N_ELEMENTS (series); i++)
    {
      g_autofree char *name = rheo_plot_series_name (spec, rheo_plot_find (spec, "y", (int) i));

      g_assert_cmpstr (name, ==, series[i].name);
    }
  common = rheo_plot_common_label (spec, "y");
  g_assert_cmpstr (common, ==, "Mean squared error");
}

/* A comma is no part of a word, and what stands before the same noun tells the lines apart. */
static void
test_common (void)
{
  static const char *const labels[][3] = {
    { "Spike error", "Spike error, forced", "Spike error" },
    { "Spike error, forced", "Spike error, free", "Spike error" },
    { "Training accuracy", "Test accuracy", "Accuracy" },
    { "Spikes of hidden", "Rate of hidden", NULL },
    { "Accuracy", "Test accuracy", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));
      g_autoptr (RheoTable) table = rheo_table_new ("metrics");
      g_autofree char *common = NULL;
      int64_t n = 5;

      for (int k = 0; k < 2; k++)
        {
          rheo_table_add (table, k == 0 ? "a" : "b", labels[i][k], "", "iteration", RHEO_F64, &n);
          g_assert_true (rheo_plot_bind (spec, "y", table, k == 0 ? "a" : "b", NULL, NULL));
        }
      common = rheo_plot_common_label (spec, "y");
      g_assert_cmpstr (common, ==, labels[i][2]);
    }
}

/* --- frames ------------------------------------------------------------------------------------------------------------ */
/* Three trajectories in two rows: paths can only be compared in frames of one size. */
static void
test_equal (void)
{
  PlotScene *scene = scene_find ("trajectory-row");
  RheoPlotPanel panels[RHEO_PLOT_MAX_PANELS];
  int n = rheo_plot_panels (scene->spec, 400, 300, panels);

  g_assert_cmpint (n, ==, 3);
  g_assert_cmpfloat (panels[2].area.y, >, panels[0].area.y + 50);
  for (int i = 1; i < n; i++)
    {
      g_assert_cmpfloat_with_epsilon (panels[i].area.width, panels[0].area.width, 1.5);
      g_assert_cmpfloat_with_epsilon (panels[i].area.height, panels[0].area.height, 1.5);
    }
  g_assert_cmpfloat_with_epsilon (panels[1].area.y, panels[0].area.y, 1.5);
  g_assert_cmpfloat_with_epsilon (panels[2].area.x, panels[0].area.x, 1.5);
  scene_free (scene);
}

/* A name in two lines moves all frames of its column. */
static void
test_column (void)
{
  PlotScene *scene = scene_find ("trajectory-time");
  RheoPlotPanel panels[RHEO_PLOT_MAX_PANELS];
  g_autoptr (GError) error = NULL;

  rheo_plot_set (scene->spec, "names", "cosine of the angle;x", &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_plot_panels (scene->spec, 540, 220, panels), ==, 6);
  g_assert_cmpfloat (panels[3].area.x, ==, panels[0].area.x);
  for (int i = 1; i < 6; i++)
    g_assert_cmpfloat_with_epsilon (panels[i].area.width, panels[0].area.width, 1.5);
  scene_free (scene);
}

/* A row of inputs below the others takes room from them, and is not zoomed with them. */
static void
test_inputs (void)
{
  PlotScene *scene = scene_find ("trajectory-time");
  RheoPlotPanel panels[RHEO_PLOT_MAX_PANELS];
  const RheoColumn *target = rheo_plot_find (scene->spec, "target", 0)->column;
  const int64_t dims[] = { target->dims[0], target->dims[1], 5 };
  g_autoptr (RheoTable) table = rheo_table_new ("record");
  g_autoptr (GError) error = NULL;
  double height, width;

  rheo_table_add (table, "task.input", "Input", "", "trial time in", RHEO_F64, dims);
  g_assert_true (rheo_plot_bind (scene->spec, "input", table, "task.input", NULL, &error));
  g_assert_cmpint (rheo_plot_panels (scene->spec, 540, 300, panels), ==, 6);
  height = panels[3].area.height;
  width = panels[3].area.width;
  rheo_plot_set (scene->spec, "inputs", "true", &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_plot_panels (scene->spec, 540, 300, panels), ==, 6);
  g_assert_cmpfloat (panels[3].area.height, <, 0.85 * height);
  g_assert_cmpfloat (panels[3].area.height, >, 0.7 * height);
  g_assert_cmpfloat_with_epsilon (panels[3].area.width, width, 2);
  scene_free (scene);
}

/* Series of several projections are called after these. */
static void
test_projections (void)
{
  static const char *const keys[] = { "rec.singular-value", "out.singular-value" };
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));
  g_autoptr (RheoTable) table = rheo_table_new ("result");
  int64_t n = 7;

  for (int i = 0; i < 2; i++)
    {
      rheo_table_add (table, keys[i], "Singular values", "", "number", RHEO_F64, &n);
      g_assert_true (rheo_plot_bind (spec, "y", table, keys[i], NULL, NULL));
    }
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *name = rheo_plot_series_name (spec, rheo_plot_find (spec, "y", i));

      g_assert_cmpstr (name, ==, i == 0 ? "rec" : "out");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot-names/level", test_level);
  g_test_add_func ("/plot-names/level-between", test_level_between);
  g_test_add_func ("/plot-names/groups", test_groups);
  g_test_add_func ("/plot-names/fit-middle", test_fit_middle);
  g_test_add_func ("/plot-names/runs", test_runs);
  g_test_add_func ("/plot-names/kinds", test_kinds);
  g_test_add_func ("/plot-names/common", test_common);
  g_test_add_func ("/plot-names/equal", test_equal);
  g_test_add_func ("/plot-names/column", test_column);
  g_test_add_func ("/plot-names/inputs", test_inputs);
  g_test_add_func ("/plot-names/projections", test_projections);
  return g_test_run ();
}
