#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/kinds/scatter-private.h"

static const char *const dims_choices[] = { "space", "plane", NULL };
static const char *const colour_choices[] = { "auto", "modes", "set", NULL };

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
      RheoScatterConfig, colour, "colour", colour_choices, .label = N_ ("Colour"), .max = RHEO_SCATTER_BY_SET,
      .help = N_ ("By unstable modes or by set of points. Auto: by set where there are several. The shape tells "
                  "unstable modes either way.")),
  RHEO_P_TEXT (RheoScatterConfig, names, "names", .label = N_ ("Names of directions"), .def_text = "",
               .help = N_ ("Separated by semicolons, in the order of the directions. Empty: PC 1, PC 2 and so on.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "points", N_ ("places of points"), "* *", TRUE, TRUE, .from = "fixed-points/*/place|*/place", .called = "table" },
  { "unstable", N_ ("unstable modes of each point"), "*", FALSE, TRUE, .with = "=unstable" },
  { "kind", N_ ("kind of each point: 0 stable, 1 unstable, 2 marginal"), "*", FALSE, TRUE, .with = "=kind" },
  { "condition", N_ ("number of each point’s input, where there are several"), "*", FALSE, TRUE, .with = "=condition" },
  { "path", N_ ("paths of trials"), "* * *", FALSE, FALSE, .with = "=path" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------- */
static int
n_dims_of (const RheoScatterConfig *config)
{
  return config->dims == RHEO_SCATTER_2D ? 2 : 3;
}

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
      for (int k = 0; k < n_dims_of (config); k++)
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
  return TRUE;
}

/* The column of a role that comes from the same table. NULL: none, or of another length. */
static const RheoColumn *
beside (const RheoPlotSpec *spec, const char *role, const RheoPlotBinding *points)
{
  for (int i = 0; i < spec->n_bindings; i++)
    if (strcmp (spec->binding[i].role, role) == 0 && spec->binding[i].table == points->table
        && spec->binding[i].column->dims[0] == points->column->dims[0])
      return spec->binding[i].column;
  return NULL;
}

/* The input of a result or of one of its conditions, "0 0 1". NULL: there is none, or it is too long to be read. */
static char *
dup_input (const RheoTable *table, int condition)
{
  const RheoColumn *input = rheo_table_find (table, condition >= 0 ? "inputs" : "input");
  const int64_t n = input == NULL                                      ? 0
                    : condition < 0                                    ? rheo_column_get_length (input)
                    : input->n_dims == 2 && condition < input->dims[0] ? input->dims[1]
                                                                       : 0;
  g_autoptr (GString) text = g_string_new (NULL);

  if (n == 0 || n > 8)
    return NULL;
  for (int64_t i = 0; i < n; i++)
    {
      char number[40];

      rheo_plot_number_short (rheo_column_get_number (input, MAX (condition, 0) * n + i), 3, number, sizeof number);
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", number);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* "Input 0 0 1" of a result, the binding's label, or "Set 2". */
static void
name_group (const RheoPlotBinding *b, const RheoScatterGroup *group, int number, char *out, size_t size)
{
  g_autofree char *input = dup_input (b->table, group->condition);

  if (b->label != NULL && group->condition < 0)
    g_strlcpy (out, b->label, size);
  else if (input != NULL)
    g_snprintf (out, size, _ ("Input %s"), input);
  else
    g_snprintf (out, size, _ ("Set %d"), number + 1);
}

static void
name_modes (int n_unstable, gboolean many, gboolean marginal, char *out, size_t size)
{
  g_autofree char *modes = NULL;

  if (n_unstable == 0)
    modes = g_strdup (marginal ? _ ("Marginal") : _ ("Stable"));
  else if (many)
    modes = g_strdup_printf (_ ("%d or more unstable modes"), n_unstable);
  else
    modes = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%d unstable mode", "%d unstable modes", (gulong) n_unstable), n_unstable);
  if (marginal && n_unstable > 0)
    g_snprintf (out, size, _ ("Marginal, %s"), modes);
  else
    g_strlcpy (out, modes, size);
}

static void
count_entry (RheoScatter *p, int entry)
{
  p->entry_count[entry]++;
}

static int
add_entry (RheoScatter *p, RheoPlotSymbol symbol, int style, gboolean open)
{
  p->entry[p->n_entries] = (RheoPlotEntry){ .style = style, .symbol = symbol, .open = open };
  p->entry_count[p->n_entries] = 0;
  return p->n_entries++;
}

static const RheoPlotSymbol shapes[] = { RHEO_SYMBOL_CIRCLE, RHEO_SYMBOL_SQUARE, RHEO_SYMBOL_TRIANGLE,
                                         RHEO_SYMBOL_DIAMOND };

/* One entry for each number of unstable modes that there is, marginal points apart. */
static void
group_by_modes (RheoScatter *p)
{
  static const int style[] = { 0, 4, 1, 3 };
  int most = 0;

  for (guint i = 0; i < p->point->len; i++)
    most = MAX (most, g_array_index (p->point, RheoScatterPoint, i).n_unstable);
  for (int modes = 0; modes < 4; modes++)
    for (int open = 0; open < 2; open++)
      {
        int entry = -1;

        for (guint i = 0; i < p->point->len; i++)
          {
            RheoScatterPoint *point = &g_array_index (p->point, RheoScatterPoint, i);

            if (MIN (point->n_unstable, 3) != modes || point->open != open)
              continue;
            if (entry < 0)
              {
                entry = add_entry (p, shapes[modes], style[modes], open);
                name_modes (modes, modes == 3 && most > 3, open, p->entry[entry].label, sizeof p->entry[entry].label);
              }
            point->entry = entry;
            point->style = style[modes];
            count_entry (p, entry);
          }
      }
}

static void
group_by_set (const RheoPlotSpec *spec, RheoScatter *p)
{
  for (int g = 0; g < p->n_groups; g++)
    {
      const RheoPlotBinding *b = rheo_plot_find (spec, "points", p->group[g].set);
      const int style = b->style >= 0 && p->group[g].condition < 0 ? b->style : g % RHEO_N_STYLES;
      const int entry = add_entry (p, p->has_modes ? RHEO_SYMBOL_CIRCLE : shapes[g % 4], style, FALSE);

      name_group (b, &p->group[g], g, p->entry[entry].label, sizeof p->entry[entry].label);
      for (guint i = 0; i < p->point->len; i++)
        {
          RheoScatterPoint *point = &g_array_index (p->point, RheoScatterPoint, i);

          if (point->group != g)
            continue;
          point->entry = entry;
          point->style = style;
          point->symbol = p->has_modes ? point->symbol : shapes[g % 4];
          count_entry (p, entry);
        }
    }
}

/* The group of a point of a set; the last one takes what there is no room for in the legend. */
static int
find_group (RheoScatter *p, int set, int condition)
{
  for (int g = 0; g < p->n_groups; g++)
    if (p->group[g].set == set && p->group[g].condition == condition)
      return g;
  if (p->n_groups == RHEO_PLOT_MAX_ENTRIES - 1)
    return p->n_groups - 1;
  p->group[p->n_groups] = (RheoScatterGroup){ set, condition };
  return p->n_groups++;
}

static void
read_points (const RheoPlotSpec *spec, RheoScatter *p, int set)
{
  const RheoScatterConfig *config = spec->values;
  const RheoPlotBinding *b = rheo_plot_find (spec, "points", set);
  const RheoColumn *unstable = beside (spec, "unstable", b), *kind = beside (spec, "kind", b);
  const RheoColumn *condition = beside (spec, "condition", b);
  const int64_t n = b->column->dims[0], width = b->column->dims[1];

  /* A set without points has its place in the legend, too. */
  if (condition == NULL)
    find_group (p, set, -1);
  p->has_modes = p->has_modes || unstable != NULL || kind != NULL;
  for (int64_t i = 0; i < n; i++)
    {
      RheoScatterPoint point = { .set = set, .index = i };
      gboolean finite = TRUE;
      double modes;

      for (int k = 0; k < n_dims_of (config); k++)
        {
          point.v[k] = rheo_column_get_number (b->column, i * width + config->direction[k]);
          finite = finite && isfinite (point.v[k]);
        }
      if (!finite)
        continue;
      modes = unstable != NULL ? rheo_column_get_number (unstable, i)
              : kind != NULL   ? rheo_column_get_number (kind, i) == 1
                               : 0;
      point.n_unstable = modes > 0 ? (int) MIN (modes, 1e6) : 0;
      point.open = kind != NULL && rheo_column_get_number (kind, i) == 2;
      point.symbol = shapes[MIN (point.n_unstable, 3)];
      point.group = find_group (p, set, condition != NULL ? (int) rheo_column_get_number (condition, i) : -1);
      g_array_append_val (p->point, point);
    }
}

static void
find_limits (const RheoPlotSpec *spec, RheoScatter *p)
{
  const RheoScatterConfig *config = spec->values;
  const int64_t n_path = p->path != NULL ? p->path->dims[0] * p->path->dims[1] : 0;
  const int64_t width = p->path != NULL ? p->path->dims[2] : 0;

  for (int k = 0; k < n_dims_of (config); k++)
    {
      RheoPlotAxis *axis = &p->axis[k];

      axis->lo = INFINITY;
      axis->hi = -INFINITY;
      for (guint i = 0; i < p->point->len; i++)
        {
          const double v = g_array_index (p->point, RheoScatterPoint, i).v[k];

          axis->lo = MIN (axis->lo, v);
          axis->hi = MAX (axis->hi, v);
        }
      for (int64_t i = 0; i < n_path; i++)
        {
          const double v = rheo_column_get_number (p->path, i * width + config->direction[k]);

          axis->lo = v < axis->lo ? v : axis->lo;
          axis->hi = v > axis->hi ? v : axis->hi;
        }
      rheo_plot_axis_pad (axis, 0.04);
      /* A box as large as the data: room inside it is lost twice. */
      if (config->dims == RHEO_SCATTER_2D || !(axis->hi > axis->lo))
        rheo_plot_axis_nice (axis);
      axis->label = g_intern_string (p->name[k]);
      axis->unit = "";
    }
}

static void
name_axes (const RheoScatterConfig *config, RheoScatter *p)
{
  g_auto (GStrv) names = g_strsplit (config->names, ";", -1);
  const int n_names = (int) g_strv_length (names);

  for (int k = 0; k < 3; k++)
    if (config->direction[k] < n_names && *g_strstrip (names[config->direction[k]]) != '\0')
      g_strlcpy (p->name[k], names[config->direction[k]], sizeof p->name[k]);
    else
      /* Translators: a principal component of the states, by number. */
      g_snprintf (p->name[k], sizeof p->name[k], _ ("PC %d"), config->direction[k] + 1);
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const RheoScatterConfig *config = spec->values;
  RheoScatter *p = g_new0 (RheoScatter, 1);
  const RheoPlotBinding *path = rheo_plot_find (spec, "path", 0);

  p->point = g_array_new (FALSE, FALSE, sizeof (RheoScatterPoint));
  p->path = path != NULL && rheo_column_get_length (path->column) > 0 ? path->column : NULL;
  p->path_entry = -1;
  p->n_sets = rheo_plot_count (spec, "points");
  for (int set = 0; set < p->n_sets; set++)
    read_points (spec, p, set);
  if (config->colour == RHEO_SCATTER_BY_SET || (config->colour == RHEO_SCATTER_AUTO && p->n_groups > 1)
      || !p->has_modes)
    group_by_set (spec, p);
  else
    group_by_modes (p);
  if (p->path != NULL)
    {
      p->path_entry = add_entry (p, RHEO_SYMBOL_PATH, 0, FALSE);
      g_strlcpy (p->entry[p->path_entry].label, _ ("Trials"), sizeof p->entry[0].label);
      p->entry_count[p->path_entry] = (int) p->path->dims[0];
    }
  name_axes (config, p);
  find_limits (spec, p);
  return p;
}

static void
release (void *prepared)
{
  RheoScatter *p = prepared;

  g_array_unref (p->point);
  g_free (p);
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
  char kind[64], place[3][40];

  rheo_scatter_view_init (&view, spec, canvas, area, x, y);
  for (guint i = 0; i < p->point->len; i++)
    {
      const RheoScatterPoint *point = &g_array_index (p->point, RheoScatterPoint, i);
      double at[3], far;

      if (rheo_plot_entry_hidden (spec, point->entry))
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
    name_modes (best->n_unstable, FALSE, best->open, kind, sizeof kind);
  else
    g_strlcpy (kind, p->entry[best->entry].label, sizeof kind);
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
  static const char *const keys[] = { "set", "point", "unstable", "marginal", "trial", "time" };
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
                               point != NULL ? NAN : (double) (step / length),
                               point != NULL ? NAN : (double) (step % length) };

      for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
        column[k][i] = value[k];
    }
  for (int k = 0; k < n_dims_of (config); k++)
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
  .prepare = prepare,
  .release = release,
  .range = range,
  .legend = legend,
  .draw = rheo_scatter_draw,
  .own_axes = TRUE,
  .panels = panels,
  .pick = pick,
  .numbers = numbers,
};
