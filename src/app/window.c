#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window-private.h"

#include <glib/gi18n-lib.h>

#include "app/settings.h"
#include "app/speed.h"
#include "app/start-page.h"
#include "app/toasts.h"
#include "engine/reference.h"
#include "widgets/tooltip.h"

G_DEFINE_FINAL_TYPE (RheoAppWindow, rheo_app_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- the header ------------------------------------------------------------------------------------------------ */

static GtkWidget *
new_icon_button (const char *icon, const char *name, const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static void
set_run_button (RheoAppWindow *window, const char *label, const char *icon, gboolean suggested, const char *tooltip)
{
  gtk_label_set_label (GTK_LABEL (window->run_label), label);
  gtk_image_set_from_icon_name (GTK_IMAGE (window->run_icon), icon);
  if (suggested)
    gtk_widget_add_css_class (GTK_WIDGET (window->run), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (window->run), "suggested-action");
  rheo_tooltip_set (GTK_WIDGET (window->run), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->run), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
enable (RheoAppWindow *window, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* "Undo threshold 1.0", or why there is nothing to undo. */
static void
set_step_tooltip (GtkWidget *button, const char *label, const char *format, const char *nothing)
{
  g_autofree char *text = label != NULL ? g_strdup_printf (format, label) : g_strdup (nothing);

  rheo_tooltip_set (button, text);
}

void
rheo_app_window_update (RheoAppWindow *window)
{
  RheoSession *session = window->context.session;
  const RheoEngineState state = rheo_session_get_state (session);
  const gboolean going = rheo_session_is_going (session);
  const char *part = gtk_stack_get_visible_child_name (window->setup);
  const gboolean at_start = g_strcmp0 (part, "start") == 0;
  const char *view = adw_view_stack_get_visible_child_name (window->stack);
  const gboolean on_setup = g_strcmp0 (view, "setup") == 0, on_live = g_strcmp0 (view, "live") == 0;
  const gboolean on_analyse = g_strcmp0 (view, "analyse") == 0;
  const gboolean on_script = on_setup && g_strcmp0 (part, "script") == 0;
  const gboolean unnamed = on_script && rheo_script_page_get_path (window->script_page) == NULL;
  const gboolean on_form = on_analyse && rheo_analyse_page_has_steps (window->analyse_page);
  const gboolean has_plots =
      on_analyse ? rheo_analyse_page_has_plots (window->analyse_page) : rheo_session_get_experiment (session) != NULL;
  const char *problem = rheo_document_get_problem (window->context.document);
  g_autofree char *undo = NULL, *redo = NULL;
  gboolean can_run = TRUE;

  if (window->closing)
    {
      set_run_button (window, _ ("Saving…"), "media-playback-stop-symbolic", FALSE, _ ("The run is being saved"));
      can_run = FALSE;
    }
  else if (state == RHEO_ENGINE_STARTING)
    {
      set_run_button (window, _ ("Pause"), "media-playback-pause-symbolic", FALSE, _ ("Preparing the data…"));
      can_run = FALSE;
    }
  else if (state == RHEO_ENGINE_RUNNING)
    set_run_button (window, _ ("Pause"), "media-playback-pause-symbolic", FALSE, _ ("Pause (F5)"));
  else if (state == RHEO_ENGINE_PAUSED)
    set_run_button (window, _ ("Resume"), "media-playback-start-symbolic", TRUE, _ ("Resume (F5)"));
  else
    {
      can_run = problem == NULL && !at_start && !unnamed;
      set_run_button (window, C_ ("verb", "Run"), "media-playback-start-symbolic", TRUE,
                      at_start          ? _ ("Choose an experiment first")
                      : unnamed         ? _ ("Save the script first")
                      : problem != NULL ? problem
                                        : _ ("Run (F5)"));
    }
  enable (window, "run", can_run);
  enable (window, "step", can_run && state != RHEO_ENGINE_RUNNING);
  rheo_tooltip_set (window->step, state == RHEO_ENGINE_RUNNING  ? _ ("Pause first, then go step by step")
                                  : unnamed                     ? _ ("Save the script first")
                                  : !can_run && problem != NULL ? problem
                                  : !can_run                    ? _ ("Nothing to step through yet")
                                                                : _ ("One step (F8)"));
  enable (window, "stop", going && !window->closing);
  rheo_tooltip_set (window->stop, state == RHEO_ENGINE_STARTING ? _ ("Cancel (Shift+F5)")
                                  : going                       ? _ ("Stop (Shift+F5)")
                                                                : _ ("Nothing runs"));

  if (on_form)
    {
      undo = g_strdup (rheo_analyse_page_get_undo_label (window->analyse_page));
      redo = g_strdup (rheo_analyse_page_get_redo_label (window->analyse_page));
    }
  else
    g_object_get (window->context.document, "undo-label", &undo, "redo-label", &redo, NULL);
  gtk_widget_set_visible (window->undo, on_setup || on_form);
  gtk_widget_set_visible (window->redo, on_setup || on_form);
  gtk_widget_set_visible (window->export_all, on_live || on_analyse);
  enable (window, "export-all", has_plots);
  rheo_tooltip_set (window->export_all, has_plots    ? _ ("Export all plots")
                                        : on_analyse ? _ ("No result is shown")
                                                     : _ ("Nothing has run yet"));
  if (on_script)
    {
      const gboolean can_undo = rheo_script_page_can_undo (window->script_page);
      const gboolean can_redo = rheo_script_page_can_redo (window->script_page);

      enable (window, "undo", can_undo);
      enable (window, "redo", can_redo);
      rheo_tooltip_set (window->undo, can_undo ? _ ("Undo typing") : _ ("Nothing to undo"));
      rheo_tooltip_set (window->redo, can_redo ? _ ("Redo typing") : _ ("Nothing to redo"));
    }
  else
    {
      enable (window, "undo", undo != NULL);
      enable (window, "redo", redo != NULL);
      set_step_tooltip (window->undo, undo, _ ("Undo %s"), _ ("Nothing to undo"));
      set_step_tooltip (window->redo, redo, _ ("Redo %s"), _ ("Nothing to redo"));
    }
  /* In the editor their keys save the script. */
  enable (window, "save", !at_start && !on_script);
  enable (window, "save-as", !at_start && !on_script);
  enable (window, "export-reference",
          !at_start && !on_script
              && rheo_reference_get_kind (rheo_document_get_experiment (window->context.document))
                     != RHEO_REFERENCE_AS_WRITTEN);
}

static void
add_run_controls (RheoAppWindow *window, AdwHeaderBar *header)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  window->run = GTK_BUTTON (gtk_button_new ());
  window->run_icon = gtk_image_new ();
  window->run_label = gtk_label_new (NULL);
  /* As wide as its widest text, so that nothing moves when it changes. */
  gtk_label_set_width_chars (GTK_LABEL (window->run_label), 7);
  gtk_box_append (GTK_BOX (box), window->run_icon);
  gtk_box_append (GTK_BOX (box), window->run_label);
  gtk_button_set_child (window->run, box);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (window->run), "win.run");
  window->step = new_icon_button ("rheobase-step-symbolic", _ ("One step"), "win.step");
  window->stop = new_icon_button ("media-playback-stop-symbolic", _ ("Stop"), "win.stop");
  adw_header_bar_pack_start (header, GTK_WIDGET (window->run));
  adw_header_bar_pack_start (header, window->step);
  adw_header_bar_pack_start (header, window->stop);
}

static GMenuModel *
new_menu (void)
{
  GMenu *menu = g_menu_new (), *files = g_menu_new (), *look = g_menu_new (), *themes = g_menu_new ();
  GMenu *help = g_menu_new ();
  GMenuItem *export = g_menu_item_new (_ ("Save for the CartPole program…"), "win.export-reference");

  g_menu_append (files, _ ("New experiment"), "win.new");
  g_menu_append (files, _ ("Open…"), "win.open-file");
  g_menu_append (files, _ ("Save experiment"), "win.save");
  g_menu_append (files, _ ("Save experiment as…"), "win.save-as");
  g_menu_item_set_attribute (export, "hidden-when", "s", "action-disabled");
  g_menu_append_item (files, export);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (files));
  g_menu_append (look, _ ("Full screen"), "win.full-screen");
  g_menu_append (themes, _ ("As the desktop"), "win.theme::system");
  g_menu_append (themes, _ ("Light"), "win.theme::light");
  g_menu_append (themes, _ ("Dark"), "win.theme::dark");
  g_menu_append_submenu (look, _ ("Theme"), G_MENU_MODEL (themes));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (look));
  g_menu_append (help, _ ("Preferences"), "win.preferences");
  g_menu_append (help, _ ("Keyboard shortcuts"), "win.shortcuts");
  g_menu_append (help, _ ("Help"), "win.help");
  g_menu_append (help, _ ("About Rheobase"), "win.about");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (help));
  g_object_unref (export);
  g_object_unref (files);
  g_object_unref (look);
  g_object_unref (themes);
  g_object_unref (help);
  return G_MENU_MODEL (menu);
}

static void
add_end_controls (RheoAppWindow *window, AdwHeaderBar *header)
{
  g_autoptr (GMenuModel) menu = new_menu ();

  window->menu_button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (window->menu_button), "open-menu-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (window->menu_button), menu);
  gtk_menu_button_set_primary (GTK_MENU_BUTTON (window->menu_button), TRUE);
  gtk_widget_set_tooltip_text (window->menu_button, _ ("Main menu"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Main menu"),
                                  -1);
  window->undo = new_icon_button ("edit-undo-symbolic", _ ("Undo"), "win.undo");
  window->redo = new_icon_button ("edit-redo-symbolic", _ ("Redo"), "win.redo");
  window->export_all = new_icon_button ("camera-photo-symbolic", _ ("Export all plots"), "win.export-all");
  adw_header_bar_pack_end (header, window->menu_button);
  adw_header_bar_pack_end (header, window->export_all);
  adw_header_bar_pack_end (header, window->redo);
  adw_header_bar_pack_end (header, window->undo);
}

/* --- what it follows ------------------------------------------------------------------------------------------- */

/* The dot at Live. */
static void
show_news (RheoAppWindow *window)
{
  const gboolean on_live = g_strcmp0 (adw_view_stack_get_visible_child_name (window->stack), "live") == 0;

  adw_view_stack_page_set_needs_attention (adw_view_stack_get_page (window->stack, GTK_WIDGET (window->live_page)),
                                           !on_live && rheo_session_is_going (window->context.session));
}

static void
session_changed (RheoSession *session, gpointer data)
{
  RheoAppWindow *window = data;
  const RheoEngineState state = rheo_session_get_state (session);
  const gboolean has_run = rheo_session_get_experiment (session) != NULL;

  /* A run that goes on tells of itself many times a second. */
  if (state == window->shown_state && has_run == window->shown_run)
    return;
  window->shown_state = state;
  window->shown_run = has_run;
  show_news (window);
  rheo_app_window_update (window);
}

static void
session_stopped (RheoSession *session, gpointer data)
{
  RheoAppWindow *window = data;

  rheo_library_refresh (window->context.library);
  rheo_app_window_update (window);
  rheo_app_window_tell_end (window);
  rheo_app_window_go_on (window);
}

static void
view_changed (AdwViewStack *stack, GParamSpec *pspec, gpointer data)
{
  show_news (data);
  rheo_app_window_update (data);
}

static void
document_changed (RheoDocument *document, GParamSpec *pspec, gpointer data)
{
  rheo_app_window_update (data);
}

static void
folder_changed (GSettings *settings, const char *key, gpointer data)
{
  RheoAppWindow *window = data;
  g_autofree char *folder = rheo_settings_dup_runs_folder (settings);

  rheo_library_set_folder (window->context.library, folder);
  rheo_sweeps_set_folder (window->context.sweeps, folder);
}

static void
theme_changed (GSettings *settings, const char *key, gpointer data)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[g_settings_get_enum (settings, key)]);
}

static gboolean
files_dropped (GtkDropTarget *target, const GValue *value, double x, double y, gpointer data)
{
  for (GSList *file = g_value_get_boxed (value); file != NULL; file = file->next)
    {
      g_autofree char *path = g_file_get_path (file->data);

      if (path != NULL)
        rheo_app_window_open (data, path);
    }
  return TRUE;
}

/* --- showing --------------------------------------------------------------------------------------------------- */

void
rheo_app_window_show_view (RheoAppWindow *window, const char *name)
{
  adw_view_stack_set_visible_child_name (window->stack, name);
}

void
rheo_app_window_show_form (RheoAppWindow *window)
{
  gtk_stack_set_visible_child_name (window->setup, "form");
  rheo_app_window_update (window);
}

void
rheo_app_window_show_script (RheoAppWindow *window)
{
  rheo_app_window_show_view (window, "setup");
  gtk_stack_set_visible_child_name (window->setup, "script");
  rheo_app_window_update (window);
}

AdwToast *
rheo_app_window_toast (RheoAppWindow *window, const char *text, const char *button, const char *detailed_action)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  if (button != NULL)
    {
      adw_toast_set_button_label (toast, button);
      adw_toast_set_detailed_action_name (toast, detailed_action);
    }
  rheo_toasts_take (window->toasts, toast);
  rheo_live_page_tell (window->live_page, text);
  return toast;
}

gboolean
rheo_app_window_change_toast (RheoAppWindow *window, AdwToast *toast, const char *text)
{
  if (!rheo_toasts_change (window->toasts, toast, text))
    return FALSE;
  rheo_live_page_tell (window->live_page, text);
  return TRUE;
}

RheoContext *
rheo_app_window_get_context (RheoAppWindow *window)
{
  return &window->context;
}

/* --- focus ------------------------------------------------------------------------------------------------------ */

static gboolean
let_go (gpointer data)
{
  RheoAppWindow *window = data;
  const guint n_kept = gtk_window_get_focus (GTK_WINDOW (window)) != NULL ? 1 : 0;

  window->let_go = 0;
  if (window->focused->len > n_kept)
    g_ptr_array_remove_range (window->focused, 0, window->focused->len - n_kept);
  return G_SOURCE_REMOVE;
}

/* When a label takes the focus, GTK 4.8 asks the widget that had it, even if that has gone with the focus, as one of a row
 * that is no longer in its list. */
static void
focus_changed (RheoAppWindow *window)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  if (focus != NULL)
    g_ptr_array_add (window->focused, g_object_ref (focus));
  if (window->let_go == 0)
    window->let_go = g_idle_add (let_go, window);
}

/* --- building -------------------------------------------------------------------------------------------------- */

static void
add_view (RheoAppWindow *window, GtkWidget *page, const char *name, const char *title, const char *icon)
{
  adw_view_stack_page_set_icon_name (adw_view_stack_add_titled (window->stack, page, name, title), icon);
}

static void
add_views (RheoAppWindow *window)
{
  window->stack = ADW_VIEW_STACK (adw_view_stack_new ());
  window->setup = GTK_STACK (gtk_stack_new ());
  window->setup_page = RHEO_SETUP_PAGE (rheo_setup_page_new (&window->context));
  window->script_page = RHEO_SCRIPT_PAGE (rheo_script_page_new (&window->context));
  window->live_page = RHEO_LIVE_PAGE (rheo_live_page_new (&window->context));
  window->analyse_page = RHEO_ANALYSE_PAGE (rheo_analyse_page_new (&window->context));
  window->runs_page = RHEO_RUNS_PAGE (rheo_runs_page_new (&window->context));
  window->sweeps_page = RHEO_SWEEPS_PAGE (rheo_sweeps_page_new (&window->context));
  gtk_stack_add_named (window->setup, rheo_start_page_new (window->context.settings), "start");
  gtk_stack_add_named (window->setup, GTK_WIDGET (window->setup_page), "form");
  gtk_stack_add_named (window->setup, GTK_WIDGET (window->script_page), "script");
  gtk_stack_set_hhomogeneous (window->setup, FALSE);
  gtk_stack_set_vhomogeneous (window->setup, FALSE);
  adw_view_stack_set_hhomogeneous (window->stack, FALSE);
  adw_view_stack_set_vhomogeneous (window->stack, FALSE);
  add_view (window, GTK_WIDGET (window->setup), "setup", _ ("Set up"), "rheobase-setup-symbolic");
  add_view (window, GTK_WIDGET (window->live_page), "live", _ ("Live"), "rheobase-live-symbolic");
  add_view (window, GTK_WIDGET (window->analyse_page), "analyse", _ ("Analyse"), "rheobase-analyse-symbolic");
  add_view (window, GTK_WIDGET (window->runs_page), "runs", _ ("Runs"), "rheobase-runs-symbolic");
  add_view (window, GTK_WIDGET (window->sweeps_page), "sweeps", _ ("Sweeps"), "rheobase-sweeps-symbolic");
}

static void
follow (RheoAppWindow *window)
{
  RheoContext *context = &window->context;
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_object (context->session, "changed", G_CALLBACK (session_changed), window, 0);
  g_signal_connect_object (context->session, "stopped", G_CALLBACK (session_stopped), window, 0);
  g_signal_connect_object (context->document, "notify", G_CALLBACK (document_changed), window, 0);
  g_signal_connect_object (context->library, "left", G_CALLBACK (rheo_app_window_tell_interrupted), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (context->settings, "changed::runs-folder", G_CALLBACK (folder_changed), window, 0);
  g_signal_connect_object (context->settings, "changed::theme", G_CALLBACK (theme_changed), window, 0);
  g_signal_connect_object (window->analyse_page, "plots-changed", G_CALLBACK (rheo_app_window_update), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window->script_page, "changed", G_CALLBACK (rheo_app_window_update), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window->script_page, "back", G_CALLBACK (rheo_app_window_leave_script), window,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window->script_page, "stored", G_CALLBACK (rheo_setup_page_reload), window->setup_page,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window->stack, "notify::visible-child", G_CALLBACK (view_changed), window, 0);
  g_signal_connect (drop, "drop", G_CALLBACK (files_dropped), window);
  gtk_widget_add_controller (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (drop));
  theme_changed (context->settings, "theme", window);
  rheo_app_window_follow_queue (window);
  rheo_app_window_follow_sweeps (window);
  window->focused = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (window, "notify::focus-widget", G_CALLBACK (focus_changed), NULL);
}

static void
restore_size (RheoAppWindow *window)
{
  int width, height;

  g_settings_get (window->context.settings, "window-size", "(ii)", &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (window), MAX (width, 360), MAX (height, 300));
  if (g_settings_get_boolean (window->context.settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (window));
}

static void
rheo_app_window_init (RheoAppWindow *window)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *title = adw_view_switcher_title_new (), *below = adw_view_switcher_bar_new ();
  g_autofree char *folder = NULL;

  window->context.settings = rheo_settings_new ();
  rheo_speed_use_settings (window->context.settings);
  folder = rheo_settings_dup_runs_folder (window->context.settings);
  window->context.document = rheo_document_new ();
  window->context.session = rheo_session_new ();
  window->context.queue = rheo_run_queue_new ();
  window->context.library = rheo_library_new (folder);
  window->context.sweeps = rheo_sweeps_new (folder);

  gtk_window_set_title (GTK_WINDOW (window), _ ("Rheobase"));
  gtk_window_set_icon_name (GTK_WINDOW (window), RHEO_APP_ID);
  restore_size (window);
  rheo_app_window_add_actions (window);
  window->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  add_views (window);
  adw_view_switcher_title_set_stack (ADW_VIEW_SWITCHER_TITLE (title), window->stack);
  adw_view_switcher_title_set_title (ADW_VIEW_SWITCHER_TITLE (title), _ ("Rheobase"));
  adw_view_switcher_bar_set_stack (ADW_VIEW_SWITCHER_BAR (below), window->stack);
  g_object_bind_property (title, "title-visible", below, "reveal", G_BINDING_SYNC_CREATE);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), title);
  adw_header_bar_set_centering_policy (ADW_HEADER_BAR (header), ADW_CENTERING_POLICY_STRICT);
  add_run_controls (window, ADW_HEADER_BAR (header));
  add_end_controls (window, ADW_HEADER_BAR (header));
  gtk_widget_set_vexpand (GTK_WIDGET (window->stack), TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), rheo_app_window_make_bar (window));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (window->stack));
  gtk_box_append (GTK_BOX (box), below);
  adw_toast_overlay_set_child (window->toasts, box);
  rheo_toasts_init (window->toasts);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), GTK_WIDGET (window->toasts));
  follow (window);
  rheo_app_window_update (window);
}

static void
dispose (GObject *object)
{
  RheoAppWindow *window = RHEO_APP_WINDOW (object);

  g_clear_object (&window->chooser);
  g_signal_handlers_disconnect_by_func (window, focus_changed, NULL);
  g_clear_handle_id (&window->let_go, g_source_remove);
  g_clear_pointer (&window->focused, g_ptr_array_unref);
  g_clear_handle_id (&window->close_limit, g_source_remove);
  g_clear_handle_id (&window->next, g_source_remove);
  /* The pages go before what they borrow. */
  G_OBJECT_CLASS (rheo_app_window_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoAppWindow *window = RHEO_APP_WINDOW (object);

  /* All that goes on is told to end before the session waits for it, and the window is seen to be gone. */
  gdk_display_flush (gdk_display_get_default ());
  rheo_sweeps_shut (window->context.sweeps);
  g_clear_object (&window->context.sweeps);
  rheo_library_shut (window->context.library);
  g_clear_object (&window->context.session);
  g_clear_object (&window->context.library);
  g_clear_object (&window->context.queue);
  g_clear_object (&window->context.document);
  g_clear_object (&window->context.settings);
  G_OBJECT_CLASS (rheo_app_window_parent_class)->finalize (object);
}

static void
rheo_app_window_class_init (RheoAppWindowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  GTK_WINDOW_CLASS (class)->close_request = rheo_app_window_close_request;
}

RheoAppWindow *
rheo_app_window_new (RheoApplication *application)
{
  return g_object_new (RHEO_TYPE_APP_WINDOW, "application", application, NULL);
}
