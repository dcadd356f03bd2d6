#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-private.h"

#include <glib/gi18n-lib.h>

#include "rng.h"

/* Which points of the grid of all axes are runs: those of which all conditions hold, all of them or as many as are drawn. */

#define MAX_LOOKS 20000000 /* places that are looked at while points are counted */
#define MAX_CELLS 2000000  /* points of which some are drawn */

typedef struct
{
  const RheoSweep *sweep;
  const RheoSweepWhere *where;
  int n_axes;
  GArray *cells; /* gint64: numbers of points, the last axis fastest */
  gint64 n_looks;
  int *point; /* [axes] */
} Walk;

/* Depth first, in the order of the axes: what a condition forbids is left as soon as it is known. */
static gboolean
walk (Walk *w, int axis, gint64 cell)
{
  const int n = axis < w->n_axes ? rheo_sweep_get_axis (w->sweep, axis)->n : 0;

  if (axis == w->n_axes)
    {
      g_array_append_val (w->cells, cell);
      return w->cells->len <= MAX_CELLS;
    }
  for (int i = 0; i < n; i++)
    {
      w->point[axis] = i;
      if (++w->n_looks > MAX_LOOKS)
        return FALSE;
      if (rheo_sweep_where_holds (w->where, w->sweep, axis, w->point) && !walk (w, axis + 1, cell * n + i))
        return FALSE;
    }
  return TRUE;
}

/* The first `count` of an order that only the seed decides. */
static void
draw (GArray *cells, int count, int seed)
{
  g_autofree int *order = g_new (int, cells->len);
  g_autoptr (GArray) drawn = g_array_new (FALSE, FALSE, sizeof (gint64));

  rheo_rng_permute ((RheoRng){ .seed = (uint64_t) seed, .stream = RHEO_STREAM_ORDER }, 0, (int) cells->len, order);
  for (int i = 0; i < count; i++)
    g_array_append_val (drawn, g_array_index (cells, gint64, order[i]));
  g_array_set_size (cells, 0);
  g_array_append_vals (cells, drawn->data, drawn->len);
}

/* Each point with each seed. */
static void
add_seeds (Walk *w, const RheoSweepAxis *seeds)
{
  g_autoptr (GArray) points = g_steal_pointer (&w->cells);

  w->cells = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < points->len; i++)
    {
      gint64 rest = g_array_index (points, gint64, i);

      for (int a = w->n_axes - 1; a >= 0; rest /= rheo_sweep_get_axis (w->sweep, a)->n, a--)
        w->point[a] = (int) (rest % rheo_sweep_get_axis (w->sweep, a)->n);
      for (int s = 0; s < seeds->n; s++)
        {
          const gint64 cell = g_array_index (points, gint64, i) * seeds->n + s;

          w->point[w->n_axes] = s;
          if (rheo_sweep_where_holds (w->where, w->sweep, w->n_axes, w->point))
            g_array_append_val (w->cells, cell);
        }
    }
}

static gboolean
count_rows (Walk *w, const RheoSweepAxis *seeds, int count, int seed, GError **error)
{
  if (!walk (w, 0, 0))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The axes make more points than can be looked at."));
  if (count > (int) w->cells->len)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("choose is %d, but there are only %u points."), count,
                      w->cells->len);
  if (count > 0)
    draw (w->cells, count, seed);
  if (seeds != NULL && (gint64) w->cells->len * seeds->n <= MAX_CELLS)
    add_seeds (w, seeds);
  else if (seeds != NULL)
    g_array_set_size (w->cells, RHEO_SWEEP_MAX_ROWS + 1);
  if (w->cells->len > RHEO_SWEEP_MAX_ROWS)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The axes make more than %d runs, which is the most."),
                      RHEO_SWEEP_MAX_ROWS);
  return w->cells->len > 0 || rheo_fail (error, RHEO_ERROR_INVALID, _ ("No point is left of which where holds."));
}

gint64 *
rheo_sweep_rows_find (const RheoSweep *sweep, const RheoSweepWhere *where, int count, int seed, int *n, GError **error)
{
  const int n_axes = rheo_sweep_get_n_axes (sweep);
  const RheoSweepAxis *last = rheo_sweep_get_axis (sweep, n_axes - 1);
  Walk w = { sweep, where, last->seeds ? n_axes - 1 : n_axes, g_array_new (FALSE, FALSE, sizeof (gint64)), 0, NULL };
  gboolean good;

  w.point = g_new0 (int, n_axes);
  good = count_rows (&w, last->seeds ? last : NULL, count, seed, error);
  g_free (w.point);
  *n = (int) w.cells->len;
  return (gint64 *) (gpointer) g_array_free (w.cells, !good);
}

/* --- axes that say the same ----------------------------------------------------------------------------------- */

/* Each value of an axis goes with one of the other. */
static gboolean
is_linked (const RheoSweep *sweep, int a, int b)
{
  const int n = rheo_sweep_get_axis (sweep, a)->n;
  g_autofree int *other = g_new (int, n);
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);

  for (int i = 0; i < n; i++)
    other[i] = -1;
  for (int row = 0; row < rheo_sweep_get_n_rows (sweep); row++)
    {
      const int i = rheo_sweep_get_point (sweep, row, a), k = rheo_sweep_get_point (sweep, row, b);

      if (other[i] < 0 && !g_hash_table_add (taken, GINT_TO_POINTER (k)))
        return FALSE;
      if (other[i] >= 0 && other[i] != k)
        return FALSE;
      other[i] = k;
    }
  return TRUE;
}

gboolean
rheo_sweep_is_tied (const RheoSweep *sweep, int axis)
{
  for (int a = 0; sweep->conditions != NULL && a < axis; a++)
    if (is_linked (sweep, a, axis))
      return TRUE;
  return FALSE;
}
