#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/runs-page-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/run-text.h"
#include "app/window.h"
#include "widgets/common.h"

AdwToast *
rheo_runs_page_toast (RheoRunsPage *page, const char *text, const char *button, const char *action)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (page));

  if (RHEO_IS_APP_WINDOW (root))
    return rheo_app_window_toast (RHEO_APP_WINDOW (root), text, button, action);
  g_message ("%s", text);
  return NULL;
}

static const RheoRunFacts *
facts_of (GPtrArray *items, guint i)
{
  return rheo_run_item_get_facts (g_ptr_array_index (items, i));
}

/* The only selected run, or NULL. */
static RheoRunItem *
dup_single (RheoRunsPage *page)
{
  g_autoptr (GPtrArray) items = rheo_run_list_dup_selected (page->list);

  return items->len == 1 ? g_object_ref (g_ptr_array_index (items, 0)) : NULL;
}

/* --- trash ------------------------------------------------------------------------------------------------------- */

static void
on_toast_gone (AdwToast *toast, RheoLibrary *library)
{
  rheo_library_trash_commit (library, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (toast), "ticket")));
}

static void
on_trash (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;
  g_autoptr (GPtrArray) items = rheo_run_list_dup_selected (page->list);
  guint ticket = items->len > 0 ? rheo_library_trash (page->context->library, items) : 0;
  g_autofree char *text = NULL;
  g_autofree char *undo = NULL;
  AdwToast *toast;

  if (ticket == 0)
    return;
  text = items->len == 1
             ? g_strdup (_ ("Run moved to trash"))
             : g_strdup_printf (ngettext ("%u run moved to trash", "%u runs moved to trash", items->len), items->len);
  undo = g_action_print_detailed_name ("runs.undo-trash", g_variant_new_uint32 (ticket));
  toast = rheo_runs_page_toast (page, text, _ ("Undo"), undo);
  if (toast == NULL)
    return; /* goes to the trash with the library */
  g_object_set_data (G_OBJECT (toast), "ticket", GUINT_TO_POINTER (ticket));
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_toast_gone), page->context->library, 0);
}

static void
on_undo_trash (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;

  rheo_library_trash_undo (page->context->library, g_variant_get_uint32 (parameter));
}

/* --- export ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  char *run, *path;
} Export;

static void
free_export (Export *export)
{
  g_free (export->run);
  g_free (export->path);
  g_free (export);
}

static void
export_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  GError *error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (export->run, &error);
  g_autoptr (RheoTable) metrics = run != NULL ? rheo_run_dup_metrics (run, NULL, &error) : NULL;

  if (metrics != NULL && rheo_table_write (metrics, NULL, export->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  RheoRunsPage *page = RHEO_RUNS_PAGE (source);
  Export *export = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_path_get_basename (export->path);
  g_autofree char *text = g_strdup_printf (_ ("Saved %s"), name);
  g_autofree char *show = g_action_print_detailed_name ("win.show-file", g_variant_new_string (export->path));

  if (g_task_propagate_boolean (G_TASK (result), &error))
    rheo_runs_page_toast (page, text, _ ("Show"), show);
  else
    rheo_runs_page_toast (page, error->message, NULL, NULL);
}

static void
on_export_chosen (GtkNativeDialog *dialog, int response, RheoRunsPage *page)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    {
      g_autoptr (GTask) task = g_task_new (page, NULL, on_exported, NULL);
      Export *export = g_new0 (Export, 1);

      export->run = g_strdup (g_object_get_data (G_OBJECT (dialog), "run"));
      export->path = g_file_get_path (file);
      g_task_set_task_data (task, export, (GDestroyNotify) free_export);
      g_task_run_in_thread (task, export_in_thread);
    }
  g_object_unref (dialog);
}

/* The metrics, as a table for other programs. */
static void
on_export (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;
  g_autoptr (RheoRunItem) item = dup_single (page);
  const RheoRunFacts *facts = item != NULL ? rheo_run_item_get_facts (item) : NULL;
  g_autofree char *name = facts != NULL ? g_strdup_printf ("%s-metrics.csv", facts->name) : NULL;
  GtkFileChooserNative *dialog;

  if (facts == NULL)
    return;
  dialog = gtk_file_chooser_native_new (_ ("Export metrics as CSV or JSON"),
                                        GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (page))),
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Export"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data_full (G_OBJECT (dialog), "run", g_strdup (facts->path), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_export_chosen), page, 0);
  rheo_chooser_show (dialog);
}

/* --- what the window does ---------------------------------------------------------------------------------------- */

static void
on_resume (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;
  g_autoptr (RheoRunItem) item = dup_single (page);

  if (item != NULL)
    gtk_widget_activate_action (GTK_WIDGET (page), "win.resume", "s", rheo_run_item_get_facts (item)->path);
}

static void
on_branch (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;
  g_autoptr (RheoRunItem) item = dup_single (page);

  if (item != NULL)
    gtk_widget_activate_action (GTK_WIDGET (page), "win.branch", "(sx)", rheo_run_item_get_facts (item)->path,
                                (gint64) rheo_run_item_get_facts (item)->checkpoint);
}

static void
on_show (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;
  g_autoptr (RheoRunItem) item = dup_single (page);

  if (item != NULL)
    gtk_widget_activate_action (GTK_WIDGET (page), "win.show-file", "s", rheo_run_item_get_facts (item)->path);
}

/* Ticked runs, or the selected ones where fewer than two are ticked. */
static GPtrArray *
dup_to_compare (RheoRunsPage *page)
{
  g_autoptr (GPtrArray) ticked = rheo_run_list_dup_ticked (page->list);

  return ticked->len >= 2 ? g_steal_pointer (&ticked) : rheo_run_list_dup_selected (page->list);
}

static void
on_compare (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;
  g_autoptr (GPtrArray) items = dup_to_compare (page);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (paths, (gpointer) facts_of (items, i)->path);
  g_ptr_array_add (paths, NULL);
  if (items->len >= 2)
    rheo_runs_page_compare (page, (const char *const *) paths->pdata);
}

static void
on_compare_more (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree const char **paths = g_variant_get_strv (parameter, NULL);

  rheo_runs_page_compare_more (data, paths);
}

/* --- all of them ------------------------------------------------------------------------------------------------- */

static void
enable (RheoRunsPage *page, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (page->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
rheo_runs_actions_update (RheoRunsPage *page)
{
  g_autoptr (GPtrArray) items = rheo_run_list_dup_selected (page->list);
  g_autoptr (GPtrArray) pair = dup_to_compare (page);
  const RheoRunFacts *one = items->len == 1 ? facts_of (items, 0) : NULL;
  gboolean whole = one != NULL && one->state != RHEO_ITEM_BROKEN && one->state != RHEO_ITEM_READING;
  gboolean running = FALSE, all_whole = TRUE;

  for (guint i = 0; i < items->len; i++)
    running = running || rheo_item_is_going (facts_of (items, i)->state);
  for (guint i = 0; i < pair->len; i++)
    all_whole = all_whole && facts_of (pair, i)->state != RHEO_ITEM_BROKEN;
  enable (page, "resume",
          whole && one->checkpoint >= 0 && (one->state == RHEO_ITEM_INTERRUPTED || one->state == RHEO_ITEM_STOPPED));
  enable (page, "branch", whole && one->checkpoint >= 0);
  enable (page, "compare", pair->len >= 2 && all_whole);
  enable (page, "export", whole);
  enable (page, "show", one != NULL);
  enable (page, "rename", one != NULL && !running);
  enable (page, "tag", items->len > 0);
  enable (page, "star", items->len > 0);
  enable (page, "trash", items->len > 0 && !running);
}

GMenuModel *
rheo_runs_actions_new_menu (void)
{
  static const struct
  {
    const char *label, *action;
  } entries[] = {
    { N_ ("_Resume"), "runs.resume" },
    { N_ ("_Branch from last checkpoint"), "runs.branch" },
    { N_ ("_Compare"), "runs.compare" },
    { NULL },
    { N_ ("_Export…"), "runs.export" },
    { N_ ("_Show in files"), "runs.show" },
    { NULL },
    { N_ ("_Star"), "runs.star" },
    { N_ ("_Tag…"), "runs.tag" },
    { N_ ("Re_name…"), "runs.rename" },
    { N_ ("_Move to trash"), "runs.trash" },
  };
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (entries); i++)
    if (entries[i].label != NULL)
      g_menu_append (section, _ (entries[i].label), entries[i].action);
    else
      {
        g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
        g_set_object (&section, NULL);
        section = g_menu_new ();
      }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  return G_MENU_MODEL (menu);
}

void
rheo_runs_actions_add (RheoRunsPage *page)
{
  static const GActionEntry entries[] = {
    { "resume", on_resume },   { "branch", on_branch },
    { "compare", on_compare }, { "compare-more", on_compare_more, "as" },
    { "export", on_export },   { "show", on_show },
    { "trash", on_trash },     { "undo-trash", on_undo_trash, "u" },
  };

  page->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (page->actions), entries, G_N_ELEMENTS (entries), page);
  rheo_runs_edits_add (page);
}
