#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/renderer.h"

#include <epoxy/gl.h>
#include <string.h>

static gboolean
is_software (const char *name)
{
  static const char *const names[] = { "llvmpipe", "softpipe", "swrast", "Software Rasterizer" };

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (names); i++)
    if (strstr (name, names[i]) != NULL)
      return TRUE;
  return FALSE;
}

void
rheo_renderer_choose (GdkDisplay *display)
{
  g_autoptr (GdkGLContext) context = NULL;

  if (g_getenv ("GSK_RENDERER") != NULL)
    return;
  context = gdk_display_create_gl_context (display, NULL);
  /* Without OpenGL GTK comes to the same by itself. */
  if (context == NULL || !gdk_gl_context_realize (context, NULL))
    return;
  gdk_gl_context_make_current (context);
  /* GTK looks when the first window is shown. */
  if (is_software ((const char *) glGetString (GL_RENDERER)))
    g_setenv ("GSK_RENDERER", "cairo", TRUE);
  gdk_gl_context_clear_current ();
}
