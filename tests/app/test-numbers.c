/* Numbers as people read, type and load them. */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "engine/experiment.h"
#include "engine/numbers.h"
#include "engine/table.h"
#include "widgets/choice-text.h"
#include "widgets/number-text.h"

static const RheoParam delay = { .key = "delay", .type = RHEO_REAL, .min = 2, .max = 200, .unit = "ms" };
static const RheoParam steps = { .key = "steps", .type = RHEO_INT, .min = 0, .max = 20, .unit = "steps" };
static const RheoParam seed = { .key = "seed", .type = RHEO_INT, .min = 0, .max = G_MAXINT, .soft_max = 100 };
static const RheoParam rate = { .key = "lr", .type = RHEO_REAL, .min = 0, .max = 1000, .flags = RHEO_LOG };
static const RheoParam open = { .key = "bias", .type = RHEO_REAL };

static void
assert_shown (const char *plain, const char *expected)
{
  g_autofree char *shown = rheo_number_dup_shown (plain), *back = rheo_number_dup_plain (shown);

  g_assert_cmpstr (shown, ==, expected);
  g_assert_cmpstr (back, ==, plain);
}

static void
assert_plain (const char *typed, const char *expected)
{
  g_autofree char *plain = rheo_number_dup_plain (typed);

  g_assert_cmpstr (plain, ==, expected);
}

static void
assert_fixed (double v, int digits, const char *expected)
{
  g_autofree char *text = rheo_number_dup_fixed (v, digits);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_text (void)
{
  assert_shown ("1000", "1,000");
  assert_shown ("-1234567.5", "\342\210\2221,234,567.5");
  assert_shown ("0.002", "0.002");
  assert_shown ("1e-6", "1e\342\210\2226");
  assert_fixed (-1234.5, 2, "\342\210\2221,234.50");
  assert_fixed (10000, 0, "10,000");
  assert_fixed (999.96, 1, "1,000.0");
  assert_plain ("  12 ", "12");
  assert_plain ("-3", "-3");
  assert_plain ("1e-3", "1e-3");
  assert_plain (".5", ".5");
  /* A comma in the wrong place is no thousand. */
  assert_plain ("1,5", NULL);
  assert_plain ("0,001", NULL);
  assert_plain ("12,3456", NULL);
  assert_plain ("1000,000", NULL);
  assert_plain ("", NULL);
  assert_plain ("abc", NULL);
  assert_plain ("1 2", NULL);
  assert_plain ("nan", NULL);
  assert_plain ("1e999", NULL);
}

static void
assert_label (double v, const char *expected)
{
  g_autofree char *label = rheo_number_dup_label (v);

  g_assert_cmpstr (label, ==, expected);
}

static void
test_label (void)
{
  assert_label (16384, "16,384");
  assert_label (1e-6, "10\342\201\273\342\201\266");
  assert_label (2.5e-7, "2.5 \303\227 10\342\201\273\342\201\267");
  assert_label (1e6, "10\342\201\266");
  assert_label (0, "0");
  assert_label (-55, "\342\210\22255");
}

static void
assert_refusal (const RheoParam *param, const char *now, const char *expected)
{
  g_autofree char *refusal = rheo_param_dup_refusal (param, now);

  g_assert_cmpstr (refusal, ==, expected);
}

static void
test_refusal (void)
{
  g_autofree char *span = rheo_param_dup_span (&steps), *none = rheo_param_dup_span (&open);

  assert_refusal (&delay, "20", "Between 2 and 200 ms. Still 20.");
  assert_refusal (&steps, "3", "Whole, between 0 and 20 steps. Still 3.");
  assert_refusal (&seed, "1000", "Whole, 0 or more. Still 1,000.");
  assert_refusal (&open, "0", "A number. Still 0.");
  g_assert_cmpstr (span, ==, "0 \342\200\223 20 steps");
  g_assert_null (none);
}

static void
test_step (void)
{
  g_assert_cmpfloat (rheo_param_step (&steps, 3, 1, FALSE), ==, 4);
  g_assert_cmpfloat (rheo_param_step (&steps, 20, 1, FALSE), ==, 20);
  g_assert_cmpfloat (rheo_param_step (&steps, 15, 1, TRUE), ==, 20);
  g_assert_cmpfloat (rheo_param_step (&delay, 20, 1, FALSE), ==, 22);
  g_assert_cmpfloat (rheo_param_step (&delay, 3, -1, FALSE), ==, 2);
  g_assert_cmpfloat_with_epsilon (rheo_param_step (&rate, 0.001, 1, FALSE), 0.0015, 1e-12);
  g_assert_cmpfloat_with_epsilon (rheo_param_step (&rate, 0.001, -1, FALSE), 0.0007, 1e-12);
  g_assert_cmpfloat_with_epsilon (rheo_param_step (&rate, 0.0011, -1, FALSE), 0.001, 1e-12);

  /* Zero has no logarithm, and is left all the same. */
  g_assert_cmpfloat (rheo_param_step (&rate, 0, 1, FALSE), >, 0);
}

static void
test_words (void)
{
  g_autofree char *choice = rheo_choice_dup_label ("fast-sigmoid"), *name = rheo_choice_dup_label ("rmsprop");
  g_autofree char *inner = rheo_label_dup_inner ("Threshold"), *kept = rheo_label_dup_inner ("CUDA device");

  g_assert_cmpstr (choice, ==, "Fast sigmoid");
  g_assert_cmpstr (name, ==, "RMSprop");
  g_assert_cmpstr (inner, ==, "threshold");
  g_assert_cmpstr (kept, ==, "CUDA device");
}

/* --- files ----------------------------------------------------------------------------------------------------- */

static void
assert_numbers (const char *data, gsize size, int n, const double *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) numbers = rheo_numbers_parse (data, size, "file", 8, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (numbers->len, ==, (guint) n);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat (g_array_index (numbers, double, i), ==, expected[i]);
}

static void
assert_refused (const char *data, gsize size, const char *about)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (rheo_numbers_parse (data, size, "file", 8, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, about));
}

static void
test_csv (void)
{
  static const double expected[] = { 0.85, 0.7, -3e-2, 4 };
  const char *lines = "0.85\n0.7\n-3e-2\n4\n", *row = "0.85, 0.7; -3e-2 4",
             *headed = "E,PV,SST,Htr\r\n0.85,0.7,-3e-2,4\r\n";

  assert_numbers (lines, strlen (lines), 4, expected);
  assert_numbers (row, strlen (row), 4, expected);
  assert_numbers (headed, strlen (headed), 4, expected);
  assert_refused ("", 0, "no numbers");
  assert_refused ("1 2\nthree", 9, "three");
  assert_refused ("1 2 3 4 5 6 7 8 9", 17, "more numbers");
}

static GString *
new_npy (const char *descr, const char *order, const void *data, gsize size)
{
  g_autofree char *header = g_strdup_printf ("{'descr': '%s', 'fortran_order': %s, 'shape': (4,), }\n", descr, order);
  GString *npy = g_string_new_len ("\223NUMPY\001\000", 8);

  g_string_append_c (npy, (char) strlen (header));
  g_string_append_c (npy, 0);
  g_string_append (npy, header);
  g_string_append_len (npy, data, (gssize) size);
  return npy;
}

static void
check_npy (const char *descr, const void *data, gsize size, const double *expected)
{
  GString *npy = new_npy (descr, "False", data, size);

  assert_numbers (npy->str, npy->len, 4, expected);
  for (gsize i = 0; i < npy->len - size; i++)
    if (i > 6)
      assert_refused (npy->str, i, "file");
  g_string_free (npy, TRUE);
}

static void
test_npy (void)
{
  static const double expected[] = { 1, -2, 3, -4 }, positive[] = { 1, 2, 3, 250 };
  static const double f8[] = { 1, -2, 3, -4 };
  static const float f4[] = { 1, -2, 3, -4 };
  static const gint32 i4[] = { 1, -2, 3, -4 };
  static const gint8 i1[] = { 1, -2, 3, -4 };
  static const guint8 u1[] = { 1, 2, 3, 250 };
  GString *npy;

  check_npy ("<f8", f8, sizeof f8, expected);
  check_npy ("<f4", f4, sizeof f4, expected);
  check_npy ("<i4", i4, sizeof i4, expected);
  check_npy ("|i1", i1, sizeof i1, expected);
  check_npy ("|u1", u1, sizeof u1, positive);
  npy = new_npy ("<c16", "False", f8, sizeof f8);
  assert_refused (npy->str, npy->len, "something else");
  g_string_free (npy, TRUE);
  npy = new_npy ("<f2", "False", f8, sizeof f8);
  assert_refused (npy->str, npy->len, "something else");
  g_string_free (npy, TRUE);
}

/* --- another locale -------------------------------------------------------------------------------------------- */

static char *
dup_saved (const RheoTable *table, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_assert_true (rheo_table_write (table, NULL, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_remove (path);
  return text;
}

/* Numbers on screen follow the locale, those in files do not. Skipped where the system cannot make the locale. */
static void
test_german (void)
{
  static const double values[] = { 0.125, -1234.5, 1e-7 };
  const int64_t n = G_N_ELEMENTS (values);
  g_autofree char *folder = g_dir_make_tmp ("rheo-locale-XXXXXX", NULL);
  g_autofree char *command = g_strdup_printf ("sh -c 'localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 2>&1'", folder);
  g_autofree char *clear = g_strdup_printf ("rm -r %s", folder), *said = NULL;
  g_autofree char *json = NULL, *csv = NULL, *array = NULL, *german_json = NULL, *german_csv = NULL,
                  *german_array = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("robot-clean", NULL), again = NULL;
  g_autoptr (RheoTable) table = rheo_table_new ("numbers");
  g_autoptr (GError) error = NULL;

  rheo_table_add_copy (table, "x", "x", "", "row", RHEO_F64, &n, values);
  json = rheo_experiment_dup_json (experiment);
  csv = dup_saved (table, folder, "x.csv");
  array = dup_saved (table, folder, "x.json");
  g_spawn_command_line_sync (command, &said, NULL, NULL, NULL);
  g_setenv ("LOCPATH", folder, TRUE);
  if (setlocale (LC_ALL, "de_DE.UTF-8") == NULL)
    g_test_skip ("localedef cannot make de_DE.UTF-8 here.");
  else
    {
      assert_shown ("-1234567.5", "\342\210\2221.234.567,5");
      assert_shown ("0.002", "0,002");
      assert_plain ("1.500,25", "1500.25");
      assert_plain ("1.500", "1500");
      assert_plain ("1,5", "1.5");
      assert_plain ("1e-3", "1e-3");
      /* A point that cannot stand between thousands is what it is to a computer. */
      assert_plain ("0.001", "0.001");
      assert_plain ("1.5", "1.5");
      assert_plain ("1.500.5", NULL);
      assert_plain ("1.5,5", NULL);
      assert_label (2.5e-7, "2,5 \303\227 10\342\201\273\342\201\267");

      german_json = rheo_experiment_dup_json (experiment);
      german_csv = dup_saved (table, folder, "x.csv");
      german_array = dup_saved (table, folder, "x.json");
      g_assert_cmpstr (german_json, ==, json);
      g_assert_cmpstr (german_csv, ==, csv);
      g_assert_cmpstr (german_array, ==, array);
      again = rheo_experiment_parse (json, "saved", &error);
      g_assert_no_error (error);
      g_assert_true (rheo_experiment_equal (again, experiment));
      setlocale (LC_ALL, "C");
    }
  g_unsetenv ("LOCPATH");
  g_spawn_command_line_sync (clear, NULL, NULL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/numbers/text", test_text);
  g_test_add_func ("/numbers/label", test_label);
  g_test_add_func ("/numbers/refusal", test_refusal);
  g_test_add_func ("/numbers/step", test_step);
  g_test_add_func ("/numbers/words", test_words);
  g_test_add_func ("/numbers/csv", test_csv);
  g_test_add_func ("/numbers/npy", test_npy);
  g_test_add_func ("/numbers/german", test_german);
  return g_test_run ();
}
