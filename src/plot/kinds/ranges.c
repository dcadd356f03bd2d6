#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "plot/plot-kind.h"

/* From where to where something goes, one bar for each item: the receptive fields of input cells. A panel for each part, which
 * has an axis and a unit of its own. */

#define MOST_PARTS 16

typedef struct
{
  gboolean middle;
} Config;

static const RheoParam params[] = {
  RHEO_P_BOOL (Config, middle, "zero", .label = N_ ("Line at zero"), .def = TRUE,
               .help = N_ ("Where zero lies among the bars.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "from", N_ ("lower ends"), "*", TRUE, FALSE, .from = "receptive-fields/*/from", .called = "table" },
  { "to", N_ ("upper ends"), "*", TRUE, FALSE, .with = "=to" },
  { "item", N_ ("numbers of the items"), "*", TRUE, FALSE, .with = "=cell" },
  { "part", N_ ("parts, each with a panel"), "*", FALSE, FALSE, .with = "=part" },
  { "unit", N_ ("units of the parts"), "*", FALSE, FALSE, .with = "=unit" },
  { NULL },
};

/* --- what is shown -------------------------------------------------------------------------------------------------- */
typedef struct
{
  const char *name, *unit; /* interned */
  int64_t first, n;        /* rows, which lie side by side */
  RheoPlotAxis x, y;
} Part;

typedef struct
{
  Part part[MOST_PARTS];
  int n_parts;
} Prepared;

static const RheoColumn *
column_of (const RheoPlotSpec *spec, const char *role)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, role, 0);

  return b != NULL ? b->column : NULL;
}

static const char *
text_of (const RheoPlotSpec *spec, const char *role, int64_t row)
{
  const RheoColumn *c = column_of (spec, role);
  char text[RHEO_ELEMENT_SIZE];

  return c != NULL ? g_intern_string (rheo_column_get_text (c, row, text)) : "";
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoColumn *from = column_of (spec, "from");

  for (int i = 0; i < spec->n_bindings; i++)
    if (spec->binding[i].column->dims[0] != from->dims[0])
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" has %d rows, but \"%s\" has %d."),
                        spec->binding[i].column->key, (int) spec->binding[i].column->dims[0], from->key,
                        (int) from->dims[0]);
  return TRUE;
}

static void
take (Part *part, double item, double from, double to)
{
  part->x.lo = MIN (part->x.lo, item - 0.5);
  part->x.hi = MAX (part->x.hi, item + 0.5);
  if (isfinite (from))
    part->y.lo = MIN (part->y.lo, from);
  if (isfinite (to))
    part->y.hi = MAX (part->y.hi, to);
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoColumn *from = column_of (spec, "from"), *to = column_of (spec, "to"), *item = column_of (spec, "item");
  Prepared *p = g_new0 (Prepared, 1);

  for (int64_t i = 0; i < from->dims[0]; i++)
    {
      const char *name = text_of (spec, "part", i);
      Part *part = p->n_parts > 0 ? &p->part[p->n_parts - 1] : NULL;

      if (part == NULL || part->name != name)
        {
          if (p->n_parts == MOST_PARTS)
            break;
          part = &p->part[p->n_parts++];
          *part = (Part){ .name = name, .unit = text_of (spec, "unit", i), .first = i };
          part->x = (RheoPlotAxis){
            .lo = INFINITY, .hi = -INFINITY, .whole = TRUE, .label = item->label, .unit = item->unit
          };
          part->y = (RheoPlotAxis){ .lo = INFINITY, .hi = -INFINITY, .label = name, .unit = part->unit };
        }
      part->n++;
      take (part, rheo_column_get_number (item, i), rheo_column_get_number (from, i), rheo_column_get_number (to, i));
    }
  for (int k = 0; k < p->n_parts; k++)
    rheo_plot_axis_nice (&p->part[k].y);
  return p;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  if (p->n_parts == 0)
    return;
  *x = p->part[0].x;
  *y = p->part[0].y;
}

/* --- drawing -------------------------------------------------------------------------------------------------------- */
/* Two beside each other where there is width for it. */
static int
make_panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, RheoPanel *panels)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double gap = 3 * canvas->theme->gap;
  const int n_columns = p->n_parts > 1 && area->width >= 0.9 * area->height ? 2 : 1;
  const int n_lines = (p->n_parts + n_columns - 1) / n_columns;
  const double w = (area->width - (n_columns - 1) * gap) / n_columns;
  const double h = (area->height - (n_lines - 1) * gap) / MAX (n_lines, 1);

  for (int i = 0; i < p->n_parts; i++)
    {
      panels[i] =
          (RheoPanel){ .outer = { area->x + i % n_columns * (w + gap), area->y + i / n_columns * (h + gap), w, h },
                       .x = p->part[i].x,
                       .y = p->part[i].y,
                       .no_x_name = i + n_columns < p->n_parts };
      rheo_panel_layout (canvas, &panels[i]);
    }
  return p->n_parts;
}

static void
draw_part (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoPanel *panel, const Part *part)
{
  const RheoColumn *from = column_of (spec, "from"), *to = column_of (spec, "to"), *item = column_of (spec, "item");
  const RheoRect *a = &panel->area;
  const double slot = a->width / (panel->x.hi - panel->x.lo);

  rheo_plot_source (canvas, canvas->theme->series[0], 1);
  for (int64_t i = part->first; i < part->first + part->n; i++)
    {
      const double x = rheo_plot_map (&panel->x, rheo_column_get_number (item, i), a->x, a->x + a->width);
      const double y0 = rheo_plot_map (&panel->y, rheo_column_get_number (from, i), a->y + a->height, a->y);
      const double y1 = rheo_plot_map (&panel->y, rheo_column_get_number (to, i), a->y + a->height, a->y);

      if (isfinite (y0) && isfinite (y1))
        cairo_rectangle (canvas->cr, x - 0.4 * slot, y1, 0.8 * slot, MAX (y0 - y1, canvas->theme->hair));
    }
  cairo_fill (canvas->cr);
  if (((const Config *) spec->values)->middle && panel->y.lo < 0 && panel->y.hi > 0)
    {
      const double zero = rheo_plot_map (&panel->y, 0, a->y + a->height, a->y);

      rheo_plot_source (canvas, canvas->theme->dim, 1);
      rheo_plot_hairline (canvas, a->x, zero, a->x + a->width, zero, canvas->theme->hair);
    }
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[MOST_PARTS];
  const int n = make_panels (spec, canvas, area, panels);

  for (int i = 0; i < n; i++)
    {
      rheo_panel_draw_grid (canvas, &panels[i]);
      cairo_save (canvas->cr);
      rheo_plot_clip (canvas, &panels[i].area, 0);
      draw_part (spec, canvas, &panels[i], &p->part[i]);
      cairo_restore (canvas->cr);
      rheo_panel_draw_frame (canvas, &panels[i]);
    }
}

static int
panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
        const RheoPlotAxis *y, RheoPlotPanel *out)
{
  RheoPanel frames[MOST_PARTS];
  const int n = make_panels (spec, canvas, area, frames);

  for (int i = 0; i < n; i++)
    out[i] = (RheoPlotPanel){ .area = frames[i].area, .x = frames[i].x, .y = frames[i].y };
  return n;
}

/* --- hover and numbers ------------------------------------------------------------------------------------------------ */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *from = column_of (spec, "from"), *to = column_of (spec, "to"), *item = column_of (spec, "item");
  RheoPanel frames[MOST_PARTS];
  const int n = make_panels (spec, canvas, area, frames);

  for (int k = 0; k < n; k++)
    for (int64_t i = p->part[k].first; i < p->part[k].first + p->part[k].n; i++)
      {
        const RheoRect *a = &frames[k].area;
        const double at = rheo_plot_unmap (&frames[k].x, px, a->x, a->x + a->width);
        char number[40], low[40], high[40];

        if (px < a->x || px > a->x + a->width || py < a->y || py > a->y + a->height
            || fabs (at - rheo_column_get_number (item, i)) > 0.5)
          continue;
        out->binding = 0;
        out->index = i;
        out->x = rheo_column_get_number (item, i);
        out->y = (rheo_column_get_number (from, i) + rheo_column_get_number (to, i)) / 2;
        g_snprintf (out->text, sizeof out->text, _ ("%s %s: %s to %s %s"), item->label,
                    rheo_plot_number (out->x, 0, number, sizeof number),
                    rheo_plot_number_short (rheo_column_get_number (from, i), 3, low, sizeof low),
                    rheo_plot_number_short (rheo_column_get_number (to, i), 3, high, sizeof high), p->part[k].unit);
      }
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  static const char *const keys[] = { "part", "item", "from", "to", "unit" };
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "ranges");

  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    {
      const RheoColumn *c = column_of (spec, keys[k]);

      if (c != NULL)
        rheo_table_add_copy (table, keys[k], c->plain_label, c->plain_unit, "row", c->type, c->dims, c->data);
    }
  return table;
}

const RheoPlotKind rheo_plot_ranges = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "ranges",
    .title = N_ ("Ranges"),
    .summary = N_ ("From where to where each of some items goes, such as the receptive fields of input cells."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = g_free,
  .range = range,
  .draw = draw,
  .own_axes = TRUE,
  .panels = panels,
  .pick = pick,
  .numbers = numbers,
};
