#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "plot/plot-kind.h"

enum
{
  SCALE_AUTO,
  SCALE_DIVERGING,
  SCALE_SEQUENTIAL,
};

enum
{
  LIMITS_PERCENTILE,
  LIMITS_ALL,
  LIMITS_FIXED,
};

enum
{
  ACROSS_AUTO,
  ACROSS_FIRST,
  ACROSS_LAST,
};

enum
{
  CURVE_AUTO,
  CURVE_LINEAR,
  CURVE_ROOT,
};

enum
{
  TRIANGLE_AUTO,
  TRIANGLE_WHOLE,
  TRIANGLE_LOWER,
};

typedef struct
{
  int scale, limits, across, curve, triangle;
  double percentile, limit;
  int slice;
  gboolean bar, skip_zeros;
} Config;

static const char *const scale_choices[] = { "auto", "diverging", "sequential", NULL };
static const char *const limit_choices[] = { "percentile", "all", "fixed", NULL };
static const char *const across_choices[] = { "auto", "first", "last", NULL };
static const char *const curve_choices[] = { "auto", "linear", "root", NULL };
static const char *const triangle_choices[] = { "auto", "whole", "lower", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (Config, scale, "scale", scale_choices, .label = N_ ("Colours"), .max = SCALE_SEQUENTIAL,
                 .help = N_ ("Diverging has zero in the middle and equal limits on both sides. Auto: diverging where "
                             "numbers of both signs occur.")),
  RHEO_P_CHOICE (Config, limits, "limits", limit_choices, .label = N_ ("Colour limits"), .max = LIMITS_FIXED,
                 .help = N_ ("From a percentile, so that few large numbers do not hide the others, from all numbers, "
                             "or fixed, so that matrices can be compared.")),
  RHEO_P_REAL (Config, percentile, "percentile", .label = N_ ("Percentile"), .unit = "%", .def = 99, .min = 50,
               .max = 100, .when = "limits=percentile",
               .help = N_ ("Numbers beyond it have the colour of the limit; pointed ends of the bar say so.")),
  RHEO_P_REAL (Config, limit, "limit", .label = N_ ("Upper limit"), .def = 0.1, .min = 1e-12, .max = 1e12,
               .soft_min = 0.01, .soft_max = 1, .when = "limits=fixed",
               .help = N_ ("The number that has the last colour. Below, colours end at zero, or at the same number "
                           "with a minus where they diverge.")),
  RHEO_P_BOOL (Config, skip_zeros, "skip-zeros", .label = N_ ("Limits without zeros"), .when = "limits=percentile",
               .help = N_ ("Leaves synapses that do not exist out of the percentile.")),
  RHEO_P_CHOICE (
      Config, curve, "curve", curve_choices, .label = N_ ("Colour curve"), .max = CURVE_ROOT,
      .help = N_ ("Root spreads small numbers; the bar tells how. Auto: root where most numbers are small against "
                  "the limits, such as weights of excitatory beside inhibitory cells.")),
  RHEO_P_CHOICE (Config, across, "across", across_choices, .label = N_ ("Along x"), .max = ACROSS_LAST,
                 .help = N_ ("Which dimension runs along x. Auto: the last, but for weights the units that send.")),
  RHEO_P_CHOICE (Config, triangle, "triangle", triangle_choices, .label = N_ ("Cells"), .max = TRIANGLE_LOWER,
                 .help =
                     N_ ("Lower leaves out the diagonal and what is above it. Auto: where that says nothing new, since "
                         "the matrix is symmetric, such as correlations.")),
  RHEO_P_INT (Config, slice, "slice", .label = N_ ("Slice"), .max = 1e9, .soft_max = 99,
              .help = N_ ("Of numbers with three dimensions, which of the first, counted from 0.")),
  RHEO_P_BOOL (Config, bar, "bar", .label = N_ ("Colour bar"), .def = TRUE,
               .help = N_ ("A bar at the right with the limits of the colours.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "matrix", N_ ("the matrix"), "* *|* * *", TRUE, FALSE, .from = "rec.weight|*.weight" },
  { "minus", N_ ("the matrix to subtract"), "* *|* * *", FALSE, FALSE },
  { "columns", N_ ("values or names along the last dimension"), "*", FALSE, FALSE, .with = "axis:1" },
  { "rows", N_ ("values or names along the dimension before"), "*", FALSE, FALSE, .with = "axis:2" },
  { NULL },
};

/* --- the matrix as it is shown --------------------------------------------------------------------------------------- */
typedef struct
{
  const float *v;            /* in the order of the table; transposed: [column][row] */
  float *own;                /* NULL: they are those of the table */
  int64_t n_rows, n_columns; /* row 0 on top */
  gboolean diverging, transposed, root, light_low;
  gboolean lower;       /* cells whose column is not smaller than their row are left out: they are no numbers */
  gboolean sparse;      /* most are missing, such as pairs of cells without a synapse: they are blank */
  gboolean over, under; /* some numbers lie beyond the limits */
  double lo, hi;
  const char *x_name, *y_name, *name, *unit;
  RheoPlotOver x_over, y_over;
  char **x_names, **y_names; /* of columns and rows as they are shown, or NULL */
  gboolean upwards;          /* rows have values that grow: the first one is at the bottom */
} Prepared;

static void
release (void *data)
{
  Prepared *p = data;

  g_strfreev (p->x_names);
  g_strfreev (p->y_names);
  g_free (p->own);
  g_free (p);
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoPlotBinding *minus = rheo_plot_find (spec, "minus", 0);
  const RheoColumn *a = rheo_plot_find (spec, "matrix", 0)->column;
  const Config *config = spec->values;

  if (minus != NULL
      && (a->n_dims != minus->column->n_dims
          || memcmp (a->dims, minus->column->dims, sizeof a->dims[0] * a->n_dims) != 0))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" and what is subtracted from it have different sizes."),
                      a->key);
  for (int k = 0; k < 2; k++)
    {
      const RheoPlotBinding *names = rheo_plot_find (spec, k == 0 ? "columns" : "rows", 0);

      if (names != NULL && names->column->dims[0] != a->dims[a->n_dims - 1 - k])
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("\"%s\" and \"%s\", which stands along it, have different sizes."), a->key,
                          names->column->key);
    }
  return a->n_dims != 3 || rheo_plot_has_index (config->slice, a->dims[0], error);
}

static char *
dup_part (const RheoPlotSpec *spec)
{
  const RheoPlotBinding *matrix = rheo_plot_find (spec, "matrix", 0);
  const RheoColumn *c = matrix != NULL ? matrix->column : NULL;
  g_auto (GStrv) words = g_strsplit (c != NULL && c->axes != NULL ? c->axes : "", " ", -1);

  int first; /* people count trials from 1, units from 0 */

  if (c == NULL || c->n_dims != 3 || c->dims[0] < 2)
    return NULL;
  first = g_strcmp0 (words[0], "trial") == 0;
  /* Translators: which slice of numbers with three dimensions is shown, and which there are: "Trial 3 of 1–50" */
  return g_strdup_printf (_ ("%s %d of %d–%" PRId64), words[0] != NULL ? rheo_plot_word_name (words[0]) : _ ("Slice"),
                          ((const Config *) spec->values)->slice + first, first, c->dims[0] - 1 + first);
}

static RheoVector
slice_of (const RheoColumn *c, int slice)
{
  int64_t size = c->dims[c->n_dims - 2] * c->dims[c->n_dims - 1];

  return (RheoVector){ c, c->n_dims == 3 ? CLAMP (slice, 0, MAX (c->dims[0] - 1, 0)) * size : 0, 1,
                       c->n_dims == 3 && c->dims[0] == 0 ? 0 : size };
}

/* Matrix in its own order [first][last] of the last two dimensions. *own: yours, or NULL. */
static const float *
read_matrix (const RheoPlotSpec *spec, float **own)
{
  const Config *config = spec->values;
  const RheoPlotBinding *minus = rheo_plot_find (spec, "minus", 0);
  const RheoVector a = slice_of (rheo_plot_find (spec, "matrix", 0)->column, config->slice);
  const float *v = rheo_vector_borrow (&a, own);

  if (minus != NULL)
    {
      const RheoVector b = slice_of (minus->column, config->slice);
      g_autofree float *own_b = NULL;
      const float *m = rheo_vector_borrow (&b, &own_b);

      if (*own == NULL)
        v = *own = g_memdup2 (v, sizeof *v * (gsize) MAX (a.n, 1));
      for (int64_t i = 0; i < MIN (a.n, b.n); i++)
        (*own)[i] -= m[i];
    }
  return v;
}

/* Of finite numbers: their limits, those that are not zero, and how many are. */
typedef struct
{
  float lo, hi, *other;
  int64_t n, n_zeros;
} Finite;

#define LANES 16

/* In lanes that are brought together at the end: all of them are looked at together. */
RHEO_MULTI static void
find_ends (const float *v, int64_t n, float *lo, float *hi)
{
  float least[LANES], most[LANES];
  int64_t i = 0;

  for (int k = 0; k < LANES; k++)
    {
      least[k] = *lo;
      most[k] = *hi;
    }
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++)
      {
        least[k] = v[i + k] < least[k] ? v[i + k] : least[k];
        most[k] = v[i + k] > most[k] ? v[i + k] : most[k];
      }
  for (; i < n; i++)
    {
      least[0] = MIN (least[0], v[i]);
      most[0] = MAX (most[0], v[i]);
    }
  for (int k = 0; k < LANES; k++)
    {
      *lo = MIN (*lo, least[k]);
      *hi = MAX (*hi, most[k]);
    }
}

RHEO_MULTI static int64_t
count_zeros (const float *v, int64_t n)
{
  int64_t k = 0;

  for (int64_t i = 0; i < n; i++)
    k += v[i] == 0;
  return k;
}

static Finite
find_finite (const float *v, int64_t n)
{
  Finite f = { .lo = INFINITY, .hi = -INFINITY, .other = g_new (float, MAX (n, 1)) };

  f.n = rheo_plot_pack (v, n, FALSE, f.other);
  f.n_zeros = count_zeros (v, n);
  if (f.n_zeros > 0)
    f.lo = f.hi = 0;
  find_ends (f.other, f.n, &f.lo, &f.hi);
  return f;
}

/* Root where the limit is more than five times the median of what is not zero; of normal numbers it is four times. f: without
 * signs. */
static gboolean
wants_root (const Prepared *p, const Finite *f)
{
  static const double half = 0.5;
  double median;

  if (!p->diverging)
    return FALSE;
  rheo_plot_quantiles (f->other, f->n, &half, 1, &median);
  return f->n > 0 && p->hi > 5 * median;
}

/* Zeros have their place between numbers of both signs. */
static void
find_both (Prepared *p, Finite *f, double share)
{
  const double ends[2] = { 1 - share, share };
  double q[2];

  if (f->lo < 0)
    {
      const int64_t n = f->n + f->n_zeros;

      f->other = g_renew (float, f->other, MAX (n, 1));
      memset (f->other + f->n, 0, sizeof *f->other * (gsize) f->n_zeros);
      rheo_plot_quantiles (f->other, n, ends, 2, q);
    }
  else
    for (int i = 0; i < 2; i++)
      q[i] = rheo_plot_quantile_beside_zeros (f->other, f->n, f->n_zeros, ends[i]);
  p->lo = q[0];
  p->hi = q[1];
}

static void
find_limits (Prepared *p, const Config *config, const RheoColumn *c)
{
  const unsigned flags = c->flags;
  Finite f = find_finite (p->v, p->n_rows * p->n_columns);
  const gboolean sparse = f.n + f.n_zeros < p->n_rows * p->n_columns / 2;
  g_autofree float *other = NULL;
  double share = config->limits == LIMITS_PERCENTILE ? config->percentile / 100 : 1;
  const float lo = f.lo, hi = f.hi;

  if (config->skip_zeros)
    f.n_zeros = 0;
  p->diverging = config->scale == SCALE_DIVERGING
                 || (config->scale == SCALE_AUTO && ((lo < 0 && hi > 0) || (flags & RHEO_SERIES_SIGNED) != 0));
  if (p->diverging)
    {
      for (int64_t i = 0; i < f.n; i++)
        f.other[i] = fabsf (f.other[i]);
      p->hi = rheo_plot_quantile_beside_zeros (f.other, f.n, f.n_zeros, share);
      if (!(p->hi > 0))
        p->hi = MAX (fabsf (lo), fabsf (hi));
      p->lo = -p->hi;
    }
  else
    {
      find_both (p, &f, share);
      if (!(p->hi > p->lo))
        {
          p->lo = lo;
          p->hi = hi;
        }
    }
  other = f.other;
  p->sparse = sparse;
  if (!isfinite (p->lo) || !isfinite (p->hi))
    {
      p->lo = p->diverging ? -1 : 0;
      p->hi = 1;
    }
  if (!(p->hi > p->lo))
    p->hi = p->lo + 1;
  if (config->limits == LIMITS_FIXED)
    {
      p->hi = config->limit;
      p->lo = p->diverging ? -p->hi : 0;
    }
  p->root = config->curve == CURVE_ROOT || (config->curve == CURVE_AUTO && wants_root (p, &f));
  /* A share goes from 0 to 1 whatever the numbers are, and its colours may part in the middle. */
  if (config->limits != LIMITS_FIXED && c->lo < c->hi && (flags & RHEO_SERIES_BITS) == 0 && lo >= c->lo && hi <= c->hi)
    {
      p->lo = c->lo;
      p->hi = c->hi;
      p->diverging = p->diverging || (flags & RHEO_SERIES_SIGNED) != 0;
      p->root = config->curve == CURVE_ROOT;
    }
  p->over = hi > p->hi;
  p->under = lo < p->lo;
}

/* Weights of the input come from inputs, those of the output go to outputs; all else is between units. */
static RheoPlotOver
over (const char *key, const char *word)
{
  gboolean pre = strcmp (word, "pre") == 0, post = strcmp (word, "post") == 0;

  return strcmp (word, "unit") == 0 || (pre && !g_str_has_prefix (key, "in."))
                 || (post && !g_str_has_prefix (key, "out."))
             ? RHEO_OVER_UNITS
             : RHEO_OVER_ANY;
}

/* What stands along a dimension; grows: it is numbers, each larger than the one before. NULL: nothing is bound. */
static char **
names_of (const RheoPlotSpec *spec, const char *role, const char **label, gboolean *grows)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, role, 0);
  char **names, text[RHEO_ELEMENT_SIZE];

  *grows = b != NULL && b->column->type != RHEO_STRING;
  if (b == NULL)
    return NULL;
  names = g_new0 (char *, b->column->dims[0] + 1);
  for (int64_t i = 0; i < b->column->dims[0]; i++)
    {
      const double value = rheo_column_get_number (b->column, i);

      *grows = *grows && (i == 0 || value > rheo_column_get_number (b->column, i - 1));
      names[i] = g_strdup (b->column->type == RHEO_STRING ? rheo_column_get_string (b->column, i)
                                                          : rheo_plot_number_short (value, 4, text, sizeof text));
    }
  *label = b->column->label;
  return names;
}

static void
set_names (const RheoPlotSpec *spec, Prepared *p)
{
  gboolean x_grows, y_grows;

  p->x_names = names_of (spec, p->transposed ? "rows" : "columns", &p->x_name, &x_grows);
  p->y_names = names_of (spec, p->transposed ? "columns" : "rows", &p->y_name, &y_grows);
  p->upwards = p->y_names != NULL && y_grows;
}

static gboolean
is_symmetric (const float *v, int64_t n)
{
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < i; j++)
      if (v[i * n + j] != v[j * n + i] && !(isnan (v[i * n + j]) && isnan (v[j * n + i])))
        return FALSE;
  return n > 1;
}

static void
leave_out_upper (Prepared *p)
{
  if (p->own == NULL)
    p->v = p->own = g_memdup2 (p->v, sizeof *p->v * (gsize) MAX (p->n_rows * p->n_columns, 1));
  for (int64_t r = 0; r < p->n_rows; r++)
    for (int64_t c = r; c < p->n_columns; c++)
      p->own[p->transposed ? c * p->n_rows + r : r * p->n_columns + c] = NAN;
}

static void *
prepare (const RheoPlotSpec *spec)
{
  const Config *config = spec->values;
  const RheoColumn *c = rheo_plot_find (spec, "matrix", 0)->column;
  Prepared *p = g_new0 (Prepared, 1);
  int64_t n_first = c->dims[c->n_dims - 2], n_last = c->dims[c->n_dims - 1];
  g_auto (GStrv) words = g_strsplit (c->axes != NULL ? c->axes : "", " ", -1);
  const char *first = g_strv_length (words) == (guint) c->n_dims ? words[c->n_dims - 2] : "";
  const char *last = g_strv_length (words) == (guint) c->n_dims ? words[c->n_dims - 1] : "";

  p->transposed = config->across == ACROSS_FIRST
                  || (config->across == ACROSS_AUTO && (strcmp (first, "pre") == 0 || strcmp (first, "source") == 0));
  p->n_rows = p->transposed ? n_last : n_first;
  p->n_columns = p->transposed ? n_first : n_last;
  p->x_name = g_intern_string (rheo_plot_word_name (p->transposed ? first : last));
  p->y_name = g_intern_string (rheo_plot_word_name (p->transposed ? last : first));
  p->x_over = over (c->key, p->transposed ? first : last);
  p->y_over = over (c->key, p->transposed ? last : first);
  p->name = rheo_plot_find (spec, "minus", 0) != NULL ? _ ("Difference") : c->label;
  p->unit = c->unit;
  set_names (spec, p);
  p->v = read_matrix (spec, &p->own);
  p->lower = config->triangle == TRIANGLE_LOWER
             || (config->triangle == TRIANGLE_AUTO && strcmp (first, last) == 0 && n_first == n_last
                 && is_symmetric (p->v, n_first));
  if (p->lower)
    leave_out_upper (p);
  find_limits (p, config, c);
  p->light_low = !p->diverging && (c->flags & RHEO_SERIES_LOWER_IS_BETTER) != 0;
  return p;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const Prepared *p = rheo_plot_get_prepared (spec);

  /* Row and column numbers stand at the middle of their cells. */
  *x = (RheoPlotAxis){ .lo = -0.5,
                       .hi = (double) MAX (p->n_columns, 1) - 0.5,
                       .whole = TRUE,
                       .label = p->x_name,
                       .unit = "",
                       .over = p->x_over,
                       .names = (const char *const *) p->x_names };
  *y = (RheoPlotAxis){ .lo = p->upwards ? -0.5 : (double) MAX (p->n_rows, 1) - 0.5,
                       .hi = p->upwards ? (double) MAX (p->n_rows, 1) - 0.5 : -0.5,
                       .whole = TRUE,
                       .label = p->y_name,
                       .unit = "",
                       .over = p->y_over,
                       .names = (const char *const *) p->y_names };
  *colour = (RheoPlotAxis){ .lo = p->lo, .hi = p->hi, .label = p->name, .unit = p->unit };
}

static void
colour_limits (const RheoPlotSpec *spec, const Prepared *p, double *lo, double *hi)
{
  gboolean open = spec->colour.lo == 0 && spec->colour.hi == 0;

  *lo = open || !(spec->colour.hi > spec->colour.lo) ? p->lo : spec->colour.lo;
  *hi = open || !(spec->colour.hi > spec->colour.lo) ? p->hi : spec->colour.hi;
}

/* Of errors the low ones are light. */
static void
ramp_of (const RheoPlotSpec *spec, const Prepared *p, uint32_t ramp[256])
{
  rheo_plot_theme_ramp (spec->theme, p->diverging, ramp);
  for (int i = 0; i < 128 && p->light_low; i++)
    {
      uint32_t swap = ramp[i];

      ramp[i] = ramp[255 - i];
      ramp[255 - i] = swap;
    }
}

/* 0 .. 1 along the ramp. The root keeps the sign where colours diverge. */
static double
along_ramp (double v, double lo, double hi, gboolean diverging, gboolean root)
{
  double u = (v - lo) / (hi - lo);

  if (!root)
    return CLAMP (u, 0, 1);
  if (!diverging)
    return sqrt (CLAMP (u, 0, 1));
  u = CLAMP (2 * u - 1, -1, 1);
  return 0.5 + 0.5 * (u < 0 ? -sqrt (-u) : sqrt (u));
}

/* --- image ----------------------------------------------------------------------------------------------------------- */
/* Which cells pixel i of n covers along one axis: from .. to, in cells. */
static void
span_of (double lo, double hi, int n, int i, double *from, double *to)
{
  double a = lo + (hi - lo) * i / n + 0.5, b = lo + (hi - lo) * (i + 1) / n + 0.5;

  *from = MIN (a, b);
  *to = MAX (a, b);
  /* A cell that is wider than a pixel is shown as it is, without mixing at its edges. */
  if (*to - *from < 1)
    {
      double middle = floor ((*from + *to) / 2);

      *from = middle;
      *to = middle + 1;
    }
}

/* Which cells first .. last - 1 pixel i covers, and the share of the outer two that lies under it. */
typedef struct
{
  int64_t first, last;
  double from, to;
} Span;

static Span *
spans_of (double lo, double hi, int n, int64_t n_cells)
{
  Span *span = g_new (Span, n);

  for (int i = 0; i < n; i++)
    {
      span_of (lo, hi, n, i, &span[i].from, &span[i].to);
      span[i].first = MAX ((int64_t) floor (span[i].from), 0);
      span[i].last = MIN ((int64_t) ceil (span[i].to - 1e-9), n_cells);
    }
  return span;
}

static float
share_of (const Span *span, int64_t cell)
{
  return (float) (MIN (span->to, (double) cell + 1) - MAX (span->from, (double) cell));
}

/* Adds a line of cells, as far as they are numbers. */
RHEO_MULTI static void
add_line (const float *line, int64_t n, float part, float *sum, float *weight)
{
  for (int64_t i = 0; i < n; i++)
    {
      const gboolean there = fabsf (line[i]) <= G_MAXFLOAT;

      sum[i] += there ? part * line[i] : 0;
      weight[i] += there ? part : 0;
    }
}

/* Mean over all cells under a pixel, weighted by the covered area: lines of the table are summed into one, then that along
 * itself. */
static void
average (const Prepared *p, const RheoPixels *pixels, const RheoPlotAxis *x, const RheoPlotAxis *y, float *mean)
{
  const int w = pixels->width, h = pixels->height;
  g_autofree Span *across = spans_of (x->lo, x->hi, w, p->n_columns);
  /* Pixel rows go downwards, the axis goes from its lower end up. */
  g_autofree Span *down = spans_of (y->hi, y->lo, h, p->n_rows);
  const Span *outer = p->transposed ? across : down, *inner = p->transposed ? down : across;
  const int n_outer = p->transposed ? w : h, n_inner = p->transposed ? h : w;
  const gsize outer_step = p->transposed ? 1 : (gsize) w, inner_step = p->transposed ? (gsize) w : 1;
  const int64_t n = p->transposed ? p->n_rows : p->n_columns;
  g_autofree float *sum = g_new (float, MAX (n, 1)), *weight = g_new (float, MAX (n, 1));

  for (int a = 0; a < n_outer; a++)
    {
      memset (sum, 0, sizeof (float) * n);
      memset (weight, 0, sizeof (float) * n);
      for (int64_t r = outer[a].first; r < outer[a].last; r++)
        add_line (p->v + r * n, n, share_of (&outer[a], r), sum, weight);
      for (int b = 0; b < n_inner; b++)
        {
          float s = 0, of = 0;

          for (int64_t c = inner[b].first; c < inner[b].last; c++)
            {
              float part = share_of (&inner[b], c);

              s += part * sum[c];
              of += part * weight[c];
            }
          mean[a * outer_step + b * inner_step] = of > 0 ? s / of : NAN;
        }
    }
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  RheoPixels pixels;
  uint32_t ramp[256], paper = rheo_rgb_pack (canvas->theme->background, 1),
                      ink = rheo_rgb_pack (canvas->theme->axis, 1);
  g_autofree float *mean = NULL;
  double lo, hi, unit = canvas->theme->point * 0.75 * canvas->pixel;
  int pitch = MAX ((int) lround (5 * unit), 3), thick = MAX ((int) lround (unit), 1);

  if (!rheo_pixels_begin (&pixels, canvas, area))
    return;
  colour_limits (spec, p, &lo, &hi);
  ramp_of (spec, p, ramp);
  mean = g_new (float, (gsize) pixels.width *pixels.height);
  average (p, &pixels, x, y, mean);
  for (int py = 0; py < pixels.height; py++)
    for (int px = 0; px < pixels.width; px++)
      {
        const double column = x->lo + (x->hi - x->lo) * (px + 0.5) / pixels.width;
        const double row = y->hi + (y->lo - y->hi) * (py + 0.5) / pixels.height;
        const gboolean hatched = !p->sparse && (!p->lower || floor (column + 0.5) < floor (row + 0.5));
        float v = mean[(gsize) py * pixels.width + px];

        /* Missing cells are hatched, unless most are. */
        pixels.data[(gsize) py * pixels.stride + px] =
            isnan (v) ? (hatched && (px + py) % pitch < thick ? ink : paper)
                      : ramp[(int) lround (255 * along_ramp (v, lo, hi, p->diverging, p->root))];
      }
  rheo_pixels_end (&pixels, canvas);
}

/* --- colour bar -------------------------------------------------------------------------------------------------------- */
/* Ends and middle, and what lies half-way on the page where small numbers are spread. */
static void
bar_init (RheoPlotBar *bar, const RheoPlotSpec *spec, const Prepared *p, const char *name)
{
  const gboolean open = spec->colour.lo == 0 && spec->colour.hi == 0;
  double lo, hi, at[5];

  colour_limits (spec, p, &lo, &hi);
  *bar = (RheoPlotBar){
    .name = name, .pointed = p->over || p->under || !open, .over = p->over && open, .under = p->under && open
  };
  if (p->root && p->diverging)
    {
      double half = (hi - lo) / 2, middle = (lo + hi) / 2;

      at[bar->n++] = lo;
      at[bar->n++] = middle - half / 4;
      at[bar->n++] = middle;
      at[bar->n++] = middle + half / 4;
      at[bar->n++] = hi;
    }
  else
    {
      at[bar->n++] = lo;
      at[bar->n++] = p->root ? lo + (hi - lo) / 4 : (lo + hi) / 2;
      at[bar->n++] = hi;
    }
  for (int i = 0; i < bar->n; i++)
    {
      bar->u[i] = along_ramp (at[i], lo, hi, p->diverging, p->root);
      if (fabs (at[i]) < 1e-9 * (hi - lo))
        at[i] = 0;
    }
  rheo_plot_numbers_alike (at, bar->n, 2, bar->label);
}

static char *
bar_name (const RheoPlotSpec *spec, const Prepared *p)
{
  RheoPlotAxis axis = { .label = spec->colour.label != NULL ? spec->colour.label : p->name,
                        .unit = spec->colour.unit != NULL ? spec->colour.unit : p->unit };

  return rheo_plot_axis_name (&axis);
}

static double
side (const RheoPlotSpec *spec, RheoPlotCanvas *canvas)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  g_autofree char *name = bar_name (spec, p);
  RheoPlotBar bar;

  if (!config->bar)
    return 0;
  bar_init (&bar, spec, p, name);
  return rheo_plot_bar_width (canvas, &bar);
}

static void
draw_over (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y)
{
  const Config *config = spec->values;
  const Prepared *p = rheo_plot_get_prepared (spec);
  g_autofree char *name = bar_name (spec, p);
  uint32_t ramp[256];
  RheoPlotBar bar;

  if (!config->bar || (canvas->drop & RHEO_DROP_NAMES))
    return;
  bar_init (&bar, spec, p, name);
  ramp_of (spec, p, ramp);
  bar.ramp = ramp;
  rheo_plot_bar_draw (canvas, &bar, area);
}

/* --- hover and numbers --------------------------------------------------------------------------------------------------- */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Prepared *p = rheo_plot_get_prepared (spec);
  double column = floor (rheo_plot_unmap (x, px, area->x, area->x + area->width) + 0.5);
  double row = floor (rheo_plot_unmap (y, py, area->y + area->height, area->y) + 0.5);
  char a[40], b[40], c[40];
  float v;

  if (px < area->x || px > area->x + area->width || py < area->y || py > area->y + area->height || column < 0 || row < 0
      || column >= (double) p->n_columns || row >= (double) p->n_rows || (p->lower && column >= row))
    return;
  out->binding = 0;
  out->index =
      p->transposed ? (int64_t) column * p->n_rows + (int64_t) row : (int64_t) row * p->n_columns + (int64_t) column;
  v = p->v[out->index];
  out->x = column;
  out->y = row;
  g_snprintf (out->text, sizeof out->text, "%s %s, %s %s: %s", p->x_name,
              p->x_names != NULL ? p->x_names[(int64_t) column] : rheo_plot_number (column, 0, a, sizeof a), p->y_name,
              p->y_names != NULL ? p->y_names[(int64_t) row] : rheo_plot_number (row, 0, b, sizeof b),
              isfinite (v) ? rheo_plot_number_short (v, 4, c, sizeof c) : _ ("missing"));
}

static void
add_names_along (const RheoPlotBinding *b, const char *axis, RheoTable *table)
{
  if (b != NULL && rheo_table_find (table, axis) == NULL)
    rheo_table_add_copy (table, axis, b->column->label, b->column->unit, axis, b->column->type, b->column->dims,
                         b->column->data);
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const RheoColumn *c = rheo_plot_find (spec, "matrix", 0)->column;
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "heat-map");
  g_auto (GStrv) words = g_strsplit (c->axes, " ", -1);
  g_autofree char *axes = g_strjoin (" ", words[c->n_dims - 2], words[c->n_dims - 1], NULL);
  g_autofree float *own = NULL;
  g_autofree char *part = dup_part (spec);
  g_autofree char *label = g_strconcat (c->label, part != NULL ? ", " : NULL, part, NULL);

  rheo_table_add_copy (table, c->key, label, c->unit, axes, RHEO_F32, c->dims + c->n_dims - 2,
                       read_matrix (spec, &own));
  for (int k = 0; k < 2; k++)
    add_names_along (rheo_plot_find (spec, k == 0 ? "rows" : "columns", 0), words[c->n_dims - 2 + k], table);
  return table;
}

const RheoPlotKind rheo_plot_heat_map = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "heat-map",
    .title = N_ ("Heat map"),
    .summary = N_ ("A matrix in colours, such as recurrent weights, their change, or gradients."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .part = dup_part,
  .check = check,
  .prepare = prepare,
  .release = release,
  .range = range,
  .side = side,
  .draw = draw,
  .draw_over = draw_over,
  .dense = TRUE,
  .plane = TRUE,
  .pick = pick,
  .numbers = numbers,
};
