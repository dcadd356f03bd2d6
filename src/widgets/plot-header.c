#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-header.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "plot/plot-kind.h"
#include "widgets/steady-text.h"

#define HEIGHT 31
#define SPACE 8
#define START 14 /* of the title; the grip stands before it */
#define GRIP 12
#define SMALL 260         /* px; narrower plots drop their legend, then the subtitle */
#define LEAST_SUBTITLE 60 /* a shorter one says nothing */

struct _RheoPlotHeader
{
  GtkWidget parent_instance;
  RheoPlotView *view;                                         /* borrowed: both are children of a card */
  GtkWidget *grip, *title, *legend, *subtitle, *extra, *menu; /* extra: NULL, or controls of the owner */
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES];                 /* as the legend shows them */
  int n_entries;
  gboolean movable;
};

G_DEFINE_FINAL_TYPE (RheoPlotHeader, rheo_plot_header, GTK_TYPE_WIDGET)

/* --- legend ------------------------------------------------------------------------------------------------------- */
static void
draw_sample (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  const RheoPlotEntry *entry = data;
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  RheoPlotCanvas canvas = { .cr = cr,
                            .theme = rheo_plot_theme_get (dark ? RHEO_THEME_DARK : RHEO_THEME_LIGHT),
                            .font_scale = 1,
                            .pixel = gtk_widget_get_scale_factor (GTK_WIDGET (area)) };

  rheo_plot_sample (&canvas, entry, 0, height / 2.0);
}

GtkWidget *
rheo_plot_sample_new (const RheoPlotEntry *entry)
{
  GtkWidget *sample = gtk_drawing_area_new ();

  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (sample), 18);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (sample), 12);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (sample), draw_sample, g_memdup2 (entry, sizeof *entry), g_free);
  gtk_widget_set_valign (sample, GTK_ALIGN_CENTER);
  return sample;
}

static void
on_entry (GtkButton *button, RheoPlotHeader *header)
{
  const RheoPlotEntry *entry = g_object_get_data (G_OBJECT (button), "entry");

  rheo_plot_view_toggle_entry (header->view, entry->entry);
}

static void
add_entry (RheoPlotHeader *header, RheoPlotEntry *entry)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *sample = rheo_plot_sample_new (entry), *label = gtk_label_new (entry->label);
  g_autofree char *name = g_strdup_printf (entry->hidden ? _ ("Show %s") : _ ("Hide %s"), entry->label);

  gtk_box_append (GTK_BOX (box), sample);
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_add_css_class (label, "caption");
  if (entry->hidden)
    {
      g_autoptr (PangoAttrList) struck = pango_attr_list_new ();

      pango_attr_list_insert (struck, pango_attr_strikethrough_new (TRUE));
      gtk_label_set_attributes (GTK_LABEL (label), struck);
      gtk_widget_add_css_class (label, "dim-label");
    }
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "plot-entry");
  /* The menu has them for the keyboard: a card is one stop, its menu the next. */
  gtk_widget_set_focusable (button, FALSE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "entry", entry);
  g_signal_connect (button, "clicked", G_CALLBACK (on_entry), header);
  gtk_box_append (GTK_BOX (header->legend), button);
}

static gboolean
same_entries (const RheoPlotHeader *header, const RheoPlotEntry *entries, int n)
{
  gboolean same = n == header->n_entries;

  for (int i = 0; i < n && same; i++)
    same = strcmp (entries[i].label, header->entry[i].label) == 0 && entries[i].style == header->entry[i].style
           && entries[i].symbol == header->entry[i].symbol && entries[i].hidden == header->entry[i].hidden;
  return same;
}

static void
show_legend (RheoPlotHeader *header)
{
  GtkWidget *child;
  int n;
  const RheoPlotEntry *entries = rheo_plot_view_get_entries (header->view, &n);

  if (same_entries (header, entries, n))
    return;
  while ((child = gtk_widget_get_first_child (header->legend)) != NULL)
    gtk_box_remove (GTK_BOX (header->legend), child);
  for (int i = 0; i < n; i++)
    {
      header->entry[i] = entries[i];
      header->entry[i].dull = FALSE;
      add_entry (header, &header->entry[i]);
    }
  header->n_entries = n;
}

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
  const char *subtitle = spec != NULL && spec->subtitle != NULL ? spec->subtitle : "";
  g_autofree char *held = !rheo_plot_view_get_held (header->view) ? g_strdup (subtitle)
                          : *subtitle != '\0'                     ? g_strdup_printf ("%s · %s", subtitle, _ ("held"))
                                                                  : g_strdup (_ ("held"));

  show_title (header, title);
  rheo_steady_text_set (RHEO_STEADY_TEXT (header->subtitle), held);
  show_legend (header);
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
place (RheoPlotHeader *header, GtkWidget *widget, int x, int width, int height)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (header)) == GTK_TEXT_DIR_RTL;
  int all = gtk_widget_get_width (GTK_WIDGET (header));

  gtk_widget_set_child_visible (widget, width > 0);
  if (width > 0)
    gtk_widget_size_allocate (widget, &(GtkAllocation){ rtl ? all - x - width : x, 0, width, height }, -1);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RheoPlotHeader *header = RHEO_PLOT_HEADER (widget);
  int grip = header->movable ? GRIP : 0, menu = width_of (header->menu);
  int title = width_of (header->title), legend = width_of (header->legend);
  int subtitle = rheo_steady_text_get_need (RHEO_STEADY_TEXT (header->subtitle));
  int extra = header->extra != NULL && gtk_widget_get_visible (header->extra) ? width_of (header->extra) : 0;
  int x = START, room = MAX (width - x - extra - menu - 6, 1), left;

  title = MIN (title, room);
  left = room - title - SPACE;
  if (width < SMALL || header->n_entries == 0 || legend > left)
    legend = 0;
  left -= legend > 0 ? legend + SPACE : 0;
  if (width < SMALL * 0.88 || (subtitle > left && left < LEAST_SUBTITLE))
    subtitle = 0;
  /* With room for the next ones. */
  if (subtitle > 0)
    subtitle = MIN (MAX (subtitle, width_of (header->subtitle)), left);
  if (header->movable)
    place (header, header->grip, 0, grip, height);
  place (header, header->title, x, title, height);
  x += title + SPACE;
  place (header, header->legend, x, legend, height);
  x += legend > 0 ? legend + SPACE : 0;
  place (header, header->subtitle, x, subtitle, height);
  if (header->extra != NULL)
    place (header, header->extra, width - menu - extra - 4, extra, height);
  place (header, header->menu, width - menu - 4, menu, height);
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
    {
      int title, menu;

      gtk_widget_measure (header->title, GTK_ORIENTATION_VERTICAL, -1, NULL, &title, NULL, NULL);
      gtk_widget_measure (header->menu, GTK_ORIENTATION_VERTICAL, -1, NULL, &menu, NULL, NULL);
      *minimum = *natural = MAX (HEIGHT, MAX (title, menu) + 3);
    }
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
  header->legend = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  gtk_widget_set_parent (header->legend, GTK_WIDGET (header));
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
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw),
                           header->legend, G_CONNECT_SWAPPED);
}

GtkWidget *
rheo_plot_header_new (RheoPlotView *view)
{
  RheoPlotHeader *header = g_object_new (RHEO_TYPE_PLOT_HEADER, NULL);

  header->view = view;
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
