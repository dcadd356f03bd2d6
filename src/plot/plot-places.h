/* Thread: any. */
/* Where things stand that the pointer can move: nodes of a graph, by unit. The next picture goes on from there. */
#pragma once

#include <glib.h>

/* Shared, and does not change once it is handed on. */
typedef struct
{
  int64_t n;
  float *x, *y;       /* [n] in data; NaN: nowhere yet */
  guint8 *held;       /* [n] put there by hand */
  int seed;           /* of the places where they began */
  guint64 of;         /* tells apart what they were laid out for; 0: nothing */
  int64_t moved;      /* what was put elsewhere since then; -1: nothing */
  float lo[2], hi[2]; /* limits of x and y that the picture had; equal: none yet */
} RheoPlotPlaces;

/* All of them nowhere. */
RheoPlotPlaces *rheo_plot_places_new (int64_t n);
RheoPlotPlaces *rheo_plot_places_dup (const RheoPlotPlaces *places);
/* A copy in which one stands elsewhere and is held. */
RheoPlotPlaces *rheo_plot_places_move (const RheoPlotPlaces *places, int64_t i, double x, double y);
RheoPlotPlaces *rheo_plot_places_ref (RheoPlotPlaces *places);
void rheo_plot_places_unref (RheoPlotPlaces *places); /* NULL: nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoPlotPlaces, rheo_plot_places_unref)
