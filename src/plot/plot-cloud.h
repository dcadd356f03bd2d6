/* Thread: any; a cloud never changes once it is shared. */
/* Points and lines in space as a graphics card wants them, and how they are seen. Plain C: the renderer knows no more of
 * plots than this. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Places in the palette: series, then these, then a ramp. */
enum
{
  RHEO_CLOUD_PLAIN = 6,
  RHEO_CLOUD_LINE,
  RHEO_CLOUD_RAMP,
  RHEO_CLOUD_COLOURS = RHEO_CLOUD_RAMP + 256,
};

enum
{
  RHEO_CLOUD_CIRCLE,
  RHEO_CLOUD_SQUARE,
  RHEO_CLOUD_TRIANGLE,
  RHEO_CLOUD_DIAMOND,
  RHEO_CLOUD_RING,     /* of the chosen point */
  RHEO_CLOUD_OPEN = 8, /* added to a shape: only the rim has the colour */
};

typedef struct
{
  float v[3]; /* -1 .. 1 in the box of the data */
  uint8_t shape;
  uint8_t alpha; /* of 255 */
  uint16_t colour;
} RheoCloudPoint;

typedef struct
{
  float v[3];
  float colour; /* of the line that ends here; negative: none does */
} RheoCloudVertex;

typedef struct
{
  RheoCloudPoint *point;
  RheoCloudVertex *vertex; /* of lines, one after the other */
  int n_points, n_vertices;
  bool many_colours; /* of lines */
} RheoCloud;

RheoCloud *rheo_cloud_new (int n_points, int n_vertices);
RheoCloud *rheo_cloud_ref (RheoCloud *cloud);
void rheo_cloud_unref (RheoCloud *cloud); /* NULL: nothing */

/* Lengths are those of the page. */
typedef struct
{
  double m[4][4]; /* from (v, 1) to (X w, Y w, D w, w): X to the right, Y down; D: larger is nearer */
  double clip[4]; /* x, y, width, height */
  double radius, rim, open_rim, line;   /* rim 0: none */
  double ring[2], ring_width;           /* where the chosen point is; NaN: none */
  float palette[RHEO_CLOUD_COLOURS][4]; /* red, green, blue, opacity */
  float paper[4], ring_colour[4];       /* paper: of rims, and of what is open */
} RheoCloudLook;
