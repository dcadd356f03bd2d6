/* The Live view in the real window: a small run from its start to its end, its dashboard and its values. */
#include "config.h"

#include "ui-test.h"

#include "app/dashboard-cell.h"
#include "app/dashboard.h"
#include "app/live-value.h"
#include "app/live-values.h"
#include "app/run-strip.h"
#include "app/status-bar.h"
#include "widgets/plot-card.h"
#include "widgets/steady-text.h"

typedef struct
{
  RheoAppWindow *window;
  RheoSession *session;
  GtkWidget *root;
  RheoDashboard *dashboard;
} Live;

static const char tiny[] =
    "{\"format\": 1, \"title\": \"Tiny robot\","
    " \"task\": {\"id\": \"robot-trajectory\", \"n-trials\": 40, \"n-valid\": 20, \"n-steps\": 12},"
    " \"model\": {\"id\": \"lif\", \"layers\": [{\"units\": 24}]},"
    " \"rule\": {\"id\": \"bptt\", \"optimiser\": {\"lr\": 0.01}},"
    " \"run\": {\"seed\": 1, \"budget\": 4, \"batch\": 10, \"probe\": 5, \"threads\": 1}}";

static GtkWidget *
find_type (GtkWidget *root, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static Live
open_live (void)
{
  Live live = { .window = ui_window_new () };

  live.root = GTK_WIDGET (live.window);
  live.session = rheo_app_window_get_context (live.window)->session;
  live.dashboard = RHEO_DASHBOARD (find_type (live.root, RHEO_TYPE_DASHBOARD));
  ui_activate (live.root, "win.view::live");
  ui_settle (live.root);
  return live;
}

static void
start (Live *live, int budget, gboolean paused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (tiny, "tiny", &error);
  RheoStart how = { .at = -1, .paused = paused };

  g_assert_no_error (error);
  rheo_experiment_get_run (experiment)->budget = budget;
  g_assert_true (rheo_session_start (live->session, experiment, &how, &error));
  g_assert_no_error (error);
}

static gboolean
is_paused (gpointer data)
{
  return rheo_session_get_state (((Live *) data)->session) == RHEO_ENGINE_PAUSED;
}

static gboolean
is_paused_after_one (gpointer data)
{
  return is_paused (data) && rheo_session_get_place (((Live *) data)->session).iteration == 1;
}

static gboolean
is_stopped (gpointer data)
{
  return rheo_session_get_state (((Live *) data)->session) == RHEO_ENGINE_STOPPED;
}

static gboolean
has_mark (gpointer data)
{
  return rheo_session_get_marks (((Live *) data)->session)->len > 0;
}

static gboolean
has_data (gpointer data)
{
  Live *live = data;

  for (guint i = 0; i < rheo_dashboard_get_layout (live->dashboard)->panels->len; i++)
    {
      GtkWidget *card = rheo_dashboard_get_card (live->dashboard, (int) i);
      const RheoPlotSpec *spec =
          card != NULL ? rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (card))) : NULL;

      if (card != NULL && (spec == NULL || spec->n_bindings == 0))
        return FALSE;
    }
  return TRUE;
}

/* The raster has its first frame: what the plots want is known to the engine. */
static gboolean
is_watched (gpointer data)
{
  GtkWidget *card = rheo_dashboard_get_card (((Live *) data)->dashboard, 0);
  const RheoPlotSpec *spec =
      card != NULL ? rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (card))) : NULL;

  return spec != NULL && spec->n_bindings > 0;
}

static void
stop (Live *live)
{
  rheo_session_stop (live->session);
  ui_wait (is_stopped, live);
  ui_settle (live->root);
}

static void
test_empty (void)
{
  Live live = open_live ();

  g_assert_nonnull (ui_find_text (live.root, "Nothing has run yet"));
  g_assert_null (rheo_dashboard_get_layout (live.dashboard));
  ui_window_close (live.window);
}

/* Every plot that the experiment asks for gets its data, and the strip tells the end. */
static void
test_to_the_end (void)
{
  Live live = open_live ();

  /* It would be over before anybody has looked. */
  start (&live, 4, TRUE);
  ui_wait (is_paused, &live);
  rheo_session_step (live.session);
  ui_wait (is_paused_after_one, &live);
  ui_wait (has_data, &live);
  rheo_session_resume (live.session);
  ui_wait (is_stopped, &live);
  ui_wait (has_data, &live);
  ui_settle (live.root);
  g_assert_cmpint (rheo_session_get_stop (live.session), ==, RHEO_STOP_BUDGET);
  g_assert_nonnull (ui_find_text (live.root, "Done in"));
  g_assert_cmpuint (rheo_dashboard_get_layout (live.dashboard)->panels->len, >=, 5);
  ui_shot (live.root, "live.png");
  ui_window_close (live.window);
}

/* A card is called after what it will show before that is there. */
static void
test_titles (void)
{
  static const char *const from[][3] = { { "hidden.rate.E", NULL },
                                         { "hidden.rate", NULL },
                                         { "train.loss", NULL },
                                         { "train-accuracy", "test-accuracy" },
                                         { "test.confusion", NULL } };
  static const char *const title[] = { "Firing rate", "Firing rate", "Loss", "Accuracy", "Confusion matrix" };

  for (gsize i = 0; i < G_N_ELEMENTS (from); i++)
    {
      const RheoDashboardPanel panel = { .plot = (char *) "line", .from = (char **) from[i] };

      g_assert_cmpstr (rheo_dashboard_panel_guess_title (&panel), ==, title[i]);
    }
}

static void
choose (Live *live, guint way)
{
  gtk_drop_down_set_selected (GTK_DROP_DOWN (ui_get (live->root, GTK_TYPE_DROP_DOWN, "Show at")), way);
}

static gboolean
has_second (gpointer data)
{
  return rheo_session_get_place (((Live *) data)->session).iteration >= 2;
}

static gboolean
is_running (gpointer data)
{
  return rheo_session_get_state (((Live *) data)->session) == RHEO_ENGINE_RUNNING;
}

/* A network that plays can be watched: in slow motion the run waits for the picture, and pauses, goes on and ends while it does. */
static void
test_show_at (void)
{
  Live live = open_live ();
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("cartpole-stdp-rl", &error);

  g_assert_true (rheo_session_start (live.session, experiment, &(RheoStart){ .at = -1, .paused = TRUE }, &error));
  g_assert_no_error (error);
  ui_wait (is_paused, &live);
  g_assert_null (ui_find (live.root, GTK_TYPE_SPIN_BUTTON, "Trial"));
  choose (&live, 0);
  rheo_session_resume (live.session);
  ui_wait (is_running, &live);
  /* All of it at full speed would be over by now. */
  ui_settle (live.root);
  ui_settle (live.root);
  g_assert_true (is_running (&live));
  rheo_session_pause (live.session);
  ui_wait (is_paused, &live);
  g_assert_cmpint (rheo_session_get_place (live.session).iteration, <=, 3);
  choose (&live, 2);
  rheo_session_resume (live.session);
  ui_wait (has_second, &live);
  choose (&live, 4);
  choose (&live, 3);
  ui_wait (is_stopped, &live);
  g_assert_cmpint (rheo_session_get_place (live.session).iteration, >, 100);
  start (&live, 1, FALSE);
  ui_wait (is_stopped, &live);
  g_assert_nonnull (ui_find (live.root, GTK_TYPE_SPIN_BUTTON, "Trial"));
  g_assert_null (ui_find (live.root, GTK_TYPE_DROP_DOWN, "Show at"));
  ui_window_close (live.window);
}

/* The status bar says what computes as soon as that is settled, and why it is not a card. */
static void
test_device (void)
{
  Live live = open_live ();
  GtkWidget *bar = find_type (live.root, RHEO_TYPE_STATUS_BAR), *text;

  start (&live, 1000000, TRUE);
  rheo_status_bar_update (RHEO_STATUS_BAR (bar));
  g_assert_null (ui_find_text (bar, "CPU, 1 thread"));
  ui_wait (is_paused, &live);
  rheo_status_bar_update (RHEO_STATUS_BAR (bar));
  text = ui_find_text (bar, "CPU, 1 thread");
  g_assert_nonnull (text);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (gtk_widget_get_ancestor (text, RHEO_TYPE_STEADY_TEXT)), ==,
                   "No card: This program was built without CUDA.");
  stop (&live);
  ui_window_close (live.window);
}

static void
test_pause_step_stop (void)
{
  Live live = open_live ();

  start (&live, 1000000, TRUE);
  ui_wait (is_paused, &live);
  g_assert_cmpint (rheo_session_get_place (live.session).iteration, ==, 0);
  rheo_session_step (live.session);
  ui_wait (is_paused_after_one, &live);
  ui_wait (has_data, &live);
  stop (&live);
  g_assert_nonnull (ui_find_text (live.root, "Stopped at epoch 1 of 1,000,000"));
  ui_window_close (live.window);
}

/* The preparation can be cancelled, and a run that takes long to stop can be left; the strip says what it is about. */
static void
test_cancel (void)
{
  Live live = open_live ();
  GtkWidget *strip = find_type (live.root, RHEO_TYPE_RUN_STRIP);

  start (&live, 1000000, FALSE);
  rheo_run_strip_update (RHEO_RUN_STRIP (strip));
  g_assert_nonnull (ui_find_text (strip, "Preparing the data…"));
  ui_click (ui_get (strip, GTK_TYPE_BUTTON, "Cancel"));
  g_assert_cmpint (rheo_session_get_state (live.session), ==, RHEO_ENGINE_STOPPED);
  ui_settle (live.root);
  g_assert_nonnull (ui_find_text (strip, "Stopped before it began"));
  g_assert_null (ui_find (strip, GTK_TYPE_BUTTON, "Cancel"));

  start (&live, 1000000, TRUE);
  ui_wait (is_paused, &live);
  ui_settle (live.root);
  rheo_session_stop (live.session);
  g_assert_null (ui_find (strip, GTK_TYPE_BUTTON, "Stop now"));
  rheo_run_strip_set_patience (RHEO_RUN_STRIP (strip), 0);
  rheo_run_strip_update (RHEO_RUN_STRIP (strip));
  g_assert_nonnull (ui_find_text (strip, "Finishing this iteration…"));
  ui_click (ui_get (strip, GTK_TYPE_BUTTON, "Stop now"));
  g_assert_cmpint (rheo_session_get_state (live.session), ==, RHEO_ENGINE_STOPPED);
  ui_window_close (live.window);
}

/* A value that is changed takes effect, gets its dot, and can go back. */
static void
test_value (void)
{
  Live live = open_live ();
  GtkWidget *value;
  g_autofree char *now = NULL;

  start (&live, 1000000, TRUE);
  ui_wait (is_paused, &live);
  ui_settle (live.root);
  value = find_type (live.root, RHEO_TYPE_LIVE_VALUE);
  g_assert_cmpstr (rheo_live_value_get_path (RHEO_LIVE_VALUE (value)), ==, "rule.optimiser.lr");
  g_assert_true (gtk_widget_is_sensitive (value));
  g_signal_emit_by_name (value, "wanted", "0.02");
  ui_wait (has_mark, &live);
  now = rheo_experiment_dup_value (rheo_session_get_experiment (live.session), "rule.optimiser.lr", NULL);
  g_assert_cmpstr (now, ==, "0.02");
  g_assert_nonnull (ui_find_text (live.root, "changed at epoch 1"));
  ui_activate (gtk_widget_get_parent (value), "values.reset");
  while (rheo_session_get_marks (live.session)->len < 2)
    g_main_context_iteration (NULL, TRUE);
  g_free (now);
  now = rheo_experiment_dup_value (rheo_session_get_experiment (live.session), "rule.optimiser.lr", NULL);
  g_assert_cmpstr (now, ==, "0.01");
  stop (&live);
  g_assert_false (gtk_widget_is_sensitive (value));
  ui_window_close (live.window);
}

static gboolean
offers (Live *live, const char *path)
{
  GtkWidget *row = gtk_widget_get_parent (find_type (live->root, RHEO_TYPE_LIVE_VALUE));

  for (GtkWidget *value = gtk_widget_get_first_child (row); value != NULL; value = gtk_widget_get_next_sibling (value))
    if (g_str_equal (rheo_live_value_get_path (RHEO_LIVE_VALUE (value)), path))
      return TRUE;
  return FALSE;
}

/* Without spikes there is no surrogate derivative to change, without rates nothing to keep them small; whoever chose them for
 * networks of both kinds sees those that act. */
static void
test_values_that_act (void)
{
  static const struct
  {
    const char *model;
    gboolean spikes;
  } cases[] = { { "lif", TRUE }, { "ctrnn", FALSE } };
  static const char *const wanted[] = { "rule.optimiser.lr", "rule.surrogate.alpha", "rule.regularisation.rate", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Live live = open_live ();
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (tiny, "tiny", &error);
      RheoStart how = { .at = -1, .paused = TRUE };

      g_assert_no_error (error);
      g_assert_true (rheo_experiment_set (experiment, "model.id", cases[i].model, &error));
      g_assert_no_error (error);
      g_assert_true (rheo_session_start (live.session, experiment, &how, &error));
      ui_wait (is_paused, &live);
      rheo_live_values_show (RHEO_LIVE_VALUES (find_type (live.root, RHEO_TYPE_LIVE_VALUES)), wanted);
      ui_settle (live.root);
      g_assert_true (offers (&live, "rule.optimiser.lr"));
      g_assert_cmpint (offers (&live, "rule.surrogate.alpha"), ==, cases[i].spikes);
      g_assert_cmpint (offers (&live, "rule.regularisation.rate"), ==, !cases[i].spikes);
      stop (&live);
      ui_window_close (live.window);
    }
}

static char *
dup_order (RheoDashboard *dashboard)
{
  const RheoDashboardLayout *layout = rheo_dashboard_get_layout (dashboard);
  GString *order = g_string_new (NULL);

  for (guint i = 0; i < layout->panels->len; i++)
    {
      const RheoDashboardPanel *panel = layout->panels->pdata[i];

      if (panel->shown)
        g_string_append_printf (order, "%s%s%s", order->len > 0 ? " " : "", panel->plot, panel->wide ? "2" : "");
    }
  return g_string_free (order, FALSE);
}

typedef struct
{
  Live *live;
  const char *text;
} Told;

static gboolean
is_told (gpointer data)
{
  const Told *told = data;

  return ui_find_text (told->live->root, told->text) != NULL;
}

/* A change of the layout is told, and its toast takes it back. */
static void
take_back (Live *live, const char *before, const char *text)
{
  Told told = { live, text };
  GtkWidget *toast;
  g_autofree char *now = NULL;

  ui_wait (is_told, &told);
  toast = ui_find_text (live->root, text);
  while (ui_find (toast, GTK_TYPE_BUTTON, "Undo") == NULL)
    toast = gtk_widget_get_parent (toast);
  ui_click (ui_get (toast, GTK_TYPE_BUTTON, "Undo"));
  ui_settle (live->root);
  now = dup_order (live->dashboard);
  g_assert_cmpstr (now, ==, before);
}

static void
test_layout (void)
{
  Live live = open_live ();
  GtkSettings *settings = gtk_widget_get_settings (live.root);
  g_autofree char *first = NULL, *moved = NULL, *kept = NULL, *less = NULL, *reset = NULL;

  /* Toasts are clicked as soon as they are there, faster than they slide in. */
  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
  start (&live, 1000000, TRUE);
  ui_wait (is_paused, &live);
  ui_settle (live.root);
  first = dup_order (live.dashboard);
  g_assert_true (g_str_has_prefix (first, "raster trajectory line"));
  g_assert_cmpint (rheo_dashboard_get_columns (live.dashboard), ==, 3);
  take_back (&live, first, (rheo_dashboard_move (live.dashboard, 0, 1), "Moved "));
  take_back (&live, first, (rheo_dashboard_set_wide (live.dashboard, 2, TRUE), " is two columns wide"));
  rheo_dashboard_move (live.dashboard, 0, 1);
  rheo_dashboard_set_wide (live.dashboard, 0, TRUE);
  moved = dup_order (live.dashboard);
  g_assert_true (g_str_has_prefix (moved, "trajectory2 raster line"));
  ui_settle (live.root);
  g_assert_cmpint (gtk_widget_get_width (rheo_dashboard_get_card (live.dashboard, 0)), >,
                   3 * gtk_widget_get_width (rheo_dashboard_get_card (live.dashboard, 1)) / 2);
  /* Another run of the same kind finds it as it was left. */
  stop (&live);
  start (&live, 1000000, TRUE);
  ui_wait (is_paused, &live);
  kept = dup_order (live.dashboard);
  g_assert_cmpstr (kept, ==, moved);
  /* Removed, and taken back by the toast. */
  ui_settle (live.root);
  rheo_dashboard_remove (live.dashboard, 1);
  less = dup_order (live.dashboard);
  g_assert_true (g_str_has_prefix (less, "trajectory2 line"));
  ui_settle (live.root);
  take_back (&live, moved, "Removed ");
  g_action_group_change_action_state (rheo_dashboard_get_actions (live.dashboard), "columns",
                                      g_variant_new_string ("2"));
  ui_settle (live.root);
  g_assert_cmpint (rheo_dashboard_get_columns (live.dashboard), ==, 2);
  take_back (&live, moved, "2 columns");
  g_assert_cmpint (rheo_dashboard_get_columns (live.dashboard), ==, 3);
  g_action_group_activate_action (rheo_dashboard_get_actions (live.dashboard), "reset", NULL);
  reset = dup_order (live.dashboard);
  g_assert_cmpstr (reset, ==, first);
  stop (&live);
  gtk_settings_reset_property (settings, "gtk-enable-animations");
  ui_window_close (live.window);
}

/* What is kept reads back as it was. */
static void
test_layout_json (void)
{
  g_autoptr (RheoDashboardLayout) layout = rheo_dashboard_layout_parse (
      "{\"live\": [{\"plot\": \"line\", \"from\": \"train.loss\", \"at\": [4, 0, 2, 2]},"
      " {\"plot\": \"raster\", \"from\": [\"hidden.spikes\"], \"set\": {\"a\": 1}, \"at\": [0, 0, 4, 2]}]}");
  g_autoptr (RheoDashboardLayout) again = NULL;
  g_autofree char *json = NULL, *json_again = NULL;
  const RheoDashboardPanel *panel;

  g_assert_nonnull (layout);
  panel = layout->panels->pdata[0];
  g_assert_cmpstr (panel->plot, ==, "raster");
  g_assert_true (panel->wide);
  panel = layout->panels->pdata[1];
  g_assert_cmpstr (panel->from[0], ==, "train.loss");
  g_assert_false (panel->wide);
  json = rheo_dashboard_layout_dup_json (layout);
  again = rheo_dashboard_layout_parse (json);
  json_again = rheo_dashboard_layout_dup_json (again);
  g_assert_cmpstr (json, ==, json_again);
  g_assert_null (rheo_dashboard_layout_parse ("[]"));
  g_assert_null (rheo_dashboard_layout_parse ("{"));
}

typedef struct
{
  const char *folder;
  guint n; /* figures */
} Figures;

static gboolean
are_saved (gpointer data)
{
  const Figures *figures = data;
  g_autoptr (GDir) dir = g_dir_open (figures->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_suffix (name, ".svg") || g_str_has_suffix (name, ".csv");
  return n == 2 * figures->n;
}

/* Each plot gets a file of its own, and one toast tells of all of them. */
static void
test_export_all (void)
{
  Live live = open_live ();
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (tiny, "tiny", &error);
  g_autofree char *path = g_build_filename (ui_test_folder (), "export.h5", NULL);
  g_autofree char *folder = g_build_filename (ui_test_folder (), "figures", NULL);
  Figures figures = { folder, 0 };

  rheo_experiment_get_run (experiment)->budget = 100000;
  g_assert_true (rheo_session_start (live.session, experiment, &(RheoStart){ .path = path, .at = -1 }, &error));
  ui_wait (is_watched, &live);
  ui_wait (has_data, &live);
  rheo_session_pause (live.session);
  ui_wait (is_paused, &live);
  figures.n = rheo_dashboard_get_layout (live.dashboard)->panels->len;
  g_assert_cmpint (figures.n, >=, 2);
  ui_click (ui_get (live.root, GTK_TYPE_BUTTON, "Export all plots"));
  ui_wait (are_saved, &figures);
  rheo_session_stop (live.session);
  ui_wait (is_stopped, &live);
  ui_window_close (live.window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/live/empty", test_empty);
  g_test_add_func ("/ui/live/to-the-end", test_to_the_end);
  g_test_add_func ("/ui/live/titles", test_titles);
  g_test_add_func ("/ui/live/show-at", test_show_at);
  g_test_add_func ("/ui/live/device", test_device);
  g_test_add_func ("/ui/live/pause-step-stop", test_pause_step_stop);
  g_test_add_func ("/ui/live/cancel", test_cancel);
  g_test_add_func ("/ui/live/value", test_value);
  g_test_add_func ("/ui/live/values-that-act", test_values_that_act);
  g_test_add_func ("/ui/live/layout", test_layout);
  g_test_add_func ("/ui/live/layout-json", test_layout_json);
  g_test_add_func ("/ui/live/export-all", test_export_all);
  return ui_test_run ();
}
