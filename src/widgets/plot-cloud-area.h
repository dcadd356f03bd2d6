/* Thread: main. */
/* The points and lines of a large figure in space, drawn by the graphics card over the frame that cairo has drawn. */
#pragma once

#include <gtk/gtk.h>

#include "plot/plot-cloud.h"

#define RHEO_TYPE_CLOUD_AREA (rheo_cloud_area_get_type ())
G_DECLARE_FINAL_TYPE (RheoCloudArea, rheo_cloud_area, RHEO, CLOUD_AREA, GtkGLArea)

/* There is an OpenGL that can do it, and RHEO_GL is not 0. The first call looks, which takes a while. */
gboolean rheo_cloud_area_is_possible (GtkWidget *widget);

/* Emits "failed", once, when OpenGL does not work after all: draw with cairo instead. */
GtkWidget *rheo_cloud_area_new (void);
/* look: for width x height. Takes a reference to cloud. What is on screen changes with the next drawing. hurry: the next
 * one comes soon; where all of the cloud would take too long, as with OpenGL in software, only a part of it is drawn. */
void rheo_cloud_area_set (RheoCloudArea *area, RheoCloud *cloud, const RheoCloudLook *look, int width, int height,
                          gboolean hurry);
