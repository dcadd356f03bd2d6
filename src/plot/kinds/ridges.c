#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "plot/plot-kind.h"

/* How a distribution of numbers changes over training: one density above the other, the oldest at the bottom; a panel for each
 * part of the network. */

#define N_GRID 160
#define HEIGHT 1.5 /* of the highest density, in distances between two */

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
  { "values", N_ ("numbers at several times"), "...", TRUE, TRUE, .from = "rec.weight|out.weight", .parts = TRUE,
    .at = "first 25% 50% 75% last" },
  { NULL },
};

/* --- densities ------------------------------------------------------------------------------------------------------ */
typedef struct
{
  int binding, part, row;
  int64_t n, iteration;
  double median, lo, hi; /* lo, hi: without the tails */
  double density[N_GRID];
} Ridge;

typedef struct
{
  const char *name; /* of the binding */
  double lo, hi;    /* of the grid */
  double peak;
  int n_rows;
  int64_t row[RHEO_PLOT_MAX_COLUMNS]; /* iterations, ascending */
  char text[RHEO_PLOT_MAX_COLUMNS][24];
  const char *names[RHEO_PLOT_MAX_COLUMNS + 1]; /* these texts */
} Part;

typedef struct
{
  Ridge ridge[RHEO_PLOT_MAX_COLUMNS];
  Part part[RHEO_PLOT_MAX_COLUMNS];
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

static int
part_of (Prepared *p, const RheoPlotBinding *b)
{
  const char *name = b->label != NULL ? b->label : b->column->label;

  for (int i = 0; i < p->n_parts; i++)
    if (g_strcmp0 (p->part[i].name, name) == 0)
      return i;
  p->part[p->n_parts] = (Part){ .name = name, .lo = INFINITY, .hi = -INFINITY };
  return p->n_parts++;
}

static void
add_row (Part *p, int64_t iteration)
{
  int at = 0;

  while (at < p->n_rows && p->row[at] < iteration)
    at++;
  if (at < p->n_rows && p->row[at] == iteration)
    return;
  memmove (&p->row[at + 1], &p->row[at], sizeof *p->row * (gsize) (p->n_rows++ - at));
  p->row[at] = iteration;
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
  r->part = part_of (p, b);
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

static void *
prepare (const RheoPlotSpec *spec)
{
  Prepared *p = g_new0 (Prepared, 1);
  const char *unit = rheo_table_get_note (rheo_plot_find (spec, "values", 0)->table, "unit");
  g_autofree char *label = rheo_plot_common_label (spec, "values");

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
      while (p->part[r->part].row[r->row] != r->iteration)
        r->row++;
    }
  name_rows (p);
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
  g_autofree char *label = rheo_plot_count (spec, "values") > 0 ? rheo_plot_common_label (spec, "values") : NULL;
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

static void
draw_ridge (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoPanel *panel, const Ridge *r)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoPlotTheme *theme = canvas->theme;
  const RheoRect *a = &panel->area;
  const Part *part = &p->part[r->part];
  const double bottom = rheo_plot_map (&panel->y, r->row, a->y + a->height, a->y);
  const double share = part->n_rows > 1 ? 0.15 + 0.6 * r->row / (part->n_rows - 1) : 0.5;

  if (r->n == 0 || !(part->peak > 0))
    return;
  cairo_new_path (canvas->cr);
  for (int k = 0; k < N_GRID; k++)
    {
      const double at = part->lo + (part->hi - part->lo) * k / (N_GRID - 1);
      const double up = r->row + HEIGHT * r->density[k] / part->peak;

      cairo_line_to (canvas->cr, CLAMP (rheo_plot_map (&panel->x, at, a->x, a->x + a->width), -1e5, 1e5),
                     rheo_plot_map (&panel->y, up, a->y + a->height, a->y));
    }
  cairo_line_to (canvas->cr, CLAMP (rheo_plot_map (&panel->x, part->hi, a->x, a->x + a->width), -1e5, 1e5), bottom);
  cairo_line_to (canvas->cr, CLAMP (rheo_plot_map (&panel->x, part->lo, a->x, a->x + a->width), -1e5, 1e5), bottom);
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
  RheoPanel panels[RHEO_PLOT_MAX_COLUMNS];
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
  RheoPanel frames[RHEO_PLOT_MAX_COLUMNS];
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
  RheoPanel frames[RHEO_PLOT_MAX_COLUMNS];
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
  const int64_t n = (int64_t) p->n * N_GRID;
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "ridges");
  const char **part = rheo_table_add (table, "part", _ ("Part"), "", "row", RHEO_STRING, &n)->data;
  int64_t *iteration = rheo_table_add (table, "iteration", p->unit, "", "row", RHEO_I64, &n)->data, row = 0;
  double *value = rheo_table_add (table, "value", p->label, "", "row", RHEO_F64, &n)->data;
  double *density = rheo_table_add (table, "density", _ ("Density"), "", "row", RHEO_F64, &n)->data;

  for (int i = 0; i < p->n; i++)
    for (int k = 0; k < N_GRID; k++, row++)
      {
        const Part *of = &p->part[p->ridge[i].part];

        part[row] = rheo_table_keep (table, of->name);
        iteration[row] = p->ridge[i].iteration;
        value[row] = of->lo + (of->hi - of->lo) * k / (N_GRID - 1);
        density[row] = p->ridge[i].density[k];
      }
  return table;
}

const RheoPlotKind rheo_plot_ridges = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "ridges",
    .title = N_ ("Distributions over training"),
    .summary = N_ ("Densities of numbers at several times of training, one above the other."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
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
