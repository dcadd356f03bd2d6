/* What the desktop hears of a run that ends while nobody looks: a real notification over a message bus, and the way back. */
#include "config.h"

#include "ui-keys.h"

#include "app/window-private.h"

static const char interface[] =
    "<node><interface name='org.gtk.Notifications'>"
    "<method name='AddNotification'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/></method>"
    "<method name='RemoveNotification'><arg type='s' direction='in'/><arg type='s' direction='in'/></method>"
    "</interface></node>";

/* The desktop's side. */
typedef struct
{
  GDBusConnection *bus;
  GVariant *heard; /* the last notification; NULL: none */
  gboolean named;
} Desktop;

static void
called (GDBusConnection *bus, const char *sender, const char *path, const char *name, const char *method,
        GVariant *arguments, GDBusMethodInvocation *invocation, gpointer data)
{
  Desktop *desktop = data;

  if (g_str_equal (method, "AddNotification"))
    {
      g_clear_pointer (&desktop->heard, g_variant_unref);
      desktop->heard = g_variant_get_child_value (arguments, 2);
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
named (GDBusConnection *bus, const char *name, gpointer desktop)
{
  ((Desktop *) desktop)->named = TRUE;
}

static gboolean
is_named (gpointer desktop)
{
  return ((Desktop *) desktop)->named;
}

static gboolean
has_heard (gpointer desktop)
{
  return ((Desktop *) desktop)->heard != NULL;
}

/* On a connection of its own, as another program has. */
static void
open_desktop (Desktop *desktop, GTestDBus *daemon)
{
  static const GDBusInterfaceVTable table = { .method_call = called };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (interface, &error);

  g_assert_no_error (error);
  desktop->bus = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (daemon),
                                                         G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                             | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                         NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (desktop->bus, "/org/gtk/Notifications", info->interfaces[0], &table, desktop, NULL,
                                     &error);
  g_assert_no_error (error);
  g_bus_own_name_on_connection (desktop->bus, "org.gtk.Notifications", 0, named, NULL, desktop, NULL);
  ui_wait (is_named, desktop);
}

static const char *
shown_view (RheoAppWindow *window)
{
  return adw_view_stack_get_visible_child_name (window->stack);
}

static gboolean
is_inactive (gpointer window)
{
  return !gtk_window_is_active (window);
}

/* A small run from Set up that seems to have gone on for two minutes, and that ends while the window is not in front. */
static void
run_unseen (RheoAppWindow *window, Desktop *desktop, const char *rate)
{
  RheoDocument *document = window->context.document;
  GtkWindow *other = GTK_WINDOW (gtk_window_new ());

  rheo_document_load (document, "robot-clean", NULL);
  rheo_document_set (document, "model.layers.0.units", "32", NULL, NULL);
  rheo_document_set (document, "run.budget", "2", NULL, NULL);
  if (rate != NULL)
    {
      rheo_document_set (document, "rule.optimiser.kind", "sgd", NULL, NULL);
      rheo_document_set (document, "rule.optimiser.lr", rate, NULL, NULL);
    }
  rheo_app_window_show_form (window);
  /* Of another program, as far as ours can tell. */
  gtk_window_present (other);
  ui_wait (is_inactive, window);
  g_assert_true (rheo_app_window_start (window, FALSE));
  window->started = g_get_monotonic_time () - 120 * G_USEC_PER_SEC;
  g_clear_pointer (&desktop->heard, g_variant_unref);
  ui_wait (has_heard, desktop);
  g_assert_cmpint (rheo_session_get_state (window->context.session), ==, RHEO_ENGINE_STOPPED);
  gtk_window_destroy (other);
}

static const char *
word_of (GVariant *notification, const char *key)
{
  const char *text = NULL;

  g_variant_lookup (notification, key, "&s", &text);
  return text;
}

/* The button and the notification itself lead to the run. */
static void
follow (RheoAppWindow *window, GVariant *notification)
{
  g_autoptr (GVariant) target = g_variant_lookup_value (notification, "default-action-target", G_VARIANT_TYPE_STRING);
  g_autoptr (GVariant) buttons = g_variant_lookup_value (notification, "buttons", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) button = NULL;
  const char *action = word_of (notification, "default-action");

  g_assert_nonnull (buttons);
  button = g_variant_get_child_value (buttons, 0);
  g_assert_cmpstr (word_of (button, "label"), ==, "Show");
  g_assert_cmpstr (word_of (button, "action"), ==, action);
  g_assert_true (g_str_has_prefix (action, "app."));
  rheo_app_window_show_view (window, "setup");
  g_action_group_activate_action (G_ACTION_GROUP (gtk_window_get_application (GTK_WINDOW (window))), action + 4,
                                  target);
  g_assert_cmpstr (shown_view (window), ==, "live");
}

static void
test_ends (gconstpointer data)
{
  Desktop *desktop = (Desktop *) data;
  RheoAppWindow *window = ui_window_new ();

  run_unseen (window, desktop, NULL);
  g_assert_cmpstr (word_of (desktop->heard, "body"), ==, "The run is done");
  follow (window, desktop->heard);
  run_unseen (window, desktop, "1");
  g_assert_cmpstr (word_of (desktop->heard, "title"), ==, "Training diverged in epoch 1");
  follow (window, desktop->heard);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  g_autofree char *display = g_strdup (g_getenv ("DISPLAY"));
  /* It ends with the test: to stop it would wait for the program's own connection, which stays. */
  static GTestDBus *daemon;
  Desktop desktop = { 0 };
  int result;

  daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  /* This forgets the display. */
  g_test_dbus_up (daemon);
  g_setenv ("DISPLAY", display, TRUE);
  ui_test_init (&argc, &argv);
  ui_keys_start ();
  open_desktop (&desktop, daemon);
  g_test_add_data_func ("/ui/notice/ends", &desktop, test_ends);
  result = ui_test_run ();
  g_clear_pointer (&desktop.heard, g_variant_unref);
  g_clear_object (&desktop.bus);
  return result;
}
