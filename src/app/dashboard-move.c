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

void
rheo_dashboard_move_by_key (RheoDashboard *d, GtkWidget *card, const char *way)
{
  const gboolean across = g_str_equal (way, "left") || g_str_equal (way, "right");
  const gboolean back = g_str_equal (way, "up")
                        || g_str_equal (way, gtk_widget_get_direction (card) == GTK_TEXT_DIR_RTL ? "right" : "left");

  step (d, card, (back ? -1 : 1) * (across ? 1 : MAX (1, d->columns)));
}

void
rheo_dashboard_init_moves (RheoDashboard *d)
{
  GtkDropTarget *target = gtk_drop_target_new (RHEO_TYPE_PLOT_CARD, GDK_ACTION_MOVE);

  g_signal_connect (target, "motion", G_CALLBACK (move_over), d);
  g_signal_connect (target, "drop", G_CALLBACK (drop), d);
  gtk_widget_add_controller (GTK_WIDGET (d), GTK_EVENT_CONTROLLER (target));
}
