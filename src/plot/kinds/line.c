#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

#define MAX_SERIES 64

typedef enum
{
  AUTO,
  YES,
  NO,
} Maybe;

enum
{
  LABELS_AUTO,
  LABELS_ENDS,
  LABELS_LEGEND,
  LABELS_NONE,
};

typedef struct
{
  gboolean log_x, log_y;
  int from_zero, markers; /* Maybe */
  int labels;             /* LABELS_ */
  gboolean last_value;
  int budget;
  double reference[4];
  int n_references;
  const char *reference_labels;
  double x_first, x_step;
} Config;

static const char *const maybe_choices[] = { "auto", "yes", "no", NULL };
static const char *const label_choices[] = { "auto", "ends", "legend", "none", NULL };

static const RheoParam params[] = {
  RHEO_P_BOOL (Config, log_y, "log-y", .label = N_ ("Logarithmic y axis"),
               .help = N_ ("Numbers that are not positive are left out.")),
  RHEO_P_BOOL (Config, log_x, "log-x", .label = N_ ("Logarithmic x axis"),
               .help = N_ ("Numbers that are not positive are left out.")),
  RHEO_P_CHOICE (Config, from_zero, "from-zero", maybe_choices, .label = N_ ("Start y at zero"), .max = NO,
                 .help = N_ ("Auto: for losses and other numbers that are never negative and come near to zero.")),
  RHEO_P_INT (Config, budget, "budget", .label = N_ ("Whole training"), .max = 1e9, .soft_max = 1000,
              .help = N_ ("Last iteration of the run. The x axis spans it and the part to come is shaded. 0: only what "
                          "there is.")),
  RHEO_P_REALS (Config, reference, n_references, "references", .label = N_ ("Reference lines"), .def_text = "",
                .min = -1e300, .max = 1e300,
                .help = N_ ("Values of horizontal lines, such as the loss of a constant prediction.")),
  RHEO_P_TEXT (Config, reference_labels, "reference-labels", .label = N_ ("Names of reference lines"), .def_text = "",
               .help = N_ ("Separated by semicolons, in the order of the values, which are added.")),
  RHEO_P_CHOICE (Config, markers, "markers", maybe_choices, .label = N_ ("Markers"), .max = NO,
                 .help = N_ ("A disc at each number. Auto: with 40 numbers or fewer in a line.")),
  RHEO_P_CHOICE (Config, labels, "labels", label_choices, .label = N_ ("Names of lines"), .max = LABELS_NONE,
                 .help = N_ ("Auto: at the ends of up to 6 lines where they have room, else as a legend.")),
  RHEO_P_BOOL (Config, last_value, "last-value", .label = N_ ("Last value"), .def = TRUE,
               .help = N_ ("Adds the last number to the name of each line.")),
  RHEO_P_REAL (Config, x_first, "x-first", .label = N_ ("First x"), .min = -1e300, .max = 1e300, .soft_max = 100,
               .flags = RHEO_ADVANCED, .help = N_ ("Where no column is given for x.")),
  RHEO_P_REAL (Config, x_step, "x-step", .label = N_ ("Step of x"), .def = 1, .min = 1e-300, .max = 1e300,
               .soft_min = 0.001, .soft_max = 10, .flags = RHEO_ADVANCED,
               .help = N_ ("Where no column is given for x.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "y", N_ ("y"), "*|* *|", TRUE, TRUE, .from = "train.loss valid.loss|*.loss" },
  { "x", N_ ("x"), "*|", FALSE, TRUE, .with = "axis" },
  { "lo", N_ ("lower edge of a band"), "*", FALSE, TRUE },
  { "hi", N_ ("upper edge of a band"), "*", FALSE, TRUE },
  { "mark", N_ ("changes made while training"), "*", FALSE, TRUE },
  { NULL },
};

/* --- series ------------------------------------------------------------------------------------------------------- */
typedef struct
{
  RheoVector x, y, lo, hi;       /* x.column NULL: counted */
  RheoLimits x_limits, y_limits; /* y with its band */
  gboolean band;
  int binding, style;
  char label[48];
} Series;

/* Where curves were drawn last, so that a redraw for the pointer does not go through all samples. */
typedef struct
{
  RheoRect area;
  double x_lo, x_hi, y_lo, y_hi, step;
  gboolean x_log, y_log;
} Place;

typedef struct
{
  Series series[MAX_SERIES];
  int n;
  gboolean whole;
  Place place;
  GArray *points[MAX_SERIES][3]; /* of y, lo, hi at that place, or NULL */
} Prepared;

static void
release (void *data)
{
  Prepared *p = data;

  for (int i = 0; i < MAX_SERIES; i++)
    for (int k = 0; k < 3; k++)
      if (p->points[i][k] != NULL)
        g_array_unref (p->points[i][k]);
  g_free (p);
}

/* The x column that goes with a y column: that of the same table, else the one of the same order, else the first. */
static const RheoPlotBinding *
x_of (const RheoPlotSpec *spec, const RheoPlotBinding *y, int nth)
{
  const RheoPlotBinding *x;

  for (int i = 0; (x = rheo_plot_find (spec, "x", i)) != NULL; i++)
    if (x->table == y->table)
      return x;
  x = rheo_plot_find (spec, "x", nth);
  return x != NULL ? x : rheo_plot_find (spec, "x", 0);
}

static double
x_at (const Config *config, const Series *s, int64_t i)
{
  return s->x.column != NULL ? rheo_vector_get (&s->x, i) : config->x_first + (double) i * config->x_step;
}

static int64_t
length (const Series *s)
{
  return s->x.column != NULL ? MIN (s->x.n, s->y.n) : s->y.n;
}

static void
find_limits (const Config *config, Series *s)
{
  RheoLimits none = RHEO_NO_LIMITS;

  s->x_limits = s->y_limits = none;
  rheo_vector_limits (&s->y, &s->y_limits);
  if (s->band)
    {
      rheo_vector_limits (&s->lo, &s->y_limits);
      rheo_vector_limits (&s->hi, &s->y_limits);
    }
  if (s->x.column != NULL)
    rheo_vector_limits (&s->x, &s->x_limits);
  else if (s->y.n > 0)
    {
      s->x_limits.lo = x_at (config, s, 0);
      s->x_limits.hi = x_at (config, s, s->y.n - 1);
      for (int64_t i = 0; i < s->y.n && !isfinite (s->x_limits.positive); i++)
        if (x_at (config, s, i) > 0)
          s->x_limits.positive = x_at (config, s, i);
    }
}

static void
add_series (Prepared *p, const RheoPlotSpec *spec, int nth, int64_t part)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, "y", nth), *x = x_of (spec, b, nth);
  const RheoPlotBinding *lo = rheo_plot_find (spec, "lo", nth), *hi = rheo_plot_find (spec, "hi", nth);
  g_autofree char *name = rheo_plot_series_name (spec, b);
  Series *s;

  if (p->n == MAX_SERIES)
    return;
  s = &p->series[p->n];
  *s = (Series){ .binding = (int) (b - spec->binding) };
  s->y = b->column->n_dims == 2 ? rheo_vector_along (b->column, 0, (int64_t[]){ 0, part }) : rheo_vector (b->column);
  if (x != NULL)
    s->x = rheo_vector (x->column);
  if (lo != NULL && hi != NULL && part == 0)
    {
      s->lo = rheo_vector (lo->column);
      s->hi = rheo_vector (hi->column);
      s->band = TRUE;
    }
  find_limits (spec->values, s);
  s->style = b->style >= 0 ? b->style : rheo_plot_theme_style (name, p->n);
  if (b->column->n_dims == 2 && b->column->dims[1] > 1)
    g_snprintf (s->label, sizeof s->label, "%.40s %d", name, (int) part + 1);
  else
    g_strlcpy (s->label, name, sizeof s->label);
  p->n++;
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  Prepared *p = g_new0 (Prepared, 1);

  for (int i = 0; i < rheo_plot_count (spec, "y"); i++)
    {
      const RheoColumn *column = rheo_plot_find (spec, "y", i)->column;
      int64_t parts = column->n_dims == 2 ? column->dims[1] : 1;

      for (int64_t k = 0; k < parts; k++)
        add_series (p, spec, i, k);
    }
  p->whole = TRUE;
  for (int i = 0; i < p->n; i++)
    {
      const RheoColumn *x = p->series[i].x.column;

      if (x == NULL)
        p->whole = p->whole && config->x_step == 1 && config->x_first == floor (config->x_first);
      else if (x->type == RHEO_F32 || x->type == RHEO_F64)
        p->whole = FALSE;
    }
  return p;
}

/* Index of the last number that can be drawn; -1: none. */
static int64_t
last_of (const Config *config, const Series *s)
{
  int64_t i = length (s) - 1;

  while (i >= 0 && !(isfinite (rheo_vector_get (&s->y, i)) && isfinite (x_at (config, s, i))))
    i--;
  return i;
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  if (rheo_plot_count (spec, "lo") != rheo_plot_count (spec, "hi"))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A band needs a lower and an upper edge."));
  if (rheo_plot_count (spec, "lo") > rheo_plot_count (spec, "y"))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There are more bands than lines."));
  return TRUE;
}

/* --- ranges --------------------------------------------------------------------------------------------------------- */
static void
take (double v, gboolean log, double *lo, double *hi)
{
  if (isfinite (v) && (!log || v > 0))
    {
      *lo = MIN (*lo, v);
      *hi = MAX (*hi, v);
    }
}

static void
take_limits (const RheoLimits *limits, RheoPlotAxis *axis)
{
  take (axis->log ? limits->positive : limits->lo, axis->log, &axis->lo, &axis->hi);
  take (limits->hi, axis->log, &axis->lo, &axis->hi);
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *first = rheo_plot_find (spec, "y", 0)->column;
  const RheoPlotBinding *x_first = rheo_plot_find (spec, "x", 0);
  gboolean better_low = FALSE, one_label = TRUE;
  double natural_lo = first->lo, natural_hi = first->hi;

  x->log = config->log_x;
  y->log = config->log_y;
  x->whole = p->whole;
  for (int k = 0; k < p->n; k++)
    {
      const Series *s = &p->series[k];
      const RheoColumn *c = s->y.column;

      take_limits (&s->x_limits, x);
      take_limits (&s->y_limits, y);
      better_low = better_low || (c->flags & RHEO_SERIES_LOWER_IS_BETTER) != 0;
      one_label = one_label && g_strcmp0 (c->label, first->label) == 0;
      if (c->lo != natural_lo || c->hi != natural_hi)
        natural_lo = natural_hi = 0;
    }
  for (int i = 0; i < config->n_references; i++)
    take (config->reference[i], y->log, &y->lo, &y->hi);
  if (natural_lo < natural_hi && !y->log)
    {
      take (natural_lo, FALSE, &y->lo, &y->hi);
      take (natural_hi, FALSE, &y->lo, &y->hi);
    }
  if (!y->log && y->lo > 0
      && (config->from_zero == YES || (config->from_zero == AUTO && (better_low || y->lo < 0.4 * y->hi))))
    y->lo = 0;
  rheo_plot_axis_nice (y);
  if (config->budget > 0)
    {
      take (x->log ? 1 : 0, FALSE, &x->lo, &x->hi);
      take (config->budget, FALSE, &x->lo, &x->hi);
    }
  if (!x->log && x->lo > 0 && x->lo < 0.1 * x->hi)
    x->lo = 0;
  /* A line ends where its data end; only what can grow is rounded up. */
  if (!(x->hi > x->lo) || x->log || (x->whole && config->budget == 0))
    rheo_plot_axis_nice (x);
  if (x_first != NULL)
    {
      x->label = x_first->column->label;
      x->unit = x_first->column->unit;
    }
  else
    {
      g_auto (GStrv) words = g_strsplit (first->axes != NULL ? first->axes : "", " ", -1);

      x->label =
          words[0] != NULL && config->x_step == 1 ? g_intern_string (rheo_plot_word_name (words[0])) : _ ("Time");
      x->unit = config->x_step == 1 ? "" : "ms";
    }
  y->label = one_label ? first->label : NULL;
  y->unit = first->unit;
}

/* --- drawing -------------------------------------------------------------------------------------------------------- */
typedef struct
{
  const RheoPlotSpec *spec;
  const Config *config;
  Prepared *p;
  RheoPlotCanvas *c;
  const RheoRect *a;
  const RheoPlotAxis *x, *y;
} Draw;

static double
map_x (const Draw *d, double v)
{
  return rheo_plot_map (d->x, v, d->a->x, d->a->x + d->a->width);
}

static double
map_y (const Draw *d, double v)
{
  return rheo_plot_map (d->y, v, d->a->y + d->a->height, d->a->y);
}

/* Thinned by pixel columns on screen and in images; files of vectors get every sample. which: 0 the line, 1 and 2 the
 * lower and upper edge of its band. */
static const GArray *
curve (const Draw *d, int series, int which)
{
  const Series *s = &d->p->series[series];
  Place place;
  GArray **points = d->p->points[series];

  memset (&place, 0, sizeof place); /* padding is compared too */
  place.area = *d->a;
  place.x_lo = d->x->lo;
  place.x_hi = d->x->hi;
  place.y_lo = d->y->lo;
  place.y_hi = d->y->hi;
  place.step = d->c->vector ? 0 : 1 / d->c->pixel;
  place.x_log = d->x->log;
  place.y_log = d->y->log;
  if (memcmp (&place, &d->p->place, sizeof place) != 0)
    {
      for (int i = 0; i < d->p->n; i++)
        for (int k = 0; k < 3; k++)
          g_clear_pointer (&d->p->points[i][k], g_array_unref);
      d->p->place = place;
    }
  if (points[which] == NULL)
    {
      const RheoVector *y = which == 0 ? &s->y : which == 1 ? &s->lo : &s->hi;

      points[which] = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
      rheo_plot_decimate (s->x.column != NULL ? &s->x : NULL, d->config->x_first, d->config->x_step, y, d->x, d->y,
                          d->a, place.step, points[which]);
    }
  return points[which];
}

static void
draw_band (const Draw *d, int series)
{
  const Series *s = &d->p->series[series];
  const GArray *down = curve (d, series, 1), *up = curve (d, series, 2);
  cairo_t *cr = d->c->cr;

  for (guint i = 0; i < up->len + down->len; i++)
    {
      const RheoPoint *q = i < up->len ? &g_array_index (up, RheoPoint, i)
                                       : &g_array_index (down, RheoPoint, down->len - 1 - (i - up->len));

      if (!isnan (q->x))
        cairo_line_to (cr, q->x, q->y);
    }
  cairo_close_path (cr);
  rheo_plot_source (d->c, d->c->theme->series[s->style % RHEO_N_STYLES], d->c->theme->band);
  cairo_fill (cr);
}

static gboolean
has_markers (const Config *config, const Series *s)
{
  int64_t n = length (s);

  return config->markers == YES || n == 1 || (config->markers == AUTO && n <= 40);
}

static void
draw_series (const Draw *d, int series)
{
  const Series *s = &d->p->series[series];
  cairo_t *cr = d->c->cr;

  cairo_save (cr);
  rheo_plot_source (d->c, d->c->theme->series[s->style % RHEO_N_STYLES], 1);
  rheo_plot_theme_dash (d->c->theme, s->style, cr);
  /* Where samples crowd into a pixel the curve is the band that they fill; a dash would say nothing there. */
  if (!d->c->vector && (double) length (s) > 4 * d->a->width * d->c->pixel)
    rheo_plot_fill_columns (d->c, curve (d, series, 0), d->c->theme->line * 0.6);
  else
    rheo_plot_stroke (d->c, curve (d, series, 0),
                      d->c->theme->line * ((double) length (s) > 2 * d->a->width ? 0.6 : 1));
  cairo_restore (cr);
  if (!has_markers (d->config, s))
    return;
  rheo_plot_source (d->c, d->c->theme->series[s->style % RHEO_N_STYLES], 1);
  for (int64_t i = 0; i < length (s); i++)
    {
      double x = map_x (d, x_at (d->config, s, i)), y = map_y (d, rheo_vector_get (&s->y, i));

      if (isfinite (x) && isfinite (y) && fabs (x) < 1e5 && fabs (y) < 1e5)
        rheo_plot_disc (d->c, x, y, d->c->theme->marker);
      /* Cairo is slow on paths of many shapes. */
      if (i % 200 == 199)
        cairo_fill (cr);
    }
  cairo_fill (cr);
}

static void
draw_future (const Draw *d)
{
  double end = -INFINITY, from;

  for (int i = 0; i < d->p->n; i++)
    {
      int64_t last = last_of (d->config, &d->p->series[i]);

      if (last >= 0)
        end = MAX (end, x_at (d->config, &d->p->series[i], last));
    }
  if (d->config->budget == 0 || !isfinite (end) || end >= d->config->budget)
    return;
  from = CLAMP (map_x (d, end), d->a->x, d->a->x + d->a->width);
  rheo_plot_source (d->c, d->c->theme->text, d->c->theme->shade);
  cairo_rectangle (d->c->cr, from, d->a->y, d->a->x + d->a->width - from, d->a->height);
  cairo_fill (d->c->cr);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  Draw d = {
    .spec = spec, .config = spec->values, .p = rheo_plot_get_prepared (spec), .c = canvas, .a = area, .x = x, .y = y
  };
  double dash[2] = { 5 * canvas->theme->dash, 4 * canvas->theme->dash };

  draw_future (&d);
  for (int i = 0; i < d.p->n; i++)
    if (d.p->series[i].band)
      draw_band (&d, i);
  cairo_save (canvas->cr);
  rheo_plot_source (canvas, canvas->theme->dim, 1);
  cairo_set_dash (canvas->cr, dash, 2, 0);
  for (int i = 0; i < d.config->n_references; i++)
    {
      double at = map_y (&d, d.config->reference[i]);

      if (at >= area->y - 1 && at <= area->y + area->height + 1)
        rheo_plot_hairline (canvas, area->x, at, area->x + area->width, at, canvas->theme->reference);
    }
  cairo_restore (canvas->cr);
  /* The first series lies on top: it is the one that was asked for first. */
  for (int i = d.p->n - 1; i >= 0; i--)
    draw_series (&d, i);
}

/* --- names of lines, references, marks --------------------------------------------------------------------------- */
static void
take_curve (const Draw *d, RheoRoom *room, int series, int which)
{
  const GArray *points = curve (d, series, which);

  for (guint i = 0; i < points->len; i++)
    {
      RheoPoint a = g_array_index (points, RheoPoint, MAX ((int) i - 1, 0)), b = g_array_index (points, RheoPoint, i);

      rheo_room_take_line (room, isnan (a.x) ? b.x : a.x, isnan (a.x) ? b.y : a.y, b.x, b.y);
    }
}

static void
name_references (const Draw *d, RheoRoom *room)
{
  g_auto (GStrv) names = g_strsplit (d->config->reference_labels, ";", -1);
  int n_names = (int) g_strv_length (names);

  for (int i = 0; i < d->config->n_references; i++)
    {
      char number[40];
      const char *name = i < n_names ? g_strstrip (names[i]) : "";
      g_autofree char *text = NULL;

      /* The axis names zero well enough. */
      if (*name == '\0' && d->config->reference[i] == 0)
        continue;
      rheo_plot_number_short (d->config->reference[i], 4, number, sizeof number);
      text = *name != '\0' ? g_strdup_printf ("%s %s", name, number) : g_strdup (number);
      rheo_plot_label_level (d->c, room, map_y (d, d->config->reference[i]), text);
    }
}

static void
end_text (const Draw *d, const Series *s, int64_t last, char *out, size_t size)
{
  char number[40] = "";
  /* One line without a name of its own is named by the y axis. */
  gboolean named = d->p->n > 1 || d->spec->binding[s->binding].label != NULL;
  size_t n = strlen (s->label);
  const char *between;

  if (d->config->last_value && last >= 0)
    rheo_plot_number_short (rheo_vector_get (&s->y, last), 3, number, sizeof number);
  /* "Training 3.61", but "Seed 3: 80.3". */
  between = !named || *number == '\0' || n == 0 ? "" : g_ascii_isdigit (s->label[n - 1]) ? ": " : " ";
  g_snprintf (out, size, "%s%s%s", named ? s->label : "", between, number);
}

static void
name_series (const Draw *d, RheoRoom *room)
{
  RheoLineEnd end[MAX_SERIES];
  RheoPlotEntry entry[MAX_SERIES];
  int n = 0;

  for (int i = 0; i < d->p->n; i++)
    {
      const Series *s = &d->p->series[i];
      int64_t last = last_of (d->config, s);

      entry[i] = (RheoPlotEntry){ .style = s->style, .symbol = RHEO_SYMBOL_LINE };
      end_text (d, s, last, entry[i].label, sizeof entry[i].label);
      if (last < 0)
        continue;
      end[n] = (RheoLineEnd){ .order = i,
                              .x = map_x (d, x_at (d->config, s, last)),
                              .y = map_y (d, rheo_vector_get (&s->y, last)) };
      g_strlcpy (end[n++].text, entry[i].label, sizeof end[0].text);
    }
  if (d->p->n == 1 && (entry[0].label[0] == '\0' || d->spec->binding[d->p->series[0].binding].label == NULL))
    {
      if (entry[0].label[0] != '\0' && d->config->labels != LABELS_LEGEND)
        rheo_plot_label_ends (d->c, room, end, n);
      return;
    }
  if (d->config->labels != LABELS_LEGEND && rheo_plot_label_ends (d->c, room, end, n))
    return;
  rheo_plot_label_legend (d->c, room, entry, d->p->n);
}

static void
draw_over (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y)
{
  Draw d = {
    .spec = spec, .config = spec->values, .p = rheo_plot_get_prepared (spec), .c = canvas, .a = area, .x = x, .y = y
  };
  RheoRoom room;

  rheo_plot_marks (spec, canvas, area, x);
  if (canvas->drop & (RHEO_DROP_NAMES | RHEO_DROP_AXES))
    return;
  rheo_room_init (&room, area);
  for (int k = 0; k < d.p->n; k++)
    {
      take_curve (&d, &room, k, 0);
      for (int which = 1; which < 3 && d.p->series[k].band; which++)
        take_curve (&d, &room, k, which);
    }
  /* A name at the end of its line may lie over a reference line, the other names may not. */
  if (d.config->labels != LABELS_NONE && !(canvas->drop & RHEO_DROP_LEGEND))
    name_series (&d, &room);
  for (int i = 0; i < d.config->n_references; i++)
    {
      double at = map_y (&d, d.config->reference[i]);

      rheo_room_take_line (&room, area->x, at, area->x + area->width, at);
    }
  name_references (&d, &room);
  rheo_room_clear (&room);
}

/* --- hover and numbers -------------------------------------------------------------------------------------------- */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  Draw d = {
    .spec = spec, .config = spec->values, .p = rheo_plot_get_prepared (spec), .c = canvas, .a = area, .x = x, .y = y
  };
  double best = INFINITY;
  char a[40], b[40];

  if (px < area->x - 3 || px > area->x + area->width + 3 || py < area->y - 3 || py > area->y + area->height + 3)
    return;
  if (rheo_plot_marks_pick (spec, canvas, area, x, px, py, out))
    return;
  for (int k = 0; k < d.p->n; k++)
    {
      const Series *s = &d.p->series[k];

      for (int64_t i = 0; i < length (s); i++)
        {
          double vx = x_at (d.config, s, i), vy = rheo_vector_get (&s->y, i);
          double qx = map_x (&d, vx), qy = map_y (&d, vy);
          /* The nearest x counts first: the reading line stands on samples. */
          double far = fabs (qx - px) * 4 + fabs (qy - py);

          if (!(far < best))
            continue;
          best = far;
          out->binding = s->binding;
          out->index = i;
          out->x = vx;
          out->y = vy;
          g_snprintf (out->text, sizeof out->text, "%s %s: %s %s", x->label != NULL ? x->label : "x",
                      rheo_plot_number_short (vx, 6, a, sizeof a), s->label,
                      rheo_plot_number_short (vy, 4, b, sizeof b));
        }
    }
}

static gboolean
same_x (const Config *config, const Prepared *p)
{
  for (int k = 1; k < p->n; k++)
    {
      if (length (&p->series[k]) != length (&p->series[0]))
        return FALSE;
      for (int64_t i = 0; i < length (&p->series[0]); i++)
        if (x_at (config, &p->series[k], i) != x_at (config, &p->series[0], i))
          return FALSE;
    }
  return TRUE;
}

static void
add_numbers (RheoTable *table, const char *key, const char *label, const RheoVector *v, int64_t n)
{
  RheoColumn *c = rheo_table_add (table, key, label, v->column->unit, "row", RHEO_F64, &n);

  for (int64_t i = 0; i < n; i++)
    ((double *) c->data)[i] = i < v->n ? rheo_vector_get (v, i) : NAN;
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "line");
  RheoPlotAxis x = { 0 }, y = { 0 }, colour = { 0 };
  int64_t n = 0, k = 0;

  range (spec, &x, &y, &colour);
  if (same_x (config, p))
    {
      RheoColumn *c;

      n = p->n > 0 ? length (&p->series[0]) : 0;
      c = rheo_table_add (table, "x", x.label, x.unit, "row", RHEO_F64, &n);
      for (int64_t i = 0; i < n; i++)
        ((double *) c->data)[i] = x_at (config, &p->series[0], i);
      for (int s = 0; s < p->n; s++)
        {
          const Series *one = &p->series[s];
          g_autofree char *key = g_strdup (one->label), *lo = NULL, *hi = NULL;

          if (rheo_table_find (table, key) != NULL)
            {
              g_free (key);
              key = g_strdup_printf ("%s (%d)", one->label, s + 1);
            }
          add_numbers (table, key, one->label, &one->y, n);
          if (!one->band)
            continue;
          lo = g_strdup_printf (_ ("%s, lower edge"), key);
          hi = g_strdup_printf (_ ("%s, upper edge"), key);
          add_numbers (table, lo, lo, &one->lo, n);
          add_numbers (table, hi, hi, &one->hi, n);
        }
      return table;
    }
  for (int s = 0; s < p->n; s++)
    n += length (&p->series[s]);
  rheo_table_add (table, "series", _ ("Line"), "", "row", RHEO_STRING, &n);
  rheo_table_add (table, "x", x.label, x.unit, "row", RHEO_F64, &n);
  rheo_table_add (table, "y", y.label, y.unit, "row", RHEO_F64, &n);
  for (int s = 0; s < p->n; s++)
    {
      const char *name = rheo_table_keep (table, p->series[s].label);

      for (int64_t i = 0; i < length (&p->series[s]); i++, k++)
        {
          ((const char **) rheo_table_get_column (table, 0)->data)[k] = name;
          ((double *) rheo_table_get_column (table, 1)->data)[k] = x_at (config, &p->series[s], i);
          ((double *) rheo_table_get_column (table, 2)->data)[k] = rheo_vector_get (&p->series[s].y, i);
        }
    }
  return table;
}

const RheoPlotKind rheo_plot_line = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "line",
    .title = N_ ("Lines"),
    .summary = N_ ("Series over iterations or time, with reference lines, bands and changes made while training."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = release,
  .range = range,
  .draw = draw,
  .draw_over = draw_over,
  .pick = pick,
  .numbers = numbers,
};
