#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/behind.h"

#include <stdio.h>
#include <unistd.h>

static GMutex lock;
static GCond ended;
static int n_working;

void
rheo_behind_begin (void)
{
  g_mutex_lock (&lock);
  n_working++;
  g_mutex_unlock (&lock);
}

void
rheo_behind_end (void)
{
  g_mutex_lock (&lock);
  n_working--;
  g_cond_broadcast (&ended);
  g_mutex_unlock (&lock);
}

gboolean
rheo_behind_wait (double seconds)
{
  const gint64 until = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
  gboolean all;

  g_mutex_lock (&lock);
  while (n_working > 0 && g_cond_wait_until (&ended, &lock, until))
    ;
  all = n_working == 0;
  g_mutex_unlock (&lock);
  return all;
}

int
rheo_behind_leave (int status)
{
  if (rheo_behind_wait (0))
    return status;
  fflush (stdout);
  fflush (stderr);
  _exit (status);
}
