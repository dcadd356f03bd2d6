#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "plot/kinds/graph-private.h"

static const char *const cut_choices[] = { "edges", "value", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (RheoGraphConfig, cut, "cut", cut_choices, .label = N_ ("Threshold from"), .max = RHEO_GRAPH_CUT_VALUE,
                 .help = N_ ("From the wanted number of edges, or a value of its own.")),
  RHEO_P_INT (RheoGraphConfig, edges, "edges", .label = N_ ("Edges for each unit"), .def = 2, .min = 1, .max = 1000,
              .soft_min = 1, .soft_max = 20, .when = "cut=edges",
              .help = N_ ("The threshold is such that there are on average at most so many: the strongest ones.")),
  RHEO_P_REAL (RheoGraphConfig, threshold, "threshold", .label = N_ ("Threshold"), .def = 0.1, .max = 1e12,
               .soft_max = 1, .when = "cut=value", .help = N_ ("Pairs with a larger value are joined.")),
  RHEO_P_BOOL (RheoGraphConfig, absolute, "absolute", .label = N_ ("Negative values too"),
               .help = N_ ("Compares values without their signs.")),
  RHEO_P_BOOL (RheoGraphConfig, isolated, "isolated", .label = N_ ("Isolated units"),
               .help = N_ ("Shows units that no edge joins.")),
  RHEO_P_BOOL (RheoGraphConfig, labels, "labels", .label = N_ ("Numbers of units"), .def = TRUE,
               .help = N_ ("Beside the nodes, where there is room, first those with the most partners.")),
  RHEO_P_BOOL (RheoGraphConfig, bar, "bar", .label = N_ ("Colour bar"), .def = TRUE,
               .help = N_ ("A bar at the right with the limits of the colours.")),
  RHEO_P_INT (
      RheoGraphConfig, seed, "seed", .label = N_ ("Seed"), .def = 1, .max = G_MAXINT, .soft_max = 99,
      .help = N_ (
          "Of the places where nodes start. Another one may untangle the graph, and lets nodes go that were moved.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "matrix", N_ ("correlations or weights of pairs of units"), "unit unit|pre post|synapse", TRUE, FALSE,
    .from = "*.correlation|*/correlation|rec.weight|*.weight" },
  { "class", N_ ("classes of units"), "unit", FALSE, FALSE, .with = "%.class" },
  { NULL },
};

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  return rheo_graph_check (rheo_plot_find (spec, "matrix", 0), error);
}

/* --- nodes -------------------------------------------------------------------------------------------------------- */
static int
by_degree (gconstpointer a, gconstpointer b, gpointer data)
{
  const int *degree = data, i = *(const int *) a, k = *(const int *) b;

  return degree[i] != degree[k] ? degree[k] - degree[i] : i - k;
}

static void
add_nodes (RheoGraph *g, const RheoGraphConfig *config, const GArray *edges)
{
  g_autofree int *node = g_new0 (int, MAX (g->n_units, 1));

  for (guint e = 0; e < edges->len; e++)
    {
      const RheoGraphLink *link = &g_array_index (edges, RheoGraphEdge, e).link;

      node[link->a]++;
      node[link->b]++;
    }
  g->unit = g_new (int32_t, MAX (g->n_units, 1));
  g->degree = g_new (int, MAX (g->n_units, 1));
  for (int64_t u = 0; u < g->n_units; u++)
    if (node[u] > 0 || config->isolated)
      {
        g->unit[g->n] = (int32_t) u;
        g->degree[g->n] = node[u];
        node[u] = g->n++;
      }
  g->edge = g_new (RheoGraphLink, MAX (edges->len, 1));
  g->value = g_new (float, MAX (edges->len, 1));
  for (guint e = 0; e < edges->len; e++)
    {
      const RheoGraphEdge *edge = &g_array_index (edges, RheoGraphEdge, e);

      g->edge[e] = (RheoGraphLink){ node[edge->link.a], node[edge->link.b] };
      g->value[e] = edge->value;
      g->signed_ = g->signed_ || edge->value < 0;
      g->most = fabs (edge->value);
    }
  g->n_edges = edges->len;
  g->order = g_new (int, MAX (g->n, 1));
  for (int i = 0; i < g->n; i++)
    g->order[i] = i;
  g_qsort_with_data (g->order, g->n, sizeof *g->order, by_degree, g->degree);
}

/* --- places ------------------------------------------------------------------------------------------------------- */
/* The same for the same edges, whatever their order; never 0. */
static guint64
sign_edges (const RheoGraph *g)
{
  guint64 sum = 0;

  for (int64_t e = 0; e < g->n_edges; e++)
    {
      guint64 v = ((guint64) g->unit[g->edge[e].a] << 32 | (guint32) g->unit[g->edge[e].b])
                  * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

      sum += (v ^ v >> 29) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
    }
  return (sum ^ (guint64) g->n << 48) | 1;
}

/* New ones begin beside a partner that has a place. */
static void
start_beside (RheoGraph *g, const guint8 *known)
{
  for (int64_t e = 0; e < g->n_edges; e++)
    for (int k = 0; k < 2; k++)
      {
        const int new = k ? g->edge[e].a : g->edge[e].b, old = k ? g->edge[e].b : g->edge[e].a;

        if (known[new] || !known[old])
          continue;
        g->x[new] = g->x[old] + (g->x[new] - 0.5f) * RHEO_GRAPH_DRIFT;
        g->y[new] = g->y[old] + (g->y[new] - 0.5f) * RHEO_GRAPH_DRIFT;
      }
}

/* Of the same edges only the partners of what was moved give way. */
static void
hold_others (const RheoGraph *g, const RheoPlotPlaces *last, guint8 *held)
{
  g_autofree guint8 *partner = g_new0 (guint8, MAX (g->n, 1));

  for (int64_t e = 0; e < g->n_edges; e++)
    {
      const int a = g->edge[e].a, b = g->edge[e].b;

      partner[a] = partner[a] || g->unit[b] == last->moved;
      partner[b] = partner[b] || g->unit[a] == last->moved;
    }
  for (int i = 0; i < g->n; i++)
    held[i] = held[i] || !partner[i];
}

/* From where they stood, so that they are found again; what is new is laid out between them first. */
static void
go_on (RheoGraph *g, const RheoPlotPlaces *last)
{
  g_autofree guint8 *known = g_new (guint8, MAX (g->n, 1)), *held = g_new (guint8, MAX (g->n, 1));
  int n_known = 0;

  for (int i = 0; i < g->n; i++)
    {
      const int32_t u = g->unit[i];

      held[i] = last->held[u];
      known[i] = isfinite (last->x[u]) && isfinite (last->y[u]);
      n_known += known[i];
      if (!known[i])
        continue;
      g->x[i] = last->x[u];
      g->y[i] = last->y[u];
    }
  if (n_known < g->n)
    {
      start_beside (g, known);
      rheo_graph_layout (g->n, g->edge, g->n_edges, known, g->x, g->y);
    }
  if (last->of == g->places->of && last->moved < 0)
    return;
  if (last->of == g->places->of)
    hold_others (g, last, held);
  rheo_graph_relax (g->n, g->edge, g->n_edges, held, g->x, g->y);
}

/* Limits stay as long as the nodes lie inside and fill half of them: they do not jump as others come and go. */
static void
frame (const float *v, int n, float *frame_lo, float *frame_hi)
{
  float lo = INFINITY, hi = -INFINITY, pad;

  for (int i = 0; i < n; i++)
    {
      lo = MIN (lo, v[i]);
      hi = MAX (hi, v[i]);
    }
  if (*frame_hi > *frame_lo && lo >= *frame_lo && hi <= *frame_hi && hi - lo >= 0.5f * (*frame_hi - *frame_lo))
    return;
  pad = hi - lo > 1e-4f ? 0.02f * (hi - lo) : 0.5f;
  *frame_lo = lo - pad;
  *frame_hi = hi + pad;
}

static void
place (RheoGraph *g, const RheoPlotSpec *spec)
{
  const RheoGraphConfig *config = spec->values;
  const RheoPlotPlaces *last = spec->places;

  if (last != NULL && (last->n != g->n_units || last->seed != config->seed))
    last = NULL;
  g->places = last != NULL ? rheo_plot_places_dup (last) : rheo_plot_places_new (g->n_units);
  g->places->seed = config->seed;
  g->places->moved = -1;
  if (g->message != NULL)
    return;
  g->places->of = sign_edges (g);
  g->x = g_new (float, MAX (g->n, 1));
  g->y = g_new (float, MAX (g->n, 1));
  for (int i = 0; i < g->n; i++)
    rheo_graph_start ((uint64_t) config->seed, g->unit[i], &g->x[i], &g->y[i]);
  if (last != NULL)
    go_on (g, last);
  else
    rheo_graph_layout (g->n, g->edge, g->n_edges, NULL, g->x, g->y);
  for (int i = 0; i < g->n; i++)
    {
      g->places->x[g->unit[i]] = g->x[i];
      g->places->y[g->unit[i]] = g->y[i];
    }
  frame (g->x, g->n, &g->places->lo[0], &g->places->hi[0]);
  frame (g->y, g->n, &g->places->lo[1], &g->places->hi[1]);
}

/* --- the graph ---------------------------------------------------------------------------------------------------- */
static void
release (void *data)
{
  RheoGraph *g = data;

  g_free (g->message);
  g_free (g->unit);
  g_free (g->degree);
  g_free (g->order);
  g_free (g->x);
  g_free (g->y);
  g_free (g->edge);
  g_free (g->value);
  g_free (g->class);
  rheo_plot_places_unref (g->places);
  g_free (g);
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoGraphConfig *config = spec->values;
  const RheoPlotBinding *b = rheo_plot_find (spec, "matrix", 0), *class = rheo_plot_find (spec, "class", 0);
  RheoGraph *g = g_new0 (RheoGraph, 1);
  char threshold[40];
  RheoGraphPairs pairs;

  rheo_graph_pairs_init (&pairs, b, config);
  g->column = b->column;
  g->n_units = pairs.n_units;
  g->directed = pairs.directed;
  g->threshold = pairs.threshold;
  g->strongest = pairs.strongest;
  g->n_above = pairs.n_above;
  if (class != NULL && rheo_column_get_length (class->column) == g->n_units)
    g->class = rheo_plot_classes_init (&g->classes, class, g->n_units);
  rheo_plot_number_short (g->threshold, 3, threshold, sizeof threshold);
  if (g->n_units == 1)
    g->message = g_strdup (_ ("A single unit has no partners."));
  else if (!pairs.any)
    g->message = g_strdup (_ ("No pair of different units has a number."));
  else if (pairs.edges->len == 0 && !config->isolated)
    g->message = g_strdup_printf (_ ("No pair lies above the threshold %s."), threshold);
  if (g->message == NULL)
    add_nodes (g, config, pairs.edges);
  rheo_graph_pairs_clear (&pairs);
  place (g, spec);
  return g;
}

static RheoPlotPlaces *
places (const RheoPlotSpec *spec)
{
  return ((RheoGraph *) rheo_plot_get_prepared (spec))->places;
}

static gboolean
slide (const RheoPlotSpec *spec, RheoPlotSlide *out)
{
  const RheoGraph *g = rheo_plot_get_prepared (spec);

  *out = (RheoPlotSlide){ .key = "threshold",
                          .label = _ ("Threshold"),
                          .also = "cut",
                          .means = "value",
                          .hi = g->strongest,
                          .value = g->threshold };
  return g->strongest > 0;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const RheoGraph *g = rheo_plot_get_prepared (spec);

  const RheoPlotPlaces *p = g->places;

  *x = (RheoPlotAxis){ .lo = p->lo[0], .hi = p->hi[0], .label = "", .unit = "" };
  *y = (RheoPlotAxis){ .lo = p->lo[1], .hi = p->hi[1], .label = "", .unit = "" };
}

static int
panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
        const RheoPlotAxis *y, RheoPlotPanel *out)
{
  const RheoGraph *g = rheo_plot_get_prepared (spec);

  out[0] = (RheoPlotPanel){ .area = rheo_graph_area (spec, canvas, area), .x = *x, .y = *y, .plane = TRUE };
  return g->message == NULL ? 1 : 0;
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  const RheoGraph *g = rheo_plot_get_prepared (spec);
  const int n = g->message == NULL && g->classes.n > 1 && g->classes.n <= RHEO_N_STYLES ? g->classes.n : 0;

  for (int i = 0; i < n; i++)
    {
      entries[i] = (RheoPlotEntry){ .style = g->classes.style[i], .symbol = RHEO_SYMBOL_CIRCLE };
      g_strlcpy (entries[i].label, g->classes.name[i], sizeof entries[i].label);
    }
  return n;
}

/* --- numbers --------------------------------------------------------------------------------------------------------- */
/* Edges from the strongest on. */
static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const RheoGraph *g = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "graph");
  int64_t *from = rheo_table_add (table, "from", _ ("From unit"), "", "edge", RHEO_I64, &g->n_edges)->data;
  int64_t *to = rheo_table_add (table, "to", _ ("To unit"), "", "edge", RHEO_I64, &g->n_edges)->data;
  double *value =
      rheo_table_add (table, "value", g->column->label, g->column->unit, "edge", RHEO_F64, &g->n_edges)->data;

  for (int64_t i = 0; i < g->n_edges; i++)
    {
      const int64_t e = g->n_edges - 1 - i;

      from[i] = g->unit[g->edge[e].a];
      to[i] = g->unit[g->edge[e].b];
      value[i] = g->value[e];
    }
  return table;
}

const RheoPlotKind rheo_plot_graph = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "graph",
    .title = N_ ("Graph of units"),
    .summary = N_ ("Units as nodes, and an edge for each pair with a correlation or weight above a threshold."),
    .config_size = sizeof (RheoGraphConfig),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = release,
  .range = range,
  .own_axes = TRUE,
  .panels = panels,
  .legend = legend,
  .places = places,
  .slide = slide,
  .draw = rheo_graph_draw,
  .pick = rheo_graph_pick,
  .numbers = numbers,
};
