#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-view.h"

#include <adwaita.h>
#include <math.h>

struct _RheoPlotView
{
  GtkWidget parent_instance;
  RheoPlotGroup *group;
  RheoPlotSpec *spec;       /* as shown */
  GdkTexture *picture;      /* of spec; NULL: to be drawn */
  int width, height, scale; /* of the picture */
  char *name, *stem, *folder;
  GMenu *menu;
  GMenuModel *extra;
};

G_DEFINE_FINAL_TYPE (RheoPlotView, rheo_plot_view, GTK_TYPE_WIDGET)

enum
{
  EXPORTED,
  EXPORT_FAILED,
  COPIED,
  PICKED,
  SHOWN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- picture ---------------------------------------------------------------------------------------------------- */
static void
redraw (RheoPlotView *view)
{
  g_clear_object (&view->picture);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static double
font_scale (RheoPlotView *view)
{
  int dpi = 0;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (view)), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? dpi / 1024.0 / 96 : 1;
}

static void
follow_theme (RheoPlotView *view)
{
  if (view->spec == NULL)
    return;
  view->spec->theme =
      adw_style_manager_get_dark (adw_style_manager_get_default ()) ? RHEO_THEME_DARK : RHEO_THEME_LIGHT;
  view->spec->font_scale = font_scale (view);
  redraw (view);
}

static GdkTexture *
draw_picture (const RheoPlotSpec *spec, int width, int height, int scale)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_t *cr;
  g_autoptr (GBytes) bytes = NULL;
  int stride;

  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  rheo_plot_draw (spec, cr, width, height);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  stride = cairo_image_surface_get_stride (surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), (gsize) stride * height * scale,
                                      (GDestroyNotify) cairo_surface_destroy, surface);
  return gdk_memory_texture_new (width * scale, height * scale, GDK_MEMORY_DEFAULT, bytes, stride);
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snap)
{
  RheoPlotView *view = RHEO_PLOT_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int scale = gtk_widget_get_scale_factor (widget);

  if (view->spec == NULL || width < 1 || height < 1)
    return;
  if (view->picture == NULL || view->width != width || view->height != height || view->scale != scale)
    {
      g_clear_object (&view->picture);
      view->picture = draw_picture (view->spec, width, height, scale);
      view->width = width;
      view->height = height;
      view->scale = scale;
    }
  gtk_snapshot_append_texture (snap, view->picture, &GRAPHENE_RECT_INIT (0, 0, width, height));
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : 80;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 412 : 248;
}

/* --- life ------------------------------------------------------------------------------------------------------- */
static void
dispose (GObject *object)
{
  RheoPlotView *view = RHEO_PLOT_VIEW (object);

  g_signal_handlers_disconnect_by_data (adw_style_manager_get_default (), view);
  g_clear_object (&view->group);
  g_clear_object (&view->picture);
  g_clear_object (&view->menu);
  g_clear_object (&view->extra);
  g_clear_pointer (&view->spec, rheo_plot_spec_free);
  G_OBJECT_CLASS (rheo_plot_view_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoPlotView *view = RHEO_PLOT_VIEW (object);

  g_free (view->name);
  g_free (view->stem);
  g_free (view->folder);
  G_OBJECT_CLASS (rheo_plot_view_parent_class)->finalize (object);
}

static void
rheo_plot_view_class_init (RheoPlotViewClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GType type = G_TYPE_FROM_CLASS (class);

  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[EXPORTED] =
      g_signal_new ("exported", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[EXPORT_FAILED] =
      g_signal_new ("export-failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[COPIED] = g_signal_new ("copied", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_INT,
                                  G_TYPE_INT64, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[SHOWN] = g_signal_new ("shown", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_plot_view_init (RheoPlotView *view)
{
  view->menu = g_menu_new ();
  gtk_widget_set_focusable (GTK_WIDGET (view), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (view), GTK_OVERFLOW_HIDDEN);
  g_signal_connect_swapped (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (follow_theme), view);
}

GtkWidget *
rheo_plot_view_new (RheoPlotGroup *group)
{
  RheoPlotView *view = g_object_new (RHEO_TYPE_PLOT_VIEW, NULL);

  g_set_object (&view->group, group);
  return GTK_WIDGET (view);
}

/* --- what is shown ---------------------------------------------------------------------------------------------- */
void
rheo_plot_view_take_spec (RheoPlotView *view, RheoPlotSpec *spec)
{
  rheo_plot_spec_free (view->spec);
  view->spec = spec;
  follow_theme (view);
  redraw (view);
  g_signal_emit (view, signals[SHOWN], 0);
}

const RheoPlotSpec *
rheo_plot_view_get_spec (RheoPlotView *view)
{
  return view->spec;
}

void
rheo_plot_view_set_name (RheoPlotView *view, const char *name, const char *stem, const char *folder)
{
  g_free (view->name);
  g_free (view->stem);
  g_free (view->folder);
  view->name = g_strdup (name);
  view->stem = g_strdup (stem);
  view->folder = g_strdup (folder);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, name != NULL ? name : "", -1);
}

void
rheo_plot_view_set_marks (RheoPlotView *view, const double *iterations, const char *const *labels, int n)
{
}

void
rheo_plot_view_set_cursor (RheoPlotView *view, double iteration)
{
}

void
rheo_plot_view_set_extra_menu (RheoPlotView *view, GMenuModel *menu)
{
  g_menu_remove_all (view->menu);
  if (menu != NULL)
    g_menu_append_section (view->menu, NULL, menu);
}

GMenuModel *
rheo_plot_view_get_menu (RheoPlotView *view)
{
  return G_MENU_MODEL (view->menu);
}

gboolean
rheo_plot_view_get_held (RheoPlotView *view)
{
  return FALSE;
}

char *
rheo_plot_view_dup_options (RheoPlotView *view)
{
  return g_strdup ("");
}
