#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/kinds/line-private.h"

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

static const char *const maybe_choices[] = { "auto", "yes", "no", NULL };
static const char *const label_choices[] = { "auto", "ends", "legend", "none", NULL };

static const RheoParam params[] = {
  RHEO_P_BOOL (RheoLineConfig, log_y, "log-y", .label = N_ ("Logarithmic y axis"),
               .help = N_ ("Numbers that are not positive are left out.")),
  RHEO_P_BOOL (RheoLineConfig, log_x, "log-x", .label = N_ ("Logarithmic x axis"),
               .help = N_ ("Numbers that are not positive are left out.")),
  RHEO_P_CHOICE (RheoLineConfig, from_zero, "from-zero", maybe_choices, .label = N_ ("Start y at zero"), .max = NO,
                 .help = N_ ("Auto: for losses and other numbers that are never negative and come near to zero.")),
  RHEO_P_INT (RheoLineConfig, budget, "budget", .label = N_ ("Whole training"), .max = 1e9, .soft_max = 1000,
              .help = N_ ("Last iteration of the run. The x axis spans it and the part to come is shaded. 0: only what "
                          "there is.")),
  RHEO_P_REALS (RheoLineConfig, reference, n_references, "references", .label = N_ ("Reference lines"), .def_text = "",
                .min = -1e300, .max = 1e300,
                .help = N_ ("Values of horizontal lines, such as the loss of a constant prediction.")),
  RHEO_P_TEXT (RheoLineConfig, reference_labels, "reference-labels", .label = N_ ("Names of reference lines"),
               .def_text = "", .help = N_ ("Separated by semicolons, in the order of the values, which are added.")),
  RHEO_P_CHOICE (RheoLineConfig, markers, "markers", maybe_choices, .label = N_ ("Markers"), .max = NO,
                 .help = N_ ("A disc at each number. Auto: with 40 numbers or fewer in a line.")),
  RHEO_P_CHOICE (RheoLineConfig, labels, "labels", label_choices, .label = N_ ("Names of lines"), .max = LABELS_NONE,
                 .help = N_ ("Auto: at the ends of up to 6 lines where they have room, else as a legend.")),
  RHEO_P_BOOL (RheoLineConfig, last_value, "last-value", .label = N_ ("Last value"), .def = TRUE,
               .help = N_ ("Adds the last number to the name of each line.")),
  RHEO_P_INT (RheoLineConfig, smooth, "smooth", .label = N_ ("Running mean"), .def = 1, .min = 1, .max = 1e6,
              .soft_min = 1, .soft_max = 100, .unit = N_ ("numbers"),
              .help = N_ ("Each number is drawn as the mean of so many up to it. 1: as they are.")),
  RHEO_P_INT (RheoLineConfig, dots, "dots", .label = N_ ("First lines as dots"), .max = RHEO_MAX_LINES, .soft_max = 4,
              .help = N_ ("So many of the first lines are drawn as dots alone, behind the others.")),
  RHEO_P_BOOL (RheoLineConfig, mark_ends, "mark-ends", .label = N_ ("Mark ends of shorter lines"),
               .help = N_ ("A thin upright line where one ends before others do.")),
  RHEO_P_REAL (RheoLineConfig, x_first, "x-first", .label = N_ ("First x"), .min = -1e300, .max = 1e300,
               .soft_max = 100, .flags = RHEO_ADVANCED, .help = N_ ("Where no column is given for x.")),
  RHEO_P_REAL (RheoLineConfig, x_step, "x-step", .label = N_ ("Step of x"), .def = 1, .min = 1e-300, .max = 1e300,
               .soft_min = 0.001, .soft_max = 10, .flags = RHEO_ADVANCED,
               .help = N_ ("Where no column is given for x.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "y", N_ ("y"), "*|* *|", TRUE, TRUE, .from = "train.loss valid.loss|*.loss" },
  { "x", N_ ("x"), "*|", FALSE, TRUE, .with = "axis" },
  { "lo", N_ ("lower edge of a band"), "*", FALSE, TRUE },
  { "hi", N_ ("upper edge of a band"), "*", FALSE, TRUE },
  { "target", N_ ("levels that the lines are to reach"), "*", FALSE, TRUE },
  { "mark", N_ ("changes made while training"), "*", FALSE, TRUE },
  { "names", N_ ("names of the lines of a matrix"), "*", FALSE, FALSE, .with = "axis:2" },
  { NULL },
};

/* --- series ------------------------------------------------------------------------------------------------------- */
static void
release (void *data)
{
  RheoLines *p = data;

  for (int i = 0; i < RHEO_MAX_LINES; i++)
    for (int k = 0; k < 3; k++)
      if (p->points[i][k] != NULL)
        g_array_unref (p->points[i][k]);
  g_clear_pointer (&p->smoothed, rheo_table_unref);
  g_free (p);
}

/* Means of the last numbers, as many as there are; those that are no numbers do not count. */
static RheoVector
smooth (RheoLines *p, const RheoVector *y, int width)
{
  g_autofree char *key = g_strdup_printf ("%d", p->n);
  RheoColumn *column;
  double *mean;

  if (p->smoothed == NULL)
    p->smoothed = rheo_table_new ("smooth");
  column = rheo_table_add (p->smoothed, key, y->column->label, y->column->unit, "sample", RHEO_F64, &y->n);
  column->lo = y->column->lo;
  column->hi = y->column->hi;
  column->flags = y->column->flags;
  mean = column->data;
  for (int64_t i = 0; i < y->n; i++)
    {
      double sum = 0;
      int64_t n = 0;

      for (int64_t k = MAX (i - width + 1, 0); k <= i; k++)
        {
          const double v = rheo_vector_get (y, k);

          sum += isfinite (v) ? v : 0;
          n += isfinite (v);
        }
      mean[i] = n > 0 ? sum / (double) n : NAN;
    }
  return rheo_vector (column);
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

static void
find_limits (const RheoLineConfig *config, RheoLine *s)
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
      s->x_limits.lo = rheo_line_x (config, s, 0);
      s->x_limits.hi = rheo_line_x (config, s, s->y.n - 1);
      for (int64_t i = 0; i < s->y.n && !isfinite (s->x_limits.positive); i++)
        if (rheo_line_x (config, s, i) > 0)
          s->x_limits.positive = rheo_line_x (config, s, i);
    }
}

/* The dimension that x runs along: the first, but of trials over time the last. */
static int
get_run (const RheoColumn *column)
{
  const char *last = column->axes != NULL ? strrchr (column->axes, ' ') : NULL;

  return column->n_dims == 2 && last != NULL
                 && (strcmp (last, " time") == 0 || strcmp (last, " step") == 0 || strcmp (last, " block") == 0)
             ? 1
             : 0;
}

static int64_t
count_parts (const RheoColumn *column)
{
  return column->n_dims == 2 ? column->dims[1 - get_run (column)] : 1;
}

/* Texts, one for each line of a matrix whose lines are its rows; or NULL. */
static const RheoColumn *
get_names (const RheoPlotSpec *spec, const RheoColumn *y)
{
  const RheoPlotBinding *names = rheo_plot_find (spec, "names", 0);

  return names != NULL && names->column->type == RHEO_STRING && get_run (y) == 1 && names->column->dims[0] == y->dims[0]
             ? names->column
             : NULL;
}

static void
add_series (RheoLines *p, const RheoPlotSpec *spec, int nth, int64_t part)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, "y", nth), *x = x_of (spec, b, nth);
  const RheoPlotBinding *lo = rheo_plot_find (spec, "lo", nth), *hi = rheo_plot_find (spec, "hi", nth);
  g_autofree char *name = rheo_plot_series_name (spec, b);
  RheoLine *s;

  if (p->n == RHEO_MAX_LINES)
    return;
  s = &p->series[p->n];
  *s = (RheoLine){ .binding = (int) (b - spec->binding) };
  s->y = b->column->n_dims == 2 ? rheo_vector_along (b->column, get_run (b->column), (int64_t[]){ part, part })
                                : rheo_vector (b->column);
  if (((const RheoLineConfig *) spec->values)->smooth > 1)
    s->y = smooth (p, &s->y, ((const RheoLineConfig *) spec->values)->smooth);
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
  if (get_names (spec, b->column) != NULL)
    g_strlcpy (s->label, rheo_column_get_string (get_names (spec, b->column), part), sizeof s->label);
  else if (count_parts (b->column) > 1)
    g_snprintf (s->label, sizeof s->label, "%.40s %d", name, (int) part + 1);
  else
    g_strlcpy (s->label, name, sizeof s->label);
  p->n++;
}

/* "Target of EA" where there are several, which are called after what they are the target of. */
static void
add_level (RheoLines *p, const RheoPlotSpec *spec, int nth)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, "target", nth), *x = x_of (spec, b, nth);
  const char *dot = b->column->flags & RHEO_SERIES_BY_CLASS ? strrchr (b->column->key, '.') : NULL;
  RheoLine *s;

  if (p->n_levels == RHEO_MAX_LEVELS)
    return;
  s = &p->level[p->n_levels++];
  *s = (RheoLine){ .binding = (int) (b - spec->binding), .y = rheo_vector (b->column) };
  if (x != NULL)
    s->x = rheo_vector (x->column);
  find_limits (spec->values, s);
  if (dot != NULL)
    g_snprintf (s->label, sizeof s->label, _ ("Target of %s"), dot + 1);
  else
    g_strlcpy (s->label, b->column->label, sizeof s->label);
}

/* Metrics are kept beside a column of iterations, or have a dimension of that name. */
static gboolean
is_training (const RheoPlotSpec *spec)
{
  static const char *const words[] = { "iteration", "epoch", "batch", "episode", "generation", NULL };
  const RheoPlotBinding *x = rheo_plot_find (spec, "x", 0), *y = rheo_plot_find (spec, "y", 0);

  return ((const RheoLineConfig *) spec->values)->budget > 0 || (x != NULL && g_strv_contains (words, x->column->key))
         || (x == NULL && y->column->axes != NULL && g_strv_contains (words, y->column->axes));
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoLineConfig *config = spec->values;
  RheoLines *p = g_new0 (RheoLines, 1);

  for (int i = 0; i < rheo_plot_count (spec, "y"); i++)
    {
      const RheoColumn *column = rheo_plot_find (spec, "y", i)->column;

      for (int64_t k = 0; k < count_parts (column); k++)
        add_series (p, spec, i, k);
    }
  for (int i = 0; i < rheo_plot_count (spec, "target"); i++)
    add_level (p, spec, i);
  p->training = is_training (spec);
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

/* Where labels have nothing in common: what the first line is, which the others are shown with. */
static const char *
title (const RheoPlotSpec *spec)
{
  const RheoPlotBinding *y = rheo_plot_find (spec, "y", 0);

  return y != NULL && *y->column->label != '\0' ? g_intern_string (y->column->label) : _ ("Lines");
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
  const RheoLineConfig *config = spec->values;
  const RheoLines *p = rheo_plot_get_prepared (spec);
  const RheoColumn *first = rheo_plot_find (spec, "y", 0)->column;
  const RheoPlotBinding *x_first = rheo_plot_find (spec, "x", 0);
  gboolean better_low = FALSE, one_label = TRUE;
  double natural_lo = first->lo, natural_hi = first->hi;

  x->log = config->log_x;
  y->log = config->log_y;
  x->whole = p->whole;
  x->over = p->training ? RHEO_OVER_TRAINING : RHEO_OVER_ANY;
  for (int k = 0; k < p->n; k++)
    {
      const RheoLine *s = &p->series[k];
      const RheoColumn *c = s->y.column;

      if (rheo_plot_entry_hidden (spec, k))
        continue;

      take_limits (&s->x_limits, x);
      take_limits (&s->y_limits, y);
      better_low = better_low || (c->flags & RHEO_SERIES_LOWER_IS_BETTER) != 0;
      one_label = one_label && g_strcmp0 (c->label, first->label) == 0;
      if (c->lo != natural_lo || c->hi != natural_hi)
        natural_lo = natural_hi = 0;
    }
  for (int k = 0; k < p->n_levels; k++)
    take_limits (&p->level[k].y_limits, y);
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

      x->label = words[0] != NULL && config->x_step == 1
                     ? g_intern_string (rheo_plot_word_name (words[get_run (first)]))
                     : _ ("Time");
      x->unit = config->x_step == 1 ? "" : "ms";
    }
  y->label = one_label ? first->label : NULL;
  y->unit = first->unit;
}

/* --- drawing -------------------------------------------------------------------------------------------------------- */
typedef struct
{
  const RheoPlotSpec *spec;
  const RheoLineConfig *config;
  RheoLines *p;
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

/* What is not measured in each iteration has gaps between its numbers, over which the line goes. */
static void
close_gaps (GArray *points)
{
  guint n = 0;

  for (guint i = 0; i < points->len; i++)
    if (!isnan (g_array_index (points, RheoPoint, i).x))
      g_array_index (points, RheoPoint, n++) = g_array_index (points, RheoPoint, i);
  g_array_set_size (points, n);
}

/* Thinned by pixel columns on screen and in images; files of vectors get every sample. which: 0 the line, 1 and 2 the
 * lower and upper edge of its band. */
static const GArray *
curve (const Draw *d, int series, int which)
{
  const RheoLine *s = &d->p->series[series];
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
      if (s->x.column != NULL && g_str_equal (s->x.column->key, "iteration"))
        close_gaps (points[which]);
    }
  return points[which];
}

static void
draw_band (const Draw *d, int series)
{
  const RheoLine *s = &d->p->series[series];
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
  rheo_plot_source (d->c, d->c->theme->series[s->style % RHEO_N_STYLES],
                    d->c->theme->band * rheo_plot_entry_share (d->spec, series));
  cairo_fill (cr);
}

static gboolean
has_markers (const RheoLineConfig *config, const RheoLine *s)
{
  int64_t n = rheo_line_length (s);

  return config->markers == YES || n == 1 || (config->markers == AUTO && n <= 40);
}

static void
draw_discs (const Draw *d, const RheoLine *s, double radius)
{
  for (int64_t i = 0; i < rheo_line_length (s); i++)
    {
      double x = map_x (d, rheo_line_x (d->config, s, i)), y = map_y (d, rheo_vector_get (&s->y, i));

      if (isfinite (x) && isfinite (y) && fabs (x) < 1e5 && fabs (y) < 1e5)
        rheo_plot_disc (d->c, x, y, radius);
      /* Cairo is slow on paths of many shapes. */
      if (i % 200 == 199)
        cairo_fill (d->c->cr);
    }
  cairo_fill (d->c->cr);
}

static void
draw_series (const Draw *d, int series)
{
  const RheoLine *s = &d->p->series[series];
  cairo_t *cr = d->c->cr;

  double share = rheo_plot_entry_share (d->spec, series);

  if (series < d->config->dots)
    {
      rheo_plot_source (d->c, rheo_rgb_mix (d->c->theme, d->c->theme->series[s->style % RHEO_N_STYLES], 0.5 * share),
                        1);
      draw_discs (d, s, 0.6 * d->c->theme->marker);
      return;
    }
  cairo_save (cr);
  rheo_plot_source (d->c, d->c->theme->series[s->style % RHEO_N_STYLES], share);
  rheo_plot_theme_dash (d->c->theme, s->style, cr);
  /* Where samples crowd into a pixel the curve is the band that they fill; a dash would say nothing there. */
  if (!d->c->vector && (double) rheo_line_length (s) > 4 * d->a->width * d->c->pixel)
    rheo_plot_fill_columns (d->c, curve (d, series, 0), d->c->theme->line * 0.6);
  else
    rheo_plot_stroke (d->c, curve (d, series, 0),
                      d->c->theme->line * ((double) rheo_line_length (s) > 2 * d->a->width ? 0.6 : 1));
  cairo_restore (cr);
  if (!has_markers (d->config, s))
    return;
  rheo_plot_source (d->c, rheo_rgb_mix (d->c->theme, d->c->theme->series[s->style % RHEO_N_STYLES], share), 1);
  draw_discs (d, s, d->c->theme->marker);
}

static void
draw_future (const Draw *d)
{
  double end = -INFINITY, from;

  for (int i = 0; i < d->p->n; i++)
    {
      int64_t last = rheo_line_last (d->config, &d->p->series[i]);

      if (last >= 0)
        end = MAX (end, rheo_line_x (d->config, &d->p->series[i], last));
    }
  if (d->config->budget == 0 || !isfinite (end) || end >= d->config->budget)
    return;
  from = CLAMP (map_x (d, end), d->a->x, d->a->x + d->a->width);
  rheo_plot_source (d->c, d->c->theme->text, d->c->theme->shade);
  cairo_rectangle (d->c->cr, from, d->a->y, d->a->x + d->a->width - from, d->a->height);
  cairo_fill (d->c->cr);
}

/* Where lines end before the longest one does. */
static void
draw_ends (const Draw *d)
{
  double longest = -INFINITY;

  for (int i = 0; i < d->p->n; i++)
    longest = MAX (longest, d->p->series[i].x_limits.hi);
  for (int i = d->config->dots; i < d->p->n; i++)
    {
      const RheoLine *s = &d->p->series[i];

      if (!(s->x_limits.hi < longest) || rheo_plot_entry_hidden (d->spec, i))
        continue;
      rheo_plot_source (d->c, d->c->theme->series[s->style % RHEO_N_STYLES], rheo_plot_entry_share (d->spec, i));
      rheo_plot_hairline (d->c, map_x (d, s->x_limits.hi), d->a->y, map_x (d, s->x_limits.hi), d->a->y + d->a->height,
                          d->c->theme->reference);
    }
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
    if (d.p->series[i].band && !rheo_plot_entry_hidden (spec, i))
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
  rheo_line_draw_levels (spec, canvas, area, x, y);
  cairo_restore (canvas->cr);
  if (d.config->mark_ends)
    draw_ends (&d);
  for (int i = MIN (d.p->n, d.config->dots) - 1; i >= 0; i--)
    if (!rheo_plot_entry_hidden (spec, i))
      draw_series (&d, i);
  /* Of lines the first one lies on top: it is the one that was asked for first. */
  for (int i = d.p->n - 1; i >= d.config->dots; i--)
    if (!rheo_plot_entry_hidden (spec, i))
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

/* Ready-made experiments name their lines in English. */
static const char *
show_name (const char *name)
{
  return g_str_equal (name, "target") ? C_ ("reference", "target") : name;
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
      text = *name != '\0' ? g_strdup_printf ("%s %s", show_name (name), number) : g_strdup (number);
      rheo_plot_label_level (d->c, room, map_y (d, d->config->reference[i]), text);
    }
}

static void
end_text (const Draw *d, const RheoLine *s, int64_t last, char *out, size_t size)
{
  char number[40] = "";
  /* One line without a name of its own is named by the y axis, and by a legend that is asked for. */
  gboolean named = d->p->n > 1 || d->spec->binding[s->binding].label != NULL || d->config->labels == LABELS_LEGEND;
  size_t n = strlen (s->label);
  const char *between;

  /* Names of a matrix have numbers of their own. */
  if (d->config->last_value && last >= 0 && rheo_plot_find (d->spec, "names", 0) == NULL)
    rheo_plot_number_short (rheo_vector_get (&s->y, last), 3, number, sizeof number);
  /* "Training 3.61", but "Seed 3: 80.3". */
  between = !named || *number == '\0' || n == 0 ? "" : g_ascii_isdigit (s->label[n - 1]) ? ": " : " ";
  g_snprintf (out, size, "%s%s%s", named ? s->label : "", between, number);
}

/* Dots behind a line of the same name and colour, which says enough. */
static gboolean
is_named_by_line (const Draw *d, int dots)
{
  const RheoLine *s = &d->p->series[dots];

  for (int i = d->config->dots; i < d->p->n && dots < d->config->dots; i++)
    if (d->p->series[i].style == s->style && g_str_equal (d->p->series[i].label, s->label))
      return TRUE;
  return FALSE;
}

static void
name_series (const Draw *d, RheoRoom *room)
{
  RheoLineEnd end[RHEO_MAX_LINES];
  RheoPlotEntry entry[RHEO_MAX_LINES];
  gboolean all = TRUE;
  int n = 0;

  for (int i = 0; i < d->p->n; i++)
    {
      const RheoLine *s = &d->p->series[i];
      int64_t last = rheo_line_last (d->config, s);

      entry[i] =
          (RheoPlotEntry){ .style = s->style, .symbol = i < d->config->dots ? RHEO_SYMBOL_CIRCLE : RHEO_SYMBOL_LINE };
      rheo_plot_entry_show (d->spec, entry, i);
      all = all && !entry[i].hidden;
      end_text (d, s, last, entry[i].label, sizeof entry[i].label);
      if (last < 0 || entry[i].hidden || is_named_by_line (d, i))
        continue;
      end[n] = (RheoLineEnd){ .order = i,
                              .x = map_x (d, rheo_line_x (d->config, s, last)),
                              .y = map_y (d, rheo_vector_get (&s->y, last)) };
      g_strlcpy (end[n++].text, entry[i].label, sizeof end[0].text);
    }
  /* A line that is not there has no end to be named at: a legend brings it back. */
  if (d->p->n == 1 && all && d->config->labels != LABELS_LEGEND
      && (entry[0].label[0] == '\0' || d->spec->binding[d->p->series[0].binding].label == NULL))
    {
      if (entry[0].label[0] != '\0')
        rheo_plot_label_ends (d->c, room, end, n);
      return;
    }
  if (d->config->labels != LABELS_LEGEND && all && rheo_plot_label_ends (d->c, room, end, n))
    return;
  for (int i = n = 0; i < d->p->n; i++)
    if (!is_named_by_line (d, i))
      entry[n++] = entry[i];
  rheo_plot_label_legend (d->c, room, entry, n);
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
      if (rheo_plot_entry_hidden (spec, k))
        continue;
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
  rheo_line_name_levels (spec, canvas, &room, area, x, y);
  rheo_room_clear (&room);
}

const RheoPlotKind rheo_plot_line = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "line",
    .title = N_ ("Lines"),
    .summary = N_ ("Lines over iterations or time, with reference lines, bands and changes made while training."),
    .config_size = sizeof (RheoLineConfig),
    .params = params,
  },
  .roles = roles,
  .title = title,
  .check = check,
  .prepare = prepare,
  .release = release,
  .range = range,
  .draw = draw,
  .draw_over = draw_over,
  .pick = rheo_line_pick,
  .read = rheo_line_read,
  .numbers = rheo_line_numbers,
};
