#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* --- columns ---------------------------------------------------------------------------------------------------- */
RheoVector
rheo_vector (const RheoColumn *column)
{
  return (RheoVector){ column, 0, 1, column != NULL ? rheo_column_get_length (column) : 0 };
}

RheoVector
rheo_vector_along (const RheoColumn *column, int dim, const int64_t *index)
{
  RheoVector v = { column, 0, 1, column->dims[dim] };
  int64_t stride = 1;

  for (int d = column->n_dims - 1; d >= 0; d--)
    {
      if (d == dim)
        v.stride = stride;
      else
        v.start += stride * CLAMP (index[d], 0, MAX (column->dims[d] - 1, 0));
      stride *= column->dims[d];
    }
  if (stride == 0)
    v.n = 0;
  return v;
}

double
rheo_vector_get (const RheoVector *vector, int64_t i)
{
  return rheo_column_get_number (vector->column, vector->start + i * vector->stride);
}

#define READ(T)                                                                                                        \
  {                                                                                                                    \
    const T *in = (const T *) vector->column->data + vector->start + first * vector->stride;                           \
    for (int64_t i = 0; i < n; i++)                                                                                    \
      out[i] = (OUT) in[i * vector->stride];                                                                           \
  }                                                                                                                    \
  break

#define READ_ANY                                                                                                       \
  switch (vector->column->type)                                                                                        \
    {                                                                                                                  \
    case RHEO_F32:                                                                                                     \
      READ (float);                                                                                                    \
    case RHEO_F64:                                                                                                     \
      READ (double);                                                                                                   \
    case RHEO_I32:                                                                                                     \
      READ (int32_t);                                                                                                  \
    case RHEO_I64:                                                                                                     \
      READ (int64_t);                                                                                                  \
    case RHEO_U8:                                                                                                      \
      READ (uint8_t);                                                                                                  \
    case RHEO_U16:                                                                                                     \
      READ (uint16_t);                                                                                                 \
    case RHEO_U64:                                                                                                     \
      READ (uint64_t);                                                                                                 \
    case RHEO_STRING:                                                                                                  \
    default:                                                                                                           \
      for (int64_t i = 0; i < n; i++)                                                                                  \
        out[i] = NAN;                                                                                                  \
    }

void
rheo_vector_read (const RheoVector *vector, float *out)
{
#define OUT float
  int64_t first = 0, n = vector->n;

  READ_ANY
#undef OUT
}

void
rheo_vector_read_part (const RheoVector *vector, int64_t first, int64_t n, double *out)
{
#define OUT double
  READ_ANY
#undef OUT
}

void
rheo_vector_limits (const RheoVector *vector, RheoLimits *limits)
{
  double v[512], lo = limits->lo, hi = limits->hi, positive = limits->positive;

  for (int64_t first = 0; first < vector->n; first += G_N_ELEMENTS (v))
    {
      int64_t n = MIN (vector->n - first, (int64_t) G_N_ELEMENTS (v));

      rheo_vector_read_part (vector, first, n, v);
      for (int64_t i = 0; i < n; i++)
        if (fabs (v[i]) <= G_MAXDOUBLE)
          {
            lo = MIN (lo, v[i]);
            hi = MAX (hi, v[i]);
            positive = v[i] > 0 ? MIN (positive, v[i]) : positive;
          }
    }
  *limits = (RheoLimits){ lo, hi, positive };
}

const float *
rheo_vector_borrow (const RheoVector *vector, float **own)
{
  *own = NULL;
  if (vector->column->type == RHEO_F32 && vector->stride == 1)
    return (const float *) vector->column->data + vector->start;
  *own = g_new (float, MAX (vector->n, 1));
  rheo_vector_read (vector, *own);
  return *own;
}

static double
x_at (const RheoVector *x, double first, double step, int64_t i)
{
  return x != NULL ? rheo_vector_get (x, i) : first + (double) i * step;
}

int64_t
rheo_vector_nearest (const RheoVector *x, double x_first, double x_step, const RheoVector *y, double at)
{
  int64_t n = x != NULL ? MIN (x->n, y->n) : y->n, first = 0, last = n, best = -1;
  double far = INFINITY;
  gboolean grows = x == NULL;

  if (x != NULL)
    {
      int64_t step = MAX (n / 64, 1);

      grows = TRUE;
      for (int64_t i = step; i < n && grows; i += step)
        grows = rheo_vector_get (x, i) > rheo_vector_get (x, i - step);
    }
  while (grows && last - first > 8)
    {
      int64_t middle = first + (last - first) / 2;

      if (x_at (x, x_first, x_step, middle) < at)
        first = middle - 2;
      else
        last = middle + 2;
    }
  for (int64_t i = MAX (first, 0); i < MIN (last, n); i++)
    {
      double d = fabs (x_at (x, x_first, x_step, i) - at);

      if (d < far && isfinite (rheo_vector_get (y, i)))
        {
          far = d;
          best = i;
        }
    }
  return best;
}

/* --- specs ------------------------------------------------------------------------------------------------------ */
const RheoPlotBinding *
rheo_plot_find (const RheoPlotSpec *spec, const char *role, int nth)
{
  for (int i = 0; i < spec->n_bindings; i++)
    if (strcmp (spec->binding[i].role, role) == 0 && nth-- == 0)
      return &spec->binding[i];
  return NULL;
}

int
rheo_plot_count (const RheoPlotSpec *spec, const char *role)
{
  int n = 0;

  for (int i = 0; i < spec->n_bindings; i++)
    n += strcmp (spec->binding[i].role, role) == 0;
  return n;
}

gboolean
rheo_plot_has_index (int index, int64_t n, GError **error)
{
  return index < n || n == 0
         || rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no number %d: there are %d, counted from 0."), index,
                       (int) n);
}

char *
rheo_plot_series_name (const RheoPlotSpec *spec, const RheoPlotBinding *binding)
{
  const char *key = binding->column->key, *dot;
  /* "train.rate.EA" is one of several in training. */
  const gboolean parts = (binding->column->flags & (RHEO_SERIES_BY_CLASS | RHEO_SERIES_BY_PROJECTION)) != 0;
  int n = rheo_plot_count (spec, binding->role), same = 0, ends = 0;

  if (binding->label != NULL)
    return g_strdup (binding->label);
  for (int i = 0; i < n; i++)
    same += g_strcmp0 (rheo_plot_find (spec, binding->role, i)->column->label, binding->column->label) == 0;
  /* One of its kind among others is called after its kind. */
  if ((n == 1 || (same > 1 && !parts)) && g_str_has_prefix (key, "train."))
    return g_strdup (_ ("Training"));
  if ((n == 1 || (same > 1 && !parts)) && g_str_has_prefix (key, "valid."))
    return g_strdup (_ ("Validation"));
  /* Series that share a label differ in the end of the key, the class; or in what comes before, the projection. */
  dot = strrchr (key, '.');
  for (int i = 0; i < n && dot != NULL; i++)
    ends += g_str_has_suffix (rheo_plot_find (spec, binding->role, i)->column->key, dot);
  if (same > 1 && dot != NULL)
    return ends > 1 ? g_strndup (key, (gsize) (dot - key)) : g_strdup (dot + 1);
  return g_strdup (binding->column->label != NULL && *binding->column->label != '\0' ? binding->column->label : key);
}

/* --- transformed values --------------------------------------------------------------------------------------- */
const char *const rheo_transform_choices[] = { "auto", "none", "log1p-abs", "log10-abs", "abs", NULL };

RheoTransform
rheo_plot_transform (RheoTransform wanted, const RheoColumn *column, gboolean difference)
{
  if (wanted != RHEO_TRANSFORM_AUTO)
    return wanted;
  if (difference || g_str_has_suffix (column->key, ".change"))
    return RHEO_TRANSFORM_LOG1P_ABS;
  return g_str_has_suffix (column->key, ".gradient") ? RHEO_TRANSFORM_LOG10_ABS : RHEO_TRANSFORM_NONE;
}

char *
rheo_plot_transformed_name (RheoTransform transform, const char *name)
{
  switch (transform)
    {
    case RHEO_TRANSFORM_LOG1P_ABS:
      return g_strdup_printf ("log(1 + |%s|)", name);
    case RHEO_TRANSFORM_LOG10_ABS:
      return g_strdup_printf ("log₁₀ |%s|", name);
    case RHEO_TRANSFORM_ABS:
      return g_strdup_printf ("|%s|", name);
    case RHEO_TRANSFORM_AUTO:
    case RHEO_TRANSFORM_NONE:
    default:
      return g_strdup (name);
    }
}

/* A comma before what differs does not. */
static gboolean
is_same_word (const char *a, const char *b)
{
  const gsize n = strlen (a) - g_str_has_suffix (a, ","), m = strlen (b) - g_str_has_suffix (b, ",");

  return n == m && strncmp (a, b, n) == 0;
}

/* "Accuracy" of "Training accuracy" and "Test accuracy": the noun that a word stands before. NULL: they do not end alike. */
static char *
dup_noun (const RheoPlotSpec *spec, const char *role, char **words)
{
  g_autofree char *initial = NULL, *upper = NULL;

  if (rheo_plot_count (spec, role) < 2 || g_strv_length (words) != 2)
    return NULL;
  for (int i = 1; i < rheo_plot_count (spec, role); i++)
    {
      g_auto (GStrv) others = g_strsplit (rheo_plot_find (spec, role, i)->column->label, " ", -1);

      if (g_strv_length (others) != 2 || !g_str_equal (others[1], words[1]))
        return NULL;
    }
  initial = g_utf8_substring (words[1], 0, MIN (1, g_utf8_strlen (words[1], -1)));
  upper = g_utf8_strup (initial, -1);
  return g_strconcat (upper, words[1] + strlen (initial), NULL);
}

char *
rheo_plot_common_label (const RheoPlotSpec *spec, const char *role)
{
  const RheoColumn *first = rheo_plot_find (spec, role, 0)->column;
  const char *label = *first->label != '\0' ? first->label : first->key;
  g_auto (GStrv) words = g_strsplit (label, " ", -1);
  guint n = g_strv_length (words), all = n;

  for (int i = 1; i < rheo_plot_count (spec, role); i++)
    {
      g_auto (GStrv) others = g_strsplit (rheo_plot_find (spec, role, i)->column->label, " ", -1);
      guint same = 0;

      while (same < n && others[same] != NULL && is_same_word (words[same], others[same]))
        same++;
      n = same;
    }
  /* A preposition that leads to what differs goes too: "Gradient of". */
  if (n < all && n > 1 && g_utf8_strlen (words[n - 1], -1) < 4)
    n--;
  /* Numbers beside one that comes twice, in training and validation, are there to be held against it. */
  if (n == 0 && rheo_plot_count (spec, role) > 2
      && g_strcmp0 (rheo_plot_find (spec, role, 1)->column->label, first->label) == 0)
    return g_strdup (label);
  if (n == 0)
    return dup_noun (spec, role, words);
  {
    g_autoptr (GString) common = g_string_new (words[0]);

    for (guint i = 1; i < n; i++)
      g_string_append_printf (common, " %s", words[i]);
    if (n < all && g_str_has_suffix (common->str, ","))
      g_string_truncate (common, common->len - 1);
    return g_string_free (g_steal_pointer (&common), FALSE);
  }
}

void
rheo_plot_direction_name (const RheoTable *table, int k, char *out, size_t size)
{
  const RheoColumn *name = rheo_table_find (table, "axis-name"), *share = rheo_table_find (table, "variance");
  const double part = share != NULL && k < rheo_column_get_length (share) ? rheo_column_get_number (share, k) : NAN;

  if (name == NULL || name->type != RHEO_STRING || k >= rheo_column_get_length (name))
    /* Translators: a principal component of the states, by number. */
    g_snprintf (out, size, _ ("PC %d"), k + 1);
  else if (isfinite (part))
    /* Translators: an axis, and its share of the variance. */
    g_snprintf (out, size, _ ("%s (%.0f %%)"), rheo_column_get_string (name, k), 100 * part);
  else
    g_strlcpy (out, rheo_column_get_string (name, k), size);
}

char *
rheo_plot_dup_input (const RheoTable *table, int condition)
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

const char *
rheo_plot_point_word (int state, double value)
{
  return state == RHEO_POINT_RUNNING    ? _ ("running")
         : state == RHEO_POINT_DIVERGED ? _ ("diverged")
         : state == RHEO_POINT_FAILED   ? _ ("could not run")
         : isinf (value)                ? C_ ("convergence", "never")
                                        : _ ("waiting");
}
