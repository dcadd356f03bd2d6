#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/data-box.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/download.h"
#include "app/speed.h"
#include "app/spike-facts.h"
#include "widgets/common.h"
#include "widgets/number-text.h"
#include "widgets/wrap-row.h"

#define TASK "data-shd"
#define LOOK_EVERY 100    /* ms, at what the thread has done */
#define TELL_LEFT 2000000 /* us after which it is told how long it will take */
#define BY_HAND "https://zenkelab.org/datasets/"

/* What a thread does, and how far it is. */
typedef struct
{
  gboolean fetches; /* else reads */
  char *folder, *key;
  GCancellable *cancel;
  gint64 began;
  GMutex lock; /* of what follows */
  RheoDownloadState state;
  int file; /* that began was set for */
  double done;
} Job;

/* What is shown only at times. */
typedef enum
{
  TEXT,
  TROUBLE,
  MANUAL,
  BAR,
  LEFT,
  CHOOSE,
  DOWNLOAD,
  SYNTHETIC,
  CHECK,
  CANCEL,
  N_PARTS,
} Part;

struct _RheoDataBox
{
  AdwBin parent_instance;
  RheoContext *context;
  GtkWidget *line, *icon, *title, *part[N_PARTS];
  gboolean wanted[N_PARTS];
  Job *job;          /* that goes on, or NULL */
  guint look_source; /* at the job */
  gboolean missing;  /* a file, when it was looked at last */
  char *problem;     /* of what was tried last, or NULL */
  char *key;         /* files that the facts are of, or that could not be read */
  RheoSpikeFacts *facts;
};

G_DEFINE_FINAL_TYPE (RheoDataBox, rheo_data_box, ADW_TYPE_BIN)

static guint arrived_signal;

static void
clear_job (gpointer data)
{
  Job *job = data;

  g_free (job->folder);
  g_free (job->key);
  g_object_unref (job->cancel);
  g_mutex_clear (&job->lock);
}

static void
unref_job (gpointer job)
{
  g_atomic_rc_box_release_full (job, clear_job);
}

/* --- files ---------------------------------------------------------------------------------------------------------- */

/* Where the task looks for files. Yours; NULL: it needs none. */
static char *
dup_folder (RheoDataBox *box)
{
  const RheoExperiment *experiment = rheo_document_get_experiment (box->context->document);
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  g_autofree char *source = NULL, *path = NULL;

  if (task == NULL || !g_str_equal (task->id, TASK))
    return NULL;
  source = rheo_experiment_dup_value (experiment, "task.source", NULL);
  if (g_strcmp0 (source, "files") != 0)
    return NULL;
  path = rheo_experiment_dup_value (experiment, "task.path", NULL);
  return rheo_spike_data_dup_place (path);
}

/* Another text for other files. */
static char *
dup_key (const char *folder)
{
  GString *key = g_string_new (folder);

  for (const char *const *name = rheo_spike_facts_get_names (folder); *name != NULL; name++)
    {
      g_autofree char *path = g_build_filename (folder, *name, NULL);
      GStatBuf facts;

      if (g_stat (path, &facts) == 0)
        g_string_append_printf (key, "\n%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, *name, (gint64) facts.st_size,
                                (gint64) facts.st_mtime);
    }
  return g_string_free (key, FALSE);
}

static gboolean
has_part (const char *folder)
{
  const RheoDownload download = rheo_download_of_digits (folder);

  for (int i = 0; download.names != NULL && download.names[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat (download.names[i], ".gz.part", NULL);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return TRUE;
    }
  return FALSE;
}

/* --- what is shown -------------------------------------------------------------------------------------------------- */

/* A heading, and nothing else yet. */
static void
begin (RheoDataBox *box, gboolean warning, const char *title)
{
  memset (box->wanted, 0, sizeof box->wanted);
  (warning ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (box->line, "warning-box");
  (warning ? gtk_widget_remove_css_class : gtk_widget_add_css_class) (box->line, "branch-bar");
  gtk_image_set_from_icon_name (GTK_IMAGE (box->icon), warning ? "dialog-warning-symbolic" : "help-about-symbolic");
  gtk_label_set_text (GTK_LABEL (box->title), title);
}

static void
want (RheoDataBox *box, Part part)
{
  box->wanted[part] = TRUE;
}

static void
want_text (RheoDataBox *box, Part part, const char *text)
{
  gtk_label_set_text (GTK_LABEL (box->part[part]), text != NULL ? text : "");
  box->wanted[part] = text != NULL;
}

/* What stays is not touched: it may have the focus, or be pressed just now. A button that goes with the focus leaves it to one
 * that comes. */
static void
end (RheoDataBox *box)
{
  static const Part buttons[] = { CANCEL, DOWNLOAD, CHECK, CHOOSE };
  gboolean lost = FALSE;

  for (int i = 0; i < N_PARTS; i++)
    {
      lost = lost || (!box->wanted[i] && gtk_widget_has_focus (box->part[i]));
      gtk_widget_set_visible (box->part[i], box->wanted[i]);
    }
  gtk_widget_set_visible (GTK_WIDGET (box), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (buttons) && lost; i++)
    lost = !box->wanted[buttons[i]] || !gtk_widget_grab_focus (box->part[buttons[i]]);
}

static void
show_missing (RheoDataBox *box, const char *folder, const char *name)
{
  g_autofree char *text = g_strdup_printf (_ ("%s was expected in %s."), name, folder);
  const char *download = has_part (folder) ? _ ("Resume download") : _ ("Download");

  begin (box, TRUE, _ ("The data file is not there"));
  want_text (box, TEXT, text);
  want_text (box, TROUBLE, box->problem);
  want (box, MANUAL);
  want (box, CHOOSE);
  if (rheo_download_is_possible ())
    want (box, DOWNLOAD);
  gtk_button_set_label (GTK_BUTTON (box->part[DOWNLOAD]), download);
  gtk_accessible_update_property (GTK_ACCESSIBLE (box->part[DOWNLOAD]), GTK_ACCESSIBLE_PROPERTY_LABEL, download, -1);
  want (box, SYNTHETIC);
}

/* "41 MB of 131 MB, 30 s left" */
static char *
describe_rate (const RheoDownloadState *state, gint64 elapsed)
{
  g_autofree char *done = g_format_size ((guint64) state->done), *size = g_format_size ((guint64) state->size);
  const double share =
      state->size > state->began ? (double) (state->done - state->began) / (double) (state->size - state->began) : 0;
  g_autofree char *left = NULL;

  if (state->size == 0)
    return g_steal_pointer (&done);
  if (elapsed < TELL_LEFT || share <= 0)
    return g_strdup_printf (_ ("%s of %s"), done, size);
  left = rheo_speed_dup_estimate (1e-6 * (double) elapsed * (1 - share) / share);
  return g_strdup_printf (_ ("%s of %s, %s left"), done, size, left);
}

static void
show_fetching (RheoDataBox *box)
{
  Job *job = box->job;
  g_autofree char *title = NULL, *left = NULL;
  RheoDownloadState state;
  double share;

  g_mutex_lock (&job->lock);
  state = job->state;
  left = describe_rate (&state, g_get_monotonic_time () - job->began);
  g_mutex_unlock (&job->lock);
  share = state.size > 0 ? (double) state.done / (double) state.size : 0;
  if (state.name == NULL)
    title = g_strdup (_ ("Asking for the files"));
  else
    title = g_strdup_printf (state.phase == RHEO_DOWNLOAD_CHECKING ? _ ("Checking and unpacking %s (%d of %d)")
                                                                   : _ ("Downloading %s (%d of %d)"),
                             state.name, state.file + 1, state.n_files);
  begin (box, FALSE, title);
  if (state.phase == RHEO_DOWNLOAD_WAITING)
    want_text (box, TEXT, _ ("The connection was dropped. It is tried again from there."));
  want_text (box, LEFT, state.phase == RHEO_DOWNLOAD_FETCHING && state.done > 0 ? left : NULL);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (box->part[BAR]), CLAMP (share, 0, 1));
  want (box, BAR);
  want (box, CANCEL);
}

static void
show_reading (RheoDataBox *box)
{
  begin (box, FALSE, _ ("Checking the files"));
  g_mutex_lock (&box->job->lock);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (box->part[BAR]), CLAMP (box->job->done, 0, 1));
  g_mutex_unlock (&box->job->lock);
  want (box, BAR);
  want (box, CANCEL);
}

/* "8,156 training and 2,264 test trials of 20 classes. Speakers: 10 and 12. ..." */
static char *
describe_facts (const RheoSpikeFacts *facts, const char *folder)
{
  int others = 0;
  g_autofree char *train = rheo_number_dup_count (facts->n_trials[0]), *rest = NULL;
  g_autofree char *mean = rheo_number_dup_fixed (facts->mean, 0), *least = rheo_number_dup_count (facts->least);
  g_autofree char *most = rheo_number_dup_count (facts->most);
  g_autofree char *shortest = rheo_number_dup_fixed ((double) facts->shortest, 2);
  g_autofree char *longest = rheo_number_dup_fixed ((double) facts->longest, 2);
  GString *text = g_string_new (NULL);

  for (int k = 1; k < facts->n_files; k++)
    others += facts->n_trials[k];
  rest = rheo_number_dup_count (others);
  g_string_append_printf (text, _ ("%s training and %s test trials of %d classes."), train, rest, facts->n_classes);
  g_string_append_c (text, ' ');
  if (facts->n_speakers[0] > 0)
    {
      g_string_append_printf (text, _ ("Speakers: %d and %d."), facts->n_speakers[0],
                              facts->n_speakers[facts->n_files - 1]);
      g_string_append_c (text, ' ');
    }
  g_string_append_printf (text, _ ("Spikes in a trial: %s on average, %s to %s; the last one after %s to %s s."), mean,
                          least, most, shortest, longest);
  g_string_append_c (text, '\n');
  g_string_append_printf (text, _ ("Folder: %s"), folder);
  return g_string_free (text, FALSE);
}

/* The first file whose sum is such a one; NULL: none. */
static const char *
find_sum (const RheoSpikeFacts *facts, RheoSpikeSum sum)
{
  for (int k = 0; k < facts->n_files; k++)
    if (facts->sums[k] == sum)
      return facts->names[k];
  return NULL;
}

static void
show_facts (RheoDataBox *box, const char *folder)
{
  const RheoSpikeFacts *facts = box->facts;
  const char *other = find_sum (facts, RHEO_SPIKE_SUM_OTHER), *unknown = find_sum (facts, RHEO_SPIKE_SUM_UNKNOWN);
  g_autofree char *title = NULL, *text = describe_facts (facts, folder);

  title = other != NULL     ? g_strdup_printf (_ ("%s differs from the published file"), other)
          : unknown != NULL ? g_strdup_printf (_ ("No published sum of %s is known"), unknown)
                            : g_strdup (_ ("These are the published files"));
  begin (box, other != NULL, title);
  want_text (box, TEXT, text);
  want_text (box, TROUBLE, box->problem);
  want (box, CHOOSE);
}

/* There, and not read: it was cancelled, or cannot be done. */
static void
show_unread (RheoDataBox *box, const char *folder)
{
  begin (box, box->problem != NULL,
         box->problem != NULL ? _ ("The files cannot be read") : _ ("The files were not checked"));
  want_text (box, TEXT, box->problem != NULL ? box->problem : folder);
  want (box, CHOOSE);
  want (box, CHECK);
  if (box->problem != NULL)
    want (box, SYNTHETIC);
}

/* --- threads -------------------------------------------------------------------------------------------------------- */

static void
note_fetched (const RheoDownloadState *state, void *data)
{
  Job *job = data;

  g_mutex_lock (&job->lock);
  if (state->done == state->began || state->file != job->file)
    job->began = g_get_monotonic_time ();
  job->file = state->file;
  job->state = *state;
  g_mutex_unlock (&job->lock);
}

static bool
note_read (double done, void *data)
{
  Job *job = data;

  g_mutex_lock (&job->lock);
  job->done = done;
  g_mutex_unlock (&job->lock);
  return !g_cancellable_is_cancelled (job->cancel);
}

static void
work (GTask *task, gpointer box, gpointer data, GCancellable *unused)
{
  Job *job = data;
  const RheoDownload download = rheo_download_of_digits (job->folder);
  GError *error = NULL;
  RheoSpikeFacts *facts = NULL;

  if (job->fetches ? rheo_download_run (&download, note_fetched, job, job->cancel, &error)
                   : (facts = rheo_spike_facts_read (job->folder, note_read, job, &error)) != NULL)
    g_task_return_pointer (task, facts, g_free);
  else
    g_task_return_error (task, error);
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer unused)
{
  RheoDataBox *box = RHEO_DATA_BOX (object);
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree RheoSpikeFacts *facts = g_task_propagate_pointer (G_TASK (result), &error);

  if (box->job != job) /* the window has gone, or other files are meant by now */
    return;
  g_clear_handle_id (&box->look_source, g_source_remove);
  g_clear_pointer (&box->job, unref_job);
  g_clear_pointer (&box->problem, g_free);
  if (error != NULL && !g_error_matches (error, RHEO_ERROR, RHEO_ERROR_CANCELLED))
    box->problem = g_strdup (error->message);
  if (!job->fetches)
    {
      g_free (box->key);
      box->key = g_strdup (job->key);
      g_free (box->facts);
      box->facts = g_steal_pointer (&facts);
    }
  rheo_data_box_update (box);
}

static gboolean
on_look (gpointer data)
{
  RheoDataBox *box = data;

  rheo_data_box_update (box);
  return G_SOURCE_CONTINUE;
}

static void
start (RheoDataBox *box, gboolean fetches, const char *folder)
{
  g_autoptr (GTask) task = g_task_new (box, NULL, on_done, NULL);

  box->job = g_atomic_rc_box_new0 (Job);
  box->job->fetches = fetches;
  box->job->folder = g_strdup (folder);
  box->job->key = dup_key (folder);
  box->job->cancel = g_cancellable_new ();
  box->job->began = g_get_monotonic_time ();
  g_mutex_init (&box->job->lock);
  g_clear_pointer (&box->problem, g_free);
  box->look_source = g_timeout_add (LOOK_EVERY, on_look, box);
  g_task_set_task_data (task, g_atomic_rc_box_acquire (box->job), unref_job);
  g_task_run_in_thread (task, work);
}

/* Whatever it was doing, it tells nobody. */
static void
drop_job (RheoDataBox *box)
{
  g_clear_handle_id (&box->look_source, g_source_remove);
  if (box->job != NULL)
    g_cancellable_cancel (box->job->cancel);
  g_clear_pointer (&box->job, unref_job);
}

void
rheo_data_box_update (RheoDataBox *box)
{
  g_autofree char *folder = dup_folder (box), *key = folder != NULL ? dup_key (folder) : NULL;
  const char *missing = folder != NULL ? rheo_spike_facts_find_missing (folder) : NULL;

  if (folder == NULL)
    {
      gtk_widget_set_visible (GTK_WIDGET (box), FALSE);
      return;
    }
  if (box->missing && missing == NULL)
    g_signal_emit (box, arrived_signal, 0);
  box->missing = missing != NULL;
  if (box->job != NULL && !box->job->fetches && !g_str_equal (box->job->key, key))
    drop_job (box);
  if (box->job == NULL && missing == NULL && g_strcmp0 (box->key, key) != 0)
    {
      g_clear_pointer (&box->facts, g_free);
      start (box, FALSE, folder);
    }
  if (box->job != NULL)
    box->job->fetches ? show_fetching (box) : show_reading (box);
  else if (missing != NULL)
    show_missing (box, folder, missing);
  else if (box->facts != NULL)
    show_facts (box, folder);
  else
    show_unread (box, folder);
  end (box);
}

/* --- buttons -------------------------------------------------------------------------------------------------------- */

void
rheo_data_box_take (RheoDataBox *box, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path), *named = NULL;
  const char *missing = rheo_spike_facts_find_missing (folder);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&box->problem, g_free);
  if (missing != NULL)
    box->problem = g_strdup_printf (_ ("%s is not in %s."), missing, folder);
  else if (!rheo_spike_data_remember (folder, &error))
    box->problem = g_strdup (error->message);
  else
    {
      named = rheo_experiment_dup_value (rheo_document_get_experiment (box->context->document), "task.path", NULL);
      g_clear_pointer (&box->key, g_free);
      if (named != NULL && *named != '\0')
        rheo_document_set (box->context->document, "task.path", "", _ ("Folder"), NULL);
      g_signal_emit (box, arrived_signal, 0);
    }
  rheo_data_box_update (box);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, RheoDataBox *box)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    rheo_data_box_take (box, path);
  g_object_unref (dialog);
}

static void
on_choose (RheoDataBox *box)
{
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Choose shd_train.h5"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (box))),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Choose"), _ ("Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_add_pattern (filter, "*.h5");
  gtk_file_filter_set_name (filter, _ ("Spike trains (HDF5)"));
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), box, 0);
  rheo_chooser_show (dialog);
}

static void
on_download (RheoDataBox *box)
{
  g_autofree char *folder = dup_folder (box);

  if (folder != NULL && box->job == NULL)
    start (box, TRUE, folder);
  rheo_data_box_update (box);
}

static void
on_check (RheoDataBox *box)
{
  g_clear_pointer (&box->key, g_free);
  g_clear_pointer (&box->problem, g_free);
  rheo_data_box_update (box);
}

static void
on_cancel (RheoDataBox *box)
{
  if (box->job != NULL)
    g_cancellable_cancel (box->job->cancel);
}

/* --- the widget ----------------------------------------------------------------------------------------------------- */

static GtkWidget *
add_label (GtkWidget *box, const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static GtkWidget *
add_button (RheoDataBox *box, GtkWidget *row, const char *words, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (words);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  if (clicked != NULL)
    g_signal_connect_object (button, "clicked", clicked, box, G_CONNECT_SWAPPED);
  rheo_wrap_row_insert_before (RHEO_WRAP_ROW (row), button, NULL);
  return button;
}

/* Size and licence, and how it is done without this program. */
static void
write_manual (GtkWidget *label)
{
  g_autofree char *markup = g_markup_printf_escaped (
      _ ("The Spiking Heidelberg Digits may be used freely (CC BY 4.0). They come from zenkelab.org or compneuro.net, "
         "about 160 MB. By hand: fetch shd_train.h5.gz and shd_test.h5.gz from <a "
         "href=\"%s\">zenkelab.org/datasets</a>, "
         "unpack both into one folder and choose one of them."),
      BY_HAND);

  gtk_label_set_markup (GTK_LABEL (label), markup);
}

/* Files may have come while another program had the focus. */
static void
root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rheo_data_box_parent_class)->root (widget);
  if (GTK_IS_WINDOW (gtk_widget_get_root (widget)))
    g_signal_connect_object (gtk_widget_get_root (widget), "notify::is-active", G_CALLBACK (rheo_data_box_update),
                             widget, G_CONNECT_SWAPPED);
}

static void
dispose (GObject *object)
{
  drop_job (RHEO_DATA_BOX (object));
  G_OBJECT_CLASS (rheo_data_box_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoDataBox *box = RHEO_DATA_BOX (object);

  g_free (box->problem);
  g_free (box->key);
  g_free (box->facts);
  G_OBJECT_CLASS (rheo_data_box_parent_class)->finalize (object);
}

static void
rheo_data_box_class_init (RheoDataBoxClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  GTK_WIDGET_CLASS (class)->root = root;
  arrived_signal =
      g_signal_new ("arrived", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_data_box_init (RheoDataBox *box)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *row = rheo_wrap_row_new (6);

  box->line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  box->icon = gtk_image_new ();
  gtk_widget_set_valign (box->icon, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box->line), box->icon);
  box->title = add_label (words, "heading");
  box->part[TEXT] = add_label (words, NULL);
  gtk_label_set_selectable (GTK_LABEL (box->part[TEXT]), TRUE);
  gtk_widget_set_can_focus (box->part[TEXT], FALSE);
  box->part[TROUBLE] = add_label (words, "error");
  box->part[MANUAL] = add_label (words, "caption");
  write_manual (box->part[MANUAL]);
  box->part[BAR] = gtk_progress_bar_new ();
  gtk_widget_set_margin_top (box->part[BAR], 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (box->part[BAR]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Progress of the data"), -1);
  gtk_box_append (GTK_BOX (words), box->part[BAR]);
  box->part[LEFT] = add_label (words, "caption");
  gtk_widget_add_css_class (box->part[LEFT], "tabular");
  box->part[CHOOSE] = add_button (box, row, _ ("Choose file…"), G_CALLBACK (on_choose));
  box->part[DOWNLOAD] = add_button (box, row, _ ("Download"), G_CALLBACK (on_download));
  box->part[SYNTHETIC] = add_button (box, row, _ ("Use synthetic data"), NULL);
  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (box->part[SYNTHETIC]), "win.use-synthetic(false)");
  box->part[CHECK] = add_button (box, row, _ ("Check"), G_CALLBACK (on_check));
  box->part[CANCEL] = add_button (box, row, _ ("Cancel"), G_CALLBACK (on_cancel));
  gtk_widget_set_margin_top (row, 6);
  gtk_box_append (GTK_BOX (words), row);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box->line), words);
  adw_bin_set_child (ADW_BIN (box), box->line);
}

GtkWidget *
rheo_data_box_new (RheoContext *context)
{
  RheoDataBox *box = g_object_new (RHEO_TYPE_DATA_BOX, NULL);

  box->context = context;
  rheo_data_box_update (box);
  return GTK_WIDGET (box);
}
