#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/dashboard-private.h"

/* --- dragging: the gap opens where the card would land ----------------------------------------------------------- */

static GdkContentProvider *
prepare_drag (GtkDragSource *source, double x, double y, gpointer card)
{
  return gdk_content_provider_new_typed (RHEO_TYPE_PLOT_CARD, card);
}

static void
begin_drag (GtkDragSource *source, GdkDrag *drag, gpointer card)
{
  RheoDashboard *d = RHEO_DASHBOARD (gtk_widget_get_parent (card));
  g_autoptr (GdkPaintable) live = gtk_widget_paintable_new (card);
  g_autoptr (GdkPaintable) still = gdk_paintable_get_current_image (live);

  gtk_drag_source_set_icon (source, still, 20, 16);
  d->dragged = card;
  g_free (d->before_drag);
  d->before_drag = rheo_dashboard_layout_dup_json (d->layout);
  d->drag_from = rheo_dashboard_index_of (d, card);
  gtk_widget_set_opacity (card, 0.3);
}

static void
end_drag (RheoDashboard *d)
{
  gtk_widget_set_opacity (d->dragged, 1);
  d->dragged = NULL;
}

static gboolean
cancel_drag (GtkDragSource *source, GdkDrag *drag, GdkDragCancelReason reason, gpointer card)
{
  RheoDashboard *d = RHEO_DASHBOARD (gtk_widget_get_parent (card));

  if (d->dragged == NULL)
    return FALSE;
  rheo_dashboard_move (d, rheo_dashboard_index_of (d, d->dragged), d->drag_from);
  end_drag (d);
  return FALSE;
}

static void
finish_drag (GtkDragSource *source, GdkDrag *drag, gboolean delete_data, gpointer card)
{
  RheoDashboard *d = RHEO_DASHBOARD (gtk_widget_get_parent (card));

  g_autofree char *title = NULL, *text = NULL;

  if (d->dragged == NULL)
    return;
  end_drag (d);
  if (rheo_dashboard_index_of (d, card) == d->drag_from)
    return;
  rheo_dashboard_store (d);
  title = rheo_dashboard_dup_title (d, rheo_dashboard_index_of (d, card));
  text = g_strdup_printf (_ ("Moved %s"), title);
  rheo_dashboard_tell (d, text, d->before_drag);
}

static GdkDragAction
move_over (GtkDropTarget *target, double x, double y, gpointer data)
{
  RheoDashboard *d = data;

  for (guint i = 0; d->dragged != NULL && i < d->cells->len; i++)
    {
      const RheoDashboardCell *cell = d->cells->pdata[i];

      if (x < cell->x || x >= cell->x + cell->width || y < cell->y || y >= cell->y + cell->height)
        continue;
      if (cell->card != d->dragged)
        rheo_dashboard_move (d, rheo_dashboard_index_of (d, d->dragged), rheo_dashboard_index_of (d, cell->card));
      break;
    }
  return GDK_ACTION_MOVE;
}

static gboolean
drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer data)
{
  return ((RheoDashboard *) data)->dragged != NULL;
}

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, gpointer card)
{
  if (n_press == 2)
    gtk_widget_activate_action (card, "card.wide", NULL);
}

void
rheo_dashboard_add_drag (RheoDashboard *d, RheoDashboardCell *cell)
{
  GtkWidget *header = rheo_plot_card_get_header (RHEO_PLOT_CARD (cell->card));
  GtkDragSource *source = gtk_drag_source_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (prepare_drag), cell->card);
  g_signal_connect (source, "drag-begin", G_CALLBACK (begin_drag), cell->card);
  g_signal_connect (source, "drag-cancel", G_CALLBACK (cancel_drag), cell->card);
  g_signal_connect (source, "drag-end", G_CALLBACK (finish_drag), cell->card);
  gtk_widget_add_controller (header, GTK_EVENT_CONTROLLER (source));
  g_signal_connect (click, "pressed", G_CALLBACK (pressed), cell->card);
  gtk_widget_add_controller (header, GTK_EVENT_CONTROLLER (click));
}

/* --- keys ------------------------------------------------------------------------------------------------------- */

/* The card that has the focus, or NULL. */
static GtkWidget *
focused_card (RheoDashboard *d)
{
  GtkWidget *card = gtk_widget_get_focus_child (GTK_WIDGET (d));

  return card != NULL && RHEO_IS_PLOT_CARD (card) ? card : NULL;
}

/* Place among the cards that are shown, steps further. */
static void
step (RheoDashboard *d, GtkWidget *card, int by)
{
  for (int i = 0; i < (int) d->cells->len; i++)
    {
      const RheoDashboardCell *cell = d->cells->pdata[i];
      const int to = CLAMP (i + by, 0, (int) d->cells->len - 1);

      if (cell->card != card)
        continue;
      rheo_dashboard_move (d, rheo_dashboard_index_of (d, card),
                           rheo_dashboard_index_of (d, ((RheoDashboardCell *) d->cells->pdata[to])->card));
      return;
    }
}

static gboolean
key_pressed (GtkEventControllerKey *keys, guint keyval, guint keycode, GdkModifierType state, gpointer data)
{
  RheoDashboard *d = data;
  GtkWidget *card = focused_card (d);
  const GdkModifierType held = state & (GDK_ALT_MASK | GDK_SHIFT_MASK | GDK_CONTROL_MASK);
  const int forward = gtk_widget_get_direction (GTK_WIDGET (d)) == GTK_TEXT_DIR_RTL ? -1 : 1;
  int by = 0;

  if (card == NULL)
    return FALSE;
  if (keyval == GDK_KEY_Delete && held == 0)
    {
      rheo_dashboard_remove (d, rheo_dashboard_index_of (d, card));
      return TRUE;
    }
  if ((held & GDK_ALT_MASK) == 0 || (held & GDK_CONTROL_MASK) != 0)
    return FALSE;
  if (keyval == GDK_KEY_Left || keyval == GDK_KEY_Right)
    by = keyval == GDK_KEY_Right ? forward : -forward;
  else if (keyval == GDK_KEY_Up || keyval == GDK_KEY_Down)
    by = (keyval == GDK_KEY_Down ? 1 : -1) * MAX (1, d->columns);
  else
    return FALSE;
  if ((held & GDK_SHIFT_MASK) == 0)
    step (d, card, by);
  else if (keyval == GDK_KEY_Left || keyval == GDK_KEY_Right)
    g_action_group_change_action_state (rheo_dashboard_get_card_actions (d, card), "wide",
                                        g_variant_new_boolean (by > 0));
  return TRUE;
}

void
rheo_dashboard_init_moves (RheoDashboard *d)
{
  GtkDropTarget *target = gtk_drop_target_new (RHEO_TYPE_PLOT_CARD, GDK_ACTION_MOVE);
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (target, "motion", G_CALLBACK (move_over), d);
  g_signal_connect (target, "drop", G_CALLBACK (drop), d);
  gtk_widget_add_controller (GTK_WIDGET (d), GTK_EVENT_CONTROLLER (target));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), d);
  gtk_widget_add_controller (GTK_WIDGET (d), keys);
}
