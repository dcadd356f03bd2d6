#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/sweeps-page-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "plot/plot-sweep.h"
#include "widgets/common.h"
#include "widgets/plot-card.h"

#define CURVE_WINDOW 100 /* iterations */

static RheoColumn *
add_names (RheoTable *table, const char *key, const RheoSweepAxis *axis)
{
  int64_t n = axis != NULL ? axis->n : 1;
  RheoColumn *column = rheo_table_add (table, key, axis != NULL ? axis->label : "", axis != NULL ? axis->unit : "", key,
                                       RHEO_STRING, &n);

  for (int64_t i = 0; i < n; i++)
    ((const char **) column->data)[i] = rheo_table_keep (table, axis != NULL ? axis->points[i].text : "");
  return column;
}

static int
cell_state (const RheoTable *map, int64_t i)
{
  if (rheo_column_get_number (rheo_table_find (map, "diverged"), i) > 0)
    return 3;
  if (rheo_column_get_number (rheo_table_find (map, "running"), i) > 0)
    return 2;
  if (rheo_column_get_number (rheo_table_find (map, "failed"), i) > 0)
    return 4;
  if (rheo_column_get_number (rheo_table_find (map, "waiting"), i) > 0
      && isnan (rheo_column_get_number (rheo_table_find (map, "value"), i)))
    return 1;
  return 0;
}

/* What the number of a cell is, from the metric and what was asked of it. */
static void
describe_value (RheoSweepsPage *page, const RheoSweepSight *sight, RheoColumn *value)
{
  const RheoColumn *key = rheo_table_find (sight->metrics, "metric");

  for (int64_t i = 0; i < rheo_column_get_length (key); i++)
    if (g_str_equal (rheo_column_get_string (key, i), sight->view.metric)
        && (sight->view.reduction == RHEO_OVER_SEEDS_SPREAD || sight->view.measure == RHEO_MEASURE_REACHED
            || rheo_column_get_number (rheo_table_find (sight->metrics, "direction"), i) < 0))
      value->flags |= RHEO_SERIES_LOWER_IS_BETTER;
}

static const char *
find_label (const RheoSweepSight *sight, const char *what)
{
  const RheoColumn *key = rheo_table_find (sight->metrics, "metric");

  for (int64_t i = 0; i < rheo_column_get_length (key); i++)
    if (g_str_equal (rheo_column_get_string (key, i), sight->view.metric))
      return rheo_column_get_string (rheo_table_find (sight->metrics, what), i);
  return "";
}

/* Names of the points of the sweep that have one, in their cells. */
static void
bind_marks (RheoSweepsPage *page, const RheoSweepSight *sight, RheoPlotSpec *spec, RheoTable *table,
            const int64_t dims[2])
{
  int n;
  const RheoSweepMark *marks = rheo_sweep_get_marks (sweep_of (page), &n);
  const char **names;

  if (n == 0 || sight->view.y < 0)
    return;
  names = rheo_table_add (table, "mark", "", "", "row column", RHEO_STRING, dims)->data;
  for (int64_t i = 0; i < dims[0] * dims[1]; i++)
    names[i] = "";
  for (int k = 0; k < n; k++)
    {
      const int row = marks[k].point[sight->view.y], column = marks[k].point[sight->view.x];

      if (row >= 0 && column >= 0)
        names[row * dims[1] + column] = rheo_table_keep (table, marks[k].name);
    }
  rheo_plot_bind (spec, "mark", table, "mark", NULL, NULL);
}

/* Two axes, or one whose values are names. */
static RheoPlotSpec *
new_map (RheoSweepsPage *page, const RheoSweepSight *sight)
{
  const RheoSweepAxis *x = rheo_sweep_get_axis (sweep_of (page), sight->view.x),
                      *y = sight->view.y >= 0 ? rheo_sweep_get_axis (sweep_of (page), sight->view.y) : NULL;
  g_autoptr (RheoTable) table = rheo_table_new ("");
  const int64_t dims[] = { y != NULL ? y->n : 1, x->n };
  const gboolean reached = sight->view.measure == RHEO_MEASURE_REACHED;
  RheoColumn *value = rheo_table_add (table, "value", reached ? N_ ("Iteration") : find_label (sight, "label"),
                                      reached ? "" : find_label (sight, "unit"), "row column", RHEO_F64, dims),
             *state = rheo_table_add (table, "state", "", "", "row column", RHEO_I32, dims),
             *share = rheo_table_add (table, "share", "", "", "row column", RHEO_F64, dims);
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("cells", NULL));

  describe_value (page, sight, value);
  for (int64_t i = 0; i < dims[0] * dims[1]; i++)
    {
      ((double *) value->data)[i] = rheo_column_get_number (rheo_table_find (sight->map, "value"), i);
      ((int32_t *) state->data)[i] = cell_state (sight->map, i);
      ((double *) share->data)[i] = rheo_column_get_number (rheo_table_find (sight->map, "share"), i);
    }
  add_names (table, "column", x);
  add_names (table, "row", y);
  rheo_plot_bind (spec, "value", table, "value", NULL, NULL);
  rheo_plot_bind (spec, "state", table, "state", NULL, NULL);
  rheo_plot_bind (spec, "share", table, "share", NULL, NULL);
  rheo_plot_bind (spec, "columns", table, "column", NULL, NULL);
  rheo_plot_bind (spec, "rows", table, "row", NULL, NULL);
  bind_marks (page, sight, spec, table, dims);
  return spec;
}

/* One axis of numbers: a line with the smallest and the largest of the seeds. */
static RheoPlotSpec *
new_line (RheoSweepsPage *page, const RheoSweepSight *sight)
{
  const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep_of (page), sight->view.x);
  g_autoptr (RheoTable) table = rheo_table_new ("");
  const char *label = find_label (sight, "label"), *unit = find_label (sight, "unit");
  int64_t n = 0;
  RheoColumn *x, *y, *lo, *hi;
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));

  for (int i = 0; i < axis->n; i++)
    n += isfinite (rheo_column_get_number (rheo_table_find (sight->map, "value"), i));
  x = rheo_table_add (table, "x", axis->label, axis->unit, "point", RHEO_F64, &n);
  y = rheo_table_add (table, "y", label, unit, "point", RHEO_F64, &n);
  lo = rheo_table_add (table, "lo", label, unit, "point", RHEO_F64, &n);
  hi = rheo_table_add (table, "hi", label, unit, "point", RHEO_F64, &n);
  for (int i = 0, k = 0; i < axis->n; i++)
    {
      double value = rheo_column_get_number (rheo_table_find (sight->map, "value"), i);

      if (!isfinite (value))
        continue;
      ((double *) x->data)[k] = axis->points[i].number;
      ((double *) y->data)[k] = value;
      ((double *) lo->data)[k] = rheo_column_get_number (rheo_table_find (sight->map, "low"), i);
      ((double *) hi->data)[k] = rheo_column_get_number (rheo_table_find (sight->map, "high"), i);
      k++;
    }
  rheo_plot_bind (spec, "y", table, "y", NULL, NULL);
  rheo_plot_bind (spec, "x", table, "x", NULL, NULL);
  if (sight->view.reduction != RHEO_OVER_SEEDS_SPREAD)
    {
      rheo_plot_bind (spec, "lo", table, "lo", NULL, NULL);
      rheo_plot_bind (spec, "hi", table, "hi", NULL, NULL);
    }
  spec->x.log = axis->log;
  spec->empty = g_intern_string (_ ("After the first run"));
  return spec;
}

/* Three axes or more: a line for each point. */
static RheoPlotSpec *
new_parallel (RheoSweepsPage *page, const RheoSweepSight *sight)
{
  g_autoptr (RheoTable) table = rheo_table_new ("");
  g_autoptr (GString) logs = g_string_new (NULL);
  const int64_t n = rheo_column_get_length (rheo_table_find (sight->map, "value"));
  const gboolean reached = sight->view.measure == RHEO_MEASURE_REACHED;
  RheoColumn *value = rheo_table_add (table, "value", reached ? N_ ("Iteration") : find_label (sight, "label"),
                                      reached ? "" : find_label (sight, "unit"), "point", RHEO_F64, &n),
             *state = rheo_table_add (table, "state", "", "", "point", RHEO_I32, &n);
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("parallel", NULL));

  describe_value (page, sight, value);
  for (int64_t i = 0; i < n; i++)
    {
      ((double *) value->data)[i] = rheo_column_get_number (rheo_table_find (sight->map, "value"), i);
      ((int32_t *) state->data)[i] = cell_state (sight->map, i);
    }
  for (int a = 0; a < rheo_sweep_get_n_axes (sweep_of (page)); a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep_of (page), a);
      const gboolean numeric = rheo_sweeps_page_is_numeric (axis);
      /* A value of the user's may be called "value" or "state". */
      g_autofree char *key = g_strconcat ("axis.", axis->word, NULL);
      RheoColumn *column;

      if (axis->seeds || rheo_sweep_is_tied (sweep_of (page), a))
        continue;
      column = rheo_table_add (table, key, axis->label, axis->unit, "point", numeric ? RHEO_F64 : RHEO_STRING, &n);
      if (axis->log)
        g_string_append_printf (logs, "%s\t", key);
      for (int row = 0; row < sight->n_rows; row++)
        {
          const RheoSweepPoint *point = &axis->points[rheo_sweep_get_point (sweep_of (page), row, a)];
          const int i = rheo_sweep_get_combination (sweep_of (page), row);

          if (numeric)
            ((double *) column->data)[i] = point->number;
          else
            ((const char **) column->data)[i] = rheo_table_keep (table, point->text);
        }
    }
  rheo_table_set_note (table, "parallel.log", logs->str);
  rheo_plot_bind (spec, "value", table, "value", NULL, NULL);
  rheo_plot_bind (spec, "state", table, "state", NULL, NULL);
  for (int c = 2; c < MIN (rheo_table_get_n_columns (table), RHEO_PLOT_MAX_COLUMNS); c++)
    rheo_plot_bind (spec, "axis", table, rheo_table_get_column (table, c)->key, NULL, NULL);
  return spec;
}

/* A running mean for each of the first runs that are done. */
static RheoPlotSpec *
new_curves (RheoSweepsPage *page, const RheoSweepSight *sight)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  RheoPlotSpec *spec;

  for (guint i = 0; i < sight->curve_rows->len; i++)
    g_ptr_array_add (names, rheo_sweep_dup_row_title (sweep_of (page), g_array_index (sight->curve_rows, int, i)));
  spec = rheo_plot_sweep_curves ((RheoTable *const *) sight->curves->pdata, (const char *const *) names->pdata,
                                 (int) names->len, sight->curve, CURVE_WINDOW, "");
  spec->empty = g_intern_string (_ ("After the first run"));
  return spec;
}

/* As high as the panels want to be; the page scrolls. */
static void
set_height (RheoSweepsPage *page, const RheoPlotSpec *spec)
{
  const int width = gtk_widget_get_width (page->card);
  const double wanted = width > 0 && spec->n_bindings > 0 ? rheo_plot_height (spec, width) : 0;

  rheo_widget_set_text_height (page->card, MAX (RHEO_SWEEP_MAP_HEIGHT, (int) wanted));
}

int
rheo_sweeps_page_get_cell (RheoSweepsPage *page, const RheoSweepSight *sight, int row)
{
  const RheoSweep *sweep = sweep_of (page);

  if (sight->view.form != RHEO_SWEEP_MAP)
    return rheo_sweep_get_combination (sweep, row);
  return rheo_sweep_get_point (sweep, row, sight->view.x)
         + (sight->view.y >= 0 ? rheo_sweep_get_point (sweep, row, sight->view.y) * page->n_x : 0);
}

gboolean
rheo_sweeps_page_is_numeric (const RheoSweepAxis *axis)
{
  for (int i = 0; i < axis->n; i++)
    if (isnan (axis->points[i].number)
        || (i > 1
            && (axis->points[i].number > axis->points[i - 1].number)
                   != (axis->points[1].number > axis->points[0].number)))
      return FALSE;
  return axis->n > 1;
}

void
rheo_sweeps_page_show_map (RheoSweepsPage *page, const RheoSweepSight *sight)
{
  const RheoSweepAxis *x = rheo_sweep_get_axis (sweep_of (page), sight->view.x);
  const RheoSweepForm form = sight->view.form;
  gboolean all = form != RHEO_SWEEP_MAP, line = !all && sight->view.y < 0 && rheo_sweeps_page_is_numeric (x);
  g_autofree char *title = NULL, *figures = g_build_filename (rheo_sweep_get_folder (sweep_of (page)), "figures", NULL);
  const char *label = find_label (sight, "label");
  RheoPlotSpec *spec;

  page->n_x = x->n;
  if (*label == '\0')
    label = _ ("Result");
  title = form == RHEO_SWEEP_CURVES ? g_strdup_printf (_ ("Running mean of %d iterations"), CURVE_WINDOW)
          : form == RHEO_SWEEP_BOXES && rheo_sweep_has_sets (sight->boxes) ? g_strdup (_ ("Best means and medians"))
          : all                ? g_strdup_printf (_ ("%s over all that is varied"), label)
          : sight->view.y >= 0 ? g_strdup_printf (_ ("%s over %s and %s"), label, _ (x->label),
                                                  _ (rheo_sweep_get_axis (sweep_of (page), sight->view.y)->label))
                               : g_strdup_printf (_ ("%s over %s"), label, _ (x->label));
  spec = form == RHEO_SWEEP_BOXES    ? rheo_plot_sweep_boxes (sight->boxes, title)
         : form == RHEO_SWEEP_CURVES ? new_curves (page, sight)
         : all                       ? new_parallel (page, sight)
         : line                      ? new_line (page, sight)
                                     : new_map (page, sight);
  spec->title = g_intern_string (title);
  set_height (page, spec);
  rheo_plot_view_set_name (rheo_plot_card_get_view (RHEO_PLOT_CARD (page->card)), title, "sweep-map", figures);
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (page->card), spec);
  gtk_label_set_label (
      GTK_LABEL (page->legend),
      all ? _ ("thick: best   dashed to ▨: diverged or could not run   thin and dashed: waiting or running")
          : _ ("★ best   ▨ ! diverged for a seed   ▨ × could not run   dashed: waiting   bar: running"));
  gtk_widget_set_visible (page->legend, !line && form != RHEO_SWEEP_BOXES && form != RHEO_SWEEP_CURVES);
}

/* "rank 3, τ* 5, η 0.01" */
static char *
dup_point (RheoSweepsPage *page, const RheoSweepSight *sight, int64_t best)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int row = 0; row < sight->n_rows && text->len == 0; row++)
    for (int a = 0; a < rheo_sweep_get_n_axes (sweep_of (page)); a++)
      {
        const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep_of (page), a);

        if (!axis->seeds && rheo_sweep_get_combination (sweep_of (page), row) == best)
          g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", axis->symbol,
                                  axis->points[rheo_sweep_get_point (sweep_of (page), row, a)].text);
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* "Best: rank 3 · τ* 5, 0.0049" */
void
rheo_sweeps_page_show_best (RheoSweepsPage *page, const RheoSweepSight *sight)
{
  const RheoColumn *value = rheo_table_find (sight->map, "value");
  const RheoSweepAxis *x = rheo_sweep_get_axis (sweep_of (page), sight->view.x),
                      *y = sight->view.y >= 0 ? rheo_sweep_get_axis (sweep_of (page), sight->view.y) : NULL;
  RheoColumn probe = { .flags = 0 };
  int64_t best = -1;
  double sign;
  g_autofree char *text = NULL, *where = NULL;
  char number[40];

  describe_value (page, sight, &probe);
  sign = (probe.flags & RHEO_SERIES_LOWER_IS_BETTER) != 0 ? -1 : 1;
  for (int64_t i = 0; i < rheo_column_get_length (value); i++)
    if (cell_state (sight->map, i) == 0 && isfinite (rheo_column_get_number (value, i))
        && (best < 0 || sign * (rheo_column_get_number (value, i) - rheo_column_get_number (value, best)) > 0))
      best = i;
  gtk_widget_set_visible (page->best, best >= 0);
  if (best < 0)
    return;
  where = sight->view.form != RHEO_SWEEP_MAP ? dup_point (page, sight, best)
          : y != NULL ? g_strdup_printf ("%s %s, %s %s", y->symbol, y->points[best / x->n].text, x->symbol,
                                         x->points[best % x->n].text)
                      : g_strdup_printf ("%s %s", x->symbol, x->points[best].text);
  g_snprintf (number, sizeof number, "%.4g", rheo_column_get_number (value, best));
  text = g_strdup_printf (sign < 0 ? _ ("Lowest: %s, %s") : _ ("Highest: %s, %s"), where, number);
  gtk_label_set_label (GTK_LABEL (page->best), text);
  gtk_widget_set_visible (page->best, *where != '\0');
}
