/* The camera, and what a scatter plot and a spectrum make of results. */
#include "config.h"

#include <gif_lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "plot/plot-project.h"
#include "plot/plot-turn.h"
#include "scene.h"

/* --- the camera ------------------------------------------------------------------------------------------------------ */
static const RheoRect page = { 10, 20, 400, 300 };

static void
assert_at (const RheoProjection *projection, double x, double y, double z, double px, double py)
{
  double out[3];

  rheo_project (projection, (double[]){ x, y, z }, out);
  g_assert_cmpfloat_with_epsilon (out[0], px, 1e-9);
  g_assert_cmpfloat_with_epsilon (out[1], py, 1e-9);
}

/* From the side a unit is as long along y as along z; from above along x as along y. */
static void
test_sides (void)
{
  const RheoPlotAxis axis[3] = { { .lo = -1, .hi = 1 }, { .lo = 0, .hi = 4 }, { .lo = 10, .hi = 12 } };
  RheoProjection side, above;
  double near[3], far[3], width = 2 * hypot (1, 2), scale;

  rheo_projection_init (&side, &(RheoCamera){ .zoom = 1 }, axis, TRUE, &page);
  scale = MIN (400 / width, 300 / 2.0);
  assert_at (&side, 0, 2, 11, 210, 170);
  assert_at (&side, 0, 3, 11, 210 + scale, 170);
  assert_at (&side, 0, 2, 12, 210, 170 - scale);
  assert_at (&side, 1, 2, 11, 210, 170);
  rheo_project (&side, (double[]){ 1, 2, 11 }, near);
  rheo_project (&side, (double[]){ -1, 2, 11 }, far);
  g_assert_cmpfloat (near[2], >, far[2]);

  rheo_projection_init (&above, &(RheoCamera){ .elevation = 90, .azimuth = -90, .zoom = 2 }, axis, TRUE, &page);
  scale = 2 * MIN (400 / width, 300 / width);
  assert_at (&above, 1, 2, 10, 210 + scale, 170);
  assert_at (&above, 0, 3, 12, 210, 170 - scale);
}

/* Whatever the camera, the box stays on the page, and its size does not depend on the azimuth. */
static void
test_inside (void)
{
  const RheoPlotAxis axis[3] = { { .lo = -3, .hi = 1 }, { .lo = 0, .hi = 4 }, { .lo = -9, .hi = 12 } };

  for (int equal = 0; equal < 2; equal++)
    for (int elevation = -90; elevation <= 90; elevation += 15)
      for (int weak = 0; weak < 2; weak++)
        for (int azimuth = -360; azimuth <= 360; azimuth += 15)
          {
            RheoProjection projection;

            rheo_projection_init (
                &projection,
                &(RheoCamera){ .azimuth = azimuth, .elevation = elevation, .zoom = 1, .perspective = weak }, axis,
                equal, &page);
            for (int i = 0; i < 8; i++)
              {
                double out[3];

                rheo_project (&projection,
                              (double[]){ i & 1 ? axis[0].hi : axis[0].lo, i & 2 ? axis[1].hi : axis[1].lo,
                                          i & 4 ? axis[2].hi : axis[2].lo },
                              out);
                g_assert_cmpfloat (out[0], >=, page.x - 1e-6);
                g_assert_cmpfloat (out[0], <=, page.x + page.width + 1e-6);
                g_assert_cmpfloat (out[1], >=, page.y - 1e-6);
                g_assert_cmpfloat (out[1], <=, page.y + page.height + 1e-6);
              }
          }
}

/* What is near is larger, in the middle nothing changes. */
static void
test_perspective (void)
{
  const RheoPlotAxis axis[3] = { { .lo = -1, .hi = 1 }, { .lo = -1, .hi = 1 }, { .lo = -1, .hi = 1 } };
  RheoProjection projection;
  double middle[3], near[3], far[3];

  rheo_projection_init (&projection, &(RheoCamera){ .zoom = 1, .perspective = 1 }, axis, TRUE, &page);
  assert_at (&projection, 0, 0, 0, 210, 170);
  rheo_project (&projection, (double[]){ 0, 1, 0 }, middle);
  rheo_project (&projection, (double[]){ 1, 1, 0 }, near);
  rheo_project (&projection, (double[]){ -1, 1, 0 }, far);
  g_assert_cmpfloat (near[0], >, middle[0]);
  g_assert_cmpfloat (middle[0], >, far[0]);
}

/* --- scatter --------------------------------------------------------------------------------------------------------- */
static void
assert_entry (const RheoPlotEntry *entry, const char *label, RheoPlotSymbol symbol, gboolean open)
{
  g_assert_cmpstr (entry->label, ==, label);
  g_assert_cmpint (entry->symbol, ==, symbol);
  g_assert_cmpint (entry->open, ==, open);
}

static void
test_entries (void)
{
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];
  PlotScene *modes = scene_find ("scatter"), *sets = scene_find ("scatter-sets");

  g_assert_cmpint (rheo_plot_entries (modes->spec, entry), ==, 6);
  assert_entry (&entry[0], "Stable · 8", RHEO_SYMBOL_CIRCLE, FALSE);
  assert_entry (&entry[1], "1 unstable mode · 12", RHEO_SYMBOL_SQUARE, FALSE);
  assert_entry (&entry[2], "2 unstable modes · 5", RHEO_SYMBOL_TRIANGLE, FALSE);
  assert_entry (&entry[3], "Marginal, 2 unstable modes · 1", RHEO_SYMBOL_TRIANGLE, TRUE);
  assert_entry (&entry[4], "3 unstable modes · 1", RHEO_SYMBOL_DIAMOND, FALSE);
  assert_entry (&entry[5], "Trials · 6", RHEO_SYMBOL_PATH, FALSE);
  /* Colours of sets, then shapes of both. */
  g_assert_cmpint (rheo_plot_entries (sets->spec, entry), ==, 6);
  assert_entry (&entry[2], "Stable · 16", RHEO_SYMBOL_CIRCLE, FALSE);
  g_assert_true (entry[2].plain);
  g_assert_false (entry[1].plain);
  g_assert_cmpstr (entry[0].label, ==, "Input 0 0 0 · 27");
  g_assert_cmpstr (entry[1].label, ==, "Input 0 1 0 · 27");
  g_assert_cmpint (entry[0].style, !=, entry[1].style);
  scene_free (modes);
  scene_free (sets);
}

/* Points of one result that belong to two inputs are two sets. */
static void
test_conditions (void)
{
  const int64_t n = 3, places[] = { 3, 3 }, inputs[] = { 2, 2 };
  g_autoptr (RheoTable) table = rheo_table_new ("Fixed points");
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("scatter", NULL));
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];

  rheo_table_add_copy (table, "place", "", "", "point direction", RHEO_F64, places,
                       (double[]){ 0, 0, 0, 1, 0, 0, 0, 1, 1 });
  rheo_table_add_copy (table, "condition", "", "", "point", RHEO_I32, &n, (int32_t[]){ 0, 1, 1 });
  rheo_table_add_copy (table, "inputs", "", "", "condition in", RHEO_F64, inputs, (double[]){ 0, 0, 0, 1 });
  rheo_plot_bind (spec, "points", table, "place", NULL, NULL);
  rheo_plot_bind (spec, "condition", table, "condition", NULL, NULL);
  g_assert_cmpint (rheo_plot_entries (spec, entry), ==, 2);
  g_assert_cmpstr (entry[0].label, ==, "Input 0 0 · 1");
  g_assert_cmpstr (entry[1].label, ==, "Input 0 1 · 2");
  g_assert_cmpint (entry[0].style, !=, entry[1].style);
  rheo_plot_spec_free (spec);
}

static int
count_colour (const RheoPlotSpec *spec, int style, int scale)
{
  const uint32_t colour = rheo_rgb_pack (rheo_plot_theme_get (RHEO_THEME_LIGHT)->series[style], 1) & 0xffffff;
  cairo_surface_t *image = rheo_plot_paint_image (spec, 400, 300, scale);
  int n = 0;

  for (int y = 40 * scale; y < 300 * scale; y++)
    for (int x = 0; x < 400 * scale; x++)
      {
        const uint32_t *row = (const uint32_t *) (void *) (cairo_image_surface_get_data (image)
                                                           + y * cairo_image_surface_get_stride (image));

        n += (row[x] & 0xffffff) == colour;
      }
  cairo_surface_destroy (image);
  return n;
}

/* Paths have the colours of their conditions, which are called as the result calls them, and vanish with them. */
static void
test_paths (void)
{
  const int64_t n = 2, places[] = { 2, 2 }, paths[] = { 2, 2, 2 };
  g_autoptr (RheoTable) table = rheo_table_new ("Random trials");
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("scatter", NULL));
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];
  RheoColumn *names = rheo_table_add (table, "group", "", "", "group", RHEO_STRING, &n);
  int plain[2];

  rheo_table_set_words (table, names, 0, "Match");
  rheo_table_set_words (table, names, 1, "Other");
  rheo_table_add_copy (table, "place", "", "", "path direction", RHEO_F64, places, (double[]){ 1, 0, 1, 1 });
  rheo_table_add_copy (table, "path", "", "", "path time direction", RHEO_F64, paths,
                       (double[]){ 0, 0, 1, 0, 0, 1, 1, 1 });
  rheo_table_add_copy (table, "condition", "", "", "path", RHEO_F64, &n, (double[]){ 0, 1 });
  rheo_table_add_copy (table, "path-condition", "", "", "path", RHEO_F64, &n, (double[]){ 0, 1 });
  rheo_plot_set (spec, "dims", "plane", NULL);
  rheo_plot_bind (spec, "points", table, "place", NULL, NULL);
  rheo_plot_bind (spec, "condition", table, "condition", NULL, NULL);
  rheo_plot_bind (spec, "path", table, "path", NULL, NULL);
  g_assert_cmpint (rheo_plot_entries (spec, entry), ==, 3);
  g_assert_cmpstr (entry[0].label, ==, "Match · 1");
  g_assert_cmpstr (entry[1].label, ==, "Other · 1");
  for (int k = 0; k < 2; k++)
    plain[k] = count_colour (spec, entry[k].style, 4);
  rheo_plot_bind (spec, "path-condition", table, "path-condition", NULL, NULL);
  for (int k = 0; k < 2; k++)
    g_assert_cmpint (count_colour (spec, entry[k].style, 4), >, plain[k] + 50);
  spec->hidden = 1;
  g_assert_cmpint (count_colour (spec, entry[0].style, 4), ==, 0);
  g_assert_cmpint (count_colour (spec, entry[1].style, 4), >, plain[1] + 50);
}

/* Colours that tell speed or time leave shapes to the legend, and what the data lack is refused. */
static void
test_colours (void)
{
  static const char *const colours[] = { "q", "time" };
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];
  PlotScene *scene = scene_find ("scatter-q"), *bare = scene_find ("scatter-sets");
  g_autoptr (GError) error = NULL;
  RheoPlotPick pick;
  double x, y;

  for (gsize i = 0; i < G_N_ELEMENTS (colours); i++)
    {
      g_assert_true (rheo_plot_set (scene->spec, "colour", colours[i], &error));
      g_assert_true (rheo_plot_check (scene->spec, &error));
      g_assert_cmpint (rheo_plot_entries (scene->spec, entry), ==, 6);
      for (int k = 0; k < 5; k++)
        g_assert_true (entry[k].plain);
      g_assert_true (rheo_plot_set (bare->spec, "colour", colours[i], &error));
      g_assert_false (rheo_plot_check (bare->spec, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
      g_clear_error (&error);
    }
  rheo_plot_set (scene->spec, "colour", "q", NULL);
  for (x = 0; x < scene->width; x += 12)
    for (y = 0; y < scene->height; y += 12)
      {
        rheo_plot_pick (scene->spec, scene->width, scene->height, x, y, &pick);
        if (pick.point)
          g_assert_nonnull (strstr (pick.text, ", q "));
      }
  /* A shape that is hidden takes its points along, whatever their colour. */
  rheo_plot_set (bare->spec, "colour", "set", NULL);
  bare->spec->hidden = 1 << 2;
  for (x = 0; x < bare->width; x += 12)
    for (y = 0; y < bare->height; y += 12)
      {
        rheo_plot_pick (bare->spec, bare->width, bare->height, x, y, &pick);
        if (pick.point)
          g_assert_null (strstr (pick.text, "Stable"));
      }
  scene_free (scene);
  scene_free (bare);
}

/* Points on a line, one on the other, show their colour and not the rims alone. */
static void
test_crowd (void)
{
  const int64_t dims[] = { 60, 3 };
  g_autoptr (RheoTable) table = rheo_table_new ("Line");
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("scatter", NULL));
  double *place = rheo_table_add (table, "place", "", "", "point direction", RHEO_F64, dims)->data;
  int n[2];

  for (int wide = 0; wide < 2; wide++)
    {
      for (int i = 0; i < 60; i++)
        for (int k = 0; k < 3; k++)
          place[3 * i + k] = (wide && i % 2 ? 1 : 0.2) * i / 60.0;
      place[0] = -1;
      g_clear_pointer (&spec, rheo_plot_spec_free);
      spec = rheo_plot_spec_new (rheo_plot_kind_find ("scatter", NULL));
      rheo_plot_bind (spec, "points", table, "place", NULL, NULL);
      n[wide] = count_colour (spec, 0, 1);
    }
  /* With rims the close ones would leave a tenth of this. */
  g_assert_cmpint (n[0], >, 250);
  g_assert_cmpint (n[1], >, n[0]);
}

/* Every point is found where it is drawn, and none that is hidden. */
static void
test_pick (void)
{
  PlotScene *scene = scene_find ("scatter-plane");
  RheoPlotPanel panel[RHEO_PLOT_MAX_PANELS];
  RheoPlotPick pick;
  const RheoColumn *place = scene->spec->binding[0].column;

  g_assert_cmpint (rheo_plot_panels (scene->spec, scene->width, scene->height, panel), ==, 1);
  for (int pass = 0; pass < 2; pass++)
    {
      const RheoRect *a = &panel[0].area;
      const double x = rheo_plot_map (&panel[0].x, rheo_column_get_number (place, 0), a->x, a->x + a->width);
      const double y = rheo_plot_map (&panel[0].y, rheo_column_get_number (place, 1), a->y + a->height, a->y);

      rheo_plot_pick (scene->spec, scene->width, scene->height, x, y, &pick);
      if (pass == 0)
        {
          g_assert_cmpint (pick.index, ==, 0);
          g_assert_true (g_str_has_prefix (pick.text, "Point 1: Stable; x₁ "));
        }
      else
        g_assert_cmpint (pick.entry, !=, 0);
      scene->spec->hidden = 1;
    }
  scene_free (scene);
}

/* The row of the numbers behind a point, and those of paths after the points. */
static void
test_numbers (void)
{
  PlotScene *scene = scene_find ("scatter");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = rheo_plot_dup_numbers (scene->spec, &error);
  const RheoColumn *place = scene->spec->binding[0].column, *x = rheo_table_find (table, "direction-0");

  g_assert_no_error (error);
  g_assert_cmpint (rheo_column_get_length (x), ==, 27 + 6 * 60);
  g_assert_cmpfloat (rheo_column_get_number (x, 4), ==, rheo_column_get_number (place, 12));
  g_assert_true (isnan (rheo_column_get_number (rheo_table_find (table, "trial"), 26)));
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (table, "trial"), 27 + 61), ==, 1);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (table, "time"), 27 + 61), ==, 1);
  scene_free (scene);
}

static RheoTable *
result (double direction)
{
  RheoTable *table = rheo_table_new ("Fixed points");
  const int64_t dims[] = { 3, 2 };

  rheo_table_add (table, "place", "Place", "", "point direction", RHEO_F64, dims);
  *(double *) rheo_table_add (table, "direction", "Direction", "", "direction unit", RHEO_F64, dims)->data = direction;
  return table;
}

static void
test_refused (void)
{
  g_autoptr (RheoTable) one = result (0.5), same = result (0.5), other = result (0.7);
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("scatter", NULL));
  g_autoptr (GError) error = NULL;

  rheo_plot_bind (spec, "points", one, "place", NULL, NULL);
  g_assert_false (rheo_plot_check (spec, &error));
  g_assert_nonnull (strstr (error->message, "has 2 directions"));
  g_clear_error (&error);
  rheo_plot_set (spec, "dims", "plane", NULL);
  g_assert_true (rheo_plot_check (spec, &error));
  rheo_plot_bind (spec, "points", same, "place", NULL, NULL);
  g_assert_true (rheo_plot_check (spec, &error));
  rheo_plot_bind (spec, "points", other, "place", NULL, NULL);
  g_assert_false (rheo_plot_check (spec, &error));
  g_assert_nonnull (strstr (error->message, "different principal directions"));
}

/* --- spectrum ---------------------------------------------------------------------------------------------------------- */
static void
test_spectrum (void)
{
  PlotScene *scene = scene_find ("spectrum");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) all = rheo_plot_dup_numbers (scene->spec, &error), one = NULL;
  const RheoColumn *re = scene->spec->binding[0].column;
  RheoPlotAxis x, y;
  RheoRect area;
  RheoPlotPick pick;

  g_assert_cmpint (rheo_column_get_length (rheo_table_find (all, "re")), ==, 27 * 40);
  g_assert_true (rheo_plot_set (scene->spec, "point", "14", &error));
  one = rheo_plot_dup_numbers (scene->spec, &error);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (one, "re")), ==, 40);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (one, "re"), 2), ==,
                     rheo_column_get_number (re, 13 * 40 + 2));
  rheo_plot_layout (scene->spec, scene->width, scene->height, &area, &x, &y);
  g_assert_cmpfloat (x.lo, <, 0);
  g_assert_cmpfloat (x.hi, >, 0.7);
  g_assert_cmpfloat_with_epsilon (area.width / (x.hi - x.lo), area.height / (y.hi - y.lo), 1);
  rheo_plot_pick (scene->spec, scene->width, scene->height, rheo_plot_map (&x, 0.7, area.x, area.x + area.width),
                  rheo_plot_map (&y, 0, area.y + area.height, area.y), &pick);
  g_assert_cmpstr (pick.text, ==, "Point 14, mode 1: λ = 0.7 + 0 i");
  g_assert_true (rheo_plot_set (scene->spec, "point", "28", &error));
  g_assert_false (rheo_plot_check (scene->spec, &error));
  g_assert_nonnull (strstr (error->message, "there are 27"));
  scene_free (scene);
}

/* --- along an attractor ------------------------------------------------------------------------------------------------ */
static void
test_speed (void)
{
  PlotScene *line = scene_find ("speed"), *ring = scene_find ("speed-points");
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = rheo_plot_dup_numbers (ring->spec, &error);
  const RheoColumn *along = rheo_table_find (table, "along");
  RheoPlotAxis x, y;
  RheoRect area;
  RheoPlotPick pick;

  g_assert_cmpint (rheo_plot_entries (line->spec, entry), ==, 2);
  g_assert_cmpstr (entry[0].label, ==, "Input 1 0 0");
  g_assert_cmpstr (entry[1].label, ==, "Input 0 1 0");
  g_assert_cmpint (rheo_plot_entries (ring->spec, entry), ==, 2);
  assert_entry (&entry[1], "At rest", RHEO_SYMBOL_CIRCLE, TRUE);
  /* In the order of their places, whatever that of the points. */
  g_assert_cmpint (rheo_column_get_length (along), ==, 31);
  for (int i = 1; i < 31; i++)
    g_assert_cmpfloat (rheo_column_get_number (along, i), >=, rheo_column_get_number (along, i - 1));
  /* What rests stands on the floor, where it is found, and goes by its own entry. */
  rheo_plot_layout (ring->spec, ring->width, ring->height, &area, &x, &y);
  g_assert_true (y.log);
  g_assert_cmpfloat (y.lo, >, 1e-12);
  for (int pass = 0; pass < 2; pass++)
    {
      rheo_plot_pick (ring->spec, ring->width, ring->height,
                      rheo_plot_map (&x, fmod (7 * 3 / 30.0, 1), area.x, area.x + area.width), area.y + area.height,
                      &pick);
      if (pass == 0)
        {
          g_assert_cmpint (pick.index, ==, 3);
          g_assert_true (pick.point);
        }
      else
        g_assert_cmpint (pick.index, !=, 3);
      ring->spec->hidden = 1 << 1;
    }
  scene_free (line);
  scene_free (ring);
}

/* Points that lie anyhow have no speed along anything. */
static void
test_no_shape (void)
{
  const int64_t n = 3;
  g_autoptr (RheoTable) table = rheo_table_new ("Fixed points");
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("speed", NULL));
  g_autoptr (GError) error = NULL;

  rheo_table_add_copy (table, "q", "Speed", "", "point", RHEO_F64, &n, (double[]){ 1, 1, 1 });
  rheo_table_add_copy (table, "along", "", "", "point", RHEO_F64, &n, (double[]){ 0, 0.5, 1 });
  *(int32_t *) rheo_table_add (table, "shape", "Shape", "", "", RHEO_I32, NULL)->data = 0;
  rheo_plot_bind (spec, "q", table, "q", NULL, NULL);
  g_assert_false (rheo_plot_check (spec, &error));
  g_clear_error (&error);
  rheo_plot_bind (spec, "along", table, "along", NULL, NULL);
  g_assert_false (rheo_plot_check (spec, &error));
  g_assert_nonnull (strstr (error->message, "no line"));
  *(int32_t *) rheo_table_find (table, "shape")->data = 1;
  g_assert_true (rheo_plot_check (spec, NULL));
}

/* --- turning ----------------------------------------------------------------------------------------------------------- */
static void
test_gif (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rheo-turn-XXXXXX", NULL), *path = g_build_filename (folder, "a.gif", NULL);
  PlotScene *scene = scene_find ("scatter");
  const RheoPlotTurn turn = { .rate = 10, .seconds = 0.6, .turn = 360 };
  g_autoptr (GError) error = NULL;
  GraphicsControlBlock control;
  GifFileType *gif;

  g_assert_true (rheo_plot_export_turn (scene->spec, &turn, path, 50.8, 25.4, 100, NULL, NULL, &error));
  g_assert_no_error (error);
  gif = DGifOpenFileName (path, NULL);
  g_assert_nonnull (gif);
  g_assert_cmpint (DGifSlurp (gif), ==, GIF_OK);
  g_assert_cmpint (gif->ImageCount, ==, 6);
  g_assert_cmpint (gif->SWidth, ==, 200);
  g_assert_cmpint (gif->SHeight, ==, 100);
  for (int i = 0; i < gif->ImageCount; i++)
    {
      const SavedImage *frame = &gif->SavedImages[i], *last = &gif->SavedImages[(i + 5) % 6];
      const GifColorType *paper = &gif->SColorMap->Colors[frame->RasterBits[0]];

      g_assert_cmpint (DGifSavedExtensionToGCB (gif, i, &control), ==, GIF_OK);
      g_assert_cmpint (control.DelayTime, ==, 10);
      /* The paper is white to the last bit, and every frame shows another side. */
      g_assert_cmpint (paper->Red + paper->Green + paper->Blue, ==, 3 * 255);
      g_assert_cmpint (memcmp (frame->RasterBits, last->RasterBits, 200 * 100), !=, 0);
    }
  DGifCloseFile (gif, NULL);
  g_assert_cmpfloat (scene->spec->azimuth, ==, 0);
  g_remove (path);
  g_rmdir (folder);
  scene_free (scene);
}

static gboolean
stop_at_half (void *data, double share)
{
  return share < 0.5;
}

static void
test_sequence (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rheo-turn-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "new", NULL), *path = g_build_filename (inner, "t-##.png", NULL);
  PlotScene *scene = scene_find ("scatter"), *flat = scene_find ("scatter-plane");
  RheoPlotTurn turn = { .rate = 4, .seconds = 1, .turn = 90 };
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_plot_export_turn (scene->spec, &turn, path, 50.8, 25.4, 100, NULL, NULL, &error));
  for (int i = 0; i < 5; i++)
    {
      g_autofree char *one = g_strdup_printf ("%s/t-%02d.png", inner, i);
      cairo_surface_t *image = cairo_image_surface_create_from_png (one);

      g_assert_cmpint (cairo_image_surface_get_width (image), ==, i < 4 ? 200 : 0);
      cairo_surface_destroy (image);
      g_remove (one);
    }
  g_rmdir (inner);
  g_assert_false (
      rheo_plot_export_turn (scene->spec, &turn, "/nowhere/a.gif", 50, 25, 100, stop_at_half, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (rheo_plot_export_turn (flat->spec, &turn, path, 50, 25, 100, NULL, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  turn.seconds = 1e6;
  g_assert_false (rheo_plot_export_turn (scene->spec, &turn, path, 50, 25, 100, NULL, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_rmdir (folder);
  scene_free (scene);
  scene_free (flat);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/sides", test_sides);
  g_test_add_func ("/camera/inside", test_inside);
  g_test_add_func ("/camera/perspective", test_perspective);
  g_test_add_func ("/scatter/entries", test_entries);
  g_test_add_func ("/scatter/conditions", test_conditions);
  g_test_add_func ("/scatter/paths", test_paths);
  g_test_add_func ("/scatter/colours", test_colours);
  g_test_add_func ("/scatter/crowd", test_crowd);
  g_test_add_func ("/scatter/pick", test_pick);
  g_test_add_func ("/scatter/numbers", test_numbers);
  g_test_add_func ("/scatter/refused", test_refused);
  g_test_add_func ("/spectrum", test_spectrum);
  g_test_add_func ("/speed/attractor", test_speed);
  g_test_add_func ("/speed/no-shape", test_no_shape);
  g_test_add_func ("/turn/gif", test_gif);
  g_test_add_func ("/turn/sequence", test_sequence);
  return g_test_run ();
}
