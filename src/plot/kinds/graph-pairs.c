#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/connections.h"
#include "plot/kinds/graph-private.h"

/* --- reading ------------------------------------------------------------------------------------------------------ */
typedef struct
{
  const float *v; /* [n_units][n_units], or NULL */
  float *own;
  RheoConnections *list; /* or NULL */
  int64_t n_units, n;    /* n: pairs */
  gboolean directed, absolute;
} Reader;

static gboolean
fail_groups (const RheoColumn *c, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("\"%s\" joins two groups of units. A graph needs pairs of the same units: correlations or "
                       "recurrent weights."),
                    c->key);
}

static char *
dup_stem (const RheoColumn *c)
{
  const char *dot = strrchr (c->key, '.');

  return g_strndup (c->key, dot != NULL ? (gsize) (dot - c->key) : 0);
}

/* NULL with an error. A list that does not say where it goes may end below the number of its sources. */
static RheoConnections *
read_list (const RheoPlotBinding *b, GError **error)
{
  g_autofree char *part = dup_stem (b->column);
  g_autoptr (RheoConnections) list = NULL;

  /* What lies beside other columns of the part, such as changes, has no ends. */
  if (!g_str_has_suffix (b->column->key, ".weight"))
    rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" has no list of the sources and targets of its synapses."),
               b->column->key);
  else
    list = rheo_connections_new (b->table, part, error);
  if (list != NULL && list->n_post > list->n_pre)
    {
      fail_groups (b->column, error);
      return NULL;
    }
  return g_steal_pointer (&list);
}

gboolean
rheo_graph_check (const RheoPlotBinding *b, GError **error)
{
  const RheoColumn *c = b->column;
  g_autofree char *part = dup_stem (c);
  const char *from = rheo_connections_from (b->table, part), *to = rheo_connections_to (b->table, part);
  g_autoptr (RheoConnections) list = NULL;

  if ((from != NULL && to != NULL && strcmp (from, to) != 0) || (c->n_dims == 2 && c->dims[0] != c->dims[1]))
    return fail_groups (c, error);
  if (c->n_dims == 2)
    return TRUE;
  list = read_list (b, error);
  return list != NULL;
}

static void
reader_init (Reader *reader, const RheoPlotBinding *b, gboolean absolute)
{
  const RheoColumn *c = b->column;
  const RheoVector all = rheo_vector (c);

  *reader = (Reader){ .directed = g_strcmp0 (c->axes, "unit unit") != 0, .absolute = absolute };
  if (c->n_dims == 1)
    {
      reader->list = read_list (b, NULL); /* as checked */
      reader->n_units = reader->list->n_pre;
      reader->n = reader->list->n;
      return;
    }
  reader->v = rheo_vector_borrow (&all, &reader->own);
  reader->n_units = c->dims[0];
  reader->n = reader->n_units * reader->n_units;
}

/* Pair k and its strength. Of a symmetric matrix the lower triangle counts. FALSE: there is no such pair, or no number. */
static gboolean
read_pair (const Reader *reader, int64_t k, RheoGraphEdge *edge, float *strength)
{
  if (reader->list != NULL)
    *edge = (RheoGraphEdge){ { reader->list->pre[k], reader->list->post[k] }, (float) reader->list->weight[k] };
  else
    *edge = (RheoGraphEdge){ { (int32_t) (k / reader->n_units), (int32_t) (k % reader->n_units) }, reader->v[k] };
  *strength = reader->absolute ? fabsf (edge->value) : edge->value;
  return (reader->directed ? edge->link.a != edge->link.b : edge->link.a > edge->link.b) && isfinite (edge->value);
}

/* --- choosing ----------------------------------------------------------------------------------------------------- */
/* Above this lie at most `wanted` of n strengths, which lose their order. */
static double
find_cut (float *strength, int64_t n, int64_t wanted)
{
  int64_t rank = n - wanted - 1;
  float found;

  if (rank < 0)
    return 0;
  rheo_plot_ranks (strength, n, &rank, 1, &found);
  return found;
}

static int
by_strength (gconstpointer a, gconstpointer b)
{
  const RheoGraphEdge *p = a, *q = b;
  const float s = fabsf (p->value), t = fabsf (q->value);

  if (s != t)
    return s < t ? -1 : 1;
  if (p->link.a != q->link.a)
    return p->link.a < q->link.a ? -1 : 1;
  return p->link.b < q->link.b ? -1 : p->link.b > q->link.b;
}

void
rheo_graph_pairs_init (RheoGraphPairs *pairs, const RheoPlotBinding *matrix, const RheoGraphConfig *config)
{
  g_autofree float *strength = NULL;
  int64_t n = 0, n_equal;
  double least;
  Reader reader;

  reader_init (&reader, matrix, config->absolute);
  *pairs = (RheoGraphPairs){ .n_units = reader.n_units, .directed = reader.directed };
  pairs->edges = g_array_new (FALSE, FALSE, sizeof (RheoGraphEdge));
  strength = g_new (float, MAX (reader.n, 1));
  for (int64_t k = 0; k < reader.n; k++)
    {
      RheoGraphEdge edge;

      if (!read_pair (&reader, k, &edge, &strength[n]))
        continue;
      pairs->any = TRUE;
      if (!(strength[n] > 0))
        continue;
      pairs->strongest = MAX (pairs->strongest, strength[n]);
      n++;
    }
  pairs->threshold =
      config->cut == RHEO_GRAPH_CUT_VALUE ? config->threshold : find_cut (strength, n, config->edges * reader.n_units);
  for (int64_t k = 0; k < n; k++)
    pairs->n_above += strength[k] > pairs->threshold;
  /* Of those that are just as strong as the weakest one shown as many as there is room for. */
  least = MAX (pairs->threshold, find_cut (strength, n, RHEO_GRAPH_MOST_EDGES));
  n_equal = MIN (pairs->n_above, RHEO_GRAPH_MOST_EDGES);
  for (int64_t k = 0; k < n; k++)
    n_equal -= strength[k] > least;
  for (int64_t k = 0; k < reader.n; k++)
    {
      RheoGraphEdge edge;
      float own;

      if (read_pair (&reader, k, &edge, &own)
          && (own > least || (own == least && own > pairs->threshold && n_equal-- > 0)))
        g_array_append_val (pairs->edges, edge);
    }
  g_array_sort (pairs->edges, by_strength);
  g_free (reader.own);
  rheo_connections_free (reader.list);
}

void
rheo_graph_pairs_clear (RheoGraphPairs *pairs)
{
  g_array_unref (pairs->edges);
}
