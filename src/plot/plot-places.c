#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-places.h"

#include <math.h>
#include <string.h>

RheoPlotPlaces *
rheo_plot_places_new (int64_t n)
{
  RheoPlotPlaces *places = g_atomic_rc_box_new0 (RheoPlotPlaces);

  places->n = n;
  places->moved = -1;
  places->x = g_new (float, MAX (n, 1));
  places->y = g_new (float, MAX (n, 1));
  places->held = g_new0 (guint8, MAX (n, 1));
  for (int64_t i = 0; i < n; i++)
    places->x[i] = places->y[i] = NAN;
  return places;
}

RheoPlotPlaces *
rheo_plot_places_dup (const RheoPlotPlaces *places)
{
  RheoPlotPlaces *copy = rheo_plot_places_new (places->n);

  memcpy (copy->x, places->x, sizeof *copy->x * (gsize) places->n);
  memcpy (copy->y, places->y, sizeof *copy->y * (gsize) places->n);
  memcpy (copy->held, places->held, (gsize) places->n);
  copy->seed = places->seed;
  copy->of = places->of;
  copy->moved = places->moved;
  memcpy (copy->lo, places->lo, sizeof copy->lo);
  memcpy (copy->hi, places->hi, sizeof copy->hi);
  return copy;
}

RheoPlotPlaces *
rheo_plot_places_move (const RheoPlotPlaces *places, int64_t i, double x, double y)
{
  RheoPlotPlaces *moved = rheo_plot_places_dup (places);

  if (i < 0 || i >= places->n)
    return moved;
  moved->x[i] = (float) x;
  moved->y[i] = (float) y;
  moved->held[i] = TRUE;
  moved->moved = i;
  return moved;
}

RheoPlotPlaces *
rheo_plot_places_ref (RheoPlotPlaces *places)
{
  return g_atomic_rc_box_acquire (places);
}

static void
clear (gpointer data)
{
  RheoPlotPlaces *places = data;

  g_free (places->x);
  g_free (places->y);
  g_free (places->held);
}

void
rheo_plot_places_unref (RheoPlotPlaces *places)
{
  if (places != NULL)
    g_atomic_rc_box_release_full (places, clear);
}
