#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/setup-cards.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/family.h"
#include "app/run-text.h"
#include "engine/task.h"
#include "widgets/choice-text.h"
#include "widgets/number-text.h"
#include "widgets/tooltip.h"

#define MOST_FACTS 3
#define MOST_LINES 4

typedef struct
{
  GtkWidget *button, *title, *facts, *count, *dot, *warning;
} Card;

struct _RheoSetupCards
{
  AdwBin parent_instance;
  Card cards[RHEO_N_CARDS];
  const char *unit; /* interned */
  gboolean quiet;
};

G_DEFINE_FINAL_TYPE (RheoSetupCards, rheo_setup_cards, ADW_TYPE_BIN)

static guint picked_signal;

static const char *const names[RHEO_N_CARDS] = { N_ ("Task"), N_ ("Model"), N_ ("Rule"), N_ ("Run") };
static const char *const prefixes[RHEO_N_CARDS] = { "task", "model", "rule", "run" };

/* --- facts ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  double units;
  gboolean has_steps;
  GPtrArray *words;
} Facts;

static char *
dup_number (double v)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return rheo_number_dup_shown (g_ascii_formatd (text, sizeof text, "%.12g", v));
}

/* The first that has steps, which is the length of a trial where it is not known, and the units of all layers. */
static gboolean
take_sizes (const char *path, const RheoParam *param, void *at, gpointer data)
{
  Facts *facts = data;
  g_autofree char *number = NULL;

  if (param->type != RHEO_INT)
    return TRUE;
  number = dup_number (rheo_param_get_number (param, at));
  if (g_str_equal (param->key, "units"))
    facts->units += rheo_param_get_number (param, at);
  else if (g_strcmp0 (param->unit, "steps") == 0 && !(param->flags & RHEO_ADVANCED)
           && rheo_param_get_number (param, at) > 0 && !facts->has_steps)
    {
      g_ptr_array_add (facts->words, g_strdup_printf ("%s %s", number, _ (param->unit)));
      facts->has_steps = TRUE;
    }
  return TRUE;
}

/* Blocks that are named by their kind: loss, optimiser, surrogate derivative. */
static void
take_kinds (const RheoComponent *component, const void *values, uint64_t given, Facts *facts)
{
  for (const RheoParam *param = component->params; param != NULL && param->key != NULL; param++)
    {
      const RheoParam *kind = param->type == RHEO_BLOCK ? param->rows : NULL;
      g_autofree char *key = NULL;

      if (kind == NULL || kind->type != RHEO_CHOICE || g_strcmp0 (kind->label, param->label) != 0
          || (param->needs & ~given) != 0 || !rheo_param_active (component->params, param, values)
          || facts->words->len >= MOST_FACTS)
        continue;
      key = rheo_param_dup_text (kind, rheo_param_get_inside (param, values, 0));
      if (!g_str_equal (key, "none") && !g_str_equal (key, "auto"))
        g_ptr_array_add (facts->words, rheo_choice_dup_label (key));
    }
}

static int
count_words (const char *const *words)
{
  return words != NULL ? (int) g_strv_length ((char **) words) : 0;
}

static char *
dup_facts (const RheoExperiment *experiment, RheoSlot slot)
{
  const RheoComponent *component = rheo_experiment_get_component (experiment, slot);
  const void *values = rheo_experiment_get_values (experiment, slot);
  Facts facts = { .words = g_ptr_array_new_with_free_func (g_free) };
  RheoSlots slots;
  uint64_t given;
  char *joined;

  rheo_experiment_get_slots (experiment, &slots);
  given = rheo_components_give (&slots);
  if (slot == RHEO_SLOT_TASK && ((const RheoTask *) component)->labels != NULL)
    {
      const RheoTask *task = (const RheoTask *) component;
      const int n_in = count_words (task->labels (values, FALSE)), n_out = count_words (task->labels (values, TRUE));

      if (n_in > 0 && n_out > 0)
        g_ptr_array_add (facts.words, g_strdup_printf (_ ("%d in, %d out"), n_in, n_out));
    }
  if (slot == RHEO_SLOT_TASK
      && (((const RheoTask *) component)->open == NULL || ((const RheoTask *) component)->fill == NULL))
    {
      RheoShape shape = { 0 };
      g_autofree char *number = NULL;
      gboolean plays;

      ((const RheoTask *) component)->shape (values, NULL, &shape);
      plays = ((const RheoTask *) component)->fill == NULL && shape.episode_steps > 0;
      number = dup_number (plays ? shape.episode_steps : shape.n_steps);
      if (plays)
        g_ptr_array_add (facts.words, g_strdup_printf (_ ("up to %s steps"), number));
      else
        g_ptr_array_add (facts.words, g_strdup_printf ("%s %s", number, _ ("steps")));
      facts.has_steps = TRUE;
    }
  if (slot == RHEO_SLOT_RULE)
    take_kinds (component, values, given, &facts);
  else
    rheo_params_visit (component->params, (void *) values, "", take_sizes, &facts);
  if (facts.units > 0)
    {
      g_autofree char *number = dup_number (facts.units);

      g_ptr_array_insert (facts.words, 0,
                          g_strdup_printf (ngettext ("%s unit", "%s units", (gulong) facts.units), number));
      g_ptr_array_set_size (facts.words, 1);
    }
  g_ptr_array_add (facts.words, NULL);
  joined = g_strjoinv (" \302\267 ", (char **) facts.words->pdata);
  g_ptr_array_unref (facts.words);
  return joined;
}

/* --- showing --------------------------------------------------------------------------------------------------- */

static void
show_card (Card *card, int i, const char *title, const char *facts, int n_changed, gboolean misfit)
{
  g_autofree char *count = g_strdup_printf ("%d", n_changed), *about = NULL;
  g_autoptr (GString) all = g_string_new (NULL);

  gtk_label_set_text (GTK_LABEL (card->title), title);
  gtk_label_set_text (GTK_LABEL (card->facts), facts);
  rheo_tooltip_set (card->title, title);
  rheo_tooltip_set (card->facts, *facts != '\0' ? facts : NULL);
  gtk_label_set_text (GTK_LABEL (card->count), count);
  gtk_widget_set_visible (card->count, n_changed > 0 && !misfit);
  gtk_widget_set_visible (card->dot, n_changed > 0 && !misfit);
  gtk_widget_set_visible (card->warning, misfit);
  if (misfit)
    gtk_widget_add_css_class (card->button, "misfit");
  else
    gtk_widget_remove_css_class (card->button, "misfit");
  g_string_append_printf (all, "%s: %s", _ (names[i]), title);
  about = n_changed > 0 ? g_strdup_printf (
              ngettext ("%s, %d value changed", "%s, %d values changed", (gulong) n_changed), facts, n_changed)
                        : g_strdup (facts);
  gtk_accessible_update_property (GTK_ACCESSIBLE (card->button), GTK_ACCESSIBLE_PROPERTY_LABEL, all->str,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, about, -1);
}

void
rheo_setup_cards_update (RheoSetupCards *cards, RheoDocument *document, RheoMisfitBox *misfit)
{
  const RheoExperiment *experiment = rheo_document_get_experiment (document);
  const RheoRunRows *run = rheo_experiment_get_run (experiment);
  g_autofree char *batch = dup_number (run->batch), *title = NULL, *facts = NULL;

  for (int s = 0; s <= RHEO_SLOT_RULE; s++)
    {
      const RheoComponent *component = rheo_experiment_get_component (experiment, (RheoSlot) s);
      g_autofree char *text = component != NULL ? dup_facts (experiment, (RheoSlot) s) : g_strdup ("");

      show_card (&cards->cards[s], s, component != NULL ? rheo_component_get_short_title (component) : _ ("None"), text,
                 rheo_document_count_changed (document, prefixes[s]), rheo_misfit_box_concerns (misfit, (RheoSlot) s));
    }
  title = rheo_dup_iterations (run->budget, cards->unit);
  facts = g_strdup_printf (_ ("seed %d \302\267 batches of %s"), run->seed, batch);
  show_card (&cards->cards[RHEO_N_CARDS - 1], RHEO_N_CARDS - 1, title, facts,
             rheo_document_count_changed (document, "run"), FALSE);
}

void
rheo_setup_cards_set_unit (RheoSetupCards *cards, const char *unit)
{
  cards->unit = g_intern_string (unit);
}

void
rheo_setup_cards_set_active (RheoSetupCards *cards, int active)
{
  cards->quiet = TRUE;
  for (int i = 0; i < RHEO_N_CARDS; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (cards->cards[i].button), i == active);
  cards->quiet = FALSE;
}

/* --- the widget ------------------------------------------------------------------------------------------------ */

static void
on_toggled (GtkToggleButton *button, RheoSetupCards *cards)
{
  if (cards->quiet)
    return;
  for (int i = 0; i < RHEO_N_CARDS; i++)
    if (cards->cards[i].button == GTK_WIDGET (button))
      {
        rheo_setup_cards_set_active (cards, i);
        g_signal_emit (cards, picked_signal, 0, i);
      }
}

static GtkWidget *
new_label (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, class);
  return label;
}

/* A name or facts: whole, over several lines where the card is narrow or the text large. */
static GtkWidget *
new_lines (const char *class)
{
  GtkWidget *label = new_label ("", class);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), MOST_LINES);
  return label;
}

static void
fill_card (RheoSetupCards *cards, int i)
{
  Card *card = &cards->cards[i];
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = new_label (_ (names[i]), "caption");

  card->button = gtk_toggle_button_new ();
  gtk_widget_add_css_class (card->button, "card");
  gtk_widget_add_css_class (card->button, "setup-card");
  gtk_widget_add_css_class (name, "dim-label");
  gtk_widget_set_hexpand (name, TRUE);
  gtk_box_append (GTK_BOX (line), name);
  card->dot = adw_bin_new ();
  gtk_widget_add_css_class (card->dot, "changed-dot");
  gtk_widget_set_valign (card->dot, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (line), card->dot);
  card->count = new_label ("", "caption");
  gtk_box_append (GTK_BOX (line), card->count);
  card->warning = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  gtk_widget_add_css_class (card->warning, "warning");
  gtk_box_append (GTK_BOX (line), card->warning);
  gtk_box_append (GTK_BOX (box), line);
  card->title = new_lines ("heading");
  gtk_box_append (GTK_BOX (box), card->title);
  card->facts = new_lines ("caption");
  gtk_widget_add_css_class (card->facts, "dim-label");
  gtk_box_append (GTK_BOX (box), card->facts);
  gtk_button_set_child (GTK_BUTTON (card->button), box);
  g_signal_connect (card->button, "toggled", G_CALLBACK (on_toggled), cards);
}

static void
rheo_setup_cards_class_init (RheoSetupCardsClass *class)
{
  picked_signal = g_signal_new ("picked", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
rheo_setup_cards_init (RheoSetupCards *cards)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  cards->unit = g_intern_static_string ("iteration");
  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  for (int i = 0; i < RHEO_N_CARDS; i++)
    {
      fill_card (cards, i);
      gtk_box_append (GTK_BOX (box), cards->cards[i].button);
    }
  adw_bin_set_child (ADW_BIN (cards), box);
}

GtkWidget *
rheo_setup_cards_new (void)
{
  return g_object_new (RHEO_TYPE_SETUP_CARDS, NULL);
}
