#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-results.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "series.h"
#include "sweep-played.h"

typedef struct
{
  char *key, *label, *unit;
  int direction;
} Metric;

/* What was read of a run: last and best of each metric that there was then; more may have come since. */
typedef struct
{
  gboolean read;
  GArray *last, *best; /* double */
  double *series, *at; /* of the metric that was asked for last, and its iterations */
  int64_t n;           /* -1: not read */
} RowNumbers;

struct RheoSweepResults
{
  RheoSweepState *state;
  RheoSweep *sweep;
  GArray *metrics;     /* Metric */
  GHashTable *index;   /* key -> number + 1 */
  RowNumbers *numbers; /* [n_rows] */
  char *series_key;
};

static void
clear_metric (gpointer data)
{
  Metric *metric = data;

  g_free (metric->key);
  g_free (metric->label);
  g_free (metric->unit);
}

static void
drop_series (RowNumbers *numbers)
{
  g_clear_pointer (&numbers->series, g_free);
  g_clear_pointer (&numbers->at, g_free);
  numbers->n = -1;
}

static void
clear_numbers (RowNumbers *numbers)
{
  drop_series (numbers);
  g_clear_pointer (&numbers->last, g_array_unref);
  g_clear_pointer (&numbers->best, g_array_unref);
  numbers->read = FALSE;
}

RheoSweepResults *
rheo_sweep_results_new (RheoSweepState *state)
{
  RheoSweepResults *results = g_new0 (RheoSweepResults, 1);

  results->state = state;
  results->sweep = rheo_sweep_ref (rheo_sweep_state_get_sweep (state));
  results->metrics = g_array_new (FALSE, TRUE, sizeof (Metric));
  g_array_set_clear_func (results->metrics, clear_metric);
  results->index = g_hash_table_new (g_str_hash, g_str_equal);
  results->numbers = g_new0 (RowNumbers, rheo_sweep_get_n_rows (results->sweep));
  for (int row = 0; row < rheo_sweep_get_n_rows (results->sweep); row++)
    results->numbers[row].n = -1;
  return results;
}

void
rheo_sweep_results_free (RheoSweepResults *results)
{
  if (results == NULL)
    return;
  for (int row = 0; row < rheo_sweep_get_n_rows (results->sweep); row++)
    clear_numbers (&results->numbers[row]);
  g_free (results->numbers);
  g_hash_table_unref (results->index);
  g_array_unref (results->metrics);
  g_free (results->series_key);
  rheo_sweep_unref (results->sweep);
  g_free (results);
}

/* --- reading -------------------------------------------------------------------------------------------------- */

static gboolean
is_metric (const RheoColumn *column)
{
  return !g_str_equal (column->key, "iteration") && !g_str_equal (column->key, "batch")
         && !g_str_equal (column->key, "seconds") && column->type != RHEO_STRING;
}

static int
add_metric (RheoSweepResults *results, const RheoColumn *column)
{
  int i = GPOINTER_TO_INT (g_hash_table_lookup (results->index, column->key)) - 1;
  Metric metric = { NULL };

  if (i >= 0)
    return i;
  metric = (Metric){ g_strdup (column->key), g_strdup (column->plain_label), g_strdup (column->plain_unit),
                     rheo_series_get_direction (column) };
  g_array_append_val (results->metrics, metric);
  g_hash_table_insert (results->index, metric.key, GINT_TO_POINTER ((int) results->metrics->len));
  return (int) results->metrics->len - 1;
}

static void
set_number (GArray *numbers, int i, double value)
{
  const double none = NAN;

  while ((int) numbers->len <= i)
    g_array_append_val (numbers, none);
  g_array_index (numbers, double, i) = value;
}

static double
get_number (const GArray *numbers, int i)
{
  return numbers != NULL && i < (int) numbers->len ? g_array_index (numbers, double, i) : NAN;
}

static void
read_metric (RheoSweepResults *results, RowNumbers *numbers, const RheoColumn *column)
{
  const int64_t best = rheo_series_find_best (column);
  const int i = add_metric (results, column);

  set_number (numbers->last, i, rheo_series_find_last (column));
  set_number (numbers->best, i, best >= 0 ? rheo_column_get_number (column, best) : NAN);
}

static void
read_row (RheoSweepResults *results, int row)
{
  g_autofree char *path = rheo_sweep_dup_path (results->sweep, row);
  g_autoptr (RheoRun) run = rheo_run_open (path, NULL);
  g_autoptr (RheoTable) table = run != NULL ? rheo_run_dup_metrics (run, NULL, NULL) : NULL;
  g_autoptr (RheoTable) played = NULL;
  RowNumbers *numbers = &results->numbers[row];

  clear_numbers (numbers);
  numbers->read = TRUE;
  if (table == NULL)
    return;
  numbers->last = g_array_new (FALSE, FALSE, sizeof (double));
  numbers->best = g_array_new (FALSE, FALSE, sizeof (double));
  for (int c = 0; c < rheo_table_get_n_columns (table); c++)
    {
      const RheoColumn *column = rheo_table_get_column (table, c);

      if (is_metric (column))
        read_metric (results, numbers, column);
    }
  played = rheo_sweep_played (table);
  for (int c = 0; played != NULL && c < rheo_table_get_n_columns (played); c++)
    read_metric (results, numbers, rheo_table_get_column (played, c));
}

static gboolean
is_finished (const RheoSweepResults *results, int row)
{
  RheoRowState state = rheo_sweep_state_get (results->state, row)->state;

  return state == RHEO_ROW_DONE || state == RHEO_ROW_DIVERGED;
}

void
rheo_sweep_results_read (RheoSweepResults *results)
{
  for (int row = 0; row < rheo_sweep_get_n_rows (results->sweep); row++)
    if (!is_finished (results, row))
      clear_numbers (&results->numbers[row]);
    else if (!results->numbers[row].read)
      read_row (results, row);
}

static void
read_series (RheoSweepResults *results, int row, const char *metric)
{
  const char *const keys[] = { metric, NULL };
  g_autofree char *path = rheo_sweep_dup_path (results->sweep, row);
  g_autoptr (RheoRun) run = rheo_run_open (path, NULL);
  g_autoptr (RheoTable) table = run != NULL ? rheo_run_read_metrics (run, keys, NULL) : NULL;
  const RheoColumn *column = table != NULL ? rheo_table_find (table, metric) : NULL,
                   *iteration = column != NULL ? rheo_table_find (table, "iteration") : NULL;
  RowNumbers *numbers = &results->numbers[row];

  numbers->n = iteration != NULL ? rheo_column_get_length (column) : 0;
  numbers->series = g_new (double, MAX (numbers->n, 1));
  numbers->at = g_new (double, MAX (numbers->n, 1));
  for (int64_t i = 0; i < numbers->n; i++)
    {
      numbers->series[i] = rheo_column_get_number (column, i);
      numbers->at[i] = rheo_column_get_number (iteration, i);
    }
}

/* --- tables --------------------------------------------------------------------------------------------------- */

static const Metric *
get_metric (const RheoSweepResults *results, int i)
{
  return &g_array_index (results->metrics, Metric, i);
}

/* As rheobase-cli train names it: bare where no other metric has the same bare name, or this one is of the training. */
static const char *
bare_name (const RheoSweepResults *results, int i)
{
  const char *key = get_metric (results, i)->key, *dot = strchr (key, '.');

  if (dot == NULL)
    return key;
  for (guint k = 0; !g_str_has_prefix (key, "train.") && k < results->metrics->len; k++)
    {
      const char *other = get_metric (results, (int) k)->key, *behind = strchr (other, '.');

      if ((int) k != i && behind != NULL && g_str_equal (behind, dot))
        return key;
    }
  return dot + 1;
}

const char *
rheo_sweep_results_find (const RheoSweepResults *results, const char *name)
{
  if (g_hash_table_contains (results->index, name))
    return get_metric (results, GPOINTER_TO_INT (g_hash_table_lookup (results->index, name)) - 1)->key;
  for (guint i = 0; i < results->metrics->len; i++)
    if (g_str_equal (bare_name (results, (int) i), name))
      return get_metric (results, (int) i)->key;
  return NULL;
}

const char *
rheo_sweep_results_choose (const RheoSweepResults *results, const char *wanted)
{
  static const char *const best[] = { "valid.loss",     "mse",      "loss",        "valid.score", "score",
                                      "valid.accuracy", "accuracy", "max-mean-100" };
  const char *found = *wanted != '\0' ? rheo_sweep_results_find (results, wanted) : NULL;

  for (guint i = 0; found == NULL && i < G_N_ELEMENTS (best); i++)
    found = rheo_sweep_results_find (results, best[i]);
  return found;
}

static void
put_text (RheoTable *table, RheoColumn *column, int64_t i, const char *text)
{
  ((const char **) column->data)[i] = rheo_table_keep (table, text != NULL ? text : "");
}

static RheoColumn *
add_texts (RheoTable *table, const char *key, const char *label, int64_t n)
{
  return rheo_table_add (table, key, label, "", "row", RHEO_STRING, &n);
}

static RheoColumn *
add_numbers (RheoTable *table, const char *key, const char *label, const char *unit, RheoType type, int64_t n)
{
  return rheo_table_add (table, key, label, unit, "row", type, &n);
}

RheoTable *
rheo_sweep_results_dup_metrics (const RheoSweepResults *results)
{
  RheoTable *table = rheo_table_new (N_ ("Metrics"));
  int64_t n = results->metrics->len;
  RheoColumn *metric = add_texts (table, "metric", N_ ("Metric"), n), *bare = add_texts (table, "bare", N_ ("Name"), n),
             *label = add_texts (table, "label", N_ ("Label"), n), *unit = add_texts (table, "unit", N_ ("Unit"), n),
             *direction = add_numbers (table, "direction", N_ ("Direction"), "", RHEO_I32, n);

  for (int i = 0; i < n; i++)
    {
      const Metric *one = get_metric (results, i);

      put_text (table, metric, i, one->key);
      put_text (table, bare, i, bare_name (results, i));
      rheo_table_set_words (table, label, i, one->label);
      rheo_table_set_words (table, unit, i, one->unit);
      ((int32_t *) direction->data)[i] = one->direction;
    }
  return table;
}

static const char *
find_setting (char **settings, const char *key, const char *otherwise)
{
  for (char **setting = settings; *setting != NULL; setting++)
    if (g_str_has_prefix (*setting, key) && (*setting)[strlen (key)] == '=')
      return *setting + strlen (key) + 1;
  return otherwise;
}

/* What each run has drawn. */
static void
add_settings (const RheoSweepResults *results, RheoTable *table, const char *key)
{
  const int n = rheo_sweep_get_n_rows (results->sweep);
  RheoColumn *column = add_texts (table, key, key, n);

  for (int row = 0; row < n; row++)
    {
      g_auto (GStrv) settings = rheo_sweep_dup_settings (results->sweep, row);

      put_text (table, column, row, find_setting (settings, key, ""));
    }
}

/* A run that is continued keeps its seed. */
static char *
dup_own_seed (const RheoSweepResults *results, int row)
{
  g_autoptr (RheoExperiment) experiment = rheo_sweep_dup_experiment (results->sweep, row, NULL);

  return experiment != NULL ? g_strdup_printf ("%d", rheo_experiment_get_run (experiment)->seed) : NULL;
}

static void
add_varied (const RheoSweepResults *results, RheoTable *table)
{
  int64_t n = rheo_sweep_get_n_rows (results->sweep);
  g_autofree char *base_seed =
      g_strdup_printf ("%d", rheo_experiment_get_run (rheo_sweep_get_experiment (results->sweep))->seed);
  g_auto (GStrv) drawn = rheo_sweep_dup_drawn (results->sweep);
  RheoColumn *seed;

  for (int a = 0; a < rheo_sweep_get_n_axes (results->sweep); a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (results->sweep, a);

      for (int c = 0; axis->columns[c] != NULL; c++)
        {
          RheoColumn *column;

          if (g_str_equal (axis->columns[c], "run.seed") || rheo_table_find (table, axis->columns[c]) != NULL)
            continue;
          column = add_texts (table, axis->columns[c], axis->columns[1] == NULL ? axis->label : axis->columns[c], n);
          for (int row = 0; row < n; row++)
            put_text (table, column, row, axis->points[rheo_sweep_get_point (results->sweep, row, a)].values[c]);
        }
    }
  for (char **key = drawn; *key != NULL; key++)
    if (!g_str_equal (*key, "run.seed"))
      add_settings (results, table, *key);
  seed = add_texts (table, "seed", N_ ("Seed"), n);
  for (int row = 0; row < n; row++)
    {
      g_auto (GStrv) settings = rheo_sweep_dup_settings (results->sweep, row);
      g_autofree char *own = rheo_sweep_get_start (results->sweep, row) != NULL ? dup_own_seed (results, row) : NULL;

      put_text (table, seed, row, find_setting (settings, "run.seed", own != NULL ? own : base_seed));
    }
}

static void
add_results (const RheoSweepResults *results, RheoTable *table)
{
  int64_t n = rheo_sweep_get_n_rows (results->sweep);

  for (int best = 0; best < 2; best++)
    for (guint i = 0; i < results->metrics->len; i++)
      {
        const Metric *metric = get_metric (results, (int) i);
        g_autofree char *key = g_strconcat (best ? "best." : "", bare_name (results, (int) i), NULL);
        RheoColumn *column;

        if ((best && (metric->direction == 0 || rheo_sweep_is_played (metric->key)))
            || rheo_table_find (table, key) != NULL)
          continue;
        column = add_numbers (table, key, metric->label, metric->unit, RHEO_F64, n);
        for (int row = 0; row < n; row++)
          ((double *) column->data)[row] =
              get_number (best ? results->numbers[row].best : results->numbers[row].last, (int) i);
      }
}

RheoTable *
rheo_sweep_results_dup_table (const RheoSweepResults *results)
{
  RheoTable *table = rheo_table_new (N_ ("Runs of the sweep"));
  int64_t n = rheo_sweep_get_n_rows (results->sweep);
  RheoColumn *run = add_texts (table, "run", N_ ("Run"), n), *state, *stop, *iterations, *seconds;

  add_varied (results, table);
  state = add_texts (table, "state", N_ ("State"), n);
  stop = add_texts (table, "stop", N_ ("Stop reason"), n);
  iterations = add_numbers (table, "iterations", N_ ("Iterations"), "", RHEO_I64, n);
  seconds = add_numbers (table, "seconds", N_ ("Time"), N_ ("s"), RHEO_F64, n);
  for (int row = 0; row < n; row++)
    {
      const RheoRowFacts *facts = rheo_sweep_state_get (results->state, row);

      put_text (table, run, row, rheo_sweep_get_name (results->sweep, row));
      put_text (table, state, row, rheo_row_state_name (facts->state));
      put_text (table, stop, row, facts->stop);
      ((int64_t *) iterations->data)[row] = facts->iteration;
      ((double *) seconds->data)[row] = facts->seconds;
    }
  add_results (results, table);
  return table;
}

static void
append_cell (GString *out, const char *text)
{
  for (; *text != '\0'; text++)
    g_string_append_c (out, *text == '\t' || *text == '\n' || *text == '\r' ? ' ' : *text);
}

gboolean
rheo_sweep_results_write (const RheoSweepResults *results, const char *path, GError **error)
{
  g_autoptr (RheoTable) table = rheo_sweep_results_dup_table (results);

  return rheo_sweep_table_write (table, path, error);
}

gboolean
rheo_sweep_table_write (const RheoTable *table, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) local = NULL;
  const int n_columns = rheo_table_get_n_columns (table);
  const int64_t n = rheo_column_get_length (rheo_table_get_column (table, 0));

  for (int64_t row = -1; row < n; row++)
    for (int c = 0; c < n_columns; c++)
      {
        const RheoColumn *column = rheo_table_get_column (table, c);
        char text[RHEO_ELEMENT_SIZE];

        if (row < 0)
          append_cell (out, column->key);
        else if (column->type == RHEO_STRING || !isnan (rheo_column_get_number (column, row)))
          append_cell (out, rheo_column_get_text (column, row, text));
        g_string_append_c (out, c < n_columns - 1 ? '\t' : '\n');
      }
  if (g_file_set_contents (path, out->str, (gssize) out->len, &local))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be written: %s."), path, local->message);
}

/* --- values --------------------------------------------------------------------------------------------------- */

static double
mean_of_last (const RowNumbers *numbers, int n)
{
  double sum = 0;
  int found = 0;

  for (int64_t i = numbers->n - 1; i >= 0 && found < n; i--)
    if (!isnan (numbers->series[i]))
      {
        sum += numbers->series[i];
        found++;
      }
  return found > 0 ? sum / found : NAN;
}

static double
first_reached (const RowNumbers *numbers, double threshold, int direction)
{
  gboolean any = FALSE;

  for (int64_t i = 0; i < numbers->n; i++)
    {
      if (direction > 0 ? numbers->series[i] >= threshold : numbers->series[i] <= threshold)
        return numbers->at[i];
      any = any || !isnan (numbers->series[i]);
    }
  return any ? INFINITY : NAN;
}

static double
measure (RheoSweepResults *results, int row, int metric, const RheoSweepAsk *ask)
{
  RowNumbers *numbers = &results->numbers[row];

  if (rheo_sweep_state_get (results->state, row)->state != RHEO_ROW_DONE || !numbers->read)
    return NAN;
  if (ask->measure == RHEO_MEASURE_LAST || rheo_sweep_is_played (ask->metric))
    return get_number (numbers->last, metric);
  if (ask->measure == RHEO_MEASURE_BEST)
    return get_number (get_metric (results, metric)->direction != 0 ? numbers->best : numbers->last, metric);
  if (numbers->n < 0)
    read_series (results, row, ask->metric);
  return ask->measure == RHEO_MEASURE_MEAN
             ? mean_of_last (numbers, MAX (ask->n, 1))
             : first_reached (numbers, ask->threshold, get_metric (results, metric)->direction);
}

/* NULL: there is no such metric. Yours. */
static double *
dup_measures (RheoSweepResults *results, const RheoSweepAsk *ask)
{
  int n = rheo_sweep_get_n_rows (results->sweep);
  int metric = GPOINTER_TO_INT (g_hash_table_lookup (results->index, ask->metric)) - 1;
  double *values;

  if (metric < 0)
    return NULL;
  if (g_strcmp0 (results->series_key, ask->metric) != 0)
    {
      for (int row = 0; row < n; row++)
        drop_series (&results->numbers[row]);
      g_free (results->series_key);
      results->series_key = g_strdup (ask->metric);
    }
  values = g_new (double, n);
  for (int row = 0; row < n; row++)
    values[row] = measure (results, row, metric, ask);
  return values;
}

RheoTable *
rheo_sweep_results_dup_values (RheoSweepResults *results, const RheoSweepAsk *ask)
{
  RheoTable *table = rheo_table_new (N_ ("Runs of the sweep"));
  g_autofree double *values = dup_measures (results, ask);
  int64_t n = rheo_sweep_get_n_rows (results->sweep);
  RheoColumn *column = add_numbers (table, "value", N_ ("Value"), "", RHEO_F64, n);

  for (int row = 0; row < n; row++)
    ((double *) column->data)[row] = values != NULL ? values[row] : NAN;
  return table;
}

/* --- cells ---------------------------------------------------------------------------------------------------- */

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
standard_deviation (const double *values, guint n)
{
  double mean = 0, sum = 0;

  if (n < 2)
    return NAN;
  for (guint i = 0; i < n; i++)
    mean += values[i] / n;
  for (guint i = 0; i < n; i++)
    sum += (values[i] - mean) * (values[i] - mean);
  return sqrt (sum / (n - 1));
}

/* values in ascending order. */
static double
reduce (const double *values, guint n, RheoReduction reduction, int direction)
{
  double sum = 0;

  if (n == 0)
    return NAN;
  switch (reduction)
    {
    case RHEO_OVER_SEEDS_MEDIAN:
      /* Two that were never reached have no difference. */
      return n % 2 || values[n / 2 - 1] == values[n / 2] ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    case RHEO_OVER_SEEDS_BEST:
      return direction > 0 ? values[n - 1] : values[0];
    case RHEO_OVER_SEEDS_SPREAD:
      return standard_deviation (values, n);
    default:
      for (guint i = 0; i < n; i++)
        sum += values[i];
      return sum / n;
    }
}

typedef struct
{
  RheoColumn *value, *low, *high, *share, *count[RHEO_N_ROW_STATES];
} Cells;

static void
add_cells (RheoTable *table, int64_t n, Cells *cells)
{
  cells->value = add_numbers (table, "value", N_ ("Value"), "", RHEO_F64, n);
  cells->low = add_numbers (table, "low", N_ ("Lowest"), "", RHEO_F64, n);
  cells->high = add_numbers (table, "high", N_ ("Highest"), "", RHEO_F64, n);
  cells->share = add_numbers (table, "share", N_ ("Share"), "", RHEO_F64, n);
  for (int state = 0; state < RHEO_N_ROW_STATES; state++)
    cells->count[state] = add_numbers (table, rheo_row_state_name ((RheoRowState) state), N_ ("Runs"), "", RHEO_I32, n);
}

/* cell: of each row. */
static void
fill_cells (RheoSweepResults *results, const RheoSweepAsk *ask, RheoReduction reduction, RheoTable *table,
            const int *cell, int n_cells)
{
  g_autofree double *values = dup_measures (results, ask);
  int metric = GPOINTER_TO_INT (g_hash_table_lookup (results->index, ask->metric)) - 1;
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  Cells cells;

  add_cells (table, n_cells, &cells);
  for (int c = 0; c < n_cells; c++)
    g_ptr_array_add (lists, g_array_new (FALSE, FALSE, sizeof (double)));
  for (int row = 0; row < rheo_sweep_get_n_rows (results->sweep); row++)
    {
      const RheoRowFacts *facts = rheo_sweep_state_get (results->state, row);
      int c = cell[row];

      ((int32_t *) cells.count[facts->state]->data)[c]++;
      if (facts->state == RHEO_ROW_RUNNING && facts->budget > 0)
        ((double *) cells.share->data)[c] += (double) facts->iteration / facts->budget;
      if (values != NULL && !isnan (values[row]))
        g_array_append_val (g_ptr_array_index (lists, c), values[row]);
    }
  for (int c = 0; c < n_cells; c++)
    {
      GArray *list = g_ptr_array_index (lists, c);
      const double *numbers = (const double *) (gpointer) list->data;
      int n_running = ((int32_t *) cells.count[RHEO_ROW_RUNNING]->data)[c];

      g_array_sort (list, compare_numbers);
      ((double *) cells.value->data)[c] =
          reduce (numbers, list->len, reduction, metric >= 0 ? get_metric (results, metric)->direction : 0);
      ((double *) cells.low->data)[c] = list->len > 0 ? numbers[0] : NAN;
      ((double *) cells.high->data)[c] = list->len > 0 ? numbers[list->len - 1] : NAN;
      if (n_running > 0)
        ((double *) cells.share->data)[c] /= n_running;
    }
}

RheoTable *
rheo_sweep_results_dup_map (RheoSweepResults *results, const RheoSweepAsk *ask, int x, int y, RheoReduction reduction)
{
  RheoTable *table = rheo_table_new (N_ ("Cells of the sweep"));
  int n_rows = rheo_sweep_get_n_rows (results->sweep), n_x = rheo_sweep_get_axis (results->sweep, x)->n,
      n_cells = n_x * (y >= 0 ? rheo_sweep_get_axis (results->sweep, y)->n : 1);
  g_autofree int *cell = g_new (int, n_rows);
  RheoColumn *at_x = add_numbers (table, "x", N_ ("Value"), "", RHEO_I32, n_cells),
             *at_y = add_numbers (table, "y", N_ ("Value"), "", RHEO_I32, n_cells);

  for (int row = 0; row < n_rows; row++)
    cell[row] = rheo_sweep_get_point (results->sweep, row, x)
                + (y >= 0 ? rheo_sweep_get_point (results->sweep, row, y) * n_x : 0);
  for (int c = 0; c < n_cells; c++)
    {
      ((int32_t *) at_x->data)[c] = c % n_x;
      ((int32_t *) at_y->data)[c] = c / n_x;
    }
  fill_cells (results, ask, reduction, table, cell, n_cells);
  return table;
}

RheoTable *
rheo_sweep_results_dup_points (RheoSweepResults *results, const RheoSweepAsk *ask, RheoReduction reduction)
{
  RheoTable *table = rheo_table_new (N_ ("Points of the sweep"));
  int n_rows = rheo_sweep_get_n_rows (results->sweep), n_points = rheo_sweep_get_n_points (results->sweep);
  g_autofree int *cell = g_new (int, n_rows);
  RheoColumn *point;

  for (int row = 0; row < n_rows; row++)
    cell[row] = rheo_sweep_get_combination (results->sweep, row);
  point = add_numbers (table, "point", N_ ("Point"), "", RHEO_I32, n_points);
  for (int c = 0; c < n_points; c++)
    ((int32_t *) point->data)[c] = c;
  fill_cells (results, ask, reduction, table, cell, n_points);
  return table;
}
