/* Thread: any. */
/* Inside of sketches of networks, for sketch*.c. */
#pragma once

#include "sketch.h"

/* Lengths, in pixels at usual text size. */
#define PAD 6      /* between text and the edge of its box */
#define LEAST 32   /* width of a box */
#define APART 4    /* boxes of a row in a frame */
#define BETWEEN 26 /* rows in a frame */
#define LOOP 15    /* how far an arrow of a population to itself goes out */
#define LANE 8     /* between lines side by side */
#define STACK 16   /* populations of one depth */
#define AHEAD 28   /* between depths, at least */
#define MAX_GROUPS 20
#define MAX_CLASSES 16

enum /* node.kind (engine/sketch.h) */
{
  KIND_INPUT,
  KIND_UNITS,
  KIND_OUTPUT,
  KIND_TEACHER,
};

/* A population, or what feeds or teaches. */
typedef struct
{
  int id, kind; /* node.group, node.kind */
  int n, node[MAX_CLASSES];
  int rank, order;
  double place;          /* for the order in its rank */
  double w, h;           /* with its loop */
  RheoRect body;         /* relative to the item, later absolute */
  gboolean framed, loop; /* loop: to itself, outside of the body */
  int n_out, n_in, i_out, i_in;
} RheoSketchGroup;

/* All arrows between two populations. */
typedef struct
{
  int from, to; /* groups */
  double pairs, connected;
  int sign; /* of all of them, or 0 */
  gboolean first, single;
  char names[48];
  int lane_out, lane_in, channel;
} RheoSketchEdge;

typedef struct
{
  RheoPlotCanvas *canvas;
  const RheoTable *table;
  double u, name_h, text_h;
  int n_nodes, n_links;
  int *sign; /* of each node */
  RheoSketchGroup group[MAX_GROUPS];
  int n_groups, n_ranks;
  RheoSketchEdge *edge;
  int n_edges;
  gboolean across; /* from the left to the right; else from the top down */
  RheoSketchLayout *out;
} RheoSketchWork;

/* What is inside a frame, from its corner at 0, 0. */
typedef struct
{
  RheoSketchBox box[MAX_CLASSES];
  gboolean lower[MAX_CLASSES];
  int n, n_upper;
  double upper_y, lower_y, upper_h, width, height;
  RheoSketchCaption caption[3];
  int n_captions;
  char title[64];
  gboolean loops;
} RheoSketchFrame;

void rheo_sketch_label (const RheoSketchEdge *e, char *out, size_t size);
double rheo_sketch_label_width (const RheoSketchWork *w, const RheoSketchEdge *e);
RheoSketchBox rheo_sketch_make_box (const RheoSketchWork *w, const RheoSketchGroup *g, int node, int order);
void rheo_sketch_make_frame (const RheoSketchWork *w, const RheoSketchGroup *g, RheoSketchFrame *f);
void rheo_sketch_read_groups (RheoSketchWork *w);
void rheo_sketch_read_links (RheoSketchWork *w);
void rheo_sketch_find_ranks (RheoSketchWork *w);
double rheo_sketch_number (const RheoTable *table, const char *key, int i);
const char *rheo_sketch_word (const RheoTable *table, const char *key, int i);
