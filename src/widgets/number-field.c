#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/number-field.h"

#include <glib/gi18n-lib.h>

#include "widgets/number-text.h"
#include "widgets/tooltip.h"

#define HOLD 400   /* ms until a pressed button repeats */
#define REPEAT 80  /* ms between steps then */
#define SMALL 6    /* the same, without buttons */
#define SMALLEST 8 /* letters that the field has room for */

struct _RheoNumberField
{
  GtkWidget parent_instance;
  const RheoParam *param;
  GtkWidget *text, *unit, *down, *up;
  char *value; /* plain, in force */
  gboolean refused;
  guint repeat;
  int direction;
};

G_DEFINE_FINAL_TYPE (RheoNumberField, rheo_number_field, GTK_TYPE_WIDGET)

static guint apply_signal;

static void
tell_value (RheoNumberField *field)
{
  double least, most, now = g_ascii_strtod (field->value, NULL);
  g_autofree char *shown = rheo_number_dup_shown (field->value);
  gboolean at_least = rheo_param_get_least (field->param, &least) && now <= least;
  gboolean at_most = rheo_param_get_most (field->param, &most) && now >= most;

  gtk_widget_set_sensitive (field->down, !at_least);
  gtk_widget_set_sensitive (field->up, !at_most);
  rheo_tooltip_set (field->down, at_least ? _ ("It cannot be less") : _ ("Less"));
  rheo_tooltip_set (field->up, at_most ? _ ("It cannot be more") : _ ("More"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, now,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, shown, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID,
                               field->refused ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
show_value (RheoNumberField *field)
{
  g_autofree char *shown = rheo_number_dup_shown (field->value);

  field->refused = FALSE;
  gtk_widget_remove_css_class (GTK_WIDGET (field), "error");
  gtk_editable_set_text (GTK_EDITABLE (field->text), shown);
  tell_value (field);
}

void
rheo_number_field_set_value (RheoNumberField *field, const char *plain)
{
  if (g_str_equal (plain, field->value) && !field->refused)
    return;
  g_free (field->value);
  field->value = g_strdup (plain);
  show_value (field);
}

void
rheo_number_field_set_refused (RheoNumberField *field)
{
  field->refused = TRUE;
  gtk_widget_add_css_class (GTK_WIDGET (field), "error");
  tell_value (field);
}

gboolean
rheo_number_field_get_refused (RheoNumberField *field)
{
  return field->refused;
}

void
rheo_number_field_set_name (RheoNumberField *field, const char *name, const char *description)
{
  g_autofree char *less = g_strdup_printf (_ ("Less, %s"), name), *more = g_strdup_printf (_ ("More, %s"), name);

  gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (field->text), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (field->down), GTK_ACCESSIBLE_PROPERTY_LABEL, less, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (field->up), GTK_ACCESSIBLE_PROPERTY_LABEL, more, -1);
}

/* --- what the user does ---------------------------------------------------------------------------------------- */

static void
apply (RheoNumberField *field)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (field->text));
  g_autofree char *plain = rheo_number_dup_plain (typed), *shown = rheo_number_dup_shown (field->value);

  if (g_str_equal (typed, shown))
    {
      if (field->refused)
        g_signal_emit (field, apply_signal, 0, field->value);
      show_value (field);
    }
  else
    g_signal_emit (field, apply_signal, 0, plain != NULL ? plain : typed);
}

static void
step (RheoNumberField *field, int direction, gboolean large)
{
  double now = g_ascii_strtod (field->value, NULL), next = rheo_param_step (field->param, now, direction, large);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (next == now)
    return;
  /* Products of nice numbers and powers of ten are not exact: 12 digits are. */
  g_ascii_formatd (text, sizeof text, "%.12g", next);
  g_signal_emit (field, apply_signal, 0, text);
}

static gboolean
on_repeat (gpointer data)
{
  RheoNumberField *field = data;

  step (field, field->direction, FALSE);
  field->repeat = g_timeout_add (REPEAT, on_repeat, field);
  return G_SOURCE_REMOVE;
}

static void
stop_repeat (RheoNumberField *field)
{
  g_clear_handle_id (&field->repeat, g_source_remove);
}

static void
on_pressed (GtkGesture *gesture, int n, double x, double y, RheoNumberField *field)
{
  GtkWidget *button = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  stop_repeat (field);
  field->direction = button == field->up ? 1 : -1;
  field->repeat = g_timeout_add (HOLD, on_repeat, field);
}

static void
on_clicked (GtkButton *button, RheoNumberField *field)
{
  step (field, GTK_WIDGET (button) == field->up ? 1 : -1, FALSE);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, RheoNumberField *field)
{
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      step (field, 1, FALSE);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      step (field, -1, FALSE);
      return TRUE;
    case GDK_KEY_Page_Up:
      step (field, 1, TRUE);
      return TRUE;
    case GDK_KEY_Page_Down:
      step (field, -1, TRUE);
      return TRUE;
    case GDK_KEY_Escape:
      {
        g_autofree char *shown = rheo_number_dup_shown (field->value);

        if (!field->refused && g_str_equal (gtk_editable_get_text (GTK_EDITABLE (field->text)), shown))
          return FALSE;
        gtk_editable_set_text (GTK_EDITABLE (field->text), shown);
        apply (field);
        return TRUE;
      }
    default:
      return FALSE;
    }
}

/* --- the widget ------------------------------------------------------------------------------------------------ */

static GtkWidget *
new_button (RheoNumberField *field, const char *icon, const char *class)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  GtkGesture *gesture = gtk_gesture_click_new ();

  gtk_widget_add_css_class (button, class);
  gtk_widget_set_focusable (button, FALSE);
  gtk_widget_set_parent (button, GTK_WIDGET (field));
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), field);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (gesture), GTK_PHASE_CAPTURE);
  g_signal_connect (gesture, "pressed", G_CALLBACK (on_pressed), field);
  g_signal_connect_swapped (gesture, "released", G_CALLBACK (stop_repeat), field);
  g_signal_connect_swapped (gesture, "cancel", G_CALLBACK (stop_repeat), field);
  gtk_widget_add_controller (button, GTK_EVENT_CONTROLLER (gesture));
  return button;
}

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (RHEO_NUMBER_FIELD (widget)->text);
}

static void
dispose (GObject *object)
{
  RheoNumberField *field = RHEO_NUMBER_FIELD (object);

  stop_repeat (field);
  g_clear_pointer (&field->text, gtk_widget_unparent);
  g_clear_pointer (&field->unit, gtk_widget_unparent);
  g_clear_pointer (&field->down, gtk_widget_unparent);
  g_clear_pointer (&field->up, gtk_widget_unparent);
  g_clear_pointer (&field->value, g_free);
  G_OBJECT_CLASS (rheo_number_field_parent_class)->dispose (object);
}

static void
rheo_number_field_class_init (RheoNumberFieldClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_css_name (widget_class, "spinbutton");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SPIN_BUTTON);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  apply_signal = g_signal_new ("apply", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               1, G_TYPE_STRING);
}

static void
rheo_number_field_init (RheoNumberField *field)
{
  GtkEventController *keys = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();
  GtkGesture *click;

  field->value = g_strdup ("");
  field->text = gtk_text_new ();
  gtk_widget_set_hexpand (field->text, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (field->text), SMALLEST);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (field->text), SMALLEST);
  /* "1e−5" stands as "10" does, whatever way words run. */
  gtk_widget_set_direction (field->text, GTK_TEXT_DIR_LTR);
  if (gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL)
    gtk_editable_set_alignment (GTK_EDITABLE (field->text), 1);
  gtk_text_set_input_purpose (GTK_TEXT (field->text), GTK_INPUT_PURPOSE_NUMBER);
  gtk_widget_set_parent (field->text, GTK_WIDGET (field));
  g_signal_connect_swapped (field->text, "activate", G_CALLBACK (apply), field);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), field);
  gtk_widget_add_controller (field->text, keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (apply), field);
  gtk_widget_add_controller (field->text, focus);
  /* A click on the unit is one on the number. */
  click = gtk_gesture_click_new ();
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (gtk_widget_grab_focus), field->text);
  field->unit = gtk_label_new (NULL);
  gtk_widget_add_controller (field->unit, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_css_class (field->unit, "dim-label");
  gtk_widget_add_css_class (field->unit, "caption");
  gtk_widget_set_margin_end (field->unit, 6);
  gtk_widget_set_parent (field->unit, GTK_WIDGET (field));
  field->down = new_button (field, "value-decrease-symbolic", "down");
  field->up = new_button (field, "value-increase-symbolic", "up");
  gtk_widget_add_css_class (GTK_WIDGET (field), "horizontal");
}

GtkWidget *
rheo_number_field_new (const RheoParam *param)
{
  RheoNumberField *field = g_object_new (RHEO_TYPE_NUMBER_FIELD, NULL);
  const char *unit = param->unit != NULL && *param->unit != '\0' ? _ (param->unit) : NULL;
  double least, most;

  field->param = param;
  gtk_label_set_text (GTK_LABEL (field->unit), unit != NULL ? unit : "");
  gtk_widget_set_visible (field->unit, unit != NULL);
  if (rheo_param_get_least (param, &least))
    gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, least, -1);
  if (rheo_param_get_most (param, &most))
    gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, most, -1);
  return GTK_WIDGET (field);
}

void
rheo_number_field_set_small (RheoNumberField *field)
{
  gtk_widget_set_visible (field->down, FALSE);
  gtk_widget_set_visible (field->up, FALSE);
  gtk_editable_set_width_chars (GTK_EDITABLE (field->text), SMALL);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (field->text), SMALL);
}
