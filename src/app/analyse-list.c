#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-list.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "widgets/common.h"

struct _RheoAnalyseList
{
  AdwBin parent_instance;
  GtkWidget *search, *list;
  char *shown; /* what the rows were made from */
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
add_row (RheoAnalyseList *list, GtkWidget *content, RheoAbout about, const char *id, const char *result,
         const char *words, const char *name)
{
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), content);
  g_object_set_data (G_OBJECT (row), "about", GINT_TO_POINTER (about));
  g_object_set_data_full (G_OBJECT (row), "id", g_strdup (id), g_free);
  g_object_set_data_full (G_OBJECT (row), "result", g_strdup (result), g_free);
  g_object_set_data_full (G_OBJECT (row), "words", g_utf8_casefold (words, -1), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_list_box_append (GTK_LIST_BOX (list->list), row);
  return row;
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
add_analysis (RheoAnalyseList *list, RheoStudy *study, const RheoAnalysis *analysis, int64_t at, gboolean chosen,
              GHashTable *hidden)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *title = new_label (_ (analysis->base.title), NULL),
            *row;
  const int n = count_results (study, analysis->base.id, hidden);
  g_autoptr (GError) error = NULL;
  const gboolean allowed = rheo_study_allows (study, analysis, at, &error);
  g_autofree char *words = g_strjoin ("\n", _ (analysis->base.title), analysis->base.id,
                                      analysis->base.summary != NULL ? _ (analysis->base.summary) : NULL, NULL);

  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (box), title);
  if (n > 0 && !chosen)
    {
      g_autofree char *count = g_strdup_printf ("%d", n);
      g_autofree char *tip = g_strdup_printf (ngettext ("%d result", "%d results", (gulong) n), n);
      GtkWidget *badge = new_label (count, "caption");

      gtk_widget_add_css_class (badge, "dim-label");
      gtk_widget_set_tooltip_text (badge, tip);
      gtk_box_append (GTK_BOX (box), badge);
    }
  row =
      add_row (list, box, rheo_analysis_get_about (analysis), analysis->base.id, NULL, words, _ (analysis->base.title));
  if (!allowed)
    gtk_widget_add_css_class (title, "dim-label");
  gtk_widget_set_tooltip_text (row, !allowed ? error->message : _ (analysis->base.summary));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  !allowed ? error->message : _ (analysis->base.summary), -1);
}

static void
on_remove (GtkButton *button, RheoAnalyseList *list)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_LIST_BOX_ROW);

  g_signal_emit (list, signals[REMOVE], 0, g_object_get_data (G_OBJECT (row), "result"));
}

static void
add_result (RheoAnalyseList *list, RheoStudy *study, const RheoAnalysis *analysis, const RheoStudyResult *result)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *button;
  g_autofree char *title = dup_result_title (study, result);
  g_autofree char *name = g_strdup_printf ("%s, %s", _ (analysis->base.title), title);
  g_autofree char *remove = g_strdup_printf (_ ("Remove %s"), name);
  GtkWidget *label = new_label (title, "caption");
  const gboolean live = rheo_study_is_live (study);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "tabular");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_margin_start (box, 12);
  gtk_box_append (GTK_BOX (box), label);
  button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "analyse-remove");
  gtk_widget_set_sensitive (button, !live);
  gtk_widget_set_tooltip_text (button, live ? _ ("Not while the run goes on") : _ ("Remove this result"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove), list);
  gtk_box_append (GTK_BOX (box), button);
  add_row (list, box, rheo_analysis_get_about (analysis), analysis->base.id, result->name, _ (analysis->base.title),
           name);
}

static void
add_all (RheoAnalyseList *list, RheoStudy *study, int64_t at, const char *id, GHashTable *hidden)
{
  const RheoComponent *const *all = rheo_components (RHEO_KIND_ANALYSIS);
  const GPtrArray *results = rheo_study_get_results (study);

  for (int about = RHEO_ABOUT_AUTO + 1; about < RHEO_N_ABOUT; about++)
    for (int i = 0; all[i] != NULL; i++)
      {
        const RheoAnalysis *analysis = (const RheoAnalysis *) all[i];
        const gboolean chosen = g_strcmp0 (id, all[i]->id) == 0;

        if ((int) rheo_analysis_get_about (analysis) != about)
          continue;
        add_analysis (list, study, analysis, at, chosen, hidden);
        for (guint k = results != NULL && chosen ? results->len : 0; k > 0; k--)
          if (is_of (results->pdata[k - 1], all[i]->id, hidden))
            add_result (list, study, analysis, results->pdata[k - 1]);
      }
}

/* --- keeping up ---------------------------------------------------------------------------------------------------------- */

/* What the rows look like, but for the chosen one. */
static char *
dup_signature (RheoStudy *study, int64_t at, const char *id, GHashTable *hidden)
{
  const RheoComponent *const *all = rheo_components (RHEO_KIND_ANALYSIS);
  const GPtrArray *results = rheo_study_get_results (study);
  GString *text = g_string_new (rheo_study_get_path (study));

  g_string_append_printf (text, "\n%s %d\n", id != NULL ? id : "", rheo_study_is_live (study));
  for (guint i = 0; results != NULL && i < results->len; i++)
    {
      const RheoStudyResult *result = results->pdata[i];

      if (is_of (result, result->id, hidden))
        g_string_append_printf (text, "%s %" PRId64 "\n", result->name, result->iteration);
    }
  for (int i = 0; all[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      rheo_study_allows (study, (const RheoAnalysis *) all[i], at, &error);
      g_string_append_printf (text, "%s\n", error != NULL ? error->message : "");
    }
  return g_string_free (text, FALSE);
}

static GtkListBoxRow *
find_row (RheoAnalyseList *list, const char *id, const char *result)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list->list), i)) != NULL; i++)
    if (g_strcmp0 (g_object_get_data (G_OBJECT (row), "id"), id) == 0
        && g_strcmp0 (g_object_get_data (G_OBJECT (row), "result"), result) == 0)
      return row;
  return NULL;
}

static GtkListBoxRow *
find_focused (RheoAnalyseList *list)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (list));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, list->list))
    return NULL;
  return (GtkListBoxRow *) (GTK_IS_LIST_BOX_ROW (focus) ? focus
                                                        : gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_BOX_ROW));
}

static void
rebuild (RheoAnalyseList *list, RheoStudy *study, int64_t at, const char *id, GHashTable *hidden)
{
  GtkListBoxRow *focused = find_focused (list), *row;
  g_autofree char *focused_id = focused != NULL ? g_strdup (g_object_get_data (G_OBJECT (focused), "id")) : NULL;
  g_autofree char *focused_result =
      focused != NULL ? g_strdup (g_object_get_data (G_OBJECT (focused), "result")) : NULL;

  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list->list), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (list->list), GTK_WIDGET (row));
  add_all (list, study, at, id, hidden);
  if (focused_id == NULL)
    return;
  row = find_row (list, focused_id, focused_result);
  if (row == NULL)
    row = find_row (list, focused_id, NULL);
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

void
rheo_analyse_list_update (RheoAnalyseList *list, RheoStudy *study, int64_t at, const char *id, const char *result,
                          GHashTable *hidden)
{
  g_autofree char *signature = dup_signature (study, at, id, hidden);
  GtkListBoxRow *row;

  if (g_strcmp0 (signature, list->shown) != 0)
    {
      rebuild (list, study, at, id, hidden);
      g_free (list->shown);
      list->shown = g_steal_pointer (&signature);
    }
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
  const int about = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "about"));
  GtkWidget *header;

  if (before != NULL && about == GPOINTER_TO_INT (g_object_get_data (G_OBJECT (before), "about")))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  header = new_label (group_title ((RheoAbout) about), "heading");
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
  const char *result = g_object_get_data (G_OBJECT (row), "result");

  if (result != NULL)
    g_signal_emit (list, signals[RESULT], 0, result);
  else
    g_signal_emit (list, signals[ANALYSIS], 0, g_object_get_data (G_OBJECT (row), "id"));
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

static void
finalize (GObject *object)
{
  g_free (RHEO_ANALYSE_LIST (object)->shown);
  G_OBJECT_CLASS (rheo_analyse_list_parent_class)->finalize (object);
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
  G_OBJECT_CLASS (class)->finalize = finalize;
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
  g_signal_connect_swapped (list->search, "search-changed", G_CALLBACK (on_search), list);
  g_signal_connect_swapped (list->search, "activate", G_CALLBACK (on_search_enter), list);
  g_signal_connect (list->list, "row-activated", G_CALLBACK (on_row), list);
}

GtkWidget *
rheo_analyse_list_new (void)
{
  return g_object_new (RHEO_TYPE_ANALYSE_LIST, NULL);
}
