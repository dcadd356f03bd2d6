#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-options.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "widgets/plot-view-private.h"

#define RHEO_TYPE_PLOT_OPTIONS (rheo_plot_options_get_type ())
G_DECLARE_FINAL_TYPE (RheoPlotOptions, rheo_plot_options, RHEO, PLOT_OPTIONS, AdwWindow)

struct _RheoPlotOptions
{
  AdwWindow parent_instance;
  RheoPlotView *view;    /* borrowed: it closes the window when it goes */
  const RheoParam *rows; /* of the kind that the window was opened for */
  void *values;          /* as they hold now */
  GPtrArray *widgets;    /* one for each row */
  GtkWidget *page, *reset;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (RheoPlotOptions, rheo_plot_options, ADW_TYPE_WINDOW)

/* --- values ------------------------------------------------------------------------------------------------------- */
static void
read_values (RheoPlotOptions *window)
{
  const RheoPlotView *view = window->view;
  GHashTableIter iter;
  gpointer key, text;

  memcpy (window->values, view->base->values, view->base->kind->base.config_size);
  g_hash_table_iter_init (&iter, view->options);
  while (g_hash_table_iter_next (&iter, &key, &text))
    {
      void *at;
      const RheoParam *row = rheo_params_find (window->rows, window->values, key, NULL, &at, NULL);

      if (row != NULL)
        rheo_param_set_text (row, at, text, key, NULL);
    }
}

static GtkWidget *
editor_of (RheoPlotOptions *window, int i)
{
  return g_ptr_array_index (window->widgets, i);
}

static void
fill (RheoPlotOptions *window)
{
  window->filling = TRUE;
  read_values (window);
  for (int i = 0; window->rows[i].key != NULL; i++)
    {
      const RheoParam *row = &window->rows[i];
      GtkWidget *widget = editor_of (window, i);
      g_autofree char *text = rheo_param_dup_text (row, window->values);

      gtk_widget_set_visible (widget, rheo_param_active (window->rows, row, window->values));
      if (row->type == RHEO_BOOL)
        gtk_switch_set_active (GTK_SWITCH (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (widget))),
                               strcmp (text, "true") == 0);
      else if (row->type == RHEO_CHOICE)
        {
          for (guint k = 0; row->choices[k] != NULL; k++)
            if (strcmp (row->choices[k], text) == 0)
              adw_combo_row_set_selected (ADW_COMBO_ROW (widget), k);
        }
      else if (strcmp (text, gtk_editable_get_text (GTK_EDITABLE (widget))) != 0)
        gtk_editable_set_text (GTK_EDITABLE (widget), text);
    }
  gtk_widget_set_sensitive (window->reset, g_hash_table_size (window->view->options) > 0);
  window->filling = FALSE;
}

static void
set (RheoPlotOptions *window, GtkWidget *widget, const char *text)
{
  const RheoParam *row = g_object_get_data (G_OBJECT (widget), "row");
  g_autoptr (GError) error = NULL;

  if (window->filling)
    return;
  if (rheo_plot_view_set_option (window->view, row->key, text, &error))
    {
      gtk_widget_remove_css_class (widget, "error");
      gtk_widget_set_tooltip_text (widget, _ (row->help));
      fill (window);
    }
  else
    {
      gtk_widget_add_css_class (widget, "error");
      gtk_widget_set_tooltip_text (widget, error->message);
      gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE,
                                   -1);
    }
}

static void
on_switch (GObject *button, GParamSpec *pspec, RheoPlotOptions *window)
{
  set (window, g_object_get_data (button, "editor"), gtk_switch_get_active (GTK_SWITCH (button)) ? "true" : "false");
}

static void
on_choice (GObject *combo, GParamSpec *pspec, RheoPlotOptions *window)
{
  const RheoParam *row = g_object_get_data (combo, "row");

  set (window, GTK_WIDGET (combo), row->choices[adw_combo_row_get_selected (ADW_COMBO_ROW (combo))]);
}

static void
on_apply (GtkWidget *entry, RheoPlotOptions *window)
{
  set (window, entry, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
on_reset (GtkWidget *button, RheoPlotOptions *window)
{
  rheo_plot_view_set_options (window->view, "");
  fill (window);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */
static GtkWidget *
make_editor (RheoPlotOptions *window, const RheoParam *row)
{
  g_autofree char *range = rheo_param_dup_range (row);
  g_autofree char *title = row->unit != NULL && *row->unit != '\0'
                               ? g_strdup_printf ("%s (%s)", _ (row->label), row->unit)
                               : g_strdup (_ (row->label));
  GtkWidget *widget;

  if (row->type == RHEO_BOOL)
    {
      GtkWidget *button = gtk_switch_new ();

      widget = adw_action_row_new ();
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      adw_action_row_add_suffix (ADW_ACTION_ROW (widget), button);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (widget), button);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), _ (row->help));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
      g_object_set_data (G_OBJECT (button), "editor", widget);
      g_signal_connect (button, "notify::active", G_CALLBACK (on_switch), window);
    }
  else if (row->type == RHEO_CHOICE)
    {
      widget = adw_combo_row_new ();
      adw_combo_row_set_model (ADW_COMBO_ROW (widget),
                               G_LIST_MODEL (gtk_string_list_new ((const char *const *) row->choices)));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), _ (row->help));
      g_signal_connect (widget, "notify::selected", G_CALLBACK (on_choice), window);
    }
  else
    {
      widget = adw_entry_row_new ();
      adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (widget), TRUE);
      g_signal_connect (widget, "apply", G_CALLBACK (on_apply), window);
    }
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (widget), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), title);
  gtk_widget_set_tooltip_text (widget, _ (row->help));
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, range, -1);
  g_object_set_data (G_OBJECT (widget), "row", (gpointer) row);
  return widget;
}

static void
add_rows (RheoPlotOptions *window)
{
  GtkWidget *plain = adw_preferences_group_new (), *advanced = NULL;

  adw_preferences_page_add (ADW_PREFERENCES_PAGE (window->page), ADW_PREFERENCES_GROUP (plain));
  for (const RheoParam *row = window->rows; row->key != NULL; row++)
    {
      GtkWidget *widget = make_editor (window, row);

      g_ptr_array_add (window->widgets, widget);
      if (row->flags & RHEO_ADVANCED)
        {
          if (advanced == NULL)
            {
              advanced = adw_preferences_group_new ();
              adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (advanced), _ ("Advanced"));
              adw_preferences_page_add (ADW_PREFERENCES_PAGE (window->page), ADW_PREFERENCES_GROUP (advanced));
            }
          adw_preferences_group_add (ADW_PREFERENCES_GROUP (advanced), widget);
        }
      else
        adw_preferences_group_add (ADW_PREFERENCES_GROUP (plain), widget);
    }
}

/* Another kind of plot has other parameters. */
static void
on_shown (RheoPlotOptions *window)
{
  if (window->view->base == NULL || window->view->base->kind == NULL
      || window->view->base->kind->base.params != window->rows)
    gtk_window_close (GTK_WINDOW (window));
}

static gboolean
close_by_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

static void
finalize (GObject *object)
{
  RheoPlotOptions *window = RHEO_PLOT_OPTIONS (object);

  g_free (window->values);
  g_ptr_array_unref (window->widgets);
  G_OBJECT_CLASS (rheo_plot_options_parent_class)->finalize (object);
}

static void
rheo_plot_options_class_init (RheoPlotOptionsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
}

static void
rheo_plot_options_init (RheoPlotOptions *window)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 480, 560);
  window->widgets = g_ptr_array_new ();
  window->page = adw_preferences_page_new ();
  window->reset = gtk_button_new_with_label (C_ ("verb", "Reset"));
  gtk_widget_set_tooltip_text (window->reset, _ ("All options as the plot came with them"));
  g_signal_connect (window->reset, "clicked", G_CALLBACK (on_reset), window);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), window->reset);
  gtk_widget_set_vexpand (window->page, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), window->page);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (close_by_key, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (window), keys);
}

GtkWidget *
rheo_plot_options_new (RheoPlotView *view)
{
  RheoPlotOptions *window = g_object_new (RHEO_TYPE_PLOT_OPTIONS, NULL);
  const char *name = view->name != NULL ? view->name : view->base->title;
  g_autofree char *title = name != NULL ? g_strdup_printf (_ ("Options of %s"), name) : g_strdup (_ ("Options"));

  window->view = view;
  window->rows = view->base->kind->base.params;
  window->values = g_malloc0 (view->base->kind->base.config_size);
  gtk_window_set_title (GTK_WINDOW (window), title);
  add_rows (window);
  fill (window);
  g_signal_connect_object (view, "shown", G_CALLBACK (on_shown), window, G_CONNECT_SWAPPED);
  return GTK_WIDGET (window);
}
