#include "config.h"

#include "ui-test.h"

#include <glib/gstdio.h>
#include <stdlib.h>

static char *folder;

/* GTK 4.8 lays the lines of a text out while it draws, where the machine was too busy to do so before, and then draws the
 * trough of the scrollbar at its former size: seen with its stack in the editor of scripts. Of no harm, but fatal here. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && g_str_has_prefix (fields[i].value, "Trying to snapshot GtkGizmo ")
        && g_str_has_suffix (fields[i].value, " without a current allocation"))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n, data);
}

void
ui_test_init (int *argc, char ***argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  folder = g_dir_make_tmp ("rheo-ui-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_setenv ("RHEO_TEST_FOLDER", folder, TRUE);
  /* Nothing of the user's is read or written. */
  g_setenv ("HOME", folder, TRUE);
  g_setenv ("XDG_CACHE_HOME", folder, TRUE);
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_log_set_writer_func (write_log, NULL, NULL);
  gtk_test_init (argc, argv, NULL);
  adw_init ();
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_folder (child);
    }
  g_remove (path);
}

int
ui_test_run (void)
{
  int result = g_test_run ();

  remove_folder (folder);
  g_clear_pointer (&folder, g_free);
  return result;
}

const char *
ui_test_folder (void)
{
  return folder;
}

static gboolean
is_drawn (gpointer data)
{
  return gtk_widget_get_mapped (data) && gtk_widget_get_width (data) > 0;
}

RheoAppWindow *
ui_window_new (void)
{
  g_autoptr (GError) error = NULL;
  RheoApplication *application = rheo_application_new ();
  RheoAppWindow *window;

  g_application_set_flags (G_APPLICATION (application),
                           g_application_get_flags (G_APPLICATION (application)) | G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  window = rheo_app_window_new (application);
  g_object_set_data_full (G_OBJECT (window), "application", application, g_object_unref);
  gtk_window_present (GTK_WINDOW (window));
  ui_wait (is_drawn, window);
  ui_settle (GTK_WIDGET (window));
  return window;
}

static void
note_gone (gpointer data, GObject *object)
{
  *(gboolean *) data = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

void
ui_window_close (RheoAppWindow *window)
{
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (window), note_gone, &gone);
  gtk_window_close (GTK_WINDOW (window));
  ui_wait (is_true, &gone);
}

static gboolean
give_up (gpointer data)
{
  g_error ("Waited in vain.");
  return G_SOURCE_REMOVE;
}

void
ui_wait (UiCondition condition, gpointer data)
{
  const char *slow = g_getenv ("RHEO_TEST_SLOW");
  guint limit = g_timeout_add_seconds (slow != NULL ? 600 : 60, give_up, NULL);

  while (!condition (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

typedef struct
{
  int frames;
} Frames;

static gboolean
count_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ((Frames *) data)->frames++;
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

static gboolean
has_frames (gpointer data)
{
  return ((Frames *) data)->frames >= 3;
}

void
ui_settle (GtkWidget *widget)
{
  Frames frames = { 0 };
  guint tick = gtk_widget_add_tick_callback (widget, count_frame, &frames, NULL);

  ui_wait (has_frames, &frames);
  gtk_widget_remove_tick_callback (widget, tick);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* The check answers with the name that there is when it is another one. */
static gboolean
is_named (GtkWidget *widget, const char *name)
{
  g_autofree char *other =
      gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name);

  return other == NULL;
}

GtkWidget *
ui_find (GtkWidget *root, GType type, const char *name)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && is_named (root, name))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = ui_find (child, type, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

typedef struct
{
  GtkWidget *root, *found;
  GType type;
  const char *name;
} Search;

static gboolean
is_found (gpointer data)
{
  Search *search = data;

  search->found = ui_find (search->root, search->type, search->name);
  return search->found != NULL;
}

GtkWidget *
ui_get (GtkWidget *root, GType type, const char *name)
{
  Search search = { root, NULL, type, name };

  ui_wait (is_found, &search);
  return search.found;
}

GtkWidget *
ui_find_type (GtkWidget *root, GType type)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (root), type) ? root : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = ui_find_type (child, type);
  return found;
}

GtkWidget *
ui_find_text (GtkWidget *root, const char *text)
{
  const char *has = GTK_IS_LABEL (root)         ? gtk_label_get_text (GTK_LABEL (root))
                    : GTK_IS_INSCRIPTION (root) ? gtk_inscription_get_text (GTK_INSCRIPTION (root))
                                                : NULL;

  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (has != NULL && strstr (has, text) != NULL)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = ui_find_text (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
is_ready (gpointer button)
{
  return gtk_widget_is_sensitive (button);
}

void
ui_click (GtkWidget *button)
{
  /* That of a toast which still slides in is not. */
  ui_wait (is_ready, button);
  if (GTK_IS_TOGGLE_BUTTON (button))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button),
                                  !gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));
  else
    g_signal_emit_by_name (button, "clicked");
}

void
ui_activate (GtkWidget *widget, const char *detailed_action)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autofree char *name = NULL;

  g_action_parse_detailed_name (detailed_action, &name, &target, &error);
  g_assert_no_error (error);
  g_assert_true (gtk_widget_activate_action_variant (widget, name, target));
}

typedef struct
{
  GtkWidget *widget;
  GskRenderNode *node;
} Picture;

/* There is none while the widget waits for its first frame, or for the next one after a change of its size. */
static gboolean
has_picture (gpointer data)
{
  Picture *picture = data;
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (picture->widget);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (picture->widget),
                          gtk_widget_get_height (picture->widget));
  picture->node = gtk_snapshot_to_node (snapshot);
  return picture->node != NULL;
}

static GtkWidget *
find_chooser (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (GTK_IS_FILE_CHOOSER_DIALOG (window) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static gboolean
has_chooser (gpointer data)
{
  return find_chooser () != NULL;
}

static gboolean
has_no_chooser (gpointer data)
{
  return find_chooser () == NULL;
}

void
ui_answer_chooser (const char *path)
{
  GtkWidget *dialog;

  ui_wait (has_chooser, NULL);
  dialog = find_chooser ();
  /* As typed: a folder of its own would still be read when the answer comes. */
  if (path != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), path);
  ui_settle (dialog);
  gtk_dialog_response (GTK_DIALOG (dialog), path != NULL ? GTK_RESPONSE_ACCEPT : GTK_RESPONSE_CANCEL);
  ui_wait (has_no_chooser, NULL);
}

void
ui_shot (GtkWidget *widget, const char *path)
{
  Picture picture = { widget };
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *file =
      g_canonicalize_filename (path, g_getenv ("RHEO_SHOTS") != NULL ? g_getenv ("RHEO_SHOTS") : folder);

  ui_settle (widget);
  ui_wait (has_picture, &picture);
  node = picture.node;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node, NULL);
  g_assert_true (gdk_texture_save_to_png (texture, file));
}
