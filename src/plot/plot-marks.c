#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#include <glib/gi18n-lib.h>

static double
height_of (const RheoPlotCanvas *canvas)
{
  return 2 * canvas->theme->tick;
}

void
rheo_plot_marks (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x)
{
  const RheoPlotBinding *b;
  double foot = area->y + area->height, size = height_of (canvas);

  rheo_plot_source (canvas, canvas->theme->text, 1);
  for (int k = 0; (b = rheo_plot_find (spec, "mark", k)) != NULL; k++)
    for (int64_t i = 0; i < rheo_column_get_length (b->column); i++)
      {
        double at = rheo_plot_map (x, rheo_column_get_number (b->column, i), area->x, area->x + area->width);

        if (!(at >= area->x && at <= area->x + area->width))
          continue;
        rheo_plot_hairline (canvas, at, foot - size, at, foot, canvas->theme->hair);
        cairo_move_to (canvas->cr, at - size * 0.4, foot - size);
        cairo_line_to (canvas->cr, at + size * 0.4, foot - size);
        cairo_line_to (canvas->cr, at, foot - size * 0.45);
        cairo_close_path (canvas->cr);
        cairo_fill (canvas->cr);
      }
}

gboolean
rheo_plot_marks_pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                      double px, double py, RheoPlotPick *out)
{
  const RheoPlotBinding *b;
  double foot = area->y + area->height, size = height_of (canvas);

  for (int k = 0; (b = rheo_plot_find (spec, "mark", k)) != NULL; k++)
    for (int64_t i = 0; i < rheo_column_get_length (b->column); i++)
      {
        double v = rheo_column_get_number (b->column, i);
        const RheoColumn *key = rheo_table_find (b->table, "key"), *value = rheo_table_find (b->table, "new");
        const RheoColumn *what = rheo_table_find (b->table, "what");
        const char *name = x->label != NULL ? x->label : "x";
        char number[40];

        if (fabs (rheo_plot_map (x, v, area->x, area->x + area->width) - px) > size / 2 + 1 || py < foot - size - 2
            || py > foot + 2)
          continue;
        *out = (RheoPlotPick){
          .binding = (int) (b - spec->binding), .index = i, .x = v, .y = NAN, .entry = -1, .unit = -1
        };
        rheo_plot_number_short (v, 6, number, sizeof number);
        if (what != NULL && i < rheo_column_get_length (what) && rheo_column_get_string (what, i) != NULL)
          g_snprintf (out->text, sizeof out->text, "%s %s: %s", name, number, rheo_column_get_string (what, i));
        else if (key != NULL && value != NULL && i < rheo_column_get_length (key) && i < rheo_column_get_length (value))
          g_snprintf (out->text, sizeof out->text, _ ("%s %s: %s changed to %s"), name, number,
                      rheo_column_get_string (key, i), rheo_column_get_string (value, i));
        else
          g_snprintf (out->text, sizeof out->text, _ ("%s %s: a change"), name, number);
        return TRUE;
      }
  return FALSE;
}
