/* No pattern of clicks and keys hides a toast at a wrong time. */
#include "config.h"

#include "ui-test.h"

#include "app/window-private.h"

#define TOASTS 6

static RheoAppWindow *
open_window (void)
{
  RheoAppWindow *window = ui_window_new ();

  g_object_set (gtk_widget_get_settings (GTK_WIDGET (window)), "gtk-enable-animations", TRUE, NULL);
  return window;
}

/* What the pointer would press there, or NULL. */
static GtkButton *
button_under (GtkWidget *overlay, GtkWidget *button)
{
  double x, y;
  GtkWidget *hit;

  if (!gtk_widget_translate_coordinates (button, overlay, gtk_widget_get_width (button) / 2.0,
                                         gtk_widget_get_height (button) / 2.0, &x, &y))
    return NULL;
  hit = gtk_widget_pick (overlay, x, y, GTK_PICK_DEFAULT);
  while (hit != NULL && !GTK_IS_BUTTON (hit))
    hit = gtk_widget_get_parent (hit);
  return hit == button ? GTK_BUTTON (hit) : NULL;
}

/* The button of any toast, the text NULL: that closes it, which can be pressed now. */
static GtkButton *
find_button (RheoAppWindow *window, const char *text)
{
  GtkWidget *overlay = GTK_WIDGET (window->toasts), *toast = gtk_widget_get_first_child (overlay);

  while ((toast = gtk_widget_get_next_sibling (toast)) != NULL)
    for (GtkWidget *part = gtk_widget_get_first_child (toast); part != NULL; part = gtk_widget_get_next_sibling (part))
      {
        GtkButton *button = GTK_IS_BUTTON (part) ? button_under (overlay, part) : NULL;

        if (button != NULL && g_strcmp0 (gtk_button_get_label (button), text) == 0)
          return button;
      }
  return NULL;
}

typedef struct
{
  RheoAppWindow *window;
  int n_gone;
} Closing;

static void
count (AdwToast *toast, int *n)
{
  ++*n;
}

/* Presses as fast as they come. */
static gboolean
press_close (gpointer data)
{
  Closing *closing = data;
  GtkButton *button = find_button (closing->window, NULL);

  if (button != NULL)
    g_signal_emit_by_name (button, "clicked");
  return closing->n_gone == TOASTS
         && gtk_widget_get_last_child (GTK_WIDGET (closing->window->toasts))
                == gtk_widget_get_first_child (GTK_WIDGET (closing->window->toasts));
}

static void
test_close (void)
{
  Closing closing = { open_window (), 0 };

  for (int i = 0; i < TOASTS; i++)
    g_signal_connect (rheo_app_window_toast (closing.window, "Text", NULL, NULL), "dismissed", G_CALLBACK (count),
                      &closing.n_gone);
  ui_wait (press_close, &closing);
  ui_window_close (closing.window);
}

static gboolean
has_undo (gpointer data)
{
  return find_button (data, "Undo") != NULL;
}

static gboolean
has_no_toast (gpointer data)
{
  GtkWidget *overlay = GTK_WIDGET (((RheoAppWindow *) data)->toasts);

  return gtk_widget_get_first_child (overlay) == gtk_widget_get_last_child (overlay);
}

/* Two clicks that come together press once. */
static void
test_button (void)
{
  RheoAppWindow *window = open_window ();
  int n_clicked = 0;

  g_signal_connect (rheo_app_window_toast (window, "Text", "Undo", NULL), "button-clicked", G_CALLBACK (count),
                    &n_clicked);
  ui_wait (has_undo, window);
  for (int i = 0; i < 2; i++)
    if (find_button (window, "Undo") != NULL)
      g_signal_emit_by_name (find_button (window, "Undo"), "clicked");
  ui_wait (has_no_toast, window);
  g_assert_cmpint (n_clicked, ==, 1);
  ui_window_close (window);
}

/* A toast that goes does not take another text. */
static void
test_change (void)
{
  RheoAppWindow *window = open_window ();
  AdwToast *toast = rheo_app_window_toast (window, "One", "Undo", NULL);

  g_assert_true (rheo_app_window_change_toast (window, toast, "Two"));
  ui_wait (has_undo, window);
  g_assert_true (rheo_app_window_change_toast (window, toast, "Three & four"));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window->toasts), "Three & four"));
  g_signal_emit_by_name (find_button (window, "Undo"), "clicked");
  g_assert_false (rheo_app_window_change_toast (window, toast, "Five"));
  ui_window_close (window);
}

static gboolean
has_run (gpointer data)
{
  return rheo_session_get_n_batches (rheo_app_window_get_context (data)->session) > 0;
}

/* What a toast said can be read in the status bar when it has gone, and until the next one. */
static void
test_kept (void)
{
  RheoAppWindow *window = open_window ();
  GtkWidget *live = GTK_WIDGET (window->live_page);

  ui_activate (GTK_WIDGET (window), "win.start::robot-clean");
  ui_wait (has_run, window);
  rheo_app_window_toast (window, "One", NULL, NULL);
  ui_settle (live);
  g_assert_nonnull (ui_find_text (live, "One"));
  ui_wait (has_no_toast, window);
  g_assert_nonnull (ui_find_text (live, "One"));
  rheo_app_window_toast (window, "Two", NULL, NULL);
  g_assert_null (ui_find_text (live, "One"));
  g_assert_nonnull (ui_find_text (live, "Two"));
  ui_window_close (window);
}

/* Where the desktop has no animations, what shows a toast is gone before the toast says that it goes. */
static void
test_still (void)
{
  RheoAppWindow *window = ui_window_new ();

  g_object_set (gtk_widget_get_settings (GTK_WIDGET (window)), "gtk-enable-animations", FALSE, NULL);
  for (int i = 0; i < 3; i++)
    {
      AdwToast *toast = rheo_app_window_toast (window, "One", NULL, NULL);

      ui_settle (GTK_WIDGET (window));
      adw_toast_dismiss (toast);
      ui_wait (has_no_toast, window);
    }
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/toasts/close", test_close);
  g_test_add_func ("/ui/toasts/button", test_button);
  g_test_add_func ("/ui/toasts/change", test_change);
  g_test_add_func ("/ui/toasts/kept", test_kept);
  g_test_add_func ("/ui/toasts/still", test_still);
  return ui_test_run ();
}
