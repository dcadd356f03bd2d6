#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/sketch.h"

/* The table is that of a sketch (engine/sketch.h): the other columns of boxes and arrows lie beside the two that are
 * bound. */

static const RheoPlotRole roles[] = {
  { "boxes", N_ ("populations"), "node", TRUE, FALSE },
  { "arrows", N_ ("connected shares"), "link", FALSE, FALSE },
  { NULL },
};

typedef struct
{
  gboolean shares;
} Config;

static const RheoParam params[] = {
  RHEO_P_BOOL (Config, shares, "shares", .label = N_ ("Connected shares"), .def = TRUE,
               .help = N_ ("Writes beside each arrow which share of the pairs is connected.")),
  RHEO_P_END,
};

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  static const struct
  {
    const char *key;
    gboolean text, box; /* box: counts boxes */
  } wanted[] = {
    { "node.units" }, { "node.name", TRUE }, { "node.part", TRUE },        { "node.group" },           { "node.kind" },
    { "link.share" }, { "link.name", TRUE }, { "link.from", FALSE, TRUE }, { "link.to", FALSE, TRUE }, { "link.pairs" },
    { "link.sign" },  { "link.single" }
  };
  const RheoTable *table = rheo_plot_find (spec, "boxes", 0)->table;
  const RheoColumn *first[2] = { rheo_table_find (table, "node.units"), rheo_table_find (table, "link.share") };

  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      const RheoColumn *c = rheo_table_find (table, wanted[i].key), *like = first[*wanted[i].key == 'l'];

      if (c == NULL || like == NULL || c->n_dims != 1 || c->dims[0] != like->dims[0]
          || (c->type == RHEO_STRING) != wanted[i].text)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A sketch of a network needs the column \"%s\"."),
                          wanted[i].key);
      for (int64_t k = 0; wanted[i].box && k < c->dims[0]; k++)
        if (!(rheo_column_get_number (c, k) >= 0 && rheo_column_get_number (c, k) < (double) first[0]->dims[0]))
          return rheo_fail (error, RHEO_ERROR_INVALID, _ ("An arrow leads to a box that is not there."));
    }
  return TRUE;
}

/* The layout for this area, and how it is brought there. */
typedef struct
{
  RheoSketchLayout *layout;
  double scale, x, y;
} Fitted;

static Fitted
fit (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area)
{
  Fitted f = { .layout =
                   rheo_sketch_layout (canvas, rheo_plot_find (spec, "boxes", 0)->table, area->width, area->height) };

  f.scale = MIN (1, MIN (area->width / f.layout->width, area->height / f.layout->height));
  f.x = area->x + (area->width - f.scale * f.layout->width) / 2;
  f.y = area->y + (area->height - f.scale * f.layout->height) / 2;
  return f;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */
static void
round_rect (cairo_t *cr, const RheoRect *r, double radius)
{
  const double x1 = r->x + r->width, y1 = r->y + r->height;

  cairo_new_sub_path (cr);
  cairo_arc (cr, x1 - radius, r->y + radius, radius, -RHEO_PLOT_PI / 2, 0);
  cairo_arc (cr, x1 - radius, y1 - radius, radius, 0, RHEO_PLOT_PI / 2);
  cairo_arc (cr, r->x + radius, y1 - radius, radius, RHEO_PLOT_PI / 2, RHEO_PLOT_PI);
  cairo_arc (cr, r->x + radius, r->y + radius, radius, RHEO_PLOT_PI, 1.5 * RHEO_PLOT_PI);
  cairo_close_path (cr);
}

static void
draw_box (RheoPlotCanvas *c, const RheoSketchBox *box)
{
  const RheoPlotTheme *theme = c->theme;
  const double u = rheo_sketch_unit (c), middle = box->rect.x + box->rect.width / 2;
  RheoRgb colour = box->style >= 0 ? theme->series[box->style % RHEO_N_STYLES] : theme->axis;
  double name_h, detail_h, y;

  round_rect (c->cr, &box->rect, 6 * u);
  if (box->node < 0)
    {
      rheo_plot_source (c, theme->axis, 0.6);
      cairo_set_line_width (c->cr, theme->hair);
      cairo_stroke (c->cr);
      rheo_plot_text (c, RHEO_TEXT_TICK, theme->dim, box->rect.x + 6 * u, box->rect.y + 3 * u, 0, 0, box->name);
      return;
    }
  colour = rheo_rgb_mix (theme, colour, 1);
  rheo_plot_source (c, rheo_rgb_mix (theme, colour, 0.15), 1);
  cairo_fill_preserve (c->cr);
  rheo_plot_source (c, colour, 1);
  cairo_set_line_width (c->cr, theme->outline);
  cairo_stroke (c->cr);
  name_h = rheo_plot_text_height (c, RHEO_TEXT_PANEL);
  detail_h = rheo_plot_text_height (c, RHEO_TEXT_TICK);
  y = box->rect.y + (box->rect.height - name_h - detail_h) / 2;
  rheo_plot_text (c, RHEO_TEXT_PANEL, theme->text, middle, y, 0.5, 0, box->name);
  rheo_plot_text (c, RHEO_TEXT_TICK, theme->dim, middle, y + name_h, 0.5, 0, box->detail);
}

static RheoRgb
colour_of (const RheoPlotCanvas *c, int sign)
{
  return sign < 0 ? c->theme->series[1] : c->theme->dim;
}

/* A triangle, or a disc for inhibition, whose tip is at b. */
static void
draw_head (RheoPlotCanvas *c, RheoPoint a, RheoPoint b, int sign)
{
  const double u = rheo_sketch_unit (c), length = hypot (b.x - a.x, b.y - a.y);
  const double dx = length > 0 ? (b.x - a.x) / length : 1, dy = length > 0 ? (b.y - a.y) / length : 0;

  if (sign < 0)
    rheo_plot_disc (c, b.x - dx * 3.4 * u, b.y - dy * 3.4 * u, 3.4 * u);
  else
    {
      cairo_move_to (c->cr, b.x, b.y);
      cairo_line_to (c->cr, b.x - dx * 8 * u - dy * 3.4 * u, b.y - dy * 8 * u + dx * 3.4 * u);
      cairo_line_to (c->cr, b.x - dx * 8 * u + dy * 3.4 * u, b.y - dy * 8 * u - dx * 3.4 * u);
      cairo_close_path (c->cr);
    }
  cairo_fill (c->cr);
}

static RheoPoint
towards (RheoPoint from, RheoPoint to, double length)
{
  const double all = hypot (to.x - from.x, to.y - from.y), share = all > 0 ? MIN (length / all, 0.5) : 0;

  return (RheoPoint){ from.x + share * (to.x - from.x), from.y + share * (to.y - from.y) };
}

static void
draw_line (RheoPlotCanvas *c, const RheoPoint *p, int n, int sign)
{
  const double u = rheo_sketch_unit (c);
  const RheoRgb colour = colour_of (c, sign);
  /* The line ends inside its head, not at the tip. */
  const RheoPoint before = p[n - 2], end = towards (p[n - 1], before, 4 * u);

  rheo_plot_source (c, colour, 1);
  cairo_set_line_width (c->cr, c->theme->reference);
  cairo_move_to (c->cr, p[0].x, p[0].y);
  for (int i = 1; i < n - 1; i++)
    {
      const RheoPoint in = towards (p[i], p[i - 1], 7 * u), out = towards (p[i], p[i + 1], 7 * u);

      cairo_line_to (c->cr, in.x, in.y);
      cairo_curve_to (c->cr, (in.x + 2 * p[i].x) / 3, (in.y + 2 * p[i].y) / 3, (out.x + 2 * p[i].x) / 3,
                      (out.y + 2 * p[i].y) / 3, out.x, out.y);
    }
  cairo_line_to (c->cr, end.x, end.y);
  cairo_stroke (c->cr);
  draw_head (c, before, p[n - 1], sign);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *c, const RheoRect *area, const RheoPlotAxis *x, const RheoPlotAxis *y)
{
  const Fitted f = fit (spec, c, area);
  g_autoptr (RheoSketchLayout) l = f.layout;
  const Config *config = spec->values;
  const double u = rheo_sketch_unit (c);

  cairo_save (c->cr);
  cairo_translate (c->cr, f.x, f.y);
  cairo_scale (c->cr, f.scale, f.scale);
  for (guint i = 0; i < l->boxes->len; i++)
    draw_box (c, &g_array_index (l->boxes, RheoSketchBox, i));
  for (guint i = 0; i < l->arrows->len; i++)
    {
      const RheoSketchArrow *a = &g_array_index (l->arrows, RheoSketchArrow, i);

      draw_line (c, a->point, a->n_points, a->sign);
      if (a->label_rect.width > 0 && config->shares)
        rheo_plot_text (c, RHEO_TEXT_TICK, c->theme->text, a->label_rect.x, a->label_rect.y, 0, 0, a->label);
    }
  for (guint i = 0; i < l->captions->len; i++)
    {
      const RheoSketchCaption *caption = &g_array_index (l->captions, RheoSketchCaption, i);
      const double middle = caption->rect.y + caption->rect.height / 2;
      const RheoPoint p[] = { { caption->rect.x, middle }, { caption->rect.x + (RHEO_SKETCH_SAMPLE - 4) * u, middle } };

      draw_line (c, p, 2, caption->sign);
      rheo_plot_text (c, RHEO_TEXT_TICK, c->theme->dim, caption->rect.x + RHEO_SKETCH_SAMPLE * u, caption->rect.y, 0, 0,
                      caption->text);
    }
  cairo_restore (c->cr);
}

static double
height (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, double width)
{
  g_autoptr (RheoSketchLayout) l =
      rheo_sketch_layout (canvas, rheo_plot_find (spec, "boxes", 0)->table, width, INFINITY);

  return l->height * MIN (1, width / l->width);
}

/* --- pointer and numbers ---------------------------------------------------------------------------------------------- */
static double
distance (RheoPoint a, RheoPoint b, double x, double y)
{
  const double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
  const double t = square > 0 ? CLAMP (((x - a.x) * dx + (y - a.y) * dy) / square, 0, 1) : 0;

  return hypot (a.x + t * dx - x, a.y + t * dy - y);
}

static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x_axis,
      const RheoPlotAxis *y_axis, double px, double py, RheoPlotPick *out)
{
  const Fitted f = fit (spec, canvas, area);
  g_autoptr (RheoSketchLayout) l = f.layout;
  const double x = (px - f.x) / f.scale, y = (py - f.y) / f.scale;
  double best = 8;

  for (guint i = 0; i < l->boxes->len; i++)
    {
      const RheoSketchBox *box = &g_array_index (l->boxes, RheoSketchBox, i);

      if (box->node < 0 || x < box->rect.x || y < box->rect.y || x > box->rect.x + box->rect.width
          || y > box->rect.y + box->rect.height)
        continue;
      *out = (RheoPlotPick){ .binding = 0, .index = box->node, .x = px, .y = py, .entry = -1, .unit = -1 };
      g_snprintf (out->text, sizeof out->text, box->sign < 0 ? _ ("%s: %s, inhibitory") : "%s: %s", box->name,
                  box->detail);
      return;
    }
  for (guint i = 0; i < l->arrows->len; i++)
    {
      const RheoSketchArrow *arrow = &g_array_index (l->arrows, RheoSketchArrow, i);

      for (int k = 1; k < arrow->n_points; k++)
        if (distance (arrow->point[k - 1], arrow->point[k], x, y) < best)
          {
            best = distance (arrow->point[k - 1], arrow->point[k], x, y);
            *out = (RheoPlotPick){ .binding = 0, .index = 0, .x = px, .y = py, .entry = -1, .unit = -1 };
            g_strlcpy (out->text, arrow->about, sizeof out->text);
          }
    }
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const RheoTable *from = rheo_plot_find (spec, "boxes", 0)->table;
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : _ ("Network"));
  static const struct
  {
    const char *key, *box; /* box: names of the boxes that the column counts */
  } columns[] = { { "link.name", NULL },  { "link.from", "node.name" }, { "link.to", "node.name" },
                  { "link.pairs", NULL }, { "link.share", NULL },       { "link.sign", NULL } };

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      const RheoColumn *c = rheo_table_find (from, columns[i].key);
      const RheoColumn *box = columns[i].box != NULL ? rheo_table_find (from, columns[i].box) : NULL;

      if (box == NULL)
        rheo_table_add_copy (table, c->key + strlen ("link."), c->label, c->unit, "link", c->type, c->dims, c->data);
      else
        {
          const char **name =
              rheo_table_add (table, c->key + strlen ("link."), c->label, "", "link", RHEO_STRING, c->dims)->data;

          for (int64_t k = 0; k < c->dims[0]; k++)
            name[k] = rheo_table_keep (table, rheo_column_get_string (box, (int64_t) rheo_column_get_number (c, k)));
        }
    }
  return table;
}

const RheoPlotKind rheo_plot_network = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "network",
    .title = N_ ("Network"),
    .summary = N_ ("Populations as boxes and projections as arrows with the share of pairs that are connected."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .own_axes = TRUE,
  .draw = draw,
  .height = height,
  .pick = pick,
  .numbers = numbers,
};
