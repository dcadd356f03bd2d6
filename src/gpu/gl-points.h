/* Thread: main, with the OpenGL context current in which it was made. */
/* Draws clouds of points and lines with OpenGL: the same picture as that of cairo, to be laid over the same frame. */
#pragma once

#include "plot/plot-cloud.h"

typedef struct RheoGlPoints RheoGlPoints;

/* NULL: this OpenGL is too old or refuses the shaders; *why says so (static). */
RheoGlPoints *rheo_gl_points_new (const char **why);
/* The context is current, or gone with all that was in it. */
void rheo_gl_points_free (RheoGlPoints *gl);

/* Fills the current framebuffer of width x height lengths, with scale pixels in one; where there are no data it is
 * transparent, and colours are multiplied by their opacity. What a cloud holds is loaded once. every: 1, or one point in so
 * many, and so much less of lines: but of few points and lines all. */
void rheo_gl_points_draw (RheoGlPoints *gl, RheoCloud *cloud, const RheoCloudLook *look, int width, int height,
                          int scale, int every);
/* Returns when all of it is drawn: for who wants to know how long it takes. */
void rheo_gl_points_finish (RheoGlPoints *gl);
