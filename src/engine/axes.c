#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "axes.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "linalg.h"

static const char *const orthogonal_choices[] = { "auto", "yes", "no", NULL };

const RheoParam rheo_axes_rows[] = {
  RHEO_P_TEXT (RheoAxesChoice, words, "directions", .label = N_ ("Axes"), .def_text = "",
               .help =
                   N_ ("Separated by spaces: pc1 is the first principal component of the states, out1 what the first "
                       "output reads, in1 what the first input writes, unit1 the first unit; sums and differences "
                       "such as out1-out2 or in3+in4 are axes, too. Empty: what fits the analysis.")),
  RHEO_P_CHOICE (RheoAxesChoice, orthogonal, "orthogonal", orthogonal_choices, .label = N_ ("Orthogonal axes"),
                 .max = RHEO_AXES_AS_THEY_ARE,
                 .help = N_ ("Each axis is made orthogonal to those before it, and one long. Else a place is what the "
                             "weights make of a state. Auto: what fits the analysis.")),
  RHEO_P_END,
};

typedef enum
{
  SOURCE_PC,
  SOURCE_OUT,
  SOURCE_IN,
  SOURCE_UNIT,
  N_SOURCES,
} Source;

static const struct
{
  const char *word, *name;
} sources[N_SOURCES] = {
  /* Translators: a principal component of the states; a number follows. */
  [SOURCE_PC] = { "pc", N_ ("PC") },
  [SOURCE_OUT] = { "out", N_ ("Output") },
  [SOURCE_IN] = { "in", N_ ("Input") },
  [SOURCE_UNIT] = { "unit", N_ ("Unit") },
};

/* One summand of an axis. */
typedef struct
{
  int sign, source, number; /* number from 1 */
} Term;

/* Reads a term and goes behind it. FALSE: it is none. */
static gboolean
read_term (const char **text, gboolean is_first, Term *term)
{
  const char *at = *text;
  char *end;

  term->sign = *at == '-' ? -1 : 1;
  if (*at == '-' || *at == '+')
    at++;
  else if (!is_first)
    return FALSE;
  for (term->source = 0; term->source < N_SOURCES; term->source++)
    if (g_str_has_prefix (at, sources[term->source].word))
      break;
  if (term->source == N_SOURCES)
    return FALSE;
  at += strlen (sources[term->source].word);
  if (!g_ascii_isdigit (*at))
    return FALSE;
  term->number = (int) MIN (g_ascii_strtoull (at, &end, 10), G_MAXINT);
  *text = end;
  return term->number > 0;
}

/* The terms of a word, or NULL with a sentence. */
static GArray *
read_word (const char *word, GError **error)
{
  g_autoptr (GArray) terms = g_array_new (FALSE, FALSE, sizeof (Term));

  for (const char *at = word; *at != '\0';)
    {
      Term term;

      if (!read_term (&at, terms->len == 0, &term))
        {
          rheo_fail (
              error, RHEO_ERROR_INVALID,
              _ ("\"%s\" is no axis. An axis is pc, out, in or unit with a number from 1, or a sum or difference "
                 "of such, as in out1-out2."),
              word);
          return NULL;
        }
      g_array_append_val (terms, term);
    }
  return g_steal_pointer (&terms);
}

static char **
split (const char *words)
{
  g_auto (GStrv) all = g_strsplit_set (words, " ,;\t\n", -1);
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

  for (int i = 0; all[i] != NULL; i++)
    if (*all[i] != '\0')
      g_strv_builder_add (kept, all[i]);
  return g_strv_builder_end (kept);
}

gboolean
rheo_axes_choose_none (const RheoAxesChoice *choice)
{
  g_auto (GStrv) words = split (choice->words);

  return words[0] == NULL;
}

gboolean
rheo_axes_check (const RheoAxesChoice *choice, GError **error)
{
  g_auto (GStrv) words = split (choice->words);

  for (int i = 0; words[i] != NULL; i++)
    {
      g_autoptr (GArray) terms = read_word (words[i], error);

      if (terms == NULL)
        return FALSE;
    }
  return TRUE;
}

/* --- directions --------------------------------------------------------------------------------------------------- */
typedef struct
{
  const RheoField *field;
  int n_states, n_pcs; /* n_pcs: found already */
  const double *states;
  double *pc;
} Ground;

static gboolean
find_pcs (Ground *ground, int n, GError **error)
{
  const int n_units = ground->field->n;
  g_autofree double *mean = g_new (double, n_units), *variance = g_new (double, n);

  if (n <= ground->n_pcs)
    return TRUE;
  g_free (ground->pc);
  ground->pc = g_new (double, (gsize) n *(gsize) n_units);
  ground->n_pcs = n;
  return ground->n_states > 0
         && (rheo_principal (ground->n_states, n_units, ground->states, n, mean, ground->pc, variance)
             || rheo_fail (error, RHEO_ERROR_INVALID,
                           _ ("The principal directions of the states could not be found.")));
}

static gboolean
add_term (Ground *ground, const Term *term, double *direction, GError **error)
{
  const RheoField *field = ground->field;
  const int most[N_SOURCES] = { field->n, field->n_out, field->n_in, field->n };
  const int k = term->number - 1;

  if (k >= most[term->source])
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no axis %s%d; the last one is %s%d."),
                      sources[term->source].word, term->number, sources[term->source].word, most[term->source]);
  if (term->source == SOURCE_PC && ground->n_states == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There are no states whose principal components could be found."));
  if (term->source == SOURCE_PC && !find_pcs (ground, MIN (MAX (term->number, 3), field->n), error))
    return FALSE;
  for (int i = 0; i < field->n; i++)
    direction[i] += term->sign
                    * (term->source == SOURCE_PC    ? ground->pc[(gsize) k * (gsize) field->n + (gsize) i]
                       : term->source == SOURCE_OUT ? field->w_out[(gsize) k * (gsize) field->n + (gsize) i]
                       : term->source == SOURCE_IN  ? field->w_in[(gsize) i * (gsize) field->n_in + (gsize) k]
                                                    : i == k);
  return TRUE;
}

static char *
dup_name (const GArray *terms)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (guint t = 0; t < terms->len; t++)
    {
      const Term *term = &g_array_index (terms, Term, t);

      g_string_append (name, term->sign < 0 ? (t > 0 ? " − " : "−") : t > 0 ? " + " : "");
      g_string_append_printf (name, "%s %d", sources[term->source].name, term->number);
    }
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static double
dot (int n, const double *a, const double *b)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* Twice: once leaves what rounding has put back. FALSE: nothing is left. */
static gboolean
make_orthogonal (RheoAxes *axes, int k)
{
  const int n = axes->n_units;
  double *own = axes->direction + (gsize) k * (gsize) n;
  const double before = sqrt (dot (n, own, own));
  double left;

  for (int pass = 0; pass < 2; pass++)
    for (int j = 0; j < k; j++)
      {
        const double *other = axes->direction + (gsize) j * (gsize) n, along = dot (n, own, other);

        for (int i = 0; i < n; i++)
          own[i] -= along * other[i];
      }
  left = sqrt (dot (n, own, own));
  for (int i = 0; left > 0 && i < n; i++)
    own[i] /= left;
  return left > 1e-8 * before;
}

/* Share of the variance of the states along each axis. */
static void
find_shares (RheoAxes *axes, int n_states, const double *states)
{
  const int n = axes->n_units;
  g_autofree double *mean = g_new0 (double, n), *own = g_new0 (double, axes->n);
  double all = 0;

  for (int k = 0; k < n_states; k++)
    for (int i = 0; i < n; i++)
      mean[i] += states[(gsize) k * (gsize) n + (gsize) i] / n_states;
  for (int k = 0; k < n_states; k++)
    for (int i = 0; i < n; i++)
      all += pow (states[(gsize) k * (gsize) n + (gsize) i] - mean[i], 2);
  for (int a = 0; a < axes->n; a++)
    {
      const double *direction = axes->direction + (gsize) a * (gsize) n, length = sqrt (dot (n, direction, direction));
      const double middle = dot (n, direction, mean);

      for (int k = 0; k < n_states; k++)
        own[a] += pow ((dot (n, direction, states + (gsize) k * (gsize) n) - middle) / length, 2);
      axes->share[a] = all > 0 ? own[a] / all : NAN;
    }
}

RheoAxes *
rheo_axes_new (const RheoAxesChoice *choice, const char *otherwise, gboolean orthogonal, int least, int most,
               const RheoField *field, int n_states, const double *states, GError **error)
{
  g_auto (GStrv) given = split (choice->words), words = given[0] != NULL ? g_strdupv (given) : split (otherwise);
  const int n = (int) g_strv_length (words);
  g_autoptr (RheoAxes) axes = g_new0 (RheoAxes, 1);
  Ground ground = { .field = field, .n_states = n_states, .states = states };
  gboolean done = TRUE;

  if (n < least || n > most)
    {
      if (least == most)
        rheo_fail (error, RHEO_ERROR_INVALID, _ ("%d axes are given, but %d are needed."), n, least);
      else
        rheo_fail (error, RHEO_ERROR_INVALID, _ ("%d axes are given; there may be %d to %d."), n, least, most);
      return NULL;
    }
  axes->n = n;
  axes->n_units = field->n;
  axes->direction = g_new0 (double, (gsize) n *(gsize) field->n);
  axes->share = g_new (double, n);
  axes->is_pc = g_new (gboolean, n);
  axes->name = g_new0 (char *, n + 1);
  for (int a = 0; a < n && done; a++)
    {
      g_autoptr (GArray) terms = read_word (words[a], error);

      done = terms != NULL;
      axes->is_pc[a] = TRUE;
      for (guint t = 0; done && t < terms->len; t++)
        axes->is_pc[a] = axes->is_pc[a] && g_array_index (terms, Term, t).source == SOURCE_PC;
      for (guint t = 0; done && t < terms->len; t++)
        done =
            add_term (&ground, &g_array_index (terms, Term, t), axes->direction + (gsize) a * (gsize) field->n, error);
      if (!done)
        break;
      axes->name[a] = dup_name (terms);
      if ((choice->orthogonal == RHEO_AXES_AUTO ? orthogonal : choice->orthogonal == RHEO_AXES_ORTHOGONAL)
          && !make_orthogonal (axes, a))
        done = rheo_fail (error, RHEO_ERROR_INVALID, _ ("The axis %s lies in those before it, or is zero."), words[a]);
    }
  g_free (ground.pc);
  if (!done)
    return NULL;
  find_shares (axes, n_states, states);
  return g_steal_pointer (&axes);
}

void
rheo_axes_free (RheoAxes *axes)
{
  if (axes == NULL)
    return;
  g_free (axes->direction);
  g_free (axes->share);
  g_free (axes->is_pc);
  g_strfreev (axes->name);
  g_free (axes);
}

void
rheo_axes_turn_alike (RheoAxes *axes, const RheoTable *previous)
{
  const RheoColumn *before = previous != NULL ? rheo_table_find (previous, "direction") : NULL;
  const int n = axes->n_units;

  if (before == NULL || before->n_dims != 2 || before->dims[0] != axes->n || before->dims[1] != n)
    return;
  for (int a = 0; a < axes->n; a++)
    {
      double *own = axes->direction + (gsize) a * (gsize) n, along = 0;

      for (int i = 0; i < n; i++)
        along += own[i] * rheo_column_get_number (before, (int64_t) a * n + i);
      for (int i = 0; axes->is_pc[a] && along < 0 && i < n; i++)
        own[i] *= -1;
    }
}

void
rheo_axes_rename (RheoAxes *axes, int k, const char *name)
{
  g_free (axes->name[k]);
  axes->name[k] = g_strdup (name);
}

void
rheo_axes_project (const RheoAxes *axes, int n_points, const double *states, double *place)
{
  if (n_points > 0)
    rheo_multiply (false, true, n_points, axes->n, axes->n_units, 1, states, axes->direction, 0, place);
}

void
rheo_axes_add (const RheoAxes *axes, const RheoSeries *series, RheoTable *out)
{
  const int64_t n = axes->n, dims[] = { axes->n, axes->n_units };
  RheoColumn *name;

  memcpy (rheo_result_add (out, series, "direction", RHEO_F64, dims)->data, axes->direction,
          sizeof (double) * (gsize) axes->n * (gsize) axes->n_units);
  name = rheo_result_add (out, series, "axis-name", RHEO_STRING, &n);
  for (int64_t k = 0; k < n; k++)
    rheo_table_set_words (out, name, k, axes->name[k]);
  memcpy (rheo_result_add (out, series, "variance", RHEO_F64, &n)->data, axes->share,
          sizeof (double) * (gsize) axes->n);
}
