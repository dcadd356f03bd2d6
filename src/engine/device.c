#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device.h"

#include "device-cuda.h"
#include "installation.h"
#include "team.h"

#include <glib.h>
#include <glib/gi18n-lib.h>
#include <gmodule.h>
#include <stdio.h>
#include <string.h>

/* RHEO_CUDA_MODULE names another one: tests have theirs. */
static char *
dup_module_path (void)
{
  const char *given = g_getenv ("RHEO_CUDA_MODULE");
  g_autofree char *build = rheo_dup_build_folder ();
  g_autofree char *folder = build != NULL ? g_build_filename (build, "src", "gpu", NULL) : g_strdup (RHEO_MODULE_DIR);

  return given != NULL ? g_strdup (given) : g_build_filename (folder, "rheobase-cuda." G_MODULE_SUFFIX, NULL);
}

static void
take_processor (RheoDevice *device)
{
  const int n = rheo_team_get_n_threads (device->team);

  device->ops = &rheo_device_cpu_ops;
  g_snprintf (device->name, sizeof device->name, n == 1 ? "CPU, %d thread" : "CPU, %d threads", n);
}

char *
rheo_device_dup_shown (const char *name)
{
  int n = 0;

  if (sscanf (name, "CPU, %d thread", &n) != 1)
    return g_strdup (name);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "CPU, %d thread", "CPU, %d threads", (gulong) n), n);
}

RheoDevice *
rheo_device_new (const char *name, int n_threads, const char **why)
{
  g_autofree char *module = dup_module_path ();
  const bool automatic = strcmp (name, "auto") == 0, of_number = g_str_has_prefix (name, "cuda:");
  guint64 i_card = 0;
  const char *unheard;
  RheoDevice *device;
  RheoTeam *team;

  why = why != NULL ? why : &unheard;
  *why = NULL;
  if ((of_number && !g_ascii_string_to_unsigned (name + 5, 10, 0, 255, &i_card, NULL))
      || (!automatic && !of_number && strcmp (name, "cpu") != 0 && strcmp (name, "cuda") != 0))
    {
      *why = N_ ("Devices are auto, cpu, cuda, or cuda: and a number.");
      return NULL;
    }
  team = rheo_team_new (n_threads);
  if (team == NULL)
    {
      *why = N_ ("No worker thread could be started.");
      return NULL;
    }
  device = g_new0 (RheoDevice, 1);
  device->team = team;
  if (strcmp (name, "cpu") == 0)
    take_processor (device);
  else if (!rheo_cuda_open (device, module, (int) i_card, why))
    {
      if (automatic)
        take_processor (device);
      else
        g_clear_pointer (&device, rheo_device_free);
    }
  return device;
}

void
rheo_device_free (RheoDevice *device)
{
  if (device == NULL)
    return;
  if (device->card != NULL)
    rheo_cuda_close (device);
  rheo_team_free (device->team);
  g_free (device);
}
