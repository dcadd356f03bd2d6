/* Which points of a grid are runs: conditions between values, points and values that are drawn, and runs that are continued. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/sweep.h"

static RheoSweep *
parse (const char *rest, GError **error)
{
  g_autofree char *json = g_strdup_printf ("{\"experiment\": \"cartpole-stdp-rl\", %s}", rest);

  return rheo_sweep_parse (json, "test", NULL, error);
}

static RheoSweep *
must_parse (const char *rest)
{
  g_autoptr (GError) error = NULL;
  RheoSweep *sweep = parse (rest, &error);

  g_assert_no_error (error);
  return sweep;
}

#define GRID                                                                                                           \
  "\"axes\": [{\"key\": \"rule.trace\", \"values\": [50, 100, 200, 250, 400]},"                                        \
  "{\"key\": \"rule.anti-trace\", \"values\": [50, 100, 200, 250, 400]},"                                              \
  "{\"key\": \"rule.reward-weight\", \"values\": [0.02, 0.01, 0.005]},"                                                \
  "{\"key\": \"rule.anti-weight\", \"values\": [-0.02, -0.01, -0.005]},"                                               \
  "{\"key\": \"rule.window\", \"values\": [2, 3, 5, 10, 25]},"                                                         \
  "{\"key\": \"rule.anti-window\", \"values\": [2, 3, 5, 10, 25]},"                                                    \
  "{\"key\": \"rule.target\", \"values\": [\"motor\", \"chosen\", \"both\"]},"                                         \
  "{\"key\": \"rule.opposite-factor\", \"values\": [0.8, 1]}, {\"key\": \"rule.elsewhere\", \"values\": [false, "      \
  "true]}, {\"key\": \"task.critic.reward-factor\", \"values\": [1.5, 2.5, 2.8]},"                                     \
  "{\"key\": \"task.critic.turning-weight\", \"values\": [0.4, 0.5, 0.7, 1]}]"

static const char *const conditions[] = {
  "\"rule.trace == rule.anti-trace\"",
  "\"rule.anti-weight == -rule.reward-weight\"",
  "\"rule.anti-window == rule.window\"",
  "\"rule.target == both or rule.opposite-factor == 1\"",
};

/* One of the four is left out; 4: none. */
static int
count_without (guint out)
{
  g_autoptr (GString) text = g_string_new (GRID ", \"where\": [");
  g_autoptr (RheoSweep) sweep = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    if (i != out)
      g_string_append_printf (text, "%s%s", g_str_has_suffix (text->str, "[") ? "" : ", ", conditions[i]);
  g_string_append (text, "]");
  sweep = must_parse (text->str);
  return rheo_sweep_get_n_rows (sweep);
}

/* The published grid: 5 x 3 x 5 x (2 + 1 + 1) x 2 x 3 x 4 runs, and more by the factor that each condition takes away. */
static void
test_published (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSweep) sweep = NULL;

  g_assert_cmpint (count_without (4), ==, 7200);
  g_assert_cmpint (count_without (0), ==, 7200 * 5);
  g_assert_cmpint (count_without (1), ==, 7200 * 3);
  g_assert_cmpint (count_without (2), ==, 7200 * 5);
  g_assert_cmpint (count_without (3), ==, 7200 * 6 / 4);
  /* Without any of them it would be 810000 runs. */
  sweep = parse (GRID, &error);
  g_assert_null (sweep);
  g_assert_nonnull (strstr (error->message, "more than 100000 runs"));
}

/* Every row keeps the conditions, in the order of the grid, and what the target switches off is not set. */
static void
test_rows (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSweep) sweep =
      must_parse ("\"axes\": [{\"key\": \"rule.target\", \"values\": [\"motor\", \"both\"]}, {\"key\": "
                  "\"rule.opposite-factor\", \"values\": [0.8, 1]}], \"seeds\": 2, "
                  "\"where\": [\"rule.target == both or rule.opposite-factor == 1\"]");
  const char *const names[] = { "target-motor_opposite-factor-1_seed-1",  "target-motor_opposite-factor-1_seed-2",
                                "target-both_opposite-factor-0.8_seed-1", "target-both_opposite-factor-0.8_seed-2",
                                "target-both_opposite-factor-1_seed-1",   "target-both_opposite-factor-1_seed-2" };
  g_auto (GStrv) unused = NULL, used = NULL;

  g_assert_cmpint (rheo_sweep_get_n_rows (sweep), ==, 6);
  g_assert_cmpint (rheo_sweep_get_n_points (sweep), ==, 3);
  for (int row = 0; row < 6; row++)
    {
      g_assert_cmpstr (rheo_sweep_get_name (sweep, row), ==, names[row]);
      g_assert_cmpint (rheo_sweep_find_row (sweep, names[row]), ==, row);
      g_assert_cmpint (rheo_sweep_get_combination (sweep, row), ==, row / 2);
    }
  g_assert_true (rheo_sweep_check (sweep, &error));
  g_assert_no_error (error);
  unused = rheo_sweep_dup_settings (sweep, 1);
  used = rheo_sweep_dup_settings (sweep, 5);
  g_assert_false (g_strv_contains ((const char *const *) unused, "rule.opposite-factor=1"));
  g_assert_true (g_strv_contains ((const char *const *) used, "rule.opposite-factor=1"));
}

static int
count_where (const char *where)
{
  g_autofree char *text =
      g_strdup_printf ("\"axes\": [{\"key\": \"rule.trace\", \"values\": [1, 2, 3]}, {\"together\": "
                       "[{\"key\": \"rule.window\", \"values\": [1, 2, 3]}, {\"key\": "
                       "\"rule.anti-window\", \"values\": [3, 2, 1]}]}], \"where\": [%s]",
                       where);
  g_autoptr (RheoSweep) sweep = must_parse (text);

  return rheo_sweep_get_n_rows (sweep);
}

static void
test_operators (void)
{
  g_assert_cmpint (count_where (""), ==, 9);
  g_assert_cmpint (count_where ("\"rule.trace == rule.window\""), ==, 3);
  g_assert_cmpint (count_where ("\"rule.trace != rule.window\""), ==, 6);
  g_assert_cmpint (count_where ("\"rule.trace < rule.window\""), ==, 3);
  g_assert_cmpint (count_where ("\"rule.trace <= rule.window\""), ==, 6);
  g_assert_cmpint (count_where ("\"rule.trace > 1\""), ==, 6);
  g_assert_cmpint (count_where ("\"2 >= rule.trace\""), ==, 6);
  /* Linked keys are told apart, and all conditions hold together. */
  g_assert_cmpint (count_where ("\"rule.window == rule.anti-window\""), ==, 3);
  g_assert_cmpint (count_where ("\"rule.trace > 1\", \"rule.anti-window == 1\""), ==, 2);
  /* `and` binds more closely than `or`. */
  g_assert_cmpint (count_where ("\"rule.trace == 1 or rule.trace == 2 and rule.window == 2\""), ==, 4);
  g_assert_cmpint (count_where ("\"rule.trace == 2 and rule.window == 2 or rule.trace == 1\""), ==, 4);
}

/* So many points, each with all seeds; the seed of the sweep alone decides which. */
static void
test_choose (void)
{
#define AXES "\"axes\": [{\"key\": \"rule.trace\", \"linear\": [1, 100], \"count\": 100}], \"seeds\": 2, \"choose\": 10"
  g_autoptr (RheoSweep) sweep = must_parse (AXES), again = must_parse (AXES ", \"seed\": 1"),
                        other = must_parse (AXES ", \"seed\": 2"),
                        more = must_parse ("\"axes\": [{\"key\": \"rule.trace\", \"linear\": [1, 100], \"count\": "
                                           "100}], \"seeds\": 2, \"choose\": 20");
  g_autoptr (GHashTable) points = g_hash_table_new (NULL, NULL);
  gboolean ascending = TRUE;

  g_assert_cmpint (rheo_sweep_get_n_rows (sweep), ==, 20);
  g_assert_cmpint (rheo_sweep_get_n_points (sweep), ==, 10);
  g_assert_true (rheo_sweep_equal (sweep, again));
  g_assert_false (rheo_sweep_equal (sweep, other));
  for (int row = 0; row < 20; row += 2)
    {
      const int point = rheo_sweep_get_point (sweep, row, 0);

      g_assert_true (g_hash_table_add (points, GINT_TO_POINTER (point)));
      g_assert_cmpint (rheo_sweep_get_point (sweep, row + 1, 0), ==, point);
      g_assert_cmpint (rheo_sweep_get_point (sweep, row + 1, 1), ==, 1);
      /* More of them begin with the same. */
      g_assert_cmpstr (rheo_sweep_get_name (sweep, row), ==, rheo_sweep_get_name (more, row));
      ascending = ascending && (row == 0 || point > rheo_sweep_get_point (sweep, row - 2, 0));
    }
  g_assert_false (ascending);
#undef AXES
}

/* Each run has a network of its own, whoever asks and in whatever order, and the folder keeps it. */
static void
test_draw (void)
{
#define DRAW "\"seeds\": 50, \"draw\": {\"model.seed\": [1000000, 1000009], \"rule.gain\": [1, 3]}"
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSweep) sweep = must_parse (DRAW), other = must_parse (DRAW ", \"seed\": 5"), kept = NULL;
  g_autofree char *folder = g_dir_make_tmp ("sweep-XXXXXX", NULL),
                  *file = g_build_filename (folder, "sweep.json", NULL),
                  *shared = g_build_filename (folder, "experiment.json", NULL);
  g_auto (GStrv) drawn = rheo_sweep_dup_drawn (sweep);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  g_assert_true (g_strv_contains ((const char *const *) drawn, "model.seed"));
  for (int row = 0; row < 50; row++)
    {
      g_autoptr (RheoExperiment) experiment = rheo_sweep_dup_experiment (sweep, row, &error);
      g_autofree char *seed = NULL, *gain = NULL;
      double number;

      g_assert_no_error (error);
      seed = rheo_experiment_dup_value (experiment, "model.seed", NULL);
      gain = rheo_experiment_dup_value (experiment, "rule.gain", NULL);
      number = g_ascii_strtod (seed, NULL);
      g_hash_table_add (seen, GINT_TO_POINTER ((int) number));
      g_assert_cmpfloat (number, >=, 1000000);
      g_assert_cmpfloat (number, <=, 1000009);
      g_assert_cmpfloat (g_ascii_strtod (gain, NULL), >=, 1);
      g_assert_cmpfloat (g_ascii_strtod (gain, NULL), <=, 3);
    }
  /* Fifty draws of ten numbers leave out hardly any. */
  g_assert_cmpuint (g_hash_table_size (seen), >=, 9);
  g_assert_false (rheo_sweep_equal (sweep, other));
  g_assert_true (rheo_sweep_create (sweep, folder, &error));
  kept = rheo_sweep_load (folder, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_sweep_equal (sweep, kept));
  g_remove (file);
  g_remove (shared);
  g_rmdir (folder);
#undef DRAW
}

static void
test_refused (void)
{
#define TWO "\"axes\": [{\"key\": \"rule.trace\", \"values\": [1, 2]}], "
  static const char *const cases[][2] = {
    { TWO "\"where\": \"rule.trace == 1\"", "where is no list of conditions" },
    { TWO "\"where\": [3]", "where[0] is no text" },
    { TWO "\"where\": [\"\"]", "is no condition" },
    { TWO "\"where\": [\"rule.trace==1\"]", "spaces around" },
    { TWO "\"where\": [\"rule.trace = 1\"]", "is no condition" },
    { TWO "\"where\": [\"rule.trace == 1 or\"]", "is no condition" },
    { TWO "\"where\": [\"rule.trace == 1 xor rule.trace == 2\"]", "is no condition" },
    { TWO "\"where\": [\"rule.trase == 1\"]", "the nearest is \"rule.trace\"" },
    { TWO "\"where\": [\"rule.trace == 1\", \"model.gain-ee == 1\"]", "where[1]: model.gain-ee is not varied" },
    { TWO "\"where\": [\"1 == 1\"]", "names nothing that is varied" },
    { TWO "\"where\": [\"rule.trace == 3\"]", "No point is left" },
    { TWO "\"choose\": 0", "choose is no whole number from 1" },
    { TWO "\"choose\": 3", "choose is 3, but there are only 2 points" },
    { TWO "\"choose\": 1, \"seed\": \"a\"", "seed is no whole number" },
    { TWO "\"draw\": []", "draw is no object" },
    { TWO "\"draw\": {\"model.sed\": [1, 2]}", "draw: model has no key" },
    { TWO "\"draw\": {\"model.seed\": [2, 1]}", "lower one first" },
    { TWO "\"draw\": {\"model.seed\": [1, 2.5]}", "whole numbers" },
    { TWO "\"draw\": {\"rule.learn\": [0, 1]}", "rule.learn is no number" },
    { TWO "\"draw\": {\"rule.trace\": [1, 2]}", "varied by an axis already" },
    { TWO "\"continue\": \"nowhere\"", "both \"experiment\" and \"continue\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      RheoSweep *sweep = parse (cases[i][0], &error);

      g_assert_null (sweep);
      if (strstr (error->message, cases[i][1]) == NULL || !g_str_has_prefix (error->message, "test: "))
        g_error ("%s: %s", cases[i][0], error->message);
    }
#undef TWO
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sweep-rows/published", test_published);
  g_test_add_func ("/sweep-rows/rows", test_rows);
  g_test_add_func ("/sweep-rows/operators", test_operators);
  g_test_add_func ("/sweep-rows/choose", test_choose);
  g_test_add_func ("/sweep-rows/draw", test_draw);
  g_test_add_func ("/sweep-rows/refused", test_refused);
  return g_test_run ();
}
