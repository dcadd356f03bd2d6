/* What files call a thing, and what is shown of it: in English, and for somebody who reads German. */
#define _GNU_SOURCE /* memmem */
#include <glib/gstdio.h>
#include <string.h>

#include "engine/installation.h"
#include "engine/label.h"
#include "engine/store.h"
#include "engine/table.h"

static gboolean german;

static void
check_shown (const char *english, const char *in_german)
{
  g_autofree char *shown = rheo_label_dup_shown (english);

  g_assert_cmpstr (shown, ==, german ? in_german : english);
}

static void
test_shown (void)
{
  check_shown ("Learning rate", "Lernrate");
  check_shown ("Weights of rec2", "Gewichte von rec2");
  check_shown ("Recurrent weights (best so far)", "Rekurrente Gewichte (bisher beste)");
  check_shown ("Weights of rec2 (best so far)", "Gewichte von rec2 (bisher beste)");
  check_shown ("tau of hidden", "tau von hidden");
  check_shown ("", "");
  check_shown ("Gewichte von rec2", "Gewichte von rec2");
  check_shown ("what a user wrote", "what a user wrote");
}

/* No form is forgotten in a translation, and none is taken for another. */
static void
test_forms (void)
{
  for (int i = 0; i < RHEO_N_LABEL_FORMS; i++)
    {
      g_autofree char *plain = rheo_label_dup (i, "rec2"), *shown = rheo_label_dup_shown (plain);

      g_test_message ("%s: %s", plain, shown);
      g_assert_nonnull (strstr (shown, "rec2"));
      if (german)
        g_assert_cmpstr (plain, !=, shown);
      else
        g_assert_cmpstr (plain, ==, shown);
    }
}

static void
test_groups (void)
{
  g_autofree char *one = rheo_label_dup_shown_group ("Coherence 0.25, Context 1");
  g_autofree char *other = rheo_label_dup_shown_group ("All trials");
  g_autofree char *number = rheo_label_dup_shown_group ("3");

  g_assert_cmpstr (one, ==, german ? "Kohärenz 0.25, Kontext 1" : "Coherence 0.25, Context 1");
  g_assert_cmpstr (other, ==, german ? "Alle Trials" : "All trials");
  g_assert_cmpstr (number, ==, "3");
}

static void
check_table (const RheoTable *table)
{
  const RheoColumn *rate = rheo_table_find (table, "rate"), *group = rheo_table_find (table, "group");

  g_assert_cmpstr (rheo_table_get_plain_title (table), ==, "Metrics");
  g_assert_cmpstr (rheo_table_get_title (table), ==, german ? "Messwerte" : "Metrics");
  g_assert_cmpstr (rate->plain_label, ==, "Firing rate of hidden");
  g_assert_cmpstr (rate->label, ==, german ? "Feuerrate von hidden" : "Firing rate of hidden");
  g_assert_cmpstr (rate->plain_unit, ==, "spikes/step");
  g_assert_cmpstr (rate->unit, ==, german ? "Spikes/Schritt" : "spikes/step");
  g_assert_cmpstr (group->plain[0], ==, "All trials");
  g_assert_cmpstr (rheo_column_get_string (group, 0), ==, german ? "Alle Trials" : "All trials");
}

static RheoTable *
dup_table (void)
{
  RheoTable *table = rheo_table_new ("Metrics");
  const int64_t one = 1;

  rheo_table_add (table, "rate", "Firing rate of hidden", "spikes/step", "unit", RHEO_F64, &one);
  rheo_table_set_words (table, rheo_table_add (table, "group", "Condition", "", "group", RHEO_STRING, &one), 0,
                        "All trials");
  return table;
}

static void
test_table (void)
{
  g_autoptr (RheoTable) table = dup_table ();

  check_table (table);
}

/* A result goes into a run file in English and comes back in the language of the reader. */
static void
test_file (void)
{
  g_autofree char *golden = g_build_filename (g_getenv ("RHEO_TEST_DATA"), "run-format-1.h5", NULL), *data = NULL;
  g_autofree char *folder = g_dir_make_tmp ("rheobase-label-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (RheoTable) table = dup_table (), again = NULL;
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (golden, &data, &size, NULL));
  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
  rheo_run_add_analysis (path, "trials", 1, NULL, table, &error);
  g_assert_no_error (error);
  run = rheo_run_open (path, &error);
  g_assert_no_error (error);
  again = rheo_run_read_analysis (run, "trials/1", &error);
  g_assert_no_error (error);
  check_table (again);
  g_clear_pointer (&data, g_free);
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_nonnull (memmem (data, size, "All trials", strlen ("All trials")));
  g_assert_null (memmem (data, size, "Alle Trials", strlen ("Alle Trials")));
  g_assert_null (memmem (data, size, "Feuerrate", strlen ("Feuerrate")));
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_autofree char *language = NULL;

  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  language = g_strdup (g_getenv ("LANGUAGE"));
  rheo_start_locale (FALSE);
  german = g_strcmp0 (language, "de") == 0;
  g_test_add_func ("/label/shown", test_shown);
  g_test_add_func ("/label/forms", test_forms);
  g_test_add_func ("/label/groups", test_groups);
  g_test_add_func ("/label/table", test_table);
  g_test_add_func ("/label/file", test_file);
  return g_test_run ();
}
