#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/param-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "widgets/choice-text.h"
#include "widgets/common.h"
#include "widgets/keys.h"
#include "widgets/number-field.h"
#include "widgets/number-text.h"
#include "widgets/tooltip.h"
#include "widgets/value-bars.h"

struct _RheoParamRow
{
  AdwPreferencesRow parent_instance;
  const RheoParam *param;
  const RheoParamHost *host;
  char *path, *within, *note;
  GtkWidget *box, *header, *dot, *subtitle, *suffix;
  GtkWidget *reset;      /* NULL: never needed so far */
  GtkWidget *control;    /* what holds the value */
  GtkWidget *bars, *few; /* REALS: many as a picture, one in words */
  GtkWidget *edit;       /* PATH: opens the file; NULL: the program cannot */
  GtkWidget *info, *help;
  GtkWidget *menu; /* its child beside the box, while it is open; or NULL */
  char *value;     /* as shown now */
  gboolean changed, refused, quiet;
};

G_DEFINE_FINAL_TYPE (RheoParamRow, rheo_param_row, ADW_TYPE_PREFERENCES_ROW)

enum
{
  HELP,
  PICK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *
get_label (RheoParamRow *row)
{
  return row->param->label != NULL ? _ (row->param->label) : row->param->key;
}

/* --- words ----------------------------------------------------------------------------------------------------- */

static char *
dup_default (const RheoParam *param)
{
  switch (param->type)
    {
    case RHEO_INT:
    case RHEO_REAL:
      return rheo_number_dup_label (param->def);
    case RHEO_BOOL:
      return rheo_param_dup_words (param, param->def != 0 ? "true" : "false");
    case RHEO_CHOICE:
      {
        g_autofree char *label = rheo_choice_dup_label (param->choices[(int) param->def]);

        return g_str_has_prefix (label, "Ada") ? g_steal_pointer (&label) : rheo_label_dup_inner (label);
      }
    default:
      return param->def_text != NULL && *param->def_text != '\0' ? rheo_param_dup_words (param, param->def_text) : NULL;
    }
}

/* "16 – 16,384 · default 256 · can change while running" */
static char *
dup_subtitle (RheoParamRow *row)
{
  const RheoParam *param = row->param;
  g_autofree char *span = rheo_param_dup_span (param), *def = dup_default (param);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  if (row->within != NULL)
    g_ptr_array_add (words, g_strdup (row->within));
  if (param->type == RHEO_LIST)
    {
      g_ptr_array_add (words, g_strdup_printf (_ ("at most %d"), param->n_max));
      g_clear_pointer (&def, g_free);
    }
  if (span != NULL)
    g_ptr_array_add (words, g_steal_pointer (&span));
  if (param->type == RHEO_REALS)
    g_ptr_array_add (words, g_strdup_printf (_ ("up to %d values"), param->n_max));
  if (def != NULL)
    g_ptr_array_add (words, g_strdup_printf (_ ("default %s"), def));
  if (param->flags & RHEO_LIVE)
    g_ptr_array_add (words, g_strdup (_ ("can change while running")));
  if (row->note != NULL)
    g_ptr_array_add (words, g_strdup (row->note));
  g_ptr_array_add (words, NULL);
  return g_strjoinv (" \302\267 ", (char **) words->pdata);
}

static char *
dup_name (RheoParamRow *row)
{
  const char *unit = row->param->unit;

  return unit != NULL && *unit != '\0' ? g_strdup_printf ("%s, %s", get_label (row), _ (unit))
                                       : g_strdup (get_label (row));
}

static void
show_subtitle (RheoParamRow *row, const char *text)
{
  gtk_label_set_text (GTK_LABEL (row->subtitle), text);
  gtk_widget_set_visible (row->subtitle, *text != '\0');
}

/* --- values ---------------------------------------------------------------------------------------------------- */

static void
end_refusal (RheoParamRow *row)
{
  g_autofree char *text = NULL;

  if (!row->refused)
    return;
  row->refused = FALSE;
  gtk_widget_remove_css_class (row->subtitle, "error");
  text = dup_subtitle (row);
  show_subtitle (row, text);
}

static void
refuse (RheoParamRow *row, const GError *error)
{
  gboolean number = row->param->type == RHEO_INT || row->param->type == RHEO_REAL;
  g_autofree char *text = number ? rheo_param_dup_refusal (row->param, row->value) : g_strdup (error->message);

  row->refused = TRUE;
  gtk_widget_add_css_class (row->subtitle, "error");
  show_subtitle (row, text);
}

static gboolean
try_set (RheoParamRow *row, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (row->host->set (row->host->data, row->path, text, get_label (row), &error))
    {
      end_refusal (row);
      rheo_param_row_update (row);
      return TRUE;
    }
  refuse (row, error);
  return FALSE;
}

static void
on_number (RheoNumberField *field, const char *plain, RheoParamRow *row)
{
  if (g_str_equal (plain, row->value))
    end_refusal (row);
  else if (!try_set (row, plain))
    {
      rheo_number_field_set_refused (field);
      return;
    }
  rheo_number_field_set_value (field, row->value);
}

static void
on_switch (GtkSwitch *control, GParamSpec *pspec, RheoParamRow *row)
{
  if (!row->quiet)
    try_set (row, gtk_switch_get_active (control) ? "true" : "false");
}

static void
on_text (RheoParamRow *row)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (row->control));

  if (!g_str_equal (text, row->value))
    try_set (row, text);
}

static void
on_file (GtkNativeDialog *dialog, int response, RheoParamRow *row)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  path = file != NULL ? g_file_get_path (file) : NULL;
  if (path != NULL)
    try_set (row, path);
  g_object_unref (dialog);
}

static void
on_choose_file (RheoParamRow *row)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (row)));
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (get_label (row), window, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Choose"), _ ("Cancel"));

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file), row, 0);
  rheo_chooser_show (dialog);
}

static void
make_choices (GtkMenuButton *button, gpointer data)
{
  RheoParamRow *row = data;
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *popover;

  for (const char *const *choice = row->param->choices; *choice != NULL; choice++)
    {
      g_autofree char *label = rheo_choice_dup_label (*choice);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "value.choose", "s", *choice);
      g_menu_append_item (menu, item);
    }
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_menu_button_set_popover (button, popover);
}

static void
on_choose (GSimpleAction *action, GVariant *target, gpointer data)
{
  RheoParamRow *row = data;

  if (!g_str_equal (g_variant_get_string (target, NULL), row->value))
    try_set (row, g_variant_get_string (target, NULL));
}

static void
on_pick (RheoParamRow *row)
{
  g_signal_emit (row, signals[PICK], 0);
}

static void
show_edit (RheoParamRow *row)
{
  const gboolean there = *row->value != '\0';

  if (row->edit == NULL)
    return;
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row->edit), "s", row->value);
  gtk_widget_set_sensitive (row->edit, there);
  rheo_tooltip_set (row->edit, there ? NULL : _ ("Choose a file first, or begin a new one"));
}

static void
show_value (RheoParamRow *row)
{
  g_autofree char *words = NULL;
  GAction *action;

  switch (row->param->type)
    {
    case RHEO_INT:
    case RHEO_REAL:
      rheo_number_field_set_value (RHEO_NUMBER_FIELD (row->control), row->value);
      break;
    case RHEO_BOOL:
      row->quiet = TRUE;
      gtk_switch_set_active (GTK_SWITCH (row->control), g_str_equal (row->value, "true"));
      row->quiet = FALSE;
      break;
    case RHEO_CHOICE:
      {
        GActionGroup *group = g_object_get_data (G_OBJECT (row->control), "choices");
        g_autofree char *label = dup_name (row);
        g_autofree char *full = NULL;

        words = rheo_choice_dup_label (row->value);
        full = g_strdup_printf ("%s: %s", label, words);
        gtk_menu_button_set_label (GTK_MENU_BUTTON (row->control), words);
        gtk_accessible_update_property (GTK_ACCESSIBLE (row->control), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
        action = g_action_map_lookup_action (G_ACTION_MAP (group), "choose");
        g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (row->value));
        break;
      }
    case RHEO_TEXT:
      if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (row->control)), row->value))
        gtk_editable_set_text (GTK_EDITABLE (row->control), row->value);
      break;
    case RHEO_PATH:
      words = *row->value != '\0' ? g_path_get_basename (row->value) : g_strdup (_ ("Choose file\342\200\246"));
      gtk_button_set_label (GTK_BUTTON (row->control), words);
      rheo_tooltip_set (row->control, *row->value != '\0' ? row->value : NULL);
      show_edit (row);
      break;
    case RHEO_REALS:
      rheo_value_bars_set_text (RHEO_VALUE_BARS (row->bars), row->value);
      words = *row->value != '\0' ? rheo_number_dup_shown (row->value) : g_strdup (_ ("none"));
      gtk_label_set_text (GTK_LABEL (row->few), words);
      gtk_widget_set_visible (row->few, !gtk_widget_get_visible (row->bars));
      break;
    default:
      break;
    }
}

static void
show_changed (RheoParamRow *row)
{
  gboolean changed = row->host->is_changed (row->host->data, row->path);
  g_autofree char *reference = NULL, *words = NULL, *tip = NULL, *name = NULL;

  if (changed != row->changed)
    {
      row->changed = changed;
      gtk_widget_set_opacity (row->dot, changed ? 1 : 0);
      rheo_tooltip_set (row->dot, changed ? _ ("Differs from the ready-made experiment") : NULL);
    }
  if (!changed)
    {
      if (row->reset != NULL)
        gtk_widget_set_visible (row->reset, FALSE);
      return;
    }
  if (row->reset == NULL)
    {
      row->reset = gtk_button_new_from_icon_name ("edit-undo-symbolic");
      gtk_widget_add_css_class (row->reset, "flat");
      gtk_widget_set_valign (row->reset, GTK_ALIGN_CENTER);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (row->reset), "param.reset");
      gtk_box_prepend (GTK_BOX (row->suffix), row->reset);
      name = g_strdup_printf (_ ("Reset, %s"), get_label (row));
      gtk_accessible_update_property (GTK_ACCESSIBLE (row->reset), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    }
  reference = row->host->dup_reference (row->host->data, row->path);
  words = reference != NULL ? rheo_param_dup_words (row->param, reference) : NULL;
  tip = words != NULL && *words != '\0' && g_utf8_strlen (words, -1) < 40 ? g_strdup_printf (_ ("Reset to %s"), words)
                                                                          : g_strdup (C_ ("verb", "Reset"));
  rheo_tooltip_set (row->reset, tip);
  gtk_widget_set_visible (row->reset, TRUE);
}

void
rheo_param_row_update (RheoParamRow *row)
{
  const char *lock = row->host->get_lock (row->host->data, row->path, row->param);
  g_autofree char *value = row->host->dup_value (row->host->data, row->path);

  if (value == NULL)
    return;
  if (g_strcmp0 (value, row->value) != 0)
    {
      g_free (row->value);
      row->value = g_steal_pointer (&value);
      end_refusal (row);
      show_value (row);
    }
  show_changed (row);
  gtk_widget_set_sensitive (row->suffix, lock == NULL);
  rheo_tooltip_set (row->header, lock);
}

void
rheo_param_row_set_note (RheoParamRow *row, const char *note)
{
  g_autofree char *text = NULL;

  if (g_strcmp0 (note, row->note) == 0)
    return;
  g_free (row->note);
  row->note = g_strdup (note);
  text = dup_subtitle (row);
  if (!row->refused)
    show_subtitle (row, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->control), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/* --- help and menu --------------------------------------------------------------------------------------------- */

static GtkWidget *
new_help (RheoParamRow *row)
{
  const RheoParam *param = row->param;
  GtkWidget *label = gtk_label_new (NULL), *revealer = gtk_revealer_new ();
  g_autofree char *span = rheo_param_dup_span (param), *def = dup_default (param), *facts = NULL;
  g_autofree char *text = g_markup_printf_escaped ("<b>%s.</b> %s", get_label (row),
                                                   param->help != NULL ? _ (param->help) : ""),
                  *all = NULL, *key = g_markup_printf_escaped ("<tt>%s</tt>", row->path);

  if (param->type == RHEO_REALS && span != NULL)
    facts = g_markup_printf_escaped (_ ("Each %s."), span);
  else if (param->unit != NULL && *param->unit != '\0')
    facts = g_markup_printf_escaped (_ ("Unit: %s."), _ (param->unit));
  all = g_strjoin (" ", text, facts != NULL ? facts : key, facts != NULL ? key : NULL, NULL);
  gtk_label_set_markup (GTK_LABEL (label), all);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_can_focus (label, FALSE);
  gtk_widget_add_css_class (label, "param-help");
  gtk_revealer_set_child (GTK_REVEALER (revealer), label);
  gtk_box_append (GTK_BOX (row->box), revealer);
  return revealer;
}

gboolean
rheo_param_row_get_help_open (RheoParamRow *row)
{
  return row->help != NULL && gtk_revealer_get_reveal_child (GTK_REVEALER (row->help));
}

void
rheo_param_row_set_help_open (RheoParamRow *row, gboolean open)
{
  if (open == rheo_param_row_get_help_open (row))
    return;
  g_signal_emit (row, signals[HELP], 0, open);
  if (row->help == NULL)
    row->help = new_help (row);
  gtk_revealer_set_reveal_child (GTK_REVEALER (row->help), open);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (row->info), open);
  gtk_accessible_update_state (GTK_ACCESSIBLE (row->info), GTK_ACCESSIBLE_STATE_EXPANDED, open, -1);
}

static void
on_info (GtkToggleButton *button, RheoParamRow *row)
{
  rheo_param_row_set_help_open (row, gtk_toggle_button_get_active (button));
}

static void
act_help (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoParamRow *row = RHEO_PARAM_ROW (widget);

  rheo_param_row_set_help_open (row, !rheo_param_row_get_help_open (row));
}

static void
act_reset (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoParamRow *row = RHEO_PARAM_ROW (widget);

  row->host->reset (row->host->data, row->path, get_label (row));
  if (row->control != NULL)
    gtk_widget_grab_focus (row->control);
}

static void
act_copy (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoParamRow *row = RHEO_PARAM_ROW (widget);
  g_autofree char *quoted = NULL, *text = NULL;

  if (g_str_equal (name, "param.copy-key"))
    text = g_strdup (row->path);
  else
    {
      quoted = strpbrk (row->value, " \t'\"[]{}$\\") != NULL ? g_shell_quote (row->value) : g_strdup (row->value);
      text = g_strdup_printf ("--set %s=%s", row->path, quoted);
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static gboolean
drop_menu (gpointer popover)
{
  RheoParamRow *row = (RheoParamRow *) gtk_widget_get_parent (popover);

  /* Not there: the row has gone with what was chosen, or has another menu by now. */
  if (row != NULL)
    g_clear_pointer (&row->menu, gtk_widget_unparent);
  return G_SOURCE_REMOVE;
}

/* The action that was chosen runs after the popover is closed. */
static void
on_menu_closed (GtkWidget *popover)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, drop_menu, g_object_ref (popover), g_object_unref);
}

/* Only a value of the experiment: other forms have rows without a path into it. */
static gboolean
can_be_swept (const RheoParamRow *row)
{
  RheoParamType type = row->param->type;

  return row->host->sweeps && (type == RHEO_INT || type == RHEO_REAL || type == RHEO_BOOL || type == RHEO_CHOICE);
}

static void
open_menu (RheoParamRow *row, double x, double y)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *popover;

  gtk_widget_action_set_enabled (GTK_WIDGET (row), "param.reset",
                                 row->changed && gtk_widget_get_sensitive (row->suffix));
  g_menu_append (menu, C_ ("verb", "Reset"), "param.reset");
  g_menu_append (menu, _ ("Copy key"), "param.copy-key");
  g_menu_append (menu, _ ("Copy as option"), "param.copy-option");
  if (can_be_swept (row))
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_ ("Sweep this value…"), NULL);

      g_menu_item_set_action_and_target (item, "win.sweep-value", "s", row->path);
      g_menu_append_item (menu, item);
    }
  g_menu_append (menu, _ ("Help"), "param.help");
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  g_clear_pointer (&row->menu, gtk_widget_unparent);
  row->menu = popover;
  gtk_widget_set_parent (popover, GTK_WIDGET (row));
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  rheo_popover_point_at (popover, x, y);
  rheo_popover_return_focus (popover, row->control);
  g_signal_connect (popover, "closed", G_CALLBACK (on_menu_closed), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
on_right_click (GtkGestureClick *gesture, int n, double x, double y, RheoParamRow *row)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  open_menu (row, x, y);
}

static void
act_menu (GtkWidget *widget, const char *name, GVariant *target)
{
  open_menu (RHEO_PARAM_ROW (widget), gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0);
}

/* --- the widget ------------------------------------------------------------------------------------------------ */

static GtkWidget *
new_choice (RheoParamRow *row)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) action =
      g_simple_action_new_stateful ("choose", G_VARIANT_TYPE_STRING, g_variant_new_string (""));

  g_signal_connect (action, "activate", G_CALLBACK (on_choose), row);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  gtk_widget_insert_action_group (button, "value", G_ACTION_GROUP (group));
  g_object_set_data_full (G_OBJECT (button), "choices", g_object_ref (group), g_object_unref);
  gtk_menu_button_set_always_show_arrow (GTK_MENU_BUTTON (button), TRUE);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), make_choices, row, NULL);
  return button;
}

static void
add_editor (RheoParamRow *row)
{
  g_autoptr (GMenuModel) make = NULL;
  const char *action =
      row->host->get_editor != NULL ? row->host->get_editor (row->host->data, row->path, row->param, &make) : NULL;
  g_autofree char *edit_name = NULL, *make_name = NULL;
  GtkWidget *button;

  if (action == NULL)
    return;
  edit_name = g_strdup_printf (_ ("Edit, %s"), get_label (row));
  make_name = g_strdup_printf (_ ("New, %s"), get_label (row));
  row->edit = gtk_button_new_with_label (_ ("Edit"));
  gtk_widget_set_valign (row->edit, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row->edit), action);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->edit), GTK_ACCESSIBLE_PROPERTY_LABEL, edit_name, -1);
  gtk_box_append (GTK_BOX (row->suffix), row->edit);
  button = gtk_menu_button_new ();
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), C_ ("file", "New"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), make);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, make_name, -1);
  gtk_box_append (GTK_BOX (row->suffix), button);
}

static GtkWidget *
new_control (RheoParamRow *row)
{
  GtkWidget *control;
  GtkEventController *focus;

  switch (row->param->type)
    {
    case RHEO_INT:
    case RHEO_REAL:
      control = rheo_number_field_new (row->param);
      g_signal_connect (control, "apply", G_CALLBACK (on_number), row);
      return control;
    case RHEO_BOOL:
      control = gtk_switch_new ();
      g_signal_connect (control, "notify::active", G_CALLBACK (on_switch), row);
      return control;
    case RHEO_CHOICE:
      return new_choice (row);
    case RHEO_TEXT:
      control = gtk_entry_new ();
      focus = gtk_event_controller_focus_new ();
      gtk_editable_set_width_chars (GTK_EDITABLE (control), 20);
      g_signal_connect_swapped (control, "activate", G_CALLBACK (on_text), row);
      g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_text), row);
      gtk_widget_add_controller (control, focus);
      return control;
    case RHEO_PATH:
      control = gtk_button_new_with_label ("");
      g_signal_connect_swapped (control, "clicked", G_CALLBACK (on_choose_file), row);
      return control;
    case RHEO_REALS:
      row->bars = rheo_value_bars_new ();
      row->few = gtk_label_new (NULL);
      gtk_box_append (GTK_BOX (row->suffix), row->bars);
      gtk_box_append (GTK_BOX (row->suffix), row->few);
      control = gtk_button_new_with_label (_ ("Values"));
      g_signal_connect_swapped (control, "clicked", G_CALLBACK (on_pick), row);
      return control;
    case RHEO_LIST:
      control = gtk_button_new_with_label (_ ("Add"));
      g_signal_connect_swapped (control, "clicked", G_CALLBACK (on_pick), row);
      return control;
    default:
      g_return_val_if_reached (NULL);
    }
}

static void
dispose (GObject *object)
{
  g_clear_pointer (&RHEO_PARAM_ROW (object)->menu, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_param_row_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoParamRow *row = RHEO_PARAM_ROW (object);

  g_free (row->path);
  g_free (row->within);
  g_free (row->note);
  g_free (row->value);
  G_OBJECT_CLASS (rheo_param_row_parent_class)->finalize (object);
}

static void
rheo_param_row_class_init (RheoParamRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[HELP] = g_signal_new ("help", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_BOOLEAN);
  signals[PICK] =
      g_signal_new ("pick", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget_class, "param.reset", NULL, act_reset);
  gtk_widget_class_install_action (widget_class, "param.copy-key", NULL, act_copy);
  gtk_widget_class_install_action (widget_class, "param.copy-option", NULL, act_copy);
  gtk_widget_class_install_action (widget_class, "param.help", NULL, act_help);
  gtk_widget_class_install_action (widget_class, "param.menu", NULL, act_menu);
}

static void
rheo_param_row_init (RheoParamRow *row)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = rheo_keys_new (RHEO_KEYS_FIELD);

  /* Before the menu that a text has by itself. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (row), keys);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (row), FALSE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_right_click), row);
  gtk_widget_add_controller (GTK_WIDGET (row), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
rheo_param_row_new (const RheoParam *param, const char *path, const char *within, const RheoParamHost *host)
{
  RheoParamRow *row = g_object_new (RHEO_TYPE_PARAM_ROW, NULL);
  GtkWidget *titles = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *title = gtk_label_new (NULL);
  g_autofree char *subtitle = NULL, *name = NULL, *help_name = NULL;

  row->param = param;
  row->path = g_strdup (path);
  row->within = g_strdup (within);
  row->host = host;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), get_label (row));
  row->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  row->header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (row->header, "param-header");
  row->dot = adw_bin_new ();
  gtk_widget_add_css_class (row->dot, "changed-dot");
  gtk_widget_set_valign (row->dot, GTK_ALIGN_CENTER);
  gtk_widget_set_opacity (row->dot, 0);
  gtk_box_append (GTK_BOX (row->header), row->dot);
  gtk_label_set_text (GTK_LABEL (title), get_label (row));
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_widget_add_css_class (title, "title");
  row->subtitle = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (row->subtitle), 0);
  gtk_label_set_wrap (GTK_LABEL (row->subtitle), TRUE);
  gtk_widget_add_css_class (row->subtitle, "subtitle");
  gtk_box_append (GTK_BOX (titles), title);
  gtk_box_append (GTK_BOX (titles), row->subtitle);
  gtk_widget_set_valign (titles, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (titles, TRUE);
  gtk_box_append (GTK_BOX (row->header), titles);
  row->suffix = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (row->header), row->suffix);
  row->control = new_control (row);
  gtk_widget_set_valign (row->control, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row->suffix), row->control);
  if (param->type == RHEO_PATH)
    add_editor (row);
  row->info = gtk_toggle_button_new ();
  gtk_button_set_icon_name (GTK_BUTTON (row->info), "help-about-symbolic");
  gtk_widget_add_css_class (row->info, "flat");
  gtk_widget_add_css_class (row->info, "circular");
  gtk_widget_add_css_class (row->info, "param-info");
  gtk_widget_set_valign (row->info, GTK_ALIGN_CENTER);
  rheo_tooltip_set (row->info, _ ("Help"));
  gtk_box_append (GTK_BOX (row->header), row->info);
  gtk_box_append (GTK_BOX (row->box), row->header);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), row->box);

  subtitle = dup_subtitle (row);
  show_subtitle (row, subtitle);
  name = dup_name (row);
  help_name = g_strdup_printf (_ ("Help, %s"), get_label (row));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->info), GTK_ACCESSIBLE_PROPERTY_LABEL, help_name, -1);
  if (RHEO_IS_NUMBER_FIELD (row->control))
    rheo_number_field_set_name (RHEO_NUMBER_FIELD (row->control), name, subtitle);
  else
    gtk_accessible_update_property (GTK_ACCESSIBLE (row->control), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
  g_signal_connect (row->info, "toggled", G_CALLBACK (on_info), row);
  rheo_param_row_update (row);
  return GTK_WIDGET (row);
}

const char *
rheo_param_row_get_path (RheoParamRow *row)
{
  return row->path;
}

const RheoParam *
rheo_param_row_get_param (RheoParamRow *row)
{
  return row->param;
}

const char *
rheo_param_row_get_subtitle (RheoParamRow *row)
{
  return gtk_label_get_text (GTK_LABEL (row->subtitle));
}

GtkWidget *
rheo_param_row_get_control (RheoParamRow *row)
{
  return row->control;
}

void
rheo_param_row_set_pick_label (RheoParamRow *row, const char *label)
{
  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (row->control)), label) != 0)
    gtk_button_set_label (GTK_BUTTON (row->control), label);
}
