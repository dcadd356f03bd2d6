#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/script-view.h"

#include <glib/gi18n-lib.h>

#include "widgets/common.h"
#include "widgets/tooltip.h"

#define FAULT "fault"
#define INDENT 2

struct _RheoScriptView
{
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkSourceView *text;
  GtkSourceBuffer *buffer;
  GtkSourceSearchContext *search;
  GtkWidget *bar, *entry, *place, *previous, *next;
  GtkWidget *fault, *fault_text, *fault_go;
  GtkSourceMark *mark; /* of the line where something is wrong; NULL: none */
};

G_DEFINE_FINAL_TYPE (RheoScriptView, rheo_script_view, GTK_TYPE_WIDGET)

/* --- text -------------------------------------------------------------------------------------------------------------- */

GtkTextBuffer *
rheo_script_view_get_buffer (RheoScriptView *view)
{
  return GTK_TEXT_BUFFER (view->buffer);
}

char *
rheo_script_view_dup_text (RheoScriptView *view)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (view->buffer), &start, &end);
  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (view->buffer), &start, &end, TRUE);
}

void
rheo_script_view_set_text (RheoScriptView *view, const char *text, gboolean undoable)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (view->buffer);
  GtkTextIter start, end;

  rheo_script_view_set_fault (view, 0, NULL);
  if (undoable)
    gtk_text_buffer_begin_user_action (buffer);
  else
    gtk_text_buffer_begin_irreversible_action (buffer);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, text, -1);
  if (undoable)
    gtk_text_buffer_end_user_action (buffer);
  else
    {
      gtk_text_buffer_end_irreversible_action (buffer);
      gtk_text_buffer_set_modified (buffer, FALSE);
    }
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
}

/* --- what is wrong ----------------------------------------------------------------------------------------------------- */

static void
go_to_fault (RheoScriptView *view)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (view->buffer);
  GtkTextIter iter;

  if (view->mark == NULL)
    return;
  gtk_text_buffer_get_iter_at_mark (buffer, &iter, GTK_TEXT_MARK (view->mark));
  gtk_text_buffer_place_cursor (buffer, &iter);
  gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (view->text), &iter, 0.1, FALSE, 0, 0);
  gtk_widget_grab_focus (GTK_WIDGET (view->text));
}

void
rheo_script_view_set_fault (RheoScriptView *view, int line, const char *text)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (view->buffer);
  g_autofree char *all = NULL;
  GtkTextIter iter;

  if (view->mark != NULL)
    gtk_text_buffer_delete_mark (buffer, GTK_TEXT_MARK (view->mark));
  view->mark = NULL;
  if (text != NULL && line > 0)
    {
      gtk_text_buffer_get_iter_at_line (buffer, &iter, line - 1);
      view->mark = gtk_source_buffer_create_source_mark (view->buffer, NULL, FAULT, &iter);
      all = g_strdup_printf (_ ("Line %d: %s"), line, text);
    }
  else
    all = g_strdup (text);
  gtk_label_set_text (GTK_LABEL (view->fault_text), all != NULL ? all : "");
  gtk_widget_set_visible (view->fault_go, view->mark != NULL);
  gtk_widget_set_visible (view->fault, text != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  all != NULL ? all : "", -1);
}

static char *
dup_fault_tip (GtkSourceMarkAttributes *attributes, GtkSourceMark *mark, RheoScriptView *view)
{
  return g_strdup (gtk_label_get_text (GTK_LABEL (view->fault_text)));
}

static GtkWidget *
new_fault (RheoScriptView *view)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-error-symbolic");

  view->fault_text = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (view->fault_text), 0);
  gtk_label_set_wrap (GTK_LABEL (view->fault_text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (view->fault_text), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (view->fault_text), TRUE);
  gtk_widget_set_hexpand (view->fault_text, TRUE);
  gtk_widget_set_can_focus (view->fault_text, FALSE);
  view->fault_go = gtk_button_new_with_label (_ ("Show line"));
  gtk_widget_set_valign (view->fault_go, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (view->fault_go, "clicked", G_CALLBACK (go_to_fault), view);
  gtk_box_append (GTK_BOX (line), icon);
  gtk_box_append (GTK_BOX (line), view->fault_text);
  gtk_box_append (GTK_BOX (line), view->fault_go);
  gtk_widget_add_css_class (line, "script-fault");
  gtk_widget_set_visible (line, FALSE);
  return line;
}

/* --- search ------------------------------------------------------------------------------------------------------------- */

static void
show_place (RheoScriptView *view)
{
  const int n = gtk_source_search_context_get_occurrences_count (view->search);
  const char *words = gtk_editable_get_text (GTK_EDITABLE (view->entry));
  g_autofree char *text = NULL;
  GtkTextIter start, end;
  int at = 0;

  if (gtk_text_buffer_get_selection_bounds (GTK_TEXT_BUFFER (view->buffer), &start, &end))
    at = gtk_source_search_context_get_occurrence_position (view->search, &start, &end);
  if (n < 0 || *words == '\0')
    text = g_strdup ("");
  else if (n == 0)
    text = g_strdup (_ ("Not found"));
  else
    text = at > 0 ? g_strdup_printf (_ ("%d of %d"), at, n) : g_strdup_printf ("%d", n);
  gtk_label_set_text (GTK_LABEL (view->place), text);
  gtk_widget_set_sensitive (view->previous, n > 0);
  gtk_widget_set_sensitive (view->next, n > 0);
  rheo_tooltip_set (view->previous, n > 0 ? _ ("Previous match") : _ ("Nothing is found"));
  rheo_tooltip_set (view->next, n > 0 ? _ ("Next match") : _ ("Nothing is found"));
}

static void
move_to (RheoScriptView *view, gboolean forward, gboolean from_here)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (view->buffer);
  GtkTextIter from, to, start, end;
  gboolean found;

  gtk_text_buffer_get_selection_bounds (buffer, &from, &to);
  found = forward ? gtk_source_search_context_forward (view->search, from_here ? &from : &to, &start, &end, NULL)
                  : gtk_source_search_context_backward (view->search, &from, &start, &end, NULL);
  if (found)
    {
      gtk_text_buffer_select_range (buffer, &start, &end);
      gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (view->text), &start, 0.1, FALSE, 0, 0);
    }
  show_place (view);
}

static void
on_next (RheoScriptView *view)
{
  move_to (view, TRUE, FALSE);
}

static void
on_previous (RheoScriptView *view)
{
  move_to (view, FALSE, FALSE);
}

static void
on_words (RheoScriptView *view)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (view->entry));

  gtk_source_search_settings_set_search_text (gtk_source_search_context_get_settings (view->search),
                                              *words != '\0' ? words : NULL);
  move_to (view, TRUE, TRUE);
}

void
rheo_script_view_search (RheoScriptView *view)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (view->bar), TRUE);
  gtk_source_search_context_set_highlight (view->search, TRUE);
  gtk_widget_grab_focus (view->entry);
  gtk_editable_select_region (GTK_EDITABLE (view->entry), 0, -1);
}

static void
on_close_search (RheoScriptView *view)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (view->bar), FALSE);
  gtk_source_search_context_set_highlight (view->search, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (view->text));
}

static GtkWidget *
new_icon_button (RheoScriptView *view, const char *icon, const char *name, GCallback on_click)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", on_click, view);
  return button;
}

static GtkWidget *
new_search (RheoScriptView *view)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *close;
  g_autoptr (GtkSourceSearchSettings) settings = gtk_source_search_settings_new ();

  gtk_source_search_settings_set_wrap_around (settings, TRUE);
  view->search = gtk_source_search_context_new (view->buffer, settings);
  gtk_source_search_context_set_highlight (view->search, FALSE);
  view->entry = gtk_search_entry_new ();
  gtk_widget_set_hexpand (view->entry, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search in the script"), -1);
  view->place = gtk_label_new (NULL);
  gtk_widget_add_css_class (view->place, "dim-label");
  gtk_widget_add_css_class (view->place, "numeric");
  gtk_label_set_width_chars (GTK_LABEL (view->place), 8);
  view->previous = new_icon_button (view, "go-up-symbolic", _ ("Previous match"), G_CALLBACK (on_previous));
  view->next = new_icon_button (view, "go-down-symbolic", _ ("Next match"), G_CALLBACK (on_next));
  gtk_box_append (GTK_BOX (box), view->entry);
  gtk_box_append (GTK_BOX (box), view->place);
  gtk_box_append (GTK_BOX (box), view->previous);
  gtk_box_append (GTK_BOX (box), view->next);
  close = new_icon_button (view, "window-close-symbolic", _ ("Close search"), G_CALLBACK (on_close_search));
  rheo_tooltip_set (close, _ ("Close search"));
  gtk_box_append (GTK_BOX (box), close);
  gtk_widget_add_css_class (box, "script-search");
  /* Not a GtkSearchBar: the button that closes one has no name. */
  view->bar = gtk_revealer_new ();
  gtk_revealer_set_child (GTK_REVEALER (view->bar), box);
  g_signal_connect_swapped (view->entry, "stop-search", G_CALLBACK (on_close_search), view);
  g_signal_connect_swapped (view->entry, "search-changed", G_CALLBACK (on_words), view);
  g_signal_connect_swapped (view->entry, "activate", G_CALLBACK (on_next), view);
  g_signal_connect_swapped (view->entry, "next-match", G_CALLBACK (on_next), view);
  g_signal_connect_swapped (view->entry, "previous-match", G_CALLBACK (on_previous), view);
  g_signal_connect_object (view->search, "notify::occurrences-count", G_CALLBACK (show_place), view, G_CONNECT_SWAPPED);
  show_place (view);
  return view->bar;
}

/* --- the widget --------------------------------------------------------------------------------------------------------- */

static void
show_look (RheoScriptView *view)
{
  const gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleSchemeManager *manager = gtk_source_style_scheme_manager_get_default ();
  g_autoptr (GtkSourceMarkAttributes) attributes = gtk_source_mark_attributes_new ();
  const GdkRGBA red = { 0.88, 0.11, 0.14, dark ? 0.3F : 0.14F };

  gtk_source_buffer_set_style_scheme (
      view->buffer, gtk_source_style_scheme_manager_get_scheme (manager, dark ? "Adwaita-dark" : "Adwaita"));
  gtk_source_mark_attributes_set_icon_name (attributes, "dialog-error-symbolic");
  gtk_source_mark_attributes_set_background (attributes, &red);
  g_signal_connect_object (attributes, "query-tooltip-text", G_CALLBACK (dup_fault_tip), view, 0);
  gtk_source_view_set_mark_attributes (view->text, FAULT, attributes, 0);
}

static GtkWidget *
new_text (RheoScriptView *view)
{
  GtkSourceLanguageManager *languages = gtk_source_language_manager_get_default ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  view->buffer = gtk_source_buffer_new_with_language (gtk_source_language_manager_get_language (languages, "lua"));
  gtk_text_buffer_set_enable_undo (GTK_TEXT_BUFFER (view->buffer), TRUE);
  view->text = GTK_SOURCE_VIEW (gtk_source_view_new_with_buffer (view->buffer));
  gtk_source_view_set_show_line_numbers (view->text, TRUE);
  gtk_source_view_set_show_line_marks (view->text, TRUE);
  gtk_source_view_set_highlight_current_line (view->text, TRUE);
  gtk_source_view_set_auto_indent (view->text, TRUE);
  gtk_source_view_set_insert_spaces_instead_of_tabs (view->text, TRUE);
  gtk_source_view_set_tab_width (view->text, INDENT);
  gtk_source_view_set_indent_on_tab (view->text, TRUE);
  gtk_source_view_set_smart_backspace (view->text, TRUE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view->text), TRUE);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view->text), 6);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view->text), 24);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->text), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Script"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (view->text));
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (RHEO_SCRIPT_VIEW (widget)->text));
}

/* Tab comes to what is in it, rather than to what grab_focus gives the focus to. */
static gboolean
focus (GtkWidget *widget, GtkDirectionType direction)
{
  return gtk_widget_child_focus (RHEO_SCRIPT_VIEW (widget)->box, direction);
}

static void
dispose (GObject *object)
{
  RheoScriptView *view = RHEO_SCRIPT_VIEW (object);

  g_clear_pointer (&view->box, gtk_widget_unparent);
  g_clear_object (&view->search);
  g_clear_object (&view->buffer);
  G_OBJECT_CLASS (rheo_script_view_parent_class)->dispose (object);
}

static void
rheo_script_view_class_init (RheoScriptViewClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WIDGET_CLASS (class)->focus = focus;
  GTK_WIDGET_CLASS (class)->grab_focus = grab_focus;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static void
rheo_script_view_init (RheoScriptView *view)
{
  GtkWidget *text = new_text (view);

  view->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (view->box), new_search (view));
  gtk_box_append (GTK_BOX (view->box), text);
  view->fault = new_fault (view);
  gtk_box_append (GTK_BOX (view->box), view->fault);
  gtk_widget_set_parent (view->box, GTK_WIDGET (view));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (show_look), view,
                           G_CONNECT_SWAPPED);
  show_look (view);
}

GtkWidget *
rheo_script_view_new (void)
{
  return g_object_new (RHEO_TYPE_SCRIPT_VIEW, NULL);
}
