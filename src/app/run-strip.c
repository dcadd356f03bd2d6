#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-strip.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "app/family.h"
#include "app/show-at.h"
#include "app/speed.h"
#include "widgets/number-text.h"
#include "widgets/steady-text.h"
#include "widgets/tooltip.h"

#define PATIENCE 10

struct _RheoRunStrip
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *names, *name, *rule, *place, *rate, *left, *bar, *tag, *halt, *trial_box, *trial, *show_at, *plots,
      *plots_label;
  char *told; /* of the progress, to assistive tools */
  gboolean setting;
  double patience; /* seconds that a run may take to stop by itself */
  guint timeout;   /* until then */
};

enum
{
  SPEED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RheoRunStrip, rheo_run_strip, GTK_TYPE_WIDGET)

/* --- texts ----------------------------------------------------------------------------------------------------- */

static void
set_text (GtkWidget *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
    gtk_label_set_text (GTK_LABEL (label), text);
}

static char *
dup_capital (const char *text)
{
  g_autofree char *first = g_utf8_substring (text, 0, 1), *upper = g_utf8_strup (first, -1);

  return g_strconcat (upper, g_utf8_next_char (text), NULL);
}

static char *
dup_count (double n)
{
  g_autofree char *plain = g_strdup_printf ("%.0f", n);

  return rheo_number_dup_shown (plain);
}

/* "Done in 82 s", "Stopped at epoch 12 of 20" */
static char *
dup_end (RheoSession *session)
{
  g_autofree char *duration = rheo_speed_dup_duration (rheo_session_get_seconds (session));
  const char *unit = rheo_session_get_unit (session);
  const int64_t at = rheo_session_get_place (session).iteration;
  g_autofree char *done = rheo_number_dup_count (at), *now = rheo_number_dup_count (at + 1);
  g_autofree char *all = rheo_number_dup_count (rheo_session_get_budget (session));

  switch (rheo_session_get_stop (session))
    {
    case RHEO_STOP_BUDGET:
    case RHEO_STOP_PATIENCE:
      return g_strdup_printf (_ ("Done in %s"), duration);
    case RHEO_STOP_SOLVED:
      return g_strdup_printf (_ ("Solved at %s %s"), unit, done);
    case RHEO_STOP_DIVERGED:
      return g_strdup_printf (_ ("Stopped in %s %s of %s"), unit, now, all);
    case RHEO_STOP_NONE:
    case RHEO_STOP_USER:
      break;
    }
  if (rheo_session_get_n_batches (session) == 0)
    return g_strdup (_ ("Stopped before it began"));
  return g_strdup_printf (_ ("Stopped at %s %s of %s"), unit, done, all);
}

static char *
dup_place (RheoSession *session)
{
  const RheoEngineState state = rheo_session_get_state (session);
  const RheoPlace place = rheo_session_get_place (session);
  const int n = rheo_session_get_n_batches (session), budget = rheo_session_get_budget (session);
  g_autofree char *unit = dup_capital (rheo_session_get_unit (session));
  g_autofree char *now = rheo_number_dup_count (MIN (place.iteration + 1, budget)),
                  *all = rheo_number_dup_count (budget);
  GString *text;

  if (state == RHEO_ENGINE_STARTING)
    return g_strdup (_ ("Preparing the data…"));
  if (rheo_session_is_stopping (session))
    return g_strdup (_ ("Finishing this iteration…"));
  if (state == RHEO_ENGINE_STOPPED)
    return dup_end (session);
  text = g_string_new (NULL);
  g_string_append_printf (text, _ ("%s %s of %s"), unit, now, all);
  if (n > 1)
    g_string_append_printf (text, _ (" · batch %" PRId64 " of %d"), place.batch % n + 1, n);
  if (state == RHEO_ENGINE_PAUSED)
    g_string_append (text, _ (" · paused"));
  return g_string_free (text, FALSE);
}

static char *
dup_rate (RheoSession *session)
{
  const RheoRunRows *run = rheo_experiment_get_run (rheo_session_get_experiment (session));
  const double each = rheo_session_get_per_iteration (session);
  g_autofree char *time = NULL, *trials = NULL;

  if (each <= 0 || rheo_session_get_state (session) != RHEO_ENGINE_RUNNING)
    return g_strdup ("");
  time = rheo_speed_dup_duration (each);
  trials = dup_count (run->batch * (double) rheo_session_get_n_batches (session) / each);
  return g_strdup_printf (_ ("%s per %s · %s trials/s"), time, rheo_session_get_unit (session), trials);
}

static char *
dup_left (RheoSession *session)
{
  const double left = rheo_session_get_left (session);
  g_autofree char *time = NULL;

  /* "Done in 34 s" says it itself. */
  if (rheo_session_get_state (session) == RHEO_ENGINE_STOPPED && rheo_session_get_seconds (session) > 0
      && (rheo_session_get_stop (session) == RHEO_STOP_USER || rheo_session_get_stop (session) == RHEO_STOP_DIVERGED))
    {
      time = rheo_speed_dup_duration (rheo_session_get_seconds (session));
      return g_strdup_printf (_ ("after %s"), time);
    }
  if (left < 0 || rheo_session_get_state (session) != RHEO_ENGINE_RUNNING)
    return g_strdup ("");
  time = rheo_speed_dup_duration (MAX (1, round (left)));
  return g_strdup_printf (_ ("%s left"), time);
}

static void
show_names (RheoRunStrip *strip)
{
  const RheoExperiment *experiment = rheo_session_get_experiment (strip->context->session);
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  const RheoComponent *rule = rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);
  g_autofree char *text = g_strdup_printf (_ ("%s · %s · seed %d"), model != NULL ? _ (model->title) : "",
                                           rule != NULL ? rheo_component_get_short_title (rule) : "",
                                           rheo_experiment_get_run (experiment)->seed);
  const char *title = rheo_experiment_get_shown_title (experiment);

  set_text (strip->name, title != NULL && title[0] != '\0' ? title : _ ("New experiment"));
  set_text (strip->rule, text);
  rheo_tooltip_set (strip->names, text);
}

static gboolean
lose_patience (gpointer data)
{
  RheoRunStrip *strip = data;

  strip->timeout = 0;
  rheo_run_strip_update (strip);
  return G_SOURCE_REMOVE;
}

/* What takes long can be left: the preparation at once, the end of a run after a while. */
static void
show_halt (RheoRunStrip *strip)
{
  RheoSession *session = strip->context->session;
  const gboolean starting = rheo_session_get_state (session) == RHEO_ENGINE_STARTING;
  const gboolean stopping = rheo_session_is_stopping (session);
  const double more = strip->patience - rheo_session_get_stopping_seconds (session);
  const char *label = starting ? _ ("Cancel") : _ ("Stop now");

  gtk_widget_set_visible (strip->halt, starting || (stopping && more <= 0));
  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (strip->halt)), label) != 0)
    {
      gtk_button_set_label (GTK_BUTTON (strip->halt), label);
      gtk_widget_set_tooltip_text (strip->halt, starting ? _ ("Do not start this run")
                                                         : _ ("Do not wait for it; what is still to be written is "
                                                              "written meanwhile"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (strip->halt), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    }
  if (!stopping)
    g_clear_handle_id (&strip->timeout, g_source_remove);
  else if (strip->timeout == 0 && more > 0)
    strip->timeout = g_timeout_add ((guint) (1000 * more) + 1, lose_patience, strip);
}

static void
show_state (RheoRunStrip *strip)
{
  RheoSession *session = strip->context->session;
  const gboolean diverged =
      rheo_session_get_state (session) == RHEO_ENGINE_STOPPED && rheo_session_get_stop (session) == RHEO_STOP_DIVERGED;

  gtk_widget_set_visible (strip->tag, diverged);
  if (diverged)
    gtk_widget_add_css_class (strip->bar, "error");
  else
    gtk_widget_remove_css_class (strip->bar, "error");
}

/* Less than a pixel is not worth a new layout. */
static void
show_progress (RheoRunStrip *strip, double fraction, const char *place)
{
  GtkProgressBar *bar = GTK_PROGRESS_BAR (strip->bar);
  const double moved = fabs (fraction - gtk_progress_bar_get_fraction (bar));
  const int width = gtk_widget_get_width (strip->bar) * gtk_widget_get_scale_factor (strip->bar);

  if (moved > 0 && (width == 0 || moved * width >= 1 || fraction == 0 || fraction == 1))
    gtk_progress_bar_set_fraction (bar, fraction);
  if (g_strcmp0 (place, strip->told) != 0)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, place, -1);
      g_free (strip->told);
      strip->told = g_strdup (place);
    }
}

static void
show_trial (RheoRunStrip *strip, int n, int trial)
{
  GtkSpinButton *spin = GTK_SPIN_BUTTON (strip->trial);
  double most;

  gtk_spin_button_get_range (spin, NULL, &most);
  strip->setting = TRUE;
  if (most != n)
    gtk_spin_button_set_range (spin, 1, n);
  if (gtk_spin_button_get_value (spin) != trial)
    gtk_spin_button_set_value (spin, trial);
  strip->setting = FALSE;
}

void
rheo_run_strip_update (RheoRunStrip *strip)
{
  RheoSession *session = strip->context->session;
  const RheoExperiment *experiment = rheo_session_get_experiment (session);
  g_autofree char *place = NULL, *rate = NULL, *left = NULL;
  double all;
  int n_probe;

  if (experiment == NULL)
    return;
  show_names (strip);
  place = dup_place (session);
  rate = dup_rate (session);
  left = dup_left (session);
  rheo_steady_text_set (RHEO_STEADY_TEXT (strip->place), place);
  rheo_steady_text_set (RHEO_STEADY_TEXT (strip->rate), rate);
  rheo_steady_text_set (RHEO_STEADY_TEXT (strip->left), left);
  show_halt (strip);
  show_state (strip);
  all = (double) rheo_session_get_n_batches (session) * rheo_session_get_budget (session);
  show_progress (strip, all > 0 ? CLAMP ((double) rheo_session_get_place (session).batch / all, 0, 1) : 0, place);
  n_probe = MAX (1, rheo_experiment_get_run (experiment)->n_probe);
  show_trial (strip, n_probe, rheo_session_get_trial (session) + 1);
  gtk_widget_set_visible (strip->show_at, rheo_show_at_fits (experiment));
  gtk_widget_set_visible (strip->trial_box, !rheo_show_at_fits (experiment));
  gtk_widget_set_sensitive (strip->trial, n_probe > 1 && rheo_session_is_going (session));
  rheo_tooltip_set (strip->trial_box, !rheo_session_is_going (session) ? _ ("Nothing runs")
                                      : n_probe > 1                    ? _ ("Trial that the plots show")
                                                                       : _ ("The run keeps one trial for showing"));
}

/* --- the widget ------------------------------------------------------------------------------------------------ */

static void
halt (RheoRunStrip *strip)
{
  rheo_session_let_go (strip->context->session);
}

void
rheo_run_strip_set_patience (RheoRunStrip *strip, double seconds)
{
  strip->patience = seconds;
  g_clear_handle_id (&strip->timeout, g_source_remove);
}

static void
trial_changed (RheoRunStrip *strip)
{
  if (!strip->setting)
    rheo_session_set_trial (strip->context->session,
                            gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (strip->trial)) - 1);
}

void
rheo_run_strip_set_narrow (RheoRunStrip *strip, gboolean narrow)
{
  gtk_widget_set_visible (strip->names, !narrow);
  gtk_widget_set_visible (strip->plots_label, !narrow);
  rheo_show_at_set_narrow (RHEO_SHOW_AT (strip->show_at), narrow);
}

static GtkWidget *
add_label (GtkWidget *box, const char *class)
{
  GtkWidget *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static GtkWidget *
add_steady (GtkWidget *box, float xalign, const char *class, GtkInscriptionOverflow overflow)
{
  GtkWidget *text = rheo_steady_text_new (xalign, overflow);

  gtk_widget_add_css_class (text, class);
  gtk_box_append (GTK_BOX (box), text);
  return text;
}

static GtkWidget *
make_progress (RheoRunStrip *strip)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 5), *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  strip->place = add_steady (top, 0, "run-place", GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  strip->rate = add_steady (top, 0.5, "dim-label", GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  strip->left = add_steady (top, 1, "run-place", GTK_INSCRIPTION_OVERFLOW_CLIP);
  gtk_widget_set_hexpand (strip->rate, TRUE);
  strip->bar = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (strip->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Progress of the run"),
                                  -1);
  gtk_box_append (GTK_BOX (box), top);
  gtk_box_append (GTK_BOX (box), strip->bar);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

/* Not by colour alone: an icon and a word. */
static GtkWidget *
make_tag (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("dialog-warning-symbolic"));
  gtk_box_append (GTK_BOX (box), gtk_label_new (_ ("Diverged")));
  gtk_widget_add_css_class (box, "diverged-tag");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (box, FALSE);
  return box;
}

static GtkWidget *
make_plots (RheoRunStrip *strip, GMenuModel *menu)
{
  GtkWidget *button = gtk_menu_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  strip->plots_label = gtk_label_new (_ ("Plots"));
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("view-grid-symbolic"));
  gtk_box_append (GTK_BOX (box), strip->plots_label);
  gtk_menu_button_set_child (GTK_MENU_BUTTON (button), box);
  gtk_menu_button_set_always_show_arrow (GTK_MENU_BUTTON (button), TRUE);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), menu);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Which plots are shown, and in how many columns"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Plots"), -1);
  return button;
}

static void
dispose (GObject *object)
{
  GtkWidget *child;

  g_clear_handle_id (&RHEO_RUN_STRIP (object)->timeout, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_run_strip_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (RHEO_RUN_STRIP (object)->told);
  G_OBJECT_CLASS (rheo_run_strip_parent_class)->finalize (object);
}

static void
rheo_run_strip_class_init (RheoRunStripClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[SPEED] = g_signal_new ("speed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "runstrip");
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
}

static void
rheo_run_strip_init (RheoRunStrip *strip)
{
  GtkWidget *label = gtk_label_new (_ ("Trial"));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (strip))), 24);
  gtk_widget_add_css_class (GTK_WIDGET (strip), "strip");
  strip->names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  strip->name = add_label (strip->names, "heading");
  strip->rule = add_label (strip->names, "caption");
  gtk_widget_add_css_class (strip->rule, "dim-label");
  gtk_label_set_width_chars (GTK_LABEL (strip->name), 24);
  gtk_label_set_max_width_chars (GTK_LABEL (strip->rule), 40);
  gtk_widget_set_valign (strip->names, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (strip->names, GTK_WIDGET (strip));
  gtk_widget_set_parent (make_progress (strip), GTK_WIDGET (strip));
  strip->patience = PATIENCE;
  strip->tag = make_tag ();
  gtk_widget_set_parent (strip->tag, GTK_WIDGET (strip));
  strip->halt = gtk_button_new ();
  gtk_widget_set_valign (strip->halt, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (strip->halt, FALSE);
  g_signal_connect_swapped (strip->halt, "clicked", G_CALLBACK (halt), strip);
  gtk_widget_set_parent (strip->halt, GTK_WIDGET (strip));
  strip->trial_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  strip->trial = gtk_spin_button_new_with_range (1, 1, 1);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_valign (strip->trial, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (strip->trial), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Trial"), -1);
  gtk_box_append (GTK_BOX (strip->trial_box), label);
  gtk_box_append (GTK_BOX (strip->trial_box), strip->trial);
  gtk_widget_set_parent (strip->trial_box, GTK_WIDGET (strip));
  g_signal_connect_swapped (strip->trial, "value-changed", G_CALLBACK (trial_changed), strip);
}

static void
on_speed (RheoRunStrip *strip, double speed, double rest_ms)
{
  g_signal_emit (strip, signals[SPEED], 0, speed, rest_ms);
}

GtkWidget *
rheo_run_strip_new (RheoContext *context, GMenuModel *menu)
{
  RheoRunStrip *strip = g_object_new (RHEO_TYPE_RUN_STRIP, NULL);

  strip->context = context;
  strip->show_at = rheo_show_at_new (context);
  gtk_widget_set_visible (strip->show_at, FALSE);
  g_signal_connect_object (strip->show_at, "chosen", G_CALLBACK (on_speed), strip, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (strip->show_at, GTK_WIDGET (strip));
  strip->plots = make_plots (strip, menu);
  gtk_widget_set_parent (strip->plots, GTK_WIDGET (strip));
  return GTK_WIDGET (strip);
}
