/* A file chooser leaves nothing behind when files were dragged about in it. */
#include "config.h"

#include "ui-test.h"

typedef struct
{
  GtkWidget *dialog, *list;
  int n_alive;
} Chooser;

static GtkWidget *
find_dialog (void)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (all, i);

      if (GTK_IS_FILE_CHOOSER_DIALOG (window) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static gboolean
is_there (gpointer data)
{
  Chooser *chooser = data;

  chooser->dialog = find_dialog ();
  return chooser->dialog != NULL;
}

static gboolean
is_closed (gpointer data)
{
  return find_dialog () == NULL;
}

static gboolean
is_filled (gpointer data)
{
  Chooser *chooser = data;
  GtkTreeModel *model = gtk_tree_view_get_model (GTK_TREE_VIEW (chooser->list));

  return model != NULL && gtk_tree_model_iter_n_children (model, NULL) > 0;
}

static void
note_gone (gpointer data, GObject *object)
{
  --*(int *) data;
}

static void
watch (Chooser *chooser, gpointer object)
{
  g_object_weak_ref (object, note_gone, &chooser->n_alive);
  chooser->n_alive++;
}

static gboolean
is_gone (gpointer data)
{
  return ((Chooser *) data)->n_alive == 0;
}

static gboolean
is_over (gpointer data)
{
  return *(gboolean *) data;
}

static void
on_end (GPid pid, int status, gpointer over)
{
  *(gboolean *) over = TRUE;
}

static gboolean
on_event (GtkEventController *controller, GdkEvent *event, gpointer over)
{
  *(gboolean *) over = *(gboolean *) over || gdk_event_get_event_type (event) == GDK_BUTTON_RELEASE;
  return FALSE;
}

/* The real pointer takes the first file and lets it go further down. */
static void
drag_file (Chooser *chooser)
{
  const char *script =
      "xdotool mousemove %d %d mousedown 1 mousemove_relative 10 20 sleep 0.1 mousemove_relative 20 60 sleep "
      "0.1 mousemove_relative 10 20 sleep 0.1 mouseup 1";
  GdkRectangle row;
  int x, y;
  double at_x, at_y, frame_x, frame_y;
  GtkTreePath *path = gtk_tree_path_new_first ();
  g_autofree char *line = NULL;
  const char *argv[] = { "sh", "-c", NULL, NULL };
  GtkEventController *events = gtk_event_controller_legacy_new ();
  gboolean over = FALSE, released = FALSE;
  GPid pid;
  g_autoptr (GError) error = NULL;

  gtk_tree_view_get_cell_area (GTK_TREE_VIEW (chooser->list), path,
                               gtk_tree_view_get_column (GTK_TREE_VIEW (chooser->list), 0), &row);
  gtk_tree_path_free (path);
  gtk_tree_view_convert_bin_window_to_widget_coords (GTK_TREE_VIEW (chooser->list), row.x + 30, row.y + row.height / 2,
                                                     &x, &y);
  gtk_widget_translate_coordinates (chooser->list, chooser->dialog, x, y, &at_x, &at_y);
  gtk_native_get_surface_transform (GTK_NATIVE (chooser->dialog), &frame_x, &frame_y);
  line = g_strdup_printf (script, (int) (at_x + frame_x), (int) (at_y + frame_y));
  argv[2] = line;
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect (events, "event", G_CALLBACK (on_event), &released);
  gtk_widget_add_controller (chooser->dialog, events);
  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  g_child_watch_add (pid, on_end, &over);
  ui_wait (is_over, &over);
  /* GTK holds the list for as long as it takes the button for pressed. */
  ui_wait (is_over, &released);
  gtk_widget_remove_controller (chooser->dialog, events);
}

static void
test_drag (void)
{
  g_autofree char *xdotool = g_find_program_in_path ("xdotool");
  g_autofree char *path = g_build_filename (ui_test_folder (), "one.json", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (ui_test_folder ());
  RheoAppWindow *window;
  Chooser chooser = { 0 };
  g_autoptr (GError) error = NULL;

  if (xdotool == NULL)
    {
      g_test_skip ("xdotool is not there");
      return;
    }
  g_file_set_contents (path, "{}", -1, &error);
  g_assert_no_error (error);
  window = ui_window_new ();
  ui_activate (GTK_WIDGET (window), "win.open-file");
  ui_wait (is_there, &chooser);
  chooser.list = ui_find_type (chooser.dialog, GTK_TYPE_TREE_VIEW);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser.dialog), folder, &error);
  g_assert_no_error (error);
  ui_wait (is_filled, &chooser);
  ui_settle (chooser.dialog);
  watch (&chooser, chooser.dialog);
  watch (&chooser, chooser.list);
  watch (&chooser, gtk_tree_view_get_model (GTK_TREE_VIEW (chooser.list)));
  drag_file (&chooser);
  gtk_window_close (GTK_WINDOW (chooser.dialog));
  ui_wait (is_closed, NULL);
  /* What it was reading still comes to it, until the next one is there. */
  g_assert_cmpint (chooser.n_alive, ==, 3);
  ui_activate (GTK_WIDGET (window), "win.open-file");
  ui_wait (is_there, &chooser);
  ui_wait (is_gone, &chooser);
  watch (&chooser, chooser.dialog);
  gtk_window_close (GTK_WINDOW (chooser.dialog));
  ui_wait (is_closed, NULL);
  /* Nor does it outlive its window. */
  ui_window_close (window);
  ui_wait (is_gone, &chooser);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/chooser/drag", test_drag);
  return ui_test_run ();
}
