#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/steady-text.h"

#define SPARE 32 /* px that it keeps when the text needs less */

struct _RheoSteadyText
{
  GtkWidget parent_instance;
  GtkInscription *text;
  char *widest;   /* the room is that of this one */
  gboolean moved; /* out of a window */
};

G_DEFINE_FINAL_TYPE (RheoSteadyText, rheo_steady_text, GTK_TYPE_WIDGET)

static void
measure_text (RheoSteadyText *steady, const char *text, int *width, int *height)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (steady), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, width, height);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  RheoSteadyText *steady = RHEO_STEADY_TEXT (widget);
  int width, height, least;

  measure_text (steady, steady->widest, &width, &height);
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? width : height;
  if (orientation == GTK_ORIENTATION_VERTICAL
      || gtk_inscription_get_text_overflow (steady->text) == GTK_INSCRIPTION_OVERFLOW_CLIP)
    return;
  measure_text (steady, "…", &least, NULL);
  *minimum = MIN (least, width);
}

static void
dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_steady_text_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (RHEO_STEADY_TEXT (object)->widest);
  G_OBJECT_CLASS (rheo_steady_text_parent_class)->finalize (object);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_size_allocate (GTK_WIDGET (RHEO_STEADY_TEXT (widget)->text), &(GtkAllocation){ 0, 0, width, height }, -1);
}

static void
unroot (GtkWidget *widget)
{
  RHEO_STEADY_TEXT (widget)->moved = TRUE;
  GTK_WIDGET_CLASS (rheo_steady_text_parent_class)->unroot (widget);
}

/* What has left a window keeps the font that it had there, also in the next one: GTK gives it another context, and its
 * layout does not follow. */
static void
realize (GtkWidget *widget)
{
  RheoSteadyText *steady = RHEO_STEADY_TEXT (widget);
  GtkWidget *old = GTK_WIDGET (steady->text), *text;

  GTK_WIDGET_CLASS (rheo_steady_text_parent_class)->realize (widget);
  if (!steady->moved)
    return;
  steady->moved = FALSE;
  text = gtk_inscription_new (gtk_inscription_get_text (steady->text));
  gtk_inscription_set_xalign (GTK_INSCRIPTION (text), gtk_inscription_get_xalign (steady->text));
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text), gtk_inscription_get_text_overflow (steady->text));
  steady->text = GTK_INSCRIPTION (text);
  gtk_widget_unparent (old);
  gtk_widget_set_parent (text, widget);
}

static void
rheo_steady_text_class_init (RheoSteadyTextClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget->measure = measure;
  widget->size_allocate = size_allocate;
  widget->unroot = unroot;
  widget->realize = realize;
  gtk_widget_class_set_css_name (widget, "steadytext");
}

static void
rheo_steady_text_init (RheoSteadyText *steady)
{
  GtkWidget *text = gtk_inscription_new (NULL);

  steady->text = GTK_INSCRIPTION (text);
  steady->widest = g_strdup ("");
  gtk_widget_set_parent (text, GTK_WIDGET (steady));
  gtk_widget_add_css_class (GTK_WIDGET (steady), "tabular");
  /* As high as one line, so that no second one begins. */
  gtk_widget_set_valign (GTK_WIDGET (steady), GTK_ALIGN_CENTER);
}

GtkWidget *
rheo_steady_text_new (float xalign, GtkInscriptionOverflow overflow)
{
  RheoSteadyText *steady = g_object_new (RHEO_TYPE_STEADY_TEXT, NULL);

  gtk_inscription_set_xalign (steady->text, xalign);
  gtk_inscription_set_text_overflow (steady->text, overflow);
  return GTK_WIDGET (steady);
}

const char *
rheo_steady_text_get (RheoSteadyText *steady)
{
  const char *text = gtk_inscription_get_text (steady->text);

  return text != NULL ? text : "";
}

void
rheo_steady_text_set (RheoSteadyText *steady, const char *text)
{
  int room, need;

  if (g_str_equal (rheo_steady_text_get (steady), text))
    return;
  gtk_inscription_set_text (steady->text, text);
  measure_text (steady, steady->widest, &room, NULL);
  measure_text (steady, text, &need, NULL);
  if (need <= room && need + SPARE >= room && room > 0)
    return;
  g_free (steady->widest);
  steady->widest = g_strdup (text);
  gtk_widget_queue_resize (GTK_WIDGET (steady));
}

int
rheo_steady_text_get_need (RheoSteadyText *steady)
{
  int width;

  measure_text (steady, rheo_steady_text_get (steady), &width, NULL);
  return width;
}
