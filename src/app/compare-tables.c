#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/compare-tables.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/compare-results.h"
#include "app/run-text.h"
#include "engine/evaluate.h"
#include "widgets/common.h"
#include "widgets/number-text.h"

GtkWidget *
rheo_compare_table_new (void)
{
  GtkWidget *grid = gtk_grid_new ();

  return grid;
}

void
rheo_compare_table_clear (GtkWidget *table)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (table)) != NULL)
    gtk_grid_remove (GTK_GRID (table), child);
}

static GtkWidget *
put (GtkWidget *grid, int column, int row, const char *text, const char *class, gboolean number)
{
  GtkWidget *label = gtk_label_new (text);

  if (number && row > 0)
    rheo_label_hold_numbers (GTK_LABEL (label));
  else
    gtk_label_set_xalign (GTK_LABEL (label), number ? 1 : 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), row > 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, row == 0 ? "compare-head" : "compare-cell");
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  gtk_grid_attach (GTK_GRID (grid), label, column, row, 1, 1);
  return label;
}

static void
put_names (GtkWidget *grid, const RheoCompareColumns *columns, const char *first, gboolean number)
{
  put (grid, 0, 0, first, NULL, FALSE);
  for (int g = 0; g < columns->n_groups; g++)
    gtk_widget_set_tooltip_text (put (grid, g + 1, 0, columns->names[g], NULL, number), columns->tips[g]);
}

/* --- settings --------------------------------------------------------------------------------------------------------- */

static int
first_of (const RheoCompareColumns *columns, int group)
{
  for (int i = 0; i < columns->n; i++)
    if (columns->group[i] == group)
      return i;
  return 0;
}

/* The seed of a column with several is none of its settings. */
static gboolean
is_over_columns (const RheoCompareColumns *columns, const RheoDifference *setting)
{
  return columns->n_groups == columns->n || !g_str_equal (setting->key, "run.seed");
}

void
rheo_compare_show_settings (GtkWidget *table, const RheoCompareColumns *columns, gboolean only, int *n_differ,
                            int *n_equal)
{
  g_autoptr (GPtrArray) settings = rheo_compare_dup_settings (columns->experiments, columns->n);
  int row = 0;

  *n_differ = *n_equal = 0;
  rheo_compare_table_clear (table);
  for (guint r = 0; r < settings->len; r++)
    {
      const RheoDifference *setting = g_ptr_array_index (settings, r);
      gboolean differs = setting->differs && is_over_columns (columns, setting);

      *(differs ? n_differ : n_equal) += is_over_columns (columns, setting);
      if (!is_over_columns (columns, setting) || (only && !differs))
        continue;
      if (row == 0)
        put_names (table, columns, _ ("Parameter"), FALSE);
      gtk_widget_set_tooltip_text (put (table, 0, ++row, setting->label, NULL, FALSE), setting->key);
      for (int g = 0; g < columns->n_groups; g++)
        {
          const char *value = setting->values[first_of (columns, g)];

          put (table, g + 1, row, *value != '\0' ? value : "–",
               g_str_equal (value, setting->values[first_of (columns, 0)]) ? "monospace-small" : "differs", FALSE);
        }
    }
}

/* --- results ---------------------------------------------------------------------------------------------------------- */

int
rheo_compare_count_seeds (const RheoCompareColumns *columns)
{
  int fewest = columns->n;

  for (int g = 0; g < columns->n_groups; g++)
    {
      int n = 0;

      for (int i = 0; i < columns->n; i++)
        n += columns->group[i] == g;
      fewest = MIN (fewest, n);
    }
  return fewest;
}

/* One number of each run of a column, in the order of their seeds. */
static RheoTable *
gather (const RheoCompareColumns *columns, int group, const double *values)
{
  RheoTable *table = rheo_table_new ("Seeds");
  g_autofree double *mine = g_new (double, (gsize) columns->n);
  g_autofree int *seed = g_new (int, (gsize) columns->n);
  int64_t n = 0;

  for (int i = 0; i < columns->n; i++)
    if (columns->group[i] == group && isfinite (values[i]))
      {
        int64_t at = n++;

        for (; at > 0 && seed[at - 1] > rheo_experiment_get_run (columns->experiments[i])->seed; at--)
          {
            seed[at] = seed[at - 1];
            mine[at] = mine[at - 1];
          }
        seed[at] = rheo_experiment_get_run (columns->experiments[i])->seed;
        mine[at] = values[i];
      }
  rheo_table_add_copy (table, "value", "Value", "", "run", RHEO_F64, &n, mine);
  return table;
}

static double
mean_of (const RheoTable *table)
{
  const RheoColumn *column = rheo_table_find (table, "value");
  int64_t n = rheo_column_get_length (column);
  double sum = 0;

  for (int64_t i = 0; i < n; i++)
    sum += rheo_column_get_number (column, i);
  return n > 0 ? sum / (double) n : NAN;
}

/* "+1.13 (0.98 … 1.29)" */
static char *
dup_interval (double mean, double lo, double hi)
{
  g_autofree char *a = rheo_run_dup_number (mean), *b = rheo_run_dup_number (lo), *c = rheo_run_dup_number (hi);
  const char *plus = mean > 0 ? "+" : "";

  return isfinite (lo) ? g_strdup_printf ("%s%s (%s … %s)", plus, a, b, c) : g_strdup_printf ("%s%s", plus, a);
}

static double
mean_score (const RheoTable *scores, const char *metric)
{
  const RheoColumn *names = rheo_table_find (scores, "metric"), *means = rheo_table_find (scores, "mean");

  for (int64_t i = 0; i < rheo_column_get_length (names); i++)
    if (g_str_equal (rheo_column_get_string (names, i), metric))
      return rheo_column_get_number (means, i);
  return NAN;
}

/* Scores of a metric trial by trial, as means over the runs of a column, which all had the same trials. */
static RheoTable *
average (const RheoCompareColumns *columns, int group, const GPtrArray *scores, const char *metric)
{
  const RheoColumn *first = rheo_table_find (g_ptr_array_index (scores, first_of (columns, group)), metric);
  int64_t n = first != NULL ? rheo_column_get_length (first) : 0;
  g_autofree double *sum = g_new0 (double, n + 1);
  RheoTable *table = rheo_table_new ("Trials");
  int n_runs = 0;

  for (int i = 0; i < columns->n; i++)
    {
      const RheoColumn *column = rheo_table_find (g_ptr_array_index (scores, i), metric);

      if (columns->group[i] != group || column == NULL || rheo_column_get_length (column) != n)
        continue;
      n_runs++;
      for (int64_t k = 0; k < n; k++)
        sum[k] += rheo_column_get_number (column, k);
    }
  for (int64_t k = 0; k < n; k++)
    sum[k] /= MAX (n_runs, 1);
  rheo_table_add_copy (table, "value", "Value", "", "trial", RHEO_F64, &n, sum);
  return table;
}

/* Over the seeds where each column has several, else over the trials, where what is compared are trials. */
static char *
dup_difference (const RheoCompareColumns *columns, int group, const double *values, const GPtrArray *scores,
                const char *metric)
{
  gboolean seeds = rheo_compare_count_seeds (columns) > 1;
  g_autoptr (RheoTable) a = NULL, b = NULL;
  double mean, lo, hi;

  if (!seeds && metric == NULL)
    return g_strdup ("–");
  a = seeds ? gather (columns, 0, values) : average (columns, 0, scores, metric);
  b = seeds ? gather (columns, group, values) : average (columns, group, scores, metric);
  return rheo_evaluation_difference (a, b, "value", &mean, &lo, &hi) > 1 ? dup_interval (mean, lo, hi) : g_strdup ("–");
}

/* suffix: of the numbers; share: differences are parts of the first. */
static void
put_row (GtkWidget *table, const RheoCompareColumns *columns, int row, const char *label, const double *values,
         const char *suffix, gboolean share, const GPtrArray *scores, const char *metric)
{
  double first = NAN;

  put (table, 0, row, label, NULL, FALSE);
  for (int g = 0; g < columns->n_groups; g++)
    {
      g_autoptr (RheoTable) mine = gather (columns, g, values);
      double mean = mean_of (mine);
      const gboolean counts = metric == NULL && isfinite (mean) && mean == floor (mean);
      g_autofree char *number = counts ? rheo_number_dup_count ((int64_t) mean) : rheo_run_dup_number (mean);
      g_autofree char *text = g_strconcat (number, isfinite (mean) ? suffix : "", NULL), *change = NULL;

      put (table, g + 1, row, text, "tabular", TRUE);
      if (g == 0)
        first = mean;
      else if (share && isfinite (first) && isfinite (mean) && first != 0)
        change = rheo_number_with_minus (g_strdup_printf ("%+.0f %%", 100 * (mean - first) / first));
      else if (!share)
        change = dup_difference (columns, g, values, scores, metric);
      if (g > 0)
        put (table, columns->n_groups + g, row, change != NULL ? change : "–", "tabular", TRUE);
    }
}

/* What a score is called; of lengths of episodes there are their quartiles, too, which no trial has. NULL: it is not shown. */
static char *
dup_measure (const RheoTable *scores, const char *name)
{
  static const struct
  {
    const char *name, *label;
  } lengths[] = { { "lower-quartile-episode", N_ ("Lower quartile of episodes (steps)") },
                  { "median-episode", N_ ("Median of episodes (steps)") },
                  { "upper-quartile-episode", N_ ("Upper quartile of episodes (steps)") } };
  const RheoColumn *column = rheo_table_find (scores, name);

  if (column != NULL)
    return *column->unit != '\0' ? g_strdup_printf ("%s (%s)", column->label, column->unit) : g_strdup (column->label);
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    if (g_str_equal (lengths[i].name, name))
      return g_strdup (_ (lengths[i].label));
  return NULL;
}

void
rheo_compare_show_results (GtkWidget *table, const RheoCompareColumns *columns, const GPtrArray *scores,
                           const double *best, const double *seconds, const char *unit)
{
  const RheoTable *first = g_ptr_array_index (scores, 0);
  const RheoColumn *names = rheo_table_find (first, "metric");
  g_autofree char *best_label = g_strdup_printf (_ ("Best %s"), unit);
  g_autofree char *time_label = g_strdup_printf (_ ("Time per %s"), unit);
  g_autofree double *values = g_new (double, (gsize) columns->n);
  int row = 0;

  rheo_compare_table_clear (table);
  put_names (table, columns, _ ("Measure"), TRUE);
  for (int g = 1; g < columns->n_groups; g++)
    {
      g_autofree char *head = columns->n_groups == 2
                                  ? g_strdup (_ ("Difference (95 %)"))
                                  : g_strdup_printf (_ ("%s − %s (95 %%)"), columns->names[g], columns->names[0]);

      put (table, columns->n_groups + g, 0, head, NULL, TRUE);
    }
  for (int64_t i = 0; i < rheo_column_get_length (names); i++)
    {
      const char *name = rheo_column_get_string (names, i);
      g_autofree char *label = dup_measure (first, name);

      if (label == NULL)
        continue;
      for (int k = 0; k < columns->n; k++)
        values[k] = mean_score (g_ptr_array_index (scores, k), name);
      put_row (table, columns, ++row, label, values, "", FALSE, scores, name);
    }
  put_row (table, columns, ++row, best_label, best, "", FALSE, scores, NULL);
  put_row (table, columns, ++row, time_label, seconds, " s", TRUE, scores, NULL);
}
