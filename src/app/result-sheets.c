#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/result-sheets.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/run-text.h"
#include "widgets/number-text.h"

#define MOST_ACROSS 4 /* numbers of a row's second axis that become columns of their own */

static void
free_field (gpointer data)
{
  RheoResultField *field = data;

  g_free (field->title);
  g_free (field);
}

static void
free_sheet (gpointer data)
{
  RheoResultSheet *sheet = data;

  g_free (sheet->axis);
  g_free (sheet->title);
  g_ptr_array_unref (sheet->fields);
  g_free (sheet);
}

static const char *const *
find_words (const RheoAnalysis *analysis, const char *key)
{
  for (const RheoSeries *s = analysis != NULL ? analysis->base.series : NULL; s != NULL && s->key != NULL; s++)
    if (strcmp (s->key, key) == 0)
      return s->words;
  return NULL;
}

static char *
dup_capital (const char *text)
{
  g_autofree char *first = g_utf8_substring (text, 0, 1), *upper = g_utf8_strup (first, -1);

  return g_strconcat (upper, *text != '\0' ? g_utf8_next_char (text) : "", NULL);
}

static char *
dup_axis_title (const char *axis)
{
  static const struct
  {
    const char *axis, *title;
  } titles[] = {
    { "point", N_ ("Points") },
    { "mode", N_ ("Modes") },
    { "out", N_ ("Outputs") },
    { "in", N_ ("Inputs") },
    { "unit", N_ ("Units") },
    { "trial", N_ ("Trials") },
    { "time", N_ ("Time") },
    { "row", N_ ("Measures") },
    { "direction", N_ ("Directions") },
    { "context", N_ ("Contexts") },
    { "condition", N_ ("Conditions") },
    { "sample", N_ ("Curves") },
    { "curve", N_ ("Fits") },
    { "event", N_ ("Events") },
    { "path", N_ ("Paths") },
    { "state", N_ ("States") },
    { "group", N_ ("Conditions") },
    { "cluster", N_ ("Clusters") },
    { "motion", N_ ("Motion") },
    { "colour", N_ ("Colour") },
    { "component", N_ ("Components") },
    { "scored", N_ ("Scored trials") },
    { "number", N_ ("Values") },
    { "episode", N_ ("Episodes") },
    { "bundle", N_ ("Groups of episodes") },
    { "action", N_ ("Actions") },
    { "generation", N_ ("Generations") },
    { "file", N_ ("Run files") },
    { "change", N_ ("Changed settings") },
    { "class", N_ ("Classes") },
    { "predicted", N_ ("Predicted classes") },
    { "pair", N_ ("Most confused pairs") },
    { "speaker", N_ ("Speakers") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (strcmp (titles[i].axis, axis) == 0)
      return g_strdup (_ (titles[i].title));
  return dup_capital (axis);
}

static RheoResultSheet *
get_sheet (GPtrArray *sheets, const char *axis, int64_t n_rows)
{
  RheoResultSheet *sheet;

  for (guint i = 0; i < sheets->len; i++)
    {
      sheet = sheets->pdata[i];
      if (strcmp (sheet->axis, axis) == 0 && sheet->n_rows == n_rows)
        return sheet;
    }
  sheet = g_new0 (RheoResultSheet, 1);
  sheet->axis = g_strdup (axis);
  sheet->title = dup_axis_title (axis);
  sheet->n_rows = n_rows;
  sheet->fields = g_ptr_array_new_with_free_func (free_field);
  g_ptr_array_add (sheets, sheet);
  return sheet;
}

static RheoResultField *
add_field (RheoResultSheet *sheet, const RheoColumn *column, int64_t first, int64_t stride, const char *title,
           const char *const *words)
{
  RheoResultField *field = g_new0 (RheoResultField, 1);

  field->column = column;
  field->first = first;
  field->stride = stride;
  field->title = g_strdup (title);
  field->words = words;
  /* Words first, then numbers. */
  g_ptr_array_insert (sheet->fields, words != NULL && sheet->fields->len > 1 ? 1 : -1, field);
  return field;
}

/* "slope-lo" and "slope-hi" belong to "slope". which: "-lo". The column `other` of the same; NULL: there is none. */
static const RheoColumn *
find_beside (const RheoTable *table, const RheoColumn *column, const char *which, const char *other)
{
  g_autofree char *stem = NULL, *key = NULL;
  const RheoColumn *found;

  if (!g_str_has_suffix (column->key, which))
    return NULL;
  stem = g_strndup (column->key, strlen (column->key) - strlen (which));
  key = g_strconcat (stem, other, NULL);
  found = rheo_table_find (table, key);
  return found != NULL && found->n_dims == column->n_dims && found->dims[0] == column->dims[0]
                 && strcmp (found->axes, column->axes) == 0
             ? found
             : NULL;
}

/* Ends of an interval stand in one column, and are named after what the interval is of. */
static void
join_ends (const RheoTable *table, RheoResultField *field)
{
  const RheoColumn *column = field->column;
  const RheoColumn *of_lo = column->n_dims == 1 ? find_beside (table, column, "-lo", "") : NULL;
  const RheoColumn *of_hi = column->n_dims == 1 ? find_beside (table, column, "-hi", "") : NULL;
  const RheoColumn *hi = of_lo != NULL ? find_beside (table, column, "-lo", "-hi") : NULL;
  const RheoColumn *lo = of_hi != NULL ? find_beside (table, column, "-hi", "-lo") : NULL;

  if (hi == NULL && lo == NULL)
    return;
  g_free (field->title);
  field->title = g_strdup_printf (hi != NULL ? _ ("%s, from") : _ ("%s, to"), hi != NULL ? of_lo->label : of_hi->label);
  field->upper = hi;
  field->aside = hi == NULL;
}

/* No number, or no word, is in it. */
static gboolean
is_empty (const RheoColumn *column)
{
  if (column->type == RHEO_STRING)
    {
      for (int64_t i = 0; i < rheo_column_get_length (column); i++)
        if (rheo_column_get_string (column, i) != NULL && *rheo_column_get_string (column, i) != '\0')
          return FALSE;
      return TRUE;
    }
  if (column->type != RHEO_F32 && column->type != RHEO_F64)
    return FALSE;
  for (int64_t i = 0; i < rheo_column_get_length (column); i++)
    if (!isnan (rheo_column_get_number (column, i)))
      return FALSE;
  return TRUE;
}

static void
add_column (GPtrArray *sheets, const RheoTable *table, const RheoColumn *column, const RheoAnalysis *analysis)
{
  g_auto (GStrv) axes = g_strsplit (column->axes, " ", -1);
  const int64_t across = column->n_dims == 2 ? column->dims[1] : 1;
  const char *label = column->label != NULL && *column->label != '\0' ? column->label : column->key;
  const RheoColumn *upper = find_beside (table, column, "-lo", "-hi");
  RheoResultSheet *sheet;

  if (column->n_dims < 1 || column->n_dims > 2 || across > MOST_ACROSS || column->dims[0] == 0
      || (is_empty (column) && (upper == NULL || is_empty (upper))))
    return;
  sheet = get_sheet (sheets, axes[0], column->dims[0]);
  if (sheet->fields->len == 0)
    add_field (sheet, NULL, 0, 1, _ ("No."), NULL);
  for (int64_t k = 0; k < across; k++)
    {
      g_autofree char *name = across > 1 ? g_strdup_printf ("%s %" G_GINT64_FORMAT, label, k + 1) : g_strdup (label);
      g_autofree char *title =
          column->unit != NULL && *column->unit != '\0' ? g_strdup_printf ("%s (%s)", name, column->unit) : NULL;

      join_ends (table, add_field (sheet, column, k, across, title != NULL ? title : name,
                                   find_words (analysis, column->key)));
    }
}

/* What it all comes to, then those that say most. */
static int
by_fields (gconstpointer a, gconstpointer b)
{
  const RheoResultSheet *p = *(RheoResultSheet *const *) a, *q = *(RheoResultSheet *const *) b;
  const int of_rows = g_str_equal (q->axis, "row") - g_str_equal (p->axis, "row");

  return of_rows != 0 ? of_rows : (int) q->fields->len - (int) p->fields->len;
}

GPtrArray *
rheo_result_dup_sheets (const RheoTable *table, const RheoAnalysis *analysis)
{
  GPtrArray *sheets = g_ptr_array_new_with_free_func (free_sheet);

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    add_column (sheets, table, rheo_table_get_column (table, i), analysis);
  g_ptr_array_sort (sheets, by_fields);
  return sheets;
}

double
rheo_result_field_get (const RheoResultField *field, int64_t row)
{
  return field->column != NULL ? rheo_column_get_number (field->column, field->first + row * field->stride)
                               : (double) row + 1;
}

static char *
dup_number (double value, gboolean whole, const char *const *words)
{
  if (words != NULL && value >= 0 && value < g_strv_length ((char **) words))
    return g_strdup (_ (words[(int) value]));
  if (whole || (value == round (value) && fabs (value) < 1e6))
    return rheo_number_dup_fixed (value, 0);
  return rheo_run_dup_number (value);
}

static gboolean
is_whole (const RheoColumn *column)
{
  return column == NULL || (column->type != RHEO_F32 && column->type != RHEO_F64 && column->type != RHEO_STRING);
}

char *
rheo_result_field_dup_text (const RheoResultField *field, int64_t row)
{
  if (field->column != NULL && field->column->type == RHEO_STRING)
    return g_strdup (rheo_column_get_string (field->column, field->first + row * field->stride));
  if (field->upper != NULL)
    {
      const double ends[] = { rheo_result_field_get (field, row),
                              rheo_column_get_number (field->upper, field->first + row * field->stride) };
      g_autofree char *lo = dup_number (ends[0], FALSE, NULL), *hi = dup_number (ends[1], FALSE, NULL);

      return isnan (ends[0]) && isnan (ends[1]) ? g_strdup ("–")
                                                : g_strdup_printf (C_ ("interval", "%s to %s"), lo, hi);
    }
  return dup_number (rheo_result_field_get (field, row), is_whole (field->column), field->words);
}

char *
rheo_result_field_dup_plain (const RheoResultField *field, int64_t row)
{
  char text[RHEO_ELEMENT_SIZE];
  const char *s;

  if (field->column == NULL)
    return g_strdup_printf ("%" G_GINT64_FORMAT, row + 1);
  s = rheo_column_get_text (field->column, field->first + row * field->stride, text);
  return g_strdup (s != NULL ? s : "");
}

char **
rheo_result_dup_facts (const RheoTable *table, const RheoAnalysis *analysis)
{
  g_autoptr (GStrvBuilder) facts = g_strv_builder_new ();

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);
      g_autofree char *number = NULL, *value = NULL;

      /* What there is not is no fact. */
      if (column->n_dims != 0 || (column->type != RHEO_STRING && isnan (rheo_column_get_number (column, 0))))
        continue;
      number = column->type == RHEO_STRING ? g_strdup (rheo_column_get_string (column, 0))
                                           : dup_number (rheo_column_get_number (column, 0), is_whole (column),
                                                         find_words (analysis, column->key));
      value = column->unit != NULL && *column->unit != '\0' ? g_strdup_printf ("%s %s", number, column->unit)
                                                            : g_strdup (number);
      g_strv_builder_add (facts, column->label != NULL && *column->label != '\0' ? column->label : column->key);
      g_strv_builder_add (facts, value);
    }
  return g_strv_builder_end (facts);
}
