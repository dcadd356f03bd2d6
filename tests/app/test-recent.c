/* Files of late in a few words. */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "app/recent.h"
#include "app/run-text.h"

static GDateTime *
dup_now (void)
{
  return g_date_time_new_local (2026, 3, 1, 10, 0, 0);
}

static void
assert_note (RheoRunFacts facts, const char *expected)
{
  g_autoptr (GDateTime) now = dup_now (), then = g_date_time_add_days (now, -1);
  g_autofree char *note = NULL;

  facts.created = g_date_time_to_unix (then);
  note = rheo_recent_dup_run_note (&facts, now);
  g_assert_cmpstr (note, ==, expected);
}

static void
test_runs (void)
{
  RheoRunFacts facts = { .iteration = 12, .budget = 20, .unit = "epoch", .best = 3.61, .best_label = "loss" };

  facts.state = RHEO_ITEM_INTERRUPTED;
  assert_note (facts, "run · 12 of 20 epochs · yesterday");
  facts.state = RHEO_ITEM_STOPPED;
  assert_note (facts, "run · 12 of 20 epochs · yesterday");
  facts.state = RHEO_ITEM_DIVERGED;
  assert_note (facts, "run · diverged · yesterday");
  facts.state = RHEO_ITEM_RUNNING;
  assert_note (facts, "run · running · yesterday");
  facts.state = RHEO_ITEM_SOLVED;
  assert_note (facts, "run · 3.61 loss · yesterday");
  facts.state = RHEO_ITEM_DONE;
  facts.best = NAN;
  assert_note (facts, "run · 12 epochs · yesterday");
  /* Also where the locale has no sign between thousands. */
  facts = (RheoRunFacts){ .iteration = 1500,
                          .budget = 4000,
                          .unit = "epoch",
                          .best = NAN,
                          .state = RHEO_ITEM_STOPPED,
                          .created = facts.created };
  assert_note (facts, "run · 1,500 of 4,000 epochs · yesterday");
}

static void
assert_iterations (gint64 n, const char *unit, const char *expected)
{
  g_autofree char *text = rheo_dup_iterations (n, unit);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_iterations (void)
{
  assert_iterations (1, "epoch", "1 epoch");
  assert_iterations (20, "epoch", "20 epochs");
  assert_iterations (1500, "epoch", "1,500 epochs"); /* also in the C locale, which has no sign between thousands */
  assert_iterations (2, "batch", "2 batches");
  assert_iterations (151, "episode", "151 episodes");
  assert_iterations (3, "generation", "3 generations");
  assert_iterations (3, "iteration", "3 iterations");
}

static void
assert_day (int year, int month, int day, int hour, const char *expected)
{
  g_autoptr (GDateTime) now = dup_now (), then = g_date_time_new_local (year, month, day, hour, 30, 0);
  g_autofree char *text = rheo_dup_day (then, now);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_days (void)
{
  assert_day (2026, 3, 1, 0, "today");
  assert_day (2026, 2, 28, 23, "yesterday");
  assert_day (2026, 2, 27, 23, "27 Feb");
  assert_day (2025, 3, 1, 10, "Mar 2025");
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rheo-recent-XXXXXX", NULL);
  g_autofree char *mine = g_build_filename (folder, "mine.json", NULL);
  g_autofree char *other = g_build_filename (folder, "other.json", NULL);
  g_autofree char *gone = g_build_filename (folder, "gone.h5", NULL);
  g_autofree char *foreign = g_build_filename (folder, "foreign.h5", NULL);
  const char *const paths[] = { gone, mine, foreign, other, NULL };
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("robot-clean", NULL);
  g_autoptr (GPtrArray) all = NULL, two = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_experiment_save (experiment, mine, &error));
  g_assert_true (g_file_set_contents (other, "{", -1, &error));
  g_assert_true (g_file_set_contents (foreign, "no run", -1, &error));
  all = rheo_recent_read (paths, 10, NULL);
  g_assert_cmpint (all->len, ==, 3);
  g_assert_cmpstr (((RheoRecent *) all->pdata[0])->name, ==, "mine.json");
  g_assert_cmpstr (((RheoRecent *) all->pdata[0])->note, ==, "Spiking, gradient · today");
  g_assert_cmpstr (((RheoRecent *) all->pdata[1])->note, ==, "run · damaged");
  g_assert_cmpstr (((RheoRecent *) all->pdata[2])->note, ==, "cannot be read · today");
  two = rheo_recent_read (paths, 2, NULL);
  g_assert_cmpint (two->len, ==, 2);
  g_unlink (mine);
  g_unlink (other);
  g_unlink (foreign);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recent/runs", test_runs);
  g_test_add_func ("/recent/iterations", test_iterations);
  g_test_add_func ("/recent/days", test_days);
  g_test_add_func ("/recent/files", test_files);
  return g_test_run ();
}
