#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "installation.h"

#include <libintl.h>
#include <locale.h>

char *
rheo_dup_build_folder (void)
{
  g_autofree char *folder = g_file_read_link ("/proc/self/exe", NULL);

  for (int up = 0; folder != NULL && up < 4; up++)
    {
      char *parent = g_path_get_dirname (folder);
      g_autofree char *mark = g_build_filename (parent, "meson-info", NULL);

      g_free (folder);
      folder = parent;
      if (g_file_test (mark, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&folder);
    }
  return NULL;
}

void
rheo_start_locale (gboolean numbers)
{
  g_autofree char *build = rheo_dup_build_folder ();
  g_autofree char *folder = build != NULL ? g_build_filename (build, "po", NULL) : g_strdup (RHEO_LOCALE_DIR);

  setlocale (LC_ALL, "");
  if (!numbers)
    setlocale (LC_NUMERIC, "C");
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
