#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/dialogs.h"

#include <glib/gi18n-lib.h>

#include "widgets/common.h"

typedef struct
{
  const char *keys, *title; /* keys NULL: a group begins */
} Entry;

static const Entry entries[] = {
  { NULL, N_ ("Runs") },
  { "F5 <Ctrl>r", N_ ("Run, pause, resume") },
  { "F8", N_ ("One step") },
  { "<Shift>F5", N_ ("Stop") },
  { "<Ctrl>b", N_ ("Branch from here") },
  { "Page_Up Page_Down", N_ ("Previous, next snapshot") },
  { "F2", N_ ("Rename run") },
  { "Delete", N_ ("Move run to trash") },
  { NULL, N_ ("Experiments") },
  { "<Ctrl>n", N_ ("New experiment") },
  { "<Ctrl>o", N_ ("Open") },
  { "<Ctrl>s", N_ ("Save experiment") },
  { "<Ctrl><Shift>s", N_ ("Save experiment as") },
  { "<Ctrl>z <Ctrl><Shift>z", N_ ("Undo, redo") },
  { "F1", N_ ("Help for the focused row") },
  { NULL, N_ ("Plots") },
  { "<Ctrl>e", N_ ("Export figure") },
  { "<Ctrl><Shift>e", N_ ("Export figure as") },
  { "<Ctrl><Alt>e", N_ ("Export numbers") },
  { "<Ctrl>c", N_ ("Copy figure or selected rows") },
  { "f Escape", N_ ("Plot full screen, and back") },
  { "plus minus 0", N_ ("Zoom in, out, fit") },
  { "Left Right", N_ ("Move the reading line") },
  { "<Shift>Left <Shift>Right", N_ ("Pan") },
  { "<Alt>Left <Alt>Right", N_ ("Move the focused card") },
  { "<Alt><Shift>Left <Alt><Shift>Right", N_ ("Width of the focused card") },
  { "<Shift>F10 Menu", N_ ("Menu of the focused thing") },
  { NULL, N_ ("Window") },
  { "<Alt>1 <Alt>2 <Alt>3", N_ ("Set up, Live, Runs") },
  { "<Ctrl>f", N_ ("Search in this view") },
  { "F9", N_ ("Side bar") },
  { "F10", N_ ("Main menu") },
  { "F11", N_ ("Full screen") },
  { "<Ctrl>comma", N_ ("Preferences") },
  { "<Ctrl>question", N_ ("Keyboard shortcuts") },
  { "<Ctrl>w", N_ ("Close") },
  { "<Ctrl>q", N_ ("Quit") },
};

/* Groups can only be added by GtkBuilder in GTK 4.8; all of them on one page, since its switcher of pages warns. */
GtkWindow *
rheo_shortcuts_new (GtkWindow *parent)
{
  g_autoptr (GString) xml =
      g_string_new ("<interface><object class='GtkShortcutsWindow' id='window'><child>"
                    "<object class='GtkShortcutsSection'><property name='max-height'>26</property>");
  g_autoptr (GtkBuilder) builder = NULL;
  gboolean in_group = FALSE;
  GtkWindow *window;

  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autofree char *title = g_markup_escape_text (_ (entries[i].title), -1);
      g_autofree char *keys = g_markup_escape_text (entries[i].keys != NULL ? entries[i].keys : "", -1);

      if (entries[i].keys == NULL)
        g_string_append_printf (xml, "%s<child><object class='GtkShortcutsGroup'><property name='title'>%s</property>",
                                in_group ? "</object></child>" : "", title);
      else
        g_string_append_printf (xml,
                                "<child><object class='GtkShortcutsShortcut'><property name='title'>%s</property>"
                                "<property name='accelerator'>%s</property></object></child>",
                                title, keys);
      in_group = TRUE;
    }
  g_string_append (xml, "</object></child></object></child></object></interface>");
  builder = gtk_builder_new_from_string (xml->str, -1);
  window = GTK_WINDOW (gtk_builder_get_object (builder, "window"));
  rheo_window_stand_beside (window, GTK_WIDGET (parent));
  gtk_window_set_modal (window, TRUE);
  return window;
}
