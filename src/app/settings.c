#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/settings.h"

#include "app/application.h"
#include "engine/installation.h"

/* The compiled schemas of the build folder that the program (or a test) runs from, or NULL. */
static GSettingsSchemaSource *
source_of_build (void)
{
  g_autofree char *folder = rheo_dup_build_folder (), *data = NULL;

  if (folder == NULL)
    return NULL;
  data = g_build_filename (folder, "data", NULL);
  return g_settings_schema_source_new_from_directory (data, g_settings_schema_source_get_default (), TRUE, NULL);
}

GSettings *
rheo_settings_new (void)
{
  GSettingsSchemaSource *build = source_of_build ();
  GSettingsSchemaSource *source = build != NULL ? build : g_settings_schema_source_get_default ();
  GSettingsSchema *schema = source != NULL ? g_settings_schema_source_lookup (source, RHEO_APP_ID, TRUE) : NULL;
  GSettings *settings;

  if (schema == NULL)
    g_error ("The settings schema %s is not installed.", RHEO_APP_ID);
  settings = g_settings_new_full (schema, NULL, NULL);
  g_settings_schema_unref (schema);
  g_clear_pointer (&build, g_settings_schema_source_unref);
  return settings;
}

char *
rheo_settings_dup_runs_folder (GSettings *settings)
{
  g_autofree char *folder = g_settings_get_string (settings, "runs-folder");
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);

  if (*folder != '\0')
    return g_steal_pointer (&folder);
  return g_build_filename (documents != NULL ? documents : g_get_home_dir (), "Rheobase", "runs", NULL);
}
