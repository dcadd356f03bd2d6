#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

/* A bifurcation diagram: places of fixed points against an input, stable ones solid and unstable ones dashed, and what
 * happens on the way. */

typedef struct
{
  int direction;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, direction, "direction", .label = N_ ("Direction"), .def = 0, .max = 1e6, .soft_max = 9,
              .help = N_ ("Which column of places, counted from 0.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "place", N_ ("places along the curves"), "* *", TRUE, FALSE, .from = "continuation/*/place", .called = "table" },
  { "value", N_ ("value of the input at each place"), "*", TRUE, FALSE, .with = "=value" },
  { "curve", N_ ("number of the curve of each place"), "*", FALSE, FALSE, .with = "=curve" },
  { "unstable", N_ ("unstable modes at each place"), "*", FALSE, FALSE, .with = "=unstable" },
  { "event", N_ ("events: 0 fold, 1 branch point, 2 Hopf point"), "*", FALSE, FALSE, .with = "=event" },
  { "event-value", N_ ("value of the input at each event"), "*", FALSE, FALSE, .with = "=event-value" },
  { "event-place", N_ ("place of each event"), "* *", FALSE, FALSE, .with = "=event-place" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------- */
enum
{
  ENTRY_STABLE,
  ENTRY_UNSTABLE,
  ENTRY_EVENT,
  N_EVENTS = 3,
  N_ENTRIES = ENTRY_EVENT + N_EVENTS,
};

static const char *const event_names[N_EVENTS] = { N_ ("Fold"), N_ ("Branch point"), N_ ("Hopf point") };
static const RheoPlotSymbol event_symbols[N_EVENTS] = { RHEO_SYMBOL_CIRCLE, RHEO_SYMBOL_DIAMOND, RHEO_SYMBOL_TRIANGLE };
static const int event_styles[N_EVENTS] = { 1, 2, 3 };

typedef struct
{
  double x, y;
  int kind;
  int64_t index;
} Event;

typedef struct
{
  int64_t n;
  double *x, *y; /* y NaN: no number */
  int *curve, *unstable;
  GArray *event; /* Event */
  int count[N_EVENTS], place[N_ENTRIES];
  char name[80], value_name[80];
} Prepared;

static const RheoColumn *
column_of (const RheoPlotSpec *spec, const char *role)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, role, 0);

  return b != NULL ? b->column : NULL;
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  static const char *const alike[] = { "value", "curve", "unstable" };
  const Config *config = spec->values;
  const RheoColumn *place = column_of (spec, "place"), *event = column_of (spec, "event");
  const RheoColumn *value = column_of (spec, "event-value"), *at = column_of (spec, "event-place");

  for (gsize k = 0; k < G_N_ELEMENTS (alike); k++)
    if (column_of (spec, alike[k]) != NULL && column_of (spec, alike[k])->dims[0] != place->dims[0])
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" and \"%s\" differ in number."), place->key,
                        column_of (spec, alike[k])->key);
  if (event != NULL
      && (value == NULL || at == NULL || value->dims[0] != event->dims[0] || at->dims[0] != event->dims[0]
          || at->dims[1] != place->dims[1]))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Events need a value and a place each."));
  if (config->direction >= place->dims[1])
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("\"%s\" has %d directions, so there is none of number %d. The plot counts from 0."),
                      place->key, (int) place->dims[1], config->direction);
  return TRUE;
}

static void
read_events (const RheoPlotSpec *spec, Prepared *p)
{
  const Config *config = spec->values;
  const RheoColumn *event = column_of (spec, "event"), *value = column_of (spec, "event-value");
  const RheoColumn *place = column_of (spec, "event-place");

  for (int64_t i = 0; event != NULL && i < event->dims[0]; i++)
    {
      const Event e = { rheo_column_get_number (value, i),
                        rheo_column_get_number (place, i * place->dims[1] + config->direction),
                        (int) rheo_column_get_number (event, i), i };

      if (e.kind < 0 || e.kind >= N_EVENTS || !isfinite (e.x) || !isfinite (e.y))
        continue;
      g_array_append_val (p->event, e);
      p->count[e.kind]++;
    }
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  const RheoColumn *place = column_of (spec, "place"), *value = column_of (spec, "value");
  const RheoColumn *curve = column_of (spec, "curve"), *unstable = column_of (spec, "unstable");
  const RheoTable *table = rheo_plot_find (spec, "place", 0)->table;
  const RheoColumn *vary = rheo_table_find (table, "vary");
  Prepared *p = g_new0 (Prepared, 1);
  int next = 0;
  gboolean is_stable = FALSE, is_unstable = FALSE;

  p->n = place->dims[0];
  p->x = g_new (double, MAX (p->n, 1));
  p->y = g_new (double, MAX (p->n, 1));
  p->curve = g_new0 (int, MAX (p->n, 1));
  p->unstable = g_new0 (int, MAX (p->n, 1));
  p->event = g_array_new (FALSE, FALSE, sizeof (Event));
  for (int64_t i = 0; i < p->n; i++)
    {
      p->x[i] = rheo_column_get_number (value, i);
      p->y[i] = rheo_column_get_number (place, i * place->dims[1] + config->direction);
      p->curve[i] = curve != NULL ? (int) rheo_column_get_number (curve, i) : 0;
      p->unstable[i] = unstable != NULL ? (int) rheo_column_get_number (unstable, i) : 0;
      is_stable = is_stable || p->unstable[i] == 0;
      is_unstable = is_unstable || p->unstable[i] > 0;
    }
  read_events (spec, p);
  for (int k = 0; k < N_ENTRIES; k++)
    {
      const gboolean there = k == ENTRY_STABLE     ? is_stable
                             : k == ENTRY_UNSTABLE ? is_unstable
                                                   : p->count[k - ENTRY_EVENT] > 0;

      p->place[k] = there ? next++ : -1;
    }
  rheo_plot_direction_name (table, config->direction, p->name, sizeof p->name);
  if (vary != NULL)
    g_snprintf (p->value_name, sizeof p->value_name, _ ("Input %d"), (int) rheo_column_get_number (vary, 0));
  else
    g_strlcpy (p->value_name, value->label, sizeof p->value_name);
  return p;
}

static void
release (void *data)
{
  Prepared *p = data;

  g_free (p->x);
  g_free (p->y);
  g_free (p->curve);
  g_free (p->unstable);
  g_array_unref (p->event);
  g_free (p);
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  *x = (RheoPlotAxis){ .lo = INFINITY, .hi = -INFINITY, .label = g_intern_string (p->value_name), .unit = "" };
  *y = (RheoPlotAxis){ .lo = INFINITY, .hi = -INFINITY, .label = g_intern_string (p->name), .unit = "" };
  for (int64_t i = 0; i < p->n; i++)
    {
      x->lo = p->x[i] < x->lo ? p->x[i] : x->lo;
      x->hi = p->x[i] > x->hi ? p->x[i] : x->hi;
      y->lo = p->y[i] < y->lo ? p->y[i] : y->lo;
      y->hi = p->y[i] > y->hi ? p->y[i] : y->hi;
    }
  rheo_plot_axis_pad (y, 0.06);
  rheo_plot_axis_nice (y);
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  int n = 0;

  for (int k = 0; k < N_ENTRIES; k++)
    {
      RheoPlotEntry *entry = &entries[n];

      if (p->place[k] < 0)
        continue;
      n++;
      if (k < ENTRY_EVENT)
        {
          *entry = (RheoPlotEntry){ .style = k == ENTRY_STABLE ? 0 : 4,
                                    .symbol = k == ENTRY_STABLE ? RHEO_SYMBOL_SOLID : RHEO_SYMBOL_DASHED };
          g_strlcpy (entry->label, k == ENTRY_STABLE ? _ ("Stable") : _ ("Unstable"), sizeof entry->label);
          continue;
        }
      *entry = (RheoPlotEntry){ .style = event_styles[k - ENTRY_EVENT], .symbol = event_symbols[k - ENTRY_EVENT] };
      g_snprintf (entry->label, sizeof entry->label, "%s · %d", _ (event_names[k - ENTRY_EVENT]),
                  p->count[k - ENTRY_EVENT]);
    }
  return n;
}

/* --- drawing ------------------------------------------------------------------------------------------------------- */

/* The parts of all curves that are stable, or those that are not. A step between both belongs to where it goes. */
static void
draw_curves (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Prepared *p, const RheoRect *area,
             const RheoPlotAxis *x, const RheoPlotAxis *y, gboolean stable)
{
  const RheoPlotTheme *theme = canvas->theme;
  const int entry = p->place[stable ? ENTRY_STABLE : ENTRY_UNSTABLE];
  const double dash[] = { 5 * theme->dash, 3.5 * theme->dash };
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
  const RheoPoint gap = { NAN, NAN };

  if (entry < 0 || rheo_plot_entry_hidden (spec, entry))
    return;
  for (int64_t i = 1; i < p->n; i++)
    {
      const gboolean here = p->curve[i] == p->curve[i - 1] && (p->unstable[i] == 0) == stable;
      const gboolean before = i > 1 && points->len > 0 && !isnan (g_array_index (points, RheoPoint, points->len - 1).x);

      if (!here && before)
        g_array_append_val (points, gap);
      for (int64_t k = here && before ? i : i - 1; here && k <= i; k++)
        {
          const RheoPoint q = { rheo_plot_map (x, p->x[k], area->x, area->x + area->width),
                                rheo_plot_map (y, p->y[k], area->y + area->height, area->y) };

          g_array_append_val (points, q);
        }
    }
  cairo_save (canvas->cr);
  cairo_set_dash (canvas->cr, dash, stable ? 0 : 2, 0);
  rheo_plot_source (canvas, theme->series[stable ? 0 : 4], rheo_plot_entry_share (spec, entry));
  rheo_plot_stroke (canvas, points, theme->line);
  cairo_restore (canvas->cr);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  draw_curves (spec, canvas, p, area, x, y, FALSE);
  draw_curves (spec, canvas, p, area, x, y, TRUE);
  for (guint i = 0; i < p->event->len; i++)
    {
      const Event *e = &g_array_index (p->event, Event, i);
      const int entry = p->place[ENTRY_EVENT + e->kind];

      if (!rheo_plot_entry_hidden (spec, entry))
        rheo_plot_marker (canvas, event_symbols[e->kind], FALSE, canvas->theme->series[event_styles[e->kind]],
                          rheo_plot_entry_share (spec, entry), rheo_plot_map (x, e->x, area->x, area->x + area->width),
                          rheo_plot_map (y, e->y, area->y + area->height, area->y),
                          canvas->theme->spot * canvas->font_scale * 0.8);
    }
}

/* --- hover and numbers ------------------------------------------------------------------------------------------------ */
static void
pick_event (const RheoPlotSpec *spec, const Prepared *p, const Event *e, RheoPlotPick *out)
{
  char x[40], y[40];

  out->binding = (int) (rheo_plot_find (spec, "event", 0) - spec->binding);
  out->index = e->index;
  out->entry = p->place[ENTRY_EVENT + e->kind];
  out->x = e->x;
  out->y = e->y;
  g_snprintf (out->text, sizeof out->text, _ ("%s at %s %s; %s %s"), _ (event_names[e->kind]), p->value_name,
              rheo_plot_number_short (e->x, 4, x, sizeof x), p->name, rheo_plot_number_short (e->y, 3, y, sizeof y));
}

static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const Event *event = NULL;
  double far = 12;
  int64_t best = -1;
  char a[40], b[40];

  for (guint i = 0; i < p->event->len; i++)
    {
      const Event *e = &g_array_index (p->event, Event, i);
      const double d = hypot (rheo_plot_map (x, e->x, area->x, area->x + area->width) - px,
                              rheo_plot_map (y, e->y, area->y + area->height, area->y) - py);

      if (d < far && !rheo_plot_entry_hidden (spec, p->place[ENTRY_EVENT + e->kind]))
        {
          far = d;
          event = e;
        }
    }
  if (event != NULL)
    {
      pick_event (spec, p, event, out);
      return;
    }
  for (int64_t i = 0; i < p->n; i++)
    {
      const double d = hypot (rheo_plot_map (x, p->x[i], area->x, area->x + area->width) - px,
                              rheo_plot_map (y, p->y[i], area->y + area->height, area->y) - py);

      if (d < far && !rheo_plot_entry_hidden (spec, p->place[p->unstable[i] > 0 ? ENTRY_UNSTABLE : ENTRY_STABLE]))
        {
          far = d;
          best = i;
        }
    }
  if (best < 0)
    return;
  out->binding = 0;
  out->index = best;
  out->entry = p->place[p->unstable[best] > 0 ? ENTRY_UNSTABLE : ENTRY_STABLE];
  out->x = p->x[best];
  out->y = p->y[best];
  g_snprintf (out->text, sizeof out->text,
              g_dngettext (GETTEXT_PACKAGE, "%s %s, %s %s: %d unstable mode", "%s %s, %s %s: %d unstable modes",
                           (gulong) p->unstable[best]),
              p->value_name, rheo_plot_number_short (p->x[best], 3, a, sizeof a), p->name,
              rheo_plot_number_short (p->y[best], 3, b, sizeof b), p->unstable[best]);
}

/* All places; events follow, with their kind. */
static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "branches");
  const int64_t n = p->n + p->event->len;
  static const char *const keys[] = { "value", "place", "curve", "unstable", "event" };
  double *column[G_N_ELEMENTS (keys)];

  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    column[k] = rheo_table_add (table, keys[k], keys[k], "", "row", RHEO_F64, &n)->data;
  for (int64_t i = 0; i < n; i++)
    {
      const Event *e = i >= p->n ? &g_array_index (p->event, Event, i - p->n) : NULL;

      column[0][i] = e != NULL ? e->x : p->x[i];
      column[1][i] = e != NULL ? e->y : p->y[i];
      column[2][i] = e != NULL ? NAN : p->curve[i];
      column[3][i] = e != NULL ? NAN : p->unstable[i];
      column[4][i] = e != NULL ? e->kind : NAN;
    }
  return table;
}

const RheoPlotKind rheo_plot_branches = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "branches",
    .title = N_ ("Bifurcation diagram"),
    .summary = N_ ("Places of fixed points against an input: stable ones solid, unstable ones dashed, and where they meet "
                   "or change."),
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
