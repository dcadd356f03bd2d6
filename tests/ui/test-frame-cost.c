/* What must not cost a frame: a new layout of the window where only texts and pictures change. */
#include "config.h"

#include "plot-place.h"
#include "widgets/plot-card.h"
#include "widgets/steady-text.h"

static void
count_layout (GdkSurface *surface, int width, int height, int *n)
{
  (*n)++;
}

/* Counts in *n how often the window is laid out, from when all that is on its way has come. */
static void
watch_layouts (GtkWidget *window, int *n)
{
  g_signal_connect (gtk_native_get_surface (GTK_NATIVE (window)), "layout", G_CALLBACK (count_layout), n);
  for (int quiet = 0; quiet < 5; quiet++)
    {
      *n = 0;
      ui_settle (window);
      if (*n > 0)
        quiet = -1;
    }
}

static void
unwatch (GtkWidget *window, int *n)
{
  g_signal_handlers_disconnect_by_data (gtk_native_get_surface (GTK_NATIVE (window)), n);
}

static void
test_steady_text (void)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *widget = rheo_steady_text_new (0, GTK_INSCRIPTION_OVERFLOW_CLIP);
  RheoSteadyText *text = RHEO_STEADY_TEXT (widget);
  int n, width, need;

  gtk_window_set_default_size (GTK_WINDOW (window), 400, 100);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_box_append (GTK_BOX (box), widget);
  rheo_steady_text_set (text, "Epoch 11 of 20");
  gtk_window_present (GTK_WINDOW (window));
  watch_layouts (window, &n);
  width = gtk_widget_get_width (widget);
  g_assert_cmpint (width, ==, rheo_steady_text_get_need (text));

  /* Figures have one width, and a shorter text leaves its room. */
  rheo_steady_text_set (text, "Epoch 12 of 20");
  ui_settle (window);
  rheo_steady_text_set (text, "Epoch 9 of 20");
  ui_settle (window);
  g_assert_cmpint (n, ==, 0);
  g_assert_cmpint (gtk_widget_get_width (widget), ==, width);
  g_assert_true (ui_find_text (window, "Epoch 9 of 20") != NULL);

  rheo_steady_text_set (text, "Epoch 12 of 20, batch 5 of 50");
  ui_settle (window);
  need = rheo_steady_text_get_need (text);
  g_assert_cmpint (n, >, 0);
  g_assert_cmpint (need, >, width);
  g_assert_cmpint (gtk_widget_get_width (widget), ==, need);
  g_assert_cmpstr (rheo_steady_text_get (text), ==, "Epoch 12 of 20, batch 5 of 50");
  rheo_steady_text_set (text, "Done");
  ui_settle (window);
  g_assert_cmpint (gtk_widget_get_width (widget), ==, rheo_steady_text_get_need (text));
  g_assert_cmpint (gtk_widget_get_width (widget), <, width);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
show_epoch (GtkWidget *window, RheoPlotCard *card, int epoch)
{
  RheoPlotSpec *spec = place_spec ("loss");
  g_autofree char *subtitle = g_strdup_printf ("epoch %d", epoch);

  spec->subtitle = g_intern_string (subtitle);
  rheo_plot_card_take_spec (card, spec);
  ui_wait (place_has_picture, rheo_plot_card_get_view (card));
  ui_settle (window);
  g_assert_nonnull (ui_find_text (GTK_WIDGET (card), subtitle));
}

static void
test_card (void)
{
  GtkWidget *window = gtk_window_new ();
  RheoPlotGroup *group = rheo_plot_group_new ();
  GtkWidget *card = rheo_plot_card_new (group);
  int n;

  gtk_window_set_default_size (GTK_WINDOW (window), 412, 280);
  gtk_window_set_child (GTK_WINDOW (window), card);
  gtk_window_present (GTK_WINDOW (window));
  show_epoch (window, RHEO_PLOT_CARD (card), 11);
  watch_layouts (window, &n);
  for (int epoch = 12; epoch < 16; epoch++)
    show_epoch (window, RHEO_PLOT_CARD (card), epoch);
  g_assert_cmpint (n, ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (group);
}

static const char tiny[] =
    "{\"format\": 1, \"title\": \"Tiny robot\","
    " \"task\": {\"id\": \"robot-trajectory\", \"n-trials\": 20, \"n-valid\": 10, \"n-steps\": 12},"
    " \"model\": {\"id\": \"lif\", \"layers\": [{\"units\": 24}]}, \"rule\": {\"id\": \"bptt\"},"
    " \"run\": {\"seed\": 1, \"budget\": 4, \"batch\": 10, \"threads\": 1}}";

static gboolean
is_paused (gpointer session)
{
  return rheo_session_get_state (session) == RHEO_ENGINE_PAUSED;
}

static gboolean
is_stopped (gpointer session)
{
  return rheo_session_get_state (session) == RHEO_ENGINE_STOPPED;
}

/* Of all plots that are shown. */
static gboolean
has_pictures (gpointer root)
{
  if (RHEO_IS_PLOT_VIEW (root))
    return !gtk_widget_get_mapped (root) || place_has_picture (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (!has_pictures (child))
      return FALSE;
  return TRUE;
}

/* The session tells of itself many times a second; where nothing that is shown has changed nothing is laid out. */
static void
test_session (void)
{
  RheoAppWindow *window = ui_window_new ();
  RheoSession *session = rheo_app_window_get_context (window)->session;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (tiny, "tiny", &error);
  const RheoStart how = { .at = -1, .paused = TRUE };
  int n;

  g_assert_no_error (error);
  /* An X server in memory has no graphics card. */
  g_assert_true (GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (GTK_NATIVE (window))));
  ui_activate (GTK_WIDGET (window), "win.view::live");
  g_assert_true (rheo_session_start (session, experiment, &how, &error));
  ui_wait (is_paused, session);
  ui_wait (has_pictures, window);
  watch_layouts (GTK_WIDGET (window), &n);
  for (int i = 0; i < 10; i++)
    {
      g_signal_emit_by_name (session, "changed");
      ui_settle (GTK_WIDGET (window));
    }
  /* A tooltip may come and go, as the pointer lies over the window. */
  g_assert_cmpint (n, <, 5);
  unwatch (GTK_WIDGET (window), &n);
  rheo_session_stop (session);
  ui_wait (is_stopped, session);
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  /* The program chooses, when its first window is made. */
  g_unsetenv ("GSK_RENDERER");
  g_test_add_func ("/frame-cost/session", test_session);
  g_test_add_func ("/frame-cost/steady-text", test_steady_text);
  g_test_add_func ("/frame-cost/card", test_card);
  return ui_test_run ();
}
