#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "json-text.h"
#include "label.h"
#include "ready.h"
#include "rng.h"

#define EXPERIMENT_FILE "experiment.json"
#define FOLDER "sweeps" /* of data, with the ready-made ones */
#define MAX_NAME 120    /* characters of a row's name */

const char *const rheo_sweep_orders[] = { "points", "seeds", "random", NULL };

struct RheoSweep
{
  atomic_int n_refs;
  char *origin, *folder; /* folder NULL: none yet */
  char *title;
  RheoExperiment *experiment;
  JsonNode *axes, *seeds, *mark; /* as they were written; or NULL */
  GPtrArray *axis;               /* RheoSweepAxis; that of the seeds comes last */
  GArray *marks;                 /* RheoSweepMark */
  RheoSweepOrder order;
  int n_rows;
  char **names;      /* [n_rows] */
  GHashTable *index; /* name -> row + 1 */
};

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
  g_clear_pointer (&sweep->axes, json_node_unref);
  g_clear_pointer (&sweep->seeds, json_node_unref);
  g_clear_pointer (&sweep->mark, json_node_unref);
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
  for (guint a = sweep->axis->len - 1; a > (guint) axis; a--)
    row /= rheo_sweep_get_axis (sweep, (int) a)->n;
  return row % rheo_sweep_get_axis (sweep, axis)->n;
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

char **
rheo_sweep_dup_settings (const RheoSweep *sweep, int row)
{
  g_autoptr (GStrvBuilder) settings = g_strv_builder_new ();

  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    g_strv_builder_addv (
        settings, (const char **) rheo_sweep_get_axis (sweep, a)->points[rheo_sweep_get_point (sweep, row, a)].set);
  return g_strv_builder_end (settings);
}

RheoExperiment *
rheo_sweep_dup_experiment (const RheoSweep *sweep, int row, GError **error)
{
  g_auto (GStrv) settings = rheo_sweep_dup_settings (sweep, row);
  g_autoptr (RheoExperiment) experiment = rheo_experiment_dup (sweep->experiment);

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
  int n_seeds = last->seeds ? last->n : 1, n_points = sweep->n_rows / n_seeds;

  if (sweep->order == RHEO_ORDER_RANDOM)
    {
      rheo_rng_permute ((RheoRng){ .seed = 1, .stream = RHEO_STREAM_ORDER }, 0, sweep->n_rows, sequence);
      return sequence;
    }
  for (int i = 0; i < sweep->n_rows; i++)
    sequence[i] = sweep->order == RHEO_ORDER_SEEDS ? i % n_points * n_seeds + i / n_points : i;
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
          g_auto (GStrv) settings = rheo_sweep_dup_settings (sweep, row);
          g_autofree char *all = g_strjoinv ("\n", settings);
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
  g_auto (GStrv) list = NULL;
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
  list = g_strv_builder_end (settings);
  return rheo_experiment_set_all (sweep->experiment, (const char *const *) list, error);
}

/* No key may be varied twice. */
static gboolean
check_axes (const RheoSweep *sweep, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 n_rows = 1;

  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (sweep, a);
      g_autoptr (GHashTable) mine = g_hash_table_new (g_str_hash, g_str_equal);

      for (char **key = axis->keys; *key != NULL; key++)
        if (!g_hash_table_add (mine, *key) || g_hash_table_contains (seen, *key))
          return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is varied twice; a key belongs to one axis."), *key);
      for (char **key = axis->keys; *key != NULL; key++)
        g_hash_table_add (seen, *key);
      n_rows *= axis->n;
      if (n_rows > RHEO_SWEEP_MAX_ROWS)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The axes make more than %d runs, which is the most."),
                          RHEO_SWEEP_MAX_ROWS);
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
  static const char *const known[] = {
    "format", "title", "experiment", "set", "axes", "seeds", "order", "marks", NULL
  };
  JsonNode *format = json_object_get_member (object, "format"), *title = json_object_get_member (object, "title");

  if (format != NULL
      && (!JSON_NODE_HOLDS_VALUE (format) || json_node_get_value_type (format) != G_TYPE_INT64
          || json_node_get_int (format) != RHEO_SWEEP_FORMAT))
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("The format is not %d, the one that this Rheobase reads."),
                      RHEO_SWEEP_FORMAT);
  if (json_object_has_member (object, "task") && !json_object_has_member (object, "experiment"))
    return fail_experiment (sweep->origin, error);
  if (!rheo_sweep_check_keys (object, known, C_ ("file", "A sweep"), error))
    return FALSE;
  if (title != NULL && (!JSON_NODE_HOLDS_VALUE (title) || json_node_get_value_type (title) != G_TYPE_STRING))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("title is no text."));
  sweep->experiment = read_experiment (json_object_get_member (object, "experiment"), sweep->origin, folder, error);
  if (sweep->experiment == NULL)
    return FALSE;
  sweep->title =
      g_strdup (title != NULL && *json_node_get_string (title) != '\0' ? json_node_get_string (title)
                                                                       : rheo_experiment_get_title (sweep->experiment));
  return apply_shared (sweep, json_object_get_member (object, "set"), error) && read_axes (sweep, object, error)
         && read_order (sweep, json_object_get_member (object, "order"), error)
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
  sweep->n_rows = 1;
  for (guint a = 0; a < sweep->axis->len; a++)
    sweep->n_rows *= rheo_sweep_get_axis (sweep, (int) a)->n;
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

/* --- writing -------------------------------------------------------------------------------------------------- */

/* Beside it lies experiment.json, so that a ready-made experiment may change without changing a sweep. */
static char *
dup_json (const RheoSweep *sweep)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "format", RHEO_SWEEP_FORMAT);
  json_object_set_string_member (object, "title", sweep->title);
  json_object_set_string_member (object, "experiment", EXPERIMENT_FILE);
  if (sweep->axes != NULL)
    json_object_set_member (object, "axes", json_node_copy (sweep->axes));
  if (sweep->seeds != NULL)
    json_object_set_member (object, "seeds", json_node_copy (sweep->seeds));
  json_object_set_string_member (object, "order", rheo_sweep_orders[sweep->order]);
  if (sweep->mark != NULL)
    json_object_set_member (object, "marks", json_node_copy (sweep->mark));
  json_node_take_object (node, object);
  return rheo_json_dup_text (node, TRUE);
}

gboolean
rheo_sweep_equal (const RheoSweep *a, const RheoSweep *b)
{
  if (!rheo_experiment_equal (a->experiment, b->experiment) || a->n_rows != b->n_rows)
    return FALSE;
  for (int row = 0; row < a->n_rows; row++)
    {
      g_auto (GStrv) of_a = NULL, of_b = NULL;

      if (!g_str_equal (a->names[row], b->names[row]))
        return FALSE;
      of_a = rheo_sweep_dup_settings (a, row);
      of_b = rheo_sweep_dup_settings (b, row);
      if (!g_strv_equal ((const char *const *) of_a, (const char *const *) of_b))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_file (const char *path, const char *text, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
                                &local))
    return TRUE;
  return rheo_fail (error,
                    g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? RHEO_ERROR_NO_SPACE : RHEO_ERROR_IO,
                    _ ("%s cannot be written: %s."), path, local->message);
}

/* The children read the file; sweep.json may name an experiment that has changed since. */
static gboolean
is_same_experiment (const RheoSweep *sweep, const char *path, GError **error)
{
  g_autoptr (RheoExperiment) there = rheo_experiment_load (path, error);

  if (there == NULL)
    return FALSE;
  if (rheo_experiment_equal (there, sweep->experiment))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("%s, which the runs were made of, is no longer the experiment of %s; choose another folder."),
                    path, sweep->origin);
}

gboolean
rheo_sweep_create (RheoSweep *sweep, const char *folder, GError **error)
{
  g_autofree char *file = g_build_filename (folder, RHEO_SWEEP_FILE, NULL),
                  *experiment = g_build_filename (folder, EXPERIMENT_FILE, NULL), *text = NULL, *json = NULL;

  if (g_mkdir_with_parents (folder, 0777) != 0)
    return rheo_fail (error, RHEO_ERROR_IO, _ ("The folder %s cannot be made: %s."), folder, g_strerror (errno));
  if (rheo_sweep_is_folder (folder))
    {
      g_autoptr (RheoSweep) there = rheo_sweep_load (folder, error);

      if (there == NULL)
        return FALSE;
      if (!rheo_sweep_equal (sweep, there))
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds another sweep; choose another folder."), folder);
    }
  text = rheo_experiment_dup_json (sweep->experiment);
  json = dup_json (sweep);
  /* sweep.json is what makes it a sweep: it comes last. One that was written by hand stays as it is. */
  if (!rheo_sweep_is_folder (folder) && (!write_file (experiment, text, error) || !write_file (file, json, error)))
    return FALSE;
  if (!g_file_test (experiment, G_FILE_TEST_IS_REGULAR) ? !write_file (experiment, text, error)
                                                        : !is_same_experiment (sweep, experiment, error))
    return FALSE;
  g_free (sweep->folder);
  sweep->folder = g_strdup (folder);
  return TRUE;
}
