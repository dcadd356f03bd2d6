#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "series.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "connections.h"
#include "label.h"
#include "trainer.h"

#define MOST_NAMED 20 /* series in a message */

#define MATRIX ".matrix"
#define MATRIX_CHANGE ".matrix-change"
#define LARGEST_MATRIX ((int64_t) 1 << 24) /* numbers */

#define N_KEPT 32
#define ROOM ((size_t) 128 << 20) /* bytes of what is kept; a few tables stay however large they are */
#define N_FIRM 4

typedef struct
{
  int64_t at;
  char *key; /* NULL: all columns */
  RheoTable *table;
  size_t bytes;
  uint64_t used; /* when, in calls; the oldest makes room */
} Kept;

struct RheoSeriesReader
{
  RheoRun *run;
  RheoTable *metrics;
  RheoTable *notes; /* of the newest snapshot, without its columns */
  Kept kept[N_KEPT];
  uint64_t n_calls;
};

RheoSeriesReader *
rheo_series_reader_new (RheoRun *run)
{
  RheoSeriesReader *reader = g_new0 (RheoSeriesReader, 1);

  reader->run = run;
  return reader;
}

static void
clear_kept (Kept *kept)
{
  g_clear_pointer (&kept->key, g_free);
  g_clear_pointer (&kept->table, rheo_table_unref);
  kept->bytes = 0;
  kept->used = 0;
}

void
rheo_series_reader_free (RheoSeriesReader *reader)
{
  if (reader == NULL)
    return;
  for (int i = 0; i < N_KEPT; i++)
    clear_kept (&reader->kept[i]);
  g_clear_pointer (&reader->metrics, rheo_table_unref);
  g_clear_pointer (&reader->notes, rheo_table_unref);
  g_free (reader);
}

/* --- iterations ------------------------------------------------------------------------------------------------ */
static gboolean
has_epoch (const RheoSeriesReader *reader, int64_t at)
{
  int n;
  const int64_t *epochs = rheo_run_get_epochs (reader->run, &n);

  for (int i = 0; i < n; i++)
    if (epochs[i] == at)
      return TRUE;
  return FALSE;
}

/* The last checkpoint after an iteration, or NULL. */
static const RheoPlace *
find_checkpoint (const RheoSeriesReader *reader, int64_t at)
{
  int n;
  const RheoPlace *places = rheo_run_get_checkpoints (reader->run, &n);

  for (int i = n - 1; i >= 0; i--)
    if (places[i].iteration == at || at < 0)
      return &places[i];
  return NULL;
}

static char *
dup_iterations (const RheoSeriesReader *reader)
{
  int n;
  const int64_t *epochs = rheo_run_get_epochs (reader->run, &n);
  GString *text = g_string_new (NULL);

  for (int i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", epochs[i]);
  return g_string_free (text, FALSE);
}

static gboolean
fail_iteration (const RheoSeriesReader *reader, int64_t at, GError **error)
{
  g_autofree char *list = dup_iterations (reader);

  if (list[0] == '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("%s holds no snapshots, so there is none of iteration %" PRId64
                         ". run.record and run.record-every say when they are made."),
                      rheo_run_get_path (reader->run), at);
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("%s holds no snapshot of iteration %" PRId64 ". It holds those of %s."),
                    rheo_run_get_path (reader->run), at, list);
}

/* The newest snapshot; without any, the newest checkpoint. */
static gboolean
find_newest (const RheoSeriesReader *reader, int64_t *at, GError **error)
{
  int n;
  const int64_t *epochs = rheo_run_get_epochs (reader->run, &n);
  const RheoPlace *place = find_checkpoint (reader, -1);

  if (n > 0)
    *at = epochs[n - 1];
  else if (place != NULL)
    *at = place->iteration;
  else
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s holds neither snapshots nor checkpoints yet."),
                      rheo_run_get_path (reader->run));
  return TRUE;
}

/* "25%": so much of the run. */
static gboolean
is_share (const char *word)
{
  char *end;
  const double share = g_ascii_strtod (word, &end);

  return end != word && strcmp (end, "%") == 0 && share >= 0 && share <= 100;
}

gboolean
rheo_series_find_iteration (RheoSeriesReader *reader, const char *word, int64_t *at, GError **error)
{
  int n;
  const int64_t *epochs = rheo_run_get_epochs (reader->run, &n);
  int64_t wanted, last;
  char *end;

  if (strcmp (word, "last") == 0)
    return find_newest (reader, at, error);
  if (strcmp (word, "first") == 0 || strcmp (word, "middle") == 0 || is_share (word))
    {
      if (!find_newest (reader, &last, error))
        return FALSE;
      wanted = word[0] == 'f'   ? MIN (1, last)
               : word[0] == 'm' ? last / 2
                                : (int64_t) ((double) last * g_ascii_strtod (word, NULL) / 100);
      *at = last;
      for (int i = n - 1; i >= 0; i--)
        if (ABS (epochs[i] - wanted) <= ABS (*at - wanted))
          *at = epochs[i];
      return TRUE;
    }
  wanted = g_ascii_strtoll (word, &end, 10);
  if (end == word || *end != '\0' || wanted < 0)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("\"%s\" is no iteration; allowed are whole numbers from 0 on, first, middle, last and "
                         "shares of the run such as 25%%."),
                      word);
  *at = wanted;
  return has_epoch (reader, wanted) || find_checkpoint (reader, wanted) != NULL
         || fail_iteration (reader, wanted, error);
}

/* --- reading --------------------------------------------------------------------------------------------------- */
/* What belongs together with a column, where it is there: classes of its units; from where to where a list of synapses goes,
 * and the classes of the units that a projection comes from. NULL-ended, yours. */
static char **
dup_together (RheoSeriesReader *reader, const char *key)
{
  static const char *const ends[] = { "first", "target", "count" };
  const char *dot = strrchr (key, '.'), *from = NULL;
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_autofree char *stem = g_strndup (key, dot != NULL ? (gsize) (dot - key) : 0), *class = NULL;

  g_strv_builder_add (all, key);
  if (g_strcmp0 (dot, ".weight") == 0)
    {
      g_autofree char *note = g_strconcat (stem, ".from", NULL);

      from = rheo_series_get_note (reader, note);
      for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
        {
          g_autofree char *name = g_strconcat ("?", stem, ".", ends[i], NULL);

          g_strv_builder_add (all, name);
        }
    }
  class = g_strconcat ("?", from != NULL ? from : stem, ".class", NULL);
  g_strv_builder_add (all, class);
  /* Of each class there are numbers; of each trial the class and what it was taken for. */
  if (strstr (key, ".class-") != NULL || g_str_has_suffix (key, ".confusion"))
    g_strv_builder_add_many (all, "?class", "?predicted", NULL);
  if (g_strcmp0 (dot, ".spikes") == 0 || g_str_equal (key, "task.input"))
    g_strv_builder_add_many (all, "?task.label", "?task.answer", NULL);
  return g_strv_builder_end (all);
}

/* Plots say "epoch 5" where the run counts epochs. */
static void
note_iteration (RheoTable *table, int64_t at)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, at);
  const char *unit = rheo_table_get_note (table, "unit");

  rheo_table_set_note (table, "iteration", text);
  if (unit != NULL)
    rheo_table_set_note (table, unit, text);
}

static RheoTable *
load_snapshot (RheoSeriesReader *reader, const char *key, int64_t at, GError **error)
{
  g_auto (GStrv) together = key != NULL ? dup_together (reader, key) : NULL;
  const RheoPlace *place;

  if (has_epoch (reader, at))
    return rheo_run_read_epoch (reader->run, at, (const char *const *) together, error);
  place = find_checkpoint (reader, at);
  if (place == NULL)
    {
      fail_iteration (reader, at, error);
      return NULL;
    }
  return rheo_run_read_checkpoint (reader->run, *place, error);
}

static size_t
count_bytes (const RheoTable *table)
{
  size_t bytes = 0;

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);

      bytes += (size_t) rheo_column_get_length (column) * rheo_type_size (column->type);
    }
  return bytes;
}

static Kept *
find_oldest (RheoSeriesReader *reader)
{
  Kept *oldest = NULL;

  for (int i = 0; i < N_KEPT; i++)
    if (reader->kept[i].table != NULL && (oldest == NULL || reader->kept[i].used < oldest->used))
      oldest = &reader->kept[i];
  return oldest;
}

/* Yours, or NULL. */
static RheoTable *
find_kept (RheoSeriesReader *reader, const char *key, int64_t at)
{
  for (int i = 0; i < N_KEPT; i++)
    if (reader->kept[i].table != NULL && reader->kept[i].at == at && g_strcmp0 (reader->kept[i].key, key) == 0)
      {
        reader->kept[i].used = ++reader->n_calls;
        return rheo_table_ref (reader->kept[i].table);
      }
  return NULL;
}

static void
keep (RheoSeriesReader *reader, const char *key, int64_t at, RheoTable *table)
{
  Kept *place = NULL;
  size_t bytes = count_bytes (table);
  int n = 0;

  for (int i = 0; i < N_KEPT; i++)
    {
      bytes += reader->kept[i].bytes;
      n += reader->kept[i].table != NULL;
    }
  for (; n == N_KEPT || (bytes > ROOM && n > N_FIRM); n--)
    {
      Kept *oldest = find_oldest (reader);

      bytes -= oldest->bytes;
      clear_kept (oldest);
    }
  for (int i = 0; i < N_KEPT && place == NULL; i++)
    if (reader->kept[i].table == NULL)
      place = &reader->kept[i];
  *place = (Kept){ at, g_strdup (key), rheo_table_ref (table), count_bytes (table), ++reader->n_calls };
}

/* key NULL: everything. Yours. */
static RheoTable *
read_snapshot (RheoSeriesReader *reader, const char *key, int64_t at, GError **error)
{
  RheoTable *table = find_kept (reader, key, at);

  if (table != NULL)
    return table;
  table = load_snapshot (reader, key, at, error);
  if (table == NULL)
    return NULL;
  note_iteration (table, at);
  keep (reader, key, at, table);
  return table;
}

static RheoTable *
get_metrics (RheoSeriesReader *reader, GError **error)
{
  if (reader->metrics == NULL)
    reader->metrics = rheo_run_dup_metrics (reader->run, NULL, error);
  return reader->metrics;
}

static void
subtract (const RheoColumn *a, const RheoColumn *b, float *out)
{
  const int64_t n = rheo_column_get_length (a);

  if (a->type == RHEO_F32)
    for (int64_t i = 0; i < n; i++)
      out[i] = ((const float *) a->data)[i] - ((const float *) b->data)[i];
  else
    for (int64_t i = 0; i < n; i++)
      out[i] = (float) (rheo_column_get_number (a, i) - rheo_column_get_number (b, i));
}

/* "rec.change": its weights minus those of the first snapshot. */
static RheoTable *
read_change (RheoSeriesReader *reader, const char *name, int64_t at, GError **error)
{
  g_autofree char *weight = g_strdup_printf ("%.*s.weight", (int) (strlen (name) - strlen (".change")), name);
  g_autofree char *since = NULL;
  g_autofree char *part = NULL, *label = NULL;
  g_autoptr (RheoTable) now = NULL, start = NULL, table = NULL;
  const RheoColumn *a, *b;
  RheoColumn *change;
  int n;
  const int64_t *epochs = rheo_run_get_epochs (reader->run, &n);

  if (n == 0)
    {
      fail_iteration (reader, 0, error);
      return NULL;
    }
  table = find_kept (reader, name, at);
  if (table != NULL)
    return g_steal_pointer (&table);
  now = read_snapshot (reader, weight, at, error);
  start = now != NULL ? read_snapshot (reader, weight, epochs[0], error) : NULL;
  if (start == NULL)
    return NULL;
  a = rheo_table_find (now, weight);
  b = rheo_table_find (start, weight);
  if (a == NULL || b == NULL || a->type != b->type || rheo_column_get_length (a) != rheo_column_get_length (b))
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s: the sizes of %s differ between iterations."),
                 rheo_run_get_path (reader->run), weight);
      return NULL;
    }
  table = rheo_table_new (rheo_table_get_plain_title (now));
  if (rheo_table_get_note (now, "unit") != NULL)
    rheo_table_set_note (table, "unit", rheo_table_get_note (now, "unit"));
  part = g_strndup (name, strlen (name) - strlen (".change"));
  label = rheo_label_dup (RHEO_LABEL_CHANGE, part);
  change = rheo_table_add (table, name, label, a->plain_unit, a->axes, RHEO_F32, a->dims);
  change->flags = RHEO_SERIES_SIGNED;
  subtract (a, b, change->data);
  since = g_strdup_printf ("%" G_GINT64_FORMAT, epochs[0]);
  note_iteration (table, at);
  rheo_table_set_note (table, "since", since);
  keep (reader, name, at, table);
  return g_steal_pointer (&table);
}

static gboolean
is_matrix (const char *name)
{
  return g_str_has_suffix (name, MATRIX) || g_str_has_suffix (name, MATRIX_CHANGE);
}

/* Adds sign times the weights of a list to a matrix. */
static void
fill_matrix (const RheoConnections *list, float sign, int64_t width, float *to)
{
  for (int64_t k = 0; k < list->n; k++)
    to[list->pre[k] * width + list->post[k]] += sign * (float) list->weight[k];
}

static int64_t
count_targets (const RheoConnections *list)
{
  int64_t n = list->n_post;

  for (int64_t k = 0; k < list->n; k++)
    n = MAX (n, list->post[k] + 1);
  return n;
}

/* "ee.matrix": a list of synapses as a matrix, 0 where there is none; "ee.matrix-change": minus that of the first snapshot. */
static RheoTable *
read_matrix (RheoSeriesReader *reader, const char *name, int64_t at, GError **error)
{
  const gboolean change = g_str_has_suffix (name, MATRIX_CHANGE);
  g_autofree char *part = g_strndup (name, strlen (name) - strlen (change ? MATRIX_CHANGE : MATRIX));
  g_autofree char *weight = g_strconcat (part, ".weight", NULL), *label = NULL;
  g_autoptr (RheoTable) now = read_snapshot (reader, weight, at, error), start = NULL, table = NULL;
  g_autoptr (RheoConnections) list = now != NULL ? rheo_connections_new (now, part, error) : NULL;
  g_autoptr (RheoConnections) before = NULL;
  RheoColumn *column;
  int64_t dims[2];
  int n;
  const int64_t *epochs = rheo_run_get_epochs (reader->run, &n);

  if (list == NULL)
    return NULL;
  if (change)
    {
      start = n > 0 ? read_snapshot (reader, weight, epochs[0], error) : NULL;
      before = start != NULL ? rheo_connections_new (start, part, error) : NULL;
      if (before == NULL)
        return NULL;
    }
  dims[0] = list->n_pre;
  dims[1] = MAX (count_targets (list), before != NULL ? count_targets (before) : 0);
  if (dims[0] * dims[1] > LARGEST_MATRIX || (before != NULL && before->n_pre != list->n_pre))
    {
      rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("%s is too large for a matrix."), weight);
      return NULL;
    }
  table = rheo_table_new (rheo_table_get_plain_title (now));
  if (rheo_table_get_note (now, "unit") != NULL)
    rheo_table_set_note (table, "unit", rheo_table_get_note (now, "unit"));
  label = change ? rheo_label_dup (RHEO_LABEL_CHANGE, part) : g_strdup (rheo_table_find (now, weight)->plain_label);
  column = rheo_table_add (table, name, label, rheo_table_find (now, weight)->plain_unit, "pre post", RHEO_F32, dims);
  column->flags = RHEO_SERIES_SIGNED;
  fill_matrix (list, 1, dims[1], column->data);
  if (before != NULL)
    fill_matrix (before, -1, dims[1], column->data);
  note_iteration (table, at);
  return g_steal_pointer (&table);
}

/* "id/key" or "id/n/key" of an analysis, "log/key" of a log. *key points into name. */
static RheoTable *
read_result (RheoSeriesReader *reader, const char *name, const char **key, GError **error)
{
  g_autofree char *group = g_strndup (name, (gsize) (strrchr (name, '/') - name)), *prefix = NULL;
  g_auto (GStrv) all = rheo_run_dup_analyses (reader->run);
  const char *newest = NULL;

  *key = strrchr (name, '/') + 1;
  prefix = g_strconcat (group, "/", NULL);
  for (int i = 0; all[i] != NULL; i++)
    if (strcmp (all[i], group) == 0
        || (g_str_has_prefix (all[i], prefix) && strchr (all[i] + strlen (prefix), '/') == NULL))
      newest = all[i];
  if (newest != NULL)
    return rheo_run_read_analysis (reader->run, newest, error);
  return strchr (group, '/') == NULL ? rheo_run_dup_metrics (reader->run, group, error) : NULL;
}

/* Rows of the list. */
typedef struct
{
  GPtrArray *name, *label, *unit, *axes;
} List;

static void
add_columns (List *list, const RheoTable *table, const char *prefix)
{
  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);

      g_ptr_array_add (list->name, g_strconcat (prefix, column->key, NULL));
      g_ptr_array_add (list->label, g_strdup (column->label));
      g_ptr_array_add (list->unit, g_strdup (column->unit));
      g_ptr_array_add (list->axes, g_strdup (column->axes));
    }
}

static void
add_changes (List *list)
{
  for (guint i = 0, n = list->name->len; i < n; i++)
    {
      const char *name = g_ptr_array_index (list->name, i);

      if (!g_str_has_suffix (name, ".weight"))
        continue;
      g_ptr_array_add (list->name, g_strdup_printf ("%.*s.change", (int) (strlen (name) - strlen (".weight")), name));
      g_ptr_array_add (list->label, g_strdup (_ ("Weight change since the first snapshot")));
      g_ptr_array_add (list->unit, g_strdup (g_ptr_array_index (list->unit, i)));
      g_ptr_array_add (list->axes, g_strdup (g_ptr_array_index (list->axes, i)));
    }
}

/* Lists of synapses as matrices. */
static void
add_matrices (List *list)
{
  for (guint i = 0, n = list->name->len; i < n; i++)
    {
      const char *name = g_ptr_array_index (list->name, i), *axes = g_ptr_array_index (list->axes, i);
      const int length = (int) (strlen (name) - strlen (".weight"));

      if (!g_str_has_suffix (name, ".weight") || !g_str_equal (axes, "synapse"))
        continue;
      for (int change = 0; change < 2; change++)
        {
          g_ptr_array_add (list->name, g_strdup_printf ("%.*s%s", length, name, change ? MATRIX_CHANGE : MATRIX));
          g_ptr_array_add (list->label, g_strdup (change ? _ ("Weight change since the first snapshot")
                                                         : (const char *) g_ptr_array_index (list->label, i)));
          g_ptr_array_add (list->unit, g_strdup (g_ptr_array_index (list->unit, i)));
          g_ptr_array_add (list->axes, g_strdup ("pre post"));
        }
    }
}

static RheoTable *
list_to_table (const List *list)
{
  RheoTable *table = rheo_table_new (N_ ("Series"));
  int64_t n = list->name->len;

  rheo_table_add_copy (table, "series", N_ ("Series"), "", "series", RHEO_STRING, &n, list->name->pdata);
  rheo_table_add_copy (table, "label", N_ ("Label"), "", "series", RHEO_STRING, &n, list->label->pdata);
  rheo_table_add_copy (table, "unit", N_ ("Unit"), "", "series", RHEO_STRING, &n, list->unit->pdata);
  rheo_table_add_copy (table, "axes", N_ ("Axes"), "", "series", RHEO_STRING, &n, list->axes->pdata);
  return table;
}

RheoTable *
rheo_series_list (RheoSeriesReader *reader, GError **error)
{
  List list = { g_ptr_array_new_with_free_func (g_free), g_ptr_array_new_with_free_func (g_free),
                g_ptr_array_new_with_free_func (g_free), g_ptr_array_new_with_free_func (g_free) };
  g_auto (GStrv) analyses = rheo_run_dup_analyses (reader->run);
  static const char *const logs[] = { "batch", "episode", "step", "member" };
  const RheoTable *metrics = get_metrics (reader, error);
  RheoTable *table = NULL;
  int64_t at;
  int n_epochs;

  if (metrics != NULL)
    {
      add_columns (&list, metrics, "");
      if (find_newest (reader, &at, NULL))
        {
          g_autoptr (RheoTable) snapshot = read_snapshot (reader, NULL, at, NULL);

          if (snapshot != NULL)
            add_columns (&list, snapshot, "");
        }
      rheo_run_get_epochs (reader->run, &n_epochs);
      if (n_epochs > 0)
        {
          add_matrices (&list);
          add_changes (&list);
        }
      for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
        {
          g_autoptr (RheoTable) log = rheo_run_dup_metrics (reader->run, logs[i], NULL);
          g_autofree char *prefix = g_strconcat (logs[i], "/", NULL);

          if (log != NULL)
            add_columns (&list, log, prefix);
        }
      for (int i = 0; analyses[i] != NULL; i++)
        {
          g_autoptr (RheoTable) result = rheo_run_read_analysis (reader->run, analyses[i], NULL);
          g_autofree char *prefix = g_strconcat (analyses[i], "/", NULL);

          if (result != NULL)
            add_columns (&list, result, prefix);
        }
      table = list_to_table (&list);
    }
  g_ptr_array_unref (list.name);
  g_ptr_array_unref (list.label);
  g_ptr_array_unref (list.unit);
  g_ptr_array_unref (list.axes);
  return table;
}

/* The first names of a list that may be long; it is cut there. */
static char *
dup_some (const char **all, int64_t n)
{
  g_autofree char *list = NULL;

  all[MIN (n, MOST_NAMED)] = NULL;
  list = g_strjoinv (", ", (char **) all);
  return n > MOST_NAMED ? g_strdup_printf (_ ("%s and %d more"), list, (int) (n - MOST_NAMED))
                        : g_steal_pointer (&list);
}

static gboolean
fail_name (RheoSeriesReader *reader, const char *name, int64_t at, GError **error)
{
  g_autoptr (RheoTable) table = rheo_series_list (reader, NULL);
  const RheoColumn *names = table != NULL ? rheo_table_find (table, "series") : NULL;
  g_autofree const char **all = NULL;
  g_autofree char *list = NULL;
  const char *near;
  int64_t n;

  if (names == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run has no series \"%s\"."), name);
  n = rheo_column_get_length (names);
  all = g_new0 (const char *, n + 1);
  for (int64_t i = 0; i < n; i++)
    all[i] = rheo_column_get_string (names, i);
  if (g_strv_contains (all, name))
    {
      g_autofree char *iterations = dup_iterations (reader);

      return rheo_fail (error, RHEO_ERROR_INVALID,
                        _ ("There is no \"%s\" at iteration %" PRId64 ". Snapshots are those of %s."), name, at,
                        iterations);
    }
  near = rheo_nearest (name, all);
  list = dup_some (all, n);
  if (near != NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run has no series \"%s\"; the nearest is \"%s\". It has %s."),
                      name, near, list);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run has no series \"%s\". It has %s."), name, list);
}

RheoTable *
rheo_series_read (RheoSeriesReader *reader, const char *name, int64_t at, const char **key, GError **error)
{
  g_autoptr (GError) why = NULL;
  RheoTable *metrics = get_metrics (reader, error);
  g_autoptr (RheoTable) table = NULL;
  const RheoColumn *column = NULL;

  if (metrics == NULL)
    return NULL;
  column = rheo_table_find (metrics, name);
  if (column != NULL && at >= 0 && strchr (name, '/') == NULL)
    {
      table = read_snapshot (reader, name, at, NULL);
      column = table != NULL ? rheo_table_find (table, name) : NULL;
      if (column == NULL)
        g_clear_pointer (&table, rheo_table_unref);
      column = column != NULL ? column : rheo_table_find (metrics, name);
    }
  if (column != NULL)
    table = table != NULL ? table : rheo_table_ref (metrics);
  else if (strchr (name, '/') != NULL)
    {
      table = read_result (reader, name, key, NULL);
      column = table != NULL ? rheo_table_find (table, *key) : NULL;
    }
  else
    {
      if (at < 0 && !find_newest (reader, &at, error))
        return NULL;
      if (!has_epoch (reader, at) && find_checkpoint (reader, at) == NULL)
        {
          fail_iteration (reader, at, error);
          return NULL;
        }
      table = is_matrix (name)                     ? read_matrix (reader, name, at, &why)
              : g_str_has_suffix (name, ".change") ? read_change (reader, name, at, &why)
                                                   : read_snapshot (reader, name, at, &why);
      column = table != NULL ? rheo_table_find (table, name) : NULL;
      if (why != NULL && !g_error_matches (why, RHEO_ERROR, RHEO_ERROR_INVALID))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return NULL;
        }
    }
  if (column == NULL)
    {
      fail_name (reader, name, at, error);
      return NULL;
    }
  *key = column->key;
  return g_steal_pointer (&table);
}

const char *
rheo_series_get_note (RheoSeriesReader *reader, const char *key)
{
  const char *const none[] = { NULL };
  int n;
  const int64_t *epochs = rheo_run_get_epochs (reader->run, &n);

  if (reader->notes == NULL && n > 0)
    reader->notes = rheo_run_read_epoch (reader->run, epochs[n - 1], none, NULL);
  return reader->notes != NULL ? rheo_table_get_note (reader->notes, key) : NULL;
}

const char *
rheo_series_get_unit (RheoSeriesReader *reader)
{
  const char *unit = rheo_series_get_note (reader, "unit");

  return unit != NULL && *unit != '\0' ? _ (unit) : NULL;
}

int
rheo_series_get_budget (RheoSeriesReader *reader)
{
  const int budget = rheo_experiment_get_run (rheo_run_get_experiment (reader->run))->budget;

  return g_strcmp0 (rheo_run_get_stop_reason (reader->run), rheo_stop_name (RHEO_STOP_BUDGET)) == 0
             ? (int) MIN (budget, rheo_run_get_place (reader->run).iteration)
             : budget;
}

/* --- a metric ------------------------------------------------------------------------------------------------- */

int
rheo_series_get_direction (const RheoColumn *column)
{
  if ((column->flags & RHEO_SERIES_LOWER_IS_BETTER) != 0)
    return -1;
  return g_str_has_suffix (column->key, ".accuracy") || g_str_has_suffix (column->key, ".score")
                 || g_str_has_suffix (column->key, ".reward") || g_str_has_prefix (column->key, "play.max-")
             ? 1
             : 0;
}

int64_t
rheo_series_find_best (const RheoColumn *column)
{
  int sign = rheo_series_get_direction (column);
  int64_t best = -1;

  for (int64_t i = 0; sign != 0 && i < rheo_column_get_length (column); i++)
    {
      double value = rheo_column_get_number (column, i);

      if (!isnan (value) && (best < 0 || sign * (value - rheo_column_get_number (column, best)) > 0))
        best = i;
    }
  return best;
}

double
rheo_series_find_last (const RheoColumn *column)
{
  for (int64_t i = rheo_column_get_length (column) - 1; i >= 0; i--)
    if (!isnan (rheo_column_get_number (column, i)))
      return rheo_column_get_number (column, i);
  return NAN;
}
