#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/script-preview.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/plot-toasts.h"
#include "app/trial-plot.h"
#include "plot/plot-kind.h"
#include "widgets/plot-card.h"
#include "widgets/tooltip.h"

#define AFTER_EDIT 300 /* ms without another edit */
#define LEAST_WIDTH 300
#define HEIGHT 280
#define OLD 0.45       /* opacity of a picture that is not of the script as it stands */
#define TIME_LIMIT 5.0 /* s, where the experiment says none */

enum
{
  FACT_INPUTS,
  FACT_OUTPUTS,
  FACT_STEPS,
  FACT_COUNTING,
  FACT_CONDITIONS,
  FACT_SCORE,
  FACT_TIME,
  N_FACTS,
};

struct _RheoScriptPreview
{
  GtkWidget parent_instance;
  RheoContext *context;
  char *(*dup_text) (gpointer data);
  gpointer data;
  GtkWidget *scroller;
  RheoPlotCard *card;
  GtkWidget *place, *previous, *next, *old, *facts, *name[N_FACTS], *value[N_FACTS];
  guint timeout;
  int wanted; /* trial */
  gboolean fresh;
  GCancellable *making;   /* or NULL */
  RheoScriptTrial *trial; /* made last; or NULL */
  int64_t shown_length;   /* steps of the picture; 0: there is none */
};

G_DEFINE_FINAL_TYPE (RheoScriptPreview, rheo_script_preview, GTK_TYPE_WIDGET)

static guint shown_signal;

/* --- showing ------------------------------------------------------------------------------------------------------------ */

static char *
dup_count (int n)
{
  char text[40];

  return g_strdup (rheo_plot_number (n, 0, text, sizeof text));
}

static char *
dup_steps (const RheoScriptShape *shape)
{
  g_autofree char *steps = dup_count (shape->n_steps);
  char length[40];

  if (shape->dt_ms <= 0)
    return g_steal_pointer (&steps);
  return g_strdup_printf (_ ("%s, %s ms"), steps,
                          rheo_plot_number_short (shape->n_steps * shape->dt_ms, 6, length, sizeof length));
}

/* What a script does not have has no row. */
static void
set_fact (RheoScriptPreview *preview, int fact, const char *text)
{
  gtk_widget_set_visible (preview->name[fact], text != NULL);
  gtk_widget_set_visible (preview->value[fact], text != NULL);
  gtk_label_set_text (GTK_LABEL (preview->value[fact]), text != NULL ? text : "");
}

static void
show_facts (RheoScriptPreview *preview)
{
  const RheoScriptTrial *t = preview->trial;
  g_autofree char *inputs = NULL, *outputs = NULL, *steps = NULL, *counting = NULL, *time = NULL;
  char ms[40], score[40];

  /* Of a script that does not come so far the last ones stay, as its picture does. */
  if (t->shape.n_steps == 0)
    return;
  inputs = dup_count (t->shape.n_in);
  outputs = dup_count (t->shape.n_out);
  steps = dup_steps (&t->shape);
  gtk_label_set_text (GTK_LABEL (preview->value[FACT_INPUTS]), inputs);
  gtk_label_set_text (GTK_LABEL (preview->value[FACT_OUTPUTS]), outputs);
  gtk_label_set_text (GTK_LABEL (preview->value[FACT_STEPS]), steps);
  gtk_widget_set_visible (preview->facts, TRUE);
  if (t->signals == NULL)
    return;
  counting = dup_count (t->n_counting);
  time = g_strdup_printf (_ ("%s ms"), rheo_plot_number_short (1000 * t->seconds, 2, ms, sizeof ms));
  gtk_label_set_text (GTK_LABEL (preview->value[FACT_COUNTING]), counting);
  gtk_label_set_text (GTK_LABEL (preview->value[FACT_TIME]), time);
  set_fact (preview, FACT_CONDITIONS, t->conditions);
  set_fact (preview, FACT_SCORE, isnan (t->score) ? NULL : rheo_plot_number_short (t->score, 4, score, sizeof score));
}

static void
name_view (RheoScriptPreview *preview)
{
  g_autofree char *stem = g_strdup_printf ("script-trial-%d", preview->trial->trial + 1);
  g_autofree char *folder = g_build_filename (rheo_library_get_folder (preview->context->library), "figures", NULL);

  rheo_plot_view_set_name (rheo_plot_card_get_view (preview->card), _ ("One trial"), stem, folder);
}

static void
show_picture (RheoScriptPreview *preview)
{
  const RheoScriptTrial *t = preview->trial;
  const gboolean keep = t->signals == NULL && preview->shown_length > 0 && !preview->fresh;
  g_autofree char *number = dup_count (preview->wanted + 1);

  gtk_label_set_text (GTK_LABEL (preview->place), number);
  gtk_widget_set_sensitive (preview->previous, preview->wanted > 0);
  rheo_tooltip_set (preview->previous, preview->wanted > 0 ? _ ("Previous trial") : _ ("This is the first trial"));
  gtk_widget_set_opacity (GTK_WIDGET (rheo_plot_card_get_view (preview->card)), keep ? OLD : 1);
  gtk_widget_set_opacity (preview->facts, keep ? OLD : 1);
  gtk_widget_set_visible (preview->old, keep);
  if (keep)
    return;
  name_view (preview);
  if (t->signals != NULL)
    rheo_plot_card_take_spec (preview->card, rheo_trial_plot_new (t->signals, NULL, "", "", t->shape.dt_ms));
  else
    rheo_plot_card_take_spec (preview->card, rheo_trial_plot_new_empty (_ ("The script gives no trial yet.")));
  /* Axes of a plot never shrink by themselves, but trials of another length are what was asked for. */
  if (t->signals != NULL && t->shape.n_steps != preview->shown_length)
    gtk_widget_activate_action (GTK_WIDGET (rheo_plot_card_get_view (preview->card)), "plot.fit", NULL);
  preview->shown_length = t->signals != NULL ? t->shape.n_steps : 0;
  preview->fresh = FALSE;
}

/* --- making ------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *text;
  double time_limit;
  int seed, trial;
  RheoScriptTrial *made;
} Job;

static void
free_job (gpointer data)
{
  Job *job = data;

  g_free (job->text);
  rheo_script_trial_free (job->made);
  g_free (job);
}

static void
make_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  job->made = rheo_script_trial_make (job->text, job->time_limit, job->seed, job->trial, cancellable);
  g_task_return_boolean (task, TRUE);
}

static void
made (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoScriptPreview *preview = RHEO_SCRIPT_PREVIEW (object);
  Job *job = g_task_get_task_data (G_TASK (result));

  if (preview->making != g_task_get_cancellable (G_TASK (result)) || job->made == NULL)
    return; /* a newer one is on its way */
  g_clear_object (&preview->making);
  if (gtk_widget_get_root (GTK_WIDGET (preview)) == NULL)
    return;
  rheo_script_trial_free (preview->trial);
  preview->trial = g_steal_pointer (&job->made);
  show_picture (preview);
  show_facts (preview);
  g_signal_emit (preview, shown_signal, 0);
}

static void
cancel (RheoScriptPreview *preview)
{
  g_clear_handle_id (&preview->timeout, g_source_remove);
  if (preview->making != NULL)
    g_cancellable_cancel (preview->making);
  g_clear_object (&preview->making);
}

/* As the experiment has it, where it runs a script. */
static double
get_time_limit (RheoScriptPreview *preview)
{
  const RheoExperiment *experiment = rheo_document_get_experiment (preview->context->document);
  g_autofree char *text = NULL;

  if (rheo_document_has_script (preview->context->document))
    text = rheo_experiment_dup_value (experiment, "task.time-limit", NULL);
  return text != NULL ? g_ascii_strtod (text, NULL) : TIME_LIMIT;
}

static void
start (RheoScriptPreview *preview)
{
  g_autoptr (GTask) task = NULL;
  Job *job = g_new0 (Job, 1);

  cancel (preview);
  preview->making = g_cancellable_new ();
  job->text = preview->dup_text (preview->data);
  job->time_limit = get_time_limit (preview);
  job->seed = rheo_experiment_get_run (rheo_document_get_experiment (preview->context->document))->seed;
  job->trial = preview->wanted;
  task = g_task_new (preview, preview->making, made, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, free_job);
  g_task_run_in_thread (task, make_thread);
}

static gboolean
on_timeout (gpointer data)
{
  RheoScriptPreview *preview = data;

  preview->timeout = 0;
  start (preview);
  return G_SOURCE_REMOVE;
}

void
rheo_script_preview_touch (RheoScriptPreview *preview, gboolean fresh)
{
  cancel (preview);
  preview->fresh |= fresh;
  if (fresh)
    {
      preview->wanted = 0;
      start (preview);
    }
  else
    preview->timeout = g_timeout_add (AFTER_EDIT, on_timeout, preview);
}

void
rheo_script_preview_flush (RheoScriptPreview *preview)
{
  if (preview->timeout != 0)
    start (preview);
}

const RheoScriptTrial *
rheo_script_preview_get_trial (RheoScriptPreview *preview)
{
  return preview->trial;
}

gboolean
rheo_script_preview_is_idle (RheoScriptPreview *preview)
{
  return preview->timeout == 0 && preview->making == NULL;
}

/* --- the widget --------------------------------------------------------------------------------------------------------- */

static void
on_previous (RheoScriptPreview *preview)
{
  preview->wanted = MAX (preview->wanted - 1, 0);
  start (preview);
}

static void
on_next (RheoScriptPreview *preview)
{
  preview->wanted = MIN (preview->wanted + 1, G_MAXINT - 1);
  start (preview);
}

static GtkWidget *
add_button (RheoScriptPreview *preview, GtkWidget *box, const char *icon, const char *name, GCallback on_click)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  rheo_tooltip_set (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", on_click, preview);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
add_navigation (RheoScriptPreview *preview)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  preview->place = gtk_label_new (NULL);
  gtk_widget_add_css_class (preview->place, "caption");
  gtk_widget_add_css_class (preview->place, "dim-label");
  gtk_widget_add_css_class (preview->place, "numeric");
  gtk_widget_set_margin_end (preview->place, 6);
  gtk_box_append (GTK_BOX (box), preview->place);
  preview->previous = add_button (preview, box, "go-previous-symbolic", _ ("Previous trial"), G_CALLBACK (on_previous));
  gtk_widget_set_sensitive (preview->previous, FALSE);
  preview->next = add_button (preview, box, "go-next-symbolic", _ ("Next trial"), G_CALLBACK (on_next));
  rheo_plot_card_take_extra (preview->card, box);
}

static void
add_facts (RheoScriptPreview *preview)
{
  static const char *const names[] = { N_ ("Inputs"),           N_ ("Outputs"),    N_ ("Steps"),
                                       N_ ("Steps that count"), N_ ("Conditions"), N_ ("Score of the target"),
                                       N_ ("Time to make it") };

  preview->facts = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (preview->facts), 6);
  gtk_grid_set_column_spacing (GTK_GRID (preview->facts), 12);
  gtk_widget_set_margin_start (preview->facts, 6);
  gtk_widget_set_margin_end (preview->facts, 6);
  gtk_widget_set_visible (preview->facts, FALSE);
  for (int i = 0; i < N_FACTS; i++)
    {
      GtkWidget *name = preview->name[i] = gtk_label_new (_ (names[i]));

      gtk_label_set_xalign (GTK_LABEL (name), 0);
      gtk_widget_add_css_class (name, "dim-label");
      gtk_widget_add_css_class (name, "caption");
      preview->value[i] = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (preview->value[i]), 1);
      gtk_label_set_selectable (GTK_LABEL (preview->value[i]), TRUE);
      gtk_widget_add_css_class (preview->value[i], "caption");
      gtk_widget_add_css_class (preview->value[i], "numeric");
      gtk_widget_set_hexpand (preview->value[i], TRUE);
      gtk_accessible_update_relation (GTK_ACCESSIBLE (preview->value[i]), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name,
                                      NULL, -1);
      gtk_label_set_wrap (GTK_LABEL (preview->value[i]), TRUE);
      gtk_label_set_justify (GTK_LABEL (preview->value[i]), GTK_JUSTIFY_RIGHT);
      gtk_widget_set_valign (name, GTK_ALIGN_START);
      gtk_grid_attach (GTK_GRID (preview->facts), name, 0, i, 1, 1);
      gtk_grid_attach (GTK_GRID (preview->facts), preview->value[i], 1, i, 1, 1);
    }
}

static void
dispose (GObject *object)
{
  RheoScriptPreview *preview = RHEO_SCRIPT_PREVIEW (object);

  cancel (preview);
  g_clear_pointer (&preview->scroller, gtk_widget_unparent);
  g_clear_pointer (&preview->trial, rheo_script_trial_free);
  G_OBJECT_CLASS (rheo_script_preview_parent_class)->dispose (object);
}

static void
rheo_script_preview_class_init (RheoScriptPreviewClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  shown_signal =
      g_signal_new ("shown", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_script_preview_init (RheoScriptPreview *preview)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);

  gtk_widget_set_margin_top (box, 10);
  gtk_widget_set_margin_bottom (box, 12);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_size_request (box, LEAST_WIDTH, -1);
  preview->card = RHEO_PLOT_CARD (rheo_plot_card_new (NULL));
  rheo_plot_toasts_follow (rheo_plot_card_get_view (preview->card));
  add_navigation (preview);
  gtk_widget_set_size_request (GTK_WIDGET (rheo_plot_card_get_view (preview->card)), -1, HEIGHT);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (preview->card));
  preview->old = gtk_label_new (_ ("This is the last trial that could be made."));
  gtk_label_set_wrap (GTK_LABEL (preview->old), TRUE);
  gtk_label_set_xalign (GTK_LABEL (preview->old), 0);
  gtk_widget_add_css_class (preview->old, "caption");
  gtk_widget_set_margin_start (preview->old, 6);
  gtk_widget_set_visible (preview->old, FALSE);
  gtk_box_append (GTK_BOX (box), preview->old);
  add_facts (preview);
  gtk_box_append (GTK_BOX (box), preview->facts);
  preview->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (preview->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (preview->scroller), box);
  gtk_widget_set_parent (preview->scroller, GTK_WIDGET (preview));
}

GtkWidget *
rheo_script_preview_new (RheoContext *context, char *(*dup_text) (gpointer data), gpointer data)
{
  RheoScriptPreview *preview = g_object_new (RHEO_TYPE_SCRIPT_PREVIEW, NULL);

  preview->context = context;
  preview->dup_text = dup_text;
  preview->data = data;
  return GTK_WIDGET (preview);
}
