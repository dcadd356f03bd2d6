#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/sparkline.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#define WIDTH 76
#define HEIGHT 22
#define MARGIN 3.0 /* of the curve; the dot at its end must fit */

struct _RheoSparkline
{
  GtkWidget parent_instance;
  float *values;
  int n;
  gboolean alarm;
};

G_DEFINE_FINAL_TYPE (RheoSparkline, rheo_sparkline, GTK_TYPE_WIDGET)

/* Series 1 on light and dark ground. */
static const GdkRGBA colours[2] = { { 0x1a / 255.f, 0x4f / 255.f, 0xd0 / 255.f, 1 },
                                    { 0x6f / 255.f, 0xa0 / 255.f, 1, 1 } };
static const GdkRGBA alarms[2] = { { 0xc0 / 255.f, 0x1c / 255.f, 0x28 / 255.f, 1 },
                                   { 1, 0x7b / 255.f, 0x63 / 255.f, 1 } };

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
find_range (const RheoSparkline *line, double *lo, double *hi)
{
  *lo = INFINITY;
  *hi = -INFINITY;
  for (int i = 0; i < line->n; i++)
    if (isfinite (line->values[i]))
      {
        *lo = MIN (*lo, (double) line->values[i]);
        *hi = MAX (*hi, (double) line->values[i]);
      }
}

/* Time goes to the right in every language, as in all figures. */
static void
draw (const RheoSparkline *line, cairo_t *cr, double width, double height)
{
  double lo, hi, x = 0, y = 0;
  gboolean pen_down = FALSE;

  find_range (line, &lo, &hi);
  if (!(lo <= hi))
    return;
  for (int i = 0; i < line->n; i++)
    {
      if (!isfinite (line->values[i]))
        {
          pen_down = FALSE;
          continue;
        }
      x = line->n > 1 ? MARGIN + (width - 2 * MARGIN) * i / (line->n - 1) : width / 2;
      y = hi > lo ? height - MARGIN - (height - 2 * MARGIN) * (line->values[i] - lo) / (hi - lo) : height / 2;
      if (pen_down)
        cairo_line_to (cr, x, y);
      else
        cairo_move_to (cr, x, y);
      pen_down = TRUE;
    }
  cairo_set_line_width (cr, 1.4);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_stroke (cr);
  cairo_arc (cr, x, y, 2, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  RheoSparkline *line = RHEO_SPARKLINE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  cairo_t *cr;

  if (line->n == 0 || width <= 0 || height <= 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  gdk_cairo_set_source_rgba (cr, line->alarm ? &alarms[dark] : &colours[dark]);
  draw (line, cr, width, height);
  cairo_destroy (cr);
}

static void
finalize (GObject *object)
{
  g_free (RHEO_SPARKLINE (object)->values);
  G_OBJECT_CLASS (rheo_sparkline_parent_class)->finalize (object);
}

static void
rheo_sparkline_class_init (RheoSparklineClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  GTK_WIDGET_CLASS (class)->measure = measure;
  GTK_WIDGET_CLASS (class)->snapshot = snapshot;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
rheo_sparkline_init (RheoSparkline *line)
{
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), line,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
rheo_sparkline_new (void)
{
  return g_object_new (RHEO_TYPE_SPARKLINE, NULL);
}

void
rheo_sparkline_set_values (RheoSparkline *line, const double *values, int n, gboolean alarm)
{
  line->values = g_renew (float, line->values, MAX (n, 1));
  for (int i = 0; i < n; i++)
    line->values[i] = (float) values[i];
  line->n = n;
  line->alarm = alarm;
  gtk_widget_queue_draw (GTK_WIDGET (line));
}
