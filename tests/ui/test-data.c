/* Data sets that are not there: what Set up and a refused run say, and the ways out of it. */
#include "config.h"

#include <glib/gstdio.h>

#include "app/data-box.h"
#include "app/download.h"
#include "engine/spike-data.h"
#include "ui-test.h"

static const char experiment[] =
    "{\"format\": 1, \"title\": \"Digits\", \"task\": {\"id\": \"data-shd\", \"n-train\": 20, "
    "\"n-test\": 20, \"n-steps\": 20}, \"model\": {\"id\": \"lif\", \"layers\": [{\"units\": "
    "4}]}, \"rule\": {\"id\": \"bptt\"}, \"run\": {\"batch\": 8, \"budget\": 1}}";

typedef struct
{
  RheoAppWindow *window;
  const char *text;
} Place;

static gboolean
has_text (gpointer data)
{
  const Place *p = data;

  return ui_find_text (GTK_WIDGET (p->window), p->text) != NULL;
}

static void
wait_for (RheoAppWindow *window, const char *text)
{
  ui_wait (has_text, &(Place){ window, text });
}

static gboolean
has_no_run (gpointer window)
{
  return !rheo_session_is_going (rheo_app_window_get_context (window)->session);
}

static char *
dup_source (RheoAppWindow *window)
{
  return rheo_experiment_dup_value (rheo_document_get_experiment (rheo_app_window_get_context (window)->document),
                                    "task.source", NULL);
}

static RheoAppWindow *
open_window (void)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "digits.json", NULL);
  RheoAppWindow *window = ui_window_new ();

  g_assert_true (g_file_set_contents (path, experiment, -1, NULL));
  g_action_group_activate_action (G_ACTION_GROUP (window), "open", g_variant_new_string (path));
  ui_settle (GTK_WIDGET (window));
  return window;
}

static RheoDataBox *
get_box (RheoAppWindow *window)
{
  return RHEO_DATA_BOX (ui_find_type (GTK_WIDGET (window), RHEO_TYPE_DATA_BOX));
}

/* Where the box begins in what is scrolled, px; less than 0: above it, out of sight. */
static double
get_place (RheoAppWindow *window)
{
  GtkWidget *box = GTK_WIDGET (get_box (window));
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (box, gtk_widget_get_ancestor (box, GTK_TYPE_SCROLLED_WINDOW), &bounds));
  return (double) bounds.origin.y;
}

/* Nothing is there: with one press it learns what is made up, and with one it is as before. */
static void
test_synthetic (void)
{
  RheoAppWindow *window = open_window ();
  g_autofree char *source = NULL, *after = NULL;

  wait_for (window, "The data file is not there");
  wait_for (window, "shd_train.h5 was expected in");
  wait_for (window, "CC BY 4.0");
  g_assert_true (gtk_widget_get_sensitive (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Choose file…")));
  g_assert_true ((ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Download") != NULL) == rheo_download_is_possible ());
  ui_shot (GTK_WIDGET (window), "data-missing.png");
  /* The card of the task leads to it, from wherever one is. */
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_get (GTK_WIDGET (window), GTK_TYPE_TOGGLE_BUTTON, "Rule: BPTT")),
                                TRUE);
  ui_settle (GTK_WIDGET (window));
  g_assert_cmpfloat (get_place (window), <, 0);
  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (ui_get (GTK_WIDGET (window), GTK_TYPE_TOGGLE_BUTTON, "Task: Spoken digits in spikes")), TRUE);
  ui_settle (GTK_WIDGET (window));
  g_assert_cmpfloat (get_place (window), >=, 0);
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Use synthetic data"));
  ui_settle (GTK_WIDGET (window));
  source = dup_source (window);
  g_assert_cmpstr (source, ==, "synthetic");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (get_box (window))));
  g_assert_true (has_no_run (window));
  ui_activate (GTK_WIDGET (window), "win.undo");
  ui_settle (GTK_WIDGET (window));
  after = dup_source (window);
  g_assert_cmpstr (after, ==, "files");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (get_box (window))));
  ui_window_close (window);
}

/* A run is refused, and says how it is not. */
static void
test_refused (void)
{
  RheoAppWindow *window = open_window ();
  RheoSession *session = rheo_app_window_get_context (window)->session;
  GtkWidget *label;

  ui_activate (GTK_WIDGET (window), "win.run");
  wait_for (window, "The data file is not there. shd_train.h5 was expected in");
  wait_for (window, "Choose or download…");
  label = ui_find_text (GTK_WIDGET (window), "Use synthetic data");
  g_assert_nonnull (label);
  ui_click (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON));
  ui_settle (GTK_WIDGET (window));
  ui_wait (has_no_run, window);
  g_assert_null (rheo_session_get_error (session));
  g_assert_cmpint (rheo_session_get_place (session).iteration, ==, 1);
  ui_window_close (window);
}

static char *
dup_test_file (const char *name)
{
  return g_build_filename (g_getenv ("RHEO_TEST_DATA"), "shd", name, NULL);
}

static void
copy (const char *name, const char *folder)
{
  g_autofree char *from = dup_test_file (name), *to = g_build_filename (folder, name, NULL), *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (from, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (to, bytes, (gssize) n, NULL));
}

/* Files that are put into the folder by hand are found without a press; one alone is not enough. */
static void
test_by_hand (void)
{
  RheoAppWindow *window = open_window ();
  g_autofree char *folder = rheo_spike_data_dup_folder ();

  wait_for (window, "shd_train.h5 was expected in");
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  copy ("shd_train.h5", folder);
  rheo_data_box_update (get_box (window));
  wait_for (window, "shd_test.h5 was expected in");
  copy ("shd_test.h5", folder);
  rheo_data_box_update (get_box (window));
  wait_for (window, "24 training and 10 test trials of 20 classes.");
  wait_for (window, "Class “");
  ui_window_close (window);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *path = g_build_filename (folder, i == 0 ? "shd_train.h5" : "shd_test.h5", NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

/* Files that were chosen are read, counted, and found by all experiments from then on; the run begins. */
static void
test_chosen (void)
{
  RheoAppWindow *window = open_window ();
  g_autofree char *file = dup_test_file ("shd_test.h5"), *folder = g_path_get_dirname (file), *remembered = NULL;
  g_autofree char *elsewhere = g_build_filename (ui_test_folder (), "digits.json", NULL);

  wait_for (window, "The data file is not there");
  rheo_data_box_take (get_box (window), elsewhere);
  wait_for (window, "shd_train.h5 is not in");
  rheo_data_box_take (get_box (window), file);
  wait_for (window, "shd_train.h5 differs from the published file");
  wait_for (window, "24 training and 10 test trials of 20 classes.");
  wait_for (window, folder);
  ui_shot (GTK_WIDGET (window), "data-chosen.png");
  remembered = rheo_spike_data_dup_folder ();
  g_assert_cmpstr (remembered, ==, folder);
  wait_for (window, "Class “");
  ui_activate (GTK_WIDGET (window), "win.run");
  ui_settle (GTK_WIDGET (window));
  ui_wait (has_no_run, window);
  g_assert_null (rheo_session_get_error (rheo_app_window_get_context (window)->session));
  ui_window_close (window);

  /* The next window finds them by itself. */
  window = open_window ();
  wait_for (window, "24 training and 10 test trials of 20 classes.");
  ui_window_close (window);
}

static void
test_damaged (void)
{
  RheoAppWindow *window = open_window ();
  g_autofree char *folder = g_build_filename (ui_test_folder (), "damaged", NULL);
  g_autofree char *train = g_build_filename (folder, "shd_train.h5", NULL);
  g_autofree char *test = g_build_filename (folder, "shd_test.h5", NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (train, "no data", -1, NULL));
  g_assert_true (g_file_set_contents (test, "no data", -1, NULL));
  rheo_data_box_take (get_box (window), train);
  wait_for (window, "The files cannot be read");
  ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Check");
  ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Use synthetic data");
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/data/synthetic", test_synthetic);
  g_test_add_func ("/data/refused", test_refused);
  g_test_add_func ("/data/by-hand", test_by_hand);
  g_test_add_func ("/data/chosen", test_chosen);
  g_test_add_func ("/data/damaged", test_damaged);
  return ui_test_run ();
}
