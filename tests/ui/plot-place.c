#include "config.h"

#include "plot-place.h"

#include <string.h>

#include "tests/plot/scene.h"

RheoPlotSpec *
place_spec (const char *name)
{
  PlotScene *scene = scene_find (name);
  RheoPlotSpec *spec = rheo_plot_spec_dup (scene->spec);

  scene_free (scene);
  return spec;
}

static void
on_exported (RheoPlotView *view, const char *path, Place *p)
{
  g_free (p->exported);
  p->exported = g_strdup (path);
  p->n_exported++;
}

static void
on_failed (RheoPlotView *view, const char *why, Place *p)
{
  g_free (p->failed);
  p->failed = g_strdup (why);
}

static void
on_copied (RheoPlotView *view, Place *p)
{
  p->n_copied++;
}

static void
on_picked (RheoPlotView *view, int binding, gint64 index, double x, double y, Place *p)
{
  p->n_picked++;
  p->picked_x = x;
}

static void
on_shown (RheoPlotView *view, Place *p)
{
  p->n_shown++;
}

gboolean
place_has_picture (gpointer view)
{
  return ((RheoPlotView *) view)->picture != NULL && ((RheoPlotView *) view)->spec != NULL
         && ((RheoPlotView *) view)->incoming == NULL && !((RheoPlotView *) view)->busy;
}

static gboolean
is_settled (gpointer data)
{
  const RheoPlotView *view = data;

  return view->base == NULL || (!view->busy && !view->stale && !view->rebuild);
}

void
place_settle (RheoPlotView *view)
{
  ui_settle (GTK_WIDGET (view));
  ui_wait (is_settled, view);
}

static RheoPlotView *
add_view (Place *p, const char *scene)
{
  GtkWidget *view = rheo_plot_view_new (p->group);

  gtk_widget_set_size_request (view, 412, 248);
  gtk_box_append (GTK_BOX (p->box), view);
  rheo_plot_view_take_spec (RHEO_PLOT_VIEW (view), place_spec (scene));
  return RHEO_PLOT_VIEW (view);
}

void
place_init (Place *p, const char *scene, const char *other)
{
  *p = (Place){ .window = gtk_window_new (), .group = rheo_plot_group_new () };
  p->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  gtk_window_set_child (GTK_WINDOW (p->window), p->box);
  gtk_box_append (GTK_BOX (p->box), gtk_button_new_with_label ("Focus"));
  p->view = add_view (p, scene);
  if (other != NULL)
    p->other = add_view (p, other);
  g_signal_connect (p->view, "exported", G_CALLBACK (on_exported), p);
  g_signal_connect (p->view, "export-failed", G_CALLBACK (on_failed), p);
  g_signal_connect (p->view, "copied", G_CALLBACK (on_copied), p);
  g_signal_connect (p->view, "picked", G_CALLBACK (on_picked), p);
  g_signal_connect (p->view, "shown", G_CALLBACK (on_shown), p);
  gtk_window_present (GTK_WINDOW (p->window));
  ui_wait (place_has_picture, p->view);
  if (other != NULL)
    ui_wait (place_has_picture, p->other);
  ui_settle (p->window);
}

void
place_clear (Place *p)
{
  gtk_window_destroy (GTK_WINDOW (p->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (p->group);
  g_free (p->exported);
  g_free (p->failed);
}

const RheoPlotPanel *
place_panel (RheoPlotView *view, int i)
{
  g_assert_cmpint (i, <, view->picture->n_panels);
  return &view->picture->panels[i];
}

/* Where data lie in the picture. */
double
place_x (RheoPlotView *view, double x)
{
  const RheoPlotPanel *p = place_panel (view, 0);

  return p->area.x + (x - p->x.lo) / (p->x.hi - p->x.lo) * p->area.width;
}

double
place_y (RheoPlotView *view, double y)
{
  const RheoPlotPanel *p = place_panel (view, 0);

  return p->area.y + p->area.height - (y - p->y.lo) / (p->y.hi - p->y.lo) * p->area.height;
}

static gpointer
controller_of (RheoPlotView *view, GType type)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (GTK_WIDGET (view));

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GObject) one = g_list_model_get_item (all, i);

      if (g_type_is_a (G_OBJECT_TYPE (one), type))
        return one;
    }
  g_assert_not_reached ();
}

/* TRUE: the view has a shortcut for it, and its action can be done. */
static gboolean
press_shortcut (RheoPlotView *view, guint key, GdkModifierType modifiers)
{
  GListModel *shortcuts = controller_of (view, GTK_TYPE_SHORTCUT_CONTROLLER);

  for (guint i = 0; i < g_list_model_get_n_items (shortcuts); i++)
    {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (shortcuts, i);
      GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

      while (GTK_IS_ALTERNATIVE_TRIGGER (trigger))
        trigger = gtk_alternative_trigger_get_first (GTK_ALTERNATIVE_TRIGGER (trigger));
      if (gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key
          && gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == modifiers)
        return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, GTK_WIDGET (view),
                                             gtk_shortcut_get_arguments (shortcut));
    }
  return FALSE;
}

gboolean
place_press (RheoPlotView *view, guint key, GdkModifierType modifiers)
{
  gboolean taken = FALSE;

  g_signal_emit_by_name (controller_of (view, GTK_TYPE_EVENT_CONTROLLER_KEY), "key-pressed", key, 0, modifiers, &taken);
  taken = taken || press_shortcut (view, key, modifiers);
  place_settle (view);
  return taken;
}

void
place_point (RheoPlotView *view, double x, double y)
{
  g_signal_emit_by_name (controller_of (view, GTK_TYPE_EVENT_CONTROLLER_MOTION), "motion", x, y);
  place_settle (view);
}

const char *
place_reading (RheoPlotView *view)
{
  return gtk_label_get_text (GTK_LABEL (view->reading));
}

void
place_act (RheoPlotView *view, const char *name)
{
  g_action_group_activate_action (rheo_plot_view_get_actions (view), name, NULL);
  place_settle (view);
}
