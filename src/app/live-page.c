#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/live-page.h"

#include <glib/gi18n-lib.h>

#include "app/dashboard.h"
#include "app/live-values.h"
#include "app/run-strip.h"
#include "app/status-bar.h"
#include "widgets/common.h"

#define NARROW 1160
#define UPDATE_US (G_USEC_PER_SEC / 10) /* texts that people can read */

struct _RheoLivePage
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *stack, *strip, *dashboard, *values, *status;
  RheoEngineState state;
  gint64 updated_at;
  guint tick, idle;
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (RheoLivePage, rheo_live_page, GTK_TYPE_WIDGET)

/* --- keeping up ------------------------------------------------------------------------------------------------ */

static void
update (RheoLivePage *page)
{
  page->updated_at = g_get_monotonic_time ();
  rheo_run_strip_update (RHEO_RUN_STRIP (page->strip));
  rheo_status_bar_update (RHEO_STATUS_BAR (page->status));
}

static gboolean
tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  RheoLivePage *page = RHEO_LIVE_PAGE (widget);

  if (g_get_monotonic_time () - page->updated_at < UPDATE_US)
    return G_SOURCE_CONTINUE;
  page->tick = 0;
  update (page);
  return G_SOURCE_REMOVE;
}

static void
on_changed (RheoLivePage *page)
{
  RheoSession *session = page->context->session;
  const RheoEngineState state = rheo_session_get_state (session);

  if (rheo_session_get_experiment (session) == NULL)
    return;
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), "run");
  if (state != page->state)
    {
      page->state = state;
      update (page);
      rheo_live_values_update (RHEO_LIVE_VALUES (page->values));
    }
  else if (page->tick == 0 && gtk_widget_get_mapped (GTK_WIDGET (page)))
    page->tick = gtk_widget_add_tick_callback (GTK_WIDGET (page), tick, NULL, NULL);
}

/* Another layout, and often another run. */
static void
on_layout (RheoLivePage *page)
{
  const RheoDashboardLayout *layout = rheo_dashboard_get_layout (RHEO_DASHBOARD (page->dashboard));

  rheo_live_values_show (RHEO_LIVE_VALUES (page->values), (const char *const *) layout->values);
}

static void
on_chosen (RheoLivePage *page, const char *const *paths)
{
  rheo_dashboard_set_values (RHEO_DASHBOARD (page->dashboard), paths);
}

/* --- sizes ----------------------------------------------------------------------------------------------------- */

static void
set_narrow (RheoLivePage *page)
{
  rheo_run_strip_set_narrow (RHEO_RUN_STRIP (page->strip), page->narrow);
  rheo_live_values_set_narrow (RHEO_LIVE_VALUES (page->values), page->narrow);
  rheo_status_bar_set_narrow (RHEO_STATUS_BAR (page->status), page->narrow);
}

static gboolean
fold (gpointer data)
{
  ((RheoLivePage *) data)->idle = 0;
  set_narrow (data);
  return G_SOURCE_REMOVE;
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RheoLivePage *page = RHEO_LIVE_PAGE (widget);
  const gboolean narrow = width / rheo_text_scale () < NARROW;

  gtk_widget_size_allocate (page->stack, &(GtkAllocation){ 0, 0, width, height }, baseline);
  /* What is hidden or shown asks for another allocation, which must not happen inside this one. */
  if (narrow != page->narrow)
    {
      page->narrow = narrow;
      if (page->idle == 0)
        page->idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fold, page, NULL);
    }
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  gtk_widget_measure (RHEO_LIVE_PAGE (widget)->stack, orientation, for_size, minimum, natural, NULL, NULL);
  /* Narrower than the wide layout asks for: it folds then. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, 360);
}

/* --- the widget ------------------------------------------------------------------------------------------------ */

static void
unmap (GtkWidget *widget)
{
  RheoLivePage *page = RHEO_LIVE_PAGE (widget);

  if (page->tick != 0)
    gtk_widget_remove_tick_callback (widget, page->tick);
  page->tick = 0;
  GTK_WIDGET_CLASS (rheo_live_page_parent_class)->unmap (widget);
}

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rheo_live_page_parent_class)->map (widget);
  if (rheo_session_get_experiment (RHEO_LIVE_PAGE (widget)->context->session) != NULL)
    update (RHEO_LIVE_PAGE (widget));
}

static void
dispose (GObject *object)
{
  RheoLivePage *page = RHEO_LIVE_PAGE (object);

  g_clear_handle_id (&page->idle, g_source_remove);
  g_clear_pointer (&page->stack, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_live_page_parent_class)->dispose (object);
}

static void
rheo_live_page_class_init (RheoLivePageClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  widget->map = map;
  widget->unmap = unmap;
  widget->measure = measure;
  widget->size_allocate = size_allocate;
}

static void
rheo_live_page_init (RheoLivePage *page)
{
}

static GtkWidget *
make_empty (void)
{
  GtkWidget *status = adw_status_page_new (), *button = gtk_button_new_with_label (_ ("Set up"));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (status), "rheobase-live-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (status), _ ("Nothing has run yet"));
  adw_status_page_set_description (ADW_STATUS_PAGE (status), _ ("Choose an experiment in Set up and press Run."));
  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), "win.view::setup");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Set up"), -1);
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  adw_status_page_set_child (ADW_STATUS_PAGE (status), button);
  return status;
}

static GtkWidget *
make_run (RheoLivePage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scrolled = gtk_scrolled_window_new ();

  page->dashboard = rheo_dashboard_new (page->context);
  gtk_widget_insert_action_group (GTK_WIDGET (page), "dash",
                                  rheo_dashboard_get_actions (RHEO_DASHBOARD (page->dashboard)));
  page->strip = rheo_run_strip_new (page->context, rheo_dashboard_get_menu (RHEO_DASHBOARD (page->dashboard)));
  page->values = rheo_live_values_new (page->context);
  page->status = rheo_status_bar_new (page->context);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), page->dashboard);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), page->strip);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), page->values);
  gtk_box_append (GTK_BOX (box), page->status);
  /* What scrolls into sight is watched and shown from then on. */
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)), "value-changed",
                           G_CALLBACK (gtk_widget_queue_allocate), page->dashboard, G_CONNECT_SWAPPED);
  return box;
}

GtkWidget *
rheo_live_page_new (RheoContext *context)
{
  RheoLivePage *page = g_object_new (RHEO_TYPE_LIVE_PAGE, NULL);

  page->context = context;
  page->stack = gtk_stack_new ();
  gtk_widget_set_overflow (GTK_WIDGET (page), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_parent (page->stack, GTK_WIDGET (page));
  gtk_stack_set_hhomogeneous (GTK_STACK (page->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (page->stack), make_empty (), "empty");
  gtk_stack_add_named (GTK_STACK (page->stack), make_run (page), "run");
  g_signal_connect_object (page->dashboard, "layout", G_CALLBACK (on_layout), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->strip, "speed", G_CALLBACK (rheo_dashboard_set_speed), page->dashboard,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (page->values, "chosen", G_CALLBACK (on_chosen), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (context->session, "changed", G_CALLBACK (on_changed), page, G_CONNECT_SWAPPED);
  return GTK_WIDGET (page);
}

void
rheo_live_page_tell (RheoLivePage *page, const char *text)
{
  rheo_status_bar_tell (RHEO_STATUS_BAR (page->status), text);
}

void
rheo_live_page_export_all (RheoLivePage *page)
{
  g_action_group_activate_action (rheo_dashboard_get_actions (RHEO_DASHBOARD (page->dashboard)), "export-all", NULL);
}
