#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/show-at.h"

#include <glib/gi18n-lib.h>

#include "engine/rule.h"
#include "widgets/plot-view.h"

#define PACED_REST_MS 300 /* the end of an episode stands for so long while the run waits for it */

typedef struct
{
  const char *label;
  double pace, speed, rest_ms; /* of the run, 0: full speed; of what is shown, 0: it stands */
} Way;

static const Way ways[] = {
  { N_ ("Slow motion"), 0.25, 0.25, PACED_REST_MS },
  { N_ ("Real time"), 1, 1, PACED_REST_MS },
  { N_ ("10 × real time"), 10, 10, PACED_REST_MS },
  { N_ ("Full speed"), 0, 1, RHEO_PLOT_REST_MS },
  { N_ ("Off"), 0, 0, 0 },
};

#define FULL_SPEED 3

struct _RheoShowAt
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *label, *choice;
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RheoShowAt, rheo_show_at, GTK_TYPE_WIDGET)

gboolean
rheo_show_at_fits (const RheoExperiment *experiment)
{
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const RheoComponent *rule = rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);

  return task != NULL && task->scene != NULL && rule != NULL && rule->gives & RHEO_PLAYS;
}

static void
on_selected (RheoShowAt *show)
{
  const Way *way = &ways[MIN (gtk_drop_down_get_selected (GTK_DROP_DOWN (show->choice)), G_N_ELEMENTS (ways) - 1)];

  rheo_session_set_pace (show->context->session, way->pace, way->rest_ms / 1000);
  g_signal_emit (show, signals[CHOSEN], 0, way->speed, way->rest_ms);
}

void
rheo_show_at_set_narrow (RheoShowAt *show, gboolean narrow)
{
  gtk_widget_set_visible (show->label, !narrow);
}

static void
dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_show_at_parent_class)->dispose (object);
}

static void
rheo_show_at_class_init (RheoShowAtClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
}

static void
rheo_show_at_init (RheoShowAt *show)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (show))), 12);
}

GtkWidget *
rheo_show_at_new (RheoContext *context)
{
  RheoShowAt *show = g_object_new (RHEO_TYPE_SHOW_AT, NULL);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  show->context = context;
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    gtk_string_list_append (names, _ (ways[i].label));
  show->label = gtk_label_new (_ ("Show at"));
  show->choice = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&names)), NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (show->choice), FULL_SPEED);
  gtk_widget_add_css_class (show->label, "dim-label");
  gtk_widget_set_valign (show->choice, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (show->choice, _ ("The run waits for what is shown, except at full speed"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (show->choice), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Show at"), -1);
  gtk_widget_set_parent (show->label, GTK_WIDGET (show));
  gtk_widget_set_parent (show->choice, GTK_WIDGET (show));
  g_signal_connect_object (show->choice, "notify::selected", G_CALLBACK (on_selected), show, G_CONNECT_SWAPPED);
  return GTK_WIDGET (show);
}
