/* Files that are dropped on the window. */
#include "config.h"

#include <hdf5.h>

#include "ui-places.h"

#include "app/window-private.h"
#include "engine/store-h5-private.h"

typedef struct
{
  GtkWidget *root;
  const char *text;
} Text;

static gboolean
has_text (gpointer data)
{
  return ui_find_text (((Text *) data)->root, ((Text *) data)->text) != NULL;
}

static void
wait_text (RheoAppWindow *window, const char *text)
{
  ui_wait (has_text, &(Text){ GTK_WIDGET (window), text });
}

static GtkDropTarget *
get_target (RheoAppWindow *window)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (GTK_WIDGET (window));

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GObject) one = g_list_model_get_item (all, i);

      if (GTK_IS_DROP_TARGET (one))
        return GTK_DROP_TARGET (one);
    }
  g_assert_not_reached ();
}

/* As the desktop does, of the type that a file manager gives. paths: NULL-ended. */
static gboolean
drop (RheoAppWindow *window, const char *const *paths)
{
  GValue value = G_VALUE_INIT;
  GSList *files = NULL;
  gboolean taken = FALSE;

  for (; *paths != NULL; paths++)
    files = g_slist_append (files, g_file_new_for_path (*paths));
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_assert_true (
      gdk_content_formats_contain_gtype (gtk_drop_target_get_formats (get_target (window)), GDK_TYPE_FILE_LIST));
  g_value_take_boxed (&value, files);
  g_signal_emit_by_name (get_target (window), "drop", &value, 100.0, 100.0, &taken);
  g_value_unset (&value);
  return taken;
}

static const char *
shown_view (RheoAppWindow *window)
{
  return adw_view_stack_get_visible_child_name (window->stack);
}

static gboolean
drop_one (RheoAppWindow *window, const char *path)
{
  return drop (window, (const char *const[]){ path, NULL });
}

static char *
write_file (const char *name, const char *text)
{
  char *path = g_build_filename (ui_test_folder (), name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static char *
write_experiment (RheoAppWindow *window, const char *name)
{
  char *path = g_build_filename (ui_test_folder (), name, NULL);

  rheo_document_load (window->context.document, "robot-clean", NULL);
  g_assert_true (rheo_document_save (window->context.document, path, NULL));
  rheo_document_load_new (window->context.document);
  return path;
}

static void
test_run (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *path = ui_dup_run ("one.h5");

  g_assert_true (drop_one (window, path));
  g_assert_cmpstr (shown_view (window), ==, "runs");
  wait_text (window, "Branch from here");
  ui_window_close (window);
}

static void
test_experiment (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *path = write_experiment (window, "mine.json");

  g_assert_true (drop_one (window, path));
  wait_text (window, "Loaded mine.json");
  g_assert_cmpstr (shown_view (window), ==, "setup");
  g_assert_cmpstr (rheo_document_get_path (window->context.document), ==, path);
  ui_window_close (window);
}

static gboolean
is_rule (gpointer data)
{
  RheoAppWindow *window = data;
  const RheoComponent *rule =
      rheo_experiment_get_component (rheo_document_get_experiment (window->context.document), RHEO_SLOT_RULE);

  return g_str_equal (rule->id, "evolution");
}

/* A configuration of the published CartPole program: saving must not write over it, and it can be trained in other ways. */
static void
test_configuration (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *path = g_build_filename (g_getenv ("RHEO_TEST_DATA"), "neurosim-seed-1394398.json", NULL);
  g_autofree char *to = g_build_filename (ui_test_folder (), "config.json", NULL), *text = NULL;
  g_autofree char *other = g_build_filename (ui_test_folder (), "other.json", NULL);
  GAction *export = g_action_map_lookup_action (G_ACTION_MAP (window), "export-reference");

  g_assert_false (g_action_get_enabled (export));
  g_assert_true (drop_one (window, path));
  wait_text (window, "Configuration of the published CartPole program");
  g_assert_cmpstr (shown_view (window), ==, "setup");
  g_assert_null (rheo_document_get_path (window->context.document));
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Evolve"));
  ui_wait (is_rule, window);
  g_assert_true (g_action_get_enabled (export));
  g_assert_true (rheo_document_set (window->context.document, "rule.sigma", "0.25", NULL, NULL));
  ui_activate (GTK_WIDGET (window), "win.export-reference");
  ui_answer_chooser (to);
  wait_text (window, "Saved config.json");
  g_assert_true (g_file_get_contents (to, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"sigma\": 0.25"));
  /* What has no place there is told, and nothing is written. */
  g_assert_true (rheo_document_set (window->context.document, "rule.antithetic", "true", NULL, NULL));
  ui_activate (GTK_WIDGET (window), "win.export-reference");
  ui_answer_chooser (other);
  wait_text (window, "other.json could not be saved");
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
  rheo_document_load (window->context.document, "robot-clean", NULL);
  ui_settle (GTK_WIDGET (window));
  g_assert_false (g_action_get_enabled (export));
  ui_window_close (window);
}

/* Each says what it is, and what is open stays. */
static void
test_foreign (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *notes = write_file ("notes.txt", "Notes.\n"), *bad = write_file ("bad.json", "{ not json");
  g_autofree char *newer = write_file ("newer.json", "{\"format\": 99}"),
                  *mine = write_experiment (window, "mine.json");

  g_assert_true (drop_one (window, mine));
  g_assert_true (drop_one (window, notes));
  wait_text (window, "This is not a run file");
  g_assert_true (drop_one (window, bad));
  wait_text (window, "bad.json could not be opened");
  g_assert_true (drop_one (window, newer));
  wait_text (window, "This file comes from a newer Rheobase");
  wait_text (window, "A newer Rheobase has written it.");
  g_assert_cmpstr (rheo_document_get_path (window->context.document), ==, mine);
  ui_window_close (window);
}

/* A run has begun, and is at its end. */
static gboolean
has_run (gpointer data)
{
  RheoSession *session = ((RheoAppWindow *) data)->context.session;

  return rheo_session_get_path (session) != NULL && !rheo_session_is_going (session);
}

static char *
dup_value (RheoAppWindow *window, const char *path)
{
  return rheo_experiment_dup_value (rheo_document_get_experiment (window->context.document), path, NULL);
}

/* Data of one's own are one click away from a run. */
static void
test_data (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autoptr (GString) text = g_string_new ("trial,x1,x2,y");
  g_autofree char *path = NULL, *bad = write_file ("bad.csv", "trial,x\n0,apple\n"), *input = NULL, *target = NULL;

  for (int line = 0; line < 120; line++)
    g_string_append_printf (text, "\n%d,%g,%g,%g", line / 6, 0.01 * line, 0.5, 0.02 * line);
  path = write_file ("hand.csv", text->str);
  g_assert_true (drop_one (window, path));
  wait_text (window, "Loaded hand.csv: 20 trials of 6 steps, “x” (2) to “y” (1)");
  g_assert_cmpstr (shown_view (window), ==, "setup");
  input = dup_value (window, "task.input");
  target = dup_value (window, "task.target");
  g_assert_cmpstr (input, ==, "x");
  g_assert_cmpstr (target, ==, "y");
  ui_settle (GTK_WIDGET (window));
  ui_shot (GTK_WIDGET (window), "own-data.png");
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Run"));
  ui_wait (has_run, window);
  /* What is no table of numbers says so, and what is set up stays. */
  g_assert_true (drop_one (window, bad));
  wait_text (window, "bad.csv could not be opened");
  wait_text (window, "which is no number");
  ui_window_close (window);
}

static void
write_array (hid_t file, const char *name, int n_channels)
{
  const hsize_t dims[] = { 10, 6, (hsize_t) n_channels };
  g_autofree double *numbers = g_new0 (double, 60 * n_channels);
  hid_t space = H5Screate_simple (3, dims, NULL);
  hid_t set = H5Dcreate2 (file, name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  g_assert_cmpint (H5Dwrite (set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers), >=, 0);
  H5Dclose (set);
  H5Sclose (space);
}

/* An HDF5 file is no run, but may hold data. */
static void
test_arrays (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *path = g_build_filename (ui_test_folder (), "arrays.h5", NULL), *axes = NULL;
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

  write_array (file, "inputs", 2);
  write_array (file, "targets", 3);
  H5Fclose (file);
  g_assert_true (drop_one (window, path));
  wait_text (window, "This is not a run file");
  ui_settle (GTK_WIDGET (window));
  ui_shot (GTK_WIDGET (window), "arrays.png");
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Train on these data"));
  wait_text (window, "Loaded arrays.h5: 10 trials of 6 steps, “inputs” (2) to “targets” (3)");
  axes = dup_value (window, "task.axes");
  g_assert_cmpstr (axes, ==, "trial-step-channel");
  g_assert_cmpstr (shown_view (window), ==, "setup");
  ui_window_close (window);
}

static char *
dup_newer (const char *name, int64_t readable)
{
  char *path = ui_dup_run (name);
  hid_t file = H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT);

  H5Adelete (file, "format-version");
  g_assert_true (rheo_h5_set_int (file, "format-version", 2));
  g_assert_true (readable == 0 || rheo_h5_set_int (file, "format-readable", readable));
  H5Fclose (file);
  return path;
}

/* A run of a newer format opens read-only where it says that it can be read, and only then. */
static void
test_newer (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *closed = dup_newer ("closed.h5", 0), *readable = dup_newer ("readable.h5", 1);

  g_assert_true (drop_one (window, closed));
  wait_text (window, "This file comes from a newer Rheobase");
  g_assert_nonnull (ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Open another…"));
  g_assert_null (ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Open read-only"));
  g_assert_true (drop_one (window, readable));
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Open read-only"));
  wait_text (window, "Branch from here");
  ui_window_close (window);
}

/* One after the other: the last one is shown, and an experiment among them is loaded. */
static void
test_several (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *run = ui_dup_run ("one.h5"), *mine = write_experiment (window, "mine.json");

  g_assert_true (drop (window, (const char *const[]){ mine, run, NULL }));
  wait_text (window, "Branch from here");
  g_assert_cmpstr (shown_view (window), ==, "runs");
  g_assert_cmpstr (rheo_document_get_path (window->context.document), ==, mine);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/drop/run", test_run);
  g_test_add_func ("/ui/drop/experiment", test_experiment);
  g_test_add_func ("/ui/drop/configuration", test_configuration);
  g_test_add_func ("/ui/drop/foreign", test_foreign);
  g_test_add_func ("/ui/drop/several", test_several);
  g_test_add_func ("/ui/drop/newer", test_newer);
  g_test_add_func ("/ui/drop/data", test_data);
  g_test_add_func ("/ui/drop/arrays", test_arrays);
  return ui_test_run ();
}
