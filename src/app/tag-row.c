#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/tag-row.h"

#include <glib/gi18n-lib.h>

#include "widgets/wrap-row.h"

struct _RheoTagRow
{
  GtkWidget parent_instance;
  GtkWidget *flow, *more, *popover, *entry;
  char **shown;
};

G_DEFINE_FINAL_TYPE (RheoTagRow, rheo_tag_row, GTK_TYPE_WIDGET)

enum
{
  ADD,
  REMOVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
on_remove (GtkWidget *button, RheoTagRow *row)
{
  g_autofree char *tag = g_strdup (g_object_get_data (G_OBJECT (button), "tag"));

  g_signal_emit (row, signals[REMOVE], 0, tag);
}

static GtkWidget *
new_tag (RheoTagRow *row, const char *tag)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *label = gtk_label_new (tag);
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *name = g_strdup_printf (_ ("Remove tag %s"), tag);

  gtk_widget_add_css_class (box, "tag");
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_add_css_class (remove, "circular");
  gtk_widget_set_tooltip_text (remove, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (remove), "tag", g_strdup (tag), g_free);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (on_remove), row, 0);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), remove);
  return box;
}

void
rheo_tag_row_set_tags (RheoTagRow *row, const char *const *tags)
{
  GtkWidget *child;

  /* What did not change keeps the focus. */
  if (row->shown != NULL && g_strv_equal ((const char *const *) row->shown, tags))
    return;
  g_strfreev (row->shown);
  row->shown = g_strdupv ((char **) tags);
  while ((child = gtk_widget_get_first_child (row->flow)) != row->more)
    gtk_widget_unparent (child);
  for (int i = 0; tags[i] != NULL; i++)
    if (!g_str_equal (tags[i], "star"))
      rheo_wrap_row_insert_before (RHEO_WRAP_ROW (row->flow), new_tag (row, tags[i]), row->more);
}

static void
on_add (RheoTagRow *row)
{
  g_autofree char *tag = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row->entry))));

  g_strdelimit (tag, ",", ' ');
  gtk_popover_popdown (GTK_POPOVER (row->popover));
  gtk_editable_set_text (GTK_EDITABLE (row->entry), "");
  if (*tag != '\0')
    g_signal_emit (row, signals[ADD], 0, tag);
}

static void
dispose (GObject *object)
{
  g_clear_pointer (&RHEO_TAG_ROW (object)->flow, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_tag_row_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_strfreev (RHEO_TAG_ROW (object)->shown);
  G_OBJECT_CLASS (rheo_tag_row_parent_class)->finalize (object);
}

static void
rheo_tag_row_class_init (RheoTagRowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  signals[ADD] = g_signal_new ("add", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                               G_TYPE_STRING);
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rheo_tag_row_init (RheoTagRow *row)
{
  GtkWidget *more = gtk_menu_button_new ();

  row->more = more;
  row->flow = rheo_wrap_row_new (6);
  row->entry = gtk_entry_new ();
  g_object_set (row->entry, "placeholder-text", _ ("A word"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("New tag"), -1);
  g_signal_connect_object (row->entry, "activate", G_CALLBACK (on_add), row, G_CONNECT_SWAPPED);
  row->popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (row->popover), row->entry);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (more), _ ("Add tag"));
  gtk_menu_button_set_always_show_arrow (GTK_MENU_BUTTON (more), FALSE);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (more), row->popover);
  gtk_widget_add_css_class (more, "tag-add");
  gtk_accessible_update_property (GTK_ACCESSIBLE (more), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Add tag"), -1);
  rheo_wrap_row_insert_before (RHEO_WRAP_ROW (row->flow), more, NULL);
  gtk_widget_set_parent (row->flow, GTK_WIDGET (row));
}

GtkWidget *
rheo_tag_row_new (void)
{
  return g_object_new (RHEO_TYPE_TAG_ROW, NULL);
}
