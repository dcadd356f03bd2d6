#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-header.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "widgets/plot-legend.h"
#include "widgets/steady-text.h"

#define HEIGHT 31
#define SPACE 8
#define START 14 /* of the title; the grip stands before it */
#define GRIP 12
#define PAD 5             /* of an entry: its sample stands below the title */
#define SMALL 230         /* px; narrower plots drop their subtitle */
#define LEAST_SUBTITLE 60 /* a shorter one says nothing */

struct _RheoPlotHeader
{
  GtkWidget parent_instance;
  RheoPlotView *view;                                         /* borrowed: both are children of a card */
  GtkWidget *grip, *title, *legend, *subtitle, *extra, *menu; /* extra: NULL, or controls of the owner */
  gboolean movable;
};

G_DEFINE_FINAL_TYPE (RheoPlotHeader, rheo_plot_header, GTK_TYPE_WIDGET)

/* --- text --------------------------------------------------------------------------------------------------------- */
static void
show_title (RheoPlotHeader *header, const char *title)
{
  g_autofree char *menu = g_strdup_printf (_ ("Menu of %s"), title);

  if (strcmp (gtk_label_get_text (GTK_LABEL (header->title)), title) == 0)
    return;
  gtk_label_set_text (GTK_LABEL (header->title), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (header->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, menu, -1);
}

static void
follow_view (RheoPlotHeader *header)
{
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (header->view);
  const char *title = spec != NULL && spec->title != NULL ? spec->title : "";
  g_autofree char *subtitle = spec != NULL ? rheo_plot_dup_subtitle (spec) : g_strdup ("");
  g_autofree char *held = !rheo_plot_view_get_held (header->view) ? g_strdup (subtitle)
                          : *subtitle != '\0'                     ? g_strdup_printf ("%s · %s", subtitle, _ ("held"))
                                                                  : g_strdup (_ ("held"));

  show_title (header, title);
  rheo_steady_text_set (RHEO_STEADY_TEXT (header->subtitle), held);
  rheo_plot_legend_follow (RHEO_PLOT_LEGEND (header->legend));
}

/* All of a subtitle that is cut. A tooltip set with each new one would ask the X server for the pointer each time. */
static gboolean
query_subtitle (GtkWidget *widget, int x, int y, gboolean by_keys, GtkTooltip *tooltip, RheoPlotHeader *header)
{
  RheoSteadyText *subtitle = RHEO_STEADY_TEXT (widget);

  if (rheo_steady_text_get_need (subtitle) <= gtk_widget_get_width (widget))
    return FALSE;
  gtk_tooltip_set_text (tooltip, rheo_steady_text_get (subtitle));
  return TRUE;
}

/* --- layout ------------------------------------------------------------------------------------------------------- */
static int
width_of (GtkWidget *widget)
{
  int natural = 0;

  if (gtk_widget_get_visible (widget))
    gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static void
place (RheoPlotHeader *header, GtkWidget *widget, int x, int y, int width, int height)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (header)) == GTK_TEXT_DIR_RTL;
  int all = gtk_widget_get_width (GTK_WIDGET (header));

  gtk_widget_set_child_visible (widget, width > 0);
  if (width > 0)
    gtk_widget_size_allocate (widget, &(GtkAllocation){ rtl ? all - x - width : x, y, width, height }, -1);
}

static int
extra_width (RheoPlotHeader *header)
{
  return header->extra != NULL && gtk_widget_get_visible (header->extra) ? width_of (header->extra) : 0;
}

/* Of the line with title and menu. */
static int
line_height (RheoPlotHeader *header)
{
  int title, menu;

  gtk_widget_measure (header->title, GTK_ORIENTATION_VERTICAL, -1, NULL, &title, NULL, NULL);
  gtk_widget_measure (header->menu, GTK_ORIENTATION_VERTICAL, -1, NULL, &menu, NULL, NULL);
  return MAX (HEIGHT, MAX (title, menu) + 3);
}

/* Where a legend has no room beside the title it stands below. Gives its height there; 0: it does not. The narrower, the
 * higher: GTK remembers heights by ranges of widths. */
static int
height_below (RheoPlotHeader *header, int width)
{
  const int room = MAX (width - START - extra_width (header) - width_of (header->menu) - 6, 1);
  const int left = room - MIN (width_of (header->title), room) - SPACE;
  int height;

  if (rheo_plot_legend_get_n_entries (RHEO_PLOT_LEGEND (header->legend)) == 0 || width_of (header->legend) <= left)
    return 0;
  gtk_widget_measure (header->legend, GTK_ORIENTATION_VERTICAL, width - START, &height, NULL, NULL, NULL);
  return height;
}

static void
size_allocate (GtkWidget *widget, int width, int all, int baseline)
{
  RheoPlotHeader *header = RHEO_PLOT_HEADER (widget);
  const int below = height_below (header, width), height = all - below;
  int grip = header->movable ? GRIP : 0, menu = width_of (header->menu), extra = extra_width (header);
  int title = width_of (header->title), legend = below > 0 ? 0 : width_of (header->legend);
  int subtitle = rheo_steady_text_get_need (RHEO_STEADY_TEXT (header->subtitle));
  int x = START, room = MAX (width - x - extra - menu - 6, 1), left;

  title = MIN (title, room);
  left = room - title - SPACE;
  if (rheo_plot_legend_get_n_entries (RHEO_PLOT_LEGEND (header->legend)) == 0)
    legend = 0;
  left -= legend > 0 ? legend + SPACE : 0;
  if (width < SMALL || (subtitle > left && left < LEAST_SUBTITLE))
    subtitle = 0;
  /* With room for the next ones. */
  if (subtitle > 0)
    subtitle = MIN (MAX (subtitle, width_of (header->subtitle)), left);
  if (header->movable)
    place (header, header->grip, 0, 0, grip, height);
  place (header, header->title, x, 0, title, height);
  x += title + SPACE;
  if (below > 0)
    place (header, header->legend, START - PAD, height, width - START, below);
  else
    place (header, header->legend, x, 0, legend, height);
  x += legend > 0 ? legend + SPACE : 0;
  place (header, header->subtitle, x, 0, subtitle, height);
  if (header->extra != NULL)
    place (header, header->extra, width - menu - extra - 4, 0, extra, height);
  place (header, header->menu, width - menu - 4, 0, menu, height);
  gtk_widget_queue_draw (widget);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  RheoPlotHeader *header = RHEO_PLOT_HEADER (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 80;
      *natural = *minimum + SPACE * 3 + width_of (header->title) + width_of (header->legend)
                 + width_of (header->subtitle) + width_of (header->menu)
                 + (header->extra != NULL ? width_of (header->extra) : 0);
    }
  else
    *minimum = *natural = line_height (header) + (for_size < 0 ? 0 : height_below (header, for_size));
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* --- life --------------------------------------------------------------------------------------------------------- */
static void
dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_plot_header_parent_class)->dispose (object);
}

static void
rheo_plot_header_class_init (RheoPlotHeaderClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WIDGET_CLASS (class)->size_allocate = size_allocate;
  GTK_WIDGET_CLASS (class)->measure = measure;
  GTK_WIDGET_CLASS (class)->get_request_mode = get_request_mode;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "plotheader");
}

static void
show_grip (GtkEventControllerMotion *controller, double x, double y, RheoPlotHeader *header)
{
  gtk_widget_set_opacity (header->grip, 1);
}

static void
hide_grip (GtkEventControllerMotion *controller, RheoPlotHeader *header)
{
  gtk_widget_set_opacity (header->grip, 0);
}

static void
rheo_plot_header_init (RheoPlotHeader *header)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  header->grip = gtk_image_new_from_icon_name ("list-drag-handle-symbolic");
  gtk_image_set_pixel_size (GTK_IMAGE (header->grip), GRIP);
  gtk_widget_add_css_class (header->grip, "dim-label");
  gtk_widget_set_opacity (header->grip, 0);
  gtk_widget_set_visible (header->grip, FALSE);
  gtk_widget_set_parent (header->grip, GTK_WIDGET (header));
  header->title = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (header->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (header->title), 0);
  gtk_widget_add_css_class (header->title, "heading");
  gtk_widget_set_parent (header->title, GTK_WIDGET (header));
  header->subtitle = rheo_steady_text_new (0, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_widget_set_has_tooltip (header->subtitle, TRUE);
  g_signal_connect (header->subtitle, "query-tooltip", G_CALLBACK (query_subtitle), header);
  gtk_widget_add_css_class (header->subtitle, "dim-label");
  gtk_widget_add_css_class (header->subtitle, "caption");
  gtk_widget_set_parent (header->subtitle, GTK_WIDGET (header));
  header->menu = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (header->menu), "view-more-symbolic");
  gtk_widget_add_css_class (header->menu, "flat");
  gtk_widget_add_css_class (header->menu, "plot-menu");
  gtk_widget_set_valign (header->menu, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (header->menu, _ ("Plot menu"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (header->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Plot menu"), -1);
  gtk_widget_set_parent (header->menu, GTK_WIDGET (header));
  g_signal_connect (motion, "enter", G_CALLBACK (show_grip), header);
  g_signal_connect (motion, "leave", G_CALLBACK (hide_grip), header);
  gtk_widget_add_controller (GTK_WIDGET (header), motion);
}

GtkWidget *
rheo_plot_header_new (RheoPlotView *view)
{
  RheoPlotHeader *header = g_object_new (RHEO_TYPE_PLOT_HEADER, NULL);

  header->view = view;
  header->legend = rheo_plot_legend_new (view);
  gtk_widget_insert_after (header->legend, GTK_WIDGET (header), header->title);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (header->menu), rheo_plot_view_get_menu (view));
  gtk_widget_insert_action_group (GTK_WIDGET (header), "plot", rheo_plot_view_get_actions (view));
  g_signal_connect_object (view, "shown", G_CALLBACK (follow_view), header, G_CONNECT_SWAPPED);
  return GTK_WIDGET (header);
}

void
rheo_plot_header_set_movable (RheoPlotHeader *header, gboolean movable)
{
  header->movable = movable;
  gtk_widget_set_visible (header->grip, movable);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (header), movable ? "grab" : NULL);
}

void
rheo_plot_header_take_extra (RheoPlotHeader *header, GtkWidget *extra)
{
  g_return_if_fail (header->extra == NULL);
  header->extra = extra;
  gtk_widget_set_valign (extra, GTK_ALIGN_CENTER);
  gtk_widget_insert_before (extra, GTK_WIDGET (header), header->menu);
}
