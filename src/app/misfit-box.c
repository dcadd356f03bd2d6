#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/misfit-box.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "widgets/number-text.h"
#include "widgets/wrap-row.h"

#define MOST_FIXES 3

struct _RheoMisfitBox
{
  AdwBin parent_instance;
  RheoDocument *document;
  GtkWidget *title, *text, *buttons;
  char *problem; /* that the buttons are for */
  gboolean concerns[RHEO_N_SLOTS];
};

G_DEFINE_FINAL_TYPE (RheoMisfitBox, rheo_misfit_box, ADW_TYPE_BIN)

static guint show_signal;

/* --- what a button does ---------------------------------------------------------------------------------------- */

typedef struct
{
  RheoMisfitBox *box;
  char *path, *text, *label; /* text NULL: reset */
} Fix;

static void
free_fix (gpointer data, GClosure *closure)
{
  Fix *fix = data;

  g_free (fix->path);
  g_free (fix->text);
  g_free (fix->label);
  g_free (fix);
}

static void
on_fix (GtkButton *button, gpointer data)
{
  const Fix *fix = data;
  RheoDocument *document = fix->box->document;
  g_autofree char *path = g_strdup (fix->path), *text = g_strdup (fix->text), *label = g_strdup (fix->label);

  /* The button goes while the document changes, and its fix with it. */
  if (text != NULL)
    rheo_document_set (document, path, text, label, NULL);
  else
    rheo_document_reset (document, path, label, NULL);
}

static void
on_show (GtkButton *button, gpointer data)
{
  const Fix *fix = data;

  g_signal_emit (fix->box, show_signal, 0, fix->path);
}

static void
on_undo (RheoMisfitBox *box)
{
  rheo_document_undo (box->document);
}

static void
add_button (RheoMisfitBox *box, const char *words, const char *path, const char *text, const char *label,
            void (*clicked) (GtkButton *, gpointer))
{
  GtkWidget *button = gtk_button_new_with_label (words);
  Fix *fix = g_new0 (Fix, 1);

  fix->box = box;
  fix->path = g_strdup (path);
  fix->text = g_strdup (text);
  fix->label = g_strdup (label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_signal_connect_data (button, "clicked", G_CALLBACK (clicked), fix, free_fix, 0);
  rheo_wrap_row_insert_before (RHEO_WRAP_ROW (box->buttons), button, NULL);
}

/* --- finding what mends ---------------------------------------------------------------------------------------- */

static const char *
get_slot_label (RheoSlot slot)
{
  static const char *const labels[RHEO_N_SLOTS] = { N_ ("Task"), N_ ("Model"), N_ ("Rule"), N_ ("Plasticity"),
                                                    N_ ("Compared with") };

  return _ (labels[slot]);
}

/* Whether the experiment can run with the component in the slot: with its values of the reference, where it has them. */
static gboolean
would_do (RheoMisfitBox *box, RheoSlot slot, const RheoComponent *component)
{
  const RheoExperiment *reference = rheo_document_get_reference (box->document);
  g_autoptr (RheoExperiment) tried = rheo_experiment_dup (rheo_document_get_experiment (box->document));

  rheo_experiment_set_component (tried, slot, component);
  if (component == rheo_experiment_get_component (reference, slot))
    memcpy (rheo_experiment_get_values (tried, slot), rheo_experiment_get_values (reference, slot),
            component->config_size);
  return rheo_experiment_check (tried, NULL);
}

static gboolean
add_component_fix (RheoMisfitBox *box, RheoSlot slot)
{
  const RheoExperiment *now = rheo_document_get_experiment (box->document);
  const RheoComponent *before = rheo_experiment_get_component (rheo_document_get_reference (box->document), slot);
  const RheoComponent *present = rheo_experiment_get_component (now, slot);
  const RheoComponent *const *list = rheo_components (slot == RHEO_SLOT_TASK    ? RHEO_KIND_TASK
                                                      : slot == RHEO_SLOT_MODEL ? RHEO_KIND_MODEL
                                                                                : RHEO_KIND_RULE);
  const RheoComponent *found = NULL;
  g_autofree char *path = g_strconcat (rheo_slot_names[slot], ".id", NULL), *words = NULL;

  if (before != NULL && before != present && would_do (box, slot, before))
    found = before;
  for (int i = 0; found == NULL && list[i] != NULL; i++)
    if (list[i] != present && would_do (box, slot, list[i]))
      found = list[i];
  if (found == NULL)
    return FALSE;
  words = g_strdup_printf (_ ("Use %s"), _ (found->title));
  add_button (box, words, path, found == before ? NULL : found->id, get_slot_label (slot), on_fix);
  return TRUE;
}

static void
add_component_fixes (RheoMisfitBox *box)
{
  static const RheoSlot order[] = { RHEO_SLOT_RULE, RHEO_SLOT_TASK, RHEO_SLOT_MODEL, RHEO_SLOT_PLASTICITY,
                                    RHEO_SLOT_COMPARE };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (box->concerns[order[i]])
      add_component_fix (box, order[i]);
}

static char *
dup_label (RheoMisfitBox *box, const char *path)
{
  const RheoParam *param = rheo_experiment_find (rheo_document_get_experiment (box->document), path, NULL, NULL);

  return g_strdup (param != NULL && param->label != NULL ? _ (param->label) : path);
}

/* Each changed value that ends the trouble when it is what it was. What only the task's data show cannot be tried: the value
 * that the sentence begins with is the one then. */
static void
add_resets (RheoMisfitBox *box)
{
  const gboolean noted = rheo_experiment_check (rheo_document_get_experiment (box->document), NULL);
  g_autofree char *named = g_strndup (box->problem, strcspn (box->problem, " "));
  g_auto (GStrv) changed = rheo_document_dup_changed (box->document);
  int n = 0;

  for (char **path = changed; *path != NULL && n < MOST_FIXES; path++)
    {
      g_autoptr (RheoExperiment) tried = rheo_experiment_dup (rheo_document_get_experiment (box->document));
      g_autofree char *text = rheo_document_dup_reference_text (box->document, *path), *label = NULL, *inner = NULL,
                      *words = NULL;

      if (text == NULL || (noted && !g_str_equal (*path, named)) || !rheo_experiment_set (tried, *path, text, NULL)
          || !rheo_experiment_check (tried, NULL))
        continue;
      label = dup_label (box, *path);
      inner = rheo_label_dup_inner (label);
      words = g_strdup_printf (_ ("Reset %s"), inner);
      add_button (box, words, *path, NULL, label, on_fix);
      n++;
    }
}

/* A sentence about a value begins with its key. */
static void
add_show (RheoMisfitBox *box)
{
  gsize length = strcspn (box->problem, " ");
  g_autofree char *path = g_strndup (box->problem, length), *label = NULL, *inner = NULL, *words = NULL;

  if (strchr (path, '.') == NULL
      || rheo_experiment_find (rheo_document_get_experiment (box->document), path, NULL, NULL) == NULL)
    return;
  label = dup_label (box, path);
  inner = rheo_label_dup_inner (label);
  words = g_strdup_printf (_ ("Show %s"), inner);
  add_button (box, words, path, NULL, label, on_show);
}

static void
find_concerned (RheoMisfitBox *box)
{
  const RheoExperiment *experiment = rheo_document_get_experiment (box->document);
  RheoMisfit misfit = { 0 };
  RheoSlots slots;

  rheo_experiment_get_slots (experiment, &slots);
  memset (box->concerns, 0, sizeof box->concerns);
  if (box->problem == NULL)
    return;
  if (rheo_components_find_misfit (&slots, &misfit))
    {
      for (int s = 0; s < RHEO_N_SLOTS; s++)
        {
          const RheoComponent *component = rheo_experiment_get_component (experiment, (RheoSlot) s);

          box->concerns[s] = component != NULL && (component == misfit.who || component == misfit.whom);
        }
    }
  else
    for (int s = 0; s < RHEO_N_SLOTS; s++)
      box->concerns[s] =
          g_str_has_prefix (box->problem, rheo_slot_names[s]) && box->problem[strlen (rheo_slot_names[s])] == '.';
}

void
rheo_misfit_box_update (RheoMisfitBox *box)
{
  const char *problem = rheo_document_get_problem (box->document);
  RheoMisfit misfit;
  RheoSlots slots;
  GtkWidget *child;

  g_free (box->problem);
  box->problem = g_strdup (problem);
  find_concerned (box);
  gtk_widget_set_visible (GTK_WIDGET (box), problem != NULL);
  if (problem == NULL)
    return;
  while ((child = gtk_widget_get_first_child (box->buttons)) != NULL)
    gtk_widget_unparent (child);
  rheo_experiment_get_slots (rheo_document_get_experiment (box->document), &slots);
  if (rheo_components_find_misfit (&slots, &misfit))
    {
      gtk_label_set_text (GTK_LABEL (box->title), _ ("These do not fit together"));
      add_component_fixes (box);
    }
  else
    {
      gtk_label_set_text (GTK_LABEL (box->title), _ ("This cannot run"));
      add_show (box);
      add_resets (box);
    }
  gtk_label_set_text (GTK_LABEL (box->text), problem);
  child = gtk_button_new_with_label (_ ("Undo"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Undo"), -1);
  gtk_widget_set_halign (child, GTK_ALIGN_START);
  g_signal_connect_swapped (child, "clicked", G_CALLBACK (on_undo), box);
  rheo_wrap_row_insert_before (RHEO_WRAP_ROW (box->buttons), child, NULL);
}

gboolean
rheo_misfit_box_concerns (RheoMisfitBox *box, RheoSlot slot)
{
  return box->concerns[slot];
}

/* --- the widget ------------------------------------------------------------------------------------------------ */

static void
finalize (GObject *object)
{
  g_free (RHEO_MISFIT_BOX (object)->problem);
  G_OBJECT_CLASS (rheo_misfit_box_parent_class)->finalize (object);
}

static void
rheo_misfit_box_class_init (RheoMisfitBoxClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_ALERT);
  show_signal = g_signal_new ("show-value", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rheo_misfit_box_init (RheoMisfitBox *box)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_add_css_class (icon, "warning");
  gtk_box_append (GTK_BOX (line), icon);
  box->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (box->title), 0);
  gtk_widget_add_css_class (box->title, "heading");
  gtk_box_append (GTK_BOX (words), box->title);
  box->text = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (box->text), 0);
  gtk_label_set_wrap (GTK_LABEL (box->text), TRUE);
  gtk_label_set_selectable (GTK_LABEL (box->text), TRUE);
  gtk_widget_set_can_focus (box->text, FALSE);
  gtk_box_append (GTK_BOX (words), box->text);
  box->buttons = rheo_wrap_row_new (6);
  gtk_widget_set_margin_top (box->buttons, 6);
  gtk_box_append (GTK_BOX (words), box->buttons);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (line), words);
  gtk_widget_add_css_class (line, "warning-box");
  adw_bin_set_child (ADW_BIN (box), line);
  gtk_widget_set_visible (GTK_WIDGET (box), FALSE);
}

GtkWidget *
rheo_misfit_box_new (RheoDocument *document)
{
  RheoMisfitBox *box = g_object_new (RHEO_TYPE_MISFIT_BOX, NULL);

  box->document = document;
  rheo_misfit_box_update (box);
  return GTK_WIDGET (box);
}
