#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-list.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "widgets/common.h"
#include "widgets/tooltip.h"

struct _RheoAnalyseList
{
  AdwBin parent_instance;
  GtkWidget *search, *list;
};

G_DEFINE_FINAL_TYPE (RheoAnalyseList, rheo_analyse_list, ADW_TYPE_BIN)

enum
{
  ANALYSIS,
  RESULT,
  REMOVE,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static const char *
group_title (RheoAbout about)
{
  static const char *const titles[RHEO_N_ABOUT] = {
    [RHEO_ABOUT_DYNAMICS] = N_ ("Dynamics"),
    [RHEO_ABOUT_ACTIVITY] = N_ ("Activity"),
    [RHEO_ABOUT_CAUSES] = N_ ("Causes"),
    [RHEO_ABOUT_TASK] = N_ ("Task"),
  };

  return _ (titles[about]);
}

/* --- rows ---------------------------------------------------------------------------------------------------------------- */

static GtkWidget *
new_label (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

static GtkWidget *
add_row (RheoAnalyseList *list, int place, GtkWidget *content, const RheoAnalysis *analysis, const char *result,
         const char *words, const char *name)
{
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), content);
  g_object_set_data (G_OBJECT (row), "analysis", (gpointer) analysis);
  g_object_set_data_full (G_OBJECT (row), "result", g_strdup (result), g_free);
  g_object_set_data_full (G_OBJECT (row), "words", g_utf8_casefold (words, -1), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_list_box_insert (GTK_LIST_BOX (list->list), row, place);
  return row;
}

static const RheoAnalysis *
get_analysis (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "analysis");
}

static const char *
get_result (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "result");
}

static gboolean
is_of (const RheoStudyResult *result, const char *id, GHashTable *hidden)
{
  return g_str_equal (result->id, id) && (hidden == NULL || !g_hash_table_contains (hidden, result->name));
}

static int
count_results (RheoStudy *study, const char *id, GHashTable *hidden)
{
  const GPtrArray *results = rheo_study_get_results (study);
  int n = 0;

  for (guint i = 0; results != NULL && i < results->len; i++)
    n += is_of (results->pdata[i], id, hidden);
  return n;
}

static char *
dup_result_title (RheoStudy *study, const RheoStudyResult *result)
{
  if (result->iteration < 0)
    return g_strdup_printf (_ ("Result %d"), result->n);
  return g_strdup_printf ("%d · %s %" PRId64, result->n, rheo_study_get_unit (study), result->iteration);
}

static void
add_analysis (RheoAnalyseList *list, const RheoAnalysis *analysis)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *title = new_label (_ (analysis->base.title), NULL),
            *badge = new_label ("", "caption"), *row;
  g_autofree char *words = g_strjoin ("\n", _ (analysis->base.title), analysis->base.id,
                                      analysis->base.summary != NULL ? _ (analysis->base.summary) : NULL, NULL);

  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (badge, "dim-label");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), badge);
  row = add_row (list, -1, box, analysis, NULL, words, _ (analysis->base.title));
  g_object_set_data (G_OBJECT (row), "title", title);
  g_object_set_data (G_OBJECT (row), "badge", badge);
}

static void
add_analyses (RheoAnalyseList *list)
{
  const RheoComponent *const *all = rheo_components (RHEO_KIND_ANALYSIS);

  for (int about = RHEO_ABOUT_AUTO + 1; about < RHEO_N_ABOUT; about++)
    for (int i = 0; all[i] != NULL; i++)
      if ((int) rheo_analysis_get_about ((const RheoAnalysis *) all[i]) == about)
        add_analysis (list, (const RheoAnalysis *) all[i]);
}

static void
show_analysis (GtkListBoxRow *row, RheoStudy *study, int64_t at, gboolean chosen, GHashTable *hidden)
{
  const RheoAnalysis *analysis = get_analysis (row);
  GtkWidget *title = g_object_get_data (G_OBJECT (row), "title"), *badge = g_object_get_data (G_OBJECT (row), "badge");
  const int n = count_results (study, analysis->base.id, hidden);
  g_autofree char *count = g_strdup_printf ("%d", n);
  g_autofree char *tip = g_strdup_printf (ngettext ("%d result", "%d results", (gulong) n), n);
  g_autoptr (GError) error = NULL;
  const gboolean allowed = rheo_study_allows (study, analysis, at, &error);
  const char *about = allowed ? _ (analysis->base.summary) : error->message;

  gtk_widget_set_visible (badge, n > 0 && !chosen);
  gtk_label_set_text (GTK_LABEL (badge), count);
  rheo_tooltip_set (badge, tip);
  if (allowed)
    gtk_widget_remove_css_class (title, "dim-label");
  else
    gtk_widget_add_css_class (title, "dim-label");
  rheo_tooltip_set (GTK_WIDGET (row), about);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, about, -1);
}

static void
on_remove (GtkButton *button, RheoAnalyseList *list)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_LIST_BOX_ROW);

  g_signal_emit (list, signals[REMOVE], 0, get_result (GTK_LIST_BOX_ROW (row)));
}

static void
add_result (RheoAnalyseList *list, int place, RheoStudy *study, const RheoAnalysis *analysis,
            const RheoStudyResult *result)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *button, *row;
  g_autofree char *title = dup_result_title (study, result);
  g_autofree char *name = g_strdup_printf ("%s, %s", _ (analysis->base.title), title);
  g_autofree char *remove = g_strdup_printf (_ ("Remove %s"), name);
  GtkWidget *label = new_label (title, "caption");

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "tabular");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_margin_start (box, 12);
  gtk_box_append (GTK_BOX (box), label);
  button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "analyse-remove");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove), list);
  gtk_box_append (GTK_BOX (box), button);
  row = add_row (list, place, box, analysis, result->name, _ (analysis->base.title), name);
  g_object_set_data (G_OBJECT (row), "remove", button);
  g_object_set_data_full (G_OBJECT (row), "title", g_steal_pointer (&title), g_free);
}

static void
show_result (GtkListBoxRow *row, RheoStudy *study)
{
  GtkWidget *remove = g_object_get_data (G_OBJECT (row), "remove");
  const gboolean live = rheo_study_is_live (study);

  gtk_widget_set_sensitive (remove, !live);
  rheo_tooltip_set (remove, live ? _ ("Not while the run goes on") : _ ("Remove this result"));
}

/* --- keeping up ---------------------------------------------------------------------------------------------------------- */

static GtkListBoxRow *
get_row (RheoAnalyseList *list, int i)
{
  return gtk_list_box_get_row_at_index (GTK_LIST_BOX (list->list), i);
}

static GtkListBoxRow *
find_row (RheoAnalyseList *list, const char *id, const char *result)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = get_row (list, i)) != NULL; i++)
    if (g_strcmp0 (get_analysis (row)->base.id, id) == 0 && g_strcmp0 (get_result (row), result) == 0)
      return row;
  return NULL;
}

/* Whether a row shows a result of the chosen analysis that is still there, called the same. */
static gboolean
is_current (GtkListBoxRow *row, RheoStudy *study, const char *id, GHashTable *hidden)
{
  const RheoStudyResult *result = rheo_study_find (study, get_result (row));
  g_autofree char *title = result != NULL ? dup_result_title (study, result) : NULL;

  return result != NULL && g_strcmp0 (get_analysis (row)->base.id, id) == 0 && is_of (result, result->id, hidden)
         && g_str_equal (title, g_object_get_data (G_OBJECT (row), "title"));
}

/* The focus stays with the analysis of the result. */
static void
remove_row (RheoAnalyseList *list, GtkListBoxRow *row)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (list));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && (focus == GTK_WIDGET (row) || gtk_widget_is_ancestor (focus, GTK_WIDGET (row))))
    gtk_widget_grab_focus (GTK_WIDGET (find_row (list, get_analysis (row)->base.id, NULL)));
  gtk_list_box_remove (GTK_LIST_BOX (list->list), GTK_WIDGET (row));
}

/* Results of the chosen analysis stand below it, the newest first. */
static void
update_results (RheoAnalyseList *list, RheoStudy *study, const char *id, GHashTable *hidden)
{
  const GPtrArray *results = rheo_study_get_results (study);
  GtkListBoxRow *row, *chosen;
  int place;

  for (int i = 0; (row = get_row (list, i)) != NULL;)
    if (get_result (row) != NULL && !is_current (row, study, id, hidden))
      remove_row (list, row);
    else
      i++;
  chosen = id != NULL ? find_row (list, id, NULL) : NULL;
  if (chosen == NULL)
    return;
  place = gtk_list_box_row_get_index (chosen) + 1;
  for (guint k = results != NULL ? results->len : 0; k > 0; k--)
    if (is_of (results->pdata[k - 1], id, hidden))
      {
        const RheoStudyResult *result = results->pdata[k - 1];

        row = get_row (list, place);
        if (row == NULL || g_strcmp0 (get_result (row), result->name) != 0)
          add_result (list, place, study, get_analysis (chosen), result);
        show_result (get_row (list, place), study);
        place++;
      }
}

/* Rows stay what they are as long as there is what they stand for: one that is pressed while a file has been read, or a
 * result has come, is still there when the button is let go. */
void
rheo_analyse_list_update (RheoAnalyseList *list, RheoStudy *study, int64_t at, const char *id, const char *result,
                          GHashTable *hidden)
{
  GtkListBoxRow *row;

  update_results (list, study, id, hidden);
  for (int i = 0; (row = get_row (list, i)) != NULL; i++)
    if (get_result (row) == NULL)
      show_analysis (row, study, at, g_strcmp0 (id, get_analysis (row)->base.id) == 0, hidden);
  row = id != NULL && result != NULL ? find_row (list, id, result) : NULL;
  if (row == NULL && id != NULL)
    row = find_row (list, id, NULL);
  gtk_list_box_select_row (GTK_LIST_BOX (list->list), row);
}

void
rheo_analyse_list_search (RheoAnalyseList *list)
{
  gtk_widget_grab_focus (list->search);
}

static void
set_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  const RheoAbout about = rheo_analysis_get_about (get_analysis (row));
  GtkWidget *header;

  if (before != NULL && about == rheo_analysis_get_about (get_analysis (before)))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  header = new_label (group_title (about), "heading");
  gtk_widget_add_css_class (header, "dim-label");
  gtk_widget_add_css_class (header, "family");
  gtk_list_box_row_set_header (row, header);
}

static gboolean
is_shown (GtkListBoxRow *row, gpointer data)
{
  RheoAnalyseList *list = data;
  g_autofree char *word = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (list->search)), -1);

  return strstr (g_object_get_data (G_OBJECT (row), "words"), word) != NULL;
}

static void
on_row (GtkListBox *box, GtkListBoxRow *row, RheoAnalyseList *list)
{
  const char *result = get_result (row);

  if (result != NULL)
    g_signal_emit (list, signals[RESULT], 0, result);
  else
    g_signal_emit (list, signals[ANALYSIS], 0, get_analysis (row)->base.id);
}

static void
on_search (RheoAnalyseList *list)
{
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (list->list));
}

static void
on_search_enter (RheoAnalyseList *list)
{
  GtkListBoxRow *row = rheo_list_box_get_first_shown (GTK_LIST_BOX (list->list));

  if (row != NULL)
    on_row (GTK_LIST_BOX (list->list), row, list);
}

static guint
add_signal (RheoAnalyseListClass *class, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                       G_TYPE_STRING);
}

static void
rheo_analyse_list_class_init (RheoAnalyseListClass *class)
{
  signals[ANALYSIS] = add_signal (class, "analysis");
  signals[RESULT] = add_signal (class, "result");
  signals[REMOVE] = add_signal (class, "remove");
}

static void
rheo_analyse_list_init (RheoAnalyseList *list)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scroll = gtk_scrolled_window_new ();
  GtkWidget *nothing = new_label (_ ("No analyses match"), "dim-label");

  list->search = gtk_search_entry_new ();
  g_object_set (list->search, "placeholder-text", _ ("Search analyses"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search analyses"),
                                  -1);
  gtk_widget_set_tooltip_text (list->search, _ ("Search analyses"));
  gtk_widget_set_margin_top (list->search, 8);
  gtk_widget_set_margin_start (list->search, 8);
  gtk_widget_set_margin_end (list->search, 8);
  gtk_box_append (GTK_BOX (box), list->search);
  list->list = gtk_list_box_new ();
  gtk_widget_add_css_class (list->list, "navigation-sidebar");
  gtk_label_set_xalign (GTK_LABEL (nothing), 0.5);
  gtk_widget_set_margin_top (nothing, 24);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (list->list), nothing);
  gtk_list_box_set_header_func (GTK_LIST_BOX (list->list), set_header, NULL, NULL);
  gtk_list_box_set_filter_func (GTK_LIST_BOX (list->list), is_shown, list, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Analyses"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), list->list);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_box_append (GTK_BOX (box), scroll);
  gtk_widget_set_size_request (box, 226, -1);
  adw_bin_set_child (ADW_BIN (list), box);
  gtk_widget_add_css_class (GTK_WIDGET (list), "setup-list");
  add_analyses (list);
  g_signal_connect_swapped (list->search, "search-changed", G_CALLBACK (on_search), list);
  g_signal_connect_swapped (list->search, "activate", G_CALLBACK (on_search_enter), list);
  g_signal_connect (list->list, "row-activated", G_CALLBACK (on_row), list);
}

GtkWidget *
rheo_analyse_list_new (void)
{
  return g_object_new (RHEO_TYPE_ANALYSE_LIST, NULL);
}
