/* Moving pictures on screen: they move, stand when told, and what comes waits for the end of an episode. */
#include "config.h"

#include <string.h>

#include "engine/scene.h"
#include "plot-place.h"

#define N_MOMENTS 4

static RheoPlotSpec *
make_spec (double score)
{
  const int64_t dims[] = { 1, N_MOMENTS, 1, RHEO_SCENE_NUMBERS }, n = 1;
  g_autoptr (RheoTable) table = rheo_table_new ("Record");
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("scene", NULL));
  float *to = rheo_table_add (table, "scene.items", "Scene", "", "episode time item number", RHEO_F32, dims)->data;

  for (int t = 0; t < N_MOMENTS; t++)
    {
      const float item[] = { RHEO_SCENE_CIRCLE, RHEO_SCENE_AGENT, 0.1f * (float) t, 0, 0.02f, 1 };

      memcpy (to + t * RHEO_SCENE_NUMBERS, item, sizeof item);
    }
  rheo_table_add_copy (table, "scene.score", "score", "", "episode", RHEO_F64, &n, &score);
  g_assert_true (rheo_plot_bind (spec, "items", table, "scene.items", NULL, NULL));
  g_assert_true (rheo_plot_bind (spec, "score", table, "scene.score", NULL, NULL));
  g_assert_true (rheo_plot_set (spec, "pace", "20", NULL));
  return spec;
}

static gboolean
is_at_end (gpointer view)
{
  return RHEO_PLOT_VIEW (view)->moment == N_MOMENTS - 1;
}

static gboolean
is_away (gpointer view)
{
  return !is_at_end (view);
}

static double
score_of (RheoPlotView *view)
{
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (view);

  return rheo_column_get_number (spec->binding[1].column, 0);
}

static gboolean
is_new (gpointer view)
{
  return rheo_plot_view_get_spec (view) != NULL && score_of (view) == 2;
}

static void
set_animations (gboolean on)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", on, NULL);
}

static void
test_moves (void)
{
  Place p;

  set_animations (TRUE);
  place_init (&p, "loss", NULL);
  g_assert_false (g_action_group_get_action_enabled (rheo_plot_view_get_actions (p.view), "play"));
  rheo_plot_view_take_spec (p.view, make_spec (1));
  ui_wait (is_at_end, p.view);
  ui_wait (is_away, p.view); /* it begins again */
  g_assert_true (g_action_group_get_action_enabled (rheo_plot_view_get_actions (p.view), "play"));

  g_action_group_change_action_state (rheo_plot_view_get_actions (p.view), "play", g_variant_new_boolean (FALSE));
  g_assert_cmpint (p.view->moment, ==, -1); /* the whole episode */
  place_settle (p.view);
  g_assert_cmpint (p.view->playing, ==, 0);
  g_assert_cmpint (p.view->moment, ==, -1);
  place_clear (&p);
}

/* Where the system asks for no animations the end of the episode is shown. */
static void
test_still (void)
{
  Place p;

  set_animations (FALSE);
  place_init (&p, "loss", NULL);
  rheo_plot_view_take_spec (p.view, make_spec (1));
  place_settle (p.view);
  g_assert_cmpint (p.view->playing, ==, 0);
  g_assert_cmpint (rheo_plot_view_get_spec (p.view)->moment, ==, -1);
  place_clear (&p);
}

typedef struct
{
  gboolean seen, between;
} Arrival;

static void
on_shown (RheoPlotView *view, Arrival *arrival)
{
  if (arrival->seen || !is_new (view))
    return;
  arrival->seen = TRUE;
  arrival->between = view->play_began == 0;
}

/* In a view that is given a new picture every moment an episode is shown to its end. */
static void
test_patient (void)
{
  Arrival arrival = { FALSE };
  Place p;

  set_animations (TRUE);
  place_init (&p, "loss", NULL);
  g_signal_connect (p.view, "shown", G_CALLBACK (on_shown), &arrival);
  rheo_plot_view_set_patient (p.view, TRUE);
  rheo_plot_view_take_spec (p.view, make_spec (1));
  ui_wait (is_at_end, p.view);
  rheo_plot_view_take_spec (p.view, make_spec (2));
  ui_wait (is_new, p.view);
  g_assert_true (arrival.seen);
  g_assert_true (arrival.between);
  place_clear (&p);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/plot-play/moves", test_moves);
  g_test_add_func ("/plot-play/still", test_still);
  g_test_add_func ("/plot-play/patient", test_patient);
  return ui_test_run ();
}
