#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "plot/kinds/raster-private.h"

/* --- activity ---------------------------------------------------------------------------------------------------------- */
static RheoPlotAxis
activity_axis (const RheoPlotSpec *spec)
{
  const RheoRaster *p = rheo_plot_get_prepared (spec);
  const RheoPlotBinding *t = rheo_plot_find (spec, "t", 0);
  const RheoColumn *column = rheo_table_get_column (p->activity, 0);
  RheoPlotAxis axis = { .label = _ ("Activity"), .unit = _ ("spikes/step") };

  for (int64_t i = 0; i < rheo_column_get_length (column); i++)
    axis.hi = MAX (axis.hi, rheo_column_get_number (column, i));
  if (t != NULL && *t->column->unit != '\0')
    {
      g_autofree char *unit = g_strdup_printf (_ ("spikes/%s"), t->column->unit);

      axis.unit = g_intern_string (unit);
    }
  rheo_plot_axis_nice (&axis);
  return axis;
}

static void
make_ticks (RheoPlotCanvas *canvas, const RheoPlotAxis *axis, double height, RheoTicks *ticks)
{
  rheo_plot_ticks (axis, CLAMP ((int) (height / (1.7 * rheo_plot_text_height (canvas, RHEO_TEXT_TICK))), 2, 5), ticks);
  if (canvas->drop & RHEO_DROP_TICKS)
    rheo_plot_ticks_thin (ticks);
}

static double
widest (RheoPlotCanvas *canvas, const RheoTicks *ticks)
{
  double most = 0, w;

  for (int i = 0; i < ticks->n; i++)
    {
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, ticks->label[i], &w, NULL);
      most = MAX (most, w);
    }
  return most;
}

/* Right of the frame: ticks, numbers and name. */
static double
axis_room (const RheoPlotSpec *spec, RheoPlotCanvas *canvas)
{
  const RheoRaster *p = rheo_plot_get_prepared (spec);
  const RheoPlotTheme *theme = canvas->theme;
  double room = 0;

  if (p->activity == NULL || (canvas->drop & RHEO_DROP_AXES))
    return 0;
  /* How high the frame is to be is not known yet: the widest numbers that there may be. */
  for (int wanted = 2; wanted <= 5; wanted++)
    {
      const RheoPlotAxis axis = activity_axis (spec);
      RheoTicks ticks;

      rheo_plot_ticks (&axis, wanted, &ticks);
      room = MAX (room, widest (canvas, &ticks));
    }
  room += theme->tick + theme->gap / 2;
  return canvas->drop & RHEO_DROP_NAMES ? room : room + theme->gap / 2 + rheo_plot_text_height (canvas, RHEO_TEXT_NAME);
}

void
rheo_raster_draw_activity (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                           const RheoPlotAxis *x)
{
  const RheoRasterConfig *config = spec->values;
  const RheoRaster *p = rheo_plot_get_prepared (spec);
  const RheoPlotAxis y = activity_axis (spec);
  const double bin = config->bin * p->scale;
  const RheoVector value = rheo_vector (rheo_table_get_column (p->activity, 0));
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));

  rheo_plot_decimate (NULL, p->x0 + bin / 2, bin, &value, x, &y, area, canvas->vector ? 0 : 1 / canvas->pixel, points);
  /* Of cells in classes none has the colour of text. */
  rheo_plot_source (canvas, p->class != NULL && config->by_class ? canvas->theme->text : canvas->theme->series[1], 1);
  rheo_plot_stroke (canvas, points, 0.6 * canvas->theme->line);
}

static void
draw_axis (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area)
{
  const RheoPlotTheme *theme = canvas->theme;
  const RheoPlotAxis axis = activity_axis (spec);
  const double right = area->x + area->width, bottom = area->y + area->height;
  g_autofree char *name = rheo_plot_axis_name (&axis), *fit = NULL;
  RheoTicks ticks;
  double w, h;

  if (canvas->drop & RHEO_DROP_AXES)
    return;
  make_ticks (canvas, &axis, area->height, &ticks);
  rheo_plot_source (canvas, theme->axis, 1);
  rheo_plot_hairline (canvas, right, area->y, right, bottom, theme->hair);
  for (int i = 0; i < ticks.n; i++)
    {
      const double y = rheo_plot_map (&axis, ticks.at[i], bottom, area->y);

      rheo_plot_source (canvas, theme->axis, 1);
      rheo_plot_hairline (canvas, right, y, right + theme->tick, y, theme->hair);
      rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, right + theme->tick + theme->gap / 2, y, 0, 0.5,
                      ticks.label[i]);
    }
  if (canvas->drop & RHEO_DROP_NAMES)
    return;
  /* Without its unit where the frame is low. */
  rheo_plot_text_size (canvas, RHEO_TEXT_NAME, name, &w, &h);
  fit = rheo_plot_text_fit (canvas, RHEO_TEXT_NAME, w > area->height ? axis.label : name, area->height);
  rheo_plot_text_up (canvas, RHEO_TEXT_NAME, theme->text, right + axis_room (spec, canvas) - h / 2,
                     area->y + area->height / 2, fit);
}

/* --- class bar --------------------------------------------------------------------------------------------------------- */
/* A run of neighbouring units of one class. */
typedef struct
{
  int class;
  int64_t first, last;
} Run;

static GArray *
runs_of (const RheoRaster *p)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (Run));

  for (int64_t u = 0; u < p->n_units; u++)
    {
      Run *run = runs->len > 0 ? &g_array_index (runs, Run, runs->len - 1) : NULL;

      if (run != NULL && run->class == p->class[u])
        run->last = u;
      else
        {
          Run next = { p->class[u], u, u };

          g_array_append_val (runs, next);
        }
    }
  return runs;
}

static void
class_label (const RheoPlotSpec *spec, const RheoRaster *p, int class, char *out, size_t size)
{
  const RheoRasterConfig *config = spec->values;
  char number[24];

  if (config->counts)
    g_snprintf (out, size, "%s %s", p->classes.name[class],
                rheo_plot_number (p->classes.count[class], 0, number, sizeof number));
  else
    g_strlcpy (out, p->classes.name[class], size);
}

static double
bar_room (const RheoPlotSpec *spec, RheoPlotCanvas *canvas)
{
  const RheoRasterConfig *config = spec->values;
  const RheoRaster *p = rheo_plot_get_prepared (spec);
  double most = 0;

  if (!config->bar || p->class == NULL)
    return 0;
  for (int i = 0; i < p->classes.n; i++)
    {
      char label[64];
      double w;

      class_label (spec, p, i, label, sizeof label);
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, label, &w, NULL);
      most = MAX (most, w);
    }
  /* With more classes than can be named the bar stands alone. */
  return canvas->theme->gap * 2 + 4 + (canvas->drop & RHEO_DROP_LEGEND ? 0 : most + canvas->theme->gap / 2);
}

static void
draw_bar (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *y)
{
  const RheoRasterConfig *config = spec->values;
  const RheoRaster *p = rheo_plot_get_prepared (spec);
  double left = rheo_plot_snap (canvas, area->x + area->width + axis_room (spec, canvas) + canvas->theme->gap), h;
  double at[RHEO_PLOT_CLASSES];
  int label_of[RHEO_PLOT_CLASSES], n = 0;
  g_autoptr (GArray) runs = NULL;

  if (!config->bar || p->class == NULL || (canvas->drop & RHEO_DROP_NAMES))
    return;
  runs = runs_of (p);
  for (guint i = 0; i < runs->len; i++)
    {
      const Run *run = &g_array_index (runs, Run, i);
      double y0 = rheo_plot_map (y, (double) run->first, area->y + area->height, area->y);
      double y1 = rheo_plot_map (y, (double) run->last + 1, area->y + area->height, area->y);
      double gap = MIN (1, fabs (y0 - y1) / 4);

      y0 = CLAMP (y0, area->y, area->y + area->height);
      y1 = CLAMP (y1, area->y, area->y + area->height);
      if (y0 - y1 < 0.01)
        continue;
      rheo_plot_source (canvas, canvas->theme->series[p->classes.style[run->class]],
                        rheo_plot_entry_hidden (spec, run->class) ? 0.35 : rheo_plot_entry_share (spec, run->class));
      cairo_rectangle (canvas->cr, left, y1 + gap / 2, 4, MAX (y0 - y1 - gap, 0.5));
      cairo_fill (canvas->cr);
      if (n < RHEO_PLOT_CLASSES && runs->len <= RHEO_PLOT_CLASSES)
        {
          /* From top to bottom. */
          at[n] = (y0 + y1) / 2;
          label_of[n++] = run->class;
        }
    }
  if (canvas->drop & RHEO_DROP_LEGEND)
    return;
  h = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  for (int i = 0; i < n / 2; i++)
    {
      double swap = at[i];
      int swap_label = label_of[i];

      at[i] = at[n - 1 - i];
      at[n - 1 - i] = swap;
      label_of[i] = label_of[n - 1 - i];
      label_of[n - 1 - i] = swap_label;
    }
  if (!rheo_plot_spread (at, n, h * 0.95, area->y, area->y + area->height))
    return;
  for (int i = 0; i < n; i++)
    {
      gboolean hidden = rheo_plot_entry_hidden (spec, label_of[i]);
      double x0 = left + 4 + canvas->theme->gap, w;
      char label[64];

      class_label (spec, p, label_of[i], label, sizeof label);
      rheo_plot_text (canvas, RHEO_TEXT_TICK,
                      hidden ? rheo_rgb_mix (canvas->theme, canvas->theme->text, 0.55) : canvas->theme->text, x0, at[i],
                      0, 0.5, label);
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, label, &w, NULL);
      if (hidden)
        rheo_plot_hairline (canvas, x0, at[i], x0 + w, at[i], canvas->theme->hair);
      rheo_plot_hit (canvas, left, at[i] - h / 2, x0 + w - left, h, label_of[i]);
    }
}

/* --- callbacks --------------------------------------------------------------------------------------------------------- */
double
rheo_raster_side (const RheoPlotSpec *spec, RheoPlotCanvas *canvas)
{
  return axis_room (spec, canvas) + bar_room (spec, canvas);
}

void
rheo_raster_draw_over (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                       const RheoPlotAxis *y)
{
  const RheoRaster *p = rheo_plot_get_prepared (spec);

  if (p->activity != NULL)
    draw_axis (spec, canvas, area);
  draw_bar (spec, canvas, area, y);
}
