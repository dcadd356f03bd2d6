#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-view-private.h"

/* Up to here cairo turns a figure in the time of a frame. */
#define FROM 3000

/* The most that it can have; how many it does have is known when all is read. */
static gboolean
may_be_large (const RheoPlotSpec *spec)
{
  int64_t n = 0;

  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoColumn *column = spec->binding[i].column;

      if (column->n_dims > 1 && column->dims[column->n_dims - 1] > 0)
        n += rheo_column_get_length (column) / column->dims[column->n_dims - 1];
    }
  return n >= FROM;
}

int
rheo_plot_view_cloud_from (RheoPlotView *view, const RheoPlotSpec *spec)
{
  return !view->no_cloud && spec->kind != NULL && rheo_plot_can_turn (spec) && may_be_large (spec)
                 && rheo_cloud_area_is_possible (GTK_WIDGET (view))
             ? FROM
             : 0;
}

/* Once more, without it. */
static gboolean
fall_back (gpointer data)
{
  RheoPlotView *view = data;

  g_clear_pointer (&view->cloud, gtk_widget_unparent);
  view->no_cloud = TRUE;
  rheo_plot_view_redraw (view);
  return G_SOURCE_REMOVE;
}

static void
on_failed (RheoCloudArea *area, RheoPlotView *view)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, fall_back, g_object_ref (view), g_object_unref);
}

void
rheo_plot_view_adopt_cloud (RheoPlotView *view)
{
  const gboolean wanted = view->picture != NULL && view->picture->cloud != NULL;

  if (wanted && view->cloud == NULL)
    {
      view->cloud = rheo_cloud_area_new ();
      g_signal_connect (view->cloud, "failed", G_CALLBACK (on_failed), view);
      gtk_widget_insert_before (view->cloud, GTK_WIDGET (view), view->reading);
    }
  if (view->cloud != NULL)
    gtk_widget_set_child_visible (view->cloud, wanted);
}

void
rheo_plot_view_snapshot_cloud (RheoPlotView *view, GtkSnapshot *snapshot)
{
  const RheoPlotPicture *p = view->picture;

  if (view->cloud == NULL || p == NULL || p->cloud == NULL)
    return;
  rheo_cloud_area_set (RHEO_CLOUD_AREA (view->cloud), p->cloud, p->look, p->width, p->height, view->turning);
  gtk_widget_snapshot_child (GTK_WIDGET (view), view->cloud, snapshot);
}
