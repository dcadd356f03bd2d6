#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-state.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "json-text.h"

#define QUEUE_FILE "queue.json"

/* What a file looked like when it was read. */
typedef struct
{
  gint64 time;
  guint64 size;
} Stamp;

struct RheoSweepState
{
  RheoSweep *sweep;
  RheoRowFacts *facts; /* [n_rows] */
  Stamp *stamp;        /* the same; size 0: to be read */
  GHashTable *files;   /* names in the folder, while it is looked at as a whole */
};

const char *
rheo_row_state_name (RheoRowState state)
{
  static const char *const names[] = { "waiting", "running", "done", "diverged", "failed" };

  return names[state];
}

RheoSweepState *
rheo_sweep_state_new (RheoSweep *sweep)
{
  RheoSweepState *state = g_new0 (RheoSweepState, 1);
  int n = rheo_sweep_get_n_rows (sweep);

  g_return_val_if_fail (rheo_sweep_get_folder (sweep) != NULL, NULL);
  state->sweep = rheo_sweep_ref (sweep);
  state->facts = g_new0 (RheoRowFacts, n);
  state->stamp = g_new0 (Stamp, n);
  return state;
}

static void
clear_facts (RheoRowFacts *facts)
{
  g_free (facts->stop);
  g_free (facts->error);
  *facts = (RheoRowFacts){ 0 };
}

void
rheo_sweep_state_free (RheoSweepState *state)
{
  if (state == NULL)
    return;
  for (int row = 0; row < rheo_sweep_get_n_rows (state->sweep); row++)
    clear_facts (&state->facts[row]);
  g_free (state->facts);
  g_free (state->stamp);
  g_clear_pointer (&state->files, g_hash_table_unref);
  rheo_sweep_unref (state->sweep);
  g_free (state);
}

RheoSweep *
rheo_sweep_state_get_sweep (const RheoSweepState *state)
{
  return state->sweep;
}

const RheoRowFacts *
rheo_sweep_state_get (const RheoSweepState *state, int row)
{
  return &state->facts[row];
}

int
rheo_sweep_state_count (const RheoSweepState *state, RheoRowState which)
{
  int n = 0;

  for (int row = 0; row < rheo_sweep_get_n_rows (state->sweep); row++)
    n += state->facts[row].state == which;
  return n;
}

/* --- files ---------------------------------------------------------------------------------------------------- */

char *
rheo_sweep_dup_beside (const RheoSweep *sweep, int row, const char *end)
{
  g_autofree char *name = g_strconcat (rheo_sweep_get_name (sweep, row), end, NULL);

  return g_build_filename (rheo_sweep_get_folder (sweep), name, NULL);
}

char *
rheo_sweep_dup_path (const RheoSweep *sweep, int row)
{
  return rheo_sweep_dup_beside (sweep, row, ".h5");
}

gboolean
rheo_sweep_mark_failed (const RheoSweep *sweep, int row, const char *why, GError **error)
{
  g_autofree char *path = rheo_sweep_dup_beside (sweep, row, ".failed");
  g_autoptr (GError) local = NULL;

  if (g_file_set_contents (path, why, -1, &local))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be written: %s."), path, local->message);
}

gboolean
rheo_sweep_clear_failed (const RheoSweep *sweep, int row, GError **error)
{
  g_autofree char *path = rheo_sweep_dup_beside (sweep, row, ".failed");

  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be removed: %s."), path, g_strerror (errno));
}

/* Plain files and one level of folders: parts hold nothing deeper. */
static gboolean
remove_path (const char *path, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);

      if (g_remove (inside) != 0)
        return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be removed: %s."), inside, g_strerror (errno));
    }
  if (g_remove (path) == 0 || errno == ENOENT)
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be removed: %s."), path, g_strerror (errno));
}

gboolean
rheo_sweep_forget (const RheoSweep *sweep, int row, GError **error)
{
  static const char *const ends[] = { ".h5.parts", ".h5", ".log", ".failed" };
  g_autofree char *run = rheo_sweep_dup_path (sweep, row);

  if (rheo_run_is_written (run))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is being written; it cannot be removed now."), run);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = rheo_sweep_dup_beside (sweep, row, ends[i]);

      if (!remove_path (path, error))
        return FALSE;
    }
  return TRUE;
}

/* --- looking -------------------------------------------------------------------------------------------------- */

static gboolean
has_file (const RheoSweepState *state, const char *path)
{
  if (state->files != NULL)
    {
      g_autofree char *name = g_path_get_basename (path);

      return g_hash_table_contains (state->files, name);
    }
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static Stamp
stamp_file (const char *path)
{
  struct stat facts;

  if (stat (path, &facts) != 0)
    return (Stamp){ 0 };
  return (Stamp){ (gint64) facts.st_mtim.tv_sec * G_USEC_PER_SEC + facts.st_mtim.tv_nsec / 1000,
                  (guint64) facts.st_size };
}

static RheoRowState
final_state (const char *stop)
{
  /* Who stops a run of a sweep wants to go on later. */
  if (stop == NULL || g_str_equal (stop, "user"))
    return RHEO_ROW_WAITING;
  return g_str_equal (stop, "diverged") ? RHEO_ROW_DIVERGED : RHEO_ROW_DONE;
}

static void
read_run (const char *path, const char *parts, gboolean has_parts, RheoRowFacts *facts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (path, &error);

  if (run == NULL)
    {
      /* Parts that a killed writer had hardly begun are nothing; a file that cannot be read is not thrown away. */
      if (!has_parts || g_file_test (path, G_FILE_TEST_EXISTS))
        {
          facts->state = RHEO_ROW_FAILED;
          facts->error = g_strdup (error->message);
        }
      return;
    }
  facts->iteration = rheo_run_get_place (run).iteration;
  facts->seconds = rheo_run_get_seconds (run);
  facts->budget = rheo_experiment_get_run (rheo_run_get_experiment (run))->budget;
  if (rheo_run_get_state (run) == RHEO_RUN_RUNNING)
    facts->state = RHEO_ROW_RUNNING;
  else
    {
      /* Killed while it was folding: it is done when the parts are in the file. */
      facts->state = has_parts && g_file_test (parts, G_FILE_TEST_EXISTS)
                         ? RHEO_ROW_WAITING
                         : final_state (rheo_run_get_stop_reason (run));
      facts->stop = facts->state != RHEO_ROW_WAITING ? g_strdup (rheo_run_get_stop_reason (run)) : NULL;
    }
}

static gboolean
is_same (const RheoRowFacts *a, const RheoRowFacts *b)
{
  return a->state == b->state && a->iteration == b->iteration && a->bytes == b->bytes
         && g_strcmp0 (a->stop, b->stop) == 0 && g_strcmp0 (a->error, b->error) == 0;
}

gboolean
rheo_sweep_state_look_at (RheoSweepState *state, int row)
{
  g_autofree char *path = rheo_sweep_dup_path (state->sweep, row), *parts = g_strconcat (path, ".parts", NULL),
                  *failed = rheo_sweep_dup_beside (state->sweep, row, ".failed");
  RheoRowFacts *facts = &state->facts[row], found = { 0 };
  gboolean has_parts = has_file (state, parts), has_run = has_file (state, path), same;
  Stamp stamp = has_run && !has_parts ? stamp_file (path) : (Stamp){ 0 };

  if (stamp.size > 0 && stamp.size == state->stamp[row].size && stamp.time == state->stamp[row].time
      && facts->state != RHEO_ROW_RUNNING && facts->state != RHEO_ROW_FAILED && !has_file (state, failed))
    return FALSE;
  if (has_parts && rheo_run_is_written (path))
    found.state = RHEO_ROW_RUNNING; /* also where it has not written enough to be opened */
  if (has_run || has_parts)
    {
      RheoRowState held = found.state;

      read_run (path, parts, has_parts, &found);
      if (held == RHEO_ROW_RUNNING && found.state == RHEO_ROW_FAILED)
        {
          clear_facts (&found);
          found.state = held;
        }
    }
  found.bytes = stamp.size;
  if (found.state == RHEO_ROW_WAITING && has_file (state, failed))
    {
      found.state = RHEO_ROW_FAILED;
      g_file_get_contents (failed, &found.error, NULL, NULL);
    }
  state->stamp[row] = stamp;
  same = is_same (facts, &found);
  clear_facts (facts);
  *facts = found;
  return !same;
}

gboolean
rheo_sweep_state_look (RheoSweepState *state)
{
  g_autoptr (GDir) folder = g_dir_open (rheo_sweep_get_folder (state->sweep), 0, NULL);
  gboolean changed = FALSE;
  const char *name;

  state->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    g_hash_table_add (state->files, g_strdup (name));
  for (int row = 0; row < rheo_sweep_get_n_rows (state->sweep); row++)
    if (rheo_sweep_state_look_at (state, row))
      changed = TRUE;
  g_clear_pointer (&state->files, g_hash_table_unref);
  return changed;
}

/* --- the queue ------------------------------------------------------------------------------------------------ */

void
rheo_sweep_queue_clear (RheoSweepQueue *queue)
{
  g_clear_pointer (&queue->first, g_strfreev);
  queue->paused = FALSE;
  queue->jobs = 0;
}

void
rheo_sweep_queue_read (const RheoSweep *sweep, RheoSweepQueue *queue)
{
  g_autofree char *path = g_build_filename (rheo_sweep_get_folder (sweep), QUEUE_FILE, NULL), *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonNode *member;
  JsonObject *object;

  *queue = (RheoSweepQueue){ 0 };
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  node = rheo_json_parse (text, -1, path, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  object = json_node_get_object (node);
  member = json_object_get_member (object, "first");
  if (member != NULL && JSON_NODE_HOLDS_ARRAY (member))
    {
      JsonArray *array = json_node_get_array (member);
      g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          const char *name = JSON_NODE_HOLDS_VALUE (json_array_get_element (array, i))
                                 ? json_node_get_string (json_array_get_element (array, i))
                                 : NULL;

          if (name != NULL && rheo_sweep_find_row (sweep, name) >= 0)
            g_strv_builder_add (names, name);
        }
      queue->first = g_strv_builder_end (names);
    }
  member = json_object_get_member (object, "paused");
  queue->paused = member != NULL && JSON_NODE_HOLDS_VALUE (member) && json_node_get_boolean (member);
  member = json_object_get_member (object, "jobs");
  queue->jobs =
      member != NULL && JSON_NODE_HOLDS_VALUE (member) ? (int) CLAMP (json_node_get_int (member), 0, 1024) : 0;
}

gboolean
rheo_sweep_queue_write (const RheoSweep *sweep, const RheoSweepQueue *queue, GError **error)
{
  g_autofree char *path = g_build_filename (rheo_sweep_get_folder (sweep), QUEUE_FILE, NULL), *text = NULL;
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GError) local = NULL;
  JsonObject *object = json_object_new ();
  JsonArray *first = json_array_new ();

  for (char **name = queue->first; name != NULL && *name != NULL; name++)
    json_array_add_string_element (first, *name);
  json_object_set_array_member (object, "first", first);
  json_object_set_boolean_member (object, "paused", queue->paused);
  json_object_set_int_member (object, "jobs", queue->jobs);
  json_node_take_object (node, object);
  text = rheo_json_dup_text (node, TRUE);
  if (g_file_set_contents (path, text, -1, &local))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be written: %s."), path, local->message);
}

int *
rheo_sweep_queue_dup_sequence (const RheoSweep *sweep, const RheoSweepQueue *queue)
{
  g_autofree int *all = rheo_sweep_dup_sequence (sweep);
  int n = rheo_sweep_get_n_rows (sweep), n_out = 0;
  g_autofree gboolean *taken = g_new0 (gboolean, n);
  int *sequence = g_new (int, n);

  for (char **name = queue->first; name != NULL && *name != NULL; name++)
    {
      int row = rheo_sweep_find_row (sweep, *name);

      if (row < 0 || taken[row])
        continue;
      taken[row] = TRUE;
      sequence[n_out++] = row;
    }
  for (int i = 0; i < n; i++)
    if (!taken[all[i]])
      sequence[n_out++] = all[i];
  return sequence;
}
