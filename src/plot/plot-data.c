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
  int n = rheo_plot_count (spec, binding->role), same = 0;

  if (binding->label != NULL)
    return g_strdup (binding->label);
  for (int i = 0; i < n; i++)
    same += g_strcmp0 (rheo_plot_find (spec, binding->role, i)->column->label, binding->column->label) == 0;
  /* One of its kind among others is called after its kind. */
  if ((same > 1 || n == 1) && g_str_has_prefix (key, "train."))
    return g_strdup (_ ("Training"));
  if ((same > 1 || n == 1) && g_str_has_prefix (key, "valid."))
    return g_strdup (_ ("Validation"));
  /* Series that share a label differ in the end of the key, the class. */
  dot = strrchr (key, '.');
  if (same > 1 && dot != NULL)
    return g_strdup (dot + 1);
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

      while (same < n && others[same] != NULL && strcmp (words[same], others[same]) == 0)
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
    return NULL;
  {
    g_autoptr (GString) common = g_string_new (words[0]);

    for (guint i = 1; i < n; i++)
      g_string_append_printf (common, " %s", words[i]);
    return g_string_free (g_steal_pointer (&common), FALSE);
  }
}

float *
rheo_plot_gather (const RheoColumn *column, const RheoColumn *minus, RheoTransform transform, gboolean skip_zeros,
                  int64_t *n)
{
  RheoVector all = rheo_vector (column);
  float *v = g_new (float, MAX (all.n, 1));
  int64_t k = 0;

  rheo_vector_read (&all, v);
  if (minus != NULL)
    {
      RheoVector other = rheo_vector (minus);
      g_autofree float *m = g_new (float, MAX (other.n, 1));

      rheo_vector_read (&other, m);
      for (int64_t i = 0; i < MIN (all.n, other.n); i++)
        v[i] -= m[i];
    }
  /* What counts first, without branches: where zeros are is random. */
  for (int64_t i = 0; i < all.n; i++)
    {
      const float x = v[i];

      v[k] = x;
      k += (fabsf (x) <= G_MAXFLOAT) & ((x != 0) | (!skip_zeros & (transform != RHEO_TRANSFORM_LOG10_ABS)));
    }
  if (transform == RHEO_TRANSFORM_LOG1P_ABS)
    for (int64_t i = 0; i < k; i++)
      v[i] = log1pf (fabsf (v[i]));
  else if (transform == RHEO_TRANSFORM_LOG10_ABS)
    for (int64_t i = 0; i < k; i++)
      v[i] = log10f (fabsf (v[i]));
  else if (transform == RHEO_TRANSFORM_ABS)
    for (int64_t i = 0; i < k; i++)
      v[i] = fabsf (v[i]);
  *n = k;
  return v;
}

/* Floats as integers in the same order. */
static inline uint32_t
order_of (float x)
{
  uint32_t bits;

  memcpy (&bits, &x, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static inline float
value_of (uint32_t order)
{
  uint32_t bits = order & 0x80000000u ? order & 0x7fffffffu : ~order;
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

/* A radix search from the highest bits down: linear in n whatever the data are. After the first level only those numbers
 * are looked at that share their highest bits with one that is wanted, which mostly are few. What no rank falls into is
 * counted too, in a place of its own, because a branch that cannot be foreseen costs more than that. */
#define LEVELS 3
static const int level_shift[LEVELS] = { 19, 9, 0 }, level_bits[LEVELS] = { 13, 10, 9 };

static void
count_all (const float *v, int64_t n, uint32_t *count)
{
  const int bits = level_bits[0], shift = level_shift[0];
  g_autofree uint32_t *odd = g_new0 (uint32_t, 1 << bits);
  int64_t i = 0;

  /* Neighbours are often alike, and what has just been counted up must not be waited for. */
  for (; i + 1 < n; i += 2)
    {
      count[order_of (v[i]) >> shift]++;
      odd[order_of (v[i + 1]) >> shift]++;
    }
  if (i < n)
    count[order_of (v[i]) >> shift]++;
  for (int bin = 0; bin < 1 << bits; bin++)
    count[bin] += odd[bin];
}

/* Those whose highest bits have a slot: `n_left` of them. */
static uint32_t *
pick_left (const float *v, int64_t n, const uint16_t *slot, int64_t n_left)
{
  uint32_t *left = g_new (uint32_t, n_left + 1);
  int64_t k = 0;

  for (int64_t i = 0; i < n; i++)
    {
      const uint32_t order = order_of (v[i]);

      left[k] = order;
      k += slot[order >> level_shift[0]] != 0;
    }
  return left;
}

void
rheo_plot_quantiles (const float *v, int64_t n, const double *p, int n_p, double *out)
{
  const int n_ranks = 2 * n_p, most = n_ranks + 1;
  g_autofree int64_t *rank = g_new (int64_t, n_ranks);
  g_autofree uint32_t *found = g_new0 (uint32_t, n_ranks), *count = NULL, *left = NULL;
  g_autofree int *slot_of_rank = g_new0 (int, n_ranks);
  /* Where the numbers with the same higher bits are counted; 0: of no account. */
  g_autofree uint16_t *slot = g_new0 (uint16_t, 1 << level_bits[0]), *next = NULL;
  int64_t n_left = 0;
  int n_slots = 0;

  if (n == 0)
    {
      for (int i = 0; i < n_p; i++)
        out[i] = NAN;
      return;
    }
  for (int i = 0; i < n_ranks; i++)
    rank[i] = CLAMP ((int64_t) floor (p[i / 2] * (double) (n - 1)) + i % 2, 0, n - 1);
  next = g_new0 (uint16_t, (gsize) most << level_bits[1]);
  count = g_new0 (uint32_t, MAX ((gsize) 1 << level_bits[0], (gsize) most << level_bits[1]));
  for (int level = 0; level < LEVELS; level++)
    {
      const int shift = level_shift[level], bits = level_bits[level];
      const uint32_t mask = (1u << bits) - 1;
      uint16_t *mine = level == 0 ? slot : next;
      int n_next = 0;

      if (level > 0)
        memset (count, 0, sizeof *count * ((gsize) (n_slots + 1) << bits));
      if (level == 0)
        count_all (v, n, count);
      else if (level == 1)
        for (int64_t i = 0; i < n_left; i++)
          count[((gsize) slot[left[i] >> level_shift[0]] << bits) + (left[i] >> shift & mask)]++;
      else
        for (int64_t i = 0; i < n_left; i++)
          {
            const gsize above = (gsize) slot[left[i] >> level_shift[0]] << level_bits[1];
            const uint32_t middle = left[i] >> level_shift[1] & ((1u << level_bits[1]) - 1);

            count[((gsize) next[above + middle] << bits) + (left[i] & mask)]++;
          }
      for (int i = 0; i < n_ranks; i++)
        {
          const gsize first = (gsize) slot_of_rank[i] << bits;
          uint32_t bin = 0;

          while (count[first + bin] <= rank[i])
            rank[i] -= count[first + bin++];
          found[i] |= bin << shift;
          if (level == LEVELS - 1)
            continue;
          if (mine[first + bin] == 0)
            {
              mine[first + bin] = (uint16_t) ++n_next;
              n_left += level == 0 ? count[bin] : 0;
            }
          slot_of_rank[i] = mine[first + bin];
        }
      n_slots = n_next;
      if (level == 0)
        left = pick_left (v, n, slot, n_left);
    }
  for (int i = 0; i < n_p; i++)
    {
      const double low = value_of (found[2 * i]), high = value_of (found[2 * i + 1]);
      double f = p[i] * (double) (n - 1);

      f -= floor (f);
      out[i] = f > 0 ? low + f * (high - low) : low;
    }
}

/* Counts on a fine grid, then one Gaussian sum (Silverman 1982, without the Fourier transform): the grid is many times
 * finer than the bandwidth, so the result is that of the exact sum to about 1e-4 of the peak. */
double
rheo_plot_density (const float *v, int64_t n, const double quartile[2], gboolean bounded, double lo, double hi,
                   int n_grid, double *out)
{
  enum
  {
    FINE = 4096
  };
  g_autofree double *count = g_new0 (double, FINE);
  double sum = 0, sum2 = 0, sd, h, step = (hi - lo) / FINE;
  int reach;

  for (int i = 0; i < n_grid; i++)
    out[i] = 0;
  if (n == 0 || !(hi > lo))
    return 0;
  for (int64_t i = 0; i < n; i++)
    {
      double u = (v[i] - lo) / step;

      sum += v[i];
      sum2 += (double) v[i] * v[i];
      if (u >= 0 && u < FINE)
        count[(int) u]++;
    }
  sd = sqrt (MAX (sum2 / n - sum / n * (sum / n), 0));
  h = 0.9 * (quartile[1] > quartile[0] ? MIN (sd, (quartile[1] - quartile[0]) / 1.34) : sd) * pow (n, -0.2);
  h = MAX (h, 2 * step);
  reach = (int) ceil (4 * h / step);
  for (int g = 0; g < n_grid; g++)
    {
      double at = lo + (hi - lo) * g / (n_grid - 1), total = 0;
      int middle = (int) floor ((at - lo) / step);

      for (int k = MAX (middle - reach, 0); k <= MIN (middle + reach, FINE - 1); k++)
        if (count[k] > 0)
          {
            double d = (lo + (k + 0.5) * step - at) / h;

            total += count[k] * exp (-0.5 * d * d);
          }
      if (bounded)
        {
          int mirror = (int) floor ((-at - lo) / step);

          for (int k = MAX (mirror - reach, 0); k <= MIN (mirror + reach, FINE - 1); k++)
            if (count[k] > 0)
              {
                double d = (lo + (k + 0.5) * step + at) / h;

                total += count[k] * exp (-0.5 * d * d);
              }
          if (at < 0)
            total = 0;
        }
      out[g] = total / (n * h * sqrt (2 * RHEO_PLOT_PI));
    }
  return h;
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
