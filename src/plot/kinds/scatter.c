#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/kinds/scatter-private.h"

static const char *const dims_choices[] = { "space", "plane", NULL };
static const char *const colour_choices[] = { "auto", "modes", "set", "q", "time", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (RheoScatterConfig, dims, "dims", dims_choices, .label = N_ ("Dimensions"), .max = RHEO_SCATTER_2D,
                 .help = N_ ("Space: seen by a camera. Plane: that of the first two axes.")),
  RHEO_P_INT (RheoScatterConfig, direction[0], "x-direction", .label = N_ ("Direction along x"), .def = 0, .max = 1e6,
              .soft_max = 9, .help = N_ ("Which column of places, counted from 0.")),
  RHEO_P_INT (RheoScatterConfig, direction[1], "y-direction", .label = N_ ("Direction along y"), .def = 1, .max = 1e6,
              .soft_max = 9, .help = N_ ("Which column of places, counted from 0.")),
  RHEO_P_INT (RheoScatterConfig, direction[2], "z-direction", .label = N_ ("Direction along z"), .def = 2, .max = 1e6,
              .soft_max = 9, .when = "dims=space", .help = N_ ("Which column of places, counted from 0.")),
  RHEO_P_REAL (RheoScatterConfig, azimuth, "azimuth", .label = N_ ("Azimuth"), .unit = "°", .def = -35, .min = -360,
               .max = 360, .when = "dims=space",
               .help = N_ ("Where the viewer stands, from the x axis about the z axis.")),
  RHEO_P_REAL (RheoScatterConfig, elevation, "elevation", .label = N_ ("Elevation"), .unit = "°", .def = 22, .min = -90,
               .max = 90, .when = "dims=space", .help = N_ ("How high the viewer stands above the plane of x and y.")),
  RHEO_P_REAL (RheoScatterConfig, perspective, "perspective", .label = N_ ("Perspective"), .max = 1,
               .when = "dims=space",
               .help = N_ ("0: parallel rays, lengths can be compared. 1: what is near is larger.")),
  RHEO_P_BOOL (RheoScatterConfig, equal_scale, "equal-scale", .label = N_ ("Equal scale"), .def = TRUE,
               .help = N_ ("A unit is as long along each axis.")),
  RHEO_P_CHOICE (
      RheoScatterConfig, colour, "colour", colour_choices, .label = N_ ("Colour"), .max = RHEO_SCATTER_BY_TIME,
      .help =
          N_ ("Of points by unstable modes, by set or input, or by speed q in tenfold steps; of paths by time. Auto: "
              "by set where there are several. The shape tells unstable modes in any case.")),
  RHEO_P_REAL (RheoScatterConfig, step_ms, "step", .label = N_ ("Time step"), .unit = "ms", .max = 1e6, .soft_max = 10,
               .when = "colour=time",
               .help = N_ ("Length of a step, for colours in milliseconds. 0: the bar counts steps.")),
  RHEO_P_TEXT (RheoScatterConfig, names, "names", .label = N_ ("Names of directions"), .def_text = "",
               .help =
                   N_ ("Separated by semicolons, in the order of the directions. Empty: as the result calls them.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "points", N_ ("places of points"), "* *", TRUE, TRUE, .from = "fixed-points/*/place|*/place", .called = "table" },
  { "unstable", N_ ("unstable modes of each point"), "*", FALSE, TRUE, .with = "=unstable" },
  { "kind", N_ ("kind of each point: 0 stable, 1 unstable, 2 marginal"), "*", FALSE, TRUE, .with = "=kind" },
  { "condition", N_ ("number of each point’s input or condition, where there are several"), "*", FALSE, TRUE,
    .with = "=condition" },
  { "speed", N_ ("speed q of each point"), "*", FALSE, TRUE, .with = "=q" },
  { "path", N_ ("paths of trials"), "* * *", FALSE, FALSE, .with = "=path" },
  { "path-condition", N_ ("number of each path’s input or condition"), "*", FALSE, FALSE, .with = "=path-condition" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------- */
/* Of two results: places along other directions cannot stand in one figure. */
static gboolean
are_comparable (const RheoTable *a, const RheoTable *b)
{
  const RheoColumn *p = rheo_table_find (a, "direction"), *q = rheo_table_find (b, "direction");

  if (p == NULL || q == NULL || a == b)
    return TRUE;
  if (rheo_column_get_length (p) != rheo_column_get_length (q))
    return FALSE;
  for (int64_t i = 0; i < rheo_column_get_length (p); i++)
    if (!(fabs (rheo_column_get_number (p, i) - rheo_column_get_number (q, i)) < 1e-5))
      return FALSE;
  return TRUE;
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoScatterConfig *config = spec->values;
  const RheoPlotBinding *first = rheo_plot_find (spec, "points", 0);

  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoPlotBinding *b = &spec->binding[i];
      const int64_t n = b->column->n_dims > 1 ? b->column->dims[b->column->n_dims - 1] : 0;

      if (b->column->n_dims == 1)
        continue;
      for (int k = 0; k < rheo_scatter_n_dims (config); k++)
        if (config->direction[k] >= n)
          return rheo_fail (error, RHEO_ERROR_INVALID,
                            _ ("\"%s\" has %d directions, so there is none of number %d. The plot counts from 0; with "
                               "dims=plane it needs two."),
                            b->column->key, (int) n, config->direction[k]);
      if (strcmp (b->role, "points") == 0 && !are_comparable (first->table, b->table))
        return rheo_fail (
            error, RHEO_ERROR_INVALID,
            _ ("The sets of points lie along different principal directions and cannot be shown together. "
               "Search for them at one state of training."));
    }
  if (config->colour == RHEO_SCATTER_BY_SPEED && rheo_plot_count (spec, "speed") == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The speed of the points is not known, so it cannot colour them."));
  if (config->colour == RHEO_SCATTER_BY_TIME && rheo_plot_count (spec, "path") == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There are no paths that time could colour."));
  return TRUE;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const RheoScatter *p = rheo_plot_get_prepared (spec);

  *x = p->axis[0];
  *y = p->axis[1];
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  const RheoScatter *p = rheo_plot_get_prepared (spec);

  for (int i = 0; i < p->n_entries; i++)
    {
      char label[sizeof entries[0].label];

      entries[i] = p->entry[i];
      g_strlcpy (label, entries[i].label, sizeof label);
      g_snprintf (entries[i].label, sizeof entries[i].label, "%.50s · %d", label, p->entry_count[i]);
    }
  return p->n_entries;
}

static int
panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
        const RheoPlotAxis *y, RheoPlotPanel *out)
{
  RheoScatterView view;

  rheo_scatter_view_init (&view, spec, canvas, area, x, y);
  if (view.flat)
    out[0] = (RheoPlotPanel){ .area = view.panel.area, .x = view.panel.x, .y = view.panel.y, .plane = TRUE };
  return view.flat ? 1 : 0;
}

/* A plane is never turned. */
static int
count (const RheoPlotSpec *spec)
{
  const RheoScatterConfig *config = spec->values;

  return config->dims == RHEO_SCATTER_2D ? 0 : rheo_scatter_count (spec);
}

/* --- hover and numbers ------------------------------------------------------------------------------------------------ */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const RheoScatterConfig *config = spec->values;
  const RheoScatter *p = rheo_plot_get_prepared (spec);
  const RheoScatterPoint *best = NULL;
  RheoScatterView view;
  double best_cost = INFINITY;
  char kind[128], place[3][40];

  rheo_scatter_view_init (&view, spec, canvas, area, x, y);
  for (guint i = 0; i < p->point->len; i++)
    {
      const RheoScatterPoint *point = &g_array_index (p->point, RheoScatterPoint, i);
      double at[3], far;

      if (rheo_scatter_hidden (spec, point))
        continue;
      rheo_scatter_place (&view, point->v, at);
      far = hypot (at[0] - px, at[1] - py);
      /* Of points behind each other the nearest to the viewer. */
      if (far > 12 || far - at[2] >= best_cost)
        continue;
      best = point;
      best_cost = far - at[2];
    }
  if (best == NULL)
    return;
  out->binding = (int) (rheo_plot_find (spec, "points", best->set) - spec->binding);
  out->entry = best->entry;
  out->point = TRUE;
  out->set = best->set;
  out->index = best->index;
  out->x = best->v[0];
  out->y = best->v[1];
  for (int k = 0; k < 3; k++)
    rheo_plot_number_short (best->v[k], 3, place[k], sizeof place[k]);
  if (p->has_modes)
    rheo_scatter_name_modes (best->n_unstable, FALSE, best->open, kind, sizeof kind);
  else
    g_strlcpy (kind, p->entry[best->entry].label, sizeof kind);
  if (p->colour == RHEO_SCATTER_BY_SPEED)
    {
      const gsize length = strlen (kind);
      char speed[40];

      rheo_plot_number_short (best->speed, 2, speed, sizeof speed);
      g_snprintf (kind + length, sizeof kind - length, ", q %s", speed);
    }
  if (config->dims == RHEO_SCATTER_2D)
    g_snprintf (out->text, sizeof out->text, _ ("Point %d: %s; %s %s, %s %s"), (int) best->index + 1, kind, p->name[0],
                place[0], p->name[1], place[1]);
  else
    g_snprintf (out->text, sizeof out->text, _ ("Point %d: %s; %s %s, %s %s, %s %s"), (int) best->index + 1, kind,
                p->name[0], place[0], p->name[1], place[1], p->name[2], place[2]);
}

/* Points first, one row each, then every step of the paths. */
static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const RheoScatterConfig *config = spec->values;
  const RheoScatter *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "scatter");
  const int64_t n_points = p->point->len, n_path = p->path != NULL ? p->path->dims[0] * p->path->dims[1] : 0;
  const int64_t n = n_points + n_path;
  static const char *const keys[] = { "set", "point", "unstable", "marginal", "q", "trial", "time" };
  double *column[G_N_ELEMENTS (keys)];

  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    column[k] = rheo_table_add (table, keys[k], keys[k], "", "row", RHEO_F64, &n)->data;
  for (int64_t i = 0; i < n; i++)
    {
      const RheoScatterPoint *point = i < n_points ? &g_array_index (p->point, RheoScatterPoint, i) : NULL;
      const int64_t step = i - n_points, length = p->path != NULL ? p->path->dims[1] : 1;
      const double value[] = { point != NULL ? point->set : NAN,
                               point != NULL ? (double) point->index : NAN,
                               point != NULL && p->has_modes ? point->n_unstable : NAN,
                               point != NULL && p->has_modes ? point->open : NAN,
                               point != NULL ? point->speed : NAN,
                               point != NULL ? NAN : (double) (step / length),
                               point != NULL ? NAN : (double) (step % length) };

      for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
        column[k][i] = value[k];
    }
  for (int k = 0; k < rheo_scatter_n_dims (config); k++)
    {
      g_autofree char *key = g_strdup_printf ("direction-%d", config->direction[k]);
      double *v;

      /* The same direction may stand along two axes. */
      if (rheo_table_find (table, key) != NULL)
        continue;
      v = rheo_table_add (table, key, p->name[k], "", "row", RHEO_F64, &n)->data;
      for (int64_t i = 0; i < n; i++)
        v[i] = i < n_points
                   ? g_array_index (p->point, RheoScatterPoint, i).v[k]
                   : rheo_column_get_number (p->path, (i - n_points) * p->path->dims[2] + config->direction[k]);
    }
  return table;
}

const RheoPlotKind rheo_plot_scatter = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "scatter",
    .title = N_ ("Scatter"),
    .summary = N_ ("Fixed points and paths of trials in two or three principal directions."),
    .config_size = sizeof (RheoScatterConfig),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = rheo_scatter_prepare,
  .release = rheo_scatter_release,
  .range = range,
  .legend = legend,
  .draw = rheo_scatter_draw,
  .own_axes = TRUE,
  .count = count,
  .cloud = rheo_scatter_cloud,
  .panels = panels,
  .pick = pick,
  .numbers = numbers,
};
