#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "app/run-end.h"
#include "widgets/number-text.h"

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
  GtkWidget *revealer = gtk_revealer_new ();

  window->bar = g_object_new (GTK_TYPE_INFO_BAR, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT, NULL);
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
  window->bar_details = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (window->bar_details), 0);
  gtk_label_set_wrap (GTK_LABEL (window->bar_details), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (window->bar_details), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (window->bar_details), TRUE);
  gtk_widget_add_css_class (window->bar_details, "caption");
  gtk_revealer_set_child (GTK_REVEALER (revealer), window->bar_details);
  gtk_box_append (GTK_BOX (text), revealer);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (window->bar_buttons, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (line), text);
  gtk_box_append (GTK_BOX (line), window->bar_buttons);
  window->bar_icon = gtk_image_new ();
  gtk_widget_set_valign (window->bar_icon, GTK_ALIGN_CENTER);
  gtk_box_prepend (GTK_BOX (line), window->bar_icon);
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

/* State is never colour alone. */
static const char *
icon_of (GtkMessageType type)
{
  return type == GTK_MESSAGE_ERROR     ? "dialog-error-symbolic"
         : type == GTK_MESSAGE_WARNING ? "dialog-warning-symbolic"
                                       : "dialog-information-symbolic";
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
  gtk_revealer_set_reveal_child (GTK_REVEALER (gtk_widget_get_ancestor (window->bar_details, GTK_TYPE_REVEALER)),
                                 FALSE);
  gtk_info_bar_set_message_type (window->bar, type);
  gtk_image_set_from_icon_name (GTK_IMAGE (window->bar_icon), icon_of (type));
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

void
rheo_app_window_tell_saved (RheoAppWindow *window, const char *path, const GError *error,
                            const RheoNoticeButton *buttons)
{
  g_autofree char *shown = g_path_get_basename (path), *text = NULL, *action = NULL;

  if (error != NULL)
    {
      text = g_strdup_printf (_ ("%s could not be saved"), shown);
      rheo_app_window_notice (window, GTK_MESSAGE_ERROR, text, error->message, buttons);
      return;
    }
  text = g_strdup_printf (_ ("Saved %s"), shown);
  action = g_action_print_detailed_name ("win.show-file", g_variant_new_string (path));
  rheo_app_window_toast (window, text, _ ("Show"), action);
}

static void
details_toggled (GtkToggleButton *button, GParamSpec *pspec, gpointer revealer)
{
  gtk_revealer_set_reveal_child (revealer, gtk_toggle_button_get_active (button));
}

/* A first button that shows more, which can be selected and copied. */
static void
add_details (RheoAppWindow *window, const char *text)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (_ ("Details"));

  gtk_label_set_label (GTK_LABEL (window->bar_details), text);
  g_signal_connect_object (button, "notify::active", G_CALLBACK (details_toggled),
                           gtk_widget_get_ancestor (window->bar_details, GTK_TYPE_REVEALER), 0);
  gtk_box_prepend (GTK_BOX (window->bar_buttons), button);
}

/* --- how runs end ---------------------------------------------------------------------------------------------- */

/* A dialog of the program has the focus as well as its window. */
static gboolean
has_focus (GtkApplication *application)
{
  for (GList *window = gtk_application_get_windows (application); window != NULL; window = window->next)
    if (gtk_window_is_active (window->data))
      return TRUE;
  return FALSE;
}

void
rheo_app_window_tell_desktop (RheoAppWindow *window, gint64 began, const RheoNews *news)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));
  g_autoptr (GNotification) notification = NULL;

  if (!rheo_run_end_is_news (has_focus (application), g_get_monotonic_time () - began))
    return;
  notification = g_notification_new (news->title);
  g_notification_set_body (notification, news->body);
  g_notification_set_default_action_and_target (notification, news->action, "s", news->target);
  g_notification_add_button_with_target (notification, _ ("Show"), news->action, "s", news->target);
  g_application_send_notification (G_APPLICATION (application), news->id, notification);
}

static void
tell_desktop (RheoAppWindow *window, const char *title, const char *body)
{
  const char *path = rheo_session_get_path (window->context.session);

  rheo_app_window_tell_desktop (window, window->started,
                                &(RheoNews){ "run", title, body, "app.show-run", path != NULL ? path : "" });
}

/* "The gradient had grown 10,000 times since epoch 5." */
static char *
describe_growth (const RheoRunEnd *end, const char *unit)
{
  g_autofree char *times = rheo_number_dup_fixed (end->growth, 0);

  return end->growth > 0
             ? g_strdup_printf (_ ("The gradient had grown %s times since %s %" PRId64 "."), times, unit, end->since)
             : g_strdup ("");
}

/* "Batch 3: the loss is no longer a number.": the bar names the iteration, so that the batch can wait in the details. */
static char *
describe_reason (const char *reason)
{
  const char *what = reason != NULL ? strstr (reason, ": ") : NULL;
  g_autofree char *first = NULL;

  if (what == NULL)
    return g_strdup (_ ("The loss is no longer a number."));
  what += strlen (": ");
  first = g_utf8_strup (what, (gssize) (g_utf8_next_char (what) - what));
  return g_strconcat (first, g_utf8_next_char (what), NULL);
}

static void
tell_diverged (RheoAppWindow *window, const RheoRunEnd *end)
{
  RheoSession *session = window->context.session;
  const char *path = rheo_session_get_path (session), *unit = rheo_session_get_unit (session);
  const char *reason = rheo_session_get_reason (session);
  g_autofree char *growth = describe_growth (end, unit), *why = describe_reason (reason);
  g_autofree char *title = NULL, *text = NULL, *details = NULL, *back = NULL, *branch = NULL, *retry = NULL;
  RheoNoticeButton buttons[3] = { 0 };

  title =
      g_strdup_printf (_ ("Training diverged in %s %" PRId64), unit, rheo_session_get_place (session).iteration + 1);
  text = g_strdup_printf ("%s%s%s", why, *growth != '\0' ? " " : "", growth);
  details = g_strdup_printf ("%s%s%s", reason != NULL ? reason : "", reason != NULL && path != NULL ? "\n" : "",
                             path != NULL ? path : "");
  if (end->checkpoint >= 0)
    {
      GVariant *place = g_variant_ref_sink (g_variant_new ("(sx)", path, (gint64) end->checkpoint));

      back = g_strdup_printf (_ ("Go back to %s %" PRId64), unit, end->checkpoint);
      branch = g_action_print_detailed_name ("win.branch", place);
      retry = g_action_print_detailed_name ("win.retry", place);
      g_variant_unref (place);
      buttons[0] = (RheoNoticeButton){ back, branch };
      if (rheo_experiment_find (rheo_session_get_experiment (session), "rule.optimiser.lr", &(void *){ NULL }, NULL))
        buttons[1] = (RheoNoticeButton){ _ ("Halve learning rate and retry"), retry };
    }
  rheo_app_window_notice (window, GTK_MESSAGE_ERROR, title, text, buttons);
  add_details (window, details);
  /* The way out that one takes most. */
  if (buttons[1].label != NULL)
    gtk_widget_add_css_class (gtk_widget_get_last_child (window->bar_buttons), "suggested-action");
  tell_desktop (window, title, text);
}

static void
tell_fault (RheoAppWindow *window, const RheoRunEnd *end, const GError *error)
{
  const char *path = rheo_session_get_path (window->context.session);
  const char *unit = rheo_session_get_unit (window->context.session);
  const gboolean there = path != NULL && end->checkpoint >= 0;
  const gboolean full = g_error_matches (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE);
  const gboolean no_data = g_error_matches (error, RHEO_ERROR, RHEO_ERROR_NO_DATA);
  g_autofree char *resume = there ? g_action_print_detailed_name ("win.resume", g_variant_new_string (path)) : NULL;
  g_autofree char *text = NULL;
  RheoNoticeButton buttons[3] = { 0 };
  int n = 0;

  window->left = there;
  if (no_data)
    {
      buttons[n++] = (RheoNoticeButton){ _ ("Choose or download…"), "win.view::setup" };
      buttons[n++] = (RheoNoticeButton){ _ ("Use synthetic data"), "win.use-synthetic(true)" };
    }
  else if (full || (!there && g_error_matches (error, RHEO_ERROR, RHEO_ERROR_IO)))
    buttons[n++] = (RheoNoticeButton){ _ ("Choose another folder…"), "win.choose-folder" };
  if (there)
    buttons[n++] = (RheoNoticeButton){ _ ("Resume"), resume };
  /* What comes again after the checkpoint comes out the same, so that only time is lost. */
  text = full && there ? g_strdup (_ ("The run is paused and nothing is lost."))
         : there ? g_strdup_printf (_ ("The run has stopped and nothing is lost. It goes on from %s %" PRId64 "."),
                                    unit, end->checkpoint)
         : full  ? g_strdup (_ ("The run had no checkpoint yet. It starts anew in another folder."))
                 : g_strdup (error->message);
  rheo_app_window_notice (window, GTK_MESSAGE_ERROR,
                          full      ? _ ("The disk is full.")
                          : no_data ? NULL
                                    : _ ("The run ended early"),
                          text, buttons);
  if (there || full)
    add_details (window, error->message);
  tell_desktop (window, full ? _ ("The disk is full.") : _ ("The run ended early"), text);
}

static void
read_end (GTask *task, gpointer window, gpointer path, GCancellable *cancellable)
{
  RheoRunEnd *end = g_new (RheoRunEnd, 1);

  *end = rheo_run_end_read (path);
  g_task_return_pointer (task, end, g_free);
}

static void
end_read (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoAppWindow *window = RHEO_APP_WINDOW (object);
  RheoSession *session = window->context.session;
  g_autofree RheoRunEnd *end = g_task_propagate_pointer (G_TASK (result), NULL);

  /* Closed, or the next run has begun meanwhile. */
  if (session == NULL || window->closing || rheo_session_is_going (session))
    return;
  if (rheo_session_get_error (session) != NULL)
    tell_fault (window, end, rheo_session_get_error (session));
  else
    tell_diverged (window, end);
}

static void
look_at_end (RheoAppWindow *window)
{
  g_autoptr (GTask) task = g_task_new (window, NULL, end_read, NULL);

  g_task_set_task_data (task, g_strdup (rheo_session_get_path (window->context.session)), g_free);
  g_task_run_in_thread (task, read_end);
}

void
rheo_app_window_tell_end (RheoAppWindow *window)
{
  RheoSession *session = window->context.session;
  const RheoExperiment *experiment = rheo_session_get_experiment (session);
  const char *title = experiment != NULL ? rheo_experiment_get_shown_title (experiment) : "";
  g_autofree char *text = NULL;

  if (window->closing)
    return;
  if (rheo_session_get_error (session) != NULL || rheo_session_get_stop (session) == RHEO_STOP_DIVERGED)
    look_at_end (window);
  else if (rheo_session_get_stop (session) == RHEO_STOP_SOLVED)
    {
      g_autofree char *at = rheo_number_dup_count (rheo_session_get_place (session).iteration);

      text = g_strdup_printf (_ ("Solved at %s %s"), rheo_session_get_unit (session), at);
      rheo_app_window_toast (window, text, NULL, NULL);
      tell_desktop (window, title, text);
    }
  else if (rheo_session_get_stop (session) != RHEO_STOP_USER)
    tell_desktop (window, title, _ ("The run is done"));
}

void
rheo_app_window_show_ended (RheoAppWindow *window, const char *path)
{
  const char *current = rheo_session_get_path (window->context.session);

  if (*path == '\0' || g_strcmp0 (current, path) == 0)
    rheo_app_window_show_view (window, "live");
  else
    g_action_group_activate_action (G_ACTION_GROUP (window), "show-run", g_variant_new_string (path));
}

/* --- after a crash --------------------------------------------------------------------------------------------- */

void
rheo_app_window_tell_interrupted (RheoAppWindow *window, RheoRunItem *item)
{
  const RheoRunFacts *facts = rheo_run_item_get_facts (item);
  g_autofree char *unfinished = g_settings_get_string (window->context.settings, "unfinished-run");
  const gboolean left = facts->state == RHEO_ITEM_STOPPED && g_strcmp0 (facts->path, unfinished) == 0;
  g_autofree char *text = NULL, *resume = NULL;
  int n_waiting;

  if (window->asked_interrupted || (facts->state != RHEO_ITEM_INTERRUPTED && !left))
    return;
  window->asked_interrupted = TRUE;
  g_settings_set_string (window->context.settings, "unfinished-run", "");
  n_waiting = rheo_app_window_count_left (window);
  text = g_strdup_printf (left ? _ ("%s was stopped at %s %" PRId64 " when the window was closed.")
                               : _ ("%s was interrupted at %s %" PRId64 "."),
                          facts->name, facts->unit != NULL ? facts->unit : _ ("iteration"), facts->iteration);
  if (n_waiting > 0)
    {
      g_autofree char *more =
          g_strdup_printf (ngettext ("%d run waits for it.", "%d runs wait for it.", (gulong) n_waiting), n_waiting);
      char *both = g_strdup_printf ("%s %s", text, more);

      g_free (text);
      text = both;
    }
  resume = g_action_print_detailed_name ("win.go-on", g_variant_new_string (facts->path));
  rheo_app_window_notice (
      window, GTK_MESSAGE_INFO, NULL, text,
      (RheoNoticeButton[]){ { _ ("Resume"), resume }, { _ ("Dismiss"), "win.forget-waiting" }, { NULL } });
}
