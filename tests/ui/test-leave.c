/* Whatever is opened and closed again is gone. */
#include "config.h"

#include "../app/small-run.h"
#include "ui-test.h"

#include <malloc.h>

#include "app/runs-page-private.h"
#include "app/settings.h"
#include "app/window-private.h"

#ifdef __SANITIZE_ADDRESS__
#define TIMES 3 /* its allocator tells no sizes, and finds a leak at once */
#else
#define TIMES 50
#endif
#define WARM 10       /* of them: fonts, icons and style are loaded by then */
#define SPAN 15       /* of them: what is kept for a while has gone at least once */
#define MOST_KB 100.0 /* that the heap may grow each time; what is kept for a while moves it by 2 MB in all */

static void
note_gone (gpointer data, GObject *object)
{
  ++*(int *) data;
}

static gboolean
is_one (gpointer data)
{
  return *(int *) data == 1;
}

typedef struct
{
  RheoAppWindow *window;
  RheoRunsPage *page;
  char *paths[2];
} Place;

/* Shows a window beside the main one and closes it as a user does. */
static void
open_beside (Place *place, const char *action)
{
  GtkWindow *beside = NULL;
  GListModel *all = gtk_window_get_toplevels ();
  int n_gone = 0;

  ui_activate (GTK_WIDGET (place->window), action);
  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWindow) one = g_list_model_get_item (all, i);

      if (gtk_window_get_transient_for (one) == GTK_WINDOW (place->window) && gtk_widget_get_visible (GTK_WIDGET (one)))
        beside = one;
    }
  g_assert_nonnull (beside);
  ui_settle (GTK_WIDGET (beside));
  g_object_weak_ref (G_OBJECT (beside), note_gone, &n_gone);
  gtk_window_close (beside);
  ui_wait (is_one, &n_gone);
}

static void
preferences (Place *place, int i)
{
  open_beside (place, "win.preferences");
}

static void
shortcuts (Place *place, int i)
{
  open_beside (place, "win.shortcuts");
}

static void
about (Place *place, int i)
{
  open_beside (place, "win.about");
}

static void
help (Place *place, int i)
{
  open_beside (place, "win.help");
}

static void
views (Place *place, int i)
{
  static const char *const names[] = { "win.view::setup", "win.view::live", "win.view::analyse", "win.view::runs" };

  for (gsize k = 0; k < G_N_ELEMENTS (names); k++)
    {
      ui_activate (GTK_WIDGET (place->window), names[k]);
      ui_settle (GTK_WIDGET (place->window));
    }
}

/* Another experiment, by the undo list, which stays as long as it is. */
static void
experiments (Place *place, int i)
{
  RheoDocument *document = rheo_app_window_get_context (place->window)->document;

  ui_activate (GTK_WIDGET (place->window), "win.view::setup");
  if (i % 2 == 0)
    rheo_document_undo (document);
  else
    rheo_document_redo (document);
  ui_settle (GTK_WIDGET (place->window));
}

typedef struct
{
  Place *place;
  const char *text;
} Shown;

static gboolean
is_shown (gpointer data)
{
  Shown *shown = data;

  return ui_find_text (GTK_WIDGET (shown->place->page), shown->text) != NULL;
}

static void
runs (Place *place, int i)
{
  ui_activate (GTK_WIDGET (place->window), "win.view::runs");
  rheo_runs_page_show (place->page, place->paths[i % 2]);
  ui_wait (is_shown, &(Shown){ place, i % 2 == 0 ? "seed 1" : "seed 2" });
  ui_settle (GTK_WIDGET (place->window));
}

static void
open_place (Place *place)
{
  static const char *const names[] = { "one.h5", "two.h5" };
  g_autoptr (GSettings) settings = rheo_settings_new ();
  g_autofree char *folder = g_build_filename (ui_test_folder (), "leave", NULL);
  RheoDocument *document;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (int i = 0; i < 2; i++)
    {
      place->paths[i] = g_build_filename (folder, names[i], NULL);
      if (!g_file_test (place->paths[i], G_FILE_TEST_EXISTS))
        small_run (place->paths[i], i == 0 ? "run.seed=1" : "run.seed=2");
    }
  g_settings_set_string (settings, "runs-folder", folder);
  place->window = ui_window_new ();
  place->page = RHEO_RUNS_PAGE (ui_find_type (GTK_WIDGET (place->window), RHEO_TYPE_RUNS_PAGE));
  document = rheo_app_window_get_context (place->window)->document;
  rheo_document_load (document, "robot-trajectory", &error);
  g_assert_no_error (error);
  rheo_document_load (document, "robot-arm-nonlinear", &error);
  g_assert_no_error (error);
  rheo_app_window_show_form (place->window);
}

static double
heap_kb (void)
{
  struct mallinfo2 heap = mallinfo2 ();

  return (double) (heap.uordblks + heap.hblkhd) / 1024;
}

static void
test_again (gconstpointer data)
{
  void (*act) (Place * place, int i) = data;
  Place place = { 0 };
  double first = G_MAXDOUBLE, last = G_MAXDOUBLE;

  open_place (&place);
  for (int i = 0; i < TIMES; i++)
    {
      act (&place, i);
      if (i >= WARM && i < WARM + SPAN)
        first = MIN (first, heap_kb ());
      if (i >= TIMES - SPAN)
        last = MIN (last, heap_kb ());
    }
  if (TIMES > SPAN + WARM)
    {
      const double growth = (last - first) / (TIMES - SPAN - WARM);

      g_test_message ("%.1f KB each time", growth);
      g_assert_cmpfloat (growth, <, MOST_KB);
    }
  ui_window_close (place.window);
  for (int i = 0; i < 2; i++)
    g_free (place.paths[i]);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_data_func ("/ui/leave/preferences", preferences, test_again);
  g_test_add_data_func ("/ui/leave/shortcuts", shortcuts, test_again);
  g_test_add_data_func ("/ui/leave/about", about, test_again);
  g_test_add_data_func ("/ui/leave/help", help, test_again);
  g_test_add_data_func ("/ui/leave/views", views, test_again);
  g_test_add_data_func ("/ui/leave/experiments", experiments, test_again);
  g_test_add_data_func ("/ui/leave/runs", runs, test_again);
  return ui_test_run ();
}
