#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-view-private.h"

#define LEAST_MS 30 /* between two pictures */

static gboolean
is_moving (RheoPlotView *view)
{
  gboolean allowed = TRUE;
  double ms;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (view)), "gtk-enable-animations", &allowed, NULL);
  return view->plays && view->speed > 0 && allowed && view->base != NULL
         && rheo_plot_count_moments (view->base, &ms) > 1;
}

gboolean
rheo_plot_view_is_in_play (RheoPlotView *view)
{
  return view->patient && view->playing != 0 && view->play_began != 0;
}

void
rheo_plot_view_set_patient (RheoPlotView *view, gboolean patient)
{
  view->patient = patient;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  RheoPlotView *view = RHEO_PLOT_VIEW (widget);
  const gint64 now = gdk_frame_clock_get_frame_time (clock);
  double ms, at;
  int n, moment;

  if (!is_moving (view) || !gtk_widget_get_mapped (widget))
    {
      view->playing = 0;
      return G_SOURCE_REMOVE;
    }
  if (now - view->played_at < LEAST_MS * 1000 || view->spec == NULL)
    return G_SOURCE_CONTINUE;
  n = rheo_plot_count_moments (view->spec, &ms);
  ms /= view->speed;
  at = (double) (now - view->play_began) / 1000;
  if (view->play_began == 0 || at >= n * ms + view->rest_ms)
    {
      /* What waited comes before it begins again. */
      if (view->incoming != NULL && !view->held)
        {
          view->play_began = 0;
          rheo_plot_view_rebuild (view);
        }
      if (view->busy || view->rebuild)
        return G_SOURCE_CONTINUE;
      view->play_began = now;
      at = 0;
    }
  moment = MIN ((int) (at / ms), n - 1);
  view->played_at = now;
  if (moment != view->moment)
    {
      view->moment = moment;
      rheo_plot_view_redraw (view);
    }
  return G_SOURCE_CONTINUE;
}

void
rheo_plot_view_play (RheoPlotView *view)
{
  if (view->playing == 0 && gtk_widget_get_mapped (GTK_WIDGET (view)) && is_moving (view))
    view->playing = gtk_widget_add_tick_callback (GTK_WIDGET (view), on_tick, NULL, NULL);
}

static void
begin_again (RheoPlotView *view)
{
  view->play_began = 0;
  if (!view->plays || view->speed <= 0)
    {
      view->moment = -1;
      rheo_plot_view_redraw (view);
    }
  rheo_plot_view_play (view);
}

void
rheo_plot_view_set_plays (RheoPlotView *view, gboolean plays)
{
  view->plays = plays;
  begin_again (view);
}

void
rheo_plot_view_set_speed (RheoPlotView *view, double speed, double rest_ms)
{
  if (speed == view->speed && rest_ms == view->rest_ms)
    return;
  view->speed = speed;
  view->rest_ms = rest_ms;
  begin_again (view);
}
