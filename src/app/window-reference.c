#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/window-private.h"

#include <glib/gi18n-lib.h>

#include "engine/reference.h"
#include "widgets/common.h"

static const struct
{
  const char *label, *told;
} kinds[] = {
  [RHEO_REFERENCE_STDP_RL] = { N_ ("Train by reward"), N_ ("It is set up to learn by reward-modulated STDP.") },
  [RHEO_REFERENCE_EVOLUTION] = { N_ ("Evolve"), N_ ("It is set up to evolve.") },
  [RHEO_REFERENCE_EVOLUTION_STDP] = { N_ ("Evolve and learn"),
                                      N_ ("It is set up to evolve, while members learn by reward-modulated STDP.") },
};

void
rheo_app_window_tell_imported (RheoAppWindow *window)
{
  const RheoReferenceKind kind = rheo_reference_get_kind (rheo_document_get_experiment (window->context.document));
  RheoNoticeButton buttons[G_N_ELEMENTS (kinds)] = { { NULL } };
  g_autoptr (GPtrArray) actions = g_ptr_array_new_with_free_func (g_free);
  int n = 0;

  if (kind == RHEO_REFERENCE_AS_WRITTEN)
    return;
  for (guint k = RHEO_REFERENCE_STDP_RL; k < G_N_ELEMENTS (kinds); k++)
    if (k != (guint) kind)
      {
        g_ptr_array_add (actions, g_strconcat ("win.train-as::", rheo_reference_kinds[k], NULL));
        buttons[n++] = (RheoNoticeButton){ _ (kinds[k].label), g_ptr_array_index (actions, actions->len - 1) };
      }
  rheo_app_window_notice (window, GTK_MESSAGE_INFO, _ ("Configuration of the published CartPole program"),
                          _ (kinds[kind].told), buttons);
}

static void
train_as_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;
  const char *word = g_variant_get_string (parameter, NULL);
  g_autoptr (GError) error = NULL;
  RheoExperiment *experiment = NULL;

  for (int k = RHEO_REFERENCE_STDP_RL; rheo_reference_kinds[k] != NULL; k++)
    if (g_str_equal (rheo_reference_kinds[k], word))
      experiment = rheo_reference_dup_as (rheo_document_get_experiment (window->context.document),
                                          (RheoReferenceKind) k, &error);
  if (experiment != NULL)
    rheo_document_take (window->context.document, experiment);
  else if (error != NULL)
    rheo_app_window_tell_refused (window, error);
}

static void
export_to (RheoAppWindow *window, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = g_str_has_suffix (path, ".json") ? g_strdup (path) : g_strconcat (path, ".json", NULL);

  rheo_reference_save (rheo_document_get_experiment (window->context.document), whole, &error);
  rheo_app_window_tell_saved (window, whole, error, NULL);
}

static void
export_reference_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoAppWindow *window = data;

  if (window->chooser != NULL)
    return;
  rheo_app_window_choose (window, _ ("Save for the CartPole program"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"),
                          export_to);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (window->chooser), "config.json");
  rheo_chooser_show (window->chooser);
}

void
rheo_app_window_add_reference_actions (RheoAppWindow *window)
{
  static const GActionEntry entries[] = {
    { "export-reference", export_reference_activated },
    { "train-as", train_as_activated, "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
}
