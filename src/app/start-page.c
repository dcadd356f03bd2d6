#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/start-page.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/preview.h"

#define CARD_WIDTH 254
#define PICTURE_HEIGHT 103

typedef struct
{
  RheoExperiment *experiment;
  RheoPreview *preview; /* NULL: being made */
  GtkWidget *picture, *size;
} Card;

static void
free_card (gpointer data)
{
  Card *card = data;

  rheo_experiment_free (card->experiment);
  g_clear_pointer (&card->preview, rheo_preview_free);
  g_free (card);
}

/* --- the picture: the first trial's target -------------------------------------------------------------------------- */

static void
set_colour (cairo_t *cr, int series)
{
  static const double light[][3] = {
    { 0.10, 0.31, 0.82 }, { 0.78, 0.28, 0.06 }, { 0.05, 0.65, 0.57 }, { 0.29, 0.15, 0.27 }
  };
  static const double dark[][3] = {
    { 0.44, 0.63, 1 }, { 0.95, 0.44, 0.18 }, { 0.30, 0.91, 0.72 }, { 0.96, 0.77, 0.98 }
  };
  const double *c =
      adw_style_manager_get_dark (adw_style_manager_get_default ()) ? dark[series % 4] : light[series % 4];

  cairo_set_source_rgb (cr, c[0], c[1], c[2]);
}

/* Smallest and largest of column `out` (-1: all). */
static void
find_range (const RheoColumn *column, int64_t out, double *lo, double *hi)
{
  const int64_t n = column->dims[1];

  *lo = INFINITY;
  *hi = -INFINITY;
  for (int64_t i = 0; i < rheo_column_get_length (column); i++)
    if (out < 0 || i % n == out)
      {
        *lo = fmin (*lo, rheo_column_get_number (column, i));
        *hi = fmax (*hi, rheo_column_get_number (column, i));
      }
  if (!(*hi > *lo))
    *hi = *lo + 1;
}

/* Two outputs are a path in the plane; others lie above each other, over time. */
static void
draw_target (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  const Card *card = data;
  const RheoColumn *target = card->preview != NULL && card->preview->signals != NULL
                                 ? rheo_table_find (card->preview->signals, "target")
                                 : NULL;
  const double margin = 14;
  double lo, hi, x_lo, x_hi;

  if (target == NULL || target->n_dims != 2 || target->dims[0] < 2)
    return;
  cairo_set_line_width (cr, 1.8);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (target->dims[1] == 2)
    {
      find_range (target, 0, &x_lo, &x_hi);
      find_range (target, 1, &lo, &hi);
      {
        const double scale = fmin ((width - 2 * margin) / (x_hi - x_lo), (height - 2 * margin) / (hi - lo));

        set_colour (cr, 0);
        for (int64_t t = 0; t < target->dims[0]; t++)
          cairo_line_to (cr, width / 2.0 + scale * (rheo_column_get_number (target, 2 * t) - (x_lo + x_hi) / 2),
                         height / 2.0 - scale * (rheo_column_get_number (target, 2 * t + 1) - (lo + hi) / 2));
        cairo_stroke (cr);
      }
      return;
    }
  for (int64_t out = 0; out < MIN (target->dims[1], 4); out++)
    {
      const double band = (height - 2 * margin) / (double) MIN (target->dims[1], 4);

      find_range (target, out, &lo, &hi);
      set_colour (cr, (int) out);
      for (int64_t t = 0; t < target->dims[0]; t++)
        cairo_line_to (cr, margin + (width - 2 * margin) * (double) t / (double) (target->dims[0] - 1),
                       margin + band * ((double) out + 0.9)
                           - 0.8 * band * (rheo_column_get_number (target, t * target->dims[1] + out) - lo)
                                 / (hi - lo));
      cairo_stroke (cr);
    }
}

static void
make_preview (GTask *task, gpointer object, gpointer experiment, GCancellable *cancellable)
{
  g_task_return_pointer (task, rheo_preview_make (experiment, 0, NULL, cancellable),
                         (GDestroyNotify) rheo_preview_free);
}

/* "1,000 units · 322,000 weights" */
static void
show_size (const Card *card)
{
  const RheoPreview *preview = card->preview;
  g_autofree char *text = NULL;

  if (preview == NULL || preview->problem != NULL || preview->network == NULL)
    return;
  text = g_strdup_printf (_ ("%'" G_GINT64_FORMAT " units · %'" G_GINT64_FORMAT " weights"), preview->facts.n_units,
                          preview->facts.n_trained);
  gtk_label_set_label (GTK_LABEL (card->size), text);
}

static void
preview_made (GObject *picture, GAsyncResult *result, gpointer data)
{
  Card *card = g_object_get_data (picture, "card");

  card->preview = g_task_propagate_pointer (G_TASK (result), NULL);
  gtk_widget_queue_draw (GTK_WIDGET (picture));
  show_size (card);
}

/* --- cards --------------------------------------------------------------------------------------------------------- */

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
new_texts (Card *card, const char *name)
{
  static const char *const heading[] = { "heading", NULL }, *const small[] = { "caption", "dim-label", NULL };
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  const RheoComponent *model = rheo_experiment_get_component (card->experiment, RHEO_SLOT_MODEL);
  const RheoComponent *rule = rheo_experiment_get_component (card->experiment, RHEO_SLOT_RULE);
  const char *title = rheo_experiment_get_title (card->experiment);
  g_autofree char *kind =
      model != NULL && rule != NULL ? g_strdup_printf ("%s · %s", _ (model->title), _ (rule->title)) : g_strdup ("");

  add_line (texts, *title != '\0' ? title : name, heading);
  add_line (texts, kind, small);
  card->size = add_line (texts, "", small);
  return texts;
}

static GtkWidget *
new_play_button (const RheoExperiment *experiment, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("media-playback-start-symbolic");
  const char *title = rheo_experiment_get_title (experiment);
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
new_card (const char *name)
{
  RheoExperiment *experiment = rheo_experiment_load (name, NULL);
  GtkWidget *box, *below;
  g_autoptr (GTask) task = NULL;
  Card *card;

  if (experiment == NULL)
    return NULL;
  card = g_new0 (Card, 1);
  card->experiment = experiment;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  below = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  card->picture = gtk_drawing_area_new ();
  g_object_set_data_full (G_OBJECT (card->picture), "card", card, free_card);
  gtk_widget_set_size_request (card->picture, CARD_WIDTH, PICTURE_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (card->picture), draw_target, card, NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw),
                           card->picture, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (below), new_texts (card, name));
  gtk_box_append (GTK_BOX (below), new_play_button (experiment, name));
  gtk_widget_set_margin_start (below, 12);
  gtk_widget_set_margin_end (below, 12);
  gtk_widget_set_margin_top (below, 8);
  gtk_widget_set_margin_bottom (below, 8);
  gtk_widget_add_css_class (box, "card");
  gtk_box_append (GTK_BOX (box), card->picture);
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), below);
  task = g_task_new (card->picture, NULL, preview_made, NULL);
  g_task_set_task_data (task, rheo_experiment_dup (experiment), (GDestroyNotify) rheo_experiment_free);
  g_task_run_in_thread (task, make_preview);
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

GtkWidget *
rheo_start_page_new (void)
{
  g_auto (GStrv) names = rheo_experiment_names ();
  GtkWidget *scroll = gtk_scrolled_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *cards = gtk_flow_box_new (), *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name ("org.rheobase.Rheobase"), *clamp = adw_clamp_new ();
  GtkWidget *hint =
      gtk_label_new (_ ("Press play on an experiment. It starts to learn at once; everything can be changed later."));
  GtkWidget *drop = gtk_label_new (_ ("Drop a run file or an experiment anywhere in this window"));
  GtkWidget *title = gtk_label_new (_ ("Rheobase"));

  gtk_image_set_pixel_size (GTK_IMAGE (icon), 72);
  gtk_widget_add_css_class (title, "title-1");
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_add_css_class (drop, "caption");
  gtk_widget_add_css_class (drop, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_label_set_justify (GTK_LABEL (hint), GTK_JUSTIFY_CENTER);
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (cards), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (cards), 3);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (cards), TRUE);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (cards), 12);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (cards), 12);
  for (int i = 0; names[i] != NULL; i++)
    {
      GtkWidget *card = new_card (names[i]);

      if (card == NULL)
        continue;
      gtk_flow_box_append (GTK_FLOW_BOX (cards), card);
      /* The button in it takes the focus. */
      gtk_widget_set_focusable (gtk_widget_get_parent (card), FALSE);
    }
  gtk_widget_set_halign (buttons, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (buttons), new_pill (_ ("New experiment"), "win.new"));
  gtk_box_append (GTK_BOX (buttons), new_pill (_ ("Open file…"), "win.open-file"));
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), hint);
  gtk_box_append (GTK_BOX (box), cards);
  gtk_box_append (GTK_BOX (box), buttons);
  gtk_box_append (GTK_BOX (box), drop);
  gtk_widget_set_margin_top (box, 36);
  gtk_widget_set_margin_bottom (box, 24);
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
