/* A folder with thousands of runs. */
#include "config.h"

#include <unistd.h>

#include "../app/small-run.h"
#include "ui-test.h"

#include "app/run-list-private.h"
#include "app/settings.h"

#define MANY 2001

typedef struct
{
  RheoRunList *list;
  GtkColumnView *view;
  GtkSortListModel *sorted;
} Place;

static gboolean
has_many (gpointer data)
{
  return rheo_run_list_get_n_shown (((Place *) data)->list) == MANY;
}

static gboolean
is_sorted (gpointer data)
{
  return gtk_sort_list_model_get_pending (((Place *) data)->sorted) == 0;
}

static gboolean
has_rows (gpointer data)
{
  return gtk_column_view_get_model (data) != NULL;
}

static void
fill (const char *folder, const char *first)
{
  for (int i = 1; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("run-%04d.h5", i), *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (link (first, path), ==, 0);
    }
}

static void
sort_by (GtkColumnView *view, const char *title, GtkSortType direction)
{
  GListModel *columns = gtk_column_view_get_columns (view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (g_strcmp0 (gtk_column_view_column_get_title (column), title) == 0)
        gtk_column_view_sort_by_column (view, column, direction);
    }
}

/* They are sorted bit by bit, and between two bits the window is looked after; in the end all are in order. */
static void
test_sorted (void)
{
  g_autoptr (GSettings) settings = rheo_settings_new ();
  g_autofree char *folder = g_build_filename (ui_test_folder (), "many", NULL);
  g_autofree char *first = g_build_filename (folder, "run-0000.h5", NULL);
  g_autoptr (RheoRunItem) before = NULL;
  RheoAppWindow *window;
  Place p;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_settings_set_string (settings, "runs-folder", folder);
  small_run (first, "run.seed=1");
  window = ui_window_new ();
  p.list = RHEO_RUN_LIST (ui_find_type (GTK_WIDGET (window), RHEO_TYPE_RUN_LIST));
  p.view = GTK_COLUMN_VIEW (ui_find_type (GTK_WIDGET (p.list), GTK_TYPE_COLUMN_VIEW));
  /* No row is made while another view is seen. */
  g_assert_null (gtk_column_view_get_model (p.view));
  ui_activate (GTK_WIDGET (window), "win.view::runs");
  ui_wait (has_rows, p.view);
  p.sorted =
      GTK_SORT_LIST_MODEL (gtk_multi_selection_get_model (GTK_MULTI_SELECTION (gtk_column_view_get_model (p.view))));
  g_assert_false (gtk_sort_list_model_get_incremental (p.sorted));
  fill (folder, first);
  ui_wait (has_many, &p);
  g_assert_true (gtk_sort_list_model_get_incremental (p.sorted));
  sort_by (p.view, "Name", GTK_SORT_DESCENDING);
  g_assert_false (is_sorted (&p));
  ui_wait (is_sorted, &p);
  for (guint i = 0; i < MANY; i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (G_LIST_MODEL (p.sorted), i);

      if (before != NULL)
        g_assert_cmpstr (rheo_run_item_get_facts (before)->name, >, rheo_run_item_get_facts (item)->name);
      g_set_object (&before, item);
    }
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/many-runs/sorted", test_sorted);
  return ui_test_run ();
}
