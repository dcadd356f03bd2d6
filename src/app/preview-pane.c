#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/preview-pane.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/speed.h"
#include "app/plot-toasts.h"
#include "app/trial-plot.h"
#include "plot/plot-kind.h"
#include "widgets/common.h"
#include "widgets/plot-card.h"

#define AFTER_EDIT 150 /* ms without another edit */
#define LEAST_WIDTH 300
#define TRIAL_HEIGHT 240
#define NETWORK_HEIGHT 120 /* at least */
#define BELOW 6            /* the sketch, to the edge of its card */

enum
{
  FACT_WEIGHTS,
  FACT_CONNECTED,
  FACT_TIME,
  FACT_MEMORY,
  FACT_FILE,
  N_FACTS,
};

struct _RheoPreviewPane
{
  GtkWidget parent_instance;
  RheoContext *context;
  RheoPlotCard *trial, *network;
  GtkWidget *nav, *place, *previous, *next;
  GtkWidget *facts, *name[N_FACTS], *value[N_FACTS];
  guint timeout;
  int wanted;                /* trial */
  GCancellable *making;      /* of the newest preview that is being made, or NULL */
  GCancellable *measuring;   /* of the speed, or NULL */
  RheoPreview *shown;        /* or NULL */
  RheoExperiment *described; /* what is shown, with the preview */
  RheoExperiment *running;   /* what runs, where it was shown; or NULL */
  RheoSketchFacts of_running;
};

G_DEFINE_FINAL_TYPE (RheoPreviewPane, rheo_preview_pane, GTK_TYPE_WIDGET)

static guint shown_signal;

/* --- facts ------------------------------------------------------------------------------------------------------ */
static char *
dup_count (double n)
{
  char text[40];

  return g_strdup (rheo_plot_number (n, 0, text, sizeof text));
}

static void
set_fact (RheoPreviewPane *pane, int fact, const char *value, const char *tooltip)
{
  gtk_label_set_text (GTK_LABEL (pane->value[fact]), value);
  gtk_widget_set_tooltip_text (pane->value[fact], tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (pane->value[fact]), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  tooltip != NULL ? tooltip : "", -1);
}

static void
show_time (RheoPreviewPane *pane)
{
  const RheoPreview *p = pane->shown;
  g_autofree char *source = NULL, *duration = NULL, *text = NULL;
  double speed;

  if (p == NULL || p->network == NULL)
    return;
  speed = rheo_speed_find (pane->described, &p->facts, &source);
  if (speed > 0)
    {
      duration = rheo_speed_dup_duration (p->facts.epoch_flop / speed);
      text =
          g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s on %d thread", "%s on %d threads", (gulong) p->n_threads),
                           duration, p->n_threads);
      set_fact (pane, FACT_TIME, text, source);
    }
  else if (pane->measuring != NULL)
    set_fact (pane, FACT_TIME, _ ("measuring…"), _ ("A few batches are run to see how fast this machine is."));
  else
    set_fact (pane, FACT_TIME, "–", _ ("Not known before a smaller network of this kind has been looked at."));
}

static void
show_facts (RheoPreviewPane *pane)
{
  const RheoPreview *p = pane->shown;
  const RheoSketchFacts *f = &p->facts;
  g_autofree char *trained = NULL, *share = NULL, *pairs = NULL, *memory = NULL, *file = NULL, *per = NULL;

  gtk_widget_set_visible (pane->facts, p->network != NULL);
  if (p->network == NULL)
    return;
  trained = dup_count ((double) f->n_trained);
  /* The mark keeps sign and number in their order also among words that run to the left. */
  share = g_strdup_printf (_ ("\u200e%.1f %%"), f->n_pairs > 0 ? 100 * f->n_connected / f->n_pairs : 0);
  {
    g_autofree char *connected = dup_count (f->n_connected), *all = dup_count (f->n_pairs);

    pairs = g_strdup_printf (_ ("About %s of %s pairs of units are connected at the start."), connected, all);
  }
  memory = g_format_size ((guint64) f->memory);
  file = g_format_size ((guint64) f->file);
  per = g_strdup_printf (_ ("Time per %s, about"), p->unit);
  gtk_label_set_text (GTK_LABEL (pane->name[FACT_TIME]), per);
  set_fact (pane, FACT_WEIGHTS, trained, _ ("Weights, biases and parameters of cells that the rule changes."));
  set_fact (pane, FACT_CONNECTED, share, pairs);
  set_fact (pane, FACT_MEMORY, memory, _ ("Network, optimiser, batches and what waits to be written, counted."));
  set_fact (pane, FACT_FILE, file, _ ("Records and checkpoints of the whole run, packed as usual."));
  show_time (pane);
}

/* --- speed of this machine ------------------------------------------------------------------------------------------ */
static void
measured (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoPreviewPane *pane = RHEO_PREVIEW_PANE (object);

  if (pane->measuring != g_task_get_cancellable (G_TASK (result)))
    return;
  g_clear_object (&pane->measuring);
  show_time (pane);
}

static void
stop_measuring (RheoPreviewPane *pane)
{
  if (pane->measuring != NULL)
    g_cancellable_cancel (pane->measuring);
  g_clear_object (&pane->measuring);
}

static void
start_measuring (RheoPreviewPane *pane)
{
  const RheoPreview *p = pane->shown;

  stop_measuring (pane);
  /* A run that goes on would be slowed down, and slows down what is measured. */
  if (p == NULL || p->network == NULL || p->problem != NULL || !rheo_speed_is_wanted (pane->described, &p->facts)
      || (pane->context->session != NULL && rheo_session_is_going (pane->context->session)))
    return;
  pane->measuring = g_cancellable_new ();
  rheo_speed_measure_async (pane->described, &p->facts, pane, pane->measuring, measured);
}

/* What a run really takes is worth more than what was measured with a few batches. */
static void
note_running (RheoPreviewPane *pane)
{
  const RheoExperiment *experiment =
      pane->context->session != NULL ? rheo_session_get_experiment (pane->context->session) : NULL;
  g_autoptr (RheoExperiment) described = NULL;

  if (experiment == NULL || pane->running != NULL || pane->described == NULL || pane->shown->network == NULL
      || !rheo_session_is_going (pane->context->session))
    return;
  described = rheo_experiment_dup (pane->described);
  rheo_experiment_get_run (described)->threads = rheo_experiment_get_run (experiment)->threads;
  if (!rheo_experiment_equal (described, experiment))
    return;
  pane->running = g_steal_pointer (&described);
  pane->of_running = pane->shown->facts;
}

static void
on_session_changed (RheoPreviewPane *pane)
{
  note_running (pane);
  if (pane->measuring == NULL || !rheo_session_is_going (pane->context->session))
    return;
  stop_measuring (pane);
  show_time (pane);
}

static void
on_session_stopped (RheoPreviewPane *pane)
{
  const double each = rheo_session_get_per_iteration (pane->context->session);

  if (pane->running != NULL && each > 0 && rheo_session_get_left (pane->context->session) >= 0)
    rheo_speed_add (pane->running, &pane->of_running, pane->of_running.epoch_flop / each);
  g_clear_pointer (&pane->running, rheo_experiment_free);
  start_measuring (pane);
  show_time (pane);
}

/* --- pictures --------------------------------------------------------------------------------------------------- */
static RheoPlotSpec *
trial_spec (const RheoPreview *p)
{
  if (p->scene != NULL)
    {
      RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("scene", NULL));

      spec->title = g_intern_string (_ ("One episode"));
      rheo_plot_bind (spec, "items", p->scene, "scene.items", NULL, NULL);
      return spec;
    }
  if (p->plays)
    return rheo_trial_plot_new_empty (_ ("No trials: what the network sees follows from what it does."));
  if (p->signals == NULL)
    return rheo_trial_plot_new_empty (p->problem);
  return rheo_trial_plot_new (p->signals, p->label, p->inputs, p->targets, p->dt_ms);
}

static RheoPlotSpec *
network_spec (const RheoPreview *p)
{
  RheoPlotSpec *spec;
  g_autofree char *units = NULL, *count = dup_count ((double) p->facts.n_units);

  if (p->network == NULL)
    return NULL;
  spec = rheo_plot_spec_new (rheo_plot_kind_find ("network", NULL));
  units = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s unit", "%s units", (gulong) p->facts.n_units), count);
  spec->title = g_intern_string (_ ("Network"));
  spec->subtitle = g_intern_string (units);
  rheo_plot_bind (spec, "boxes", p->network, "node.units", NULL, NULL);
  return spec;
}

static void
name_views (RheoPreviewPane *pane)
{
  const char *name = rheo_document_get_name (pane->context->document);
  g_autofree char *trial = g_strdup_printf ("%s-trial-%d", name != NULL ? name : "experiment", pane->shown->trial + 1);
  g_autofree char *network = g_strdup_printf ("%s-network", name != NULL ? name : "experiment");
  g_autofree char *folder = pane->context->library != NULL
                                ? g_build_filename (rheo_library_get_folder (pane->context->library), "figures", NULL)
                                : g_build_filename (g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS) != NULL
                                                        ? g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS)
                                                        : g_get_home_dir (),
                                                    "Rheobase", "figures", NULL);

  rheo_plot_view_set_name (rheo_plot_card_get_view (pane->trial), _ ("One trial"), trial, folder);
  rheo_plot_view_set_name (rheo_plot_card_get_view (pane->network), _ ("Network"), network, folder);
}

static void
show_place (RheoPreviewPane *pane)
{
  const RheoPreview *p = pane->shown;
  g_autofree char *number = dup_count (p->trial + 1), *all = dup_count (p->n_trials), *text = NULL;

  gtk_widget_set_visible (pane->nav, p->signals != NULL);
  text = p->n_trials > 0 ? g_strdup_printf (_ ("%s of %s"), number, all) : g_strdup (number);
  gtk_label_set_text (GTK_LABEL (pane->place), text);
  gtk_widget_set_sensitive (pane->previous, p->trial > 0);
  gtk_widget_set_tooltip_text (pane->previous, p->trial > 0 ? _ ("Previous trial") : _ ("This is the first trial"));
  gtk_widget_set_sensitive (pane->next, p->n_trials == 0 || p->trial + 1 < p->n_trials);
  gtk_widget_set_tooltip_text (
      pane->next, p->n_trials == 0 || p->trial + 1 < p->n_trials ? _ ("Next trial") : _ ("This is the last trial"));
}

/* --- making ------------------------------------------------------------------------------------------------------ */
typedef struct
{
  RheoExperiment *experiment;
  RheoPreviewTask *task;
  int trial;
  RheoPreview *made;
} Job;

static void
free_job (gpointer data)
{
  Job *job = data;

  rheo_experiment_free (job->experiment);
  g_clear_pointer (&job->task, rheo_preview_task_unref);
  rheo_preview_free (job->made);
  g_free (job);
}

static void
make_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  job->made = rheo_preview_make (job->experiment, job->trial, job->task, cancellable);
  g_task_return_boolean (task, TRUE);
}

/* Steps of the shown trial; 0: none. */
static int64_t
get_length (const RheoPreview *preview)
{
  const RheoColumn *input =
      preview != NULL && preview->signals != NULL ? rheo_table_find (preview->signals, "input") : NULL;

  return input != NULL ? rheo_column_get_length (input) : 0;
}

static void
made (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoPreviewPane *pane = RHEO_PREVIEW_PANE (object);
  GTask *task = G_TASK (result);
  Job *job = g_task_get_task_data (task);
  RheoPlotSpec *network;
  gboolean other_length;

  if (pane->making != g_task_get_cancellable (task) || job->made == NULL)
    return; /* a newer one is on its way */
  g_clear_object (&pane->making);
  if (gtk_widget_get_root (GTK_WIDGET (pane)) == NULL)
    return; /* the window has gone, and its document */
  other_length = get_length (pane->shown) != get_length (job->made);
  rheo_preview_free (pane->shown);
  rheo_experiment_free (pane->described);
  pane->shown = g_steal_pointer (&job->made);
  pane->described = g_steal_pointer (&job->experiment);
  pane->wanted = pane->shown->trial;
  name_views (pane);
  if (other_length)
    rheo_plot_view_begin (rheo_plot_card_get_view (pane->trial));
  rheo_plot_card_take_spec (pane->trial, trial_spec (pane->shown));
  /* Axes of a plot never shrink by themselves, but trials that last shorter are what was asked for. */
  if (other_length)
    gtk_widget_activate_action (GTK_WIDGET (rheo_plot_card_get_view (pane->trial)), "plot.fit", NULL);
  network = network_spec (pane->shown);
  gtk_widget_set_visible (GTK_WIDGET (pane->network), network != NULL);
  if (network != NULL)
    rheo_plot_card_take_spec (pane->network, network);
  gtk_widget_queue_resize (GTK_WIDGET (pane->network));
  show_place (pane);
  note_running (pane);
  start_measuring (pane);
  show_facts (pane);
  /* Data that cannot be read, or a script that fails, can be right when a run begins; what lies in the values beside a trial
   * that can be made stays until they change. */
  rheo_document_note_problem (pane->context->document,
                              pane->shown->signals != NULL || pane->shown->plays ? pane->shown->problem : NULL);
  g_signal_emit (pane, shown_signal, 0);
}

static void
cancel (RheoPreviewPane *pane)
{
  g_clear_handle_id (&pane->timeout, g_source_remove);
  if (pane->making != NULL)
    g_cancellable_cancel (pane->making);
  g_clear_object (&pane->making);
}

static void
start (RheoPreviewPane *pane)
{
  g_autoptr (GTask) task = NULL;
  Job *job = g_new0 (Job, 1);

  cancel (pane);
  stop_measuring (pane);
  pane->making = g_cancellable_new ();
  job->experiment = rheo_experiment_dup (rheo_document_get_experiment (pane->context->document));
  job->trial = pane->wanted;
  if (pane->shown != NULL && pane->shown->task != NULL)
    job->task = rheo_preview_task_ref (pane->shown->task);
  task = g_task_new (pane, pane->making, made, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, free_job);
  g_task_run_in_thread (task, make_thread);
}

static gboolean
on_timeout (gpointer data)
{
  RheoPreviewPane *pane = data;

  pane->timeout = 0;
  start (pane);
  return G_SOURCE_REMOVE;
}

static void
on_changed (RheoPreviewPane *pane)
{
  cancel (pane);
  pane->timeout = g_timeout_add (AFTER_EDIT, on_timeout, pane);
}

void
rheo_preview_pane_reload (RheoPreviewPane *pane)
{
  if (pane->shown != NULL)
    g_clear_pointer (&pane->shown->task, rheo_preview_task_unref);
  start (pane);
}

static void
go_to (RheoPreviewPane *pane, int trial)
{
  pane->wanted = MAX (trial, 0);
  start (pane);
}

static void
on_previous (RheoPreviewPane *pane)
{
  go_to (pane, pane->wanted - 1);
}

static void
on_next (RheoPreviewPane *pane)
{
  go_to (pane, pane->wanted + 1);
}

/* --- the widget --------------------------------------------------------------------------------------------------- */
/* The card of the network is as high as its sketch wants to be at this width. */
static GtkSizeRequestMode
card_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
card_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
              int *minimum_baseline, int *natural_baseline)
{
  GtkWidget *card = gtk_widget_get_first_child (widget);
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (rheo_plot_card_get_view (RHEO_PLOT_CARD (card)));

  gtk_widget_measure (card, orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      GtkWidget *header = rheo_plot_card_get_header (RHEO_PLOT_CARD (card));
      const double wanted = spec != NULL ? rheo_plot_height (spec, for_size > 0 ? for_size : LEAST_WIDTH) : 0;
      int head;

      gtk_widget_measure (header, orientation, -1, NULL, &head, NULL, NULL);
      *minimum = *natural = MAX (*minimum, head + MAX ((int) ceil (wanted) + BELOW, NETWORK_HEIGHT));
    }
}

static void
card_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (gtk_widget_get_first_child (widget), width, height, baseline, NULL);
}

static RheoPlotCard *
make_card (RheoPreviewPane *pane)
{
  RheoPlotCard *card = RHEO_PLOT_CARD (rheo_plot_card_new (NULL));
  RheoPlotView *view = rheo_plot_card_get_view (card);

  rheo_plot_toasts_follow (view);
  return card;
}

static GtkWidget *
add_button (RheoPreviewPane *pane, const char *icon, const char *name, GCallback on_click)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", on_click, pane);
  gtk_box_append (GTK_BOX (pane->nav), button);
  return button;
}

static void
add_navigation (RheoPreviewPane *pane)
{
  pane->nav = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_visible (pane->nav, FALSE);
  pane->place = gtk_label_new (NULL);
  gtk_widget_add_css_class (pane->place, "caption");
  gtk_widget_add_css_class (pane->place, "dim-label");
  gtk_widget_add_css_class (pane->place, "numeric");
  gtk_widget_set_margin_end (pane->place, 6);
  gtk_box_append (GTK_BOX (pane->nav), pane->place);
  pane->previous = add_button (pane, "go-previous-symbolic", _ ("Previous trial"), G_CALLBACK (on_previous));
  pane->next = add_button (pane, "go-next-symbolic", _ ("Next trial"), G_CALLBACK (on_next));
  rheo_plot_card_take_extra (pane->trial, pane->nav);
}

static void
add_facts (RheoPreviewPane *pane)
{
  static const char *const names[] = { N_ ("Trainable weights"), N_ ("Connected"), N_ ("Time per epoch, about"),
                                       N_ ("Memory, about"), N_ ("Run file, about") };

  pane->facts = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (pane->facts), 6);
  gtk_grid_set_column_spacing (GTK_GRID (pane->facts), 12);
  gtk_widget_set_margin_start (pane->facts, 6);
  gtk_widget_set_margin_end (pane->facts, 6);
  gtk_widget_set_visible (pane->facts, FALSE);
  for (int i = 0; i < N_FACTS; i++)
    {
      GtkWidget *name = gtk_label_new (_ (names[i])), *value = gtk_label_new (NULL);

      gtk_label_set_xalign (GTK_LABEL (name), 0);
      gtk_label_set_wrap (GTK_LABEL (name), TRUE);
      gtk_widget_add_css_class (name, "dim-label");
      gtk_widget_add_css_class (name, "caption");
      gtk_label_set_xalign (GTK_LABEL (value), 1);
      gtk_label_set_wrap (GTK_LABEL (value), TRUE);
      gtk_label_set_justify (GTK_LABEL (value), GTK_JUSTIFY_RIGHT);
      gtk_label_set_selectable (GTK_LABEL (value), TRUE);
      gtk_widget_add_css_class (value, "caption");
      gtk_widget_add_css_class (value, "numeric");
      gtk_widget_set_hexpand (value, TRUE);
      gtk_accessible_update_relation (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name, NULL, -1);
      gtk_grid_attach (GTK_GRID (pane->facts), name, 0, i, 1, 1);
      gtk_grid_attach (GTK_GRID (pane->facts), value, 1, i, 1, 1);
      pane->name[i] = name;
      pane->value[i] = value;
    }
}

static void
dispose (GObject *object)
{
  RheoPreviewPane *pane = RHEO_PREVIEW_PANE (object);
  GtkWidget *child;

  cancel (pane);
  stop_measuring (pane);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&pane->shown, rheo_preview_free);
  g_clear_pointer (&pane->described, rheo_experiment_free);
  g_clear_pointer (&pane->running, rheo_experiment_free);
  G_OBJECT_CLASS (rheo_preview_pane_parent_class)->dispose (object);
}

static void
rheo_preview_pane_class_init (RheoPreviewPaneClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  shown_signal =
      g_signal_new ("shown", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_preview_pane_init (RheoPreviewPane *pane)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *frame = adw_bin_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_margin_top (box, 10);
  gtk_widget_set_margin_bottom (box, 12);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  rheo_widget_set_text_width (box, LEAST_WIDTH);
  pane->trial = make_card (pane);
  add_navigation (pane);
  rheo_widget_set_text_height (GTK_WIDGET (rheo_plot_card_get_view (pane->trial)), TRIAL_HEIGHT);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (pane->trial));
  pane->network = make_card (pane);
  gtk_widget_set_visible (GTK_WIDGET (pane->network), FALSE);
  adw_bin_set_child (ADW_BIN (frame), GTK_WIDGET (pane->network));
  /* A sketch that is drawn beside the main thread comes later than what it is of. */
  g_signal_connect_object (rheo_plot_card_get_view (pane->network), "shown", G_CALLBACK (gtk_widget_queue_resize),
                           frame, G_CONNECT_SWAPPED);
  gtk_widget_set_layout_manager (frame, gtk_custom_layout_new (card_mode, card_measure, card_allocate));
  gtk_box_append (GTK_BOX (box), frame);
  add_facts (pane);
  gtk_box_append (GTK_BOX (box), pane->facts);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_widget_set_parent (scroller, GTK_WIDGET (pane));
}

GtkWidget *
rheo_preview_pane_new (RheoContext *context)
{
  RheoPreviewPane *pane = g_object_new (RHEO_TYPE_PREVIEW_PANE, NULL);

  pane->context = context;
  g_signal_connect_object (context->document, "changed", G_CALLBACK (on_changed), pane, G_CONNECT_SWAPPED);
  if (context->session != NULL)
    {
      g_signal_connect_object (context->session, "changed", G_CALLBACK (on_session_changed), pane, G_CONNECT_SWAPPED);
      g_signal_connect_object (context->session, "stopped", G_CALLBACK (on_session_stopped), pane, G_CONNECT_SWAPPED);
    }
  start (pane);
  return GTK_WIDGET (pane);
}

const RheoPreview *
rheo_preview_pane_get_preview (RheoPreviewPane *pane)
{
  return pane->shown;
}
