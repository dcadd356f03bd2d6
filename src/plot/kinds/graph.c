#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "plot/kinds/graph-private.h"

#define MOST_EDGES 200000
#define PARTNERS 3 /* that are named under the pointer */
#define REACH 12   /* of the pointer */

enum
{
  CUT_EDGES,
  CUT_VALUE,
};

static const char *const cut_choices[] = { "edges", "value", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (RheoGraphConfig, cut, "cut", cut_choices, .label = N_ ("Threshold from"), .max = CUT_VALUE,
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
  RHEO_P_INT (RheoGraphConfig, seed, "seed", .label = N_ ("Seed"), .def = 1, .max = G_MAXINT, .soft_max = 99,
              .help = N_ ("Of the places where nodes start. Another one may untangle the graph.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "matrix", N_ ("correlations or weights of pairs of units"), "unit unit|pre post|synapse", TRUE, FALSE,
    .from = "*.correlation|*/correlation|rec.weight|*.weight" },
  { NULL },
};

/* --- pairs of units ---------------------------------------------------------------------------------------------- */
typedef struct
{
  const float *v; /* [n_units][n_units], or [n] of a list */
  float *own;
  RheoGraphLink *link; /* [n] of a list */
  int64_t n_units, n;  /* n: pairs */
  gboolean directed;
} Pairs;

static gboolean
is_list (const RheoColumn *c)
{
  return c->n_dims == 1;
}

static const RheoColumn *
find_beside (const RheoPlotBinding *b, const char *end)
{
  const char *dot = strrchr (b->column->key, '.');
  g_autofree char *key =
      g_strdup_printf ("%.*s.%s", (int) (dot != NULL ? dot - b->column->key : 0), b->column->key, end);
  const RheoColumn *c = rheo_table_find (b->table, key);

  return c != NULL && c->n_dims == 1 && c->type != RHEO_STRING ? c : NULL;
}

static gboolean
fail_list (const RheoColumn *c, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" has no list of the sources and targets of its synapses."),
                    c->key);
}

/* Synapses of source j lie from first[j] on, up to first[j + 1]; free places have weight zero. Targets beyond the sources are
 * units of another group. */
static gboolean
read_list (Pairs *pairs, const RheoPlotBinding *b, GError **error)
{
  const RheoColumn *first = find_beside (b, "first"), *target = find_beside (b, "target"), *c = b->column;

  if (first == NULL || target == NULL || first->dims[0] < 2 || first->dims[0] > G_MAXINT32
      || target->dims[0] != c->dims[0])
    return fail_list (c, error);
  pairs->n_units = first->dims[0] - 1;
  pairs->n = c->dims[0];
  pairs->link = g_new0 (RheoGraphLink, MAX (pairs->n, 1));
  for (int64_t j = 0; j < pairs->n_units; j++)
    {
      const double from = rheo_column_get_number (first, j), to = rheo_column_get_number (first, j + 1);

      if (!(from >= 0 && from <= to && to <= (double) pairs->n))
        return fail_list (c, error);
      for (int64_t k = (int64_t) from; k < (int64_t) to; k++)
        {
          const double post = rheo_column_get_number (target, k);

          if (rheo_column_get_number (c, k) == 0)
            continue;
          if (!(post >= 0 && post < (double) pairs->n_units))
            return rheo_fail (error, RHEO_ERROR_INVALID,
                              _ ("\"%s\" joins two groups of units. A graph needs pairs of the same units: "
                                 "correlations or recurrent weights."),
                              c->key);
          pairs->link[k] = (RheoGraphLink){ (int32_t) j, (int32_t) post };
        }
    }
  return TRUE;
}

static gboolean
pairs_init (Pairs *pairs, const RheoPlotBinding *b, GError **error)
{
  const RheoVector all = rheo_vector (b->column);

  *pairs = (Pairs){ .directed = g_strcmp0 (b->column->axes, "unit unit") != 0 };
  if (is_list (b->column) && !read_list (pairs, b, error))
    return FALSE;
  pairs->v = rheo_vector_borrow (&all, &pairs->own);
  if (is_list (b->column))
    return TRUE;
  pairs->n_units = b->column->dims[0];
  pairs->n = pairs->n_units * pairs->n_units;
  return TRUE;
}

static void
pairs_clear (Pairs *pairs)
{
  g_free (pairs->own);
  g_free (pairs->link);
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, "matrix", 0);
  const RheoColumn *c = b->column;
  Pairs pairs = { 0 };
  gboolean fits;

  if (!is_list (c))
    return c->dims[0] == c->dims[1]
           || rheo_fail (error, RHEO_ERROR_INVALID,
                         _ ("\"%s\" joins two groups of units. A graph needs pairs of the same units: correlations or "
                            "recurrent weights."),
                         c->key);
  fits = read_list (&pairs, b, error);
  pairs_clear (&pairs);
  return fits;
}

/* Pair k and its strength. Of a symmetric matrix the lower triangle counts. FALSE: there is no such pair, or no number. */
static gboolean
read_pair (const Pairs *pairs, int64_t k, gboolean absolute, RheoGraphLink *link, float *value, float *strength)
{
  if (pairs->link != NULL)
    *link = pairs->link[k];
  else
    *link = (RheoGraphLink){ (int32_t) (k / pairs->n_units), (int32_t) (k % pairs->n_units) };
  *value = pairs->v[k];
  *strength = absolute ? fabsf (*value) : *value;
  return (pairs->directed ? link->a != link->b : link->a > link->b) && isfinite (*value);
}

/* --- the graph --------------------------------------------------------------------------------------------------- */
static double
find_threshold (const Pairs *pairs, const RheoGraphConfig *config)
{
  g_autofree float *strength = NULL;
  const int64_t wanted = config->edges * pairs->n_units;
  int64_t n = 0, rank;
  float found;

  if (config->cut == CUT_VALUE)
    return config->threshold;
  strength = g_new (float, MAX (pairs->n, 1));
  for (int64_t k = 0; k < pairs->n; k++)
    {
      RheoGraphLink link;
      float value;

      if (read_pair (pairs, k, config->absolute, &link, &value, &strength[n]) && strength[n] > 0)
        n++;
    }
  if (n <= wanted)
    return 0;
  rank = n - wanted - 1;
  rheo_plot_ranks (strength, n, &rank, 1, &found);
  return found;
}

typedef struct
{
  RheoGraphLink link;
  float value;
} Edge;

static int
by_strength (gconstpointer a, gconstpointer b)
{
  const Edge *p = a, *q = b;
  const float s = fabsf (p->value), t = fabsf (q->value);

  if (s != t)
    return s < t ? -1 : 1;
  if (p->link.a != q->link.a)
    return p->link.a < q->link.a ? -1 : 1;
  return p->link.b < q->link.b ? -1 : p->link.b > q->link.b;
}

/* NULL: there are too many. any: some pair has a number. */
static GArray *
find_edges (const Pairs *pairs, gboolean absolute, double threshold, gboolean *any)
{
  g_autoptr (GArray) edges = g_array_new (FALSE, FALSE, sizeof (Edge));

  *any = FALSE;
  for (int64_t k = 0; k < pairs->n; k++)
    {
      Edge edge;
      float strength;

      if (!read_pair (pairs, k, absolute, &edge.link, &edge.value, &strength))
        continue;
      *any = TRUE;
      if (!((double) strength > threshold))
        continue;
      if (edges->len == MOST_EDGES)
        return NULL;
      g_array_append_val (edges, edge);
    }
  g_array_sort (edges, by_strength);
  return g_steal_pointer (&edges);
}

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
      const RheoGraphLink *link = &g_array_index (edges, Edge, e).link;

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
      const Edge *edge = &g_array_index (edges, Edge, e);

      g->edge[e] = (RheoGraphLink){ node[edge->link.a], node[edge->link.b] };
      g->value[e] = edge->value;
      g->signed_ = g->signed_ || edge->value < 0;
      g->most = fabs (edge->value);
    }
  g->n_edges = edges->len;
}

static void
place (RheoGraph *g, const RheoGraphConfig *config)
{
  g->x = g_new (float, MAX (g->n, 1));
  g->y = g_new (float, MAX (g->n, 1));
  g->order = g_new (int, MAX (g->n, 1));
  for (int i = 0; i < g->n; i++)
    {
      rheo_graph_start ((uint64_t) config->seed, g->unit[i], &g->x[i], &g->y[i]);
      g->order[i] = i;
    }
  rheo_graph_layout (g->n, g->edge, g->n_edges, g->x, g->y);
  g_qsort_with_data (g->order, g->n, sizeof *g->order, by_degree, g->degree);
}

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
  g_free (g);
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoGraphConfig *config = spec->values;
  const RheoPlotBinding *b = rheo_plot_find (spec, "matrix", 0);
  RheoGraph *g = g_new0 (RheoGraph, 1);
  g_autoptr (GArray) edges = NULL;
  char threshold[40];
  gboolean any;
  Pairs pairs;

  pairs_init (&pairs, b, NULL); /* as checked */
  g->column = b->column;
  g->n_units = pairs.n_units;
  g->directed = pairs.directed;
  g->threshold = find_threshold (&pairs, config);
  edges = find_edges (&pairs, config->absolute, g->threshold, &any);
  pairs_clear (&pairs);
  rheo_plot_number_short (g->threshold, 3, threshold, sizeof threshold);
  if (edges == NULL)
    g->message = g_strdup_printf (_ ("More than %d pairs lie above the threshold %s. Choose a higher one."), MOST_EDGES,
                                  threshold);
  else if (g->n_units == 1)
    g->message = g_strdup (_ ("A single unit has no partners."));
  else if (!any)
    g->message = g_strdup (_ ("No pair of different units has a number."));
  else if (edges->len == 0 && !config->isolated)
    g->message = g_strdup_printf (_ ("No pair lies above the threshold %s."), threshold);
  if (g->message != NULL)
    return g;
  add_nodes (g, config, edges);
  place (g, config);
  return g;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  *x = *y = (RheoPlotAxis){ .lo = -0.02, .hi = 1.02, .label = "", .unit = "" };
}

static int
panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
        const RheoPlotAxis *y, RheoPlotPanel *out)
{
  const RheoGraph *g = rheo_plot_get_prepared (spec);

  out[0] = (RheoPlotPanel){ .area = rheo_graph_area (spec, canvas, area), .x = *x, .y = *y, .plane = TRUE };
  return g->message == NULL ? 1 : 0;
}

/* --- pointer and numbers ------------------------------------------------------------------------------------------ */
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

static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const RheoGraph *g = rheo_plot_get_prepared (spec);
  const RheoRect a = rheo_graph_area (spec, canvas, area);
  g_autoptr (GString) partners = g_string_new (NULL);
  double nearest = REACH;
  int best = -1;

  for (int i = 0; i < g->n; i++)
    {
      const double far = hypot (rheo_plot_map (x, g->x[i], a.x, a.x + a.width) - px,
                                rheo_plot_map (y, g->y[i], a.y + a.height, a.y) - py);

      if (far >= nearest)
        continue;
      nearest = far;
      best = i;
    }
  if (best < 0)
    return;
  *out = (RheoPlotPick){
    .binding = 0, .index = g->unit[best], .x = g->x[best], .y = g->y[best], .entry = -1, .unit = g->unit[best]
  };
  append_partners (partners, g, best);
  if (g->degree[best] == 0)
    g_snprintf (out->text, sizeof out->text, _ ("Unit %d: no edges"), g->unit[best]);
  else
    /* Translators: a unit, how many edges it has, and its strongest partners with their values. */
    g_snprintf (
        out->text, sizeof out->text,
        g_dngettext (GETTEXT_PACKAGE, "Unit %d, %d edge: %s", "Unit %d, %d edges: %s", (gulong) g->degree[best]),
        g->unit[best], g->degree[best], partners->str);
}

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
  .draw = rheo_graph_draw,
  .pick = pick,
  .numbers = numbers,
};
