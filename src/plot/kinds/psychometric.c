#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

#define MAX_CURVES 16
#define MAX_COLUMNS 2 /* panels side by side */

typedef struct
{
  gboolean slopes;
} Config;

static const RheoParam params[] = {
  RHEO_P_BOOL (Config, slopes, "slopes", .label = N_ ("Slopes"), .def = TRUE,
               .help = N_ ("Writes the slope of each curve and its interval into the panel.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "share", N_ ("shares of choices"), "* *", TRUE, FALSE, .from = "psychometric/*/share|*/share", .called = "table" },
  { "level", N_ ("evidence at each share"), "* *", TRUE, FALSE, .with = "=level" },
  { "lo", N_ ("lower ends of error bars"), "* *", FALSE, FALSE, .with = "=share-lo" },
  { "hi", N_ ("upper ends of error bars"), "* *", FALSE, FALSE, .with = "=share-hi" },
  { "fit", N_ ("fitted shares"), "* *", FALSE, FALSE, .with = "=fit" },
  { "fit-level", N_ ("evidence along the fitted shares"), "* *", FALSE, FALSE, .with = "=fit-level" },
  { "curve", N_ ("names of curves"), "*", FALSE, FALSE, .with = "=curve" },
  { "panel", N_ ("names of the panels that curves belong to"), "*", FALSE, FALSE, .with = "=panel" },
  { "slope", N_ ("slopes"), "*", FALSE, FALSE, .with = "=slope" },
  { "slope-lo", N_ ("lower ends of the intervals of slopes"), "*", FALSE, FALSE, .with = "=slope-lo" },
  { "slope-hi", N_ ("upper ends of the intervals of slopes"), "*", FALSE, FALSE, .with = "=slope-hi" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------ */
typedef struct
{
  RheoVector level, share, lo, hi, fit_level, fit; /* column NULL: not there */
  int panel, entry;
  char slope[96];
} Curve;

typedef struct
{
  int n, n_panels, n_entries;
  Curve curve[MAX_CURVES];
  char panel[MAX_CURVES][64], entry[MAX_CURVES][48];
} Prepared;

static const RheoColumn *
column_of (const RheoPlotSpec *spec, const char *role)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, role, 0);

  return b != NULL ? b->column : NULL;
}

static RheoVector
row_of (const RheoPlotSpec *spec, const char *role, int row)
{
  const RheoColumn *c = column_of (spec, role);

  return c != NULL ? rheo_vector_along (c, 1, (int64_t[]){ row, 0 }) : (RheoVector){ NULL };
}

/* The place of a word among those before it, or a new one at the end. */
static int
place_of (char *words, gsize size, int *n, const char *word)
{
  for (int i = 0; i < *n; i++)
    if (strcmp (words + (gsize) i * size, word) == 0)
      return i;
  g_strlcpy (words + (gsize) *n * size, word, size);
  return (*n)++;
}

static void
describe_slope (const RheoPlotSpec *spec, int row, const char *name, char *text, gsize size)
{
  const RheoColumn *slope = column_of (spec, "slope"), *from = column_of (spec, "slope-lo"),
                   *to = column_of (spec, "slope-hi");
  const double value = slope != NULL ? rheo_column_get_number (slope, row) : NAN;
  const double lo = from != NULL ? rheo_column_get_number (from, row) : NAN,
               hi = to != NULL ? rheo_column_get_number (to, row) : NAN;
  char a[32], b[32], c[32];

  text[0] = '\0';
  if (!isfinite (value))
    return;
  rheo_plot_number_short (value, 3, a, sizeof a);
  rheo_plot_number_short (lo, 3, b, sizeof b);
  rheo_plot_number_short (hi, 3, c, sizeof c);
  if (isfinite (lo) && isfinite (hi))
    g_snprintf (text, size, _ ("%s: slope %s (%s to %s)"), name, a, b, c);
  else if (isfinite (lo) || isfinite (hi))
    g_snprintf (text, size, isfinite (lo) ? _ ("%s: slope at least %s") : _ ("%s: slope at most %s"), name,
                isfinite (lo) ? b : c);
  else
    g_snprintf (text, size, _ ("%s: slope %s"), name, a);
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoColumn *names = column_of (spec, "curve"), *panels = column_of (spec, "panel");
  Prepared *p = g_new0 (Prepared, 1);

  p->n = (int) MIN (column_of (spec, "share")->dims[0], MAX_CURVES);
  for (int i = 0; i < p->n; i++)
    {
      Curve *curve = &p->curve[i];
      g_autofree char *number = g_strdup_printf (_ ("Curve %d"), i + 1);
      const char *name = names != NULL ? rheo_column_get_string (names, i) : number;

      *curve = (Curve){ .level = row_of (spec, "level", i),
                        .share = row_of (spec, "share", i),
                        .lo = row_of (spec, "lo", i),
                        .hi = row_of (spec, "hi", i),
                        .fit_level = row_of (spec, "fit-level", i),
                        .fit = row_of (spec, "fit", i) };
      curve->entry = place_of (p->entry[0], sizeof p->entry[0], &p->n_entries, name);
      curve->panel = place_of (p->panel[0], sizeof p->panel[0], &p->n_panels,
                               panels != NULL ? rheo_column_get_string (panels, i) : "");
      describe_slope (spec, i, name, curve->slope, sizeof curve->slope);
    }
  return p;
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoColumn *share = column_of (spec, "share");

  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoColumn *c = spec->binding[i].column;

      if (c->dims[0] != share->dims[0])
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" has %d curves, but \"%s\" has %d."), c->key,
                          (int) c->dims[0], share->key, (int) share->dims[0]);
      if ((strcmp (spec->binding[i].role, "curve") == 0 || strcmp (spec->binding[i].role, "panel") == 0)
          && c->type != RHEO_STRING)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" is no column of names."), c->key);
    }
  return TRUE;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoLimits limits = RHEO_NO_LIMITS;

  for (int i = 0; i < p->n; i++)
    rheo_vector_limits (&p->curve[i].level, &limits);
  *x = (RheoPlotAxis){ .lo = limits.lo, .hi = limits.hi, .label = column_of (spec, "level")->label, .unit = "" };
  rheo_plot_axis_pad (x, 0.03);
  *y = (RheoPlotAxis){ .lo = 0, .hi = 1, .label = column_of (spec, "share")->label, .unit = "" };
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  for (int k = 0; k < p->n_entries; k++)
    {
      entries[k] = (RheoPlotEntry){ .style = k, .symbol = RHEO_SYMBOL_LINE };
      g_strlcpy (entries[k].label, p->entry[k], sizeof entries[k].label);
    }
  return p->n_entries;
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */
static void
make_panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
             const RheoPlotAxis *y, RheoPanel *panels)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const int n_columns = MIN (p->n_panels, MAX_COLUMNS), n_rows = (p->n_panels + n_columns - 1) / n_columns;
  const double gap = 2.5 * canvas->theme->gap, h = (area->height - (n_rows - 1) * gap) / n_rows;
  RheoPanel first = { .outer = { area->x, area->y, area->width, h }, .x = *x, .y = *y }, bare = first;
  double name, w;

  /* Frames are of one width, whatever stands at the left of the first. */
  bare.no_y_labels = bare.no_y_name = TRUE;
  rheo_panel_layout (canvas, &first);
  rheo_panel_layout (canvas, &bare);
  name = first.area.x - bare.area.x;
  w = (area->width - name - (n_columns - 1) * gap) / n_columns;
  for (int i = 0; i < p->n_panels; i++)
    {
      const int column = i % n_columns, row = i / n_columns;

      panels[i] = (RheoPanel){ .x = *x,
                               .y = *y,
                               .title = p->panel[i][0] != '\0' ? p->panel[i] : NULL,
                               .no_y_labels = column > 0,
                               .no_y_name = column > 0 };
      panels[i].outer = (RheoRect){ column == 0 ? area->x : area->x + name + column * (w + gap),
                                    area->y + row * (h + gap), column == 0 ? name + w : w, h };
      rheo_panel_layout (canvas, &panels[i]);
    }
}

static double
map_x (const RheoPanel *panel, double v)
{
  return rheo_plot_map (&panel->x, v, panel->area.x, panel->area.x + panel->area.width);
}

static double
map_y (const RheoPanel *panel, double v)
{
  return rheo_plot_map (&panel->y, v, panel->area.y + panel->area.height, panel->area.y);
}

static void
draw_curve (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoPanel *panel, const Curve *curve)
{
  const RheoPlotTheme *theme = canvas->theme;
  const double alpha = rheo_plot_entry_share (spec, curve->entry);
  const RheoRgb colour = theme->series[curve->entry % RHEO_N_STYLES];

  cairo_save (canvas->cr);
  rheo_plot_clip (canvas, &panel->area, 2 * theme->marker);
  if (curve->fit.column != NULL && curve->fit_level.column != NULL)
    {
      g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));

      rheo_plot_decimate (&curve->fit_level, 0, 1, &curve->fit, &panel->x, &panel->y, &panel->area, 0, points);
      cairo_save (canvas->cr);
      rheo_plot_source (canvas, colour, alpha);
      rheo_plot_theme_dash (theme, curve->entry, canvas->cr);
      rheo_plot_stroke (canvas, points, theme->line);
      cairo_restore (canvas->cr);
    }
  for (int64_t i = 0; i < curve->share.n; i++)
    {
      const double x = map_x (panel, rheo_vector_get (&curve->level, i)),
                   y = map_y (panel, rheo_vector_get (&curve->share, i));

      if (!isfinite (x) || !isfinite (y))
        continue;
      if (curve->lo.column != NULL && curve->hi.column != NULL)
        {
          rheo_plot_source (canvas, colour, alpha);
          rheo_plot_hairline (canvas, x, map_y (panel, rheo_vector_get (&curve->lo, i)), x,
                              map_y (panel, rheo_vector_get (&curve->hi, i)), theme->line * 0.7);
        }
      rheo_plot_marker (canvas, RHEO_SYMBOL_CIRCLE, FALSE, colour, alpha, x, y, theme->marker);
    }
  cairo_restore (canvas->cr);
}

static void
take_curve (RheoRoom *room, const RheoPanel *panel, const RheoVector *x, const RheoVector *y)
{
  for (int64_t i = 1; x->column != NULL && y->column != NULL && i < MIN (x->n, y->n); i++)
    if (isfinite (rheo_vector_get (y, i)) && isfinite (rheo_vector_get (y, i - 1)))
      rheo_room_take_line (room, map_x (panel, rheo_vector_get (x, i - 1)), map_y (panel, rheo_vector_get (y, i - 1)),
                           map_x (panel, rheo_vector_get (x, i)), map_y (panel, rheo_vector_get (y, i)));
}

static void
take_points (RheoRoom *room, const RheoPanel *panel, const Curve *curve, double radius)
{
  for (int64_t i = 0; i < curve->share.n; i++)
    {
      const double x = map_x (panel, rheo_vector_get (&curve->level, i)),
                   y = map_y (panel, rheo_vector_get (&curve->share, i));

      if (!isfinite (x) || !isfinite (y))
        continue;
      rheo_room_take_line (room, x - radius, y, x + radius, y);
      if (curve->lo.column != NULL && curve->hi.column != NULL)
        rheo_room_take_line (room, x, map_y (panel, rheo_vector_get (&curve->lo, i)), x,
                             map_y (panel, rheo_vector_get (&curve->hi, i)));
    }
}

/* Slopes as lines of text where no curve is: all together, or each where it finds the most room. */
static void
write_slopes (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoPanel *panel, int i_panel)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK), pad = canvas->theme->gap / 2;
  const Curve *shown[MAX_CURVES];
  double wide[MAX_CURVES], most = 0, x = 0, y = 0;
  gboolean together;
  int n = 0;
  RheoRoom room;

  rheo_room_init (&room, &panel->area);
  for (int i = 0; i < p->n; i++)
    {
      const Curve *curve = &p->curve[i];

      if (curve->panel != i_panel || rheo_plot_entry_hidden (spec, curve->entry))
        continue;
      take_curve (&room, panel, &curve->fit_level, &curve->fit);
      take_points (&room, panel, curve, canvas->theme->marker);
      if (curve->slope[0] == '\0')
        continue;
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, curve->slope, &wide[n], NULL);
      wide[n] += 2 * pad;
      most = MAX (most, wide[n]);
      shown[n++] = curve;
    }
  together = most <= panel->area.width && rheo_room_find (&room, most, n * row, &x, &y);
  for (int i = 0; i < n; i++)
    {
      if (!together && wide[i] > panel->area.width)
        continue;
      if (!together && !rheo_room_find (&room, wide[i], row, &x, &y))
        {
          /* In a low panel it would lie on another one. */
          if (panel->area.height < 3 * (n + 1) * row)
            continue;
          rheo_plot_source (canvas, canvas->theme->background, 0.85);
          cairo_rectangle (canvas->cr, x, y, wide[i], row);
          cairo_fill (canvas->cr);
        }
      rheo_plot_text (canvas, RHEO_TEXT_TICK, canvas->theme->series[shown[i]->entry % RHEO_N_STYLES], x + pad, y, 0, 0,
                      shown[i]->slope);
      if (together)
        y += row;
      else
        rheo_room_take (&room, &(RheoRect){ x, y, wide[i], row });
    }
  rheo_room_clear (&room);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[MAX_CURVES];

  make_panels (spec, canvas, area, x, y, panels);
  for (int i = 0; i < p->n_panels; i++)
    {
      rheo_panel_draw_grid (canvas, &panels[i]);
      for (int k = 0; k < p->n; k++)
        if (p->curve[k].panel == i && !rheo_plot_entry_hidden (spec, p->curve[k].entry))
          draw_curve (spec, canvas, &panels[i], &p->curve[k]);
      rheo_panel_draw_frame (canvas, &panels[i]);
      if (config->slopes && !(canvas->drop & RHEO_DROP_NAMES))
        write_slopes (spec, canvas, &panels[i], i);
    }
}

static int
panels_of (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y, RheoPlotPanel *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[MAX_CURVES];

  make_panels (spec, canvas, area, x, y, panels);
  for (int i = 0; i < p->n_panels; i++)
    out[i] = (RheoPlotPanel){ .area = panels[i].area, .x = panels[i].x, .y = panels[i].y };
  return p->n_panels;
}

/* --- hover and numbers -------------------------------------------------------------------------------------------- */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  double best = 12;
  RheoPanel panels[MAX_CURVES];

  make_panels (spec, canvas, area, x, y, panels);
  for (int k = 0; k < p->n; k++)
    for (int64_t i = 0; i < p->curve[k].share.n && !rheo_plot_entry_hidden (spec, p->curve[k].entry); i++)
      {
        const Curve *curve = &p->curve[k];
        const RheoPanel *panel = &panels[curve->panel];
        const double level = rheo_vector_get (&curve->level, i), share = rheo_vector_get (&curve->share, i);
        const double far = hypot (map_x (panel, level) - px, map_y (panel, share) - py);
        char a[40], b[40];

        if (!(far < best))
          continue;
        best = far;
        out->binding = 0;
        out->entry = curve->entry;
        out->index = k * curve->share.n + i;
        out->x = level;
        out->y = share;
        g_snprintf (out->text, sizeof out->text, "%s %s: %s %s", p->entry[curve->entry],
                    rheo_plot_number_short (level, 4, a, sizeof a), column_of (spec, "share")->label,
                    rheo_plot_number_short (share, 4, b, sizeof b));
      }
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : column_of (spec, "share")->label);

  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoColumn *c = spec->binding[i].column;

      rheo_table_add_copy (table, c->key, c->label, c->unit, c->axes, c->type, c->dims, c->data);
    }
  return table;
}

const RheoPlotKind rheo_plot_psychometric = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "psychometric",
    .title = N_ ("Psychometric functions"),
    .summary = N_ ("Shares of choices over the evidence, with error bars, fitted curves and slopes; a panel for each context."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = g_free,
  .range = range,
  .legend = legend,
  .own_axes = TRUE,
  .panels = panels_of,
  .draw = draw,
  .pick = pick,
  .numbers = numbers,
};
