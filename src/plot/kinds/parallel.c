#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

#define MOST_STEPS 8 /* values that are marked themselves; with more an axis has ticks */
#define NEAR 8       /* distance at which a line is under the pointer */
#define DULL 0.35    /* opacity of the others, where one is chosen */
#define STRIP 6      /* width of the last axis, which shows the colours */

typedef struct
{
  gboolean labels;
} Config;

static const RheoParam params[] = {
  RHEO_P_BOOL (Config, labels, "labels", .label = N_ ("Labels"), .def = TRUE,
               .help = N_ ("Writes the values beside the axes.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "value", N_ ("the numbers"), "*", TRUE, FALSE },
  { "axis", N_ ("what is varied"), "*", TRUE, TRUE },
  { "state", N_ ("states of the points"), "*", FALSE, FALSE },
  { NULL },
};

typedef struct
{
  const RheoColumn *column;
  double *u; /* [points]: 0 below .. 1 above; NaN: nowhere */
  GArray *at;
  GPtrArray *label; /* ticks */
} Axis;

typedef struct
{
  int64_t n, best; /* best: point, or -1 */
  int n_axes;      /* the last one is that of the numbers */
  Axis *axis;
  const double *value;
  const int *state;
  int64_t *order; /* points from bad to good */
  gboolean any_bad, low_is_best;
  RheoPlotAxis scale; /* of the numbers */
} Prepared;

static void
release (void *data)
{
  Prepared *p = data;

  for (int a = 0; a < p->n_axes; a++)
    {
      g_free (p->axis[a].u);
      g_array_unref (p->axis[a].at);
      g_ptr_array_unref (p->axis[a].label);
    }
  g_free (p->axis);
  g_free ((double *) p->value);
  g_free ((int *) p->state);
  g_free (p->order);
  g_free (p);
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoColumn *value = rheo_plot_find (spec, "value", 0)->column;

  for (int i = 0; i < spec->n_bindings; i++)
    if (spec->binding[i].column->dims[0] != value->dims[0])
      return rheo_fail (error, RHEO_ERROR_INVALID,
                        _ ("\"%s\" and \"%s\", which stands along it, have different sizes."), value->key,
                        spec->binding[i].column->key);
  return TRUE;
}

/* --- axes -------------------------------------------------------------------------------------------------------- */
static void
add_tick (Axis *axis, double u, const char *label)
{
  g_array_append_val (axis->at, u);
  g_ptr_array_add (axis->label, g_strdup (label));
}

/* Names stand in steps, in the order in which they come. */
static void
lay_names (Axis *axis, int64_t n)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  int steps;

  for (int64_t i = 0; i < n; i++)
    {
      const char *name = rheo_column_get_string (axis->column, i);

      if (!g_hash_table_contains (seen, name))
        {
          g_hash_table_insert (seen, (gpointer) name, GINT_TO_POINTER (g_hash_table_size (seen)));
          g_ptr_array_add (axis->label, g_strdup (name));
        }
    }
  steps = (int) g_hash_table_size (seen);
  for (int k = 0; k < steps; k++)
    {
      const double u = steps > 1 ? k / (steps - 1.0) : 0.5;

      g_array_append_val (axis->at, u);
    }
  for (int64_t i = 0; i < n; i++)
    axis->u[i] = g_array_index (axis->at, double,
                                GPOINTER_TO_INT (g_hash_table_lookup (seen, rheo_column_get_string (axis->column, i))));
}

static void
add_ticks (Axis *axis, const RheoPlotAxis *scale)
{
  RheoTicks ticks;

  rheo_plot_ticks (scale, 5, &ticks);
  for (int i = 0; i < ticks.n; i++)
    add_tick (axis, rheo_plot_map (scale, ticks.at[i], 0, 1), ticks.label[i]);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Few values are marked themselves. */
static void
lay_numbers (Axis *axis, int64_t n, gboolean log)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  RheoPlotAxis scale = { .lo = INFINITY, .hi = -INFINITY };
  double last = NAN;

  for (int64_t i = 0; i < n; i++)
    {
      const double v = rheo_column_get_number (axis->column, i);

      if (isfinite (v))
        g_array_append_val (values, v);
    }
  if (values->len == 0)
    return;
  g_array_sort (values, compare_numbers);
  scale.lo = g_array_index (values, double, 0);
  scale.hi = g_array_index (values, double, values->len - 1);
  scale.log = log && scale.lo > 0;
  if (!(scale.hi > scale.lo))
    {
      scale.lo -= MAX (fabs (scale.lo), 1) * 0.5;
      scale.hi += MAX (fabs (scale.hi), 1) * 0.5;
      scale.log = FALSE;
    }
  for (guint i = 0; i < values->len; i++)
    {
      const double v = g_array_index (values, double, i);
      char text[40];

      if (v != last)
        add_tick (axis, rheo_plot_map (&scale, v, 0, 1), rheo_plot_number_short (v, 4, text, sizeof text));
      last = v;
    }
  if (axis->at->len > MOST_STEPS)
    {
      g_array_set_size (axis->at, 0);
      g_ptr_array_set_size (axis->label, 0);
      add_ticks (axis, &scale);
    }
  for (int64_t i = 0; i < n; i++)
    axis->u[i] = rheo_plot_map (&scale, rheo_column_get_number (axis->column, i), 0, 1);
}

static gboolean
is_bad (const Prepared *p, int64_t i)
{
  return p->state[i] == RHEO_POINT_DIVERGED || p->state[i] == RHEO_POINT_FAILED
         || (p->state[i] == 0 && isinf (p->value[i]));
}

static gboolean
has_number (const Prepared *p, int64_t i)
{
  return !is_bad (p, i) && isfinite (p->value[i]);
}

static void
lay_value (Prepared *p, Axis *axis)
{
  RheoPlotAxis *scale = &p->scale;

  *scale = (RheoPlotAxis){ .lo = INFINITY, .hi = -INFINITY };
  p->best = -1;
  for (int64_t i = 0; i < p->n; i++)
    {
      const double v = p->value[i];

      p->any_bad = p->any_bad || is_bad (p, i);
      if (!has_number (p, i))
        continue;
      scale->lo = MIN (scale->lo, v);
      scale->hi = MAX (scale->hi, v);
      if (p->best < 0 || (p->low_is_best ? v < p->value[p->best] : v > p->value[p->best]))
        p->best = i;
    }
  for (int64_t i = 0; i < p->n; i++)
    axis->u[i] = NAN;
  if (!(scale->hi >= scale->lo))
    return;
  scale->log = scale->lo > 0 && scale->hi > 20 * scale->lo;
  if (!(scale->hi > scale->lo))
    scale->hi = scale->lo + MAX (fabs (scale->lo), 1) * 1e-3;
  add_ticks (axis, scale);
  for (int64_t i = 0; i < p->n; i++)
    if (has_number (p, i))
      axis->u[i] = CLAMP (rheo_plot_map (scale, p->value[i], 0, 1), 0, 1);
}

/* What has no number first, then from bad to good. */
static int
compare_points (gconstpointer a, gconstpointer b, gpointer data)
{
  const Prepared *p = data;
  const int64_t i = *(const int64_t *) a, k = *(const int64_t *) b;
  const double x = p->axis[p->n_axes - 1].u[i], y = p->axis[p->n_axes - 1].u[k];

  if (isnan (x) || isnan (y))
    return !isnan (x) - !isnan (y);
  return p->low_is_best ? (x < y) - (x > y) : (x > y) - (x < y);
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoColumn *value = rheo_plot_find (spec, "value", 0)->column;
  const RheoPlotBinding *state = rheo_plot_find (spec, "state", 0);
  const char *log = rheo_table_get_note (rheo_plot_find (spec, "value", 0)->table, "parallel.log");
  g_auto (GStrv) logs = g_strsplit (log != NULL ? log : "", "\t", -1);
  Prepared *p = g_new0 (Prepared, 1);
  double *values;
  int *states;

  p->n = value->dims[0];
  p->low_is_best = (value->flags & RHEO_SERIES_LOWER_IS_BETTER) != 0;
  p->n_axes = rheo_plot_count (spec, "axis") + 1;
  p->axis = g_new0 (Axis, p->n_axes);
  p->value = values = g_new0 (double, MAX (p->n, 1));
  p->state = states = g_new0 (int, MAX (p->n, 1));
  p->order = g_new0 (int64_t, MAX (p->n, 1));
  for (int64_t i = 0; i < p->n; i++)
    {
      values[i] = rheo_column_get_number (value, i);
      states[i] = state != NULL ? (int) rheo_column_get_number (state->column, i) : 0;
      p->order[i] = i;
    }
  for (int a = 0; a < p->n_axes; a++)
    {
      Axis *axis = &p->axis[a];

      axis->column = a < p->n_axes - 1 ? rheo_plot_find (spec, "axis", a)->column : value;
      axis->u = g_new0 (double, MAX (p->n, 1));
      axis->at = g_array_new (FALSE, FALSE, sizeof (double));
      axis->label = g_ptr_array_new_with_free_func (g_free);
      if (a == p->n_axes - 1)
        lay_value (p, axis);
      else if (axis->column->type == RHEO_STRING)
        lay_names (axis, p->n);
      else
        lay_numbers (axis, p->n, g_strv_contains ((const char *const *) logs, axis->column->key));
    }
  g_qsort_with_data (p->order, (int) p->n, sizeof *p->order, compare_points, p);
  return p;
}

/* --- places ------------------------------------------------------------------------------------------------------ */
typedef struct
{
  double left, right, top, bottom, pit; /* pit: where lines end that have no number */
  double row;                           /* height of a text */
} Frame;

static double
widest_label (RheoPlotCanvas *canvas, const Axis *axis)
{
  double most = 0, width;

  for (guint i = 0; i < axis->label->len; i++)
    {
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, g_ptr_array_index (axis->label, i), &width, NULL);
      most = MAX (most, width);
    }
  return most;
}

static Frame
frame_of (const Prepared *p, RheoPlotCanvas *canvas, const RheoRect *area)
{
  const RheoPlotTheme *theme = canvas->theme;
  const double side = theme->tick + 2 * theme->gap;
  Frame f = { .row = rheo_plot_text_height (canvas, RHEO_TEXT_NAME) };
  double word = 0;

  if (p->any_bad)
    rheo_plot_text_size (canvas, RHEO_TEXT_TICK, _ ("diverged"), &word, NULL);
  f.left = area->x + MIN (widest_label (canvas, &p->axis[0]) + side, area->width / 4);
  f.right = area->x + area->width
            - MIN (MAX (widest_label (canvas, &p->axis[p->n_axes - 1]) + side + STRIP, word / 2), area->width / 4);
  f.top = area->y + f.row + 2 * theme->gap;
  f.pit = area->y + area->height - 2 * theme->gap - (p->any_bad ? f.row : 0);
  f.bottom = p->any_bad ? f.pit - 1.5 * f.row : f.pit;
  return f;
}

static double
across (const Prepared *p, const Frame *f, int axis)
{
  return f->left + (f->right - f->left) * axis / (p->n_axes - 1);
}

static double
up (const Prepared *p, const Frame *f, int axis, int64_t point)
{
  const double u = p->axis[axis].u[point];

  return axis == p->n_axes - 1 && is_bad (p, point) ? f->pit : f->bottom - u * (f->bottom - f->top);
}

/* --- drawing ----------------------------------------------------------------------------------------------------- */

/* What is good is light. */
static RheoRgb
colour_of (const RheoPlotSpec *spec, const Prepared *p, double u)
{
  uint32_t ramp[256], c;

  rheo_plot_theme_ramp (spec->theme, FALSE, ramp);
  c = ramp[(int) lround (255 * (p->low_is_best ? 1 - u : u))];
  return (RheoRgb){ (c >> 16 & 0xff) / 255.0, (c >> 8 & 0xff) / 255.0, (c & 0xff) / 255.0 };
}

static void
trace (const Prepared *p, RheoPlotCanvas *canvas, const Frame *f, int64_t point)
{
  cairo_new_path (canvas->cr);
  for (int a = 0; a < p->n_axes; a++)
    {
      const double y = up (p, f, a, point);

      if (isnan (y))
        cairo_new_sub_path (canvas->cr);
      else
        cairo_line_to (canvas->cr, across (p, f, a), y);
    }
}

/* A thin rim in the colour of text: the ends of the ramp are near the background of one theme or the other. */
static void
draw_line (const RheoPlotSpec *spec, const Prepared *p, RheoPlotCanvas *canvas, const Frame *f, int64_t point)
{
  static const double dash[] = { 4, 3 };
  const RheoPlotTheme *theme = canvas->theme;
  const gboolean chosen = spec->point == point, best = p->best == point;
  const double u = p->axis[p->n_axes - 1].u[point], dull = spec->point >= 0 && !chosen ? DULL : 1;
  const double width = best ? 2 * theme->line : theme->line;
  cairo_t *cr = canvas->cr;

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  trace (p, canvas, f, point);
  if (chosen)
    {
      rheo_plot_source (canvas, rheo_plot_accent (spec->theme), 1);
      cairo_set_line_width (cr, width + 4 * theme->hair);
      cairo_stroke_preserve (cr);
    }
  else if (!isnan (u))
    {
      rheo_plot_source (canvas, theme->text, (best ? 1 : 0.3) * dull);
      cairo_set_line_width (cr, width + 1.2 * theme->hair);
      cairo_stroke_preserve (cr);
    }
  if (isnan (u))
    {
      cairo_set_dash (cr, dash, 2, 0);
      rheo_plot_source (canvas, is_bad (p, point) ? theme->text : theme->dim, (is_bad (p, point) ? 0.8 : 0.45) * dull);
      cairo_set_line_width (cr, is_bad (p, point) ? theme->reference : theme->hair);
    }
  else
    {
      rheo_plot_source (canvas, colour_of (spec, p, u), dull);
      cairo_set_line_width (cr, width);
    }
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
draw_label (RheoPlotCanvas *canvas, double x, double y, double x_align, const char *text)
{
  double width, height;

  rheo_plot_text_size (canvas, RHEO_TEXT_TICK, text, &width, &height);
  rheo_plot_source (canvas, canvas->theme->background, 0.8);
  cairo_rectangle (canvas->cr, x - x_align * width - 1, y - height / 2, width + 2, height);
  cairo_fill (canvas->cr);
  rheo_plot_text (canvas, RHEO_TEXT_TICK, canvas->theme->text, x, y, x_align, 0.5, text);
}

/* Labels that would lie over one another, or have no room beside their axis, are left out. */
static void
draw_ticks (const Prepared *p, RheoPlotCanvas *canvas, const Frame *f, const RheoRect *area, int a)
{
  const Axis *axis = &p->axis[a];
  const gboolean last = a == p->n_axes - 1;
  const double x = across (p, f, a), side = last ? 1 : -1, off = last ? STRIP / 2.0 : 0;
  const double row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  const double room = a == 0 ? x - area->x : last ? area->x + area->width - x : (f->right - f->left) / (p->n_axes - 1);
  const double most = room - off - canvas->theme->tick - canvas->theme->gap;
  double free_below = INFINITY, width;

  for (guint i = 0; i < axis->at->len; i++)
    {
      const double y = f->bottom - g_array_index (axis->at, double, i) * (f->bottom - f->top);
      const double end = x + side * (off + canvas->theme->tick);

      rheo_plot_hairline (canvas, x + side * off, y, end, y, canvas->theme->hair);
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, g_ptr_array_index (axis->label, i), &width, NULL);
      if (y + row / 2 > free_below || width > most)
        continue;
      draw_label (canvas, end + side * canvas->theme->gap, y, last ? 0 : 1, g_ptr_array_index (axis->label, i));
      free_below = y - row / 2;
    }
}

static void
draw_name (const Prepared *p, RheoPlotCanvas *canvas, const Frame *f, const RheoRect *area, int a)
{
  const double x = across (p, f, a), half = (f->right - f->left) / (p->n_axes - 1) / 2 - canvas->theme->gap;
  const double from = a == 0 ? area->x : x - half, to = a == p->n_axes - 1 ? area->x + area->width : x + half;
  const RheoColumn *c = p->axis[a].column;
  RheoPlotAxis named = { .label = c->label, .unit = c->unit };
  g_autofree char *name = rheo_plot_axis_name (&named),
                  *fitting = rheo_plot_text_fit (canvas, RHEO_TEXT_NAME, name, to - from);
  double width;

  rheo_plot_text_size (canvas, RHEO_TEXT_NAME, fitting, &width, NULL);
  rheo_plot_text (canvas, RHEO_TEXT_NAME, canvas->theme->text, CLAMP (x - width / 2, from, MAX (from, to - width)),
                  area->y, 0, 0, fitting);
}

/* The last axis is the key to the colours. */
static void
draw_strip (const RheoPlotSpec *spec, const Prepared *p, RheoPlotCanvas *canvas, const Frame *f)
{
  cairo_pattern_t *colours = cairo_pattern_create_linear (0, f->bottom, 0, f->top);

  for (int i = 0; i <= 16; i++)
    {
      const RheoRgb c = colour_of (spec, p, i / 16.0);

      cairo_pattern_add_color_stop_rgb (colours, i / 16.0, c.r, c.g, c.b);
    }
  cairo_rectangle (canvas->cr, f->right - STRIP / 2.0, f->top, STRIP, f->bottom - f->top);
  cairo_set_source (canvas->cr, colours);
  cairo_fill (canvas->cr);
  cairo_pattern_destroy (colours);
}

/* A hatched place below the last axis, with what its lines have in common. */
static void
draw_pit (const Prepared *p, RheoPlotCanvas *canvas, const Frame *f, const RheoRect *area)
{
  const double size = 0.6 * f->row, left = f->right - size;
  const char *word = NULL;
  cairo_t *cr = canvas->cr;
  double width;

  for (int64_t i = 0; i < p->n; i++)
    if (is_bad (p, i))
      word = word == NULL || g_str_equal (word, rheo_plot_point_word (p->state[i], p->value[i]))
                 ? rheo_plot_point_word (p->state[i], p->value[i])
                 : _ ("no number");
  cairo_rectangle (cr, left, f->pit - size / 2, 2 * size, size);
  rheo_plot_source (canvas, canvas->theme->background, 1);
  cairo_fill (cr);
  cairo_save (cr);
  cairo_rectangle (cr, left, f->pit - size / 2, 2 * size, size);
  cairo_clip (cr);
  rheo_plot_source (canvas, canvas->theme->axis, 1);
  cairo_set_line_width (cr, canvas->theme->hair);
  for (double at = -size; at < 2 * size; at += size / 2)
    {
      cairo_move_to (cr, left + at, f->pit + size / 2);
      cairo_line_to (cr, left + at + size, f->pit - size / 2);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
  rheo_plot_text_size (canvas, RHEO_TEXT_TICK, word, &width, NULL);
  rheo_plot_text (canvas, RHEO_TEXT_TICK, canvas->theme->text,
                  MIN (f->right - width / 2, area->x + area->width - width), f->pit + size / 2, 0, 0, word);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const Frame f = frame_of (p, canvas, area);

  for (int64_t i = 0; i < p->n; i++)
    if (p->order[i] != spec->point)
      draw_line (spec, p, canvas, &f, p->order[i]);
  if (spec->point >= 0 && spec->point < p->n)
    draw_line (spec, p, canvas, &f, spec->point);
  if (isfinite (p->scale.lo))
    draw_strip (spec, p, canvas, &f);
  for (int a = 0; a < p->n_axes; a++)
    {
      const double at = across (p, &f, a);

      rheo_plot_source (canvas, canvas->theme->axis, 1);
      if (a < p->n_axes - 1 || !isfinite (p->scale.lo))
        rheo_plot_hairline (canvas, at, f.top, at, f.bottom, canvas->theme->hair);
      if (((const Config *) spec->values)->labels)
        draw_ticks (p, canvas, &f, area, a);
      draw_name (p, canvas, &f, area, a);
    }
  if (p->any_bad)
    draw_pit (p, canvas, &f, area);
}

/* --- hover and numbers ------------------------------------------------------------------------------------------- */
static double
distance (double x0, double y0, double x1, double y1, double x, double y)
{
  const double dx = x1 - x0, dy = y1 - y0, t = CLAMP (((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1);

  return hypot (x0 + t * dx - x, y0 + t * dy - y);
}

static char *
dup_value (const RheoColumn *column, int64_t i)
{
  char text[40];

  return g_strdup (column->type == RHEO_STRING
                       ? rheo_column_get_string (column, i)
                       : rheo_plot_number_short (rheo_column_get_number (column, i), 4, text, sizeof text));
}

static void
describe (const Prepared *p, int64_t point, RheoPlotPick *out)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *number = has_number (p, point) ? dup_value (p->axis[p->n_axes - 1].column, point)
                                                  : g_strdup (rheo_plot_point_word (p->state[point], p->value[point]));

  for (int a = 0; a < p->n_axes - 1; a++)
    {
      g_autofree char *value = dup_value (p->axis[a].column, point);

      g_string_append_printf (text, "%s%s %s", a > 0 ? ", " : "", p->axis[a].column->label, value);
    }
  g_string_append_printf (text, ": %s", number);
  g_strlcpy (out->text, text->str, sizeof out->text);
}

static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const Frame f = frame_of (p, canvas, area);
  double nearest = NEAR;

  /* Of lines that lie over one another the one on top. */
  for (int64_t k = p->n - 1; k >= 0; k--)
    for (int a = 1; a < p->n_axes; a++)
      {
        const int64_t i = p->order[k];
        const double y0 = up (p, &f, a - 1, i), y1 = up (p, &f, a, i);
        const double far =
            isnan (y0) || isnan (y1) ? INFINITY : distance (across (p, &f, a - 1), y0, across (p, &f, a), y1, px, py);

        if (far >= nearest)
          continue;
        nearest = far;
        out->binding = 0;
        out->index = i;
        out->x = px;
        out->y = py;
        out->point = TRUE;
      }
  if (out->binding >= 0)
    describe (p, out->index, out);
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (N_ ("Points"));

  for (int a = 0; a < p->n_axes; a++)
    {
      const RheoColumn *c = p->axis[a].column;
      g_autofree char *key = a < p->n_axes - 1 ? g_strdup (c->key) : g_strdup ("value");

      if (c->type != RHEO_STRING)
        rheo_table_add_copy (table, key, c->plain_label, c->plain_unit, "point", c->type, c->dims, c->data);
      else
        {
          const char **name = rheo_table_add (table, key, c->plain_label, "", "point", RHEO_STRING, c->dims)->data;

          for (int64_t i = 0; i < p->n; i++)
            name[i] = rheo_table_keep (table, rheo_column_get_string (c, i));
        }
    }
  return table;
}

const RheoPlotKind rheo_plot_parallel = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "parallel",
    .title = N_ ("Parallel axes"),
    .summary = N_ ("Points of many values as lines over an axis for each, coloured by a number."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = release,
  .own_axes = TRUE,
  .draw = draw,
  .pick = pick,
  .numbers = numbers,
};
