#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

typedef struct
{
  int point;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, point, "point", .label = N_ ("Point"), .max = 1e9, .soft_max = 100,
              .help = N_ ("The eigenvalues of which point, counted from 1 as in its table. 0: of all.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "re", N_ ("real parts"), "*|* *", TRUE, FALSE, .from = "*/eigenvalue-re", .called = "kind" },
  { "im", N_ ("imaginary parts"), "*|* *", FALSE, FALSE, .with = "=eigenvalue-im" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------- */
typedef struct
{
  int64_t index; /* in the columns */
  double re, im;
} Value;

typedef struct
{
  GArray *value; /* Value; those that are numbers */
  int n_modes;   /* of a point */
} Prepared;

static int64_t
n_points_of (const RheoColumn *re)
{
  return re->n_dims == 2 ? re->dims[0] : 1;
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const Config *config = spec->values;
  const RheoColumn *re = rheo_plot_find (spec, "re", 0)->column;
  const RheoPlotBinding *im = rheo_plot_find (spec, "im", 0);

  if (im != NULL && rheo_column_get_length (im->column) != rheo_column_get_length (re))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Real and imaginary parts differ in number."));
  if (config->point > n_points_of (re))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no point %d; there are %d."), config->point,
                      (int) n_points_of (re));
  return TRUE;
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  const RheoColumn *re = rheo_plot_find (spec, "re", 0)->column;
  const RheoPlotBinding *im = rheo_plot_find (spec, "im", 0);
  Prepared *p = g_new0 (Prepared, 1);
  int64_t first, n;

  p->n_modes = (int) re->dims[re->n_dims - 1];
  first = config->point > 0 ? (int64_t) (config->point - 1) * p->n_modes : 0;
  n = config->point > 0 ? p->n_modes : rheo_column_get_length (re);
  p->value = g_array_new (FALSE, FALSE, sizeof (Value));
  for (int64_t i = first; i < first + n; i++)
    {
      const Value value = { i, rheo_column_get_number (re, i),
                            im != NULL ? rheo_column_get_number (im->column, i) : 0 };

      if (isfinite (value.re) && isfinite (value.im))
        g_array_append_val (p->value, value);
    }
  return p;
}

static void
release (void *prepared)
{
  Prepared *p = prepared;

  g_array_unref (p->value);
  g_free (p);
}

/* Both sides of the border are shown, and the plane is no narrow strip. */
static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *re = rheo_plot_find (spec, "re", 0)->column;
  double most = 0, lo = 0, hi = 0, span;

  for (guint i = 0; i < p->value->len; i++)
    {
      const Value *v = &g_array_index (p->value, Value, i);

      most = MAX (most, fabs (v->im));
      lo = MIN (lo, v->re);
      hi = MAX (hi, v->re);
    }
  span = hi > lo ? hi - lo : 1;
  x->lo = MIN (lo - 0.05 * span, -0.2 * span);
  x->hi = MAX (hi + 0.05 * span, 0.3 * span);
  y->hi = MAX (1.1 * most, 0.3 * (x->hi - x->lo));
  y->lo = -y->hi;
  rheo_plot_axis_nice (x);
  rheo_plot_axis_nice (y);
  /* Translators: real part of an eigenvalue. */
  x->label = _ ("Re λ");
  /* Translators: imaginary part of an eigenvalue. */
  y->label = _ ("Im λ");
  x->unit = y->unit = re->unit != NULL && *re->unit != '\0' ? g_intern_string (re->unit) : _ ("a.u.");
}

/* --- drawing --------------------------------------------------------------------------------------------------------- */
static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoPlotTheme *theme = canvas->theme;
  const double border = CLAMP (rheo_plot_map (x, 0, area->x, area->x + area->width), area->x, area->x + area->width);
  const double radius = theme->marker * canvas->font_scale * (p->value->len <= 200 ? 1.15 : 0.8);
  const double dash[] = { 5 * theme->dash, 4 * theme->dash };

  /* What grows. */
  rheo_plot_source (canvas, theme->series[1], 2 * theme->shade);
  cairo_rectangle (canvas->cr, border, area->y, area->x + area->width - border, area->height);
  cairo_fill (canvas->cr);
  cairo_save (canvas->cr);
  cairo_set_dash (canvas->cr, dash, 2, 0);
  rheo_plot_source (canvas, theme->dim, 1);
  rheo_plot_hairline (canvas, border, area->y, border, area->y + area->height, theme->reference);
  cairo_restore (canvas->cr);
  for (guint i = 0; i < p->value->len; i++)
    {
      const Value *v = &g_array_index (p->value, Value, i);
      const gboolean grows = v->re > 0;

      /* In grey too the two sides are told apart. */
      rheo_plot_marker (canvas, grows ? RHEO_SYMBOL_DIAMOND : RHEO_SYMBOL_CIRCLE, FALSE, theme->series[grows], 1,
                        rheo_plot_map (x, v->re, area->x, area->x + area->width),
                        rheo_plot_map (y, v->im, area->y + area->height, area->y), radius);
    }
}

static void
draw_over (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y)
{
  const RheoPlotTheme *theme = canvas->theme;
  const double border = rheo_plot_map (x, 0, area->x, area->x + area->width);
  double left, right;

  if (canvas->drop & RHEO_DROP_LEGEND)
    return;
  rheo_plot_text_size (canvas, RHEO_TEXT_TICK, _ ("decays"), &left, NULL);
  rheo_plot_text_size (canvas, RHEO_TEXT_TICK, _ ("grows"), &right, NULL);
  if (border - theme->gap - left > area->x)
    rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, border - theme->gap, area->y, 1, 0, _ ("decays"));
  if (border + theme->gap + right < area->x + area->width)
    rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, border + theme->gap, area->y, 0, 0, _ ("grows"));
}

/* --- hover and numbers ------------------------------------------------------------------------------------------------ */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoPlotBinding *b = rheo_plot_find (spec, "re", 0);
  const Value *best = NULL;
  double nearest = 12;
  char re[40], im[40];

  for (guint i = 0; i < p->value->len; i++)
    {
      const Value *v = &g_array_index (p->value, Value, i);
      const double far = hypot (rheo_plot_map (x, v->re, area->x, area->x + area->width) - px,
                                rheo_plot_map (y, v->im, area->y + area->height, area->y) - py);

      if (far >= nearest)
        continue;
      nearest = far;
      best = v;
    }
  if (best == NULL)
    return;
  out->binding = (int) (b - spec->binding);
  out->index = best->index;
  out->x = best->re;
  out->y = best->im;
  rheo_plot_number_short (best->re, 3, re, sizeof re);
  rheo_plot_number_short (fabs (best->im), 3, im, sizeof im);
  if (n_points_of (b->column) > 1)
    g_snprintf (out->text, sizeof out->text, _ ("Point %d, mode %d: λ = %s %s %s i"),
                (int) (best->index / p->n_modes) + 1, (int) (best->index % p->n_modes) + 1, re,
                best->im < 0 ? "−" : "+", im);
  else
    g_snprintf (out->text, sizeof out->text, _ ("Mode %d: λ = %s %s %s i"), (int) best->index + 1, re,
                best->im < 0 ? "−" : "+", im);
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *re = rheo_plot_find (spec, "re", 0)->column;
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "spectrum");
  const int64_t n = p->value->len;
  int64_t *point = rheo_table_add (table, "point", _ ("Point"), "", "mode", RHEO_I64, &n)->data;
  int64_t *mode = rheo_table_add (table, "mode", _ ("Mode"), "", "mode", RHEO_I64, &n)->data;
  double *real = rheo_table_add (table, "re", _ ("Re λ"), re->unit, "mode", RHEO_F64, &n)->data;
  double *imaginary = rheo_table_add (table, "im", _ ("Im λ"), re->unit, "mode", RHEO_F64, &n)->data;

  for (int64_t i = 0; i < n; i++)
    {
      const Value *v = &g_array_index (p->value, Value, i);

      point[i] = v->index / p->n_modes;
      mode[i] = v->index % p->n_modes;
      real[i] = v->re;
      imaginary[i] = v->im;
    }
  return table;
}

const RheoPlotKind rheo_plot_spectrum = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "spectrum",
    .title = N_ ("Spectrum"),
    .summary = N_ ("Eigenvalues of fixed points on the complex plane; right of the imaginary axis modes grow."),
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
  .equal_scale = TRUE,
  .plane = TRUE,
  .pick = pick,
  .numbers = numbers,
};
