#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "json-text.h"
#include "label.h"
#include "ready.h"
#include "rng.h"
#include "store.h"

#define FOLDER "sweeps" /* of data, with the ready-made ones */
#define MAX_NAME 120    /* characters of a row's name */

const char *const rheo_sweep_orders[] = { "points", "seeds", "random", NULL };

RheoSweep *
rheo_sweep_ref (RheoSweep *sweep)
{
  atomic_fetch_add (&sweep->n_refs, 1);
  return sweep;
}

void
rheo_sweep_unref (RheoSweep *sweep)
{
  if (sweep == NULL || atomic_fetch_sub (&sweep->n_refs, 1) > 1)
    return;
  g_free (sweep->origin);
  g_free (sweep->folder);
  g_free (sweep->title);
  rheo_experiment_free (sweep->experiment);
  g_clear_pointer (&sweep->set, json_node_unref);
  g_clear_pointer (&sweep->axes, json_node_unref);
  g_clear_pointer (&sweep->seeds, json_node_unref);
  g_clear_pointer (&sweep->mark, json_node_unref);
  g_clear_pointer (&sweep->conditions, json_node_unref);
  g_clear_pointer (&sweep->drawn, json_node_unref);
  g_clear_pointer (&sweep->bases, g_ptr_array_unref);
  g_strfreev (sweep->shared);
  g_strfreev (sweep->starts);
  g_clear_pointer (&sweep->draws, g_array_unref);
  rheo_sweep_where_free (sweep->where);
  g_free (sweep->cells);
  g_free (sweep->points);
  g_clear_pointer (&sweep->axis, g_ptr_array_unref);
  g_clear_pointer (&sweep->marks, g_array_unref);
  g_clear_pointer (&sweep->index, g_hash_table_unref);
  for (int i = 0; sweep->names != NULL && i < sweep->n_rows; i++)
    g_free (sweep->names[i]);
  g_free (sweep->names);
  g_free (sweep);
}

const char *
rheo_sweep_get_title (const RheoSweep *sweep)
{
  return sweep->title;
}

/* Those of data/sweeps. */
static const char *const ready_titles[] = {
  NC_ ("sweep", "Pole on a cart, ten seeds"),
  NC_ ("sweep", "Pole on a cart, search for learning parameters"),
  NC_ ("sweep", "Rank and time scale of the target"),
};

const char *
rheo_sweep_get_shown_title (const RheoSweep *sweep)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ready_titles); i++)
    if (g_str_equal (sweep->title, ready_titles[i]))
      return g_dpgettext2 (GETTEXT_PACKAGE, "sweep", sweep->title);
  return sweep->title;
}

char **
rheo_sweep_names (void)
{
  return rheo_ready_dup_names (FOLDER);
}

const RheoExperiment *
rheo_sweep_get_experiment (const RheoSweep *sweep)
{
  return sweep->experiment;
}

RheoSweepOrder
rheo_sweep_get_order (const RheoSweep *sweep)
{
  return sweep->order;
}

int
rheo_sweep_get_n_axes (const RheoSweep *sweep)
{
  return (int) sweep->axis->len;
}

const RheoSweepAxis *
rheo_sweep_get_axis (const RheoSweep *sweep, int axis)
{
  return g_ptr_array_index (sweep->axis, axis);
}

const RheoSweepMark *
rheo_sweep_get_marks (const RheoSweep *sweep, int *n)
{
  *n = (int) sweep->marks->len;
  return (const RheoSweepMark *) sweep->marks->data;
}

const char *
rheo_sweep_get_folder (const RheoSweep *sweep)
{
  return sweep->folder;
}

gboolean
rheo_sweep_is_folder (const char *path)
{
  g_autofree char *file = g_build_filename (path, RHEO_SWEEP_FILE, NULL);

  return g_file_test (file, G_FILE_TEST_IS_REGULAR);
}

/* --- rows ----------------------------------------------------------------------------------------------------- */

int
rheo_sweep_get_n_rows (const RheoSweep *sweep)
{
  return sweep->n_rows;
}

int
rheo_sweep_get_point (const RheoSweep *sweep, int row, int axis)
{
  gint64 cell = sweep->cells[row];

  for (guint a = sweep->axis->len - 1; a > (guint) axis; a--)
    cell /= rheo_sweep_get_axis (sweep, (int) a)->n;
  return (int) (cell % rheo_sweep_get_axis (sweep, axis)->n);
}

int
rheo_sweep_get_combination (const RheoSweep *sweep, int row)
{
  return sweep->points[row];
}

int
rheo_sweep_get_n_points (const RheoSweep *sweep)
{
  return sweep->n_points;
}

/* Rows of one point stand side by side. */
static void
count_points (RheoSweep *sweep)
{
  const RheoSweepAxis *last = rheo_sweep_get_axis (sweep, rheo_sweep_get_n_axes (sweep) - 1);
  const int n_seeds = last->seeds ? last->n : 1;

  sweep->points = g_new (int, sweep->n_rows);
  for (int row = 0; row < sweep->n_rows; row++)
    {
      sweep->n_points += row == 0 || sweep->cells[row] / n_seeds != sweep->cells[row - 1] / n_seeds;
      sweep->points[row] = sweep->n_points - 1;
    }
}

int
rheo_sweep_find_axis (const RheoSweep *sweep, const char *key, int *column)
{
  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep, a);

      for (*column = 0; axis->columns[*column] != NULL; (*column)++)
        if (g_str_equal (axis->columns[*column], key))
          return a;
    }
  return -1;
}

char **
rheo_sweep_dup_drawn (const RheoSweep *sweep)
{
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();

  for (guint i = 0; i < sweep->draws->len; i++)
    g_strv_builder_add (keys, g_array_index (sweep->draws, RheoSweepDraw, i).key);
  return g_strv_builder_end (keys);
}

const char *
rheo_sweep_get_start (const RheoSweep *sweep, int row)
{
  return sweep->starts != NULL ? sweep->starts[rheo_sweep_get_point (sweep, row, 0)] : NULL;
}

const char *
rheo_sweep_get_name (const RheoSweep *sweep, int row)
{
  return sweep->names[row];
}

int
rheo_sweep_find_row (const RheoSweep *sweep, const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (sweep->index, name)) - 1;
}

char *
rheo_sweep_dup_row_title (const RheoSweep *sweep, int row)
{
  return rheo_sweep_dup_rows_title (sweep, &row, 1);
}

char *
rheo_sweep_dup_rows_title (const RheoSweep *sweep, const int *rows, int n)
{
  GString *title = g_string_new (NULL);

  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep, a);
      const int first = rheo_sweep_get_point (sweep, rows[0], a);
      const RheoSweepPoint *point = &axis->points[first];
      gboolean shared = TRUE;

      for (int i = 1; i < n; i++)
        shared = shared && rheo_sweep_get_point (sweep, rows[i], a) == first;
      if (!shared)
        continue;
      /* A name speaks for itself. */
      g_string_append (title, title->len > 0 ? " · " : "");
      if (isnan (point->number) && !g_str_equal (point->text, "true") && !g_str_equal (point->text, "false"))
        g_string_append (title, point->text);
      else
        g_string_append_printf (title, "%s %s", axis->seeds ? C_ ("sweep", "seed") : axis->symbol, point->text);
    }
  return g_string_free (title, FALSE);
}

/* What a row changes. */
static const RheoExperiment *
base_of (const RheoSweep *sweep, int row)
{
  return sweep->bases != NULL ? g_ptr_array_index (sweep->bases, rheo_sweep_get_point (sweep, row, 0))
                              : sweep->experiment;
}

/* With what its other values switch off. */
static char **
dup_all_settings (const RheoSweep *sweep, int row)
{
  g_autoptr (GStrvBuilder) settings = g_strv_builder_new ();

  if (sweep->starts != NULL && sweep->shared != NULL)
    g_strv_builder_addv (settings, (const char **) sweep->shared);
  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    g_strv_builder_addv (
        settings, (const char **) rheo_sweep_get_axis (sweep, a)->points[rheo_sweep_get_point (sweep, row, a)].set);
  for (guint i = 0; i < sweep->draws->len; i++)
    {
      g_autofree char *setting = rheo_sweep_draw_dup (&g_array_index (sweep->draws, RheoSweepDraw, i), (int) i,
                                                      sweep->seed, sweep->cells[row]);

      g_strv_builder_add (settings, setting);
    }
  return g_strv_builder_end (settings);
}

char **
rheo_sweep_dup_settings (const RheoSweep *sweep, int row)
{
  g_auto (GStrv) all = dup_all_settings (sweep, row);

  return rheo_sweep_where_dup_used (sweep->where, base_of (sweep, row), all);
}

RheoExperiment *
rheo_sweep_dup_experiment (const RheoSweep *sweep, int row, GError **error)
{
  g_auto (GStrv) settings = rheo_sweep_dup_settings (sweep, row);
  g_autoptr (RheoExperiment) experiment = rheo_experiment_dup (base_of (sweep, row));

  if (!rheo_experiment_set_all (experiment, (const char *const *) settings, error)
      || !rheo_experiment_check (experiment, error))
    {
      g_autofree char *title = rheo_sweep_dup_row_title (sweep, row);

      g_prefix_error (error, "%s: ", title);
      return NULL;
    }
  return g_steal_pointer (&experiment);
}

gboolean
rheo_sweep_check (const RheoSweep *sweep, GError **error)
{
  for (int row = 0; row < sweep->n_rows; row++)
    {
      g_autoptr (RheoExperiment) experiment = rheo_sweep_dup_experiment (sweep, row, error);

      if (experiment == NULL)
        return FALSE;
    }
  return TRUE;
}

int *
rheo_sweep_dup_sequence (const RheoSweep *sweep)
{
  int *sequence = g_new (int, sweep->n_rows);
  const RheoSweepAxis *last = rheo_sweep_get_axis (sweep, rheo_sweep_get_n_axes (sweep) - 1);
  int n_seeds = last->seeds ? last->n : 1, n = 0;

  if (sweep->order == RHEO_ORDER_RANDOM)
    {
      rheo_rng_permute ((RheoRng){ .seed = 1, .stream = RHEO_STREAM_ORDER }, 0, sweep->n_rows, sequence);
      return sequence;
    }
  for (int s = 0; sweep->order == RHEO_ORDER_SEEDS && s < n_seeds; s++)
    for (int row = 0; row < sweep->n_rows; row++)
      if (sweep->cells[row] % n_seeds == s)
        sequence[n++] = row;
  for (; n < sweep->n_rows; n++)
    sequence[n] = n;
  return sequence;
}

/* --- names of rows -------------------------------------------------------------------------------------------- */

/* What is no letter, digit, point or sign becomes one "-"; letters of any language stay. */
static void
append_plain (GString *name, const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar letter = g_utf8_get_char (c);

      if (g_unichar_isalnum (letter) || letter == '.' || letter == '+' || letter == '-')
        g_string_append_unichar (name, letter);
      else if (name->len > 0 && name->str[name->len - 1] != '-')
        g_string_append_c (name, '-');
    }
}

static char *
dup_name (const RheoSweep *sweep, int row)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep, a);

      if (a > 0)
        g_string_append_c (name, '_');
      append_plain (name, axis->word);
      g_string_append_c (name, '-');
      append_plain (name, axis->points[rheo_sweep_get_point (sweep, row, a)].text);
    }
  if (name->str[0] == '.')
    name->str[0] = '-';
  return g_string_free (g_steal_pointer (&name), FALSE);
}

/* A check sum of what the row sets tells names apart that are too long or the same. */
static void
name_rows (RheoSweep *sweep)
{
  sweep->names = g_new0 (char *, sweep->n_rows);
  sweep->index = g_hash_table_new (g_str_hash, g_str_equal);
  for (int row = 0; row < sweep->n_rows; row++)
    {
      g_autofree char *name = dup_name (sweep, row);

      if (strlen (name) > MAX_NAME || g_hash_table_contains (sweep->index, name))
        {
          g_auto (GStrv) settings = dup_all_settings (sweep, row);
          g_autofree char *set = g_strjoinv ("\n", settings),
                          *all = sweep->starts != NULL ? g_strconcat (name, "\n", set, NULL) : g_strdup (set);
          g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA1, all, -1);
          g_autofree char *start = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), MAX_NAME / 4));

          g_free (name);
          name = g_strdup_printf ("%s-%.10s", start, sum);
        }
      sweep->names[row] = g_steal_pointer (&name);
      g_hash_table_insert (sweep->index, sweep->names[row], GINT_TO_POINTER (row + 1));
    }
}

/* Two axes that are called the same get more of their key paths: "optimiser-lr". */
static void
tell_words_apart (RheoSweep *sweep)
{
  for (guint a = 0; a < sweep->axis->len; a++)
    for (guint b = 0; b < sweep->axis->len; b++)
      {
        RheoSweepAxis *axis = g_ptr_array_index (sweep->axis, a), *other = g_ptr_array_index (sweep->axis, b);

        if (a == b || !g_str_equal (axis->word, other->word))
          continue;
        g_free (axis->word);
        axis->word = g_strdelimit (g_strdup (axis->columns[0]), ".", '-');
        g_free (axis->symbol);
        axis->symbol = g_strdup (axis->columns[0]);
      }
}

/* --- reading -------------------------------------------------------------------------------------------------- */

/* By name, by file beside the sweep, or as an object. */
static RheoExperiment *
read_experiment (JsonNode *node, const char *origin, const char *folder, GError **error)
{
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autofree char *text = rheo_json_dup_text (node, FALSE), *where = g_strconcat (origin, ": experiment", NULL);

      return rheo_experiment_parse (text, where, error);
    }
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      const char *name = json_node_get_string (node);
      g_autofree char *beside =
          folder != NULL && !g_path_is_absolute (name) ? g_build_filename (folder, name, NULL) : NULL;

      if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_REGULAR))
        return rheo_experiment_load (beside, error);
      return rheo_experiment_load (name, error);
    }
  rheo_fail (error, RHEO_ERROR_INVALID,
             _ ("%s: \"experiment\" is neither the name of a ready-made experiment, nor a file, nor an object."),
             origin);
  return NULL;
}

/* "set": what all rows share beside the experiment. */
static gboolean
apply_shared (RheoSweep *sweep, JsonNode *node, GError **error)
{
  g_autoptr (GStrvBuilder) settings = g_strv_builder_new ();
  g_autoptr (GList) keys = NULL;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("set is no object of key paths and values."));
  keys = json_object_get_members (json_node_get_object (node));
  for (GList *key = keys; key != NULL; key = key->next)
    {
      g_autofree char *text =
          rheo_sweep_dup_value_text (json_object_get_member (json_node_get_object (node), key->data));
      g_autofree char *setting = NULL;

      if (text == NULL)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("set: %s is no value."), (const char *) key->data);
      setting = g_strconcat (key->data, "=", text, NULL);
      g_strv_builder_add (settings, setting);
    }
  sweep->set = json_node_copy (node);
  sweep->shared = g_strv_builder_end (settings);
  return rheo_experiment_set_all (sweep->experiment, (const char *const *) sweep->shared, error);
}

/* Runs that are continued bring their experiments with them. */
static gboolean
read_runs (RheoSweep *sweep, JsonNode *node, const char *folder, GError **error)
{
  RheoSweepAxis *axis = rheo_sweep_runs_read (node, folder, &sweep->starts, error);

  if (axis == NULL)
    return FALSE;
  g_ptr_array_add (sweep->axis, axis);
  sweep->bases = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_experiment_free);
  for (char **path = sweep->starts; *path != NULL; path++)
    {
      g_autoptr (RheoRun) run = rheo_run_open (*path, error);

      if (run == NULL)
        return FALSE;
      g_ptr_array_add (sweep->bases, rheo_experiment_dup (rheo_run_get_experiment (run)));
    }
  sweep->experiment = rheo_experiment_dup (g_ptr_array_index (sweep->bases, 0));
  return TRUE;
}

/* No key may be varied twice. Points have numbers of 64 bits. */
static gboolean
check_axes (const RheoSweep *sweep, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 n_points = 1;

  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep, a);
      g_autoptr (GHashTable) mine = g_hash_table_new (g_str_hash, g_str_equal);

      for (char **key = axis->keys; *key != NULL; key++)
        if (!g_hash_table_add (mine, *key) || g_hash_table_contains (seen, *key))
          return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is varied twice; a key belongs to one axis."), *key);
      for (char **key = axis->keys; *key != NULL; key++)
        g_hash_table_add (seen, *key);
      if (n_points > G_MAXINT64 / axis->n)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The axes make more points than can be looked at."));
      n_points *= axis->n;
    }
  return TRUE;
}

static gboolean
read_axes (RheoSweep *sweep, JsonObject *object, GError **error)
{
  JsonNode *axes = json_object_get_member (object, "axes"), *seeds = json_object_get_member (object, "seeds");
  JsonArray *array = axes != NULL && JSON_NODE_HOLDS_ARRAY (axes) ? json_node_get_array (axes) : NULL;
  RheoSweepAxis *axis;

  if (axes != NULL && array == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("axes is no list, as in [{\"key\": \"run.batch\", \"values\": [10, 50]}]."));
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      g_autofree char *where = g_strdup_printf ("axes[%u]", i);

      axis = rheo_sweep_axis_read (json_array_get_element (array, i), sweep->experiment, where, error);
      if (axis == NULL)
        return FALSE;
      g_ptr_array_add (sweep->axis, axis);
    }
  if (seeds != NULL)
    {
      axis = rheo_sweep_seeds_read (seeds, sweep->experiment, error);
      if (axis == NULL)
        return FALSE;
      g_ptr_array_add (sweep->axis, axis);
    }
  if (sweep->axis->len == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Nothing is varied: it has neither axes nor seeds."));
  sweep->axes = axes != NULL ? json_node_copy (axes) : NULL;
  sweep->seeds = seeds != NULL ? json_node_copy (seeds) : NULL;
  return check_axes (sweep, error);
}

/* Which points are run, and what each run draws. */
static gboolean
read_rows (RheoSweep *sweep, JsonObject *object, GError **error)
{
  JsonNode *conditions = json_object_get_member (object, "where"), *drawn = json_object_get_member (object, "draw");
  gint64 choose = 0, seed = 1;

  if (!rheo_sweep_read_whole (object, "choose", "", 1, RHEO_SWEEP_MAX_ROWS, &choose, error)
      || !rheo_sweep_read_whole (object, "seed", "", 0, G_MAXINT, &seed, error)
      || !rheo_sweep_draws_read (drawn, sweep, sweep->experiment, sweep->draws, error))
    return FALSE;
  sweep->where = rheo_sweep_where_read (sweep, conditions, error);
  if (sweep->where == NULL)
    return FALSE;
  sweep->choose = (int) choose;
  sweep->seed = (int) seed;
  sweep->conditions = conditions != NULL ? json_node_copy (conditions) : NULL;
  sweep->drawn = drawn != NULL ? json_node_copy (drawn) : NULL;
  sweep->cells = rheo_sweep_rows_find (sweep, sweep->where, sweep->choose, sweep->seed, &sweep->n_rows, error);
  return sweep->cells != NULL;
}

static gboolean
read_order (RheoSweep *sweep, JsonNode *node, GError **error)
{
  if (node == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    for (int i = 0; rheo_sweep_orders[i] != NULL; i++)
      if (g_str_equal (json_node_get_string (node), rheo_sweep_orders[i]))
        {
          sweep->order = (RheoSweepOrder) i;
          return TRUE;
        }
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("order is none of points, seeds and random."));
}

static gboolean
read_marks (RheoSweep *sweep, JsonNode *node, GError **error)
{
  sweep->mark = node != NULL ? json_node_copy (node) : NULL;
  return rheo_sweep_marks_read (sweep, node, sweep->marks, error);
}

/* An experiment was given where a sweep is wanted. */
static gboolean
fail_experiment (const char *name, GError **error)
{
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("%s is an experiment; a sweep is a file that names one and says what is varied, as in "
                       "{\"experiment\": \"%s\", \"seeds\": 3}."),
                    name, name);
}

static gboolean
read_all (RheoSweep *sweep, JsonObject *object, const char *folder, GError **error)
{
  static const char *const known[] = { "format", "title",  "experiment", "continue", "set",   "axes",  "seeds",
                                       "where",  "choose", "draw",       "seed",     "order", "marks", NULL };
  JsonNode *format = json_object_get_member (object, "format"), *title = json_object_get_member (object, "title"),
           *runs = json_object_get_member (object, "continue");

  if (format != NULL
      && (!JSON_NODE_HOLDS_VALUE (format) || json_node_get_value_type (format) != G_TYPE_INT64
          || json_node_get_int (format) != RHEO_SWEEP_FORMAT))
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("The format is not %d, the one that this Rheobase reads."),
                      RHEO_SWEEP_FORMAT);
  if (json_object_has_member (object, "task") && !json_object_has_member (object, "experiment") && runs == NULL)
    return fail_experiment (sweep->origin, error);
  if (!rheo_sweep_check_keys (object, known, C_ ("file", "A sweep"), error))
    return FALSE;
  if (title != NULL && (!JSON_NODE_HOLDS_VALUE (title) || json_node_get_value_type (title) != G_TYPE_STRING))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("title is no text."));
  if (runs != NULL && json_object_has_member (object, "experiment"))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("There are both \"experiment\" and \"continue\"; runs that are continued have theirs."));
  if (runs != NULL && !read_runs (sweep, runs, folder, error))
    return FALSE;
  if (runs == NULL)
    sweep->experiment = read_experiment (json_object_get_member (object, "experiment"), sweep->origin, folder, error);
  if (sweep->experiment == NULL)
    return FALSE;
  sweep->title =
      g_strdup (title != NULL && *json_node_get_string (title) != '\0' ? json_node_get_string (title)
                                                                       : rheo_experiment_get_title (sweep->experiment));
  return apply_shared (sweep, json_object_get_member (object, "set"), error) && read_axes (sweep, object, error)
         && read_rows (sweep, object, error) && read_order (sweep, json_object_get_member (object, "order"), error)
         && read_marks (sweep, json_object_get_member (object, "marks"), error);
}

RheoSweep *
rheo_sweep_parse (const char *json, const char *origin, const char *folder, GError **error)
{
  g_autoptr (RheoSweep) sweep = g_new0 (RheoSweep, 1);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) local = NULL;

  atomic_init (&sweep->n_refs, 1);
  sweep->origin = g_strdup (origin);
  sweep->axis = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_sweep_axis_free);
  sweep->marks = g_array_new (FALSE, TRUE, sizeof (RheoSweepMark));
  g_array_set_clear_func (sweep->marks, rheo_sweep_mark_clear);
  sweep->draws = g_array_new (FALSE, TRUE, sizeof (RheoSweepDraw));
  g_array_set_clear_func (sweep->draws, rheo_sweep_draw_clear);
  node = rheo_json_parse (json, -1, origin, error);
  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s describes no sweep: it is no JSON object."), origin);
      return NULL;
    }
  if (!read_all (sweep, json_node_get_object (node), folder, &local))
    {
      if (strstr (local->message, origin) == NULL)
        g_prefix_error (&local, "%s: ", origin);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  count_points (sweep);
  tell_words_apart (sweep);
  name_rows (sweep);
  return g_steal_pointer (&sweep);
}

RheoSweep *
rheo_sweep_load (const char *path, GError **error)
{
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree char *ready = g_file_test (path, G_FILE_TEST_EXISTS) ? NULL : rheo_ready_find (FOLDER, path),
                  *file = is_folder ? g_build_filename (path, RHEO_SWEEP_FILE, NULL)
                                    : g_strdup (ready != NULL ? ready : path),
                  *text = NULL;
  g_autofree char *folder = g_path_get_dirname (file), *base = g_path_get_basename (file);
  g_autoptr (GError) local = NULL;
  RheoSweep *sweep;
  gsize length;

  if (!g_file_get_contents (file, &text, &length, &local))
    {
      g_auto (GStrv) names = rheo_sweep_names (), experiments = rheo_experiment_names ();
      const char *near = strchr (path, '/') == NULL ? rheo_nearest (path, (const char *const *) names) : NULL;

      if (g_strv_contains ((const char *const *) experiments, path))
        fail_experiment (path, error);
      else if (near != NULL && g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT) && !is_folder)
        rheo_fail (error, RHEO_ERROR_IO,
                   _ ("There is no sweep \"%s\", ready-made or as a file; the nearest is \"%s\"."), path, near);
      else if (is_folder && g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        rheo_fail (error, RHEO_ERROR_IO, _ ("%s is no sweep: it has no %s."), path, RHEO_SWEEP_FILE);
      else
        rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be read: %s."), file,
                   g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? _ ("there is no such file")
                                                                             : local->message);
      return NULL;
    }
  if (strlen (text) != length)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s describes no sweep: it is no JSON object."), file);
      return NULL;
    }
  sweep = rheo_sweep_parse (text, file, folder, error);
  if (sweep != NULL && g_str_equal (base, RHEO_SWEEP_FILE))
    sweep->folder = g_steal_pointer (&folder);
  return sweep;
}
