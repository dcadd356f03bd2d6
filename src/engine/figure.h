/* Thread: any. */
/* What an analysis says of the figures of its result. */
#pragma once

#include <glib.h>

/* A figure of a result in which several of its columns stand over the same axis. */
typedef struct
{
  const char *key, *title;
  /* Separated by blanks, those in front first; "*.key" those of all parts. What a result lacks is left out;
   * without the first there is no figure. */
  const char *columns;
  int n_dots;          /* so many of the first are drawn as dots, behind the others, which are lines */
  const char *marks;   /* column of places along the axis that are marked; or NULL */
  const char *compare; /* lines of it that several runs are compared by, a plot each; or NULL */
  gboolean whole;      /* y shows the whole natural range of the first column, and a bit more */
} RheoFigure;
