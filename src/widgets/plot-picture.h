/* Thread: main, but for rheo_plot_picture_draw: any that the spec belongs to. */
/* A drawn plot: pixels, and where things are in them. */
#pragma once

#include <gtk/gtk.h>

#include "plot/plot.h"

enum
{
  RHEO_LIMITS_X,
  RHEO_LIMITS_Y,
  RHEO_LIMITS_SECOND,
  RHEO_N_LIMITS,
};

typedef struct
{
  double lo, hi; /* equal: none */
} RheoPlotLimits;

typedef struct
{
  cairo_surface_t *surface;
  GskRenderNode *node;      /* of surface, kept from one frame to the next; NULL: not yet shown */
  int width, height, scale; /* lengths, and pixels in a length */
  RheoPlotPanel *panels;
  int n_panels;
  gboolean has_data;
  RheoPlotEntry *entries; /* for a legend outside the picture */
  int n_entries;
  GArray *hits;        /* RheoPlotHit */
  RheoCloud *cloud;    /* what comes over it (RheoPlotSpec.cloud_from); NULL: it is whole */
  RheoCloudLook *look; /* of cloud, with the camera of this picture */
  gint64 cost;         /* µs that it took */
} RheoPlotPicture;

/* grown: axes that the spec leaves open hold at least this, so that they do not shrink under the eyes of who looks; it is
 * set as limits of the spec. */
RheoPlotPicture *rheo_plot_picture_draw (RheoPlotSpec *spec, const RheoPlotLimits grown[RHEO_N_LIMITS], int width,
                                         int height, int scale);
void rheo_plot_picture_free (RheoPlotPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoPlotPicture, rheo_plot_picture_free)

/* Fills widget with it, the way that suits the renderer of its window. */
void rheo_plot_picture_snapshot (RheoPlotPicture *picture, GtkWidget *widget, GtkSnapshot *snapshot);

/* Draws on the one thread that all views share; takes spec, and gives it back with the picture to func, on the main
 * thread. */
typedef void (*RheoPlotPictureFunc) (RheoPlotSpec *spec, RheoPlotPicture *picture, gpointer data);
void rheo_plot_picture_draw_async (RheoPlotSpec *spec, const RheoPlotLimits grown[RHEO_N_LIMITS], int width, int height,
                                   int scale, RheoPlotPictureFunc func, gpointer data);
