#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "json-text.h"

/* Conditions between varied values, as in "rule.window == rule.anti-window" or "rule.target == both or
 * rule.opposite-factor == 1": comparisons that are joined by `and` and `or`, of which the first binds more closely. */

#define SAME 1e-12 /* relative */

static const char *const operators[] = { "==", "!=", "<=", ">=", "<", ">", NULL };
enum
{
  EQUAL,
  DIFFERENT,
  AT_MOST,
  AT_LEAST,
  BELOW,
  ABOVE,
};

/* What stands on one side. */
typedef struct
{
  int axis, column; /* axis -1: the text itself */
  gboolean negated;
  char *text;
} Side;

typedef struct
{
  Side side[2];
  int compared;    /* place in operators */
  gboolean begins; /* after an `or`, or the first one */
} Comparison;

typedef struct
{
  GArray *comparisons; /* Comparison */
  int last_axis;       /* of those that it names: it can be tested once that has a value */
} Condition;

struct RheoSweepWhere
{
  GArray *conditions; /* Condition */
  GHashTable *keys;   /* that they name and that other values may switch off */
};

static void
clear_comparison (gpointer data)
{
  Comparison *comparison = data;

  g_free (comparison->side[0].text);
  g_free (comparison->side[1].text);
}

static void
clear_condition (gpointer data)
{
  g_array_unref (((Condition *) data)->comparisons);
}

void
rheo_sweep_where_free (RheoSweepWhere *where)
{
  if (where == NULL)
    return;
  g_array_unref (where->conditions);
  g_hash_table_unref (where->keys);
  g_free (where);
}

/* --- reading -------------------------------------------------------------------------------------------------- */

/* A key that is varied, with or without a minus before it, a number, or a word. */
static gboolean
read_side (const RheoSweep *sweep, const char *where, const char *text, Side *side, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  const char *key = text[0] == '-' ? text + 1 : text, *near;
  double number;

  side->text = g_strdup (text);
  side->axis = rheo_sweep_find_axis (sweep, key, &side->column);
  side->negated = key != text;
  if (side->axis >= 0 || rheo_number_parse (text, &number) || strchr (text, '.') == NULL)
    return TRUE;
  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    for (char **column = rheo_sweep_get_axis (sweep, a)->columns; *column != NULL; column++)
      g_ptr_array_add (keys, *column);
  g_ptr_array_add (keys, NULL);
  near = rheo_nearest (key, (const char *const *) keys->pdata);
  if (near != NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s: %s is not varied; the nearest is \"%s\"."), where, key, near);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s: %s is not varied."), where, key);
}

static gboolean
fail_form (const char *where, const char *text, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("%s: \"%s\" is no condition, as in \"rule.window == rule.anti-window\", with spaces around ==, "
                       "!=, <, <=, >, >= and between parts that are joined by and, or."),
                    where, text);
}

static gboolean
read_condition (const RheoSweep *sweep, const char *where, const char *text, Condition *condition, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) split = g_strsplit_set (text, " \t\n", -1), words = NULL;
  gboolean begins = TRUE;
  guint n;

  for (char **word = split; *word != NULL; word++)
    if (**word != '\0')
      g_strv_builder_add (builder, *word);
  words = g_strv_builder_end (builder);
  n = g_strv_length (words);
  for (guint i = 0; i < n || i == 0; i += 4)
    {
      Comparison comparison = { .compared = -1, .begins = begins };

      for (int o = 0; i + 2 < n && operators[o] != NULL; o++)
        if (g_str_equal (words[i + 1], operators[o]))
          comparison.compared = o;
      begins = i + 3 < n && g_str_equal (words[i + 3], "or");
      if (comparison.compared < 0 || i + 4 == n || (i + 3 < n && !begins && !g_str_equal (words[i + 3], "and")))
        return fail_form (where, text, error);
      g_array_append_val (condition->comparisons, comparison);
      for (int s = 0; s < 2; s++)
        {
          Side *side = &g_array_index (condition->comparisons, Comparison, condition->comparisons->len - 1).side[s];

          if (!read_side (sweep, where, words[i + 2 * (guint) s], side, error))
            return FALSE;
          condition->last_axis = MAX (condition->last_axis, side->axis);
        }
    }
  return condition->last_axis >= 0
         || rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s: \"%s\" names nothing that is varied."), where, text);
}

static void
add_keys (RheoSweepWhere *where, const RheoSweep *sweep, const Condition *condition)
{
  for (guint i = 0; i < condition->comparisons->len; i++)
    for (int s = 0; s < 2; s++)
      {
        const Side *side = &g_array_index (condition->comparisons, Comparison, i).side[s];
        const char *key = side->axis >= 0 ? rheo_sweep_get_axis (sweep, side->axis)->columns[side->column] : NULL;
        const RheoParam *row =
            key != NULL ? rheo_experiment_find (rheo_sweep_get_experiment (sweep), key, NULL, NULL) : NULL;

        if (row != NULL && row->when != NULL)
          g_hash_table_add (where->keys, g_strdup (key));
      }
}

RheoSweepWhere *
rheo_sweep_where_read (const RheoSweep *sweep, JsonNode *node, GError **error)
{
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (RheoSweepWhere) where = g_new0 (RheoSweepWhere, 1);

  where->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  where->conditions = g_array_new (FALSE, TRUE, sizeof (Condition));
  g_array_set_clear_func (where->conditions, clear_condition);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      g_autofree char *at = g_strdup_printf ("where[%u]", i);
      Condition condition = { g_array_new (FALSE, TRUE, sizeof (Comparison)), -1 };
      gboolean ok;

      g_array_set_clear_func (condition.comparisons, clear_comparison);
      ok = JSON_NODE_HOLDS_VALUE (element) && json_node_get_value_type (element) == G_TYPE_STRING
               ? read_condition (sweep, at, json_node_get_string (element), &condition, error)
               : rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is no text."), at);
      g_array_append_val (where->conditions, condition);
      if (!ok)
        return NULL;
      add_keys (where, sweep, &condition);
    }
  if (node == NULL || array != NULL)
    return g_steal_pointer (&where);
  rheo_fail (error, RHEO_ERROR_INVALID,
             _ ("where is no list of conditions, as in [\"rule.window == rule.anti-window\"]."));
  return NULL;
}

/* --- testing -------------------------------------------------------------------------------------------------- */

static const char *
text_of (const RheoSweep *sweep, const Side *side, const int *point)
{
  return side->axis < 0 ? side->text
                        : rheo_sweep_get_axis (sweep, side->axis)->points[point[side->axis]].values[side->column];
}

static gboolean
compare (const RheoSweep *sweep, const Comparison *comparison, const int *point)
{
  const char *text[2];
  double number[2];
  gboolean numbers = TRUE, same;

  for (int s = 0; s < 2; s++)
    {
      text[s] = text_of (sweep, &comparison->side[s], point);
      numbers = rheo_number_parse (text[s], &number[s]) && numbers;
      if (comparison->side[s].axis >= 0 && comparison->side[s].negated)
        number[s] = -number[s];
    }
  /* Words are the same or not; none is above another. */
  same = numbers ? fabs (number[0] - number[1]) <= SAME * MAX (fabs (number[0]), fabs (number[1]))
                 : g_str_equal (text[0], text[1]);
  switch (comparison->compared)
    {
    case EQUAL:
      return same;
    case DIFFERENT:
      return !same;
    case AT_MOST:
      return numbers && (same || number[0] < number[1]);
    case AT_LEAST:
      return numbers && (same || number[0] > number[1]);
    case BELOW:
      return numbers && !same && number[0] < number[1];
    default:
      return numbers && !same && number[0] > number[1];
    }
}

static gboolean
holds (const RheoSweep *sweep, const Condition *condition, const int *point)
{
  gboolean all = FALSE;

  for (guint i = 0; i < condition->comparisons->len; i++)
    {
      const Comparison *comparison = &g_array_index (condition->comparisons, Comparison, i);

      if (comparison->begins && all)
        return TRUE;
      all = (comparison->begins || all) && compare (sweep, comparison, point);
    }
  return all;
}

gboolean
rheo_sweep_where_holds (const RheoSweepWhere *where, const RheoSweep *sweep, int axis, const int *point)
{
  for (guint i = 0; i < where->conditions->len; i++)
    {
      const Condition *condition = &g_array_index (where->conditions, Condition, i);

      if (condition->last_axis == axis && !holds (sweep, condition, point))
        return FALSE;
    }
  return TRUE;
}

/* --- what is not used ----------------------------------------------------------------------------------------- */

char **
rheo_sweep_where_dup_used (const RheoSweepWhere *where, const RheoExperiment *base, char **settings)
{
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (GStrvBuilder) used = g_strv_builder_new ();

  if (g_hash_table_size (where->keys) == 0)
    return g_strdupv (settings);
  experiment = rheo_experiment_dup (base);
  for (int turn = 0; turn < 2; turn++)
    for (char **setting = settings; *setting != NULL; setting++)
      {
        const char *equals = strchr (*setting, '=');
        const char *const one[] = { *setting, NULL };
        g_autofree char *key = g_strndup (*setting, (gsize) (equals - *setting));
        const gboolean good = rheo_experiment_set (experiment, key, equals + 1, NULL);

        if (turn == 1
            && (!good || !g_hash_table_contains (where->keys, key) || rheo_experiment_set_all (experiment, one, NULL)))
          g_strv_builder_add (used, *setting);
      }
  return g_strv_builder_end (used);
}
