/* Set up with components that do not fit: what it says, and what its buttons do. */
#include "config.h"

#include "app/settings.h"
#include "app/setup-page.h"
#include "engine/rule.h"
#include "engine/task.h"
#include "ui-test.h"
#include "widgets/component-picker.h"

/* --- components of the test's own registry (double/registry.h) -------------------------------------------------- */

typedef struct
{
  double eligibility;
} Rewarded;

static const RheoParam rewarded_rows[] = {
  RHEO_P_REAL (Rewarded, eligibility, "eligibility", .label = "Eligibility", .unit = "ms", .def = 250, .min = 1,
               .max = 2000),
  RHEO_P_END,
};

const RheoTask rheo_task_balance = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "balance",
            .title = "Balance",
            .summary = "Keep a stick upright.",
            .gives = RHEO_EPISODES },
};
const RheoRuleType rheo_rule_rewarded = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "rewarded",
            .title = "STDP with reward",
            .summary = "Spike pairs marked, then paid.",
            .config_size = sizeof (Rewarded),
            .params = rewarded_rows,
            .needs = RHEO_SPIKES | RHEO_EPISODES },
};

/* --- tests ----------------------------------------------------------------------------------------------------- */

typedef struct
{
  RheoContext context;
  GtkWidget *window, *page;
} Set;

static gboolean
is_drawn (gpointer data)
{
  return gtk_widget_get_mapped (data) && gtk_widget_get_width (data) > 0;
}

static void
open_page (Set *set, gconstpointer data)
{
  set->context.settings = rheo_settings_new ();
  set->context.document = rheo_document_new ();
  set->context.session = rheo_session_new ();
  g_assert_true (rheo_document_load (set->context.document, "robot-trajectory", NULL));
  set->page = rheo_setup_page_new (&set->context);
  set->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (set->window), 1280, 760);
  gtk_window_set_child (GTK_WINDOW (set->window), set->page);
  gtk_window_present (GTK_WINDOW (set->window));
  ui_wait (is_drawn, set->page);
  ui_settle (set->window);
}

static void
close_page (Set *set, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (set->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (rheo_session_shut (set->context.session, 60));
  g_clear_object (&set->context.session);
  g_clear_object (&set->context.document);
  g_clear_object (&set->context.settings);
}

static const RheoComponent *
get_rule (Set *set)
{
  return rheo_experiment_get_component (rheo_document_get_experiment (set->context.document), RHEO_SLOT_RULE);
}

static void
choose (Set *set, const char *picker, const char *component)
{
  GtkWidget *row;

  ui_get (set->page, GTK_TYPE_MENU_BUTTON, picker);
  gtk_menu_button_popup (GTK_MENU_BUTTON (ui_get (set->page, GTK_TYPE_MENU_BUTTON, picker)));
  row = ui_get (set->page, GTK_TYPE_LIST_BOX_ROW, component);
  gtk_widget_activate (row);
  ui_settle (set->window);
}

static GtkWidget *
show_rule (Set *set)
{
  GtkWidget *card = ui_get (set->page, GTK_TYPE_TOGGLE_BUTTON, "Rule: BPTT");

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (card), TRUE);
  ui_settle (set->window);
  return card;
}

static void
test_picker (Set *set, gconstpointer data)
{
  const RheoExperiment *experiment = rheo_document_get_experiment (set->context.document);
  g_autofree char *rule = rheo_component_dup_misfit (experiment, RHEO_SLOT_RULE, &rheo_rule_rewarded.base);
  g_autofree char *task = rheo_component_dup_misfit (experiment, RHEO_SLOT_TASK, &rheo_task_balance.base);
  g_autofree char *present = rheo_component_dup_misfit (experiment, RHEO_SLOT_RULE, get_rule (set));

  g_assert_cmpstr (rule, ==, "needs rewards");
  g_assert_cmpstr (task, ==, "Backpropagation through time needs trials with targets");
  g_assert_null (present);

  /* The one that does not fit is in the list, with its reason, and goes when only what fits is wanted. */
  show_rule (set);
  gtk_menu_button_popup (GTK_MENU_BUTTON (ui_get (set->page, GTK_TYPE_MENU_BUTTON, "Change rule")));
  ui_get (set->page, GTK_TYPE_LIST_BOX_ROW, "STDP with reward");
  g_assert_nonnull (ui_find_text (set->page, "needs rewards"));
  ui_shot (gtk_widget_get_ancestor (ui_get (set->page, GTK_TYPE_SWITCH, "Show all"), GTK_TYPE_POPOVER), "picker.png");
  gtk_switch_set_active (GTK_SWITCH (ui_get (set->page, GTK_TYPE_SWITCH, "Show all")), FALSE);
  ui_settle (set->window);
  g_assert_null (ui_find (set->page, GTK_TYPE_LIST_BOX_ROW, "STDP with reward"));
  g_assert_nonnull (ui_find (set->page, GTK_TYPE_LIST_BOX_ROW, "Backpropagation through time"));
  gtk_menu_button_popdown (GTK_MENU_BUTTON (ui_get (set->page, GTK_TYPE_MENU_BUTTON, "Change rule")));
}

static void
test_misfit (Set *set, gconstpointer data)
{
  GtkWidget *card = show_rule (set);

  choose (set, "Change rule", "STDP with reward");
  g_assert_true (get_rule (set) == &rheo_rule_rewarded.base);
  g_assert_nonnull (ui_find_text (set->page, "These do not fit together"));
  g_assert_nonnull (ui_find_text (
      set->page,
      "STDP with reward needs a task that gives rewards. Robot trajectory gives trials with target signals."));
  ui_shot (set->window, "misfit.png");
  g_assert_true (gtk_widget_has_css_class (card, "misfit"));
  g_assert_true (
      gtk_widget_has_css_class (ui_get (set->page, GTK_TYPE_TOGGLE_BUTTON, "Task: Robot trajectory"), "misfit"));
  g_assert_false (gtk_widget_has_css_class (
      ui_get (set->page, GTK_TYPE_TOGGLE_BUTTON, "Model: Leaky integrate-and-fire"), "misfit"));
  g_assert_nonnull (ui_find (set->page, GTK_TYPE_BUTTON, "Use Balance"));
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "Use Backpropagation through time"));
  ui_settle (set->window);
  g_assert_null (rheo_document_get_problem (set->context.document));
  g_assert_null (ui_find_text (set->page, "These do not fit together"));
  g_assert_false (gtk_widget_has_css_class (card, "misfit"));
}

/* The fix brings the values of the ready-made experiment back with the rule, and can be undone. */
static void
test_fix (Set *set, gconstpointer data)
{
  g_autofree char *before =
      rheo_experiment_dup_value (rheo_document_get_experiment (set->context.document), "rule.surrogate.kind", NULL);
  g_autofree char *after = NULL;

  show_rule (set);
  choose (set, "Change rule", "STDP with reward");
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "Use Backpropagation through time"));
  after = rheo_experiment_dup_value (rheo_document_get_experiment (set->context.document), "rule.surrogate.kind", NULL);
  g_assert_cmpstr (before, ==, "arctan");
  g_assert_cmpstr (after, ==, before);
  rheo_document_undo (set->context.document);
  g_assert_true (get_rule (set) == &rheo_rule_rewarded.base);
  ui_settle (set->window);
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "Undo"));
  g_assert_null (rheo_document_get_problem (set->context.document));
}

static gboolean
has_problem (gpointer data)
{
  return rheo_document_get_problem (((Set *) data)->context.document) != NULL;
}

static gboolean
has_sentence (gpointer data)
{
  return ui_find_text (((Set *) data)->page,
                       "run.batch is 2000, but the task has only 1000 training trials; 1 to 1000 are allowed.")
         != NULL;
}

/* What only the task's data show: more trials in a batch than there are. */
static void
test_batch (Set *set, gconstpointer data)
{
  RheoDocument *document = set->context.document;

  g_assert_true (rheo_document_set (document, "model.layers.0.units", "50", NULL, NULL));
  g_assert_true (rheo_document_set (document, "run.batch", "2000", NULL, NULL));
  ui_wait (has_problem, set);
  ui_wait (has_sentence, set);
  ui_settle (set->window);
  ui_shot (set->window, "batch.png");
  g_assert_nonnull (ui_find (set->page, GTK_TYPE_BUTTON, "Show batch size"));
  g_assert_null (ui_find (set->page, GTK_TYPE_BUTTON, "Reset units"));
  ui_click (ui_get (set->page, GTK_TYPE_BUTTON, "Reset batch size"));
  g_assert_null (rheo_document_get_problem (document));
  g_assert_true (rheo_document_is_changed (document, "model.layers.0.units"));
  /* Values that are wrong by themselves come first. */
  g_assert_true (rheo_document_set (document, "model.layers.0.beta", "0.5,0.6", NULL, NULL));
  rheo_document_note_problem (document, "run.batch");
  g_assert_true (g_str_has_prefix (rheo_document_get_problem (document), "model.layers.0.beta"));
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();

  ui_test_init (&argc, &argv);
  gtk_css_provider_load_from_resource (style, "/org/rheobase/Rheobase/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_test_add ("/ui/misfit/picker", Set, NULL, open_page, test_picker, close_page);
  g_test_add ("/ui/misfit/message", Set, NULL, open_page, test_misfit, close_page);
  g_test_add ("/ui/misfit/fix", Set, NULL, open_page, test_fix, close_page);
  g_test_add ("/ui/misfit/batch", Set, NULL, open_page, test_batch, close_page);
  return ui_test_run ();
}
