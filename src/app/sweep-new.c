#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/sweep-new.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "app/speed.h"
#include "app/sweep-vary.h"
#include "engine/json-text.h"
#include "engine/sweep-estimate.h"
#include "widgets/common.h"
#include "widgets/tooltip.h"

#define SOON 400        /* ms after the last change */
#define CHECK_MOST 2000 /* rows that are checked while the user waits */

struct _RheoSweepNew
{
  AdwWindow parent_instance;
  RheoContext *context;
  RheoExperiment *experiment;
  GtkWidget *name, *varied, *add, *search, *choices, *popover, *seeds, *sentence, *start;
  GtkWidget *order, *below;
  GPtrArray *axes;  /* RheoSweepVary, in their order */
  RheoSweep *sweep; /* as it stands; or NULL */
  RheoSweep *ready; /* a ready-made one, begun as it is; or NULL */
  guint soon;
  atomic_bool *cancelled; /* of the estimate that is being made; belongs to its task */
  GTask *task;            /* borrowed; or NULL */
};

G_DEFINE_FINAL_TYPE (RheoSweepNew, rheo_sweep_new, ADW_TYPE_WINDOW)

enum
{
  START,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- the sweep as it stands -------------------------------------------------------------------------------------- */

/* Lines that vary together make one axis. */
static JsonArray *
read_axes (RheoSweepNew *window, int only)
{
  JsonArray *axes = json_array_new (), *group = NULL;

  for (guint i = 0; i < window->axes->len; i++)
    {
      RheoSweepVary *vary = g_ptr_array_index (window->axes, i);
      gboolean with_next =
          i + 1 < window->axes->len && rheo_sweep_vary_is_together (g_ptr_array_index (window->axes, i + 1));

      if (only >= 0 && i != (guint) only)
        continue;
      if (only < 0 && with_next && group == NULL)
        {
          JsonObject *together = json_object_new ();

          group = json_array_new ();
          json_object_set_array_member (together, "together", group);
          json_array_add_object_element (axes, together);
        }
      json_array_add_object_element (group != NULL ? group : axes, rheo_sweep_vary_dup_axis (vary));
      if (!with_next)
        group = NULL;
    }
  return axes;
}

/* only: that line alone; -1: all. */
static RheoSweep *
make_sweep (RheoSweepNew *window, int only, GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *json = rheo_experiment_dup_json (window->experiment), *text = NULL;
  JsonObject *object = json_object_new ();
  g_autoptr (RheoSweep) sweep = NULL;

  json_node_take_object (node, object);
  json_object_set_string_member (object, "title", gtk_editable_get_text (GTK_EDITABLE (window->name)));
  json_object_set_member (object, "experiment", rheo_json_parse (json, -1, "experiment", NULL));
  json_object_set_array_member (object, "axes", read_axes (window, only));
  json_object_set_int_member (object, "seeds", gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (window->seeds)));
  json_object_set_string_member (object, "order",
                                 rheo_sweep_orders[gtk_drop_down_get_selected (GTK_DROP_DOWN (window->order))]);
  text = rheo_json_dup_text (node, FALSE);
  sweep = rheo_sweep_parse (text, _ ("The sweep"), NULL, error);
  if (sweep == NULL || (rheo_sweep_get_n_rows (sweep) <= CHECK_MOST && !rheo_sweep_check (sweep, error)))
    return NULL;
  return g_steal_pointer (&sweep);
}

/* What is wrong with a line stands below that line; TRUE when one was found. */
static gboolean
tell_lines (RheoSweepNew *window, gboolean wrong)
{
  gboolean found = FALSE;

  for (guint i = 0; i < window->axes->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoSweep) alone = wrong ? make_sweep (window, (int) i, &error) : NULL;
      g_autoptr (GString) text = error != NULL ? g_string_new (error->message) : NULL;
      g_autofree char *origin = g_strconcat (_ ("The sweep"), ": ", NULL);

      if (text != NULL)
        {
          g_string_replace (text, origin, "", 1);
          g_string_replace (text, "axes[0].", "", 0);
          found = TRUE;
        }
      rheo_sweep_vary_set_message (g_ptr_array_index (window->axes, i), text != NULL ? text->str : NULL);
    }
  return found;
}

/* --- the estimate ------------------------------------------------------------------------------------------------ */

typedef struct
{
  RheoSweep *sweep;
  atomic_bool cancelled;
  int jobs;
  RheoSweepEstimate estimate;
} Ask;

static void
free_ask (gpointer data)
{
  rheo_sweep_unref (((Ask *) data)->sweep);
  g_free (data);
}

static void
estimate (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Ask *ask = data;
  GError *error = NULL;

  if (rheo_sweep_estimate (ask->sweep, NULL, ask->jobs, &ask->cancelled, &ask->estimate, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
estimated (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoSweepNew *window = RHEO_SWEEP_NEW (object);
  const Ask *ask = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);
  g_autofree char *time = NULL, *size = NULL, *text = NULL;

  if (window->task != G_TASK (result))
    return;
  window->task = NULL;
  if (!done)
    text = g_strdup (error->message);
  else
    {
      time = rheo_speed_dup_estimate (ask->estimate.seconds);
      size = g_format_size ((guint64) ask->estimate.bytes);
      text =
          g_strdup_printf (ngettext ("%d run, about %s, %s.", "%d runs, about %s, %s.", (gulong) ask->estimate.n_runs),
                           ask->estimate.n_runs, time, size);
    }
  gtk_label_set_label (GTK_LABEL (window->sentence), text);
}

static void
cancel_estimate (RheoSweepNew *window)
{
  if (window->task != NULL)
    atomic_store (&((Ask *) g_task_get_task_data (window->task))->cancelled, true);
  window->task = NULL;
}

static gboolean
begin_estimate (gpointer data)
{
  RheoSweepNew *window = data;
  Ask *ask = g_new0 (Ask, 1);
  g_autoptr (GTask) task = g_task_new (window, NULL, estimated, NULL);

  window->soon = 0;
  ask->sweep = rheo_sweep_ref (window->sweep);
  ask->jobs = (int) g_get_num_processors ();
  atomic_init (&ask->cancelled, false);
  g_task_set_task_data (task, ask, free_ask);
  window->task = task;
  g_task_run_in_thread (task, estimate);
  return G_SOURCE_REMOVE;
}

static void
update (RheoSweepNew *window)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL, *words = NULL;
  gboolean told;
  int n;

  cancel_estimate (window);
  g_clear_handle_id (&window->soon, g_source_remove);
  g_clear_pointer (&window->sweep, rheo_sweep_unref);
  window->sweep = window->ready != NULL ? rheo_sweep_ref (window->ready) : make_sweep (window, -1, &error);
  told = tell_lines (window, error != NULL);
  n = window->sweep != NULL ? rheo_sweep_get_n_rows (window->sweep) : 0;
  label = g_strdup_printf (ngettext ("Start %d run", "Start %d runs", (gulong) n), n);
  gtk_button_set_label (GTK_BUTTON (window->start), window->sweep != NULL ? label : _ ("Start"));
  gtk_widget_set_sensitive (window->start, window->sweep != NULL);
  rheo_tooltip_set (window->start, error != NULL ? error->message : NULL);
  words = told            ? g_strdup ("")
          : error != NULL ? g_strdup (error->message)
                          : g_strdup_printf (ngettext ("%d run. Measuring how long it takes…",
                                                       "%d runs. Measuring how long they take…", (gulong) n),
                                             n);
  gtk_label_set_label (GTK_LABEL (window->sentence), words);
  if (error != NULL)
    gtk_widget_add_css_class (window->sentence, "error");
  else
    gtk_widget_remove_css_class (window->sentence, "error");
  if (window->sweep != NULL)
    window->soon = g_timeout_add (SOON, begin_estimate, window);
}

/* --- what is varied ---------------------------------------------------------------------------------------------- */

/* Only a value varies with another one. */
static void
tell_above (RheoSweepNew *window)
{
  for (guint i = 0; i < window->axes->len; i++)
    rheo_sweep_vary_set_has_above (g_ptr_array_index (window->axes, i), i > 0);
}

static void
on_removed (RheoSweepVary *vary, RheoSweepNew *window)
{
  g_ptr_array_remove (window->axes, vary);
  gtk_list_box_remove (GTK_LIST_BOX (window->varied), GTK_WIDGET (vary));
  gtk_widget_set_visible (window->varied, window->axes->len > 0);
  tell_above (window);
  update (window);
}

void
rheo_sweep_new_add (RheoSweepNew *window, const char *key)
{
  RheoSweepVary *vary;

  if (key != NULL && rheo_experiment_find (window->experiment, key, NULL, NULL) == NULL)
    return;
  vary = rheo_sweep_vary_new (window->experiment, key);
  g_signal_connect_swapped (vary, "changed", G_CALLBACK (update), window);
  g_signal_connect (vary, "removed", G_CALLBACK (on_removed), window);
  gtk_list_box_append (GTK_LIST_BOX (window->varied), GTK_WIDGET (vary));
  gtk_widget_set_visible (window->varied, TRUE);
  g_ptr_array_add (window->axes, vary);
  tell_above (window);
  update (window);
}

static void
on_conditions (GtkButton *button, RheoSweepNew *window)
{
  rheo_sweep_new_add (window, NULL);
}

/* --- the list of values ------------------------------------------------------------------------------------------ */

static gboolean
add_choice (const char *path, const RheoParam *row, void *at, gpointer data)
{
  RheoSweepNew *window = data;
  GtkWidget *box, *title, *key, *line;

  if ((row->type != RHEO_INT && row->type != RHEO_REAL && row->type != RHEO_BOOL && row->type != RHEO_CHOICE)
      || g_str_equal (path, "run.seed"))
    return TRUE;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  title = gtk_label_new (_ (row->label));
  key = gtk_label_new (path);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (key), 0);
  gtk_widget_add_css_class (key, "caption");
  gtk_widget_add_css_class (key, "dim-label");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), key);
  gtk_widget_add_css_class (box, "picker-row");
  line = gtk_list_box_row_new ();
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (line), box);
  g_object_set_data_full (G_OBJECT (line), "key", g_strdup (path), g_free);
  g_object_set_data_full (G_OBJECT (line), "words", g_strdup_printf ("%s %s", path, _ (row->label)), g_free);
  gtk_list_box_append (GTK_LIST_BOX (window->choices), line);
  return TRUE;
}

static gboolean
is_wanted (GtkListBoxRow *row, gpointer data)
{
  g_autofree char *words = g_utf8_casefold (g_object_get_data (G_OBJECT (row), "words"), -1),
                  *search =
                      g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (((RheoSweepNew *) data)->search)), -1);

  return strstr (words, search) != NULL;
}

static gboolean
is_varied (RheoSweepNew *window, const char *key)
{
  for (guint i = 0; i < window->axes->len; i++)
    if (g_strcmp0 (rheo_sweep_vary_get_key (g_ptr_array_index (window->axes, i)), key) == 0)
      return TRUE;
  return FALSE;
}

static void
on_choice (GtkListBox *list, GtkListBoxRow *row, RheoSweepNew *window)
{
  const char *key = g_object_get_data (G_OBJECT (row), "key");

  gtk_popover_popdown (GTK_POPOVER (window->popover));
  if (is_varied (window, key))
    return;
  rheo_sweep_new_add (window, key);
}

static void
on_search_enter (RheoSweepNew *window)
{
  GtkListBoxRow *row;

  /* Enter comes before the search has settled. */
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (window->choices));
  row = rheo_list_box_get_first_shown (GTK_LIST_BOX (window->choices));
  if (row != NULL)
    on_choice (GTK_LIST_BOX (window->choices), row, window);
}

static void
fill_choices (RheoSweepNew *window)
{
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      const RheoComponent *component = rheo_experiment_get_component (window->experiment, (RheoSlot) s);

      if (component != NULL)
        rheo_params_visit (component->params, rheo_experiment_get_values (window->experiment, (RheoSlot) s),
                           rheo_slot_names[s], add_choice, window);
    }
  rheo_params_visit (rheo_run_params, rheo_experiment_get_run (window->experiment), "run", add_choice, window);
}

/* --- the window -------------------------------------------------------------------------------------------------- */

static void
on_start (GtkButton *button, RheoSweepNew *window)
{
  g_autoptr (RheoSweep) sweep = window->sweep != NULL ? rheo_sweep_ref (window->sweep) : NULL;

  if (sweep == NULL)
    return;
  g_signal_emit (window, signals[START], 0, sweep);
  gtk_window_close (GTK_WINDOW (window));
}

static void
dispose (GObject *object)
{
  RheoSweepNew *window = RHEO_SWEEP_NEW (object);

  cancel_estimate (window);
  g_clear_handle_id (&window->soon, g_source_remove);
  G_OBJECT_CLASS (rheo_sweep_new_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoSweepNew *window = RHEO_SWEEP_NEW (object);

  g_ptr_array_unref (window->axes);
  rheo_experiment_free (window->experiment);
  rheo_sweep_unref (window->sweep);
  rheo_sweep_unref (window->ready);
  G_OBJECT_CLASS (rheo_sweep_new_parent_class)->finalize (object);
}

static void
rheo_sweep_new_class_init (RheoSweepNewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[START] = g_signal_new ("start", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rheo_sweep_new_init (RheoSweepNew *window)
{
  window->axes = g_ptr_array_new ();
}

static void
build_popover (RheoSweepNew *window)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *scrolled = gtk_scrolled_window_new ();

  window->search = gtk_search_entry_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search values"),
                                  -1);
  window->choices = gtk_list_box_new ();
  gtk_list_box_set_filter_func (GTK_LIST_BOX (window->choices), is_wanted, window, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->choices), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Values"), -1);
  g_signal_connect (window->choices, "row-activated", G_CALLBACK (on_choice), window);
  g_signal_connect_swapped (window->search, "search-changed", G_CALLBACK (gtk_list_box_invalidate_filter),
                            window->choices);
  g_signal_connect_swapped (window->search, "activate", G_CALLBACK (on_search_enter), window);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), window->choices);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (scrolled, 320, 300);
  gtk_box_append (GTK_BOX (box), window->search);
  gtk_box_append (GTK_BOX (box), scrolled);
  window->popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (window->popover), box);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (window->add), window->popover);
}

static GtkWidget *
new_order (RheoSweepNew *window)
{
  const char *words[] = { _ ("All seeds of a point together"), _ ("All points with one seed first"), _ ("Random"),
                          NULL };
  GtkWidget *row = adw_action_row_new ();

  window->order = gtk_drop_down_new_from_strings (words);
  gtk_widget_set_valign (window->order, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->order), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Order"), -1);
  g_signal_connect_swapped (window->order, "notify::selected", G_CALLBACK (update), window);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Order"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), window->order);
  return row;
}

static void
build (RheoSweepNew *window)
{
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *scrolled = gtk_scrolled_window_new ();
  GtkWidget *plain = gtk_list_box_new (), *row = adw_action_row_new (),
            *cancel = gtk_button_new_with_label (_ ("Cancel")),
            *conditions = gtk_button_new_with_label (_ ("Add conditions"));

  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  window->start = gtk_button_new_with_label (_ ("Start"));
  gtk_widget_add_css_class (window->start, "suggested-action");
  g_signal_connect (window->start, "clicked", G_CALLBACK (on_start), window);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), window->start);
  window->name = adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (window->name), _ ("Name"));
  gtk_editable_set_text (GTK_EDITABLE (window->name), rheo_experiment_get_shown_title (window->experiment));
  g_signal_connect_swapped (window->name, "changed", G_CALLBACK (update), window);
  window->seeds = gtk_spin_button_new_with_range (1, 1000, 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (window->seeds), 3);
  gtk_widget_set_valign (window->seeds, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->seeds), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Seeds"), -1);
  g_signal_connect_swapped (window->seeds, "value-changed", G_CALLBACK (update), window);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Seeds"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ ("Each point is run so many times"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), window->seeds);
  gtk_list_box_append (GTK_LIST_BOX (plain), window->name);
  gtk_list_box_append (GTK_LIST_BOX (plain), row);
  gtk_list_box_append (GTK_LIST_BOX (plain), new_order (window));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (plain), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (plain, "boxed-list");
  window->varied = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (window->varied), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (window->varied, "boxed-list");
  gtk_widget_set_visible (window->varied, FALSE);
  window->add = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (window->add), _ ("Vary a value…"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (window->add), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Vary a value…"), -1);
  gtk_widget_set_halign (window->add, GTK_ALIGN_START);
  build_popover (window);
  gtk_widget_set_tooltip_text (conditions, _ ("Values that have a name and set any keys"));
  g_signal_connect (conditions, "clicked", G_CALLBACK (on_conditions), window);
  window->sentence = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (window->sentence), TRUE);
  gtk_label_set_xalign (GTK_LABEL (window->sentence), 0);
  gtk_box_append (GTK_BOX (box), plain);
  gtk_box_append (GTK_BOX (box), window->varied);
  window->below = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (window->below), window->add);
  gtk_box_append (GTK_BOX (window->below), conditions);
  gtk_box_append (GTK_BOX (box), window->below);
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (all), header);
  gtk_box_append (GTK_BOX (all), scrolled);
  /* In sight however long the list is. */
  gtk_widget_set_margin_top (window->sentence, 9);
  gtk_widget_set_margin_bottom (window->sentence, 12);
  gtk_widget_set_margin_start (window->sentence, 18);
  gtk_widget_set_margin_end (window->sentence, 18);
  gtk_box_append (GTK_BOX (all), window->sentence);
  adw_window_set_content (ADW_WINDOW (window), all);
  gtk_window_set_title (GTK_WINDOW (window), _ ("New sweep"));
  gtk_window_set_default_size (GTK_WINDOW (window), 620, 600);
}

/* What the ready-made one varies, in place of rows that change it. */
static void
show_ready (RheoSweepNew *window)
{
  gtk_editable_set_editable (GTK_EDITABLE (window->name), FALSE);
  gtk_editable_set_text (GTK_EDITABLE (window->name), rheo_sweep_get_shown_title (window->ready));
  gtk_widget_set_visible (gtk_widget_get_ancestor (window->seeds, ADW_TYPE_ACTION_ROW), FALSE);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (window->order), rheo_sweep_get_order (window->ready));
  gtk_widget_set_visible (gtk_widget_get_ancestor (window->order, ADW_TYPE_ACTION_ROW), FALSE);
  gtk_widget_set_visible (window->below, FALSE);
  gtk_widget_set_visible (window->varied, TRUE);
  for (int a = 0; a < rheo_sweep_get_n_axes (window->ready); a++)
    {
      const RheoSweepAxis *axis = rheo_sweep_get_axis (window->ready, a);
      GtkWidget *row = adw_action_row_new ();
      g_autoptr (GString) values = g_string_new (NULL);

      for (int i = 0; i < axis->n; i++)
        g_string_append_printf (values, i > 0 ? ", %s" : "%s", axis->points[i].text);
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), axis->seeds ? _ ("Seed") : _ (axis->label));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), values->str);
      gtk_list_box_append (GTK_LIST_BOX (window->varied), row);
    }
}

static RheoSweepNew *
open_window (GtkWindow *parent, RheoContext *context, RheoExperiment *experiment)
{
  RheoSweepNew *window = g_object_new (RHEO_TYPE_SWEEP_NEW, "modal", TRUE, NULL);

  window->context = context;
  window->experiment = experiment;
  rheo_window_stand_beside (GTK_WINDOW (window), GTK_WIDGET (parent));
  build (window);
  return window;
}

RheoSweepNew *
rheo_sweep_new_open_ready (GtkWindow *parent, RheoContext *context, RheoSweep *sweep)
{
  RheoSweepNew *window = open_window (parent, context, rheo_experiment_dup (rheo_sweep_get_experiment (sweep)));

  window->ready = rheo_sweep_ref (sweep);
  show_ready (window);
  update (window);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

RheoSweepNew *
rheo_sweep_new_open (GtkWindow *parent, RheoContext *context, const char *key)
{
  RheoSweepNew *window =
      open_window (parent, context, rheo_experiment_dup (rheo_document_get_experiment (context->document)));

  fill_choices (window);
  if (key != NULL)
    rheo_sweep_new_add (window, key);
  update (window);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}
