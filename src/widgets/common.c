#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/common.h"

#include <math.h>

GtkWidget *
rheo_text_button_new (const char *label, const char *icon)
{
  GtkWidget *button = gtk_button_new ();

  if (icon != NULL)
    {
      /* AdwButtonContent would name the button a second time: "Open… Open…". */
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

      gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
      gtk_box_append (GTK_BOX (box), gtk_label_new (label));
      gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
      gtk_button_set_child (GTK_BUTTON (button), box);
      gtk_widget_add_css_class (button, "image-text-button");
    }
  else
    gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return button;
}

/* Of the font with which the widths of the window were chosen, in points. */
#define FONT_SIZE 11

double
rheo_text_scale (void)
{
  g_autofree char *name = NULL;
  PangoFontDescription *font;
  int dpi = 0;
  double scale, size;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, "gtk-font-name", &name, NULL);
  scale = dpi > 0 ? dpi / 1024.0 / 96 : 1;
  font = pango_font_description_from_string (name != NULL ? name : "");
  size = pango_font_description_get_size (font) / (double) PANGO_SCALE;
  /* "Cantarell 22px" has its size whatever the resolution. */
  if (pango_font_description_get_size_is_absolute (font))
    size *= 72 / 96.0 / scale;
  pango_font_description_free (font);
  return MAX (size > 0 ? scale * size / FONT_SIZE : scale, 1);
}

void
rheo_text_scale_watch (gpointer object, GCallback changed)
{
  GtkSettings *settings = gtk_settings_get_default ();

  g_signal_connect_object (settings, "notify::gtk-xft-dpi", changed, object, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "notify::gtk-font-name", changed, object, G_CONNECT_SWAPPED);
}

static const char width_key[] = "rheo-text-width";

static void
follow_text (GtkColumnViewColumn *column)
{
  const int width = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (column), width_key));

  gtk_column_view_column_set_fixed_width (column, (int) ceil (width * rheo_text_scale ()));
}

void
rheo_column_set_text_width (GtkColumnViewColumn *column, int width)
{
  g_object_set_data (G_OBJECT (column), width_key, GINT_TO_POINTER (width));
  follow_text (column);
  rheo_text_scale_watch (column, G_CALLBACK (follow_text));
}

static const char height_key[] = "rheo-text-height";

static void
follow_text_up (GtkWidget *widget)
{
  const int across = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (widget), width_key));
  const int up = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (widget), height_key));
  int width, height;

  gtk_widget_get_size_request (widget, &width, &height);
  gtk_widget_set_size_request (widget, across > 0 ? (int) ceil (across * rheo_text_scale ()) : width,
                               up > 0 ? (int) ceil (up * rheo_text_scale ()) : height);
}

static void
set_text_size (GtkWidget *widget, const char *key, int size)
{
  const gboolean first = g_object_get_data (G_OBJECT (widget), width_key) == NULL
                         && g_object_get_data (G_OBJECT (widget), height_key) == NULL;

  g_object_set_data (G_OBJECT (widget), key, GINT_TO_POINTER (size));
  follow_text_up (widget);
  if (first)
    rheo_text_scale_watch (widget, G_CALLBACK (follow_text_up));
}

void
rheo_widget_set_text_height (GtkWidget *widget, int height)
{
  set_text_size (widget, height_key, height);
}

void
rheo_widget_set_text_width (GtkWidget *widget, int width)
{
  set_text_size (widget, width_key, width);
}

void
rheo_label_hold_numbers (GtkLabel *label)
{
  gtk_widget_set_direction (GTK_WIDGET (label), GTK_TEXT_DIR_LTR);
  gtk_label_set_xalign (label, gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL ? 0 : 1);
}

void
rheo_column_view_end_title (GtkColumnView *view)
{
  const gboolean mirrored = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL;
  GtkWidget *title = gtk_widget_get_last_child (gtk_widget_get_first_child (GTK_WIDGET (view)));
  GtkWidget *words = gtk_widget_get_first_child (title);

  /* GTK has no word for it. In a narrow column it is the room of the arrow behind the words that is cut, not the words. */
  gtk_widget_set_direction (words, GTK_TEXT_DIR_LTR);
  gtk_widget_set_halign (words, mirrored ? GTK_ALIGN_START : GTK_ALIGN_END);
}

static const char end_key[] = "rheo-scroll-end";

static gboolean
go_to_start (gpointer adjustment)
{
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  return G_SOURCE_REMOVE;
}

static void
stay_at_start (GtkAdjustment *adjustment)
{
  const int before = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (adjustment), end_key));
  const int end = (int) (gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment));

  g_object_set_data (G_OBJECT (adjustment), end_key, GINT_TO_POINTER (end));
  /* Whoever changes an adjustment sets its value once more. */
  if (end != before && gtk_adjustment_get_value (adjustment) >= before)
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, go_to_start, g_object_ref (adjustment), g_object_unref);
}

void
rheo_scroll_from_start (GtkScrolledWindow *scroll)
{
  if (gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL)
    g_signal_connect (gtk_scrolled_window_get_hadjustment (scroll), "changed", G_CALLBACK (stay_at_start), NULL);
}

void
rheo_window_stand_beside (GtkWindow *window, GtkWidget *of)
{
  GtkRoot *root = of != NULL ? gtk_widget_get_root (of) : NULL;

  if (!GTK_IS_WINDOW (root))
    return;
  gtk_window_set_transient_for (window, GTK_WINDOW (root));
  gtk_window_set_destroy_with_parent (window, TRUE);
  gtk_window_set_application (window, gtk_window_get_application (GTK_WINDOW (root)));
}

GtkListBoxRow *
rheo_list_box_get_first_shown (GtkListBox *box)
{
  GtkListBoxRow *row;
  int i = 0;

  while ((row = gtk_list_box_get_row_at_index (box, i)) != NULL && !gtk_widget_get_child_visible (GTK_WIDGET (row)))
    i++;
  return row;
}

void
rheo_popover_point_at (GtkWidget *popover, double x, double y)
{
  GtkWidget *owner = gtk_widget_get_parent (popover), *root = GTK_WIDGET (gtk_widget_get_root (owner));
  double left, top;

  if (gtk_widget_translate_coordinates (owner, root, x, y, &left, &top))
    {
      x += CLAMP (left, 0, gtk_widget_get_width (root) - 1) - left;
      y += CLAMP (top, 0, gtk_widget_get_height (root) - 1) - top;
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
}

/* What had the focus, without holding it. */
static void
note_focus (GtkWidget *popover)
{
  GWeakRef *before = g_object_get_data (G_OBJECT (popover), "focus-before");
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (popover));

  if (focus == NULL || !gtk_widget_is_ancestor (focus, popover))
    g_weak_ref_set (before, focus);
}

static void
return_focus (GtkWidget *popover, GtkWidget *home)
{
  GtkRoot *root = gtk_widget_get_root (popover);
  GtkWidget *now = root != NULL ? gtk_root_get_focus (root) : NULL;
  g_autoptr (GtkWidget) before = g_weak_ref_get (g_object_get_data (G_OBJECT (popover), "focus-before"));

  /* What was done in it may have taken the focus elsewhere. */
  if (root == NULL || (now != NULL && !gtk_widget_is_ancestor (now, popover)))
    return;
  if (before == NULL || !gtk_widget_get_mapped (before) || !gtk_widget_grab_focus (before))
    gtk_widget_grab_focus (home);
}

static void
free_weak_ref (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

void
rheo_popover_return_focus (GtkWidget *popover, GtkWidget *home)
{
  GWeakRef *before = g_new0 (GWeakRef, 1);

  g_weak_ref_init (before, NULL);
  g_object_set_data_full (G_OBJECT (popover), "focus-before", before, free_weak_ref);
  g_signal_connect (popover, "map", G_CALLBACK (note_focus), NULL);
  g_signal_connect_object (popover, "closed", G_CALLBACK (return_focus), home, 0);
}

static void
keep_rows (GtkWidget *widget)
{
  if (GTK_IS_TREE_VIEW (widget))
    gtk_tree_view_unset_rows_drag_source (GTK_TREE_VIEW (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    keep_rows (child);
}

static GtkNativeDialog *last_chooser;

static void
forget_chooser (void)
{
  g_clear_object (&last_chooser);
}

/* Until the next one is shown, or what it stands before is gone. */
static void
keep_chooser (GtkNativeDialog *chooser)
{
  GtkWindow *parent = gtk_native_dialog_get_transient_for (chooser);

  g_set_object (&last_chooser, chooser);
  if (parent == NULL)
    return;
  g_signal_handlers_disconnect_by_func (parent, forget_chooser, NULL);
  g_signal_connect (parent, "destroy", G_CALLBACK (forget_chooser), NULL);
}

void
rheo_chooser_show (GtkFileChooserNative *chooser)
{
  GListModel *all = gtk_window_get_toplevels ();

  keep_chooser (GTK_NATIVE_DIALOG (chooser));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
  /* That of the desktop, where there is one, is not ours and not in the list. */
  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (all, i);

      if (GTK_IS_FILE_CHOOSER_DIALOG (window))
        keep_rows (window);
    }
}
