#include "config.h"

#include <glib.h>

#include "plot/plot-kind.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot-names/level", test_level);
  g_test_add_func ("/plot-names/level-between", test_level_between);
  return g_test_run ();
}
