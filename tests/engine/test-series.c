/* Series of a stored run by name, and the records that analyses read from it. */
#include "config.h"

#include "engine/analysis.h"
#include "engine/series.h"
#include "store-samples.h"

typedef struct
{
  char *folder, *path;
  RheoRun *run;
  RheoSeriesReader *reader;
} Fixture;

/* Weight i of iteration k is i + 10 k, and unit u fires at t when u + t + k is even. */
static RheoTable *
make_snapshot (int k)
{
  RheoTable *table = rheo_table_new ("Snapshot");
  const int64_t weight_dims[] = { 2, 3 }, spike_dims[] = { 1, 4, 3 }, three = 3, four = 4;
  const uint8_t class[] = { 0, 0, 1 };
  const float list[] = { 1, 2, 3 };
  const int64_t first[] = { 0, 1, 3, 3 };
  const int32_t target[] = { 1, 0, 2 };
  float *w;
  uint8_t *s;

  w = rheo_table_add (table, "rec.weight", "Weights", "mV", "pre post", RHEO_F32, weight_dims)->data;
  for (int i = 0; i < 6; i++)
    w[i] = (float) (i + 10 * k);
  if (k > 0)
    rheo_table_add (table, "rec.gradient", "Gradient", "", "pre post", RHEO_F32, weight_dims);
  s = rheo_table_add (table, "hidden.spikes", "Spikes", "", "trial time unit", RHEO_U8, spike_dims)->data;
  for (int i = 0; i < 12; i++)
    s[i] = (i % 3 + i / 3 + k) % 2 == 0;
  rheo_table_add_copy (table, "hidden.rate", "Rate", "", "unit", RHEO_U8, &three, class);
  rheo_table_add_copy (table, "hidden.class", "Class", "", "unit", RHEO_U8, &three, class);
  rheo_table_set_note (table, "hidden.classes", "E PV");
  rheo_table_add_copy (table, "list.weight", "Weights", "mV", "synapse", RHEO_F32, &three, list);
  rheo_table_add_copy (table, "list.first", "First synapse", "", "pre", RHEO_I64, &four, first);
  rheo_table_add_copy (table, "list.target", "Target", "", "synapse", RHEO_I32, &three, target);
  rheo_table_set_note (table, "list.from", "hidden");
  rheo_table_set_note (table, "list.to", "hidden");
  rheo_table_set_note (table, "unit", "epoch");
  return table;
}

static RheoTable *
make_result (double value)
{
  RheoTable *table = rheo_table_new ("Result");
  const int64_t one = 1;

  rheo_table_add_copy (table, "fano", "Fano factor", "", "row", RHEO_F64, &one, &value);
  return table;
}

static void
write_run (const char *path, const int *epochs, int n_epochs)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (1);
  const RheoStoreColumn metrics[] = { { "train.loss", "Loss", "", 0, 0, RHEO_SERIES_LOWER_IS_BETTER },
                                      { "hidden.rate", "Rate", "", 0, 1, 0 } };
  g_autoptr (GError) error = NULL;
  RheoStore *store = rheo_store_create (path, experiment, NULL, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (rheo_store_declare (store, NULL, metrics, 2, &error));
  g_assert_true (rheo_store_declare (store, "batch", metrics, 2, &error));
  for (int k = 0; k <= 20; k++)
    {
      const RheoPlace place = { k, 2 * k };
      const double values[] = { 100.0 / (k + 1), 0.5 };

      if (k > 0)
        g_assert_true (rheo_store_append (store, NULL, place, k, values, &error));
      g_assert_true (rheo_store_append (store, "batch", place, k, values, &error));
      for (int i = 0; i < n_epochs; i++)
        if (epochs[i] == k)
          {
            g_autoptr (RheoTable) table = make_snapshot (k);

            g_assert_true (rheo_store_put_epoch (store, k, table, &error));
          }
      if (k == 15)
        {
          g_autoptr (RheoTable) table = make_snapshot (k);

          g_assert_true (rheo_store_put_checkpoint (store, place, table, TRUE, &error));
        }
    }
  for (int i = 1; i <= 2; i++)
    {
      g_autoptr (RheoTable) result = make_result (i);

      g_assert_true (rheo_store_put_analysis (store, "spike-stats", 20, "{}", result, &error));
    }
  g_assert_true (rheo_store_close (store, "budget", &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const int epochs[] = { 0, 1, 2, 9, 20 };
  g_autoptr (GError) error = NULL;

  f->folder = make_folder ();
  f->path = g_build_filename (f->folder, "my-run.h5", NULL);
  write_run (f->path, epochs, GPOINTER_TO_INT (data));
  f->run = rheo_run_open (f->path, &error);
  g_assert_no_error (error);
  f->reader = rheo_series_reader_new (f->run);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  rheo_series_reader_free (f->reader);
  rheo_run_free (f->run);
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

static double
read_number (Fixture *f, const char *name, int64_t at, int64_t i)
{
  g_autoptr (GError) error = NULL;
  const char *key;
  g_autoptr (RheoTable) table = rheo_series_read (f->reader, name, at, &key, &error);

  g_assert_no_error (error);
  return rheo_column_get_number (rheo_table_find (table, key), i);
}

static void
assert_fails (Fixture *f, const char *name, int64_t at, const char *message)
{
  g_autoptr (GError) error = NULL;
  const char *key;

  g_assert_null (rheo_series_read (f->reader, name, at, &key, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  if (strstr (error->message, message) == NULL)
    g_error ("\"%s\" is not in \"%s\"", message, error->message);
}

static void
test_read (Fixture *f, gconstpointer data)
{
  const char *key;
  g_autoptr (RheoTable) spikes = rheo_series_read (f->reader, "hidden.spikes", 9, &key, NULL);

  g_assert_cmpfloat (read_number (f, "train.loss", -1, 0), ==, 50);
  g_assert_cmpfloat (read_number (f, "train.loss", 9, 19), ==, 100.0 / 21);
  g_assert_cmpfloat (read_number (f, "batch/train.loss", -1, 0), ==, 100);
  g_assert_cmpfloat (read_number (f, "hidden.rate", -1, 0), ==, 0.5);
  g_assert_cmpfloat (read_number (f, "hidden.rate", 9, 2), ==, 1);
  g_assert_cmpfloat (read_number (f, "rec.weight", 9, 5), ==, 95);
  g_assert_cmpfloat (read_number (f, "rec.weight", -1, 5), ==, 205);
  g_assert_cmpfloat (read_number (f, "rec.weight", 15, 5), ==, 155); /* from a checkpoint */
  g_assert_cmpfloat (read_number (f, "rec.change", 9, 5), ==, 90);
  g_assert_cmpfloat (read_number (f, "rec.change", 0, 5), ==, 0);
  g_assert_cmpfloat (read_number (f, "spike-stats/fano", -1, 0), ==, 2);
  g_assert_cmpfloat (read_number (f, "spike-stats/1/fano", -1, 0), ==, 1);
  g_assert_nonnull (spikes);
  g_assert_cmpstr (key, ==, "hidden.spikes");
  g_assert_nonnull (rheo_table_find (spikes, "hidden.class"));
  g_assert_null (rheo_table_find (spikes, "rec.weight"));
  g_assert_cmpstr (rheo_table_get_note (spikes, "hidden.classes"), ==, "E PV");
  g_assert_cmpstr (rheo_table_get_note (spikes, "iteration"), ==, "9");
  g_assert_cmpstr (rheo_series_get_note (f->reader, "unit"), ==, "epoch");
  g_assert_null (rheo_series_get_note (f->reader, "dt"));
}

/* A list of synapses comes with where they begin and end, and with the classes of the units there. */
static void
test_list_of_synapses (Fixture *f, gconstpointer data)
{
  static const char *const there[] = { "list.weight", "list.first", "list.target", "hidden.class" };
  static const char *const not_there[] = { "list.count", "rec.weight", "hidden.spikes" };
  const char *key;
  g_autoptr (RheoTable) table = rheo_series_read (f->reader, "list.weight", 9, &key, NULL);

  g_assert_nonnull (table);
  g_assert_cmpstr (key, ==, "list.weight");
  for (gsize i = 0; i < G_N_ELEMENTS (there); i++)
    g_assert_nonnull (rheo_table_find (table, there[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (not_there); i++)
    g_assert_null (rheo_table_find (table, not_there[i]));
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  assert_fails (f, "train.los", -1, "the nearest is \"train.loss\"");
  assert_fails (f, "hidden.spikes", 7, "no snapshot of iteration 7. It holds those of 0, 1, 2, 9, 20.");
  assert_fails (f, "rec.gradient", 0, "There is no \"rec.gradient\" at iteration 0.");
  assert_fails (f, "in.change", -1, "has no series \"in.change\"");
  assert_fails (f, "spike-stats/cv", -1, "has no series \"spike-stats/cv\"");
  assert_fails (f, "spike-stats/3/fano", -1, "has no series");
  assert_fails (f, "none/x/y/z", -1, "has no series");
  assert_fails (f, "", -1, "has no series");
}

static void
test_list (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoTable) list = rheo_series_list (f->reader, NULL);
  const RheoColumn *names = rheo_table_find (list, "series");
  static const char *const wanted[] = { "train.loss",    "rec.weight",       "rec.gradient",      "rec.change",
                                        "hidden.spikes", "batch/train.loss", "spike-stats/1/fano" };

  for (guint k = 0; k < G_N_ELEMENTS (wanted); k++)
    {
      gboolean found = FALSE;

      for (int64_t i = 0; i < rheo_column_get_length (names); i++)
        found = found || strcmp (rheo_column_get_string (names, i), wanted[k]) == 0;
      g_assert_true (found);
    }
  /* Whatever is listed can be read. */
  for (int64_t i = 0; i < rheo_column_get_length (names); i++)
    read_number (f, rheo_column_get_string (names, i), -1, 0);
}

static void
test_iterations (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *word;
    int64_t at;
  } cases[] = { { "first", 1 }, { "middle", 9 }, { "last", 20 }, { "2", 2 }, { "0", 0 }, { "15", 15 } };
  static const char *const wrong[] = { "3", "-1", "", "1x", "begin", "99999999999999999999" };
  int64_t at;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_true (rheo_series_find_iteration (f->reader, cases[i].word, &at, NULL));
      g_assert_cmpint (at, ==, cases[i].at);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (rheo_series_find_iteration (f->reader, wrong[i], &at, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
    }
}

/* A run without any snapshot. */
static void
test_bare (Fixture *f, gconstpointer data)
{
  int64_t at;

  assert_fails (f, "rec.weight", 3, "holds no snapshots");
  assert_fails (f, "rec.change", 15, "has no series");
  g_assert_cmpfloat (read_number (f, "rec.weight", -1, 0), ==, 150);
  g_assert_true (rheo_series_find_iteration (f->reader, "middle", &at, NULL));
  g_assert_cmpint (at, ==, 15);
}

static void
test_record (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoStoredRecord) newest = NULL, middle = NULL, saved = NULL, metrics = NULL;
  g_autoptr (GError) error = NULL;
  const RheoRecord *record;

  newest = rheo_stored_record_new (f->run, -1, RHEO_WANTS_WEIGHTS | RHEO_WANTS_PROBE, &error);
  g_assert_no_error (error);
  record = rheo_stored_record_get (newest);
  g_assert_cmpint (record->iteration, ==, 20);
  g_assert_cmpstr (record->name, ==, "my-run");
  g_assert_cmpint (rheo_experiment_get_run (record->experiment)->seed, ==, 1);
  g_assert_nonnull (rheo_table_find (record->probe, "hidden.spikes"));
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (record->start, "rec.weight"), 1), ==, 1);
  g_assert_null (record->metrics);

  saved = rheo_stored_record_new (f->run, 15, RHEO_WANTS_WEIGHTS, &error);
  g_assert_no_error (error);
  record = rheo_stored_record_get (saved);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (record->weights, "rec.weight"), 1), ==, 151);
  g_assert_null (record->probe);

  metrics = rheo_stored_record_new (f->run, -1, RHEO_WANTS_METRICS, &error);
  g_assert_no_error (error);
  g_assert_nonnull (rheo_table_find (rheo_stored_record_get (metrics)->metrics, "train.loss"));

  middle = rheo_stored_record_new (f->run, 15, RHEO_WANTS_PROBE, &error);
  g_assert_null (middle);
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "It holds those of 0, 1, 2, 9, 20."));
}

int
main (int argc, char **argv)
{
#define ADD(path, fn, n) g_test_add (path, Fixture, GINT_TO_POINTER (n), set_up, fn, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("/series/read", test_read, 5);
  ADD ("/series/list-of-synapses", test_list_of_synapses, 5);
  ADD ("/series/refused", test_refused, 5);
  ADD ("/series/list", test_list, 5);
  ADD ("/series/iterations", test_iterations, 5);
  ADD ("/series/bare", test_bare, 0);
  ADD ("/series/record", test_record, 5);
  return g_test_run ();
}
