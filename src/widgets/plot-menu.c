#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include <glib/gi18n.h>

#include "widgets/keys.h"
#include "widgets/plot-export-dialog.h"
#include "widgets/plot-numbers.h"
#include "widgets/plot-options.h"
#include "widgets/plot-save.h"
#include "widgets/plot-turn-dialog.h"
#include "widgets/plot-view-private.h"
#include "widgets/common.h"

/* --- what the actions do ------------------------------------------------------------------------------------------ */
static void
on_export (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_view_save_figure (view);
}

static void
on_export_as (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_export_dialog_show (view);
}

static void
on_export_numbers (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_view_save_numbers (view);
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_view_copy (view);
}

/* A window that goes with the view; *window is NULL again when it is closed. */
static void
show_window (RheoPlotView *view, GtkWidget *made, GtkWidget **window)
{
  *window = made;
  g_object_add_weak_pointer (G_OBJECT (made), (gpointer *) window);
  rheo_window_stand_beside (GTK_WINDOW (made), GTK_WIDGET (view));
  gtk_window_present (GTK_WINDOW (made));
}

static void
on_numbers (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoPlotView *view = data;
  RheoPlotSpec *spec = rheo_plot_view_dup_figure (view, RHEO_THEME_PRINT);

  if (view->numbers != NULL)
    gtk_window_present (GTK_WINDOW (view->numbers));
  else if (spec != NULL)
    show_window (view, rheo_plot_numbers_new (g_steal_pointer (&spec), view->name), &view->numbers);
  rheo_plot_spec_free (spec);
}

static void
on_options (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoPlotView *view = data;

  if (view->options_window != NULL)
    gtk_window_present (GTK_WINDOW (view->options_window));
  else if (view->base != NULL)
    show_window (view, rheo_plot_options_new (view), &view->options_window);
}

static void
on_export_turn (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoPlotView *view = data;

  if (view->turn_window != NULL)
    gtk_window_present (GTK_WINDOW (view->turn_window));
  else
    show_window (view, rheo_plot_turn_dialog_new (view), &view->turn_window);
}

static void
on_fit (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_view_fit (view);
}

static void
on_zoom_in (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_view_zoom_by_key (view, TRUE);
}

static void
on_zoom_out (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_view_zoom_by_key (view, FALSE);
}

static void
on_read (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_view_read_by_key (view, g_variant_get_int32 (parameter), 0);
}

static void
on_read_across (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_view_read_by_key (view, 0, g_variant_get_int32 (parameter));
}

static void
on_pan (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  int dx, dy;

  g_variant_get (parameter, "(ii)", &dx, &dy);
  rheo_plot_view_pan_by_key (view, dx, dy);
}

static void
on_menu (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_view_popup (view, gtk_widget_get_width (view) / 2.0, gtk_widget_get_height (view) / 2.0);
}

static void
on_series (GSimpleAction *action, GVariant *parameter, gpointer view)
{
  rheo_plot_view_toggle_entry (view, g_variant_get_int32 (parameter));
}

static void
on_hold (GSimpleAction *action, GVariant *state, gpointer data)
{
  RheoPlotView *view = data;

  view->held = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
  /* The subtitle says so; what came meanwhile is shown. */
  rheo_plot_view_rebuild (view);
  g_signal_emit_by_name (view, "shown");
}

static void
on_play (GSimpleAction *action, GVariant *state, gpointer view)
{
  g_simple_action_set_state (action, state);
  rheo_plot_view_set_plays (view, g_variant_get_boolean (state));
}

/* --- full screen -------------------------------------------------------------------------------------------------- */
static void
forward_exported (RheoPlotView *mirror, const char *path, RheoPlotView *view)
{
  g_signal_emit_by_name (view, "exported", path);
}

static void
forward_failed (RheoPlotView *mirror, const char *why, RheoPlotView *view)
{
  g_signal_emit_by_name (view, "export-failed", why);
}

static void
on_full_screen (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoPlotView *view = data, *mirror;
  GtkWidget *window;
  RheoPlotSpec *spec;

  /* The view of a full-screen window goes back. */
  if (view->is_mirror)
    {
      gtk_window_close (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (view))));
      return;
    }
  if (view->full != NULL || view->base == NULL)
    return;
  window = gtk_window_new ();
  mirror = RHEO_PLOT_VIEW (rheo_plot_view_new (view->group));
  mirror->is_mirror = TRUE;
  rheo_plot_view_copy_state (view, mirror);
  spec = rheo_plot_spec_dup (view->base);
  spec->no_head = FALSE;
  rheo_plot_view_take_spec (mirror, spec);
  g_signal_connect_object (mirror, "exported", G_CALLBACK (forward_exported), view, 0);
  g_signal_connect_object (mirror, "export-failed", G_CALLBACK (forward_failed), view, 0);
  gtk_window_set_title (GTK_WINDOW (window), view->name != NULL ? view->name : _ ("Plot"));
  gtk_widget_add_css_class (window, "plot-full-screen");
  gtk_widget_add_css_class (GTK_WIDGET (mirror), "full");
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (mirror));
  rheo_keys_add (window, RHEO_KEYS_FULL);
  view->mirror = mirror;
  g_object_add_weak_pointer (G_OBJECT (mirror), (gpointer *) &view->mirror);
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800); /* where nobody manages windows */
  gtk_window_fullscreen (GTK_WINDOW (window));
  show_window (view, window, &view->full);
  gtk_widget_grab_focus (GTK_WIDGET (mirror));
}

/* --- the menu ------------------------------------------------------------------------------------------------------- */
static void
add (GMenu *section, const char *label, const char *action)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, action);
  const char *key = rheo_keys_find (RHEO_KEYS_PLOT, action);

  if (key != NULL)
    g_menu_item_set_attribute (item, "accel", "s", key);
  g_menu_append_item (section, item);
}

/* Only where it can be done at all. */
static void
add_where_enabled (GMenu *section, const char *label, const char *action)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, action);

  g_menu_item_set_attribute (item, "hidden-when", "s", "action-disabled");
  g_menu_append_item (section, item);
}

/* What a click in the legend does, for the keyboard. An open menu stays as it is while nothing in it changes. */
static void
update_series (RheoPlotView *view)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int n;
  const RheoPlotEntry *entries = rheo_plot_view_get_entries (view, &n);

  for (int i = 0; i < n; i++)
    g_string_append_printf (text, "%d %d %s\n", entries[i].entry, entries[i].hidden, entries[i].label);
  if (g_strcmp0 (text->str, view->series_text) == 0)
    return;
  g_free (view->series_text);
  view->series_text = g_strdup (text->str);
  g_menu_remove_all (view->series);
  for (int i = 0; i < n; i++)
    {
      g_autofree char *label = g_strdup_printf (entries[i].hidden ? _ ("Show %s") : _ ("Hide %s"), entries[i].label);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "plot.series", "i", entries[i].entry);
      g_menu_append_item (view->series, item);
    }
}

static void
fill_menu (RheoPlotView *view)
{
  g_autoptr (GMenu) out = g_menu_new (), look = g_menu_new ();

  add (out, _ ("Export figure"), "plot.export");
  add (out, _ ("Export figure as…"), "plot.export-as");
  add_where_enabled (out, _ ("Export turning figure…"), "plot.export-turn");
  add (out, _ ("Export numbers"), "plot.export-numbers");
  add (out, _ ("Copy figure"), "plot.copy");
  add (out, _ ("Numbers"), "plot.numbers");
  add (look, view->is_mirror ? _ ("Leave full screen") : _ ("Full screen"), "plot.full-screen");
  add (look, _ ("Options…"), "plot.options");
  add (look, _ ("Fit to data"), "plot.fit");
  add (look, _ ("Hold"), "plot.hold");
  add_where_enabled (look, _ ("Move"), "plot.play");
  g_menu_remove_all (view->menu);
  g_menu_append_section (view->menu, NULL, G_MENU_MODEL (out));
  g_menu_append_section (view->menu, NULL, G_MENU_MODEL (look));
  g_menu_append_section (view->menu, NULL, G_MENU_MODEL (view->series));
  if (view->extra != NULL)
    g_menu_append_section (view->menu, NULL, view->extra);
}

void
rheo_plot_view_set_extra_menu (RheoPlotView *view, GMenuModel *menu)
{
  g_set_object (&view->extra, menu);
  fill_menu (view);
}

GMenuModel *
rheo_plot_view_get_menu (RheoPlotView *view)
{
  return G_MENU_MODEL (view->menu);
}

GActionGroup *
rheo_plot_view_get_actions (RheoPlotView *view)
{
  return G_ACTION_GROUP (view->actions);
}

void
rheo_plot_view_popup (RheoPlotView *view, double x, double y)
{
  if (view->popover == NULL)
    {
      view->popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (view->menu));
      gtk_popover_set_has_arrow (GTK_POPOVER (view->popover), FALSE);
      gtk_widget_set_halign (view->popover, GTK_ALIGN_START);
      gtk_widget_set_parent (view->popover, GTK_WIDGET (view));
    }
  rheo_popover_point_at (view->popover, x, y);
  gtk_popover_popup (GTK_POPOVER (view->popover));
}

static void
enable (RheoPlotView *view, const char *name, gboolean on)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (view->actions), name)), on);
}

void
rheo_plot_view_update_actions (RheoPlotView *view)
{
  static const char *const of_data[] = { "export", "export-as", "export-numbers", "copy", "numbers" };
  gboolean has_data = view->picture != NULL && view->picture->has_data;

  for (gsize i = 0; i < G_N_ELEMENTS (of_data); i++)
    enable (view, of_data[i], has_data);
  enable (view, "export-turn", has_data && rheo_plot_view_can_turn (view));
  enable (view, "full-screen", view->base != NULL);
  enable (view, "options", view->base != NULL && view->base->kind != NULL && view->base->kind->base.params != NULL);
  enable (view, "fit", has_data);
  enable (view, "play", has_data && view->base->kind != NULL && view->base->kind->moments != NULL);
  update_series (view);
}

void
rheo_plot_view_allow_across (RheoPlotView *view, gboolean allowed)
{
  enable (view, "read-across", allowed);
}

void
rheo_plot_view_init_actions (RheoPlotView *view)
{
  static const GActionEntry entries[] = {
    { .name = "export", .activate = on_export },
    { .name = "export-as", .activate = on_export_as },
    { .name = "export-turn", .activate = on_export_turn },
    { .name = "export-numbers", .activate = on_export_numbers },
    { .name = "copy", .activate = on_copy },
    { .name = "numbers", .activate = on_numbers },
    { .name = "full-screen", .activate = on_full_screen },
    { .name = "options", .activate = on_options },
    { .name = "fit", .activate = on_fit },
    { .name = "zoom-in", .activate = on_zoom_in },
    { .name = "zoom-out", .activate = on_zoom_out },
    { .name = "read", .activate = on_read, .parameter_type = "i" },
    { .name = "read-across", .activate = on_read_across, .parameter_type = "i" },
    { .name = "pan", .activate = on_pan, .parameter_type = "(ii)" },
    { .name = "menu", .activate = on_menu },
    { .name = "series", .activate = on_series, .parameter_type = "i" },
    { .name = "play", .state = "true", .change_state = on_play },
    { .name = "hold", .state = "false", .change_state = on_hold },
  };

  view->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (view->actions), entries, G_N_ELEMENTS (entries), view);
  gtk_widget_insert_action_group (GTK_WIDGET (view), "plot", G_ACTION_GROUP (view->actions));
  view->menu = g_menu_new ();
  view->series = g_menu_new ();
  fill_menu (view);
  rheo_plot_view_update_actions (view);
}
