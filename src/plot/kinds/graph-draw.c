#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "plot/kinds/graph-private.h"

#define SHADES 12      /* of edges of one sign */
#define LEAST_SHADE 90 /* of 255 from the middle of the ramp: weak edges are seen on the paper */
#define FADED 0.2      /* of what does not belong to the chosen unit */
#define SMALL 120      /* lengths; smaller areas have no line of words */
#define MANY 1500      /* edges: thin, and without heads */

/* --- colours ------------------------------------------------------------------------------------------------------ */
/* For shares of the largest value, -1 .. 1, or 0 .. 1 where none is negative. */
static void
make_ramp (const RheoPlotSpec *spec, const RheoGraph *g, uint32_t ramp[256])
{
  uint32_t diverging[256];

  rheo_plot_theme_ramp (spec->theme, TRUE, diverging);
  for (int i = 0; i < 256; i++)
    {
      const double v = g->signed_ ? 2 * i / 255.0 - 1 : i / 255.0;
      const double away = (LEAST_SHADE + (255 - LEAST_SHADE) * fabs (v)) / 2;

      ramp[i] = diverging[CLAMP ((int) lround (127.5 + (v < 0 ? -away : away)), 0, 255)];
    }
}

static RheoRgb
colour_of (const RheoGraph *g, const uint32_t ramp[256], double value)
{
  const double share = g->most > 0 ? value / g->most : 0;
  const uint32_t c = ramp[CLAMP ((int) lround (255 * (g->signed_ ? (share + 1) / 2 : share)), 0, 255)];

  return (RheoRgb){ (c >> 16 & 255) / 255.0, (c >> 8 & 255) / 255.0, (c & 255) / 255.0 };
}

static void
bar_init (RheoPlotBar *bar, const RheoGraph *g, const char *name)
{
  const RheoPlotAxis axis = { .lo = g->signed_ ? -g->most : 0, .hi = g->most };

  *bar = (RheoPlotBar){ .name = name };
  rheo_plot_bar_ticks (bar, &axis);
}

static char *
bar_name (const RheoGraph *g)
{
  const RheoPlotAxis axis = { .label = g->column->label, .unit = g->column->unit };

  return rheo_plot_axis_name (&axis);
}

static gboolean
has_bar (const RheoPlotSpec *spec, const RheoPlotCanvas *canvas, const RheoGraph *g)
{
  const RheoGraphConfig *config = spec->values;

  return config->bar && g->n_edges > 0 && !(canvas->drop & RHEO_DROP_NAMES);
}

/* --- places ------------------------------------------------------------------------------------------------------- */
static gboolean
has_words (const RheoPlotCanvas *canvas, const RheoRect *area)
{
  return !(canvas->drop & RHEO_DROP_AXES) && area->width >= SMALL && area->height >= SMALL;
}

RheoRect
rheo_graph_area (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area)
{
  const RheoGraph *g = rheo_plot_get_prepared (spec);
  RheoRect inner = *area;

  if (has_words (canvas, area))
    {
      const double row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK) + 1.5 * canvas->theme->gap;

      inner.y += row;
      inner.height = MAX (inner.height - row, 1);
    }
  if (has_bar (spec, canvas, g))
    {
      const double half = rheo_plot_text_height (canvas, RHEO_TEXT_TICK) / 2;
      g_autofree char *name = bar_name (g);
      RheoPlotBar bar;

      bar_init (&bar, g, name);
      inner.width = MAX (inner.width - rheo_plot_bar_width (canvas, &bar), 1);
      /* Numbers at the ends of the bar reach half their height beyond it. */
      inner.height = MAX (inner.height - half, 1);
      if (!has_words (canvas, area))
        {
          inner.y += half;
          inner.height = MAX (inner.height - half, 1);
        }
    }
  return inner;
}

double
rheo_graph_radius (const RheoPlotCanvas *canvas, const RheoGraph *g, const RheoRect *area)
{
  const double room = sqrt (area->width * area->height / MAX (g->n, 1));

  return CLAMP (0.16 * room, 0.4 * canvas->theme->spot, 1.3 * canvas->theme->spot);
}

typedef struct
{
  const RheoGraph *g;
  RheoPlotCanvas *canvas;
  RheoRect area;
  double radius;
  RheoPoint *at;   /* [n] on the page */
  gboolean *stays; /* [n] does not fade; NULL: all stay */
  gboolean *gone;  /* [n] hidden by the legend */
} View;

gboolean
rheo_graph_is_hidden (const RheoPlotSpec *spec, const RheoGraph *g, int node)
{
  return g->class != NULL && rheo_plot_entry_hidden (spec, g->class[g->unit[node]]);
}

/* The chosen unit and its partners. */
static gboolean *
find_chosen (const RheoPlotSpec *spec, const RheoGraph *g)
{
  gboolean *stays = NULL;
  int chosen = -1;

  for (int i = 0; i < g->n; i++)
    if (g->unit[i] == spec->unit)
      chosen = i;
  if (chosen < 0)
    return NULL;
  stays = g_new0 (gboolean, g->n);
  stays[chosen] = TRUE;
  for (int64_t e = 0; e < g->n_edges; e++)
    if (g->edge[e].a == chosen || g->edge[e].b == chosen)
      stays[g->edge[e].a] = stays[g->edge[e].b] = TRUE;
  return stays;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */
/* An arrow's head with its tip at the rim of node b. */
static void
add_head (const View *v, RheoPoint a, RheoPoint b)
{
  const double length = hypot (b.x - a.x, b.y - a.y), size = MAX (0.9 * v->radius, 2 * v->canvas->theme->hair);
  double dx, dy, x, y;

  if (!(length > v->radius + size))
    return;
  dx = (b.x - a.x) / length;
  dy = (b.y - a.y) / length;
  x = b.x - dx * v->radius;
  y = b.y - dy * v->radius;
  cairo_move_to (v->canvas->cr, x, y);
  cairo_line_to (v->canvas->cr, x - dx * size - dy * size / 2, y - dy * size + dx * size / 2);
  cairo_line_to (v->canvas->cr, x - dx * size + dy * size / 2, y - dy * size - dx * size / 2);
  cairo_close_path (v->canvas->cr);
}

/* Edges from first to last - 1 in one colour; of: only those of this unit; else those of all others. */
static void
draw_shade (const View *v, int64_t first, int64_t last, int64_t unit, gboolean of, gboolean negative, RheoRgb colour)
{
  const RheoGraph *g = v->g;
  cairo_t *cr = v->canvas->cr;

  rheo_plot_source (v->canvas, colour, 1);
  for (int heads = 0; heads <= (g->directed && g->n_edges <= MANY); heads++)
    {
      for (int64_t e = first; e < last; e++)
        {
          const int a = g->edge[e].a, b = g->edge[e].b;

          if ((g->unit[a] == unit || g->unit[b] == unit) != of || (g->value[e] < 0) != negative || v->gone[a]
              || v->gone[b])
            continue;
          if (heads)
            {
              add_head (v, v->at[a], v->at[b]);
              cairo_fill (cr);
              continue;
            }
          /* One by one: of a path of many lines their crossings would be sought. */
          cairo_move_to (cr, v->at[a].x, v->at[a].y);
          cairo_line_to (cr, v->at[b].x, v->at[b].y);
          cairo_stroke (cr);
        }
    }
}

static RheoRgb
shade_colour (const View *v, const uint32_t ramp[256], int shade, gboolean negative, gboolean faded)
{
  const double value = (negative ? -1 : 1) * MIN (shade + 0.5, SHADES) / SHADES * v->g->most;
  const RheoRgb colour = colour_of (v->g, ramp, value);

  return faded ? rheo_rgb_mix (v->canvas->theme, colour, FADED) : colour;
}

static int
shade_of (const RheoGraph *g, int64_t e)
{
  return (int) (SHADES * fabs (g->value[e]) / g->most);
}

/* Pixel by pixel, for the screen. FALSE: a file has finer pixels, or none, and time. */
static gboolean
draw_many (const View *v, const RheoPlotSpec *spec, const uint32_t ramp[256])
{
  const RheoGraph *g = v->g;
  uint32_t colour[2][2][SHADES + 1];
  RheoPixels pixels;

  if (v->canvas->vector || v->canvas->theme->hair * v->canvas->pixel > 2
      || !rheo_pixels_begin (&pixels, v->canvas, &v->area))
    return FALSE;
  for (int k = 0; k < 4 * (SHADES + 1); k++)
    colour[k & 1][k >> 1 & 1][k >> 2] = rheo_rgb_pack (shade_colour (v, ramp, k >> 2, k >> 1 & 1, k & 1), 1);
  for (int of = 0; of <= (v->stays != NULL); of++)
    for (int64_t e = 0; e < g->n_edges; e++)
      {
        const int a = g->edge[e].a, b = g->edge[e].b;

        if (v->gone[a] || v->gone[b]
            || (v->stays != NULL && (g->unit[a] == spec->unit || g->unit[b] == spec->unit) != of))
          continue;
        rheo_pixels_line (&pixels, v->at[a].x, v->at[a].y, v->at[b].x, v->at[b].y,
                          colour[v->stays != NULL && !of][g->value[e] < 0][shade_of (g, e)]);
      }
  rheo_pixels_end (&pixels, v->canvas);
  return TRUE;
}

/* Weak ones first; those of the chosen unit last. */
static void
draw_edges (const View *v, const RheoPlotSpec *spec, const uint32_t ramp[256])
{
  const RheoGraph *g = v->g;

  if (g->n_edges > MANY && draw_many (v, spec, ramp))
    return;
  cairo_set_line_width (v->canvas->cr, g->n_edges > 4 * g->n ? v->canvas->theme->hair : v->canvas->theme->reference);
  for (int of = 0; of <= (v->stays != NULL); of++)
    for (int64_t first = 0, last; first < g->n_edges; first = last)
      {
        const int shade = shade_of (g, first);

        last = first + 1;
        while (last < g->n_edges && shade_of (g, last) == shade)
          last++;
        for (int negative = 0; negative <= g->signed_; negative++)
          draw_shade (v, first, last, v->stays != NULL ? spec->unit : -1, of, negative,
                      shade_colour (v, ramp, shade, negative, v->stays != NULL && !of));
      }
}

/* That of the class; without classes orange in every theme. */
static RheoRgb
node_colour (const RheoPlotSpec *spec, const RheoPlotTheme *theme, const RheoGraph *g, int i)
{
  if (g->class != NULL && g->classes.n > 1)
    return theme->series[g->classes.style[g->class[g->unit[i]]]];
  return theme->series[spec->theme == RHEO_THEME_PRINT ? 2 : 1];
}

static void
draw_nodes (const View *v, const RheoPlotSpec *spec)
{
  const RheoPlotTheme *theme = v->canvas->theme;
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < v->g->n; i++)
      {
        const RheoRgb colour = node_colour (spec, theme, v->g, i);
        const gboolean picked = v->g->class == NULL || rheo_plot_entry_share (spec, v->g->class[v->g->unit[i]]) == 1;
        const gboolean stays = (v->stays == NULL || v->stays[i]) && picked;

        if (stays != pass || v->gone[i])
          continue;
        rheo_plot_marker (v->canvas, RHEO_SYMBOL_CIRCLE, FALSE, stays ? colour : rheo_rgb_mix (theme, colour, FADED), 1,
                          v->at[i].x, v->at[i].y, v->radius);
        if (v->g->unit[i] == spec->unit)
          rheo_plot_ring (v->canvas, spec->theme, v->at[i].x, v->at[i].y, v->radius + theme->outline);
      }
}

/* Right of the node, left, below, above: the first that is free. */
static void
draw_label (const View *v, RheoRoom *room, int i, const char *text)
{
  static const int side[4][2] = { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };
  const double far = v->radius + 2;
  double w, h;

  rheo_plot_text_size (v->canvas, RHEO_TEXT_TICK, text, &w, &h);
  for (int k = 0; k < 4; k++)
    {
      const RheoRect rect = { v->at[i].x + side[k][0] * (far + w / 2) - w / 2,
                              v->at[i].y + side[k][1] * (far + h / 2) - h / 2, w, h };

      if (!rheo_room_is_free (room, &rect))
        continue;
      rheo_plot_text (v->canvas, RHEO_TEXT_TICK, v->canvas->theme->text, rect.x, rect.y, 0, 0, text);
      rheo_room_take (room, &rect);
      return;
    }
}

static void
draw_labels (const View *v)
{
  const double inside = v->radius / G_SQRT2;
  RheoRoom room;

  rheo_room_init (&room, &v->area);
  for (int i = 0; i < v->g->n; i++)
    for (int k = 0; k < 2; k++)
      rheo_room_take_line (&room, v->at[i].x - inside, v->at[i].y + (k ? inside : -inside), v->at[i].x + inside,
                           v->at[i].y + (k ? -inside : inside));
  for (int k = 0; k < v->g->n && room.n_taken < (int) G_N_ELEMENTS (room.taken); k++)
    {
      const int i = v->g->order[k];
      char text[24];

      g_snprintf (text, sizeof text, "%d", v->g->unit[i]);
      if ((v->stays == NULL || v->stays[i]) && !v->gone[i])
        draw_label (v, &room, i, text);
    }
  rheo_room_clear (&room);
}

static void
draw_words (RheoPlotCanvas *canvas, const RheoGraph *g, const RheoRect *area)
{
  char threshold[40], nodes[40], units[40], edges[40], above[40];
  g_autofree char *all = NULL, *fit = NULL;

  rheo_plot_number_short (g->threshold, 3, threshold, sizeof threshold);
  rheo_plot_number (g->n, 0, nodes, sizeof nodes);
  rheo_plot_number ((double) g->n_units, 0, units, sizeof units);
  rheo_plot_number ((double) g->n_edges, 0, edges, sizeof edges);
  rheo_plot_number ((double) g->n_above, 0, above, sizeof above);
  if (g->n_above > g->n_edges)
    /* Translators: what a graph shows of what lies above its threshold. */
    all = g_strdup_printf (_ ("Threshold %s · %s of %s units · the %s strongest of %s edges"), threshold, nodes, units,
                           edges, above);
  else
    /* Translators: what a graph shows: "Threshold 0.12 · 57 of 200 units · 131 edges" */
    all = g_strdup_printf (_ ("Threshold %s · %s of %s units · %s edges"), threshold, nodes, units, edges);
  fit = rheo_plot_text_fit (canvas, RHEO_TEXT_TICK, all, area->width);
  rheo_plot_text (canvas, RHEO_TEXT_TICK, canvas->theme->dim, area->x, area->y + canvas->theme->gap, 0, 0, fit);
}

void
rheo_graph_draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                 const RheoPlotAxis *y)
{
  const RheoGraphConfig *config = spec->values;
  const RheoGraph *g = rheo_plot_get_prepared (spec);
  View v = { .g = g, .canvas = canvas, .area = rheo_graph_area (spec, canvas, area) };
  g_autofree RheoPoint *at = NULL;
  g_autofree gboolean *stays = NULL, *gone = NULL;
  uint32_t ramp[256];

  if (g->message != NULL)
    {
      cairo_save (canvas->cr);
      cairo_translate (canvas->cr, area->x, area->y);
      rheo_plot_message (canvas, g->message, area->width, area->height);
      cairo_restore (canvas->cr);
      return;
    }
  v.radius = rheo_graph_radius (canvas, g, &v.area);
  v.at = at = g_new (RheoPoint, MAX (g->n, 1));
  v.stays = stays = find_chosen (spec, g);
  v.gone = gone = g_new (gboolean, MAX (g->n, 1));
  for (int i = 0; i < g->n; i++)
    {
      at[i] = (RheoPoint){ rheo_plot_map (x, g->x[i], v.area.x, v.area.x + v.area.width),
                           rheo_plot_map (y, g->y[i], v.area.y + v.area.height, v.area.y) };
      gone[i] = rheo_graph_is_hidden (spec, g, i);
    }
  make_ramp (spec, g, ramp);
  cairo_save (canvas->cr);
  rheo_plot_clip (canvas, &v.area, canvas->theme->marker);
  draw_edges (&v, spec, ramp);
  draw_nodes (&v, spec);
  if (config->labels && !(canvas->drop & RHEO_DROP_AXES))
    draw_labels (&v);
  cairo_restore (canvas->cr);
  if (has_words (canvas, area))
    draw_words (canvas, g, area);
  if (has_bar (spec, canvas, g))
    {
      g_autofree char *name = bar_name (g);
      RheoPlotBar bar;

      bar_init (&bar, g, name);
      bar.ramp = ramp;
      rheo_plot_bar_draw (canvas, &bar, &v.area);
    }
}
