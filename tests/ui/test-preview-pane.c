/* The preview beside the form: follows edits, shows the newest alone, says why there is none. */
#include "config.h"

#include <string.h>

#include "app/preview-pane.h"
#include "app/settings.h"
#include "app/task-picture.h"
#include "ui-test.h"
#include "widgets/plot-view.h"

typedef struct
{
  RheoContext context;
  GtkWidget *window;
  RheoPreviewPane *pane;
  int n_shown, wanted;
} Fixture;

static void
on_shown (Fixture *f)
{
  f->n_shown++;
}

static gboolean
is_shown (gpointer data)
{
  const Fixture *f = data;

  return f->n_shown >= f->wanted;
}

static void
wait_for (Fixture *f, int n_more)
{
  f->wanted = f->n_shown + n_more;
  ui_wait (is_shown, f);
}

static void
set (Fixture *f, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  rheo_document_set (f->context.document, path, text, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->context.document = rheo_document_new ();
  rheo_document_load (f->context.document, "robot-trajectory", &error);
  g_assert_no_error (error);
  f->pane = RHEO_PREVIEW_PANE (rheo_preview_pane_new (&f->context));
  g_signal_connect_swapped (f->pane, "shown", G_CALLBACK (on_shown), f);
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 342, 750);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->pane));
  gtk_window_present (GTK_WINDOW (f->window));
  wait_for (f, 1);
  ui_settle (f->window);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_object_unref (f->context.document);
}

static const RheoPreview *
preview (const Fixture *f)
{
  return rheo_preview_pane_get_preview (f->pane);
}

static void
test_first (Fixture *f, gconstpointer data)
{
  g_assert_null (preview (f)->problem);
  g_assert_nonnull (ui_find_text (f->window, "1 of 1,000"));
  g_assert_nonnull (ui_find_text (f->window, "1,006,002"));
  g_assert_nonnull (ui_find_text (f->window, "19.4 %"));
  g_assert_nonnull (ui_find_text (f->window, "1,000 units"));
  g_assert_false (gtk_widget_get_sensitive (ui_get (f->window, GTK_TYPE_BUTTON, "Previous trial")));
}

static gboolean
has_new_count (gpointer data)
{
  return ui_find_text (((Fixture *) data)->window, "300 units") != NULL;
}

static void
test_edit (Fixture *f, gconstpointer data)
{
  set (f, "model.layers.0.units", "300");
  /* The last picture stays until the new one is there. */
  g_assert_nonnull (ui_find_text (f->window, "1,000 units"));
  wait_for (f, 1);
  g_assert_cmpint (preview (f)->facts.n_units, ==, 300);
  /* The sketch is drawn beside the main thread. */
  ui_wait (has_new_count, f);
}

static void
test_newest (Fixture *f, gconstpointer data)
{
  const int before = f->n_shown;

  for (int units = 100; units <= 500; units += 100)
    {
      g_autofree char *text = g_strdup_printf ("%d", units);

      set (f, "model.layers.0.units", text);
    }
  wait_for (f, 1);
  g_assert_cmpint (preview (f)->facts.n_units, ==, 500);
  /* Had an older one come too, it would have been counted before this one. */
  set (f, "model.layers.0.units", "600");
  wait_for (f, 1);
  g_assert_cmpint (f->n_shown, ==, before + 2);
}

/* Each click begins a picture at once; an edit meanwhile makes all of them too old. */
static void
test_cancelled (Fixture *f, gconstpointer data)
{
  const int before = f->n_shown;

  for (int i = 0; i < 4; i++)
    ui_click (ui_get (f->window, GTK_TYPE_BUTTON, "Next trial"));
  set (f, "model.layers.0.units", "200");
  wait_for (f, 1);
  g_assert_cmpint (preview (f)->facts.n_units, ==, 200);
  set (f, "model.layers.0.units", "300");
  wait_for (f, 1);
  g_assert_cmpint (f->n_shown, ==, before + 2);
}

static void
test_trials (Fixture *f, gconstpointer data)
{
  ui_click (ui_get (f->window, GTK_TYPE_BUTTON, "Next trial"));
  wait_for (f, 1);
  g_assert_cmpint (preview (f)->trial, ==, 1);
  g_assert_nonnull (ui_find_text (f->window, "2 of 1,000"));
  ui_click (ui_get (f->window, GTK_TYPE_BUTTON, "Previous trial"));
  wait_for (f, 1);
  g_assert_cmpint (preview (f)->trial, ==, 0);
}

static void
test_broken (Fixture *f, gconstpointer data)
{
  set (f, "task.n-periods", "20");
  wait_for (f, 1);
  g_assert_nonnull (strstr (preview (f)->problem, "task.n-periods"));
  ui_settle (f->window);
  g_assert_null (ui_find_text (f->window, "1 of 1,000"));
  g_assert_null (ui_find (f->window, GTK_TYPE_BUTTON, "Next trial"));
  rheo_document_undo (f->context.document);
  wait_for (f, 1);
  g_assert_null (preview (f)->problem);
  ui_settle (f->window);
  g_assert_nonnull (ui_find_text (f->window, "1 of 1,000"));
}

typedef struct
{
  Fixture *fixture;
  const char *words; /* NULL: signals are drawn */
} Says;

static gboolean
says (gpointer data)
{
  const Says *s = data;
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (
      RHEO_PLOT_VIEW (ui_get (s->fixture->window, RHEO_TYPE_PLOT_VIEW, "One trial, time plot")));

  return spec != NULL && g_strcmp0 (spec->empty, s->words) == 0;
}

/* A network that is left to itself: words instead of an empty picture. */
static void
test_no_input (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  rheo_document_load (f->context.document, "sorn-default", &error);
  g_assert_no_error (error);
  wait_for (f, 1);
  g_assert_null (preview (f)->problem);
  ui_wait (says, &(Says){ f, "No input: the network is left to itself." });
  g_assert_cmpint (preview (f)->facts.n_units, ==, 240);
  set (f, "task.kind", "uniform");
  wait_for (f, 1);
  ui_wait (says, &(Says){ f, NULL });
}

static gboolean
shows_scene (gpointer data)
{
  return ui_find_text (((Fixture *) data)->window, "One episode") != NULL;
}

/* An environment: no trials to step through, but the network and what a run takes. */
static void
test_environment (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  rheo_document_load (f->context.document, "sorn-cartpole", &error);
  g_assert_no_error (error);
  wait_for (f, 1);
  ui_wait (shows_scene, f);
  ui_settle (f->window);
  g_assert_nonnull (ui_find_text (f->window, "60 units"));
  g_assert_nonnull (ui_find_text (f->window, "Time per episode, about"));
  g_assert_null (ui_find (f->window, GTK_TYPE_BUTTON, "Next trial"));
  g_assert_null (rheo_document_get_problem (f->context.document));
}

static gboolean
has_time (gpointer data)
{
  return ui_find_text (data, " on 1 thread") != NULL;
}

static void
test_time (Fixture *f, gconstpointer data)
{
  set (f, "run.threads", "1");
  set (f, "model.layers.0.units", "50");
  wait_for (f, 1);
  ui_wait (has_time, f->window);
}

static gboolean
has_seconds (gpointer data)
{
  double seconds;

  g_object_get (data, "seconds", &seconds, NULL);
  return seconds > 0;
}

/* Something is drawn, and it is told how long a run takes. */
static void
test_picture (void)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("robot-clean", NULL);
  g_autoptr (GSettings) settings = rheo_settings_new ();
  GtkWidget *window = gtk_window_new (), *picture = rheo_task_picture_new (experiment, settings);
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autofree char *path = g_build_filename (ui_test_folder (), "picture.png", NULL);
  gboolean drawn = FALSE;

  gtk_window_set_default_size (GTK_WINDOW (window), 250, 100);
  gtk_window_set_child (GTK_WINDOW (window), picture);
  gtk_window_present (GTK_WINDOW (window));
  ui_wait (has_seconds, picture);
  ui_settle (window);
  ui_shot (picture, path);
  pixbuf = gdk_pixbuf_new_from_file (path, NULL);
  g_assert_nonnull (pixbuf);
  for (int y = 0; y < gdk_pixbuf_get_height (pixbuf) && !drawn; y++)
    for (int x = 0; x < gdk_pixbuf_get_width (pixbuf) && !drawn; x++)
      {
        const guint8 *p = gdk_pixbuf_read_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf)
                          + x * gdk_pixbuf_get_n_channels (pixbuf);

        drawn = p[2] > p[0] + 60; /* blue */
      }
  g_assert_true (drawn);
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
has_figure (gpointer data)
{
  return g_file_test (data, G_FILE_TEST_EXISTS);
}

/* From the menus of both cards; the numbers lie beside the figure. */
static void
test_export (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "One trial, time plot", "Network, diagram" }, *const stems[] = { "trial-1",
                                                                                                        "network" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *figure =
          g_strdup_printf ("%s/Rheobase/figures/robot-trajectory-%s.svg", g_get_home_dir (), stems[i]);
      g_autofree char *numbers =
          g_strdup_printf ("%s/Rheobase/figures/robot-trajectory-%s.csv", g_get_home_dir (), stems[i]);
      GtkWidget *view = ui_get (f->window, RHEO_TYPE_PLOT_VIEW, names[i]);

      ui_activate (view, "plot.export");
      ui_wait (has_figure, figure);
      ui_wait (has_figure, numbers);
    }
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui/preview/first", Fixture, NULL, set_up, test_first, tear_down);
  g_test_add ("/ui/preview/edit", Fixture, NULL, set_up, test_edit, tear_down);
  g_test_add ("/ui/preview/newest", Fixture, NULL, set_up, test_newest, tear_down);
  g_test_add ("/ui/preview/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/ui/preview/trials", Fixture, NULL, set_up, test_trials, tear_down);
  g_test_add ("/ui/preview/broken", Fixture, NULL, set_up, test_broken, tear_down);
  g_test_add ("/ui/preview/no-input", Fixture, NULL, set_up, test_no_input, tear_down);
  g_test_add ("/ui/preview/environment", Fixture, NULL, set_up, test_environment, tear_down);
  g_test_add ("/ui/preview/time", Fixture, NULL, set_up, test_time, tear_down);
  g_test_add ("/ui/preview/export", Fixture, NULL, set_up, test_export, tear_down);
  g_test_add_func ("/ui/preview/picture", test_picture);
  return ui_test_run ();
}
