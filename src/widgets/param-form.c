#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/param-form.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "widgets/choice-text.h"
#include "widgets/param-words.h"
#include "widgets/values-page.h"

/* A row is used when its own `when` and `needs` and those of the blocks around it hold. */
typedef struct Gate Gate;
struct Gate
{
  const RheoParam *rows, *param;
  gsize offset; /* of the struct in the values */
  Gate *around;
};

/* What rows lie in: the section itself, or an expander. */
typedef struct Part Part;
struct Part
{
  GPtrArray *items;
  GtkWidget *expander, *dot, *count; /* NULL: the section, or not made yet */
  char *title, *path;                /* path: of a block or an element; NULL */
  const char *words;                 /* what else it is called; NULL */
  char *list;                        /* element: path of the list ... */
  int index;                         /* ... and which */
  int n_used, n_changed, n_changed_before, n_left;
  gboolean filled, was_open;
};

typedef struct
{
  const RheoParam *param; /* NULL: a part */
  Part *part;
  Gate *gate; /* NULL: always used */
  char *path, *within, *words;
  GtkWidget *row;
  gboolean used, left;
} Item;

struct _RheoParamForm
{
  AdwBin parent_instance;
  const RheoParamHost *host;
  char *prefix, *shape; /* shape: lengths of lists that the rows were made for */
  const RheoParam *rows;
  const char *values; /* during update */
  uint64_t given;
  GtkWidget *stack, *group, *list, *page;
  GtkWidget *suffix;
  GPtrArray *gates;
  const RheoParam *first;
  char *first_path;
  Part *top;
  char **filter;
  gboolean only_changed;
};

G_DEFINE_FINAL_TYPE (RheoParamForm, rheo_param_form, ADW_TYPE_BIN)

enum
{
  HELP,
  FOLD,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- the tree -------------------------------------------------------------------------------------------------- */

static void free_part (Part *part);

static void
free_item (gpointer data)
{
  Item *item = data;

  g_clear_pointer (&item->part, free_part);
  g_free (item->path);
  g_free (item->within);
  g_free (item->words);
  g_free (item);
}

static void
free_part (Part *part)
{
  g_ptr_array_unref (part->items);
  g_free (part->title);
  g_free (part->path);
  g_free (part->list);
  g_free (part);
}

static Part *
new_part (const char *title, const char *path)
{
  Part *part = g_new0 (Part, 1);

  part->items = g_ptr_array_new_with_free_func (free_item);
  part->title = g_strdup (title);
  part->path = g_strdup (path);
  return part;
}

static Item *
add_item (Part *to, const RheoParam *param, Part *part, Gate *gate, const char *path, const char *within)
{
  Item *item = g_new0 (Item, 1);

  item->param = param;
  item->part = part;
  item->gate = gate;
  item->path = g_strdup (path);
  item->within = g_strdup (within);
  g_ptr_array_add (to->items, item);
  return item;
}

static const char *
get_label (const RheoParam *param)
{
  return param->label != NULL ? _ (param->label) : param->key;
}

/* "Optimiser" with the choice "Optimiser" in front: that choice is heading enough. */
static gboolean
is_named_by_kind (const RheoParam *block)
{
  return block->rows != NULL && block->rows->key != NULL && block->rows->type == RHEO_CHOICE
         && g_str_equal (get_label (block->rows), get_label (block));
}

static void add_rows (RheoParamForm *form, Part *part, Part *advanced, const RheoParam *rows, gsize offset,
                      const char *prefix, Gate *around, const char *within);

static void
add_list (RheoParamForm *form, Part *part, Part *advanced, const RheoParam *param, gsize offset, const char *path,
          Gate *gate)
{
  const char *at = form->values + offset;
  int n = rheo_param_get_count (param, at);
  g_autofree char *what = g_utf8_strdown (get_label (param), -1);

  for (int i = 0; i < n; i++)
    {
      gsize inside = (gsize) ((char *) rheo_param_get_inside (param, at, i) - form->values);
      g_autofree char *element = g_strdup_printf ("%s.%d", path, i), *title = NULL;
      Part *sub;

      if (n == 1)
        {
          add_rows (form, part, advanced, param->rows, inside, element, gate, NULL);
          continue;
        }
      title = g_strdup_printf (_ ("%d of %d %s"), i + 1, n, what);
      sub = new_part (title, element);
      sub->list = g_strdup (path);
      sub->index = i;
      add_item (part, NULL, sub, gate, element, NULL);
      add_rows (form, sub, NULL, param->rows, inside, element, gate, NULL);
    }
  add_item (part, param, NULL, gate, path, NULL);
}

/* advanced: where rows with that flag go; NULL: to the end of part. */
static void
add_rows (RheoParamForm *form, Part *part, Part *advanced, const RheoParam *rows, gsize offset, const char *prefix,
          Gate *around, const char *within)
{
  for (int pass = 0; pass < 2; pass++)
    for (const RheoParam *param = rows; param != NULL && param->key != NULL; param++)
      {
        g_autofree char *path = NULL;
        Part *to = part;
        Gate *gate;

        if ((pass == 1) != ((param->flags & RHEO_ADVANCED) != 0))
          continue;
        if (pass == 1 && advanced != NULL)
          to = advanced;
        path = g_strconcat (prefix, ".", param->key, NULL);
        gate = g_new (Gate, 1);
        *gate = (Gate){ rows, param, offset, around };
        g_ptr_array_add (form->gates, gate);
        if (param->type == RHEO_BLOCK)
          {
            gsize inside = (gsize) ((char *) rheo_param_get_inside (param, form->values + offset, 0) - form->values);
            Part *sub;

            if (is_named_by_kind (param))
              {
                add_rows (form, to, advanced, param->rows, inside, path, gate, get_label (param));
                continue;
              }
            sub = new_part (get_label (param), path);
            sub->words = param->words;
            add_item (to, NULL, sub, gate, path, NULL);
            add_rows (form, sub, NULL, param->rows, inside, path, gate, NULL);
          }
        else if (param->type == RHEO_LIST)
          add_list (form, to, advanced, param, offset, path, gate);
        else
          add_item (to, param, NULL, gate, path, to == advanced ? within : NULL);
      }
}

static void
list_counts (const RheoParam *rows, const void *at, GString *out)
{
  for (const RheoParam *param = rows; param != NULL && param->key != NULL; param++)
    if (param->type == RHEO_BLOCK)
      list_counts (param->rows, rheo_param_get_inside (param, at, 0), out);
    else if (param->type == RHEO_LIST)
      {
        g_string_append_printf (out, "%d ", rheo_param_get_count (param, at));
        for (int i = 0; i < rheo_param_get_count (param, at); i++)
          list_counts (param->rows, rheo_param_get_inside (param, at, i), out);
      }
}

/* --- widgets of the tree --------------------------------------------------------------------------------------- */

static void fill_part (RheoParamForm *form, Part *part);
static void show_part (RheoParamForm *form, Part *part);

static void
on_help (RheoParamRow *row, gboolean open, RheoParamForm *form)
{
  if (open)
    g_signal_emit (form, signals[HELP], 0, row);
}

static Item *
find_item (Part *part, const char *path)
{
  for (guint i = 0; i < part->items->len; i++)
    {
      Item *item = part->items->pdata[i], *inside;

      if (item->part == NULL && g_str_equal (item->path, path))
        return item;
      inside = item->part != NULL ? find_item (item->part, path) : NULL;
      if (inside != NULL)
        return inside;
    }
  return NULL;
}

static void
on_back (RheoParamForm *form)
{
  g_autofree char *path = NULL;
  Item *item;

  if (form->page == NULL)
    return;
  path = g_strdup (rheo_values_page_get_path (RHEO_VALUES_PAGE (form->page)));
  gtk_stack_set_visible_child (GTK_STACK (form->stack), form->group);
  gtk_stack_remove (GTK_STACK (form->stack), g_steal_pointer (&form->page));
  g_signal_emit (form, signals[FOLD], 0, FALSE);
  item = find_item (form->top, path);
  if (item != NULL && item->row != NULL)
    gtk_widget_grab_focus (rheo_param_row_get_control (RHEO_PARAM_ROW (item->row)));
}

/* Names of cell classes: a choice "classes" beside the row, or beside a block around it. */
static char **
dup_classes (RheoParamForm *form, const Item *item)
{
  for (const Gate *gate = item->gate; gate != NULL; gate = gate->around)
    for (const RheoParam *param = gate->rows; param->key != NULL; param++)
      if (param->type == RHEO_CHOICE && g_str_equal (param->key, "classes"))
        {
          const char *dot = strrchr (item->path, '.');
          g_autofree char *parent = g_strndup (item->path, (gsize) (dot - item->path)), *path = NULL, *key = NULL,
                          *label = NULL;

          for (const Gate *inner = item->gate; inner != gate; inner = inner->around)
            *strrchr (parent, '.') = '\0';
          path = g_strconcat (parent, ".classes", NULL);
          key = form->host->dup_value (form->host->data, path);
          label = key != NULL ? rheo_choice_dup_label (key) : NULL;
          return label != NULL && strstr (label, ", ") != NULL ? g_strsplit (label, ", ", -1) : NULL;
        }
  return NULL;
}

static void
on_pick (RheoParamRow *row, RheoParamForm *form)
{
  const RheoParam *param = rheo_param_row_get_param (row);
  g_autofree char *path = g_strdup (rheo_param_row_get_path (row));
  g_auto (GStrv) classes = NULL;
  Item *item = find_item (form->top, path);

  if (param->type == RHEO_LIST)
    {
      form->host->insert (form->host->data, path, get_label (param));
      return;
    }
  if (item == NULL || form->page != NULL)
    return;
  classes = dup_classes (form, item);
  form->page = rheo_values_page_new (param, path, (const char *const *) classes, form->host);
  g_signal_connect_swapped (form->page, "back", G_CALLBACK (on_back), form);
  g_signal_emit (form, signals[FOLD], 0, TRUE);
  gtk_stack_add_child (GTK_STACK (form->stack), form->page);
  gtk_stack_set_visible_child (GTK_STACK (form->stack), form->page);
  gtk_widget_grab_focus (form->page);
}

static void
on_remove (GtkButton *button, RheoParamForm *form)
{
  Part *part = g_object_get_data (G_OBJECT (button), "part");
  g_autofree char *path = g_strdup (part->list), *title = g_strdup (part->title);

  form->host->remove (form->host->data, path, part->index, title);
}

static void
on_expanded (GtkWidget *expander, GParamSpec *pspec, RheoParamForm *form)
{
  Part *part = g_object_get_data (G_OBJECT (expander), "part");

  if (!part->filled && adw_expander_row_get_expanded (ADW_EXPANDER_ROW (expander)))
    {
      fill_part (form, part);
      show_part (form, part);
    }
}

static GtkWidget *
new_expander (RheoParamForm *form, Part *part)
{
  part->expander = adw_expander_row_new ();
  gtk_widget_add_css_class (part->expander, "param-expander");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (part->expander), part->title);
  g_object_set_data (G_OBJECT (part->expander), "part", part);
  part->dot = adw_bin_new ();
  gtk_widget_add_css_class (part->dot, "changed-dot");
  gtk_widget_set_valign (part->dot, GTK_ALIGN_CENTER);
  adw_expander_row_add_prefix (ADW_EXPANDER_ROW (part->expander), part->dot);
  part->count = gtk_label_new (NULL);
  gtk_widget_add_css_class (part->count, "dim-label");
  if (part->list != NULL)
    {
      GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");
      g_autofree char *name = g_strdup_printf (_ ("Remove, %s"), part->title);

      gtk_widget_add_css_class (remove, "flat");
      gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
      gtk_widget_set_tooltip_text (remove, _ ("Remove"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      g_object_set_data (G_OBJECT (remove), "part", part);
      g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), form);
      adw_expander_row_add_action (ADW_EXPANDER_ROW (part->expander), remove);
    }
  adw_expander_row_add_action (ADW_EXPANDER_ROW (part->expander), part->count);
  g_signal_connect (part->expander, "notify::expanded", G_CALLBACK (on_expanded), form);
  return part->expander;
}

static GtkWidget *
new_row (RheoParamForm *form, Item *item)
{
  if (item->part != NULL)
    return new_expander (form, item->part);
  item->row = rheo_param_row_new (item->param, item->path, item->within, form->host);
  g_signal_connect (item->row, "help", G_CALLBACK (on_help), form);
  g_signal_connect (item->row, "pick", G_CALLBACK (on_pick), form);
  return item->row;
}

/* An expander only takes rows at its end, so all are made at once; in the section each is made when it is first used. */
static void
fill_part (RheoParamForm *form, Part *part)
{
  int place = 0;

  part->filled = TRUE;
  for (guint i = 0; i < part->items->len; i++)
    {
      Item *item = part->items->pdata[i];

      if (item->row == NULL && (part->expander != NULL || item->used))
        {
          item->row = new_row (form, item);
          if (part->expander != NULL)
            adw_expander_row_add_row (ADW_EXPANDER_ROW (part->expander), item->row);
          else
            gtk_list_box_insert (GTK_LIST_BOX (form->list), item->row, place);
        }
      place += item->row != NULL;
    }
}

/* --- what is used, what is left -------------------------------------------------------------------------------- */

static gboolean
is_used (RheoParamForm *form, const Gate *gate)
{
  for (; gate != NULL; gate = gate->around)
    if ((gate->param->needs & ~form->given) != 0
        || !rheo_param_active (gate->rows, gate->param, form->values + gate->offset))
      return FALSE;
  return TRUE;
}

static gboolean
matches (RheoParamForm *form, Item *item)
{
  if (form->only_changed && !form->host->is_changed (form->host->data, item->path))
    return FALSE;
  if (form->filter == NULL)
    return TRUE;
  if (item->words == NULL)
    item->words = rheo_param_dup_search_words (item->param, item->path, item->within);
  return rheo_search_words_match (item->words, (const char *const *) form->filter);
}

/* The title of a block stands for all that is in it. */
static gboolean
title_matches (RheoParamForm *form, const Part *part)
{
  g_autofree char *words = NULL;

  if (form->filter == NULL || part->title == NULL || part->path == NULL)
    return FALSE;
  words = rheo_title_dup_search_words (part->title, part->words);
  return rheo_search_words_match (words, (const char *const *) form->filter);
}

static void
find_left (RheoParamForm *form, Part *part, gboolean all)
{
  gboolean named = all || title_matches (form, part);

  part->n_changed_before = part->n_changed;
  part->n_used = part->n_left = part->n_changed = 0;
  for (guint i = 0; i < part->items->len; i++)
    {
      Item *item = part->items->pdata[i];

      if (item->part != NULL)
        {
          find_left (form, item->part, named);
          part->n_used += item->part->n_used;
          part->n_left += item->part->n_left;
          part->n_changed += item->part->n_changed;
          item->used = item->part->n_used > 0;
          item->left = item->part->n_left > 0;
          continue;
        }
      item->left = item->used
                   && (matches (form, item)
                       || (named && (!form->only_changed || form->host->is_changed (form->host->data, item->path))));
      part->n_used += item->used;
      part->n_left += item->left;
      part->n_changed += item->used && form->host->is_changed (form->host->data, item->path);
    }
}

static void
find_used (RheoParamForm *form, Part *part)
{
  for (guint i = 0; i < part->items->len; i++)
    {
      Item *item = part->items->pdata[i];

      if (item->part != NULL)
        find_used (form, item->part);
      else
        item->used = is_used (form, item->gate);
    }
}

static gboolean
is_filtered (RheoParamForm *form)
{
  return form->filter != NULL || form->only_changed;
}

static void
show_expander (RheoParamForm *form, Part *part)
{
  g_autofree char *count = NULL;

  if (part->n_changed > 0)
    count = g_strdup_printf (ngettext ("%d value, %d changed", "%d values, %d changed", (gulong) part->n_used),
                             part->n_used, part->n_changed);
  else
    count = g_strdup_printf (ngettext ("%d value", "%d values", (gulong) part->n_used), part->n_used);
  gtk_label_set_text (GTK_LABEL (part->count), count);
  gtk_widget_set_opacity (part->dot, part->n_changed > 0 ? 1 : 0);
  if (is_filtered (form) ? part->n_left > 0 : part->n_changed > 0 && part->n_changed_before == 0)
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (part->expander), TRUE);
}

static void
update_row (RheoParamForm *form, Item *item)
{
  rheo_param_row_update (RHEO_PARAM_ROW (item->row));
  if (item->param->type == RHEO_REALS)
    {
      g_auto (GStrv) classes = dup_classes (form, item);

      rheo_param_row_set_pick_label (RHEO_PARAM_ROW (item->row), classes != NULL ? _ ("Per class") : _ ("Values"));
    }
}

/* Rows that are there are brought up to date; others come when they are needed. */
static void
show_part (RheoParamForm *form, Part *part)
{
  if (part == form->top || part->filled)
    fill_part (form, part);
  for (guint i = 0; i < part->items->len; i++)
    {
      Item *item = part->items->pdata[i];

      if (item->row == NULL)
        continue;
      gtk_widget_set_visible (item->row, item->left);
      if (item->part != NULL)
        {
          show_expander (form, item->part);
          show_part (form, item->part);
        }
      else if (item->used)
        update_row (form, item);
    }
}

/* --- the section ----------------------------------------------------------------------------------------------- */

static void
renew (RheoParamForm *form)
{
  if (form->top == NULL)
    return;
  find_left (form, form->top, FALSE);
  show_part (form, form->top);
  gtk_widget_set_visible (GTK_WIDGET (form), form->top->n_left > 0 || !is_filtered (form));
  gtk_widget_set_visible (form->list, form->top->n_left > 0);
}

static void
build (RheoParamForm *form)
{
  Part *advanced = new_part (_ ("Advanced"), NULL);
  GtkWidget *row;

  on_back (form);
  while ((row = gtk_widget_get_first_child (form->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (form->list), row);
  g_clear_pointer (&form->top, free_part);
  g_ptr_array_set_size (form->gates, 0);
  form->top = new_part (NULL, NULL);
  if (form->first != NULL)
    add_item (form->top, form->first, NULL, NULL, form->first_path, NULL);
  add_rows (form, form->top, advanced, form->rows, 0, form->prefix, NULL, NULL);
  if (advanced->items->len > 0)
    add_item (form->top, NULL, advanced, NULL, form->prefix, NULL);
  else
    free_part (advanced);
}

static RheoParamRow *
find_focused (RheoParamForm *form)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (form));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (form)))
    return NULL;
  return (RheoParamRow *) gtk_widget_get_ancestor (focus, RHEO_TYPE_PARAM_ROW);
}

void
rheo_param_form_update (RheoParamForm *form, const RheoParam *rows, const void *values, uint64_t given)
{
  g_autoptr (GString) shape = g_string_new (NULL);
  g_autofree char *focused = NULL;

  form->values = values;
  list_counts (rows, values, shape);
  if (rows != form->rows || g_strcmp0 (shape->str, form->shape) != 0)
    {
      RheoParamRow *row = find_focused (form);

      focused = row != NULL ? g_strdup (rheo_param_row_get_path (row)) : NULL;
      form->rows = rows;
      g_free (form->shape);
      form->shape = g_strdup (shape->str);
      build (form);
    }
  form->given = given;
  find_used (form, form->top);
  renew (form);
  if (focused != NULL)
    rheo_param_form_show (form, focused);
  if (form->page != NULL)
    rheo_values_page_update (RHEO_VALUES_PAGE (form->page));
  form->values = NULL;
}

/* Expanders that the filter opened are closed again with it. */
static void
keep_open (Part *part, gboolean restore)
{
  for (guint i = 0; i < part->items->len; i++)
    {
      Item *item = part->items->pdata[i];

      if (item->part == NULL || item->part->expander == NULL)
        continue;
      if (restore)
        adw_expander_row_set_expanded (ADW_EXPANDER_ROW (item->part->expander), item->part->was_open);
      else
        item->part->was_open = adw_expander_row_get_expanded (ADW_EXPANDER_ROW (item->part->expander));
      keep_open (item->part, restore);
    }
}

int
rheo_param_form_filter (RheoParamForm *form, const char *const *words, gboolean only_changed)
{
  gboolean before = is_filtered (form), after = words != NULL || only_changed;

  g_strfreev (form->filter);
  form->filter = g_strdupv ((char **) words);
  form->only_changed = only_changed;
  if (form->top == NULL)
    return 0;
  if (after)
    on_back (form);
  if (after && !before)
    keep_open (form->top, FALSE);
  renew (form);
  if (before && !after)
    keep_open (form->top, TRUE);
  return form->top->n_left;
}

/* Opens the expanders on the way; FALSE: path is not in part. */
static gboolean
open_way (RheoParamForm *form, Part *part, const char *path, RheoParamRow **found)
{
  for (guint i = 0; i < part->items->len; i++)
    {
      Item *item = part->items->pdata[i];

      if (item->part == NULL && g_str_equal (item->path, path) && item->row != NULL)
        {
          *found = RHEO_PARAM_ROW (item->row);
          return TRUE;
        }
      if (item->part == NULL || item->part->expander == NULL || find_item (item->part, path) == NULL)
        continue;
      adw_expander_row_set_expanded (ADW_EXPANDER_ROW (item->part->expander), TRUE);
      return open_way (form, item->part, path, found);
    }
  return FALSE;
}

RheoParamRow *
rheo_param_form_show (RheoParamForm *form, const char *path)
{
  RheoParamRow *row = NULL;

  if (form->top == NULL || !open_way (form, form->top, path, &row))
    return NULL;
  gtk_widget_grab_focus (rheo_param_row_get_control (row));
  return row;
}

RheoParamRow *
rheo_param_form_find (RheoParamForm *form, const char *path)
{
  Item *item = form->top != NULL ? find_item (form->top, path) : NULL;

  return item != NULL && item->row != NULL ? RHEO_PARAM_ROW (item->row) : NULL;
}

void
rheo_param_form_add_first (RheoParamForm *form, const RheoParam *param, const char *path)
{
  form->first = param;
  form->first_path = g_strdup (path);
}

void
rheo_param_form_set_heading (RheoParamForm *form, const char *title, const char *summary, GtkWidget *suffix)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (form->group);

  adw_preferences_group_set_title (group, title);
  adw_preferences_group_set_description (group, summary);
  if (suffix != form->suffix)
    adw_preferences_group_set_header_suffix (group, suffix);
  form->suffix = suffix;
}

static void
finalize (GObject *object)
{
  RheoParamForm *form = RHEO_PARAM_FORM (object);

  g_clear_pointer (&form->top, free_part);
  g_ptr_array_unref (form->gates);
  g_free (form->prefix);
  g_free (form->shape);
  g_free (form->first_path);
  g_strfreev (form->filter);
  G_OBJECT_CLASS (rheo_param_form_parent_class)->finalize (object);
}

static void
rheo_param_form_class_init (RheoParamFormClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[HELP] = g_signal_new ("help", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, RHEO_TYPE_PARAM_ROW);
  signals[FOLD] = g_signal_new ("fold", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_BOOLEAN);
}

static void
rheo_param_form_init (RheoParamForm *form)
{
  form->gates = g_ptr_array_new_with_free_func (g_free);
  form->stack = gtk_stack_new ();
  /* Were it homogeneous across alone, a page out of sight would want the width of its least height. */
  gtk_stack_set_hhomogeneous (GTK_STACK (form->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (form->stack), FALSE);
  form->group = adw_preferences_group_new ();
  form->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (form->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (form->list, "boxed-list");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (form->group), form->list);
  gtk_stack_add_child (GTK_STACK (form->stack), form->group);
  adw_bin_set_child (ADW_BIN (form), form->stack);
}

GtkWidget *
rheo_param_form_new (const char *prefix, const RheoParamHost *host)
{
  RheoParamForm *form = g_object_new (RHEO_TYPE_PARAM_FORM, NULL);

  form->prefix = g_strdup (prefix);
  form->host = host;
  return GTK_WIDGET (form);
}
