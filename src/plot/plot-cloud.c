#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-cloud.h"

#include <glib.h>

RheoCloud *
rheo_cloud_new (int n_points, int n_vertices)
{
  RheoCloud *cloud = g_atomic_rc_box_new0 (RheoCloud);

  cloud->point = g_new (RheoCloudPoint, MAX (n_points, 1));
  cloud->vertex = g_new (RheoCloudVertex, MAX (n_vertices, 1));
  cloud->n_points = n_points;
  cloud->n_vertices = n_vertices;
  return cloud;
}

RheoCloud *
rheo_cloud_ref (RheoCloud *cloud)
{
  return g_atomic_rc_box_acquire (cloud);
}

static void
clear (gpointer data)
{
  RheoCloud *cloud = data;

  g_free (cloud->point);
  g_free (cloud->vertex);
}

void
rheo_cloud_unref (RheoCloud *cloud)
{
  if (cloud != NULL)
    g_atomic_rc_box_release_full (cloud, clear);
}
