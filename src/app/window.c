#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window.h"

#include <glib/gi18n-lib.h>

#include "app/live-page.h"
#include "app/runs-page.h"
#include "app/settings.h"
#include "app/setup-page.h"

struct _RheoAppWindow
{
  AdwApplicationWindow parent_instance;
  RheoContext context;
  AdwToastOverlay *toasts;
  AdwViewStack *stack;
};

G_DEFINE_FINAL_TYPE (RheoAppWindow, rheo_app_window, ADW_TYPE_APPLICATION_WINDOW)

static void
finalize (GObject *object)
{
  RheoAppWindow *window = RHEO_APP_WINDOW (object);

  g_object_unref (window->context.library);
  g_object_unref (window->context.session);
  g_object_unref (window->context.document);
  g_object_unref (window->context.settings);
  G_OBJECT_CLASS (rheo_app_window_parent_class)->finalize (object);
}

static void
rheo_app_window_class_init (RheoAppWindowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
rheo_app_window_init (RheoAppWindow *window)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *title = adw_view_switcher_title_new ();

  g_autofree char *folder = NULL;

  window->context.settings = rheo_settings_new ();
  window->context.document = rheo_document_new ();
  window->context.session = rheo_session_new ();
  folder = rheo_settings_dup_runs_folder (window->context.settings);
  window->context.library = rheo_library_new (folder);
  gtk_window_set_title (GTK_WINDOW (window), _ ("Rheobase"));
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  window->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  window->stack = ADW_VIEW_STACK (adw_view_stack_new ());
  adw_view_stack_add_titled (window->stack, rheo_setup_page_new (&window->context), "setup", _ ("Set up"));
  adw_view_stack_add_titled (window->stack, rheo_live_page_new (&window->context), "live", _ ("Live"));
  adw_view_stack_add_titled (window->stack, rheo_runs_page_new (&window->context), "runs", _ ("Runs"));
  adw_view_switcher_title_set_stack (ADW_VIEW_SWITCHER_TITLE (title), window->stack);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), title);
  gtk_box_append (GTK_BOX (box), header);
  gtk_widget_set_vexpand (GTK_WIDGET (window->stack), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (window->stack));
  adw_toast_overlay_set_child (window->toasts, box);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), GTK_WIDGET (window->toasts));
}

RheoAppWindow *
rheo_app_window_new (RheoApplication *application)
{
  return g_object_new (RHEO_TYPE_APP_WINDOW, "application", application, NULL);
}

AdwToast *
rheo_app_window_toast (RheoAppWindow *window, const char *text, const char *button, const char *detailed_action)
{
  AdwToast *toast = adw_toast_new (text);

  if (button != NULL)
    {
      adw_toast_set_button_label (toast, button);
      adw_toast_set_detailed_action_name (toast, detailed_action);
    }
  adw_toast_overlay_add_toast (window->toasts, toast);
  return toast;
}
