#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "plot/kinds/graph-private.h"

#define PARTNERS 3   /* that are named under the pointer */
#define REACH 12     /* of the pointer, to a node */
#define EDGE_REACH 5 /* to an edge */

static void
append_partners (GString *text, const RheoGraph *g, int node)
{
  char value[40];
  int n = 0;

  for (int64_t e = g->n_edges - 1; e >= 0 && n < PARTNERS; e--)
    {
      const int a = g->edge[e].a, b = g->edge[e].b;

      if (a != node && b != node)
        continue;
      rheo_plot_number_short (g->value[e], 3, value, sizeof value);
      g_string_append_printf (text, "%s%s%d (%s)", n++ > 0 ? ", " : "",
                              !g->directed ? ""
                              : a == node  ? "→ "
                                           : "← ",
                              g->unit[a == node ? b : a], value);
    }
}

static const char *
class_of (const RheoGraph *g, int node)
{
  return g->class != NULL && g->classes.n > 1 ? g->classes.name[g->class[g->unit[node]]] : NULL;
}

static void
say_node (const RheoGraph *g, int i, RheoPlotPick *out)
{
  g_autoptr (GString) partners = g_string_new (NULL);
  const char *class = class_of (g, i);
  g_autofree char *name =
      class != NULL ? g_strdup_printf ("%d (%s)", g->unit[i], class) : g_strdup_printf ("%d", g->unit[i]);

  *out = (RheoPlotPick){ .index = g->unit[i], .x = g->x[i], .y = g->y[i], .entry = -1, .unit = g->unit[i] };
  append_partners (partners, g, i);
  if (g->degree[i] == 0)
    g_snprintf (out->text, sizeof out->text, _ ("Unit %s: no edges"), name);
  else
    /* Translators: a unit, how many edges it has, and its strongest partners with their values. */
    g_snprintf (out->text, sizeof out->text,
                g_dngettext (GETTEXT_PACKAGE, "Unit %s, %d edge: %s", "Unit %s, %d edges: %s", (gulong) g->degree[i]),
                name, g->degree[i], partners->str);
}

static void
say_edge (const RheoGraph *g, int64_t e, RheoPlotPick *out)
{
  const int a = g->edge[e].a, b = g->edge[e].b;
  const RheoPlotAxis axis = { .label = g->column->label, .unit = g->column->unit };
  g_autofree char *name = rheo_plot_axis_name (&axis);
  char value[40];

  *out = (RheoPlotPick){
    .index = e, .x = g->x[a], .y = g->y[a], .entry = -1, .unit = -1, .line = TRUE, .end_x = g->x[b], .end_y = g->y[b]
  };
  rheo_plot_number_short (g->value[e], 3, value, sizeof value);
  g_snprintf (out->text, sizeof out->text, "%d %s %d: %s %s", g->unit[a], g->directed ? "→" : "–", g->unit[b], name,
              value);
}

/* From a point to a line between two. */
static double
far_from (RheoPoint p, RheoPoint a, RheoPoint b)
{
  const double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
  const double t = square > 0 ? CLAMP (((p.x - a.x) * dx + (p.y - a.y) * dy) / square, 0, 1) : 0;

  return hypot (a.x + t * dx - p.x, a.y + t * dy - p.y);
}

/* The nearest node, or where none is near the nearest edge, of those the strongest. */
void
rheo_graph_pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                 const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const RheoGraph *g = rheo_plot_get_prepared (spec);
  const RheoRect r = rheo_graph_area (spec, canvas, area);
  g_autofree RheoPoint *at = g_new (RheoPoint, MAX (g->n, 1));
  double nearest = REACH;
  int64_t edge = -1;
  int node = -1;

  for (int i = 0; i < g->n; i++)
    {
      double far;

      at[i] = (RheoPoint){ rheo_plot_map (x, g->x[i], r.x, r.x + r.width),
                           rheo_plot_map (y, g->y[i], r.y + r.height, r.y) };
      far = hypot (at[i].x - px, at[i].y - py);
      if (far >= nearest || rheo_graph_is_hidden (spec, g, i))
        continue;
      nearest = far;
      node = i;
    }
  if (node >= 0)
    {
      say_node (g, node, out);
      return;
    }
  nearest = EDGE_REACH;
  for (int64_t e = g->n_edges - 1; e >= 0; e--)
    {
      const int a = g->edge[e].a, b = g->edge[e].b;
      const double far = far_from ((RheoPoint){ px, py }, at[a], at[b]);

      if (far >= nearest || rheo_graph_is_hidden (spec, g, a) || rheo_graph_is_hidden (spec, g, b))
        continue;
      nearest = far;
      edge = e;
    }
  if (edge >= 0)
    say_edge (g, edge, out);
}
