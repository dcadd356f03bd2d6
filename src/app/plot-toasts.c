#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/plot-toasts.h"

#include <glib/gi18n-lib.h>

#include "app/window.h"

#define TOGETHER (2 * G_USEC_PER_SEC) /* figures saved so soon after each other are told of in one */

typedef struct
{
  AdwToast *toast; /* owned; of the last saved figure, while it is shown or waits */
  guint n;
  gint64 time;
} Saved;

static void
free_saved (gpointer data)
{
  Saved *saved = data;

  g_clear_object (&saved->toast);
  g_free (saved);
}

static RheoAppWindow *
window_of (RheoPlotView *view)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (view));

  /* A plot in a window of its own stands beside the one that has the toasts. */
  if (GTK_IS_WINDOW (root) && gtk_window_get_transient_for (GTK_WINDOW (root)) != NULL)
    root = GTK_ROOT (gtk_window_get_transient_for (GTK_WINDOW (root)));
  return RHEO_IS_APP_WINDOW (root) ? RHEO_APP_WINDOW (root) : NULL;
}

static void
forget_toast (AdwToast *toast, gpointer window)
{
  Saved *saved = g_object_get_data (window, "saved-figures");

  if (saved != NULL && saved->toast == toast)
    g_clear_object (&saved->toast);
}

static void
exported (RheoPlotView *view, const char *path, gpointer data)
{
  RheoAppWindow *window = window_of (view);
  Saved *saved = window != NULL ? g_object_get_data (G_OBJECT (window), "saved-figures") : NULL;
  g_autofree char *name = g_path_get_basename (path), *text = NULL, *action = NULL;
  g_autoptr (GVariant) target = g_variant_ref_sink (g_variant_new_string (path));

  if (window == NULL)
    return;
  if (saved == NULL)
    {
      saved = g_new0 (Saved, 1);
      g_object_set_data_full (G_OBJECT (window), "saved-figures", saved, free_saved);
    }
  saved->n = saved->toast != NULL && g_get_monotonic_time () - saved->time < TOGETHER ? saved->n + 1 : 1;
  saved->time = g_get_monotonic_time ();
  if (saved->n > 1)
    {
      text = g_strdup_printf (ngettext ("Saved %u figure", "Saved %u figures", saved->n), saved->n);
      if (rheo_app_window_change_toast (window, saved->toast, text))
        return;
      saved->n = 1;
      g_clear_pointer (&text, g_free);
    }
  text = g_strdup_printf (_ ("Saved %s"), name);
  action = g_action_print_detailed_name ("win.show-file", target);
  g_set_object (&saved->toast, rheo_app_window_toast (window, text, _ ("Show"), action));
  g_signal_connect_object (saved->toast, "dismissed", G_CALLBACK (forget_toast), window, 0);
}

static void
export_failed (RheoPlotView *view, const char *why, gpointer data)
{
  RheoAppWindow *window = window_of (view);

  if (window != NULL)
    rheo_app_window_toast (window, why, NULL, NULL);
}

static void
copied (RheoPlotView *view, gpointer data)
{
  RheoAppWindow *window = window_of (view);

  if (window != NULL)
    rheo_app_window_toast (window, _ ("Figure copied"), NULL, NULL);
}

void
rheo_plot_toasts_follow (RheoPlotView *view)
{
  g_signal_connect (view, "exported", G_CALLBACK (exported), NULL);
  g_signal_connect (view, "export-failed", G_CALLBACK (export_failed), NULL);
  g_signal_connect (view, "copied", G_CALLBACK (copied), NULL);
}
