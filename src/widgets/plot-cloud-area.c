#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-cloud-area.h"

#include "gpu/gl-points.h"

/* µs: what is drawn in less time is never thinned; what is thinned takes about so long. */
#define QUICK 40000
#define THINNED 25000

struct _RheoCloudArea
{
  GtkGLArea parent_instance;
  RheoGlPoints *gl; /* NULL: not realized, or it failed */
  RheoCloud *cloud;
  RheoCloudLook look;
  int width, height;
  gboolean hurry;
  gboolean loaded; /* the cloud has been drawn once */
  gint64 cost;     /* µs for all of it, the last time; 0: not known */
};

G_DEFINE_FINAL_TYPE (RheoCloudArea, rheo_cloud_area, GTK_TYPE_GL_AREA)

enum
{
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- whether there is OpenGL ------------------------------------------------------------------------------------------- */
static gboolean works = TRUE; /* so far */

static void
give_up (const char *why)
{
  if (works)
    g_debug ("clouds are drawn by cairo: %s", why);
  works = FALSE;
}

static void
look_for_gl (GdkDisplay *display)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkGLContext) context = gdk_display_create_gl_context (display, &error);
  const char *why = NULL;
  RheoGlPoints *gl;

  if (context == NULL || !gdk_gl_context_realize (context, &error))
    {
      give_up (error->message);
      return;
    }
  gdk_gl_context_make_current (context);
  gl = rheo_gl_points_new (&why);
  if (gl == NULL)
    give_up (why);
  rheo_gl_points_free (gl);
  gdk_gl_context_clear_current ();
}

gboolean
rheo_cloud_area_is_possible (GtkWidget *widget)
{
  static gboolean looked;

  if (g_strcmp0 (g_getenv ("RHEO_GL"), "0") == 0)
    return FALSE;
  if (!looked)
    look_for_gl (gtk_widget_get_display (widget));
  looked = TRUE;
  return works;
}

/* --- the widget -------------------------------------------------------------------------------------------------------- */
static void
realize (GtkWidget *widget)
{
  RheoCloudArea *area = RHEO_CLOUD_AREA (widget);
  const char *why = "no context";

  GTK_WIDGET_CLASS (rheo_cloud_area_parent_class)->realize (widget);
  gtk_gl_area_make_current (GTK_GL_AREA (widget));
  if (gtk_gl_area_get_error (GTK_GL_AREA (widget)) == NULL)
    area->gl = rheo_gl_points_new (&why);
  if (area->gl != NULL)
    return;
  /* Not the message that GtkGLArea would show: whoever listens draws the figure otherwise. */
  gtk_gl_area_set_error (GTK_GL_AREA (widget), NULL);
  give_up (why);
  g_signal_emit (area, signals[FAILED], 0);
}

static void
unrealize (GtkWidget *widget)
{
  RheoCloudArea *area = RHEO_CLOUD_AREA (widget);

  gtk_gl_area_make_current (GTK_GL_AREA (widget));
  g_clear_pointer (&area->gl, rheo_gl_points_free);
  GTK_WIDGET_CLASS (rheo_cloud_area_parent_class)->unrealize (widget);
}

static gboolean
render (GtkGLArea *gl_area, GdkGLContext *context)
{
  RheoCloudArea *area = RHEO_CLOUD_AREA (gl_area);
  const int every = area->hurry && area->cost > QUICK ? (int) (area->cost / THINNED) + 1 : 1;
  const gint64 start = g_get_monotonic_time ();

  if (area->gl == NULL || area->cloud == NULL)
    return TRUE;
  rheo_gl_points_draw (area->gl, area->cloud, &area->look, area->width, area->height,
                       gtk_widget_get_scale_factor (GTK_WIDGET (area)), every);
  rheo_gl_points_finish (area->gl);
  /* The first time it is loaded, and shaders may be translated. */
  if (every == 1 && area->loaded)
    area->cost = g_get_monotonic_time () - start;
  area->loaded = TRUE;
  return TRUE;
}

static void
finalize (GObject *object)
{
  rheo_cloud_unref (RHEO_CLOUD_AREA (object)->cloud);
  G_OBJECT_CLASS (rheo_cloud_area_parent_class)->finalize (object);
}

static void
rheo_cloud_area_class_init (RheoCloudAreaClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = finalize;
  widget_class->realize = realize;
  widget_class->unrealize = unrealize;
  GTK_GL_AREA_CLASS (class)->render = render;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
  signals[FAILED] =
      g_signal_new ("failed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_cloud_area_init (RheoCloudArea *area)
{
  /* Pointer and keys are the plot's. */
  gtk_widget_set_can_target (GTK_WIDGET (area), FALSE);
  gtk_widget_set_can_focus (GTK_WIDGET (area), FALSE);
}

GtkWidget *
rheo_cloud_area_new (void)
{
  return g_object_new (RHEO_TYPE_CLOUD_AREA, NULL);
}

void
rheo_cloud_area_set (RheoCloudArea *area, RheoCloud *cloud, const RheoCloudLook *look, int width, int height,
                     gboolean hurry)
{
  if (cloud != area->cloud)
    {
      area->cost = 0;
      area->loaded = FALSE;
    }
  rheo_cloud_ref (cloud);
  rheo_cloud_unref (area->cloud);
  area->cloud = cloud;
  area->look = *look;
  area->width = width;
  area->height = height;
  area->hurry = hurry;
}
