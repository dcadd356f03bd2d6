#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/live-values.h"

#include <glib/gi18n-lib.h>

#include "app/fit-row.h"
#include "app/live-value.h"
#include "app/window.h"
#include "widgets/common.h"
#include "widgets/tooltip.h"

#define N_FIRST 4 /* values that are shown unless others are chosen */

struct _RheoLiveValues
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *title, *hint, *names, *row, *menu, *popover;
  GPtrArray *all;   /* of RheoLiveFact: everything that may change */
  GPtrArray *shown; /* of RheoLiveValue, borrowed: children of row */
  gboolean narrow;
};

typedef struct
{
  char *path, *start;
  const RheoParam *param;
  gboolean shown;
} RheoLiveFact;

G_DEFINE_FINAL_TYPE (RheoLiveValues, rheo_live_values, GTK_TYPE_WIDGET)

static guint chosen_signal;

static void
free_fact (gpointer data)
{
  RheoLiveFact *fact = data;

  g_free (fact->path);
  g_free (fact->start);
  g_free (fact);
}

/* --- what may change ------------------------------------------------------------------------------------------- */

static gboolean
collect (const char *path, const RheoParam *row, void *at, gpointer data)
{
  RheoLiveValues *values = data;
  RheoLiveFact *fact;

  if ((row->flags & RHEO_LIVE) == 0
      || (row->type != RHEO_REAL && row->type != RHEO_INT && row->type != RHEO_BOOL && row->type != RHEO_CHOICE)
      || !rheo_experiment_acts (rheo_session_get_experiment (values->context->session), path))
    return TRUE;
  fact = g_new0 (RheoLiveFact, 1);
  fact->path = g_strdup (path);
  fact->param = row;
  fact->start = rheo_param_dup_text (row, at);
  g_ptr_array_add (values->all, fact);
  return TRUE;
}

/* What people turn most comes first: the rule, then the network, then the run; what is for experts last. */
static void
collect_all (RheoLiveValues *values, const RheoExperiment *experiment)
{
  static const RheoSlot order[] = { RHEO_SLOT_RULE, RHEO_SLOT_PLASTICITY, RHEO_SLOT_MODEL, RHEO_SLOT_TASK,
                                    RHEO_SLOT_COMPARE };
  g_autoptr (GPtrArray) experts = g_ptr_array_new ();

  g_ptr_array_set_size (values->all, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    {
      const RheoComponent *component = rheo_experiment_get_component (experiment, order[i]);

      if (component != NULL && component->params != NULL)
        rheo_params_visit (component->params, rheo_experiment_get_values (experiment, order[i]),
                           rheo_slot_names[order[i]], collect, values);
    }
  rheo_params_visit (rheo_run_params, rheo_experiment_get_run (experiment), "run", collect, values);
  for (guint i = 0; i < values->all->len;)
    if ((((RheoLiveFact *) values->all->pdata[i])->param->flags & RHEO_ADVANCED) != 0)
      g_ptr_array_add (experts, g_ptr_array_steal_index (values->all, i));
    else
      i++;
  for (guint i = 0; i < experts->len; i++)
    g_ptr_array_add (values->all, experts->pdata[i]);
}

/* --- which of them are shown ------------------------------------------------------------------------------------ */

static void
wanted (RheoLiveValue *value, const char *text, RheoLiveValues *values)
{
  rheo_session_set (values->context->session, rheo_live_value_get_path (value), text);
}

static void
fill_row (RheoLiveValues *values)
{
  rheo_fit_row_clear (RHEO_FIT_ROW (values->row));
  g_ptr_array_set_size (values->shown, 0);
  for (guint i = 0; i < values->all->len; i++)
    {
      const RheoLiveFact *fact = values->all->pdata[i];
      GtkWidget *value;

      if (!fact->shown)
        continue;
      value = rheo_live_value_new (fact->path, fact->param);
      rheo_live_value_set_narrow (RHEO_LIVE_VALUE (value), values->narrow);
      g_signal_connect (value, "wanted", G_CALLBACK (wanted), values);
      rheo_fit_row_append (RHEO_FIT_ROW (values->row), value);
      g_ptr_array_add (values->shown, value);
    }
  rheo_live_values_update (values);
}

/* Numbers of the rule, then other numbers, then what is seldom changed. */
static gboolean
is_of_round (const RheoLiveFact *fact, int round)
{
  const gboolean number = fact->param->type == RHEO_REAL || fact->param->type == RHEO_INT;

  if ((fact->param->flags & RHEO_ADVANCED) != 0)
    return FALSE;
  return round == 2 || (number && (round == 1 || g_str_has_prefix (fact->path, rheo_slot_names[RHEO_SLOT_RULE])));
}

void
rheo_live_values_show (RheoLiveValues *values, const char *const *paths)
{
  int n = 0;

  collect_all (values, rheo_session_get_experiment (values->context->session));
  for (guint i = 0; paths != NULL && i < values->all->len; i++)
    {
      RheoLiveFact *fact = values->all->pdata[i];

      fact->shown = g_strv_contains (paths, fact->path);
    }
  for (int round = 0; paths == NULL && round < 3; round++)
    for (guint i = 0; i < values->all->len && n < N_FIRST; i++)
      {
        RheoLiveFact *fact = values->all->pdata[i];

        if (!fact->shown && is_of_round (fact, round))
          {
            fact->shown = TRUE;
            n++;
          }
      }
  fill_row (values);
}

static void
ticked (GtkCheckButton *check, RheoLiveValues *values)
{
  RheoLiveFact *fact = g_object_get_data (G_OBJECT (check), "fact");
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  fact->shown = gtk_check_button_get_active (check);
  for (guint i = 0; i < values->all->len; i++)
    if (((RheoLiveFact *) values->all->pdata[i])->shown)
      g_strv_builder_add (paths, ((RheoLiveFact *) values->all->pdata[i])->path);
  list = g_strv_builder_end (paths);
  fill_row (values);
  g_signal_emit (values, chosen_signal, 0, list);
}

static void
choose_values (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoLiveValues *values = data;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4), *scrolled = gtk_scrolled_window_new ();

  for (guint i = 0; i < values->all->len; i++)
    {
      RheoLiveFact *fact = values->all->pdata[i];
      GtkWidget *check = gtk_check_button_new_with_label (_ (fact->param->label));

      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), fact->shown);
      gtk_widget_set_tooltip_text (check, fact->path);
      gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (fact->param->label),
                                      -1);
      g_object_set_data (G_OBJECT (check), "fact", fact);
      g_signal_connect (check, "toggled", G_CALLBACK (ticked), values);
      gtk_box_append (GTK_BOX (box), check);
    }
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 400);
  gtk_popover_set_child (GTK_POPOVER (values->popover), scrolled);
  gtk_popover_popup (GTK_POPOVER (values->popover));
}

/* --- values ------------------------------------------------------------------------------------------------------ */

static char *
dup_now (RheoLiveValues *values, const char *path)
{
  return rheo_experiment_dup_value (rheo_session_get_experiment (values->context->session), path, NULL);
}

static void
back_to_start (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoLiveValues *values = data;

  for (guint i = 0; i < values->all->len; i++)
    {
      const RheoLiveFact *fact = values->all->pdata[i];
      g_autofree char *now = dup_now (values, fact->path);

      if (g_strcmp0 (now, fact->start) != 0)
        rheo_session_set (values->context->session, fact->path, fact->start);
    }
}

/* "changed at epoch 9", or NULL. */
static char *
dup_change (RheoLiveValues *values, const char *path)
{
  const GPtrArray *marks = rheo_session_get_marks (values->context->session);

  for (guint i = marks->len; i-- > 0;)
    {
      const RheoSessionMark *mark = marks->pdata[i];

      if (g_str_equal (mark->path, path))
        return g_strdup_printf (_ ("changed at %s %d"), rheo_session_get_unit (values->context->session),
                                (int) mark->iteration + 1);
    }
  return NULL;
}

void
rheo_live_values_update (RheoLiveValues *values)
{
  RheoSession *session = values->context->session;
  const gboolean going =
      rheo_session_get_state (session) == RHEO_ENGINE_RUNNING || rheo_session_get_state (session) == RHEO_ENGINE_PAUSED;

  for (guint i = 0; i < values->shown->len; i++)
    {
      RheoLiveValue *value = values->shown->pdata[i];
      g_autofree char *now = dup_now (values, rheo_live_value_get_path (value));
      g_autofree char *change = dup_change (values, rheo_live_value_get_path (value));

      rheo_live_value_set (value, now, change);
    }
  gtk_widget_set_sensitive (values->row, going);
  rheo_tooltip_set (values->row, going ? NULL : _ ("Values can be changed while a run goes on"));
  gtk_label_set_text (GTK_LABEL (values->hint), going ? _ ("Takes effect at the next batch. Every change is recorded.")
                                                      : _ ("Nothing is running."));
  if (going)
    gtk_widget_remove_css_class (values->title, "dim-label");
  else
    gtk_widget_add_css_class (values->title, "dim-label");
}

static void
on_note (RheoLiveValues *values, const char *key, const char *text, gboolean refused)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (values));

  if (refused && RHEO_IS_APP_WINDOW (root))
    rheo_app_window_toast (RHEO_APP_WINDOW (root), text, NULL, NULL);
  rheo_live_values_update (values);
}

/* --- the widget ---------------------------------------------------------------------------------------------------- */

void
rheo_live_values_set_narrow (RheoLiveValues *values, gboolean narrow)
{
  values->narrow = narrow;
  gtk_widget_set_visible (values->names, !narrow);
  rheo_fit_row_set_spacing (RHEO_FIT_ROW (values->row), narrow ? 14 : 30);
  for (guint i = 0; i < values->shown->len; i++)
    rheo_live_value_set_narrow (values->shown->pdata[i], narrow);
}

static void
dispose (GObject *object)
{
  RheoLiveValues *values = RHEO_LIVE_VALUES (object);
  GtkWidget *child;

  g_clear_pointer (&values->popover, gtk_widget_unparent);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_live_values_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_ptr_array_unref (RHEO_LIVE_VALUES (object)->all);
  g_ptr_array_unref (RHEO_LIVE_VALUES (object)->shown);
  G_OBJECT_CLASS (rheo_live_values_parent_class)->finalize (object);
}

static void
rheo_live_values_class_init (RheoLiveValuesClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "livevalues");
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
  chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRV);
}

static GtkWidget *
make_menu (RheoLiveValues *values)
{
  static const GActionEntry entries[] = {
    { .name = "reset", .activate = back_to_start },
    { .name = "which", .activate = choose_values },
  };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), values);
  gtk_widget_insert_action_group (GTK_WIDGET (values), "values", G_ACTION_GROUP (actions));
  g_menu_append (menu, _ ("Back to start values"), "values.reset");
  g_menu_append (menu, _ ("Which values…"), "values.which");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Menu of the values"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Menu of the values"), -1);
  return button;
}

static void
rheo_live_values_init (RheoLiveValues *values)
{
  values->all = g_ptr_array_new_with_free_func (free_fact);
  values->shown = g_ptr_array_new ();
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (values))), 18);
  gtk_widget_add_css_class (GTK_WIDGET (values), "live-values");
  values->names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  values->title = gtk_label_new (_ ("Change while running"));
  values->hint = gtk_label_new (_ ("Takes effect at the next batch. Every change is recorded."));
  gtk_widget_add_css_class (values->title, "heading");
  gtk_widget_add_css_class (values->hint, "caption");
  gtk_widget_add_css_class (values->hint, "dim-label");
  for (int i = 0; i < 2; i++)
    {
      GtkWidget *label = i == 0 ? values->title : values->hint;

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_width_chars (GTK_LABEL (label), 14);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
      gtk_box_append (GTK_BOX (values->names), label);
    }
  gtk_widget_set_valign (values->names, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (values->names, GTK_WIDGET (values));
  values->row = rheo_fit_row_new ();
  rheo_fit_row_set_spacing (RHEO_FIT_ROW (values->row), 30);
  gtk_widget_set_valign (values->row, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (values->row, TRUE);
  gtk_widget_set_parent (values->row, GTK_WIDGET (values));
  values->menu = make_menu (values);
  gtk_widget_set_parent (values->menu, GTK_WIDGET (values));
  values->popover = gtk_popover_new ();
  gtk_widget_set_parent (values->popover, values->menu);
  rheo_popover_return_focus (values->popover, values->menu);
}

GtkWidget *
rheo_live_values_new (RheoContext *context)
{
  RheoLiveValues *values = g_object_new (RHEO_TYPE_LIVE_VALUES, NULL);

  values->context = context;
  g_signal_connect_object (context->session, "note", G_CALLBACK (on_note), values, G_CONNECT_SWAPPED);
  return GTK_WIDGET (values);
}
