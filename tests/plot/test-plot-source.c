/* Which series take which role of a plot, from a source that is no run at all. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "plot/plot-source.h"

static const char *const names[] = { "iteration",
                                     "train.loss",
                                     "valid.loss",
                                     "hidden.rate",
                                     "task.baseline",
                                     "rec.weight",
                                     "in.change",
                                     "rec.change",
                                     "in.gradient",
                                     "rec.gradient",
                                     "hidden.spikes",
                                     "out.value",
                                     "task.target",
                                     "fixed-points/1/place",
                                     "fixed-points/2/place",
                                     "psychometric/1/right",
                                     "trials/1/place",
                                     "singular-values/1/values",
                                     "evaluations/1/length",
                                     "evaluations/1/network" };
static const int64_t snapshots[] = { 0, 1, 10, 20 };

static RheoTable *
list_series (void *data, GError **error)
{
  RheoTable *table = rheo_table_new ("Series");
  const int64_t n = G_N_ELEMENTS (names);

  rheo_table_add_copy (table, "series", "Series", "", "series", RHEO_STRING, &n, names);
  return table;
}

static gboolean
find_snapshot (void *data, const char *word, int64_t *at, GError **error)
{
  int64_t wanted = g_ascii_strtoll (word, NULL, 10);

  if (strcmp (word, "first") == 0)
    wanted = 1;
  else if (strcmp (word, "middle") == 0)
    wanted = 10;
  else if (strcmp (word, "last") == 0)
    wanted = 20;
  for (guint i = 0; i < G_N_ELEMENTS (snapshots); i++)
    if (snapshots[i] == wanted)
      {
        *at = wanted;
        return TRUE;
      }
  return rheo_fail (error, RHEO_ERROR_INVALID, "There is no iteration %s.", word);
}

static RheoTable *metrics;

static RheoTable *
read_series (void *data, const char *series, int64_t at, const char **key, GError **error)
{
  const int64_t trials[] = { 2, 4, 3 }, matrix[] = { 3, 3 }, units = 3;
  g_autofree char *text = g_strdup_printf ("%d", (int) (at < 0 ? 20 : at));
  RheoTable *table;

  if (rheo_table_find (metrics, series) != NULL)
    table = rheo_table_ref (metrics);
  else if (g_strv_contains (names, series))
    {
      table = rheo_table_new ("Snapshot");
      rheo_table_set_note (table, "iteration", text);
      if (g_str_has_suffix (series, ".spikes"))
        {
          rheo_table_add (table, series, "Spikes", "", "trial time unit", RHEO_U8, trials);
          rheo_table_add (table, "hidden.class", "Class", "", "unit", RHEO_U8, &units);
        }
      else if (strcmp (series, "out.value") == 0 || strcmp (series, "task.target") == 0)
        rheo_table_add (table, series, "Output", "", "trial time unit", RHEO_F32, trials);
      else if (g_str_has_suffix (series, "/place"))
        {
          const int64_t points = 5, places[] = { points, g_str_has_prefix (series, "trials") ? 2 : 3 };
          RheoTable *result =
              rheo_table_new (strcmp (series, "fixed-points/2/place") == 0 ? "Newest points" : "Points");

          rheo_table_add (result, "place", "Place", "", "point direction", RHEO_F64, places);
          rheo_table_add (result, "unstable", "Unstable modes", "", "point", RHEO_I32, &points);
          rheo_table_unref (table);
          *key = "place";
          return result;
        }
      else if (strcmp (series, "psychometric/1/right") == 0)
        {
          const int64_t map[] = { 2, 4, 3 };

          /* Values stand along the last axis; what is called like the one before has another length. */
          rheo_table_add (table, "right", "Right choices", "", "context colour motion", RHEO_F64, map);
          rheo_table_add (table, "motion", "Motion", "", "motion", RHEO_F64, &units);
          rheo_table_add (table, "colour", "Colour", "", "colour", RHEO_F64, &units);
          *key = "right";
          return table;
        }
      else if (g_str_has_prefix (series, "evaluations/"))
        {
          const char *const network[] = { "before", "before", "149" };

          rheo_table_add (table, "length", "Length", "steps", "sample", RHEO_F64, &units);
          rheo_table_add_copy (table, "network", "Network", "", "sample", RHEO_STRING, &units, network);
          *key = strrchr (series, '/') + 1;
          return table;
        }
      else if (strcmp (series, "singular-values/1/values") == 0)
        {
          const int64_t rows = 4, n = 7;

          rheo_table_add (table, "iteration", "Iteration", "", "row", RHEO_I64, &rows);
          rheo_table_add (table, "values", "Singular values", "", "number", RHEO_F64, &n);
          *key = "values";
          return table;
        }
      else if (g_str_has_suffix (series, ".weight"))
        rheo_table_add (table, series, "Weights", "", "pre post", RHEO_F32, matrix);
      else
        {
          const gboolean change = g_str_has_suffix (series, ".change");
          g_autofree char *part = g_strndup (series, strcspn (series, "."));
          g_autofree char *label = g_strdup_printf (change ? "Weight change of %s" : "Gradient of %s", part);

          rheo_table_set_note (table, "unit", "epoch");
          if (change)
            rheo_table_set_note (table, "since", "1");
          rheo_table_add (table, series, label, "", "pre post", RHEO_F32, matrix);
        }
    }
  else
    {
      rheo_fail (error, RHEO_ERROR_INVALID, "There is no series %s.", series);
      return NULL;
    }
  *key = rheo_table_find (table, series)->key;
  return table;
}

static RheoPlotSource
make_source (const char *name)
{
  return (RheoPlotSource){ .name = name,
                           .unit = "epoch",
                           .budget = 40,
                           .dt_ms = 2,
                           .list = list_series,
                           .read = read_series,
                           .find = find_snapshot };
}

static RheoPlotSpec *
fill (const char *kind, int n_sources, const char *const *from, const char *const *at)
{
  RheoPlotSource sources[] = { make_source ("one"), make_source ("two") };
  g_autoptr (GError) error = NULL;
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find (kind, NULL));

  rheo_plot_fill (spec, sources, n_sources, from, at, &error);
  g_assert_no_error (error);
  return spec;
}

static void
assert_bound (const RheoPlotSpec *spec, int i, const char *role, const char *key, const char *label)
{
  g_assert_cmpint (i, <, spec->n_bindings);
  g_assert_cmpstr (spec->binding[i].role, ==, role);
  g_assert_cmpstr (spec->binding[i].column->key, ==, key);
  g_assert_cmpstr (spec->binding[i].label, ==, label);
}

static double
get_value (const RheoPlotSpec *spec, const char *key)
{
  void *at;
  const RheoParam *row = rheo_params_find (spec->kind->base.params, spec->values, key, "", &at, NULL);
  g_autofree char *text = rheo_param_dup_text (row, at);

  return g_ascii_strtod (text, NULL);
}

static void
test_line (void)
{
  g_autoptr (RheoPlotSpec) spec = fill ("line", 1, NULL, NULL);

  g_assert_cmpint (spec->n_bindings, ==, 3);
  assert_bound (spec, 0, "y", "train.loss", NULL);
  assert_bound (spec, 1, "x", "iteration", NULL);
  assert_bound (spec, 2, "y", "valid.loss", NULL);
  g_assert_cmpfloat (get_value (spec, "budget"), ==, 40);
  g_assert_cmpfloat (get_value (spec, "references"), ==, 16.03);
  g_assert_cmpstr (spec->x.label, ==, "Epoch");
  g_assert_true (rheo_plot_check (spec, NULL));
}

/* What is no loss has no constant prediction beside it. */
static void
test_line_named (void)
{
  const char *const from[] = { "hidden.rate", NULL };
  g_autoptr (RheoPlotSpec) spec = fill ("line", 2, from, NULL);

  g_assert_cmpint (spec->n_bindings, ==, 3);
  assert_bound (spec, 0, "y", "hidden.rate", "one");
  assert_bound (spec, 2, "y", "hidden.rate", "two");
  g_assert_true (isnan (get_value (spec, "references")) || get_value (spec, "references") == 0);
  g_assert_cmpstr (spec->title, ==, "Rate");
}

/* A step of 2 ms: what is stored per step is shown in Hz, and what has another unit is not touched. */
static void
test_hz (void)
{
  const char *const from[] = { "hidden.rate.E", "target=hidden.rate.E", "hidden.rate", NULL };
  g_autoptr (RheoPlotSpec) spec = fill ("line", 1, from, NULL);
  g_autoptr (RheoTable) numbers = NULL;
  const RheoColumn *stored = rheo_table_find (metrics, "hidden.rate.E"), *shown;

  assert_bound (spec, 0, "y", "hidden.rate.E", NULL);
  assert_bound (spec, 1, "x", "iteration", NULL);
  assert_bound (spec, 2, "target", "hidden.rate.E", NULL);
  shown = spec->binding[0].column;
  g_assert_cmpstr (shown->unit, ==, "Hz");
  g_assert_cmpfloat (shown->hi, ==, 500);
  for (int i = 0; i < rheo_column_get_length (stored); i++)
    g_assert_cmpfloat_with_epsilon (rheo_column_get_number (shown, i), rheo_column_get_number (stored, i) * 500, 1e-9);
  g_assert_cmpstr (stored->unit, ==, "spikes/step");
  g_assert_true (spec->binding[2].column == shown);
  g_assert_true (spec->binding[3].column == rheo_table_find (metrics, "hidden.rate"));
  /* The level goes along into the numbers. */
  g_assert_true (rheo_plot_check (spec, NULL));
  numbers = spec->kind->numbers (spec);
  g_assert_nonnull (rheo_table_find (numbers, "Target of E"));
  g_assert_cmpfloat_with_epsilon (rheo_column_get_number (rheo_table_find (numbers, "Target of E"), 1),
                                  rheo_column_get_number (stored, 1) * 500, 1e-9);
}

static void
test_raster (void)
{
  const char *const at[] = { "first", NULL };
  g_autoptr (RheoPlotSpec) spec = fill ("raster", 1, NULL, at);

  g_assert_cmpint (spec->n_bindings, ==, 2);
  assert_bound (spec, 0, "spikes", "hidden.spikes", NULL);
  assert_bound (spec, 1, "class", "hidden.class", NULL);
  g_assert_cmpfloat (get_value (spec, "step"), ==, 2);
  g_assert_cmpstr (spec->subtitle, ==, "one · epoch 1");
  g_assert_cmpstr (spec->when, ==, "epoch 1");
}

static void
test_trajectory (void)
{
  g_autoptr (RheoPlotSpec) spec = fill ("trajectory", 1, NULL, NULL);
  static const char *const iterations[] = { "1", "10", "20" };
  int n = 0;

  g_assert_cmpint (spec->n_bindings, ==, 4);
  for (int i = 0; i < spec->n_bindings; i++)
    if (strcmp (spec->binding[i].role, "prediction") == 0)
      g_assert_cmpstr (rheo_table_get_note (spec->binding[i].table, "iteration"), ==, iterations[n++]);
    else
      assert_bound (spec, i, "target", "task.target", NULL);
  g_assert_cmpint (n, ==, 3);
  g_assert_cmpstr (spec->subtitle, ==, "one");
  g_assert_cmpstr (spec->when, ==, "epoch 20");
}

/* Rows of a data preview: the numbers behind the figure are those of the trials that it shows. */
static void
test_trials (void)
{
  g_autoptr (RheoPlotSpec) spec = fill ("trials", 1, NULL, NULL);
  g_autoptr (RheoTable) numbers = NULL;
  const RheoColumn *target = spec->binding[0].column;

  assert_bound (spec, 0, "signals", "task.target", NULL);
  for (int i = 0; i < rheo_column_get_length (target); i++)
    ((float *) target->data)[i] = (float) i;
  g_assert_true (rheo_plot_set (spec, "trials", "1", NULL));
  g_assert_true (rheo_plot_set (spec, "first", "1", NULL));
  g_assert_true (rheo_plot_set (spec, "names", "x;y;z", NULL));
  numbers = spec->kind->numbers (spec);
  g_assert_cmpint (rheo_table_get_n_columns (numbers), ==, 4);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (numbers, "trial 1 y"), 2), ==, 12 + 2 * 3 + 1);
}

static void
test_violin (void)
{
  g_autoptr (RheoPlotSpec) spec = fill ("violin", 1, NULL, NULL);
  RheoPlotAxis x, y, colour;

  g_assert_cmpint (spec->n_bindings, ==, 4);
  assert_bound (spec, 0, "values", "in.change", "in");
  assert_bound (spec, 1, "values", "rec.change", "rec");
  assert_bound (spec, 2, "second", "in.gradient", "in");
  assert_bound (spec, 3, "second", "rec.gradient", "rec");
  g_assert_cmpstr (spec->title, ==, "Weight change and gradient");
  g_assert_true (rheo_plot_check (spec, NULL));
  spec->kind->range (spec, &x, &y, &colour);
  g_assert_cmpstr (x.label, ==, "Change since epoch 1");
}

/* After the first iteration the axis is already that of the training, not of the place in the table. */
static void
test_first_iteration (void)
{
  g_autoptr (RheoTable) all = g_steal_pointer (&metrics);
  const int64_t n = 1, first = 1;
  const double loss = 9;

  metrics = rheo_table_new ("Metrics");
  rheo_table_add_copy (metrics, "iteration", "Iteration", "", "iteration", RHEO_I64, &n, &first);
  rheo_table_add_copy (metrics, "train.loss", "Loss", "", "iteration", RHEO_F64, &n, &loss);
  {
    const char *const from[] = { "train.loss", NULL };
    g_autoptr (RheoPlotSpec) spec = fill ("line", 1, from, NULL);

    g_assert_cmpint (spec->n_bindings, ==, 2);
    assert_bound (spec, 1, "x", "iteration", NULL);
    g_assert_cmpstr (spec->x.label, ==, "Epoch");
  }
  rheo_table_unref (metrics);
  metrics = g_steal_pointer (&all);
}

/* What comes along with a series does so once, also where somebody names it. */
static void
test_named_twice (void)
{
  const char *const one[] = { "evaluations/1/length", NULL };
  const char *const both[] = { "evaluations/1/length", "by=evaluations/1/network", NULL };
  g_autoptr (RheoPlotSpec) alone = fill ("boxes", 1, one, NULL), named = fill ("boxes", 1, both, NULL);

  g_assert_cmpint (alone->n_bindings, ==, 2);
  g_assert_cmpint (named->n_bindings, ==, 2);
  assert_bound (named, 1, "by", "network", NULL);
}

/* Of results the newest; what belongs to its points stands beside them. */
static void
test_result (void)
{
  g_autoptr (RheoPlotSpec) spec = fill ("scatter", 1, NULL, NULL);
  const char *const both[] = { "fixed-points/1/place", "fixed-points/2/place", NULL };
  g_autoptr (RheoPlotSpec) two = fill ("scatter", 1, both, NULL);

  g_assert_cmpint (spec->n_bindings, ==, 2);
  assert_bound (spec, 0, "points", "place", NULL);
  assert_bound (spec, 1, "unstable", "unstable", NULL);
  g_assert_true (spec->binding[0].table == spec->binding[1].table);
  g_assert_cmpstr (spec->title, ==, "Newest points");
  g_assert_cmpint (two->n_bindings, ==, 4);
  assert_bound (two, 2, "points", "place", NULL);
  g_assert_true (two->binding[2].table == two->binding[3].table);
  g_assert_true (rheo_plot_check (spec, NULL));
}

/* Places along two axes lie in a plane. */
static void
test_flat (void)
{
  const char *const from[] = { "trials/1/place", NULL };
  g_autoptr (RheoPlotSpec) spec = fill ("scatter", 1, from, NULL);
  g_autoptr (GError) error = NULL;

  rheo_plot_check (spec, &error);
  g_assert_no_error (error);
}

static void
test_named (void)
{
  const char *const from[] = { "matrix=rec.weight@10", "minus=rec.weight@1", NULL };
  g_autoptr (RheoPlotSpec) spec = fill ("heat-map", 1, from, NULL);

  g_assert_cmpint (spec->n_bindings, ==, 2);
  assert_bound (spec, 0, "matrix", "rec.weight", NULL);
  assert_bound (spec, 1, "minus", "rec.weight", NULL);
  g_assert_cmpstr (rheo_table_get_note (spec->binding[1].table, "iteration"), ==, "1");
}

/* A difference says that it is one, and of what. */
static void
test_difference (void)
{
  const char *const from[] = { "rec.weight", NULL }, *const at[] = { "10", "1", NULL };
  g_autoptr (RheoPlotSpec) spec = fill ("heat-map", 1, from, at), one = fill ("heat-map", 1, from, NULL);
  g_autofree char *subtitle = rheo_plot_dup_subtitle (spec), *alone = rheo_plot_dup_subtitle (one);

  g_assert_cmpint (spec->n_bindings, ==, 2);
  g_assert_true (g_str_has_suffix (spec->title, ", difference"));
  g_assert_true (g_str_has_suffix (subtitle, "epoch 10 − epoch 1"));
  g_assert_null (strstr (one->title, "difference"));
  g_assert_null (strstr (alone, "−"));
}

static void
test_values (void)
{
  const char *const from[] = { "psychometric/1/right", NULL };
  g_autoptr (RheoPlotSpec) spec = fill ("heat-map", 1, from, NULL);

  g_assert_cmpint (spec->n_bindings, ==, 2);
  assert_bound (spec, 1, "columns", "motion", NULL);
}

/* Values in their order do not stand along the rows of the same table. */
static void
test_order (void)
{
  const char *const from[] = { "singular-values/1/values", NULL };
  g_autoptr (RheoPlotSpec) spec = fill ("line", 1, from, NULL);

  g_assert_cmpint (spec->n_bindings, ==, 1);
  g_assert_cmpstr (spec->binding[0].column->key, ==, "values");
}

/* Runs of two tasks: names and units of the first would be wrong for the second. */
static void
test_common (void)
{
  RheoPlotSource sources[] = { make_source ("one"), make_source ("two") };
  static const char *const from[] = { "train.loss", NULL };

  sources[1].unit = "batch";
  sources[1].budget = 1500;
  sources[0].outputs = "cosine;sine";
  for (int same = 0; same < 2; same++)
    {
      g_autoptr (RheoPlotSpec) line = rheo_plot_spec_new (rheo_plot_kind_find ("line", NULL));
      g_autoptr (RheoPlotSpec) outputs = rheo_plot_spec_new (rheo_plot_kind_find ("trajectory", NULL));
      const RheoParam *row;
      g_autofree char *words = NULL;
      g_autoptr (GError) error = NULL;
      void *at;

      if (same)
        {
          sources[1].unit = "epoch";
          sources[1].outputs = "cosine;sine";
        }
      rheo_plot_fill (line, sources, 2, from, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (line->x.label, ==, same ? "Epoch" : NULL);
      g_assert_cmpfloat (get_value (line, "budget"), ==, 1500);
      rheo_plot_fill (outputs, sources, 2, NULL, NULL, &error);
      g_assert_no_error (error);
      row = rheo_params_find (outputs->kind->base.params, outputs->values, "names", "", &at, NULL);
      words = rheo_param_dup_text (row, at);
      g_assert_cmpstr (words, ==, same ? "cosine;sine" : "");
    }
}

static void
assert_refused (const char *kind, const char *from, const char *message)
{
  const char *const list_of_one[] = { from, NULL };
  RheoPlotSource source = make_source ("one");
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find (kind, NULL));
  g_autoptr (GError) error = NULL;

  g_assert_false (rheo_plot_fill (spec, &source, 1, list_of_one, NULL, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  if (strstr (error->message, message) == NULL)
    g_error ("\"%s\" is not in \"%s\"", message, error->message);
}

static void
test_refused (void)
{
  assert_refused ("line", "none", "There is no series none.");
  assert_refused ("line", "who=train.loss", "has no role \"who\"; it has y, x");
  assert_refused ("raster", "rec.weight", "wants a column of");
  assert_refused ("heat-map", "rec.weight@3", "There is no iteration 3.");
  assert_refused ("heat-map", "matrix=train.loss", "wants a column of");
}

int
main (int argc, char **argv)
{
  const int64_t n = 3;
  const double loss[] = { 3, 2, 1 }, baseline[] = { 16.03, 16.03, 16.03 };
  const int64_t iteration[] = { 1, 2, 3 };
  RheoColumn *per_step;

  g_test_init (&argc, &argv, NULL);
  metrics = rheo_table_new ("Metrics");
  rheo_table_add_copy (metrics, "iteration", "Iterations finished", "", "iteration", RHEO_I64, &n, iteration);
  rheo_table_add_copy (metrics, "train.loss", "Loss", "", "iteration", RHEO_F64, &n, loss);
  rheo_table_add_copy (metrics, "valid.loss", "Loss", "", "iteration", RHEO_F64, &n, loss);
  rheo_table_add_copy (metrics, "hidden.rate", "Rate", "", "iteration", RHEO_F64, &n, loss);
  per_step = rheo_table_add_copy (metrics, "hidden.rate.E", "Rate", "spikes/step", "iteration", RHEO_F64, &n, loss);
  per_step->flags = RHEO_SERIES_BY_CLASS;
  per_step->hi = 1;
  rheo_table_add_copy (metrics, "task.baseline", "Constant prediction", "", "iteration", RHEO_F64, &n, baseline);
  g_test_add_func ("/source/line", test_line);
  g_test_add_func ("/source/line-named", test_line_named);
  g_test_add_func ("/source/hz", test_hz);
  g_test_add_func ("/source/raster", test_raster);
  g_test_add_func ("/source/trajectory", test_trajectory);
  g_test_add_func ("/source/trials", test_trials);
  g_test_add_func ("/source/violin", test_violin);
  g_test_add_func ("/source/first-iteration", test_first_iteration);
  g_test_add_func ("/source/result", test_result);
  g_test_add_func ("/source/flat", test_flat);
  g_test_add_func ("/source/named", test_named);
  g_test_add_func ("/source/difference", test_difference);
  g_test_add_func ("/source/values", test_values);
  g_test_add_func ("/source/named-twice", test_named_twice);
  g_test_add_func ("/source/order", test_order);
  g_test_add_func ("/source/common", test_common);
  g_test_add_func ("/source/refused", test_refused);
  {
    int code = g_test_run ();

    rheo_table_unref (metrics);
    return code;
  }
}
