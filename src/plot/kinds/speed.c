#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

#define MOST_GROUPS 12
/* Below it a state stays, to the last bits of a double: how far below says nothing. Open markers on the floor. */
#define STAYS 1e-16

typedef struct
{
  gboolean markers;
} Config;

static const RheoParam params[] = {
  RHEO_P_BOOL (Config, markers, "markers", .label = N_ ("Markers"), .def = TRUE,
               .help = N_ ("On lines too, one for each state that was looked at.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "q", N_ ("speed q of each point"), "*|* *", TRUE, FALSE, .from = "*/q", .called = "kind" },
  { "along", N_ ("place of each point along a line or ring"), "*", TRUE, FALSE, .with = "=along" },
  { "condition", N_ ("number of each point’s input, where there are several"), "*", FALSE, FALSE,
    .with = "=condition" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------- */
typedef struct
{
  double along, q;
  int group;
  int64_t point;
} Point;

typedef struct
{
  GArray *point; /* Point, by group and then along */
  int n_groups;
  gboolean rests; /* some of them stay where they are */
} Prepared;

/* What the search says about the points of an input: a line or a ring. */
static gboolean
has_shape (const RheoTable *table, int condition)
{
  const RheoColumn *each = rheo_table_find (table, "shape-of"), *one = rheo_table_find (table, "shape");

  if (each != NULL && condition < rheo_column_get_length (each))
    return rheo_column_get_number (each, condition) != 0;
  return one == NULL || rheo_column_get_number (one, 0) != 0;
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoPlotBinding *q = rheo_plot_find (spec, "q", 0), *condition = rheo_plot_find (spec, "condition", 0);
  const RheoColumn *along = rheo_plot_find (spec, "along", 0)->column;
  const int64_t n = rheo_column_get_length (along);
  gboolean any = q->column->n_dims == 2;

  if (q->column->dims[q->column->n_dims - 1] != n)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Speeds and places along the shape differ in number."));
  for (int64_t i = 0; i < n && !any; i++)
    any = isfinite (rheo_column_get_number (along, i))
          && has_shape (q->table, condition != NULL ? (int) rheo_column_get_number (condition->column, i) : 0);
  return any || rheo_fail (error, RHEO_ERROR_INVALID, _ ("The points lie on no line and no ring."));
}

static int
by_place (gconstpointer a, gconstpointer b)
{
  const Point *p = a, *q = b;

  if (p->group != q->group)
    return p->group < q->group ? -1 : 1;
  if (p->along != q->along)
    return p->along < q->along ? -1 : 1;
  return p->point < q->point ? -1 : p->point > q->point;
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoPlotBinding *q = rheo_plot_find (spec, "q", 0), *condition = rheo_plot_find (spec, "condition", 0);
  const RheoColumn *along = rheo_plot_find (spec, "along", 0)->column;
  const int64_t n = rheo_column_get_length (along), n_all = rheo_column_get_length (q->column);
  Prepared *p = g_new0 (Prepared, 1);

  /* Several lines of as many points each name their inputs by themselves. */
  if (condition != NULL && (n_all != n || rheo_column_get_length (condition->column) != n))
    condition = NULL;
  p->point = g_array_new (FALSE, FALSE, sizeof (Point));
  for (int64_t i = 0; i < n_all; i++)
    {
      const int group = condition != NULL ? (int) rheo_column_get_number (condition->column, i) : (int) (i / n);
      const Point point = { rheo_column_get_number (along, i % n), rheo_column_get_number (q->column, i),
                            CLAMP (group, 0, MOST_GROUPS - 1), i };

      if (!isfinite (point.along) || !isfinite (point.q) || (n_all == n && !has_shape (q->table, group)))
        continue;
      p->n_groups = MAX (p->n_groups, point.group + 1);
      p->rests = p->rests || point.q < STAYS;
      g_array_append_val (p->point, point);
    }
  g_array_sort (p->point, by_place);
  return p;
}

static void
release (void *prepared)
{
  Prepared *p = prepared;

  g_array_unref (p->point);
  g_free (p);
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *along = rheo_plot_find (spec, "along", 0)->column, *q = rheo_plot_find (spec, "q", 0)->column;

  x->lo = 0;
  x->hi = 1;
  y->log = TRUE;
  y->lo = INFINITY;
  y->hi = 0;
  for (guint i = 0; i < p->point->len; i++)
    {
      const double v = g_array_index (p->point, Point, i).q;

      y->lo = v >= STAYS && v < y->lo ? v : y->lo;
      y->hi = MAX (y->hi, MAX (v, STAYS));
    }
  y->lo = MIN (y->lo, y->hi / 10);
  /* No marker stands on the edge. */
  y->hi *= 1.5;
  /* States at rest lie on the floor, a decade below all others. */
  if (p->rests)
    y->lo /= 10;
  rheo_plot_axis_nice (y);
  x->label = along->label;
  x->unit = along->unit;
  y->label = q->label;
  y->unit = q->unit;
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  static const RheoPlotSymbol symbols[] = { RHEO_SYMBOL_CIRCLE, RHEO_SYMBOL_SQUARE, RHEO_SYMBOL_TRIANGLE,
                                            RHEO_SYMBOL_DIAMOND };
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoTable *table = rheo_plot_find (spec, "q", 0)->table;

  if (p->n_groups < 2 && !p->rests)
    return 0;
  for (int g = 0; g < p->n_groups; g++)
    {
      g_autofree char *input = rheo_plot_dup_input (table, p->n_groups > 1 ? g : -1);

      entries[g] = (RheoPlotEntry){ .style = g % RHEO_N_STYLES, .symbol = symbols[g % 4] };
      if (input != NULL)
        g_snprintf (entries[g].label, sizeof entries[g].label, _ ("Input %s"), input);
      else
        g_snprintf (entries[g].label, sizeof entries[g].label, _ ("Input %d"), g + 1);
    }
  if (!p->rests)
    return p->n_groups;
  entries[p->n_groups] = (RheoPlotEntry){ .symbol = RHEO_SYMBOL_CIRCLE, .open = TRUE, .plain = TRUE };
  g_strlcpy (entries[p->n_groups].label, _ ("At rest"), sizeof entries[0].label);
  return p->n_groups + 1;
}

static gboolean
is_hidden (const RheoPlotSpec *spec, const Prepared *p, const Point *point)
{
  return rheo_plot_entry_hidden (spec, point->group)
         || (point->q < STAYS && rheo_plot_entry_hidden (spec, p->n_groups));
}

/* --- drawing --------------------------------------------------------------------------------------------------------- */
static RheoPoint
place (const Point *point, const RheoRect *area, const RheoPlotAxis *x, const RheoPlotAxis *y)
{
  return (RheoPoint){ rheo_plot_map (x, point->along, area->x, area->x + area->width),
                      rheo_plot_map (y, MAX (point->q, y->lo), area->y + area->height, area->y) };
}

/* A line leads from one point to the next where they were looked for one after the other. */
static gboolean
is_line (const RheoPlotSpec *spec)
{
  return rheo_plot_find (spec, "q", 0)->column->n_dims == 2;
}

static void
draw_group (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
            const RheoPlotAxis *y, int group, const RheoPlotEntry *entry)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoPlotTheme *theme = canvas->theme;
  const double radius = theme->marker * canvas->font_scale;
  const double share = spec->picked == p->n_groups ? 1 : rheo_plot_entry_share (spec, group);
  g_autoptr (GArray) line = g_array_new (FALSE, FALSE, sizeof (RheoPoint));

  for (guint i = 0; i < p->point->len && is_line (spec); i++)
    if (g_array_index (p->point, Point, i).group == group)
      {
        const RheoPoint at = place (&g_array_index (p->point, Point, i), area, x, y);

        g_array_append_val (line, at);
      }
  rheo_plot_source (canvas, theme->series[entry->style], share);
  rheo_plot_stroke (canvas, line, theme->line);
  for (guint i = 0; i < p->point->len; i++)
    {
      const Point *point = &g_array_index (p->point, Point, i);
      const RheoPoint at = place (point, area, x, y);

      if (point->group == group && !is_hidden (spec, p, point) && (config->markers || !is_line (spec)))
        rheo_plot_marker (canvas, entry->symbol, point->q < STAYS, theme->series[entry->style], share, at.x, at.y,
                          1.3 * radius);
    }
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES] = { { .symbol = RHEO_SYMBOL_CIRCLE } };

  legend (spec, entry);
  for (int g = 0; g < p->n_groups; g++)
    if (!rheo_plot_entry_hidden (spec, g))
      draw_group (spec, canvas, area, x, y, g, &entry[g]);
  for (guint i = 0; i < p->point->len && spec->point >= 0 && !is_line (spec); i++)
    {
      const Point *point = &g_array_index (p->point, Point, i);
      const RheoPoint at = place (point, area, x, y);

      if (point->point != spec->point || is_hidden (spec, p, point))
        continue;
      rheo_plot_ring (canvas, spec->theme, at.x, at.y, 2.6 * canvas->theme->marker * canvas->font_scale);
    }
}

/* --- hover and numbers ------------------------------------------------------------------------------------------------ */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoPlotBinding *b = rheo_plot_find (spec, "q", 0);
  const int64_t n = rheo_column_get_length (rheo_plot_find (spec, "along", 0)->column);
  const Point *best = NULL;
  double nearest = 12;
  char along[40], speed[40];

  for (guint i = 0; i < p->point->len; i++)
    {
      const Point *point = &g_array_index (p->point, Point, i);
      const RheoPoint at = place (point, area, x, y);
      const double far = hypot (at.x - px, at.y - py);

      if (far >= nearest || is_hidden (spec, p, point))
        continue;
      nearest = far;
      best = point;
    }
  if (best == NULL)
    return;
  out->binding = (int) (b - spec->binding);
  out->entry = p->n_groups > 1 ? best->group : -1;
  out->index = best->point;
  out->point = !is_line (spec);
  out->x = best->along;
  out->y = best->q;
  rheo_plot_number_short (best->along, 3, along, sizeof along);
  rheo_plot_number_short (best->q, 3, speed, sizeof speed);
  g_snprintf (out->text, sizeof out->text, _ ("Point %d: %s %s, q %s"), (int) (best->point % n) + 1, x->label, along,
              speed);
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoPlotBinding *q = rheo_plot_find (spec, "q", 0);
  const RheoColumn *along = rheo_plot_find (spec, "along", 0)->column;
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "speed");
  const int64_t n = p->point->len;
  int64_t *group = rheo_table_add (table, "input", _ ("Input"), "", "row", RHEO_I64, &n)->data;
  int64_t *point = rheo_table_add (table, "point", _ ("Point"), "", "row", RHEO_I64, &n)->data;
  double *x = rheo_table_add (table, "along", along->label, along->unit, "row", RHEO_F64, &n)->data;
  double *y = rheo_table_add (table, "q", q->column->label, q->column->unit, "row", RHEO_F64, &n)->data;

  for (int64_t i = 0; i < n; i++)
    {
      const Point *one = &g_array_index (p->point, Point, i);

      group[i] = one->group;
      point[i] = one->point % rheo_column_get_length (along);
      x[i] = one->along;
      y[i] = one->q;
    }
  return table;
}

const RheoPlotKind rheo_plot_speed = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "speed",
    .title = N_ ("Speed along the attractor"),
    .summary = N_ ("How fast states still move along a line or ring of slow points."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = release,
  .range = range,
  .legend = legend,
  .draw = draw,
  .pick = pick,
  .numbers = numbers,
};
