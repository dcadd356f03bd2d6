#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/sweep-vary.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/json-text.h"

enum
{
  LIST,
  LINEAR,
  LOG,
  RANDOM,
  RANDOM_LOG,
};
static const char *const kinds[] = { "values", "linear", "log", "random", "random-log" };

struct _RheoSweepVary
{
  GtkListBoxRow parent_instance;
  char *key;                            /* or NULL */
  GtkWidget *kind, *entry, *conditions; /* kind and entry NULL: conditions alone */
  GtkWidget *together, *message;
};

G_DEFINE_FINAL_TYPE (RheoSweepVary, rheo_sweep_vary, GTK_TYPE_LIST_BOX_ROW)

enum
{
  CHANGED,
  REMOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- what was written -------------------------------------------------------------------------------------------- */

/* A number, yes or no, or a word. */
static JsonNode *
read_value (const char *word)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);
  double number;

  if (!rheo_number_parse (word, &number))
    {
      if (g_str_equal (word, "true") || g_str_equal (word, "false"))
        json_node_set_boolean (node, g_str_equal (word, "true"));
      else
        json_node_set_string (node, word);
    }
  else if (number == floor (number) && fabs (number) < 1e15)
    json_node_set_int (node, (gint64) number);
  else
    json_node_set_double (node, number);
  return node;
}

/* "0.1, 10, 5": a range has from, to, how many and, where values are drawn, the seed. */
static void
read_values (RheoSweepVary *vary, JsonObject *axis)
{
  static const char *const further[] = { "count", "seed" };
  guint kind = gtk_drop_down_get_selected (GTK_DROP_DOWN (vary->kind)), n = 0;
  g_auto (GStrv) words = g_strsplit_set (gtk_editable_get_text (GTK_EDITABLE (vary->entry)), ",;", -1);
  JsonArray *values = json_array_new ();

  for (char **word = words; *word != NULL; word++)
    {
      if (*g_strstrip (*word) == '\0')
        continue;
      if (kind != LIST && n >= 2 && n < 2 + (kind >= RANDOM ? 2u : 1u))
        json_object_set_member (axis, further[n - 2], read_value (*word));
      else
        json_array_add_element (values, read_value (*word));
      n++;
    }
  json_object_set_array_member (axis, kinds[kind], values);
}

/* "plain: rule.optimiser.kind=sgd, run.batch=10; NAME: ..." */
static void
read_conditions (RheoSweepVary *vary, JsonObject *axis)
{
  g_auto (GStrv) parts = g_strsplit (gtk_editable_get_text (GTK_EDITABLE (vary->conditions)), ";", -1);
  JsonArray *conditions = json_array_new ();

  for (char **part = parts; *part != NULL; part++)
    {
      JsonObject *condition, *set;
      g_auto (GStrv) halves = NULL, pairs = NULL;

      if (*g_strstrip (*part) == '\0')
        continue;
      halves = g_strsplit (*part, ":", 2);
      condition = json_object_new ();
      set = json_object_new ();
      json_object_set_string_member (condition, "name", g_strstrip (halves[0]));
      pairs = g_strsplit (halves[1] != NULL ? halves[1] : "", ",", -1);
      for (char **pair = pairs; *pair != NULL; pair++)
        {
          g_auto (GStrv) sides = g_strsplit (*pair, "=", 2);

          if (sides[0] != NULL && *g_strstrip (sides[0]) != '\0')
            json_object_set_member (set, sides[0], read_value (sides[1] != NULL ? g_strstrip (sides[1]) : ""));
        }
      json_object_set_object_member (condition, "set", set);
      json_array_add_object_element (conditions, condition);
    }
  if (json_array_get_length (conditions) > 0 || vary->key == NULL)
    json_object_set_array_member (axis, "conditions", conditions);
  else
    json_array_unref (conditions);
}

JsonObject *
rheo_sweep_vary_dup_axis (RheoSweepVary *vary)
{
  JsonObject *axis = json_object_new ();

  if (vary->key != NULL)
    {
      json_object_set_string_member (axis, "key", vary->key);
      read_values (vary, axis);
    }
  read_conditions (vary, axis);
  return axis;
}

const char *
rheo_sweep_vary_get_key (RheoSweepVary *vary)
{
  return vary->key;
}

gboolean
rheo_sweep_vary_is_together (RheoSweepVary *vary)
{
  return gtk_widget_get_sensitive (vary->together) && gtk_check_button_get_active (GTK_CHECK_BUTTON (vary->together));
}

void
rheo_sweep_vary_set_has_above (RheoSweepVary *vary, gboolean has_above)
{
  gtk_widget_set_visible (vary->together, has_above);
}

void
rheo_sweep_vary_set_message (RheoSweepVary *vary, const char *message)
{
  GtkWidget *field = vary->entry != NULL ? vary->entry : vary->conditions;

  gtk_label_set_label (GTK_LABEL (vary->message), message != NULL ? message : "");
  gtk_widget_set_visible (vary->message, message != NULL);
  if (message != NULL)
    gtk_widget_add_css_class (field, "error");
  else
    gtk_widget_remove_css_class (field, "error");
}

/* --- building ---------------------------------------------------------------------------------------------------- */

/* Five values around the present one, inside the allowed range. */
static char *
dup_proposal (const RheoParam *row, const void *at)
{
  static const double factors[] = { 0.25, 0.5, 1, 2, 4 };
  GString *text = g_string_new (NULL);
  double value, before = NAN;

  if (row->type == RHEO_BOOL)
    return g_string_free (g_string_assign (text, "false, true"), FALSE);
  if (row->type == RHEO_CHOICE)
    {
      g_autofree char *joined = g_strjoinv (", ", (char **) row->choices);

      return g_string_free (g_string_assign (text, joined), FALSE);
    }
  value = rheo_param_get_number (row, at);
  for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
    {
      double x = value != 0 ? value * factors[i] : (double) i * (row->type == RHEO_INT ? 1 : 0.25);
      char number[RHEO_NUMBER_SIZE];

      if (row->min != 0 || row->max != 0)
        x = CLAMP (x, row->min, row->max);
      if (row->type == RHEO_INT)
        x = round (x);
      g_ascii_formatd (number, sizeof number, "%.6g", x);
      x = g_ascii_strtod (number, NULL);
      if (x == before)
        continue;
      before = x;
      g_string_append_printf (text, text->len > 0 ? ", %s" : "%s", rheo_number_text (x, number));
    }
  return g_string_free (text, FALSE);
}

static void
on_changed (RheoSweepVary *vary)
{
  g_signal_emit (vary, signals[CHANGED], 0);
}

static void
on_removed (RheoSweepVary *vary)
{
  g_signal_emit (vary, signals[REMOVED], 0);
}

static GtkWidget *
new_head (RheoSweepVary *vary, const char *name, const char *range)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *title = gtk_label_new (name),
            *subtitle = gtk_label_new (range), *remove = gtk_button_new_from_icon_name ("list-remove-symbolic");

  gtk_widget_add_css_class (subtitle, "dim-label");
  gtk_widget_add_css_class (subtitle, "caption");
  gtk_label_set_ellipsize (GTK_LABEL (subtitle), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (subtitle, TRUE);
  gtk_label_set_xalign (GTK_LABEL (subtitle), 0);
  gtk_widget_set_tooltip_text (remove, _ ("Vary this no more"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Vary this no more"), -1);
  gtk_widget_add_css_class (remove, "flat");
  g_signal_connect_swapped (remove, "clicked", G_CALLBACK (on_removed), vary);
  gtk_box_append (GTK_BOX (head), title);
  gtk_box_append (GTK_BOX (head), subtitle);
  gtk_box_append (GTK_BOX (head), remove);
  return head;
}

static GtkWidget *
new_entry (RheoSweepVary *vary, const char *name, const char *text)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_widget_set_hexpand (entry, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_changed), vary);
  return entry;
}

static GtkWidget *
new_values (RheoSweepVary *vary, const char *label, const char *proposal)
{
  const char *words[] = { _ ("List"),
                          _ ("Linear: from, to, how many"),
                          _ ("Powers: from, to, how many"),
                          _ ("Random: from, to, how many, seed"),
                          _ ("Random powers: from, to, how many, seed"),
                          NULL };
  GtkWidget *controls = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *name = g_strdup_printf (_ ("%s, how it varies"), label);

  vary->entry = new_entry (vary, label, proposal);
  vary->kind = gtk_drop_down_new_from_strings (words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (vary->kind), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (vary->kind, "notify::selected", G_CALLBACK (on_changed), vary);
  gtk_box_append (GTK_BOX (controls), vary->entry);
  gtk_box_append (GTK_BOX (controls), vary->kind);
  return controls;
}

RheoSweepVary *
rheo_sweep_vary_new (const RheoExperiment *experiment, const char *key)
{
  RheoSweepVary *vary = g_object_new (RHEO_TYPE_SWEEP_VARY, "activatable", FALSE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  void *at = NULL;
  const RheoParam *param = key != NULL ? rheo_experiment_find (experiment, key, &at, NULL) : NULL;
  const char *label = param != NULL ? _ (param->label) : _ ("Conditions");
  g_autofree char *range = param != NULL ? rheo_param_dup_range (param) : NULL,
                  *proposal = param != NULL ? dup_proposal (param, at) : NULL,
                  *name = param != NULL ? g_strdup_printf (_ ("%s, conditions"), label) : g_strdup (label);

  vary->key = param != NULL ? g_strdup (key) : NULL;
  gtk_box_append (GTK_BOX (box), new_head (vary, label, range));
  if (param != NULL)
    gtk_box_append (GTK_BOX (box), new_values (vary, label, proposal));
  vary->conditions = new_entry (vary, name, "");
  gtk_entry_set_placeholder_text (GTK_ENTRY (vary->conditions),
                                  _ ("Conditions, as in small: run.batch=10; large: run.batch=50"));
  gtk_widget_set_tooltip_text (vary->conditions,
                               _ ("Each has a name and sets any values: name: key=value, key=value; name: …"));
  gtk_box_append (GTK_BOX (box), vary->conditions);
  vary->together = gtk_check_button_new_with_label (_ ("Varies together with the one above"));
  gtk_widget_set_tooltip_text (vary->together, _ ("The first value of each, then the second of each, and so on"));
  g_signal_connect_swapped (vary->together, "toggled", G_CALLBACK (on_changed), vary);
  gtk_box_append (GTK_BOX (box), vary->together);
  vary->message = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (vary->message), TRUE);
  gtk_label_set_xalign (GTK_LABEL (vary->message), 0);
  gtk_widget_add_css_class (vary->message, "error");
  gtk_widget_set_visible (vary->message, FALSE);
  gtk_box_append (GTK_BOX (box), vary->message);
  gtk_widget_add_css_class (box, "compare-card");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (vary), box);
  rheo_sweep_vary_set_has_above (vary, FALSE);
  return vary;
}

static void
finalize (GObject *object)
{
  g_free (RHEO_SWEEP_VARY (object)->key);
  G_OBJECT_CLASS (rheo_sweep_vary_parent_class)->finalize (object);
}

static void
rheo_sweep_vary_class_init (RheoSweepVaryClass *class)
{
  const GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVED] = g_signal_new ("removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_sweep_vary_init (RheoSweepVary *vary)
{
}
