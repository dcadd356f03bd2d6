/* Files that are dropped on the window. */
#include "config.h"

#include "ui-places.h"

#include "app/window-private.h"

typedef struct
{
  GtkWidget *root;
  const char *text;
} Text;

static gboolean
has_text (gpointer data)
{
  return ui_find_text (((Text *) data)->root, ((Text *) data)->text) != NULL;
}

static void
wait_text (RheoAppWindow *window, const char *text)
{
  ui_wait (has_text, &(Text){ GTK_WIDGET (window), text });
}

static GtkDropTarget *
get_target (RheoAppWindow *window)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (GTK_WIDGET (window));

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GObject) one = g_list_model_get_item (all, i);

      if (GTK_IS_DROP_TARGET (one))
        return GTK_DROP_TARGET (one);
    }
  g_assert_not_reached ();
}

/* As the desktop does, of the type that a file manager gives. paths: NULL-ended. */
static gboolean
drop (RheoAppWindow *window, const char *const *paths)
{
  GValue value = G_VALUE_INIT;
  GSList *files = NULL;
  gboolean taken = FALSE;

  for (; *paths != NULL; paths++)
    files = g_slist_append (files, g_file_new_for_path (*paths));
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_assert_true (
      gdk_content_formats_contain_gtype (gtk_drop_target_get_formats (get_target (window)), GDK_TYPE_FILE_LIST));
  g_value_take_boxed (&value, files);
  g_signal_emit_by_name (get_target (window), "drop", &value, 100.0, 100.0, &taken);
  g_value_unset (&value);
  return taken;
}

static const char *
shown_view (RheoAppWindow *window)
{
  return adw_view_stack_get_visible_child_name (window->stack);
}

static gboolean
drop_one (RheoAppWindow *window, const char *path)
{
  return drop (window, (const char *const[]){ path, NULL });
}

static char *
write_file (const char *name, const char *text)
{
  char *path = g_build_filename (ui_test_folder (), name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static char *
write_experiment (RheoAppWindow *window, const char *name)
{
  char *path = g_build_filename (ui_test_folder (), name, NULL);

  rheo_document_load (window->context.document, "robot-clean", NULL);
  g_assert_true (rheo_document_save (window->context.document, path, NULL));
  rheo_document_load_new (window->context.document);
  return path;
}

static void
test_run (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *path = ui_dup_run ("one.h5");

  g_assert_true (drop_one (window, path));
  g_assert_cmpstr (shown_view (window), ==, "runs");
  wait_text (window, "Branch from here");
  ui_window_close (window);
}

static void
test_experiment (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *path = write_experiment (window, "mine.json");

  g_assert_true (drop_one (window, path));
  wait_text (window, "Loaded mine.json");
  g_assert_cmpstr (shown_view (window), ==, "setup");
  g_assert_cmpstr (rheo_document_get_path (window->context.document), ==, path);
  ui_window_close (window);
}

/* Each says what it is, and what is open stays. */
static void
test_foreign (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *notes = write_file ("notes.txt", "Notes.\n"), *bad = write_file ("bad.json", "{ not json");
  g_autofree char *newer = write_file ("newer.json", "{\"format\": 99}"),
                  *mine = write_experiment (window, "mine.json");

  g_assert_true (drop_one (window, mine));
  g_assert_true (drop_one (window, notes));
  wait_text (window, "This is not a run file");
  g_assert_true (drop_one (window, bad));
  wait_text (window, "bad.json could not be opened");
  g_assert_true (drop_one (window, newer));
  wait_text (window, "newer.json could not be opened");
  wait_text (window, "A newer Rheobase has written it.");
  g_assert_cmpstr (rheo_document_get_path (window->context.document), ==, mine);
  ui_window_close (window);
}

/* One after the other: the last one is shown, and an experiment among them is loaded. */
static void
test_several (void)
{
  RheoAppWindow *window = ui_window_new ();
  g_autofree char *run = ui_dup_run ("one.h5"), *mine = write_experiment (window, "mine.json");

  g_assert_true (drop (window, (const char *const[]){ mine, run, NULL }));
  wait_text (window, "Branch from here");
  g_assert_cmpstr (shown_view (window), ==, "runs");
  g_assert_cmpstr (rheo_document_get_path (window->context.document), ==, mine);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/drop/run", test_run);
  g_test_add_func ("/ui/drop/experiment", test_experiment);
  g_test_add_func ("/ui/drop/foreign", test_foreign);
  g_test_add_func ("/ui/drop/several", test_several);
  return ui_test_run ();
}
