#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/dialogs.h"
#include "app/own-data.h"
#include "app/settings.h"
#include "engine/reference.h"
#include "widgets/common.h"

#define MOST_RECENT 10

static void
note_recent (RheoAppWindow *window, const char *path)
{
  g_auto (GStrv) before = g_settings_get_strv (window->context.settings, "recent-files");
  g_autoptr (GPtrArray) now = g_ptr_array_new ();

  g_ptr_array_add (now, (gpointer) path);
  for (int i = 0; before[i] != NULL && now->len < MOST_RECENT; i++)
    if (!g_str_equal (before[i], path))
      g_ptr_array_add (now, before[i]);
  g_ptr_array_add (now, NULL);
  g_settings_set_strv (window->context.settings, "recent-files", (const char *const *) now->pdata);
}

void
rheo_app_window_tell_refused (RheoAppWindow *window, const GError *error)
{
  /* The folder of runs cannot be written to: another one is chosen there. */
  const RheoNoticeButton buttons[] = { { _ ("Preferences"), "win.preferences" }, { NULL } };

  rheo_app_window_notice (window, GTK_MESSAGE_WARNING, NULL, error->message,
                          g_error_matches (error, RHEO_ERROR, RHEO_ERROR_IO) ? buttons : NULL);
}

/* --- runs ------------------------------------------------------------------------------------------------------ */

gboolean
rheo_app_window_begin (RheoAppWindow *window, const RheoExperiment *experiment, const RheoStart *how, gboolean show)
{
  g_autoptr (GError) error = NULL;

  if (!rheo_session_start (window->context.session, experiment, how, &error))
    {
      rheo_app_window_tell_refused (window, error);
      return FALSE;
    }
  rheo_app_window_clear_notice (window);
  window->started = g_get_monotonic_time ();
  window->asked_interrupted = TRUE; /* what this window runs is told of by itself */
  if (rheo_session_get_path (window->context.session) != NULL)
    {
      g_settings_set_string (window->context.settings, "unfinished-run", "");
      note_recent (window, rheo_session_get_path (window->context.session));
    }
  if (show)
    rheo_app_window_show_view (window, "live");
  return TRUE;
}

static gboolean
start (RheoAppWindow *window, const RheoExperiment *experiment, const RheoStart *how)
{
  return rheo_app_window_begin (window, experiment, how, TRUE);
}

void
rheo_app_window_set_threads (RheoAppWindow *window, RheoExperiment *experiment)
{
  const int threads = g_settings_get_int (window->context.settings, "threads");

  if (threads > 0 && rheo_experiment_get_run (experiment)->threads == 0)
    rheo_experiment_get_run (experiment)->threads = threads;
}

gboolean
rheo_app_window_start (RheoAppWindow *window, gboolean paused)
{
  RheoContext *context = &window->context;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_dup (rheo_document_get_experiment (context->document));
  g_autoptr (GError) error = NULL;
  int64_t at = -1;
  const char *from = rheo_document_get_branch (context->document, &at);
  g_autofree char *path = rheo_library_dup_new_path (context->library, experiment, &error);

  if (path == NULL)
    {
      rheo_app_window_tell_refused (window, error);
      return FALSE;
    }
  rheo_app_window_set_threads (window, experiment);
  return start (window, experiment, &(RheoStart){ .path = path, .resume_from = from, .at = at, .paused = paused });
}

static void
run_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;
  RheoSession *session = window->context.session;

  if (rheo_session_get_state (session) == RHEO_ENGINE_RUNNING)
    rheo_session_pause (session);
  else if (rheo_session_get_state (session) == RHEO_ENGINE_PAUSED)
    rheo_session_resume (session);
  else if (!rheo_session_is_going (session))
    rheo_app_window_save_and_start (window, FALSE);
}

static void
step_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  if (rheo_session_is_going (window->context.session))
    rheo_session_step (window->context.session);
  else
    rheo_app_window_save_and_start (window, TRUE);
}

static void
stop_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_session_stop (((RheoAppWindow *) data)->context.session);
}

/* A ready-made experiment, and at once. */
static gboolean
set_up (RheoAppWindow *window, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (!rheo_document_load (window->context.document, name, &error))
    {
      rheo_app_window_tell_refused (window, error);
      return FALSE;
    }
  rheo_app_window_show_form (window);
  return TRUE;
}

static void
set_up_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  set_up (data, g_variant_get_string (parameter, NULL));
}

static void
start_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (set_up (data, g_variant_get_string (parameter, NULL)))
    rheo_app_window_start (data, FALSE);
}

static void
resume_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_app_window_resume (data, g_variant_get_string (parameter, NULL), FALSE);
}

/* What an earlier window left: its run, if it had one, and then the runs that waited for it. */
static void
go_on_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *path = g_variant_get_string (parameter, NULL);

  rheo_app_window_clear_notice (data);
  if (*path == '\0')
    rheo_app_window_start_left (data);
  else
    rheo_app_window_resume (data, path, TRUE);
}

static void
forget_waiting_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_app_window_forget_left (data);
  rheo_app_window_clear_notice (data);
}

/* A run goes on with other settings than it holds: a larger budget. */
static void
further_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *path, *json;
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (GError) error = NULL;

  g_variant_get (parameter, "(&s&s)", &path, &json);
  experiment = rheo_experiment_parse (json, path, &error);
  if (experiment != NULL)
    start (data, experiment, &(RheoStart){ .path = path, .resume_from = path, .at = -1 });
  else
    rheo_app_window_tell_refused (data, error);
}

typedef struct
{
  RheoAppWindow *window;
  gboolean retry;
} Branch;

/* Half the learning rate: what one tries first after a divergence. */
static gboolean
halve_rate (RheoDocument *document, GError **error)
{
  char half[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text =
      rheo_experiment_dup_value (rheo_document_get_experiment (document), "rule.optimiser.lr", error);

  return text != NULL
         && rheo_document_set (document, "rule.optimiser.lr",
                               g_ascii_dtostr (half, sizeof half, g_ascii_strtod (text, NULL) / 2), _ ("Learning rate"),
                               error);
}

static void
branch_loaded (GObject *document, GAsyncResult *result, gpointer data)
{
  g_autofree Branch *branch = data;
  g_autoptr (RheoAppWindow) window = branch->window;
  g_autoptr (GError) error = NULL;

  if (!rheo_document_load_run_finish (RHEO_DOCUMENT (document), result, &error)
      || (branch->retry && !halve_rate (RHEO_DOCUMENT (document), &error)))
    {
      rheo_app_window_tell_refused (window, error);
      return;
    }
  rheo_app_window_clear_notice (window);
  rheo_app_window_show_form (window);
  rheo_app_window_show_view (window, "setup");
  if (branch->retry)
    rheo_app_window_start (window, FALSE);
}

static void
load_branch (RheoAppWindow *window, GVariant *parameter, gboolean retry)
{
  Branch *branch = g_new0 (Branch, 1);
  const char *path;
  gint64 at;

  branch->window = g_object_ref (window);
  branch->retry = retry;
  g_variant_get (parameter, "(&sx)", &path, &at);
  rheo_document_load_run_async (window->context.document, path, at, branch_loaded, branch);
}

static void
branch_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  load_branch (data, parameter, FALSE);
}

static void
retry_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  load_branch (data, parameter, TRUE);
}

static void
show_run_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  rheo_app_window_show_view (window, "runs");
  rheo_runs_page_show (window->runs_page, g_variant_get_string (parameter, NULL));
  rheo_analyse_page_offer (window->analyse_page, g_variant_get_string (parameter, NULL));
}

static void
analyse_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  rheo_analyse_page_open (window->analyse_page, g_variant_get_string (parameter, NULL));
  rheo_app_window_show_view (window, "analyse");
}

/* --- files ----------------------------------------------------------------------------------------------------- */

void
rheo_app_window_tell_unopened (RheoAppWindow *window, const char *path, const GError *error)
{
  g_autofree char *shown = g_path_get_basename (path), *title = NULL;

  title = g_error_matches (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED)
              ? g_strdup (_ ("This file comes from a newer Rheobase"))
              : g_strdup_printf (_ ("%s could not be opened"), shown);
  rheo_app_window_notice (window, GTK_MESSAGE_ERROR, title, error->message,
                          (RheoNoticeButton[]){ { _ ("Open another…"), "win.open-file" }, { NULL } });
}

void
rheo_app_window_open (RheoAppWindow *window, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *shown = g_path_get_basename (path), *title = NULL;

  if (rheo_own_data_is_file (path))
    {
      rheo_app_window_use_data (window, path);
      return;
    }
  if (!g_str_has_suffix (path, ".json"))
    {
      /* The page says what is wrong with a file that is no run. */
      note_recent (window, path);
      g_action_group_activate_action (
          G_ACTION_GROUP (window),
          g_strcmp0 (adw_view_stack_get_visible_child_name (window->stack), "analyse") == 0 ? "analyse" : "show-run",
          g_variant_new_string (path));
      return;
    }
  if (!rheo_document_load (window->context.document, path, &error))
    {
      rheo_app_window_tell_unopened (window, path, error);
      return;
    }
  note_recent (window, path);
  rheo_app_window_show_form (window);
  rheo_app_window_show_view (window, "setup");
  title = g_strdup_printf (_ ("Loaded %s"), shown);
  rheo_app_window_toast (window, title, _ ("Undo"), "win.undo");
  if (rheo_reference_is_file (path))
    rheo_app_window_tell_imported (window);
}

static void
chooser_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  RheoAppWindow *window = RHEO_APP_WINDOW (gtk_native_dialog_get_transient_for (dialog));
  g_autoptr (GFile) file =
      response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  g_clear_object (&window->chooser);
  if (path != NULL)
    ((RheoAppWindowChosen) data) (window, path);
}

void
rheo_app_window_choose (RheoAppWindow *window, const char *title, GtkFileChooserAction action, const char *accept,
                        RheoAppWindowChosen chosen)
{
  if (window->chooser != NULL)
    return;
  window->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (window), action, accept, _ ("Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (window->chooser), TRUE);
  g_signal_connect (window->chooser, "response", G_CALLBACK (chooser_response), (gpointer) chosen);
}

static void
add_filter (GtkFileChooserNative *chooser, const char *name, const char *const *patterns)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  for (int i = 0; patterns[i] != NULL; i++)
    gtk_file_filter_add_pattern (filter, patterns[i]);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
}

static void
open_file_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  if (window->chooser != NULL)
    return;
  rheo_app_window_choose (window, _ ("Open"), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Open"), rheo_app_window_open);
  add_filter (window->chooser, _ ("Runs and experiments"), (const char *const[]){ "*.h5", "*.json", NULL });
  add_filter (window->chooser, _ ("Data of your own"),
              (const char *const[]){ "*.csv", "*.tsv", "*.npy", "*.npz", "*.h5", "*.hdf5", NULL });
  add_filter (window->chooser, _ ("All files"), (const char *const[]){ "*", NULL });
  rheo_chooser_show (window->chooser);
}

static void
use_data_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_app_window_use_data (data, g_variant_get_string (parameter, NULL));
}

static void
use_synthetic_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_app_window_use_synthetic (data, g_variant_get_boolean (parameter));
}

static void
open_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_app_window_open (data, g_variant_get_string (parameter, NULL));
}

static void
save_to (RheoAppWindow *window, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = g_str_has_suffix (path, ".json") ? g_strdup (path) : g_strconcat (path, ".json", NULL);

  if (rheo_document_save (window->context.document, whole, &error))
    note_recent (window, whole);
  rheo_app_window_tell_saved (window, whole, error,
                              (RheoNoticeButton[]){ { _ ("Save as…"), "win.save-as" }, { NULL } });
}

static void
save_as_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;
  const char *path = rheo_document_get_path (window->context.document);
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;

  if (window->chooser != NULL)
    return;
  if (name == NULL)
    name = g_strconcat (rheo_document_get_name (window->context.document) != NULL
                            ? rheo_document_get_name (window->context.document)
                            : "experiment",
                        ".json", NULL);
  rheo_app_window_choose (window, _ ("Save experiment"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), save_to);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (window->chooser), name);
  rheo_chooser_show (window->chooser);
}

static void
save_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;
  const char *path = rheo_document_get_path (window->context.document);

  if (path != NULL)
    save_to (window, path);
  else
    save_as_activated (NULL, NULL, data);
}

static void
new_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;
  g_autofree char *text = NULL;

  rheo_document_load_new (window->context.document);
  rheo_app_window_show_form (window);
  rheo_app_window_show_view (window, "setup");
  rheo_app_window_toast (window, _ ("New experiment"), _ ("Undo"), "win.undo");
}

static void
move_to_folder (RheoAppWindow *window, const char *folder)
{
  const char *path = rheo_session_get_path (window->context.session);
  g_autofree char *from = g_strdup (path), *name = path != NULL ? g_path_get_basename (path) : NULL;
  g_autofree char *to = name != NULL ? g_build_filename (folder, name, NULL) : NULL;

  g_settings_set_string (window->context.settings, "runs-folder", folder);
  if (from == NULL || g_file_test (to, G_FILE_TEST_EXISTS))
    return;
  if (window->left)
    start (window, NULL, &(RheoStart){ .path = to, .resume_from = from, .at = -1 });
  else
    {
      g_autoptr (RheoExperiment) again = rheo_experiment_dup (rheo_session_get_experiment (window->context.session));

      start (window, again, &(RheoStart){ .path = to });
    }
}

/* The run that met a full disk goes on in another folder. */
static void
choose_folder_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  if (window->chooser != NULL)
    return;
  rheo_app_window_choose (window, _ ("Folder of runs"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Choose"),
                          move_to_folder);
  rheo_chooser_show (window->chooser);
}

static void
show_file_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree char *folder = g_path_get_dirname (g_variant_get_string (parameter, NULL));
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (data, uri, GDK_CURRENT_TIME);
}

static void
copy_text_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (data), g_variant_get_string (parameter, NULL));
  rheo_app_window_toast (data, _ ("Copied"), NULL, NULL);
}

/* --- the window ------------------------------------------------------------------------------------------------ */

static void
view_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_app_window_show_view (data, g_variant_get_string (parameter, NULL));
}

/* Live has nothing to search. */
static void
search_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;
  const char *view = adw_view_stack_get_visible_child_name (window->stack);

  if (g_strcmp0 (view, "setup") == 0 && gtk_widget_get_mapped (GTK_WIDGET (window->setup_page)))
    gtk_widget_activate_action (GTK_WIDGET (window->setup_page), "setup.search", NULL);
  else if (gtk_widget_get_mapped (GTK_WIDGET (window->script_page)))
    rheo_script_page_search (window->script_page);
  else if (g_strcmp0 (view, "analyse") == 0)
    rheo_analyse_page_search (window->analyse_page);
  else if (g_strcmp0 (view, "runs") == 0)
    rheo_runs_page_search (window->runs_page);
}

/* Set up, the editor of scripts and Analyse have one. */
static void
side_bar_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  if (gtk_widget_get_mapped (GTK_WIDGET (window->setup_page)))
    gtk_widget_activate_action (GTK_WIDGET (window->setup_page), "setup.side-bar", NULL);
  else if (gtk_widget_get_mapped (GTK_WIDGET (window->script_page)))
    rheo_script_page_toggle_preview (window->script_page);
  else if (gtk_widget_get_mapped (GTK_WIDGET (window->analyse_page)))
    gtk_widget_activate_action (GTK_WIDGET (window->analyse_page), "analyse.side-bar", NULL);
}

static void
branch_here_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_runs_page_branch (((RheoAppWindow *) data)->runs_page);
}

/* Values of an analysis have steps of their own. */
static gboolean
is_on_form (RheoAppWindow *window)
{
  return g_strcmp0 (adw_view_stack_get_visible_child_name (window->stack), "analyse") == 0
         && rheo_analyse_page_has_steps (window->analyse_page);
}

static void
undo_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  if (gtk_widget_get_mapped (GTK_WIDGET (window->script_page)))
    rheo_script_page_undo (window->script_page);
  else if (is_on_form (window))
    rheo_analyse_page_undo (window->analyse_page);
  else
    rheo_document_undo (window->context.document);
}

static void
redo_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  if (gtk_widget_get_mapped (GTK_WIDGET (window->script_page)))
    rheo_script_page_redo (window->script_page);
  else if (is_on_form (window))
    rheo_analyse_page_redo (window->analyse_page);
  else
    rheo_document_redo (window->context.document);
}

static void
export_all_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  if (g_strcmp0 (adw_view_stack_get_visible_child_name (window->stack), "analyse") == 0)
    rheo_analyse_page_export_all (window->analyse_page);
  else
    rheo_live_page_export_all (window->live_page);
}

static void
full_screen_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (gtk_window_is_fullscreen (data))
    gtk_window_unfullscreen (data);
  else
    gtk_window_fullscreen (data);
}

static void
menu_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (((RheoAppWindow *) data)->menu_button));
}

static void
preferences_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (rheo_preferences_new (data, ((RheoAppWindow *) data)->context.settings));
}

static void
shortcuts_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (rheo_shortcuts_new (data));
}

static void
help_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (rheo_help_new (data));
}

static void
about_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (rheo_about_new (data));
}

static void
dismiss_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_app_window_clear_notice (data);
}

void
rheo_app_window_add_actions (RheoAppWindow *window)
{
  static const GActionEntry entries[] = {
    { "run", run_activated },
    { "step", step_activated },
    { "stop", stop_activated },
    { "set-up", set_up_activated, "s" },
    { "start", start_activated, "s" },
    { "resume", resume_activated, "s" },
    { "go-on", go_on_activated, "s" },
    { "forget-waiting", forget_waiting_activated },
    { "further", further_activated, "(ss)" },
    { "branch", branch_activated, "(sx)" },
    { "retry", retry_activated, "(sx)" },
    { "show-run", show_run_activated, "s" },
    { "analyse", analyse_activated, "s" },
    { "open", open_activated, "s" },
    { "open-file", open_file_activated },
    { "use-data", use_data_activated, "s" },
    { "use-synthetic", use_synthetic_activated, "b" },
    { "save", save_activated },
    { "save-as", save_as_activated },
    { "new", new_activated },
    { "choose-folder", choose_folder_activated },
    { "show-file", show_file_activated, "s" },
    { "copy-text", copy_text_activated, "s" },
    { "view", view_activated, "s" },
    { "search", search_activated },
    { "side-bar", side_bar_activated },
    { "branch-here", branch_here_activated },
    { "undo", undo_activated },
    { "redo", redo_activated },
    { "export-all", export_all_activated },
    { "full-screen", full_screen_activated },
    { "menu", menu_activated },
    { "preferences", preferences_activated },
    { "shortcuts", shortcuts_activated },
    { "help", help_activated },
    { "about", about_activated },
    { "dismiss", dismiss_activated },
  };
  g_autoptr (GAction) theme = g_settings_create_action (window->context.settings, "theme");

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  g_action_map_add_action (G_ACTION_MAP (window), theme);
  rheo_app_window_add_script_actions (window);
  rheo_app_window_add_reference_actions (window);
}
