#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-legend.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "plot/plot-kind.h"
#include "widgets/wrap-row.h"

#define SPACE 2
#define MOST_ROWS 3 /* the menu has them all */

struct _RheoPlotLegend
{
  GtkWidget parent_instance;
  RheoPlotView *view;
  RheoPlotEntry entry[RHEO_PLOT_MAX_ENTRIES]; /* as shown */
  int n_entries;
};

G_DEFINE_FINAL_TYPE (RheoPlotLegend, rheo_plot_legend, GTK_TYPE_WIDGET)

/* --- entries ------------------------------------------------------------------------------------------------------- */
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
on_entry (GtkButton *button, RheoPlotLegend *legend)
{
  const RheoPlotEntry *entry = g_object_get_data (G_OBJECT (button), "entry");

  rheo_plot_view_toggle_entry (legend->view, entry->entry);
}

static void
add_entry (RheoPlotLegend *legend, RheoPlotEntry *entry)
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
  g_signal_connect (button, "clicked", G_CALLBACK (on_entry), legend);
  gtk_widget_set_parent (button, GTK_WIDGET (legend));
}

static gboolean
same_entries (const RheoPlotLegend *legend, const RheoPlotEntry *entries, int n)
{
  gboolean same = n == legend->n_entries;

  for (int i = 0; i < n && same; i++)
    same = strcmp (entries[i].label, legend->entry[i].label) == 0 && entries[i].style == legend->entry[i].style
           && entries[i].symbol == legend->entry[i].symbol && entries[i].hidden == legend->entry[i].hidden;
  return same;
}

void
rheo_plot_legend_follow (RheoPlotLegend *legend)
{
  GtkWidget *child;
  int n;
  const RheoPlotEntry *entries = rheo_plot_view_get_entries (legend->view, &n);

  if (same_entries (legend, entries, n))
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (legend))) != NULL)
    gtk_widget_unparent (child);
  for (int i = 0; i < n; i++)
    {
      legend->entry[i] = entries[i];
      legend->entry[i].dull = FALSE;
      add_entry (legend, &legend->entry[i]);
    }
  legend->n_entries = n;
}

int
rheo_plot_legend_get_n_entries (RheoPlotLegend *legend)
{
  return legend->n_entries;
}

/* --- rows ----------------------------------------------------------------------------------------------------------- */
static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  rheo_wrap_measure (widget, SPACE, 0, MOST_ROWS, orientation, for_size, minimum, natural);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  const int need = rheo_wrap_lay_out (widget, SPACE, 0, MOST_ROWS, width, 0, FALSE);

  rheo_wrap_lay_out (widget, SPACE, 0, MOST_ROWS, width, MAX (height - need, 0) / 2, TRUE);
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* --- life ------------------------------------------------------------------------------------------------------------ */
static void
dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_plot_legend_parent_class)->dispose (object);
}

static void
rheo_plot_legend_class_init (RheoPlotLegendClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  widget_class->get_request_mode = get_request_mode;
}

static void
rheo_plot_legend_init (RheoPlotLegend *legend)
{
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), legend,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
rheo_plot_legend_new (RheoPlotView *view)
{
  RheoPlotLegend *legend = g_object_new (RHEO_TYPE_PLOT_LEGEND, NULL);

  legend->view = view;
  return GTK_WIDGET (legend);
}
