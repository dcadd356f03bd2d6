/* Layout of network sketches: nothing overlaps, whatever the network is. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "plot/sketch.h"

static guint64 state = 7;

static int
draw (int n)
{
  state = state * G_GUINT64_CONSTANT (6364136223846793005) + G_GUINT64_CONSTANT (1442695040888963407);
  return (int) ((state >> 33) % (guint64) n);
}

typedef struct
{
  int n_nodes, n_links;
  const char *name[32], *part[32];
  int32_t group[32], kind[32], from[256], to[256], sign[256], single[256];
  int64_t units[32];
  double pairs[256], share[256];
  const char *link[256];
} Net;

static void
add_node (Net *net, const char *name, const char *part, int group, int kind, int units)
{
  const int i = net->n_nodes++;

  net->name[i] = name;
  net->part[i] = part;
  net->group[i] = group;
  net->kind[i] = kind;
  net->units[i] = units;
}

static void
add_link (Net *net, int from, int to, double share, int sign)
{
  const int k = net->n_links++;

  net->link[k] = "p";
  net->from[k] = from;
  net->to[k] = to;
  net->share[k] = share;
  net->sign[k] = sign;
  net->pairs[k] = (double) net->units[from] * (double) net->units[to];
}

static RheoTable *
table_of (const Net *net)
{
  RheoTable *t = rheo_table_new ("Network");
  const int64_t n = net->n_nodes, m = net->n_links;

  rheo_table_add_copy (t, "node.name", "", "", "node", RHEO_STRING, &n, net->name);
  rheo_table_add_copy (t, "node.part", "", "", "node", RHEO_STRING, &n, net->part);
  rheo_table_add_copy (t, "node.group", "", "", "node", RHEO_I32, &n, net->group);
  rheo_table_add_copy (t, "node.kind", "", "", "node", RHEO_I32, &n, net->kind);
  rheo_table_add_copy (t, "node.units", "", "", "node", RHEO_I64, &n, net->units);
  rheo_table_add_copy (t, "link.name", "", "", "link", RHEO_STRING, &m, net->link);
  rheo_table_add_copy (t, "link.from", "", "", "link", RHEO_I32, &m, net->from);
  rheo_table_add_copy (t, "link.to", "", "", "link", RHEO_I32, &m, net->to);
  rheo_table_add_copy (t, "link.pairs", "", "", "link", RHEO_F64, &m, net->pairs);
  rheo_table_add_copy (t, "link.share", "", "", "link", RHEO_F64, &m, net->share);
  rheo_table_add_copy (t, "link.sign", "", "", "link", RHEO_I32, &m, net->sign);
  rheo_table_add_copy (t, "link.single", "", "", "link", RHEO_I32, &m, net->single);
  return t;
}

/* Populations in a row, some with classes, with arrows forwards, past others, backwards and to themselves. */
static RheoTable *
random_net (int n_pops)
{
  static const char *const classes[] = { "E", "PV", "SST", "Htr" };
  static const char *const names[] = { "hidden1", "hidden2", "hidden3", "hidden4", "hidden5", "hidden6" };
  g_autofree Net *net = g_new0 (Net, 1);
  int first[8], n[8];

  add_node (net, "ω0, ω1", "ω0, ω1", -1, 0, 2);
  for (int p = 0; p <= n_pops; p++)
    {
      n[p] = p < n_pops && draw (3) == 0 ? 2 + draw (3) : 1;
      first[p] = net->n_nodes;
      for (int k = 0; k < n[p]; k++)
        add_node (net,
                  p == n_pops ? "x, y"
                  : n[p] > 1  ? classes[k]
                              : names[p],
                  p == n_pops ? "x, y" : names[p], p, p == n_pops ? 2 : 1, p == n_pops ? 2 : 10 << draw (11));
    }
  for (int p = 0; p < n_pops; p++)
    {
      if (p == 0 || draw (3) == 0)
        for (int k = 0; k < n[p]; k++)
          add_link (net, 0, first[p] + k, 0.16, 0);
      for (int q = 0; q <= n_pops; q++)
        if (q == p + 1 || (q == n_pops && draw (3) == 0) || draw (4) == 0)
          for (int j = 0; j < n[p]; j++)
            for (int i = 0; i < n[q]; i++)
              add_link (net, first[p] + j, first[q] + i, (1 + draw (1000)) / 1000.0, n[p] > 1 ? (j == 0 ? 1 : -1) : 0);
    }
  return table_of (net);
}

static gboolean
apart (const RheoRect *a, const RheoRect *b)
{
  return a->x + a->width <= b->x + 0.01 || b->x + b->width <= a->x + 0.01 || a->y + a->height <= b->y + 0.01
         || b->y + b->height <= a->y + 0.01;
}

static gboolean
inside (const RheoRect *a, double x0, double y0, double x1, double y1)
{
  return a->x >= x0 - 0.01 && a->y >= y0 - 0.01 && a->x + a->width <= x1 + 0.01 && a->y + a->height <= y1 + 0.01;
}

/* Whether a piece of a line goes through the inside of a box; touching its edge is how arrows begin and end. */
static gboolean
passes_through (RheoPoint a, RheoPoint b, const RheoRect *r)
{
  for (int i = 0; i <= 200; i++)
    {
      const double x = a.x + (b.x - a.x) * i / 200, y = a.y + (b.y - a.y) * i / 200;

      if (x > r->x + 1 && x < r->x + r->width - 1 && y > r->y + 1 && y < r->y + r->height - 1)
        return TRUE;
    }
  return FALSE;
}

static void
check_layout (const RheoSketchLayout *l, double width)
{
  for (guint i = 0; i < l->boxes->len; i++)
    {
      const RheoSketchBox *a = &g_array_index (l->boxes, RheoSketchBox, i);

      g_assert_true (inside (&a->rect, 0, 0, l->width, l->height));
      for (guint k = 0; k < i; k++)
        {
          const RheoSketchBox *b = &g_array_index (l->boxes, RheoSketchBox, k);

          if (b->node < 0 && a->node >= 0 && a->group == b->group)
            g_assert_true (
                inside (&a->rect, b->rect.x, b->rect.y, b->rect.x + b->rect.width, b->rect.y + b->rect.height));
          else
            g_assert_true (apart (&a->rect, &b->rect));
        }
    }
  for (guint i = 0; i < l->captions->len; i++)
    {
      const RheoRect *a = &g_array_index (l->captions, RheoSketchCaption, i).rect;

      for (guint k = 0; k < l->boxes->len; k++)
        {
          const RheoSketchBox *box = &g_array_index (l->boxes, RheoSketchBox, k);

          g_assert_true (box->node < 0 || apart (a, &box->rect));
        }
      for (guint k = 0; k < i; k++)
        g_assert_true (apart (a, &g_array_index (l->captions, RheoSketchCaption, k).rect));
    }
  for (guint i = 0; i < l->arrows->len; i++)
    {
      const RheoSketchArrow *a = &g_array_index (l->arrows, RheoSketchArrow, i);

      g_assert_cmpint (a->n_points, >=, 2);
      for (int k = 1; k < a->n_points; k++)
        for (guint j = 0; j < l->boxes->len; j++)
          {
            const RheoSketchBox *box = &g_array_index (l->boxes, RheoSketchBox, j);

            g_assert_false (box->node >= 0 && passes_through (a->point[k - 1], a->point[k], &box->rect));
          }
      if (a->label_rect.width == 0)
        continue;
      g_assert_true (inside (&a->label_rect, 0, 0, l->width, l->height));
      for (guint k = 0; k < l->boxes->len; k++)
        {
          const RheoSketchBox *box = &g_array_index (l->boxes, RheoSketchBox, k);

          g_assert_true (box->node < 0 || apart (&a->label_rect, &box->rect));
        }
      for (guint k = 0; k < i; k++)
        {
          const RheoSketchArrow *b = &g_array_index (l->arrows, RheoSketchArrow, k);

          g_assert_true (b->label_rect.width == 0 || apart (&a->label_rect, &b->label_rect));
        }
    }
}

static RheoPlotSpec *
spec_of (RheoTable *table)
{
  g_autoptr (GError) error = NULL;
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("network", NULL));

  rheo_plot_bind (spec, "boxes", table, "node.units", NULL, &error);
  g_assert_no_error (error);
  rheo_plot_check (spec, &error);
  g_assert_no_error (error);
  return spec;
}

static void
test_apart (void)
{
  static const double widths[] = { 150, 308, 420, 900 }, sizes[] = { 1, 1.5 };
  int n_labels = 0, n_written = 0;

  for (int n_pops = 1; n_pops <= 6; n_pops++)
    for (int round = 0; round < 12; round++)
      {
        g_autoptr (RheoTable) table = random_net (n_pops);
        g_autoptr (RheoPlotSpec) spec = spec_of (table);

        for (gsize i = 0; i < G_N_ELEMENTS (widths) * G_N_ELEMENTS (sizes); i++)
          {
            g_autoptr (RheoSketchLayout) layout = NULL;
            RheoPlotCanvas canvas;

            spec->font_scale = sizes[i / G_N_ELEMENTS (widths)];
            rheo_plot_canvas_init (&canvas, spec, NULL, 300, 300);
            layout =
                rheo_sketch_layout (&canvas, table, widths[i % G_N_ELEMENTS (widths)], i % 3 == 0 ? 300 : INFINITY);
            check_layout (layout, widths[i % G_N_ELEMENTS (widths)]);
            for (guint k = 0; k < layout->arrows->len; k++)
              {
                const RheoSketchArrow *a = &g_array_index (layout->arrows, RheoSketchArrow, k);

                n_labels += a->label[0] != '\0';
                n_written += a->label_rect.width > 0;
              }
            rheo_plot_canvas_release (&canvas);
          }
      }
  /* What has no room is told by the pointer; that is rare. */
  g_test_message ("%d of %d labels written", n_written, n_labels);
  g_assert_cmpint (n_written, >, 0.9 * n_labels);
}

/* The plain case stands side by side in the pane, as a whole and at full size. */
static void
test_pane (void)
{
  g_autofree Net *net = g_new0 (Net, 1);
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (RheoPlotSpec) spec = NULL;
  g_autoptr (RheoSketchLayout) layout = NULL;
  RheoPlotCanvas canvas;

  add_node (net, "ω0, ω1", "ω0, ω1", -1, 0, 2);
  add_node (net, "hidden", "hidden", 0, 1, 256);
  add_node (net, "x, y", "x, y", 1, 2, 2);
  add_link (net, 0, 1, 1, 0);
  add_link (net, 1, 1, 0.16, 0);
  add_link (net, 1, 2, 1, 0);
  table = table_of (net);
  spec = spec_of (table);
  rheo_plot_canvas_init (&canvas, spec, NULL, 300, 300);
  layout = rheo_sketch_layout (&canvas, table, 308, INFINITY);
  g_assert_cmpfloat (layout->width, <=, 308);
  g_assert_cmpint (layout->boxes->len, ==, 3);
  g_assert_cmpint (layout->arrows->len, ==, 3);
  for (guint i = 1; i < layout->boxes->len; i++)
    {
      const RheoRect *a = &g_array_index (layout->boxes, RheoSketchBox, i - 1).rect;
      const RheoRect *b = &g_array_index (layout->boxes, RheoSketchBox, i).rect;

      g_assert_cmpfloat (a->x + a->width, <, b->x);
      g_assert_cmpfloat_with_epsilon (a->y + a->height / 2, b->y + b->height / 2, 0.01);
    }
  for (guint i = 0; i < layout->arrows->len; i++)
    g_assert_cmpfloat (g_array_index (layout->arrows, RheoSketchArrow, i).label_rect.width, >, 0);
  g_clear_pointer (&layout, rheo_sketch_layout_free);
  /* Neither way fits: the one that is made less small. */
  layout = rheo_sketch_layout (&canvas, table, 150, 60);
  g_assert_cmpfloat (layout->width, >, layout->height);
  g_clear_pointer (&layout, rheo_sketch_layout_free);
  layout = rheo_sketch_layout (&canvas, table, 150, INFINITY);
  g_assert_cmpfloat (layout->width, <, layout->height);
  rheo_plot_canvas_release (&canvas);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree Net *net = g_new0 (Net, 1);
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("network", NULL));

  add_node (net, "a", "a", 0, 1, 3);
  add_link (net, 0, 0, 1, 0);
  net->to[0] = 5;
  table = table_of (net);
  g_assert_true (rheo_plot_bind (spec, "boxes", table, "node.units", NULL, NULL));
  g_assert_false (rheo_plot_check (spec, &error));
  g_assert_nonnull (strstr (error->message, "not there"));
}

static void
test_share (void)
{
  char text[32];

  rheo_sketch_share (0.16, 0.16, text, sizeof text);
  g_assert_cmpstr (text, ==, "16 %");
  rheo_sketch_share (0.087, 0.424, text, sizeof text);
  g_assert_cmpstr (text, ==, "9–42 %");
  rheo_sketch_share (1, 1, text, sizeof text);
  g_assert_cmpstr (text, ==, "100 %");
  rheo_sketch_share (0.0004, 0.0004, text, sizeof text);
  g_assert_cmpstr (text, ==, "0.04 %");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/apart", test_apart);
  g_test_add_func ("/network/pane", test_pane);
  g_test_add_func ("/network/refused", test_refused);
  g_test_add_func ("/network/share", test_share);
  return g_test_run ();
}
