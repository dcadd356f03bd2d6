/* Thread: main. */
/* How windows are painted. */
#pragma once

#include <gdk/gdk.h>

/* Before the first window. Where OpenGL is worked out by the processor, GTK paints faster without it, and what is redrawn
 * costs only as much as has changed. GSK_RENDERER, where it is set, decides. */
void rheo_renderer_choose (GdkDisplay *display);
