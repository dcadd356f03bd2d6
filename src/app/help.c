#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/dialogs.h"
#include "widgets/common.h"

/* Help is part of the program, since it has to be there without a network or another program to show it: a topic a section,
 * with a button that leads to what it is about. */

typedef struct
{
  const char *title, *paragraphs[6];
  const char *label, *action; /* of a button that leads to the place; NULL: none */
} Topic;

static const Topic topics[] = {
  { N_ ("First steps"),
    { N_ ("Press the play button of a card on the start page. The network starts to learn at once, and Live shows what "
          "happens to it: its loss, its activity, its weights."),
      N_ ("An experiment has four parts. The task makes trials: inputs, and what should come out. The model is the "
          "network. The rule changes its weights. The run says how long, with which seed, and what is kept."),
      N_ ("Everything can be gone back to: edits have Undo, and each run is kept in a file of its own.") },
    N_ ("Show Set up"),
    "win.view::setup" },
  { N_ ("Changing values"),
    { N_ ("Each row of Set up says its range and what is usual. Type a value and press Enter; a value out of range is "
          "not "
          "taken, and the old one stays."),
      N_ ("A dot marks what differs from the ready-made experiment, and the arrow beside it takes it back. The info "
          "button, "
          "or F1, opens the help of a row."),
      N_ ("Search finds rows by name, key, unit, help, and by other words for the same thing, such as epochs or "
          "neurons."),
      N_ ("When parts do not fit together a message says why, and its buttons mend it.") },
    N_ ("Show Set up"),
    "win.view::setup" },
  { N_ ("While it learns"),
    { N_ ("F5 runs, pauses and resumes, F8 takes one step, Shift+F5 stops. The values below the plots change the run "
          "that "
          "goes on; a tick in the plots marks when."),
      N_ ("Drag a card by its head to move it, double-click the head to make it wider. Plots adds and removes cards."),
      N_ ("When the window is closed the run is saved, and the next start offers to resume it.") },
    N_ ("Show Live"),
    "win.view::live" },
  { N_ ("Plots and figures"),
    { N_ ("Hover to read values, drag to zoom to a box, double-click to fit, Shift+drag to pan, Ctrl+scroll to zoom at "
          "the "
          "pointer. Figures in space are turned by dragging."),
      N_ ("The menu of a plot, or Ctrl+E, exports it as SVG, PDF or PNG with its numbers as CSV, into the folder "
          "“figures” "
          "beside the run. Copy figure puts it on the clipboard."),
      N_ ("Click in a raster to pick a unit, which is then marked in every plot.") },
    NULL,
    NULL },
  { N_ ("Runs"),
    { N_ ("Runs lists all run files of the folder. Search with words, or with fields: rule:bptt, seed:1, loss<4, "
          "tag:good."),
      N_ ("Open a run and drag the slider: the plots show the network as it was after that epoch. At a checkpoint "
          "Branch "
          "from here sets up a run that goes on from there with other values."),
      N_ ("Tick two or more runs and press Compare for their curves, what differs in their settings, and their results "
          "on "
          "the same fresh trials.") },
    N_ ("Show Runs"),
    "win.view::runs" },
  { N_ ("Taking a network apart"),
    { N_ ("Analyse opens one state of a network. Choose an analysis at the left; what takes little time runs at once, "
          "the "
          "rest shows its values first. Dimmed ones say in their tooltip what they need."),
      N_ ("Results are kept in the run file. Click a point of a result for its details.") },
    N_ ("Show Analyse"),
    "win.view::analyse" },
  { N_ ("Your own data"),
    { N_ ("Drop a CSV, NPY, NPZ or HDF5 file on the window. Check which array is the input and which the target, look "
          "at the "
          "trial beside the form, and press Run."),
      N_ ("A CSV file has a head, a line for each step, a column “trial”, and a column for each channel, such as x1, "
          "x2, "
          "y. Arrays of the other formats have three axes: trials, steps and channels, in this order or turned round; "
          "or "
          "two, steps and channels, for trials one after another."),
      N_ ("A task can also be written in Lua: choose “Trials from a script” as the task, and the row of its file opens "
          "an editor with examples.") },
    N_ ("Open…"),
    "win.open-file" },
  { N_ ("Files"),
    { N_ ("A run is one HDF5 file, which Python, MATLAB and h5dump read. In it are the experiment, every metric, "
          "recorded "
          "activity and weights, checkpoints to go on from, and results of analyses."),
      N_ ("The same work is done without a window by rheobase-cli: train, resume, evaluate, analyse, plot. "
          "“rheobase-cli "
          "--help” lists what there is."),
      N_ ("The folder of runs is chosen in Preferences.") },
    N_ ("Preferences"),
    "win.preferences" },
  { N_ ("When something goes wrong"),
    { N_ ("A run that diverges says when its gradient began to grow, and offers to go back, or to try again with half "
          "the "
          "learning rate."),
      N_ ("When the disk is full the run is paused and nothing is lost: make room, or choose another folder, and "
          "resume."),
      N_ ("After a crash or a power cut the next start offers to resume from the last checkpoint. What is whole in a "
          "damaged file can be recovered to a new one.") },
    NULL,
    NULL },
};

/* The window that the help belongs to does what the button says, and comes to the front. */
static void
on_button (GtkButton *button, gpointer action)
{
  GtkRoot *help = gtk_widget_get_root (GTK_WIDGET (button));
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (help));
  g_autoptr (GVariant) target = NULL;
  g_autofree char *name = NULL;

  if (parent == NULL || !g_action_parse_detailed_name (action, &name, &target, NULL))
    return;
  gtk_widget_activate_action_variant (GTK_WIDGET (parent), name, target);
  gtk_window_close (GTK_WINDOW (help));
}

static GtkWidget *
new_label (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

static void
add_topic (GtkBox *box, const Topic *topic, gboolean has_parent)
{
  GtkWidget *title = new_label (_ (topic->title), "title-4");

  gtk_widget_add_css_class (title, "help-title");
  gtk_box_append (box, title);
  for (int i = 0; topic->paragraphs[i] != NULL; i++)
    gtk_box_append (box, new_label (_ (topic->paragraphs[i]), NULL));
  if (topic->action != NULL && has_parent)
    {
      GtkWidget *button = rheo_text_button_new (_ (topic->label), NULL);

      gtk_widget_set_halign (button, GTK_ALIGN_START);
      g_signal_connect (button, "clicked", G_CALLBACK (on_button), (gpointer) topic->action);
      gtk_box_append (box, button);
    }
}

/* Part of the program and not a file for a viewer, which a desktop may lack. Not modal: one reads it beside the work. */
GtkWindow *
rheo_help_new (GtkWindow *parent)
{
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroll = gtk_scrolled_window_new (), *clamp = adw_clamp_new ();
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_window_set_title (GTK_WINDOW (window), _ ("Help"));
  rheo_window_stand_beside (GTK_WINDOW (window), GTK_WIDGET (parent));
  gtk_window_set_default_size (GTK_WINDOW (window), 640, 640);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  for (gsize i = 0; i < G_N_ELEMENTS (topics); i++)
    add_topic (GTK_BOX (page), &topics[i], parent != NULL);
  gtk_widget_add_css_class (page, "help-page");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 560);
  adw_clamp_set_child (ADW_CLAMP (clamp), page);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), clamp);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scroll);
  adw_window_set_content (ADW_WINDOW (window), box);
  return GTK_WINDOW (window);
}
