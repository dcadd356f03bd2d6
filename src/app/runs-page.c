#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/runs-page-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/broken-page.h"
#include "app/compare-page.h"
#include "app/data-viewer.h"
#include "app/file-tree.h"
#include "app/run-pane.h"
#include "app/split.h"
#include "widgets/common.h"
#include "widgets/keys.h"

#define NARROW 860   /* px below which list and run take turns */
#define REFRESH 1000 /* ms between looks at the run that goes on */

G_DEFINE_FINAL_TYPE (RheoRunsPage, rheo_runs_page, GTK_TYPE_WIDGET)

/* --- one run, or several ------------------------------------------------------------------------------------------- */

static void
show_right (RheoRunsPage *page, const char *name)
{
  GtkWidget *child = gtk_stack_get_child_by_name (GTK_STACK (page->right), name);

  if (child != NULL)
    gtk_stack_set_visible_child (GTK_STACK (page->right), child);
  else
    gtk_stack_set_visible_child_name (GTK_STACK (page->right), "nothing");
}

void
rheo_runs_page_compare (RheoRunsPage *page, const char *const *paths)
{
  rheo_compare_page_show (RHEO_COMPARE_PAGE (page->compare), paths);
  gtk_stack_set_visible_child (GTK_STACK (page->whole), page->compare);
}

static void
on_compared (RheoRunsPage *page)
{
  gtk_stack_set_visible_child (GTK_STACK (page->whole), page->beside);
  gtk_widget_grab_focus (GTK_WIDGET (page->list));
}

/* What is compared, with runs more or less. */
static void
change_compared (RheoRunsPage *page, const char *const *more, const char *const *less)
{
  const char *const *paths = rheo_compare_page_get_paths (RHEO_COMPARE_PAGE (page->compare));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  for (int i = 0; paths != NULL && paths[i] != NULL; i++)
    if (less == NULL || !g_strv_contains (less, paths[i]))
      g_strv_builder_add (builder, paths[i]);
  for (int i = 0; more != NULL && more[i] != NULL; i++)
    if (paths == NULL || !g_strv_contains (paths, more[i]))
      g_strv_builder_add (builder, more[i]);
  all = g_strv_builder_end (builder);
  if (g_strv_length (all) >= 2)
    rheo_runs_page_compare (page, (const char *const *) all);
}

static void
on_add (RheoRunsPage *page, const char *path)
{
  change_compared (page, (const char *const[]){ path, NULL }, NULL);
}

static void
on_remove (RheoRunsPage *page, const char *const *paths)
{
  change_compared (page, NULL, paths);
}

/* Further seeds of what is compared join it; elsewhere a toast says that they are there. */
static void
on_queue_done (RheoRunsPage *page)
{
  const GPtrArray *paths = rheo_run_queue_get_paths (page->context->queue);
  gboolean stopped = rheo_session_get_stop (page->context->session) == RHEO_STOP_USER;
  guint n = paths->len - (stopped && paths->len > 0);
  g_autoptr (GPtrArray) more = g_ptr_array_new ();
  g_autofree char *text = g_strdup_printf (ngettext ("%u run is done", "%u runs are done", n), n), *action = NULL;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (more, g_ptr_array_index (paths, i));
  g_ptr_array_add (more, NULL);
  if (n > 0 && gtk_widget_get_mapped (page->compare))
    change_compared (page, (const char *const *) more->pdata, NULL);
  else if (n > 0)
    {
      g_autoptr (GVariant) target = g_variant_ref_sink (g_variant_new_strv ((const char *const *) more->pdata, -1));

      action = g_action_print_detailed_name ("runs.compare-more", target);
      rheo_runs_page_toast (page, text, _ ("Compare"), action);
    }
}

void
rheo_runs_page_compare_more (RheoRunsPage *page, const char *const *paths)
{
  change_compared (page, paths, NULL);
  gtk_widget_activate_action (GTK_WIDGET (page), "win.view", "s", "runs");
}

void
rheo_runs_page_show (RheoRunsPage *page, const char *path)
{
  RheoRunItem *item = rheo_library_find (page->context->library, path);
  const RheoItemState state = item != NULL ? rheo_run_item_get_facts (item)->state : RHEO_ITEM_READING;

  if (g_strcmp0 (path, page->shown) != 0)
    {
      g_free (page->shown);
      page->shown = g_strdup (path);
      rheo_file_tree_show (RHEO_FILE_TREE (page->tree), path);
      rheo_run_pane_show (RHEO_RUN_PANE (page->run), path);
    }
  page->awaited = item == NULL || !rheo_run_list_select (page->list, item);
  show_right (page, "run");
  if (gtk_stack_get_visible_child (GTK_STACK (page->whole)) == page->compare)
    rheo_compare_page_stop (RHEO_COMPARE_PAGE (page->compare));
  gtk_stack_set_visible_child (GTK_STACK (page->whole), page->beside);
  /* Most of its own files the library has looked at already. */
  rheo_broken_page_look (RHEO_BROKEN_PAGE (page->broken),
                         state == RHEO_ITEM_READING || state == RHEO_ITEM_BROKEN ? path : NULL);
}

static void
on_selected (RheoRunsPage *page)
{
  g_autoptr (GPtrArray) items = rheo_run_list_dup_selected (page->list);

  if (items->len == 1)
    rheo_runs_page_show (page, rheo_run_item_get_facts (g_ptr_array_index (items, 0))->path);
  rheo_runs_actions_update (page);
}

static void
on_node_selected (RheoRunsPage *page)
{
  rheo_data_viewer_show (RHEO_DATA_VIEWER (page->viewer), rheo_file_tree_get_file (RHEO_FILE_TREE (page->tree)),
                         rheo_file_tree_get_selected (RHEO_FILE_TREE (page->tree)), page->shown);
}

static void
on_saved (RheoRunsPage *page, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *text = g_strdup_printf (_ ("Saved %s"), name);
  g_autofree char *show = g_action_print_detailed_name ("win.show-file", g_variant_new_string (path));

  rheo_runs_page_toast (page, text, _ ("Show"), show);
}

static void
on_trouble (RheoRunsPage *page, const char *sentence)
{
  rheo_runs_page_toast (page, sentence, NULL, NULL);
}

static void
on_broken (RheoRunsPage *page)
{
  show_right (page, "broken");
}

/* --- narrow windows ------------------------------------------------------------------------------------------------ */

/* Side by side, or one of the two. */
static void
fold (RheoRunsPage *page, gboolean shows_run)
{
  gtk_widget_set_visible (page->left, !page->narrow || !shows_run);
  gtk_widget_set_visible (page->detail, !page->narrow || shows_run);
  gtk_widget_set_visible (page->back, page->narrow);
}

static void
on_back (RheoRunsPage *page)
{
  fold (page, FALSE);
}

static gboolean
on_fold (gpointer data)
{
  RheoRunsPage *page = data;

  page->fold = 0;
  if (page->narrow != (page->width < NARROW))
    {
      page->narrow = page->width < NARROW;
      fold (page, FALSE);
    }
  return G_SOURCE_REMOVE;
}

static void
on_opened (RheoRunsPage *page, RheoRunItem *item)
{
  rheo_runs_page_show (page, rheo_run_item_get_facts (item)->path);
  if (page->narrow)
    fold (page, TRUE);
  gtk_widget_child_focus (page->right, GTK_DIR_TAB_FORWARD);
}

/* --- search -------------------------------------------------------------------------------------------------------- */

/* A run that was opened before the list was there is selected in it as soon as it is. */
static void
find_awaited (RheoRunsPage *page)
{
  RheoRunItem *item =
      page->awaited && page->shown != NULL ? rheo_library_find (page->context->library, page->shown) : NULL;

  if (item != NULL)
    page->awaited = !rheo_run_list_select (page->list, item);
}

static void
update_stack (RheoRunsPage *page)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (page->context->library)) > 0;
  gboolean busy = any ? rheo_run_list_is_searching (page->list) : rheo_library_is_busy (page->context->library);
  guint shown = rheo_run_list_get_n_shown (page->list);

  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), shown > 0 || busy ? "list" : any ? "no-match" : "empty");
  find_awaited (page);
}

static void
on_search (RheoRunsPage *page)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = rheo_run_list_set_search (page->list, gtk_editable_get_text (GTK_EDITABLE (page->search)), &error);

  gtk_label_set_text (GTK_LABEL (page->reason), ok ? "" : error->message);
  gtk_widget_set_visible (page->reason, !ok);
  if (ok)
    gtk_widget_remove_css_class (page->search, "error");
  else
    gtk_widget_add_css_class (page->search, "error");
  update_stack (page);
}

void
rheo_runs_page_search (RheoRunsPage *page)
{
  gtk_widget_grab_focus (page->search);
  gtk_editable_select_region (GTK_EDITABLE (page->search), 0, -1);
}

void
rheo_runs_page_branch (RheoRunsPage *page)
{
  if (gtk_widget_get_mapped (page->run))
    gtk_widget_activate_action (page->run, "run.branch", NULL);
}

static void
on_clear (RheoRunsPage *page)
{
  gtk_editable_set_text (GTK_EDITABLE (page->search), "");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (page->tasks), 0);
  on_search (page);
}

static void
on_task (RheoRunsPage *page)
{
  guint position = gtk_drop_down_get_selected (GTK_DROP_DOWN (page->tasks));

  rheo_run_list_set_task (page->list, position > 0 && position <= page->task_ids->len
                                          ? g_ptr_array_index (page->task_ids, position - 1)
                                          : NULL);
  update_stack (page);
}

/* The tasks that there are runs of, as entries of the drop-down. */
static void
update_tasks (RheoRunsPage *page)
{
  GListModel *runs = G_LIST_MODEL (page->context->library);
  GListModel *model = gtk_drop_down_get_model (GTK_DROP_DOWN (page->tasks));

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (runs, i);
      const RheoRunFacts *facts = rheo_run_item_get_facts (item);

      if (*facts->task_id != '\0'
          && !g_ptr_array_find_with_equal_func (page->task_ids, facts->task_id, g_str_equal, NULL))
        {
          g_ptr_array_add (page->task_ids, g_strdup (facts->task_id));
          gtk_string_list_append (GTK_STRING_LIST (model), facts->task);
        }
    }
}

/* --- news ---------------------------------------------------------------------------------------------------------- */

/* What the file does not tell. */
static void
follow_pause (RheoRunsPage *page)
{
  const char *path = page->context->session != NULL ? rheo_session_get_path (page->context->session) : NULL;
  RheoRunItem *item = path != NULL ? rheo_library_find (page->context->library, path) : NULL;

  if (item != NULL)
    rheo_run_item_set_paused (item, rheo_session_get_state (page->context->session) == RHEO_ENGINE_PAUSED);
}

static void
on_read (RheoRunsPage *page)
{
  update_tasks (page);
  update_stack (page);
  rheo_runs_actions_update (page);
  follow_pause (page);
}

static void
on_ticked (RheoRunsPage *page)
{
  g_autoptr (GPtrArray) items = rheo_run_list_dup_ticked (page->list);
  g_autofree char *text = g_strdup_printf (ngettext ("%u run ticked", "%u runs ticked", items->len), items->len);

  gtk_label_set_text (GTK_LABEL (page->bar_label), text);
  gtk_action_bar_set_revealed (GTK_ACTION_BAR (page->bar), items->len > 0);
  rheo_runs_actions_update (page);
}

static gboolean
on_refresh (gpointer data)
{
  RheoRunsPage *page = data;

  page->refresh = 0;
  rheo_library_refresh (page->context->library);
  return G_SOURCE_REMOVE;
}

/* The run of this program tells of itself; its file is read again once a second. */
static void
on_session (RheoRunsPage *page)
{
  follow_pause (page);
  if (page->refresh == 0 && gtk_widget_get_mapped (GTK_WIDGET (page)))
    page->refresh = g_timeout_add (REFRESH, on_refresh, page);
}

static void
on_stopped (RheoRunsPage *page)
{
  rheo_library_refresh (page->context->library);
}

/* --- opening ------------------------------------------------------------------------------------------------------- */

static void
on_open_chosen (GtkNativeDialog *dialog, int response, RheoRunsPage *page)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    gtk_widget_activate_action (GTK_WIDGET (page), "win.open", "s", path);
  g_object_unref (dialog);
}

static void
on_open (RheoRunsPage *page)
{
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Open a run"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (page))),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Open"), NULL);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Run files and other HDF5 files"));
  gtk_file_filter_add_pattern (filter, "*.h5");
  gtk_file_filter_add_pattern (filter, "*.hdf5");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_open_chosen), page, 0);
  rheo_chooser_show (dialog);
}

/* --- construction -------------------------------------------------------------------------------------------------- */

static GtkWidget *
new_button (const char *label, const char *icon, GCallback clicked, RheoRunsPage *page)
{
  GtkWidget *button = rheo_text_button_new (label, icon);

  if (clicked != NULL)
    g_signal_connect_object (button, "clicked", clicked, page, G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
make_toolbar (RheoRunsPage *page)
{
  static const char *const all[] = { N_ ("All tasks"), NULL };
  const char *const shown[] = { _ (all[0]), NULL };
  GtkWidget *toolbar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_add_css_class (toolbar, "strip");
  page->search = gtk_search_entry_new ();
  g_object_set (page->search, "placeholder-text", _ ("Search runs, tags and values, such as rule:e-prop"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search runs"), -1);
  gtk_widget_set_hexpand (page->search, TRUE);
  gtk_widget_set_valign (page->search, GTK_ALIGN_CENTER);
  g_signal_connect_object (page->search, "search-changed", G_CALLBACK (on_search), page, G_CONNECT_SWAPPED);
  page->tasks = gtk_drop_down_new_from_strings (shown);
  gtk_widget_set_valign (page->tasks, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (page->tasks, _ ("Only runs of one task"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->tasks), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Task"), -1);
  g_signal_connect_object (page->tasks, "notify::selected", G_CALLBACK (on_task), page, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (toolbar), page->search);
  gtk_box_append (GTK_BOX (toolbar), page->tasks);
  gtk_box_append (GTK_BOX (toolbar), new_button (_ ("Open…"), "document-open-symbolic", G_CALLBACK (on_open), page));
  gtk_widget_set_valign (gtk_widget_get_last_child (toolbar), GTK_ALIGN_CENTER);
  return toolbar;
}

static GtkWidget *
new_status (const char *title, const char *description, GtkWidget *button)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (status), "rheobase-runs-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (status), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (status), description);
  gtk_widget_add_css_class (status, "compact");
  if (button != NULL)
    {
      gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "pill");
      adw_status_page_set_child (ADW_STATUS_PAGE (status), button);
    }
  else
    gtk_widget_set_can_focus (status, FALSE);
  return status;
}

static void
make_list (RheoRunsPage *page)
{
  g_autoptr (GMenuModel) menu = rheo_runs_actions_new_menu ();

  page->list = RHEO_RUN_LIST (rheo_run_list_new (page->context, menu));
  g_signal_connect_object (page->list, "selected", G_CALLBACK (on_selected), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->list, "opened", G_CALLBACK (on_opened), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->list, "ticked", G_CALLBACK (on_ticked), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->list, "counted", G_CALLBACK (update_stack), page, G_CONNECT_SWAPPED);
  page->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (page->stack), GTK_WIDGET (page->list), "list");
  gtk_stack_add_named (GTK_STACK (page->stack),
                       new_status (_ ("No runs yet"), _ ("Each run is kept here as one file."),
                                   new_button (_ ("Open…"), NULL, G_CALLBACK (on_open), page)),
                       "empty");
  gtk_stack_add_named (
      GTK_STACK (page->stack),
      new_status (_ ("No runs match"), NULL, new_button (_ ("Clear search"), NULL, G_CALLBACK (on_clear), page)),
      "no-match");
}

static void
make_files (RheoRunsPage *page)
{
  page->tree = rheo_file_tree_new ();
  page->viewer = rheo_data_viewer_new ();
  g_signal_connect_object (page->tree, "selected", G_CALLBACK (on_node_selected), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->viewer, "saved", G_CALLBACK (on_saved), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->viewer, "trouble", G_CALLBACK (on_trouble), page, G_CONNECT_SWAPPED);
  page->files = rheo_split_new (GTK_ORIENTATION_HORIZONTAL, page->tree, page->viewer, page->context->settings,
                                "runs-tree", FALSE);
  gtk_widget_set_size_request (page->tree, 180, -1);
}

/* Ticks, and what can be done with them. */
static GtkWidget *
make_bar (RheoRunsPage *page)
{
  GtkWidget *compare = new_button (_ ("Compare"), NULL, NULL, page);
  GtkWidget *untick = gtk_button_new_with_label (_ ("Untick all"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (compare), "runs.compare");
  gtk_widget_set_tooltip_text (compare, _ ("Put two or more ticked runs beside each other"));
  g_signal_connect_object (untick, "clicked", G_CALLBACK (rheo_run_list_untick_all), page->list, G_CONNECT_SWAPPED);
  page->bar = gtk_action_bar_new ();
  page->bar_label = gtk_label_new (NULL);
  gtk_action_bar_pack_start (GTK_ACTION_BAR (page->bar), page->bar_label);
  gtk_action_bar_pack_end (GTK_ACTION_BAR (page->bar), compare);
  gtk_action_bar_pack_end (GTK_ACTION_BAR (page->bar), untick);
  gtk_action_bar_set_revealed (GTK_ACTION_BAR (page->bar), FALSE);
  return page->bar;
}

static GtkWidget *
make_left (RheoRunsPage *page)
{
  GtkWidget *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (left), make_toolbar (page));
  page->reason = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (page->reason), TRUE);
  gtk_label_set_xalign (GTK_LABEL (page->reason), 0);
  gtk_widget_add_css_class (page->reason, "error");
  gtk_widget_add_css_class (page->reason, "data-facts");
  gtk_widget_set_visible (page->reason, FALSE);
  gtk_box_append (GTK_BOX (left), page->reason);
  make_list (page);
  make_files (page);
  page->split =
      rheo_split_new (GTK_ORIENTATION_VERTICAL, page->stack, page->files, page->context->settings, "runs-files", TRUE);
  gtk_widget_set_vexpand (page->split, TRUE);
  /* A low window would else leave nothing of the list. */
  gtk_widget_set_size_request (page->stack, -1, 110);
  gtk_widget_set_size_request (page->files, -1, 140);
  gtk_box_append (GTK_BOX (left), page->split);
  gtk_box_append (GTK_BOX (left), make_bar (page));
  return left;
}

/* The ticked runs and the one that is shown. */
static void
on_compare (RheoRunsPage *page, const char *path)
{
  g_autoptr (GPtrArray) items = rheo_run_list_dup_ticked (page->list);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;

  g_strv_builder_add (builder, path);
  for (guint i = 0; i < items->len; i++)
    if (!g_str_equal (rheo_run_item_get_facts (g_ptr_array_index (items, i))->path, path))
      g_strv_builder_add (builder, rheo_run_item_get_facts (g_ptr_array_index (items, i))->path);
  paths = g_strv_builder_end (builder);
  if (g_strv_length (paths) < 2)
    rheo_runs_page_toast (page, _ ("Tick the runs to compare with"), NULL, NULL);
  else
    rheo_runs_page_compare (page, (const char *const *) paths);
}

static void
on_tag (RheoRunsPage *page, const char *tag, gboolean there)
{
  RheoRunItem *item = page->shown != NULL ? rheo_library_find (page->context->library, page->shown) : NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  if (item == NULL)
    return;
  g_ptr_array_add (items, item);
  rheo_runs_page_tag (page, items, tag, there);
}

static GtkWidget *
make_right (RheoRunsPage *page)
{
  GtkWidget *right = gtk_stack_new ();

  gtk_stack_add_named (GTK_STACK (right),
                       new_status (_ ("No run selected"), _ ("Select one to look through it."), NULL), "nothing");
  page->broken = rheo_broken_page_new (page->context);
  g_signal_connect_object (page->broken, "broken", G_CALLBACK (on_broken), page, G_CONNECT_SWAPPED);
  gtk_stack_add_named (GTK_STACK (right), page->broken, "broken");
  page->run = rheo_run_pane_new (page->context);
  g_signal_connect_object (page->run, "tag", G_CALLBACK (on_tag), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->run, "compare", G_CALLBACK (on_compare), page, G_CONNECT_SWAPPED);
  gtk_stack_add_named (GTK_STACK (right), page->run, "run");
  return right;
}

static GtkWidget *
make_detail (RheoRunsPage *page)
{
  GtkWidget *detail = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  page->back = new_button (_ ("Runs"), "go-previous-symbolic", G_CALLBACK (on_back), page);
  gtk_widget_set_tooltip_text (page->back, _ ("Back to the list"));
  gtk_widget_set_halign (page->back, GTK_ALIGN_START);
  gtk_widget_add_css_class (page->back, "flat");
  gtk_widget_set_visible (page->back, FALSE);
  gtk_box_append (GTK_BOX (detail), page->back);
  gtk_widget_set_vexpand (page->right, TRUE);
  gtk_box_append (GTK_BOX (detail), page->right);
  return detail;
}

/* --- the widget ---------------------------------------------------------------------------------------------------- */

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RheoRunsPage *page = RHEO_RUNS_PAGE (widget);

  gtk_widget_allocate (page->whole, width, height, baseline, NULL);
  page->width = width;
  if (page->narrow != (width < NARROW) && page->fold == 0)
    page->fold = g_idle_add (on_fold, page);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  gtk_widget_measure (RHEO_RUNS_PAGE (widget)->whole, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, 360);
}

/* Toasts are outside the page, and their Undo must find its action. */
static void
root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rheo_runs_page_parent_class)->root (widget);
  gtk_widget_insert_action_group (GTK_WIDGET (gtk_widget_get_root (widget)), "runs",
                                  G_ACTION_GROUP (RHEO_RUNS_PAGE (widget)->actions));
}

static void
unroot (GtkWidget *widget)
{
  gtk_widget_insert_action_group (GTK_WIDGET (gtk_widget_get_root (widget)), "runs", NULL);
  GTK_WIDGET_CLASS (rheo_runs_page_parent_class)->unroot (widget);
}

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rheo_runs_page_parent_class)->map (widget);
  rheo_library_refresh (RHEO_RUNS_PAGE (widget)->context->library);
}

static void
dispose (GObject *object)
{
  RheoRunsPage *page = RHEO_RUNS_PAGE (object);

  g_clear_handle_id (&page->fold, g_source_remove);
  g_clear_handle_id (&page->refresh, g_source_remove);
  g_clear_pointer (&page->whole, gtk_widget_unparent);
  g_clear_object (&page->actions);
  G_OBJECT_CLASS (rheo_runs_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_ptr_array_unref (RHEO_RUNS_PAGE (object)->task_ids);
  g_ptr_array_unref (RHEO_RUNS_PAGE (object)->steps);
  g_free (RHEO_RUNS_PAGE (object)->shown);
  G_OBJECT_CLASS (rheo_runs_page_parent_class)->finalize (object);
}

static void
rheo_runs_page_class_init (RheoRunsPageClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget->size_allocate = size_allocate;
  widget->measure = measure;
  widget->root = root;
  widget->unroot = unroot;
  widget->map = map;
}

static void
rheo_runs_page_init (RheoRunsPage *page)
{
  page->task_ids = g_ptr_array_new_with_free_func (g_free);
}

GtkWidget *
rheo_runs_page_new (RheoContext *context)
{
  RheoRunsPage *page = g_object_new (RHEO_TYPE_RUNS_PAGE, NULL);

  page->context = context;
  rheo_runs_actions_add (page);
  page->left = make_left (page);
  page->right = make_right (page);
  page->detail = make_detail (page);
  page->beside =
      rheo_split_new (GTK_ORIENTATION_HORIZONTAL, page->left, page->detail, context->settings, "runs-detail", TRUE);
  page->compare = rheo_compare_page_new (context);
  g_signal_connect_object (page->compare, "back", G_CALLBACK (on_compared), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->compare, "open", G_CALLBACK (rheo_runs_page_show), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->compare, "add", G_CALLBACK (on_add), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->compare, "remove", G_CALLBACK (on_remove), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (context->queue, "done", G_CALLBACK (on_queue_done), page, G_CONNECT_SWAPPED);
  page->whole = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (page->whole), FALSE);
  gtk_stack_add_child (GTK_STACK (page->whole), page->beside);
  gtk_stack_add_child (GTK_STACK (page->whole), page->compare);
  gtk_widget_set_parent (page->whole, GTK_WIDGET (page));
  rheo_keys_add (GTK_WIDGET (page->list), RHEO_KEYS_RUNS);
  g_signal_connect_object (context->library, "read", G_CALLBACK (on_read), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (context->library, "items-changed", G_CALLBACK (update_stack), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (context->library, "trouble", G_CALLBACK (on_trouble), page, G_CONNECT_SWAPPED);
  if (context->session != NULL)
    {
      g_signal_connect_object (context->session, "changed", G_CALLBACK (on_session), page, G_CONNECT_SWAPPED);
      g_signal_connect_object (context->session, "metrics", G_CALLBACK (on_session), page, G_CONNECT_SWAPPED);
      g_signal_connect_object (context->session, "stopped", G_CALLBACK (on_stopped), page, G_CONNECT_SWAPPED);
    }
  on_read (page);
  return GTK_WIDGET (page);
}
