#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "json-text.h"

#define MAX_NAMED 20 /* epochs, checkpoints ... that a message lists */
#define TRIES 20     /* a writer that folds while we look makes us look again */

static void
clear_item (gpointer data)
{
  RheoItem *item = data;

  g_free (item->name);
  g_free (item->part);
}

static GArray *
new_items (void)
{
  GArray *items = g_array_new (FALSE, TRUE, sizeof (RheoItem));

  g_array_set_clear_func (items, clear_item);
  return items;
}

void
rheo_index_free (RheoIndex *index)
{
  if (index == NULL)
    return;
  g_array_unref (index->epochs);
  g_array_unref (index->checkpoints);
  g_array_unref (index->analyses);
  g_ptr_array_unref (index->logs);
  rheo_hold_free (index->hold);
  g_free (index->path);
  g_free (index->parts);
  g_free (index->run);
  g_free (index->run_id);
  g_free (index->parent);
  g_free (index->created);
  g_free (index->host);
  g_free (index->app_version);
  g_free (index->device);
  g_free (index->device_reason);
  g_free (index->stop_reason);
  g_free (index->experiment);
  g_free (index->session);
  g_free (index);
}

static char *
read_part (const RheoIndex *index, const char *name)
{
  g_autofree char *path = g_build_filename (index->parts, name, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

/* --- facts of the parts ------------------------------------------------------------------------------------ */

static JsonObject *
parse_object (const char *text, const char *path, JsonNode **node)
{
  *node = text != NULL ? rheo_json_parse (text, -1, path, NULL) : NULL;
  return *node != NULL && JSON_NODE_HOLDS_OBJECT (*node) ? json_node_get_object (*node) : NULL;
}

static gboolean
holds (JsonObject *object, const char *key, GType type)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static void
take_text (JsonObject *object, const char *key, char **value)
{
  g_free (*value);
  *value = holds (object, key, G_TYPE_STRING) ? g_strdup (json_object_get_string_member (object, key)) : NULL;
}

static int64_t
get_int (JsonObject *object, const char *key, int64_t otherwise)
{
  return holds (object, key, G_TYPE_INT64) ? json_object_get_int_member (object, key) : otherwise;
}

/* readable: the oldest format that a program must know to read the file, if it says so. What is read of a newer file is never
 * written to: only a copy is made of it. */
static gboolean
check_format (const RheoIndex *index, const char *path, int64_t format, int64_t readable, GError **error)
{
  if (format > RHEO_STORE_FORMAT && !(index->torn && readable >= 1 && readable <= RHEO_STORE_FORMAT))
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("%s comes from a newer Rheobase (format %" PRId64 "; this program reads up to %d)."), path,
                      format, RHEO_STORE_FORMAT);
  if (format < 1)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: it has no format number."), path);
  return TRUE;
}

/* What a writer said when it began, and when it ended. It takes the place of what the file says. */
static gboolean
read_parts_facts (RheoIndex *index, GError **error)
{
  g_autoptr (JsonNode) run_node = NULL;
  g_autoptr (JsonNode) stop_node = NULL;
  g_autofree char *stop_text = read_part (index, "stop.json");
  JsonObject *run = parse_object (index->run, index->parts, &run_node);
  JsonObject *stop = parse_object (stop_text, index->parts, &stop_node);

  if (run == NULL)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: run.json cannot be read."), index->parts);
  if (!check_format (index, index->parts, get_int (run, "format", 0), 0, error))
    return FALSE;
  take_text (run, "run-id", &index->run_id);
  take_text (run, "parent-run-id", &index->parent);
  take_text (run, "created", &index->created);
  take_text (run, "host", &index->host);
  take_text (run, "app-version", &index->app_version);
  take_text (run, "device", &index->device);
  take_text (run, "device-reason", &index->device_reason);
  take_text (run, "session", &index->session);
  index->parent_iteration = get_int (run, "parent-iteration", 0);
  index->seed = get_int (run, "seed", 0);
  index->base.iteration = get_int (run, "resumed-iteration", -1);
  index->base.batch = get_int (run, "resumed-batch", -1);
  g_free (index->experiment);
  index->experiment = read_part (index, "experiment.json");
  g_clear_pointer (&index->stop_reason, g_free);
  if (stop != NULL)
    {
      take_text (stop, "reason", &index->stop_reason);
      index->seconds = holds (stop, "seconds", G_TYPE_DOUBLE) ? json_object_get_double_member (stop, "seconds")
                                                              : (double) get_int (stop, "seconds", 0);
    }
  if (index->run_id == NULL || index->session == NULL || index->experiment == NULL)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: run.json or experiment.json is incomplete."),
                      index->parts);
  return TRUE;
}

/* --- what there is ----------------------------------------------------------------------------------------- */

/* Adds or replaces: a part counts before what the file has under the same name. Takes name and part. */
static void
put_item (GArray *items, RheoPlace place, gboolean marked, char *name, char *part)
{
  RheoItem item = { place, marked, name, part };

  for (guint i = 0; i < items->len; i++)
    if (g_str_equal (g_array_index (items, RheoItem, i).name, name))
      {
        item.marked = marked || g_array_index (items, RheoItem, i).marked;
        g_array_remove_index_fast (items, i);
        break;
      }
  g_array_append_val (items, item);
}

static void
add_log (RheoIndex *index, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (index->logs, name, g_str_equal, NULL))
    g_ptr_array_add (index->logs, g_strdup (name));
}

static gboolean
is_newer (const RheoIndex *index, RheoPlace place, gboolean by_batch)
{
  if (!index->has_parts)
    return FALSE;
  return by_batch ? place.batch > index->base.batch : place.iteration > index->base.iteration;
}

static void
list_numbered (RheoIndex *index, RheoH5Id file, const char *folder, GArray *items)
{
  g_auto (RheoH5Id) group = rheo_h5_open_group (file, folder);
  g_auto (GStrv) names = group >= 0 ? rheo_h5_list (group) : NULL;
  gboolean is_checkpoint = items == index->checkpoints;
  int64_t number;

  for (int i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat (folder, "/", names[i], NULL);
      RheoPlace place = { 0, 0 };
      gboolean marked = FALSE;

      if (!rheo_part_number (names[i], &number))
        continue;
      place.iteration = number;
      if (is_checkpoint)
        {
          g_auto (RheoH5Id) one = rheo_h5_open_group (file, name);

          place.batch = number;
          if (one < 0 || !rheo_h5_get_int (one, "iteration", &place.iteration))
            continue;
          marked = rheo_h5_get_bool (one, "marked");
        }
      if (!is_newer (index, place, is_checkpoint))
        {
          RheoItem item = { place, marked, g_steal_pointer (&name), NULL };

          g_array_append_val (items, item);
        }
    }
}

static void
list_analyses (RheoIndex *index, RheoH5Id file)
{
  g_auto (RheoH5Id) group = rheo_h5_open_group (file, "analysis");
  g_auto (GStrv) ids = group >= 0 ? rheo_h5_list (group) : NULL;

  for (int i = 0; ids != NULL && ids[i] != NULL; i++)
    {
      g_autofree char *folder = g_strconcat ("analysis/", ids[i], NULL);
      g_auto (RheoH5Id) kind = rheo_part_valid_name (ids[i]) ? rheo_h5_open_group (file, folder) : -1;
      g_auto (GStrv) numbers = kind >= 0 ? rheo_h5_list (kind) : NULL;

      for (int j = 0; numbers != NULL && numbers[j] != NULL; j++)
        {
          g_autofree char *name = g_strconcat (folder, "/", numbers[j], NULL);
          g_auto (RheoH5Id) one = rheo_h5_open_group (file, name);
          RheoPlace place = { 0, 0 };
          int64_t number;

          if (one < 0 || !rheo_part_number (numbers[j], &number)
              || !rheo_h5_get_int (one, "iteration", &place.iteration))
            continue;
          if (!is_newer (index, place, FALSE))
            {
              RheoItem item = { place, FALSE, g_steal_pointer (&name), NULL };

              g_array_append_val (index->analyses, item);
            }
        }
    }
}

static void
list_logs (RheoIndex *index, RheoH5Id file)
{
  g_auto (RheoH5Id) group = rheo_h5_open_group (file, "logs");
  g_auto (GStrv) names = group >= 0 ? rheo_h5_list (group) : NULL;

  for (int i = 0; names != NULL && names[i] != NULL; i++)
    if (rheo_part_valid_name (names[i]))
      add_log (index, names[i]);
}

static void
list_parts (RheoIndex *index)
{
  g_autoptr (GDir) folder = g_dir_open (index->parts, 0, NULL);
  const char *file;

  while (folder != NULL && (file = g_dir_read_name (folder)) != NULL)
    {
      RheoPartName part = rheo_part_parse (file);
      RheoPlace place = { part.iteration, part.batch };

      if (part.kind == RHEO_PART_EPOCH)
        put_item (index->epochs, place, FALSE, g_strdup_printf ("epochs/%" G_GINT64_FORMAT, part.iteration),
                  g_strdup (file));
      else if (part.kind == RHEO_PART_CHECKPOINT)
        put_item (index->checkpoints, place, part.marked, g_strdup_printf ("checkpoint/%" G_GINT64_FORMAT, part.batch),
                  g_strdup (file));
      else if (part.kind == RHEO_PART_ANALYSIS)
        rheo_index_add_analysis (index, part.name, part.n, file);
      else if (part.kind == RHEO_PART_LOG)
        add_log (index, part.name);
      g_free (part.name);
    }
}

void
rheo_index_add_analysis (RheoIndex *index, const char *id, int64_t n, const char *part)
{
  put_item (index->analyses, (RheoPlace){ 0, 0 }, FALSE, g_strdup_printf ("analysis/%s/%" G_GINT64_FORMAT, id, n),
            g_strdup (part));
}

gboolean
rheo_index_remove_analysis (RheoIndex *index, const char *name)
{
  g_autofree char *group = g_strconcat ("analysis/", name, NULL);

  for (guint i = 0; i < index->analyses->len; i++)
    if (strcmp (g_array_index (index->analyses, RheoItem, i).name, group) == 0)
      {
        g_array_remove_index (index->analyses, i);
        index->less = TRUE;
        return TRUE;
      }
  return FALSE;
}

int64_t
rheo_index_last_analysis (const RheoIndex *index, const char *id)
{
  g_autofree char *prefix = g_strdup_printf ("analysis/%s/", id);
  int64_t last = 0, n;

  for (guint i = 0; i < index->analyses->len; i++)
    {
      const char *name = g_array_index (index->analyses, RheoItem, i).name;

      if (g_str_has_prefix (name, prefix) && rheo_part_number (name + strlen (prefix), &n))
        last = MAX (last, n);
    }
  return last;
}

const RheoItem *
rheo_index_find (const RheoIndex *index, const char *name)
{
  GArray *const lists[] = { index->epochs, index->checkpoints, index->analyses };

  for (size_t i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      if (g_str_equal (g_array_index (lists[i], RheoItem, j).name, name))
        return &g_array_index (lists[i], RheoItem, j);
  return NULL;
}

RheoH5Id
rheo_index_open_file (const RheoIndex *index, GError **error)
{
  if (index->hold != NULL)
    return rheo_hold_open (index->hold, index->path, error);
  return index->torn ? rheo_h5_open_torn (index->path, error) : rheo_h5_open (index->path, error);
}

/* Names of the columns that metrics or a log have in the file, without the fixed ones. */
char **
rheo_index_dup_columns (const RheoIndex *index, const char *log)
{
  g_autofree char *where = log != NULL ? g_strconcat ("logs/", log, NULL) : g_strdup ("metrics");
  g_auto (RheoH5Id) file = index->has_file ? rheo_index_open_file (index, NULL) : -1;
  g_auto (RheoH5Id) group = file >= 0 ? rheo_h5_open_group (file, where) : -1;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) all = group >= 0 ? rheo_h5_list (group) : NULL;

  if (all == NULL || g_strv_length (all) < RHEO_N_FIXED)
    return NULL;
  g_strv_builder_addv (names, (const char **) all + RHEO_N_FIXED);
  return g_strv_builder_end (names);
}

/* "checkpoint/12", and what there is instead of it. */
gboolean
rheo_index_fail_missing (const RheoIndex *index, const GArray *items, const char *name, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < items->len; i++)
    {
      if (items->len > MAX_NAMED && i == MAX_NAMED / 2)
        {
          g_string_append (list, ", …");
          i = items->len - MAX_NAMED / 2;
        }
      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", g_array_index (items, RheoItem, i).name);
    }
  if (items->len == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds no %s, and nothing like it."), index->path, name);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds no %s. It holds %s."), index->path, name, list->str);
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const RheoItem *x = a, *y = b;

  if (x->place.batch != y->place.batch)
    return x->place.batch < y->place.batch ? -1 : 1;
  return (x->place.iteration > y->place.iteration) - (x->place.iteration < y->place.iteration);
}

/* Names end in numbers: "sweep/2" comes before "sweep/10". */
static int
compare_names (gconstpointer a, gconstpointer b)
{
  const RheoItem *x = a, *y = b;
  size_t n = strlen (x->name), m = strlen (y->name);
  size_t x_stem = (size_t) (strrchr (x->name, '/') - x->name), y_stem = (size_t) (strrchr (y->name, '/') - y->name);
  int order = x_stem == y_stem ? strncmp (x->name, y->name, x_stem) : g_strcmp0 (x->name, y->name);

  if (order != 0)
    return order;
  return n != m ? n < m ? -1 : 1 : strcmp (x->name, y->name);
}

/* A part of a marked checkpoint may lie beside the same one unmarked, and between the landing of one and the removal of
 * another there are too many. */
static void
drop_old_checkpoints (GArray *items)
{
  g_array_sort (items, compare_places);
  for (guint i = 0; i + RHEO_N_CHECKPOINTS < items->len;)
    if (g_array_index (items, RheoItem, i).marked)
      i++;
    else
      g_array_remove_index (items, i);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* --- the file ---------------------------------------------------------------------------------------------- */

/* Sets has_parts to FALSE when the file holds the parts already. */
static gboolean
read_file (RheoIndex *index, RheoH5Id file, GError **error)
{
  g_auto (RheoH5Id) root = rheo_h5_open_group (file, "/");
  g_autofree char *run_id = rheo_h5_dup_text (root, "run-id");
  g_autofree char *session = rheo_h5_dup_text (root, "session");
  int64_t format = 0, readable = 0;

  if (!rheo_h5_get_int (root, "format-version", &format) || run_id == NULL)
    return rheo_fail (error, RHEO_ERROR_FOREIGN, _ ("%s is an HDF5 file, but not a run file."), index->path);
  rheo_h5_get_int (root, "format-readable", &readable);
  if (!check_format (index, index->path, format, readable, error))
    return FALSE;
  if (index->has_parts && g_strcmp0 (session, index->session) == 0)
    index->has_parts = FALSE;
  if (index->has_parts && g_strcmp0 (run_id, index->run_id) != 0)
    return rheo_fail (error, RHEO_ERROR_FORMAT,
                      _ ("%s and %s belong to different runs. Move one of them to another folder."), index->path,
                      index->parts);
  if (!index->has_parts)
    {
      g_free (index->run_id);
      g_free (index->session);
      g_free (index->parent);
      g_free (index->created);
      g_free (index->host);
      g_free (index->app_version);
      g_free (index->device);
      g_free (index->device_reason);
      g_free (index->stop_reason);
      g_free (index->experiment);
      index->run_id = g_steal_pointer (&run_id);
      index->session = g_steal_pointer (&session);
      index->parent = rheo_h5_dup_text (root, "parent-run-id");
      index->created = rheo_h5_dup_text (root, "created");
      index->host = rheo_h5_dup_text (root, "host");
      index->app_version = rheo_h5_dup_text (root, "app-version");
      index->device = rheo_h5_dup_text (root, "device");
      index->device_reason = rheo_h5_dup_text (root, "device-reason");
      index->stop_reason = rheo_h5_dup_text (root, "stop-reason");
      index->experiment = rheo_h5_read_text (root, "config");
      rheo_h5_get_int (root, "parent-iteration", &index->parent_iteration);
      rheo_h5_get_int (root, "seed", &index->seed);
      rheo_h5_get_real (root, "seconds", &index->seconds, 0);
      if (index->experiment == NULL)
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: /config cannot be read."), index->path);
    }
  list_numbered (index, file, "epochs", index->epochs);
  list_numbered (index, file, "checkpoint", index->checkpoints);
  list_analyses (index, file);
  list_logs (index, file);
  return TRUE;
}

/* --- records ----------------------------------------------------------------------------------------------- */

static gboolean
is_record_table (const RheoTable *table, gboolean journal)
{
  static const char *const names[] = { "iteration", "batch" };

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);

      if (column->n_dims != 1 || column->dims[0] != rheo_table_get_column (table, 0)->dims[0]
          || column->type
                 != (i < 2     ? RHEO_I64
                     : journal ? RHEO_STRING
                               : RHEO_F64)
          || (i < 2 && !g_str_equal (column->key, names[i])))
        return FALSE;
    }
  return rheo_table_get_n_columns (table) >= 2;
}

/* A group of records in the file; where there is none, *table stays NULL. keys NULL: all columns, else the fixed ones and
 * those of the others that there are. */
static gboolean
read_old (const RheoIndex *index, const char *where, const char *const *keys, RheoTable **table, GError **error)
{
  g_auto (RheoH5Id) file = index->has_file ? rheo_index_open_file (index, error) : -1;
  g_auto (RheoH5Id) group = file >= 0 ? rheo_h5_open_group (file, where) : -1;
  g_autoptr (GPtrArray) there = g_ptr_array_new ();

  if (index->has_file && file < 0)
    return FALSE;
  if (group < 0)
    return TRUE;
  for (int i = 0; keys != NULL && keys[i] != NULL; i++)
    if (i < RHEO_N_FIXED || rheo_h5_has (group, keys[i]))
      g_ptr_array_add (there, (gpointer) keys[i]);
  g_ptr_array_add (there, NULL);
  *table =
      rheo_h5_read_table (group, keys != NULL ? (const char *const *) there->pdata : NULL, index->path, where, error);
  if (*table == NULL || is_record_table (*table, g_str_equal (where, "journal")))
    return *table != NULL;
  rheo_table_unref (g_steal_pointer (table));
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: the sets in /%s do not fit together."), index->path,
                    where);
}

/* Rows of the file that still count. */
static int64_t
count_old (const RheoIndex *index, const RheoTable *old)
{
  const RheoColumn *batch = rheo_table_get_column (old, 1);
  int64_t n = 0;

  while (n < batch->dims[0] && (!index->has_parts || ((const int64_t *) batch->data)[n] <= index->base.batch))
    n++;
  return n;
}

static char *
find_part (const RheoIndex *index, const char *name)
{
  char *path = g_build_filename (index->parts, name, NULL);

  if (index->has_parts && g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  return NULL;
}

/* Rows of the file, then those of the part; takes the part (NULL: none). Both missing: a table without rows. */
static RheoTable *
overlay (const RheoIndex *index, const char *where, const char *const *keys, RheoTable *part, RheoTable *empty,
         GError **error)
{
  g_autoptr (RheoTable) mine = part;
  g_autoptr (RheoTable) none = empty;
  g_autoptr (RheoTable) old = NULL;
  RheoTable *joined;

  if (!read_old (index, where, keys, &old, error))
    return NULL;
  if (old == NULL)
    return mine != NULL ? g_steal_pointer (&mine) : g_steal_pointer (&none);
  joined = rheo_log_join (old, count_old (index, old), mine);
  if (joined == NULL)
    rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: /%s has other columns in the file than in the part."),
               index->path, where);
  return joined;
}

RheoTable *
rheo_index_read_log (const RheoIndex *index, const char *log, const char *const *keys, GError **error)
{
  const char *axis = log != NULL ? log : "iteration";
  g_autofree char *where = log != NULL ? g_strconcat ("logs/", log, NULL) : g_strdup ("metrics");
  g_autofree char *name = log != NULL ? g_strconcat ("log-", log, NULL) : g_strdup ("metrics");
  g_autofree char *path = find_part (index, name);
  RheoTable *part = NULL;

  if (path != NULL && !rheo_log_read (path, axis, &part, error))
    return NULL;
  /* Rows of the file and of the part are put together whole. */
  return overlay (index, where, index->has_parts ? NULL : keys, part, rheo_log_new_table (axis), error);
}

RheoTable *
rheo_index_read_journal (const RheoIndex *index, GError **error)
{
  g_autofree char *path = find_part (index, "journal");
  RheoTable *part = path != NULL ? rheo_journal_read (path, error) : NULL;

  if (path != NULL && part == NULL)
    return NULL;
  return overlay (index, "journal", NULL, part, rheo_journal_new_table (), error);
}

RheoTable *
rheo_index_read_item (const RheoIndex *index, const RheoItem *item, const char *const *keys, GError **error)
{
  g_autofree char *path =
      item->part != NULL ? g_build_filename (index->parts, item->part, NULL) : g_strdup (index->path);
  g_auto (RheoH5Id) file = item->part != NULL ? rheo_h5_open (path, error) : rheo_index_open_file (index, error);
  g_auto (RheoH5Id) group = -1;
  g_autofree char *config = NULL;
  int64_t iteration;
  RheoTable *table;

  if (file < 0)
    return NULL;
  group = rheo_h5_open_group (file, item->name);
  if (group < 0)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: there is no /%s in it."), path, item->name);
      return NULL;
    }
  table = rheo_h5_read_table (group, keys, path, item->name, error);
  config = rheo_h5_dup_text (group, "config");
  if (table != NULL && config != NULL)
    {
      rheo_table_set_note (table, "config", config);
      if (rheo_h5_get_int (group, "iteration", &iteration))
        {
          g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, iteration);

          rheo_table_set_note (table, "iteration", text);
        }
    }
  return table;
}

/* The newest record of the metrics says how far the run is. */
static gboolean
find_place (RheoIndex *index, GError **error)
{
  static const char *const keys[] = { "iteration", "batch", "seconds", NULL };
  g_autofree char *path = find_part (index, "metrics");
  g_autoptr (RheoTable) table = NULL;
  int64_t n;

  if (path != NULL && !rheo_log_read (path, "iteration", &table, error))
    return FALSE;
  n = table != NULL ? rheo_table_get_column (table, 0)->dims[0] : 0;
  if (n == 0)
    {
      rheo_table_unref (g_steal_pointer (&table));
      if (!read_old (index, "metrics", keys, &table, error))
        return FALSE;
      n = table != NULL ? count_old (index, table) : 0;
    }
  if (n == 0)
    return TRUE;
  index->place.iteration = ((const int64_t *) rheo_table_get_column (table, 0)->data)[n - 1];
  index->place.batch = ((const int64_t *) rheo_table_get_column (table, 1)->data)[n - 1];
  index->seconds = MAX (index->seconds, ((const double *) rheo_table_get_column (table, 2)->data)[n - 1]);
  return TRUE;
}

/* --- all of it --------------------------------------------------------------------------------------------- */

static gboolean
read_index (RheoIndex *index, GError **error)
{
  g_auto (RheoH5Id) file = -1;

  index->run = read_part (index, "run.json");
  index->has_parts = index->run != NULL;
  if (index->has_parts && !read_parts_facts (index, error))
    return FALSE;
  index->has_file = stat (index->path, &index->file) == 0;
  if (index->has_file || !index->has_parts)
    {
      file = rheo_index_open_file (index, error);
      if (file < 0 || !read_file (index, file, error))
        return FALSE;
    }
  if (index->has_parts)
    list_parts (index);
  drop_old_checkpoints (index->checkpoints);
  g_array_sort (index->epochs, compare_places);
  g_array_sort (index->analyses, compare_names);
  g_ptr_array_sort (index->logs, compare_texts);
  /* Records that are lost do not make the rest of it worthless. */
  return find_place (index, index->torn ? NULL : error) || index->torn;
}

static RheoIndex *
new_index (const char *path)
{
  RheoIndex *index = g_new0 (RheoIndex, 1);

  index->path = g_strdup (path);
  index->parts = g_strconcat (path, ".parts", NULL);
  index->epochs = new_items ();
  index->checkpoints = new_items ();
  index->analyses = new_items ();
  index->logs = g_ptr_array_new_with_free_func (g_free);
  return index;
}

gboolean
rheo_index_is_current (const RheoIndex *index)
{
  g_autofree char *run = read_part (index, "run.json");

  return g_strcmp0 (run, index->run) == 0;
}

gboolean
rheo_index_has_its_file (const RheoIndex *index)
{
  struct stat file = { 0 };

  return (stat (index->path, &file) == 0) == index->has_file && rheo_is_same_file (&file, &index->file);
}

static RheoIndex *
find_index (const char *path, gboolean torn, GError **error)
{
  for (int i = 1;; i++)
    {
      g_autoptr (RheoIndex) index = new_index (path);
      g_autoptr (GError) why = NULL;
      gboolean ok;

      index->torn = torn;
      ok = read_index (index, &why);
      if (i < TRIES && !rheo_index_is_current (index))
        continue;
      if (ok)
        return g_steal_pointer (&index);
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
}

RheoIndex *
rheo_index_new (const char *path, GError **error)
{
  return find_index (path, FALSE, error);
}

RheoIndex *
rheo_index_new_torn (const char *path, GError **error)
{
  return find_index (path, TRUE, error);
}
