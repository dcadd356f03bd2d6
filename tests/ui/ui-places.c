#include "config.h"

#include "ui-places.h"

#include "../app/small-run.h"

#include "app/runs-page.h"
#include "widgets/plot-card.h"
#include "widgets/scrubber.h"

void
ui_show_form (RheoAppWindow *window)
{
  ui_activate (GTK_WIDGET (window), "win.new");
}

static gboolean
is_drawn (gpointer dashboard)
{
  GtkWidget *card = rheo_dashboard_get_card (dashboard, 5);

  return card != NULL && gtk_widget_get_width (card) > 0
         && rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (card))) != NULL;
}

static gboolean
is_paused (gpointer session)
{
  return rheo_session_get_state (session) == RHEO_ENGINE_PAUSED;
}

void
ui_show_live (RheoAppWindow *window)
{
  RheoSession *session = rheo_app_window_get_context (window)->session;
  g_autoptr (RheoExperiment) experiment = small_experiment ("run.budget=1000000");
  g_autoptr (GError) error = NULL;

  ui_activate (GTK_WIDGET (window), "win.view::live");
  g_assert_true (rheo_session_start (session, experiment, &(RheoStart){ .at = -1, .paused = TRUE }, &error));
  ui_wait (is_paused, session);
  ui_wait (is_drawn, ui_get_dashboard (window));
}

RheoDashboard *
ui_get_dashboard (RheoAppWindow *window)
{
  return RHEO_DASHBOARD (ui_find_type (GTK_WIDGET (window), RHEO_TYPE_DASHBOARD));
}

RheoPlotView *
ui_get_plot (RheoAppWindow *window, int panel)
{
  return rheo_plot_card_get_view (RHEO_PLOT_CARD (rheo_dashboard_get_card (ui_get_dashboard (window), panel)));
}

static gboolean
has_numbers (gpointer view)
{
  return g_action_group_get_action_enabled (rheo_plot_view_get_actions (view), "numbers");
}

void
ui_step_live (RheoAppWindow *window)
{
  rheo_session_step (rheo_app_window_get_context (window)->session);
  ui_wait (has_numbers, ui_get_plot (window, 2));
}

char *
ui_dup_run (const char *name)
{
  char *path = g_build_filename (ui_test_folder (), name, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    small_run (path, "run.seed=1");
  return path;
}

static gboolean
has_place (gpointer scrubber)
{
  return rheo_scrubber_get_iteration (scrubber) >= 4;
}

void
ui_show_run (RheoAppWindow *window, const char *path)
{
  GtkWidget *page = ui_find_type (GTK_WIDGET (window), RHEO_TYPE_RUNS_PAGE);

  g_action_group_activate_action (G_ACTION_GROUP (window), "show-run", g_variant_new_string (path));
  ui_wait (has_place, ui_find_type (page, RHEO_TYPE_SCRUBBER));
}

typedef struct
{
  RheoAppWindow *window;
  GtkWidget *found;
} Beside;

static gboolean
is_beside (gpointer data)
{
  Beside *beside = data;
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) one = g_list_model_get_item (all, i);

      if (gtk_window_get_transient_for (GTK_WINDOW (one)) == GTK_WINDOW (beside->window) && gtk_widget_get_mapped (one))
        beside->found = one;
    }
  return beside->found != NULL;
}

GtkWidget *
ui_get_beside (RheoAppWindow *window)
{
  Beside beside = { window, NULL };

  ui_wait (is_beside, &beside);
  return beside.found;
}
