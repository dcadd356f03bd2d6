/* The library side of Runs: table, search, what is done with runs, the tree of a file and its numbers. */
#include "config.h"

#include "ui-test.h"

#include <glib/gstdio.h>

#include "app/data-viewer.h"
#include "app/file-tree.h"
#include "app/run-list-private.h"
#include "app/runs-page.h"
#include "app/settings.h"
#include "engine/store.h"
#include "widgets/plot-view.h"

typedef struct
{
  char *folder;
  RheoAppWindow *window;
} Fixture;

/* --- runs -------------------------------------------------------------------------------------------------------- */

static RheoStore *
begin (const char *folder, const char *name, int seed)
{
  static const RheoStoreColumn columns[] = { { "train.loss", "Loss", "", 0, 0, RHEO_SERIES_LOWER_IS_BETTER } };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("robot-trajectory", &error);
  g_autoptr (RheoTable) table = rheo_table_new ("Record");
  g_autofree char *path = g_build_filename (folder, name, NULL);
  const int64_t dims[] = { 300, 7 };
  RheoColumn *column;
  RheoStore *store;

  g_assert_no_error (error);
  rheo_experiment_get_run (experiment)->seed = seed;
  store = rheo_store_create (path, experiment, NULL, 0, NULL, &error);
  g_assert_no_error (error);
  rheo_store_declare (store, NULL, columns, 1, &error);
  for (int i = 1; i <= 5; i++)
    rheo_store_append (store, NULL, (RheoPlace){ i, i }, i, &(double){ 10.0 * seed / i }, &error);
  column = rheo_table_add (table, "rec.weight", "Weights of rec", "mV", "pre post", RHEO_F32, dims);
  for (int i = 0; i < 2100; i++)
    ((float *) column->data)[i] = (float) i / 8;
  rheo_store_put_epoch (store, 5, table, &error);
  rheo_store_put_checkpoint (store, (RheoPlace){ 5, 5 }, table, FALSE, &error);
  rheo_store_sync (store, &error);
  g_assert_no_error (error);
  return store;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GSettings) settings = rheo_settings_new ();
  const char *const *names = data;

  f->folder = g_build_filename (ui_test_folder (), "stored", NULL);
  g_assert_cmpint (g_mkdir_with_parents (f->folder, 0700), ==, 0);
  for (int i = 0; names != NULL && names[i] != NULL; i++)
    rheo_store_close (begin (f->folder, names[i], i + 1), i == 2 ? NULL : "budget", NULL);
  g_settings_set_string (settings, "runs-folder", f->folder);
  f->window = ui_window_new ();
  ui_activate (GTK_WIDGET (f->window), "win.view::runs");
  ui_settle (GTK_WIDGET (f->window));
}

static void
remove_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      remove_files (path);
      g_remove (path);
    }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ui_window_close (f->window);
  remove_files (f->folder);
  g_free (f->folder);
}

/* --- helpers ----------------------------------------------------------------------------------------------------- */

static GtkWidget *
find_type (GtkWidget *widget, GType type)
{
  GtkWidget *found = NULL;

  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_type (child, type);
  return found;
}

static GtkWidget *
get_page (Fixture *f)
{
  return find_type (GTK_WIDGET (f->window), RHEO_TYPE_RUNS_PAGE);
}

static RheoRunList *
get_list (Fixture *f)
{
  return RHEO_RUN_LIST (find_type (GTK_WIDGET (f->window), RHEO_TYPE_RUN_LIST));
}

typedef struct
{
  Fixture *f;
  const char *text;
  gboolean there;
} Text;

static gboolean
text_is_so (gpointer data)
{
  Text *text = data;

  return (ui_find_text (GTK_WIDGET (text->f->window), text->text) != NULL) == text->there;
}

static void
wait_text (Fixture *f, const char *text)
{
  ui_wait (text_is_so, &(Text){ f, text, TRUE });
}

static void
wait_no_text (Fixture *f, const char *text)
{
  ui_wait (text_is_so, &(Text){ f, text, FALSE });
}

typedef struct
{
  Fixture *f;
  guint n;
} Count;

static gboolean
shows_so_many (gpointer data)
{
  return rheo_run_list_get_n_shown (get_list (((Count *) data)->f)) == ((Count *) data)->n;
}

static void
wait_shown (Fixture *f, guint n)
{
  ui_wait (shows_so_many, &(Count){ f, n });
}

static void
search (Fixture *f, const char *text)
{
  GtkWidget *entry = ui_get (GTK_WIDGET (f->window), GTK_TYPE_SEARCH_ENTRY, "Search runs");

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static gboolean
is_listed (gpointer data)
{
  Text *text = data;
  GtkSelectionModel *model =
      gtk_column_view_get_model (GTK_COLUMN_VIEW (find_type (GTK_WIDGET (get_list (text->f)), GTK_TYPE_COLUMN_VIEW)));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (G_LIST_MODEL (model), i);

      if (g_str_equal (rheo_run_item_get_facts (item)->name, text->text)
          && rheo_run_item_get_facts (item)->state != RHEO_ITEM_READING)
        return text->there ? gtk_selection_model_select_item (model, i, TRUE) : TRUE;
    }
  return FALSE;
}

static void
select_run (Fixture *f, const char *name)
{
  ui_wait (is_listed, &(Text){ f, name, TRUE });
}

static gboolean
is_stored (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
is_enabled (Fixture *f, const char *action)
{
  GAction *found = NULL;
  GtkWidget *bar = find_type (get_page (f), GTK_TYPE_ACTION_BAR);
  GtkWidget *button = gtk_button_new ();
  gboolean enabled;

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_action_bar_pack_start (GTK_ACTION_BAR (bar), button);
  enabled = gtk_widget_get_sensitive (button);
  gtk_action_bar_remove (GTK_ACTION_BAR (bar), button);
  g_assert_null (found);
  return enabled;
}

static const char *const three[] = { "alpha.h5", "beta.h5", "gamma.h5", NULL };

/* --- table and search -------------------------------------------------------------------------------------------- */

static void
searched (Fixture *f, gconstpointer data)
{
  wait_shown (f, 3);
  wait_text (f, "Interrupted");
  wait_text (f, "Robot trajectory");
  search (f, "seed:2");
  wait_shown (f, 1);
  search (f, "loss<3");
  wait_shown (f, 1);
  search (f, "rul:bptt");
  wait_text (f, "Did you mean “rule”?");
  /* What was shown stays: setting a text goes through an empty one. */
  g_assert_cmpuint (rheo_run_list_get_n_shown (get_list (f)), ==, 3);
  search (f, "state:diverged");
  wait_text (f, "No runs match");
  wait_no_text (f, "Did you mean");
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Clear search"));
  wait_shown (f, 3);
  wait_no_text (f, "No runs match");
}

/* What cannot be opened says which of two things it is; nothing is known of either, which a dash says. */
static void
broken (Fixture *f, gconstpointer data)
{
  g_autofree char *foreign = g_build_filename (f->folder, "foreign.h5", NULL);
  g_autofree char *cut = g_build_filename (f->folder, "cut.h5", NULL);
  g_autofree char *whole = g_build_filename (f->folder, "alpha.h5", NULL), *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (whole, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (cut, bytes, (gssize) n / 2, NULL));
  g_assert_true (g_file_set_contents (foreign, "These are notes, not numbers.", -1, NULL));
  rheo_library_refresh (rheo_app_window_get_context (f->window)->library);
  wait_shown (f, 5);
  wait_text (f, "Damaged");
  wait_text (f, "–");
  select_run (f, "foreign");
  wait_text (f, "Not a run");
  wait_text (f, "This is not a run file");
  select_run (f, "cut");
  wait_text (f, "This run file is damaged");
}

static gboolean
one_is_selected (gpointer list)
{
  g_autoptr (GPtrArray) items = rheo_run_list_dup_selected (list);

  return items->len == 1;
}

static gboolean
has_trash (gpointer f)
{
  return ui_find (get_page (f), GTK_TYPE_BUTTON, "Move to trash") != NULL;
}

/* As with a file that the program is started with: it is shown before the folder has been read. */
static void
early (Fixture *f, gconstpointer data)
{
  g_autofree char *cut = g_build_filename (f->folder, "cut.h5", NULL);
  g_autofree char *whole = g_build_filename (f->folder, "alpha.h5", NULL), *bytes = NULL;
  g_autoptr (GPtrArray) items = NULL;
  gsize n;

  wait_shown (f, 3);
  g_assert_true (g_file_get_contents (whole, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (cut, bytes, (gssize) n / 2, NULL));
  rheo_runs_page_show (RHEO_RUNS_PAGE (get_page (f)), cut);
  wait_text (f, "This run file is damaged");
  rheo_library_refresh (rheo_app_window_get_context (f->window)->library);
  ui_wait (one_is_selected, get_list (f));
  items = rheo_run_list_dup_selected (get_list (f));
  g_assert_cmpstr (rheo_run_item_get_facts (items->pdata[0])->path, ==, cut);
  ui_wait (has_trash, f);
}

static void
empty (Fixture *f, gconstpointer data)
{
  wait_text (f, "No runs yet");
  wait_text (f, "Each run is kept here as one file.");
}

static gboolean
is_in_library (gpointer data)
{
  Text *text = data;
  g_autofree char *path = g_build_filename (text->f->folder, text->text, NULL);
  RheoRunItem *item = rheo_library_find (rheo_app_window_get_context (text->f->window)->library, path);

  return item != NULL && rheo_run_item_get_facts (item)->state == RHEO_ITEM_RUNNING;
}

static gboolean
has_state (gpointer data)
{
  Text *text = data;

  return rheo_session_get_state (rheo_app_window_get_context (text->f->window)->session)
         == (text->there ? RHEO_ENGINE_PAUSED : RHEO_ENGINE_STOPPED);
}

/* The run of this program says that it waits. */
static void
paused (Fixture *f, gconstpointer data)
{
  RheoSession *session = rheo_app_window_get_context (f->window)->session;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("robot-trajectory", &error);
  g_autofree char *path = g_build_filename (f->folder, "now.h5", NULL);

  rheo_experiment_set_all (experiment,
                           (const char *const[]){ "model.layers.0.units=24", "task.n-trials=40", "task.n-valid=20",
                                                  "run.batch=20", "run.threads=1", "run.budget=100000", NULL },
                           &error);
  g_assert_no_error (error);
  rheo_session_start (session, experiment, &(RheoStart){ .path = path, .at = -1 }, &error);
  g_assert_no_error (error);
  ui_wait (is_in_library, &(Text){ f, "now.h5", TRUE });
  rheo_session_pause (session);
  ui_wait (has_state, &(Text){ f, NULL, TRUE });
  wait_text (f, "Paused");
  wait_no_text (f, "Running");
  search (f, "state:paused");
  wait_shown (f, 1);
  rheo_session_stop (session);
  ui_wait (has_state, &(Text){ f, NULL, FALSE });
  search (f, "");
  wait_no_text (f, "Paused");
}

/* A run that begins while one looks, by another process or by this one. */
static void
running (Fixture *f, gconstpointer data)
{
  RheoStore *store;

  wait_shown (f, 3);
  store = begin (f->folder, "delta.h5", 4);
  wait_shown (f, 4);
  wait_text (f, "Running");
  select_run (f, "delta");
  g_assert_false (is_enabled (f, "runs.trash"));
  g_assert_false (is_enabled (f, "runs.rename"));
  rheo_store_close (store, "solved", NULL);
  wait_text (f, "Solved");
}

static void
enabled (Fixture *f, gconstpointer data)
{
  RheoRunList *list = get_list (f);
  g_autoptr (GPtrArray) items = NULL;

  select_run (f, "gamma");
  g_assert_true (is_enabled (f, "runs.resume"));
  select_run (f, "alpha");
  g_assert_false (is_enabled (f, "runs.resume"));
  g_assert_true (is_enabled (f, "runs.branch"));
  g_assert_true (is_enabled (f, "runs.rename"));
  g_assert_false (is_enabled (f, "runs.compare"));
  items = rheo_run_list_dup_selected (list);
  rheo_run_list_set_ticked (list, g_ptr_array_index (items, 0), TRUE);
  wait_text (f, "1 run ticked");
  select_run (f, "beta");
  g_ptr_array_unref (items);
  items = rheo_run_list_dup_selected (list);
  rheo_run_list_set_ticked (list, g_ptr_array_index (items, 0), TRUE);
  wait_text (f, "2 runs ticked");
  g_assert_true (is_enabled (f, "runs.compare"));
  rheo_run_list_untick_all (list);
  g_assert_false (is_enabled (f, "runs.compare"));
}

/* --- what is done with runs ---------------------------------------------------------------------------------------- */

static void
answer (Fixture *f, const char *question, const char *text)
{
  GtkWidget *entry = ui_get (GTK_WIDGET (f->window), GTK_TYPE_ENTRY, question);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "activate");
}

static void
renamed (Fixture *f, gconstpointer data)
{
  select_run (f, "alpha");
  ui_activate (get_page (f), "runs.rename");
  answer (f, "Name of the run", "beta");
  wait_text (f, "There is a run named beta already.");
  answer (f, "Name of the run", "omega");
  wait_text (f, "Renamed to omega");
  g_assert_true (is_stored (f, "omega.h5"));
  g_assert_false (is_stored (f, "alpha.h5"));
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Undo"));
  ui_wait (is_listed, &(Text){ f, "alpha", FALSE });
  g_assert_true (is_stored (f, "alpha.h5"));
}

static void
starred (Fixture *f, gconstpointer data)
{
  select_run (f, "beta");
  ui_activate (get_page (f), "runs.star");
  wait_text (f, "Star added");
  g_assert_true (is_stored (f, "beta.h5.tags"));
  search (f, "tag:star");
  wait_shown (f, 1);
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Undo"));
  g_assert_false (is_stored (f, "beta.h5.tags"));
  wait_text (f, "No runs match");
}

static void
tagged (Fixture *f, gconstpointer data)
{
  select_run (f, "beta");
  ui_activate (get_page (f), "runs.tag");
  answer (f, "Tags, separated by commas", "good, figure 3,, good");
  search (f, "tag:\"figure 3\" tag:good");
  wait_shown (f, 1);
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Undo"));
  wait_text (f, "No runs match");
}

/* What is taken back belongs to the run, also when it has another name by then. */
static void
undone_after_rename (Fixture *f, gconstpointer data)
{
  select_run (f, "beta");
  ui_activate (get_page (f), "runs.star");
  wait_text (f, "Star added");
  ui_activate (get_page (f), "runs.rename");
  answer (f, "Name of the run", "omega");
  ui_wait (is_listed, &(Text){ f, "omega", FALSE });
  g_assert_true (is_stored (f, "omega.h5.tags"));
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Undo"));
  g_assert_false (is_stored (f, "omega.h5.tags"));
}

static void
trashed (Fixture *f, gconstpointer data)
{
  select_run (f, "beta");
  ui_activate (get_page (f), "runs.trash");
  wait_shown (f, 2);
  wait_text (f, "Run moved to trash");
  g_assert_true (is_stored (f, "beta.h5"));
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Undo"));
  wait_shown (f, 3);
  g_assert_true (is_stored (f, "beta.h5"));
}

/* --- the file ------------------------------------------------------------------------------------------------------ */

static gboolean
is_open (gpointer data)
{
  return rheo_file_tree_get_file (data) != NULL;
}

static GtkSingleSelection *
get_rows (GtkWidget *tree)
{
  return GTK_SINGLE_SELECTION (gtk_column_view_get_model (GTK_COLUMN_VIEW (find_type (tree, GTK_TYPE_COLUMN_VIEW))));
}

typedef struct
{
  GtkWidget *tree;
  const char *path;
} Node;

/* Selects a node that is seen, and opens it where it is a group. */
static gboolean
select_node (gpointer data)
{
  Node *node = data;
  GtkSingleSelection *rows = get_rows (node->tree);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (rows)); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (rows), i);
      g_autoptr (RheoNodeItem) item = gtk_tree_list_row_get_item (row);

      if (g_str_equal (rheo_node_item_get_node (item)->path, node->path))
        {
          gtk_tree_list_row_set_expanded (row, TRUE);
          gtk_single_selection_set_selected (rows, i);
          return TRUE;
        }
    }
  return FALSE;
}

static GListModel *
get_columns (GtkWidget *tree)
{
  return gtk_column_view_get_columns (GTK_COLUMN_VIEW (find_type (tree, GTK_TYPE_COLUMN_VIEW)));
}

static gboolean
is_written (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
file_shown (Fixture *f, gconstpointer data)
{
  static const char *const paths[] = { "/epochs", "/epochs/5", "/epochs/5/rec.weight" };
  GtkWidget *tree = find_type (GTK_WIDGET (f->window), RHEO_TYPE_FILE_TREE);
  GtkWidget *viewer = find_type (GTK_WIDGET (f->window), RHEO_TYPE_DATA_VIEWER);
  g_autofree char *csv = g_build_filename (f->folder, "weights.csv", NULL);
  g_autofree char *text = NULL;

  select_run (f, "alpha");
  ui_wait (is_open, tree);
  wait_text (f, "1 snapshot");
  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    ui_wait (select_node, &(Node){ tree, paths[i] });
  wait_text (f, "Weights of rec · pre × post · 300 × 7 · mV");
  /* The first row: 0, 1/8, 2/8 ... */
  wait_text (f, "0.1250");
  wait_text (f, "0.2500");
  rheo_data_viewer_save (RHEO_DATA_VIEWER (viewer), csv);
  wait_text (f, "Saved weights.csv");
  ui_wait (is_written, csv);
  g_assert_true (g_file_get_contents (csv, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "0.125"));
  ui_wait (select_node, &(Node){ tree, "/config" });
  ui_settle (GTK_WIDGET (f->window));
  g_assert_nonnull (find_type (viewer, GTK_TYPE_TEXT_VIEW));
}

static guint
n_windows (void)
{
  return g_list_model_get_n_items (gtk_window_get_toplevels ());
}

static gboolean
has_more_windows (gpointer data)
{
  return n_windows () > *(guint *) data;
}

/* The newest window that holds a plot. */
static RheoPlotView *
get_lone_plot (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = g_list_model_get_n_items (windows); i > 0; i--)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i - 1);
      GtkWidget *view = RHEO_IS_APP_WINDOW (window) ? NULL : find_type (window, RHEO_TYPE_PLOT_VIEW);

      if (view != NULL)
        return RHEO_PLOT_VIEW (view);
    }
  g_assert_not_reached ();
}

/* The plot is drawn, so that its figure can be written. */
static gboolean
can_export (gpointer view)
{
  return g_action_group_get_action_enabled (rheo_plot_view_get_actions (view), "export");
}

static void
plotted (Fixture *f, gconstpointer data)
{
  GtkWidget *tree = find_type (GTK_WIDGET (f->window), RHEO_TYPE_FILE_TREE);
  g_autofree char *figures = NULL;
  guint before;

  select_run (f, "alpha");
  ui_wait (is_open, tree);
  ui_wait (select_node, &(Node){ tree, "/metrics" });
  ui_wait (select_node, &(Node){ tree, "/metrics/train.loss" });
  before = n_windows ();
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Plot"));
  ui_wait (has_more_windows, &before);
  /* A figure goes where those of the run go, and the main window says so. */
  ui_wait (can_export, get_lone_plot ());
  g_action_group_activate_action (rheo_plot_view_get_actions (get_lone_plot ()), "export", NULL);
  wait_text (f, "Saved alpha-");
  figures = g_build_filename (f->folder, "figures", NULL);
  g_assert_true (g_file_test (figures, G_FILE_TEST_IS_DIR));
}

static GtkColumnViewColumn *
get_column (GtkWidget *view, const char *title)
{
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (view));

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (g_strcmp0 (gtk_column_view_column_get_title (column), title) == 0)
        return column;
    }
  g_assert_not_reached ();
}

/* A column that was hidden comes back as wide as it was drawn, and so do all in the next window. */
static void
width_kept (Fixture *f, gconstpointer data)
{
  GtkWidget *view = find_type (GTK_WIDGET (get_list (f)), GTK_TYPE_COLUMN_VIEW);
  GtkColumnViewColumn *seed = get_column (view, "Seed");
  GtkWidget *next;

  gtk_column_view_column_set_fixed_width (seed, 71);
  ui_activate (view, "columns.seed");
  g_assert_false (gtk_column_view_column_get_visible (seed));
  ui_activate (view, "columns.seed");
  g_assert_true (gtk_column_view_column_get_visible (seed));
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (seed), ==, 71);
  gtk_widget_set_visible (view, FALSE);
  next = g_object_ref_sink (gtk_column_view_new (NULL));
  rheo_run_columns_add (get_list (f), GTK_COLUMN_VIEW (next), rheo_app_window_get_context (f->window)->settings);
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (get_column (next, "Seed")), ==, 71);
  g_object_unref (next);
  gtk_column_view_column_set_fixed_width (seed, -1);
}

static void
set_font (const char *name)
{
  g_object_set (gtk_settings_get_default (), "gtk-font-name", name, NULL);
}

/* Columns are as wide as the text in them asks for, also after it has changed, and those that were drawn. */
static void
columns_follow_text (Fixture *f, gconstpointer data)
{
  g_autoptr (GtkWidget) view = g_object_ref_sink (gtk_column_view_new (NULL));
  GtkColumnViewColumn *seed, *rule;
  int made;

  set_font ("Sans 11");
  rheo_run_columns_add (get_list (f), GTK_COLUMN_VIEW (view), NULL);
  seed = get_column (view, "Seed");
  rule = get_column (view, "Rule");
  made = gtk_column_view_column_get_fixed_width (rule);
  gtk_column_view_column_set_fixed_width (seed, 72);
  set_font ("Sans 16.5");
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (rule), >=, made * 1.5);
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (rule), <=, made * 1.5 + 1);
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (seed), ==, 108);
  set_font ("Sans 11");
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (rule), ==, made);
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (seed), ==, 72);
  gtk_settings_reset_property (gtk_settings_get_default (), "gtk-font-name");
}

static int
count_visible (GListModel *columns)
{
  int n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      n += gtk_column_view_column_get_visible (column);
    }
  return n;
}

static gboolean
titles_fill (gpointer view)
{
  int width = 0;

  for (GtkWidget *title = gtk_widget_get_first_child (gtk_widget_get_first_child (view)); title != NULL;
       title = gtk_widget_get_next_sibling (title))
    width += gtk_widget_get_visible (title) ? gtk_widget_get_allocated_width (title) : 0;
  return ABS (width - gtk_widget_get_width (view)) <= 2;
}

static gboolean
hides_columns (gpointer columns)
{
  return count_visible (columns) < (int) g_list_model_get_n_items (columns);
}

static gboolean
shows_columns (gpointer columns)
{
  return !hides_columns (columns);
}

/* What the hidden columns leave belongs to the names, once they are laid out. */
static void
columns_fill (Fixture *f, gconstpointer data)
{
  GtkWidget *view = find_type (GTK_WIDGET (get_list (f)), GTK_TYPE_COLUMN_VIEW);
  GtkWidget *tree = find_type (GTK_WIDGET (f->window), RHEO_TYPE_FILE_TREE);
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (view));

  select_run (f, "alpha");
  ui_wait (is_open, tree);
  ui_wait (shows_columns, get_columns (tree));
  g_settings_set_int (rheo_app_window_get_context (f->window)->settings, "runs-tree", 200);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1024, 700);
  ui_wait (hides_columns, columns);
  ui_wait (titles_fill, view);
  /* What things are called stands in the tree before what they are. */
  ui_wait (hides_columns, get_columns (tree));
}

static gboolean
is_low (gpointer window)
{
  return gtk_widget_get_height (window) < 500;
}

static gboolean
is_high (gpointer window)
{
  return gtk_widget_get_height (window) > 650;
}

/* A window that was low for a while leaves the list a part of a high one. */
static void
list_stays (Fixture *f, gconstpointer data)
{
  GtkWidget *list = GTK_WIDGET (get_list (f));

  gtk_window_set_default_size (GTK_WINDOW (f->window), 1024, 300);
  ui_wait (is_low, f->window);
  ui_settle (list);
  g_assert_cmpint (gtk_widget_get_height (list), >=, 100);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1024, 700);
  ui_wait (is_high, f->window);
  ui_settle (list);
  g_assert_cmpint (gtk_widget_get_height (list), >=, 180);
}

#define ADD(path, names, function) g_test_add ("/ui/runs/" path, Fixture, names, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("searched", three, searched);
  ADD ("broken", three, broken);
  ADD ("early", three, early);
  ADD ("empty", NULL, empty);
  ADD ("running", three, running);
  ADD ("paused", three, paused);
  ADD ("enabled", three, enabled);
  ADD ("renamed", three, renamed);
  ADD ("starred", three, starred);
  ADD ("tagged", three, tagged);
  ADD ("undone-after-rename", three, undone_after_rename);
  ADD ("trashed", three, trashed);
  ADD ("width-kept", three, width_kept);
  ADD ("columns-follow-text", three, columns_follow_text);
  ADD ("file", three, file_shown);
  ADD ("plotted", three, plotted);
  ADD ("list-stays", three, list_stays);
  ADD ("columns", three, columns_fill); /* last: the next window is as small as this one was */
  return ui_test_run ();
}
