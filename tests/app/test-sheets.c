/* Tables for people of the results of analyses. */
#include "config.h"

#include <math.h>

#include "app/result-sheets.h"

static const RheoResultField *
field_of (const GPtrArray *sheets, guint i)
{
  const RheoResultSheet *sheet = sheets->pdata[0];

  g_assert_cmpuint (i, <, sheet->fields->len);
  return sheet->fields->pdata[i];
}

static void
assert_text (const RheoResultField *field, int64_t row, const char *expected)
{
  g_autofree char *text = rheo_result_field_dup_text (field, row);

  g_assert_cmpstr (text, ==, expected);
}

/* The ends of an interval stand together beside what they are of; other programs get them one by one. */
static void
test_intervals (void)
{
  const int64_t n = 3;
  g_autoptr (RheoTable) table = rheo_table_new ("Fits");
  g_autoptr (GPtrArray) sheets = NULL;
  g_autofree char *plain = NULL;

  rheo_table_add_copy (table, "slope", "Slope", "", "curve", RHEO_F64, &n, (double[]){ 3.25, -1, 8 });
  rheo_table_add_copy (table, "slope-lo", "Lower", "", "curve", RHEO_F64, &n, (double[]){ 2.5, NAN, NAN });
  rheo_table_add_copy (table, "slope-hi", "Upper", "", "curve", RHEO_F64, &n, (double[]){ 4, NAN, 9.5 });
  /* No interval: nothing of which it is. */
  rheo_table_add_copy (table, "other-lo", "Alone", "", "curve", RHEO_F64, &n, (double[]){ 1, 2, 3 });
  sheets = rheo_result_dup_sheets (table, NULL);
  g_assert_cmpuint (sheets->len, ==, 1);
  g_assert_cmpstr (((RheoResultSheet *) sheets->pdata[0])->title, ==, "Fits");
  g_assert_cmpuint (((RheoResultSheet *) sheets->pdata[0])->fields->len, ==, 5);
  g_assert_cmpstr (field_of (sheets, 1)->title, ==, "Slope");
  g_assert_null (field_of (sheets, 1)->upper);
  g_assert_cmpstr (field_of (sheets, 2)->title, ==, "Slope, from");
  assert_text (field_of (sheets, 2), 0, "2.50 to 4");
  assert_text (field_of (sheets, 2), 1, "\342\200\223");
  assert_text (field_of (sheets, 2), 2, "\342\200\223 to 9.50");
  plain = rheo_result_field_dup_plain (field_of (sheets, 2), 0);
  g_assert_cmpstr (plain, ==, "2.5");
  g_assert_cmpstr (field_of (sheets, 3)->title, ==, "Slope, to");
  g_assert_true (field_of (sheets, 3)->aside);
  g_assert_false (field_of (sheets, 4)->aside);
  g_assert_null (field_of (sheets, 4)->upper);
  g_assert_cmpstr (field_of (sheets, 4)->title, ==, "Alone");
}

/* Numbers are written as everywhere else on screen, with a sign between thousands. */
static void
test_thousands (void)
{
  const int64_t n = 2;
  g_autoptr (RheoTable) table = rheo_table_new ("Counts");
  g_autoptr (GPtrArray) sheets = NULL;

  rheo_table_add_copy (table, "trials", "Trials", "", "curve", RHEO_I64, &n, (int64_t[]){ 12345, -1000 });
  rheo_table_add_copy (table, "steps", "Steps", "", "curve", RHEO_F64, &n, (double[]){ 20000, 1234.5 });
  sheets = rheo_result_dup_sheets (table, NULL);
  assert_text (field_of (sheets, 1), 0, "12,345");
  assert_text (field_of (sheets, 1), 1, "\342\210\2221,000");
  assert_text (field_of (sheets, 2), 0, "20,000");
  assert_text (field_of (sheets, 2), 1, "1,234");
}

/* Upper ends alone are an interval, too, and where there is none at all there is no column. */
static void
test_open_intervals (void)
{
  const int64_t n = 2;
  g_autoptr (RheoTable) table = rheo_table_new ("Fits");
  g_autoptr (GPtrArray) sheets = NULL;

  rheo_table_add_copy (table, "slope", "Slope", "", "curve", RHEO_F64, &n, (double[]){ -30, -40 });
  rheo_table_add_copy (table, "slope-lo", "Lower", "", "curve", RHEO_F64, &n, (double[]){ NAN, NAN });
  rheo_table_add_copy (table, "slope-hi", "Upper", "", "curve", RHEO_F64, &n, (double[]){ -9, -8 });
  rheo_table_add_copy (table, "lapse", "Lapse", "", "curve", RHEO_F64, &n, (double[]){ 0, 0 });
  rheo_table_add_copy (table, "lapse-lo", "Lower", "", "curve", RHEO_F64, &n, (double[]){ NAN, NAN });
  rheo_table_add_copy (table, "lapse-hi", "Upper", "", "curve", RHEO_F64, &n, (double[]){ NAN, NAN });
  sheets = rheo_result_dup_sheets (table, NULL);
  g_assert_cmpuint (((RheoResultSheet *) sheets->pdata[0])->fields->len, ==, 5);
  assert_text (field_of (sheets, 2), 0, "\342\200\223 to \342\210\2229");
  g_assert_cmpstr (field_of (sheets, 4)->title, ==, "Lapse");
}

/* No sheet has the name of an axis, which is English whatever the program speaks. */
static void
test_titles (void)
{
  static const char *const axes[] = { "point", "state", "group", "cluster", "path", "event", "curve", "mode", NULL };
  const int64_t n = 2;

  for (int i = 0; axes[i] != NULL; i++)
    {
      g_autoptr (RheoTable) table = rheo_table_new ("Result");
      g_autoptr (GPtrArray) sheets = NULL;

      rheo_table_add_copy (table, "value", "Value", "", axes[i], RHEO_F64, &n, (double[]){ 1, 2 });
      sheets = rheo_result_dup_sheets (table, NULL);
      g_assert_true (g_str_has_suffix (((RheoResultSheet *) sheets->pdata[0])->title, "s"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sheets/intervals", test_intervals);
  g_test_add_func ("/sheets/open-intervals", test_open_intervals);
  g_test_add_func ("/sheets/titles", test_titles);
  g_test_add_func ("/sheets/thousands", test_thousands);
  return g_test_run ();
}
