#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window-private.h"

#include <glib/gi18n-lib.h>

#include "app/sweep-new.h"

static void
on_start (RheoSweepNew *dialog, RheoSweep *sweep, RheoAppWindow *window)
{
  g_autoptr (GError) error = NULL;
  RheoSweepWatch *watch = rheo_sweeps_add (window->context.sweeps, sweep, &error);

  if (watch == NULL)
    {
      rheo_app_window_notice (window, GTK_MESSAGE_WARNING, NULL, error->message, NULL);
      return;
    }
  rheo_app_window_show_view (window, "sweeps");
  rheo_sweeps_page_show (window->sweeps_page, watch);
}

static void
new_sweep_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;
  const char *key = parameter != NULL ? g_variant_get_string (parameter, NULL) : NULL;
  RheoSweepNew *dialog = rheo_sweep_new_open (GTK_WINDOW (window), &window->context, key);

  g_signal_connect_object (dialog, "start", G_CALLBACK (on_start), window, 0);
}

static void
ready_sweep_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSweep) sweep = rheo_sweep_load (g_variant_get_string (parameter, NULL), &error);

  if (sweep == NULL)
    rheo_app_window_notice (window, GTK_MESSAGE_WARNING, NULL, error->message, NULL);
  else
    g_signal_connect_object (rheo_sweep_new_open_ready (GTK_WINDOW (window), &window->context, sweep), "start",
                             G_CALLBACK (on_start), window, 0);
}

static void
show_form_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_app_window_show_form (data);
  rheo_app_window_show_view (data, "setup");
}

static void
tell_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  rheo_app_window_toast (data, g_variant_get_string (parameter, NULL), NULL, NULL);
}

static void
on_resumed (RheoSweeps *sweeps, RheoSweepWatch *watch, RheoAppWindow *window)
{
  const RheoSweepSight *sight = rheo_sweep_watch_get (watch);
  int n = sight->count[RHEO_ROW_WAITING] + sight->count[RHEO_ROW_RUNNING];
  g_autofree char *text = g_strdup_printf (ngettext ("%s goes on: %d run left", "%s goes on: %d runs left", (gulong) n),
                                           rheo_sweep_get_shown_title (rheo_sweep_watch_get_sweep (watch)), n);

  rheo_app_window_toast (window, text, _ ("Show"), "win.view::sweeps");
}

static void
on_ended (RheoSweeps *sweeps, RheoSweepWatch *watch, RheoAppWindow *window)
{
  const RheoSweepSight *sight = rheo_sweep_watch_get (watch);
  const int n_failed = sight->count[RHEO_ROW_FAILED], n_diverged = sight->count[RHEO_ROW_DIVERGED];
  g_autofree char *text = g_strdup_printf (_ ("%s is done"),
                                           rheo_sweep_get_shown_title (rheo_sweep_watch_get_sweep (watch))),
                  *runs = g_strdup_printf (ngettext ("%d run", "%d runs", (gulong) sight->n_rows), sight->n_rows),
                  *diverged = n_diverged > 0 ? g_strdup_printf (_ (", %d diverged"), n_diverged) : g_strdup (""),
                  *failed = n_failed > 0 ? g_strdup_printf (_ (", %d failed"), n_failed) : g_strdup (""),
                  *body = g_strconcat (runs, diverged, failed, NULL);

  rheo_app_window_tell_desktop (window, rheo_sweep_watch_get_began (watch),
                                &(RheoNews){ "sweep", text, body, "app.show-view", "sweeps" });
  rheo_app_window_toast (window, text, _ ("Show"), "win.view::sweeps");
}

static void
on_trouble (RheoSweeps *sweeps, const char *text, RheoAppWindow *window)
{
  rheo_app_window_notice (window, GTK_MESSAGE_WARNING, NULL, text, NULL);
}

void
rheo_app_window_follow_sweeps (RheoAppWindow *window)
{
  const GActionEntry actions[] = {
    { "new-sweep", new_sweep_activated },
    { "sweep-value", new_sweep_activated, "s" },
    { "ready-sweep", ready_sweep_activated, "s" },
    { "show-form", show_form_activated },
    { "tell", tell_activated, "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  g_signal_connect_object (window->context.sweeps, "resumed", G_CALLBACK (on_resumed), window, 0);
  g_signal_connect_object (window->context.sweeps, "ended", G_CALLBACK (on_ended), window, 0);
  g_signal_connect_object (window->context.sweeps, "trouble", G_CALLBACK (on_trouble), window, 0);
}
