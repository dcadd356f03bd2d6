#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/label.h"
#include "engine/linalg.h"

/* How many directions learning has used: singular values of what it has added to the weights of each projection, and of the
 * feedback matrix where a rule keeps them.
 *
 *   W - W_start = sum over k of s_k u_k v_k',   dimension = (sum s_k^2)^2 / sum s_k^4       s: "singular-value"
 *   directions = least number of them whose squares are so large a share of all */

#define FEEDBACK "goal.singular-values" /* of the rule goal */

typedef struct
{
  const char *projection;
  double share;
} Config;

static const RheoParam params[] = {
  RHEO_P_TEXT (Config, projection, "projection", .label = N_ ("Projection"), .def_text = "",
               .help = N_ ("Name of one projection (rec); empty: all of them.")),
  RHEO_P_REAL (Config, share, "share", .label = N_ ("Share"), .def = 0.9, .min = 0.01, .max = 1,
               .help = N_ ("Directions are counted until they hold so much of the squared change.")),
  RHEO_P_END,
};

enum
{
  LARGEST,
  DIMENSION,
  DIRECTIONS,
  N_MEASURES,
  SINGULAR_VALUE = N_MEASURES,
};

static const RheoSeries series[] = {
  { "largest", N_ ("Largest singular value"), N_ ("Of the change since training began."), "", "row" },
  { "dimension", N_ ("Dimension of the change"),
    N_ ("Square of the sum of the squared singular values over the sum of their fourth powers."), "", "row" },
  { "directions", N_ ("Directions of the change"), N_ ("How many hold the share that was asked for."), "", "row" },
  { "singular-value", N_ ("Singular values"), N_ ("In descending order."), "", "number" },
  { NULL },
};

/* Of a matrix [m][n], in descending order: as many as the shorter side has. NULL: no convergence, or no memory. */
static double *
find_singular (int m, int n, const double *a, int *count)
{
  const int k = MIN (m, n);
  g_autofree double *gram = g_new (double, (gsize) k *(gsize) k), *direction = g_new (double, (gsize) k *(gsize) k);
  g_autofree double *value = g_new (double, k);

  if (m < n)
    for (int i = 0; i < m; i++)
      for (int j = 0; j < m; j++)
        {
          double sum = 0;

          for (int l = 0; l < n; l++)
            sum += a[(gsize) i * (gsize) n + (gsize) l] * a[(gsize) j * (gsize) n + (gsize) l];
          gram[(gsize) i * (gsize) m + (gsize) j] = sum;
        }
  else
    rheo_multiply (true, false, n, n, m, 1, a, a, 0, gram);
  if (!rheo_directions (k, gram, k, direction, value))
    return NULL;
  for (int i = 0; i < k; i++)
    value[i] = sqrt (MAX (value[i], 0));
  *count = k;
  return g_steal_pointer (&value);
}

static void
measure (const Config *c, const double *s, int n, double *value)
{
  double squares = 0, fourths = 0, sum = 0;
  int k = 0;

  for (int i = 0; i < n; i++)
    {
      squares += s[i] * s[i];
      fourths += s[i] * s[i] * s[i] * s[i];
    }
  while (k < n && squares > 0 && sum < c->share * squares * (1 - 1e-12))
    {
      sum += s[k] * s[k];
      k++;
    }
  value[LARGEST] = n > 0 ? s[0] : 0;
  value[DIMENSION] = fourths > 0 ? squares * squares / fourths : 0;
  value[DIRECTIONS] = k;
}

/* NULL: the projection is no matrix, or what it began with is not known. */
static double *
change_of (const RheoRecord *record, const char *part)
{
  const RheoColumn *now = rheo_result_column (record->weights, part, ".weight");
  const RheoColumn *start = record->start != NULL ? rheo_result_column (record->start, part, ".weight") : NULL;
  const int64_t n = rheo_column_get_length (now);
  double *change;

  if (now->n_dims != 2 || start == NULL || rheo_column_get_length (start) != n || n == 0)
    return NULL;
  change = g_new (double, n);
  for (int64_t i = 0; i < n; i++)
    change[i] = rheo_column_get_number (now, i) - rheo_column_get_number (start, i);
  return change;
}

typedef struct
{
  const Config *config;
  RheoTable *out;
  GArray *rows; /* RheoResultRow */
  GPtrArray *kept;
} Result;

static void
add (Result *result, const RheoRecord *record, const char *part, const double *s, int n, gboolean last)
{
  double *value = g_new (double, N_MEASURES);
  RheoResultRow row = { record, part, value };
  const int64_t count = n;

  measure (result->config, s, n, value);
  g_ptr_array_add (result->kept, value);
  g_array_append_val (result->rows, row);
  /* What was not trained has no directions to show. */
  if (last && s[0] > 0)
    {
      g_autofree char *key = g_strconcat (part, ".", series[SINGULAR_VALUE].key, NULL);
      const RheoSeries *row_of = &series[SINGULAR_VALUE];

      rheo_table_add_copy (result->out, key, row_of->label, row_of->unit, row_of->axes, RHEO_F64, &count, s);
    }
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (RheoResultRow));
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (RheoTable) spectra = rheo_table_new ("");
  Result result = { c, spectra, rows, kept };

  for (int r = 0; r < n_records; r++)
    {
      const RheoColumn *feedback = rheo_table_find (records[r].weights, FEEDBACK);
      char **parts = rheo_result_parts (records[r].weights, ".weight", c->projection, "projection", error);

      if (parts == NULL)
        return FALSE;
      g_ptr_array_add (names, parts);
      for (int p = 0; parts[p] != NULL; p++)
        {
          g_autofree double *change = change_of (&records[r], parts[p]), *s = NULL;
          const RheoColumn *w = rheo_result_column (records[r].weights, parts[p], ".weight");
          int n = 0;

          if (cancelled != NULL && atomic_load (cancelled))
            return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
          if (change != NULL)
            s = find_singular ((int) w->dims[0], (int) w->dims[1], change, &n);
          if (s != NULL)
            add (&result, &records[r], parts[p], s, n, r == n_records - 1);
        }
      if (feedback != NULL && *c->projection == '\0')
        add (&result, &records[r], "feedback", feedback->data, (int) rheo_column_get_length (feedback),
             r == n_records - 1);
      if (progress != NULL)
        progress (progress_data, (r + 1.0) / n_records);
    }
  if (rows->len == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("The run holds no weights from before the training that the change could be taken from."));
  rheo_result_add_rows (out, "projection", N_ ("Projection"), series, (const RheoResultRow *) rows->data,
                        (int) rows->len);
  for (int i = 0; i < rheo_table_get_n_columns (spectra); i++)
    {
      const RheoColumn *column = rheo_table_get_column (spectra, i);
      g_autofree char *part = g_strndup (column->key, (gsize) (strrchr (column->key, '.') - column->key));
      g_autofree char *label = rheo_label_dup_of (series[SINGULAR_VALUE].label, part);

      rheo_table_add_copy (out, column->key, label, column->unit, column->axes, column->type, column->dims,
                           column->data);
    }
  return TRUE;
}

const RheoAnalysis rheo_analysis_singular_values = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "singular-values",
            .title = N_ ("Directions of learning"),
            .summary = N_ ("Singular values of what training has added to the weights of each projection, and of the "
                           "feedback matrix of target-based learning: how many directions it has used."),
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_WEIGHTS,
  .run = run,
};
