#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/task-picture.h"

#include <adwaita.h>

#include "app/preview.h"
#include "app/speed.h"
#include "plot/plot.h"

#define LEAST_PATH 100 /* steps from which on a way through the plane is smooth */
#define MARGIN 18      /* beside the lines, px; half of it above and below */

struct _RheoTaskPicture
{
  GtkWidget parent_instance;
  RheoPlotSpec *spec;         /* or NULL */
  RheoExperiment *experiment; /* from here on once its work is known; or NULL */
  RheoSketchFacts facts;
  double seconds;
  GCancellable *cancellable;
  GCancellable *measuring; /* of the speed, or NULL */
};

enum
{
  PROP_SECONDS = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (RheoTaskPicture, rheo_task_picture, GTK_TYPE_WIDGET)

/* --- making ------------------------------------------------------------------------------------------------------ */
typedef struct
{
  RheoExperiment *experiment;
  RheoPreview *preview;
} Job;

static void
free_job (gpointer data)
{
  Job *job = data;

  rheo_experiment_free (job->experiment);
  rheo_preview_free (job->preview);
  g_free (job);
}

static gboolean
is_still (const RheoColumn *input)
{
  for (int64_t i = 0; i < rheo_column_get_length (input); i++)
    if (rheo_column_get_number (input, i) != 0)
      return FALSE;
  return TRUE;
}

/* A trial, or the world of an episode; where there is neither, the network. NULL: nothing can be drawn. */
static RheoPlotSpec *
spec_of (const RheoPreview *preview)
{
  RheoTable *signals = preview->signals;
  const RheoColumn *target = signals != NULL ? rheo_table_find (signals, "target") : NULL;
  const gboolean empty = signals == NULL || (target == NULL && is_still (rheo_table_find (signals, "input")));
  const gboolean plane = rheo_preview_is_path (preview) && target->dims[0] >= LEAST_PATH;
  const char *kind = preview->scene != NULL ? "scene" : empty ? "network" : plane ? "trajectory" : "trial";
  RheoPlotSpec *spec;

  if (empty && preview->scene == NULL && preview->network == NULL)
    return NULL;
  spec = rheo_plot_spec_new (rheo_plot_kind_find (kind, NULL));
  if (preview->scene != NULL)
    rheo_plot_bind (spec, "items", preview->scene, "scene.items", NULL, NULL);
  else if (empty)
    rheo_plot_bind (spec, "boxes", preview->network, "node.units", NULL, NULL);
  else if (!plane)
    rheo_plot_bind (spec, "input", signals, "input", NULL, NULL);
  if (!empty && target != NULL)
    rheo_plot_bind (spec, "target", signals, "target", NULL, NULL);
  spec->bare = TRUE;
  return spec;
}

static void
find_seconds (RheoTaskPicture *picture)
{
  g_autofree char *source = NULL;
  double speed;

  if (picture->experiment == NULL || rheo_speed_is_busy ())
    return;
  speed = rheo_speed_find (picture->experiment, &picture->facts, &source);
  if (speed <= 0)
    return;
  picture->seconds = rheo_experiment_get_run (picture->experiment)->budget * picture->facts.epoch_flop / speed;
  g_object_notify_by_pspec (G_OBJECT (picture), props[PROP_SECONDS]);
}

static void
measured (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoTaskPicture *picture = RHEO_TASK_PICTURE (object);

  if (picture->measuring == g_task_get_cancellable (G_TASK (result)))
    g_clear_object (&picture->measuring);
  find_seconds (picture);
}

/* Only while somebody sees it: a run would be slowed down, and slow down what is measured. */
static void
start_measuring (RheoTaskPicture *picture)
{
  if (picture->experiment == NULL || picture->measuring != NULL || !gtk_widget_get_mapped (GTK_WIDGET (picture)))
    return;
  picture->measuring = g_cancellable_new ();
  rheo_speed_measure_async (picture->experiment, &picture->facts, picture, picture->measuring, measured);
}

static void
stop_measuring (RheoTaskPicture *picture)
{
  if (picture->measuring != NULL)
    g_cancellable_cancel (picture->measuring);
  g_clear_object (&picture->measuring);
}

static void
make_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  job->preview = rheo_preview_make (job->experiment, 0, NULL, cancellable);
  g_task_return_boolean (task, TRUE);
}

static void
made (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoTaskPicture *picture = RHEO_TASK_PICTURE (object);
  Job *job = g_task_get_task_data (G_TASK (result));

  if (job->preview == NULL || g_cancellable_is_cancelled (picture->cancellable))
    return;
  picture->spec = spec_of (job->preview);
  gtk_widget_queue_draw (GTK_WIDGET (picture));
  if (job->preview->network == NULL)
    return;
  picture->experiment = g_steal_pointer (&job->experiment);
  picture->facts = job->preview->facts;
  start_measuring (picture);
}

/* --- the widget ---------------------------------------------------------------------------------------------------- */
static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  RheoTaskPicture *picture = RHEO_TASK_PICTURE (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_t *cr;

  if (picture->spec == NULL || width < 1 || height < 1)
    return;
  picture->spec->theme =
      adw_style_manager_get_dark (adw_style_manager_get_default ()) ? RHEO_THEME_DARK : RHEO_THEME_LIGHT;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_translate (cr, MARGIN, MARGIN / 2);
  rheo_plot_draw (picture->spec, cr, width - 2 * MARGIN, height - MARGIN);
  cairo_destroy (cr);
}

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rheo_task_picture_parent_class)->map (widget);
  start_measuring (RHEO_TASK_PICTURE (widget));
}

static void
unmap (GtkWidget *widget)
{
  stop_measuring (RHEO_TASK_PICTURE (widget));
  GTK_WIDGET_CLASS (rheo_task_picture_parent_class)->unmap (widget);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SECONDS)
    g_value_set_double (value, RHEO_TASK_PICTURE (object)->seconds);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dispose (GObject *object)
{
  RheoTaskPicture *picture = RHEO_TASK_PICTURE (object);

  g_cancellable_cancel (picture->cancellable);
  stop_measuring (picture);
  g_clear_pointer (&picture->spec, rheo_plot_spec_free);
  g_clear_pointer (&picture->experiment, rheo_experiment_free);
  G_OBJECT_CLASS (rheo_task_picture_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_object_unref (RHEO_TASK_PICTURE (object)->cancellable);
  G_OBJECT_CLASS (rheo_task_picture_parent_class)->finalize (object);
}

static void
rheo_task_picture_class_init (RheoTaskPictureClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  G_OBJECT_CLASS (class)->get_property = get_property;
  GTK_WIDGET_CLASS (class)->snapshot = snapshot;
  GTK_WIDGET_CLASS (class)->map = map;
  GTK_WIDGET_CLASS (class)->unmap = unmap;
  props[PROP_SECONDS] =
      g_param_spec_double ("seconds", NULL, NULL, 0, G_MAXDOUBLE, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (class), N_PROPS, props);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
rheo_task_picture_init (RheoTaskPicture *picture)
{
  picture->cancellable = g_cancellable_new ();
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw),
                           picture, G_CONNECT_SWAPPED);
}

GtkWidget *
rheo_task_picture_new (const RheoExperiment *experiment, GSettings *settings)
{
  RheoTaskPicture *picture = g_object_new (RHEO_TYPE_TASK_PICTURE, NULL);
  g_autoptr (GTask) task = g_task_new (picture, picture->cancellable, made, NULL);
  Job *job = g_new0 (Job, 1);

  job->experiment = rheo_experiment_dup (experiment);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, free_job);
  g_task_run_in_thread (task, make_thread);
  /* What was measured of one experiment may tell more about another, too. */
  g_signal_connect_object (settings, "changed::speeds", G_CALLBACK (find_seconds), picture, G_CONNECT_SWAPPED);
  return GTK_WIDGET (picture);
}
