#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "sweep-played.h"
#include "sweep-results.h"

/* Results of runs as a table for box plots: numbers, and what each run had of each axis. */

/* Label or unit of a metric, in English. */
static const char *
describe (const RheoTable *metrics, const char *metric, const char *what)
{
  const RheoColumn *key = rheo_table_find (metrics, "metric"), *column = rheo_table_find (metrics, what);

  for (int64_t i = 0; i < rheo_column_get_length (key); i++)
    if (g_str_equal (rheo_column_get_string (key, i), metric))
      return column->plain != NULL && column->plain[i] != NULL ? column->plain[i] : rheo_column_get_string (column, i);
  return "";
}

static void
add_values (RheoTable *table, RheoSweepResults *results, const RheoTable *metrics, const RheoSweepAsk *ask)
{
  g_autoptr (RheoTable) values = rheo_sweep_results_dup_values (results, ask);
  const RheoColumn *value = rheo_table_find (values, "value");
  const gboolean reached = ask->measure == RHEO_MEASURE_REACHED;
  g_autofree char *key = g_strconcat ("value.", ask->metric, NULL);
  double *to = rheo_table_add (table, key, reached ? N_ ("Iteration") : describe (metrics, ask->metric, "label"),
                               reached ? "" : describe (metrics, ask->metric, "unit"), "row", RHEO_F64, value->dims)
                   ->data;

  for (int64_t i = 0; i < rheo_column_get_length (value); i++)
    to[i] = rheo_column_get_number (value, i);
}

/* An axis of which some value has more than one run, and more than one value does. */
static gboolean
is_shown (const RheoSweep *sweep, int a)
{
  const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep, a);
  g_autofree int *count = g_new0 (int, axis->n);
  int most = 0, n = 0;

  for (int row = 0; row < rheo_sweep_get_n_rows (sweep); row++)
    {
      int *one = &count[rheo_sweep_get_point (sweep, row, a)];

      n += ++*one == 1;
      most = MAX (most, *one);
    }
  return most > 1 && n > 1 && !rheo_sweep_is_tied (sweep, a);
}

static void
add_axis (RheoTable *table, const RheoSweep *sweep, int a)
{
  const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep, a);
  const int64_t n = rheo_sweep_get_n_rows (sweep);
  g_autofree char *key = g_strdup_printf ("by.%d", a), *note = g_strconcat (key, ".order", NULL);
  g_autoptr (GString) order = g_string_new (NULL);
  const char **names =
      rheo_table_add (table, key, axis->seeds ? N_ ("Seed") : axis->label, axis->unit, "row", RHEO_STRING, &n)->data;

  for (int i = 0; i < axis->n; i++)
    g_string_append_printf (order, "%s%s", i > 0 ? "\t" : "", axis->points[i].text);
  rheo_table_set_note (table, note, order->str);
  for (int row = 0; row < n; row++)
    names[row] = rheo_table_keep (table, axis->points[rheo_sweep_get_point (sweep, row, a)].text);
}

RheoTable *
rheo_sweep_results_dup_boxes (RheoSweepResults *results, const RheoSweep *sweep, const RheoSweepAsk *ask)
{
  RheoTable *table = rheo_table_new (N_ ("Runs of the sweep"));
  g_autoptr (RheoTable) metrics = rheo_sweep_results_dup_metrics (results);
  const RheoColumn *key = rheo_table_find (metrics, "metric");
  gboolean any = FALSE;

  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    if (!rheo_sweep_get_axis (sweep, a)->seeds && is_shown (sweep, a))
      {
        add_axis (table, sweep, a);
        any = TRUE;
      }
  /* Where each point is there once, what it came to in several ways. */
  for (int64_t i = 0; !any && rheo_sweep_is_best (ask->metric) && i < rheo_column_get_length (key); i++)
    if (rheo_sweep_is_best (rheo_column_get_string (key, i)))
      add_values (table, results, metrics, &(RheoSweepAsk){ .metric = rheo_column_get_string (key, i) });
  if (any || !rheo_sweep_is_best (ask->metric))
    add_values (table, results, metrics, ask);
  return table;
}

gboolean
rheo_sweep_has_sets (const RheoTable *boxes)
{
  const int n = rheo_table_get_n_columns (boxes);

  for (int c = 0; c < n; c++)
    if (g_str_has_prefix (rheo_table_get_column (boxes, c)->key, "by."))
      return FALSE;
  return n > 1;
}

/* --- the best runs ------------------------------------------------------------------------------------------------ */

typedef struct
{
  const double *value;
  int sign;
} Order;

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const Order *order = data;
  const int i = *(const int *) a, k = *(const int *) b;
  const double x = order->sign * order->value[i], y = order->sign * order->value[k];

  return x != y ? (x > y) - (x < y) : i - k;
}

RheoTable *
rheo_sweep_results_dup_best (RheoSweepResults *results, const char *metric)
{
  g_autoptr (RheoTable) all = rheo_sweep_results_dup_table (results),
                        metrics = rheo_sweep_results_dup_metrics (results),
                        values = rheo_sweep_results_dup_values (results, &(RheoSweepAsk){ .metric = metric });
  const RheoColumn *value = rheo_table_find (values, "value"), *key = rheo_table_find (metrics, "metric");
  RheoTable *table = rheo_table_new (N_ ("Runs of the sweep"));
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (int));
  Order order = { value->data, -1 };
  int64_t n;

  for (int64_t i = 0; i < rheo_column_get_length (key); i++)
    if (g_str_equal (rheo_column_get_string (key, i), metric)
        && rheo_column_get_number (rheo_table_find (metrics, "direction"), i) < 0)
      order.sign = 1;
  for (int i = 0; i < rheo_column_get_length (value); i++)
    if (!isnan (order.value[i]))
      g_array_append_val (rows, i);
  g_array_sort_with_data (rows, compare_rows, &order);
  n = rows->len;
  for (int c = 0; c < rheo_table_get_n_columns (all); c++)
    {
      const RheoColumn *from = rheo_table_get_column (all, c);
      const size_t size = from->type == RHEO_STRING ? sizeof (char *) : rheo_type_size (from->type);
      RheoColumn *to =
          rheo_table_add (table, from->key, from->plain_label, from->plain_unit, from->axes, from->type, &n);

      for (int64_t i = 0; i < n; i++)
        {
          const int row = g_array_index (rows, int, i);

          if (from->type == RHEO_STRING)
            ((const char **) to->data)[i] = rheo_table_keep (table, rheo_column_get_string (from, row));
          else
            memcpy ((char *) to->data + (size_t) i * size, (const char *) from->data + (size_t) row * size, size);
        }
    }
  return table;
}
