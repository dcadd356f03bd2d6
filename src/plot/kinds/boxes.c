#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

#define MOST_ACROSS 4
#define LEAST_ROWS 8              /* of text: no panel is lower; those that have no room are left out */
#define GOLDEN 0.6180339887498949 /* where dots lie beside each other */

typedef struct
{
  gboolean points, counts;
  int across;
} Config;

static const RheoParam params[] = {
  RHEO_P_BOOL (Config, points, "points", .label = N_ ("Points"), .def = TRUE,
               .help = N_ ("Each number as a dot; off: only those beyond the whiskers.")),
  RHEO_P_BOOL (Config, counts, "counts", .label = N_ ("How many"), .def = TRUE,
               .help = N_ ("Writes how many numbers a box stands for behind its name.")),
  RHEO_P_INT (Config, across, "across", .label = N_ ("Panels side by side"), .def = 0, .max = 16, .soft_max = 6,
              .help = N_ ("0: at most four, as many as have room.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "values", N_ ("numbers"), "...", TRUE, TRUE,
    .from = "evaluations/*/length|chosen-starts/*/length|train.episode-length" },
  { "by", N_ ("what the numbers are sorted by, a panel each"), "*", FALSE, TRUE, .with = "=network" },
  { "colour", N_ ("which of the colours the boxes of a panel have, from 1"), "*", FALSE, FALSE, .with = "=colour" },
  { NULL },
};

/* --- statistics --------------------------------------------------------------------------------------------------- */
typedef struct
{
  char name[80];
  double key; /* of a value that is a number; NaN */
  GArray *v;  /* float */
  double quartile[3], whisker[2];
  int binding, style;
} Box;

typedef struct
{
  const char *label;
  GArray *boxes;      /* Box */
  const char **names; /* NULL-ended */
} Panel;

typedef struct
{
  int n;
  Panel panel[RHEO_PLOT_MAX_COLUMNS];
  RheoLimits limits;
} Prepared;

static void
clear_box (gpointer data)
{
  g_array_unref (((Box *) data)->v);
}

static void
release (void *prepared)
{
  Prepared *p = prepared;

  for (int i = 0; i < p->n; i++)
    {
      g_array_unref (p->panel[i].boxes);
      g_free (p->panel[i].names);
    }
  g_free (p);
}

static Box *
add_box (Panel *panel, const char *name, double key, int binding, int style)
{
  Box box = { .key = key, .binding = binding, .style = style, .v = g_array_new (FALSE, FALSE, sizeof (float)) };

  g_strlcpy (box.name, name, sizeof box.name);
  g_array_append_val (panel->boxes, box);
  return &g_array_index (panel->boxes, Box, panel->boxes->len - 1);
}

/* Whiskers reach the last numbers within one and a half boxes (Tukey 1977). */
static void
measure (Box *box)
{
  const double p[] = { 0.25, 0.5, 0.75 };
  const float *v = (const float *) (gpointer) box->v->data;
  double reach;

  box->whisker[0] = INFINITY;
  box->whisker[1] = -INFINITY;
  if (box->v->len == 0)
    return;
  rheo_plot_quantiles (v, box->v->len, p, 3, box->quartile);
  reach = 1.5 * (box->quartile[2] - box->quartile[0]);
  for (guint i = 0; i < box->v->len; i++)
    if ((double) v[i] >= box->quartile[0] - reach && (double) v[i] <= box->quartile[2] + reach)
      {
        box->whisker[0] = MIN (box->whisker[0], (double) v[i]);
        box->whisker[1] = MAX (box->whisker[1], (double) v[i]);
      }
}

static int
compare_boxes (gconstpointer a, gconstpointer b)
{
  const double x = ((const Box *) a)->key, y = ((const Box *) b)->key;

  return (x > y) - (x < y);
}

static const char *
name_of (const RheoColumn *by, int64_t i, double *key, char *text)
{
  const char *name = rheo_column_get_text (by, i, text);
  char *end;

  *key = g_ascii_strtod (name, &end);
  if (end == name || *end != '\0')
    *key = NAN;
  return name;
}

/* In the order that the table tells; without one values that are numbers in theirs, others as they come. */
static void
sort_by (Panel *panel, const RheoPlotBinding *binding, const RheoColumn *values, const RheoColumn *colour)
{
  const RheoColumn *by = binding->column;
  const int64_t n = MIN (rheo_column_get_length (by), rheo_column_get_length (values));
  g_autofree char *note = g_strconcat (by->key, ".order", NULL);
  const char *order = rheo_table_get_note (binding->table, note);
  g_auto (GStrv) names = order != NULL ? g_strsplit (order, "\t", -1) : NULL;
  gboolean numbers = order == NULL;

  panel->label = by->label;
  for (int k = 0; names != NULL && names[k] != NULL; k++)
    add_box (panel, names[k], k, 0, 0);
  for (int64_t i = 0; i < n; i++)
    {
      char text[RHEO_ELEMENT_SIZE];
      const float v = (float) rheo_column_get_number (values, i);
      double key;
      const char *name = name_of (by, i, &key, text);
      Box *box = NULL;

      if (!isfinite (v))
        continue;
      for (guint k = 0; k < panel->boxes->len && box == NULL; k++)
        if (g_str_equal (g_array_index (panel->boxes, Box, k).name, name))
          box = &g_array_index (panel->boxes, Box, k);
      if (box == NULL)
        box = add_box (panel, name, key, 0, 0);
      if (colour != NULL)
        box->style = MAX ((int) rheo_column_get_number (colour, i) - 1, 0);
      g_array_append_val (box->v, v);
      numbers = numbers && !isnan (key);
    }
  if (numbers)
    g_array_sort (panel->boxes, compare_boxes);
  for (guint k = panel->boxes->len; k > 0; k--)
    if (g_array_index (panel->boxes, Box, k - 1).v->len == 0)
      g_array_remove_index (panel->boxes, k - 1);
}

static void
name_boxes (Panel *panel, gboolean counts)
{
  panel->names = g_new0 (const char *, panel->boxes->len + 1);
  for (guint k = 0; k < panel->boxes->len; k++)
    {
      Box *box = &g_array_index (panel->boxes, Box, k);

      if (counts)
        {
          const gsize used = MIN (strlen (box->name), sizeof box->name - 14);

          g_snprintf (box->name + used, sizeof box->name - used, " (%u)", box->v->len);
        }
      panel->names[k] = box->name;
      measure (box);
    }
}

/* A box for each set of numbers, all in one panel. */
static void
add_sets (const RheoPlotSpec *spec, Panel *panel)
{
  panel->label = "";
  for (int i = 0; i < rheo_plot_count (spec, "values"); i++)
    {
      const RheoPlotBinding *b = rheo_plot_find (spec, "values", i);
      g_autofree char *name = rheo_plot_series_name (spec, b);
      int64_t n;
      g_autofree float *v = rheo_plot_gather (b->column, NULL, RHEO_TRANSFORM_NONE, FALSE, &n);
      Box *box = add_box (panel, name, NAN, (int) (b - spec->binding), b->style >= 0 ? b->style : i);

      g_array_append_vals (box->v, v, (guint) n);
    }
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  Prepared *p = g_new0 (Prepared, 1);
  const int n_by = rheo_plot_count (spec, "by");
  const RheoPlotBinding *colour = rheo_plot_find (spec, "colour", 0);

  p->n = MAX (n_by, 1);
  p->limits = (RheoLimits) RHEO_NO_LIMITS;
  for (int i = 0; i < p->n; i++)
    {
      Panel *panel = &p->panel[i];

      panel->boxes = g_array_new (FALSE, TRUE, sizeof (Box));
      g_array_set_clear_func (panel->boxes, clear_box);
      if (n_by > 0)
        sort_by (panel, rheo_plot_find (spec, "by", i), rheo_plot_find (spec, "values", 0)->column,
                 colour != NULL ? colour->column : NULL);
      else
        add_sets (spec, panel);
      name_boxes (panel, config->counts);
    }
  for (int i = 0; i < rheo_plot_count (spec, "values"); i++)
    {
      const RheoVector v = rheo_vector (rheo_plot_find (spec, "values", i)->column);

      rheo_vector_limits (&v, &p->limits);
    }
  return p;
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoColumn *values = rheo_plot_find (spec, "values", 0)->column;

  if (rheo_plot_count (spec, "by") > 0 && rheo_plot_count (spec, "values") > 1)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Numbers that are sorted are those of one series."));
  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoColumn *beside = spec->binding[i].column;

      if (!g_str_equal (spec->binding[i].role, "values")
          && rheo_column_get_length (beside) != rheo_column_get_length (values))
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" and \"%s\" have different lengths."), values->key,
                          beside->key);
    }
  return TRUE;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const RheoColumn *first = rheo_plot_find (spec, "values", 0)->column;
  g_autofree char *common = rheo_plot_common_label (spec, "values");

  *x = (RheoPlotAxis){ .lo = -0.5, .hi = MAX ((int) p->panel[0].boxes->len, 1) - 0.5, .label = "", .unit = "" };
  *y = (RheoPlotAxis){ .lo = p->limits.lo,
                       .hi = p->limits.hi,
                       .label = common != NULL                         ? g_intern_string (common)
                                : rheo_plot_count (spec, "values") > 1 ? _ ("Value")
                                                                       : first->label,
                       .unit = first->unit };
  rheo_plot_axis_pad (y, 0.04);
}

/* --- panels ------------------------------------------------------------------------------------------------------- */
static int
count_across (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, double width)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  const int room = MAX (1, (int) (width / (11 * rheo_plot_text_height (canvas, RHEO_TEXT_TICK))));
  const int most = config->across > 0 ? config->across : MIN (room, MOST_ACROSS);

  /* Rows that are as full as they can be: six panels are two rows of three. */
  return (p->n + (p->n + most - 1) / most - 1) / ((p->n + most - 1) / most);
}

/* Gives how many there are. */
static int
make_panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *y,
             RheoPanel *panels)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const double gap = 2 * canvas->theme->gap, least = LEAST_ROWS * rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  const int across = count_across (spec, canvas, area->width), all = (p->n + across - 1) / across,
            down = CLAMP ((int) ((area->height + gap) / (least + gap)), 1, all), n = MIN (p->n, down * across);
  const double h = (area->height - (down - 1) * gap) / down;
  RheoPanel first = { .outer = { area->x, area->y, area->width, h }, .y = *y, .x = { .lo = 0, .hi = 1 } }, bare = first;
  double name, w, room = 0;

  /* Frames are of one size, whatever stands around them. */
  bare.no_y_labels = bare.no_y_name = TRUE;
  rheo_panel_layout (canvas, &first);
  rheo_panel_layout (canvas, &bare);
  name = first.area.x - bare.area.x;
  w = (area->width - name - (across - 1) * gap) / across;
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < n; i++)
      {
        const int column = i % across, row = i / across;

        panels[i] = (RheoPanel){ .x = { .lo = -0.5,
                                        .hi = MAX ((int) p->panel[i].boxes->len, 1) - 0.5,
                                        .label = p->panel[i].label,
                                        .unit = "" },
                                 .y = *y,
                                 .groups = p->panel[i].names,
                                 .groups_room = pass > 0 ? room : 0,
                                 .no_y_labels = column > 0,
                                 .no_y_name = column > 0 };
        panels[i].outer = (RheoRect){ column == 0 ? area->x : area->x + name + column * (w + gap),
                                      area->y + row * (h + gap), column == 0 ? name + w : w, h };
        rheo_panel_layout (canvas, &panels[i]);
        room = MAX (room, panels[i].groups_room);
      }
  return n;
}

static double
height (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, double width)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  const int across = count_across (spec, canvas, width), down = (p->n + across - 1) / across;

  return down * 14 * rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
}

static double
map_x (const RheoPanel *panel, double v)
{
  return rheo_plot_map (&panel->x, v, panel->area.x, panel->area.x + panel->area.width);
}

static double
map_y (const RheoPanel *panel, double v)
{
  return CLAMP (rheo_plot_map (&panel->y, v, panel->area.y + panel->area.height, panel->area.y), -1e5, 1e5);
}

static void
draw_points (const Config *config, RheoPlotCanvas *canvas, const RheoPanel *panel, const Box *box, double middle,
             double half)
{
  const RheoRgb colour = canvas->theme->series[box->style % RHEO_N_STYLES];
  const double radius = MIN (canvas->theme->marker * 0.5, half / 4);

  rheo_plot_source (canvas, colour, config->points ? 0.7 : 1);
  for (guint i = 0; i < box->v->len; i++)
    {
      const double v = (double) g_array_index (box->v, float, i);
      const gboolean beyond = v < box->whisker[0] || v > box->whisker[1];

      if (!config->points && !beyond)
        continue;
      rheo_plot_disc (canvas, middle + (config->points ? (fmod (i * GOLDEN, 1) - 0.5) * half * 1.2 : 0),
                      map_y (panel, v), radius);
      cairo_fill (canvas->cr);
    }
}

static void
draw_box (const Config *config, RheoPlotCanvas *canvas, const RheoPanel *panel, const Box *box, double middle,
          double half)
{
  const RheoPlotTheme *theme = canvas->theme;
  const RheoRgb colour = theme->series[box->style % RHEO_N_STYLES];
  const double lower = map_y (panel, box->quartile[0]), upper = map_y (panel, box->quartile[2]),
               median = map_y (panel, box->quartile[1]);

  if (box->v->len == 0)
    return;
  cairo_rectangle (canvas->cr, middle - half, upper, 2 * half, lower - upper);
  rheo_plot_source (canvas, rheo_rgb_mix (theme, colour, theme->fill), 1);
  cairo_fill_preserve (canvas->cr);
  rheo_plot_source (canvas, colour, 1);
  cairo_set_line_width (canvas->cr, theme->outline);
  cairo_stroke (canvas->cr);
  for (int side = 0; side < 2; side++)
    {
      const double end = map_y (panel, box->whisker[side]), from = side == 0 ? lower : upper;

      rheo_plot_hairline (canvas, middle, from, middle, end, theme->outline);
      rheo_plot_hairline (canvas, middle - half / 2, end, middle + half / 2, end, theme->outline);
    }
  draw_points (config, canvas, panel, box, middle, half);
  rheo_plot_source (canvas, theme->text, 1);
  rheo_plot_hairline (canvas, middle - half, median, middle + half, median, theme->line);
}

static double
half_width (const RheoPlotCanvas *canvas, const RheoPanel *panel, guint n)
{
  return MIN (panel->area.width / MAX (n, 1) * 0.32, 20 * canvas->theme->point);
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[RHEO_PLOT_MAX_COLUMNS];
  const int n = make_panels (spec, canvas, area, y, panels);

  for (int i = 0; i < n; i++)
    {
      const GArray *boxes = p->panel[i].boxes;

      rheo_panel_draw_grid (canvas, &panels[i]);
      cairo_save (canvas->cr);
      rheo_plot_clip (canvas, &panels[i].area, canvas->theme->line);
      for (guint k = 0; k < boxes->len; k++)
        draw_box (spec->values, canvas, &panels[i], &g_array_index (boxes, Box, k), map_x (&panels[i], k),
                  half_width (canvas, &panels[i], boxes->len));
      cairo_restore (canvas->cr);
      rheo_panel_draw_frame (canvas, &panels[i]);
    }
}

static int
panels_of (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y, RheoPlotPanel *out)
{
  RheoPanel panels[RHEO_PLOT_MAX_COLUMNS];
  const int n = make_panels (spec, canvas, area, y, panels);

  for (int i = 0; i < n; i++)
    out[i] = (RheoPlotPanel){ .area = panels[i].area, .x = panels[i].x, .y = panels[i].y, .groups = TRUE };
  return n;
}

/* --- hover and numbers -------------------------------------------------------------------------------------------- */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPanel panels[RHEO_PLOT_MAX_COLUMNS];
  const int n = make_panels (spec, canvas, area, y, panels);

  for (int i = 0; i < n; i++)
    {
      const RheoRect *a = &panels[i].area;
      const int k = (int) floor (rheo_plot_unmap (&panels[i].x, px, a->x, a->x + a->width) + 0.5);
      const Box *box;
      char number[3][40];

      if (px < a->x || px > a->x + a->width || py < a->y || py > a->y + a->height || k < 0
          || k >= (int) p->panel[i].boxes->len)
        continue;
      box = &g_array_index (p->panel[i].boxes, Box, k);
      out->binding = box->binding;
      out->index = k;
      out->x = k;
      out->y = box->quartile[1];
      for (int q = 0; q < 3; q++)
        rheo_plot_number_short (box->v->len > 0 ? box->quartile[q] : NAN, 3, number[q], sizeof number[q]);
      g_snprintf (out->text, sizeof out->text, _ ("%s%s%s: median %s, quartiles %s and %s"), p->panel[i].label,
                  *p->panel[i].label != '\0' ? " " : "", box->name, number[1], number[0], number[2]);
    }
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const RheoColumn *values = rheo_plot_find (spec, "values", 0)->column;
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : values->label);

  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoPlotBinding *b = &spec->binding[i];
      const RheoColumn *c = b->column;
      g_autofree char *key = b->label != NULL && rheo_table_find (table, c->key) != NULL
                                 ? g_strdup_printf ("%s %s", c->key, b->label)
                                 : g_strdup (c->key);

      if (rheo_table_find (table, key) == NULL)
        rheo_table_add_copy (table, key, c->label, c->unit, c->axes, c->type, c->dims, c->data);
    }
  return table;
}

const RheoPlotKind rheo_plot_boxes = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "boxes",
    .title = N_ ("Boxes"),
    .summary = N_ ("Medians, quartiles and whiskers of several sets of numbers, or of one set by the values of "
                   "parameters, a panel each."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = release,
  .range = range,
  .draw = draw,
  .height = height,
  .own_axes = TRUE,
  .panels = panels_of,
  .pick = pick,
  .numbers = numbers,
};
