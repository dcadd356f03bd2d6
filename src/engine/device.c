#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device.h"

#include "team.h"

#include <glib.h>
#include <glib/gi18n-lib.h>
#include <string.h>

RheoDevice *
rheo_device_new (const char *name, int n_threads, const char **why)
{
  RheoDevice *device;
  RheoTeam *team;

  if (strcmp (name, "auto") != 0 && strcmp (name, "cpu") != 0)
    {
      *why = N_ ("Only the devices auto and cpu are known to this build.");
      return NULL;
    }
  team = rheo_team_new (n_threads);
  if (team == NULL)
    {
      *why = N_ ("No worker thread could be started.");
      return NULL;
    }
  device = g_new0 (RheoDevice, 1);
  device->ops = &rheo_device_cpu_ops;
  device->team = team;
  g_snprintf (device->name, sizeof device->name, "CPU, %d threads", rheo_team_get_n_threads (team));
  return device;
}

void
rheo_device_free (RheoDevice *device)
{
  if (device == NULL)
    return;
  rheo_team_free (device->team);
  g_free (device);
}
