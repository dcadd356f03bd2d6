#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/preset-picker.h"

#include <glib/gi18n-lib.h>

struct _RheoPresetPicker
{
  AdwBin parent_instance;
  RheoSlot slot;
  const RheoExperiment *(*get) (gpointer data);
  gpointer data;
  GtkWidget *button;
  GSimpleAction *choose; /* its state: the preset in force, or "" */
};

G_DEFINE_FINAL_TYPE (RheoPresetPicker, rheo_preset_picker, ADW_TYPE_BIN)

static guint chosen_signal;

int
rheo_preset_count_changes (const RheoExperiment *experiment, RheoSlot slot, const char *id)
{
  g_autoptr (RheoExperiment) tried = rheo_experiment_dup (experiment);
  g_autofree char *path = g_strconcat (rheo_slot_names[slot], ".preset", NULL);
  g_auto (GStrv) differences = NULL;

  if (!rheo_experiment_set (tried, path, id, NULL))
    return -1;
  differences = rheo_experiment_diff (experiment, tried);
  return (int) g_strv_length (differences);
}

static const RheoPreset *
get_presets (RheoPresetPicker *picker)
{
  const RheoComponent *component = rheo_experiment_get_component (picker->get (picker->data), picker->slot);

  return component != NULL ? component->presets : NULL;
}

static const char *
find_present (RheoPresetPicker *picker)
{
  for (const RheoPreset *preset = get_presets (picker); preset != NULL && preset->id != NULL; preset++)
    if (rheo_preset_count_changes (picker->get (picker->data), picker->slot, preset->id) == 0)
      return preset->id;
  return "";
}

static void
make_popover (GtkMenuButton *button, gpointer data)
{
  RheoPresetPicker *picker = data;
  g_autoptr (GMenu) menu = g_menu_new (), section = g_menu_new ();
  GtkWidget *popover;

  g_simple_action_set_state (picker->choose, g_variant_new_string (find_present (picker)));
  for (const RheoPreset *preset = get_presets (picker); preset != NULL && preset->id != NULL; preset++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_ (preset->title), NULL);

      g_menu_item_set_action_and_target (item, "preset.choose", "s", preset->id);
      g_menu_append_item (section, item);
    }
  g_menu_append_section (menu, _ ("Set several values at once"), G_MENU_MODEL (section));
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_menu_button_set_popover (button, popover);
}

static void
on_choose (GSimpleAction *action, GVariant *target, gpointer data)
{
  RheoPresetPicker *picker = data;
  const char *id = g_variant_get_string (target, NULL);

  if (rheo_preset_count_changes (picker->get (picker->data), picker->slot, id) > 0)
    g_signal_emit (picker, chosen_signal, 0, id);
}

static void
dispose (GObject *object)
{
  g_clear_object (&RHEO_PRESET_PICKER (object)->choose);
  G_OBJECT_CLASS (rheo_preset_picker_parent_class)->dispose (object);
}

static void
rheo_preset_picker_class_init (RheoPresetPickerClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rheo_preset_picker_init (RheoPresetPicker *picker)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  picker->choose = g_simple_action_new_stateful ("choose", G_VARIANT_TYPE_STRING, g_variant_new_string (""));
  g_signal_connect_object (picker->choose, "activate", G_CALLBACK (on_choose), picker, 0);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (picker->choose));
  picker->button = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (picker->button), _ ("Presets"));
  gtk_widget_set_valign (picker->button, GTK_ALIGN_CENTER);
  gtk_widget_insert_action_group (GTK_WIDGET (picker), "preset", G_ACTION_GROUP (group));
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (picker->button), make_popover, picker, NULL);
  adw_bin_set_child (ADW_BIN (picker), picker->button);
}

GtkWidget *
rheo_preset_picker_new (RheoSlot slot, const char *title, const RheoExperiment *(*get) (gpointer data), gpointer data)
{
  RheoPresetPicker *picker = g_object_new (RHEO_TYPE_PRESET_PICKER, NULL);
  g_autofree char *name = g_strdup_printf (_ ("Presets, %s"), title);

  picker->slot = slot;
  picker->get = get;
  picker->data = data;
  gtk_accessible_update_property (GTK_ACCESSIBLE (picker->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return GTK_WIDGET (picker);
}
