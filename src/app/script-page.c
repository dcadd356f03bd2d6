#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/script-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/script-drafts.h"
#include "app/script-examples.h"
#include "app/script-file.h"
#include "app/script-preview.h"
#include "app/script-view.h"
#include "app/window.h"
#include "widgets/common.h"
#include "widgets/keys.h"
#include "widgets/tooltip.h"

#define CENTRE 510 /* px that the text needs */
#define PANE 342

/* What the bar above the text says. */
typedef enum
{
  NOTICE_NONE,
  NOTICE_CHANGED, /* on disk */
  NOTICE_DRAFT,   /* something is there from before */
  NOTICE_REFUSED,
} Notice;

struct _RheoScriptPage
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *flap, *pane_button;
  GtkWidget *preview; /* owned too: its tasks may hold it longer than the context lives */
  RheoScriptView *view;
  GtkWidget *title, *dot, *place, *save;
  GtkWidget *bar, *bar_text, *bar_take, *bar_leave;
  Notice notice;
  RheoScriptFile *file;
  char *draft;     /* that the bar offers; or NULL */
  gboolean filled; /* the text is that of the file */
  gboolean over;   /* what others wrote is to be written over */
  gboolean quiet;  /* the text is being set */
  guint n_edits;
  GtkFileChooserNative *chooser; /* while it is open */
  void (*then) (gpointer data);  /* after the save that goes on */
  gpointer then_data;
};

G_DEFINE_FINAL_TYPE (RheoScriptPage, rheo_script_page, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  BACK,
  STORED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
toast (RheoScriptPage *page, const char *text, const char *button, const char *action)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (page));

  if (RHEO_IS_APP_WINDOW (root))
    rheo_app_window_toast (RHEO_APP_WINDOW (root), text, button, action);
}

gboolean
rheo_script_page_is_modified (RheoScriptPage *page)
{
  return gtk_text_buffer_get_modified (rheo_script_view_get_buffer (page->view));
}

const char *
rheo_script_page_get_path (RheoScriptPage *page)
{
  return page->file != NULL ? rheo_script_file_get_path (page->file) : NULL;
}

/* --- what is shown ------------------------------------------------------------------------------------------------------ */

static void
show_title (RheoScriptPage *page)
{
  const gboolean modified = rheo_script_page_is_modified (page);
  const char *path = rheo_script_page_get_path (page);
  g_autofree char *name = page->file != NULL ? rheo_script_file_dup_name (page->file) : g_strdup ("");
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;

  gtk_label_set_text (GTK_LABEL (page->title), name);
  gtk_widget_set_opacity (page->dot, modified ? 1 : 0);
  gtk_label_set_text (GTK_LABEL (page->place), path == NULL ? _ ("Not saved yet")
                                               : modified   ? _ ("Changes are not saved")
                                                            : folder);
  rheo_tooltip_set (page->place, path);
  gtk_widget_action_set_enabled (GTK_WIDGET (page), "script.save", modified || path == NULL);
  rheo_tooltip_set (page->save, modified || path == NULL ? NULL : _ ("Nothing has changed since it was saved"));
  g_signal_emit (page, signals[CHANGED], 0);
}

static void
set_notice (RheoScriptPage *page, Notice notice, const char *text)
{
  static const char *const take[] = { NULL, N_ ("Read again"), N_ ("Bring back"), N_ ("Save as…") };
  static const char *const leave[] = { NULL, N_ ("Keep mine"), N_ ("Discard"), N_ ("Close") };

  page->notice = notice;
  if (notice != NOTICE_DRAFT)
    g_clear_pointer (&page->draft, g_free);
  if (notice != NOTICE_NONE)
    {
      gtk_label_set_text (GTK_LABEL (page->bar_text), text);
      gtk_button_set_label (GTK_BUTTON (page->bar_take), _ (take[notice]));
      gtk_button_set_label (GTK_BUTTON (page->bar_leave), _ (leave[notice]));
    }
  gtk_info_bar_set_revealed (GTK_INFO_BAR (page->bar), notice != NOTICE_NONE);
}

/* Typing pauses: also the moment at which it is worth keeping. */
static char *
take_text (gpointer data)
{
  RheoScriptPage *page = data;
  char *text = rheo_script_view_dup_text (page->view);

  if (page->filled && rheo_script_page_is_modified (page))
    rheo_script_drafts_keep (rheo_script_page_get_path (page), text);
  return text;
}

static void
on_shown (RheoScriptPage *page)
{
  const RheoScriptTrial *trial = rheo_script_preview_get_trial (RHEO_SCRIPT_PREVIEW (page->preview));

  rheo_script_view_set_fault (page->view, trial->line, trial->problem);
}

static void
on_edited (RheoScriptPage *page)
{
  page->n_edits++;
  if (!page->quiet)
    rheo_script_preview_touch (RHEO_SCRIPT_PREVIEW (page->preview), FALSE);
}

static void
on_modified (RheoScriptPage *page)
{
  /* Back at what is on disk. */
  if (!page->quiet && page->filled && !rheo_script_page_is_modified (page))
    rheo_script_drafts_keep (rheo_script_page_get_path (page), NULL);
  show_title (page);
}

/* --- opening ------------------------------------------------------------------------------------------------------------ */

void
rheo_script_page_keep (RheoScriptPage *page)
{
  if (page->filled && rheo_script_page_is_modified (page))
    g_free (take_text (page));
}

static void
fill (RheoScriptPage *page, const char *text, gboolean undoable)
{
  page->quiet = TRUE;
  rheo_script_view_set_text (page->view, text, undoable);
  page->quiet = FALSE;
  page->filled = TRUE;
  rheo_script_preview_touch (RHEO_SCRIPT_PREVIEW (page->preview), TRUE);
  show_title (page);
}

typedef struct
{
  RheoScriptPage *page; /* owned */
  RheoScriptFile *file; /* borrowed from the task */
  char *example;        /* what a new script begins as; or NULL */
  gboolean again;
} Opening;

static void
offer_draft (RheoScriptPage *page, char *draft)
{
  set_notice (page, NOTICE_DRAFT,
              rheo_script_page_get_path (page) != NULL ? _ ("Changes from before that were not saved are kept.")
                                                       : _ ("A new script from before that was not saved is kept."));
  page->draft = draft;
}

static void
opened (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree Opening *opening = data;
  g_autoptr (RheoScriptPage) page = opening->page;
  g_autofree char *example = opening->example, *draft = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = rheo_script_file_read_finish (RHEO_SCRIPT_FILE (object), result, &draft, &error);
  const char *begin = example != NULL ? rheo_script_example_get_text (example) : NULL;

  if (page->file != RHEO_SCRIPT_FILE (object) || gtk_widget_get_root (GTK_WIDGET (page)) == NULL)
    return; /* another one was opened meanwhile, or the window has gone */
  if (opening->again && rheo_script_page_is_modified (page) && text != NULL)
    fill (page, text, TRUE); /* own changes can be had back */
  else if (!opening->again || text != NULL)
    fill (page, begin != NULL ? begin : text != NULL ? text : "", FALSE);
  if (opening->again && text != NULL)
    {
      gtk_text_buffer_set_modified (rheo_script_view_get_buffer (page->view), FALSE);
      g_signal_emit (page, signals[STORED], 0);
    }
  if (error != NULL)
    set_notice (page, NOTICE_REFUSED, error->message);
  else if (draft != NULL && !opening->again && g_strcmp0 (draft, begin) != 0)
    offer_draft (page, g_steal_pointer (&draft));
  else
    set_notice (page, NOTICE_NONE, NULL);
}

static void
read_file (RheoScriptPage *page, const char *example, gboolean again)
{
  Opening *opening = g_new0 (Opening, 1);

  opening->page = g_object_ref (page);
  opening->example = g_strdup (example);
  opening->again = again;
  page->over = FALSE;
  rheo_script_file_read_async (page->file, opened, opening);
}

static void
on_disk (RheoScriptPage *page)
{
  g_autofree char *name = rheo_script_file_dup_name (page->file), *text = NULL;

  if (!page->filled)
    return;
  if (!rheo_script_page_is_modified (page))
    {
      read_file (page, NULL, TRUE);
      return;
    }
  text = g_strdup_printf (_ ("%s has changed on disk since it was read."), name);
  set_notice (page, NOTICE_CHANGED, text);
}

static void
take_file (RheoScriptPage *page, RheoScriptFile *file, const char *example)
{
  rheo_script_page_keep (page);
  if (page->file != NULL)
    g_signal_handlers_disconnect_by_data (page->file, page);
  g_clear_object (&page->file);
  page->file = file;
  page->filled = FALSE;
  g_signal_connect_object (file, "changed", G_CALLBACK (on_disk), page, G_CONNECT_SWAPPED);
  set_notice (page, NOTICE_NONE, NULL);
  read_file (page, example, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (page->view));
}

void
rheo_script_page_open (RheoScriptPage *page, const char *path)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);

  if (page->filled && g_strcmp0 (whole, rheo_script_page_get_path (page)) == 0)
    {
      rheo_script_file_look (page->file);
      rheo_script_preview_touch (RHEO_SCRIPT_PREVIEW (page->preview), FALSE);
      gtk_widget_grab_focus (GTK_WIDGET (page->view));
    }
  else
    take_file (page, rheo_script_file_new (whole), NULL);
}

void
rheo_script_page_open_new (RheoScriptPage *page, const char *example)
{
  take_file (page, rheo_script_file_new (NULL), example);
}

/* --- saving ------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  RheoScriptPage *page; /* owned */
  guint n_edits;
} Saving;

/* What Set up runs from now on, as a step that can be undone. */
static void
use_in_setup (RheoScriptPage *page)
{
  RheoDocument *document = page->context->document;

  if (rheo_document_has_script (document) && rheo_document_get_branch (document, NULL) == NULL)
    rheo_document_set (document, "task.file", rheo_script_page_get_path (page), _ ("Script"), NULL);
}

static void
saved (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree Saving *saving = data;
  g_autoptr (RheoScriptPage) page = saving->page;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL, *text = NULL;
  const gboolean good = rheo_script_file_write_finish (RHEO_SCRIPT_FILE (object), result, &error);
  void (*then) (gpointer then_data) = page->then;

  page->then = NULL;
  if (page->file != RHEO_SCRIPT_FILE (object) || gtk_widget_get_root (GTK_WIDGET (page)) == NULL)
    return;
  name = rheo_script_file_dup_name (page->file);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG))
    {
      text = g_strdup_printf (_ ("%s has changed on disk since it was read."), name);
      set_notice (page, NOTICE_CHANGED, text);
    }
  else if (!good)
    {
      text = g_strdup_printf (_ ("%s could not be saved: %s"), name, error->message);
      set_notice (page, NOTICE_REFUSED, text);
    }
  if (!good)
    return;
  page->over = FALSE;
  set_notice (page, NOTICE_NONE, NULL);
  if (saving->n_edits == page->n_edits)
    gtk_text_buffer_set_modified (rheo_script_view_get_buffer (page->view), FALSE);
  show_title (page);
  use_in_setup (page);
  g_signal_emit (page, signals[STORED], 0);
  text = g_strdup_printf (_ ("Saved %s"), name);
  toast (page, text, NULL, NULL);
  if (then != NULL)
    then (page->then_data);
}

static void
save_to (RheoScriptPage *page, const char *path)
{
  g_autofree char *text = rheo_script_view_dup_text (page->view);
  Saving *saving = g_new0 (Saving, 1);

  saving->page = g_object_ref (page);
  saving->n_edits = page->n_edits;
  rheo_script_file_write_async (page->file, path, text, page->over, saved, saving);
}

static void
on_name (GtkNativeDialog *dialog, int response, RheoScriptPage *page)
{
  g_autoptr (GFile) file =
      response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL, *whole = NULL;

  g_clear_object (&page->chooser);
  if (path == NULL)
    {
      page->then = NULL;
      return;
    }
  whole = strrchr (path, '.') != NULL ? g_strdup (path) : g_strconcat (path, ".lua", NULL);
  save_to (page, whole);
}

static void
ask_name (RheoScriptPage *page)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (page)));
  const char *path = rheo_script_page_get_path (page);
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : g_strdup ("task.lua");

  if (page->chooser != NULL)
    return;
  page->chooser =
      gtk_file_chooser_native_new (_ ("Save script"), window, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), _ ("Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (page->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (page->chooser), name);
  g_signal_connect_object (page->chooser, "response", G_CALLBACK (on_name), page, 0);
  rheo_chooser_show (page->chooser);
}

void
rheo_script_page_save (RheoScriptPage *page, void (*then) (gpointer data), gpointer data)
{
  if (!page->filled)
    return;
  page->then = then;
  page->then_data = data;
  if (rheo_script_page_get_path (page) != NULL)
    save_to (page, NULL);
  else
    ask_name (page);
}

gboolean
rheo_script_page_must_save (RheoScriptPage *page)
{
  RheoDocument *document = page->context->document;
  const char *path = rheo_script_page_get_path (page);
  g_autofree char *used = NULL, *whole = NULL;

  if (path == NULL || !page->filled || !rheo_script_page_is_modified (page) || !rheo_document_has_script (document))
    return FALSE;
  used = rheo_experiment_dup_value (rheo_document_get_experiment (document), "task.file", NULL);
  whole = g_canonicalize_filename (used, NULL);
  return g_str_equal (whole, path);
}

/* --- actions ------------------------------------------------------------------------------------------------------------ */

gboolean
rheo_script_page_can_undo (RheoScriptPage *page)
{
  return gtk_text_buffer_get_can_undo (rheo_script_view_get_buffer (page->view));
}

gboolean
rheo_script_page_can_redo (RheoScriptPage *page)
{
  return gtk_text_buffer_get_can_redo (rheo_script_view_get_buffer (page->view));
}

void
rheo_script_page_undo (RheoScriptPage *page)
{
  gtk_text_buffer_undo (rheo_script_view_get_buffer (page->view));
}

void
rheo_script_page_redo (RheoScriptPage *page)
{
  gtk_text_buffer_redo (rheo_script_view_get_buffer (page->view));
}

void
rheo_script_page_search (RheoScriptPage *page)
{
  rheo_script_view_search (page->view);
}

void
rheo_script_page_toggle_preview (RheoScriptPage *page)
{
  adw_flap_set_reveal_flap (ADW_FLAP (page->flap), !adw_flap_get_reveal_flap (ADW_FLAP (page->flap)));
}

static void
act_back (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoScriptPage *page = RHEO_SCRIPT_PAGE (widget);
  g_autofree char *file = page->file != NULL ? rheo_script_file_dup_name (page->file) : NULL, *text = NULL;

  rheo_script_page_keep (page);
  g_signal_emit (page, signals[BACK], 0);
  if (!rheo_script_page_is_modified (page))
    return;
  text = g_strdup_printf (_ ("Changes in %s are not saved"), file);
  toast (page, text, _ ("Save"), "win.save-script");
}

static void
act_save (GtkWidget *widget, const char *name, GVariant *target)
{
  rheo_script_page_save (RHEO_SCRIPT_PAGE (widget), NULL, NULL);
}

static void
act_save_as (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoScriptPage *page = RHEO_SCRIPT_PAGE (widget);

  page->then = NULL;
  if (page->filled)
    ask_name (page);
}

static void
act_insert (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoScriptPage *page = RHEO_SCRIPT_PAGE (widget);
  const char *id = g_variant_get_string (target, NULL), *title = rheo_script_example_get_title (id);
  g_autofree char *text = NULL;

  if (title == NULL || !page->filled)
    return;
  fill (page, rheo_script_example_get_text (id), TRUE);
  text = g_strdup_printf (_ ("The script is now that of “%s”"), title);
  toast (page, text, _ ("Undo"), "win.undo");
}

static void
act_search (GtkWidget *widget, const char *name, GVariant *target)
{
  rheo_script_page_search (RHEO_SCRIPT_PAGE (widget));
}

static void
act_side_pane (GtkWidget *widget, const char *name, GVariant *target)
{
  rheo_script_page_toggle_preview (RHEO_SCRIPT_PAGE (widget));
}

static void
on_take (RheoScriptPage *page)
{
  g_autofree char *draft = g_steal_pointer (&page->draft);
  const Notice notice = page->notice;

  set_notice (page, NOTICE_NONE, NULL);
  if (notice == NOTICE_CHANGED)
    read_file (page, NULL, TRUE);
  else if (notice == NOTICE_DRAFT)
    fill (page, draft, TRUE);
  else
    ask_name (page);
}

static void
on_leave (RheoScriptPage *page)
{
  page->over = page->notice == NOTICE_CHANGED;
  if (page->notice == NOTICE_DRAFT)
    rheo_script_drafts_keep (rheo_script_page_get_path (page), NULL);
  set_notice (page, NOTICE_NONE, NULL);
}

/* --- the page ----------------------------------------------------------------------------------------------------------- */

static GtkWidget *
new_icon_button (const char *icon, const char *name, const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  rheo_tooltip_set (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static GtkWidget *
new_examples (void)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenuModel) menu = rheo_script_examples_new_menu ("script.insert");

  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("Insert example"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), menu);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Insert example"), -1);
  return button;
}

static GtkWidget *
new_top (RheoScriptPage *page)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *save_as = rheo_text_button_new (_ ("Save as…"), NULL);

  gtk_box_append (GTK_BOX (row), new_icon_button ("go-previous-symbolic", _ ("Back to Set up"), "script.back"));
  page->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (page->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (page->title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (page->title, "title-4");
  page->dot = adw_bin_new ();
  gtk_widget_add_css_class (page->dot, "changed-dot");
  gtk_widget_set_valign (page->dot, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (line), page->title);
  gtk_box_append (GTK_BOX (line), page->dot);
  page->place = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (page->place), 0);
  gtk_label_set_ellipsize (GTK_LABEL (page->place), PANGO_ELLIPSIZE_START);
  gtk_widget_add_css_class (page->place, "caption");
  gtk_widget_add_css_class (page->place, "dim-label");
  gtk_box_append (GTK_BOX (words), line);
  gtk_box_append (GTK_BOX (words), page->place);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), words);
  gtk_box_append (GTK_BOX (row), new_examples ());
  page->save = rheo_text_button_new (_ ("Save"), NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (page->save), "script.save");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (save_as), "script.save-as");
  gtk_widget_set_valign (page->save, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (save_as, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), page->save);
  gtk_box_append (GTK_BOX (row), save_as);
  gtk_box_append (GTK_BOX (row), new_icon_button ("edit-find-symbolic", _ ("Search in the script"), "script.search"));
  page->pane_button = new_icon_button ("sidebar-show-right-symbolic", _ ("Preview"), "script.side-pane");
  gtk_box_append (GTK_BOX (row), page->pane_button);
  gtk_widget_add_css_class (row, "script-top");
  return row;
}

static GtkWidget *
new_bar (RheoScriptPage *page)
{
  page->bar = gtk_info_bar_new ();
  gtk_info_bar_set_message_type (GTK_INFO_BAR (page->bar), GTK_MESSAGE_WARNING);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (page->bar), FALSE);
  page->bar_text = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (page->bar_text), TRUE);
  gtk_label_set_xalign (GTK_LABEL (page->bar_text), 0);
  gtk_widget_set_hexpand (page->bar_text, TRUE);
  gtk_info_bar_add_child (GTK_INFO_BAR (page->bar), page->bar_text);
  page->bar_take = gtk_button_new ();
  page->bar_leave = gtk_button_new ();
  g_signal_connect_swapped (page->bar_take, "clicked", G_CALLBACK (on_take), page);
  g_signal_connect_swapped (page->bar_leave, "clicked", G_CALLBACK (on_leave), page);
  gtk_widget_set_valign (page->bar_take, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (page->bar_leave, GTK_ALIGN_CENTER);
  gtk_info_bar_add_child (GTK_INFO_BAR (page->bar), page->bar_take);
  gtk_info_bar_add_child (GTK_INFO_BAR (page->bar), page->bar_leave);
  return page->bar;
}

static void
map (GtkWidget *widget)
{
  RheoScriptPage *page = RHEO_SCRIPT_PAGE (widget);

  GTK_WIDGET_CLASS (rheo_script_page_parent_class)->map (widget);
  if (page->file != NULL)
    rheo_script_file_look (page->file);
}

static void
dispose (GObject *object)
{
  RheoScriptPage *page = RHEO_SCRIPT_PAGE (object);

  if (page->file != NULL)
    g_signal_handlers_disconnect_by_data (page->file, page);
  if (page->view != NULL)
    g_signal_handlers_disconnect_by_data (rheo_script_view_get_buffer (page->view), page);
  page->view = NULL;
  g_clear_pointer (&page->flap, gtk_widget_unparent);
  if (page->preview != NULL)
    g_object_run_dispose (G_OBJECT (page->preview));
  g_clear_object (&page->preview);
  g_clear_object (&page->chooser);
  g_clear_object (&page->file);
  g_clear_pointer (&page->draft, g_free);
  G_OBJECT_CLASS (rheo_script_page_parent_class)->dispose (object);
}

static void
rheo_script_page_class_init (RheoScriptPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  widget_class->map = map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "script.back", NULL, act_back);
  gtk_widget_class_install_action (widget_class, "script.save", NULL, act_save);
  gtk_widget_class_install_action (widget_class, "script.save-as", NULL, act_save_as);
  gtk_widget_class_install_action (widget_class, "script.insert", "s", act_insert);
  gtk_widget_class_install_action (widget_class, "script.search", NULL, act_search);
  gtk_widget_class_install_action (widget_class, "script.side-pane", NULL, act_side_pane);
  for (int i = 0; i < N_SIGNALS; i++)
    {
      static const char *const names[] = { "changed", "back", "stored" };

      signals[i] =
          g_signal_new (names[i], G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    }
}

static void
rheo_script_page_init (RheoScriptPage *page)
{
}

GtkWidget *
rheo_script_page_new (RheoContext *context)
{
  RheoScriptPage *page = g_object_new (RHEO_TYPE_SCRIPT_PAGE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkTextBuffer *buffer;

  page->context = context;
  page->view = RHEO_SCRIPT_VIEW (rheo_script_view_new ());
  buffer = rheo_script_view_get_buffer (page->view);
  g_signal_connect_swapped (buffer, "changed", G_CALLBACK (on_edited), page);
  g_signal_connect_swapped (buffer, "modified-changed", G_CALLBACK (on_modified), page);
  g_signal_connect_swapped (buffer, "notify::can-undo", G_CALLBACK (show_title), page);
  g_signal_connect_swapped (buffer, "notify::can-redo", G_CALLBACK (show_title), page);
  gtk_box_append (GTK_BOX (box), new_top (page));
  gtk_box_append (GTK_BOX (box), new_bar (page));
  gtk_widget_set_vexpand (GTK_WIDGET (page->view), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (page->view));
  gtk_widget_set_size_request (box, CENTRE, -1);
  gtk_widget_set_hexpand (box, TRUE);
  page->preview = g_object_ref_sink (rheo_script_preview_new (context, take_text, page));
  g_signal_connect_object (page->preview, "shown", G_CALLBACK (on_shown), page, G_CONNECT_SWAPPED);
  gtk_widget_set_size_request (page->preview, PANE, -1);
  gtk_widget_add_css_class (page->preview, "background");
  gtk_widget_add_css_class (page->preview, "setup-pane");
  page->flap = adw_flap_new ();
  adw_flap_set_flap_position (ADW_FLAP (page->flap), GTK_PACK_END);
  adw_flap_set_content (ADW_FLAP (page->flap), box);
  adw_flap_set_flap (ADW_FLAP (page->flap), page->preview);
  adw_flap_set_separator (ADW_FLAP (page->flap), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_widget_set_parent (page->flap, GTK_WIDGET (page));
  g_object_bind_property (page->flap, "folded", page->pane_button, "visible", G_BINDING_SYNC_CREATE);
  rheo_keys_add (GTK_WIDGET (page), RHEO_KEYS_SCRIPT);
  show_title (page);
  return GTK_WIDGET (page);
}
