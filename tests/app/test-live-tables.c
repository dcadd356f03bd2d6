/* Frames of a run that goes on: what is kept of past iterations lies evenly over the run and does not grow with it. */
#include "config.h"

#include <stdlib.h>

#include "app/live-tables.h"

/* With others: a column of that name comes along. */
static void
add_frame_with (RheoLiveTables *tables, const char *stream, const char *other, int64_t iteration, int64_t n)
{
  g_autoptr (RheoTable) frame = rheo_table_new ("Frame");
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, iteration);

  rheo_table_add (frame, stream, "Values", "", "unit", RHEO_F64, &n);
  if (other != NULL)
    rheo_table_add (frame, other, "Values", "", "unit", RHEO_F64, &n);
  rheo_table_set_note (frame, "iteration", text);
  rheo_live_tables_add_frame (tables, stream, frame);
}

static void
add_frame (RheoLiveTables *tables, const char *stream, int64_t iteration, int64_t n)
{
  add_frame_with (tables, stream, NULL, iteration, n);
}

static int64_t
find (RheoLiveTables *tables, const char *word)
{
  const RheoPlotSource *source = rheo_live_tables_get_source (tables);
  g_autoptr (GError) error = NULL;
  int64_t at = -1;

  g_assert_true (source->find (source->data, word, &at, &error));
  g_assert_no_error (error);
  return at;
}

/* Iteration of the frame that a plot gets for one. */
static int64_t
read_at (RheoLiveTables *tables, const char *stream, int64_t at)
{
  const RheoPlotSource *source = rheo_live_tables_get_source (tables);
  g_autoptr (GError) error = NULL;
  const char *key;
  g_autoptr (RheoTable) frame = source->read (source->data, stream, at, &key, &error);

  g_assert_no_error (error);
  return g_ascii_strtoll (rheo_table_get_note (frame, "iteration"), NULL, 10);
}

static void
test_even (void)
{
  RheoLiveTables *tables = rheo_live_tables_new ();
  g_autoptr (GHashTable) kept = g_hash_table_new (g_direct_hash, g_direct_equal);

  for (int64_t i = 0; i <= 10000; i++)
    {
      add_frame (tables, "out.value", i, 10);
      g_assert_cmpint (find (tables, "last"), ==, i);
      g_assert_cmpint (read_at (tables, "out.value", i), ==, i);
      g_assert_cmpint (labs ((long) (2 * read_at (tables, "out.value", find (tables, "middle")) - i)), <=, 2 + i / 16);
    }
  g_assert_cmpint (find (tables, "first"), ==, 1);
  g_assert_cmpint (read_at (tables, "out.value", 0), ==, 0);
  g_assert_cmpint (read_at (tables, "out.value", 1), ==, 1);
  for (int64_t i = 0; i <= 10000; i++)
    {
      const int64_t near = read_at (tables, "out.value", i);

      g_assert_cmpint (labs ((long) (near - i)), <=, 10000 / 32);
      g_hash_table_add (kept, GINT_TO_POINTER (near));
    }
  g_assert_cmpint (g_hash_table_size (kept), <=, 65);
  rheo_live_tables_free (tables);
}

/* Of large frames only the newest one is there; words mean what most streams have seen. */
static void
test_large (void)
{
  RheoLiveTables *tables = rheo_live_tables_new ();

  for (int64_t i = 1; i <= 100; i++)
    {
      add_frame (tables, "rec.weight", i, 100000);
      if (i >= 90)
        add_frame (tables, "hidden.rate", i, 10);
      if (i <= 99)
        add_frame (tables, "out.value", i, 10);
    }
  g_assert_cmpint (read_at (tables, "rec.weight", 1), ==, 100);
  g_assert_cmpint (read_at (tables, "hidden.rate", 1), ==, 90);
  g_assert_cmpint (find (tables, "first"), ==, 1);
  g_assert_cmpint (find (tables, "middle"), ==, 50);
  g_assert_cmpint (find (tables, "last"), ==, 99);
  g_assert_cmpint (find (tables, "37"), ==, 37);
  rheo_live_tables_free (tables);
}

/* Several streams bring the same columns, one after the other: a plot gets the latest, whichever came first. */
static void
test_along (void)
{
  static const char *const streams[] = { "scene.items", "scene.reward", "scene.votes", "scene.facts" };
  RheoLiveTables *tables = rheo_live_tables_new ();

  for (int64_t i = 1; i <= 3; i++)
    for (guint k = 0; k < G_N_ELEMENTS (streams); k++)
      {
        for (guint j = 0; j < k; j++)
          g_assert_cmpint (read_at (tables, streams[j], -1), ==, i);
        add_frame_with (tables, streams[k], "scene.rewards", i, 4);
        g_assert_cmpint (read_at (tables, streams[k], -1), ==, i);
        g_assert_cmpint (read_at (tables, "scene.rewards", -1), ==, i);
      }
  add_frame_with (tables, "scene.items", "scene.votes", 4, 4);
  g_assert_cmpint (read_at (tables, "scene.votes", -1), ==, 3);
  rheo_live_tables_free (tables);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live-tables/even", test_even);
  g_test_add_func ("/live-tables/large", test_large);
  g_test_add_func ("/live-tables/along", test_along);
  return g_test_run ();
}
