#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "graph-layout.h"

#include <glib.h>
#include <math.h>

#define STEPS 200
#define FIRST_MOVE 0.1f /* the longest, as a share of the side */
#define AGAIN_STEPS 12  /* from places that are nearly right */
#define PULL 0.6f       /* to the middle, against a link of the same length */
#define MOST_CELLS 24   /* along a side */
#define LANES 8
#define LEAST 1e-4f /* distance below which nodes push each other no harder */

typedef struct
{
  int n, side;                   /* side: cells along one */
  float *x, *y, *dx, *dy;        /* dx, dy: where forces move a node */
  int *first, *order;            /* nodes of cell c: order[first[c]] .. order[first[c + 1] - 1] */
  float *cell_x, *cell_y, *mass; /* centre of mass and number of nodes of each cell */
  float *near_x, *near_y, *near; /* nodes around the cell in work, and 1 for each; 0 fills the last lanes */
} Work;

static int
cell_along (const Work *w, float v)
{
  return CLAMP ((int) (v * (float) w->side), 0, w->side - 1);
}

static int
cell_of (const Work *w, int i)
{
  return cell_along (w, w->y[i]) * w->side + cell_along (w, w->x[i]);
}

static int
lanes_of (int n)
{
  return (n + LANES - 1) / LANES * LANES;
}

static void
sort_into_cells (Work *w)
{
  const int n_cells = w->side * w->side;

  for (int c = 0; c <= n_cells; c++)
    w->first[c] = 0;
  for (int c = 0; c < n_cells; c++)
    w->cell_x[c] = w->cell_y[c] = w->mass[c] = 0;
  for (int i = 0; i < w->n; i++)
    {
      const int c = cell_of (w, i);

      w->first[c + 1]++;
      w->cell_x[c] += w->x[i];
      w->cell_y[c] += w->y[i];
      w->mass[c]++;
    }
  for (int c = 0; c < n_cells; c++)
    {
      w->first[c + 1] += w->first[c];
      w->cell_x[c] /= w->mass[c] > 0 ? w->mass[c] : 1;
      w->cell_y[c] /= w->mass[c] > 0 ? w->mass[c] : 1;
    }
  /* Each first one moves up to the next cell as its nodes are laid down, and back. */
  for (int i = 0; i < w->n; i++)
    w->order[w->first[cell_of (w, i)]++] = i;
  for (int c = n_cells; c > 0; c--)
    w->first[c] = w->first[c - 1];
  w->first[0] = 0;
}

/* Adds the push of n others, of which each stands for mass[] nodes. Of the node itself there is none: its distance is zero.
 * In lanes: a fixed order of sums gives the same places on every processor. */
static void
push (const float *x, const float *y, const float *mass, int n, float at_x, float at_y, float *dx, float *dy)
{
  float sum_x[LANES] = { 0 }, sum_y[LANES] = { 0 };

  for (int i = 0; i < n; i += LANES)
    for (int k = 0; k < LANES; k++)
      {
        const float far_x = at_x - x[i + k], far_y = at_y - y[i + k];
        const float square = far_x * far_x + far_y * far_y;
        const float share = mass[i + k] / (square > LEAST * LEAST ? square : LEAST * LEAST);

        sum_x[k] += far_x * share;
        sum_y[k] += far_y * share;
      }
  for (int k = 0; k < LANES; k++)
    {
      *dx += sum_x[k];
      *dy += sum_y[k];
    }
}

/* Nodes of the cell and its neighbours one by one, all others as the centres of their cells. */
static void
push_cell (Work *w, int row, int column, float square)
{
  const int cell = row * w->side + column, n_cells = w->side * w->side;
  float mass[9] = { 0 };
  int n_near = 0;

  for (int k = 0; k < 9; k++)
    {
      const int r = row + k / 3 - 1, c = column + k % 3 - 1, at = r * w->side + c;

      if (r < 0 || c < 0 || r >= w->side || c >= w->side)
        continue;
      mass[k] = w->mass[at];
      w->mass[at] = 0;
      for (int i = w->first[at]; i < w->first[at + 1]; i++)
        {
          w->near_x[n_near] = w->x[w->order[i]];
          w->near_y[n_near] = w->y[w->order[i]];
          w->near[n_near++] = 1;
        }
    }
  for (int i = n_near; i < lanes_of (n_near); i++)
    w->near_x[i] = w->near_y[i] = w->near[i] = 0;
  for (int k = w->first[cell]; k < w->first[cell + 1]; k++)
    {
      const int i = w->order[k];
      float dx = 0, dy = 0;

      push (w->near_x, w->near_y, w->near, n_near, w->x[i], w->y[i], &dx, &dy);
      push (w->cell_x, w->cell_y, w->mass, n_cells, w->x[i], w->y[i], &dx, &dy);
      w->dx[i] = dx * square;
      w->dy[i] = dy * square;
    }
  for (int k = 0; k < 9; k++)
    if (mass[k] > 0)
      w->mass[(row + k / 3 - 1) * w->side + column + k % 3 - 1] = mass[k];
}

static void
pull (Work *w, const RheoGraphLink *link, int64_t n_links, float k)
{
  for (int64_t e = 0; e < n_links; e++)
    {
      const int a = link[e].a, b = link[e].b;
      const float far_x = w->x[a] - w->x[b], far_y = w->y[a] - w->y[b];
      const float share = sqrtf (far_x * far_x + far_y * far_y) / k;

      w->dx[a] -= far_x * share;
      w->dy[a] -= far_y * share;
      w->dx[b] += far_x * share;
      w->dy[b] += far_y * share;
    }
}

static void
move (Work *w, const uint8_t *fixed, float most)
{
  for (int i = 0; i < w->n; i++)
    {
      const float dx = w->dx[i] - PULL * (w->x[i] - 0.5f), dy = w->dy[i] - PULL * (w->y[i] - 0.5f);
      const float length = sqrtf (dx * dx + dy * dy), share = length > most ? most / length : 1;

      if (fixed != NULL && fixed[i])
        continue;
      w->x[i] += dx * share;
      w->y[i] += dy * share;
    }
}

/* first: the longest move of the first step. */
static void
run (int n, const RheoGraphLink *link, int64_t n_links, const uint8_t *fixed, int n_steps, float first, float *x,
     float *y)
{
  /* A share of the distance at which nodes that fill the square would be: they need room beside the pull. */
  const float k = 0.7f / sqrtf ((float) MAX (n, 1));
  const int side = CLAMP ((int) lround (cbrt (n)), 1, MOST_CELLS), n_cells = side * side;
  Work w = { .n = n, .side = side, .x = x, .y = y };
  g_autofree float *room = NULL;
  g_autofree int *cells = NULL;

  if (n < 1)
    return;
  room = g_new0 (float, 2 * (gsize) n + 3 * (gsize) lanes_of (n) + 3 * (gsize) lanes_of (n_cells));
  cells = g_new0 (int, (gsize) n + (gsize) n_cells + 1);
  w.dx = room;
  w.dy = w.dx + n;
  w.near_x = w.dy + n;
  w.near_y = w.near_x + lanes_of (n);
  w.near = w.near_y + lanes_of (n);
  w.cell_x = w.near + lanes_of (n);
  w.cell_y = w.cell_x + lanes_of (n_cells);
  w.mass = w.cell_y + lanes_of (n_cells);
  w.order = cells;
  w.first = cells + n;
  for (int step = 0; step < n_steps; step++)
    {
      const float left = 1 - (float) step / (float) n_steps;

      sort_into_cells (&w);
      for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++)
          push_cell (&w, row, column, k * k);
      pull (&w, link, n_links, k);
      move (&w, fixed, first * left * left);
    }
}

void
rheo_graph_layout (int n, const RheoGraphLink *link, int64_t n_links, const uint8_t *fixed, float *x, float *y)
{
  run (n, link, n_links, fixed, STEPS, FIRST_MOVE, x, y);
}

void
rheo_graph_relax (int n, const RheoGraphLink *link, int64_t n_links, const uint8_t *fixed, float *x, float *y)
{
  float sum = 0;

  for (int step = 0; step < AGAIN_STEPS; step++)
    {
      const float left = 1 - (float) step / AGAIN_STEPS;

      sum += left * left;
    }
  run (n, link, n_links, fixed, AGAIN_STEPS, RHEO_GRAPH_DRIFT / sum, x, y);
}

/* A hash of seed and node (SplitMix64: Steele, Lea and Flood 2014). */
static uint64_t
mix (uint64_t v)
{
  v += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  v = (v ^ (v >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  v = (v ^ (v >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return v ^ (v >> 31);
}

void
rheo_graph_start (uint64_t seed, int64_t node, float *x, float *y)
{
  const uint64_t bits = mix (mix (seed) ^ (uint64_t) node);

  *x = (float) (bits >> 40) / (float) (1 << 24);
  *y = (float) (bits >> 16 & 0xffffff) / (float) (1 << 24);
}
