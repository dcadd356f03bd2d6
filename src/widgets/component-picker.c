#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/component-picker.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "widgets/common.h"

#define WIDTH 400
#define MOST_HEIGHT 380

struct _RheoComponentPicker
{
  AdwBin parent_instance;
  RheoSlot slot;
  const RheoExperiment *(*get) (gpointer data);
  gpointer data;
  GtkWidget *button, *list, *search;
  gboolean all;
};

G_DEFINE_FINAL_TYPE (RheoComponentPicker, rheo_component_picker, ADW_TYPE_BIN)

static guint chosen_signal;

static RheoKind
get_kind (RheoSlot slot)
{
  return slot == RHEO_SLOT_TASK ? RHEO_KIND_TASK : slot == RHEO_SLOT_MODEL ? RHEO_KIND_MODEL : RHEO_KIND_RULE;
}

char *
rheo_component_dup_misfit (const RheoExperiment *experiment, RheoSlot slot, const RheoComponent *component)
{
  g_autoptr (RheoExperiment) tried = rheo_experiment_dup (experiment);
  RheoMisfit misfit;
  RheoSlots slots;

  rheo_experiment_set_component (tried, slot, component);
  rheo_experiment_get_slots (tried, &slots);
  if (!rheo_components_find_misfit (&slots, &misfit))
    return NULL;
  if (misfit.who == component)
    return g_strdup_printf (_ ("needs %s"), rheo_trait_title (misfit.trait));
  if (misfit.whom == component)
    return g_strdup_printf (_ ("%s needs %s"), _ (misfit.who->title), rheo_trait_title (misfit.trait));
  return NULL;
}

/* --- the list -------------------------------------------------------------------------------------------------- */

static GtkWidget *
new_label (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

/* What stands in the place of a component where a slot may be empty. */
static const RheoComponent none = { .id = "none", .title = N_ ("None") };

static gboolean
is_optional (RheoSlot slot)
{
  return slot == RHEO_SLOT_PLASTICITY || slot == RHEO_SLOT_COMPARE;
}

static GtkWidget *
new_row (const RheoComponent *component, const char *misfit, gboolean present)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *title = new_label (_ (component->title), NULL);
  g_autofree char *folded = NULL, *all = NULL;

  if (present)
    gtk_widget_add_css_class (title, "heading");
  gtk_box_append (GTK_BOX (words), title);
  if (component->summary != NULL)
    {
      GtkWidget *summary = new_label (_ (component->summary), "caption");

      gtk_label_set_lines (GTK_LABEL (summary), 2);
      gtk_label_set_ellipsize (GTK_LABEL (summary), PANGO_ELLIPSIZE_END);
      gtk_widget_set_tooltip_text (summary, _ (component->summary));
      gtk_box_append (GTK_BOX (words), summary);
    }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  if (misfit != NULL)
    {
      GtkWidget *reason = gtk_label_new (misfit);

      gtk_widget_add_css_class (words, "dim-label");
      gtk_widget_add_css_class (reason, "caption");
      gtk_widget_add_css_class (reason, "warning");
      gtk_label_set_wrap (GTK_LABEL (reason), TRUE);
      gtk_label_set_width_chars (GTK_LABEL (reason), (int) MIN (g_utf8_strlen (misfit, -1), 16));
      gtk_label_set_max_width_chars (GTK_LABEL (reason), 22);
      gtk_label_set_xalign (GTK_LABEL (reason), 1);
      gtk_box_append (GTK_BOX (box), reason);
    }
  if (present)
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("object-select-symbolic"));
  gtk_widget_add_css_class (box, "picker-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  all = g_strjoin ("\n", _ (component->title), component->id, component->summary != NULL ? _ (component->summary) : "",
                   NULL);
  folded = g_utf8_casefold (all, -1);
  g_object_set_data_full (G_OBJECT (row), "words", g_steal_pointer (&folded), g_free);
  g_object_set_data (G_OBJECT (row), "component", (gpointer) component);
  g_object_set_data (G_OBJECT (row), "misfit", GINT_TO_POINTER (misfit != NULL && !present));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (component->title),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, misfit != NULL ? misfit : "", -1);
  return row;
}

static gboolean
is_shown (GtkListBoxRow *row, gpointer data)
{
  RheoComponentPicker *picker = data;
  g_autofree char *word = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (picker->search)), -1);

  return strstr (g_object_get_data (G_OBJECT (row), "words"), word) != NULL
         && (picker->all || g_object_get_data (G_OBJECT (row), "misfit") == NULL);
}

static void
on_search (RheoComponentPicker *picker)
{
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (picker->list));
}

static void
on_all (GtkSwitch *control, GParamSpec *pspec, RheoComponentPicker *picker)
{
  picker->all = gtk_switch_get_active (control);
  on_search (picker);
}

static void
choose (RheoComponentPicker *picker, GtkListBoxRow *row)
{
  const RheoComponent *component = g_object_get_data (G_OBJECT (row), "component");
  const RheoComponent *now = rheo_experiment_get_component (picker->get (picker->data), picker->slot);
  gboolean present = component == (now != NULL ? now : &none);

  gtk_menu_button_popdown (GTK_MENU_BUTTON (picker->button));
  if (!present)
    g_signal_emit (picker, chosen_signal, 0, component->id);
}

static void
on_row (GtkListBox *list, GtkListBoxRow *row, RheoComponentPicker *picker)
{
  choose (picker, row);
}

/* Enter in the search takes the first one. */
static void
on_search_enter (RheoComponentPicker *picker)
{
  GtkListBoxRow *row = rheo_list_box_get_first_shown (GTK_LIST_BOX (picker->list));

  if (row != NULL)
    choose (picker, row);
}

static char *
dup_others (RheoComponentPicker *picker, const RheoExperiment *experiment)
{
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  for (int s = 0; s <= RHEO_SLOT_RULE; s++)
    if (s != (int) picker->slot && rheo_experiment_get_component (experiment, (RheoSlot) s) != NULL)
      g_ptr_array_add (titles, (gpointer) _ (rheo_experiment_get_component (experiment, (RheoSlot) s)->title));
  g_ptr_array_add (titles, NULL);
  joined = g_strjoinv (", ", (char **) titles->pdata);
  return g_strdup_printf (_ ("For %s"), joined);
}

/* A scrolled window asks for the height of lines that do not wrap. */
static void
fit_height (GtkWidget *popover, RheoComponentPicker *picker)
{
  GtkWidget *scroll = gtk_widget_get_ancestor (picker->list, GTK_TYPE_SCROLLED_WINDOW);
  int height;

  gtk_widget_measure (picker->list, GTK_ORIENTATION_VERTICAL, WIDTH, NULL, &height, NULL, NULL);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroll), MIN (height, MOST_HEIGHT));
}

static void
make_popover (GtkMenuButton *button, gpointer data)
{
  RheoComponentPicker *picker = data;
  const RheoExperiment *experiment = picker->get (picker->data);
  const RheoComponent *now = rheo_experiment_get_component (experiment, picker->slot);
  const RheoComponent *const *list = rheo_components (get_kind (picker->slot));
  GtkWidget *popover = gtk_popover_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *scroll = gtk_scrolled_window_new ();
  GtkWidget *label, *all = gtk_switch_new (), *all_label = gtk_label_new (_ ("Show all"));
  g_autofree char *others = dup_others (picker, experiment);
  g_autofree char *hint = g_strdup_printf (_ ("Search %s"), rheo_kind_plural (get_kind (picker->slot)));

  picker->search = gtk_search_entry_new ();
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (picker->search), popover);
  g_object_set (picker->search, "placeholder-text", hint, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (picker->search), GTK_ACCESSIBLE_PROPERTY_LABEL, hint, -1);
  gtk_box_append (GTK_BOX (box), picker->search);
  label = new_label (others, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (all_label, "caption");
  gtk_widget_set_valign (all, GTK_ALIGN_CENTER);
  gtk_switch_set_active (GTK_SWITCH (all), picker->all);
  gtk_accessible_update_property (GTK_ACCESSIBLE (all), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Show all"), -1);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), all_label);
  gtk_box_append (GTK_BOX (line), all);
  gtk_box_append (GTK_BOX (box), line);
  picker->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (picker->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (picker->list, "background");
  gtk_list_box_set_filter_func (GTK_LIST_BOX (picker->list), is_shown, picker, NULL);
  label = new_label (_ ("Nothing fits"), "dim-label");
  gtk_widget_set_margin_top (label, 12);
  gtk_widget_set_margin_bottom (label, 12);
  gtk_label_set_xalign (GTK_LABEL (label), 0.5);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (picker->list), label);
  if (is_optional (picker->slot))
    gtk_list_box_append (GTK_LIST_BOX (picker->list), new_row (&none, NULL, now == NULL));
  for (int i = 0; list[i] != NULL; i++)
    {
      g_autofree char *misfit = rheo_component_dup_misfit (experiment, picker->slot, list[i]);

      gtk_list_box_append (GTK_LIST_BOX (picker->list), new_row (list[i], misfit, list[i] == now));
    }
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroll), MOST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), picker->list);
  gtk_box_append (GTK_BOX (box), scroll);
  gtk_widget_set_size_request (box, WIDTH, -1);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  g_signal_connect_swapped (picker->search, "search-changed", G_CALLBACK (on_search), picker);
  g_signal_connect_swapped (picker->search, "activate", G_CALLBACK (on_search_enter), picker);
  g_signal_connect (all, "notify::active", G_CALLBACK (on_all), picker);
  g_signal_connect (picker->list, "row-activated", G_CALLBACK (on_row), picker);
  g_signal_connect (popover, "map", G_CALLBACK (fit_height), picker);
  gtk_menu_button_set_popover (button, popover);
}

void
rheo_component_picker_open (RheoComponentPicker *picker)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (picker->button));
}

/* --- the widget ------------------------------------------------------------------------------------------------ */

static void
rheo_component_picker_class_init (RheoComponentPickerClass *class)
{
  chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rheo_component_picker_init (RheoComponentPicker *picker)
{
  picker->all = TRUE;
  picker->button = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (picker->button), _ ("Change\342\200\246"));
  gtk_widget_set_valign (picker->button, GTK_ALIGN_CENTER);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (picker->button), make_popover, picker, NULL);
  adw_bin_set_child (ADW_BIN (picker), picker->button);
}

GtkWidget *
rheo_component_picker_new (RheoSlot slot, const RheoExperiment *(*get) (gpointer data), gpointer data)
{
  RheoComponentPicker *picker = g_object_new (RHEO_TYPE_COMPONENT_PICKER, NULL);
  g_autofree char *name = g_strdup_printf (_ ("Change %s"), rheo_slot_names[slot]);

  picker->slot = slot;
  picker->get = get;
  picker->data = data;
  gtk_accessible_update_property (GTK_ACCESSIBLE (picker->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return GTK_WIDGET (picker);
}
