#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/setup-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/family.h"
#include "app/recent.h"
#include "widgets/common.h"

#define MOST_RECENT 6
#define LONGEST_LINE 29 /* letters that fit beside each other at the usual size of text */

struct _RheoSetupList
{
  AdwBin parent_instance;
  RheoContext *context;
  GtkWidget *search, *list;
  GCancellable *reading; /* of recent files; NULL: not now */
  gulong settings_handler, library_handler;
};

G_DEFINE_FINAL_TYPE (RheoSetupList, rheo_setup_list, ADW_TYPE_BIN)

static guint load_signal;

/* --- rows ------------------------------------------------------------------------------------------------------ */

static GtkWidget *
new_label (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

/* The title wraps; the note stands at the end of its line where both are short, else below it. */
static GtkWidget *
new_words (const char *title, const char *note, gboolean below)
{
  GtkWidget *label = new_label (title, NULL), *aside = new_label (note, "caption");
  GtkWidget *box = gtk_box_new (below ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL, below ? 0 : 6);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 3);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  gtk_label_set_wrap (GTK_LABEL (aside), TRUE);
  gtk_widget_add_css_class (aside, "dim-label");
  gtk_box_append (GTK_BOX (box), aside);
  return box;
}

static GtkWidget *
add_row (RheoSetupList *list, const char *name, const char *title, const char *family, const char *note,
         const char *tooltip, GtkWidget *words_box)
{
  GtkWidget *row = gtk_list_box_row_new ();
  g_autofree char *words = g_strjoin ("\n", title, name, note, NULL);

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), words_box);
  gtk_widget_set_tooltip_text (row, tooltip);
  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (name), g_free);
  g_object_set_data_full (G_OBJECT (row), "title", g_strdup (title), g_free);
  g_object_set_data_full (G_OBJECT (row), "note", g_strdup (note), g_free);
  g_object_set_data_full (G_OBJECT (row), "family", g_strdup (family), g_free);
  g_object_set_data_full (G_OBJECT (row), "words", g_utf8_casefold (words, -1), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, note, -1);
  gtk_list_box_append (GTK_LIST_BOX (list->list), row);
  return row;
}

typedef struct
{
  char *name, *title, *rule;
  const char *family;
} Ready;

static void
free_ready (gpointer data)
{
  Ready *ready = data;

  g_free (ready->name);
  g_free (ready->title);
  g_free (ready->rule);
  g_free (ready);
}

static GPtrArray *
list_ready (void)
{
  g_auto (GStrv) names = rheo_experiment_names ();
  GPtrArray *list = g_ptr_array_new_with_free_func (free_ready);

  for (char **name = names; *name != NULL; name++)
    {
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (*name, NULL);
      const RheoComponent *rule;
      const char *title;
      Ready *ready;

      if (experiment == NULL)
        continue;
      rule = rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);
      title = rheo_experiment_get_shown_title (experiment);
      ready = g_new0 (Ready, 1);
      ready->name = g_strdup (*name);
      ready->title = g_strdup (*title != '\0' ? title : *name);
      ready->rule = g_strdup (rule != NULL ? rheo_component_get_short_title (rule) : "");
      ready->family = rheo_experiment_get_family (experiment);
      g_ptr_array_add (list, ready);
    }
  return list;
}

static void
add_ready (RheoSetupList *list)
{
  g_autoptr (GPtrArray) all = list_ready ();
  g_autoptr (GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < all->len; i++)
    {
      const Ready *first = all->pdata[i];

      if (!g_hash_table_add (done, (gpointer) first->family))
        continue;
      for (guint j = i; j < all->len; j++)
        {
          const Ready *ready = all->pdata[j];

          if (g_str_equal (ready->family, first->family))
            add_row (list, ready->name, ready->title, ready->family, ready->rule, ready->title,
                     new_words (ready->title, ready->rule,
                                g_utf8_strlen (ready->title, -1) + g_utf8_strlen (ready->rule, -1) > LONGEST_LINE));
        }
    }
}

static GtkWidget *
new_recent (const RheoRecent *recent)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *icon = gtk_image_new_from_icon_name ("document-open-recent-symbolic");

  gtk_widget_add_css_class (icon, "dim-label");
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), new_words (recent->name, recent->note, TRUE));
  return box;
}

static void
read_thread (GTask *task, gpointer source, gpointer paths, GCancellable *cancellable)
{
  g_task_return_pointer (task, rheo_recent_read (paths, MOST_RECENT, cancellable), (GDestroyNotify) g_ptr_array_unref);
}

static GtkListBoxRow *
get_row (RheoSetupList *list, int i)
{
  return gtk_list_box_get_row_at_index (GTK_LIST_BOX (list->list), i);
}

static gboolean
is_recent (GtkListBoxRow *row)
{
  return g_str_equal (g_object_get_data (G_OBJECT (row), "family"), _ ("Recent"));
}

static gboolean
shows_recent (GtkListBoxRow *row, const RheoRecent *recent)
{
  return g_str_equal (g_object_get_data (G_OBJECT (row), "name"), recent->path)
         && g_str_equal (g_object_get_data (G_OBJECT (row), "note"), recent->note)
         && g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (row)), recent->details) == 0;
}

static void
recent_read (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoSetupList *list = RHEO_SETUP_LIST (object);
  g_autoptr (GPtrArray) files = g_task_propagate_pointer (G_TASK (result), NULL);
  GtkListBoxRow *row;
  guint n_kept = 0;
  int place = 0;

  if (files == NULL || g_task_get_cancellable (G_TASK (result)) != list->reading)
    return; /* a newer one is on its way, or the list has gone */
  g_clear_object (&list->reading);
  while ((row = get_row (list, place)) != NULL && !is_recent (row))
    place++;
  /* A row that is pressed is still there when the button is let go. */
  for (; n_kept < files->len && (row = get_row (list, place)) != NULL && shows_recent (row, files->pdata[n_kept]);
       place++)
    n_kept++;
  while ((row = get_row (list, place)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (list->list), GTK_WIDGET (row));
  for (guint i = n_kept; i < files->len; i++)
    {
      const RheoRecent *recent = files->pdata[i];

      add_row (list, recent->path, recent->name, _ ("Recent"), recent->note, recent->details, new_recent (recent));
    }
  rheo_setup_list_update (list);
}

static void
stop_reading (RheoSetupList *list)
{
  if (list->reading != NULL)
    g_cancellable_cancel (list->reading);
  g_clear_object (&list->reading);
}

static void
read_recent (RheoSetupList *list)
{
  g_autoptr (GTask) task = NULL;

  stop_reading (list);
  list->reading = g_cancellable_new ();
  task = g_task_new (list, list->reading, recent_read, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_settings_get_strv (list->context->settings, "recent-files"),
                        (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, read_thread);
}

/* Not while a run goes on: its file is read often enough. */
static void
on_library (RheoSetupList *list)
{
  if (list->context->session == NULL || !rheo_session_is_going (list->context->session))
    read_recent (list);
}

/* --- the list -------------------------------------------------------------------------------------------------- */

static void
set_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  const char *family = g_object_get_data (G_OBJECT (row), "family");
  GtkWidget *header;

  if (before != NULL && g_str_equal (family, g_object_get_data (G_OBJECT (before), "family")))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  header = new_label (family, "heading");
  gtk_widget_add_css_class (header, "dim-label");
  gtk_widget_add_css_class (header, "family");
  gtk_list_box_row_set_header (row, header);
}

static gboolean
is_shown (GtkListBoxRow *row, gpointer data)
{
  RheoSetupList *list = data;
  g_autofree char *word = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (list->search)), -1);

  return strstr (g_object_get_data (G_OBJECT (row), "words"), word) != NULL;
}

void
rheo_setup_list_update (RheoSetupList *list)
{
  const char *name = rheo_document_get_name (list->context->document);
  const char *path = rheo_document_get_path (list->context->document);
  GtkListBoxRow *row, *found = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list->list), i)) != NULL && found == NULL; i++)
    if (g_strcmp0 (g_object_get_data (G_OBJECT (row), "name"), name != NULL ? name : path) == 0)
      found = row;
  if (found != gtk_list_box_get_selected_row (GTK_LIST_BOX (list->list)))
    gtk_list_box_select_row (GTK_LIST_BOX (list->list), found);
}

static void
on_row (GtkListBox *box, GtkListBoxRow *row, RheoSetupList *list)
{
  g_signal_emit (list, load_signal, 0, g_object_get_data (G_OBJECT (row), "name"),
                 g_object_get_data (G_OBJECT (row), "title"));
}

static void
on_search (RheoSetupList *list)
{
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (list->list));
}

static void
on_search_enter (RheoSetupList *list)
{
  GtkListBoxRow *row;

  /* Enter comes before the search has settled. */
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (list->list));
  row = rheo_list_box_get_first_shown (GTK_LIST_BOX (list->list));
  if (row != NULL)
    on_row (GTK_LIST_BOX (list->list), row, list);
}

/* A task that still reads keeps the list after the window, and what both share, have gone. */
static void
unroot (GtkWidget *widget)
{
  RheoSetupList *list = RHEO_SETUP_LIST (widget);

  stop_reading (list);
  if (list->settings_handler != 0)
    g_clear_signal_handler (&list->settings_handler, list->context->settings);
  if (list->library_handler != 0)
    g_clear_signal_handler (&list->library_handler, list->context->library);
  GTK_WIDGET_CLASS (rheo_setup_list_parent_class)->unroot (widget);
}

static void
rheo_setup_list_class_init (RheoSetupListClass *class)
{
  GTK_WIDGET_CLASS (class)->unroot = unroot;
  load_signal = g_signal_new ("load", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                              G_TYPE_STRING, G_TYPE_STRING);
}

static void
rheo_setup_list_init (RheoSetupList *list)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scroll = gtk_scrolled_window_new ();
  GtkWidget *nothing = gtk_label_new (_ ("No experiments match"));

  list->search = gtk_search_entry_new ();
  g_object_set (list->search, "placeholder-text", _ ("Search experiments"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list->search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search experiments"), -1);
  gtk_widget_set_tooltip_text (list->search, _ ("Search experiments"));
  gtk_widget_set_margin_top (list->search, 8);
  gtk_widget_set_margin_start (list->search, 8);
  gtk_widget_set_margin_end (list->search, 8);
  gtk_box_append (GTK_BOX (box), list->search);
  list->list = gtk_list_box_new ();
  gtk_widget_add_css_class (list->list, "navigation-sidebar");
  gtk_widget_add_css_class (nothing, "dim-label");
  gtk_widget_set_margin_top (nothing, 24);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (list->list), nothing);
  gtk_list_box_set_header_func (GTK_LIST_BOX (list->list), set_header, NULL, NULL);
  gtk_list_box_set_filter_func (GTK_LIST_BOX (list->list), is_shown, list, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Experiments"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), list->list);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_box_append (GTK_BOX (box), scroll);
  gtk_widget_set_size_request (box, 248, -1);
  adw_bin_set_child (ADW_BIN (list), box);
  gtk_widget_add_css_class (GTK_WIDGET (list), "setup-list");
  g_signal_connect_swapped (list->search, "search-changed", G_CALLBACK (on_search), list);
  g_signal_connect_swapped (list->search, "activate", G_CALLBACK (on_search_enter), list);
  g_signal_connect (list->list, "row-activated", G_CALLBACK (on_row), list);
}

GtkWidget *
rheo_setup_list_new (RheoContext *context)
{
  RheoSetupList *list = g_object_new (RHEO_TYPE_SETUP_LIST, NULL);

  list->context = context;
  add_ready (list);
  rheo_setup_list_update (list);
  if (context->settings != NULL)
    {
      read_recent (list);
      list->settings_handler =
          g_signal_connect_swapped (context->settings, "changed::recent-files", G_CALLBACK (read_recent), list);
    }
  /* What a run came to, and that it is no longer there. */
  if (context->settings != NULL && context->library != NULL)
    list->library_handler = g_signal_connect_swapped (context->library, "read", G_CALLBACK (on_library), list);
  return GTK_WIDGET (list);
}
