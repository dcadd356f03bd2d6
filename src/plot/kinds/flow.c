#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

/* A vector field in a plane: arrows along it, how slow it is as colour, where each of its parts is zero, and fixed points and
 * trials over it. */

typedef struct
{
  gboolean heat, nullclines;
  double distance;
} Config;

static const RheoParam params[] = {
  RHEO_P_BOOL (Config, heat, "speed", .label = N_ ("Speed as colour"), .def = TRUE,
               .help = N_ ("The squared length of the field, in tenfold steps.")),
  RHEO_P_BOOL (Config, nullclines, "nullclines", .label = N_ ("Nullclines"), .def = TRUE,
               .help = N_ ("Where the velocity along one of the axes is zero.")),
  RHEO_P_REAL (Config, distance, "distance", .label = N_ ("Distance between arrows"), .def = 18, .min = 5, .max = 200,
               .soft_min = 10, .soft_max = 50, .help = N_ ("In lengths: pixels on screen, points on paper.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "vx", N_ ("velocity along x"), "* *", TRUE, FALSE, .from = "flow-field/*/velocity-x", .called = "table" },
  { "vy", N_ ("velocity along y"), "* *", TRUE, FALSE, .with = "=velocity-y" },
  { "x", N_ ("places of the columns"), "*", TRUE, FALSE, .with = "=x" },
  { "y", N_ ("places of the rows"), "*", TRUE, FALSE, .with = "=y" },
  { "q", N_ ("squared length of the whole field"), "* *", FALSE, FALSE, .with = "=q" },
  { "points", N_ ("places of fixed points"), "* *", FALSE, FALSE, .with = "=place" },
  { "kind", N_ ("kind of each point: 0 stable, 1 unstable, 2 marginal"), "*", FALSE, FALSE, .with = "=kind" },
  { "away", N_ ("distance of each point from the plane"), "*", FALSE, FALSE, .with = "=away" },
  { "path", N_ ("paths of trials"), "* * *", FALSE, FALSE, .with = "=path" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------- */
enum
{
  ENTRY_STABLE,
  ENTRY_UNSTABLE,
  ENTRY_MARGINAL,
  ENTRY_TRIALS,
  ENTRY_NULL_X,
  ENTRY_NULL_Y,
  N_ENTRIES,
};

typedef struct
{
  double x, y;
  int64_t index;
  int kind;
  gboolean away;
} Point;

typedef struct
{
  int64_t n_x, n_y;
  float *v[2], *log_q; /* [y][x]; log_q: or NULL */
  double x0, x1, y0, y1, most;
  RheoPlotAxis ramp;
  GArray *point; /* Point */
  const RheoColumn *path;
  char name[2][80];
  char label[N_ENTRIES][64];
  int place[N_ENTRIES]; /* in the legend; -1: there is none */
} Prepared;

static const RheoColumn *
column_of (const RheoPlotSpec *spec, const char *role)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, role, 0);

  return b != NULL && rheo_column_get_length (b->column) > 0 ? b->column : NULL;
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoColumn *vx = rheo_plot_find (spec, "vx", 0)->column, *vy = rheo_plot_find (spec, "vy", 0)->column;
  const RheoColumn *x = rheo_plot_find (spec, "x", 0)->column, *y = rheo_plot_find (spec, "y", 0)->column;
  const RheoColumn *q = column_of (spec, "q"), *points = column_of (spec, "points"), *path = column_of (spec, "path");

  if (vx->dims[0] != vy->dims[0] || vx->dims[1] != vy->dims[1] || vx->dims[0] != y->dims[0] || vx->dims[1] != x->dims[0]
      || (q != NULL && (q->dims[0] != vx->dims[0] || q->dims[1] != vx->dims[1])))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The parts of the field and its places differ in number."));
  if (vx->dims[0] < 2 || vx->dims[1] < 2)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A field needs two rows and two columns at least."));
  if ((points != NULL && points->dims[1] < 2) || (path != NULL && path->dims[2] < 2))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Points and paths need places along both axes."));
  return TRUE;
}

static void
read_field (const RheoPlotSpec *spec, Prepared *p)
{
  static const char *const keys[] = { "vx", "vy", "q" };
  const RheoColumn *x = rheo_plot_find (spec, "x", 0)->column, *y = rheo_plot_find (spec, "y", 0)->column;
  const int64_t n = p->n_x * p->n_y;
  RheoLimits limits = RHEO_NO_LIMITS;

  p->x0 = rheo_column_get_number (x, 0);
  p->x1 = rheo_column_get_number (x, p->n_x - 1);
  p->y0 = rheo_column_get_number (y, 0);
  p->y1 = rheo_column_get_number (y, p->n_y - 1);
  for (int k = 0; k < 3; k++)
    {
      const RheoColumn *column = column_of (spec, keys[k]);
      float **to = k < 2 ? &p->v[k] : &p->log_q;
      RheoVector all;

      if (column == NULL)
        continue;
      all = rheo_vector (column);
      *to = g_new (float, n);
      rheo_vector_read (&all, *to);
      if (k == 2)
        rheo_vector_limits (&all, &limits);
    }
  for (int64_t i = 0; i < n; i++)
    {
      p->most = MAX (p->most, isfinite (p->v[0][i] + p->v[1][i]) ? hypot (p->v[0][i], p->v[1][i]) : 0);
      if (p->log_q != NULL)
        p->log_q[i] = log10f (MAX (p->log_q[i], (float) limits.positive));
    }
  if (p->log_q == NULL)
    return;
  p->ramp = (RheoPlotAxis){ .log = TRUE, .lo = limits.positive, .hi = limits.hi };
  if (!(p->ramp.hi > 1.001 * p->ramp.lo))
    {
      p->ramp.lo = isfinite (p->ramp.lo) ? p->ramp.lo / 10 : 0.1;
      p->ramp.hi = 100 * p->ramp.lo;
    }
  p->ramp.label = column_of (spec, "q")->label;
  p->ramp.unit = column_of (spec, "q")->unit;
}

static void
read_points (const RheoPlotSpec *spec, Prepared *p)
{
  const RheoColumn *place = column_of (spec, "points"), *kind = column_of (spec, "kind"),
                   *away = column_of (spec, "away");

  for (int64_t i = 0; place != NULL && i < place->dims[0]; i++)
    {
      const Point point = { rheo_column_get_number (place, i * place->dims[1]),
                            rheo_column_get_number (place, i * place->dims[1] + 1), i,
                            kind != NULL && i < kind->dims[0] ? (int) rheo_column_get_number (kind, i) : 0,
                            away != NULL && i < away->dims[0] && rheo_column_get_number (away, i) > 0.1 };

      if (isfinite (point.x) && isfinite (point.y) && point.kind >= 0 && point.kind <= 2)
        g_array_append_val (p->point, point);
    }
}

static void
name_entries (const RheoPlotSpec *spec, Prepared *p)
{
  static const char *const kinds[] = { N_ ("Stable"), N_ ("Unstable"), N_ ("Marginal") };
  const RheoTable *table = rheo_plot_find (spec, "vx", 0)->table;
  const RheoColumn *names = rheo_table_find (table, "axis-name");
  int count[3] = { 0 }, next = 0;

  for (guint i = 0; i < p->point->len; i++)
    count[g_array_index (p->point, Point, i).kind]++;
  for (int k = 0; k < 3; k++)
    g_snprintf (p->label[k], sizeof p->label[k], "%s · %d", _ (kinds[k]), count[k]);
  if (p->path != NULL)
    g_snprintf (p->label[ENTRY_TRIALS], sizeof p->label[0], "%s · %d", _ ("Trials"), (int) p->path->dims[0]);
  for (int k = 0; k < 2; k++)
    {
      char name[80];

      rheo_plot_direction_name (table, k, p->name[k], sizeof p->name[k]);
      if (names != NULL && names->type == RHEO_STRING && k < rheo_column_get_length (names))
        g_strlcpy (name, rheo_column_get_string (names, k), sizeof name);
      else
        g_strlcpy (name, p->name[k], sizeof name);
      /* Translators: where the velocity along the axis %s is zero. */
      g_snprintf (p->label[ENTRY_NULL_X + k], sizeof p->label[0], _ ("Nullcline of %s"), name);
    }
  for (int k = 0; k < N_ENTRIES; k++)
    {
      const gboolean there = k < 3               ? count[k] > 0
                             : k == ENTRY_TRIALS ? p->path != NULL
                                                 : ((const Config *) spec->values)->nullclines;

      p->place[k] = there ? next++ : -1;
    }
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoColumn *vx = rheo_plot_find (spec, "vx", 0)->column;
  Prepared *p = g_new0 (Prepared, 1);

  p->n_y = vx->dims[0];
  p->n_x = vx->dims[1];
  p->point = g_array_new (FALSE, FALSE, sizeof (Point));
  p->path = column_of (spec, "path");
  read_field (spec, p);
  read_points (spec, p);
  name_entries (spec, p);
  return p;
}

static void
release (void *data)
{
  Prepared *p = data;

  g_free (p->v[0]);
  g_free (p->v[1]);
  g_free (p->log_q);
  g_array_unref (p->point);
  g_free (p);
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  *x = (RheoPlotAxis){ .lo = p->x0, .hi = p->x1, .label = g_intern_string (p->name[0]), .unit = "" };
  *y = (RheoPlotAxis){ .lo = p->y0, .hi = p->y1, .label = g_intern_string (p->name[1]), .unit = "" };
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  static const RheoPlotSymbol symbols[] = { RHEO_SYMBOL_CIRCLE, RHEO_SYMBOL_SQUARE, RHEO_SYMBOL_CIRCLE,
                                            RHEO_SYMBOL_PATH,   RHEO_SYMBOL_SOLID,  RHEO_SYMBOL_DASHED };
  static const int styles[N_ENTRIES] = { 0, 4, 0, 0, 1, 3 };
  const Prepared *p = rheo_plot_get_prepared (spec);
  int n = 0;

  for (int k = 0; k < N_ENTRIES; k++)
    if (p->place[k] >= 0)
      {
        entries[n] = (RheoPlotEntry){ .style = styles[k], .symbol = symbols[k], .open = k == ENTRY_MARGINAL };
        g_strlcpy (entries[n].label, p->label[k], sizeof entries[n].label);
        n++;
      }
  return n;
}

/* --- the field between its places ---------------------------------------------------------------------------------- */

/* Where a place lies in the grid: 0 .. n - 1, also for one that is no number. */
static double
along (double v, double lo, double hi, int64_t n)
{
  const double at = (v - lo) / (hi - lo) * (double) (n - 1);

  return at > 0 ? MIN (at, (double) (n - 1)) : 0;
}

static float
between (const Prepared *p, const float *v, double gx, double gy)
{
  const int64_t i = MIN ((int64_t) gx, p->n_x - 2), k = MIN ((int64_t) gy, p->n_y - 2);
  const float a = (float) (gx - (double) i), b = (float) (gy - (double) k);
  const float *low = v + k * p->n_x + i, *high = low + p->n_x;

  return (1 - b) * ((1 - a) * low[0] + a * low[1]) + b * ((1 - a) * high[0] + a * high[1]);
}

/* Pale, so that arrows, points and paths are seen on it; slow is strong. */
static void
ramp_of (const RheoPlotSpec *spec, uint32_t ramp[256])
{
  const RheoPlotTheme *theme = rheo_plot_theme_get (spec->theme);

  for (int i = 0; i < 256; i++)
    ramp[i] = rheo_rgb_pack (rheo_rgb_mix (theme, theme->series[2], 0.62 * (1 - i / 255.0)), 1);
}

static void
draw_heat (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double lo = log10 (p->ramp.lo), hi = log10 (p->ramp.hi);
  const uint32_t paper = rheo_rgb_pack (canvas->theme->background, 1);
  uint32_t ramp[256];
  RheoPixels pixels;

  if (!rheo_pixels_begin (&pixels, canvas, area))
    return;
  ramp_of (spec, ramp);
  for (int py = 0; py < pixels.height; py++)
    for (int px = 0; px < pixels.width; px++)
      {
        const double vx = x->lo + (x->hi - x->lo) * (px + 0.5) / pixels.width;
        const double vy = y->hi + (y->lo - y->hi) * (py + 0.5) / pixels.height;
        const gboolean inside = vx >= p->x0 && vx <= p->x1 && vy >= p->y0 && vy <= p->y1;
        const float v =
            inside ? between (p, p->log_q, along (vx, p->x0, p->x1, p->n_x), along (vy, p->y0, p->y1, p->n_y)) : NAN;

        pixels.data[(gsize) py * pixels.stride + px] =
            isnan (v) ? paper : ramp[(int) lround (255 * CLAMP ((v - lo) / (hi - lo), 0, 1))];
      }
  rheo_pixels_end (&pixels, canvas);
}

/* --- lines --------------------------------------------------------------------------------------------------------- */

/* Edges of cells that a nullcline crosses have numbers: those along x first. Each is joined to at most two others. */
typedef struct
{
  RheoPoint *at; /* on the page; x NaN: not crossed */
  int64_t (*next)[2];
  int64_t n;
} Crossings;

/* The edge between two neighbours of the grid; step 1: along x, else along y. */
static void
cross (const Prepared *p, const float *v, int64_t from, gboolean upwards, const RheoRect *area, const RheoPlotAxis *x,
       const RheoPlotAxis *y, Crossings *crossings)
{
  const int64_t to = from + (upwards ? p->n_x : 1), edge = from + (upwards ? p->n_x * p->n_y : 0);
  const double share = v[from] / (double) (v[from] - v[to]);
  const double gx = (double) (from % p->n_x) + (upwards ? 0 : share),
               gy = (double) (from / p->n_x) + (upwards ? share : 0);

  if ((v[from] < 0) == (v[to] < 0) || !isfinite (share))
    return;
  crossings->at[edge].x =
      rheo_plot_map (x, p->x0 + (p->x1 - p->x0) * gx / (double) (p->n_x - 1), area->x, area->x + area->width);
  crossings->at[edge].y =
      rheo_plot_map (y, p->y0 + (p->y1 - p->y0) * gy / (double) (p->n_y - 1), area->y + area->height, area->y);
}

static void
join (Crossings *crossings, int64_t a, int64_t b)
{
  crossings->next[a][crossings->next[a][0] >= 0] = b;
  crossings->next[b][crossings->next[b][0] >= 0] = a;
}

/* The edges of each cell that are crossed belong together in pairs. */
static void
find_crossings (const Prepared *p, const float *v, const RheoRect *area, const RheoPlotAxis *x, const RheoPlotAxis *y,
                Crossings *crossings)
{
  const int64_t n = p->n_x * p->n_y;

  *crossings = (Crossings){ g_new (RheoPoint, 2 * n), g_malloc_n ((gsize) (2 * n), sizeof *crossings->next), 2 * n };
  for (int64_t e = 0; e < 2 * n; e++)
    {
      crossings->at[e].x = NAN;
      crossings->next[e][0] = crossings->next[e][1] = -1;
    }
  for (int64_t i = 0; i < n; i++)
    {
      if (i % p->n_x + 1 < p->n_x)
        cross (p, v, i, FALSE, area, x, y, crossings);
      if (i + p->n_x < n)
        cross (p, v, i, TRUE, area, x, y, crossings);
    }
  for (int64_t k = 0; k + 1 < p->n_y; k++)
    for (int64_t i = 0; i + 1 < p->n_x; i++)
      {
        const int64_t low = k * p->n_x + i, edge[] = { low, n + low + 1, low + p->n_x, n + low };
        int64_t there[4];
        int count = 0;

        for (int e = 0; e < 4; e++)
          if (!isnan (crossings->at[edge[e]].x))
            there[count++] = edge[e];
        for (int e = 0; e + 1 < count; e += 2)
          join (crossings, there[e], there[e + 1]);
      }
}

/* Along the line from an edge, which is then used up. */
static void
follow (Crossings *crossings, int64_t edge, GArray *points)
{
  const RheoPoint gap = { NAN, NAN };

  for (int64_t at = edge; at >= 0;)
    {
      int64_t next = -1;

      g_array_append_val (points, crossings->at[at]);
      for (int side = 0; side < 2; side++)
        {
          const int64_t other = crossings->next[at][side];

          for (int back = 0; other >= 0 && back < 2; back++)
            if (crossings->next[other][back] == at && next < 0)
              {
                crossings->next[other][back] = -1;
                crossings->next[at][side] = -1;
                next = other;
                break;
              }
        }
      at = next;
    }
  g_array_append_val (points, gap);
}

/* The zero line of one part of the field: open ones from their ends, then what is left, which is closed. */
static void
draw_nullcline (RheoPlotCanvas *canvas, const Prepared *p, const float *v, const RheoRect *area, const RheoPlotAxis *x,
                const RheoPlotAxis *y)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
  Crossings crossings;

  find_crossings (p, v, area, x, y, &crossings);
  for (int closed = 0; closed < 2; closed++)
    for (int64_t e = 0; e < crossings.n; e++)
      {
        const int64_t *next = crossings.next[e];

        if (closed ? next[0] >= 0 || next[1] >= 0 : (next[0] >= 0) != (next[1] >= 0))
          follow (&crossings, e, points);
      }
  rheo_plot_stroke (canvas, points, canvas->theme->outline * 1.2);
  g_free (crossings.at);
  g_free (crossings.next);
}

static void
draw_paths (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Prepared *p, const RheoRect *area,
            const RheoPlotAxis *x, const RheoPlotAxis *y)
{
  const int64_t length = p->path->dims[1], width = p->path->dims[2];
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
  const RheoPoint gap = { NAN, NAN };

  for (int64_t trial = 0; trial < p->path->dims[0]; trial++)
    {
      for (int64_t t = 0; t < length; t++)
        {
          const int64_t at = (trial * length + t) * width;
          const RheoPoint q = {
            CLAMP (rheo_plot_map (x, rheo_column_get_number (p->path, at), area->x, area->x + area->width), -1e5, 1e5),
            CLAMP (rheo_plot_map (y, rheo_column_get_number (p->path, at + 1), area->y + area->height, area->y), -1e5,
                   1e5)
          };

          g_array_append_val (points, q);
        }
      g_array_append_val (points, gap);
    }
  rheo_plot_source (canvas, canvas->theme->dim, 0.55 * rheo_plot_entry_share (spec, p->place[ENTRY_TRIALS]));
  rheo_plot_stroke (canvas, points, canvas->theme->outline * 0.8);
}

/* --- arrows -------------------------------------------------------------------------------------------------------- */
static void
draw_arrow (cairo_t *cr, double x, double y, double vx, double vy, double length, double head)
{
  const double speed = hypot (vx, vy), ux = vx / speed, uy = -vy / speed;
  const double tip_x = x + ux * length / 2, tip_y = y + uy * length / 2;

  cairo_move_to (cr, x - ux * length / 2, y - uy * length / 2);
  cairo_line_to (cr, tip_x, tip_y);
  cairo_move_to (cr, tip_x - head * (ux - 0.6 * uy), tip_y - head * (uy + 0.6 * ux));
  cairo_line_to (cr, tip_x, tip_y);
  cairo_line_to (cr, tip_x - head * (ux + 0.6 * uy), tip_y - head * (uy - 0.6 * ux));
}

/* Slow arrows are shorter, but are seen: their lengths grow with the cube root of the speed. */
static void
draw_arrows (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Prepared *p, const RheoRect *area,
             const RheoPlotAxis *x, const RheoPlotAxis *y)
{
  const double wanted = ((const Config *) spec->values)->distance * canvas->font_scale;
  const int n_x = MAX ((int) (area->width / wanted), 1), n_y = MAX ((int) (area->height / wanted), 1);

  cairo_new_path (canvas->cr);
  for (int k = 0; k < n_y; k++)
    for (int i = 0; i < n_x; i++)
      {
        const double px = area->x + area->width * (i + 0.5) / n_x, py = area->y + area->height * (k + 0.5) / n_y;
        const double vx = rheo_plot_unmap (x, px, area->x, area->x + area->width);
        const double vy = rheo_plot_unmap (y, py, area->y + area->height, area->y);
        const double gx = along (vx, p->x0, p->x1, p->n_x), gy = along (vy, p->y0, p->y1, p->n_y);
        const double ax = between (p, p->v[0], gx, gy), ay = between (p, p->v[1], gx, gy), speed = hypot (ax, ay);
        const double length = 0.85 * wanted * cbrt (speed / p->most);

        if (vx < p->x0 || vx > p->x1 || vy < p->y0 || vy > p->y1 || !(speed > 0) || !(length > 0.5))
          continue;
        draw_arrow (canvas->cr, px, py, ax, ay, length, MIN (0.35 * length, 0.2 * wanted));
      }
  cairo_set_line_width (canvas->cr, canvas->theme->outline * 0.7);
  cairo_set_line_join (canvas->cr, CAIRO_LINE_JOIN_ROUND);
  rheo_plot_source (canvas, canvas->theme->text, 0.75);
  cairo_stroke (canvas->cr);
}

/* --- points -------------------------------------------------------------------------------------------------------- */
#define AWAY 0.45 /* opacity of points that are not in the plane */

static void
draw_points (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Prepared *p, const RheoRect *area,
             const RheoPlotAxis *x, const RheoPlotAxis *y)
{
  static const int styles[] = { 0, 4, 0 };
  const RheoPlotTheme *theme = canvas->theme;
  const double radius = theme->spot * canvas->font_scale;

  for (guint i = 0; i < p->point->len; i++)
    {
      const Point *point = &g_array_index (p->point, Point, i);
      const double px = rheo_plot_map (x, point->x, area->x, area->x + area->width);
      const double py = rheo_plot_map (y, point->y, area->y + area->height, area->y);

      if (rheo_plot_entry_hidden (spec, p->place[point->kind]))
        continue;
      rheo_plot_marker (canvas, point->kind == 1 ? RHEO_SYMBOL_SQUARE : RHEO_SYMBOL_CIRCLE, point->kind == 2,
                        theme->series[styles[point->kind]],
                        (point->away ? AWAY : 1) * rheo_plot_entry_share (spec, p->place[point->kind]), px, py, radius);
      if (point->index == spec->point && spec->point_set == 0)
        rheo_plot_ring (canvas, spec->theme, px, py, 2 * radius);
    }
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  static const int styles[] = { 1, 3 };
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double dash[] = { 5 * canvas->theme->dash, 3 * canvas->theme->dash };

  if (config->heat && p->log_q != NULL)
    draw_heat (spec, canvas, area, x, y);
  draw_arrows (spec, canvas, p, area, x, y);
  if (p->path != NULL && !rheo_plot_entry_hidden (spec, p->place[ENTRY_TRIALS]))
    draw_paths (spec, canvas, p, area, x, y);
  for (int k = 0; k < 2; k++)
    if (config->nullclines && !rheo_plot_entry_hidden (spec, p->place[ENTRY_NULL_X + k]))
      {
        cairo_save (canvas->cr);
        cairo_set_dash (canvas->cr, dash, k == 1 ? 2 : 0, 0);
        rheo_plot_source (canvas, canvas->theme->series[styles[k]],
                          rheo_plot_entry_share (spec, p->place[ENTRY_NULL_X + k]));
        draw_nullcline (canvas, p, p->v[k], area, x, y);
        cairo_restore (canvas->cr);
      }
  draw_points (spec, canvas, p, area, x, y);
}

/* --- colour bar ------------------------------------------------------------------------------------------------------ */
static gboolean
has_bar (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  return ((const Config *) spec->values)->heat && p->log_q != NULL;
}

static double
side (const RheoPlotSpec *spec, RheoPlotCanvas *canvas)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  g_autofree char *name = has_bar (spec) ? rheo_plot_axis_name (&p->ramp) : NULL;
  RheoPlotBar bar = { .name = name };

  if (!has_bar (spec))
    return 0;
  rheo_plot_bar_ticks (&bar, &p->ramp);
  return rheo_plot_bar_width (canvas, &bar);
}

static void
draw_over (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  g_autofree char *name = has_bar (spec) ? rheo_plot_axis_name (&p->ramp) : NULL;
  uint32_t ramp[256];
  RheoPlotBar bar = { .name = name, .ramp = ramp };

  if (!has_bar (spec) || (canvas->drop & RHEO_DROP_NAMES))
    return;
  ramp_of (spec, ramp);
  rheo_plot_bar_ticks (&bar, &p->ramp);
  rheo_plot_bar_draw (canvas, &bar, area);
}

/* --- hover and numbers ------------------------------------------------------------------------------------------------ */
static void
pick_point (const RheoPlotSpec *spec, const Prepared *p, const Point *point, RheoPlotPick *out)
{
  static const char *const kinds[] = { N_ ("Stable"), N_ ("Unstable"), N_ ("Marginal") };
  char x[40], y[40];

  out->binding = (int) (rheo_plot_find (spec, "points", 0) - spec->binding);
  out->entry = p->place[point->kind];
  out->point = TRUE;
  out->index = point->index;
  out->x = point->x;
  out->y = point->y;
  g_snprintf (out->text, sizeof out->text, _ ("Point %d: %s; %s %s, %s %s"), (int) point->index + 1,
              _ (kinds[point->kind]), p->name[0], rheo_plot_number_short (point->x, 3, x, sizeof x), p->name[1],
              rheo_plot_number_short (point->y, 3, y, sizeof y));
}

static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double vx = rheo_plot_unmap (x, px, area->x, area->x + area->width);
  const double vy = rheo_plot_unmap (y, py, area->y + area->height, area->y);
  const Point *best = NULL;
  double far = 12, gx, gy;
  char a[40], b[40], c[40];

  for (guint i = 0; i < p->point->len; i++)
    {
      const Point *point = &g_array_index (p->point, Point, i);
      const double d = hypot (rheo_plot_map (x, point->x, area->x, area->x + area->width) - px,
                              rheo_plot_map (y, point->y, area->y + area->height, area->y) - py);

      if (d < far && !rheo_plot_entry_hidden (spec, p->place[point->kind]))
        {
          far = d;
          best = point;
        }
    }
  if (best != NULL)
    {
      pick_point (spec, p, best, out);
      return;
    }
  if (!(vx >= p->x0 && vx <= p->x1 && vy >= p->y0 && vy <= p->y1))
    return;
  gx = along (vx, p->x0, p->x1, p->n_x);
  gy = along (vy, p->y0, p->y1, p->n_y);
  out->binding = 0;
  out->index = llround (gy) * p->n_x + llround (gx);
  out->x = vx;
  out->y = vy;
  rheo_plot_number_short (between (p, p->v[0], gx, gy), 3, a, sizeof a);
  rheo_plot_number_short (between (p, p->v[1], gx, gy), 3, b, sizeof b);
  if (p->log_q != NULL)
    g_snprintf (out->text, sizeof out->text, _ ("Velocity %s, %s; q %s"), a, b,
                rheo_plot_number_short (pow (10, between (p, p->log_q, gx, gy)), 2, c, sizeof c));
  else
    g_snprintf (out->text, sizeof out->text, _ ("Velocity %s, %s"), a, b);
}

/* One row for each place of the grid. */
static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  static const char *const keys[] = { "x", "y", "vx", "vy", "q" };
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "flow");
  const int64_t n = p->n_x * p->n_y;

  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    {
      const RheoColumn *column = column_of (spec, keys[k]);
      double *to;

      if (column == NULL)
        continue;
      to = rheo_table_add (table, column->key, column->plain_label, column->plain_unit, "row", RHEO_F64, &n)->data;
      for (int64_t i = 0; i < n; i++)
        to[i] = rheo_column_get_number (column, k == 0 ? i % p->n_x : k == 1 ? i / p->n_x : i);
    }
  return table;
}

const RheoPlotKind rheo_plot_flow = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "flow",
    .title = N_ ("Flow field"),
    .summary = N_ ("Where states are driven in a plane and how fast, with fixed points and trials over it."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = release,
  .range = range,
  .side = side,
  .legend = legend,
  .draw = draw,
  .draw_over = draw_over,
  .equal_scale = TRUE,
  .plane = TRUE,
  .dense = TRUE,
  .pick = pick,
  .numbers = numbers,
};
