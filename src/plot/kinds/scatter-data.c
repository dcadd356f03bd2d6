#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/kinds/scatter-private.h"

#define FEW 8      /* points never crowd */
#define CLOSE 0.02 /* of the longest axis */

/* Of entries the shapes and the paths have theirs. */
#define MOST_GROUPS (RHEO_PLOT_MAX_ENTRIES - 9)

int
rheo_scatter_n_dims (const RheoScatterConfig *config)
{
  return config->dims == RHEO_SCATTER_2D ? 2 : 3;
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

/* What a result calls a condition; borrowed. NULL: it has no names. */
static const char *
condition_name (const RheoTable *table, int condition)
{
  const RheoColumn *names = rheo_table_find (table, "group");

  return names != NULL && names->type == RHEO_STRING && condition >= 0 && condition < rheo_column_get_length (names)
             ? rheo_column_get_string (names, condition)
             : NULL;
}

/* A condition's name or "Input 0 0 1" of a result, the binding's label, or "Set 2". */
static void
name_group (const RheoPlotBinding *b, const RheoScatterGroup *group, int number, char *out, size_t size)
{
  g_autofree char *input = rheo_plot_dup_input (b->table, group->condition);
  const char *name = condition_name (b->table, group->condition);

  if (group->is_rest)
    g_strlcpy (out, _ ("Others"), size);
  else if (name != NULL)
    g_strlcpy (out, name, size);
  else if (b->label != NULL && group->condition < 0)
    g_strlcpy (out, b->label, size);
  else if (input != NULL)
    g_snprintf (out, size, _ ("Input %s"), input);
  else
    g_snprintf (out, size, _ ("Set %d"), number + 1);
}

void
rheo_scatter_name_modes (int n_unstable, gboolean many, gboolean marginal, char *out, size_t size)
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

static int
add_entry (RheoScatter *p, RheoPlotSymbol symbol, int style, gboolean open)
{
  p->entry[p->n_entries] = (RheoPlotEntry){ .style = style, .symbol = symbol, .open = open };
  p->entry_count[p->n_entries] = 0;
  return p->n_entries++;
}

static const RheoPlotSymbol shapes[] = { RHEO_SYMBOL_CIRCLE, RHEO_SYMBOL_SQUARE, RHEO_SYMBOL_TRIANGLE,
                                         RHEO_SYMBOL_DIAMOND };

/* One entry for each number of unstable modes that there is, marginal points apart. plain: colour tells something else. */
static void
add_shapes (RheoScatter *p, gboolean plain)
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
                p->entry[entry].plain = plain;
                rheo_scatter_name_modes (modes, modes == 3 && most > 3, open, p->entry[entry].label,
                                         sizeof p->entry[entry].label);
              }
            point->shape = entry;
            p->entry_count[entry]++;
          }
      }
}

/* plain: as add_shapes. */
static void
add_groups (const RheoPlotSpec *spec, RheoScatter *p, gboolean plain)
{
  for (int g = 0; g < p->n_groups; g++)
    {
      const RheoPlotBinding *b = rheo_plot_find (spec, "points", p->group[g].set);
      const int style = b->style >= 0 && p->group[g].condition < 0 ? b->style : g % RHEO_N_STYLES;
      const int entry = add_entry (p, p->has_modes ? RHEO_SYMBOL_CIRCLE : shapes[g % 4], style, FALSE);

      p->entry[entry].plain = plain;
      name_group (b, &p->group[g], g, p->entry[entry].label, sizeof p->entry[entry].label);
      for (guint i = 0; i < p->point->len; i++)
        {
          RheoScatterPoint *point = &g_array_index (p->point, RheoScatterPoint, i);

          if (point->group != g)
            continue;
          point->entry = point->shape = entry;
          point->symbol = p->has_modes ? point->symbol : shapes[g % 4];
          p->entry_count[entry]++;
        }
    }
}

/* What colours and shapes stand for. */
static void
add_entries (const RheoPlotSpec *spec, RheoScatter *p)
{
  const gboolean by_set = p->colour == RHEO_SCATTER_BY_SET;

  if (by_set || !p->has_modes)
    add_groups (spec, p, !by_set);
  if (p->has_modes)
    add_shapes (p, p->colour != RHEO_SCATTER_BY_MODES);
  for (guint i = 0; i < p->point->len; i++)
    {
      RheoScatterPoint *point = &g_array_index (p->point, RheoScatterPoint, i);

      if (!by_set)
        point->entry = point->shape;
      point->style = p->entry[point->entry].plain ? RHEO_SCATTER_PLAIN : p->entry[point->entry].style;
    }
}

/* The group of a point of a set; the last one takes what there is no room for in the legend. */
static int
find_group (RheoScatter *p, int set, int condition)
{
  for (int g = 0; g < p->n_groups; g++)
    if (p->group[g].set == set && p->group[g].condition == condition)
      return g;
  if (p->n_groups == MOST_GROUPS)
    {
      p->group[p->n_groups - 1].is_rest = TRUE;
      return p->n_groups - 1;
    }
  p->group[p->n_groups] = (RheoScatterGroup){ .set = set, .condition = condition };
  return p->n_groups++;
}

static void
read_points (const RheoPlotSpec *spec, RheoScatter *p, int set)
{
  const RheoScatterConfig *config = spec->values;
  const RheoPlotBinding *b = rheo_plot_find (spec, "points", set);
  const RheoColumn *unstable = beside (spec, "unstable", b), *kind = beside (spec, "kind", b);
  const RheoColumn *condition = beside (spec, "condition", b), *speed = beside (spec, "speed", b);
  const int64_t n = b->column->dims[0], width = b->column->dims[1];

  /* A set without points has its place in the legend, too. */
  if (condition == NULL)
    find_group (p, set, -1);
  p->has_modes = p->has_modes || unstable != NULL || kind != NULL;
  for (int64_t i = 0; i < n; i++)
    {
      RheoScatterPoint point = { .set = set,
                                 .index = i,
                                 .speed = speed != NULL ? rheo_column_get_number (speed, i) : NAN };
      gboolean finite = TRUE;
      double modes;

      for (int k = 0; k < rheo_scatter_n_dims (config); k++)
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

/* Paths have the colours of their conditions where points have. */
static void
find_paths (const RheoPlotSpec *spec, RheoScatter *p)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, "path-condition", 0);
  const int64_t n = p->path->dims[0];

  if (b == NULL || b->column->dims[0] != n || p->n_groups < 2 || p->colour != RHEO_SCATTER_BY_SET)
    return;
  p->path_of = g_new (int, n);
  for (int64_t k = 0; k < n; k++)
    {
      const double condition = rheo_column_get_number (b->column, k);

      p->path_of[k] = -1;
      /* The entries of groups come first where they tell colours. */
      for (int g = 0; g < p->n_groups; g++)
        if (p->group[g].condition == condition && rheo_plot_find (spec, "points", p->group[g].set)->table == b->table)
          p->path_of[k] = g;
    }
}

static void
find_limits (const RheoPlotSpec *spec, RheoScatter *p)
{
  const RheoScatterConfig *config = spec->values;
  const int64_t n_path = p->path != NULL ? p->path->dims[0] * p->path->dims[1] : 0;
  const int64_t width = p->path != NULL ? p->path->dims[2] : 0;

  for (int k = 0; k < rheo_scatter_n_dims (config); k++)
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

/* From any side: distances are those in space, as a share of the longest axis. */
static gboolean
is_crowded (const RheoScatterConfig *config, const RheoScatter *p)
{
  double sum = 0, span = 0;
  int n = 0;

  for (int k = 0; k < rheo_scatter_n_dims (config); k++)
    span = MAX (span, p->axis[k].hi - p->axis[k].lo);
  for (guint i = 1; i < p->point->len; i++)
    {
      const RheoScatterPoint *a = &g_array_index (p->point, RheoScatterPoint, i - 1), *b = a + 1;

      if (a->group != b->group)
        continue;
      sum += hypot (hypot (a->v[0] - b->v[0], a->v[1] - b->v[1]), a->v[2] - b->v[2]);
      n++;
    }
  return n >= FEW && sum / n < CLOSE * span;
}

static void
name_axes (const RheoPlotSpec *spec, RheoScatter *p)
{
  const RheoScatterConfig *config = spec->values;
  g_auto (GStrv) names = g_strsplit (config->names, ";", -1);
  const int n_names = (int) g_strv_length (names);

  for (int k = 0; k < 3; k++)
    if (config->direction[k] < n_names && *g_strstrip (names[config->direction[k]]) != '\0')
      g_strlcpy (p->name[k], names[config->direction[k]], sizeof p->name[k]);
    else
      rheo_plot_direction_name (rheo_plot_find (spec, "points", 0)->table, config->direction[k], p->name[k],
                                sizeof p->name[k]);
}

/* Below it q is that of a state which stays, to the last bits of a double: how far below says nothing. */
#define STAYS 1e-16

/* Along the colour bar: tenfold steps of speed, or time from the first step on. */
static void
find_ramp (const RheoPlotSpec *spec, RheoScatter *p)
{
  const RheoScatterConfig *config = spec->values;
  RheoPlotAxis *axis = &p->ramp;

  if (p->colour == RHEO_SCATTER_BY_TIME)
    {
      const gboolean in_ms = config->step_ms > 0;

      axis->hi = MAX ((double) p->path->dims[1] - 1, 1) * (in_ms ? config->step_ms : 1);
      axis->label = in_ms ? _ ("Time") : rheo_plot_word_name ("time");
      axis->unit = in_ms ? "ms" : "";
      return;
    }
  axis->log = TRUE;
  axis->lo = INFINITY;
  for (guint i = 0; i < p->point->len; i++)
    {
      const double v = g_array_index (p->point, RheoScatterPoint, i).speed;

      axis->lo = v > 0 && v < axis->lo ? v : axis->lo;
      axis->hi = isfinite (v) && v > axis->hi ? v : axis->hi;
    }
  p->stays = axis->lo < STAYS && axis->hi > 100 * STAYS;
  if (p->stays)
    axis->lo = STAYS;
  /* There is nothing, or one value alone. */
  if (!(axis->hi > 0))
    axis->lo = axis->hi = 1;
  if (!(axis->hi > 1.001 * axis->lo))
    {
      axis->lo /= 10;
      axis->hi *= 10;
    }
  axis->label = rheo_plot_find (spec, "speed", 0)->column->label;
  axis->unit = rheo_plot_find (spec, "speed", 0)->column->unit;
}

void *
rheo_scatter_prepare (const RheoPlotSpec *spec)
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
  p->colour = config->colour;
  if (config->colour == RHEO_SCATTER_AUTO)
    p->colour = p->n_groups > 1 ? RHEO_SCATTER_BY_SET : RHEO_SCATTER_BY_MODES;
  if (p->colour == RHEO_SCATTER_BY_MODES && !p->has_modes)
    p->colour = RHEO_SCATTER_BY_SET;
  add_entries (spec, p);
  if (p->colour == RHEO_SCATTER_BY_SPEED || p->colour == RHEO_SCATTER_BY_TIME)
    find_ramp (spec, p);
  if (p->path != NULL)
    {
      p->path_entry = add_entry (p, RHEO_SYMBOL_PATH, 0, FALSE);
      g_strlcpy (p->entry[p->path_entry].label, _ ("Trials"), sizeof p->entry[0].label);
      p->entry_count[p->path_entry] = (int) p->path->dims[0];
      find_paths (spec, p);
    }
  name_axes (spec, p);
  find_limits (spec, p);
  p->is_crowded = is_crowded (config, p);
  return p;
}

void
rheo_scatter_release (void *prepared)
{
  RheoScatter *p = prepared;

  g_array_unref (p->point);
  g_free (p->path_of);
  rheo_cloud_unref (p->cloud);
  g_free (p);
}
