#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window-private.h"

#include <glib/gi18n-lib.h>

#define LONG_RUN (60 * G_USEC_PER_SEC) /* from here on its end is worth a notice of the desktop */

/* --- the bar --------------------------------------------------------------------------------------------------- */

static void
bar_response (GtkInfoBar *bar, int response, gpointer data)
{
  rheo_app_window_clear_notice (data);
}

GtkWidget *
rheo_app_window_make_bar (RheoAppWindow *window)
{
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  window->bar = GTK_INFO_BAR (gtk_info_bar_new ());
  window->bar_title = gtk_label_new (NULL);
  window->bar_text = gtk_label_new (NULL);
  window->bar_buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (window->bar_title, "heading");
  for (int i = 0; i < 2; i++)
    {
      GtkWidget *label = i == 0 ? window->bar_title : window->bar_text;

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_selectable (GTK_LABEL (label), i == 1);
      gtk_box_append (GTK_BOX (text), label);
    }
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (window->bar_buttons, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (line), text);
  gtk_box_append (GTK_BOX (line), window->bar_buttons);
  gtk_info_bar_add_child (window->bar, line);
  gtk_info_bar_set_show_close_button (window->bar, TRUE);
  gtk_info_bar_set_revealed (window->bar, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (window->bar), FALSE);
  g_signal_connect (window->bar, "response", G_CALLBACK (bar_response), window);
  return GTK_WIDGET (window->bar);
}

static void
button_clicked (GtkButton *button, gpointer data)
{
  rheo_app_window_clear_notice (data);
}

void
rheo_app_window_notice (RheoAppWindow *window, GtkMessageType type, const char *title, const char *text,
                        const RheoNoticeButton *buttons)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (window->bar_buttons)) != NULL)
    gtk_box_remove (GTK_BOX (window->bar_buttons), child);
  for (; buttons != NULL && buttons->label != NULL; buttons++)
    {
      GtkWidget *button = gtk_button_new_with_label (buttons->label);

      /* After the action: its target must still be there. */
      gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), buttons->action);
      g_signal_connect_after (button, "clicked", G_CALLBACK (button_clicked), window);
      gtk_box_append (GTK_BOX (window->bar_buttons), button);
    }
  gtk_label_set_label (GTK_LABEL (window->bar_title), title != NULL ? title : "");
  gtk_widget_set_visible (window->bar_title, title != NULL);
  gtk_label_set_label (GTK_LABEL (window->bar_text), text);
  gtk_info_bar_set_message_type (window->bar, type);
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title != NULL ? title : text, -1);
  gtk_widget_set_visible (GTK_WIDGET (window->bar), TRUE);
  gtk_info_bar_set_revealed (window->bar, TRUE);
}

void
rheo_app_window_clear_notice (RheoAppWindow *window)
{
  gtk_info_bar_set_revealed (window->bar, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (window->bar), FALSE);
}

/* --- how runs end ---------------------------------------------------------------------------------------------- */

static void
tell_desktop (RheoAppWindow *window, const char *title, const char *body)
{
  g_autoptr (GNotification) notification = NULL;

  if (gtk_window_is_active (GTK_WINDOW (window)) || g_get_monotonic_time () - window->started < LONG_RUN)
    return;
  notification = g_notification_new (title);
  g_notification_set_body (notification, body);
  g_application_send_notification (G_APPLICATION (gtk_window_get_application (GTK_WINDOW (window))), "run",
                                   notification);
}

/* The iteration of the newest checkpoint before the run diverged; -1: there is none. */
static int64_t
last_checkpoint (const char *path)
{
  g_autoptr (RheoRun) run = path != NULL ? rheo_run_open (path, NULL) : NULL;
  int n = 0;
  const RheoPlace *places = run != NULL ? rheo_run_get_checkpoints (run, &n) : NULL;

  return n > 0 ? places[n - 1].iteration : -1;
}

static void
tell_diverged (RheoAppWindow *window)
{
  RheoSession *session = window->context.session;
  const char *path = rheo_session_get_path (session), *unit = rheo_session_get_unit (session);
  const char *reason = rheo_session_get_reason (session);
  const int64_t at = last_checkpoint (path);
  g_autofree char *title = NULL, *back = NULL, *branch = NULL, *retry = NULL;
  RheoNoticeButton buttons[3] = { 0 };

  title = g_strdup_printf (_ ("Training diverged in %s %" G_GINT64_FORMAT), unit,
                           rheo_session_get_place (session).iteration + 1);
  if (at >= 0)
    {
      back = g_strdup_printf (_ ("Go back to %s %" G_GINT64_FORMAT), unit, at);
      branch = g_action_print_detailed_name ("win.branch", g_variant_new ("(sx)", path, at));
      retry = g_action_print_detailed_name ("win.retry", g_variant_new ("(sx)", path, at));
      buttons[0] = (RheoNoticeButton){ back, branch };
      if (rheo_experiment_find (rheo_session_get_experiment (session), "rule.optimiser.lr", &(void *){ NULL }, NULL))
        buttons[1] = (RheoNoticeButton){ _ ("Halve learning rate and retry"), retry };
    }
  rheo_app_window_notice (window, GTK_MESSAGE_ERROR, title,
                          reason != NULL ? reason : _ ("The loss is no longer a number."), buttons);
  tell_desktop (window, title, reason != NULL ? reason : "");
}

static void
tell_fault (RheoAppWindow *window, const GError *error)
{
  const char *path = rheo_session_get_path (window->context.session);
  const gboolean there = path != NULL && last_checkpoint (path) >= 0;
  const gboolean full = g_error_matches (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE);
  g_autofree char *resume = there ? g_action_print_detailed_name ("win.resume", g_variant_new_string (path)) : NULL;
  RheoNoticeButton buttons[3] = { 0 };
  int n = 0;

  if (there && full)
    buttons[n++] = (RheoNoticeButton){ _ ("Choose another folder…"), "win.choose-folder" };
  if (there)
    buttons[n++] = (RheoNoticeButton){ _ ("Resume"), resume };
  rheo_app_window_notice (window, GTK_MESSAGE_ERROR, full ? _ ("The disk is full") : _ ("The run ended early"),
                          error->message, buttons);
  tell_desktop (window, _ ("The run ended early"), error->message);
}

void
rheo_app_window_tell_end (RheoAppWindow *window)
{
  RheoSession *session = window->context.session;
  const RheoExperiment *experiment = rheo_session_get_experiment (session);
  const char *title = experiment != NULL ? rheo_experiment_get_title (experiment) : "";
  g_autofree char *text = NULL;

  if (window->closing)
    return;
  if (rheo_session_get_error (session) != NULL)
    tell_fault (window, rheo_session_get_error (session));
  else if (rheo_session_get_stop (session) == RHEO_STOP_DIVERGED)
    tell_diverged (window);
  else if (rheo_session_get_stop (session) == RHEO_STOP_SOLVED)
    {
      text = g_strdup_printf (_ ("Solved after %" G_GINT64_FORMAT " %s"), rheo_session_get_place (session).iteration,
                              rheo_session_get_unit (session));
      rheo_app_window_toast (window, text, NULL, NULL);
      tell_desktop (window, title, text);
    }
  else if (rheo_session_get_stop (session) != RHEO_STOP_USER)
    tell_desktop (window, title, _ ("The run is done"));
}

/* --- after a crash --------------------------------------------------------------------------------------------- */

void
rheo_app_window_tell_interrupted (RheoAppWindow *window)
{
  GListModel *library = G_LIST_MODEL (window->context.library);
  g_autofree char *unfinished = g_settings_get_string (window->context.settings, "unfinished-run");

  for (guint i = 0; !window->asked_interrupted && i < g_list_model_get_n_items (library); i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (library, i);
      const RheoRunFacts *facts = rheo_run_item_get_facts (item);
      const gboolean left = facts->state == RHEO_ITEM_STOPPED && g_strcmp0 (facts->path, unfinished) == 0;
      g_autofree char *text = NULL, *resume = NULL;

      if (facts->state != RHEO_ITEM_INTERRUPTED && !left)
        continue;
      window->asked_interrupted = TRUE;
      g_settings_set_string (window->context.settings, "unfinished-run", "");
      text = g_strdup_printf (left ? _ ("%s was stopped at %s %" G_GINT64_FORMAT " when the window was closed.")
                                   : _ ("%s was interrupted at %s %" G_GINT64_FORMAT "."),
                              facts->name, facts->unit != NULL ? facts->unit : _ ("iteration"), facts->iteration);
      resume = g_action_print_detailed_name ("win.resume", g_variant_new_string (facts->path));
      rheo_app_window_notice (
          window, GTK_MESSAGE_INFO, NULL, text,
          (RheoNoticeButton[]){ { _ ("Resume"), resume }, { _ ("Dismiss"), "win.dismiss" }, { NULL } });
    }
}
