/* Thread: any. */
/* The camera of 3-D kinds: from data to the page, and how near the viewer. One matrix, so that whoever draws the same
 * scene by other means shows the same picture. */
#pragma once

#include "plot-kind.h"

typedef struct
{
  double azimuth,
      elevation;      /* degrees: where the viewer stands, from the x axis about z, and above the plane of x and y */
  double zoom;        /* 1: the box of the data fills the area, whatever the azimuth */
  double perspective; /* 0: parallel rays; up to 1: what is near is larger */
} RheoCamera;

typedef struct
{
  /* [row][column]: (x, y, z, 1) in data to (X w, Y w, D w, w); X, Y: lengths on the page, Y down; D: larger is nearer. */
  double m[4][4];
  double viewer[3]; /* direction to the viewer */
} RheoProjection;

/* axis [3]: limits along x, y and z. equal: a unit is as long along each of them; else the box becomes a cube. */
void rheo_projection_init (RheoProjection *projection, const RheoCamera *camera, const RheoPlotAxis *axis,
                           gboolean equal, const RheoRect *area);
/* out: X, Y and D. */
void rheo_project (const RheoProjection *projection, const double v[3], double out[3]);
