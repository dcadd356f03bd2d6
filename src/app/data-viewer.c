#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/data-viewer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/data-grid.h"
#include "app/data-plot.h"
#include "app/run-text.h"
#include "widgets/common.h"
#include "widgets/number-text.h"

#define MAX_SHOWN_TEXT (1 << 20) /* bytes */

struct _RheoDataViewer
{
  GtkWidget parent_instance;
  GtkWidget *title, *facts, *plot, *save, *places, *stack, *grid, *text, *message, *attributes, *attribute_list;
  RheoTreeFile *file;
  RheoNodeItem *node;
  char *run; /* path of the run file */
  int64_t fixed[RHEO_TREE_MAX_DIMS];
  guint generation;
};

G_DEFINE_FINAL_TYPE (RheoDataViewer, rheo_data_viewer, GTK_TYPE_WIDGET)

enum
{
  SAVED,
  TROUBLE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- tasks ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  RheoTreeFile *file;
  RheoNodeItem *node;
  int n_fixed;
  int64_t fixed[RHEO_TREE_MAX_DIMS];
  char *path; /* to write; NULL: a plot is made */
  guint generation;
} Job;

static void
free_job (Job *job)
{
  rheo_tree_file_unref (job->file);
  g_object_unref (job->node);
  g_free (job->path);
  g_free (job);
}

static Job *
new_job (RheoDataViewer *viewer, const char *path)
{
  const RheoNode *node = rheo_node_item_get_node (viewer->node);
  Job *job = g_new0 (Job, 1);

  job->file = rheo_tree_file_ref (viewer->file);
  job->node = g_object_ref (viewer->node);
  memcpy (job->fixed, viewer->fixed, sizeof job->fixed);
  job->path = g_strdup (path);
  job->generation = viewer->generation;
  /* A text file holds a matrix at most: that which is shown. */
  if (path == NULL || g_str_has_suffix (path, ".csv"))
    job->n_fixed = MAX (node->n_dims - 2, 0);
  else
    job->n_fixed = MAX (node->n_dims - RHEO_MAX_DIMS, 0);
  return job;
}

static void
start (RheoDataViewer *viewer, Job *job, GTaskThreadFunc work, GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (viewer, NULL, done, NULL);

  g_task_set_task_data (task, job, (GDestroyNotify) free_job);
  g_task_run_in_thread (task, work);
}

static void
save_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  g_autoptr (RheoTable) table = rheo_tree_read_table (
      rheo_tree_file_get (job->file), rheo_node_item_get_node (job->node)->path, job->n_fixed, job->fixed, &error);

  if (table != NULL && rheo_table_write (table, NULL, job->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_signal_emit (source, signals[SAVED], 0, job->path);
  else
    g_signal_emit (source, signals[TROUBLE], 0, error->message);
}

void
rheo_data_viewer_save (RheoDataViewer *viewer, const char *path)
{
  if (viewer->node != NULL)
    start (viewer, new_job (viewer, path), save_in_thread, on_saved);
}

static void
plot_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  RheoPlotSpec *spec = rheo_data_plot_new (rheo_tree_file_get (job->file), rheo_node_item_get_node (job->node),
                                           job->n_fixed, job->fixed, &error);

  if (spec != NULL)
    g_task_return_pointer (task, spec, (GDestroyNotify) rheo_plot_spec_free);
  else
    g_task_return_error (task, error);
}

static void
on_plotted (GObject *source, GAsyncResult *result, gpointer data)
{
  RheoDataViewer *viewer = RHEO_DATA_VIEWER (source);
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  RheoPlotSpec *spec = g_task_propagate_pointer (G_TASK (result), &error);

  if (spec != NULL)
    rheo_data_plot_present (GTK_WIDGET (viewer), spec, rheo_node_item_get_node (job->node), viewer->run);
  else
    g_signal_emit (viewer, signals[TROUBLE], 0, error->message);
}

static void
on_plot (RheoDataViewer *viewer)
{
  start (viewer, new_job (viewer, NULL), plot_in_thread, on_plotted);
}

/* --- saving ------------------------------------------------------------------------------------------------------ */

static void
on_chosen (GtkNativeDialog *dialog, int response, RheoDataViewer *viewer)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    rheo_data_viewer_save (viewer, path);
  g_object_unref (dialog);
}

static void
on_save (RheoDataViewer *viewer)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (viewer));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Save numbers"), GTK_WINDOW (root),
                                                              GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), NULL);
  const RheoNode *node = rheo_node_item_get_node (viewer->node);
  g_autofree char *stem = g_strdelimit (g_strdup (node->path + 1), "/", '-');
  g_autofree char *run = rheo_run_dup_stem (viewer->run), *name = g_strdup_printf ("%s-%s.csv", run, stem);
  static const struct
  {
    const char *name, *pattern;
  } kinds[] = { { N_ ("Text with commas (.csv)"), "*.csv" },
                { N_ ("NumPy array (.npy)"), "*.npy" },
                { N_ ("JSON (.json)"), "*.json" } };

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

      gtk_file_filter_set_name (filter, _ (kinds[i].name));
      gtk_file_filter_add_pattern (filter, kinds[i].pattern);
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
    }
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), viewer, 0);
  rheo_chooser_show (dialog);
}

/* --- text and attributes ----------------------------------------------------------------------------------------- */

typedef struct
{
  char **attributes, **texts;
} Words;

static void
free_words (Words *words)
{
  g_strfreev (words->attributes);
  g_strfreev (words->texts);
  g_free (words);
}

static gboolean
is_one_text (const RheoNode *node)
{
  return node->kind == RHEO_NODE_TEXT && node->n_dims == 0;
}

static void
read_words_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  const RheoNode *node = rheo_node_item_get_node (job->node);
  RheoTree *tree = rheo_tree_file_get (job->file);
  Words *words = g_new0 (Words, 1);
  GError *error = NULL;

  words->attributes = rheo_tree_dup_attributes (tree, node->path);
  if (is_one_text (node))
    words->texts = rheo_tree_read_texts (tree, node->path, NULL, NULL, &error);
  if (error == NULL)
    g_task_return_pointer (task, words, (GDestroyNotify) free_words);
  else
    {
      free_words (words);
      g_task_return_error (task, error);
    }
}

static GtkWidget *
new_attribute_label (const char *text, gboolean is_name)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "monospace-small");
  if (is_name)
    gtk_widget_add_css_class (label, "dim-label");
  else
    {
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
      gtk_widget_set_hexpand (label, TRUE);
    }
  return label;
}

static void
show_attributes (RheoDataViewer *viewer, char **attributes)
{
  g_autofree char *title = NULL;
  GtkWidget *child;
  int n = 0;

  while ((child = gtk_widget_get_first_child (viewer->attribute_list)) != NULL)
    gtk_grid_remove (GTK_GRID (viewer->attribute_list), child);
  for (; attributes != NULL && attributes[2 * n] != NULL; n++)
    {
      gtk_grid_attach (GTK_GRID (viewer->attribute_list), new_attribute_label (attributes[2 * n], TRUE), 0, n, 1, 1);
      gtk_grid_attach (GTK_GRID (viewer->attribute_list), new_attribute_label (attributes[2 * n + 1], FALSE), 1, n, 1,
                       1);
    }
  title = g_strdup_printf (ngettext ("%d attribute", "%d attributes", n), n);
  gtk_expander_set_label (GTK_EXPANDER (viewer->attributes), title);
  gtk_widget_set_visible (viewer->attributes, n > 0);
}

static void
show_message (RheoDataViewer *viewer, const char *text)
{
  gtk_label_set_text (GTK_LABEL (viewer->message), text);
  gtk_stack_set_visible_child_name (GTK_STACK (viewer->stack), "message");
}

static void
show_text (RheoDataViewer *viewer, const char *text)
{
  size_t n = strlen (text);
  const char *end = text + n;

  if (n > MAX_SHOWN_TEXT)
    end = g_utf8_find_prev_char (text, text + MAX_SHOWN_TEXT);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (viewer->text)), text, (int) (end - text));
  gtk_stack_set_visible_child_name (GTK_STACK (viewer->stack), "text");
}

static void
on_words_read (GObject *source, GAsyncResult *result, gpointer data)
{
  RheoDataViewer *viewer = RHEO_DATA_VIEWER (source);
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  Words *words = g_task_propagate_pointer (G_TASK (result), &error);

  if (job->generation == viewer->generation && words != NULL)
    {
      show_attributes (viewer, words->attributes);
      gtk_expander_set_expanded (GTK_EXPANDER (viewer->attributes),
                                 rheo_node_item_get_node (job->node)->kind == RHEO_NODE_GROUP);
      if (words->texts != NULL && words->texts[0] != NULL)
        show_text (viewer, words->texts[0]);
    }
  else if (job->generation == viewer->generation)
    show_message (viewer, error->message);
  g_clear_pointer (&words, free_words);
}

/* --- what is shown ----------------------------------------------------------------------------------------------- */

static void
on_place (GtkSpinButton *spin, RheoDataViewer *viewer)
{
  int i = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (spin), "dimension"));

  viewer->fixed[i] = gtk_spin_button_get_value_as_int (spin);
  rheo_data_grid_show (RHEO_DATA_GRID (viewer->grid), viewer->file, viewer->node, viewer->fixed);
}

/* A field for each dimension before the last two: which place of it is shown. */
static void
make_places (RheoDataViewer *viewer, const RheoNode *node)
{
  g_auto (GStrv) words = g_strsplit (node->axes, " ", -1);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (viewer->places)) != NULL)
    gtk_box_remove (GTK_BOX (viewer->places), child);
  memset (viewer->fixed, 0, sizeof viewer->fixed);
  for (int i = 0; i < node->n_dims - 2; i++)
    {
      GtkWidget *spin = gtk_spin_button_new_with_range (0, (double) MAX (node->dims[i] - 1, 0), 1);
      g_autofree char *name = (int) g_strv_length (words) == node->n_dims ? g_strdup (words[i])
                                                                          : g_strdup_printf (_ ("dimension %d"), i + 1);
      g_autofree char *all = rheo_number_dup_count (node->dims[i]), *of = g_strdup_printf (_ ("of %s"), all);
      GtkWidget *unit = gtk_label_new (of);

      gtk_widget_add_css_class (unit, "dim-label");
      g_object_set_data (G_OBJECT (spin), "dimension", GINT_TO_POINTER (i));
      gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      g_signal_connect (spin, "value-changed", G_CALLBACK (on_place), viewer);
      gtk_box_append (GTK_BOX (viewer->places), gtk_label_new (name));
      gtk_box_append (GTK_BOX (viewer->places), spin);
      gtk_box_append (GTK_BOX (viewer->places), unit);
    }
  gtk_widget_set_visible (viewer->places, node->n_dims > 2);
}

static void
append_fact (GString *facts, const char *text)
{
  if (*text != '\0')
    g_string_append_printf (facts, "%s%s", facts->len > 0 ? " · " : "", text);
}

static char *
dup_facts (const RheoNode *node)
{
  g_autoptr (GString) facts = g_string_new (NULL);
  g_autofree char *shape = rheo_node_dup_shape (node);
  g_auto (GStrv) words = g_strsplit (node->axes, " ", -1);
  g_autofree char *axes = g_strjoinv (" × ", words);

  append_fact (facts, node->description);
  if (node->kind == RHEO_NODE_GROUP)
    return g_string_free (g_steal_pointer (&facts), FALSE);
  append_fact (facts, axes);
  append_fact (facts, shape);
  append_fact (facts, *node->unit != '\0' ? node->unit : node->kind == RHEO_NODE_NUMBERS ? _ ("no unit") : "");
  return g_string_free (g_steal_pointer (&facts), FALSE);
}

/* Why there is no plot; NULL: there is one. */
static const char *
why_no_plot (const RheoNode *node)
{
  if (node->kind != RHEO_NODE_NUMBERS)
    return _ ("Only numbers can be plotted");
  return node->n_dims == 0 ? _ ("One number has no plot") : NULL;
}

void
rheo_data_viewer_show (RheoDataViewer *viewer, RheoTreeFile *file, RheoNodeItem *item, const char *run)
{
  const RheoNode *node = item != NULL ? rheo_node_item_get_node (item) : NULL;
  gboolean has_data = node != NULL && (node->kind == RHEO_NODE_NUMBERS || node->kind == RHEO_NODE_TEXT);
  g_autofree char *facts = node != NULL ? dup_facts (node) : g_strdup ("");
  const char *reason = node != NULL ? why_no_plot (node) : NULL;

  viewer->generation++;
  g_set_object (&viewer->node, item);
  g_clear_pointer (&viewer->file, rheo_tree_file_unref);
  viewer->file = file != NULL ? rheo_tree_file_ref (file) : NULL;
  g_free (viewer->run);
  viewer->run = g_strdup (run);
  gtk_label_set_text (GTK_LABEL (viewer->title), node != NULL ? node->path : "");
  gtk_widget_set_tooltip_text (viewer->title, node != NULL ? node->path : NULL);
  gtk_label_set_text (GTK_LABEL (viewer->facts), facts);
  gtk_widget_set_visible (viewer->facts, *facts != '\0');
  gtk_widget_set_visible (viewer->plot, node != NULL);
  gtk_widget_set_visible (viewer->save, node != NULL);
  gtk_widget_set_sensitive (viewer->plot, node != NULL && reason == NULL);
  gtk_widget_set_tooltip_text (viewer->plot, reason != NULL ? reason : _ ("A plot that fits these numbers"));
  gtk_widget_set_sensitive (viewer->save, has_data);
  gtk_widget_set_tooltip_text (viewer->save,
                               has_data ? _ ("As CSV, NPY or JSON") : _ ("Only numbers and text can be saved"));
  gtk_widget_set_visible (viewer->places, FALSE);
  show_attributes (viewer, NULL);
  if (node == NULL || !has_data || is_one_text (node))
    rheo_data_grid_show (RHEO_DATA_GRID (viewer->grid), NULL, NULL, NULL);
  if (node == NULL)
    {
      show_message (viewer, _ ("Select a set to see its numbers."));
      return;
    }
  if (node->kind == RHEO_NODE_GROUP)
    show_message (viewer, _ ("A group: open it to see what it holds."));
  else if (!has_data)
    show_message (viewer, _ ("This kind of data is not shown here."));
  else if (!is_one_text (node))
    {
      make_places (viewer, node);
      rheo_data_grid_show (RHEO_DATA_GRID (viewer->grid), file, item, viewer->fixed);
      gtk_stack_set_visible_child_name (GTK_STACK (viewer->stack), "grid");
    }
  start (viewer, new_job (viewer, NULL), read_words_in_thread, on_words_read);
}

/* --- construction ------------------------------------------------------------------------------------------------ */

static void
on_grid_trouble (RheoDataViewer *viewer, const char *sentence)
{
  show_message (viewer, sentence);
}

static void
dispose (GObject *object)
{
  RheoDataViewer *viewer = RHEO_DATA_VIEWER (object);
  GtkWidget *child;

  viewer->generation++;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&viewer->node);
  g_clear_pointer (&viewer->file, rheo_tree_file_unref);
  G_OBJECT_CLASS (rheo_data_viewer_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (RHEO_DATA_VIEWER (object)->run);
  G_OBJECT_CLASS (rheo_data_viewer_parent_class)->finalize (object);
}

static void
rheo_data_viewer_class_init (RheoDataViewerClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
  signals[SAVED] = g_signal_new ("saved", RHEO_TYPE_DATA_VIEWER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 G_TYPE_STRING);
  signals[TROUBLE] = g_signal_new ("trouble", RHEO_TYPE_DATA_VIEWER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
}

static GtkWidget *
make_header (RheoDataViewer *viewer)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_add_css_class (header, "file-header");
  viewer->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (viewer->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (viewer->title), PANGO_ELLIPSIZE_START);
  gtk_label_set_selectable (GTK_LABEL (viewer->title), TRUE);
  gtk_widget_set_hexpand (viewer->title, TRUE);
  gtk_widget_add_css_class (viewer->title, "heading");
  viewer->plot = gtk_button_new_with_label (_ ("Plot"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (viewer->plot), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Plot"), -1);
  g_signal_connect_swapped (viewer->plot, "clicked", G_CALLBACK (on_plot), viewer);
  viewer->save = gtk_button_new_with_label (_ ("Save as…"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (viewer->save), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Save as…"), -1);
  g_signal_connect_swapped (viewer->save, "clicked", G_CALLBACK (on_save), viewer);
  gtk_box_append (GTK_BOX (header), viewer->title);
  gtk_box_append (GTK_BOX (header), viewer->plot);
  gtk_box_append (GTK_BOX (header), viewer->save);
  return header;
}

static GtkWidget *
make_scrolled (GtkWidget *child, int height)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
  if (height > 0)
    {
      gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), height);
      gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
    }
  return scrolled;
}

static void
rheo_data_viewer_init (RheoDataViewer *viewer)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (viewer))),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_parent (make_header (viewer), GTK_WIDGET (viewer));
  viewer->facts = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (viewer->facts), 0);
  gtk_label_set_ellipsize (GTK_LABEL (viewer->facts), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (viewer->facts, "dim-label");
  gtk_widget_add_css_class (viewer->facts, "data-facts");
  gtk_widget_set_parent (viewer->facts, GTK_WIDGET (viewer));
  viewer->places = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (viewer->places, "data-facts");
  gtk_widget_set_parent (viewer->places, GTK_WIDGET (viewer));
  viewer->grid = rheo_data_grid_new ();
  g_signal_connect_swapped (viewer->grid, "trouble", G_CALLBACK (on_grid_trouble), viewer);
  viewer->text = gtk_text_view_new ();
  gtk_text_view_set_editable (GTK_TEXT_VIEW (viewer->text), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (viewer->text), TRUE);
  gtk_widget_add_css_class (viewer->text, "monospace-small");
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (viewer->text), 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (viewer->text), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Text"), -1);
  viewer->message = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (viewer->message), TRUE);
  gtk_widget_set_margin_start (viewer->message, 12);
  gtk_widget_set_margin_end (viewer->message, 12);
  gtk_label_set_justify (GTK_LABEL (viewer->message), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (viewer->message, "dim-label");
  viewer->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (viewer->stack, TRUE);
  gtk_stack_add_named (GTK_STACK (viewer->stack), viewer->message, "message");
  gtk_stack_add_named (GTK_STACK (viewer->stack), viewer->grid, "grid");
  gtk_stack_add_named (GTK_STACK (viewer->stack), make_scrolled (viewer->text, 0), "text");
  gtk_widget_set_parent (viewer->stack, GTK_WIDGET (viewer));
  viewer->attribute_list = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (viewer->attribute_list), 12);
  viewer->attributes = gtk_expander_new (NULL);
  gtk_widget_add_css_class (viewer->attributes, "data-attributes");
  gtk_expander_set_child (GTK_EXPANDER (viewer->attributes), make_scrolled (viewer->attribute_list, 140));
  gtk_widget_set_parent (viewer->attributes, GTK_WIDGET (viewer));
  rheo_data_viewer_show (viewer, NULL, NULL, NULL);
}

GtkWidget *
rheo_data_viewer_new (void)
{
  return g_object_new (RHEO_TYPE_DATA_VIEWER, NULL);
}
