#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "app/dashboard-private.h"
#include "app/plot-chooser.h"
#include "app/window.h"
#include "widgets/keys.h"

#define KEY "dashboards"

/* --- kept layouts ---------------------------------------------------------------------------------------------- */

char *
rheo_dashboard_dup_stored (RheoDashboard *d)
{
  g_autoptr (GVariant) all = g_settings_get_value (d->context->settings, KEY);
  char *json = NULL;

  g_variant_lookup (all, d->kind, "s", &json);
  return json;
}

/* json NULL: forgets it. */
static void
store (RheoDashboard *d, const char *json)
{
  g_autoptr (GVariant) all = g_settings_get_value (d->context->settings, KEY);
  GVariantBuilder builder;
  GVariantIter iter;
  const char *kind, *text;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_iter_init (&iter, all);
  while (g_variant_iter_next (&iter, "{&s&s}", &kind, &text))
    if (g_strcmp0 (kind, d->kind) != 0)
      g_variant_builder_add (&builder, "{ss}", kind, text);
  if (json != NULL)
    g_variant_builder_add (&builder, "{ss}", d->kind, json);
  g_settings_set_value (d->context->settings, KEY, g_variant_builder_end (&builder));
}

void
rheo_dashboard_store (RheoDashboard *d)
{
  g_autofree char *json = rheo_dashboard_layout_dup_json (d->layout);

  store (d, json);
}

void
rheo_dashboard_set_values (RheoDashboard *dashboard, const char *const *paths)
{
  g_strfreev (dashboard->layout->values);
  dashboard->layout->values = g_strdupv ((char **) paths);
  rheo_dashboard_store (dashboard);
}

/* --- taking back ----------------------------------------------------------------------------------------------- */

static void
take_back (RheoDashboard *d)
{
  /* Another kind of experiment may be there by now. */
  if (d->undo == NULL || g_strcmp0 (d->kind, d->undo_kind) != 0)
    return;
  rheo_dashboard_set_layout (d, rheo_dashboard_layout_parse (d->undo));
  rheo_dashboard_store (d);
}

static void
toast_gone (RheoDashboard *d, AdwToast *toast)
{
  if (d->toast == toast)
    g_clear_weak_pointer (&d->toast);
}

void
rheo_dashboard_tell (RheoDashboard *d, const char *text, const char *before)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (d));
  AdwToast *toast;

  if (!RHEO_IS_APP_WINDOW (root))
    return;
  g_free (d->undo);
  d->undo = g_strdup (before);
  g_free (d->undo_kind);
  d->undo_kind = g_strdup (d->kind);
  /* What was done last can be taken back; toasts of steps do not wait for each other. */
  if (d->toast != NULL && rheo_app_window_change_toast (RHEO_APP_WINDOW (root), d->toast, text))
    return;
  toast = rheo_app_window_toast (RHEO_APP_WINDOW (root), text, _ ("Undo"), NULL);
  g_set_weak_pointer (&d->toast, toast);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (toast_gone), d, G_CONNECT_SWAPPED);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (take_back), d, G_CONNECT_SWAPPED);
}

/* --- changes --------------------------------------------------------------------------------------------------- */

void
rheo_dashboard_move (RheoDashboard *dashboard, int from, int to)
{
  GPtrArray *panels = dashboard->layout->panels;
  g_autofree char *title = NULL, *text = NULL, *before = NULL;
  gpointer panel;

  if (from == to || from < 0 || to < 0 || from >= (int) panels->len || to >= (int) panels->len)
    return;
  title = rheo_dashboard_dup_title (dashboard, from);
  before = rheo_dashboard_layout_dup_json (dashboard->layout);
  panel = g_ptr_array_steal_index (panels, (guint) from);
  g_ptr_array_insert (panels, to, panel);
  rheo_dashboard_rebuild (dashboard);
  if (dashboard->dragged != NULL)
    return;
  rheo_dashboard_store (dashboard);
  text = g_strdup_printf (_ ("Moved %s"), title);
  rheo_dashboard_tell (dashboard, text, before);
}

void
rheo_dashboard_set_wide (RheoDashboard *dashboard, int panel, gboolean wide)
{
  RheoDashboardPanel *changed;
  g_autofree char *title = NULL, *text = NULL, *before = NULL;

  if (panel < 0 || panel >= (int) dashboard->layout->panels->len)
    return;
  changed = dashboard->layout->panels->pdata[panel];
  if (changed->wide == wide)
    return;
  title = rheo_dashboard_dup_title (dashboard, panel);
  before = rheo_dashboard_layout_dup_json (dashboard->layout);
  changed->wide = wide;
  rheo_dashboard_rebuild (dashboard);
  rheo_dashboard_store (dashboard);
  text = g_strdup_printf (wide ? _ ("%s is two columns wide") : _ ("%s is one column wide"), title);
  rheo_dashboard_tell (dashboard, text, before);
}

static void
set_shown (RheoDashboard *d, int panel, gboolean shown)
{
  g_autofree char *title = rheo_dashboard_dup_title (d, panel);
  g_autofree char *before = rheo_dashboard_layout_dup_json (d->layout);
  g_autofree char *text = g_strdup_printf (shown ? _ ("Added %s") : _ ("Removed %s"), title);

  ((RheoDashboardPanel *) d->layout->panels->pdata[panel])->shown = shown;
  rheo_dashboard_rebuild (d);
  rheo_dashboard_store (d);
  rheo_dashboard_tell (d, text, before);
}

static RheoDashboardCell *
find_cell (RheoDashboard *d, int panel)
{
  for (guint i = 0; i < d->cells->len; i++)
    if (((RheoDashboardCell *) d->cells->pdata[i])->panel == d->layout->panels->pdata[panel])
      return d->cells->pdata[i];
  return NULL;
}

void
rheo_dashboard_remove (RheoDashboard *dashboard, int panel)
{
  if (panel >= 0 && find_cell (dashboard, panel) != NULL)
    set_shown (dashboard, panel, FALSE);
}

static void
add_chosen (const char *plot, const char *const *from, gpointer data)
{
  RheoDashboard *d = data;
  g_autofree char *before = rheo_dashboard_layout_dup_json (d->layout), *title = NULL, *text = NULL;

  g_ptr_array_add (d->layout->panels, rheo_dashboard_panel_new (plot, from));
  rheo_dashboard_rebuild (d);
  rheo_dashboard_store (d);
  title = rheo_dashboard_dup_title (d, (int) d->layout->panels->len - 1);
  text = g_strdup_printf (_ ("Added %s"), title);
  rheo_dashboard_tell (d, text, before);
}

static void
replace_chosen (const char *plot, const char *const *from, gpointer data)
{
  RheoDashboard *d = data;
  const int panel = d->replaced;
  RheoDashboardPanel *fresh;
  g_autofree char *text = NULL, *before = NULL;
  gboolean wide;

  if (panel < 0 || panel >= (int) d->layout->panels->len || find_cell (d, panel) == NULL)
    return;
  before = rheo_dashboard_layout_dup_json (d->layout);
  text = g_strdup_printf (_ ("Replaced %s"), rheo_dashboard_cell_get_title (find_cell (d, panel)));
  wide = ((RheoDashboardPanel *) d->layout->panels->pdata[panel])->wide;
  fresh = rheo_dashboard_panel_new (plot, from);
  fresh->wide = wide;
  /* The new one stands there before the old one's card goes. */
  g_ptr_array_insert (d->layout->panels, panel, fresh);
  ((RheoDashboardPanel *) d->layout->panels->pdata[panel + 1])->shown = FALSE;
  rheo_dashboard_rebuild (d);
  g_ptr_array_remove_index (d->layout->panels, (guint) panel + 1);
  rheo_dashboard_update_menu (d);
  rheo_dashboard_store (d);
  rheo_dashboard_tell (d, text, before);
}

static void
choose (RheoDashboard *d, const char *title, const char *button, RheoPlotChosen chosen)
{
  RheoSession *session = d->context->session;

  rheo_plot_chooser_show (GTK_WIDGET (d), title, button, rheo_session_get_source (session),
                          rheo_session_get_streams (session), chosen, G_OBJECT (d));
}

/* --- menus of cards -------------------------------------------------------------------------------------------- */

static void
on_wide (GSimpleAction *action, GVariant *state, gpointer card)
{
  RheoDashboard *d = RHEO_DASHBOARD (gtk_widget_get_parent (card));

  g_simple_action_set_state (action, state);
  rheo_dashboard_set_wide (d, rheo_dashboard_index_of (d, card), g_variant_get_boolean (state));
}

static void
on_move (GSimpleAction *action, GVariant *parameter, gpointer card)
{
  rheo_dashboard_move_by_key (RHEO_DASHBOARD (gtk_widget_get_parent (card)), card,
                              g_variant_get_string (parameter, NULL));
}

/* Two columns towards the end of a line, one towards its beginning. */
static void
on_widen (GSimpleAction *action, GVariant *parameter, gpointer card)
{
  const char *end = gtk_widget_get_direction (card) == GTK_TEXT_DIR_RTL ? "left" : "right";

  g_action_group_change_action_state (
      rheo_dashboard_get_card_actions (RHEO_DASHBOARD (gtk_widget_get_parent (card)), card), "wide",
      g_variant_new_boolean (g_str_equal (g_variant_get_string (parameter, NULL), end)));
}

static void
on_replace (GSimpleAction *action, GVariant *parameter, gpointer card)
{
  RheoDashboard *d = RHEO_DASHBOARD (gtk_widget_get_parent (card));

  d->replaced = rheo_dashboard_index_of (d, card);
  choose (d, _ ("Replace plot"), _ ("Replace"), replace_chosen);
}

static void
on_remove (GSimpleAction *action, GVariant *parameter, gpointer card)
{
  RheoDashboard *d = RHEO_DASHBOARD (gtk_widget_get_parent (card));

  rheo_dashboard_remove (d, rheo_dashboard_index_of (d, card));
}

void
rheo_dashboard_add_controls (RheoDashboard *d, RheoDashboardCell *cell)
{
  static const GActionEntry entries[] = {
    { .name = "wide", .state = "false", .change_state = on_wide },
    { .name = "replace", .activate = on_replace },
    { .name = "move", .activate = on_move, .parameter_type = "s" },
    { .name = "widen", .activate = on_widen, .parameter_type = "s" },
    { .name = "remove", .activate = on_remove },
  };
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenuItem) removal = g_menu_item_new (_ ("Remove from dashboard"), "card.remove");
  GAction *wide;

  cell->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (cell->actions), entries, G_N_ELEMENTS (entries), cell->card);
  wide = g_action_map_lookup_action (G_ACTION_MAP (cell->actions), "wide");
  g_simple_action_set_state (G_SIMPLE_ACTION (wide), g_variant_new_boolean (cell->panel->wide));
  gtk_widget_insert_action_group (cell->card, "card", G_ACTION_GROUP (cell->actions));
  g_menu_append (menu, _ ("Two columns wide"), "card.wide");
  g_menu_append (menu, _ ("Replace with…"), "card.replace");
  g_menu_item_set_attribute (removal, "accel", "s", rheo_keys_find (RHEO_KEYS_CARD, "card.remove"));
  g_menu_append_item (menu, removal);
  rheo_plot_view_set_extra_menu (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card)), G_MENU_MODEL (menu));
  rheo_dashboard_add_drag (d, cell);
  rheo_keys_add (cell->card, RHEO_KEYS_CARD);
}

/* --- the menu "Plots" ------------------------------------------------------------------------------------------ */

static void
on_panel (GSimpleAction *action, GVariant *state, gpointer data)
{
  RheoDashboard *d = data;
  const int panel = atoi (g_action_get_name (G_ACTION (action)) + 6);

  if (panel < (int) d->layout->panels->len)
    set_shown (d, panel, g_variant_get_boolean (state));
}

static void
on_add (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  choose (data, _ ("Add plot"), _ ("Add"), add_chosen);
}

static void
on_columns (GSimpleAction *action, GVariant *state, gpointer data)
{
  RheoDashboard *d = data;
  const int columns = atoi (g_variant_get_string (state, NULL));
  g_autofree char *before = NULL, *text = NULL;

  g_simple_action_set_state (action, state);
  if (d->layout == NULL || d->layout->columns == columns)
    return;
  before = rheo_dashboard_layout_dup_json (d->layout);
  d->layout->columns = columns;
  rheo_dashboard_store (d);
  gtk_widget_queue_resize (GTK_WIDGET (d));
  text = columns == 0
             ? g_strdup (_ ("Columns by the width"))
             : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d column", "%d columns", (gulong) columns), columns);
  rheo_dashboard_tell (d, text, before);
}

static void
on_reset (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoDashboard *d = data;
  g_autofree char *before = NULL;

  if (d->layout == NULL)
    return;
  before = rheo_dashboard_layout_dup_json (d->layout);
  store (d, NULL);
  rheo_dashboard_set_layout (d, NULL);
  rheo_dashboard_tell (d, _ ("Layout reset"), before);
}

char *
rheo_dashboard_dup_title (RheoDashboard *d, int i)
{
  const RheoDashboardPanel *panel = d->layout->panels->pdata[i];
  RheoDashboardCell *cell = find_cell (d, i);
  const RheoPlotKind *kind = rheo_plot_kind_find (panel->plot, NULL);
  const char *title = kind != NULL ? _ (kind->base.title) : panel->plot;
  const char *from;

  if (cell != NULL && rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card))) != NULL)
    return g_strdup (rheo_dashboard_cell_get_title (cell));
  if (rheo_dashboard_panel_guess_title (panel) != NULL)
    return g_strdup (rheo_dashboard_panel_guess_title (panel));
  if (panel->from == NULL || panel->from[0] == NULL)
    return g_strdup (title);
  from = strchr (panel->from[0], '=');
  return g_strdup_printf ("%s (%s)", title, from != NULL ? from + 1 : panel->from[0]);
}

void
rheo_dashboard_update_menu (RheoDashboard *d)
{
  g_auto (GStrv) old = g_action_group_list_actions (G_ACTION_GROUP (d->actions));
  g_autofree char *now = g_strdup_printf ("%d", d->layout != NULL ? d->layout->columns : 0);

  g_menu_remove_all (d->plots);
  for (int i = 0; old[i] != NULL; i++)
    if (g_str_has_prefix (old[i], "panel-"))
      g_action_map_remove_action (G_ACTION_MAP (d->actions), old[i]);
  for (guint i = 0; d->layout != NULL && i < d->layout->panels->len; i++)
    {
      const RheoDashboardPanel *panel = d->layout->panels->pdata[i];
      g_autofree char *name = g_strdup_printf ("panel-%u", i), *detailed = g_strconcat ("dash.", name, NULL);
      g_autofree char *title = rheo_dashboard_dup_title (d, (int) i);
      g_autoptr (GSimpleAction) action =
          g_simple_action_new_stateful (name, NULL, g_variant_new_boolean (panel->shown));

      g_signal_connect (action, "change-state", G_CALLBACK (on_panel), d);
      g_action_map_add_action (G_ACTION_MAP (d->actions), G_ACTION (action));
      g_menu_append (d->plots, title, detailed);
    }
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (d->actions), "columns")),
                             g_variant_new_string (now));
}

static void
fill_menu (RheoDashboard *d)
{
  g_autoptr (GMenu) more = g_menu_new (), columns = g_menu_new ();
  static const char *const names[] = { N_ ("By the width"), "1", "2", "3", "4" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *action = g_strdup_printf ("dash.columns::%d", (int) i);

      g_menu_append (columns, i == 0 ? _ (names[i]) : names[i], action);
    }
  g_menu_append (more, _ ("Add plot…"), "dash.add");
  g_menu_append_submenu (more, _ ("Columns"), G_MENU_MODEL (columns));
  g_menu_append (more, _ ("Reset layout"), "dash.reset");
  g_menu_append (more, _ ("Export all plots"), "dash.export-all");
  g_menu_append_section (d->menu, NULL, G_MENU_MODEL (d->plots));
  g_menu_append_section (d->menu, NULL, G_MENU_MODEL (more));
}

static void
on_export_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoDashboard *d = data;

  for (guint i = 0; i < d->cells->len; i++)
    {
      const RheoDashboardCell *cell = d->cells->pdata[i];
      RheoPlotView *view = rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card));

      g_action_group_activate_action (rheo_plot_view_get_actions (view), "export", NULL);
    }
}

void
rheo_dashboard_init_actions (RheoDashboard *d)
{
  static const GActionEntry entries[] = {
    { .name = "export-all", .activate = on_export_all },
    { .name = "add", .activate = on_add },
    { .name = "columns", .parameter_type = "s", .state = "'0'", .change_state = on_columns },
    { .name = "reset", .activate = on_reset },
  };

  d->actions = g_simple_action_group_new ();
  d->menu = g_menu_new ();
  d->plots = g_menu_new ();
  fill_menu (d);
  g_action_map_add_action_entries (G_ACTION_MAP (d->actions), entries, G_N_ELEMENTS (entries), d);
}

GActionGroup *
rheo_dashboard_get_actions (RheoDashboard *dashboard)
{
  return G_ACTION_GROUP (dashboard->actions);
}

GMenuModel *
rheo_dashboard_get_menu (RheoDashboard *dashboard)
{
  return G_MENU_MODEL (dashboard->menu);
}
