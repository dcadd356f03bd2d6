#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/live-value.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/choice-text.h"
#include "widgets/number-field.h"
#include "widgets/number-text.h"
#include "widgets/tooltip.h"

#define AFTER_MOVE 120 /* ms: a scale that is moved asks once, not for every pixel */

struct _RheoLiveValue
{
  GtkWidget parent_instance;
  char *path, *plain;
  const RheoParam *param;
  GtkWidget *grid, *head, *dot, *change, *scale, *field, *toggle, *choice;
  double lo, hi; /* of the scale */
  gboolean log, setting, narrow;
  guint timeout;
};

G_DEFINE_FINAL_TYPE (RheoLiveValue, rheo_live_value, GTK_TYPE_WIDGET)

static guint wanted_signal;

static void
want (RheoLiveValue *value, const char *plain)
{
  if (g_strcmp0 (plain, value->plain) != 0)
    g_signal_emit (value, wanted_signal, 0, plain);
}

/* --- the scale ------------------------------------------------------------------------------------------------- */

/* A scale goes from 0 to 1. */
static double
to_scale (const RheoLiveValue *value, double v)
{
  double at = value->log ? log (MAX (v, value->lo) / value->lo) / log (value->hi / value->lo)
                         : (v - value->lo) / (value->hi - value->lo);

  return CLAMP (at, 0, 1);
}

static double
from_scale (const RheoLiveValue *value, double at)
{
  return value->log ? value->lo * pow (value->hi / value->lo, at) : value->lo + at * (value->hi - value->lo);
}

/* Two figures are what a hand can set. */
static char *
dup_rounded (const RheoLiveValue *value, double v)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  double least, most;

  if (rheo_param_get_least (value->param, &least))
    v = MAX (v, least);
  if (rheo_param_get_most (value->param, &most))
    v = MIN (v, most);
  if (value->param->type == RHEO_INT)
    return g_strdup_printf ("%.0f", v);
  g_ascii_formatd (text, sizeof text, value->log ? "%.2g" : "%.3g", v);
  return g_strdup (text);
}

static gboolean
apply_scale (gpointer data)
{
  RheoLiveValue *value = data;
  g_autofree char *plain = dup_rounded (value, from_scale (value, gtk_range_get_value (GTK_RANGE (value->scale))));

  value->timeout = 0;
  want (value, plain);
  return G_SOURCE_REMOVE;
}

/* The scale itself goes from 0 to 1, which says nothing. */
static void
say_value (RheoLiveValue *value, const char *plain)
{
  g_autofree char *shown = rheo_number_dup_shown (plain);
  const char *unit = value->param->unit != NULL ? _ (value->param->unit) : "";
  g_autofree char *text = g_strdup_printf (*unit != '\0' ? "%s %s" : "%s%s", shown, unit);

  gtk_accessible_update_property (GTK_ACCESSIBLE (value->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static void
scale_moved (RheoLiveValue *value)
{
  g_autofree char *plain = NULL;

  if (value->setting)
    return;
  plain = dup_rounded (value, from_scale (value, gtk_range_get_value (GTK_RANGE (value->scale))));
  rheo_number_field_set_value (RHEO_NUMBER_FIELD (value->field), plain);
  say_value (value, plain);
  g_clear_handle_id (&value->timeout, g_source_remove);
  value->timeout = g_timeout_add (AFTER_MOVE, apply_scale, value);
}

static void
find_limits (RheoLiveValue *value)
{
  const RheoParam *p = value->param;
  const gboolean soft = p->soft_min != 0 || p->soft_max != 0;

  value->lo = soft ? p->soft_min : p->min;
  value->hi = soft ? p->soft_max : p->max;
  if (value->hi <= value->lo)
    value->hi = value->lo + MAX (1, 2 * fabs (p->def));
  value->log = (p->flags & RHEO_LOG) != 0 && value->lo > 0;
}

/* --- the other controls ----------------------------------------------------------------------------------------- */

static void
typed (GtkWidget *field, const char *plain, RheoLiveValue *value)
{
  g_autofree void *room = g_malloc0 (value->param->offset + 64);

  if (rheo_param_set_text (value->param, room, plain, value->path, NULL))
    want (value, plain);
  else
    {
      g_autofree char *why = rheo_param_dup_refusal (value->param, value->plain);

      rheo_number_field_set_refused (RHEO_NUMBER_FIELD (field));
      rheo_tooltip_set (field, why);
    }
}

static void
toggled (RheoLiveValue *value)
{
  if (!value->setting)
    want (value, gtk_switch_get_active (GTK_SWITCH (value->toggle)) ? "true" : "false");
}

static void
selected (RheoLiveValue *value)
{
  guint i = gtk_drop_down_get_selected (GTK_DROP_DOWN (value->choice));

  if (!value->setting && i != GTK_INVALID_LIST_POSITION)
    want (value, value->param->choices[i]);
}

static void
set_name (GtkWidget *widget, const RheoParam *param)
{
  g_autofree char *name = param->unit != NULL && param->unit[0] != '\0'
                              ? g_strdup_printf ("%s, %s", _ (param->label), _ (param->unit))
                              : g_strdup (_ (param->label));
  g_autofree char *span = rheo_param_dup_span (param);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, span != NULL ? span : "", -1);
}

static void
make_number (RheoLiveValue *value)
{
  g_autofree char *span = rheo_param_dup_span (value->param);

  find_limits (value);
  value->scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.01);
  gtk_scale_set_draw_value (GTK_SCALE (value->scale), FALSE);
  gtk_widget_set_hexpand (value->scale, TRUE);
  set_name (value->scale, value->param);
  g_signal_connect_swapped (value->scale, "value-changed", G_CALLBACK (scale_moved), value);
  value->field = rheo_number_field_new (value->param);
  rheo_number_field_set_name (RHEO_NUMBER_FIELD (value->field), _ (value->param->label), span != NULL ? span : "");
  rheo_number_field_set_small (RHEO_NUMBER_FIELD (value->field));
  g_signal_connect (value->field, "apply", G_CALLBACK (typed), value);
}

static void
make_choice (RheoLiveValue *value)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (int i = 0; value->param->choices[i] != NULL; i++)
    {
      g_autofree char *label = rheo_choice_dup_label (value->param->choices[i]);

      gtk_string_list_append (list, label);
    }
  value->choice = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&list)), NULL);
  set_name (value->choice, value->param);
  g_signal_connect_swapped (value->choice, "notify::selected", G_CALLBACK (selected), value);
}

static void
make_toggle (RheoLiveValue *value)
{
  value->toggle = gtk_switch_new ();
  set_name (value->toggle, value->param);
  g_signal_connect_swapped (value->toggle, "notify::active", G_CALLBACK (toggled), value);
}

/* --- the widget ---------------------------------------------------------------------------------------------------- */

static void
put (RheoLiveValue *value, GtkWidget *child, int column, int row, int width)
{
  GtkLayoutChild *place = gtk_layout_manager_get_layout_child (gtk_widget_get_layout_manager (value->grid), child);

  g_object_set (place, "column", column, "row", row, "column-span", width, NULL);
}

void
rheo_live_value_set_narrow (RheoLiveValue *value, gboolean narrow)
{
  GtkWidget *control = value->toggle != NULL ? value->toggle : value->choice != NULL ? value->choice : value->field;

  value->narrow = narrow;
  gtk_widget_set_visible (value->change, !narrow && gtk_label_get_text (GTK_LABEL (value->change))[0] != '\0');
  /* Wide: the name and the number, below them the scale. Narrow: all in one row. */
  if (value->scale != NULL)
    {
      gtk_widget_set_size_request (value->scale, narrow ? 110 : 120, -1);
      put (value, value->scale, narrow ? 1 : 0, narrow ? 0 : 1, narrow ? 1 : 2);
    }
  put (value, control,
       value->choice != NULL && !narrow ? 0
       : narrow                         ? 2
                                        : 1,
       value->choice != NULL && !narrow ? 1 : 0, value->choice != NULL && !narrow ? 2 : 1);
  gtk_widget_set_halign (control, value->choice != NULL && !narrow ? GTK_ALIGN_START : GTK_ALIGN_END);
}

const char *
rheo_live_value_get_path (RheoLiveValue *value)
{
  return value->path;
}

void
rheo_live_value_set (RheoLiveValue *value, const char *plain, const char *change)
{
  g_free (value->plain);
  value->plain = g_strdup (plain);
  value->setting = TRUE;
  if (value->scale != NULL && value->timeout == 0)
    {
      gtk_range_set_value (GTK_RANGE (value->scale), to_scale (value, g_ascii_strtod (plain, NULL)));
      rheo_number_field_set_value (RHEO_NUMBER_FIELD (value->field), plain);
      say_value (value, plain);
    }
  if (value->toggle != NULL)
    gtk_switch_set_active (GTK_SWITCH (value->toggle), g_strcmp0 (plain, "true") == 0);
  for (guint i = 0; value->choice != NULL && value->param->choices[i] != NULL; i++)
    if (g_strcmp0 (value->param->choices[i], plain) == 0)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (value->choice), i);
  value->setting = FALSE;
  gtk_label_set_text (GTK_LABEL (value->change), change != NULL ? change : "");
  gtk_widget_set_visible (value->change, change != NULL && !value->narrow);
  gtk_widget_set_visible (value->dot, change != NULL);
  rheo_tooltip_set (value->dot, change);
}

static void
dispose (GObject *object)
{
  RheoLiveValue *value = RHEO_LIVE_VALUE (object);

  g_clear_handle_id (&value->timeout, g_source_remove);
  g_clear_pointer (&value->grid, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_live_value_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (RHEO_LIVE_VALUE (object)->path);
  g_free (RHEO_LIVE_VALUE (object)->plain);
  G_OBJECT_CLASS (rheo_live_value_parent_class)->finalize (object);
}

static void
rheo_live_value_class_init (RheoLiveValueClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  wanted_signal = g_signal_new ("wanted", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rheo_live_value_init (RheoLiveValue *value)
{
}

GtkWidget *
rheo_live_value_new (const char *path, const RheoParam *param)
{
  RheoLiveValue *value = g_object_new (RHEO_TYPE_LIVE_VALUE, NULL);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (_ (param->label)), *control;

  value->path = g_strdup (path);
  value->param = param;
  value->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (value->grid), 6);
  gtk_widget_set_parent (value->grid, GTK_WIDGET (value));
  value->dot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (value->dot, "changed-dot");
  gtk_widget_set_valign (value->dot, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (value->dot, FALSE);
  value->change = gtk_label_new ("");
  gtk_widget_add_css_class (value->change, "dim-label");
  gtk_widget_add_css_class (value->change, "caption");
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_label_set_ellipsize (GTK_LABEL (value->change), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, param->help != NULL ? _ (param->help) : path);
  gtk_label_set_xalign (GTK_LABEL (value->change), 0);
  gtk_box_append (GTK_BOX (line), value->dot);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (head), line);
  gtk_box_append (GTK_BOX (head), value->change);
  gtk_widget_set_valign (head, GTK_ALIGN_CENTER);
  value->head = head;
  gtk_grid_attach (GTK_GRID (value->grid), head, 0, 0, 1, 1);
  if (param->type == RHEO_BOOL)
    make_toggle (value);
  else if (param->type == RHEO_CHOICE)
    make_choice (value);
  else
    make_number (value);
  control = value->toggle != NULL ? value->toggle : value->choice != NULL ? value->choice : value->field;
  gtk_widget_set_halign (control, GTK_ALIGN_END);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (head, TRUE);
  gtk_grid_attach (GTK_GRID (value->grid), control, 1, 0, 1, 1);
  if (value->scale != NULL)
    gtk_grid_attach (GTK_GRID (value->grid), value->scale, 0, 1, 2, 1);
  rheo_live_value_set_narrow (value, FALSE);
  return GTK_WIDGET (value);
}
