/* Thread: any. */
/* Where the boxes and arrows of a network go: for the plot kind "network". Works for any number of populations, with and
 * without classes, and never lets boxes or words overlap. */
#pragma once

#include "plot-kind.h"

typedef struct
{
  RheoRect rect;
  int node;       /* box of the table; -1: the frame around the classes of a population */
  int group;      /* population of the table */
  int kind, sign; /* as in the table; sign: of the weights of its projections */
  int style;      /* colour of the series; -1: grey */
  char name[48], detail[48];
} RheoSketchBox;

/* A line along points with round corners; its head is at the last one. */
typedef struct
{
  RheoPoint point[6];
  int n_points, sign;
  char label[32];
  RheoRect label_rect; /* width 0: not written */
  char about[128];     /* for the pointer */
} RheoSketchArrow;

/* A line of words in a frame, with the sample of an arrow before it. */
typedef struct
{
  RheoRect rect;
  int sign;
  char text[64];
} RheoSketchCaption;

typedef struct
{
  double width, height; /* of the whole, from 0 */
  GArray *boxes;        /* RheoSketchBox; frames come before what they hold */
  GArray *arrows;       /* RheoSketchArrow */
  GArray *captions;     /* RheoSketchCaption */
} RheoSketchLayout;

/* Side by side from the left where that fits into width and height, else from the top down where that has to be
 * made less small; height may be INFINITY. table: as of engine/sketch.h. */
RheoSketchLayout *rheo_sketch_layout (RheoPlotCanvas *canvas, const RheoTable *table, double width, double height);
void rheo_sketch_layout_free (RheoSketchLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoSketchLayout, rheo_sketch_layout_free)

/* "16 %", "9–42 %". For parts of the drawing that are no arrows. */
void rheo_sketch_share (double lo, double hi, char *out, size_t size);
/* The sample before a caption takes so much. */
double rheo_sketch_unit (const RheoPlotCanvas *canvas);
#define RHEO_SKETCH_SAMPLE 18
