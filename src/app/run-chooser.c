#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-chooser.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/run-text.h"
#include "widgets/common.h"

struct _RheoRunChooser
{
  AdwBin parent_instance;
  RheoContext *context;
  GtkWidget *button, *title, *file, *popover, *search, *list;
  char *path;
};

G_DEFINE_FINAL_TYPE (RheoRunChooser, rheo_run_chooser, ADW_TYPE_BIN)

static guint chosen_signal;

static GtkWidget *
new_label (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

static void
add_row (RheoRunChooser *chooser, const char *path, const char *title, const char *note)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *below = new_label (note, "caption");
  g_autofree char *words = g_strjoin ("\n", title, note, NULL);

  gtk_widget_add_css_class (below, "dim-label");
  gtk_box_append (GTK_BOX (box), new_label (title, NULL));
  gtk_box_append (GTK_BOX (box), below);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_add_css_class (row, "picker-row");
  g_object_set_data_full (G_OBJECT (row), "path", g_strdup (path), g_free);
  g_object_set_data_full (G_OBJECT (row), "words", g_utf8_casefold (words, -1), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, note, -1);
  gtk_list_box_append (GTK_LIST_BOX (chooser->list), row);
  if (g_strcmp0 (path, chooser->path) == 0)
    gtk_list_box_select_row (GTK_LIST_BOX (chooser->list), GTK_LIST_BOX_ROW (row));
}

/* Rows are made when the list is opened. */
static void
fill (RheoRunChooser *chooser)
{
  const char *live = rheo_session_get_path (chooser->context->session);
  const RheoExperiment *experiment = rheo_session_get_experiment (chooser->context->session);
  GListModel *library = G_LIST_MODEL (chooser->context->library);
  GtkListBoxRow *row;

  gtk_editable_set_text (GTK_EDITABLE (chooser->search), "");
  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (chooser->list), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (chooser->list), GTK_WIDGET (row));
  if (live != NULL && experiment != NULL)
    {
      g_autofree char *stem = rheo_run_dup_stem (live), *note = g_strdup_printf (_ ("%s · in Live"), stem);

      add_row (chooser, live, rheo_experiment_get_shown_title (experiment), note);
    }
  for (guint i = 0; i < g_list_model_get_n_items (library); i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (library, i);
      const RheoRunFacts *facts = rheo_run_item_get_facts (item);
      g_autofree char *iterations = rheo_run_dup_iterations (facts);
      g_autofree char *note = g_strdup_printf ("%s · %s %s", facts->name, facts->unit, iterations);

      if (facts->state != RHEO_ITEM_BROKEN && facts->state != RHEO_ITEM_READING && g_strcmp0 (facts->path, live) != 0)
        add_row (chooser, facts->path, *facts->title != '\0' ? facts->title : facts->name, note);
    }
}

static gboolean
is_shown (GtkListBoxRow *row, gpointer data)
{
  RheoRunChooser *chooser = data;
  g_autofree char *word = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (chooser->search)), -1);

  return strstr (g_object_get_data (G_OBJECT (row), "words"), word) != NULL;
}

static void
on_row (GtkListBox *box, GtkListBoxRow *row, RheoRunChooser *chooser)
{
  g_autofree char *path = g_strdup (g_object_get_data (G_OBJECT (row), "path"));

  gtk_popover_popdown (GTK_POPOVER (chooser->popover));
  g_signal_emit (chooser, chosen_signal, 0, path);
}

static void
on_search (RheoRunChooser *chooser)
{
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (chooser->list));
}

static void
on_enter (RheoRunChooser *chooser)
{
  GtkListBoxRow *row = rheo_list_box_get_first_shown (GTK_LIST_BOX (chooser->list));

  if (row != NULL)
    on_row (GTK_LIST_BOX (chooser->list), row, chooser);
}

void
rheo_run_chooser_set_current (RheoRunChooser *chooser, const char *path, const RheoExperiment *experiment)
{
  g_autofree char *stem = path != NULL ? rheo_run_dup_stem (path) : NULL, *base = NULL, *name = NULL;
  const char *title = experiment != NULL ? rheo_experiment_get_shown_title (experiment) : "";

  g_free (chooser->path);
  chooser->path = g_strdup (path);
  base = path != NULL ? g_path_get_basename (path) : g_strdup ("");
  if (*title == '\0')
    title = stem != NULL ? stem : _ ("Choose a run");
  gtk_label_set_text (GTK_LABEL (chooser->title), title);
  gtk_label_set_text (GTK_LABEL (chooser->file), base);
  gtk_widget_set_tooltip_text (chooser->button, path != NULL ? path : _ ("Choose a run"));
  name = g_strdup_printf (_ ("Run: %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chooser->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
finalize (GObject *object)
{
  g_free (RHEO_RUN_CHOOSER (object)->path);
  G_OBJECT_CLASS (rheo_run_chooser_parent_class)->finalize (object);
}

static void
rheo_run_chooser_class_init (RheoRunChooserClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rheo_run_chooser_init (RheoRunChooser *chooser)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *scroll = gtk_scrolled_window_new ();
  GtkWidget *nothing = new_label (_ ("No runs match"), "dim-label"),
            *open = gtk_button_new_with_label (_ ("Open file…"));

  chooser->button = gtk_menu_button_new ();
  chooser->title = new_label (NULL, "heading");
  chooser->file = new_label (NULL, "caption");
  gtk_widget_add_css_class (chooser->file, "dim-label");
  gtk_label_set_max_width_chars (GTK_LABEL (chooser->title), 22);
  gtk_label_set_max_width_chars (GTK_LABEL (chooser->file), 24);
  gtk_box_append (GTK_BOX (words), chooser->title);
  gtk_box_append (GTK_BOX (words), chooser->file);
  gtk_box_append (GTK_BOX (line), words);
  gtk_box_append (GTK_BOX (line), gtk_image_new_from_icon_name ("pan-down-symbolic"));
  gtk_menu_button_set_child (GTK_MENU_BUTTON (chooser->button), line);
  gtk_widget_add_css_class (chooser->button, "flat");
  gtk_widget_set_valign (chooser->button, GTK_ALIGN_CENTER);
  chooser->search = gtk_search_entry_new ();
  g_object_set (chooser->search, "placeholder-text", _ ("Search runs"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chooser->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search runs"),
                                  -1);
  chooser->list = gtk_list_box_new ();
  gtk_widget_set_margin_top (nothing, 12);
  gtk_widget_set_margin_bottom (nothing, 12);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (chooser->list), nothing);
  gtk_list_box_set_filter_func (GTK_LIST_BOX (chooser->list), is_shown, chooser, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chooser->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Runs"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroll), 360);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), chooser->list);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (open), "win.open-file");
  gtk_accessible_update_property (GTK_ACCESSIBLE (open), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Open file…"), -1);
  gtk_box_append (GTK_BOX (box), chooser->search);
  gtk_box_append (GTK_BOX (box), scroll);
  gtk_box_append (GTK_BOX (box), open);
  gtk_widget_set_size_request (box, 320, -1);
  chooser->popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (chooser->popover), box);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (chooser->button), chooser->popover);
  g_signal_connect_swapped (chooser->popover, "show", G_CALLBACK (fill), chooser);
  g_signal_connect (chooser->list, "row-activated", G_CALLBACK (on_row), chooser);
  g_signal_connect_swapped (chooser->search, "search-changed", G_CALLBACK (on_search), chooser);
  g_signal_connect_swapped (chooser->search, "activate", G_CALLBACK (on_enter), chooser);
  adw_bin_set_child (ADW_BIN (chooser), chooser->button);
}

GtkWidget *
rheo_run_chooser_new (RheoContext *context)
{
  RheoRunChooser *chooser = g_object_new (RHEO_TYPE_RUN_CHOOSER, NULL);

  chooser->context = context;
  return GTK_WIDGET (chooser);
}
