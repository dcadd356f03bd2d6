#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/keys.h"
#include "widgets/plot-view-private.h"

/* A drag that is shorter is a click, px. */
#define CLICK 6
#define STEP 0.8 /* of a zoom with keys or wheel */
#define PAN 40.0 /* px, with a key */
#define TURN 0.5 /* degrees for a pixel of a drag */
#define TURN_BY_KEY 5

/* --- pointer ---------------------------------------------------------------------------------------------------- */
static void
on_motion (GtkEventControllerMotion *controller, double x, double y, RheoPlotView *view)
{
  /* Widgets that move under a pointer at rest tell of it too. */
  if (x == view->pointer_x && y == view->pointer_y)
    return;
  view->pointer_x = x;
  view->pointer_y = y;
  if (view->boxing || view->panning || view->turning || view->moving >= 0)
    return;
  view->by_keys = FALSE;
  rheo_plot_view_read_at (view, x, y);
}

/* The plot under the pointer is exported also when something else has the focus. */
static void
on_enter (GtkEventControllerMotion *controller, double x, double y, RheoPlotView *view)
{
  if (view->hover_keys == NULL)
    {
      view->hover_keys = rheo_keys_new (RHEO_KEYS_HOVER);
      gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (view->hover_keys), GTK_SHORTCUT_SCOPE_GLOBAL);
      gtk_widget_add_controller (GTK_WIDGET (view), view->hover_keys);
    }
  on_motion (controller, x, y, view);
}

static void
on_leave (GtkEventControllerMotion *controller, RheoPlotView *view)
{
  if (view->hover_keys != NULL)
    gtk_widget_remove_controller (GTK_WIDGET (view), view->hover_keys);
  view->hover_keys = NULL;
  view->pointer_x = view->pointer_y = NAN;
  if (!view->by_keys)
    rheo_plot_view_stop_reading (view);
}

/* --- clicks ----------------------------------------------------------------------------------------------------- */
static void
on_pressed (GtkGestureClick *gesture, int n, double x, double y, RheoPlotView *view)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  GdkEvent *event = gtk_gesture_get_last_event (GTK_GESTURE (gesture), NULL);

  gtk_widget_grab_focus (GTK_WIDGET (view));
  if (event != NULL && gdk_event_triggers_context_menu (event))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      rheo_plot_view_popup (view, x, y);
    }
  else if (button == GDK_BUTTON_PRIMARY && n == 2)
    rheo_plot_view_fit (view);
}

static void
on_released (GtkGestureClick *gesture, int n, double x, double y, RheoPlotView *view)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  GdkModifierType keys = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (button == GDK_BUTTON_PRIMARY && n == 1 && !(keys & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)))
    rheo_plot_view_click (view, x, y);
}

/* --- drags ------------------------------------------------------------------------------------------------------ */
static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, RheoPlotView *view)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  GdkModifierType keys = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  GdkDevice *device = gtk_gesture_get_device (GTK_GESTURE (gesture));
  gboolean touch = device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHSCREEN;
  gboolean inside = rheo_plot_view_panel_at (view, x, y) >= 0;

  view->panning = view->boxing = FALSE;
  view->turning = button == GDK_BUTTON_PRIMARY && rheo_plot_view_can_turn (view);
  if (view->turning)
    {
      view->box = (RheoRect){ x, y, 0, 0 };
      return;
    }
  /* A finger scrolls the page. */
  if (touch || !inside || (button != GDK_BUTTON_PRIMARY && button != GDK_BUTTON_MIDDLE))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  view->panning = button == GDK_BUTTON_MIDDLE || (keys & GDK_SHIFT_MASK) != 0;
  if (!view->panning)
    rheo_plot_view_grab (view, x, y);
  view->box = (RheoRect){ x, y, 0, 0 };
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, RheoPlotView *view)
{
  double x, y;
  int panel;

  if (!gtk_gesture_drag_get_start_point (gesture, &x, &y)
      || (!view->boxing && gtk_gesture_get_sequence_state (GTK_GESTURE (gesture), NULL) != GTK_EVENT_SEQUENCE_CLAIMED
          && hypot (dx, dy) < CLICK))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (view->turning)
    {
      rheo_plot_view_stop_reading (view);
      rheo_plot_view_turn (view, TURN * (view->box.width - dx), TURN * (dy - view->box.height));
      view->box.width = dx;
      view->box.height = dy;
      return;
    }
  if (view->moving >= 0)
    {
      rheo_plot_view_stop_reading (view);
      rheo_plot_view_drag (view, x + dx, y + dy);
      return;
    }
  panel = rheo_plot_view_panel_at (view, x, y);
  if (view->picture == NULL || panel < 0)
    return;
  rheo_plot_view_stop_reading (view);
  if (view->panning)
    {
      /* From the last step on: the axes have moved since. */
      rheo_plot_view_pan (view, panel, dx - view->box.width, dy - view->box.height);
      view->box.width = dx;
      view->box.height = dy;
      return;
    }
  {
    const RheoPlotPanel *p = &view->picture->panels[panel];
    const RheoRect *a = &p->area;
    const gboolean stripes = !p->plane || view->chooses;
    double x0 = CLAMP (MIN (x, x + dx), a->x, a->x + a->width), x1 = CLAMP (MAX (x, x + dx), a->x, a->x + a->width);
    double y0 = CLAMP (MIN (y, y + dy), a->y, a->y + a->height), y1 = CLAMP (MAX (y, y + dy), a->y, a->y + a->height);

    /* A stripe means one axis. */
    if (stripes && (p->groups || x1 - x0 < CLICK))
      x0 = a->x, x1 = a->x + a->width;
    else if (stripes && y1 - y0 < CLICK)
      y0 = a->y, y1 = a->y + a->height;
    view->boxing = TRUE;
    view->box = (RheoRect){ x0, y0, x1 - x0, y1 - y0 };
    gtk_widget_queue_draw (GTK_WIDGET (view));
  }
}

/* What was drawn in a hurry is drawn whole. */
static void
leave_drag (RheoPlotView *view)
{
  if (view->turning && view->cloud != NULL)
    gtk_widget_queue_draw (view->cloud);
  view->boxing = view->panning = view->turning = FALSE;
  view->moving = -1;
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, RheoPlotView *view)
{
  double x, y;

  if (view->boxing && gtk_gesture_drag_get_start_point (gesture, &x, &y) && view->box.width >= 2
      && view->box.height >= 2)
    {
      const int panel = rheo_plot_view_panel_at (view, x, y);
      int first, last;

      if (view->chooses && rheo_plot_view_find_units (view, panel, &view->box, &first, &last))
        g_signal_emit_by_name (
            view, "units", first, last,
            (gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)) & GDK_CONTROL_MASK) != 0);
      else
        rheo_plot_view_zoom_box (view, panel, &view->box);
    }
  leave_drag (view);
}

static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, RheoPlotView *view)
{
  leave_drag (view);
}

/* --- wheel and pinch -------------------------------------------------------------------------------------------- */
static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, RheoPlotView *view)
{
  GdkModifierType keys = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  double far = dy != 0 ? dy : dx; /* with Shift some systems turn the wheel */

  if (!(keys & GDK_CONTROL_MASK) || isnan (view->pointer_x))
    return FALSE;
  rheo_plot_view_zoom (view, view->pointer_x, view->pointer_y, pow (STEP, -far), (keys & GDK_SHIFT_MASK) != 0, FALSE);
  return TRUE;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, RheoPlotView *view)
{
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  view->zoom_start = 1;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, RheoPlotView *view)
{
  GdkModifierType keys = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  double x, y;

  if (!(scale > 0) || !gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    return;
  rheo_plot_view_zoom (view, x, y, view->zoom_start / scale, (keys & GDK_SHIFT_MASK) != 0, FALSE);
  view->zoom_start = scale;
}

/* --- keys ------------------------------------------------------------------------------------------------------- */
void
rheo_plot_view_zoom_by_key (RheoPlotView *view, gboolean closer)
{
  const RheoPlotPanel *p = view->picture != NULL && view->picture->n_panels > 0 ? &view->picture->panels[0] : NULL;
  const double factor = closer ? STEP : 1 / STEP;

  if (rheo_plot_view_can_turn (view))
    rheo_plot_view_zoom (view, 0, 0, factor, FALSE, FALSE);
  if (p == NULL)
    return;
  if (!isnan (view->pointer_x) && rheo_plot_view_panel_at (view, view->pointer_x, view->pointer_y) >= 0)
    rheo_plot_view_zoom (view, view->pointer_x, view->pointer_y, factor, FALSE, FALSE);
  else
    rheo_plot_view_zoom (view, p->area.x + p->area.width / 2, p->area.y + p->area.height / 2, factor, FALSE, FALSE);
}

/* Whether Escape means something here depends on what there is to leave. */
static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType keys, RheoPlotView *view)
{
  int unit = -1;

  if (key != GDK_KEY_Escape)
    return FALSE;
  g_object_get (view->group, "unit", &unit, NULL);
  if (view->boxing)
    {
      view->boxing = FALSE;
      view->box.width = 0;
      gtk_widget_queue_draw (GTK_WIDGET (view));
      return TRUE;
    }
  /* Out of full screen first: what is selected stays selected. */
  if (gtk_widget_has_css_class (GTK_WIDGET (view), "full"))
    return FALSE;
  if (!view->is_reading && view->picked < 0 && view->marked.binding < 0 && view->point < 0 && unit < 0)
    return FALSE;
  if (view->is_reading)
    rheo_plot_view_stop_reading (view);
  else
    rheo_plot_view_unselect (view);
  return TRUE;
}

void
rheo_plot_view_read_by_key (RheoPlotView *view, int dx, int dy)
{
  if (rheo_plot_view_can_turn (view))
    {
      rheo_plot_view_turn (view, -TURN_BY_KEY * dx, TURN_BY_KEY * dy);
      return;
    }
  view->by_keys = TRUE;
  rheo_plot_view_read_step (view, dx, dy);
}

void
rheo_plot_view_pan_by_key (RheoPlotView *view, int dx, int dy)
{
  rheo_plot_view_pan (view, 0, -PAN * dx, -PAN * dy);
}

static void
on_focus_leave (GtkEventControllerFocus *controller, RheoPlotView *view)
{
  if (view->by_keys)
    rheo_plot_view_stop_reading (view);
  view->by_keys = FALSE;
}

/* --- setting up ------------------------------------------------------------------------------------------------- */
static GtkEventController *
add (RheoPlotView *view, gpointer controller)
{
  gtk_widget_add_controller (GTK_WIDGET (view), controller);
  return controller;
}

void
rheo_plot_view_init_input (RheoPlotView *view)
{
  GtkEventController *c = add (view, gtk_event_controller_motion_new ());

  g_signal_connect (c, "enter", G_CALLBACK (on_enter), view);
  g_signal_connect (c, "motion", G_CALLBACK (on_motion), view);
  g_signal_connect (c, "leave", G_CALLBACK (on_leave), view);

  c = add (view, gtk_gesture_click_new ());
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (c), 0);
  g_signal_connect (c, "pressed", G_CALLBACK (on_pressed), view);
  g_signal_connect (c, "released", G_CALLBACK (on_released), view);

  c = add (view, gtk_gesture_drag_new ());
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (c), 0);
  g_signal_connect (c, "drag-begin", G_CALLBACK (on_drag_begin), view);
  g_signal_connect (c, "drag-update", G_CALLBACK (on_drag_update), view);
  g_signal_connect (c, "drag-end", G_CALLBACK (on_drag_end), view);
  g_signal_connect (c, "cancel", G_CALLBACK (on_drag_cancel), view);

  c = add (view, gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES));
  g_signal_connect (c, "scroll", G_CALLBACK (on_scroll), view);

  c = add (view, gtk_gesture_zoom_new ());
  g_signal_connect (c, "begin", G_CALLBACK (on_pinch_begin), view);
  g_signal_connect (c, "scale-changed", G_CALLBACK (on_pinch), view);

  c = add (view, gtk_event_controller_key_new ());
  g_signal_connect (c, "key-pressed", G_CALLBACK (on_key), view);

  c = add (view, gtk_event_controller_focus_new ());
  g_signal_connect_swapped (c, "enter", G_CALLBACK (rheo_plot_view_describe), view);
  g_signal_connect (c, "leave", G_CALLBACK (on_focus_leave), view);

  add (view, rheo_keys_new (RHEO_KEYS_PLOT));
}
