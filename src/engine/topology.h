/* Thread: any. */
/* What a cloud of slow points looks like: a line, a ring, or neither (ctrnn spec 4.4). */
#pragma once

typedef enum
{
  RHEO_SHAPE_NONE,
  RHEO_SHAPE_LINE, /* or an arc */
  RHEO_SHAPE_RING,
} RheoShapeKind;

typedef struct
{
  int kind;      /* RheoShapeKind */
  double share;  /* of the variance that the neighbours of each point in order tell; 1: a curve without thickness */
  double *along; /* [point], 0..1 in order, from one end to the other or once around; owned */
  double *plane; /* [2][n]: the first two principal directions; owned */
} RheoCloud;

/* Of n_points states x [point][n]. With fewer than 8 points or fewer than 2 units there is no shape, and share is 0. */
void rheo_cloud_init (RheoCloud *cloud, int n_points, int n, const double *x);
void rheo_cloud_clear (RheoCloud *cloud);
/* Angle between a direction [n] and the plane, in degrees: 90 where neither sees the other. */
double rheo_cloud_angle (const RheoCloud *cloud, int n, const double *direction);
/* The two angles between the plane and the space that m directions [m][n] span, the smaller first, in degrees: both 90 where
 * neither sees the other; the larger is 90 where there is one direction alone. */
void rheo_cloud_angles (const RheoCloud *cloud, int n, int m, const double *direction, double *angle);
