#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "plot/kinds/raster-private.h"

#define MAX_VECTOR_DOTS 20000
#define MOST_BINS 16777216 /* of the activity */

static const char *const mark_choices[] = { "dots", "ticks", NULL };

static const RheoParam params[] = {
  RHEO_P_INT (RheoRasterConfig, trial, "trial", .label = N_ ("Trial"), .max = 1e9, .soft_max = 99,
              .help = N_ ("Which recorded trial is shown, counted from 0; the slider counts from 1.")),
  RHEO_P_BOOL (RheoRasterConfig, by_class, "by-class", .label = N_ ("Colour by class"), .def = TRUE,
               .help = N_ ("One colour for each class of cells; else all spikes have one.")),
  RHEO_P_BOOL (RheoRasterConfig, bar, "bar", .label = N_ ("Class bar"), .def = TRUE,
               .help = N_ ("A bar at the right that shows which units belong to which class.")),
  RHEO_P_BOOL (RheoRasterConfig, counts, "counts", .label = N_ ("Unit counts"), .def = TRUE, .when = "bar=true",
               .help = N_ ("The number of units of each class, at the class bar.")),
  RHEO_P_CHOICE (RheoRasterConfig, marks, "marks", mark_choices, .label = N_ ("Spikes as"), .max = RHEO_RASTER_TICKS,
                 .help = N_ ("Dots, or vertical ticks as high as the row of a unit.")),
  RHEO_P_BOOL (RheoRasterConfig, activity, "activity", .label = N_ ("Network activity"),
               .help = N_ ("The spikes of all units in each step as a line, with an axis at the right.")),
  RHEO_P_INT (RheoRasterConfig, bin, "bin", .label = N_ ("Bin of the activity"), .unit = N_ ("steps"), .def = 1,
              .min = 1, .max = 1e6, .soft_min = 1, .soft_max = 100, .when = "activity=true",
              .help = N_ ("The activity is the mean of so many steps.")),
  RHEO_P_REAL (RheoRasterConfig, step_ms, "step", .label = N_ ("Time step"), .unit = "ms", .max = 1e6, .soft_max = 10,
               .help = N_ ("Length of a step, for an axis in milliseconds. 0: the axis counts steps.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "spikes", N_ ("spikes"), "time unit|time in|trial time unit|trial time in", FALSE, TRUE,
    .from = "rec.spikes|*.spikes" },
  { "t", N_ ("times of spikes"), "*", FALSE, FALSE },
  { "unit", N_ ("units of spikes"), "*", FALSE, FALSE },
  { "trial", N_ ("trials of spikes"), "*", FALSE, FALSE },
  { "class", N_ ("classes of units"), "unit", FALSE, TRUE, .with = "%.class" },
  { "label", N_ ("classes of trials"), "trial", FALSE, FALSE, .with = "=task.label" },
  { "answer", N_ ("answers to trials"), "trial", FALSE, FALSE, .with = "=task.answer" },
  { NULL },
};

/* --- spikes as a list ------------------------------------------------------------------------------------------------ */
static void
release (void *data)
{
  RheoRaster *p = data;

  g_free (p->t);
  g_free (p->unit);
  g_free (p->class);
  g_clear_pointer (&p->activity, rheo_table_unref);
  g_free (p);
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoPlotBinding *t = rheo_plot_find (spec, "t", 0), *unit = rheo_plot_find (spec, "unit", 0);
  const RheoPlotBinding *trial = rheo_plot_find (spec, "trial", 0), *spikes;
  const RheoRasterConfig *config = spec->values;

  for (int i = 0; (spikes = rheo_plot_find (spec, "spikes", i)) != NULL; i++)
    if (spikes->column->n_dims == 3 && !rheo_plot_has_index (config->trial, spikes->column->dims[0], error))
      return FALSE;
  if (rheo_plot_count (spec, "spikes") > 0)
    return TRUE;
  if (t == NULL || unit == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A raster needs spikes: one matrix, or times and units."));
  if (rheo_column_get_length (t->column) != rheo_column_get_length (unit->column)
      || (trial != NULL && rheo_column_get_length (t->column) != rheo_column_get_length (trial->column)))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Times, units and trials of spikes are of different lengths."));
  return TRUE;
}

static void
from_matrix (RheoRaster *p, const RheoColumn *m, int64_t trial)
{
  int d = m->n_dims - 2;
  int64_t n_t = m->dims[d], n_units = m->dims[d + 1], size = n_t * n_units, k = 0;
  RheoVector all = { m, d == 1 ? CLAMP (trial, 0, MAX (m->dims[0] - 1, 0)) * size : 0, 1, size };
  g_autofree guint8 *bits = NULL;

  p->n_units = n_units;
  p->t_end = (double) n_t;
  if (rheo_column_get_length (m) == 0)
    return;
  if (m->type == RHEO_U8)
    bits = g_memdup2 ((const guint8 *) m->data + all.start, (gsize) size);
  else
    {
      g_autofree float *v = g_new (float, size);

      bits = g_new (guint8, size);
      rheo_vector_read (&all, v);
      for (int64_t i = 0; i < size; i++)
        bits[i] = v[i] > 0;
    }
  for (int64_t i = 0; i < size; i++)
    p->n += bits[i] != 0;
  p->t = g_new (float, MAX (p->n, 1));
  p->unit = g_new (int32_t, MAX (p->n, 1));
  for (int64_t t = 0; t < n_t; t++)
    for (int64_t u = 0; u < n_units; u++)
      if (bits[t * n_units + u] != 0)
        {
          p->t[k] = (float) t;
          p->unit[k++] = (int32_t) u;
        }
}

static void
from_events (RheoRaster *p, const RheoPlotSpec *spec, int64_t trial)
{
  RheoVector t = rheo_vector (rheo_plot_find (spec, "t", 0)->column);
  RheoVector u = rheo_vector (rheo_plot_find (spec, "unit", 0)->column);
  const RheoPlotBinding *trials = rheo_plot_find (spec, "trial", 0);
  g_autofree float *unit = g_new (float, MAX (u.n, 1));
  double last = 0;

  p->t = g_new (float, MAX (t.n, 1));
  p->unit = g_new (int32_t, MAX (t.n, 1));
  rheo_vector_read (&t, p->t);
  rheo_vector_read (&u, unit);
  for (int64_t i = 0; i < t.n; i++)
    {
      if (!isfinite (p->t[i]) || !(unit[i] >= 0 && unit[i] < 1e9))
        continue;
      if (trials != NULL && rheo_column_get_number (trials->column, i) != (double) trial)
        continue;
      p->t[p->n] = p->t[i];
      p->unit[p->n] = (int32_t) unit[i];
      p->n_units = MAX (p->n_units, p->unit[p->n] + 1);
      last = MAX (last, p->t[p->n]);
      p->n++;
    }
  p->t_end = last + (t.column->type == RHEO_F32 || t.column->type == RHEO_F64 ? 0 : 1);
  if (t.column->hi > t.column->lo)
    p->t_end = MAX (p->t_end, t.column->hi);
}

/* --- several populations --------------------------------------------------------------------------------------------- */
/* The classes of the units of a population, from the same table. */
static const RheoPlotBinding *
find_class (const RheoPlotSpec *spec, const RheoPlotBinding *spikes, const char *name)
{
  g_autofree char *key = g_strconcat (name, ".class", NULL);
  const RheoPlotBinding *b;

  for (int i = 0; (b = rheo_plot_find (spec, "class", i)) != NULL; i++)
    if (b->table == spikes->table && g_str_equal (b->column->key, key))
      return b;
  return NULL;
}

/* Places first .. first + n_units - 1 are those of a population, from its last unit to its first: "EM", or "EM left" and "EM
 * right" where it has classes. */
static void
class_part (RheoRaster *p, const RheoPlotSpec *spec, const RheoPlotBinding *spikes, int order)
{
  const RheoRasterPart *part = &p->part[order];
  RheoPlotClasses *all = &p->classes, own = { .n = 1 };
  g_autofree char *own_name = g_strndup (spikes->column->key, strcspn (spikes->column->key, "."));
  const char *name = g_str_has_suffix (spikes->column->axes, "time in") ? _ ("Input") : own_name;
  const RheoPlotBinding *classes = find_class (spec, spikes, own_name);
  g_autofree guint8 *class = classes != NULL ? rheo_plot_classes_init (&own, classes, part->n_units) : NULL;
  const int first = MIN (all->n, RHEO_PLOT_CLASSES - 1);

  for (int k = 0; k < own.n && all->n < RHEO_PLOT_CLASSES; k++, all->n++)
    {
      g_snprintf (all->name[all->n], sizeof all->name[0], class != NULL ? "%s %s" : "%s", name,
                  class != NULL ? _ (own.name[k]) : "");
      all->style[all->n] = rheo_plot_theme_style (name, order) % RHEO_N_STYLES;
    }
  for (int64_t i = 0; i < part->n_units; i++)
    {
      const int k = MIN (first + (class != NULL ? class[i] : 0), RHEO_PLOT_CLASSES - 1);

      p->class[part->first + part->n_units - 1 - i] = (guint8) k;
      all->count[k]++;
    }
}

/* The first population is the highest. */
static void
stack (RheoRaster *p, const RheoPlotSpec *spec, int64_t trial)
{
  RheoRaster one[RHEO_PLOT_MAX_COLUMNS] = { 0 };
  int64_t next[RHEO_PLOT_MAX_COLUMNS] = { 0 }, k = 0;

  p->n_parts = rheo_plot_count (spec, "spikes");
  for (int i = p->n_parts - 1; i >= 0; i--)
    {
      from_matrix (&one[i], rheo_plot_find (spec, "spikes", i)->column, trial);
      p->part[i] = (RheoRasterPart){ p->n_units, one[i].n_units };
      p->n_units += one[i].n_units;
      p->n += one[i].n;
      p->t_end = MAX (p->t_end, one[i].t_end);
    }
  p->class = g_malloc0 (MAX (p->n_units, 1));
  p->t = g_new (float, MAX (p->n, 1));
  p->unit = g_new (int32_t, MAX (p->n, 1));
  for (int i = 0; i < p->n_parts; i++)
    class_part (p, spec, rheo_plot_find (spec, "spikes", i), i);
  for (float t = 0; (double) t < p->t_end; t++)
    for (int i = 0; i < p->n_parts; i++)
      for (; next[i] < one[i].n && one[i].t[next[i]] <= t; next[i]++)
        {
          p->t[k] = t;
          p->unit[k++] = (int32_t) (p->part[i].first + p->part[i].n_units - 1 - one[i].unit[next[i]]);
        }
  for (int i = 0; i < p->n_parts; i++)
    {
      g_free (one[i].t);
      g_free (one[i].unit);
    }
}

/* The number of a unit in its population. */
static int32_t
number_of (const RheoRaster *p, int32_t unit)
{
  for (int i = 0; i < p->n_parts; i++)
    if (unit >= p->part[i].first && unit < p->part[i].first + p->part[i].n_units)
      return (int32_t) (p->part[i].first + p->part[i].n_units - 1) - unit;
  return unit;
}

/* A network that goes on says when its first step was. */
static void
set_time (RheoRaster *p, const RheoPlotSpec *spec)
{
  const RheoRasterConfig *config = spec->values;
  const RheoPlotBinding *spikes = rheo_plot_find (spec, "spikes", 0);
  const char *start = spikes != NULL ? rheo_table_get_note (spikes->table, "start") : NULL;

  p->seconds = start != NULL && config->step_ms > 0;
  p->scale = config->step_ms > 0 ? config->step_ms : 1;
  if (p->seconds)
    {
      p->scale /= 1000;
      p->x0 = g_ascii_strtod (start, NULL) / 1000;
    }
}

/* --- what is worked out ---------------------------------------------------------------------------------------------- */
/* The last bin may be cut short. */
static RheoTable *
count_activity (const RheoRaster *p, int bin)
{
  const double n_steps = ceil (p->t_end);
  const int64_t n = n_steps >= 1 && n_steps / bin < MOST_BINS ? (int64_t) ceil (n_steps / bin) : 0;
  RheoTable *table = rheo_table_new ("activity");
  float *value = rheo_table_add (table, "activity", "", "", "bin", RHEO_F32, &n)->data;

  for (int64_t i = 0; i < p->n && n > 0; i++)
    if (p->t[i] >= 0)
      value[MIN ((int64_t) (p->t[i] / (float) bin), n - 1)]++;
  for (int64_t b = 0; b < n; b++)
    value[b] /= (float) MIN (bin, n_steps - (double) b * bin);
  return table;
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoRasterConfig *config = spec->values;
  const RheoPlotBinding *spikes = rheo_plot_find (spec, "spikes", 0), *class = rheo_plot_find (spec, "class", 0);
  RheoRaster *p = g_new0 (RheoRaster, 1);

  if (rheo_plot_count (spec, "spikes") > 1)
    stack (p, spec, config->trial);
  else if (spikes != NULL)
    from_matrix (p, spikes->column, config->trial);
  else
    from_events (p, spec, config->trial);
  if (spikes != NULL && spikes->column->n_dims == 3)
    p->n_trials = spikes->column->dims[0];
  set_time (p, spec);
  if (class != NULL && spikes == NULL)
    p->n_units = MAX (p->n_units, rheo_column_get_length (class->column));
  if (class != NULL && p->n_parts == 0)
    p->class = rheo_plot_classes_init (&p->classes, class, p->n_units);
  p->sorted = TRUE;
  for (int64_t i = 1; i < p->n && p->sorted; i++)
    p->sorted = p->t[i] >= p->t[i - 1];
  if (config->activity)
    p->activity = count_activity (p, config->bin);
  return p;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const RheoRasterConfig *config = spec->values;
  const RheoRaster *p = rheo_plot_get_prepared (spec);
  const RheoPlotBinding *t = rheo_plot_find (spec, "t", 0);
  static const char *const no_names[] = { NULL };

  x->lo = p->x0;
  x->hi = p->x0 + MAX (p->t_end, 1) * p->scale;
  x->whole = config->step_ms == 0;
  x->label = p->seconds ? _ ("Simulated time") : config->step_ms > 0 ? _ ("Time") : _ ("Time step");
  x->unit = p->seconds ? "s" : config->step_ms > 0 ? "ms" : "";
  if (t != NULL && config->step_ms == 0 && *t->column->unit != '\0')
    {
      x->label = t->column->label;
      x->unit = t->column->unit;
      x->whole = FALSE;
    }
  y->lo = 0;
  y->hi = (double) MAX (p->n_units, 1);
  y->whole = TRUE;
  y->over = RHEO_OVER_UNITS;
  y->label = p->n_parts > 0 ? "" : _ ("Unit");
  y->unit = "";
  /* The class bar tells populations apart; places in a stack are no numbers of units. */
  if (p->n_parts > 0)
    y->names = no_names;
}

/* "zwei", or "3" where classes have no names. Yours. */
static char *
dup_class (const RheoPlotBinding *of, int64_t trial)
{
  const char *names = rheo_table_get_note (of->table, "task.classes");
  const double class = rheo_column_get_number (of->column, trial);
  g_auto (GStrv) name = g_strsplit (names != NULL ? names : "", "\t", -1);
  char number[40];

  if (class >= 0 && class < g_strv_length (name))
    return g_strdup (name[(int) class]);
  return g_strdup (rheo_plot_number (class, 0, number, sizeof number));
}

/* The class of the trial, and what the network took it for. A frame is of the one trial that its table names. */
static char *
part (const RheoPlotSpec *spec)
{
  const RheoPlotBinding *label = rheo_plot_find (spec, "label", 0), *answer = rheo_plot_find (spec, "answer", 0);
  const char *note = label != NULL ? rheo_table_get_note (label->table, "trial") : NULL;
  const int64_t trial = note != NULL ? atoi (note) : ((const RheoRasterConfig *) spec->values)->trial;
  g_autofree char *is = NULL, *said = NULL;

  if (label == NULL || trial >= rheo_column_get_length (label->column))
    return NULL;
  is = dup_class (label, trial);
  if (answer == NULL || trial >= rheo_column_get_length (answer->column))
    return g_steal_pointer (&is);
  said = dup_class (answer, trial);
  return g_strdup_printf (_ ("%s, answer: %s"), is, said);
}

/* Among trials with classes one is chosen by hand; as elsewhere in the window, the first is called 1. */
static gboolean
slide (const RheoPlotSpec *spec, RheoPlotSlide *out)
{
  const RheoRaster *p = rheo_plot_get_prepared (spec);

  *out = (RheoPlotSlide){ .key = "trial",
                          .label = _ ("Trial"),
                          .hi = (double) (p->n_trials - 1),
                          .value = ((const RheoRasterConfig *) spec->values)->trial,
                          .first = 1,
                          .whole = TRUE };
  return p->n_trials > 1 && rheo_plot_find (spec, "label", 0) != NULL;
}

/* --- dots ------------------------------------------------------------------------------------------------------------ */
static int
style_of (const RheoPlotSpec *spec, const RheoRaster *p, int32_t unit)
{
  const RheoRasterConfig *config = spec->values;

  return p->class != NULL && config->by_class ? p->classes.style[p->class[unit]] : 0;
}

/* The class bar is the legend: its entries are the classes. */
static gboolean
is_hidden (const RheoPlotSpec *spec, const RheoRaster *p, int32_t unit)
{
  return p->class != NULL && rheo_plot_entry_hidden (spec, p->class[unit]);
}

/* Units of a stack have no number that another plot knows. */
static gboolean
has_picked (const RheoPlotSpec *spec, const RheoRaster *p)
{
  return p->n_parts == 0 && spec->unit >= 0 && spec->unit < p->n_units;
}

static double
share_of (const RheoPlotSpec *spec, const RheoRaster *p, int32_t unit)
{
  double share = p->class != NULL ? rheo_plot_entry_share (spec, p->class[unit]) : 1;

  return has_picked (spec, p) && spec->unit != unit ? MIN (share, 0.35) : share;
}

static int64_t
first_from (const RheoRaster *p, double t)
{
  int64_t first = 0, last = p->n;

  while (p->sorted && last > first)
    {
      int64_t middle = first + (last - first) / 2;

      if (p->t[middle] < t)
        first = middle + 1;
      else
        last = middle;
    }
  return first;
}

/* Few dots in a stack of populations are larger, so that they are seen. */
static gboolean
is_sparse (const RheoRaster *p, const RheoRect *area)
{
  return p->n_parts > 0 && (double) p->n < 0.04 * area->width * area->height;
}

/* Whole pixels written into an image: a million dots take milliseconds, as paths they would take minutes. */
static void
draw_pixels (const RheoPlotSpec *spec, const RheoRaster *p, RheoPlotCanvas *canvas, const RheoRect *area,
             const RheoPlotAxis *x, const RheoPlotAxis *y)
{
  const RheoRasterConfig *config = spec->values;
  RheoPixels pixels;
  double per_step, per_unit, x_offset, unit_px;
  int dot_w, dot_h, least, most;
  g_autofree int *top = NULL;
  g_autofree uint32_t *colour = NULL;

  if (!rheo_pixels_begin (&pixels, canvas, area))
    return;
  /* Column of time t: per_step t + x_offset. */
  per_step = pixels.width * p->scale / (x->hi - x->lo);
  x_offset = (p->x0 - x->lo) / (x->hi - x->lo) * pixels.width;
  per_unit = pixels.height / (y->hi - y->lo);
  unit_px = canvas->vector ? canvas->pixel : MAX (canvas->pixel, 1);
  least = MAX ((int) lround (canvas->theme->dot_least * unit_px), 1);
  most = MAX ((int) lround (canvas->theme->dot_most * unit_px), 1);
  if (is_sparse (p, area))
    least = MAX (most * 2 / 3, least);
  dot_w = CLAMP ((int) (0.8 * fabs (per_step)), least, most);
  dot_h = CLAMP ((int) (0.8 * fabs (per_unit)), least, config->marks == RHEO_RASTER_TICKS ? pixels.height : most);
  if (config->marks == RHEO_RASTER_TICKS)
    dot_w = least;
  top = g_new (int, MAX (p->n_units, 1));
  colour = g_new (uint32_t, MAX (p->n_units, 1));
  for (int32_t u = 0; u < p->n_units; u++)
    {
      /* The middle of the unit's row, upwards. */
      double middle = pixels.height - (u + 0.5 - y->lo) * per_unit;

      top[u] = (int) CLAMP (floor (middle - (dot_h - 1) / 2.0), -8 - dot_h, pixels.height + 8);
      /* Opaque, so that no colour is 0. */
      colour[u] =
          is_hidden (spec, p, u)
              ? 0
              : rheo_rgb_pack (
                  rheo_rgb_mix (canvas->theme, canvas->theme->series[style_of (spec, p, u)], share_of (spec, p, u)), 1);
    }
  for (int64_t i = 0; i < p->n; i++)
    {
      double fx = per_step * p->t[i] + x_offset;
      int x0, y0 = top[p->unit[i]];
      uint32_t c = colour[p->unit[i]];

      if (fx < -8 || fx >= pixels.width || c == 0)
        continue;
      x0 = (int) floor (fx);
      if (dot_w == 1 && dot_h == 1)
        {
          if (x0 >= 0 && y0 >= 0 && y0 < pixels.height)
            pixels.data[(gsize) y0 * pixels.stride + x0] = c;
          continue;
        }
      for (int py = MAX (y0, 0); py < MIN (y0 + dot_h, pixels.height); py++)
        for (int px = MAX (x0, 0); px < MIN (x0 + dot_w, pixels.width); px++)
          pixels.data[(gsize) py * pixels.stride + px] = c;
    }
  if (has_picked (spec, p) && colour[spec->unit] != 0)
    {
      /* The picked unit once more on top, large enough to be followed. */
      int h = MAX (dot_h, most), y0 = top[spec->unit] - (h - dot_h) / 2;

      for (int64_t i = 0; i < p->n; i++)
        for (int py = MAX (y0, 0); p->unit[i] == spec->unit && py < MIN (y0 + h, pixels.height); py++)
          {
            int x0 = (int) floor (CLAMP (per_step * p->t[i] + x_offset, -8, pixels.width));

            for (int px = MAX (x0, 0); px < MIN (x0 + MAX (dot_w, most - 1), pixels.width); px++)
              pixels.data[(gsize) py * pixels.stride + px] = colour[spec->unit];
          }
    }
  rheo_pixels_end (&pixels, canvas);
}

static void
draw_vectors (const RheoPlotSpec *spec, const RheoRaster *p, RheoPlotCanvas *canvas, const RheoRect *area,
              const RheoPlotAxis *x, const RheoPlotAxis *y)
{
  const RheoRasterConfig *config = spec->values;
  double w =
      CLAMP (0.8 * area->width * p->scale / fabs (x->hi - x->lo), canvas->theme->dot_least, canvas->theme->dot_most);
  double h = CLAMP (0.8 * area->height / fabs (y->hi - y->lo), canvas->theme->dot_least,
                    config->marks == RHEO_RASTER_TICKS ? area->height : canvas->theme->dot_most);

  if (config->marks == RHEO_RASTER_TICKS)
    w = canvas->theme->dot_least;

  for (int style = 0; style < RHEO_N_STYLES; style++)
    {
      int in_path = 0;

      double share = -1;

      for (int64_t i = 0; i < p->n; i++)
        {
          double px, py;

          if (style_of (spec, p, p->unit[i]) != style || is_hidden (spec, p, p->unit[i]))
            continue;
          if (share_of (spec, p, p->unit[i]) != share)
            {
              cairo_fill (canvas->cr);
              in_path = 0;
              share = share_of (spec, p, p->unit[i]);
              rheo_plot_source (canvas, rheo_rgb_mix (canvas->theme, canvas->theme->series[style], share), 1);
            }
          px = rheo_plot_map (x, p->x0 + p->t[i] * p->scale, area->x, area->x + area->width);
          py = rheo_plot_map (y, p->unit[i] + 0.5, area->y + area->height, area->y);
          if (px < area->x - w || px > area->x + area->width || py < area->y || py > area->y + area->height)
            continue;
          cairo_rectangle (canvas->cr, px, py - h / 2, w, h);
          if (++in_path == 1000)
            {
              cairo_fill (canvas->cr);
              in_path = 0;
            }
        }
      cairo_fill (canvas->cr);
    }
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const RheoRaster *p = rheo_plot_get_prepared (spec);

  if (canvas->vector && p->n <= MAX_VECTOR_DOTS)
    draw_vectors (spec, p, canvas, area, x, y);
  else
    draw_pixels (spec, p, canvas, area, x, y);
  if (p->activity != NULL)
    rheo_raster_draw_activity (spec, canvas, area, x);
}

/* --- hover and numbers --------------------------------------------------------------------------------------------------- */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const RheoRasterConfig *config = spec->values;
  const RheoRaster *p = rheo_plot_get_prepared (spec);
  double best = 8, last;
  char a[40], b[40];
  int32_t unit;

  if (px < area->x || px > area->x + area->width || py < area->y || py > area->y + area->height)
    return;
  unit = (int32_t) floor (rheo_plot_unmap (y, py, area->y + area->height, area->y));
  if (unit < 0 || unit >= p->n_units)
    return;
  out->binding = 0;
  out->index = -1;
  out->x = rheo_plot_unmap (x, px, area->x, area->x + area->width);
  last = rheo_plot_unmap (x, px + best, area->x, area->x + area->width);
  last = (last - p->x0) / p->scale;
  for (int64_t i = first_from (p, (rheo_plot_unmap (x, px - best, area->x, area->x + area->width) - p->x0) / p->scale);
       i < p->n && !(p->sorted && p->t[i] > last); i++)
    {
      double dx = rheo_plot_map (x, p->x0 + p->t[i] * p->scale, area->x, area->x + area->width) - px;
      double dy = rheo_plot_map (y, p->unit[i] + 0.5, area->y + area->height, area->y) - py;

      if (fabs (dx) + fabs (dy) < best && !is_hidden (spec, p, p->unit[i]))
        {
          best = fabs (dx) + fabs (dy);
          unit = p->unit[i];
          out->index = i;
          out->x = p->x0 + p->t[i] * p->scale;
        }
    }
  out->y = unit;
  out->unit = p->n_parts > 0 ? -1 : unit;
  {
    g_autofree char *where =
        g_strdup_printf (p->class != NULL ? "%s, %s" : "%s", rheo_plot_number (number_of (p, unit), 0, a, sizeof a),
                         p->class != NULL ? p->classes.name[p->class[unit]] : "");

    if (out->index < 0)
      g_snprintf (out->text, sizeof out->text, _ ("Unit %s"), where);
    else if (p->seconds)
      g_snprintf (out->text, sizeof out->text, _ ("Unit %s: spike at %s s"), where,
                  rheo_plot_number (out->x, 4, b, sizeof b));
    else if (config->step_ms > 0)
      g_snprintf (out->text, sizeof out->text, _ ("Unit %s: spike at %s ms"), where,
                  rheo_plot_number_short (out->x, 6, b, sizeof b));
    else
      g_snprintf (out->text, sizeof out->text, _ ("Unit %s: spike at step %s"), where,
                  rheo_plot_number_short (out->x, 6, b, sizeof b));
  }
}

static gboolean
read_at (const RheoPlotSpec *spec, const RheoPlotAxis *x, double at, RheoPlotPick *out)
{
  const RheoRaster *p = rheo_plot_get_prepared (spec);
  double step = floor ((at - p->x0) / p->scale);
  int64_t n = 0;
  char a[40], b[40];

  if (step < 0 || step >= p->t_end)
    return FALSE;
  for (int64_t i = first_from (p, step); i < p->n && !(p->sorted && p->t[i] >= step + 1); i++)
    n += p->t[i] >= step && p->t[i] < step + 1 && !is_hidden (spec, p, p->unit[i]);
  out->binding = 0;
  out->x = p->x0 + step * p->scale;
  out->y = (double) n;
  rheo_plot_number_short (out->x, 6, a, sizeof a);
  g_snprintf (out->text, sizeof out->text,
              g_dngettext (GETTEXT_PACKAGE, "%s %s: %s spike", "%s %s: %s spikes", (gulong) n),
              x->label != NULL ? x->label : "x", a, rheo_plot_number ((double) n, 0, b, sizeof b));
  return TRUE;
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const RheoRasterConfig *config = spec->values;
  const RheoRaster *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "raster");
  RheoColumn *t = rheo_table_add (table, "t", config->step_ms > 0 ? _ ("Time") : _ ("Time step"),
                                  p->seconds            ? "s"
                                  : config->step_ms > 0 ? "ms"
                                                        : "",
                                  "spike", RHEO_F64, &p->n);
  g_autofree int32_t *unit = g_new (int32_t, MAX (p->n, 1));
  RheoColumn *class;
  const char *name[RHEO_PLOT_CLASSES];

  for (int64_t i = 0; i < p->n; i++)
    {
      ((double *) t->data)[i] = p->x0 + p->t[i] * p->scale;
      unit[i] = number_of (p, p->unit[i]);
    }
  rheo_table_add_copy (table, "unit", _ ("Unit"), "", "spike", RHEO_I32, &p->n, unit);
  if (p->class == NULL)
    return table;
  class = rheo_table_add (table, "class", _ ("Class"), "", "spike", RHEO_STRING, &p->n);
  for (int i = 0; i < p->classes.n; i++)
    name[i] = rheo_table_keep (table, p->classes.name[i]);
  for (int64_t i = 0; i < p->n; i++)
    ((const char **) class->data)[i] = name[p->class[p->unit[i]]];
  return table;
}

const RheoPlotKind rheo_plot_raster = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "raster",
    .title = N_ ("Spikes"),
    .summary = N_ ("Spikes of all units over time, coloured by class of cells."),
    .config_size = sizeof (RheoRasterConfig),
    .params = params,
  },
  .roles = roles,
  .part = part,
  .check = check,
  .prepare = prepare,
  .release = release,
  .range = range,
  .side = rheo_raster_side,
  .draw = draw,
  .draw_over = rheo_raster_draw_over,
  .dense = TRUE,
  .pick = pick,
  .read = read_at,
  .numbers = numbers,
  .slide = slide,
};
