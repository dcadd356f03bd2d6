#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/start-page.h"

#include <glib/gi18n-lib.h>

#include "app/family.h"
#include "app/speed.h"
#include "app/task-picture.h"

#define CARD_WIDTH 254
#define PICTURE_HEIGHT 92
#define CARDS 6

/* What shows most of the program comes first; Set up lists all. */
static const char *const first[] = { "robot-trajectory", "flip-flop-3bit",   "cddm-short", "goal-3d",
                                     "sorn-default",     "cartpole-stdp-rl", NULL };

/* "about 80 s" */
static void
show_time (GObject *picture, GParamSpec *pspec, gpointer label)
{
  double seconds;
  g_autofree char *duration = NULL, *text = NULL;

  g_object_get (picture, "seconds", &seconds, NULL);
  duration = seconds > 0 ? rheo_speed_dup_estimate (seconds) : NULL;
  text = duration != NULL ? g_strdup_printf (_ ("about %s"), duration) : g_strdup ("");
  gtk_label_set_label (label, text);
}

static GtkWidget *
add_line (GtkWidget *box, const char *text, const char *const *classes)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* Cards are as wide as their picture, whatever stands below it. */
  gtk_label_set_max_width_chars (GTK_LABEL (label), 1);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_css_classes (label, (const char **) classes);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static GtkWidget *
new_texts (const RheoExperiment *experiment, const char *name, GtkWidget *picture)
{
  static const char *const heading[] = { "heading", NULL }, *const small[] = { "caption", "dim-label", NULL };
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *time;
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  const RheoComponent *rule = rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);
  const char *title = rheo_experiment_get_shown_title (experiment);
  g_autofree char *kind = NULL;

  if (model != NULL && rule != NULL)
    kind = g_strdup_printf ("%s · %s", model->gives & RHEO_SPIKES ? _ ("Spiking") : _ ("Rate"),
                            rheo_component_get_short_title (rule));

  add_line (texts, *title != '\0' ? title : name, heading);
  add_line (texts, kind != NULL ? kind : "", small);
  time = add_line (texts, "", small);
  g_signal_connect_object (picture, "notify::seconds", G_CALLBACK (show_time), time, 0);
  return texts;
}

static GtkWidget *
new_play_button (const RheoExperiment *experiment, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("media-playback-start-symbolic");
  const char *title = rheo_experiment_get_shown_title (experiment);
  g_autofree char *text = g_strdup_printf (_ ("Run %s"), *title != '\0' ? title : name);
  g_autofree char *action = g_action_print_detailed_name ("win.start", g_variant_new_string (name));

  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

/* NULL: the file of the experiment cannot be read, which the program says where it is opened. */
static GtkWidget *
new_card (const char *name, GSettings *settings)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load (name, NULL);
  GtkWidget *box, *below, *picture, *texts;

  if (experiment == NULL)
    return NULL;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  below = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  picture = rheo_task_picture_new (experiment, settings);
  texts = new_texts (experiment, name, picture);
  gtk_widget_set_size_request (picture, CARD_WIDTH, PICTURE_HEIGHT);
  gtk_widget_set_valign (texts, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (below), texts);
  gtk_box_append (GTK_BOX (below), new_play_button (experiment, name));
  gtk_widget_set_margin_start (below, 12);
  gtk_widget_set_margin_end (below, 12);
  gtk_widget_set_margin_top (below, 8);
  gtk_widget_set_margin_bottom (below, 8);
  gtk_widget_add_css_class (box, "card");
  gtk_widget_set_vexpand (below, TRUE);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), below);
  return box;
}

static GtkWidget *
new_pill (const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "pill");
  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static void
add_card (GtkWidget *cards, const char *name, GSettings *settings)
{
  GtkWidget *card = new_card (name, settings);

  if (card == NULL)
    return;
  gtk_flow_box_append (GTK_FLOW_BOX (cards), card);
  g_object_set_data_full (G_OBJECT (gtk_widget_get_parent (card)), "name", g_strdup (name), g_free);
  /* The button in it takes the focus. */
  gtk_widget_set_focusable (gtk_widget_get_parent (card), FALSE);
}

/* Into Set up, where the play button beside it runs it. */
static void
on_card (GtkFlowBox *cards, GtkFlowBoxChild *child, gpointer unused)
{
  gtk_widget_activate_action (GTK_WIDGET (cards), "win.set-up", "s", g_object_get_data (G_OBJECT (child), "name"));
}

GtkWidget *
rheo_start_page_new (GSettings *settings)
{
  g_auto (GStrv) names = rheo_experiment_names ();
  GtkWidget *scroll = gtk_scrolled_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *cards = gtk_flow_box_new (), *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name ("org.rheobase.Rheobase"), *clamp = adw_clamp_new ();
  GtkWidget *hint =
      gtk_label_new (_ ("Press play on an experiment. It starts to learn at once; everything can be changed later."));
  g_autofree char *more = g_strdup_printf (
      ngettext ("%u ready-made experiment in Set up · drop a run file, an experiment or data anywhere in this window",
                "%u ready-made experiments in Set up · drop a run file, an experiment or data anywhere in this window",
                g_strv_length (names)),
      g_strv_length (names));
  GtkWidget *drop = gtk_label_new (more);
  GtkWidget *title = gtk_label_new (_ ("Rheobase"));

  gtk_image_set_pixel_size (GTK_IMAGE (icon), 60);
  gtk_widget_add_css_class (title, "title-1");
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_add_css_class (drop, "caption");
  gtk_widget_add_css_class (drop, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (drop), TRUE);
  gtk_label_set_justify (GTK_LABEL (drop), GTK_JUSTIFY_CENTER);
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_label_set_justify (GTK_LABEL (hint), GTK_JUSTIFY_CENTER);
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (cards), GTK_SELECTION_NONE);
  g_signal_connect (cards, "child-activated", G_CALLBACK (on_card), NULL);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (cards), 3);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (cards), TRUE);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (cards), 12);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (cards), 12);
  for (int i = 0; first[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) names, first[i]))
      add_card (cards, first[i], settings);
  for (int i = 0; names[i] != NULL && gtk_flow_box_get_child_at_index (GTK_FLOW_BOX (cards), CARDS - 1) == NULL; i++)
    if (!g_strv_contains (first, names[i]))
      add_card (cards, names[i], settings);
  gtk_widget_set_halign (buttons, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (buttons), new_pill (_ ("New experiment"), "win.new"));
  gtk_box_append (GTK_BOX (buttons), new_pill (_ ("Open file…"), "win.open-file"));
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), hint);
  gtk_box_append (GTK_BOX (box), cards);
  gtk_box_append (GTK_BOX (box), buttons);
  gtk_box_append (GTK_BOX (box), drop);
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 12);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 830);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), 830);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), clamp);
  return scroll;
}
