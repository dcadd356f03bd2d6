/* Thread: any. */
/* Small runs, tables and folders for the tests of the store. */
#pragma once

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/store.h"

static inline void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);

      remove_tree (below);
    }
  remove (path);
}

static inline RheoRun *
open_run (const char *path)
{
  g_autoptr (GError) error = NULL;
  RheoRun *run = rheo_run_open (path, &error);

  g_assert_no_error (error);
  return run;
}

/* In memory where that is possible: what is synced to a disk a thousand times takes minutes. */
static inline char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_strdup ("/dev/shm/rheo-store-XXXXXX");

  if (g_mkdtemp (folder) != NULL)
    return folder;
  g_free (folder);
  folder = g_dir_make_tmp ("rheo-store-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

static inline RheoExperiment *
make_experiment (int seed)
{
  RheoExperiment *experiment = rheo_experiment_new ();

  rheo_experiment_get_run (experiment)->seed = seed;
  return experiment;
}

/* One column of each type and number of dimensions; the numbers depend on `salt`. */
static inline RheoTable *
make_table (int salt)
{
  RheoTable *table = rheo_table_new ("A sample");
  const int64_t two[] = { 3, 5 }, one[] = { 4 }, none[] = { 0, 7 }, four[] = { 2, 1, 3, 2 }, big[] = { 70, 100 };
  const char *const words[] = { "left", "", "größer", "a much longer text" };
  RheoColumn *column;
  double pi = 3.14159 + salt;

  column = rheo_table_add (table, "rec.weight", "Weights of rec", "mV", "pre post", RHEO_F32, two);
  for (int i = 0; i < 15; i++)
    ((float *) column->data)[i] = (float) i * 0.37f + (float) salt;
  column->lo = -1;
  column->hi = 2.5;
  column->flags = RHEO_SERIES_SIGNED;
  rheo_table_add_copy (table, "one", "One number", "", "", RHEO_F64, NULL, &pi);
  column = rheo_table_add (table, "hidden.spikes", "Spikes of hidden", "", "time unit", RHEO_U8, big);
  for (int i = 0; i < 7000; i++)
    ((uint8_t *) column->data)[i] = (i * 7 + salt) % 11 == 0;
  column->flags = RHEO_SERIES_BITS;
  column = rheo_table_add (table, "state", "State", "mV", "time unit", RHEO_F32, big);
  for (int i = 0; i < 7000; i++)
    ((float *) column->data)[i] = (float) sin (i * 0.1 + salt);
  ((float *) column->data)[3] = NAN;
  ((float *) column->data)[4] = -INFINITY;
  column = rheo_table_add (table, "i32", "", "", "a", RHEO_I32, one);
  memcpy (column->data, (int32_t[]){ -1, INT32_MIN, INT32_MAX, salt }, 16);
  column = rheo_table_add (table, "i64", "", "", "a", RHEO_I64, one);
  memcpy (column->data, (int64_t[]){ -1, INT64_MIN, INT64_MAX, salt }, 32);
  column = rheo_table_add (table, "u16", "", "", "a b c d", RHEO_U16, four);
  for (int i = 0; i < 12; i++)
    ((uint16_t *) column->data)[i] = (uint16_t) (65535 - i);
  column = rheo_table_add (table, "u64", "", "", "a", RHEO_U64, one);
  memcpy (column->data, (uint64_t[]){ 0, UINT64_MAX, 1, (uint64_t) salt }, 32);
  rheo_table_add (table, "empty", "Nothing", "ms", "a b", RHEO_F64, none);
  rheo_table_add_copy (table, "words", "Words", "", "a", RHEO_STRING, one, words);
  rheo_table_set_note (table, "trial", "3");
  rheo_table_set_note (table, "text", "naïve");
  return table;
}

static inline void
assert_columns_equal (const RheoColumn *a, const RheoColumn *b)
{
  g_assert_cmpstr (a->key, ==, b->key);
  g_assert_cmpstr (a->label, ==, b->label);
  g_assert_cmpstr (a->unit, ==, b->unit);
  g_assert_cmpstr (a->axes, ==, b->axes);
  g_assert_cmpint (a->type, ==, b->type);
  g_assert_cmpint (a->n_dims, ==, b->n_dims);
  g_assert_cmpfloat (a->lo, ==, b->lo);
  g_assert_cmpfloat (a->hi, ==, b->hi);
  g_assert_cmpuint (a->flags, ==, b->flags);
  for (int i = 0; i < a->n_dims; i++)
    g_assert_cmpint (a->dims[i], ==, b->dims[i]);
  if (a->type == RHEO_STRING)
    for (int64_t i = 0; i < rheo_column_get_length (a); i++)
      g_assert_cmpstr (rheo_column_get_string (a, i), ==, rheo_column_get_string (b, i));
  else
    g_assert_cmpmem (a->data, (size_t) rheo_column_get_length (a) * rheo_type_size (a->type), b->data,
                     (size_t) rheo_column_get_length (b) * rheo_type_size (b->type));
}

/* b has the notes of a, and may have more. */
static inline void
assert_tables_equal (const RheoTable *a, const RheoTable *b)
{
  const char *const *notes = rheo_table_get_note_keys (a);

  g_assert_nonnull (a);
  g_assert_nonnull (b);
  g_assert_cmpstr (rheo_table_get_title (a), ==, rheo_table_get_title (b));
  g_assert_cmpint (rheo_table_get_n_columns (a), ==, rheo_table_get_n_columns (b));
  for (int i = 0; i < rheo_table_get_n_columns (a); i++)
    assert_columns_equal (rheo_table_get_column (a, i), rheo_table_get_column (b, i));
  for (int i = 0; notes[i] != NULL; i++)
    g_assert_cmpstr (rheo_table_get_note (a, notes[i]), ==, rheo_table_get_note (b, notes[i]));
}

static const RheoStoreColumn sample_columns[] = {
  { "train.loss", "Loss", "", 0, 0, RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_SHOW },
  { "hidden.rate", "Firing rate", "Hz", 0, 200.5, 0 },
};

/* What the metrics hold after iteration i. */
static inline double
sample_value (int64_t i, int column)
{
  return column == 0 ? exp (-0.01 * (double) i) : i % 5 == 0 ? NAN : 10.0 / (double) (i + 1);
}

/* --- a whole run ---------------------------------------------------------------------------------------------- */
#define N_LAST 6 /* iterations of the sample run */

static inline void
write_sample (RheoStore *store, int64_t from, int64_t to, GError **error)
{
  for (int64_t i = from; i <= to; i++)
    {
      double values[2] = { sample_value (i, 0), sample_value (i, 1) };
      g_autoptr (RheoTable) table = make_table ((int) i);
      RheoPlace place = { i, i };

      if (!rheo_store_append (store, NULL, place, (double) i, values, error)
          || !rheo_store_journal (store, place, "key", "old", "new", error)
          || !rheo_store_put_epoch (store, i, table, error)
          || !rheo_store_put_checkpoint (store, place, table, FALSE, error)
          || !rheo_store_put_analysis (store, "probe", i, "{}", table, error))
        return;
    }
  rheo_store_sync (store, error);
}

static inline RheoStore *
start_sample (const char *path)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  g_autoptr (GError) error = NULL;
  RheoStore *store = rheo_store_create (path, experiment, NULL, 0, NULL, &error);

  g_assert_no_error (error);
  rheo_store_declare (store, NULL, sample_columns, G_N_ELEMENTS (sample_columns), &error);
  g_assert_no_error (error);
  write_sample (store, 1, N_LAST, &error);
  g_assert_no_error (error);
  return store;
}

/* Reads all there is. FALSE with the first error. */
static inline gboolean
read_all (const char *path, GError **error)
{
  g_autoptr (RheoRun) run = rheo_run_open (path, error);
  g_auto (GStrv) analyses = NULL;
  const RheoPlace *places;
  const int64_t *epochs;
  RheoTable *table = NULL;
  int n;

  if (run == NULL)
    return FALSE;
  if ((table = rheo_run_dup_metrics (run, NULL, error)) == NULL)
    return FALSE;
  rheo_table_unref (table);
  if ((table = rheo_run_dup_journal (run, error)) == NULL)
    return FALSE;
  rheo_table_unref (table);
  epochs = rheo_run_get_epochs (run, &n);
  for (int i = 0; i < n; i++)
    {
      if ((table = rheo_run_read_epoch (run, epochs[i], NULL, error)) == NULL)
        return FALSE;
      rheo_table_unref (table);
    }
  places = rheo_run_get_checkpoints (run, &n);
  for (int i = 0; i < n; i++)
    {
      if ((table = rheo_run_read_checkpoint (run, places[i], error)) == NULL)
        return FALSE;
      rheo_table_unref (table);
    }
  analyses = rheo_run_dup_analyses (run);
  for (int i = 0; analyses[i] != NULL; i++)
    {
      if ((table = rheo_run_read_analysis (run, analyses[i], error)) == NULL)
        return FALSE;
      rheo_table_unref (table);
    }
  return TRUE;
}

static inline void
assert_whole (const char *path)
{
  g_autoptr (GError) error = NULL;

  read_all (path, &error);
  g_assert_no_error (error);
}
