#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/setup-page.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "app/data-box.h"
#include "app/document-host.h"
#include "app/misfit-box.h"
#include "app/preview-pane.h"
#include "app/setup-cards.h"
#include "app/setup-list.h"
#include "app/window.h"
#include "widgets/common.h"
#include "widgets/component-picker.h"
#include "widgets/param-form.h"
#include "widgets/preset-picker.h"
#include "widgets/tooltip.h"

#define N_SECTIONS (RHEO_N_SLOTS + 1) /* slots, then the run */
#define RUN RHEO_N_SLOTS
#define CENTRE 510 /* px that the middle needs: with both sides that makes 1100 */
#define FORM 700
#define PANE 342

struct _RheoSetupPage
{
  GtkWidget parent_instance;
  RheoContext *context;
  RheoParamHost host;
  GtkWidget *side, *pane; /* AdwFlap, one in the other */
  GtkWidget *preview;     /* owned too: its tasks may hold it longer than the context lives */
  GtkWidget *list, *side_button, *pane_button;
  GtkWidget *title, *differs, *link, *search;
  GtkWidget *branch, *branch_text, *going, *cards, *misfit;
  GtkWidget *scroll, *column, *data, *nothing;
  GtkWidget *forms[N_SECTIONS], *pickers[RHEO_N_SLOTS], *presets[RHEO_N_SLOTS];
  GtkWidget *heads[RHEO_N_SLOTS]; /* ends of the headings: both of them */
  RheoParamRow *helped;           /* the row with open help; weak */
  gboolean only_changed;
  double folded_at; /* where the form stood before a page took the place of a section */
  gulong document_handler, session_handler;
};

G_DEFINE_FINAL_TYPE (RheoSetupPage, rheo_setup_page, GTK_TYPE_WIDGET)

/* Order on the page. */
static const int order[N_SECTIONS] = { RHEO_SLOT_TASK,       RHEO_SLOT_MODEL,   RHEO_SLOT_RULE,
                                       RHEO_SLOT_PLASTICITY, RHEO_SLOT_COMPARE, RUN };

static const RheoParam title_param = {
  .key = "title",
  .label = N_ ("Title"),
  .help = N_ ("Shown in lists, on the start page and over figures."),
  .type = RHEO_TEXT,
};

static const char *
get_section_label (int section)
{
  static const char *const labels[N_SECTIONS] = { N_ ("Task"),       N_ ("Model"),         N_ ("Rule"),
                                                  N_ ("Plasticity"), N_ ("Compared with"), N_ ("Run") };

  return _ (labels[section]);
}

static void
toast (RheoSetupPage *page, const char *text, const char *button, const char *action)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (page));

  if (RHEO_IS_APP_WINDOW (root))
    rheo_app_window_toast (RHEO_APP_WINDOW (root), text, button, action);
}

/* --- showing the document -------------------------------------------------------------------------------------- */

static const RheoExperiment *
get_experiment (gpointer data)
{
  return rheo_document_get_experiment (((RheoSetupPage *) data)->context->document);
}

static void
show_sections (RheoSetupPage *page)
{
  const RheoExperiment *experiment = get_experiment (page);
  const gboolean branch = rheo_document_get_branch (page->context->document, NULL) != NULL;
  const char *fixed = _ ("Fixed, because this run goes on from a checkpoint.");

  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      const RheoComponent *component = rheo_experiment_get_component (experiment, (RheoSlot) s);
      g_autofree char *summary = NULL;

      gtk_widget_set_visible (page->forms[s], component != NULL || s <= RHEO_SLOT_RULE || s == RHEO_SLOT_COMPARE);
      gtk_widget_set_sensitive (page->pickers[s], !branch);
      rheo_tooltip_set (page->pickers[s], branch ? fixed : NULL);
      if (component == NULL && s != RHEO_SLOT_COMPARE)
        continue;
      gtk_widget_set_visible (page->presets[s], component != NULL && component->presets != NULL);
      gtk_widget_set_sensitive (page->presets[s], !branch || s == RHEO_SLOT_RULE);
      rheo_tooltip_set (page->presets[s], branch && s != RHEO_SLOT_RULE ? fixed : NULL);
      summary = component == NULL            ? g_strdup (_ ("No other rule beside it."))
                : component->summary != NULL ? g_strdup_printf ("%s. %s", _ (component->title), _ (component->summary))
                                             : g_strdup (_ (component->title));
      rheo_param_form_set_heading (RHEO_PARAM_FORM (page->forms[s]), get_section_label (s), summary, page->heads[s]);
      rheo_param_form_update (RHEO_PARAM_FORM (page->forms[s]), component != NULL ? component->params : NULL,
                              rheo_experiment_get_values (experiment, (RheoSlot) s),
                              rheo_experiment_get_given (experiment, (RheoSlot) s));
    }
  rheo_param_form_update (RHEO_PARAM_FORM (page->forms[RUN]), rheo_run_params, rheo_experiment_get_run (experiment),
                          rheo_experiment_get_given (experiment, RHEO_N_SLOTS));
}

static void
show_title (RheoSetupPage *page)
{
  RheoDocument *document = page->context->document;
  const char *title = rheo_experiment_get_shown_title (get_experiment (page)),
             *path = rheo_document_get_path (document);
  g_autofree char *base = path != NULL ? g_path_get_basename (path) : NULL, *text = NULL, *markup = NULL;
  int n = 0;

  gtk_label_set_text (GTK_LABEL (page->title), *title != '\0' ? title : base != NULL ? base : _ ("New experiment"));
  rheo_tooltip_set (page->title, title);
  g_object_get (document, "n-changed", &n, NULL);
  if (n == 0)
    text = g_strdup (rheo_document_get_name (document) != NULL ? _ ("As ready-made") : _ ("No values changed"));
  else
    text = g_strdup_printf (
        rheo_document_get_name (document) != NULL
            ? ngettext ("%d value differs from the ready-made experiment",
                        "%d values differ from the ready-made experiment", (gulong) n)
            : ngettext ("%d value differs from what was loaded", "%d values differ from what was loaded", (gulong) n),
        n);
  gtk_label_set_text (GTK_LABEL (page->differs), text);
  markup =
      g_markup_printf_escaped ("<a href=\"changed\">%s</a>",
                               page->only_changed ? _ ("show all") : ngettext ("show it", "show them", (gulong) n));
  gtk_label_set_markup (GTK_LABEL (page->link), markup);
  gtk_widget_set_visible (page->link, n > 0 || page->only_changed);
  gtk_widget_action_set_enabled (GTK_WIDGET (page), "setup.reset-all", n > 0);
}

static void
show_branch (RheoSetupPage *page)
{
  int64_t iteration;
  const char *path = rheo_document_get_branch (page->context->document, &iteration);
  g_autofree char *name = NULL, *text = NULL;
  char *dot;

  gtk_widget_set_visible (page->branch, path != NULL);
  if (path == NULL)
    return;
  name = g_path_get_basename (path);
  dot = strrchr (name, '.');
  if (dot != NULL)
    *dot = '\0';
  text = g_strdup_printf (_ ("Continues %s from %s %" PRId64), name,
                          rheo_document_get_branch_unit (page->context->document), iteration);
  gtk_label_set_text (GTK_LABEL (page->branch_text), text);
}

static void
show_going (RheoSetupPage *page)
{
  gtk_widget_set_visible (page->going,
                          page->context->session != NULL && rheo_session_is_going (page->context->session));
}

static void filter (RheoSetupPage *page);

/* What run.device = auto takes now. */
static void
show_device (RheoSetupPage *page)
{
  const RheoPreview *preview = rheo_preview_pane_get_preview (RHEO_PREVIEW_PANE (page->preview));
  RheoParamRow *row = rheo_param_form_find (RHEO_PARAM_FORM (page->forms[RUN]), "run.device");

  if (preview != NULL && row != NULL)
    rheo_param_row_set_note (row, preview->device);
}

static void
show_cards (RheoSetupPage *page)
{
  const RheoPreview *preview = rheo_preview_pane_get_preview (RHEO_PREVIEW_PANE (page->preview));

  if (preview != NULL && preview->unit != NULL)
    rheo_setup_cards_set_unit (RHEO_SETUP_CARDS (page->cards), preview->unit);
  rheo_setup_cards_update (RHEO_SETUP_CARDS (page->cards), page->context->document, RHEO_MISFIT_BOX (page->misfit));
  show_device (page);
}

static void
show_problem (RheoSetupPage *page)
{
  rheo_misfit_box_update (RHEO_MISFIT_BOX (page->misfit));
  show_cards (page);
}

static void
show_all (RheoSetupPage *page)
{
  show_sections (page);
  if (page->only_changed)
    filter (page);
  show_title (page);
  show_branch (page);
  show_problem (page);
  rheo_data_box_update (RHEO_DATA_BOX (page->data));
  rheo_setup_list_update (RHEO_SETUP_LIST (page->list));
}

/* --- search and scrolling -------------------------------------------------------------------------------------- */

static int
get_section (int card)
{
  return card == RHEO_N_CARDS - 1 ? RUN : card;
}

static void
filter (RheoSetupPage *page)
{
  g_autofree char *text = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (page->search)), -1);
  g_auto (GStrv) split = g_strsplit_set (text, " \t", -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  int n = 0;

  for (char **word = split; *word != NULL; word++)
    if (**word != '\0')
      g_ptr_array_add (words, *word);
  g_ptr_array_add (words, NULL);
  for (int s = 0; s < N_SECTIONS; s++)
    if (s == RUN || rheo_experiment_get_component (get_experiment (page), (RheoSlot) s) != NULL)
      n += rheo_param_form_filter (RHEO_PARAM_FORM (page->forms[s]),
                                   words->len > 1 ? (const char *const *) words->pdata : NULL, page->only_changed);
    else if (s == RHEO_SLOT_COMPARE)
      gtk_widget_set_visible (page->forms[s], words->len == 1 && !page->only_changed);
  gtk_widget_set_visible (page->nothing, n == 0);
  /* What is left stands at the top. */
  for (int card = RHEO_N_CARDS - 1; card >= 0; card--)
    if (gtk_widget_get_visible (page->forms[get_section (card)]))
      rheo_setup_cards_set_active (RHEO_SETUP_CARDS (page->cards), card);
}

static void
set_only_changed (RheoSetupPage *page, gboolean only_changed)
{
  page->only_changed = only_changed;
  filter (page);
  show_title (page);
}

static gboolean
on_link (GtkLabel *label, const char *uri, RheoSetupPage *page)
{
  set_only_changed (page, !page->only_changed);
  return TRUE;
}

static void
clear_filter (RheoSetupPage *page)
{
  gtk_editable_set_text (GTK_EDITABLE (page->search), "");
  set_only_changed (page, FALSE);
}

static GtkAdjustment *
get_adjustment (RheoSetupPage *page)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (page->scroll));
}

static double
get_top (RheoSetupPage *page, GtkWidget *widget)
{
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (widget, page->column, &bounds) ? bounds.origin.y : 0;
}

static void
on_card (RheoSetupCards *cards, int card, RheoSetupPage *page)
{
  clear_filter (page);
  /* Above the first section stands what there is to say of its data. */
  gtk_adjustment_set_value (get_adjustment (page), card == 0 ? 0 : get_top (page, page->forms[get_section (card)]));
  rheo_setup_cards_set_active (cards, card);
}

/* The card of the section at the top of the view. */
static void
on_scroll (RheoSetupPage *page)
{
  GtkAdjustment *adjustment = get_adjustment (page);
  double value = gtk_adjustment_get_value (adjustment);
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  int active = 0;

  for (int card = 0; card < RHEO_N_CARDS; card++)
    {
      GtkWidget *form = page->forms[get_section (card)];

      if (gtk_widget_get_visible (form) && get_top (page, form) <= value + 60)
        active = card;
    }
  if (value >= end - 1 && end > 0)
    active = RHEO_N_CARDS - 1;
  rheo_setup_cards_set_active (RHEO_SETUP_CARDS (page->cards), active);
}

typedef struct
{
  GtkAdjustment *adjustment;
  double value;
} Place;

static gboolean
restore_place (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  const Place *place = data;

  gtk_adjustment_set_value (place->adjustment, place->value);
  return G_SOURCE_REMOVE;
}

static void
free_place (gpointer data)
{
  g_object_unref (((Place *) data)->adjustment);
  g_free (data);
}

/* A page of values is shorter than its section: where one was is kept for the way back. */
static void
on_fold (RheoParamForm *form, gboolean folded, RheoSetupPage *page)
{
  Place *place = g_new (Place, 1);

  if (folded)
    page->folded_at = gtk_adjustment_get_value (get_adjustment (page));
  place->adjustment = g_object_ref (get_adjustment (page));
  place->value = folded ? MIN (page->folded_at, get_top (page, GTK_WIDGET (form))) : page->folded_at;
  gtk_widget_add_tick_callback (page->scroll, restore_place, place, free_place);
}

static void
on_help (RheoParamForm *form, RheoParamRow *row, RheoSetupPage *page)
{
  RheoParamRow *before = page->helped;

  g_clear_weak_pointer (&page->helped);
  g_set_weak_pointer (&page->helped, row);
  if (before != NULL && before != row)
    rheo_param_row_set_help_open (before, FALSE);
}

gboolean
rheo_setup_page_show (RheoSetupPage *page, const char *path)
{
  for (int s = 0; s < N_SECTIONS; s++)
    {
      const char *name = s == RUN ? "run" : rheo_slot_names[s];

      if (g_str_has_prefix (path, name) && path[strlen (name)] == '.')
        {
          clear_filter (page);
          return rheo_param_form_show (RHEO_PARAM_FORM (page->forms[s]), path) != NULL;
        }
    }
  return FALSE;
}

void
rheo_setup_page_reload (RheoSetupPage *page)
{
  rheo_preview_pane_reload (RHEO_PREVIEW_PANE (page->preview));
}

static void
on_show (RheoMisfitBox *box, const char *path, RheoSetupPage *page)
{
  rheo_setup_page_show (page, path);
}

/* --- loading, and actions of the page --------------------------------------------------------------------------- */

static void
say_loaded (RheoSetupPage *page, const char *title)
{
  g_autofree char *text = g_strdup_printf (_ ("Loaded %s"), title);

  toast (page, text, _ ("Undo"), "win.undo");
}

static void
on_run_loaded (GObject *document, GAsyncResult *result, gpointer data)
{
  g_autoptr (RheoSetupPage) page = data;
  g_autoptr (GError) error = NULL;

  if (gtk_widget_get_root (GTK_WIDGET (page)) == NULL)
    return;
  if (rheo_document_load_run_finish (RHEO_DOCUMENT (document), result, &error))
    say_loaded (page, gtk_label_get_text (GTK_LABEL (page->title)));
  else
    toast (page, error->message, NULL, NULL);
}

static void
on_load (RheoSetupList *list, const char *name, const char *title, RheoSetupPage *page)
{
  g_autofree char *own = g_strdup (name), *shown = g_strdup (title);
  g_autoptr (GError) error = NULL;

  clear_filter (page);
  if (g_str_has_suffix (own, ".h5"))
    rheo_document_load_run_async (page->context->document, own, -1, on_run_loaded, g_object_ref (page));
  else if (rheo_document_load (page->context->document, own, &error))
    say_loaded (page, shown);
  else
    toast (page, error->message, NULL, NULL);
}

static void
on_component (RheoComponentPicker *picker, const char *id, RheoSetupPage *page)
{
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    if (page->pickers[s] == GTK_WIDGET (picker))
      {
        g_autofree char *path = g_strconcat (rheo_slot_names[s], ".id", NULL);

        rheo_document_set (page->context->document, path, id, get_section_label (s), NULL);
        return;
      }
}

static void
on_preset (RheoPresetPicker *picker, const char *id, RheoSetupPage *page)
{
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    if (page->presets[s] == GTK_WIDGET (picker))
      {
        const int n = rheo_preset_count_changes (get_experiment (page), (RheoSlot) s, id);
        g_autofree char *path = g_strconcat (rheo_slot_names[s], ".preset", NULL), *text = NULL;

        if (!rheo_document_set (page->context->document, path, id, _ ("Preset"), NULL))
          return;
        text = g_strdup_printf (ngettext ("Preset changed %d value", "Preset changed %d values", (gulong) n), n);
        toast (page, text, _ ("Undo"), "win.undo");
        return;
      }
}

static void
act_reset_all (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoSetupPage *page = RHEO_SETUP_PAGE (widget);

  rheo_document_reset (page->context->document, NULL, NULL, NULL);
  toast (page, _ ("All values reset"), _ ("Undo"), "win.undo");
}

static void
act_show_changed (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoSetupPage *page = RHEO_SETUP_PAGE (widget);

  set_only_changed (page, !page->only_changed);
}

static void
act_search (GtkWidget *widget, const char *name, GVariant *target)
{
  gtk_widget_grab_focus (RHEO_SETUP_PAGE (widget)->search);
}

static void
act_side (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoSetupPage *page = RHEO_SETUP_PAGE (widget);
  gboolean list = g_str_equal (name, "setup.side-bar");
  AdwFlap *flap = ADW_FLAP (list ? page->side : page->pane);
  gboolean shown = !adw_flap_get_reveal_flap (flap);

  adw_flap_set_reveal_flap (flap, shown);
  if (list && page->context->settings != NULL && !adw_flap_get_folded (flap))
    g_settings_set_boolean (page->context->settings, "side-bar", shown);
}

static void
on_start_fresh (RheoSetupPage *page)
{
  rheo_document_start_fresh (page->context->document);
}

/* --- the page -------------------------------------------------------------------------------------------------- */

static GtkWidget *
new_icon_button (const char *icon, const char *name, const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  rheo_tooltip_set (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static GtkWidget *
new_menu_button (void)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenuItem) export = g_menu_item_new (_ ("Save for the CartPole program…"), "win.export-reference");

  g_menu_append (menu, _ ("Save as\342\200\246"), "win.save-as");
  g_menu_item_set_attribute (export, "hidden-when", "s", "action-disabled");
  g_menu_append_item (menu, export);
  g_menu_append (menu, _ ("Show changed values"), "setup.show-changed");
  g_menu_append (menu, _ ("Reset all values"), "setup.reset-all");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  rheo_tooltip_set (button, _ ("More"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("More, experiment"), -1);
  return button;
}

/* The form is as wide as its text needs. */
static void
follow_text (AdwClamp *clamp)
{
  const int width = (int) (FORM * rheo_text_scale ());

  adw_clamp_set_maximum_size (clamp, width);
  adw_clamp_set_tightening_threshold (clamp, width);
}

static GtkWidget *
new_title_row (RheoSetupPage *page)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  page->side_button = new_icon_button ("sidebar-show-symbolic", _ ("Experiments"), "setup.side-bar");
  gtk_box_append (GTK_BOX (row), page->side_button);
  page->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (page->title), 0);
  gtk_label_set_wrap (GTK_LABEL (page->title), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (page->title), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (page->title), 3);
  gtk_label_set_ellipsize (GTK_LABEL (page->title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (page->title, "title-4");
  page->differs = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (page->differs), 0);
  gtk_label_set_wrap (GTK_LABEL (page->differs), TRUE);
  gtk_widget_add_css_class (page->differs, "caption");
  page->link = gtk_label_new (NULL);
  gtk_widget_add_css_class (page->link, "caption");
  g_signal_connect (page->link, "activate-link", G_CALLBACK (on_link), page);
  gtk_box_append (GTK_BOX (line), page->differs);
  gtk_box_append (GTK_BOX (line), page->link);
  gtk_box_append (GTK_BOX (words), page->title);
  gtk_box_append (GTK_BOX (words), line);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), words);
  page->search = gtk_search_entry_new ();
  g_object_set (page->search, "placeholder-text", _ ("Search parameters"), "width-chars", 12, "max-width-chars",
                rheo_text_scale () < 1.25 ? 18 : 12, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search parameters"),
                                  -1);
  gtk_widget_set_valign (page->search, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (page->search, "search-changed", G_CALLBACK (filter), page);
  g_signal_connect_swapped (page->search, "stop-search", G_CALLBACK (clear_filter), page);
  gtk_box_append (GTK_BOX (row), page->search);
  gtk_box_append (GTK_BOX (row), new_icon_button ("document-save-symbolic", _ ("Save experiment"), "win.save"));
  gtk_box_append (GTK_BOX (row), new_menu_button ());
  page->pane_button = new_icon_button ("sidebar-show-right-symbolic", _ ("Preview"), "setup.side-pane");
  gtk_box_append (GTK_BOX (row), page->pane_button);
  return row;
}

static GtkWidget *
new_branch_bar (RheoSetupPage *page)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *button = gtk_button_new_with_label (_ ("Start fresh instead"));

  page->branch_text = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (page->branch_text), 0);
  gtk_label_set_wrap (GTK_LABEL (page->branch_text), TRUE);
  gtk_widget_set_hexpand (page->branch_text, TRUE);
  gtk_box_append (GTK_BOX (bar), page->branch_text);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_start_fresh), page);
  gtk_box_append (GTK_BOX (bar), button);
  gtk_widget_add_css_class (bar, "branch-bar");
  return bar;
}

static GtkWidget *
new_going (void)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (_ ("Changes here apply to the next run."));

  gtk_box_append (GTK_BOX (line), gtk_image_new_from_icon_name ("help-about-symbolic"));
  gtk_box_append (GTK_BOX (line), label);
  gtk_widget_add_css_class (line, "dim-label");
  return line;
}

static GtkWidget *
new_nothing (RheoSetupPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *label = gtk_label_new (_ ("No parameters match"));
  GtkWidget *button = gtk_button_new_with_label (_ ("Clear search"));

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clear_filter), page);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  gtk_widget_set_margin_top (box, 48);
  gtk_widget_set_visible (box, FALSE);
  return box;
}

static GtkWidget *
new_sections (RheoSetupPage *page)
{
  GtkWidget *clamp = adw_clamp_new ();

  page->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  page->data = rheo_data_box_new (page->context);
  g_signal_connect_swapped (page->data, "arrived", G_CALLBACK (rheo_setup_page_reload), page);
  gtk_box_append (GTK_BOX (page->column), page->data);
  for (int i = 0; i < N_SECTIONS; i++)
    {
      int s = order[i];
      const char *name = s == RUN ? "run" : rheo_slot_names[s];

      page->forms[s] = rheo_param_form_new (name, &page->host);
      g_signal_connect (page->forms[s], "help", G_CALLBACK (on_help), page);
      g_signal_connect (page->forms[s], "fold", G_CALLBACK (on_fold), page);
      gtk_box_append (GTK_BOX (page->column), page->forms[s]);
      if (s == RUN)
        continue;
      page->pickers[s] = rheo_component_picker_new ((RheoSlot) s, get_experiment, page);
      g_signal_connect (page->pickers[s], "chosen", G_CALLBACK (on_component), page);
      page->presets[s] = rheo_preset_picker_new ((RheoSlot) s, get_section_label (s), get_experiment, page);
      g_signal_connect (page->presets[s], "chosen", G_CALLBACK (on_preset), page);
      page->heads[s] = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6));
      gtk_box_append (GTK_BOX (page->heads[s]), page->presets[s]);
      gtk_box_append (GTK_BOX (page->heads[s]), page->pickers[s]);
    }
  rheo_param_form_add_first (RHEO_PARAM_FORM (page->forms[RUN]), &title_param, "title");
  rheo_param_form_set_heading (RHEO_PARAM_FORM (page->forms[RUN]), get_section_label (RUN),
                               _ ("How long, on what, and what is kept."), NULL);
  page->nothing = new_nothing (page);
  gtk_box_append (GTK_BOX (page->column), page->nothing);
  gtk_widget_add_css_class (page->column, "setup-column");
  follow_text (ADW_CLAMP (clamp));
  rheo_text_scale_watch (clamp, G_CALLBACK (follow_text));
  adw_clamp_set_child (ADW_CLAMP (clamp), page->column);
  page->scroll = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (page->scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (page->scroll), clamp);
  gtk_widget_set_vexpand (page->scroll, TRUE);
  g_signal_connect_swapped (get_adjustment (page), "value-changed", G_CALLBACK (on_scroll), page);
  return page->scroll;
}

static GtkWidget *
new_centre (RheoSetupPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *top = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *clamp = adw_clamp_new ();

  gtk_box_append (GTK_BOX (top), new_title_row (page));
  page->going = new_going ();
  gtk_box_append (GTK_BOX (top), page->going);
  page->branch = new_branch_bar (page);
  gtk_box_append (GTK_BOX (top), page->branch);
  page->cards = rheo_setup_cards_new ();
  g_signal_connect (page->cards, "picked", G_CALLBACK (on_card), page);
  gtk_box_append (GTK_BOX (top), page->cards);
  page->misfit = rheo_misfit_box_new (page->context->document);
  g_signal_connect (page->misfit, "show-value", G_CALLBACK (on_show), page);
  gtk_box_append (GTK_BOX (top), page->misfit);
  gtk_widget_add_css_class (top, "setup-top");
  follow_text (ADW_CLAMP (clamp));
  rheo_text_scale_watch (clamp, G_CALLBACK (follow_text));
  adw_clamp_set_child (ADW_CLAMP (clamp), top);
  gtk_box_append (GTK_BOX (box), clamp);
  gtk_box_append (GTK_BOX (box), new_sections (page));
  rheo_widget_set_text_width (box, CENTRE);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_add_css_class (box, "setup-centre");
  return box;
}

static void
dispose (GObject *object)
{
  RheoSetupPage *page = RHEO_SETUP_PAGE (object);

  if (page->context != NULL)
    {
      g_clear_signal_handler (&page->document_handler, page->context->document);
      if (page->context->session != NULL)
        g_clear_signal_handler (&page->session_handler, page->context->session);
    }
  g_clear_weak_pointer (&page->helped);
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    g_clear_object (&page->heads[s]);
  g_clear_pointer (&page->side, gtk_widget_unparent);
  if (page->preview != NULL)
    g_object_run_dispose (G_OBJECT (page->preview));
  g_clear_object (&page->preview);
  G_OBJECT_CLASS (rheo_setup_page_parent_class)->dispose (object);
}

static void
rheo_setup_page_class_init (RheoSetupPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "setup.reset-all", NULL, act_reset_all);
  gtk_widget_class_install_action (widget_class, "setup.show-changed", NULL, act_show_changed);
  gtk_widget_class_install_action (widget_class, "setup.search", NULL, act_search);
  gtk_widget_class_install_action (widget_class, "setup.side-bar", NULL, act_side);
  gtk_widget_class_install_action (widget_class, "setup.side-pane", NULL, act_side);
}

static void
rheo_setup_page_init (RheoSetupPage *page)
{
}

GtkWidget *
rheo_setup_page_new (RheoContext *context)
{
  RheoSetupPage *page = g_object_new (RHEO_TYPE_SETUP_PAGE, NULL);

  page->context = context;
  rheo_document_init_host (context->document, &page->host);
  page->pane = adw_flap_new ();
  adw_flap_set_flap_position (ADW_FLAP (page->pane), GTK_PACK_END);
  adw_flap_set_content (ADW_FLAP (page->pane), new_centre (page));
  page->preview = g_object_ref_sink (rheo_preview_pane_new (context));
  g_signal_connect_swapped (page->preview, "shown", G_CALLBACK (show_cards), page);
  gtk_widget_set_size_request (page->preview, PANE, -1);
  gtk_widget_add_css_class (page->preview, "background");
  gtk_widget_add_css_class (page->preview, "setup-pane");
  adw_flap_set_flap (ADW_FLAP (page->pane), page->preview);
  adw_flap_set_separator (ADW_FLAP (page->pane), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  page->side = adw_flap_new ();
  page->list = rheo_setup_list_new (context);
  g_signal_connect (page->list, "load", G_CALLBACK (on_load), page);
  gtk_widget_add_css_class (page->list, "background");
  adw_flap_set_flap (ADW_FLAP (page->side), page->list);
  adw_flap_set_separator (ADW_FLAP (page->side), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  adw_flap_set_content (ADW_FLAP (page->side), page->pane);
  gtk_widget_set_parent (page->side, GTK_WIDGET (page));
  g_object_bind_property (page->side, "reveal-flap", page->side_button, "visible",
                          G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
  g_object_bind_property (page->pane, "folded", page->pane_button, "visible", G_BINDING_SYNC_CREATE);
  if (context->settings != NULL && !g_settings_get_boolean (context->settings, "side-bar"))
    adw_flap_set_reveal_flap (ADW_FLAP (page->side), FALSE);

  show_all (page);
  show_going (page);
  page->document_handler = g_signal_connect_swapped (context->document, "changed", G_CALLBACK (show_all), page);
  g_signal_connect_object (context->document, "notify::problem", G_CALLBACK (show_problem), page, G_CONNECT_SWAPPED);
  if (context->session != NULL)
    page->session_handler = g_signal_connect_swapped (context->session, "changed", G_CALLBACK (show_going), page);
  rheo_setup_cards_set_active (RHEO_SETUP_CARDS (page->cards), 0);
  return GTK_WIDGET (page);
}
