/* The document behind Set up: edits, undo, what differs, files, branches. */
#include "config.h"

#include <glib/gstdio.h>

#include "app/document.h"
#include "engine/store.h"

#define UNITS "model.layers.0.units"
#define LR "rule.optimiser.lr"

static gint64 now = 10 * G_USEC_PER_SEC;

/* Through the linker's --wrap. */
gint64 __wrap_g_get_monotonic_time (void);

gint64
__wrap_g_get_monotonic_time (void)
{
  return now;
}

static RheoDocument *
open_robot (void)
{
  RheoDocument *document = rheo_document_new ();
  g_autoptr (GError) error = NULL;

  rheo_document_load (document, "robot-trajectory", &error);
  g_assert_no_error (error);
  now += 5 * G_USEC_PER_SEC;
  return document;
}

static char *
get_text (RheoDocument *document, const char *property)
{
  char *text;

  g_object_get (document, property, &text, NULL);
  return text;
}

static void
assert_label (RheoDocument *document, const char *property, const char *expected)
{
  g_autofree char *text = get_text (document, property);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_value (RheoDocument *document, const char *path, const char *expected)
{
  g_autofree char *text = rheo_experiment_dup_value (rheo_document_get_experiment (document), path, NULL);

  g_assert_cmpstr (text, ==, expected);
}

static int
count (RheoDocument *document)
{
  int n;

  g_object_get (document, "n-changed", &n, NULL);
  return n;
}

static gboolean
is_modified (RheoDocument *document)
{
  gboolean modified;

  g_object_get (document, "modified", &modified, NULL);
  return modified;
}

static void
set (RheoDocument *document, const char *path, const char *text, const char *label)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_document_set (document, path, text, label, &error));
  g_assert_no_error (error);
}

static void
tell (int *n)
{
  ++*n;
}

/* --- tests ----------------------------------------------------------------------------------------------------- */

static void
test_set (void)
{
  g_autoptr (RheoDocument) document = open_robot ();
  g_autoptr (GError) error = NULL;
  int n = 0;

  g_assert_null (rheo_document_get_problem (document));
  g_assert_cmpstr (rheo_document_get_name (document), ==, "robot-trajectory");
  g_assert_cmpint (count (document), ==, 0);
  g_assert_false (is_modified (document));
  g_signal_connect_swapped (document, "changed", G_CALLBACK (tell), &n);
  set (document, UNITS, "400", "Units");
  g_assert_cmpint (n, ==, 1);
  assert_value (document, UNITS, "400");
  g_assert_true (rheo_document_is_changed (document, UNITS));
  g_assert_false (rheo_document_is_changed (document, LR));
  g_assert_cmpint (count (document), ==, 1);
  g_assert_cmpint (rheo_document_count_changed (document, "model"), ==, 1);
  g_assert_cmpint (rheo_document_count_changed (document, "rule"), ==, 0);
  g_assert_true (is_modified (document));
  assert_label (document, "undo-label", "units 400");

  /* Refused: nothing happens. */
  g_assert_false (rheo_document_set (document, UNITS, "0", "Units", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  assert_value (document, UNITS, "400");
  g_assert_cmpint (n, ==, 1);

  /* The value that it has already is no step. */
  set (document, LR, "0.005", "Learning rate");
  g_assert_cmpint (n, ==, 1);
  assert_label (document, "undo-label", "units 400");
}

static void
test_undo (void)
{
  g_autoptr (RheoDocument) document = open_robot ();

  set (document, UNITS, "400", "Units");
  set (document, "model.layers.0.reset", "zero", "Reset");
  set (document, LR, "0.01", "Learning rate");
  assert_label (document, "undo-label", "learning rate 0.01");
  assert_label (document, "redo-label", NULL);
  rheo_document_undo (document);
  assert_value (document, LR, "0.005");
  assert_label (document, "undo-label", "reset zero");
  assert_label (document, "redo-label", "learning rate 0.01");
  rheo_document_undo (document);
  rheo_document_undo (document);
  assert_value (document, UNITS, "1000");
  g_assert_cmpint (count (document), ==, 0);
  assert_label (document, "undo-label", "loading Robot trajectory, spiking");
  rheo_document_redo (document);
  assert_value (document, UNITS, "400");

  /* A new edit ends what could be done again. */
  set (document, UNITS, "500", "Units");
  assert_label (document, "redo-label", NULL);
  rheo_document_redo (document);
  assert_value (document, UNITS, "500");
  rheo_document_undo (document);
  assert_value (document, UNITS, "400");

  /* Loading is a step as well, and beyond the first one nothing happens. */
  rheo_document_undo (document);
  rheo_document_undo (document);
  g_assert_cmpstr (rheo_document_get_name (document), !=, "robot-trajectory");
  assert_label (document, "undo-label", NULL);
  rheo_document_undo (document);
  rheo_document_redo (document);
  g_assert_cmpstr (rheo_document_get_name (document), ==, "robot-trajectory");
}

static void
test_many (void)
{
  g_autoptr (RheoDocument) document = open_robot ();

  for (int i = 0; i < 500; i++)
    {
      g_autofree char *text = g_strdup_printf ("%d", 100 + i);

      now += 2 * G_USEC_PER_SEC;
      set (document, UNITS, text, "Units");
    }
  for (int i = 0; i < 500; i++)
    rheo_document_undo (document);
  assert_value (document, UNITS, "1000");
  assert_label (document, "undo-label", "loading Robot trajectory, spiking");
}

static void
test_one_step (void)
{
  g_autoptr (RheoDocument) document = open_robot ();

  for (int i = 1; i <= 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("%d", 400 + i);

      set (document, UNITS, text, "Units");
      now += G_USEC_PER_SEC / 2;
    }
  assert_label (document, "undo-label", "units 405");
  now += G_USEC_PER_SEC;
  set (document, UNITS, "410", "Units");
  rheo_document_undo (document);
  assert_value (document, UNITS, "405");
  rheo_document_undo (document);
  assert_value (document, UNITS, "1000");

  /* After an undo the next edit of the same field is a step of its own. */
  set (document, UNITS, "600", "Units");
  rheo_document_undo (document);
  rheo_document_redo (document);
  set (document, UNITS, "601", "Units");
  rheo_document_undo (document);
  assert_value (document, UNITS, "600");
}

static void
test_reset (void)
{
  g_autoptr (RheoDocument) document = open_robot ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  set (document, "model.layers.0.threshold", "2", "Threshold");
  set (document, LR, "0.01", "Learning rate");
  set (document, "model.layers.0.beta", "0.5 0.6 0.7 0.8", "Decay");
  g_assert_cmpint (count (document), ==, 3);
  text = rheo_document_dup_reference_text (document, "model.layers.0.threshold");
  g_assert_cmpstr (text, ==, "-55");
  g_assert_true (rheo_document_reset (document, "model.layers.0.threshold", "Threshold", &error));
  assert_value (document, "model.layers.0.threshold", "-55");
  assert_label (document, "undo-label", "reset of threshold");
  g_assert_cmpint (count (document), ==, 2);
  g_assert_true (rheo_document_reset (document, NULL, NULL, &error));
  g_assert_cmpint (count (document), ==, 0);
  g_assert_false (is_modified (document));
  rheo_document_undo (document);
  g_assert_cmpint (count (document), ==, 2);
  rheo_document_undo (document);
  assert_value (document, "model.layers.0.threshold", "2");
}

static void
test_lists (void)
{
  g_autoptr (RheoDocument) document = open_robot ();
  g_autoptr (GError) error = NULL;

  set (document, UNITS, "300", "Units");
  g_assert_true (rheo_document_insert (document, "model.layers", 1, "Layers", &error));
  g_assert_no_error (error);
  assert_value (document, "model.layers.1.units", "300");
  g_assert_true (rheo_document_is_changed (document, "model.layers"));
  g_assert_null (rheo_document_get_problem (document));
  set (document, "model.layers.1.units", "50", "Units");
  g_assert_true (rheo_document_remove (document, "model.layers", 0, "Layers", &error));
  assert_value (document, UNITS, "50");
  g_assert_false (rheo_document_is_changed (document, "model.layers"));
  g_assert_false (rheo_document_remove (document, "model.layers", 0, "Layers", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  rheo_document_undo (document);
  assert_value (document, UNITS, "300");
  assert_value (document, "model.layers.1.units", "50");
}

static void
test_problem (void)
{
  g_autoptr (RheoDocument) document = open_robot ();
  int n = 0;

  g_signal_connect_swapped (document, "notify::problem", G_CALLBACK (tell), &n);
  set (document, "run.device", "abacus", "Device");
  g_assert_nonnull (g_strstr_len (rheo_document_get_problem (document), -1, "abacus"));
  g_assert_cmpint (n, ==, 1);
  set (document, UNITS, "300", "Units");
  g_assert_cmpint (n, ==, 1);
  g_assert_true (rheo_document_reset (document, "run.device", "Device", NULL));
  g_assert_null (rheo_document_get_problem (document));
  g_assert_cmpint (n, ==, 2);
}

static void
test_component (void)
{
  g_autoptr (RheoDocument) document = open_robot ();

  /* Another comparison than the ready-made one: its values are compared with defaults. */
  set (document, "compare.id", "bptt", "Compared with");
  g_assert_true (rheo_document_is_changed (document, "compare.id"));
  assert_label (document, "undo-label", "compared with Backpropagation through time");
  set (document, "compare.window", "7", "Truncation window");
  /* A rule that changes no weights has no use for it. */
  set (document, "compare.optimiser.lr", "0.7", "Learning rate");
  g_assert_cmpint (rheo_document_count_changed (document, "compare"), ==, 2);
  g_assert_true (rheo_document_reset (document, "compare.id", "Compared with", NULL));
  assert_value (document, "compare.id", "none");
  g_assert_cmpint (count (document), ==, 0);

  /* With the component come its values. */
  set (document, LR, "0.3", "Learning rate");
  g_assert_true (rheo_document_reset (document, "rule.id", "Rule", NULL));
  assert_value (document, LR, "0.005");
}

static void
test_save (void)
{
  g_autoptr (RheoDocument) document = open_robot ();
  g_autoptr (RheoDocument) other = rheo_document_new ();
  g_autofree char *folder = g_dir_make_tmp ("rheo-document-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "mine.json", NULL);
  g_autoptr (GError) error = NULL;

  set (document, UNITS, "321", "Units");
  g_assert_true (rheo_document_save (document, path, &error));
  g_assert_cmpstr (rheo_document_get_path (document), ==, path);
  g_assert_false (is_modified (document));
  g_assert_true (rheo_document_is_changed (document, UNITS));
  rheo_document_undo (document);
  g_assert_true (is_modified (document));
  g_assert_cmpstr (rheo_document_get_path (document), ==, path);

  g_assert_true (rheo_document_load (other, path, &error));
  assert_value (other, UNITS, "321");
  g_assert_null (rheo_document_get_name (other));
  g_assert_cmpstr (rheo_document_get_path (other), ==, path);
  g_assert_cmpint (count (other), ==, 0);

  g_assert_false (rheo_document_load (other, "no-such-experiment", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  assert_value (other, UNITS, "321");
  g_assert_false (rheo_document_save (other, "/nowhere/at/all.json", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_view (void)
{
  g_autoptr (RheoDocument) document = open_robot ();
  const char *json = "{\"live\":[{\"plot\":\"line\",\"from\":\"train.loss\"}]}";
  const RheoExperiment *experiment;

  set (document, UNITS, "321", "Units");
  rheo_document_set_view (document, json);
  rheo_document_undo (document);
  experiment = rheo_document_get_experiment (document);
  g_assert_nonnull (g_strstr_len (rheo_experiment_get_view (experiment), -1, "train.loss"));
  g_assert_null (g_strstr_len (rheo_experiment_get_view (experiment), -1, "raster"));
}

static void
take_result (GObject *document, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
load_run (RheoDocument *document, const char *path, int64_t iteration, GError **error)
{
  GAsyncResult *result = NULL;
  gboolean done;

  rheo_document_load_run_async (document, path, iteration, take_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = rheo_document_load_run_finish (document, result, error);
  g_object_unref (result);
  return done;
}

static void
test_branch (void)
{
  g_autoptr (RheoDocument) document = open_robot ();
  g_autofree char *folder = g_dir_make_tmp ("rheo-document-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (GError) error = NULL;
  int64_t iteration;
  RheoStore *store;

  set (document, UNITS, "77", "Units");
  store = rheo_store_create (path, rheo_document_get_experiment (document), NULL, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_store_close (store, "user", &error));
  g_assert_true (rheo_document_load (document, "robot-clean", &error));

  g_assert_true (load_run (document, path, 3, &error));
  g_assert_cmpstr (rheo_document_get_branch (document, &iteration), ==, path);
  g_assert_cmpint (iteration, ==, 3);
  g_assert_cmpstr (rheo_document_get_branch_unit (document), ==, "iteration");
  assert_value (document, UNITS, "77");
  assert_label (document, "undo-label", "branch of run.h5");
  set (document, LR, "0.01", "Learning rate");
  g_assert_nonnull (rheo_document_get_branch (document, NULL));
  rheo_document_start_fresh (document);
  g_assert_null (rheo_document_get_branch (document, NULL));
  assert_value (document, LR, "0.01");
  rheo_document_undo (document);
  g_assert_cmpstr (rheo_document_get_branch (document, NULL), ==, path);
  rheo_document_undo (document);
  rheo_document_undo (document);
  g_assert_cmpstr (rheo_document_get_name (document), ==, "robot-clean");

  g_assert_true (load_run (document, path, -1, &error));
  g_assert_null (rheo_document_get_branch (document, NULL));
  g_assert_false (load_run (document, folder, 3, &error));
  g_assert_nonnull (error);
  assert_value (document, UNITS, "77");
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_new (void)
{
  g_autoptr (RheoDocument) document = open_robot ();

  rheo_document_load_new (document);
  g_assert_null (rheo_document_get_problem (document));
  g_assert_null (rheo_document_get_name (document));
  g_assert_null (rheo_document_get_path (document));
  g_assert_cmpint (count (document), ==, 0);
  rheo_document_undo (document);
  g_assert_cmpstr (rheo_document_get_name (document), ==, "robot-trajectory");
}

/* A preset is one step: its values, one by one, and nothing else. */
static void
test_preset (void)
{
  g_autoptr (RheoDocument) document = open_robot ();
  g_autoptr (GError) error = NULL;

  set (document, "model.preset", "clean", "Preset");
  assert_value (document, UNITS, "256");
  assert_value (document, LR, "0.005");
  g_assert_cmpint (rheo_document_count_changed (document, "model"), ==, count (document));
  g_assert_true (rheo_document_is_changed (document, UNITS));
  assert_label (document, "undo-label", "preset Plain robot network");
  rheo_document_undo (document);
  assert_value (document, UNITS, "1000");
  g_assert_cmpint (count (document), ==, 0);
  rheo_document_redo (document);
  assert_value (document, UNITS, "256");
  g_assert_true (rheo_document_reset (document, UNITS, "Units", &error));
  g_assert_no_error (error);
  assert_value (document, UNITS, "1000");
  g_assert_false (rheo_document_set (document, "model.preset", "none", "Preset", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/document/preset", test_preset);
  g_test_add_func ("/document/set", test_set);
  g_test_add_func ("/document/undo", test_undo);
  g_test_add_func ("/document/many-steps", test_many);
  g_test_add_func ("/document/one-step", test_one_step);
  g_test_add_func ("/document/reset", test_reset);
  g_test_add_func ("/document/lists", test_lists);
  g_test_add_func ("/document/problem", test_problem);
  g_test_add_func ("/document/component", test_component);
  g_test_add_func ("/document/save", test_save);
  g_test_add_func ("/document/view", test_view);
  g_test_add_func ("/document/branch", test_branch);
  g_test_add_func ("/document/new", test_new);
  return g_test_run ();
}
