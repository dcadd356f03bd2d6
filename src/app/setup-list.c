#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/setup-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MOST_RECENT 6

struct _RheoSetupList
{
  AdwBin parent_instance;
  RheoContext *context;
  GtkWidget *search, *list;
  gulong settings_handler;
};

G_DEFINE_FINAL_TYPE (RheoSetupList, rheo_setup_list, ADW_TYPE_BIN)

static guint load_signal;

const char *
rheo_experiment_get_family (const RheoExperiment *experiment)
{
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  const RheoComponent *rule = rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);

  if (task == NULL || model == NULL || rule == NULL)
    return _ ("Other");
  if (task->gives & RHEO_EPISODES)
    return _ ("Reward and evolution");
  if (rule->gives & RHEO_LOCAL)
    return _ ("Self-organising");
  if (!(model->gives & RHEO_SPIKES))
    return _ ("Rate networks");
  return rule->gives & RHEO_GRADIENT ? _ ("Spiking, gradient") : _ ("Target-based");
}

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

/* note: stands at the end of the line, or below the title; NULL. */
static GtkWidget *
add_row (RheoSetupList *list, const char *name, const char *title, const char *family, const char *note, gboolean below)
{
  GtkWidget *row = gtk_list_box_row_new (), *box, *label = new_label (title, NULL), *aside = NULL;
  g_autofree char *words = g_strjoin ("\n", title, name, note, NULL);

  box = gtk_box_new (below ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL, below ? 0 : 6);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 3);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (note != NULL)
    {
      aside = new_label (note, "caption");
      gtk_widget_add_css_class (aside, "dim-label");
      gtk_label_set_ellipsize (GTK_LABEL (aside), PANGO_ELLIPSIZE_END);
      gtk_box_append (GTK_BOX (box), aside);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, below ? name : title);
  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (name), g_free);
  g_object_set_data_full (G_OBJECT (row), "title", g_strdup (title), g_free);
  g_object_set_data_full (G_OBJECT (row), "family", g_strdup (family), g_free);
  g_object_set_data_full (G_OBJECT (row), "words", g_utf8_casefold (words, -1), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, note != NULL ? note : "", -1);
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
      title = rheo_experiment_get_title (experiment);
      ready = g_new0 (Ready, 1);
      ready->name = g_strdup (*name);
      ready->title = g_strdup (*title != '\0' ? title : *name);
      ready->rule = g_strdup (rule != NULL ? _ (rule->title) : "");
      ready->family = rheo_experiment_get_family (experiment);
      g_ptr_array_add (list, ready);
    }
  return list;
}

/* The rule tells rows of a family apart only where it is not the same for all of them. */
static const char *
get_note (GPtrArray *list, const Ready *ready)
{
  for (guint i = 0; i < list->len; i++)
    {
      const Ready *other = list->pdata[i];

      if (g_str_equal (other->family, ready->family) && !g_str_equal (other->rule, ready->rule))
        return ready->rule;
    }
  return NULL;
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
            add_row (list, ready->name, ready->title, ready->family, get_note (all, ready), FALSE);
        }
    }
}

static void
add_recent (RheoSetupList *list)
{
  g_auto (GStrv) paths = NULL;
  int n = 0;

  if (list->context->settings == NULL)
    return;
  paths = g_settings_get_strv (list->context->settings, "recent-files");
  for (char **path = paths; *path != NULL && n < MOST_RECENT; path++)
    {
      g_autofree char *name = g_path_get_basename (*path);
      gboolean run = g_str_has_suffix (*path, ".h5");

      add_row (list, *path, name, _ ("Recent"), run ? _ ("run") : _ ("experiment"), TRUE);
      n++;
    }
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
fill (RheoSetupList *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list->list), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (list->list), GTK_WIDGET (row));
  add_ready (list);
  add_recent (list);
  rheo_setup_list_update (list);
}

static void
on_recent (RheoSetupList *list)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list->list), i)) != NULL;)
    if (g_str_equal (g_object_get_data (G_OBJECT (row), "family"), _ ("Recent")))
      gtk_list_box_remove (GTK_LIST_BOX (list->list), GTK_WIDGET (row));
    else
      i++;
  add_recent (list);
  rheo_setup_list_update (list);
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

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list->list), i)) != NULL; i++)
    if (gtk_widget_get_child_visible (GTK_WIDGET (row)))
      {
        on_row (GTK_LIST_BOX (list->list), row, list);
        return;
      }
}

static void
dispose (GObject *object)
{
  RheoSetupList *list = RHEO_SETUP_LIST (object);

  if (list->context != NULL && list->context->settings != NULL)
    g_clear_signal_handler (&list->settings_handler, list->context->settings);
  G_OBJECT_CLASS (rheo_setup_list_parent_class)->dispose (object);
}

static void
rheo_setup_list_class_init (RheoSetupListClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
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
  fill (list);
  if (context->settings != NULL)
    list->settings_handler =
        g_signal_connect_swapped (context->settings, "changed::recent-files", G_CALLBACK (on_recent), list);
  return GTK_WIDGET (list);
}
