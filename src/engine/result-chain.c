#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "result-chain.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "task.h"

void
rheo_result_add_places (RheoTable *out, const RheoSeries *series, const char *part, const char *key, int64_t n)
{
  double *to = rheo_result_add_part (out, series, part, key, RHEO_F64, &n)->data;

  for (int64_t i = 0; i < n; i++)
    to[i] = (double) i + 1;
}

char *
rheo_records_dup_part (const RheoRecord *records, int n_records, int i)
{
  int again = 1;

  if (n_records == 1)
    return NULL;
  for (int k = 0; k < i; k++)
    again += g_str_equal (records[k].name, records[i].name);
  return again == 1 ? g_strdup (records[i].name) : g_strdup_printf ("%s-%d", records[i].name, again);
}

int
rheo_record_count_files (const RheoRecord *record)
{
  return record->chain != NULL ? rheo_chain_get_n (record->chain) : 1;
}

const char *
rheo_record_tell_chain (const RheoRecord *record)
{
  return record->chain == NULL || rheo_chain_is_whole (record->chain)
             ? ""
             : N_ ("The run before it is not in its folder, so the course begins here");
}

int
rheo_record_get_longest (const RheoRecord *record)
{
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (record->experiment, RHEO_SLOT_TASK);
  RheoShape shape = { 0 };

  if (task == NULL || (task->base.gives & RHEO_EPISODES) == 0 || task->fill != NULL)
    return 0;
  task->shape (rheo_experiment_get_values (record->experiment, RHEO_SLOT_TASK), NULL, &shape);
  return shape.episode_steps;
}

void
rheo_result_add_begins (RheoTable *out, const RheoSeries *series, const char *part, const RheoTable *log,
                        const char *along, int divisor)
{
  const RheoColumn *file = rheo_table_find (log, RHEO_CHAIN_FILE);
  const int64_t n_rows = file != NULL ? rheo_column_get_length (file) : 0;
  const int32_t *of = n_rows > 0 ? file->data : NULL;
  const int64_t n = n_rows > 0 ? of[n_rows - 1] : 0;
  g_autofree char *key = g_strconcat ("begins-", along, NULL);
  double *to;
  int64_t k = 0;

  if (n == 0)
    return;
  to = rheo_result_add_part (out, series, part, key, RHEO_F64, &n)->data;
  /* A file without a row begins with the next one. */
  for (int64_t i = 0; i < n_rows; i++)
    for (; k < of[i]; k++)
      to[k] = (double) (i / divisor) + 1;
}

typedef struct
{
  int file;
  char **word; /* key, before, after */
} Change;

static void
clear_change (gpointer data)
{
  g_strfreev (((Change *) data)->word);
}

static GArray *
list_changes (const RheoChain *chain)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (Change));

  g_array_set_clear_func (changes, clear_change);
  for (int file = 1; file < rheo_chain_get_n (chain); file++)
    {
      g_auto (GStrv) lines =
          rheo_experiment_diff (rheo_chain_get_experiment (chain, file - 1), rheo_chain_get_experiment (chain, file));

      for (int i = 0; lines[i] != NULL; i++)
        {
          Change change = { file, g_strsplit (lines[i], "\t", 3) };

          if (g_strv_length (change.word) == 3)
            g_array_append_val (changes, change);
          else
            g_strfreev (change.word);
        }
    }
  return changes;
}

void
rheo_result_add_trace (RheoTable *out, const RheoSeries *series, const char *part, const RheoRecord *record)
{
  static const char *const keys[] = { "setting", "before", "after" };
  const int64_t n_begins = rheo_record_count_files (record) - 1;
  g_autoptr (GArray) changes = NULL;
  const char **text;
  int64_t n;

  if (n_begins < 1)
    return;
  text = rheo_result_add_part (out, series, part, "what", RHEO_STRING, &n_begins)->data;
  for (int64_t i = 0; i < n_begins; i++)
    text[i] = rheo_table_keep (out, rheo_chain_get_name (record->chain, (int) i + 1));
  changes = list_changes (record->chain);
  n = changes->len;
  if (n == 0)
    return;
  text = rheo_result_add_part (out, series, part, "changed-in", RHEO_STRING, &n)->data;
  for (int64_t i = 0; i < n; i++)
    text[i] = rheo_table_keep (out, rheo_chain_get_name (record->chain, g_array_index (changes, Change, i).file));
  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    {
      text = rheo_result_add_part (out, series, part, keys[k], RHEO_STRING, &n)->data;
      for (int64_t i = 0; i < n; i++)
        text[i] = rheo_table_keep (out, g_array_index (changes, Change, i).word[k]);
    }
}
