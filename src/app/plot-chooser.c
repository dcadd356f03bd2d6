#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/plot-chooser.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "widgets/common.h"

typedef struct
{
  GtkWidget *window, *kinds, *list, *button, *hint;
  const RheoPlotSource *source;
  RheoTable *streams;
  GPtrArray *offered; /* const RheoPlotKind */
  RheoPlotChosen chosen;
  GObject *data;
} Chooser;

static void
free_chooser (gpointer data)
{
  Chooser *chooser = data;

  g_clear_pointer (&chooser->streams, rheo_table_unref);
  g_ptr_array_unref (chooser->offered);
  g_object_unref (chooser->data);
  g_free (chooser);
}

/* --- what fits ------------------------------------------------------------------------------------------------- */

/* The first role that takes a column with these axes, or NULL. */
static const char *
find_role (const RheoPlotKind *kind, const char *axes)
{
  for (const RheoPlotRole *role = kind->roles; role->key != NULL; role++)
    {
      g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (kind);
      g_autoptr (RheoTable) table = rheo_table_new ("");
      int64_t dims[RHEO_MAX_DIMS] = { 1, 1, 1, 1 };

      /* What comes along by itself, and what is left to experts. */
      if (role->from == NULL && !role->required)
        continue;
      rheo_table_add (table, "x", "", "", axes, RHEO_F64, dims);
      if (rheo_plot_bind (spec, role->key, table, "x", NULL, NULL))
        return role->key;
    }
  return NULL;
}

static const RheoPlotKind *
get_kind (Chooser *chooser)
{
  guint i = gtk_drop_down_get_selected (GTK_DROP_DOWN (chooser->kinds));

  return i < chooser->offered->len ? chooser->offered->pdata[i] : NULL;
}

static void
update_button (Chooser *chooser)
{
  gboolean any = FALSE;

  for (GtkWidget *row = gtk_widget_get_first_child (chooser->list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (GTK_IS_CHECK_BUTTON (row))
      any = any || gtk_check_button_get_active (GTK_CHECK_BUTTON (row));
  gtk_widget_set_sensitive (chooser->button, any);
  gtk_widget_set_tooltip_text (chooser->button, any ? NULL : _ ("Tick what it shows"));
}

static void
add_row (Chooser *chooser, const char *name, const char *label, const char *axes, gboolean active)
{
  const RheoPlotKind *kind = get_kind (chooser);
  const char *role = find_role (kind, axes);
  GtkWidget *check;
  g_autofree char *text = NULL;

  if (role == NULL)
    return;
  text = g_strdup_printf ("%s (%s)", label, name);
  check = gtk_check_button_new_with_label (text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), active);
  g_object_set_data_full (G_OBJECT (check), "series", g_strdup_printf ("%s=%s", role, name), g_free);
  g_signal_connect_swapped (check, "toggled", G_CALLBACK (update_button), chooser);
  gtk_box_append (GTK_BOX (chooser->list), check);
}

static void
add_metrics (Chooser *chooser, const char *const *own)
{
  g_autoptr (RheoTable) list = chooser->source->list (chooser->source->data, NULL);
  const RheoColumn *names = list != NULL ? rheo_table_find (list, "series") : NULL;

  for (int64_t i = 0; names != NULL && i < rheo_column_get_length (names); i++)
    {
      const char *name = rheo_column_get_string (names, i), *key;
      g_autoptr (RheoTable) table = chooser->source->read (chooser->source->data, name, -1, &key, NULL);
      const RheoColumn *column = table != NULL ? rheo_table_find (table, key) : NULL;

      if (column != NULL && rheo_table_find (table, "iteration") != NULL)
        add_row (chooser, name, column->label, column->axes, g_strv_contains (own, name));
    }
}

static void
fill_list (Chooser *chooser)
{
  const RheoPlotKind *kind = get_kind (chooser);
  const RheoColumn *names = chooser->streams != NULL ? rheo_table_find (chooser->streams, "stream") : NULL;
  g_auto (GStrv) own = kind != NULL ? rheo_plot_dup_names (kind, chooser->source, NULL) : NULL;
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (chooser->list)) != NULL)
    gtk_box_remove (GTK_BOX (chooser->list), row);
  if (kind == NULL)
    return;
  add_metrics (chooser, (const char *const *) own);
  for (int64_t i = 0; names != NULL && i < rheo_column_get_length (names); i++)
    {
      const char *name = rheo_column_get_string (names, i);
      const char *axes = rheo_column_get_string (rheo_table_find (chooser->streams, "axes"), i);

      if (axes[0] != '\0')
        add_row (chooser, name, rheo_column_get_string (rheo_table_find (chooser->streams, "label"), i), axes,
                 g_strv_contains ((const char *const *) own, name));
    }
  gtk_widget_set_visible (chooser->hint, gtk_widget_get_first_child (chooser->list) == NULL);
  update_button (chooser);
}

/* --- the window ------------------------------------------------------------------------------------------------- */

static void
finish (Chooser *chooser)
{
  g_autoptr (GStrvBuilder) from = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;

  for (GtkWidget *row = gtk_widget_get_first_child (chooser->list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (gtk_check_button_get_active (GTK_CHECK_BUTTON (row)))
      g_strv_builder_add (from, g_object_get_data (G_OBJECT (row), "series"));
  names = g_strv_builder_end (from);
  chooser->chosen (get_kind (chooser)->base.id, (const char *const *) names, chooser->data);
  gtk_window_close (GTK_WINDOW (chooser->window));
}

/* Kinds for which the run has something. */
static GtkStringList *
offer_kinds (Chooser *chooser)
{
  GtkStringList *titles = gtk_string_list_new (NULL);
  const RheoComponent *const *all = rheo_plot_kinds ();

  for (int i = 0; all[i] != NULL; i++)
    {
      const RheoPlotKind *kind = (const RheoPlotKind *) all[i];
      g_auto (GStrv) names = rheo_plot_dup_names (kind, chooser->source, NULL);

      if (names[0] == NULL)
        continue;
      g_ptr_array_add (chooser->offered, (gpointer) kind);
      gtk_string_list_append (titles, _ (kind->base.title));
    }
  return titles;
}

static GtkWidget *
make_body (Chooser *chooser)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *scrolled = gtk_scrolled_window_new ();

  chooser->kinds = gtk_drop_down_new (G_LIST_MODEL (offer_kinds (chooser)), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chooser->kinds), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Kind of plot"),
                                  -1);
  chooser->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  chooser->hint = gtk_label_new (_ ("The run gives nothing that this plot can show."));
  gtk_widget_add_css_class (chooser->hint, "dim-label");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), chooser->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), chooser->kinds);
  gtk_box_append (GTK_BOX (box), chooser->hint);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 12);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  return box;
}

static gboolean
close_window (GtkWidget *widget, GVariant *args, gpointer data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

void
rheo_plot_chooser_show (GtkWidget *parent, const char *title, const char *button, const RheoPlotSource *source,
                        RheoTable *streams, RheoPlotChosen chosen, GObject *data)
{
  Chooser *chooser = g_new0 (Chooser, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  chooser->source = source;
  chooser->streams = streams != NULL ? rheo_table_ref (streams) : NULL;
  chooser->offered = g_ptr_array_new ();
  chooser->chosen = chosen;
  chooser->data = g_object_ref (data);
  chooser->window = adw_window_new ();
  g_object_set_data_full (G_OBJECT (chooser->window), "chooser", chooser, free_chooser);
  chooser->button = gtk_button_new_with_label (button);
  gtk_widget_add_css_class (chooser->button, "suggested-action");
  gtk_accessible_update_property (GTK_ACCESSIBLE (chooser->button), GTK_ACCESSIBLE_PROPERTY_LABEL, button, -1);
  g_signal_connect_swapped (chooser->button, "clicked", G_CALLBACK (finish), chooser);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), chooser->button);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), make_body (chooser));
  adw_window_set_content (ADW_WINDOW (chooser->window), box);
  gtk_window_set_title (GTK_WINDOW (chooser->window), title);
  gtk_window_set_default_size (GTK_WINDOW (chooser->window), 440, 480);
  rheo_window_stand_beside (GTK_WINDOW (chooser->window), parent);
  gtk_window_set_modal (GTK_WINDOW (chooser->window), TRUE);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (close_window, NULL, NULL)));
  gtk_widget_add_controller (chooser->window, keys);
  g_signal_connect_swapped (chooser->kinds, "notify::selected", G_CALLBACK (fill_list), chooser);
  fill_list (chooser);
  gtk_window_present (GTK_WINDOW (chooser->window));
}
