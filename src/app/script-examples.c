#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/script-examples.h"

#include <glib/gi18n-lib.h>

const char *const rheo_script_examples[] = { "template", "delayed-copy", "interval", "lorenz", NULL };

static const char *const titles[] = { N_ ("Template"), N_ ("Delayed copy"), N_ ("Interval"), N_ ("Lorenz attractor") };

G_STATIC_ASSERT (G_N_ELEMENTS (titles) == G_N_ELEMENTS (rheo_script_examples) - 1);

const char *
rheo_script_example_get_title (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (id, rheo_script_examples[i]))
      return _ (titles[i]);
  return NULL;
}

const char *
rheo_script_example_get_text (const char *id)
{
  g_autofree char *path = g_strdup_printf ("/org/rheobase/Rheobase/scripts/%s.lua", id);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  /* Resources lie in the program itself, and end with a zero. */
  return bytes != NULL ? g_bytes_get_data (bytes, NULL) : NULL;
}

GMenuModel *
rheo_script_examples_new_menu (const char *action)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) examples = g_menu_new ();

  for (int i = 0; rheo_script_examples[i] != NULL; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_ (titles[i]), NULL);

      g_menu_item_set_action_and_target (item, action, "s", rheo_script_examples[i]);
      g_menu_append_item (i == 0 ? menu : examples, item);
    }
  g_menu_append_section (menu, _ ("Worked examples"), G_MENU_MODEL (examples));
  return G_MENU_MODEL (menu);
}
