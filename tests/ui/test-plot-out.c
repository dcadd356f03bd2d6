/* What leaves a plot: figures, numbers, the clipboard. */
#include "config.h"

#include <string.h>

#include "plot-place.h"
#include "widgets/plot-save.h"
#include "widgets/plot-turn-dialog.h"

/* --- files and clipboard --------------------------------------------------------------------------------------------- */
static gboolean
is_exported (gpointer data)
{
  const Place *p = data;

  g_assert_null (p->failed);
  return p->exported != NULL;
}

static gboolean
is_failed (gpointer data)
{
  return ((const Place *) data)->failed != NULL;
}

static char *
text_of (const char *path)
{
  char *text;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
expect_export (Place *p, const char *action, const char *name)
{
  g_autofree char *base = NULL;

  g_clear_pointer (&p->exported, g_free);
  place_act (p->view, action);
  ui_wait (is_exported, p);
  base = g_path_get_basename (p->exported);
  g_assert_cmpstr (base, ==, name);
}

static void
test_export (void)
{
  Place p;
  RheoPlotSpec *spec = place_spec ("loss");
  g_autofree char *folder = g_build_filename (ui_test_folder (), "runs", "figures", NULL);
  g_autofree char *first = NULL, *text = NULL, *numbers = NULL, *table = NULL;
  g_autofree char *blocked = g_build_filename (ui_test_folder (), "file", NULL);
  g_autofree char *below = g_build_filename (blocked, "figures", NULL);

  place_init (&p, "rates", NULL);
  spec->when = "epoch 12";
  rheo_plot_view_take_spec (p.view, spec);
  rheo_plot_view_set_name (p.view, "Loss", "robot-lif-seed1-loss", folder);
  ui_wait (place_has_picture, p.view);
  expect_export (&p, "export", "robot-lif-seed1-loss-epoch-12.svg");
  first = g_strdup (p.exported);
  text = text_of (first);
  g_assert_nonnull (strstr (text, "<svg"));
  /* 12 x 8 cm, in points. */
  g_assert_nonnull (strstr (text, "340.15"));
  table = g_build_filename (folder, "robot-lif-seed1-loss-epoch-12.csv", NULL);
  numbers = text_of (table);
  g_assert_nonnull (strstr (numbers, "Training"));
  /* What is there stays: the next one has another name. */
  expect_export (&p, "export", "robot-lif-seed1-loss-epoch-12-2.svg");
  expect_export (&p, "export-numbers", "robot-lif-seed1-loss-epoch-12-3.csv");
  /* The last format holds. */
  rheo_figure_set_format (1);
  expect_export (&p, "export", "robot-lif-seed1-loss-epoch-12-4.png");
  rheo_figure_set_format (0);
  {
    g_autofree char *again = text_of (first);

    g_assert_cmpstr (again, ==, text);
  }
  /* A folder that cannot be made. */
  g_file_set_contents (blocked, "", 0, NULL);
  rheo_plot_view_set_name (p.view, "Loss", "loss", below);
  place_act (p.view, "export");
  ui_wait (is_failed, &p);
  g_assert_nonnull (strstr (p.failed, "cannot be made"));
  place_clear (&p);
}

typedef struct
{
  GBytes *bytes;
  gboolean done;
} Reading;

static gboolean
is_read (gpointer data)
{
  return ((Reading *) data)->done;
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer data)
{
  Reading *r = data;
  GOutputStream *out = G_OUTPUT_STREAM (g_object_get_data (object, "out"));

  g_assert_true (gdk_content_provider_write_mime_type_finish (GDK_CONTENT_PROVIDER (object), result, NULL));
  g_output_stream_close (out, NULL, NULL);
  r->bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
  r->done = TRUE;
}

static GBytes *
bytes_of (GdkContentProvider *content, const char *type)
{
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  Reading r = { NULL, FALSE };

  g_object_set_data (G_OBJECT (content), "out", out);
  gdk_content_provider_write_mime_type_async (content, type, out, G_PRIORITY_DEFAULT, NULL, on_read, &r);
  ui_wait (is_read, &r);
  return r.bytes;
}

static gboolean
is_copied (gpointer data)
{
  return ((Place *) data)->n_copied > 0;
}

static void
test_copy (void)
{
  Place p;
  GdkContentProvider *content;
  g_autoptr (GBytes) png = NULL, svg = NULL;
  g_auto (GValue) text = G_VALUE_INIT;
  g_autoptr (GdkTexture) texture = NULL;

  place_init (&p, "loss", NULL);
  place_act (p.view, "copy");
  ui_wait (is_copied, &p);
  content = gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (p.view)));
  g_assert_nonnull (content);
  png = bytes_of (content, "image/png");
  texture = gdk_texture_new_from_bytes (png, NULL);
  g_assert_nonnull (texture);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, 1417); /* 12 cm at 300 dpi */
  svg = bytes_of (content, "image/svg+xml");
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (svg, NULL), (gssize) g_bytes_get_size (svg), "<svg"));
  g_value_init (&text, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (content, &text, NULL));
  g_assert_true (g_str_has_prefix (g_value_get_string (&text), "Epoch\tTraining"));
  g_assert_nonnull (strstr (g_value_get_string (&text), "\n12\t"));
  place_clear (&p);
}

static gboolean
has_no_dialog (gpointer view)
{
  return g_object_get_data (view, "export-dialog") == NULL;
}

/* Where to and how is asked; nothing is written when the answer is no. */
static void
test_export_as (void)
{
  Place p;
  GtkNativeDialog *dialog;
  g_autofree char *path = g_build_filename (ui_test_folder (), "chosen.pdf", NULL), *text = NULL;

  place_init (&p, "loss", NULL);
  place_act (p.view, "export-as");
  dialog = g_object_get_data (G_OBJECT (p.view), "export-dialog");
  g_assert_true (gtk_native_dialog_get_visible (dialog));
  g_assert_cmpstr (gtk_file_chooser_get_choice (GTK_FILE_CHOOSER (dialog), "format"), ==, "svg");
  g_assert_cmpstr (gtk_file_chooser_get_choice (GTK_FILE_CHOOSER (dialog), "theme"), ==, "print");
  g_signal_emit_by_name (dialog, "response", GTK_RESPONSE_CANCEL);
  ui_wait (has_no_dialog, p.view);
  g_assert_cmpint (p.n_exported, ==, 0);
  rheo_plot_view_save_as (p.view, path, RHEO_THEME_DARK, 85, 60);
  ui_wait (is_exported, &p);
  g_assert_cmpstr (p.exported, ==, path);
  text = text_of (path);
  g_assert_true (g_str_has_prefix (text, "%PDF"));
  /* A view goes while its dialog is open. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p.view), "plot.export-as", NULL));
  place_clear (&p);
}

static void
test_numbers (void)
{
  Place p;

  place_init (&p, "loss", NULL);
  place_act (p.view, "numbers");
  g_assert_nonnull (p.view->numbers);
  ui_get (p.view->numbers, GTK_TYPE_COLUMN_VIEW, "Numbers");
  g_assert_nonnull (ui_find_text (p.view->numbers, "Training"));
  g_assert_nonnull (ui_find_text (p.view->numbers, "12 rows"));
  gtk_window_close (GTK_WINDOW (p.view->numbers));
  g_assert_null (p.view->numbers);
  place_clear (&p);
}

/* --- figures that turn ------------------------------------------------------------------------------------------------ */
static void
set_number (RheoPlotTurnDialog *dialog, const char *name, double value)
{
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (ui_get (GTK_WIDGET (dialog), GTK_TYPE_SPIN_BUTTON, name)), value);
}

static RheoPlotTurnDialog *
open_turn (Place *p, double turn, double seconds, double rate, double dots)
{
  RheoPlotTurnDialog *dialog;

  place_act (p->view, "export-turn");
  dialog = RHEO_PLOT_TURN_DIALOG (p->view->turn_window);
  ui_settle (GTK_WIDGET (dialog));
  set_number (dialog, "Turn, °", turn);
  set_number (dialog, "Length, s", seconds);
  set_number (dialog, "Frames a second", rate);
  set_number (dialog, "Pixels an inch", dots);
  return dialog;
}

/* Only a figure in space has it, in its menu and at all. */
static void
test_turn_offered (void)
{
  Place p;

  place_init (&p, "loss", NULL);
  g_assert_false (g_action_group_get_action_enabled (rheo_plot_view_get_actions (p.view), "export-turn"));
  rheo_plot_view_take_spec (p.view, place_spec ("scatter"));
  place_settle (p.view);
  g_assert_true (g_action_group_get_action_enabled (rheo_plot_view_get_actions (p.view), "export-turn"));
  rheo_plot_view_take_spec (p.view, place_spec ("scatter-plane"));
  place_settle (p.view);
  g_assert_false (g_action_group_get_action_enabled (rheo_plot_view_get_actions (p.view), "export-turn"));
  place_clear (&p);
}

/* Each frame has a graphics control extension. */
static int
count_frames (const guint8 *bytes, gsize n)
{
  int frames = 0;

  for (gsize i = 0; i + 4 < n; i++)
    frames += bytes[i] == 0x21 && bytes[i + 1] == 0xf9 && bytes[i + 2] == 4;
  return frames;
}

static gboolean
is_closed (gpointer view)
{
  return ((RheoPlotView *) view)->turn_window == NULL;
}

static void
test_turn_gif (void)
{
  Place p;
  RheoPlotTurnDialog *dialog;
  g_autofree char *path = g_build_filename (ui_test_folder (), "points.gif", NULL), *contents = NULL;
  const guint8 *data;
  gsize n;

  place_init (&p, "scatter", NULL);
  dialog = open_turn (&p, 90, 1, 10, 60);
  g_assert_nonnull (ui_find_text (GTK_WIDGET (dialog), "10 frames of 283 × 189 pixels"));
  set_number (dialog, "Length, s", 60);
  set_number (dialog, "Frames a second", 50);
  g_assert_nonnull (ui_find_text (GTK_WIDGET (dialog), "At most 1000 frames"));
  g_assert_false (gtk_widget_get_sensitive (ui_get (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "Export…")));
  open_turn (&p, 90, 1, 10, 60);
  ui_shot (GTK_WIDGET (dialog), "turn.png");
  ui_click (ui_get (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "Export…"));
  ui_answer_chooser (path);
  ui_wait (is_exported, &p);
  ui_wait (is_closed, p.view);
  g_assert_cmpstr (p.exported, ==, path);
  g_assert_true (g_file_get_contents (p.exported, &contents, &n, NULL));
  data = (const guint8 *) contents;
  g_assert_cmpint (memcmp (data, "GIF89a", 6), ==, 0);
  g_assert_cmpint (data[6] | data[7] << 8, ==, 283);
  g_assert_cmpint (data[8] | data[9] << 8, ==, 189);
  g_assert_cmpint (count_frames (data, n), ==, 10);
  place_clear (&p);
}

static int
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  int n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Told of by their folder. */
static void
test_turn_frames (void)
{
  Place p;
  g_autofree char *folder = g_build_filename (ui_test_folder (), "turned", NULL);
  g_autofree char *path = g_build_filename (folder, "turned-###.png", NULL);
  g_autofree char *third = g_build_filename (folder, "turned-002.png", NULL);

  place_init (&p, "scatter", NULL);
  rheo_plot_turn_dialog_write (open_turn (&p, 360, 1, 5, 60), path);
  ui_wait (is_exported, &p);
  g_assert_cmpstr (p.exported, ==, folder);
  g_assert_cmpint (count_files (folder), ==, 5);
  g_assert_true (g_file_test (third, G_FILE_TEST_EXISTS));
  place_clear (&p);
}

static gboolean
has_frames (gpointer folder)
{
  return count_files (folder) >= 2;
}

static gboolean
is_ready (gpointer dialog)
{
  return ui_find (dialog, GTK_TYPE_BUTTON, "Export…") != NULL;
}

/* Nothing is left, nothing is said, and it can be begun again. A window that is closed stops it too. */
static void
test_turn_cancel (void)
{
  Place p;
  RheoPlotTurnDialog *dialog;
  g_autofree char *folder = g_build_filename (ui_test_folder (), "cancelled", NULL);
  g_autofree char *path = g_build_filename (folder, "frame-####.png", NULL);

  place_init (&p, "scatter", NULL);
  dialog = open_turn (&p, 360, 20, 50, 120);
  rheo_plot_turn_dialog_write (dialog, path);
  g_assert_false (is_ready (dialog));
  ui_wait (has_frames, folder);
  ui_shot (GTK_WIDGET (dialog), "turn-busy.png");
  ui_click (ui_get (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "Cancel"));
  ui_wait (is_ready, dialog);
  g_assert_cmpint (count_files (folder), ==, 0);
  g_assert_null (p.exported);
  g_assert_null (p.failed);
  rheo_plot_turn_dialog_write (dialog, path);
  ui_wait (has_frames, folder);
  gtk_window_close (GTK_WINDOW (dialog));
  while (count_files (folder) > 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_null (p.exported);
  place_clear (&p);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/plot-out/export", test_export);
  g_test_add_func ("/plot-out/copy", test_copy);
  g_test_add_func ("/plot-out/export-as", test_export_as);
  g_test_add_func ("/plot-out/numbers", test_numbers);
  g_test_add_func ("/plot-out/turn-offered", test_turn_offered);
  g_test_add_func ("/plot-out/turn-gif", test_turn_gif);
  g_test_add_func ("/plot-out/turn-frames", test_turn_frames);
  g_test_add_func ("/plot-out/turn-cancel", test_turn_cancel);
  return ui_test_run ();
}
