/* Graphs of units: which edges there are, where nodes stand, and what is said where there is nothing to show. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "plot/kinds/graph-private.h"
#include "scene.h"

/* The seed of each check is fixed: the numbers are the same everywhere. */
static RheoPlotSpec *
spec_of (int64_t n, const float *v, const char *axes, const char *set)
{
  const int64_t dims[] = { n, n };
  g_autoptr (RheoTable) table = rheo_table_new ("Pairs");
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("graph", NULL));
  g_auto (GStrv) words = g_strsplit (set, " ", -1);
  g_autoptr (GError) error = NULL;

  rheo_table_add_copy (table, "rec.weight", "Weight", "", axes, RHEO_F32, dims, v);
  rheo_plot_bind (spec, "matrix", table, "rec.weight", NULL, &error);
  g_assert_no_error (error);
  for (int i = 0; words[i] != NULL && *words[i] != '\0'; i++)
    {
      g_auto (GStrv) parts = g_strsplit (words[i], "=", 2);

      rheo_plot_set (spec, parts[0], parts[1], &error);
      g_assert_no_error (error);
    }
  rheo_plot_check (spec, &error);
  g_assert_no_error (error);
  return spec;
}

static const float four[] = {
  1, 0.5f, 0.1f, 0, 0.5f, 1, -0.8f, 0, 0.1f, -0.8f, 1, 0, 0, 0, 0, 1,
};

/* "1>0 2>1": edges from the strongest on. */
static char *
dup_edges (const RheoPlotSpec *spec)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = rheo_plot_dup_numbers (spec, &error);
  GString *text = g_string_new (NULL);
  const RheoColumn *from, *to;

  g_assert_no_error (error);
  from = rheo_table_find (table, "from");
  to = rheo_table_find (table, "to");
  for (int64_t i = 0; i < from->dims[0]; i++)
    g_string_append_printf (text, "%s%d>%d", i > 0 ? " " : "", (int) rheo_column_get_number (from, i),
                            (int) rheo_column_get_number (to, i));
  return g_string_free (text, FALSE);
}

static void
test_threshold (void)
{
  static const struct
  {
    const char *axes, *set, *edges;
  } cases[] = {
    { "unit unit", "cut=value threshold=0.05", "1>0 2>0" },
    { "unit unit", "cut=value threshold=0.1", "1>0 2>0" }, /* 0.1 as a float is a little more */
    { "unit unit", "cut=value threshold=0.11", "1>0" },
    { "unit unit", "cut=value threshold=0.5 absolute=true", "2>1" }, /* what equals it is not above */
    { "unit unit", "cut=value threshold=0.3 absolute=true", "2>1 1>0" },
    { "pre post", "cut=value threshold=0.3", "1>0 0>1" },
    { "pre post", "cut=value threshold=0.6 absolute=true", "2>1 1>2" },
    { "unit unit", "cut=edges edges=1", "1>0 2>0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RheoPlotSpec) spec = spec_of (4, four, cases[i].axes, cases[i].set);
      g_autofree char *edges = dup_edges (spec);

      g_assert_cmpstr (edges, ==, cases[i].edges);
    }
}

/* At most so many, and of equal ones all or none. */
static void
test_wanted (void)
{
  PlotScene *scene = scene_find ("graph");
  const RheoGraph *g = rheo_plot_get_prepared (scene->spec);
  const RheoColumn *c = rheo_plot_find (scene->spec, "matrix", 0)->column;
  int64_t above = 0;

  g_assert_cmpint (g->n_edges, ==, 120);
  for (int i = 0; i < 60; i++)
    for (int k = 0; k < i; k++)
      above += rheo_column_get_number (c, i * 60 + k) > g->threshold;
  g_assert_cmpint (above, ==, 120);
  scene_free (scene);
}

static void
test_said (void)
{
  static const float one[] = { 1 }, nan[] = { NAN, NAN, NAN, NAN }, same[] = { 0, 0, 0, 0 };
  static const struct
  {
    int64_t n;
    const float *v;
    const char *set, *said;
  } cases[] = {
    { 1, one, "", "single unit" },
    { 2, nan, "", "has a number" },
    { 2, same, "", "above the threshold 0" },
    { 4, four, "cut=value threshold=2", "above the threshold 2" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RheoPlotSpec) spec = spec_of (cases[i].n, cases[i].v, "unit unit", cases[i].set);
      const RheoGraph *g = rheo_plot_get_prepared (spec);
      RheoPlotPanel panels[RHEO_PLOT_MAX_PANELS];
      RheoPlotPick pick;

      g_assert_nonnull (g->message);
      g_assert_nonnull (strstr (g->message, cases[i].said));
      g_assert_cmpint (rheo_plot_panels (spec, 300, 200, panels), ==, 0);
      rheo_plot_pick (spec, 300, 200, 150, 100, &pick);
      g_assert_cmpint (pick.binding, ==, -1);
    }
}

static void
test_refused (void)
{
  const int64_t dims[] = { 2, 3 }, n = 5;
  g_autoptr (RheoTable) table = rheo_table_new ("Pairs");
  static const char *const keys[] = { "in.weight", "lone.weight" };

  rheo_table_add (table, "in.weight", "Weight", "", "pre post", RHEO_F32, dims);
  rheo_table_add (table, "lone.weight", "Weight", "", "synapse", RHEO_F32, &n);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("graph", NULL));
      g_autoptr (GError) error = NULL;

      g_assert_true (rheo_plot_bind (spec, "matrix", table, keys[i], NULL, NULL));
      g_assert_false (rheo_plot_check (spec, &error));
      g_assert_nonnull (strstr (error->message, keys[i]));
    }
}

/* Lists of synapses: a free place has weight zero. */
static void
test_synapses (void)
{
  static const int64_t first[] = { 0, 2, 3, 4 }, n_first = 4, n = 4;
  static const int32_t target[] = { 1, 2, 2, 0 };
  static const float weight[] = { 0.5f, 0, 0.75f, 0.25f };
  g_autoptr (RheoTable) table = rheo_table_new ("Record");
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("graph", NULL));
  g_autoptr (GError) error = NULL;
  g_autofree char *edges = NULL;

  rheo_table_add_copy (table, "rec.weight", "Weight", "", "synapse", RHEO_F32, &n, weight);
  rheo_table_add_copy (table, "rec.first", "First", "", "pre+1", RHEO_I64, &n_first, first);
  rheo_table_add_copy (table, "rec.target", "Target", "", "synapse", RHEO_I32, &n, target);
  rheo_plot_bind (spec, "matrix", table, "rec.weight", NULL, &error);
  g_assert_no_error (error);
  rheo_plot_check (spec, &error);
  g_assert_no_error (error);
  edges = dup_edges (spec);
  g_assert_cmpstr (edges, ==, "1>2 0>1 2>0");
}

/* --- layout ------------------------------------------------------------------------------------------------------ */
/* Rings of ten nodes that nothing joins with each other. */
static int64_t
make_rings (int n, RheoGraphLink *link)
{
  for (int i = 0; i < n; i++)
    link[i] = (RheoGraphLink){ i, i % 10 == 9 ? i - 9 : i + 1 };
  return n;
}

static void
start (int n, float *x, float *y)
{
  for (int i = 0; i < n; i++)
    rheo_graph_start (1, i, &x[i], &y[i]);
}

static void
test_layout (void)
{
  static const int sizes[] = { 1, 2, 10, 200, 1000 };

  for (gsize k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      const int n = sizes[k];
      g_autofree RheoGraphLink *link = g_new0 (RheoGraphLink, n);
      g_autofree float *x = g_new (float, n), *y = g_new (float, n), *u = g_new (float, n), *v = g_new (float, n);
      const int64_t n_links = n >= 10 ? make_rings (n, link) : 0;
      double joined = 0, all = 0;

      start (n, x, y);
      start (n, u, v);
      rheo_graph_layout (n, link, n_links, NULL, x, y);
      rheo_graph_layout (n, link, n_links, NULL, u, v);
      g_assert_cmpmem (x, sizeof *x * (gsize) n, u, sizeof *u * (gsize) n);
      g_assert_cmpmem (y, sizeof *y * (gsize) n, v, sizeof *v * (gsize) n);
      for (int i = 0; i < n; i++)
        {
          g_assert_true (isfinite (x[i]) && isfinite (y[i]));
          for (int j = 0; j < i; j++)
            {
              const double far = hypot (x[i] - x[j], y[i] - y[j]);

              g_assert_cmpfloat (far, >, 0);
              all += far;
            }
        }
      for (int64_t e = 0; e < n_links; e++)
        joined += hypot (x[link[e].a] - x[link[e].b], y[link[e].a] - y[link[e].b]);
      if (n >= 200)
        g_assert_cmpfloat (joined / (double) n_links, <, 0.25 * all / (n * (n - 1.0) / 2));
    }
}

/* Nodes that start together part from each other without numbers that are none. */
static void
test_together (void)
{
  float x[3] = { 0.5f, 0.5f, 0.5f }, y[3] = { 0.5f, 0.5f, 0.5f };
  const RheoGraphLink link = { 0, 1 };

  rheo_graph_layout (3, &link, 1, NULL, x, y);
  for (int i = 0; i < 3; i++)
    g_assert_true (isfinite (x[i]) && isfinite (y[i]));
}

/* After a change nodes stay near where they were, and fixed ones where they are. */
static void
test_relax (void)
{
  enum
  {
    N = 200
  };
  g_autofree RheoGraphLink *link = g_new0 (RheoGraphLink, N);
  const int64_t n_links = make_rings (N, link);
  float x[N], y[N], u[N], v[N];
  uint8_t fixed[N] = { 0 };
  double moved = 0;

  start (N, x, y);
  rheo_graph_layout (N, link, n_links, NULL, x, y);
  memcpy (u, x, sizeof u);
  memcpy (v, y, sizeof v);
  fixed[7] = 1;
  link[0] = (RheoGraphLink){ 0, 150 };
  rheo_graph_relax (N, link, n_links, fixed, u, v);
  for (int i = 0; i < N; i++)
    {
      const double far = hypot (u[i] - x[i], v[i] - y[i]);

      g_assert_cmpfloat (far, <=, RHEO_GRAPH_DRIFT * 1.001);
      moved += far;
    }
  g_assert_cmpfloat (moved, >, 0);
  g_assert_true (u[7] == x[7] && v[7] == y[7]);
}

/* --- what goes on from what was shown ------------------------------------------------------------------------------ */
static double
find_most (const RheoPlotPlaces *a, const RheoPlotPlaces *b)
{
  double most = 0;

  g_assert_cmpint (a->n, ==, b->n);
  for (int64_t i = 0; i < a->n; i++)
    if (isfinite (a->x[i]) && isfinite (b->x[i]))
      most = MAX (most, hypot (a->x[i] - b->x[i], a->y[i] - b->y[i]));
  return most;
}

/* A copy of the spec with another threshold that goes on from places. */
static RheoPlotPlaces *
go_on (const RheoPlotSpec *spec, const char *edges, RheoPlotPlaces *from)
{
  g_autoptr (RheoPlotSpec) next = rheo_plot_spec_dup (spec);

  g_assert_true (rheo_plot_set (next, "edges", edges, NULL));
  rheo_plot_set_places (next, from);
  return rheo_plot_dup_places (next);
}

static void
test_goes_on (void)
{
  PlotScene *scene = scene_find ("graph");
  g_autoptr (RheoPlotPlaces) first = rheo_plot_dup_places (scene->spec);
  g_autoptr (RheoPlotPlaces) same = go_on (scene->spec, "2", first), more = go_on (scene->spec, "4", first);
  g_autoptr (RheoPlotPlaces) fewer = go_on (scene->spec, "1", first), back = go_on (scene->spec, "2", fewer);
  g_autoptr (RheoPlotPlaces) anew = go_on (scene->spec, "4", NULL);

  g_assert_cmpfloat (find_most (first, same), ==, 0);
  g_assert_cmpfloat (find_most (first, more), >, 0);
  g_assert_cmpfloat (find_most (first, more), <=, RHEO_GRAPH_DRIFT * 1.001);
  g_assert_cmpfloat (find_most (first, back), <=, 2 * RHEO_GRAPH_DRIFT * 1.001);
  g_assert_cmpfloat (find_most (first, anew), >, 2 * RHEO_GRAPH_DRIFT);
  scene_free (scene);
}

/* The limits hold as long as nodes lie inside and fill half of them. */
static void
test_limits (void)
{
  static const struct
  {
    float lo, hi;
    gboolean stays;
  } cases[] = { { -0.3f, 1.6f, TRUE }, { 0.4f, 2, FALSE }, { -5, 5, FALSE } };
  PlotScene *scene = scene_find ("graph");
  g_autoptr (RheoPlotPlaces) first = rheo_plot_dup_places (scene->spec);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RheoPlotPlaces) before = rheo_plot_places_dup (first), after = NULL;
      const float span = first->hi[0] - first->lo[0];

      before->lo[0] = first->lo[0] + (cases[i].lo) * span;
      before->hi[0] = first->lo[0] + (cases[i].hi) * span;
      after = go_on (scene->spec, "2", before);
      g_assert_true ((after->lo[0] == before->lo[0] && after->hi[0] == before->hi[0]) == cases[i].stays);
      g_assert_true (after->lo[1] == first->lo[1] && after->hi[1] == first->hi[1]);
    }
  scene_free (scene);
}

/* Where it was put it stays, also after another change, and its partners come along. */
static void
test_held (void)
{
  PlotScene *scene = scene_find ("graph-weights");
  g_autoptr (RheoPlotPlaces) first = rheo_plot_dup_places (scene->spec);
  g_autoptr (RheoPlotPlaces) put = rheo_plot_places_move (first, 2, 1.5, -0.25);
  g_autoptr (RheoPlotPlaces) moved = go_on (scene->spec, "2", put);
  g_autoptr (RheoPlotSpec) other = rheo_plot_spec_dup (scene->spec);
  g_autoptr (RheoPlotPlaces) later = NULL, anew = NULL;

  g_assert_cmpfloat (moved->x[2], ==, 1.5);
  g_assert_cmpfloat (moved->y[2], ==, -0.25);
  g_assert_true (moved->x[0] == first->x[0] && moved->y[0] == first->y[0]); /* no partner */
  g_assert_cmpfloat (hypot (moved->x[1] - 1.5, moved->y[1] + 0.25), <, hypot (first->x[1] - 1.5, first->y[1] + 0.25));
  g_assert_true (rheo_plot_set (other, "threshold", "0.7", NULL));
  rheo_plot_set_places (other, moved);
  later = rheo_plot_dup_places (other);
  g_assert_cmpfloat (later->x[2], ==, 1.5);
  g_assert_cmpfloat (later->y[2], ==, -0.25);
  g_assert_true (rheo_plot_set (other, "seed", "2", NULL));
  anew = rheo_plot_dup_places (other);
  g_assert_false (anew->held[2]);
  scene_free (scene);
}

/* The slider: from 0 to the strongest pair, and what it sets. */
static void
test_slide (void)
{
  static const char *const sets[] = { "cut=value threshold=0.05", "cut=value threshold=2", "edges=1" };
  static const double values[] = { 0.05, 2, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (RheoPlotSpec) spec = spec_of (4, four, "unit unit", sets[i]);
      RheoPlotSlide slide;

      g_assert_true (rheo_plot_get_slide (spec, &slide));
      g_assert_cmpfloat (slide.hi, ==, 0.5);
      g_assert_cmpfloat (slide.value, ==, values[i]);
      g_assert_true (rheo_plot_set (spec, slide.also, slide.means, NULL));
      g_assert_true (rheo_plot_set (spec, slide.key, "0.3", NULL));
      g_assert_true (rheo_plot_get_slide (spec, &slide));
      g_assert_cmpfloat (slide.value, ==, 0.3);
    }
}

/* Of more edges than can be told apart the strongest; of equal ones as many as there is room for. */
static void
test_most_edges (void)
{
  enum
  {
    N = 210
  };
  g_autofree float *v = g_new (float, N *N);

  for (int k = 0; k < N * N; k++)
    v[k] = k < N ? 2 : 1;
  {
    g_autoptr (RheoPlotSpec) spec = spec_of (N, v, "pre post", "cut=value threshold=0");
    const RheoGraph *g = rheo_plot_get_prepared (spec);

    g_assert_cmpint (g->n_above, ==, N * (N - 1));
    g_assert_cmpint (g->n_edges, ==, RHEO_GRAPH_MOST_EDGES);
    g_assert_cmpfloat (g->value[g->n_edges - (N - 1)], ==, 2);
    g_assert_cmpfloat (g->value[g->n_edges - N], ==, 1);
  }
}

/* --- pointer ----------------------------------------------------------------------------------------------------- */
static void
test_pick (void)
{
  PlotScene *scene = scene_find ("graph-weights");
  const RheoGraph *g = rheo_plot_get_prepared (scene->spec);
  RheoPlotPanel panels[RHEO_PLOT_MAX_PANELS];

  g_assert_cmpint (g->n, ==, 6);
  g_assert_cmpint (rheo_plot_panels (scene->spec, scene->width, scene->height, panels), ==, 1);
  for (int i = 0; i < g->n; i++)
    {
      const RheoPlotPanel *p = &panels[0];
      RheoPlotPick pick;

      rheo_plot_pick (scene->spec, scene->width, scene->height,
                      rheo_plot_map (&p->x, g->x[i], p->area.x, p->area.x + p->area.width),
                      rheo_plot_map (&p->y, g->y[i], p->area.y + p->area.height, p->area.y), &pick);
      g_assert_cmpint (pick.unit, ==, g->unit[i]);
      if (g->unit[i] == 0)
        g_assert_cmpstr (pick.text, ==, "Unit 0, 3 edges: → 1 (0.9), → 5 (−0.7), ← 3 (0.4)");
      if (g->unit[i] == 4)
        g_assert_cmpstr (pick.text, ==, "Unit 4: no edges");
    }
  scene_free (scene);
}

/* Where no node is near, the edge under the pointer. */
static void
test_pick_edge (void)
{
  PlotScene *scene = scene_find ("graph-weights");
  const RheoGraph *g = rheo_plot_get_prepared (scene->spec);
  RheoPlotPanel panels[RHEO_PLOT_MAX_PANELS];
  int n_found = 0;

  rheo_plot_panels (scene->spec, scene->width, scene->height, panels);
  for (int64_t e = 0; e < g->n_edges; e++)
    {
      const RheoPlotPanel *p = &panels[0];
      const int a = g->edge[e].a, b = g->edge[e].b;
      RheoPlotPick pick;

      rheo_plot_pick (scene->spec, scene->width, scene->height,
                      rheo_plot_map (&p->x, (g->x[a] + g->x[b]) / 2, p->area.x, p->area.x + p->area.width),
                      rheo_plot_map (&p->y, (g->y[a] + g->y[b]) / 2, p->area.y + p->area.height, p->area.y), &pick);
      if (pick.index != e || !pick.line)
        continue;
      n_found++;
      g_assert_cmpint (pick.unit, ==, -1);
      g_assert_cmpfloat (pick.x, ==, g->x[a]);
      g_assert_cmpfloat (pick.end_y, ==, g->y[b]);
      if (g->unit[a] == 0 && g->unit[b] == 5)
        g_assert_cmpstr (pick.text, ==, "0 → 5: Weight −0.7");
    }
  g_assert_cmpint (n_found, >=, g->n_edges - 1);
  scene_free (scene);
}

static void
test_classes (void)
{
  static const uint8_t class[] = { 0, 0, 1, 1 };
  const int64_t n = 4;
  g_autoptr (RheoPlotSpec) spec = spec_of (4, four, "pre post", "cut=value threshold=0.05 absolute=true");
  g_autoptr (RheoTable) table = rheo_table_new ("Record");
  RheoPlotEntry entries[RHEO_PLOT_MAX_ENTRIES];

  g_assert_cmpint (rheo_plot_entries (spec, entries), ==, 0);
  rheo_table_add_copy (table, "hidden.class", "Class", "", "unit", RHEO_U8, &n, class);
  rheo_table_set_note (table, "hidden.classes", "E PV");
  g_assert_true (rheo_plot_bind (spec, "class", table, "hidden.class", NULL, NULL));
  g_assert_cmpint (rheo_plot_entries (spec, entries), ==, 2);
  g_assert_cmpstr (entries[1].label, ==, "PV");
  g_assert_false (rheo_graph_is_hidden (spec, rheo_plot_get_prepared (spec), 2));
  spec->hidden = 1 << 1;
  g_assert_true (rheo_graph_is_hidden (spec, rheo_plot_get_prepared (spec), 2));
  g_assert_false (rheo_graph_is_hidden (spec, rheo_plot_get_prepared (spec), 0));
}

/* A fixed limit of colours of a heat map is that of every matrix. */
static void
test_limit (void)
{
  PlotScene *scene = scene_find ("heat-map-lower");
  RheoPlotAxis x, y, colour = { 0 };

  scene->spec->kind->range (scene->spec, &x, &y, &colour);
  g_assert_cmpfloat_with_epsilon (colour.hi, 0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (colour.lo, -0.1, 1e-12);
  scene_free (scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/threshold", test_threshold);
  g_test_add_func ("/graph/wanted", test_wanted);
  g_test_add_func ("/graph/said", test_said);
  g_test_add_func ("/graph/refused", test_refused);
  g_test_add_func ("/graph/synapses", test_synapses);
  g_test_add_func ("/graph/layout", test_layout);
  g_test_add_func ("/graph/together", test_together);
  g_test_add_func ("/graph/relax", test_relax);
  g_test_add_func ("/graph/goes-on", test_goes_on);
  g_test_add_func ("/graph/limits", test_limits);
  g_test_add_func ("/graph/held", test_held);
  g_test_add_func ("/graph/slide", test_slide);
  g_test_add_func ("/graph/most-edges", test_most_edges);
  g_test_add_func ("/graph/pick", test_pick);
  g_test_add_func ("/graph/pick-edge", test_pick_edge);
  g_test_add_func ("/graph/classes", test_classes);
  g_test_add_func ("/heat-map/limit", test_limit);
  return g_test_run ();
}
