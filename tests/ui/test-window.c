/* The program around the pages: start page, run controls, files of all kinds, how runs end, closing and coming back. */
#include "config.h"

#include "ui-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mount.h>
#include <unistd.h>

#include "app/run-end.h"
#include "app/settings.h"
#include "app/window-private.h"

static RheoContext *
context_of (RheoAppWindow *window)
{
  return rheo_app_window_get_context (window);
}

static gboolean
is_running (gpointer window)
{
  return rheo_session_get_state (context_of (window)->session) == RHEO_ENGINE_RUNNING;
}

static gboolean
is_paused (gpointer window)
{
  return rheo_session_get_state (context_of (window)->session) == RHEO_ENGINE_PAUSED;
}

static gboolean
is_stopped (gpointer window)
{
  return rheo_session_get_state (context_of (window)->session) == RHEO_ENGINE_STOPPED;
}

static void
set_value (RheoAppWindow *window, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  rheo_document_set (context_of (window)->document, path, text, NULL, &error);
  g_assert_no_error (error);
}

/* A window with a small experiment. */
static RheoAppWindow *
small_window (const char *budget)
{
  RheoAppWindow *window = ui_window_new ();
  g_autoptr (GError) error = NULL;

  rheo_document_load (context_of (window)->document, "robot-clean", &error);
  g_assert_no_error (error);
  set_value (window, "model.layers.0.units", "32");
  set_value (window, "run.budget", budget);
  ui_activate (GTK_WIDGET (window), "win.new");
  rheo_document_undo (context_of (window)->document);
  return window;
}

typedef struct
{
  GtkWidget *root;
  const char *text;
} Text;

static gboolean
has_text (gpointer data)
{
  Text *text = data;

  return ui_find_text (text->root, text->text) != NULL;
}

static void
wait_text (RheoAppWindow *window, const char *text)
{
  Text wanted = { GTK_WIDGET (window), text };

  ui_wait (has_text, &wanted);
}

static void
stop (RheoAppWindow *window)
{
  ui_activate (GTK_WIDGET (window), "win.stop");
  ui_wait (is_stopped, window);
}

/* --- starting ---------------------------------------------------------------------------------------------------- */

/* Six ready-made experiments have a card, and its button runs it: one click. The way to the others, and to files, is in
 * sight. */
static void
test_start_page (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_auto (GStrv) names = rheo_experiment_names ();
  g_autofree char *all = g_strdup_printf ("%u ready-made experiments in Set up", g_strv_length (names));
  GtkWidget *open;
  graphene_rect_t place;
  int n = 0;

  for (int i = 0; names[i] != NULL; i++)
    {
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (names[i], NULL);
      g_autofree char *label = g_strdup_printf ("Run %s", rheo_experiment_get_title (experiment));

      n += ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, label) != NULL;
    }
  g_assert_cmpint (n, ==, 6);
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), all));
  open = ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Open file…");
  g_assert_true (gtk_widget_compute_bounds (open, GTK_WIDGET (window), &place));
  g_assert_cmpfloat (place.origin.y + place.size.height, <=, gtk_widget_get_height (GTK_WIDGET (window)));
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Run 3-bit flip-flop"));
  ui_wait (is_running, window);
  g_assert_nonnull (ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Pause"));
  g_assert_cmpstr (rheo_document_get_name (context_of (window)->document), ==, "flip-flop-3bit");
  stop (window);
  ui_window_close (window);
}

typedef struct
{
  RheoAppWindow *window;
  int64_t before;
} Step;

/* The run may be faster than one look at it: that it goes on is not always seen. */
static gboolean
has_stepped (gpointer data)
{
  const Step *step = data;

  return is_paused (step->window)
         && rheo_session_get_place (context_of (step->window)->session).iteration > step->before;
}

static void
test_run_controls (void)
{
  RheoAppWindow *window = small_window ("1000");
  GtkWidget *root = GTK_WIDGET (window);
  int64_t before;

  g_assert_true (gtk_widget_has_css_class (ui_get (root, GTK_TYPE_BUTTON, "Run"), "suggested-action"));
  g_assert_false (gtk_widget_is_sensitive (ui_get (root, GTK_TYPE_BUTTON, "Stop")));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (ui_get (root, GTK_TYPE_BUTTON, "Stop")), ==, "Nothing runs");
  ui_click (ui_get (root, GTK_TYPE_BUTTON, "Run"));
  ui_wait (is_running, window);
  g_assert_false (gtk_widget_has_css_class (ui_get (root, GTK_TYPE_BUTTON, "Pause"), "suggested-action"));
  g_assert_false (gtk_widget_is_sensitive (ui_get (root, GTK_TYPE_BUTTON, "One step")));
  ui_click (ui_get (root, GTK_TYPE_BUTTON, "Pause"));
  ui_wait (is_paused, window);
  g_assert_true (gtk_widget_has_css_class (ui_get (root, GTK_TYPE_BUTTON, "Resume"), "suggested-action"));
  before = rheo_session_get_place (context_of (window)->session).iteration;
  ui_click (ui_get (root, GTK_TYPE_BUTTON, "One step"));
  ui_wait (has_stepped, &(Step){ window, before });
  g_assert_cmpint (rheo_session_get_place (context_of (window)->session).iteration, ==, before + 1);
  ui_click (ui_get (root, GTK_TYPE_BUTTON, "Stop"));
  ui_wait (is_stopped, window);
  g_assert_nonnull (ui_get (root, GTK_TYPE_BUTTON, "Run"));
  ui_window_close (window);
}

/* The buttons say what they would do, and why they cannot. */
static void
test_tooltips (void)
{
  RheoAppWindow *window = small_window ("5");
  GtkWidget *root = GTK_WIDGET (window), *undo = ui_get (root, GTK_TYPE_BUTTON, "Undo");
  g_autofree char *label = NULL, *wanted = NULL;

  rheo_document_set (context_of (window)->document, "run.seed", "7", "seed", NULL);
  g_object_get (context_of (window)->document, "undo-label", &label, NULL);
  wanted = g_strdup_printf ("Undo %s", label);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (undo), ==, wanted);
  ui_click (undo);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (ui_get (root, GTK_TYPE_BUTTON, "Undo")), !=, wanted);
  ui_window_close (window);
}

/* --- files ------------------------------------------------------------------------------------------------------- */

static char *
in_folder (const char *name)
{
  return g_build_filename (ui_test_folder (), name, NULL);
}

/* A run file with a checkpoint, made without the window. */
static void
write_run (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("robot-clean", &error);
  g_autoptr (RheoTrainer) trainer = NULL;
  RheoStop why = RHEO_STOP_NONE;

  g_assert_no_error (error);
  rheo_experiment_set_all (
      experiment, (const char *const[]){ "model.layers.0.units=32", "run.budget=2", "run.checkpoint=1", NULL }, &error);
  g_assert_no_error (error);
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_trainer_create_run (trainer, path, &error));
  while (why == RHEO_STOP_NONE)
    g_assert_true (rheo_trainer_step (trainer, NULL, NULL, &why, &error));
  g_assert_true (rheo_trainer_close_run (trainer, why, &error));
}

static void
open_file (RheoAppWindow *window, const char *path)
{
  g_autofree char *action = g_action_print_detailed_name ("win.open", g_variant_new_string (path));

  ui_activate (GTK_WIDGET (window), action);
}

static void
test_damaged (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *whole = in_folder ("whole.h5"), *torn = in_folder ("torn.h5"), *bytes = NULL;
  gsize size;

  write_run (whole);
  g_assert_true (g_file_get_contents (whole, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (torn, bytes, (gssize) (size * 9 / 10), NULL));
  open_file (window, torn);
  wait_text (window, "This run file is damaged");
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "torn.h5 ends early: "));
  ui_shot (GTK_WIDGET (window), "damaged.png");
  /* What is whole of it opens as a run. */
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Open read-only"));
  wait_text (window, "torn-recovered");
  g_assert_null (ui_find_text (GTK_WIDGET (window), "This run file is damaged"));
  ui_window_close (window);
}

static void
test_foreign (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *notes = in_folder ("notes.txt"), *bad = in_folder ("bad.json"),
                  *missing = in_folder ("missing.json");
  g_autofree char *good = in_folder ("good.json"), *gone = in_folder ("gone.h5");

  g_file_set_contents (notes, "a,b\n1,2\n", -1, NULL);
  g_file_set_contents (bad, "{\"format\": 99}", -1, NULL);
  open_file (window, notes);
  wait_text (window, "This is not a run file");
  open_file (window, gone);
  wait_text (window, "This file is not there");
  open_file (window, bad);
  wait_text (window, "This file comes from a newer Rheobase");
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "A newer Rheobase has written it."));
  open_file (window, missing);
  wait_text (window, "missing.json could not be opened");
  g_assert_true (rheo_document_save (context_of (window)->document, good, NULL));
  open_file (window, good);
  g_assert_cmpstr (rheo_document_get_path (context_of (window)->document), ==, good);
  wait_text (window, "Loaded good.json");
  ui_window_close (window);
}

/* --- ends -------------------------------------------------------------------------------------------------------- */

static void
test_diverged (void)
{
  RheoAppWindow *window = small_window ("20");

  set_value (window, "rule.optimiser.kind", "sgd");
  set_value (window, "rule.optimiser.lr", "1");
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Run"));
  ui_wait (is_stopped, window);
  wait_text (window, "Training diverged in epoch 1");
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_TOGGLE_BUTTON, "Details"));
  wait_text (window, "Batch ");
  ui_window_close (window);
}

static void
test_growth (void)
{
  static const int64_t iterations[] = { 1, 2, 3, 4, 5 };
  RheoRunEnd end = { .checkpoint = 3 };

  rheo_run_end_find_growth (&end, iterations, (const double[]){ 1, 0.5, 0.8, 40, 8000 }, 5);
  g_assert_cmpfloat (end.growth, ==, 10000);
  g_assert_cmpint (end.since, ==, 3);
  /* At the checkpoint it had grown already. */
  end.checkpoint = 4;
  rheo_run_end_find_growth (&end, iterations, (const double[]){ 1, 0.5, 0.8, 4000, 8000 }, 5);
  g_assert_cmpint (end.since, ==, 2);
  rheo_run_end_find_growth (&end, iterations, (const double[]){ 1, 0.5, 0.8, 0.4, 0.6 }, 5);
  g_assert_cmpfloat (end.growth, ==, 0);
  rheo_run_end_find_growth (&end, iterations, (const double[]){ NAN, NAN, NAN, NAN, NAN }, 5);
  g_assert_cmpfloat (end.growth, ==, 0);
}

static gboolean
is_writing (gpointer window)
{
  RheoSession *session = context_of (window)->session;
  g_autofree char *parts = g_strconcat (rheo_session_get_path (session), ".parts", NULL);

  return rheo_session_get_place (session).iteration > 0 && g_file_test (parts, G_FILE_TEST_IS_DIR);
}

typedef struct
{
  GtkFileChooser *chooser;
  const char *folder;
} Choice;

static gboolean
is_chosen (gpointer data)
{
  const Choice *choice = data;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (choice->chooser);

  return file != NULL && g_str_equal (g_file_peek_path (file), choice->folder);
}

/* A folder that goes while a run is written to it, and one that cannot be made: both messages lead to another. */
static void
test_folder_lost (void)
{
  g_autofree char *lost = g_build_filename (ui_test_folder (), "lost", NULL);
  g_autofree char *moved = g_build_filename (ui_test_folder (), "moved", NULL);
  g_autofree char *below = g_build_filename (lost, "runs", NULL);
  /* What is lost is written to the log, and right. */
  const GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  RheoAppWindow *window = small_window ("100000");
  RheoContext *context = context_of (window);

  g_mkdir (lost, 0777);
  g_settings_set_string (context->settings, "runs-folder", lost);
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Run"));
  ui_wait (is_writing, window);
  g_assert_cmpint (g_rename (lost, moved), ==, 0);
  ui_wait (is_stopped, window);
  wait_text (window, "The run ended early");
  g_assert_nonnull (ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Choose another folder…"));

  g_assert_true (g_file_set_contents (lost, "no folder", -1, NULL));
  g_settings_set_string (context->settings, "runs-folder", below);
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Run"));
  wait_text (window, "cannot be made");
  g_assert_nonnull (ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Preferences"));
  g_settings_reset (context->settings, "runs-folder");
  g_unlink (lost);
  ui_window_close (window);
  g_log_set_always_fatal (fatal);
}

/* Full before the first checkpoint: there is nothing to resume, and still a way out. */
static void
test_full_disk (void)
{
  g_autofree char *disk = g_build_filename (ui_test_folder (), "disk", NULL);
  g_autofree char *other = g_build_filename (ui_test_folder (), "other", NULL);
  g_autoptr (GFile) place = g_file_new_for_path (other);
  Choice choice = { .folder = other };
  GLogLevelFlags fatal;
  RheoAppWindow *window;

  g_mkdir (disk, 0777);
  g_mkdir (other, 0777);
  if (mount ("none", disk, "tmpfs", 0, "size=64k") < 0)
    {
      g_test_skip ("This user may not mount a small disk.");
      return;
    }
  /* That the disk is full is written to the log, and right. */
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  window = small_window ("100000");
  g_settings_set_string (context_of (window)->settings, "runs-folder", disk);
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Run"));
  wait_text (window, "The disk is full.");
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "The run had no checkpoint yet."));
  g_assert_cmpstr (gtk_image_get_icon_name (GTK_IMAGE (window->bar_icon)), ==, "dialog-error-symbolic");
  g_assert_nonnull (ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Choose another folder…"));
  g_assert_null (ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Resume"));
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_TOGGLE_BUTTON, "Details"));
  wait_text (window, "No space left on device");
  ui_activate (GTK_WIDGET (window), "win.choose-folder");
  choice.chooser = GTK_FILE_CHOOSER (window->chooser);
  g_assert_true (gtk_file_chooser_set_current_folder (choice.chooser, place, NULL));
  ui_wait (is_chosen, &choice);
  g_signal_emit_by_name (choice.chooser, "response", GTK_RESPONSE_ACCEPT);
  ui_wait (is_running, window);
  g_assert_true (g_str_has_prefix (rheo_session_get_path (context_of (window)->session), other));
  stop (window);
  g_settings_reset (context_of (window)->settings, "runs-folder");
  ui_window_close (window);
  g_log_set_always_fatal (fatal);
  umount2 (disk, MNT_DETACH);
}

static gboolean
has_checkpoint (gpointer window)
{
  return rheo_session_get_checkpoint_time (context_of (window)->session) > 0;
}

/* Full after a checkpoint: the run waits there, and goes on when there is room. */
static void
test_full_later (void)
{
  g_autofree char *disk = g_build_filename (ui_test_folder (), "fills", NULL);
  g_autofree char *filler = g_build_filename (disk, "filler", NULL);
  const char zeros[65536] = { 0 };
  GLogLevelFlags fatal;
  RheoAppWindow *window;
  int file;

  g_mkdir (disk, 0777);
  if (mount ("none", disk, "tmpfs", 0, "size=16m") < 0)
    {
      g_test_skip ("This user may not mount a small disk.");
      return;
    }
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  window = small_window ("100000");
  set_value (window, "run.checkpoint", "1");
  g_settings_set_string (context_of (window)->settings, "runs-folder", disk);
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Run"));
  ui_wait (has_checkpoint, window);
  file = g_open (filler, O_WRONLY | O_CREAT, 0666);
  g_assert_cmpint (file, >=, 0);
  while (write (file, zeros, sizeof zeros) > 0)
    ;
  close (file);
  wait_text (window, "The disk is full.");
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "The run is paused and nothing is lost."));
  g_assert_cmpstr (gtk_image_get_icon_name (GTK_IMAGE (window->bar_icon)), ==, "dialog-error-symbolic");
  g_assert_nonnull (ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Choose another folder…"));
  g_unlink (filler);
  ui_click (ui_get (GTK_WIDGET (window->bar_buttons), GTK_TYPE_BUTTON, "Resume"));
  ui_wait (is_running, window);
  stop (window);
  g_settings_reset (context_of (window)->settings, "runs-folder");
  ui_window_close (window);
  g_log_set_always_fatal (fatal);
  umount2 (disk, MNT_DETACH);
}

/* The desktop hears of a long run, and only when nobody looks. */
static void
test_news (void)
{
  const gint64 minute = 60 * G_USEC_PER_SEC;

  g_assert_true (rheo_run_end_is_news (FALSE, minute + 1));
  g_assert_false (rheo_run_end_is_news (FALSE, minute));
  g_assert_false (rheo_run_end_is_news (TRUE, minute + 1));
  g_assert_false (rheo_run_end_is_news (TRUE, 60 * minute));
}

/* --- closing and coming back ------------------------------------------------------------------------------------- */

static void
test_close_running (void)
{
  RheoAppWindow *window = small_window ("100000");
  g_autofree char *path = NULL, *name = NULL;

  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Run"));
  ui_wait (is_running, window);
  path = g_strdup (rheo_session_get_path (context_of (window)->session));
  ui_window_close (window);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  window = ui_window_new ();
  name = g_path_get_basename (path);
  name[strlen (name) - 3] = '\0';
  wait_text (window, name);
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Resume"));
  ui_wait (is_running, window);
  g_assert_cmpstr (rheo_session_get_path (context_of (window)->session), ==, path);
  stop (window);
  ui_window_close (window);
}

static gboolean
waits_for_one (gpointer window)
{
  RheoRunQueue *queue = context_of (window)->queue;

  return is_running (window) && rheo_run_queue_get_n (queue) - rheo_run_queue_get_n_begun (queue) == 1;
}

static void
add_waiting (RheoAppWindow *window, const char *name)
{
  rheo_run_queue_add (context_of (window)->queue, rheo_document_get_experiment (context_of (window)->document), name);
}

/* Runs that wait for another are not lost: whoever goes on with that one goes on with them. */
static void
test_close_waiting (void)
{
  RheoAppWindow *window = small_window ("100000");
  g_autofree char *path = NULL;

  add_waiting (window, "first");
  add_waiting (window, "second");
  ui_wait (waits_for_one, window);
  path = g_strdup (rheo_session_get_path (context_of (window)->session));
  ui_window_close (window);

  window = ui_window_new ();
  wait_text (window, "1 run waits for it.");
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Resume"));
  ui_wait (waits_for_one, window);
  g_assert_cmpstr (rheo_session_get_path (context_of (window)->session), ==, path);
  ui_window_close (window);

  /* Without its run the rest is offered alone, and what nobody wants is gone. */
  g_assert_cmpint (g_remove (path), ==, 0);
  window = ui_window_new ();
  wait_text (window, "1 run was waiting when the window was closed.");
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Start"));
  ui_wait (is_running, window);
  g_assert_true (g_str_has_suffix (rheo_session_get_path (context_of (window)->session), "second.h5"));
  add_waiting (window, "third");
  ui_window_close (window);
  window = ui_window_new ();
  wait_text (window, "1 run waits for it.");
  ui_click (ui_get (GTK_WIDGET (window), GTK_TYPE_BUTTON, "Dismiss"));
  ui_window_close (window);
  window = ui_window_new ();
  ui_settle (GTK_WIDGET (window));
  g_assert_cmpint (rheo_app_window_count_left (window), ==, 0);
  ui_window_close (window);
}

static void
note_gone (gpointer data, GObject *object)
{
  ++*(int *) data;
}

static gboolean
are_both_gone (gpointer data)
{
  return *(int *) data == 2;
}

/* Ctrl+Q reaches the program from a window beside it, which goes with it; once all are gone it makes no new one. */
static void
test_quit_beside (void)
{
  RheoAppWindow *window = ui_window_new ();
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));
  GtkWindow *beside = NULL;
  int n_gone = 0;

  ui_activate (GTK_WIDGET (window), "win.preferences");
  for (GList *one = gtk_application_get_windows (application); one != NULL; one = one->next)
    if (!RHEO_IS_APP_WINDOW (one->data))
      beside = one->data;
  g_assert_nonnull (beside);
  g_assert_true (gtk_window_get_transient_for (beside) == GTK_WINDOW (window));
  g_object_ref (application);
  g_object_weak_ref (G_OBJECT (window), note_gone, &n_gone);
  g_object_weak_ref (G_OBJECT (beside), note_gone, &n_gone);
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  ui_wait (are_both_gone, &n_gone);
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  g_assert_null (gtk_application_get_windows (application));
  g_object_unref (application);
}

static void
set_up_item (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, gtk_button_new ());
}

/* The row of a list has gone, all but its focus, and a label takes that. */
static void
test_focus (void)
{
  static const char *const names[] = { "one", "two", NULL };
  RheoAppWindow *window = ui_window_new ();
  GtkWidget *box = ui_find_type (GTK_WIDGET (window), GTK_TYPE_BOX), *label = gtk_label_new ("Text"), *list, *button;
  GtkStringList *model = gtk_string_list_new (names);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  gpointer gone;

  g_signal_connect (factory, "setup", G_CALLBACK (set_up_item), NULL);
  list = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (model))), factory);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_box_append (GTK_BOX (box), list);
  gtk_box_append (GTK_BOX (box), label);
  ui_settle (GTK_WIDGET (window));
  gone = button = ui_find_type (list, GTK_TYPE_BUTTON);
  g_assert_nonnull (button);
  g_object_add_weak_pointer (G_OBJECT (button), &gone);
  g_assert_true (gtk_widget_grab_focus (button));
  gtk_string_list_splice (model, 0, 1, NULL);
  g_assert_true (gtk_widget_grab_focus (label));
  ui_settle (GTK_WIDGET (window));
  g_assert_null (gone);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/window/growth", test_growth);
  g_test_add_func ("/ui/window/news", test_news);
  g_test_add_func ("/ui/window/start-page", test_start_page);
  g_test_add_func ("/ui/window/run-controls", test_run_controls);
  g_test_add_func ("/ui/window/tooltips", test_tooltips);
  g_test_add_func ("/ui/window/damaged", test_damaged);
  g_test_add_func ("/ui/window/foreign", test_foreign);
  g_test_add_func ("/ui/window/diverged", test_diverged);
  g_test_add_func ("/ui/window/folder-lost", test_folder_lost);
  g_test_add_func ("/ui/window/full-disk", test_full_disk);
  g_test_add_func ("/ui/window/full-disk-later", test_full_later);
  g_test_add_func ("/ui/window/close-running", test_close_running);
  g_test_add_func ("/ui/window/close-waiting", test_close_waiting);
  g_test_add_func ("/ui/window/quit-beside", test_quit_beside);
  g_test_add_func ("/ui/window/focus", test_focus);
  return ui_test_run ();
}
