#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/keys.h"

#include <glib/gi18n-lib.h>

static const RheoKeysRow rows[] = {
  { N_ ("Runs"),
    N_ ("Run, pause, resume"),
    { { RHEO_KEYS_WINDOW, "F5", "win.run" }, { RHEO_KEYS_WINDOW, "<Control>r", "win.run" } } },
  { NULL, N_ ("One step"), { { RHEO_KEYS_WINDOW, "F8", "win.step" } } },
  { NULL, N_ ("Stop"), { { RHEO_KEYS_WINDOW, "<Shift>F5", "win.stop" } } },
  { NULL, N_ ("Branch from here"), { { RHEO_KEYS_WINDOW, "<Control>b", "win.branch-here" } } },
  { NULL,
    N_ ("Previous, next snapshot"),
    { { RHEO_KEYS_RUN, "Page_Up", "run.step(-1)" }, { RHEO_KEYS_RUN, "Page_Down", "run.step(1)" } } },
  { NULL, N_ ("Rename run"), { { RHEO_KEYS_RUNS, "F2", "runs.rename" } } },
  { NULL, N_ ("Move run to trash"), { { RHEO_KEYS_RUNS, "Delete", "runs.trash" } } },

  { N_ ("Experiments"), N_ ("New experiment"), { { RHEO_KEYS_WINDOW, "<Control>n", "win.new" } } },
  { NULL, N_ ("Open"), { { RHEO_KEYS_WINDOW, "<Control>o", "win.open-file" } } },
  { NULL, N_ ("Save experiment"), { { RHEO_KEYS_WINDOW, "<Control>s", "win.save" } } },
  { NULL, N_ ("Save experiment as"), { { RHEO_KEYS_WINDOW, "<Control><Shift>s", "win.save-as" } } },
  { NULL,
    N_ ("Undo, redo"),
    { { RHEO_KEYS_WINDOW, "<Control>z", "win.undo" }, { RHEO_KEYS_WINDOW, "<Control><Shift>z", "win.redo" } } },
  { NULL, N_ ("Save script"), { { RHEO_KEYS_SCRIPT, "<Control>s", "script.save" } } },
  { NULL, N_ ("Save script as"), { { RHEO_KEYS_SCRIPT, "<Control><Shift>s", "script.save-as" } } },
  { NULL, N_ ("Help for the focused row"), { { RHEO_KEYS_FIELD, "F1", "param.help" } } },

  { N_ ("Plots"),
    N_ ("Export figure"),
    { { RHEO_KEYS_PLOT, "<Control>e", "plot.export" }, { RHEO_KEYS_HOVER, "<Control>e", "plot.export" } } },
  { NULL,
    N_ ("Export figure as"),
    { { RHEO_KEYS_PLOT, "<Control><Shift>e", "plot.export-as" },
      { RHEO_KEYS_HOVER, "<Control><Shift>e", "plot.export-as" } } },
  { NULL,
    N_ ("Export numbers"),
    { { RHEO_KEYS_PLOT, "<Control><Alt>e", "plot.export-numbers" },
      { RHEO_KEYS_HOVER, "<Control><Alt>e", "plot.export-numbers" } } },
  { NULL,
    N_ ("Copy figure or selected rows"),
    { { RHEO_KEYS_PLOT, "<Control>c", "plot.copy" },
      { RHEO_KEYS_RUNS, "<Control>c", "run-list.copy" },
      { RHEO_KEYS_TABLE, "<Control>c", "table.copy" } } },
  { NULL,
    N_ ("Plot full screen, and back"),
    { { RHEO_KEYS_PLOT, "f", "plot.full-screen" },
      { RHEO_KEYS_FULL, "Escape", "window.close" },
      { RHEO_KEYS_FULL, "F11", "window.close" } } },
  { NULL,
    N_ ("Zoom in, out, fit"),
    { { RHEO_KEYS_PLOT, "plus", "plot.zoom-in" },
      { RHEO_KEYS_PLOT, "minus", "plot.zoom-out" },
      { RHEO_KEYS_PLOT, "0", "plot.fit" } } },
  { NULL,
    N_ ("Move the reading line, turn a figure in space"),
    { { RHEO_KEYS_PLOT, "Left", "plot.read(-1)" },
      { RHEO_KEYS_PLOT, "Right", "plot.read(1)" },
      { RHEO_KEYS_PLOT, "Up", "plot.read-across(-1)" },
      { RHEO_KEYS_PLOT, "Down", "plot.read-across(1)" } } },
  { NULL,
    N_ ("Pan"),
    { { RHEO_KEYS_PLOT, "<Shift>Left", "plot.pan((-1,0))" },
      { RHEO_KEYS_PLOT, "<Shift>Right", "plot.pan((1,0))" },
      { RHEO_KEYS_PLOT, "<Shift>Up", "plot.pan((0,-1))" },
      { RHEO_KEYS_PLOT, "<Shift>Down", "plot.pan((0,1))" } } },
  { NULL,
    N_ ("Move the focused card"),
    { { RHEO_KEYS_CARD, "<Alt>Left", "card.move::left" },
      { RHEO_KEYS_CARD, "<Alt>Right", "card.move::right" },
      { RHEO_KEYS_CARD, "<Alt>Up", "card.move::up" },
      { RHEO_KEYS_CARD, "<Alt>Down", "card.move::down" } } },
  { NULL,
    N_ ("Width of the focused card"),
    { { RHEO_KEYS_CARD, "<Alt><Shift>Left", "card.widen::left" },
      { RHEO_KEYS_CARD, "<Alt><Shift>Right", "card.widen::right" } } },
  { NULL, N_ ("Remove the focused card"), { { RHEO_KEYS_CARD, "Delete", "card.remove" } } },

  { N_ ("Window"),
    N_ ("Set up, Live, Analyse, Runs, Sweeps"),
    { { RHEO_KEYS_WINDOW, "<Alt>1", "win.view::setup" },
      { RHEO_KEYS_WINDOW, "<Alt>2", "win.view::live" },
      { RHEO_KEYS_WINDOW, "<Alt>3", "win.view::analyse" },
      { RHEO_KEYS_WINDOW, "<Alt>4", "win.view::runs" },
      { RHEO_KEYS_WINDOW, "<Alt>5", "win.view::sweeps" } } },
  { NULL, N_ ("Search in this view"), { { RHEO_KEYS_WINDOW, "<Control>f", "win.search" } } },
  { NULL, N_ ("Side bar"), { { RHEO_KEYS_WINDOW, "F9", "win.side-bar" } } },
  { NULL,
    N_ ("Menu of the focused thing"),
    { { RHEO_KEYS_PLOT, "<Shift>F10", "plot.menu" },
      { RHEO_KEYS_PLOT, "Menu", "plot.menu" },
      { RHEO_KEYS_RUNS, "<Shift>F10", "run-list.menu" },
      { RHEO_KEYS_RUNS, "Menu", "run-list.menu" },
      { RHEO_KEYS_FIELD, "<Shift>F10", "param.menu" },
      { RHEO_KEYS_FIELD, "Menu", "param.menu" } } },
  { NULL, N_ ("Main menu"), { { RHEO_KEYS_WINDOW, "F10", "win.menu" } } },
  { NULL, N_ ("Full screen"), { { RHEO_KEYS_WINDOW, "F11", "win.full-screen" } } },
  { NULL, N_ ("Preferences"), { { RHEO_KEYS_WINDOW, "<Control>comma", "win.preferences" } } },
  { NULL, N_ ("Keyboard shortcuts"), { { RHEO_KEYS_WINDOW, "<Control>question", "win.shortcuts" } } },
  { NULL, N_ ("Close"), { { RHEO_KEYS_WINDOW, "<Control>w", "window.close" } } },
  { NULL, N_ ("Quit"), { { RHEO_KEYS_WINDOW, "<Control>q", "app.quit" } } },
};

const RheoKeysRow *
rheo_keys_get_rows (int *n)
{
  *n = G_N_ELEMENTS (rows);
  return rows;
}

const char *
rheo_keys_find (RheoKeysPlace place, const char *action)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (const RheoKey *key = rows[i].keys; key->key != NULL; key++)
      if (key->place == place && g_str_equal (key->action, action))
        return key->key;
  return NULL;
}

/* The key itself, or one that lies elsewhere and means the same: on the keypad, or beside Shift. */
static GtkShortcutTrigger *
new_trigger (const char *key)
{
  static const guint same[][3] = {
    { GDK_KEY_plus, GDK_KEY_KP_Add, GDK_KEY_equal },
    { GDK_KEY_minus, GDK_KEY_KP_Subtract, GDK_KEY_underscore },
    { GDK_KEY_0, GDK_KEY_KP_0 },
    { GDK_KEY_Left, GDK_KEY_KP_Left },
    { GDK_KEY_Right, GDK_KEY_KP_Right },
    { GDK_KEY_Up, GDK_KEY_KP_Up },
    { GDK_KEY_Down, GDK_KEY_KP_Down },
    { GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up },
    { GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down },
    { GDK_KEY_Delete, GDK_KEY_KP_Delete },
  };
  GtkShortcutTrigger *trigger;
  GdkModifierType held;
  guint value;

  if (!gtk_accelerator_parse (key, &value, &held))
    g_assert_not_reached ();
  trigger = gtk_keyval_trigger_new (value, held);
  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    for (gsize k = 1; same[i][0] == value && k < G_N_ELEMENTS (same[i]) && same[i][k] != 0; k++)
      trigger = gtk_alternative_trigger_new (trigger, gtk_keyval_trigger_new (same[i][k], held));
  return trigger;
}

GtkEventController *
rheo_keys_new (RheoKeysPlace place)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (const RheoKey *key = rows[i].keys; key->key != NULL; key++)
      {
        g_autoptr (GVariant) target = NULL;
        g_autofree char *name = NULL;
        GtkShortcut *shortcut;

        if (key->place != place)
          continue;
        if (!g_action_parse_detailed_name (key->action, &name, &target, NULL))
          g_assert_not_reached ();
        shortcut = gtk_shortcut_new (new_trigger (key->key), gtk_named_action_new (name));
        gtk_shortcut_set_arguments (shortcut, target);
        gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
      }
  return controller;
}

void
rheo_keys_add (GtkWidget *widget, RheoKeysPlace place)
{
  gtk_widget_add_controller (widget, rheo_keys_new (place));
}
