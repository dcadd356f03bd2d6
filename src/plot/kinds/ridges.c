#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "plot/plot-kind.h"

/* How a distribution of numbers changes over training: one density or histogram above the other, the oldest at the bottom; a
 * panel for each part of the network. */

#define N_GRID 160
#define HEIGHT 1.5 /* of the highest density, in distances between two */
#define MOST 640   /* ridges: of more the newest */
#define MOST_PARTS RHEO_PLOT_MAX_COLUMNS
#define MOST_ROWS 200

typedef struct
{
  gboolean skip_zeros;
  double tail;
} Config;

static const RheoParam params[] = {
  RHEO_P_BOOL (Config, skip_zeros, "skip-zeros", .label = N_ ("Leave out zeros"), .def = TRUE,
               .help = N_ ("Numbers that are exactly zero stand for synapses that do not exist.")),
  RHEO_P_REAL (Config, tail, "tail", .label = N_ ("Tails left out"), .unit = "%", .def = 0.5, .max = 25, .soft_max = 5,
               .help = N_ ("The axis leaves out this share of the numbers at each end; the density is that of all.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "values", N_ ("numbers at several times, or heights of the bins of histograms"), "...", TRUE, TRUE,
    .from = "rec.weight|out.weight|weight-histograms/*/height", .parts = TRUE, .at = "first 25% 50% 75% last" },
  { "from", N_ ("lower edges of bins"), "* *", FALSE, FALSE, .with = "=from" },
  { "to", N_ ("upper edges of bins"), "* *", FALSE, FALSE, .with = "=to" },
  { "part", N_ ("parts of the network, of histograms"), "*", FALSE, FALSE, .with = "=part" },
  { "side", N_ ("names of further panels, of histograms"), "*", FALSE, FALSE, .with = "=side" },
  { "iteration", N_ ("iterations, of histograms"), "*", FALSE, FALSE, .with = "=iteration" },
  { "run", N_ ("names of runs, of histograms"), "*", FALSE, FALSE, .with = "=run" },
  { NULL },
};

/* --- densities ------------------------------------------------------------------------------------------------------ */
typedef struct
{
  int binding, part, row;
  int64_t n, iteration;
  double median, lo, hi; /* lo, hi: without the tails */
  double density[N_GRID];
  RheoVector height, from, to; /* of a histogram, in place of these */
} Ridge;

typedef struct
{
  const char *name; /* interned, or of the binding */
  double lo, hi;    /* of the grid */
  double peak;
  int n_rows;
  int64_t row[MOST_ROWS]; /* iterations, ascending */
  char text[MOST_ROWS][24];
  const char *names[MOST_ROWS + 1]; /* these texts */
} Part;

typedef struct
{
  Ridge ridge[MOST];
  Part part[MOST_PARTS];
  int n, n_parts, most_rows;
  gboolean alike; /* all parts are of the same iterations */
  char unit[64], label[128];
} Prepared;

static int64_t
iteration_of (const RheoPlotBinding *b)
{
  const char *note = rheo_table_get_note (b->table, "iteration");

  return note != NULL ? g_ascii_strtoll (note, NULL, 10) : 0;
}

/* -1: there are too many. */
static int
part_of (Prepared *p, const char *name)
{
  for (int i = 0; i < p->n_parts; i++)
    if (g_strcmp0 (p->part[i].name, name) == 0)
      return i;
  if (p->n_parts == MOST_PARTS)
    return -1;
  p->part[p->n_parts] = (Part){ .name = name, .lo = INFINITY, .hi = -INFINITY };
  return p->n_parts++;
}

/* FALSE: there are too many. */
static gboolean
add_row (Part *p, int64_t iteration)
{
  int at = 0;

  while (at < p->n_rows && p->row[at] < iteration)
    at++;
  if (at < p->n_rows && p->row[at] == iteration)
    return TRUE;
  if (p->n_rows == MOST_ROWS)
    return FALSE;
  memmove (&p->row[at + 1], &p->row[at], sizeof *p->row * (gsize) (p->n_rows++ - at));
  p->row[at] = iteration;
  return TRUE;
}

/* Limits of all densities of a part are known. */
static void
estimate (Ridge *r, const Part *part, const float *v, int64_t n)
{
  double quartile[3];

  if (n == 0)
    return;
  rheo_plot_quantiles (v, n, (const double[]){ 0.25, 0.5, 0.75 }, 3, quartile);
  r->median = quartile[1];
  rheo_plot_density (v, n, (const double[]){ quartile[0], quartile[2] }, part->lo == 0, part->lo, part->hi, N_GRID,
                     r->density);
}

static float *
gather (const RheoPlotSpec *spec, const RheoPlotBinding *b, int64_t *n)
{
  return rheo_plot_gather (b->column, NULL, RHEO_TRANSFORM_NONE, ((const Config *) spec->values)->skip_zeros, n);
}

static void
measure (Prepared *p, const RheoPlotSpec *spec, int nth)
{
  const double tail = ((const Config *) spec->values)->tail / 100;
  const RheoPlotBinding *b = rheo_plot_find (spec, "values", nth);
  Ridge *r = &p->ridge[p->n++];
  g_autofree float *v = gather (spec, b, &r->n);
  double q[3];
  Part *part;

  r->binding = (int) (b - spec->binding);
  r->part = part_of (p, b->label != NULL ? b->label : b->column->label);
  r->iteration = iteration_of (b);
  part = &p->part[r->part];
  add_row (part, r->iteration);
  if (r->n == 0)
    return;
  rheo_plot_quantiles (v, r->n, (const double[]){ 0, tail, 1 - tail }, 3, q);
  r->lo = q[1];
  r->hi = q[2];
  /* What is never negative has a wall at zero. */
  part->lo = MIN (part->lo, q[0] >= 0 && q[1] < 0.5 * q[2] ? 0 : q[1]);
  part->hi = MAX (part->hi, q[2]);
}

/* --- histograms ----------------------------------------------------------------------------------------------------- */
/* "EA-EM-ampa, left", and the run where there are several. */
static const char *
name_histogram (const RheoPlotSpec *spec, int64_t row)
{
  static const char *const keys[] = { "part", "side", "run" };
  g_autoptr (GString) name = g_string_new (NULL);

  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    {
      const RheoPlotBinding *b = rheo_plot_find (spec, keys[k], 0);
      char text[RHEO_ELEMENT_SIZE], other[RHEO_ELEMENT_SIZE];
      gboolean varies = k < 2;

      for (int64_t i = 0; b != NULL && i < b->column->dims[0] && !varies; i++)
        varies = g_strcmp0 (rheo_column_get_text (b->column, i, text), rheo_column_get_text (b->column, 0, other)) != 0;
      if (b != NULL && varies && *rheo_column_get_text (b->column, row, text) != '\0')
        g_string_append_printf (name, "%s%s", name->len > 0 ? ", " : "", rheo_column_get_text (b->column, row, text));
    }
  return g_intern_string (name->str);
}

static void
measure_histogram (Prepared *p, Ridge *r)
{
  Part *part = &p->part[r->part];
  double sum = 0, all = 0;

  for (int64_t i = 0; i < r->height.n; i++)
    {
      const double h = rheo_vector_get (&r->height, i), from = rheo_vector_get (&r->from, i),
                   to = rheo_vector_get (&r->to, i);

      if (!isfinite (h) || !isfinite (from) || !isfinite (to))
        continue;
      all += h;
      part->peak = MAX (part->peak, h);
      part->lo = MIN (part->lo, from);
      part->hi = MAX (part->hi, to);
    }
  r->n = (int64_t) all;
  for (int64_t i = 0; i < r->height.n && sum < all / 2; i++)
    {
      const double h = rheo_vector_get (&r->height, i), from = rheo_vector_get (&r->from, i),
                   to = rheo_vector_get (&r->to, i);

      if (h > 0 && sum + h >= all / 2)
        r->median = from + (to - from) * (all / 2 - sum) / h;
      sum += h > 0 ? h : 0;
    }
}

static void
measure_histograms (Prepared *p, const RheoPlotSpec *spec)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, "values", 0), *at = rheo_plot_find (spec, "iteration", 0);
  const RheoColumn *from = rheo_plot_find (spec, "from", 0)->column, *to = rheo_plot_find (spec, "to", 0)->column;
  const int64_t n = b->column->dims[0];

  for (int64_t row = MAX (n - MOST, 0); row < n; row++)
    {
      const int64_t index[] = { row, 0 };
      Ridge *r = &p->ridge[p->n];

      *r = (Ridge){ .binding = (int) (b - spec->binding),
                    .part = part_of (p, name_histogram (spec, row)),
                    .iteration = at != NULL ? (int64_t) rheo_column_get_number (at->column, row) : row,
                    .height = rheo_vector_along (b->column, 1, index),
                    .from = rheo_vector_along (from, 1, index),
                    .to = rheo_vector_along (to, 1, index) };
      if (r->part < 0 || !add_row (&p->part[r->part], r->iteration))
        continue;
      measure_histogram (p, r);
      p->n++;
    }
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoColumn *height = rheo_plot_find (spec, "values", 0)->column;
  const RheoPlotBinding *from = rheo_plot_find (spec, "from", 0), *to = rheo_plot_find (spec, "to", 0);

  if ((from == NULL) != (to == NULL)
      || (from != NULL
          && (height->n_dims != 2 || rheo_plot_count (spec, "values") > 1
              || memcmp (from->column->dims, height->dims, sizeof *height->dims * 2) != 0
              || memcmp (to->column->dims, height->dims, sizeof *height->dims * 2) != 0)))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" is no histogram: it has no edges of its bins."),
                      height->key);
  for (int i = 0; i < spec->n_bindings && from != NULL; i++)
    if (spec->binding[i].column->dims[0] != height->dims[0])
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" has %d rows, but \"%s\" has %d."),
                        spec->binding[i].column->key, (int) spec->binding[i].column->dims[0], height->key,
                        (int) height->dims[0]);
  return TRUE;
}

/* --- what is shown -------------------------------------------------------------------------------------------------- */
static gboolean
is_histogram (const RheoPlotSpec *spec)
{
  return rheo_plot_find (spec, "from", 0) != NULL;
}

static void
name_rows (Prepared *p)
{
  p->alike = TRUE;
  for (int i = 0; i < p->n_parts; i++)
    {
      Part *part = &p->part[i];

      p->most_rows = MAX (p->most_rows, part->n_rows);
      p->alike = p->alike && part->n_rows == p->part[0].n_rows
                 && memcmp (part->row, p->part[0].row, sizeof *part->row * (gsize) part->n_rows) == 0;
      for (int k = 0; k < part->n_rows; k++)
        {
          g_snprintf (part->text[k], sizeof part->text[k], "%" PRId64, part->row[k]);
          part->names[k] = part->text[k];
        }
    }
}

/* Densities come down at both ends, but for the wall at zero. */
static void
widen (Part *part)
{
  const double more = 0.12 * (part->hi - part->lo);

  if (!(more > 0))
    {
      part->lo = isfinite (part->lo) ? part->lo - 0.5 : 0;
      part->hi = part->lo + 1;
      return;
    }
  part->lo -= part->lo == 0 ? 0 : more;
  part->hi += more;
}

static void
measure_densities (Prepared *p, const RheoPlotSpec *spec)
{
  for (int i = 0; i < rheo_plot_count (spec, "values"); i++)
    measure (p, spec, i);
  for (int i = 0; i < p->n_parts; i++)
    widen (&p->part[i]);
  for (int i = 0; i < p->n; i++)
    {
      Ridge *r = &p->ridge[i];
      int64_t n;
      g_autofree float *v = gather (spec, &spec->binding[r->binding], &n);

      estimate (r, &p->part[r->part], v, n);
      for (int k = 0; k < N_GRID; k++)
        p->part[r->part].peak = MAX (p->part[r->part].peak, r->density[k]);
    }
}

static void *
prepare (const RheoPlotSpec *spec)
{
  Prepared *p = g_new0 (Prepared, 1);
  const char *unit = rheo_table_get_note (rheo_plot_find (spec, "values", 0)->table, "unit");
  g_autofree char *label = is_histogram (spec) ? g_strdup (rheo_plot_find (spec, "from", 0)->column->label)
                                               : rheo_plot_common_label (spec, "values");

  if (is_histogram (spec))
    measure_histograms (p, spec);
  else
    measure_densities (p, spec);
  for (int i = 0; i < p->n; i++)
    while (p->part[p->ridge[i].part].row[p->ridge[i].row] != p->ridge[i].iteration)
      p->ridge[i].row++;
  name_rows (p);
  if (unit == NULL && rheo_plot_find (spec, "iteration", 0) != NULL)
    g_strlcpy (p->unit, rheo_plot_find (spec, "iteration", 0)->column->label, sizeof p->unit);
  if (unit != NULL)
    {
      g_autofree char *initial = g_utf8_substring (_ (unit), 0, 1), *upper = g_utf8_strup (initial, -1);

      g_snprintf (p->unit, sizeof p->unit, "%s%s", upper, g_utf8_next_char (_ (unit)));
    }
  g_strlcpy (p->label, label != NULL ? label : "", sizeof p->label);
  return p;
}

/* "Weights over training" */
static const char *
title (const RheoPlotSpec *spec)
{
  g_autofree char *label = is_histogram (spec) ? g_strdup (rheo_plot_find (spec, "from", 0)->column->label)
                           : rheo_plot_count (spec, "values") > 0 ? rheo_plot_common_label (spec, "values")
                                                                  : NULL;
  g_autofree char *text = label != NULL ? g_strdup_printf (_ ("%s over training"), label) : NULL;

  return text != NULL ? g_intern_string (text) : _ ("Distributions over training");
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  *x = (RheoPlotAxis){ .lo = INFINITY, .hi = -INFINITY, .label = p->label, .unit = "" };
  for (int i = 0; i < p->n_parts; i++)
    {
      x->lo = MIN (x->lo, p->part[i].lo);
      x->hi = MAX (x->hi, p->part[i].hi);
    }
  *y = (RheoPlotAxis){ .hi = MAX (p->most_rows, 1) - 1 + HEIGHT * 1.05, .label = p->unit, .unit = "" };
  y->names = p->part[0].names;
}

/* --- drawing -------------------------------------------------------------------------------------------------------- */
static int
make_panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
             const RheoPlotAxis *y, RheoPanel *panels)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double gap = 2 * canvas->theme->gap, w = (area->width - (p->n_parts - 1) * gap) / MAX (p->n_parts, 1);

  for (int i = 0; i < p->n_parts; i++)
    {
      panels[i] = (RheoPanel){ .outer = { area->x + i * (w + gap), area->y, w, area->height },
                               .x = *x,
                               .y = *y,
                               .title = p->part[i].name,
                               .no_y_name = i > 0,
                               .no_y_labels = i > 0 && p->alike,
                               .dense = TRUE };
      panels[i].y.names = p->part[i].names;
      rheo_panel_layout (canvas, &panels[i]);
    }
  return p->n_parts;
}

static RheoPoint
point_at (const RheoPanel *panel, double x, double y)
{
  const RheoRect *a = &panel->area;

  return (RheoPoint){ CLAMP (rheo_plot_map (&panel->x, x, a->x, a->x + a->width), -1e5, 1e5),
                      rheo_plot_map (&panel->y, y, a->y + a->height, a->y) };
}

static void
draw_ridge (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoPanel *panel, const Ridge *r)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoPlotTheme *theme = canvas->theme;
  const Part *part = &p->part[r->part];
  const double bottom = point_at (panel, part->lo, r->row).y;
  const double share = part->n_rows > 1 ? 0.15 + 0.6 * r->row / (part->n_rows - 1) : 0.5;

  if (r->n == 0 || !(part->peak > 0))
    return;
  cairo_new_path (canvas->cr);
  cairo_move_to (canvas->cr, point_at (panel, part->lo, r->row).x, bottom);
  for (int64_t k = 0; k < (r->height.n > 0 ? 2 * r->height.n : N_GRID); k++)
    {
      const RheoVector *edge = k % 2 == 0 ? &r->from : &r->to;
      const double at = r->height.n > 0 ? rheo_vector_get (edge, k / 2)
                                        : part->lo + (part->hi - part->lo) * (double) k / (N_GRID - 1);
      const double h = r->height.n > 0 ? rheo_vector_get (&r->height, k / 2) : r->density[k];
      const RheoPoint point = point_at (panel, at, r->row + HEIGHT * h / part->peak);

      if (isfinite (h) && isfinite (at))
        cairo_line_to (canvas->cr, point.x, point.y);
    }
  cairo_line_to (canvas->cr, point_at (panel, part->hi, r->row).x, bottom);
  cairo_close_path (canvas->cr);
  rheo_plot_source (canvas, rheo_rgb_mix (theme, theme->series[0], share), 1);
  cairo_fill_preserve (canvas->cr);
  rheo_plot_source (canvas, theme->series[0], 1);
  cairo_set_line_width (canvas->cr, theme->outline);
  cairo_set_line_join (canvas->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (canvas->cr);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[MOST_PARTS];
  const int n = make_panels (spec, canvas, area, x, y, panels);

  for (int i = 0; i < n; i++)
    {
      cairo_save (canvas->cr);
      rheo_plot_clip (canvas, &panels[i].area, canvas->theme->outline);
      /* Older ones stand before newer ones. */
      for (int row = p->part[i].n_rows - 1; row >= 0; row--)
        for (int k = 0; k < p->n; k++)
          if (p->ridge[k].part == i && p->ridge[k].row == row)
            draw_ridge (spec, canvas, &panels[i], &p->ridge[k]);
      cairo_restore (canvas->cr);
      rheo_panel_draw_frame (canvas, &panels[i]);
    }
}

static int
panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
        const RheoPlotAxis *y, RheoPlotPanel *out)
{
  RheoPanel frames[MOST_PARTS];
  const int n = make_panels (spec, canvas, area, x, y, frames);

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
  RheoPanel frames[MOST_PARTS];
  const int n = make_panels (spec, canvas, area, x, y, frames);

  for (int k = 0; k < p->n; k++)
    {
      const Ridge *r = &p->ridge[k];
      const RheoRect *a = &frames[MIN (r->part, n - 1)].area;
      char median[40], size[40];

      if (px < a->x || px > a->x + a->width || py < a->y || py > a->y + a->height
          || (int) floor (rheo_plot_unmap (y, py, a->y + a->height, a->y)) != r->row || r->n == 0)
        continue;
      out->binding = r->binding;
      out->x = rheo_plot_unmap (&frames[r->part].x, px, a->x, a->x + a->width);
      out->y = r->row;
      g_snprintf (out->text, sizeof out->text, _ ("%s %s, %s: median %s, n = %s"), p->unit,
                  p->part[r->part].text[r->row], p->part[r->part].name,
                  rheo_plot_number_short (r->median, 3, median, sizeof median),
                  rheo_plot_number ((double) r->n, 0, size, sizeof size));
    }
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const gboolean bins = is_histogram (spec);
  const int64_t each = bins ? rheo_plot_find (spec, "values", 0)->column->dims[1] : N_GRID, n = p->n * each;
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "ridges");
  const char **part = rheo_table_add (table, "part", _ ("Part"), "", "row", RHEO_STRING, &n)->data;
  int64_t *iteration = rheo_table_add (table, "iteration", p->unit, "", "row", RHEO_I64, &n)->data, row = 0;
  double *value = rheo_table_add (table, "value", p->label, "", "row", RHEO_F64, &n)->data;
  double *density =
      rheo_table_add (table, bins ? "count" : "density", bins ? _ ("Count") : _ ("Density"), "", "row", RHEO_F64, &n)
          ->data;

  for (int i = 0; i < p->n; i++)
    for (int64_t k = 0; k < each; k++, row++)
      {
        const Ridge *r = &p->ridge[i];
        const Part *of = &p->part[r->part];

        part[row] = rheo_table_keep (table, of->name);
        iteration[row] = r->iteration;
        value[row] = bins ? (rheo_vector_get (&r->from, k) + rheo_vector_get (&r->to, k)) / 2
                          : of->lo + (of->hi - of->lo) * (double) k / (N_GRID - 1);
        density[row] = bins ? rheo_vector_get (&r->height, k) : r->density[k];
      }
  return table;
}

const RheoPlotKind rheo_plot_ridges = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "ridges",
    .title = N_ ("Distributions over training"),
    .summary = N_ ("Densities or histograms of numbers at several times of training, one above the other."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .title = title,
  .prepare = prepare,
  .release = g_free,
  .range = range,
  .draw = draw,
  .own_axes = TRUE,
  .panels = panels,
  .pick = pick,
  .numbers = numbers,
};
